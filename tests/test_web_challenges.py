"""Hosts that ask for a browser, and what services announce: told once, remembered, obeyed."""

import time

import pytest

from litmap.errors import Blocked, Challenged, Exhausted, WebError
from litmap.models import Request
from litmap.web import Limits, WebClient
from litmap.web.budget import CHALLENGE_REST, Budget, group_of
from litmap.web.challenges import challenge_in, is_html
from tests.loopback import send

LIMITS = Limits(attempts=3, backoff=0.01, patience=2)
PAGE = "<!doctype html><html><head><title>{}</title></head><body>{}</body></html>"


def open_client(folder):
    return WebClient("", folder, {"default": 0}, ["127.0.0.1"], limits=LIMITS)


# ── what is a robot check ─────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("body", "name"),
    [
        (PAGE.format("Making sure you&#39;re not a bot!", "Loading"), "Anubis"),
        (PAGE.format("x", '<script src="/.within.website/x/cmd/anubis/main.mjs">'), "Anubis"),
        (PAGE.format("Just a moment...", "Enable JavaScript"), "Cloudflare"),
        ("error code: 1015", "Cloudflare"),
        (PAGE.format("Client Challenge", '<script src="/_fs-ch-1T1/script.js">'), "Fastly"),
        (PAGE.format("Preparing to download ...", "POW"), "PubMed Central"),
        ('{"name":"ChallengeRequiredError","status":403}', "OpenReview"),
        (PAGE.format("", '<iframe src="/_Incapsula_Resource?SWUDNSAI=31">'), "Incapsula"),
        (PAGE.format("Pardon Our Interruption", ""), "Imperva"),
        (PAGE.format("x", '<script src="https://ct.captcha-delivery.com/c.js">'), "DataDome"),
        (PAGE.format("Access to this page has been denied", ""), "PerimeterX"),
        (PAGE.format("Are you a robot?", "ScienceDirect"), "a robot check"),
    ],
)
def test_robot_checks_are_known_by_their_marks(body, name):
    assert challenge_in({}, body.encode()) == name


@pytest.mark.parametrize(
    ("headers", "name"),
    [
        ({"cf-mitigated": "challenge"}, "Cloudflare"),
        ({"x-amzn-waf-action": "captcha"}, "AWS WAF"),
        ({"cf-mitigated": "none"}, ""),
    ],
)
def test_some_robot_checks_are_told_by_headers(headers, name):
    assert challenge_in(headers, b"<html></html>") == name


@pytest.mark.parametrize(
    "body",
    [
        b"%PDF-1.5 just a moment...",
        b'{"title": "Just a moment: waiting in clinics"}',
        PAGE.format("Just a moment of inertia", "an article").encode(),
        b'<html><head><meta name="citation_title" content="x"><script src="/akam/13/x"></script>',
        b"",
    ],
)
def test_a_files_or_articles_own_words_are_no_robot_check(body):
    assert challenge_in({}, body) == ""


@pytest.mark.parametrize(
    ("kind", "body", "expected"),
    [
        ("", b"<!DOCTYPE html><html>", True),
        ("", b"\xef\xbb\xbf\n<!-- x -->\n<HTML lang='en'>", True),
        ("text/html", b"\n<div>Sign in</div>", True),
        ("text/html", b'{"message": "ok"}', False),
        ("application/xml", b"<?xml version='1.0'?><feed/>", False),
    ],
)
def test_pages_for_people_are_told_from_data(kind, body, expected):
    assert is_html({"content-type": kind}, body) is expected


# ── asked once a day ──────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("status", [200, 403, 429, 500, 503])
def test_a_robot_check_is_met_once_and_remembered_by_the_next_run(tmp_path, site, status):
    page = PAGE.format("Making sure you're not a bot!", "").encode()
    site.answers["*"] = lambda handler: send(handler, page, status, Content_Type="text/html")
    request = Request(site.base + "/search?q=x", accept="application/json")
    with open_client(tmp_path) as client:
        with pytest.raises(Challenged, match="asks for a browser"):
            client.get(request)
        assert list(client.challenged) == ["127.0.0.1"]
    with open_client(tmp_path) as later:
        with pytest.raises(Blocked, match="left alone until"):
            later.get(request)
        with pytest.raises(Blocked):
            later.download(site.base + "/paper.pdf", tmp_path / "part")
        assert not later.challenged
    assert len(site.asked) == 1


