"""Can a text layer be read? Common words tell; what a reader cannot see does not count."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from litmap.text.line import Line
from litmap.text.pymupdf_open import load_pymupdf

_WORDS = re.compile(r"[^\W\d_]+")
# the commonest words of the languages papers are written in
_COMMON_WORDS = """
the of and to in a is that for we with as by on are this be it from an which or can at not der die das und ist
von den mit zu im ein eine nicht auf le la les des et est une que pour dans en du un sur par el los las de y se
con una es no del al il di che per non sono lo da o e em os um uma para com na dos van het een och att som av
det en er på med til og af i ja on w z na do że
"""
_COMMON = frozenset(_COMMON_WORDS.split())
_ODD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x80-\x9f�¡-¿×÷\ue000-\uf8ff]")


def is_gibberish(text: str) -> bool:
    """Whether text has the letters of a Latin script but none of its words, or is full of signs no text has.

    Short texts (under 60 words) and other scripts are never called gibberish.
    """
    words = [word.lower() for word in _WORDS.findall(text[:20_000])]
    common = sum(1 for word in words if word in _COMMON and len(word) > 1)
    if common > 0.08 * len(words) > 4:
        return False
    dense = "".join(text.split())[:10_000]
    if len(dense) < 250:
        return False
    letters = [c for c in dense if c.isalpha()]
    other = sum(
        1 for c in letters if c > "\u024f" and not unicodedata.name(c, "").startswith("LATIN")
    )
    if other > 0.4 * len(letters):
        return False
    if len(_ODD.findall(dense)) > 0.12 * len(dense):
        return True
    return len(words) >= 60 and common < 0.025 * len(words)


def lost_share(text: str) -> float:
    """Share of characters that came without meaning (control codes, replacement and private ones)."""
    dense = "".join(text.split())
    bad = sum(1 for c in dense if c == "\ufffd" or unicodedata.category(c) in ("Cc", "Co"))
    return bad / max(len(dense), 1)


def drop_unseen(page: Any, lines: Sequence[Line], zoom: float = 0.8) -> list[Line]:
    """The lines that can be seen: those whose place on the drawn page is not of one colour.

    For text without ink of its own (OCR layers, white on white): what was blanked out in the image is not read.
    """
    if not lines:
        return []
    pymupdf = load_pymupdf()
    picture = page.get_pixmap(
        matrix=pymupdf.Matrix(zoom, zoom), colorspace=pymupdf.csGRAY, alpha=False
    )
    samples, stride = memoryview(picture.samples), picture.stride
    kept: list[Line] = []
    for line in lines:
        x0, x1 = max(0, int(line.x0 * zoom)), min(picture.width, int(line.x1 * zoom) + 1)
        y0, y1 = max(0, int(line.y0 * zoom)), min(picture.height, int(line.y1 * zoom) + 1)
        if x0 >= x1 or y0 >= y1:
            continue
        strips = [bytes(samples[y * stride + x0 : y * stride + x1]) for y in range(y0, y1)]
        if max(map(max, strips)) - min(map(min, strips)) > 40:
            kept.append(line)
    return kept
