"""RIS, and PubMed's nbib: tagged lines, a record from its first tag to the next record's."""

from __future__ import annotations

import re

from litmap.models import NoteBlock
from litmap.notes.bibliographies.record import Pairs, given_name_first, record_block
from litmap.notes.builder import Builder

_RIS_TAG = re.compile(r"^([A-Z][A-Z0-9]{1,3})\s{0,2}-\s?(.*)$")
_FIRST_LINE = re.compile(r"\ufeff?\s*TY  ?- |\s*PMID\s?- ?\d")


def is_ris(text: str) -> bool:
    """True for text that begins as a record of RIS or nbib does."""
    return bool(_FIRST_LINE.match(text))


def read_ris(text: str, builder: Builder) -> None:
    """Reads the records of a RIS or nbib file into the builder."""
    builder.blocks.extend(ris_blocks(text))


def ris_blocks(text: str) -> list[NoteBlock]:
    """Records, each on the line where it begins; a damaged one ends at the next."""
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
    pairs += [("author", given_name_first(name)) for name in names]
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
