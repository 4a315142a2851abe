"""BibTeX and BibLaTeX: entries of a .bib file, a code block or `filecontents` (bibtexparser)."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import Any

from litmap.models import BibRecord, NoteBlock
from litmap.notes.bibliographies.record import (
    Pairs,
    first_filled,
    first_values,
    four_figures_in,
    given_name_first,
    record_block,
)
from litmap.notes.builder import Builder
from litmap.parsing.grammar import ET_AL_NAMES
from litmap.parsing.identifiers import find_identifiers, normalise_id, valid_arxiv
from litmap.parsing.latex_text import plain_latex

_AND = re.compile(r"\s+and\s+", re.I)
_IN_BRACES = re.compile(r"\{.*\}$")
_NOT_NAMES = {"", "et al.", *ET_AL_NAMES}
_ENTRY_HEAD = re.compile(r"(?m)^@[a-zA-Z]+\s*\{\s*[^\s,{}]+,\s*$")
_MARKDOWN_HEADING = re.compile(r"(?m)^#{1,4} \S")
_ARXIV_PREFIX = re.compile(r"(?i)^arxiv:")
_ARXIV_ADDRESS = re.compile(r"abs/([\w.-]+(?:/\d{7})?)")
_URL = re.compile(r"https?://[^\s{}\\]+")
_ESCAPED = re.compile(r"\\([_%&#])")

_VENUES = (
    "journaltitle",
    "journal",
    "booktitle",
    "school",
    "institution",
    "publisher",
    "howpublished",
    "series",
)
"""Fields that may name the venue, the best first."""
_MAY_NAME_ARXIV = ("journal", "journaltitle", "volume", "number", "note", "howpublished")
_KEPT = ("pmid", "pmcid", "abstract", "keywords", "file", "note")
_MAY_HOLD_URLS = ("url", "howpublished", "note", "link", "ee", "bdsk-url-1", "adsurl", "pdf")
_EPRINT_KINDS = {"pubmed": "pmid", "jstor": "jstor", "hal": "hal"}
"""Archives other than arXiv, and the kind of the identifier they give."""


def is_bibtex(text: str) -> bool:
    """True for text that begins with an entry or a comment and has no heading of Markdown."""
    head = text[:20_000]
    return (
        head.lstrip().startswith(("@", "%"))
        and bool(_ENTRY_HEAD.search(head))
        and not _MARKDOWN_HEADING.search(head)
    )


def read_bibtex(text: str, builder: Builder) -> None:
    """Reads the entries of a .bib file into the builder.

    What the parser cannot read is left out.
    """
    builder.blocks.extend(bibtex_blocks(text))


def bibtex_blocks(text: str, line_before: int = 0) -> list[NoteBlock]:
    """The entries of a .bib text as blocks.

    `line_before` is the number of the line before its first.
    """
    blocks = (_block(entry, line_before) for entry in _entries(text))
    return [block for block in blocks if block]


def _block(entry: Any, line_before: int) -> NoteBlock | None:
    """The block of one entry; None where it names no work."""
    record = BibRecord(
        "bibtex",
        str(entry.key),
        entry.entry_type.lower(),
        tuple((field.key.lower(), str(field.value)) for field in entry.fields),
        line=(entry.start_line or 0) + 1 + line_before,
    )
    return record_block(_pairs(record.key, record.type, first_values(record)), record)


def _entries(text: str) -> Iterator[Any]:
    """The parser's entries in the order of the file, those with doubled keys or fields too."""
    from bibtexparser.entrypoint import parse_string
    from bibtexparser.middlewares import (
        RemoveEnclosingMiddleware,
        ResolveStringReferencesMiddleware,
    )

    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)
    library = parse_string(
        text, parse_stack=[ResolveStringReferencesMiddleware(True), RemoveEnclosingMiddleware(True)]
    )
    ignored = (getattr(block, "ignore_error_block", None) for block in library.failed_blocks)
    blocks: list[Any] = [*library.entries, *(block for block in ignored if block)]
    for block in sorted(blocks, key=lambda block: block.start_line or 0):
        if hasattr(block, "fields"):
            yield block


def _pairs(key: str, kind: str, fields: dict[str, str]) -> Pairs:
    plain = {
        name: " ".join(plain_latex(value).split())
        for name, value in fields.items()
        if name not in {"author", "editor"}
    }
    return [
        ("key", key),
        ("type", kind),
        ("title", _title(plain)),
        *(("author", name) for name in _names(first_filled(fields, ("author", "editor")))),
        ("year", four_figures_in(first_filled(plain, ("year", "date")))),
        ("venue", first_filled(plain, _VENUES)),
        ("doi", plain.get("doi", "")),
        *_eprint(fields),
        *_arxiv_in_text(plain),
        *((name, plain[name]) for name in _KEPT if plain.get(name)),
        *_urls(fields),
    ]


def _title(plain: dict[str, str]) -> str:
    title = plain.get("title", "")
    return f"{title}: {plain['subtitle']}" if plain.get("subtitle") else title


def _names(value: str) -> list[str]:
    """Names as 'Given Family'; one in braces is an institution's and stays as it is."""
    names = []
    for name in _AND.split(value):
        if _IN_BRACES.match(name.strip()):
            names.append(plain_latex(name))
        elif name.strip().lower() not in _NOT_NAMES:
            names.append(given_name_first(plain_latex(name)))
    return names


def _eprint(fields: dict[str, str]) -> Pairs:
    """The identifier in `eprint`, with `archiveprefix` (BibTeX) or `eprinttype` (BibLaTeX)."""
    eprint = fields.get("eprint", "")
    archive = (fields.get("archiveprefix") or fields.get("eprinttype", "")).lower()
    arxiv = _ARXIV_PREFIX.sub("", eprint)
    if eprint and archive in {"", "arxiv"} and valid_arxiv(arxiv):
        return [("arxiv", arxiv)]
    if eprint and archive in _EPRINT_KINDS:
        return [("id", normalise_id(f"{_EPRINT_KINDS[archive]}:{eprint}"))]
    return []


def _arxiv_in_text(plain: dict[str, str]) -> Pairs:
    """The first arXiv number in fields that may name one: 'arXiv preprint arXiv:1611.03530'."""
    text = " ".join(plain.get(name, "") for name in _MAY_NAME_ARXIV)
    ids = [valid_arxiv(match.group(1)) for match in _ARXIV_ADDRESS.finditer(text)]
    ids += [identifier.id for identifier in find_identifiers(text)]
    numbers = (id_.removeprefix("arxiv:") for id_ in ids if id_ and id_.startswith("arxiv:"))
    return [("arxiv", number) for number in numbers][:1]


def _urls(fields: dict[str, str]) -> Pairs:
    values = (_ESCAPED.sub(r"\1", fields.get(name, "")) for name in _MAY_HOLD_URLS)
    return [("url", url.rstrip(".,;}")) for value in values for url in _URL.findall(value)]
