"""Bytes of a note → its text, whatever wrote them."""

from __future__ import annotations

import re

_BINARY_STARTS = (b"%PDF-", b"PK\x03\x04", b"\x89PNG", b"\x1f\x8b", b"GIF8", b"\xff\xd8\xff")
_CONTROL_BYTES = bytes([*range(1, 9), *range(14, 27), *range(28, 32)])
"""Bytes that text hardly ever holds: not tab, line ends, vertical tab, form feed or escape."""
_DECLARED = re.compile(
    rb"(?i)\b(?:en)?coding\s*[:=]\s*[\"']?([a-z][\w.-]{2,30})"
    rb"|\\usepackage\s*\[([a-z][\w-]{2,30})\]\s*\{inputenc\}"
)
_NO_CHARSETS = {"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape"}
"""Codecs of Python that no file of text is in."""


def decode(data: bytes) -> tuple[str, str]:
    r"""Text of a file's bytes with line ends as `\n`, and a remark where characters were guessed.

    UTF-8 and UTF-16/32 by mark or by form, another encoding where the text names it; else UTF-8
    with single wrong bytes read as Windows-1252 (files glued from two encodings). Raises ValueError
    for binary data.
    """
    text, remark = _decode(data)
    for line_end in ("\r\n", "\r", "\x0b", "\x0c"):
        text = text.replace(line_end, "\n")
    return text.lstrip("\ufeff"), remark


def _decode(data: bytes) -> tuple[str, str]:
    if data.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        return data.decode("utf-32", "replace"), ""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace"), ""
    data = data.removeprefix(b"\xef\xbb\xbf")
    sample = data[:8192]
    if utf16 := _utf16_by_form(sample):
        return data.decode(utf16, "replace"), ""
    if _is_binary(sample):
        raise ValueError("a binary file, not a note")
    try:
        return data.decode("utf-8"), ""
    except UnicodeDecodeError:
        declared = _declared_encoding(sample)
        return (data.decode(declared, "replace"), "") if declared else _decode_mixed(data)


def _declared_encoding(sample: bytes) -> str:
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


def _is_binary(sample: bytes) -> bool:
    control = len(sample) - len(sample.translate(None, _CONTROL_BYTES))
    return (
        b"\x00" in sample or sample.startswith(_BINARY_STARTS) or control > 0.05 * len(sample) + 3
    )


def _decode_mixed(data: bytes) -> tuple[str, str]:
    """UTF-8 whose wrong bytes are read as Windows-1252."""
    text = data.decode("utf-8", "surrogateescape")
    wrong = len(text) - len(data.decode("utf-8", "ignore"))
    text = "".join(
        bytes([ord(char) - 0xDC00]).decode("cp1252", "replace") if _is_escaped_byte(char) else char
        for char in text
    )
    return text, f"{wrong:,} characters were not UTF-8 and read as Windows-1252"


def _is_escaped_byte(char: str) -> bool:
    return 0xDC80 <= ord(char) <= 0xDCFF
