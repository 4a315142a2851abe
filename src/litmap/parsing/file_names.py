"""Names of files made from words of others: a heading, a theme, an uploaded file. They can be kept
on Linux, macOS and Windows, and lead into no other folder.
"""

from __future__ import annotations

import re
import unicodedata

MAX_BYTES = 120
"""Of a name without its ending: file systems take 255 bytes, and a downloaded file gets a number
behind its name where there is one already.
"""
_NOT_IN_NAMES = re.compile(r'[<>:"/\\|?*]')
_OF_WINDOWS = re.compile(r"(?i)(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])[ .]*(\..*)?")


def safe_stem(words: str, fallback: str) -> str:
    """A file's name without its ending: the words as they are, but for what some system does not
    take, dots at either end, which hide a file or are lost, and signs that show nothing.

    >>> safe_stem("Loss: flat/sharp minima?", "papers")
    'Loss flat sharp minima'
    >>> safe_stem("..", "papers")
    'papers'
    """
    shown = (c if c.isprintable() else " " for c in unicodedata.normalize("NFC", words))
    plain = " ".join(_NOT_IN_NAMES.sub(" ", "".join(shown)).split()).strip(" .")
    short = _shorten(plain).strip(" .")
    if is_device_name(short):
        return f"_{short}"
    return short or fallback


def _shorten(name: str) -> str:
    """At most `MAX_BYTES`, cut between words where that keeps half of it."""
    short = name.encode()[:MAX_BYTES].decode(errors="ignore")
    if len(short) == len(name) or name[len(short)] == " ":
        return short
    words = short.rpartition(" ")[0]
    return words if len(words) > len(short) / 2 else short


def is_device_name(name: str) -> bool:
    """Whether Windows takes a file's name for a device, whatever its ending: 'aux', 'Con.tex'."""
    return _OF_WINDOWS.fullmatch(name) is not None
