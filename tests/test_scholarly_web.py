"""The stand-in for the scholarly web keeps what its docstring promises: each way to a paper ends at
its file, each fault and challenge is what it is called, and the check of manners sees bad ones.
"""

import hashlib
import json
from dataclasses import replace
from urllib.parse import quote

import pytest

from litmap.errors import Blocked, NotFound, SlowDown, WebError
from litmap.models import Request
from litmap.text import read_preview
from litmap.web import Limits, WebClient
from litmap.works.sources import (
    arxiv,
    crossref,
    dblp,
    openalex,
    openreview,
    semantic_scholar,
    unpaywall,
)
from tests.scholarly_web import (
    FIELDS,
    KEYS,
    Fault,
    as_json,
    challenges,
    faults,
    papers,
    politeness,
    work,
)
from tests.scholarly_web.log import Entry
from tests.scholarly_web.server import GROUPS

LIMITS = Limits(attempts=1, backoff=0.01, patience=1, file=3_000_000, page=1_000_000)
IMPATIENT = replace(
    LIMITS, idle=0.5, total=3.0, download_total=3.0, slowest=4000.0, grace=0.4
)  # for faults that are slow on purpose: on a busy machine all answers are slow
PACES = dict.fromkeys(GROUPS, 0)


@pytest.fixture
def client(scholarly_web, tmp_path):
    with WebClient("ann@lab.org", tmp_path / "state", PACES, limits=LIMITS) as client:
        yield client


def get(client, url, **headers):
    return client.get(Request(url, {k.replace("_", "-"): v for k, v in headers.items()}))


def data(client, url, **headers):
    return json.loads(get(client, url, **headers).body)


def pmc(name):
    return f"https://pmc-oa-opendata.s3.amazonaws.com/{name}"


# ── the services ─────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("source", "request_", "key"),
    [
        (arxiv, arxiv.request_for(["1706.99001"]), "orchard"),
        (arxiv, arxiv.request_for_titles(["Sundials as Optimisers"]), "recalled"),
        (arxiv, arxiv.request_for_people(["Halvorsen", "Adeyemi"], 2019), "moonlit"),
        (arxiv, arxiv.request_for_people(["van der Brugh"], 2017), "orchard"),
        (crossref, crossref.request_for("10.3390/w99010001"), "reeds"),
        (crossref, crossref.request_for_reference("Reed beds and nitrogen", "Solhaug", 2020), "reeds"),
        (crossref, crossref.request_for_people("Quist Attleborough", "bats feeding", 2021), "bats"),
        (crossref, crossref.request_for_pii("S9999999919990003"), "rounds"),
        (openalex, openalex.request_for("doi", ["10.1002/slr.990001"]), "salt"),
        (openalex, openalex.request_for("doi", ["10.48550/arxiv.1706.99001"]), "orchard"),
        (openalex, openalex.request_for_titles(["Market Days in Small Ports"]), "eggs"),
        (openalex, openalex.request_for_people(["Keldwyn", "Tamburlane"], 2023), "lantern"),
        (unpaywall, unpaywall.request_for("10.1007/s99999-016-0002-3", "a@lab.org"), "rivers"),
        (semantic_scholar, semantic_scholar.request_for("DOI:10.3386/w99901"), "toll"),
        (semantic_scholar, semantic_scholar.request_for_title("Sleeping badly in good hotels"), "sleep"),
        (dblp, dblp.request_for("Lantern Attention for Very Long Evenings"), "lantern"),
        (openreview, openreview.request_for("zZskStairs1"), "staircases"),
    ],
)  # fmt: skip
def test_each_source_that_litmap_asks_knows_its_works(client, source, request_, key):
    records = source.parse(client.get(request_).body)
    assert work(key).title in [record.title for record in records]
    found = next(record for record in records if record.title == work(key).title)
    assert found.year == work(key).year and len(found.authors) == len(work(key).authors)


