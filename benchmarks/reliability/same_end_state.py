"""Commands that change something, disturbed in every way that happens, against an undisturbed end:
`python -m benchmarks.reliability.same_end_state`.

    python -m benchmarks.reliability.same_end_state [--kills 100] [--only KIND ...] [--seed 0]
        [--kept FILE] [--json]

A small library (two notes, five papers and more to come, served on loopback) is changed by the real
commands, each in a process of its own: `refresh` (also under Prefect), `add`, `export` to a .bib
and to a vault, `topics --apply` and `--undo`. Each is killed, sent SIGTERM, SIGHUP or Ctrl-C once
and twice, run on a disk that fills up, on folders that are read-only, as another user, without
locks, with a wrong clock or one that jumps, beside another command, and beside readers.

In the moment after it, the library must open, pass every checksum and find words, every note and
every exported file must be whole, old or new, no process may be left and no traceback shown. Then
the disturbance is lifted and the user's next commands are run; now library, notes and exports must
hold what they hold when nothing is disturbed (`end_state.py` says what is compared). Exit code 1
where anything was not so. Disks, rights and users need root and Linux, the clock libfaketime; what
is not there is told and left out.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import product
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.reliability import disturbances as d
from benchmarks.reliability.end_state import State, differences, half_written
from benchmarks.reliability.scenarios import (
    PAIRS,
    SCENARIOS,
    Scenario,
    Workplace,
    open_workplace,
)

KILLS = {
    "refresh": 16, "refresh under Prefect": 2, "add": 12, "export to .bib": 17,
    "export to a vault": 17, "topics --apply": 18, "topics --undo": 18,
}  # fmt: skip
"""Of 100 kills, those of each command."""
PLAIN = tuple(name for name in SCENARIOS if "Prefect" not in name)
SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
DISKS = 4
"""Disks for each command, full at different moments."""
PAGE = 4096


@dataclass(frozen=True)
class Undisturbed:
    """A command that nothing happens to: what is there afterwards and after the user's next
    commands, every form its files have on the way, and what it takes.
    """

    state: State
    forms: Mapping[Path, set[bytes | None]]
    seconds: float
    steps: int
    needs: int


@dataclass(frozen=True)
class Trial:
    """One disturbance of one command."""

    kind: str
    scenario: Scenario
    disturb: d.Disturbance
    told: str = ""


def count(ended: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A row of figures for each kind of disturbance and command of these trials."""
    rows = []
    for kind, command in dict.fromkeys((t["disturbance"], t["command"]) for t in ended):
        own = [t for t in ended if (t["disturbance"], t["command"]) == (kind, command)]
        outcomes = Counter(t["outcome"] for t in own)
        rows.append(
            {
                "disturbance": kind,
                "command": command,
                "trials": len(own),
                "same end": sum(not t["unlike"] for t in own),
                "anything wrong": sum(bool(t["unlike"] or t["wrong"]) for t in own),
                "outcomes": ", ".join(f"{n} {what}" for what, n in outcomes.most_common()),
                "seconds a trial": round(median(t["seconds"] for t in own), 1),
                "wrong": [f"{t['told']}: {w}" for t in own for w in (*t["wrong"], *t["unlike"])],
            }
        )
    return rows


