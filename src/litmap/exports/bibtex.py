"""BibTeX."""

from __future__ import annotations

import re
from collections.abc import Sequence

from litmap.exports.keys import (
    WorkMentions,
    citation_keys,
    headings_of,
    kind_of,
    one_line,
    web_address,
)
from litmap.models import Work
from litmap.parsing.person_names import PersonName, split_name

_ENTRY = {
    "article": "article",
    "conference": "inproceedings",
    "preprint": "misc",
    "thesis": "phdthesis",
    "report": "techreport",
    "book": "book",
    "other": "misc",
}
_VENUE = {
    "article": "journal",
    "conference": "booktitle",
    "thesis": "school",
    "report": "institution",
    "book": "publisher",
}
_ESCAPES = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
_MATH = re.compile(r"\$[^$\n]{1,200}\$")


def to_bibtex(works: Sequence[WorkMentions]) -> str:
    """One entry a work, in the order given.

    Special characters are escaped; mathematics in dollar signs stays. Letters stay Unicode, as
    BibTeX's successors read them. Headings stand under `keywords`.
    """
    keys = citation_keys([work for work, _ in works])
    return "\n".join(
        _entry(key, work, [" / ".join(h) for h in headings_of(mentions)])
        for key, (work, mentions) in zip(keys, works, strict=True)
    )


def escape(text: str) -> str:
    """Text for a braced field: no sign of it can end the field or start a command."""
    text = one_line(text)
    out, position = [], 0
    for match in _MATH.finditer(text):
        if not _balanced(match[0]):
            continue
        out.append(_plain(text[position : match.start()]) + match[0])
        position = match.end()
    return "".join(out) + _plain(text[position:])


def _plain(text: str) -> str:
    return "".join(_ESCAPES.get(char, char) for char in text)


def _balanced(text: str) -> bool:
    """Whether braces pair up, with no backslash before one, a comment sign or an at sign."""
    depth = 0
    for char in text.replace("\\{", "").replace("\\}", ""):
        depth += (char == "{") - (char == "}")
        if depth < 0:
            return False
    return depth == 0 and not re.search(r"(?<!\\)%|@|\\$|\\\$$", text)


def _author(name: PersonName) -> str:
    family, given = escape(name.family), escape(name.given)
    if name.literal or re.search(r"\band\b|,", family, re.I) or not given:
        return "{" + family + "}"
    if re.search(r"\band\b", given, re.I):
        given = "{" + given + "}"
    return f"{family}, {escape(name.suffix)}, {given}" if name.suffix else f"{family}, {given}"


def _entry(key: str, work: Work, headings: Sequence[str]) -> str:
    kind = kind_of(work)
    arxiv = work.identifier("arxiv") or ""
    fields = (
        ("title", "{" + escape(work.title) + "}"),
        ("author", " and ".join(_author(split_name(a)) for a in work.authors if one_line(a))),
        ("year", str(work.year or "")),
        (_VENUE.get(kind, "howpublished"), escape(work.venue)),
        ("doi", _verbatim(work.identifier("doi") or "")),
        ("eprint", _verbatim(arxiv)),
        ("archiveprefix", "arXiv" if arxiv else ""),
        ("url", _verbatim(web_address(work))),
        ("abstract", escape(work.abstract)),
        ("keywords", escape(", ".join(heading.replace(",", ";") for heading in headings))),
    )
    body = "".join(f"  {name} = {{{value}}},\n" for name, value in fields if value)
    return f"@{_ENTRY[kind]}{{{key},\n{body}}}\n"


def _verbatim(text: str) -> str:
    """An identifier or address: braces and backslashes percent-encoded, all else as it is."""
    text = one_line(text).replace(" ", "%20")
    return text.replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C")
