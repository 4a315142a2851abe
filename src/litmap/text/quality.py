"""Can a text layer be read? Told by what no text is made of; what nobody sees does not count.

No word of any language is known here: what cannot be text has letters in an order that no language
has, letters read backwards, alphabets mixed within words, signs that stand for no letter.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any

from litmap.text.letter_pairs import WordShapes, common_signs, read_shapes
from litmap.text.line import Line
from litmap.text.pymupdf_open import load_pymupdf
from litmap.text.script_words import EAST_ASIAN

MAX_JUDGED = 3_500
"""Characters of a page that are looked at."""
MIN_SIGNS = 250
"""Signs below which nothing is judged."""
MIN_WORDS = 20
"""Different words below which words are not judged."""
MIN_ALPHABET = 12
"""Different letters below which words are those of no language: DNA, numbers in base 16."""
MANY_UNNAMED = 0.5
"""Share of signs without a meaning above which a page of any length is broken."""
MIN_CONTRAST = 40
"""Steps of grey, of 256, by which what can be seen differs from its ground."""

_ODD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x80-\x9f�¡-©¬®-´¶-¹¼-¿×÷\ue000-\uf8ff]")
_RARE_SIGN = re.compile(r"[!\"#$%&'?@\\^_`{|}~]")
_DIGIT = re.compile(r"\d")
_LETTER = re.compile(r"[^\W\d_]")
_ACCENTED = re.compile("[À-ÖØ-öø-ɏ]")
_FOREIGN_RUN = re.compile(r"[^\W\d_\x00-\x7f]{2,}")
_RUN = re.compile(r"(\W)\1+")
_UNNAMED = re.compile(
    "[\x00-\x08\x80-\x9f�\ue000-\uf000\uf003-\uf00a\uf010-\uf01f\uf100-\uf6bd\uf800-\uf8e7\uf8eb-\uf8ff"
    "\U000f0000-\U0010ffff]"
)
"""Codes without a letter; private ones that `glyphs.clean` knows are none."""
_TOKEN = re.compile(r"\b\w*[^\W\d_]\w*\b")
_DIGIT_IN_WORD = re.compile(r"[a-z]\d+[a-z]")
_GLYPH_NUMBER = re.compile(r"\(cid:\d+\)|/[A-Za-z]{1,3}\d{1,5}(?=/|\s|$)")
_KANA = re.compile("[\u3040-\u30ff]")


class Legibility(Enum):
    """Whether a page's text can be read: surely, surely not, or too little is there to tell."""

    READABLE = "readable"
    BROKEN = "broken"
    UNSURE = "unsure"


@dataclass(frozen=True)
class PageText:
    """A page's text as it is judged: without white space in `signs`, its words in `shapes`.

    `unnamed`: share of the page's characters that stand for nothing and are not in the text.
    """

    text: str
    signs: str
    shapes: WordShapes
    unnamed: float = 0.0

    @cached_property
    def readable_share(self) -> float:
        """Share of the signs, digits aside, that are letters of words with a shape."""
        digits = _count(_DIGIT, self.signs)
        return self.shapes.shaped / max(1, len(self.signs) - digits)

    @cached_property
    def letters(self) -> int:
        """Letters of any script."""
        return _count(_LETTER, self.signs)


def read_page_text(text: str, unnamed: float = 0.0) -> PageText:
    """The text of a page as it is judged."""
    text = text[:MAX_JUDGED]
    return PageText(text, "".join(text.split()), read_shapes(text), unnamed)


def judge_page(page: PageText) -> Legibility:
    """Whether a page's text can be read, in whatever language it is."""
    if page.unnamed > MANY_UNNAMED:
        return Legibility.BROKEN
    if len(page.signs) < MIN_SIGNS:
        return Legibility.UNSURE
    if any(is_broken(page) for is_broken in FAULTS):
        return Legibility.BROKEN
    if page.readable_share > 0.35 or _count(EAST_ASIAN, page.signs) > 0.5 * len(page.signs):
        return Legibility.READABLE
    return Legibility.UNSURE


def _count(pattern: re.Pattern[str], text: str) -> int:
    return len(pattern.findall(text))


def _has_words(page: PageText) -> bool:
    return page.shapes.distinct >= MIN_WORDS and page.shapes.alphabet >= MIN_ALPHABET


