"""Numbers that cite the entries of a list: [3], [4-6], (3), superscripts, 'refs 4,5'."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from litmap.models import NoteBlock

BRACKETED = re.compile(
    r"\[(\d{1,4}(?:\s?[,;–-]\s?\d{1,4}){0,30})\]"
    r"|\[(\d{1,4},? (?:pp?\.|Thm|Theorem|Sec|Section|Fig|Ch)[^\]]{0,40})\]"
    r"|\[(\d{1,4}(?:, ?[^\W\d_][^\];]{0,24})?(?:; ?\d{1,4}(?:, ?[^\W\d_][^\];]{0,24})?){0,9})\]"
)
"""'[3]', '[4-6]', '[2, p. 17]', '[5; 6, с. 118]', '[1, вып. 1–4]'."""
IN_PARENTHESES = re.compile(r"(?<=[\w.,;:)\"”’%])\s?\((\d{1,3}(?:\s?[,–-]\s?\d{1,3}){0,20})\)")
SUPERSCRIPT = re.compile(
    r"(?<=[\w.,;:)\"”’%])[⁰¹²³⁴⁵⁶⁷⁸⁹]+(?:[,˒⁻–-][⁰¹²³⁴⁵⁶⁷⁸⁹]+)*|\^(\d{1,3}(?:[,–-]\d{1,3})*)\^"
)
_SPELLED = re.compile(
    r"\b[Rr]efs?\.?\s(\d{1,3}(?:\s?[,–-]\s?\d{1,3}){0,20})(?![\d.]\d)"
    r"|(?<=\bal\.)\s?\((\d{1,3}(?:\s?[,–-]\s?\d{1,3}){0,9})\)"
)
"""Numbers of references in any style of note: 'refs 4,5', 'Lee et al.(2)'."""
_NUMBER_OR_RANGE = re.compile(r"\s*(\d+)(?:\s?[–-]\s?(\d+))?")
_FROM_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻˒", "0123456789-,")
MAX_RANGE = 39
"""Most entries between the ends of a range: '[4-6]'; '[1999-2050]' is not one."""
MIN_SECOND_STYLE = 3
"""Fewest numbers that a second style adds for a note to be written in both."""


def spelled_numbers(text: str) -> Iterator[tuple[int, int, list[str]]]:
    """Places where references are called by number in words: start, end, the numbers."""
    for match in _SPELLED.finditer(text):
        yield *match.span(), _expand(match.group(1) or match.group(2))


def numbers_in(match: re.Match[str]) -> list[str]:
    """The numbers of a match of any style, ranges written out."""
    digits = next((group for group in match.groups() if group), "")
    return _expand(digits or match.group().translate(_FROM_SUPERSCRIPT))


def _expand(text: str) -> list[str]:
    numbers: list[str] = []
    for part in re.split(r"[,;]", text):
        ends = _NUMBER_OR_RANGE.match(part)
        if ends is None:
            continue  # a page or a chapter
        first, last = int(ends[1]), int(ends[2] or ends[1])
        if 0 < last - first <= MAX_RANGE:
            numbers += [str(number) for number in range(first, last + 1)]
        else:
            numbers += [end for end in ends.groups() if end]
    return numbers


def number_styles(blocks: Sequence[NoteBlock], entries: set[str]) -> tuple[re.Pattern[str], ...]:
    """The patterns by which a note's text cites the numbers of its `entries`: one, rarely two."""
    cited = {
        style: _numbers_cited(style, blocks) & entries
        for style in (BRACKETED, IN_PARENTHESES, SUPERSCRIPT)
    }
    first, second = sorted(cited, key=lambda style: -len(cited[style]))[:2]
    if first is BRACKETED or _surely_cites(cited[first], cited[BRACKETED], entries):
        both = _adds(cited[second], cited[first])
        return (first, second) if both else (first,)
    both = len(cited[BRACKETED]) >= MIN_SECOND_STYLE and _adds(cited[first], cited[BRACKETED])
    return (BRACKETED, first) if both else (BRACKETED,)


def _numbers_cited(style: re.Pattern[str], blocks: Sequence[NoteBlock]) -> set[str]:
    """The numbers that a style would cite in the text, reference lists left out."""
    return {
        number
        for block in blocks
        if ("list", "references") not in block.fields
        for match in style.finditer(block.text[:20_000])
        for number in numbers_in(match)
    }


def _surely_cites(cited: set[str], bracketed: set[str], entries: set[str]) -> bool:
    """True where a style cites many entries, and over twice as many as square brackets do."""
    return len(cited) >= 0.4 * len(entries) and len(cited) > 2 * len(bracketed)


def _adds(cited: set[str], others: set[str]) -> bool:
    """True where a style cites many entries that another does not."""
    extra = len(cited - others)
    return extra >= max(MIN_SECOND_STYLE, 0.7 * len(cited))
