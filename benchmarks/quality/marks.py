"""How far a reader's marks move what is chosen: ten highlights a paper.

    python -m benchmarks.quality.marks [--papers 40] [--sweep] [--json]

Needs ../shared (or LITMAP_SHARED). Three things are measured, each on a half that nothing was set on
(the other half with --sweep, which tries other weights):

*Summaries of papers*: highlights are put with PyMuPDF into copies of papers of papers/ and read as
litmap reads them: ten sentences at random; ten that are nearest in meaning to the whole text (by
vectors, which take no part in our choice), which is what a reader might mark; ten that are nearest to
the paper's abstract by words, which knows the answer. Told are the share of a summary's sentences
from the body that are marked, without and with the marks weighing, how many are others than before,
and the ROUGE of `benchmarks/quality/summaries.py`.

*Evidence*: of each paper of eval/cited_spans ten sentences are marked: those that other citing
sentences of the paper cite; ten at random; or those that the asked sentence itself cites among ten.
hit@1 and hit@3 as in `benchmarks/quality/evidence.py`.

*Summaries of headings*: of each abstract of eval/topics/acl2020 and ijcai one sentence is marked at
random; told are the marked share of what headings say, and whether a summary still finds its
heading's name (`benchmarks/quality/heading_summaries.py`).
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pymupdf
from numpy.typing import NDArray

from benchmarks.figures import keep
from benchmarks.places import SHARED
from benchmarks.quality import evidence, heading_summaries
from benchmarks.quality.summaries import rouge, stems, without_abstract
from litmap import text
from litmap.claims.evidence import best_apart
from litmap.claims.statements import statement_of
from litmap.models import Document, Mark, Summary, Work
from litmap.paper_sentences import weighing
from litmap.parsing.terms import squash
from litmap.summaries import choice, headings, summarise_paper
from litmap.summaries.papers import ABSTRACT, choose_sentences
from litmap.summaries.sentences import Candidate, find_candidates
from litmap.text.annotations import read_marks

Floats = NDArray[np.float64]
MARKS = 10
"""Highlights of a paper."""
KINDS = ("random", "central", "abstract")
SWEPT = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5)
SEEDS = 5
"""Draws of random marks for evidence."""


class Remembering:
    """An encoder that embeds each text once."""

    def __init__(self, encoder: Any) -> None:
        self._encoder = encoder
        self._vector_of: dict[str, Floats] = {}

    def encode(self, texts: Sequence[str]) -> Floats:
        """The unit vectors (n, dim) of texts."""
        new = [text for text in dict.fromkeys(texts) if text not in self._vector_of]
        if new:
            self._vector_of.update(zip(new, self._encoder.encode(new), strict=True))
        return np.array([self._vector_of[text] for text in texts])


@contextmanager
def weighing_with(room: ModuleType, name: str, value: float) -> Iterator[None]:
    """Another weight of marks for a while."""
    before = getattr(room, name)
    setattr(room, name, value)
    try:
        yield
    finally:
        setattr(room, name, before)


# ── marks in copies of PDFs ───────────────────────────────────────────────────────────────────────
def highlight(pdf: pymupdf.Document, sentence: Candidate) -> bool:
    """Highlight a sentence's words on its page, as a reader does; whether they were found there."""
    page = pdf[sentence.page - 1]
    words = page.get_text("words")
    letters = [squash(word[4]) for word in words]
    starts = np.cumsum([0, *map(len, letters)])
    wanted = squash(sentence.text)
    start = "".join(letters).find(wanted)
    if start < 0:
        return False
    first, last = np.searchsorted(starts, [start + 1, start + len(wanted)])
    quads = [pymupdf.Rect(word[:4]).quad for word in words[first - 1 : last]]
    page.add_highlight_annot(quads).update()
    return True


def marks_of(path: Path, document: Document, chosen: Sequence[Candidate]) -> list[Mark]:
    """The marks that litmap reads of a copy in which the first ten sentences are highlighted."""
    with tempfile.TemporaryDirectory() as folder, pymupdf.open(path) as pdf:
        count = 0
        for sentence in chosen:
            if count == MARKS:
                break
            count += highlight(pdf, sentence)
        copy = Path(folder) / "copy.pdf"
        pdf.save(copy)
        found = read_marks(copy, document.sha256)
    return list(weighing(text.anchor(found, document)))


@dataclass(frozen=True)
class Paper:
    """A paper, its abstract, and marks by their kind."""

    work: Work
    document: Document
    abstract: str
    marks: Mapping[str, Sequence[Mark]]


