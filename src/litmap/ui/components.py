"""Pieces that several pages show: a work's line, what your notes say of it, a page's picture, a
summary.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from litmap.errors import LitmapError
from litmap.library.summary_view import NOT_SAID
from litmap.parsing.places import paragraph_place
from litmap.parsing.table_cells import split_cells
from litmap.ui import formatting, links, state, tables

if TYPE_CHECKING:
    from litmap.library import Entry
    from litmap.library.summary_view import SummaryView
    from litmap.models import HeadingPath, Mention, PdfFile, TextBlock, Work

Rect = tuple[float, float, float, float]


def status_badge(status: str) -> None:
    """A status as a badge with its meaning."""
    word, colour, meaning = formatting.STATUSES.get(status, (status, "gray", ""))
    st.badge(formatting.escape(word), color=colour, help=meaning)  # type: ignore[arg-type]


def heading_links(headings: Sequence[HeadingPath], most: int = 4) -> None:
    """Heading paths as small links to their topics."""
    paths = formatting.deepest(headings)
    if not paths:
        return
    with st.container(horizontal=True, gap="small"):
        for heading in paths[:most]:
            label = f"{heading[-1]}"
            links.link("topics", label, ":material/tag:", heading=formatting.path(heading))
        if len(paths) > most:
            st.caption(f"and {len(paths) - most} more")


def note_excerpts(mentions: Sequence[Mention], most: int = 2) -> None:
    """What my own notes say of a paper, with note and line."""
    seen: dict[str, Mention] = {}
    for mention in mentions:
        text = " ".join((mention.context or mention.text).split())
        if text:
            seen.setdefault(text, mention)
    for text, mention in list(seen.items())[:most]:
        st.markdown(f"> {formatting.escape(formatting.shorten(text, 320))}")
        st.caption(f":material/edit_note: {formatting.escape(formatting.place(mention))}")
    if len(seen) > most:
        st.caption(f"and {formatting.count(len(seen) - most, 'more place')} in your notes")


AROUND = 2
"""Paragraphs shown before and after the one that is asked for."""
AIR = 6.0
"""Points of the page shown around a figure or table that is cut out."""


def file_of(entry: Entry, *, has_pages: bool) -> PdfFile | None:
    """The newest file of a work that has pages, or paragraphs; the newest where there is none."""
    return next((pdf for pdf in entry.pdfs if pdf.has_pages == has_pages), entry.pdf)


def paragraphs(pdf: PdfFile, first: int, last: int, passage: str = "") -> None:
    """Paragraphs of a text without pages with the passage marked; everything else escaped."""
    try:
        document = state.document_of(pdf)
    except LitmapError as error:
        st.caption(f"The text cannot be shown: {formatting.escape(error.message)}")
        return
    with st.container(border=True, key=f"paragraphs-{pdf.sha256[:12]}-{first}"):
        for page in document.pages[max(0, first - 1) : last]:
            for block in page.blocks:
                _paragraph(block, page.number, passage)


def _paragraph(block: TextBlock, number: int, passage: str) -> None:
    from litmap.text.marked_up import ROW_END

    if block.kind in {"heading", "title"}:
        st.markdown(f"**{formatting.escape(block.text)}**")
    elif block.kind == "table":
        table([split_cells(row) for row in block.text.split(ROW_END)], key=f"paragraph-{number}")
    else:
        span = formatting.find_passage(block.text, passage)
        st.markdown(formatting.mark(block.text, [span]))
        st.caption(f"¶ {number}")


def table(rows: Sequence[Sequence[str]], words: Sequence[str] = (), *, key: str) -> None:
    """A table of a paper as a grid, its cells escaped; a wide one scrolls in its own frame."""
    with st.container(key=f"table-{key}"):
        st.markdown(tables.draw(rows, words))


def cutout(pdf: PdfFile | None, page: int, rects: Sequence[Rect], alt: str) -> None:
    """The part of a page that some rectangles lie in, as large as there is room; nothing where it
    cannot be drawn.
    """
    if pdf is None or not pdf.has_pages or page < 1 or not rects:
        return
    lefts, tops, rights, bottoms = zip(*rects, strict=True)
    clip = (min(lefts) - AIR, min(tops) - AIR, max(rights) + AIR, max(bottoms) + AIR)
    try:
        picture = state.picture_of(pdf, page, (), 2.4, clip)
    except LitmapError:
        return  # the page below says why
    with st.container(border=True, key=f"cutout-{page}"):
        st.image(picture, width="stretch", alt=alt)


def page_picture(
    pdf: PdfFile | None, page: int, rects: Sequence[Rect] = (), caption: str = "", passage: str = ""
) -> None:
    """A page's picture with rectangles marked, or a word on why there is none; of a text without
    pages the paragraphs around the passage.
    """
    if pdf is None or page < 1:
        st.caption("There is no page to show: only title and abstract of this work are here.")
        return
    if not pdf.has_pages:
        paragraphs(pdf, page - AROUND, page + AROUND, passage)
        if caption:
            st.caption(formatting.escape(caption))
        return
    try:
        picture = state.picture_of(pdf, page, rects)
    except LitmapError as error:
        st.caption(f"The page cannot be drawn: {formatting.escape(error.message)}")
        return
    with st.container(border=True):
        st.image(picture, width="stretch", alt=f"Page {page} with the passage marked")
    if caption:
        st.caption(formatting.escape(caption))


def summary(view: SummaryView, key: str, *, own: bool = False) -> None:
    """A summary part by part, each sentence with a button that shows its page; of a text without
    pages the button holds the paragraph, and tells the section on hovering. `own`: of one paper.
    """
    number = 0
    for part, sentences in view.by_part():
        _part_name(part)
        for sentence in sentences:
            _sentence(sentence, f"cited-{key}-{number}", own=own)
            number += 1
        if own and not sentences:
            st.caption(NOT_SAID)


def _part_name(part: Mapping[str, Any]) -> None:
    """A part's label; of a theme with the number of its papers and their years."""
    label, years = part["label"], "–".join(str(y) for y in dict.fromkeys(part["years"]))
    is_theme = part["part"].startswith("theme")
    beside = [formatting.count(len(part["works"]), "paper"), years] if is_theme else []
    words = [f"**{formatting.escape(label)}**"] if label else []
    if words or any(beside):
        st.markdown(" ".join([*words, f":gray[{' · '.join(filter(None, beside))}]"][:2]))


