"""Citations by the number of an entry: [3], [4-6], (3), superscripts, "refs 4,5"."""

from __future__ import annotations

import re

from litmap.citations.block_scan import BlockText
from litmap.citations.model import Sighting
from litmap.citations.note_scan import Reading
from litmap.models import NoteBlock, Reference

_NUMBERS = re.compile(
    r"\[(\d{1,4}(?:\s?[,;–-]\s?\d{1,4}){0,30})\]|\[(\d{1,4}),? (?:pp?\.|Thm|Theorem|Sec|Section|Fig|Ch)[^\]]{0,40}\]"
)
_PAREN_NUMBERS = re.compile(r"(?<=[\w.,;:)\"”’%])\s?\((\d{1,3}(?:\s?[,–-]\s?\d{1,3}){0,20})\)")
_REFS = re.compile(
    r"\b[Rr]efs?\.?\s(\d{1,3}(?:\s?[,–-]\s?\d{1,3}){0,20})(?![\d.]\d)|(?<=\bal\.)\s?\((\d{1,3}(?:\s?[,–-]\s?\d{1,3}){0,9})\)"
)
"""Numbers of references in any style of note: 'refs 4,5', 'Lee et al.(2)'."""
_SUPERSCRIPTS = re.compile(
    r"(?<=[\w.,;:)\"”’%])[⁰¹²³⁴⁵⁶⁷⁸⁹]+(?:[,˒⁻–-][⁰¹²³⁴⁵⁶⁷⁸⁹]+)*|\^(\d{1,3}(?:[,–-]\d{1,3})*)\^"
)
_FROM_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻˒", "0123456789-,")


def take_numbers(reading: Reading, block: NoteBlock, text: BlockText) -> None:
    """Adds what a block cites by number, each tied to its entry."""
    if not reading.number_styles:
        reading.number_styles = _number_styles(reading)
    for match in (found for style in reading.number_styles for found in style.finditer(text.text)):
        numbers = _numbers_in(match)
        ties = [
            reading.state.numbers[number] for number in numbers if number in reading.state.numbers
        ]
        if not ties or not text.free(*match.span()):
            continue
        for tie in ties:
            mention = reading.mention(block, match.start(), match.end(), "number")
            sighting = reading.add(Sighting(mention, Reference(), False, {tie}))
        text.mask(match.start(), match.end(), sighting)
    for match in _REFS.finditer(text.text):
        for number in _expand(match.group(1) or match.group(2)):
            if number in reading.state.numbers:
                mention = reading.mention(block, match.start(), match.end(), "number")
                reading.add(Sighting(mention, Reference(), False, {reading.state.numbers[number]}))


def _number_styles(reading: Reading) -> tuple[re.Pattern[str], ...]:
    """How the note's text cites its numbered list: '[3]', '(3)' or a superscript; two of them where both surely do."""
    wanted = set(reading.state.numbers)
    seen: dict[re.Pattern[str], set[str]] = {}
    for pattern in (_NUMBERS, _PAREN_NUMBERS, _SUPERSCRIPTS):
        seen[pattern] = set()
        for block in reading.blocks:
            if ("list", "references") not in block.fields:
                for match in pattern.finditer(block.text[:20_000]):
                    seen[pattern] |= set(_numbers_in(match)) & wanted
    ranked = sorted(seen, key=lambda pattern: -len(seen[pattern]))
    best, second = ranked[0], ranked[1]
    if best is not _NUMBERS and (
        len(seen[best]) < 0.4 * len(wanted) or len(seen[best]) <= 2 * len(seen[_NUMBERS])
    ):
        mixed = len(seen[best] - seen[_NUMBERS]) >= max(3, 0.7 * len(seen[best]))
        return (_NUMBERS, best) if mixed and len(seen[_NUMBERS]) >= 3 else (_NUMBERS,)
    extra = seen[second] - seen[best]
    return (best, second) if len(extra) >= 3 and len(extra) >= 0.7 * len(seen[second]) else (best,)


def _numbers_in(match: re.Match[str]) -> list[str]:
    text = next((group for group in match.groups() if group), "") or match.group().translate(
        _FROM_SUPERSCRIPT
    )
    return _expand(text)


def _expand(text: str) -> list[str]:
    numbers: list[str] = []
    for part in re.split(r"[,;]", text):
        ends = [piece.strip() for piece in re.split(r"[–-]", part) if piece.strip().isdigit()]
        if len(ends) == 2 and 0 < int(ends[1]) - int(ends[0]) < 40:
            numbers += [str(number) for number in range(int(ends[0]), int(ends[1]) + 1)]
        else:
            numbers += ends
    return numbers
