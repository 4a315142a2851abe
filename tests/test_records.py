"""Records of reference files: what is read of each format as people write it."""

import json

import bibtexparser
import pytest
from bibtexparser.middlewares import RemoveEnclosingMiddleware
from hypothesis import given
from hypothesis import strategies as st

from litmap.citations import find_citations
from litmap.models import BibRecord, Citation
from litmap.notes import parse_note
from litmap.notes.bibliographies.bibtex_syntax import parse_bibtex
from litmap.notes.bibliographies.names import split_names

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


# ── BibTeX as it is found ──


@pytest.mark.parametrize(
    ("text", "key", "fields"),
    [
        (
            '@article{k, title="A kite"\n year=2004, doi={10.5555/x}}',
            "k",
            {"title": "A kite", "year": "2004"},
        ),
        (
            "@misc{\n author = {Polar Office},\n title = {Ice},\n}",
            "",
            {"author": "Polar Office", "title": "Ice"},
        ),
        ("@misc{ice1\n title = {Ice}\n}", "ice1", {"title": "Ice"}),
        ("@misc{ice1 title = {Ice}}", "ice1", {"title": "Ice"}),
        (
            "@book(b1, title={A (round) kite}, year=2003)",
            "b1",
            {"title": "A (round) kite", "year": "2003"},
        ),
        (
            '@book{q, title = "He said "yes" twice", year=2001}',
            "q",
            {"title": 'He said "yes" twice', "year": "2001"},
        ),
        (
            "@book{e, title = {Foo bar}}, year={2007}, author={Lee, A}}",
            "e",
            {"year": "2007", "author": "Lee, A"},
        ),
        (
            "@book{e, % the key, and why\n title = {T}, % {\n year = 1990}",
            "e",
            {"title": "T", "year": "1990"},
        ),
        (
            "@book{e, title = {Ends with \\}, year = {1999}}",
            "e",
            {"title": "Ends with \\", "year": "1999"},
        ),
        ("@book{e, title = {A} and {B}, year = 1990}", "e", {"title": "A and {B}", "year": "1990"}),
        (
            "@book{e, title = A plain title, year = 1990}",
            "e",
            {"title": "A plain title", "year": "1990"},
        ),
        (
            '@string{p = "Proc. of "}\n@book{e, title = p # {the } # "Kite" # 9}',
            "e",
            {"title": "Proc. of the Kite9"},
        ),
        (
            "@book{a, month = jan # {~1}, title = {}, year=}",
            "a",
            {"month": "jan~1", "title": "", "year": ""},
        ),
    ],
)
def test_what_can_be_read_of_an_entry_is_read(text, key, fields):
    (entry,), faults = parse_bibtex(text)
    assert entry.key == key
    assert dict(entry.fields).items() >= fields.items()
    assert not faults


@pytest.mark.parametrize(
    ("entry", "fields", "reason"),
    [
        ("@book{k, author={Dray, A}, title={An open {brace, year=2007}", {"title": "An open {brace", "year": "2007"}, "'title' is never closed"),
        ("@book{k, title={An open brace, year={2007}, author={Lee, A}\n}", {"title": "An open brace", "author": "Lee, A"}, "'title' is never closed"),
        ('@book{k, title="An open quote, author="Lee, A", year=2007}', {"title": "An open quote", "author": "Lee, A"}, "'title' is never closed"),
        ("@book{k, title={A kite}, year={2007}", {"title": "A kite", "year": "2007"}, "the entry is never closed"),
        ("@book{k, title={A kite}, what is this, year={2007}}", {"title": "A kite", "year": "2007"}, "no field: 'what is this'"),
        ("@book{k, author={Lee, A}, year={2007}}", {"year": "2007"}, "no title and no identifier"),
    ],
)  # fmt: skip
def test_what_is_broken_is_told_with_its_line_and_costs_no_other_entry(entry, fields, reason):
    text = (
        f"@book{{a, title={{Before it}}}}\n\n{entry}\n\n@book{{b, title={{After it}}, year=2008}}\n"
    )
    entries, _ = parse_bibtex(text)
    assert [e.key for e in entries] == ["a", "k", "b"]
    assert dict(entries[1].fields).items() >= fields.items()
    assert dict(entries[2].fields) == {"title": "After it", "year": "2008"}
    _, broken = parse_note(text, "refs.bib", ".bib")
    assert broken.startswith("line 3: 'k'")
    assert reason in broken


