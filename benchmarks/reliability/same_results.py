#!/usr/bin/env python3
"""Does litmap still give the same results? Snapshots of what it reads and builds, compared.

    python same_results.py parses --litmap "PYTHON -m litmap" OUT.json FOLDER [FOLDER ...]
    python same_results.py build --litmap "PYTHON -m litmap" OUT.json LIBRARY
    python same_results.py compare [--vectors 0.001] [--figures 0] OLD.json NEW.json

`parses` keeps what `litmap read --json` says of every file in the folders, each alone, and of each
folder as one reading. A file is known by the last two parts of its FOLDER's name and its own path.

`build` keeps what a library holds: works, filing, topics, map, summaries, search results, exports,
status and the last refresh's report as the command line gives them; passages, vectors, postings of
words and links between works as the files of the current build have them; checksums of the texts
that were extracted. The vectors themselves stand beside OUT in OUT.vectors.npz.

`compare` says every difference by kind, with counts and the first examples; exit code 1 on any. Two
libraries should have come about in the same way: rows are numbered in the order they were added.

Nothing of litmap is imported, so that one version can be compared with another whose modules have
other names. For speed the commands run one after the other in a few processes of its interpreter
(this file with `batch`), each as `python -m litmap` would run it.

Left out or evened, since two runs of one version differ in it: ids and times of builds and runs,
seconds and memory; where library and notes lie ('LIBRARY' and 'NOTES' stand for them) and how the
library's folder is called; fingerprints of the notes' passages (made from the notes' place); digits
of figures beyond the sixth place. PDFs that come over the network arrive in another order each time
and are embedded in other batches, which round otherwise: vectors that differ by no more than
`--vectors` are told but are no difference, nor are figures (scores, places on the map) that differ
by no more than `--figures`, 0 unless given. The services that do not know a work answer at the same
time and are told in the order of their answers; here they stand by name. No command searches by
words alone: the postings stand for that, and each result's score, in which the words have their
share beside the similarity. The commands run with one seed of Python's hashes: near-ties between a
passage's sentences hang on it, as sums over sets do. Build libraries with PYTHONHASHSEED=0, too.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import hashlib
import io
import itertools
import json
import math
import os
import re
import runpy
import shlex
import sqlite3
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np

DIGITS = 6
"""Places behind the point that are kept of a figure."""
EXAMPLES = 3
"""Differences of a kind that are shown."""
WIDTH = 100
"""Columns of the terminal that commands are told of, and characters shown of a differing text."""
SERVICES = re.compile(r"(?<=not known to )[^:]+(?=: check)")
"""The services in 'not known to arXiv, Crossref: check the spelling, …'."""
MARKDOWN = re.compile(r"[\\`*_{}\[\]()<>#+!|~$&^=-]")
"""What is escaped in Markdown."""
CHANGING = ("build", "memory_megabytes")
"""Counts of a run's report that differ between two runs."""
WHERE, LIKE = 12, 12
"""Passages of the library that are looked for as quotations, and works whose like is sought."""

