"""The number with its unit that a sentence gives for what a column asks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from litmap.parsing.grammar import YEAR
from litmap.parsing.languages import ENGLISH, stop_words_of
from litmap.parsing.quantities import Quantity, quantities
from litmap.parsing.terms import find_words, index_terms
from litmap.tables.columns import Column
from litmap.tables.phrases import PHRASE_KINDS, phrases_in

MAX_UNIT_WORDS = 3
MAX_DISTANCE = 60
"""Characters between a number and the words that it is for."""
UNIT_BONUS = 30
"""Characters that a number is nearer whose own unit is asked for: '128 patients'."""
_YEAR = re.compile(rf"{YEAR}(?!\d)")
_LABEL = re.compile(
    r"(?:\[|\b(?:section|sec|figure|fig|table|theorem|lemma|corollary|proposition|appendix|eq|"
    r"equation|definition|algorithm|chapter|page|p|ref|version|v)s?\.?\s*\(?)$",
    re.I,
)
_UNIT_WORD = re.compile(r"[^\W\d_][\w'’-]*")


@dataclass(frozen=True, slots=True)
class Number:
    """A number drawn out of a sentence: its value, its unit or what is counted ('' for none), and
    both as printed.
    """

    value: float
    unit: str
    text: str


def draw_number(text: str, column: Column, language: str = ENGLISH) -> Number | None:
    """The number that stands nearest to a column's words; None where none is near. A column that
    is known by itself takes the first number of a sentence that has none of its words.
    """
    found = [_read(q, text, language) for q in quantities(text) if _is_measure(q, text)]
    anchors = _anchors(text, column, language)
    if not found or not (anchors or column.kind):
        return None
    if not anchors:
        return found[0].number
    nearest = min(found, key=lambda printed: printed.distance(anchors))
    return nearest.number if nearest.distance(anchors) <= MAX_DISTANCE else None


@dataclass(frozen=True, slots=True)
class _Printed:
    """A number, and where it and its unit stand."""

    number: Number
    start: int
    unit_start: int
    end: int

    def distance(self, anchors: Sequence[tuple[int, int]]) -> float:
        """Characters to the nearest anchor, less where the anchor is in the unit."""
        is_unit = any(a < self.end and b > self.unit_start for a, b in anchors)
        gaps = (max(self.start - b, a - self.end, 0) for a, b in anchors)
        return min(gaps) - UNIT_BONUS * is_unit


def _is_measure(quantity: Quantity, text: str) -> bool:
    """Whether a number is no year, no mark of a citation and no number of a section."""
    before = text[: quantity.start]
    is_year = bool(_YEAR.match(text, quantity.start)) and quantity.value.is_integer()
    return not _LABEL.search(before) and not (is_year and "," not in quantity.text)


def _anchors(text: str, column: Column, language: str) -> list[tuple[int, int]]:
    """Where the words of a column stand, or phrases of its kind."""
    if column.kind in PHRASE_KINDS:
        return phrases_in(text, column.kind, language)
    wanted = set(index_terms(column.words, language))
    spans = ((word.start, word.end) for word in find_words(text, language))
    return [(a, b) for a, b in spans if wanted & set(index_terms(text[a:b], language))]


def _read(quantity: Quantity, text: str, language: str) -> _Printed:
    start, unit_start = quantity.start, quantity.unit_start
    unit = _unit(quantity, text, language)
    printed = text[start:unit_start].strip()
    glue = "" if not unit or unit.startswith(("%", "°")) else " "
    number = Number(quantity.value, unit, f"{printed}{glue}{unit}")
    end = unit_start + len(unit) if unit else start + len(printed)
    return _Printed(number, start, unit_start if unit else end, end)


def _unit(quantity: Quantity, text: str, language: str) -> str:
    """The unit as printed; of words those up to the noun that is counted, as far as its plural
    tells it: '60,000 training images were drawn' → 'training images'.
    """
    end = quantity.start + len(quantity.text)
    sign = text[quantity.unit_start : end].strip()
    if not _UNIT_WORD.fullmatch(sign) or len(sign) < 3:
        return sign
    words: list[str] = []
    place = quantity.unit_start
    while len(words) < MAX_UNIT_WORDS and (match := _UNIT_WORD.match(text, place)):
        if match[0].casefold() in stop_words_of(language):
            break
        words.append(match[0])
        if _is_plural(match[0]):
            return " ".join(words)
        place = match.end() + 1
    return words[0] if words else ""


def _is_plural(word: str) -> bool:
    return word.endswith("s") and not word.endswith("ss")
