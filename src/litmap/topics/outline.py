"""Which headings of the notes are topics, and which only say 'here are papers' (an inbox, a
reference list, a date).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field

from litmap.models import Heading, HeadingPath
from litmap.parsing.heading_subjects import has_subject, is_inbox, words_of
from litmap.parsing.word_lists import load_words

CATCH_ALL = load_words("catch_all_words", "litmap.topics")
"""What is left of a subject, below a heading that names it ('Machine learning › Other')."""


def _is_catch_all(path: HeadingPath) -> bool:
    """Is the inner heading what is left of the outer one's subject ('Machine learning › Other')?"""
    words = words_of(path[-1])
    return (
        len(path) > 1
        and has_subject(path[-2])
        and bool(words)
        and all(word in CATCH_ALL for word in words)
    )


@dataclass(frozen=True, slots=True)
class Outline:
    """The topics among the headings. `prose` is the text below each; `notes` those where it stands.

    `titles` are headings that only name their note: every other heading of the note stands below
    them, or there is none and other notes are divided by headings.
    """

    topics: tuple[HeadingPath, ...]
    prose: Mapping[HeadingPath, str]
    notes: Mapping[HeadingPath, tuple[str, ...]]
    titles: frozenset[HeadingPath]

    def topic_of(self, path: HeadingPath) -> HeadingPath | None:
        """The topic a work cited under `path` stands in: the path less its ends without subject,
        None for an inbox.
        """
        subject = _subject_of(tuple(path), self.titles)
        if not subject or subject in self.titles:
            return None
        is_catch_all = not has_subject(subject[-1])
        if not is_catch_all and self._is_unsorted(path[len(subject) :], subject):
            return None
        return subject

    def _is_unsorted(self, ends: Sequence[str], subject: HeadingPath) -> bool:
        """Whether an inbox below a subject waits to be sorted into the topics below that
        subject.
        """
        below = (topic for topic in self.topics if len(topic) > len(subject))
        return any(map(is_inbox, ends)) and any(topic[: len(subject)] == subject for topic in below)


def _subject_of(path: HeadingPath, titles: Set[HeadingPath]) -> HeadingPath:
    """The path less its ends without subject; a catch-all below a subject stays ('ML › Other')."""
    while path and not has_subject(path[-1]):
        if _is_catch_all(path) and path[:-1] not in titles:
            break
        path = path[:-1]
    return path


def _title_of(paths: Sequence[HeadingPath]) -> HeadingPath | None:
    """The heading that only names the note: all others stand below it, two or more of them with a
    subject.
    """
    if not paths:
        return None
    first = min(paths, key=len)
    if len(first) != 1 or any(path[:1] != first for path in paths):
        return None
    below = {path[:2] for path in paths if len(path) > 1 and has_subject(path[1])}
    return first if len(below) > 1 else None


def _lone_titles(headings: Mapping[str, Sequence[Heading]]) -> set[HeadingPath]:
    """Titles of notes that have no other subject, among notes that are divided by headings.

    Where most notes are of one subject each, their titles are the reader's topics.
    """
    subjects = [
        {tuple(h.path) for h in listed if h.path and has_subject(h.path[-1])}
        for listed in headings.values()
    ]
    lone = [paths for paths in subjects if len(paths) == 1 and len(next(iter(paths))) == 1]
    divided = [paths for paths in subjects if len(paths) > 1]
    return set().union(*lone) if len(lone) < len(divided) else set()


@dataclass(slots=True)
class _GatheredHeadings:
    """Headings of the notes with a subject, in order, with the prose below each and its notes."""

    prose: dict[HeadingPath, list[str]] = field(default_factory=dict)
    notes: dict[HeadingPath, list[str]] = field(default_factory=dict)
    titles: set[HeadingPath] = field(default_factory=set)

    def add_note(self, note: str, headings: Sequence[Heading]) -> None:
        """Add the headings of one note."""
        title = _title_of([tuple(heading.path) for heading in headings if heading.path])
        if title:
            self.titles.add(title)
        for heading in headings:
            path = _subject_of(tuple(heading.path), self.titles)
            if path:
                self._add(path, note, heading.prose)

    def _add(self, path: HeadingPath, note: str, prose: str) -> None:
        if prose:
            self.prose.setdefault(path, []).append(prose)
        if note not in self.notes.setdefault(path, []):
            self.notes[path].append(note)


def read_outline(
    headings: Mapping[str, Sequence[Heading]], noted: Iterable[Sequence[HeadingPath]] = ()
) -> Outline:
    """The outline of some notes ({note: its headings}) and of the headings works are `noted` under.

    A topic is a heading with a subject that holds works directly or has no heading below it; what
    only groups others is context for them, and a note's title is no topic.
    """
    gathered = _GatheredHeadings(titles=_lone_titles(headings))
    for note, listed in headings.items():
        gathered.add_note(note, listed)
    titles = frozenset(gathered.titles)
    draft = Outline(tuple(gathered.notes), {}, {}, titles)
    # thousands of works stand under some hundred headings: each heading is judged once
    paths = dict.fromkeys(tuple(path) for paths in noted for path in paths)
    used = dict.fromkeys(topic for path in paths if (topic := draft.topic_of(path)))
    return Outline(
        _choose_topics(gathered.notes, used, titles),
        {path: "\n".join(texts) for path, texts in gathered.prose.items()},
        {path: tuple(notes) for path, notes in gathered.notes.items()},
        titles,
    )


def _choose_topics(
    headings: Iterable[HeadingPath], used: Collection[HeadingPath], titles: Set[HeadingPath]
) -> tuple[HeadingPath, ...]:
    """Headings that hold works (`used`) or have none below them; never a note's title."""
    paths = list(dict.fromkeys((*headings, *used)))
    parents = {path[:n] for path in paths for n in range(1, len(path))}
    return tuple(
        path for path in paths if path not in titles and (path in used or path not in parents)
    )


def find_places(
    headings: Mapping[str, Sequence[Heading]], noted: Iterable[Sequence[HeadingPath]] = ()
) -> tuple[HeadingPath, ...]:
    """The headings of the notes under which a paper can be filed, in their order: all that name a
    subject and not only their note.
    """
    outline = read_outline(headings, noted)
    paths = dict.fromkeys(h.path for listed in headings.values() for h in listed if h.path)
    return tuple(path for path in paths if outline.topic_of(path) == path)
