"""What litmap logs and where it goes: the terminal (`-v`), a file (`--log`), and a library's last
refreshes.

Modules log to a logger of their own name below `litmap`. Messages name works, files, hosts, counts
and reasons, never the text of notes, so that a log can go into a bug report.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from litmap.errors import UsageError

ROOT = logging.getLogger("litmap")
LEVELS = (logging.WARNING, logging.INFO, logging.DEBUG)
"""What the terminal shows without -v, with -v and with -vv."""
KEPT_LOGS = 10
"""Logs of refreshes that a library keeps."""
_FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
_LOG_LINE = re.compile(rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} [A-Z]+ +litmap")
_PATTERN = "refresh-*.log"


class _ShortFormatter(logging.Formatter):
    """Warnings as the command says them; what was asked for with -v with its level and module."""

    def format(self, record: logging.LogRecord) -> str:
        message = super().format(record)
        if record.levelno >= logging.WARNING:
            return f"litmap: {message}"
        return f"{record.levelname.lower()} {record.name}: {message}"


def configure(verbosity: int = 0, file: Path | None = None) -> None:
    """Send the log to standard error (more with each step of `verbosity`, 0 to 2) and to `file`,
    all of it.

    A log goes on in a file that is empty or holds one. Raises UsageError for another file, and
    OSError where the file cannot be written. A second call replaces the first.
    """
    if file is not None and not _is_log(file):
        message = f"{file} is there and is no log of litmap's: name another file"
        raise UsageError(message, subject=str(file))
    for handler in [h for h in ROOT.handlers if getattr(h, "litmap_configured", False)]:
        ROOT.removeHandler(handler)
        handler.close()
    level = LEVELS[min(verbosity, len(LEVELS) - 1)]
    terminal = logging.StreamHandler()
    terminal.setFormatter(_ShortFormatter("%(message)s"))
    _attach(terminal, level)
    if file is not None:
        to_file = logging.FileHandler(file, encoding="utf-8", errors="backslashreplace")
        to_file.setFormatter(logging.Formatter(_FORMAT))
        _attach(to_file, logging.DEBUG)
        level = logging.DEBUG
    ROOT.setLevel(level)
    ROOT.propagate = False


def _is_log(file: Path) -> bool:
    """Whether a log may go on in the file: no file, or empty, or one that begins as a log."""
    if not file.is_file():
        return True
    with file.open("rb") as opened:
        start = opened.read(200)
    return not start or bool(_LOG_LINE.match(start))


def _attach(handler: logging.Handler, level: int) -> None:
    handler.setLevel(level)
    handler.litmap_configured = True  # type: ignore[attr-defined]
    ROOT.addHandler(handler)


@contextmanager
def kept_log(folder: Path, started: str) -> Iterator[Path]:
    """Keep a log of what runs in this context in `folder`, beside those of the last refreshes.

    `started` is a time, UTC ISO 8601, and names the file. A folder that cannot be written costs the
    log, not the refresh.
    """
    path = folder / f"refresh-{started.replace(':', '')}.log"
    before = ROOT.level
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler = logging.FileHandler(path, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        ROOT.warning("the log of this refresh is not kept: %s", error)
        yield path
        return
    handler.setFormatter(logging.Formatter(_FORMAT))
    handler.setLevel(min(logging.INFO, ROOT.getEffectiveLevel()))
    ROOT.addHandler(handler)
    ROOT.setLevel(min(logging.INFO, ROOT.getEffectiveLevel()))
    try:
        yield path
    finally:
        ROOT.removeHandler(handler)
        ROOT.setLevel(before)
        handler.close()
        _prune(folder)


def kept_logs(folder: Path) -> list[Path]:
    """The logs of a library's last refreshes, the newest first."""
    return sorted(folder.glob(_PATTERN), reverse=True)


def _prune(folder: Path) -> None:
    for path in kept_logs(folder)[KEPT_LOGS:]:
        with suppress(OSError):
            path.unlink()


def without_home(text: str) -> str:
    """The text with the user's home folder written as '~'."""
    home = os.path.expanduser("~")  # noqa: PTH111 - the text to be replaced
    return text.replace(home, "~") if len(home) > 1 else text
