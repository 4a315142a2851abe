"""Checks what notes and drafts say of the library's works against the works' own pages."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from litmap import claims
from litmap.catalogue.entries import Entry
from litmap.library.paper_texts import PaperTexts
from litmap.library.results import place_of
from litmap.library.summary_view import sentence_as_json
from litmap.models import Claim, Finding, FindingKind, Hit, NoticeKind, Sentence
from litmap.search import Query

if TYPE_CHECKING:
    pass

MAX_ELSEWHERE = 2
CheckProgress = Callable[[str, int, int], object]
"""Told of the stage ('papers', 'sentences', 'check'), what is done of it and how much there is."""
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
        return tuple(finding for finding in self.findings if finding.is_trouble)

    def only(self, is_wanted: Callable[[Finding], bool]) -> CheckResults:
        """These findings alone."""
        return replace(self, findings=tuple(filter(is_wanted, self.findings)))

    def with_looked(self, pairs: Collection[tuple[str, str]]) -> CheckResults:
        """The same, with the word of the reader who looked at these (work, sentence)."""
        return replace(
            self, findings=tuple(replace(f, looked=f.pair in pairs) for f in self.findings)
        )

    def as_json(self) -> list[dict[str, Any]]:
        """The form of `litmap check --format json`."""
        return [
            {
                "note": finding.claim.note,
                "line": finding.claim.line,
                "claim": finding.claim.text,
                "work": finding.work,
                "finding": finding.kind,
                "id": finding.name,
                "looked": finding.looked,
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


class Checker:
    """Checks claims against the papers of one build."""

    def __init__(self, texts: PaperTexts) -> None:
        self.texts = texts

    def check(self, found: Sequence[Claim], progress: CheckProgress | None = None) -> CheckResults:
        """The findings for some claims."""
        tell = progress or _tell_nobody
        statements = self.texts.statements([claim.statement for claim in found])
        results: list[Finding] = []
        asked: list[tuple[Claim, claims.Statement, claims.CheckedPaper]] = []
        for number, (claim, statement) in enumerate(zip(found, statements, strict=True), 1):
            for work in claim.works:
                results += _findings_of_status(claim, self.texts.entries[work])
                paper = self.texts.paper(work)
                if paper is not None:
                    asked.append((claim, statement, paper))
            tell("papers", number, len(found))
        pairs = [(statement, paper) for _, statement, paper in asked]
        nearest = self.texts.evidence(pairs, partial(tell, "sentences"))
        for number, (question, evidence) in enumerate(zip(asked, nearest, strict=True), 1):
            results += self._judge(*question, evidence)
            tell("check", number, len(asked))
        order = {id(claim): place for place, claim in enumerate(found)}
        results.sort(key=lambda finding: order[id(finding.claim)])
        return CheckResults(tuple(_best_of_stacks(results)), len(found))

    def _judge(
        self,
        claim: Claim,
        statement: claims.Statement,
        paper: claims.CheckedPaper,
        evidence: claims.Evidence,
    ) -> list[Finding]:
        if self.texts.entries[paper.work].pdf is None:
            return [claims.judge_abstract(claim, paper, evidence)]
        return claims.judge(claim, paper, evidence, lambda: self._elsewhere(claim, statement))

    def _elsewhere(self, claim: Claim, statement: claims.Statement) -> list[tuple[Sentence, float]]:
        """Other works that say what a claim says."""
        hits = self.texts.searcher.search(Query(statement.text, statement.text), limit=12).hits
        found: dict[str, tuple[Sentence, float]] = {}
        for hit in hits:
            is_own = not hit.work or hit.work in claim.works or hit.work in found
            if is_own or hit.chunk.kind != "body":
                continue
            strength = self.texts.strength(statement, hit.work)
            if strength >= claims.MIN_STRONG:
                found[hit.work] = (best_sentence(hit), strength)
        return sorted(found.values(), key=lambda one: -one[1])[:MAX_ELSEWHERE]


_OF_NOTICES: Mapping[NoticeKind, tuple[FindingKind, str]] = {
    NoticeKind.RETRACTED: (FindingKind.RETRACTED, "The paper was retracted"),
    NoticeKind.WITHDRAWN: (FindingKind.RETRACTED, "The paper was withdrawn"),
    NoticeKind.CONCERN: (FindingKind.CONCERN, "The publisher expressed concern about the paper"),
    NoticeKind.CORRECTED: (FindingKind.CORRECTED, "The paper was corrected"),
}
"""The finding that each notice makes of a claim, and how it is said."""


def _findings_of_status(claim: Claim, entry: Entry) -> list[Finding]:
    """What is to be said of the work itself: retracted, unsure, without a text."""
    work = entry.work.id
    found = []
    told: set[FindingKind] = set()
    for notice in entry.notices:
        kind, said = _OF_NOTICES.get(notice.kind, (None, ""))
        if kind is not None and kind not in told:
            told.add(kind)
            found.append(Finding(claim, work, kind, 0.0, f"{said}: {notice.text}."))
    if entry.status == "unsure":
        why = f"It is not sure which work is meant: {entry.reason}."
        found.append(Finding(claim, work, FindingKind.UNSURE, 0.0, why))
    elif not entry.pdfs and not entry.work.abstract:
        why = f"No text of this paper is here: {entry.reason or entry.status}."
        found.append(Finding(claim, work, FindingKind.MISSING, 0.0, why))
    return found


def _tell_nobody(stage: str, done: int, total: int) -> None:
    """For a check whose progress nobody follows."""


def best_sentence(hit: Hit) -> Sentence:
    """What a hit says to its query."""
    chunk = hit.chunk
    start, end = hit.sentence
    text = " ".join((chunk.text[start:end] or chunk.text).split())
    page = hit.page or chunk.page
    place = place_of(chunk, page) if chunk.has_paragraphs else ""
    return Sentence(text, hit.work, page, hit.rects or chunk.rects, place)


def _best_of_stacks(found: Sequence[Finding]) -> list[Finding]:
    """Of a claim with several works only those that bear it out, where one does: a stack needs one
    of its papers.
    """
    good = {id(f.claim) for f in found if f.kind in _BEARS_OUT}
    return [f for f in found if not (id(f.claim) in good and f.kind in _OPEN)]
