"""What `litmap read --json` prints of notes."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

from litmap.models import Citation, Note, Problem


def parse_as_json(
    notes: Iterable[Note],
    citations: Iterable[Citation],
    links: Iterable[Any],
    problems: Iterable[Problem],
) -> dict[str, Any]:
    """What reading the notes alone gives: headings, citations, plain links and problems, for
    `litmap read --json`.
    """
    return {
        "notes": [
            {
                "path": note.path,
                "format": note.format,
                "title": note.title,
                "headings": [
                    {"path": list(h.path), "line": h.line, "prose": h.prose} for h in note.headings
                ],
                "blocks": len(note.blocks),
            }
            for note in notes
        ],
        "citations": [_citation_as_json(c) for c in citations],
        "links": [dataclasses.asdict(link) for link in links],
        "problems": [dataclasses.asdict(p) for p in problems],
    }


def _citation_as_json(citation: Citation) -> dict[str, Any]:
    """A citation without the records of the user's own files, which he has."""
    shown = dataclasses.asdict(dataclasses.replace(citation, records=()))
    del shown["records"]
    return shown
