"""What strings are read as: each rule of `parsing` by an example at its edge, and reference strings
field by field.
"""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litmap.parsing.identifiers import (
    arxiv_version,
    find_identifiers,
    find_urls,
    identifier_from_url,
    normalise_id,
    unwrap_url,
    url_key,
    valid_arxiv,
)
from litmap.parsing.identifiers.ids import clean_doi, doi_id
from litmap.parsing.markup import unescape
from litmap.parsing.meta_tags import MAX_PDF_URLS, MAX_TAGS, pdf_urls, read_tags
from litmap.parsing.person_names import (
    PersonName,
    family_keys,
    family_name,
    last_family_word,
    short_authors,
    split_name,
    surname_key,
)
from litmap.parsing.reference_strings.parser import parse_reference
from litmap.parsing.reference_strings.splitting import looks_like_reference, split_entries
from litmap.parsing.sentences import (
    CITING_SENTENCES,
    NOTE_SENTENCES,
    SHOWN_SENTENCES,
    SUMMARY_SENTENCES,
    sentence_around,
    sentence_ends,
    split_sentences,
)
from litmap.parsing.terms import (
    find_words,
    fold_case,
    has_unspaced,
    index_terms,
    pair_keys,
    plain_places,
    plain_text,
    term_key,
    term_keys,
)
from litmap.parsing.title_similarity import (
    TitleMatch,
    is_about_another,
    is_distinctive,
    match_titles,
    names_other_work,
    normalise_title,
    odd_words,
    plain_words,
    quick_similarity,
    squash_title,
    title_similarity,
)
from litmap.parsing.venues import (
    is_journal_name,
    is_numbered_venue,
    is_unambiguous_journal,
    journal_run,
    same_venue,
    venue_score,
    venues_compatible,
)

DATA = Path(__file__).parent / "data"
FIELDS = json.loads((DATA / "reference_fields.json").read_text("utf-8"))


# ── reference strings ─────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("case", FIELDS, ids=lambda case: case["text"][:40])
def test_a_reference_is_read_field_by_field(case):
    found = parse_reference(case["text"])
    assert found.title == case["title"]
    assert list(found.authors) == case["authors"]
    assert (found.year, found.year_suffix) == (case["year"], case.get("suffix", ""))
    assert list(found.ids) == case.get("ids", [])
    assert list(found.urls) == case.get("urls", [])
    assert found.number == case.get("number", "")
    if "venue" in case:
        assert found.venue == case["venue"]
    assert looks_like_reference(case["text"]) > 0.3


@pytest.mark.parametrize(
    ("authors", "names"),
    [
        ("Curie, M.S.", ("M.S. Curie",)),
        ("Curie, Marie S.", ("Marie S. Curie",)),
        ("Curie, M., and Curie, P.", ("M. Curie", "P. Curie")),
        ("Davis, Jr., S.", ("S. Davis",)),
        ("Gogh, Vincent van", ("Vincent van Gogh",)),
        ("Ramón y Cajal, S., and Golgi, C.", ("S. Ramón y Cajal", "C. Golgi")),
        ("García de la Torre, J.", ("J. García de la Torre",)),
        ("Sartre, J.-P.", ("J.-P. Sartre",)),
        ("M. S. Curie and P. Curie", ("M. S. Curie", "P. Curie")),
        ("Johannes D. van der Waals and M. Curie", ("Johannes D. van der Waals", "M. Curie")),
        ("Donald E Knuth and Leslie Lamport", ("Donald E Knuth", "Leslie Lamport")),
        ("Curie MS, Curie P.", ("MS Curie", "P. Curie")),
        ("Curie MS., Curie P., Meitner LK.", ("MS. Curie", "P. Curie", "LK Meitner")),
        ("Curie MS. and Curie PJ. and Meitner L.", ("MS. Curie", "PJ. Curie", "L. Meitner")),
        ("Curie MS et al.", ("MS Curie",)),
        ("Curie MS. et al.", ("MS. Curie",)),
        ("S Lojasiewicz, EA Jasmin", ("S Lojasiewicz", "EA Jasmin")),
        ("Smith J.-P.", ("J.-P. Smith",)),
        ("Plunkett G 3rd, Bloch CA.", ("G Plunkett", "CA Bloch")),
        ("Smith, J., Jr., & Doe, A.", ("J. Smith", "A. Doe")),
        ("d’Alembert, J.", ("J. d’Alembert",)),
        ("Smith, J., Doe, A., et al.", ("J. Smith", "A. Doe")),
        ("Smith, J. and others", ("J. Smith",)),
        ("Smith, J. and Doe, A. (eds.)", ("J. Smith", "A. Doe")),
        ("Smith, J. B. C. D. E. F.", ("J. B. C. D. E. F. Smith",)),
    ],
)
def test_author_lists_are_read_in_every_form(authors, names):
    found = parse_reference(
        f"{authors} (2004). The growth of sparse graphs under rain. Nature, 3, 1–9."
    )
    assert found.authors == names
    assert (found.title, found.year) == ("The growth of sparse graphs under rain", 2004)


@pytest.mark.parametrize(
    ("date", "year", "suffix"),
    [
        ("(2004)", 2004, ""),
        ("(2004b)", 2004, "b"),
        ("(c. 1604)", 1604, ""),
        ("(2004, March 3)", 2004, ""),
        ("(2004–05)", 2004, ""),
        ("(in press)", None, ""),
        ("(n.d.)", None, ""),
        ("2004.", 2004, ""),
    ],
)
def test_the_date_behind_the_authors_is_the_year(date, year, suffix):
    found = parse_reference(
        f"Smith, J. {date} The growth of sparse graphs under rain. Nature, 3, 1–9."
    )
    assert (found.year, found.year_suffix) == (year, suffix)
    assert found.title == "The growth of sparse graphs under rain"


