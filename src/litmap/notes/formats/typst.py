"""Typst: headings, lists, links, `@key` and `#cite(<key>)`, footnotes, bibliographies."""

from __future__ import annotations

import re
from collections.abc import Callable

from litmap.notes.builder import Builder
from litmap.notes.formats.marked_text import MarkedReader, Markup, Shown, cited
from litmap.parsing.grammar import LIST_NUMBER

_HEADING = re.compile(r"(={1,6})\s+(\S.*?)\s*$")
_HEADING_CALL = re.compile(
    r"#heading\((?:[^\[\]]{0,200}?\blevel:\s*(\d)[^\[\]]{0,200}?)?[^\[\]]{0,200}\)\[(.*)\]\s*$"
)
_ITEM = re.compile(rf"(\s*)(?:[-+•]|({LIST_NUMBER})\.)\s+(\S.*)$")
_TERM = re.compile(r"\s*/\s+([^:\n]{1,200}):\s+(.*)$")
_BIBLIOGRAPHY = re.compile(
    r"#?bibliography\(([^()]{0,1000}|[^()]{0,500}\([^()]{0,500}\)[^()]{0,500})\)"
)
_STRING = re.compile(r"\"([^\"\n]{1,500})\"")
_FENCE = re.compile(r"\s*(`{3,})")
_CODE = re.compile(
    r"\s*#(?:let|set|show|import|include|figure|table|grid|image|if|for|while|context)\b|\s*#\w+\(\s*$"
)
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|(?<![:\w])//[^\n]*", re.S)
_LABEL = re.compile(r"\s*<[\w:.-]{1,80}>\s*$")
_TITLE = re.compile(r"\btitle:\s*(?:\[([^\[\]]{1,300})\]|\"([^\"\n]{1,300})\")")
_INLINE = re.compile(
    r"#link\(\s*\"(?P<url>[^\"\n]{1,2000})\"\s*\)(?:\[(?P<words>[^\[\]]{0,1000})\])?"
    r"|#(?:cite|quote|prose)\((?P<cite>[^()]{1,500})\)(?:\[(?P<suffix>[^\[\]]{0,300})\])?"
    r"|#footnote\[(?P<note>(?:[^\[\]]|\[[^\[\]]{0,500}\]){0,2000})\]"
    r"|#emph\[(?P<emcall>[^\[\]]{1,500})\]"
    r"|#(?:strong|text|underline|highlight|smallcaps|box|block|align|super|sub)"
    r"(?:\([^()\[\]]{0,300}\))?\[(?P<call>[^\[\]]{0,1000})\]"
    r"|(?<![\w@.])@(?P<key>[^\W_](?:[\w]|[:.-](?=\w)){1,120})(?:\[(?P<supplement>[^\[\]\n]{0,200})\])?"
    r"|(?P<bare>https?://[^\s\[\]<>\"]{2,2000})"
    r"|`(?P<code>[^`\n]{1,500})`"
    r"|(?<!\w)_(?P<em>(?=[^\s_])[^_\n]{1,500}(?<=[^\s_]))_(?!\w)"
    r"|(?<!\w)\*(?P<strong>(?=[^\s*])[^*\n]{1,500}(?<=[^\s*]))\*(?!\w)"
    r"|\$(?P<math>[^$\n]{1,500})\$"
    r"|\\(?P<escape>[^\w\s])"
    r"|(?P<break>\\$)"
    r"|(?P<label><[a-zA-Z][\w:.-]{1,80}>)"
    r"|(?P<dash>-{2,3})"
    r"|(?P<blank>(?<!~)~(?!~))",
    re.M,
)
_CONSTRUCTS: dict[str | None, Callable[[re.Match[str]], Shown | None]] = {
    "url": lambda m: Shown(m["url"], m["url"]),
    "words": lambda m: Shown(m["words"] or m["url"], m["url"], marked=True),
    "cite": lambda m: _citation(m["cite"]),
    "suffix": lambda m: _citation(m["cite"]) or Shown(m["suffix"], marked=True),
    "note": lambda m: Shown("", note=m["note"]),
    "emcall": lambda m: Shown(m["emcall"], italic=True, marked=True),
    "call": lambda m: Shown(m["call"], marked=True),
    "key": lambda m: cited([m["key"]]),
    "supplement": lambda m: cited([m["key"]]),
    "bare": lambda m: Shown(m["bare"]),
    "code": lambda m: Shown(m["code"]),
    "em": lambda m: Shown(m["em"], italic=True, marked=True),
    "strong": lambda m: Shown(m["strong"], marked=True),
    "math": lambda m: Shown(m["math"]),
    "escape": lambda m: Shown(m["escape"]),
    "break": lambda _: Shown(""),
    "label": lambda _: Shown(""),
    "dash": lambda m: Shown("–" if len(m["dash"]) == 2 else "—"),
    "blank": lambda _: Shown(" "),
}
_MARKUP = Markup(_INLINE, _CONSTRUCTS)
_KEY_IN_CALL = re.compile(r"<([^<>\s]{1,120})>|label\(\"([^\"\n]{1,120})\"\)")


