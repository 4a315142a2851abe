"""A refresh as the app starts and watches it: a process of its own, so that closing the app does
not stop it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import streamlit as st

from litmap.lock import holder, is_held
from litmap.paths import LibraryPaths
from litmap.ui import formatting, state

LOG = "refresh.log"
_TAIL = 4000
NO_START = (
    "To start a refresh from here, open the address with the token that `litmap app` printed in "
    "its "
    "terminal."
)


def is_running(root: Path) -> bool:
    """Whether a refresh writes this library now, whoever started it."""
    return is_held(LibraryPaths(root).lock)


def start(root: Path, notes: list[str], *, offline: bool = False) -> None:
    """Start a refresh in the background; what it prints goes to a log file in the library."""
    root.mkdir(parents=True, exist_ok=True)
    program = [sys.executable, "-c", "import sys; from litmap.cli import main; sys.exit(main())"]
    command = [*program, "refresh", "--library", str(root), *(["--offline"] if offline else [])]
    with (root / LOG).open("wb") as log:
        subprocess.Popen(  # noqa: S603 - this interpreter; the notes' paths follow '--'
            [*command, "--", *notes],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1", "NO_COLOR": "1"},
        )


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
        st.info(NO_START, icon=":material/lock:")
        return
    with st.form("start", border=True):
        given = st.text_area(
            "Notes", notes, placeholder="~/notes", help="Files or folders, one per line.", height=80
        )
        offline = st.checkbox(
            "Offline", help="Work offline: use only your notes and the PDFs already in the library."
        )
        pressed = st.form_submit_button("Start a refresh", type="primary", icon=":material/sync:")
    if not pressed:
        return
    paths = [Path(line.strip()).expanduser() for line in given.splitlines() if line.strip()]
    absent = [p for p in paths if not p.exists()]
    if absent or not paths:
        what = f"There is no {absent[0]}" if absent else "Name the files or folders of your notes"
        st.error(f"{formatting.escape(what)}.", icon=":material/error:")
        return
    start(root, [str(p) for p in paths], offline=offline)
    st.toast("The refresh has started", icon=":material/sync:")
    watch(root)


@st.fragment(run_every=2.0)
def watch(root: Path) -> None:
    """The running refresh: since when, and what it says. The whole page is drawn again when it
    ends.
    """
    if not is_running(root):
        seen = st.session_state.get("watched", 0)
        st.session_state["watched"] = seen + 1
        if seen >= 2:  # a refresh needs a moment to take the lock
            st.session_state["watched"] = 0
            st.rerun()
        st.caption("Starting …")
        return
    st.session_state["watched"] = 2
    who = holder(LibraryPaths(root).lock)
    st.status(
        f"A refresh is running (since {formatting.escape(formatting.ago(who.get('started', '')))})",
        state="running",
    )
    printed = tail(root)
    if printed:
        st.code(printed, language=None, height=220)
