"""RIS, as reference managers read it."""

from __future__ import annotations

from collections.abc import Sequence

from litmap.export_marks import MARKED_LINE
from litmap.exports.keys import (
    WorkMentions,
    citation_keys,
    headings_of,
    kind_of,
    web_address,
)
from litmap.models import Mention, Work
from litmap.parsing.markup import one_line
from litmap.parsing.person_names import split_name

_TYPE = {
    "article": "JOUR",
    "conference": "CONF",
    "preprint": "UNPB",
    "thesis": "THES",
    "report": "RPRT",
    "book": "BOOK",
    "other": "GEN",
}


def to_ris(works: Sequence[WorkMentions]) -> str:
    """One record a work, in the order given.

    Keywords are the headings below which the reader cites it, notes the lines where.
    """
    keys = citation_keys([work for work, _ in works])
    return MARKED_LINE + "\n".join(
        _record(key, work, mentions) for key, (work, mentions) in zip(keys, works, strict=True)
    )


def _record(key: str, work: Work, mentions: Sequence[Mention]) -> str:
    arxiv = work.identifier("arxiv")
    lines = (
        ("TY", _TYPE[kind_of(work)]),
        ("ID", key),
        ("TI", work.title),
        *(("AU", _author(author)) for author in work.authors),
        ("PY", str(work.year or "")),
        ("T2", work.venue),
        ("DO", work.identifier("doi") or ""),
        ("AN", f"arXiv:{arxiv}" if arxiv else ""),
        ("UR", web_address(work)),
        ("AB", work.abstract),
        *(("KW", " / ".join(heading)) for heading in headings_of(mentions)),
        *(("N1", notice) for notice in work.notices),
        *(("N1", f"{mention.note}:{mention.line}") for mention in mentions),
    )
    values = ((tag, one_line(value)) for tag, value in lines)
    return "".join(f"{tag}  - {value}\n" for tag, value in values if value) + "ER  - \n"


def _author(author: str) -> str:
    """'Family, Given, Suffix'; an organisation as it is."""
    name = split_name(author)
    parts = (name.family, name.given, name.suffix) if name.given else (name.family,)
    return ", ".join(filter(None, parts))
