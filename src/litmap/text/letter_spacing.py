"""White space within and between words where MuPDF's is not what is seen: words whose letters are
set apart ('A B S T R A C T', 'g e s p e r r t') are joined, a word behind a sign is parted from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, partial
from itertools import pairwise
from typing import Any, NamedTuple

from litmap.parsing.languages import ENGLISH, LANGUAGES_WITH_STOP_WORDS, stop_words_of
from litmap.text.letter_pairs import read_shapes
from litmap.text.line import Line
from litmap.text.raw import RawPage

MANY_SPACES = 5
"""A line has spaced letters only where it has more than one space for so many characters."""
MIN_DIFFERENT = 4
"""Different letters of a word whose letters are set apart; 'X X X' and 'A B A B' are none."""
MAX_MATH = 0.3
"""Share of maths in a line with such words."""
WIDER = 1.6
"""How many times wider than between letters the space between words is at least."""
WORD_GAP = 0.15
"""White space between words at least, in font sizes."""
BARE = "↵"
"""A ligature behind which MuPDF makes no space, whatever the gap ('di↵erent', but 'o↵ the')."""
_LETTER = r"[^\W\d_\u3040-\u9fff\uac00-\ud7a3]"
_RUN = re.compile(rf"(?<![^\W_]){_LETTER}(?: {_LETTER}){{3,}}(?![^\W_])")
_SMALL_WORD = re.compile(r"([∞⊤⊥∥⟩])([^\W\d_]{3,12})\b")
"""A sign behind which MuPDF makes no space either, and what may be a word."""
_BARE = re.compile(f"{BARE}(?=[a-z])")


class _Place(NamedTuple):
    """A character that is painted, with its left and right edge."""

    c: str
    x0: float
    x1: float


def mend_spaces(page: Any, raw: RawPage, flags: int) -> None:
    """Joins letters set apart and parts words from bare signs in the page's lines, in place."""
    for line in raw.lines:
        if not line.text.isascii():
            line.text = part_small_words(line.text)
    wanted = [line for line in raw.lines if _is_spaced(line) or BARE in line.text]
    if not wanted:
        return
    places = dict(_read_places(page, flags))
    for line in wanted:
        chars = places.get(line.rect, [])
        line.text = _RUN.sub(partial(_join_run, places=chars), line.text)
        if BARE in line.text:
            line.text = part_bare(line.text, chars, line.size)


def _is_spaced(line: Line) -> bool:
    return (
        line.text.count(" ") * MANY_SPACES > len(line.text)
        and line.math < MAX_MATH
        and any(_may_be_words(run) for run in _RUN.findall(line.text))
    )


def _may_be_words(run: str) -> bool:
    """Whether letters set apart are words once joined: 'g e s p e r r t', not 'a b c d'."""
    letters = run.replace(" ", "").lower()
    if len(set(letters)) < MIN_DIFFERENT:
        return False
    shapes = read_shapes(letters)
    return shapes.distinct > 0 and shapes.shaped_share == 1


def _read_places(page: Any, flags: int) -> Iterator[tuple[tuple[float, ...], list[_Place]]]:
    """The painted characters of each line, by its rectangle; spaces are none."""
    for block in page.get_text("rawdict", flags=flags)["blocks"]:
        for line in block.get("lines", ()):
            chars = [char for span in line["spans"] for char in span["chars"]]
            yield (
                tuple(line["bbox"]),
                [
                    _Place(char["c"], char["bbox"][0], char["bbox"][2])
                    for char in chars
                    if not char["c"].isspace()
                ],
            )


def part_small_words(text: str) -> str:
    """The text with a space between a sign of a formula and the small word behind it: '∥x∥and'."""
    return _SMALL_WORD.sub(lambda m: f"{m[1]} {m[2]}" if m[2] in _small_words() else m[0], text)


@cache
def _small_words() -> frozenset[str]:
    """Stop words of all languages that have a list; those of two letters may be variables."""
    words = frozenset().union(*map(stop_words_of, (ENGLISH, *LANGUAGES_WITH_STOP_WORDS)))
    return frozenset(word for word in words if len(word) > 2)


def _join_run(run: re.Match[str], places: Sequence[_Place]) -> str:
    return join_letters(run[0], places)


def join_letters(run: str, places: Sequence[_Place]) -> str:
    """The words of a run of letters set apart, by the white space between them; the run as it is
    where they are no words.
    """
    if not _may_be_words(run):
        return run
    letters = run.replace(" ", "")
    at = "".join(place.c[:1] for place in places).find(letters)
    if at < 0:
        return run
    gaps = [b.x0 - a.x1 for a, b in pairwise(places[at : at + len(letters)])]
    usual = sorted(gaps)[len(gaps) // 3]
    joined = letters[0]
    for letter, gap in zip(letters[1:], gaps, strict=True):
        joined += " " + letter if gap > WIDER * usual else letter
    return joined


def part_bare(text: str, places: Sequence[_Place], size: float) -> str:
    """The text with a space behind each bare sign that white space follows."""
    gaps = [b.x0 - a.x1 for a, b in pairwise(places) if a.c == BARE and b.c.islower()]
    signs = list(_BARE.finditer(text))
    if len(signs) != len(gaps):
        return text
    for sign, gap in reversed(list(zip(signs, gaps, strict=True))):
        if gap > WORD_GAP * size:
            text = f"{text[: sign.end()]} {text[sign.end() :]}"
    return text
