"""Records of reference files: what is read of each format as people write it."""

import json

import pytest

from litmap.citations import find_citations
from litmap.models import BibRecord, Citation
from litmap.notes import parse_note

ENDNOTE = """<xml><records><record><rec-number>7</rec-number>
<ref-type name="Book">6</ref-type><contributors><authors>
<author><style face="normal">Lund, Kim</style></author></authors></contributors>
<titles><title><style face="normal">Kites </style><style face="italic">at sea</style></title></titles>
<dates><year>2001</year></dates></record></records></xml>"""


def citations_of(text: str, suffix: str) -> list[Citation]:
    note, _ = parse_note(text, "refs" + suffix, suffix)
    return find_citations([note])


@pytest.mark.parametrize(
    ("suffix", "text", "record"),
    [
        (
            ".bib",
            "\n@Book{o'dell:1,\n  Title = {The {PhD} Kite}, publisher = {Sail {\\&} Co},\n"
            "  author = {{Board of Kites} and de la Cruz, Ann}, year = 2001, volume = {4}}",
            BibRecord(
                "bibtex",
                "o'dell:1",
                "book",
                (
                    ("title", "The {PhD} Kite"),
                    ("publisher", r"Sail {\&} Co"),
                    ("author", "{Board of Kites} and de la Cruz, Ann"),
                    ("year", "2001"),
                    ("volume", "4"),
                ),
                "refs.bib",
                2,
            ),
        ),
        (
            ".ris",
            "TY  - BOOK\nID  - k1\nTI  - Kites at sea\nAU  - Lund, Kim\nPY  - 2001\nSP  - 3\nER  - \n",
            BibRecord(
                "ris",
                "k1",
                "BOOK",
                (
                    ("TY", "BOOK"),
                    ("ID", "k1"),
                    ("TI", "Kites at sea"),
                    ("AU", "Lund, Kim"),
                    ("PY", "2001"),
                    ("SP", "3"),
                ),
                "refs.ris",
                1,
            ),
        ),
        (
            ".json",
            '[{"id": "k1", "type": "book", "title": "Kites at sea", "issued": {"raw": "2001"}}]',
            BibRecord(
                "csl",
                "k1",
                "book",
                (
                    ("id", '"k1"'),
                    ("type", '"book"'),
                    ("title", '"Kites at sea"'),
                    ("issued", '{"raw": "2001"}'),
                ),
                "refs.json",
                1,
            ),
        ),
        (
            ".csv",
            "Key,Title,Year,Extra\nk1,Kites at sea,2001,mine\n",
            BibRecord(
                "csv",
                "k1",
                "",
                (("Key", "k1"), ("Title", "Kites at sea"), ("Year", "2001"), ("Extra", "mine")),
                "refs.csv",
                2,
            ),
        ),
        (
            ".xml",
            ENDNOTE,
            BibRecord(
                "refxml",
                "7",
                "Book",
                (
                    ("rec-number", "7"),
                    ("ref-type", "6"),
                    ("contributors/authors/author", "Lund, Kim"),
                    ("titles/title", "Kites at sea"),
                    ("dates/year", "2001"),
                ),
                "refs.xml",
                1,
            ),
        ),
    ],
)
def test_a_record_is_kept_as_it_came(suffix, text, record):
    (citation,) = citations_of(text, suffix)
    assert citation.records == (record,)


def test_a_work_of_two_files_keeps_both_records():
    bib, _ = parse_note(
        "@book{a, title={Kites at sea}, author={Lund, Kim}, year=2001}", "a.bib", ".bib"
    )
    csl, _ = parse_note(
        json.dumps([{"id": "b", "title": "Kites at sea", "author": [{"family": "Lund"}]}]),
        "b.json",
        ".json",
    )
    (citation,) = find_citations([bib, csl])
    assert [(r.file, r.key) for r in citation.records] == [("a.bib", "a"), ("b.json", "b")]
