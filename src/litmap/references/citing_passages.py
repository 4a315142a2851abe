"""The sentences of a paper that cite an entry of its reference list, with page and rectangles."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Protocol

from litmap.models import Document, Reference, Sentence, Span
from litmap.parsing.grammar import FOUR_FIGURES
from litmap.parsing.person_names import last_family_word
from litmap.parsing.sentences import CITING_SENTENCES, sentence_around

_KINDS = ("body", "abstract", "caption", "footnote", "math", "table")
_SQUARE = re.compile(r"\[([^\[\]]{1,160})\]")
_ROUND = re.compile(r"(?<![\w(=])\s\((\d{1,3}(?:\s?[,;–-]\s?\d{1,3}){0,12})\)")
_RANGES = re.compile(r"(\d{1,4})(?:\s?[–—-]\s?(\d{1,4}))?")
_SEPARATOR = re.compile(r"[;,]")
_ONLY_NUMBERS = re.compile(
    r"[\d\s,;–—-]+(?:,?\s(?:p|pp|Sec|Section|Ch|Chapter|Thm|Theorem|Lemma|Eq|Fig)\b.*)?$"
)
_YEAR_NEAR = re.compile(rf"(?<!\d)({FOUR_FIGURES})([a-z](?:\s?,\s?[a-z]\b)*)?(?!\d)")
_NEW_SENTENCE = re.compile(r"[.;!?]\s+[A-Z]|;")
_SECOND_NAME = re.compile(r"(?:\band\b|&|,)\s+([^\W\d_][\w’'-]+)")
_ET_AL = ("et al", "and others")
_MARK = re.compile(r"\[[^\[\]]{1,160}\]|\((?=[^()]*\d)[^()]{1,160}\)")
_NAMES = re.compile(
    r"\b[A-Z][\w’'-]+(?:,? (?:and|&) [A-Z][\w’'-]+)?(?=\s*[\[(])|\b[A-Z][\w’'-]+ et al\.?"
)
"""'Frankle and Carbin (2019)', 'Smith et al.'."""
MAX_RANGE = 60
"""Numbers of a range ('3–7'); a longer one is none of entries."""
MAX_TO_YEAR = 90
"""Characters between a name and its year."""
MIN_SAID_WORDS, MAX_SAID_WORDS = 6, 100
"""Words of a sentence that says something of what it cites, and of one that is a sentence."""


@dataclass(slots=True)
class Paragraph:
    """A paragraph, put together over column and page breaks, with the place of each line.

    `blocks` are the blocks it is put together from: where each begins in its text, its page, and
    its number on that page, from 0.
    """

    text: str = ""
    blocks: list[tuple[int, int, int]] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    lines: list[tuple[int, int, int, tuple[float, float, float, float]]] = field(
        default_factory=list
    )

    def add(self, text: str, page: int, spans: Sequence[Span], number: int = 0) -> None:
        """Put a block at its end."""
        if self.text and not self.text.endswith((" ", "-")):
            self.text += " "
        base = len(self.text)
        self.blocks.append((base, page, number))
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
    """The sentences that cite `reference`, by its number or label or by author and year, in reading
    order.

    `others` is the whole list: it tells an author and year that two entries share from one that is
    alone. `work` is put into the sentences. Numbers are looked for in square brackets, and in round
    ones where the paper has no square ones. At most `limit` sentences come back.
    """
    paragraphs = citable_paragraphs(document)
    finders = make_finders(reference, others, square=uses_square_brackets(paragraphs))
    sentences = (
        _to_sentence(paragraph, start, end, work)
        for paragraph in paragraphs
        for start, end in _citing_ranges(paragraph.text, finders)
    )
    return list(islice(sentences, limit))


@dataclass(frozen=True, slots=True)
class CitingSentence:
    """What a sentence says of the entry (its place in the list) that it cites, without marks and
    names.
    """

    entry: int
    text: str


def citing_sentences(document: Document, references: Sequence[Reference]) -> list[CitingSentence]:
    """What a paper says of the works of its reference list, by entry and in reading order."""
    paragraphs = citable_paragraphs(document)
    square = uses_square_brackets(paragraphs)
    found = [
        CitingSentence(number, without_marks(paragraph.text[start:end]))
        for number, reference in enumerate(references)
        for finders in [make_finders(reference, references, square=square)]
        for paragraph in paragraphs
        for start, end in _citing_ranges(paragraph.text, finders)
    ]
    return [s for s in found if MIN_SAID_WORDS <= len(s.text.split()) <= MAX_SAID_WORDS]


def without_marks(sentence: str) -> str:
    """A citing sentence without its marks and the names that go with them.

    >>> without_marks("Frankle and Carbin (2019) prune networks [3, 4] (see Smith, 2017).")
    'prune networks .'
    """
    return " ".join(_MARK.sub(" ", _NAMES.sub(" ", sentence)).split())


def _citing_ranges(text: str, finders: Sequence[Finder]) -> Iterator[tuple[int, int]]:
    """Start and end of the sentences of a text in which a finder finds a citation, each once."""
    seen: set[tuple[int, int]] = set()
    for finder in finders:
        for at, _ in finder.places(text):
            sentence = sentence_around(text, at, CITING_SENTENCES)
            if sentence not in seen:
                seen.add(sentence)
                yield sentence


def _to_sentence(paragraph: Paragraph, start: int, end: int, work: str) -> Sentence:
    page, rects = paragraph.place(start, end)
    return Sentence(paragraph.text[start:end].strip(), work, page, rects)


def citable_paragraphs(document: Document) -> list[Paragraph]:
    """The paragraphs in which something may be cited, those of the body over column and page
    breaks.
    """
    paragraphs: list[Paragraph] = []
    for page in document.pages:
        for number, block in enumerate(page.blocks):
            if block.kind not in _KINDS:
                continue
            if not (block.continues and paragraphs and block.kind == "body"):
                paragraphs.append(Paragraph())
            paragraphs[-1].add(block.text, page.number, block.spans, number)
    return paragraphs


class Finder(Protocol):
    """Finds the places where one entry is cited."""

    def places(self, text: str) -> Iterator[tuple[int, int]]:
        """Start and end of what cites the entry in a text."""
        ...


def make_finders(
    reference: Reference, others: Sequence[Reference], *, square: bool
) -> list[Finder]:
    """How the entry is cited: by its number, in square brackets or round ones; else by its label
    and by author and year.
    """
    if reference.number.isdigit() and int(reference.number):
        return [_NumberFinder(int(reference.number), square)]
    finders: list[Finder] = []
    if label := _plain(reference.number):
        finders.append(_LabelFinder(label))
    if reference.year and reference.authors:
        names = _NameFinder(reference, others)
        if len(names.family) > 1:
            finders.append(names)
    return finders


def uses_square_brackets(paragraphs: Sequence[Paragraph]) -> bool:
    """Whether the paper cites by numbers in square brackets."""
    samples = (match for p in paragraphs for match in _SQUARE.finditer(p.text))
    return any(_ONLY_NUMBERS.match(match[1]) for match in samples)


@dataclass(frozen=True, slots=True)
class _NumberFinder:
    """'[12]', '[3, 7–9]'; in round brackets where the paper has no square ones."""

    number: int
    square: bool

    def places(self, text: str) -> Iterator[tuple[int, int]]:
        for start, numbers in numbers_in_brackets(text, square=self.square):
            named = find_number(numbers, self.number)
            if named is not None:
                yield start + named[0], start + named[1]


def numbers_in_brackets(text: str, *, square: bool) -> Iterator[tuple[int, str]]:
    """The lists of numbers that stand in brackets, with their offsets.

    >>> list(numbers_in_brackets("as shown [3, 7–9], see [Sec]", square=True))
    [(10, '3, 7–9')]
    """
    for match in (_SQUARE if square else _ROUND).finditer(text):
        if _ONLY_NUMBERS.match(match[1]):
            yield match.start(1), match[1]


def find_number(numbers: str, number: int) -> tuple[int, int] | None:
    """Where a list of numbers and ranges ('3, 7–9') names this one; None where it does not.

    >>> find_number("3, 7–9", 8)
    (3, 6)
    """
    return next((place for place, named in named_numbers(numbers) if number in named), None)


def named_numbers(numbers: str) -> Iterator[tuple[tuple[int, int], range]]:
    """The numbers and ranges of a list ('3, 7–9') with their places in it; a range that is too
    long is left out.
    """
    for match in _RANGES.finditer(numbers):
        low = int(match[1])
        high = int(match[2]) if match[2] else low
        if high - low <= MAX_RANGE:
            yield match.span(), range(low, high + 1)


@dataclass(frozen=True, slots=True)
class _LabelFinder:
    """'[Vap98]', '[Vap98, HTF09]'."""

    label: str

    def places(self, text: str) -> Iterator[tuple[int, int]]:
        for match in _SQUARE.finditer(text):
            parts = (match[1], *_SEPARATOR.split(match[1]))
            if any(_plain(part) == self.label for part in parts):
                yield match.span()


class _NameFinder:
    """'Vapnik (1998)', '(Hastie et al., 2009a)': the first author with the year behind the name."""

    def __init__(self, reference: Reference, others: Sequence[Reference]) -> None:
        self.year = reference.year
        self.suffix = reference.year_suffix
        names = [_family(name) for name in reference.authors]
        self.family = names[0]
        self.second = names[1] if len(names) == 2 else ""
        self.has_many = len(names) > 2
        self.has_rivals = any(
            _family(other.authors[0]) == self.family
            for other in others
            if other is not reference and other.year == reference.year and other.authors
        )
        self.name = re.compile(rf"(?<![\w-]){re.escape(self.family)}(?:’s|'s)?(?![\w-])")

    def places(self, text: str) -> Iterator[tuple[int, int]]:
        for match in self.name.finditer(text) if self.family in text else ():
            after = self._year_end(text[match.end() : match.end() + MAX_TO_YEAR])
            if after:
                yield match.start(), match.end() + after

    def _year_end(self, after: str) -> int:
        """Where the year ends that follows in the same sentence, with the right letter and people;
        0 where none does.
        """
        year = next((y for y in _YEAR_NEAR.finditer(after) if int(y[1]) == self.year), None)
        if year is None:
            return 0
        between = after[: year.start()]
        if _NEW_SENTENCE.search(between.replace("et al.", "et al")):
            return 0
        if self.suffix and year[2] and self.suffix not in year[2]:
            return 0
        return year.end() if not self.has_rivals or self._are_same_people(between) else 0

    def _are_same_people(self, between: str) -> bool:
        """Whether the words between name and year fit one, two or more authors."""
        if any(others in between for others in _ET_AL):
            return self.has_many or bool(self.second)
        joined = _SECOND_NAME.search(between)
        if joined is None:
            return not self.second and not self.has_many
        if self.has_many and "," in between:
            return True
        return _plain(joined[1]) in (_plain(self.second), "")


_family = lru_cache(4096)(last_family_word)
"""Each name of a list is compared with all others."""


def _plain(text: str) -> str:
    return re.sub(r"\W+", "", text).lower()
