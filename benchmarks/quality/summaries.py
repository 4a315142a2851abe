"""Summaries of papers against their own abstracts, the abstract taken out of the text; same number
of words.

    python -m benchmarks.quality.summaries [--papers 120] [--json]

Needs ../shared/papers (or LITMAP_SHARED). ROUGE-1, -2 and -L are F1 over Porter stems, ROUGE-L over
the whole text; a summary is cut at the abstract's number of words. Left out of the text are the
section called abstract and every sentence of the first two pages of whose word triples more than 60
% stand in the abstract.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from benchmarks.places import SHARED
from litmap.summaries.papers import choose_sentences
from litmap.summaries.sentences import Candidate, find_candidates

_WORD = re.compile(r"[a-z0-9]+")


def stems(text: str) -> list[str]:
    import Stemmer

    stem = Stemmer.Stemmer("porter").stemWord
    return [stem(w) if len(w) > 3 else w for w in _WORD.findall(text.lower())]


def rouge(summary: str, abstract: str) -> tuple[float, float, float]:
    """ROUGE-1, ROUGE-2 and ROUGE-L as F1 (Lin 2004)."""
    a, b = stems(summary), stems(abstract)
    return _overlap(a, b, 1), _overlap(a, b, 2), _longest(a, b)


def _f1(hits: int, a: int, b: int) -> float:
    return 2 * hits / (a + b) if hits else 0.0


def _overlap(a: Sequence[str], b: Sequence[str], n: int) -> float:
    one, two = (Counter(zip(*[t[i:] for i in range(n)], strict=False)) for t in (a, b))
    return _f1(sum((one & two).values()), sum(one.values()), sum(two.values()))


def _longest(a: Sequence[str], b: Sequence[str]) -> float:
    last = [0] * (len(b) + 1)
    for x in a:
        now = [0]
        for j, y in enumerate(b):
            now.append(last[j] + 1 if x == y else max(last[j + 1], now[-1]))
        last = now
    return _f1(last[-1], len(a), len(b))


def without_abstract(found: Sequence[Candidate], abstract: str) -> list[Candidate]:
    words = stems(abstract)
    known = set(zip(words, words[1:], words[2:], strict=False))
    out = []
    for c in found:
        own = stems(c.text)
        triples = list(zip(own, own[1:], own[2:], strict=False))
        copied = c.page <= 2 and triples and sum(t in known for t in triples) > 0.6 * len(triples)
        if c.section != "abstract" and not copied:
            out.append(c)
    return out


def lead_of(section: str) -> Callable[[Sequence[Candidate], str, int], str]:
    def select(found: Sequence[Candidate], title: str, words: int) -> str:
        own = [c.text for c in found if c.section == section] or [c.text for c in found]
        return " ".join(own)

    return select


def extract(found: Sequence[Candidate], title: str, words: int) -> str:
    """The sentences that summaries would have: those that can be read alone."""
    return " ".join(c.text for c in choose_sentences(found, title, words))


def extract_any(found: Sequence[Candidate], title: str, words: int) -> str:
    """The same choice among all whole sentences."""
    return " ".join(c.text for c in choose_sentences(found, title, words, alone=False))


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--papers", type=int, default=120)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    folder = SHARED / "papers"
    if not (folder / "manifest.json").exists():
        print("the papers are not here: set LITMAP_SHARED", file=sys.stderr)
        return 2
    papers = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    papers = [p for p in papers if len((p.get("abstract") or "").split()) >= 50]
    random.Random(0).shuffle(papers)
    methods = {
        "litmap, any sentence": extract_any,
        "litmap, those that stand alone": extract,
        "lead of conclusion": lead_of("conclusion"),
        "lead of introduction": lead_of("introduction"),
    }
    scores: dict[str, list[Any]] = {name: [] for name in methods}
    from litmap.text import extract as read

    for paper in papers[: args.papers]:
        document = read(folder / paper["file"], paper["sha256"])
        found = without_abstract(find_candidates(document), paper["abstract"])
        words = len(paper["abstract"].split())
        for name, method in methods.items():
            text = " ".join(method(found, paper["title"], words).split()[:words])
            scores[name].append(rouge(text, paper["abstract"]))
    rows = [
        {
            "method": name,
            **dict(
                zip(
                    ("rouge1", "rouge2", "rougeL"),
                    np.mean(v, axis=0).round(4).tolist(),
                    strict=True,
                )
            ),
        }
        for name, v in scores.items()
    ]
    if args.json:
        print(json.dumps(rows, indent=1))
    else:
        for row in rows:
            print(
                f"{row['method']:<32} {row['rouge1']:.3f} {row['rouge2']:.3f} {row['rougeL']:.3f}"
            )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