def test_a_day_later_the_host_is_asked_again(tmp_path, site, monkeypatch):
    site.answers["*"] = b'{"ok": true}'
    with open_client(tmp_path) as client:
        client._budget.note_challenge("127.0.0.1", "Anubis")
        tomorrow = time.time() + CHALLENGE_REST + 1
        monkeypatch.setattr("litmap.web.budget.time.time", lambda: tomorrow)
        assert client.get(Request(site.base + "/")).body == b'{"ok": true}'


def test_a_robot_check_in_place_of_a_pdf_is_no_page_that_may_be_tried_again(tmp_path, site):
    page = b"<html><head><title>Preparing to download ...</title></head></html>"
    site.answers["*"] = lambda handler: send(handler, page, Content_Type="text/html")
    with open_client(tmp_path) as client, pytest.raises(Challenged):
        client.download(site.base + "/pdf/x.pdf", tmp_path / "part")


def test_a_sign_in_page_where_data_was_asked_for_is_a_refusal(tmp_path, site):
    page = PAGE.format("Sign in to the network", "").encode()
    site.answers["*"] = lambda handler: send(handler, page, Content_Type="text/html")
    with open_client(tmp_path) as client, pytest.raises(Challenged, match="a page instead of data"):
        client.get(Request(site.base + "/works", accept="application/json"))


def test_an_ordinary_page_and_a_servers_error_are_no_refusal(tmp_path, site):
    page = PAGE.format("An article", "text").encode()
    site.answers["/page"] = lambda handler: send(handler, page, Content_Type="text/html")
    broken = PAGE.format("502 Bad Gateway", "nginx").encode()
    site.answers["/api"] = lambda handler: send(handler, broken, 502, Content_Type="text/html")
    with open_client(tmp_path) as client:
        assert client.get(Request(site.base + "/page", accept="text/html")).body == page
        with pytest.raises(WebError) as error:
            client.get(Request(site.base + "/api", accept="application/json"))
        assert error.value.transient
        assert not isinstance(error.value, Blocked)
        assert not client.challenged


# ── what services allow ───────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("host", "target", "group"),
    [
        ("api.crossref.org", "/works?filter=doi:10.1/x", "crossref-lists"),
        ("api.crossref.org", "/works/10.1%2Fx", "crossref"),
        ("api.openalex.org", "/works?filter=x", "openalex"),
        ("api.openalex.org", "/works/doi:10.1/x?select=id", "openalex-works"),
        ("pmc.ncbi.nlm.nih.gov", "/tools/idconv/api/v1/articles/?ids=1", "ncbi"),
        ("www.medrxiv.org", "/content/x", "biorxiv"),
    ],
)
def test_lists_and_single_works_are_counted_apart(host, target, group):
    assert group_of(host, target) == group


def test_paces_follow_the_rules_of_autumn_2026(tmp_path):
    plain, known = Budget(tmp_path / "a"), Budget(tmp_path / "b", contact="ann@lab.org")
    assert plain.pace("crossref-lists").seconds >= 1
    assert plain.pace("crossref-lists").connections == 1
    assert 1 / 3 <= known.pace("crossref-lists").seconds < 1
    assert plain.pace("ncbi").seconds >= 0.33
    assert plain.pace("zenodo").seconds >= 1


def test_a_pace_that_the_user_sets_for_a_service_is_that_of_its_lists_too(tmp_path):
    budget = Budget(tmp_path, {"crossref": 7.0})
    assert budget.pace("crossref").seconds == budget.pace("crossref-lists").seconds == 7.0


