"""Items that begin with a linked title, and name its people, venue and year behind it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from litmap.citations.recognisers.author_names import find_names
from litmap.citations.recognisers.bib_records import field
from litmap.citations.recognisers.entry_reader import (
    ReferenceEntry,
    is_surely_a_work,
    is_title_label,
    names_several_works,
)
from litmap.citations.recognisers.link_classifier import classify_link
from litmap.citations.recognisers.name_lists import is_names_alone, is_not_a_name
from litmap.citations.recognisers.reference_shape import reference_score
from litmap.models import Link, NoteBlock, Reference
from litmap.parsing.grammar import MORE_AUTHORS, UPPER, YEAR
from litmap.parsing.reference_strings.parser import parse_reference
from litmap.parsing.venues import is_journal_name

MAX_LEAD = 30
"""Characters before a title."""
MAX_BEHIND = 600
"""Characters behind a title in which its people and its year are looked for."""
MAX_LABELS = 80
"""Characters behind the year in which links to the same work stand: '[pdf](…)'."""
MAX_PIECES = 8
"""Pieces of that stretch, as far as they are read."""
MIN_REFERENCE_SCORE = 0.6
"""From which on a link's text is a whole reference rather than a title."""
_QUOTES = " \t“”\"„‚‘'«»‹›「」『』《》"
_LEAD = re.compile(rf"[^\w(]*(?:[(\[]?\d{{1,3}}[.)\]]\s*|[(\[]?{YEAR}[)\]]?[\s:.,–—-]*)?[^\w(]*")
"""What may stand before the title: a mark, a number, a year."""
_BORDER = re.compile(
    rf"\s*[()\[\]|\u2003]\s*|\s(?:[-–—]+|[·•:])\s|:\s+|(?<=[^\W\d_]{{2}})\.(?:\s+|$)|"
    rf"(?<=\d{{4}})[.,:;]\s*|[,;]?\s+(?={YEAR}(?!\w))|[,;]?\s(?=in\s[{UPPER}])"
)
"""Where a piece ends: a bracket, a dash, a full stop behind no initial, before or behind a year."""
_OPENING = re.compile(r"[\s,.:;|–—-]*(?:by:?\s+|authors?:\s+)?", re.I)
_YEAR = re.compile(rf"(?<!\d){YEAR}(?!\d)")
_ET_AL = re.compile(rf"(?:{MORE_AUTHORS})$", re.I)
_SEVERAL = re.compile(r",|;|\s(?:and|und|et|y|e)\s|&")
_COMMA = re.compile(r"\s*[,;]\s*")
_AND = re.compile(r"\s+(?:and|und|et|y|e|&)\s+|\s*&\s*")
_INITIALS = re.compile(rf"(?:[{UPPER}]\.?[ -]?){{1,4}}")


@dataclass(frozen=True, slots=True)
class _Piece:
    """A piece of what stands behind a title, and where it ends in the block."""

    text: str
    end: int


@dataclass(frozen=True, slots=True)
class _Behind:
    """What stands behind a title: its people, where and when it came out, and where that ends."""

    people: str
    printed: str
    end: int


def read_linked_title(block: NoteBlock, start: int, end: int) -> ReferenceEntry | None:
    """The work whose linked title a stretch begins with and whose people stand behind it.

    '[Salt and snow](https://doi.org/…) - Ida Lund, Bo Ek. *Road Notes*, 2009.'
    """
    link = _leading_title(block, start, end)
    if link is None:
        return None
    behind = _read_behind(block, link.end, min(end, link.end + MAX_BEHIND))
    if behind is None:
        return None
    title = link.text.strip(_QUOTES).rstrip(".")
    labels = _links_of_the_work(block, link, behind.end, end)
    ids = tuple(dict.fromkeys(found for _, found in labels if found))
    if names_several_works(ids):
        return None
    urls = tuple(dict.fromkeys(label.target for label, _ in labels))
    parsed = parse_reference(f"{behind.people}. {title}. {behind.printed}", title_hint=title)
    lead = _YEAR.search(block.text, start, link.start)
    reference = Reference(
        block.text[start:end],
        title,
        names_of(behind.people, parsed.authors),
        _year_in(behind.printed) or (int(lead.group()) if lead else None),
        venue=parsed.venue,
        ids=ids,
        urls=urls,
        number=field(block, "number") or field(block, "label"),
    )
    further = ((label.start, label.end) for label, _ in labels if label.start >= behind.end)
    claims = ((start, behind.end), *further)
    sure = is_surely_a_work(reference, located=False)
    return ReferenceEntry(reference, start, end, sure, claims=claims)


def _leading_title(block: NoteBlock, start: int, end: int) -> Link | None:
    """The link to a work that a stretch begins with, if its text is a title."""
    link = min(
        (link for link in block.links if start <= link.start < end),
        key=lambda link: link.start,
        default=None,
    )
    if link is None or not is_title_label(link.text) or link.target.startswith(("[", "#")):
        return None
    if classify_link(link.target, link.text)[0] == "plain":
        return None
    if link.start - start > MAX_LEAD or not _LEAD.fullmatch(block.text, start, link.start):
        return None
    return None if reference_score(link.text) >= MIN_REFERENCE_SCORE else link