def _sentence(sentence: Mapping[str, Any], name: str, *, own: bool) -> None:
    """One sentence with a button for its place; without one where only the record has it."""
    short = paragraph_place(sentence["paragraph"] or 0) or sentence["place"]
    where = short if own else f"{sentence['cite']}, {short}"
    page = sentence["page"] or sentence["paragraph"] or 0
    with st.container(horizontal=True, vertical_alignment="top", gap="small", wrap=False):
        st.markdown(formatting.escape(sentence["text"]), width="stretch")
        wide = 70 if own else 210
        if not page:
            st.caption(formatting.escape(where), width=wide)
        elif st.button(
            formatting.escape(where),
            key=name,
            type="tertiary",
            icon=":material/find_in_page:",
            width=wide,
            help=formatting.escape(sentence["place"]) if short != sentence["place"] else None,
        ):
            st.session_state["shown"] = (
                sentence["work"],
                page,
                sentence["rects"],
                sentence["text"],
                sentence["place"],
                sentence["paragraph"] is None,
            )


def selected_page(entries: dict[str, Entry]) -> None:
    """The page that a summary's button asked for."""
    asked = st.session_state.get("shown")
    if asked and asked[0] in entries:
        entry = entries[asked[0]]
        pdf = file_of(entry, has_pages=asked[5])
        page_picture(pdf, asked[1], asked[2], f"{entry.work.title}, {asked[4]}", asked[3])


def notices(work: Work) -> None:
    """What the sources warn of: a retraction, a withdrawal."""
    for notice in work.notices:
        st.warning(formatting.escape(notice), icon=":material/report:")


def external_links(work: Work) -> list[tuple[str, str]]:
    """Names and addresses of a work's pages elsewhere; only http(s)."""
    addresses = []
    for kind, (name, base) in _SITES.items():
        value = work.identifier(kind)
        if value:
            addresses.append((f"{name}: {value}", base + value))
    values = [i.split(":", 1)[1].lower() for i in work.ids]
    safe = [u for u in work.urls if u.startswith(("http://", "https://"))]
    pages_of = [u for u in safe if not any(value in u.lower() for value in values)]
    addresses += [(formatting.shorten(url.split("://", 1)[1], 60), url) for url in pages_of]
    return addresses[:6]


_SITES = {
    "arxiv": ("arXiv", "https://arxiv.org/abs/"),
    "doi": ("DOI", "https://doi.org/"),
    "openreview": ("OpenReview", "https://openreview.net/forum?id="),
}
