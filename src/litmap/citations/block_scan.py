"""A block while it is read: what of its text is understood already, the context of a place, and long blocks cut."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import replace
from functools import lru_cache

from litmap.citations.model import Sighting, line_at
from litmap.models import NoteBlock

LONGEST = 20_000
"""Most characters of a block that are read as one."""
_SENTENCE = re.compile(r"(?<=[.!?])[”\")\]]?\s+(?=[A-ZÀ-Ý(\[“\"@])")
_ABBREVIATED = re.compile(
    r"\b(?:et al|e\.g|i\.e|cf|vs|Fig|Eq|Sec|Thm|resp|Dr|Prof|St|[A-Z]|no|vol|pp|ed|eds|ca|approx)\.[”\")\]]?$"
)
_JOURNAL = re.compile(
    r"[”\")]{0,2}[,.]?\s*(?:in\s)?(?:[A-Z]{2,8}|(?:[A-Z][A-Za-z]*[.,]?\s){1,6}\d[\d:,.\s–-]{0,24})[,.]?\s?(?:\((?:1[5-9]|20)\d\d\))?[\s,.;(\[]*"
)
_JOINT = re.compile(r"[\s()\[\],.:–—\"“”'*-]*")
_ALSO = re.compile(
    r"(?:\b(?:see also|also (?:as|at|in|on)|also|e-?print|preprint|available (?:at|as|on))\b|=)\s?"
)


class BlockText:
    """A block's text in which stretches already understood are masked, so that nothing is counted twice."""

    def __init__(self, block: NoteBlock) -> None:
        self.block = block
        self.text = block.text
        self.spans: list[tuple[int, int, Sighting | None]] = []

    def mask(self, start: int, end: int, sighting: Sighting | None) -> None:
        """Marks a stretch as understood."""
        if end > start:
            self.spans.append((start, end, sighting))
            self.text = self.text[:start] + "\x00" * (end - start) + self.text[end:]

    def free(self, start: int, end: int) -> bool:
        """True where nothing of the stretch has been understood yet."""
        return "\x00" not in self.text[start:end]

    def beside(
        self, start: int, end: int, reach: int = 4, *, same_sentence: bool = False
    ) -> Sighting | None:
        """A sighting that stands next to the stretch with only brackets and punctuation between."""
        for a, b, sighting in self.spans:
            if sighting is None:
                continue
            between = (
                self.block.text[end:a]
                if a >= end
                else self.block.text[b:start]
                if b <= start
                else ""
            )
            if same_sentence and b <= start and between.rstrip().endswith("."):
                continue
            if (
                b <= start
                and sighting.mention.kind in {"number", "citekey"}
                and not _same_bracket(between)
            ):
                continue  # '[3], Doe 1999': a number belongs to what stands before it
            between = _ALSO.sub("", between, count=1) if 3 < len(between) < 24 else between
            if (
                (a >= end or b <= start)
                and len(between) <= reach + 3
                and _JOINT.fullmatch(between)
                and len(between.strip()) <= reach
            ):
                return sighting
        return None

    def behind_journal(self, end: int) -> Sighting | None:
        """An identifier that follows with only a journal between: '…, Ann. Phys. 303, 2 (2003) [quant-ph/9707021]'."""
        for a, _, sighting in self.spans:
            if (
                sighting is None
                or not 0 < a - end <= 70
                or not sighting.reference.ids
                or sighting.reference.title
            ):
                continue
            between = self.block.text[end:a]
            if _JOURNAL.fullmatch(between) and "\x00" not in self.text[end:a]:
                return sighting
        return None


def _same_bracket(between: str) -> bool:
    """True where what stands between a number or key and what follows it only opens a bracket or tells: '[3]: Doe'."""
    return between.strip() in {"", "(", "[", ":", "–", "—", "-"}


def context_of(block: NoteBlock, start: int, end: int) -> str:
    """The sentence around a place, or the whole of a short item."""
    text = block.text
    if len(text) <= 350 or (block.kind in {"item", "cell", "entry"} and len(text) <= 700):
        return text.strip()
    low, high = max(0, start - 700), min(len(text), end + 700)
    stops, begins = _sentence_ends(text)
    before = bisect_right(begins, start)
    after = max(before, bisect_left(stops, end))
    first = begins[before - 1] if before and stops[before - 1] >= low else low
    last = stops[after] + 1 if after < len(stops) and begins[after] < high else high
    return text[first:last].strip()


@lru_cache(maxsize=8)
def _sentence_ends(text: str) -> tuple[list[int], list[int]]:
    """Where sentences end, and where the next ones begin; all mentions of a block ask for the same."""
    borders = [
        match.span()
        for match in _SENTENCE.finditer(text)
        if not _ABBREVIATED.search(text[max(0, match.start() - 12) : match.start() + 1].rstrip())
    ]
    return [stop for stop, _ in borders], [begin for _, begin in borders]


def split_long(block: NoteBlock) -> list[NoteBlock]:
    """The block, or pieces of it cut at blanks outside its links, so that no step sees more than `LONGEST` or so."""
    if len(block.text) <= LONGEST:
        return [block]
    pieces: list[NoteBlock] = []
    links = sorted(block.links, key=lambda link: link.start)
    starts = block.line_starts
    begin = first_link = first_start = 0
    while begin < len(block.text):
        end = min(len(block.text), begin + LONGEST)
        blank = block.text.rfind(" ", begin + LONGEST // 2, end) if end < len(block.text) else -1
        end = blank + 1 if blank > 0 else end
        last_link = first_link
        while last_link < len(links) and links[last_link].start < end:
            end = max(end, links[last_link].end)
            last_link += 1
        last_start = first_start
        while last_start < len(starts) and starts[last_start] < end:
            last_start += 1
        inside = tuple(
            replace(k, start=k.start - begin, end=k.end - begin)
            for k in links[first_link:last_link]
        )
        rows = tuple(start - begin for start in starts[first_start:last_start] if start > begin)
        text = block.text[begin:end]
        pieces.append(
            replace(
                block, text=text, line=line_at(block, begin), links=inside, line_starts=(0, *rows)
            )
        )
        begin, first_link, first_start = end, last_link, last_start
    return pieces
