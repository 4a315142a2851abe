"""What the reader marked in PDFs, for the pages of an export and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from litmap.export_marks import CSL_MARK
from litmap.models import Mark, Work
from litmap.parsing.colours import colour_name
from litmap.parsing.markup import escape_markdown as escape

Marks = Mapping[str, Sequence[Mark]]
"""Marks by work id."""
FILE = "marks.json"


def mark_lines(marks: Iterable[Mark]) -> list[str]:
    """Markdown lines, an item a mark: its page, kind and colour, its words as a quotation, the
    comment.
    """
    lines = []
    for mark in marks:
        place = f"p. {mark.page}" + (" of an earlier version" if mark.earlier else "")
        about = (mark.kind, colour_name(mark.colour), mark.author, mark.time[:10])
        lines.append(f"- {place}: {escape(', '.join(filter(None, about)))}")
        lines += [f"  > {escape(mark.text)}"] if mark.text else []
        lines += ["", f"  {escape(mark.comment)}", ""] if mark.comment else []
    return lines


def to_json(works: Iterable[tuple[str, Work]], marks: Marks) -> str:
    """All marks of works (key, work), an object each: the work's id, key and title, `kind`, `page`,
    `text`, `comment`, `colour` ('#rrggbb'), `colour_name`, `author`, `time` (UTC), `section`,
    `rects` ([page, x0, y0, x1, y1] in points from the top left) and whether only an `earlier`
    version of the paper has it.
    """
    found = [
        {
            "work": work.id,
            "key": key,
            "title": work.title,
            "kind": mark.kind,
            "page": mark.page,
            "text": mark.text,
            "comment": mark.comment,
            "colour": mark.colour,
            "colour_name": colour_name(mark.colour),
            "author": mark.author,
            "time": mark.time,
            "section": mark.section,
            "rects": [list(rect) for rect in mark.rects],
            "earlier": mark.earlier,
        }
        for key, work in works
        for mark in marks.get(work.id, ())
    ]
    text = json.dumps({**CSL_MARK, "marks": found}, ensure_ascii=False, indent=2) + "\n"
    return text.encode("utf-8", "replace").decode()
