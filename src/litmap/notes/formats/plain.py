"""Plain text: headings inferred from how they stand, paragraphs from how lines are broken, links from numbered lists.

A line break is deliberate where the next line's first word would still have fitted; then a new block begins, or, if
the next line is set in deeper, the block goes on and the break is kept in its field 'breaks' (offsets in the text).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from litmap.models import Link
from litmap.notes.builder import Builder
from litmap.notes.formats.line_wrapping import goes_on, wrap_width
from litmap.notes.formats.mail_and_dumps import (
    MARKER,
    take_furniture_off,
    take_link_list,
    take_mail_off,
    words_after,
)
from litmap.notes.formats.plain_headings import ITEM, RULE, PlainHeadings, find_headings
from litmap.notes.frontmatter import read_front_matter
from litmap.notes.inline import Inline, read_inline

_LABELLED_ENTRY = re.compile(r"\s*\[[A-Z][A-Za-z+&]{0,12}\d{2,4}[a-z]?\]\s+[A-Z]")


@dataclass(slots=True)
class _Line:
    number: int
    text: str
    indent: int


@dataclass(slots=True)
class _Block:
    first: int
    indent: int
    lines: list[str] = field(default_factory=list)
    breaks: list[int] = field(default_factory=list)
    marker: str = ""
    item: bool = False


def read_plain(text: str, builder: Builder) -> None:
    """Reads plain text into the builder."""
    raw = text.expandtabs(4).split("\n")
    front = read_front_matter(raw)
    if front.title:
        builder.title = front.title
    raw[: front.end] = [""] * front.end
    take_mail_off(raw, builder)
    links = take_link_list(raw)
    lines = [take_furniture_off(line.rstrip()) for line in raw]
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
                self.flush()
                level, heading = self.headings.at[number]
                inline = self.inline(heading, number)
                inline.text = MARKER.sub("", inline.text) if self.links else inline.text
                fields = (("inferred", "1"),) if number in self.headings.inferred else ()
                self.builder.heading(level, inline, number + 1, *fields)
            elif not text.strip() or RULE.match(text):
                self.flush()
            else:
                self.take(_Line(number, text, len(text) - len(text.lstrip())))
        self.flush()

    def take(self, line: _Line) -> None:
        """Adds a line to the block that is being read, or begins the next."""
        match = ITEM.match(line.text)
        block = self.block
        following = bool(
            match
            and block
            and block.marker
            and (match.group(2) or match.group(3)) == str(int(block.marker) + 1)
        )
        if match and (following or not (block and match.group(3) and self._wrapped(line))):
            self.flush()
            numbered = match.group(2) or match.group(3) or ""
            kept = line.text[match.start(3) - 1 :] if match.group(3) else line.text[match.end() :]
            self.block = _Block(
                line.number, line.indent, [kept.strip()], marker=numbered, item=True
            )
            return
        if block is None:
            self.block = _Block(line.number, line.indent, [line.text.strip()])
            return
        if line.indent > block.indent and not (block.indent == 0 and line.indent < 2):
            if not self._wrapped(line):
                block.breaks.append(len(block.lines))
            block.lines.append(line.text.strip())
        elif (
            not self._dedented(block, line)
            and not _LABELLED_ENTRY.match(line.text)
            and self._wrapped(line)
        ):
            block.lines.append(line.text.strip())
        else:
            self.flush()
            self.block = _Block(line.number, line.indent, [line.text.strip()])

    def _dedented(self, block: _Block, line: _Line) -> bool:
        """True where the line comes back out of lines that were set in below the block's first."""
        before = self.lines[line.number - 1]
        return (
            line.indent <= block.indent < len(before) - len(before.lstrip())
            and len(block.lines) > 1
        )

    def _wrapped(self, line: _Line) -> bool:
        return line.number > 0 and goes_on(
            self.lines[line.number - 1].rstrip(), line.text, self.width
        )

    def inline(self, text: str, number: int) -> Inline:
        """The inline text, with the links of a dump put where their markers stand."""
        inline = read_inline(text, number + 1, plain=True)
        if self.links:
            for match in MARKER.finditer(inline.text):
                target = self.links.get(match.group(1))
                if target:
                    label = words_after(inline.text, match.end())
                    line = (
                        number + 1 + sum(1 for start in inline.starts[1:] if start <= match.start())
                    )
                    inline.links.append(
                        Link(
                            label,
                            target,
                            line,
                            match.start(),
                            min(match.end() + len(label), len(inline.text)),
                        )
                    )
        return inline

    def flush(self) -> None:
        """Adds the block that is being read."""
        block, self.block = self.block, None
        if block is None:
            return
        inline = self.inline("\n".join(block.lines), block.first)
        fields: list[tuple[str, str]] = [("number", block.marker)] if block.marker else []
        if block.breaks and len(inline.starts) > max(block.breaks):
            fields.append(("breaks", " ".join(str(inline.starts[index]) for index in block.breaks)))
        self.builder.add("item" if block.item else "paragraph", inline, block.first + 1, *fields)
