"""Headings of plain text, inferred from how lines stand: underlined, in capitals, numbered, alone, as wiki text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from litmap.notes.builder import is_transparent
from litmap.notes.inferred import infer_lone_headings

_UNDERLINE = re.compile(r"\s*([=\-~*^\"#_+`.])\1{2,}\s*$")
_WIKI_HEADING = re.compile(r"(={1,6})\s*([^=\n]{1,150}?)\s*\1\s*$")
_EDIT = re.compile(
    r"\s*(\S.{0,120}?)\s*\[\s?(?:edit|edit source|bearbeiten|modifier|editar|modifica)[^\[\]]{0,40}\]\s*$",
    re.I,
)
_CONTENTS = re.compile(
    r"\s*(?:Contents|Inhaltsverzeichnis|Sommaire|Contenido|Índice|Indice)\s*+(?:\[\w+\]\s*)?$"
)
_CONTENT = re.compile(r"\s*(\d{1,2}(?:\.\d{1,2}){0,4})\.?\s+(\S.{0,120})$")
_NUMBERED = re.compile(
    r"(?:§\s*)?(\d{1,2}(?:\.\d{1,2}){0,3}(?=[.)]?\s)|[IVX]{1,5}(?=[.)])|[A-H](?=[.)]))[.)]?\s{1,6}([^\W\d_].{1,90})$"
)
ITEM = re.compile(
    r"(\s*)(?:[-*+•‣▪●◦–—#](?=\s)|\(?(?!(?:1[5-9]|20)\d\d\))(\d{1,4})[.)](?=\s+\S)|\[(\d{1,4})\](?=\s+\S))\s*"
)
RULE = re.compile(r"\s*(?:[-=_*~#+.]\s?){4,}\s*$")
_LABEL = re.compile(r"(?:[^\W\d_]|\d)[^.!?;:]{2,60}:\s*$")


@dataclass(slots=True)
class PlainHeadings:
    """Level and text of the headings by line index, and the lines that are only their decoration."""

    at: dict[int, tuple[int, str]] = field(default_factory=dict)
    skip: set[int] = field(default_factory=set)
    inferred: set[int] = field(default_factory=set)


def find_headings(lines: list[str], links: dict[str, str]) -> PlainHeadings:
    """The headings; `links` are those of a text browser's dump, {} for other texts."""
    found = PlainHeadings()
    _underlined(lines, found)
    _wiki(lines, found)
    _edited(lines, found)
    if links:
        _column_one(lines, found)
    if len(found.at) < 2:
        _capitals(lines, found)
    if len(found.at) < 2:
        _numbered(lines, found)
    if not any(not is_transparent(text) for _, text in found.at.values()):
        before = set(found.at)
        infer_lone_headings(lines, found.at)
        found.inferred = {
            n
            for n in set(found.at) - before
            if found.at[n][0] > 1 and len(found.at[n][1].split()) >= 5
        }
    elif not links:
        _title_above(lines, found)
        _lone_transparent(lines, found)
    if not any(not is_transparent(text) for _, text in list(found.at.values())[1:]):
        _labels(lines, found)
        _leading_lines(lines, found)
    return found


def _underlined(lines: list[str], found: PlainHeadings) -> None:
    order: list[str] = []
    for number in range(1, len(lines)):
        match = _UNDERLINE.match(lines[number])
        if not match:
            continue
        above = lines[number - 1].strip()
        width = len(lines[number].strip())
        if (
            not above
            or len(above) > 150
            or _UNDERLINE.match(lines[number - 1])
            or number - 1 in found.skip
        ):
            continue
        if width < min(len(above) * 0.6, 20) or (
            width > len(above) + 25 and width > 60 and not above.isupper()
        ):
            continue
        if number >= 2 and lines[number - 2].strip() and not _UNDERLINE.match(lines[number - 2]):
            continue
        style = match.group(1)
        if number >= 2 and _UNDERLINE.match(lines[number - 2]):
            found.skip.add(number - 2)
            style += "over"
        if style not in order:
            order.append(style)
        found.at[number - 1] = (order.index(style) + 2, above)
        found.skip.add(number)


def _wiki(lines: list[str], found: PlainHeadings) -> None:
    for number, line in enumerate(lines):
        if line.startswith("=") and line.endswith("=") and (match := _WIKI_HEADING.match(line)):
            found.at[number] = (len(match.group(1)), match.group(2).strip("' "))


def _edited(lines: list[str], found: PlainHeadings) -> None:
    """Headings of a wiki page pasted as text, told by their '[edit]'; its table of contents gives their levels."""
    marked = [
        (number, match[1]) for number, line in enumerate(lines) if (match := _EDIT.match(line))
    ]
    if len(marked) < 2:
        return
    begin = next((n for n, line in enumerate(lines[: marked[0][0]]) if _CONTENTS.match(line)), -1)
    levels: dict[str, int] = {}
    for number in range(begin, marked[0][0]) if begin >= 0 else ():
        entry = _CONTENT.match(lines[number])
        if entry:
            levels[entry[2].strip().lower()] = entry[1].count(".") + 2
        if entry or number == begin:
            found.skip.add(number)
    first = next((n for n, line in enumerate(lines) if line.strip()), 0)
    if first not in found.skip and len(lines[first].split()) <= 12 and "http" not in lines[first]:
        found.at[first] = (1, lines[first].strip())
    for number, text in marked:
        found.at[number] = (levels.get(text.strip().lower(), 2), text.strip())


