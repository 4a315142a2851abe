"""What `litmap ask` answers and refuses, by a key of questions.

    python -m benchmarks.quality.asking LIBRARY --key FILE [--pdfs DIR] [--json] [--show]

LIBRARY is one of the shared papers (`litmap refresh`), DIR the folder of their PDFs, whose names the
key gives. The key is a list of records: "question", "answerable", "why" (of those that are not:
'other-field', 'same-field', 'false-premise') and "sources", each a "file" with its right "pages" and
"any_of", alternatives of short strings that a right sentence holds all of. A source shown is right
where file, page and strings agree, wrong where the file is in the key and they do not, and unjudged
where it is of another paper. Measured:

- precision: right among right and wrong sources; `first source right` and `coverage` (a right source
  anywhere) are shares of the answerable questions, those refused included;
- refused: share of the unanswerable ones, by why; wrongly refused: share of the answerable ones;
- processor and clock seconds of a question, the model loaded.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.figures import keep
from benchmarks.places import ROOT
from litmap.library import Library
from litmap.models import Answer, Sentence

NAME = "quality.asking"
PDFS = ROOT.parent / "shared" / "papers" / "files"
_FOLDED = str.maketrans("’‘“”–—‐‑", "''\"\"----")


def works_by_file(library: Library, pdfs: Path) -> dict[str, str]:
    """The work of each PDF of a folder, by the file's name; those that the library has."""
    own = {pdf.sha256: e.work.id for e in library.works() for pdf in e.pdfs}
    sums = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in pdfs.glob("*.pdf")}
    return {name: own[digest] for name, digest in sums.items() if digest in own}


def judge(
    sentence: Sentence, sources: Sequence[Mapping[str, Any]], files: Mapping[str, str]
) -> str:
    """'right', 'wrong' or 'unjudged'."""
    own = [source for source in sources if files.get(source["file"]) == sentence.work]
    if not own:
        return "unjudged"
    text = plain(sentence.text)
    for source in own:
        pages = {page for page, *_ in sentence.rects} | {sentence.page}
        holds = any(all(plain(part) in text for part in parts) for parts in source["any_of"])
        if holds and pages & set(source["pages"]):
            return "right"
    return "wrong"


def plain(text: str) -> str:
    """Text as strings of the key are compared with it: without case, kinds of marks, hyphens at
    line ends.
    """
    return " ".join(text.translate(_FOLDED).casefold().replace("- ", "").split())


def measure(
    questions: Sequence[Mapping[str, Any]], answers: Sequence[Answer], files: Mapping[str, str]
) -> dict[str, Any]:
    """The figures of some answers."""
    judged: Counter[str] = Counter()
    refused: dict[str, list[bool]] = defaultdict(list)
    first, covered = [], []
    for question, answer in zip(questions, answers, strict=True):
        if not question["answerable"]:
            refused[question["why"]].append(bool(answer.refused))
            continue
        refused["answerable"].append(bool(answer.refused))
        found = [judge(s, question["sources"], files) for p in answer.parts for s in p.sources]
        judged.update(found)
        first.append(found[:1] == ["right"])
        covered.append("right" in found)
    unanswerable = [one for why, ones in refused.items() if why != "answerable" for one in ones]
    return {
        "questions": len(questions),
        "answerable": len(first),
        "sources right": judged["right"],
        "sources wrong": judged["wrong"],
        "sources unjudged": judged["unjudged"],
        "precision": _share(judged["right"], judged["right"] + judged["wrong"]),
        "first source right": _share(sum(first), len(first)),
        "coverage": _share(sum(covered), len(covered)),
        "refused of the unanswerable": _share(sum(unanswerable), len(unanswerable)),
        **{
            f"refused of {why}": _share(sum(ones), len(ones))
            for why, ones in sorted(refused.items())
            if why != "answerable"
        },
        "wrongly refused": _share(sum(refused["answerable"]), len(first)),
    }


def _share(part: float, whole: float) -> float:
    return round(part / whole, 3) if whole else 0.0


def main() -> None:
    """The figures, kept with --json; with --show each question with what was answered."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("library", type=Path)
    parser.add_argument("--key", type=Path, required=True)
    parser.add_argument("--pdfs", type=Path, default=PDFS)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--show", action="store_true")
    args = parser.parse_args()
    questions = json.loads(args.key.read_text("utf-8"))
    with Library.open(args.library) as library:
        files = works_by_file(library, args.pdfs)
        library.ask("warm")
        began = time.perf_counter(), time.process_time()
        answers = [library.ask(question["question"]).answer for question in questions]
        seconds = {
            "clock seconds a question": round((time.perf_counter() - began[0]) / len(answers), 2),
            "processor seconds a question": round(
                (time.process_time() - began[1]) / len(answers), 2
            ),
        }
    if args.show:
        _show(questions, answers, files)
    lacking = {s["file"] for q in questions for s in q["sources"]} - files.keys()
    figures = {**measure(questions, answers, files), **seconds, "papers lacking": len(lacking)}
    print(json.dumps(figures, indent=1))
    if args.json:
        keep(NAME, "python -m benchmarks.quality.asking LIBRARY --key KEY --json", figures)


def _show(
    questions: Sequence[Mapping[str, Any]], answers: Sequence[Answer], files: Mapping[str, str]
) -> None:
    names = {work: name for name, work in files.items()}
    for question, answer in zip(questions, answers, strict=True):
        print(f"\n{question['why'] or 'answerable'}: {question['question']}")
        print("  refused" if answer.refused else "", end="")
        for part in answer.parts:
            print()
            for s in part.sources:
                verdict = judge(s, question["sources"], files)
                print(f"  {verdict}: {names.get(s.work, s.work)} p. {s.page}: {s.text[:150]}")


if __name__ == "__main__":
    main()
