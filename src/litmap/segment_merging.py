"""Which segments of an index are made into one: what the vector index, the keyword index and the
passages have in common.

A segment is never changed once it is written; rows that are gone are noted beside it. The smallest
segments are merged while the next is no larger than twice their sum (a log-structured merge tree:
O'Neil et al., 1996), so that a passage is written anew only some log(n) times, there are never more
than a handful of segments besides the full ones, and one new paper leaves the large ones alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MAX_SEGMENT_ROWS = 1_000_000
"""Rows of a segment at most, whatever writes it."""
QUICK_ROWS = 200_000
"""Rows of the segments that any refresh may merge: some seconds."""
ROWS_PER_ADDED = 4
"""A refresh that adds much merges larger ones: up to so many rows for each that it adds."""
MAX_SEGMENTS = 8
"""Segments that are not yet half full, at most, whatever their sizes."""
MAX_DEAD_SHARE = 1 / 3
"""Share of removed rows from which a segment is rewritten without them."""


@dataclass(frozen=True, slots=True)
class Size:
    """Rows of a segment, and how many of them live."""

    rows: int
    living: int


def merge_limit(added: int) -> int:
    """Rows that a merged segment may have after so many were added: one new paper does not wait
    until a million are written anew.
    """
    return min(MAX_SEGMENT_ROWS, max(QUICK_ROWS, ROWS_PER_ADDED * added))


def choose_merge(sizes: Mapping[str, Size], limit: int) -> list[str]:
    """The segments to write anew as one, by name: several small ones, or one with many dead rows;
    none where all may stay. One without a living row is to be left out beforehand.
    """
    return _choose_small(sizes, limit) or _choose_dead(sizes, limit)


def _choose_small(sizes: Mapping[str, Size], limit: int) -> list[str]:
    """Several segments; those that are more than half full are left alone."""
    small = sorted(
        (n for n, size in sizes.items() if 2 * size.rows <= limit),
        key=lambda n: (sizes[n].rows, n),
    )
    group: list[str] = []
    total = 0
    for name in small:
        rows = sizes[name].rows
        few = len(small) - len(group) < MAX_SEGMENTS
        if group and (total + rows > limit or (rows > 2 * total and few)):
            break
        group.append(name)
        total += rows
    return sorted(group) if len(group) > 1 else []


def _choose_dead(sizes: Mapping[str, Size], limit: int) -> list[str]:
    return next(([name] for name, size in sizes.items() if has_many_dead(size, limit)), [])


def has_many_dead(size: Size, limit: int) -> bool:
    """Whether a segment is to be written anew without its dead rows: they are many, and what lives
    is not too much.
    """
    return size.rows - size.living > MAX_DEAD_SHARE * size.rows and size.living <= limit


def choose_last(sizes: Sequence[Size], limit: int) -> int:
    """How many of the last segments are to be one, where they must follow each other."""
    count = total = 0
    for size in reversed(sizes):
        if count and (size.living > 2 * total or size.living + total > limit):
            break
        count, total = count + 1, total + size.living
    return count
