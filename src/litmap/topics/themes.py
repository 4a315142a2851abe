"""Themes: the headings of all notes brought together by what they say and hold.

A heading is a row of its text, its papers, and how much it shares and cites with the others; rows
are merged by Ward's criterion (1963), and there are as many themes as the silhouette (Rousseeuw
1987) finds best among numbers that a reader takes in at a glance.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from litmap.models import HeadingPath, Theme, Topic
from litmap.parsing.heading_subjects import has_subject
from litmap.topics.evidence import Floats, centred, unit
from litmap.topics.outline import Outline

Groups = NDArray[np.int64]

MIN_HEADINGS = 5
"""With fewer headings there is nothing to bring together."""
FEWEST, MOST = 1.0, 2.0
"""Between the root of the number of headings and twice the root there are so many themes."""
TEXT_WEIGHT, PAPERS_WEIGHT, SHARED_WEIGHT, CITED_WEIGHT = 0.5, 1.0, 1.2, 0.3
"""How much a heading's text, the middle of its papers, papers filed under both headings, and
citations between the papers of both count."""
TEXT_PAPERS = 0.5
"""Papers that weigh as much as those which a heading's text makes one expect: a heading of no paper
has these alone."""
MIN_NEAR_EQUAL = 0.55
"""Cosine of two names in different notes, less the mean of all names, from which they are
near-equal: 'Loss surface geometry' and 'Loss surfaces and mode connectivity' have .59."""


@dataclass(frozen=True, slots=True)
class HeadingEvidence:
    """What speaks for headings being of one theme.

    `texts` (m, d) are unit rows of what each heading says, `same` (m, m) tells which are near-equal
    headings of different notes. `points` (n, e) are unit rows of the works, `labels` (n, m) tell
    under which headings each is filed (rows summing to one, or zero), `chances` (n, m) how likely
    each belongs there, and `cites` is a sparse symmetric (n, n) matrix of citations.
    """

    texts: Floats
    same: NDArray[np.bool_]
    points: Floats
    labels: Floats
    chances: Floats
    cites: Any


def heading_rows(found: HeadingEvidence) -> Floats:
    """(m, k) a row a heading; their scalar products are the likeness of all evidence together."""
    text = centred(found.texts)
    papers = centred(_middles(found))
    likeness = TEXT_WEIGHT**2 * text @ text.T + PAPERS_WEIGHT**2 * papers @ papers.T
    likeness /= TEXT_WEIGHT**2 + PAPERS_WEIGHT**2
    likeness += SHARED_WEIGHT * _shared(found.labels) + CITED_WEIGHT * _cited(found)
    values, vectors = np.linalg.eigh(likeness)
    # one name for two subjects: its papers tell
    same = found.same & (papers @ papers.T > 0)
    return _joined(vectors * np.sqrt(np.maximum(values, 0.0)), same)


def _joined(rows: Floats, same: NDArray[np.bool_]) -> Floats:
    """The rows, those of near-equal headings drawn to their middle, so that they are merged
    first.
    """
    from scipy.sparse.csgraph import connected_components

    _, group = connected_components(same, directed=False)
    middles = np.stack([rows[group == g].mean(axis=0) for g in range(group.max() + 1)])
    joined: Floats = middles[group]
    return joined


def _middles(found: HeadingEvidence) -> Floats:
    """(m, e) the middle of each heading's papers, drawn to those which its text makes one
    expect.
    """
    expected = found.chances / np.maximum(found.chances.sum(axis=0), 1e-9)
    filed = (found.labels > 0).astype(float)
    return unit(filed.T @ found.points + TEXT_PAPERS * (expected.T @ found.points))


def _shared(labels: Floats) -> Floats:
    """(m, m) cosine of the works filed under two headings; 1 of a heading with itself."""
    filed = unit((labels > 0).astype(float).T)
    shared: Floats = filed @ filed.T
    np.fill_diagonal(shared, 1.0)
    return shared


def _cited(found: HeadingEvidence) -> Floats:
    """(m, m) citations between the works of two headings, as a cosine: 1 where all that either
    cites or is cited by is the other's.
    """
    filed = unit((found.labels > 0).astype(float).T)
    between = np.asarray(filed @ (found.cites @ filed.T), dtype=np.float64)
    scale = np.sqrt(np.maximum(between.sum(axis=1), 1e-9))
    cited: Floats = between / scale[:, None] / scale[None]
    np.fill_diagonal(cited, 1.0)
    return cited


def group_headings(rows: Floats, many: int | None = None) -> Groups:
    """The theme of each of m headings, by number; where it is told how `many` there are, of so
    many.
    """
    from scipy.cluster.hierarchy import fcluster, linkage

    m = len(rows)
    if m < MIN_HEADINGS:
        return np.zeros(m, dtype=np.int64)
    tree = linkage(rows, "ward")
    if many is not None:
        return _numbered(fcluster(tree, many, "maxclust"))
    fewest, most = round(FEWEST * m**0.5), int(MOST * m**0.5)
    tried = [_numbered(fcluster(tree, k, "maxclust")) for k in range(fewest, most + 1)]
    return max(tried, key=lambda groups: round(_silhouette(rows, groups), 6))


def _silhouette(rows: Floats, groups: Groups) -> float:
    from sklearn.metrics import silhouette_score

    if not 1 < groups.max() + 1 < len(rows):
        return -1.0
    return float(silhouette_score(rows, groups))


def _numbered(groups: NDArray[Any]) -> Groups:
    """Groups numbered in the order of their first heading."""
    order = {group: number for number, group in enumerate(dict.fromkeys(groups.tolist()))}
    return np.array([order[group] for group in groups.tolist()], dtype=np.int64)


def near_equal(names: Floats, outline: Outline) -> NDArray[np.bool_]:
    """(m, m) which headings have near-equal names and stand in no note together. One whose note is
    not known may stand in any.

    `names` (m, d) are unit rows of the names.
    """
    own = centred(names)
    notes = [frozenset(outline.notes.get(path, ())) for path in outline.topics]
    apart = [[bool(one and other) and one.isdisjoint(other) for other in notes] for one in notes]
    same: NDArray[np.bool_] = own @ own.T >= MIN_NEAR_EQUAL
    return same & np.array(apart, dtype=np.bool_).reshape(same.shape)


# ── names and ids ─────────────────────────────────────────────────────────────────────────────────
def find_themes(
    topics: Sequence[Topic], found: HeadingEvidence, titles: frozenset[HeadingPath]
) -> tuple[Theme, ...]:
    """The themes of these topics, in the order of their first heading; none for a few headings.

    `topics` are headings in the order of the columns of `found`, `titles` those that only name a
    note.
    """
    if len(topics) < MIN_HEADINGS:
        return ()
    rows = heading_rows(found)
    groups = group_headings(rows)
    themes: list[Theme] = []
    parents = _parents_of_one_theme(topics, groups, titles)
    for g in range(int(groups.max()) + 1):
        own = [topic for topic, group in zip(topics, groups.tolist(), strict=True) if group == g]
        names = [*parents.get(g, ()), *_central_names(own, rows[groups == g])]
        taken = {theme.label.casefold() for theme in themes}
        label = next((n for n in names if n.casefold() not in taken), names[0])
        themes.append(Theme(theme_id(own), label, tuple(topic.id for topic in own)))
    return tuple(themes)


def theme_id(topics: Sequence[Topic]) -> str:
    """An id that stays while the theme's largest heading is in it."""
    largest = max(topics, key=lambda topic: len(topic.works))
    digest = hashlib.sha256("\x1f".join(largest.heading or ()).encode()).hexdigest()[:12]
    return f"theme:{digest}"


