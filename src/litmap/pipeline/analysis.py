"""What a build holds beside its passages: who cites whom, filing, map, summaries, reading list.

Values in, values out: nothing here writes to a build, asks the network or opens the catalogue.
"""

from __future__ import annotations

import dataclasses
import hashlib
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from litmap import maps, references, topics
from litmap.catalogue.entries import Entry
from litmap.models import Document, Filing, HeadingPath, Reference, Summary, Work
from litmap.parsing.places import page_place, paragraph_place
from litmap.parsing.title_similarity import normalise_title
from litmap.pipeline.inputs import BuildInputs
from litmap.pipeline.report import Progress, timed
from litmap.pipeline.text_cache import TextCache

if TYPE_CHECKING:
    from litmap.models import Vectors

logger = logging.getLogger(__name__)

MAX_READING_LIST, MAX_QUOTED = 500, 60
"""Works of the reading list that are kept, and those with the passages that cite them."""
MAX_LACKING = 20
"""Works of the reading list named under one heading."""
BODY_CHARACTERS = 60_000
"""How much of a paper's text filing reads: what a paper is about stands in its first twenty
pages."""

ReferenceLists = Mapping[str, Sequence[Reference]]
"""The reference list of each work with a readable PDF, by work id."""
Edge = tuple[str, str]
"""(citing work, cited work or key of a cited work that is not in the library)"""


@dataclass(frozen=True)
class PreviousLook:
    """Of the build before: places on the map by work id and the styles of headings, which stay
    where they can.
    """

    points: Mapping[str, Sequence[float]] = field(default_factory=dict)
    styles: Sequence[tuple[Sequence[str], str, str]] = ()


@dataclass(frozen=True)
class Analysis:
    """The parts of a build that are JSON, by the names of their files, what the papers say of each
    other, and the seconds that each took.
    """

    parts: Mapping[str, Any]
    said: Sequence[Said]
    seconds: Mapping[str, float]


class Said(NamedTuple):
    """What a work says of another one where it cites it."""

    cited: str
    citing: str
    text: str


def analyse(
    inputs: BuildInputs, bodies: Vectors, previous: PreviousLook, progress: Progress
) -> Analysis:
    """Topics, map, links, reading list and summaries of a library.

    `bodies` are float32 (works, dim): the mean vector of each work's passages, zeros without a PDF.
    Raises `PdfError` where a kept text is damaged.
    """
    seconds: dict[str, float] = {}
    works = [e.work for e in inputs.entries]
    with timed(seconds, "references"):
        lists = reference_lists(inputs.text_cache, inputs.readable_pdfs)
        links = list(references.link(lists, works))
        edges = sorted({(link.citing, link.cited) for link in links})
        said = what_is_said(inputs.text_cache, inputs.readable_pdfs, lists, links)
    with timed(seconds, "topics"):
        progress("topics", 0, len(works))
        filed = _file_works(inputs, bodies, [*edges, *_edges_outside(lists)])
        points = _project(inputs, filed, previous)
        progress("topics", len(works), len(works))
    with timed(seconds, "summaries"):
        summarised = _summarise(inputs, filed.result, progress)
    with timed(seconds, "reading"):
        headings = {f.work: _headings_of(f) for f in filed.result.filings}
        uncited = references.find_uncited_works(lists, works, headings)
        uncited = _without_own_works(uncited, inputs)
        reading = _reading_list(inputs, uncited)
    parts = {
        "links": edges,
        "map": points,
        "summaries": summarised,
        "reading": reading,
        "topics": dataclasses.asdict(_with_lacking(filed.result, uncited)),
        "styles": _styles(filed.result, previous),
    }
    return Analysis(parts, said, seconds)


# ── who cites whom ────────────────────────────────────────────────────────────────────────────────
def reference_lists(cache: TextCache, readable_pdfs: Mapping[str, str]) -> ReferenceLists:
    """The papers' own reference lists, from their kept texts; `readable_pdfs` gives the sha256 of
    each by work id. Raises `PdfError` where one is damaged.
    """
    name = f"references-{references.VERSION}"
    return {
        work: cache.derived(Reference, name, sha, references.read_references)
        for work, sha in readable_pdfs.items()
        if sha
    }


def what_is_said(
    cache: TextCache,
    readable_pdfs: Mapping[str, str],
    lists: ReferenceLists,
    links: Sequence[references.CitedWork],
) -> list[Said]:
    """What the library's papers say of each other, in order and each sentence once.

    Raises `PdfError` where a kept text is damaged.
    """
    name = f"citing-{references.VERSION}"
    by_paper: dict[str, list[references.CitedWork]] = {}
    for link in links:
        if link.citing != link.cited:
            by_paper.setdefault(link.citing, []).append(link)
    said: set[Said] = set()
    for citing, own in by_paper.items():
        listed = lists[citing]
        make = partial(references.citing_sentences, references=listed)
        sentences = cache.derived(references.CitingSentence, name, readable_pdfs[citing], make)
        cited = {listed.index(link.reference): link.cited for link in own}
        said |= {Said(cited[s.entry], citing, s.text) for s in sentences if s.entry in cited}
    return sorted(said)


