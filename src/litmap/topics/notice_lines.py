"""What became of a work as a line at the place of a note that cites it. Nothing is written here;
`litmap.pipeline.note_moves` writes.

The line goes on with the paragraph or list item that cites the work, so that it means the same in
every format of plain lines. In a paragraph, and beside other works, it names the work in the note's
own words: '(Lin et al.: retracted on 2026-11-18.)'. It names no identifier but that of the
published version: another DOI would be read as a work that the note cites.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from litmap.models import Mention, Notice, NoticeKind, Work
from litmap.parsing.person_names import family_keys
from litmap.parsing.title_similarity import normalise_title
from litmap.topics.patch import Line, NoteLines, is_movable, join_lines

_ITEM = re.compile(r"^(\s*)((?:[-*+•]|\d{1,3}[.)]|\[\d{1,3}\])\s+)\S")
_FENCE = re.compile(r"^\s*(?:```|~~~|#\+(?:begin|end)_)", re.I)
_RULE = re.compile(r"^\s*([=\-~^\"'*#+])\1{2,}\s*$")
_NO_PROSE = re.compile(r"^(?:\s*(?:\||#|=|\.\. |>|<|!|:|\{)|\*+ )")
"""Headings, tables, quotations, directives: nothing is put among these."""
_CODE = re.compile(r"^(?:\t|    )")
_NAME_CHARS = 70
"""How long the name of a work in such a line may be."""


class NoticeLine(NamedTuple):
    """A line to put behind what cites a work. `names` are what the work may be called there, the
    best first: in a paragraph, and beside other works, the line has one.
    """

    mention: Mention
    text: str
    work: str = ""
    names: tuple[str, ...] = ()

    def named(self, taken: Collection[str] = ()) -> list[str]:
        """The line with each of the names that is not taken: '(Berg 2009: retracted.)'."""
        said = f"{self.text[1:2].lower()}{self.text[2:]}"
        return [f"({name}: {said}" for name in self.names if name not in taken]


class Paragraph(NamedTuple):
    """First line and end of a paragraph or item, and how a line that goes on with it is
    indented.
    """

    first: int
    end: int
    indent: str


def names_in_note(work: Work, mention: Mention) -> tuple[str, ...]:
    """What a line may call a work: as the note does where that tells the work, then by its title.

    'Berg (2009)' becomes 'Berg 2009'; 'here', 'pdf' and an address tell no work.
    """
    own = _bare(mention.text)
    title = " ".join(re.sub(r"[()\[\]<>`*_$|\\]", " ", work.title).split()).rstrip(" .:")
    if len(title) > _NAME_CHARS:
        title = title[:_NAME_CHARS].rsplit(" ", 1)[0].rstrip(" ,;:.") + " …"
    own_names = [own] if len(own) <= _NAME_CHARS and _tells(own, work, mention.kind) else []
    return tuple(dict.fromkeys(name for name in [*own_names, title] if name))


def _bare(words: str) -> str:
    return " ".join(re.sub(r"[()\[\]]", " ", words).split()).strip(" ,;:")


def _tells(own: str, work: Work, kind: str) -> bool:
    """Whether a note's words for a work are a name of it, by its people or its title."""
    if "://" in own or kind in {"identifier", "pdf"}:
        return False
    words = normalise_title(own).split()
    is_title = len(words) > 2 and " ".join(words) in normalise_title(work.title)
    return kind == "citekey" or is_title or not set(words).isdisjoint(family_keys(work.authors))


def line_of(notice: Notice) -> str:
    """What a note says of a notice; '' for one that a note need not say."""
    on = f" on {notice.date}" if notice.date else ""
    published = f"Published as doi:{notice.doi}" if notice.doi else ""
    version = f"Version {notice.version} is on arXiv" if notice.version else ""
    said = {
        NoticeKind.RETRACTED: f"Retracted{on}",
        NoticeKind.WITHDRAWN: f"Withdrawn{on}",
        NoticeKind.CONCERN: f"Expression of concern{on}",
        NoticeKind.CORRECTED: f"Corrected{on}",
        NoticeKind.VERSION: f"{version}{on and f', {notice.date}'}" if version else "",
        NoticeKind.PUBLISHED: published,
    }.get(notice.kind, "")
    return f"({said}.)" if said else ""


