"""A whole `litmap refresh` killed at random moments, and on disks that fill up: `python -m
benchmarks.reliability.kills`.

    python -m benchmarks.reliability.kills [--kills 100] [--disks 8] [--seed 0] [--prefect] [--json]

A library of some of the example notes is refreshed with all of them (served on loopback, a PDF in
the drop folder) by the real command in a process of its own, which is killed with SIGKILL at a
moment drawn evenly over the time that an undisturbed refresh takes. After each kill the library
must open, pass every checksum and answer a search; a second refresh must end with what the
undisturbed one has: works with status and file, passages, vectors, topics, links and summaries
(times and the ids of builds left out). With `--disks` the library lies on small file systems in
memory (tmpfs) that are full at different moments of the refresh: it must end with a clear error,
the old build must serve, and with more room the next refresh must end the same. Exit code 1 where
anything was not so.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from litmap.examples import NOTES, PAPERS, server

from litmap.builds import verify_build
from litmap.errors import LitmapError
from litmap.index import VectorIndex
from litmap.library import Library
from litmap.paths import LibraryPaths
from litmap.settings import load_settings

QUERY = "why do flat minima generalise?"
DAMAGED = "The Temperature of Stochastic Gradients"
"""Its file is served damaged, which a refresh tries again after a while: seconds of waiting in
every run.
"""
ROUNDING = 5e-3
"""How much two figures made from vectors (confidences, places on a scale) may differ for the same
reason.
"""
SLACK = 1e-3
"""How much two vectors of one passage may differ: batches of other sizes round otherwise."""


def lay_out(notes: Path, *, some: bool) -> None:
    """The example notes, or those of them that the library has before."""
    shutil.copytree(NOTES, notes)
    first = notes / "learning-theory.md"
    if some:
        first.unlink()
        return
    text = first.read_text("utf-8")
    first.write_text(re.sub(rf"- \[{DAMAGED}[^-#]*", "", text), encoding="utf-8")


class Trial:
    """A place with notes, the web of the examples, and the library as it was before."""

    def __init__(self, root: Path, *, prefect: bool) -> None:
        self.root, self.notes, self.before = root, root / "notes", root / "before"
        self.options = [] if prefect else ["--no-prefect"]
        lay_out(self.notes, some=True)
        self.run(self.before)
        shutil.rmtree(self.notes)
        lay_out(self.notes, some=False)

    def start(self, library: Path) -> subprocess.Popen[str]:
        """`litmap refresh`, in a process of its own."""
        command = [
            sys.executable,
            "-m",
            "litmap",
            "refresh",
            str(self.notes),
            "--library",
            str(library),
        ]
        return subprocess.Popen(
            [*command, *self.options], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )

    def run(self, library: Path) -> tuple[int, str]:
        """The same to its end: exit code and what it said of errors."""
        with self.start(library) as process:
            _, errors = process.communicate()
        return process.returncode, errors

    def fresh(self, library: Path) -> None:
        """The library as it was before, with a new PDF in its drop folder."""
        shutil.copytree(self.before, library, dirs_exist_ok=True)
        some = sorted(PAPERS.glob("*.pdf"))[0]
        (library / "papers").mkdir(exist_ok=True)
        shutil.copy(some, library / "papers" / "dropped.pdf")


def content(library: Path) -> dict[str, Any]:
    """What a library holds, without what may differ from run to run."""
    with Library.open(settings=load_settings({"library": library})) as opened:
        build = opened._build
        assert build is not None
        passages = sorted(
            build.all_passages(),
            key=lambda p: (p.work, p.chunk.source, p.chunk.ordinal, p.chunk.text),
        )
        vectors = VectorIndex.open(build.folder).vectors([p.row for p in passages])  # type: ignore[arg-type]
        works = [(e.work.id, e.work.title, e.status, e.pdf.sha256 if e.pdf else "", len(e.mentions))
                 for e in opened.works()]  # fmt: skip
        return {
            "works": sorted(works),
            "passages": [(p.work, p.chunk) for p in passages],
            "vectors": vectors,
            "hits": [h.chunk.text for h in opened.search(QUERY, limit=5).hits],
            **{name: build.read_json(name) for name in ("topics", "links", "summaries", "reading")},
        }


def differences(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """What two libraries do not have in common."""
    found = [place for name in one if name not in ("vectors", "works")
             for place in [unlike(one[name], other[name], name)] if place]  # fmt: skip
    found += [f"work {work}" for work in sorted(set(one["works"]) ^ set(other["works"]))]
    if (
        one["vectors"].shape != other["vectors"].shape
        or abs(one["vectors"] - other["vectors"]).max(initial=0) > SLACK
    ):
        found.append("vectors")
    return found


def unlike(one: Any, other: Any, place: str) -> str:
    """Where two values differ by more than roundings of vectors explain, and how; '' where
    nowhere.
    """
    if isinstance(one, float) and isinstance(other, float):
        return "" if abs(one - other) <= ROUNDING else f"{place}: {one} and {other}"
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        return next(filter(None, (unlike(one[k], other[k], f"{place}.{k}") for k in one)), "")
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = enumerate(zip(one, other, strict=True))
        return next(filter(None, (unlike(a, b, f"{place}[{i}]") for i, (a, b) in pairs)), "")
    return "" if one == other else f"{place}: {str(one)[:80]} and {str(other)[:80]}"


def serves(library: Path) -> str:
    """'' where the library opens, is whole and answers; else what is wrong."""
    try:
        with Library.open(settings=load_settings({"library": library})) as opened:
            assert opened._build is not None
            verify_build(opened._build.folder)
            return "" if opened.search(QUERY, limit=3).hits else "a search finds nothing"
    except (LitmapError, OSError, ValueError) as error:
        return f"{type(error).__name__}: {error}"


def killed(trial: Trial, whole: dict[str, Any], after: float) -> tuple[list[str], str, float]:
    """One kill: what was wrong afterwards; whether it came too late, or which build served; seconds
    until then.
    """
    with tempfile.TemporaryDirectory(dir=trial.root) as folder:
        library = Path(folder) / "library"
        trial.fresh(library)
        before = (library / "CURRENT").read_text()
        start = time.perf_counter()
        with trial.start(library) as process:
            try:
                process.wait(after)
                when = "over before"
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.wait()
                when = "new build" if (library / "CURRENT").read_text() != before else "old build"
        seconds = time.perf_counter() - start
        wrong = [found for found in [serves(library)] if found]
        code, errors = trial.run(library)
        if code:
            wrong.append(f"the next refresh ended with {code}: {errors[-300:]}")
        wrong += differences(whole, content(library))
        if list(LibraryPaths(library).builds.glob(".new-*")):
            wrong.append("half a build was left")
        return wrong, when, seconds


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[Path]:
    """A file system in memory of so many bytes."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def filled(trial: Trial, whole: dict[str, Any], size: int) -> tuple[list[str], str]:
    """One refresh on a disk of so many bytes: what was wrong, and what the refresh said."""
    with small_disk(trial.root / f"disk{size}", size) as disk:
        library = disk / "library"
        trial.fresh(library)
        code, errors = trial.run(library)
        said = errors.strip().splitlines()[-1] if errors.strip() else ""
        wrong = [found for found in [serves(library)] if found]
        if "Traceback" in errors:
            wrong.append("a traceback")
        if code == 0 and differences(whole, content(library)):
            wrong.append("it ended well without being whole")
        subprocess.run(["mount", "-o", f"remount,size={size * 10}", str(disk)], check=True)
        again, errors = trial.run(library)
        if again:
            wrong.append(f"with more room it ended with {again}: {errors[-300:]}")
        wrong += differences(whole, content(library))
        return wrong, f"exit code {code}: {said}"


