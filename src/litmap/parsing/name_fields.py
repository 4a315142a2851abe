"""Fields of names as records have them: in BibTeX's way, with semicolons, or with commas.

The one home of where such a field is split, and what the parts of a name in BibTeX are. Notes show
the names as 'Given Family', exports keep the parts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from litmap.parsing.grammar import ET_AL_NAMES
from litmap.parsing.latex_text import plain_latex
from litmap.parsing.lexicon import PARTICLES, SUFFIXES
from litmap.parsing.person_names import PersonName

_SEPARATOR = re.compile(r"\\.|[{};]|(?<=\s)(?:and\s+)+|\s\\?&\s", re.I | re.S)
_NOT_NAMES = {"", "et al.", "al", "al.", *ET_AL_NAMES}
_NAME_PART = re.compile(r"(family|given|prefix|suffix)\s*=\s*(.*)", re.I | re.S)
_COMMA, _BLANKS = re.compile(","), re.compile(r"[\s~]+")
_BRACES_MEET = re.compile(r"(?<=\})(?=[^}])")
_FAMILY_AND_INITIALS = re.compile(r"[^\W\d_a-z][\w'’ -]+ [^\W\d_a-z]{1,3}$")
_INITIAL = re.compile(r"[^\W\d_]\.?(?:[ -]?[^\W\d_]\.?){0,3}$")
_HOLDS_INITIAL = re.compile(r"\b[^\W\d_]\.|,")


def split_names(value: str) -> list[str]:
    """The names in a field of BibTeX as 'Given Family'.

    What stands in braces is not parted, and as a whole name an institution's. Where no 'and' parts
    the names, semicolons do, then '&', then commas ('J. Shaw, K. Jay, L. Poll').
    """
    names = _split_outside_braces(value)
    return [
        _written(read_person(name))
        for name in names
        if name.lower().strip("{}., ") not in _NOT_NAMES
    ]


def read_people(value: str) -> list[PersonName]:
    """The people of a field of BibTeX in parts; 'others' is a literal."""
    return [read_person(name) for name in _split_outside_braces(value) if name]


def _written(person: PersonName) -> str:
    return " ".join(filter(None, (person.given, person.family, person.suffix)))


def split_plain_names(value: str) -> list[str]:
    """The same for a text without markup, where semicolons part before 'and' does."""
    by_semicolon = [name.strip() for name in value.split(";")]
    names = by_semicolon if len(by_semicolon) > 1 else _split_outside_braces(value)
    return [given_name_first(name) for name in names if name.lower().strip("., ") not in _NOT_NAMES]


def _split_outside_braces(value: str) -> list[str]:
    for sign in ("and", ";", "&"):
        names = [name.strip() for name in _parts(value, sign)]
        if len(names) > 1 and (sign != "&" or all(map(_HOLDS_INITIAL.search, names))):
            return _with_lists_parted(names)
    return split_at_commas(value)


def _with_lists_parted(names: list[str]) -> list[str]:
    """The names with a list of several in the place of the first: 'Y. Kim, E. Poe and R. Ito'."""
    first, *others = names
    listed = [part.strip() for part in first.split(",")]
    is_sentence = len(names) == 2 and "," not in others[0] and "{" not in first
    if is_sentence and len(listed) > 1 and all(" " in part for part in listed):
        return [*listed, *others]
    return [part for name in names for part in split_at_commas(name)]


def _parts(value: str, separator: str) -> Iterator[str]:
    """What stands between separators of this sign that are in no braces."""
    depth = start = 0
    for match in _SEPARATOR.finditer(value):
        sign = match.group()
        depth = max(0, depth + (sign == "{") - (sign == "}"))
        if not depth and separator in sign.lower():
            yield value[start : match.start()]
            start = match.end()
    yield value[start:]


def split_at_commas(value: str) -> list[str]:
    """'J. Shaw, K. Jay, L. Poll', 'Shaw, J., Jay, K.' and 'Shaw J, Jay K' as several names; else
    the one name.
    """
    parts = [part.strip() for part in value.split(",")]
    if len(parts) > 1 and all(map(_FAMILY_AND_INITIALS.match, parts)):
        return parts
    if len(parts) < 3 or "{" in value or any(map(is_suffix, parts)):
        return [value.strip()]
    if all(" " in part for part in parts):
        return parts
    if len(parts) > 3 and len(parts) % 2 == 0 and all(map(_INITIAL.match, parts[1::2])):
        return [f"{family}, {given}" for family, given in zip(parts[::2], parts[1::2], strict=True)]
    return [value.strip()]


def read_person(name: str) -> PersonName:
    """'First von Last', 'von Last, First', 'von Last, Jr, First', an organisation in braces, or
    BibLaTeX's 'family=Last, given=First, prefix=von, suffix=Jr'.
    """
    name = name.strip().rstrip(",").rstrip()
    if name == "others" or _is_braced(name):
        return PersonName(_plain(name), literal=True)
    family, *rest = (part.strip() for part in _outside_braces(name, _COMMA))
    if _NAME_PART.match(family):
        matches = filter(None, map(_NAME_PART.match, [family, *rest]))
        named = {match[1].lower(): match[2] for match in matches}
        whole = " ".join(filter(None, (named.get("prefix"), named.get("family"))))
        return _person(whole, named.get("given", ""), named.get("suffix", ""))
    if not rest:
        return _read_unparted(name)
    suffixes = list(filter(is_suffix, rest)) or rest[:-1]
    given = " ".join(part for part in rest if part not in suffixes)
    return _person(family, given, " ".join(suffixes))


def _person(family: str, given: str, suffix: str) -> PersonName:
    return PersonName(_plain(family), _plain(given), _plain(suffix))


def _read_unparted(name: str) -> PersonName:
    """The family name begins with the first particle, else it is the last word."""
    words = [word for word in _outside_braces(name, _BLANKS) if word]
    last = len(words) - 1
    starts = (place for place in range(1, last) if _is_particle(words[place]))
    start = next(starts, last)
    family, given = _plain(" ".join(words[start:])), _plain(" ".join(words[:start]))
    return PersonName(family, given, literal=not given)


def _plain(text: str) -> str:
    return " ".join(plain_latex(text).split())


def _is_particle(word: str) -> bool:
    """True for 'von' and 'della'; not for a word in braces."""
    plain = plain_latex(word)
    return not word.startswith("{") and (plain in PARTICLES or (plain.islower() and len(plain) > 1))


def _is_braced(name: str) -> bool:
    """True for '{World Kite Office}', not for '{Della} {Torre}'."""
    is_closed = name.startswith("{") and name.endswith("}")
    return is_closed and len(list(_outside_braces(name, _BRACES_MEET))) == 1


def _outside_braces(text: str, separator: re.Pattern[str]) -> Iterator[str]:
    """The parts of a text between separators that stand in no braces."""
    depth, begin, place = 0, 0, 0
    for match in separator.finditer(text):
        depth += text.count("{", place, match.start()) - text.count("}", place, match.start())
        place = match.start()
        if depth <= 0:
            yield text[begin : match.start()]
            begin = match.end()
    yield text[begin:]


def is_suffix(text: str) -> bool:
    """True for 'Jr.', 'III'."""
    return text.rstrip(".") in SUFFIXES


def given_name_first(name: str) -> str:
    """'Family, Given' as 'Given Family'; 'Family, Jr., Given' and 'Family, Given, Jr.' as 'Given
    Family Jr.'.
    """
    family, *others = (part.strip() for part in name.split(","))
    if not others:
        return name.strip()
    suffixes = list(filter(is_suffix, others)) or others[1:-1]
    given = [part for part in others if part not in suffixes]
    return " ".join(filter(None, [*given, family, *suffixes]))
