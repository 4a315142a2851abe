"""Summaries as the command and the app show them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Self

from litmap.catalogue.entries import Entry
from litmap.models import Sentence, Summary, SummaryPart, Work
from litmap.parsing.places import sentence_place

PART_LABELS = {
    "abstract": "Abstract",
    "question": "Question",
    "approach": "Approach",
    "findings": "Findings",
    "limits": "Limits",
    "agreement": "Two that say alike",
    "difference": "Two that say otherwise",
}
"""Parts as they are shown; themes have labels of their own."""
NOT_SAID = "The paper does not say."
"""Stands under a part of a paper for which there is no sentence."""


@dataclass(frozen=True, slots=True)
class SummaryView:
    """A summary with its works named. Each sentence has 'text', 'work', 'place', 'page',
    'paragraph', 'rects', 'cite', 'title', 'notices' (of the work: a retraction) and 'part'.
    'paragraph' is None in a PDF, 'page' 0 in a text without pages and in an abstract that only the
    work's record has. Each part has 'part', 'label', 'works' (ids) and 'years', the first and the
    last of its works. `new` are the works that the last refresh brought; `sources` the sentences as
    records.
    """

    subject: str
    title: str
    sentences: tuple[dict[str, Any], ...]
    parts: tuple[dict[str, Any], ...] = ()
    new: tuple[str, ...] = ()
    sources: tuple[Sentence, ...] = ()

    @classmethod
    def load(
        cls, summary: Summary, entries: Mapping[str, Entry], new: Collection[str] = ()
    ) -> Self:
        """A summary joined with its works; `new` are works that the last refresh brought, of which
        those stay that the summary speaks of.
        """
        sentences = tuple(
            {**sentence_with_work(s, entries), "part": s.part} for s in summary.sentences
        )
        parts = tuple(_part(part, entries) for part in summary.parts)
        works = dict.fromkeys(w for part in summary.parts for w in part.works)
        own = tuple(w for w in works if w in new)
        return cls(summary.subject, summary.title, sentences, parts, own, summary.sentences)

    def by_part(self) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
        """Each part with its sentences, in order; one part for a summary that has none."""
        if not self.parts:
            return [({"part": "", "label": "", "works": [], "years": []}, list(self.sentences))]
        return [(p, [s for s in self.sentences if s["part"] == p["part"]]) for p in self.parts]

    def as_json(self) -> dict[str, Any]:
        """The form of `litmap summary --json`."""
        return {
            "title": self.title,
            "parts": list(self.parts),
            "sentences": list(self.sentences),
            "new": list(self.new),
        }


def _part(part: SummaryPart, entries: Mapping[str, Entry]) -> dict[str, Any]:
    """A part as JSON."""
    years = sorted(e.work.year for w in part.works if (e := entries.get(w)) and e.work.year)
    kind = part.part.partition("-")[0]
    return {
        "part": part.part,
        "label": part.label or PART_LABELS.get(kind, ""),
        "works": list(part.works),
        "years": [years[0], years[-1]] if years else [],
    }


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
        "cite": cite(entry.work) if entry else sentence.work,
        "title": entry.work.title if entry else sentence.work,
        "notices": list(entry.work.notices) if entry else [],
    }


def cite(work: Work) -> str:
    """'Keskar et al. 2016'; the work's id where no author is known."""
    names = [a.split()[-1] for a in work.authors if a.split()]
    if not names:
        return work.id
    return f"{names[0]}{' et al.' if len(names) > 1 else ''} {work.year or ''}".strip()
