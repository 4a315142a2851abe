"""Where PDFs lie: stored once by content, what arrived noted until the catalogue knows it."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from litmap.atomic_files import write_through
from litmap.errors import LibraryError
from litmap.models import Download, Fetch, PdfFile, Response, Work
from litmap.operating_system import sync_folder

logger = logging.getLogger(__name__)


_SHA256 = re.compile(r"[0-9a-f]{64}")
_TEXTS = ("sha256", "path", "url", "fetched_at", "etag", "last_modified")


@dataclass(frozen=True, slots=True)
class Store:
    """Folders of a library as values: its `root` and those below it.

    `pdf` gives the place of a PDF by sha256, `partial` holds transfers under way, `aside` doubtful
    files.
    """

    root: Path
    pdf: Callable[[str], Path]
    partial: Path
    aside: Path

    def part(self, work: Work, url: str) -> Path:
        """Where the transfer of this address for this work goes on; the same in every run."""
        name = hashlib.sha256(f"{work.id}\n{url}".encode()).hexdigest()[:32]
        try:
            self.partial.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _trouble(self.partial, error) from error
        return self.partial / f"{name}.part"

    def write_part(self, work: Work, answer: Response, url: str) -> Download:
        """The body of an answer as a whole transfer."""
        part = self.part(work, url)
        try:
            write_through(part, answer.body)
        except OSError as error:
            raise _trouble(part, error) from error
        digest = hashlib.sha256(answer.body).hexdigest()
        size = len(answer.body)
        return Download(answer.url, answer.status, answer.headers, part, size, digest)

    def keep(self, got: Download, outcome: Fetch) -> Fetch:
        """Move a whole transfer to its place by content, and tell that place in `outcome.pdf`.

        Atomic. A note of the outcome stays beside the transfers until the catalogue is seen to have
        it.
        """
        assert got.path is not None and outcome.pdf is not None  # noqa: S101 - tells the type checker
        target = self._place(outcome.pdf)
        record = replace(outcome.pdf, path=self._relative(target))
        outcome = replace(outcome, pdf=record)
        data = {
            "work": outcome.work,
            "pdf": asdict(record),
            "title": outcome.title,
            "ids": outcome.ids,
        }
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            note = got.path.with_suffix(
                ".done"
            )  # first: whatever moment the program dies, the next run finds the file
            write_through(note.with_suffix(".tmp"), json.dumps(data).encode())
            note.with_suffix(".tmp").replace(note)
            got.path.replace(target)
            sync_folder(target.parent)
            drop(got.path)
        except OSError as error:
            raise _trouble(target, error) from error
        return outcome

    def put_aside(self, got: Download, ending: str = ".pdf") -> Path:
        """Keep a file that may be another paper; its name is its content's hash."""
        assert got.path is not None  # noqa: S101 - tells the type checker
        target = self.aside / f"{got.sha256[:16]}{ending}"
        try:
            self.aside.mkdir(parents=True, exist_ok=True)
            got.path.replace(target)
            drop(got.path)
        except OSError as error:
            raise _trouble(target, error) from error
        return target

    def copy_in(self, file: Path, *, pages: int, now: str, ending: str = ".pdf") -> PdfFile:
        """A user's file copied to its place by content; the file itself stays where it is."""
        digest, size = hashlib.sha256(), 0
        try:
            with file.open("rb") as source:
                while block := source.read(1 << 20):
                    digest.update(block)
                    size += len(block)
            target = self.pdf(digest.hexdigest()).with_suffix(ending)
            if not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                self.partial.mkdir(parents=True, exist_ok=True)
                aside = self.partial / f"{digest.hexdigest()[:32]}.copy"
                shutil.copyfile(file, aside)
                with aside.open("rb") as copied:
                    os.fsync(copied.fileno())
                aside.replace(target)
                sync_folder(target.parent)
        except OSError as error:
            raise _trouble(file, error) from error
        return PdfFile(digest.hexdigest(), self._relative(target), size, pages, fetched_at=now)

    def arrived(self) -> Iterator[tuple[Fetch, Path]]:
        """Outcomes of an earlier run, with their notes.

        It was perhaps killed before the catalogue learnt of them.
        """
        if not self.partial.is_dir():
            return
        for note in sorted(self.partial.glob("*.done")):
            try:
                data = json.loads(note.read_text(encoding="utf-8"))
                record = _pdf_file(data["pdf"])
                before = Fetch(
                    str(data["work"]), "fetched", "arrived before the last run ended", record
                )
                before = replace(
                    before,
                    title=str(data.get("title", "")),
                    ids=tuple(map(str, data.get("ids", ()))),
                )
            except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
                note.unlink(missing_ok=True)
                continue
            if self._place(record).is_file() or self._finish_move(
                note.with_suffix(".part"), record
            ):
                yield before, note
            else:
                note.unlink(missing_ok=True)

    def _finish_move(self, part: Path, record: PdfFile) -> bool:
        """Do the rename that a kill came before."""
        try:
            if hashlib.sha256(part.read_bytes()).hexdigest() != record.sha256:
                return False
            self._place(record).parent.mkdir(parents=True, exist_ok=True)
            part.replace(self._place(record))
        except OSError:
            return False
        drop(part)
        return True

    def _place(self, record: PdfFile) -> Path:
        return self.pdf(record.sha256).with_suffix(record.ending)

    def _relative(self, path: Path) -> str:
        return (
            path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)
        )


def drop(part: Path) -> None:
    """Remove a transfer and the note beside it."""
    part.unlink(missing_ok=True)
    part.with_name(part.name + ".json").unlink(missing_ok=True)


MAX_PART_DAYS = 7
"""Days for which a transfer that broke off can be gone on with."""


def clear_leftovers(partial: Path, now: float) -> int:
    """Remove from `partial` what no run goes on with; the number of files removed.

    Copies and notes that were being written when a run was killed, transfers that cannot be resumed
    and those that broke off long ago (`now` in seconds since 1970). Only for who holds the
    library's lock.
    """
    removed = 0
    for file in sorted(partial.glob("*")):
        try:
            if file.is_file() and _is_leftover(file, now):
                file.unlink(missing_ok=True)
                removed += 1
        except OSError as error:
            logger.warning("%s stays: %s", file.name, error.strerror)
    if removed:
        logger.info("%d leftovers of earlier transfers removed", removed)
    return removed


def _is_leftover(file: Path, now: float) -> bool:
    if file.suffix in {".copy", ".tmp"}:
        return True
    if file.suffix == ".json":  # beside a transfer
        return not file.with_suffix("").exists()
    if file.suffix != ".part" or file.with_suffix(".done").exists():
        return False
    is_old = now - file.stat().st_mtime > MAX_PART_DAYS * 86_400
    return is_old or not file.with_name(file.name + ".json").exists()


def _trouble(path: Path, error: OSError) -> LibraryError:
    return LibraryError(f"cannot write {path}: {error.strerror or error}", subject=str(path))


def _pdf_file(plain: Mapping[str, Any]) -> PdfFile:
    """The record that `Store.keep` noted. Raises TypeError or ValueError for what it did not."""
    record = PdfFile(**plain)
    texts = [getattr(record, name) for name in _TEXTS]
    numbers = [record.bytes, record.pages, 0 if record.version is None else record.version]
    if not all(isinstance(text, str) for text in texts) or not _SHA256.fullmatch(record.sha256):
        raise ValueError("no record of a PDF")
    if not all(type(number) is int for number in numbers):  # True is no number
        raise TypeError("no number")
    return record
