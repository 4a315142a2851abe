"""A digest as plain text, and in one line."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence

from litmap.digests.digest import Digest, Item
from litmap.digests.wording import ADDED, KIND_LABELS, NOT_FOUND, Quote
from litmap.models import EventKind
from litmap.parsing.markup import split_commands

WIDTH = 78
"""Columns of the text."""
MAX_TITLES = 120
"""Characters of the titles in a line, of all together."""
MAX_NAMED = 3
"""Works that readers are warned of that are named in the line."""
_NOTICES = ("notice", "notices")
_COUNTED = {
    KIND_LABELS[EventKind.CANDIDATE]: ("new paper to look at", "new papers to look at"),
    KIND_LABELS[EventKind.CAME]: ("work added from your notes", "works added from your notes"),
    ADDED: ("added", "added"),
    NOT_FOUND: ("not found", "not found"),
    KIND_LABELS[EventKind.TEXT]: ("full text", "full texts"),
    KIND_LABELS[EventKind.VERSION]: ("newer version", "newer versions"),
    KIND_LABELS[EventKind.PUBLISHED]: ("published version", "published versions"),
    KIND_LABELS[EventKind.FAILED]: ("failure", "failures"),
    KIND_LABELS[EventKind.LEFT]: ("left the library", "left the library"),
    KIND_LABELS[EventKind.THIN]: ("thin heading", "thin headings"),
    KIND_LABELS[EventKind.SUGGESTED]: (
        "heading whose papers cite what your notes do not",
        "headings whose papers cite what your notes do not",
    ),
}
"""Words of a label for one and for several, in the order in which they are counted."""


def headline(digest: Digest) -> str:
    """'Retracted: Salt and sleep; 2 more notices; 3 works added from your notes'; '' where there is
    nothing to tell.

    The works that readers are warned of are named; where there are none, what is gravest is, where
    its count stands, so that no title is read as another kind's.
    """
    warned = [item for item in digest.items if item.is_warning][:MAX_NAMED]
    gravest = min((i for i in digest.items if i.title), key=lambda item: item.rank, default=None)
    named = warned or ([gravest] if gravest else [])
    parts = [*_notices(digest, [item for item in named if _is_notice(item)])]
    counts = Counter(line.label for line in digest.lines if line.kind != EventKind.NOTICE)
    for label, words in _COUNTED.items():
        if number := counts[label]:
            is_named = not warned and gravest is not None and gravest.lines[0].label == label
            parts.append(_counted(words, number, gravest if is_named else None))
    return "; ".join(parts)


def _is_notice(item: Item) -> bool:
    return item.lines[0].kind == EventKind.NOTICE


def _notices(digest: Digest, named: Sequence[Item]) -> Iterator[str]:
    """'Retracted: Salt and sleep', 'withdrawn: Rest', '2 more notices'."""
    for number, item in enumerate(named):
        label = item.lines[0].label
        title = shorten(item.title, MAX_TITLES // max(len(named), 2))
        yield f"{label.lower() if number else label}: {title}"
    others = sum(line.kind == EventKind.NOTICE for line in digest.lines) - len(named)
    if others:
        yield f"{others} {'more ' if named else ''}{_NOTICES[others > 1]}"


def _counted(words: tuple[str, str], number: int, named: Item | None) -> str:
    """'2 full texts', with what is `named` of them."""
    among = "" if not named else ": " if number == 1 else ", among them "
    title = shorten(named.title, MAX_TITLES // 2) if named else ""
    return f"{number} {words[number > 1]}{among}{title}"


def shorten(text: str, most: int) -> str:
    """At most so many characters, cut between words where it can be."""
    if len(text) <= most:
        return text
    return f"{text[: most - 1].rsplit(' ', 1)[0].rstrip(' ,;:')}…"


def to_text(digest: Digest) -> str:
    """The digest for a terminal or the plain part of a mail; ends with a line feed."""
    lines = [headline(digest) or "No news.", ""]
    for section in digest.sections:
        lines += [section.name, "─" * min(len(section.name), WIDTH)]
        for item in section.items:
            lines += [*_item(item), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _item(item: Item) -> Iterator[str]:
    if item.title:
        by = f" ({item.by})" if item.by else ""
        yield from _wrap(f"{item.title}{by}")
    for line in item.lines:
        yield from _wrap(f"{line.begin} {_plain(line.text)}".rstrip(), "  ")
        for quote in line.quotes:
            yield from _wrap(quoted(quote), "    ")
        if line.url:
            yield f"  {line.url}"
    if item.also:
        yield from _wrap(f"{item.under} {'; '.join(item.also)}", "  ")
    if item.url:
        yield f"  {item.url}"


def _plain(text: str) -> str:
    """The text without the marks of litmap's commands."""
    return "".join(part for part, _ in split_commands(text))


def quoted(quote: Quote) -> str:
    """A sentence in quotation marks, and where it stands."""
    return f"“{quote.text}”" + (f" ({quote.place})" if quote.place else "")


def _wrap(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
