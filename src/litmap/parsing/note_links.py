"""The links to pages of works that litmap puts into notes at the user's word: how each format has
them, and a note without them.

A note is read, and told from its former self, without these links: they make no work and no change.
Two kinds: a block at the end, between two marks in the format's own way of a remark, and a link
behind a reference.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from litmap.parsing.markup import escape_markdown, one_line

BEGIN = "litmap: works of this note (litmap writes anew what is between these two marks)"
END = "litmap: end of the works of this note"
_MARK_WORDS = (b"litmap: works of this note", b"litmap: end of the works of this note")
_PAGE = rb"works/[a-z0-9]{1,120}\.md"
_LINE = re.compile(rb"([^\r\n]*)(\r\n|\r|\n|\Z)")
_TAIL = re.compile(rb"\s*(?:</body>\s*)?(?:</html>\s*)?\Z", re.I)
"""What may stand behind the block without being text of the note."""
_SIGNS = re.compile(r"[^\w\s,.:;()'’?!/&-]|_")
"""Signs that may mean something in a format without an escape for them."""

NO_END = "the mark that ends litmap's block is missing"
NO_BEGIN = "the mark that begins litmap's block is missing"
DOUBLED = "litmap's block is there twice"
CHANGED = "a mark of litmap's block was changed"
FOREIGN = "a line in litmap's block is not litmap's: move it out of the block"
"""Why a note's block is left alone."""


class LinkForm(NamedTuple):
    """How a format has a remark (`opening`, `closing`), a link in a list, what is `around` the
    list, and a link in a line ('' where that is not safe). `item` and `inline` are filled by
    `format`, `own_item` and `own_inline` find them again. `spaced`: blank lines part the block;
    `quoted`: addresses are percent-encoded.
    """

    opening: str
    closing: str
    item: str
    own_item: bytes
    escape: Callable[[str], str]
    inline: str = ""
    own_inline: bytes = b""
    around: tuple[str, str] = ("", "")
    spaced: bool = True
    quoted: bool = True

    @property
    def begin(self) -> str:
        """The mark that begins the block."""
        return f"{self.opening}{BEGIN}{self.closing}"

    @property
    def end(self) -> str:
        """The mark that ends the block."""
        return f"{self.opening}{END}{self.closing}"


def _plain(text: str) -> str:
    return one_line(_SIGNS.sub(" ", text))


_NAME = rb"litmap(?:: [a-z0-9]{1,120})?"
"""What a link in a line is called: 'litmap', with the key beside other works."""
FORMS = {
    "markdown": LinkForm(
        "<!-- ", " -->",
        "- [{title}](<{address}>)", rb"- \[[^\r\n]*" + _PAGE + rb">\)",
        escape_markdown,
        " [{name}](<{address}>)", rb" \[" + _NAME + rb"\]\(<[^<>\r\n]*" + _PAGE + rb">\)",
    ),
    "html": LinkForm(
        "<!-- ", " -->",
        '<li><a href="{address}">{title}</a></li>',
        rb'<li><a href="[^"\r\n]*' + _PAGE + rb'">[^<\r\n]*</a></li>',
        html.escape,
        around=("<ul>", "</ul>"),
    ),
    "org": LinkForm(
        "# ", "",
        "- [[file:{address}][{title}]]",
        rb"- \[\[file:[^\[\]\r\n]*" + _PAGE + rb"\]\[[^\[\]\r\n]*\]\]",
        _plain,
        " [[file:{address}][{name}]]",
        rb" \[\[file:[^\[\]\r\n]*" + _PAGE + rb"\]\[" + _NAME + rb"\]\]",
        quoted=False,
    ),
    "rst": LinkForm(
        ".. ", "",
        "- `{title} <{address}>`__", rb"- `[^`<\r\n]*<[^`<>\r\n]*" + _PAGE + rb">`__",
        _plain,
        " `{name} <{address}>`__", rb" `" + _NAME + rb" <[^`<>\r\n]*" + _PAGE + rb">`__",
    ),
    "asciidoc": LinkForm(
        "// ", "",
        "* link:{address}[{title}]", rb"\* link:[^\s\[\]]*" + _PAGE + rb"\[[^\[\]\r\n]*\]",
        _plain,
        " link:{address}[{name}]", rb" link:[^\s\[\]]*" + _PAGE + rb"\[" + _NAME + rb"\]",
    ),
    "latex": LinkForm(
        "% ", "",
        "% - {title}: {address}", rb"% - [^\r\n]*" + _PAGE,
        one_line,
        spaced=False,
        quoted=False,
    ),
    "text": LinkForm(
        "[", "]",
        "- {title}: {address}", rb"- [^\r\n]*" + _PAGE,
        one_line,
        quoted=False,
    ),
}  # fmt: skip
"""Format of a note (`litmap.notes.formats`) → its form of links."""

_BEGINS = {form.begin.encode(): form for form in FORMS.values()}
_ENDS = {form.end.encode() for form in FORMS.values()}
_ITEM = re.compile(
    b"|".join(form.own_item for form in FORMS.values())
    + b"|"
    + b"|".join(re.escape(tag.encode()) for form in FORMS.values() for tag in form.around if tag)
)
_INLINE = re.compile(b"|".join(form.own_inline for form in FORMS.values() if form.own_inline))


