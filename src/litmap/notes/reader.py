"""Files to notes: one bad file costs that file and leaves a `Problem`."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from litmap.errors import NoteError
from litmap.export_marks import is_export
from litmap.models import Note, Problem
from litmap.notes.bibliographies.linking import link_bibliographies
from litmap.notes.builder import Builder
from litmap.notes.decoding import decode
from litmap.notes.discovery import MAX_BYTES, NoteFile, find_note_files, is_optional_note
from litmap.notes.formats import BY_NAME, BY_SUFFIX, detect_format
from litmap.notes.nesting import describe_depth
from litmap.parsing.note_links import without_links

logger = logging.getLogger(__name__)

_NOTION_ID = re.compile(r"\s+[0-9a-f]{32}(?:_all)?$")


def read_notes(
    paths: Sequence[Path | str], stdin: bytes | None = None
) -> tuple[list[Note], list[Problem]]:
    """All notes at these paths ('-' is `stdin`), and what could not be read.

    A reference file that a note cites from (named in it, or lying beside it) and that the user did
    not name himself comes as a note with `lookup` set: its entries count only where they are cited.
    """
    files, problems = find_note_files([path for path in paths if str(path) != "-"])
    notes: dict[Path, Note] = {}
    if any(str(path) == "-" for path in paths):
        standard_input = NoteFile(Path("-"), "-", by_user=True)
        _keep(notes, standard_input, _read_data(stdin or b"", standard_input, problems))
    for file in files:
        _keep(notes, file, _read_file(file, problems))
    named = {file.path for file in files if file.by_user and file.path in notes}
    link_bibliographies(
        notes, named, lambda path: _read_file(NoteFile(path, str(path), by_user=True), problems)
    )
    logger.info("read %d notes of %d files, %d problems", len(notes), len(files), len(problems))
    return list(notes.values()), problems


def _keep(notes: dict[Path, Note], file: NoteFile, note: Note | None) -> None:
    if note is not None:
        notes[file.path] = note


def _read_file(file: NoteFile, problems: list[Problem]) -> Note | None:
    try:
        data = _load(file)
    except NoteError as error:
        logger.warning("%s: %s", file.shown, error.message)
        problems.append(Problem(file.shown, error.message))
        return None
    if is_export(data) and not _is_wanted_export(file):
        logger.info("%s: written by `litmap export`, not read as a note", file.shown)
        if file.by_user:
            problems.append(Problem(file.shown, "written by `litmap export`, so it is no note"))
        return None
    own: list[Problem] = []
    note = _read_data(data, file, own)
    if note is not None or file.by_user or not is_optional_note(file.path):
        problems.extend(own)
    return note


def _is_wanted_export(file: NoteFile) -> bool:
    """True for exported records that the user, or a note by its keys, named."""
    return (
        file.by_user and BY_SUFFIX.get(file.path.suffix.lower(), BY_NAME["text"]).holds != "notes"
    )


def _load(file: NoteFile) -> bytes:
    """The file's bytes. Raises NoteError where it is too large, gone or cannot be opened."""
    try:
        size = file.path.stat().st_size
        if size > MAX_BYTES:
            reason = f"too large to be a note ({size:,} bytes; the limit is {MAX_BYTES:,})"
            raise NoteError(reason, subject=file.shown)
        if not file.path.is_file():
            raise NoteError("not a regular file", subject=file.shown)
        return file.path.read_bytes()
    except FileNotFoundError as error:
        raise NoteError("vanished while the notes were read", subject=file.shown) from error
    except OSError as error:
        reason = f"cannot be read: {error.strerror or error}"
        raise NoteError(reason, subject=file.shown) from error


def _read_data(data: bytes, file: NoteFile, problems: list[Problem]) -> Note | None:
    """The note in a file's bytes, without litmap's own links; None, and a problem, where they hold
    none.
    """
    data = without_links(data)
    digest = hashlib.sha256(data).hexdigest()
    suffix = file.path.suffix.lower()
    try:
        if is_packed(suffix):
            note, broken = parse_file(data, file.shown, suffix, digest)
        else:
            text, remark = decode(data)
            if remark:
                problems.append(Problem(file.shown, remark))
            note, broken = parse_note(text, file.shown, suffix, digest)
    except (ValueError, NoteError, RecursionError, LookupError, AttributeError, TypeError) as error:
        # Whatever a parser trips over in a damaged file, only that file is lost.
        logger.info("%s: skipped (%s)", file.shown, type(error).__name__)
        reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        problems.append(Problem(file.shown, reason))
        return None
    logger.debug("%s: read as %s, %d blocks", file.shown, note.format, len(note.blocks))
    if broken:
        problems.append(Problem(file.shown, broken + "; the rest was read"))
    return note


def parse_note(text: str, path: str, suffix: str = ".md", sha256: str = "") -> tuple[Note, str]:
    """One note out of its text, and what was wrong with it ('' mostly).

    `suffix` is the file's ending in lower case. Raises NoteError where the text is no note at all.
    """
    chosen = detect_format(text, suffix)
    if chosen.read is None:
        return parse_file(text.encode("utf-8", "replace"), path, suffix, sha256)
    builder = _fill(partial(chosen.read, text), path)
    broken = "; ".join(filter(None, (builder.broken, describe_depth(text, chosen.name))))
    return builder.note(path, chosen.name, sha256, _title_of(path)), broken


def parse_file(data: bytes, path: str, suffix: str, sha256: str = "") -> tuple[Note, str]:
    """The same of a file that is no text: `is_packed` is true of its ending."""
    chosen = BY_SUFFIX[suffix]
    if chosen.unpack is None:
        raise ValueError(f"{suffix} is read as text")
    builder = _fill(partial(chosen.unpack, data), path)
    return builder.note(path, chosen.name, sha256, _title_of(path)), builder.broken


def is_packed(suffix: str) -> bool:
    """True for the ending of a format whose files are bytes rather than text."""
    return suffix in BY_SUFFIX and BY_SUFFIX[suffix].unpack is not None


def _fill(read: Callable[[Builder], None], path: str) -> Builder:
    """A builder that was read into. Raises NoteError where the file is no note."""
    builder = Builder()
    builder.page = _title_of(path)
    try:
        read(builder)
    except ValueError as error:
        raise NoteError(str(error), subject=path) from error
    return builder


def _title_of(path: str) -> str:
    """The name of a file as a title, without the id that Notion's export puts behind it."""
    stem = Path(path).stem
    return _NOTION_ID.sub("", stem) or stem if path != "-" else "standard input"
