"""Records of reference files: what is read of each format as people write it."""

import json
import time

import bibtexparser
import pytest
from bibtexparser.middlewares import RemoveEnclosingMiddleware
from hypothesis import given
from hypothesis import strategies as st

from litmap.citations import find_citations
from litmap.models import BibRecord, Citation
from litmap.notes import parse_note, read_notes
from litmap.notes.bibliographies.bibtex_syntax import parse_bibtex
from litmap.parsing.identifiers import find_identifiers, identifiers_in_field
from litmap.parsing.latex_text import plain_latex
from litmap.parsing.name_fields import read_people, split_names

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


# ── identifiers ──


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        ("https://doi.org/10.5555/POND.7", ["doi:10.5555/pond.7"]),
        ("http://dx.doi.org/10.5555%2Fpond.8", ["doi:10.5555/pond.8"]),
        ("doi: 10.5555/x.", ["doi:10.5555/x"]),
        ("DOI 10.5555/x", ["doi:10.5555/x"]),
        ("info:doi/10.5555/x", ["doi:10.5555/x"]),
        ("10.5555/riv.1, 10.5555/riv.2", ["doi:10.5555/riv.1", "doi:10.5555/riv.2"]),
        ("10.5555/a; 10.5555/b and doi:10.5555/c", ["doi:10.5555/a", "doi:10.5555/b", "doi:10.5555/c"]),
        ("https://doi.org/10.5555/a https://doi.org/10.5555/b", ["doi:10.5555/a", "doi:10.5555/b"]),
        ("10.5555/a,b(c)d", ["doi:10.5555/a,b(c)d"]),
        ("10.1002/(SICI)5555(1995)3:1<101::AID-KIT7>3.0.CO;2-#", ["doi:10.1002/(sici)5555(1995)3:1<101::aid-kit7>3.0.co;2-#"]),
        ("10.1002/(SICI)5555(1995)3:1&lt;101::AID-KIT7&gt;3.0.CO;2-4", ["doi:10.1002/(sici)5555(1995)3:1<101::aid-kit7>3.0.co;2-4"]),
        ("https://onlinelibrary.wiley.com/doi/abs/10.1111/abc.1", ["doi:10.1111/abc.1"]),
        ("https://doi.org/10.48550/arXiv.1901.00001", ["arxiv:1901.00001"]),
        ("https://arxiv.org/abs/1901.00001", ["arxiv:1901.00001"]),
        ("<10.5555/x>", ["doi:10.5555/x"]),
        ("n/a", []),
        ("https://example.org/", []),
    ],
)  # fmt: skip
def test_a_doi_field_is_read_in_every_way_it_is_filled(value, ids):
    assert identifiers_in_field(value) == ids


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("10.1577/5555-8659(1980)109<346:KOTOFR>2.0.CO;2", ["doi:10.1577/5555-8659(1980)109<346:kotofr>2.0.co;2"]),
        ("(doi:10.1002/(SICI)5555(19950128)3:1&lt;101::AID-K&gt;3.0.CO;2-#).", ["doi:10.1002/(sici)5555(19950128)3:1<101::aid-k>3.0.co;2-#"]),
        ("see https://doi.org/10.1002/1096(199605)49:1<1::AID-JM>3.0.CO;2-Q, and", ["doi:10.1002/1096(199605)49:1<1::aid-jm>3.0.co;2-q"]),
        ("https://doi.org/10.1002/1096(199605)49:1%3C1::AID-JM%3E3.0.CO;2-%23", ["doi:10.1002/1096(199605)49:1<1::aid-jm>3.0.co;2-#"]),
        ("10.1641/0006(2004)054[0123:ABC]2.0.CO;2 is", ["doi:10.1641/0006(2004)054[0123:abc]2.0.co;2"]),
        ("[@10.5555/a.1,@10.5555/b.2]", ["doi:10.5555/a.1", "doi:10.5555/b.2"]),
        ("10.5555/a;10.5555/b", ["doi:10.5555/a", "doi:10.5555/b"]),
        ("https://onlinelibrary.wiley.com/doi/10.1111/j.1/abstract;jsessionid=9B.f02t01", ["doi:10.1111/j.1"]),
        ("doi:10.5555/abc。次に", ["doi:10.5555/abc"]),
        ("（https://doi.org/10.5555/abc）と", ["doi:10.5555/abc"]),
        ("10.5555/abc's idea", ["doi:10.5555/abc"]),
        ("10.5555/abc—which", ["doi:10.5555/abc"]),
    ],
)  # fmt: skip
def test_a_doi_in_a_text_ends_where_it_ends(text, ids):
    assert [found.id for found in find_identifiers(text)] == ids


