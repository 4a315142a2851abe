"""What an outline's owner may want to look at, each with its evidence; suggestions only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from litmap.models import HeadingPath, Suggestion, Topic
from litmap.topics.evidence import Floats, unit
from litmap.topics.outline import Outline
from litmap.topics.records import Coverage, Finding, PaperText

ALIKE = 0.55  # cosine of two headings' centres, the mean of all works taken, above which they may be one
CONFUSED = 0.3  # share of one heading's works that read like the other
APART = 0.35  # how much closer a heading's halves are to themselves than to each other when they are two subjects
HALF = 0.3  # the smaller half's least share
THIN = 2

Members = Mapping[HeadingPath, Sequence[int]]


def name(path: HeadingPath) -> str:
    """A heading as a person reads it."""
    return " › ".join(path)


def misfit_text(placed: Sequence[HeadingPath], best: Suggestion, own: float) -> str:
    """Why text and heading disagree."""
    if best.confidence < 0.5 or own > 0.15:
        return ""
    here = " and ".join(f"'{name(p)}'" for p in placed)
    return f"filed under {here}, reads like '{name(best.heading)}' ({best.confidence:.0%} against {own:.0%})"


def find(
    works: Sequence[PaperText],
    outline: Outline,
    members: Members,
    chances: Floats,
    points: Floats,
    topics: Sequence[Topic],
) -> tuple[Finding, ...]:
    """Misfits, headings that say the same, headings with two subjects, thin headings, and new topics."""
    return (
        *_misfits(works, outline, members, chances),
        *_duplicates(works, outline, members, chances, points),
        *_two_subjects(works, members, points),
        *_thin(works, outline, members, chances),
        *_new(topics),
    )


def _misfits(works: Sequence[PaperText], outline: Outline, members: Members, chances: Floats) -> list[Finding]:
    out = []
    placed: dict[int, list[int]] = {}
    for j, path in enumerate(outline.topics):
        for i in members[path]:
            placed.setdefault(i, []).append(j)
    for i, columns in sorted(placed.items()):
        best = int(np.argmax(chances[i]))
        own = float(chances[i, columns].max())
        at = [outline.topics[j] for j in columns]
        suggestion = Suggestion(outline.topics[best], float(chances[i, best]))
        text = "" if best in columns else misfit_text(at, suggestion, own)
        if text:
            score = round(suggestion.confidence - own, 4)
            out.append(
                Finding("misfit", at[0], f"'{works[i].title}' is {text}.", (works[i].id,), suggestion.heading, score)
            )
    return sorted(out, key=lambda f: -f.score)


def _duplicates(
    works: Sequence[PaperText], outline: Outline, members: Members, chances: Floats, points: Floats
) -> list[Finding]:
    """Pairs of headings whose works are alike and are taken for each other's, or that have the same name."""
    held = [j for j, path in enumerate(outline.topics) if members[path]]
    if len(held) < 2:
        return []
    rows = [list(members[outline.topics[j]]) for j in held]
    centres = unit(np.stack([points[r].mean(axis=0) for r in rows]))
    alike = centres @ centres.T
    best = chances.argmax(axis=1)
    out = []
    for a in range(len(held)):
        for b in range(a + 1, len(held)):
            one, two = outline.topics[held[a]], outline.topics[held[b]]
            same = " ".join(one[-1].casefold().split()) == " ".join(two[-1].casefold().split())
            taken = sum(best[i] == held[b] for i in rows[a]) + sum(best[i] == held[a] for i in rows[b])
            share = taken / (len(rows[a]) + len(rows[b]))
            few = min(len(rows[a]), len(rows[b])) < 2
            if same or (alike[a, b] >= ALIKE and share >= CONFUSED and not few):
                why = "have the same name" if same else f"hold papers that read alike (cosine {alike[a, b]:.2f})"
                text = f"'{name(one)}' and '{name(two)}' {why}; {share:.0%} of their papers read like the other's."
                out.append(Finding("near-duplicate", one, text, (), two, round(float(alike[a, b]), 4)))
    return sorted(out, key=lambda f: -f.score)


