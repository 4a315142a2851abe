"""Works under headings: the reader's word beside what the texts say."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from litmap.errors import LitmapError
from litmap.models import Filing, Heading, HeadingPath, Suggestion, Topic
from litmap.topics import calibration, clusters, labels, novelty, review, scoring, themes
from litmap.topics.evidence import Evidence, Floats, LatentWords, gather, latent_words, unit
from litmap.topics.outline import Outline, read_outline
from litmap.topics.records import FilingResult, PaperText

if TYPE_CHECKING:
    from litmap.models import Vectors
    from litmap.protocols import Encoder

logger = logging.getLogger(__name__)

ALTERNATIVES = 5
"""Headings that are named beside the best one."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """(n, m) chances of each heading, (n,) chance of fitting none; `points` (n, d) the space they
    were made in.
    """

    chances: Floats
    none: Floats
    points: Floats


def file_works(
    works: Sequence[PaperText],
    headings: Mapping[str, Sequence[Heading]],
    noted: Mapping[str, Sequence[HeadingPath]],
    *,
    vectors: Vectors,
    encoder: Encoder,
    body_vectors: Vectors | None = None,
    links: Sequence[tuple[str, str]] = (),
    latent: LatentWords = latent_words,
) -> FilingResult:
    """Topics of a library and where each work stands.

    `headings` are each note's ({note path: its headings}), `noted` the headings each work is cited
    under ({work id: paths}). `vectors` (n, d) are of title and abstract, `body_vectors` (n, d)
    means over a paper's passages (a row of zeros where there is no text); row i is works[i].
    `links` are citations (citing id, cited id); ids that are no work of the library count too, as
    references that papers share. `encoder` must be the one that made the vectors, `latent` gives
    what `latent_words` does. Deterministic for the same library in the same order. Raises
    `LitmapError` where the rows do not match the works.
    """
    _check_rows(works, vectors, body_vectors)
    outline = read_outline(headings, (noted.get(work.id, ()) for work in works))
    placed = [placed_under(outline, noted.get(work.id, ())) for work in works]
    evidence = gather(works, outline, vectors, encoder, body_vectors, links, latent)
    filed = label_matrix(outline, placed)
    judged = judge(evidence, filed)
    stray = [i for i in range(len(works)) if not placed[i] and _open(judged, i)]
    group_of, emergent = _emergent(evidence, judged, stray, works, outline)
    members = _members_of(outline, placed)
    strays = review.find_misfits(works, outline, members, judged.chances)
    why = {misfit.work: misfit.text for misfit in strays}
    filings = tuple(
        _filing(
            work,
            tuple(noted.get(work.id, ())),
            placed[i],
            judged,
            i,
            outline,
            group_of.get(i),
            why.get(i, ""),
        )
        for i, work in enumerate(works)
    )
    headed = _heading_topics(evidence, outline, placed, works)
    topics = (*headed, *emergent)
    views = judged.chances, judged.points, evidence.names
    findings = review.find_findings(works, outline, members, views, strays, topics)
    coverage = review.measure_coverage(works, outline, members, judged.points, links)
    found = themes.find_themes(
        headed, heading_evidence(evidence, outline, judged, filed), outline.titles
    )
    logger.info(
        "filed %d works under %d headings of %d themes, %d fit none (%d new topics), %d findings",
        len(works),
        len(outline.topics),
        len(found),
        len(stray),
        len(emergent),
        len(findings),
    )
    return FilingResult(topics, filings, findings, coverage, found)


def heading_evidence(
    evidence: Evidence, outline: Outline, judged: Judgement, filed: Floats
) -> themes.HeadingEvidence:
    """What speaks for headings being of one theme. `filed` (n, m) as `label_matrix` makes it."""
    same = themes.near_equal(evidence.names, outline)
    return themes.HeadingEvidence(
        evidence.texts, same, judged.points, filed, judged.chances, evidence.cites
    )


def _check_rows(works: Sequence[PaperText], vectors: Vectors, body_vectors: Vectors | None) -> None:
    if len(vectors) != len(works) or (body_vectors is not None and len(body_vectors) != len(works)):
        raise LitmapError(f"{len(works)} works, but {len(vectors)} vectors")


def _members_of(
    outline: Outline, placed: Sequence[Sequence[HeadingPath]]
) -> dict[HeadingPath, list[int]]:
    """The works filed under each topic, by number."""
    return {path: [i for i, at in enumerate(placed) if path in at] for path in outline.topics}


def placed_under(outline: Outline, paths: Sequence[HeadingPath]) -> tuple[HeadingPath, ...]:
    """The topics of the outline that these headings are, or stand below."""
    topics = (outline.topic_of(tuple(path)) for path in paths)
    return tuple(dict.fromkeys(topic for topic in topics if topic is not None))


def label_matrix(outline: Outline, placed: Sequence[Sequence[HeadingPath]]) -> Floats:
    """(n, m): each filed work's headings, rows summing to one; rows of zeros for the others."""
    column = {path: j for j, path in enumerate(outline.topics)}
    out = np.zeros((len(placed), len(outline.topics)))
    for i, paths in enumerate(placed):
        for path in paths:
            if path in column:
                out[i, column[path]] = 1.0
    totals = out.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(out, totals, out=out, where=totals > 0))


