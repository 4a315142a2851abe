"""The whole way from citation to PDF against the stand-in for the scholarly web, with every kind of
fault.
"""

import dataclasses
import hashlib
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections import Counter
from pathlib import Path

import pytest

from litmap import pdfs
from litmap.models import Citation, Mention, Reference
from litmap.paths import LibraryPaths
from litmap.text import read_preview
from litmap.web import Limits, WebClient
from litmap.works import merge, newest_versions, resolve
from tests import mirror as stand_in

pytestmark = pytest.mark.skipif(
    not stand_in.MIRROR.is_dir(), reason="the stand-in for the scholarly web is not here"
)

NOW = "2026-11-20T12:00:00Z"
FAST = {
    "default": 0,
    "arxiv": 0,
    "crossref": 0,
    "openalex": 0,
    "dblp": 0,
    "s2": 0,
    "openreview": 0,
    "unpaywall": 0,
}
LIMITS = Limits(
    connect=3, idle=0.7, total=4, download_total=4, slowest=4000, grace=0.6, attempts=3, backoff=0.02, patience=3,
    file=3_000_000, page=1_000_000,
)  # fmt: skip


@pytest.fixture(scope="module")
def mirror(tmp_path_factory):
    with stand_in.serve(tmp_path_factory.mktemp("mirror")) as running:
        yield running


@pytest.fixture
def web(mirror, monkeypatch, tmp_path):
    """A client that sees the stand-in as the web."""
    for name, value in mirror.info["env"].items():
        monkeypatch.setenv(name, value)
    mirror.faults([])
    with WebClient("ann@lab.org", tmp_path / "state", FAST, limits=LIMITS) as client:
        yield client
    mirror.faults([])


def cite(key, title="", *, ids=(), urls=(), authors=(), year=None, kind="reference", sure=True):
    mention = Mention("note.md", 3, title or key, ("Topic",), title or key, kind)
    return Citation(
        key,
        kind,
        Reference("", title, authors, year, "", tuple(ids), tuple(urls)),
        (mention,),
        sure,
    )


CITATIONS = [
    cite("lattice", ids=["arxiv:1706.90762"]),
    cite(
        "tides",
        "Tidal Normalization for Very Deep Networks",
        authors=("Ota", "Lindgren"),
        year=2019,
    ),
    cite("rivers", urls=["https://jmlr.org/papers/v19/18-188.html"], kind="link"),
    cite("reefs", ids=["pmlr:v235/haddad24a"]),
    cite("kelp", "Kelp Forests for Long Sequences", sure=False, kind="title"),
    cite("gezeiten", ids=["doi:10.1007/s00001-016-0001-1"]),
    cite("ieee", ids=["doi:10.1109/tit.2015.2400001"]),
    cite("nowhere", "A Paper That No Service Has Ever Seen", authors=("Nemo",), year=2011),
    cite("prose", "this is merely a line of prose", sure=False, kind="title"),
]
HELD = {"lattice", "tides", "rivers", "reefs", "kelp", "gezeiten"}
FILES = {
    json.loads(json.dumps(w["key"])): hashlib.sha256(
        (stand_in.SAMPLE / "files" / w["file"]).read_bytes()
    ).hexdigest()
    for w in (
        json.loads((stand_in.SAMPLE / "manifest.json").read_text("utf-8"))
        if stand_in.MIRROR.is_dir()
        else []
    )
}


