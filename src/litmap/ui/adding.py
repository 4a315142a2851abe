"""Add PDFs: files dropped on the app go the way of `litmap add`, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from litmap.parsing.file_names import safe_stem
from litmap.settings import Settings
from litmap.ui import configuration, formatting, links, refresh_process, state

KINDS = ("pdf", "xml", "nxml", "html", "htm", "xhtml", "epub")
"""Endings that the browser offers; what a file is its content tells."""
MAX_FILES = 50
"""Files taken at once."""
MAX_ENDING = 5
"""Characters of what may be a file's ending."""
NAMELESS = "paper"
"""A file whose name says nothing."""
_TOLD = "added"
"""Where the session keeps what became of the files that were added last."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file: a sentence, and the work it was filed as; '' for none. `doubt`: why
    it was not added to the work that it was given to.
    """

    told: str
    work: str = ""
    title: str = ""
    doubt: str = ""


def section(settings: Settings) -> None:
    """A place to drop PDFs on, for those who may, and what became of the last ones."""
    with st.expander("Add PDFs", icon=":material/upload_file:"):
        if not state.may_change():
            st.info(state.how_to_change("add PDFs"), icon=":material/lock:")
            return
        _form(settings)
        _show(st.session_state.get(_TOLD, ()))


def _form(settings: Settings) -> None:
    with st.form("add-files", border=False, clear_on_submit=True):
        given = st.file_uploader(
            "PDFs (or JATS, HTML, EPUB)",
            KINDS,
            accept_multiple_files=True,
            key="add-given",
            max_upload_size=settings.pdf_megabytes,
        )
        st.caption(
            "Each is copied into the library's drop folder and filed: as a work that your notes "
            "cite, where it is one, else as a work of its own. Nothing leaves this machine."
        )
        pressed = st.form_submit_button("Add", icon=":material/add:", key="add-go")
    if not pressed or not given:
        return
    if refresh_process.is_running(settings.library):
        st.warning("A refresh is running; add them when it is done.", icon=":material/sync:")
        return
    with st.spinner("Reading …", show_time=True):
        files = [(one.name, one.getvalue()) for one in given[:MAX_FILES]]
        st.session_state[_TOLD] = add(settings, files)
    st.rerun()


def _show(told: Sequence[Outcome]) -> None:
    for outcome in told:
        if outcome.work:
            links.link("paper", outcome.title, ":material/check_circle:", work=outcome.work)
        st.caption(formatting.advice(outcome.told))


def add(settings: Settings, files: Sequence[tuple[str, bytes]]) -> list[Outcome]:
    """Add files, (name, bytes), to the library; what became of each, in their order.

    Their content is looked into by a process of its own alone, which is `litmap add`.
    """
    with tempfile.TemporaryDirectory(prefix="litmap-add-") as folder:
        paths = []
        for name, data in files:
            path = _free(Path(folder) / safe_name(name))
            path.write_bytes(data)
            paths.append(path)
        report = _run(settings, paths)
        if "error" not in report or len(paths) == 1:
            return [_outcome(path, report) for path in paths]
        # One that is no paper keeps all out: each for itself then.
        return [_outcome(path, _run(settings, [path])) for path in paths]


def safe_name(name: str) -> str:
    """A file's name without folders and what some system does not take."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    stem, dot, ending = last.strip(" .").rpartition(".")
    if not dot or len(ending) > MAX_ENDING:
        return safe_stem(last, NAMELESS)
    return f"{safe_stem(stem, NAMELESS)}.{safe_stem(ending, NAMELESS)}"


def _free(path: Path) -> Path:
    """The path, or the first with a number that is free: two files may have one name."""
    free, number = path, 1
    while free.exists():
        free, number = path.with_name(f"{path.stem}-{number}{path.suffix}"), number + 1
    return free


def add_to_work(settings: Settings, work: str, name: str, data: bytes, *, sure: bool) -> Outcome:
    """Add a file as the PDF of a work (its id); unless `sure`, not where its text seems to be
    another's: `Outcome.doubt` says why.
    """
    with tempfile.TemporaryDirectory(prefix="litmap-add-") as folder:
        path = Path(folder) / safe_name(name)
        path.write_bytes(data)
        report = _run(settings, [path], "--as", work, *(["--sure"] if sure else []))
    if "doubt" in report:
        return Outcome(f"{path.name}: {report['doubt']}", doubt=str(report["doubt"]))
    return _outcome(path, report)


def _run(settings: Settings, paths: Sequence[Path], *options: str) -> dict[str, Any]:
    """The report of `litmap add --json`; `{"error": why}` where it adds nothing."""
    command = [*refresh_process.LITMAP, "add", "--json", "--library", str(settings.library)]
    given = [*options, *configuration.options_of_commands(), "--", *map(str, paths)]
    done = subprocess.run(  # noqa: S603 - this interpreter; the files' paths follow '--'
        [*command, *given],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        env={**os.environ, "NO_COLOR": "1"},
        check=False,
    )
    try:
        report: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        return {
            "error": lines[-1].removeprefix(refresh_process.OWN)
            if lines
            else "it could not be added"
        }
    return report


def _outcome(path: Path, report: Mapping[str, Any]) -> Outcome:
    """What a report says of one file."""
    if "error" in report:
        return Outcome(f"{path.name}: {report['error']}")
    copy = report["copies"][str(path)]
    file = next((file for file in report["files"] if file["file"] == copy), None)
    if file is not None:
        where = "a work that your notes cite" if file["cited"] else "a work of its own"
        missing = f" Not known: {', '.join(file['missing'])}." if file["missing"] else ""
        return Outcome(f"{copy}: {where}.{missing}", file["work"], file["title"])
    problems = [p["reason"] for p in report["problems"] if Path(p["subject"]).name == copy]
    return Outcome(f"{path.name}: {'; '.join(problems) or 'it was not filed'}")
