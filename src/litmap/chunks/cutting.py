"""Cutting a string into passages of a given number of tokens, on the borders of sentences."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from litmap.parsing.sentences import sentence_ends

MAX_CHARS = 4000
"""Characters of a passage: 'words' that a tokenizer takes for one token may have any length."""


@dataclass(frozen=True, slots=True)
class Budget:
    """Tokens of a passage: `most` at most, about `target`, `overlap` of them shared with the one
    before.

    `whole`: entries of a list, which are kept together and not repeated, instead of sentences.
    """

    target: int
    most: int
    overlap: int
    whole: bool = False


class Tokenized:
    """A string with the starts of its tokens, so that the tokens of any stretch are counted at
    once.
    """

    def __init__(self, text: str, offsets: Sequence[tuple[int, int]]) -> None:
        self.text = text
        self.starts = [start for start, _ in offsets]

    def count(self, start: int, end: int) -> int:
        """Tokens that begin in [start, end)."""
        return bisect_left(self.starts, end) - bisect_left(self.starts, start)

    def units(self, start: int, end: int, most: int, *, whole: bool) -> list[tuple[int, int]]:
        """The sentences of [start, end), or (`whole`) its lines; longer ones than a passage may be,
        in pieces.
        """
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
        while self.count(start, end) > most or end - start > MAX_CHARS:
            cut = self._cut(start, end, most)
            pieces.append((start, cut))
            start = cut
        if start < end:
            pieces.append((start, end))
        return pieces

    def _cut(self, start: int, end: int, most: int) -> int:
        """Where to cut a sentence that is too long: behind its last comma or space that fits, else
        between tokens.
        """
        first = bisect_left(self.starts, start)
        limit = self.starts[first + most] if first + most < len(self.starts) else end
        limit = min(limit, end, start + MAX_CHARS)
        for mark in ("; ", ", ", " "):
            cut = self.text.rfind(mark, start + (limit - start) // 2, limit)
            if cut > start:
                return cut + len(mark)
        return max(limit, start + 1)


def cut_stretch(
    tokenized: Tokenized, start: int, end: int, budget: Budget
) -> list[tuple[int, int]]:
    """The passages of one stretch as (start, end), covering all of it, each within the budget.

    They are made about equally long, so that no small rest is left over. The overlap is of whole
    sentences.
    """
    units = tokenized.units(start, end, budget.most, whole=budget.whole)
    sizes = [tokenized.count(*unit) for unit in units]
    cutter = _StretchCutter(units, sizes, budget, _even_size(sum(sizes), budget))
    passages: list[tuple[int, int]] = []
    first = fresh = 0
    while fresh < len(units):
        first, last = cutter.fill(first, fresh)
        passages.append((units[first][0], units[last - 1][1]))
        first, fresh = cutter.step_back(last), last
    return passages


def _even_size(total: int, budget: Budget) -> int:
    """Tokens of a passage so that the stretch is cut into equal ones of about the target."""
    step = max(1, budget.target - budget.overlap)
    parts = max(1, -(-(total - budget.overlap) // step))
    return min(budget.most, -(-(total - budget.overlap) // parts) + budget.overlap)


@dataclass(frozen=True, slots=True)
class _StretchCutter:
    """The units (start, end) of a stretch with their tokens; `goal` is the tokens of a passage."""

    units: Sequence[tuple[int, int]]
    sizes: Sequence[int]
    budget: Budget
    goal: int

    def fill(self, first: int, fresh: int) -> tuple[int, int]:
        """The range of units of one passage.

        It begins with unit `first`; `fresh` is its first that the one before has not. Where that
        one does not fit, units of the overlap are left out.
        """
        last, size = fresh, sum(self.sizes[first:fresh])
        while last < len(self.units) and (last == fresh or self._is_wanted(size, last)):
            if self._fits(first, last, size):
                size += self.sizes[last]
                last += 1
            elif last == fresh and first < fresh:
                size -= self.sizes[first]
                first += 1
            elif last == fresh:  # longer than a passage may be, but it cannot be cut
                size += self.sizes[last]
                last += 1
            else:
                break
        return first, last

    def _is_wanted(self, size: int, unit: int) -> bool:
        """Whether a passage of this size comes nearer to the goal with one more unit."""
        more = self.sizes[unit]
        return size + more <= self.goal or _better_over(size, more, self.goal)

    def _fits(self, first: int, unit: int, size: int) -> bool:
        chars = self.units[unit][1] - self.units[first][0]
        return size + self.sizes[unit] <= self.budget.most and chars <= MAX_CHARS

    def step_back(self, last: int) -> int:
        """The first of the units before `last` that the next passage repeats."""
        first = last
        while (
            first > 0
            and last < len(self.units)
            and sum(self.sizes[first - 1 : last]) <= self.budget.overlap
        ):
            first -= 1
        return first


def _better_over(size: int, more: int, goal: int) -> bool:
    """Whether taking one more sentence misses the goal by less than leaving it."""
    return size + more - goal < goal - size
