"""Plain text: headings by how they stand, paragraphs by how lines are broken, links by their list.

A line break is deliberate where the next line's first word would still have fitted; then a new
block begins, or, if the next line is set in deeper, the block goes on and the break is kept in its
field 'breaks' (offsets in the text).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from litmap.models import Link
from litmap.notes.builder import Builder
from litmap.notes.formats.line_wrapping import continues, wrap_width
from litmap.notes.formats.mail_and_dumps import (
    MARKER,
    strip_boilerplate,
    strip_link_list,
    strip_mail_header,
    words_after,
)
from litmap.notes.formats.plain_headings import ITEM, RULE, PlainHeadings, find_headings
from litmap.notes.frontmatter import read_front_matter
from litmap.notes.inline import Inline, read_inline

_LABELLED_ENTRY = re.compile(r"\s*\[[A-Z][A-Za-z+&]{0,12}\d{2,4}[a-z]?\]\s+[A-Z]")


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    text: str
    indent: int

    @property
    def words(self) -> str:
        return self.text.strip()


@dataclass(slots=True)
class _Block:
    first: int
    indent: int
    lines: list[str] = field(default_factory=list)
    breaks: list[int] = field(default_factory=list)
    """Indices of the lines before which the break was meant."""
    kind: str = "paragraph"
    number: str = ""
    """Of a numbered item."""


def read_plain(text: str, builder: Builder) -> None:
    """Reads plain text into the builder."""
    raw = text.expandtabs(4).split("\n")
    front = read_front_matter(raw)
    if front.title:
        builder.title = front.title
    raw[: front.end] = [""] * front.end
    strip_mail_header(raw, builder)
    links = strip_link_list(raw)
    lines = [strip_boilerplate(line.rstrip()) for line in raw]
    headings = find_headings(lines, links)
    _Plain(builder, lines, headings, links).read()


class _Plain:
    """Reads the lines between headings into blocks."""

    def __init__(
        self, builder: Builder, lines: list[str], headings: PlainHeadings, links: dict[str, str]
    ) -> None:
        self.builder = builder
        self.lines = lines
        self.headings = headings
        self.links = links
        self.width = wrap_width(lines)
        self.block: _Block | None = None

    def read(self) -> None:
        """Reads everything."""
        for number, text in enumerate(self.lines):
            if number in self.headings.skip:
                continue
            if number in self.headings.at:
                self.heading(number)
            elif not text.strip() or RULE.match(text):
                self.flush()
            else:
                self.take(_Line(number, text, indent_of(text)))
        self.flush()

    def heading(self, number: int) -> None:
        """Opens the heading that was found on a line."""
        self.flush()
        level, text = self.headings.at[number]
        inline = self.inline(text, number)
        inline.text = MARKER.sub("", inline.text) if self.links else inline.text
        fields = (("inferred", "1"),) if number in self.headings.inferred else ()
        self.builder.heading(level, inline, number + 1, *fields)

    def take(self, line: _Line) -> None:
        """Adds a line to the block that is being read, or begins the next."""
        block = self.block
        match = ITEM.match(line.text)
        if match and self._begins_item(match, line):
            self.flush()
            self.block = _item(match, line)
        elif block is None:
            self.block = _Block(line.number, line.indent, [line.words])
        elif _is_set_in(line, block):
            if not self._wrapped(line):
                block.breaks.append(len(block.lines))
            block.lines.append(line.words)
        elif self._goes_on(block, line):
            block.lines.append(line.words)
        else:
            self.flush()
            self.block = _Block(line.number, line.indent, [line.words])

    def _begins_item(self, match: re.Match[str], line: _Line) -> bool:
        """False for a '[12]' at the start of a wrapped line, unless it follows the item '[11]'."""
        in_brackets = match.group(3)
        if not self.block or not in_brackets:
            return True
        before = self.block.number
        return (before != "" and in_brackets == str(int(before) + 1)) or not self._wrapped(line)

    def _goes_on(self, block: _Block, line: _Line) -> bool:
        return (
            not self._dedented(block, line)
            and not _LABELLED_ENTRY.match(line.text)
            and self._wrapped(line)
        )

    def _dedented(self, block: _Block, line: _Line) -> bool:
        """True where the line comes back out of lines that were set in below the block's first."""
        before = indent_of(self.lines[line.number - 1])
        return line.indent <= block.indent < before and len(block.lines) > 1

    def _wrapped(self, line: _Line) -> bool:
        if line.number == 0:
            return False
        return continues(self.lines[line.number - 1].rstrip(), line.text, self.width)

    def inline(self, text: str, number: int) -> Inline:
        """The inline text, with the links of a dump put where their markers stand."""
        inline = read_inline(text, number + 1, plain=True)
        if self.links:
            for match in MARKER.finditer(inline.text):
                if target := self.links.get(match.group(1)):
                    inline.links.append(_dump_link(inline, match, target, number + 1))
        return inline

    def flush(self) -> None:
        """Adds the block that is being read."""
        block, self.block = self.block, None
        if block is None:
            return
        inline = self.inline("\n".join(block.lines), block.first)
        fields = [("number", block.number)] if block.number else []
        if block.kind == "item" and block.indent:
            fields.append(("indent", str(block.indent)))
        if block.breaks and len(inline.starts) > max(block.breaks):
            fields.append(("breaks", " ".join(str(inline.starts[index]) for index in block.breaks)))
        self.builder.add(block.kind, inline, block.first + 1, *fields)


def indent_of(text: str) -> int:
    """Blanks before the first word."""
    return len(text) - len(text.lstrip())


def _is_set_in(line: _Line, block: _Block) -> bool:
    """True for a line further in than its block; one blank more than none is a slip."""
    return line.indent > block.indent and not (block.indent == 0 and line.indent < 2)


def _item(match: re.Match[str], line: _Line) -> _Block:
    """The item that a line begins; a number in brackets stays in the text."""
    in_brackets = match.group(3)
    text = line.text[match.start(3) - 1 :] if in_brackets else line.text[match.end() :]
    number = match.group(2) or in_brackets or ""
    return _Block(line.number, line.indent, [text.strip()], kind="item", number=number)


def _dump_link(inline: Inline, match: re.Match[str], target: str, first: int) -> Link:
    """The link whose marker stands in the text of a block that begins on line `first`."""
    label = words_after(inline.text, match.end())
    line = first + sum(1 for start in inline.starts[1:] if start <= match.start())
    end = min(match.end() + len(label), len(inline.text))
    return Link(label, target, line, match.start(), end)