@pytest.mark.parametrize(
    ("tail", "year"),
    [
        ("Nature 12, 3–9 (2004)", 2004),
        ("Nature. 2004;12:3-9.", 2004),
        ("Nature 12, 2003–2009, March 2004.", 2004),
        ("Nature 1998, 2004.", 2004),
        ("Nature 12:1998–2004", None),
    ],
)
def test_the_year_behind_the_title_is_told_from_pages(tail, year):
    found = parse_reference(f"J. Smith and A. Doe. The growth of sparse graphs under rain. {tail}")
    assert found.year == year or year is None


@pytest.mark.parametrize(
    ("label", "number"),
    [("[12] ", "12"), ("12. ", "12"), ("(12) ", "12"), ("[Smi04] ", "Smi04"), ("- ", ""), ("", ""), ("[12a] ", "12a")],
)  # fmt: skip
def test_a_label_is_the_number_of_an_entry(label, number):
    found = parse_reference(
        f"{label}Smith, J. (2004). The growth of sparse graphs. Nature, 3, 1–9."
    )
    assert (found.number, found.authors) == (number, ("J. Smith",))


@pytest.mark.parametrize(
    "text",
    [
        'Smith, J. "The growth of sparse graphs under rain," Nature, 2004.',
        "Smith, J. 'The growth of sparse graphs under rain', Nature, 2004.",
        "Smith, J. ``The growth of sparse graphs under rain,'' Nature, 2004.",
        "Smith, J. „The growth of sparse graphs under rain“, Nature, 2004.",
        "Smith, J. «The growth of sparse graphs under rain», Nature, 2004.",
        "Smith, J. *The growth of sparse graphs under rain*. Nature, 2004.",
        "Smith, J. <i>The growth of sparse graphs under rain</i>. Nature, 2004.",
        r"Smith, J. \emph{The growth of sparse graphs under rain}. Nature, 2004.",
        "Smith, J. The growth of sparse graphs under rain, 2nd edition. Nature, 2004.",
        "Smith, J. The growth of sparse graphs under rain [J]. Nature, 2004.",
        "Smith, J. The growth of sparse graphs under rain. In Nature, 2004.",
        "Smith, J. The growth of sparse graphs under rain // Nature, 2004.",
        "Smith, J. The growth of sparse graphs under rain, vol. 2. Nature, 2004.",
        "Smith, J. The growth of sparse graphs under rain. Available at: https://x.org/a. Nature, "
        "2004.",
    ],
)
def test_a_title_is_told_by_marks_emphasis_and_what_follows(text):
    found = parse_reference(text)
    assert found.title == "The growth of sparse graphs under rain"
    assert (found.authors, found.year) == (("J. Smith",), 2004)


@pytest.mark.parametrize(
    "title",
    [
        "Is it true? A test of the rain",
        "The rain in U.S.A. towns and fields",
        "Fields (and rains) of the north",
        "Fields, rains, and the north of it",
        "On the “rain” problem of fields",
        "Convergence vs. divergence of the rain",
    ],
)
def test_signs_inside_a_title_do_not_end_it(title):
    found = parse_reference(f"Smith, J. (2004). {title}. Nature, 3(2), 1–9.")
    assert found.title == title


def test_identifiers_and_addresses_leave_the_text():
    found = parse_reference(
        "Smith, J. (2004). The growth of sparse graphs. Nature, 3. doi:10.1234/AB.1 "
        "[arXiv:1611.03530v2 [cs.LG]] PMID: 123456 https://x.org/a(b). Accessed 3 May 2019."
    )
    assert set(found.ids) == {"doi:10.1234/ab.1", "arxiv:1611.03530", "pmid:123456"}
    assert found.urls == ("https://x.org/a(b)",)
    assert found.title == "The growth of sparse graphs"


@pytest.mark.parametrize(
    ("text", "likely"),
    [
        ("Smith, J. (2004).", False),
        ("Short one", False),
        ("Smith, J. (2004). The growth of sparse graphs. Nature, 3, 1–9.", True),
        ("J. Smith. The growth of sparse graphs. Nature 3 (2004).", True),
        ("We show that the growth of sparse graphs is slow, as Smith (2004) argued.", False),
        ("Smith, J. (2004). The growth of sparse graphs. Nature. " + "word " * 500, False),
        ("x" * 3000, False),
    ],
)
def test_a_reference_is_told_from_other_text(text, likely):
    assert (looks_like_reference(text) >= 0.5) is likely


def test_numbers_ledgers_and_venues_make_a_reference_likelier_and_verbs_less():
    plain = "J. Smith, A. Doe: The growth of sparse graphs 2004"
    score = looks_like_reference(plain)
    assert looks_like_reference(f"[3] {plain}") > score
    assert looks_like_reference(f"{plain}, 12(3), pp. 4–9") > score
    assert looks_like_reference(f"{plain} https://x.org/a") > score
    assert looks_like_reference(f"We think {plain}. But this is good") < score


