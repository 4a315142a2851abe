"""What an outline's owner may want to look at, each with its evidence; suggestions only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from litmap.models import HeadingPath, Topic
from litmap.parsing.percentages import chance_words
from litmap.topics.evidence import Floats, unit
from litmap.topics.outline import Outline
from litmap.topics.records import MAX_MISSING, Coverage, Finding, PaperText

MIN_WORKS_SIMILARITY = 0.8
"""Similarity of two headings' works, as a share of that within each, from which they may be one."""
MIN_CROSS_CHANCE = 0.08
"""Least mean chance of one heading's works under the other."""
MIN_NAME_SIMILARITY = 0.75
"""Cosine of two headings' names in different notes, from which they may be one."""
MIN_NAMESAKE_SIMILARITY = 0.35
"""Where names alone do not tell: the least similarity of the works."""
MAX_HALVES_SIMILARITY = 0.05
"""Similarity of a heading's two halves, as a share of that within each, up to which they are two
subjects."""
MIN_SPLIT_WORKS = 6
"""Works of a heading from which it is asked whether they are of two subjects."""
MIN_HALF_WORKS = 3
MIN_HALF_SHARE = 0.3
"""The smaller half's least number and share of the works."""
MAX_THIN_WORKS = 2
MIN_FITTING_CHANCE = 0.3
"""Least chance of a work that a thin heading might take in."""
MAX_MISFIT_ODDS = 0.2
"""Odds of a filed work's own heading, against one taken at random, up to which it is a misfit."""
MIN_MISFIT_CHANCE = 0.3
"""Least chance of the heading that a misfit is said to read like."""

FEW_FILED = 30
"""Filed works below which a chance is said with their number."""

Members = Mapping[HeadingPath, Sequence[int]]


@dataclass(frozen=True, slots=True)
class Misfit:
    """A filed work that reads like another heading of the same notes. `own` and `chance` are the
    chances of its own and of that heading among those of the notes it stands in; `odds` is how its
    own heading compares with one taken at random (1 is no better); `filed` works the chances were
    learnt of.
    """

    work: int
    placed: tuple[HeadingPath, ...]
    like: HeadingPath
    own: float
    chance: float
    odds: float
    filed: int = FEW_FILED

    @property
    def text(self) -> str:
        """Why text and heading disagree."""
        placed = " and ".join(f"'{name(path)}'" for path in self.placed)
        chances = f"{chance_words(self.chance)} against {chance_words(self.own)}"
        few = f", judged by only {self.filed} filed papers" if self.filed < FEW_FILED else ""
        return f"filed under {placed}, reads like '{name(self.like)}' ({chances}{few})"


def name(path: HeadingPath) -> str:
    """A heading as a person reads it."""
    return " › ".join(path)


def find_misfits(
    works: Sequence[PaperText], outline: Outline, members: Members, chances: Floats
) -> list[Misfit]:
    """Filed works whose own heading says little of them and another one much, the surest first.

    `chances` are (n, m), of every work under every topic. What counts is how unlikely the own
    heading is, not how likely the other: with a tenth of the papers of three collections put under
    a wrong heading, ranking by it has an average precision of .73 to .90, by the difference of both
    .49 to .72. Only headings of the notes that the work stands in are compared, for outlines of
    several notes overlap, and no heading is compared with those above or below it. A work known by
    its title alone is left out.
    """
    filed = _headings_of_works(outline, members)
    compared = [
        _compare_headings(i, paths, outline, chances[i])
        for i, paths in sorted(filed.items())
        if _has_text(works[i])
    ]
    misfits = [
        replace(misfit, filed=len(filed))
        for misfit in compared
        if misfit is not None and _is_out_of_place(misfit)
    ]
    return sorted(misfits, key=lambda misfit: (misfit.odds, misfit.work))


def _headings_of_works(outline: Outline, members: Members) -> dict[int, list[HeadingPath]]:
    """The headings under which each work is filed, by the work's number."""
    headings: dict[int, list[HeadingPath]] = {}
    for path in outline.topics:
        for i in members[path]:
            headings.setdefault(i, []).append(path)
    return headings


def _has_text(work: PaperText) -> bool:
    """Whether more than a work's title is known."""
    return bool(work.abstract or work.body)


def _is_out_of_place(misfit: Misfit) -> bool:
    return misfit.odds <= MAX_MISFIT_ODDS and misfit.chance >= MIN_MISFIT_CHANCE


