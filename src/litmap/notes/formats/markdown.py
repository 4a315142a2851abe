"""Markdown as people write it: CommonMark, Obsidian, pandoc, Hugo, Jekyll, and text like it."""

from __future__ import annotations

import re
from collections.abc import Callable

from litmap.notes.bibliographies.bibtex import bibtex_blocks
from litmap.notes.block_reader import BlockReader
from litmap.notes.builder import Builder
from litmap.notes.formats.html import read_html_block
from litmap.notes.frontmatter import FrontMatter, read_front_matter
from litmap.notes.inline import Inline, read_inline
from litmap.notes.record_lines import take_records
from litmap.parsing.grammar import LIST_NUMBER

_ATX = re.compile(
    r"\s{0,3}(#{1,6})(?:(?:[ \t]+|(?<=##)(?=[^\W_]))(.*?))?"
    r"[ \t]*(?:#+[ \t]*)?(?:\{[^{}]*\}[ \t]*)?$"
)
"""'## Heading'; '##Heading' too, but no '#tag'."""
_BOLD_LINE = re.compile(r"\s{0,3}(\*\*|__)(?=\S)(?:(?!\1).){1,150}(?<=\S)\1:?\s*$")
_SETEXT = re.compile(r"\s{0,3}(={3,}|-{3,})\s*$")
_RULE = re.compile(r"\s{0,3}(?:(?:-\s*){3,}|(?:\*\s*){3,}|(?:_\s*){3,})$")
_FENCE = re.compile(r"\s*(`{3,}|~{3,})\s*([\w{.=+#-]*)")
_ITEM = re.compile(
    rf"(\s*)(?:[-*+•‣▪●◦–—](?=\s)|({LIST_NUMBER})[.)](?=\s)"
    rf"|\(({LIST_NUMBER}|[a-z])\)(?=\s)|([a-z])\)(?=\s))[ \t]+(.*)$"
)
_BRACKET_ITEM = re.compile(rf"(\s*)\[({LIST_NUMBER})\]:?[ \t]+(?!\()(.*)$")
_TASK = re.compile(r"\[[ xX/>?!-]\]\s+")
_QUOTE = re.compile(r"\s{0,3}>[ \t]?")
_CALLOUT = re.compile(r"\[!\w[\w-]*\][+-]?\s*")
_DEFINITION = re.compile(
    r"\s{0,3}\[([^\]\n^][^\]\n]{0,200})\]:\s*(?:<([^<>\n]+)>|(\S+))\s*(?:[\"'(].*[\"')])?\s*$"
)
_FOOTNOTE = re.compile(r"\s{0,3}\[\^([^\]\s]{1,60})\]:\s*(.*)$")
_TABLE_RULE = re.compile(r"\s*\|?\s*:?-{1,}:?\s*(?:\|\s*:?-{1,}:?\s*)*\|?\s*$")
_COLON_ITEM = re.compile(r"\s{0,3}:\s+(.*)$")
_HTML_BLOCK = re.compile(
    r"\s*<(?:style\b.{0,2000}?</style>\s*<)?(div|ol|ul|dl|table|p|section|details|blockquote)"
    r"(?:\s[^<>]*)?>",
    re.I,
)
_HTML_LISTS = {"ol", "ul", "dl", "table"}
"""Elements of HTML that blank lines do not end."""
_MARKDOWN_IN_HTML = re.compile(r"\]\(|\[\[|\*\*|(?m:^\s{0,6}(?:#{1,6}|[-*+]|\d{1,3}[.)])\s)")
_TEXT_IN_HTML = re.compile(r">\s*[^<\s]")
_LIST_TAG = re.compile(r"<(/?)(ol|ul|dl|table)\b", re.I)
_HTML_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)|%%(?!%).*?%%", re.S)
_HEADING_ATTRIBUTE = re.compile(r"\s\^[\w-]+$")
_WIKI_LINK_OR_CODE = re.compile(r"\[\[[^\[\]]*\]\]|`[^`]*`")
_WIKI_LINK_WITH_ALIAS = re.compile(r"(\[\[[^\[\]|]{0,300})\\?\|([^\[\]]{0,300}\]\])")
_CELL_BORDER = re.compile(r"(?<!\\)\|")
_PIPE = "\ue000"
"""Stands for a '|' that is no border of a cell."""
_TARGET = re.compile(
    r"(?:https?:|ftp:|www\.|/|\.|#|<|mailto:|[\w.-]+\.(?:pdf|html?|md)\b|10\.\d{4})"
)
_SOURCE_IN_FRONT_MATTER = re.compile(r"10\.\d{4}|arxiv|\.pdf|openreview|pubmed", re.I)
_NO_TEXT = {"[TOC]", "[[toc]]", "[[_TOC_]]", "\\newpage"}
_BIBTEX = {"bibtex", "bib", "biblatex"}
_MAX_QUOTES = 8
_MAX_SETEXT = 199
"""Characters of a line that may be an underlined heading."""
_FRONT_MATTER_START = re.compile(r"---\n(?:[\w-]+:.*\n)+")
_HEADING_START = re.compile(r"(?m)^#{1,5} \S")
_LINK_TARGET = re.compile(r"\]\(https?://")
_DEFINITION_START = re.compile(r"(?m)^\[[^\]]+\]: \S")
_ENTRY_ANCHOR = re.compile(
    r"\s*(?:<div\s[^>]*id=\"(ref-[\w:./+-]{1,100})\"[^>]*>|:{3,}\s*\{#(ref-[\w:./+-]{1,100})[^}]*\})\s*$"
)
_SHORTCODE = re.compile(r"\{\{[<%][^{}]{0,500}[>%]\}\}|\{:[^{}\n]{0,200}\}|:::+[^\n]{0,200}")


