"""Inline markup of a format that one pattern describes: AsciiDoc, Typst, Textile, TiddlyWiki."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from litmap.models import Link
from litmap.notes.inline import Inline, join_lines

MAX_DEPTH = 3
"""How deep markup inside markup is read."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a construct shows, where it points ('' for nowhere), and whether it is set in italics.

    Markup in `text` is read where `marked` is set.
    """

    text: str
    target: str = ""
    italic: bool = False
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Markup:
    """A format's inline markup: the last group of a match of `pattern` → how it is read.

    A construct that gives None is left as it is written.
    """

    pattern: re.Pattern[str]
    constructs: Mapping[str | None, Callable[[re.Match[str]], Shown | None]]

    def read(self, raw: str, line: int, depth: int = 0) -> Inline:
        """The text of a stretch whose source begins on `line`; its line breaks become blanks."""
        out = self._read(raw, line, depth)
        out.text, out.starts = join_lines(out.text)
        return out

    def _read(self, raw: str, line: int, depth: int) -> Inline:
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
                inner = self._read(shown.text, first, depth + 1)
            parts += [before, inner.text]
            if shown.target:
                words = " ".join(inner.text.split())
                out.links.append(Link(words, shown.target, first, size, size + len(inner.text)))
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
    return Shown(f"[{'; '.join('@' + key for key in named)}]") if named else None
