"""A refresh as the app starts and watches it: a process of its own, so that closing the app does
not stop it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from litmap import operating_system
from litmap.lock import holder, is_held
from litmap.paths import LibraryPaths
from litmap.ui import configuration, formatting, refresh_words, state

LOG = "refresh.log"
LITMAP = (sys.executable, "-P", "-m", "litmap")
"""The command as a process of its own."""
OWN = "litmap: "
"""What a command's own word on its failure begins with."""
_TAIL = 4000
OFFLINE = "refresh-offline"
"""Where the session keeps whether refreshes are to be offline."""

_started: dict[Path, subprocess.Popen[bytes]] = {}
"""The last process that this app started, by library."""


def is_running(root: Path) -> bool:
    """Whether a refresh writes this library now, whoever started it, or one from here begins to."""
    return is_held(LibraryPaths(root).lock) or _runs(root)


def _runs(root: Path) -> bool:
    process = _started.get(root.resolve())
    return process is not None and process.poll() is None


def start(root: Path, notes: list[str], *, offline: bool = False) -> None:
    """Start a refresh in the background."""
    _launch(root, "refresh", [*(["--offline"] if offline else []), "--", *notes])


def build_example(root: Path) -> None:
    """Start building the example library, in the background; no network is asked."""
    _launch(root, "demo", ["--no-serve"])


def mend(root: Path) -> None:
    """Start building anew what is damaged, in the background."""
    _launch(root, "doctor", ["--fix"])


def stop(root: Path) -> None:
    """Stop what this app started; the library stays as it was after the last whole build."""
    if _runs(root):
        _started[root.resolve()].terminate()


def _launch(root: Path, command: str, arguments: Sequence[str]) -> None:
    """Start a command of litmap's, once; what it prints goes to a log file in the library."""
    if is_running(root):
        return
    root.mkdir(parents=True, exist_ok=True)
    with (root / LOG).open("wb") as log:
        _started[root.resolve()] = subprocess.Popen(  # noqa: S603 - this interpreter; paths follow '--'
            [
                *(*LITMAP, command, "--library", str(root)),
                *(*configuration.options_of_commands(), *arguments),
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1", "NO_COLOR": "1"},
        )


def failure(root: Path) -> str:
    """Why the last process that this app started failed, in its own words; '' where it did not."""
    process = _started.get(root.resolve())
    code = None if process is None else process.poll()
    if code is None or code == 0 or operating_system.was_stopped(code):
        return ""
    lines = tail(root).splitlines()
    own = [line.removeprefix(OWN) for line in lines if line.startswith(OWN)]
    return (own or lines or [f"It ended with the code {code}."])[-1]


def tell_failure(root: Path) -> None:
    """Say why what was started here failed, and what it printed."""
    reason = failure(root)
    if not reason:
        return
    st.error(
        f"**This failed.** {formatting.advice(formatting.sentence(reason))}",
        icon=":material/error:",
    )
    printed = tail(root)
    if printed:
        with st.expander("What it printed"):
            st.code(printed, language=None)


def tail(root: Path) -> str:
    """The end of what the last refresh from here printed."""
    try:
        with (root / LOG).open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return ""
    lines = [line.rsplit("\r", 1)[-1].rstrip() for line in text.splitlines()]
    return "\n".join(line for line in lines if line)


def start_form(root: Path, notes: str = "") -> None:
    """A form that starts a refresh of these notes (one path a line), for those who may."""
    if not state.may_change():
        st.info(state.how_to_change("start a refresh from here"), icon=":material/lock:")
        return
    with st.form("start", border=True):
        given = st.text_area(
            "Notes", notes, placeholder="~/notes", help="Files or folders, one per line.", height=80
        )
        offline = offline_box()
        pressed = st.form_submit_button("Start a refresh", type="primary", icon=":material/sync:")
    if not pressed:
        return
    paths = [Path(line.strip()).expanduser() for line in given.splitlines() if line.strip()]
    absent = [p for p in paths if not p.exists()]
    if absent or not paths:
        what = f"There is no {absent[0]}" if absent else "Name the files or folders of your notes"
        st.error(f"{formatting.advice(what)}.", icon=":material/error:")
        return
    start(root, [str(p) for p in paths], offline=offline)
    st.rerun()


def offline_box() -> bool:
    """A tick for working offline: as it was left in this session, else as the settings have it."""
    kept = st.session_state.get(OFFLINE, state.settings().offline)
    st.session_state.setdefault("start-offline", kept)  # Streamlit forgets it with the page
    ticked = st.checkbox(
        "Offline",
        key="start-offline",
        help="Use only your notes and the PDFs that are in the library or its folder papers.",
    )
    st.session_state[OFFLINE] = ticked
    return ticked


@st.fragment(run_every=2.0)
def watch(root: Path) -> None:
    """What runs: since when, its stages, and what it says. The whole page is drawn again when it
    ends.
    """
    if not is_running(root):
        st.rerun()
    lock = LibraryPaths(root).lock
    started = holder(lock).get("started", "") if is_held(lock) else ""  # else it tells of an older
    since = f" (since {formatting.escape(formatting.ago(started))})" if started else ""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.status(f"A refresh is running{since}", state="running")
        if _runs(root) and state.may_change():
            st.button("Stop", icon=":material/stop_circle:", on_click=stop, args=(root,))
    _stages(root)
    printed = tail(root) if _runs(root) else ""
    if printed:
        with st.expander("What it prints", icon=":material/terminal:"):
            st.code(printed, language=None, height=220)


def _stages(root: Path) -> None:
    """The stages that have begun, with how far each is."""
    from litmap.pipeline.kept_progress import read_progress

    steps = refresh_words.steps(read_progress(LibraryPaths(root)))
    if not steps:
        st.caption("It is about to begin: this takes some seconds.")
    for step in steps:
        told = f" :gray[{formatting.escape(step.told)}]" if step.told else ""
        label = f"{formatting.escape(step.label)}{told}"
        if step.share is not None:
            st.progress(step.share, text=label)
        else:
            icon = ":green[:material/check:]" if step.is_over else ":material/hourglass_top:"
            st.markdown(f"{icon} {label}")
