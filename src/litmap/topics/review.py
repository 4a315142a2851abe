"""What an outline's owner may want to look at, each with its evidence; suggestions only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from litmap.models import HeadingPath, Suggestion, Topic
from litmap.topics.evidence import Floats, unit
from litmap.topics.outline import Outline
from litmap.topics.records import Coverage, Finding, PaperText

DUPLICATE_COSINE = 0.8
TWO_SUBJECTS = 0.25
THIN = 2


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
    members: Mapping[HeadingPath, Sequence[int]],
    chances: Floats,
    none: Floats,
    points: Floats,
    topics: Sequence[Topic],
) -> tuple[Finding, ...]:
    """Misfits, headings that say the same, headings with two subjects, thin headings, and new topics."""
    return ()


def cover(
    works: Sequence[PaperText],
    outline: Outline,
    members: Mapping[HeadingPath, Sequence[int]],
    points: Floats,
    links: Sequence[tuple[str, str]],
) -> tuple[Coverage, ...]:
    """What each heading holds."""
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
        central = tuple(works[rows[p]].id for p in np.argsort(-closeness, kind="stable")[:3])
        years = [works[i].year for i in rows]
        known = [y for y in years if y is not None]
        neighbour = int(np.argmax(between[row])) if len(held) > 1 else None
        out.append(
            Coverage(
                heading=path,
                works=len(rows),
                with_pdf=sum(works[i].has_pdf for i in rows),
                years=(min(known), max(known)) if known else None,
                tightness=round(float(closeness.mean()), 4),
                nearest=held[neighbour] if neighbour is not None else None,
                distance=round(1.0 - float(between[row, neighbour]), 4) if neighbour is not None else 1.0,
                central=central,
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