def judge(evidence: Evidence, filed: Floats) -> Judgement:
    """Chances of every work under every heading, a filed one's as if it were not filed."""
    points = scoring.features(evidence)
    n, m = filed.shape
    if m == 0 or n == 0:
        return Judgement(np.zeros((n, m)), np.ones(n), points)
    graph = scoring.neighbour_graph(points, evidence.cites)
    scores = scoring.score(evidence, points, graph, filed)
    total = scores.total()
    chances = scoring.softmax(calibration.fit_sharpness(total, filed) * total)
    return Judgement(chances, novelty.fits_none(graph, scores, filed), points)


def _open(judged: Judgement, i: int) -> bool:
    return bool(judged.none[i] > 0.5)


def _filing(
    work: PaperText,
    noted: tuple[HeadingPath, ...],
    placed: tuple[HeadingPath, ...],
    judged: Judgement,
    i: int,
    outline: Outline,
    group: str | None,
    misfit: str,
) -> Filing:
    chances = judged.chances[i]
    order = np.argsort(-chances, kind="stable")[:ALTERNATIVES]
    ranked = tuple(Suggestion(outline.topics[j], round(float(chances[j]), 4)) for j in order)
    if not ranked or (not placed and _open(judged, i)):
        return Filing(work.id, noted, None, round(float(judged.none[i]), 4), ranked, group)
    best = ranked[0]
    return Filing(work.id, noted, best.heading, best.confidence, ranked[1:], None, misfit)


def _emergent(
    evidence: Evidence,
    judged: Judgement,
    stray: Sequence[int],
    works: Sequence[PaperText],
    outline: Outline,
) -> tuple[dict[int, str], list[Topic]]:
    """Groups of the works that fit no heading, each with words of its own and a place in the
    outline.
    """
    groups = _group_strays(evidence, judged, list(stray))
    named = labels.keywords(evidence.words, evidence.terms, groups, allowed=evidence.own)
    group_of: dict[int, str] = {}
    topics: list[Topic] = []
    for rows, words in zip(groups, named, strict=True):
        key = _group_id(works[i].id for i in rows)
        topics.append(
            Topic(
                id=key,
                heading=None,
                label=", ".join(words[:3]),
                keywords=words,
                works=tuple(works[i].id for i in _central(judged.points, rows)),
                notes=(),
                parent=_place(judged, rows, outline),
            )
        )
        group_of.update(dict.fromkeys(rows, key))
    return group_of, topics


def _group_strays(evidence: Evidence, judged: Judgement, rows: list[int]) -> list[list[int]]:
    """Groups of these works, as large as the reader's headings are."""
    strays = set(rows)
    filed = [i for i in range(len(judged.chances)) if i not in strays]
    size = clusters.target_cluster_size(judged.chances[filed].sum(axis=0))
    cites = evidence.cites[rows][:, rows] if rows else None
    points = scoring.features(evidence, 1.0)[rows]
    group = clusters.cluster(points, cites, target_cluster_size=size)
    count = int(group.max(initial=-1)) + 1
    return [[rows[int(p)] for p in np.flatnonzero(group == g)] for g in range(count)]


def _group_id(ids: Iterable[str]) -> str:
    """An id that changes with the group's works alone."""
    return f"cluster:{hashlib.sha256(chr(10).join(sorted(ids)).encode()).hexdigest()[:12]}"


def _place(judged: Judgement, rows: Sequence[int], outline: Outline) -> HeadingPath | None:
    """The outer heading whose topics the group is closest to."""
    if not outline.topics:
        return None
    outer: dict[HeadingPath, float] = {}
    for j, chance in enumerate(judged.chances[list(rows)].mean(axis=0)):
        key = outline.topics[j][:-1]
        outer[key] = outer.get(key, 0.0) + float(chance)
    return max(outer, key=lambda path: outer[path]) or None


def _central(points: Floats, rows: Sequence[int]) -> list[int]:
    centre = unit(points[list(rows)].mean(axis=0, keepdims=True))[0]
    closeness: NDArray[np.float64] = points[list(rows)] @ centre
    rounded = closeness.round(
        3
    )  # two papers are equally central: their order is not to hang on the last digit
    return [rows[int(p)] for p in np.argsort(-rounded, kind="stable")]


def _heading_topics(
    evidence: Evidence,
    outline: Outline,
    placed: Sequence[Sequence[HeadingPath]],
    works: Sequence[PaperText],
) -> list[Topic]:
    members = list(_members_of(outline, placed).values())
    filled = [rows for rows in members if rows]
    named = iter(labels.keywords(evidence.words, evidence.terms, filled, allowed=evidence.own))
    topics = []
    for path, rows in zip(outline.topics, members, strict=True):
        digest = hashlib.sha256("\x1f".join(path).encode()).hexdigest()[:12]
        topics.append(
            Topic(
                id=f"heading:{digest}",
                heading=path,
                label=path[-1],
                keywords=next(named) if rows else (),
                works=tuple(works[i].id for i in rows),
                notes=outline.notes.get(path, ()),
                parent=path[:-1] or None,
            )
        )
    return topics
