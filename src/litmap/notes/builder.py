"""What every reader shares: a stack of headings, blocks in order, one `Note` at the end."""

from __future__ import annotations

import re

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


def is_transparent(text: str) -> bool:
    """True for 'References', 'Links' and the like, which are no topics.

    What stands below belongs to the topic around.
    """
    bare = text.strip().strip(_DECORATION)
    return len(text) <= MAX_HEADING_WITHOUT_SUBJECT and bool(_NO_SUBJECT.match(bare))


def lists_references(text: str) -> bool:
    """True where a transparent heading announces a list of references rather than links."""
    return bool(_REFERENCE_LIST.search(text))


class Builder:
    """Collects a note. Headings nest by level.

    A transparent one (`is_transparent`) opens no topic.
    """

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
        self._headings: list[tuple[HeadingPath, int, list[str]]] = []
        self._stack: list[tuple[int, str, bool]] = []

    def heading(self, level: int, inline: Inline, line: int, *fields: tuple[str, str]) -> None:
        """Opens a heading.

        Its own links are kept on a block of kind 'heading' that stands below itself.
        """
        text = " ".join(inline.text.split()).strip()
        if not text:
            return
        while self._stack and self._stack[-1][0] >= level:
            self._stack.pop()
        transparent = is_transparent(text)
        self._stack.append((level, text, transparent))
        self.reference_list = text if transparent else ""
        self._set_path()
        if not transparent:
            self._headings.append((self.path, line, []))
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
        if not self._headings:
            return
        path, _, prose = self._headings[-1]
        if path == self.path and sum(map(len, prose)) < MAX_PROSE_CHARS:
            prose.append(text[:MAX_PROSE_CHARS])

    def adopt(self, headings: list[Heading]) -> None:
        """Takes headings that another reader found."""
        self._headings += [(heading.path, heading.line, [heading.prose]) for heading in headings]

    def set_root(self, title: str) -> None:
        """Makes the title the outermost heading of everything that is read from here on."""
        self.title = self.title or title
        self.root = (title,)
        self._set_path()

    def _set_path(self) -> None:
        topics = (text for _, text, transparent in self._stack if not transparent)
        self.path = (*self.root, *topics)

    def note(self, path: str, fmt: str, sha256: str, fallback: str) -> Note:
        """The finished note; `fallback` is the title of a note that names none."""
        headings = tuple(
            Heading(p, line, " ".join(prose)[:MAX_PROSE_CHARS]) for p, line, prose in self._headings
        )
        title, uses = self.title or fallback, tuple(self.uses)
        return Note(path, fmt, title, sha256, headings, tuple(self.blocks), uses)


def _emphasis_fields(inline: Inline) -> tuple[tuple[str, str], ...]:
    return tuple(("emphasis", " ".join(words.split())) for words in inline.emphasis[:MAX_EMPHASIS])


def _shift(link: Link, lead: int, size: int) -> Link:
    """The link's place in a text of this size from which `lead` characters were taken off."""
    start = min(max(0, link.start - lead), size)
    return Link(link.text, link.target, link.line, start, min(max(start, link.end - lead), size))
