"""Lines of a page as PyMuPDF sees them, with what later stages ask of each: place, size, weight, share of maths."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from litmap.text.glyphs import clean
from litmap.text.line import Line
from litmap.text.pymupdf_open import load_pymupdf

_MATH_FONT = re.compile(
    r"CMMI|CMSY|CMEX|CMBSY|MSAM|MSBM|EUFM|EUSM|EURM|RSFS|LMMath|LatinModernMath|STIX.*Math|STIXSize|"
    r"Cambria-?Math|MathematicalPi|MTSY|MTMI|MTEX|MTMS|Symbol|MathJax|XITSMath|txsy|txmi|txex|pxsy|pxmi|pxex|rtxmi|"
    r"stmary|wasy|bbm|dsrom|bbold|Math",
    re.I,
)
_ROMAN_MATH_FONT = re.compile(r"CMR|CMBX|SFRM|LMRoman", re.I)
_BOLD_FONT = re.compile(
    r"bold|black|heavy|medi(?!um?it)|CMBX|CMSSBX|SFBX|LMRoman\d+-Bold|\bBd|-B$|demi", re.I
)
_ITALIC_FONT = re.compile(r"ital|obli|slant|CMTI|CMSL|SFTI|-It$", re.I)

BOLD, ITALIC, SUPERSCRIPT = 16, 2, 1  # PyMuPDF's span flags
_INK, _PALE, _NONE = 2, 1, 0
_VISIBLE = 16 | 32  # MuPDF's char flags FILLED and STROKED; neither: the text is not painted
_MATH_SIGNS = re.compile("[=≤≥<>≈≡∼∈∉⊂⊆∀∃∑∏∫∂∇∞∝→←↦⇒⇔±×÷·⋅∘⊗⊕∪∩∧∨√∥⟨⟩|‖+−\\^_{}∗⋆′⊤⊥≪≫≜≔≠]")


@dataclass(slots=True)
class RawPage:
    """A page's lines before any judgement. `aside` holds rotated text (arXiv stamps).

    `pictures`: something is painted on the page that is no text; `lost`: share of characters without a meaning.
    """

    number: int
    width: float
    height: float
    lines: list[Line] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)
    pictures: bool = False
    lost: float = 0.0


@lru_cache(maxsize=4096)
def _font_kind(name: str) -> tuple[bool, bool, bool]:
    """(maths, bold, italic) by the font's name, its subset prefix left out."""
    name = name.rsplit("+", maxsplit=1)[-1]
    return (
        bool(_MATH_FONT.search(name)),
        bool(_BOLD_FONT.search(name)),
        bool(_ITALIC_FONT.search(name)),
    )


def read_page(page: Any, number: int, flags: int) -> RawPage:
    """The page's lines that a reader sees. Rotated ones go to `aside`, unless most of the page is rotated."""
    data = page.get_text("dict", flags=flags)
    raw = RawPage(number, float(data["width"]), float(data["height"]))
    rotated: list[Line] = []
    seen: dict[str, list[tuple[float, float]]] = {}
    unpainted: list[Line] = []
    pale: list[Line] = []
    for index, block in enumerate(data["blocks"]):
        for entry in block.get("lines", ()):
            line, ink = _line(entry, index)
            if line is None or _is_repeated(line, seen):
                continue
            if abs(entry["dir"][1]) > 0.1:
                rotated.append(line)
            else:
                (raw.lines if ink == _INK else pale if ink == _PALE else unpainted).append(line)
    if _chars(rotated) > 3 * _chars(raw.lines) + 200:
        raw.lines, rotated = rotated, []
    raw.aside = [line.text for line in rotated]
    _check(page, raw, unpainted, pale, flags)
    return raw


def _is_repeated(line: Line, seen: dict[str, list[tuple[float, float]]]) -> bool:
    """Whether the same words were printed there before (bold faked by printing twice, shadows)."""
    places = seen.setdefault(line.text, [])
    if any(
        abs(line.x0 - x) < 0.2 * line.size and abs(line.base - y) < 0.2 * line.size
        for x, y in places
    ):
        return True
    places.append((line.x0, line.base))
    return False