def read_paper(row: Mapping[str, Any], encoder: Any) -> Paper:
    """A paper with ten marks of each kind."""
    path = SHARED / "papers" / row["file"]
    document = text.extract(path, row["sha256"])
    found = without_abstract(find_candidates(document), row["abstract"])
    fit = [c for c in found if c.clean and {r[0] for r in c.rects} == {c.page}]
    drawn = random.Random(row["key"]).sample(fit, len(fit))
    vectors = np.asarray(encoder.encode([c.text for c in fit]), np.float64)
    near = vectors @ vectors.mean(axis=0) if fit else np.zeros(0)
    orders = {
        "random": drawn,
        "central": [fit[i] for i in np.argsort(-near, kind="stable")],
        "abstract": sorted(fit, key=lambda c: -shared_words(c.text, row["abstract"])),
    }
    marks = {kind: marks_of(path, document, order) for kind, order in orders.items()}
    work = Work(row["key"], row["title"], abstract=row["abstract"])
    return Paper(work, document, row["abstract"], marks)


def shared_words(sentence: str, abstract: str) -> float:
    """The share of a sentence's words that the abstract has, times their number's root."""
    own, other = Counter(stems(sentence)), Counter(stems(abstract))
    total = sum(own.values())
    return float(sum((own & other).values()) / total**0.5) if total else 0.0


def judge_papers(papers: Sequence[Paper], kind: str, weight: float) -> dict[str, float]:
    """How the summaries of some papers move with their marks of a kind, at a weight of the choice."""
    counts: Counter[str] = Counter()
    quality = []
    for paper in papers:
        marks = paper.marks[kind]
        found = find_candidates(paper.document, marks)
        marked = {c.text for c in found if c.marked}
        before = _body(summarise_paper(paper.document, paper.work))
        with weighing_with(choice, "MARKED", weight):
            after = _body(summarise_paper(paper.document, paper.work, marks))
            words = len(paper.abstract.split())
            own = without_abstract(found, paper.abstract)
            chosen = choose_sentences(own, paper.work.title, words)
        counts["highlights"] += len(marks)
        counts["sentences found marked"] += sum(c.marked for c in found)
        counts["sentences before"] += len(before)
        counts["of them marked before"] += len(before & marked)
        counts["sentences after"] += len(after)
        counts["of them marked after"] += len(after & marked)
        counts["left out by marks"] += len(before - after)
        told = " ".join(" ".join(c.text for c in chosen).split()[:words])
        quality.append(rouge(told, paper.abstract))
    means = np.mean(quality, axis=0).round(4).tolist()
    return {**counts, **dict(zip(("rouge1", "rouge2", "rougeL"), means, strict=True))}


def _body(summary: Summary) -> set[str]:
    return {s.text for s in summary.sentences if s.part != ABSTRACT}


def measure_papers(count: int, encoder: Any, *, sweep: bool) -> dict[str, Any]:
    """Summaries of papers, by kind of marks and weight."""
    rows = json.loads((SHARED / "papers" / "manifest.json").read_text("utf-8"))
    rows = [row for row in rows if len((row.get("abstract") or "").split()) >= 50]
    random.Random(1).shuffle(rows)
    chosen = rows[:count][0 if sweep else 1 :: 2]
    papers = [read_paper(row, encoder) for row in chosen]
    unmarked = [replace(paper, marks=dict.fromkeys(KINDS, ())) for paper in papers]
    found: dict[str, Any] = {"without marks": judge_papers(unmarked, KINDS[0], 0.0)}
    for kind in KINDS:
        for weight in SWEPT if sweep else (choice.MARKED,):
            found[f"{kind}, {weight}"] = judge_papers(papers, kind, weight)
    return found


# ── evidence ──────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Asked:
    """A citing sentence: its shortlist with scores (n,), and the rows that it cites in its paper of
    so many sentences; `others` are rows that other sentences cite.
    """

    case: evidence.Case
    scores: Floats
    gold: frozenset[int]
    others: frozenset[int]
    size: int


def asked_claims(encoder: Any) -> list[Asked]:
    """All citing sentences."""
    raw = {paper["id"]: paper for paper in evidence._lines(evidence.DATA / "papers.jsonl")}
    made = {name: evidence._paper_text(paper, encoder) for name, paper in raw.items()}
    idf = evidence._idf({name: paper for name, (paper, _) in made.items()})
    claims = evidence._lines(evidence.DATA / "claims.jsonl")
    said = [statement_of(c["claim"]) or c["claim"] for c in claims]
    vectors = encoder.encode(said).astype(np.float64)
    golds = []
    for claim in claims:
        place = {s["sid"]: i - 1 for i, s in enumerate(raw[claim["paper"]]["sentences"])}
        golds.append(frozenset(place[g] for g in claim["gold"]))
    found = []
    for number, (claim, one, vector) in enumerate(zip(claims, said, vectors, strict=True)):
        paper = claim["paper"]
        case = evidence._case(claim, evidence.Statement(one, vector), *made[paper], raw, idf)
        others: set[int] = set()
        for other, gold in enumerate(golds):
            if other != number and claims[other]["paper"] == paper:
                others |= gold
        size = len(made[paper][0].sentences)
        scores = case.features @ evidence.WEIGHTS
        found.append(Asked(case, scores, golds[number], frozenset(others), size))
    return found


