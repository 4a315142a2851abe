"""What a build holds beside its passages: who cites whom, filing, map, summaries, reading list."""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from litmap import builds, maps, references, summaries, topics
from litmap.catalogue.entries import Entry
from litmap.catalogue.records import build_record
from litmap.models import Document, HeadingPath, Note, Reference, Summary
from litmap.parsing.title_similarity import normalise_title
from litmap.paths import LibraryPaths
from litmap.pipeline.embedder import Embedder
from litmap.pipeline.passages import load_document, readable_pdf
from litmap.pipeline.reading_list import Identify
from litmap.pipeline.report import Progress, timed

if TYPE_CHECKING:
    from litmap.models import Vectors

T = TypeVar("T")
MAX_READING_LIST, MAX_QUOTED = 500, 60
"""Works of the reading list that are kept, and those with the passages that cite them."""
BODY_CHARACTERS = 60_000
"""How much of a paper's text filing reads: what a paper is about stands in its first twenty pages."""


class Derived:
    """Values computed from one PDF's text, cached by content; dropped with `texts/`."""

    def __init__(self, paths: LibraryPaths) -> None:
        self.paths = paths

    def get(
        self, kind: type[T], name: str, sha256: str, make: Callable[[Document], Sequence[T]]
    ) -> tuple[T, ...]:
        """Records of class `kind` made from a PDF's document; `name` carries the maker's version."""
        path = self.paths.text(sha256).with_name(f"{sha256}.{name}.json.gz")
        try:
            return tuple(
                build_record(kind, value)
                for value in json.loads(gzip.decompress(path.read_bytes()))
            )
        except (OSError, ValueError, TypeError, EOFError):
            document = load_document(self.paths, sha256)
            found = tuple(make(document)) if document else ()
            path.parent.mkdir(parents=True, exist_ok=True)
            text = json.dumps([dataclasses.asdict(r) for r in found])  # type: ignore[call-overload]
            builds.replace_file(path, gzip.compress(text.encode(), 5, mtime=0))
            return found


def enrich(
    paths: LibraryPaths,
    writer: builds.BuildWriter,
    entries: Sequence[Entry],
    notes: Sequence[Note],
    texts: Mapping[str, tuple[str, str, int]],
    embedder: Embedder,
    seconds: dict[str, float],
    progress: Progress,
    identify: Identify | None = None,
) -> None:
    """Write topics, map, links, reading list and summaries into the build under way."""
    derived = Derived(paths)
    shas = {e.work.id: readable_pdf(e, texts) for e in entries}
    with timed(seconds, "references"):
        lists = {
            work: derived.get(
                Reference, f"references-{references.VERSION}", sha, references.read_references
            )
            for work, sha in shas.items()
            if sha
        }
        linked = references.link(lists, [e.work for e in entries])
        edges = sorted({(link.citing, link.cited) for link in linked})
        writer.write_json("links", edges)
    with timed(seconds, "topics"):
        progress("topics", 0, len(entries))
        outside = [(work, _key(r)) for work, listed in lists.items() for r in listed if _key(r)]
        bodies = _body_vectors(writer, entries, embedder.encoder.dim)
        filed = _file(paths, entries, notes, shas, embedder, bodies, [*edges, *outside])
        writer.write_json("map", _places(writer, entries, filed))
        progress("topics", len(entries), len(entries))
    with timed(seconds, "summaries"):
        writer.write_json(
            "summaries", _summaries(paths, entries, shas, filed.result, embedder, progress)
        )
    with timed(seconds, "reading"):
        headings = {
            f.work: f.noted or ((f.suggested,) if f.suggested else ()) for f in filed.result.filings
        }
        missing = references.find_uncited_works(lists, [e.work for e in entries], headings)
        ids = identify(missing) if identify else {}
        held = {i for e in entries for i in e.work.ids}
        missing = [
            m for m in missing if not held & set(ids.get(m.key, ()))
        ]  # one of ours under another spelling
        writer.write_json("reading", _reading_list(paths, shas, missing, ids))
        lacking = references.uncited_by_heading(missing)
        cover = [
            dataclasses.replace(
                c, missing=tuple((m.reference.title, n) for m, n in lacking.get(c.heading, ())[:20])
            )
            for c in filed.result.coverage
        ]
        writer.write_json(
            "topics", dataclasses.asdict(dataclasses.replace(filed.result, coverage=tuple(cover)))
        )
        _write_styles(writer, filed.result)


