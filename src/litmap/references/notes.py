"""Works that a paper cites in its notes alone, as those of law and history do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from litmap.models import Document, Page, Reference, TextBlock
from litmap.parsing.grammar import YEAR
from litmap.parsing.reference_headings import names_notes
from litmap.parsing.reference_strings.comma_styles import names_legal_source
from litmap.parsing.reference_strings.density import reference_density
from litmap.parsing.reference_strings.openings import behind_same_author, opens_with_name
from litmap.parsing.reference_strings.parser import parse_reference
from litmap.parsing.reference_strings.splitting import looks_like_reference
from litmap.parsing.word_lists import load_pattern

PACKAGE = "litmap.references"
_YEAR = re.compile(rf"(?<!\d){YEAR}(?!\d)")
_MARK = re.compile(r"\s*(?:[∗*†‡§¶]+|\[?\(?(\d{1,3})[\])]?[.:]?)\s*(?=[^\s\d.,:;)])")
_SIGNAL = re.compile(
    rf"(?<!\w)(?:{load_pattern('note_signals', PACKAGE)})(?:(?<=\.)|(?!\w))[:,]?\s*", re.I
)
_SHORT_FORM = re.compile(
    rf"(?<!\w)(?:{load_pattern('note_short_forms', PACKAGE)})(?:(?<=[ .])|(?!\w))", re.I
)
_UPPER = r"[^\W\d_a-zß-öø-ÿа-я]"
_END = re.compile(
    rf"\s?;\s+|(?<=[\d)f]\.)\s+(?={_UPPER}|[„“\"«])|"
    r"(?<=\.)\s+(?=\W?(?:[Ss]ee|[Cc]f|[Vv]gl|[Vv]oir)\b)|"
    r"(?<=\d\))\s+\((?=[^\W\d_A-Z]|[“\"‘])"
)
"""Behind the citations of a note: '; ', 'S. 12. Weber', '. Vgl.', '(1992) (stating that'."""
_VOLUME_BEFORE_NAME = re.compile(rf"\d{{1,2}}\s(?={_UPPER})")
"""'1 Ida Tell, Harbours (1903)': law sets the volume in front of the author."""
_LONE_BRACKET = re.compile(r"\)(?=[.\s]*$)")
_PART = rf"(?:{_UPPER}[\w’'-]*\.?|(?:van|von|de[rnl]?|di|du|la|le|zu|zur|y|e)\b)"
_NAME = re.compile(
    rf"(?:{_UPPER}\.[ -]?)*{_PART}(?:[ -]{_PART}){{1,4}}"
    r"(?: ?\((?:[Hh]g|[Hh]rsg|[Ee]ds?|dir)[^)]*\))?"
    r"(?:[,:/]| (?:&|and|und|et|y|e|и) )"
)
"""'Oskar Grauert, Parish lists', 'H. L. A. Hart and'."""
_AUTHOR_YEAR = re.compile(rf"^.{{2,60}}?\({YEAR}[a-z]?\s?[:,]\s?\d")
"""'Schneider (2002: 95f.)' points to a list."""
_PAGES_BEHIND = re.compile(
    r",?\s*(?:hier|bes\.|esp\.|here)?\s*(?:S|pp?)\.\s?\d[\d\s–—f,.-]*(?:ff?\.)?$"
)
_LONG_WORD = re.compile(r"[^\W\d_]{3,}")
MIN_WORDS = 3
"""Words of three letters or more of a work cited in full."""
MAX_CITATION = 600
MAX_REST = 12
"""Words of a piece that may be the rest of the citation before it."""
MIN_SCORE = 0.35
MIN_DENSITY = 0.7
"""What is less dense in names and marks is a remark."""
MIN_NOTES = 3
"""Works of a paper that cites in its notes."""


@dataclass(frozen=True, slots=True)
class Note:
    """A note's text without its mark, and the page on which it begins."""

    text: str
    page: int


def note_references(document: Document) -> list[Reference]:
    """The works that a paper cites in full in its notes, at their first mention, in order; [] where
    there are fewer than three.
    """
    found: dict[tuple[str, int | None, str], Reference] = {}
    previous: tuple[str, ...] = ()
    for note in notes(document):
        for citation in full_citations(note.text):
            reference = _parse(citation, previous)
            if reference is None:
                continue
            previous = reference.authors or previous
            key = (" ".join(reference.authors[:1]), reference.year, reference.title.lower()[:40])
            found.setdefault(key, replace(reference, page=note.page))
    return list(found.values()) if len(found) >= MIN_NOTES else []


# ── notes ────────────────────────────────────────────────────────────────────────────────────────
def notes(document: Document) -> list[Note]:
    """The footnotes of a document, and the notes under a heading of their own behind its text."""
    texts: list[Note] = []
    last = 0
    for page, block in _note_blocks(document):
        parts, last = _cut_at_numbers(block.text, last)
        for begins, text in parts:
            if texts and not begins:
                texts[-1] = replace(texts[-1], text=_joined(texts[-1].text, text))
            else:
                texts.append(Note(text, page.number))
    return texts


def _note_blocks(document: Document) -> Iterator[tuple[Page, TextBlock]]:
    under_heading = False
    for page in document.pages:
        for block in page.blocks:
            if block.kind in ("heading", "title"):
                under_heading = names_notes(block.text)
            elif block.kind == "footnote" or (under_heading and block.kind != "caption"):
                yield page, block


