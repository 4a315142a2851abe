"""Pieces that several pages show: a work's line, what your notes say of it, a page's picture, a
summary.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import streamlit as st

from litmap.errors import LitmapError
from litmap.library.summary_view import NOT_SAID
from litmap.parsing.places import paragraph_place
from litmap.parsing.table_cells import split_cells
from litmap.ui import formatting, links, state, tables

if TYPE_CHECKING:
    from litmap.library import Entry
    from litmap.library.summary_view import SummaryView
    from litmap.models import HeadingPath, Mention, Notice, PdfFile, TextBlock, Work

Rect = tuple[float, float, float, float]


def unseen_title(title: str) -> None:
    """The page's title for who listens to it, where the eye needs none."""
    with st.container(key="unseen-title"):
        st.title(title, anchor=False)


def filter_field(
    label: str,
    hint: str,
    icon: str,
    *,
    key: str,
    width: int | Literal["stretch"] = "stretch",
) -> str:
    """A field for words to filter by, without a line above it; what is typed, trimmed."""
    typed = st.text_input(
        label,
        placeholder=hint,
        icon=icon,
        key=key,
        label_visibility="collapsed",
        width=width,
    )
    return (typed or "").strip()


def frame(card: str) -> None:
    """Frame the card of this key, the chosen one. What chooses it keeps its kind: a button of
    another kind is another element, and loses the focus.
    """
    st.html(f"<style>.st-key-{card} {{ border-color: light-dark(#2a6f7f, #6fb7c6); }}</style>")


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


def some(works: Sequence[str], key: str, most: int) -> tuple[Sequence[str], Callable[[], None]]:
    """The works of a list that are shown at first, or all once that was asked for; and what draws
    the button that asks, below them. An element costs the page a quarter of a millisecond.
    """
    if len(works) <= most or st.session_state.get(key):
        return works, lambda: None

    def more() -> None:
        left = formatting.count(len(works) - most, "more paper")
        st.button(
            f"Show {left}",
            key=f"{key}-button",
            icon=":material/expand_more:",
            type="tertiary",
            on_click=st.session_state.__setitem__,
            args=(key, True),
        )

    return works[:most], more


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
        st.caption(f"The text cannot be shown: {formatting.advice(error.message)}")
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
    _image(picture, alt)


def _image(picture: bytes, alt: str) -> None:
    """A PNG as wide as there is room, sent as it is: without its format Streamlit would make a JPEG
    of it, each time a page is drawn.
    """
    st.image(picture, width="stretch", output_format="PNG", alt=alt)


def page_picture(
    pdf: PdfFile | None, page: int, rects: Sequence[Rect] = (), caption: str = "", passage: str = ""
) -> None:
    """A page's picture with rectangles marked, or a word on why there is none; of a text without
    pages the paragraphs around the passage.
    """
    if pdf is None or page < 1:
        st.caption("There is no page to show: no PDF or other full text of this work is here.")
        return
    if not pdf.has_pages:
        paragraphs(pdf, page - AROUND, page + AROUND, passage)
        if caption:
            st.caption(formatting.escape(caption))
        return
    try:
        picture = state.picture_of(pdf, page, rects)
    except LitmapError as error:
        st.caption(f"The page cannot be drawn: {formatting.advice(error.message)}")
        return
    _image(picture, f"Page {page} with the passage marked")
    if caption:
        st.caption(formatting.escape(caption))


def summary(view: SummaryView, key: str, *, own: bool = False) -> None:
    """A summary part by part, each sentence with a button that shows its page; of a text without
    pages the button holds the paragraph, and tells the section on hovering. `own`: of one paper.
    """
    number = 0
    if view.written:
        _written(view.written, key, own=own)
    for part, sentences in view.by_part():
        _part_name(part)
        for sentence in sentences:
            _sentence(sentence, f"cited-{key}-{number}", own=own)
            number += 1
        if own and not sentences:
            st.caption(NOT_SAID)


def _written(written: Mapping[str, Any], key: str, *, own: bool) -> None:
    """What a language model wrote, each sentence above those that bear it out."""
    by = formatting.escape(written["by"])
    with st.container(border=True, gap="small"):
        st.caption(
            f":material/edit_note: Written by {by}; each sentence checked against its pages."
        )
        for number, sentence in enumerate(written["sentences"]):
            st.markdown(formatting.escape(sentence["text"]))
            with st.expander("It rests on", icon=":material/format_quote:"):
                for place, source in enumerate(sentence["sources"]):
                    _sentence(source, f"written-{key}-{number}-{place}", own=own)


def _part_name(part: Mapping[str, Any]) -> None:
    """A part's label; of a theme with the number of its papers and their years, and of whom its
    name is.
    """
    label, years = part["label"], "–".join(str(y) for y in dict.fromkeys(part["years"]))
    is_theme = part["part"].startswith("theme")
    beside = [formatting.count(len(part["works"]), "paper"), years] if is_theme else []
    beside += [f"named by {formatting.escape(part['label_by'])}"] if part["label_by"] else []
    words = [f"**{formatting.escape(label)}**"] if label else []
    if words or any(beside):
        st.markdown(" ".join([*words, f":gray[{' · '.join(filter(None, beside))}]"][:2]))


def _sentence(sentence: Mapping[str, Any], name: str, *, own: bool) -> None:
    """One sentence with a button for its place; without one where only the record has it. Beside a
    sentence of another paper's its name would take half of the line: it stands below.
    """
    short = paragraph_place(sentence["paragraph"] or 0) or sentence["place"]
    where = short if own else f"{sentence['cite']}, {short}"
    page = sentence["page"] or sentence["paragraph"] or 0
    gap: Literal["small", "xxsmall"] = "small" if own else "xxsmall"
    with st.container(horizontal=own, vertical_alignment="top", gap=gap, wrap=not own):
        marked = formatting.you_marked(sentence["marked"])
        st.markdown(formatting.escape(sentence["text"]) + marked, width="stretch")
        wide: int | Literal["content"] = 70 if own else "content"
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


def selected_page(entries: Mapping[str, Entry]) -> None:
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


def versions(notices: Sequence[Notice]) -> None:
    """Newer and published versions of a work, with their pages."""
    for notice in notices:
        if not notice.kind.is_warning:
            st.info(formatting.escape(notice.text), icon=":material/update:")
            if notice.url:
                st.link_button("That version", notice.url, icon=":material/open_in_new:")


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
