"""The library as the pages see it: opened once a build, shared by all visitors, with a word for
every way it fails.
"""

from __future__ import annotations

import shlex
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from litmap import garbage
from litmap.errors import Busy, DamagedBuild, LitmapError, ModelError, NewerCatalogue, NoLibrary
from litmap.paths import LibraryPaths
from litmap.settings import Settings
from litmap.ui import access, configuration, formatting

if TYPE_CHECKING:
    from litmap.library import Library
    from litmap.models import Document, PdfFile

Rect = tuple[float, float, float, float]
Rects = tuple[Rect, ...]
Tint = tuple[Rect, str]


def settings() -> Settings:
    """The settings of this app as they are now: its settings file, environment and options."""
    return configuration.current()


def library() -> Library:
    """The library, of the build that is current. Raises `LitmapError` and its kinds."""
    chosen = settings()
    root = str(chosen.library.resolve())
    return _open(root, _stamp(chosen.library), configuration.file_state())


def library_without_build() -> Library:
    """As `library`, for a page that needs no build: where that is damaged a word on it, and what
    the catalogue knows. Raises `NoLibrary`, `NewerCatalogue`.
    """
    try:
        return library()
    except DamagedBuild as error:
        explain(error)
        root = settings().library
        return _open_catalogue(str(root.resolve()), _stamp(root), configuration.file_state())


def may_change() -> bool:
    """Whether this visitor may change something: the browser holds the app's token."""
    rules = access.current()
    return rules is not None and rules.holds_token(st.context.cookies)


def may_choose_folders() -> bool:
    """Whether this visitor may look for folders of this machine: one who may change something, and
    whose browser runs on it.
    """
    return may_change() and access.is_loopback_host(st.context.headers.get("Host") or "")


def how_to_change(what: str) -> str:
    """What a visitor who may not change anything has to do for it; `what`: 'take a paper'."""
    return f"To {what}, open the address with the token that `litmap app` printed in its terminal."


def command(*words: str) -> str:
    """A command of litmap for a terminal, quoted, on one line; it names the library where that is
    not the one a terminal would take.

    >>> command("resolve", "title:a b", "doi:10.1/x")  # doctest: +SKIP
    "litmap resolve 'title:a b' doi:10.1/x --library /home/me/papers"
    """
    given = ["litmap", *(" ".join(word.split()) for word in words)]
    library = settings().library.absolute()
    if library != Settings().library.absolute():
        given += ["--library", str(library)]
    return shlex.join(given)


def keep_word(keep: Callable[[], object]) -> bool:
    """Keep a visitor's word, where he may give it; a toast says why it cannot be kept now. Whether
    it is kept.
    """
    if not may_change():
        return False
    try:
        keep()
    except Busy:
        st.toast(
            "A refresh is under way, and nothing else can change the library meanwhile. Do this "
            "again when it has ended: Refreshes shows how far it is.",
            icon=":material/sync:",
        )
        return False
    except LitmapError as error:
        st.toast(formatting.advice(error.message), icon=":material/error:")
        return False
    return True


def _stamp(root: Path) -> tuple[str, int]:
    """What changes when the library must be opened again: its build, and (between refreshes) its
    catalogue.
    """
    from litmap.lock import is_held

    paths = LibraryPaths(root)
    try:
        build = paths.current.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        build = ""
    if is_held(paths.lock):
        return build, 0
    times = [
        p.stat().st_mtime_ns
        for p in (paths.catalogue, Path(f"{paths.catalogue}-wal"), paths.catalogue_pointer)
        if p.exists()
    ]
    return build, max(times, default=0)


@st.cache_resource(show_spinner=False, max_entries=2)
def _open(root: str, stamp: tuple[str, int], file: tuple[int, int]) -> Library:
    from litmap.library import Library

    opened = Library.open(settings=replace(settings(), library=Path(root)))
    if opened.build_id:
        threading.Thread(target=_warm, args=(opened,), daemon=True).start()
    return opened


