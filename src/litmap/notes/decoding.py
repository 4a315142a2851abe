"""Bytes of a note → its text, whatever wrote them."""

from __future__ import annotations

from litmap.parsing.encodings import SAMPLE, declared_encoding, wide_encoding

_BINARY_STARTS = (b"%PDF-", b"PK\x03\x04", b"\x89PNG", b"\x1f\x8b", b"GIF8", b"\xff\xd8\xff")
_CONTROL_BYTES = bytes([*range(1, 9), *range(14, 27), *range(28, 32)])
"""Bytes that text hardly ever holds: not tab, line ends, vertical tab, form feed or escape."""


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
    if wide := wide_encoding(data):
        return data.decode(wide, "replace"), ""
    data = data.removeprefix(b"\xef\xbb\xbf")
    sample = data[:SAMPLE]
    if _is_binary(sample):
        raise ValueError("a binary file, not a note")
    try:
        return data.decode("utf-8"), ""
    except UnicodeDecodeError:
        declared = declared_encoding(sample)
        return (data.decode(declared, "replace"), "") if declared else _decode_mixed(data)


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
