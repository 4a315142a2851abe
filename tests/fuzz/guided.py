"""Inputs that reach new code are kept and broken further: the same targets under atheris
(libFuzzer), which is not installed with litmap: `pip install atheris`."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from harness import Target, broken
from mutations import MAX_BYTES

if TYPE_CHECKING:
    from run_fuzz import Teller


def watch_imports() -> None:
    """Count the branches of what is imported of litmap from now on."""
    import atheris

    atheris.instrument_imports(include=["litmap"]).__enter__()


def fuzz_guided(target: Target, args: argparse.Namespace, teller: Teller) -> None:
    """Fuzz until the time is over; ends the process. An input begins with a line, its name."""
    import atheris

    corpus = target.corpus()
    numbers = count(args.first)

    def parted(joined: bytes) -> tuple[str, bytes]:
        first, _, data = joined.partition(b"\n")
        name = first.decode("utf-8", "replace")
        return (name, data) if name in dict(corpus) else (corpus[0][0], data)

    def read(joined: bytes) -> None:
        teller.take(next(numbers), *parted(joined))

    def mutated(joined: bytes, size: int, seed: int) -> bytes:
        name, data = parted(joined)
        changed = broken(target, corpus, random.Random(seed), name, data)
        return (name.encode() + b"\n" + changed)[:size]

    with tempfile.TemporaryDirectory() as folder:
        for i, (name, data) in enumerate(corpus):
            (Path(folder) / str(i)).write_bytes(name.encode() + b"\n" + data)
        options = {"max_total_time": int(args.seconds), "max_len": MAX_BYTES, "seed": args.seed + 1}
        options |= {"rss_limit_mb": 0, "timeout": 600, "verbosity": 0}
        flags = [f"-{name}={value}" for name, value in options.items()]
        atheris.Setup([sys.argv[0], *flags, folder], read, custom_mutator=mutated)
        atheris.Fuzz()
