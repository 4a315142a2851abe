"""Feeds broken inputs to every reader of bytes from outside: `make fuzz`.

    python tests/fuzz/run_fuzz.py [--seconds 600] [--target NAME …] [--seed N] [--json FILE]
    python tests/fuzz/run_fuzz.py --target notes --file INPUT     one input
    python tests/fuzz/run_fuzz.py --list

Each target takes the inputs of tests/fuzz/corpus/NAME, breaks them in the form they have (bytes,
words, trees of JSON and XML) and reads them, so many seconds each, in a process of its own: one that
crashes or hangs is a finding too. An exception that is not the room's own, time or memory far above
the input's length, or a result that breaks a promise is written to a file in --out (smaller where
that shows the same). One seed draws the same inputs again. With --guided, where `atheris` is
installed, inputs that reach new code are kept and broken further.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TextIO

from harness import HERE, Target, draw, file_name, judge, shrink

sys.path.append(str(HERE.parents[1]))
from benchmarks import figures

MOST_KINDS = 25
"""Kinds of faults after which a target is left."""


def main() -> int:
    """Fuzz the targets one after the other; 1 where something was found."""
    args = _arguments()
    if args.child and args.guided:
        from guided import watch_imports

        watch_imports()
    from targets import TARGETS

    if args.list:
        print("\n".join(TARGETS))
        return 0
    if args.child:
        return _child(TARGETS[args.target[0]], args)
    if args.file:
        verdict = judge(
            TARGETS[args.target[0]], args.name or args.file.name, args.file.read_bytes()
        )
        print(verdict.kind or ("refused" if verdict.refused else "read"), verdict.detail, sep="\n")
        return int(bool(verdict.kind))
    args.out.mkdir(parents=True, exist_ok=True)
    rows = [_fuzz(name, args) for name in args.target or TARGETS]
    if args.json:
        _keep(args.json, rows)
    return int(any(row["faults"] for row in rows))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=60, help="for each target")
    parser.add_argument("--target", action="append", default=[])
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--out", type=Path, default=Path(tempfile.gettempdir()) / "litmap-fuzz")
    parser.add_argument("--json", type=Path, help="keep the figures in this file")
    parser.add_argument("--guided", action="store_true", help="by coverage, with atheris")
    parser.add_argument("--file", type=Path, help="read one input and say how it ends")
    parser.add_argument("--name", help="the name of the corpus' file that --file was made from")
    parser.add_argument("--list", action="store_true", help="name the targets")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--first", type=int, default=0, help=argparse.SUPPRESS)
    return parser.parse_args()


# ── the parent: a process a target, started again where it dies ───────────────────────────────────
def _fuzz(name: str, args: argparse.Namespace) -> dict[str, Any]:
    """A row of figures of one target."""
    end, begun = time.monotonic() + args.seconds, time.monotonic()
    row: dict[str, Any] = {"target": name, "inputs": 0, "refused": 0, "faults": 0}
    kinds: set[str] = set()
    first = 0
    while (left := end - time.monotonic()) > 0 and len(kinds) < MOST_KINDS:
        for report in _reports(name, args, left, first):
            first = report["next"]
            row["inputs"] += report.get("inputs", 0)
            row["refused"] += report.get("refused", 0)
            if report.get("kind") and report["kind"] not in kinds:
                kinds.add(report["kind"])
                _tell(name, args.seed, report)
        if not left > 2:
            break
    row |= {"faults": len(kinds), "seconds": round(time.monotonic() - begun), "seed": args.seed}
    row |= {"guided": bool(args.guided), "commit": figures.commit()}
    print(
        f"{name}: {row['inputs']:,} inputs in {row['seconds']} s, {row['refused']:,} refused, "
        f"{row['faults']} kinds of faults (seed {args.seed})",
        flush=True,
    )
    return row


def _reports(
    name: str, args: argparse.Namespace, left: float, first: int
) -> Iterator[dict[str, Any]]:
    """What a child tells; where it dies or hangs, the input it had is the finding."""
    held = args.out / f"{name}.input"
    command = [
        *(sys.executable, __file__, "--child", "--target", name, "--seed", str(args.seed)),
        *("--first", str(first), "--seconds", str(left), "--out", str(args.out)),
        *(["--guided"] if args.guided else []),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        last = {"next": first}
        for line in child.stdout:
            last = json.loads(line)
            yield last
        code = child.wait()
    if code == 0:
        return
    if code == 1 and last["next"] == first:
        raise SystemExit(f"{name} cannot be fuzzed: see above")
    number, _, rest = held.read_bytes().partition(b"\n")
    source, _, data = rest.partition(b"\n")
    kept = args.out / file_name(f"{name}-{source.decode()}", data)
    kept.write_bytes(data)
    yield {"next": int(number) + 1, "kind": f"the process ended with {code}", "file": str(kept)}


def _tell(name: str, seed: int, report: dict[str, Any]) -> None:
    print(f"\n{name}: {report['kind']}\n  input: {report['file']} (seed {seed})")
    print("  " + report.get("detail", "").rstrip().replace("\n", "\n  "), flush=True)


# ── the child: inputs until the time is over ──────────────────────────────────────────────────────
def _child(target: Target, args: argparse.Namespace) -> int:
    _limit_memory()
    logging.disable(logging.CRITICAL)
    reports = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints is no report
    if all(judge(target, name, data).refused for name, data in target.own_corpus() or [("", b"")]):
        raise SystemExit("the corpus as it stands is refused: this target reads nothing")
    teller = Teller(target, args.out, reports, args.seconds)
    if args.guided:
        from guided import fuzz_guided

        fuzz_guided(target, args, teller)
    corpus, number = target.corpus(), args.first
    end = time.monotonic() + args.seconds
    while time.monotonic() < end:
        teller.take(number, *draw(target, corpus, args.seed, number))
        number += 1
    teller.flush()
    return 0


class Teller:
    """Judges inputs and tells the parent: counts now and then, each kind of fault once."""

    def __init__(self, target: Target, out: Path, reports: TextIO, seconds: float) -> None:
        self.target, self.out, self._reports = target, out, reports
        self._held = (out / f"{target.name}.input").open("wb", buffering=0)
        self.shrink_seconds = seconds / 20
        self._kinds: set[str] = set()
        self._counts = {"inputs": 0, "refused": 0}
        self._next = 0

    def take(self, number: int, name: str, data: bytes) -> None:
        """Judge an input."""
        self._held.seek(0)
        self._held.truncate()
        self._held.write(f"{number}\n{name}\n".encode() + data)
        verdict = judge(self.target, name, data)
        self._next = number + 1
        self._counts["inputs"] += 1
        self._counts["refused"] += verdict.refused
        if verdict.kind and verdict.kind not in self._kinds:
            self._kinds.add(verdict.kind)
            small = shrink(self.target, name, data, verdict.kind, self.shrink_seconds)
            kept = self.out / file_name(f"{self.target.name}-{name}", small)
            kept.write_bytes(small)
            self._send(kind=verdict.kind, detail=verdict.detail, file=str(kept))
        if self._counts["inputs"] >= 50:
            self.flush()

    def flush(self) -> None:
        """Send the counts."""
        self._send(**self._counts)
        self._counts = dict.fromkeys(self._counts, 0)

    def _send(self, **report: object) -> None:
        print(json.dumps({"next": self._next, **report}), file=self._reports, flush=True)


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (12 << 30, 12 << 30))


# ── figures ───────────────────────────────────────────────────────────────────────────────────────
def _keep(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    """Rows by target, guided or not: a new one takes the place of an earlier one."""
    by_target = {(row["target"], row["guided"]): row for row in [*figures.kept(path), *rows]}
    ordered = sorted(by_target.values(), key=lambda row: (row["target"], row["guided"]))
    figures.keep("fuzz", "python tests/fuzz/run_fuzz.py --seconds 600", ordered, path)


if __name__ == "__main__":
    raise SystemExit(main())
