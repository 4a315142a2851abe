"""A BibTeX file of the user's, in which litmap writes only what it adds.

Every byte that is there stays. New fields stand behind an entry's last one, in the way in which
that one is set in.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from litmap.errors import UsageError
from litmap.exports.bibtex import added_fields
from litmap.exports.keys import LibraryWork
from litmap.exports.publications import publication_of
from litmap.models import BibRecord
from litmap.parsing.encodings import SAMPLE, declared_encoding, wide_encoding
from litmap.parsing.identifiers import find_identifiers
from litmap.parsing.latex_text import plain_latex
from litmap.parsing.title_similarity import normalise_title

_LAST_VALUE = re.compile(r"(?s)(.*[^\s,])([\s,]*)\Z")
_LAST_INDENT = re.compile(r"(?m)^([ \t]+)[^\s=]+\s*=")
_NAMES_A_WORK = ("doi", "eprint", "url", "howpublished", "note")
BIBTEX_ENDINGS = {".bib", ".biblatex"}
UNKNOWN = "latin-1"
"""Stands for an encoding that nothing tells: it has a character for each byte."""
MIN_TITLE_CHARS = 15
"""A shorter title alone does not say which work an entry is."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry of the file: where it stands, its type, key and fields, values as in `BibRecord`."""

    start: int
    end: int
    record: BibRecord


def read_updatable(path: Path) -> bytes:
    """The bytes of a BibTeX file. Raises UsageError where there is none, or it is no such file."""
    if path.suffix.lower() not in BIBTEX_ENDINGS or not path.is_file():
        message = f"{path}: --update adds to a BibTeX file (.bib) that is there"
        raise UsageError(message, subject=str(path))
    try:
        return path.read_bytes()
    except OSError as error:
        message = f"{path}: cannot be read ({error.strerror or error})"
        raise UsageError(message, subject=str(path)) from error


def update_bibtex(data: bytes, works: Sequence[LibraryWork], path: Path) -> tuple[bytes, int]:
    """The bytes of the file with what litmap adds, and the number of entries it added to.

    An entry is a work's by its key in this file, an identifier, or a title of some length. Raises
    UsageError where the bytes hold no entry of BibTeX.
    """
    text, encoding = _decode(data)
    entries = list(_entries(text))
    if not entries:
        raise UsageError(f"{path}: no BibTeX in it, so nothing was changed", subject=str(path))
    index = _Index(works, path)
    out, place, changed = [], 0, 0
    for entry in entries:
        work = index.work_of(entry.record)
        fields = _additions(entry.record, work) if work else []
        lines = [(name, value) for name, value in fields if _fits(value, encoding)]
        if lines:
            out += [text[place : entry.start], _extended(text[entry.start : entry.end], lines)]
            place, changed = entry.end, changed + 1
    return ("".join(out) + text[place:]).encode(encoding), changed


def _decode(data: bytes) -> tuple[str, str]:
    """The text and its encoding, in which every byte comes out as it went in: that of its mark or
    form, UTF-8, or the one that the file names; else one character a byte.
    """
    for encoding in (wide_encoding(data), "utf-8", declared_encoding(data[:SAMPLE])):
        if encoding and (text := _exactly(data, encoding)) is not None:
            return text, encoding
    return data.decode(UNKNOWN), UNKNOWN


def _exactly(data: bytes, encoding: str) -> str | None:
    """The text in an encoding that gives the same bytes again; None where it does not."""
    try:
        text = data.decode(encoding)
        return text if text.encode(encoding) == data else None
    except ValueError:
        return None


def _fits(value: str, encoding: str) -> bool:
    """Whether the file can hold the value; where its encoding is not known, letters of ASCII."""
    try:
        value.encode("ascii" if encoding == UNKNOWN else encoding)
    except UnicodeEncodeError:
        return False
    return True


def _entries(text: str) -> Iterator[_Entry]:
    """The whole entries of a text, in order."""
    from bibtexparser.entrypoint import parse_string
    from bibtexparser.middlewares import RemoveEnclosingMiddleware

    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)
    library = parse_string(text, parse_stack=[RemoveEnclosingMiddleware(True)])
    blocks = [getattr(block, "ignore_error_block", None) or block for block in library.blocks]
    place = 0
    for block in sorted(blocks, key=lambda block: block.start_line or 0):
        start = text.find(block.raw or "", place)
        if start < 0:
            continue
        place = start + len(block.raw or "")
        if hasattr(block, "fields"):
            yield _Entry(start, place, _record(block))


def _record(block: Any) -> BibRecord:
    fields = tuple((field.key.lower(), str(field.value)) for field in block.fields)
    return BibRecord("bibtex", str(block.key), block.entry_type.lower(), fields)


def _additions(record: BibRecord, work: LibraryWork) -> list[tuple[str, str]]:
    """What litmap adds to an entry as it is now."""
    publication = publication_of(record.key, (work[0], work[1], [record]))
    return added_fields(publication, {name for name, _ in record.fields})


def _extended(raw: str, fields: Sequence[tuple[str, str]]) -> str:
    """The entry with these fields behind its last one."""
    head, closing = raw[:-1], raw[-1]
    match = _LAST_VALUE.match(head)
    if match is None:
        return raw
    body, tail = match.groups()
    end = "\r\n" if "\r\n" in raw else "\n"
    indents = _LAST_INDENT.findall(raw)
    before = f"{end}{indents[-1] if indents else '  '}" if end in raw else " "
    added = ",".join(f"{before}{name} = {{{value}}}" for name, value in fields)
    comma, blanks = ("," if "," in tail else ""), tail.replace(",", "", 1)
    return f"{body},{added}{comma}{blanks}{closing}"


class _Index:
    """Finds the work of an entry."""

    def __init__(self, works: Sequence[LibraryWork], path: Path) -> None:
        self._by_key: dict[str, LibraryWork] = {}
        self._by_id: dict[str, LibraryWork] = {}
        self._by_title: dict[str, list[LibraryWork]] = {}
        for work in works:
            for record in work[2] if len(work) > 2 else ():
                if record.key and Path(record.file).resolve() == path.resolve():
                    self._by_key.setdefault(record.key, work)
            for identifier in work[0].ids:
                self._by_id.setdefault(identifier, work)
            self._by_title.setdefault(normalise_title(work[0].title), []).append(work)

    def work_of(self, record: BibRecord) -> LibraryWork | None:
        """The work of an entry, None where the library has none."""
        values: Mapping[str, str] = dict(reversed(record.fields))
        return (
            self._by_key.get(record.key)
            or self._by_identifier(values)
            or self._titled(values.get("title", ""))
        )

    def _by_identifier(self, values: Mapping[str, str]) -> LibraryWork | None:
        texts = [f"{name}:{values.get(name, '')}" for name in _NAMES_A_WORK]
        texts.append(f"arxiv:{values.get('eprint', '')}")
        found = (identifier.id for text in texts for identifier in find_identifiers(text))
        return next((self._by_id[name] for name in found if name in self._by_id), None)

    def _titled(self, title: str) -> LibraryWork | None:
        """The only work of this title."""
        title = normalise_title(plain_latex(title))
        works = self._by_title.get(title, []) if len(title) >= MIN_TITLE_CHARS else []
        return works[0] if len(works) == 1 else None
