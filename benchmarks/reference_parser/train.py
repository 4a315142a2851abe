"""Makes the training set of the reference labeller and trains it.

    python -m benchmarks.reference_parser.train [--examples N] [--seed N] [--show N] [OUT]

References of invented works (`works.py`, `words/`) are rendered in the styles of ten languages (`styles.py`),
with the noise of notes and of text taken from PDFs, and read by the rules of
`litmap.parsing.reference_strings`, whose reading is one feature among others. The same seed gives
the same set and the same weights. OUT is the weights' place in the package if left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random

import pycrfsuite
from rapidfuzz.distance import Levenshtein

from benchmarks.reference_parser.names import Piece
from benchmarks.reference_parser.styles import OWN
from benchmarks.reference_parser.works import LANGUAGES, make_work
from benchmarks.training import train_by_command
from litmap.parsing.grammar import BREAK
from litmap.parsing.reference_strings import labeller
from litmap.parsing.reference_strings.name_tokens import Token
from litmap.parsing.reference_strings.parser import features_of, read_by_rules

WEIGHTS = Path(__file__).parents[2] / "src/litmap/parsing/reference_strings/data" / labeller.WEIGHTS
SHARES = (32, 14, 8, 8, 6, 9, 9, 9, 7, 5)
"""Of the languages, in the order of `LANGUAGES`."""
MIN_CUT = 20
"""Characters of a title that may be cut at a line's end."""
TRAINING = {
    "c1": 0.1,
    "c2": 0.02,
    "max_iterations": 100,
    "feature.possible_transitions": False,
    "feature.minfreq": 3,
}


def render(random: Random) -> list[Piece]:
    """A reference of an invented work, with the label that lists and notes set before it."""
    language = random.choices(LANGUAGES, SHARES)[0]
    styles, shares = zip(*OWN[language], strict=True)
    work = make_work(random, language)
    pieces = random.choices(styles, shares)[0](work)
    cited = f"{work.authors[0][0]} u. a. {work.year} "
    leads = ("", f"[{random.randint(1, 99)}] ", f"{random.randint(1, 99)}. ", "- ", cited)
    lead = random.choices(leads, (76, 12, 8, 3, 1))[0]
    return [piece for piece in ((lead, "O"), *pieces) if piece[0]]


def spoil(random: Random, pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces with blanks lost or added beside signs, or a word cut at a line's end."""
    kind = random.choices(("", "lost", "added", "cut"), (87, 6, 4, 3))[0]
    spoilt = []
    for text, label in pieces:
        hit = random.random() < 0.5
        if kind == "lost" and hit:
            spoilt.append((text.replace(". ", ".").replace(", ", ","), label))
        elif kind == "added" and hit:
            spoilt.append((text.replace(", ", " , ").replace(". ", " . "), label))
        elif kind == "cut" and label == labeller.TITLE and len(text) > MIN_CUT:
            spoilt.append((_cut_word(random, text), label))
        else:
            spoilt.append((text, label))
    return spoilt


def _cut_word(random: Random, text: str) -> str:
    at = random.randint(8, len(text) - 4)
    inside = text[at - 1].isalpha() and text[at].isalpha()
    return f"{text[:at]}- {text[at:]}" if inside else text


def carry_labels(raw: str, labels: str, cleaned: str) -> list[str]:
    """The labels of a raw string's characters on those of its cleaned form."""
    carried = [labeller.OTHER] * len(cleaned)
    for tag, begin, end, to, until in Levenshtein.opcodes(raw, cleaned):
        if tag in ("equal", "replace"):
            carried[to:until] = labels[begin:end]
        elif tag == "insert" and begin:
            near = begin if begin < len(raw) and not raw[begin].isalnum() else begin - 1
            carried[to:until] = labels[near] * (until - to)
    return carried


def make_example(random: Random) -> tuple[str, list[Token], list[list[str]], list[str]]:
    """A raw reference, its tokens, their features and labels."""
    pieces = spoil(random, render(random))
    raw = "".join(text for text, _ in pieces)
    labels = "".join(label * len(text) for text, label in pieces)
    rules = read_by_rules(raw)
    tokens, features = features_of(rules)
    carried = carry_labels(raw[rules.begin :], labels[rules.begin :], rules.body)
    return (
        raw,
        tokens,
        features,
        [labeller.ADDRESS if token.text == BREAK else carried[token.start] for token in tokens],
    )


def show(random: Random) -> str:
    """An example as text: the reference, and its runs of one label."""
    raw, tokens, _, labels = make_example(random)
    shown, last = [], ""
    for token, label in zip(tokens, labels, strict=True):
        shown.append(f"{token.text}" if label == last else f"⟨{label}⟩ {token.text}")
        last = label
    return f"{raw}\n    {' '.join(shown)}"


def train(examples: int, seed: int, out: Path) -> None:
    """Trains on so many examples and writes the weights."""
    random = Random(seed)
    trainer = pycrfsuite.Trainer(verbose=False)
    for _ in range(examples):
        _, _, features, labels = make_example(random)
        if features:
            trainer.append(features, labels)
    trainer.set_params(TRAINING)
    out.parent.mkdir(exist_ok=True)
    trainer.train(str(out))


def main() -> None:
    """The command."""
    train_by_command(__doc__, WEIGHTS, 12_000, train=train, show=show)


if __name__ == "__main__":
    main()