ROUTES = [
    ("orchard", "https://export.arxiv.org/pdf/1706.99001v3"),
    ("recalled", "https://arxiv.org/pdf/1804.99003v1"),
    ("ferries", "https://jmlr.org/papers/volume1/castellane01a/castellane01a.pdf"),
    ("gravel", "https://raw.githubusercontent.com/mlresearch/v235/main/assets/ostrowe24a/ostrowe24a.pdf"),
    ("lantern", "https://repository.example.org/items/lantern.pdf"),
    ("staircases", "https://openreview.net/pdf?id=zZskStairs1"),
    ("staircases", f"https://proceedings.iclr.cc/paper_files/paper/2025/file/{'99ab' * 8}-Paper-Conference.pdf"),
    ("weirs", f"https://proceedings.neurips.cc/paper_files/paper/2022/file/{'99ab' * 8}-Paper-Conference.pdf"),
    ("kites", "https://web.archive.org/web/20120304050607id_/http://people.example.edu/~ossory/kites.pdf"),
    ("reeds", pmc("PMC99000001.1/PMC99000001.1.pdf")),
    ("reeds", "https://www.mdpi.com/2073-4441/99/1/1/pdf"),
    ("rounds", "https://europepmc.org/articles/PMC99000003?pdf=render"),
    ("beetle-preprint", "https://www.biorxiv.org/content/10.64898/2026.01.05.999001v2.full.pdf"),
    ("ybco", "https://hal.science/hal-99000001/document"),
    ("salt", f"https://content.openalex.org/works/OPENALEX.pdf?api_key={KEYS['openalex']}"),
    ("toll", "https://www.nber.org/system/files/working_papers/w99901/w99901.pdf"),
    ("eggs", "https://www.econstor.eu/bitstream/10419/999001/1/eggs.pdf"),
    ("bridges", "https://hal.science/hal-99000002/file/bridges.pdf"),
    ("rivers", "https://eprints.example.org/download?id=42&name=Br%C3%BCcken"),
    ("sleep", "https://osf.io/download/99f11ezz9aa/"),
    ("bells", "https://zenodo.org/api/records/99900001/files/bells.pdf/content"),
    ("hedges", "https://core.ac.uk/download/990001.pdf"),
    ("timetables", "https://scholarship.example.edu/timetables/file.pdf"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "url"), ROUTES)
def test_each_route_ends_at_the_works_own_file(client, scholarly_web, tmp_path, key, url):
    if "OPENALEX" in url:
        listed = data(client, "https://api.openalex.org/works/doi:10.1002/slr.990001")
        url = url.replace("OPENALEX", listed["id"].rpartition("/")[2])
        assert listed["content_urls"]["pdf"] == url.partition("?")[0]
    got = client.download(url, tmp_path / "paper.part")
    known = {hashlib.sha256(papers.pdf(work(key), n)).hexdigest() for n in range(4)}
    assert got.sha256 in known
    assert work(key).title.split()[0].lower() in read_preview(got.path).text.lower()


def test_every_open_work_has_its_route_tested():
    closed = {"whispers", "bats", "moonlit", "beetle", "bracelets"}  # moonlit as orchard, …
    assert {key for key, _ in ROUTES} | closed == {w.key for w in FIELDS}


PAGES = [
    ("https://doi.org/10.1109/tit.2015.9900001", "ieeexplore.ieee.org", ""),
    ("https://doi.org/10.3386/w99901", "www.nber.org", "/w99901.pdf"),
    ("https://doi.org/10.5281/zenodo.99900001", "zenodo.org", "/files/bells.pdf"),
    ("https://doi.org/10.31234/osf.io/zz9aa", "osf.io", "/zz9aa_v1/download/"),
    ("https://doi.org/10.64898/2026.01.05.999001", "www.biorxiv.org", "v2.full.pdf"),
    ("https://doi.org/10.48550/arXiv.1706.99001", "arxiv.org", "/pdf/1706.99001v3"),
    ("https://hdl.handle.net/10419/999001", "www.econstor.eu", "/1/eggs.pdf"),
    ("https://www.ncbi.nlm.nih.gov/pmc/articles/PMC99000001", "pmc.ncbi.nlm.nih.gov", "/pdf/main.pdf"),
    ("https://openreview.net/forum?id=zZskStairs1", "openreview.net", "/pdf?id=zZskStairs1"),
    ("https://proceedings.mlr.press/v235/ostrowe24a.html", "proceedings.mlr.press", "/ostrowe24a.pdf"),
]  # fmt: skip


