"""Sentences of different papers that say the same thing, or the opposite, as one group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MIN_SAME = 0.6
"""Cosine from which two sentences speak of the same thing; a denial is as near as its contrary."""
MAX_SOURCES = 4
"""Papers that stand behind one thing said."""


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
    already, it says nothing new and is left out.
    """
    groups: list[list[int]] = []
    for place, work in enumerate(works):
        near = [group for group in groups if vectors[group[0]] @ vectors[place] >= MIN_SAME]
        if not near:
            if len(groups) < limit:
                groups.append([place])
            continue
        group = near[0]
        spoken = {works[member] for member in group}
        if work not in spoken and len(group) < MAX_SOURCES:
            group.append(place)
    return [Group(tuple(group)) for group in groups]