def _drawn(asked: Asked, kind: str, seed: int) -> frozenset[int]:
    """Ten marked rows of a paper."""
    draw = random.Random(f"{asked.case.paper} {kind} {seed} {sorted(asked.gold)}")
    everything = [row for row in range(asked.size) if kind != "gold" or row not in asked.gold]
    if kind == "others":
        pool = sorted(asked.others)
        return frozenset(draw.sample(pool, min(MARKS, len(pool))))
    own = sorted(asked.gold)[:MARKS] if kind == "gold" else []
    return frozenset([*own, *draw.sample(everything, MARKS - len(own))])


def judge_evidence(claims: Sequence[Asked], kind: str, weight: float) -> dict[str, float]:
    """hit@1, hit@3, and the mean logarithm of the probability that the cited sentences have."""
    hits, likely, marked = np.zeros(2), [], 0
    for seed in range(SEEDS):
        for asked in claims:
            marks = _drawn(asked, kind, seed)
            scores = asked.scores + weight * _rows_in(asked.case.rows, marks)
            best = best_apart(asked.case.rows, scores)
            near = np.isin(best, asked.case.rows[asked.case.near])
            hits += [near[:1].any(), near[:3].any()]
            marked += len(set(best[:3]) & marks)
            if asked.case.gold.any():
                odds = np.exp(scores - scores.max())
                likely.append(np.log(odds[asked.case.gold].sum() / odds.sum()))
    total = len(claims) * SEEDS
    return {
        "hit@1": round(float(hits[0] / total), 3),
        "hit@3": round(float(hits[1] / total), 3),
        "log likelihood": round(float(np.mean(likely)), 4),
        "marked among three": round(marked / total, 2),
    }


def _rows_in(rows: NDArray[np.int64], marks: Collection[int]) -> Floats:
    return np.array([row in marks for row in rows.tolist()], np.float64)


def measure_evidence(encoder: Any, *, sweep: bool) -> dict[str, Any]:
    """Evidence, by kind of marks and weight; papers are halved by their names."""
    from litmap.paper_sentences import MARKED_LOG_ODDS

    claims = asked_claims(encoder)
    half = set(sorted({asked.case.paper for asked in claims})[0 if sweep else 1 :: 2])
    own = [asked for asked in claims if asked.case.paper in half]
    weights = SWEPT if sweep else (0.0, MARKED_LOG_ODDS)
    return {
        kind: {str(weight): judge_evidence(own, kind, weight) for weight in weights}
        for kind in ("others", "random", "gold")
    }


# ── summaries of headings ─────────────────────────────────────────────────────────────────────────
def measure_headings(encoder: Any, *, sweep: bool) -> dict[str, Any]:
    """Summaries of headings by weight: acl2020 for the sweep, else ijcai."""
    folder = SHARED / "eval" / "topics" / ("acl2020" if sweep else "ijcai")
    topics, papers = heading_summaries.abstracts(folder)
    marked = {key: _one_marked(paper) for key, paper in papers.items()}
    weights = (0.0, 0.05, 0.1, 0.15, 0.2) if sweep else (0.0, headings.MARKED_BONUS)
    found: dict[str, Any] = {"without marks": _told(topics, papers, encoder)}
    for weight in weights:
        with weighing_with(headings, "MARKED_BONUS", weight):
            found[str(weight)] = _told(topics, marked, encoder)
    return found


def _one_marked(paper: Summary) -> Summary:
    chosen = random.Random(paper.subject).randrange(max(1, len(paper.sentences)))
    sentences = [replace(s, marked=i == chosen) for i, s in enumerate(paper.sentences)]
    return replace(paper, sentences=tuple(sentences))


def _told(topics: Sequence[Any], papers: Mapping[str, Summary], encoder: Any) -> dict[str, Any]:
    made = dict(headings.summarise_topics(topics, papers, encoder))
    own = [s.marked for summary in made.values() for s in summary.sentences]
    quality = heading_summaries.summaries_found(topics, papers, encoder)
    return {"marked share": round(float(np.mean(own)), 3), "reciprocal rank": quality}


def main() -> int:
    """Print the figures, and with --json keep them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--papers", type=int, default=40)
    parser.add_argument("--sweep", action="store_true", help="the other half, by weight")
    parser.add_argument("--only", choices=("papers", "evidence", "headings"))
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    if not (SHARED / "papers" / "manifest.json").exists():
        print("the papers are not here: set LITMAP_SHARED", file=sys.stderr)
        return 2
    from litmap.settings import load_settings
    from litmap.vectors import load_encoder

    encoder = Remembering(load_encoder("", models_dir=load_settings().state / "models"))
    parts: dict[str, Callable[[], dict[str, Any]]] = {
        "papers": lambda: measure_papers(args.papers, encoder, sweep=args.sweep),
        "evidence": lambda: measure_evidence(encoder, sweep=args.sweep),
        "headings": lambda: measure_headings(encoder, sweep=args.sweep),
    }
    found = {name: part() for name, part in parts.items() if args.only in (None, name)}
    print(json.dumps(found, indent=1))
    if args.json:
        keep("marks", "python -m benchmarks.quality.marks --json", found)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