def is_markdown(text: str) -> bool:
    """True for text with front matter, a heading, or two links or definitions of links."""
    head = text[:20_000]
    signs = (
        (3, _FRONT_MATTER_START.match(head) is not None),
        (2, len(_HEADING_START.findall(head))),
        (1, len(_LINK_TARGET.findall(head))),
        (1, len(_DEFINITION_START.findall(head))),
    )
    return sum(weight * count for weight, count in signs) >= 2


def read_markdown(text: str, builder: Builder) -> None:
    """Reads Markdown with its front matter into the builder."""
    anchors = _anchors_of_entries(text) if "ref-" in text else {}
    text = _blank_out(_HTML_COMMENT, text) if "<!--" in text or "%%" in text else text
    text = _blank_out(_SHORTCODE, text) if "{{" in text or ":::" in text or "{:" in text else text
    lines = text.split("\n")
    front = read_front_matter(lines)
    builder.title = front.title or builder.title
    builder.uses += front.bibliographies
    builder.broken = front.broken
    _add_front_matter(front, builder)
    if front.title and not _has_heading(lines[front.end :]):
        builder.set_root(front.title)
    take_records(builder, lines, front.end)
    _MarkdownReader(builder, lines, _link_definitions(lines), anchors).read(front.end)


def _anchors_of_entries(text: str) -> dict[int, str]:
    """The targets of links to pandoc's entries by the index of the line where each entry begins:
    '<div id="ref-doe" class="csl-entry">' or '::: {#ref-doe}' above it, blank lines between.
    """
    anchors: dict[int, str] = {}
    waiting = ""
    for number, line in enumerate(text.split("\n")):
        if match := _ENTRY_ANCHOR.match(line):
            waiting = match[1] or match[2]
        elif waiting and line.strip():
            anchors[number] = waiting
            waiting = ""
    return anchors


def _blank_out(pattern: re.Pattern[str], text: str) -> str:
    """The text without what matches, its line breaks kept."""
    return pattern.sub(lambda match: "\n" * match.group().count("\n"), text)


def _add_front_matter(front: FrontMatter, builder: Builder) -> None:
    """The record of a literature note, else the lines that may name a work."""
    role = ("role", "front matter")
    if front.entry:
        words = " ".join(value for _, value in front.entry)
        builder.add("entry", Inline(words), 1, *front.entry, role)
        return
    for number, line in enumerate(front.lines, 2):
        if _SOURCE_IN_FRONT_MATTER.search(line):
            builder.add("definition", Inline(line.strip()), number, role)


def _has_heading(lines: list[str]) -> bool:
    return any(line.startswith("#") and _ATX.match(line) for line in lines)


def _link_definitions(lines: list[str]) -> dict[str, str]:
    """Targets of '[label]: target' by lower-case label, the first of a label counts."""
    definitions: dict[str, str] = {}
    for line in lines:
        if "]:" in line and (match := _DEFINITION.match(line)):
            target = match.group(2) or match.group(3)
            if _TARGET.match(target):
                definitions.setdefault(" ".join(match.group(1).split()).lower(), target)
    return definitions


