"""Each recogniser answers one question about a string; the examples are those that made it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from litmap.citations.recognisers.adjacency import (
    given_name_first,
    names_after,
    names_before,
    year_after,
)
from litmap.citations.recognisers.adjacent_titles import (
    is_catchwords,
    is_title_after_names,
    is_title_before_journal,
    names_and_title_before,
    title_after,
)
from litmap.citations.recognisers.attributed_titles import (
    is_owned_title,
    is_people,
    is_possessive_title,
    is_sentence_title,
    may_be_title,
    named_titles,
    possessive_titles,
    sentence_titles,
)
from litmap.citations.recognisers.author_names import find_names, find_names_only
from litmap.citations.recognisers.bib_records import (
    is_non_scholarly_record,
    is_page_record,
    record_reference,
)
from litmap.citations.recognisers.dated_titles import (
    bracketed_titles,
    cited_titles,
    dated_titles,
    is_bracketed_title,
    is_cited_title,
    is_dated_title,
)
from litmap.citations.recognisers.entry_reader import (
    is_printed,
    is_surely_a_work,
    is_title_label,
    is_web_page,
    names_several_works,
)
from litmap.citations.recognisers.informal_names import (
    find_informal_names,
    find_possessives,
    find_reporting_verbs,
)
from litmap.citations.recognisers.joined_titles import is_whole_title, joined_titles, may_be_two
from litmap.citations.recognisers.journal_locators import find_locators, initials
from litmap.citations.recognisers.link_classifier import (
    classify_link,
    is_local_paper,
    is_non_scholarly_host,
    is_non_scholarly_label,
    is_repository,
    is_work_page,
    may_link_to_work,
)
from litmap.citations.recognisers.name_lists import (
    begins_with_acronym,
    begins_with_technique,
    has_initial_first,
    is_acronym,
    is_common_noun,
    is_not_a_name,
    split_names,
    without_sentence_opening,
)
from litmap.citations.recognisers.prose_titles import (
    clause_titles,
    is_running_title,
    may_hold_clause_title,
    quoted_titles,
    running_titles,
)
from litmap.citations.recognisers.reference_boundaries import (
    before_next,
    has_remark_behind,
    is_parsed_as_reference,
    may_end_here,
    reference_end,
)
from litmap.citations.recognisers.reference_entries import find_reference_entries, segments_of
from litmap.citations.recognisers.reference_lists import (
    is_reference_list,
    is_short_note,
    may_be_listed,
    reference_list_blocks,
    title_floor,
)
from litmap.citations.recognisers.reference_shape import (
    has_odd_author,
    is_about_works,
    is_dated,
    is_title_of_one_work,
    is_untitled_reference,
    leads_elsewhere,
    may_be_reference,
    opens_with_author,
)
from litmap.citations.recognisers.short_notes import is_meant
from litmap.citations.recognisers.title_scoring import (
    FEATURES,
    MIN_SCORE,
    PENALTIES,
    is_address_or_unfinished,
    is_list_of_names,
    is_non_scholarly,
    split_byline,
    title_score,
)
from litmap.citations.recognisers.venue_tagged_titles import may_be_tagged, tagged_titles
from litmap.citations.recognisers.whole_titles import (
    holds_names_or_year,
    strip_prefix,
    whole_titles,
)
from litmap.models import NoteBlock, Reference

PLAIN = "Understanding deep learning requires rethinking generalization"


# Scores of titles


@pytest.mark.parametrize(
    ("text", "score"),
    [
        (PLAIN, 0.60),
        (PLAIN.title(), 0.90),
        ("Gradient Descent", 0.0),
        ("Structure of Scientific Revolutions", 0.80),
        ("deep learning and the many ways of its use", 0.36),
        ("What we can say about learning in deep networks", 0.48),
        ("Deep learning: a new way to see many other things", 0.48),
        ("Deep Learning of Many Representations (3)", 0.55),
        ("Deep Learning of Many Representations in", 0.55),
        ("Lecture notes on the learning of many things", 0.0),
        ("Read This One First of All the Papers!", 0.80),
    ],
)
def test_a_title_is_scored_by_the_sum_of_its_features(text: str, score: float) -> None:
    assert title_score(text) == pytest.approx(score)


def test_every_feature_says_what_it_is_for() -> None:
    assert all(feature.reason and feature.weight for feature in FEATURES + PENALTIES)
    assert all(feature.weight < 0 for feature in PENALTIES)
    assert 0 < MIN_SCORE < 0.5


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see http://a.example for the rest", True),
        ("by doe@a.example in a mail", True),
        ("Title | Journal of Things", True),
        ("What follows:", True),
        ("The rest of it…", True),
        (PLAIN, False),
    ],
)
def test_addresses_and_unfinished_text_are_no_titles(text: str, *, expected: bool) -> None:
    assert is_address_or_unfinished(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Lecture notes on graphs", True),
        ("All rights reserved by them", True),
        ("All the rights of animals", False),
        ("Reading the mind in the eyes", False),
        ("Blog post on sleep", True),
    ],
)
def test_talks_pages_and_courses_are_not_scholarly(text: str, *, expected: bool) -> None:
    assert is_non_scholarly(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Doe J. A., Roe R. and others", True),
        ("Doe, J., & Roe", True),
        ("Abadie, Diamond and", True),
        ("Bread and butter", False),
        ("On the brand", False),
    ],
)
def test_a_list_of_names_is_no_title(text: str, *, expected: bool) -> None:
    assert is_list_of_names(text) is expected


@pytest.mark.parametrize(
    ("title", "min_words", "expected"),
    [
        ("The Strategy of Conflict by Schelling", 0, ("The Strategy of Conflict", "Schelling")),
        ("Learning by Doing", 4, ("Learning by Doing", "")),
        ("Learning by Doing", 0, ("Learning", "Doing")),
        ("A Theory of Justice", 0, ("A Theory of Justice", "")),
        (
            "The Art of Doing Science by R. W. Hamming",
            4,
            ("The Art of Doing Science", "R. W. Hamming"),
        ),
    ],
)
def test_a_byline_is_parted_from_its_title(
    title: str, min_words: int, expected: tuple[str, str]
) -> None:
    assert split_byline(title, min_words=min_words) == expected


# Titles that fill a line


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("read: Hints for Computer System Design", "Hints for Computer System Design"),
        ("- [ ] Hints for Computer System Design", "Hints for Computer System Design"),
        ("see also Hints for Computer System Design", "Hints for Computer System Design"),
        ("key paper: Hints for Computer System Design", "Hints for Computer System Design"),
        ("[SOSP'83] Hints for Computer System Design", "Hints for Computer System Design"),
        ("Hints for Computer System Design", "Hints for Computer System Design"),
    ],
)
def test_markers_before_a_title_are_skipped(text: str, title: str) -> None:
    assert text[strip_prefix(text) :] == title


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("Hints for Computer System Design", [("Hints for Computer System Design", "")]),
        (
            "Hints for Computer System Design (Lampson 1983)",
            [("Hints for Computer System Design", "Lampson 1983")],
        ),
        (
            "Hints for Computer System Design by Butler Lampson",
            [("Hints for Computer System Design", "Butler Lampson")],
        ),
        (
            "Rosenblum, Ousterhout: The Design and Implementation of a Log-Structured File System",
            [
                (
                    "The Design and Implementation of a Log-Structured File System",
                    "by Rosenblum, Ousterhout",
                )
            ],
        ),
        (
            "[SOSP'83] Hints for Computer System Design",
            [("Hints for Computer System Design", "1983")],
        ),
        (
            "Normalizing Flows for Probabilistic Modeling is the review",
            [("Normalizing Flows for Probabilistic Modeling", "")],
        ),
        (
            "Hints for Computer System Design – same thing again",
            [("Hints for Computer System Design", "")],
        ),
        (
            "A Fast Learning Algorithm for Deep Belief NetsLearning Deep Architectures for AI",
            [
                ("A Fast Learning Algorithm for Deep Belief Nets", ""),
                ("Learning Deep Architectures for AI", ""),
            ],
        ),
        ("ask him tomorrow about it", []),
    ],
)
def test_titles_that_fill_a_line(text: str, titles: list[tuple[str, str]]) -> None:
    found = whole_titles(text, floor=0.5)
    assert [(title.text, title.beside) for title in found] == titles
    assert all(text[title.start : title.end] == title.text for title in found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Doe 1999", True),
        ("STOC '83", True),
        ("Doe & Roe", True),
        ("Doe et al", True),
        ("Doe, Roe", True),
        ("a nice one", False),
    ],
)
def test_what_may_stand_in_brackets_behind_a_title(text: str, *, expected: bool) -> None:
    assert holds_names_or_year(text) is expected


# Titles in running text


def test_quoted_words_in_lower_case_are_a_phrase() -> None:
    sentence = "He calls it “%s”, which we doubt."
    assert [title.text for title in quoted_titles(sentence % PLAIN)] == [PLAIN]
    assert quoted_titles(sentence % "a hard problem of many kinds") == []


def test_a_run_of_raised_words_is_a_title_if_long_or_a_sentence() -> None:
    text = "We read The Unreasonable Effectiveness of Mathematics in the Natural Sciences again"
    run = "The Unreasonable Effectiveness of Mathematics in the Natural Sciences"
    assert [title.text for title in running_titles(text)] == [run]
    assert is_running_title("Visible Learning Of Teachers.", 0, "Visible Learning Of Teachers")
    assert not is_running_title("at Los Angeles County", 3, "Los Angeles County")


@pytest.mark.parametrize(
    ("text", "title", "beside"),
    [
        (
            "Again: Kleinberg, An impossibility theorem for clustering.",
            "An impossibility theorem for clustering",
            "Kleinberg",
        ),
        (
            "see A mathematical theory of communication (1948)",
            "A mathematical theory of communication",
            "1948",
        ),
        (
            "Background: A mathematical theory of communication.",
            "A mathematical theory of communication",
            "",
        ),
    ],
)
def test_titles_that_fill_a_clause(text: str, title: str, beside: str) -> None:
    assert (title, beside) in [(found.text, found.beside) for found in clause_titles(text)]


@pytest.mark.parametrize(
    ("text", "may"),
    [
        ("Background: a theory", True),
        ("A theory by Shannon", True),
        ("Reread it by tomorrow", True),
        ("see A theory", True),
        ("A theory proved by hand", False),
        ("A theory.", False),
    ],
)
def test_a_clause_title_is_looked_for_where_something_leads_to_it(text: str, may: bool) -> None:
    assert may_hold_clause_title(text) is may


# Names


@pytest.mark.parametrize(
    ("text", "names", "goes_on"),
    [
        ("Doe, Roe and Poe", ["Doe", "Roe", "Poe"], False),
        ("Doe et al.", ["Doe"], True),
        ("Doe, Roe…", ["Doe", "Roe"], True),
        ("Compare Thouless", ["Thouless"], False),
        ("Press & Schechter", ["Press", "Schechter"], False),
        ("Table, Doe", ["Doe"], False),
        ("Drop-seq, Macosko EZ", ["Macosko EZ"], False),
        ("ML, Wager and Athey", ["Wager", "Athey"], False),
        ("Dahl's", ["Dahl"], False),
    ],
)
def test_a_list_of_names_is_split(text: str, names: list[str], *, goes_on: bool) -> None:
    assert split_names(text) == (names, goes_on)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("March", True),
        ("Generalization", True),
        ("SVM", True),
        ("Nature", True),
        ("X", True),
        ("Thouless", False),
        ("D. N. Page", False),
        ("Brain", False),
        ("Macosko EZ", False),
    ],
)
def test_capitalised_words_that_are_not_names(name: str, *, expected: bool) -> None:
    assert is_not_a_name(name) is expected


def test_signs_of_a_name_and_of_other_words() -> None:
    assert has_initial_first("D. N. Page") and not has_initial_first("D.")
    assert is_acronym("SVM") and not is_acronym("EZ")
    assert is_common_noun("generalization") and is_common_noun("may") and not is_common_noun("doe")
    assert begins_with_technique(["Drop-seq", "Macosko EZ"])
    assert not begins_with_technique(["Shwartz-ziv", "Tishby"])
    assert begins_with_acronym(["ML", "Wager"]) and not begins_with_acronym(["ML", "ICA"])
    assert without_sentence_opening("RAR McGaugh") == "McGaugh"
    assert without_sentence_opening("See Also Doe") == "Doe"


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("by Dinh et al. (2017)", [(("Dinh",), 2017, "")]),
        (
            "(Lin and Tegmark 2016b, 2016a)",
            [(("Lin", "Tegmark"), 2016, "b"), (("Lin", "Tegmark"), 2016, "a")],
        ),
        ("(Lin 2016a, b)", [(("Lin",), 2016, "a"), (("Lin",), 2016, "b")]),
        ("in Weber 1934/1959 it is", [(("Weber",), 1934, "")]),
        ("Dahl's Polyarchy (1971)", [(("Dahl",), 1971, "")]),
        ("Dahl's book (1971)", [(("Dahl",), 1971, "")]),
        ("the 1958 Anderson paper", [(("Anderson",), 1958, "")]),
        ("as dinh et al. 2017 show", [(("dinh",), 2017, "")]),
        (
            "Synthetic control on the Basque Country, Abadie, Diamond and Hainmueller (2010)",
            [(("Abadie", "Diamond", "Hainmueller"), 2010, "")],
        ),
        ("deQuilettes (Science 2015)", [(("deQuilettes",), 2015, "")]),
        ("Title Words (COLT 2017)", []),
        ("SVM 1995", []),
        ("Diamond-Mirrlees production efficiency (1971)", [(("Diamond-Mirrlees",), 1971, "")]),
        ("The last paper (1971)", []),
        ("Table 12", []),
        ("in Zipf '67.", [(("Zipf",), 1967, "")]),
        ("RMP 83", []),
    ],
)
def test_names_before_a_year_are_told_from_other_things(
    text: str, people: list[tuple[tuple[str, ...], int, str]]
) -> None:
    found = find_names(text)
    assert [(mention.names, mention.year, mention.suffix) for mention in found] == people


def test_names_without_a_year_are_two_or_have_et_al() -> None:
    found = find_names_only("Doe and Roe, then Poe et al., but Moe alone")
    assert [(mention.names, mention.et_al) for mention in found] == [
        (("Doe", "Roe"), False),
        (("Poe",), True),
    ]


# Reference entries


def block(text: str, kind: str = "paragraph", **fields: str) -> NoteBlock:
    return NoteBlock(kind, text, 1, fields=tuple(fields.items()))


ENTRY = (
    "Levins, R. (1969). Some consequences of heterogeneity. Bull. Entomol. Soc. Am. 15, 237-240."
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ENTRY, True),
        ("Background: " + ENTRY, True),
        ("1969. Levins R.", True),
        ("and then we went to the market in 1969", False),
        ("Levins, R. Some consequences of it", False),
    ],
)
def test_a_reference_opens_with_a_name_or_year_and_has_a_year_or_link(
    text: str, *, expected: bool
) -> None:
    assert may_be_reference(text) is expected


@pytest.mark.parametrize(
    ("text", "dated"),
    [
        ("Doe, A. (1999). A theory.", True),
        ("Doe, A. (In Press). A theory.", True),
        ("Doe, A. (n.d.). A theory.", True),
        ("Doe, A. A theory. https://a.org", True),
        ("Doe, A. A theory, 2nd ed., pp. 12-123.", False),
        ("A sentence about a theory.", False),
    ],
)
def test_what_tells_when_something_was_printed_is_seen(text: str, dated: bool) -> None:
    assert is_dated(text) is dated


@pytest.mark.parametrize(
    ("predicate", "reference", "text"),
    [
        (has_odd_author, Reference(authors=("Doe (ed",)), ""),
        (has_odd_author, Reference(authors=("what we have seen of it here",)), ""),
        (leads_elsewhere, Reference(title="The book is M. Davis, Hilbert's problem"), ""),
        (leads_elsewhere, Reference(venue="is worth reading"), ""),
    ],
)
def test_signs_that_a_parsed_text_is_prose(
    predicate: Callable[[Reference], bool], reference: Reference, text: str
) -> None:
    assert predicate(reference)
    assert not predicate(Reference(text, "A title", ("Jane Doe",), 1999, "Am. Nat."))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("As Doe et al. (1999) and Roe et al. (2001) show", True),
        ("It was shown [3] to be so", True),
        (ENTRY, False),
    ],
)
def test_a_sentence_about_works_is_told_from_a_reference(text: str, *, expected: bool) -> None:
    assert is_about_works(text) is expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Some consequences", True),
        ("“Some consequences”", True),
        ("some consequences", False),
        ("Some consequences (in press)", False),
        ("Consequences of Doe and Roe (1999)", False),
    ],
)
def test_a_title_is_of_one_work(title: str, *, expected: bool) -> None:
    assert is_title_of_one_work(title) is expected


def test_a_reference_without_title_is_short_and_alone() -> None:
    untitled = Reference(authors=("D Tilman",), year=1982, venue="Am. Nat.")
    assert is_untitled_reference(untitled, "Tilman D (1982) Am. Nat. 116, 362-393")
    assert not is_untitled_reference(untitled, "Tilman 1982; Chesson 2000, Am. Nat. 116, 362")
    assert not is_untitled_reference(Reference(authors=("D Tilman",)), "Tilman D (1982)")


def test_a_reference_opens_with_its_first_author() -> None:
    reference = Reference(authors=("R. Levins",))
    assert opens_with_author(reference, ENTRY)
    assert not opens_with_author(reference, "x " * 40 + ENTRY)


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        (["arxiv:1611.03530"], False),
        (["arxiv:1611.03530", "doi:10.1/a"], False),
        (["arxiv:1611.03530", "arxiv:1706.03762"], True),
        (["doi:10.1/a", "doi:10.1/b"], False),
        (["doi:10.1/a", "doi:10.1/b", "doi:10.1/c"], True),
        (["pmlr:v80/a18", "pmlr:v80/a18"], False),
        (["pmlr:v80/a18", "pmlr:v97/b19"], True),
        (["acl:N18-1202", "openreview:x", "arxiv:1611.03530"], False),
    ],
)
def test_a_work_has_one_identifier_of_a_kind_and_a_supplement(
    ids: list[str], *, expected: bool
) -> None:
    assert names_several_works(ids) is expected


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("Some consequences of heterogeneity", True),
        ("pdf", False),
        ("https://a.example/b c", False),
        ("Doe and Roe (1999)", False),
    ],
)
def test_a_link_may_be_labelled_with_the_title(label: str, *, expected: bool) -> None:
    assert is_title_label(label) is expected


def test_a_page_is_no_work_unless_it_was_printed() -> None:
    page = Reference("Doe, a post", "A post", ("Doe",), 2019, urls=("https://medium.com/a",))
    assert is_web_page(page)
    assert not is_web_page(replace(page, ids=("doi:10.1/a",)))
    assert not is_printed(page)
    assert is_printed(replace(page, raw="Doe, Am. Nat. 116: 362-393"))


@pytest.mark.parametrize(
    ("reference", "located", "expected"),
    [
        (Reference(ids=("doi:10.1/a",)), False, True),
        (Reference(year=1982), True, True),
        (Reference(title="A title", authors=("Doe",), year=1982), False, True),
        (Reference(title="A title", authors=("Doe",)), False, False),
        (Reference(title="A title", year=1982), False, False),
    ],
)
def test_what_makes_an_entry_surely_a_work(
    reference: Reference, *, located: bool, expected: bool
) -> None:
    assert is_surely_a_work(reference, located=located) is expected


@pytest.mark.parametrize(
    ("entry", "in_list", "title"),
    [
        (block(ENTRY), False, "Some consequences of heterogeneity"),
        (block("^ " + ENTRY), True, "Some consequences of heterogeneity"),
        (block(ENTRY + "\u2003|\u2003a remark of ours", "cell"), False, "Some consequences"),
        (
            block(f"It starts there: {ENTRY} The reply came soon and we like it better."),
            False,
            "Some consequences of heterogeneity",
        ),
        (block(f"A line before.\n{ENTRY}", breaks="15"), False, "Some consequences"),
    ],
)
def test_an_entry_is_a_block_a_cell_a_line_or_a_stretch_of_prose(
    entry: NoteBlock, *, in_list: bool, title: str
) -> None:
    (found,) = find_reference_entries(entry, (), in_list=in_list)
    assert found.sure
    assert found.reference.title.startswith(title)
    assert found.reference.year == 1969


def test_a_dash_stands_for_the_authors_before() -> None:
    (entry,) = find_reference_entries(
        block("———. 1970. Extinction of populations. Am. Nat."), ("R. Levins",), in_list=True
    )
    assert entry.reference.authors == ("R. Levins",)


def test_the_lines_of_a_block_are_its_breaks_and_its_tagged_lines() -> None:
    text = "First line\nsecond\n[SOSP'83] Hints"
    lines = NoteBlock("paragraph", text, 1, line_starts=(0, 11, 18), fields=(("breaks", "11"),))
    assert [text[line.start : line.end] for line in segments_of(lines)] == [
        "First line\n",
        "second\n",
        "[SOSP'83] Hints",
    ]


# Links


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("github.com", True),
        ("www.youtube.com", True),
        ("en.wikipedia.org", True),
        ("notgithub.com", False),
        ("amazon.co.uk", True),
        ("mastodon.social", True),
        ("mastodon.example.org", False),
        ("arxiv.org", False),
    ],
)
def test_a_site_stands_for_its_subdomains_and_countries(host: str, *, expected: bool) -> None:
    assert is_non_scholarly_host(f"https://{host}/a") is expected


@pytest.mark.parametrize(
    ("target", "text", "kind"),
    [
        ("https://arxiv.org/abs/1611.03530", "", "work"),
        ("https://a.example/papers/doe.pdf", "", "pdf"),
        ("https://a.example/teaching/doe.pdf", "", "plain"),
        ("https://www.jstor.org/some/page", "", "perhaps"),
        ("https://www.jstor.org/about/page", "", "plain"),
        ("https://eprints.a.example/1234", "", "perhaps"),
        ("https://a.example/doe.pdf", "slides", "plain"),
        ("https://a.example/figure.png", "", "plain"),
        ("papers/doe.pdf", "", "pdf"),
        ("#section", "", "plain"),
        ("http://[", "", "plain"),
    ],
)
def test_a_link_is_classified_by_its_address_and_words(target: str, text: str, kind: str) -> None:
    assert classify_link(target, text)[0] == kind


def test_signs_of_what_a_link_leads_to() -> None:
    assert is_non_scholarly_label("a nice video by her")
    assert not is_non_scholarly_label("Attention is all you need")
    assert is_repository("dspace.a.example", "/handle/12")
    assert not is_repository("library.github.io", "/handle/12")
    assert is_work_page("/stable/1234") and not is_work_page("/about/us") and not is_work_page("/a")
    assert is_local_paper("papers/doe1999.pdf#page=2") and not is_local_paper("slides.pdf")


def test_a_page_of_unknown_kind_may_be_a_work_if_its_link_is_worded_like_a_title() -> None:
    title, page = "Attention is all you need", "https://a.example/attention"
    assert may_link_to_work(page, title, 0.7)
    assert not may_link_to_work(page, title, 0.5)
    assert not may_link_to_work(page, "a video of all that", 0.7)
    assert not may_link_to_work("https://github.com/a", title, 0.7)
    assert not may_link_to_work("attention.html", title, 0.7)


# Records of reference files


def record(**fields: str) -> NoteBlock:
    return block("", "entry", **fields)


@pytest.mark.parametrize(
    ("fields", "ids", "sure"),
    [
        ({"doi": "10.1000/1"}, ("doi:10.1000/1",), True),
        ({"arxiv": "1611.03530"}, ("arxiv:1611.03530",), True),
        ({"arxiv": "arXiv:1611.03530"}, ("arxiv:1611.03530",), True),
        ({"url": "https://arxiv.org/abs/1611.03530"}, ("arxiv:1611.03530",), True),
        ({"note": "see doi: 10.1000/1."}, ("doi:10.1000/1",), True),
        ({"title": "A title", "author": "Doe"}, (), True),
        ({"title": "A title"}, (), False),
        ({"title": "A title", "author": "Doe", "type": "Blog Post"}, (), False),
        ({"title": "A title", "author": "Doe", "url": "https://a.example"}, (), False),
    ],
)
def test_a_record_is_surely_a_work_by_identifier_or_title_and_people(
    fields: dict[str, str], ids: tuple[str, ...], *, sure: bool
) -> None:
    reference, is_sure = record_reference(record(**fields))
    assert (reference.ids, is_sure) == (ids, sure)


def test_records_of_talks_and_pages() -> None:
    page = Reference(urls=("https://a.example/b",))
    assert is_non_scholarly_record("podcast", ())
    assert is_non_scholarly_record("misc", ("https://github.com/a",))
    assert not is_non_scholarly_record("book", ("https://github.com/a",))
    assert is_page_record("online", page)
    assert not is_page_record("book", page)
    assert not is_page_record("online", replace(page, venue="Nature"))


# Works named in passing


@pytest.mark.parametrize(
    ("text", "names", "year", "venue"),
    [
        ("as in hochreiter 97", ("hochreiter",), 1997, ""),
        ("kingma & ba 2015", ("kingma", "ba"), 2015, ""),
        ("since 1999", None, None, ""),
        ("Planck Collaboration 2018", ("Planck\xa0Collaboration",), 2018, ""),
        ("IPCC 2014", ("IPCC",), 2014, ""),
        ("PNAS 2014", None, None, ""),
        ("Doe & Roe (in press)", ("Doe", "Roe"), None, ""),
        ("1998 Perlmutter et al.", ("Perlmutter",), 1998, ""),
        ("Karger et al., STOC 97", ("Karger",), 1997, "STOC"),
        ("Kimura, Nature", ("Kimura",), None, "Nature"),
        ("(Kimura in Nature)", ("Kimura",), None, "Nature"),
    ],
)
def test_works_named_in_passing(
    text: str, names: tuple[str, ...] | None, year: int | None, venue: str
) -> None:
    found = [(mention.names, mention.year, mention.venue) for mention in find_informal_names(text)]
    assert found == ([(names, year, venue)] if names else [])


@pytest.mark.parametrize(
    ("text", "names", "is_publication"),
    [
        ("in Paine's keystone paper", ("Paine",), True),
        ("the Vaswani paper", ("Vaswani",), True),
        ("Tilman's model", ("Tilman",), False),
        ("May's result", ("May",), False),
    ],
)
def test_works_that_are_called_their_authors(
    text: str, names: tuple[str, ...], *, is_publication: bool
) -> None:
    assert [(m.names, work) for m, work in find_possessives(text)] == [(names, is_publication)]


def test_of_whom_something_is_told() -> None:
    assert [m.names for m in find_reporting_verbs("Kuhn argues that March shows")] == [("Kuhn",)]


# Titles beside their people or a year


@pytest.mark.parametrize(
    ("text", "title", "names"),
    [
        (
            "as in Kuhn's Structure of Scientific Revolutions.",
            "Structure of Scientific Revolutions",
            ("Kuhn",),
        ),
        ("Savage, The Foundations of Statistics", "The Foundations of Statistics", ("Savage",)),
        (
            "The Strategy of Conflict (Schelling & Doe)",
            "The Strategy of Conflict",
            ("Schelling", "Doe"),
        ),
        ("The Strategy of Conflict (Schelling)", "The Strategy of Conflict", ()),
        ("Nozick's Anarchy, State, and Utopia", "Anarchy, State, and Utopia", ("Nozick",)),
    ],
)
def test_titles_beside_the_people_who_wrote_them(
    text: str, title: str, names: tuple[str, ...]
) -> None:
    assert [(found.text, people.names) for found, people in named_titles(text)] == [(title, names)]


@pytest.mark.parametrize(
    "text",
    [
        "read Dynamo: Amazon's Highly Available Store",
        "Zipf's Law of Words",
        "the Nobel Prize, Doe & Roe",
        "Daston & Galison (Doe)",
    ],
)
def test_runs_of_raised_words_that_are_no_title(text: str) -> None:
    assert named_titles(text) == []


def test_what_a_title_in_title_case_may_be() -> None:
    assert may_be_title("The Foundations of Statistics", owned=False)
    assert may_be_title("Structure of it", owned=True)
    assert not may_be_title("Structure of it", owned=False)
    assert not may_be_title("Nobel Prize Committee", owned=False)
    assert is_people("Daston and Galison", ["Daston", "and", "Galison"])
    assert not is_people("The Rich and Poor", ["The", "Rich", "and", "Poor"])


@pytest.mark.parametrize(
    ("text", "title", "names"),
    [
        (
            "Doe & Roe, Some consequences of the heat.",
            "Some consequences of the heat",
            ("Doe", "Roe"),
        ),
        (
            "Some consequences of the heat (Doe & Roe)",
            "Some consequences of the heat",
            ("Doe", "Roe"),
        ),
        ("Some consequences of the heat (Doe)", "Some consequences of the heat", ()),
    ],
)
def test_titles_in_sentence_case_beside_names(
    text: str, title: str, names: tuple[str, ...]
) -> None:
    assert (title, names) in [(found.text, people.names) for found, people in sentence_titles(text)]


def test_a_title_in_sentence_case_has_four_words() -> None:
    assert is_sentence_title("Some consequences of the heat")
    assert not is_sentence_title("Some Consequences of Heat")
    assert not is_sentence_title("Consequences of heat")


@pytest.mark.parametrize(
    ("text", "title", "beside"),
    [
        ("Bottou's lecture Stochastic Learning (2004)", "Stochastic Learning", "Bottou 2004"),
        ("Doe's Heat and Its Uses (2nd ed.)", "Heat and Its Uses", "by Doe"),
        (
            "see Efron and Hastie's Computer Age Statistical Inference (free pdf)",
            "Computer Age Statistical Inference",
            "by Efron and Hastie",
        ),
    ],
)
def test_titles_behind_their_owner(text: str, title: str, beside: str) -> None:
    assert (title, beside) in [(found.text, found.beside) for found in possessive_titles(text)]


def test_what_is_called_after_a_person_is_no_title() -> None:
    assert is_owned_title("Computer Age Statistical Inference")
    assert not is_owned_title("Second Great Theorem")
    assert not is_possessive_title("Law", printed=True)
    assert is_possessive_title("Polyarchy", printed=True)
    assert not is_possessive_title("Polyarchy", printed=False)


@pytest.mark.parametrize(
    ("text", "title", "beside"),
    [
        ("Secord Victorian Sensation (2000)", "Victorian Sensation", "Secord 2000"),
        ("The Minimalist Program (1995)", "The Minimalist Program", "1995"),
    ],
)
def test_titles_before_a_year_in_brackets(text: str, title: str, beside: str) -> None:
    assert [(found.text, found.beside) for found in dated_titles(text)] == [(title, beside)]


def test_what_stands_before_a_year_and_is_no_title() -> None:
    assert is_dated_title("The Minimalist Program", "")
    assert not is_dated_title("Minimalist Program", "")
    assert not is_dated_title("Minimalist Program", "March")
    assert not is_dated_title("The Nobel Prize", "")
    assert not is_dated_title("Daston & Galison", "Doe")


def test_titles_between_their_authors_and_a_dated_venue() -> None:
    text = "Doe & Roe, The consequences of the heat, STOC 2011, for the rest"
    assert [(title.text, title.beside) for title in cited_titles(text)] == [
        ("The consequences of the heat", "Doe & Roe 2011")
    ]
    assert not is_cited_title("Angrist Imbens Rubin")


def test_titles_in_brackets_behind_their_authors() -> None:
    text = "as in Soare's book (Recursively Enumerable Sets and Degrees, Springer 1987)"
    assert [(title.text, title.beside) for title in bracketed_titles(text)] == [
        ("Recursively Enumerable Sets and Degrees", "Soare's 1987")
    ]
    assert not is_bracketed_title("Doe & Roe, Poe")
    assert not is_bracketed_title("Springer")


def test_a_line_may_be_two_titles() -> None:
    text = "Wasserstein GAN and Improved Training of Wasserstein GANs"
    assert [title.text for title in joined_titles(text)] == text.split(" and ")
    assert joined_titles("Neural Networks and Deep Learning") == []
    assert not may_be_two("Neural Networks", "Deep Learning")
    assert may_be_two("Neural Networks", "The Deep End")
    assert is_whole_title("Wasserstein GAN", min_words=2)
    assert not is_whole_title("Wasserstein GAN of the", min_words=2)
    assert not is_whole_title("Wasserstein gan nets", min_words=2)


# What stands beside


@pytest.mark.parametrize(
    ("text", "names", "year"),
    [
        ("Savage, ", ("Savage",), None),
        ("Savage (1954), ", ("Savage",), 1954),
        (
            "List, B.; Lerner, R. A.; Barbas, C. F. ",
            ("B. List", "R. A. Lerner", "C. F. Barbas"),
            None,
        ),
        ("as we saw in the end, ", None, None),
    ],
)
def test_names_before_a_title(text: str, names: tuple[str, ...] | None, year: int | None) -> None:
    people = names_before(text, len(text))
    assert (people and people.names) == names
    assert (people and people.year) == year


@pytest.mark.parametrize(
    ("text", "names", "year"),
    [
        (" (Koestler 1959)", ("Koestler",), 1959),
        (" by Arthur Koestler", ("Arthur Koestler",), None),
        (", Koestler", ("Koestler",), None),
        (" and then", None, None),
    ],
)
def test_names_behind_a_title(text: str, names: tuple[str, ...] | None, year: int | None) -> None:
    people = names_after(text, 0)
    assert (people and people.names, people and people.year) == (names, year)


def test_a_year_behind_a_title_may_follow_a_publisher() -> None:
    assert year_after(" (Springer, 1987)", 0) == (1987, 16)
    assert year_after(" 12 and 1987", 0) is None
    assert given_name_first("Lerner, R. A.") == "R. A. Lerner"


def test_a_title_behind_names_and_year() -> None:
    text = "Levins R. 1969. Some consequences of heterogeneity. Bull. Soc."
    span = title_after(text, 14)
    assert span and text[slice(*span)] == "Some consequences of heterogeneity"
    assert not is_title_after_names("We show some consequences of heterogeneity")
    assert not is_title_after_names("Lecture Notes in Mathematics 12")
    assert is_catchwords("Heat, light, sound, smell") and is_catchwords("Island biogeography, area")


def test_a_title_between_names_and_a_journal() -> None:
    text = "Doe & Roe, The title of the whole thing? "
    found = names_and_title_before(text, len(text))
    assert found and found[0].names == ("Doe", "Roe")
    assert text[found[1] : found[2]] == "The title of the whole thing?"
    assert not is_title_before_journal("Doe Roe Poe")


# Journals


@pytest.mark.parametrize(
    ("journal", "expected"),
    [
        ("Phys. Rev. Lett.", "prl"),
        ("PRL", "prl"),
        ("Nature", "nature"),
        ("Journal of the American Chemical Society", "jacs"),
        ("SIAM J. Comput.", "siamjc"),
    ],
)
def test_a_journal_is_reduced_to_the_initials_of_its_words(journal: str, expected: str) -> None:
    assert initials(journal) == expected


@pytest.mark.parametrize(
    ("text", "key", "year"),
    [
        ("Phys. Rev. Lett. 61, 2015 (1988)", "prl:61:2015", 1988),
        ("J. Am. Chem. Soc. 2009, 131, 6050", "jacs:131:6050", 2009),
        ("Thouless, Phys. Rep. 13, 93", "pr:13:93", None),
        ("Barbas, C. F. J. Am. Chem. Soc. 2000, 122, 2395", "jacs:122:2395", 2000),
        ("Phys. Rep. 13 (1974)", "", 1974),
    ],
)
def test_a_journal_with_volume_and_page_is_a_locator(text: str, key: str, year: int | None) -> None:
    assert [(locator.key, locator.year) for locator in find_locators(text)] == [(key, year)]


# Where references end, and their lists


def test_a_remark_behind_a_reference_is_left_out() -> None:
    assert reference_end(ENTRY + " This one is worth it") == len(ENTRY)
    assert reference_end(ENTRY) == len(ENTRY)
    assert has_remark_behind("1999. this is a remark", 5)
    assert not has_remark_behind("1999. doi: 10.1000/1 and more", 5)
    assert not has_remark_behind("1999. see there", 5)
    assert may_end_here(ENTRY)
    assert not may_end_here(ENTRY + " (")
    assert is_parsed_as_reference(ENTRY, len(ENTRY) - 8)
    assert not is_parsed_as_reference("in the year 1999 it was so", 20)


def test_another_work_behind_a_reference_is_left_out() -> None:
    first = "Turing 1936 on computable numbers"
    assert before_next(f"{first}; Church 1936") == len(first)
    assert before_next(first) == len(first)


def test_a_list_of_references_is_a_long_run_of_blocks_that_look_like_them() -> None:
    prose = block("We went there and saw what there was to see.")
    assert reference_list_blocks([block(ENTRY)] * 4 + [prose]) == {0, 1, 2, 3}
    assert reference_list_blocks([block(ENTRY)] * 3 + [prose]) == set()
    short = block("Ibid., 332", "item", number="5")
    run = [block(ENTRY, "item")] * 2
    assert reference_list_blocks([*run, short, *run]) == {0, 1, 3, 4}
    assert reference_list_blocks([block("Doe", list="references")]) == {0}
    assert is_reference_list([0.7, 0.7, 0.7, 0.4])
    assert not is_reference_list([0.7, 0.7, 0.4, 0.4])
    assert may_be_listed(ENTRY)
    assert not may_be_listed("Levins R. 1969")


def test_a_short_note_is_numbered_or_an_item() -> None:
    assert is_short_note(block("Ibid., 332", "item"))
    assert is_short_note(block("Shapin, Scientific Revolution, 3", number="4"))
    assert not is_short_note(block("Ibid., 332"))
    assert not is_short_note(block("Shapin (1996), 3", number="4"))


def test_pages_of_single_lines_hold_more_bare_titles() -> None:
    assert title_floor([block("A line")], "text") < title_floor([block("A line")], "markdown")
    assert title_floor([block("A long line of text " * 10)], "text") == title_floor([], "text")


def test_a_short_note_means_the_entry_with_its_author_and_words() -> None:
    reference = Reference(title="The Scientific Revolution", authors=("Steven Shapin",))
    assert is_meant(reference, "Shapin", "Scientific Revolution")
    assert is_meant(reference, "Shapin", "op. cit")
    assert not is_meant(reference, "Shapin", "Leviathan")
    assert not is_meant(reference, "Doe", "Scientific Revolution")


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("[OSDI'04] MapReduce", [("MapReduce", "2004")]),
        (
            "[SOSP'83] Hints for Computer System Design. Lampson [OSDI'04] MapReduce",
            [("Hints for Computer System Design", "1983"), ("MapReduce", "2004")],
        ),
        (
            "Eraser [SOSP'97]: a dynamic data race detector",
            [("Eraser: a dynamic data race detector", "1997")],
        ),
        ("MapReduce", []),
    ],
)
def test_titles_behind_their_venue_and_year(text: str, titles: list[tuple[str, str]]) -> None:
    assert [(title.text, title.beside) for title in tagged_titles(text)] == titles


def test_a_tagged_title_is_no_talk() -> None:
    assert may_be_tagged("MapReduce")
    assert not may_be_tagged("the keynote slides")
    assert not may_be_tagged("(again)")


def test_a_list_of_some_hundred_authors_is_read_in_linear_time() -> None:
    start = time.process_time()
    cited_titles("Savage VM, Wesn AP, " * 120 + "Tempo in dry years, Nature 2004")
    assert time.process_time() - start < 3


@pytest.mark.parametrize(
    ("text", "title", "people"),
    [
        ("Manifestos: Pearl, Theoretical impediments to machine learning (position paper) and his blog",
         "Theoretical impediments to machine learning", ("Pearl",)),
        ("See also Lipton, The mythos of model interpretability (workshop paper) for a critique.",
         "The mythos of model interpretability", ("Lipton",)),
        ("read Marcus and Davis, Insights for building trusted machines (essay), then the replies",
         "Insights for building trusted machines", ("Marcus", "Davis")),
    ],
)  # fmt: skip
def test_a_title_between_names_and_its_kind_in_brackets(text, title, people):
    [(found, names)] = sentence_titles(text)
    assert (found.text, names.names) == (title, people)


@pytest.mark.parametrize(
    "text",
    [
        "Berlin, The trip to the lake (photos) was good",
        "Next week: Anna, The presentation on transfer learning (remote)",
        "In Paris, The museum of modern art (book ahead)!",
    ],
)
def test_another_remark_in_brackets_makes_no_title(text):
    assert sentence_titles(text) == []
