"""What a record, a match, a merge and a source's answer are: each rule of `works` by an example at
its edge.
"""

import json
import urllib.parse

import pytest

from litmap.errors import NotFound, WebError
from litmap.models import Citation, Fact, Location, Mention, Reference, Resolution, Work
from litmap.works import merge
from litmap.works.copies_plan import open_copies
from litmap.works.informal_matching import (
    best_by_people,
    context_of,
    has_system_name,
    headings_of,
    is_labelled_otherwise,
    is_named_nearby,
    is_nickname,
    judge_title_part,
    matches_adjacent_author,
    people_score,
    title_parts,
    topic_words,
)
from litmap.works.matching import (
    Verdict,
    all_are_authors,
    authors_agree,
    best,
    judge,
    same_people,
    year_gap,
)
from litmap.works.merging import (
    combine,
    group_by_work,
    ident_rank,
    join_works,
    same_work,
    work_from_note,
    work_id,
)
from litmap.works.note_context import CitedInNote, resolve_from_note
from litmap.works.queries import SourceOptions
from litmap.works.query_plan import (
    by_address,
    by_identifier,
    by_part_of_title,
    by_people,
    by_people_elsewhere,
    by_second_source,
    by_title,
    by_title_at_once,
    by_title_elsewhere,
    completing,
)
from litmap.works.record import Record, fields, items, load_json, text, unique, year
from litmap.works.sources import (
    arxiv,
    crossref,
    dblp,
    landing,
    openalex,
    openreview,
    semantic_scholar,
    unpaywall,
)
from litmap.works.task import open_task

NOW = "2026-11-20T12:00:00Z"
TITLE = "Lattice Gardens: Growing Sparse Graphs with Local Rules"
PEOPLE = ("Ada Marwick", "Laurens van der Berg")
OTHERS = ("Pia Rasmus", "Ivo Lindqvist")


def cite(title="", authors=(), year=None, *, ids=(), kind="name", mentions=(), **more):
    return Citation(
        "k", kind, Reference(title=title, authors=authors, year=year, ids=ids, **more), mentions
    )


def said(words, context="", note="a.md", heading=()):
    return Mention(note, 1, words, heading, context)


# ── values of records ─────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("value", "expected"),
    [(1999, 1999), ("2004-05-06", 2004), (" 1400", 1400), ("1399", None), (2100, 2100), (2101, None),
     ("c. 1999", None), (None, None), ("", None), (True, None)],
)  # fmt: skip
def test_a_year_is_read_at_the_beginning(value, expected):
    assert year(value) == expected


def test_text_is_one_line_without_markup():
    assert text("A <i>very</i>\n  fine &amp; good\ttitle") == "A very fine & good title"
    assert text("a < b") == "a < b"
    assert text("a\x00b\u200bc") == "a b c"
    assert text(5) == text(None) == ""
    assert text("abcdef", 3) == "abc"
    assert len(text("x" * 30_000)) == 20_000


def test_one_thing_is_a_list_of_one():
    assert (items(None), items("a"), items(["a", "b"]), items([1, 2, 3], 2)) == (
        [],
        ["a"],
        ["a", "b"],
        [1, 2],
    )
    assert (fields({"a": 1}), fields([1]), fields(None)) == ({"a": 1}, {}, {})
    assert unique(["b", "", "a", "b"]) == ("b", "a")
    with pytest.raises(WebError, match="DBLP sent something that is not JSON"):
        load_json(b"<html>", "DBLP")


# ── matching ──────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("one", "two", "gap"), [(2001, 2004, 3), (2004, 2001, 3), (2001, 2001, 0), (None, 2001, None), (2001, None, None)]
)  # fmt: skip
def test_years_between(one, two, gap):
    assert year_gap(one, two) == gap


@pytest.mark.parametrize(
    ("title", "record", "gap", "verdict"),
    [
        (TITLE, TITLE, 8, Verdict.SAME),
        (TITLE, TITLE, 9, Verdict.MAYBE),
        (TITLE, "Lattice Gardens: Growing Sparse Graphs with Locla Rules", 4, Verdict.SAME),
        (TITLE, "Lattice Gardens: Growing Sparse Graphs with Locla Rules", 5, Verdict.OTHER),
        ("Lattice Gardens", TITLE, 3, Verdict.SAME),
        ("Lattice Gardens", TITLE, 4, Verdict.OTHER),
    ],
)
def test_with_the_same_people_years_may_differ_the_more_the_better_the_titles_match(
    title, record, gap, verdict
):
    wanted = Reference(title=title, authors=PEOPLE, year=2000)
    assert judge(wanted, Record("x", record, PEOPLE, 2000 + gap)) == verdict
    assert (
        judge(Reference(title=title, authors=PEOPLE), Record("x", record, PEOPLE, 2000))
        == Verdict.SAME
    )


@pytest.mark.parametrize(
    ("title", "record", "gap", "verdict"),
    [
        (TITLE, TITLE, 3, Verdict.SAME),
        (TITLE, TITLE, 4, Verdict.MAYBE),
        (TITLE, TITLE, None, Verdict.SAME),
        ("Flat Minima", "Flat minima", 1, Verdict.SAME),
        ("Flat Minima", "Flat minima", 2, Verdict.MAYBE),
        ("Flat Minima", "Flat minima", None, Verdict.MAYBE),
        ("Minima", "Minima", 0, Verdict.MAYBE),
        (TITLE, "Lattice Gardens: Growing Sparse Graphs with Locla Rules", 2, Verdict.SAME),
        (TITLE, "Lattice Gardens: Growing Sparse Graphs with Locla Rules", 3, Verdict.OTHER),
        (TITLE, "Lattice Gardens: Growing Sparse Graphs with Locla Rules", None, Verdict.SAME),
        ("Deep Residual Learning for", "Deep Residual Learning for Image Recognition", 1, Verdict.MAYBE),
        ("Deep Residual Learning for", "Deep Residual Learning for Image Recognition", 2, Verdict.OTHER),
        ("Deep Residual Learning for", "Deep Residual Learning for Image Recognition", None, Verdict.OTHER),
    ],
)  # fmt: skip
def test_without_people_the_title_and_the_year_decide(title, record, gap, verdict):
    wanted = Reference(title=title, year=None if gap is None else 2000)
    assert judge(wanted, Record("x", record, PEOPLE, 2000 + (gap or 0))) == verdict


@pytest.mark.parametrize(
    ("title", "gap", "verdict"),
    [(TITLE, 0, Verdict.MAYBE), (TITLE, 1, Verdict.MAYBE), (TITLE, 2, Verdict.OTHER), ("Flat Minima", 0, Verdict.OTHER)],
)  # fmt: skip
def test_the_very_title_by_other_people_is_at_most_possible(title, gap, verdict):
    wanted = Reference(title=title, authors=PEOPLE, year=2000)
    assert judge(wanted, Record("x", title, OTHERS, 2000 + gap)) == verdict


@pytest.mark.parametrize(
    ("title", "authors", "year", "same"),
    [
        ("Growing Very Sparse Graphs Fast with Local Rules", PEOPLE, 2001, True),
        ("Growing Very Sparse Graphs Fast with Local Rules", PEOPLE, 2002, False),
        ("Growing Very Sparse Graphs Fast with Local Rules", PEOPLE[:1], 2001, False),
        ("Growing Very Sparse Graphs Fast with Local Rules", (PEOPLE[0], OTHERS[0]), 2001, False),
        ("Growing Very Sparse Graphs Fast with Few Simple Local Rules Now", PEOPLE, 2001, False),
        ("Local Rules for Growing Sparse Graphs with", PEOPLE, 2001, False),
    ],
)
def test_a_title_that_gained_a_few_words_is_still_the_work_of_the_very_same_people(
    title, authors, year, same
):
    wanted = Reference(title="Growing Sparse Graphs with Local Rules", authors=PEOPLE, year=2000)
    record = Record("x", title, authors, year)
    assert (judge(wanted, record) == Verdict.SAME) is same


def test_too_short_a_title_gains_no_words():
    wanted = Reference(title="Growing Sparse Graphs", authors=PEOPLE, year=2000)
    assert judge(wanted, Record("x", "Growing Very Sparse Graphs", PEOPLE, 2000)) == Verdict.OTHER