@st.cache_resource(show_spinner=False, max_entries=1)
def _open_catalogue(root: str, stamp: tuple[str, int], file: tuple[int, int]) -> Library:
    from litmap.library import Library

    return Library.open(settings=replace(settings(), library=Path(root)), without_build=True)


def _warm(opened: Library) -> None:
    """Load the model, the topics and the citations, draw the map and start the process that draws
    pages, so that the first who asks need not wait for them; then set aside what was loaded.
    """
    from litmap.ui import map_view

    with suppress(Exception):
        opened.search("warm", limit=1)
    with suppress(Exception):
        pdf = next(e.pdf for e in opened.works() if e.pdf and e.pdf.has_pages)
        opened.page_image(pdf, 1, zoom=0.2)
    with suppress(Exception):
        map_view.of_library(opened)
        opened.coverage()
        opened.citations_of("")
    garbage.set_aside()  # Streamlit has all objects searched for cycles after each run of a page


@st.cache_data(show_spinner=False, max_entries=60, max_size="40MB")
def page_image(
    root: str,
    sha256: str,
    page: int,
    rects: Rects,
    zoom: float,
    clip: Rect | None = None,
    tints: tuple[Tint, ...] = (),
) -> bytes:
    """A PNG of a page, or of the part inside `clip`, with rectangles marked and others tinted.
    Raises `PdfError`.
    """
    from litmap import text

    return text.render(
        LibraryPaths(Path(root)).pdf(sha256), page, rects, zoom, clip=clip, tints=tints
    )


def picture_of(
    pdf: PdfFile, page: int, rects: Sequence[Rect], zoom: float = 1.6, clip: Rect | None = None
) -> bytes:
    """A page of a PDF of the library as a PNG, or the part of it inside `clip`, kept for the next
    time. Raises `PdfError`.
    """
    root = str(settings().library.resolve())
    places = tuple((a, b, c, d) for a, b, c, d in rects)
    tints = library().tints(pdf.sha256, page)
    return page_image(root, pdf.sha256, page, places, zoom, clip, tints)


def document_of(pdf: PdfFile) -> Document:
    """The text of a file of the library. Raises `PdfError`."""
    return library().document(pdf)


def explain(error: LitmapError) -> None:
    """Say what is wrong and what to do about it."""
    if isinstance(error, NoLibrary):
        from litmap.ui import first_steps

        first_steps.welcome()
        return
    title, hint = _WORDS.get(type(error), ("This did not work", ""))
    message = error.message[:1].upper() + error.message[1:]
    st.warning(f"**{title}.** {formatting.advice(message)}", icon=":material/error:")
    if hint:
        st.code(hint if hint.startswith("pip") else command(*hint.split()), language="sh")
    if isinstance(error, DamagedBuild):
        offer_to_mend()


def offer_to_mend() -> None:
    """A button that has a damaged index built anew, and how that goes."""
    from litmap.ui import refresh_process

    root = settings().library
    if refresh_process.is_running(root):
        refresh_process.watch(root)
        return
    refresh_process.tell_failure(root)
    if may_change():
        st.button(
            "Build the index anew",
            icon=":material/build:",
            type="primary",
            on_click=refresh_process.mend,
            args=(root,),
        )


def tell_of_refresh() -> None:
    """A line on a refresh that runs now, with a link to watch it."""
    from litmap.ui import links, refresh_process

    root = settings().library
    if not refresh_process.is_running(root):
        return
    if _stamp(root)[0]:
        links.link("refreshes", "A refresh is running", ":material/sync:")
    elif LibraryPaths(root).has_catalogue():
        st.info(
            "The library is being built; what is here already is shown.", icon=":material/sync:"
        )
        links.link("refreshes", "Watch it", ":material/sync:")


_WORDS: dict[type[LitmapError], tuple[str, str]] = {
    DamagedBuild: ("The index is damaged", "doctor --fix"),
    ModelError: ("The embedding model is missing", "doctor"),
    NewerCatalogue: ("This library was made by a newer litmap", "pip install --upgrade litmap"),
}
