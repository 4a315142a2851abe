"""AsciiDoc: sections, lists, links, `<<key>>`, `cite:[key]`, bibliographies, notes, tables."""

from __future__ import annotations

import re
from collections.abc import Callable

from litmap.notes.builder import Builder
from litmap.notes.formats.marked_text import MarkedReader, Markup, Shown, cited
from litmap.parsing.grammar import LIST_NUMBER

_HEADING = re.compile(r"(={1,6}|#{1,6})\s+(\S.*?)(?:\s+\1)?\s*$")
_ITEM = re.compile(
    rf"(\s*)(?:(\*{{1,6}}|-|\.{{1,6}})|({LIST_NUMBER})\.|([a-z])\.)\s+"
    rf"(?:\[[ x*]\]\s+)?(\S.*)$"
)
_TERM = re.compile(r"\s*(\S.{0,200}?)(?:::{1,3}|;;)(?:\s+(.*))?$")
_ENTRY = re.compile(r"\s*(?:[*-]\s+)?\[\[\[([^\],\n]{1,80})(?:,\s*([^\]\n]{0,80}))?\]\]\]\s*(.*)$")
_ATTRIBUTE = re.compile(r":(!?[\w-]{1,60}!?):(?:\s+(.*))?$")
_BLOCK_MARK = re.compile(
    r"\[[^\[\]]{0,300}\]\s*$|\.[^\s.].*$|<\d{1,3}>\s|\[\[[^\[\]]{1,100}\]\]\s*$"
)
"""'[quote]', '.Title of a block', a callout below code, '[[anchor]]'."""
_MACRO_BLOCK = re.compile(r"(?:image|video|audio|include|toc|ifdef|ifndef|endif|ifeval)::")
_BIBLIOGRAPHY = re.compile(r"bibliography::")
_CODE = re.compile(r"(-{4,}|\.{4,}|\+{4,}|/{4,}|`{3,})\s*\w*\s*$")
_FRAME = re.compile(r"(?:={4,}|\*{4,}|_{4,}|--)\s*$")
"""Lines around an example, sidebar or quotation, whose text is read."""
_CELL = re.compile(r"(?:^|(?<=\s))(?:\d*[.+*\d]*[<^>]*[a-z]?)?\|(?!\|)")
_UNDERLINES = {"=": 1, "-": 2, "~": 3, "^": 4, "+": 5}
_UNDERLINE = re.compile(r"([=~^+-])\1{2,}\s*$")
_INLINE = re.compile(
    r"(?:cite|citenp|citet|citep)(?::[a-z]{1,20})?:(?P<cite>\[[^\[\]\n]{1,500}\])"
    r"|<<(?P<ref>[^<>,\n]{1,200})(?:,(?P<refwords>[^<>\n]{0,300}))?>>"
    r"|xref:(?P<xref>[^\s\[\]]{1,300})\[(?P<xrefwords>[^\[\]\n]{0,300})\]"
    r"|(?:footnote|footnoteref):[^\s\[\]]{0,60}\[(?P<note>[^\[\]]{0,2000})\]"
    r"|(?:link:)?(?P<url>(?:https?|ftp)://[^\s\[\]<>]{2,2000})\[(?P<words>[^\[\]]{0,1000})\]"
    r"|link:(?P<file>[^\s\[\]]{1,500})\[(?P<filewords>[^\[\]\n]{0,500})\]"
    r"|(?P<bare>(?:https?|ftp)://[^\s\[\]<>]{2,2000})"
    r"|(?:image|icon|kbd|btn|anchor):[^\s\[\]]{0,300}\[(?P<image>[^\[\]\n]{0,300})\]"
    r"|\[\[(?P<anchor>[^\[\]\n]{1,100})\]\]"
    r"|(?:pass|stem|latexmath|asciimath):[a-z,]{0,10}\[(?P<pass>[^\[\]\n]{0,500})\]"
    r"|(?P<break>\s\+$)"
    r"|(?:\[[^\[\]\n]{1,60}\])?"
    r"(?:(?P<em2>__)(?P<em2text>[^_\n]{1,500})__"
    r"|(?<!\w)_(?P<em>(?=[^\s_])[^_\n]{1,500}(?<=[^\s_]))_(?!\w)"
    r"|(?P<strong2>\*\*)(?P<strong2text>[^*\n]{1,500})\*\*"
    r"|(?<!\w)\*(?P<strong>(?=[^\s*])[^*\n]{1,500}(?<=[^\s*]))\*(?!\w)"
    r"|`{1,2}(?P<code>[^`\n]{1,500})`{1,2}"
    r"|(?<!\w)\#(?P<mark>(?=\S)[^#\n]{1,500}(?<=\S))\#(?!\w))",
    re.M,
)
_CONSTRUCTS: dict[str | None, Callable[[re.Match[str]], Shown | None]] = {
    "cite": lambda m: _citation(m["cite"]),
    "ref": lambda m: _reference(m["ref"], ""),
    "refwords": lambda m: _reference(m["ref"], m["refwords"]),
    "xrefwords": lambda m: _reference(m["xref"], m["xrefwords"]),
    "note": lambda m: Shown("", note=m["note"]),
    "words": lambda m: Shown(_link_words(m["words"]) or m["url"], m["url"], marked=True),
    "filewords": lambda m: Shown(_link_words(m["filewords"]) or m["file"], m["file"]),
    "bare": lambda m: Shown(m["bare"]),
    "image": lambda _: Shown(""),
    "anchor": lambda _: Shown(""),
    "pass": lambda m: Shown(m["pass"]),
    "break": lambda _: Shown(""),
    "em2text": lambda m: Shown(m["em2text"], italic=True, marked=True),
    "em": lambda m: Shown(m["em"], italic=True, marked=True),
    "strong2text": lambda m: Shown(m["strong2text"], marked=True),
    "strong": lambda m: Shown(m["strong"], marked=True),
    "code": lambda m: Shown(m["code"]),
    "mark": lambda m: Shown(m["mark"], marked=True),
}
_MARKUP = Markup(_INLINE, _CONSTRUCTS)
_KEYS = re.compile(r"[\w:./+-]{2,120}")
_LINK_ATTRIBUTES = re.compile(r",\s*\w+=.*$|\^$")