@pytest.mark.parametrize(
    ("title", "authors", "year", "same"),
    [
        ("Growing sparse lattice graphs with rules", PEOPLE, 2000, True),
        ("Growing sparse lattice graphs with rules", PEOPLE, 2001, True),
        ("Growing sparse lattice graphs with rules", PEOPLE, 2002, False),
        ("Growing sparse lattice graphs with rules", PEOPLE[:1], 2000, False),
        ("Growing sparse lattice graphs with rules", (), 2000, False),
        ("Growing sparse lattice graphs", PEOPLE, 2000, False),
    ],
)
def test_a_title_may_lack_its_subtitle_where_the_people_are_the_very_same(
    title, authors, year, same
):
    record = Record("x", "Growing Sparse Lattice Graphs with Rules: An Overview", PEOPLE, 2000)
    assert (
        judge(Reference(title=title, authors=authors, year=year), record) == Verdict.SAME
    ) is same


@pytest.mark.parametrize(
    ("wanted", "authors", "agree"),
    [
        (("A. Marwick",), PEOPLE, True),
        (("P. Rasmus",), PEOPLE, False),
        (("P. Rasmus", "L. van der Berg"), PEOPLE, True),
        (("P. Rasmus", "L. van der Berg", "I. Lindqvist"), PEOPLE, False),
        (("A. Marwick", "P. Rasmus", "I. Lindqvist"), PEOPLE, True),
        ((), PEOPLE, None),
        (PEOPLE, (), None),
        (("A. Marwik",), PEOPLE, True),
        (("A. Murwock",), PEOPLE, False),
        (("X. Bera",), ("Laurens Berg",), False),
        (("A. Vanderberg",), ("Laurens Vander Berg",), True),
    ],
)
def test_author_lists_agree_by_the_first_or_by_half_of_them(wanted, authors, agree):
    assert authors_agree(wanted, authors) is agree


def test_people_are_the_same_only_both_ways_round():
    assert same_people(PEOPLE, PEOPLE) is True
    assert same_people(PEOPLE[:1], (OTHERS[0], PEOPLE[0], OTHERS[1])) is False
    assert same_people(PEOPLE, ()) is None
    assert same_people((), PEOPLE) is None
    record = Record("x", TITLE, PEOPLE)
    assert all_are_authors(Reference(authors=PEOPLE[::-1]), record)
    assert not all_are_authors(Reference(authors=(PEOPLE[0], OTHERS[0])), record)
    assert best([Verdict.OTHER, Verdict.SAME, Verdict.MAYBE]) == Verdict.SAME
    assert best([]) == Verdict.OTHER


# ── merging ───────────────────────────────────────────────────────────────────────────────────────
def test_ids_are_ranked_by_kind_and_unknown_kinds_come_last():
    assert ident_rank("arxiv:1") == 0
    assert ident_rank("doi:10.1234/a") == 1
    assert ident_rank("arxiv:1") < ident_rank("pmid:1") < ident_rank("s2:1") < ident_rank("odd:1")


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        (Record("x", "A", ids=("doi:10.1234/a",)), Record("y", "B", ids=("pmid:1", "doi:10.1234/a")), True),
        (Record("x", "A", ids=("title:1",)), Record("y", "B", ids=("title:1",)), False),
        (Record("x", TITLE, PEOPLE, 2000), Record("y", TITLE, PEOPLE, 2008), True),
        (Record("x", TITLE, PEOPLE, 2000), Record("y", TITLE, PEOPLE, 2009), False),
        (Record("x", "Flat Minima", PEOPLE, 2000), Record("y", "Flat minima", PEOPLE, 2002), True),
        (Record("x", "Flat Minima", PEOPLE, 2000), Record("y", "Flat minima", PEOPLE, 2003), False),
        (Record("x", "Flat Minima", PEOPLE), Record("y", "Flat minima", PEOPLE, 2003), True),
        (Record("x", TITLE, PEOPLE, 2000), Record("y", TITLE, (), 2000), False),
        (Record("x", "Lattice Gardens", PEOPLE, 2000), Record("y", TITLE, PEOPLE, 2000), False),
        (Record("x", TITLE, PEOPLE, ids=("arxiv:1",)), Record("y", TITLE, PEOPLE, ids=("arxiv:2",)), False),
        (Record("x", TITLE, PEOPLE, ids=("arxiv:1",)), Record("y", TITLE, PEOPLE, ids=("arxiv:1", "arxiv:2")), True),
    ],
)  # fmt: skip
def test_records_are_of_one_work_by_an_id_or_by_title_and_people(one, two, same):
    assert same_work(one, two) is same_work(two, one) is same


def test_records_are_grouped_in_the_order_of_their_first():
    a, b, c = (
        Record(s, TITLE, PEOPLE, ids=(i,))
        for s, i in (("x", "doi:1"), ("y", "doi:2"), ("z", "doi:3"))
    )
    odd = Record("x", "Another Thing Altogether", OTHERS)
    assert group_by_work([odd, a, b, c]) == [[odd], [a, b, c]]


def test_a_works_id_is_its_surest_or_made_of_title_and_first_author():
    assert work_id(["s2:1", "doi:10.1234/a"], TITLE, PEOPLE) == "doi:10.1234/a"
    made = work_id(["title:x"], TITLE, PEOPLE)
    assert made == work_id([], TITLE.upper(), ["A. Marwick", "Somebody"])
    assert made != work_id([], TITLE, PEOPLE[::-1])
    assert made != work_id([], TITLE, [])
    assert len(made) == len("title:") + 16


def full(source, **more):
    return Record(source, **({"title": f"{source}'s title", "authors": PEOPLE} | more))


def test_of_several_records_the_most_trusted_gives_each_field():
    semantic = full(
        "Semantic Scholar", year=2001, venue="Venue S", abstract="from S", ids=("s2:1",)
    )
    page = full("the work's page", authors=OTHERS, notices=("read with care",), urls=("https://p",))
    printed = full(
        "Crossref",
        year=2003,
        venue="Journal",
        ids=("doi:10.1234/a", "arxiv:9"),
        urls=("https://d",),
    )
    preprint = full(
        "arXiv", year=2002, venue="arXiv", ids=("arxiv:1",), arxiv_version=3, abstract="from arXiv"
    )
    strange = full("Elsewhere", venue="Nowhere", notices=("read with care",))
    wanted = Reference(
        raw="", title="Said so", year=1990, venue="Said", urls=("https://n",), ids=("pmid:1",)
    )
    work = combine([strange, semantic, page, printed, preprint], wanted, NOW)
    assert (work.id, work.title, work.authors) == ("arxiv:1", "arXiv's title", PEOPLE)
    assert (work.year, work.venue, work.abstract) == (2003, "Journal", "from arXiv")
    assert work.ids == ("arxiv:1", "doi:10.1234/a", "pmid:1", "s2:1")
    assert work.urls == ("https://n", "https://d", "https://p")
    assert (work.arxiv_version, work.notices) == (3, ("read with care",))
    assert work.other_titles == (
        "Crossref's title", "the work's page's title", "Semantic Scholar's title", "Elsewhere's title", "Said so",
    )  # fmt: skip
    assert Fact("title", "arXiv's title", "arXiv", NOW) in work.facts
    assert Fact("authors", "; ".join(PEOPLE), "arXiv", NOW) in work.facts
    assert Fact("year", "2003", "Crossref", NOW) in work.facts
    assert Fact("abstract", "10 letters", "arXiv", NOW) in work.facts
    assert Fact("id", "s2:1", "Semantic Scholar", NOW) in work.facts
    assert Fact("id", "pmid:1", "the note", NOW) in work.facts


def test_a_preprints_year_and_venue_stand_where_no_other_has_them():
    work = combine([full("arXiv", year=2002, venue="arXiv")], Reference(), NOW)
    assert (work.year, work.venue) == (2002, "arXiv")
    assert Fact("venue", "arXiv", "arXiv", NOW) in work.facts


