"""Whether a text is a reference, and where the entries of a list begin."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from litmap.models import Reference
from litmap.parsing.grammar import YEAR, YEAR_SINCE_1400
from litmap.parsing.reference_strings.access_notes import has_access_date
from litmap.parsing.reference_strings.parser import parse_reference
from litmap.parsing.venues import venue_score

_MARKER = re.compile(
    r"\s{0,12}(?:[-*+•‣▪]\s+(?=\S)|\[\s?(?:\d{1,4}[a-z]?|"
    r"[^\W\d_][\w+’*.-]{1,24}\d{2,4}[a-z]?)\s?\]:?\s+|"
    r"\(?\d{1,4}[.)]\s+(?=\D)|\\bibitem)"
)
_START = re.compile(
    r"\s*(?:[^\W\d_]+[’\-\w]*(?: [^\W\d_]+[’\-\w]*){0,3}, (?:[^\W\d_]\.|[^\W\d_]{2,})|"
    r"(?:[^\W\d_]\. ?-?){1,4}[^\W\d_]{2,}|"
    rf"[^\W\d_]{{2,}} [A-Z]{{1,3}}[,.]|[—–_-]{{2,}}|{YEAR} )"
)
_YEAR = re.compile(rf"\b{YEAR_SINCE_1400}[a-z]?\b")
_LEDGER = re.compile(r"\d(?:\d*\s?\(\d+\)|[–-]\d)|\bpp?\.\s?\d|\bvol\b")
_NUMBERED = re.compile(r"\s*\[?\(?\d{1,4}[\].)]")
_ENTRY_ENDS = '.)]"”’/0123456789'
_WORD_BREAK = re.compile(r"[^\W\d_]-$")
_URL = re.compile(r"https?://|doi\.org|www\.")
_URL_BREAK = re.compile(r"[/\-_.=&?%~]$")
_SENTENCE_VERBS = re.compile(
    r"\b(?:we|our|is|are|was|were|has|have|shows?|showed|argues?|argued|claims?|proves?|proved|"
    r"think|see|this|because|"
    r"but|"
    r"should|could|would|I|find|found|suggests?|demonstrates?|explains?)\b"
)


def looks_like_reference(text: str, parsed: Reference | None = None) -> float:
    """How likely the text is one reference and nothing else, from 0 to 1; `parsed` saves parsing it
    again.
    """
    text = text.strip()
    if not 12 <= len(text) <= 2500:
        return 0.0
    reference = parsed or parse_reference(text)
    accessed = not reference.year and has_access_date(text)
    score = _field_score(reference, dated=bool(reference.year) or accessed)
    tail = text[text.find(reference.title) + len(reference.title) :] if reference.title else text
    score += min(2.0, max(0.0, venue_score(tail.lstrip('”’"*]()')))) * 0.5
    score += 0.6 if _LEDGER.search(text) else 0.0
    score += 0.6 if _NUMBERED.match(text) else 0.0
    prose = text.replace(reference.title, " ") if reference.title else text
    score -= 1.1 * len(_SENTENCE_VERBS.findall(prose))
    score -= 0.02 * max(0, len(text.split()) - 70)
    if not reference.authors and not reference.year and not accessed:
        score -= 1.5
    return 1.0 / (1.0 + math.exp(-score))


def _field_score(reference: Reference, *, dated: bool) -> float:
    """What the fields that were read, and those that were not, say for a reference; `dated` where
    it has a year, or the day on which its page was looked at.
    """
    score = -3.0
    score += 1.6 if reference.authors else -0.6
    score += 0.7 if len(reference.authors) > 1 else 0.0
    score += 1.5 if dated else -0.5
    score += 0.8 if reference.venue else 0.0
    score += 1.2 if reference.ids or reference.urls else 0.0
    return score + (0.8 if 2 <= len(reference.title.split()) <= 30 else -0.8)


def split_entries(lines: str | Sequence[str]) -> list[str]:
    """The entries of a reference list, each on one line.

    Entries are told by their markers ('[1]', '1.', '[Abc12]', bullets), by blank lines, by hanging
    indentation, or by one a line, whichever the list uses.
    """
    rows = lines.splitlines() if isinstance(lines, str) else list(lines)
    rows = [row.rstrip() for row in rows]
    return _join(rows, _entry_starts(rows)) if any(row.strip() for row in rows) else []


def _entry_starts(rows: Sequence[str]) -> list[bool]:
    """For each line whether an entry begins there."""
    marked = [bool(_MARKER.match(row)) for row in rows]
    if sum(marked) >= 2 or (marked[0] and len(list(filter(str.strip, rows))) > 1):
        return marked
    if _is_blank_separated(rows):
        before = ["", *rows]
        return [bool(row.strip()) and not before[i].strip() for i, row in enumerate(rows)]
    hanging = _hanging_starts(rows)
    return _starts_by_content(rows) if hanging is None else hanging


def _is_blank_separated(rows: Sequence[str]) -> bool:
    """Whether there is a blank line for every eight others at least."""
    blanks = sum(
        1 for i, row in enumerate(rows[1:-1], 1) if not row.strip() and rows[i - 1].strip()
    )
    filled = sum(1 for row in rows if row.strip())
    return blanks >= filled / 8


def _hanging_starts(rows: Sequence[str]) -> list[bool] | None:
    """Entries begin at the smallest indentation, further lines are set in (or the other way round).

    None where the lines are not set in, or in more ways than a list has.
    """
    depths = [len(row) - len(row.lstrip()) if row.strip() else None for row in rows]
    filled = [depth for depth in depths if depth is not None]
    low, high = min(filled), max(filled)
    if high - low < 2 or len(set(filled)) > 4:
        return None
    if filled[0] == low:
        return [depth is not None and depth <= low for depth in depths]
    return [depth is not None and depth > low for depth in depths]


def _starts_by_content(rows: Sequence[str]) -> list[bool]:
    """A line begins an entry where it opens like one and the text before it is complete."""
    starts: list[bool] = []
    length, dated, last = 0, False, ""
    for row in rows:
        stripped = row.strip()
        if not stripped:
            starts.append(False)
            continue
        complete = dated and last in _ENTRY_ENDS
        begins = not length or (complete and _opens_entry(stripped, length))
        starts.append(begins)
        length = len(stripped) if begins else length + len(stripped)
        dated = bool(_YEAR.search(stripped)) or (dated and not begins)
        last = stripped[-1]
    return starts


def _opens_entry(row: str, length: int) -> bool:
    """Whether a line opens like an entry, behind one of so many characters."""
    return bool(_START.match(row)) or (length > 40 and row[0].isupper())


def _join(rows: Sequence[str], starts: Sequence[bool]) -> list[str]:
    entries: list[list[str]] = []
    for row, begins in zip(rows, starts, strict=True):
        stripped = row.strip()
        if not stripped:
            continue
        if begins or not entries:
            entries.append([stripped])
        else:
            entries[-1].append(stripped)
    return [join_lines(parts) for parts in entries]


def join_lines(parts: Sequence[str]) -> str:
    """Lines of one entry as one line: words cut at a line's end joined, addresses put together
    again.
    """
    pieces: list[str] = []
    open_url = False
    for before, part in zip(["", *parts], parts, strict=False):
        if pieces:
            if not open_url and part[:1].islower() and _WORD_BREAK.search(before):
                pieces[-1] = pieces[-1][:-1]
            elif not (open_url and _continues_url(before, part)):
                pieces.append(" ")
        pieces.append(part)
        last = part.rsplit(" ", 1)[-1]
        open_url = bool(_URL.search(last)) or (open_url and " " not in part)
    return "".join(pieces)


def _continues_url(before: str, part: str) -> bool:
    """Whether an address that ends the line before goes on in `part`."""
    return " " not in part[:12].strip()[:4] and bool(_URL_BREAK.search(before))
