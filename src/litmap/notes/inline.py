"""Inline markup of a stretch of a note: its plain text, links with places, starts of lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from litmap.models import Link
from litmap.parsing.markup import unescape

_BARE_URL = r"(?:https?|ftp)://[^\s<>\[\]\"`{}|\\^]{2,3000}"
_MARKDOWN = re.compile(
    r"(?=[\\`!\[<&*_~=hf\n])(?:"
    r"(?P<newline>[ \t]*\n[ \t]*)"
    rf"|(?P<bare>{_BARE_URL})"
    r"|\\(?P<escape>[ !-/:-@\[-`{-~])"
    r"|(?P<code>`{1,2})(?P<codetext>[^`\n]{1,500})(?P=code)"
    r"|!\[\[[^\[\]\n]{1,300}\]\]"
    r"|!\[[^\[\]]{0,500}\]\([^()\n]{0,1000}\)"
    r"|\[\[(?P<wiki>[^\[\]\n]{1,400})\]\]"
    r"|\[(?P<text>(?:[^\[\]\\]|\\.|!?\[[^\[\]]{0,300}\](?:\([^()\s]{0,300}\))?){0,1500}+)\]"
    r"(?:\(\s*(?:<(?P<angle>[^<>\n]{0,2000})>|(?P<target>(?!<)(?:[^\s()\\]|\\.|"
    r"\([^\s()]{0,500}\)){0,3000}))"
    r"(?:\s+(?:\"[^\"]{0,500}\"|'[^']{0,500}'|\([^()]{0,500}\)))?\s*\)(?:\{[^{}\n]{0,200}\})?"
    r"|\[(?P<label>[^\[\]\n]{0,200})\])"
    r"|\[\^(?P<footnote>[^\]\s]{1,60})\]"
    r"|\[(?P<short>[^\[\]\n]{1,300})\]"
    r"|<(?P<auto>(?:https?|ftp|doi|file):[^<>\s]{1,3000})>"
    r"|<a\s[^<>]{0,500}?href\s*=\s*[\"']?(?P<href>[^\"'\s<>]{1,3000})[\"']?[^<>]{0,500}>(?P<atext>[^<>]{0,1000})</a>"
    r"|(?P<tag></?[a-zA-Z][^<>]{0,300}>)"
    r"|(?P<entity>&(?:\#\d{1,7}|\#x[0-9a-fA-F]{1,6}|[a-zA-Z]{2,20});)"
    r"|(?P<mark>\*{1,3}|_{1,3}|~~|==)"
    r")"
)
_PLAIN = re.compile(
    r"(?=[\[<h\n])(?:"
    r"(?P<newline>[ \t]*\n[ \t]*)"
    rf"|(?P<bare>{_BARE_URL})"
    r"|\[\[(?P<wiki>[^\[\]\n]{1,400})\]\]"
    r"|\[(?P<text>[^\[\]\n]{1,500})\]\((?P<target>(?:https?|ftp|"
    r"www)[^\s()]{0,2000}(?:\([^\s()]{0,300}\)[^\s()]{0,300})?)\)"
    r"|<(?P<auto>(?:https?|ftp|doi|file):[^<>\s]{1,3000})>"
    r")"
)
_MARKDOWN_SIGN = re.compile(r"[\\`!\[<&*_~=\nhf](?:(?<![hf])|(?<=h)ttps?://|(?<=f)tp://)")
_PLAIN_SIGN = re.compile(r"[\[<\nh](?:(?<!h)|(?<=h)ttps?://)")
"""Where markup may begin; found much faster than the markup itself."""
_ITALIC = frozenset({"*", "_", "***", "___"})
_BOLD = frozenset({"**", "__"})
_MIN_ITALIC, _MAX_ITALIC = 4, 200
"""Characters of a stretch of italics that may be a title."""
_MAX_DEPTH = 3
"""How deep markup in the text of a link is read."""
_BREAKING_TAGS = ("<br", "</p", "</li", "</div", "</td")
_ESCAPED_PUNCTUATION = re.compile(r"\\([!-/:-@\[-`{-~])")
_PLAIN_ITALIC = re.compile(
    r"(?<![\w*_])([*_])(?=[^\W\d_])([^*_\n]{4,200}?)(?<=[\w?!.)])\1(?![\w*_])"
)


@dataclass(slots=True)
class Inline:
    """Text without markup; `starts` are the offsets where source lines begin, the first always 0.

    `emphasis` holds the stretches set in italics: titles of books, as a rule.
    """

    text: str = ""
    links: list[Link] = field(default_factory=list)
    starts: list[int] = field(default_factory=lambda: [0])
    emphasis: list[str] = field(default_factory=list)
    lead: str = ""
    """What the text opens with in bold."""


def join_lines(text: str) -> tuple[str, list[int]]:
    """The text with line breaks as blanks, and the offsets where its lines begin."""
    starts = [0] + [newline.end() for newline in re.finditer("\n", text)]
    return text.replace("\n", " "), starts


def read_inline(
    raw: str,
    line: int,
    definitions: Mapping[str, str] | None = None,
    *,
    plain: bool = False,
    depth: int = 0,
) -> Inline:
    """The text of a block whose source begins on `line`; line breaks become blanks.

    `plain` keeps characters that only Markdown reads as markup. `definitions` are targets of
    reference links by lower-case label. Time is linear in the length.
    """
    return _InlineReader(line, definitions or {}, plain=plain, depth=depth).read(raw)


class _InlineReader:
    """Puts the text together.

    Each construct of the patterns has a method, named in `_CONSTRUCTS`.
    """

    def __init__(
        self, line: int, definitions: Mapping[str, str], *, plain: bool, depth: int
    ) -> None:
        self.definitions, self.plain, self.depth = definitions, plain, depth
        self.parts: list[str] = []
        self.size = 0
        self.line = line
        self.out = Inline()
        self.opened: dict[str, int] = {}
        self.italics: list[tuple[int, int]] = []
        self.lead = 0
        """Where bold ends that the text opens with."""

    def read(self, raw: str) -> Inline:
        """Reads the stretch."""
        pattern, signs = (_PLAIN, _PLAIN_SIGN) if self.plain else (_MARKDOWN, _MARKDOWN_SIGN)
        read = position = 0
        while sign := signs.search(raw, position):
            match = pattern.match(raw, sign.start())
            position = match.end() if match else sign.end()
            if match:
                self.put(raw[read : match.start()])
                read = position
                _CONSTRUCTS[match.lastgroup](self, match)
        self.put(raw[read:])
        self.out.text = "".join(self.parts)
        self.out.lead = self.out.text[: self.lead]
        if self.plain and ("*" in raw or "_" in raw):
            self.out.emphasis += [match.group(2) for match in _PLAIN_ITALIC.finditer(raw)]
        if self.italics:
            self.out.emphasis += [self.out.text[start:end] for start, end in self.italics]
        return self.out

    # Parts of the text
    def put(self, text: str) -> None:
        """Adds text."""
        if text:
            self.parts.append(text)
            self.size += len(text)

    def skip_lines(self, raw: str) -> None:
        """Counts the line breaks of markup that gives no text."""
        for _ in range(raw.count("\n")):
            self.line += 1
            self.out.starts.append(self.size)

    def link(self, inner: Inline, target: str) -> None:
        """Adds the text of a link, and the link with those inside of it."""
        begin, first = self.size, self.line
        self.put_inner(inner)
        self.out.links.append(Link(inner.text.strip(), target, first, begin, self.size))
        self.out.links += [
            replace(link, line=link.line, start=link.start + begin, end=link.end + begin)
            for link in inner.links
        ]

    def put_inner(self, inner: Inline) -> None:
        """Adds text that was read apart, with its line breaks."""
        begin = self.size
        self.put(inner.text)
        for start in inner.starts[1:]:
            self.line += 1
            self.out.starts.append(begin + start)

    def inner(self, text: str, *, plain: bool) -> Inline:
        """The text of a link, its own markup read."""
        if self.depth >= _MAX_DEPTH:
            return Inline(" ".join(text.split()))
        return read_inline(text, self.line, self.definitions, plain=plain, depth=self.depth + 1)

    # Constructs
    def newline(self, _: re.Match[str]) -> None:
        """A line break, with the blanks around it."""
        self.put(" ")
        self.line += 1
        self.out.starts.append(self.size)

    def literal(self, match: re.Match[str]) -> None:
        """An address, escaped sign or code: shown as it is."""
        self.put(match[match.lastgroup or 0])

    def wikilink(self, match: re.Match[str]) -> None:
        """'[[Page]]', '[[Page|alias]]'; '[[http://… words]]' is MediaWiki's and Org's way round."""
        body = match["wiki"]
        sign = " " if body.startswith("http") and " " in body else "|"
        target, _, alias = body.partition(sign)
        self.link(Inline((alias or target).strip()), f"[[{target.strip()}]]")

    def direct_link(self, match: re.Match[str]) -> None:
        """'[text](target)'."""
        self.text_link(match, match[match.lastgroup or 0])

    def reference_link(self, match: re.Match[str]) -> None:
        """'[text][label]', '[text][]'; as it is where the label has no definition."""
        label = " ".join((match["label"] or match["text"]).split()).lower()
        target = self.definitions.get(label)
        if target is not None:
            self.text_link(match, target)
            return
        inner = self.inner(match["text"], plain=self.plain)
        self.put("[")
        begin = self.size
        self.put_inner(inner)
        self.out.links += [
            replace(link, start=link.start + begin, end=link.end + begin) for link in inner.links
        ]
        self.put(f"][{match['label']}]")

    def text_link(self, match: re.Match[str], target: str) -> None:
        """A link whose text may hold markup."""
        self.link(
            self.inner(match["text"], plain=self.plain),
            _ESCAPED_PUNCTUATION.sub(r"\1", target).strip(),
        )
        self.skip_lines(match.group()[len(match["text"]) :])

    def shortcut(self, match: re.Match[str]) -> None:
        """'[label]' with a definition, or words in brackets."""
        text = match["short"]
        target = self.definitions.get(text.strip().lower())
        if target:
            self.link(Inline(text), target)
        elif self.depth < _MAX_DEPTH:
            self.put(f"[{read_inline(text, self.line, depth=self.depth + 1).text}]")
        else:
            self.put(f"[{text}]")

    def footnote(self, match: re.Match[str]) -> None:
        """'[^label]': a link without text."""
        self.link(Inline(""), f"[^{match['footnote']}]")

    def anchor(self, match: re.Match[str]) -> None:
        """'<a href=…>text</a>'."""
        self.link(self.inner(match["atext"], plain=False), unescape(match["href"]))

    def tag(self, match: re.Match[str]) -> None:
        """Another HTML tag: a blank where it breaks a line."""
        self.put(" " if match["tag"].lower().startswith(_BREAKING_TAGS) else "")
        self.skip_lines(match["tag"])

    def entity(self, match: re.Match[str]) -> None:
        """'&amp;'."""
        self.put(unescape(match["entity"]))

    def mark(self, match: re.Match[str]) -> None:
        """A sign of emphasis that is dropped: the second of a kind ends what the first began."""
        mark = match["mark"]
        if is_literal_mark(mark, *_neighbours(match)):
            self.put(mark)
            return
        begin = self.opened.pop(mark, None)
        if begin is None:
            self.opened[mark] = self.size
        elif mark in _BOLD and begin == 0:
            self.lead = self.size
        elif mark in _ITALIC and _MIN_ITALIC <= self.size - begin <= _MAX_ITALIC:
            self.italics.append((begin, self.size))

    def image(self, match: re.Match[str]) -> None:
        """An image: nothing is shown."""
        self.skip_lines(match.group())


_CONSTRUCTS: dict[str | None, Callable[[_InlineReader, re.Match[str]], None]] = {
    "newline": _InlineReader.newline,
    "bare": _InlineReader.literal,
    "auto": _InlineReader.literal,
    "escape": _InlineReader.literal,
    "codetext": _InlineReader.literal,
    "wiki": _InlineReader.wikilink,
    "angle": _InlineReader.direct_link,
    "target": _InlineReader.direct_link,
    "label": _InlineReader.reference_link,
    "short": _InlineReader.shortcut,
    "footnote": _InlineReader.footnote,
    "atext": _InlineReader.anchor,
    "tag": _InlineReader.tag,
    "entity": _InlineReader.entity,
    "mark": _InlineReader.mark,
    None: _InlineReader.image,
}
"""The last group of a match of `_MARKDOWN` or `_PLAIN` → how the construct is read.

Images have no group.
"""


def _neighbours(match: re.Match[str]) -> tuple[str, str]:
    """The characters before and after a match; blanks at the ends of the text."""
    text, start, end = match.string, match.start(), match.end()
    return text[start - 1] if start else " ", text[end] if end < len(text) else " "


def is_literal_mark(mark: str, before: str, after: str) -> bool:
    """True for a sign that is no emphasis: 'a * b', 'snake_case', '2*3', '==='."""
    alone = before.isspace() and after.isspace()
    in_word = before.isalnum() and after.isalnum()
    underscore_in_word = mark[0] == "_" and in_word
    times = mark == "*" and in_word and not before.isalpha()
    rule = mark == "==" and "=" in {before, after}
    return alone or underscore_in_word or times or rule
