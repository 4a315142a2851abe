r"""Rich Text Format: headings by their styles, lists, table rows, notes, links and italics.

There are no lines in it: a block's line is the number of its paragraph.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from litmap.notes.builder import Builder
from litmap.notes.formats.citation_fields import add_cited
from litmap.notes.formats.rich_text import RichText
from litmap.parsing.word_lists import load_words

_TOKEN = re.compile(
    r"\\(?:(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})? ?"
    r"|'(?P<hex>[0-9a-fA-F]{2})|(?P<sign>[^a-zA-Z]))|(?P<brace>[{}])|(?P<text>[^\\{}\r\n]+)",
    re.S,
)
_HEADING = re.compile(r"(?:heading|überschrift|titre|título|titolo|kop|rubrik) (\d)$", re.I)
_HYPERLINK = re.compile(r"\s*HYPERLINK\s+\"([^\"]{1,3000})\"")
_SKIPPED = load_words("rtf_destinations", "litmap.notes")
_CHARACTERS = {
    "tab": " ",
    "line": " ",
    "emdash": "—",
    "endash": "–",
    "emspace": " ",
    "enspace": " ",
    "bullet": "•",
    "lquote": "‘",
    "rquote": "’",
    "ldblquote": "“",
    "rdblquote": "”",
}
_SIGNS = {"~": "\u00a0", "_": "-", "-": "", "\n": "\n", "\r": "\n"}
_CODE_PAGES = {
    77: "mac_roman",
    128: "cp932",
    129: "cp949",
    134: "gbk",
    136: "big5",
    161: "cp1253",
    162: "cp1254",
    163: "cp1258",
    177: "cp1255",
    178: "cp1256",
    186: "cp1257",
    204: "cp1251",
    222: "cp874",
    238: "cp1250",
}
"""Character set of a font → the encoding of its characters."""
_BORDER = "\u2003|\u2003"
"""Between the cells of a row."""
MAX_DEPTH = 1_000
"""Groups in each other."""
MAX_CODE = 4_000_000


def is_rtf(text: str) -> bool:
    """True for text that begins as RTF does."""
    return text.lstrip()[:6].startswith("{\\rtf")


def read_rtf(text: str, builder: Builder) -> None:
    """Reads RTF into the builder. Raises ValueError for what is none."""
    if not is_rtf(text):
        raise ValueError("not RTF: it does not begin with '{\\rtf'")
    _RtfReader(builder).read(text)


@dataclass(slots=True)
class _Group:
    """What holds until the group's brace is closed."""

    place: str = "text"
    """Where its text goes: 'text', 'fonts', 'styles', 'code' (of a field), 'note', '' (nowhere)."""
    italic: bool = False
    skip: int = 1
    r"""Characters behind a '\u' that stand for it."""
    encoding: str = ""
    """Of the font, '' for that of the document."""
    field: _Field | None = None


@dataclass(slots=True)
class _Field:
    """A field: its code, and where its text begins."""

    begin: int
    code: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Paragraph:
    r"""How the paragraph is set; '\pard' begins anew."""

    style: int = 0
    outline: int = -1
    indent: int = -1
    in_table: bool = False


