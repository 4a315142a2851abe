"""'Where is this from': a quotation, with its typos and broken lines, found in the passages that
may hold it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from litmap.errors import SearchError
from litmap.models import Hit, Passage
from litmap.parsing.terms import QueryWord, plain_places, plain_text
from litmap.search.highlighting import Marker, hit_words, lines_of

if TYPE_CHECKING:
    from rapidfuzz.distance import ScoreAlignment

MAX_QUOTATION_LENGTH = 3_000
"""Characters of a quotation that are compared; so many tell its place beyond doubt."""
MIN_AGREEMENT = 72.0
"""Agreement in percent of letters below which a quotation is from elsewhere."""
SHORT_QUOTATION = 30
MIN_SHORT_AGREEMENT = 90.0
"""A few words agree by chance with many texts."""


def words_wanted(quotation: str) -> str:
    """As much of a quotation as is compared. Raises `SearchError` where it holds no word."""
    text = quotation[:MAX_QUOTATION_LENGTH]
    if not plain_text(text):
        raise SearchError("There is no word in the quotation to look for.", subject=quotation[:60])
    return text


def align_quotation(
    text: str, candidates: Sequence[tuple[Passage, str]], words: Sequence[QueryWord]
) -> list[Hit]:
    """The passages, given with their languages, that a quotation is from, best first, with page
    and lines; `score` is the agreement, 0 to 1. None where no passage agrees well enough.
    """
    wanted = plain_text(text)
    marker = Marker(dict.fromkeys((word.name for word in words), 1.0), words=words)
    hits = _align_all((wanted,), candidates, marker)
    if not hits and len(wanted) > 4 * SHORT_QUOTATION:
        hits = _align_all(_halves(wanted), candidates, marker)
    hits.sort(key=lambda hit: (-round(hit.score, 2), hit.row))
    return _drop_overlaps(hits)


def _align_all(
    parts: Sequence[str], passages: Sequence[tuple[Passage, str]], marker: Marker
) -> list[Hit]:
    """The places in the passages (with their languages) that agree well enough with one of the
    parts.
    """
    aligned = (_align(part, *passage, marker) for passage in passages for part in parts)
    return [hit for hit in aligned if hit is not None]


def _halves(text: str) -> tuple[str, str]:
    """A text parted at the first blank behind its middle: a quotation may run over two passages."""
    middle = len(text) // 2
    blank = text.find(" ", middle)
    at = middle if blank < 0 else blank
    return text[:at].strip(), text[at:].strip()


def _align(wanted: str, passage: Passage, language: str, marker: Marker) -> Hit | None:
    """The place in the passage that agrees best with the letters wanted; None where that is not
    enough.
    """
    from rapidfuzz import fuzz

    letters, places = plain_places(passage.chunk.text)
    enough = MIN_SHORT_AGREEMENT if len(wanted) < SHORT_QUOTATION else MIN_AGREEMENT
    if len(letters) < 0.8 * len(wanted):
        return None
    best: ScoreAlignment | None = fuzz.partial_ratio_alignment(wanted, letters, score_cutoff=enough)
    if best is None or not letters:
        return None
    begin, end = (
        (best.dest_start, best.dest_end) if len(wanted) <= len(letters) else (0, len(letters))
    )
    start, stop = places[begin], places[max(begin, end - 1)] + 1
    chunk = passage.chunk
    rects = lines_of(chunk, start, stop)
    return Hit(
        row=passage.row,
        work=passage.work,
        score=best.score / 100,
        chunk=chunk,
        words=hit_words(chunk.text, marker.places(chunk.text, language)),
        sentence=(start, stop),
        page=rects[0][0] if rects else chunk.page,
        rects=rects,
    )


def _drop_overlaps(hits: list[Hit]) -> list[Hit]:
    """Without the overlapping passages of a source that show the same place a second time."""
    kept: list[Hit] = []
    for hit in hits:
        near = (k for k in kept if k.chunk.source == hit.chunk.source)
        if not any(
            abs(k.chunk.ordinal - hit.chunk.ordinal) <= 1 and k.page == hit.page for k in near
        ):
            kept.append(hit)
    return kept
