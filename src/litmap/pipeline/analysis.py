"""What a build holds beside its passages: who cites whom, filing, map, summaries, reading list.

Values in, values out: nothing here writes to a build, asks the network or opens the catalogue.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from litmap import maps, references, topics
from litmap.builds import KeptResults
from litmap.catalogue.entries import Entry
from litmap.catalogue.records import build_record
from litmap.models import Document, Filing, HeadingPath, Mark, Reference, Summary, Work
from litmap.paper_sentences import weighing
from litmap.parsing.places import page_place, paragraph_place
from litmap.parsing.title_similarity import normalise_title
from litmap.pipeline.inputs import BuildInputs
from litmap.pipeline.kept_vectors import KeptVectors
from litmap.pipeline.report import Progress, timed
from litmap.pipeline.text_cache import TextCache

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from litmap.models import Vectors

logger = logging.getLogger(__name__)

MAX_READING_LIST, MAX_QUOTED = 500, 60
"""Works of the reading list that are kept, and those with the passages that cite them."""
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
    inputs: BuildInputs,
    bodies: Vectors,
    previous: PreviousLook,
    progress: Progress,
    kept: KeptResults,
) -> Analysis:
    """Topics, map, links, reading list and summaries of a library.

    `bodies` are float32 (works, dim): the mean vector of each work's passages, zeros without a PDF.
    What `kept` has is not made again.
    Raises `PdfError` where a kept text is damaged.
    """
    seconds: dict[str, float] = {}
    works = [e.work for e in inputs.entries]
    with timed(seconds, "references"):
        lists = reference_lists(inputs.text_cache, inputs.readable_pdfs)
        listed = _Listed(lists, works, inputs.text_digests, kept)
        links = listed.links()
        edges = sorted({(link.citing, link.cited) for link in links})
        said = what_is_said(inputs.text_cache, inputs.readable_pdfs, lists, links)
    with timed(seconds, "topics"):
        progress("topics", 0, len(works))
        filed = _file_works(inputs, bodies, [*edges, *_edges_outside(lists)], kept)
        points = _project(inputs, filed, previous)
        progress("topics", len(works), len(works))
    with timed(seconds, "summaries"):
        summarised = _summarise(inputs, filed.result, progress, kept)
    with timed(seconds, "reading"):
        headings = {f.work: _headings_of(f) for f in filed.result.filings}
        uncited = references.count_headings(listed.uncited(), headings)
        uncited = _without_own_works(uncited, inputs)
        reading = _reading_list(inputs, uncited, kept)
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


@dataclass(frozen=True)
class _Listed:
    """What the papers list against what the library has: neither the notes' words nor their
    headings change it. `texts` name the text of each listing work.
    """

    lists: ReferenceLists
    works: Sequence[Work]
    texts: Mapping[str, str]
    kept: KeptResults

    @cached_property
    def _content(self) -> list[str]:
        works = [dataclasses.asdict(work) for work in self.works]
        return [json.dumps([(work, self.texts[work]) for work in self.lists]), json.dumps(works)]

    @cached_property
    def _numbers(self) -> Mapping[int, int]:
        """The number of each entry in its list, by the entry's `id`."""
        return {id(r): n for listed in self.lists.values() for n, r in enumerate(listed)}

    def links(self) -> list[references.CitedWork]:
        """See `references.link`."""
        found = self.kept.plain(f"links {references.VERSION}", self._content, self._find_links)
        return [
            references.CitedWork(citing, cited, self.lists[citing][number])
            for citing, cited, number in found
        ]

    def _find_links(self) -> list[tuple[str, str, int]]:
        links = references.link(self.lists, self.works)
        return [(citing, cited, self._numbers[id(r)]) for citing, cited, r in links]

    def uncited(self) -> list[references.MissingWork]:
        """See `references.find_uncited_works`."""
        found = self.kept.plain(f"uncited {references.VERSION}", self._content, self._find_uncited)
        return [self._missing(*row) for row in found]

    def _find_uncited(self) -> list[tuple[str, Any, list[tuple[str, int]]]]:
        return [
            (
                missing.key,
                dataclasses.asdict(missing.reference),
                [(place.citing, self._numbers[id(place.reference)]) for place in missing.places],
            )
            for missing in references.find_uncited_works(self.lists, self.works)
        ]

    def _missing(
        self, key: str, merged: Any, entries: Sequence[tuple[str, int]]
    ) -> references.MissingWork:
        found = [(citing, self.lists[citing][number]) for citing, number in entries]
        places = tuple(references.CitedAt(citing, r.page, r.number, r) for citing, r in found)
        citing = tuple(dict.fromkeys(place.citing for place in places))
        return references.MissingWork(key, build_record(Reference, merged), citing, places)


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