QUERIES = (
    "why do flat minima generalise?",
    "flat minima",
    "double descent",
    "neural tangent kernel",
    "information bottleneck",
    "lottery ticket hypothesis sparse subnetworks",
    "implicit bias of gradient descent",
    "PAC-Bayes bound",
    "spectral norm margin",
    "random labels memorisation",
    "mean-field limit of wide networks",
    "approximation by shallow networks and depth separation",
    "neural collapse simplex geometry last layer",
    "stochastic gradient temperature batch size learning rate",
    "saddle points of the loss surface",
    "sharpness rescaling Hessian",
    "generalisation error depends on the data distribution",
    "convolutional networks for images",
    "attention transformer language model",
    "adversarial examples robustness",
    "generative adversarial networks",
    "recurrent networks long memory",
    "reinforcement learning policy gradient",
    "Bayesian inference variational autoencoder",
    "dropout regularisation",
    "batch normalization",
    '"gradient descent"',
    '"neural networks" -convolutional',
    'kernel -"random features"',
    "year:2016..2018 minima",
    "year:..2005 learning",
    "generalization in:references",
    "training in:abstracts",
    "networks in:notes",
    'heading:"Loss surfaces" Hessian',
    "heading:Generalisation bound",
    "note:learning depth",
    "author:Bartlett margin",
    "author:Quillfeather",
    "arXiv:1611.03530",
    "arxiv:1703.00000",
    "10.5555/litmap.jpm.2017.12",
    "generalizatoin of overparametrised netwroks",
    "Verallgemeinerung tiefer neuronaler Netze",
    "深度学习 泛化",
    "chocolate cake recipe with cherries",
    "x",
    "year:abc nonsense filter",
    "why:deep “learning” works –- or not? (a question), $O(n^2)$ & more",
    "Despite their massive size, successful deep artificial neural networks can exhibit a very "
    "small gap between training and test performance, and conventional wisdom attributes a small "
    "generalization error either to properties of the model family or to the regularization that "
    "was used during training of the network on the given data set.",
)

Json = Any
Section = dict[str, Json]


class SameError(Exception):
    """What ends the script with a message."""


