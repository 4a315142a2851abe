"""Summaries as the command and the app show them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from litmap.catalogue.entries import Entry
from litmap.models import Sentence, Summary, Work
from litmap.parsing.places import sentence_place


@dataclass(frozen=True, slots=True)
class SummaryView:
    """A summary with its works named: each sentence has 'text', 'work', 'place', 'page',
    'paragraph', 'rects', 'cite', 'title' and 'notices' (of the work: a retraction). 'paragraph' is
    None in a PDF, 'page' 0 in a text without pages.
    """

    subject: str
    title: str
    sentences: tuple[dict[str, Any], ...]

    @classmethod
    def load(cls, summary: Summary, entries: Mapping[str, Entry]) -> Self:
        """A summary joined with its works."""
        sentences = tuple(sentence_with_work(s, entries) for s in summary.sentences)
        return cls(summary.subject, summary.title, sentences)

    def as_json(self) -> dict[str, Any]:
        """The form of `litmap summary --json`."""
        return {"title": self.title, "sentences": list(self.sentences)}


def sentence_as_json(sentence: Sentence) -> dict[str, Any]:
    """A sentence and where it stands: 'rects' on its own page, 'page' 0 in a text without pages."""
    is_paged = not sentence.place
    return {
        "text": sentence.text,
        "place": sentence_place(sentence),
        "page": sentence.page if is_paged else 0,
        "rects": [list(r) for page, *r in sentence.rects if is_paged and page == sentence.page],
    }


def sentence_with_work(sentence: Sentence, entries: Mapping[str, Entry]) -> dict[str, Any]:
    """A sentence with the work it is from, as JSON."""
    entry = entries.get(sentence.work)
    return {
        **sentence_as_json(sentence),
        "work": sentence.work,
        "paragraph": sentence.page if sentence.place else None,
        "cite": _cite(entry.work) if entry else sentence.work,
        "title": entry.work.title if entry else sentence.work,
        "notices": list(entry.work.notices) if entry else [],
    }


def _cite(work: Work) -> str:
    """'Keskar et al. 2016'; the work's id where no author is known."""
    names = [a.split()[-1] for a in work.authors if a.split()]
    if not names:
        return work.id
    return f"{names[0]}{' et al.' if len(names) > 1 else ''} {work.year or ''}".strip()