def test_the_note_fills_what_no_source_says():
    wanted = Reference(title=TITLE, authors=OTHERS, year=1990, venue="Said")
    work = combine([Record("Crossref", TITLE)], wanted, NOW)
    assert (work.authors, work.year, work.venue, work.abstract) == (OTHERS, 1990, "Said", "")
    assert work.other_titles == ()
    assert [f.name for f in work.facts] == ["title"]


def test_an_open_place_wins_over_a_closed_one_at_the_same_address():
    closed, opened, later = (Location("https://a", "pdf", s, a) for s, a in
                             (("x", "closed"), ("y", "open"), ("z", "open")))  # fmt: skip
    page = Location("https://a", "landing", "x")
    records = [
        full("Crossref", locations=(closed, page)),
        full("OpenAlex", locations=(opened, later)),
    ]
    assert combine(records, Reference(), NOW).locations == (opened, page)
    assert combine(records[::-1], Reference(), NOW).locations == (opened, page)


def test_at_most_eight_other_titles_are_kept():
    record = full("Crossref", other_titles=tuple(f"Title number {n} of it" for n in range(12)))
    assert len(combine([record], Reference(), NOW).other_titles) == 8


def test_a_work_known_only_from_the_note():
    wanted = Reference(
        authors=PEOPLE, year=1990, venue="V", ids=("pmid:1", "doi:10.1234/a"), urls=("https://u",)
    )
    work = work_from_note(wanted, "Said so", NOW)
    assert (work.id, work.ids) == ("doi:10.1234/a", ("doi:10.1234/a", "pmid:1"))
    assert (work.title, work.authors, work.year, work.venue) == ("Said so", PEOPLE, 1990, "V")
    assert work.facts == (Fact("title", "Said so", "the note", NOW),)
    link = Reference(urls=("https://u", "https://v"))
    assert work_from_note(link, "", NOW).id == "url:https://u"
    assert work_from_note(link, "", NOW).facts == ()
    assert work_from_note(link, "Said so", NOW).id.startswith("title:")


def merged(*works):
    resolved = [Resolution(str(n), w, "metadata-only", "") for n, w in enumerate(works)]
    return [r.work and r.work.id for r in merge(resolved)]


def test_a_work_of_a_note_joins_the_one_a_source_knows():
    known = Work("doi:10.1234/a", TITLE, PEOPLE, 2000, ids=("doi:10.1234/a",))
    assert merged(known, Work("title:1", TITLE, (), 2003)) == ["doi:10.1234/a"] * 2
    assert merged(known, Work("title:1", TITLE, (), 2004)) == ["doi:10.1234/a", "title:1"]
    assert merged(known, Work("title:1", TITLE, OTHERS, 2000)) == ["doi:10.1234/a", "title:1"]
    assert merged(known, Work("title:1", "", ())) == ["doi:10.1234/a", "title:1"]
    short = Work("doi:10.1234/a", "Flat Minima", PEOPLE, 2000, ids=("doi:10.1234/a",))
    assert merged(short, Work("title:1", "Flat Minima", ())) == ["doi:10.1234/a", "title:1"]
    assert merged(short, Work("title:1", "Flat Minima", PEOPLE[:1])) == ["doi:10.1234/a"] * 2


def test_two_works_with_ids_join_only_by_them_or_by_people():
    one = Work("doi:10.1234/a", TITLE, PEOPLE, 2000, ids=("doi:10.1234/a",))
    assert merged(one, Work("doi:10.1234/b", TITLE, (), 2000, ids=("doi:10.1234/b",))) == [
        "doi:10.1234/a",
        "doi:10.1234/b",
    ]
    assert (
        merged(one, Work("pmid:1", "Else", ids=("pmid:1", "doi:10.1234/a")))
        == ["doi:10.1234/a"] * 2
    )
    assert merged(one, None, one) == ["doi:10.1234/a", None, "doi:10.1234/a"]


def test_titles_that_begin_or_end_alike_are_compared():
    known = Work(
        "doi:10.1234/a",
        "Growing Sparse Graphs with Very Local Rules",
        PEOPLE,
        2000,
        ids=("doi:10.1234/a",),
    )
    typo_first = Work("title:1", "Growin Sparse Graphs with Very Local Rules", PEOPLE, 2000)
    typo_last = Work("title:2", "Growing Sparse Graphs with Very Local Rulse", PEOPLE, 2000)
    assert merged(known, typo_first) == merged(known, typo_last) == ["doi:10.1234/a"] * 2


def test_a_chain_of_works_is_one_work_and_arxiv_ids_never_join():
    a = Work("arxiv:1", TITLE, PEOPLE, 2000, ids=("arxiv:1", "doi:10.1234/a"))
    b = Work("doi:10.1234/a", "Else", ids=("doi:10.1234/a", "pmid:7"))
    c = Work("pmid:7", "Other", ids=("pmid:7", "arxiv:2"))
    assert merged(a, b, c) == ["arxiv:1", "arxiv:1", "pmid:7"]
    d = Work("pmid:7", "Other", ids=("pmid:7",))
    assert merged(d, a, b) == ["arxiv:1"] * 3


def test_of_joined_works_the_one_with_the_surest_id_leads_and_the_others_fill_in():
    lead = Work(
        "arxiv:1", TITLE, (), None, "arXiv", "", ("arxiv:1",), ("https://a",),
        (Location("https://f", "pdf", "x"),), ("Second name",), None, ("n",), (Fact("a", "b", "c", NOW),),
    )  # fmt: skip
    rest = Work(
        "doi:10.1234/a", "Another Spelling", PEOPLE, 2003, "Journal", "Abstract.", ("doi:10.1234/a", "arxiv:2"),
        ("https://a", "https://b"), (Location("https://f", "pdf", "y", "open"), Location("https://f", "landing", "y")),
        (TITLE.upper(),), 4, ("n", "m"), (Fact("a", "b", "c", NOW), Fact("d", "e", "f", NOW)),
    )  # fmt: skip
    work = join_works([rest, lead])
    assert work.id == "arxiv:1"
    assert (work.title, work.authors, work.year, work.venue) == (TITLE, PEOPLE, 2003, "Journal")
    assert (work.abstract, work.ids) == ("Abstract.", ("arxiv:1", "doi:10.1234/a"))
    assert (work.urls, work.arxiv_version, work.notices) == (
        ("https://a", "https://b"),
        4,
        ("n", "m"),
    )
    assert work.locations == (lead.locations[0], rest.locations[1])
    assert work.other_titles == ("Second name", "Another Spelling")
    assert len(work.facts) == 2
    assert join_works([lead]) is lead
    assert join_works([lead, Work("title:1", TITLE)]).venue == "arXiv"


# ── names and lines that are no titles ────────────────────────────────────────────────────────────
RECORD = Record("x", "Growing Sparse Lattice Graphs with Local Rules", PEOPLE, 2000)


@pytest.mark.parametrize(
    ("title", "expected"),
    [("Dryad", True), ("BERT", True), ("seL4", True), ("C++", True), ("GPT-4", True), ("B", False), ("dryad", False),
     ("Two Words", False), ("abcdX", False), ("", False), ("A" * 21, True), ("A" * 22, False)],
)  # fmt: skip
def test_a_nickname_is_one_word_like_a_systems_name(title, expected):
    assert is_nickname(title) is expected


def test_a_systems_name_stands_before_the_colon_in_that_year_or_the_next():
    record = Record(
        "x", "Dryad: distributed programs", PEOPLE, 2007, other_titles=("Tree : a name",)
    )
    assert has_system_name(Reference(title="Dryad", year=2007), record)
    assert has_system_name(Reference(title="Dryad", year=2008), record)
    assert has_system_name(Reference(title="Tree", year=2007), record)
    assert not has_system_name(Reference(title="Dryad", year=2009), record)
    assert not has_system_name(Reference(title="Dryad"), record)
    assert not has_system_name(Reference(title="Dry", year=2007), record)
    assert not has_system_name(
        Reference(title="Dryad", year=2007), Record("x", "Dryad", PEOPLE, 2007)
    )


