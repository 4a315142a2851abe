"""Lines that do not run from left to right: Arabic and Hebrew, and vertical Chinese and Japanese.

What a PDF holds is signs at places, in whatever order they were painted. Lines in right-to-left
scripts are put together by the signs' places, and what is seen is turned into what is read by the
Unicode bidirectional algorithm (python-bidi), which leads from one to the other in both directions.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from bidi import get_display

from litmap.text.char_lines import Char, regroup
from litmap.text.glyphs import clean
from litmap.text.line import Line
from litmap.text.raw import RawPage
from litmap.text.script_words import EAST_ASIAN
from litmap.text.turns import Turn, turn_rect

_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe]")
_SHAPED = re.compile("[\ufb1d-\ufdff\ufe70-\ufefe]+")
_LETTER = re.compile(r"[^\W\d_]")
_BRACKETS = str.maketrans("()[]{}«»", ")(][}{»«")
MIN_VERTICAL = 20
"""East Asian signs of a page whose direction is looked at."""


@dataclass(slots=True)
class Sign:
    """A character where it is printed; `y` is its baseline's."""

    c: str
    x0: float
    x1: float
    y: float
    size: float
    rect: tuple[float, float, float, float]

    @property
    def middle(self) -> float:
        """The x of its middle."""
        return (self.x0 + self.x1) / 2


def settle_direction(page: Any, raw: RawPage, flags: int) -> None:
    """Puts the page's lines into the order in which they are read, and turns it, in place."""
    text = raw.text
    if _RIGHT_TO_LEFT.search(text):
        signs = list(_read_signs(page, flags))
        mirrored = len(_RIGHT_TO_LEFT.findall(text)) * 2 > len(_LETTER.findall(text))
        raw.lines = join_right_to_left(raw.lines, signs, mirrored=mirrored)
        if mirrored:
            _turn(raw, Turn.MIRRORED)
    elif _may_be_vertical(raw):
        signs = list(_read_signs(page, flags))
        if is_vertical(signs):
            raw.lines = _read_downwards(signs, (raw.width, raw.height))
            raw.aside, raw.rotated, raw.is_sideways = [], [], False
            raw.turn = Turn.ON_ITS_SIDE
            raw.width, raw.height = raw.height, raw.width


def _read_signs(page: Any, flags: int) -> Iterator[Sign]:
    """The page's characters in the order in which they were painted, without made-up spaces."""
    for block in page.get_text("rawdict", flags=flags)["blocks"]:
        for line in block.get("lines", ()):
            for span in line["spans"]:
                for char in span["chars"]:
                    if not char.get("synthetic"):
                        x0, _, x1, _ = char["bbox"]
                        y = char["origin"][1]
                        yield Sign(char["c"], x0, x1, y, span["size"], char["bbox"])


def _turn(raw: RawPage, turn: Turn) -> None:
    for line in raw.lines:
        line.x0, line.y0, line.x1, line.y1 = turn_rect(line.rect, turn, (raw.width, raw.height))
    raw.turn = turn


# ── right to left ────────────────────────────────────────────────────────────────────────────────
def join_right_to_left(
    lines: Sequence[Line], signs: Sequence[Sign], *, mirrored: bool
) -> list[Line]:
    """The lines with letters of right-to-left scripts put together from their signs.

    `mirrored`: the page is written from right to left as a whole; else such letters are quoted.
    """
    joined: list[Line] = []
    put_together: list[Line] = []
    for group in _group_pieces(lines):
        text = " ".join(line.text for line in group)
        if not _RIGHT_TO_LEFT.search(text):
            joined += group
            continue
        main = max(group, key=lambda line: len(line.text))
        x0, x1 = min(line.x0 for line in group), max(line.x1 for line in group)
        text = clean(read_as_seen(_signs_of(main, x0, x1, signs), right_to_left=mirrored))
        if text:
            y0, y1 = min(line.y0 for line in group), max(line.y1 for line in group)
            put_together.append(replace(main, text=text, x0=x0, x1=x1, y0=y0, y1=y1))
    _turn_brackets(put_together)
    return joined + put_together


