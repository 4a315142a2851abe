"""`litmap doctor --live`: one request a service, what came back, what that means."""

import json
from urllib.parse import urlsplit

import pytest

from litmap.cli.doctor import ask_services
from litmap.errors import Blocked, Challenged, Exhausted, NotFound, WebError
from litmap.models import Response
from litmap.settings import Settings
from litmap.works.live_checks import live_checks, meaning

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
