"""What a sentence of a paper does: ask its question, tell its approach, its data, its findings or
its limits.
"""

from __future__ import annotations

import re
from functools import cache

from litmap.parsing.languages import ENGLISH
from litmap.parsing.phrases import phrases_pattern
from litmap.parsing.word_lists import load_lines

ROLES = ("question", "approach", "data", "findings", "limits")
"""The roles in the order in which a paper plays them."""
_NUMBER = re.compile(r"^(?:第.{1,3}[章节節]|[\divxlc]+\b|[\W\d_])[\W\d_]*")
"""A section's number: '3.1', 'IV.', '第一章'."""


def roles_said(text: str, language: str = ENGLISH) -> frozenset[str]:
    """The roles whose phrases the sentence has: 'We show that …' has 'findings'; often several,
    often none. Languages without phrases are read as English.
    """
    patterns = _sentence_patterns()
    own = patterns.get(language) or patterns[ENGLISH]
    folded = text.casefold()
    return frozenset(role for role, pattern in own.items() if pattern.search(folded))


@cache
def section_role(title: str) -> str:
    """The role of a section by its title, the innermost part that tells one ('Experiments › Data');
    '' for none.
    """
    for part in reversed(title.casefold()[:200].split(" › ")):
        found = [(role, _match_of_title(part, pattern)) for role, pattern in _titles().items()]
        hits = [(match.start(), -len(match.group()), role) for role, match in found if match]
        if hits:
            return min(hits)[2]
    return ""


def _match_of_title(title: str, pattern: re.Pattern[str]) -> re.Match[str] | None:
    """The phrase with which a title begins behind its number, or else ends: a section of 'Data',
    none of 'Learning with noisy data in finance'.
    """
    own = _NUMBER.sub("", title).strip()
    matches = list(pattern.finditer(own))
    if matches and matches[0].start() == 0:
        return matches[0]
    return matches[-1] if matches and matches[-1].end() == len(own) else None


@cache
def _sentence_patterns() -> dict[str, dict[str, re.Pattern[str]]]:
    """Patterns by language, then by role."""
    listed: dict[str, dict[str, list[str]]] = {}
    for line in load_lines("sentence_roles"):
        role, language, phrase = line.split(" ", 2)
        listed.setdefault(language, {}).setdefault(role, []).append(phrase)
    return {
        language: {role: phrases_pattern(phrases) for role, phrases in by_role.items()}
        for language, by_role in listed.items()
    }


@cache
def _titles() -> dict[str, re.Pattern[str]]:
    listed: dict[str, list[str]] = {}
    for line in load_lines("section_roles"):
        role, phrase = line.split(" ", 1)
        listed.setdefault(role, []).append(phrase)
    return {role: phrases_pattern(phrases) for role, phrases in listed.items()}