def test_a_markdown_link_may_hold_angle_brackets():
    (citation,) = citations_of(
        "[x](https://doi.org/10.1002/1096(199605)49:1<1::AID-JM>3.0.CO;2-4)", ".md"
    )
    assert citation.reference.ids == ("doi:10.1002/1096(199605)49:1<1::aid-jm>3.0.co;2-4",)


# ── citekeys ──

KEYED = """
@article{RK+:WIND:08, author={Hale, M}, title={The wind tool called Zephyr}, year=2008}
@article{why_not_???, author={Nott, N}, title={You hear me not in this place}, year=2013}
@article{o'dell2012, author={O'Dell, M}, title={Apostrophes in the key of a book}, year=2012}
@article{10.5555/kite.2, author={Kaye, M}, title={A key that is an identifier}, year=2019, ids={old:key}}
@article{a--b, author={Lee, A}, title={Two hyphens in the key of a kite}, year=2020}
@article{X+, author={Lee, B}, title={A plus sign at the end of it}, year=2021}
@article{Two Words, author={Lee, C}, title={A key of two whole words}, year=2022}
"""
ZEPHYR, NOTT, BOOK, DOI, HYPHENS, PLUS, WORDS = (
    "The wind tool called Zephyr", "You hear me not in this place", "Apostrophes in the key of a book",
    "A key that is an identifier", "Two hyphens in the key of a kite", "A plus sign at the end of it", "A key of two whole words",
)  # fmt: skip


@pytest.mark.parametrize(
    ("suffix", "text", "titles"),
    [
        (".tex", r"\section{K} A \cite{RK+:WIND:08} and \citep[see][p. 3]{why_not_???, o'dell2012}.", [ZEPHYR, NOTT, BOOK]),
        (".tex", r"\section{K} \autocites(see)(end)[p. 1]{a--b}[2]{X+} and \Textcite*{10.5555/kite.2}", [HYPHENS, PLUS, DOI]),
        (".tex", r"\section{K} \nocite{Two Words} \cite<cf.>[p. 3]{X+} \citeauthor{a--b}", [WORDS, PLUS, HYPHENS]),
        (".org", "* K\nSee [cite/t:@RK+:WIND:08 p. 3; @o'dell2012] and [cite:@why_not_???].", [ZEPHYR, BOOK, NOTT]),
        (".org", "* K\nSee [[cite:see &RK+:WIND:08 page 5;&a--b][these]] and [[citet:X+]].", [ZEPHYR, HYPHENS, PLUS]),
        (".org", "* K\nSee cite:X+,10.5555/kite.2 and cite:&o'dell2012.", [PLUS, DOI]),
        (".md", "# K\nSee [@RK+:WIND:08, p. 3] and @{o'dell2012}, @X+.", [ZEPHYR, BOOK, PLUS]),
        (".md", "# K\nShown in [@10.5555/kite.2] and [-@old:key].", [DOI]),
    ],
)  # fmt: skip
def test_every_way_to_cite_by_key_reaches_its_record(tmp_path, suffix, text, titles):
    (tmp_path / "refs.bib").write_text(KEYED)
    note = tmp_path / f"note{suffix}"
    note.write_text(text)
    notes, _ = read_notes([note])
    citations = find_citations(notes)
    assert sorted(c.reference.title for c in citations) == sorted(titles)
    assert all(
        mention.heading == ("K",)
        for c in citations
        for mention in c.mentions
        if mention.note == str(note)
    )


