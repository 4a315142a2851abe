"""What `litmap check` finds on a library: true citations against swapped ones, and quotations.

    python -m benchmarks.quality.checking LIBRARY [--json]

LIBRARY is one that was made of the nine notes (`benchmarks/speed`, or `litmap refresh`). Measured:

- true claims of the notes whose paper is here, against the same claims with another paper of the same
  heading (up to three, drawn with a fixed seed): AUC of strengths, and true ones called nothing-close;
- quotations of 6 to 20 words drawn from the papers' sentences: exact ones verified; the same with one
  word replaced by another of the paper, or one number changed, flagged;
- seconds for 500 claims (the notes' claims, repeated with the papers of others where there are fewer).
"""

from __future__ import annotations

import argparse
import json
import random
import re
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.figures import keep
from benchmarks.quality.evidence import area_under_curve
from litmap.claims import CitedWork, find_claims
from litmap.claims.quotations import QuotableText, locate
from litmap.library import Library
from litmap.library.checking import Checker
from litmap.models import Claim
from litmap.paper_sentences import paper_sentences

QUOTED_PAPERS, QUOTATIONS = 60, 5
SWAPPED = 3
_NUMBER = re.compile(r"(?<![\w.,])\d+(?:\.\d+)?(?![\w.,]*\d)")


def _claims(library: Library) -> list[Claim]:
    """The claims of the notes about one paper that is here."""
    cited = [
        CitedWork(e.work.id, m, (e.work.title, *e.work.other_titles))
        for e in library.works()
        for m in e.mentions
    ]
    found = find_claims(cited)
    return [c for c in found if len(c.works) == 1 and library.by_id[c.works[0]].pdf]


def swapped_citations(library: Library, checker: Checker) -> dict[str, Any]:
    """True and swapped citations by their strengths."""
    generator = random.Random(17)
    claims = _claims(library)
    by_heading: dict[tuple[str, ...], list[str]] = {}
    for entry in library.works():
        for heading in entry.headings if entry.pdf else ():
            by_heading.setdefault(heading, []).append(entry.work.id)
    texts = checker.texts
    statements = texts.statements([claim.statement for claim in claims])
    own, others = [], []
    for claim, statement in zip(claims, statements, strict=True):
        own.append(texts.strength(statement, claim.works[0]))
        rest = [w for w in by_heading.get(claim.heading, []) if w != claim.works[0]]
        others += [
            texts.strength(statement, work)
            for work in generator.sample(rest, min(SWAPPED, len(rest)))
        ]
    found = checker.check(claims)
    nothing = [f for f in found.findings if f.kind in ("nothing-close", "said-elsewhere")]
    return {
        "true citations": len(own),
        "swapped within their heading": len(others),
        "auc": round(area_under_curve(np.array(own), np.array(others)), 3),
        "true ones called nothing-close": round(len(nothing) / max(1, len(claims)), 3),
    }


def quotations(library: Library) -> dict[str, Any]:
    """Exact and changed quotations."""
    generator = random.Random(18)
    entries = [e for e in library.works() if e.pdf]
    exact = flagged_word = flagged_number = numbers = total = 0
    for entry in generator.sample(entries, min(QUOTED_PAPERS, len(entries))):
        assert entry.pdf is not None
        sentences = paper_sentences(library.document(entry.pdf))
        text = QuotableText(sentences)
        long = [s.text for s in sentences if len(s.text.split()) >= 8]
        for sentence in generator.sample(long, min(QUOTATIONS, len(long))):
            words = sentence.split()
            length = generator.randint(6, min(20, len(words)))
            first = generator.randint(0, len(words) - length)
            quoted = words[first : first + length]
            total += 1
            located = locate(" ".join(quoted), text)
            exact += located is not None and located.is_exact
            flagged_word += _is_flagged(_with_other_word(quoted, text, generator), text)
            whole = " ".join(quoted)
            match = None if "[" in whole else _NUMBER.search(whole)  # '[12]' is no part of a text
            if match:
                numbers += 1
                changed = (
                    whole[: match.start()] + _other(match[0], generator) + whole[match.end() :]
                )
                flagged_number += _is_flagged(changed, text)
    return {
        "quotations": total,
        "exact ones verified": round(exact / total, 3),
        "with one other word flagged": round(flagged_word / total, 3),
        "with a number": numbers,
        "with one other number flagged": round(flagged_number / max(1, numbers), 3),
    }


def _is_flagged(quoted: str, text: QuotableText) -> bool:
    located = locate(quoted, text)
    return located is None or not located.is_exact


def _with_other_word(words: list[str], text: QuotableText, generator: random.Random) -> str:
    """The words with one of three letters or more replaced by another one of the paper."""
    places = [i for i, word in enumerate(words) if sum(map(str.isalpha, word)) >= 3] or [0]
    place = generator.choice(places)
    other = next(
        word
        for word in iter(lambda: generator.choice(text.words), None)
        if word.isalpha() and len(word) >= 3 and word.casefold() not in words[place].casefold()
    )
    return " ".join([*words[:place], other, *words[place + 1 :]])


def _other(number: str, generator: random.Random) -> str:
    digits = list(number)
    place = generator.choice([i for i, c in enumerate(digits) if c.isdigit()])
    digits[place] = generator.choice([c for c in "123456789" if c != digits[place]])
    return "".join(digits)


def seconds(library: Library) -> dict[str, Any]:
    """Clock and processor time of 500 claims, each of one paper that is here, the model loaded."""
    claims = _claims(library)
    works = [e.work.id for e in library.works() if e.pdf]
    generator = random.Random(19)
    while len(claims) < 500:
        one = generator.choice(claims)
        claims.append(
            Claim(one.note, one.line, one.text, one.statement, (generator.choice(works),))
        )
    checker = library.checker()
    checker.texts.statements(["warm"])
    clock, processor = time.perf_counter(), time.process_time()
    checker.check(claims[:500])
    return {
        "claims": 500,
        "seconds": round(time.perf_counter() - clock, 1),
        "processor": round(time.process_time() - processor, 1),
    }


def main() -> None:
    """Print the figures, and with --json keep them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("library", type=Path)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    with Library.open(args.library) as library:
        found = {
            "quotations": quotations(library),
            "citations": swapped_citations(library, library.checker()),
            "time": seconds(library),
        }
    print(json.dumps(found, indent=1))
    if args.json:
        keep("checking", "python -m benchmarks.quality.checking LIBRARY --json", found)


if __name__ == "__main__":
    main()
