"""Notes that point to a work named before.

'Ibid., 332', 'Shapin, Scientific Revolution, 3-4', 'Doe, op. cit.'.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from litmap.citations.ties import Tie
from litmap.models import Reference
from litmap.parsing.person_names import surname_key
from litmap.parsing.title_similarity import normalise_title

MAX_LENGTH = 200
"""Characters of a short note."""

_SAME = re.compile(
    r"\s*(?:\W{0,2}\d{1,3}\W{1,2}\s?)?(?:See |Cf\.? )?(?:[Ii]bid(?:em)?\b|[Ll]oc\.\s?cit|"
    r"[Oo]p\.\s?cit)"
)
_SHORT = re.compile(
    r"\s*(?:\W{0,2}\d{1,3}\W{1,2}\s?)?(?:(?:See|Cf\.|cf\.|Compare|"
    r"Also)\s(?:also\s)?)?(?P<name>[A-ZÀ-Þ][\w’'-]+)"
    r"(?:(?:, [A-ZÀ-Þ][\w’'-]+)*,? (?:and|&) "
    r"[A-ZÀ-Þ][\w’'-]+)?,\s[“\"]?(?P<title>[A-Za-zÀ-Þ][^,;.“”\"]{3,80}?)[,.]?[”\"]?"
    r"(?:,?\s(?:pp?\.\s?)?\d(?:[\d–-]|,?\s(?=[\d–-]))*+|,?\s(?:chap|ch|vol)\.?\s?\w+)*+\s*[.;]?\s*$"
)
"""Its figures are never given back.

Read in two ways, each doubles the time that a long list of pages takes.
"""


@dataclass(frozen=True, slots=True)
class CitedEntry:
    """An entry read before, and the tie that leads to it."""

    reference: Reference
    tie: Tie


def resolve_short_note(text: str, before: Sequence[CitedEntry]) -> Tie | None:
    """The tie of the entry that a short note means; None where it means none or more than one."""
    if not before or len(text) > MAX_LENGTH:
        return None
    if _SAME.match(text):
        return before[-1].tie
    note = _SHORT.match(text)
    if note is None:
        return None
    ties = {entry.tie for entry in before if is_meant(entry.reference, note["name"], note["title"])}
    return ties.pop() if len(ties) == 1 else None


def is_meant(reference: Reference, name: str, title: str) -> bool:
    """True where an author has this surname and the title holds these words, or they are 'op.
    cit.'.
    """
    if surname_key(name) not in {surname_key(author) for author in reference.authors}:
        return False
    words = normalise_title(title)
    is_cited_again = words.replace(" ", "") in {"opcit", "loccit", "ibid"}
    return is_cited_again or words in normalise_title(reference.title)
