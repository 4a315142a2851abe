"""Breaks the code in small ways and counts how many of them its tests notice: `make mutants`.

    python tests/mutants/run_mutants.py [--seed 1] [--count 200] [--rooms search,works] [--jobs 2]
        [--json FILE]

The tree is copied once a job and one mutant at a time is put into a copy; the checkout is never
touched. A mutant runs against the test files of its room alone, fastest first, until the first failure. A run
that takes far more processor time than the unbroken code counts as killed. The same seed draws the
same mutants from the same code.
"""

from __future__ import annotations

import argparse
import contextlib
import difflib
import multiprocessing
import os
import queue
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sample import Mutant, mutants_of, mutate, sample

ROOT = Path(__file__).resolve().parents[2]
# A room → its test files, the fastest first.
ROOMS: dict[str, tuple[str, ...]] = {
    "catalogue": ("test_catalogue", "test_catalogue_behaviour", "test_decisions"),
    "parsing": (
        "test_parsing_answers",
        "test_parsing_limits",
        "test_parsing_behaviour",
        "test_parsing_decisions",
        "test_grammar",
        "test_person_names",
        "test_word_lists",
        "test_venues",
        "test_refstrings",
        "test_sentences",
        "test_identifiers",
        "test_service_answers",
        "test_reference_headings",
        "test_sentence_roles",
        "test_entry_openings",
        "test_table_grid",
        "test_records",
        "test_kinds_of_references",
        "test_note_outline",
        "test_search_languages",
        "test_citations_behaviour",  # the notes' cases are read by way of parsing
    ),
    "works": (
        "test_works_behaviour",
        "test_works_limits",
        "test_service_answers",
        "test_works",
        "test_unanswered_sources",
        "test_open_copies",
        "test_known_titles",
        "test_live_checks",
    ),
    "citations": (
        "test_citations_answers",
        "test_recognisers",
        "test_citations_behaviour",
        "test_citations",
        "test_citations_loosely",
        "test_citations_cascade",
        "test_inner_references",
        "test_marked_titles",
        "test_kinds_of_notes",
        "test_kinds_of_references",
        "test_disclosure",
    ),
    "search": (
        "test_search_figures",
        "test_search_behaviour",
        "test_search",
        "test_search_languages",
        "test_search_cited",
        "test_search_builds",
    ),
}
# Loaded once, then shared by every run; never litmap itself.
PRELOADED = ["pytest", "hypothesis", "numpy", "rapidfuzz", "lxml.html", "Stemmer", "httpcore2"]
LEFT_OUT = [  # loads the whole of torch to be told that a model is not there
    "--deselect=tests/test_search.py::test_a_missing_second_stage_is_named"
]
SPARE_CPU_SECONDS = 10  # beside three times what the unbroken code takes
OUTPUT, CPU_SECONDS = ".output", ".cpu_seconds"  # of the last run in a tree
MAX_MEMORY = 8 << 30  # bytes of address space
CPU_SIGNALS = {-signal.SIGXCPU, -signal.SIGKILL}


def main() -> int:
    """Run the sample, print the survivors, write the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", default="1")
    parser.add_argument("--count", type=int, default=200, help="spread evenly over the rooms")
    parser.add_argument("--rooms", default=",".join(ROOMS))
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="mutants at a time")
    parser.add_argument("--json", type=Path, help="keep the figures in this file")
    args = parser.parse_args()
    rooms = args.rooms.split(",")
    with tempfile.TemporaryDirectory(prefix="litmap-mutants-") as folder:
        trees = [Path(folder) / f"tree{job}" for job in range(args.jobs)]
        for tree in trees:
            copy_tree(tree)
        figures = run_rooms(trees, rooms, args.count // len(rooms), args.seed)
    sys.path.append(str(ROOT))  # now, so that no run finds the checkout in place of its tree
    from benchmarks.figures import keep

    keep("mutants", f"make mutants COUNT={figures['mutants']} SEED={args.seed}", figures, args.json)
    print_summary(figures)
    return 0


def copy_tree(target: Path) -> None:
    """What git tracks or would track; flows and examples are linked to where the package has
    them.
    """
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    for package in ("flows", "examples"):
        (target / "src" / "litmap" / package).symlink_to(target / package)


def run_rooms(trees: list[Path], rooms: list[str], count: int, seed: str) -> dict:
    """The figures of `count` mutants a room, and every survivor with its diff; one mutant a tree
    at a time.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    tree = trees[0]
    free: queue.SimpleQueue[Path] = queue.SimpleQueue()
    for each in trees:
        free.put(each)
    figures, survivors = {}, []
    for room in rooms:
        mutants = [
            mutant
            for path in sorted((tree / "src" / "litmap" / room).rglob("*.py"))
            for mutant in mutants_of(path, tree)
        ]
        files = [
            f"tests/{name}.py" for name in ROOMS[room] if (tree / "tests" / f"{name}.py").exists()
        ]
        cpu = 3 * usual_cpu_seconds(context, tree, files, room) + SPARE_CPU_SECONDS

        def judge(mutant: Mutant, files: list[str] = files, cpu: int = cpu) -> tuple[str, str]:
            mine = free.get()
            try:
                return run_mutant(context, mine, files, mutant, cpu)
            finally:
                free.put(mine)

        outcomes: Counter[str] = Counter()
        drawn = sample(mutants, count, f"{seed} {room}")
        with ThreadPoolExecutor(len(trees)) as pool:
            for mutant, (outcome, diff) in zip(drawn, pool.map(judge, drawn), strict=True):
                outcomes[outcome] += 1
                if outcome == "survived":
                    survivors.append(
                        {"room": room, "file": mutant.path, "line": mutant.start[0], "diff": diff}
                    )
                    print(f"survived {mutant.path}:{mutant.start[0]}\n{diff}\n", flush=True)
        figures[room] = {
            "mutants": outcomes.total(),
            "of": len(mutants),
            **{kind: outcomes[kind] for kind in ("killed", "timed out", "survived")},
        }
        print(f"{room}: {figures[room]}", flush=True)
    return summarise(figures, survivors, seed)