def test_the_context_is_all_that_the_notes_say_there():
    mentions = tuple(said(f"w{n}", f"c{n}", heading=(f"H{n}", f"S{n % 2}")) for n in range(9))
    citation = cite("The title", mentions=mentions)
    assert context_of(citation) == "The title " + " ".join(f"w{n} c{n}" for n in range(6))
    assert set(headings_of(citation).split()) == {"S0", "S1"}
    assert headings_of(cite(mentions=(said("x"),))) == ""
    assert len(context_of(cite("x" * 5000))) == 4000


def test_the_first_author_is_named_nearby():
    assert is_named_nearby(cite(mentions=(said("as Marwick shows"),)), RECORD)
    assert is_named_nearby(cite(mentions=(said("[1]", "as Marwick shows"),)), RECORD)
    assert not is_named_nearby(cite(mentions=(said("as van der Berg shows"),)), RECORD)
    assert not is_named_nearby(cite(mentions=(said("as Marwicks shows"),)), RECORD)
    assert is_named_nearby(cite(mentions=(said("as Lee shows"),)), Record("x", TITLE, ("A Lee",)))
    assert not is_named_nearby(cite(mentions=(said("as Li shows"),)), Record("x", TITLE, ("A Li",)))
    assert not is_named_nearby(cite(mentions=(said("as Marwick shows"),)), Record("x", TITLE))


@pytest.mark.parametrize(
    ("part", "words", "verdict"),
    [
        ("Growing Sparse Lattice Graphs with Local Rules", "", Verdict.SAME),
        ("Something Altogether Different from That One", "Marwick", Verdict.OTHER),
        ("Growing Sparse Lattice Graphs with", "", Verdict.OTHER),
        ("Growing Sparse Lattice Graphs with", "Marwick", Verdict.SAME),
    ],
)
def test_a_part_of_a_line_is_a_title_whole_or_beside_its_author(part, words, verdict):
    assert judge_title_part(part, cite(mentions=(said(words),)), RECORD) == verdict


@pytest.mark.parametrize(
    ("title", "authors", "gap", "expected"),
    [
        ("Flat Minima", (), 2, True),
        ("Flat Minima", (), 3, False),
        ("Flat Minima", (), None, True),
        ("Flat Minima", ("A. Marwick",), 0, False),
        ("Minima", (), 0, False),
        ("Sharp Valleys", (), 0, False),
    ],
)
def test_a_short_title_is_that_of_the_author_named_beside_it(title, authors, gap, expected):
    wanted = Reference(title=title, authors=authors, year=None if gap is None else 2000)
    record = Record(
        "x", "Flat Minima" if title != "Minima" else "Minima", PEOPLE, 2000 + (gap or 0)
    )
    assert matches_adjacent_author(wanted, cite(mentions=(said("Marwick"),)), record) is expected
    assert not matches_adjacent_author(wanted, cite(mentions=(said("Rasmus"),)), record)


def test_parts_of_a_line_leave_out_the_line_and_short_ones():
    parts = title_parts(
        "3. Marwick, Growing sparse lattice graphs - a fine paper (see the second part)"
    )
    assert "Growing sparse lattice graphs" in parts
    assert "see the second part" in parts
    assert all(len(part.split()) >= 3 for part in parts)
    assert parts == sorted(parts, key=len, reverse=True)
    assert (
        len(
            title_parts(
                "one two three; four five six; seven eight nine; a b c; d e f; g h i; j k l"
            )
        )
        == 5
    )
    assert title_parts("Growing sparse graphs") == ["Growing sparse graphs"]
    assert title_parts("two words") == []


def test_topic_words_are_long_and_tell_a_subject():
    assert topic_words("Deep nets and the DEEP sea of 2001 with rain") == ["nets", "rain"]


@pytest.mark.parametrize(
    ("wanted", "context", "expected"),
    [
        (Reference(authors=PEOPLE, year=2000), "", 1.75),  # complete list, very year
        (Reference(authors=PEOPLE, year=2001), "", 1.4),
        (Reference(authors=PEOPLE, year=2002), "", 0.0),
        (Reference(authors=PEOPLE[:1], year=2000), "", 0.55),
        (Reference(authors=PEOPLE[:1], year=2000), "on lattice", 0.9),
        (Reference(authors=PEOPLE[:1], year=2000), "on lattice growing", 1.25),
        (Reference(authors=PEOPLE[:1], year=2000), "growing sparse lattice graphs", 2.95),
        (Reference(authors=PEOPLE[:1], year=2000), "sparse lattice graphs", 1.6),
        (Reference(authors=OTHERS, year=2000), "", 0.0),
        (Reference(authors=(PEOPLE[0], OTHERS[0]), year=2000), "", 0.0),
        (Reference(authors=(), year=2000), "", 0.0),
        (Reference(authors=PEOPLE), "", 0.0),
        (Reference(authors=PEOPLE), "the book by them", 1.4),
        (Reference(authors=PEOPLE), "on lattice", 1.75),
        (Reference(authors=PEOPLE[:1]), "lattice growing", 0.0),
    ],
)
def test_a_record_is_scored_by_people_year_and_shared_words(wanted, context, expected):
    assert people_score(wanted, context, RECORD) == pytest.approx(expected)


def test_abstract_headings_and_journal_add_to_the_score():
    wanted = Reference(authors=PEOPLE[:1], year=2000, venue="Physical Review Letters")
    record = Record(
        "x",
        "A quite short title",
        PEOPLE,
        2000,
        "Physical Review Letters",
        "rivers flow through basalt",
    )
    assert people_score(wanted, "", record) == pytest.approx(1.05)
    assert people_score(wanted, "basalt rivers", record) == pytest.approx(1.25)
    assert people_score(wanted, "", record, "basalt") == pytest.approx(1.15)
    assert people_score(
        Reference(authors=PEOPLE[:1], venue="Phys. Rev. Lett."), "", record
    ) == pytest.approx(0.7)


@pytest.mark.parametrize(
    ("scores", "exact", "expected"),
    [
        ([], [], -1),
        ([0.94], [False], -1),
        ([0.95], [False], 0),
        ([0.85], [True], 0),
        ([0.84], [True], -1),
        ([1.0, 1.3], [False, False], 1),
        ([1.0, 1.25], [False, False], -1),
        ([2.2, 1.0], [False, True], -1),
        ([2.5, 1.0], [False, True], 0),
        ([1.5, 1.0], [False, True], 1),
        ([1.2, 1.2], [True, True], -1),
    ],
)
def test_the_one_that_stands_out_is_meant(scores, exact, expected):
    assert best_by_people(scores, exact) == expected


# ── people told by the works of their note ────────────────────────────────────────────────────────
WORK = Work("doi:10.1234/a", TITLE, PEOPLE, 2000, ids=("doi:10.1234/a",))


def by_note(citation, *, works=(WORK,), status="metadata-only", resolved=None):
    cited = CitedInNote(
        (cite(TITLE, mentions=(said("x"),)), Resolution(w.id, w, status, "")) for w in works
    )
    return resolve_from_note(Resolution("k", resolved, "not-found", ""), citation, cited).work


@pytest.mark.parametrize(
    ("citation", "found"),
    [
        (cite(authors=PEOPLE, mentions=(said("Marwick and Berg"),)), True),
        (cite(authors=PEOPLE, year=2000, mentions=(said("Marwick and Berg"),)), True),
        (cite(authors=PEOPLE, year=2001, mentions=(said("Marwick and Berg"),)), False),
        (cite(authors=PEOPLE[:1], mentions=(said("Marwick"),)), False),
        (cite(authors=PEOPLE[:1], mentions=(said("the Marwick paper"),)), True),
        (cite(authors=PEOPLE[:1], mentions=(said("Marwick et al."),)), True),
        (cite(authors=PEOPLE[::-1], mentions=(said("Berg and Marwick"),)), False),
        (cite(authors=(PEOPLE[0], OTHERS[0]), mentions=(said("Marwick and Rasmus"),)), False),
        (cite(authors=PEOPLE, mentions=(said("x", note="b.md"),)), False),
        (cite(authors=PEOPLE, mentions=(said("x"), said("x", note="b.md"))), False),
        (cite("A title", authors=PEOPLE, mentions=(said("x"),)), False),
        (cite(authors=PEOPLE, ids=("doi:1",), mentions=(said("x"),)), False),
        (cite(authors=PEOPLE, kind="author-year", mentions=(said("x"),)), False),
        (cite(mentions=(said("x"),)), False),
    ],
)
def test_people_without_a_year_mean_the_work_of_theirs_that_the_note_cites(citation, found):
    assert by_note(citation) == (WORK if found else None)


