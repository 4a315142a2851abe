"""Markdown notes that link back: a page a work, a page a heading, with the citing lines."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from urllib.parse import quote

from litmap.errors import UsageError
from litmap.export_marks import MARK as WORDS
from litmap.export_marks import is_export
from litmap.exports.keys import (
    LibraryWork,
    ascii_word,
    authors_of,
    citation_keys,
    web_address,
)
from litmap.exports.marks import FILE, Marks, mark_lines, to_json
from litmap.models import HeadingPath, Mark, Mention, Work
from litmap.parsing.file_names import is_device_name
from litmap.parsing.markup import escape_markdown as escape
from litmap.parsing.markup import one_line

_PAGE_NAME = re.compile(r"[a-z0-9]{1,120}\.md")
_PLAIN_ID = re.compile(r"[^\W_][\w./:;()+-]*")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
MAX_CONTEXT_CHARS = 600
"""Of the words around a mention."""
_HOME = Path(os.path.expanduser("~"))  # noqa: PTH111 - raises nothing where there is none
_TOO_WIDE = frozenset({_HOME, *_HOME.parents})
"""Folders that hold all of somebody's files: what lies in them alone is not moved together."""
Address = Callable[[str], str]
"""A note's address as a page has it."""
INDEX = "index.md"
MARK = (
    f"---\n{WORDS}\n---\n"
    "<!-- Written by `litmap export`, which replaces this page where it was not edited. -->\n\n"
)
"""At the head of every page: what wrote it, for people and programs."""


def to_notes(
    works: Sequence[LibraryWork], marks: Marks | None = None, folder: Path | None = None
) -> dict[str, str]:
    """File name → Markdown: 'works/<key>.md', 'headings/<heading>.md' and 'index.md'; and
    'marks.json' where the reader marked something (`marks` by work id).

    A work's page has its data, its addresses, and each mention as 'note:line' with the reader's own
    words; a heading's page lists its works with the lines that cite them. Names of files are ASCII
    and come from keys, never from a path. Links to notes are relative where these and the `folder`
    that the pages go into lie on one tree (`relative_address`); without a folder they are as the
    notes' paths.
    """
    address = partial(_note_address, folder=folder)
    own = marks or {}
    pairs = [(work[0], work[1]) for work in works]
    keys = citation_keys([work for work, _ in pairs])
    by_heading: dict[HeadingPath, list[tuple[str, Work, list[Mention]]]] = {}
    files: dict[str, str] = {}
    for key, (work, mentions) in zip(keys, pairs, strict=True):
        for heading, here in _group_by_heading(mentions).items():
            by_heading.setdefault(heading, []).append((key, work, here))
    names = _heading_files(list(by_heading))
    for key, (work, mentions) in zip(keys, pairs, strict=True):
        files[f"works/{key}.md"] = _work_page(work, mentions, names, own.get(work.id, ()), address)
    for heading, entries in by_heading.items():
        files[f"headings/{names[heading]}.md"] = _heading_page(heading, entries, address)
    files[INDEX] = _index(by_heading, names)
    pages = {name: MARK + text for name, text in files.items()}
    if any(own.values()):
        named = ((key, work) for key, (work, _) in zip(keys, pairs, strict=True))
        pages[FILE] = to_json(named, own)
    return pages


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
        base = f"{base}-heading" if is_device_name(base) else base
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


def _note_address(note: str, folder: Path | None) -> str:
    """A note's address on a page one folder below `folder`; its path without one."""
    return note if folder is None else relative_address(note, folder / "works")


def relative_address(path: str, start: Path) -> str:
    """A file's address from the folder `start`: relative where both lie in one folder that is more
    than the root or somebody's home, so that they move together; else its path.
    """
    file = Path(path)
    if not file.is_absolute():
        return path
    start = Path(os.path.abspath(start))  # noqa: PTH100 - as the user sees it
    try:
        common = Path(os.path.commonpath([file, start]))
    except ValueError:  # another drive
        return path
    if common in _TOO_WIDE:
        return path
    return Path(os.path.relpath(file, start)).as_posix()


