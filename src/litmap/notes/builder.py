"""What every reader shares: a stack of headings, blocks in order, one `Note` at the end."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

from litmap.models import Heading, Link, Note, NoteBlock
from litmap.notes.inline import Inline
from litmap.notes.outline import RUN_IN_LEVEL, Outline, OutlineHeading, Role
from litmap.notes.work_headings import is_part_of_paper_notes
from litmap.parsing.grammar import UPPER
from litmap.parsing.heading_subjects import has_subject
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
    rf"refs?\b|{load_pattern('reference_list_words', _HOME)}",
    re.I,
)
_OWN_APP = re.compile(
    r"(?:zotero|obsidian|logseq|mendeley|papers\d?|bookends|x-devonthink-item|evernote|onenote|hook"
    r"|marginnote\dapp|readcube|message|things|craftdocs|notion|roam|highlights|skim|paperpile):"
)
"""A link that only a program on the reader's machine can follow: its words are text."""
_DECORATION = re.compile(r"^[\W_]+|[\W_]+$")
"""Signs and emoji around a heading: '**Links:**', '📚 References'."""
MAX_HEADING_WITHOUT_SUBJECT = 59
"""Characters; a longer heading names a subject."""
BOLD_LEVEL = 7
"""Level of a line in bold: below all headings that are marked as such."""
MAX_BOLD_CHARS = 90
"""Characters of a line in bold that may be a heading."""
MAX_RUN_IN_WORDS, MAX_RUN_IN_CHARS, MIN_BEHIND_RUN_IN = 6, 60, 20
"""Size of the words that a paragraph opens with as with a heading, and of what stands behind."""
_RUN_IN_CAPITALS = re.compile(rf"([{UPPER}]{{4,}}(?:[ /&,-]+[{UPPER}]{{2,}}){{0,5}})\.\s+(?=\S)")
MAX_EMPHASIS = 200
"""Stretches of italics kept of one block."""


def names_no_subject(text: str) -> bool:
    """True for 'References', 'Links' and the like, which are no topics.

    What stands below belongs to the topic around.
    """
    if len(text) > MAX_HEADING_WITHOUT_SUBJECT:
        return False
    return bool(_NO_SUBJECT.match(_DECORATION.sub("", text)))


def lists_references(text: str) -> bool:
    """True where a heading without subject announces a list of references rather than links."""
    return bool(_REFERENCE_LIST.search(text))


def is_bold_line(inline: Inline) -> bool:
    """True for a paragraph that is a few words in bold and nothing else, as headings are written.

    A sentence ends in a full stop.
    """
    lead, text = inline.lead.strip(), inline.text.strip()
    return (
        0 < len(lead) <= MAX_BOLD_CHARS
        and lead[-1] not in ".;,!"
        and text[len(lead) :].strip() in {"", ":"}
        and len(inline.starts) == 1
    )


def run_in_heading(inline: Inline) -> str:
    """The few words in bold or capitals that a paragraph opens with, closed by a full stop,
    '' for none: '**Winds.** The classic …', 'ALBUMIN. An old favourite, …'.
    """
    text = inline.text.lstrip()
    lead = inline.lead.strip()
    capitals = _RUN_IN_CAPITALS.match(text)
    if lead and (lead[-1] == "." or text[len(lead) : len(lead) + 1] == "."):
        label, behind = lead.rstrip(". "), text[len(lead) :]
    elif capitals:
        label, behind = capitals.group(1), text[capitals.end() :]
    else:
        return ""
    if behind.lstrip(".: ").startswith("(") or 0 < len(behind.strip(".: ")) < MIN_BEHIND_RUN_IN:
        return ""  # '**Doe, J.** (2009). …'
    return label if is_short_topic(label) else ""


def is_short_topic(label: str) -> bool:
    """True for a few words that name a subject: 'Names of winds', not 'Doe, J.' or 'Summary'."""
    is_short = 0 < len(label.split()) <= MAX_RUN_IN_WORDS and len(label) <= MAX_RUN_IN_CHARS
    if not is_short or "," in label or any(map(str.isdigit, label)) or not has_subject(label):
        return False
    return not (is_part_of_paper_notes(label) or names_no_subject(label))


