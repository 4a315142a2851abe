"""BibTeX and BibLaTeX: entries of a .bib file, a code block or `filecontents` as records."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from litmap.models import BibRecord, NoteBlock
from litmap.notes.bibliographies.bibtex_syntax import BibEntry, Fault, parse_bibtex
from litmap.notes.bibliographies.inheritance import Fields, inherited_fields
from litmap.notes.bibliographies.record import (
    Pairs,
    describe_faults,
    first_filled,
    four_figures_in,
    record_block,
)
from litmap.notes.builder import Builder
from litmap.parsing.identifiers import find_identifiers, normalise_id, valid_arxiv
from litmap.parsing.latex_text import plain_latex, verbatim_latex
from litmap.parsing.name_fields import split_names
from litmap.parsing.title_similarity import normalise_title

_ENTRY_HEAD = re.compile(r"(?m)^@[a-zA-Z]+\s*\{\s*[^\s,{}]+,\s*$")
_MARKDOWN_HEADING = re.compile(r"(?m)^#{1,4} \S")
_ARXIV_PREFIX = re.compile(r"(?i)^(?:https?://arxiv\.org/abs/|arxiv:\s?)")
_ARXIV_ADDRESS = re.compile(r"abs/([\w.-]+(?:/\d{7})?)")
_OLD_NUMBER = re.compile(r"\d{7}(?:v\d+)?$")
_URL = re.compile(r"https?://[^\s{}\\]+")

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
_KEPT = ("pmid", "pmcid", "abstract", "keywords", "file", "note", "volume", "pages")
_MAY_HOLD_URLS = ("url", "howpublished", "note", "link", "ee", "bdsk-url-1", "adsurl", "pdf")
_EPRINT_KINDS = {"pubmed": "pmid", "jstor": "jstor", "hal": "hal"}
"""Archives other than arXiv, and the kind of the identifier they give."""
_NO_WORKS = {"xdata", "set", "control"}
"""Types of entries that serve others or a style."""


def is_bibtex(text: str) -> bool:
    """True for text that begins with an entry or a comment and has no heading of Markdown."""
    head = text[:20_000]
    return (
        head.lstrip().startswith(("@", "%"))
        and bool(_ENTRY_HEAD.search(head))
        and not _MARKDOWN_HEADING.search(head)
    )


def read_bibtex(text: str, builder: Builder) -> None:
    """Reads the entries of a .bib file into the builder, and what is broken in them."""
    entries, faults = parse_bibtex(text)
    blocks = _blocks(entries)
    builder.blocks.extend(block for block in blocks if block)
    faults += _without_work(entries, blocks)
    faults += _repeated_keys(entries)
    builder.broken = describe_faults((fault.line, fault.reason) for fault in faults)


def bibtex_blocks(text: str, line_before: int = 0) -> list[NoteBlock]:
    """The entries of a .bib text as blocks.

    `line_before` is the number of the line before its first.
    """
    return [block for block in _blocks(parse_bibtex(text)[0], line_before) if block]


def _blocks(entries: Sequence[BibEntry], line_before: int = 0) -> list[NoteBlock | None]:
    """The block of each entry; None where it names no work."""
    return [
        None if entry.type in _NO_WORKS else _block(entry, fields, line_before)
        for entry, fields in zip(entries, inherited_fields(entries), strict=True)
    ]


def _block(entry: BibEntry, fields: Fields, line_before: int) -> NoteBlock | None:
    line = entry.line + line_before
    record = BibRecord("bibtex", entry.key, entry.type, tuple(entry.fields), line=line)
    return record_block(_pairs(entry, fields), record)


def _without_work(
    entries: Sequence[BibEntry], blocks: Sequence[NoteBlock | None]
) -> Iterator[Fault]:
    for entry, block in zip(entries, blocks, strict=True):
        if block is None and entry.fields and entry.type not in _NO_WORKS:
            yield Fault(entry.line, f"{entry.key or entry.type!r}: no title and no identifier")


def _repeated_keys(entries: Sequence[BibEntry]) -> Iterator[Fault]:
    """Entries of other works under a key that was given before."""
    first: dict[str, BibEntry] = {}
    for entry in entries:
        other = first.setdefault(entry.key, entry) if entry.key else entry
        if _written_title(entry) != _written_title(other):
            reason = f"the key {entry.key!r} is that of another entry (line {other.line}), too"
            yield Fault(entry.line, reason)


def _written_title(entry: BibEntry) -> str:
    return normalise_title(plain_latex(dict(entry.fields).get("title", "")))


def _pairs(entry: BibEntry, fields: Fields) -> Pairs:
    plain = {
        name: " ".join(plain_latex(value).split())
        for name, value in fields.items()
        if name not in {"author", "editor"}
    }
    verbatim = {name: verbatim_latex(value) for name, value in fields.items()}
    people = fields.get("author") or dict(reversed(entry.fields)).get("editor", "")
    aliases = [alias.strip() for alias in fields.get("ids", "").split(",")]
    return [
        ("key", entry.key),
        *(("key", alias) for alias in aliases if alias),
        ("type", entry.type),
        ("title", _title(plain)),
        *(("author", name) for name in split_names(people)),
        ("year", four_figures_in(first_filled(plain, ("year", "date")))),
        ("venue", first_filled(plain, _VENUES)),
        ("doi", verbatim.get("doi", "")),
        *_eprint(verbatim),
        *_arxiv_in_text(plain),
        *((name, plain[name]) for name in _KEPT if plain.get(name)),
        *_urls(verbatim),
    ]


def _title(plain: Fields) -> str:
    title = plain.get("title", "")
    return f"{title}: {plain['subtitle']}" if plain.get("subtitle") else title


def _eprint(fields: Fields) -> Pairs:
    """The identifier in `eprint`, with `archiveprefix` (BibTeX) or `eprinttype` (BibLaTeX)."""
    eprint = _ARXIV_PREFIX.sub("", fields.get("eprint", ""))
    archive = (fields.get("archiveprefix") or fields.get("eprinttype", "")).lower()
    primary = fields.get("primaryclass") or fields.get("eprintclass", "")
    if _OLD_NUMBER.match(eprint) and primary:
        eprint = f"{primary}/{eprint}"
    if eprint and archive in {"", "arxiv"} and valid_arxiv(eprint):
        return [("arxiv", eprint)]
    if eprint and archive in _EPRINT_KINDS:
        return [("id", normalise_id(f"{_EPRINT_KINDS[archive]}:{eprint}"))]
    return []


def _arxiv_in_text(plain: Fields) -> Pairs:
    """The first arXiv number in fields that may name one: 'arXiv preprint arXiv:1611.03530'."""
    text = " ".join(plain.get(name, "") for name in _MAY_NAME_ARXIV)
    ids = [valid_arxiv(match.group(1)) for match in _ARXIV_ADDRESS.finditer(text)]
    ids += [identifier.id for identifier in find_identifiers(text)]
    numbers = (id_.removeprefix("arxiv:") for id_ in ids if id_ and id_.startswith("arxiv:"))
    return [("arxiv", number) for number in numbers][:1]


def _urls(fields: Fields) -> Pairs:
    values = (fields.get(name, "") for name in _MAY_HOLD_URLS)
    return [("url", url.rstrip(".,;}")) for value in values for url in _URL.findall(value)]