@pytest.mark.parametrize(("url", "host", "names"), PAGES)
def test_each_page_names_its_file_or_none(client, url, host, names):
    answer = get(client, url)
    assert answer.url.split("/")[2] == host
    named = b"citation_pdf_url" in answer.body
    assert named is bool(names) and names.encode() in answer.body


def test_the_id_converter_takes_200_ids_of_one_kind(client):
    base = "https://pmc.ncbi.nlm.nih.gov/tools/idconv/api/v1/articles/?format=json&ids="
    found = data(client, f"{base}10.3390/w99010001,10.9999/none&idtype=doi")["records"]
    assert found[0]["pmcid"] == "PMC99000001" and found[1]["status"] == "error"
    assert data(client, f"{base}99000002")["records"][0]["doi"].startswith("10.1186/")
    for refused in (",".join(["1"] * 201), "99000001,10.3390/w99010001"):
        with pytest.raises(WebError, match="400"):
            get(client, base + refused)


def test_the_bucket_says_which_files_an_article_has(client):
    listing = get(client, pmc("?list-type=2&prefix=metadata/PMC99000002.")).body
    assert b"<Key>metadata/PMC99000002.1.json</Key>" in listing
    meta = data(client, pmc("metadata/PMC99000002.1.json"))
    assert meta["pdf_url"] is None and meta["xml_url"].startswith(
        "s3://pmc-oa-opendata/PMC99000002.1/"
    )
    assert b"<sec id=" in get(client, pmc("PMC99000002.1/PMC99000002.1.xml")).body
    with pytest.raises(NotFound):  # an author's manuscript is not in the open subset
        get(client, pmc("metadata/PMC99000003.1.json"))


def test_europe_pmc_reads_its_query_language(client):
    base = "https://www.ebi.ac.uk/europepmc/webservices/rest"

    def ask(query):
        url = f"{base}/search?query={quote(query)}&resultType=core&format=json"
        return data(client, url)["resultList"]["result"]

    both = ask('DOI:"10.3390/w99010001" OR EXT_ID:99000003 AND SRC:MED')
    assert {r["pmid"] for r in both} == {"99000001", "99000003"}
    urls = both[0]["fullTextUrlList"]["fullTextUrl"]
    assert ("pdf", "OA") in {(u["documentStyle"], u["availabilityCode"]) for u in urls}
    assert ask('TITLE:"tidal clocks" AND SRC:PPR')[0]["doi"] == "10.64898/2026.01.05.999001"
    assert b"<body>" in get(client, f"{base}/PMC99000002/fullTextXML").body
    with pytest.raises(NotFound):
        get(client, f"{base}/PMC99000003/fullTextXML")


def test_the_other_services_answer_by_their_own_ids(client):
    details = data(
        client, "https://api.biorxiv.org/details/biorxiv/10.64898/2026.01.05.999001/na/json"
    )
    assert details["collection"][-1]["published"] == "10.1371/journal.pbio.9900001"
    hal = data(
        client,
        "https://api.archives-ouvertes.fr/search/?q=doiId_s:%2210.1021/acs.jpcc.9b99001%22&fl=halId_s,fileMain_s&wt=json",
    )
    assert hal["response"]["docs"] == [
        {"halId_s": "hal-99000001", "fileMain_s": "https://hal.science/hal-99000001/document"}
    ]
    cited = data(client, "https://api.datacite.org/dois/10.5281/zenodo.99900001")
    assert cited["data"]["attributes"]["url"] == "https://zenodo.org/records/99900001"
    osf = data(client, "https://api.osf.io/v2/preprints/zz9aa/")["data"]
    file = data(client, osf["relationships"]["primary_file"]["links"]["related"]["href"])
    assert file["data"]["links"]["download"] == "https://osf.io/download/99f11ezz9aa/"
    zenodo = data(client, "https://zenodo.org/api/records/99900001")
    assert zenodo["files"][0]["links"]["self"].endswith("/bells.pdf/content")
    kept = data(
        client, "https://archive.org/wayback/available?url=people.example.edu/~ossory/kites.pdf"
    )
    assert kept["archived_snapshots"]["closest"]["timestamp"] == "20120304050607"


