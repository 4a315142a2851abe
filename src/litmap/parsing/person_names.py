"""Names of people in parts. A leaf."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from litmap.parsing.reference_strings.lexicon import ORGANISATION, PARTICLES

_SUFFIX = re.compile(r"(?:Jr|Sr|II|III|IV)\.?$")


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name in parts; an organisation has only `family` and `literal` set."""

    family: str
    given: str = ""
    suffix: str = ""
    literal: bool = False


def split_name(name: str) -> PersonName:
    """'Given Family', 'Given van der Family', 'Family, Given' and organisations in parts."""
    name = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    if "," in name:
        family, _, given = name.partition(",")
        return PersonName(family.strip(), given.strip(" ,"))
    words = name.split()
    suffix = ""
    if len(words) > 2 and _SUFFIX.fullmatch(words[-1]):
        suffix = words.pop()
    if len(words) < 2 or ORGANISATION.search(name) or len(words) > 8:
        return PersonName(name, literal=len(words) != 1)
    first = len(words) - 1
    while first > 1 and words[first - 1].islower() and words[first - 1] in PARTICLES:
        first -= 1
    return PersonName(" ".join(words[first:]), " ".join(words[:first]), suffix)


def short_authors(authors: Sequence[str]) -> str:
    """Family names as a citation in a sentence has them: 'Arpit et al.', 'Lin and Tegmark', 'van den Oord'."""
    names = [split_name(author).family for author in authors if author.strip()]
    return f"{names[0]} et al." if len(names) > 2 else " and ".join(names)