def _compare_headings(
    work: int, placed: Sequence[HeadingPath], outline: Outline, chances: Floats
) -> Misfit | None:
    """A work's own headings against the best other one of its notes; None where there is none.

    `chances` (m,) are the work's own.
    """
    column = {path: j for j, path in enumerate(outline.topics)}
    near = _headings_of_same_notes(placed, outline)
    others = [path for path in near if not any(_is_related(path, own) for own in placed)]
    total = float(chances[[column[path] for path in near]].sum())
    if not others or total <= 0:
        return None
    own = max(float(chances[column[path]]) for path in placed) / total
    best = max(others, key=lambda path: chances[column[path]])
    chance = float(chances[column[best]]) / total
    return Misfit(work, tuple(placed), best, own, chance, own * len(near))


def _headings_of_same_notes(placed: Sequence[HeadingPath], outline: Outline) -> list[HeadingPath]:
    """Topics of the notes in which these headings stand; all topics where no note is known."""
    notes = {note for path in placed for note in outline.notes.get(path, ())}
    return [
        path
        for path in outline.topics
        if path in placed or not notes or notes & set(outline.notes.get(path, ()))
    ]


def _is_related(one: HeadingPath, two: HeadingPath) -> bool:
    """Whether two headings are the same or one stands above the other."""
    short = min(len(one), len(two))
    return one[:short] == two[:short]


def find_findings(
    works: Sequence[PaperText],
    outline: Outline,
    members: Members,
    judged: tuple[Floats, Floats, Floats],
    strays: Sequence[Misfit],
    topics: Sequence[Topic],
) -> tuple[Finding, ...]:
    """Misfits, headings that say the same, headings with two subjects, thin headings, new topics.

    `judged` are (n, m) chances, (n, d) unit rows of the works, and (m, d) unit rows of the
    headings' names; `strays` are those of `find_misfits`.
    """
    chances, points, names = judged
    return (
        *(_describe_misfit(works[misfit.work], misfit) for misfit in strays),
        *_find_duplicates(works, outline, members, chances, points, names),
        *_find_two_subjects(works, members, points),
        *_find_thin(works, outline, members, chances),
        *_find_new_topics(topics),
    )


def _describe_misfit(work: PaperText, misfit: Misfit) -> Finding:
    text = f"'{work.title}' is {misfit.text}."
    score = round(1.0 - misfit.odds, 4)
    return Finding("misfit", misfit.placed[0], text, (work.id,), misfit.like, score)


def _works_similarity(rows: Sequence[Sequence[int]], points: Floats) -> Floats:
    """(k, k) mean cosine between the works of two headings, as a share of that within the closer.

    `rows` are the works of each of k headings, `points` (n, d) unit rows. 1 means 'no difference'.
    A broad heading is thus no duplicate of a narrow one that it holds. A heading of one work says
    nothing of its own similarity and takes the others' median.
    """
    centres = np.stack([points[list(r)].mean(axis=0) for r in rows])
    size = np.array([len(r) for r in rows], dtype=float)
    squared = (centres**2).sum(axis=1)
    within = np.where(size > 1, (size * squared - 1.0) / np.maximum(size - 1.0, 1.0), np.nan)
    median = float(np.nanmedian(within)) if (size > 1).any() else 0.3
    within = np.maximum(np.where(np.isnan(within), median, within), max(0.02, median / 3))
    return np.asarray((centres @ centres.T) / np.maximum(within[:, None], within[None]))


@dataclass(frozen=True, slots=True)
class _HeadingPair:
    """What tells whether two headings are one: their names and their works.

    `name_cosine` compares the names by meaning, `are_apart` holds for headings of different notes
    that do not stand above one another. `works_similarity` is NaN where either has no work with
    text, `is_thin` holds where either has very few. `cross_chance` is the mean chance of the works
    of one under the other.
    """

    one: HeadingPath
    two: HeadingPath
    name_cosine: float
    are_apart: bool
    works_similarity: float
    is_thin: bool
    cross_chance: float

    @property
    def have_same_name(self) -> bool:
        return _folded_name(self.one) == _folded_name(self.two)

    @property
    def names_agree(self) -> bool:
        """Equal names, or alike ones in different notes, which the works do not contradict."""
        alike = self.are_apart and self.name_cosine >= MIN_NAME_SIMILARITY
        contradicted = self.works_similarity < MIN_NAMESAKE_SIMILARITY  # NaN contradicts nothing
        return (self.have_same_name or alike) and not contradicted

    @property
    def works_agree(self) -> bool:
        """Works that are alike and that are taken for each other's."""
        alike = not self.is_thin and self.works_similarity >= MIN_WORKS_SIMILARITY
        return alike and self.cross_chance >= MIN_CROSS_CHANCE

    @property
    def works_tell(self) -> bool:
        return not np.isnan(self.works_similarity) and not self.is_thin

    def as_finding(self) -> Finding:
        """The pair as a person reads it."""
        why = []
        if self.names_agree:
            alike = f"have names of like meaning (similarity {self.name_cosine:.2f})"
            why.append("have the same name" if self.have_same_name else alike)
        if self.works_tell:
            share = chance_words(self.works_similarity)
            why.append(f"hold papers nearly as alike as those within either ({share})")
        score = self.name_cosine * self.names_agree
        score += self.works_similarity if self.works_tell else 0.0
        text = f"'{name(self.one)}' and '{name(self.two)}' {' and '.join(why)}."
        return Finding("near-duplicate", self.one, text, (), self.two, round(score, 4))


