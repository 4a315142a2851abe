"""The answers of a language model, kept as they came, by what was asked, as long as somebody looks
at them: a file's time is the day of the last look.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from litmap.atomic_files import replace_file

logger = logging.getLogger(__name__)

MAX_KEPT_BYTES = 400_000
"""Bytes of a kept answer that are read."""
KEPT_DAYS = 90
"""Days without a look after which an answer is removed."""
_DAY = 86_400
_NAME = re.compile(r"[0-9a-f]{64}\.json")

Messages = Sequence[Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What a model answered, and how many sentences (or labels) of it stood the checks when it was
    looked at last; None where nobody has looked.
    """

    answer: str
    shown: int | None = None


@dataclass(frozen=True, slots=True)
class KeptAnswers:
    """The answers of one model at one address (`origin`) below a folder; None keeps none."""

    folder: Path | None
    model: str
    origin: str

    def find(self, messages: Messages) -> KeptAnswer | None:
        """The answer to the same messages; None where there is none, or none that can be read."""
        path = self._path(messages)
        if path is None or not path.is_file():
            return None
        try:
            with path.open("rb") as file:
                record = json.loads(file.read(MAX_KEPT_BYTES + 1))
        except (OSError, ValueError, RecursionError):
            logger.info("%s cannot be read; the model is asked again", path.name)
            return None
        _note_look(path)
        return _kept(record)

    def keep(self, messages: Messages, kept: KeptAnswer) -> None:
        """Keep an answer; a library that cannot be written to keeps none."""
        path = self._path(messages)
        if path is None:
            return
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(path, json.dumps(asdict(kept), ensure_ascii=True).encode())
        except OSError as error:
            logger.info("the answer is not kept: %s", error.strerror or error)

    def _path(self, messages: Messages) -> Path | None:
        if self.folder is None:
            return None
        asked = json.dumps([self.model, self.origin, list(messages)], ensure_ascii=True)
        name = hashlib.sha256(asked.encode()).hexdigest()
        return self.folder / name[:2] / f"{name}.json"


def remove_unused(folder: Path) -> int:
    """Remove the answers in a folder, of whichever model, that nobody looked at for `KEPT_DAYS`;
    how many. Files of other names stay.
    """
    oldest, removed = time.time() - KEPT_DAYS * _DAY, 0
    for path in folder.glob("*/*.json"):
        with suppress(OSError):
            if _NAME.fullmatch(path.name) and path.lstat().st_mtime < oldest:
                path.unlink()
                removed += 1
    if removed:
        logger.info("%d kept answers that nobody looked at were removed", removed)
    return removed


def _note_look(path: Path) -> None:
    """Note, once a day, that an answer was looked at; a library that cannot be written to notes
    nothing.
    """
    with suppress(OSError):
        if time.time() - path.stat().st_mtime > _DAY:
            os.utime(path)


def _kept(record: object) -> KeptAnswer | None:
    """A record of a file that anybody may have written."""
    answer = record.get("answer") if isinstance(record, dict) else None
    if not isinstance(record, dict) or not isinstance(answer, str):
        return None
    shown = record.get("shown")
    return KeptAnswer(answer, shown if type(shown) is int and shown >= 0 else None)