def _column_one(lines: list[str], found: PlainHeadings) -> None:
    """In a dump whose text is set in, a short line in the first column is a heading."""
    filled = [line for line in lines if line.strip()]
    if sum(line.startswith("  ") for line in filled) < 0.6 * len(filled):
        return
    for number, line in enumerate(lines):
        alone = (number == 0 or not lines[number - 1].strip()) and (
            number + 1 == len(lines) or not lines[number + 1].strip()
        )
        if (
            (
                line
                and not line[0].isspace()
                and alone
                and len(line) < 110
                and not line.startswith(("[", "(", "*"))
                and number not in found.at
            )
            and line[-1] not in ".,;"
            and len(line.split()) <= 15
        ):
            first = not any(level == 2 for level, _ in found.at.values())
            found.at[number] = (2 if first else 3, line.strip())


def _alone(lines: list[str], number: int) -> bool:
    return number == 0 or not lines[number - 1].strip() or bool(RULE.match(lines[number - 1]))


def _capitals(lines: list[str], found: PlainHeadings) -> None:
    for number, line in enumerate(lines):
        text = line.strip()
        if (
            3 < len(text) < 80
            and text.isupper()
            and _alone(lines, number)
            and len(text.split()) <= 10
            and (
                sum(char.isalpha() for char in text) >= 0.6 * len(text.replace(" ", ""))
                and not line.startswith("   ")
                and re.search(r"[^\W\d_]{4}", text)
            )
        ):
            found.at.setdefault(number, (2, text.strip("*-= :")))


def _numbered(lines: list[str], found: PlainHeadings) -> None:
    """Lines such as '2.1 Methods' that stand alone; a run of numbered lines is a list and not meant."""
    candidates = {}
    for number, line in enumerate(lines):
        match = _NUMBERED.match(line)
        if (
            not match
            or not _alone(lines, number)
            or line.rstrip()[-1] in ".,;:"
            or len(line.split()) > 11
            or re.search(r"\b(?:1[89]|20)\d\d\b|https?:", line)
        ):
            continue
        candidates[number] = (match.group(1).count(".") + 2, match.group(2).strip())
    following = [
        sum(1 for other in lines[n + 1 : n + 4] if other.strip() and not _NUMBERED.match(other))
        for n in candidates
    ]
    if len(candidates) >= 2 and sum(1 for count in following if count) >= 0.6 * len(candidates):
        for number, value in candidates.items():
            found.at.setdefault(number, value)


def _leading_lines(lines: list[str], found: PlainHeadings) -> None:
    """Short lines that open a paragraph of longer lines or of items, in a text that has no other headings."""
    places = []
    for number, line in enumerate(lines[:-1]):
        after = lines[number + 1]
        if (
            not line
            or line[0].isspace()
            or len(line) > 60
            or not after.strip()
            or not _alone(lines, number)
            or number in found.at
        ):
            continue
        if (
            line[-1] in ".,;)"
            or not (line[0].isupper() or line[0].isdigit())
            or len(line.split()) > 7
            or ITEM.match(line)
        ):
            continue
        if (ITEM.match(after) or len(after) > max(60, 1.4 * len(line))) and not re.search(
            r"https?:|\(?\b(?:1[89]|20)\d\d\)?", line
        ):
            places.append(number)
    if len(places) >= 2:
        for number in places:
            found.at.setdefault(number, (3, lines[number].strip().rstrip(": ")))


def _labels(lines: list[str], found: PlainHeadings) -> None:
    """'Vision:' alone on its line, in a text that has no other headings."""
    places = [
        n
        for n, line in enumerate(lines)
        if len(line) < 70
        and _LABEL.match(line)
        and _alone(lines, n)
        and not ITEM.match(line)
        and len(line.split()) <= 7
    ]
    if len(places) >= 2:
        for number in places:
            found.at.setdefault(number, (3, lines[number].strip().rstrip(": ")))


def _title_above(lines: list[str], found: PlainHeadings) -> None:
    """A first line that stands alone above everything is the page's title."""
    first = next((n for n, line in enumerate(lines) if line.strip()), None)
    if first is None or first in found.at or first in found.skip or first > min(found.at):
        return
    text = lines[first].strip()
    below = lines[first + 1].strip() if first + 1 < len(lines) else ""
    if (
        (not below or RULE.match(below))
        and len(text.split()) <= 14
        and text[-1] not in ".,;"
        and "http" not in text
        and not ITEM.match(text)
    ):
        found.at[first] = (1, text)


def _lone_transparent(lines: list[str], found: PlainHeadings) -> None:
    """'References' alone on its line ends the section above whatever the style of the other headings."""
    deepest = min((level for level, text in found.at.values() if level > 1), default=2)
    for number, line in enumerate(lines):
        if (
            3 < len(line) < 40
            and number not in found.at
            and is_transparent(line)
            and _alone(lines, number)
            and not line.startswith(("[", " "))
        ):
            found.at[number] = (deepest, line.strip())
