"""Reference files as notes of their own: BibTeX, RIS, PubMed's nbib, CSL-JSON, and Zotero's CSV.

Each record becomes one block of kind 'entry' whose fields are pairs: key, type, title, author (one pair an author,
'Given Family'), year, venue, doi, arxiv, pmid, pmcid, url, file, abstract.
"""

from __future__ import annotations

import csv
import io
import json
import logging
import re
from collections.abc import Iterator
from typing import Any

from litmap.models import NoteBlock
from litmap.notes.formats.latex_text import plain_latex
from litmap.parsing.identifiers import find_identifiers, normalise_id, valid_arxiv

_AND = re.compile(r"\s+and\s+", re.I)
_RIS_TAG = re.compile(r"^([A-Z][A-Z0-9]{1,3})\s{0,2}-\s?(.*)$")
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
Pairs = list[tuple[str, str]]


def record_block(pairs: Pairs, line: int) -> NoteBlock | None:
    """A record as a block; None where it names no work."""
    values = dict(reversed(pairs))
    authors = ", ".join(value for name, value in pairs if name == "author")
    text = ". ".join(
        part
        for part in (
            authors,
            values.get("year", ""),
            values.get("title", ""),
            values.get("venue", ""),
        )
        if part
    )
    if not values.get("title") and not any(
        name in values for name in ("doi", "arxiv", "url", "pmid")
    ):
        return None
    return NoteBlock(
        "entry", text, line, fields=tuple((name, value) for name, value in pairs if value)
    )


def turn_name(name: str) -> str:
    """'Family, Jr, Given' or 'Family, Given' as 'Given Family'."""
    parts = [part.strip() for part in name.split(",")]
    if len(parts) == 2:
        return f"{parts[1]} {parts[0]}".strip()
    return (
        f"{parts[-1]} {parts[0]} {' '.join(parts[1:-1])}".strip()
        if len(parts) > 2
        else name.strip()
    )


def _names(value: str) -> list[str]:
    names = []
    for name in _AND.split(value):
        if re.match(r"\{.*\}$", name.strip()):
            names.append(plain_latex(name))
        elif name.strip().lower() not in {"", "others", "et al.", "et al"}:
            names.append(turn_name(plain_latex(name)))
    return names


def bibtex_blocks(text: str, line_before: int = 0) -> list[NoteBlock]:
    """The entries of a .bib text. `line_before` is the number of the line before its first."""
    return [block for block in _bibtex(text, line_before) if block]


def _bibtex(text: str, line_before: int) -> Iterator[NoteBlock | None]:
    from bibtexparser.entrypoint import parse_string
    from bibtexparser.middlewares import (
        RemoveEnclosingMiddleware,
        ResolveStringReferencesMiddleware,
    )

    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)
    library = parse_string(
        text, parse_stack=[ResolveStringReferencesMiddleware(True), RemoveEnclosingMiddleware(True)]
    )
    blocks: list[Any] = [*library.entries]
    blocks += [
        failed.ignore_error_block
        for failed in library.failed_blocks
        if getattr(failed, "ignore_error_block", None)
    ]
    for entry in sorted(blocks, key=lambda block: block.start_line or 0):
        if not hasattr(entry, "fields"):
            continue
        fields = {item.key.lower(): str(item.value) for item in reversed(entry.fields)}
        yield record_block(
            _bibtex_pairs(str(entry.key), entry.entry_type.lower(), fields),
            (entry.start_line or 0) + 1 + line_before,
        )


