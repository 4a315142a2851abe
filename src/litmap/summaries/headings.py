"""A heading's summary: what its papers say by sub-theme, and where two of them say the same or the
opposite.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from litmap.models import Sentence, Summary, SummaryPart, Topic
from litmap.parsing.languages import language_of
from litmap.parsing.sentence_roles import roles_said
from litmap.summaries.acronyms import acronyms, unexplained
from litmap.summaries.choice import Floats
from litmap.summaries.comparing import are_opposed, compare
from litmap.summaries.leaning import MAX_CHANCE, NEIGHBOURS, leaning
from litmap.summaries.papers import ABSTRACT
from litmap.summaries.sentences import is_clean
from litmap.summaries.standing_alone import stands_alone
from litmap.summaries.theme_names import ThemeNamer

if TYPE_CHECKING:
    from litmap.protocols import Encoder

SENTENCES_OF_A_PAPER = 5
"""Sentences of one paper that a heading may speak with."""
MAX_THEMES = 7
MIN_PARTED = 4
"""Works below which there is one theme."""
MIN_DISTANCE = 0.6
"""Distance of two themes (Ward's, of unit vectors) below which they are one."""
OTHER_TOPICS_PENALTY = 0.5
"""How much likeness to other headings costs a sentence."""
HEADING_WEIGHT = 2.0
"""How much likeness to the heading's own words is worth."""
OTHER_NAMES_PENALTY = 1.0
"""How much likeness to the words of the other headings that are nearest costs."""
NEAREST_NAMES = 3
"""Other headings whose words count for a sentence."""
FINDING_BONUS = 0.05
"""What a sentence gains that says what was found."""
MARKED_BONUS = 0.15
"""What a sentence gains that the reader marked: the largest at which headings are found no worse by
summaries with marks at random (`benchmarks/quality/marks.py`).
"""
PAPERS_WITH_ACRONYM = 3
"""Papers that use an acronym from which it needs no explanation."""
MAX_REPETITION = 0.85
"""Cosine above which two sentences say the same."""


@dataclass(frozen=True)
class _Pool:
    """The sentences a heading may speak with, their vectors (n, dim) and what each is worth
    (n,).
    """

    sentences: Sequence[Sentence]
    points: Floats
    worth: Floats

    def rows_of(self, works: set[str]) -> list[int]:
        """The rows of these works' sentences."""
        return [i for i, s in enumerate(self.sentences) if s.work in works]


def summarise_topics(
    topics: Sequence[Topic], papers: Mapping[str, Summary], encoder: Encoder
) -> Iterator[tuple[str, Summary]]:
    """(topic id, summary) for each topic with a summarised paper.

    Papers are parted into themes, as many as they deserve: one for three papers, seven at most.
    Each theme has a lead sentence and, where it has many papers, others; pairs of papers that say
    the same or the opposite stand side by side. Every sentence can be read alone.
    """
    known = _known_acronyms(papers.values())
    namer = ThemeNamer(papers)
    listed = {t.id: _topic_sentences(t, papers, known) for t in topics}
    texts = list(dict.fromkeys(s.text for own in listed.values() for s in own))
    if not texts:
        return
    names = [t.label for t in topics]
    vectors = np.asarray(encoder.encode([*texts, *names]), dtype=np.float64)
    row = {text: i for i, text in enumerate(texts)}
    points = {key: vectors[[row[s.text] for s in own]] for key, own in listed.items() if own}
    centres = {key: _unit(own.mean(axis=0)) for key, own in points.items()}
    for number, topic in enumerate(topics):
        if topic.id not in points:
            continue
        others = [centre for key, centre in centres.items() if key != topic.id]
        worth = _worth(points[topic.id], vectors[len(texts) :], number, others)
        own = listed[topic.id]
        worth += [FINDING_BONUS * _tells_a_finding(s) + MARKED_BONUS * s.marked for s in own]
        yield topic.id, _summarise(topic, namer, _Pool(own, points[topic.id], worth))


def _worth(points: Floats, names: Floats, number: int, others: Sequence[Floats]) -> Floats:
    """(n,) likeness to the heading's words, less that to the words of the nearest other headings
    and to the other headings' papers.
    """
    to_names = points @ names.T
    to_others = np.sort(np.delete(to_names, number, axis=1), axis=1)[:, -NEAREST_NAMES:]
    worth = HEADING_WEIGHT * to_names[:, number]
    if len(names) > 1:
        worth = worth - OTHER_NAMES_PENALTY * to_others.mean(axis=1)
    if others:
        centres = np.maximum(0.0, points @ np.array(others).T)
        worth = worth - OTHER_TOPICS_PENALTY * centres.mean(axis=1)
    return np.asarray(worth)


def _known_acronyms(papers: Collection[Summary]) -> set[str]:
    """Acronyms that several papers use, as the reader will know them."""
    used = Counter(
        acronym
        for paper in papers
        for acronym in acronyms(" ".join([paper.title, *(s.text for s in paper.sentences)]))
    )
    return {acronym for acronym, count in used.items() if count >= PAPERS_WITH_ACRONYM}


def _topic_sentences(
    topic: Topic, papers: Mapping[str, Summary], known: Set[str]
) -> list[Sentence]:
    """What a topic's papers may say: of each the sentences that can be read alone, findings and
    what the reader marked first. Acronyms are those that are `known`, stand in the title or are
    explained.
    """
    found = []
    for work in topic.works:
        if work in papers:
            named = known | acronyms(papers[work].title)
            alone = [
                s
                for s in _readable_alone(papers[work])
                if s.part != "limits" and unexplained(s.text) <= named
            ]
            alone.sort(key=lambda s: not (s.marked or _tells_a_finding(s)))
            found += alone[:SENTENCES_OF_A_PAPER]
    return found


def _readable_alone(paper: Summary) -> Iterator[Sentence]:
    """The sentences of a paper's summary that can be read out of it: those of its abstract are
    judged beside the ones before them, those of its body were when they were chosen.
    """
    abstract = [s.text for s in paper.sentences if s.part == ABSTRACT]
    for number, sentence in enumerate(paper.sentences):
        language = language_of(sentence.text)
        if is_clean(sentence.text, language) and stands_alone(sentence.text, language):
            before = abstract[max(0, number - NEIGHBOURS) : number]
            is_judged = sentence.part != ABSTRACT and not sentence.marked
            chance = 0 if is_judged else leaning(sentence.text, paper.title, before, (), language)
            if chance <= MAX_CHANCE:
                yield sentence


def _tells_a_finding(sentence: Sentence) -> bool:
    text = sentence.text
    return sentence.part == "findings" or "findings" in roles_said(text, language_of(text))


def _summarise(topic: Topic, namer: ThemeNamer, pool: _Pool) -> Summary:
    """The themes, then what is compared."""
    themes = find_themes(pool.sentences, pool.points)
    labels = namer.names(themes)
    parts: list[SummaryPart] = []
    sentences: list[Sentence] = []
    compared = list(_comparisons(pool))
    pairs = {replace(s, part="") for _, pair in compared for s in pair}
    used = [i for i, s in enumerate(pool.sentences) if replace(s, part="") in pairs]
    for number, (works, label) in enumerate(zip(themes, labels, strict=True), 1):
        part = SummaryPart(f"theme-{number}", label, tuple(works))
        chosen = _theme_sentences(pool, works, used, _sentences_deserved(works, len(themes)))
        used += chosen
        if chosen:
            parts.append(part)
            sentences += [replace(pool.sentences[i], part=part.part) for i in chosen]
    for part, pair in compared:
        parts.append(part)
        sentences += pair
    return Summary(topic.id, topic.label, tuple(sentences), tuple(parts))


# ── themes ────────────────────────────────────────────────────────────────────────────────────────
def find_themes(sentences: Sequence[Sentence], points: Floats) -> list[list[str]]:
    """The works of these sentences by theme, the largest first; `points` (n, dim) are their
    vectors.
    """
    works = list(dict.fromkeys(s.work for s in sentences))
    rows = [[i for i, s in enumerate(sentences) if s.work == work] for work in works]
    means = np.array([_unit(points[own].mean(axis=0)) for own in rows])
    groups: dict[int, list[str]] = {}
    for work, group in zip(works, _parted(means), strict=True):
        groups.setdefault(group, []).append(work)
    return sorted(groups.values(), key=len, reverse=True)


def _parted(means: Floats) -> list[int]:
    """The theme of each work by its vector (n, dim), by Ward's method: as many themes as so many
    works deserve, fewer where they are much alike.
    """
    if len(means) < MIN_PARTED:
        return [0] * len(means)
    from scipy.cluster.hierarchy import fcluster, linkage

    tree = linkage(means, "ward")
    far = 1 + int((tree[:, 2] > MIN_DISTANCE).sum())
    return list(fcluster(tree, min(_themes_deserved(len(means)), far), "maxclust"))


def _themes_deserved(works: int) -> int:
    """Two for four works, three for nine, seven for fifty."""
    return min(MAX_THEMES, round(math.sqrt(works)))


def _theme_sentences(
    pool: _Pool, works: Sequence[str], used: Sequence[int], most: int
) -> list[int]:
    """The lead of a theme, then sentences of other works beside it, as many as the theme
    deserves.
    """
    rows = pool.rows_of(set(works))
    centre = _unit(pool.points[rows].mean(axis=0))
    score = pool.points @ centre + pool.worth
    chosen: list[int] = []
    for i in sorted(rows, key=lambda i: (-score[i], i)):
        if len(chosen) >= most:
            break
        is_new = i not in used and not _repeats(pool, i, [*used, *chosen])
        owners = {pool.sentences[j].work for j in chosen}
        if is_new and (pool.sentences[i].work not in owners or len(works) == 1):
            chosen.append(i)
    return chosen


def _sentences_deserved(works: Sequence[str], themes: int) -> int:
    """One for a theme, two for one of four works, three from twelve; one more for a theme alone."""
    return 1 + (themes == 1) + (len(works) >= 4) + (len(works) >= 12)


def _repeats(pool: _Pool, row: int, chosen: Sequence[int]) -> bool:
    return any(float(pool.points[row] @ pool.points[j]) > MAX_REPETITION for j in chosen)


# ── comparisons ───────────────────────────────────────────────────────────────────────────────────
def _comparisons(
    pool: _Pool,
) -> Iterator[tuple[SummaryPart, tuple[Sentence, Sentence]]]:
    """Pairs of works that say the same, and pairs that say the opposite."""
    findings = [i for i, s in enumerate(pool.sentences) if _tells_a_finding(s)]
    pairs = compare(
        [pool.sentences[i] for i in findings],
        pool.points[findings] if findings else np.zeros((0, 1)),
    )
    counts: Counter[str] = Counter()
    for one, two in pairs:
        kind = "difference" if are_opposed(one.text, two.text) else "agreement"
        if counts[kind] >= MAX_PAIRS[kind]:
            continue
        counts[kind] += 1
        key = f"{kind}-{counts[kind]}"
        yield (
            SummaryPart(key, works=(one.work, two.work)),
            (replace(one, part=key), replace(two, part=key)),
        )


MAX_PAIRS = {"agreement": 2, "difference": 2}
"""Pairs of a heading that are shown."""


def _unit(vector: Floats) -> Floats:
    return np.asarray(vector / (np.linalg.norm(vector) or 1.0))
