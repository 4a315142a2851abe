"""Citekeys and labels: [@doe1999], @doe1999, [Doe99]."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from functools import partial

from litmap.citations.block_scan import BlockScan
from litmap.citations.model import Detection, Sighting
from litmap.citations.note_scan import NOT_A_WORK, NoteScan, number_sighting, squeezed
from litmap.citations.ties import Tie, reference_ties
from litmap.models import Reference
from litmap.parsing.person_names import surname_key
from litmap.parsing.title_similarity import normalise_title

_CITEKEY = re.compile(
    r"(?<![\w@./])-?@(?:\{([^{}\n]{1,120})\}|([^\W_](?:[\w]|[:.#$%&+?<>~/-](?=\w)){1,120}))"
)
_WRITTEN_KEY = re.compile(r"(?<![\w@./])-?@(?:\{([^{}\n]{1,120})\}|([^\s\[\]{}@;,]{1,120}))")
_LABEL = re.compile(r"\[([A-Za-z][\w+:.-]{1,60})\]_?")
KEY_NAME = re.compile(
    r"([^\W\d_]{2,30}?)(?:[A-Z][A-Za-z]*|[_:-]\w*?)?[_:-]?((?:1[89]|20)\d\d)([a-z]?)"
    r"(?:[_:-]?([A-Za-z]\w*))?$"
)
"""A citekey made of a name and a year, and words of the title perhaps: 'doe1999deep'."""

MIN_TITLE_RUN = 4
"""Letters of a title's words in a key: 'raskin' is not 'Rask' and 'in'."""
MAX_NAME = 40
"""Letters before the year of a key."""
MAX_TITLE_WORDS = 6
"""Words of a title in a key."""


def detect_known_citekeys(note_scan: NoteScan, block_scan: BlockScan) -> Iterator[Detection]:
    """The citekeys of a block that records have: '@10.1000/182' is one before it is a DOI."""
    if "@" not in block_scan.unclaimed_text:
        return
    for match in _WRITTEN_KEY.finditer(block_scan.unclaimed_text):
        written = match.group(1) or match.group(2)
        key = next(filter(partial(_is_known, note_scan), _readings(written)), "")
        if key:
            end = match.end() - (0 if match.group(1) else len(written) - len(key))
            yield from detect_key(note_scan, block_scan, match.start(), end, key)


def _readings(written: str) -> Iterator[str]:
    """What a key may be that is written like this: the whole of it, or without what ends it."""
    yield written
    yield written.rstrip(".:,!?)'\"*_")


def _is_known(note_scan: NoteScan, key: str) -> bool:
    """True for the key of a record; figures alone number entries."""
    return not key.isdigit() and (key in note_scan.citekeys or key in note_scan.entries.labels)


def detect_citekeys(note_scan: NoteScan, block_scan: BlockScan) -> Iterator[Detection]:
    """The citekeys of a block, in brackets or not."""
    if "@" not in block_scan.unclaimed_text:
        return
    for match in _CITEKEY.finditer(block_scan.unclaimed_text):
        key = (match.group(1) or match.group(2)).rstrip(".:")
        yield from detect_key(note_scan, block_scan, *match.span(), key)


def detect_labels(note_scan: NoteScan, block_scan: BlockScan) -> Iterator[Detection]:
    """The labels of entries that a block cites; the one that it begins with is its own."""
    if not note_scan.entries.labels or "[" not in block_scan.unclaimed_text:
        return
    block = block_scan.block
    for match in _LABEL.finditer(block_scan.unclaimed_text):
        tie = note_scan.tie_of_label(match.group(1))
        own = block.text.lstrip().startswith(match.group())
        if tie and not own and block_scan.is_unclaimed(*match.span()):
            mention = note_scan.mention(block, *match.span(), "citekey")
            yield Detection(number_sighting(mention, tie), claim=match.span())


def detect_key(
    note_scan: NoteScan, block_scan: BlockScan, start: int, end: int, key: str
) -> Iterator[Detection]:
    """One citekey: tied to its entry, or without one kept for the name and year it is made of."""
    tie = _tie_of_key(note_scan, key)
    sure = tie is not None
    tie = tie or tie_of_named_entry(note_scan, key)
    if tie is NOT_A_WORK:
        yield Detection(claim=(start, end))
        return
    mention = note_scan.mention(block_scan.block, start, end, "citekey")
    if tie:
        yield Detection(number_sighting(mention, tie, sure=sure), claim=(start, end))
    elif reference := _reference_in_key(key):
        sighting = Sighting(mention, reference, sure=False, ties=frozenset({Tie.citekey(key)}))
        yield Detection(sighting, claim=(start, end))


def _tie_of_key(note_scan: NoteScan, key: str) -> Tie | None:
    """The tie of a key's entry: of a reference file, of the note, of a file in another case."""
    tie = note_scan.citekeys.get(key)
    if tie is None or tie is NOT_A_WORK:
        tie = note_scan.entries.labels.get(key)
    if tie is None and key.lower() != key:
        folded = key.lower()
        return next(
            (tie for name, tie in note_scan.citekeys.items() if name.lower() == folded), None
        )
    return tie


def tie_of_named_entry(note_scan: NoteScan, key: str) -> Tie | None:
    """The tie of the one entry of the note whose first author and year make the key: 'doe1999' and
    'Doe, J. (1999). …'; None for none or several.
    """
    match = KEY_NAME.match(key)
    if match is None:
        return None
    name, year = squeezed(key[: match.start(2)])[:MAX_NAME], int(match.group(2))
    parts = {
        name[start:end] for start in range(len(name)) for end in range(start + 2, len(name) + 1)
    }
    fitting = [
        reference
        for part in parts
        for reference in note_scan.entries_by_name.get((part, year), ())
        if _makes_key(reference, key[: match.start(2)], match.group(3), match.group(4) or "")
    ]
    ties = {min(reference_ties(one, title_known=True), default=None) for one in fitting}
    return ties.pop() if len(ties) == 1 else None


def _makes_key(reference: Reference, before_year: str, suffix: str, words: str) -> bool:
    """True where a key's name is the first author's, and its other words are of the work."""
    names = [squeezed(surname_key(author)) for author in reference.authors]
    if not names or not names[0]:
        return False
    particles, found, rest = squeezed(before_year).partition(names[0])
    if not found or not squeezed(reference.authors[0]).endswith(particles + found):
        return False
    is_of_work = rest in {"", "etal", "".join(names[1:])} or _is_of_title(rest, reference)
    if suffix == reference.year_suffix and (not words or _is_of_title(words, reference)):
        return is_of_work
    return is_of_work and bool(words) and _is_of_title(suffix + words, reference)


def _is_of_title(run: str, reference: Reference) -> bool:
    """True for whole words of a title without blanks between, four letters at least."""
    words = normalise_title(reference.title).split()
    run = squeezed(run)
    return len(run) >= MIN_TITLE_RUN and any(
        run in itertools.accumulate(words[start : start + MAX_TITLE_WORDS])
        for start in range(len(words))
    )


def _reference_in_key(key: str) -> Reference | None:
    """The name, year and title words that a citekey is made of: 'doe1999deep'."""
    match = KEY_NAME.match(key)
    if match is None:
        return None
    words = re.findall(
        r"[A-Z]?[a-z]+", key[match.end(1) : match.start(2)] + " " + (match.group(4) or "")
    )
    title = " ".join(words) if len(words) > 3 else ""
    return Reference(key, title, (match.group(1).capitalize(),), int(match.group(2)))
