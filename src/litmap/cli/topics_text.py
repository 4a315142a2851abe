"""What `litmap topics` and its `--coverage` print for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from litmap.cli.options import clean, path_text, table, wrap

if TYPE_CHECKING:
    from litmap.library.topics_view import TopicsView
    from litmap.models import HeadingPath, Topic

SHOWN_UNFILED = 10
DISTANCES = ((0.3, "overlaps"), (0.6, "close"), (0.9, "apart"), (float("inf"), "unrelated"))
"""How far the nearest heading is, up to each distance: 1 is no closer than chance."""

Row = tuple[Any, str, str]


def print_topics(view: TopicsView) -> None:
    """The headings as they stand in the notes, what has no heading, and what waits for one."""
    labels = {theme.id: theme.label for theme in view.themes}
    themes = {topic: labels[theme] for topic, theme in view.theme_of.items()}
    rows = list(_heading_rows([t for t in view.topics if t.heading], themes))
    groups = [(len(t.works), _group_name(view, t), "") for t in view.topics if not t.heading]
    if groups:
        rows += [("", "(no heading)", ""), *groups]
    if rows:
        print(table(rows, ("papers", "heading", "theme"), stretch=1))
    _print_gone(view)
    waiting = view.unplaced()
    if not waiting:
        return
    print(f"\n{len(waiting)} papers stand under no heading, the surest first:")
    for filing in waiting[:SHOWN_UNFILED]:
        where = path_text(filing.suggested) if filing.suggested else "fits none of your headings"
        print(wrap(f"{view.entries[filing.work].work.title} → {where}", "  ", "    "))
    if len(waiting) > SHOWN_UNFILED:
        print(f"  … and {len(waiting) - SHOWN_UNFILED} more: litmap topics --suggest")


def _print_gone(view: TopicsView) -> None:
    """The papers that the reader moved to a heading that his notes no longer have."""
    gone = [entry for entry in view.entries.values() if entry.waiting]
    if gone:
        print("\nYou moved these to headings that your notes no longer have; your word waits:")
    for entry in gone:
        where = "; ".join(map(path_text, entry.waiting))
        print(wrap(f"{clean(entry.work.title)} → {clean(where)}", "  ", "    "))


def _heading_rows(topics: Sequence[Topic], themes: Mapping[str, str]) -> Iterator[Row]:
    """A row a heading, and one for each heading that only groups others, with the papers below."""
    own = {topic.heading: topic for topic in topics if topic.heading}
    shown: set[HeadingPath] = set()
    for topic in topics:
        path = topic.heading or ()
        for depth in range(1, len(path) + 1):
            above = path[:depth]
            if above in shown:
                continue
            shown.add(above)
            name = f"{'  ' * (depth - 1)}{clean(above[-1])}"
            if above in own:
                yield len(own[above].works), name, themes.get(own[above].id, "")
            else:
                yield f"({_count_below(own, above)})", name, ""


def _count_below(own: Mapping[HeadingPath, Topic], path: HeadingPath) -> int:
    return len({w for at, t in own.items() if at[: len(path)] == path for w in t.works})


def _group_name(view: TopicsView, topic: Topic) -> str:
    by = view.label_by.get(topic.id)
    return f"  {clean(topic.label)}" + (f" (named by {clean(by)})" if by else "")


def print_coverage(coverage: Sequence[Mapping[str, Any]]) -> None:
    """What each heading holds and lacks."""
    header = ("papers", "PDFs", "years", "cohesion", "nearest", "missing", "heading")
    print(table([_coverage_row(heading) for heading in coverage], header, stretch=6))
    print(
        wrap(
            "cohesion: how similar its papers are (1 = identical, 0 = no more than chance); "
            "nearest: whether the nearest heading overlaps with it, is close, apart or unrelated; "
            "missing: works that its papers cite and your notes do not. Central papers, nearest "
            "heading and the missing works that most of them cite: --json."
        )
    )


def _coverage_row(heading: Mapping[str, Any]) -> tuple[Any, ...]:
    years = sorted(set(heading["years"] or ()))
    return (
        heading["works"],
        heading["with_pdf"],
        "–".join(map(str, years)),
        f"{heading['tightness']:.2f}" if heading["works"] > 1 else "",
        distance_word(heading["distance"]) if heading["nearest"] else "",
        heading["missing_count"],
        path_text(heading["heading"]),
    )


def distance_word(distance: float) -> str:
    """How far the nearest heading is, in a word: 1.14 is 'unrelated'."""
    return next(word for most, word in DISTANCES if distance < most)
