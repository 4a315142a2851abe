"""Cutting a string into passages of a given number of tokens, on the borders of sentences."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from litmap.chunks.sentences import sentence_ends

LONGEST = 4000
"""A passage has at most this many characters: 'words' that a tokenizer takes for one token may have any length."""


@dataclass(frozen=True, slots=True)
class Budget:
    """Tokens of a passage: `most` at most, about `target`, `overlap` of them shared with the one before.

    `whole`: entries of a list, which are kept together and not repeated, instead of sentences.
    """

    target: int
    most: int
    overlap: int
    whole: bool = False


class Tokenized:
    """A string with the starts of its tokens, so that the tokens of any stretch are counted at once."""

    def __init__(self, text: str, offsets: Sequence[tuple[int, int]]) -> None:
        self.text = text
        self.starts = [start for start, _ in offsets]

    def count(self, start: int, end: int) -> int:
        """Tokens that begin in [start, end)."""
        return bisect_left(self.starts, end) - bisect_left(self.starts, start)

    def units(self, start: int, end: int, most: int, *, whole: bool) -> list[tuple[int, int]]:
        """The sentences of [start, end), or (`whole`) its lines; longer ones than a passage may be, in pieces."""
        text = self.text[start:end]
        ends = [m.end() for m in re.finditer(r"\n+|\Z", text)] if whole else sentence_ends(text)
        units = []
        begin = start
        for stop in ends:
            units += self._pieces(begin, start + stop, most)
            begin = start + stop
        return units

    def _pieces(self, start: int, end: int, most: int) -> list[tuple[int, int]]:
        pieces = []
        while self.count(start, end) > most or end - start > LONGEST:
            cut = self._cut(start, end, most)
            pieces.append((start, cut))
            start = cut
        if start < end:
            pieces.append((start, end))
        return pieces

    def _cut(self, start: int, end: int, most: int) -> int:
        """Where to cut a sentence that is too long: behind its last comma or space that fits, else between tokens."""
        first = bisect_left(self.starts, start)
        limit = self.starts[first + most] if first + most < len(self.starts) else end
        limit = min(limit, end, start + LONGEST)
        for mark in ("; ", ", ", " "):
            cut = self.text.rfind(mark, start + (limit - start) // 2, limit)
            if cut > start:
                return cut + len(mark)
        return max(limit, start + 1)


def cut_stretch(
    tokenized: Tokenized, start: int, end: int, budget: Budget
) -> list[tuple[int, int]]:
    """The passages of one stretch as (start, end), covering all of it, each within the budget.

    They are made about equally long, so that no small rest is left over. The overlap is of whole sentences.
    """
    units = tokenized.units(start, end, budget.most, whole=budget.whole)
    sizes = [tokenized.count(*unit) for unit in units]
    total = sum(sizes)
    step = max(1, budget.target - budget.overlap)
    parts = max(1, -(-(total - budget.overlap) // step))
    goal = min(budget.most, -(-(total - budget.overlap) // parts) + budget.overlap)
    passages: list[tuple[int, int]] = []
    first = fresh = (
        0  # units[first] begins the passage, units[fresh] is its first that the one before has not
    )
    while fresh < len(units):
        last, size = fresh, sum(sizes[first:fresh])
        while last < len(units) and (
            last == fresh or size + sizes[last] <= goal or _better_over(size, sizes[last], goal)
        ):
            fits = size + sizes[last] <= budget.most and units[last][1] - units[first][0] <= LONGEST
            if not fits and last == fresh and first < fresh:
                size -= sizes[first]
                first += 1
                continue
            if not fits and last > fresh:
                break
            size += sizes[last]
            last += 1
        passages.append((units[first][0], units[last - 1][1]))
        fresh = first = last
        while first > 0 and fresh < len(units) and sum(sizes[first - 1 : fresh]) <= budget.overlap:
            first -= 1
    return passages


def _better_over(size: int, more: int, goal: int) -> bool:
    """Whether taking one more sentence misses the goal by less than leaving it."""
    return size + more - goal < goal - size
