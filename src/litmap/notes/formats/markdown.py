"""Markdown as people write it: CommonMark, Obsidian, pandoc, Hugo and Jekyll, and text that only resembles them."""

from __future__ import annotations

import re

from litmap.notes.bibliographies.text_formats import bibtex_blocks
from litmap.notes.builder import Builder
from litmap.notes.frontmatter import FrontMatter, read_front_matter
from litmap.notes.inline import Inline, read_inline

_ATX = re.compile(r"\s{0,3}(#{1,6})(?:[ \t]+(.*?))?[ \t]*(?:#+[ \t]*)?(?:\{[^{}]*\}[ \t]*)?$")
_SETEXT = re.compile(r"\s{0,3}(={3,}|-{3,})\s*$")
_RULE = re.compile(r"\s{0,3}(?:(?:-\s*){3,}|(?:\*\s*){3,}|(?:_\s*){3,})$")
_FENCE = re.compile(r"\s*(`{3,}|~{3,})\s*([\w{.=+#-]*)")
_ITEM = re.compile(
    r"(\s*)(?:[-*+•‣▪●◦–—](?=\s)|(\d{1,4})[.)](?=\s)|\((?!(?:1[5-9]|20)\d\d\))(\d{1,4}|[a-z])\)(?=\s)|([a-z])\)(?=\s))[ \t]+(.*)$"
)
_BRACKET_ITEM = re.compile(r"(\s*)\[(\d{1,4})\]:?[ \t]+(?!\()(.*)$")
_TASK = re.compile(r"\[[ xX/>?!-]\]\s+")
_QUOTE = re.compile(r"\s{0,3}>[ \t]?")
_CALLOUT = re.compile(r"\[!\w[\w-]*\][+-]?\s*")
_DEFINITION = re.compile(
    r"\s{0,3}\[([^\]\n^][^\]\n]{0,200})\]:\s*(?:<([^<>\n]+)>|(\S+))\s*(?:[\"'(].*[\"')])?\s*$"
)
_FOOTNOTE = re.compile(r"\s{0,3}\[\^([^\]\s]{1,60})\]:\s*(.*)$")
_TABLE_RULE = re.compile(r"\s*\|?\s*:?-{1,}:?\s*(?:\|\s*:?-{1,}:?\s*)*\|?\s*$")
_COLON_ITEM = re.compile(r"\s{0,3}:\s+(.*)$")
_HTML_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)|%%(?!%).*?%%", re.S)
_SHORTCODE = re.compile(r"\{\{[<%][^{}]{0,500}[>%]\}\}|\{:[^{}\n]{0,200}\}|:::+[^\n]{0,200}")