def test_what_is_much_longer_than_a_reference_is_less_likely_one():
    plain = "Smith, J. (2004). The growth of sparse graphs. Nature, 3, 1–9. "
    scores = [looks_like_reference(plain + "word " * n) for n in (0, 55, 100, 200, 300)]
    assert scores[0] - scores[1] < 0.01
    assert scores[1:] == sorted(scores[1:], reverse=True)
    assert scores[-1] < 0.5 < scores[2]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("J. Smith and A. Doe, Green Fields, Nature, 2004.", "Green Fields"),
        (
            "J. Smith and A. Doe, B. Brown and the green fields of England, Nature, 2004.",
            "B. Brown and the green fields of England",
        ),
    ],
)
def test_a_list_of_authors_ends_behind_its_and(text, title):
    found = parse_reference(text)
    assert (found.authors, found.title) == (("J. Smith", "A. Doe"), title)


FIRST = "Doll R, Hill AB. Smoking and carcinoma of the lung. Br Med J. 1950;2:739."
SECOND = "Hardin G. The tragedy of the commons. Science. 1968;162:1243."


@pytest.mark.parametrize("marker", ["[{}] ", "{}. ", "({}) ", "[Ab0{}] ", "- ", "• "])
@pytest.mark.parametrize("cut", [20, 60])
def test_marked_entries_go_on_until_the_next_mark(marker, cut):
    rows = []
    for number, text in enumerate((FIRST, SECOND), 1):
        head, tail = text[:cut].rsplit(" ", 1)[0], text[len(text[:cut].rsplit(" ", 1)[0]) + 1 :]
        rows += [marker.format(number) + head, tail]
    assert [e.split(" ", 1)[1] for e in split_entries("\n".join(rows))] == [FIRST, SECOND]


@pytest.mark.parametrize("indent", [2, 4, 8])
def test_hanging_and_first_line_indents_both_tell_entries(indent):
    blank = " " * indent
    hanging = f"{FIRST[:30].rstrip()}\n{blank}{FIRST[30:].strip()}\n{SECOND[:30].rstrip()}\n{blank}{SECOND[30:].strip()}"
    opening = f"{blank}{FIRST[:30].rstrip()}\n{FIRST[30:].strip()}\n{blank}{SECOND[:30].rstrip()}\n{SECOND[30:].strip()}"
    want = [x.replace(" ", "") for x in (FIRST, SECOND)]
    assert [e.replace(" ", "") for e in split_entries(hanging)] == want
    assert [e.replace(" ", "") for e in split_entries(opening)] == want


def test_one_blank_of_indent_is_no_hanging_one():
    assert split_entries(f" {FIRST}\n{SECOND}") == [FIRST, SECOND]


def test_entries_without_marks_begin_behind_a_complete_one():
    wrapped = f"{FIRST[:38].rstrip()}\n{FIRST[38:].strip()}\n{SECOND[:37].rstrip()}\n{SECOND[37:].strip()}"
    assert split_entries(wrapped) == [FIRST, SECOND]
    assert split_entries(f"{FIRST}\nand again in lower case") == [
        f"{FIRST} and again in lower case"
    ]
    assert split_entries(["", "  ", FIRST, ""]) == [FIRST]


@pytest.mark.parametrize(
    ("lines", "joined"),
    [
        (["[1] A sub-", "stance 2001.", "[2] B 2002."], "[1] A substance 2001."),
        (["[1] A Jean-", "Paul 2001.", "[2] B 2002."], "[1] A Jean- Paul 2001."),
        (["[1] https://x.org/a/", "b.pdf 2001.", "[2] B 2002."], "[1] https://x.org/a/b.pdf 2001."),
        (["[1] https://x.org/a", "b 2001.", "[2] B 2002."], "[1] https://x.org/a b 2001."),
    ],
)
def test_lines_of_an_entry_are_joined(lines, joined):
    assert split_entries(lines)[0] == joined


# ── identifiers ───────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1501.00001", "arxiv:1501.00001"),
        ("1412.0001", "arxiv:1412.0001"),
        ("1412.00001", None),
        ("1501.0001", None),
        ("0704.0001", "arxiv:0704.0001"),
        ("0612.0001", None),
        ("4012.00001", "arxiv:4012.00001"),
        ("4101.00001", None),
        ("1500.00001", None),
        ("1512.00001v3", "arxiv:1512.00001"),
        ("1513.00001", None),
        ("hep-th/9901001", "arxiv:hep-th/9901001"),
        ("hep-th/9101001", "arxiv:hep-th/9101001"),
        ("hep-th/9001001", None),
        ("hep-th/0701001", "arxiv:hep-th/0701001"),
        ("hep-th/0801001", None),
        ("hep-th/9900001", None),
        ("hep-th/9913001", None),
        ("math.GT/0404188", "arxiv:math/0404188"),
        ("nothing/0404188", None),
    ],
)
def test_an_arxiv_id_has_a_month_and_a_year_that_can_be(text, expected):
    assert valid_arxiv(text) == expected


