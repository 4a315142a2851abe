"""What the system is told to start for a library, and who is told: systemd, launchd or cron."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Protocol

from litmap.errors import UsageError
from litmap.schedules.times import Times, read_times
from litmap.written_files import WrittenFiles

PROGRAM_SECONDS = 60
WAKE_MINUTES = 15
"""How often the system asks whether a refresh is due, where it cannot tell by itself."""
PASSED_ON = (
    "PREFECT_HOME",
    "PREFECT_API_URL",
    "XDG_CACHE_HOME",
    "SSL_CERT_FILE",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "NO_PROXY",
    "https_proxy",
    "http_proxy",
    "no_proxy",
)
"""Variables of the environment, besides the settings, that a scheduled refresh gets too."""
_PATHS = ("LITMAP_LIBRARY", "LITMAP_NOTES", "LITMAP_STATE", "LITMAP_MODEL", "LITMAP_RERANKER")


@dataclass(frozen=True, slots=True)
class Job:
    """One library's scheduled refresh: a command with full paths, and its environment."""

    name: str
    library: Path
    times: Times
    arguments: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def command(self) -> list[str]:
        """What is started; it ends at once where no refresh is due."""
        program = [sys.executable, "-m", "litmap", "schedule", "--due", *self.times.options]
        return [*program, "--library", str(self.library), *self.arguments]


class Manager(Protocol):
    """A program of the system that starts others at their times."""

    title: str

    def check(self) -> None:
        """Raises `UsageError` where it can be told nothing: it is missing, or does not answer."""

    def install(self, job: Job, files: WrittenFiles, *, force: bool) -> list[str]:
        """Have the job started from now on; what the user should know. Raises `UsageError`, and
        leaves what was there before.
        """

    def uninstall(self, name: str, files: WrittenFiles, *, force: bool) -> str | None:
        """Have it started no more, also where the program is missing: why that could not be told,
        '' where it was; None where there was no job. Raises `UsageError` for edited files.
        """

    def find(self, name: str) -> Times | None:
        """The times of an installed job."""

    def trouble(self, name: str) -> str:
        """What keeps an installed job from being started, in words that follow 'but'; '' where
        nothing does. Raises `UsageError` where that cannot be asked.
        """


def passed_environment(environment: Mapping[str, str], settings: Sequence[str]) -> dict[str, str]:
    """Of an environment, the `settings` and `PASSED_ON`, with full paths; no address that holds a
    password, for the files are no place for it.
    """
    chosen = {name: environment[name] for name in (*settings, *PASSED_ON) if environment.get(name)}
    return {
        name: _absolute(value) if name in _PATHS else value
        for name, value in chosen.items()
        if not (name.lower().endswith("_proxy") and "@" in value)
    }


def _absolute(value: str) -> str:
    """Paths that are there, spelt out in full; other words as they are."""
    parts = value.split(os.pathsep)
    return os.pathsep.join(str(Path(p).absolute()) if Path(p).exists() else p for p in parts)


def check_text(words: Sequence[str]) -> None:
    """Raises `UsageError` for what cannot be written on one line of a file."""
    for word in words:
        if not word.isprintable():
            message = f"{word!r} holds characters that no schedule can hold: rename it"
            raise UsageError(message, subject=word)


def times_of(command: Sequence[str]) -> Times | None:
    """The times in a command's options; None where it has none that can be read."""
    found = dict(_options(command))
    if "--cron" not in found and "--every" not in found:
        return None
    try:
        return read_times(
            cron=found.get("--cron"), every=found.get("--every"), zone=found.get("--timezone")
        )
    except UsageError:
        return None


def _options(command: Sequence[str]) -> Iterator[tuple[str, str]]:
    for name, value in pairwise(command):
        if name in ("--cron", "--every", "--timezone"):
            yield name, value


def wake_minutes(times: Times) -> int:
    """Minutes between two questions whether a span of time is over: a quarter of it at most."""
    most = min(WAKE_MINUTES, max(1, int(times.span.total_seconds() // 240)))
    return max(step for step in (1, 2, 3, 4, 5, 6, 10, 12, 15) if step <= most)


def check_program(name: str) -> None:
    """Raises `UsageError` where the system has no such program."""
    if shutil.which(name) is None:
        raise UsageError(f"the program {name} is missing here", subject=name)


def run_program(*command: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run a program of the system. Raises `UsageError` where it is missing or cannot be run."""
    check_program(command[0])
    try:
        return subprocess.run(  # noqa: S603 - the system's own programs, by name
            command,
            input=given,
            capture_output=True,
            text=True,
            timeout=PROGRAM_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        message = f"{command[0]} cannot be run: {error}"
        raise UsageError(message, subject=command[0]) from error


def must_run(*command: str, given: str | None = None) -> str:
    """Run a program of the system; what it printed. Raises `UsageError` where it failed."""
    done = run_program(*command, given=given)
    if done.returncode:
        said = (done.stderr or done.stdout).strip() or f"exit code {done.returncode}"
        raise UsageError(f"`{' '.join(command)}` failed: {said}", subject=command[0])
    return done.stdout


def why_not(step: Callable[[], object]) -> str:
    """Take a step that others do not depend on; why it could not be taken, '' where it was."""
    try:
        step()
    except UsageError as error:
        return error.message
    return ""


@contextmanager
def writing(
    files: WrittenFiles, folder: Path, contents: Mapping[str, bytes], *, force: bool
) -> Iterator[bool]:
    """Write files below a folder; those that were there before are back where what is done with
    them fails. Gives whether any were there. Raises `UsageError`.
    """
    paths = [folder / name for name in contents]
    try:
        before = {p: p.read_bytes() for p in paths if p.is_file() and not p.is_symlink()}
    except OSError as error:
        message = f"{error.filename}: cannot be read ({error.strerror})"
        raise UsageError(message, subject=str(error.filename)) from error
    own = [path for path in before if files.may_replace(path)]
    files.write(folder, contents, force=force)
    try:
        yield bool(before)
    except (UsageError, KeyboardInterrupt):
        remove_files(paths)
        for path, content in before.items():
            if path in own:
                files.write_file(path, content)
            else:  # it stays a file that the user edited
                files.write_new(path, content)
        raise


def check_removable(files: WrittenFiles, paths: Sequence[Path], *, force: bool) -> None:
    """Raises `UsageError` for a file that is not as litmap wrote it, unless forced."""
    for path in paths:
        if not force and not files.may_replace(path):
            message = f"{path} is not as litmap wrote it: remove it yourself, or with --force"
            raise UsageError(message, subject=str(path))


def remove_files(paths: Sequence[Path]) -> None:
    """Remove files that may be removed."""
    for path in paths:
        path.unlink(missing_ok=True)
