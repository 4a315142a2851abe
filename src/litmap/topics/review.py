"""What an outline's owner may want to look at, each with its evidence; suggestions only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from litmap.models import HeadingPath, Topic
from litmap.topics.evidence import Floats, unit
from litmap.topics.outline import Outline
from litmap.topics.records import Coverage, Finding, PaperText

ALIKE = 0.8  # likeness of two headings' works, as a share of the likeness within each, above which they may be one
CONFUSED = 0.08  # least mean chance of one heading's works under the other
NAMED_ALIKE = 0.75  # cosine of two headings' names in different notes, above which they may be one
NAME_AND_WORKS = 0.35  # where names alone do not tell: the least likeness of the works
APART = 0.05  # likeness between a heading's two halves, as a share of that within each, below which they are two subjects
HALF = 0.3  # the smaller half's least share
THIN = 2
OUT_OF_PLACE = 0.2  # of the chance that a heading taken at random would have: a filed work's own heading has less
READS_LIKE = 0.3  # least chance of the heading that a misfit is said to read like

Members = Mapping[HeadingPath, Sequence[int]]


@dataclass(frozen=True, slots=True)
class Misfit:
    """A filed work that reads like another heading of the same notes. `own` and `chance` are the chances of its
    own and of that heading among those of the notes it stands in; `odds` is how its own heading compares with one
    taken at random (1 is no better).
    """

    work: int
    placed: tuple[HeadingPath, ...]
    like: HeadingPath
    own: float
    chance: float
    odds: float

    @property
    def text(self) -> str:
        """Why text and heading disagree."""
        here = " and ".join(f"'{name(p)}'" for p in self.placed)
        return f"filed under {here}, reads like '{name(self.like)}' ({self.chance:.0%} against {self.own:.0%})"


def name(path: HeadingPath) -> str:
    """A heading as a person reads it."""
    return " › ".join(path)


def misfits(
    works: Sequence[PaperText], outline: Outline, members: Members, chances: Floats
) -> list[Misfit]:
    """Filed works whose own heading says little of them and another one much, the surest first.

    What counts is how unlikely the own heading is, not how likely the other: with a tenth of the papers of three
    collections put under a wrong heading, ranking by it has an average precision of .73 to .90, by the difference of
    both .49 to .72. Only headings of the notes that the work stands in are compared, for outlines of several notes
    overlap, and no heading is compared with those above or below it. A work known by its title alone is left out.
    """
    column = {path: j for j, path in enumerate(outline.topics)}
    placed: dict[int, list[HeadingPath]] = {}
    for path in outline.topics:
        for i in members[path]:
            placed.setdefault(i, []).append(path)
    out = []
    for i, paths in sorted(placed.items()):
        if not (works[i].abstract or works[i].body):
            continue
        notes = {note for path in paths for note in outline.notes.get(path, ())}
        near = [
            p
            for p in outline.topics
            if p in paths or not notes or notes & set(outline.notes.get(p, ()))
        ]
        total = float(chances[i, [column[p] for p in near]].sum())
        others = [p for p in near if not any(_related(p, own) for own in paths)]
        if not others or total <= 0:
            continue
        own = max(float(chances[i, column[p]]) for p in paths) / total
        best = max(others, key=lambda p: chances[i, column[p]])
        chance = float(chances[i, column[best]]) / total
        odds = own * len(near)
        if odds <= OUT_OF_PLACE and chance >= READS_LIKE:
            out.append(Misfit(i, tuple(paths), best, own, chance, odds))
    return sorted(out, key=lambda m: (m.odds, m.work))


def _related(one: HeadingPath, two: HeadingPath) -> bool:
    short = min(len(one), len(two))
    return one[:short] == two[:short]


def find(
    works: Sequence[PaperText],
    outline: Outline,
    members: Members,
    judged: tuple[Floats, Floats, Floats],
    strays: Sequence[Misfit],
    topics: Sequence[Topic],
) -> tuple[Finding, ...]:
    """Misfits, headings that say the same, headings with two subjects, thin headings, and new topics.

    `judged` are (n, m) chances, (n, d) unit rows of the works, and (m, d) unit rows of the headings' names.
    """
    chances, points, names = judged
    return (
        *(
            Finding("misfit", m.placed[0], f"'{works[m.work].title}' is {m.text}.", (works[m.work].id,), m.like,
                    round(1.0 - m.odds, 4))
            for m in strays
        ),
        *_duplicates(works, outline, members, chances, points, names),
        *_two_subjects(works, members, points),
        *_thin(works, outline, members, chances),
        *_new(topics),
    )  # fmt: skip


def _likeness(rows: Sequence[Sequence[int]], points: Floats) -> Floats:
    """(k, k) mean cosine between the works of two headings, as a share of that within the closer of them.

    1 means 'no difference'. A broad heading is thus no duplicate of a narrow one that it holds. A heading of one work
    says nothing of its own likeness and takes the others' median.
    """
    centres = np.stack([points[list(r)].mean(axis=0) for r in rows])
    size = np.array([len(r) for r in rows], dtype=float)
    squared = (centres**2).sum(axis=1)
    within = np.where(size > 1, (size * squared - 1.0) / np.maximum(size - 1.0, 1.0), np.nan)
    usual = float(np.nanmedian(within)) if (size > 1).any() else 0.3
    within = np.maximum(np.where(np.isnan(within), usual, within), max(0.02, usual / 3))
    return np.asarray((centres @ centres.T) / np.maximum(within[:, None], within[None]))


def _duplicates(
    works: Sequence[PaperText],
    outline: Outline,
    members: Members,
    chances: Floats,
    points: Floats,
    names: Floats,
) -> list[Finding]:
    """Pairs of headings whose works are alike and are taken for each other's, or whose names say the same."""
    topics = outline.topics
    if len(topics) < 2:
        return []
    read = {
        j: [i for i in members[path] if works[i].abstract or works[i].body]
        for j, path in enumerate(topics)
    }
    rows = {j: found for j, found in read.items() if found}
    held = list(rows)
    likeness = np.full((len(topics), len(topics)), np.nan)
    if len(held) > 1:
        likeness[np.ix_(held, held)] = _likeness([rows[j] for j in held], points)
    named = names @ names.T if len(names) == len(topics) else np.zeros_like(likeness)
    out = []
    for a, b in combinations(range(len(topics)), 2):
        one, two = topics[a], topics[b]
        same = " ".join(one[-1].casefold().split()) == " ".join(two[-1].casefold().split())
        apart = not set(outline.notes.get(one, ())) & set(
            outline.notes.get(two, ())
        ) and not _related(one, two)
        alike = float(likeness[a, b])
        few = min(len(rows.get(a, ())), len(rows.get(b, ()))) <= THIN
        share = 0.0
        if a in rows and b in rows:
            both = float(chances[np.array(rows[a]), b].sum() + chances[np.array(rows[b]), a].sum())
            share = both / (len(rows[a]) + len(rows[b]))
        by_name = apart and named[a, b] >= NAMED_ALIKE and not alike < NAME_AND_WORKS
        by_works = not few and alike >= ALIKE and share >= CONFUSED
        if not ((same and not alike < NAME_AND_WORKS) or by_name or by_works):
            continue
        why = (
            ["have the same name" if same else f"have like names (cosine {named[a, b]:.2f})"]
            if same or by_name
            else []
        )
        if not np.isnan(alike) and not few:
            why.append(f"hold papers nearly as alike as those within either ({alike:.0%})")
        score = float(named[a, b]) * (same or by_name) + (0.0 if np.isnan(alike) or few else alike)
        text = f"'{name(one)}' and '{name(two)}' {' and '.join(why)}."
        out.append(Finding("near-duplicate", one, text, (), two, round(score, 4)))
    return sorted(out, key=lambda f: -f.score)


