"""The library's schedule on the page of refreshes: when the next comes, and how to change it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from litmap.errors import UsageError
from litmap.pipeline.scheduling import as_attempt, job_of
from litmap.schedules import installing
from litmap.schedules.due import next_time
from litmap.schedules.names import schedule_name
from litmap.schedules.times import Times, read_times
from litmap.ui import configuration, formatting, state
from litmap.written_files import WrittenFiles

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from litmap.catalogue import Run

CHOICES = {
    "Mondays at 6": "0 6 * * 1",
    "Every day at 6": "0 6 * * *",
    "On the first of the month at 6": "0 6 1 * *",
    "Every six hours": "6h",
    "Other times": "",
}
"""What is offered → the cron expression, or the span of time."""
OTHER = "Other times"


def section(library: Path, runs: Sequence[Run]) -> None:
    """The schedule as one line, with a form to change it below."""
    found = installing.find(schedule_name(library))
    troubles = [installing.trouble(manager, schedule_name(library)) for manager, _ in found]
    label = _label(found[0][1], runs) if found else "No schedule is installed"
    if troubles and all(troubles):
        label = "The schedule is installed, but is not known to be kept"
    with st.expander(formatting.escape(label), icon=":material/schedule:", key="schedule"):
        told = st.session_state.pop("schedule-told", "")
        for (manager, times), trouble in zip(found, troubles, strict=True):
            _show_kept(manager.title, times, trouble, told=bool(told))
        if not state.may_change():
            st.info(state.how_to_change("change it from here"), icon=":material/lock:")
            return
        if told:
            st.success(formatting.escape(told), icon=":material/check:")
        if not found and (why := _why_none()):
            st.info(formatting.advice(why), icon=":material/info:")
            return
        _form(library, found[0][1] if found else None)


@st.cache_data(ttl=60, show_spinner=False)
def _why_none() -> str:
    """Why no schedule can be installed on this machine, and what to do; '' where one can."""
    try:
        installing.choose()
    except UsageError:
        return (
            "Nothing on this machine starts programs by the clock (systemd, launchd or cron), so "
            "no schedule can be installed. As long as a terminal is open, "
            "`litmap schedule --every 1d` refreshes the library."
        )
    return ""


def _show_kept(title: str, times: Times, trouble: str, *, told: bool) -> None:
    """Who refreshes the library and when, or why nobody does; the first unless just `told`."""
    if trouble:
        text = f"{title} was told to refresh this library {times}, but {trouble}."
        st.warning(formatting.escape(text), icon=":material/warning:")
    elif not told:
        st.caption(formatting.escape(f"{title} refreshes this library {times}."))


def _label(times: Times, runs: Sequence[Run]) -> str:
    """'Next refresh Monday 30 November, 06:00 · last one done 3 hours ago'."""
    now = datetime.now(UTC)
    coming = next_time(times, [as_attempt(run) for run in runs], now)
    when = (
        "as soon as it is asked for" if coming <= now else f"{coming.astimezone():%A %d %B, %H:%M}"
    )
    last = f" · last one {runs[0].state} {formatting.ago(runs[0].started)}" if runs else ""
    return f"Next refresh {when}{last}"


def _form(library: Path, times: Times | None) -> None:
    """Choose times and have the system keep them, or take the schedule back."""
    current = (times.cron or times.every) if times else ""
    offered = list(CHOICES)
    chosen = next((name for name, when in CHOICES.items() if when and when == current), OTHER)
    name = st.selectbox(
        "Refresh", offered, offered.index(chosen if current else offered[0]), key="schedule-choice"
    )
    when = CHOICES[name] or st.text_input(
        "A cron expression or a span of time",
        current,
        placeholder="30 7 * * mon,thu",
        help="minute hour day month weekday, in your time zone; or 30m, 6h, 1d",
        key="schedule-when",
    )
    with st.container(horizontal=True, gap="small"):
        label = "Change the schedule" if times else "Keep this schedule"
        if st.button(label, type="primary", icon=":material/schedule:"):
            _try(lambda: _install(when.strip(), times.zone if times else ""))
        if times and st.button("Take it back", icon=":material/close:"):
            _try(lambda: _uninstall(library))


def _try(change: Callable[[], str]) -> None:
    """Make a change and draw the page again; say what is wrong where it cannot be made."""
    try:
        st.session_state["schedule-told"] = change()
    except UsageError as error:
        st.error(formatting.advice(error.message), icon=":material/error:")
        return
    st.rerun()


def _install(when: str, zone: str) -> str:
    spaced = len(when.split()) > 1
    times = read_times(cron=when, zone=zone or None) if spaced else read_times(every=when)
    chosen = state.settings()
    title, told = installing.install(
        job_of(chosen, times, configuration.named_file()), WrittenFiles(chosen.state)
    )
    return f"{title} refreshes this library {times} from now on. {told[-1]}"


def _uninstall(library: Path) -> str:
    files = WrittenFiles(state.settings().state)
    untold = installing.uninstall(schedule_name(library), files)
    if not untold:
        return "There was no schedule."
    whys = [f" {title} was not told: {why}." for title, why in untold.items() if why]
    return f"{' and '.join(untold)} no longer refreshes this library.{''.join(whys)}"