def _bibtex_pairs(key: str, kind: str, fields: dict[str, str]) -> Pairs:
    clean = {
        name: " ".join(plain_latex(value).split())
        for name, value in fields.items()
        if name not in {"author", "editor"}
    }
    title = clean.get("title", "")
    if clean.get("subtitle"):
        title = f"{title}: {clean['subtitle']}"
    pairs: Pairs = [("key", key), ("type", kind), ("title", title)]
    pairs += [("author", name) for name in _names(fields.get("author") or fields.get("editor", ""))]
    year = re.search(r"\d{4}", clean.get("year") or clean.get("date", ""))
    pairs.append(("year", year.group() if year else ""))
    pairs.append(("venue", next((clean[name] for name in _VENUES if clean.get(name)), "")))
    pairs.append(("doi", clean.get("doi", "")))
    eprint, scheme = (
        fields.get("eprint", ""),
        (fields.get("archiveprefix") or fields.get("eprinttype", "")).lower(),
    )
    if eprint and scheme in {"", "arxiv"} and valid_arxiv(re.sub(r"(?i)^arxiv:", "", eprint)):
        pairs.append(("arxiv", re.sub(r"(?i)^arxiv:", "", eprint)))
    elif eprint and scheme in {"pubmed", "jstor", "hal"}:
        pairs.append(("id", normalise_id(f"{ {'pubmed': 'pmid'}.get(scheme, scheme) }:{eprint}")))
    spare = " ".join(
        clean.get(name, "")
        for name in ("journal", "journaltitle", "volume", "number", "note", "howpublished")
    )
    found = [
        valid_arxiv(match.group(1)) for match in re.finditer(r"abs/([\w.-]+(?:/\d{7})?)", spare)
    ]
    found += [item.id for item in find_identifiers(spare)]
    named = [item.removeprefix("arxiv:") for item in found if item and item.startswith("arxiv:")]
    pairs += [("arxiv", value) for value in named[:1]]
    pairs += [
        (name, clean[name])
        for name in ("pmid", "pmcid", "abstract", "keywords", "file", "note")
        if clean.get(name)
    ]
    for name in ("url", "howpublished", "note", "link", "ee", "bdsk-url-1", "adsurl", "pdf"):
        pairs += [
            ("url", url.rstrip(".,;}"))
            for url in re.findall(
                r"https?://[^\s{}\\]+",
                fields.get(name, "")
                .replace("\\_", "_")
                .replace("\\%", "%")
                .replace("\\&", "&")
                .replace("\\#", "#"),
            )
        ]
    return pairs


def ris_blocks(text: str) -> list[NoteBlock]:
    """Records of a RIS or nbib (PubMed) file, each on the line where it begins; damaged records end at the next one."""
    blocks: list[NoteBlock] = []
    held: list[tuple[str, str]] = []
    first = 1
    for number, line in enumerate(text.split("\n"), 1):
        match = _RIS_TAG.match(line.rstrip())
        begins = bool(match) and match is not None and match.group(1) in {"TY", "PMID"}
        ends = bool(match) and match is not None and match.group(1) == "ER"
        if begins or ends or (not line.strip() and held and held[0][0] == "PMID"):
            _end_record(blocks, held, first)
            held = []
        if begins:
            first = number
        if match and not ends:
            held.append((match.group(1), match.group(2).strip()))
        elif line.startswith((" ", "\t")) and held:
            held[-1] = (held[-1][0], f"{held[-1][1]} {line.strip()}")
    _end_record(blocks, held, first)
    return blocks


def _end_record(blocks: list[NoteBlock], held: list[tuple[str, str]], line: int) -> None:
    values: dict[str, list[str]] = {}
    for tag, value in held:
        values.setdefault(tag, []).append(value)

    def first(*tags: str) -> str:
        return next((values[tag][0] for tag in tags if values.get(tag) and values[tag][0]), "")

    year = re.search(r"\d{4}", first("PY", "Y1", "DA", "DP", "YR"))
    pairs: Pairs = [
        ("key", first("ID")),
        ("type", first("TY", "PT").lower()),
        ("title", first("TI", "T1", "CT", "BT")),
    ]
    nbib = "PMID" in values
    names = values.get("FAU") or values.get("AU") or values.get("A1") or []
    pairs += [("author", turn_name(name)) for name in names]
    pairs.append(("year", year.group() if year else ""))
    pairs.append(("venue", first("JT", "TA") if nbib else first("JO", "T2", "JF", "JA", "PB")))
    doi = first("DO", "M3") or next(
        (v.split()[0] for v in values.get("AID", []) + values.get("LID", []) if "[doi]" in v), ""
    )
    pairs.append(("doi", doi if re.search(r"10\.\d{4}", doi) else ""))
    pairs.append(
        ("pmid", first("PMID") or (first("AN") if first("DB").lower() == "pubmed" else ""))
    )
    pairs.append(("pmcid", first("PMC")))
    pairs.append(("abstract", first("AB", "N2")))
    pairs += [
        ("url", url)
        for tag in ("UR", "L1", "L2", "LK")
        for url in values.get(tag, [])
        if url.startswith("http")
    ]
    block = record_block([pair for pair in pairs if pair[1]], line)
    if block:
        blocks.append(block)