def _two_subjects(works: Sequence[PaperText], members: Members, points: Floats) -> list[Finding]:
    """Headings whose works fall into two groups that are no more alike than works taken at random."""
    out = []
    for path, listed in members.items():
        rows = list(listed)
        if len(rows) < 6:
            continue
        left = _halves(points[rows])
        sides = [[rows[p] for p in np.flatnonzero(left == side)] for side in (True, False)]
        if min(map(len, sides)) < max(3, HALF * len(rows)):
            continue
        alike = float(_likeness(sides, points)[0, 1])
        if alike <= APART:
            central = [
                sorted(side, key=lambda i: -float(points[i] @ points[side].mean(axis=0)))
                for side in sides
            ]
            heads = ["; ".join(f"'{works[i].title}'" for i in side[:2]) for side in central]
            groups = f"{len(sides[0])} papers like {heads[0]}, {len(sides[1])} like {heads[1]}"
            text = f"'{name(path)}' holds two groups: {groups}."
            ids = tuple(works[i].id for side in central for i in side)
            out.append(Finding("two-subjects", path, text, ids, None, round(1.0 - alike, 4)))
    return sorted(out, key=lambda f: -f.score)


def _halves(rows: Floats) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
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


def _thin(
    works: Sequence[PaperText], outline: Outline, members: Members, chances: Floats
) -> list[Finding]:
    out = []
    for j, path in enumerate(outline.topics):
        rows = list(members[path])
        if len(rows) > THIN:
            continue
        would = [
            int(i)
            for i in np.argsort(-chances[:, j], kind="stable")[:5]
            if chances[i, j] >= 0.3 and i not in rows
        ]
        held = "no paper" if not rows else "one paper" if len(rows) == 1 else f"{len(rows)} papers"
        text = f"'{name(path)}' holds {held}"
        text += f"; {len(would)} more would fit, first '{works[would[0]].title}'." if would else "."
        out.append(
            Finding(
                "thin", path, text, tuple(works[i].id for i in would), None, float(THIN - len(rows))
            )
        )
    return out


