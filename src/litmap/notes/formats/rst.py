"""reStructuredText: titles, links, citations and footnotes with their definitions, roles."""

from __future__ import annotations

import re
from collections.abc import Callable

from litmap.models import Link
from litmap.notes.block_reader import BlockReader
from litmap.notes.builder import Builder
from litmap.notes.inline import Inline, join_lines
from litmap.notes.labelled_topics import is_term
from litmap.parsing.grammar import LIST_NUMBER

_UNDERLINE = re.compile(r"([!-/:-@\[-`{-~])\1{2,}\s*$")
_TARGET = re.compile(r"\.\. _`?([^`:\n]{1,200}?)`?:\s*(\S.*)?$")
_ANONYMOUS = re.compile(r"(?:__|\.\. __:)\s+(\S+)\s*$")
_NOTE = re.compile(r"\.\. \[([^\]\n]{1,80})\]\s*(.*)$")
_DIRECTIVE = re.compile(r"\.\. ([\w:-]+)::\s*(.*)$")
_ITEM = re.compile(rf"(\s*)(?:[-*+•]|({LIST_NUMBER}|#)[.)]|\(({LIST_NUMBER})\))\s+(.*)$")
_INLINE = re.compile(
    r":(?:cite|citep|citet|cite:[a-z]{1,12}|footcite(?::[a-z]{1,5})?):`(?P<cite>[^`]{1,500})`"
    r"|:(?P<role>doi|arxiv|pmid|ref|doc|term|math|sup|sub|emphasis|strong|title|"
    r"title-reference):`(?P<roletext>[^`]{1,500})`"
    r"|`(?P<text>[^`<>]{0,1000}?)\s*<(?P<target>[^<>`]{1,2000})>`__?"
    r"|`(?P<phrase>[^`]{1,300})`(?P<anon>__?)"
    r"|\[(?P<note>[^\]\n\s]{1,80})\]_(?!\w)"
    r"|(?<![\w`/_.])(?P<word>[A-Za-z][\w.-]{0,80})_(?![\w_])"
    r"|``(?P<literal>[^`\n]{1,500})``"
    r"|(?<![\w*])(?P<em>\*{1,2})(?=\S)(?P<emtext>[^*\n]{1,500}?)(?P=em)(?!\w)"
    r"|`(?P<interpreted>[^`\n]{1,500})`"
)
_BOLD = re.compile(r"\s*\*\*(?=\S)([^*\n]{1,200})(?<=\S)\*\*(?!\w)")
_ESCAPED_BLANK = re.compile(r"(?<=[.])\\ ")
r"""'et al.\ 1999': an escaped blank after a full stop is meant as one."""
_LABEL_AND_TARGET = re.compile(r"(.*?)\s*<([^<>]+)>$")
_FIELD = re.compile(r"\s*:([\w -]{1,40}):\s+(.*)$")
_TABLE_RULE = re.compile(r"[=\s]{6,}$|[+|][-=+]{4,}")
_EXPLICIT = re.compile(r"(?m)^\.\. (?:_|\[|\w+::)")
_LINK_WITH_TARGET = re.compile(r"`[^`<>]+ <https?://[^>]+>`_")
_ITALIC_ROLES = {"emphasis", "title", "title-reference"}
_IDENTIFIER_ROLES = {"doi", "arxiv", "pmid"}
_SKIPPED_DIRECTIVES = {
    "code",
    "code-block",
    "sourcecode",
    "image",
    "figure",
    "raw",
    "toctree",
    "contents",
    "include",
    "highlight",
    "math",
    "csv-table",
    "plot",
    "autoclass",
    "automodule",
    "bibliography",
}
"""Directives whose text is no prose."""


def is_rst(text: str) -> bool:
    """True for text with a directive, target or footnote, or with two links '`text <url>`_'."""
    head = text[:20_000]
    return bool(_EXPLICIT.search(head)) or len(_LINK_WITH_TARGET.findall(head)) >= 2


def read_rst(text: str, builder: Builder) -> None:
    """Reads reStructuredText into the builder."""
    _RstReader(builder, text.expandtabs(8).split("\n")).read()


