"""The example library: typeset as its sources say, and served in the shapes that the real readers
understand.
"""

from __future__ import annotations

import json
import re
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from examples import MANIFEST, NOTES, PAPERS, figures, make_papers, server
from examples.answers import Shelf, answer
from litmap.models import Request

WORKS = json.loads(MANIFEST.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def web() -> Iterator[dict[str, str]]:
    with server.serve() as environment:
        yield environment


def get(environment: dict[str, str], url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    context = ssl.create_default_context(cafile=environment["SSL_CERT_FILE"])
    proxies = {"http": environment["HTTP_PROXY"], "https": environment["HTTPS_PROXY"]}
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler(proxies), urllib.request.HTTPSHandler(context=context)
    )
    try:
        with opener.open(urllib.request.Request(url, headers=headers), timeout=120) as response:
            return response.status, dict(response.headers), response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, dict(error.headers), error.read()


def test_every_paper_is_there_and_no_other_file() -> None:
    wanted = {w["file"] for w in WORKS if w["file"]}
    assert {p.name for p in PAPERS.glob("*.pdf")} == wanted
    assert len(wanted) >= 24
    assert sum(p.stat().st_size for p in PAPERS.glob("*.pdf")) < 3_000_000


def test_papers_carry_their_titles_and_cite_works_of_the_manifest() -> None:
    pymupdf = pytest.importorskip("pymupdf")
    titles = {re.sub(r"\W+", "", w["title"].lower()) for w in WORKS}
    for work in WORKS:
        if not work["file"]:
            continue
        with pymupdf.open(PAPERS / work["file"]) as document:
            assert 2 <= len(document) <= 4
            text = re.sub(
                r"\W+", "", "".join(page.get_text() for page in document).lower().replace("-\n", "")
            )
        assert re.sub(r"\W+", "", work["title"].lower()) in text
        references = text.rpartition("references")[2]
        assert sum(title in references for title in titles) >= 1


def test_identifiers_cannot_be_real() -> None:
    """arXiv counts from 1, so number 0 of any month belongs to nobody; 10.5555 is the test prefix
    of DOIs.
    """
    for work in WORKS:
        assert re.fullmatch(r"\d{4}\.00000", work.get("arxiv", "1401.00000"))
        assert work.get("doi", "10.5555/litmap.").startswith("10.5555/litmap.")
        assert all(".example.org/" in url for url in work.get("urls", []))


def test_the_typesetter_is_deterministic() -> None:
    pytest.importorskip("typst")
    works = {w["key"]: w for w in WORKS}
    for key in ("brindlewood2019two", "ottersby2019lazy"):
        assert make_papers.typeset(works[key], works) == (PAPERS / works[key]["file"]).read_bytes()


def test_mathematics_keeps_words_and_splits_products() -> None:
    assert make_papers.mathematics("risk = σ^2 d / (n − d)").startswith(' "risk"  = σ^2 d')
    assert make_papers.mathematics("αuv") == "α u v"
    assert make_papers.mathematics("||A||^2") == "norm(A)^2"


def test_figures_are_drawn_for_every_text() -> None:
    texts = "\n".join(
        p.read_text(encoding="utf-8") for p in (MANIFEST.parent / "texts").glob("*.txt")
    )
    for name in re.findall(r"^!([\w-]+) \|", texts, re.M):
        assert "polyline" in figures.svg(name) or "circle" in figures.svg(name)


def test_double_descent_follows_the_formula() -> None:
    assert figures.risk(0.5, 1.0, 0.25) == pytest.approx(0.25)
    assert figures.risk(2.0, 1.0, 0.25) == pytest.approx(0.75)


def test_the_notes_cite_what_the_manifest_has() -> None:
    text = "\n".join(p.read_text(encoding="utf-8") for p in NOTES.iterdir())
    cited = [
        w
        for w in WORKS
        if any(w.get(k) and w[k] in text for k in ("arxiv", "doi", "openreview", "pmlr"))
    ]
    assert len(cited) >= 24
    assert not any(w["key"] in text for w in WORKS if w["key"].startswith("decoy"))


def test_hosts_answer_over_tls_with_a_certificate_of_their_own(web: dict[str, str]) -> None:
    status, headers, body = get(web, "https://arxiv.org/pdf/1904.00000v1")
    assert (status, headers["Content-Type"], body[:5]) == (200, "application/pdf", b"%PDF-")
    assert (
        get(web, "https://arxiv.org/pdf/1904.00000", **{"If-None-Match": headers["ETag"]})[0] == 304
    )
    status, part, tail = get(web, "https://arxiv.org/pdf/1904.00000", Range="bytes=100-199")
    assert (status, part["Content-Range"]) == (206, f"bytes 100-199/{len(body)}")
    assert tail == body[100:200]


def test_without_the_authority_nothing_is_believed(web: dict[str, str]) -> None:
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({"https": web["HTTPS_PROXY"]}),
        urllib.request.HTTPSHandler(context=ssl.create_default_context()),
    )
    with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
        opener.open("https://arxiv.org/abs/1904.00000", timeout=120)


