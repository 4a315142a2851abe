"""New papers under the reader's headings, by back-test: what the notes cite after a day is hidden,
and comes back in a stream of other papers.

    python -m benchmarks.quality.new_papers [--tuned] [--cache DIR] [--json]

Worlds: the reading notes of the evaluation data (24 headings, cut at three days; the stream is what
they cite of the year after, among papers of ACL 2020 and IJCAI that they do not cite), and IJCAI
(half of its areas are the notes' headings, filled with 2022; the stream is 2023, papers of the other
areas fit none). With --tuned those on which thresholds were chosen: ACL 2020 and IJCAI's subareas,
half of the headings kept, papers drawn at random.

Beside litmap stand the score of zotero-arxiv-daily (mean cosine to the whole library, the newest
first weighing most; one list for all headings), the same of each heading's papers alone, and a linear
SVM over TF-IDF for each heading, as arxiv-sanity has it. All but the SVM have the same vectors.

`recall@10` is the share of a heading's hidden papers (at most ten) among its ten best, mean over
headings; `shown` are the five best of each heading among those that fit it best, of which
`right heading` stand where the reader put them, and `relevant` are of his at all; `none` precision
and recall are of what is dropped. Refusals: the wrong ones among the shown of a first half are
refused, and the second half is shown with and without that.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.places import SHARED
from benchmarks.quality.topics import Remembering
from litmap.models import Heading
from litmap.topics import FiledLibrary, PaperText
from litmap.topics import candidates as filing

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]
SHOWN, LISTED = 5, 10
NEAR_AREAS = ("Machine Learning", "Uncertainty in AI")


@dataclass(frozen=True)
class Paper:
    """`heading` is where the reader has it, None where it fits none; `also` headings nearly as
    good; `when` a year with its fraction.
    """

    title: str
    abstract: str
    heading: tuple[str, ...] | None
    also: tuple[tuple[str, ...], ...] = ()
    when: float = 0.0

    @property
    def text(self) -> str:
        """What is embedded."""
        return f"{self.title}. {self.abstract}"


@dataclass(frozen=True)
class World:
    """A library of papers under headings, and the stream that comes after."""

    name: str
    library: Sequence[Paper]
    stream: Sequence[Paper]


# ── worlds ────────────────────────────────────────────────────────────────────────────────────────
def collection(name: str) -> list[dict[str, Any]]:
    path = SHARED / "eval" / "topics" / name / "papers.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def reading_notes() -> list[Paper]:
    """The papers of the reading notes, dated by their arXiv number, else the middle of their year."""
    filed = json.loads((SHARED / "library" / "filing.json").read_text(encoding="utf-8"))
    listed = json.loads((SHARED / "papers" / "manifest.json").read_text(encoding="utf-8"))
    papers = {paper["key"]: paper for paper in listed}
    leaves = {row["heading"]: tuple(row["path"]) for row in filed.values()}
    out = []
    for key, row in filed.items():
        near = [*(row.get("near_equal") or []), *(row.get("secondary") or [])]
        names = (n if isinstance(n, str) else n[-1] for n in near)
        also = tuple(leaves[name] for name in names if name in leaves)
        paper = papers[key]
        out.append(
            Paper(
                paper["title"], paper.get("abstract") or "", tuple(row["path"]), also, _when(paper)
            )
        )
    return out


def _when(paper: dict[str, Any]) -> float:
    number = paper.get("arxiv") or ""
    if number[:4].isdigit():
        return 2000 + int(number[:2]) + (int(number[2:4]) - 1) / 12
    return float(paper["year"] or 0) + 0.5


def of_reading_notes(cut: float) -> World:
    papers = reading_notes()
    rows = collection("ijcai")
    near = [r for r in rows if r["heading"] in NEAR_AREAS]
    far = [
        r
        for r in rows
        if r["heading"] not in (*NEAR_AREAS, "Computer Vision", "Natural Language Processing")
    ]
    draw = random.Random(0)
    others = [
        *draw.sample(collection("acl2020"), 300),
        *draw.sample(far, 200),
        *draw.sample(near, 150),
    ]
    library = [p for p in papers if p.when < cut]
    come = [p for p in papers if cut <= p.when < cut + 1]
    return World(
        f"reading notes, {cut:g}", library, _stream(library, [*come, *map(_unfiled, others)])
    )


def _unfiled(row: dict[str, Any]) -> Paper:
    return Paper(row["title"], row["abstract"] or "", None)


def of_collection(name: str, kept: float, seed: int, share: float = 0.7, year: int = 0) -> World:
    """Some headings are the notes'; their papers of a year, or a share of them, are the library."""
    rows = collection(name)
    draw = random.Random(seed)
    headings = sorted({row["heading"] for row in rows})
    own = set(draw.sample(headings, round(kept * len(headings))))
    library, stream = [], []
    for row in rows:
        is_own = row["heading"] in own
        heading = tuple(row["heading"].split(": ", 1)) if is_own else None
        paper = Paper(row["title"], row["abstract"] or "", heading)
        is_old = row.get("year") == year if year else draw.random() < share
        if not is_old:
            stream.append(paper)
        elif is_own:
            library.append(paper)
    return World(f"{name}, {seed}", library, _stream(library, stream))


