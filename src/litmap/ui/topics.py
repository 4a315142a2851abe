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
            "No topics yet: your notes have no headings with papers, or nothing has been fetched so far."
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


# ── the outline ──────────────────────────────────────────────────────────────────────────────────────────────────────
def tree(topics: tuple[Topic, ...]) -> list[tuple[Topic, int, int]]:
    """Topics in the outline's order with their depth below the shortest path and their papers, those below included."""
    headed = [t for t in topics if t.heading]
    rows = []
    for topic in headed:
        path = topic.heading or ()
        depth = sum(
            1
            for t in headed
            if t.heading and t.heading != path and path[: len(t.heading)] == t.heading
        )
        below = {w for t in headed if (t.heading or ())[: len(path)] == path for w in t.works}
        if below:
            rows.append((topic, depth, len(below)))
    rows += [(t, 0, len(t.works)) for t in topics if not t.heading]
    return rows


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


# ── the map ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def _map(library: Library, view: TopicsView, chosen: Topic | None) -> None:
    if not view.points:
        st.caption("The map is drawn once there are papers to place.")
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        query = st.text_input(
            "Highlight", placeholder="Highlight search results on the map", icon=":material/lightbulb:", key="light",
            label_visibility="collapsed", width=300,
        )  # fmt: skip
        cited = st.toggle("Citations", key="map-citations", help="Show citation links")
    lit = _found(library, query or "")
    drawn = map_figure.draw(
        state.map_of(library), dark=_dark(), chosen=chosen.heading if chosen else None, citations=cited, lit=lit,
        emergent=[t for t in view.topics if t.heading is None],
    )  # fmt: skip
    picked: Any = st.plotly_chart(
        drawn, key="map", on_select="rerun", selection_mode="points", config=map_figure.CONFIG,
        alt="The map of the papers: one point per paper, a region for each heading",
    )  # fmt: skip
    works = [p["customdata"] for p in picked.selection.points if "customdata" in p]
    for work in works[:1]:
        name = work[0] if isinstance(work, list) else work
        if name in view.entries:
            with st.container(border=True, gap="small"):
                links.link_work(view.entries[name].work)
                st.caption(formatting.escape(formatting.byline(view.entries[name].work)))


def _dark() -> bool:
    return st.context.theme.type == "dark"


def _found(library: Library, query: str) -> list[str]:
    if not query.strip():
        return []
    try:
        answer = library.search(query, limit=8, by="paper")
    except SearchError as error:
        st.caption(formatting.escape(error.message))
        return []
    return [f.entry.work.id for f in answer.hits if f.entry]


# ── one topic ────────────────────────────────────────────────────────────────────────────────────────────────────────
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
    components.summary(view, f"topic-{topic.id}")


def _paper(view: TopicsView, work: str, filing: Filing | None, topic: Topic) -> None:
    entry = view.entries[work]
    with st.container(border=True, gap="small"):
        links.link_work(entry.work)
        st.caption(formatting.escape(formatting.byline(entry.work)))
        if filing and filing.misfit:
            st.caption(f":material/alt_route: {formatting.escape(filing.misfit)}")


def _findings(view: TopicsView, heading: HeadingPath | None) -> None:
    found = [f for f in view.findings if f.heading == heading] if heading else []
    for finding in found[:8]:
        st.caption(f":material/tips_and_updates: {formatting.escape(finding.evidence)}")


# ── suggestions ──────────────────────────────────────────────────────────────────────────────────────────────────────
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
            found = [f for f in view.findings if f.kind == kind]
            if found:
                with st.expander(
                    f"{title} ({len(found)})", expanded=kind in {"misfit", "new-topic"}
                ):
                    for finding in found[:25]:
                        st.markdown(f"- {formatting.escape(finding.evidence)}")
        st.caption(
            "Suggestions only. `litmap topics --suggest` prints them, `--apply` writes a patch for your notes."
        )


def _unfiled(view: TopicsView, filing: Filing) -> None:
    work = view.entries[filing.work].work
    labels = {t.id: t.label for t in view.topics}
    with st.container(border=True, gap="small"):
        links.link_work(work)
        if filing.suggested:
            where = f"**{formatting.escape(formatting.path(filing.suggested[-2:]))}**"
            st.caption(f":material/arrow_forward: {where}, {filing.confidence:.0%} confidence")
        else:
            name = labels.get(filing.cluster or "", "")
            st.caption(
                f":material/help_center: fits none of your headings{f'; closest to *{formatting.escape(name)}*' if name else ''}"
            )
        others = [a for a in filing.alternatives if a.heading != filing.suggested][:2]
        if others:
            st.caption(
                "or "
                + ", ".join(
                    f"{formatting.escape(a.heading[-1])} {a.confidence:.0%}" for a in others
                )
            )
