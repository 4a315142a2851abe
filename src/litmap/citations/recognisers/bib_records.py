"""Records of reference files (BibTeX, RIS, CSL-JSON, …) as references, and the fields of a block."""

from __future__ import annotations

import re

from litmap.citations.recognisers.link_classifier import classify_link, is_non_scholarly_host
from litmap.models import NoteBlock, Reference
from litmap.parsing.identifiers import normalise_id

_WORTHLESS_TYPES = {
    "online",
    "electronic",
    "webpage",
    "software",
    "videorecording",
    "video",
    "blogpost",
    "post-weblog",
    "post",
    "tvbroadcast",
    "podcast",
    "presentation",
    "speech",
    "computerprogram",
    "attachment",
    "note",
    "elec",
    "comp",
    "blog",
    "slide",
    "data",
    "dataset",
}


def field(block: NoteBlock, name: str) -> str:
    """The first value of a field, '' where there is none."""
    return next((value for key, value in block.fields if key == name), "")


def record_reference(block: NoteBlock) -> tuple[Reference, bool]:
    """The reference of a reference file's record, and whether it is surely a work."""
    values = [(name, value) for name, value in block.fields]
    ids: list[str] = []
    urls = tuple(dict.fromkeys(value for name, value in values if name == "url"))
    for name, value in values:
        found = None
        if name in {"doi", "arxiv", "pmid", "pmcid", "openreview"}:
            found = normalise_id(
                value
                if value.lower().startswith(name + ":") or name == "doi"
                else f"{name}:{value}"
            )
        elif name == "id":
            found = value
        if found and ":" in found and found not in ids and not found.startswith("http"):
            ids.append(found)
    ids += [found for url in urls if (found := classify_link(url)[1]) and found not in ids]
    for match in re.finditer(r"(?:doi\.org/|doi:\s?)(10\.\d{4,9}/\S+)", field(block, "note")):
        found = normalise_id("doi:" + match.group(1).rstrip(".,;"))
        ids += [found] if found not in ids else []
    year = field(block, "year")
    reference = Reference(
        raw=block.text, title=field(block, "title"), authors=tuple(value for name, value in values if name == "author"),
        year=int(year[:4]) if year[:4].isdigit() else None, venue=field(block, "venue"), ids=tuple(ids), urls=urls,
    )  # fmt: skip
    kind = field(block, "type").lower().replace(" ", "")
    worthless = kind in _WORTHLESS_TYPES or (
        kind in {"misc", "unpublished", "", "document"}
        and bool(urls)
        and all(is_non_scholarly_host(url) for url in urls)
    )
    blog = (
        not ids
        and bool(urls)
        and not reference.venue
        and all(classify_link(url)[0] == "plain" for url in urls)
        and kind in {"misc", "online", "", "article", "unpublished"}
    )
    if (worthless or blog) and not ids:
        return reference, False
    return reference, bool(ids) or bool(reference.title and (reference.authors or reference.year))
