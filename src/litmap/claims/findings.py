"""What a paper shows for a claim, said in findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from litmap.claims.evidence import EVIDENCE, PaperText
from litmap.claims.quantities import differing_names, differing_numbers
from litmap.claims.quotations import (
    Located,
    QuotableText,
    is_in_title_case,
    locate,
    quotations,
)
from litmap.models import Claim, Finding, FindingKind, Sentence
from litmap.parsing.languages import language_of
from litmap.parsing.places import sentence_place
from litmap.parsing.title_similarity import normalise_title

MIN_STRONG, MIN_WEAK = 0.8, 0.12
"""Strengths from which evidence is strong, and below which nothing is close. Of true citing
sentences not one in twenty lies below (`benchmarks/quality/evidence.py`).
"""
MAX_CHANGES_SAID = 3


class Evidence(NamedTuple):
    """What was found in a paper: rows of its sentences, best first, its strength, and the rows'
    cosines with the statement.
    """

    rows: tuple[int, ...]
    strength: float
    cosines: tuple[float, ...] = ()


@dataclass(frozen=True)
class CheckedPaper:
    """A paper whose text claims are checked against."""

    work: str
    text: PaperText
    titles: tuple[str, ...] = ()
    """Titles of the work: in quotation marks they are no quotation."""

    @cached_property
    def quotable(self) -> QuotableText:
        """Its words in order."""
        return QuotableText(self.text.sentences)

    @cached_property
    def whole(self) -> str:
        """All its sentences in one string."""
        return " ".join(sentence.text for sentence in self.text.sentences)

    def sentence(self, row: int) -> Sentence:
        """One of its sentences as evidence."""
        found = self.text.sentences[row]
        marked = row in self.text.marked
        return Sentence(found.text, self.work, found.page, found.rects, found.place, marked=marked)


def judge_abstract(claim: Claim, paper: CheckedPaper, evidence: Evidence) -> Finding:
    """The finding for a claim about a paper of which only the abstract is here: what comes nearest
    in it, and nothing of what the paper lacks.
    """
    why = "Only the abstract is here; the full text was not to be had."
    nearest = [paper.sentence(row) for row in evidence.rows[:1]]
    sentences = tuple(replace(sentence, place="abstract") for sentence in nearest)
    return Finding(claim, paper.work, FindingKind.ABSTRACT, evidence.strength, why, sentences)


def judge(
    claim: Claim,
    paper: CheckedPaper,
    evidence: Evidence,
    elsewhere: Callable[[], Sequence[tuple[Sentence, float]]],
) -> list[Finding]:
    """The findings for a claim in one paper's full text; `elsewhere` gives the other works that say
    it, asked where this one does not.
    """
    quoted = list(_quotation_findings(claim, paper))
    found = [*quoted, *_difference_findings(claim, paper, evidence)]
    if any(finding.kind in (FindingKind.EXACT, FindingKind.CHANGED) for finding in quoted):
        return found
    return [*found, _nearness_finding(claim, paper, evidence, elsewhere)]


def _quotation_findings(claim: Claim, paper: CheckedPaper) -> Iterator[Finding]:
    titles = [normalise_title(title) for title in paper.titles]
    for quoted in quotations(claim.text):
        if normalise_title(quoted) in titles or _is_citation(quoted, claim.statement):
            continue
        located = locate(quoted, paper.quotable)
        if located is None and is_in_title_case(quoted):
            continue  # another work's title
        if located is None:
            why = f"“{_shortened(quoted)}” stands nowhere in the text that was read."
            yield Finding(claim, paper.work, FindingKind.NOT_QUOTED, 0.0, why)
            continue
        rows = range(located.first, located.last + 1)
        sentences = tuple(paper.sentence(row) for row in rows)
        where = sentence_place(sentences[0])
        kind = FindingKind.EXACT if located.is_exact else FindingKind.CHANGED
        why = f"word for word on {where}." if located.is_exact else _changes_said(located, where)
        yield Finding(claim, paper.work, kind, 1.0, f"Quoted {why}", sentences)


def _is_citation(quoted: str, statement: str) -> bool:
    """Whether words in quotation marks are those by which a sentence cites: hardly any of them is
    left in what it says.
    """
    words = normalise_title(quoted).split()
    left = set(normalise_title(statement).split())
    return 2 * sum(word in left for word in words) < len(words)


def _changes_said(located: Located, where: str) -> str:
    said = [
        f"“{quoted}” for “{printed}”" if quoted and printed
        else f"“{quoted}” added" if quoted else f"“{printed}” left out"
        for quoted, printed in located.changes[:MAX_CHANGES_SAID]
    ]  # fmt: skip
    more = len(located.changes) - len(said)
    return f"with changes ({where}): {', '.join(said)}{f' and {more} more' if more > 0 else ''}."


def _difference_findings(
    claim: Claim, paper: CheckedPaper, evidence: Evidence
) -> Iterator[Finding]:
    if evidence.strength < MIN_WEAK:
        return
    near = [paper.text.sentences[row].text for row in evidence.rows[:EVIDENCE]]
    pairs = [
        (FindingKind.NUMBER, differing_numbers(claim.statement, near, paper.whole)),
        (FindingKind.NAME, differing_names(claim.statement, near, paper.whole)),
    ]
    for kind, differences in pairs:
        for claimed, printed in differences:
            rows = [row for row in evidence.rows if printed in paper.text.sentences[row].text]
            sentence = tuple(paper.sentence(row) for row in (rows or evidence.rows)[:1])
            why = f"“{claimed}” is nowhere in the paper; its nearest sentence has “{printed}”."
            yield Finding(claim, paper.work, kind, evidence.strength, why, sentence)


def _nearness_finding(
    claim: Claim,
    paper: CheckedPaper,
    evidence: Evidence,
    elsewhere: Callable[[], Sequence[tuple[Sentence, float]]],
) -> Finding:
    sentences = tuple(paper.sentence(row) for row in evidence.rows[:EVIDENCE])
    if evidence.strength >= MIN_STRONG:
        why = f"The paper speaks of this{_on_page(sentences)}."
        return Finding(claim, paper.work, FindingKind.STRONG, evidence.strength, why, sentences)
    if paper.text.language != (spoken := language_of(claim.statement)):
        why = (
            f"The nearest sentences are{_on_page(sentences)}; the paper is in another language "
            f"({paper.text.language}) than this ({spoken}), so nearness tells little."
        )
        return Finding(claim, paper.work, FindingKind.WEAK, evidence.strength, why, sentences)
    others = tuple(other for other in elsewhere() if other[1] > evidence.strength)
    if evidence.strength >= MIN_WEAK:
        why = f"The nearest sentences are{_on_page(sentences)}; they may be about something else."
        return Finding(
            claim, paper.work, FindingKind.WEAK, evidence.strength, why, sentences, others
        )
    why = "Nothing in the whole text is close to this."
    if others:
        why = "Nothing in this paper is close to this; another one of the library says it."
        return Finding(
            claim, paper.work, FindingKind.ELSEWHERE, evidence.strength, why, sentences, others
        )
    return Finding(claim, paper.work, FindingKind.NOTHING, evidence.strength, why, sentences)


def _on_page(sentences: Sequence[Sentence]) -> str:
    if not sentences:
        return ""
    return f" {'in' if sentences[0].place else 'on'} {sentence_place(sentences[0])}"


def _shortened(quoted: str) -> str:
    return quoted if len(quoted) <= 80 else quoted[:77].rsplit(" ", 1)[0] + " …"
