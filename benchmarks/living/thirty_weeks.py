"""Thirty weeks of a library that is left to itself: `python -m benchmarks.living.thirty_weeks`.

    python -m benchmarks.living.thirty_weeks [--weeks 30] [--seeds 0 1] [--keep FOLDER] [--json]

A reader's notes, the listings of new papers and what becomes of papers are drawn for each week
(`world.py`): references that come, move below another heading, go and come back; files that are not
had at first; retractions, corrections, expressions of concern, newer versions, journal versions;
preprints in arXiv's list and papers in a journal's feed, most of which fit no heading; quiet weeks.
Each week `litmap refresh` runs as a process of its own, over real HTTP to the stand-in for the
scholarly web (`tests/scholarly_web`), under a clock that is set to that week, some hours late. In a
third of the weeks it is killed (SIGKILL) and run again, some of these twice: at a moment of its
time, right before a change of a file, or right after a stage. News go into a folder, a feed and
mails.

Judged is what a reader has in hand: pages, entries by id, mails by Message-ID. Each event must be
there once, in its week, under its heading, and nothing else. `requests` are counted by host. Exit
code 1 where anything was not so.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean
from typing import Any

from benchmarks.living.news_read import Line, read_feed, read_mail, read_page
from benchmarks.living.world import CATEGORY, FEED, JOURNAL, OAI, Told, World
from benchmarks.reliability.disturbances import INJECTED
from litmap.catalogue import Catalogue
from litmap.paths import LibraryPaths
from tests import mail_server
from tests.scholarly_web import ScholarlyWeb, serve

SECONDS = 300
"""No refresh takes so long; one that does is a failure."""
KILLED, TWICE = 1 / 3, 1 / 4
"""Share of weeks in which a refresh is killed, and of those in which the next one is, too."""
STAGES = ("read", "resolve", "notices", "extract", "embed", "watch", "build", "tell")
"""Stages after which it may be killed; each says in the log that it has ended."""
STEPS = 60
"""A refresh changes about so many files."""
CHANNELS = ("folder", "feed", "mail")


@dataclass
class Reader:
    """A reader's files and mails, and what came to hand in which week by each channel."""

    root: Path
    told: dict[str, list[Told]] = field(default_factory=lambda: {c: [] for c in CHANNELS})
    doubled_mails: int = 0
    changed_entries: int = 0

    def __post_init__(self) -> None:
        self._pages: set[str] = set()
        self._entries: dict[str, list[Line]] = {}
        self._mails: dict[str, list[Line]] = {}

    @property
    def news(self) -> Path:
        """The folder of pages."""
        return self.root / "news"

    @property
    def feed(self) -> Path:
        """The feed."""
        return self.root / "news.atom"

    def write_notes(self, notes: Mapping[str, str]) -> None:
        """Write the notes as they are this week."""
        folder = self.root / "notes"
        folder.mkdir(exist_ok=True)
        for name, text in notes.items():
            (folder / name).write_text(text, "utf-8")

    def write_settings(self, smtp: int) -> None:
        """All three channels, both listings."""
        (self.root / "litmap.toml").write_text(
            f'[digest]\nfolder = "{self.news}"\nfeed = "{self.feed}"\nmail = "me@example.org"\n'
            f'smtp = "smtp://127.0.0.1:{smtp}"\n\n'
            f'[watch]\narxiv = ["{CATEGORY}"]\nfeeds = ["{FEED}"]\n',
            "utf-8",
        )

    def look(self, week: int, mails: Sequence[bytes]) -> None:
        """Note what is new this week."""
        for page in sorted(self.news.glob("*.md")) if self.news.exists() else ():
            if page.name not in self._pages:
                self._pages.add(page.name)
                self._note("folder", week, read_page(page))
        for name, lines in read_feed(self.feed).items():
            if name not in self._entries:
                self._note("feed", week, lines)
            self.changed_entries += self._entries.setdefault(name, lines) != lines
        for name, lines in map(read_mail, mails):
            if name in self._mails:
                self.doubled_mails += 1
            else:
                self._note("mail", week, lines)
            self._mails.setdefault(name, lines)

    def _note(self, channel: str, week: int, lines: Iterable[Line]) -> None:
        self.told[channel] += [Told(week, *line) for line in lines]


