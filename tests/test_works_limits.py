"""How many are asked about, and from where on a match counts: one less, just so many, one more."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pytest

from litmap.errors import WebError
from litmap.models import Citation, Mention, Reference
from litmap.works.copies_plan import (
    biomedical_copies,
    core_dois,
    hal_dois,
    pmc_articles,
    repository_copies,
)
from litmap.works.informal_matching import _is_title_in_context, people_score
from litmap.works.matching import Verdict, authors_agree
from litmap.works.queries import (
    SourceOptions,
    arxiv_ids,
    arxiv_titles_of,
    europe_pmc_ids,
    openalex_ids,
    openalex_titles_of,
    repository_titles,
)
from litmap.works.query_plan import (
    by_identifier,
    by_part_of_title,
    by_people,
    by_people_elsewhere,
    by_second_source,
    completing,
)
from litmap.works.record import Record
from litmap.works.resolver import _REFUSED
from litmap.works.sources import europe_pmc, openalex
from litmap.works.task import ResolutionTask, open_task, title_in_address

NOW = "2026-11-20T12:00:00Z"
TITLE = "Lattice gardens growing sparse graphs"
PEOPLE = ("Ada Marwick", "Laurens Berg")
OTHERS = ("Pia Rasmus",)


def task_of(
    title: str = "",
    authors: Sequence[str] = (),
    year: int | None = None,
    *,
    kind: str = "reference",
    ids: Sequence[str] = (),
    urls: Sequence[str] = (),
    context: str = "",
    **more: object,
) -> ResolutionTask:
    reference = Reference(
        title=title, authors=tuple(authors), year=year, ids=tuple(ids), urls=tuple(urls)
    )
    mentions = (Mention("a.md", 1, context, (), context),) if context else ()
    return open_task(Citation("k", kind, reference, mentions, **more))  # type: ignore[arg-type]


def record(
    title: str = TITLE, authors: Sequence[str] = PEOPLE, year: int | None = 2000, **more: object
) -> Record:
    return Record("x", title, tuple(authors), year, **more)  # type: ignore[arg-type]


def asked(step, *tasks: ResolutionTask, **options: object) -> list[tuple[str, str]]:
    found = step(list(tasks), SourceOptions(**options))
    return [(query.source, query.request.url) for query in found]


# ── how many are asked about ─────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("count", "requests"), [(1, 1), (3, 3), (4, 1), (5, 1)])
def test_dois_are_listed_from_four_on(count, requests):
    tasks = [task_of(ids=[f"doi:10.1234/{n}"]) for n in range(count)]
    assert [s for s, _ in asked(by_identifier, *tasks)].count("Crossref") == requests


@pytest.mark.parametrize(("count", "pages"), [(1, 1), (2, 2), (3, 3), (4, 3)])
def test_three_ids_of_a_citation_are_asked_about_one_by_one(count, pages):
    ids = [f"hal:hal-0{n}" for n in range(count)]
    assert len(asked(by_identifier, task_of(ids=ids))) == pages
    dois = [f"doi:10.1234/{n}" for n in range(count)]
    assert len(asked(by_second_source, task_of(ids=dois))) == pages


@pytest.mark.parametrize(("count", "pages"), [(0, 0), (1, 1), (2, 2), (3, 2)])
def test_two_links_without_an_id_are_opened(count, pages):
    urls = [f"https://x.org/{n}" for n in range(count)]
    assert len(asked(by_second_source, task_of(urls=urls))) == pages


@pytest.mark.parametrize("name", ["a.pdf", "a.PS", "a.gz", "a.zip", "a.djvu"])
def test_a_file_is_no_page(name):
    assert asked(by_second_source, task_of(urls=[f"https://x.org/{name}"])) == []
    assert asked(by_second_source, task_of(urls=[f"ftp://x.org/{name}x"])) == []


@pytest.mark.parametrize(("words", "parts"), [(2, 1), (5, 1), (6, 2), (7, 2)])
def test_a_title_of_six_words_is_asked_for_by_its_halves(words, parts):
    title = " ".join("growing sparse lattice graphs local rules meadows".split()[:words])
    ((_, url), *_) = asked(by_part_of_title, task_of(title))
    assert url.count("ti%3A") + url.count("ti:") == parts


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 6])
def test_four_family_names_stand_in_a_search(count):
    people = [f"Ada {name}" for name in ("Marwick", "Berg", "Rasmus", "Olm", "Teich", "Umeh")]
    task = task_of("", people[:count], 2001, kind="author-year")
    address = dict(asked(by_people, task))["Crossref"].lower()
    names = [person.split()[1].lower() for person in people]
    assert [name for name in names if name in address] == names[: min(count, 4)]


@pytest.mark.parametrize(("family", "is_asked"), [("O", False), ("Ek", True), ("Olm", True)])
def test_the_last_try_for_people_needs_a_name_of_two_letters(family, is_asked):
    task = task_of("", [family], 2001, kind="author-year")
    assert bool(asked(by_people_elsewhere, task)) is is_asked


def found(*ids: str, source: str = "x") -> ResolutionTask:
    task = task_of(TITLE, PEOPLE, 2000, ids=ids)
    task.add_matching([Record(source, TITLE, PEOPLE, 2000, ids=ids)])
    return task


@pytest.mark.parametrize("count", [1, 2, 3])
def test_two_ids_of_a_work_are_asked_about(count):
    dois = [f"10.1234/wx{n}" for n in range(count)]
    ids = [f"doi:{doi}" for doi in dois]
    for step, source in (
        (completing, "OpenAlex"),
        (biomedical_copies, "Europe PMC"),
        (repository_copies, "HAL"),
    ):
        address = dict(asked(step, found(*ids)))[source]
        assert [n for n in range(count) if f"wx{n}" in address] == list(range(min(count, 2)))


def test_one_id_is_asked_of_pubmed_central_and_that_of_pubmed_first():
    (query,) = asked(pmc_articles, found("doi:10.1234/a", "pmid:12345"), contact="me@x.org")
    assert "12345" in query[1]
    assert "10.1234" not in query[1]
    (query,) = asked(pmc_articles, found("doi:10.1234/a"), contact="me@x.org")
    assert "10.1234" in query[1]
    assert asked(pmc_articles, found("doi:10.1234/a", "pmcid:PMC12"), contact="me@x.org") == []
    assert asked(pmc_articles, found("doi:10.1234/a")) == []


def test_a_query_is_split_where_it_is_refused_as_malformed_or_too_long():
    assert sorted(_REFUSED) == [400, 413, 414, 422]


# ── what is searched for ─────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("title", "year", "kind", "is_searched"),
    [
        ("Gardens", None, "title", False),  # seven letters
        ("Meadowed", None, "title", True),  # eight
        ("Generalise", None, "title", True),
        ("Dryad", None, "title", False),
        ("Dryad", 2007, "title", True),  # a system's name with its year
        ("Dryad", 2007, "pdf", True),
        ("Dryad", 2007, "link", False),
        ("dryad", 2007, "title", False),
        ("On it", None, "title", True),  # two words
        ("", 2007, "title", False),
    ],
)
def test_one_word_is_a_title_from_eight_letters_on_or_as_a_systems_name(
    title, year, kind, is_searched
):
    assert task_of(title, year=year, kind=kind).title == (title if is_searched else "")


@pytest.mark.parametrize(
    ("address", "title"),
    [
        ("https://x.org/5656-hidden-debt-in-machine-learning.pdf", "hidden debt in machine learning"),
        ("https://x.org/hidden-debt-in-machines", "hidden debt in machines"),
        ("https://x.org/hidden-debt-in", ""),  # three words
        ("https://x.org/a/hidden_debt+in%20machines.html", "hidden debt in machines"),
        ("https://x.org/hidden-debt-in-machines-2019-3.php", "hidden debt in machines"),
        ("https://x.org/hidden-debt-in-2019-machines", "hidden debt in 2019 machines"),
        ("https://x.org/1-2-3-4-5", ""),
        ("https://x.org/x1-x2-x3-x4", ""),  # no words
        ("https://x.org/hidden-x2-in-my-big-x3", "hidden x2 in my big x3"),
        (f"https://x.org/{'a' * 25}-of-many-words", f"{'a' * 25} of many words"),
        (f"https://x.org/{'a' * 26}-of-many-words", ""),
        ("https://x.org/häuser-of-many-words", ""),
        ("https://x.org/", ""),
    ],
)  # fmt: skip
def test_four_words_of_an_address_are_a_title(address, title):
    assert title_in_address(address) == title


# ── which record is meant ────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("written", "authors", "is_wrong"),
    [
        ("Rivers ponds meadows", OTHERS, False),  # three words contradict none
        ("Rivers ponds meadows hills", OTHERS, True),
        ("Rivers ponds meadows hills", PEOPLE, False),  # its people
        ("Lattice gardens growing hills", OTHERS, False),  # three of four words: .75
        ("Lattice gardens growing hills ponds", OTHERS, True),  # .6
        ("Lattice gardens growing sparse hills ponds", OTHERS, True),  # four of six: .67
        ("Lattice ponds meadows hills", (), True),  # one of four
        ("Lattice gardens meadows hills ponds", (), False),  # two words where nobody is named
    ],
)
def test_an_id_with_quite_another_title_is_a_contradiction(written, authors, is_wrong):
    task = task_of(written, authors, 2000, ids=["doi:10.1234/a"])
    task.add_matching([record(ids=("doi:10.1234/a",))])
    assert task.is_contradicted() is is_wrong
    assert task_of(written, authors, kind="link", ids=["doi:10.1234/a"]).is_contradicted() is False


@pytest.mark.parametrize(
    ("years", "count"),
    [((2000, 2000), 2), ((2000, 2001), 2), ((2000, 2002), 1), ((1999, 2001), 2)],
)
def test_of_two_works_with_the_very_title_the_nearer_by_half_a_point_is_meant(years, count):
    """Each year apart takes .3, so that two years decide and one year does not."""
    task = task_of(TITLE, (), 2000)
    task.add_matching(
        [
            record(authors=(name,), year=year, ids=(f"doi:10.1234/{name[:3]}",))
            for name, year in zip(("Ada Marwick", "Pia Rasmus"), years, strict=True)
        ]
    )
    assert len(task.by_title) == 2
    assert len(task.candidates(Verdict.SAME)) == count


@pytest.mark.parametrize(("count", "shown"), [(2, 2), (5, 5), (6, 5)])
def test_five_works_are_shown_where_several_may_be_meant(count, shown):
    names = ("Marwick", "Rasmus", "Olm", "Teich", "Umeh", "Brandt")[:count]
    task = task_of(TITLE, (), 2000, sure=True)
    task.add_matching([record(authors=(f"A. {n}",), ids=(f"doi:10.1234/{n}",)) for n in names])
    resolution = task.resolution(NOW)
    assert (resolution.status, len(resolution.candidates)) == ("unsure", shown)


@pytest.mark.parametrize(
    ("wanted", "authors", "agree"),
    [
        (["Olm"], ["Otto Olm"], True),
        (["Olmo"], ["Otto Olma"], False),  # four letters are compared as they are
        (["Olmos"], ["Otto Olmas"], False),  # .8
        (["Marwicks"], ["Ada Marwick"], True),
        (["Marwickson"], ["Ada Marwick"], False),  # three letters more
        (["Rasmus", "Marwick"], ["Ada Marwick", "Otto Olm"], True),  # half of them
        (["Rasmus", "Marwick", "Teich"], ["Ada Marwick", "Otto Olm"], False),
    ],
)
def test_names_agree_as_far_as_slips_go(wanted, authors, agree):
    assert authors_agree(wanted, authors) is agree


@pytest.mark.parametrize(
    ("named", "authors", "score"),
    [
        (["Marwick"], ["Ada Marwick"], 0.2 + 0.35),  # one of one is not more than a name
        (["Marwick", "Berg"], ["Ada Marwick", "Bo Berg"], 0.2 + 0.35 + 1.2),
        (["Marwick", "Berg"], ["Ada Marwick", "Bo Berg", "Otto Olm"], 0.2 + 0.35),
        (["Berg"], ["Ada Marwick", "Bo Berg"], 0.2 + 0.35),  # among the first two
        (["Olm"], ["Ada Marwick", "Bo Berg", "Otto Olm"], 0.0),
    ],
)
def test_a_list_of_two_people_or_more_named_completely_tells_a_work(named, authors, score):
    wanted = Reference(authors=tuple(named), year=2000)
    assert people_score(wanted, "", record("Xyz", authors, 2000)) == pytest.approx(score)


@pytest.mark.parametrize("source", ["arXiv", "the work's page"])
@pytest.mark.parametrize("transient", [True, False])
def test_only_who_did_not_answer_is_asked_again(source, transient):
    task = task_of(TITLE)
    error = WebError("no answer", transient=transient)
    task.fail(source, error)
    assert (source in task.unanswered) is transient
    assert task.asked[source] == ("no answer" if transient else "")


# ── how many stand in one request ────────────────────────────────────────────────────────────────
def letters(count: int) -> list[str]:
    """Different words of letters alone."""
    return [f"w{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(count)]


AT_ONCE = [
    ("arXiv", arxiv_ids, 100, lambda word: f"arxiv:1611.0{ord(word[1]) * 100 + ord(word[2])}"),
    ("OpenAlex", partial(openalex_ids, options=SourceOptions()), 50, "doi:10.1234/{}".format),
    ("Europe PMC", europe_pmc_ids, 25, "doi:10.1234/{}".format),
    ("HAL", hal_dois, 25, "10.1234/{}".format),
    ("CORE", partial(core_dois, key="K"), 10, "10.1234/{}".format),
    ("titles at OpenAlex", partial(openalex_titles_of, options=SourceOptions()), 8, "{} gardens".format),
    ("titles at HAL", partial(repository_titles, options=SourceOptions()), 10, "{} gardens".format),
    ("titles at arXiv", arxiv_titles_of, 12, "{} gardens of graphs".format),
]  # fmt: skip


@pytest.mark.parametrize(("ask", "size", "value"), [row[1:] for row in AT_ONCE], ids=[row[0] for row in AT_ONCE])  # fmt: skip
@pytest.mark.parametrize("more", [-1, 0, 1])
def test_so_many_stand_in_one_request(ask, size, value, more):
    wanted = {value(word): (task_of(),) for word in letters(size + more)}
    assert len(ask(wanted)) == (1 if more <= 0 else 2)


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_a_refused_list_halves_itself_down_to_single_ones(count):
    wanted = {f"doi:10.1234/{word}": (task_of(),) for word in letters(count)}
    (query,) = europe_pmc_ids(wanted)
    single, waiting = 0, [query]
    while waiting:
        one = waiting.pop()
        waiting += one.split() if one.split else []
        single += one.split is None
    assert single == count


def test_a_refused_search_for_titles_is_tried_plainer_once():
    (query,) = openalex_titles_of({"wet gardens": (task_of(),)}, SourceOptions())
    (plainer,) = query.split()
    assert query.request.url != plainer.request.url
    assert (query.retry, plainer.retry, plainer.split) == (None, None, None)


def test_a_list_costs_one_credit_and_a_search_ten():
    listed = openalex.request_for("doi", ["10.1234/a"])
    by_title = openalex.request_for_titles(["Lattice gardens"])
    by_people = openalex.request_for_people(["marwick"], 2001)
    assert (listed.credits, by_title.credits, by_people.credits) == (1, 10, 10)


# ── what Europe PMC tells ────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("author", "name"),
    [
        ({"firstName": "Ada", "lastName": "Marwick"}, "Marwick, Ada"),
        ({"lastName": "Marwick", "fullName": "Marwick A"}, "Marwick"),
        ({"firstName": "Ada", "fullName": "Marwick A"}, "Marwick A"),
        ({"collectiveName": "Lattice Group", "fullName": "Group L"}, "Lattice Group"),
        ({"fullName": "Marwick A"}, "Marwick A"),
        ({}, ""),
    ],
)
def test_an_author_is_named_by_what_is_told(author, name):
    assert europe_pmc._name(author) == name


@pytest.mark.parametrize(
    ("is_open", "is_kept", "pmcid", "is_there"),
    [
        ("Y", "Y", "PMC12", True),
        ("N", "Y", "PMC12", False),
        ("Y", "N", "PMC12", False),
        ("Y", "Z", "PMC12", False),
        (None, "Y", "PMC12", False),
        ("Y", "Y", "12", False),
        ("Y", "Y", "", False),
    ],
)
def test_the_full_text_is_there_in_open_access_alone(is_open, is_kept, pmcid, is_there):
    found = europe_pmc._full_text({"isOpenAccess": is_open, "inEPMC": is_kept}, pmcid)
    assert bool(found) is is_there


# ── what is told of doubts ───────────────────────────────────────────────────────────────────────
def test_a_contradiction_names_the_ids_work_first_and_how_to_settle_it():
    task = task_of("Rivers ponds meadows hills", OTHERS, 2000, ids=["doi:10.1234/a"])
    task.add_matching(
        [
            record(ids=("doi:10.1234/a",)),
            record("Rivers ponds meadows hills", OTHERS, 2000, ids=("doi:10.1234/b",)),
        ]
    )
    resolution = task.resolution(NOW)
    first, second = resolution.candidates
    assert (resolution.status, resolution.work) == ("unsure", first)
    assert "doi:10.1234/b" in second.ids
    assert f"`litmap resolve {first.id} ID`" in resolution.reason


@pytest.mark.parametrize(
    ("context", "is_told"),
    [
        ("on lattice", False),
        ("on lattice gardens growing", False),  # three of five words
        ("on lattice gardens growing sparse", True),  # four
        ("on lattice gardens growing sparse graphs", True),
    ],
)
def test_most_of_a_titles_words_beside_people_tell_the_work(context, is_told):
    assert _is_title_in_context(TITLE, context) is is_told
    assert not _is_title_in_context("Lattice gardens", "lattice gardens")