def test_two_works_of_theirs_an_unsure_one_or_one_without_people_tell_nothing():
    named = cite(authors=PEOPLE, mentions=(said("Marwick and Berg"),))
    assert by_note(named, works=(WORK, Work("doi:10.1234/b", "Second", PEOPLE))) is None
    assert by_note(named, works=(WORK, Work("doi:10.1234/b", "Second", OTHERS))) == WORK
    assert by_note(named, works=(Work("doi:10.1234/b", "Second"),)) is None
    assert by_note(named, status="unsure") is None
    other = Work("doi:10.1234/c", "Third")
    assert by_note(named, resolved=other) == other


# ── sources ───────────────────────────────────────────────────────────────────────────────────────
def asked(request):
    parts = urllib.parse.urlsplit(request.url)
    return dict(urllib.parse.parse_qsl(parts.query))


def test_crossref_is_asked_for_a_title_people_and_years():
    assert crossref.request_for("10.1234/a(b)").url.endswith("/works/10.1234%2Fa%28b%29")
    query = asked(crossref.request_for_reference("T" * 500, "A" * 200, 2001))
    assert query == {"query.bibliographic": f"{'T' * 400} {'A' * 100} 2001", "rows": "10"}
    assert asked(crossref.request_for_reference("T"))["query.bibliographic"] == "T"
    query = asked(crossref.request_for_people("A" * 300, "w" * 400, 2001))
    assert query["filter"] == "from-pub-date:2000,until-pub-date:2002"
    assert (query["query.author"], query["query.bibliographic"]) == ("A" * 200, "w" * 300)
    assert query["rows"] == "100"
    assert "filter" not in asked(crossref.request_for_people("A", "w", None))
    assert asked(crossref.request_for_pii("S1")) == {"filter": "alternative-id:S1", "rows": "2"}


def crossref_record(**item):
    message = {"DOI": "10.1234/A", "title": ["A Title"]} | item
    records = crossref.parse(json.dumps({"message": message}).encode())
    return records[0] if records else None


def test_crossref_gives_a_whole_record():
    record = crossref_record(
        **{
            "title": ["A Title", "Second title"],
            "subtitle": ["with more"],
            "original-title": ["Ein Titel"],
            "author": [{"given": "Ada", "family": "Marwick"}, {"family": "Solo"}, {"name": "A Group"}, {}],
            "published-print": {"date-parts": [[2003, 5]]},
            "published-online": {"date-parts": [[2002]]},
            "container-title": ["Journal", "J."],
            "publisher": "Press",
            "abstract": "<jats:p>Abstract We show.</jats:p>",
            "relation": {
                "has-preprint": [{"id-type": "doi", "id": "10.2234/P"}, {"id-type": "uri", "id": "10.3234/no"}],
                "cites": [{"id-type": "doi", "id": "10.4234/no"}],
            },
            "resource": {"primary": {"URL": "https://arxiv.org/abs/1611.03530"}},
            "link": [
                {"content-type": "text/xml", "URL": "https://p/x.xml"},
                {"content-type": "application/pdf", "URL": "https://p/1.pdf", "content-version": "vor"},
                {"content-type": "application/pdf", "URL": "ftp://p/2.pdf"},
                {"content-type": "application/pdf", "URL": "https://p/3.pdf"},
                {"content-type": "application/pdf", "URL": "https://p/4.pdf"},
            ],
        }
    )  # fmt: skip
    assert (record.source, record.title) == ("Crossref", "A Title")
    assert record.other_titles == ("A Title: with more", "Second title", "Ein Titel")
    assert record.authors == ("Marwick, Ada", "Solo", "A Group")
    assert (record.year, record.venue, record.abstract) == (2002, "Journal", "We show.")
    assert record.ids == ("doi:10.1234/a", "doi:10.2234/p", "arxiv:1611.03530")
    assert record.urls == ("https://doi.org/10.1234/a", "https://arxiv.org/abs/1611.03530")
    assert record.locations == (
        Location("https://doi.org/10.1234/a", "landing", "Crossref"),
        Location("https://p/1.pdf", "pdf", "Crossref", "unknown", "vor"),
        Location("https://p/3.pdf", "pdf", "Crossref", "unknown", ""),
    )


def test_crossref_leaves_out_what_is_no_work_and_fills_in_little():
    for absent in (
        {"type": "journal"},
        {"type": "component"},
        {"title": []},
        {"title": [""]},
        {"DOI": "x"},
    ):
        assert crossref_record(**absent) is None
    plain = crossref_record(publisher="Press", subtitle=["a title"], type="book")
    assert (plain.venue, plain.other_titles, plain.year, plain.authors) == ("Press", (), None, ())
    assert plain.urls == ("https://doi.org/10.1234/a",)


def test_crossref_tells_of_retractions():
    record = crossref_record(
        **{
            "updated-by": [{"label": "Retraction", "DOI": "10.1234/R", "updated": {"date-time": "2020-01-02T00:00"}}],
            "update-to": [{"type": "correction", "DOI": "10.1234/C"}, {"DOI": "10.1234/D"}],
        }
    )  # fmt: skip
    assert record.notices == (
        "Retraction on 2020-01-02, see doi:10.1234/r",
        "correction, of doi:10.1234/c",
        "update, of doi:10.1234/d",
    )


def test_openalex_is_asked_for_ids_titles_and_people():
    assert openalex.can_ask("doi:10.1234/a")
    assert openalex.can_ask("pmid:1")
    assert not openalex.can_ask("arxiv:1")
    assert not openalex.can_ask("doi:10.1234/a,b")
    assert not openalex.can_ask("doi:10.1234/a|b")
    query = asked(openalex.request_for("doi", ["10.1234/a", "10.1234/b"]))
    assert (query["filter"], query["per-page"]) == ("doi:10.1234/a|10.1234/b", "25")
    assert asked(openalex.request_for("pmid", [str(n) for n in range(50)]))["per-page"] == "100"
    query = asked(openalex.request_for_titles(["A, fine: title", "Ada’s"]))
    assert (query["filter"], query["per-page"]) == ("title.search:A fine title|Ada's", "50")
    assert asked(openalex.request_for_titles(["t"] * 9))["per-page"] == "100"
    query = asked(openalex.request_for_people(["Marwick", "van Berg"], 2001))
    assert query["filter"] == (
        "raw_author_name.search:Marwick,raw_author_name.search:van Berg,publication_year:2000-2002"
    )
    assert (query["sort"], query["per-page"]) == ("cited_by_count:desc", "25")
    assert "publication_year:" not in openalex.request_for_people(["M"], None).url
    assert openalex.request_for("doi", ["x"], {"openalex": "K"}).headers == {
        "Authorization": "Bearer K"
    }
    assert (
        openalex.request_for("doi", ["x"], {}).headers
        == openalex.request_for("doi", ["x"]).headers
        == {}
    )
    assert len(openalex.words_to_ask("word " * 200)) <= 400


