"""Refreshes: what the last ones did, one that runs now, starting one, and the schedule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from litmap.errors import NoLibrary
from litmap.ui import (
    app_advice,
    first_steps,
    formatting,
    refresh_process,
    refresh_words,
    schedules,
    state,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from litmap.catalogue import Run
    from litmap.library import Library

STATES = {
    "done": ("done", "green"),
    "running": ("running", "blue"),
    "failed": ("failed", "red"),
    "interrupted": ("interrupted", "orange"),
}


def page() -> None:
    """Draw the page."""
    root = state.settings().library
    st.title("Refreshes", anchor=False)
    try:
        library = state.library_without_build()
    except NoLibrary:
        first_steps.welcome()
        return
    if refresh_process.is_running(root):
        refresh_process.watch(root)
    else:
        refresh_process.tell_failure(root)
        with st.expander("Start a refresh", icon=":material/sync:"):
            refresh_process.start_form(root, _notes(library))
    runs = library.runs(20)
    schedules.section(root, runs)
    if not runs:
        st.caption("No refresh yet.")
    for number, run in enumerate(runs):
        _run(run, expanded=number == 0)


def _notes(library: Library) -> str:
    """The notes of the last refresh, one a line."""
    chosen = state.settings().notes or tuple(dict.fromkeys(n.path for n in library.notes))
    return "\n".join(chosen[:30])


def _run(run: Run, *, expanded: bool) -> None:
    """One refresh: its state and time, what changed, what failed."""
    word, colour = STATES.get(run.state, (run.state, "gray"))
    report: dict[str, Any] = dict(run.report)
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.badge(formatting.escape(word), color=colour)  # type: ignore[arg-type]
            st.markdown(f"**{formatting.escape(formatting.ago(run.started))}**")
            st.caption(formatting.escape(_headline(run)))
        if expanded:
            done = " ".join(refresh_words.what_was_done(report.get("counts") or {}))
            st.markdown(formatting.escape(done))
        _changes(report.get("changes") or {}, expanded=expanded)
        _problems(run)
        took = refresh_words.how_long(report.get("seconds") or {}) if expanded else []
        if took:
            st.caption(f"It took: {formatting.escape(', '.join(took))}.")


def _changes(changes: Mapping[str, Sequence[str]], *, expanded: bool) -> None:
    """What is new, by kind."""
    for kind, titles in refresh_words.changes(changes).items():
        if titles:
            label = f"{formatting.escape(kind)} ({len(titles)})"
            with st.expander(label, expanded=expanded and len(titles) <= 6):
                for title in titles[:100]:
                    st.markdown(f"- {formatting.escape(str(title))}")


def _problems(run: Run) -> None:
    if run.problems:
        with st.expander(f"Problems ({len(run.problems)})", icon=":material/warning:"):
            for problem in run.problems[:200]:
                subject = formatting.escape(formatting.shorten(problem.subject, 120))
                st.markdown(
                    f"- **{subject}** {formatting.advice(app_advice.in_app(problem.reason))}"
                )


def _headline(run: Run) -> str:
    counts = run.report.get("counts") or {}
    statuses = counts.get("by_status") or {}
    parts = [formatting.count(int(counts["works"]), "work")] if "works" in counts else []
    parts += [f"{n} {formatting.STATUSES.get(s, (s,))[0]}" for s, n in statuses.items() if n]
    seconds = formatting.between(run.started, run.finished)
    return " · ".join(
        [*parts, *([f"in {formatting.duration(seconds)}"] if seconds is not None else [])]
    )