class _MarkdownReader(BlockReader):
    """Reads lines; `definitions` are the targets of links by label."""

    def __init__(
        self,
        builder: Builder,
        lines: list[str],
        definitions: dict[str, str],
        anchors: dict[int, str],
    ) -> None:
        super().__init__(builder, lines)
        self.anchors = anchors
        self.definitions = definitions
        self.term = ""
        """What the definitions that follow define."""
        self.ends_of_lists: dict[int, int] | None = None
        self.table_end = -1
        """The last line of a table that was read; a row below it needs no outer borders."""
        self.no_html_before = 0
        """The line up to which what looks like HTML was found to be Markdown."""

    def hold(self, number: int, text: str, kind: str, *fields: tuple[str, str]) -> None:
        """Begins a block; an entry of pandoc's list is known by its anchor."""
        anchor = self.anchors.get(number)
        super().hold(number, text, kind, *fields, *([("label", anchor)] if anchor else []))

    def inline(self, raw: str, number: int) -> Inline:
        """The text of a stretch."""
        return read_inline(raw, number + 1, self.definitions)

    def read(self, offset: int) -> None:
        """Reads all lines from `offset` on."""
        number = offset
        while number < len(self.lines):
            number = self.line(number)
        self.flush()

    def line(self, number: int) -> int:
        """Takes the line (or, for a code fence, the lines) at `number`.

        Gives the number of the next.
        """
        text = _without_quote_marks(self.lines[number])
        if not text.strip():
            self.flush()
        elif is_surely_prose(text):
            self.hold_text(number, text.strip())
        elif match := _FENCE.match(text):
            return self.fence(number, match)
        elif (match := _HTML_BLOCK.match(text)) and (end := self.html(number, match)):
            return end
        elif not self.construct(number, text):
            self.hold_text(number, text.strip())
        return number + 1

    def construct(self, number: int, text: str) -> bool:
        """Takes a line that is one of the constructs; False for any other."""
        return any(take(self, number, text) for take in _CONSTRUCTS)

    def atx_heading(self, number: int, text: str) -> bool:
        """'## Heading'."""
        match = _ATX.match(text)
        if not match:
            return False
        text = _HEADING_ATTRIBUTE.sub("", match.group(2) or "")
        self.heading(len(match.group(1)), text, number)
        return True

    def setext_heading(self, number: int, text: str) -> bool:
        """A line of '=' or '-' below the single line that is the heading."""
        is_below_one_line = (
            len(self.held) == 1
            and self.kind == "paragraph"
            and self.first == number - 1
            and len(self.held[0]) <= _MAX_SETEXT
        )
        match = _SETEXT.match(text) if is_below_one_line else None
        if not match:
            return False
        text, self.held = self.held[0], []
        self.heading(1 if match.group(1)[0] == "=" else 2, text, number - 1)
        return True

    def bold_line(self, number: int, text: str) -> bool:
        """'**Words in bold**' alone on its line, above text: a block of its own."""
        if self.held or not _BOLD_LINE.match(text):
            return False
        self.hold(number, text.strip(), "paragraph")
        self.flush()
        return True

    def rule(self, _: int, text: str) -> bool:
        """A horizontal rule, or the place of a table of contents."""
        if not _RULE.match(text) and text.strip() not in _NO_TEXT:
            return False
        self.flush()
        return True

    def footnote(self, number: int, text: str) -> bool:
        """'[^1]: text'."""
        match = _FOOTNOTE.match(text)
        if match:
            self.hold(number, match.group(2), "definition", ("footnote", match.group(1)))
        return match is not None

    def link_definition(self, number: int, text: str) -> bool:
        """'[label]: target'; it is text where nothing that it could point at stands behind."""
        match = _DEFINITION.match(text) if self.kind != "item" else None
        if not match:
            return False
        self.flush()
        if match.group(1).lower() not in self.definitions:
            self.hold(number, text, "paragraph")
        return True

    def bracketed_item(self, number: int, text: str) -> bool:
        """'[3] An entry'."""
        match = _BRACKET_ITEM.match(text)
        if match:
            self.hold(number, match.group(3), "item", ("number", match.group(2)))
        return match is not None

    def item(self, number: int, text: str) -> bool:
        """'- item', '2. item', '(3) item', 'b) item'; '- [x] item' is a task."""
        match = _ITEM.match(text)
        if not match:
            return False
        fields = [("indent", str(len(match.group(1).expandtabs(4))))]
        body, marker = match.group(5), match.group(2) or match.group(3) or ""
        if marker.isdigit():
            fields.append(("number", marker))
        if task := _TASK.match(body):
            fields.append(("task", "1"))
            body = body[task.end() :]
        if heading := _ATX.match(body):  # as outliners write: '- ## Topic'
            body = f"**{heading.group(2)}**" if heading.group(2) else ""
        self.hold(number, body, "item", *fields)
        return True

    def table_row(self, number: int, text: str) -> bool:
        """'| a | b |', or the head of a table without outer borders."""
        if "|" not in text:
            return False
        if _TABLE_RULE.match(text):
            self.flush()
            self.table_end = number
            return True
        below = self.lines[number + 1] if number + 1 < len(self.lines) else ""
        goes_on = self.table_end == number - 1 and number > 0
        if not goes_on and not is_table_row(text, below):
            return False
        self.table_end = number
        row = _WIKI_LINK_WITH_ALIAS.sub(rf"\1{_PIPE}\2", text.strip().strip("|"))
        cells = (cell.strip().replace(_PIPE, "|") for cell in _CELL_BORDER.split(row))
        self.hold(number, "\u2003|\u2003".join(cells), "cell")
        self.flush()
        return True

    def description(self, number: int, text: str) -> bool:
        """': what a term means'."""
        match = _COLON_ITEM.match(text)
        if match:
            if self.kind != "definition":
                self.term = self.held[0].strip(" *_:") if len(self.held) == 1 else ""
            fields = [("term", self.term)] if self.term else []
            self.hold(number, match.group(1), "definition", *fields)
        return match is not None

    def html(self, number: int, match: re.Match[str]) -> int:
        """Reads a block of HTML; gives the number of the line behind it.

        0 where Markdown stands in it.
        """
        if number < self.no_html_before:
            return 0
        end = self.end_of_html(number, match.group(1).lower())
        code = "\n".join(self.lines[number:end])
        if _MARKDOWN_IN_HTML.search(code):
            self.no_html_before = end
            return 0
        self.flush()
        if _TEXT_IN_HTML.search(code):
            read_html_block(code, self.builder, number + 1)
        return end

    def end_of_html(self, number: int, name: str) -> int:
        """The line behind a block of HTML: behind its end in a list, else the next blank one."""
        if name in _HTML_LISTS:
            if self.ends_of_lists is None:
                self.ends_of_lists = _ends_of_lists(self.lines)
            if number in self.ends_of_lists:
                return self.ends_of_lists[number]
        last = len(self.lines)
        return next((n for n in range(number, last) if not self.lines[n].strip()), last)

    def fence(self, number: int, match: re.Match[str]) -> int:
        """Skips a block of code; one in BibTeX is read."""
        self.flush()
        mark, language = match.group(1), match.group(2).strip("{}.=").lower()
        end = number + 1
        while end < len(self.lines) and not self.lines[end].strip().startswith(mark):
            end += 1
        if language in _BIBTEX:
            code = "\n".join(self.lines[number + 1 : end])
            self.builder.blocks.extend(bibtex_blocks(code, number + 1))
        return end + 1


