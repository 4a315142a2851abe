"""BibTeX."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from litmap.export_marks import MARKED_LINE
from litmap.exports.bibtex_records import MONTHS, first_values
from litmap.exports.csl_items import Item, date_parts, family_of, names_of, text_of, year_of
from litmap.exports.keys import LibraryWork
from litmap.exports.publications import Publication, publications
from litmap.exports.title_case import protected_words
from litmap.models import BibRecord
from litmap.parsing.latex_text import plain_latex
from litmap.parsing.markup import one_line
from litmap.parsing.word_lists import load_words

_ENTRY = {
    "article-journal": "article",
    "article-magazine": "article",
    "article-newspaper": "article",
    "article": "misc",
    "paper-conference": "inproceedings",
    "chapter": "incollection",
    "entry": "incollection",
    "entry-dictionary": "incollection",
    "entry-encyclopedia": "incollection",
    "book": "book",
    "collection": "book",
    "thesis": "phdthesis",
    "report": "techreport",
    "manuscript": "unpublished",
    "pamphlet": "booklet",
    "webpage": "online",
    "post": "online",
    "post-weblog": "online",
    "dataset": "dataset",
    "software": "software",
    "patent": "patent",
    "standard": "standard",
    "periodical": "periodical",
    "motion_picture": "video",
    "song": "audio",
}
"""Type of an item → type of an entry, BibTeX's where it has one, else BibLaTeX's; any other is
'misc'.
"""
_MASTERS = re.compile(r"\b(?:master|diplom|m\.?\s?sc|magister|laurea)", re.I)
_CONTAINER = {
    "article": "journal",
    "periodical": "journal",
    "inproceedings": "booktitle",
    "incollection": "booktitle",
    "book": "series",
}
"""Type of an entry → the field that names what it is part of; 'howpublished' for any other."""
_PUBLISHER = {
    "phdthesis": "school",
    "mastersthesis": "school",
    "techreport": "institution",
    "online": "organization",
}
_FIELDS = (
    ("collection-title", "series"),
    ("publisher-place", "address"),
    ("volume", "volume"),
    ("number-of-volumes", "volumes"),
    ("issue", "number"),
    ("number", "number"),
    ("number", "eid"),
    ("edition", "edition"),
    ("chapter-number", "chapter"),
    ("number-of-pages", "pagetotal"),
    ("event-title", "eventtitle"),
    ("event-place", "venue"),
    ("version", "version"),
    ("language", "language"),
    ("status", "pubstate"),
    ("title-short", "shorttitle"),
    ("container-title-short", "shortjournal"),
)
"""Fields that hold text, in the order in which they go out."""
_LAST_FIELDS = (("note", "note"), ("annote", "addendum"), ("abstract", "abstract"))
_PEOPLE = (
    ("author", "author"),
    ("editor", "editor"),
    ("translator", "translator"),
    ("container-author", "bookauthor"),
)
_VERBATIM = (
    ("ISBN", "isbn"),
    ("ISSN", "issn"),
    ("DOI", "doi"),
    ("archive_location", "eprint"),
    ("PMID", "pmid"),
    ("PMCID", "pmcid"),
    ("URL", "url"),
)
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
_ESCAPED_SIGN = re.compile(r"\\.", re.S)
_BRACE = re.compile(r"[{}]")
_NOT_VERBATIM = re.compile(r"[{}\\^]")
_NOT_IN_KEY = re.compile(r"[\s,{}%#\"'\\~()=]+")
_FIELD_NAME = re.compile(r"[a-z][\w:+./-]*")
_AND = re.compile(r"\band\b", re.I)
_PARTICLE_WITHIN = re.compile(r"^\W*[^\W\d_a-z]\S* (?:\S+ )*[a-z]\S* ")
"""A family name in which BibTeX would take the first words for particles: 'Ybarra y Luna'."""

Fields = list[tuple[str, str]]
"""Names and values as they stand between the braces of a field."""


def to_bibtex(works: Sequence[LibraryWork]) -> str:
    """One entry a work, in the order given.

    The user's own entries keep their keys, types and fields as they are. In what litmap adds,
    special characters are escaped; mathematics in dollar signs stays. Letters stay Unicode, as
    BibTeX's successors read them. Headings stand under `keywords`.
    """
    return MARKED_LINE + "\n".join(map(_entry, publications(works, "bibtex")))


def _entry(publication: Publication) -> str:
    record = publication.record
    key = _NOT_IN_KEY.sub("-", publication.key)
    if record and record.format == "bibtex":
        key = publication.key if record.key else key
        kind, own = record.type or "misc", own_fields(record)
        fields = [*own, *added_fields(publication, {name for name, _ in own})]
    else:
        kind, fields = entry_type(publication.item), item_fields(publication.item)
    if publication.other_keys:
        fields.append(("ids", ", ".join(publication.other_keys)))
    body = "".join(f"  {name} = {_delimited(name, value)},\n" for name, value in fields)
    return f"@{kind}{{{key},\n{body}}}\n"


def own_fields(record: BibRecord) -> Fields:
    """The fields of the user's entry as they came; of two of one name the first."""
    return [(name, value) for name, value in first_values_in_order(record) if value.strip()]