def _new(topics: Sequence[Topic]) -> list[Finding]:
    out = []
    for topic in topics:
        if topic.heading is None:
            place = f", near '{name(topic.parent)}'" if topic.parent else ""
            text = f"{len(topic.works)} papers fit no heading and read alike: {', '.join(topic.keywords[:5])}{place}."
            out.append(
                Finding("new-topic", topic.parent, text, topic.works, None, float(len(topic.works)))
            )
    return out


def cover(
    works: Sequence[PaperText],
    outline: Outline,
    members: Members,
    points: Floats,
    links: Sequence[tuple[str, str]],
) -> tuple[Coverage, ...]:
    """What each heading that has works holds."""
    held = [path for path in outline.topics if members[path]]
    if not held:
        return ()
    centres = unit(np.stack([points[list(members[path])].mean(axis=0) for path in held]))
    between = centres @ centres.T
    np.fill_diagonal(between, -2.0)
    ids = {work.id for work in works}
    out = []
    for row, path in enumerate(held):
        rows = list(members[path])
        closeness = points[rows] @ centres[row]
        years = [y for y in (works[i].year for i in rows) if y is not None]
        near = int(np.argmax(between[row])) if len(held) > 1 else None
        out.append(
            Coverage(
                heading=path,
                works=len(rows),
                with_pdf=sum(works[i].has_pdf for i in rows),
                years=(min(years), max(years)) if years else None,
                tightness=round(float(closeness.mean()), 4),
                nearest=held[near] if near is not None else None,
                distance=round(1.0 - float(between[row, near]), 4) if near is not None else 1.0,
                central=tuple(
                    works[rows[p]].id for p in np.argsort(-closeness.round(3), kind="stable")[:3]
                ),
                missing=_missing({works[i].id for i in rows}, ids, links),
            )
        )
    return tuple(out)


def _missing(
    here: set[str], ids: set[str], links: Sequence[tuple[str, str]]
) -> tuple[tuple[str, int], ...]:
    """What two or more works here cite and the library does not hold, most cited first."""
    count: dict[str, set[str]] = {}
    for citing, cited in links:
        if citing in here and cited not in ids:
            count.setdefault(cited, set()).add(citing)
    ranked = sorted(
        ((cited, len(by)) for cited, by in count.items() if len(by) > 1),
        key=lambda c: (-c[1], c[0]),
    )
    return tuple(ranked[:20])