def _file_works(
    inputs: BuildInputs, bodies: Vectors, edges: Sequence[Edge], kept: KeptResults
) -> _FiledWorks:
    """File the works under the headings of the notes."""
    papers = [_paper(inputs, e, kept) for e in inputs.entries]
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
        encoder=KeptVectors(inputs.encoder, kept),
        body_vectors=_with_titles(bodies, titles),
        links=edges,
        latent=partial(_latent_words, kept),
    )
    return _FiledWorks(result, vectors)


def _latent_words(kept: KeptResults, words: Any) -> NDArray[np.float64]:
    """`topics.latent_words`, once for a matrix."""
    parts = (words.data, words.indices, words.indptr)
    content: list[str | bytes] = [np.ascontiguousarray(part).tobytes() for part in parts]
    content.append(repr(words.shape))
    kind = f"latent words {topics.VERSION}"
    return kept.array(kind, content, lambda: topics.latent_words(words))


def _with_titles(bodies: Vectors, titles: Vectors) -> Vectors:
    """Bodies' vectors, zeros where there is none, with those of the titles in equal parts.

    Passages are embedded without their title, and filing without it was measured worse
    (benchmarks/RESULTS.md).
    """
    both = (bodies + titles) * bodies.any(axis=1, keepdims=True)
    mixed: Vectors = both / np.linalg.norm(both, axis=1, keepdims=True).clip(1e-9)
    return mixed


def _paper(inputs: BuildInputs, entry: Entry, kept: KeptResults | None = None) -> topics.PaperText:
    """What filing reads of a work: title, abstract, body, and what the notes say where they cite
    it.
    """
    work, sha = entry.work, inputs.readable_pdfs[entry.work.id]
    body = _body(inputs, work, kept) if sha else ""
    context = _context(entry)
    return topics.PaperText(work.id, work.title, work.abstract, body, context, work.year, bool(sha))


def text_for_filing(inputs: BuildInputs, entry: Entry) -> topics.PaperText:
    """A work as new papers are compared with it: by title and abstract, or the beginning of its
    text where no abstract is known, and what the notes say of it.
    """
    paper = _paper(inputs, entry) if not entry.work.abstract else _without_body(entry)
    return dataclasses.replace(paper, abstract=paper.abstract or paper.body[:1500], body="")


def _without_body(entry: Entry) -> topics.PaperText:
    work = entry.work
    return topics.PaperText(work.id, work.title, work.abstract, "", _context(entry), work.year)


def _context(entry: Entry) -> str:
    """What the notes say of a work where they cite it."""
    return "\n".join(dict.fromkeys(m.context for m in entry.mentions if m.context))


def _body(inputs: BuildInputs, work: Work, kept: KeptResults | None) -> str:
    """The text of a paper that filing reads."""

    def read() -> str:
        return _body_of(inputs.text_cache.load(inputs.readable_pdfs[work.id]))

    if kept is None:
        return read()
    return str(kept.plain(f"body {topics.VERSION}", [inputs.text_digests[work.id]], read))


