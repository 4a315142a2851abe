"""Commands as processes that are watched: their end, what they say of errors, what they leave.

A command is forked from a process that has litmap and its libraries loaded (`python -m
benchmarks.reliability.processes`), so that a disturbance meets the work and not the imports, and
costs a third of the time; or started anew as `python -m litmap`, where it must be.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

from benchmarks.reliability.injected import sitecustomize as injected

GRACE = 15.0
"""Seconds after a command's end in which all of its processes must be gone."""
LOADED = (
    "litmap", "sklearn.feature_extraction.text", "sklearn.decomposition", "scipy.stats", "scipy.sparse.linalg",
    "onnxruntime", "faiss", "encodings.idna",
)  # fmt: skip
"""What is loaded beforehand; of litmap all modules but those that start something."""
NOT_LOADED = ("litmap.ui", "litmap.mcp", "litmap.flows", "litmap.examples", "litmap.__main__")


class Process:
    """A command in a session of its own."""

    def __init__(self, pid: int, errors: Path, started: subprocess.Popen[bytes] | None) -> None:
        self.pid = pid
        self._errors = errors
        self._started = started

    def poll(self) -> int | None:
        """Its exit code (-N where signal N ended it); None while it runs."""
        if self._started is not None:
            return self._started.poll()
        with suppress(FileNotFoundError):
            return int(self._errors.with_name(f"{self.pid}.code").read_text())
        return None

    def wait(self, seconds: float) -> bool:
        """Whether it ends within so many seconds."""
        until = time.monotonic() + seconds
        while self.poll() is None:
            if time.monotonic() >= until:
                return False
            time.sleep(0.005)
        return True

    def send(self, number: int, *, to_all: bool = False) -> None:
        """Send a signal to it, or to all of its processes, as a terminal does."""
        with suppress(ProcessLookupError):
            (os.killpg if to_all else os.kill)(self.pid, number)

    def errors(self) -> str:
        """What it said on standard error."""
        return self._errors.read_text("utf-8", "replace")

    def end_session(self) -> list[str]:
        """Its processes that did not end in time, which are killed."""
        until = time.monotonic() + GRACE
        while (left := list(_session(self.pid))) and time.monotonic() < until:
            time.sleep(0.05)
        for pid, _ in left:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return [name for _, name in left]


def _session(leader: int) -> Iterator[tuple[int, str]]:
    """The processes of a session that are not over, by id and command line, the program by its name
    alone.
    """
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, ValueError):
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(fields[3]) == leader and fields[0] != "Z":
                program, *words = (folder / "cmdline").read_bytes().decode().split("\0")
                command = " ".join([Path(program).name, *words])
                yield int(folder.name), command.strip()[:160]


class Starter:
    """Starts commands, forked or anew."""

    def __init__(self) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in a shell's background
        self._folder = Path(tempfile.mkdtemp(prefix="litmap-commands-"))
        self._number = 0
        self._parent = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.reliability.processes", str(self._folder)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def fork(self, words: Sequence[str], environment: Mapping[str, str]) -> Process:
        """`litmap WORDS` in a process that is forked."""
        assert self._parent.stdin is not None
        assert self._parent.stdout is not None
        errors = self._errors()
        request = {"words": list(words), "environment": dict(environment), "errors": str(errors)}
        self._parent.stdin.write(json.dumps(request).encode() + b"\n")
        self._parent.stdin.flush()
        return Process(int(self._parent.stdout.readline()), errors, None)

    def start(
        self, words: Sequence[str], environment: Mapping[str, str], before: Sequence[str] = ()
    ) -> Process:
        """`python -m litmap WORDS`, a new program; `before` are words before that."""
        errors = self._errors()
        command = [*before, sys.executable, "-m", "litmap", *words]
        with errors.open("wb") as file:
            started = subprocess.Popen(
                command, env=dict(environment), stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=file, start_new_session=True,
            )  # fmt: skip
        return Process(started.pid, errors, started)

    def _errors(self) -> Path:
        self._number += 1
        return self._folder / f"{self._number}.errors"

    def close(self) -> None:
        """End the process that is forked from."""
        assert self._parent.stdin is not None
        self._parent.stdin.close()
        self._parent.wait(GRACE)


# ── the process that is forked from ───────────────────────────────────────────────────────────────
def load() -> None:
    """Import litmap and the libraries that its commands import late."""
    for name in LOADED:
        with suppress(ImportError):
            importlib.import_module(name)
    import litmap

    for module in pkgutil.walk_packages(litmap.__path__, "litmap.", onerror=lambda _: None):
        if not module.name.startswith(NOT_LOADED):
            with suppress(ImportError):
                importlib.import_module(module.name)


def serve(folder: Path) -> int:
    """Fork a process for each request; in that, run the command and return its exit code."""

    def reap(number: int, frame: FrameType | None) -> None:
        with suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                aside = folder / f"{ended[0]}.new"
                aside.write_text(str(os.waitstatus_to_exitcode(ended[1])))
                aside.rename(folder / f"{ended[0]}.code")

    load()
    signal.signal(signal.SIGCHLD, reap)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for line in sys.stdin.buffer:
        request = json.loads(line)
        with suppress(FileNotFoundError):
            pid = os.fork()
            if not pid:
                return _become(request)
            os.write(1, f"{pid}\n".encode())
    return 0


def _become(request: Mapping[str, Any]) -> int:
    """Run one command in this process, as if it had been started for it."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDWR)
    errors = os.open(request["errors"], os.O_WRONLY | os.O_CREAT, 0o600)
    for source, target in ((nothing, 0), (nothing, 1), (errors, 2)):
        os.dup2(source, target)
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.argv = ["litmap", *request["words"]]
    injected.disturb()
    from litmap.cli import main

    return main(request["words"])


if __name__ == "__main__":
    sys.exit(serve(Path(sys.argv[1])))
