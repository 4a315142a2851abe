"""Rows of the catalogue as records: what a stage's outcome becomes once it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from litmap.models import HeadingPath, Problem, Status, Work


@dataclass(frozen=True, slots=True)
class Decided:
    """A stored resolution: the work's id instead of the work, and when it was made.

    `unanswered` names the sources that did not answer then.
    """

    citation: str
    status: Status
    reason: str
    work: str | None
    candidates: tuple[Work, ...]
    time: str
    unanswered: tuple[str, ...] = ()


PLACE = "heading"
"""The field of a `Decision` that says where a work stands."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The user's word: of a citation (`subject` is its key) which work it is, or of a work (its id)
    the value of a `field`, or where it stands (`field` is `PLACE`).

    `former` is the id that the work went by when this was said.
    """

    subject: str
    choice: str
    time: str
    former: str = ""
    field: str = ""


@dataclass(frozen=True, slots=True)
class LookedClaim:
    """The user's word that he looked at what a sentence says of a work, and that it is fine.

    `paper` is the work's `Entry.checked_text` then: the word holds for this text alone.
    """

    work: str
    claim: str
    paper: str
    time: str


class ReadingState(StrEnum):
    """How far the reader is with a paper."""

    UNTOLD = ""
    TO_READ = "to read"
    READING = "reading"
    READ = "read"


@dataclass(frozen=True, slots=True)
class Labels:
    """The reader's own labels of a work; `tags` in the order of the alphabet."""

    state: ReadingState = ReadingState.UNTOLD
    is_important: bool = False
    tags: tuple[str, ...] = ()


UNLABELLED = Labels()


@dataclass(frozen=True, slots=True)
class KeptPlace:
    """The reader's word that a work stands under these headings, wherever the notes cite it."""

    work: str
    headings: tuple[HeadingPath, ...]
    time: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """A stored fetch: the last outcome for one work.

    Its PDF may be from an earlier fetch, where the last one failed.
    """

    work: str
    status: str
    reason: str
    tried: tuple[tuple[str, str], ...]
    transient: bool
    time: str


@dataclass(frozen=True, slots=True)
class TextRecord:
    """How the reading of one PDF ended; `extractor` is the version of what read it.

    `quality` is that of the text ('text', 'ocr', 'scan', 'gibberish') or 'failed', `reason` says
    why where there is no good text. `tries` counts readings in a row that failed for a reason that
    may pass (0 where the last one did not); `seconds` and `megabytes` are the limits that the last
    of these was given.
    """

    sha256: str
    extractor: str
    quality: str
    reason: str = ""
    pages: int = 0
    tries: int = 0
    seconds: float = 0.0
    megabytes: int = 0

    @property
    def is_readable(self) -> bool:
        """Whether the text is worth indexing."""
        return self.quality in {"text", "ocr"}


@dataclass(frozen=True, slots=True)
class FileStamp:
    """A file as it was when it was looked at: another size or time of change is another stamp."""

    path: str
    """Its name below its folder; the whole path in what the first versions wrote."""
    bytes: int
    modified_ns: int


@dataclass(frozen=True, slots=True)
class Lookup:
    """What the sources say of a work that the papers cite; `key` is the one of
    `references.MissingWork`.

    `ids` are its identifiers, () where no source knows it. `time` is '' where the sources could not
    be asked.
    """

    key: str
    ids: tuple[str, ...]
    time: str

    @property
    def was_asked(self) -> bool:
        """Whether a source has answered."""
        return bool(self.time)


@dataclass(frozen=True, slots=True)
class WatchedListing:
    """A listing of new papers: `until` is the last day (ISO 8601) that was looked through, `time`
    when it was asked.
    """

    listing: str
    until: str
    time: str


@dataclass(frozen=True, slots=True)
class Run:
    """One refresh: `state` is running, done, failed or interrupted.

    `report` holds its counts and the seconds of its stages.
    """

    id: int
    started: str
    finished: str | None
    state: str
    report: Mapping[str, Any]
    problems: tuple[Problem, ...] = ()
