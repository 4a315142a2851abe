"""Display formulas: rows of signs, single letters and maths fonts; the limits and halves beside
them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from litmap.text.page_layout import PageLayout, Row
from litmap.text.row_context import RowContext
from litmap.text.style import WORD, Style, is_prose

SIGNS = re.compile(r"[=≤≥<>≈≡∈⊂⊆∑∏∫∂∇∞→⇒±×·⋅∘⊗⊕∪∩√∥|+−^]")
_EQUATION_NUMBER = re.compile(r"\((?:[A-Z]\.?)?\d{1,3}(?:\.\d{1,3}){0,2}[a-z]?\)$")
_FOUR_LETTERS = re.compile(r"[^\W\d_]{4,}")
MAX_LIMIT = 16
"""Characters of a limit of a sum or half of a fraction on a row of its own."""


def is_display_formula(context: RowContext) -> bool:
    """Whether a row is a formula on a line of its own, and not one that a line of text wraps
    around.
    """
    return is_formula(context.row) and not _continues_text(context)


def _continues_text(context: RowContext) -> bool:
    """Whether a row that looks like a formula goes on with the full line of text above it."""
    row, above = context.row, context.above
    return (
        above is not None
        and context.before[-1] == "body"
        and context.gap < 1.35 * context.spacing
        and row.x0 < row.column.x0 + 1.2 * row.size
        and (is_prose(above) or above.x1 > row.column.x1 - row.size)
    )


def is_formula(row: Row) -> bool:
    """Whether a row looks like a formula: maths fonts, an equation's number, or mostly signs."""
    if row.words > 5 or is_full_line_of_words(row):
        return False
    long_words = sum(1 for word in WORD.findall(row.text) if len(word) > 3)
    if row.math > 0.25:
        return long_words <= (4 if row.math > 0.5 else 2)
    if long_words > 2:
        return False
    return has_equation_number(row) or is_mostly_signs(row.text)


def is_full_line_of_words(row: Row) -> bool:
    """Whether three words or more fill the column without a gap: a line of text with much maths in
    it.
    """
    return (
        row.gaps == 0
        and row.x0 < row.column.x0 + row.size
        and row.x1 > row.column.x1 - row.size
        and len(WORD.findall(row.text)) >= 3
    )


def has_equation_number(row: Row) -> bool:
    """Whether a row ends in '(12)' or '(A.3)' behind a white strip."""
    return row.gaps > 0 and _EQUATION_NUMBER.search(row.text) is not None


def is_mostly_signs(text: str) -> bool:
    """Whether signs and single letters are nearly half of the words: 'x = y + z'."""
    tokens = text.split()
    signs = len(SIGNS.findall(text))
    single = sum(1 for token in tokens if len(token) == 1)
    return signs >= 1 and (signs + single) >= 0.45 * len(tokens)


def mark_limits(page: PageLayout, style: Style) -> None:
    """The limits of a sum or halves of a fraction, on rows of their own next to a formula, belong
    to it.
    """
    rows, classes = page.rows, page.classes
    for i, row in enumerate(rows):
        if (
            classes[i] in ("body", "table")
            and is_limit(row.text)
            and _is_beside_formula(rows, classes, i, style)
        ):
            classes[i] = "math"


def is_limit(text: str) -> bool:
    """Whether a row is short enough and without a word: 'i=1', 'n → ∞'."""
    return len(text) <= MAX_LIMIT and not _FOUR_LETTERS.search(text)


def _is_beside_formula(rows: Sequence[Row], classes: Sequence[str], i: int, style: Style) -> bool:
    return any(
        0 <= j < len(rows)
        and rows[j].column is rows[i].column
        and classes[j] == "math"
        and abs(rows[j].baseline - rows[i].baseline) < 1.3 * style.leading
        for j in (i - 1, i + 1)
    )
