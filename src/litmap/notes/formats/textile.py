"""Textile: `h1.` headings, lists, `"words":address` links, `fn1.` notes, tables."""

from __future__ import annotations

import re
from collections.abc import Callable

from litmap.notes.builder import Builder
from litmap.notes.formats.marked_text import MarkedReader, Markup, Shown

_STYLE = r"(?:\([^()\n]{0,80}\)|\{[^{}\n]{0,200}\}|\[[^\[\]\n]{0,20}\]|[<>=]){0,4}"
_HEADING = re.compile(rf"h([1-6]){_STYLE}\.{{1,2}}\s+(\S.*)$")
_NOTE = re.compile(rf"(?:fn(\d{{1,4}})|note#([\w-]{{1,40}})){_STYLE}\.\s+(\S.*)$")
_BLOCK = re.compile(rf"(p|bq|bc|pre|notextile){_STYLE}(\.{{1,2}})(?::(\S+))?\s+(.*)$")
_ITEM = re.compile(r"\s*([*#]{1,8}|-)(?:_|\d{1,4})?\s+(\S.*)$")
_TERM = re.compile(r"-\s+([^:\n]{1,200}?)\s*:=\s*(.*)$")
_ROW = re.compile(rf"\s*(?:table{_STYLE}\.|\|)")
_CELL_STYLE = re.compile(rf"_?(?:[\\/]\d{{1,2}})?{_STYLE}\.\s")
_LINK = re.compile(r"\s*\[([\w .-]{1,80})\](https?://\S+)\s*$")
_INLINE = re.compile(
    r"\[?\"(?P<words>[^\"\n]{1,500})\":(?P<target>(?:https?://|www\.|/|\.|mailto:)[^\s\"<>|]{0,1999}?)"
    r"(?=[.,;:!?)\]|]{0,3}(?:\s|$))\]?"
    r"|\"(?P<aliased>[^\"\n]{1,300})\":(?P<alias>[\w-]{1,80})(?![\w/:])"
    r"|(?P<bare>https?://[^\s<>\"|]{2,2000})"
    r"|!(?P<image>[^\s!|]{1,500})!(?::\S{1,500})?"
    r"|(?<=[^\s\[])\[(?P<mark>\d{1,4})\]"
    r"|(?<!\w)\?\?(?P<cite>(?=\S)[^?\n]{1,500}(?<=\S))\?\?(?!\w)"
    r"|(?<!\w)__(?P<em2>(?=\S)[^_\n]{1,500}(?<=\S))__(?!\w)"
    r"|(?<!\w)_(?P<em>(?=\S)[^_\n]{1,500}(?<=\S))_(?!\w)"
    r"|(?<!\w)\*{1,2}(?P<strong>(?=\S)[^*\n]{1,500}(?<=\S))\*{1,2}(?!\w)"
    r"|(?<!\w)@(?P<code>(?=\S)[^@\n]{1,300}(?<=\S))@(?!\w)"
    r"|%(?:\{[^{}\n]{0,100}\}|\([^()\n]{0,80}\))(?P<span>[^%\n]{1,500})%"
    r"|==(?P<literal>[^=\n]{1,500})=="
)
_NONE = Shown("")


def read_textile(text: str, builder: Builder) -> None:
    """Reads Textile into the builder."""
    lines = text.split("\n")
    aliases = {match.group(1): match.group(2) for match in map(_LINK.match, lines) if match}
    _TextileReader(builder, lines, aliases).read()


def _markup(aliases: dict[str, str]) -> Markup:
    """The inline markup of a text in which these words stand for addresses."""
    constructs: dict[str | None, Callable[[re.Match[str]], Shown | None]] = {
        "target": lambda m: Shown(m["words"], m["target"], marked=True),
        "alias": lambda m: (
            Shown(m["aliased"], aliases[m["alias"]], marked=True) if m["alias"] in aliases else None
        ),
        "bare": lambda m: Shown(m["bare"]),
        "image": lambda _: _NONE,
        "mark": lambda m: Shown(f"[{m['mark']}]"),
        "cite": lambda m: Shown(m["cite"], italic=True, marked=True),
        "em2": lambda m: Shown(m["em2"], italic=True, marked=True),
        "em": lambda m: Shown(m["em"], italic=True, marked=True),
        "strong": lambda m: Shown(m["strong"], marked=True),
        "code": lambda m: Shown(m["code"]),
        "span": lambda m: Shown(m["span"], marked=True),
        "literal": lambda m: Shown(m["literal"]),
    }
    return Markup(_INLINE, constructs)


class _TextileReader(MarkedReader):
    """Reads lines; code ends at a blank line, or where the next block begins ('bc..')."""

    def __init__(self, builder: Builder, lines: list[str], aliases: dict[str, str]) -> None:
        super().__init__(builder, lines, _markup(aliases))
        self.code = ""

    def read(self) -> None:
        """Reads all lines."""
        for number, line in enumerate(self.lines):
            if not line.strip():
                self.flush()
                self.code = "" if self.code == "." else self.code
            elif not self.block(number, line) and not self.code:
                self.content(number, line)
        self.flush()

    def block(self, number: int, line: str) -> bool:
        """Takes a line that begins a block by its mark."""
        if match := _HEADING.match(line):
            self.heading(int(match.group(1)), match.group(2), number)
        elif match := _NOTE.match(line):
            label = match.group(1) or match.group(2)
            fields = ("number", label), ("list", "references")
            self.hold(number, f"[{label}] {match.group(3)}", "definition", *fields)
        elif match := _BLOCK.match(line):
            if match.group(1) not in {"p", "bq"}:
                self.flush()
                self.code = match.group(2)
                return True
            self.hold(number, match.group(4), "paragraph")
        else:
            return False
        self.code = ""
        return True

    def content(self, number: int, line: str) -> None:
        """Takes an item, a row or a line of text."""
        if match := _TERM.match(line):
            text = f"{match.group(1)}: {match.group(2)}"
            self.hold(number, text, "definition", ("term", match.group(1)))
        elif match := _ITEM.match(line):
            depth = len(match.group(1)) - 1
            self.hold(number, match.group(2), "item", ("indent", str(depth * 2)))
        elif _ROW.match(line):
            self.row(number, line)
        elif not _LINK.match(line):
            self.hold_text(number, line.strip())

    def row(self, number: int, line: str) -> None:
        """Takes a row of a table."""
        self.flush()
        if "|" in line:
            cells = line.strip().strip("|").split("|")
            words = (_CELL_STYLE.sub("", cell.strip(), count=1).strip() for cell in cells)
            self.hold(number, "\u2003|\u2003".join(words), "cell")
            self.flush()
