"""A paper's summary: its abstract, then what its body adds under question, approach, findings and
limits.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Sequence
from functools import cache, partial
from itertools import takewhile

from litmap.models import Document, Mark, Sentence, Summary, SummaryPart, Work
from litmap.paper_sentences import MARKED_LOG_ODDS
from litmap.parsing.languages import language_of
from litmap.parsing.phrases import phrases_pattern
from litmap.parsing.sentence_roles import roles_said, section_role
from litmap.parsing.sentences import SUMMARY_SENTENCES, split_sentences
from litmap.parsing.word_lists import load_lines
from litmap.summaries import choice
from litmap.summaries.acronyms import acronyms, acronyms_coined, unexplained
from litmap.summaries.leaning import MAX_CHANCE, MAX_CHANCE_ALONE, NEIGHBOURS, leaning
from litmap.summaries.sentences import Candidate, find_candidates, words_of
from litmap.summaries.standing_alone import stands_alone

ABSTRACT = "abstract"
OTHERS = frozenset(("aside", "related"))
"""Sections that tell what others did, or what is beside the point."""
PARTS = ("question", "approach", "findings", "limits")
"""What is asked of a paper's body, in this order."""
MOST = {"question": 1, "approach": 2, "findings": 3, "limits": 2}
"""Sentences of a part beside an abstract."""
MOST_ALONE = {"question": 2, "approach": 3, "findings": 4, "limits": 2}
"""Sentences of a part where there is no abstract."""
SHORTLIST = 60
"""Sentences of a paper that are compared with one another."""
MAX_SENTENCES = 60
"""Sentences at most where so many words are asked for."""
ROLE_WEIGHTS = {"question": 0.79, "approach": 0.64, "data": 0.64, "findings": 0.79, "limits": 1.0}
"""How sure a phrase tells its role: of the sentences of 885 structured abstracts that have it, the
share that stands under that label (labels for limits are not in use there).
"""
SECTION_WEIGHT = 0.4
"""What the title of its section adds to a sentence's role."""
MAX_ABSTRACT_WORDS = 450
"""Words of an abstract; what is longer is cut at a paragraph's end."""
MIN_ABSTRACT_WORDS = 30
"""Words below which a text called abstract is none."""
MIN_WORDS_OF_A_SENTENCE = 3
"""Words below which a piece of an abstract is a label: 'Abstract.'."""
MAX_SAID = 0.5
"""Share of a sentence's pairs of words, in one sentence of the abstract, above which it adds
nothing.
"""


def summarise_paper(document: Document, work: Work, marks: Sequence[Mark] = ()) -> Summary:
    """The paper's abstract, sentence by sentence, then what its body adds; all in reading order
    within a part.

    The abstract is the paper's own, else the one of its record. Of the body come sentences that can
    be read alone and say what the abstract does not. A part that the paper does not say stands in
    `parts` without sentences (`_is_left_open`). The summary is empty where there are neither. Of
    two sentences that serve alike the one that the reader marked is taken (`choice.MARKED`).
    """
    found = find_candidates(document, marks)
    own = own_abstract(found)
    title = work.title or document.title
    abstract = [_sentence(c, work, ABSTRACT) for c in own] or _recorded_abstract(work)
    body = [c for c in found if c.section != ABSTRACT]
    added = _body_parts(body, title, [s.text for s in abstract])
    sentences = [*abstract, *(_sentence(c, work, part) for part in PARTS for c in added[part])]
    said = {role for s in abstract for role in roles_said(s.text, language_of(s.text))}
    said |= {part_of(c) for c in body if c.section not in OTHERS}
    told = [ABSTRACT] if abstract else []
    is_open = partial(_is_left_open, said=said, has_abstract=bool(abstract))
    parts = [*told, *(part for part in PARTS if added[part] or is_open(part))]
    return Summary(
        work.id,
        title,
        tuple(sentences),
        tuple(SummaryPart(part) for part in parts) if sentences else (),
    )


def _is_left_open(part: str, said: Collection[str], *, has_abstract: bool) -> bool:
    """Whether a paper is said not to say a part: no sentence of it does, be it one that cannot be
    shown. An abstract tells what was asked, done and found, if often in words that no list has; of
    limits many tell nothing.
    """
    return part not in said and (not has_abstract or part == "limits")


def choose_sentences(
    found: Sequence[Candidate], title: str, words: int, *, alone: bool = True
) -> list[Candidate]:
    """About `words` words of a paper in reading order; `alone`: only sentences that can be read
    alone, as summaries have them.
    """
    clean = [c for c in found if c.clean]
    fit = _readable_alone(found, title, MAX_CHANCE_ALONE) if alone else clean
    ranked = choice.rank(found, fit, title, SHORTLIST)
    return [ranked.candidates[i] for i in sorted(choice.pick(ranked, MAX_SENTENCES, words))]


