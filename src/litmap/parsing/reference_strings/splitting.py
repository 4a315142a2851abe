"""Whether a text is a reference, and where the entries of a list begin."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from litmap.models import Reference
from litmap.parsing.grammar import YEAR, YEAR_SINCE_1400
from litmap.parsing.reference_strings.parser import parse_reference
from litmap.parsing.venues import venue_score

_MARKER = re.compile(
    r"\s{0,12}(?:[-*+•‣▪]\s+(?=\S)|\[\s?(?:\d{1,4}[a-z]?|[^\W\d_][\w+’*.-]{1,24}\d{2,4}[a-z]?)\s?\]:?\s+|"
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
_SENTENCE_VERBS = re.compile(
    r"\b(?:we|our|is|are|was|were|has|have|shows?|showed|argues?|argued|claims?|proves?|proved|think|see|this|because|"
    r"but|"
    r"should|could|would|I|find|found|suggests?|demonstrates?|explains?)\b"
)


def looks_like_reference(text: str, parsed: Reference | None = None) -> float:
    """How likely the text is one reference and nothing else, from 0 to 1; `parsed` saves parsing it again."""
    text = text.strip()
    if not 12 <= len(text) <= 2500:
        return 0.0
    found = parsed or parse_reference(text)
    words = text.split()
    score = -3.0
    score += 1.6 if found.authors else -0.6
    score += 0.7 if len(found.authors) > 1 else 0.0
    score += 1.5 if found.year else -0.5
    score += 0.8 if found.venue else 0.0
    score += 1.2 if found.ids or found.urls else 0.0
    title_words = len(found.title.split())
    score += 0.8 if 2 <= title_words <= 30 else -0.8
    tail = text[text.find(found.title) + len(found.title) :] if found.title else text
    score += min(2.0, max(0.0, venue_score(tail.lstrip('”’"*]()')))) * 0.5
    score += 0.6 if _LEDGER.search(text) else 0.0
    score += 0.6 if _NUMBERED.match(text) else 0.0
    verbs = len(_SENTENCE_VERBS.findall(text.replace(found.title, " ") if found.title else text))
    score -= 1.1 * verbs
    score -= 0.02 * max(0, len(words) - 70)
    if not found.authors and not found.year:
        score -= 1.5
    return 1.0 / (1.0 + math.exp(-score))


def split_entries(lines: str | Sequence[str]) -> list[str]:
    """The entries of a reference list, each on one line.

    Entries are told by their markers ('[1]', '1.', '[Abc12]', bullets), by blank lines, by hanging indentation, or by
    one a line, whichever the list uses.
    """
    rows = lines.splitlines() if isinstance(lines, str) else list(lines)
    rows = [row.rstrip() for row in rows]
    filled = [row for row in rows if row.strip()]
    if not filled:
        return []
    marked = [bool(_MARKER.match(row)) for row in rows]
    if sum(marked) >= 2 or (marked and marked[0] and len(filled) > 1):
        starts = marked
    elif _blank_separated(rows):
        starts = [
            bool(row.strip()) and (i == 0 or not rows[i - 1].strip()) for i, row in enumerate(rows)
        ]
    elif (hanging := _hanging(rows)) is not None:
        starts = hanging
    else:
        starts = _by_content(rows)
    return _join(rows, starts)


def _blank_separated(rows: Sequence[str]) -> bool:
    blanks = sum(
        1 for i, row in enumerate(rows[1:-1], 1) if not row.strip() and rows[i - 1].strip()
    )
    filled = sum(1 for row in rows if row.strip())
    return blanks >= 1 and (filled <= 12 * (blanks + 1)) and blanks >= filled / 8


def _hanging(rows: Sequence[str]) -> list[bool] | None:
    """Entries begin at the smallest indentation, further lines are set in (or the other way round)."""
    depths = [len(row) - len(row.lstrip()) for row in rows if row.strip()]
    low, high = min(depths), max(depths)
    if high - low < 2 or len(set(depths)) > 4:
        return None
    first = next(len(row) - len(row.lstrip()) for row in rows if row.strip())
    if first == low:
        return [bool(row.strip()) and len(row) - len(row.lstrip()) <= low for row in rows]
    return [bool(row.strip()) and len(row) - len(row.lstrip()) > low for row in rows]


def _by_content(rows: Sequence[str]) -> list[bool]:
    """A line begins an entry where it opens like one and the text before it is complete."""
    starts: list[bool] = []
    length, dated, last = 0, False, ""
    for row in rows:
        stripped = row.strip()
        if not stripped:
            starts.append(False)
            continue
        complete = dated and last in '.)]"”’/0123456789'
        begins = not length or (
            complete and (bool(_START.match(stripped)) or (length > 40 and stripped[0].isupper()))
        )
        starts.append(begins)
        length = len(stripped) if begins else length + len(stripped)
        dated = bool(_YEAR.search(stripped)) or (dated and not begins)
        last = stripped[-1]
    return starts


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
    """Lines of one entry as one line: words cut at a line's end joined, addresses put together again."""
    pieces: list[str] = []
    open_url = False
    for i, part in enumerate(parts):
        if i:
            before = parts[i - 1]
            if re.search(r"[^\W\d_]-$", before) and part[:1].islower() and not open_url:
                pieces[-1] = pieces[-1][:-1]
            elif not (
                open_url
                and " " not in part[:12].strip()[:4]
                and re.search(r"[/\-_.=&?%~]$", before)
            ):
                pieces.append(" ")
        pieces.append(part)
        last = part.rsplit(" ", 1)[-1]
        open_url = bool(re.search(r"https?://|doi\.org|www\.", last)) or (
            open_url and " " not in part
        )
    return "".join(pieces)
