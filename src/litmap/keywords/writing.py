"""Writing a keyword index: postings of new passages, removals, renumbering, merging of small segments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from litmap import words
from litmap.errors import DamagedBuild
from litmap.keywords import segments as files
from litmap.keywords.segments import KINDS, Entry, Segment

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Mask = NDArray[np.bool_]
    Rows = NDArray[np.int32]

BLOCK = 40_000
"""Passages whose postings are held in memory at once while a segment is written."""
MOST_SEGMENTS = 8
DEAD_SHARE = 0.4
"""Share of removed passages from which a segment is rewritten without them."""


def update(
    folder: Path,
    added: Iterable[Entry | tuple[int, str, str]],
    removed: Iterable[int] = (),
    base: Path | None = None,
) -> None:
    """Write the index in `folder`: that of `base` (or the one that is there) without `removed` and with `added`.

    `base` is another index folder, left as it is; its large files are linked where the file system can. `added` is
    read once, so a generator will do; a row that is already there is replaced. Rows are never renumbered.
    Raises `DamagedBuild` where the index to go on from cannot be read.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for old in (folder, base):
        if old is not None and files.exists(old) and not files.is_current(old):
            raise DamagedBuild("the keyword index is of an older litmap or damaged", subject=str(old))
    if base is not None and files.exists(base):
        files.take_over(base, folder)
    names = files.read_state(folder) if files.exists(folder) else []
    gone = np.fromiter(removed, dtype=np.int64)
    maps = {name: _surviving(files.load(folder, name, "rows"), gone) for name in names}
    name = files.free_name(folder, names)
    fresh = _write_segment(folder, name, added)
    if fresh is not None:
        maps = {old: _without(rows, fresh) for old, rows in maps.items()}
        maps[name] = fresh
    _merge_small(folder, maps)
    for kept, rows in maps.items():
        files.save(folder, kept, "rows", rows)
    files.write_state(folder, list(maps), sum(int((rows >= 0).sum()) for rows in maps.values()))


def _surviving(rows: Rows, gone: Ints) -> Rows:
    """The map with removed rows marked -1."""
    return np.where(np.isin(rows, gone), np.int32(-1), rows) if gone.size else rows


def _without(rows: Rows, taken: Rows) -> Rows:
    clash = np.isin(rows, taken) & (rows >= 0)
    return np.where(clash, np.int32(-1), rows) if clash.any() else rows


class _Block(NamedTuple):
    """Postings sorted by key, then document: `docs[starts[i]:starts[i + 1]]` hold the word `keys[i]`."""

    keys: Ints
    starts: Ints
    docs: Rows
    counts: NDArray[np.uint8]


def _write_segment(folder: Path, name: str, added: Iterable[Entry | tuple[int, str, str]]) -> Rows | None:
    """Write the postings of `added` as a segment; its map of rows, or None where nothing was added."""
    blocks: list[_Block] = []
    rows: list[int] = []
    lengths: list[int] = []
    kinds: list[int] = []
    works: list[int] = []
    numbers: dict[str, int] = {}
    keys: list[int] = []
    counts: list[int] = []
    docs: list[int] = []
    for entry in added:
        row, work, text, kind = Entry(*entry)
        found = words.keys(text)
        tally = Counter(found)
        tally.update(words.pairs(found))
        keys.extend(tally)
        counts.extend(tally.values())
        docs.append(len(tally))
        rows.append(row)
        lengths.append(len(found))
        kinds.append(KINDS.index(kind) if kind in KINDS else 0)
        works.append(numbers.setdefault(work, len(numbers)))
        if len(docs) == BLOCK:
            blocks.append(_sort_block(keys, counts, docs, len(rows) - len(docs)))
            keys, counts, docs = [], [], []
    if not rows:
        return None
    blocks.append(_sort_block(keys, counts, docs, len(rows) - len(docs)))
    _write_postings(folder, name, blocks)
    files.save(folder, name, "lengths", np.asarray(lengths, dtype=np.int32))
    files.save(folder, name, "kinds", np.asarray(kinds, dtype=np.uint8))
    files.save(folder, name, "works", np.asarray(works, dtype=np.int32))
    files.save_works(folder, name, list(numbers))
    return _last_wins(np.asarray(rows, dtype=np.int32))


def _last_wins(rows: Rows) -> Rows:
    """Of a row given twice only the last stands."""
    _, first_reversed = np.unique(rows[::-1], return_index=True)
    if first_reversed.size == rows.size:
        return rows
    kept = np.full_like(rows, -1)
    last = rows.size - 1 - first_reversed
    kept[last] = rows[last]
    return kept


