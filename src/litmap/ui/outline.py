"""The outline: headings as a tree to choose from, by theme or by note."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from litmap.ui import components, formatting, links

if TYPE_CHECKING:
    from litmap.library.topics_view import TopicsView
    from litmap.models import HeadingPath, Theme, Topic

INDENT = "\u2003"
HEIGHT = 640
"""Pixels of the tree; a longer one scrolls by itself, so that what is chosen stays in sight."""
SMALL = 25
"""Rows up to which all branches are open at first."""
BY_THEME, BY_NOTE = "By theme", "By note"


@dataclass(frozen=True, slots=True)
class Row:
    """A topic below its branch: its depth there, and its papers with those of topics below it."""

    topic: Topic
    depth: int
    count: int


@dataclass(frozen=True, slots=True)
class Branch:
    """A theme, a note, or what has no heading, with its topics and the number of its papers."""

    label: str
    count: int
    rows: tuple[Row, ...]
    theme: Theme | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the address names: a topic, a theme, or neither."""

    topic: Topic | None = None
    theme: Theme | None = None


def draw(view: TopicsView) -> Chosen:
    """The tree; a choice is a link, so that it stands in the address and in the history."""
    chosen = find_chosen(view, st.query_params.get("heading", ""), st.query_params.get("theme", ""))
    # a link from a page to itself does not write the address
    if chosen.topic:
        st.query_params["heading"] = name_of(chosen.topic)
    elif chosen.theme:
        st.query_params["theme"] = chosen.theme.id
    by = _choose_grouping() if view.themes else BY_NOTE
    wanted = components.filter_field(
        "Filter headings", "Filter headings", ":material/filter_list:", key="outline-filter"
    )
    branches = filter_branches(by_theme(view) if by == BY_THEME else by_note(view), wanted)
    with st.container(height=HEIGHT, border=False, gap="small", key="outline"):
        links.link("topics", "All topics", strong=chosen == Chosen())
        if not branches:
            st.caption("No heading has these words.")
        is_open = bool(wanted) or sum(len(branch.rows) for branch in branches) <= SMALL
        for branch in branches:
            _draw_branch(branch, chosen, is_open=is_open)
    return chosen


def _choose_grouping() -> str:
    picked = st.segmented_control(
        "Group headings",
        (BY_THEME, BY_NOTE),
        default=BY_THEME,
        key="outline-by",
        label_visibility="collapsed",
    )
    return picked or BY_THEME


def _draw_branch(branch: Branch, chosen: Chosen, *, is_open: bool) -> None:
    held = branch.theme is not None and branch.theme == chosen.theme
    held |= any(row.topic == chosen.topic for row in branch.rows)
    label = f"{formatting.escape(branch.label)} :gray[{branch.count}]"
    with st.expander(label, expanded=is_open or held):
        if branch.theme is not None:
            whole = f"All {formatting.count(len(branch.rows), 'heading')}"
            strong = branch.theme == chosen.theme
            links.link("topics", whole, strong=strong, theme=branch.theme.id)
        for row in branch.rows:
            name = row.topic.heading[-1] if row.topic.heading else row.topic.label
            text = f"{INDENT * row.depth}{name} · {row.count}"
            strong = row.topic == chosen.topic
            links.link("topics", text, strong=strong, heading=name_of(row.topic))


# ── what the address names ────────────────────────────────────────────────────────────────────────
def name_of(topic: Topic) -> str:
    """How a topic stands in an address."""
    return formatting.path(topic.heading) if topic.heading else topic.id


def find_chosen(view: TopicsView, heading: str, theme: str) -> Chosen:
    """The topic of this name, or whose path ends so; else the theme of this id or label."""
    names = {name_of(topic): topic for topic in view.topics}
    if heading:
        found = names.get(heading)
        ends = (topic for name, topic in names.items() if name.endswith(heading))
        return Chosen(topic=found or next(ends, None))
    themes = {name: one for one in view.themes for name in (one.label, one.id)}
    return Chosen(theme=themes.get(theme)) if theme else Chosen()


# ── the branches ──────────────────────────────────────────────────────────────────────────────────
def by_theme(view: TopicsView) -> list[Branch]:
    """A branch a theme, in the order of the notes, then what is in none."""
    topics = {topic.id: topic for topic in view.topics}
    branches = [
        Branch(
            theme.label,
            len(view.works_of(theme)),
            tuple(Row(topics[t], 0, len(topics[t].works)) for t in theme.topics),
            theme,
        )
        for theme in view.themes
    ]
    return [*branches, *_without_heading(view)]


def by_note(view: TopicsView) -> list[Branch]:
    """A branch a note, its headings as they stand there, then what has no heading."""
    notes: dict[str, list[Topic]] = {}
    for topic in view.topics:
        for note in topic.notes if topic.heading else ():
            notes.setdefault(note, []).append(topic)
    stands = {id(topic) for listed in notes.values() for topic in listed}
    loose = [t for t in view.topics if t.heading and id(t) not in stands]
    if loose:
        notes[""] = loose
    branches = [
        Branch(Path(note).name or "Other headings", _count(listed), tuple(tree(listed)))
        for note, listed in notes.items()
    ]
    return [*branches, *_without_heading(view)]


def _without_heading(view: TopicsView) -> list[Branch]:
    """Groups of papers that fit no heading."""
    groups = [topic for topic in view.topics if not topic.heading]
    rows = tuple(Row(topic, 0, len(topic.works)) for topic in groups)
    return [Branch("Subjects without a heading", _count(groups), rows)] if rows else []


def _count(topics: Sequence[Topic]) -> int:
    return len({work for topic in topics for work in topic.works})


def tree(topics: Sequence[Topic]) -> list[Row]:
    """The headings of a note in its order, each with its depth below those that stand above it."""
    rows = []
    for topic in topics:
        path = topic.heading or ()
        depth = sum(_is_above(other.heading or (), path) for other in topics)
        below = [t for t in topics if (t.heading or ())[: len(path)] == path]
        rows.append(Row(topic, depth, _count(below)))
    return rows


def _is_above(one: HeadingPath, two: HeadingPath) -> bool:
    return one != two and two[: len(one)] == one


def filter_branches(branches: Sequence[Branch], wanted: str) -> list[Branch]:
    """The branches whose name has all these words, and of the others the rows that have them."""
    words = wanted.casefold().split()
    found = []
    for branch in branches:
        rows = tuple(row for row in branch.rows if _has(_text(row.topic), words))
        whole = _has(branch.label, words)
        if rows or whole:
            kept = branch.rows if whole else rows
            found.append(Branch(branch.label, branch.count, kept, branch.theme))
    return found


def _text(topic: Topic) -> str:
    return " ".join(topic.heading or (topic.label,))


def _has(text: str, words: Sequence[str]) -> bool:
    return all(word in text.casefold() for word in words)