def _stream(library: Sequence[Paper], papers: Iterable[Paper]) -> list[Paper]:
    """The papers; those of a heading that the library does not have yet fit none."""
    known = {p.heading for p in library}
    return [p if p.heading in known else Paper(p.title, p.abstract, None) for p in papers]


def tuned_on() -> list[World]:
    return [
        of_collection("acl2020", 0.5, 1),
        of_collection("acl2020", 0.5, 2),
        of_collection("acl2020", 0.5, 3, share=0.4),
        of_collection("ijcai-nested", 0.4, 1, share=0.6),
        of_collection("ijcai-nested", 0.4, 2, share=0.6),
    ]


def reported_on() -> list[World]:
    return [
        *(of_reading_notes(cut) for cut in (2018.0, 2018.5, 2019.0)),
        of_collection("ijcai", 0.5, 1, year=2022),
        of_collection("ijcai", 0.5, 2, year=2022),
    ]


# ── methods ───────────────────────────────────────────────────────────────────────────────────────
def filed_library(world: World, encoder: Any) -> FiledLibrary:
    headings = dict.fromkeys(p.heading for p in world.library if p.heading)
    listed = dict.fromkeys(path[:n] for path in headings for n in range(1, len(path) + 1))
    works = [PaperText(f"own {i}", p.title, p.abstract) for i, p in enumerate(world.library)]
    return FiledLibrary(
        works,
        {"notes": [Heading(path, i + 1) for i, path in enumerate(listed)]},
        {w.id: [p.heading] for w, p in zip(works, world.library, strict=True) if p.heading},
        encoder.encode([p.text for p in world.library]),
    )


def judge(world: World, encoder: Any, refused: Any = None) -> filing.Judged:
    papers = [PaperText(f"new {i}", p.title, p.abstract) for i, p in enumerate(world.stream)]
    vectors = encoder.encode([p.text for p in world.stream])
    return filing.judge(filed_library(world, encoder), papers, vectors, encoder, refused=refused)


def recency_weighted(own: Floats, new: Floats) -> Floats:
    """(n,) zotero-arxiv-daily's score; `own` (k, d), the newest first."""
    weights = 1.0 / (1.0 + np.log10(np.arange(len(own)) + 1.0))
    return np.asarray((new @ own.T * (weights / weights.sum())).sum(axis=1))


def rivals(world: World, topics: Sequence[tuple[str, ...]], encoder: Any) -> dict[str, Floats]:
    """(n, m) scores of each other method."""
    newest = sorted(world.library, key=lambda p: -p.when)
    own = np.asarray(encoder.encode([p.text for p in newest]), np.float64)
    new = np.asarray(encoder.encode([p.text for p in world.stream]), np.float64)
    whole = recency_weighted(own, new)
    by_heading = np.full((len(new), len(topics)), -1.0)
    for j, topic in enumerate(topics):
        rows = [i for i, p in enumerate(newest) if p.heading == topic]
        if rows:
            by_heading[:, j] = recency_weighted(own[rows], new)
    return {
        "mean cosine to the library (zotero-arxiv-daily)": np.repeat(
            whole[:, None], len(topics), 1
        ),
        "the same of each heading": by_heading,
        "TF-IDF SVM a heading (arxiv-sanity)": svm(world, topics),
    }


def svm(world: World, topics: Sequence[tuple[str, ...]]) -> Floats:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.svm import LinearSVC

    counter = TfidfVectorizer(
        sublinear_tf=True, ngram_range=(1, 2), max_df=0.1, stop_words="english", max_features=20_000
    )
    words = counter.fit_transform([p.text for p in (*world.library, *world.stream)])
    out = np.full((len(world.stream), len(topics)), -9.0)
    for j, topic in enumerate(topics):
        liked = np.array([p.heading == topic for p in world.library] + [False] * len(world.stream))
        if liked.any():
            model = LinearSVC(class_weight="balanced", C=0.01, max_iter=5000).fit(words, liked)
            out[:, j] = model.decision_function(words[len(world.library) :])
    return out


