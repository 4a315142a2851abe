"""RIS, as reference managers read it."""

from __future__ import annotations

from collections.abc import Sequence

from litmap.exports.keys import (
    WorkMentions,
    citation_keys,
    headings_of,
    kind_of,
    one_line,
    web_address,
)
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
    """One record a work, in the order given; keywords are headings, notes where the reader cites it."""
    keys = citation_keys([work for work, _ in works])
    records = []
    for key, (work, mentions) in zip(keys, works, strict=True):
        lines = [("TY", _TYPE[kind_of(work)]), ("ID", key), ("TI", work.title)]
        for author in work.authors:
            name = split_name(author)
            parts = [name.family, name.given, name.suffix] if name.given else [name.family]
            lines.append(("AU", ", ".join(part for part in parts if part)))
        if work.year:
            lines.append(("PY", str(work.year)))
        lines.append(("T2", work.venue))
        lines.append(("DO", work.identifier("doi") or ""))
        if arxiv := work.identifier("arxiv"):
            lines.append(("AN", f"arXiv:{arxiv}"))
        lines.append(("UR", web_address(work)))
        lines.append(("AB", work.abstract))
        lines += [("KW", " / ".join(heading)) for heading in headings_of(mentions)]
        lines += [("N1", f"{mention.note}:{mention.line}") for mention in mentions]
        text = "".join(f"{tag}  - {one_line(value)}\n" for tag, value in lines if one_line(value))
        records.append(text + "ER  - \n")
    return "\n".join(records)