def first_values_in_order(record: BibRecord) -> Iterator[tuple[str, str]]:
    """The fields in the order of the file, each name once."""
    first = first_values(record)
    for name in dict.fromkeys(name for name, _ in record.fields):
        value = first[name]
        yield name, value if is_sound(value) else escape(plain_latex(value))


def is_sound(value: str) -> bool:
    r"""Whether every reader finds the end of a value in braces: they pair, whether a reader counts
    those behind a backslash or not, and no backslash stands before the closing one.
    """
    return (
        are_paired(value) and are_paired(_ESCAPED_SIGN.sub("", value)) and not value.endswith("\\")
    )


def added_fields(publication: Publication, there: set[str]) -> Fields:
    """What litmap adds to an entry that has these fields."""
    added = {"type": publication.item.get("type", ""), **publication.added}
    return [(name, value) for name, value in item_fields(added) if name not in there]


def _delimited(name: str, value: str) -> str:
    """A value in braces; the name of a month stands without."""
    return value if name == "month" and value in MONTHS else f"{{{value}}}"


def entry_type(item: Item) -> str:
    """The type of an entry for an item."""
    kind = _ENTRY.get(item.get("type", ""), "misc")
    is_masters = kind == "phdthesis" and _MASTERS.search(text_of(item, "genre"))
    return "mastersthesis" if is_masters else kind


def item_fields(item: Item) -> Fields:
    """The fields of an item, in BibTeX's spelling and order; the first of one name counts."""
    fields = [(name, value) for name, value in _all_fields(item, entry_type(item)) if value]
    return list(dict(reversed(fields)).items())[::-1]


def _all_fields(item: Item, kind: str) -> Iterator[tuple[str, str]]:
    yield "title", _title(text_of(item, "title"))
    for field, name in _PEOPLE:
        yield name, " and ".join(map(_person, names_of(item, field)))
    parts = date_parts(item, "issued")
    yield "year", str(year_of(item) or "")
    yield "month", MONTHS[parts[1] - 1] if len(parts) > 1 and 0 < parts[1] < 13 else ""
    yield _CONTAINER.get(kind, "howpublished"), escape(text_of(item, "container-title"))
    yield _PUBLISHER.get(kind, "publisher"), escape(text_of(item, "publisher"))
    yield "pages", escape(text_of(item, "page")).replace("-", "--")
    if kind != "phdthesis":
        yield "type", escape(text_of(item, "genre"))
    for field, name in _FIELDS:
        if name != "eid" or item.get("issue"):  # an article's number beside its issue's
            yield name, escape(text_of(item, field))
    for field, name in _VERBATIM:
        yield name, verbatim(text_of(item, field))
        if name == "eprint" and item.get(field):
            yield "archiveprefix", escape(text_of(item, "archive"))
    yield "urldate", "-".join(f"{part:02d}" for part in date_parts(item, "accessed"))
    for field, name in _LAST_FIELDS:
        yield name, escape(text_of(item, field))
    yield "keywords", escape(text_of(item, "keyword"))
    yield from _unknown(item)


