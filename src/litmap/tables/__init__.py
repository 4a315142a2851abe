"""Tables of papers: which sentence of a paper answers a column, and the number in it."""

from litmap.tables.choice import MIN_CERTAINTY, Choice, Encode, MayAnswer, ReadPaper, judged_with
from litmap.tables.columns import DEFAULT, KINDS, Column, parse_columns, presets
from litmap.tables.nearness import Near, certainty_of, share_of_words
from litmap.tables.numbers import Number, draw_number

__all__ = [
    "DEFAULT",
    "KINDS",
    "MIN_CERTAINTY",
    "Choice",
    "Column",
    "Encode",
    "MayAnswer",
    "Near",
    "Number",
    "ReadPaper",
    "certainty_of",
    "draw_number",
    "judged_with",
    "parse_columns",
    "presets",
    "share_of_words",
]
