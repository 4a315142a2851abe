"""Raw pages: lines as PyMuPDF sees them, with what later stages ask of each: place, size, weight,
maths.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from litmap.text.glyphs import clean
from litmap.text.line import Line
from litmap.text.pymupdf_open import load_pymupdf
from litmap.text.turns import Turn

_MATH_FONT = re.compile(
    r"CMMI|CMSY|CMEX|CMBSY|MSAM|MSBM|EUFM|EUSM|EURM|RSFS|LMMath|LatinModernMath|STIX.*Math|"
    r"STIXSize|"
    r"Cambria-?Math|MathematicalPi|MTSY|MTMI|MTEX|MTMS|Symbol|MathJax|XITSMath|"
    r"txsy|txmi|txex|pxsy|pxmi|pxex|rtxmi|"
    r"stmary|wasy|bbm|dsrom|bbold|Math",
    re.I,
)
_BOLD_FONT = re.compile(
    r"bold|black|heavy|medi(?!um?it)|CMBX|CMSSBX|SFBX|LMRoman\d+-Bold|\bBd|-B$|demi", re.I
)
_ITALIC_FONT = re.compile(r"ital|obli|slant|CMTI|CMSL|SFTI|-It$", re.I)

BOLD, ITALIC, SUPERSCRIPT = 16, 2, 1
"""PyMuPDF's flags of a span."""
_VISIBLE = 16 | 32
"""MuPDF's flags FILLED and STROKED of characters; neither: the text is not painted."""
_NEAR_WHITE = 0xF0F0F0
_MIN_ALPHA = 25
_MARK_SIGNS = frozenset(",∗*†‡§¶♦♠⋆ ")
MIN_SIDEWAYS = 5
"""Rotated lines of a page set sideways; stamps have fewer."""
MIN_STRIP = 0.4
"""Ems of a white strip between words that may part two cells."""
MIN_CHARS = 15
"""Characters of a page that has text; with fewer it may be a picture."""
MIN_SIZE = 2
"""Font size in points below which a font does not tell its size (Type 3)."""
MIN_CONTRAST = 40
"""Steps of grey, of 256, on a page on which something is painted."""
_MATH_SIGNS = re.compile("[=≤≥<>≈≡∼∈∉⊂⊆∀∃∑∏∫∂∇∞∝→←↦⇒⇔±×÷·⋅∘⊗⊕∪∩∧∨√∥⟨⟩|‖+−\\^_{}∗⋆′⊤⊥≪≫≜≔≠]")


class RotatedLine(NamedTuple):
    """A line that does not run to the right: the y of its direction (1: downwards, -1: upwards) and
    the x of its baseline.
    """

    line: Line
    down: float
    baseline: float


@dataclass(slots=True)
class RawPage:
    """A page's lines before any judgement. `aside` holds rotated text (arXiv stamps); of a page
    most of whose text is rotated (`is_sideways`) and of others with a rotated table `sideways`
    becomes that part, turned to be read (`sideways.stand_up`), `strip` the x-range where it stands.

    `pictures`: something is painted on the page that is no text; `lost`: share of characters
    without a meaning, where fonts are measured; `unnamed`: share of those that stand for nothing in
    any case and are left out; `turn`: how the page was turned to be read;
    `marks`: rectangles of what is drawn, read only on pages with captions.
    """

    number: int
    width: float
    height: float
    lines: list[Line] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)
    rotated: list[RotatedLine] = field(default_factory=list)
    is_sideways: bool = False
    sideways: RawPage | None = None
    strip: tuple[float, float] | None = None
    pictures: bool = False
    lost: float = 0.0
    unnamed: float = 0.0
    turn: Turn = Turn.UPRIGHT
    marks: list[tuple[float, float, float, float]] = field(default_factory=list)

    @property
    def printed_size(self) -> tuple[float, float]:
        """Width and height of the page as printed, in points."""
        return (self.height, self.width) if self.turn.on_a_side else (self.width, self.height)

    @property
    def parts(self) -> tuple[RawPage, ...]:
        """The page itself, and the part of it that stands sideways."""
        return (self,) if self.sideways is None else (self, self.sideways)

    @property
    def chars(self) -> int:
        """Characters of all lines that are read."""
        count = count_chars(self.lines)
        return count + count_chars([r.line for r in self.rotated]) if self.is_sideways else count

    @property
    def text(self) -> str:
        """The lines' text, a line each."""
        return "\n".join([line.text for part in self.parts for line in part.lines])


class Ink(StrEnum):
    """How a line is painted: so that it can be seen, nearly white, or not at all."""

    VISIBLE = "visible"
    PALE = "pale"
    NONE = "none"


class Print(NamedTuple):
    """How a span is set: size in tenths of a point, style, ink."""

    size: float
    math: bool
    bold: bool
    italic: bool
    raised: bool
    painted: bool
    pale: bool