class _Reader:
    """Reads lines into a builder; a block is kept until a line shows that it has ended."""

    def __init__(self, builder: Builder, lines: list[str], definitions: dict[str, str]) -> None:
        self.builder = builder
        self.lines = lines
        self.definitions = definitions
        self.kind = "paragraph"
        self.held: list[str] = []
        self.first = 0
        self.fields: tuple[tuple[str, str], ...] = ()

    def flush(self) -> None:
        """Adds the held block."""
        if self.held:
            inline = read_inline("\n".join(self.held), self.first + 1, self.definitions)
            self.builder.add(self.kind, inline, self.first + 1, *self.fields)
        self.held, self.kind, self.fields = [], "paragraph", ()

    def hold(self, number: int, text: str, kind: str, *fields: tuple[str, str]) -> None:
        """Begins a block on this line."""
        self.flush()
        self.held, self.kind, self.first, self.fields = [text], kind, number, fields

    def read(self, offset: int) -> None:
        """Reads all lines from `offset` on."""
        number = offset
        while number < len(self.lines):
            number = self.line(number)
        self.flush()

    def line(self, number: int) -> int:
        """Takes the line (or, for a code fence, the lines) at `number`; gives the number of the next."""
        raw = self.lines[number]
        quote = 0
        text = raw
        while quote < 8 and (match := _QUOTE.match(text)) and not text.lstrip().startswith(">>>"):
            text = text[match.end() :]
            quote += 1
        if quote:
            text = _CALLOUT.sub("", text, count=1)
        if not text.strip():
            self.flush()
            return number + 1
        if not _is_prose(text):
            if match := _FENCE.match(text):
                return self.fence(number, match)
            if self.heading(number, text) or self.structure(number, text):
                return number + 1
        if self.held:
            self.held.append(text.strip() if self.kind != "cell" else text)
            if self.kind == "cell":
                self.flush()
        else:
            self.hold(number, text.strip(), "paragraph")
        return number + 1

    def heading(self, number: int, text: str) -> bool:
        """Takes a heading of either style, or a rule."""
        if match := _ATX.match(text):
            self.flush()
            content = re.sub(r"\s\^[\w-]+$", "", match.group(2) or "")
            self.builder.heading(
                len(match.group(1)), read_inline(content, number + 1, self.definitions), number + 1
            )
            return True
        lone = (
            len(self.held) == 1
            and self.kind == "paragraph"
            and self.first == number - 1
            and len(self.held[0]) < 200
        )
        if lone and (match := _SETEXT.match(text)):
            inline = read_inline(self.held[0], number, self.definitions)
            self.held = []
            self.builder.heading(1 if match.group(1)[0] == "=" else 2, inline, number)
            return True
        if _RULE.match(text) or text.strip() in {"[TOC]", "[[toc]]", "[[_TOC_]]", "\\newpage"}:
            self.flush()
            return True
        return False

    def structure(self, number: int, text: str) -> bool:
        """Takes list items, table rows, footnotes and definitions."""
        if match := _FOOTNOTE.match(text):
            self.hold(number, match.group(2), "definition", ("footnote", match.group(1)))
        elif _DEFINITION.match(text) and self.kind != "item":
            self.flush()
            label = _DEFINITION.match(text)
            if label and label.group(1).lower() not in self.definitions:
                self.hold(number, text, "paragraph")
        elif match := _BRACKET_ITEM.match(text):
            self.hold(number, match.group(3), "item", ("number", match.group(2)))
        elif match := _ITEM.match(text):
            depth = len(match.group(1).expandtabs(4))
            body = match.group(5)
            task = _TASK.match(body)
            marker = match.group(2) or match.group(3) or ""
            fields = (
                [("indent", str(depth))]
                + ([("number", marker)] if marker.isdigit() else [])
                + ([("task", "1")] if task else [])
            )
            self.hold(number, body[task.end() :] if task else body, "item", *fields)
        elif self.row(number, text):
            pass
        elif match := _COLON_ITEM.match(text):
            self.hold(number, match.group(1), "definition")
        else:
            return False
        return True

    def row(self, number: int, text: str) -> bool:
        """Takes a row of a table."""
        if "|" not in text:
            return False
        if _TABLE_RULE.match(text):
            self.flush()
            return True
        stripped = re.sub(r"\[\[[^\[\]]*\]\]|`[^`]*`", "", text)
        beside = self.lines[number + 1] if number + 1 < len(self.lines) else ""
        in_table = stripped.count("|") >= 2 and stripped.strip().startswith("|")
        if not in_table and not ("|" in beside and _TABLE_RULE.match(beside)):
            return False
        row = re.sub(
            r"(\[\[[^\[\]|]{0,300})\\?\|([^\[\]]{0,300}\]\])",
            "\\1\ue000\\2",
            text.strip().strip("|"),
        )
        cells = [cell.strip().replace("\ue000", "|") for cell in re.split(r"(?<!\\)\|", row)]
        self.hold(number, "\u2003|\u2003".join(cells), "cell")
        self.flush()
        return True

    def fence(self, number: int, match: re.Match[str]) -> int:
        """Skips a block of code; one in BibTeX is read."""
        self.flush()
        mark, language = match.group(1), match.group(2).strip("{}.=").lower()
        end = number + 1
        while end < len(self.lines) and not self.lines[end].strip().startswith(mark):
            end += 1
        if language in {"bibtex", "bib", "biblatex"}:
            for block in bibtex_blocks("\n".join(self.lines[number + 1 : end]), number + 1):
                self.builder.blocks.append(block)
        return end + 1


def _is_prose(text: str) -> bool:
    """True for a line that surely begins nothing: it starts with a letter and is no item 'a)' or row of a table."""
    start = text.lstrip()[:2]
    return start[:1].isalpha() and start[1:] != ")" and "|" not in text


def read_markdown(text: str, builder: Builder, *, offset: int = 0) -> FrontMatter:
    """Reads Markdown into the builder and gives its front matter. `offset` is added to line numbers by the caller."""
    text = _blank_out(_HTML_COMMENT, text) if "<!--" in text or "%%" in text else text
    text = _blank_out(_SHORTCODE, text) if "{{" in text or ":::" in text or "{:" in text else text
    lines = text.split("\n")
    front = read_front_matter(lines) if not offset else FrontMatter()
    if front.title:
        builder.title = front.title
    _front_matter_blocks(front, builder)
    definitions: dict[str, str] = {}
    for line in lines:
        if "]:" in line and (match := _DEFINITION.match(line)):
            target = match.group(2) or match.group(3)
            if re.match(
                r"(?:https?:|ftp:|www\.|/|\.|#|<|mailto:|[\w.-]+\.(?:pdf|html?|md)\b|10\.\d{4})",
                target,
            ):
                definitions.setdefault(" ".join(match.group(1).split()).lower(), target)
    if front.title and not any(
        _ATX.match(line) for line in lines[front.end :] if line.startswith("#")
    ):
        builder.set_root(front.title)
    _Reader(builder, lines, definitions).read(front.end)
    return front


def _front_matter_blocks(front: FrontMatter, builder: Builder) -> None:
    if front.entry:
        builder.add(
            "entry",
            Inline(" ".join(value for _, value in front.entry)),
            1,
            *front.entry,
            ("role", "front matter"),
        )
        return
    for number, line in enumerate(front.lines):
        if re.search(r"10\.\d{4}|arxiv|\.pdf|openreview|pubmed", line, re.I):
            builder.add("definition", Inline(line.strip()), number + 2, ("role", "front matter"))


def _blank_out(pattern: re.Pattern[str], text: str) -> str:
    return pattern.sub(lambda match: "\n" * match.group().count("\n"), text)