def main() -> int:
    """Runs all; 1 where anything was wrong."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=int(os.environ.get("LITMAP_KILLS", "100")))
    parser.add_argument("--disks", type=int, default=8)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--prefect", action="store_true", help="under Prefect, which takes seconds more a run"
    )
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rng = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as scratch, server.serve() as environment:
        root = Path(scratch)
        os.environ.update(environment, LITMAP_STATE=str(root / "state"))
        trial = Trial(root, prefect=options.prefect)
        undisturbed = root / "undisturbed"
        trial.fresh(undisturbed)
        start = time.perf_counter()
        code, errors = trial.run(undisturbed)
        seconds = undisturbed_s = time.perf_counter() - start
        if code:
            print(errors, file=sys.stderr)
            return 1
        whole = content(undisturbed)
        whens: Counter[str] = Counter()
        failures: list[str] = []
        for number in range(options.kills):
            after = rng.uniform(0, seconds)
            wrong, when, took = killed(trial, whole, after)
            whens[when] += 1
            if (
                when == "over before"
            ):  # the machine has become faster than it was for the undisturbed one
                seconds = took
            failures += [f"kill {number} after {after:.2f} s ({when}): {what}" for what in wrong]
            print(
                f"kill {number + 1} after {after:.2f} s: {when}; {wrong or 'well'}",
                file=sys.stderr,
                flush=True,
            )
        said = {}
        used = sum(p.stat().st_size for p in trial.before.rglob("*") if p.is_file())
        needs = sum(p.stat().st_size for p in undisturbed.rglob("*") if p.is_file())
        for number in range(options.disks if shutil.which("mount") and os.geteuid() == 0 else 0):
            size = int(1.05 * used + (needs - used) * (number + 1) / (options.disks + 1)) + 200_000
            wrong, said[size] = filled(trial, whole, size)
            failures += [f"disk of {size}: {what}" for what in wrong]
            print(
                f"disk of {size / 1e6:.1f} MB: {said[size]}; {wrong or 'well'}",
                file=sys.stderr,
                flush=True,
            )
    result = {
        "refresh_s": round(undisturbed_s, 1),
        "kills": dict(whens),
        "disks": said,
        "failures": failures,
    }
    print(
        json.dumps(result, indent=1)
        if options.json
        else "\n".join(f"{k}: {v}" for k, v in result.items())
    )
    return int(bool(failures))


if __name__ == "__main__":
    sys.exit(main())
