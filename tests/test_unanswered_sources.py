"""A source that does not answer: said, remembered, and alone asked again."""

import json
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest

from litmap.catalogue import Catalogue
from litmap.errors import Challenged, Exhausted, NotFound, TooLarge, Unsafe, WebError
from litmap.models import Citation, Fact, Mention, Reference, Resolution, Response, Work
from litmap.paths import LibraryPaths
from litmap.pipeline import resolution
from litmap.pipeline.collaborators import Collaborators
from litmap.pipeline.context import RunContext, age_days
from litmap.settings import Settings
from litmap.works import resolve
from litmap.works.resume import EarlierAnswer

NOW = "2024-11-28T10:00:00Z"
TITLE = "The quiet failure of imaginary gradients in nonexistent networks"
CITATION = Citation(
    "k",
    "reference",
    Reference(raw=TITLE, title=TITLE, authors=("J. Kowalski",), year=2019),
    (Mention("n.md", 10, "Kowalski (2019)"),),
    sure=True,
)
BY_DOI = replace(CITATION, reference=Reference(title=TITLE, ids=("doi:10.9999/quiet",)))
CROSSREF = {"DOI": "10.9999/quiet", "type": "journal-article", "title": [TITLE],
            "author": [{"given": "J", "family": "Kowalski"}], "issued": {"date-parts": [[2019]]}}  # fmt: skip
OPENALEX = {"id": "https://openalex.org/W1", "doi": "https://doi.org/10.9999/quiet", "title": TITLE,
            "publication_year": 2019, "authorships": [{"raw_author_name": "J. Kowalski"}],
            "locations": [{"is_oa": True, "pdf_url": "https://repository.example/quiet.pdf"}]}  # fmt: skip
DOWN = WebError("it could not be reached")
CHALLENGED = Challenged("it asks for a browser (Anubis)")
SPENT = Exhausted("nothing more today", until="2024-11-29T00:00:00Z")


class Web:
    """Services by host: an error to raise or a function of the address; all others know nothing."""

    def __init__(self, **services):
        self.services = services
        self.asked = []

    def get(self, request):
        host = urlsplit(request.url).hostname
        self.asked.append(request.url)
        name = next((n for n in self.services if n in host), "")
        answer = self.services.get(name)
        if isinstance(answer, WebError):
            raise answer
        if answer is None:
            if "arxiv" in host:
                return Response(
                    request.url, 200, {}, b'<feed xmlns="http://www.w3.org/2005/Atom"/>'
                )
            return Response(request.url, 200, {}, b"{}")
        return Response(request.url, 200, {}, json.dumps(answer(request.url)).encode())

    def hosts(self):
        return {urlsplit(url).hostname for url in self.asked}


def one(citation, web, earlier=None):
    (result,) = resolve(
        [citation], web, now=NOW, earlier={citation.key: earlier} if earlier else {}
    )
    return result


@pytest.mark.parametrize("trouble", [DOWN, CHALLENGED, SPENT])
def test_an_optional_source_that_does_not_answer_leaves_a_work_not_found(trouble):
    result = one(CITATION, Web(dblp=trouble))
    assert result.status == "not-found"
    assert "check the spelling" in result.reason
    assert "DBLP" not in result.reason
    assert result.unanswered == ("DBLP",)


def test_a_work_that_a_general_source_may_know_is_asked_about_again():
    result = one(CITATION, Web(openalex=SPENT))
    assert (result.status, result.unanswered) == ("failed", ("OpenAlex",))


@pytest.mark.parametrize(
    "trouble",
    [
        Unsafe("api.openalex.org: its certificate is not valid (certificate has expired)"),
        Unsafe("refused: api.openalex.org is an internal address"),
    ],
)
def test_a_service_that_is_not_reached_safely_has_not_answered(trouble):
    result = one(CITATION, Web(openalex=trouble))
    assert (result.status, result.unanswered) == ("failed", ("OpenAlex",))
    assert trouble.message in result.reason


def test_an_answer_that_is_too_large_is_one():
    assert one(CITATION, Web(openalex=TooLarge("more than 30 MB"))).unanswered == ()


@pytest.mark.parametrize("trouble", [Unsafe("its certificate is not valid"), NotFound("gone")])
def test_a_page_that_is_not_safe_is_not_asked_again_at_once(trouble):
    link = replace(CITATION, reference=Reference(title=TITLE, urls=("https://journal.example/q",)))
    web = Web(**{"journal.example": trouble})
    assert one(link, web).unanswered == ()
    assert "journal.example" in web.hosts()


def test_a_work_known_to_one_source_says_which_other_did_not_answer():
    result = one(BY_DOI, Web(crossref=lambda url: {"message": CROSSREF}, openalex=DOWN))
    assert (result.status, result.unanswered) == ("metadata-only", ("OpenAlex",))


