"""The reader's inbox note: references of new papers are written to its end, on request, and nothing
else ever.

What stands in the note stays byte for byte; the file is replaced in one step.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from litmap.atomic_files import written_aside
from litmap.errors import LibraryError
from litmap.models import Work
from litmap.operating_system import sync_folder
from litmap.parsing.markup import escape_markdown, one_line
from litmap.parsing.name_fields import given_name_first

MAX_AUTHORS = 3
_HEADINGS = {".md": "# Inbox\n\n", ".markdown": "# Inbox\n\n", ".org": "* Inbox\n\n"}
"""What a note begins with that is made for the first reference, by its ending."""


def append_references(path: Path, works: Sequence[Work]) -> int:
    """Write a line for each work to the end of the note that it does not name yet; how many.

    The file is made where there is none. Raises `LibraryError` where it cannot be written, is no
    text in UTF-8, or has a second hard link; it is as it was then.
    """
    path = path.resolve()  # a link stays a link
    try:
        before = _read(path)
        text = before.decode("utf-8")
        lines = [line for w in works if not _names(text, w) for line in [reference_line(w, path)]]
        if lines:
            _replace(path, before, _appended(text, lines, path).encode("utf-8"))
    except UnicodeDecodeError as error:
        raise LibraryError(
            f"{path} is no text in UTF-8; nothing was written", subject=str(path)
        ) from error
    except OSError as error:
        raise LibraryError(
            f"{path} cannot be written: {error.strerror or error}", subject=str(path)
        ) from error
    return len(lines)


def reference_line(work: Work, path: Path) -> str:
    """A work as a list item: people ('Mira Okafor, Jan Tveit'), title, venue, year and address, on
    one line.
    """
    people = ", ".join(map(given_name_first, work.authors[:MAX_AUTHORS]))
    if len(work.authors) > MAX_AUTHORS:
        people += " and others"
    told = [people, f"“{one_line(work.title)}”", work.venue, str(work.year or "")]
    plain = one_line(". ".join(part.rstrip(".") for part in told if part))
    if path.suffix.lower() in {".md", ".markdown"}:
        plain = escape_markdown(plain)
    return f"- {plain}. {one_line(address_of(work))}".rstrip()


def address_of(work: Work) -> str:
    """What a refresh finds the work by: its page at arXiv or by DOI, else its first address."""
    arxiv, doi = work.identifier("arxiv"), work.identifier("doi")
    if arxiv:
        return f"https://arxiv.org/abs/{arxiv}"
    return f"https://doi.org/{doi}" if doi else next(iter(work.urls), "")


def _names(text: str, work: Work) -> bool:
    """Whether the note has the work's address already."""
    address = address_of(work)
    return bool(address) and address in text


def _read(path: Path) -> bytes:
    """The note's bytes; b'' where there is none. Raises `LibraryError` and OSError."""
    if not path.exists():
        return b""
    status = path.stat()
    if not path.is_file() or status.st_nlink > 1:
        raise LibraryError(
            f"{path} is no file of its own (a folder, or it has another hard link); "
            "nothing was written",
            subject=str(path),
        )
    if not status.st_mode & 0o222 or not os.access(path, os.W_OK):
        raise LibraryError(f"{path} is write-protected; nothing was written", subject=str(path))
    return path.read_bytes()


def _appended(text: str, lines: Sequence[str], path: Path) -> str:
    """The text with the lines behind it, with its own line ends."""
    end = "\r\n" if "\r\n" in text else "\n"
    if not text.strip("\ufeff \t\r\n"):
        text += _HEADINGS.get(path.suffix.lower(), "")
    elif not text.endswith("\n"):
        text += end
    return text + "".join(line + end for line in lines)


def _replace(path: Path, before: bytes, after: bytes) -> None:
    """Raises `LibraryError` where the note was changed meanwhile."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with written_aside(path) as aside:
        aside.write_bytes(after)
        if path.exists():
            shutil.copymode(path, aside)
        if (path.read_bytes() if path.exists() else b"") != before:
            raise LibraryError(f"{path} was changed meanwhile: try again", subject=str(path))
    sync_folder(path.parent)
