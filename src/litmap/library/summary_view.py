"""Summaries as the command and the app show them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from litmap.catalogue.entries import Entry
from litmap.models import Summary


@dataclass(frozen=True, slots=True)
class SummaryView:
    """A summary with its works named: each sentence has 'text', 'work', 'page', 'rects', 'cite' and 'title'."""

    subject: str
    title: str
    sentences: tuple[dict[str, Any], ...]

    @classmethod
    def load(cls, summary: Summary, entries: Mapping[str, Entry]) -> Self:
        """A summary joined with its works."""
        sentences = []
        for s in summary.sentences:
            work = entries[s.work].work if s.work in entries else None
            names = [a.split()[-1] for a in work.authors if a.split()] if work else []
            cite = (
                f"{names[0]}{' et al.' if len(names) > 1 else ''} {work.year or ''}".strip()
                if work and names
                else s.work
            )
            rects = [list(r[1:]) for r in s.rects if r[0] == s.page]
            sentences.append(
                {
                    "text": s.text,
                    "work": s.work,
                    "page": s.page,
                    "rects": rects,
                    "cite": cite,
                    "title": work.title if work else s.work,
                }
            )
        return cls(summary.subject, summary.title, tuple(sentences))

    def as_json(self) -> dict[str, Any]:
        """The form of `litmap summary --json`."""
        return {"title": self.title, "sentences": list(self.sentences)}
