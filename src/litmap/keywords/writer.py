"""Writing a keyword index: postings of new passages, removals, renumbering, merging of small
segments.
"""

from __future__ import annotations

import logging
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from litmap.errors import DamagedBuild
from litmap.keywords import segments as files
from litmap.keywords.segments import KINDS, Entry, Segment
from litmap.parsing.languages import rules_code
from litmap.parsing.terms import index_term, pair_keys_of, pattern_for, term_key, term_keys
from litmap.segment_merging import Size, choose_merge, merge_limit

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
FRESH_PASSAGES = 200_000
"""New passages that are made a segment at once: it takes a gigabyte."""
JOINED_POSTINGS = 2_000_000
"""Postings of several blocks or segments that are joined at once, some 100 MB."""


def update(
    folder: Path,
    added: Iterable[Entry | tuple[int, str, str]],
    removed: Iterable[int] = (),
    base: Path | None = None,
    *,
    written: Sequence[str] = (),
) -> None:
    """Write the index in `folder`: that of `base` (or the one that is there) without `removed` and
    with `added`.

    `base` is another index folder, left as it is; its large files are linked where the file system
    can. `added` is read once, so a generator will do; a row that is already there is replaced. Rows
    are never renumbered. `written` are segments that `write_segment` has put into `folder`: they
    come before `added`. Raises `DamagedBuild` where the index to go on from cannot be read.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _check_formats(folder, base)
    kept = files.read_state(folder) if base is None and files.exists(folder) else []
    if base is not None and files.exists(base):
        files.link_segments(base, folder)
    names = files.read_state(folder) if files.exists(folder) else []
    index = _Index(folder, names, np.fromiter(removed, dtype=np.int64))
    for name in written:
        index.take(name, files.load(folder, name, "rows"))
    entries = iter(added)
    name = files.free_name(folder, list(index.maps))
    while (fresh := write_segment(folder, name, islice(entries, FRESH_PASSAGES))) is not None:
        index.take(name, fresh)
        name = files.free_name(folder, list(index.maps))
    index.merge(kept)
    index.close()


class _Index:
    """The segments of an index that is being written: `maps` has the rows of each, -1 for a passage
    that is gone; files are touched only where these change.
    """

    def __init__(self, folder: Path, names: Sequence[str], gone: Ints) -> None:
        self.folder = folder
        self.maps = {name: files.load(folder, name, "rows", mapped=True) for name in names}
        self._changed: set[str] = set()
        self._added = 0
        self._leave_out(gone)

    def _leave_out(self, gone: Ints | Rows) -> None:
        """Mark these rows as removed, wherever they are."""
        for name, rows in self.maps.items():
            held = _held(rows, gone)
            if held.size:
                self.maps[name] = np.array(rows)
                self.maps[name][held] = -1
                self._changed.add(name)

    def take(self, name: str, rows: Rows) -> None:
        """Add a new segment, whose rows are those of no other any more."""
        self._leave_out(rows)
        self.maps[name] = rows
        self._added += rows.size

    def merge(self, kept: Sequence[str]) -> None:
        """Make small segments one, and drop dead passages with them; the files of `kept` ones stay
        until the index is closed.
        """
        for name in [n for n, rows in self.maps.items() if not (rows >= 0).any()]:
            del self.maps[name]
        sizes = {name: _size(rows) for name, rows in self.maps.items()}
        while group := choose_merge(sizes, merge_limit(self._added)):
            name = files.free_name(self.folder, list(self.maps))
            rows = _merge(self.folder, name, [(n, self.maps[n]) for n in group])
            for old in group:
                del self.maps[old], sizes[old]
                if old not in kept:
                    files.delete_segment(self.folder, old)
            self.maps[name], sizes[name] = rows, _size(rows)
            self._changed.add(name)

    def close(self) -> None:
        """Name the segments that count."""
        for name in self._changed & set(self.maps):
            files.save(self.folder, name, "rows", self.maps[name])
        living = sum(_size(rows).living for rows in self.maps.values())
        files.write_state(self.folder, list(self.maps), living)
        logger.debug("keyword index: %d passages in %d segments", living, len(self.maps))


def _held(rows: Rows, asked: Ints | Rows) -> Ints:
    """The places of the rows asked for."""
    if not asked.size:
        return np.empty(0, np.int64)
    near = np.flatnonzero((rows >= asked.min()) & (rows <= asked.max()) & (rows >= 0))
    places: Ints = near[np.isin(rows[near], asked)]
    return places


def _size(rows: Rows) -> Size:
    return Size(rows.size, int(np.count_nonzero(rows >= 0)))


def _check_formats(folder: Path, base: Path | None) -> None:
    """Raises `DamagedBuild` where an index that is there is not one to go on from."""
    for old in (folder, base):
        if old is not None and files.exists(old) and not files.is_current(old):
            raise DamagedBuild(
                "the keyword index is of an older litmap or damaged", subject=str(old)
            )


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


def write_segment(
    folder: Path, name: str, added: Iterable[Entry | tuple[int, str, str]]
) -> Rows | None:
    """Write `added` as a segment, for `update` to take; the row of each, or None where nothing was
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
    rows = _last_wins(np.asarray(builder.rows, dtype=np.int32))
    files.save(folder, name, "rows", rows)
    return rows


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
    folder: Path, name: str, blocks: Sequence[_Block], renumber: Sequence[Rows] | None = None
) -> None:
    """Join blocks whose documents follow each other; `renumber` gives their new numbers, -1 for the
    dead. Ranges of keys are joined one after the other, so that little of it is in memory.
    """
    with files.creating(folder, name) as out:
        out.starts.append(np.zeros(1, np.int64))
        for spans in _key_ranges(blocks):
            joined = _join_range(blocks, spans, renumber)
            out.starts.append(joined.starts[1:] + out.docs.length)
            out.keys.append(joined.keys)
            out.docs.append(joined.docs)
            out.counts.append(joined.counts)