@dataclass
class Refreshes:
    """Runs `litmap refresh` for a reader, and kills some of them."""

    root: Path
    web: ScholarlyWeb
    rng: random.Random
    disturbed: frozenset[int]
    kills: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def week(self, world: World) -> None:
        """The week's refresh: killed or not, run again until one ends."""
        chance = float(world.week in self.disturbed)
        while self.rng.random() < chance:
            chance = TWICE
            if not self._killed(world, self.rng.choice(("time", "file", "stage"))):
                break  # it was over before: once more changes nothing
        code, errors = self._finish(self._start(world))
        if code:
            self.failures.append(f"week {world.week}: exit code {code}: {errors[-1500:]}")

    def _killed(self, world: World, how: str) -> bool:
        """Whether a refresh could be killed."""
        if how == "file":
            code, _ = self._finish(self._start(world, step=self.rng.randint(1, STEPS)))
        elif how == "time":
            usual = mean(self.seconds[-5:]) if self.seconds else 10.0
            process = self._start(world)
            threading.Timer(self.rng.uniform(0.1, 0.95) * usual, process.kill).start()
            code, _ = self._finish(process)
        else:
            stage = self.rng.choice(STAGES)
            code, _ = self._finish(self._start(world), kill_after=stage)
            how = f"after {stage}"
        if code < 0:
            self.kills[how] += 1
        return code < 0

    def _start(self, world: World, step: int = 0) -> subprocess.Popen[str]:
        words = ["refresh", "notes", "--library", "library", "--no-prefect", "-v"]
        more = {
            "PYTHONPATH": os.pathsep.join([str(INJECTED), os.environ.get("PYTHONPATH", "")]),
            "DISTURB_CLOCK": str(world.time.timestamp() - time.time()),
            "LITMAP_STATE": str(self.root / "state"),
        }
        if step:
            more |= {"DISTURB_BELOW": str(self.root), "DISTURB_STEPS": f"{step}:SIGKILL"}
        return subprocess.Popen(
            [sys.executable, "-m", "litmap", *words], cwd=self.root,
            env={**os.environ, **self.web.environment, **more}, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def _finish(self, process: subprocess.Popen[str], kill_after: str = "") -> tuple[int, str]:
        """Its exit code (below 0 where it was killed) and its words."""
        started = time.monotonic()
        limit = threading.Timer(SECONDS, process.kill)
        limit.start()
        said = []
        assert process.stderr is not None
        for row in process.stderr:
            said.append(row)
            if kill_after and f": {kill_after}: " in row:
                process.kill()
        code = process.wait()
        limit.cancel()
        if not code:
            self.seconds.append(time.monotonic() - started)
        return code, "".join(said)


@dataclass
class Weeks:
    """What came of all weeks of a seed."""

    world: World
    reader: Reader
    refreshes: Refreshes
    requests: list[Counter[str]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The figures, as they are kept."""
        later = [sum(week.values()) for week in self.requests[1:]]
        first, *rest = self.requests
        hosts = sorted({host for week in self.requests for host in week})
        return {
            "seed": self.world.seed,
            "weeks": self.world.week,
            "events": len(self.world.truth),
            "by kind": dict(sorted(Counter(t.label for t in self.world.truth).items())),
            "new papers that filing took to fit nothing": self.world.left_out,
            "kills": self.refreshes.kills.total(),
            "killed": dict(sorted(self.refreshes.kills.items())),
            **{c: judge(self.world.truth, self.reader.told[c]) for c in CHANNELS},
            "mails sent twice": self.reader.doubled_mails,
            "entries that changed": self.reader.changed_entries,
            "failures": self.refreshes.failures,
            "seconds a refresh": round(mean(self.refreshes.seconds or [0.0]), 1),
            "requests, first week": sum(first.values()),
            "requests, later weeks, mean": round(mean(later), 1),
            "requests, later weeks, most": max(later),
            "hosts": [
                {
                    "host": host,
                    "first week": first[host],
                    "mean": round(mean(week[host] for week in rest), 2),
                    "most": max(week[host] for week in rest),
                }
                for host in hosts
            ],
        }


def judge(truth: Sequence[Told], told: Sequence[Told]) -> dict[str, int]:
    """How many events were told right, and what was wrong with others."""
    wanted, found = Counter(truth), Counter(told)
    right = (wanted & found).total()
    missing, surplus = list((wanted - found).elements()), list((found - wanted).elements())
    wrong_week = _pair(missing, surplus, lambda t: (t.heading, t.label, t.title))
    wrong_heading = _pair(missing, surplus, lambda t: (t.week, t.label, t.title))
    known = {(t.label, t.title) for t in truth}
    doubled = sum((t.label, t.title) in known for t in surplus)
    return {
        "right": right,
        "wrong week": wrong_week,
        "wrong heading": wrong_heading,
        "missed": len(missing),
        "doubled": doubled,
        "not to be told": len(surplus) - doubled,
    }


def _pair(missing: list[Told], surplus: list[Told], key: Any) -> int:
    """Take out of both what is the same but for one thing; how many those are."""
    pairs = 0
    for one in list(missing):
        other = next((t for t in surplus if key(t) == key(one)), None)
        if other is not None:
            missing.remove(one)
            surplus.remove(other)
            pairs += 1
    return pairs


def run(seed: int, weeks: int, root: Path, *, talk: bool = False) -> Weeks:
    """So many weeks after the first refresh."""
    world, reader = World(seed), Reader(root)
    with serve(()) as web, mail_server.serve() as mails:
        web.hosts = {OAI: lambda _, question: world.listing(question)}
        web.hosts[JOURNAL] = web.hosts[OAI]
        reader.write_settings(mails.port)
        rng = random.Random(f"kills {seed}")
        disturbed = frozenset(rng.sample(range(1, weeks + 1), round(weeks * KILLED)))
        done = Weeks(world, reader, Refreshes(root, web, rng, disturbed))
        while True:
            web.works, web.faults, web.spent = tuple(world.works.values()), world.faults, 0
            web.log.clear()
            reader.write_notes(world.notes())
            done.refreshes.week(world)
            done.requests.append(web.log.hosts())
            world.leave_out(dropped_by_filing(root / "library"))
            reader.look(world.week, mails.mails)
            mails.mails.clear()
            if talk:
                _talk(done)
            if world.week == weeks:
                return done
            world.advance()


def dropped_by_filing(library: Path) -> set[str]:
    """The identifiers of new papers that were taken to fit no heading."""
    with Catalogue.open(LibraryPaths(library).catalogue) as catalogue:
        return catalogue.dropped_candidates()


def _talk(done: Weeks) -> None:
    """What was not as it should have been this week, on standard error."""
    week = done.world.week
    wanted = Counter(t for t in done.world.truth if t.week == week)
    print(f"week {week}: {wanted.total()} events, {done.requests[-1].total()} requests, "
          f"{done.refreshes.kills.total()} kills, {done.refreshes.seconds[-1:]} s", file=sys.stderr)  # fmt: skip
    for failure in done.refreshes.failures:
        if failure.startswith(f"week {week}:"):
            print(f"  {failure}", file=sys.stderr)
    for channel in CHANNELS:
        found = Counter(t for t in done.reader.told[channel] if t.week == week)
        for told in (wanted - found).elements():
            print(f"  {channel} lacks {told}", file=sys.stderr)
        for told in (found - wanted).elements():
            print(f"  {channel} has {told}", file=sys.stderr)


def is_well(figures: Mapping[str, Any]) -> bool:
    """Whether each channel told each event once, right, and nothing else."""
    wrong = [figures[c][name] for c in CHANNELS for name in figures[c] if name != "right"]
    return not (any(wrong) or figures["failures"] or figures["entries that changed"])


def main() -> int:
    """Run all seeds; 1 where anything was not as it should be."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.living.thirty_weeks")
    parser.add_argument("--weeks", type=int, default=30)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1])
    parser.add_argument("--keep", type=Path, help="leave libraries and news in this folder")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    found = []
    for seed in chosen.seeds:
        with tempfile.TemporaryDirectory() as scratch:
            done = run(seed, chosen.weeks, Path(scratch), talk=True)
            found.append(done.as_json())
            if chosen.keep:
                shutil.copytree(scratch, chosen.keep / str(seed), dirs_exist_ok=True)
        if not chosen.json:
            print(json.dumps(found[-1], indent=1))
    if chosen.json:
        print(json.dumps(found))
    return int(not all(map(is_well, found)))


if __name__ == "__main__":
    sys.exit(main())