def test_openalex_gives_a_whole_record():
    item = {
        "title": None,
        "display_name": "A Title",
        "doi": "https://doi.org/10.1234/A",
        "ids": {"openalex": "https://openalex.org/W1", "pmid": "https://x/123/", "mag": "9"},
        "publication_year": 2001,
        "authorships": [
            {"raw_author_name": "Ada Marwick"},
            {"author": {"display_name": "Bo Beta"}},
            {"author": {}},
        ],
        "primary_location": {"source": {"display_name": "Journal"}, "raw_source_name": "raw"},
        "locations": [
            {"is_oa": True, "version": "vor", "pdf_url": "https://p/1.pdf", "landing_page_url": "https://p/1"},
            {"is_oa": False, "landing_page_url": "https://arxiv.org/abs/1611.03530"},
            {"pdf_url": "ftp://no", "landing_page_url": "https://p/1"},
            {"is_oa": True, "version": "vor", "pdf_url": "https://p/1.pdf", "landing_page_url": None},
        ],
        "abstract_inverted_index": {"show": [1], "We": [0], "that": [3, 2], "odd": [-1, "x"]},
        "is_retracted": True,
    }  # fmt: skip
    (record,) = openalex.parse(
        json.dumps({"results": [item, {"title": "T", "is_paratext": True}, {}]}).encode()
    )
    assert (record.title, record.authors, record.year) == (
        "A Title",
        ("Ada Marwick", "Bo Beta"),
        2001,
    )
    assert record.ids == ("doi:10.1234/a", "openalex:W1", "pmid:123", "arxiv:1611.03530")
    assert (record.venue, record.abstract) == ("Journal", "We show that that")
    assert record.locations == (
        Location("https://p/1.pdf", "pdf", "OpenAlex", "open", "vor"),
        Location("https://p/1", "landing", "OpenAlex", "open", "vor"),
        Location("https://arxiv.org/abs/1611.03530", "landing", "OpenAlex", "closed"),
        Location("https://p/1", "landing", "OpenAlex", "closed"),
    )
    assert record.urls == ("https://p/1", "https://arxiv.org/abs/1611.03530")
    assert record.notices == ("retracted, says OpenAlex",)
    (bare,) = openalex.parse(b'{"title": "T", "primary_location": {"raw_source_name": "raw"}}')
    assert (bare.venue, bare.notices, bare.ids, bare.abstract) == ("raw", (), (), "")


def openreview_record(**note):
    records = openreview.parse(json.dumps({"notes": [note]}).encode())
    return records[0] if records else None


def test_openreview_gives_a_whole_record_of_either_api():
    assert openreview.request_for("a b").url == "https://api2.openreview.net/notes?id=a%20b"
    assert openreview.request_for("a", openreview.HOSTS[1]).url.startswith(
        "https://api.openreview.net/"
    )
    content = {
        "title": {"value": "A Title"}, "authors": {"value": ["Ada", "", "Bo"]}, "abstract": {"value": "We."},
        "venue": {"value": "ICLR 2017"}, "venueid": {"value": "ICLR.cc/2017/Conference"}, "pdf": {"value": "/pdf/x"},
    }  # fmt: skip
    record = openreview_record(id="c", forum="f", content=content)
    assert (record.title, record.authors, record.year) == ("A Title", ("Ada", "Bo"), 2017)
    assert (record.venue, record.abstract, record.ids) == ("ICLR 2017", "We.", ("openreview:f",))
    page = "https://openreview.net/forum?id=f"
    assert record.urls == (page,)
    assert record.locations == (
        Location("https://openreview.net/pdf?id=f", "pdf", "OpenReview", "open"),
        Location(page, "landing", "OpenReview", "open"),
    )
    plain = openreview_record(
        id="c", content={"title": "A Title"}, cdate=1_483_228_800_000, pdate="x"
    )
    assert (plain.ids, plain.year) == (("openreview:c",), 2017)
    assert plain.locations == (
        Location("https://openreview.net/forum?id=c", "landing", "OpenReview"),
    )
    assert (
        openreview_record(id="c", content={"title": "T"}, pdate=1_262_304_000_000, cdate=0).year
        == 2010
    )
    assert openreview_record(id="c", content={"title": "T"}).year is None
    assert openreview_record(id="c", content={}) is None
    assert openreview_record(content={"title": "T"}) is None
    with pytest.raises(NotFound, match="OpenReview: no such note"):
        openreview.parse(b'{"name": "NotFoundError", "message": "no such note"}')
    assert openreview.parse(b'{"name": "x", "notes": []}') == []


def test_dblp_gives_a_whole_record():
    info = {
        "title": "A Title.",
        "authors": {"author": [{"text": "Ada Marwick 0001"}, "Bo Beta", {}]},
        "ee": ["https://p/1.PDF", "https://arxiv.org/abs/1611.03530", "ftp://no"],
        "doi": "10.1234/A",
        "venue": ["NeurIPS", "Other"],
        "year": "2001",
        "key": "conf/x",
        "access": "open",
    }
    body = {"result": {"hits": {"hit": [{"info": info}, {"info": {}}]}}}
    (record,) = dblp.parse(json.dumps(body).encode())
    assert (record.title, record.authors, record.year) == (
        "A Title",
        ("Ada Marwick", "Bo Beta"),
        2001,
    )
    assert (record.venue, record.ids) == (
        "NeurIPS",
        ("doi:10.1234/a", "arxiv:1611.03530", "dblp:conf/x"),
    )
    assert record.locations == (
        Location("https://p/1.PDF", "pdf", "DBLP", "open"),
        Location("https://arxiv.org/abs/1611.03530", "landing", "DBLP", "open"),
    )
    assert record.urls == ("https://p/1.PDF", "https://arxiv.org/abs/1611.03530")
    query = asked(dblp.request_for("Ada’s: fine title"))
    assert query == {"q": "Ada's fine title", "format": "json", "h": "20"}


def test_semantic_scholar_gives_a_whole_record():
    item = {
        "title": "A Title",
        "paperId": "p1",
        "externalIds": {"ArXiv": "1611.03530", "DOI": "10.1234/A", "ACL": "P19-1001", "PubMed": "12", "PubMedCentral": "34"},
        "authors": [{"name": "Ada"}, {}, {"name": "Bo"}],
        "year": 2001,
        "venue": "V",
        "abstract": "We.",
        "openAccessPdf": {"url": "https://openreview.net/pdf?id=abcdef"},
    }  # fmt: skip
    (record,) = semantic_scholar.parse(json.dumps({"data": [item, {}]}).encode())
    assert record == semantic_scholar.parse(json.dumps(item).encode())[0]
    assert (record.title, record.authors, record.year) == ("A Title", ("Ada", "Bo"), 2001)
    assert (record.venue, record.abstract) == ("V", "We.")
    assert record.ids[:2] == ("arxiv:1611.03530", "doi:10.1234/a")
    assert record.ids[-2:] == ("s2:p1", "openreview:abcdef")
    assert len(record.ids) == 7
    assert record.locations == (
        Location("https://openreview.net/pdf?id=abcdef", "pdf", "Semantic Scholar", "open"),
    )
    (bare,) = semantic_scholar.parse(b'{"title": "T", "openAccessPdf": {"url": "/x"}}')
    assert (bare.ids, bare.locations, bare.authors) == ((), (), ())
    assert semantic_scholar.request_for("ARXIV:1", {"s2": "K"}).headers == {"x-api-key": "K"}
    assert semantic_scholar.request_for("ARXIV:1").headers == {}
    assert "/paper/ARXIV:1?" in semantic_scholar.request_for("ARXIV:1").url
    assert asked(semantic_scholar.request_for_title("A Fine: Title"))["query"] == "a fine title"


def test_unpaywall_gives_the_open_places():
    item = {
        "doi": "10.1234/A",
        "title": "A Title",
        "year": 2001,
        "journal_name": "J",
        "z_authors": [{"raw_author_name": "Ada"}, {}],
        "oa_locations": [
            {"url_for_pdf": "https://p/1.pdf", "url_for_landing_page": "https://p/1", "version": "vor"},
            {"url": "https://arxiv.org/abs/1611.03530"},
            {"url_for_pdf": "ftp://no", "url": "https://p/1", "version": "vor"},
        ],
    }  # fmt: skip
    (record,) = unpaywall.parse(json.dumps(item).encode())
    assert (record.title, record.authors, record.year, record.venue) == (
        "A Title",
        ("Ada",),
        2001,
        "J",
    )
    assert record.ids == ("doi:10.1234/a", "arxiv:1611.03530")
    assert record.locations == (
        Location("https://p/1.pdf", "pdf", "Unpaywall", "open", "vor"),
        Location("https://p/1", "landing", "Unpaywall", "open", "vor"),
        Location("https://arxiv.org/abs/1611.03530", "landing", "Unpaywall", "open", ""),
    )
    assert unpaywall.parse(b'{"title": "no DOI"}') == []
    assert unpaywall.request_for("10.1234/a", "me@x.org").url.endswith("/10.1234/a?email=me@x.org")


