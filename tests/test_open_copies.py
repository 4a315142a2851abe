"""Routes to open copies: each work of the stand-in whose known places fail, or that has none, is
fetched by the service that keeps it, asked by what the service tells.
"""

import hashlib
import json
from dataclasses import replace
from functools import partial

import pytest

from litmap import pdfs
from litmap.errors import Blocked, NotFound, Unsafe, WebError
from litmap.models import (
    Citation,
    Download,
    Location,
    Mention,
    PlaceLookup,
    Reference,
    Request,
    Work,
)
from litmap.paths import LibraryPaths
from litmap.pdfs.locations import LookupLocation, PdfLocation, plan_locations
from litmap.text import read_preview
from litmap.web import Limits, WebClient
from litmap.works import place_lookups, resolve
from litmap.works.copies_plan import published_versions, working_papers
from litmap.works.place_lookups import is_public_file
from litmap.works.queries import SourceOptions, openalex_ids, tasks_by_value
from litmap.works.record import Record
from litmap.works.sources import econbiz, europe_pmc, openrxiv, osf, pmc, wayback
from litmap.works.task import open_task
from tests.scholarly_web import KEYS, Answer, papers, work
from tests.scholarly_web.server import GROUPS

NOW = "2026-11-28T12:00:00Z"
LIMITS = Limits(
    connect=3, idle=1, total=4, download_total=4, attempts=2, backoff=0.01, patience=1,
    file=3_000_000, page=1_000_000,
)  # fmt: skip


def cite(title="", ids=(), urls=(), authors=(), year=None):
    mention = Mention("note.md", 3, title, ("Topic",), title, "reference")
    reference = Reference("", title, tuple(authors), year, "", tuple(ids), tuple(urls))
    kind = "reference" if title else "link"
    return Citation(title or f"{ids}{urls}", kind, reference, (mention,), True)


def by_doi(key):
    return cite(ids=[f"doi:{work(key).doi}"])


class Reader:
    """What a reader's refresh would do about one citation."""

    def __init__(self, web, folder):
        self.web, self.folder = web, folder

    def paper(self, citation, contact="reader@lab.org", **keys):
        paths = LibraryPaths(self.folder / "lib")
        store = pdfs.Store(paths.root, paths.pdf, paths.partial, paths.aside)
        paces = dict.fromkeys(GROUPS, 0.0)
        kept = {"content.openalex.org": keys["openalex"]} if "openalex" in keys else {}
        state = self.folder / "state"
        with WebClient(contact, state, paces, limits=LIMITS, keys=kept) as client:
            (found,) = resolve([citation], client, now=NOW, contact=contact, keys=keys)
            self.work = found.work
            (outcome,) = pdfs.fetch(
                [found.work],
                client,
                store=store,
                now=NOW,
                read_preview=read_preview,
                find_lookups=partial(place_lookups, contact=contact),
            )
        self.outcome = outcome
        return outcome.pdf and outcome.pdf.sha256

    def asked(self, host, path=""):
        return len(self.web.log.entries(host, path))


@pytest.fixture
def reader(scholarly_web, tmp_path):
    return Reader(scholarly_web, tmp_path)


def is_file_of(sha256, key):
    return sha256 in {hashlib.sha256(papers.pdf(work(key), n)).hexdigest() for n in range(4)}


# ── biology and medicine ─────────────────────────────────────────────────────────────────────────
def test_a_publisher_behind_a_challenge_is_replaced_by_the_open_bucket(reader, scholarly_web):
    scholarly_web.challenges = {"mdpi", "europepmc-pdf"}
    assert is_file_of(reader.paper(by_doi("reeds")), "reeds")
    assert reader.outcome.reason == "from PubMed Central"
    assert reader.asked("pmc.ncbi.nlm.nih.gov", "/articles/PMC") == 0
    assert scholarly_web.broken_rules() == []


def test_an_authors_manuscript_is_free_at_europe_pmc(reader):
    assert is_file_of(reader.paper(by_doi("rounds")), "rounds")
    assert reader.outcome.reason == "from Europe PMC"


@pytest.mark.parametrize("ident", ["pmid:99000001", "pmcid:PMC99000001"])
def test_ids_of_pubmed_are_looked_up_where_they_are_known(reader, scholarly_web, ident):
    scholarly_web.challenges = {"mdpi", "europepmc-pdf"}
    assert is_file_of(reader.paper(cite(ids=[ident])), "reeds")
    assert f"doi:{work('reeds').doi}" in reader.work.ids
    assert reader.work.abstract == work("reeds").abstract


