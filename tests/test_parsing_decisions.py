"""The named decisions of parsing/, each with the example that made it."""

import pytest

from litmap.parsing.identifiers import find_identifiers, identifier_from_url, normalise_id, trim_url
from litmap.parsing.reference_strings.author_lists import read_authors
from litmap.parsing.reference_strings.name_tokens import NameParts
from litmap.parsing.reference_strings.splitting import join_lines, split_entries
from litmap.parsing.reference_strings.titles import quoted_title, tidy_title, title_end
from litmap.parsing.reference_strings.venues import is_journal_only, venue_of
from litmap.parsing.title_similarity import (
    TitleMatch,
    is_about_another,
    is_distinctive,
    match_titles,
    names_other_work,
    quick_similarity,
    squash_title,
    title_similarity,
)


# ── titles ───────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Flat minima. Neural Computation 9(1), 1–42.", "Flat minima"),
        ("Why? Nature 12, 3.", "Why?"),
        ("The case of U.S.A. and others. Nature 12.", "The case of U.S.A. and others"),
        (
            "Rates of convergence. II. Model selection. J. Stat. 3.",
            "Rates of convergence. II. Model",
        ),
        ("Deep learning (MIT Press, Cambridge, 2016).", "Deep learning"),
        ("Deep learning, second edition. Wiley.", "Deep learning, second edition"),
        ("On nets [PhD thesis]. Oxford.", "On nets"),
        ("On nets [J]. Acta 3.", "On nets"),
        ("Nets (and others) in brief. Science 3.", "Nets (and others) in brief"),
    ],
)
def test_where_a_title_ends(text, title):
    end, _ = title_end(text, 0, commas=False)
    assert text[:end].startswith(title)
    assert end - len(title) <= 12


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("“Flat Minima.” Neural Computation", "Flat Minima"),
        ("“Neural” Computation of Decisions", None),
        ("see “Flat Minima”", None),
        ("no marks", None),
    ],
)
def test_titles_in_quotation_marks(text, title):
    quoted = quoted_title(text, 0)
    assert (quoted[0] if quoted else None) == title


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Deep learning (2nd ed.)", "Deep learning"),
        ("Deep learning, March 2016", "Deep learning, March 2016"),
        ("Deep learning, March", "Deep learning"),
        ("Collected papers, vol. 3", "Collected papers"),
        ("“Flat Minima”", "Flat Minima"),
    ],
)
def test_what_styles_set_around_a_title_is_taken_off(text, title):
    assert tidy_title(text) == title


# ── venues of reference strings ──────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("text", "only"),
    [
        ("Phys. Rev. Lett. 121, 12 (2018)", True),
        ("Annals of Physics 12 (1998).", True),
        ("arXiv:1611.03530", True),
        ("Nature 12, 34–56 (1998)", True),
        ("Flat Minima. Neural Computation 9, 1 (1997)", False),
        ("A theory of everything", False),
    ],
)
def test_journals_without_a_title(text, only):
    assert is_journal_only(text) is only


@pytest.mark.parametrize(
    ("text", "venue"),
    [
        (" In Proceedings of ICML, pp. 1–9", "Proceedings of ICML"),
        ("Phys. Rev. Lett. 121, 12", "Phys. Rev. Lett."),
        ("(Wiley, New York) 1990", "Wiley, New York"),
        ("March 2016", ""),
        ("12, 34", ""),
    ],
)
def test_the_name_of_the_venue(text, venue):
    assert venue_of(text) == venue


# ── names ────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("text", "names", "form"),
    [
        ("Curie, M. S., & Curie, P. (1898). On", ("M. S. Curie", "P. Curie"), "inverted"),
        ("Davis, S., Jr., and Doe, J. 1990. On", ("S. Davis", "J. Doe"), "inverted"),
        ("van der Waals, J. D. (1873). Over", ("J. D. van der Waals",), "inverted"),
        ("Curie MS, Curie P. On", ("MS Curie", "P. Curie"), "together"),
        ("M. S. Curie and P. Curie, “On”", ("M. S. Curie", "P. Curie"), "direct"),
        ("Marie Curie and Pierre Curie. On", ("Marie Curie", "Pierre Curie"), "direct"),
        ("Johannes D. van der Waals, “Over”", ("Johannes D. van der Waals",), "direct"),
    ],
)
def test_lists_of_names_in_each_form(text, names, form):
    authors = read_authors(text)
    assert (authors.names, authors.form) == (names, form)


@pytest.mark.parametrize("text", ["deep learning works", "On the loss surfaces of nets", "12, 34"])
def test_prose_has_no_authors(text):
    assert read_authors(text).names == ()


def test_more_authors_are_told():
    assert read_authors("Arpit, D., et al. (2017). A").more
    assert not read_authors("Arpit, D. (2017). A").more


@pytest.mark.parametrize(
    ("text", "count"),
    [("J.", 2), ("J.-P.", 5), ("Yu. I.", 4), ("JA", 1), ("J A Smith", 2), ("Smith", 0)],
)
def test_tokens_that_initials_take(text, count):
    assert NameParts(text).initials(0) == count


@pytest.mark.parametrize(
    ("text", "end", "words"),
    [
        ("van der Waals", 3, 1),
        ("García de la Torre", 4, 2),
        ("Ramón y Cajal, S.", 3, 2),
        ("learning", 0, 0),
    ],
)
def test_family_names_with_their_particles(text, end, words):
    assert NameParts(text).family(0) == (end, words)


