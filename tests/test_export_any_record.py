"""Whatever a reference file holds, what goes out of it is a sound file of its format."""

from __future__ import annotations

import csv
import io
import json

import bibtexparser
import rispy
from hypothesis import given, settings
from hypothesis import strategies as st

from litmap import exports
from litmap.export_marks import MARKED_LINE
from litmap.models import BibRecord, Work
from litmap.notes import parse_note

PIECES = st.sampled_from(
    ["{", "}", "{{", "}}", "\\", '"', ",", " and ", "#", "$", "$x$", "%", "&", "~", "@article{x,",
     "\n", "\r\n", "\u2028", "\x00", "TY  - ", "ER  - ", "é", "\\'e", "von", "Jr.", "10.5555/a", "2011",
     "-", "--", ";", "=", "=1+1", "A", "b", " ", "http://x.example/", "\\url{", "\\input{x}", "others"]
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=6).map("".join)
NAMES = st.sampled_from(
    ["title", "author", "editor", "year", "month", "date", "journal", "pages", "number", "doi", "url",
     "eprint", "note", "keywords", "x-own", "crossref", "type"]
)  # fmt: skip
TAGS = st.sampled_from(
    ["TY", "ID", "TI", "AU", "A2", "PY", "DA", "SP", "EP", "SN", "DO", "KW", "C1"]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3000) | TEXTS | st.just("\ud800"),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=2),
    max_leaves=6,
)
CSL_NAMES = st.sampled_from(
    ["id", "type", "title", "author", "editor", "issued", "custom", "page", "itemType", "creators",
     "tags", "container-title", "DOI", "note"]
)  # fmt: skip
BIBTEX = st.builds(
    lambda key, kind, fields: BibRecord("bibtex", key, kind, tuple(fields)),
    st.sampled_from(["k", "a:b/c", "o'n", ""]),
    st.sampled_from(["article", "book", "mythesis", "misc"]),
    st.lists(st.tuples(NAMES, TEXTS), min_size=1, max_size=5),
)
RIS = st.builds(
    lambda key, kind, fields: BibRecord("ris", key, kind, (("TY", kind), *fields)),
    st.sampled_from(["k", ""]),
    st.sampled_from(["JOUR", "BOOK", "XXXX"]),
    st.lists(st.tuples(TAGS.filter(lambda tag: tag != "TY"), TEXTS), max_size=5),
)
CSL = st.builds(
    lambda fields: BibRecord("csl", "k", "", tuple((n, json.dumps(v)) for n, v in fields.items())),
    st.dictionaries(CSL_NAMES, JSON, min_size=1, max_size=5),
)
CSV = st.builds(
    lambda fields: BibRecord("csv", "", "", tuple(fields)),
    st.lists(
        st.tuples(st.sampled_from(["Title", "Author", "Year", "=own", "type"]), TEXTS), min_size=1
    ),
)
XML = st.builds(
    lambda fields: BibRecord("refxml", "", "", tuple(fields)),
    st.lists(st.tuples(st.sampled_from(["titles/title", "dates/year", "x"]), TEXTS), min_size=1),
)
WORKS = st.lists(
    st.tuples(
        st.builds(lambda title: Work("w:1", title, ("A. B",), 2001, "V", "C."), TEXTS),
        st.just(()),
        st.lists(BIBTEX | RIS | CSL | CSV | XML, max_size=2),
    ),
    min_size=1,
    max_size=3,
)


@settings(max_examples=150, deadline=None)
@given(WORKS)
def test_every_export_of_any_record_is_sound(
    works: list[tuple[Work, tuple[()], list[BibRecord]]],
) -> None:
    bib = bibtexparser.parse_string(exports.to_bibtex(works).removeprefix(MARKED_LINE))
    assert not bib.failed_blocks
    assert len(bib.blocks) == len(works)
    assert len({entry.key.lower() for entry in bib.entries}) == len(works)
    assert len(rispy.loads(exports.to_ris(works))) == len(works)
    assert len(json.loads(exports.to_csl(works))) == len(works)
    rows = list(csv.reader(io.StringIO(exports.to_csv(works))))
    assert {len(row) for row in rows} == {len(rows[0])}
    assert len(rows) == len(works) + 1
    for text in (exports.to_bibtex(works), exports.to_csl(works), exports.to_csv(works)):
        text.encode()


@settings(max_examples=100, deadline=None)
@given(st.lists(BIBTEX, min_size=1, max_size=3))
def test_an_export_of_bibtex_read_again_gives_the_same_export(records: list[BibRecord]) -> None:
    once = exports.to_bibtex([(Work("w:1", ""), [], [record]) for record in records])
    note, _ = parse_note(once, "a.bib", ".bib")
    again = [block.record for block in note.blocks if block.record]
    twice = exports.to_bibtex([(Work("w:1", ""), [], [record]) for record in again])
    assert set(twice.splitlines()) <= set(once.splitlines())
