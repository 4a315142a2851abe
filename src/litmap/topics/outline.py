"""Which headings of the notes are topics, and which only say 'here are papers' (an inbox, a reference list, a date)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from litmap.models import Heading, HeadingPath
from litmap.topics.vocabulary import CATCH_ALL, INBOX, NO_SUBJECT, UNSPACED

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_NUMBERISH = re.compile(r"\d+(?:st|nd|rd|th)?|[ivx]{1,4}|kw\d+|w\d+|q[1-4]")


def words_of(heading: str) -> list[str]:
    """The heading's words, folded, without numbering, marks and emoji."""
    text = unicodedata.normalize("NFKC", heading).casefold().replace("_", " ")
    return _WORD.findall(text[:500])


def has_subject(heading: str) -> bool:
    """Does the heading name a subject? 'Inbox', 'To read', 'References', '2021-03' and the like do not."""
    words = [w for w in words_of(heading) if not _NUMBERISH.fullmatch(w)]
    if not words:
        return False
    rest = "".join(words)
    for phrase in sorted(UNSPACED, key=len, reverse=True):
        rest = rest.replace(phrase, "")
    if not rest:
        return False
    return any(word not in NO_SUBJECT for word in words)


def is_inbox(heading: str) -> bool:
    """Does the heading say 'not filed yet' (and not merely 'references' or a date)?"""
    return not has_subject(heading) and any(word in INBOX for word in words_of(heading))


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

    `titles` are headings that only name their note: every other heading of the note stands below them.
    """

    topics: tuple[HeadingPath, ...]
    prose: Mapping[HeadingPath, str]
    notes: Mapping[HeadingPath, tuple[str, ...]]
    titles: frozenset[HeadingPath]

    def topic_of(self, path: HeadingPath) -> HeadingPath | None:
        """The topic a work cited under `path` stands in: the path less its ends without subject, None for an inbox."""
        short = tuple(path)
        inbox = False
        while short and not has_subject(short[-1]):
            if _is_catch_all(short) and short[:-1] not in self.titles:
                return short
            inbox = inbox or is_inbox(short[-1])
            short = short[:-1]
        if not short or short in self.titles:
            return None
        if inbox and any(len(t) > len(short) and t[: len(short)] == short for t in self.topics):
            return None
        return short


def _title_of(paths: Sequence[HeadingPath]) -> HeadingPath | None:
    """The heading that only names the note: all others stand below it, two or more of them with a subject."""
    if not paths:
        return None
    first = min(paths, key=len)
    if len(first) != 1 or any(path[:1] != first for path in paths):
        return None
    below = {path[:2] for path in paths if len(path) > 1 and has_subject(path[1])}
    return first if len(below) > 1 else None


def read_outline(
    headings: Mapping[str, Sequence[Heading]], noted: Iterable[Sequence[HeadingPath]] = ()
) -> Outline:
    """The outline of some notes ({note: its headings}) and of the headings works are `noted` under.

    A topic is a heading with a subject that holds works directly or has no heading below it; what only groups others
    is context for them, and a note's title is no topic.
    """
    prose: dict[HeadingPath, list[str]] = {}
    notes: dict[HeadingPath, list[str]] = {}
    titles: set[HeadingPath] = set()
    order: dict[HeadingPath, None] = {}
    for note, listed in headings.items():
        paths = [tuple(h.path) for h in listed if h.path]
        title = _title_of(paths)
        if title:
            titles.add(title)
        for heading in listed:
            path = tuple(heading.path)
            while (
                path
                and not has_subject(path[-1])
                and not (_is_catch_all(path) and path[:-1] not in titles)
            ):
                path = path[:-1]
            if not path:
                continue
            order.setdefault(path)
            if heading.prose:
                prose.setdefault(path, []).append(heading.prose)
            if note not in notes.setdefault(path, []):
                notes[path].append(note)
    draft = Outline(tuple(order), {}, {}, frozenset(titles))
    used: dict[HeadingPath, None] = {}
    for paths_of_work in noted:
        for path in paths_of_work:
            topic = draft.topic_of(path)
            if topic:
                used.setdefault(topic)
    every = list(order) + [path for path in used if path not in order]
    parents = {path[:n] for path in every for n in range(1, len(path))}
    topics = tuple(p for p in every if p not in titles and (p in used or p not in parents))
    joined = {path: "\n".join(texts) for path, texts in prose.items()}
    return Outline(topics, joined, {p: tuple(n) for p, n in notes.items()}, frozenset(titles))