# ── what no text has ─────────────────────────────────────────────────────────────────────────────
def has_odd_signs(page: PageText) -> bool:
    """Whether a sign in eight is one that stands in no word: 'h¶k±zn²³ ¸wç»jd×qA'."""
    return page.readable_share < 0.2 and _count(_ODD, page.signs) > 0.12 * len(page.signs)


def has_no_shapes(page: PageText) -> bool:
    """Whether the letters follow each other as in no language: 'Uif rvjdl cspxo gpy kvnqt'."""
    return _has_words(page) and page.shapes.shaped_share < 0.3


def is_backwards(page: PageText) -> bool:
    """Whether the words read better backwards: 'xof nworb kciuq eht'."""
    return _has_words(page) and page.shapes.turned > 0.15


def is_torn(page: PageText) -> bool:
    """Whether glyphs without a meaning stand in most words, so that few are left."""
    return page.unnamed > 0.05 and page.readable_share < 0.3


def has_too_many_accents(page: PageText) -> bool:
    """Whether most letters of Latin words have accents: Cyrillic taken for Latin, 'Ïðèâåò, ìèð'."""
    accented = _count(_ACCENTED, page.signs)
    return accented > 60 and accented > 0.6 * page.letters


def has_digits_for_letters(page: PageText) -> bool:
    """Whether digits stand between the letters of a third of the words: 'th3 qu1ck br0wn'."""
    if _count(_DIGIT_IN_WORD, page.text) <= 0.35 * MIN_WORDS:
        return False
    words = [word for word in _TOKEN.findall(page.text) if len(word) > 3]
    if len(set(words)) < MIN_WORDS or len(set(page.text.lower())) < 2 * MIN_ALPHABET:
        return False
    return sum(1 for word in words if _DIGIT_IN_WORD.search(word)) > 0.35 * len(words)


def has_glyph_numbers(page: PageText) -> bool:
    """Whether names of glyphs stand for letters: '(cid:87)(cid:75)', '/g87/g75'."""
    return sum(map(len, _GLYPH_NUMBER.findall(page.signs))) > 0.3 * len(page.signs)


def has_signs_for_letters(page: PageText) -> bool:
    """Whether there are rare signs where letters would be: '!"#$ %&@! _"$%'."""
    if page.readable_share > 0.5:
        return False
    signs = _RUN.sub(r"\1", page.signs)
    return _count(_RARE_SIGN, signs) > 0.3 * len(signs) and page.letters < 0.4 * len(signs)


def has_mixed_scripts(page: PageText) -> bool:
    """Whether letters of one script stand beside those of another: numbers of glyphs as letters."""
    if page.readable_share > 0.15:
        return False  # a few ligatures without a name
    runs = _FOREIGN_RUN.findall(page.signs)
    pairs = [(_script_of(a), _script_of(b)) for run in runs for a, b in pairwise(run)]
    return sum(1 for a, b in pairs if a != b) > 0.1 * page.letters


@lru_cache(maxsize=10_000)
def _script_of(letter: str) -> str:
    """The first word of a letter's name; one for the signs of East Asia."""
    if EAST_ASIAN.match(letter):
        return "EAST ASIAN"
    return unicodedata.name(letter, "").partition(" ")[0]


def has_rare_characters(page: PageText) -> bool:
    """Whether hardly a sign of a Chinese or Korean page is a common one: '锟斤拷' and worse."""
    signs = [c for c in EAST_ASIAN.findall(page.signs) if not _KANA.match(c)]
    if len(signs) < MIN_SIGNS / 2 or len(signs) < 0.3 * len(page.signs):
        return False
    common = common_signs()
    return sum(1 for c in signs if c in common) < 0.35 * len(signs)


FAULTS: tuple[Callable[[PageText], bool], ...] = (
    has_odd_signs,
    has_no_shapes,
    is_backwards,
    is_torn,
    has_too_many_accents,
    has_digits_for_letters,
    has_glyph_numbers,
    has_signs_for_letters,
    has_mixed_scripts,
    has_rare_characters,
)
"""What no page of text has; one is enough."""


def unnamed_share(text: str) -> float:
    """Share of characters that stand for nothing: codes without a letter, private ones."""
    if text.isascii() and text.isprintable():
        return 0.0
    unnamed = _count(_UNNAMED, text)
    return unnamed / max(1, len("".join(text.split()))) if unnamed else 0.0


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
