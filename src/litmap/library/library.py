"""`Library`: the read-only façade that the command line, the app, the MCP server and users' scripts
share.
"""

from __future__ import annotations

import hashlib
import logging
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from litmap import builds, lock, search
from litmap.catalogue import Catalogue, Run
from litmap.catalogue.entries import Entry, entries, unconfirmed
from litmap.catalogue.records import build_record
from litmap.errors import (
    DamagedBuild,
    LibraryError,
    LitmapError,
    NoLibrary,
    PdfError,
    SearchError,
)
from litmap.library.results import (
    NOTE_PREFIX,
    SearchHit,
    SearchResults,
    show_hit,
    show_results,
)
from litmap.library.search_models import load_encoder, load_reranker
from litmap.library.summary_view import SummaryView
from litmap.library.topics_view import TopicsView
from litmap.models import (
    Answer,
    BibRecord,
    Candidate,
    CandidateState,
    Claim,
    Document,
    Event,
    EventKind,
    Filing,
    HeadingPath,
    Hit,
    Mark,
    Mention,
    Note,
    Notice,
    PdfFile,
    Reference,
    Summary,
    Topic,
    Work,
    gravest_first,
)
from litmap.parsing.identifiers import find_identifiers
from litmap.parsing.note_links import FORMS, without_links
from litmap.parsing.title_similarity import normalise_title
from litmap.paths import LibraryPaths
from litmap.settings import Settings, load_settings
from litmap.written_files import WrittenFiles

if TYPE_CHECKING:
    from litmap import maps
    from litmap.digests import Digest
    from litmap.keywords import KeywordIndex
    from litmap.language_models.writer import Writer
    from litmap.language_models.written_texts import WrittenTexts
    from litmap.library.asking import AnswerView, Asker
    from litmap.library.checking import Checker, CheckProgress, CheckResults
    from litmap.library.linked_notes import LinkedNotes
    from litmap.library.moved_notes import MovedNotes
    from litmap.library.noticed_notes import NoticedNotes
    from litmap.library.paper_texts import PaperTexts
    from litmap.library.reading import CitedWorks
    from litmap.library.table import Table
    from litmap.protocols import Encoder
    from litmap.references import WorkIndex
    from litmap.search import Results, Searcher
    from litmap.stores import StoredVectors


logger = logging.getLogger(__name__)

Rect = tuple[float, float, float, float]

_LINE_FORMATS = frozenset({"text", "markdown", "org", "rst", "mediawiki", "latex"})
"""Formats of notes in which a line is a thing of its own and may be moved."""
NOTES_SHOWN = 3
"""At most so many passages of the reader's own notes stand beside a search's results."""


def facts_of(entry: Entry) -> search.Facts:
    """What filters ask of a work."""
    work, labels = entry.work, entry.labels
    return search.Facts(
        work.id, work.title, work.authors, work.year, work.ids, entry.headings,
        tuple(dict.fromkeys(m.note for m in entry.mentions)), work.venue, entry.status,
        str(labels.state), labels.is_important, labels.tags,
    )  # fmt: skip


