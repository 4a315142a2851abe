"""Do summaries of headings, and names of themes, find their own heading?

    python -m benchmarks.quality.heading_summaries [--collections]

Needs ../shared (or LITMAP_SHARED). Mean reciprocal rank of the own heading: of a heading's summary
as one text among the headings' names, by likeness of the vectors, for the 24 headings of
library/filing.json over the papers read from papers/; in brackets with each name's likeness to all
summaries taken off. --collections adds eval/topics/acl2020 and ijcai (abstracts, at most 20 papers
of a heading), and there the names of themes: each heading is a theme of the first half of its
papers, and its name is to find the mean title of the second half. The three weights were looked at on
all three sets.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.places import SHARED
from litmap.models import Sentence, Summary, SummaryPart, Topic, Work
from litmap.parsing.sentences import SUMMARY_SENTENCES, split_sentences
from litmap.protocols import Encoder
from litmap.summaries import summarise_paper, summarise_topics
from litmap.summaries.theme_names import ThemeNamer

Floats = NDArray[np.float64]
COLLECTIONS = ("acl2020", "ijcai")
PAPERS_OF_A_HEADING = 20


def mean_reciprocal_rank(likeness: Floats) -> float:
    """Of the diagonal of (n, n) among its row."""
    ranks = 1 + (likeness > np.diag(likeness)[:, None]).sum(axis=1)
    return float(np.mean(1 / ranks))


def both_ranks(texts: Sequence[str], targets: Floats, encoder: Encoder) -> str:
    """The mean reciprocal rank of each text's own row of `targets` (n, dim), and centred."""
    likeness = np.asarray(encoder.encode(list(texts)), np.float64) @ targets.T
    centred = likeness - likeness.mean(axis=0)
    return f"{mean_reciprocal_rank(likeness):.3f} ({mean_reciprocal_rank(centred):.3f})"


def filed_papers(shared: Path) -> tuple[list[Topic], dict[str, Summary]]:
    """The headings of filing.json, and the summaries of their papers."""
    from litmap.text import extract

    works: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for key, filed in json.loads((shared / "library/filing.json").read_text("utf-8")).items():
        works[tuple(filed["path"])].append(key)
    summaries = {}
    for paper in json.loads((shared / "papers/manifest.json").read_text("utf-8")):
        work = Work(paper["key"], paper["title"], abstract=paper["abstract"] or "")
        document = extract(shared / "papers" / paper["file"], paper["sha256"])
        summaries[work.id] = summarise_paper(document, work)
    return _topics(works), summaries


def abstracts(folder: Path) -> tuple[list[Topic], dict[str, Summary]]:
    """The headings of a collection, and its abstracts as summaries."""
    works: dict[tuple[str, ...], list[str]] = defaultdict(list)
    summaries = {}
    for line in (folder / "papers.jsonl").read_text("utf-8").rstrip("\n").split("\n"):
        paper = json.loads(line)
        own = works[(paper["heading"],)]
        if len(own) < PAPERS_OF_A_HEADING:
            own.append(paper["_id"])
            summaries[paper["_id"]] = _abstract(paper["_id"], paper["title"], paper["abstract"])
    return _topics(works), summaries


def _abstract(key: str, title: str, text: str) -> Summary:
    spans = split_sentences(text, SUMMARY_SENTENCES)
    sentences = (Sentence(text[a:b].strip(), key, 0, part="abstract") for a, b in spans)
    return Summary(key, title, tuple(sentences), (SummaryPart("abstract"),))


def _topics(works: Mapping[tuple[str, ...], Sequence[str]]) -> list[Topic]:
    return [
        Topic(str(i), path, path[-1], works=tuple(own))
        for i, (path, own) in enumerate(works.items())
    ]


def summaries_found(
    topics: Sequence[Topic], papers: Mapping[str, Summary], encoder: Encoder
) -> str:
    """How well the headings' summaries find their headings' names, and their mean length."""
    found = dict(summarise_topics(topics, papers, encoder))
    told = [topic for topic in topics if topic.id in found]
    texts = [" ".join(s.text for s in found[topic.id].sentences) for topic in told]
    names = np.asarray(encoder.encode([topic.label for topic in told]), np.float64)
    length = np.mean([len(found[topic.id].sentences) for topic in told])
    return f"{both_ranks(texts, names, encoder)}, {length:.1f} sentences, {len(told)} headings"


def names_found(topics: Sequence[Topic], papers: Mapping[str, Summary], encoder: Encoder) -> str:
    """How well the names of themes find papers that took no part in them."""
    themes = [topic.works[: len(topic.works) // 2] for topic in topics]
    rest = [topic.works[len(topic.works) // 2 :] for topic in topics]
    own = {work: papers[work] for theme in themes for work in theme}
    centres = [
        np.asarray(encoder.encode([papers[w].title for w in works]), np.float64).mean(axis=0)
        for works in rest
    ]
    return both_ranks(ThemeNamer(own).names(themes), np.array(centres), encoder)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--collections", action="store_true")
    args = parser.parse_args()
    if not (SHARED / "papers" / "manifest.json").exists():
        print("the papers are not here: set LITMAP_SHARED", file=sys.stderr)
        return 2
    from litmap.settings import load_settings
    from litmap.vectors import load_encoder

    encoder = load_encoder("", models_dir=load_settings().state / "models")
    if args.collections:
        for name in COLLECTIONS:
            topics, papers = abstracts(SHARED / "eval" / "topics" / name)
            print(f"{name}: summaries {summaries_found(topics, papers, encoder)};", end=" ")
            print(f"names of themes {names_found(topics, papers, encoder)}")
    print(f"filing: {summaries_found(*filed_papers(SHARED), encoder)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