def _citation(arguments: str) -> Shown | None:
    """'#cite(<key>, supplement: [p. 7])'."""
    return cited([a or b for a, b in _KEY_IN_CALL.findall(arguments)])


def read_typst(text: str, builder: Builder) -> None:
    """Reads Typst markup into the builder."""
    text = _COMMENT.sub(lambda match: "\n" * match.group().count("\n"), text)
    for match in _BIBLIOGRAPHY.finditer(text):
        builder.uses += _STRING.findall(re.sub(r"\w+:\s*\"[^\"\n]*\"", "", match.group(1)))
    title = _TITLE.search(text[:5_000])
    if title:
        builder.title = title.group(1) or title.group(2)
    _TypstReader(builder, text.split("\n")).read()


class _TypstReader(MarkedReader):
    """Reads lines; calls of code that go over lines are passed over up to their last bracket."""

    def __init__(self, builder: Builder, lines: list[str]) -> None:
        super().__init__(builder, lines, _MARKUP)
        self.fence = ""
        self.open = 0
        """Brackets of a call that are not closed yet."""

    def read(self) -> None:
        """Reads all lines."""
        for number, line in enumerate(self.lines):
            if self.fence:
                self.fence = "" if line.strip().startswith(self.fence) else self.fence
            elif self.open > 0:
                self.count(line)
            elif not self.structure(number, line):
                self.content(number, line)
        self.flush()

    def count(self, line: str) -> None:
        """Counts the brackets that a line opens and closes."""
        self.open += sum(map(line.count, "([{")) - sum(map(line.count, ")]}"))

    def structure(self, number: int, line: str) -> bool:
        """Takes blank lines, headings, code, and the call of a bibliography."""
        if not line.strip() or _LABEL.match(line):
            self.flush()
        elif match := _HEADING.match(line):
            self.heading(len(match.group(1)), match.group(2), number)
        elif match := _HEADING_CALL.match(line):
            self.heading(int(match.group(1) or 1), match.group(2), number)
        elif match := _FENCE.match(line):
            self.flush()
            is_closed = line.count(match.group(1)) > 1
            self.fence = "" if is_closed else match.group(1)
        elif _CODE.match(line) or _BIBLIOGRAPHY.search(line):
            self.flush()
            self.open = 0
            self.count(line)
        else:
            return False
        return True

    def content(self, number: int, line: str) -> None:
        """Takes an item, a term or a line of text."""
        if match := _ITEM.match(line):
            fields = [("indent", str(len(match.group(1).expandtabs(2))))]
            fields += [("number", match.group(2))] if match.group(2) else []
            self.hold(number, match.group(3), "item", *fields)
        elif match := _TERM.match(line):
            text = f"{match.group(1)}: {match.group(2)}"
            self.hold(number, text, "definition", ("term", match.group(1)))
        else:
            self.hold_text(number, line.strip())