def test_keys_are_wanted_where_the_services_want_them(client):
    core = "https://api.core.ac.uk/v3/search/works/?q=doi:%2210.5555/thesis.2014.9%22"
    with pytest.raises(SlowDown):
        get(client, core)
    with WebClient("", client._budget._folder.parent / "other", PACES, limits=LIMITS) as other:
        found = data(other, core, Authorization=f"Bearer {KEYS['core']}")
        assert found["results"][0]["downloadUrl"] == "https://core.ac.uk/download/990001.pdf"
    with pytest.raises(Blocked):
        get(client, "https://content.openalex.org/works/W1.pdf")


def test_crossref_tells_the_limit_of_lists_and_of_single_works(client):
    single = get(client, "https://api.crossref.org/works/10.3390%2Fw99010001").headers
    listed = get(
        client, "https://api.crossref.org/works?filter=doi:10.3390/w99010001,doi:10.3386/w99901"
    )
    assert (single["x-api-pool"], single["x-rate-limit-limit"]) == ("polite", "10")
    assert (listed.headers["x-api-pool"], listed.headers["x-rate-limit-limit"]) == (
        "polite-array",
        "3",
    )
    assert {item["DOI"] for item in json.loads(listed.body)["message"]["items"]} == {
        "10.3390/w99010001",
        "10.3386/w99901",
    }


def test_a_retracted_work_says_so_in_crossrefs_title(client):
    item = data(client, "https://api.crossref.org/works/10.1016/s9999-6736(16)99001-1")["message"]
    assert item["title"] == ["RETRACTED: Copper Bracelets and Recovery after Fracture"]
    assert item["updated-by"][0]["type"] == "retraction"


def test_openalex_counts_the_days_credits(client, scholarly_web):
    scholarly_web.credits = 11
    base = "https://api.openalex.org/works"
    free = get(client, f"{base}/doi:10.3386/w99901")
    assert "x-ratelimit-remaining" not in free.headers
    assert get(client, f"{base}?filter=doi:10.3386/w99901").headers["x-ratelimit-remaining"] == "10"
    assert get(client, f"{base}?filter=title.search:bells").headers["x-ratelimit-remaining"] == "0"
    with pytest.raises(WebError) as spent:
        get(client, f"{base}?filter=doi:10.3386/w99901")
    assert "gives nothing more before" in str(spent.value)


def test_works_of_openalexs_expansion_are_shown_when_asked_for(client):
    url = "https://api.openalex.org/works?filter=doi:10.7282/t3-9990-0001"
    assert data(client, url)["results"] == []
    assert (
        data(client, f"{url}&include_xpac=true")["results"][0]["title"] == work("timetables").title
    )


def test_a_withdrawn_version_has_no_file(client):
    with pytest.raises(NotFound):
        get(client, "https://arxiv.org/pdf/1804.99003v2")
    assert b"ltx_title" in get(client, "https://arxiv.org/html/1706.99001v3").body


def test_files_are_sent_again_only_where_they_changed(client, scholarly_web, tmp_path):
    url = "https://export.arxiv.org/pdf/1706.99001v3"
    got = client.download(url, tmp_path / "a.part")
    assert client.download(url, tmp_path / "b.part", etag=got.etag).not_modified
    scholarly_web.faults = [Fault("truncate", times=1, options={"after": 1200})]
    with pytest.raises(WebError):
        client.download(url, tmp_path / "c.part")
    assert client.download(url, tmp_path / "c.part").sha256 == got.sha256
    assert [e.status for e in scholarly_web.log.entries()] == [200, 304, 200, 206]


