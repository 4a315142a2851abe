"""Checks what notes and drafts say of the library's works against the works' own pages."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from litmap import claims
from litmap.catalogue.entries import Entry
from litmap.errors import PdfError
from litmap.library.results import place_of
from litmap.library.summary_view import sentence_as_json
from litmap.models import (
    Claim,
    Document,
    Finding,
    FindingKind,
    Hit,
    Page,
    PdfFile,
    Sentence,
    TextBlock,
)
from litmap.paper_sentences import paper_sentences
from litmap.search import Query
from litmap.search.candidates import BackgroundSample, encode_queries, sample_background

if TYPE_CHECKING:
    from litmap.builds import Build
    from litmap.index import VectorIndex
    from litmap.keywords import KeywordIndex
    from litmap.protocols import Encoder
    from litmap.search import Searcher

Floats = NDArray[np.float64]

logger = logging.getLogger(__name__)

CHECKED_KINDS = frozenset({"body", "abstract", "caption", "footnote"})
"""Kinds of blocks that may bear out a claim: no reference list, no heading."""
MAX_ELSEWHERE = 2
_PASSAGE_KINDS = ("body", "abstract")
_BEARS_OUT = frozenset({FindingKind.STRONG, FindingKind.EXACT})
_OPEN = frozenset(
    {
        FindingKind.NOTHING,
        FindingKind.WEAK,
        FindingKind.ELSEWHERE,
        FindingKind.ABSTRACT,
        FindingKind.MISSING,
    }
)
"""Findings that leave open whether a work bears a claim out."""


@dataclass(frozen=True, slots=True)
class CheckResults:
    """The findings of some notes, in the order of their lines; `claims` were looked at."""

    findings: tuple[Finding, ...]
    claims: int

    @property
    def troubles(self) -> tuple[Finding, ...]:
        """What a reader should look at."""
        return tuple(finding for finding in self.findings if finding.kind.is_trouble)

    def only(self, wanted: Collection[str]) -> CheckResults:
        """The findings of these kinds alone."""
        kept = tuple(finding for finding in self.findings if finding.kind in wanted)
        return CheckResults(kept, self.claims)

    def as_json(self) -> list[dict[str, Any]]:
        """The form of `litmap check --format json`."""
        return [
            {
                "note": finding.claim.note,
                "line": finding.claim.line,
                "claim": finding.claim.text,
                "work": finding.work,
                "finding": finding.kind,
                "strength": round(finding.strength, 3),
                "why": finding.why,
                "evidence": [sentence_as_json(sentence) for sentence in finding.evidence],
                "elsewhere": [
                    {
                        "work": sentence.work,
                        **sentence_as_json(sentence),
                        "strength": round(strength, 3),
                    }
                    for sentence, strength in finding.elsewhere
                ],
            }
            for finding in self.findings
        ]


@dataclass(frozen=True, slots=True)
class _Question:
    """One claim and one of its works that has a text."""

    claim: Claim
    statement: claims.Statement
    paper: claims.CheckedPaper
    shortlist: claims.Shortlist


class Checker:
    """Checks claims against one build of a library."""

    def __init__(
        self,
        entries: Mapping[str, Entry],
        read: Callable[[PdfFile], Document],
        build: Build,
        searcher: Searcher,
    ) -> None:
        self.entries = entries
        self._read = read
        self._build = build
        self._searcher = searcher
        self._vectors: VectorIndex = searcher.vectors  # type: ignore[assignment]
        self._keywords: KeywordIndex = searcher.keywords  # type: ignore[assignment]
        self._encoder: Encoder = searcher.encoder
        self._papers: dict[str, claims.CheckedPaper | None] = {}
        self._strengths: dict[tuple[str, str], float] = {}
        self._passage_vectors: dict[str, Floats] = {}
        self._usual: tuple[claims.Statement, Floats, Floats] | None = None

    def check(self, found: Sequence[Claim]) -> CheckResults:
        """The findings for some claims."""
        statements = self.statements([claim.statement for claim in found])
        results: list[Finding] = []
        questions: list[_Question] = []
        for claim, statement in zip(found, statements, strict=True):
            for work in claim.works:
                results += self._findings_of_status(claim, work)
                paper = self._paper(work)
                if paper is not None:
                    short = claims.shortlist(statement, paper.text, self._keywords.idf)
                    questions.append(_Question(claim, statement, paper, short))
        results += self._answer(questions)
        order = {id(claim): place for place, claim in enumerate(found)}
        results.sort(key=lambda finding: order[id(finding.claim)])
        return CheckResults(tuple(_best_of_stacks(results)), len(found))

    def statements(self, texts: Sequence[str]) -> list[claims.Statement]:
        """What is said, embedded."""
        vectors = encode_queries(self._encoder, texts).astype(np.float64)
        return [claims.Statement(*one) for one in zip(texts, vectors, strict=True)]

    def _answer(self, questions: Sequence[_Question]) -> list[Finding]:
        """The findings in full texts; all sentences that are looked at are embedded at once."""
        wanted = dict.fromkeys(
            question.paper.text.sentences[row].text
            for question in questions
            for row in question.shortlist.rows.tolist()
        )
        encoded = self._encoder.encode(list(wanted))
        vector_of = dict(zip(wanted, encoded, strict=True))
        found: list[Finding] = []
        for question in questions:
            sentences = question.paper.text.sentences
            rows = question.shortlist.rows.tolist()
            vectors = np.array([vector_of[sentences[row].text] for row in rows])
            ranked = claims.rank_evidence(
                question.statement, question.paper.text, question.shortlist, vectors
            )
            evidence = claims.Evidence(
                tuple(ranked),
                self.strength(question.statement, question.paper.work),
            )
            if self.entries[question.paper.work].pdf is None:
                found.append(claims.judge_abstract(question.claim, question.paper, evidence))
                continue
            found += claims.judge(
                question.claim, question.paper, evidence, self._elsewhere_of(question)
            )
        return found

    # ── works ─────────────────────────────────────────────────────────────────────────────────────
    def _findings_of_status(self, claim: Claim, work: str) -> list[Finding]:
        """What is to be said of the work itself: retracted, unsure, without a text."""
        entry = self.entries[work]
        found = []
        notice = next((n for n in entry.work.notices if "retract" in n.casefold()), "")
        if notice:
            why = f"The paper was retracted: {notice}."
            found.append(Finding(claim, work, FindingKind.RETRACTED, 0.0, why))
        if entry.status == "unsure":
            why = f"It is not sure which work is meant: {entry.reason}."
            found.append(Finding(claim, work, FindingKind.UNSURE, 0.0, why))
        elif not entry.pdfs and not entry.work.abstract:
            why = f"No text of this paper is here: {entry.reason or entry.status}."
            found.append(Finding(claim, work, FindingKind.MISSING, 0.0, why))
        return found

    def _paper(self, work: str) -> claims.CheckedPaper | None:
        """A work's text ready to be checked against; None where it has none, or only an abstract
        that says nothing.
        """
        if work not in self._papers:
            self._papers[work] = self._load(self.entries[work])
        return self._papers[work]

    def _load(self, entry: Entry) -> claims.CheckedPaper | None:
        document = self._document(entry)
        if document is None:
            return None
        sentences = paper_sentences(document, CHECKED_KINDS)
        if not sentences:
            return None
        held = _passages_of(sentences, self._build, self._rows(entry.work.id))
        titles = (entry.work.title, *entry.work.other_titles)
        text = claims.PaperText(sentences, self._passages(entry.work.id), held)
        return claims.CheckedPaper(entry.work.id, text, titles)

    def _document(self, entry: Entry) -> Document | None:
        if entry.pdf is None:
            abstract = entry.work.abstract
            blocks = (TextBlock("abstract", abstract),)
            return Document("", (Page(0, 0, 0, blocks),)) if abstract else None
        try:
            return self._read(entry.pdf)
        except PdfError as error:
            logger.info("%s: %s", entry.work.id, error)
            return None

    def _rows(self, work: str) -> NDArray[np.int64]:
        """The rows of a work's passages."""
        return np.flatnonzero(self._keywords.rows_of(works=[work], kinds=_PASSAGE_KINDS))

    def _passages(self, work: str) -> Floats:
        """The vectors (n, dim) of a work's passages."""
        if work not in self._passage_vectors:
            vectors = self._vectors.vectors(self._rows(work))
            self._passage_vectors[work] = vectors.astype(np.float64)
        return self._passage_vectors[work]

    # ── how near ──────────────────────────────────────────────────────────────────────────────────
    @cached_property
    def _background(self) -> BackgroundSample:
        return sample_background(self._vectors, self._keywords, _PASSAGE_KINDS)

    def strength(self, statement: claims.Statement, work: str) -> float:
        """How near a work comes to a statement, 0 to 1."""
        key = (statement.text, work)
        if key not in self._strengths:
            usual, words = self._usual_for(statement)
            number = self._keywords.work_numbers.get(work, -1)
            cohort = claims.Cohort(usual[self._background.works != number], words)
            own_words = float(words[number]) if number >= 0 else 0.0
            own = self._passages(work) @ statement.vector
            self._strengths[key] = claims.strength(claims.nearness(own, own_words, cohort))
        return self._strengths[key]

    def _usual_for(self, statement: claims.Statement) -> tuple[Floats, Floats]:
        """Cosines of the background's passages with a statement, and all works' scores for its
        words; kept for the statement asked last, for its works come one after another.
        """
        if self._usual is None or self._usual[0] is not statement:
            cosines = self._background.vectors.astype(np.float64) @ statement.vector
            words = np.asarray(self._keywords.work_scores(statement.text), np.float64)
            self._usual = (statement, cosines, words)
        return self._usual[1:]

    def _elsewhere_of(self, question: _Question) -> Callable[[], list[tuple[Sentence, float]]]:
        """Gives the other works that say what a claim says, when asked."""

        def search() -> list[tuple[Sentence, float]]:
            text = question.statement.text
            hits = self._searcher.search(Query(text, text), limit=12).hits
            found: dict[str, tuple[Sentence, float]] = {}
            for hit in hits:
                is_own = not hit.work or hit.work in question.claim.works or hit.work in found
                if is_own or hit.chunk.kind != "body":
                    continue
                strength = self.strength(question.statement, hit.work)
                if strength >= claims.MIN_STRONG:
                    found[hit.work] = (best_sentence(hit), strength)
            return sorted(found.values(), key=lambda one: -one[1])[:MAX_ELSEWHERE]

        return search


