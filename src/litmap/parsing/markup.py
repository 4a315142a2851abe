"""Text with the markup of services and publishers, read as it is printed: the one home of this
question.

Titles and abstracts come with HTML, JATS and MathML, plain or escaped (`&lt;i&gt;`), and with signs
that are none of it: 'p < 0.05 and q > 0.1'.
"""

from __future__ import annotations

import html
import re
import xml.etree.ElementTree as ET

from litmap.parsing.word_lists import load_words

INLINE = load_words("inline_elements")
"""Elements whose tags vanish."""
BLOCK = load_words("block_elements")
"""Elements whose tags give a blank."""
_MAX_ESCAPES = 3
"""How often one text is escaped at most: '&amp;amp;lt;'."""
_TAG = re.compile(
    r"<(/?)((?:[A-Za-z][\w.-]{0,30}:)?)([A-Za-z][\w.-]{0,40})"
    r"(?:\s{1,200}[\w:.-]{1,60}\s{0,9}=\s{0,9}(?:\"[^\"<>]{0,2000}\"|'[^'<>]{0,2000}'))*"
    r"\s{0,200}/?>"
)
"""A tag as XML has it: every attribute has its value in quotes."""
_SUBSCRIPT = re.compile(r"(?<=\S)\s{1,200}(?=<(?:[\w.-]{1,30}:)?(?:sub|inf|sb)\b)")
_IN_SUBSCRIPT = re.compile(r"(<(?:[\w.-]{1,30}:)?(?:sub|inf|sb)>)\s{1,200}")
_COMMENT = re.compile(r"<!--.{0,2000}?-->|<\?[a-zA-Z].{0,500}?\?>", re.S)
_CDATA = re.compile(r"<!\[CDATA\[(.{0,20000}?)\]\]>", re.S)
_FORMULA = re.compile(
    r"<((?:[A-Za-z][\w.-]{0,30}:)?math)\b[^<>]{0,5000}>.{0,20000}?</\1\s{0,9}>", re.S
)
_NAMESPACES = re.compile(r"(</?)[\w.-]{1,30}:")
_ATTRIBUTES = re.compile(r"(<[\w.-]{1,40})\s[^<>]{0,5000}?(/?>)")
_SIGNS = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[\da-fA-F]{1,6});)")
_MARKDOWN_SIGNS = re.compile(
    r"[\\`*_\[\]<|~$^{}]"
    r"|=(?==)|(?<=[=`])=|(?<=` )="  # '==marked==', '`= 1`'
    r"|%(?=%)|(?<=[%<{])%"  # '%%comment%%', '<%', '{%'
    r"|(?<![^\W_])#"  # a heading, its end, a tag; not 'C#'
    r"|&(?=#?[A-Za-z0-9]{1,40};)"
)
"""What means something anywhere in a line of CommonMark, of Obsidian (marks, comments, tags,
formulas, places) or of the templates of a vault or a site.
"""
_MARKDOWN_START = re.compile(r"([-+](?=\s|$)|-(?=[-\s]*$)|=(?=\s*$)|>)|(\d{1,9})([.)])(?=\s|$)")
"""What means something where it begins a line: items of lists, quotations, lines, underlines."""
_COMMAND = re.compile(r"(?<!`)`(litmap [\w ./:-]{1,200})`(?!`)", re.ASCII)
"""A command that litmap advises, among what others wrote."""
_NO_SIGN = re.compile(r"&#(?:[0-9]{8,}|[xX][0-9a-fA-F]{8,});?")
"""A reference by a number that is larger than any sign's."""


def unescape(text: str) -> str:
    """The text with the entities of HTML resolved, however long their numbers are (Python's own
    refuses to read numbers of thousands of digits).
    """
    return html.unescape(_NO_SIGN.sub("\N{REPLACEMENT CHARACTER}", text) if "&#" in text else text)


