"""Inline markup of a format that one pattern describes: AsciiDoc, Typst, Textile, TiddlyWiki."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from litmap.models import Link
from litmap.notes.block_reader import BlockReader
from litmap.notes.builder import Builder
from litmap.notes.citekeys import cited_keys
from litmap.notes.inline import Inline, join_lines

MAX_DEPTH = 3
"""How deep markup inside markup is read."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a construct shows, where it points ('' for nowhere), and whether it is set in italics.

    Markup in `text` is read where `marked` is set. `note` is the text of a footnote whose mark it
    is.
    """

    text: str
    target: str = ""
    italic: bool = False
    marked: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote that stands inside the text, and its line."""

    label: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Markup:
    """A format's inline markup: the last group of a match of `pattern` → how it is read.

    A construct that gives None is left as it is written.
    """

    pattern: re.Pattern[str]
    constructs: Mapping[str | None, Callable[[re.Match[str]], Shown | None]]

    def read(self, raw: str, line: int, notes: list[Note] | None = None) -> Inline:
        """The text of a stretch whose source begins on `line`; its line breaks become blanks.

        Footnotes in it are added to `notes`.
        """
        out = self._read(raw, line, [] if notes is None else notes, 0)
        out.text, out.starts = join_lines(out.text)
        return out

    def _read(self, raw: str, line: int, notes: list[Note], depth: int) -> Inline:
        out, parts, size, position = Inline(), [], 0, 0
        for match in self.pattern.finditer(raw):
            shown = self.constructs[match.lastgroup](match)
            if shown is None:
                continue
            before = raw[position : match.start()]
            size += len(before)
            first = line + raw.count("\n", 0, match.start())
            inner = Inline(shown.text)
            if shown.marked and depth < MAX_DEPTH:
                inner = self._read(shown.text, first, notes, depth + 1)
            parts += [before, inner.text]
            target = shown.target
            if shown.note:
                notes.append(Note(f"note-{first}-{len(notes) + 1}", shown.note, first))
                target = f"[^{notes[-1].label}]"
            if target:
                words = " ".join(inner.text.split())
                out.links.append(Link(words, target, first, size, size + len(inner.text)))
            out.links += [
                replace(link, start=link.start + size, end=link.end + size) for link in inner.links
            ]
            out.emphasis += ([inner.text] if shown.italic else []) + inner.emphasis
            # what is not shown keeps its line breaks
            parts.append("\n" * (match.group().count("\n") - inner.text.count("\n")))
            size += len(inner.text) + len(parts[-1])
            position = match.end()
        out.text = "".join(parts) + raw[position:]
        return out


def cited(keys: list[str]) -> Shown | None:
    """Citekeys as Markdown writes them, '[@a; @b]'; None for none at all."""
    named = [key.strip().strip("<>").lstrip("@") for key in keys]
    named = [key for key in named if key]
    return Shown(cited_keys(named)) if named else None


class MarkedReader(BlockReader):
    """Reads lines whose inline markup a pattern describes; footnotes follow their block."""

    def __init__(self, builder: Builder, lines: list[str], markup: Markup) -> None:
        super().__init__(builder, lines)
        self.markup = markup
        self.notes: list[Note] = []

    def inline(self, raw: str, number: int) -> Inline:
        """The text of a stretch."""
        return self.markup.read(raw, number + 1, self.notes)

    def flush(self) -> None:
        """Adds the held block, and the footnotes in it as definitions of their marks."""
        super().flush()
        notes, self.notes = self.notes, []
        for note in notes:
            inline = self.markup.read(note.text, note.line)
            self.builder.add("definition", inline, note.line, ("footnote", note.label))
