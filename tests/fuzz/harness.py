"""One input, one verdict: a target, what counts as a fault, and the smallest input that shows it."""

from __future__ import annotations

import random
import re
import signal
import time
import traceback
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from mutations import Mutator, mutate_text

HERE = Path(__file__).parent
CORPUS = HERE / "corpus"
STUCK_SECONDS = 60.0
"""Processor seconds after which an input is stopped."""


class Fault(AssertionError):
    """A result that breaks what is promised of it."""


class Stuck(BaseException):
    """The input was stopped; no `except Exception` keeps it."""


@dataclass(frozen=True)
class Target:
    """A reader of bytes from outside.

    `run(name, data)` reads an input, where `name` is that of the corpus' file it was made from. It
    may raise `refusals`, with a reason. Any other exception is a fault; so are a broken promise
    (`Fault`), more processor seconds than `seconds` and one for each `bytes_a_second`, and more
    memory than `megabytes` and `bytes_each` for each byte.
    """

    name: str
    run: Callable[[str, bytes], object]
    refusals: tuple[type[Exception], ...]
    mutator: Callable[[str], Mutator] = field(default=lambda _: mutate_text)
    more_corpus: Callable[[], Sequence[tuple[str, bytes]]] = tuple
    seconds: float = 2.0
    bytes_a_second: float = 5_000
    megabytes: float = 64
    bytes_each: float = 2_000

    def own_corpus(self) -> list[tuple[str, bytes]]:
        """(name, bytes) of the files in the corpus' folder, in order."""
        files = sorted(f for f in (CORPUS / self.name).glob("*") if f.is_file())
        return [(file.name, file.read_bytes()) for file in files]

    def corpus(self) -> list[tuple[str, bytes]]:
        """All inputs that others are made from."""
        return [*self.own_corpus(), *self.more_corpus()]


@dataclass(frozen=True)
class Verdict:
    """How an input ended; `kind` tells faults of one cause from others, '' where there is none."""

    kind: str = ""
    detail: str = ""
    refused: bool = False


def draw(
    target: Target, corpus: Sequence[tuple[str, bytes]], seed: int, number: int
) -> tuple[str, bytes]:
    """The input number `number` of this seed, whatever came before it."""
    rng = random.Random(f"{seed}/{target.name}/{number}")
    name, data = rng.choice(corpus)
    return name, broken(target, corpus, rng, name, data)


def broken(
    target: Target, corpus: Sequence[tuple[str, bytes]], rng: random.Random, name: str, data: bytes
) -> bytes:
    """The input broken further, with pieces of the corpus' inputs that end like it."""
    others = [other for n, other in corpus if n.rpartition(".")[2] == name.rpartition(".")[2]]
    return target.mutator(name)(rng, data, others)


def judge(target: Target, name: str, data: bytes) -> Verdict:
    """Run one input. What seems slow or hungry is run again, for the machine may have been busy."""
    verdict = _judge_once(target, name, data)
    return _judge_once(target, name, data) if verdict.kind in ("slow", "hungry") else verdict


def _judge_once(target: Target, name: str, data: bytes) -> Verdict:
    before, begun = _reset_peak(), time.process_time()
    verdict = _run(target, name, data)
    if verdict.kind:
        return verdict
    taken, grown = time.process_time() - begun, _peak() - before
    if taken > target.seconds + len(data) / target.bytes_a_second:
        return Verdict("slow", f"{taken:.1f} s for {len(data):,} bytes")
    if grown > target.megabytes * 1e6 + target.bytes_each * len(data):
        return Verdict("hungry", f"{grown / 1e6:.0f} MB for {len(data):,} bytes")
    return verdict


def _run(target: Target, name: str, data: bytes) -> Verdict:
    try:
        with _stopped_when_stuck():
            target.run(name, data)
    except target.refusals as error:
        named = "" if str(error).strip() else f"{type(error).__name__} without a reason"
        return Verdict(named, _trace(error), refused=True)
    except Fault as error:
        return Verdict(re.split(r"[:{]", str(error))[0], _trace(error))
    except (Stuck, Exception) as error:  # noqa: BLE001 - any other is what is looked for
        return Verdict(f"{type(error).__name__} in {_place(error)}", _trace(error))
    return Verdict()


def shrink(target: Target, name: str, data: bytes, kind: str, seconds: float = 20.0) -> bytes:
    """A smaller input with a fault of the same kind, as far as the time allows."""
    end, size = time.monotonic() + seconds, max(1, len(data) // 2)
    while size and time.monotonic() < end:
        at = 0
        while at < len(data) and time.monotonic() < end:
            shorter = data[:at] + data[at + size :]
            if judge(target, name, shorter).kind == kind:
                data = shorter
            else:
                at += size
        size //= 2
    return data


def file_name(name: str, data: bytes) -> str:
    """A name for a found input that keeps what it was made from."""
    stem, dot, suffix = name.partition(".")
    return f"{stem}-{zlib.crc32(data):08x}{dot}{suffix}"


@contextmanager
def _stopped_when_stuck() -> Iterator[None]:
    def stop(*_: object) -> None:
        raise Stuck

    former = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, STUCK_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, former)


def _place(error: BaseException) -> str:
    """File and function of litmap's that are nearest to where it was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if "/litmap/" in f.filename] or frames
    return f"{Path(own[-1].filename).name}:{own[-1].name}"


def _trace(error: BaseException) -> str:
    lines = traceback.format_exception(error)
    return "".join(lines)[-3000:]


def _reset_peak() -> int:
    """Bytes of memory now, after the mark of the highest was brought down to it (Linux)."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return 1 << 62  # another system: memory is not judged
    return _peak()


def _peak() -> int:
    try:
        status = Path("/proc/self/status").read_bytes()
    except OSError:
        return 0
    return int(status.split(b"VmHWM:")[1].split()[0]) * 1024