def _two_subjects(works: Sequence[PaperText], members: Members, points: Floats) -> list[Finding]:
    """Headings whose works fall into two groups that are far apart for their own tightness."""
    out = []
    for path, listed in members.items():
        rows = list(listed)
        if len(rows) < 6:
            continue
        left = _halves(points[rows])
        sides = [[rows[p] for p in np.flatnonzero(left == side)] for side in (True, False)]
        if min(map(len, sides)) < max(3, HALF * len(rows)):
            continue
        likeness = points[rows] @ points[rows].T
        own = left[:, None] == left[None, :]
        np.fill_diagonal(own, val=False)
        gap = float(likeness[own].mean() - likeness[left[:, None] != left[None, :]].mean())
        if gap >= APART:
            heads = ["; ".join(f"'{works[i].title}'" for i in side[:2]) for side in sides]
            groups = f"{len(sides[0])} papers like {heads[0]}, {len(sides[1])} like {heads[1]}"
            text = f"'{name(path)}' holds two groups: {groups}."
            ids = tuple(works[i].id for side in sides for i in side)
            out.append(Finding("two-subjects", path, text, ids, None, round(gap, 4)))
    return sorted(out, key=lambda f: -f.score)


def _halves(rows: Floats) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """The better half-and-half split by 2-means, started from the ends of the main axis."""
    middle = rows - rows.mean(axis=0)
    axis = np.linalg.svd(middle, full_matrices=False)[2][0]
    left = middle @ axis > 0
    for _ in range(10):
        if left.all() or not left.any():
            break
        centres = np.stack([rows[left].mean(axis=0), rows[~left].mean(axis=0)])
        gap = ((rows[:, None] - centres[None]) ** 2).sum(axis=2)
        moved = gap[:, 0] < gap[:, 1]
        if (moved == left).all():
            break
        left = moved
    return np.asarray(left)


def _thin(works: Sequence[PaperText], outline: Outline, members: Members, chances: Floats) -> list[Finding]:
    out = []
    for j, path in enumerate(outline.topics):
        rows = list(members[path])
        if len(rows) > THIN:
            continue
        would = [
            int(i) for i in np.argsort(-chances[:, j], kind="stable")[:5] if chances[i, j] >= 0.3 and i not in rows
        ]
        held = "no paper" if not rows else "one paper" if len(rows) == 1 else f"{len(rows)} papers"
        text = f"'{name(path)}' holds {held}"
        text += f"; {len(would)} more would fit, first '{works[would[0]].title}'." if would else "."
        out.append(Finding("thin", path, text, tuple(works[i].id for i in would), None, float(THIN - len(rows))))
    return out


def _new(topics: Sequence[Topic]) -> list[Finding]:
    out = []
    for topic in topics:
        if topic.heading is None:
            place = f", near '{name(topic.parent)}'" if topic.parent else ""
            text = f"{len(topic.works)} papers fit no heading and read alike: {', '.join(topic.keywords[:5])}{place}."
            out.append(Finding("new-topic", topic.parent, text, topic.works, None, float(len(topic.works))))
    return out


def cover(
    works: Sequence[PaperText], outline: Outline, members: Members, points: Floats, links: Sequence[tuple[str, str]]
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
                central=tuple(works[rows[p]].id for p in np.argsort(-closeness, kind="stable")[:3]),
                missing=_missing({works[i].id for i in rows}, ids, links),
            )
        )
    return tuple(out)


def _missing(here: set[str], ids: set[str], links: Sequence[tuple[str, str]]) -> tuple[tuple[str, int], ...]:
    """What two or more works here cite and the library does not hold, most cited first."""
    count: dict[str, set[str]] = {}
    for citing, cited in links:
        if citing in here and cited not in ids:
            count.setdefault(cited, set()).add(citing)
    ranked = sorted(((cited, len(by)) for cited, by in count.items() if len(by) > 1), key=lambda c: (-c[1], c[0]))
    return tuple(ranked[:20])