class _Targets:
    """Where links point: targets by name, and those without one in their order."""

    def __init__(self, lines: list[str]) -> None:
        self.named: dict[str, str] = {}
        self.anonymous: list[str] = []
        for number, line in enumerate(lines):
            if match := _TARGET.match(line):
                value = match.group(2) or ""
                after = lines[number + 1].strip() if number + 1 < len(lines) else ""
                self.named[" ".join(match.group(1).lower().split())] = value or (
                    after if after.startswith("http") else ""
                )
            elif match := _ANONYMOUS.match(line):
                self.anonymous.append(match.group(1))

    def get(self, name: str) -> str:
        """The address of a named target, through other names."""
        seen: set[str] = set()
        key = " ".join(name.lower().split())
        while key in self.named and key not in seen:
            seen.add(key)
            value = self.named[key]
            if not re.fullmatch(r"`?[^`]+`?_", value):
                return value
            key = value.strip("`_").lower()
        return ""


def rst_inline(raw: str, line: int, targets: _Targets) -> Inline:
    """The text of a stretch of reStructuredText; citations become '@key' or stay '[key]'."""
    raw = _ESCAPED_BLANK.sub(" ", raw)
    out, parts, size, position = Inline(), [], 0, 0
    for match in _INLINE.finditer(raw):
        shown, target = _CONSTRUCTS[match.lastgroup](match, targets)
        if shown is None:
            continue
        before = raw[position : match.start()]
        parts += [before, shown]
        size += len(before)
        if target:
            first = line + raw.count("\n", 0, match.start())
            link = Link(" ".join(shown.split()), target, first, size, size + len(shown))
            out.links.append(link)
        if match["em"] == "*" or match["role"] in _ITALIC_ROLES:
            out.emphasis.append(shown)
        size += len(shown)
        position = match.end()
    out.text, out.starts = join_lines("".join(parts) + raw[position:])
    if lead := _BOLD.match(raw):
        out.lead = lead.group(1)
    return out


# What a construct shows, and where it points; None for what is none after all.
Shown = tuple[str | None, str]


def _citation(match: re.Match[str], _: _Targets) -> Shown:
    return "[" + "; ".join("@" + key.strip() for key in match["cite"].split(",")) + "]", ""


def _role(match: re.Match[str], _: _Targets) -> Shown:
    role, value = match["role"], match["roletext"]
    label = _LABEL_AND_TARGET.match(value)
    shown, target = label.groups() if label else (value, value)
    return shown, f"{role}:{target}" if role in _IDENTIFIER_ROLES else ""


def _link_with_target(match: re.Match[str], targets: _Targets) -> Shown:
    target = match["target"]
    if target.endswith("_") and "://" not in target:
        target = targets.get(target[:-1])
    return match["text"] or target, target


def _phrase(match: re.Match[str], targets: _Targets) -> Shown:
    target = targets.get(match["phrase"])
    if not target and match["anon"] == "__" and targets.anonymous:
        target = targets.anonymous.pop(0)
    return match["phrase"], target


def _note_mark(match: re.Match[str], _: _Targets) -> Shown:
    return f"[{match['note'].lstrip('#') or '#'}]", ""


def _word(match: re.Match[str], targets: _Targets) -> Shown:
    target = targets.get(match["word"])
    return (match["word"], target) if target else (None, "")


def _marked(match: re.Match[str], _: _Targets) -> Shown:
    return match[match.lastgroup or 0], ""


_CONSTRUCTS: dict[str | None, Callable[[re.Match[str], _Targets], Shown]] = {
    "cite": _citation,
    "roletext": _role,
    "target": _link_with_target,
    "anon": _phrase,
    "note": _note_mark,
    "word": _word,
    "literal": _marked,
    "emtext": _marked,
    "interpreted": _marked,
}
"""The last group of a match of `_INLINE` → how the construct is read."""


