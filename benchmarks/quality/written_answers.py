"""What gets through of answers that a language model writes: scripted models whose every sentence is
known to be right or wrong, and, with --url, a real one.

    python -m benchmarks.quality.written_answers LIBRARY [--papers 30] [--out FILE]
    python -m benchmarks.quality.written_answers LIBRARY --key KEY --url URL --model NAME

The scripted ones are given twelve sentences in a row of papers drawn at random, the real one what
the library finds for the questions of KEY, which is JSON: [{"question", "answerable", "sources":
[{"any_of": [["words", …], …]}]}].

The good model says what its sentences say: as they are, without their opening word, up to a
semicolon, two at once, a word of direction as another one of the same direction. The bad one mixes
these with as many that are wrong by construction: another number, a negation more or less, the
opposite, another paper's name, a number of another sentence, a tail of another sentence. A wrong
sentence passes if it is shown with any source. The library is only read.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from litmap.claims import borne_out
from litmap.claims.quantities import names
from litmap.errors import WebError
from litmap.language_models.writer import Writer
from litmap.library import Library
from litmap.models import Answer, Sentence
from litmap.paper_sentences import paper_sentences
from litmap.protocols import LanguageModel
from litmap.search import parse_question
from litmap.settings import load_settings
from litmap.web import ChatClient, chat_limits, endpoint
from litmap.writing import Task

OPENING = re.compile(r"^(?:However|Moreover|Furthermore|In addition|Finally|Here|Thus),\s+")


@dataclass
class Said:
    """What a scripted model said: by its text whether it is right, and how it was made."""

    kinds: dict[str, tuple[bool, str]] = field(default_factory=dict)


class Scripted:
    """A model that says right things, and with `bad` as many wrong ones."""

    def __init__(self, *, bad: bool, seed: int = 0) -> None:
        self.name = "bad" if bad else "good"
        self.said = Said()
        self._bad = bad
        self._random = random.Random(seed)

    def write(
        self,
        messages: Sequence[Mapping[str, str]],
        on_text: Callable[[str], None] | None = None,
    ) -> str:
        """An answer from the sentences it is given."""
        rows = re.findall(r"^\[(\d+)\] (.+)$", messages[1]["content"], re.M)
        given = {int(number): text for number, text in rows if text.endswith(".")}
        lines = []
        for number, text in given.items():
            for is_right, kind, made, numbers in self._made(number, text, given):
                said = " ".join(made.rstrip(". ").split())
                self.said.kinds[_letters(said)] = (is_right, kind)
                lines.append(f"{said} [{', '.join(map(str, numbers))}].")
        self._random.shuffle(lines)
        return "\n".join(lines[:40])

    def _made(
        self, number: int, text: str, given: Mapping[int, str]
    ) -> Iterator[tuple[bool, str, str, tuple[int, ...]]]:
        right = self._random.choice(list(_right(number, text, given)))
        yield (True, *right)
        wrong = [
            one
            for one in (_wrong(number, text, given, self._random) if self._bad else ())
            if _letters(one[1]) != _letters(right[1])  # told apart by their words below
        ]
        if wrong:
            yield (False, *self._random.choice(wrong))


def _letters(text: str) -> str:
    """A text by its letters, digits and signs that change what it says."""
    return re.sub(r"[^\w%<>=+−-]", "", text).casefold()


def _right(
    number: int, text: str, given: Mapping[int, str]
) -> Iterator[tuple[str, str, tuple[int, ...]]]:
    yield "as it is", text, (number,)
    if opening := OPENING.match(text):
        rest = text[opening.end() :]
        yield "without its opening", rest[0].upper() + rest[1:], (number,)
    if ";" in text:
        yield "up to a semicolon", text.split(";", maxsplit=1)[0], (number,)
    same = _exchanged(text, same=True)
    if same != text:
        yield "another word of the same direction", same, (number,)
    if number + 1 in given and len(text) + len(given[number + 1]) < 500:
        yield "two at once", f"{text.rstrip('.')}; {given[number + 1]}", (number, number + 1)


def _wrong(
    number: int, text: str, given: Mapping[int, str], draw: random.Random
) -> Iterator[tuple[str, str, tuple[int, ...]]]:
    if found := re.search(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.]*\w)", text):
        other = str(int(float(found[0])) + 3)
        yield "number", text[: found.start()] + other + text[found.end() :], (number,)
    denied = re.sub(
        r"\b(is|are|was|were|can|does|do|will|has|have)\b(?! not)", r"\1 not", text, count=1
    )
    if denied != text:
        yield "negation", denied, (number,)
    if re.search(r"\b(?:not|cannot)\b", text):
        yield "negation", re.sub(r"\s?\bnot\b", "", text.replace("cannot", "can")), (number,)
    turned = _exchanged(text, same=False)
    if turned != text:
        yield "opposite", turned, (number,)
    own = names(text)
    foreign = sorted({n for other in given.values() for n in names(other)} - set(own))
    if own and foreign:
        yield "name", text.replace(own[0], draw.choice(foreign)), (number,)
    others = [n for n in given if n != number]
    if others:
        other = draw.choice(others)
        yield "source", text, (other,)
        tail = given[other].rstrip(".")
        yield "tail", f"{text.rstrip('.')}, because {tail[0].lower()}{tail[1:]}", (number,)


def _exchanged(text: str, *, same: bool) -> str:
    """A text with its first word of direction as another one of the same or the other direction, in
    the same form (by its ending).
    """
    for match in re.finditer(r"\b[a-z]+\b", text):
        for row in borne_out._opposites():
            for side, other in (row, row[::-1]):
                if match[0] not in side:
                    continue
                ending = re.search(r"(?:ed|es|s|ing|er|est|ly)?$", match[0])
                pool = sorted((side if same else other) - {match[0]})
                fits = [
                    w for w in pool if re.search(r"(?:ed|es|s|ing|er|est|ly)?$", w)[0] == ending[0]
                ]
                if fits:
                    return text[: match.start()] + fits[0] + text[match.end() :]
    return text


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("library", type=Path)
    parser.add_argument("--papers", type=int, default=30)
    parser.add_argument("--key", type=Path)
    parser.add_argument("--url", default="")
    parser.add_argument("--model", default="")
    parser.add_argument("--questions", type=int, default=1000, help="the first of the key alone")
    parser.add_argument("--sources", type=int, default=20, help="sentences a real model is given")
    parser.add_argument("--show", action="store_true", help="print what goes wrong")
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    settings = load_settings({"library": args.library, "offline": True})
    with Library.open(settings=settings) as library:
        found: dict[str, Any] = {}
        if args.key:
            key = json.loads(args.key.read_text(encoding="utf-8"))[: args.questions]
            asked = [(row, library.asker.find(parse_question(row["question"]))) for row in key]
            limits = chat_limits(600)
            with ChatClient(endpoint(args.url), args.model, limits=limits) as real:
                found[args.model] = _real(real, library, asked, args.sources, show=args.show)
        else:
            drawn = list(_drawn(library, args.papers))
            for name in ("good", "bad"):
                model = Scripted(bad=name == "bad")
                found[name] = _scripted(model, library, drawn, show=args.show)
    print(json.dumps(found, indent=1))
    if args.out:
        args.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def _writer(model: LanguageModel, library: Library) -> Writer:
    return Writer(model, library.encoder, library.by_id)


def _drawn(library: Library, count: int) -> Iterator[tuple[str, list[Sentence]]]:
    """Titles of some papers with sentences in a row from the midst of their texts."""
    entries = [entry for entry in library.works() if entry.pdf]
    for entry in random.Random(17).sample(entries, min(count, len(entries))):
        assert entry.pdf is not None
        found = paper_sentences(library.document(entry.pdf))
        whole = [s for s in found if 40 < len(s.text) < 400 and s.text.endswith(".")]
        begin = len(whole) // 3
        yield (
            entry.work.title,
            [
                Sentence(s.text, entry.work.id, s.page, s.rects, s.place)
                for s in whole[begin : begin + 12]
            ],
        )


def _scripted(
    model: Scripted, library: Library, drawn: Sequence[tuple[str, list[Sentence]]], *, show: bool
) -> dict[str, Any]:
    """How many of the sentences that a scripted model said pass, by how they were made."""
    writer = _writer(model, library)
    shown: dict[str, str] = {}
    for title, sources in drawn:
        text = writer.checked(Task.PAPER, title, sources)
        shown |= {_letters(part.text): part.text for part in text.parts}
    said = model.said.kinds
    everything = Counter(kind for kind in said.values())
    passed = Counter(said[text] for text in shown if text in said)
    right, wrong = (sum(n for kind, n in passed.items() if kind[0] is ok) for ok in (True, False))
    if show:
        for letters, text in shown.items():
            is_right, kind = said.get(letters, (False, "changed on its way"))
            if not is_right:
                print("wrong and shown:", kind, "|", text)
        for text, (is_right, kind) in said.items():
            if is_right and text not in shown:
                print("right and dropped:", kind, "|", text)
    return {
        "sentences": len(said),
        "right": sum(n for kind, n in everything.items() if kind[0]),
        "right_shown": right,
        "wrong": sum(n for kind, n in everything.items() if not kind[0]),
        "wrong_shown": wrong,
        "precision": round(right / max(1, right + wrong), 3),
        "shown_by_kind": {
            f"{'right' if ok else 'wrong'}: {kind}": f"{passed[ok, kind]}/{count}"
            for (ok, kind), count in sorted(everything.items())
        },
    }


def _real(
    model: LanguageModel, library: Library, asked: Any, count: int, *, show: bool
) -> dict[str, Any]:
    """What a real model answers to the questions that the library has something on."""
    writer = _writer(model, library)
    figures: Counter[str] = Counter()
    for row, found in asked:
        kind = "answerable" if row["answerable"] else "unanswerable"
        figures[kind] += 1
        if found.refused:
            figures[f"{kind}, nothing close"] += 1
            continue
        sources = [quotation.sentence for quotation in found.quotations][:count]
        try:
            text = writer.write(Task.QUESTION, row["question"], sources)
        except WebError as error:
            figures[f"failed: {type(error).__name__}"] += 1
            continue
        answer = Answer(row["question"], text.parts, text.refused, text.dropped)
        figures[f"{kind}, refused"] += bool(answer.refused)
        figures[f"{kind}, answered"] += bool(answer.parts)
        figures["sentences shown"] += len(answer.parts)
        figures["sentences dropped"] += answer.dropped
        if answer.parts and row["answerable"]:
            quoted = [source for part in answer.parts for source in part.sources]
            figures["answered with a sentence of the key"] += _has_key(quoted, row)
        if show:
            print("Q:", row["question"], "|", text.refused, dict(text.doubts), flush=True)
            for part in answer.parts:
                print("  ", part.text, "\n      ", [source.text for source in part.sources])
    return dict(figures)


def _has_key(quoted: Sequence[Sentence], row: Mapping[str, Any]) -> bool:
    """Whether a source holds all words of one of the key's ways to answer."""
    texts = [source.text.casefold() for source in quoted]
    return any(
        all(words.casefold() in text for words in ways)
        for text in texts
        for source in row["sources"]
        for ways in source["any_of"]
    )


if __name__ == "__main__":
    main()