def csl_blocks(text: str) -> list[NoteBlock]:
    """Items of a CSL-JSON (or Better CSL, or Zotero item JSON) file. Raises ValueError for what is no JSON list."""
    data = json.loads(text)
    items = (
        data.get("items") or data.get("references") or [data] if isinstance(data, dict) else data
    )
    if not isinstance(items, list):
        raise ValueError("not a list of references")  # noqa: TRY004
    blocks = []
    lines = _json_lines(text, len(items))
    for item, line in zip(items, lines, strict=False):
        if isinstance(item, dict):
            block = record_block(
                _csl_pairs(
                    item.get("data", item) if isinstance(item.get("data", item), dict) else item
                ),
                line,
            )
            if block:
                blocks.append(block)
    return blocks


def _json_lines(text: str, count: int) -> list[int]:
    """The line of each top-level item: where its title stands, else where the text begins."""
    lines, number = [], 1
    for match in re.finditer(r"\n|\"title\"\s*:", text):
        if match.group() == "\n":
            number += 1
        else:
            lines.append(number)
    return lines if len(lines) == count else [1] * count


def _csl_pairs(item: dict[str, Any]) -> Pairs:
    def string(*names: str) -> str:
        for name in names:
            value = item.get(name)
            value = value[0] if isinstance(value, list) and value else value
            if isinstance(value, (str, int)) and str(value).strip():
                return str(value).strip()
        return ""

    pairs: Pairs = [
        ("key", string("citation-key", "citationKey", "id", "key")),
        ("type", string("type", "itemType")),
    ]
    pairs.append(("title", re.sub(r"</?\w[^<>]{0,80}>", "", string("title"))))
    people = item.get("author") or item.get("creators") or item.get("editor") or []
    for person in people if isinstance(people, list) else []:
        if isinstance(person, dict):
            given = str(person.get("given") or person.get("firstName") or "")
            family = str(
                person.get("family")
                or person.get("lastName")
                or person.get("literal")
                or person.get("name")
                or ""
            )
            pairs.append(
                (
                    "author",
                    f"{given} {person.get('non-dropping-particle') or ''} {family}".replace(
                        "  ", " "
                    ).strip(),
                )
            )
    issued = item.get("issued") or item.get("date") or item.get("year") or ""
    year = re.search(r"(?:1[4-9]|20)\d\d", json.dumps(issued))
    pairs.append(("year", year.group() if year else ""))
    pairs.append(
        ("venue", string("container-title", "publicationTitle", "proceedingsTitle", "publisher"))
    )
    pairs += [
        ("doi", string("DOI", "doi")),
        ("pmid", string("PMID")),
        ("pmcid", string("PMCID")),
        ("abstract", string("abstract", "abstractNote")),
    ]
    extra = " ".join((string("number"), string("archiveID"), string("extra", "note")))
    arxiv = re.search(r"arXiv:\s?([\w./-]+)", extra)
    pairs.append(("arxiv", arxiv.group(1) if arxiv and valid_arxiv(arxiv.group(1)) else ""))
    pairs.append(("url", string("URL", "url")))
    return [pair for pair in pairs if pair[1]]


def csv_blocks(text: str) -> list[NoteBlock]:
    """Rows of Zotero's CSV export, or of any CSV with a title column. Raises ValueError without one."""
    rows = csv.reader(io.StringIO(text))
    names = [name.strip().lower().lstrip("\ufeff") for name in next(rows, [])]
    if "title" not in names:
        raise ValueError("no column called 'Title'")
    blocks = []
    line = 2
    for row in rows:
        values = dict(zip(names, (cell.strip() for cell in row), strict=False))
        people = values.get("author") or values.get("authors") or ""
        pairs: Pairs = [
            ("key", values.get("key", "")),
            ("type", values.get("item type", "")),
            ("title", values.get("title", "")),
        ]
        pairs += [
            ("author", turn_name(name)) for name in re.split(r";| and ", people) if name.strip()
        ]
        year = re.search(
            r"\d{4}", values.get("publication year") or values.get("year") or values.get("date", "")
        )
        pairs.append(("year", year.group() if year else ""))
        pairs.append(
            (
                "venue",
                values.get("publication title") or values.get("journal") or values.get("venue", ""),
            )
        )
        pairs += [
            ("doi", values.get("doi", "")),
            ("arxiv", values.get("arxiv", "")),
            ("pmid", values.get("pmid", "")),
        ]
        pairs.append(("url", values.get("url") or values.get("link", "")))
        block = record_block([pair for pair in pairs if pair[1]], line)
        if block:
            blocks.append(block)
        line = rows.line_num + 1
    return blocks
