"""The first page: title and abstract."""

from __future__ import annotations

import re
from collections.abc import Sequence

from litmap.text.blocks import Draft
from litmap.text.reading_order import Row
from litmap.text.row_classifier import KNOWN, NUMBERED
from litmap.text.style import WORD, Style, is_prose

_ABSTRACT = re.compile(r"^(?:abstract|a b s t r a c t|summary)\s*(?:$|[.:—–-]|(?=[A-Z]))\s*", re.I)
_AFTER = re.compile(
    r"^(?:key ?words|index terms|ccs concepts|categories and subject|general terms|1998 acm|ams |msc|"
    r"(?:\d{4} )?mathematics subject|e-?mail|received|pacs|jel\b|contents)",
    re.I,
)
_NO_TITLE = re.compile(
    r"^(?:arxiv:|doi|https?:|www\.|journal of|proceedings|vol(?:ume)?\b|contents lists|abstract$|introduction$|"
    r"letters? to|research article|original (?:article|research)|review article|\d+$|communicated by|technical report)",
    re.I,
)
_NAME_STOP = re.compile(
    r"@|universit|institut|department|laborator|school of|\binc\b|google|microsoft|\bresearch$",
    re.I,
)


def squash(text: str) -> str:
    """Letters and digits only, in small letters: for comparing titles."""
    return re.sub(r"[\W_]+", "", text.lower())


def find_title(
    rows: Sequence[Row], height: float, style: Style, metadata_title: str = ""
) -> list[Row]:
    """The rows of the first page that print the title; [] where none is found.

    The file's own title is believed where it is printed there; else the largest print in the upper part.
    """
    upper = [row for row in rows if row.y0 < 0.6 * height]
    wanted = squash(metadata_title)
    if len(wanted) >= 12:
        for i in range(len(upper)):
            joined = ""
            for j in range(i, min(i + 5, len(upper))):
                joined += squash(upper[j].text.rstrip("-"))
                if joined == wanted:
                    return _with_subtitle(upper, i, j, style)
                if not wanted.startswith(joined):
                    break
    largest = [
        row for row in upper if len(WORD.findall(row.text)) and not _NO_TITLE.match(row.text)
    ]
    largest = [
        row
        for row in largest
        if row.size > 1.1 * style.size and sum(map(str.isalpha, row.text)) > 5
    ]
    if largest:
        size = max(row.size for row in largest)
        return _around(
            upper,
            next(i for i, row in enumerate(upper) if row.size == size and row in largest),
            style,
        )
    return _first_centred(upper, style)


def _around(rows: Sequence[Row], at: int, style: Style) -> list[Row]:
    """The rows of the title's size about row `at`, and a subtitle where the title ends in a colon."""
    size, first, last = rows[at].size, at, at
    while last + 1 < len(rows) and _same_title(rows[last], rows[last + 1], size):
        last += 1
    return _with_subtitle(rows, first, last, style)


def _with_subtitle(rows: Sequence[Row], first: int, last: int, style: Style) -> list[Row]:
    """The title's rows, and those of a subtitle after a colon."""
    if (
        rows[last].text.endswith(":")
        and last + 1 < len(rows)
        and rows[last + 1].size > 1.05 * style.size
    ):
        last += 1
        while last + 1 < len(rows) and _same_title(rows[last], rows[last + 1], rows[last].size):
            last += 1
    return list(rows[first : last + 1])


def _same_title(row: Row, below: Row, size: float) -> bool:
    return (
        abs(below.size - size) < 0.06 * size
        and below.base - row.base < 2.1 * size
        and not _NAME_STOP.search(below.text)
    )


def _first_centred(rows: Sequence[Row], style: Style) -> list[Row]:
    """A title in the text's own size: the first rows in capitals or bold above the names."""
    for i, row in enumerate(rows[:8]):
        letters = [c for c in row.text if c.isalpha()]
        strong = row.bold > 0.7 or (letters and all(c.isupper() for c in letters))
        if (
            len(letters) < 8
            or _NO_TITLE.match(row.text)
            or KNOWN.match(row.text)
            or NUMBERED.match(row.text)
        ):
            continue
        if not strong:
            if is_prose(row):
                break
            continue
        found = [row]
        for below in rows[i + 1 : i + 5]:
            letters = [c for c in below.text if c.isalpha()]
            alike = abs(below.size - row.size) < 0.6 and (
                below.bold > 0.7
                if row.bold > 0.7
                else bool(letters) and all(c.isupper() for c in letters)
            )
            if (
                not alike
                or below.base - found[-1].base > 1.7 * style.lead(below)
                or _NAME_STOP.search(below.text)
            ):
                break
            found.append(below)
        return found
    return []


def mark_abstract(drafts: Sequence[Draft], style: Style) -> None:
    """Makes the abstract's blocks 'abstract': those after its heading, or the prose between names and introduction."""
    last_page = drafts[0].page + 1 if drafts else 0
    front = [d for d in drafts if d.page <= last_page]
    begin = next(
        (
            i
            for i, d in enumerate(front)
            if d.kind in ("heading", "body") and _ABSTRACT.match(d.text)
        ),
        None,
    )
    if begin is not None:
        _mark_from(front, begin)
        return
    first = [d for d in front if d.page == drafts[0].page] if drafts else []
    heading = next((i for i, d in enumerate(first) if d.kind == "heading"), None)
    if heading is None:
        for draft in first:
            if draft.kind == "body" and len(draft.text) > 400 and "@" not in draft.text:
                draft.kind = (
                    "abstract"
                    if all(_is_narrow(row, style) for row in draft.rows[1:-1])
                    else "body"
                )
                return
        return
    for draft in first[:heading]:
        if (
            draft.kind == "body"
            and len(draft.text) > 300
            and "@" not in draft.text
            and not _AFTER.match(draft.text)
        ):
            draft.kind = "abstract"


def _is_narrow(row: Row, style: Style) -> bool:
    """Set smaller or narrower than the text: how an abstract without a heading stands out."""
    inset = row.x0 > row.column.x0 + 0.8 * style.size and row.x1 < row.column.x1 - 0.8 * style.size
    return inset or row.size < style.size - 0.4


def _mark_from(front: Sequence[Draft], begin: int) -> None:
    taken, size = 0, 0.0
    if front[begin].kind == "body":
        if len(front[begin].text) > 30:
            front[begin].kind, taken, size = (
                "abstract",
                len(front[begin].text),
                front[begin].rows[-1].size,
            )
        else:
            front[begin].kind = "heading"
    for draft in front[begin + 1 :]:
        if draft.kind == "heading" or _AFTER.match(draft.text) or taken > 3500:
            break
        if draft.kind != "body":
            continue
        if size and (abs(draft.rows[0].size - size) > 0.45 or len(draft.text) < 40):
            break
        draft.kind, size = "abstract", draft.rows[0].size
        taken += len(draft.text)