# ── challenges and faults ────────────────────────────────────────────────────────────────────────
MARKS = {
    "anubis": (200, b"/.within.website/x/"),
    "anubis-500": (500, b"/.within.website/x/"),
    "cloudflare": (403, b"/cdn-cgi/challenge"),
    "cloudflare-200": (200, b"Just a moment..."),
    "cloudflare-1015": (429, b"error code: 1015"),
    "fastly": (200, b"/_fs-ch-"),
    "pmc-pow": (200, b"Preparing to download ..."),
    "openreview": (403, b"ChallengeRequiredError"),
    "incapsula": (200, b"/_Incapsula_Resource"),
    "incapsula-403": (403, b"/_Incapsula_Resource"),
}


def test_every_challenge_has_its_marks():
    pages = {kind: challenges.page_of(kind) for kind in challenges.PAGES}
    assert {k: (p.status, MARKS[k][1]) for k, p in pages.items()} == MARKS
    assert all(MARKS[kind][1] in page.body for kind, page in pages.items())


@pytest.mark.parametrize("name", challenges.HOSTS)
def test_a_host_behind_its_challenge_gives_nothing_else(client, scholarly_web, tmp_path, name):
    urls = {
        "dblp": "https://dblp.org/search/publ/api?q=a",
        "dblp-mirror": "https://dblp.uni-trier.de/search/publ/api?q=a",
        "openreview-api": "https://api2.openreview.net/notes?id=zZskStairs1",
        "openreview": "https://openreview.net/pdf?id=zZskStairs1",
        "biorxiv": "https://www.biorxiv.org/content/10.64898/2026.01.05.999001v2.full.pdf",
        "biorxiv-api": "https://api.biorxiv.org/details/biorxiv/10.64898/2026.01.05.999001/na/json",
        "mdpi": "https://www.mdpi.com/2073-4441/99/1/1/pdf",
        "springer": "https://link.springer.com/article/10.1007/s99999-016-0002-3",
        "core": "https://core.ac.uk/download/990001.pdf",
        "europepmc-pdf": "https://europepmc.org/articles/PMC99000003?pdf=render",
        "ieee": "https://ieeexplore.ieee.org/document/99000001/",
    }
    scholarly_web.challenges = {name}
    try:
        got = client.download(urls[name], tmp_path / "x.part")
    except WebError:
        pass
    else:
        assert got.path is None
    entry = scholarly_web.log.entries()[0]
    assert entry.challenge == challenges.HOSTS[name][2]


HARMLESS = {"pdf-as-octet", "pdf-as-html", "corrupt-pdf", "encrypted-pdf", "wrong-paper"}
SLOW = {"drip", "stall", "stall-body"}
KINDS = sorted({*faults.KINDS, *challenges.PAGES, *faults.CONNECTION_KINDS} - {"empty-results"})


@pytest.mark.parametrize("kind", KINDS)
def test_every_fault_spoils_a_file_while_its_rule_holds(scholarly_web, tmp_path, kind):
    scholarly_web.faults = [Fault(kind, host="jmlr")]
    url = "https://jmlr.org/papers/volume1/castellane01a/castellane01a.pdf"
    right = hashlib.sha256(papers.pdf(work("ferries"))).hexdigest()
    limits = IMPATIENT if kind in SLOW else LIMITS
    with WebClient("", tmp_path / "one", PACES, limits=limits) as client:
        try:
            got = client.download(url, tmp_path / "a.part")
        except WebError:
            assert kind not in HARMLESS
        else:
            assert got.sha256 != right or kind in {"pdf-as-octet", "pdf-as-html"}
    scholarly_web.faults = []
    with WebClient("", tmp_path / "two", PACES, limits=LIMITS) as client:
        assert client.download(url, tmp_path / "b.part").sha256 == right
    assert not any(e.insecure or e.host == "127.0.0.1" for e in scholarly_web.log.entries())


def test_a_drawn_fault_is_drawn_alike_in_every_run():
    def draws(seed):
        rule = Fault("500", probability=0.3, seed=seed)
        return [rule.applies(f"https://a.org/{n}") for n in range(60)]

    assert draws(1) == draws(1) != draws(2)
    assert 6 <= sum(draws(1)) <= 32


