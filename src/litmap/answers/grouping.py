"""Sentences of different papers that say the same thing, or the opposite, as one group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MIN_SAME = 0.65
"""Cosine from which two sentences speak of the same thing; a denial is as near as its contrary."""
MAX_SOURCES = 4
"""Papers that stand behind one thing said."""
OF_PAPER = 2
"""Things that one paper says in an answer."""


@dataclass(frozen=True, slots=True)
class Group:
    """Places of sentences about one thing, the best first, each of another paper."""

    members: tuple[int, ...]

    @property
    def lead(self) -> int:
        """The best of them."""
        return self.members[0]


def group_sentences(works: Sequence[str], vectors: Floats, limit: int) -> list[Group]:
    """Up to `limit` groups of sentences, given by their works and vectors (n, dim), the best first.

    A sentence joins the first group whose lead is near enough; where its paper speaks there
    already, it says nothing new and is left out. No paper says more than `OF_PAPER` things.
    """
    groups: list[list[int]] = []
    said: Counter[str] = Counter()
    for place, work in enumerate(works):
        if said[work] == OF_PAPER:
            continue
        near = [group for group in groups if vectors[group[0]] @ vectors[place] >= MIN_SAME]
        if not near:
            group: list[int] = []
            if len(groups) == limit:
                continue
            groups.append(group)
        else:
            group = near[0]
            if len(group) == MAX_SOURCES or work in {works[member] for member in group}:
                continue
        group.append(place)
        said[work] += 1
    return [Group(tuple(group)) for group in groups]