@pytest.mark.parametrize(
    ("text", "version"),
    [("1810.12065v4", 4), ("x/abs/1810.12065v12.pdf", 12), ("1810.12065", None), ("v4", None)],
)
def test_the_version_of_an_arxiv_id(text, version):
    assert arxiv_version(text) == version


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("10.1234/ab.cd.", "10.1234/ab.cd"),
        ("10.1234/ab&gt;", "10.1234/ab"),
        ("10.1234/ab(c)", "10.1234/ab(c)"),
        ("10.1234/ab(c))", "10.1234/ab(c)"),
        ("10.1234/ab],", "10.1234/ab"),
        ("10.1234/ab%20", "10.1234/ab"),
        ("10.1234/ab.PMID", "10.1234/ab"),
        ("10.1234/ab/", "10.1234/ab"),
        ("10.1234/ab,10.1234/cd", "10.1234/ab"),
        ("10.1234/ab–", "10.1234/ab"),
        ("", ""),
        ("...", ""),
    ],
)
def test_a_doi_is_cut_from_what_follows(text, doi):
    assert clean_doi(text) == doi


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10.1101/2020.01.02.123456v2", "doi:10.1101/2020.01.02.123456"),
        ("10.1101/2020.01.02.123456v2.full", "doi:10.1101/2020.01.02.123456"),
        ("10.1234/abv2", "doi:10.1234/abv2"),
        ("10.48550/arXiv.1706.03762", "arxiv:1706.03762"),
        ("10.48550/arXiv.1713.03762", None),
        ("10.123/ab", None),
        ("10.1234", None),
        (" 10.1234/AB ", "doi:10.1234/ab"),
    ],
)
def test_a_doi_has_one_form(text, expected):
    assert doi_id(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("DOI: https://doi.org/10.1234/AB", "doi:10.1234/ab"),
        ("10.1234/A%2FB", "doi:10.1234/a/b"),
        ("1611.03530v2", "arxiv:1611.03530"),
        ("ARXIV:arXiv:1611.03530", "arxiv:1611.03530"),
        ("pmc: 123456", "pmcid:PMC123456"),
        ("PMID:123", "pmid:123"),
        ("openreview:rJv6ZgHYg", "openreview:rJv6ZgHYg"),
        ("Hal:HAL-012", "hal:hal-012"),
        ("ads:2019arXiv190101234D", "arxiv:1901.01234"),
        ("ads:1998AJ....116.1009R", "ads:1998AJ....116.1009R"),
        ("ads:1999hep.th....1001001X", "ads:1999hep.th....1001001X"),
        ("acl:p19-1001", "acl:P19-1001"),
        ("acl:2020.acl-main.1", "acl:2020.acl-main.1"),
        ("philpapers:abcd", "philpapers:ABCD"),
        ("openalex:w12", "openalex:W12"),
        ("https://x.org/A", "https://x.org/A"),
        ("doi:nonsense", "doi:nonsense"),
        (" some words ", "some words"),
    ],
)
def test_an_identifier_has_one_form(text, expected):
    assert normalise_id(text) == expected


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("see (1611.03530), and", ["arxiv:1611.03530"]),
        ("Zhang et al., 1611.03530", ["arxiv:1611.03530"]),
        ("the mass 1611.03530 of", []),
        ("in 1412.6980 GeV", []),
        ("as Kingma, 1412.6980", ["arxiv:1412.6980"]),
        ("as Kingma, 1412.6980 GeV", []),
        ("the value is 1412.6980", []),
        ("1611.03530 [cs.LG] shows", ["arxiv:1611.03530"]),
        ("1611.03530v2 shows", ["arxiv:1611.03530"]),
        ("* 1611.03530.", ["arxiv:1611.03530"]),
        ("at arXiv there is 1611.03530 too", ["arxiv:1611.03530"]),
        ("arXiv " + "x" * 50 + " the mass 1611.03530 of", []),
        ("eprint 1611.03530", ["arxiv:1611.03530"]),
        ("PMCID: 123456", ["pmcid:PMC123456"]),
        ("PubMed ID 123456", ["pmid:123456"]),
        ("in PMC1234567 it", ["pmcid:PMC1234567"]),
        ("see 1998AJ....116.1009R there", ["ads:1998AJ....116.1009R"]),
        ("doi: 10.1234/ab; https://doi.org/10.1234/cd", ["doi:10.1234/ab", "doi:10.1234/cd"]),
        ("https://arxiv.org/abs/1611.03530 (1611.03530)", ["arxiv:1611.03530", "arxiv:1611.03530"]),
        ("words without any number", []),
    ],
)
def test_identifiers_in_text(text, ids):
    assert [found.id for found in find_identifiers(text)] == ids


def test_an_identifier_stands_where_it_was_written_with_its_label():
    text = "see doi: 10.1234/ab. And arXiv:1611.03530v2, PMID 123456"
    assert [text[f.start : f.end] for f in find_identifiers(text)] == [
        "doi: 10.1234/ab", "arXiv:1611.03530v2", "PMID 123456"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        ("see www.x.org/a_b_. And", ["www.x.org/a_b"]),
        ("see https://en.wikipedia.org/wiki/A_ and", ["https://en.wikipedia.org/wiki/A_"]),
        ("https://x.org/ahttps://y.org/b", ["https://x.org/a"]),
        (
            "https://web.archive.org/web/https://y.org/b",
            ["https://web.archive.org/web/https://y.org/b"],
        ),
        ("(https://x.org/a[1])", ["https://x.org/a[1]"]),
        ("arxiv.org/abs/1611.03530!", ["arxiv.org/abs/1611.03530"]),
        ("me@x.org/a", []),
        ("http://", []),
        ("a/b and c", []),
    ],
)
def test_addresses_in_text(text, urls):
    assert [found.id for found in find_urls(text)] == urls
    assert [text[f.start : f.end] for f in find_urls(text)] == urls


