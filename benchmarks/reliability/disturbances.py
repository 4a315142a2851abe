"""What happens to a command, or beside it: each runs a scenario's command in the place as prepared,
disturbs it, and stays in force until the context ends.

A moment is drawn either evenly over the seconds that the command takes, or evenly over its steps:
the times at which it opens a file to write, renames, links or removes one, which pass too fast to
be met by the clock. Mounts and other users need root.
"""

from __future__ import annotations

import errno
import os
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from benchmarks.reliability.processes import GRACE, Process
from benchmarks.reliability.readers import Readers
from benchmarks.reliability.scenarios import SECONDS, Place, Scenario, Workplace

INJECTED = Path(__file__).with_name("injected")
"""The folder with `sitecustomize.py`."""
FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")
"""Debian's libfaketime."""
NOBODY = 65534
"""The user and group who own nothing."""
ENOUGH_LOOKS = 20
"""Readers that looked less often have shown nothing."""
CLOCKS = ("-400d", "-50m", "+3d", "+400d")
"""How wrong the clock is."""


@dataclass
class Ended:
    """How the disturbed command ended: its exit code (None: it had to be killed), its words about
    errors, in which class the outcome counts, and what was wrong.
    """

    code: int | None
    errors: str
    outcome: str
    wrong: list[str] = field(default_factory=list)


Disturbance = Callable[[Workplace, Scenario], AbstractContextManager[Ended]]


@dataclass(frozen=True)
class Moment:
    """When a command is disturbed: after so many seconds, or before its n-th step."""

    seconds: float | None = None
    step: int | None = None

    @classmethod
    def draw(cls, rng: random.Random, seconds: float, steps: int, *, by_step: bool) -> Moment:
        """A moment of a command that takes so long."""
        if by_step:
            return cls(step=rng.randint(1, max(steps, 1)))
        return cls(seconds=rng.uniform(0, seconds))

    def __str__(self) -> str:
        return f"step {self.step}" if self.step else f"{self.seconds:.2f} s"


# ── processes ─────────────────────────────────────────────────────────────────────────────────────
def end_of(process: Process, outcome: str = "", seconds: float = SECONDS) -> Ended:
    """Wait for a command's end, and for that of all it started."""
    ended = Ended(None, "", outcome)
    if process.wait(seconds):
        ended.code = process.poll()
    else:
        ended.wrong.append(f"it still ran after {seconds:.0f} s")
    if left := process.end_session():
        ended.wrong.append(f"processes were left: {left}")
    ended.errors = process.errors()
    ended.outcome = outcome or ("done" if ended.code == 0 else "refused")
    if "Traceback" in ended.errors:
        ended.wrong.append(f"a traceback: {ended.errors[-600:]}")
    return ended


def at_steps(place: Place, steps: Mapping[int, str]) -> dict[str, str]:
    """The environment in which a command gets signals before its steps."""
    pairs = ",".join(f"{step}:{name}" for step, name in steps.items())
    return {
        "PYTHONPATH": str(INJECTED),
        "DISTURB_BELOW": str(place.root),
        "DISTURB_STEPS": pairs,
    }


def count_steps(work: Workplace, scenario: Scenario) -> tuple[int, float]:
    """Run a command undisturbed: its steps and seconds. Raises RuntimeError where it fails."""
    told = work.root / "steps"
    started = time.perf_counter()
    more = {**at_steps(work.place, {}), "DISTURB_COUNT": str(told)}
    ended = end_of(work.start(scenario, more))
    if ended.code or ended.wrong:
        raise RuntimeError(f"{scenario.name}: {ended.wrong} {ended.errors}")
    return int(told.read_text("utf-8")), time.perf_counter() - started


# ── kills and signals ─────────────────────────────────────────────────────────────────────────────
def killed(moment: Moment) -> Disturbance:
    """SIGKILL to the command at a moment; what it started is left to itself."""
    return signalled(signal.SIGKILL, moment)


def signalled(number: signal.Signals, moment: Moment, again: float | None = None) -> Disturbance:
    """A signal at a moment; once more after `again` seconds, or by steps before the third one
    after. Ctrl-C and a terminal that closes reach all processes of a command.
    """

    @contextmanager
    def disturb(work: Workplace, scenario: Scenario) -> Iterator[Ended]:
        current = work.place.library / "CURRENT"
        before = current.read_text()
        if moment.step:
            steps = {moment.step: number.name}
            if again is not None:
                steps[moment.step + 3] = number.name
            process = work.start(scenario, at_steps(work.place, steps))
        else:
            process = work.start(scenario)
            _send_in_time(process, number, moment.seconds or 0.0, again)
        limit = SECONDS if moment.step else GRACE
        ended = end_of(process, seconds=limit)
        if ended.code == 0:
            ended.outcome = "over before"
        else:
            ended.outcome = "old build" if current.read_text() == before else "new build"
        yield ended

    return disturb