def test_what_stands_outside_of_entries_is_no_entry():
    text = "% @book{old, title={Left out}}\nwrite to me@home.org (or not)\n@comment{x}\n@preamble{ {y} }\n"
    assert parse_bibtex(text) == ([], [])


def test_of_two_works_with_one_key_both_are_kept_and_told():
    text = "@book{a, title={One kite}, year=2001}\n@book{a, title={Another sail}, year=2002}\n"
    assert [c.reference.title for c in citations_of(text, ".bib")] == ["One kite", "Another sail"]
    _, broken = parse_note(text, "refs.bib", ".bib")
    assert broken == "line 2: the key 'a' is that of another entry (line 1), too"


@given(st.text(alphabet='@abook{}(),="#%\\\n 12', max_size=200))
def test_any_text_is_read_as_bibtex_without_losing_what_follows(text):
    entries, _ = parse_bibtex(text + "\n@book{last, title={The last}}")
    assert entries[-1].key == "last"


def is_balanced(text: str) -> bool:
    depth = 0
    for char in text:
        depth += (char == "{") - (char == "}")
        if depth < 0:
            return False
    return depth == 0 and "\\" not in text


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["title", "note", "abstract"]),
            st.text(alphabet="ab {}\\,\n", max_size=30).filter(is_balanced),
        ),
        min_size=1,
        max_size=4,
        unique_by=lambda field: field[0],
    )
)
def test_sound_entries_are_read_as_bibtexparser_reads_them(fields):
    text = "@book{k,\n" + ",\n".join(f"{name} = {{{value}}}" for name, value in fields) + "\n}"
    library = bibtexparser.parse_string(text, parse_stack=[RemoveEnclosingMiddleware(True)])
    (expected,) = library.entries
    (entry,), faults = parse_bibtex(text)
    assert [(name, value.strip()) for name, value in entry.fields] == [
        (field.key, str(field.value).strip()) for field in expected.fields
    ]
    assert not faults


# ── names ──


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("{Board for Parks and Ponds} and Yale, Jo", ["Board for Parks and Ponds", "Jo Yale"]),
        ("{{Heat and Light Group}}", ["Heat and Light Group"]),
        ("Shaw, J.; Jay, K.; Poll, L.", ["J. Shaw", "K. Jay", "L. Poll"]),
        ("J. Shaw, K. Jay, L. Poll", ["J. Shaw", "K. Jay", "L. Poll"]),
        ("Shaw, J., Jay, K. M.", ["J. Shaw", "K. M. Jay"]),
        ("Shaw, J. & Jay, K.", ["J. Shaw", "K. Jay"]),
        (r"Simon \& Schuster", ["Simon & Schuster"]),
        ("Kane, Marcus Lee, Jr.", ["Marcus Lee Kane Jr."]),
        ("Kane, III, Marcus", ["Marcus Kane III"]),
        ("von der Leine, Anna and others", ["Anna von der Leine"]),
        ("Shaw, J. AND\nJay, K.", ["J. Shaw", "K. Jay"]),
        (r"Mart{\'\i}nez, Dar{\'\i}o and and Haji\v c, Jan", ["Darío Martínez", "Jan Hajič"]),
        ("family=Leine, given=Anna, prefix=von der, useprefix=true", ["Anna von der Leine"]),
        ("Anderson, Pat", ["Pat Anderson"]),
        ("", []),
    ],
)
def test_names_are_parted_as_people_write_them(value, names):
    assert split_names(value) == names
