"""New papers under the reader's headings: where each fits best, how well, and what it is like.

The chances are those of `filing`: the reader's filed works are the examples, and a new paper is
judged among them from title and abstract alone, as they are.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from litmap.models import Heading, HeadingPath
from litmap.topics import filing
from litmap.topics.evidence import Floats, gather
from litmap.topics.outline import Outline, read_outline
from litmap.topics.records import PaperText

if TYPE_CHECKING:
    from litmap.models import Vectors
    from litmap.protocols import Encoder

MAX_AT_ONCE = 500
"""New papers judged together: with the works of a large library few enough for exact inverses."""
MAX_LIKE = 2
"""Works of the reader that a new paper is said to be like."""

NONE_FROM = 0.1
"""Chance of fitting no heading from which a new paper is dropped: some nine in ten of the reader's
own works are below it, taken as if they were not filed."""
FAR_SHARE = 0.1
"""Share of the reader's works that may stand as far from the others as a paper that is dropped."""
REFUSAL_WEIGHT = 5.0
"""How fast a score falls with what a paper is more like a refused one than like the reader's."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a new paper belongs: the heading that it fits best (None where it fits none), how well
    from 0 to 1, and the reader's works below that heading that are most like it, by id. One that
    is not `is_sure` fits none well and stands there because it was to be placed all the same.
    """

    heading: HeadingPath | None
    score: float
    like: tuple[str, ...]
    is_sure: bool = True


NOWHERE = Placement(None, 0.0, ())


@dataclass(frozen=True)
class FiledLibrary:
    """The reader's works as examples. `vectors` (n, d) are of title and abstract, unit rows; the
    others as in `filing.file_works`.
    """

    works: Sequence[PaperText]
    headings: Mapping[str, Sequence[Heading]]
    noted: Mapping[str, Sequence[HeadingPath]]
    vectors: Vectors
    links: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Judged:
    """`scores` (n, m) of each new paper under each of the `topics`, 0 to 1; `fits` (n,) whether it
    fits any.
    """

    topics: tuple[HeadingPath, ...]
    scores: Floats
    fits: NDArray[np.bool_]


def place(
    library: FiledLibrary,
    papers: Sequence[PaperText],
    vectors: Vectors,
    encoder: Encoder,
    *,
    cites: Sequence[tuple[str, str]] = (),
    refused: Vectors | None = None,
    wanted: Collection[str] = (),
) -> list[Placement]:
    """Where each new paper belongs, those `wanted` (by id) also where they fit no heading; the
    other arguments are those of `judge`.
    """
    judged = judge(library, papers, vectors, encoder, cites=cites, refused=refused)
    nearness = np.asarray(vectors @ library.vectors.T, np.float64)
    below = _works_below(library)
    placements = []
    for i in range(len(papers)):
        is_sure = bool(judged.fits[i])
        if not judged.topics or not (is_sure or papers[i].id in wanted):
            placements.append(NOWHERE)
            continue
        best = int(judged.scores[i].argmax())
        heading = judged.topics[best]
        near = sorted(below.get(heading, ()), key=lambda j: (-nearness[i, j], j))[:MAX_LIKE]
        like = tuple(library.works[j].id for j in near)
        score = round(float(judged.scores[i, best]), 4)
        placements.append(Placement(heading, score, like, is_sure))
    return placements


def judge(
    library: FiledLibrary,
    papers: Sequence[PaperText],
    vectors: Vectors,
    encoder: Encoder,
    *,
    cites: Sequence[tuple[str, str]] = (),
    refused: Vectors | None = None,
) -> Judged:
    """How well each new paper fits each heading. `vectors` (n, d) are of title and abstract, unit
    rows, by the encoder that made those of the library; `cites` are (new paper, the reader's work);
    `refused` (k, d) likewise of papers that the reader did not want: what is more like one of them
    than like his own is lowered.
    """
    outline = _outline(library)
    parts = [
        _judge(
            library,
            outline,
            papers[start : start + MAX_AT_ONCE],
            vectors[start : start + MAX_AT_ONCE],
            encoder,
            cites,
        )
        for start in range(0, len(papers), MAX_AT_ONCE)
    ]
    scores = np.concatenate([s for s, _ in parts] or [np.zeros((0, len(outline.topics)))])
    none = np.concatenate([n for _, n in parts] or [np.zeros(0)])
    nearness = np.asarray(vectors @ library.vectors.T, np.float64)
    fits = (none <= NONE_FROM) & ~_are_far(nearness, library.vectors)
    lowered = np.exp(-REFUSAL_WEIGHT * _reproach(vectors, refused, nearness))
    return Judged(outline.topics, scores * lowered[:, None], fits & (len(outline.topics) > 0))


def _outline(library: FiledLibrary) -> Outline:
    return read_outline(library.headings, [library.noted.get(w.id, ()) for w in library.works])


def _works_below(library: FiledLibrary) -> dict[HeadingPath, list[int]]:
    """The reader's works below each topic, by number."""
    outline = _outline(library)
    below: dict[HeadingPath, list[int]] = {}
    for j, work in enumerate(library.works):
        for topic in filing.placed_under(outline, library.noted.get(work.id, ())):
            below.setdefault(topic, []).append(j)
    return below


def _judge(
    library: FiledLibrary,
    outline: Outline,
    papers: Sequence[PaperText],
    vectors: Vectors,
    encoder: Encoder,
    cites: Sequence[tuple[str, str]],
) -> tuple[Floats, Floats]:
    """(n, m) scores, and (n,) the chance of fitting none, of new papers beside the filed ones."""
    noted = [*(library.noted.get(w.id, ()) for w in library.works), *(() for _ in papers)]
    filed = [filing.placed_under(outline, paths) for paths in noted]
    evidence = gather(
        [*library.works, *papers],
        outline,
        np.concatenate([library.vectors, vectors]),
        encoder,
        None,
        [*library.links, *cites],
    )
    judged = filing.judge(evidence, filing.label_matrix(outline, filed))
    first = len(library.works)
    chances, none = judged.chances[first:], judged.none[first:]
    return np.asarray(chances * (1.0 - none[:, None])), none


def _are_far(nearness: Floats, own: Vectors) -> NDArray[np.bool_]:
    """(n,) which new papers, by their cosines with the reader's works (n, works), are farther from
    all of these than nearly all of them are from each other.
    """
    among = np.asarray(own @ own.T, np.float64)
    np.fill_diagonal(among, -1.0)
    least = np.quantile(_nearest(among), FAR_SHARE) if len(own) > MAX_LIKE else -1.0
    return np.asarray(_nearest(nearness) < least)


def _nearest(cosines: Floats) -> Floats:
    """(n,) mean of each row's `MAX_LIKE` largest."""
    return np.asarray(np.sort(cosines, axis=1)[:, -MAX_LIKE:].mean(axis=1))


def _reproach(vectors: Vectors, refused: Vectors | None, nearness: Floats) -> Floats:
    """(n,) how much nearer each new paper is to the nearest refused one than to the reader's works
    that it is most like; 0 where it is not.
    """
    if refused is None or not len(refused) or not nearness.shape[1]:
        return np.zeros(len(vectors))
    near_refused = np.asarray((vectors @ refused.T).max(axis=1), np.float64)
    return np.asarray(np.maximum(0.0, near_refused - _nearest(nearness)))
