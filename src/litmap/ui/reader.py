"""The reader: a paper's pages one after the other, its words over their pictures, find, and what
it cites. The browser's part is `reader.js`; what it fetches comes from `reading_routes`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from litmap.ui import formatting, links, reading_routes, routes, state

if TYPE_CHECKING:
    from collections.abc import Sequence

    from litmap.library import Library
    from litmap.models import PdfFile, Work

HERE = Path(__file__).parent
FRAME = '<div class="lr"></div>'
_component = st.components.v2.component(
    "litmap_reader",
    html=FRAME,
    css=(HERE / "reader.css").read_text(encoding="utf-8"),
    js=(HERE / "reader.js").read_text(encoding="utf-8"),
    isolate_styles=False,  # words of a shadow root cannot be selected in every browser
)


def show(
    library: Library, work: Work, pdf: PdfFile, page: int, rects: Sequence[Sequence[float]] = ()
) -> None:
    """The pages of a PDF, opened at `page` with rectangles (page, x0, y0, x1, y1) marked on it."""
    inbox = library.settings.watch_inbox if state.may_change() else ""
    chosen = _component(
        key=f"reader-{pdf.sha256[:16]}",
        data={
            "file": f"{routes.READING}/{pdf.sha256}",
            "title": work.title,
            "pages": pdf.pages,
            "inbox": Path(inbox).name,
            "ask": {"page": page, "rects": [list(rect) for rect in rects]},
        },
        on_open_change=_nothing,
        on_take_change=_nothing,
    )
    if chosen.open in library.by_id:
        links.go("paper", work=chosen.open)
    if chosen.take is not None:
        _take(library, pdf, chosen.take)


def _nothing() -> None:
    """A trigger is told to the script by its value."""


def _take(library: Library, pdf: PdfFile, number: Any) -> None:
    """Write an entry of the reference list into the reader's inbox note."""
    from litmap.pipeline.candidate_choices import take_cited

    listed = library.cited_works(pdf).listed
    if not isinstance(number, int) or not 0 <= number < len(listed):
        return
    work = reading_routes.reference_work(listed[number])

    def take() -> None:
        written = take_cited(library.settings, work)
        name = formatting.escape(Path(library.settings.watch_inbox).name)
        st.toast(f"Written into {name}" if written else f"{name} has it already")

    state.keep_word(take)