@pytest.mark.parametrize(
    ("url", "inner"),
    [
        ("https://www.google.com/url?sa=t&url=https://x.org/a", "https://x.org/a"),
        ("https://l.facebook.com/l.php?u=https%3A%2F%2Fx.org%2Fa&h=1", "https://x.org/a"),
        ("https://www.google.com/search?q=words", "https://www.google.com/search?q=words"),
        ("https://x.org/url?q=https://y.org/", "https://x.org/url?q=https://y.org/"),
        ("https://www.google.com/url", "https://www.google.com/url"),
        ("https://archive.ph/2020/www.x.org/a", "http://www.x.org/a"),
        (
            "https://www.google.com/url?q=https://web.archive.org/web/2016/http://x.org/a",
            "http://x.org/a",
        ),
        ("https://www.google.com/url?" + "a=1&" * 120 + "q=https://x.org/a", None),
    ],
)
def test_wrapped_links_are_unwrapped(url, inner):
    assert unwrap_url(url) == (url if inner is None else inner)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("arxiv.org/abs/1611.03530", "arxiv:1611.03530"),
        ("doi:10.1234/AB", "doi:10.1234/ab"),
        ("https://onlinelibrary.wiley.com/doi/abs/10.1002/AB.1/full", "doi:10.1002/ab.1"),
        ("https://doi.org/10.1002/ab/full", "doi:10.1002/ab"),
        ("https://x.org/view?doi=10.1002/ab&page=3", "doi:10.1002/ab"),
        ("https://x.org/#!/10.1002/ab", "doi:10.1002/ab"),
        ("https://x.org/#10.1002/ab", None),
        ("https://link.springer.com/article/10.1007/s10994-009-5152-4/tables/1", "doi:10.1007/s10994-009-5152-4"),
        ("https://projecteuclid.org/euclid.cmp/1176344136", None),
        ("https://peerj.com/articles/cs-12/", "doi:10.7717/peerj-cs.12"),
        ("https://peerj.com/preprints/12/", "doi:10.7287/peerj.preprints.12"),
        ("https://pdfs.semanticscholar.org/204e/3073870fae3d05bcbc2f6a8e263d9b72e776.pdf", "s2:204e3073870fae3d05bcbc2f6a8e263d9b72e776"),
        ("https://api.semanticscholar.org/CorpusID:123", "s2:corpusid:123"),
        ("https://papers.nips.cc/paper/2017/hash/3f5ee243547dee91fbd053c1c4a845aa-Abstract.html", "neurips:2017/3f5ee243547dee91fbd053c1c4a845aa"),
        ("http://localhost/abs/1611.03530", None),
        ("https://x.org/" + "a" * 4000 + "/10.1002/ab", None),
        ("https://arxiv.org//abs//1611.03530", "arxiv:1611.03530"),
    ],
)  # fmt: skip
def test_an_address_names_an_identifier(url, expected):
    assert identifier_from_url(url) == expected


def test_addresses_are_compared_without_what_does_not_matter():
    assert url_key("http://www.X.org:80/a//b/?b=2&a=1&utm_source=x") == "x.org/a/b?a=1&b=2"
    assert url_key("https://x.org:8080/a") == "x.org:8080/a"
    assert url_key("https://x.org/a?empty=") == "x.org/a?empty="
    assert url_key("http://[::1/A") == "http://[::1/a"


# ── meta tags ─────────────────────────────────────────────────────────────────────────────────────
def test_meta_tags_are_read_with_prefix_entities_and_any_quotes():
    body = (
        b'<META NAME="citation_title" CONTENT="A &amp; B\n c"><meta property=dc.creator '
        b"content=Ada>"
        b"<meta name='eprints.x' content='y'><meta name='other' content='z'><meta "
        b"name='citation_doi' content=''>"
    )
    assert read_tags(body) == [("title", "A & B c"), ("creator", "Ada"), ("x", "y")]
    many = b'<meta name="dc.x" content="y">' * (MAX_TAGS + 50)
    assert len(read_tags(many)) == MAX_TAGS
    assert read_tags(b" " * 800_000 + body) == []


def test_the_pdfs_of_a_page_are_absolute_each_once_and_few():
    tags = "".join(
        f'<meta name="citation_pdf_url" content="/{n}.pdf">' for n in (1, 1, 2, 3, 4, 5, 6)
    )
    bad = '<meta name="citation_pdf_url" content="http://[x">'
    urls = pdf_urls((bad + tags).encode(), "https://p.org/a/b")
    assert urls[:2] == ["https://p.org/1.pdf", "https://p.org/2.pdf"]
    assert len(urls) == MAX_PDF_URLS == 5
    assert pdf_urls(b'<meta name="eprints.document_url" content="x.pdf">', "https://p.org/a/") == [
        "https://p.org/a/x.pdf"
    ]


# ── people ────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Ada Marwick", PersonName("Marwick", "Ada")),
        ("Marwick, Ada B.", PersonName("Marwick", "Ada B.")),
        ("Laurens Jan van der Berg", PersonName("van der Berg", "Laurens Jan")),
        ("van der Berg", PersonName("der Berg", "van")),
        ("Sammy Davis Jr.", PersonName("Davis", "Sammy", "Jr.")),
        ("Davis Jr.", PersonName("Jr.", "Davis")),
        ("Aristotle", PersonName("Aristotle")),
        ("World Health Organization", PersonName("World Health Organization", literal=True)),
        ("A B C D E F G Hilbert", PersonName("Hilbert", "A B C D E F G")),
        ("A B C D E F G H Hilbert", PersonName("A B C D E F G H Hilbert", literal=True)),
        ("Ada\nMarwick", PersonName("Marwick", "Ada")),
        ("", PersonName("", literal=True)),
    ],
)
def test_a_name_in_parts(name, expected):
    assert split_name(name) == expected


