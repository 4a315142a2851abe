"""LaTeX in a title, name or sentence turned into plain text."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from litmap.parsing.word_lists import load_pattern, load_words

_COMBINING = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306",
    ".": "\u0307", '"': "\u0308",
    "r": "\u030a", "H": "\u030b", "v": "\u030c", "d": "\u0323", "c": "\u0327", "k": "\u0328",
    "b": "\u0331",
}  # fmt: skip
_ACCENT = re.compile(
    r"\\([`'^~=.\"]|[uvHckdbr](?=[\s{\\]))\s*(?:\{\s*(\\?[^\W\d_])\s*\}|(\\[ij](?![a-zA-Z])|"
    r"[A-Za-z]))"
)
_LETTER = re.compile(
    r"\\(ss|ae|AE|oe|OE|aa|AA|o|O|l|L|i|j|dh|DH|th|TH|dj|DJ)(?![a-zA-Z])\s?(?:\{\})?"
)
_LETTERS = {
    "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å", "o": "ø", "O": "Ø",
    "l": "ł", "L": "Ł",
    "i": "ı", "j": "j", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ", "dj": "đ", "DJ": "Đ",
}  # fmt: skip
_WITHOUT_TEXT = re.compile(
    rf"\\(?:{load_pattern('latex_commands_left_out')})(?![A-Za-z])\*?"
    r"(?:\[[^\[\]]{0,200}\])?\s?(?:\{[^{}]{0,200}\})?"
)
_ESCAPED = re.compile(r"\\([&%$#_{}])")
_NO_SIGN = re.compile(r"\\[/-]")
_SPACE = re.compile(r"\\[,;:! ]|\\\\(?:\[[^\[\]]{0,20}\])?")
_COMMAND = re.compile(r"\\([A-Za-z]{1,40})\*?(?:\[[^\[\]]{0,200}\])?[ \t]?")
_MATH_BOUND = re.compile(r"\\[()]|\$\$")
_MATH = re.compile(r"\$(?=\S)(\^|_)?([^$]{0,2000})(?<=\S)\$(?!\d)")
"""As pandoc tells it from '$5 and $10'; a lone index loses its sign: 'H$_2$O'."""
_DOLLAR = "\ue000"
"""Stands for a dollar that is none of mathematics."""
_SIGNS = (("``", "“"), ("''", "”"), ("---", "—"), ("--", "–"), ("~", " "))
_UNWRAPPED = re.compile(r"\\(?:url|href|doi|path|nolinkurl|texttt|mbox)\s*\{")
_IN_ADDRESS = re.compile(r"\\([%&#_$~^{}-])(?:\{\})?|\$([<>])\$")


@cache
def _symbols() -> dict[str, str]:
    """What commands print, by their names."""
    rows = (line.split(maxsplit=1) for line in load_words("latex_symbols"))
    return {name: sign.replace("$", _DOLLAR) for name, sign in rows}


def _accent(match: re.Match[str]) -> str:
    letter = (match.group(2) or match.group(3)).lstrip("\\")
    return unicodedata.normalize("NFC", letter + _COMBINING[match.group(1)])


def _command(match: re.Match[str]) -> str:
    """The sign of a command; a word such as 'log' is set off from letters beside it."""
    sign = _symbols().get(match.group(1), "")
    if not sign.isascii() or not sign.isalpha():
        return sign
    start, end = match.span()
    before, after = match.string[max(0, start - 1) : start], match.string[end : end + 1]
    left = " " if before.isalnum() else ""
    right = " " if after.isalnum() or after == "\\" else ""
    return left + sign + right


_ENQUOTED = re.compile(
    r"\\(?:enquote|textquote|hyphenquote\s?\{\w+\})\*?\s?\{((?:[^{}]|\{[^{}]*\})*)\}"
)
"""A quotation of the package csquotes."""


def plain_latex(text: str) -> str:
    """The text with LaTeX's accents, letters, dashes and quotes as Unicode, the words and signs of
    its mathematics, other commands dropped.
    """
    if "\\" in text:
        text = _without_commands(text)
    if "{" in text or "}" in text:
        text = text.replace("{", "").replace("}", "")
    for written, printed in _SIGNS:
        text = text.replace(written, printed)
    if "$" in text:
        text = _without_dollars(text)
    return text.replace(_DOLLAR, "$").strip()


def _without_commands(text: str) -> str:
    if "quote" in text:
        text = _ENQUOTED.sub(r"“\1”", text)
    text = _ACCENT.sub(_accent, _ACCENT.sub(_accent, text))  # one may stand on another
    text = _LETTER.sub(lambda match: _LETTERS[match.group(1)], text)
    text = _MATH_BOUND.sub("$", text)
    text = _ESCAPED.sub(_escaped, text)
    text = _SPACE.sub(" ", _NO_SIGN.sub("", text))
    return _COMMAND.sub(_command, _WITHOUT_TEXT.sub("", text))


def _escaped(match: re.Match[str]) -> str:
    sign = match.group(1)
    return _DOLLAR if sign == "$" else sign.strip("{}")


def _without_dollars(text: str) -> str:
    """The text without the dollars around mathematics; one before a figure may be money."""
    text = _MATH.sub(r"\2", text)
    return re.sub(r"\$(?!\d)", "", text)


def verbatim_latex(text: str) -> str:
    r"""An identifier or address as it is meant: escapes, braces and '\url' taken off, no dashes or
    quotes made.
    """
    if "\\" in text or "$" in text:
        text = text.replace("}{", "} {")
        text = _IN_ADDRESS.sub(lambda m: m.group(1) or m.group(2), _UNWRAPPED.sub(" ", text))
        text = _COMMAND.sub(lambda m: _symbols().get(m.group(1), ""), text)
    return text.replace("{", "").replace("}", "").strip()
