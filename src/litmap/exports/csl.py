"""CSL-JSON, as Zotero and pandoc read it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from litmap.export_marks import CSL_MARK
from litmap.exports.keys import (
    WorkMentions,
    citation_keys,
    headings_of,
    kind_of,
    web_address,
)
from litmap.parsing.markup import one_line
from litmap.parsing.person_names import split_name

_TYPE = {
    "article": "article-journal",
    "conference": "paper-conference",
    "preprint": "article",
    "thesis": "thesis",
    "report": "report",
    "book": "book",
    "other": "document",
}


def to_csl(works: Sequence[WorkMentions]) -> str:
    """A JSON list, one item a work, in the order given."""
    keys = citation_keys([work for work, _ in works])
    items = [_item(key, pair) for key, pair in zip(keys, works, strict=True)]
    return json.dumps(items, ensure_ascii=False, indent=2) + "\n"


def _item(key: str, pair: WorkMentions) -> dict[str, Any]:
    work, mentions = pair
    item: dict[str, Any] = {"id": key, "type": _TYPE[kind_of(work)], "custom": CSL_MARK}
    item["title"] = one_line(work.title)
    if work.authors:
        item["author"] = [_author(author) for author in work.authors if one_line(author)]
    if work.year:
        item["issued"] = {"date-parts": [[work.year]]}
    fields = {
        "container-title": work.venue,
        "DOI": work.identifier("doi") or "",
        "URL": web_address(work),
        "note": "; ".join(work.notices),
        "abstract": work.abstract,
        "keyword": ", ".join(" / ".join(heading) for heading in headings_of(mentions)),
    }
    if arxiv := work.identifier("arxiv"):
        fields |= {"archive": "arXiv", "archive_location": arxiv}
    item |= {name: one_line(value) for name, value in fields.items() if one_line(value)}
    return item


def _author(author: str) -> dict[str, str]:
    name = split_name(author)
    if not name.given:
        return {"literal": name.family}
    parts = {"family": name.family, "given": name.given}
    return parts | {"suffix": name.suffix} if name.suffix else parts