def best_sentence(hit: Hit) -> Sentence:
    """What a hit says to its query."""
    chunk = hit.chunk
    start, end = hit.sentence
    text = " ".join((chunk.text[start:end] or chunk.text).split())
    page = hit.page or chunk.page
    place = place_of(chunk, page) if chunk.has_paragraphs else ""
    return Sentence(text, hit.work, page, hit.rects or chunk.rects, place)


def _passages_of(
    sentences: Sequence[Any], build: Build, rows: NDArray[np.int64]
) -> NDArray[np.int64]:
    """For each sentence the number of the passage among `rows` that holds its first line, -1 for
    none.
    """
    number_of: dict[tuple[float, ...], int] = {}
    for number, passage in enumerate(build.passages(rows)):
        for rect in passage.chunk.rects:
            number_of.setdefault(tuple(rect), number)
    firsts = [tuple(s.rects[0]) if s.rects else () for s in sentences]
    return np.array([number_of.get(first, -1) for first in firsts], np.int64)


def _best_of_stacks(found: Sequence[Finding]) -> list[Finding]:
    """Of a claim with several works only those that bear it out, where one does: a stack needs one
    of its papers.
    """
    good = {id(f.claim) for f in found if f.kind in _BEARS_OUT}
    return [f for f in found if not (id(f.claim) in good and f.kind in _OPEN)]