def test_full_text_as_xml_is_a_place_of_its_own(reader):
    assert reader.paper(by_doi("bats"))
    kinds = {place.kind: place.url for place in reader.work.locations}
    assert kinds["jats"].endswith("/rest/PMC99000002/fullTextXML")
    assert (reader.outcome.pdf.url, reader.outcome.pdf.ending) == (kinds["jats"], ".xml")


def test_ncbi_itself_tells_the_articles_where_europe_pmc_is_down(reader, scholarly_web):
    scholarly_web.challenges = {r"^www\.ebi\.ac\.uk$", r"^api\.openalex\.org$"}
    reader.paper(by_doi("rounds"))
    assert "pmcid:PMC99000003" in reader.work.ids
    (asked,) = scholarly_web.log.entries("pmc.ncbi.nlm.nih.gov", "idconv")
    assert "tool=litmap&email=reader@lab.org" in asked.path.replace("%40", "@")


def test_ids_are_asked_about_many_in_one_request():
    ids = [f"pmid:{n}" for n in range(25)]
    query = europe_pmc.request_for(ids).url
    assert query.count("EXT_ID") == 25 and len(query) < 2000
    assert not europe_pmc.can_ask('doi:10.1/a"b') and not europe_pmc.can_ask("arxiv:1706.03762")
    assert pmc.can_ask("doi:10.1000/a(b)") and not pmc.can_ask("doi:10.1000/a,b")


def test_the_newest_version_in_the_bucket_is_taken():
    keys = ["PMC1.9/PMC1.9.pdf", "PMC1.10/PMC1.10.xml", "PMC1.10/PMC1.10.pdf", "PMC1.10/table.pdf"]
    rows = "".join(f"<Contents><Key>{key}</Key></Contents>" for key in keys)
    found = pmc.parse_files(f"<ListBucketResult>{rows}</ListBucketResult>".encode())
    assert [(at.kind, at.url.rpartition("/")[2]) for at in found] == [
        ("pdf", "PMC1.10.pdf"),
        ("jats", "PMC1.10.xml"),
    ]
    assert pmc.parse_files(b"<ListBucketResult></ListBucketResult>") == []
    with pytest.raises(WebError, match="no listing"):
        pmc.parse_files(b"<html>")


# ── repositories ─────────────────────────────────────────────────────────────────────────────────
def test_a_deposit_at_hal_is_found_by_the_doi_of_a_closed_paper(reader, scholarly_web):
    scholarly_web.challenges = {r"^api\.openalex\.org$", r"^api\.unpaywall\.org$"}
    assert is_file_of(reader.paper(by_doi("ybco")), "ybco")
    assert "hal:hal-99000001" in reader.work.ids


def test_a_deposit_without_doi_is_found_at_hal_by_its_title(reader, scholarly_web):
    scholarly_web.challenges = {r"^api\.openalex\.org$"}
    bridges = work("bridges")
    citation = cite(bridges.title, authors=bridges.authors, year=bridges.year)
    assert is_file_of(reader.paper(citation), "bridges")


def test_core_is_asked_by_those_who_have_a_key(reader):
    assert reader.paper(by_doi("hedges")) is None
    assert reader.asked("api.core.ac.uk") == 0


@pytest.mark.parametrize("named", ["doi", "title"])
def test_core_gives_a_thesis(reader, scholarly_web, named):
    hedges = work("hedges")
    if named == "title":
        scholarly_web.challenges = {r"^api\.(openalex|crossref)\.org$"}
    by_title = cite(hedges.title, authors=hedges.authors, year=hedges.year)
    citation = by_doi("hedges") if named == "doi" else by_title
    assert is_file_of(reader.paper(citation, core=KEYS["core"]), "hedges")
    assert reader.outcome.reason == "from CORE"


def test_openalex_gives_the_files_that_it_keeps_for_a_key(reader):
    assert is_file_of(reader.paper(by_doi("salt"), openalex=KEYS["openalex"]), "salt")
    assert reader.outcome.reason == "from OpenAlex"
    assert "key" not in reader.outcome.pdf.url


def test_without_a_key_the_files_of_openalex_are_no_place(reader):
    assert reader.paper(by_doi("salt")) is None
    assert reader.asked("content.openalex.org") == 0