@pytest.mark.parametrize(("text", "end"), [(", Jr.", 3), (" III", 1), (", Doe", 0)])
def test_suffixes_of_names(text, end):
    assert NameParts(text).suffix(0) == end


# ── entries ──────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("parts", "line"),
    [
        (["General-", "ization"], "Generalization"),
        (["Deep", "nets"], "Deep nets"),
        (["https://a.org/b/", "c.pdf 2018"], "https://a.org/b/c.pdf 2018"),
        (["https://a.org/b", "Next word"], "https://a.org/b Next word"),
        ([], ""),
    ],
)
def test_lines_of_an_entry_are_joined(parts, line):
    assert join_lines(parts) == line


def test_an_entry_begins_at_the_depth_of_the_first_line():
    text = "    Doe J. One thing.\ngoes on\n    Roe J. Another.\ngoes on"
    assert len(split_entries(text)) == 2


# ── identifiers ──────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("see 1611.03530", True),
        ("Zhang et al., 1611.03530", True),
        ("(1611.03530)", True),
        ("1611.03530", True),
        ("in arXiv, at number 1611.03530", True),
        ("energy 1611.03530 [cs.LG]", True),
        ("a weight 1611.03530 kg", False),
        ("of 1404.1234 GeV", False),
    ],
)
def test_a_bare_number_is_an_arxiv_id_only_where_one_is_meant(text, meant):
    assert bool(find_identifiers(text)) is meant


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("DOI: 10.1000/ABC", "doi:10.1000/abc"),
        ("10.1000/ABC", "doi:10.1000/abc"),
        ("1611.03530v2", "arxiv:1611.03530"),
        ("arxiv:1611.03530v2", "arxiv:1611.03530"),
        ("pmc:PMC12345", "pmcid:PMC12345"),
        ("ads:2016arXiv161103530Z", "arxiv:1611.03530"),
        ("ads:1998AJ....116.1009R", "ads:1998AJ....116.1009R"),
        ("acl:p19-1001", "acl:P19-1001"),
        ("openalex:w123", "openalex:W123"),
        ("HAL:HAL-01234", "hal:hal-01234"),
        ("https://example.org/a", "https://example.org/a"),
        (" words ", "words"),
    ],
)
def test_normal_forms_of_ids(written, normal):
    assert normalise_id(written) == normal


@pytest.mark.parametrize(
    ("url", "trimmed"),
    [
        ("https://a.org/b).", "https://a.org/b"),
        ("https://a.org/b_(c)", "https://a.org/b_(c)"),
        ("https://en.wikipedia.org/wiki/A_", "https://en.wikipedia.org/wiki/A_"),
        ("https://a.org/b_", "https://a.org/b"),
        ("https://a.org/b]|", "https://a.org/b"),
    ],
)
def test_what_belongs_to_the_sentence_is_cut_off_a_url(url, trimmed):
    assert trim_url(url) == trimmed


@pytest.mark.parametrize(
    ("url", "ident"),
    [
        ("https://link.springer.com/10.1007/s11263-015/fulltext.html", "doi:10.1007/s11263-015"),
        ("https://academic.oup.com/a/10.1093/bio/bty123/4567890", "doi:10.1093/bio/bty123"),
        (
            "https://iopscience.iop.org/article/10.1088/0004-6256/1/2/pdf",
            "doi:10.1088/0004-6256/1/2",
        ),
        ("https://google.com/url?q=https://arxiv.org/abs/1611.03530", "arxiv:1611.03530"),
        ("https://web.archive.org/web/2016/https://arxiv.org/abs/1611.03530", "arxiv:1611.03530"),
        ("https://example.org/", None),
        ("http://[bad", None),
    ],
)
def test_what_publishers_hang_on_to_a_doi_is_dropped(url, ident):
    assert identifier_from_url(url) == ident


# ── two titles ───────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("title", "telling"),
    [
        ("Deep learning", False),
        ("Flat minima everywhere", True),
        ("Flat old nets", False),
        ("A theory of nets", True),
    ],
)
def test_a_title_that_alone_tells_a_work(title, telling):
    assert is_distinctive(title) is telling


@pytest.mark.parametrize(
    ("one", "two", "other"),
    [
        ("flat minima", "flat minima revisited", True),
        ("flat minima", "flat minima ii", True),
        ("part 1", "part 2", True),
        ("flat minima", "the flat minima", False),
        ("flat minima in nets", "flat minimum in nets", False),
    ],
)
def test_words_that_make_another_work(one, two, other):
    assert names_other_work(one.split(), two.split()) is other


def test_a_subtitle_of_years_may_be_left_out():
    whole = "From Frege to Gödel: a source book in logic, 1879–1931"
    assert match_titles("From Frege to Gödel", whole) == TitleMatch.SHORTENED
    assert match_titles("From Frege to Gödel", "From Frege to Gödel: a survey") == TitleMatch.NONE


def test_a_comment_is_meant_only_where_it_is_said():
    assert is_about_another(["comment", "on", "nets"], ["nets"])
    assert not is_about_another(["comment", "on", "nets"], ["his", "comment"])
    assert is_about_another(["nets", "extended", "abstract"], ["nets"])


def test_the_quick_similarity_differs_only_where_titles_share_no_words():
    one, two = "Flat minima in deep networks", "Flat minimum in deep networks"
    assert quick_similarity(one, two) == title_similarity(one, two)
    assert quick_similarity(one, "Quantum chromodynamics on a lattice") == 0.0


def test_a_squashed_title_has_no_article_and_no_hyphen():
    assert squash_title("The Multi-layer Net") == squash_title("Multilayer net") == "multilayernet"