def test_an_empty_result_is_a_feed_without_entries(client, scholarly_web):
    scholarly_web.faults = [Fault("empty-results", host="arxiv", times=1)]
    assert arxiv.parse(client.get(arxiv.request_for(["1706.99001"])).body) == []
    assert len(arxiv.parse(client.get(arxiv.request_for(["1706.99001"])).body)) == 1


def test_hosts_that_are_not_part_of_it_cannot_be_reached(client, scholarly_web):
    with pytest.raises(WebError, match="could not reach"):
        get(client, "https://people.example.edu/~ossory/kites.pdf")
    scholarly_web.pages["https://lab.example.org/data.json"] = as_json({"a": 1})
    assert data(client, "https://lab.example.org/data.json") == {"a": 1}


# ── manners ──────────────────────────────────────────────────────────────────────────────────────
def asked(host, path, times, **more):
    return [Entry(t, host, path, **more) for t in times]


IMPOLITE = [
    (asked("export.arxiv.org", "/api/query?id_list=1", (0.0, 2.5)), "arXiv"),
    (asked("export.arxiv.org", "/api/query", [0.0]) + asked("arxiv.org", "/pdf/1", [1.0]), "arXiv"),
    (asked("api.crossref.org", "/works?query=a", (0.0, 0.5)), "Crossref: one list"),
    (asked("api.crossref.org", "/works?mailto=a", (0.0, 0.2, 0.4, 0.6)), "Crossref: three lists"),
    (asked("api.crossref.org", "/works/10.1/a", [n * 0.1 for n in range(6)]), "Crossref: five DOIs"),
    (asked("pmc.ncbi.nlm.nih.gov", "/x", (0.0, 0.2, 0.4, 0.6)), "NCBI"),
    (asked("zenodo.org", "/api/records/1", [n * 0.5 for n in range(61)]), "Zenodo"),
    (asked("dblp.org", "/a", (0.0, 5.0), challenge="anubis-500"), "asked again after its challenge"),
    (asked("a.org", "/a", (0.0, 5.0), status=429, retry_after=10), "Retry-After"),
    (asked("api.openalex.org", "/works?filter=a", (0.0, 99.0), status=429, retry_after=40_000), "Retry-After"),
]  # fmt: skip
POLITE = [
    asked("export.arxiv.org", "/api/query?id_list=1", (0.0, 3.0, 6.01)),
    asked("api.crossref.org", "/works?query=a", (0.0, 1.0, 2.0)),
    asked("api.crossref.org", "/works?mailto=a", (0.0, 0.3, 0.6, 1.0)),
    asked("pmc.ncbi.nlm.nih.gov", "/x", (0.0, 0.34, 0.67, 1.0)),
    asked("dblp.org", "/a", [0.0], challenge="anubis-500") + asked("jmlr.org", "/a", [1.0]),
    asked("a.org", "/a", (0.0, 10.1), status=429, retry_after=10),
    asked("api.openalex.org", "/works?filter=a", [0.0], status=429, retry_after=40_000)
    + asked("api.openalex.org", "/works/W1", [5.0], status=200),
    asked("arxiv.org", "/abs/1", [0.0], status=301) + asked("arxiv.org", "/abs/1v1", [0.1]),
]  # fmt: skip


@pytest.mark.parametrize(("entries", "rule"), IMPOLITE, ids=[rule for _, rule in IMPOLITE])
def test_bad_manners_are_seen(entries, rule):
    assert any(rule in sentence for sentence in politeness.broken_rules(entries))


@pytest.mark.parametrize("entries", POLITE, ids=[e[0].url for e in POLITE])
def test_good_manners_are_not_blamed(entries):
    assert politeness.broken_rules(entries) == []


def test_whoever_breaks_a_rule_is_refused_where_rules_are_enforced(client, scholarly_web):
    scholarly_web.enforce = True
    client.get(arxiv.request_for(["1706.99001"]))
    with pytest.raises(SlowDown):
        client.get(arxiv.request_for(["1706.99001"]))