def test_a_key_is_sent_to_its_own_host_alone(reader, scholarly_web):
    reader.paper(by_doi("salt"), openalex=KEYS["openalex"])
    told = {e.host for e in scholarly_web.log.entries("") if "authorization" in e.headers}
    assert told == {"api.openalex.org", "content.openalex.org"}


@pytest.mark.parametrize("named", ["doi", "title"])
def test_theses_in_openalexs_expansion_are_found(reader, named):
    thesis = work("timetables")
    by_title = cite(thesis.title, authors=thesis.authors, year=thesis.year)
    citation = by_doi("timetables") if named == "doi" else by_title
    assert is_file_of(reader.paper(citation), "timetables")


def test_where_openalex_knows_no_expansion_its_core_is_asked(scholarly_web):
    tasks = [open_task(cite(ids=[f"doi:10.1/{n}"])) for n in range(2)]
    wanted = tasks_by_value(tasks, lambda task: task.ids)
    (query,) = openalex_ids(wanted, SourceOptions())
    assert "corpus=all" in query.request.url and len(query.tasks) == 2
    (plain,) = query.split()
    assert "corpus" not in plain.request.url and len(plain.tasks) == 2
    assert [len(half.tasks) for half in plain.split()] == [1, 1]


# ── archives that keep works under ids of their own ──────────────────────────────────────────────
@pytest.mark.parametrize(
    ("key", "reason"),
    [("bells", "from Zenodo"), ("sleep", "from OSF"), ("toll", "from NBER")],
)
def test_the_keepers_of_a_doi_give_its_file(reader, key, reason):
    assert is_file_of(reader.paper(by_doi(key)), key)
    assert reader.outcome.reason == reason
    assert reader.asked("doi.org") == 0


def test_a_preprint_whose_address_leads_nowhere_is_had_by_the_osfs_api(reader, scholarly_web):
    scholarly_web.pages["https://osf.io/zz9aa/download"] = Answer(404)
    assert is_file_of(reader.paper(by_doi("sleep")), "sleep")
    assert reader.outcome.reason == "from OSF"
    assert reader.asked("api.osf.io") == 2


@pytest.mark.parametrize(
    "related",
    [
        {"href": "https://files.example.org/v2/files/f1/"},  # another host is not asked
        {"href": "http://127.0.0.1/"},
        {},
        None,
        "https://api.osf.io/v2/files/f1/",
    ],
)
def test_only_the_osf_itself_is_asked_about_its_files(related):
    file = {"links": {"related": related}}
    body = {"data": {"relationships": {"primary_file": file}}}
    assert osf.file_request(json.dumps(body).encode()) is None


@pytest.mark.parametrize(
    ("name", "count"), [("Sleep.PDF", 1), ("sleep.docx", 0), (None, 0), ("data.pdf.zip", 0)]
)
def test_a_preprints_file_that_is_no_pdf_is_no_place(name, count):
    links = {"download": "https://osf.io/download/f1/"}
    body = {"data": {"attributes": {"name": name}, "links": links}}
    assert len(osf.parse(json.dumps(body).encode())) == count


PAPER = Record(
    "Crossref",
    "Why do village funds last? Evidence from twelve rounds",
    ("Amina Noor", "Karl Dietz"),
    2018,
    ids=("doi:10.2139/ssrn.4990001",),
)
ECONBIZ = {
    "title": "Why Do Village Funds Last? Evidence from Twelve Rounds",
    "creator": ["Noor, Amina", "Dietz, Karl"],
    "date": ["May 2018"],
    "identifier_url": [
        "http://hdl.handle.net/10419/299901",
        "https://www.econstor.eu/bitstream/10419/299901/1/funds.pdf",
    ],
}


def econbiz_answer(*hits):
    return json.dumps({"hits": {"total": len(hits), "hits": list(hits)}}).encode()


def paper_at_ssrn(**options):
    task = open_task(cite(PAPER.title, ids=PAPER.ids), **options)
    task.by_id.append(PAPER)
    return task


@pytest.mark.parametrize("hit", [ECONBIZ, {"_source": ECONBIZ}])
def test_a_paper_at_ssrn_is_looked_for_among_the_working_papers(hit):
    task = paper_at_ssrn()
    (query,) = working_papers([task], SourceOptions())
    assert "village+funds" in query.request.url
    other = {**ECONBIZ, "title": "Why do village banks fail?", "creator": ["Noor, Amina"]}
    query.deliver(task, econbiz.parse(econbiz_answer(other, hit)))
    places = {at.url: (at.kind, at.access) for at in task.resolution(NOW).work.locations}
    assert places == {
        "http://hdl.handle.net/10419/299901": ("landing", "open"),
        "https://www.econstor.eu/bitstream/10419/299901/1/funds.pdf": ("pdf", "open"),
    }