FEED = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom"><entry>
<id>http://arxiv.org/abs/1611.03530v2</id><title>A Title</title><published>2016-11-10T22:02:36Z</published>
<author><name>Ada</name></author><author><name>Bo</name></author><summary>{summary}</summary>{more}</entry>
<entry><id>http://arxiv.org/abs/1611.03531</id><title/></entry><entry><id>odd</id><title>T</title></entry></feed>"""


def test_arxiv_gives_a_whole_record():
    more = "<arxiv:doi>10.1234/A 10.1234/B</arxiv:doi><arxiv:journal_ref>J. X</arxiv:journal_ref>"
    (record,) = arxiv.parse(FEED.format(summary="We.", more=more).encode())
    assert (record.title, record.authors, record.year) == ("A Title", ("Ada", "Bo"), 2016)
    assert (record.venue, record.abstract, record.arxiv_version) == ("J. X", "We.", 2)
    assert record.ids == ("arxiv:1611.03530", "doi:10.1234/a")
    assert record.urls == ("https://arxiv.org/abs/1611.03530",)
    assert record.locations == (
        Location("https://export.arxiv.org/pdf/1611.03530", "pdf", "arXiv", "open", "v2"),
    )
    assert record.notices == ()


@pytest.mark.parametrize(
    ("told", "is_told"),
    [
        ("The authors withdraw this manuscript because of a mistake in Section 4", True),
        ("We have withdrawn our submission from arXiv", True),
        ("We have withdrawn our submission from ICLR; 9 pages", False),
        ("We withdrew the paper from the journal", False),
        ("An error: withdrawn by mistake, see v3", False),
        ("Withdrawn: a mistake in Lemma 3", True),
    ],
)
def test_a_paper_withdrawn_from_arxiv_is_told_from_one_withdrawn_elsewhere(told, is_told):
    assert arxiv.is_withdrawn(told) == is_told


def test_arxiv_tells_of_withdrawn_papers_and_errors():
    (by_summary,) = arxiv.parse(FEED.format(summary="This has been withdrawn.", more="").encode())
    assert by_summary.notices == ("withdrawn from arXiv: ",)
    assert by_summary.venue == "arXiv"
    comment = "<arxiv:comment>Withdrawn: wrong</arxiv:comment>"
    (by_comment,) = arxiv.parse(FEED.format(summary="We.", more=comment).encode())
    assert by_comment.notices == ("withdrawn from arXiv: Withdrawn: wrong",)
    wrong = FEED.format(summary="bad id", more="").replace("abs/1611.03530v2", "api/errors#x")
    with pytest.raises(WebError, match="arXiv: bad id"):
        arxiv.parse(wrong.encode())
    for body in (b"<html", b"<!DOCTYPE x><feed/>", b"<feed><!ENTITY x></feed>"):
        with pytest.raises(WebError, match="not a feed"):
            arxiv.parse(body)


def test_arxiv_is_asked_for_titles_and_people():
    query = asked(arxiv.request_for_titles(["A fine: title", "B"]))
    assert query["search_query"] == 'ti:"A fine title" OR ti:"B"'
    assert (query["start"], query["max_results"]) == ("0", "20")
    query = asked(arxiv.request_for_people(["van Berg", "Marwick"], 2001))
    assert query["search_query"] == (
        "au:van_Berg AND au:Marwick AND submittedDate:[200001010000 TO 200212312359]"
    )
    assert query["max_results"] == "100"
    assert len(arxiv.phrase("w" * 400)) == 250


PAGE = """<html><head>
<meta name="citation_title" content="A Title"><meta name="citation_author" content="Ada; Bo">
<meta name="citation_author" content="Cy"><meta name="citation_publication_date" content="{date}">
<meta name="citation_journal_title" content="J"><meta name="citation_doi" content="10.1234/A">
<meta name="citation_pmid" content="12"><meta name="citation_arxiv_id" content="1611.03530">
<meta name="citation_abstract" content="We."><meta name="citation_pdf_url" content="/x.pdf">{more}</head></html>"""


def test_a_works_page_gives_a_whole_record():
    (record,) = landing.parse(
        PAGE.format(date="2001/05/06", more="").encode(), "https://p.org/work/1"
    )
    assert (record.title, record.authors, record.year) == ("A Title", ("Ada", "Bo", "Cy"), 2001)
    assert (record.venue, record.abstract) == ("J", "We.")
    assert set(record.ids) == {"doi:10.1234/a", "arxiv:1611.03530", "pmid:12"}
    assert record.urls == ("https://p.org/work/1",)
    assert record.locations == (Location("https://p.org/x.pdf", "pdf", landing.NAME, "unknown"),)
    closed = '<meta name="citation_access" content="No">'
    (record,) = landing.parse(PAGE.format(date="May 2001", more=closed).encode(), "https://p.org/w")
    assert record.year == 2001
    assert {spot.access for spot in record.locations} <= {"closed", "unknown"}
    assert landing.parse(b"<html><title></title></html>") == []


def test_a_page_of_ieee_keeps_its_record_in_a_script():
    script = (
        b'<script>xplGlobal.document.metadata={"title":"A '
        b'Title","doi":"10.1234/A","publicationYear":"2001",'
        b'"authors":[{"name":"Ada","x":1},{"name":"Bo"}]}</script>'
    )
    (record,) = landing.parse(script, "https://ieeexplore.ieee.org/document/1")
    assert (record.title, record.authors, record.year) == ("A Title", ("Ada", "Bo"), 2001)
    assert "doi:10.1234/a" in record.ids


# ── what is asked ─────────────────────────────────────────────────────────────────────────────────
def queries(step, *ids, title="", urls=(), kind="reference", **more):
    citation = cite(title, ids=ids, urls=urls, kind=kind, **more)
    return [(q.source, q.request.url) for q in step([open_task(citation)], SourceOptions())]


@pytest.mark.parametrize(
    ("ident", "source", "part"),
    [
        ("arxiv:1611.03530", "arXiv", "id_list=1611.03530"),
        ("pmid:12", "OpenAlex", "filter=pmid:12"),
        ("openreview:abcde", "OpenReview", "api2.openreview.net/notes?id=abcde"),
        ("s2:corpusid:12", "Semantic Scholar", "/paper/CorpusId:12?"),
        ("pii:S12", "Crossref", "alternative-id%3As12"),
        ("jstor:123456", "Crossref", "/works/10.2307%2F123456"),
        ("pmlr:v1/a", "the work's page", "https://proceedings.mlr.press/v1/a.html"),
        ("jmlr:v1/a", "the work's page", "https://jmlr.org/papers/v1/a.html"),
        ("hal:hal-012", "the work's page", "https://hal.science/hal-012"),
        (
            "neurips:2021/abc", "the work's page",
            "https://proceedings.neurips.cc/paper_files/paper/2021/hash/abc-Abstract.html",
        ),
        (
            "neurips:2022/abc", "the work's page",
            "https://proceedings.neurips.cc/paper_files/paper/2022/hash/abc-Abstract-Conference.html",
        ),
    ],
)  # fmt: skip
def test_an_identifier_is_asked_of_the_source_that_knows_it_best(ident, source, part):
    ((name, url),) = queries(by_identifier, ident)
    assert name == source
    assert part.lower() in url.lower()


def test_a_doi_is_asked_of_two_sources_unless_one_cannot_know_it():
    assert [s for s, _ in queries(by_identifier, "doi:10.1234/a")] == ["OpenAlex", "Crossref"]
    assert [s for s, _ in queries(by_identifier, "doi:10.5281/a")] == ["OpenAlex"]
    assert [s for s, _ in queries(by_identifier, "arxiv:1611.03530", "doi:10.1234/a")] == ["arXiv"]
    assert queries(by_identifier, "neurips:3628") == []
    many = [f"hal:hal-01{n}" for n in range(5)]
    assert len(queries(by_identifier, *many)) == 3
    assert queries(by_identifier, title="No id at all here") == []


