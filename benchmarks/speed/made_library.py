"""A made library of many papers as a refresh would leave it, for times that depend on its size.

Written by the real catalogue, build, vector and keyword index; what a refresh finds out from texts
(filings, places on the map, who cites whom) is drawn by chance. A third of the papers has passages,
none a file: a page's picture costs the same in any library.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np

from benchmarks.speed.made_up import DIM, Synthetic, texts_of
from litmap import index, keywords
from litmap.builds import Addition, BuildWriter, Changes
from litmap.catalogue import Catalogue
from litmap.models import (
    Chunk,
    Citation,
    Event,
    EventKind,
    Filing,
    Heading,
    HeadingPath,
    Mention,
    Note,
    Reference,
    Resolution,
    Suggestion,
    Theme,
    Topic,
    Work,
)
from litmap.paths import LibraryPaths

NOTES, HEADINGS = 12, 120
PASSAGES = 4
TIME = "2026-01-01T00:00:00+00:00"
MODEL = "sentence-transformers/all-MiniLM-L6-v2"
STATUSES = ("metadata-only", "metadata-only", "not-found", "unsure")
EVENTS = 300


def make_library(folder: Path, papers: int) -> None:
    """Write the library; the folder must not be there."""
    paths = LibraryPaths(folder)
    folder.mkdir(parents=True)
    works = [make_work(number) for number in range(papers)]
    with Catalogue.create(paths.catalogue) as catalogue, catalogue.write():
        write_catalogue(catalogue, works)
    synthetic = Synthetic()
    with BuildWriter(paths) as writer:
        changes = writer.update(
            Addition(work.id, f"abstract:{work.id}", "1", _passages(number, work))
            for number, work in enumerate(works)
            if number % 3 == 0
        )
        writer.step(lambda _, new, c: _write_words(new, c), changes)
        writer.step(lambda _, new, c: _write_vectors(new, c, synthetic), changes)
        for name, value in analysed(works).items():
            writer.write_json(name, value)
        writer.publish({"model": MODEL})


def make_work(number: int) -> Work:
    """A work with what the sources usually tell."""
    words = texts_of(number % 1000)[number % 7].split()
    year = 1960 + number * 7 % 66
    people = tuple(f"A. Author{(number + i) % 997}" for i in range(1 + number % 4))
    return Work(
        f"arxiv:{number:09d}",
        " ".join(words[:9]).capitalize(),
        people,
        year,
        f"Journal of {words[9]}" if number % 5 else "",
        " ".join(words[10:80]),
        (f"arxiv:{number:09d}", f"doi:10.5555/{number}"),
        (f"https://example.org/{number}",),
    )


def heading_of(number: int) -> HeadingPath:
    """The heading that a paper stands under."""
    heading = number % HEADINGS
    return (f"Note {heading % NOTES}", f"Made heading {heading}")


def _note_of(path: HeadingPath) -> str:
    return f"/notes/{path[0].lower().replace(' ', '-')}.md"


def write_catalogue(catalogue: Catalogue, works: list[Work]) -> None:
    """Notes, citations, works and news."""
    paths = [heading_of(number) for number in range(HEADINGS)]
    notes = [
        Note(
            f"/notes/note-{n}.md",
            "markdown",
            f"Note {n}",
            f"{n:064x}",
            tuple(Heading(path, 2 + 100 * i) for i, path in enumerate(paths) if path[0].endswith(f" {n}")),
        )
        for n in range(NOTES)
    ]  # fmt: skip
    catalogue.put_note_roots(["/notes"])
    catalogue.put_notes(notes, (_citation(n, work) for n, work in enumerate(works)))
    for number, work in enumerate(works):
        status = STATUSES[number // 3 % 4]
        unsure = (
            tuple(works[(number + i) % len(works)] for i in (1, 2)) if status == "unsure" else ()
        )
        catalogue.put_resolution(Resolution(work.id, work, status, "made for this", unsure), TIME)
    run = catalogue.start_run(TIME)
    catalogue.update_run(run, {}, state="done", finished=TIME)
    catalogue.put_events(
        Event(EventKind.CAME, work.id, work.title, (heading_of(n),), TIME)
        for n, work in enumerate(works[:EVENTS])
    )


def _citation(number: int, work: Work) -> Citation:
    path = heading_of(number)
    mention = Mention(_note_of(path), 3 + number // NOTES, work.title, path, f"See {work.title}.")
    reference = Reference(title=work.title, authors=work.authors, year=work.year, ids=work.ids)
    return Citation(work.id, "identifier", reference, (mention,))


def _passages(number: int, work: Work) -> list[Chunk]:
    texts = texts_of(number % 1000)[:PASSAGES]
    return [Chunk(f"abstract:{work.id}", i, t[:900], "body") for i, t in enumerate(texts)]


def _write_words(new: Path, changes: Changes) -> None:
    entries = (
        keywords.Entry(p.row, p.work, p.chunk.text, p.chunk.kind) for p in changes.passages()
    )
    keywords.update(new / "keywords", entries, [])


def _write_vectors(new: Path, changes: Changes, synthetic: Synthetic) -> None:
    blocks = (
        (np.arange(b.first, b.first + b.count), synthetic.paper(int(b.work[6:]))[: b.count])
        for b in changes.blocks
    )
    index.update_index(None, new, added=blocks, removed=changes.removed, dim=DIM)


def analysed(works: list[Work]) -> dict[str, object]:
    """Topics, places on the map and links, as a build's JSON."""
    chance = np.random.default_rng(0)
    paths = [heading_of(number) for number in range(HEADINGS)]
    topics = [
        Topic(
            f"heading:{i}",
            path,
            path[-1],
            tuple(texts_of(i)[0].split()[:8]),
            tuple(work.id for work in works[i::HEADINGS]),
            (_note_of(path),),
            path[:1],
        )
        for i, path in enumerate(paths)
    ]
    themes = [
        Theme(f"theme:{t}", f"Made theme {t}", tuple(topic.id for topic in topics[t::NOTES]))
        for t in range(NOTES)
    ]
    middles = chance.normal(size=(HEADINGS, 2)) * 0.6
    places = middles[np.arange(len(works)) % HEADINGS] + chance.normal(size=(len(works), 2)) * 0.08
    ends = chance.integers(len(works), size=(3 * len(works), 2))
    return {
        "topics": {
            "topics": [asdict(topic) for topic in topics],
            "filings": list(_filings(works, paths)),
            "findings": [],
            "themes": [asdict(theme) for theme in themes],
        },
        "map": {w.id: place for w, place in zip(works, places.round(5).tolist(), strict=True)},
        "links": [[works[a].id, works[b].id] for a, b in ends],
        "summaries": {},
        "reading": [],
        "styles": [],
        "marks": {},
    }


def _filings(works: list[Work], paths: list[HeadingPath]) -> Iterator[object]:
    for number, work in enumerate(works):
        own, other = heading_of(number), paths[(number + 1) % HEADINGS]
        yield asdict(Filing(work.id, (own,), own, 0.8, (Suggestion(other, 0.1),)))
