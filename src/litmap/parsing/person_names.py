"""Names of people: their parts, and the family name they are known by. The one home of these
questions.

A family name is asked for in four ways, because the names come written in four ways: `split_name`
keeps how it is written, for export; `family_name` takes what services and notes give ('LeCun,
Yann', 'LeCun YA'); `surname_key` what a sentence names, hyphens kept together; `family_keys` the
last words, so that 'van der Berg' and 'Berg' meet.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from litmap.parsing.lexicon import ORGANISATION, PARTICLES
from litmap.parsing.markup import one_line
from litmap.parsing.title_similarity import normalise_title, plain_words
from litmap.parsing.word_lists import load_words

_SUFFIX = re.compile(r"(?:Jr|Sr|II|III|IV)\.?")
_DOTTED_INITIALS = re.compile(r"(?:-?[A-Z]\.)+")
_INITIALS_BEHIND = re.compile(r"[A-Z]{1,3}\.?")
_STOPPED_INITIALS = re.compile(r"[A-Z]{2,3}\.")


MAX_NAME_WORDS = 8
"""What has more is an organisation or a mistake."""


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name in parts; an organisation has only `family` and `literal` set."""

    family: str
    given: str = ""
    suffix: str = ""
    literal: bool = False


def split_name(name: str) -> PersonName:
    """'Given Family', 'Given van der Family', 'Family, Given', 'Family, Given, Jr.' and
    organisations in parts; degrees behind a name are left out.
    """
    name = one_line(name)
    parts = [part.strip() for part in name.split(",") if part.strip()]
    parts = [part for part in parts if not is_degree(part)] or parts
    suffixes = [part for part in parts[1:] if _SUFFIX.fullmatch(part)]
    family, *given = [part for part in parts if part not in suffixes] or [name]
    if given and not name.startswith(","):
        return PersonName(family, ", ".join(given), " ".join(suffixes))
    if "," in name and not family.count(" "):
        return PersonName(family, literal=name.startswith(","))
    return _split_words(family if parts else name, suffixes)


def _split_words(name: str, suffixes: Sequence[str]) -> PersonName:
    """'Given Family', 'Given Family Jr.', 'Family G. N.' and 'Family GN.', or an organisation."""
    words = name.split()
    suffix = " ".join(suffixes)
    if len(words) > 2 and _SUFFIX.fullmatch(words[-1]):
        suffix = words.pop()
    if len(words) < 2 or len(words) > MAX_NAME_WORDS or ORGANISATION.search(name):
        return PersonName(name, literal=len(words) != 1)
    if words[-1].endswith(".") and all(map(_DOTTED_INITIALS.fullmatch, words[1:])):
        return PersonName(words[0], " ".join(words[1:]), suffix)
    if _STOPPED_INITIALS.fullmatch(words[-1]):  # 'van der Maaten LJP.': no family name ends so
        return PersonName(" ".join(words[:-1]), words[-1], suffix)
    first = _family_start(words)
    return PersonName(" ".join(words[first:]), " ".join(words[:first]), suffix)


def is_degree(text: str) -> bool:
    """True for 'PhD', 'Ph.D.' and 'M.Sc.', which are nobody's name."""
    return re.sub(r"[.\s]", "", text).lower() in load_words("academic_degrees")


def _family_start(words: Sequence[str]) -> int:
    """Where the family name begins, its particles included: 2 in 'Laurens Jan van der Berg'."""
    first = len(words) - 1
    while first > 1 and words[first - 1].islower() and words[first - 1] in PARTICLES:
        first -= 1
    return first


def short_authors(authors: Sequence[str]) -> str:
    """Family names as a citation in a sentence has them: 'Arpit et al.', 'Lin and Tegmark', 'van
    den Oord'.
    """
    names = [split_name(author).family for author in authors if author.strip()]
    return f"{names[0]} et al." if len(names) > 2 else " and ".join(names)


def short_citation(authors: Sequence[str], year: int | None, otherwise: str = "") -> str:
    """'Doe et al. 2019'; `otherwise` stands for a work without authors."""
    return f"{short_authors(authors) or otherwise} {year or ''}".strip()


# ── family names to compare by ───────────────────────────────────────────────────────────────────
def family_name(name: str) -> str:
    """The family name in 'LeCun, Yann', 'Yann LeCun', 'LeCun Y.' or 'LeCun', normalised."""
    if "," in name:
        return normalise_title(name.split(",", 1)[0])
    name = _without_stopped_initials(name)
    words = normalise_title(name).split()
    while len(words) > 1 and (len(words[-1]) == 1 or words[-1] in {"jr", "sr", "ii", "iii"}):
        words.pop()
    raw = name.split()
    if len(raw) == 2 and _INITIALS_BEHIND.fullmatch(raw[1]):  # 'LeCun YA'
        return normalise_title(raw[0])
    return words[-1] if words else ""


def _without_stopped_initials(name: str) -> str:
    """'Macosko' of 'Macosko EZ.', 'van der Maaten' of 'van der Maaten LJP.'."""
    words = name.split()
    is_stopped = len(words) > 1 and _STOPPED_INITIALS.fullmatch(words[-1])
    return " ".join(words[:-1]) if is_stopped else name


@lru_cache(maxsize=8192)
def surname_key(name: str) -> str:
    """The normal form of the surname in a name as a sentence has it: 'Ravid Shwartz-Ziv' → 'shwartz
    ziv'.
    """
    name = name.strip().rstrip(".")
    if "," in name:
        name = name.split(",")[0]
    words = [word for word in name.split() if not _SUFFIX.fullmatch(word)]
    if len(words) > 1 and words[-1].isupper() and len(words[-1]) <= 3 and not words[0].isupper():
        words.pop()  # 'Macosko EZ'
    return normalise_title(words[-1]) if words else ""


def family_keys(names: Sequence[str]) -> tuple[str, ...]:
    """Normalised last words of names written 'Given Family', 'Family, Given' or 'G. Family'."""
    found = []
    for name in names:
        family = name.split(",", 1)[0] if "," in name else _without_stopped_initials(name)
        words = plain_words(family).split()
        while len(words) > 1 and words[-1] in ("jr", "sr", "ii", "iii"):
            words.pop()
        if words:
            found.append(words[-1])
    return tuple(found)


def last_family_word(name: str) -> str:
    """The last word of the family name as written: with or without its particle a citation has
    that.
    """
    return (split_name(name).family.split() or [""])[-1]
