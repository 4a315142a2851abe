"""BibTeX."""

from __future__ import annotations

import re
from collections.abc import Sequence

from litmap.export_marks import MARKED_LINE
from litmap.exports.keys import (
    WorkMentions,
    citation_keys,
    headings_of,
    kind_of,
    web_address,
)
from litmap.models import Work
from litmap.parsing.markup import one_line
from litmap.parsing.person_names import PersonName, split_name
from litmap.parsing.word_lists import load_words

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
    "{": r"\textbraceleft{}",  # BibTeX counts braces behind a backslash too
    "}": r"\textbraceright{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
_MATH = re.compile(r"\$([^$\n]{1,200})\$")
_COMMAND = re.compile(r"\\([A-Za-z]+|.)")
_MATH_COMMANDS = load_words("math_commands", "litmap.exports") | set(",;:!|{}_ ")
_NOT_IN_MATH = re.compile(r"[\\%@#&~]|\^\^")
"""Comments, parameters, and '^^5c', which TeX reads as a backslash."""

_NOT_VERBATIM = re.compile(r"[{}\\^]")


def to_bibtex(works: Sequence[WorkMentions]) -> str:
    """One entry a work, in the order given.

    Special characters are escaped; mathematics in dollar signs stays. Letters stay Unicode, as
    BibTeX's successors read them. Headings stand under `keywords`.
    """
    keys = citation_keys([work for work, _ in works])
    return MARKED_LINE + "\n".join(
        _entry(key, work, [" / ".join(h) for h in headings_of(mentions)])
        for key, (work, mentions) in zip(keys, works, strict=True)
    )


def escape(text: str) -> str:
    """Text for a braced field: no sign of it can end the field, and no command comes out of it but
    those that print a sign and known ones of mathematics.
    """
    text = one_line(text)
    out, position = [], 0
    for match in _MATH.finditer(text):
        if not is_plain_math(match[1]):
            continue
        out.append(_plain(text[position : match.start()]) + match[0])
        position = match.end()
    return "".join(out) + _plain(text[position:])


def _plain(text: str) -> str:
    return "".join(_ESCAPES.get(char, char) for char in text)


def is_plain_math(text: str) -> bool:
    r"""Whether TeX can only typeset it: known commands (`\alpha`, not `\input`), braces that pair.

    Braces behind a backslash count as BibTeX counts them.
    """
    if not all(command[1] in _MATH_COMMANDS for command in _COMMAND.finditer(text)):
        return False
    depth = 0
    for char in text:
        depth += (char == "{") - (char == "}")
        if depth < 0:
            return False
    return depth == 0 and not _NOT_IN_MATH.search(_COMMAND.sub("", text)) and "^^" not in text


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
        ("note", escape("; ".join(work.notices))),
        ("abstract", escape(work.abstract)),
        ("keywords", escape(", ".join(heading.replace(",", ";") for heading in headings))),
    )
    body = "".join(f"  {name} = {{{value}}},\n" for name, value in fields if value)
    return f"@{_ENTRY[kind]}{{{key},\n{body}}}\n"


def _verbatim(text: str) -> str:
    """An identifier or address: what could end the field or start a command percent-encoded."""
    text = one_line(text).replace(" ", "%20")
    return _NOT_VERBATIM.sub(lambda match: f"%{ord(match[0]):02X}", text)