def test_only_the_source_that_did_not_answer_is_asked_again():
    first = one(BY_DOI, Web(crossref=lambda url: {"message": CROSSREF}, openalex=DOWN))
    web = Web(openalex=lambda url: {"results": [OPENALEX]})
    second = one(BY_DOI, web, EarlierAnswer(first.work, first.unanswered))
    assert web.hosts() == {"api.openalex.org"}
    assert (second.status, second.unanswered) == ("metadata-only", ())
    assert second.work.title == TITLE
    assert "https://repository.example/quiet.pdf" in {p.url for p in second.work.locations}


DBLP = {"result": {"hits": {"hit": [{"info": {"title": TITLE, "year": "2019", "key": "j/x/Kowalski19",
        "authors": {"author": {"text": "J. Kowalski"}}, "ee": "https://journal.example/quiet"}}]}}}  # fmt: skip


def test_a_work_without_an_id_to_ask_about_is_asked_for_by_its_title_at_the_source_that_was_down():
    first = one(CITATION, Web(dblp=lambda url: DBLP, openalex=DOWN))
    assert (first.status, first.unanswered) == ("metadata-only", ("OpenAlex",))
    web = Web(
        openalex=lambda url: {
            "results": [{**OPENALEX, "doi": None, "ids": {"openalex": "https://openalex.org/W1"}}]
        }
    )
    second = one(CITATION, web, EarlierAnswer(first.work, first.unanswered))
    assert web.hosts() == {"api.openalex.org"} and "title.search" in web.asked[0]
    assert {"dblp:j/x/Kowalski19", "openalex:W1"} <= {second.work.id, *second.work.ids}
    assert "https://repository.example/quiet.pdf" in {p.url for p in second.work.locations}


def test_of_a_paper_that_arxiv_knows_the_source_that_was_down_is_asked_by_its_number():
    work = Work("arxiv:1905.99002", TITLE, ("J. Kowalski",), 2019, ids=("arxiv:1905.99002",),
                facts=(Fact("title", TITLE, "arXiv", NOW),))  # fmt: skip
    web = Web(openalex=lambda url: {"results": [{**OPENALEX, "is_retracted": True}]})
    result = one(CITATION, web, EarlierAnswer(work, ("OpenAlex",)))
    assert len(web.asked) == 1 and "10.48550" in web.asked[0]
    assert result.work.notices == ("retracted, says OpenAlex",)


PAGE = (
    b"<meta name='citation_title' content='%s'><meta name='citation_author' content='J. Kowalski'>"
    b"<meta name='citation_publication_date' content='2019'>" % TITLE.encode()
)
FEED = (
    f'<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>http://arxiv.org/abs/1901.00001v1</id>'
    f"<title>{TITLE}</title><author><name>J. Kowalski</name></author>"
    "<published>2019-01-01T00:00:00Z</published></entry></feed>"
).encode()


def test_a_title_that_is_learned_late_is_looked_for_at_sources_that_had_answered_before():
    link = Citation("l", "link", Reference(urls=("https://journal.example/quiet",)),
                    (Mention("n.md", 1, "see this"),))  # fmt: skip
    first = one(link, Web(journal=DOWN))
    assert first.unanswered == ("the work's page",)

    class Late(Web):
        def get(self, request):
            answer = super().get(request)
            body = PAGE if "journal" in request.url else FEED if "arxiv" in request.url else b"{}"
            return replace(answer, body=body)

    second = one(link, Late(), EarlierAnswer(None, first.unanswered))
    assert second.work.id == "arxiv:1901.00001"


def test_a_work_that_is_found_late_is_completed_by_the_other_sources():
    web = Web(
        openalex=lambda url: {"results": [OPENALEX]}, crossref=lambda url: {"message": CROSSREF}
    )
    result = one(CITATION, web, EarlierAnswer(None, ("OpenAlex",)))
    assert result.status == "metadata-only"
    assert "api.crossref.org" in web.hosts()
    assert not any("query.bibliographic" in url for url in web.asked)


def test_what_the_days_credits_do_not_pay_for_is_asked_one_by_one_for_nothing():
    def answer(url):
        if "filter=" in url:
            raise SPENT
        return OPENALEX

    web = Web(openalex=answer, crossref=lambda url: {"message": CROSSREF})
    result = one(BY_DOI, web)
    assert result.unanswered == ()
    assert "https://repository.example/quiet.pdf" in {p.url for p in result.work.locations}
    assert any("/works/doi:10.9999/quiet?" in url for url in web.asked)


def test_many_dois_are_asked_for_in_one_list_at_crossref():
    dois = [f"10.9999/w{number}" for number in range(8)]
    citations = [replace(BY_DOI, key=doi, reference=Reference(ids=(f"doi:{doi}",))) for doi in dois]

    def answer(url):
        if "filter=" not in url:
            raise NotFound("one by one")
        return {"message": {"items": [CROSSREF | {"DOI": doi, "title": [doi]} for doi in dois]}}

    web = Web(crossref=answer)
    results = list(resolve(citations, web, now=NOW))
    assert {r.work.id for r in results} == {f"doi:{doi}" for doi in dois}
    assert sum("api.crossref.org" in url for url in web.asked) == 1


