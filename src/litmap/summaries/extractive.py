"""Summaries made of the papers' own sentences, so that each can be looked up on its page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from litmap.models import Document, Sentence, Summary, Topic, Work
from litmap.parsing.languages import language_of
from litmap.summaries import choice
from litmap.summaries.sentences import Candidate, find_candidates, stands_alone

if TYPE_CHECKING:
    from litmap.protocols import Encoder

PAPER_SENTENCES = 5
"""Sentences of a paper's summary."""
MAX_SENTENCES = 60
"""Sentences at most where so many words are asked for."""
SHORTLIST = 60
"""Sentences of a paper that are compared with one another and that the encoder is asked about."""
TOPIC_SENTENCES = 6
"""Sentences of a topic's summary."""
TOPIC_CANDIDATES = 400
"""Sentences of a topic that are looked at."""
OTHER_TOPICS_PENALTY = 0.5
"""How much similarity to other topics costs a sentence."""
MAX_SENTENCES_OF_PAPER = 2
"""Sentences of one paper in a topic's summary, while there are other papers."""
MAX_REPETITION = 0.9
"""Similarity above which two sentences say the same."""


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

    Sentences are weighed by closeness to the whole text and to the title in words (and, with
    `meaning`, by the `encoder` too, which takes about a second a paper), by cue phrases ('we show')
    and by where they stand; then chosen without repetition. `leave_out` names a kind of section
    ('abstract') that is not used. No sentence that is cut off, formula, caption or address is
    taken; the summary may be empty.
    """
    candidates = [c for c in find_candidates(document) if c.section != leave_out]
    title = work.title or document.title
    ranked = score_candidates(candidates, title, encoder if meaning else None)
    most = sentences if words is None else MAX_SENTENCES
    rows = sorted(choice.pick(*ranked.arguments(), most=most, words=words))
    chosen = [ranked.candidates[i] for i in rows]
    return Summary(
        subject=work.id,
        title=title,
        sentences=tuple(Sentence(c.text, work.id, c.page, c.rects, c.place) for c in chosen),
    )


@dataclass(frozen=True, slots=True)
class Ranked:
    """Candidates with their scores, how alike they are, and the features the scores were made
    of.
    """

    candidates: Sequence[Candidate]
    scores: choice.Floats
    similarity: choice.Floats
    features: choice.Floats

    def arguments(self) -> tuple[choice.Floats, choice.Floats, list[int]]:
        """What `choice.pick` takes."""
        return self.scores, self.similarity, [len(c.words) for c in self.candidates]


def score_candidates(sentences: Sequence[Candidate], title: str, encoder: Encoder | None) -> Ranked:
    """The clean sentences of a paper with their weights, the `SHORTLIST` most promising ones.

    All sentences count for what the paper is about. With an `encoder`, closeness in meaning to the
    shortlist's mean counts too.
    """
    rows = [i for i, sentence in enumerate(sentences) if sentence.clean]
    if not rows:
        return Ranked((), np.zeros(0), np.zeros((0, 0)), np.zeros((0, len(choice.FEATURES))))
    matrix, column = choice.tfidf([sentence.words for sentence in sentences])
    centre = matrix.mean(axis=0)
    centre /= np.linalg.norm(centre) or 1.0
    clean = [sentences[i] for i in rows]
    matrix = matrix[rows]
    to_title = matrix @ _title_vector(title, column, matrix.shape[1])
    features = choice.features(clean, title, _scaled(matrix @ centre), to_title)
    scores = features @ choice.WEIGHTS
    keep = np.sort(np.argsort(-scores, kind="stable")[:SHORTLIST])
    clean, matrix = [clean[i] for i in keep], matrix[keep]
    ranked = Ranked(clean, scores[keep], matrix @ matrix.T, features[keep])
    return ranked if encoder is None else _with_meaning(ranked, encoder)


def _title_vector(title: str, column: Mapping[str, int], terms: int) -> choice.Floats:
    """The title as a unit vector (terms,) over the words of the paper."""
    vector = np.zeros(terms)
    for word in choice.title_words(title):
        if word[:7] in column:
            vector[column[word[:7]]] = 1.0
    vector /= np.linalg.norm(vector) or 1.0
    return vector


def _with_meaning(ranked: Ranked, encoder: Encoder) -> Ranked:
    """The same sentences with closeness to their mean vector in the scores."""
    texts = [sentence.text for sentence in ranked.candidates]
    vectors = np.asarray(encoder.encode(texts), dtype=np.float64)
    middle = vectors.mean(axis=0)
    meaning = _scaled(vectors @ (middle / (np.linalg.norm(middle) or 1.0)))
    return replace(
        ranked,
        scores=ranked.scores + choice.MEANING_WEIGHT * meaning,
        similarity=(ranked.similarity + vectors @ vectors.T) / 2,
    )


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

    Sentences come from the papers' summaries. They are chosen to cover the topic (facility
    location, Lin and Bilmes 2011) less half their likeness to the other topics, at most two of a
    paper while there are others.
    """
    listed = {topic.id: _topic_sentences(topic, papers) for topic in topics}
    pool = list(dict.fromkeys(s.text for own in listed.values() for s in own))
    if not pool:
        return
    encoded = np.asarray(encoder.encode(pool), dtype=np.float64)
    row = {text: i for i, text in enumerate(pool)}
    vectors = {key: encoded[[row[s.text] for s in own]] for key, own in listed.items() if own}
    centres = {key: own.mean(axis=0) for key, own in vectors.items()}
    for topic in topics:
        if topic.id not in vectors:
            continue
        own = listed[topic.id]
        points = vectors[topic.id]
        others = [centre for key, centre in centres.items() if key != topic.id]
        cost = _similarity_to_others(points, others)
        chosen = _cover(points @ points.T, cost, [s.work for s in own], sentences)
        yield topic.id, Summary(topic.id, topic.label, tuple(own[i] for i in chosen))


