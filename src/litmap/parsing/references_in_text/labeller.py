"""The learnt judgement: where references stand in a text, and which words are their titles.

A linear-chain conditional random field (Lafferty, McCallum & Pereira 2001) over the tokens of a
block: outside, or a reference's people, title, year, rest; a label of its own begins a reference,
so that several may stand side by side. `python -m benchmarks.reference_finder.train` makes its
training set and its weights.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

from litmap.parsing.reference_strings.name_tokens import Token
from litmap.parsing.references_in_text.features import MAX_TOKENS, Span, token_features, tokenise

OUTSIDE, PEOPLE, TITLE, YEAR, REST = "O", "A", "T", "Y", "R"
BEGIN = "B"
"""Stands before the label of the first token of a reference."""
WEIGHTS = "references_in_text.crfsuite"
MIN_TOKENS = 3
"""Tokens of a text that is labelled."""
_lock = threading.Lock()


class FoundReference(NamedTuple):
    """A reference in a text, as offsets; `chance` is how probable its title is, or its
    people where it has none, in [0, 1].

    `people`, `title` and `year` are (0, 0) where it has none.
    """

    start: int
    end: int
    title: Span
    people: Span
    year: Span
    chance: float


@cache
def _weights() -> bytes:
    """The weights; kept, for the tagger reads them where they lie."""
    return resources.files(__package__).joinpath("data", WEIGHTS).read_bytes()


@cache
def _tagger() -> Any:
    """The labeller with its weights, read once."""
    import pycrfsuite  # late: reading starts light

    tagger = pycrfsuite.Tagger()
    tagger.open_inmemory(_weights())
    return tagger


class LabelledText:
    """A text as the labeller sees it: references, and how probably each stretch is a title.

    `emphasised` and `linked` are the stretches set in italics or bold and those of links.
    `is_labelled` is False for a text of too few or too many tokens, of which nothing is known.
    """

    def __init__(
        self,
        text: str,
        kind: str = "paragraph",
        emphasised: Sequence[Span] = (),
        linked: Sequence[Span] = (),
    ) -> None:
        self._tokens = tokenise(text)
        self._labels: list[str] = []
        self._titles: list[float] = []
        self._people: list[float] = []
        self.is_labelled = MIN_TOKENS <= len(self._tokens) <= MAX_TOKENS
        if self.is_labelled:
            self._label(token_features(text, self._tokens, kind, emphasised, linked))
        if not self._labels:
            self._tokens = []

    def _label(self, features: Sequence[Sequence[str]]) -> None:
        """Asks the labeller; keeps nothing of a text that holds no reference."""
        with _lock:
            tagger = _tagger()
            tagger.set(features)
            labels = tagger.tag()
            if all(label == OUTSIDE for label in labels):
                return
            self._labels = labels
            self._titles, self._people = (
                [
                    tagger.marginal(label, i) + tagger.marginal(BEGIN + label, i)
                    for i in range(len(labels))
                ]
                for label in (TITLE, PEOPLE)
            )

    def references(self) -> list[FoundReference]:
        """The references in their order, with a title or people and a year."""
        found = [self._found(first, behind) for first, behind in _stretches(self._labels)]
        return [one for one in found if one.title[1] or (one.people[1] and one.year[1])]

    def title_chance(self, start: int, end: int) -> float:
        """How probable it is, on average over its tokens, that a stretch is of a title."""
        return self._mean(self._titles, start, end)

    def people_chance(self, start: int, end: int) -> float:
        """How probable it is, on average over its tokens, that a stretch is a work's people."""
        return self._mean(self._people, start, end)

    def _mean(self, chances: Sequence[float], start: int, end: int) -> float:
        inside = [
            chance
            for token, chance in zip(self._tokens, chances, strict=True)
            if start <= token.start < end
        ]
        return sum(inside) / len(inside) if inside else 0.0

    def _found(self, first: int, behind: int) -> FoundReference:
        labels, tokens = self._labels, self._tokens
        title = _run(labels, first, behind, TITLE)
        people = _run(labels, first, behind, PEOPLE)
        chances = self._titles[slice(*title)] or self._people[slice(*people)]
        return FoundReference(
            tokens[first].start,
            tokens[behind - 1].end,
            _offsets(tokens, title),
            _offsets(tokens, people),
            _offsets(tokens, _run(labels, first, behind, YEAR)),
            sum(chances) / len(chances) if chances else 0.0,
        )


def _stretches(labels: Sequence[str]) -> Iterator[Span]:
    """The references among labels: places of the first token and behind the last."""
    start = -1
    for i, label in enumerate([*labels, OUTSIDE]):
        if start >= 0 and (label == OUTSIDE or label.startswith(BEGIN)):
            yield start, i
            start = -1
        if start < 0 and label != OUTSIDE:
            start = i


def _run(labels: Sequence[str], first: int, behind: int, wanted: str) -> Span:
    """The first run of a label in a stretch, as places; (0, 0) for none."""
    start = next((i for i in range(first, behind) if labels[i][-1] == wanted), -1)
    if start < 0:
        return (0, 0)
    end = next((i for i in range(start, behind) if labels[i][-1] != wanted), behind)
    return start, end


def _offsets(tokens: Sequence[Token], places: Span) -> Span:
    first, behind = places
    return (tokens[first].start, tokens[behind - 1].end) if behind else (0, 0)