class _RtfReader:
    """Takes one token after the other; groups are kept on a stack."""

    def __init__(self, builder: Builder) -> None:
        self.builder = builder
        self.group = _Group()
        self.stack: list[_Group] = []
        self.deeper = 0
        """Groups beyond `MAX_DEPTH`, which are not told apart."""
        self.encoding = "cp1252"
        self.font, self.fonts = 0, dict[int, str]()
        self.style, self.styles = 0, dict[int, str]()
        self.style_name = ""
        self.paragraph, self.numbered = _Paragraph(), ""
        self.line = 1
        self.text = RichText()
        self.outer: list[tuple[RichText, str]] = []
        """The text around a note that is being read, and the note's label."""
        self.cited: list[str] = []
        self.notes = 0
        self.skip, self.bytes, self.starred = 0, bytearray(), False

    def read(self, text: str) -> None:
        """Reads the document; what stands behind its last brace is left out."""
        position, size = 0, len(text)
        while position < size:
            match = _TOKEN.match(text, position)
            if match is None:  # a line break, or a backslash at the end
                position += 1
                continue
            position = match.end()
            if match["hex"] is None:
                self.flush_bytes()
            if match["word"] == "bin":
                position += max(0, int(match["number"] or 0))
            elif not self.take(match):
                break
        self.flush_bytes()
        while self.outer:
            self.end_note()
        self.end_paragraph()

    def take(self, match: re.Match[str]) -> bool:
        """Takes a token; False where it ends the document."""
        if match["brace"] == "{":
            self.open()
        elif match["brace"]:
            return self.close()
        elif match["word"]:
            number = int(match["number"]) if match["number"] else None
            self.word(match["word"], number)
            self.starred = False
        elif match["hex"]:
            self.hex(match["hex"])
        elif match["sign"]:
            self.sign(match["sign"])
        elif match["text"]:
            self.put(match["text"])
        return True

    # Groups
    def open(self) -> None:
        """Begins a group."""
        self.starred, self.skip = False, 0
        if len(self.stack) >= MAX_DEPTH:
            self.deeper += 1
            return
        self.stack.append(self.group)
        self.group = replace(self.group)

    def close(self) -> bool:
        """Ends a group; False for the last."""
        self.skip = 0
        if self.deeper:
            self.deeper -= 1
            return True
        if not self.stack:
            return False
        ended, self.group = self.group, self.stack.pop()
        if ended.field is not None and ended.field is not self.group.field:
            self.end_field(ended.field)
        if ended.place == "note" and self.group.place != "note" and self.outer:
            self.end_note()
        if ended.place == "styles" and self.style_name:
            self.styles.setdefault(self.style, self.style_name.strip("; "))
            self.style_name = ""
        return bool(self.stack)

    def destination(self, word: str) -> bool:
        """Sends the group's text where a control word says; False for a word that does not."""
        group = self.group
        if word == "field":
            group.field = _Field(self.text.size)
        elif word == "fldinst":
            group.place = "code" if group.field else ""
        elif word == "fldrslt":
            if group.field:
                group.field.begin = self.text.size
        elif word in {"fonttbl", "stylesheet"}:
            group.place = "fonts" if word == "fonttbl" else "styles"
        elif word in {"footnote", "endnote"}:
            self.begin_note()
        elif word in {"listtext", "pntext"}:
            group.place, self.numbered = "number", ""
        elif word in _SKIPPED or (self.starred and word not in {"shpinst", "shptxt"}):
            group.place = ""
        else:
            return False
        return True

    # Control words
    def word(self, word: str, number: int | None) -> None:
        """Takes a control word."""
        if self.group.place == "" or self.destination(word):
            return
        if word in _CHARACTERS:
            self.put(_CHARACTERS[word])
        elif word == "u" and number is not None:
            self.character(number)
        elif take := _WORDS.get(word):
            take(self, number)

    def character(self, number: int) -> None:
        r"""Adds '\u8217' and passes over what stands for it."""
        code = number + 0x10000 if number < 0 else number
        if code <= 0x10FFFF:
            self.put(chr(code))
        self.skip = self.group.skip

    def par(self, _: int | None) -> None:
        """The end of a paragraph."""
        if self.group.place == "note":
            self.put(" ")
        elif self.group.place == "text":
            self.end_paragraph()

    def cell(self, _: int | None) -> None:
        """The end of a table's cell."""
        self.put(_BORDER)
        self.paragraph.in_table = True

    def row(self, _: int | None) -> None:
        """The end of a table's row."""
        self.paragraph.in_table = True
        if self.text.parts[-1:] == [_BORDER]:
            self.text.size -= len(self.text.parts.pop())
        self.end_paragraph()

    def reset(self, _: int | None) -> None:
        """A paragraph that is set like none before."""
        self.paragraph = _Paragraph(in_table=False)

    def in_table(self, _: int | None) -> None:
        """A paragraph inside a table's cell."""
        self.paragraph.in_table = True

    def set_italic(self, number: int | None) -> None:
        """Italics on or off."""
        self.group.italic = number != 0

    def set_plain(self, _: int | None) -> None:
        """No italics, the document's font."""
        self.group.italic, self.group.encoding = False, ""

    def set_style(self, number: int | None) -> None:
        """The style of a paragraph, or of an entry of the stylesheet."""
        if self.group.place == "styles":
            self.style = number or 0
        else:
            self.paragraph.style = number or 0

    def set_outline(self, number: int | None) -> None:
        """The level of a heading, from 0."""
        self.paragraph.outline = number if number is not None else -1

    def set_indent(self, number: int | None) -> None:
        """The level of a list, from 0."""
        self.paragraph.indent = number or 0

    def set_list(self, _: int | None) -> None:
        """A paragraph of a list."""
        self.paragraph.indent = max(self.paragraph.indent, 0)

    def set_font(self, number: int | None) -> None:
        """The font of the text, or of an entry of the table of fonts."""
        self.font = number or 0
        if self.group.place != "fonts":
            self.group.encoding = self.fonts.get(self.font, "")

    def set_charset(self, number: int | None) -> None:
        """The character set of a font."""
        if self.group.place == "fonts" and number in _CODE_PAGES:
            self.fonts[self.font] = _CODE_PAGES[number]

    def set_code_page(self, number: int | None) -> None:
        """The encoding of the document."""
        try:
            self.encoding = codecs.lookup(f"cp{number}").name
        except LookupError:
            self.encoding = "cp1252"

    def set_skip(self, number: int | None) -> None:
        r"""How many characters stand for a '\u'."""
        self.group.skip = max(0, min(number if number is not None else 1, 100))

    # Text
    def sign(self, sign: str) -> None:
        r"""Takes an escaped sign; '\*' marks a destination that may be unknown."""
        if sign == "*":
            self.starred = True
        elif sign in "\n\r":
            self.par(None)
        else:
            self.put(_SIGNS.get(sign, sign))

    def hex(self, code: str) -> None:
        """Takes a byte; those of one character may stand in a row."""
        if self.skip:
            self.skip -= 1
        else:
            self.bytes.append(int(code, 16))

    def flush_bytes(self) -> None:
        """Adds the bytes read so far as text."""
        if self.bytes:
            data, self.bytes = bytes(self.bytes), bytearray()
            self.add(data.decode(self.group.encoding or self.encoding, "replace"))

    def put(self, text: str) -> None:
        """Adds text, less what stands for a character that was read already."""
        skipped = min(self.skip, len(text))
        self.skip -= skipped
        self.add(text[skipped:])

    def add(self, text: str) -> None:
        """Adds text where the group's text goes."""
        group = self.group
        if group.place in {"text", "note"}:
            self.text.put(text, italic=group.italic)
        elif group.place == "code" and group.field:
            group.field.code.append(text)
        elif group.place == "styles":
            self.style_name = (self.style_name + text)[:200]
        elif group.place == "number":
            self.numbered = (self.numbered + text)[:20]

    # Blocks
    def end_field(self, ended: _Field) -> None:
        """Makes a field's text a link, or keeps its citation."""
        code = "".join(ended.code)
        if match := _HYPERLINK.match(code):
            self.text.link(min(ended.begin, self.text.size), match.group(1), self.line)
        elif len(code) < MAX_CODE and ("CSL_CITATION" in code or "EN.CITE" in code):
            self.cited.append(code)

    def begin_note(self) -> None:
        """Begins a note; its mark is a link."""
        if self.group.place == "note":
            return
        self.notes += 1
        label = f"note-{self.notes}"
        self.text.link(self.text.size, f"[^{label}]", self.line)
        self.outer.append((self.text, label))
        self.text, self.group.place, self.group.field = RichText(), "note", None

    def end_note(self) -> None:
        """Adds the note as the definition of its mark."""
        note = self.text
        self.text, label = self.outer.pop()
        self.builder.add("definition", note.done(), self.line, ("footnote", label))

    def end_paragraph(self) -> None:
        """Adds the paragraph as a heading, a row, an item or running text."""
        text = self.text
        if not text.is_empty:
            level = self.heading_level()
            inline = text.done()
            if level:
                self.builder.heading(level, inline, self.line)
            else:
                self.builder.add(self.kind(), inline, self.line, *self.item_fields())
        for code in self.cited:
            add_cited(self.builder, code, self.line)
        self.text, self.cited, self.numbered = RichText(), [], ""
        self.line += 1

    def heading_level(self) -> int:
        """The level of a heading, 0 for other paragraphs."""
        if 0 <= self.paragraph.outline < 9:
            return self.paragraph.outline + 1
        name = self.styles.get(self.paragraph.style, "") if self.paragraph.style else ""
        match = _HEADING.match(name)
        return int(match.group(1)) if match else int(name.lower() == "title")

    def kind(self) -> str:
        """The kind of the block."""
        if self.paragraph.in_table:
            return "cell"
        return "item" if self.is_item() else "paragraph"

    def is_item(self) -> bool:
        """True for a paragraph of a list."""
        return self.paragraph.indent >= 0 or bool(self.numbered.strip())

    def item_fields(self) -> list[tuple[str, str]]:
        """The indent and number of an item."""
        if self.kind() != "item":
            return []
        number = self.numbered.strip().strip("[]().")
        fields = [("indent", str(2 * max(0, min(self.paragraph.indent, 9))))]
        return [*fields, ("number", number)] if number.isdigit() else fields


_WORDS: dict[str, Callable[[_RtfReader, int | None], None]] = {
    "par": _RtfReader.par,
    "sect": _RtfReader.par,
    "page": _RtfReader.par,
    "cell": _RtfReader.cell,
    "row": _RtfReader.row,
    "pard": _RtfReader.reset,
    "intbl": _RtfReader.in_table,
    "i": _RtfReader.set_italic,
    "plain": _RtfReader.set_plain,
    "s": _RtfReader.set_style,
    "outlinelevel": _RtfReader.set_outline,
    "ilvl": _RtfReader.set_indent,
    "ls": _RtfReader.set_list,
    "f": _RtfReader.set_font,
    "fcharset": _RtfReader.set_charset,
    "ansicpg": _RtfReader.set_code_page,
    "uc": _RtfReader.set_skip,
}
"""Control word → what it does."""
