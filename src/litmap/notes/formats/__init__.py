"""The formats that notes and reference files come in: one module a format, one row in `FORMATS`.

To add a format, write a module with a function `read_NAME(text, builder)` that hands headings and
blocks to the builder (`litmap.notes.builder.Builder`) in the order of the text and raises
ValueError for what is not in this format; then give it a row here. From then on files with its
endings are read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from litmap.notes.bibliographies.bibtex import is_bibtex, read_bibtex
from litmap.notes.bibliographies.csl_json import read_csl_json
from litmap.notes.bibliographies.csv_table import read_csv
from litmap.notes.bibliographies.endnote import is_endnote, read_endnote
from litmap.notes.bibliographies.hayagriva import read_yaml
from litmap.notes.bibliographies.ris import is_ris, read_ris
from litmap.notes.bibliographies.xml_formats import read_xml
from litmap.notes.builder import Builder
from litmap.notes.formats.asciidoc import is_asciidoc, read_asciidoc
from litmap.notes.formats.canvas import read_canvas
from litmap.notes.formats.docx import read_docx
from litmap.notes.formats.enex import read_enex
from litmap.notes.formats.html import is_html, read_html
from litmap.notes.formats.latex import is_latex, read_latex
from litmap.notes.formats.mail import read_eml, read_mbox
from litmap.notes.formats.markdown import is_markdown, read_markdown
from litmap.notes.formats.mediawiki import is_mediawiki, read_mediawiki
from litmap.notes.formats.mind_maps import read_mind_map
from litmap.notes.formats.notebook import read_notebook
from litmap.notes.formats.odt import read_odt
from litmap.notes.formats.org import is_org, read_org
from litmap.notes.formats.outlines import is_graph_json, read_graph_json, read_opml
from litmap.notes.formats.plain import read_plain
from litmap.notes.formats.rst import is_rst, read_rst
from litmap.notes.formats.rtf import is_rtf, read_rtf
from litmap.notes.formats.textile import read_textile
from litmap.notes.formats.tiddlywiki import read_tiddler
from litmap.notes.formats.typst import read_typst


@dataclass(frozen=True, slots=True)
class NoteFormat:
    """A format, and how a file in it is known."""

    name: str
    """As `Note.format` says it."""
    suffixes: tuple[str, ...]
    """File endings in lower case; '' is a file without one."""
    read: Callable[[str, Builder], None] | None
    """Reads a text into a builder; raises ValueError for what is not in this format."""
    sniff: Callable[[str], bool] | None = None
    """True for a text that is in this format by its form; None where its ending alone tells it."""
    mistaken_for: tuple[str, ...] = ("text",)
    """The formats whose files are sniffed, because they often hold this one."""
    holds: Literal["notes", "records", "keyed records"] = "notes"
    """'keyed records' are those of a reference file whose keys notes cite."""
    unpack: Callable[[bytes, Builder], None] | None = None
    """Reads a file's bytes where these are no text, in the place of `read`."""


FORMATS: tuple[NoteFormat, ...] = (
    NoteFormat(
        "html",
        (".html", ".htm", ".xhtml"),
        read_html,
        sniff=is_html,
        mistaken_for=("text", "markdown", "mediawiki"),
    ),
    NoteFormat(
        "mediawiki",
        (".wiki", ".mediawiki", ".wikitext"),
        read_mediawiki,
        sniff=is_mediawiki,
        mistaken_for=("text", "markdown"),
    ),
    NoteFormat("latex", (".tex", ".latex", ".ltx"), read_latex, sniff=is_latex),
    NoteFormat(
        "bibtex",
        (".bib", ".bibtex", ".biblatex"),
        read_bibtex,
        sniff=is_bibtex,
        holds="keyed records",
    ),
    NoteFormat("ris", (".ris", ".nbib"), read_ris, sniff=is_ris, holds="keyed records"),
    NoteFormat("endnote", (".enw",), read_endnote, sniff=is_endnote, holds="keyed records"),
    NoteFormat("org", (".org",), read_org, sniff=is_org),
    NoteFormat("rst", (".rst", ".rest"), read_rst, sniff=is_rst),
    NoteFormat(
        "markdown",
        (".md", ".markdown", ".mdown", ".mdwn", ".mkd", ".mkdn", ".mdx", ".rmd", ".qmd"),
        read_markdown,
        sniff=is_markdown,
    ),
    NoteFormat("asciidoc", (".adoc", ".asciidoc"), read_asciidoc, sniff=is_asciidoc),
    NoteFormat("typst", (".typ",), read_typst),
    NoteFormat("textile", (".textile",), read_textile),
    NoteFormat("tiddlywiki", (".tid",), read_tiddler),
    NoteFormat("rtf", (".rtf",), read_rtf, sniff=is_rtf),
    NoteFormat("opml", (".opml",), read_opml),
    NoteFormat("mindmap", (".mm",), read_mind_map),
    NoteFormat("canvas", (".canvas",), read_canvas),
    NoteFormat("enex", (".enex",), read_enex),
    NoteFormat("docx", (".docx", ".docm"), None, unpack=read_docx),
    NoteFormat("odt", (".odt", ".ott", ".fodt"), None, unpack=read_odt),
    NoteFormat("mail", (".eml", ".mht", ".mhtml"), None, unpack=read_eml),
    NoteFormat("mailbox", (".mbox",), None, unpack=read_mbox),
    NoteFormat("notebook", (".ipynb",), read_notebook),
    NoteFormat("graph", (), read_graph_json, sniff=is_graph_json, mistaken_for=("csl",)),
    NoteFormat("csl", (".json",), read_csl_json, holds="keyed records"),
    NoteFormat("yaml", (".yaml", ".yml"), read_yaml, holds="keyed records"),
    NoteFormat("csv", (".csv", ".tsv"), read_csv, holds="records"),
    NoteFormat("refxml", (".xml", ".rdf", ".mods"), read_xml, holds="keyed records"),
    NoteFormat("text", (".txt", ".text", ""), read_plain),
)
"""All formats. A text whose ending leaves it open is sniffed from top to bottom.

The first that fits is taken.
"""

BY_NAME = {row.name: row for row in FORMATS}
BY_SUFFIX = {suffix: row for row in FORMATS for suffix in row.suffixes}


def detect_format(text: str, suffix: str) -> NoteFormat:
    """The format of a text in a file with this ending (lower case).

    Plain text where nothing tells another.
    """
    named = BY_SUFFIX.get(suffix, BY_NAME["text"])
    for candidate in FORMATS:
        if candidate.sniff and named.name in candidate.mistaken_for and candidate.sniff(text):
            return candidate
    return named
