"""The files that are notes: walking folders with `.litmapignore`, and decoding what they hold."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from litmap.models import Problem

if TYPE_CHECKING:
    from pathspec import PathSpec

SUFFIXES = {
    ".md": "markdown", ".markdown": "markdown", ".mdown": "markdown", ".mkd": "markdown", ".mdx": "markdown",
    ".rmd": "markdown", ".qmd": "markdown", ".org": "org", ".rst": "rst", ".rest": "rst", ".tex": "latex",
    ".latex": "latex", ".ltx": "latex", ".html": "html", ".htm": "html", ".xhtml": "html", ".ipynb": "notebook",
    ".txt": "text", ".text": "text", "": "text", ".wiki": "mediawiki", ".mediawiki": "mediawiki", ".eml": "text",
    ".bib": "bibtex", ".biblatex": "bibtex", ".ris": "ris", ".nbib": "ris", ".json": "csl", ".csv": "csv", ".xml": "refxml", ".rdf": "refxml", ".mods": "refxml",  # noqa: E501
}  # fmt: skip
"""Formats by file suffix. JSON, CSV and XML files found in a folder are read only if they hold references."""
_SKIPPED = {"node_modules", "__pycache__", "site-packages", "venv", "index.litmap"}
_QUIET = {".json", ".csv", ".xml", ".rdf", ""}
MAX_BYTES = 64_000_000
"""Larger files are reported and not read."""


def find_note_files(
    paths: Sequence[Path | str],
) -> tuple[list[tuple[Path, str, bool]], list[Problem]]:
    """Files below the paths as (file, path as the user sees it, named by the user), in order, each once.

    Folders are walked recursively; hidden ones, `node_modules` and what a `.litmapignore` (gitignore's rules, in any
    folder) names are left out, and a symbolic link back up is followed once only.
    """
    found: dict[Path, tuple[Path, str, bool]] = {}
    problems: list[Problem] = []
    for path in map(Path, paths):
        try:
            if path.is_dir():
                for file in _walk(path, problems):
                    found.setdefault(file.resolve(), (file, str(file), False))
            elif path.exists():
                found[path.resolve()] = (path, str(path), True)
            else:
                problems.append(Problem(str(path), "there is no such file or folder"))
        except (OSError, RuntimeError, ValueError) as error:
            problems.append(Problem(str(path), f"cannot be opened: {_reason(error)}"))
    return list(found.values()), problems


def _reason(error: Exception) -> str:
    return (error.strerror or type(error).__name__) if isinstance(error, OSError) else str(error)


def _ignored_here(folder: Path) -> PathSpec[Any] | None:
    file = folder / ".litmapignore"
    try:
        if not file.is_file():
            return None
        import pathspec

        return pathspec.PathSpec.from_lines(
            "gitignore", file.read_text("utf-8", "replace").splitlines()[:10_000]
        )
    except (OSError, ValueError):
        return None


def _walk(top: Path, problems: list[Problem]) -> Iterator[Path]:
    seen: set[tuple[int, int]] = set()
    specs: dict[str, list[tuple[Path, PathSpec[Any]]]] = {}

    def failed(error: OSError) -> None:
        problems.append(Problem(str(error.filename or top), f"cannot be opened: {_reason(error)}"))

    for root, folders, files in os.walk(top, followlinks=True, onerror=failed):
        here = Path(root)
        try:
            status = here.stat()
        except OSError as error:
            failed(error)
            folders.clear()
            continue
        if (status.st_dev, status.st_ino) in seen:
            folders.clear()
            continue
        seen.add((status.st_dev, status.st_ino))
        rules = list(specs.get(str(here.parent), [])) if here != top else []
        own = _ignored_here(here)
        if own is not None:
            rules.append((here, own))
        specs[root] = rules
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".")
            and name not in _SKIPPED
            and not _ignored(here / name, rules, folder=True)
        )
        if "CURRENT" in files and "catalogue.sqlite" in files:  # a library of litmap itself
            folders.clear()
            continue
        for name in sorted(files):
            path = here / name
            known = path.suffix.lower() in SUFFIXES and (
                path.suffix or _has_no_suffix_but_text(path)
            )
            if known and not name.startswith(".") and not _ignored(path, rules):
                yield path


def _ignored(path: Path, rules: list[tuple[Path, PathSpec[Any]]], *, folder: bool = False) -> bool:
    for base, spec in rules:
        relative = path.relative_to(base).as_posix() + ("/" if folder else "")
        if spec.match_file(relative):
            return True
    return False


def _has_no_suffix_but_text(path: Path) -> bool:
    """Files without suffix are notes only where they are named like prose, not LICENSE or Makefile."""
    return path.name.lower() in {
        "readme",
        "notes",
        "todo",
        "reading",
        "papers",
        "references",
        "bibliography",
        "inbox",
    }


def quiet(path: Path) -> bool:
    """True for a file that may well be no note, so that failing to read it is no problem worth telling."""
    return path.suffix.lower() in _QUIET


def decode(data: bytes) -> tuple[str, str]:
    r"""Text of a file's bytes with line ends as `\n`, and a remark where characters had to be guessed ('' mostly).

    UTF-8 and UTF-16/32 by mark or by form; else UTF-8 with single wrong bytes read as Windows-1252 (files glued from
    two encodings). Raises ValueError for binary data.
    """
    if data[:4] in (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff"):
        text, remark = data.decode("utf-32", "replace"), ""
    elif data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text, remark = data.decode("utf-16", "replace"), ""
    else:
        text, remark = _decode_bytes(data.removeprefix(b"\xef\xbb\xbf"))
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0b", "\n").replace(
        "\x0c", "\n"
    ).lstrip("\ufeff"), remark


def _decode_bytes(data: bytes) -> tuple[str, str]:
    sample = data[:8192]
    if b"\x00" in sample:
        even, odd = sample[0::2].count(0), sample[1::2].count(0)
        if max(even, odd) > 0.3 * len(sample) / 2 and min(even, odd) < 0.05 * len(sample):
            return data.decode("utf-16-le" if odd > even else "utf-16-be", "replace"), ""
        raise ValueError("a binary file, not a note")
    if sample.startswith(
        (b"%PDF-", b"PK\x03\x04", b"\x89PNG", b"\x1f\x8b", b"GIF8", b"\xff\xd8\xff")
    ):
        raise ValueError("a binary file, not a note")
    control = sum(
        sample.count(bytes([byte])) for byte in (*range(1, 9), *range(14, 27), *range(28, 32))
    )
    if control > 0.05 * len(sample) + 3:
        raise ValueError("a binary file, not a note")
    try:
        return data.decode("utf-8"), ""
    except UnicodeDecodeError:
        wrong = data.decode("utf-8", "ignore")
        text = data.decode("utf-8", "surrogateescape")
        lone = len(text) - len(wrong)
        guessed = "".join(
            bytes([ord(char) - 0xDC00]).decode("cp1252", "replace")
            if 0xDC80 <= ord(char) <= 0xDCFF
            else char
            for char in text
        )
        return guessed, f"{lone:,} characters were not UTF-8 and read as Windows-1252"
