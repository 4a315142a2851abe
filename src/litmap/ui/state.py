"""The library as the pages see it: opened once a build, shared by all visitors, with a word for
every way it fails.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from litmap.errors import DamagedBuild, LitmapError, ModelError, NewerCatalogue, NoLibrary
from litmap.settings import Settings, load_settings
from litmap.ui import access, formatting

if TYPE_CHECKING:
    from litmap.library import Library
    from litmap.maps.map_model import Picture
    from litmap.models import Document, PdfFile

Rect = tuple[float, float, float, float]
Rects = tuple[Rect, ...]


def settings() -> Settings:
    """The settings of this app: LITMAP_LIBRARY and the rest of the environment, or litmap.toml."""
    return load_settings()


def library() -> Library:
    """The library, of the build that is current. Raises `LitmapError` and its kinds."""
    chosen = settings()
    return _open(str(chosen.library.resolve()), _stamp(chosen.library))


def may_change() -> bool:
    """Whether this visitor may change something: the browser holds the app's token."""
    rules = access.current()
    return rules is not None and rules.holds_token(st.context.cookies)


def _stamp(root: Path) -> tuple[str, int]:
    """What changes when the library must be opened again: its build, and (between refreshes) its
    catalogue.
    """
    from litmap.lock import is_held
    from litmap.paths import LibraryPaths

    paths = LibraryPaths(root)
    try:
        build = paths.current.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        build = ""
    if is_held(paths.lock):
        return build, 0
    times = [
        p.stat().st_mtime_ns
        for p in (paths.catalogue, Path(f"{paths.catalogue}-wal"))
        if p.exists()
    ]
    return build, max(times, default=0)


@st.cache_resource(show_spinner=False, max_entries=2)
def _open(root: str, stamp: tuple[str, int]) -> Library:
    from litmap.library import Library

    opened = Library.open(settings=load_settings({"library": root}))
    if opened.build_id:
        threading.Thread(target=_warm, args=(opened,), daemon=True).start()
    return opened


def _warm(opened: Library) -> None:
    """Load the model and start the process that draws pages, so that the first search need not wait
    for them.
    """
    with suppress(Exception):
        opened.search("warm", limit=1)
    with suppress(Exception):
        pdf = next(e.pdf for e in opened.works() if e.pdf and e.pdf.has_pages)
        opened.page_image(pdf, 1, zoom=0.2)


def map_of(opened: Library) -> Picture:
    """The map as data, made once for a library that is open."""
    root, build = str(opened.paths.root), opened.build_id
    return _map(root, build, opened)


@st.cache_resource(show_spinner=False, max_entries=2)
def _map(root: str, build: str, _library: Library) -> Picture:
    return _library.picture()


@st.cache_data(show_spinner=False, max_entries=200, max_size="200MB")
def page_image(
    root: str, sha256: str, page: int, rects: Rects, zoom: float, clip: Rect | None = None
) -> bytes:
    """A PNG of a page, or of the part inside `clip`, with rectangles marked. Raises `PdfError`."""
    from litmap import text
    from litmap.paths import LibraryPaths

    return text.render(LibraryPaths(Path(root)).pdf(sha256), page, rects, zoom, clip=clip)


def picture_of(
    pdf: PdfFile, page: int, rects: Sequence[Rect], zoom: float = 1.6, clip: Rect | None = None
) -> bytes:
    """A page of a PDF of the library as a PNG, or the part of it inside `clip`, kept for the next
    time. Raises `PdfError`.
    """
    root = str(settings().library.resolve())
    return page_image(
        root, pdf.sha256, page, tuple((a, b, c, d) for a, b, c, d in rects), zoom, clip
    )


def document_of(pdf: PdfFile) -> Document:
    """The text of a file of the library. Raises `PdfError`."""
    return library().document(pdf)


def explain(error: LitmapError) -> None:
    """Say what is wrong and what to do about it."""
    if isinstance(error, NoLibrary):
        welcome()
        return
    title, hint = _WORDS.get(type(error), ("This did not work", ""))
    message = error.message[:1].upper() + error.message[1:]
    st.warning(f"**{title}.** {formatting.escape(message)}", icon=":material/error:")
    if hint:
        st.code(hint, language="sh")


_WORDS: dict[type[LitmapError], tuple[str, str]] = {
    DamagedBuild: ("The index is damaged", "litmap doctor --fix"),
    ModelError: ("The embedding model is missing", "litmap doctor"),
    NewerCatalogue: ("This library was made by a newer litmap", "pip install --upgrade litmap"),
}


def welcome() -> None:
    """What a newcomer sees: there is no library yet, and how to get one."""
    from litmap.ui import refresh_process

    chosen = settings()
    if refresh_process.is_running(chosen.library):
        st.subheader("The library is being built", anchor=False)
        st.write(
            "The first refresh is under way. This page shows the library as soon as there is "
            "something to show."
        )
        refresh_process.watch(chosen.library)
        return
    st.subheader("No library here yet", anchor=False)
    st.write(
        "litmap reads your notes, fetches the papers they cite and makes them searchable. Where "
        "are they?"
    )
    refresh_process.start_form(chosen.library, os.environ.get("LITMAP_NOTES", ""))
    st.caption("Or in a terminal:")
    st.code("litmap refresh ~/notes", language="sh")