@dataclasses.dataclass(frozen=True)
class _Filed:
    result: topics.FilingResult
    vectors: Vectors


def _key(reference: Reference) -> str:
    """What two reference lists that name one work share, where it is no work of the library."""
    return (
        reference.ids[0]
        if reference.ids
        else f"title:{normalise_title(reference.title)}"
        if reference.title
        else ""
    )


def _body_vectors(writer: builds.BuildWriter, entries: Sequence[Entry], dim: int) -> Vectors:
    """float32 (n, dim): the mean of the vectors of each work's passages in the new build, zeros without a PDF."""
    from litmap import index

    opened = index.VectorIndex.open(writer.folder)
    row_of = {e.work.id: i for i, e in enumerate(entries)}
    means = np.zeros((len(entries), dim), np.float32)
    for source in writer.sources:
        if (
            source.work in row_of
            and source.count
            and not source.source.startswith(("abstract:", "note:"))
        ):
            rows = np.arange(source.first, source.first + source.count, dtype=np.int64)
            mean = opened.vectors(rows).mean(axis=0)
            means[row_of[source.work]] = mean / (np.linalg.norm(mean) or 1.0)
    return means


def _with_titles(bodies: Vectors, named: Vectors) -> Vectors:
    """Bodies' vectors, zeros where there is none, with those of the titles in equal parts: passages are embedded
    without their title, and filing without it was measured worse (benchmarks/RESULTS.md).
    """
    both = (bodies + named) * bodies.any(axis=1, keepdims=True)
    mixed: Vectors = both / np.linalg.norm(both, axis=1, keepdims=True).clip(1e-9)
    return mixed


def _file(
    paths: LibraryPaths,
    entries: Sequence[Entry],
    notes: Sequence[Note],
    shas: Mapping[str, str],
    embedder: Embedder,
    bodies: Vectors,
    edges: Sequence[tuple[str, str]],
) -> _Filed:
    papers = [_paper(paths, e, shas[e.work.id]) for e in entries]
    heads = [[f"{p.title}. {p.abstract or p.body[:1500]}".strip(), p.title] for p in papers]
    embedder.ensure(heads)
    both = [embedder.vectors(h) for h in heads]
    vectors, named = (
        np.array([b[i] for b in both], np.float32).reshape(-1, embedder.encoder.dim) for i in (0, 1)
    )
    result = topics.file_works(
        papers,
        {n.path: n.headings for n in notes},
        {e.work.id: e.headings for e in entries},
        vectors=vectors,
        encoder=embedder.encoder,
        body_vectors=_with_titles(bodies, named),
        links=edges,
    )
    return _Filed(result, vectors)


def _reading_list(
    paths: LibraryPaths,
    shas: Mapping[str, str],
    missing: Sequence[references.MissingWork],
    ids: Mapping[str, Sequence[str]],
) -> list[dict[str, Any]]:
    """The works most cited and not in the notes as JSON; the first ones with the passages that cite them."""
    documents: dict[str, Document] = {}
    rows = []
    for number, work in enumerate(missing[:MAX_READING_LIST]):
        row = _suggest(work, ids.get(work.key, ()))
        for place in work.places[:3] if number < MAX_QUOTED else ():
            sha = shas[place.citing]
            if sha not in documents:
                documents[sha] = load_document(paths, sha)
            found = references.citing_passages(documents[sha], place.reference)
            row["passages"] += [
                {"work": place.citing, "page": s.page, "text": s.text} for s in found[:1]
            ]
        rows.append(row)
    return rows


