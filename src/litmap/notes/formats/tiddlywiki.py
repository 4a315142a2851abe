"""TiddlyWiki's tiddlers (.tid): fields at the head, then wiki text."""

from __future__ import annotations

import re
from collections.abc import Callable

from litmap.notes.builder import Builder
from litmap.notes.formats.markdown import read_markdown
from litmap.notes.formats.marked_text import MarkedReader, Markup, Shown
from litmap.notes.formats.plain import read_plain
from litmap.notes.record_lines import Property, add_record

_FIELD = re.compile(r"([\w.-]{1,60}):\s?(.*)$")
_HEADING = re.compile(r"(!{1,6})\s*(\S.*)$")
_ITEM = re.compile(r"([*#;:>]{1,8})\s*(\S.*)$")
_FENCE = re.compile(r"```")
_QUOTE = re.compile(r"\s*(?:<<<|\"\"\"|@@|\$\$\$)")
_PRAGMA = re.compile(
    r"\\(?:define|procedure|function|widget|import|rules|whitespace|end|parameters)\b"
)
_INLINE = re.compile(
    r"\[\[(?P<words>[^\[\]|\n]{1,500})(?:\|(?P<target>[^\[\]\n]{1,2000}))?\]\]"
    r"|\[ext\[(?P<extwords>[^\[\]|\n]{1,500})\|(?P<ext>[^\[\]\n]{1,2000})\]\]"
    r"|(?P<bare>https?://[^\s<>\[\]\"|]{2,2000})"
    r"|(?P<macro><<[^<>\n]{1,500}>>|\{\{[^{}\n]{1,500}\}\}|\[img[^\[\]]{0,300}\[[^\[\]\n]{1,500}\]\])"
    r"|//(?P<em>(?=\S)[^\n]{1,500}?(?<=[^\s:]))//"
    r"|''(?P<strong>(?=\S)[^\n']{1,500})''"
    r"|__(?P<underline>[^_\n]{1,500})__"
    r"|\^\^(?P<sup>[^^\n]{1,100})\^\^"
    r"|,,(?P<sub>[^,\n]{1,100}),,"
    r"|~~(?P<strike>[^~\n]{1,500})~~"
    r"|`{1,2}(?P<code>[^`\n]{1,500})`{1,2}"
    r"|(?P<tag></?[$a-zA-Z][^<>]{0,300}>)"
)


def _link(match: re.Match[str]) -> Shown:
    """'[[words|target]]', '[[Tiddler]]'."""
    target = (match["target"] or match["words"]).strip()
    return Shown(match["words"], target if "://" in target else f"[[{target}]]", marked=True)


_CONSTRUCTS: dict[str | None, Callable[[re.Match[str]], Shown | None]] = {
    "words": _link,
    "target": _link,
    "ext": lambda m: Shown(m["extwords"], m["ext"].strip()),
    "bare": lambda m: Shown(m["bare"]),
    "macro": lambda _: Shown(""),
    "em": lambda m: Shown(m["em"], italic=True, marked=True),
    "strong": lambda m: Shown(m["strong"], marked=True),
    "underline": lambda m: Shown(m["underline"], marked=True),
    "sup": lambda m: Shown(m["sup"]),
    "sub": lambda m: Shown(m["sub"]),
    "strike": lambda m: Shown(m["strike"], marked=True),
    "code": lambda m: Shown(m["code"]),
    "tag": lambda _: Shown(""),
}
_MARKUP = Markup(_INLINE, _CONSTRUCTS)
_READ_AS: dict[str, Callable[[str, Builder], None]] = {
    "text/x-markdown": read_markdown,
    "text/markdown": read_markdown,
    "text/plain": read_plain,
}
"""A tiddler's type → the reader of its text; others are wiki text."""


def read_tiddler(text: str, builder: Builder) -> None:
    """Reads a tiddler into the builder."""
    lines = text.split("\n")
    fields: dict[str, Property] = {}
    end = 0
    for number, line in enumerate(lines):
        end = number
        match = _FIELD.match(line)
        if match is None:
            break
        name = match.group(1).lower().removeprefix("bibtex-")
        if name not in fields or name != match.group(1).lower():  # 'bibtex-title' before 'title'
            fields[name] = Property(name, match.group(2).strip(), number + 1)
    if fields and lines[end].strip():
        end = 0  # no head after all
    title = fields["title"].value if end and "title" in fields else ""
    if title:
        builder.set_root(title)
        add_record(builder, [found for name, found in fields.items() if name != "type"])
    body = [""] * end + lines[end:]
    kind = fields["type"].value if end and "type" in fields else ""
    if kind in _READ_AS:
        _READ_AS[kind]("\n".join(body), builder)
    else:
        _TiddlerReader(builder, body, _MARKUP).read()


class _TiddlerReader(MarkedReader):
    """Reads lines of wiki text."""

    def read(self) -> None:
        """Reads all lines."""
        in_code = False
        for number, line in enumerate(self.lines):
            if _FENCE.match(line):
                self.flush()
                in_code = not in_code
            elif not in_code:
                self.line(number, line)
        self.flush()

    def line(self, number: int, line: str) -> None:
        """Takes a line outside of code."""
        if not line.strip() or _QUOTE.match(line) or _PRAGMA.match(line):
            self.flush()
        elif match := _HEADING.match(line):
            self.heading(len(match.group(1)), match.group(2), number)
        elif match := _ITEM.match(line):
            indent = str(2 * (len(match.group(1)) - 1))
            self.hold(number, match.group(2), "item", ("indent", indent))
        elif line.startswith("|"):
            self.flush()
            cells = (cell.strip(" !~^") for cell in line.strip().strip("|chkf").split("|"))
            self.hold(number, "\u2003|\u2003".join(cells), "cell")
            self.flush()
        else:
            self.hold_text(number, line.strip())