def _key_ranges(blocks: Sequence[_Block]) -> Iterator[list[tuple[int, int]]]:
    """Ranges of keys with some `JOINED_POSTINGS` postings at most: for each where it begins and
    ends among the keys of every block.
    """
    step = max(1, JOINED_POSTINGS // max(1, len(blocks)))
    samples = [
        block.keys[np.searchsorted(block.starts, np.arange(step, size, step), side="right") - 1]
        for block in blocks
        if (size := int(block.starts[-1])) > step
    ]
    bounds = np.unique(np.concatenate([np.empty(0, np.int64), *samples]))
    ends = [[*np.searchsorted(block.keys, bounds).tolist(), block.keys.size] for block in blocks]
    begins = [0] * len(blocks)
    for own in zip(*ends, strict=True):
        yield list(zip(begins, own, strict=True))
        begins = list(own)


def _join_range(
    blocks: Sequence[_Block], spans: Sequence[tuple[int, int]], renumber: Sequence[Rows] | None
) -> _Block:
    """The postings of a range of keys, of all blocks, as one block."""
    parts = [
        _cut(block, begin, end, None if renumber is None else renumber[i])
        for i, (block, (begin, end)) in enumerate(zip(blocks, spans, strict=True))
        if begin < end
    ]
    if not parts:
        none = np.empty(0, np.int64)
        return _Block(none, np.zeros(1, np.int64), none.astype(np.int32), none.astype(np.uint8))
    keys = np.concatenate([part.keys for part in parts])
    order = np.argsort(keys, kind="stable")
    sizes = np.concatenate([np.diff(part.starts) for part in parts])
    begins = (np.cumsum(sizes) - sizes)[order]
    sizes = sizes[order]
    places = np.repeat(begins - (np.cumsum(sizes) - sizes), sizes) + np.arange(int(sizes.sum()))
    keys = keys[order]
    runs = _run_starts(keys)
    totals = np.add.reduceat(sizes, runs)
    used = totals > 0
    return _Block(
        keys[runs][used],
        np.r_[0, np.cumsum(totals[used])].astype(np.int64),
        np.concatenate([part.docs for part in parts])[places],
        np.concatenate([part.counts for part in parts])[places],
    )


def _cut(block: _Block, begin: int, end: int, numbers: Rows | None) -> _Block:
    """A block's postings of the keys from `begin` to `end`, with the documents' new numbers and
    without the dead.
    """
    first, last = int(block.starts[begin]), int(block.starts[end])
    keys, starts = block.keys[begin:end], block.starts[begin : end + 1] - first
    docs, counts = block.docs[first:last], block.counts[first:last]
    if numbers is None:
        return _Block(keys, starts, docs, counts)
    new = numbers[docs]
    alive = new >= 0
    if not alive.all():
        starts = np.r_[0, np.cumsum(_count_set(alive, starts))]
        new, counts = new[alive], counts[alive]
    return _Block(keys, starts, new, counts)


def _count_set(flags: Mask, starts: Ints) -> Ints:
    """How many flags are set in each run between `starts`."""
    running = np.r_[0, np.cumsum(flags, dtype=np.int64)]
    sums: Ints = running[starts[1:]] - running[starts[:-1]]
    return sums


def _merge(folder: Path, name: str, group: Sequence[tuple[str, Rows]]) -> Rows:
    """Write one segment with the living passages of a group, in order; its map of rows."""
    blocks, renumber, works, ids = [], [], [], dict[str, int]()
    first = 0
    for old, rows in group:
        alive = rows >= 0
        numbers = np.where(alive, first + np.cumsum(alive) - 1, -1).astype(np.int32)
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