def _parents_of_one_theme(
    topics: Sequence[Topic], groups: Groups, titles: frozenset[HeadingPath]
) -> Mapping[int, tuple[str, ...]]:
    """The common parent of all headings of a theme, where all that stands below it is in this
    theme.
    """
    below: dict[HeadingPath, set[int]] = {}
    for topic, group in zip(topics, groups.tolist(), strict=True):
        if topic.parent and topic.parent not in titles and has_subject(topic.parent[-1]):
            below.setdefault(topic.parent, set()).add(group)
    whole = {path: next(iter(found)) for path, found in below.items() if len(found) == 1}
    named: dict[int, tuple[str, ...]] = {}
    for path, group in whole.items():
        members = [t for t, g in zip(topics, groups.tolist(), strict=True) if g == group]
        if len(members) > 1 and all(t.heading and t.heading[: len(path)] == path for t in members):
            named[group] = (path[-1],)
    return named


def _central_names(topics: Sequence[Topic], rows: Floats) -> list[str]:
    """The headings' own words, the most central first; of equally central ones the larger."""
    size = np.array([1.0 + len(topic.works) for topic in topics]) ** 0.5
    middle = (rows * size[:, None]).sum(axis=0) / size.sum()
    distance = ((rows - middle) ** 2).sum(axis=1).round(3)
    order = sorted(range(len(topics)), key=lambda i: (distance[i], -size[i], i))
    return [topics[i].label for i in order]
