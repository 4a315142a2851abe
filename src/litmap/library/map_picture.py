"""The map of a library as data: each paper with what a reader may ask of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from litmap.models import HeadingPath
from litmap.parsing.person_names import short_authors, split_name

if TYPE_CHECKING:
    from litmap import maps
    from litmap.catalogue.entries import Entry
    from litmap.library.topics_view import TopicsView
    from litmap.models import Filing, Work

STATUSES = {
    "fetched": "full text",
    "metadata-only": "no open PDF",
    "not-found": "not found",
    "unsure": "ambiguous",
    "failed": "failed",
    "pending": "pending",
}
"""A work's status in the words of the app."""


def make_picture(
    view: TopicsView,
    links: Sequence[tuple[str, str]],
    *,
    title: str,
    styles: Mapping[HeadingPath, tuple[str, str]],
    new: Collection[str] = (),
) -> maps.Picture:
    """The picture of all papers that have a place, in the order of the notes.

    `links` are (citing, cited) works, `styles` the (colour, shape) a heading has had so far, `new`
    the works that the last refresh brought.
    """
    from litmap import maps

    filings = {filing.work: filing for filing in view.filings}
    headings = {work: t.heading for t in view.topics if t.heading for work in t.works}
    clusters = {topic.id: topic.label for topic in view.topics if not topic.heading}
    dots = [
        _dot(
            entry,
            view.points[work],
            filings[work],
            headings.get(work),
            clusters.get(filings[work].cluster or "", ""),
            is_new=work in new,
        )
        for work, entry in view.entries.items()
        if work in view.points and work in filings
    ]
    previous = {path: maps.Style(*style) for path, style in styles.items()}
    return maps.draw(dots, links, title=title, previous=previous, themes=_themes(view))


def _themes(view: TopicsView) -> dict[HeadingPath, str]:
    """The label of each heading's theme; none in a library built without themes."""
    labels = {theme.id: theme.label for theme in view.themes}
    theme_of = view.theme_of
    return {
        t.heading: labels[theme_of[t.id]] for t in view.topics if t.heading and t.id in theme_of
    }


def short_name(work: Work) -> str:
    """What a paper is called where there is little room: 'Keskar 2016', or its title."""
    author = next((split_name(name).family for name in work.authors if name.strip()), "")
    return f"{author or work.title} {work.year or ''}".strip()


def _dot(
    entry: Entry,
    place: tuple[float, float],
    filing: Filing,
    heading: HeadingPath | None,
    cluster: str,
    *,
    is_new: bool,
) -> maps.Dot:
    """A work on the map, under its topic's heading or the suggested one."""
    from litmap import maps

    work = entry.work
    authors, year = short_authors(work.authors), str(work.year or "")
    note = entry.mentions[0].note.rsplit("/", 1)[-1] if entry.mentions else ""
    return maps.Dot(
        work.id,
        work.title,
        *place,
        heading or filing.suggested,
        ", ".join(part for part in (authors, year, work.venue) if part),
        next(iter(work.urls), ""),
        suggested=heading is None,
        short=short_name(work),
        year=work.year,
        status=STATUSES.get(entry.status, entry.status),
        note=note,
        chance=filing.confidence if heading is None and filing.suggested else None,
        cluster=cluster,
        is_new=is_new,
    )