class Trials:
    """Runs trials and compares each with its command undisturbed."""

    def __init__(self, work: Workplace, only: str = "") -> None:
        self.work = work
        self._only = only
        self._known: dict[str, Undisturbed] = {}

    def scenarios(self, names: Iterable[str]) -> list[Scenario]:
        """Those of these scenarios that are wanted."""
        return [(SCENARIOS | PAIRS)[name] for name in names if self._only in name]

    def undisturbed(self, scenario: Scenario) -> Undisturbed:
        """The command without a disturbance, run once."""
        if scenario.name not in self._known:
            self._known[scenario.name] = self._measure(scenario)
        return self._known[scenario.name]

    def _measure(self, scenario: Scenario) -> Undisturbed:
        work = self.work
        work.prepare(scenario)
        work.restore(scenario)
        seen = [work.place.files()]
        for words in scenario.before:
            work.must_run(words)
            seen.append(work.place.files())
        used = work.used()
        steps, seconds = d.count_steps(work, scenario)
        needs = work.used() - used
        for step in scenario.recovery:
            seen.append(work.place.files())
            work.run(step.words) if step.may_fail else work.must_run(step.words)
        seen.append(work.place.files())
        forms = {path: {files.get(path) for files in seen} for files in seen for path in files}
        state = work.place.state()
        told = f"{scenario.name}: {seconds:.1f} s, {steps} steps, {needs} bytes"
        print(told, file=sys.stderr, flush=True)
        return Undisturbed(state, forms, seconds, steps, needs)

    def run(self, trial: Trial) -> dict[str, Any]:
        """One trial: how it ended, what was wrong, where its end differs."""
        known = self.undisturbed(trial.scenario)
        started = time.perf_counter()
        outcome, wrong, unlike = self._outcome(trial, known)
        told = f"{trial.kind} {trial.told}, {trial.scenario.name}: {outcome}; "
        print(told + str([*wrong, *unlike] or "well"), file=sys.stderr, flush=True)
        return {
            "disturbance": trial.kind,
            "command": trial.scenario.name,
            "told": trial.told,
            "outcome": outcome,
            "wrong": wrong,
            "unlike": unlike,
            "seconds": time.perf_counter() - started,
        }

    def _outcome(self, trial: Trial, known: Undisturbed) -> tuple[str, list[str], list[str]]:
        """How it ended, what was wrong on the way, and where its end differs."""
        work, scenario = self.work, trial.scenario
        work.restore(scenario)
        with trial.disturb(work, scenario) as ended:
            wrong = [*ended.wrong, *half_written(work.place.library)]
            wrong += _torn(work.place.files(), known.forms)
            if ended.code in {1, 2} and not ended.errors.strip():
                wrong.append("it failed without a word")
        for step in scenario.recovery:
            code, errors = work.run(step.words)
            if (code and not step.may_fail) or "Traceback" in errors:
                wrong.append(f"{' '.join(step.words[:2])} ended with {code}: {errors[-300:]}")
        return ended.outcome, wrong, differences(known.state, work.place.state())


def _torn(files: Mapping[Path, bytes], forms: Mapping[Path, set[bytes | None]]) -> list[str]:
    """The user's files that are neither as they were nor as they will be."""
    gone = [path for path, known in forms.items() if path not in files and None not in known]
    odd = [path for path, content in files.items() if content not in forms.get(path, ())]
    return [f"{path.name} is gone" for path in gone] + [f"{path.name} is torn" for path in odd]


# ── which trials ──────────────────────────────────────────────────────────────────────────────────
Plan = Callable[[Trials, random.Random, int], Iterator[Trial]]


def _kills(trials: Trials, rng: random.Random, kills: int) -> Iterator[Trial]:
    for scenario in trials.scenarios(KILLS):
        for number in range(round(KILLS[scenario.name] * kills / 100)):
            moment = _moment(trials, rng, scenario, by_step=number % 2 == 1)
            yield Trial("SIGKILL", scenario, d.killed(moment), str(moment))


def _moment(trials: Trials, rng: random.Random, scenario: Scenario, *, by_step: bool) -> d.Moment:
    known = trials.undisturbed(scenario)
    return d.Moment.draw(rng, known.seconds, known.steps, by_step=by_step)


def _signals(trials: Trials, rng: random.Random, _: int) -> Iterator[Trial]:
    for scenario in trials.scenarios(SCENARIOS):
        for number, twice in product(SIGNALS, (False, True)):
            by_step = not scenario.anew and rng.random() < 0.5
            moment = _moment(trials, rng, scenario, by_step=by_step)
            again = rng.uniform(0, 0.5) if twice else None
            kind = f"{number.name} {'twice' if twice else 'once'}"
            yield Trial(kind, scenario, d.signalled(number, moment, again), str(moment))


