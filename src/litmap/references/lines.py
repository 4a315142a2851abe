"""The lines of a document's reference lists, with their places."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from litmap.models import Document, TextBlock

HEADING = re.compile(
    r"^(?:(?:\d{1,2}|[IVX]{1,5}|[A-Z])[.)]?\s+)?(?:supplementa(?:ry|l) |additional |further |main )?"
    r"(?:references?(?: and notes| cited| list)?|bibliograph(?:y|ie|ia)|bibliografía|bibliographical references|"
    r"literature(?: cited)?|works cited|cited (?:literature|works)|literatur(?:verzeichnis)?|références|referencias|"
    r"reference list|sources|参考文献|список литературы)\s*[.:]?$",
    re.I,
)
_AFTER_LIST = re.compile(
    r"^(?:(?:\d{1,2}|[IVX]{1,5}|[A-Z])[.)]?\s+)?(?:appendi(?:x|ces)|supplement|supporting|acknowledge?ments?|proofs?|"
    r"additional|author|biograph|index\b|figure|table|methods\b)",
    re.I,
)
_NUMBER = re.compile(r"\s*(?:[\[(]\s?(\d{1,4})\s?[\])]|(\d{1,3})[.)]?(?=\s+[^\W\d_]))")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a list: its text (with the space or the joined hyphen at its end), page, rectangle and column.

    `begins` says that the extraction took it as the first line of a paragraph or entry.
    """

    text: str
    page: int
    rect: tuple[float, float, float, float]
    begins: bool
    block: int


def block_lines(block: TextBlock, page: int, index: int) -> list[Line]:
    """The lines of a block; joined one after another they give its text again."""
    if not block.spans:
        return [Line(block.text, page, (0.0, 0.0, 0.0, 0.0), not block.continues, index)]
    found = []
    for i, span in enumerate(block.spans):
        end = block.spans[i + 1].start if i + 1 < len(block.spans) else len(block.text)
        found.append(Line(block.text[span.start : end], page, span.rect, i == 0 and not block.continues, index))
    return found


def reference_lists(document: Document) -> list[list[Line]]:
    """The reference lists of a document, in order; a heading between two makes them two."""
    lists = _marked_lists(document)
    if sum(len(found) for found in lists) < 4:
        return _headed_lists(document) or _numbered_lists(document) or lists
    return lists


def _marked_lists(document: Document) -> list[list[Line]]:
    lists: list[list[Line]] = []
    current: list[Line] = []
    index = 0
    for page in document.pages:
        for block in page.blocks:
            index += 1
            if block.kind == "reference":
                current += block_lines(block, page.number, index)
            elif block.kind in ("heading", "title") and current:
                lists.append(current)
                current = []
    return [*lists, current] if current else lists


def _headed_lists(document: Document) -> list[list[Line]]:
    """Lists under a heading that the extraction left in the body."""
    lists: list[list[Line]] = []
    current: list[Line] | None = None
    index = 0
    for page in document.pages:
        for block in page.blocks:
            index += 1
            lines = block_lines(block, page.number, index)
            first = lines[0].text.strip()
            if HEADING.match(first):
                if current:
                    lists.append(current)
                current = [Line(x.text, x.page, x.rect, i == 0, x.block) for i, x in enumerate(lines[1:])]
            elif current is not None and (
                block.kind in ("heading", "title") or (len(lines) == 1 and _AFTER_LIST.match(first))
            ):
                if current:
                    lists.append(current)
                current = None
            elif current is not None and block.kind not in ("caption", "footnote"):
                current += lines
    if current:
        lists.append(current)
    return lists


def _numbered_lists(document: Document) -> list[list[Line]]:
    """The longest run of lines numbered upwards from 1 in the later part of a document without a heading."""
    lines: list[Line] = []
    index = 0
    for page in document.pages:
        for block in page.blocks:
            index += 1
            if block.kind not in ("caption", "heading", "title", "abstract"):
                lines += block_lines(block, page.number, index)
    best: tuple[int, int, int] = (0, 0, 0)
    for start in [i for i, line in enumerate(lines) if line_number(line.text) == 1]:
        last, expected = start, 2
        for i in range(start + 1, len(lines)):
            if i - last > 14:
                break
            if line_number(lines[i].text) == expected:
                last, expected = i, expected + 1
        if expected - 1 > best[0]:
            best = (expected - 1, start, last)
    count, start, last = best
    if count < 5 or start < len(lines) * 0.3:
        return []
    return [lines[start : _end_of_entry(lines, last)]]


def _end_of_entry(lines: Sequence[Line], at: int) -> int:
    """The line after the entry that begins at `at`: its block's end, or the first line that closes a sentence."""
    end = at + 1
    while end < len(lines) and end - at < 12 and lines[end].block == lines[at].block:
        end += 1
    if end == at + 1:
        while end < len(lines) and end - at < 8 and not lines[end - 1].text.rstrip().endswith((".", "]")):
            end += 1
    return end


def line_number(text: str) -> int | None:
    """The number an entry begins with: '[12]', '(12)', '12.', '12 '; None where there is none."""
    match = _NUMBER.match(text)
    return int(match[1] or match[2]) if match else None