def _folded_name(path: HeadingPath) -> str:
    return " ".join(path[-1].casefold().split())


def _find_duplicates(
    works: Sequence[PaperText],
    outline: Outline,
    members: Members,
    chances: Floats,
    points: Floats,
    names: Floats,
) -> list[Finding]:
    """Pairs of headings whose works are alike and are taken for each other's, or whose names
    agree.
    """
    topics = outline.topics
    rows = [[i for i in members[path] if _has_text(works[i])] for path in topics]
    similarity = _filled_similarity(rows, points)
    named = names @ names.T if len(names) == len(topics) else np.zeros_like(similarity)
    findings = []
    for a, b in combinations(range(len(topics)), 2):
        pair = _HeadingPair(
            one=topics[a],
            two=topics[b],
            name_cosine=float(named[a, b]),
            are_apart=_are_apart(topics[a], topics[b], outline),
            works_similarity=float(similarity[a, b]),
            is_thin=min(len(rows[a]), len(rows[b])) <= MAX_THIN_WORKS,
            cross_chance=_cross_chance(rows, a, b, chances),
        )
        if pair.names_agree or pair.works_agree:
            findings.append(pair.as_finding())
    return sorted(findings, key=lambda finding: -finding.score)


def _filled_similarity(rows: Sequence[Sequence[int]], points: Floats) -> Floats:
    """(m, m) similarity of the headings' works, NaN where one of both has none."""
    filled = [j for j, own in enumerate(rows) if own]
    similarity = np.full((len(rows), len(rows)), np.nan)
    if len(filled) > 1:
        similarity[np.ix_(filled, filled)] = _works_similarity([rows[j] for j in filled], points)
    return similarity


def _are_apart(one: HeadingPath, two: HeadingPath, outline: Outline) -> bool:
    """Whether no note has both headings and neither stands above the other."""
    shared = set(outline.notes.get(one, ())) & set(outline.notes.get(two, ()))
    return not shared and not _is_related(one, two)


def _cross_chance(rows: Sequence[Sequence[int]], a: int, b: int, chances: Floats) -> float:
    """Mean chance of the works of either heading under the other; 0 where one has none."""
    if not rows[a] or not rows[b]:
        return 0.0
    both = float(chances[np.array(rows[a]), b].sum() + chances[np.array(rows[b]), a].sum())
    return both / (len(rows[a]) + len(rows[b]))


def _find_two_subjects(
    works: Sequence[PaperText], members: Members, points: Floats
) -> list[Finding]:
    """Headings whose works fall into two groups no more alike than works taken at random."""
    findings = []
    for path, listed in members.items():
        sides = _split_works(list(listed), points)
        if sides is None:
            continue
        similarity = float(_works_similarity(sides, points)[0, 1])
        if similarity <= MAX_HALVES_SIMILARITY:
            findings.append(_describe_split(path, sides, similarity, works, points))
    return sorted(findings, key=lambda finding: -finding.score)


def _split_works(rows: list[int], points: Floats) -> list[list[int]] | None:
    """A heading's works in two groups; None where there are too few, or too few in one of both."""
    if len(rows) < MIN_SPLIT_WORKS:
        return None
    left = _split_in_two(points[rows])
    sides = [[rows[p] for p in np.flatnonzero(left == side)] for side in (True, False)]
    smallest = max(MIN_HALF_WORKS, MIN_HALF_SHARE * len(rows))
    return sides if min(map(len, sides)) >= smallest else None


def _describe_split(
    path: HeadingPath,
    sides: Sequence[Sequence[int]],
    similarity: float,
    works: Sequence[PaperText],
    points: Floats,
) -> Finding:
    central = [
        sorted(side, key=lambda i: -float(points[i] @ points[list(side)].mean(axis=0)))
        for side in sides
    ]
    heads = ["; ".join(f"'{works[i].title}'" for i in side[:2]) for side in central]
    groups = f"{len(sides[0])} papers like {heads[0]}, {len(sides[1])} like {heads[1]}"
    text = f"'{name(path)}' holds two groups: {groups}."
    ids = tuple(works[i].id for side in central for i in side)
    return Finding("two-subjects", path, text, ids, None, round(1.0 - similarity, 4))


