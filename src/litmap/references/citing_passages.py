"""The sentences of a paper that cite an entry of its reference list, with page and rectangles."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from litmap.models import Document, Reference, Sentence, Span
from litmap.parsing.person_names import split_name

_KINDS = ("body", "abstract", "caption", "footnote", "math", "table")
_SQUARE = re.compile(r"\[([^\[\]]{1,160})\]")
_ROUND = re.compile(r"(?<![\w(=])\s\((\d{1,3}(?:\s?[,;–-]\s?\d{1,3}){0,12})\)")
_RANGES = re.compile(r"(\d{1,4})(?:\s?[–—-]\s?(\d{1,4}))?")
_ONLY_NUMBERS = re.compile(
    r"[\d\s,;–—-]+(?:,?\s(?:p|pp|Sec|Section|Ch|Chapter|Thm|Theorem|Lemma|Eq|Fig)\b.*)?$"
)
_SENTENCE_END = re.compile(r"[.?!]['”\")\]]{0,2}\s+(?=[A-Z“\"(\[‘•])")
_NO_END = re.compile(
    r"(?:\b(?:al|e\.g|i\.e|cf|vs|Fig|Figs|Eq|Eqs|Sec|Secs|Ref|Refs|resp|etc|Dr|Prof|St|Thm|Def|Prop|No|approx|w\.r\.t|"
    r"[A-Z]))\.$"
)
_YEAR_NEAR = re.compile(r"(?<!\d)(\d{4})([a-z](?:\s?,\s?[a-z]\b)*)?(?!\d)")
MAX_RANGE = 60


@dataclass(slots=True)
class _Paragraph:
    """A paragraph, put together over column and page breaks, with the place of each of its lines."""

    text: str = ""
    starts: list[int] = field(default_factory=list)
    lines: list[tuple[int, int, int, tuple[float, float, float, float]]] = field(
        default_factory=list
    )

    def add(self, text: str, page: int, spans: Sequence[Span]) -> None:
        if self.text and not self.text.endswith((" ", "-")):
            self.text += " "
        base = len(self.text)
        self.text += text
        for span in spans:
            self.starts.append(base + span.start)
            self.lines.append((base + span.start, base + span.end, page, span.rect))

    def place(
        self, start: int, end: int
    ) -> tuple[int, tuple[tuple[int, float, float, float, float], ...]]:
        """The first page of a stretch and the rectangles of its lines."""
        first = max(0, bisect_right(self.starts, start) - 1)
        last = bisect_left(self.starts, end)
        hit = [line for line in self.lines[first:last] if line[1] > start and line[0] < end]
        return (hit[0][2] if hit else 0), tuple((page, *rect) for _, _, page, rect in hit)


def citing_passages(
    document: Document,
    reference: Reference,
    others: Sequence[Reference] = (),
    *,
    work: str = "",
    limit: int = 20,
) -> list[Sentence]:
    """The sentences that cite `reference`, by its number or label or by author and year, in reading order.

    `others` is the whole list: it tells an author and year that two entries share from one that is alone. `work` is
    put into the sentences. Numbers are looked for in square brackets, and in round ones where the paper has no square
    ones. At most `limit` sentences come back.
    """
    paragraphs = _paragraphs(document)
    finders = _Finder(reference, others, paragraphs)
    found: list[Sentence] = []
    for paragraph in paragraphs:
        seen: set[tuple[int, int]] = set()
        for at in finders.places(paragraph.text):
            start, end = sentence_at(paragraph.text, at)
            if (start, end) in seen:
                continue
            seen.add((start, end))
            page, rects = paragraph.place(start, end)
            found.append(Sentence(paragraph.text[start:end].strip(), work, page, rects))
            if len(found) >= limit:
                return found
    return found


def _paragraphs(document: Document) -> list[_Paragraph]:
    found: list[_Paragraph] = []
    for page in document.pages:
        for block in page.blocks:
            if block.kind not in _KINDS:
                continue
            if not (block.continues and found and block.kind == "body"):
                found.append(_Paragraph())
            found[-1].add(block.text, page.number, block.spans)
    return found


def sentence_at(text: str, at: int) -> tuple[int, int]:
    """Start and end of the sentence around an offset; at most 1,500 characters."""
    start = 0
    floor, roof = max(0, at - 800), min(len(text), at + 700)
    start = floor
    for match in _SENTENCE_END.finditer(text, floor, at):
        if not _NO_END.search(text[max(0, match.start() - 10) : match.start() + 1]):
            start = match.end()
    end = roof
    for match in _SENTENCE_END.finditer(text, at, roof):
        if not _NO_END.search(text[max(0, match.start() - 10) : match.start() + 1]):
            end = match.end()
            break
    return start, end


class _Finder:
    """Finds the places where one entry is cited."""

    def __init__(
        self, reference: Reference, others: Sequence[Reference], paragraphs: Sequence[_Paragraph]
    ) -> None:
        self.number = int(reference.number) if reference.number.isdigit() else 0
        self.label = "" if self.number else _plain(reference.number)
        self.year = reference.year
        self.suffix = reference.year_suffix
        names = [_family(name) for name in reference.authors]
        self.family = names[0] if names else ""
        self.second = names[1] if len(names) == 2 else ""
        self.many = len(names) > 2
        self.square = True
        if self.number:
            samples = (m for p in paragraphs for m in _SQUARE.finditer(p.text))
            self.square = any(_ONLY_NUMBERS.match(m[1]) for m in samples)
        rivals = [
            o for o in others if o is not reference and o.year == reference.year and o.authors
        ]
        self.rivals = any(_family(o.authors[0]) == self.family for o in rivals)
        family = re.escape(self.family)
        self.by_name = (
            re.compile(rf"(?<![\w-]){family}(?:’s|'s)?(?![\w-])") if len(self.family) > 1 else None
        )

    def places(self, text: str) -> Iterator[int]:
        """Offsets of citations in a text."""
        if self.number:
            yield from self._numbers(text)
            return
        if self.label:
            for match in _SQUARE.finditer(text):
                if (
                    any(_plain(part) == self.label for part in re.split(r"[;,]", match[1]))
                    or _plain(match[1]) == self.label
                ):
                    yield match.start()
        if self.by_name is not None and self.year:
            yield from self._names(text)

    def _numbers(self, text: str) -> Iterator[int]:
        for match in (_SQUARE if self.square else _ROUND).finditer(text):
            if _ONLY_NUMBERS.match(match[1]) and self._among(match[1]):
                yield match.start(1)

    def _among(self, numbers: str) -> bool:
        for match in _RANGES.finditer(numbers):
            low = int(match[1])
            high = int(match[2]) if match[2] else low
            if low <= self.number <= high and high - low <= MAX_RANGE:
                return True
        return False

    def _names(self, text: str) -> Iterator[int]:
        assert self.by_name is not None
        for match in self.by_name.finditer(text):
            after = text[match.end() : match.end() + 90]
            year = next((y for y in _YEAR_NEAR.finditer(after) if int(y[1]) == self.year), None)
            if year is None or re.search(
                r"[.;!?]\s+[A-Z]|;", after[: year.start()].replace("et al.", "et al")
            ):
                continue
            if self.suffix and year[2] and self.suffix not in year[2]:
                continue
            if self.rivals and not self._same_people(after[: year.start()]):
                continue
            yield match.start()

    def _same_people(self, between: str) -> bool:
        """Whether the words between name and year fit one, two or more authors."""
        if "et al" in between or "and others" in between:
            return self.many or bool(self.second)
        joined = re.search(r"(?:\band\b|&|,)\s+([^\W\d_][\w’'-]+)", between)
        if joined is None:
            return not self.second and not self.many
        return _plain(joined[1]) in (_plain(self.second), "") or (self.many and "," in between)


def _family(name: str) -> str:
    """The last word of the family name: with or without its particle a citation has that."""
    return (split_name(name).family.split() or [""])[-1]


def _plain(text: str) -> str:
    return re.sub(r"\W+", "", text).lower()
