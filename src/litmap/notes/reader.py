"""Files to notes: one bad file costs that file and leaves a `Problem`."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from litmap.models import Note, NoteBlock, Problem
from litmap.notes.builder import Builder
from litmap.notes.discovery import MAX_BYTES, SUFFIXES, decode, find_note_files, quiet
from litmap.notes.formats.mediawiki import is_mediawiki

_CITEKEY = re.compile(
    r"(?<![\w@.])@\{?[^\W\d_][\w:.#$%&+?<>~/-]*|\\[a-zA-Z]*cite[a-zA-Z]*\*?\s*(?:\[[^\]]*\]\s*){0,2}\{|:cite|\bcite[a-z]*:|@[\w-]+\d"
)
_BIBS = {"bibtex", "csl", "ris", "refxml"}


def read_notes(
    paths: Sequence[Path | str], stdin: bytes | None = None
) -> tuple[list[Note], list[Problem]]:
    """All notes at these paths ('-' is standard input, given as `stdin`), and what could not be read.

    A reference file that a note cites from (named in it, or lying beside it) and that the user did not name himself
    comes as a note with `lookup` set: its entries count only where they are cited.
    """
    found, problems = find_note_files([path for path in paths if str(path) != "-"])
    notes: dict[Path, Note] = {}
    named: set[Path] = set()
    if any(str(path) == "-" for path in paths):
        note = _read_bytes(stdin or b"", Path("-"), "-", problems)
        if note:
            notes[Path("-")] = note
    for file, shown, by_user in found:
        note = _read_file(file, shown, by_user, problems)
        if note:
            notes[file] = note
            if by_user:
                named.add(file)
    _tie_bibliographies(notes, named, problems)
    return list(notes.values()), problems


def _read_file(file: Path, shown: str, by_user: bool, problems: list[Problem]) -> Note | None:
    try:
        size = file.stat().st_size
        if size > MAX_BYTES:
            problems.append(
                Problem(
                    shown, f"too large to be a note ({size:,} bytes; the limit is {MAX_BYTES:,})"
                )
            )
            return None
        if not file.is_file():
            problems.append(Problem(shown, "not a regular file"))
            return None
        data = file.read_bytes()
    except FileNotFoundError:
        problems.append(Problem(shown, "vanished while the notes were read"))
        return None
    except OSError as error:
        problems.append(Problem(shown, f"cannot be read: {error.strerror or error}"))
        return None
    own: list[Problem] = []
    note = _read_bytes(data, file, shown, own)
    if note is not None or by_user or not quiet(file):
        problems.extend(own)
    return note


def _read_bytes(data: bytes, file: Path, shown: str, problems: list[Problem]) -> Note | None:
    try:
        text, remark = decode(data)
        if remark:
            problems.append(Problem(shown, remark))
        note, broken = parse_note(
            text, shown, file.suffix.lower(), hashlib.sha256(data).hexdigest()
        )
    except (ValueError, RecursionError, LookupError, AttributeError, TypeError) as error:
        problems.append(
            Problem(shown, str(error).splitlines()[0][:200] if str(error) else type(error).__name__)
        )
        return None
    if broken:
        problems.append(Problem(shown, broken + "; the rest was read"))
    return note


def parse_note(text: str, path: str, suffix: str = ".md", sha256: str = "") -> tuple[Note, str]:
    """One note out of its text, and what was wrong with it ('' mostly). Raises ValueError if it is no note at all."""
    fmt = SUFFIXES.get(suffix, "text")
    if fmt in {"text", "markdown", "mediawiki"}:
        fmt = sniff(text, fmt)
    stem = Path(path).stem if path != "-" else "standard input"
    builder = Builder()
    uses: tuple[str, ...] = ()
    broken = ""
    if fmt == "markdown":
        from litmap.notes.formats.markdown import read_markdown

        front = read_markdown(text, builder)
        uses, broken = front.bibliographies, front.broken
    elif fmt in {"org", "rst", "latex", "html", "notebook"}:
        uses = _reader(fmt)(text, builder)
    elif fmt == "text":
        from litmap.notes.formats.plain import read_plain

        read_plain(text, builder)
    elif fmt == "mediawiki":
        from litmap.notes.formats.mediawiki import read_mediawiki

        read_mediawiki(text, builder)
    else:
        builder.blocks.extend(_entries(text, fmt))
    return builder.note(path, fmt, sha256, stem, uses), broken


def _reader(fmt: str) -> Callable[[str, Builder], tuple[str, ...]]:
    if fmt == "org":
        from litmap.notes.formats.org import read_org

        return read_org
    if fmt == "rst":
        from litmap.notes.formats.rst import read_rst

        return read_rst
    if fmt == "latex":
        from litmap.notes.formats.latex import read_latex

        return read_latex
    if fmt == "html":
        from litmap.notes.formats.html import read_html

        return read_html
    from litmap.notes.formats.notebook import read_notebook

    return read_notebook


def _entries(text: str, fmt: str) -> list[NoteBlock]:
    from litmap.notes.bibliographies.text_formats import (
        bibtex_blocks,
        csl_blocks,
        csv_blocks,
        ris_blocks,
    )

    if fmt == "bibtex":
        return bibtex_blocks(text)
    if fmt == "ris":
        return ris_blocks(text)
    if fmt == "csv":
        return csv_blocks(text)
    if fmt == "refxml":
        from litmap.notes.bibliographies.xml_formats import xml_blocks

        return xml_blocks(text)
    try:
        return csl_blocks(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"not valid JSON (line {error.lineno})") from error


def sniff(text: str, named: str) -> str:
    """What a text called plain (or Markdown) is by its form."""
    head = text[:20_000]
    start = head.lstrip()[:400].lower()
    if start.startswith(("<!doctype html", "<html")) or (
        "<head" in start and "<body" in head.lower()
    ):
        return "html"
    if named == "mediawiki" or is_mediawiki(text):
        return "mediawiki"
    if named == "markdown":
        return "markdown"
    if (
        re.search(r"\\documentclass|\\begin\{document\}|\\begin\{thebibliography\}", head)
        or len(re.findall(r"\\(?:section|subsection|cite[tp]?)\*?\{", head)) >= 3
    ):
        return "latex"
    if (
        len(re.findall(r"(?m)^@[a-zA-Z]+\s*\{\s*[^\s,{}]+,\s*$", head)) >= 1
        and not re.search(r"(?m)^#{1,4} \S", head)
        and start.startswith(("@", "%"))
    ):
        return "bibtex"
    if re.match(r"\ufeff?\s*TY  ?- ", head) or re.match(r"\s*PMID\s?- ?\d", head):
        return "ris"
    if len(re.findall(r"(?m)^\*{1,4} \S", head)) >= 2 and re.search(
        r"\[\[(?:https?:|file:|doi:)[^\]]+\]|^#\+\w+:|:PROPERTIES:", head, re.M
    ):
        return "org"
    if (
        len(re.findall(r"(?m)^\.\. (?:_|\[|\w+::)", head)) >= 1
        or len(re.findall(r"`[^`<>]+ <https?://[^>]+>`_", head)) >= 2
    ):
        return "rst"
    signs = 3 * bool(re.match(r"---\n(?:[\w-]+:.*\n)+", head)) + min(
        4, 2 * len(re.findall(r"(?m)^#{1,5} \S", head))
    )
    signs += min(4, len(re.findall(r"\]\(https?://", head))) + min(
        2, len(re.findall(r"(?m)^\[[^\]]+\]: \S", head))
    )
    return "markdown" if signs >= 2 else "text"


def _tie_bibliographies(notes: dict[Path, Note], named: set[Path], problems: list[Problem]) -> None:
    """Gives each note that cites by key the reference files it means, and marks those that serve only for that."""
    beside: dict[Path, list[Path]] = {}
    for file, note in notes.items():
        if note.format in _BIBS:
            beside.setdefault(file.parent, []).append(file)
    resolved: dict[Path, Path] = {}
    used: set[Path] = set()
    for file, note in list(notes.items()):
        if note.format in _BIBS | {"csv"}:
            continue
        wanted = [
            target for name in note.uses if (target := _find_bibliography(file, name)) is not None
        ]
        if not wanted and _cites_by_key(note):
            wanted = beside.get(file.parent) or _bibs_in(file.parent)
        ties = []
        for target in wanted:
            if not resolved:
                resolved = {other.resolve(): other for other in reversed(notes)}
            known = target if target in notes else resolved.get(target.resolve())
            if known is None:
                extra = _read_file(target, str(target), True, problems)
                if extra is None or extra.format not in _BIBS:
                    continue
                notes[target] = extra
                known = resolved[target.resolve()] = target
            ties.append(notes[known].path)
            used.add(known)
        notes[file] = replace(note, uses=tuple(dict.fromkeys(ties)))
    for file in used - named:
        notes[file] = replace(notes[file], lookup=True)


def _cites_by_key(note: Note) -> bool:
    return any(
        ("@" in block.text and _CITEKEY.search(block.text))
        or any(name == "cites" for name, _ in block.fields)
        for block in note.blocks
    )


def _bibs_in(folder: Path) -> list[Path]:
    try:
        return (
            sorted(path for path in folder.glob("*.bib") if path.is_file())[:20]
            if str(folder)
            else []
        )
    except OSError:
        return []


def _find_bibliography(file: Path, name: str) -> Path | None:
    if "://" in name or len(name) > 500:
        return None
    suffixes = (
        ("",) if Path(name).suffix.lower() in {".bib", ".json", ".ris", ".yaml"} else (".bib", "")
    )
    for base in (file.parent, *file.parent.parents[:3]):
        for suffix in suffixes:
            path = base / (name + suffix)
            try:
                if path.is_file() and path.suffix.lower() in {".bib", ".json", ".ris"}:
                    return path
            except (OSError, ValueError):
                continue
    return None