def _disks(trials: Trials, rng: random.Random, _: int) -> Iterator[Trial]:
    if not trials.work.mounted:
        return _left_out("small disks")
    for scenario in trials.scenarios(PLAIN):
        pages = max(trials.undisturbed(scenario).needs // PAGE, 8)
        for part in range(DISKS):
            free = PAGE * int(pages * (part + rng.random()) / DISKS)
            yield Trial("full disk", scenario, d.full_disk(free), f"{free} bytes")
    return None


def _rights(trials: Trials, rng: random.Random, _: int) -> Iterator[Trial]:
    if not trials.work.mounted:
        return _left_out("read-only folders and other users")
    for scenario in trials.scenarios(PLAIN):
        yield Trial("read-only library", scenario, d.read_only("library"))
        everything = d.read_only("library", "notes", "exports")
        yield Trial("all read-only", scenario, everything)
        for told, rights in (("hidden", 0), ("readable", 5), ("shared", 7)):
            yield Trial(f"another user's library, {told}", scenario, d.other_user(rights))
    return None


def _locks(trials: Trials, rng: random.Random, _: int) -> Iterator[Trial]:
    for scenario in trials.scenarios(PLAIN):
        yield Trial("flock fails (ENOLCK)", scenario, d.no_locks())


def _clocks(trials: Trials, rng: random.Random, _: int) -> Iterator[Trial]:
    if not d.FAKETIME.exists():
        return _left_out("clocks: no libfaketime")
    for scenario in trials.scenarios(PLAIN):
        for offset in d.CLOCKS:
            yield Trial("clock wrong", scenario, d.wrong_clock(offset), offset)
            after = rng.uniform(0, trials.undisturbed(scenario).seconds)
            told = f"{offset} after {after:.2f} s"
            yield Trial("clock jumps", scenario, d.wrong_clock(offset, after), told)
    return None


def _pairs(trials: Trials, rng: random.Random, _: int) -> Iterator[Trial]:
    for scenario in trials.scenarios(PLAIN):
        for after in (0.0, rng.uniform(0, trials.undisturbed(scenario).seconds)):
            told = f"after {after:.2f} s"
            yield Trial("beside itself", scenario, d.beside(scenario.words, after), told)
    for scenario in trials.scenarios(PAIRS):
        for _ in range(2):
            after = rng.uniform(0, trials.undisturbed(scenario).seconds)
            disturb = d.beside(scenario.before[-1], after)
            yield Trial("beside another", scenario, disturb, f"after {after:.2f} s")


def _readers(trials: Trials, rng: random.Random, _: int) -> Iterator[Trial]:
    for scenario in trials.scenarios(("refresh", "add")):
        yield Trial("beside readers", scenario, d.read_meanwhile(more=0))
    for scenario in trials.scenarios(("refresh",)):
        yield Trial("beside readers, five builds", scenario, d.read_meanwhile(more=4))


def _left_out(what: str) -> None:
    print(f"left out: {what}", file=sys.stderr)


PLANS: dict[str, Plan] = {
    "kills": _kills,
    "signals": _signals,
    "disks": _disks,
    "rights": _rights,
    "locks": _locks,
    "clocks": _clocks,
    "pairs": _pairs,
    "readers": _readers,
}


def run_plan(options: argparse.Namespace, plan: str) -> list[dict[str, Any]]:
    """Run the trials of a plan, and keep each as it ends where that is wanted."""
    ended = []
    with open_workplace() as work:
        trials = Trials(work, options.command)
        rng = random.Random(f"{options.seed} {plan}")
        for trial in PLANS[plan](trials, rng, options.kills):
            ended.append(trials.run(trial))
            if options.kept:
                with options.kept.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(ended[-1]) + "\n")
    return ended


def main() -> int:
    """Runs all; 1 where anything was wrong."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    kills = int(os.environ.get("LITMAP_KILLS", "100"))
    parser.add_argument("--kills", type=int, default=kills)
    parser.add_argument("--only", nargs="*", choices=PLANS, default=list(PLANS))
    parser.add_argument("--command", default="", help="only commands whose name holds this")
    parser.add_argument("--jobs", type=int, default=1, help="kinds of trials at a time")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--kept", type=Path, help="add each trial to this file; those in it count, too"
    )
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    before: list[dict[str, Any]] = []
    if options.kept and options.kept.exists():
        before = [json.loads(line) for line in options.kept.read_text("utf-8").splitlines()]
    with ProcessPoolExecutor(options.jobs, get_context("spawn")) as pool:
        parts = list(pool.map(partial(run_plan, options), options.only))
    records = count([*before, *(trial for part in parts for trial in part)])
    if options.json:
        print(json.dumps(records, indent=1))
    else:
        for record in records:
            print(*(value for key, value in record.items() if key != "wrong"), sep="; ")
            for what in record["wrong"]:
                print(f"  {what}")
    return int(any(record["anything wrong"] for record in records))


if __name__ == "__main__":
    sys.exit(main())
