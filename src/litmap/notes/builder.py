"""What every reader shares: a stack of headings, blocks in order, one `Note` at the end."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from litmap.models import Heading, HeadingPath, Link, Note, NoteBlock
from litmap.notes.inline import Inline
from litmap.parsing.word_lists import load_pattern

_HOME = "litmap.notes"
_NO_SUBJECT = re.compile(
    r"^(?:[\divx]{1,4}[.)]?\s*)?"  # '3.', 'IV)'
    rf"(?:(?:{load_pattern('headings_without_subject_before', _HOME)}) )*"
    rf"(?:{load_pattern('headings_without_subject', _HOME)})"
    rf"(?:\s+(?:{load_pattern('headings_without_subject_after', _HOME)}))?[\s:.]*$",
    re.I,
)
_REFERENCE_LIST = re.compile(
    r"refer|bibliogr|works cited|literatu|citation|foot|endnote|source|quellen|riferimenti"
    r"|参考文献|文献|refs?\b|papers cited|pubs",
    re.I,
)
_DECORATION = "*_#:[]() "
MAX_HEADING_WITHOUT_SUBJECT = 59
"""Characters; a longer heading names a subject."""
MAX_PROSE_CHARS = 4000
"""Characters of prose kept below one heading."""
MAX_EMPHASIS = 200
"""Stretches of italics kept of one block."""


def names_no_subject(text: str) -> bool:
    """True for 'References', 'Links' and the like, which are no topics.

    What stands below belongs to the topic around.
    """
    bare = text.strip().strip(_DECORATION)
    return len(text) <= MAX_HEADING_WITHOUT_SUBJECT and bool(_NO_SUBJECT.match(bare))


def lists_references(text: str) -> bool:
    """True where a heading without subject announces a list of references rather than links."""
    return bool(_REFERENCE_LIST.search(text))


@dataclass(frozen=True, slots=True)
class _OpenHeading:
    """A heading that what is read next stands below."""

    level: int
    text: str
    has_subject: bool


@dataclass(slots=True)
class _Section:
    """A heading with the prose directly below it."""

    path: HeadingPath
    line: int
    prose: list[str] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Characters of prose."""
        return sum(map(len, self.prose))


class Builder:
    """Collects a note. Headings nest by level; one that names no subject opens no topic."""

    def __init__(self, title: str = "") -> None:
        self.title = title
        self.root: tuple[str, ...] = ()
        self.blocks: list[NoteBlock] = []
        self.uses: list[str] = []
        """Reference files that the note names."""
        self.broken = ""
        """What could not be read in it, '' mostly."""
        self.path: HeadingPath = ()
        """The topics that hold what is read next, outermost first."""
        self.reference_list = ""
        """The heading of the reference list that is being read, '' outside of one."""
        self._sections: list[_Section] = []
        self._open: list[_OpenHeading] = []

    def heading(self, level: int, inline: Inline, line: int, *fields: tuple[str, str]) -> None:
        """Opens a heading.

        Its own links are kept on a block of kind 'heading' that stands below itself.
        """
        text = " ".join(inline.text.split()).strip()
        if not text:
            return
        while self._open and self._open[-1].level >= level:
            self._open.pop()
        has_subject = not names_no_subject(text)
        self._open.append(_OpenHeading(level, text, has_subject))
        self.reference_list = "" if has_subject else text
        self._set_path()
        if has_subject:
            self._sections.append(_Section(self.path, line))
            if not self.title:
                self.title = text
        self.add("heading", inline, line, *fields)

    def add(self, kind: str, inline: Inline, line: int, *fields: tuple[str, str]) -> None:
        """Adds a block under the current heading. Blank text without links is dropped."""
        text = inline.text.rstrip()
        lead = len(text) - len(text.lstrip())
        if not text and not inline.links and not fields:
            return
        block = NoteBlock(
            kind,
            text[lead:],
            line,
            self.path,
            tuple([_shift(link, lead, len(text) - lead) for link in inline.links]),
            (0, *(max(0, start - lead) for start in inline.starts[1:])),
            (*fields, *self._reference_list_field(), *_emphasis_fields(inline)),
        )
        self.blocks.append(block)
        if kind == "paragraph" and not self.reference_list:
            self._keep_prose(block.text)

    def _reference_list_field(self) -> tuple[tuple[str, str], ...]:
        if not self.reference_list:
            return ()
        return (("list", "references" if lists_references(self.reference_list) else "links"),)

    def _keep_prose(self, text: str) -> None:
        """Keeps the beginning of what stands directly below the heading last opened."""
        section = self._sections[-1] if self._sections else None
        if section and section.path == self.path and section.size < MAX_PROSE_CHARS:
            section.prose.append(text[:MAX_PROSE_CHARS])

    def add_headings(self, headings: list[Heading]) -> None:
        """Adds headings that another builder has."""
        self._sections += [_Section(h.path, h.line, [h.prose]) for h in headings]

    def set_root(self, title: str) -> None:
        """Makes the title the outermost heading of everything that is read from here on."""
        self.title = self.title or title
        self.root = (title,)
        self._set_path()

    def _set_path(self) -> None:
        self.path = (*self.root, *(h.text for h in self._open if h.has_subject))

    def note(self, path: str, fmt: str, sha256: str, fallback: str) -> Note:
        """The finished note; `fallback` is the title of a note that names none."""
        headings = tuple(
            Heading(section.path, section.line, " ".join(section.prose)[:MAX_PROSE_CHARS])
            for section in self._sections
        )
        title, uses = self.title or fallback, tuple(self.uses)
        return Note(path, fmt, title, sha256, headings, tuple(self.blocks), uses)


def _emphasis_fields(inline: Inline) -> tuple[tuple[str, str], ...]:
    return tuple(("emphasis", " ".join(words.split())) for words in inline.emphasis[:MAX_EMPHASIS])


def _shift(link: Link, lead: int, size: int) -> Link:
    """The link's place in a text of this size from which `lead` characters were taken off."""
    start = min(max(0, link.start - lead), size)
    return Link(link.text, link.target, link.line, start, min(max(start, link.end - lead), size))