def test_no_other_work_is_looked_for_there_and_no_title_is_told_that_may_not_be():
    other = open_task(cite("Sand", ids=["doi:10.5555/sand"]))
    other.by_id.append(Record("Crossref", "Sand", ids=("doi:10.5555/sand",)))
    assert working_papers([other], SourceOptions()) == []
    assert working_papers([paper_at_ssrn(lookups="none")], SourceOptions()) == []


@pytest.mark.parametrize(
    "hit",
    [
        {**ECONBIZ, "identifier_url": None, "date": None, "creator": "Noor, Amina"},
        {**ECONBIZ, "identifier_url": "ftp://x/y.pdf", "date": ["n.d."]},
        {"title": None},
        {},
        "x",
    ],
)
def test_answers_of_other_shapes_name_no_place(hit):
    assert all(record.locations == () for record in econbiz.parse(econbiz_answer(hit)))


def test_econstor_names_the_file_of_its_handle(reader):
    citation = cite(urls=["https://www.econstor.eu/handle/10419/999001"])
    assert is_file_of(reader.paper(citation), "eggs")


def test_a_preprint_behind_a_challenge_is_had_as_published(reader, scholarly_web):
    scholarly_web.challenges = {"biorxiv", r"^api\.crossref\.org$"}
    assert is_file_of(reader.paper(by_doi("beetle-preprint")), "beetle")
    assert reader.outcome.reason in {"from PubMed Central", "from Europe PMC"}


def test_a_preprint_without_known_copy_is_asked_about_unless_its_other_doi_is_known():
    citation = by_doi("beetle-preprint")
    task = open_task(citation)
    task.by_id.append(Record("Crossref", work("beetle-preprint").title, ids=citation.reference.ids))
    (query,) = published_versions([task], SourceOptions())
    assert query.source == "bioRxiv"
    task.by_id[0] = replace(task.by_id[0], ids=("doi:10.1/other", *citation.reference.ids))
    assert published_versions([task], SourceOptions()) == []


def test_a_known_copy_that_is_refused_is_looked_for_in_pubmed_central(reader, scholarly_web):
    scholarly_web.challenges = {"mdpi", "europepmc-pdf", r"^api\.openalex\.org$"}
    assert is_file_of(reader.paper(by_doi("reeds")), "reeds")


@pytest.mark.parametrize(
    ("doi", "server"),
    [
        ("10.64898/2026.01.05.999001", "biorxiv"),
        ("10.1101/2020.12.01.20240001", "medrxiv"),
        ("10.1101/059901", "biorxiv"),
        ("10.1101/gr.999001.114", ""),
        ("10.1371/journal.pbio.9900001", ""),
    ],
)
def test_preprints_are_told_from_journals_of_their_prefix(doi, server):
    assert openrxiv.can_ask(doi) is bool(server)
    if server:
        assert f"/details/{server}/{doi}/" in openrxiv.request_for(doi).url


# ── dead addresses ───────────────────────────────────────────────────────────────────────────────
KITES = work("kites").dead[0]


def test_a_dead_file_of_the_notes_comes_from_the_archive(reader):
    citation = cite(work("kites").title, urls=[KITES], authors=["Fergus Ossory"], year=2003)
    assert is_file_of(reader.paper(citation), "kites")
    assert reader.outcome.pdf.url == f"https://web.archive.org/web/20120304050607id_/{KITES}"
    assert reader.outcome.reason == "from the Wayback Machine"


def test_the_archive_is_not_asked_about_a_file_that_is_there(reader):
    file = work("lantern").files[0]
    assert is_file_of(reader.paper(cite(work("lantern").title, urls=[file])), "lantern")
    assert reader.asked("archive.org") == 0


@pytest.mark.parametrize(
    "closest",
    [
        None,
        {"url": "http://web.archive.org/web/2012/http://a.org/x.pdf", "available": False},
        {"url": "http://elsewhere.org/x.pdf", "available": True, "status": "200"},
        {
            "url": "http://web.archive.org/web/2012/http://a.org/x.pdf",
            "available": True,
            "status": "404",
        },
    ],
)
def test_only_whole_copies_of_the_archive_count(closest):
    body = {"archived_snapshots": {"closest": closest} if closest else {}}
    assert wayback.parse(json.dumps(body).encode()) == []


