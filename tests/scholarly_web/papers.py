"""The files of the invented works: small PDFs, and full texts as JATS and HTML. Made once in a
process; the same bytes every time.
"""

from __future__ import annotations

import functools
import threading
from html import escape

import pymupdf

from .works import ScholarlyWork, family, given

_LOCK = threading.Lock()  # pymupdf is not for several threads at once
PAGES = 4
_TEXT = (
    "We report what was seen over two seasons and how it was measured. The first part gives the "
    "setting and the questions; the second says what was done, by whom and with which means; the "
    "third has the results with their errors. None of the figures is large, but they are all of "
    "one sign, and they stay when single days are left out. We then ask which explanations are "
    "left and which are not. A simple one is that the effect is due to the order of the trials; "
    "it does not hold, for the order was drawn by lot. Another is that the people knew what was "
    "wanted of them, and this we cannot exclude. We end with what should be done next."
)


@functools.cache
def pdf(work: ScholarlyWork, version: int = 0) -> bytes:
    """Pages with title, names, year and text; an older version at arXiv (not 0) says so."""
    edition = [f"Version {version} of this paper."] if version else []
    paragraphs = [work.abstract or work.title, *edition, _TEXT, _TEXT]
    return _typeset(work.title, f"{', '.join(work.authors)}   {work.year}", paragraphs)


@functools.cache
def unrelated() -> bytes:
    """A paper that no work of the server is."""
    return _typeset(
        "On the Care of Wooden Staircases", "Edda Unverwandt   1998", ["Stairs.", _TEXT, _TEXT]
    )


@functools.cache
def encrypted() -> bytes:
    """A file that wants a password."""
    with _LOCK, pymupdf.open() as document:
        document.new_page().insert_text((72, 72), "Only for those who know the word.")
        return bytes(
            document.tobytes(
                encryption=pymupdf.PDF_ENCRYPT_AES_256,
                owner_pw="owner",
                user_pw="reader",
                permissions=0,
            )
        )


def _typeset(title: str, names: str, paragraphs: list[str]) -> bytes:
    with _LOCK, pymupdf.open() as document:
        page = document.new_page()
        page.insert_textbox((72, 60, 540, 130), title, fontsize=17, fontname="hebo")
        page.insert_textbox((72, 130, 540, 160), names, fontsize=11, fontname="helv")
        text = "\n\n".join(paragraphs)
        page.insert_textbox((72, 170, 540, 780), text, fontsize=10, fontname="tiro")
        for number in range(2, PAGES + 1):
            page = document.new_page()
            text = "\n\n".join([f"Part {number} of {title}.", *[_TEXT] * (number + 1)])
            page.insert_textbox((72, 72, 540, 780), text, fontsize=10, fontname="tiro")
        document.set_metadata({})
        return bytes(document.tobytes(no_new_id=True))


def jats(work: ScholarlyWork, *, with_body: bool = True) -> str:
    """The article as Journal Article Tag Suite XML, as PMC's bucket and Europe PMC give it."""
    people = "".join(
        '<contrib contrib-type="author"><name>'
        f"<surname>{escape(family(name))}</surname><given-names>{escape(given(name))}</given-names>"
        "</name></contrib>"
        for name in work.authors
    )
    kinds = {"doi": work.doi, "pmid": work.id("pmid"), "pmcid": work.id("pmcid")}
    ids = "".join(
        f'<article-id pub-id-type="{kind}">{escape(value)}</article-id>'
        for kind, value in kinds.items()
        if value
    )
    body = (
        '<body><sec id="s1"><title>Introduction</title>'
        f"<p>{escape(work.abstract)}</p><p>{escape(_TEXT)}</p></sec>"
        '<sec id="s2"><title>Methods</title><sec id="s2-1"><title>Sites</title>'
        "<p>All sites were visited on the same days "
        '(<xref ref-type="bibr" rid="r1">1</xref>).</p></sec></sec>'
        f'<sec id="s3"><title>Results</title><p>{escape(_TEXT)}</p></sec></body>'
    )
    back = (
        '<back><ref-list><title>References</title><ref id="r1"><label>1</label>'
        '<mixed-citation publication-type="journal">Aldermoor P. Counting on Tuesdays. '
        "J Slow Sci. 2004;3:11-19.</mixed-citation></ref></ref-list></back>"
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<article article-type="research-article" xml:lang="en"><front><journal-meta>'
        f"<journal-title-group><journal-title>{escape(work.venue)}</journal-title>"
        f"</journal-title-group></journal-meta><article-meta>{ids}<title-group>"
        f"<article-title>{work.marked_title}</article-title></title-group>"
        f"<contrib-group>{people}</contrib-group><pub-date><year>{work.year}</year></pub-date>"
        f"<abstract><p>{escape(work.abstract)}</p></abstract></article-meta></front>"
        f"{body + back if with_body else ''}</article>\n"
    )


def latexml(work: ScholarlyWork) -> str:
    """The article as arXiv's HTML (LaTeXML's marks)."""
    people = "".join(f'<span class="ltx_personname">{escape(name)}</span>' for name in work.authors)
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(work.title)}</title></head><body><article class='ltx_document'>"
        f'<h1 class="ltx_title ltx_title_document">{escape(work.title)}</h1>'
        f'<div class="ltx_authors">{people}</div><div class="ltx_abstract"><h6 class="ltx_title '
        f'ltx_title_abstract">Abstract</h6><p class="ltx_p">{escape(work.abstract)}</p></div>'
        '<section class="ltx_section" id="S1"><h2 class="ltx_title ltx_title_section">'
        '<span class="ltx_tag ltx_tag_section">1 </span>Introduction</h2>'
        f'<div class="ltx_para" id="S1.p1"><p class="ltx_p">{escape(_TEXT)}</p></div></section>'
        '<section class="ltx_section" id="S2"><h2 class="ltx_title ltx_title_section">'
        '<span class="ltx_tag ltx_tag_section">2 </span>Results</h2>'
        f'<div class="ltx_para" id="S2.p1"><p class="ltx_p">{escape(_TEXT)}</p></div></section>'
        "</article></body></html>"
    )
