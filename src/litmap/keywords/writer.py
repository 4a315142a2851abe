"""Writing a keyword index: postings of new passages, removals, renumbering, merging of small
segments.
"""

from __future__ import annotations

import logging
from array import array
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from litmap.errors import DamagedBuild
from litmap.keywords import segments as files
from litmap.keywords.segments import KINDS, Entry, Segment
from litmap.parsing.languages import rules_code
from litmap.parsing.terms import index_term, pair_keys_of, pattern_for, term_key, term_keys

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Mask = NDArray[np.bool_]
    Rows = NDArray[np.int32]

logger = logging.getLogger(__name__)

BLOCK_PASSAGES = 20_000
"""Passages whose postings are sorted at once while a segment is written."""
DOCUMENT_BITS = 15
TERM_BITS = 24
"""Bits of a document's number in its block and of a term's: together with those of a second term
they make 63.
"""
MAX_CACHED_SPELLINGS = 1 << 20
"""Spellings whose terms are kept at hand from block to block."""
MANY_TERMS = -1
MAX_SEGMENTS = 8
MAX_SEGMENT_PASSAGES = 200_000
"""Passages of a segment at most: joining its postings takes a gigabyte or two at worst, however
large a library is.
"""
MAX_DEAD_SHARE = 0.4
"""Share of removed passages from which a segment is rewritten without them."""


