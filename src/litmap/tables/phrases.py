"""Lists of phrases by language and kind: how many of them a text has."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from litmap.parsing.languages import ENGLISH
from litmap.parsing.terms import has_unspaced
from litmap.parsing.word_lists import load_lines

ROOM = "litmap.tables"
GAP = "…"
_UP_TO_THREE_WORDS = r"(?: [^\s.;:]+){0,3}"
PHRASE_KINDS = (
    "own", "bound", "open", "hard", "material",
    "population", "intervention", "comparison", "outcome", "n",
)  # fmt: skip
SECTION_KINDS = ("experiment", "conclusion", "related", "aside")


def plain(text: str) -> str:
    """A text as phrases are looked for in it: lower case, one blank between words, no commas."""
    return " ".join(text.casefold().replace(",", " ").split())


def count_phrases(words: str, language: str = ENGLISH) -> list[int]:
    """The number of different phrases of each of `PHRASE_KINDS` in a plain text. Languages without
    phrases are read as English.
    """
    patterns = _phrase_patterns()
    own = patterns.get(language) or patterns[ENGLISH]
    return [len({match[0] for match in own[kind].finditer(words)}) for kind in PHRASE_KINDS]


def phrases_in(text: str, kind: str, language: str = ENGLISH) -> list[tuple[int, int]]:
    """Where phrases of a kind begin and end in a text as it is."""
    patterns = _phrase_patterns()
    own = patterns.get(language) or patterns[ENGLISH]
    return [match.span() for match in own[kind].finditer(text.casefold())]


@cache
def section_kind(title: str) -> str:
    """Which of `SECTION_KINDS` a section is, by its title or that of the section around it; ''
    for none.
    """
    for part in reversed(title.casefold()[:200].split(" › ")):
        for kind, pattern in _section_patterns().items():
            if pattern.search(part):
                return kind
    return ""


@cache
def _phrase_patterns() -> dict[str, dict[str, re.Pattern[str]]]:
    """Patterns by language, then by kind."""
    listed: dict[str, dict[str, list[str]]] = {}
    for line in load_lines("phrases", ROOM):
        language, kind, phrase = line.split(" ", 2)
        listed.setdefault(language, {}).setdefault(kind, []).append(phrase)
    return {
        language: {kind: compile_phrases(phrases) for kind, phrases in kinds.items()}
        for language, kinds in listed.items()
    }


@cache
def _section_patterns() -> dict[str, re.Pattern[str]]:
    listed: dict[str, list[str]] = {}
    for line in load_lines("section_names", ROOM):
        kind, phrase = line.split(" ", 1)
        listed.setdefault(kind, []).append(phrase)
    return {kind: compile_phrases(listed[kind]) for kind in SECTION_KINDS}


def compile_phrases(phrases: Iterable[str]) -> re.Pattern[str]:
    """What finds phrases, as whole words where the script has words, the longest one first; '*'
    stands for any ending of a word, '…' for up to three words.
    """
    longest = sorted(phrases, key=lambda phrase: (-len(phrase), phrase))
    spaced = "|".join(_as_pattern(phrase) for phrase in longest if not has_unspaced(phrase))
    signs = "|".join(re.escape(phrase) for phrase in longest if has_unspaced(phrase))
    words = rf"(?<!\w)(?:{spaced})(?!\w)" if spaced else ""
    return re.compile("|".join(part for part in (words, signs) if part))


def _as_pattern(phrase: str) -> str:
    escaped = re.escape(phrase).replace(r"\ ", " ").replace(r"\*", r"\w*")
    return escaped.replace(f" {GAP}", _UP_TO_THREE_WORDS)