@pytest.fixture(scope="module")
def works(mirror, tmp_path_factory):
    """The works of the citations, resolved once."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in mirror.info["env"].items():
            patch.setenv(name, value)
        with WebClient(
            "ann@lab.org", tmp_path_factory.mktemp("state"), FAST, limits=LIMITS
        ) as client:
            return {
                r.citation: r.work
                for r in merge(list(resolve(CITATIONS, client, now=NOW)))
                if r.work
            }


def store_at(folder):
    paths = LibraryPaths(folder)
    return pdfs.Store(paths.root, paths.pdf, paths.partial, paths.aside)


def run(client, folder, known=None, citations=CITATIONS):
    resolutions = merge(list(resolve(citations, client, now=NOW, contact="ann@lab.org")))
    works = {r.citation: r.work for r in resolutions if r.work}
    outcomes = {}
    for outcome in pdfs.fetch(
        list({w.id: w for w in works.values()}.values()),
        client,
        store=store_at(folder),
        now=NOW,
        known=known,
        read_preview=read_preview,
    ):
        outcomes[outcome.work] = outcome
    return {r.citation: r for r in resolutions}, {
        key: outcomes[work.id] for key, work in works.items()
    }


def fetched(outcomes):
    return {key for key, outcome in outcomes.items() if outcome.status == "fetched"}


def right(outcomes):
    """Every file is the right one."""
    names = {key: next(k for k in FILES if k.startswith(key)) for key in HELD}
    return all(o.pdf.sha256 == FILES[names[key]] for key, o in outcomes.items() if o.pdf)


def leftovers(folder):
    """Files of a library that are neither stored PDFs nor notes of what arrived."""
    return [
        p
        for p in folder.rglob("*")
        if p.is_file() and p.suffix not in {".done"} and "pdfs" not in p.parts
    ]


def test_everything_that_is_there_comes(web, mirror, tmp_path):
    resolutions, outcomes = run(web, tmp_path / "lib")
    assert fetched(outcomes) == HELD and right(outcomes)
    assert (
        resolutions["lattice"].work.id == "arxiv:1706.90762"
        and resolutions["lattice"].work.arxiv_version == 3
    )
    assert resolutions["tides"].work.id == "arxiv:1905.91946"
    assert "doi:10.21105/mirror.91946" in resolutions["tides"].work.ids
    assert resolutions["rivers"].work.identifier("arxiv") == "cs/0112017"
    assert (
        resolutions["nowhere"].status == "not-found" and "Crossref" in resolutions["nowhere"].reason
    )
    assert resolutions["prose"].work is None
    assert outcomes["ieee"].status == "metadata-only" and "papers/" in outcomes["ieee"].reason
    assert leftovers(tmp_path / "lib") == []
    for outcome in outcomes.values():
        if outcome.pdf:
            path = tmp_path / "lib" / outcome.pdf.path
            assert hashlib.sha256(path.read_bytes()).hexdigest() == outcome.pdf.sha256 == path.stem


FAULTS = [
    # rule, words of the reason (any), whether the work may still come from another place
    ({"kind": "429", "retry_after": 1}, ["slow down", "come back", "gives nothing more"], True),
    (
        {"kind": "429-date", "retry_after": 1},
        ["slow down", "come back", "gives nothing more"],
        True,
    ),
    ({"kind": "429", "retry_after": 3600}, ["gives nothing more before", "come back at"], True),
    ({"kind": "500"}, ["answered 500"], True),
    ({"kind": "503"}, ["answered 503"], True),
    ({"kind": "reset"}, ["broke off"], True),
    ({"kind": "truncate"}, ["broke off"], True),
    ({"kind": "wrong-length"}, ["cut short", "broke off"], True),
    ({"kind": "drip", "size": 64, "every": 0.1}, ["too slow"], True),
    ({"kind": "stall"}, ["too slow"], True),
    ({"kind": "stall-body"}, ["too slow"], True),
    ({"kind": "html-as-pdf"}, ["a page, no PDF"], True),
    ({"kind": "corrupt-pdf"}, ["cannot be read", "cut short"], True),
    ({"kind": "encrypted-pdf"}, ["password"], True),
    ({"kind": "zero"}, ["empty"], True),
    ({"kind": "wrong-paper"}, ["does not show the title", "seems to be"], True),
    ({"kind": "login"}, ["a page, no PDF"], True),
    ({"kind": "redirect-loop"}, ["circle"], True),
    ({"kind": "redirect-chain"}, ["redirects"], True),
    ({"kind": "ssrf-loopback"}, ["internal address"], True),
    ({"kind": "ssrf-metadata"}, ["internal address"], True),
    ({"kind": "ssrf-file"}, ["file address"], True),
    ({"kind": "ssrf-meta"}, ["internal address"], True),
    ({"kind": "endless", "max_bytes": 50_000_000}, ["larger than the limit"], False),
    ({"kind": "gzip-bomb"}, ["larger than the limit"], False),
    ({"kind": "dns"}, ["could not reach", "left alone"], True),
    ({"kind": "refuse"}, ["could not be reached", "broke off", "left alone"], True),
    ({"kind": "bad-tls", "variant": "unknown-ca"}, ["certificate"], True),
    ({"kind": "bad-tls", "variant": "expired"}, ["certificate"], True),
    ({"kind": "bad-tls", "variant": "wrong-host"}, ["certificate"], True),
]


@pytest.mark.parametrize(
    ("rule", "words", "again"), FAULTS, ids=lambda v: v.get("kind") if isinstance(v, dict) else ""
)
def test_a_fault_costs_its_own_work_and_the_next_run_completes_it(
    web, mirror, tmp_path, works, rule, words, again
):
    """`reefs` can be had in one place only; whatever that place does, the others come, and it comes
    the next time.
    """
    library = tmp_path / "lib"
    listed = [work for key, work in works.items() if key in HELD]
    mirror.faults([{"host": "raw\\.githubusercontent|proceedings\\.mlr", **rule}])
    before = len(mirror.requests())
    started = time.monotonic()
    first = {
        o.work: o
        for o in pdfs.fetch(
            listed, web, store=store_at(library), now=NOW, read_preview=read_preview
        )
    }
    assert time.monotonic() - started < 40
    outcome = first[works["reefs"].id]
    too_large = "larger than the limit" in outcome.reason  # known for some days, then asked again
    assert outcome.status in ({"metadata-only"} if too_large else {"failed", "unsure"})
    assert outcome.transient == again
    assert any(word in outcome.reason for word in words), outcome.reason
    assert {key for key in HELD if first[works[key].id].status == "fetched"} == HELD - {"reefs"}
    unfinished = [
        p for p in leftovers(library) if p.suffix != ".part" and not p.name.endswith(".part.json")
    ]
    assert all("aside" in p.parts for p in unfinished), unfinished
    asked = mirror.requests()[before:]
    assert not any(row.get("ssrf") or row.get("insecure") for row in asked)

    mirror.faults([])
    known = {o.work: o.pdf for o in first.values() if o.pdf}
    with WebClient("ann@lab.org", tmp_path / "other-state", FAST, limits=LIMITS) as later:
        second = {
            o.work: o
            for o in pdfs.fetch(
                listed,
                later,
                store=store_at(library),
                now=NOW,
                known=known,
                read_preview=read_preview,
            )
        }
    assert second[works["reefs"].id].status == "fetched"
    assert right({key: second[works[key].id] for key in HELD})
    assert [p for p in leftovers(library) if "aside" not in p.parts] == []


@pytest.mark.parametrize("kind", ["pdf-as-octet", "pdf-as-html"])
def test_a_pdf_under_another_type_is_a_pdf(web, mirror, tmp_path, kind):
    mirror.faults([{"host": ".", "kind": kind}])
    _, outcomes = run(web, tmp_path / "lib")
    assert fetched(outcomes) == HELD and right(outcomes)


@pytest.mark.parametrize(
    "rule",
    [
        {"kind": "429", "retry_after": 1, "times": 1, "per": "url"},
        {"kind": "429-date", "retry_after": 1, "times": 1},
        {"kind": "503", "times": 1, "per": "url"},
        {"kind": "500", "times": 1, "per": "url"},
        {"kind": "reset", "times": 1, "per": "url"},
        {"kind": "truncate", "times": 1, "per": "url"},
        {"kind": "wrong-length", "times": 1, "per": "url"},
        {"kind": "empty-results", "times": 1, "host": "export.arxiv", "path": "id_list"},
    ],
    ids=lambda rule: rule["kind"],
)
def test_a_passing_fault_is_overcome_in_the_same_run(web, mirror, tmp_path, rule):
    before = len(mirror.requests())
    mirror.faults([{"host": ".", **rule}])
    _, outcomes = run(web, tmp_path / "lib")
    assert fetched(outcomes) == HELD and right(outcomes)
    hosts = Counter(row["host"] for row in mirror.requests()[before:])
    assert sum(hosts.values()) < 200


@pytest.mark.parametrize(
    "host", ["api.openalex", "api.crossref", "export.arxiv", "dblp", "unpaywall", "openreview"]
)
@pytest.mark.parametrize("kind", ["500", "dns", "html-as-pdf", "429"])
def test_a_service_that_is_down_costs_little(web, mirror, tmp_path, host, kind):
    mirror.faults([{"host": host, "kind": kind, "retry_after": 3600 if kind == "429" else None}])
    resolutions, _ = run(web, tmp_path / "lib", citations=CITATIONS[:6])
    assert all(r.work is not None or r.status == "pending" for r in resolutions.values())
    named = [resolutions[key] for key in ("lattice", "gezeiten")]
    assert all(r.status in {"metadata-only", "failed"} for r in named)
    mirror.faults([])
    with WebClient("ann@lab.org", tmp_path / "other-state", FAST, limits=LIMITS) as later:
        resolutions, outcomes = run(later, tmp_path / "lib", citations=CITATIONS[:6])
    assert fetched(outcomes) == HELD


def test_a_broken_transfer_goes_on_where_it_broke(web, mirror, tmp_path):
    mirror.faults(
        [
            {
                "host": "export.arxiv.org",
                "path": "/pdf/",
                "kind": "truncate",
                "times": 1,
                "after": 1200,
            }
        ]
    )
    before = len(mirror.requests())
    _, outcomes = run(web, tmp_path / "lib", citations=CITATIONS[:1])
    assert fetched(outcomes) == {"lattice"} and right(outcomes)
    ranges = [row for row in mirror.requests()[before:] if row.get("range")]
    assert [row["status"] for row in ranges] == [206]


def test_nothing_new_costs_next_to_nothing(web, mirror, tmp_path):
    resolutions, outcomes = run(web, tmp_path / "lib")
    works = list({r.work.id: r.work for r in resolutions.values() if r.work}.values())
    known = {o.work: o.pdf for o in outcomes.values() if o.pdf}
    before = len(mirror.requests())
    again = list(resolve(CITATIONS, web, now=NOW, known=resolutions))
    assert [r.citation for r in again] == [c.key for c in CITATIONS] and len(
        mirror.requests()
    ) == before
    assert newest_versions(works, web) == {w.id: w.arxiv_version for w in works if w.arxiv_version}
    had = [w for w in works if w.id in known]
    second = list(
        pdfs.fetch(
            had,
            web,
            store=store_at(tmp_path / "lib"),
            now="2026-12-20T00:00:00Z",
            known=known,
            read_preview=read_preview,
        )
    )
    asked = mirror.requests()[before:]
    assert all(o.status == "fetched" for o in second)
    assert not [row for row in asked if "pdf" in row.get("type", "") and row["bytes"]]
    assert len(asked) <= 1 + len([p for p in known.values() if not p.version])
    assert [row["status"] for row in asked[1:]] == [304] * (len(asked) - 1)


def test_a_new_arxiv_version_is_noticed_and_fetched(web, tmp_path):
    resolutions, outcomes = run(web, tmp_path / "lib", citations=CITATIONS[:1])
    work, old = resolutions["lattice"].work, outcomes["lattice"].pdf
    assert old.version == 3 and old.url.endswith("v3")
    before = dataclasses.replace(old, version=2, url=old.url.replace("v3", "v2"), sha256="0" * 64)
    again = list(
        pdfs.fetch(
            [work],
            web,
            store=store_at(tmp_path / "lib"),
            now=NOW,
            known={work.id: before},
            read_preview=read_preview,
        )
    )
    assert again[0].pdf.version == 3 and again[0].pdf.sha256 == old.sha256


def test_manners_under_the_true_paces_and_enforced_rules(tmp_path, monkeypatch):
    """With the services refusing whoever is impolite, nothing is refused."""
    with stand_in.serve(tmp_path, "--enforce", "all") as mirror:
        for name, value in mirror.info["env"].items():
            monkeypatch.setenv(name, value)
        with WebClient("ann@lab.org", tmp_path / "state", limits=LIMITS) as client:
            _, outcomes = run(client, tmp_path / "lib", citations=CITATIONS[:6])
        assert fetched(outcomes) == HELD and right(outcomes)
        report = mirror.report("--scan", str(tmp_path / "lib"))
        assert all(report["checks"].values()), report["checks"]
        assert report["arxiv"]["all"]["kept"]
        assert not [row for row in mirror.requests() if row["status"] == 429]


KILLED = """
    import os, sys
    sys.path[:0] = sys.argv[3:]
    from pathlib import Path
    from tests import test_web_mirror as t
    from litmap.models import PdfFile
    from litmap.web import WebClient
    from litmap import pdfs
    import json, pickle
    works, known = pickle.loads(Path(sys.argv[2]).read_bytes())
    folder = Path(sys.argv[1])
    done = folder / "catalogue.jsonl"
    if done.exists():
        for line in done.read_text().splitlines():
            if line.endswith("}"):
                row = json.loads(line)
                known[row["work"]] = PdfFile(**row["pdf"])
    with WebClient("ann@lab.org", folder / "state", t.FAST, limits=t.LIMITS) as client, done.open("a") as out:
        todo = [w for w in works if w.id not in known]
        for o in pdfs.fetch(todo, client, store=t.store_at(folder), now=t.NOW, known=known):
            if o.pdf:
                out.write(json.dumps({"work": o.work, "pdf": t.dataclasses.asdict(o.pdf)}) + "\\n")
                out.flush()