def update(
    folder: Path,
    added: Iterable[Entry | tuple[int, str, str]],
    removed: Iterable[int] = (),
    base: Path | None = None,
) -> None:
    """Write the index in `folder`: that of `base` (or the one that is there) without `removed` and
    with `added`.

    `base` is another index folder, left as it is; its large files are linked where the file system
    can. `added` is read once, so a generator will do; a row that is already there is replaced. Rows
    are never renumbered. Raises `DamagedBuild` where the index to go on from cannot be read.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _check_formats(folder, base)
    if base is not None and files.exists(base):
        files.link_segments(base, folder)
    names = files.read_state(folder) if files.exists(folder) else []
    gone = np.fromiter(removed, dtype=np.int64)
    maps = {name: _surviving(files.load(folder, name, "rows"), gone) for name in names}
    name, entries = files.free_name(folder, names), iter(added)
    while (
        fresh := _write_segment(folder, name, islice(entries, MAX_SEGMENT_PASSAGES))
    ) is not None:
        maps = {old: _without(rows, fresh) for old, rows in maps.items()}
        maps[name] = fresh
        name = files.free_name(folder, list(maps))
    _merge_small(folder, maps)
    for kept, rows in maps.items():
        files.save(folder, kept, "rows", rows)
    living = sum(int((rows >= 0).sum()) for rows in maps.values())
    files.write_state(folder, list(maps), living)
    logger.debug("keyword index: %d passages in %d segments", living, len(maps))


def _check_formats(folder: Path, base: Path | None) -> None:
    """Raises `DamagedBuild` where an index that is there is not one to go on from."""
    for old in (folder, base):
        if old is not None and files.exists(old) and not files.is_current(old):
            raise DamagedBuild(
                "the keyword index is of an older litmap or damaged", subject=str(old)
            )


def _surviving(rows: Rows, gone: Ints) -> Rows:
    """The map with removed rows marked -1."""
    return np.where(np.isin(rows, gone), np.int32(-1), rows) if gone.size else rows


def _without(rows: Rows, taken: Rows) -> Rows:
    clash = np.isin(rows, taken) & (rows >= 0)
    return np.where(clash, np.int32(-1), rows) if clash.any() else rows


class _Block(NamedTuple):
    """Postings sorted by key, then document: `docs[starts[i]:starts[i + 1]]` hold the word
    `keys[i]`.
    """

    keys: Ints
    starts: Ints
    docs: Rows
    counts: NDArray[np.uint8]


class _Terms:
    """Small numbers for terms: `keys[number]` is the term's key, 0 that of a stop word."""

    def __init__(self) -> None:
        self.keys = array("q", [0])
        self._numbers = {0: 0}
        self._of_language: dict[str, _TermNumbers] = {}

    def of_key(self, key: int) -> int:
        """The number of a term by its key."""
        number = self._numbers.setdefault(key, len(self.keys))
        if number == len(self.keys):
            self.keys.append(key)
        return number

    def of_language(self, language: str) -> _TermNumbers:
        """The numbers of a language's spellings."""
        code = rules_code(language)
        if code not in self._of_language:
            self._of_language[code] = _TermNumbers(self, code)
        return self._of_language[code]

    def is_full(self) -> bool:
        """Whether so many spellings are at hand that it is time to begin anew."""
        spellings = sum(map(len, self._of_language.values()))
        return max(spellings, len(self.keys) // 8) > MAX_CACHED_SPELLINGS


class _TermNumbers(dict[str, int]):
    """Numbers of a language's spellings, each worked out once: 0 for a stop word, `MANY_TERMS` for
    a run that is many words. Spellings of one term share its number.
    """

    def __init__(self, terms: _Terms, language: str) -> None:
        super().__init__()
        self._terms = terms
        self._language = language

    def __missing__(self, surface: str) -> int:
        if surface.isascii():
            term = index_term(surface, self._language)
            number = self._terms.of_key(term_key(term)) if term else 0
        else:
            keys = term_keys(surface, self._language)
            number = self._terms.of_key(keys[0] if keys else 0) if len(keys) < 2 else MANY_TERMS
        self[surface] = number
        return number


class _PostingsBuilder:
    """Takes in entries and gives sorted blocks of their postings."""

    def __init__(self) -> None:
        self.rows, self.lengths = array("q"), array("q")
        self.kinds, self.works, self.languages = array("q"), array("q"), array("q")
        self.work_numbers: dict[str, int] = {}
        self.blocks: list[_Block] = []
        self._known = _Terms()
        self._terms, self._sizes = array("q"), array("q")

    def add(self, entry: Entry) -> None:
        row, work, text, kind, language = entry
        numbers = self._known.of_language(language)
        terms = array("q", map(numbers.__getitem__, pattern_for(text).findall(text)))
        if MANY_TERMS in terms:
            terms = array("q", map(self._known.of_key, term_keys(text, rules_code(language))))
        self._terms.extend(terms)
        self._sizes.append(len(terms))
        self.rows.append(row)
        self.kinds.append(KINDS.index(kind) if kind in KINDS else 0)
        self.languages.append(files.language_number(language))
        self.works.append(self.work_numbers.setdefault(work, len(self.work_numbers)))
        if len(self._sizes) == BLOCK_PASSAGES or len(self._known.keys) // 8 > MAX_CACHED_SPELLINGS:
            self.close_block()

    def close_block(self) -> None:
        """Sort what was gathered since the last block."""
        sizes = np.asarray(self._sizes, dtype=np.int64)
        terms = np.asarray(self._terms, dtype=np.int64)
        documents = np.repeat(np.arange(sizes.size), sizes)[terms > 0]
        block = _sort_block(
            terms[terms > 0],
            documents,
            np.asarray(self._known.keys, dtype=np.int64),
            len(self.lengths),
        )
        self.blocks.append(block)
        self.lengths.extend(np.bincount(documents, minlength=sizes.size).tolist())
        self._terms, self._sizes = array("q"), array("q")
        if self._known.is_full():
            self._known = _Terms()


def _write_segment(
    folder: Path, name: str, added: Iterable[Entry | tuple[int, str, str]]
) -> Rows | None:
    """Write the postings of `added` as a segment; its map of rows, or None where nothing was
    added.
    """
    builder = _PostingsBuilder()
    for entry in added:
        builder.add(Entry(*entry))
    if not builder.rows:
        return None
    builder.close_block()
    _write_postings(folder, name, builder.blocks)
    files.save(folder, name, "lengths", np.asarray(builder.lengths, dtype=np.int32))
    files.save(folder, name, "kinds", np.asarray(builder.kinds, dtype=np.uint8))
    files.save(folder, name, "languages", np.asarray(builder.languages, dtype=np.int32))
    files.save(folder, name, "works", np.asarray(builder.works, dtype=np.int32))
    files.save_works(folder, name, list(builder.work_numbers))
    return _last_wins(np.asarray(builder.rows, dtype=np.int32))


def _last_wins(rows: Rows) -> Rows:
    """Of a row given twice only the last stands."""
    _, first_reversed = np.unique(rows[::-1], return_index=True)
    if first_reversed.size == rows.size:
        return rows
    kept = np.full_like(rows, -1)
    last = rows.size - 1 - first_reversed
    kept[last] = rows[last]
    return kept


def _sort_block(terms: Ints, documents: Ints, keys: Ints, first: int) -> _Block:
    """Postings of a block's words and of its pairs of neighbours.

    `terms` are the words' numbers in order of text, `documents` each word's document in the block;
    `first` is the number of the block's first document. A pair is its two numbers, a word a pair
    whose first is 0: with the document they fit one integer, for plain numbers are sorted ten times
    as fast as places are.
    """
    together = documents[1:] == documents[:-1]
    pairs = ((terms[:-1] << TERM_BITS | terms[1:]) << DOCUMENT_BITS | documents[1:])[together]
    held = np.concatenate([terms << DOCUMENT_BITS | documents, pairs])
    held.sort()
    runs = _run_starts(held)
    postings = held[runs]
    counts = np.minimum(np.diff(np.r_[runs, held.size]), 255).astype(np.uint8)
    asked = postings >> DOCUMENT_BITS
    starts = _run_starts(asked)
    own = asked[starts]
    left, right = keys[own >> TERM_BITS], keys[own & (1 << TERM_BITS) - 1]
    own = np.where(left == 0, right, pair_keys_of(left, right))
    order = np.argsort(own)
    order = order[
        _run_starts(own[order])
    ]  # of two that share a key, once in ten thousand libraries, one is left out
    sizes = np.diff(np.r_[starts, postings.size])[order]
    ends = np.cumsum(sizes)
    places = np.repeat(starts[order] - (ends - sizes), sizes) + np.arange(int(sizes.sum()))
    docs = ((postings[places] & (1 << DOCUMENT_BITS) - 1) + first).astype(np.int32)
    return _Block(own[order], np.r_[0, ends].astype(np.int64), docs, counts[places])


def _run_starts(ordered: Ints) -> Ints:
    """Where runs of equal values begin."""
    return (
        np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
        if ordered.size
        else np.empty(0, np.int64)
    )


def _write_postings(
    folder: Path, name: str, blocks: Sequence[_Block], renumber: Sequence[Ints] | None = None
) -> None:
    """Join blocks whose documents follow each other; `renumber` gives their new numbers, -1 for the
    dead.
    """
    keys = np.sort(np.concatenate([b.keys for b in blocks])) if blocks else np.empty(0, np.int64)
    keys = keys[_run_starts(keys)]

    def shares(i: int) -> tuple[Ints, Ints, Mask | None]:
        """Where a block's keys are among all, how many postings of each live, and which."""
        block = blocks[i]
        alive = None if renumber is None else renumber[i][block.docs] >= 0
        sizes = np.diff(block.starts) if alive is None else _count_set(alive, block.starts)
        return np.searchsorted(keys, block.keys), sizes, alive

    total = np.zeros(keys.size, dtype=np.int64)
    for i in range(len(blocks)):
        at, sizes, _ = shares(i)
        total[at] += sizes
    used = total > 0
    starts = np.r_[0, np.cumsum(total)].astype(np.int64)
    with files.creating(folder, name, int(starts[-1])) as (docs, counts):
        filled = starts[:-1].copy()
        for i, block in enumerate(blocks):
            at, sizes, alive = shares(i)
            begin = np.cumsum(sizes) - sizes
            target = np.repeat(filled[at] - begin, sizes) + np.arange(int(sizes.sum()))
            old = block.docs if alive is None else block.docs[alive]
            docs[target] = old if renumber is None else renumber[i][old]
            counts[target] = block.counts if alive is None else block.counts[alive]
            filled[at] += sizes
    files.save(folder, name, "keys", keys[used])
    files.save(folder, name, "starts", np.r_[0, np.cumsum(total[used])].astype(np.int64))


def _count_set(flags: Mask, starts: Ints) -> Ints:
    """How many flags are set in each run between `starts`."""
    running = np.r_[0, np.cumsum(flags, dtype=np.int64)]
    sums: Ints = running[starts[1:]] - running[starts[:-1]]
    return sums


def _merge_small(folder: Path, maps: dict[str, Rows]) -> None:
    """Merge the smallest segments while the next is no larger than twice their sum; drop dead
    passages with them.

    So a passage is rewritten only some log(n) times, there are never more than a handful of
    segments besides the full ones, and adding one paper to a million passages leaves the large ones
    alone.
    """
    for name in [n for n, rows in maps.items() if not (rows >= 0).any()]:
        del maps[name]
    while group := _choose_merge(
        {name: rows.size for name, rows in maps.items()}
    ) or _choose_rewrite(maps):
        name = files.free_name(folder, list(maps))
        rows = _merge(folder, name, [(n, maps[n]) for n in group])
        for old in group:
            del maps[old]
        maps[name] = rows


def _choose_merge(sizes: dict[str, int]) -> list[str]:
    """The segments to make one of; those that are more than half full are left alone."""
    group: list[str] = []
    total = 0
    small = sorted(
        (n for n, size in sizes.items() if 2 * size <= MAX_SEGMENT_PASSAGES),
        key=lambda n: (sizes[n], n),
    )
    for name in small:
        few = len(small) - len(group) < MAX_SEGMENTS
        if group and (
            total + sizes[name] > MAX_SEGMENT_PASSAGES or (sizes[name] > 2 * total and few)
        ):
            break
        group.append(name)
        total += sizes[name]
    return sorted(group) if len(group) > 1 else []


def _choose_rewrite(maps: dict[str, Rows]) -> list[str]:
    return next(([name] for name, rows in maps.items() if (rows < 0).mean() > MAX_DEAD_SHARE), [])


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
    for part_name in ("lengths", "kinds", "languages"):
        arrays = [files.load(folder, old, part_name)[rows >= 0] for old, rows in group]
        files.save(folder, name, part_name, np.concatenate(arrays))
    files.save(folder, name, "works", np.concatenate(works))
    files.save_works(folder, name, list(ids))
    return np.concatenate([rows[rows >= 0] for _, rows in group])
