"""Captions of figures, tables and algorithms: a label with a number, set off from the text."""

from __future__ import annotations

import re

from litmap.text.row_context import RowContext
from litmap.text.style import is_prose

CAPTION = re.compile(
    r"^(?:fig(?:ure|s?\.?)|table|tab\.|algorithm|listing|scheme|box|plate|exhibit|chart)"
    r"\s*(?:[A-Z]?\d{1,3}|[IVX]{1,5}\b|[A-Z]\b)"
    r"(?:\.\d+)*[a-z]?\s*(?:(?P<mark>[.:|(—–-])|(?P<end>$)|(?P<loose>\s|(?<=\s)))",
    re.I,
)
"""'Figure 3: …', 'TABLE II', 'Algorithm 1'; 'mark' is what follows the number."""


def is_caption(context: RowContext) -> bool:
    """Whether a row begins a caption; what follows its number says how much it must stand out."""
    row = context.row
    match = CAPTION.match(row.text)
    if match is None:
        return False
    if match["mark"] and match["mark"] != "(":
        return _is_parted(context) or _stands_out(context, 0.05) or _is_below_no_prose(context)
    if match["end"] is not None:
        return _is_parted(context) and _stands_out(context, 0.5)
    opens_sentence = row.text[match.end() : match.end() + 1].isupper()
    return opens_sentence and context.is_set_off(1.25) and _stands_out(context, 0.1)


def _stands_out(context: RowContext, min_bold: float) -> bool:
    """Bold in a part of it, or smaller than the text."""
    return context.row.bold > min_bold or context.style.is_small(context.row)


def _is_parted(context: RowContext) -> bool:
    """Set off by white space or by another size of print."""
    above = context.above
    return context.is_set_off(1.25) or above is None or abs(above.size - context.row.size) > 0.4


def _is_below_no_prose(context: RowContext) -> bool:
    return context.above is None or not is_prose(context.above)
