"""Summaries as the command and the app show them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from litmap.catalogue.entries import Entry
from litmap.models import Sentence, Summary, SummaryPart, Work
from litmap.parsing.person_names import short_citation
from litmap.parsing.places import sentence_place

if TYPE_CHECKING:
    from litmap.language_models.written_texts import WrittenSummary

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
    'paragraph', 'rects', 'marked' (by the reader), 'cite', 'title', 'notices' (of the work: a
    retraction) and 'part'. 'paragraph' is None in a PDF, 'page' 0 in a text without pages and in an
    abstract that only the work's record has. Each part has 'part', 'label', 'works' (ids) and
    'years', the first and the last of its works; 'label_by' names the language model that a label
    is from. `new` are the works that the last refresh brought; `sources` the sentences as records.
    `written` is what a language model ('by') wrote: 'sentences', each with 'text' and 'sources',
    some of the sentences here, and 'dropped', how many nothing bears out; None for nothing.
    """

    subject: str
    title: str
    sentences: tuple[dict[str, Any], ...]
    parts: tuple[dict[str, Any], ...] = ()
    new: tuple[str, ...] = ()
    sources: tuple[Sentence, ...] = ()
    written: Mapping[str, Any] | None = None

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

    def with_written(self, text: WrittenSummary | None) -> Self:
        """The summary with what a language model wrote from its sentences."""
        if text is None:
            return self
        of_text = dict(zip(self.sources, self.sentences, strict=True))
        sentences = [
            {"text": part.text, "sources": [of_text[source] for source in part.sources]}
            for part in text.parts
        ]
        written = {"by": text.by, "sentences": sentences, "dropped": text.dropped}
        return replace(self, written=written)

    def with_labels(self, title: str, labels: Mapping[str, str], by: str) -> Self:
        """The summary under a title, its parts with the labels that a language model wrote."""
        parts = tuple(
            {**part, "label": labels[part["part"]], "label_by": by}
            if part["part"] in labels
            else part
            for part in self.parts
        )
        return replace(self, title=title, parts=parts)

    def by_part(self) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
        """Each part with its sentences, in order; one part for a summary that has none."""
        if not self.parts:
            return [(_part(SummaryPart(""), {}), list(self.sentences))]
        return [(p, [s for s in self.sentences if s["part"] == p["part"]]) for p in self.parts]

    def as_json(self) -> dict[str, Any]:
        """The form of `litmap summary --json`."""
        return {
            "title": self.title,
            "parts": list(self.parts),
            "sentences": list(self.sentences),
            "new": list(self.new),
            "written": self.written,
        }


def _part(part: SummaryPart, entries: Mapping[str, Entry]) -> dict[str, Any]:
    """A part as JSON."""
    years = sorted(e.work.year for w in part.works if (e := entries.get(w)) and e.work.year)
    kind = part.part.partition("-")[0]
    return {
        "part": part.part,
        "label": part.label or PART_LABELS.get(kind, ""),
        "label_by": None,
        "works": list(part.works),
        "years": [years[0], years[-1]] if years else [],
    }


def sentence_as_json(sentence: Sentence) -> dict[str, Any]:
    """A sentence and where it stands: 'rects' on its own page, 'page' 0 in a text without pages;
    'marked': the reader marked it.
    """
    is_paged = not sentence.place
    return {
        "text": sentence.text,
        "place": sentence_place(sentence),
        "page": sentence.page if is_paged else 0,
        "rects": [list(r) for page, *r in sentence.rects if is_paged and page == sentence.page],
        "marked": sentence.marked,
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
    return short_citation(work.authors, work.year) if any(work.authors) else work.id