def add_notices(
    notes: Mapping[str, bytes],
    lines: Iterable[NoticeLine],
    cited: Iterable[tuple[str, Mention]] = (),
) -> dict[str, bytes]:
    """The new bytes of each note that gets lines, by path ({path: bytes} as it is now). `cited`
    are all works with their mentions; a line with a name has the first that is free.

    A note that says it already stays as it is, and so does one whose lines cannot be told apart: in
    UTF-16, in code, tables and headings, in its properties.
    """
    wanted: dict[str, list[NoticeLine]] = {}
    for line in lines:
        wanted.setdefault(line.mention.note, []).append(line)
    works: dict[str, list[tuple[str, Mention]]] = {}
    for work, mention in cited:
        works.setdefault(mention.note, []).append((work, mention))
    changed = {}
    for path, own in wanted.items():
        if path not in notes or not is_movable(notes[path]):
            continue
        new = _with_lines(NoteLines(notes[path]), own, works.get(path, []))
        if new != notes[path]:
            changed[path] = new
    return changed


def _with_lines(
    note: NoteLines,
    lines: Sequence[NoticeLine],
    works: Sequence[tuple[str, Mention]],
) -> bytes:
    same: dict[tuple[Paragraph, str, str], list[NoticeLine]] = {}
    for line in dict.fromkeys(lines):
        place = find_paragraph(note.texts, line.mention.line - 1)
        if place is not None and note.is_line_start(place.end):
            same.setdefault((place, line.work, line.text), []).append(line)
    arriving: dict[int, list[Line]] = {}
    for (place, work, text), own in same.items():
        beside = [m for w, m in works if w != work and place.first < m.line <= place.end]
        taken = {_bare(mention.text) for mention in beside}
        named = [forms for line in own if (forms := line.named(taken))]
        bare = [] if beside else [text]
        said = "\n".join(note.texts[place.first : place.end])
        if any(form in said for form in [*bare, *chain.from_iterable(named)]):
            continue
        # A paragraph may cite what litmap did not find, so only an item goes without a name.
        needs_name = bool(beside) or not place.indent
        forms = named[0] if needs_name and named else bare
        chosen = forms[0] if forms else ""
        encoded = note.encode(Line(f"{place.indent}{chosen}".encode(), note.line_end))
        there = arriving.setdefault(place.end, [])
        if chosen and encoded is not None and encoded not in there:
            there.append(encoded)
    return join_lines(note, (), {end: there for end, there in arriving.items() if there})


def find_paragraph(texts: Sequence[str], i: int) -> Paragraph | None:
    """The paragraph or item around line `i`; None where no line can be put behind it."""
    if not 0 <= i < len(texts) or _is_no_prose(texts, i):
        return None
    first = i
    while first > 0 and not _ITEM.match(texts[first]) and _goes_on(texts[first - 1]):
        first -= 1
    end = i + 1
    while end < len(texts) and _goes_on(texts[end]) and not _ITEM.match(texts[end]):
        end += 1
    if end < len(texts) and _RULE.match(texts[end]):
        return None  # a heading that is underlined
    item = _ITEM.match(texts[first])
    if item is None and _CODE.match(texts[first]):
        return None
    return Paragraph(first, end, item[1] + " " * len(item[2]) if item else "")


def _goes_on(line: str) -> bool:
    """Whether a line may belong to the same paragraph as the one beside it."""
    return bool(line.strip()) and not _RULE.match(line) and not _FENCE.match(line)


def _is_no_prose(texts: Sequence[str], i: int) -> bool:
    """Whether a line is a heading, of a table, of code or of the properties on top."""
    if not texts[i].strip() or (_NO_PROSE.match(texts[i]) and not _ITEM.match(texts[i])):
        return True
    fences = sum(_FENCE.match(line) is not None for line in texts[:i])
    rules = [k for k, line in enumerate(texts[: i + 200]) if line.strip() == "---"]
    in_properties = rules[:1] == [0] and len(rules) > 1 and i <= rules[1]
    return fences % 2 == 1 or in_properties