@pytest.mark.parametrize(
    ("name", "family", "surname"),
    [
        ("LeCun, Yann", "lecun", "lecun"),
        ("LeCun YA", "lecun", "lecun"),
        ("LeCun Y.", "lecun", "lecun"),
        ("Sammy Davis III", "davis", "davis"),
        ("X. YU", "x", "yu"),
        ("YU XI", "yu", "xi"),
        ("Ravid Shwartz-Ziv", "ziv", "shwartz ziv"),
        ("Macosko EZ", "macosko", "macosko"),
        ("Macosko EZAB", "ezab", "ezab"),
        ("", "", ""),
    ],
)
def test_family_names_to_compare_by(name, family, surname):
    assert family_name(name) == family
    assert surname_key(name) == surname


def test_names_of_a_list():
    assert family_keys(["Ada Marwick", "Berg, Laurens van der", "Sammy Davis Jr", ""]) == (
        "marwick",
        "berg",
        "davis",
    )
    assert short_authors(["Ada Marwick"]) == "Marwick"
    assert short_authors(["Ada Marwick", "Bo Beta"]) == "Marwick and Beta"
    assert short_authors(["Ada Marwick", "Bo Beta", "Cy"]) == "Marwick et al."
    assert short_authors([" ", "Ada van Marwick"]) == "van Marwick"
    assert last_family_word("Laurens van der Berg") == "Berg"
    assert last_family_word("") == ""


# ── terms ─────────────────────────────────────────────────────────────────────────────────────────
def test_words_have_places_and_terms():
    text = "The Poincaré-maps of ﬁelds, don't_stop 中文字"
    words = list(find_words(text))
    assert [text[w.start : w.end] for w in words] == [
        "The", "Poincaré", "maps", "of", "ﬁelds", "don", "t", "stop", "中文", "文字"
    ]  # fmt: skip
    assert [w.term for w in words][:5] == ["", "poincar", "map", "", "field"]
    assert index_terms("Running runs the RUN") == ["run", "run", "run"]
    assert index_terms("x" * 100) == ["x" * 64]
    assert index_terms("abc中") == ["abc", "中"]
    assert index_terms("中abc") == ["中", "abc"]
    assert index_terms("Übungen") == ["ubungen"]


@given(st.text(alphabet="ab éß中文 the-of1", max_size=30))
def test_keys_are_those_of_the_terms(text):
    assert term_keys(text) == [term_key(term) for term in index_terms(text)]
    assert all(0 <= key < 2**63 for key in term_keys(text) + pair_keys(term_keys(text)))


def test_a_pair_of_words_is_more_than_the_words():
    one, two = term_key("neural"), term_key("network")
    assert len(pair_keys([one, two, one])) == 2
    assert pair_keys([one, two]) != pair_keys([two, one])
    assert pair_keys([one]) == pair_keys([]) == []


def test_pairs_in_arrays_are_pairs_in_lists():
    import numpy as np

    from litmap.parsing.terms import pair_keys_of

    keys = [term_key(word) for word in ("neural", "network", "field", "map")]
    array = np.array(keys, np.int64)
    assert pair_keys_of(array[:-1], array[1:]).tolist() == pair_keys(keys)


def test_texts_in_one_spelling():
    assert fold_case("ÉCOLE ﬁn STRASSE ß") == "ecole fin strasse ss"
    assert plain_text("Gener-\nal  theory, of-it!") == "general theory of it"
    assert plain_text("1-\n2") == "1 2"
    assert has_unspaced("abc中")
    assert not has_unspaced("abcé")


@given(st.text(alphabet="aé ß-ﬁ.中", max_size=20))
def test_plain_places_lead_back_to_the_text(text):
    plain, places = plain_places(text)
    assert len(plain) == len(places)
    assert places == sorted(places)
    for letter, place in zip(plain, places, strict=True):
        if letter != " ":
            assert letter in fold_case(text[place]) or len(fold_case(text)) != len(text)


# ── titles ────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("The β-decay of H<sub>2</sub>O &amp; more", "the beta decay of h2o more"),
        (r"\emph{Over} the \alpha line", "over the alpha line"),
        (r"G\"odel and Erd\H{o}s", "godel and erdos"),
        (r"\O{}rsted \AA ngstr{\"o}m", "orsted angstrom"),
        ("Łódź Straße Ærø", "lodz strasse aero"),
        ("Don't—stop", "dont stop"),
        ("___", ""),
        ("ϕ and ϵ", "phi and epsilon"),
    ],
)
def test_a_title_has_one_form(title, expected):
    assert normalise_title(title) == expected
    if title.isascii() and "<" not in title and "\\" not in title:
        assert plain_words(title) == expected
    assert len(normalise_title("a" * 3000)) == 2000


def test_plain_words_take_the_short_way_for_plain_text_only():
    assert plain_words("Don't stop, <i>now</i> &amp; {Then}") == "dont stop now then"
    assert plain_words("Don't stop: now!") == "dont stop now"
    assert (
        squash_title("The Pre-training of Nets")
        == squash_title("Pretraining of nets")
        == "pretrainingofnets"
    )
    assert squash_title("An A/B test") == "abtest"


