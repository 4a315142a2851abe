"""Topics: my outline with its papers, the map, and what the texts say that the outline does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from litmap.errors import LitmapError, SearchError
from litmap.library.topics_view import FINDINGS
from litmap.ui import components, formatting, links, map_figure, state

if TYPE_CHECKING:
    from litmap.library import Library
    from litmap.library.topics_view import TopicsView
    from litmap.models import Filing, HeadingPath, Topic

INDENT = "\u2003"


def page() -> None:
    """Draw the page."""
    library = state.library()
    view = library.topics()
    if not view.topics:
        st.title("Topics", anchor=False)
        st.info(
            "No topics yet: your notes have no headings with papers, or nothing has been fetched "
            "so far."
        )
        return
    rows = tree(view.topics)
    left, right = st.columns([3, 8], gap="large")
    with left:
        chosen = _outline(rows)
    with right:
        _map(library, view, chosen)
    if chosen is None:
        _suggestions(view)
    else:
        _topic(library, view, chosen)


# ── the outline ───────────────────────────────────────────────────────────────────────────────────
def tree(topics: tuple[Topic, ...]) -> list[tuple[Topic, int, int]]:
    """Topics in the outline's order with their depth and the number of their papers.

    The depth counts the topics above one, the papers are those of the topics below it too. Topics
    that are no heading of the notes come last.
    """
    headings = [(topic.heading, topic) for topic in topics if topic.heading]
    rows = []
    for path, topic in headings:
        depth = sum(_is_above(other, path) for other, _ in headings)
        works = {work for other, t in headings if other[: len(path)] == path for work in t.works}
        if works:
            rows.append((topic, depth, len(works)))
    rows += [(topic, 0, len(topic.works)) for topic in topics if not topic.heading]
    return rows


def _is_above(one: HeadingPath, two: HeadingPath) -> bool:
    return one != two and two[: len(one)] == one


def _outline(rows: list[tuple[Topic, int, int]]) -> Topic | None:
    """The outline as a list to choose from; the choice stands in the address."""
    by_name = {name_of(t): (t, depth, n) for t, depth, n in rows}
    names = ["", *by_name]
    asked = st.query_params.get("heading", "")
    if asked not in by_name:
        asked = next((n for n in by_name if asked and n.endswith(asked)), "")

    def label(name: str) -> str:
        if not name:
            return "**All topics**"
        topic, depth, count = by_name[name]
        text = formatting.escape(topic.heading[-1] if topic.heading else topic.label)
        return f"{INDENT * depth}{text if topic.heading else f'*{text}*'} :gray[{count}]"

    picked = st.radio(
        "Topics",
        names,
        index=names.index(asked),
        format_func=label,
        label_visibility="collapsed",
        key=f"outline-{asked}",
    )
    if picked != asked:
        if picked:
            st.query_params["heading"] = picked
        else:
            st.query_params.pop("heading", None)
        st.session_state.pop("shown", None)
        st.rerun()
    return by_name[picked][0] if picked else None


def name_of(topic: Topic) -> str:
    """How a topic stands in an address."""
    return formatting.path(topic.heading) if topic.heading else topic.id


# ── the map ───────────────────────────────────────────────────────────────────────────────────────
def _map(library: Library, view: TopicsView, chosen: Topic | None) -> None:
    if not view.points:
        st.caption("The map is drawn once there are papers to place.")
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        query = st.text_input(
            "Highlight",
            placeholder="Highlight search results on the map",
            icon=":material/lightbulb:",
            key="light",
            label_visibility="collapsed",
            width=300,
        )
        cited = st.toggle("Citations", key="map-citations", help="Show citation links")
    drawn = map_figure.draw(
        state.map_of(library),
        dark=_dark(),
        chosen=chosen.heading if chosen else None,
        citations=cited,
        lit=_works_to_highlight(library, query or ""),
        emergent=[topic for topic in view.topics if topic.heading is None],
    )
    picked: Any = st.plotly_chart(
        drawn,
        key="map",
        on_select="rerun",
        selection_mode="points",
        config=map_figure.CONFIG,
        alt="The map of the papers: one point per paper, a region for each heading",
    )
    works = [point["customdata"] for point in picked.selection.points if "customdata" in point]
    if works:
        _picked_paper(view, works[0][0] if isinstance(works[0], list) else works[0])


def _picked_paper(view: TopicsView, work: str) -> None:
    """The paper whose point was clicked."""
    if work in view.entries:
        with st.container(border=True, gap="small"):
            links.link_work(view.entries[work].work)
            st.caption(formatting.escape(formatting.byline(view.entries[work].work)))


def _dark() -> bool:
    return st.context.theme.type == "dark"


def _works_to_highlight(library: Library, query: str) -> list[str]:
    if not query.strip():
        return []
    try:
        answer = library.search(query, limit=8, by="paper")
    except SearchError as error:
        st.caption(formatting.escape(error.message))
        return []
    return [hit.entry.work.id for hit in answer.hits if hit.entry]


# ── one topic ─────────────────────────────────────────────────────────────────────────────────────
def _topic(library: Library, view: TopicsView, topic: Topic) -> None:
    st.header(formatting.escape(topic.heading[-1] if topic.heading else topic.label), anchor=False)
    if topic.heading and len(topic.heading) > 1:
        st.caption(formatting.escape(formatting.path(topic.heading)))
    if topic.keywords:
        st.caption(
            "Distinctive terms: " + ", ".join(formatting.escape(w) for w in topic.keywords[:10])
        )
    left, right = st.columns([11, 9], gap="large")
    with left:
        _summary(library, topic)
        _findings(view, topic.heading)
    with right:
        components.selected_page(dict(view.entries))
        st.subheader("Papers", anchor=False)
        filings = {f.work: f for f in view.filings}
        for work in topic.works:
            if work in view.entries:
                _paper(view, work, filings.get(work), topic)
        links.link("search", "More like this heading", ":material/join_inner:", like=name_of(topic))


def _summary(library: Library, topic: Topic) -> None:
    try:
        view = library.summary(name_of(topic))
    except LitmapError as error:
        st.caption(formatting.escape(error.message))
        return
    st.subheader("What its papers say", anchor=False)
    if view.new:
        st.caption(":material/fiber_new: New since the last refresh:")
        for work in view.new:
            links.link_work(library.by_id[work].work)
    components.summary(view, f"topic-{topic.id}")


def _paper(view: TopicsView, work: str, filing: Filing | None, topic: Topic) -> None:
    entry = view.entries[work]
    with st.container(border=True, gap="small"):
        links.link_work(entry.work)
        st.caption(formatting.escape(formatting.byline(entry.work)))
        if filing and filing.misfit:
            st.caption(f":material/alt_route: {formatting.escape(filing.misfit)}")


def _findings(view: TopicsView, heading: HeadingPath | None) -> None:
    findings = [f for f in view.findings if f.heading == heading] if heading else []
    for finding in findings[:8]:
        st.caption(f":material/tips_and_updates: {formatting.escape(finding.evidence)}")


# ── suggestions ───────────────────────────────────────────────────────────────────────────────────
def _suggestions(view: TopicsView) -> None:
    """Works without a heading and where they would go; then what strikes about the outline."""
    unfiled = view.unplaced()
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("Papers without a heading", anchor=False)
        if not unfiled:
            st.caption("Every paper stands under a heading of yours.")
        for filing in unfiled[:30]:
            _unfiled(view, filing)
    with right:
        st.subheader("About your outline", anchor=False)
        if not view.findings:
            st.caption("Nothing to report: every heading matches its papers.")
        for kind, title in FINDINGS.items():
            _findings_of_kind(view, kind, title)
        st.caption(
            "Suggestions only. `litmap topics --suggest` prints them, `--apply` moves the lines "
            "in your notes."
        )


def _findings_of_kind(view: TopicsView, kind: str, title: str) -> None:
    findings = [finding for finding in view.findings if finding.kind == kind]
    if findings:
        label = f"{title} ({len(findings)})"
        with st.expander(label, expanded=kind in {"misfit", "new-topic"}):
            for finding in findings[:25]:
                st.markdown(f"- {formatting.escape(finding.evidence)}")


def _unfiled(view: TopicsView, filing: Filing) -> None:
    """A paper without a heading, with the headings it may belong under."""
    with st.container(border=True, gap="small"):
        links.link_work(view.entries[filing.work].work)
        if filing.suggested:
            where = f"**{formatting.escape(formatting.path(filing.suggested[-2:]))}**"
            st.caption(f":material/arrow_forward: {where}, {filing.confidence:.0%} confidence")
        else:
            labels = {topic.id: topic.label for topic in view.topics}
            name = labels.get(filing.cluster or "", "")
            closest = f"; closest to *{formatting.escape(name)}*" if name else ""
            st.caption(f":material/help_center: fits none of your headings{closest}")
        others = [a for a in filing.alternatives if a.heading != filing.suggested][:2]
        if others:
            names = (f"{formatting.escape(a.heading[-1])} {a.confidence:.0%}" for a in others)
            st.caption(f"or {', '.join(names)}")
