"""What a library, its notes and its exports hold, as values that two runs can be compared by.

Left out is only what must differ between two runs: times, ids of builds and of runs, the numbers
of rows, and how the parts of an index are cut. Everything else is compared to the last bit.
"""

from __future__ import annotations

import dataclasses
import hashlib
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from litmap.builds import Build, verify_build
from litmap.catalogue.entries import Entry
from litmap.errors import LitmapError
from litmap.index import VectorIndex
from litmap.keywords import KeywordIndex
from litmap.library import Library
from litmap.settings import load_settings

SHOWN = 5
"""Differences that are told of two states."""
TABLES = ("topics", "links", "summaries", "reading", "map", "styles")
"""The build's JSON files."""
NOT_COMPARED = frozenset({
    # what `read_library` compares as works, notes and files
    "works", "citations", "resolutions", "aliases", "notes", "pdfs", "work_pdfs",
    # how the library came to be: runs, tries, what was asked and told when
    "runs", "problems", "fetches", "texts", "lookups", "notice_checks", "listings", "told",
    "events", "deliveries", "facts", "note_roots", "dropped_files",
})  # fmt: skip
"""Tables of the catalogue whose rows are not compared as they are; all others are, new ones too."""
TIMES = frozenset({"time", "shown"})
"""Columns that hold a time."""
TERMS = ("minima", "margin", "training", "curvature", "weights")
"""Words whose places in the keyword index are compared."""
CACHED = ("pdfs", "papers", "aside")
"""Folders of files that came from outside."""

State = dict[str, Any]


def read_state(library: Path, *folders: Path) -> State:
    """All that a library and these folders of files (notes, exports) hold."""
    return {
        "library": read_library(library),
        **{folder.name: read_files(folder) for folder in folders},
        "left over": dict.fromkeys(leftovers(library, *folders), "there"),
    }


def read_library(library: Path) -> State:
    """Works, passages, vectors, words, topics, links, summaries, reading list, map and files."""
    with closing(Library.open(settings=load_settings({"library": library}))) as opened:
        build = opened._build
        assert build is not None, "no build"
        return {
            "works": {e.work.id: _work(e) for e in opened.works()},
            "order of works": [e.work.id for e in opened.works()],
            "notes": [(note.path, note.title, note.format, note.sha256) for note in opened.notes],
            **_passages(build),
            **{name: build.read_json(name) for name in TABLES},
            "catalogue": _tables(opened.paths.catalogue),
            "files": {name: read_files(library / name) for name in CACHED},
        }


def _tables(catalogue: Path) -> State:
    """The rows of the tables that hold what only the reader or a source can say again, by table,
    without their times.
    """
    with closing(sqlite3.connect(f"{catalogue.absolute().as_uri()}?mode=ro", uri=True)) as opened:
        names = opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        kept = [n for (n,) in names if n not in NOT_COMPARED and not n.startswith("sqlite_")]
        return {name: _rows(opened, name) for name in sorted(kept)}


def _rows(opened: sqlite3.Connection, table: str) -> list[list[Any]]:
    told = opened.execute("SELECT name FROM pragma_table_info(?)", (table,))
    columns = ", ".join(name for (name,) in told if name not in TIMES)
    return sorted(map(list, opened.execute(f"SELECT {columns} FROM {table}")), key=repr)


def _work(entry: Entry) -> State:
    work = dataclasses.asdict(entry.work)
    return {
        **work,
        "facts": [{k: v for k, v in fact.items() if k != "time"} for fact in work["facts"]],
        "status": entry.status,
        "reason": entry.reason,
        "dropped": entry.dropped,
        "pdfs": [(pdf.sha256, pdf.path, pdf.pages, pdf.version) for pdf in entry.pdfs],
        "candidates": [c.id for c in entry.candidates],
        "mentions": [dataclasses.asdict(m) for m in entry.mentions],
    }


def _passages(build: Build) -> State:
    """Passages, vectors and words by the passage's place, since rows are numbered as they come."""
    import numpy as np

    names = {p.row: f"{p.work} {p.chunk.source} {p.chunk.ordinal}" for p in build.all_passages()}
    passages = {names[p.row]: dataclasses.asdict(p.chunk) for p in build.all_passages()}
    rows = np.array(sorted(names), dtype=np.int64)
    vectors = VectorIndex.open(build.folder).vectors(rows)
    keywords = KeywordIndex.open(build.path("keywords"))
    words = {
        term: {names[row]: float(keywords.scores({term: 1.0})[row]) for row in sorted(names)}
        for term in TERMS
    }
    named = {names[int(row)]: v.tolist() for row, v in zip(rows, vectors, strict=True)}
    return {"passages": passages, "vectors": named, "words": words}


def read_files(folder: Path) -> dict[str, str]:
    """Every file below a folder: its rights and the sha256 of its bytes; of a link its target."""
    return {
        path.relative_to(folder).as_posix(): _fingerprint(path)
        for path in sorted(folder.rglob("*"))
        if path.is_symlink() or path.is_file()
    }


def _fingerprint(path: Path) -> str:
    if path.is_symlink():
        return f"link to {path.readlink()}"
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return f"{path.stat().st_mode & 0o777:o} {digest}"


def leftovers(library: Path, *folders: Path) -> Iterator[str]:
    """Files of runs that were cut off, which the next run should have removed. The notes that a
    transfer has arrived ('.done') stay until the run after it, always.
    """
    transfers = (p for p in (library / "partial").glob("*") if p.suffix != ".done")
    yield from (str(p.relative_to(library)) for p in transfers)
    for folder in (library, *folders):
        yield from (str(p.relative_to(folder.parent)) for p in folder.rglob(".*"))


def differences(one: State, other: State, rounding: float = 0.0) -> list[str]:
    """Where two states differ, figures by `rounding` or more; the first few, [] where they are the
    same.
    """
    found = _differences(one, other, "", rounding)
    return [place for place, _ in zip(found, range(SHOWN), strict=False)]


def _differences(one: Any, other: Any, place: str, rounding: float) -> Iterator[str]:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for key in [*one, *(k for k in other if k not in one)]:
            if key in one and key in other:
                yield from _differences(one[key], other[key], f"{place}/{key}", rounding)
            else:
                yield f"{place}/{key}: only in {'the first' if key in one else 'the second'}"
    elif isinstance(one, list | tuple) and isinstance(other, list | tuple):
        if len(one) != len(other):
            yield f"{place}: {len(one)} and {len(other)} long"
        for i, (a, b) in enumerate(zip(one, other, strict=False)):
            yield from _differences(a, b, f"{place}[{i}]", rounding)
    elif isinstance(one, float) and isinstance(other, float) and abs(one - other) < rounding:
        return
    elif type(one) is not type(other) or one != other:
        yield f"{place}: {str(one)[:80]!r} and {str(other)[:80]!r}"


def half_written(library: Path) -> list[str]:
    """What is wrong with a library at this moment: it must open, be whole and find words."""
    try:
        with closing(Library.open(settings=load_settings({"library": library}))) as opened:
            if opened._build is None:
                return ["no build"]
            verify_build(opened._build.folder)
            words = KeywordIndex.open(opened._build.path("keywords")).scores({TERMS[0]: 1.0})
            return [] if words.max(initial=0) > 0 else ["a search finds nothing"]
    except (LitmapError, OSError, ValueError) as error:
        return [f"{type(error).__name__}: {error}"]