def _suggest(missing: references.MissingWork, ids: Sequence[str]) -> dict[str, Any]:
    """A work of the reading list as JSON: how many papers cite it, which, where, and under which headings."""
    found = missing.reference
    return {
        "key": missing.key,
        "count": len(missing.citing),
        "title": found.title or found.raw,
        "authors": list(found.authors),
        "year": found.year,
        "venue": found.venue,
        "ids": _joined(ids, found.ids),
        "urls": list(found.urls),
        "cited_by": list(missing.citing),
        "places": [{"work": p.citing, "page": p.page, "number": p.number} for p in missing.places],
        "headings": [{"heading": list(path), "count": count} for path, count in missing.headings],
        "passages": [],
    }


def _joined(known: Sequence[str], read: Sequence[str]) -> list[str]:
    """Identifiers that a source confirmed, then those read in reference lists of kinds that no source told."""
    kinds = {ident.partition(":")[0] for ident in known}
    return list(dict.fromkeys([*known, *(i for i in read if i.partition(":")[0] not in kinds)]))


def _write_styles(writer: builds.BuildWriter, result: topics.FilingResult) -> None:
    """The look of each heading on the map, kept from build to build."""
    before = (writer.base.read_json("styles") if writer.base else None) or []
    previous = {tuple(path): maps.Style(colour, shape) for path, colour, shape in before}
    styles = maps.choose_styles([t.heading for t in result.topics if t.heading], previous)
    writer.write_json(
        "styles", [[list(path), style.colour, style.shape] for path, style in styles.items()]
    )


def _paper(paths: LibraryPaths, entry: Entry, sha: str) -> topics.PaperText:
    document = load_document(paths, sha) if sha else None
    body = ""
    if document is not None:
        kinds = {"body", "abstract", "heading"}
        body = "\n".join(b.text for p in document.pages for b in p.blocks if b.kind in kinds)[
            :BODY_CHARACTERS
        ]
    context = "\n".join(dict.fromkeys(m.context for m in entry.mentions if m.context))
    work = entry.work
    return topics.PaperText(work.id, work.title, work.abstract, body, context, work.year, bool(sha))


def _places(
    writer: builds.BuildWriter, entries: Sequence[Entry], filed: _Filed
) -> dict[str, list[float]]:
    """Places on the map, old ones kept."""
    before = (writer.base.read_json("map") if writer.base else None) or {}
    groups = [_group(f.noted, f.suggested, f.cluster) for f in filed.result.filings]
    points = maps.project(
        filed.vectors,
        [e.work.id for e in entries],
        groups=groups,
        previous={work: (p[0], p[1]) for work, p in before.items()},
    )
    return {
        e.work.id: [round(float(x), 5), round(float(y), 5)]
        for e, (x, y) in zip(entries, points, strict=True)
    }


def _group(
    noted: Sequence[HeadingPath], suggested: HeadingPath | None, cluster: str | None
) -> str | None:
    path = suggested if suggested and not noted else noted[0] if noted else None
    return " › ".join(path) if path else cluster


def _summaries(
    paths: LibraryPaths,
    entries: Sequence[Entry],
    shas: Mapping[str, str],
    result: topics.FilingResult,
    embedder: Embedder,
    progress: Progress,
) -> dict[str, Any]:
    """Summaries of papers by work id, of topics by 'topic:<id>'."""
    derived = Derived(paths)
    found: dict[str, Summary] = {}
    with_text = [e for e in entries if shas[e.work.id]]
    for done, entry in enumerate(with_text, 1):
        work = entry.work
        name = hashlib.sha256(f"{work.id}|{work.title}|{summaries.VERSION}".encode()).hexdigest()[
            :12
        ]

        def make(document: Document, work: Any = work) -> list[Summary]:
            return [summaries.summarise_paper(document, work, embedder.encoder)]

        made = derived.get(Summary, f"summary-{name}", shas[work.id], make)
        if made and made[0].sentences:
            found[work.id] = made[0]
        progress("summaries", done, len(with_text), work.title)
    for topic, summary in summaries.summarise_topics(result.topics, found, embedder.encoder):
        found[f"topic:{topic}"] = summary
    return {key: dataclasses.asdict(summary) for key, summary in found.items()}


__all__ = ["Derived", "enrich"]