def _unknown(item: Item) -> Iterator[tuple[str, str]]:
    """Fields of other programs, whose names BibTeX can have."""
    custom = item.get("custom")
    for name, value in custom.items() if isinstance(custom, dict) else ():
        if _FIELD_NAME.fullmatch(name.lower()) and isinstance(value, (str, int)):
            yield name.lower(), escape(str(value))


def _title(text: str) -> str:
    """A title with braces around what keeps its capitals."""
    out, place = [], 0
    for start, end in _outside_maths(text, protected_words(text)):
        out += [escape(text[place:start], keep=True), "{", escape(text[start:end]), "}"]
        place = end
    return "".join(out) + escape(text[place:], keep=True)


def _outside_maths(text: str, words: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The words that stand in no formula; whole formulas stay as they are."""
    formulas = [match.span() for match in _MATH.finditer(text)]
    for start, end in words:
        if not any(begin < end and start < stop for begin, stop in formulas):
            yield start, end


def escape(text: str, *, keep: bool = False) -> str:
    """Text for a braced field: no sign of it can end the field, and no command comes out of it but
    those that print a sign and known ones of mathematics. `keep` leaves blanks at its ends.
    """
    lead = " " if keep and text[:1].isspace() else ""
    tail = " " if keep and text.strip() and text[-1:].isspace() else ""
    text = one_line(text)
    out, position = [], 0
    for match in _MATH.finditer(text):
        if not is_plain_math(match[1]):
            continue
        out.append(_plain(text[position : match.start()]) + match[0])
        position = match.end()
    return lead + "".join(out) + _plain(text[position:]) + tail


def _plain(text: str) -> str:
    return "".join(_ESCAPES.get(char, char) for char in text)


def is_plain_math(text: str) -> bool:
    r"""Whether TeX can only typeset it: known commands (`\alpha`, not `\input`), braces that pair.

    Braces behind a backslash count as BibTeX counts them.
    """
    if not all(command[1] in _MATH_COMMANDS for command in _COMMAND.finditer(text)):
        return False
    is_clean = not _NOT_IN_MATH.search(_COMMAND.sub("", text)) and "^^" not in text
    return are_paired(text) and is_clean


def are_paired(text: str) -> bool:
    """Whether braces pair, as BibTeX counts them: behind a backslash too."""
    depth = 0
    for match in _BRACE.finditer(text):
        depth += 1 if match.group() == "{" else -1
        if depth < 0:
            return False
    return depth == 0


def _person(name: dict[str, str]) -> str:
    """'Family, Suffix, Given', '{Organisation}' or 'others'."""
    if name.get("literal") == "others":
        return "others"
    family, given = family_of(name) or name.get("literal", ""), name.get("given", "")
    whole = escape(family)
    if "literal" in name or not given or "," in family or _AND.search(family):
        return f"{{{whole}}}"
    if _PARTICLE_WITHIN.match(family):
        whole = f"{{{whole}}}"
    given = f"{{{escape(given)}}}" if _AND.search(given) or "," in given else escape(given)
    return ", ".join(filter(None, (whole, escape(name.get("suffix", "")), given)))


def verbatim(text: str) -> str:
    """An identifier or address: what could end the field or start a command percent-encoded."""
    text = one_line(text).replace(" ", "%20")
    return _NOT_VERBATIM.sub(lambda match: f"%{ord(match[0]):02X}", text)
