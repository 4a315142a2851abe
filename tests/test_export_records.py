"""What the reader brought goes out as it came; litmap adds to it and overwrites nothing."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import bibtexparser
import pytest
import rispy

from litmap import exports
from litmap.export_marks import MARKED_LINE
from litmap.exports.title_case import protected_words
from litmap.models import BibRecord, Mention, Work
from litmap.notes import parse_note

NOTHING = Work("title:x", "")
TEXT = {"bibtex": exports.to_bibtex, "ris": exports.to_ris, "csl": exports.to_csl}
ENDINGS = {"bibtex": ".bib", "ris": ".ris", "csl": ".json", "csv": ".csv"}


def records(text: str, name: str) -> list[BibRecord]:
    note, _ = parse_note(text, f"refs{ENDINGS[name]}", ENDINGS[name])
    return [block.record for block in note.blocks if block.record]


def exported(text: str, name: str, to: str, work: Work = NOTHING) -> str:
    works = [(work, [], [record]) for record in records(text, name)]
    return TEXT[to](works).removeprefix(MARKED_LINE)


def entry(text: str) -> Any:
    library = bibtexparser.parse_string(text)
    assert not library.failed_blocks
    return library.entries[0]


ENTRIES = [
    "@article{my:key-1,\n  author = {Rowe, Dan and Ode, Kemi},\n  title = {Kites over the {Long} dam},\n"
    "  journal = {R\\&D \\% Kites},\n  year = {2011},\n  month = mar,\n  pages = {11--29},\n"
    "  x-shelf = {B 12},\n  file = {:papers/kites.pdf:PDF},\n}\n",
    "@report{r1,\n  author = {{Ministry of Ferries and Bridges} and others},\n  title = {Tides},\n"
    "  type = {techreport},\n  date = {2002-03},\n  note = {Read twice},\n}\n",
    "@mastersthesis{DBLP:conf/x/Y05,\n  author = {{Della Torre}, Gina and von Stein, Jr., Karl},\n"
    "  title = {{Solving $O(n \\log n)$ kites}},\n  school = {{\\'E}cole},\n  year = {2005},\n}\n",
    '@proceedings{p,\n  editor = {Louis Marie de la Vall{\\\'e}e Martin},\n  title = {A {"}kite{"}},\n'
    "  crossref = {other},\n}\n",
]


@pytest.mark.parametrize("text", ENTRIES)
def test_an_entry_of_bibtex_goes_out_as_it_came(text: str) -> None:
    assert exported(text, "bibtex", "bibtex") == text


@pytest.mark.parametrize(
    "lines",
    [
        ["TY  - CHAP", "ID  - moe3", "AU  - de la Cruz, Ana", "AU  - Lee, Bo, Jr.", "TI  - Knots",
         "T2  - The Net Book", "C1  - shelf 4", "M1  - 77", "KW  - nets", "KW  - knots"],
        ["TY  - BLOG", "A1  - World Office", "T1  - A page", "ID  - w", "U2  - own", "Y1  - 2001/02//"],
    ],
)  # fmt: skip
def test_a_record_of_ris_goes_out_as_it_came(lines: list[str]) -> None:
    text = "\n".join([*lines, "ER  - \n"])
    assert exported(text, "ris", "ris") == text


@pytest.mark.parametrize(
    "item",
    [
        {"id": "a b", "type": "chapter", "title": "Algae", "x": {"y": [1]}, "issued": {"raw": "1999"},
         "author": [{"family": "Berg", "given": "Jan", "non-dropping-particle": "van den"}]},
        {"id": "http://zotero.org/users/1/items/X", "type": "speech", "title": "On <i>B. subtilis</i>",
         "citation-key": "ode2010", "custom": {"own": "1"}, "note": "a\nb"},
    ],
)  # fmt: skip
def test_an_item_of_csl_goes_out_as_it_came(item: dict[str, Any]) -> None:
    (out,) = json.loads(exported(json.dumps([item]), "csl", "csl"))
    assert out.pop("custom").items() >= {"litmap": "export", **item.pop("custom", {})}.items()
    assert out == item


BOOK = (
    "@book{b1, author={Della Torre, Gina and {Net Guild} and Kane, Jr., Marcus Lee and Ybarra y "
    "Luna, Jos{\\'e}}, editor={Una Vik and others}, title={Nets {\\&} knots}, subtitle={A $k$-book}, "
    "publisher={Lane {\\&} Sons}, address={Bonn}, year=1998, month=mar, isbn={978-0-00-000002-6}, "
    "edition=2, series={Quay Books}, volume=3, pages={1--9}, keywords={nets, knots}, x-shelf={B}}"
)


def test_bibtex_reaches_csl_with_all_its_fields() -> None:
    (item,) = json.loads(exported(BOOK, "bibtex", "csl"))
    assert item == {
        "id": "b1",
        "type": "book",
        "custom": {"litmap": "export", "x-shelf": "B"},
        "title": "Nets & knots: A k-book",
        "author": [
            {"family": "Della Torre", "given": "Gina"},
            {"literal": "Net Guild"},
            {"family": "Kane", "given": "Marcus Lee", "suffix": "Jr."},
            {"family": "Ybarra y Luna", "given": "José"},
        ],
        "editor": [{"family": "Vik", "given": "Una"}, {"literal": "others"}],
        "publisher": "Lane & Sons",
        "publisher-place": "Bonn",
        "edition": "2",
        "collection-title": "Quay Books",
        "volume": "3",
        "page": "1-9",
        "ISBN": "978-0-00-000002-6",
        "keyword": "nets, knots",
        "issued": {"date-parts": [[1998, 3]]},
    }


def test_bibtex_reaches_ris_with_all_its_fields() -> None:
    (record,) = rispy.loads(exported(BOOK, "bibtex", "ris"))
    assert record["type_of_reference"] == "BOOK"
    assert record["authors"] == [
        "Della Torre, Gina",
        "Net Guild",
        "Kane, Marcus Lee, Jr.",
        "Ybarra y Luna, José",
    ]
    assert record["secondary_authors"] == ["Vik, Una", "et al."]
    assert (record["publisher"], record["place_published"]) == ("Lane & Sons", "Bonn")
    assert (record["start_page"], record["end_page"]) == ("1", "9")
    assert record["keywords"] == ["nets", "knots"]
    assert not record.get("unknown_tag")


@pytest.mark.parametrize("through", ["ris", "csl"])
def test_bibtex_comes_back_from_another_format(through: str) -> None:
    there = exported(BOOK, "bibtex", through)
    back = entry(exported(there, through, "bibtex"))
    assert (back.key, back.entry_type) == ("b1", "book")
    want = {"publisher": r"Lane \& Sons", "address": "Bonn", "year": "1998", "month": "mar",
            "isbn": "978-0-00-000002-6", "edition": "2", "series": "Quay Books", "volume": "3",
            "pages": "1--9", "keywords": "nets, knots", "editor": "Vik, Una and others",
            "author": "Della Torre, Gina and {Net Guild} and Kane, Jr., Marcus Lee and "
            "{Ybarra y Luna}, José"}  # fmt: skip
    assert {name: back[name] for name in want} == want


@pytest.mark.parametrize(
    ("kind", "csl", "ris"),
    [
        ("book", "book", "BOOK"),
        ("mastersthesis", "thesis", "THES"),
        ("thesis", "thesis", "THES"),
        ("techreport", "report", "RPRT"),
        ("inproceedings", "paper-conference", "CONF"),
        ("conference", "paper-conference", "CONF"),
        ("incollection", "chapter", "CHAP"),
        ("inbook", "chapter", "CHAP"),
        ("dataset", "dataset", "DATA"),
        ("software", "software", "COMP"),
        ("online", "webpage", "ELEC"),
        ("patent", "patent", "PAT"),
        ("unpublished", "manuscript", "MANSCPT"),
        ("misc", "document", "GEN"),
        ("newtype", "document", "GEN"),
    ],
)
def test_types_have_their_counterparts(kind: str, csl: str, ris: str) -> None:
    text = f"@{kind}{{k, title={{A title of kites}}}}"
    assert entry(exported(text, "bibtex", "bibtex")).entry_type == kind
    assert json.loads(exported(text, "bibtex", "csl"))[0]["type"] == csl
    assert exported(text, "bibtex", "ris").startswith(f"TY  - {ris}\n")


JOURNAL = Work(
    "doi:10.5555/k.1",
    "Kites over the Long Dam",
    ("Dan Rowe",),
    2012,
    "Wind Letters",
    "An abstract.",
    ("doi:10.5555/k.1", "arxiv:1101.00001"),
    notices=("Retraction on 2015-01-01",),
)


def added(text: str, work: Work = JOURNAL) -> dict[str, str]:
    """The fields that litmap adds to an entry."""
    before = {field.key for field in entry(text).fields}
    after = entry(exported(text, "bibtex", "bibtex", work)).fields
    return {field.key: field.value for field in after if field.key not in before}


LEARNED = {
    "doi": "10.5555/k.1",
    "eprint": "1101.00001",
    "archiveprefix": "arXiv",
    "abstract": "An abstract.",
    "note": "Retraction on 2015-01-01",
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@article{k, author={D}, title={K}, journal={Wind Letters}, year=2012}", LEARNED),
        # no year of the journal beside the preprint's, and no journal on it
        ("@article{k, author={D}, title={K}, journal={arXiv:1101.00001}}",
         {name: LEARNED[name] for name in ("doi", "abstract", "note")}),
        ("@article{k, author={D}, title={K}, year=2011}", LEARNED),
        ("@article{k, author={D}, title={K}, year=2012}", LEARNED | {"journal": "Wind Letters"}),
        ("@article{k, author={D}, title={K}, journal={Wind Letters}}", LEARNED | {"year": "2012"}),
        ("@book{k, title={K}, year=2012}", LEARNED | {"author": "Rowe, Dan"}),
        ("@book{k, title={K}, editor={E}, year=2012}", LEARNED),
        ("@misc{k, author={D}, title={K}, year=2012, url={https://arxiv.org/abs/1101.00001}, "
         "doi={https://doi.org/10.5555/K.1}, note={Seen.}, abstract={Mine.}}",
         {"addendum": "Retraction on 2015-01-01"}),
    ],
)  # fmt: skip
def test_litmap_adds_what_fits_and_overwrites_nothing(text: str, expected: dict[str, str]) -> None:
    assert added(text) == expected


def test_headings_are_keywords_only_where_the_record_has_none() -> None:
    text = "@book{a, title={A book of kites}}\n@book{b, title={A book of dams}, keywords={own}}"
    place = Mention("n.md", 1, "x", ("Kites", "Long"))
    works = [(NOTHING, [place], [record]) for record in records(text, "bibtex")]
    assert [e["keywords"] for e in bibtexparser.parse_string(exports.to_bibtex(works)).entries] == [
        "Kites / Long",
        "own",
    ]


def test_the_readers_keys_come_first_and_generated_ones_avoid_them() -> None:
    own = records("@book{ode2001kites, title={Dams}}\n@book{Ode2001Dams, title={Kites}}", "bibtex")
    kites, dams = (Work(f"w:{t}", t, ("K. Ode",), 2001) for t in ("Kites", "Dams"))
    works = [(kites, [], []), (dams, [], own[:1]), (dams, [], own[1:])]
    keys = [e.key for e in bibtexparser.parse_string(exports.to_bibtex(works)).entries]
    assert keys[1:] == ["ode2001kites", "Ode2001Dams"]
    assert len({key.lower() for key in keys}) == len(keys)


def test_a_second_key_of_a_work_is_kept_as_an_alias() -> None:
    own = records("@book{one, title={Dams}}\n@book{two, title={Dams}}", "bibtex")
    (only,) = bibtexparser.parse_string(exports.to_bibtex([(NOTHING, [], own)])).entries
    assert (only.key, only["ids"]) == ("one", "two")


def test_a_key_that_only_the_notes_cite_stays() -> None:
    work, place = (
        Work("w:1", "Dams", ("K. Ode",), 2001),
        Mention("n", 1, "@Ode:dams", (), "", "citekey"),
    )
    assert exports.to_bibtex([(work, [place])]).count("@book{Ode:dams,") == 0
    assert "{Ode:dams," in exports.to_bibtex([(work, [place])])


def test_every_column_of_the_readers_table_goes_out() -> None:
    text = 'Title,Author,Publication Title,ISSN,Shelf\nKites,"Rowe, Dan; Ode, Kemi",Wind,1234-5679,B 12\n'
    works = [(NOTHING, [], records(text, "csv"))]
    (row,) = csv.DictReader(io.StringIO(exports.to_csv(works)))
    assert (row["title"], row["authors"], row["venue"]) == ("Kites", "Dan Rowe; Kemi Ode", "Wind")
    assert (row["ISSN"], row["Shelf"]) == ("1234-5679", "B 12")


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Learning representations by back-propagating errors", []),
        ("Deep Residual Learning for Image Recognition", []),
        ("BERT: Pre-training of Deep Transformers", ["BERT"]),
        ("Folding of mRNA in E. coli near Oslo", ["mRNA", "E", "Oslo"]),
        ("The Structure of DNA and of H2O", ["DNA", "H2O"]),
        ("A Markov Model of GPT-based Agents", ["Markov", "GPT"]),
        ("Bayes' Theorem for iPhones: What McDonald Saw", ["Bayes'", "iPhones", "McDonald"]),
        ("Vitamin C and Plan B", ["C", "B"]),
        ("Akten und Erinnerung in der Stadt: Eine Geschichte", ["Erinnerung", "Stadt", "Geschichte"]),
        ("THE EFFECTS OF COLD WATER", []),
        ("Walking in Sweden in July", ["Sweden", "July"]),
    ],
)  # fmt: skip
def test_only_words_that_need_their_capitals_are_protected(title: str, expected: list[str]) -> None:
    assert [title[start:end] for start, end in protected_words(title)] == expected
    text = exports.to_bibtex([(Work("w:1", title), [])])
    for word in expected:
        assert f"{{{word}}}" in text


def test_a_degree_among_the_authors_is_nobody_and_names_no_key() -> None:
    work = Work("w:1", "Curvature of kites", ("PhD", "Jane Doe, PhD"), 2013)
    text = exports.to_bibtex([(work, [])])
    assert "{doe2013curvature," in text
    assert "author = {Doe, Jane}" in text


@pytest.mark.parametrize(
    ("authors", "expected"),
    [
        ("family=Berg, given=Jan, prefix=van den, suffix=Jr", ["van den Berg, Jan, Jr"]),
        ("Shaw, L.; Jay, K.", ["Shaw, L.", "Jay, K."]),
        ("Kane, Marcus Lee, Jr.", ["Kane, Marcus Lee, Jr."]),
        ("{Kane} {Lee}, Jo", ["Kane Lee, Jo"]),
        ("Ludwig van Beethoven", ["van Beethoven, Ludwig"]),
        ("{The {ATLAS} Group} and Plato", ["The ATLAS Group", "Plato"]),
        ("{Barnes and Noble}", ["Barnes and Noble"]),
    ],
)
def test_names_reach_other_formats_in_parts(authors: str, expected: list[str]) -> None:
    text = exported(f"@book{{k, title={{A book of kites}}, author={{{authors}}}}}", "bibtex", "ris")
    assert re.findall("AU  - (.*)", text) == expected