def find_pages(folder: Path, works: Sequence[Work]) -> dict[str, Path]:
    """Work id → its page among those that were written into a folder, the newest of several.

    Raises UsageError where there are no such pages.
    """
    ids = {_code(work.id): work.id for work in works}
    found = {}
    for page in sorted(folder.glob("works/*.md"), key=_written):
        lines = _data_lines(page)
        work = next((ids[line] for line in lines if line in ids), None)
        if work is not None and _PAGE_NAME.fullmatch(page.name):
            found[work] = page
    if not found:
        message = f"no pages of works in {folder}: write them first, `litmap export {folder}`"
        raise UsageError(message, subject=str(folder))
    return found


def _written(page: Path) -> tuple[float, str]:
    try:
        return page.stat().st_mtime, page.name
    except OSError:
        return 0.0, page.name


def _data_lines(page: Path) -> list[str]:
    """The lines of a page before its mentions; none of a file that is no page of litmap's."""
    try:
        data = page.read_bytes()
    except OSError:
        return []
    return data.decode("utf-8", "replace").split("## Mentions")[0].splitlines() * is_export(data)


def _place(mention: Mention, address: Address) -> str:
    """'note:line' as a link to the note."""
    target = quote(one_line(address(mention.note)), safe="/")
    return f"[{escape(f'{mention.note}:{mention.line}')}](<{target}>)"


def _work_page(
    work: Work,
    mentions: Sequence[Mention],
    names: dict[HeadingPath, str],
    marks: Sequence[Mark],
    address: Address,
) -> str:
    people = ", ".join(escape(author) for author in authors_of(work))
    source = ", ".join(part for part in (escape(work.venue), str(work.year or "")) if part)
    url = web_address(work)
    lines = [
        f"# {_title(work)}",
        "",
        *(f"{part}  " for part in (people, source) if part),
        *([f"<{_quoted(url)}>"] if url else []),
        "",
        _code(work.id),
        "",
        *(f"**Notice: {escape(notice)}**\n" for notice in work.notices),
        "## Mentions",
        "",
    ]
    for mention in mentions:
        lines += _mention(mention, names, address)
    if marks:
        lines += ["", "## What you marked", "", *mark_lines(marks)]
    return "\n".join(lines) + "\n"


def _code(text: str) -> str:
    """An id as code; as text where it has signs that programs of a vault look for in code too:
    '`= …`' (Dataview), '<% … %>' (Templater), '{{ … }}' (Jekyll).
    """
    text = one_line(text)
    return f"`{text}`" if _PLAIN_ID.fullmatch(text) else escape(text)


def _mention(mention: Mention, names: dict[HeadingPath, str], address: Address) -> list[str]:
    """Where the work is cited, and the reader's words around it."""
    heading = f"[{escape(_heading(mention.heading))}](<../headings/{names[mention.heading]}.md>)"
    context = one_line(mention.context or mention.text)[:MAX_CONTEXT_CHARS]
    line = f"- {_place(mention, address)} under {heading}"
    return [line, f"  > {escape(context)}"] if context else [line]


def _quoted(address: str) -> str:
    address = _STRAY_PERCENT.sub("%25", one_line(address))
    return quote(address, safe="/:?&=%+,;@#!$'()*~._-")


def _heading_page(
    heading: HeadingPath,
    entries: Sequence[tuple[str, Work, Sequence[Mention]]],
    address: Address,
) -> str:
    lines = [f"# {escape(_heading(heading))}", ""]
    for key, work, mentions in entries:
        year = f" ({work.year})" if work.year else ""
        lines.append(f"- [{_title(work)}](<../works/{key}.md>){year}: ")
        lines[-1] += ", ".join(_place(mention, address) for mention in mentions)
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
