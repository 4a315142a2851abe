"""Notices about works, as lines of text: the one home of the question what a notice tells.

'Retraction on 2010-02-06, see doi:10.9999/notice' says what happened, when, and where it is told.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from litmap.models import Notice, NoticeKind
from litmap.parsing.identifiers import doi_id
from litmap.parsing.word_lists import load_lines

MAX_TEXT = 300
_TOLD_AT = re.compile(r", (see|of) doi:(\S+)$")
_DAY = re.compile(r" on (\d{4}-\d\d-\d\d)$")
_SAID_BY = re.compile(r"\b(?:says|by|from) (\w[\w ]*)$")


def notice_kind(label: str) -> NoticeKind:
    """What a service's word for a notice means: 'Erratum' is a correction."""
    words = " ".join(re.split(r"[\s_-]+", label.lower()))
    for row in load_lines("notice_kinds"):
        kind, _, part = row.partition(": ")
        if part in words:
            return NoticeKind(kind)
    return NoticeKind.OTHER


def write_notice(label: str, day: str, word: str, doi: str) -> str:
    """The line of a notice; `word` is 'see' for one about the work, 'of' for a work that is itself
    a notice about another (`doi`).
    """
    told_at = f", {word} doi:{doi}" if doi else ""
    return f"{label[:100]}{f' on {day}' if day else ''}{told_at}"


def read_notice(text: str) -> Notice:
    """What the line of a notice tells. A work that is itself a notice about another is 'other'."""
    text = text[:MAX_TEXT]
    told_at = _TOLD_AT.search(text)
    label = text[: told_at.start()] if told_at else text.partition(":")[0]
    day = _DAY.search(label)
    said = _SAID_BY.search(label)
    doi = (doi_id(told_at[2]) or "").removeprefix("doi:") if told_at and told_at[1] == "see" else ""
    is_about_another = told_at is not None and told_at[1] == "of"
    return Notice(
        kind=NoticeKind.OTHER if is_about_another else notice_kind(label),
        text=text,
        date=day[1] if day else "",
        doi=doi,
        url=doi_url(doi),
        source=said[1] if said else "Crossref" if told_at else "",
    )


def doi_url(doi: str) -> str:
    """The address of a DOI; '' for none."""
    return f"https://doi.org/{quote(doi, safe='/():;.-_')}" if doi else ""