def test_a_stricter_pace_in_the_headers_is_obeyed(tmp_path):
    budget = Budget(tmp_path)
    headers = {"x-rate-limit-limit": "1", "x-rate-limit-interval": "2s"}
    budget.answered("api.crossref.org", "/works?query=x", headers)
    assert budget.pace("crossref-lists").seconds == 2
    assert budget.pace("crossref").seconds < 1
    budget.answered("api.crossref.org", "/works?query=x", {"x-rate-limit-limit": "soon"})
    assert budget.pace("crossref-lists").seconds == 2


def test_dear_requests_leave_a_tenth_of_the_days_credits_to_cheap_ones(tmp_path):
    budget = Budget(tmp_path)
    host, target = "api.openalex.org", "/works?filter=title.search:x"
    budget.check_credits(host, target, 10)
    budget.answered(host, target, {"x-ratelimit-remaining": "105", "x-ratelimit-limit": "1000"})
    with pytest.raises(Exhausted, match="105 of the day's 1000"):
        budget.check_credits(host, target, 10)
    budget.check_credits(host, target, 1)


def test_a_list_that_is_used_up_leaves_single_works_alone(tmp_path):
    budget = Budget(tmp_path, patience=1)
    budget.rest("api.openalex.org", 4000, "/works?filter=x")
    with pytest.raises(Exhausted), budget.turn("api.openalex.org", "/works?filter=y"):
        pass
    with budget.turn("api.openalex.org", "/works/doi:10.1/x"):
        pass


# ── hosts that do not answer ──────────────────────────────────────────────────────────────────────
def one_refresh(site, folder, *, other_last):
    """Asks 'localhost', which is down, and 127.0.0.1, which answers; what the first one said."""
    hosts = ["127.0.0.1", "localhost"]
    site.answers["/down"] = lambda handler: send(handler, b"", 502)
    site.answers["/other"] = b"{}"
    with WebClient("", folder, {"default": 0}, hosts, limits=LIMITS) as client:
        if not other_last:
            client.get(Request(f"{site.base}/other", accept="*/*"))
        with pytest.raises(WebError) as caught:
            client.get(Request(f"http://localhost:{site.port}/down", accept="*/*"))
        if other_last:
            client.get(Request(f"{site.base}/other", accept="*/*"))
    return caught.value


def asked_of_the_silent(site):
    return sum(path == "/down" for path, _, _ in site.asked)


def test_a_host_that_does_not_answer_while_others_do_is_left_alone(site, tmp_path):
    one_refresh(site, tmp_path, other_last=True)
    said = one_refresh(site, tmp_path, other_last=True)
    assert asked_of_the_silent(site) == LIMITS.attempts
    assert isinstance(said, Exhausted)
    assert "did not answer; left alone until" in said.message


def test_where_nobody_answers_any_more_it_may_be_this_machine(site, tmp_path):
    for _ in range(2):
        one_refresh(site, tmp_path, other_last=False)
    assert asked_of_the_silent(site) == 2 * LIMITS.attempts


def test_the_next_client_tells_that_it_was_the_host(site, tmp_path):
    one_refresh(site, tmp_path, other_last=False)  # looking up: nobody was asked after it
    with WebClient("", tmp_path, {"default": 0}, ["127.0.0.1"], limits=LIMITS) as client:
        client.get(Request(f"{site.base}/other", accept="*/*"))  # fetching
    said = one_refresh(site, tmp_path, other_last=False)
    assert asked_of_the_silent(site) == LIMITS.attempts
    assert "did not answer; left alone until" in said.message


def test_a_service_that_is_down_is_remembered_with_the_works_and_not_left_alone(tmp_path):
    budget = Budget(tmp_path)
    budget.note_silence("api.crossref.org")
    with budget.turn("api.crossref.org"):
        pass
    budget.note_silence("people.example.org")
    with pytest.raises(Exhausted), budget.turn("people.example.org"):
        pass
    budget.close()