# ── across refreshes ──────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def catalogue(tmp_path):
    with Catalogue.create(tmp_path / "catalogue.sqlite") as opened:
        opened.put_notes([], [BY_DOI])
        yield opened


def refresh(catalogue, web, tmp_path, now=NOW, **more):
    """One refresh's look-ups."""

    @contextmanager
    def client(*_):
        web.challenged, web.exhausted = {}, {}
        yield web

    settings = Settings(library=tmp_path, recheck_days=10**6, retry_days=10**6, **more)
    context = RunContext(settings, LibraryPaths(tmp_path), now, Collaborators(open_client=client))
    wanted = resolution.unresolved(catalogue, settings)
    if wanted:
        resolution.resolve(catalogue, context, wanted)
    return catalogue.resolution(BY_DOI.key)


def test_the_next_refresh_asks_what_did_not_answer_and_the_one_after_it_nothing(
    catalogue, tmp_path
):
    refresh(catalogue, Web(crossref=lambda url: {"message": CROSSREF}, openalex=DOWN), tmp_path)
    again = Web(openalex=lambda url: {"results": [OPENALEX]})
    later = refresh(catalogue, again, tmp_path, now="2024-11-29T10:00:00Z")
    assert again.hosts() == {"api.openalex.org"}
    assert later.time == NOW
    third = Web()
    refresh(catalogue, third, tmp_path)
    assert third.asked == []


def test_neither_another_contact_nor_a_while_out_of_the_notes_is_a_reason_to_ask_again(
    catalogue, tmp_path
):
    """Only time is: `recheck_days`, and `retry_days` for what no source knew or gave."""
    answers = {
        "crossref": lambda url: {"message": CROSSREF},
        "openalex": lambda url: {"results": [OPENALEX]},
    }
    first = refresh(catalogue, Web(**answers), tmp_path)
    assert not first.unanswered
    later = Web()
    refresh(catalogue, later, tmp_path, contact="me@example.org")
    with catalogue.write():
        catalogue.put_notes([], [])
    refresh(catalogue, later, tmp_path, contact="me@example.org")
    with catalogue.write():
        catalogue.put_notes([], [BY_DOI])
    assert refresh(catalogue, later, tmp_path) == first
    assert later.asked == []


def test_an_open_copy_that_becomes_known_late_is_tried(catalogue, tmp_path):
    decided = refresh(
        catalogue, Web(crossref=lambda url: {"message": CROSSREF}, openalex=DOWN), tmp_path
    )
    fetch = SimpleNamespace(
        work=decided.work, status="metadata-only", reason="", tried=(), transient=False, pdf=None
    )
    catalogue.put_fetch(fetch, NOW)
    refresh(catalogue, Web(openalex=lambda url: {"results": [OPENALEX]}), tmp_path)
    assert catalogue.fetches() == {}


def test_unanswered_sources_are_kept_with_the_resolution(tmp_path):
    with Catalogue.create(tmp_path / "c.sqlite") as catalogue:
        catalogue.put_resolution(Resolution("k", None, "not-found", "", (), ("DBLP",)), NOW)
        assert catalogue.resolution("k").unanswered == ("DBLP",)


@pytest.mark.parametrize(("key", "hinted"), [("", True), ("abc", False)])
def test_a_day_that_is_used_up_is_told_once_with_what_helps(tmp_path, monkeypatch, key, hinted):
    monkeypatch.setenv("OPENALEX_API_KEY", key)
    spent = {"api.openalex.org": "nothing more before midnight", "dblp.org": "slow"}

    @contextmanager
    def client(*_):
        yield SimpleNamespace(challenged={}, exhausted=spent)

    context = RunContext(Settings(), LibraryPaths(tmp_path), NOW, Collaborators(open_client=client))
    for stage in ("resolve", "fetch"):
        with context.open_client(stage):
            pass
    told = {problem.subject: problem.reason for problem in context.report.problems}
    assert len(context.report.problems) == 2
    assert ("OPENALEX_API_KEY" in told["api.openalex.org"]) == hinted
    assert "OPENALEX" not in told["dblp.org"]


@pytest.mark.parametrize(
    ("age", "is_asked"),
    [
        (timedelta(days=2), False),
        (timedelta(hours=-20), False),  # two machines with one library
        (timedelta(days=-400), True),
        (timedelta(days=-40_000), True),
    ],
)
def test_what_was_noted_under_a_wrong_clock_is_asked_about_again(
    age, is_asked, catalogue, tmp_path
):
    """A time ahead would else keep a work from being asked about until it comes."""
    then = (datetime.now(UTC) - age).strftime("%Y-%m-%dT%H:%M:%SZ")
    refresh(catalogue, Web(), tmp_path, now=then)
    web = Web(crossref=lambda url: {"message": CROSSREF})
    later = refresh(catalogue, web, tmp_path, now=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    assert bool(web.asked) == is_asked
    assert later.status == ("metadata-only" if is_asked else "not-found")
    assert age_days(later.time) < 3