# ── measures ──────────────────────────────────────────────────────────────────────────────────────
def gold(world: World, topics: Sequence[tuple[str, ...]], *, also: bool = False) -> Booleans:
    return np.array(
        [
            [topic == p.heading or (also and topic in p.also) for topic in topics]
            for p in world.stream
        ]
    )


def recall(scores: Floats, right: Booleans) -> float:
    found = []
    for j in np.flatnonzero(right.any(axis=0)):
        best = np.argsort(-scores[:, j], kind="stable")[:LISTED]
        found.append(right[best, j].sum() / min(LISTED, right[:, j].sum()))
    return float(np.mean(found))


def shown(judged: filing.Judged, among: Booleans | None = None) -> list[tuple[int, int]]:
    """(paper, heading) of the best that fit, as many a heading as a week shows."""
    fits = judged.fits if among is None else judged.fits & among
    best, top = judged.scores.argmax(axis=1), judged.scores.max(axis=1)
    pairs = []
    for j in range(judged.scores.shape[1]):
        rows = np.flatnonzero(fits & (best == j))
        pairs += [(int(i), j) for i in rows[np.argsort(-top[rows], kind="stable")][:SHOWN]]
    return pairs


def share(pairs: Sequence[tuple[int, int]], right: Booleans, *, anywhere: bool = False) -> float:
    """Share of the shown that stand right, or belong to the reader at all."""
    return float(np.mean([right[i].any() if anywhere else right[i, j] for i, j in pairs] or [0.0]))


def learnt(world: World, judged: filing.Judged, right: Booleans, encoder: Any) -> dict[str, float]:
    """Precision of what a second half shows, with the wrong ones of the first refused and not."""
    first = np.random.default_rng(0).random(len(world.stream)) < 0.5
    wrong = [i for i, j in shown(judged, first) if not right[i, j]]
    refused = encoder.encode([world.stream[i].text for i in wrong])
    after = judge(world, encoder, refused)
    return {
        "second half right": share(shown(judged, ~first), right),
        "after refusals": share(shown(after, ~first), right),
    }


def measure(world: World, encoder: Any) -> list[dict[str, Any]]:
    judged = judge(world, encoder)
    right, either = gold(world, judged.topics), gold(world, judged.topics, also=True)
    none = ~right.any(axis=1)
    pairs = shown(judged)
    about = {
        "world": world.name,
        "library": len(world.library),
        "stream": len(world.stream),
        "theirs": int((~none).sum()),
    }
    rows = [
        about
        | {"method": "litmap", "recall@10": recall(judged.scores, right)}
        | {"shown": len(pairs), "right heading": share(pairs, either), "relevant": share(pairs, right, anywhere=True)}
        | {"found": len({i for i, _ in pairs if not none[i]}) / max(1, int((~none).sum()))}
        | {"none precision": float(none[~judged.fits].mean()), "none recall": float((~judged.fits)[none].mean())}
        | learnt(world, judged, right, encoder)
    ]  # fmt: skip
    for name, scores in rivals(world, judged.topics, encoder).items():
        rows.append(about | {"method": name, "recall@10": recall(scores, right)})
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tuned", action="store_true", help="the worlds that thresholds saw")
    parser.add_argument("--cache", type=Path, help="keep vectors here between runs")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    if not (SHARED / "library" / "filing.json").exists():
        print("the evaluation data is not here: set LITMAP_SHARED", file=sys.stderr)
        return 2
    from litmap.vectors import load_encoder

    cache = args.cache or Path(tempfile.mkdtemp(prefix="litmap-bench-"))
    encoder = Remembering(load_encoder("", models_dir=cache), cache)
    rows: list[dict[str, Any]] = []
    for world in tuned_on() if args.tuned else reported_on():
        rows += measure(world, encoder)
        print(f"{world.name}: done", file=sys.stderr)
    rows = [{k: round(v, 3) if isinstance(v, float) else v for k, v in row.items()} for row in rows]
    if args.json:
        print(json.dumps(rows, indent=1))
    else:
        for row in rows:
            print("  ".join(f"{key} {value}" for key, value in row.items()))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
