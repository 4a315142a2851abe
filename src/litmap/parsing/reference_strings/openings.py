"""Where an entry of a reference list begins: what its first line looks like, and what the line
before it leaves open.
"""

from __future__ import annotations

import re

from litmap.parsing.grammar import YEAR
from litmap.parsing.lexicon import PARTICLES
from litmap.parsing.word_lists import load_pattern

_UPPER = r"(?:[^\W\d_a-zß-öø-ÿа-я][^\W\d_]*(?:[-’'‐][^\W\d_]+)*)"
_PARTICLE = "(?:" + "|".join(sorted(map(re.escape, PARTICLES), key=len, reverse=True)) + ")"
_FAMILY = rf"(?:{_PARTICLE}[ ’'])*{_UPPER}(?:[ -]{_UPPER}){{0,1}}"
_INITIALS = r"(?:[^\W\d_a-z]\.? ?-?){1,4}"
_DATE = rf"[(\[]?(?:{YEAR})[a-z]?(?:\s?[/–-]\s?\d{{2,4}})?[)\]]?"
_INVERTED = re.compile(rf"{_FAMILY} ?, ?(?:{_UPPER}|[^\W\d_]\.)")
"""'Meyer, Ruth', 'van der Berg, J.'."""
_WITH_INITIALS = re.compile(
    rf"(?:{_FAMILY},? {_INITIALS}(?=[,;:&(.]|and |und |et |$)|"
    rf"(?:[^\W\d_]\. ?-?){{1,4}}{_FAMILY})"
)
"""'Doll R, Hill AB', 'Meyer, R.', 'R. Meyer'."""
_CAPITALS = re.compile(
    r"(?:[^\W\d_a-z]{3,}|[^\W\d_a-z]{2,}[-’'][^\W\d_a-z]+),? [^\W\d_a-z][^\W\d_]"
)
"""'FRIEDMANN Georges'."""
_GIVEN_FIRST = re.compile(rf"{_UPPER} (?:[^\W\d_]\. ?)*{_UPPER}(?:[.,] {_UPPER}| and {_UPPER})")
"""'Claude Shannon. The', 'Jean Barbier and Nicolas': as often a title or place."""
_SAME = re.compile(
    rf"[—–_―‒─-]{{2,}}|[—–―─-]\s?(?:[,.:(]|{YEAR}|forthcoming)|(?:{load_pattern('same_author_marks')})(?!\w)",
    re.I,
)
"""'———, 1999', '—. Title', 'Ders.: Titel'."""
_DATED = re.compile(
    r"[^(\[\d]{3,100}?(?:[(\[](?:hrsg|hg|eds?|dir|coord|red)\.?[)\]],?\s*)?"
    rf"[(\[](?:{YEAR}|n\. ?d|o\. ?J|im Druck|forthcoming|in press|s\. ?d|б\. ?г)",
    re.I,
)
"""'Bundesministerium für Verkehr (1997)'."""
_DATED_OPEN = re.compile(rf"[^\d:.]{{3,80}}?[,.]? (?:{YEAR})[a-z]?[.,:;]")
"""'IG METALL, 1980,', 'Nolan 2011.'."""
_INSIDE = re.compile(
    r"(?:in|en|dans|pp?|ss?|vol|bd|nr|no|n°|jg|hrsg|hg|eds?|trans|aufl|verlag|press|"
    r"https?|www|doi|isbn|retrieved|available|accessed|url|zugriff|abgerufen)\b[.:]?",
    re.I,
)
"""What opens the second or a further line: 'In: …', 'S. 12–30', 'https://…'."""
_LEFT_OPEN = re.compile(
    r"(?:[,:(&/–—=«„“\[-]|\b(?:and|und|et|y|e|i|и|en|och|og|in|im|the|of|der|die|des|das|dem|den|für|"
    r"von|zur|zum|zu|le|la|les|du|de|el|los|del|da|do|di|il|a|an|to|for|on|at|with|by|mit|bei|auf|"
    r"aus|as|ein|eine|einer)|\b(?i:pp|vol|nr|no|bd|hrsg|hg|eds?|vgl|cf)\.?)$"
)
_ADDRESS_LAST = re.compile(r"(?:https?:|www\.)\S+$")
_ENDS = (".", ")", "]", "”", "“", '"', "»", "’", "。")


def opening_strength(line: str) -> float:
    """How much a line looks like the first of an entry, from -1 to 1."""
    line = line.lstrip(" •*·")
    if not line:
        return -1.0
    if _SAME.match(line):
        return 0.8
    return _name_strength(line) or _other_strength(line)


def _other_strength(line: str) -> float:
    """The same for a line that opens with no author."""
    first = line[0]
    if _INSIDE.match(line):
        return -0.8
    if first.islower():
        return -1.0
    if first.isdigit() or first in ")].,;:–-&/":
        return -0.7
    return -0.1 if first in "[„“\"«'‘" else -0.5


def opens_with_name(line: str) -> bool:
    """Whether a line opens with a name as references write it: 'Meyer, R.', 'R. Meyer'."""
    return any(pattern.match(line) for pattern in (_INVERTED, _WITH_INITIALS, _CAPITALS))


def behind_same_author(line: str) -> str | None:
    """What stands behind 'Ders.', 'Idem' or a dash for the author before; None where none is."""
    same = _SAME.match(line)
    return line[same.end() :].lstrip(" ,.:") if same else None


def _name_strength(line: str) -> float:
    """The strength of the author's name, or name and year, that a line opens with; 0 where none."""
    if not (line[0].isupper() or _PARTICLES_FIRST.match(line)):
        return 0.0
    dated = _DATED.match(line) is not None or _DATED_OPEN.match(line) is not None
    if opens_with_name(line):
        return 1.0 if dated else 0.6
    given = _GIVEN_FIRST.match(line) is not None
    return 0.7 if dated else -0.1 if given else 0.0


_PARTICLES_FIRST = re.compile(rf"(?:{_PARTICLE}[ ’'])+{_UPPER}")


def closing_strength(line: str) -> float:
    """How much an entry may end with a line, from -1 to 1."""
    line = line.rstrip()
    if _ADDRESS_LAST.search(line):
        return 0.2
    if _LEFT_OPEN.search(line):
        return -1.0
    if line.endswith(_ENDS):
        return 0.4
    return 0.2 if line[-1:].isdigit() else -0.3