def _body_of(document: Document) -> str:
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
    inputs: BuildInputs, result: topics.FilingResult, progress: Progress, kept: KeptResults
) -> dict[str, Any]:
    """Summaries of papers by work id, of topics by 'topic:<id>'."""
    papers = dict(_summarise_papers(inputs, progress))
    plain = {work: dataclasses.asdict(summary) for work, summary in papers.items()}
    encoder = KeptVectors(inputs.encoder, kept)

    def summarise_topics() -> dict[str, Any]:
        made = inputs.summariser.summarise_topics(result.topics, papers, encoder)
        return {f"topic:{topic}": dataclasses.asdict(summary) for topic, summary in made}

    kind = f"summaries of topics {inputs.summariser.version}"
    asked = json.dumps([inputs.encoder.key, list(map(dataclasses.asdict, result.topics)), plain])
    of_topics: dict[str, Any] = kept.plain(kind, [asked], summarise_topics)
    return plain | of_topics


def _summarise_papers(inputs: BuildInputs, progress: Progress) -> Iterator[tuple[str, Summary]]:
    """(work id, summary) of each work with a readable PDF of which something can be said."""
    works = [e.work for e in inputs.entries if inputs.readable_pdfs[e.work.id]]
    for done, work in enumerate(works, 1):
        marks = weighing(inputs.marks.get(work.id, ()))
        make = partial(_summarise_paper, inputs, work, marks)
        name = f"summary-{_summary_version(inputs, work, marks)}"
        made = inputs.text_cache.derived(Summary, name, inputs.readable_pdfs[work.id], make)
        if made and made[0].sentences:
            yield work.id, made[0]
        progress("summaries", done, len(works), work.title)


def _summarise_paper(
    inputs: BuildInputs, work: Work, marks: Sequence[Mark], document: Document
) -> list[Summary]:
    return [inputs.summariser.summarise_paper(document, work, inputs.encoder, marks)]


def _summary_version(inputs: BuildInputs, work: Work, marks: Sequence[Mark]) -> str:
    """Names what a paper's summary depends on beside its text: of the reader's marks their words
    and places.
    """
    depends = f"{work.id}|{work.title}|{work.abstract}|{inputs.summariser.version}"
    if marks:
        depends += f"|{[(mark.text, mark.rects) for mark in marks]}"
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
                (m.reference.title, n) for m, n in lacking.get(c.heading, ())[: topics.MAX_MISSING]
            ),
            missing_count=len(lacking.get(c.heading, ())),
        )
        for c in result.coverage
    ]
    return dataclasses.replace(result, coverage=tuple(coverage))


def _reading_list(
    inputs: BuildInputs, uncited: Sequence[references.MissingWork], kept: KeptResults
) -> list[dict[str, Any]]:
    """The works most cited and not in the notes as JSON; the first ones with the passages that cite
    them.
    """
    texts = _CitingTexts(inputs, kept)
    rows = []
    for number, work in enumerate(uncited[:MAX_READING_LIST]):
        row = _reading_row(work, inputs)
        for place in work.places[:3] if number < MAX_QUOTED else ():
            row["passages"] += [
                {"work": place.citing, **_place(inputs, place.citing, page), "text": text}
                for page, text in texts.first_passage(place.citing, place.reference)
            ]
        rows.append(row)
    return rows


@dataclass(frozen=True)
class _CitingTexts:
    """The papers' texts, read where it is not kept what stands there."""

    inputs: BuildInputs
    kept: KeptResults
    documents: dict[str, Document] = field(default_factory=dict)

    def first_passage(self, citing: str, reference: Reference) -> list[tuple[int, str]]:
        """Page and text of the first passage of a work that cites an entry, or nothing."""
        asked = [self.inputs.text_digests[citing], json.dumps(dataclasses.asdict(reference))]
        kind = f"first citing passage {references.VERSION}"
        found = self.kept.plain(kind, asked, lambda: self._find(citing, reference))
        return [(page, text) for page, text in found]

    def _find(self, citing: str, reference: Reference) -> list[tuple[int, str]]:
        if citing not in self.documents:
            sha = self.inputs.readable_pdfs[citing]
            self.documents[citing] = self.inputs.text_cache.load(sha)
        document = self.documents[citing]
        return [(s.page, s.text) for s in references.citing_passages(document, reference)[:1]]


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