class Library:
    """One library, opened for reading. Use from any thread, as a context manager or with `close`.

    It shows one build for as long as it is open; `is_current` tells whether a newer one was
    published since.
    """

    def __init__(
        self, settings: Settings, catalogue: Catalogue, build: builds.Build | None
    ) -> None:
        self.settings = settings
        self.paths = LibraryPaths(settings.library)
        self._catalogue = catalogue
        self._build = build
        self._lock = threading.Lock()
        """Held while the catalogue is asked, and for nothing else: properties computed once have
        locks of their own up to Python 3.11, and two threads that take both in different orders
        wait for ever.
        """

    @classmethod
    def open(
        cls,
        root: Path | str | None = None,
        *,
        settings: Settings | None = None,
        without_build: bool = False,
    ) -> Self:
        """Open the library at `root` (default: as the settings say); `without_build` as if there
        were no build yet.

        Raises `NoLibrary` where there is none, `NewerCatalogue`, `DamagedBuild`. A library without
        a build yet (its first refresh is under way) opens; searching it then raises `NoLibrary`.
        """
        settings = settings or load_settings({"library": root} if root else {})
        paths = LibraryPaths(settings.library)
        catalogue = Catalogue.open(paths.catalogue)
        try:
            build = None if without_build else builds.open_build(paths)
        except NoLibrary:
            build = None
        except BaseException:
            catalogue.close()
            raise
        return cls(settings, catalogue, build)

    def close(self) -> None:
        """Let go of all files."""
        if self._build is not None:
            self._build.close()
        self._catalogue.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # ── state ─────────────────────────────────────────────────────────────────────────────────────
    @property
    def build_id(self) -> str:
        """The build this library shows; '' where there is none yet."""
        return self._build.id if self._build else ""

    def is_current(self) -> bool:
        """Whether no newer build was published since this library was opened."""
        return (builds.current_id(self.paths) or "") == self.build_id

    def is_refreshing(self) -> bool:
        """Whether a refresh is writing this library now."""
        if lock.is_held(self.paths.lock):
            return True
        with self._lock:
            return bool(self._catalogue.holder())  # from another machine

    @property
    def has_catalogue_file(self) -> bool:
        """Whether the catalogue is a file of the library's folder, and not in PostgreSQL."""
        return self._catalogue.is_file

    def runs(self, limit: int = 20) -> list[Run]:
        """The last refreshes, the newest first."""
        with self._lock:
            return self._catalogue.runs(limit)

    def status(self) -> dict[str, Any]:
        """Counts, model, build and last runs."""
        found = self.works()
        by_status: dict[str, int] = {}
        for entry in found:
            by_status[entry.status] = by_status.get(entry.status, 0) + 1
        return {
            "library": str(self.paths.root),
            "catalogue": self._catalogue.place,
            "running": self.is_refreshing(),
            "build": self.build_id,
            "model": self._build.facts.get("model", "") if self._build else "",
            "notes": len(self.notes),
            "works": len(found),
            "by_status": by_status,
            "passages": self._build.count if self._build else 0,
            "written": self._count_written(),
            "runs": [
                {
                    "id": r.id,
                    "started": r.started,
                    "finished": r.finished,
                    "state": r.state,
                    **r.report,
                }
                for r in self.runs(10)
            ],
        }

    # ── works and notes ───────────────────────────────────────────────────────────────────────────
    @cached_property
    def _entries(self) -> list[Entry]:
        with self._lock:
            return entries(self._catalogue)

    @cached_property
    def by_id(self) -> Mapping[str, Entry]:
        """Entries by their work's id."""
        return {e.work.id: e for e in self._entries}

    @cached_property
    def notes(self) -> list[Note]:
        """The notes of the last reading (headings, no text)."""
        with self._lock:
            return self._catalogue.notes()

    def works(self, *, missing: bool = False) -> list[Entry]:
        """All works in the order of the notes; with `missing` those without a PDF."""
        return [e for e in self._entries if not missing or not e.pdfs]

    def notices(self) -> list[tuple[Entry, Notice]]:
        """What the sources told of works since they appeared, the gravest first: retractions,
        corrections, newer and published versions.
        """
        told = [(entry, notice) for entry in self._entries for notice in entry.notices]
        order = {notice: i for i, notice in enumerate(gravest_first(n for _, n in told))}
        return sorted(told, key=lambda pair: order[pair[1]])

    def asked_for_notices(self) -> bool:
        """Whether any source was ever asked what became of the works."""
        with self._lock:
            return bool(self._catalogue.notice_checks())

    @property
    def is_watching(self) -> bool:
        """Whether the settings name a listing of new papers."""
        return self.settings.is_watching

    def candidates(self, *, all_states: bool = False) -> list[Candidate]:
        """New papers that were shown and wait for the reader's word, the best of each heading
        first; with `all_states` also those taken or refused. What the library has by now is left
        out.
        """
        with self._lock:
            kept = self._catalogue.candidates()
        found = [
            c
            for c in kept
            if c.shown
            and (all_states or c.state == CandidateState.NEW)
            and self._own_ids.isdisjoint((c.id, *c.work.ids))
        ]
        return sorted(found, key=lambda c: (c.heading, -c.score, c.id))

    @cached_property
    def _own_ids(self) -> frozenset[str]:
        """All ids of the works."""
        return frozenset(i for e in self._entries for i in (e.work.id, *e.work.ids))

    def looked_through(self, since: str) -> tuple[int, int]:
        """How many new papers were looked through since a time (UTC ISO 8601), and how many of
        them were shown.
        """
        with self._lock:
            kept = [c for c in self._catalogue.candidates() if c.time >= since]
            dropped = self._catalogue.count_dropped_candidates(since)
        return len(kept) + dropped, sum(bool(c.shown) for c in kept)

    def unconfirmed(self) -> list[Entry]:
        """What the notes may cite and no source confirmed, or nobody was asked about."""
        with self._lock:
            return unconfirmed(self._catalogue)

    def to_settle(self) -> list[Entry]:
        """The works of which it is not sure which are meant, in the order of the notes."""
        return [entry for entry in self._entries if entry.status == "unsure"]

    def references_of(self, entry: Entry) -> list[Reference]:
        """What the notes say of a work: a reference for each of its citations."""
        with self._lock:
            named = self._catalogue.citations_named(entry.citations)
        return [citation.reference for citation in named]

    def work(self, name: str) -> Entry:
        """A work by id, any identifier (arXiv id, DOI, URL) or title. Raises `SearchError` where
        none or many fit.
        """
        if name in self.by_id:
            return self.by_id[name]
        with self._lock:
            alias = self._catalogue.aliases().get(name)
        if alias is not None and alias in self.by_id:
            return self.by_id[alias]
        ids = {identified.id for identified in find_identifiers(name)} | {name}
        for entry in self._entries:
            if ids & set(entry.work.ids):
                return entry
        return self._by_title(name)

    def _by_title(self, name: str) -> Entry:
        """The one work with this title, or with a title that holds it. Raises `SearchError`."""
        wanted = normalise_title(name)
        titles = [(normalise_title(e.work.title), e) for e in self._entries]
        fits = [e for t, e in titles if t == wanted]
        if not fits and wanted:
            fits = [e for t, e in titles if wanted in t]
        if len(fits) == 1:
            return fits[0]
        if not fits:
            raise SearchError(
                f"no work {name!r} in the library: `litmap works` lists them", subject=name
            )
        names = "; ".join(f"{e.work.title} ({e.work.id})" for e in fits[:5])
        raise SearchError(
            f"{len(fits)} works fit {name!r}, name one by its id: {names}", subject=name
        )

    # ── search ────────────────────────────────────────────────────────────────────────────────────
    @cached_property
    def encoder(self) -> Encoder:
        """The embedding model the build was made with. Raises `ModelError` where it is not on this
        machine.
        """
        facts = self._need_build().facts
        return load_encoder(
            self.settings,
            str(facts.get("model") or self.settings.model),
            str(facts.get("model_key") or ""),
            str(facts.get("passage_prompt") or ""),
        )

    @cached_property
    def _keywords(self) -> KeywordIndex:
        from litmap import keywords

        return keywords.KeywordIndex.open(self._need_build().path("keywords"))

    def languages(self) -> list[str]:
        """Codes of the languages whose rules passages are read by; none before the first build."""
        return sorted(self._keywords.languages) if self.build_id else []

    @cached_property
    def _vectors(self) -> StoredVectors:
        from litmap import stores

        build = self._need_build()
        return stores.open_vectors(build.folder, build.facts, self.paths.root)

    @cached_property
    def facts(self) -> Mapping[str, search.Facts]:
        """What filters ask of each work, by its id."""
        return {entry.work.id: facts_of(entry) for entry in self._entries}

    @cached_property
    def _searcher(self) -> Searcher:
        from litmap import keywords

        build, words = self._need_build(), self._keywords
        citing = None
        if (build.read_json("citing") or {}).get("helps"):
            sentences = keywords.KeywordIndex.open(build.path("citing"))
            citing = search.CitingWords.over(sentences, words)
        return search.Searcher(
            self.encoder,
            self._vectors,
            words,
            build,
            self.facts,
            reranker=load_reranker(self.settings),
            citing=citing,
        )

    def search_part(self, hidden: frozenset[str], *, with_notes: bool) -> search.LocalPart:
        """The library as one of several that are searched as one, without the works that are
        `hidden`, and `with_notes` of the reader or without. Raises `NoLibrary`, `DamagedBuild`.
        """
        from litmap import keywords

        def is_searched(name: str) -> bool:
            return name not in hidden and (with_notes or not name.startswith(NOTE_PREFIX))

        build = self._need_build()
        words = keywords.KeywordIndex.open(build.path("keywords"), is_searched)
        return search.LocalPart(self._vectors, words, build, self.facts)

    @property
    def name(self) -> str:
        """Where it is, for one of several."""
        return str(self.paths.root)

    @property
    def dim(self) -> int:
        """Components of its vectors. Raises `NoLibrary`."""
        return self._vectors.dim

    @property
    def model(self) -> tuple[str, str]:
        """The embedding model of the build, by name and key. Raises `NoLibrary`."""
        facts = self._need_build().facts
        return str(facts.get("model", "")), str(facts.get("model_key", ""))

    def search(self, query: str, *, limit: int = 10, by: str = "passage") -> SearchResults:
        """Passages (or, by='paper', papers with their best passages) that answer a query, best
        first.

        Query language: `litmap.search.parse_query`. Raises `SearchError` for a query that cannot be
        answered.
        """
        results = self._searcher.search(search.parse_query(query), limit=limit + NOTES_SHOWN)
        return self._answer(results, by, limit)

    def locate(self, quotation: str, *, limit: int = 5) -> SearchResults:
        """Where a quotation (typos and line breaks allowed) is from."""
        return self._answer(self._searcher.locate(quotation, limit=limit))

    def more_like(self, *names: str, limit: int = 10) -> SearchResults:
        """What is like these works, headings or passages ('#123' as in an answer's `row`). Raises
        `SearchError`.
        """
        rows = [self._row(n) for n in names if re.fullmatch(r"#[0-9]+", n)]
        works: list[str] = []
        for name in (n for n in names if not n.startswith("#")):
            topic = self._heading(name)
            works += topic.works if topic else [self.work(name).work.id]
        return self._answer(self._searcher.more_like(rows=rows, works=works, limit=limit))

    def passage(self, row: int, *, around: int = 0) -> list[dict[str, Any]]:
        """A passage by its row and up to `around` before and after it in its text, as JSON. Raises
        `SearchError`.
        """
        build, source = self._need_build(), self._owner(row)
        first, last = (
            max(source.first, row - around),
            min(source.first + source.count - 1, row + around),
        )
        found = build.passages(range(first, last + 1))
        return [
            show_hit(Hit(p.row, p.work, 0.0, p.chunk), n, self.by_id).as_json()
            for n, p in enumerate(found, 1)
        ]

    def _row(self, name: str) -> int:
        """The row that '#123' names. Raises `SearchError` where there is no such passage."""
        row = int(name[1:19])  # a longer number is no row either, as one of 18 digits is none
        self._owner(row)
        return row

    def _owner(self, row: int) -> builds.SourceRows:
        """The text that a passage is of. Raises `SearchError` for a row that is none."""
        try:
            return self._need_build().owners([row])[0]
        except (KeyError, OverflowError):
            raise SearchError("that passage is no longer in the library; search again") from None

    def _answer(
        self, results: Results, by: str = "passage", limit: int | None = None
    ) -> SearchResults:
        return show_results(results, by, self.by_id, limit, NOTES_SHOWN)

    def ask(
        self,
        question: str,
        *,
        limit: int = 5,
        heading: str = "",
        writer: Writer | None = None,
        on_text: Callable[[str], None] | None = None,
    ) -> AnswerView:
        """What the papers say to a question, in their own sentences with pages, grouped by what
        they say; a refusal where nothing is close. `limit` is of groups, `heading` one of the
        notes'. With a `writer` what a language model makes of these sentences, as far as they bear
        it out; `on_text` is told what it writes, unchecked, as it comes.

        Filters as in a search. Raises `SearchError` where nothing is asked, and `WebError` where
        the language model cannot be asked.
        """
        return self.asker.ask(
            question, limit=limit, heading=heading, writer=writer, on_text=on_text
        )

    @contextmanager
    def writer(self) -> Iterator[Writer]:
        """The language model of the settings, its answers checked and kept below the library.

        Raises `UsageError` where none is named or consent is missing, `Unsafe` for an address that
        is refused.
        """
        from litmap.language_models.configured import model_endpoint, open_model
        from litmap.language_models.writer import Writer

        with open_model(self.settings) as model:
            yield Writer(
                model,
                self.encoder,
                self.by_id,
                kept=self.paths.written,
                origin=model_endpoint(self.settings).origin,
            )

    @cached_property
    def asker(self) -> Asker:
        """Answers questions from this build. Raises `NoLibrary`, `ModelError`."""
        from litmap.library.asking import Asker

        return Asker(self.paper_texts)

    # ── claims ────────────────────────────────────────────────────────────────────────────────────
    def claims(self, drafts: Sequence[Path | str] = ()) -> list[Claim]:
        """What the notes, or these drafts or notes of the library, say of its works. Raises
        `UsageError` for a draft that cannot be read.
        """
        from litmap import claims
        from litmap.library.drafts import cited_works

        if drafts:
            cited = cited_works(drafts, self._entries)
        else:
            cited = [
                claims.CitedWork(e.work.id, m, (e.work.title, *e.work.other_titles))
                for e in self._entries
                for m in e.mentions
            ]
        return claims.find_claims(cited)

    def check(
        self, drafts: Sequence[Path | str] = (), progress: CheckProgress | None = None
    ) -> CheckResults:
        """What the papers show for what the notes, or these drafts or notes of the library, say of
        them.

        Nothing is asked of the network. Raises `UsageError` for a draft that cannot be read and
        `NoLibrary` where there is no index yet.
        """
        found = self.checker().check(self.claims(drafts), progress)
        return found.with_looked(self.looked())

    def looked(self) -> frozenset[tuple[str, str]]:
        """The (work, sentence) that the reader looked at and finds fine, of works whose text is
        still the one that he looked at.
        """
        with self._lock:
            found = self._catalogue.looked()
        texts = {work: entry.checked_text for work, entry in self.by_id.items()}
        return frozenset((one.work, one.claim) for one in found if one.paper == texts.get(one.work))

    def checker(self) -> Checker:
        """Checks claims against this build. Raises `NoLibrary`, `ModelError`."""
        from litmap.library.checking import Checker

        return Checker(self.paper_texts)

    @cached_property
    def paper_texts(self) -> PaperTexts:
        """The papers' sentences, ready to be compared. Raises `NoLibrary`, `ModelError`."""
        from litmap.library.paper_texts import PaperTexts

        build = self._need_build()
        return PaperTexts(self.by_id, self.document, build, self._searcher, self.all_marks)

    # ── tables ────────────────────────────────────────────────────────────────────────────────────
    def table(
        self,
        subject: str,
        columns: str = "standard",
        *,
        limit: int = 20,
        writer: Writer | None = None,
        works: Sequence[str] = (),
    ) -> Table:
        """For each of these `works` (ids), else for each paper of a heading (with those below it),
        or else for the `limit` papers that answer a query best, and for each column one sentence of
        the paper, or nothing.

        Columns as `litmap.tables.parse_columns` reads them. With a `writer` a language model
        chooses among the sentences that come nearest to a column in words of one's own. Raises
        `UsageError` for columns that are none, `SearchError` for a query that cannot be answered,
        `NoLibrary`, `ModelError`, and `WebError` from the writer.
        """
        from litmap import tables
        from litmap.library.table import TableMaker

        asked = tables.parse_columns(columns)
        works = (
            works
            or self.works_below(subject)
            or [
                hit.entry.work.id
                for hit in self.search(subject, limit=limit, by="paper").hits
                if hit.entry
            ]
        )
        return TableMaker(self.paper_texts, writer).make(subject, works, asked)

    def works_below(self, heading: str) -> list[str]:
        """The works of a heading and of those below it, by id; none where it is no heading."""
        topic = self._heading(heading)
        if topic is None or topic.heading is None:
            return list(topic.works) if topic else []
        path = topic.heading
        below = [t for t in self.topics().topics if t.heading and t.heading[: len(path)] == path]
        filed = [work for one in below for work in one.works]
        cited = [
            e.work.id for e in self._entries if any(h[: len(path)] == path for h in e.headings)
        ]
        return list(dict.fromkeys([*filed, *cited]))

    # ── topics, map, summaries ────────────────────────────────────────────────────────────────────
    @cached_property
    def _topics(self) -> TopicsView:
        data = self._need_build().read_json("topics") or {}
        points = self._need_build().read_json("map") or {}
        return TopicsView.load(data, points, self.by_id)

    def topics(self) -> TopicsView:
        """Headings and emergent topics with their works, the themes of the headings as the reader
        has them, each work's filing and place on the map.
        """
        with self._lock:
            kept = self._catalogue.kept_themes()
        view = self._topics.with_kept(kept)
        if self._written is None or not self.settings.llm_labels:
            return view
        labels = self._written.topic_labels(view.topics, self._summaries)
        return view.with_labels(labels, self._written.by)

    @cached_property
    def places(self) -> tuple[HeadingPath, ...]:
        """The headings of the notes to which a paper can be moved, in their order."""
        from litmap import topics

        headings = {note.path: note.headings for note in self.notes}
        return topics.find_places(headings, (entry.headings for entry in self._entries))

    def place(self, name: str) -> HeadingPath:
        """One of `places` by its text or path ('Outer › Inner'), or a topic's id. Raises
        `UsageError`.
        """
        from litmap import topics

        if name.startswith("heading:") and self._build is not None:
            by_id = {t.id: t.heading for t in self._topics.topics if t.heading}
            if name in by_id:
                return by_id[name]
        return topics.find_heading(name, self.places)

    def _heading(self, name: str) -> Topic | None:
        wanted = [normalise_title(part) for part in re.split(r"\s*[›>/]\s*", name)]
        exact = [
            t
            for t in self._topics.topics
            if t.heading and [normalise_title(h) for h in t.heading][-len(wanted) :] == wanted
        ]
        return exact[0] if exact else next((t for t in self._topics.topics if t.id == name), None)

    def summary(self, subject: str) -> SummaryView:
        """The summary of a heading (its text, or its path with ' › ') or of a work. Raises
        `SearchError`.
        """
        summary, topic = self._summary(subject)
        view = SummaryView.load(summary, self.by_id, self._new_works)
        if self._written is None:
            return view
        if self.settings.llm_labels and topic:
            own = self._written.topic_labels([topic], self._summaries)
            labels = self._written.theme_labels(summary)
            view = view.with_labels(own.get(topic.id, topic.label), labels, self._written.by)
        if self.settings.llm_summaries:
            view = view.with_written(self._written.summary(summary, of_paper=topic is None))
        return view

    def summary_of(self, works: Sequence[str]) -> SummaryView:
        """What these works (ids) say together, made as for a heading; of one work its own summary.
        Raises `SearchError` where no sentence of theirs can be read alone.
        """
        from litmap import summaries

        if len(works) == 1:
            return self.summary(works[0])
        papers = {
            work: build_record(Summary, self._summaries[work])
            for work in works
            if work in self._summaries
        }
        titles = ". ".join(self.by_id[work].work.title for work in papers)
        topic = Topic("chosen", None, titles, works=tuple(papers))
        made = dict(summaries.summarise_topics([topic], papers, self.encoder))
        if not made:
            raise SearchError("no text to summarise: the PDFs of these papers are not here")
        return SummaryView.load(made["chosen"], self.by_id)

    def _summary(self, subject: str) -> tuple[Summary, Topic | None]:
        """The build's summary of a heading or a work, and the heading's topic. Raises
        `SearchError`.
        """
        topic = self._heading(subject)
        key = f"topic:{topic.id}" if topic else self.work(subject).work.id
        if key not in self._summaries:
            what = topic.label if topic else self.work(subject).work.title
            raise SearchError(
                f"no text to summarise for {what!r}: none of its PDFs is here", subject=subject
            )
        return build_record(Summary, self._summaries[key]), topic

    @cached_property
    def _summaries(self) -> Mapping[str, Any]:
        """The summaries of papers by work id, of topics by 'topic:<id>', as JSON."""
        return self._need_build().read_json("summaries") or {}

    @cached_property
    def _written(self) -> WrittenTexts | None:
        """What the language model of the settings has written; None where it is to write
        nothing.
        """
        from litmap.language_models.written_texts import WrittenTexts

        own = self.settings
        if not (own.llm_summaries or own.llm_labels):
            return None
        try:
            return WrittenTexts.open(own, self.paths.written, self.by_id, lambda: self.encoder)
        except LitmapError as error:
            logger.info("no written texts: %s", error.message)
            return None

    def _count_written(self) -> dict[str, Any] | None:
        """How many texts the language model has written; None where it is to write none."""
        from litmap.language_models.written_texts import build_subjects

        if self._written is None or self._build is None:
            return None
        return self._written.count(build_subjects(self._build, self.settings))

    def write_summary(
        self, subject: str, writer: Writer, on_text: Callable[[str], None] | None = None
    ) -> AnswerView:
        """What a language model makes of the sentences of a summary, as far as they bear it out,
        in the form of an answer. Raises as `summary`, and `WebError`.
        """
        from litmap.language_models.written_texts import summary_subject
        from litmap.library.asking import AnswerView

        summary = self._summary(subject)[0]
        wanted = summary_subject(summary, of_paper=summary.subject in self.by_id)
        text = writer.write(
            wanted.task, wanted.title, wanted.sources, count=wanted.count, on_text=on_text
        )
        answer = Answer(summary.title, text.parts, text.refused, text.dropped)
        return AnswerView(answer, (), self.by_id)

    @cached_property
    def _new_works(self) -> frozenset[str]:
        """The works whose text the last refresh brought; none where it was the first."""
        done = [run for run in self.runs(20) if run.state == "done"]
        if len(done) < 2:
            return frozenset()
        titles = set((done[0].report.get("changes") or {}).get("new", ()))
        return frozenset(key for key, entry in self.by_id.items() if entry.work.title in titles)

    def coverage(self) -> list[dict[str, Any]]:
        """What each heading holds and lacks, in the order of the notes."""
        return list(self._coverage)

    @cached_property
    def _coverage(self) -> list[dict[str, Any]]:
        rows = (self._need_build().read_json("topics") or {}).get("coverage", [])
        return [{"missing_count": len(row["missing"]), **row} for row in rows]  # older builds

    def reading_list(self) -> list[dict[str, Any]]:
        """Works that the library's papers cite and the notes do not, the most cited first."""
        return list(self._reading)

    @cached_property
    def _reading(self) -> list[dict[str, Any]]:
        return list(self._need_build().read_json("reading") or [])

    def citations_between(self) -> list[tuple[str, str]]:
        """(citing, cited) pairs of works inside the library."""
        return list(self._links)

    @cached_property
    def _links(self) -> list[tuple[str, str]]:
        return [(a, b) for a, b in self._need_build().read_json("links") or []]

    def citations_of(self, work: str) -> tuple[Sequence[str], Sequence[str]]:
        """The works (ids) inside the library that cite a work, and those that it cites."""
        citing, cited = self._links_by_end
        return citing.get(work, ()), cited.get(work, ())

    @cached_property
    def _links_by_end(self) -> tuple[Mapping[str, list[str]], Mapping[str, list[str]]]:
        """The citing works by the work they cite, and the cited works by the work that does."""
        citing: dict[str, list[str]] = {}
        cited: dict[str, list[str]] = {}
        for one, two in self._links:
            citing.setdefault(two, []).append(one)
            cited.setdefault(one, []).append(two)
        return citing, cited

    def suggested_moves(self) -> tuple[dict[str, bytes], dict[str, bytes]]:
        """The notes' bytes now, and the new ones of those in which lines go below the suggested
        heading; nothing is written.

        Raises `LibraryError` where a note was edited since the last refresh, because its lines are
        no longer where they were.
        """
        from litmap import topics

        notes = [n for n in self.notes if n.format in _LINE_FORMATS and n.path != "-"]
        old = {note.path: _read_unchanged(note) for note in notes}
        return old, topics.move_lines(old, self.by_id, self.topics().filings)

    def moved_notes(
        self, works: Sequence[str], to: HeadingPath, left: HeadingPath | None = None
    ) -> MovedNotes:
        """The notes' bytes now, and the new ones of those in which the lines of these works (ids)
        go below the heading `to`: the lines below `left`, else all; nothing is written.

        Raises `LibraryError` where a note that is to change was edited since the last refresh,
        because its lines are no longer where they were.
        """
        from litmap.library.moved_notes import moved_notes, wanted_places

        wanted = wanted_places([self.by_id[work] for work in works], to, left)
        have = {note.path for note in self.notes if any(h.path == to for h in note.headings)}
        concerned = have | {mention.note for _, mention in wanted}
        read = {
            note.path: note
            for note in self.notes
            if note.path in concerned and note.format in _LINE_FORMATS and note.path != "-"
        }
        old = {path: _read_unchanged(note) for path, note in read.items()}
        return moved_notes(old, read, self._entries, wanted, to)

    def noticed_notes(self) -> NoticedNotes:
        """The notes' bytes now, the new ones of those that get a line about what became of a
        work that they cite, and the places that get none, with why; nothing is written.

        Raises `LibraryError` where a note was edited since the last refresh, because its lines are
        no longer where they were.
        """
        from litmap.library.noticed_notes import with_notices

        formats = _LINE_FORMATS - {"latex", "mediawiki"}  # where such a line means something else
        notes = [n for n in self.notes if n.format in formats and n.path != "-"]
        cited = {mention.note for entry, _ in self.notices() for mention in entry.mentions}
        old = {note.path: _read_unchanged(note) for note in notes if note.path in cited}
        return with_notices(old, self.notices(), [*self._entries, *self.unconfirmed()])

    def linked_notes(self, pages: Path | None, *, inline: bool = False) -> LinkedNotes:
        """The notes' bytes now and the new ones of those whose links to the pages of their works
        change, and the places without a link, with why; nothing is written. `pages` is the folder
        of an export, None takes litmap's links away; `inline` puts them behind the references
        rather than into a block at the end.

        Raises `UsageError` where the folder holds no pages, and `LibraryError` where a note was
        edited since the last refresh.
        """
        from litmap import exports
        from litmap.library.linked_notes import with_links

        works = [entry.work for entry in self._entries]
        found = exports.find_pages(pages, works) if pages else {}
        notes = [n for n in self.notes if n.format in FORMS and n.path != "-"]
        old = {note.path: _read_unchanged(note) for note in notes}
        return with_links(old, self.notes, self._entries, found, inline=inline)

    def suggestion_patch(self) -> bytes:
        """The suggestions as a unified diff of the notes; nothing is written. Raises
        `LibraryError` where a note was edited since the last refresh.
        """
        from litmap import topics

        return topics.patch(*self.suggested_moves())

    # ── news ──────────────────────────────────────────────────────────────────────────────────────
    def news(self, since: str = "") -> list[Event]:
        """What happened at or after `since` (UTC ISO 8601), in its order; '' for all."""
        with self._lock:
            return self._catalogue.events(since)

    def digest(self, since: str = "") -> Digest:
        """The news since then under their headings, in the order of the notes; without new papers
        that the reader took or refused since.
        """
        from litmap import digests

        with self._lock:
            kept = self._catalogue.candidates()
        answered = {c.id for c in kept if c.state != CandidateState.NEW}
        taken = {c.id for c in kept if not self._own_ids.isdisjoint((c.id, *c.work.ids))}
        settled = answered | taken
        events = [
            event
            for event in self.news(since)
            if event.kind != EventKind.CANDIDATE or event.subject not in settled
        ]
        return digests.make_digest(events, self.heading_order)

    @cached_property
    def heading_order(self) -> list[HeadingPath]:
        """The headings of the notes in their order."""
        from litmap import digests

        return digests.heading_order(self.notes)

    def feed(self, since: str = "") -> str:
        """The news since then as an Atom feed."""
        from litmap import digests

        with self._lock:
            identity = self._catalogue.told("library").get("library", {})
        name = self.paths.root.resolve().name
        events = self.news(since)
        return digests.to_atom(events, identity.get("id", ""), name, identity.get("since", ""))

    def picture(self) -> maps.Picture:
        """The map as data: a dot a paper, a region a heading, citations between papers."""
        from litmap.library.map_picture import make_picture

        stored = self._need_build().read_json("styles") or []
        return make_picture(
            self.topics(),
            self.citations_between(),
            title=self.paths.root.resolve().name,
            styles={tuple(path): (colour, shape) for path, colour, shape in stored},
            new=self._new_works,
        )

    def write_map(self, out: Path, *, force: bool = False) -> None:
        """Write the map as HTML (one self-contained file), SVG or PNG, by the suffix.

        Raises `LibraryError` for another suffix, and `UsageError` where a file is there that litmap
        did not write (`force` replaces it) or the place cannot be written.
        """
        from litmap import maps

        picture = self.picture()
        writers: dict[str, Callable[[maps.Picture], str | bytes]] = {
            ".html": maps.to_html,
            ".svg": maps.to_svg,
            ".png": maps.to_png,
        }
        if out.suffix.lower() not in writers:
            raise LibraryError(f"{out}: a map is written as .html, .svg or .png", subject=str(out))
        content = writers[out.suffix.lower()](picture)
        content = content if isinstance(content, bytes) else content.encode()
        self.written_files.write_file(out, content, force=force)

    # ── marks ─────────────────────────────────────────────────────────────────────────────────────
    def marks(self, name: str) -> list[Mark]:
        """What the reader marked in a work's PDFs, by place; what only an earlier version of the
        paper has comes last. Raises `SearchError` for a work that is not here.
        """
        return self.all_marks.get(self.work(name).work.id, [])

    @cached_property
    def all_marks(self) -> Mapping[str, list[Mark]]:
        """What the reader marked, by work id."""
        written = self._build.read_json("marks") if self._build else None
        return {
            work: [build_record(Mark, mark) for mark in marks]
            for work, marks in (written or {}).items()
        }

    def tints(self, sha256: str, page: int) -> tuple[tuple[Rect, str], ...]:
        """Rectangles on a page of a PDF with their colours ('#rrggbb'): of marks that were made in
        an earlier version, which the PDF does not show by itself.
        """
        return self._tints.get((sha256, page), ())

    @cached_property
    def _tints(self) -> Mapping[tuple[str, int], tuple[tuple[Rect, str], ...]]:
        found: dict[tuple[str, int], tuple[tuple[Rect, str], ...]] = {}
        for mark in (mark for marks in self.all_marks.values() for mark in marks if mark.moved):
            for number, x0, y0, x1, y1 in mark.rects:
                place = (mark.file, number)
                found[place] = (*found.get(place, ()), ((x0, y0, x1, y1), mark.colour))
        return found

    # ── files ─────────────────────────────────────────────────────────────────────────────────────
    def pdf_path(self, pdf: PdfFile) -> Path:
        """Where a PDF (or other full text) of the library is."""
        return self.paths.file(pdf)

    def document(self, pdf: PdfFile) -> Document:
        """The text that was read of a file. Raises `PdfError` where it is gone."""
        from litmap import text

        try:
            return text.loads(self.paths.text(pdf.sha256).read_bytes())
        except OSError as error:
            raise PdfError("its text is not here; run `litmap refresh`") from error

    def cited_works(self, pdf: PdfFile) -> CitedWorks:
        """What a paper cites and where: its reference list with the works that are here. Raises
        `PdfError` where its text is gone.
        """
        from litmap.library.reading import cited_works

        return cited_works(self.document(pdf), self._work_index, self.by_id)

    @cached_property
    def _work_index(self) -> WorkIndex:
        from litmap.references import WorkIndex

        return WorkIndex([entry.work for entry in self.works()])

    def page_image(
        self,
        pdf: PdfFile,
        page: int,
        rects: Sequence[tuple[float, float, float, float]] = (),
        zoom: float = 2.0,
    ) -> bytes:
        """A PNG of a page with rectangles marked, drawn in a process of its own. Raises
        `PdfError`.
        """
        from litmap import text

        tints = self.tints(pdf.sha256, page)
        return text.render(self.pdf_path(pdf), page, rects, zoom, tints=tints)

    @property
    def written_files(self) -> WrittenFiles:
        """Writes files into the user's folders, and none over what litmap did not write."""
        return WrittenFiles(self.settings.state)

    def export(
        self, out: Path, *, theme: str = "", force: bool = False, absolute: bool = False
    ) -> str:
        """Write the works, or those of a theme, as .bib, .ris, .json (CSL) or .csv, or notes with
        back-links into a folder, relative ones where it lies on one tree with the notes and not
        `absolute`.

        Raises `UsageError` where a file is there that litmap did not write (`force` replaces it),
        and where no theme is called so.
        """
        from litmap import exports

        works = None
        if theme:
            view = self.topics()
            works = view.works_of(view.find_theme(theme))
        return exports.write(
            out,
            self._exported(works),
            self.written_files,
            marks=self.all_marks,
            force=force,
            absolute=absolute,
        )

    def exported_text(self, ids: Sequence[str], ending: str) -> str:
        """These works as the text of a .bib, .ris, .json (CSL) or .csv file."""
        from litmap import exports

        return exports.EXPORTERS[ending](self._exported(ids))

    def cited_as(self, ids: Sequence[str], style: str) -> list[str]:
        """These works as entries of a reference list, in a style of `exports.citations.STYLES`.
        Raises `UsageError` where the extra `citations` is not installed.
        """
        from litmap import exports

        return exports.to_citations(self._exported(ids), style)

    def updated_bibliography(self, path: Path) -> tuple[bytes, bytes, int]:
        """A BibTeX file's bytes as they are, as they are with what the library adds to its entries,
        and the number of these.

        Raises `UsageError` where it is no BibTeX file.
        """
        from litmap import exports

        old = exports.read_updatable(path)
        new, count = exports.update_bibtex(old, self._exported(), path)
        return old, new, count

    def _exported(
        self, ids: Sequence[str] | None = None
    ) -> list[tuple[Work, tuple[Mention, ...], tuple[BibRecord, ...], tuple[str, ...]]]:
        """All works, or those of these ids, with their mentions, records and tags."""
        chosen = self._entries if ids is None else [self.by_id[i] for i in ids if i in self.by_id]
        return [(e.work, e.mentions, e.records, e.labels.tags) for e in chosen]

    def _need_build(self) -> builds.Build:
        if self._build is None:
            raise NoLibrary(
                f"the library in {self.paths.root} has no index yet: wait for its refresh, "
                "or run `litmap refresh`",
                subject=str(self.paths.root),
            )
        return self._build


def _read_unchanged(note: Note) -> bytes:
    """A note's bytes. Raises `LibraryError` where they are not those of the last refresh."""
    try:
        data = Path(note.path).read_bytes()
    except OSError as error:
        reason = f"{note.path} cannot be read ({error.strerror})"
        message = f"{reason}: bring it back, or run `litmap refresh`, then try again"
        raise LibraryError(message, subject=note.path) from error
    if hashlib.sha256(without_links(data)).hexdigest() != note.sha256:
        message = f"{note.path} was edited since the last refresh: run `litmap refresh` first"
        raise LibraryError(message, subject=note.path)
    return data


__all__ = [
    "DamagedBuild",
    "Entry",
    "Filing",
    "HeadingPath",
    "Library",
    "SearchHit",
    "SearchResults",
    "Work",
    "show_hit",
]