@pytest.mark.parametrize(
    ("one", "two", "low", "high"),
    [
        ("Deep nets", "Deep nets!", 1.0, 1.0),
        ("Pre training of nets", "Pretraining of nets", 0.99, 0.99),
        ("Growing sparse graphs", "Growing sparse graphs: a closer look", 0.9, 0.9),
        ("Growing sparse graphs", "Growing sparse graphs: a survey", 0.84, 0.84),
        ("Sparse graphs", "Sparse graphs: a closer look", 0.0, 0.8),
        ("Growing sparse graphs 1", "Growing sparse graphs 2", 0.5, 0.84),
        ("Growing graphs II", "Growing graphs III", 0.5, 0.84),
        ("Growing graphs of type I", "Growing graphs of type V", 0.85, 0.98),
        ("Growing sparse graphs", "Growing sparse grahps", 0.9, 0.98),
        ("Growing sparse graphs", "", 0.0, 0.0),
        ("Growing sparse graphs", "Zymurgy", 0.0, 0.5),
    ],
)
def test_likeness_of_titles(one, two, low, high):
    assert low <= title_similarity(one, two) <= high
    assert title_similarity(one, two) == title_similarity(two, one)


def test_long_titles_are_compared_by_their_words():
    words = [f"word{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(140)]
    long, half = " ".join(words), " ".join(words[:70] + [w + "x" for w in words[70:]])
    assert title_similarity(long, half) == pytest.approx(0.5)
    assert title_similarity(long, " ".join(words[1:] + words[:1])) == 0.98


def test_titles_that_share_nothing_are_told_at_once():
    assert quick_similarity("Growing sparse graphs", "Hidden valleys below") == 0.0
    assert quick_similarity("Growing sparse graphs", "Growing sparse graph") > 0.9
    assert quick_similarity("a growing of sparse graphs", "sparse graphs with rules") > 0.5
    assert quick_similarity("sparse growing graphs", "growing sparse graphs") > 0.6
    assert quick_similarity("Growingsparse graphs", "Growing sparsegraphs") == 0.99


@pytest.mark.parametrize(
    ("one", "two", "match"),
    [
        ("Pre training of nets", "Pretraining of nets", TitleMatch.EQUAL),
        ("Growing sparse graphs", "Growing sparse grahps", TitleMatch.NEAR),
        ("Networks", "Netwroks", TitleMatch.NONE),
        ("Growing sparse graphs", "Growing sparse graphs: with rain", TitleMatch.SHORTENED),
        ("Sparse graphs", "Sparse graphs: with rain", TitleMatch.SHORTENED),
        ("Graphs", "Graphs: with rain", TitleMatch.NONE),
        ("A graph", "A graph: with rain", TitleMatch.NONE),
        (
            "Growing sparse graphs with",
            "Growing sparse graphs with local rules",
            TitleMatch.SHORTENED,
        ),
        ("Growing sparse graphs", "Growing sparse graphs with local rules", TitleMatch.NONE),
        (
            "From Frege to Gödel",
            "From Frege to Gödel: A Source Book, 1879–1931",
            TitleMatch.SHORTENED,
        ),
        ("From Frege to Gödel", "From Frege to Gödel: A Survey, 1879–1931", TitleMatch.NONE),
        ("From Frege to Gödel", "From Frege to Gödel: Volume 2", TitleMatch.NONE),
        ("", "", TitleMatch.NONE),
    ],
)
def test_sure_matches_of_titles(one, two, match):
    assert match_titles(one, two) == match_titles(two, one) == match


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Growing sparse graphs fast", True),
        ("Regularisation hyperparameters everywhere", True),
        ("Six small words", False),
        ("Abcdef abcdef abcdef", True),
        ("Abcdef abcdef abcde", False),
        ("Flat minima", False),
        ("机器学习方法综述研究", True),
        ("机器学习", False),
    ],
)
def test_a_title_that_tells_a_work_alone(title, expected):
    assert is_distinctive(title) is expected


def test_words_that_mean_another_work():
    assert is_about_another(["comments", "on", "graphs"], ["graphs"])
    assert not is_about_another(["comments", "on", "graphs"], ["comments", "graphs"])
    assert is_about_another("graphs extended abstract".split(), ["graphs"])
    assert not is_about_another("graphs extended abstract".split(), ["abstract"])
    assert names_other_work("graphs 2".split(), ["graphs"])
    assert names_other_work("graphs ii".split(), ["graphs"])
    assert not names_other_work("the graphs".split(), ["graphs"])
    assert odd_words("growing sparse graphs".split(), "growing spares graph".split()) == []
    assert odd_words("growing graphs 12".split(), "growing graphs 13".split()) == ["12", "13"]
    assert odd_words("pre training".split(), ["pretraining"]) == []
    assert odd_words(["cats"], ["dogs"]) == ["cats", "dogs"]
    assert odd_words("new net new net".split(), "new net".split()) == ["new", "net"]


# ── venues ────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("", -1.2, -1.2),
        ("in Proceedings of it", 3.2, 4.0),
        ("Oxford University Press, 2001", 2.4, 2.4),
        ("and then we went", -2.0, -2.0),
        ("12, 345", 1.5, 1.5),
        ("Phys. Rev. Lett. 13, 508", 3.0, 3.4),
        ("ICML 2016", 2.5, 2.5),
        ("Ann. Stat", 3.0, 3.2),
        ("Something Else Entirely and so on", 0.0, 0.8),
        ("New York: Wiley", 2.0, 4.0),
        ("␞ more", 1.0, 1.0),
    ],
)
def test_how_much_a_text_looks_like_a_venue(text, low, high):
    assert low <= venue_score(text) <= high