"""


def test_killed_at_any_moment_nothing_is_lost_or_fetched_twice(web, mirror, tmp_path, works):
    """kill -9 at many moments of fetching runs: every file whole, each body sent to its end at most
    once.
    """
    import pickle
    import random

    works = [work for key, work in works.items() if key in HELD]
    data = tmp_path / "works.pickle"
    data.write_bytes(pickle.dumps((works, {})))
    root = Path(__file__).resolve().parents[1]
    chance = random.Random(7)
    kills = 0
    for attempt in range(12):
        folder = tmp_path / f"lib{attempt}"
        folder.mkdir()
        before = len(mirror.requests())
        command = [
            sys.executable,
            "-c",
            textwrap.dedent(KILLED),
            str(folder),
            str(data),
            str(root),
            str(root / "src"),
        ]
        for delay in (chance.uniform(0.2, 0.9), chance.uniform(0.2, 0.9), 60):
            process = subprocess.Popen(command, env=os.environ.copy(), start_new_session=True)
            try:
                process.wait(delay)
            except subprocess.TimeoutExpired:
                kills += 1
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            for path in (folder / "pdfs").rglob("*.pdf"):
                assert hashlib.sha256(path.read_bytes()).hexdigest() == path.stem
        stored = {p.stem for p in (folder / "pdfs").rglob("*.pdf")}
        assert stored == set(FILES.values())
        whole = Counter(
            (row["host"], row["path"])
            for row in mirror.requests()[before:]
            if row["status"] == 200
            and row.get("complete")
            and "pdf" in row.get("type", "")
            and row["bytes"] > 0
        )
        # a body may have left the server whole although the client was killed before its last
        # bytes: then, and only
        # then, is it asked again; so each is sent at most once more for each kill
        assert sum(n - 1 for n in whole.values()) <= 2
    assert kills >= 6
