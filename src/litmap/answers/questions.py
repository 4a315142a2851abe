"""What a question asks for, and which sentences give that."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import cache

from litmap.parsing.grammar import YEAR
from litmap.parsing.languages import language_of
from litmap.parsing.word_lists import load_lines


class Asked(StrEnum):
    """What kind of answer a question wants, where a sentence's form tells whether it has it."""

    NUMBER = "number"
    YEAR = "year"
    NAME = "name"
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


@cache
def _question_words() -> tuple[tuple[str, Asked, re.Pattern[str]], ...]:
    """(language, kind, what finds the words), the longest words first."""
    lines = [line.split(" ", 2) for line in load_lines("question_words", "litmap.answers")]
    return tuple(
        (language, Asked(kind), re.compile(rf"(?<!\w){re.escape(words)}(?!\w)", re.I))
        for language, kind, words in sorted(lines, key=lambda line: -len(line[2]))
    )


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
}


def gives(asked: Asked, sentence: str) -> bool:
    """Whether a sentence has what such a question asks for; False where no form tells."""
    return asked in _GIVEN and _GIVEN[asked](sentence) is not None


def is_question(sentence: str) -> bool:
    """Whether a sentence asks itself, and so answers nothing."""
    return sentence.rstrip("\"'”’») ").endswith(QUESTION_MARKS)