class Builder:
    """Collects a note. Headings nest by level; one that names no subject opens no topic."""

    def __init__(self, title: str = "") -> None:
        self.title = title
        self.page = ""
        """The name of the note's file, which outliners give to a page about one work."""
        self.root: tuple[str, ...] = ()
        self.blocks: list[NoteBlock] = []
        self.uses: list[str] = []
        """Reference files that the note names."""
        self.broken = ""
        """What could not be read in it, '' mostly."""
        self.reference_list = ""
        """The heading of the reference list that is being read, '' outside of one."""
        self._headings: list[OutlineHeading] = []
        self._owners: dict[int, OutlineHeading | None] = {}
        self._open: OutlineHeading | None = None
        self._leads: dict[int, str] = {}
        self._settled: list[Heading] = []

    def heading(self, level: int, inline: Inline, line: int, *fields: tuple[str, str]) -> None:
        """Opens a heading.

        Its own links are kept on a block of kind 'heading' that stands below itself.
        """
        text = " ".join(inline.text.split()).strip()
        text = text.rstrip(": ") if level >= BOLD_LEVEL else text
        if not text:
            return
        self.close_headings(level)
        without_subject = names_no_subject(text)
        role = Role.NO_SUBJECT if without_subject else Role.TOPIC
        place = len(self.blocks)
        self._open = OutlineHeading(level, text, line, place, self.root, self._open, role)
        self._headings.append(self._open)
        if level < BOLD_LEVEL or without_subject:
            self.reference_list = text if without_subject else ""
            if not without_subject and not self.title:
                self.title = text
        self.add("heading", inline, line, *fields)

    def close_headings(self, level: int) -> None:
        """Ends the headings of this level and of those below it."""
        while self._open and self._open.level >= level:
            self._open = self._open.parent

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
            self.root,
            tuple(
                [
                    _shift(link, lead, len(text) - lead)
                    for link in inline.links
                    if not _OWN_APP.match(link.target)
                ]
            ),
            (0, *(max(0, start - lead) for start in inline.starts[1:])),
            (*fields, *self._reference_list_field(), *_emphasis_fields(inline)),
        )
        if kind == "paragraph" and is_bold_line(inline):
            self.heading(BOLD_LEVEL, inline, line, ("inferred", "1"))
            return
        if kind == "paragraph" and (label := run_in_heading(inline)):
            self.heading(RUN_IN_LEVEL, Inline(label), line, ("run-in", "1"))
        self._owners[len(self.blocks)] = self._open
        if inline.lead:
            self._leads[len(self.blocks)] = inline.lead.strip()
        self.blocks.append(block)

    def _reference_list_field(self) -> tuple[tuple[str, str], ...]:
        if not self.reference_list:
            return ()
        return (("list", "references" if lists_references(self.reference_list) else "links"),)

    def add_from(self, other: Builder, line_of: Callable[[int], int]) -> None:
        """Adds what another builder read of a text whose lines stand elsewhere in the file."""
        self.title = self.title or other.title
        self.broken = self.broken or other.broken
        note = other.note("", "", "", "")
        self.uses += note.uses
        self.blocks += [_on_lines(block, line_of) for block in note.blocks]
        self._settled += [replace(h, line=line_of(h.line)) for h in note.headings]

    def set_root(self, title: str) -> None:
        """Makes the title the outermost heading of everything that is read from here on."""
        self.title = self.title or title
        self.root = (title,)

    def note(self, path: str, fmt: str, sha256: str, fallback: str) -> Note:
        """The finished note; `fallback` is the title of a note that names none."""
        outline = Outline(self.blocks, self._headings, self._owners, self._leads)
        blocks, headings = outline.settle()
        title, uses = self.title or fallback, tuple(self.uses)
        return Note(path, fmt, title, sha256, (*self._settled, *headings), tuple(blocks), uses)


def _emphasis_fields(inline: Inline) -> tuple[tuple[str, str], ...]:
    return tuple(("emphasis", " ".join(words.split())) for words in inline.emphasis[:MAX_EMPHASIS])


def _on_lines(block: NoteBlock, line_of: Callable[[int], int]) -> NoteBlock:
    """The block with its lines as they stand in the file."""
    lines = [line_of(block.line + index) for index in range(len(block.line_starts))]
    starts = [block.line_starts[0]]
    for (before, line), start in zip(pairwise(lines), block.line_starts[1:], strict=True):
        # the next line of the text may stand further down in the file, or on the same line
        starts += [start] * (line - before)
    links = tuple(replace(link, line=line_of(link.line)) for link in block.links)
    return replace(block, line=lines[0], line_starts=tuple(starts), links=links)


def _shift(link: Link, lead: int, size: int) -> Link:
    """The link's place in a text of this size from which `lead` characters were taken off."""
    start = min(max(0, link.start - lead), size)
    return Link(link.text, link.target, link.line, start, min(max(start, link.end - lead), size))