# ── encodings ──


@pytest.mark.parametrize(
    ("head", "encoding", "title"),
    [
        ("% Encoding: Cp1250", "cp1250", "Źródła i ścieżki"),
        ("% Encoding: ISO8859_2", "iso8859_2", "Žluťoučký kůň"),
        ("% !TeX encoding = windows-1251", "cp1251", "Снег на крышах"),
        ("% -*- coding: koi8-r -*-", "koi8-r", "Снег на крышах"),
        ("% Encoding: x-MacRoman", "mac-roman", "Über Öfen"),
        ("% Encoding: no-such-thing", "latin-1", "Über Öfen"),
        ("", "utf-16", "Śnieg"),
    ],
)
def test_a_file_is_read_in_the_encoding_that_it_names(tmp_path, head, encoding, title):
    path = tmp_path / "refs.bib"
    path.write_bytes(f"{head}\n@book{{a, title={{{title}}}, author={{Lee, A}}}}\n".encode(encoding))
    notes, _ = read_notes([path])
    assert [c.reference.title for c in find_citations(notes)] == [title]


# ── templates of MediaWiki ──


@pytest.mark.parametrize(
    ("template", "title", "authors", "year"),
    [
        ("{{Literatur |Autor=Frida Kolb, Jo Ried |Titel=Am Deich |Sammelwerk=Windschau |Jahr=2013}}", "Am Deich", ("Frida Kolb", "Jo Ried"), 2013),
        ("{{Ouvrage |prénom1=Lise |nom1=Garnier |titre=Le vent |éditeur=Port |année=2011}}", "Le vent", ("Lise Garnier",), 2011),
        ("{{cita libro |apellidos=Soto |nombre=Luis |título=La red |editorial=Mar |año=2009}}", "La red", ("Luis Soto",), 2009),
        ("{{Citar periódico |autor=Soto, Luís |titulo=A rede |jornal=Mar |data=3 de maio de 2009}}", "A rede", ("Luís Soto",), 2009),
        ("{{статья |автор=Белов И. |заглавие=Снег |издание=Зима |год=2010}}", "Снег", ("Белов И.",), 2010),
        ("{{citation |author2-last=Ried |author2-first=Jo |author1-last=Kolb |title=Dykes |year=2012 |journal=}}", "Dykes", ("Kolb", "Jo Ried"), 2012),
    ],
)  # fmt: skip
def test_templates_of_many_wikipedias_are_records(template, title, authors, year):
    (citation,) = citations_of(f"== L ==\n* {template}\n", ".wiki")
    reference = citation.reference
    assert (reference.title, reference.authors, reference.year) == (title, authors, year)


def test_strings_that_double_each_other_do_not_grow():
    strings = "".join(f"@string{{a{n} = a{n - 1} # a{n - 1}}}\n" for n in range(1, 100))
    (entry,), _ = parse_bibtex(f"@string{{a0 = {{ha}}}}\n{strings}@book{{k, title = a99 # {{!}}}}")
    assert len(dict(entry.fields)["title"]) <= 2_001


def test_quotations_of_csquotes_keep_their_marks():
    assert plain_latex(r"He says \enquote{dikes \emph{hold}} here.") == "He says “dikes hold” here."
    assert plain_latex(r"\textquote{A} and \enquote*{B}") == "“A” and “B”"


def test_commands_of_mathematics_take_linear_time():
    begun = time.process_time()
    plain_latex("\\log" * 100_000)
    assert time.process_time() - begun < 2


# ── what is lost is told ──


