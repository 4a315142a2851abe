"""Notes with lines about what became of the works they cite."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from litmap import citations, notes, topics
from litmap.catalogue.entries import Entry
from litmap.models import Mention, Notice
from litmap.topics.patch import NoteLines

MISREAD = "with the line litmap would read another work there"
NO_PLACE = "no line can be put there (a heading, a table, code, properties, or UTF-16)"
"""Why a place gets no line."""


@dataclass(frozen=True, slots=True)
class LeftPlace:
    """A place that gets no line, and why."""

    mention: Mention
    work: str
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class NoticedNotes:
    """The bytes of notes as they are and the new ones of those that get lines ({path: bytes}), and
    the places that get none though the note does not say it.
    """

    old: Mapping[str, bytes]
    new: Mapping[str, bytes]
    left: tuple[LeftPlace, ...] = ()


def with_notices(
    old: Mapping[str, bytes], told: Sequence[tuple[Entry, Notice]], cited: Iterable[Entry]
) -> NoticedNotes:
    """The notes with lines; `cited` are all works that the notes cite.

    Each place counts for itself: one where litmap would read its line as citing another work gets
    none, whatever becomes of the others of its note.
    """
    lines: dict[str, list[topics.NoticeLine]] = {path: [] for path in old}
    for entry, notice in told:
        if text := topics.line_of(notice):
            for mention in entry.mentions:
                names = topics.names_in_note(entry.work, mention)
                line = topics.NoticeLine(mention, text, entry.work.id, names)
                lines.setdefault(mention.note, []).append(line)
    mentions = [(entry.work.id, mention) for entry in cited for mention in entry.mentions]
    published = {f"doi:{notice.doi}" for _, notice in told if notice.doi}
    new: dict[str, bytes] = {}
    left: list[LeftPlace] = []
    for path, data in old.items():
        note = _Note(path, data, mentions, frozenset(published))
        written, refused = note.fill(lines[path])
        if written != data:
            new[path] = written
        left += note.left(lines[path], refused, written)
    return NoticedNotes(old, new, tuple(left))


@dataclass(frozen=True, slots=True)
class _Note:
    """A note as it is, with all that the notes cite and the ids of published versions, which a line
    may name.
    """

    path: str
    data: bytes
    cited: Sequence[tuple[str, Mention]]
    published: frozenset[str]

    def fill(self, lines: Sequence[topics.NoticeLine]) -> tuple[bytes, list[topics.NoticeLine]]:
        """The note with those of the lines that read right, and the others: all at once where that
        reads right, else one by one.
        """
        if not lines:
            return self.data, []
        before = self._works(self.data)
        written = self._with(lines)
        if written == self.data or self._works(written) == before:
            return written, []
        kept: list[topics.NoticeLine] = []
        refused: list[topics.NoticeLine] = []
        for line in lines:
            forms = _forms(line)
            fitting = (f for f in forms if self._works(self._with([*kept, f])) == before)
            form = next(fitting, None)
            if form is None:
                refused.append(line)
            else:
                kept.append(form)
        return self._with(kept), refused

    def left(
        self,
        lines: Sequence[topics.NoticeLine],
        refused: Sequence[topics.NoticeLine],
        written: bytes,
    ) -> Iterator[LeftPlace]:
        """The places without a line, each once; not those of works of which the note says it."""
        said = "\n".join(NoteLines(written).texts)
        for line in dict.fromkeys(lines):
            if not any(form in said for form in [line.text, *line.named()]):
                why = MISREAD if line in refused else NO_PLACE
                yield LeftPlace(line.mention, line.work, line.text, why)

    def _with(self, lines: Sequence[topics.NoticeLine]) -> bytes:
        new = topics.add_notices({self.path: self.data}, lines, self.cited)
        return new.get(self.path, self.data)

    def _works(self, data: bytes) -> set[str]:
        """What the note cites, read by itself."""
        text = "\n".join(NoteLines(data).texts)
        note, _ = notes.parse_note(text, self.path, Path(self.path).suffix.lower())
        return {citation.key for citation in citations.find_citations([note])} - self.published


def _forms(line: topics.NoticeLine) -> list[topics.NoticeLine]:
    """The line with the name that the note gives the work, then with its title."""
    return [line, *([line._replace(names=line.names[1:])] if line.names[1:] else [])]
