"""Captions of figures, tables and algorithms: a label with a number, set off from the text."""

from __future__ import annotations

from litmap.parsing.captions import CAPTION
from litmap.text.row_context import RowContext
from litmap.text.style import is_prose


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
    if not _opens_sentence(row.text[match.end() : match.end() + 1]) or not context.is_set_off(1.25):
        return False
    return _stands_out(context, 0.1) or _is_caseless(row.text[match.end()])


def may_open_caption(text: str) -> bool:
    """Whether a line may begin a caption, whatever stands around it: 'Figure 3 shows' does not."""
    match = CAPTION.match(text)
    if match is None:
        return False
    return match["loose"] is None or _opens_sentence(text[match.end() : match.end() + 1])


def _opens_sentence(letter: str) -> bool:
    """Whether a sentence may begin with this letter: a capital, or one of a script without them."""
    return letter.isupper() or _is_caseless(letter)


def _is_caseless(letter: str) -> bool:
    return letter.isalpha() and letter.lower() == letter.upper()


def _stands_out(context: RowContext, min_bold: float) -> bool:
    """Bold in a part of it, or smaller than the text."""
    return context.row.bold > min_bold or context.style.is_small(context.row)


def _is_parted(context: RowContext) -> bool:
    """Set off by white space or by another size of print."""
    above = context.above
    return context.is_set_off(1.25) or above is None or abs(above.size - context.row.size) > 0.4


def _is_below_no_prose(context: RowContext) -> bool:
    return context.above is None or not is_prose(context.above)