def _links_of_the_work(
    block: NoteBlock, title: Link, behind: int, end: int
) -> list[tuple[Link, str | None]]:
    """The title's link and those behind it that name no other title: '[arXiv](…)', '[pdf](…)'."""
    identifier = classify_link(title.target, title.text)[1]
    links = [(title, identifier)]
    kinds = {_kind_of(identifier)} if identifier else set()
    for link in block.links:
        if not title.end <= link.start < min(end, behind + MAX_LABELS) or _names_other(link.text):
            continue
        verdict, identifier = classify_link(link.target, link.text)
        if verdict != "plain" and not (identifier and _kind_of(identifier) in kinds):
            links.append((link, identifier))
    return links


def _kind_of(identifier: str) -> str:
    return identifier.split(":", 1)[0]


def _names_other(label: str) -> bool:
    """True for a link's text that is a title, or people with a year."""
    return is_title_label(label) or bool(find_names(label))


def _read_behind(block: NoteBlock, start: int, end: int) -> _Behind | None:
    """The people behind a title with what dates the work; None where no people are named."""
    labels = {link.text for link in block.links}
    people, printed, last = "", [], start
    for piece in itertools.islice(_pieces(block.text, start, end), MAX_PIECES):
        if piece.text in labels:
            continue
        if not people:
            people, rest = _split_people(piece.text)
            if not people and not _may_be_printed(piece.text):
                return None
            printed += [rest] if rest else []
            last = piece.end
        elif _year_in(" ".join(printed)) or not _may_be_printed(piece.text):
            break
        else:
            printed.append(piece.text)
            last = piece.end
    if not people or not (printed or _SEVERAL.search(people) or _ET_AL.search(people)):
        return None
    return _Behind(people, ", ".join(printed), last)


def _pieces(text: str, start: int, end: int) -> Iterator[_Piece]:
    """What stands between the borders of a stretch, without the words that lead to people."""
    for border in [*_BORDER.finditer(text, start, end), None]:
        stop = border.start() if border else end
        opening = _OPENING.match(text, start, stop)
        begin = opening.end() if opening else start
        piece = text[begin:stop].strip(" ,;:" + _QUOTES)
        if piece.strip("."):
            yield _Piece(piece, stop)
        start = border.end() if border else end


def _split_people(piece: str) -> tuple[str, str]:
    """The names that a piece begins with, and the venue behind them: 'Ida Lund, Bo Ek, ICSE'."""
    cut = _ET_AL.search(piece)
    body = piece[: cut.start()] if cut else piece
    parts = _COMMA.split(body)
    named = len(list(itertools.takewhile(_is_people, parts)))
    if named == 0 or _INITIALS.fullmatch(parts[0]):
        return "", piece
    if named == len(parts):
        return piece, ""
    return ", ".join(parts[:named]), ", ".join(parts[named:])


def _is_people(part: str) -> bool:
    """True for one name, initials, or names joined by 'and': 'Ida Lund', 'I.', 'Lund & Ek'."""
    names = [name.strip() for name in _AND.split(re.sub(r"^(?:and|und|et|y|e|&)\s+", "", part))]
    return all(_is_name(name) for name in names)


def _is_name(name: str) -> bool:
    """True for capitalised words, four at most, that are neither a journal nor a common noun."""
    if _INITIALS.fullmatch(name):
        return not (len(name) > 2 and name.isalpha())  # 'ICSE', 'NIPS'
    if not 0 < len(name.split()) <= 5 or not is_names_alone(name) or is_journal_name(name):
        return False
    return not is_not_a_name(name)


def _may_be_printed(piece: str) -> bool:
    """True for a year, or what is written as a venue is."""
    return bool(_year_in(piece)) or is_journal_name(piece) or _is_capitalised(piece.split())


def _is_capitalised(words: Sequence[str]) -> bool:
    """True for words that begin as a name of a venue does: 'Proceedings of the Workshop on …'."""
    raised = sum(word[0].isupper() for word in words)
    return 0 < len(words) <= 12 and not words[0].islower() and 2 * raised + 1 >= len(words)


def _year_in(text: str) -> int | None:
    year = _YEAR.search(text)
    return int(year.group()) if year else None


def names_of(people: str, read: tuple[str, ...]) -> tuple[str, ...]:
    """The names as a reference has them (`read`); as they stand where all are family names, or one
    of two words or more is left out.
    """
    single = _single_names(people)
    if not read or (len(single) > 1 and _AND.search(people) and _are_alone(single)):
        return single
    whole = all(" " in name and "." not in name for name in single)
    return single if (whole or _are_alone(single[2:])) and len(single) > len(read) else read


def _are_alone(names: Sequence[str]) -> bool:
    """True for family names without given names and initials, one at least."""
    return bool(names) and not any(" " in name or _INITIALS.fullmatch(name) for name in names)


def _single_names(people: str) -> tuple[str, ...]:
    """What stands between commas and 'and's: 'Lund and Ek', 'Ida Lund, Bo Ek'."""
    names = _AND.split(_ET_AL.sub("", people).replace(", and ", ", "))
    return tuple(part for name in names for part in _COMMA.split(name.strip()) if part)