def _cut_at_numbers(text: str, before: int) -> tuple[list[tuple[bool, str]], int]:
    """A block cut before the numbers that count on: '1 Doe, … 2 Roe, …', and the last number.

    Each part says whether a note begins with it. `before` is the last number of the blocks before;
    it tells the number of a note from one that ends the note before: '12. 9 Roe, …' behind note 8.
    """
    mark = _MARK.match(text)
    if mark and mark[1] and before and int(mark[1]) != before + 1:
        mark = None if _next_number(before + 1).search(text) else mark
    number = int(mark[1]) if mark and mark[1] else before
    parts: list[tuple[bool, str]] = []
    begin, begins = mark.end() if mark else 0, mark is not None
    while number and (step := _next_number(number + 1).search(text, begin)):
        parts.append((begins, text[begin : step.start()].strip()))
        begin, begins, number = step.end(), True, number + 1
    return [*parts, (begins, text[begin:].strip())], number


@lru_cache(maxsize=1024)
def _next_number(number: int) -> re.Pattern[str]:
    """Finds a note's number behind the end of the note before: '… (1992). 8 Olm, …'."""
    return re.compile(rf"(?<=[.\d)\]!?”\"“»’] ){number}[.)]? (?=[^\W\d_]|[„“\"«(‘\d])")


def _joined(before: str, text: str) -> str:
    if before.endswith("-") and text[:1].islower():
        return before[:-1] + text
    return f"{before} {text}"


# ── citations in a note ──────────────────────────────────────────────────────────────────────────
def full_citations(note: str) -> list[str]:
    """The works that a note cites in full: 'See Doe, Harbours (Emden, 1999), p. 3; Roe, …'."""
    found: list[tuple[int, int]] = []
    begin: int | None = None
    last = 0
    for start, end in _pieces(note):
        name = _name_in(note, start, end)
        if begin is None or (name is not None and _YEAR.search(note, begin, start)):
            begin = name
        if begin is not None and _is_in_full(note[begin:end]):
            found.append((begin, end))
            begin, last = None, end
        elif found and found[-1][1] == last and _goes_on(note, last, start, end):
            found[-1] = (found[-1][0], end)
            begin, last = None, end
    return [_without_bracket(note[first:end].strip()) for first, end in found]


def _without_bracket(citation: str) -> str:
    """Without the bracket that closes the remark around it: '(quoting Olm, Dikes (1999))'."""
    if citation.count(")") > citation.count("("):
        return _LONE_BRACKET.split(citation)[0].rstrip()
    return citation


def _goes_on(note: str, last: int, start: int, end: int) -> bool:
    """Whether a piece is the rest of the citation that seemed to end at `last`: 'Bd. 12. Emden'."""
    piece = note[start:end]
    return (
        note[last:start].isspace()
        and start - last <= 2
        and len(piece.split()) <= MAX_REST
        and _name_in(note, start, end) is None
        and _SIGNAL.match(piece) is None
        and reference_density(piece) >= MIN_DENSITY
    )


def _pieces(note: str) -> Iterator[tuple[int, int]]:
    """Begin and end of what stands between the places where a citation may end."""
    begin = 0
    for gap in _END.finditer(note):
        yield begin, gap.start()
        begin = gap.end()
    yield begin, len(note)


def _name_in(note: str, start: int, end: int) -> int | None:
    """Where the first name of a piece begins that may open a citation: in front, or behind what
    points to it ('Dazu siehe z. B.: Meyer, …').
    """
    piece = note[start:end]
    for place in (
        _behind_signals(piece, 0),
        *(s.end() for s in _SIGNAL.finditer(piece) if not _is_initial(s)),
    ):
        rest = piece[place:].lstrip(" ,:(")
        if volume := _VOLUME_BEFORE_NAME.match(rest):
            rest = rest[volume.end() :]
        if behind_same_author(rest) or _opens_with_name(rest):
            return end - len(rest)
    return None


def _opens_with_name(text: str) -> bool:
    return text[:1].isupper() and (opens_with_name(text) or _NAME.match(text) is not None)


def _behind_signals(piece: str, place: int) -> int:
    while (signal := _SIGNAL.match(piece, place)) and not _is_initial(signal):
        place = signal.end()
    return place


def _is_initial(signal: re.Match[str]) -> bool:
    """Whether what looks like a signal begins a name: 'S. Ida Tell' is no 's. Ida Tell'."""
    return re.fullmatch(rf"{_UPPER}\.\s*", signal[0]) is not None


def _is_in_full(text: str) -> bool:
    """Whether a citation has a year and words enough for a title, and points to none before it."""
    words = _LONG_WORD.findall(_PAGES_BEHIND.sub("", text))
    return (
        len(words) >= MIN_WORDS
        and len(text) <= MAX_CITATION
        and _YEAR.search(text) is not None
        and not _SHORT_FORM.search(text)
        and not _AUTHOR_YEAR.match(text)
        and reference_density(text) >= MIN_DENSITY
        and not names_legal_source(text)
    )


def _parse(text: str, previous: Sequence[str]) -> Reference | None:
    """The fields of a citation, without the pages that the note speaks of where these hide them."""
    behind = behind_same_author(text) if previous else None
    whole = text if behind is None else f"{previous[0]}, {behind}"
    reference = replace(parse_reference(whole), raw=text)
    if len(_LONG_WORD.findall(reference.title)) < 2:
        shorter = parse_reference(_PAGES_BEHIND.sub("", whole))
        reference = replace(shorter, raw=reference.raw)
    return reference if looks_like_reference(whole, reference) >= MIN_SCORE else None
