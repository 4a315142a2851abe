"""Feeds broken notes to the readers for a while: `python tests/fuzz/fuzz_notes.py --seconds 600
[--seed 0]`.

Each round takes real notes (the cases of the tests), cuts, doubles, swaps and corrupts them, at
random also gives them another format, and reads them. A crash, a refusal without a reason, a
mention outside its note or a note that takes far longer than its length allows ends the run with
the input written to a file.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

from litmap.notes.formats import FORMATS

HERE = Path(__file__).parent
CASES = HERE.parent / "notes_cases"
SUFFIXES = [suffix for row in FORMATS for suffix in row.suffixes]
PIECES = [
    "[",
    "{{cite journal|title=",
    "<ref>",
    "''",
    "== H ==\n",
    "http://[",
    "](",
    "[[",
    "]]",
    "{",
    "}",
    "```\n",
    "---\n",
    "\\cite{",
    "@key2001",
    "<a href=",
    "$$",
    "|",
    "\x00",
    "\ufeff",
    "\u2028",
    "(2001)",
    "et al. ",
    "———. ",
    "10.1000/",
    "arXiv:",
    "http://",
    "\\",
    "\n\n",
    "\t",
    "é",
    "𝒜",
]


def mutate(rng: random.Random, texts: list[str]) -> str:
    """A broken note."""
    text = rng.choice(texts)
    for _ in range(rng.randint(1, 6)):
        at, to = sorted(rng.randint(0, len(text)) for _ in range(2))
        action = rng.randrange(6)
        if action == 0:
            text = text[:at] + text[to:]
        elif action == 1:
            text = text[:at] + text[at : min(to, at + 400)] * rng.randint(2, 8) + text[at:]
        elif action == 2:
            text = text[:at] + rng.choice(PIECES) * rng.randint(1, 200) + text[at:]
        elif action == 3:
            other = rng.choice(texts)
            text = text[:at] + other[: rng.randint(0, len(other))]
        elif action == 4:
            text = "".join(char if rng.random() > 0.01 else rng.choice(PIECES) for char in text)
        else:
            lines = text.split("\n")
            rng.shuffle(lines)
            text = "\n".join(lines)
    return text[:60_000]


def check(text: str, suffix: str) -> str:
    """What is wrong with how this note is read, '' if nothing."""
    from litmap.citations import find_citations
    from litmap.errors import NoteError
    from litmap.notes import parse_note

    start = time.process_time()
    try:
        note, _ = parse_note(text, "fuzz" + suffix, suffix)
    except NoteError as error:
        return "" if str(error) else "refused without a reason"
    citations = find_citations([note])
    taken = time.process_time() - start
    lines = text.count("\n") + 1
    for citation in citations:
        for mention in citation.mentions:
            if not 1 <= mention.line <= lines + 1:
                return f"line {mention.line} of {lines}: {mention}"
    return f"{taken:.1f} s for {len(text):,} characters" if taken > 2 + len(text) / 5_000 else ""


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=None)
    args = parser.parse_args()
    seed = args.seed if args.seed is not None else random.randrange(10**9)
    rng = random.Random(seed)
    texts = [
        path.read_text("utf-8", "replace")
        for path in sorted(CASES.iterdir())
        if path.is_file() and path.suffix in SUFFIXES
    ]
    end, rounds = time.monotonic() + args.seconds, 0
    while time.monotonic() < end:
        text, suffix = mutate(rng, texts), rng.choice(SUFFIXES)
        rounds += 1
        try:
            wrong = check(text, suffix)
        except Exception as error:  # noqa: BLE001 (any crash is a finding)
            wrong = f"{type(error).__name__}: {error}"
        if wrong:
            with tempfile.NamedTemporaryFile(
                "w",
                suffix=suffix,
                prefix="fuzz-",
                delete=False,
                encoding="utf-8",
                errors="surrogatepass",
            ) as file:
                file.write(text)
            print(f"seed {seed}, round {rounds}: {wrong}\ninput: {file.name}")
            return 1
    print(f"{rounds} broken notes read in {args.seconds:.0f} s, seed {seed}: nothing found")
    return 0


if __name__ == "__main__":
    sys.exit(main())
