"""Where the text that a reader marked stands in a document: in the same file, or in another version
of the paper.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from litmap.models import Document, Mark, TextBlock
from litmap.parsing.terms import squash

ENOUGH = 24
"""Letters and digits that stand once by themselves; fewer must occur only once in another version.
"""
END = 40
"""Letters and digits of the beginning and the end that find a text whose middle was changed."""
STRETCHED = 2
"""How many times as long a text with another middle may be."""

Rect = tuple[int, float, float, float, float]
_NO_TEXT = frozenset({"front", "figure"})


def anchor(marks: Iterable[Mark], document: Document) -> list[Mark]:
    """The marks with the document's own words for theirs, and their places in it.

    A mark of the document's file keeps its page and rectangles. One of another file (an earlier
    version of the paper) gets those where its text stands now, nearest to its former page; where
    that is nowhere, it is `earlier` and keeps its own. So does a note without text.
    """
    letters = _Letters(document)
    return [_anchor(mark, letters, document.sha256) for mark in marks]


def _anchor(mark: Mark, letters: _Letters, sha256: str) -> Mark:
    own = mark.file == sha256
    found = letters.find(mark.text, mark.page, own=own)
    if found is None:
        return replace(mark, earlier=not own)
    places = letters.places(*found)
    text = " ".join(place.text for place in places)
    placed = replace(mark, text=text, section=places[0].section, earlier=False)
    if own:
        return placed
    rects = tuple(rect for place in places for rect in place.rects)
    return replace(placed, page=places[0].page, rects=rects, file=sha256, moved=True)


@dataclass(frozen=True, slots=True)
class _Place:
    """A part of a block: its text, page, section and lines."""

    text: str
    page: int
    section: str
    rects: tuple[Rect, ...]


class _Letters:
    """A document's letters and digits in reading order, each with its block and offset."""

    def __init__(self, document: Document) -> None:
        self.blocks: list[tuple[int, TextBlock]] = [
            (page.number, block)
            for page in document.pages
            for block in page.blocks
            if block.kind not in _NO_TEXT
        ]
        parts: list[str] = []
        self.starts: list[int] = []
        """Where each block begins among the letters."""
        self.offsets: list[int] = []
        """For each letter its offset in the block's text."""
        length = 0
        for _, block in self.blocks:
            self.starts.append(length)
            for offset, sign in enumerate(block.text):
                letters = squash(sign)
                parts.append(letters)
                self.offsets += [offset] * len(letters)
                length += len(letters)
        self.text = "".join(parts)

    def find(self, text: str, page: int, *, own: bool) -> tuple[int, int] | None:
        """The letters [start, end) of a text; of several places the one nearest to `page`. In the
        same file it stands on that page, in another the text must be long or stand there once.
        """
        wanted = squash(text)
        if not wanted:
            return None
        found = [(start, start + len(wanted)) for start in self._all(wanted)]
        if own:
            found = [each for each in found if self._page(each[0]) in (page - 1, page)]
        elif len(found) > 1 and len(wanted) < ENOUGH:
            return None
        if not found and not own:
            found = self._by_ends(wanted)
        return min(found, key=lambda each: abs(self._page(each[0]) - page), default=None)

    def _all(self, wanted: str) -> list[int]:
        starts: list[int] = []
        start = self.text.find(wanted)
        while start >= 0 and len(starts) < 100:
            starts.append(start)
            start = self.text.find(wanted, start + 1)
        return starts

    def _by_ends(self, wanted: str) -> list[tuple[int, int]]:
        """Places that begin and end as the text does, with other words between."""
        if len(wanted) < 2 * END:
            return []
        found = []
        for start in self._all(wanted[:END]):
            end = self.text.find(wanted[-END:], start + END, start + STRETCHED * len(wanted))
            if end >= 0:
                found.append((start, end + END))
        return found

    def _page(self, letter: int) -> int:
        return self.blocks[bisect_right(self.starts, letter) - 1][0]

    def places(self, start: int, end: int) -> list[_Place]:
        """The parts of blocks that the letters [start, end) are."""
        places = []
        while start < end:
            number = bisect_right(self.starts, start) - 1
            beyond = self.starts[number + 1] if number + 1 < len(self.starts) else len(self.text)
            last = min(end, beyond)
            page, block = self.blocks[number]
            first, final = self.offsets[start], self.offsets[last - 1] + 1
            while final < len(block.text) and block.text[final] in ".,;:!?)]”’\"'":
                final += 1
            places.append(
                _Place(
                    block.text[first:final], page, block.section, _rects(page, block, first, final)
                )
            )
            start = last
        return places


def _rects(page: int, block: TextBlock, start: int, end: int) -> tuple[Rect, ...]:
    """The lines of a block's characters [start, end); a part of a line by its share of the
    characters.
    """
    rects = []
    for span in block.spans:
        first, last = max(start, span.start), min(end, span.end)
        if first < last:
            x0, y0, x1, y1 = span.rect
            width = (x1 - x0) / (span.end - span.start)
            left, right = x0 + (first - span.start) * width, x0 + (last - span.start) * width
            rects.append((page, left, y0, right, y1))
    return tuple(rects)


def in_order(marks: Sequence[Mark]) -> list[Mark]:
    """The marks as the newest file has them, each once: by page and place, those of earlier
    versions last.
    """
    seen: dict[tuple[str, str, int], Mark] = {}
    for mark in marks:
        key = (squash(mark.text), mark.comment, 0 if mark.text else mark.page)
        seen.setdefault(key, mark)
    return sorted(seen.values(), key=_place)


def _place(mark: Mark) -> tuple[bool, int, float, float]:
    top = mark.rects[0][2] if mark.rects else 0.0
    left = mark.rects[0][1] if mark.rects else 0.0
    return mark.earlier, mark.page, top, left
