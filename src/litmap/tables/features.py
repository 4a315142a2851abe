"""What tells that a sentence answers a column: the role it plays, its words, its section, its
place, its numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from litmap.models import PaperSentence
from litmap.parsing.grammar import CITES_ANOTHER
from litmap.parsing.languages import ENGLISH, document_language
from litmap.parsing.sentence_roles import ROLES, roles_said, section_role
from litmap.parsing.terms import has_unspaced, index_terms
from litmap.tables.phrases import (
    PHRASE_KINDS,
    SECTION_KINDS,
    count_phrases,
    plain,
    section_kind,
)
from litmap.tables.zones import ZONES, zone_scores

Floats = NDArray[np.float64]
StandsAlone = Callable[[str, str], bool]
"""Whether a sentence, in this language, can be read out of its paper."""

FEATURES = (
    *(f"role:{role}" for role in ROLES),
    *(f"zone:{zone}" for zone in ZONES),
    *(f"words:{kind}" for kind in PHRASE_KINDS),
    *(f"section:{role}" for role in ROLES),
    *(f"section:{kind}" for kind in SECTION_KINDS),
    "abstract", "untitled", "place", "beginning", "end", "first",
    "number", "name", "cites", "inside", "asks", "length", "short", "title", "alone",
)  # fmt: skip
PROSE = frozenset({"abstract", "body"})
MIN_WORDS, MAX_WORDS = 5, 70
UNENDED = (",", ";", ":", "，", "；", "：", "、")
"""Signs at which a sentence is not over."""
MIN_LETTERS = 0.7
"""Share of letters and blanks below which a sentence is a formula or a row of a table."""
BEGINNING, END = 0.15, 0.9
"""Where a paper's first part ends and its last one begins, as shares of its sentences."""
MAX_COUNT = 2
"""Phrases of a kind that count."""
PAIRS_OF_A_WORD = 1.7
"""Pairs of characters, in scripts without spaces, that say as much as a word."""
_ROLES = {"background": "", "objective": "question", "method": "approach", "result": "findings"}
"""The role that stands for a zone in languages other than English."""
_NAME = re.compile(r"\b(?=\w*\d)[A-Z][\w-]*\b|\b[A-Z][A-Za-z]*[A-Z]\w*\b")
_NUMBER = re.compile(r"(?<![\w.\[(,–-])\d[\d.,]*(?![\w\])])")
_CITES = re.compile(CITES_ANOTHER)
_INSIDE = re.compile(
    r"\b(?:section|sec\.|figure|fig\.|table|theorem|lemma|corollary|proposition|appendix|eq\.|"
    r"equation|definition|algorithm)s?\s*\(?\d",
    re.I,
)


def is_readable(sentence: PaperSentence) -> bool:
    """Whether a sentence is prose that can be read in a cell: no row of a table, no remnant, no
    announcement of what comes behind it.
    """
    text = sentence.text.rstrip()
    if sentence.kind not in PROSE or not text or text[0].islower() or text.endswith(UNENDED):
        return False
    letters = sum(char.isalpha() or char.isspace() for char in text) / len(text)
    return letters >= MIN_LETTERS and MIN_WORDS <= count_words(text) <= MAX_WORDS


def count_words(text: str) -> float:
    """Words of a text; in scripts without spaces about what would be words."""
    if has_unspaced(text):
        return len(index_terms(text)) / PAIRS_OF_A_WORD
    return len(text.split())


def sentence_features(
    sentences: Sequence[PaperSentence], title: str, stands_alone: StandsAlone
) -> Floats:
    """(n, len(FEATURES)) of a paper's sentences in their order."""
    language = document_language([sentence.text for sentence in sentences])
    title_terms = set(index_terms(title, language))
    total = max(1, len(sentences))
    seen: set[str] = set()
    rows = []
    for order, sentence in enumerate(sentences):
        place = (
            np.log1p(order),
            order < BEGINNING * total,
            order > END * total,
            sentence.section not in seen,
        )
        seen.add(sentence.section)
        overlap = len(title_terms & set(index_terms(sentence.text, language)))
        rows.append(
            [
                *_of_words(sentence.text, language),
                *_of_section(sentence),
                *place,
                *_of_signs(sentence.text),
                overlap / max(1, len(title_terms)),
                float(stands_alone(sentence.text, language)),
            ]
        )
    return np.array(rows, np.float64).reshape(len(rows), len(FEATURES))


def _of_words(text: str, language: str) -> list[float]:
    said = roles_said(text, language)
    zones = zone_scores(text) if language == ENGLISH else [float(_ROLES[z] in said) for z in ZONES]
    counts = count_phrases(plain(text), language)
    return [*(float(role in said) for role in ROLES), *zones, *(min(n, MAX_COUNT) for n in counts)]


def _of_section(sentence: PaperSentence) -> list[float]:
    is_abstract = sentence.kind == "abstract"
    role = "" if is_abstract else section_role(sentence.section)
    kind = "" if is_abstract else section_kind(sentence.section)
    flags = [
        *(role == one for one in ROLES),
        *(kind == one for one in SECTION_KINDS),
        is_abstract,
        not (is_abstract or role or kind),
    ]
    return [float(flag) for flag in flags]


def _of_signs(text: str) -> list[float]:
    length = count_words(text)
    return [
        float(bool(_NUMBER.search(text))),
        float(bool(_NAME.search(text))),
        float(bool(_CITES.search(text))),
        float(bool(_INSIDE.search(text))),
        float(text.rstrip().endswith("?")),
        min(length, 40) / 20,
        float(length < 9),
    ]
