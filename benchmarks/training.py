"""The command of a script that trains a labeller on invented examples."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from random import Random


def train_by_command(
    description: str | None,
    weights: Path,
    examples: int,
    *,
    train: Callable[[int, int, Path], None],
    show: Callable[[Random], str],
) -> None:
    """Read the command line and train: `train` is given how many examples, the seed and the file of
    the weights; with --show, examples are printed instead.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("out", nargs="?", type=Path, default=weights)
    parser.add_argument("--examples", type=int, default=examples)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--show", type=int, default=0, help="print so many examples instead")
    options = parser.parse_args()
    if options.show:
        random = Random(options.seed)
        for _ in range(options.show):
            print(show(random))
        return
    train(options.examples, options.seed, options.out)
