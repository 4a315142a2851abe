"""`litmap doctor --live`: one request a service, what came back, what that means."""

import json
from contextlib import contextmanager
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest

from litmap.catalogue import Catalogue, utc_now
from litmap.errors import Blocked, Challenged, Exhausted, NotFound, WebError
from litmap.models import (
    Citation,
    Fetch,
    Location,
    Mention,
    Reference,
    Resolution,
    Response,
    Work,
)
from litmap.paths import LibraryPaths
from litmap.pipeline.acquisition import Acquisition
from litmap.pipeline.collaborators import Collaborators
from litmap.pipeline.context import RunContext
from litmap.pipeline.examination import _keys, ask_services
from litmap.settings import Settings
from litmap.works.live_checks import live_checks, meaning

NOW = utc_now()
CROSSREF = {"message": {"DOI": "10.9999/x", "type": "journal-article", "title": ["A title"]}}


class Web:
    """Crossref answers, DBLP wants a browser, the archive says something else, others are down."""

    def __init__(self):
        self.asked = []

    def get(self, request):
        host = urlsplit(request.url).hostname
        self.asked.append(host)
        if host == "api.crossref.org":
            return Response(request.url, 200, {}, json.dumps(CROSSREF).encode())
        if host == "dblp.org":
            raise Challenged("dblp.org asks for a browser (Anubis)")
        if host == "archive.org":
            return Response(request.url, 200, {}, b"{}")
        raise WebError(f"{host} could not be reached")


def test_each_service_is_asked_once_and_what_came_back_is_told():
    web = Web()
    answers = {answer.service: answer for answer in live_checks(web, contact="ann@lab.org")}
    assert len(web.asked) == len(set(web.asked)) == len(answers) >= 9
    assert answers["Crossref"].ok
    assert "left alone for a day" in answers["DBLP"].text
    assert "another form" in answers["the web archive"].text
    assert "next refresh" in answers["OpenAlex"].text


def test_without_a_contact_the_service_that_wants_one_is_not_asked():
    assert "Unpaywall" not in {answer.service for answer in live_checks(Web())}


@pytest.mark.parametrize(
    ("error", "word"),
    [(Blocked("x"), "refuses"), (Exhausted("x", until=""), "today"), (NotFound("x"), "address")],
)
def test_a_refusal_is_explained(error, word):
    assert word in meaning(error)


def test_offline_no_service_is_asked():
    (check,) = ask_services(Settings(offline=True))
    assert check.ok
    assert "offline" in check.text


def test_the_doctor_says_which_keys_are_set_and_never_what_they_are(monkeypatch, tmp_path):
    monkeypatch.setenv("OPENALEX_API_KEY", "s3cret")
    monkeypatch.delenv("CORE_API_KEY", raising=False)
    (check,) = _keys(Settings(contact="ann@lab.org"))
    assert check.ok
    assert "OPENALEX_API_KEY is set" in check.text
    assert "CORE_API_KEY is not set (theses" in check.text
    assert "s3cret" not in check.text
    assert "ann@" not in check.text


KEPT = Work(
    "doi:10.9999/kept",
    "Kept",
    ids=("doi:10.9999/kept",),
    locations=(Location("https://content.openalex.org/works/W1.pdf", "keyed", "OpenAlex", "open"),),
)


@pytest.mark.parametrize(("key", "told"), [("", 1), ("k", 0)])
def test_a_refresh_says_what_a_free_key_would_have_given(monkeypatch, tmp_path, key, told):
    monkeypatch.setenv("OPENALEX_API_KEY", key)

    def fetch(works, client, **_):
        return (Fetch(work.id, "metadata-only", "no open copy") for work in works)

    @contextmanager
    def no_client(*_):
        yield SimpleNamespace(challenged={}, exhausted={})

    collaborators = Collaborators(fetch_pdfs=fetch, open_client=no_client)
    context = RunContext(Settings(library=tmp_path), LibraryPaths(tmp_path), NOW, collaborators)
    citation = Citation("k", "reference", Reference(ids=KEPT.ids), (Mention("n.md", 1, "x"),))
    with Catalogue.create(context.paths.catalogue) as catalogue, catalogue.write():
        catalogue.put_notes([], [citation])
        catalogue.put_resolution(Resolution("k", KEPT, "metadata-only", ""), NOW)
    for _ in range(2):  # the second time nothing is tried
        Acquisition(context).run()
    problems = [p for p in context.report.problems if p.subject == "content.openalex.org"]
    assert len(problems) == told
