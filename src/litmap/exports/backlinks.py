"""Markdown notes that link back: a page a work, a page a heading, with the citing lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote

from litmap.export_marks import MARK as WORDS
from litmap.exports.keys import (
    LibraryWork,
    ascii_word,
    authors_of,
    citation_keys,
    web_address,
)
from litmap.models import HeadingPath, Mention, Work
from litmap.parsing.markup import one_line

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+!|~$&^=%-])")
_PLAIN_ID = re.compile(r"[^\W_][\w./:;()+-]*")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
MAX_CONTEXT_CHARS = 600
"""Of the words around a mention."""
INDEX = "index.md"
MARK = (
    f"---\n{WORDS}\n---\n"
    "<!-- Written by `litmap export`, which replaces this page where it was not edited. -->\n\n"
)
"""At the head of every page: what wrote it, for people and programs."""


def to_notes(works: Sequence[LibraryWork]) -> dict[str, str]:
    """File name → Markdown: 'works/<key>.md', 'headings/<heading>.md' and 'index.md'.

    A work's page has its data, its addresses, and each mention as 'note:line' with the reader's own
    words; a heading's page lists its works with the lines that cite them. Names of files are ASCII
    and come from keys, never from a path.
    """
    pairs = [(work[0], work[1]) for work in works]
    keys = citation_keys([work for work, _ in pairs])
    by_heading: dict[HeadingPath, list[tuple[str, Work, list[Mention]]]] = {}
    files: dict[str, str] = {}
    for key, (work, mentions) in zip(keys, pairs, strict=True):
        for heading, here in _group_by_heading(mentions).items():
            by_heading.setdefault(heading, []).append((key, work, here))
    names = _heading_files(list(by_heading))
    for key, (work, mentions) in zip(keys, pairs, strict=True):
        files[f"works/{key}.md"] = _work_page(work, mentions, names)
    for heading, entries in by_heading.items():
        files[f"headings/{names[heading]}.md"] = _heading_page(heading, entries)
    files[INDEX] = _index(by_heading, names)
    return {name: MARK + text for name, text in files.items()}


def escape(text: str) -> str:
    """Text that Markdown shows as it is: no link, image, emphasis, HTML, heading or list."""
    text = _MARKDOWN.sub(r"\\\1", one_line(text))
    return re.sub(r"^(\d+)([.)])", r"\1\\\2", text)


def _group_by_heading(mentions: Sequence[Mention]) -> dict[HeadingPath, list[Mention]]:
    groups: dict[HeadingPath, list[Mention]] = {}
    for mention in mentions:
        groups.setdefault(mention.heading, []).append(mention)
    return groups


def _heading_files(headings: Sequence[HeadingPath]) -> dict[HeadingPath, str]:
    names: dict[HeadingPath, str] = {}
    taken: set[str] = set()
    numbers: dict[str, int] = {}
    for heading in headings:
        words = re.findall(r"[^\W_]+", " ".join(heading).lower())
        base = "-".join(filter(None, map(ascii_word, words)))[:80].strip("-") or "no-heading"
        name, number = base, numbers.get(base, 2)
        while name in taken:
            name, number = f"{base}-{number}", number + 1
        names[heading], numbers[base] = name, number
        taken.add(name)
    return names


def _title(work: Work) -> str:
    return escape(work.title) or escape(work.id)


def _heading(heading: HeadingPath) -> str:
    return " / ".join(heading) or "(no heading)"


def _place(mention: Mention) -> str:
    """'note:line' as a link to the note."""
    return (
        f"[{escape(f'{mention.note}:{mention.line}')}](<{quote(one_line(mention.note), safe='/')}>)"
    )


def _work_page(work: Work, mentions: Sequence[Mention], names: dict[HeadingPath, str]) -> str:
    people = ", ".join(escape(author) for author in authors_of(work))
    source = ", ".join(part for part in (escape(work.venue), str(work.year or "")) if part)
    address = web_address(work)
    lines = [
        f"# {_title(work)}",
        "",
        *(f"{part}  " for part in (people, source) if part),
        *([f"<{_quoted(address)}>"] if address else []),
        "",
        _code(work.id),
        "",
        *(f"**Notice: {escape(notice)}**\n" for notice in work.notices),
        "## Mentions",
        "",
    ]
    for mention in mentions:
        lines += _mention(mention, names)
    return "\n".join(lines) + "\n"


def _code(text: str) -> str:
    """An id as code; as text where it has signs that programs of a vault look for in code too:
    '`= …`' (Dataview), '<% … %>' (Templater), '{{ … }}' (Jekyll).
    """
    text = one_line(text)
    return f"`{text}`" if _PLAIN_ID.fullmatch(text) else escape(text)


def _mention(mention: Mention, names: dict[HeadingPath, str]) -> list[str]:
    """Where the work is cited, and the reader's words around it."""
    heading = f"[{escape(_heading(mention.heading))}](<../headings/{names[mention.heading]}.md>)"
    context = one_line(mention.context or mention.text)[:MAX_CONTEXT_CHARS]
    line = f"- {_place(mention)} under {heading}"
    return [line, f"  > {escape(context)}"] if context else [line]


def _quoted(address: str) -> str:
    address = _STRAY_PERCENT.sub("%25", one_line(address))
    return quote(address, safe="/:?&=%+,;@#!$'()*~._-")


def _heading_page(
    heading: HeadingPath, entries: Sequence[tuple[str, Work, Sequence[Mention]]]
) -> str:
    lines = [f"# {escape(_heading(heading))}", ""]
    for key, work, mentions in entries:
        year = f" ({work.year})" if work.year else ""
        lines.append(f"- [{_title(work)}](<../works/{key}.md>){year}: ")
        lines[-1] += ", ".join(_place(mention) for mention in mentions)
    return "\n".join(lines) + "\n"


def _index(
    by_heading: dict[HeadingPath, list[tuple[str, Work, list[Mention]]]],
    names: dict[HeadingPath, str],
) -> str:
    lines = ["# Headings", ""]
    for heading in sorted(by_heading):
        count = len(by_heading[heading])
        lines.append(
            f"- [{escape(_heading(heading))}](<headings/{names[heading]}.md>): {count} works"
        )
    return "\n".join(lines) + "\n"
