"""Which texts a language model writes for a build: a summary of each paper and heading from the
sentences of its summary, a label of each topic and theme that only has keywords; and what of them
is written.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from litmap.catalogue.records import build_record
from litmap.errors import ModelError
from litmap.language_models.configured import model_endpoint
from litmap.language_models.kept_answers import KeptAnswer, KeptAnswers, Messages
from litmap.language_models.reader import AnswerReader, messages_for, shown_label
from litmap.models import AnswerPart, Sentence, Summary, SummaryPart, Topic
from litmap.writing import Task

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from litmap.builds import Build
    from litmap.catalogue.entries import Entry
    from litmap.protocols import Encoder
    from litmap.settings import Settings

logger = logging.getLogger(__name__)

SUMMARY_SENTENCES = 8
"""Sentences of a summary that a language model writes at most."""
MIN_LABELLED = 2
"""Works of a group that wants a label."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A text to be written: its task, what it is on, and the sentences it may rest on."""

    task: Task
    title: str
    sources: tuple[Sentence, ...]

    @property
    def is_label(self) -> bool:
        """Whether it is a label, no summary."""
        return self.task is Task.LABEL

    @property
    def count(self) -> int:
        """The most sentences of it."""
        return 1 if self.is_label else SUMMARY_SENTENCES

    def messages(self, entries: Mapping[str, Entry]) -> Messages:
        """What a model is sent for it."""
        return messages_for(self.task, self.title, self.sources, entries, self.count)


def subjects_of(
    summaries: Mapping[str, Summary], topics: Sequence[Topic], settings: Settings
) -> list[Subject]:
    """The texts of a build that the settings want, in the order of its summaries (by their keys):
    of papers, then of each topic, behind it the labels of its themes and, where it is no heading of
    the notes, its own.
    """
    topic_of = {f"topic:{topic.id}": topic for topic in topics}
    found: list[Subject] = []
    for key, summary in summaries.items():
        topic = topic_of.get(key)
        if settings.llm_summaries:
            found.append(summary_subject(summary, of_paper=topic is None))
        if settings.llm_labels and topic is not None:
            groups = [topic_subject(topic, summary)]
            groups += [theme_subject(summary, part) for part in summary.parts]
            found += [group for group in groups if group]
    return found


def build_subjects(build: Build, settings: Settings) -> list[Subject]:
    """The texts of a build on disk that the settings want."""
    summaries: dict[str, Any] = build.read_json("summaries") or {}
    topics: dict[str, Any] = build.read_json("topics") or {}
    return subjects_of(
        {key: build_record(Summary, value) for key, value in summaries.items()},
        [build_record(Topic, value) for value in topics.get("topics", ())],
        settings,
    )


def summary_subject(summary: Summary, *, of_paper: bool) -> Subject:
    """A summary of a paper or a heading from the sentences of the one there is."""
    task = Task.PAPER if of_paper else Task.HEADING
    return Subject(task, summary.title, summary.sentences)


def topic_subject(topic: Topic, summary: Summary) -> Subject | None:
    """A label of a topic; None for a heading, whose words are the reader's own."""
    return None if topic.heading else _label_subject(topic.label, summary.sentences)


def theme_subject(summary: Summary, part: SummaryPart) -> Subject | None:
    """A label of a theme; None for a part that has none or is of one paper."""
    own = [sentence for sentence in summary.sentences if sentence.work in part.works]
    is_theme = part.part.startswith("theme") and part.label
    return _label_subject(part.label, own) if is_theme else None


def _label_subject(title: str, sources: Sequence[Sentence]) -> Subject | None:
    if len({sentence.work for sentence in sources}) < MIN_LABELLED:
        return None
    return Subject(Task.LABEL, title, tuple(sources))


@dataclass(frozen=True, slots=True)
class WrittenSummary:
    """What a model (`by`) wrote of a paper or a heading, each sentence with those that bear it
    out; `dropped` counts its sentences that nothing bears out.
    """

    by: str
    parts: tuple[AnswerPart, ...]
    dropped: int


class WrittenTexts:
    """What a model has written for a build, checked as it is read; `encoder` gives the embedding
    model once a summary is read. Asks nobody.
    """

    def __init__(
        self, answers: KeptAnswers, entries: Mapping[str, Entry], encoder: Callable[[], Encoder]
    ) -> None:
        self._answers = answers
        self._entries = entries
        self._encoder = encoder

    @classmethod
    def open(
        cls,
        settings: Settings,
        folder: Path,
        entries: Mapping[str, Entry],
        encoder: Callable[[], Encoder],
    ) -> Self:
        """What the model of the settings has written, kept in a folder. Raises `UsageError` where
        none is named, and `Unsafe`.
        """
        origin = model_endpoint(settings).origin
        return cls(KeptAnswers(folder, settings.llm_model.strip(), origin), entries, encoder)

    @property
    def by(self) -> str:
        """The name of the model."""
        return self._answers.model

    def summary(self, summary: Summary, *, of_paper: bool) -> WrittenSummary | None:
        """What it wrote from a summary; None where there is nothing yet, or nothing that stands the
        checks, or where these cannot be made, as the embedding model is not here.
        """
        subject = summary_subject(summary, of_paper=of_paper)
        kept = self._find(subject)
        if kept is None or kept.shown == 0:
            return None
        try:
            reader = AnswerReader(self._encoder(), self._entries)
        except ModelError as error:
            logger.info("the written summary is not shown: %s", error.message)
            return None
        text = reader.shown(kept.answer, subject.sources, subject.count)
        return WrittenSummary(self.by, text.parts, text.dropped) if text.parts else None

    def theme_labels(self, summary: Summary) -> dict[str, str]:
        """Its labels of a summary's themes, by their parts' keys."""
        subjects = {part.part: theme_subject(summary, part) for part in summary.parts}
        return self._labels(subjects)

    def topic_labels(self, topics: Sequence[Topic], summaries: Mapping[str, Any]) -> dict[str, str]:
        """Its labels of topics that are no headings, by their ids; `summaries` as a build has
        them.
        """
        records = {topic.id: summaries.get(f"topic:{topic.id}") for topic in topics}
        return self._labels(
            {
                topic.id: topic_subject(topic, build_record(Summary, record))
                for topic in topics
                if not topic.heading and (record := records[topic.id])
            }
        )

    def is_asked(self, subject: Subject) -> bool:
        """Whether the model has answered on a subject."""
        return self._find(subject) is not None

    def count(self, subjects: Sequence[Subject]) -> dict[str, int | str]:
        """How many texts there are to be written, and of how many something is shown: it stood the
        checks when it was looked at last.
        """
        shown = [s for s in subjects if (kept := self._find(s)) and kept.shown]
        labels = sum(subject.is_label for subject in subjects)
        shown_labels = sum(subject.is_label for subject in shown)
        return {
            "by": self.by,
            "summaries": len(shown) - shown_labels,
            "of_summaries": len(subjects) - labels,
            "labels": shown_labels,
            "of_labels": labels,
        }

    def _labels(self, subjects: Mapping[str, Subject | None]) -> dict[str, str]:
        """The labels that stand the checks, by the subjects' keys."""
        found = {}
        for key, subject in subjects.items():
            kept = self._find(subject) if subject else None
            if subject and kept:
                found[key] = shown_label(kept.answer, subject.sources, self._entries)
        return {key: label for key, label in found.items() if label}

    def _find(self, subject: Subject) -> KeptAnswer | None:
        return self._answers.find(subject.messages(self._entries))
