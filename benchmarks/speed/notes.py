"""Speed of reading notes and finding their citations: 1,000 notes of about 10 kB on one core, and
growth with size.

    python -m benchmarks.speed.notes [--json] [--count 1000] [--hostile]

The notes are made here from words and reference patterns of several styles (seeded), so no data is
needed. `--hostile` measures text made to blow up regular expressions and parsers instead: one piece
repeated to 50, 100 and 200 kB.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from pathlib import Path

WORDS = (  # noqa: SIM905
    "the of and to in is that for with as are on by this from at or which we can be has model "
    "data network theory results "
    "method analysis species growth energy field market policy cell protein neural learning "
    "stability structure effect large "
    "small random linear optimal local global rate bound mean variance sample time space order "
    "phase"
).split()
SURNAMES = "Smith Jones Tilman Kingsolver Ortega Nakamura Weiss Fischer Laurent Petrov Okafor Lindqvist Moreau Castellano".split()  # noqa: SIM905


def sentence(rng: random.Random) -> str:
    words = [rng.choice(WORDS) for _ in range(rng.randint(8, 24))]
    text = " ".join(words).capitalize()
    dice = rng.random()
    year = rng.randint(1950, 2024)
    if dice < 0.12:
        text += f" ({rng.choice(SURNAMES)} and {rng.choice(SURNAMES)} {year})"
    elif dice < 0.2:
        text += f" [{rng.choice(SURNAMES)} et al. ({year})](https://arxiv.org/abs/{year % 100:02d}{rng.randint(1, 12):02d}.{rng.randint(10000, 99999)})"
    elif dice < 0.25:
        text += f" https://doi.org/10.1000/{rng.randint(1, 10**6)}"
    elif dice < 0.28:
        text += f" [[{rng.choice(WORDS)} note]] and `code`"
    return text + "."


def note(rng: random.Random, size: int, *, plain: bool) -> str:
    parts, length = [], 0
    while length < size:
        if rng.random() < 0.12:
            block = ("" if plain else "## ") + " ".join(
                rng.choice(WORDS) for _ in range(3)
            ).capitalize()
            block += "\n" + "-" * len(block) if plain else ""
        elif rng.random() < 0.25:
            block = "\n".join(f"- {sentence(rng)}" for _ in range(rng.randint(2, 6)))
        elif rng.random() < 0.15:
            title = " ".join(rng.choice(WORDS) for _ in range(8)).capitalize()
            block = (
                f"{rng.choice(SURNAMES)}, A., & {rng.choice(SURNAMES)}, B. "
                f"({rng.randint(1950, 2024)}). {title}. Journal of Things, {rng.randint(1, 99)}, "
                f"1-20."
            )
        else:
            block = " ".join(sentence(rng) for _ in range(rng.randint(2, 6)))
        parts.append(block)
        length += len(block) + 2
    return "\n\n".join(parts)


HOSTILE = {
    "names": "Aa, Aa, ", "initials": "A. B. ", "inverted names": "Aa, B. C.; ", "journals": "Phys. Rev. ",
    "journals, numbers": "J. Chem. 12, ", "titles": "Aa Bb of the ", "brackets": "Aa (Bb ", "open quotes": "“Aa ",
    "years": "Aa 1999 ", "owners": "Aa's Bb ", "dots": "a. ", "colons": "Aa: Bb ", "slashes": "Aa/Bb", "blanks": "a   ",
    "link starts": "[a](", "wiki links": "[[Aa|", "templates": "{{cite ", "notes": "<ref>", "stars": "*a ", "addresses": "http://a.b/",
}  # fmt: skip


def hostile(folder: Path) -> dict[str, dict[str, float]]:
    """Seconds by kind of text, format and size."""
    rows: dict[str, dict[str, float]] = {}
    for name, piece in HOSTILE.items():
        for suffix in ("md", "txt", "wiki"):
            path = folder / f"hostile.{suffix}"
            row = {}
            for size in (50_000, 100_000, 200_000):
                path.write_text(piece * (size // len(piece)), "utf-8")
                row[f"{size // 1000}_kB_s"] = timed([path])["total_s"]
            row["growth_50_to_200"] = row["200_kB_s"] / max(row["50_kB_s"], 0.01)
            rows[f"{name}, .{suffix}"] = row
    return rows


def timed(paths: list[Path]) -> dict[str, float]:
    from litmap.citations import find_citations
    from litmap.notes import read_notes

    start = time.process_time()
    notes, _ = read_notes(paths)
    read = time.process_time()
    citations = find_citations(notes)
    done = time.process_time()
    size = sum(path.stat().st_size for path in paths)
    return {
        "notes": len(notes), "megabytes": size / 1e6, "read_s": read - start, "find_s": done - read, "total_s": done - start,
        "citations": len(citations), "megabytes_per_s": size / 1e6 / (done - start),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument(
        "--largest", type=float, default=20, help="megabytes of the largest single note"
    )
    parser.add_argument(
        "--hostile", action="store_true", help="text made to blow up regular expressions instead"
    )
    args = parser.parse_args()
    if args.hostile:
        with tempfile.TemporaryDirectory() as folder:
            worst = hostile(Path(folder))
        if args.json:
            print(json.dumps(worst, indent=1))
            return
        for name, row in sorted(worst.items(), key=lambda item: -item[1]["200_kB_s"])[:15]:
            print(f"{name:26s} " + "  ".join(f"{key} {value:.2f}" for key, value in row.items()))
        return
    rows: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        rng = random.Random(0)
        paths = []
        for index in range(args.count):
            plain = index % 3 == 0
            path = Path(folder) / f"note{index:04d}.{'txt' if plain else 'md'}"
            path.write_text(note(rng, 10_000, plain=plain), "utf-8")
            paths.append(path)
        timed(paths[:5])
        rows[f"{args.count} notes of 10 kB"] = timed(paths)
        size = 1.25
        while size <= args.largest:
            for suffix in ("md", "txt"):
                path = Path(folder) / f"large.{suffix}"
                path.write_text(note(rng, int(size * 1e6), plain=suffix == "txt"), "utf-8")
                rows[f"one {suffix} note of {size:g} MB"] = timed([path])
            size *= 4
    if args.json:
        print(json.dumps(rows, indent=1))
        return
    print(
        f"{'what':28s} {'read s':>8s} {'find s':>8s} {'total s':>8s} {'MB/s':>6s} {'citations':>9s}"
    )
    for name, row in rows.items():
        print(
            f"{name:28s} {row['read_s']:8.2f} {row['find_s']:8.2f} {row['total_s']:8.2f} "
            f"{row['megabytes_per_s']:6.2f} {row['citations']:9.0f}"
        )


if __name__ == "__main__":
    main()
