"""Text for people: escaping of what others wrote, and how works, headings and places are named. No
Streamlit here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import pairwise

from litmap.library.map_picture import STATUSES as STATUS_WORDS
from litmap.models import HeadingPath, Mention, Work
from litmap.parsing.markup import split_commands
from litmap.parsing.person_names import short_citation
from litmap.parsing.places import YOU_MARKED

BETWEEN_HEADINGS = " › "
"""Between the headings of a path."""
JOINER = "\u2060"
"""An invisible character that breaks what is recognised without any markup: addresses, `:emoji:`,
arrows.
"""
_MARKUP = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&^=\"'/@])")
_LINKED = re.compile(
    r"(?i)\b(https?|ftp|mailto|www)(?=[:.])|(?<=[^\s])@(?=[^\s])|:(?=[a-z_])|-(?=[->])|<(?=-)"
)
_CONTROL = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")

STATUSES = {
    status: (STATUS_WORDS[status], colour, meaning)
    for status, colour, meaning in (
        ("fetched", "green", "The PDF is in the library"),
        ("metadata-only", "gray", "Known, but no free PDF was found"),
        ("not-found", "orange", "No source knows it"),
        ("unsure", "violet", "Several works match, or the PDF may be of a different paper"),
        ("failed", "red", "An error; the next refresh tries again"),
        ("pending", "blue", "Not looked up yet"),
    )
}
"""Status of a work: word shown, colour of its badge, what it means."""


def escape(text: str) -> str:
    """Text that Markdown shows as it is: no markup, link, directive, formula, emoji or HTML comes
    out of it.
    """
    plain = "".join(
        c if c.isprintable() else " " for c in _CONTROL.sub("", unicodedata.normalize("NFC", text))
    )
    broken = _LINKED.sub(lambda m: m.group() + JOINER, " ".join(plain.split()))
    return _MARKUP.sub(r"\\\1", broken)


def you_marked(is_marked: bool) -> str:
    """Markdown behind a sentence that the visitor marked in the PDF."""
    return f" :gray[:material/ink_highlighter: {YOU_MARKED}]" if is_marked else ""


def advice(text: str) -> str:
    """As `escape`, the commands of litmap's in it as code: 'run `litmap refresh`'."""
    parts = split_commands(" ".join(text.split()))
    return "".join(f"`{part}`" if is_code else _edged(part) for part, is_code in parts)


def shorten(text: str, most: int) -> str:
    """At most so many characters, cut between words."""
    text = " ".join(text.split())
    if len(text) <= most:
        return text
    return text[:most].rsplit(" ", 1)[0].rstrip(" ,;:") + " …"


def sentence(text: str) -> str:
    """With a capital at its beginning and a full stop at its end."""
    text = " ".join(text.split())
    return f"{text[:1].upper()}{text[1:]}{'' if text[-1:] in '.!?…' else '.'}" if text else ""


def people(authors: Sequence[str], most: int = 3) -> str:
    """'A. Author, B. Writer and 3 others' as plain text."""
    names = [
        " ".join(reversed([p.strip() for p in a.split(",", 1)])) if "," in a else a for a in authors
    ]
    if len(names) <= most:
        return (
            " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)
        )
    return f"{', '.join(names[: most - 1])} and {len(names) - most + 1} others"


def cite(work: Work) -> str:
    """'Doe et al. 2019' as plain text."""
    return short_citation(work.authors, work.year, shorten(work.title, 30))


def byline(work: Work) -> str:
    """Authors, year and venue as plain text."""
    return " · ".join(
        part for part in (people(work.authors), str(work.year or ""), work.venue) if part
    )


def path(heading: Sequence[str]) -> str:
    """A heading's path as plain text."""
    return BETWEEN_HEADINGS.join(part for part in heading if part) or "(no heading)"


def place(mention: Mention) -> str:
    """Note and line as plain text."""
    return f"{mention.note.rsplit('/', 1)[-1]}, line {mention.line}"


def mark(text: str, spans: Iterable[tuple[int, int]] = (), words: Iterable[str] = ()) -> str:
    """Markdown of a text with spans on a tinted ground and words in bold; everything else
    escaped.
    """
    spans = [(max(a, 0), min(b, len(text))) for a, b in spans if a < b]
    edges = sorted({0, len(text), *(e for span in spans for e in span)})
    parts = []
    for start, end in pairwise(edges):
        inner = embolden(text[start:end], words)
        lit = any(a <= start and end <= b for a, b in spans) and inner.strip()
        parts.append(f":orange-background[{inner.strip()}] " if lit else inner)
    return "".join(parts)


def find_passage(text: str, passage: str) -> tuple[int, int]:
    """Where a passage stands in a paragraph; all of a paragraph that the passage holds; (0, 0)
    for neither.
    """
    text, passage = " ".join(text.split()), " ".join(passage.split())
    at = text.find(passage) if passage else -1
    if at >= 0:
        return at, at + len(passage)
    return (0, len(text)) if text and text in passage else (0, 0)


def embolden(text: str, words: Iterable[str]) -> str:
    """Markdown of a text with these words (and what begins with them) in bold."""
    stems = sorted({re.escape(w) for w in words if len(w) > 2}, key=len, reverse=True)[:60]
    if not stems:
        return _edged(text)
    pieces = re.split(rf"(?i)(\b(?:{'|'.join(stems)})\w{{0,6}}\b)", text)
    return "".join(f"**{escape(p)}**" if i % 2 else _edged(p) for i, p in enumerate(pieces))


def _edged(text: str) -> str:
    """Escaped, with the space at either end kept."""
    inner = escape(text)
    if not inner:
        return " " if text else ""
    return f"{' ' if text[0].isspace() else ''}{inner}{' ' if text[-1].isspace() else ''}"


def ago(stamp: str | None, now: datetime | None = None) -> str:
    """'3 hours ago' for a UTC time in ISO 8601; the text itself where it is no time."""
    try:
        then = datetime.fromisoformat((stamp or "").replace("Z", "+00:00"))
    except ValueError:
        return stamp or ""
    then = then if then.tzinfo else then.replace(tzinfo=UTC)
    seconds = ((now or datetime.now(UTC)) - then).total_seconds()
    for size, word in ((86400, "day"), (3600, "hour"), (60, "minute")):
        count = int(seconds // size)
        if count >= 1:
            return f"{count} {word}{'s' if count > 1 else ''} ago"
    return "just now"


def between(start: str | None, end: str | None) -> float | None:
    """Seconds between two times in ISO 8601; None where one of them is none."""
    try:
        first, last = (
            datetime.fromisoformat((t or "").replace("Z", "+00:00")) for t in (start, end)
        )
        return (last - first).total_seconds()
    except (TypeError, ValueError):
        return None


def duration(seconds: float) -> str:
    """'2 min 5 s'."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, left = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return (
        " ".join(f"{n} {u}" for n, u in ((hours, "h"), (minutes, "min"), (left, "s")) if n) or "0 s"
    )


def count(number: int, word: str, plural: str = "") -> str:
    """'1 paper', '2 papers'."""
    return f"{number:,} {word if number == 1 else plural or word + 's'}"


def deepest(headings: Iterable[HeadingPath]) -> list[HeadingPath]:
    """Paths that are not merely the beginning of another one, each once."""
    paths = [h for h in dict.fromkeys(headings) if h]
    return [h for h in paths if not any(o != h and o[: len(h)] == h for o in paths)]
