"""Notes in which papers stand below another heading: what would change, and what cannot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from litmap import citations, notes, topics
from litmap.catalogue.entries import Entry
from litmap.models import HeadingPath, Mention, Note
from litmap.topics.moved_lines import MISREAD, LeftMention, LineMove, LineMover, rewrite_lines
from litmap.topics.patch import NoteLines, is_movable


@dataclass(frozen=True, slots=True)
class MovedNotes:
    """The bytes of notes as they are and the new ones of those that change ({path: bytes}), the
    places of works (id, place) that go below the heading, and those that stay, with why.
    """

    old: Mapping[str, bytes]
    new: Mapping[str, bytes]
    moved: tuple[tuple[str, Mention], ...] = ()
    left: tuple[LeftMention, ...] = ()

    def patch(self) -> bytes:
        """What changes, as a unified diff."""
        return topics.patch(self.old, self.new)


def wanted_places(
    works: Iterable[Entry], to: HeadingPath, left: HeadingPath | None
) -> list[tuple[str, Mention]]:
    """The places (id, place) that are to go: those below `left`, else all that are not below
    `to`.
    """
    return [
        (entry.work.id, mention)
        for entry in works
        for mention in entry.mentions
        if mention.heading != to and (left is None or mention.heading == left)
    ]


def moved_notes(
    old: Mapping[str, bytes],
    read: Mapping[str, Note],
    cited: Iterable[Entry],
    wanted: Sequence[tuple[str, Mention]],
    to: HeadingPath,
) -> MovedNotes:
    """The notes with these places of works below `to`. `old` are the notes' bytes, `read` what
    they were read as, by path, `cited` all works.

    A line after whose move litmap would read the notes otherwise (another work, another heading
    elsewhere) stays; the others go.
    """
    lines = {path: NoteLines(data) for path, data in old.items() if is_movable(data)}
    mentions = [(e.work.id, mention) for e in cited for mention in e.mentions]
    mover = LineMover(to, lines, {path: read[path].headings for path in lines}, mentions)
    going, left = mover.plan(wanted)
    fitting = _fitting(old, lines, going, to)
    left += [LeftMention(one.work, one.mention, MISREAD) for one in going if one not in fitting]
    new = rewrite_lines(lines, (one.move for one in fitting))
    moved = tuple((one.work, one.mention) for one in fitting)
    return MovedNotes(old, new, moved, tuple(left))


def _fitting(
    old: Mapping[str, bytes],
    lines: Mapping[str, NoteLines],
    going: Sequence[LineMove],
    to: HeadingPath,
) -> list[LineMove]:
    """Those of the moves after which the notes read right: all at once, else one by one."""
    if _reads_right(old, rewrite_lines(lines, (one.move for one in going)), to):
        return list(going)
    fitting: list[LineMove] = []
    for one in going:
        moves = (each.move for each in (*fitting, one))
        if len(going) > 1 and _reads_right(old, rewrite_lines(lines, moves), to):
            fitting.append(one)
    return fitting


def _reads_right(old: Mapping[str, bytes], new: Mapping[str, bytes], to: HeadingPath) -> bool:
    """Whether the changed notes have the same headings and cite the same works, and what does not
    stand where it stood is below `to`.
    """
    was, now = _read({path: old[path] for path in new}), _read(new)
    if list(map(_outline, was)) != list(map(_outline, now)):
        return False
    before, after = _cited(was), _cited(now)
    came, went = after - before, before - after
    same_works = Counter(k for k, _ in came.elements()) == Counter(k for k, _ in went.elements())
    return same_works and all(heading == to for _, heading in came)


def _outline(note: Note) -> list[HeadingPath]:
    return [heading.path for heading in note.headings]


def _read(data: Mapping[str, bytes]) -> list[Note]:
    found = []
    for path, content in data.items():
        text = "\n".join(NoteLines(content).texts)
        found.append(notes.parse_note(text, path, Path(path).suffix.lower())[0])
    return found


def _cited(found: Sequence[Note]) -> Counter[tuple[str, HeadingPath]]:
    """How often each work (the key of its citation) is cited below each heading."""
    return Counter(
        (citation.key, mention.heading)
        for citation in citations.find_citations(found)
        for mention in citation.mentions
    )