def _split_in_two(rows: Floats) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """The better half-and-half split by 2-means, started from the ends of the main axis."""
    middle = rows - rows.mean(axis=0)
    axis = np.linalg.eigh(middle @ middle.T)[1][:, -1]
    left = axis > 0
    for _ in range(10):
        if left.all() or not left.any():
            break
        centres = np.stack([rows[left].mean(axis=0), rows[~left].mean(axis=0)])
        half = 0.5 * (centres**2).sum(axis=1)
        nearest = rows @ centres.T - half
        moved = nearest[:, 0] > nearest[:, 1]
        if (moved == left).all():
            break
        left = moved
    return np.asarray(left)


def _find_thin(
    works: Sequence[PaperText], outline: Outline, members: Members, chances: Floats
) -> list[Finding]:
    """Headings that hold hardly any work, with those that would fit."""
    findings = []
    for j, path in enumerate(outline.topics):
        rows = list(members[path])
        if len(rows) > MAX_THIN_WORKS:
            continue
        fitting = [
            int(i)
            for i in np.argsort(-chances[:, j], kind="stable")[:5]
            if chances[i, j] >= MIN_FITTING_CHANCE and i not in rows
        ]
        text = f"'{name(path)}' holds {_count_papers(len(rows))}"
        if fitting:
            text += f"; {len(fitting)} more would fit, first '{works[fitting[0]].title}'"
        ids = tuple(works[i].id for i in fitting)
        score = float(MAX_THIN_WORKS - len(rows))
        findings.append(Finding("thin", path, f"{text}.", ids, None, score))
    return findings


def _count_papers(count: int) -> str:
    return {0: "no paper", 1: "one paper"}.get(count, f"{count} papers")


def _find_new_topics(topics: Sequence[Topic]) -> list[Finding]:
    """Groups of works that fit no heading."""
    findings = []
    for topic in topics:
        if topic.heading is None:
            place = f", near '{name(topic.parent)}'" if topic.parent else ""
            words = ", ".join(topic.keywords[:5])
            count = len(topic.works)
            text = f"{count} papers fit no heading and read alike: {words}{place}."
            findings.append(
                Finding("new-topic", topic.parent, text, topic.works, None, float(count))
            )
    return findings


def measure_coverage(
    works: Sequence[PaperText],
    outline: Outline,
    members: Members,
    points: Floats,
    links: Sequence[tuple[str, str]],
) -> tuple[Coverage, ...]:
    """What each heading that has works holds.

    `points` (n, d) are unit rows of the works, `links` citations (citing id, cited id).
    """
    filled = [path for path in outline.topics if members[path]]
    if not filled:
        return ()
    centres = unit(np.stack([points[list(members[path])].mean(axis=0) for path in filled]))
    ids = {work.id for work in works}
    coverage = []
    for path, centre, (near, distance) in zip(
        filled, centres, _nearest_headings(centres), strict=True
    ):
        rows = list(members[path])
        own = [works[i] for i in rows]
        closeness = points[rows] @ centre
        central = np.argsort(-closeness.round(3), kind="stable")[:3]
        coverage.append(
            Coverage(
                heading=path,
                works=len(rows),
                with_pdf=sum(work.has_pdf for work in own),
                years=_year_span([work.year for work in own]),
                tightness=round(float(closeness.mean()), 4),
                nearest=None if near is None else filled[near],
                distance=distance,
                central=tuple(own[int(p)].id for p in central),
                missing=_missing_works({work.id for work in own}, ids, links),
            )
        )
    return tuple(coverage)


def _nearest_headings(centres: Floats) -> list[tuple[int | None, float]]:
    """For each unit row (m, d) the number of the nearest other one and 1 minus their cosine.

    (None, 1.0) where there is no other.
    """
    if len(centres) < 2:
        return [(None, 1.0)] * len(centres)
    between = centres @ centres.T
    np.fill_diagonal(between, -2.0)
    nearest = between.argmax(axis=1)
    return [(int(j), round(1.0 - float(between[i, j]), 4)) for i, j in enumerate(nearest)]


def _year_span(years: Sequence[int | None]) -> tuple[int, int] | None:
    """The first and the last of the years that are known."""
    known = [year for year in years if year is not None]
    return (min(known), max(known)) if known else None


def _missing_works(
    members: set[str], ids: set[str], links: Sequence[tuple[str, str]]
) -> tuple[tuple[str, int], ...]:
    """What two or more works here cite and the library does not hold, most cited first."""
    citing_works: dict[str, set[str]] = {}
    for citing, cited in links:
        if citing in members and cited not in ids:
            citing_works.setdefault(cited, set()).add(citing)
    ranked = sorted(
        ((cited, len(citing)) for cited, citing in citing_works.items() if len(citing) > 1),
        key=lambda c: (-c[1], c[0]),
    )
    return tuple(ranked[:MAX_MISSING])
