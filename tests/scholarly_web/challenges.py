"""The pages that bot protection gives in place of an answer, known by their marks, and the hosts
that gave them in autumn 2026.

Nothing here can be solved. dblp.org: Anubis with status 500, its mirror with 200; bioRxiv, MDPI,
SSRN, core.ac.uk: Cloudflare with 403; Europe PMC's PDFs: Cloudflare, seen with 200; api.biorxiv.org
after repetition: 429 with 'error code: 1015'; link.springer.com: Fastly's 'Client Challenge' with
200; PMC: 'Preparing to download' with 200; OpenReview's API: 403 ChallengeRequiredError; others:
Incapsula with 200 or 403.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from .answers import Answer, Question, as_json, html

HOSTS: dict[str, tuple[str, str, str]] = {
    # name: (host, path, kind); host and path are patterns, searched
    "dblp": (r"^dblp\.org$", "", "anubis-500"),
    "dblp-mirror": (r"^dblp\.uni-trier\.de$", "", "anubis"),
    "openreview-api": (r"^api2?\.openreview\.net$", "^/notes", "openreview"),
    "openreview": (r"^openreview\.net$", "", "cloudflare"),
    "biorxiv": (r"^(www\.)?(bio|med)rxiv\.org$", "", "cloudflare"),
    "biorxiv-api": (r"^api\.biorxiv\.org$", "", "cloudflare-1015"),
    "mdpi": (r"^www\.mdpi\.com$", "", "cloudflare"),
    "springer": (r"^link\.springer\.com$", "", "fastly"),
    "core": (r"^core\.ac\.uk$", "", "cloudflare"),
    "europepmc-pdf": (r"^europepmc\.org$", "pdf=render", "cloudflare-200"),
    "ieee": (r"^ieeexplore\.ieee\.org$", "", "incapsula"),
}
"""Names that `ScholarlyWeb.challenges` understands; a name that is none of them is a pattern of
hosts, given Cloudflare's page.
"""


def challenge_of(question: Question, names: set[str]) -> str:
    """The kind of page that stands before a request; '' for none."""
    for name in names:
        host, path, kind = HOSTS.get(name, (name, "", "cloudflare"))
        if re.search(host, question.host) and re.search(path, question.target):
            return kind
    return ""


def page_of(kind: str) -> Answer:
    """The answer that a challenge gives."""
    return PAGES[kind]()


def _anubis() -> Answer:
    title = "Making sure you're not a bot!"
    body = (
        f"<h1>{title}</h1><script async src='/.within.website/x/cmd/anubis/static/js/main.mjs'>"
        '</script><script id="anubis_challenge" type="application/json">{"rules":{"difficulty":2}}'
        "</script><noscript>You must enable JavaScript to get past this challenge.</noscript>"
    )
    return html(title, body).with_headers(Cache_Control="no-store")


def _cloudflare() -> Answer:
    body = (
        "<noscript>Enable JavaScript and cookies to continue</noscript><script>"
        "window._cf_chl_opt={cType:'managed'};</script>"
        '<script src="/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1"></script>'
    )
    page = html("Just a moment...", body, status=403)
    return page.with_headers(Server="cloudflare", cf_mitigated="challenge")


def _too_many() -> Answer:
    answer = Answer(429, b"error code: 1015\n", "text/plain; charset=UTF-8")
    return answer.with_headers(Server="cloudflare", Retry_After=60)


def _fastly() -> Answer:
    body = (
        "<noscript>JavaScript is disabled in your browser. Please enable JavaScript to proceed."
        "</noscript><p>A required part of this site couldn't load.</p>"
        "<script src='/_fs-ch-1T1wmsGaOgGaSxcX/script.js?reload=true'></script>"
    )
    return html("Client Challenge", body).with_headers(Cache_Control="no-store")


def _preparing() -> Answer:
    body = (
        '<script>const POW_CHALLENGE = "5d1c:07";const POW_DIFFICULTY = "4";'
        'const POW_COOKIE_NAME = "cloudpmc-viewer-pow"</script><p>Preparing to download ...</p>'
        f"<!-- {'x' * 1200} -->"
    )
    page = html("Preparing to download ...", body)
    return page.with_headers(Cache_Control="no-store", X_Challenge="pmc-pow")


def _openreview() -> Answer:
    error = {
        "name": "ChallengeRequiredError",
        "message": "Challenge verification is required",
        "status": 403,
        "details": {},
    }
    return as_json(error, 403)


def _incapsula() -> Answer:
    body = (
        '<iframe id="main-iframe" src="/_Incapsula_Resource?SWUDNSAI=31&xinfo=0-1">'
        "Request unsuccessful. Incapsula incident ID: 0-1</iframe>"
    )
    return html("", body)


def _as(status: int, make: Callable[[], Answer]) -> Callable[[], Answer]:
    return lambda: replace(make(), status=status)


PAGES: dict[str, Callable[[], Answer]] = {
    "anubis": _anubis,
    "anubis-500": _as(500, _anubis),
    "cloudflare": _cloudflare,
    "cloudflare-200": _as(200, _cloudflare),
    "cloudflare-1015": _too_many,
    "fastly": _fastly,
    "pmc-pow": _preparing,
    "openreview": _openreview,
    "incapsula": _incapsula,
    "incapsula-403": _as(403, _incapsula),
}