def test_the_words_of_a_journal_stand_before_its_number():
    assert journal_run("Phys. Rev. Lett. 13, 508") == (["Phys.", "Rev.", "Lett."], 17)
    assert journal_run("Phys. Lett., Ser. B 13")[0] == ["Phys.", "Lett.,"]
    assert journal_run("Phys. Lett., Growing 13") == ([], 0)
    assert journal_run("Growing sparse graphs 13") == ([], 0)
    assert journal_run("eLife 6")[0] == ["eLife"]
    assert journal_run("13, 508") == ([], 0)
    assert journal_run("A " * 13 + "12") == ([], 0)
    assert journal_run("Journal of the Rain Vol. 3")[0] == ["Journal", "of", "the", "Rain"]


@pytest.mark.parametrize(
    ("name", "journal", "alone"),
    [
        ("Nature", True, True),
        ("PRL", True, True),
        ("Am. Nat.", True, True),
        ("Phys. Rev. Lett.", True, True),
        ("ICML", False, True),
        ("Growing sparse graphs", False, False),
        ("Jane Doe", False, False),
        ("D. N. Page", False, False),
        ("", False, False),
    ],
)
def test_names_of_journals(name, journal, alone):
    assert is_journal_name(name) is journal
    assert is_unambiguous_journal(name) is alone


def test_a_series_with_its_number_is_no_title():
    assert is_numbered_venue("GTM 52")
    assert is_numbered_venue("Phys. Rev. Lett. 13")
    assert not is_numbered_venue("Phys. Rev. Lett.")
    assert not is_numbered_venue("We saw 52 cats")


@pytest.mark.parametrize(
    ("one", "two", "same", "compatible"),
    [
        ("PRL", "Physical Review Letters", True, False),
        ("Phys. Rev. Lett.", "Physical Review Letters", True, True),
        ("Phys. Rev.", "Physical Review Letters", False, True),
        ("Nature", "Science", False, False),
        ("Nature", "", False, True),
        ("arXiv", "Science", False, True),
        ("P", "Physical Review", False, True),
        ("The Annals of Statistics", "Ann. Statist.", True, True),
    ],
)
def test_two_names_of_one_venue(one, two, same, compatible):
    assert same_venue(one, two) is same_venue(two, one) is same
    assert venues_compatible(one, two) is venues_compatible(two, one) is compatible


# ── sentences ─────────────────────────────────────────────────────────────────────────────────────
def pieces(text, rules):
    return [text[a:b].strip() for a, b in split_sentences(text, rules)]


@pytest.mark.parametrize("rules", [NOTE_SENTENCES, CITING_SENTENCES, SUMMARY_SENTENCES])
def test_abbreviations_and_initials_end_no_sentence(rules):
    text = "As J. Smith et al. (2004) say, see Fig. 3 of it. We agree! Do you?"
    assert pieces(text, rules)[0].rstrip(".") == "As J. Smith et al. (2004) say, see Fig. 3 of it"
    assert len(pieces(text, rules)) == 3


def test_what_a_search_shows_is_a_sentence_of_some_length_in_any_script():
    text = "Short. This one is long enough to stand alone. 这是一个相当长的句子用来测试分割功能的效果如何以及是否正确。第二句也是这样。"
    assert pieces(text, SHOWN_SENTENCES)[0] == "Short. This one is long enough to stand alone."
    assert len(pieces(text, SHOWN_SENTENCES)) == 3


def test_the_sentence_around_a_place():
    text = "One is here. Two is there (see it). Three is far."
    at = text.index("there")
    start, end = sentence_around(text, at, NOTE_SENTENCES)
    assert text[start:end].strip() == "Two is there (see it)."
    start, end = sentence_around(text, at, NOTE_SENTENCES, before=4, after=6)
    assert (start, end) == (at - 4, at + 6)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One is. Two is.", ["One is. ", "Two is."]),
        ("Is it? yes it is.", ["Is it? yes it is."]),
        ("We et al. We show", ["We et al. ", "We show"]),
        ("We et al. WE show", ["We et al. WE show"]),
        ("See Fig. Three of it", ["See Fig. Three of it"]),
        ("By J. Smith now", ["By J. Smith now"]),
        ("He said “yes.” Then no", ["He said “yes.” ", "Then no"]),
        ("One\n\nTwo", ["One\n\n", "Two"]),
        ("一。二", ["一。", "二"]),
        ("One.Two", ["One.Two"]),
        ("End (it). (More)", ["End (it). ", "(More)"]),
        ("It is. ) more", ["It is. ) more"]),
        ("", [""]),
    ],
)
def test_passages_are_cut_only_where_a_sentence_surely_ends(text, expected):
    ends = sentence_ends(text)
    assert [text[a:b] for a, b in zip([0, *ends], ends, strict=False)] == expected


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("Gr&uuml;n &amp; blau", "Grün & blau"),
        ("&#x1F41D; &#8212;", "\N{HONEYBEE} —"),
        (f"a&#{'9' * 5000};b", "a\N{REPLACEMENT CHARACTER}b"),
        (f"a&#x{'f' * 5000}b", "a\N{REPLACEMENT CHARACTER}"),
    ],
)
def test_entities_are_resolved_however_long(text: str, printed: str) -> None:
    assert unescape(text) == printed
    (_, content), *_ = read_tags(f'<meta name="citation_title" content="{text}">'.encode())
    assert content == printed