_print_key = itemgetter("font", "size", "flags", "char_flags", "color", "alpha")
"""What PyMuPDF says of a span's print, as `_print_of` takes it."""


@lru_cache(maxsize=4096)
def _print_of(font: str, size: float, flags: int, char_flags: int, color: int, alpha: int) -> Print:
    """What PyMuPDF's numbers for a span say; a document has few kinds of spans."""
    name = font.rsplit("+", maxsplit=1)[-1]
    painted = bool(char_flags & _VISIBLE)
    return Print(
        size=round(size, 1),
        math=bool(_MATH_FONT.search(name)),
        bold=bool(flags & BOLD or _BOLD_FONT.search(name)),
        italic=bool(flags & ITALIC or _ITALIC_FONT.search(name)),
        raised=bool(flags & SUPERSCRIPT),
        painted=painted,
        pale=painted and (color & _NEAR_WHITE == _NEAR_WHITE or alpha < _MIN_ALPHA),
    )


def read_page(page: Any, number: int, flags: int) -> RawPage:
    """The page's lines that a reader sees.

    Rotated ones (stamps, labels of axes, tables set sideways) stand apart.
    """
    textpage = page.get_textpage(flags=flags)
    data = page.get_text("dict", textpage=textpage)
    raw = RawPage(number, float(data["width"]), float(data["height"]))
    by_ink: dict[Ink, list[Line]] = {Ink.VISIBLE: raw.lines, Ink.PALE: [], Ink.NONE: []}
    printed = _Printed()
    for index, block in enumerate(data["blocks"]):
        for entry in block.get("lines", ()):
            line, ink = _read_line(entry, index)
            if line is None or printed.holds(line):
                continue
            if abs(down := entry["dir"][1]) > 0.1:
                raw.rotated.append(RotatedLine(line, down, entry["spans"][0]["origin"][0]))
            else:
                by_ink[ink].append(line)
    rotated = [r.line for r in raw.rotated]
    raw.is_sideways = is_sideways(rotated, raw.chars, page.rotation)
    raw.aside = [line.text for line in rotated]
    raw.unnamed = _unnamed_share(data)
    _settle_doubts(page, raw, by_ink[Ink.NONE], by_ink[Ink.PALE], textpage)
    return raw


def is_sideways(rotated: list[Line], upright: int, turn: int) -> bool:
    """Whether most of a page's text is rotated and no stamp: a table set sideways under an upright
    running head, or a page that the file turns by `turn` degrees so that it is read upright.

    `upright`: the characters of its other text.
    """
    return count_chars(rotated) > upright and (len(rotated) >= MIN_SIDEWAYS or turn % 180 != 0)


def _unnamed_share(data: dict[str, Any]) -> float:
    from litmap.text.quality import unnamed_share

    return unnamed_share(
        "".join(
            [
                span["text"]
                for block in data["blocks"]
                for line in block.get("lines", ())
                for span in line["spans"]
            ]
        )
    )


@dataclass(slots=True)
class _Printed:
    """What was printed on a page: the first line of each wording and, of those that come again,
    where they stand: for each size and height the places across, in squares a fifth of the size
    wide.

    So the equal words of a map or table are not compared with each other.
    """

    first: dict[str, Line] = field(default_factory=dict)
    places: dict[str, dict[tuple[int, int], set[int]]] = field(default_factory=dict)

    def holds(self, line: Line) -> bool:
        """Whether the same words were printed there before (bold faked by printing twice, shadows);
        else takes them in.
        """
        first = self.first.setdefault(line.text, line)
        if first is line:
            return False
        places = self.places.get(line.text)
        if places is None:
            size, x, y = _square(first)
            places = self.places[line.text] = {(size, y): {x}}
        size, x, y = _square(line)
        for height in (y, y - 1, y + 1):
            beside = places.get((size, height))
            if beside and not beside.isdisjoint((x, x - 1, x + 1)):
                return True
        places.setdefault((size, y), set()).add(x)
        return False