@pytest.mark.parametrize(
    ("suffix", "text", "line"),
    [
        (".ris", "TY  - JOUR\nTI  - A kite\nER  - \nTY  - JOUR\nAU  - Lee, A\nER  - \n", 4),
        (".json", '[{"title": "A kite"},\n\n{"id": "b", "author": [{"family": "Lee"}]}]', 3),
        (".csv", "Title,Year\nA kite,2001\n,2002\n,\n", 3),
        (".xml", ENDNOTE.replace("</records>", "\n<record><rec-number>8</rec-number></record></records>"), 6),
    ],
)  # fmt: skip
def test_a_record_that_names_no_work_is_told_with_its_line(suffix, text, line):
    _, broken = parse_note(text, "refs" + suffix, suffix)
    assert broken == f"line {line}: a record without title and identifier"


def test_a_table_of_data_is_no_list_of_lost_records():
    assert parse_note('[{"temperature": 3}, {"temperature": 4}]', "data.json", ".json")[1] == ""


def test_attachments_and_notes_of_zotero_are_no_works():
    text = json.dumps(
        [
            {"itemType": "book", "title": "A kite", "date": "2001"},
            {"itemType": "attachment", "title": "Full text", "url": "https://x.org/a.pdf"},
        ]
    )
    assert [c.reference.title for c in citations_of(text, ".json")] == ["A kite"]


def test_an_item_whose_type_is_no_word_is_a_work_like_others():
    text = json.dumps([{"itemType": {"": ""}, "title": "A kite", "date": "2001"}])
    assert [c.reference.title for c in citations_of(text, ".json")] == ["A kite"]


@pytest.mark.parametrize(
    ("table", "authors"),
    [
        ('Title,Authors,Year\nMasts,"Kim Lund, Ren Ito",2001\n', ["Kim Lund", "Ren Ito"]),
        ("Title;Authors;Year\nMasts;Kim Lund, Ren Ito;2001\n", ["Kim Lund", "Ren Ito"]),
        ("Title\tAuthors\nMasts\tLund K, Ito R\nPoles\tLund, Kim\n", ["Lund K", "Ito R"]),
        ("Title;Autoren\nMasts;Ito, Ren, Lund, Kim\n", ["Ren Ito", "Kim Lund"]),
        (
            'Title,Authors\nMasts,"Vega Luna, Ana Sol"\nPoles,"Ito, Ren"\n',
            ["Ana Sol Vega Luna"],
        ),
    ],
)
def test_a_column_shows_how_its_names_are_parted(table: str, authors: list[str]) -> None:
    note, _ = parse_note(table, "r.csv", ".csv")
    assert [value for name, value in note.blocks[0].fields if name == "author"] == authors


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("Lund, Kim and Ito, Ren, and Poe, Ed", ["Kim Lund", "Ren Ito", "Ed Poe"]),
        ("Kim Lund, Ren Ito, Ed Poe", ["Kim Lund", "Ren Ito", "Ed Poe"]),
        ("Lund K, Ito R", ["Lund K", "Ito R"]),
        (
            "{{World {Kite} Office}} and van der Berg, Ann",
            ["World Kite Office", "Ann van der Berg"],
        ),
        ("family=Lund, given=Kim, prefix=van", ["Kim van Lund"]),
    ],
)
def test_names_go_out_as_the_people_that_were_read(value: str, names: list[str]) -> None:
    assert split_names(value) == names
    parts = [(p.given, p.family, p.suffix) for p in read_people(value)]
    assert [" ".join(filter(None, part)) for part in parts] == names


@pytest.mark.parametrize(
    "key", ["https://example.org/a?b=1&c=2", "http://zotero.org/groups/1/items/AB12"]
)
def test_an_address_may_be_the_key_of_an_entry(key: str) -> None:
    note, _ = parse_note(f"@book{{{key}, title={{Clay walls}}, year=1999}}", "r.bib", ".bib")
    (block,) = note.blocks
    assert dict(block.fields)["title"] == "Clay walls"
    assert dict(block.fields)["key"] == key