_CONSTRUCTS: tuple[Callable[[_MarkdownReader, int, str], bool], ...] = (
    _MarkdownReader.atx_heading,
    _MarkdownReader.setext_heading,
    _MarkdownReader.rule,
    _MarkdownReader.bold_line,
    _MarkdownReader.footnote,
    _MarkdownReader.link_definition,
    _MarkdownReader.bracketed_item,
    _MarkdownReader.item,
    _MarkdownReader.table_row,
    _MarkdownReader.description,
)
"""What a line may be, asked in this order; the first that takes the line has it."""


def _ends_of_lists(lines: list[str]) -> dict[int, int]:
    """The line behind the list or table of HTML that opens first on a line, where it is closed."""
    ends: dict[int, int] = {}
    opened: dict[str, list[int]] = {name: [] for name in _HTML_LISTS}
    for number, line in enumerate(lines):
        for match in _LIST_TAG.finditer(line) if "<" in line else ():
            inside = opened[match.group(2).lower()]
            if not match.group(1):
                inside.append(number)
            elif inside:
                ends[inside.pop()] = number + 1
    return ends


def _without_quote_marks(line: str) -> str:
    """The line without '>' and '[!note]'; '>>>' is a prompt in code and stays."""
    if ">" not in line:
        return line
    quotes = 0
    while (
        quotes < _MAX_QUOTES
        and (match := _QUOTE.match(line))
        and not line.lstrip().startswith(">>>")
    ):
        line = line[match.end() :]
        quotes += 1
    return _CALLOUT.sub("", line, count=1) if quotes else line


def is_surely_prose(text: str) -> bool:
    """True for a line that begins nothing: it starts with a letter, and is no 'a)' or table row."""
    start = text.lstrip()[:2]
    return start[:1].isalpha() and start[1:] != ")" and "|" not in text


def is_table_row(text: str, below: str) -> bool:
    """True for '| a | b |', or for 'a | b' above the line of a table's head."""
    bare = _WIKI_LINK_OR_CODE.sub("", text)
    in_borders = bare.count("|") >= 2 and bare.strip().startswith("|")
    return in_borders or ("|" in below and bool(_TABLE_RULE.match(below)))