def _citation(body: str) -> Shown | None:
    """'cite:[key(12), other]'."""
    parts = re.sub(r"\([^()]*\)", "", body.strip("[]")).split(",")
    return cited([part.strip().split(" ")[-1] for part in parts])


def _reference(key: str, words: str) -> Shown | None:
    """'<<key>>' and '<<key,words>>': the key in brackets, as an entry's label is cited."""
    key = key.strip().lstrip("#")
    if not _KEYS.fullmatch(key):
        return Shown(words or key)
    return Shown(f"{words.strip()} [{key}]" if words else f"[{key}]")


def _link_words(words: str) -> str:
    return _LINK_ATTRIBUTES.sub("", words).strip().strip('"')


def is_asciidoc(text: str) -> bool:
    """True for text whose first line is a title '= Title', with a section or an attribute below."""
    head = text[:20_000].lstrip()
    return bool(re.match(r"= \S", head)) and bool(re.search(r"(?m)^(?:== \S|:[\w-]+:)", head))


def read_asciidoc(text: str, builder: Builder) -> None:
    """Reads AsciiDoc into the builder."""
    _AsciidocReader(builder, text.split("\n")).read()


class _AsciidocReader(MarkedReader):
    """Reads lines; what stands between the marks of code and comments is passed over."""

    def __init__(self, builder: Builder, lines: list[str]) -> None:
        super().__init__(builder, lines, _MARKUP)
        self.skip_until = ""
        self.in_table = False
        self.in_bibliography = False

    def read(self) -> None:
        """Reads all lines."""
        for number, line in enumerate(self.lines):
            stripped = line.rstrip()
            if self.skip_until:
                self.skip_until = "" if stripped == self.skip_until else self.skip_until
            elif not stripped or stripped == "+":
                self.flush()
            elif self.in_table or stripped.startswith("|==="):
                self.row(number, stripped)
            elif not self.structure(number, stripped):
                self.content(number, stripped)
        self.flush()

    def structure(self, number: int, line: str) -> bool:
        """Takes titles, attributes and the marks of blocks."""
        if match := _CODE.match(line):
            if not self.underline(number, line):
                self.flush()
                self.skip_until = match.group(1)
        elif match := _HEADING.match(line):
            self.in_bibliography = False
            self.heading(len(match.group(1)), match.group(2), number)
        elif match := _ATTRIBUTE.match(line):
            self.flush()
            if match.group(1) in {"bibtex-file", "bibliography-database"} and match.group(2):
                self.builder.uses.append(match.group(2).strip())
        elif _BLOCK_MARK.match(line):
            self.flush()
            self.in_bibliography = self.in_bibliography or line.startswith("[bibliography")
        elif _MACRO_BLOCK.match(line) or _BIBLIOGRAPHY.match(line) or _FRAME.match(line):
            self.flush()
        else:
            return line.startswith("//") or self.underline(number, line)
        return True

    def underline(self, number: int, line: str) -> bool:
        """Takes a line of '-' or the like as long as the title above it."""
        match = _UNDERLINE.match(line)
        if not match or len(self.held) != 1 or self.kind != "paragraph" or self.first != number - 1:
            return False
        if abs(len(self.held[0]) - len(line)) > 2:
            return False
        text, self.held = self.held[0], []
        self.heading(_UNDERLINES[match.group(1)], text, number - 1)
        return True

    def content(self, number: int, line: str) -> None:
        """Takes an entry, an item, a term or a line of text."""
        if match := _ENTRY.match(line):
            self.entry(number, match)
        elif match := _ITEM.match(line):
            self.item(number, match)
        elif match := _TERM.match(line):
            text = f"{match.group(1)}: {match.group(2) or ''}"
            self.hold(number, text, "definition", ("term", match.group(1)))
        else:
            self.hold_text(number, line.strip())

    def entry(self, number: int, match: re.Match[str]) -> None:
        """'* [[[key,1]]] An entry of a bibliography'."""
        key, shown, text = match.group(1), match.group(2) or "", match.group(3)
        fields = [("label", key), ("list", "references")]
        fields += [("number", shown)] if shown.isdigit() else []
        self.hold(number, f"[{key}] {text}", "definition", *fields)

    def item(self, number: int, match: re.Match[str]) -> None:
        """'* item', '.. item', '2. item'."""
        depth = len(match.group(2) or ".") - 1 + len(match.group(1).expandtabs(4)) // 2
        fields = [("indent", str(depth * 2))]
        fields += [("number", match.group(3))] if match.group(3) else []
        fields += [("list", "references")] if self.in_bibliography else []
        self.hold(number, match.group(5), "item", *fields)

    def row(self, number: int, line: str) -> None:
        """Takes a line of a table; a line that begins no cell goes on with the last."""
        if line.startswith("|==="):
            self.flush()
            self.in_table = not self.in_table
        elif "|" in line:
            cells = [cell.strip() for cell in _CELL.split(line) if cell.strip()]
            one_row = not self.held or len(cells) > 1
            if one_row:
                self.hold(number, "\u2003|\u2003".join(cells), "cell")
            else:
                self.held.append("\u2003|\u2003" + "".join(cells))
        else:
            self.hold_text(number, line.strip())