# ── the abstract ──────────────────────────────────────────────────────────────────────────────────
def own_abstract(found: Sequence[Candidate]) -> list[Candidate]:
    """The sentences of the paper's abstract: the first run of them, whole paragraphs up to
    `MAX_ABSTRACT_WORDS`; none where it is too short to be one.
    """
    start = next((i for i, c in enumerate(found) if c.section == ABSTRACT), len(found))
    run = list(takewhile(lambda c: c.section == ABSTRACT, found[start:]))
    kept: list[Candidate] = []
    for paragraph in dict.fromkeys(c.paragraph for c in run):
        block = [c for c in run if c.paragraph == paragraph]
        if kept and _words([*kept, *block]) > MAX_ABSTRACT_WORDS:
            break
        kept += block
    kept = list(takewhile(lambda c: not _keyword_label().match(c.text.casefold()), kept))
    whole = [c for c in kept if c.rects and len(c.words) >= MIN_WORDS_OF_A_SENTENCE]
    return whole if _words(whole) >= MIN_ABSTRACT_WORDS else []


@cache
def _keyword_label() -> re.Pattern[str]:
    """What begins the list of keywords that stands below an abstract."""
    lines = load_lines("keyword_labels", "litmap.summaries")
    return phrases_pattern((line.split(" ", 1)[1] for line in lines), begins=True)


def _words(sentences: Sequence[Candidate]) -> int:
    return sum(len(c.words) for c in sentences)


def _recorded_abstract(work: Work) -> list[Sentence]:
    """The sentences of the abstract that the work's record has."""
    text = " ".join(work.abstract.split())
    return [
        Sentence(text[start:end].strip(), work.id, 0, place="abstract", part=ABSTRACT)
        for start, end in split_sentences(text, SUMMARY_SENTENCES)
    ]


# ── the body ──────────────────────────────────────────────────────────────────────────────────────
def _body_parts(
    body: Sequence[Candidate], title: str, abstract: Sequence[str]
) -> dict[str, list[Candidate]]:
    """What the body says under each part, in reading order, that the abstract does not."""
    max_chance = MAX_CHANCE if abstract else MAX_CHANCE_ALONE
    coined = acronyms_coined(c.text for c in body) - acronyms(" ".join([title, *abstract]))
    fit = [
        c
        for c in _readable_alone(body, title, max_chance)
        if c.section not in OTHERS and not coined & unexplained(c.text)
    ]
    ranked = choice.rank(body, fit, title, SHORTLIST)
    said = [choice.pairs_of(words_of(text), language_of(text)) for text in abstract]
    by_part: dict[str, list[int]] = {part: [] for part in PARTS}
    for i, candidate in enumerate(ranked.candidates):
        part = part_of(candidate)
        if part and not _is_said(candidate, said):
            by_part[part].append(i)
    most = MOST if abstract else MOST_ALONE
    return {
        part: [ranked.candidates[i] for i in sorted(choice.pick(ranked, most[part], None, rows))]
        for part, rows in by_part.items()
    }


def _readable_alone(found: Sequence[Candidate], title: str, max_chance: float) -> list[Candidate]:
    """The whole sentences of a paper that can be read out of it."""
    coined = acronyms_coined(c.text for c in found)
    return [
        c
        for i, c in enumerate(found)
        if c.clean
        and stands_alone(c.text, c.language)
        and leaning(c.text, title, sentences_before(found, i), coined, c.language)
        <= (_more_likely(max_chance) if c.marked else max_chance)
    ]


def _more_likely(chance: float) -> float:
    """A chance whose odds are raised by a reader's mark."""
    odds = chance / (1 - chance) * math.exp(MARKED_LOG_ODDS)
    return odds / (1 + odds)


def sentences_before(found: Sequence[Candidate], row: int) -> list[str]:
    """The sentences right before one in its section."""
    near = found[max(0, row - NEIGHBOURS) : row]
    return [c.text for c in near if c.heading == found[row].heading]


def part_of(candidate: Candidate) -> str:
    """The part that a sentence belongs to by its phrases and its section; '' for none."""
    said = roles_said(candidate.text, candidate.language)
    section = section_role(candidate.heading)
    weights = {
        role: ROLE_WEIGHTS[role] + SECTION_WEIGHT * (role == section)
        for role in said
        if _is_the_papers(role, section, candidate)
    }
    best = max(sorted(weights), key=lambda role: weights[role], default="")
    return "approach" if best == "data" else best


def _is_the_papers(role: str, section: str, candidate: Candidate) -> bool:
    """Whether a sentence that says a role says the paper's own: in its own voice ('we show') or
    where papers do; others ask and find things too.
    """
    if candidate.marked:
        return True  # the reader took it for what the paper says
    places = {"question": "introduction", "findings": "conclusion"}
    is_there = role == section or places.get(role) == candidate.section
    if role == "limits" and candidate.section != "introduction":
        return True  # what others cannot do stands in introductions
    return is_there or choice.is_in_own_voice(candidate)


def _is_said(candidate: Candidate, abstract: Sequence[set[tuple[str, str]]]) -> bool:
    own = choice.pairs_of(candidate.words, candidate.language)
    return any(len(own & said) > MAX_SAID * len(own) for said in abstract)


def _sentence(candidate: Candidate, work: Work, part: str) -> Sentence:
    c = candidate
    return Sentence(c.text, work.id, c.page, c.rects, c.place, part, c.marked)