def test_what_the_first_source_did_not_know_is_asked_elsewhere():
    assert queries(by_second_source, "openreview:abcde") == [
        ("OpenReview", "https://api.openreview.net/notes?id=abcde")
    ]
    assert queries(by_second_source, "pmid:12") == [
        (
            "Europe PMC",
            "https://www.ebi.ac.uk/europepmc/webservices/rest/search?query="
            "%28EXT_ID%3A12+AND+SRC%3AMED%29&resultType=core&format=json&pageSize=100",
        )
    ]
    assert queries(by_second_source, "doi:10.1234/a") == [
        ("the work's page", "https://doi.org/10.1234/a")
    ]
    assert [s for s, _ in queries(by_second_source, "arxiv:1611.03530")] == ["OpenAlex"]
    assert queries(by_second_source, "hal:hal-012") == []
    links = ("https://x.org/a", "https://x.org/b.pdf", "https://x.org/c")
    assert queries(by_second_source, title="Words", urls=links) == [
        ("the work's page", "https://x.org/a")
    ]
    assert [s for s, _ in queries(by_address, "openreview:abcde")] == ["Semantic Scholar"]
    assert queries(by_address, "openreview:abcde", title="A title of words") == []
    assert queries(by_address, "doi:10.1234/a") == []


LONG = "Growing very sparse lattice graphs with local rules"


def sources(step, *ids, options=None, **more):
    citation = cite(more.pop("title", ""), ids=ids, **more)
    return [
        (q.source, asked(q.request))
        for q in step([open_task(citation)], options or SourceOptions())
    ]


def test_a_title_is_asked_of_arxiv_and_openalex_then_of_crossref_then_of_dblp():
    assert [s for s, _ in sources(by_title_at_once, title=LONG)] == ["arXiv", "OpenAlex"]
    assert sources(by_title_at_once) == sources(by_title) == sources(by_title_elsewhere) == []
    ((name, query),) = sources(by_title, title=LONG, authors=PEOPLE, year=2001)
    assert (name, query["query.bibliographic"]) == ("Crossref", f"{LONG} marwick 2001")
    assert [s for s, _ in sources(by_title_elsewhere, title=LONG)] == ["HAL", "DBLP"]
    keys = SourceOptions(keys={"s2": "K"})
    assert [s for s, _ in sources(by_title_elsewhere, title=LONG, options=keys)] == [
        "HAL",
        "DBLP",
        "Semantic Scholar",
    ]


def test_a_title_with_a_mistake_is_asked_for_by_its_halves():
    ((name, at_arxiv),) = sources(by_part_of_title, title=LONG)
    halves = ("growing very sparse lattice", "graphs with local rules")
    assert (name, at_arxiv["search_query"]) == (
        "arXiv",
        " OR ".join(f'ti:"{half}"' for half in halves),
    )
    (_, short), *_ = sources(by_part_of_title, title="Five words and no more")
    assert short["search_query"] == 'ti:"Five words and no more"'


def test_people_are_asked_about_with_a_year_a_journal_or_a_work_spoken_of():
    named = [s for s, _ in sources(by_people, authors=PEOPLE, year=2001)]
    assert named == ["arXiv", "DBLP", "Crossref"]
    with_venue = sources(by_people, authors=PEOPLE, year=2001, venue="Nature")
    assert [s for s, _ in with_venue] == ["Crossref", "arXiv", "DBLP", "Crossref"]
    assert [s for s, _ in sources(by_people, authors=PEOPLE, venue="Nature")] == ["Crossref"]
    assert sources(by_people, year=2001) == []
    spoken = (said("the Marwick paper"),)
    assert [s for s, _ in sources(by_people, authors=PEOPLE[:1], mentions=spoken)] == ["Crossref"]
    assert sources(by_people, authors=PEOPLE[:1], mentions=(said("Marwick"),)) == []
    assert [s for s, _ in sources(by_people, authors=PEOPLE, mentions=(said("M and B"),))] == [
        "Crossref"
    ]
    assert sources(by_people, authors=PEOPLE, mentions=spoken, kind="link") == []


def test_people_are_asked_for_by_names_and_year_never_by_the_words_beside_them():
    one = dict(
        sources(by_people, authors=PEOPLE[:1], year=2001, mentions=(said("lattice graphs"),))
    )
    assert "lattice" not in str(one)
    assert one["DBLP"]["q"] == "marwick 2001"
    two = dict(sources(by_people, authors=PEOPLE, year=2001, mentions=(said("lattice graphs"),)))
    assert two["DBLP"]["q"] == "marwick berg"
    assert "lattice" not in str(two)
    assert two["Crossref"]["query.bibliographic"] == "marwick berg"


def test_the_last_try_for_people_needs_two_or_a_year():
    assert [s for s, _ in sources(by_people_elsewhere, authors=PEOPLE)] == ["OpenAlex"]
    assert [s for s, _ in sources(by_people_elsewhere, authors=PEOPLE[:1], year=2001)] == [
        "OpenAlex"
    ]
    assert sources(by_people_elsewhere, authors=PEOPLE[:1]) == []
    assert sources(by_people_elsewhere, year=2001) == []


def found_task(*records, ids=("doi:10.1234/a",)):
    task = open_task(cite(LONG, PEOPLE, 2000, ids=ids, kind="reference"))
    task.add_matching(records)
    return task


def test_what_is_missing_of_a_work_is_asked_of_who_has_not_told_yet():
    told = Record("Crossref", LONG, PEOPLE, 2000, ids=("doi:10.1234/a",))
    steps = [q.source for q in completing([found_task(told)], SourceOptions())]
    assert steps == ["OpenAlex"]
    preprint = Record("OpenAlex", LONG, PEOPLE, 2000, ids=("doi:10.1234/a", "arxiv:1611.03530"))
    assert [q.source for q in completing([found_task(preprint)], SourceOptions())] == ["arXiv"]
    assert completing([found_task()], SourceOptions()) == []


def test_unpaywall_is_asked_where_no_open_copy_is_known_and_a_contact_is():
    contact = SourceOptions(contact="me@x.org")
    told = Record("Crossref", LONG, PEOPLE, 2000, ids=("doi:10.1234/a",))
    closed = Record(
        "x", LONG, PEOPLE, 2000, ids=told.ids, locations=(Location("https://a", access="closed"),)
    )
    opened = Record(
        "x", LONG, PEOPLE, 2000, ids=told.ids, locations=(Location("https://a", access="open"),)
    )
    assert [q.source for q in open_copies([found_task(told, closed)], contact)] == ["Unpaywall"]
    assert open_copies([found_task(told, opened)], contact) == []
    assert open_copies([found_task(told)], SourceOptions()) == []
    assert open_copies([found_task()], contact) == []


def test_the_steps_of_openalex_take_arxiv_ids_as_dois_and_leave_out_what_it_does_not_know():
    (query,) = by_second_source([open_task(cite(ids=("arxiv:1611.03530",)))], SourceOptions())
    assert asked(query.request)["filter"] == "doi:10.48550/arxiv.1611.03530"


# ── words beside people count against ─────────────────────────────────────────────────────────────
LSTM = Record("x", "Long short-term memory", abstract="Recurrent nets store errors over time.")
FLAT = Record("x", "Flat minima", abstract="We search networks of low complexity.")


@pytest.mark.parametrize(
    ("context", "record", "headings", "expected"),
    [
        ("Hochreiter & Schmidhuber (1997) flat minima", LSTM, "", True),
        ("Hochreiter & Schmidhuber (1997) flat minima", FLAT, "", False),
        ("Hochreiter & Schmidhuber (1997)", LSTM, "", False),
        ("Hochreiter & Schmidhuber (1997) gates", LSTM, "Recurrent networks", False),
        ("the long way that Hochreiter and Schmidhuber (1997) went with seven other small things "
         "beside rivers, ponds and meadows", LSTM, "", False),
    ],
)  # fmt: skip
def test_a_label_beside_people_may_speak_against_a_work(context, record, headings, expected):
    people = Reference(authors=("Hochreiter", "Schmidhuber"), year=1997)
    assert is_labelled_otherwise(people, context, [record], headings) is expected
