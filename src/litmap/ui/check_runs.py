"""Checks as the app runs them: each in a thread of its own, so that leaving the page does not stop
it, and once a build for all visitors.
"""

from __future__ import annotations

import logging
import tempfile
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from litmap.errors import LitmapError
from litmap.library.checking import CheckResults

if TYPE_CHECKING:
    from litmap.library import Library
    from litmap.models import Claim

logger = logging.getLogger(__name__)

MAX_RUNS = 4
"""Checks whose results are kept."""


@dataclass(frozen=True, slots=True)
class DraftFile:
    """A file that a visitor gives to be checked; `name` without a folder."""

    name: str
    data: bytes


class CheckRun:
    """A check under way or done: `results` or `failure` once `is_done`."""

    def __init__(self, library: Library, drafts: tuple[DraftFile, ...]) -> None:
        self.stage, self.done, self.total = "", 0, 0
        self.results: CheckResults | None = None
        self.failure: Exception | None = None
        self._thread = threading.Thread(target=self._run, args=(library, drafts), daemon=True)
        self._thread.start()

    @property
    def is_done(self) -> bool:
        """Whether it has ended, one way or the other."""
        return self.results is not None or self.failure is not None

    def wait(self, seconds: float) -> bool:
        """Whether it is done within so many seconds."""
        self._thread.join(seconds)
        return self.is_done

    def _run(self, library: Library, drafts: tuple[DraftFile, ...]) -> None:
        try:
            claims = _claims_of(library, drafts) if drafts else library.claims()
            self.results = library.checker().check(claims, self._tell)
        except LitmapError as error:
            self.failure = error
        except Exception as error:
            logger.exception("a check failed")
            self.failure = error

    def _tell(self, stage: str, done: int, total: int) -> None:
        self.stage, self.done, self.total = stage, done, total


def _claims_of(library: Library, drafts: tuple[DraftFile, ...]) -> list[Claim]:
    """What drafts say of the library's works; the files are here only while they are read."""
    with tempfile.TemporaryDirectory(prefix="litmap-draft-") as folder:
        paths = [Path(folder) / draft.name for draft in drafts]
        for path, draft in zip(paths, drafts, strict=True):
            path.write_bytes(draft.data)
        return [replace(claim, note=Path(claim.note).name) for claim in library.claims(paths)]


def run_of(library: Library, drafts: tuple[DraftFile, ...] = ()) -> CheckRun:
    """The check of the notes, or of these drafts, against the library's build; started where there
    is none yet.
    """
    root, build = str(library.paths.root), library.build_id
    cited = hash(tuple((e.work.id, e.status, e.checked_text, e.mentions) for e in library.works()))
    run = _start(root, build, cited, drafts, library)
    if run.failure is not None:
        _start.clear(root, build, cited, drafts, library)  # the next visit tries again
    return run


@st.cache_resource(show_spinner=False, max_entries=MAX_RUNS)
def _start(
    root: str, build: str, cited: int, drafts: tuple[DraftFile, ...], _library: Library
) -> CheckRun:
    return CheckRun(_library, drafts)