@pytest.mark.parametrize(
    ("url", "is_public"),
    [
        ("http://people.example.edu/~a/kites.pdf", True),
        ("http://fileserver/plans/secret.pdf", False),
        ("https://wiki.lab.internal/secret.pdf", False),
        ("http://10.0.0.3/secret.pdf", False),
        ("https://ann:word@example.org/secret.pdf", False),
        ("https://example.org/secret.pdf?token=abc", False),
        ("https://example.org/page", False),
        ("http://[::1/x.pdf", False),
    ],
)
def test_no_archive_is_told_of_an_address_that_may_be_private(url, is_public):
    assert is_public_file(url) is is_public


# ── the order, and what becomes of it ────────────────────────────────────────────────────────────
def lookup(name, places=(), *, is_own=False, replaces=""):
    url = f"https://{name}.example.org/"
    answer = [Location(place, "pdf", name, "open") for place in places]
    return PlaceLookup(name, Request(url), lambda response: answer, is_own, replaces)


class Web:
    """A client from memory: `files` by address, errors for the others."""

    def __init__(self, files, error=None):
        self.files, self.error, self.order = files, error or NotFound("not there"), []

    def get(self, request):
        self.order.append(request.url)
        if "down" in request.url:
            raise WebError("down", transient=True)

    def download(self, url, partial, *, etag="", last_modified="", limit=None):
        self.order.append(url)
        if url not in self.files:
            raise self.error
        body = self.files[url]
        partial.write_bytes(body)
        return Download(url, 200, {}, partial, len(body), hashlib.sha256(body).hexdigest())


def fetch_one(work_, web, lookups, folder):
    paths = LibraryPaths(folder / "lib")
    store = pdfs.Store(paths.root, paths.pdf, paths.partial, paths.aside)
    (outcome,) = pdfs.fetch([work_], web, store=store, now=NOW, find_lookups=lambda _: lookups)
    return outcome


WORK = Work("doi:10.1/x", "A title", ids=("doi:10.1/x",), urls=("https://a.org/x.pdf",))


def test_services_with_an_id_of_the_work_come_after_files_and_before_pages():
    plan = plan_locations(WORK, [lookup("other"), lookup("own", is_own=True)])
    kinds = [at.source if isinstance(at, LookupLocation) else at.url for at in plan]
    assert kinds == ["https://a.org/x.pdf", "own", "https://doi.org/10.1/x", "other"]
    assert all(isinstance(at, PdfLocation | LookupLocation) for at in plan)


def test_nobody_is_asked_where_a_known_file_is_there(tmp_path):
    web = Web({"https://a.org/x.pdf": b"%PDF-1"})
    assert fetch_one(WORK, web, [lookup("own", is_own=True)], tmp_path).status == "fetched"
    assert web.order == ["https://a.org/x.pdf"]


def test_what_a_service_names_is_tried_at_once(tmp_path):
    web = Web({"https://b.org/y.pdf": b"%PDF-1"})
    asked = [lookup("own", ["https://b.org/y.pdf"], is_own=True)]
    outcome = fetch_one(WORK, web, asked, tmp_path)
    assert (outcome.status, outcome.reason) == ("fetched", "from own")
    assert web.order == ["https://a.org/x.pdf", "https://own.example.org/", "https://b.org/y.pdf"]


@pytest.mark.parametrize(
    ("error", "is_asked"),
    [
        (NotFound("gone", status=410), True),
        (WebError("no such host"), True),
        (Blocked("for subscribers", status=403), False),
        (WebError("the proxy cannot reach it", status=502), True),
        (Unsafe("a host inside the network"), False),
    ],
)
def test_an_archive_is_asked_only_about_what_is_gone(tmp_path, error, is_asked):
    web = Web({}, error)
    fetch_one(WORK, web, [lookup("archive", replaces="https://a.org/x.pdf")], tmp_path)
    assert ("https://archive.example.org/" in web.order) is is_asked


@pytest.mark.parametrize(("is_own", "status"), [(False, "metadata-only"), (True, "failed")])
def test_only_a_service_that_keeps_the_work_is_worth_another_try(tmp_path, is_own, status):
    outcome = fetch_one(WORK, Web({}), [lookup("down", is_own=is_own)], tmp_path)
    assert outcome.transient is is_own and outcome.status in {status, "failed"}
