"""Notes with links to the exported pages of their works, or without them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from litmap import citations, exports, notes, topics
from litmap.catalogue.entries import Entry
from litmap.models import HeadingPath, Mention, Note, Work
from litmap.parsing.markup import one_line
from litmap.parsing.note_links import FORMS, LinkForm, broken_block, cut_links, without_links
from litmap.parsing.person_names import short_citation
from litmap.topics.patch import NoteLines, is_movable

NOT_DONE = "notes of its format get no links"
WIDE = "a note in UTF-16 gets no links"
SYMLINK = "it is a symbolic link: a relative address would be right in one of its places alone"
ENCODING = "its encoding lacks a character of a link"
MISREAD = "with the link litmap, or another program, would read the note otherwise"
NO_PAGE = "the work has no page there: run `litmap export` again"
NO_PLACE = "no link can be put there (a heading, a table, code, properties)"
NO_LINE = "a line of its format holds no link safely; a block at its end does (without --inline)"
ADDRESS = "the page's address has a sign that a link of its format cannot hold"
"""Why a note, or a place in it, has no link."""


@dataclass(frozen=True, slots=True)
class LeftLink:
    """A place (line 0: a whole note) that gets no link, and why; '' where no one work is meant."""

    note: str
    line: int
    why: str
    work: str = ""


@dataclass(frozen=True, slots=True)
class LinkedNotes:
    """The bytes of notes as they are and the new ones of those that change ({path: bytes}), and the
    places that get no link.
    """

    old: Mapping[str, bytes]
    new: Mapping[str, bytes]
    left: tuple[LeftLink, ...] = ()


class _Reading(NamedTuple):
    """The headings of a note, and what it surely cites below which."""

    headings: tuple[HeadingPath, ...]
    cited: frozenset[tuple[str, HeadingPath]]


@dataclass(frozen=True, slots=True)
class _Reference:
    """A place of a note that cites a work which has a page."""

    line: int
    work: Work
    address: str
    key: str


def with_links(
    old: Mapping[str, bytes],
    read: Iterable[Note],
    cited: Iterable[Entry],
    pages: Mapping[str, Path],
    *,
    inline: bool,
) -> LinkedNotes:
    """The notes with links to these pages (by work id), and no other links of litmap's; without
    pages, with none. `old` are the bytes of the notes in whose format there are links, `read` all
    notes, `cited` all works.
    """
    places: dict[str, list[tuple[Work, Mention]]] = {}
    for entry in cited:
        for mention in entry.mentions:
            places.setdefault(mention.note, []).append((entry.work, mention))
    new: dict[str, bytes] = {}
    left: list[LeftLink] = []
    for note in read:
        own = places.get(note.path, [])
        if note.path not in old:
            left += [LeftLink(note.path, 0, NOT_DONE)] * bool(pages and own)
            continue
        linker = _Linker(note, old[note.path], FORMS[note.format], inline)
        data = linker.write(own, pages)
        left += linker.left
        if data != linker.data:
            new[note.path] = data
    return LinkedNotes(old, new, tuple(left))


class _Linker:
    """Puts links into one note."""

    def __init__(self, note: Note, data: bytes, form: LinkForm, inline: bool) -> None:
        self.path = note.path
        self.data = data
        self.left: list[LeftLink] = []
        self._form = form
        self._inline = inline

    def write(self, cited: Sequence[tuple[Work, Mention]], pages: Mapping[str, Path]) -> bytes:
        """The note's new bytes; as they are where they cannot be changed safely."""
        if broken := broken_block(self.data):
            self._leave(broken.why, broken.line)
            return self.data
        bare, gone = cut_links(self.data)
        if not pages or not cited:
            return bare
        if why := self._refusal():
            self._leave(why)
            return self.data
        references = self._references(cited, pages)
        moved = [r if r.line <= gone.start else _moved(r, len(gone)) for r in references]
        written = self._with_lines(bare, moved) if self._inline else self._with_block(bare, moved)
        if written is not None and without_links(written) != bare:
            self._leave(MISREAD)
            written = None
        return self.data if written is None else written

    def _refusal(self) -> str:
        if not is_movable(self.data):
            return WIDE
        if Path(self.path).is_symlink():
            return SYMLINK
        if Path(self.path).suffix.lower() == ".mdx":  # whose remarks are those of JavaScript
            return NOT_DONE
        return NO_LINE if self._inline and not self._form.inline else ""

    def _leave(self, why: str, line: int = 0, work: str = "") -> None:
        self.left.append(LeftLink(self.path, line, why, work))

    def _references(
        self, cited: Sequence[tuple[Work, Mention]], pages: Mapping[str, Path]
    ) -> list[_Reference]:
        """The places whose works have a page, in the order of the note."""
        folder = Path(self.path).parent.resolve()
        found = []
        for work, mention in sorted(cited, key=lambda pair: pair[1].line):
            page = pages.get(work.id)
            if page is None:
                self._leave(NO_PAGE, mention.line, work.id)
                continue
            address = exports.relative_address(str(page.resolve()), folder)
            shown = quote(address, safe="/") if self._form.quoted else address
            if shown != one_line(shown) or (not self._form.quoted and set(shown) & set("[]")):
                self._leave(ADDRESS, mention.line, work.id)
            else:
                found.append(_Reference(mention.line, work, shown, page.stem))
        return found

    def _with_block(self, bare: bytes, references: Sequence[_Reference]) -> bytes | None:
        """The note with a block of its works, each once."""
        works = {r.work.id: r for r in reversed(references)}
        first = [r for r in references if works[r.work.id] is r]
        if not first:
            return bare
        items = [
            self._form.item.format(title=self._title(r.work), address=r.address) for r in first
        ]
        written = topics.add_block(NoteLines(bare), self._form, items)
        if written is None:
            self._leave(ENCODING)
        return written

    def _title(self, work: Work) -> str:
        who = short_citation(work.authors, work.year)
        return self._form.escape(f"{work.title or work.id}{f' ({who})' if who else ''}")

    def _with_lines(self, bare: bytes, references: Sequence[_Reference]) -> bytes | None:
        """The note with links behind its references: all at once where it reads the same, else
        those with which it does.
        """
        links = {topics.LineLink(r.line, r.key, r.address): r.work.id for r in references}
        written, unplaced = self._fill(bare, list(links))
        for link in unplaced:
            self._leave(NO_PLACE, link.line, links[link])
        if written is None:
            self._leave(ENCODING)
            return None
        placed = [link for link in links if link not in unplaced]
        kept = self._fitting(bare, [], placed, self._reading(bare))
        for link in placed:
            if link not in kept:
                self._leave(MISREAD, link.line, links[link])
        return self._fill(bare, kept)[0]

    def _fitting(
        self,
        bare: bytes,
        kept: Sequence[topics.LineLink],
        links: Sequence[topics.LineLink],
        before: _Reading,
    ) -> list[topics.LineLink]:
        """`kept`, and those of the links with which too the note reads as before: all at once where
        that does, else half by half.
        """
        both = [*kept, *links]
        written = self._fill(bare, both)[0]
        if written is not None and self._reading(written) == before:
            return both
        if len(links) <= 1:
            return list(kept)
        half = len(links) // 2
        first = self._fitting(bare, kept, links[:half], before)
        return self._fitting(bare, first, links[half:], before)

    def _fill(
        self, bare: bytes, links: Sequence[topics.LineLink]
    ) -> tuple[bytes | None, list[topics.LineLink]]:
        return topics.add_line_links(NoteLines(bare), self._form, links)

    def _reading(self, data: bytes) -> _Reading:
        """The note read with its links, as any program reads it."""
        text = "\n".join(NoteLines(data).texts)
        note, _ = notes.parse_note(text, self.path, Path(self.path).suffix.lower())
        cited = [citation for citation in citations.find_citations([note]) if citation.sure]
        places = frozenset((c.key, m.heading) for c in cited for m in c.mentions)
        return _Reading(tuple(heading.path for heading in note.headings), places)


def _moved(reference: _Reference, lines: int) -> _Reference:
    return _Reference(reference.line - lines, reference.work, reference.address, reference.key)
