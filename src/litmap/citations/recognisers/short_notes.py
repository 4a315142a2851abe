"""Notes that point to a work named before: 'Ibid., 332', 'Shapin, Scientific Revolution, 3-4', 'Doe, op. cit.'."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from litmap.citations.ties import Tie
from litmap.models import Reference
from litmap.parsing.person_names import surname_key
from litmap.parsing.title_similarity import normalise_title

_SAME = re.compile(
    r"\s*(?:\W{0,2}\d{1,3}\W{1,2}\s?)?(?:See |Cf\.? )?(?:[Ii]bid(?:em)?\b|[Ll]oc\.\s?cit|[Oo]p\.\s?cit)"
)
_SHORT = re.compile(
    r"\s*(?:\W{0,2}\d{1,3}\W{1,2}\s?)?(?:(?:See|Cf\.|cf\.|Compare|Also)\s(?:also\s)?)?(?P<name>[A-ZÀ-Þ][\w’'-]+)"
    r"(?:(?:, [A-ZÀ-Þ][\w’'-]+)*,? (?:and|&) [A-ZÀ-Þ][\w’'-]+)?,\s[“\"]?(?P<title>[A-Za-zÀ-Þ][^,;.“”\"]{3,80}?)[,.]?[”\"]?"
    r"(?:,?\s(?:pp?\.\s?)?\d(?:[\d–-]|,?\s(?=[\d–-]))*+|,?\s(?:chap|ch|vol)\.?\s?\w+)*+\s*[.;]?\s*$"
)
"""Its figures are never given back: read in two ways, each doubles the time that a long list of pages takes."""


@dataclass(frozen=True, slots=True)
class CitedEntry:
    """An entry read before, and the tie that leads to it."""

    reference: Reference
    tie: Tie


def resolve_short_note(text: str, before: Sequence[CitedEntry]) -> Tie | None:
    """The tie of the entry that a short note means; None where it means none or more than one."""
    if not before or len(text) > 200:
        return None
    if _SAME.match(text):
        return before[-1].tie
    found = _SHORT.match(text)
    if found is None:
        return None
    name, title = surname_key(found["name"]), normalise_title(found["title"])
    cited_again = title.replace(" ", "") in {"opcit", "loccit", "ibid"}
    ties = {
        named.tie
        for named in before
        if named.reference.authors
        and name in {surname_key(author) for author in named.reference.authors}
        and (cited_again or title in normalise_title(named.reference.title))
    }
    return ties.pop() if len(ties) == 1 else None