def _topic_sentences(topic: Topic, papers: Mapping[str, Summary]) -> list[Sentence]:
    """The sentences of the summaries of a topic's papers, at most `TOPIC_CANDIDATES`."""
    summaries = (papers[work] for work in topic.works if work in papers)
    return _standing_alone([s for summary in summaries for s in summary.sentences])[
        :TOPIC_CANDIDATES
    ]


def _similarity_to_others(points: choice.Floats, centres: Sequence[choice.Floats]) -> choice.Floats:
    """(n,) mean cosine of each sentence (n, dim) with the other topics, 0 where it is negative."""
    if not centres:
        return np.zeros(len(points))
    others = np.array([centre / (np.linalg.norm(centre) or 1.0) for centre in centres])
    return np.asarray(np.maximum(0.0, (points @ others.T).mean(axis=1)))


def _standing_alone(sentences: list[Sentence]) -> list[Sentence]:
    """Without those that need their paper around them ('In this section, …'), if enough are
    left.
    """
    kept = [s for s in sentences if stands_alone(s.text, language_of(s.text))]
    return kept if len(kept) >= TOPIC_SENTENCES else sentences


def _cover(
    similarity: choice.Floats, cost: choice.Floats, owner: Sequence[str], most: int
) -> list[int]:
    """Greedy facility location: each new sentence speaks best for those not spoken for yet."""
    n = len(similarity)
    has_many_owners = len(set(owner)) > most // 2
    covered = np.zeros(n)
    chosen: list[int] = []
    while len(chosen) < min(most, n):
        gain = np.maximum(similarity - covered[None, :], 0.0).mean(axis=1)
        gain -= OTHER_TOPICS_PENALTY * cost / most
        taken = Counter(owner[i] for i in chosen)
        for i in range(n):
            is_owned = has_many_owners and taken[owner[i]] >= MAX_SENTENCES_OF_PAPER
            if i in chosen or is_owned or _repeats(i, chosen, similarity):
                gain[i] = -np.inf
        best = int(np.argmax(gain))
        if not np.isfinite(gain[best]):
            break
        chosen.append(best)
        covered = np.maximum(covered, similarity[best])
    return chosen


def _repeats(sentence: int, chosen: Sequence[int], similarity: choice.Floats) -> bool:
    """Whether a sentence says what a chosen one says."""
    return any(similarity[sentence, other] > MAX_REPETITION for other in chosen)