def _sort_block(keys: list[int], counts: list[int], lengths: list[int], first: int) -> _Block:
    all_keys = np.asarray(keys, dtype=np.int64)
    documents = np.repeat(np.arange(first, first + len(lengths), dtype=np.int32), lengths)
    order = np.argsort(all_keys, kind="stable")
    ordered = all_keys[order]
    heads = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if ordered.size else np.empty(0, np.int64)
    return _Block(
        keys=ordered[heads],
        starts=np.r_[heads, ordered.size].astype(np.int64),
        docs=documents[order],
        counts=np.minimum(np.asarray(counts, dtype=np.int64)[order], 255).astype(np.uint8),
    )


def _write_postings(folder: Path, name: str, blocks: Sequence[_Block], renumber: Sequence[Ints] | None = None) -> None:
    """Join blocks whose documents follow each other; `renumber` gives their new numbers, -1 for the dead."""
    keys = np.unique(np.concatenate([b.keys for b in blocks])) if blocks else np.empty(0, np.int64)
    total = np.zeros(keys.size, dtype=np.int64)
    kept = []
    for i, block in enumerate(blocks):
        alive = None if renumber is None else renumber[i][block.docs] >= 0
        sizes = np.diff(block.starts) if alive is None else _sums(alive, block.starts)
        kept.append((np.searchsorted(keys, block.keys), sizes, alive))
        total[kept[-1][0]] += sizes
    used = total > 0
    starts = np.r_[0, np.cumsum(total)].astype(np.int64)
    with files.creating(folder, name, int(starts[-1])) as (docs, counts):
        filled = starts[:-1].copy()
        for i, (block, (at, sizes, alive)) in enumerate(zip(blocks, kept, strict=True)):
            begin = np.cumsum(sizes) - sizes
            target = np.repeat(filled[at] - begin, sizes) + np.arange(int(sizes.sum()))
            old = block.docs if alive is None else block.docs[alive]
            docs[target] = old if renumber is None else renumber[i][old]
            counts[target] = block.counts if alive is None else block.counts[alive]
            filled[at] += sizes
    files.save(folder, name, "keys", keys[used])
    files.save(folder, name, "starts", np.r_[0, np.cumsum(total[used])].astype(np.int64))


def _sums(flags: Mask, starts: Ints) -> Ints:
    """How many flags are set in each run between `starts`."""
    running = np.r_[0, np.cumsum(flags, dtype=np.int64)]
    sums: Ints = running[starts[1:]] - running[starts[:-1]]
    return sums


def _merge_small(folder: Path, maps: dict[str, Rows]) -> None:
    """Merge the smallest segments while the next is no larger than twice their sum; drop dead passages with them.

    So a passage is rewritten only some log(n) times, there are never more than a handful of segments, and adding one
    paper to a million passages leaves the large segment alone.
    """
    for name in [n for n, rows in maps.items() if not (rows >= 0).any()]:
        del maps[name]
    while group := _to_merge({name: rows.size for name, rows in maps.items()}) or _half_dead(maps):
        name = files.free_name(folder, list(maps))
        rows = _merge(folder, name, [(n, maps[n]) for n in group])
        for old in group:
            del maps[old]
        maps[name] = rows


def _to_merge(sizes: dict[str, int]) -> list[str]:
    group: list[str] = []
    total = 0
    for name in sorted(sizes, key=lambda n: (sizes[n], n)):
        if group and sizes[name] > 2 * total and len(sizes) - len(group) < MOST_SEGMENTS:
            break
        group.append(name)
        total += sizes[name]
    return sorted(group) if len(group) > 1 else []


def _half_dead(maps: dict[str, Rows]) -> list[str]:
    return next(([name] for name, rows in maps.items() if (rows < 0).mean() > DEAD_SHARE), [])


def _merge(folder: Path, name: str, group: Sequence[tuple[str, Rows]]) -> Rows:
    """Write one segment with the living passages of a group, in order; its map of rows."""
    blocks, renumber, works, ids = [], [], [], dict[str, int]()
    first = 0
    for old, rows in group:
        alive = rows >= 0
        numbers = np.where(alive, first + np.cumsum(alive) - 1, -1).astype(np.int64)
        first += int(alive.sum())
        part = Segment.open(folder, old, rows)
        blocks.append(_Block(part.keys, part.starts, part.docs, part.counts))
        renumber.append(numbers)
        own = np.asarray([ids.setdefault(w, len(ids)) for w in part.work_ids], dtype=np.int32)
        works.append(own[part.works[alive]])
    _write_postings(folder, name, blocks, renumber)
    for part_name in ("lengths", "kinds"):
        arrays = [files.load(folder, old, part_name)[rows >= 0] for old, rows in group]
        files.save(folder, name, part_name, np.concatenate(arrays))
    files.save(folder, name, "works", np.concatenate(works))
    files.save_works(folder, name, list(ids))
    return np.concatenate([rows[rows >= 0] for _, rows in group])