def _check(page: Any, raw: RawPage, unpainted: list[Line], pale: list[Line], flags: int) -> None:
    """Settles the doubtful: OCR layers, white text, fonts of no size, pages of pictures."""
    from litmap.text.char_lines import read_chars, regroup
    from litmap.text.quality import drop_unseen, lost_share

    if pale:
        raw.lines += drop_unseen(page, pale)
    painted = _chars(raw.lines)
    if _chars(unpainted) > max(100, 2 * painted):
        # An OCR layer: nothing of it is painted, what it says stands in the picture below.
        raw.lines = drop_unseen(page, regroup(read_chars(page, flags)))
    elif painted and sum(len(line.text) for line in raw.lines if line.size < 2) * 2 > painted:
        chars = read_chars(page, flags)
        raw.lines = regroup(chars)
        raw.lost = lost_share("".join(char.c for char in chars))
    if _chars(raw.lines) < 15:
        raw.pictures = bool(page.get_images()) or bool(page.get_image_info()) or _has_marks(page)


def _has_marks(page: Any) -> bool:
    """Whether anything is painted on a page without text and images (letters drawn as lines)."""
    pymupdf = load_pymupdf()
    picture = page.get_pixmap(
        matrix=pymupdf.Matrix(0.2, 0.2), colorspace=pymupdf.csGRAY, alpha=False
    )
    samples = bytes(picture.samples)
    return bool(samples) and max(samples) - min(samples) > 40


def _chars(lines: list[Line]) -> int:
    return sum(len(line.text) for line in lines)


def _line(entry: dict[str, Any], block: int) -> tuple[Line | None, int]:
    """The line of one entry of PyMuPDF's 'dict', and whether it is painted, painted pale, or not at all."""
    parts: list[str] = []
    sizes: dict[float, int] = {}
    total = bold = italic = math = painted = pale = lead = 0
    base, base_size, font, font_chars = 0.0, -1.0, "", -1
    for span in entry["spans"]:
        text = span["text"]
        if text == " " or not text.strip():
            parts.append(" ")
            continue
        count = len(text)
        size = round(span["size"], 1)
        flags = span["flags"]
        is_math, is_bold, is_italic = _font_kind(span["font"])
        if flags & SUPERSCRIPT and not is_math and _is_mark(text, parts):
            continue
        parts.append(text if parts or not flags & SUPERSCRIPT else text + " ")
        total += count
        sizes[size] = sizes.get(size, 0) + count
        if is_bold or flags & BOLD:
            lead += count if bold == total - count else 0
            bold += count
        italic += count if is_italic or flags & ITALIC else 0
        math += count if is_math else len(_MATH_SIGNS.findall(text))
        if span["char_flags"] & _VISIBLE:
            painted += count
            if span["color"] & 0xF0F0F0 == 0xF0F0F0 or span["alpha"] < 25:
                pale += count
        if size > base_size + 0.5 or (size > base_size - 0.5 and count > font_chars):
            base_size, base, font, font_chars = (
                max(size, base_size),
                span["origin"][1],
                span["font"],
                count,
            )
    text = clean("".join(parts))
    if not total or not text:
        return None, _NONE
    size = (
        next(iter(sizes))
        if len(sizes) == 1
        else max(sizes.items(), key=lambda item: (item[1], item[0]))[0]
    )
    x0, y0, x1, y1 = entry["bbox"]
    line = Line(
        text,
        x0,
        y0,
        x1,
        y1,
        base,
        size,
        bold / total,
        italic / total,
        math / total,
        font.split("+")[-1],
        block,
        lead,
        max(sizes),
    )
    return line, _NONE if painted * 2 <= total else _PALE if pale * 2 > total else _INK


def _is_mark(text: str, before: list[str]) -> bool:
    """Whether a superscript is a footnote mark: digits or signs after a word of three letters or after punctuation."""
    mark = text.strip()
    if not mark or len(mark) > 6 or not all(c.isdigit() or c in ",∗*†‡§¶♦♠⋆ " for c in mark):
        return False
    word = "".join(before[-3:]).rstrip()[-3:]
    return len(word) == 3 and (word.isalpha() or word[-1] in ".,;:)”’'\"")
