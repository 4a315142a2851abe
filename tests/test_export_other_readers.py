"""Exports as other programs read them: pybtex, citeproc and rispy lose nothing of the reader's."""

from __future__ import annotations

import json
from typing import Any

import pytest
import rispy
from pybtex.database import Entry, parse_string

from litmap.export_marks import MARKED_LINE
from litmap.exports import to_bibtex, to_csl, to_ris
from litmap.models import Work
from litmap.notes import parse_note

BOOK = (
    "@book{net:1, author={{Della Torre}, Gina and {Net Guild of the North} and Kane, Jr., Marcus "
    "Lee}, editor={Vik, Una}, title={Nets and {DNA} of $O(n)$ knots}, publisher={Lane {\\&} Sons}, "
    "address={Bonn}, year=1998, month=mar, isbn={978-0-00-000002-6}, edition=2, volume=3, "
    "pages={1--9}, shelf={B 12}}"
)
TALK = (
    "@inproceedings{DBLP:conf/kite/Ling05, author={Ling, Kim and others}, title={A talk}, "
    "booktitle={Proc. of the 3rd Kite Day}, pages={11--29}, year=2005, doi={10.5555/t.1}}"
)
PAPER = (
    "@article{o'neil+2011, author={O'Neil, Sue and van der Berg, Jan and S{\\o}rensen, {\\AA}se}, "
    "title={Kites over the dam}, journal={R\\&D Letters}, volume=4, number=2, pages={11--29}, "
    "year=2011, url={https://example.org/a_b?x=1&y=2}, keywords={kites, dams}}"
)
RIS = (
    "TY  - CHAP\nID  - moe3\nAU  - de la Cruz, Ana\nAU  - World Kite Office\nTI  - Knots\nT2  - The "
    "Net Book\nPB  - Quay\nPY  - 2003\nSP  - 3\nEP  - 19\nSN  - 978-0-00-000003-3\nC1  - own\nER  - \n"
)
CSL = json.dumps(
    [{"id": "x1", "type": "chapter", "title": "Algae", "container-title": "The Glass Book",
      "author": [{"family": "Berg", "given": "Jan", "non-dropping-particle": "van den"}],
      "editor": [{"literal": "Glass Guild"}], "issued": {"date-parts": [[2003, 4]]},
      "publisher": "Glass", "page": "3-19", "language": "nb"}]
)  # fmt: skip
SOURCES = [(".bib", BOOK), (".bib", TALK), (".bib", PAPER), (".ris", RIS), (".json", CSL)]
EVERY_SOURCE = pytest.mark.parametrize(("ending", "text"), SOURCES)


def work(text: str, ending: str) -> list[Any]:
    note, _ = parse_note(text, f"r{ending}", ending)
    return [(Work("w:1", ""), [], [block.record]) for block in note.blocks]


def by_pybtex(text: str) -> tuple[str, Entry]:
    database = parse_string(text, "bibtex")
    ((key, entry),) = database.entries.items()
    return key, entry


def people(entry: Entry) -> dict[str, list[str]]:
    return {role: [str(person) for person in persons] for role, persons in entry.persons.items()}


@pytest.mark.parametrize("text", [BOOK, TALK, PAPER])
def test_pybtex_reads_the_same_entry_before_and_after(text: str) -> None:
    key, before = by_pybtex(text)
    key_after, after = by_pybtex(to_bibtex(work(text, ".bib")))
    assert (key_after, after.type, people(after)) == (key, before.type, people(before))
    assert dict(after.fields) == dict(before.fields)


@EVERY_SOURCE
def test_every_export_is_an_entry_for_pybtex(ending: str, text: str) -> None:
    _, entry = by_pybtex(to_bibtex(work(text, ending)))
    assert entry.persons
    assert entry.fields["title"]


@pytest.mark.parametrize(
    ("ending", "text", "authors"),
    [
        (".bib", BOOK, ["Della Torre, Gina", "Net Guild of the North", "Kane, Marcus Lee, Jr."]),
        (".bib", PAPER, ["O'Neil, Sue", "van der Berg, Jan", "Sørensen, Åse"]),
        (".ris", RIS, ["de la Cruz, Ana", "World Kite Office"]),
        (".json", CSL, ["van den Berg, Jan"]),
    ],
)
def test_rispy_reads_the_names_of_every_source(ending: str, text: str, authors: list[str]) -> None:
    (record,) = rispy.loads(to_ris(work(text, ending)))
    assert record["authors"] == authors


def test_rispy_reads_the_same_record_before_and_after() -> None:
    assert rispy.loads(to_ris(work(RIS, ".ris"))) == rispy.loads(RIS)
    assert to_ris(work(RIS, ".ris")) == MARKED_LINE + RIS


@pytest.mark.parametrize(
    ("ending", "text", "printed"),
    [
        (".bib", BOOK, "Della Torre, G., Net Guild of the North and Kane, M.L., Jr. (1998) Nets and DNA of O(n) knots. 2nd ed. Edited by U. "
         "Vik. Bonn: Lane & Sons, pp. 1–9."),
        (".bib", PAPER, "O'Neil, S., van der Berg, J. and Sørensen, Å. (2011) “Kites over the dam”, R&D "
         "Letters, 4(2), pp. 11–29. Available at: https://example.org/a_b?x=1&y=2."),
        (".ris", RIS, "de la Cruz, A. and World Kite Office (2003) “Knots”, The Net Book. Quay, pp. 3–19."),
        (".json", CSL, "van den Berg, J. (2003) “Algae”, in Glass Guild (ed.) The Glass Book. Glass, pp. "
         "3–19."),
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore:The following arguments for Reference are unsupported")
def test_citeproc_prints_every_source(ending: str, text: str, printed: str) -> None:
    from citeproc import (
        Citation,
        CitationItem,
        CitationStylesBibliography,
        CitationStylesStyle,
        formatter,
    )
    from citeproc.source.json import CiteProcJSON

    items = json.loads(to_csl(work(text, ending)))
    style = CitationStylesStyle("harvard-cite-them-right", validate=False)
    bibliography = CitationStylesBibliography(style, CiteProcJSON(items), formatter.plain)
    bibliography.register(Citation([CitationItem(items[0]["id"].lower())]))
    assert [str(entry) for entry in bibliography.bibliography()] == [printed]