def usual_cpu_seconds(context, tree: Path, files: list[str], room: str) -> int:
    """The processor time that the tests take on the unbroken code, which they must pass."""
    if run_tests(context, tree, files, cpu_seconds=600) != "survived":
        output = (tree / OUTPUT).read_text(encoding="utf-8", errors="replace")
        raise SystemExit(f"{output[-2000:]}\n{room}: its tests fail on the code as it is")
    return int(float((tree / CPU_SECONDS).read_text(encoding="utf-8")))


def run_mutant(context, tree: Path, files: list[str], mutant: Mutant, cpu: int) -> tuple[str, str]:
    """What the tests say of one mutant, and its diff."""
    path = tree / mutant.path
    source, times = path.read_text(encoding="utf-8"), path.stat()
    broken = mutate(source, mutant)
    diff = "\n".join(
        line
        for line in difflib.unified_diff(source.splitlines(), broken.splitlines(), lineterm="", n=0)
        if not line.startswith(("---", "+++", "@@"))
    )
    try:
        path.write_text(broken, encoding="utf-8")
        return run_tests(context, tree, files, cpu), diff
    finally:
        path.write_text(source, encoding="utf-8")
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))  # its compiled form is good again


def run_tests(context, tree: Path, files: list[str], cpu_seconds: int) -> str:
    """'survived', 'killed' or 'timed out'."""
    process = context.Process(target=_pytest, args=(tree, files, cpu_seconds))
    process.start()
    process.join(20 * cpu_seconds)  # a run that sleeps takes no processor time
    if process.is_alive():
        process.kill()
        process.join()
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)  # what it started
    if process.exitcode in CPU_SIGNALS:
        return "timed out"
    return "killed" if process.exitcode else "survived"


def _pytest(tree: Path, files: list[str], cpu_seconds: int) -> None:
    import pytest
    from hypothesis import settings

    os.setsid()
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 5))
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    os.chdir(tree)
    os.environ.pop("CI", None)
    os.environ.update(PYTHONPATH=str(tree / "src"), OMP_NUM_THREADS="1")
    sys.path[:0] = [str(tree / "src"), str(tree / "tests")]
    with (tree / OUTPUT).open("w") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    settings.register_profile(
        "mutants", derandomize=True, max_examples=20, database=None, deadline=None
    )
    settings.load_profile("mutants")
    preloaded = "ignore::pytest.PytestAssertRewriteWarning"
    options = ["-x", "-q", "-p", "no:cacheprovider", "--tb=no", "-W", preloaded, *LEFT_OUT]
    code = 0
    for file in files:  # one after the other: most mutants are killed before the rest is imported
        code = code or int(pytest.main([*options, file]))
    sys.stdout.flush()
    # Told by the run itself: the fork server is its parent, so the desk is not told.
    (tree / CPU_SECONDS).write_text(f"{sum(os.times()[:4])}\n", encoding="utf-8")
    os._exit(code)


def summarise(figures: dict, survivors: list[dict], seed: str) -> dict:
    """The figures: the share of all that were drawn, and the share where each room weighs by its
    mutants.
    """
    killed = {room: row["killed"] + row["timed out"] for room, row in figures.items()}
    drawn = sum(row["mutants"] for row in figures.values())
    every = sum(row["of"] for row in figures.values())
    weighted = sum(
        killed[room] / row["mutants"] * row["of"] / every for room, row in figures.items()
    )
    return {
        "seed": seed,
        "mutants": drawn,
        "killed": sum(killed.values()),
        "share": round(sum(killed.values()) / drawn, 3),
        "share weighted by room size": round(weighted, 3),
        **figures,
        "survivors": survivors,
    }


def print_summary(figures: dict) -> None:
    """One line a room, one for all."""
    for room in [room for room in ROOMS if room in figures]:
        row = figures[room]
        print(f"{room:10} {row['killed'] + row['timed out']:3} of {row['mutants']} killed")
    print(
        f"seed {figures['seed']}: {figures['killed']} of {figures['mutants']} mutants killed, "
        f"{figures['share']:.1%} ({figures['share weighted by room size']:.1%} by the size of the "
        f"rooms)"
    )


if __name__ == "__main__":
    sys.exit(main())
