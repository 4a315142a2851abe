"""Can a text layer be read? Common words tell; what a reader cannot see does not count."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from litmap.parsing.word_lists import load_words
from litmap.text.line import Line
from litmap.text.pymupdf_open import load_pymupdf

_WORDS = re.compile(r"[^\W\d_]+")
_COMMON = load_words("common_words", "litmap.text")
_ODD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x80-\x9f�¡-¿×÷\ue000-\uf8ff]")
MIN_WORDS = 60
"""Words below which a text without common ones is not judged."""
MIN_SIGNS = 250
"""Signs below which nothing is judged."""
MIN_CONTRAST = 40
"""Steps of grey, of 256, by which what can be seen differs from its ground."""


def is_gibberish(text: str) -> bool:
    """Whether text has the letters of a Latin script but none of its words, or is full of signs no
    text has.

    Short texts (under 60 words) and other scripts are never called gibberish.
    """
    words = [word.lower() for word in _WORDS.findall(text[:20_000])]
    common = sum(1 for word in words if word in _COMMON and len(word) > 1)
    if common > 0.08 * len(words) > 4:
        return False
    signs = "".join(text.split())[:10_000]
    if len(signs) < MIN_SIGNS or is_other_script(signs):
        return False
    if len(_ODD.findall(signs)) > 0.12 * len(signs):
        return True
    return len(words) >= MIN_WORDS and common < 0.025 * len(words)


def is_other_script(signs: str) -> bool:
    """Whether two letters in five are not Latin: Greek, Cyrillic, Chinese."""
    letters = [c for c in signs if c.isalpha()]
    return sum(map(_is_other_letter, letters)) > 0.4 * len(letters)


def _is_other_letter(c: str) -> bool:
    return c > "\u024f" and not unicodedata.name(c, "").startswith("LATIN")


def lost_share(text: str) -> float:
    """Share of characters without a meaning (control codes, replacement and private ones)."""
    signs = "".join(text.split())
    lost = sum(1 for c in signs if c == "\ufffd" or unicodedata.category(c) in ("Cc", "Co"))
    return lost / max(len(signs), 1)


def drop_unseen(page: Any, lines: Sequence[Line], zoom: float = 0.8) -> list[Line]:
    """The lines that can be seen: those whose place on the drawn page is not of one colour.

    For text without ink of its own (OCR layers, white on white): what was blanked out in the image
    is not read.
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
        if max(map(max, strips)) - min(map(min, strips)) > MIN_CONTRAST:
            kept.append(line)
    return kept