def _send_in_time(
    process: Process, number: signal.Signals, seconds: float, again: float | None
) -> None:
    to_all = number in {signal.SIGINT, signal.SIGHUP}
    for wait in (seconds, again):
        if wait is None or process.wait(wait):
            return
        process.send(number, to_all=to_all)


# ── disks and rights ──────────────────────────────────────────────────────────────────────────────
def full_disk(more: int) -> Disturbance:
    """Only so many bytes are free where the place is."""

    @contextmanager
    def disturb(work: Workplace, scenario: Scenario) -> Iterator[Ended]:
        work.limit(more)
        try:
            yield end_of(work.start(scenario))
        finally:
            work.limit(None)

    return disturb


def read_only(*names: str) -> Disturbance:
    """These folders of the place ('library', 'notes', 'exports') are mounted read-only."""

    @contextmanager
    def disturb(work: Workplace, scenario: Scenario) -> Iterator[Ended]:
        folders = [work.place.root / name for name in names]
        for folder in folders:
            subprocess.run(["mount", "--bind", str(folder), str(folder)], check=True)
            subprocess.run(["mount", "-o", "remount,bind,ro", str(folder)], check=True)
        try:
            yield end_of(work.start(scenario))
        finally:
            for folder in folders:
                subprocess.run(["umount", "--lazy", str(folder)], check=True)

    return disturb


def other_user(rights: int) -> Disturbance:
    """The library is another user's; these are the rights (0 to 7) of others in its folders.

    The command runs without root's power to pass by rights.
    """

    @contextmanager
    def disturb(work: Workplace, scenario: Scenario) -> Iterator[Ended]:
        library = work.place.library
        before = {path: path.stat().st_mode for path in (library, *library.rglob("*"))}
        for path in before:
            os.chown(path, NOBODY, NOBODY)
            path.chmod((0o750 if path.is_dir() else 0o640) | rights & (7 if path.is_dir() else 6))
        powerless = ("setpriv", "--bounding-set=-all", "--inh-caps=-all")
        try:
            yield end_of(work.start(scenario, before=powerless))
        finally:
            for path in (library, *library.rglob("*")):
                os.chown(path, 0, 0)
            for path, mode in before.items():
                path.chmod(mode) if path.exists() else None

    return disturb


def no_locks() -> Disturbance:
    """A file system on which every flock fails (ENOLCK)."""

    @contextmanager
    def disturb(work: Workplace, scenario: Scenario) -> Iterator[Ended]:
        more = {"PYTHONPATH": str(INJECTED), "DISTURB_FLOCK": str(errno.ENOLCK)}
        yield end_of(work.start(scenario, more))

    return disturb


# ── the clock ─────────────────────────────────────────────────────────────────────────────────────
def wrong_clock(offset: str, jump_after: float | None = None) -> Disturbance:
    """The clock is wrong by `offset` ('-400d') from the start, or jumps by it after some seconds.

    The monotonic clock goes on as it should, as when a clock is set.
    """

    @contextmanager
    def disturb(work: Workplace, scenario: Scenario) -> Iterator[Ended]:
        told = work.root / "clock"
        told.write_text(offset if jump_after is None else "+0", "utf-8")
        more = {
            "LD_PRELOAD": str(FAKETIME),
            "FAKETIME_TIMESTAMP_FILE": str(told),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
        }
        process = work.start(scenario, more, before=("env",))
        if jump_after is not None and not process.wait(jump_after):
            told.write_text(offset, "utf-8")
        yield end_of(process)

    return disturb


# ── beside it ─────────────────────────────────────────────────────────────────────────────────────
def beside(words: Sequence[str], after: float) -> Disturbance:
    """Another command is started beside it after some seconds."""

    @contextmanager
    def disturb(work: Workplace, scenario: Scenario) -> Iterator[Ended]:
        first = work.start(scenario)
        time.sleep(after)
        others = end_of(work.start(replace(scenario, words=words)))
        ended = end_of(first, "both done")
        ended.wrong += others.wrong
        for one in (ended, others):
            if one.code:
                ended.outcome = "one refused"
        if ended.code and others.code:
            ended.wrong.append(f"neither was done: {ended.errors} {others.errors}")
        yield ended

    return disturb


def read_meanwhile(more: int) -> Disturbance:
    """Readers look at the library all the while. With `more` the command is run so many times after
    that, the notes changed each time and in the end as they were, so that builds are pruned.
    """

    @contextmanager
    def disturb(work: Workplace, scenario: Scenario) -> Iterator[Ended]:
        readers = Readers(work.place.library, work.place.root / "state")
        note = work.place.notes / "inbox.md"
        text = note.read_text("utf-8")
        try:
            ended = end_of(work.start(scenario))
            for number in range(more):
                changed = f"{text}\nOnce more, {number}.\n" if number < more - 1 else text
                note.write_text(changed, "utf-8")
                work.must_run(scenario.words)
        finally:
            found = readers.stop()
        ended.wrong += found
        if readers.looks < ENOUGH_LOOKS:
            ended.wrong.append(f"the readers looked {readers.looks} times")
        yield ended

    return disturb