def _group_pieces(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Pieces of one printed line: on one baseline, without a wide strip between them."""
    group: list[Line] = []
    for line in sorted(lines, key=lambda line: (round(line.baseline), line.x0)):
        if group and not _is_beside(group[-1], line):
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _is_beside(last: Line, line: Line) -> bool:
    size = max(last.size, line.size)
    return abs(last.baseline - line.baseline) < 0.3 * size and line.x0 - last.x1 < size


def _signs_of(line: Line, x0: float, x1: float, signs: Sequence[Sign]) -> list[Sign]:
    """The signs of a line, notes' marks left out."""
    return [
        sign
        for sign in signs
        if abs(sign.y - line.baseline) < 0.6 * line.size
        and x0 - 1 < sign.middle < x1 + 1
        and not (sign.size < 0.8 * line.size and sign.y < line.baseline - 1 and sign.c.isdigit())
    ]


def read_as_seen(signs: Sequence[Sign], *, right_to_left: bool) -> str:
    """The text of a line by the places of its signs: what is seen from left to right, as it is
    read.
    """
    seen: list[str] = []
    last: Sign | None = None
    for cluster in sorted(_clusters(signs), key=lambda cluster: cluster[0].x0):
        text = "".join(sign.c for sign in cluster)
        if last is not None and _is_apart(last, cluster[0]):
            seen.append(" ")
        seen.append(text[::-1] if _RIGHT_TO_LEFT.match(text) else text)
        last = cluster[0]
    read = str(get_display("".join(seen), base_dir="R" if right_to_left else "L"))
    return _SHAPED.sub(lambda m: unicodedata.normalize("NFKC", m[0]), read)


def _clusters(signs: Sequence[Sign]) -> Iterator[list[Sign]]:
    """Signs that stay together: a letter with its marks, the letters of a ligature.

    What is printed twice at one place is taken once.
    """
    cluster: list[Sign] = []
    for sign in signs:
        if cluster and _is_same(cluster[-1], sign):
            continue
        if cluster and _belongs_to(cluster[0], sign):
            cluster.append(sign)
            continue
        if cluster:
            yield cluster
        cluster = [sign]
    if cluster:
        yield cluster


def _is_same(last: Sign, sign: Sign) -> bool:
    near = 0.1 * sign.size
    empty = sign.x1 - sign.x0 < near and last.x1 - last.x0 < near
    return sign.c == last.c and empty and abs(sign.x0 - last.x0) < near


def _belongs_to(first: Sign, sign: Sign) -> bool:
    if unicodedata.combining(sign.c):
        return True
    empty = sign.x1 - sign.x0 < 0.05 * sign.size and first.x1 - first.x0 > 0.05 * sign.size
    return empty and min(abs(sign.x0 - first.x0), abs(sign.x0 - first.x1)) < 0.05 * sign.size


def _is_apart(last: Sign, sign: Sign) -> bool:
    """Whether white stands between two signs of known width."""
    has_width = last.x1 > last.x0 and sign.x1 > sign.x0
    return has_width and sign.x0 - last.x1 > 0.2 * sign.size


def _turn_brackets(lines: Sequence[Line]) -> None:
    """Turns the brackets of lines that were put together, where fewer find their other half as they
    are: some files hold them as they look, others as they are read.
    """
    text = "".join(line.text for line in lines)
    if _unpaired(text) > _unpaired(text.translate(_BRACKETS)):
        for line in lines:
            line.text = line.text.translate(_BRACKETS)


def _unpaired(text: str) -> int:
    """Brackets that close before they open."""
    unpaired = depth = 0
    for c in text:
        if c in "([{«":
            depth += 1
        elif c in ")]}»":
            unpaired += depth == 0
            depth = max(0, depth - 1)
    return unpaired


# ── downwards ────────────────────────────────────────────────────────────────────────────────────
def _may_be_vertical(raw: RawPage) -> bool:
    """Whether East Asian signs stand in lines of one or two."""
    pieces = [line.text for line in raw.lines] + raw.aside
    text = "".join(pieces)
    return len(text) < 4 * len(pieces) and len(EAST_ASIAN.findall(text)) >= MIN_VERTICAL


def is_vertical(signs: Sequence[Sign]) -> bool:
    """Whether most signs stand right below the one painted before."""
    below = beside = 0
    for last, sign in pairwise(sign for sign in signs if EAST_ASIAN.match(sign.c)):
        across, down = sign.middle - last.middle, sign.rect[3] - last.rect[3]
        if abs(across) < 0.3 * sign.size and 0.5 * sign.size < down < 3 * sign.size:
            below += 1
        elif abs(down) < 0.3 * sign.size and 0.3 * sign.size < across < 3 * sign.size:
            beside += 1
    return below >= MIN_VERTICAL and below > 2 * beside


def _read_downwards(signs: Sequence[Sign], size: tuple[float, float]) -> list[Line]:
    """The lines of a page put on its side: columns from right to left become rows from the top."""
    chars = []
    for sign in signs:
        if not sign.c.isspace():
            x0, y0, x1, y1 = turn_rect(sign.rect, Turn.ON_ITS_SIDE, size)
            chars.append(Char(sign.c, x0, x1, (y0 + y1) / 2 + 0.35 * sign.size, sign.size))
    return regroup(chars)
