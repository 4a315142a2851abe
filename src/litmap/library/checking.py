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
from litmap.library.summary_view import sentence_as_json
from litmap.models import Claim, Document, Finding, FindingKind, Page, PdfFile, Sentence, TextBlock
from litmap.paper_sentences import paper_sentences
from litmap.protocols import QueryEncoder

if TYPE_CHECKING:
    from litmap.builds import Build
    from litmap.index import VectorIndex
    from litmap.keywords import KeywordIndex
    from litmap.protocols import Encoder
    from litmap.search import Searcher

logger = logging.getLogger(__name__)

CHECKED_KINDS = frozenset({"body", "abstract", "caption", "footnote"})
"""Kinds of blocks that may bear out a claim: no reference list, no heading."""
COHORT = 1000
"""Passages of other works that tell what is usual for a statement."""
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

    def check(self, found: Sequence[Claim]) -> CheckResults:
        """The findings for some claims."""
        vectors = self.encode_statements([claim.statement for claim in found])
        statements = [
            claims.Statement(claim.statement, vector.astype(np.float64))
            for claim, vector in zip(found, vectors, strict=True)
        ]
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

    def encode_statements(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors (n, dim) of statements."""
        encoder = self._encoder
        if isinstance(encoder, QueryEncoder):
            return encoder.encode_queries(texts)
        return encoder.encode(texts)

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
                tuple(row for row, _ in ranked),
                self._strength(question.statement, question.paper.work),
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
        rows = self._rows(entry.work.id)
        vectors = self._vectors.vectors(rows).astype(np.float64)
        held = _passages_of(sentences, self._build, rows)
        titles = (entry.work.title, *entry.work.other_titles)
        text = claims.PaperText(sentences, vectors, held)
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

    # ── how near ──────────────────────────────────────────────────────────────────────────────────
    @cached_property
    def _cohort(self) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Vectors of passages spread over the library, and the numbers of their works."""
        rows = np.flatnonzero(self._keywords.rows_of(kinds=_PASSAGE_KINDS))
        rows = rows[:: max(1, rows.size // COHORT)][:COHORT]
        vectors = self._vectors.vectors(rows).astype(np.float64)
        return vectors, self._keywords.works[rows].astype(np.int64)

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {work: number for number, work in enumerate(self._keywords.work_ids)}

    def strength_of(self, statement: str, vector: NDArray[np.float32], work: str) -> float:
        """How near a work comes to a statement with this vector, 0 to 1."""
        return self._strength(claims.Statement(statement, vector.astype(np.float64)), work)

    def _strength(self, statement: claims.Statement, work: str) -> float:
        key = (statement.text, work)
        if key not in self._strengths:
            number = self._numbers.get(work, -1)
            vectors, owners = self._cohort
            others = (vectors @ statement.vector)[owners != number]
            words = np.asarray(self._keywords.work_scores(statement.text), np.float64)
            own = self._vectors.vectors(self._rows(work)) @ statement.vector
            own_words = float(words[number]) if number >= 0 else 0.0
            near = claims.nearness(own.astype(np.float64), own_words, claims.Cohort(others, words))
            self._strengths[key] = claims.strength(near)
        return self._strengths[key]

    def _elsewhere_of(self, question: _Question) -> Callable[[], list[tuple[Sentence, float]]]:
        """Gives the other works that say what a claim says, when asked."""

        def search() -> list[tuple[Sentence, float]]:
            from litmap.search import parse_query

            query = parse_query(" ".join(_plain_words(question.statement.text)))
            hits = self._searcher.search(query, limit=12).hits
            found: dict[str, tuple[Sentence, float]] = {}
            for hit in hits:
                is_own = not hit.work or hit.work in question.claim.works or hit.work in found
                if is_own or hit.chunk.kind != "body":
                    continue
                strength = self._strength(question.statement, hit.work)
                if strength >= claims.MIN_STRONG:
                    start, end = hit.sentence
                    text = " ".join((hit.chunk.text[start:end] or hit.chunk.text).split())
                    rects = hit.rects or hit.chunk.rects
                    page = hit.page or hit.chunk.page
                    found[hit.work] = (Sentence(text, hit.work, page, rects), strength)
            return sorted(found.values(), key=lambda one: -one[1])[:MAX_ELSEWHERE]

        return search


def _plain_words(text: str) -> list[str]:
    """The words of a statement without what the query language would take for its own signs."""
    return [word.strip("\"'-:()[]“”") for word in text.split() if word.strip("\"'-:()[]“”")]


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