class _RstReader(BlockReader):
    """Reads lines; the level of a title is the place of its style among those used so far."""

    def __init__(self, builder: Builder, lines: list[str]) -> None:
        super().__init__(builder, lines)
        self.targets = _Targets(lines)
        self.styles: list[str] = []
        self.term = ""
        """The term above what is set in."""

    def inline(self, raw: str, number: int) -> Inline:
        """The text of a stretch."""
        return rst_inline(raw, number + 1, self.targets)

    def read(self) -> None:
        """Reads all lines."""
        number = 0
        while number < len(self.lines):
            number = self.line(number)
        self.flush()

    def line(self, number: int) -> int:
        """Takes one line or construct; gives the number of the line to go on with."""
        line = self.lines[number]
        if not line.strip():
            if self.kind != "definition":
                self.flush()
            return number + 1
        if self.kind == "definition" and self.held and not line[0].isspace():
            self.flush()
        if lines_taken := self.title(number):
            return number + lines_taken
        if line.startswith(".. ") or line.strip() == "..":
            self.flush()
            return self.explicit(number, line)
        self.text(number, line)
        return number + 1

    def title(self, number: int) -> int:
        """Takes a section title that begins at this line.

        Gives the number of its lines, 0 where there is none.
        """
        if style := self.overline(number):
            self.section(number + 1, style * 2)
            return 3
        if not self.held and (style := self.underline(number)):
            self.section(number, style)
            return 2
        return 0

    def overline(self, number: int) -> str:
        """The sign of the lines above and below a title; '' where this is no line above one."""
        if number + 2 >= len(self.lines) or not (over := _UNDERLINE.match(self.lines[number])):
            return ""
        title, below = self.lines[number + 1].strip(), self.lines[number + 2]
        is_same_sign = below.strip()[:1] == over.group(1) and _UNDERLINE.match(below)
        return over.group(1) if title and is_same_sign else ""

    def underline(self, number: int) -> str:
        """The sign of the line below this one, which is a title; '' where it is none."""
        line = self.lines[number]
        below = self.lines[number + 1] if number + 1 < len(self.lines) else ""
        under = _UNDERLINE.match(below)
        if not under or line[0].isspace() or _UNDERLINE.match(line):
            return ""
        return under.group(1) if len(below.strip()) >= min(len(line.strip()), 4) else ""

    def section(self, number: int, style: str) -> None:
        """Opens a section.

        Its level is that of its style, in the order in which styles are used.
        """
        if style not in self.styles:
            self.styles.append(style)
        inline = self.inline(self.lines[number].strip(), number)
        self.builder.heading(self.styles.index(style) + 1, inline, number + 1)

    def text(self, number: int, line: str) -> None:
        """Takes a line of an item, field or paragraph, or a line that says nothing."""
        if self.says_nothing(line):
            self.flush()
        elif match := _ITEM.match(line):
            marker = match.group(2) or match.group(3) or ""
            fields: list[tuple[str, str]] = [("number", marker)] if marker.isdigit() else []
            fields += [("indent", str(len(match.group(1))))] if match.group(1) else []
            self.hold(number, match.group(4), "item", *fields)
        elif match := _FIELD.match(line):
            self.hold(number, match.group(2), "definition")
        elif not self.held and line.rstrip().endswith("::"):
            self.hold(number, line.strip().rstrip(":"), "paragraph")
        elif self.begins_definition(number, line):
            self.hold(number, line.strip(), "definition", ("term", self.term))
        else:
            self.hold_text(number, line.strip())

    def begins_definition(self, number: int, line: str) -> bool:
        """True for what is set in below a term, alone on its line, or below another of its
        paragraphs.
        """
        if not line[0].isspace():
            self.term = ""
            return False
        if len(self.held) == 1 and self.kind == "paragraph" and self.first == number - 1:
            term = self.held[0].partition(" : ")[0].strip(" *`")
            self.term = term if is_term(term) else ""
            return bool(self.term)
        return bool(self.term) and not self.held

    def says_nothing(self, line: str) -> bool:
        """True for the target of an anonymous link, and for rules and borders of tables."""
        return (
            bool(_ANONYMOUS.match(line))
            or (not self.held and bool(_UNDERLINE.match(line)))
            or bool(_TABLE_RULE.match(line.strip()))
        )

    def explicit(self, number: int, line: str) -> int:
        """Takes a construct that begins with two dots.

        Gives the number of the line to go on with.
        """
        if match := _NOTE.match(line):
            self.note(number, match)
            return number + 1
        if _TARGET.match(line):
            return number + 1
        directive = _DIRECTIVE.match(line)
        if directive is None:
            return self.end_of_body(number)
        name, value = directive.group(1).lower(), directive.group(2)
        if name == "bibliography":
            self.builder.uses += value.split()
        if name in _SKIPPED_DIRECTIVES:
            return self.end_of_body(number)
        if value:
            self.hold(number, value, "paragraph")
        return number + 1

    def note(self, number: int, match: re.Match[str]) -> None:
        """Begins '.. [1] text' or '.. [Key] text'."""
        key = match.group(1).lstrip("#")
        name = "number" if key.isdigit() else "label"
        text = f"[{key}] {match.group(2)}"
        self.hold(number, text, "definition", (name, key), ("list", "references"))

    def end_of_body(self, number: int) -> int:
        """The line after a comment or directive and what is set in below it."""
        end = number + 1
        while end < len(self.lines) and (
            not self.lines[end].strip() or self.lines[end].startswith("   ")
        ):
            end += 1
        return end