def _square(line: Line) -> tuple[int, int, int]:
    size = max(1, round(line.size))
    return size, int(line.x0 // (0.2 * size)), int(line.baseline // (0.2 * size))


def _settle_doubts(
    page: Any, raw: RawPage, unpainted: list[Line], pale: list[Line], textpage: Any
) -> None:
    """Settles the doubtful: white text, OCR layers, fonts of no size, pages of pictures."""
    from litmap.text.char_lines import read_chars, regroup
    from litmap.text.quality import drop_unseen, lost_share

    if pale:
        raw.lines += drop_unseen(page, pale)
    painted = raw.chars
    if count_chars(unpainted) > max(100, 2 * painted):
        # An OCR layer: nothing of it is painted, what it says stands in the picture below.
        raw.lines = drop_unseen(page, regroup(read_chars(page, textpage)))
    elif painted and _has_no_sizes(raw):
        chars = read_chars(page, textpage)
        raw.lines = regroup(chars)
        raw.lost = lost_share("".join(char.c for char in chars))
    if raw.chars < MIN_CHARS:
        raw.pictures = bool(page.get_images()) or bool(page.get_image_info()) or _has_marks(page)


def _has_no_sizes(raw: RawPage) -> bool:
    """Whether most of a page is set in fonts that do not tell their size."""
    return count_chars([line for line in raw.lines if line.size < MIN_SIZE]) * 2 > raw.chars


def _has_marks(page: Any) -> bool:
    """Whether anything is painted on a page without text and images (letters drawn as lines)."""
    pymupdf = load_pymupdf()
    picture = page.get_pixmap(
        matrix=pymupdf.Matrix(0.2, 0.2), colorspace=pymupdf.csGRAY, alpha=False
    )
    samples = bytes(picture.samples)
    return bool(samples) and max(samples) - min(samples) > MIN_CONTRAST


def count_chars(lines: list[Line]) -> int:
    """Characters of all lines."""
    return sum(len(line.text) for line in lines)


@dataclass(slots=True)
class _SpanSums:
    """What the spans of one line add up to, in characters."""

    parts: list[str] = field(default_factory=list)
    sizes: dict[float, int] = field(default_factory=dict)
    total: int = 0
    bold: int = 0
    italic: int = 0
    math: int = 0
    painted: int = 0
    pale: int = 0
    bold_prefix: int = 0
    baseline: float = 0.0
    main_size: float = -1.0
    font: str = ""
    font_chars: int = -1
    strips: list[tuple[int, float, float]] = field(default_factory=list)

    def add(self, span: dict[str, Any]) -> None:
        """Takes in a span; white space parts words, footnote marks are left out."""
        text = span["text"]
        if not text or text.isspace():
            left, _, right, _ = span["bbox"]
            if right - left > MIN_STRIP * span["size"]:
                self.strips.append((len("".join(self.parts).split()), left, right))
            self.parts.append(" ")
            return
        look = _print_of(*_print_key(span))
        if look.raised and not look.math and is_footnote_mark(text, self.parts):
            return
        self.parts.append(text + " " if look.raised and not self.parts else text)
        count = len(text)
        self.math += count if look.math else len(_MATH_SIGNS.findall(text))
        if look.bold:
            if self.bold == self.total:
                self.bold_prefix += count
            self.bold += count
        if look.italic:
            self.italic += count
        self.total += count
        self._add_ink(count, look)
        self._add_size(count, look.size, span)

    def _add_ink(self, count: int, look: Print) -> None:
        if look.painted:
            self.painted += count
            if look.pale:
                self.pale += count

    def _add_size(self, count: int, size: float, span: dict[str, Any]) -> None:
        """The baseline and font are those of the largest print, of the longest span in it."""
        self.sizes[size] = self.sizes.get(size, 0) + count
        if size > self.main_size + 0.5 or (size > self.main_size - 0.5 and count > self.font_chars):
            self.main_size = max(size, self.main_size)
            self.baseline = span["origin"][1]
            self.font, self.font_chars = span["font"], count

    @property
    def usual_size(self) -> float:
        """The size of most characters, the larger of two."""
        if len(self.sizes) == 1:
            return next(iter(self.sizes))
        return max(self.sizes.items(), key=lambda item: (item[1], item[0]))[0]

    @property
    def ink(self) -> Ink:
        """How most characters are painted."""
        if self.painted * 2 <= self.total:
            return Ink.NONE
        return Ink.PALE if self.pale * 2 > self.total else Ink.VISIBLE


def _read_line(entry: dict[str, Any], block: int) -> tuple[Line | None, Ink]:
    """The line of an entry of PyMuPDF's 'dict', None without text, and how it is painted."""
    sums = _SpanSums()
    for span in entry["spans"]:
        sums.add(span)
    printed = "".join(sums.parts)
    text = clean(printed)
    total = sums.total
    if not total or not text:
        return None, Ink.NONE
    x0, y0, x1, y1 = entry["bbox"]
    line = Line(
        text,
        x0,
        y0,
        x1,
        y1,
        sums.baseline,
        sums.usual_size,
        sums.bold / total,
        sums.italic / total,
        sums.math / total,
        sums.font.split("+")[-1],
        block,
        sums.bold_prefix,
        max(sums.sizes),
        spaced=(printed[0].isspace(), printed[-1].isspace()),
        strips=tuple(sums.strips),
    )
    return line, sums.ink


def is_footnote_mark(text: str, before: list[str]) -> bool:
    """Whether a superscript is a footnote mark: digits or signs after a word of three letters or
    after punctuation.
    """
    mark = text.strip()
    if not mark or len(mark) > 6 or not all(c.isdigit() or c in _MARK_SIGNS for c in mark):
        return False
    word = "".join(before[-3:]).rstrip()[-3:]
    return len(word) == 3 and (word.isalpha() or word[-1] in ".,;:)”’'\"")
