"""Inline markup removed from a stretch of a note: plain text, its links with places, and where its lines begin."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from litmap.models import Link

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
    r"|\[(?P<text>(?:[^\[\]\\]|\\.|!?\[[^\[\]]{0,300}\](?:\([^()\s]{0,300}\))?){0,1500})\]"
    r"(?:\(\s*(?:<(?P<angle>[^<>\n]{0,2000})>|(?P<target>(?:[^\s()\\<]|\\.|\([^\s()]{0,500}\)){0,3000}))"
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
    r"|\[(?P<text>[^\[\]\n]{1,500})\]\((?P<target>(?:https?|ftp|www)[^\s()]{0,2000}(?:\([^\s()]{0,300}\)[^\s()]{0,300})?)\)"
    r"|<(?P<auto>(?:https?|ftp|doi|file):[^<>\s]{1,3000})>"
    r")"
)
_MARKDOWN_SIGN = re.compile(r"[\\`!\[<&*_~=\nhf](?:(?<![hf])|(?<=h)ttps?://|(?<=f)tp://)")
_PLAIN_SIGN = re.compile(r"[\[<\nh](?:(?<!h)|(?<=h)ttps?://)")
"""Where markup may begin; found much faster than the markup itself."""
_ITALIC = frozenset({"*", "_", "***", "___"})
_SHORTEST, _LONGEST = 4, 200
_PLAIN_ITALIC = re.compile(
    r"(?<![\w*_])([*_])(?=[^\W\d_])([^*_\n]{4,200}?)(?<=[\w?!.)])\1(?![\w*_])"
)


@dataclass(slots=True)
class Inline:
    """Text with markup removed; `starts` are the offsets where source lines begin, the first always 0.

    `emphasis` holds the stretches set in italics: titles of books, as a rule.
    """

    text: str = ""
    links: list[Link] = field(default_factory=list)
    starts: list[int] = field(default_factory=lambda: [0])
    emphasis: list[str] = field(default_factory=list)


class _Writer:
    def __init__(self, line: int) -> None:
        self.parts: list[str] = []
        self.size = 0
        self.line = line
        self.out = Inline()
        self.opened: dict[str, int] = {}
        self.italics: list[tuple[int, int]] = []

    def put(self, text: str) -> None:
        if text:
            self.parts.append(text)
            self.size += len(text)

    def newline(self) -> None:
        self.put(" ")
        self.line += 1
        self.out.starts.append(self.size)

    def skip_lines(self, raw: str) -> None:
        for _ in range(raw.count("\n")):
            self.line += 1
            self.out.starts.append(self.size)

    def link(self, inner: Inline, target: str) -> None:
        begin, first = self.size, self.line
        self.put(inner.text)
        self.out.links.append(Link(inner.text.strip(), target, first, begin, self.size))
        self.out.links += [
            replace(link, line=link.line, start=link.start + begin, end=link.end + begin)
            for link in inner.links
        ]
        for start in inner.starts[1:]:
            self.line += 1
            self.out.starts.append(begin + start)

    def done(self) -> Inline:
        self.out.text = "".join(self.parts)
        self.out.emphasis += [self.out.text[start:end] for start, end in self.italics]
        return self.out

    def mark(self, mark: str) -> None:
        """A sign of emphasis that is dropped: the second of a kind ends what the first began."""
        begin = self.opened.pop(mark, None)
        if begin is None:
            self.opened[mark] = self.size
        elif mark in _ITALIC and _SHORTEST <= self.size - begin <= _LONGEST:
            self.italics.append((begin, self.size))


def read_inline(
    raw: str,
    line: int,
    definitions: Mapping[str, str] | None = None,
    *,
    plain: bool = False,
    depth: int = 0,
) -> Inline:
    """The text of a block whose source begins on `line`; line breaks become blanks. Time is linear in its length.

    `plain` keeps characters that only Markdown reads as markup. `definitions` are targets of reference links by
    lower-case label.
    """
    writer = _Writer(line)
    pattern, signs = (_PLAIN, _PLAIN_SIGN) if plain else (_MARKDOWN, _MARKDOWN_SIGN)
    read = position = 0
    while sign := signs.search(raw, position):
        match = pattern.match(raw, sign.start())
        position = match.end() if match else sign.end()
        if match:
            writer.put(raw[read : match.start()])
            read = position
            _take(match, raw, writer, definitions or {}, plain=plain, depth=depth)
    writer.put(raw[read:])
    if plain and ("*" in raw or "_" in raw):
        writer.out.emphasis += [match.group(2) for match in _PLAIN_ITALIC.finditer(raw)]
    return writer.done()


def _take(
    match: re.Match[str],
    raw: str,
    writer: _Writer,
    definitions: Mapping[str, str],
    *,
    plain: bool,
    depth: int,
) -> None:
    kind = match.lastgroup
    groups = match.groupdict()
    if groups["newline"]:
        writer.newline()
    elif groups["bare"]:
        writer.put(groups["bare"])
    elif groups["wiki"]:
        _wikilink(groups["wiki"], writer)
    elif groups["auto"]:
        writer.put(groups["auto"])
    elif groups["text"] is not None:
        _link(match, raw, writer, definitions, plain=plain, depth=depth)
    elif plain:
        writer.put(match.group())
    elif groups["escape"]:
        writer.put(groups["escape"])
    elif groups["code"]:
        writer.put(groups["codetext"])
    elif groups["footnote"]:
        writer.link(Inline(""), f"[^{groups['footnote']}]")
    elif groups["short"]:
        target = definitions.get(groups["short"].strip().lower())
        if target:
            writer.link(Inline(groups["short"]), target)
        else:
            inner = (
                read_inline(groups["short"], writer.line, depth=depth + 1)
                if depth < 3
                else Inline(groups["short"])
            )
            writer.put(f"[{inner.text}]")
    elif groups["href"]:
        writer.link(
            _inner(groups["atext"], writer, definitions, plain=False, depth=depth),
            html.unescape(groups["href"]),
        )
    elif groups["tag"]:
        writer.put(
            " " if groups["tag"].lower().startswith(("<br", "</p", "</li", "</div", "</td")) else ""
        )
        writer.skip_lines(groups["tag"])
    elif groups["entity"]:
        writer.put(html.unescape(groups["entity"]))
    elif kind == "mark":
        _emphasis(match, raw, writer)
    else:  # an image
        writer.skip_lines(match.group())


def _inner(
    text: str, writer: _Writer, definitions: Mapping[str, str], *, plain: bool, depth: int
) -> Inline:
    if depth >= 3:
        return Inline(" ".join(text.split()))
    return read_inline(text, writer.line, definitions, plain=plain, depth=depth + 1)


def _link(
    match: re.Match[str],
    raw: str,
    writer: _Writer,
    definitions: Mapping[str, str],
    *,
    plain: bool,
    depth: int,
) -> None:
    groups = match.groupdict()
    inner = _inner(groups["text"], writer, definitions, plain=plain, depth=depth)
    target = groups.get("angle") or groups.get("target")
    if target is None and groups.get("label") is not None:
        target = definitions.get(" ".join((groups["label"] or groups["text"]).split()).lower())
        if target is None:
            writer.put("[")
            writer.link(inner, "")
            writer.out.links.pop()
            writer.put(f"][{groups['label']}]")
            return
    writer.link(inner, re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", target or "").strip())
    writer.skip_lines(match.group()[len(groups["text"]) :])


def _wikilink(body: str, writer: _Writer) -> None:
    target, _, alias = body.partition("|")
    if body.startswith("http") and " " in body:  # MediaWiki's and Org's way round
        target, _, alias = body.partition(" ")
    shown = (alias or target).strip()
    writer.link(Inline(shown), f"[[{target.strip()}]]")


def _emphasis(match: re.Match[str], raw: str, writer: _Writer) -> None:
    mark = match.group("mark")
    before = raw[match.start() - 1] if match.start() else " "
    after = raw[match.end()] if match.end() < len(raw) else " "
    spaced = before.isspace() and after.isspace()
    if (
        (mark[0] == "_" and before.isalnum() and after.isalnum())
        or spaced
        or (mark == "==" and "=" in (before, after))
        or (
            mark[0] == "*"
            and before.isalnum()
            and after.isalnum()
            and len(mark) == 1
            and not before.isalpha()
        )
    ):
        writer.put(mark)
    else:
        writer.mark(mark)
