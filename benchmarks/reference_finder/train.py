"""Makes the training set of the labeller that finds references in notes, and trains it.

    python -m benchmarks.reference_finder.train [--examples N] [--seed N] [--show N] [OUT]

Most of the set is invented (`passages.py`, `words/`): references in the styles of ten languages,
formal and in passing, among remarks, tasks and prose. The rest are the notes with keys of the tests,
whose titles are known, with what a first labeller takes for the rest of each reference. The same
seed gives the same set and the same weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random

import pycrfsuite

from benchmarks.reference_finder.keyed import KeyedBlock, KeyedNote, keyed_blocks, keyed_notes
from benchmarks.reference_finder.passages import Passage, make_passage
from benchmarks.training import train_by_command
from litmap.citations.recognisers.learnt_entries import emphasised_spans
from litmap.parsing.references_in_text import labeller
from litmap.parsing.references_in_text.features import MAX_TOKENS, token_features, tokenise

WEIGHTS = (
    Path(__file__).parents[2] / "src/litmap/parsing/references_in_text/data" / labeller.WEIGHTS
)
TRAINING = {
    "c1": 2.0,
    "c2": 0.02,
    "max_iterations": 80,
    "feature.possible_transitions": False,
    "feature.minfreq": 8,
}
TIMES_KEYED = 2
"""How often each block of a keyed note counts: they are fewer than the invented ones, and real."""
Example = tuple[list[list[str]], list[str]]
PLAIN = (labeller.PEOPLE, labeller.TITLE, labeller.YEAR, labeller.REST)
LABELS = (labeller.OUTSIDE, *PLAIN, *(labeller.BEGIN + label for label in PLAIN))


def example_of(passage: Passage) -> Example:
    """The features and labels of an invented passage."""
    tokens = tokenise(passage.text)[:MAX_TOKENS]
    features = token_features(
        passage.text, tokens, passage.kind, sorted(passage.emphasised), sorted(passage.linked)
    )
    labels, begun = [], -1
    starts = sorted(passage.starts)
    for token in tokens:
        label = passage.labels[token.start]
        latest = sum(start <= token.start for start in starts) - 1
        if label != labeller.OUTSIDE and latest > begun:
            begun, label = latest, labeller.BEGIN + label
        labels.append(label)
    return features, labels


def likeliest(features: Sequence[Sequence[str]], keyed: KeyedBlock, weights: Weights) -> list[str]:
    """The likeliest labels of a block that agree with its key, found in Viterbi's way."""
    best: dict[str, tuple[float, list[str]]] = {"": (0.0, [])}
    for row, known, before in zip(features, keyed.known, ["", *keyed.known], strict=False):
        scores = weights.scores(row)
        following = {}
        for label in _allowed(known, before):
            options = [
                (score + weights.transition(last, label), path)
                for last, (score, path) in best.items()
                if label == labeller.OUTSIDE
                or label.startswith(labeller.BEGIN)
                or last not in ("", labeller.OUTSIDE)
            ]
            if options:
                score, path = max(options, key=lambda option: option[0])
                following[label] = (score + scores[label], [*path, label])
        best = following
    return max(best.values(), key=lambda option: option[0])[1]


def _allowed(known: str, before: str) -> list[str]:
    """The labels that a token may have by its key and that of the token before."""
    if known == labeller.OUTSIDE:
        return [labeller.OUTSIDE]
    if not known:
        return [label for label in LABELS if label[-1] != labeller.TITLE]
    if known == before:
        return [known]
    return [known, labeller.BEGIN + known]


class Weights:
    """The weights of a labeller, to look for the likeliest labels that agree with a key."""

    def __init__(self, path: Path) -> None:
        tagger = pycrfsuite.Tagger()
        tagger.open(str(path))
        info = tagger.info()
        self._states: dict[str, list[tuple[str, float]]] = {}
        for (attribute, label), weight in info.state_features.items():
            self._states.setdefault(attribute, []).append((label, weight))
        self._transitions = info.transitions

    def scores(self, row: Sequence[str]) -> dict[str, float]:
        """The weight of each label for a token with these features."""
        scores = dict.fromkeys(LABELS, 0.0)
        for attribute in row:
            for label, weight in self._states.get(attribute, ()):
                scores[label] += weight
        return scores

    def transition(self, before: str, label: str) -> float:
        """The weight of two labels in a row; one that was never seen is unlikely."""
        return self._transitions.get((before, label), -4.0) if before else 0.0


def features_of(keyed: KeyedBlock) -> list[list[str]]:
    """The features of a keyed block's tokens."""
    block = keyed.block
    linked = sorted((link.start, link.end) for link in block.links if 0 <= link.start < link.end)
    return token_features(block.text, keyed.tokens, block.kind, emphasised_spans(block), linked)


def invented(examples: int, seed: int) -> list[Example]:
    """So many invented examples."""
    random = Random(seed)
    return [example_of(make_passage(random)) for _ in range(examples)]


def from_keys(notes: Sequence[KeyedNote], first: Path) -> list[Example]:
    """The blocks of keyed notes, labelled with the help of a first labeller."""
    weights, found = Weights(first), []
    for note in notes:
        for keyed in keyed_blocks(note):
            features = features_of(keyed)
            found.append((features, likeliest(features, keyed, weights)))
    return found


def fit(examples: Sequence[Example], out: Path) -> None:
    """Trains on the examples and writes the weights."""
    trainer = pycrfsuite.Trainer(verbose=False)
    for features, labels in examples:
        if features:
            trainer.append(features, labels)
    trainer.set_params(TRAINING)
    out.parent.mkdir(exist_ok=True, parents=True)
    trainer.train(str(out))


def show(random: Random) -> str:
    """An example as text: the passage, and its runs of one label."""
    passage = make_passage(random)
    _, labels = example_of(passage)
    shown, last = [], ""
    for token, label in zip(tokenise(passage.text), labels, strict=False):
        shown.append(token.text if label == last else f"⟨{label}⟩ {token.text}")
        last = label
    return f"{passage.text}\n    {' '.join(shown)}"


def train(examples: int, seed: int, out: Path, notes: Sequence[KeyedNote]) -> None:
    """Trains on so many invented examples and the keyed notes, and writes the weights."""
    made = invented(examples, seed)
    fit(made, out)
    fit([*made, *from_keys(notes, out) * TIMES_KEYED], out)


def main() -> None:
    """The command."""
    train_by_command(
        __doc__,
        WEIGHTS,
        7_000,
        train=lambda examples, seed, out: train(examples, seed, out, keyed_notes()),
        show=show,
    )


if __name__ == "__main__":
    main()
