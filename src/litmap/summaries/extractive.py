"""Summaries made of the papers' own sentences, so that each can be looked up on its page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from litmap.models import Document, Sentence, Summary, Topic, Work
from litmap.summaries import choice
from litmap.summaries.sentences import Candidate, find_candidates, stands_alone

if TYPE_CHECKING:
    from litmap.protocols import Encoder

PAPER_SENTENCES = 5
SHORTLIST = 60  # sentences of a paper that the encoder is asked about
TOPIC_SENTENCES = 6
TOPIC_CANDIDATES = 400
OTHER_TOPICS_PENALTY = 0.5  # how much likeness to other topics costs a sentence


def summarise_paper(
    document: Document,
    work: Work,
    encoder: Encoder | None = None,
    *,
    sentences: int = PAPER_SENTENCES,
    words: int | None = None,
    leave_out: str = "",
    meaning: bool = False,
) -> Summary:
    """A paper's summary in reading order: `sentences` of its own sentences, or about `words` words.

    Sentences are weighed by closeness to the whole text and to the title in words (and, with `meaning`, by the
    `encoder` too, which takes about a second a paper), by cue phrases ('we show') and by where they stand; then
    chosen without repetition. `leave_out` names a kind of section
    ('abstract') that is not used. No sentence that is cut off, formula, caption or address is taken; the summary may
    be empty.
    """
    found = [c for c in find_candidates(document) if c.section != leave_out]
    ranked = score_candidates(found, work.title or document.title, encoder if meaning else None)
    chosen = choice.pick(*ranked.arguments(), most=sentences if words is None else 60, words=words)
    rows = sorted(ranked.candidates[i].order for i in chosen)
    by_order = {c.order: c for c in ranked.candidates}
    return Summary(
        subject=work.id,
        title=work.title or document.title,
        sentences=tuple(
            Sentence(by_order[o].text, work.id, by_order[o].page, by_order[o].rects) for o in rows
        ),
    )


@dataclass(frozen=True, slots=True)
class Ranked:
    """Candidates with their scores, how alike they are, and the features the scores were made of."""

    candidates: Sequence[Candidate]
    scores: choice.Floats
    similarity: choice.Floats
    features: choice.Floats

    def arguments(self) -> tuple[choice.Floats, choice.Floats, list[int]]:
        """What `choice.pick` takes."""
        return self.scores, self.similarity, [len(c.words) for c in self.candidates]


def score_candidates(found: Sequence[Candidate], title: str, encoder: Encoder | None) -> Ranked:
    """The clean sentences of a paper with their weights, the most promising ones only."""
    rows = [i for i, c in enumerate(found) if c.clean]
    if not rows:
        return Ranked((), np.zeros(0), np.zeros((0, 0)), np.zeros((0, len(choice.FEATURES))))
    matrix, column = choice.tfidf([c.words for c in found])
    centre = matrix.mean(axis=0)
    centre /= np.linalg.norm(centre) or 1.0
    name = np.zeros(matrix.shape[1])
    for word in choice.title_words(title):
        if word[:7] in column:
            name[column[word[:7]]] = 1.0
    name /= np.linalg.norm(name) or 1.0
    clean = [found[i] for i in rows]
    matrix = matrix[rows]
    features = choice.features(clean, title, _scaled(matrix @ centre), matrix @ name)
    scores = features @ choice.WEIGHTS
    keep = np.sort(np.argsort(-scores, kind="stable")[:SHORTLIST])
    clean, matrix, features, scores = (
        [clean[i] for i in keep],
        matrix[keep],
        features[keep],
        scores[keep],
    )
    similarity = matrix @ matrix.T
    if encoder is not None:
        vectors = np.asarray(encoder.encode([c.text for c in clean]), dtype=np.float64)
        middle = vectors.mean(axis=0)
        meaning = _scaled(vectors @ (middle / (np.linalg.norm(middle) or 1.0)))
        scores = scores + choice.MEANING_WEIGHT * meaning
        similarity = (similarity + vectors @ vectors.T) / 2
    return Ranked(clean, scores, similarity, features)


def _scaled(values: choice.Floats) -> choice.Floats:
    low, high = float(values.min()), float(values.max())
    return np.asarray((values - low) / (high - low)) if high > low else np.zeros_like(values)


def summarise_topics(
    topics: Sequence[Topic],
    papers: Mapping[str, Summary],
    encoder: Encoder,
    *,
    sentences: int = TOPIC_SENTENCES,
) -> Iterator[tuple[str, Summary]]:
    """(topic id, summary) for each topic with a summarised paper.

    Sentences come from the papers' summaries. They are chosen to cover the topic (facility location, Lin and Bilmes
    2011) less half their likeness to the other topics, at most two of a paper while there are others.
    """
    texts: dict[str, list[Sentence]] = {
        t.id: _whole([s for work in t.works if work in papers for s in papers[work].sentences])[
            :TOPIC_CANDIDATES
        ]
        for t in topics
    }
    pool = list(dict.fromkeys(s.text for listed in texts.values() for s in listed))
    if not pool:
        return
    vectors = np.asarray(encoder.encode(pool), dtype=np.float64)
    row = {text: i for i, text in enumerate(pool)}
    centres = {
        key: vectors[[row[s.text] for s in listed]].mean(axis=0)
        for key, listed in texts.items()
        if listed
    }
    for topic in topics:
        listed = texts[topic.id]
        if not listed:
            continue
        here = vectors[[row[s.text] for s in listed]]
        others = [
            centre / (np.linalg.norm(centre) or 1.0)
            for key, centre in centres.items()
            if key != topic.id
        ]
        cost = (
            np.maximum(0.0, (here @ np.array(others).T).mean(axis=1))
            if others
            else np.zeros(len(listed))
        )
        chosen = _cover(here @ here.T, cost, [s.work for s in listed], sentences)
        yield topic.id, Summary(topic.id, topic.label, tuple(listed[i] for i in chosen))


def _whole(listed: list[Sentence]) -> list[Sentence]:
    """Without those that need their paper around them ('In this section, …'), if enough others are left."""
    kept = [s for s in listed if stands_alone(s.text)]
    return kept if len(kept) >= TOPIC_SENTENCES else listed


def _cover(
    similarity: choice.Floats, cost: choice.Floats, owner: Sequence[str], most: int
) -> list[int]:
    """Greedy facility location: each new sentence is the one that speaks best for those not spoken for yet."""
    n = len(similarity)
    several = len(set(owner)) > most // 2
    covered = np.zeros(n)
    chosen: list[int] = []
    taken: dict[str, int] = {}
    while len(chosen) < min(most, n):
        gain = (
            np.maximum(similarity - covered[None, :], 0.0).mean(axis=1)
            - OTHER_TOPICS_PENALTY * cost / most
        )
        for i in range(n):
            if (
                i in chosen
                or (several and taken.get(owner[i], 0) >= 2)
                or any(similarity[i, j] > 0.9 for j in chosen)
            ):
                gain[i] = -np.inf
        best = int(np.argmax(gain))
        if not np.isfinite(gain[best]):
            break
        chosen.append(best)
        taken[owner[best]] = taken.get(owner[best], 0) + 1
        covered = np.maximum(covered, similarity[best])
    return chosen