def _edges_outside(lists: ReferenceLists) -> list[Edge]:
    """Each paper with each work that it cites, by a key that two lists which name one work
    share.
    """
    return [
        (work, key) for work, listed in lists.items() for r in listed if (key := _shared_key(r))
    ]


def _shared_key(reference: Reference) -> str:
    if reference.ids:
        return reference.ids[0]
    return f"title:{normalise_title(reference.title)}" if reference.title else ""


# ── filing and map ────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class _FiledWorks:
    """The filing, and the vectors it went by: float32 (works, dim)."""

    result: topics.FilingResult
    vectors: Vectors


def _file_works(inputs: BuildInputs, bodies: Vectors, edges: Sequence[Edge]) -> _FiledWorks:
    """File the works under the headings of the notes."""
    papers = [_paper(inputs, e) for e in inputs.entries]
    heads = [[f"{p.title}. {p.abstract or p.body[:1500]}".strip(), p.title] for p in papers]
    inputs.embedder.ensure(heads)
    both = [inputs.embedder.vectors(h) for h in heads]
    vectors, titles = (
        np.array([b[i] for b in both], np.float32).reshape(-1, inputs.encoder.dim) for i in (0, 1)
    )
    result = topics.file_works(
        papers,
        {n.path: n.headings for n in inputs.notes},
        {e.work.id: e.headings for e in inputs.entries},
        vectors=vectors,
        encoder=inputs.encoder,
        body_vectors=_with_titles(bodies, titles),
        links=edges,
    )
    return _FiledWorks(result, vectors)


def _with_titles(bodies: Vectors, titles: Vectors) -> Vectors:
    """Bodies' vectors, zeros where there is none, with those of the titles in equal parts.

    Passages are embedded without their title, and filing without it was measured worse
    (benchmarks/RESULTS.md).
    """
    both = (bodies + titles) * bodies.any(axis=1, keepdims=True)
    mixed: Vectors = both / np.linalg.norm(both, axis=1, keepdims=True).clip(1e-9)
    return mixed


def _paper(inputs: BuildInputs, entry: Entry) -> topics.PaperText:
    """What filing reads of a work: title, abstract, body, and what the notes say where they cite
    it.
    """
    work, sha = entry.work, inputs.readable_pdfs[entry.work.id]
    body = _body(inputs.text_cache.load(sha)) if sha else ""
    context = "\n".join(dict.fromkeys(m.context for m in entry.mentions if m.context))
    return topics.PaperText(work.id, work.title, work.abstract, body, context, work.year, bool(sha))


def _body(document: Document) -> str:
    kinds = {"body", "abstract", "heading"}
    blocks = (b for p in document.pages for b in p.blocks if b.kind in kinds)
    return "\n".join(b.text for b in blocks)[:BODY_CHARACTERS]


def _headings_of(filing: Filing) -> tuple[HeadingPath, ...]:
    """Where a work stands: the reader's own headings, else the suggested one."""
    return filing.noted or ((filing.suggested,) if filing.suggested else ())


def _project(
    inputs: BuildInputs, filed: _FiledWorks, previous: PreviousLook
) -> dict[str, list[float]]:
    """Places on the map by work id; works that had one stay near it."""
    groups = [_map_group(f) for f in filed.result.filings]
    ids = [e.work.id for e in inputs.entries]
    before = {work: (p[0], p[1]) for work, p in previous.points.items()}
    points = maps.project(filed.vectors, ids, groups=groups, previous=before)
    return {
        work: [round(float(x), 5), round(float(y), 5)]
        for work, (x, y) in zip(ids, points, strict=True)
    }


def _map_group(filing: Filing) -> str | None:
    """What is drawn together: the works of a heading, else those of a cluster."""
    headings = _headings_of(filing)
    return " › ".join(headings[0]) if headings and headings[0] else filing.cluster


def _styles(result: topics.FilingResult, previous: PreviousLook) -> list[list[Any]]:
    """The look of each heading on the map, kept from build to build."""
    before = {tuple(path): maps.Style(colour, shape) for path, colour, shape in previous.styles}
    styles = maps.choose_styles([t.heading for t in result.topics if t.heading], before)
    return [[list(path), style.colour, style.shape] for path, style in styles.items()]


