"""What to show of a passage: the sentence that answers best, the words that hit, the lines where it stands."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from litmap import words
from litmap.models import Chunk

Rect = tuple[int, float, float, float, float]

SHORTEST = 30
"""Characters below which a 'sentence' is taken for an abbreviation's dot and joined to the next."""
LONGEST = 600
_END = re.compile(r"[.!?。！？][\"')\]”’]*(?:\s+(?=[\"'(\[“‘]?[^\Wa-z])|(?<=[。！？])|$)|\n{2,}")
_ABBREVIATED = re.compile(
    r"(?:\b(?:e\.g|i\.e|cf|resp|vs|al|et al|Fig|Figs|Eq|Eqs|Sec|Secs|Thm|Lem|Prop|Def|Ref|Refs|No|Vol|pp|Dr|Prof|St"
    r"|approx|w\.r\.t|a\.k\.a|i\.i\.d)|\b[A-Z])\.$"
)


def sentences(text: str) -> list[tuple[int, int]]:
    """Offsets of the sentences of `text`, in order, without the blanks around them; long ones stay whole."""
    found: list[tuple[int, int]] = []
    start = 0
    for match in _END.finditer(text):
        end = match.end()
        stop = start + len(text[start:end].rstrip())
        if end < len(text) and (stop - start < SHORTEST or _ABBREVIATED.search(text[max(start, stop - 12) : stop])):
            continue
        _add(text, start, end, found)
        start = end
    _add(text, start, len(text), found)
    return found


def _add(text: str, start: int, end: int, found: list[tuple[int, int]]) -> None:
    piece = text[start:end]
    inner = piece.strip()
    if inner:
        begin = start + piece.index(inner[0])
        found.append((begin, begin + len(inner)))


def best_sentence(text: str, weights: Mapping[str, float], phrases: Sequence[str] = ()) -> tuple[int, int]:
    """Offsets of the sentence that holds most of the weighted terms; a phrase outweighs all of them.

    Each term counts once, and long sentences a little less, for a list that names everything answers nothing.
    (0, 0) for an empty text; the first sentence where no term occurs.
    """
    spans = sentences(text)
    if not spans:
        return 0, 0
    total = sum(weights.values()) or 1.0

    def value(span: tuple[int, int]) -> float:
        piece = text[span[0] : span[1]]
        held = {word.term for word in words.find_words(piece)} & weights.keys()
        exact = sum(_holds(piece, phrase) for phrase in phrases)
        return (sum(weights[t] for t in held) / total + exact) / (1 + max(0, len(piece) - 200) / 1000)

    return max(spans, key=lambda span: (value(span), -span[0]))


def _holds(text: str, phrase: str) -> bool:
    wanted = words.plain(phrase)
    return bool(wanted) and f" {wanted} " in f" {words.plain(text)} "


def hit_words(text: str, terms: Collection[str]) -> tuple[str, ...]:
    """The words of `text`, as written there and each once, that are among the terms."""
    found: dict[str, str] = {}
    for word in words.find_words(text):
        if word.term in terms:
            found.setdefault(word.term, text[word.start : word.end])
    return tuple(found.values())


def marks(text: str, terms: Collection[str]) -> list[tuple[int, int]]:
    """Offsets of every word of `text` that is among the terms, for a display that marks them."""
    return [(word.start, word.end) for word in words.find_words(text) if word.term in terms]


def lines_of(chunk: Chunk, start: int, end: int) -> tuple[Rect, ...]:
    """The rectangles of the lines where `chunk.text[start:end]` stands.

    A chunk keeps its lines' rectangles but not where each begins in the text, so that is reckoned: a line holds
    characters in proportion to its width over its height. Good to about one line; all lines where there are few.
    """
    rects = chunk.rects
    if len(rects) <= 2 or end <= start or (start == 0 and end >= len(chunk.text)):
        return rects
    sizes = [max(x1 - x0, 1.0) / max(y1 - y0, 1.0) for _, x0, y0, x1, y1 in rects]
    scale = len(chunk.text) / sum(sizes)
    chosen: list[Rect] = []
    at = 0.0
    for rect, size in zip(rects, sizes, strict=True):
        length = size * scale
        if min(end, at + length) - max(start, at) > min(0.15 * length, 0.5 * (end - start)):
            chosen.append(rect)
        at += length
    return tuple(chosen) or (rects[min(int(start / scale / max(sum(sizes), 1e-9) * len(rects)), len(rects) - 1)],)