class BrokenBlock(NamedTuple):
    """A line (from 1) at which a note's block is not as litmap writes it, and why."""

    line: int
    why: str


class _Line(NamedTuple):
    content: bytes
    end: bytes

    @property
    def text(self) -> bytes:
        return self.content.strip(b" \t")


def without_links(data: bytes) -> bytes:
    """A note as it is read: without the links in its lines, and without the block where that is the
    last of it. A block before other text becomes blank lines, so that lines keep their numbers.

    What was put into the block by hand stays.
    """
    if any(words in data for words in _MARK_WORDS):
        lines = _lines(data)
        own = _own_lines(lines)
        if own and _is_last(lines, own):
            lines = _cut(lines, own[0], own[-1] + 1)
        else:
            blank = set(own)
            lines = [_Line(b"", e.end) if i in blank else e for i, e in enumerate(lines)]
        data = _join(lines)
    return _INLINE.sub(b"", data) if b"litmap" in data else data


def cut_links(data: bytes) -> tuple[bytes, range]:
    """A note that `broken_block` has nothing against without its links, wherever its block is, and
    the lines (from 0) that the block and its blank line took.
    """
    lines = _lines(data)
    own = _own_lines(lines)
    if not own:
        return _INLINE.sub(b"", data), range(0)
    first, end = own[0], own[-1] + 1
    left = _cut(lines, first, end)
    start = first - (len(lines) - (end - first) - len(left))
    return _INLINE.sub(b"", _join(left)), range(start, end)


def broken_block(data: bytes) -> BrokenBlock | None:
    """Where a note's block is not as litmap writes it; None where it is, or there is none."""
    if not any(words in data for words in _MARK_WORDS):
        return None
    lines = _lines(data)
    texts = [line.text for line in lines]
    begins = [i for i, text in enumerate(texts) if text in _BEGINS]
    ends = [i for i, text in enumerate(texts) if text in _ENDS]
    return next(_breaks(texts, begins, ends), None)


def _breaks(texts: Sequence[bytes], begins: list[int], ends: list[int]) -> Iterator[BrokenBlock]:
    marks = {*begins, *ends}
    for i, text in enumerate(texts):
        if i not in marks and any(words in text for words in _MARK_WORDS):
            yield BrokenBlock(i + 1, CHANGED)
    for again in (*begins[1:], *ends[1:]):
        yield BrokenBlock(again + 1, DOUBLED)
    if begins and (not ends or ends[0] < begins[0]):
        yield BrokenBlock(begins[0] + 1, NO_END)
    if ends and not begins:
        yield BrokenBlock(ends[0] + 1, NO_BEGIN)
    if begins and ends:
        for i in range(begins[0] + 1, ends[0]):
            if texts[i] and not _ITEM.fullmatch(texts[i]):
                yield BrokenBlock(i + 1, FOREIGN)


def _own_lines(lines: Sequence[_Line]) -> list[int]:
    """The lines (from 0) that litmap wrote: marks, and between them its items and blank lines. A
    block whose end is missing ends with its last item.
    """
    own: list[int] = []
    block: list[int] = []
    is_within = False
    for i, line in enumerate(lines):
        text = line.text
        if text in _BEGINS:
            own += _until_item(lines, block)
            is_within, block = True, [i]
        elif is_within and text in _ENDS:
            own += [*block, i]
            is_within, block = False, []
        elif is_within and (not text or _ITEM.fullmatch(text)):
            block.append(i)
    return [*own, *_until_item(lines, block)]


def _until_item(lines: Sequence[_Line], block: list[int]) -> list[int]:
    """Of the lines of a block without an end, those up to the last that is not blank."""
    last = max((k for k, i in enumerate(block) if lines[i].text), default=-1)
    return block[: last + 1]


def _is_last(lines: Sequence[_Line], own: Sequence[int]) -> bool:
    """Whether own lines are one block, whole, with no text of the note behind it."""
    first, last = own[0], own[-1]
    is_whole = last - first + 1 == len(own) and lines[last].text in _ENDS
    is_one = sum(lines[i].text in _BEGINS for i in own) == 1
    return is_whole and is_one and _TAIL.match(_join(lines[last + 1 :])) is not None


def _cut(lines: Sequence[_Line], first: int, end: int) -> list[_Line]:
    """The lines without a block, and without the blank line and line end put before it."""
    before = list(lines[:first])
    if before and not before[-1].content and _is_spaced(lines[first]):
        before.pop()
    if before and end == len(lines) and not lines[end - 1].end:
        before[-1] = _Line(before[-1].content, b"")
    return [*before, *lines[end:]]


def _is_spaced(begin: _Line) -> bool:
    form = _BEGINS.get(begin.text)
    return form is not None and form.spaced


def _lines(data: bytes) -> list[_Line]:
    found = (_Line(*pair) for pair in _LINE.findall(data))
    return [line for line in found if line != (b"", b"")]


def _join(lines: Sequence[_Line]) -> bytes:
    return b"".join(map(b"".join, lines))