# ── summaries ─────────────────────────────────────────────────────────────────────────────────────
def _summarise(
    inputs: BuildInputs, result: topics.FilingResult, progress: Progress
) -> dict[str, Any]:
    """Summaries of papers by work id, of topics by 'topic:<id>'."""
    papers = dict(_summarise_papers(inputs, progress))
    of_topics = inputs.summariser.summarise_topics(result.topics, papers, inputs.encoder)
    summaries = papers | {f"topic:{topic}": summary for topic, summary in of_topics}
    return {key: dataclasses.asdict(summary) for key, summary in summaries.items()}


def _summarise_papers(inputs: BuildInputs, progress: Progress) -> Iterator[tuple[str, Summary]]:
    """(work id, summary) of each work with a readable PDF of which something can be said."""
    works = [e.work for e in inputs.entries if inputs.readable_pdfs[e.work.id]]
    for done, work in enumerate(works, 1):
        made = inputs.text_cache.derived(
            Summary,
            f"summary-{_summary_version(inputs, work)}",
            inputs.readable_pdfs[work.id],
            lambda document, work=work: [  # type: ignore[misc]
                inputs.summariser.summarise_paper(document, work, inputs.encoder)
            ],
        )
        if made and made[0].sentences:
            yield work.id, made[0]
        progress("summaries", done, len(works), work.title)


def _summary_version(inputs: BuildInputs, work: Work) -> str:
    """Names what a paper's summary depends on beside its text."""
    depends = f"{work.id}|{work.title}|{work.abstract}|{inputs.summariser.version}"
    return hashlib.sha256(depends.encode()).hexdigest()[:12]


# ── the reading list ──────────────────────────────────────────────────────────────────────────────
def _without_own_works(
    uncited: Sequence[references.MissingWork], inputs: BuildInputs
) -> list[references.MissingWork]:
    """Without those that the sources know as works of the library under another spelling."""
    own = {i for e in inputs.entries for i in e.work.ids}
    return [m for m in uncited if not own & set(inputs.reading_list_ids.get(m.key, ()))]


def _with_lacking(
    result: topics.FilingResult, uncited: Sequence[references.MissingWork]
) -> topics.FilingResult:
    """The filing with the works that each heading lacks."""
    lacking = references.uncited_by_heading(uncited)
    coverage = [
        dataclasses.replace(
            c,
            missing=tuple(
                (m.reference.title, n) for m, n in lacking.get(c.heading, ())[:MAX_LACKING]
            ),
        )
        for c in result.coverage
    ]
    return dataclasses.replace(result, coverage=tuple(coverage))


def _reading_list(
    inputs: BuildInputs, uncited: Sequence[references.MissingWork]
) -> list[dict[str, Any]]:
    """The works most cited and not in the notes as JSON; the first ones with the passages that cite
    them.
    """
    documents: dict[str, Document] = {}
    rows = []
    for number, work in enumerate(uncited[:MAX_READING_LIST]):
        row = _reading_row(work, inputs)
        for place in work.places[:3] if number < MAX_QUOTED else ():
            sha = inputs.readable_pdfs[place.citing]
            if sha not in documents:
                documents[sha] = inputs.text_cache.load(sha)
            citing = references.citing_passages(documents[sha], place.reference)
            row["passages"] += [
                {"work": place.citing, **_place(inputs, place.citing, s.page), "text": s.text}
                for s in citing[:1]
            ]
        rows.append(row)
    return rows


def _place(inputs: BuildInputs, work: str, number: int) -> dict[str, Any]:
    """A page of a work's file, or a paragraph where it has no pages, as JSON."""
    if inputs.has_pages(work):
        return {"place": page_place(number), "page": number}
    return {"place": paragraph_place(number), "page": 0}


def _reading_row(work: references.MissingWork, inputs: BuildInputs) -> dict[str, Any]:
    """A work of the reading list as JSON: how many papers cite it, which, where, and under which
    headings.
    """
    reference = work.reference
    ids = inputs.reading_list_ids.get(work.key, ())
    return {
        "key": work.key,
        "count": len(work.citing),
        "title": reference.title or reference.raw,
        "authors": list(reference.authors),
        "year": reference.year,
        "venue": reference.venue,
        "ids": _joined(ids, reference.ids),
        "urls": list(reference.urls),
        "cited_by": list(work.citing),
        "places": [
            {"work": p.citing, **_place(inputs, p.citing, p.page), "number": p.number}
            for p in work.places
        ],
        "headings": [{"heading": list(path), "count": count} for path, count in work.headings],
        "passages": [],
    }


def _joined(confirmed: Sequence[str], read: Sequence[str]) -> list[str]:
    """Identifiers that a source confirmed, then those read in reference lists of kinds that no
    source told.
    """
    kinds = {ident.partition(":")[0] for ident in confirmed}
    return list(dict.fromkeys([*confirmed, *(i for i in read if i.partition(":")[0] not in kinds)]))