def test_hosts_outside_the_demo_are_refused(web: dict[str, str]) -> None:
    with pytest.raises(OSError, match="502"):
        get(web, "https://example.com/")


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("https://publisher.example.org/qst/2020/21.pdf", 403),
        ("https://publisher.example.org/qst/2020/21", 200),
        ("https://doi.org/10.5555/litmap.tss.2018.7", 200),
        ("https://doi.org/10.5555/nobody", 404),
        ("https://arxiv.org/abs/1904.00001", 404),
        ("https://arxiv.org/pdf/1612.00000", 404),
        ("https://api.unpaywall.org/v2/10.5555/litmap.tss.2018.7", 422),
        ("http://lab.example.org/papers/nothing.pdf", 404),
    ],
)
def test_what_is_not_given_says_so(web: dict[str, str], url: str, status: int) -> None:
    assert get(web, url)[0] == status


def test_a_damaged_and_a_wrong_file_are_served_on_purpose(web: dict[str, str]) -> None:
    assert b"damaged" in get(web, "https://arxiv.org/pdf/1711.00000")[2]
    wrong = get(web, "https://repository.example.org/items/particles2018.pdf")[2]
    assert wrong == (PAPERS / "ambleforth2014ridge.pdf").read_bytes()


def test_the_real_parsers_read_the_answers() -> None:
    sources = pytest.importorskip("litmap.works.sources")
    assert sources
    from litmap.works.sources import arxiv, crossref, dblp, landing, openalex, openreview, unpaywall

    shelf = Shelf.load()

    def body(request: Request) -> bytes:
        parts = urlsplit(request.url)
        found = answer(shelf, parts.hostname or "", parts.path, dict(parse_qsl(parts.query)))
        assert found is not None
        return found.body

    title = "Squeezing the Input: The Information Bottleneck View of Deep Layers"
    assert [r.ids for r in arxiv.parse(body(arxiv.request_for(["1904.00000"])))] == [
        ("arxiv:1904.00000",)
    ]
    assert [r.title for r in arxiv.parse(body(arxiv.request_for_titles([title])))] == [title]
    assert [r.title for r in dblp.parse(body(dblp.request_for(title)))] == [title]
    found = crossref.parse(
        body(crossref.request_for_reference("Margins Before Parameters", "Wrenfold", 2017))
    )
    assert [r.year for r in found] == [2017, 2018], (
        "the work and a comment on it: a client must tell them apart"
    )
    (record,) = openalex.parse(body(openalex.request_for("doi", ["10.5555/litmap.tss.2018.7"])))
    assert record.abstract.startswith("In a deterministic network")
    (note,) = openreview.parse(body(openreview.request_for("LmapDemo01")))
    assert note.year == 2021
    (paid,) = unpaywall.parse(
        body(unpaywall.request_for("10.5555/litmap.qst.2020.21", "reader@example.org"))
    )
    assert not paid.locations
    url = "https://repository.example.org/items/windrow2018"
    assert landing.pdf_urls(body(landing.request_for(url)), url) == [f"{url}.pdf"]


def test_the_environment_leads_to_loopback_only(web: dict[str, str]) -> None:
    assert web["HTTPS_PROXY"].startswith("http://127.0.0.1:")
    assert "arxiv=0" in web["LITMAP_REQUEST_INTERVALS"]
    left = {p.name for p in Path(web["SSL_CERT_FILE"]).parent.iterdir()}
    assert left == {"authority.pem"}, "no private key is left on disk"
