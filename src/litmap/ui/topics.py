"""Topics: my outline with its papers, the map, and what the texts say that the outline does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from litmap.errors import LitmapError, SearchError
from litmap.library.topics_view import FINDINGS
from litmap.ui import (
    chosen_papers,
    components,
    filing_words,
    formatting,
    heading_pairs,
    kept_words,
    links,
    map_view,
    outline,
    state,
    theme,
)
from litmap.ui.outline import name_of

if TYPE_CHECKING:
    from litmap.library import Entry, Library
    from litmap.library.topics_view import TopicsView
    from litmap.models import Filing, HeadingPath, Topic


MAX_SHOWN = 40
"""Papers of a heading that are drawn before more are asked for."""


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
    kept_words.offer_refresh(library)
    left, right = st.columns([3, 8], gap="large")
    with left:
        chosen = outline.draw(view)
    with right:
        if chosen.topic is not None:
            _topic(library, view, chosen.topic)
        elif chosen.theme is not None:
            theme.draw(library, view, chosen.theme)
        else:
            components.unseen_title("Topics")
        _map(library, view, chosen.topic)
    if chosen == outline.Chosen():
        _suggestions(library, view)


# ── the map ───────────────────────────────────────────────────────────────────────────────────────
@st.fragment
def _map(library: Library, view: TopicsView, chosen: Topic | None) -> None:
    """The map with what is done with papers chosen on it; drawn anew without the rest of the
    page.
    """
    if not view.points:
        st.caption("The map is drawn once there are papers to place.")
        return
    query = components.filter_field(
        "Highlight",
        "Highlight search results on the map",
        ":material/lightbulb:",
        key="light",
        width=300,
    )
    choice = map_view.draw(
        library,
        heading=chosen.heading if chosen else None,
        lit=_works_to_highlight(library, query) if query else None,
    )
    if choice.opened:
        links.go("paper", work=choice.opened)
    if choice.selected:
        chosen_papers.draw(library, [view.entries[work] for work in choice.selected])
    if choice.chosen:
        _said_of(view.entries[choice.chosen])


def _said_of(entry: Entry) -> None:
    """What the reader's notes say of the paper that is chosen on the map."""
    if entry.mentions:
        with st.container(border=True, gap="small"):
            links.link_work(entry.work)
            components.note_excerpts(entry.mentions)


def _works_to_highlight(library: Library, query: str) -> list[str]:
    if not query.strip():
        return []
    try:
        answer = library.search(query, limit=8, by="paper")
    except SearchError as error:
        st.caption(formatting.advice(error.message))
        return []
    return [hit.entry.work.id for hit in answer.hits if hit.entry]


# ── one topic ─────────────────────────────────────────────────────────────────────────────────────
def _topic(library: Library, view: TopicsView, topic: Topic) -> None:
    st.title(formatting.escape(topic.heading[-1] if topic.heading else topic.label), anchor=False)
    if topic.heading and len(topic.heading) > 1:
        st.caption(formatting.escape(formatting.path(topic.heading)))
    if by := view.label_by.get(topic.id):
        st.caption(f"Named by {formatting.escape(by)}, with words of its papers")
    if topic.keywords:
        st.caption(
            "Distinctive terms: " + ", ".join(formatting.escape(w) for w in topic.keywords[:10])
        )
    left, right = st.columns([11, 9], gap="large")
    with left:
        _summary(library, topic)
        _findings(view, topic.heading)
    with right:
        components.selected_page(view.entries)
        st.header("Papers", anchor=False)
        filings = {f.work: f for f in view.filings}
        known = [work for work in topic.works if work in view.entries]
        shown, more = components.some(known, f"topic-all-{topic.id}", MAX_SHOWN)
        for work in shown:
            _paper(view, work, filings.get(work), topic)
        more()
        links.link("search", "More like this heading", ":material/join_inner:", like=name_of(topic))


def _summary(library: Library, topic: Topic) -> None:
    try:
        view = library.summary(name_of(topic))
    except LitmapError as error:
        st.caption(formatting.advice(error.message))
        return
    st.header("What its papers say", anchor=False)
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
def _suggestions(library: Library, view: TopicsView) -> None:
    """Works without a heading and where they would go; then what strikes about the outline."""
    unfiled = view.unplaced()
    left, right = st.columns(2, gap="large")
    with left:
        st.header("Papers without a heading", anchor=False)
        if not unfiled:
            st.caption("Every paper stands under a heading of yours.")
        for filing in unfiled[:30]:
            _unfiled(view, filing)
    with right:
        st.header("About your outline", anchor=False)
        if not view.findings:
            st.caption("Nothing to report: every heading matches its papers.")
        for kind, title in FINDINGS.items():
            _findings_of_kind(library, view, kind, title)
        st.caption(
            "Suggestions only. `litmap topics --suggest` prints them, `--apply` moves the lines "
            "in your notes."
        )


def _findings_of_kind(library: Library, view: TopicsView, kind: str, title: str) -> None:
    findings = [finding for finding in view.findings if finding.kind == kind]
    if findings:
        label = f"{title} ({len(findings)})"
        with st.expander(label, expanded=kind in {"misfit", "new-topic"}):
            if kind == "near-duplicate":
                heading_pairs.draw(library, view, findings)
                return
            for finding in findings[:25]:
                st.markdown(f"- {formatting.escape(finding.evidence)}")


def _unfiled(view: TopicsView, filing: Filing) -> None:
    """A paper without a heading, with the headings it may belong under."""
    with st.container(border=True, gap="small"):
        links.link_work(view.entries[filing.work].work)
        icon = ":material/arrow_forward:" if filing.suggested else ":material/help_center:"
        st.caption(f"{icon} {filing_words.suggested(filing)}")
        group = next((t.label for t in view.topics if t.id == filing.cluster), "")
        if group:
            st.caption(f"Closest to *{formatting.escape(group)}*")
        if others := filing_words.others(filing):
            st.caption(others)
