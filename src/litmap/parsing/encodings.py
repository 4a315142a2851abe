"""Which encoding the bytes of a text are in, as far as a mark, their form or the text tell."""

from __future__ import annotations

import codecs
import re

SAMPLE = 8192
"""Bytes at the beginning of a file that are looked at."""
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(
    rb"(?i)\b(?:en)?coding\s*[:=]\s*[\"']?([a-z][\w.-]{2,30})"
    rb"|\\usepackage\s*\[([a-z][\w-]{2,30})\]\s*\{inputenc\}"
)
_NO_CHARSETS = {"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape"}
"""Codecs of Python that no file of text is in."""


def wide_encoding(data: bytes) -> str:
    """The encoding of two or four bytes a character, by the mark at the beginning, which stays in
    the text, or by its form; '' for any other.
    """
    marked = next((name for mark, name in _MARKS if data.startswith(mark)), "")
    return marked or _utf16_by_form(data[:SAMPLE])


def declared_encoding(sample: bytes) -> str:
    """The encoding that a text names at its head: '% Encoding: Cp1250' (JabRef), 'coding: latin-2',
    XML's declaration; '' where it names none that Python knows.
    """
    match = _DECLARED.search(sample[:2000])
    named = next(filter(None, match.groups()), b"") if match else b""
    name = named.decode("ascii").lower().removeprefix("x-")
    known = filter(_is_charset, (name, name.replace("-", "")))  # 'latin-2' is 'latin2' for Python
    return next(known, "")


def _is_charset(name: str) -> bool:
    """True for the name of an encoding of texts that Python knows."""
    try:
        return bool(name) and name not in _NO_CHARSETS and "".encode(name) == b""
    except LookupError:
        return False


def _utf16_by_form(sample: bytes) -> str:
    """'utf-16-le' or 'utf-16-be' where nearly every other byte is zero, as in Western text.

    Else ''.
    """
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if max(even, odd) > 0.3 * len(sample) / 2 and min(even, odd) < 0.05 * len(sample):
        return "utf-16-le" if odd > even else "utf-16-be"
    return ""
