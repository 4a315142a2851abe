"""What a question asks for, and which sentences give that."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import cache

from litmap.parsing.grammar import YEAR
from litmap.parsing.languages import ENGLISH, language_of
from litmap.parsing.word_lists import load_lines


class Asked(StrEnum):
    """What kind of answer a question wants."""

    NUMBER = "number"
    YEAR = "year"
    NAME = "name"
    DEFINITION = "definition"
    REASON = "reason"
    YES_NO = "yes-no"
    OPEN = "open"


QUESTION_MARKS = ("?", "？", "؟", "¿")
_YEAR = re.compile(rf"\b{YEAR}\b")
_NUMBER = re.compile(
    r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|twice|half|third|quarter|dozen|"
    r"hundred|thousand|million|billion)\b",
    re.I,
)
_NAME = re.compile(r"(?<=[^.!?:]\s)[A-Z][\w’'-]+|\b[A-Z]{2,}\b|\b\w*[a-z][A-Z]\w*")
"""A capital inside a sentence, or several in a word."""
_DEFINES = re.compile(
    r"\b(?:is|are) (?:an?|the|called|defined|said|known|simply|just)\b|\bwe (?:call|say|define)\b|"
    r"\b(?:refers? to|consists? of|means|denotes?|known as|defined (?:as|by)|stands for)\b",
    re.I,
)
_GIVES_REASON = re.compile(
    r"\b(?:because|since|due to|owing to|as a result|therefore|thus|hence|so that|in order to|"
    r"reasons?|explains?|causes?|leads? to|allows?|enables?|ensures?|prevents?|avoids?)\b",
    re.I,
)


@cache
def _question_words() -> tuple[tuple[str, Asked, re.Pattern[str]], ...]:
    """(language, kind, what finds the words), the longest words first."""
    lines = [line.split(" ", 2) for line in load_lines("question_words", "litmap.answers")]
    return tuple(
        (language, Asked(kind), _finds(words, at_start=kind == Asked.YES_NO))
        for language, kind, words in sorted(lines, key=lambda line: -len(line[2]))
    )


def _finds(words: str, *, at_start: bool) -> re.Pattern[str]:
    before = r"^\W*" if at_start else r"(?<!\w)"
    return re.compile(rf"{before}{re.escape(words)}(?!\w)", re.I)


def asked_for(question: str, language: str | None = None) -> Asked:
    """What a question asks for, by its first question word; the longest where several begin
    there.
    """
    language = language or language_of(question)
    found = [
        (match.start(), kind)
        for own, kind, pattern in _question_words()
        if own == language and (match := pattern.search(question))
    ]
    return min(found, key=lambda one: one[0])[1] if found else Asked.OPEN


_GIVEN: Mapping[Asked, Callable[[str], re.Match[str] | None]] = {
    Asked.NUMBER: _NUMBER.search,
    Asked.YEAR: _YEAR.search,
    Asked.NAME: _NAME.search,
    Asked.DEFINITION: _DEFINES.search,
    Asked.REASON: _GIVES_REASON.search,
}


def gives(asked: Asked, sentence: str, language: str = ENGLISH) -> bool:
    """Whether a sentence has what such a question asks for; True for what no form tells, and in
    languages whose words for it are not known.
    """
    is_worded = asked in (Asked.DEFINITION, Asked.REASON)
    if asked not in _GIVEN or (is_worded and language != ENGLISH):
        return True
    return _GIVEN[asked](sentence) is not None


def is_question(sentence: str) -> bool:
    """Whether a sentence asks itself, and so answers nothing."""
    return sentence.rstrip("\"'”’») ").endswith(QUESTION_MARKS)