# ── running litmap ──
class Litmap:
    """Runs litmap's commands, several at a time, and gives what they say."""

    def __init__(self, command: str, processes: int) -> None:
        self.interpreter, self.module = split_command(command)
        self.processes = processes

    def run_all(self, calls: Sequence[tuple[Path, list[str]]]) -> list[Section]:
        """The outcomes of calls (working folder, arguments), in order."""
        shares = [calls[i :: self.processes] for i in range(self.processes)]
        with ThreadPoolExecutor(self.processes) as pool:
            parts = list(pool.map(self._batch, shares))
        return [parts[i % self.processes][i // self.processes] for i in range(len(calls))]

    def run(self, folder: Path, *words: str) -> Section:
        """The outcome of one call."""
        return self.run_all([(folder, list(words))])[0]

    def data(self, folder: Path, *words: str) -> Json:
        """The JSON that a call prints. Raises `SameError` where it fails."""
        outcome = self.run(folder, *words)
        if outcome["code"] or "data" not in outcome:
            raise SameError(f"`litmap {shlex.join(words)}` failed: {outcome['errors'][-500:]}")
        return outcome["data"]

    def _batch(self, calls: Sequence[tuple[Path, list[str]]]) -> list[Section]:
        """The outcomes of calls that one process runs one after the other."""
        if not calls:
            return []
        fixed = {"COLUMNS": str(WIDTH), "PYTHONHASHSEED": "0", "PYTHONIOENCODING": "utf-8"}
        asked = "\n".join(json.dumps([str(folder), words]) for folder, words in calls)
        command = [*self.interpreter, str(Path(__file__).resolve()), "batch", self.module]
        done = subprocess.run(
            command, input=asked, stdout=subprocess.PIPE, encoding="utf-8", check=False,
            env={**os.environ, **fixed},
        )  # fmt: skip
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        if done.returncode or len(answers) != len(calls):
            last = calls[min(len(answers), len(calls) - 1)][1]
            raise SameError(f"litmap's process ended with {done.returncode} in {shlex.join(last)}")
        return answers


def split_command(command: str) -> tuple[list[str], str]:
    """Interpreter with its options, and module, of 'PYTHON -m MODULE'."""
    words = shlex.split(command)
    if len(words) < 3 or words[-2] != "-m":
        raise SameError(f"--litmap {command!r} is not of the form 'PYTHON -m MODULE'")
    return words[:-2], words[-1]


def serve_batch(module: str) -> None:
    """Run the calls that standard input names, a line each, and print each one's outcome."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints past Python does not get between the answers
    for line in sys.stdin.read().splitlines():
        folder, words = json.loads(line)
        answers.write(json.dumps(call_here(module, folder, words)) + "\n")
        answers.flush()


def call_here(module: str, folder: str, words: list[str]) -> Section:
    """`python -m MODULE WORDS…` in this process: exit code, JSON or text, errors."""
    os.chdir(folder)
    sys.argv = [module, *words]
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = exit_code(module)
    printed, errors = text_of(out), text_of(err)
    try:
        return {"code": code, "errors": errors, "data": json.loads(printed)}
    except ValueError:
        return {"code": code, "errors": errors, "text": printed}


def exit_code(module: str) -> int:
    """Run a module as the main program; what it exits with."""
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except Exception:  # noqa: BLE001 - a crash is an outcome too
        print(traceback.format_exc(limit=0), end="", file=sys.stderr)
        return 70
    return 0


def text_of(stream: io.TextIOWrapper) -> str:
    """All that was written to a stream in memory."""
    stream.flush()
    return stream.buffer.getvalue().decode("utf-8", "backslashreplace")  # type: ignore[attr-defined]


# ── evening out ──
def even(value: Json, names: Sequence[tuple[str, str]]) -> Json:
    """A value with figures rounded and, in its texts, each first name replaced by the second."""
    if isinstance(value, float):
        return round(value, DIGITS) + 0.0 if math.isfinite(value) else str(value)
    if isinstance(value, str):
        for name, instead in names:
            value = value.replace(name, instead)
        return SERVICES.sub(lambda found: ", ".join(sorted(found[0].split(", "))), value)
    if isinstance(value, dict):
        return {even(key, names): even(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [even(item, names) for item in value]
    return value


def digest(content: bytes) -> str:
    """A short checksum."""
    return hashlib.sha256(content).hexdigest()[:20]


def keyed(items: Iterable[Json], key: Callable[[Json], str]) -> Section:
    """Items by key; of several with one key the later ones get a number."""
    found: Section = {}
    for item in items:
        name, number = key(item), 1
        while name in found:
            number += 1
            name = f"{key(item)} #{number}"
        found[name] = item
    return found


def write_json(path: Path, value: Json) -> None:
    """Write a snapshot."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


# ── parses ──
def take_parses(litmap: Litmap, folders: Sequence[Path]) -> Section:
    """What litmap reads in every file of the folders, and in each folder as a whole."""
    files, wholes = {}, {}
    for top in (folder.resolve() for folder in folders):
        label = Path(*top.parts[-2:])
        for folder in sorted({path.parent for path in files_below(top)}):
            wholes[(label / folder.relative_to(top)).as_posix()] = (folder.parent, folder.name)
        for path in files_below(top):
            files[(label / path.relative_to(top)).as_posix()] = (path.parent, path.name)
    every = [*files.items(), *wholes.items()]
    outcomes = litmap.run_all([(place, ["read", "--json", name]) for _, (place, name) in every])
    pairs = [(label, even(found, ())) for (label, _), found in zip(every, outcomes, strict=True)]
    return {"files": dict(pairs[: len(files)]), "folders": dict(pairs[len(files) :])}


def files_below(folder: Path) -> list[Path]:
    """All files in a folder and its subfolders, hidden ones left out."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return [
        path for path in found if not any(p.startswith(".") for p in path.relative_to(folder).parts)
    ]


# ── libraries ──
class LibraryFiles:
    """The files of a library's current build: passages, vectors, postings, links."""

    def __init__(self, library: Path) -> None:
        name = (library / "CURRENT").read_text("utf-8").strip()
        self.folder = library / "builds" / name
        self.sources = self._sources()
        self.names = {row: name for name, row in self._named_rows()}

    def _sources(self) -> list[tuple[str, str, str, int, int]]:
        """(work, source, fingerprint, first row, rows) of each source of passages."""
        fields = "work, source, fingerprint, first, count"
        query = f"SELECT {fields} FROM sources ORDER BY first, work, source"
        with contextlib.closing(sqlite3.connect(self.folder / "sources.sqlite")) as connection:
            return connection.execute(query).fetchall()

    def _named_rows(self) -> Iterator[tuple[str, int]]:
        for work, source, _, first, count in self.sources:
            for number in range(count):
                yield f"{work} | {source} | {number}", first + number

    def source_table(self) -> Section:
        """Fingerprint (of notes none: it holds their place), first row and count of each source."""
        return {
            f"{work} | {source}": ["" if source.startswith("note:") else fingerprint, first, count]
            for work, source, fingerprint, first, count in self.sources
        }

    def passages(self) -> Section:
        """Living passages by work, source and number."""
        query = "SELECT row, ordinal, kind, section, page, text, rects FROM passages ORDER BY row"
        found: Section = {}
        for part in [*self.folder.glob("passages.*.sqlite"), self.folder / "delta.sqlite"]:
            with contextlib.closing(sqlite3.connect(part)) as connection:
                for row, ordinal, kind, section, page, text, rects in connection.execute(query):
                    if row in self.names:
                        found[self.names[row]] = {
                            "row": row, "ordinal": ordinal, "kind": kind, "section": section,
                            "page": page, "text": text, "rects": digest(rects),
                        }  # fmt: skip
        return found

    def vectors(self) -> tuple[list[str], np.ndarray]:
        """Names of the passages that have a vector, and the vectors, float16."""
        home = self.folder / "vectors"
        state = json.loads((home / "vectors.json").read_text("utf-8"))
        dim = int(state["dim"])
        names: list[str] = []
        parts = [np.empty((0, dim), np.float16)]
        for segment in state["segments"]:
            rows, dead = np.load(home / f"{segment}.rows.npy"), home / f"{segment}.dead.npy"
            living = np.isin(rows, np.load(dead) if dead.exists() else [], invert=True)
            names += [self.names[row] for row in rows[living].tolist()]
            parts.append(last_halves(home / f"{segment}.f16", len(rows), dim)[living])
        return names, np.concatenate(parts)

    def postings(self) -> Section:
        """For each passage its words' number, and a checksum of which it holds how often."""
        home, found = self.folder / "keywords", {}
        for segment in json.loads((home / "keywords.json").read_text("utf-8"))["segments"]:
            for row, held in segment_rows(home, segment):
                found[self.names.get(row, f"row {row}")] = held
        return found

    def texts(self) -> Section:
        """A checksum of every extracted text and of what was read from it."""
        home = self.folder.parent.parent / "texts"
        paths = sorted(home.rglob("*.json.gz"))
        return {
            p.relative_to(home).as_posix(): digest(gzip.decompress(p.read_bytes())) for p in paths
        }

    def links(self) -> Section:
        """Who cites whom: for each citing work the cited ones."""
        found: Section = {}
        for citing, cited in json.loads((self.folder / "links.json").read_text("utf-8")):
            found.setdefault(citing, []).append(cited)
        return found


def last_halves(path: Path, count: int, dim: int) -> np.ndarray:
    """The float16 vectors with which a file ends."""
    content = path.read_bytes()
    return np.frombuffer(content[len(content) - 2 * count * dim :], np.float16).reshape(count, dim)


def segment_rows(home: Path, segment: str) -> Iterator[tuple[int, list[Json]]]:
    """(row, [words, kind, checksum of postings]) of each living passage in a segment."""
    names = ("keys", "starts", "docs", "counts", "lengths", "kinds", "rows")
    part = {name: np.load(home / f"{segment}.{name}.npy") for name in names}
    keys = np.repeat(part["keys"], np.diff(part["starts"]))
    order = np.lexsort((keys, part["docs"]))
    docs, keys, counts = part["docs"][order], keys[order], part["counts"][order]
    ends = np.searchsorted(docs, np.arange(len(part["rows"]) + 1))
    for number, row in enumerate(part["rows"].tolist()):
        begin, end = int(ends[number]), int(ends[number + 1])
        held = digest(keys[begin:end].tobytes() + counts[begin:end].tobytes())
        if row >= 0:
            yield row, [int(part["lengths"][number]), int(part["kinds"][number]), held]


def take_build(litmap: Litmap, library: Path) -> tuple[Section, list[str], np.ndarray]:
    """All sections of a library's snapshot, and its vectors with their names."""
    library = library.resolve()
    files = LibraryFiles(library)
    passages, (names, vectors) = files.passages(), files.vectors()
    asked = Asked(litmap, library)
    sections: Section = {
        "sources": files.source_table(),
        "passages": passages,
        "vectors": {name: digest(v.tobytes()) for name, v in zip(names, vectors, strict=True)},
        "postings": files.postings(),
        "links": files.links(),
        "texts": files.texts(),
        **asked.works(),
        **asked.topics(),
        "status": asked.status(),
        "summaries": asked.summaries(),
        "searches": asked.searches([p["text"] for p in passages.values()]),
        "exports": asked.exports(),
        "printed": asked.printed(),
    }
    places = [(str(library), "LIBRARY"), *notes_places(asked.notes())]
    return even(sections, places), [even(name, places) for name in names], vectors


def notes_places(notes: Sequence[str]) -> list[tuple[str, str]]:
    """The folder that holds all notes, also as Markdown and links spell it, with its new name."""
    parents = {str(Path(note).parent) for note in notes if Path(note).is_absolute()}
    if not parents:
        return []
    folder = os.path.commonpath(sorted(parents))
    spelt = dict.fromkeys([folder, MARKDOWN.sub(r"\\\g<0>", folder), quote(folder)])
    return [(spelling, "NOTES") for spelling in spelt]


class Asked:
    """What the command line says of a library."""

    def __init__(self, litmap: Litmap, library: Path) -> None:
        self.litmap, self.library = litmap, library
        self._works = self._data("works")
        self._topics = self._data("topics")

    def _words(self, command: str, *words: str) -> list[str]:
        return [command, "--library", str(self.library), "--json", *words]

    def _data(self, command: str, *words: str) -> Json:
        return self.litmap.data(self.library, *self._words(command, *words))

    def _outcomes(self, calls: Section) -> Section:
        """The outcomes of named calls by their names."""
        found = self.litmap.run_all([(self.library, words) for words in calls.values()])
        return dict(zip(calls, found, strict=True))

    def notes(self) -> list[str]:
        """Every note that cites a work."""
        return sorted({m["note"] for work in self._works for m in work["mentions"]})

    def works(self) -> Section:
        """Works with all that is known of them, their order, and those without a PDF."""
        return {
            "works": keyed(self._works, lambda work: work["id"]),
            "works in order": {"ids": [work["id"] for work in self._works]},
            "works without a PDF": {
                "ids": [work["id"] for work in self._data("works", "--missing")]
            },
        }

    def topics(self) -> Section:
        """Filing, places on the map, topics, findings, coverage and the reading list."""
        filed = {work["id"]: dict(work) for work in self._topics["works"]}
        places = {name: [work.pop("x"), work.pop("y")] for name, work in filed.items()}
        return {
            "filing": filed,
            "map places": places,
            "topics": keyed(self._topics["topics"], lambda topic: topic["id"]),
            "topics in order": {"ids": [topic["id"] for topic in self._topics["topics"]]},
            "findings": keyed(self._topics["findings"], finding_name),
            "coverage": keyed(
                self._data("topics", "--coverage"), lambda c: " › ".join(c["heading"] or ())
            ),
            "reading list": keyed(self._data("topics", "--reading-list"), lambda work: work["key"]),
        }

    def status(self) -> Section:
        """Counts of the library and the last run's report without what differs from run to run."""
        status = self._data("status")
        run = status["runs"][0]
        counts = {name: run["counts"][name] for name in run["counts"] if name not in CHANGING}
        report = {"state": run["state"], "counts": counts, "changes": run["changes"]}
        kept = ("notes", "works", "by_status", "passages", "model")
        return {**{name: status[name] for name in kept}, **report, "problems": run["problems"]}

    def printed(self) -> Section:
        """What some commands print for people."""
        commands = (
            "works", "works --missing", "topics", "topics --suggest", "topics --coverage",
            "topics --reading-list", "search flat minima", "search --by paper gradient descent",
        )  # fmt: skip
        calls = {name: [*name.split(), "--library", str(self.library)] for name in commands}
        found = self._outcomes(calls)
        return {name: {**out, "text": printed_lines(out["text"])} for name, out in found.items()}

    def summaries(self) -> Section:
        """The summary of every work and heading, or why there is none."""
        headings = [" › ".join(t["heading"]) for t in self._topics["topics"] if t["heading"]]
        subjects = dict.fromkeys([*(work["id"] for work in self._works), *headings])
        return self._outcomes(
            {subject: self._words("summary", "--", subject) for subject in subjects}
        )

    def searches(self, texts: Sequence[str]) -> Section:
        """Results of the fixed queries, of quotations from passages, and of works like others."""
        calls = {f"passages: {query}": self._words("search", "--", query) for query in QUERIES}
        calls |= {
            f"papers: {query}": self._words("search", "--by", "paper", "--", query)
            for query in QUERIES
        }
        quoted = [text[30:150] for text in spread([t for t in texts if len(t) > 200], WHERE)]
        for number, text in enumerate(quoted, 1):
            calls[f"quotation {number}"] = self._words("search", "--where", "--", text)
        for work in spread([work["id"] for work in self._works], LIKE):
            calls[f"like {work}"] = self._words("search", "--like", "--", work)
        return {name: without_build(found) for name, found in self._outcomes(calls).items()}

    def exports(self) -> Section:
        """The lines of every export, the map and the patch; of the web page its checksum."""
        with tempfile.TemporaryDirectory() as scratch:
            top = Path(scratch)
            outs = {
                f"export {suffix}": top / f"works.{suffix}"
                for suffix in ("bib", "ris", "json", "csv")
            }
            outs |= {f"map {suffix}": top / f"map.{suffix}" for suffix in ("svg", "html")}
            outs |= {"export notes": top / "notes", "topics --apply": top / "notes.patch"}
            calls = {
                n: [*n.split()[:1], *n.split()[1:] * ("--" in n), str(out)]
                for n, out in outs.items()
            }
            found = self._outcomes(
                {n: [*c, "--library", str(self.library)] for n, c in calls.items()}
            )
            return {name: self._written(found[name], out) for name, out in outs.items()}

    def _written(self, outcome: Section, out: Path) -> Json:
        """The lines of what was written; the outcome where nothing was."""
        if out.is_dir():
            paths = sorted(path for path in out.rglob("*") if path.is_file())
            return {path.relative_to(out).as_posix(): self._lines(path) for path in paths}
        return self._lines(out) if out.exists() else outcome

    def _lines(self, path: Path) -> Json:
        """A file's lines, or its checksum, without the library's name."""
        text = path.read_text("utf-8").replace(self.library.name, "LIBRARY")
        return digest(text.encode()) if path.suffix == ".html" else text.splitlines()


def printed_lines(text: str) -> list[str]:
    """The lines of a printed text; one long line where the order of services moves the breaks."""
    return [" ".join(text.split())] if "not known to" in text else text.splitlines()


def finding_name(finding: Section) -> str:
    """What a finding is about."""
    heading, works = " › ".join(finding["heading"] or ()), " ".join(finding["works"][:2])
    return f"{finding['kind']}: {heading} {works}".strip()


def spread(items: Sequence[Any], count: int) -> list[Any]:
    """Some of the items, evenly spread."""
    return list(items[:: max(1, len(items) // count)])[:count]


def without_build(outcome: Section) -> Section:
    """A search's outcome without the id of the build."""
    for result in outcome.get("data") or ():
        result.pop("build", None)
    return outcome


# ── comparing ──
class Comparison:
    """Differences of two snapshots, by kind."""

    def __init__(self, vectors: float = 0.0, figures: float = 0.0) -> None:
        self.most_apart, self.figures = vectors, figures
        self.differences: dict[str, list[str]] = {}
        self.remarks: list[str] = []

    def add(self, kind: str, text: str) -> None:
        """Note a difference."""
        self.differences.setdefault(kind, []).append(text)

    def compare_sections(self, old: Section, new: Section) -> None:
        """Compare every section but the vectors."""
        for kind in sorted((old.keys() | new.keys()) - {"vectors"}):
            if kind not in old or kind not in new:
                self.add(kind, f"the whole kind is only in the {'old' if kind in old else 'new'}")
                continue
            self._compare(kind, old[kind], new[kind])

    def _compare(self, kind: str, old: Section, new: Section) -> None:
        """Compare the items of one kind."""
        for name in sorted(old.keys() | new.keys()):
            if name not in new or name not in old:
                self.add(f"{kind}, {'gone' if name in old else 'added'}", name)
            elif (found := first_difference(old[name], new[name], self.figures)) is not None:
                self.add(kind, f"{name}: {found}")
        if list(old) != list(new) and old.keys() == new.keys():
            self.add(f"{kind}, order", "the same in another order")

    def compare_vectors(self, old: Vectors, new: Vectors) -> None:
        """Compare vectors bit by bit, and where they differ by how much."""
        for name in sorted(old.keys() ^ new.keys()):
            self.add(f"vectors, {'gone' if name in old else 'added'}", name)
        distances = {
            n: largest_gap(old[n], new[n])
            for n in old
            if n in new and not np.array_equal(old[n], new[n])
        }
        for name, gap in distances.items():
            if gap > self.most_apart:
                self.add("vectors", f"{name}: differ by up to {gap:.2g}")
        near = [gap for gap in distances.values() if gap <= self.most_apart]
        if near:
            some = f"{len(near)} of {len(old)} vectors"
            self.remarks.append(f"{some} differ in their last bits, by {max(near):.2g} at most")

    def report(self, examples: int = EXAMPLES) -> str:
        """All differences as text."""
        lines = []
        for kind, found in self.differences.items():
            lines.append(f"{kind}: {len(found)}")
            lines += [f"    {text}" for text in found[:examples]]
        total = sum(map(len, self.differences.values()))
        return "\n".join([*lines, *self.remarks, f"{total} differences" if total else "the same"])


Vectors = dict[str, np.ndarray]


def largest_gap(old: np.ndarray, new: np.ndarray) -> float:
    """The most that two vectors differ in one place; infinite for other sizes."""
    if old.shape != new.shape:
        return math.inf
    return float(np.abs(old.astype(np.float32) - new.astype(np.float32)).max(initial=0.0))


def first_difference(old: Json, new: Json, slack: float = 0.0, path: str = "") -> str | None:
    """Where two values first differ and how; None where they do not."""
    if isinstance(old, dict) and isinstance(new, dict):
        return difference_of_records(old, new, slack, path)
    if isinstance(old, list) and isinstance(new, list):
        for number, (a, b) in enumerate(zip(old, new, strict=False)):
            if (found := first_difference(a, b, slack, f"{path}[{number}]")) is not None:
                return found
        return f"{path}: {len(old)} items, now {len(new)}" if len(old) != len(new) else None
    if is_figure(old) and is_figure(new) and abs(old - new) <= slack:
        return None
    return (
        None if old == new and type(old) is type(new) else f"{path or 'value'}: {shown(old, new)}"
    )


def difference_of_records(old: Section, new: Section, slack: float, path: str) -> str | None:
    """As `first_difference`, for records."""
    for name in [*old, *(name for name in new if name not in old)]:
        place = f"{path}.{name}" if path else name
        if name not in old or name not in new:
            return f"{place}: only in the {'old' if name in old else 'new'}"
        if (found := first_difference(old[name], new[name], slack, place)) is not None:
            return found
    return None


def is_figure(value: Json) -> bool:
    """Whether a value is a figure with a point."""
    return isinstance(value, float)


def shown(old: Json, new: Json) -> str:
    """Two values side by side; of long texts the place where they part."""
    a, b = (
        value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for value in (old, new)
    )
    alike = sum(
        1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(a, b, strict=False))
    )
    start = max(0, alike - 20)
    cut = "…" if start else ""
    a, b = (cut + text[start : start + WIDTH] for text in (a, b))
    return f"{a!r} → {b!r}"


def vectors_path(snapshot: Path) -> Path:
    """Where the vectors of a snapshot are."""
    return snapshot.with_name(f"{snapshot.name}.vectors.npz")


def read_vectors(snapshot: Path, section: Section) -> Vectors:
    """The vectors of a snapshot by name, checked against it."""
    with np.load(vectors_path(snapshot)) as stored:
        found = dict(zip(stored["names"].tolist(), stored["vectors"], strict=True))
    if {name: digest(vector.tobytes()) for name, vector in found.items()} != section:
        raise SameError(f"{vectors_path(snapshot)} does not belong to {snapshot}")
    return found


def compare(old: Path, new: Path, *, vectors: float = 0.0, figures: float = 0.0) -> Comparison:
    """The differences of two snapshots."""
    before, after = (json.loads(path.read_text("utf-8")) for path in (old, new))
    comparison = Comparison(vectors, figures)
    comparison.compare_sections(before, after)
    if "vectors" in before and "vectors" in after:
        comparison.compare_vectors(
            read_vectors(old, before["vectors"]), read_vectors(new, after["vectors"])
        )
    elif "vectors" in before or "vectors" in after:
        comparison.add("vectors", "only one snapshot has them")
    return comparison


# ── the command line ──
def make_parser() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("parses", "build"):
        take = commands.add_parser(name)
        take.add_argument("--litmap", default=f"{shlex.quote(sys.executable)} -m litmap")
        take.add_argument("--processes", type=int, default=2)
        take.add_argument("out", type=Path)
        take.add_argument("place", type=Path, nargs="+" if name == "parses" else 1)
    both = commands.add_parser("compare")
    both.add_argument("--vectors", type=float, default=0.001)
    both.add_argument("--figures", type=float, default=0.0)
    both.add_argument("--examples", type=int, default=EXAMPLES)
    both.add_argument("old", type=Path)
    both.add_argument("new", type=Path)
    commands.add_parser("batch").add_argument("module")
    return parser


def take(args: argparse.Namespace) -> int:
    """`parses` and `build`."""
    litmap = Litmap(args.litmap, args.processes)
    if args.command == "parses":
        sections = take_parses(litmap, args.place)
    else:
        sections, names, vectors = take_build(litmap, args.place[0])
        args.out.parent.mkdir(parents=True, exist_ok=True)
        np.savez(vectors_path(args.out), names=np.array(names), vectors=vectors)
    write_json(args.out, sections)
    print(f"{args.out}: " + ", ".join(f"{len(items)} {kind}" for kind, items in sections.items()))
    return 0


def main(words: Sequence[str] | None = None) -> int:
    """The exit code: 1 where snapshots differ, 2 where something could not be done."""
    args = make_parser().parse_args(words)
    try:
        if args.command == "batch":
            serve_batch(args.module)
            return 0
        if args.command != "compare":
            return take(args)
        found = compare(args.old, args.new, vectors=args.vectors, figures=args.figures)
        print(found.report(args.examples))
        return int(bool(found.differences))
    except (SameError, OSError, sqlite3.Error) as error:
        print(f"same_results: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
