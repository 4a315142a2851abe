"""Topics as the command and the app show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

from litmap.catalogue.entries import Entry
from litmap.catalogue.records import build_record
from litmap.models import Filing, KeptTheme, Suggestion, Theme, Topic

FINDINGS = {
    "misfit": "Papers that read like another heading",
    "near-duplicate": "Headings that may be one",
    "two-subjects": "Headings that may hold two subjects",
    "new-topic": "Subjects without a heading",
    "thin": "Thin headings",
}
"""The kinds of `models.Finding`, in the order in which they are shown, each with what a reader sees
above them."""


@dataclass(frozen=True, slots=True)
class TopicsView:
    """Topics, their themes, filings, findings and the map's points of one build.

    The filings' confidences are bounded by what the calibration can tell: none is certain.
    `label_by` names the language model of each label (by topic id) that is from one.
    """

    topics: tuple[Topic, ...]
    filings: tuple[Filing, ...]
    findings: tuple[Any, ...]
    points: Mapping[str, tuple[float, float]]
    entries: Mapping[str, Entry]
    surest_first: Mapping[str, int] = field(default_factory=dict)
    label_by: Mapping[str, str] = field(default_factory=dict)
    themes: tuple[Theme, ...] = ()

    @classmethod
    def load(
        cls, data: Mapping[str, Any], points: Mapping[str, Any], entries: Mapping[str, Entry]
    ) -> Self:
        """From a build's JSON."""
        from litmap.topics.records import Finding

        topics = tuple(build_record(Topic, t) for t in data.get("topics", []))
        filings = tuple(build_record(Filing, f) for f in data.get("filings", []))
        findings = tuple(build_record(Finding, f) for f in data.get("findings", []))
        order = sorted(filings, key=lambda f: -f.confidence)
        least = _least_chance(filings)
        return cls(
            topics,
            tuple(_bounded(f, least) for f in filings),
            findings,
            {k: (v[0], v[1]) for k, v in points.items()},
            entries,
            {f.work: rank for rank, f in enumerate(order)},
            themes=tuple(build_record(Theme, t) for t in data.get("themes", [])),
        )

    def with_kept(self, kept: Sequence[KeptTheme]) -> Self:
        """With the themes as the reader has them, without the pairs of headings of which he said
        whether they are one.
        """
        from litmap.topics import apply_kept

        view = replace(self, themes=apply_kept(self.themes, self.topics, kept))
        return replace(view, findings=tuple(f for f in view.findings if not view._is_decided(f)))

    def _is_decided(self, finding: Any) -> bool:
        """Whether two headings that may be one stand in themes that the reader keeps: in one, or
        apart.
        """
        if finding.kind != "near-duplicate":
            return False
        ids = {topic.heading: topic.id for topic in self.topics}
        own = {ids.get(finding.heading), ids.get(finding.proposal)}
        kept = {topic for theme in self.themes if theme.kept for topic in theme.topics}
        return own <= kept

    def works_of(self, theme: Theme) -> list[str]:
        """The works filed under the headings of a theme, by id, each once."""
        own = set(theme.topics)
        return list(dict.fromkeys(w for t in self.topics if t.id in own for w in t.works))

    def find_theme(self, name: str) -> Theme:
        """A theme by label or id. Raises `UsageError` where none or several fit."""
        from litmap.topics import ThemeEditor

        return ThemeEditor(self.themes, self.topics, ()).theme(name)

    def with_labels(self, labels: Mapping[str, str], by: str) -> Self:
        """With the labels of topics, by id, that a language model wrote."""
        topics = tuple(replace(t, label=labels.get(t.id, t.label)) for t in self.topics)
        return replace(self, topics=topics, label_by=dict.fromkeys(labels, by))

    def as_json(self) -> dict[str, Any]:
        """The form of `litmap topics --json`."""
        theme_of = self.theme_of
        return {
            "topics": [
                {
                    "id": t.id,
                    "heading": list(t.heading) if t.heading else None,
                    "label": t.label,
                    "label_by": self.label_by.get(t.id),
                    "keywords": list(t.keywords),
                    "works": list(t.works),
                    "parent": list(t.parent) if t.parent else None,
                    "theme": theme_of.get(t.id),
                }
                for t in self.topics
            ],
            "themes": [
                {"id": t.id, "label": t.label, "topics": list(t.topics), "kept": t.kept}
                for t in self.themes
            ],
            "works": [self._work(f) for f in self.filings if f.work in self.entries],
            "findings": [
                {
                    "kind": f.kind,
                    "heading": list(f.heading) if f.heading else None,
                    "evidence": f.evidence,
                    "works": list(f.works),
                    "proposal": list(f.proposal) if f.proposal else None,
                    "score": f.score,
                }
                for f in self.findings
            ],
        }

    @property
    def theme_of(self) -> dict[str, str]:
        """The id of each topic's theme, by the topic's id; none for groups without a heading."""
        return {topic: theme.id for theme in self.themes for topic in theme.topics}

    def unplaced(self) -> list[Filing]:
        """Works under no topic of the notes (an inbox, a reference list), the surest first."""
        placed = {work for topic in self.topics if topic.heading for work in topic.works}
        filings = [f for f in self.filings if f.work not in placed and f.work in self.entries]
        return sorted(filings, key=lambda f: self.surest_first.get(f.work, 0))

    def _work(self, filing: Filing) -> dict[str, Any]:
        work = self.entries[filing.work].work
        x, y = self.points.get(filing.work, (None, None))
        return {
            "id": work.id,
            "title": work.title,
            "arxiv": work.identifier("arxiv"),
            "doi": work.identifier("doi"),
            "urls": list(work.urls),
            "noted": [list(h) for h in filing.noted],
            "suggested": list(filing.suggested) if filing.suggested else None,
            "confidence": round(filing.confidence, 4),
            "alternatives": [
                {"heading": list(a.heading), "confidence": round(a.confidence, 4)}
                for a in filing.alternatives
            ],
            "cluster": filing.cluster,
            "misfit": filing.misfit,
            "x": x,
            "y": y,
        }


LEAST_CHANCE = 0.01
"""No chance is shown as smaller, or larger than its complement: a percentage without decimals would
say 0 or 100."""


def _least_chance(filings: Sequence[Filing]) -> float:
    """The smallest chance that the works filed by the reader can tell from none."""
    from litmap.topics.calibration import resolution

    return max(LEAST_CHANCE, resolution(sum(bool(f.noted) for f in filings)))


def _bounded(filing: Filing, least: float) -> Filing:
    """The filing with its chances kept off 0 and 1 by `least`."""
    return replace(
        filing,
        confidence=_bound(filing.confidence, least),
        alternatives=tuple(
            Suggestion(a.heading, _bound(a.confidence, least)) for a in filing.alternatives
        ),
    )


def _bound(chance: float, least: float) -> float:
    return min(max(chance, least), 1.0 - least)