def plain_text(text: str) -> str:
    """A text on one line as it is printed: tags and entities resolved, control signs left out,
    blanks joined.
    """
    for _ in range(_MAX_ESCAPES):
        if "<" in text:
            text = strip_tags(text)
        if "&" not in text or (unescaped := unescape(text)) == text:
            break
        text = unescaped
    else:
        text = strip_tags(text) if "<" in text else text
    return one_line(text)


def one_line(text: str) -> str:
    """The text without control signs and line breaks, blanks joined."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def escape_markdown(text: str) -> str:
    """Text on one line that Markdown shows as it is, wherever in a line it stands: no link, image,
    emphasis, HTML, heading, list or tag. Only what would mean something there is escaped:
    '2024-01-02', 'et al.' and 'C#' stay.
    """
    line = one_line(text)
    start = _MARKDOWN_START.match(line)
    if start is None:
        return _MARKDOWN_SIGNS.sub(r"\\\g<0>", line)
    begin = f"\\{start[1]}" if start[1] else f"{start[2]}\\{start[3]}"
    rest = _MARKDOWN_SIGNS.sub(r"\\\g<0>", line[start.end() :])
    return begin + rest


def split_commands(text: str) -> list[tuple[str, bool]]:
    """A text in parts, each with whether it is a command of litmap's, which stands between
    backticks: 'run `litmap refresh` first'. What else stands between backticks is text.
    """
    parts = _COMMAND.split(text)
    return [(part, i % 2 == 1) for i, part in enumerate(parts) if part]


def markdown_advice(text: str) -> str:
    """As `escape_markdown`, the commands of litmap's in it as code."""
    parts = split_commands(one_line(text))
    return "".join(f"`{p}`" if is_code else _edged(p, escape_markdown(p)) for p, is_code in parts)


def _edged(text: str, shown: str) -> str:
    """What is shown of a part of a line, with the blanks at its ends."""
    if not shown:
        return " " if text else ""
    return f"{' ' * text.startswith(' ')}{shown}{' ' * text.endswith(' ')}"


def strip_tags(text: str) -> str:
    """The text without its tags: none in the place of those within a word, a blank for the others.

    'CO<sub>2</sub>' → 'CO2'; '<p>One.</p><p>Two.</p>' → ' One.  Two. '. What is no tag stays, also
    one of an unknown name that is never closed: 'the <unk> token'.
    """
    text = _CDATA.sub(r"\1", _COMMENT.sub("", text))
    text = _FORMULA.sub(_formula, text)
    text = _IN_SUBSCRIPT.sub(r"\1", _SUBSCRIPT.sub("", text))
    closed = {tag.group(3).lower() for tag in _TAG.finditer(text) if tag.group(1)}

    def replacement(tag: re.Match[str]) -> str:
        name = tag.group(3).lower()
        if name in INLINE:
            return ""
        is_markup = bool(tag.group(2)) or name in BLOCK or name in closed
        return " " if is_markup else tag.group()

    return _TAG.sub(replacement, text)


def _formula(match: re.Match[str]) -> str:
    """A formula of MathML in one line; as it stands where it is not well formed."""
    source = _ATTRIBUTES.sub(r"\1\2", _NAMESPACES.sub(r"\1", match.group()))
    try:
        return _in_line(ET.fromstring(_SIGNS.sub("&amp;", unescape(source))))  # noqa: S314 - an element alone, which can declare no entity
    except (ET.ParseError, RecursionError):
        return match.group()


def _in_line(element: ET.Element) -> str:
    """What an element of MathML prints, from left to right: 1/2 for a fraction."""
    parts = [_in_line(child) for child in element]
    if element.tag in {"annotation", "annotation-xml"}:
        return ""
    if element.tag == "mspace":
        return " "
    if element.tag == "mfrac":
        return "/".join(parts)
    if element.tag == "msqrt":
        return "√" + "".join(parts)
    if element.tag == "mtext":
        return element.text or ""
    return (element.text or "").strip() + "".join(parts)
