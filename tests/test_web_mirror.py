"""The whole way from citation to PDF against stand-ins for the scholarly web, with every kind of
fault: the project's own, and the larger one beside the checkout where that is there.
"""

import dataclasses
import hashlib
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
from litmap.paths import LibraryPaths
from litmap.text import read_preview
from litmap.web import Limits, WebClient
from litmap.works import merge, resolve
from tests import stand_ins

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
LIMITS = Limits(attempts=3, backoff=0.02, patience=3, file=3_000_000, page=1_000_000)
IMPATIENT = dataclasses.replace(
    LIMITS, idle=3.0, total=12.0, download_total=12.0, slowest=4000.0, grace=2.0
)  # for faults that are slow on purpose: on a busy machine all answers are slow
SLOW_KINDS = ("drip", "stall", "stall-body")


@pytest.fixture(scope="module", params=stand_ins.ALL)
def mirror(request, tmp_path_factory):
    """A stand-in, with what can be had there."""
    if request.param == "shared" and not stand_ins.has_shared():
        pytest.skip("the larger stand-in for the scholarly web is not here")
    with stand_ins.ALL[request.param](tmp_path_factory.mktemp("mirror")) as running:
        yield running


@pytest.fixture
def limits():
    return LIMITS


@pytest.fixture
def web(mirror, monkeypatch, tmp_path, limits):
    """A client that sees the stand-in as the web."""
    for name, value in mirror.env.items():
        monkeypatch.setenv(name, value)
    mirror.faults([])
    with WebClient("ann@lab.org", tmp_path / "state", FAST, limits=limits) as client:
        yield client
    mirror.faults([])


HELD = {"versioned", "titled", "linked", "only-place", "named", "german"}
"""The citations of `stand_ins.citations` whose PDFs can be had."""


@pytest.fixture(scope="module")
def works(mirror, tmp_path_factory):
    """The works of the citations, resolved once."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in mirror.env.items():
            patch.setenv(name, value)
        with WebClient(
            "ann@lab.org", tmp_path_factory.mktemp("state"), FAST, limits=LIMITS
        ) as client:
            return {
                r.citation: r.work
                for r in merge(list(resolve(mirror.citations, client, now=NOW)))
                if r.work
            }


def store_at(folder):
    paths = LibraryPaths(folder)
    return pdfs.Store(paths.root, paths.pdf, paths.partial, paths.aside)


def run(client, folder, citations):
    resolutions = merge(list(resolve(citations, client, now=NOW, contact="ann@lab.org")))
    works = {r.citation: r.work for r in resolutions if r.work}
    outcomes = {}
    for outcome in pdfs.fetch(
        list({w.id: w for w in works.values()}.values()),
        client,
        store=store_at(folder),
        now=NOW,
        read_preview=read_preview,
    ):
        outcomes[outcome.work] = outcome
    return {r.citation: r for r in resolutions}, {
        key: outcomes[work.id] for key, work in works.items()
    }


def fetched(outcomes):
    return {key for key, outcome in outcomes.items() if outcome.status == "fetched"}


def right(mirror, outcomes):
    """Every file is the right one."""
    return all(o.pdf.sha256 == mirror.files[key] for key, o in outcomes.items() if o.pdf)


def leftovers(folder):
    """Files of a library that are neither stored PDFs nor notes of what arrived."""
    return [
        p
        for p in folder.rglob("*")
        if p.is_file() and p.suffix not in {".done"} and "pdfs" not in p.parts
    ]


def test_everything_that_is_there_comes(web, mirror, tmp_path):
    resolutions, outcomes = run(web, tmp_path / "lib", mirror.citations)
    assert fetched(outcomes) == HELD and right(mirror, outcomes)
    assert (
        resolutions["versioned"].work.id == mirror.ids["versioned"]
        and resolutions["versioned"].work.arxiv_version == 3
    )
    titled = resolutions["titled"].work
    assert {titled.id, *titled.ids} >= mirror.ids["titled"]
    assert f"arxiv:{resolutions['linked'].work.identifier('arxiv')}" == mirror.ids["linked"]
    assert (
        resolutions["nowhere"].status == "not-found" and "Crossref" in resolutions["nowhere"].reason
    )
    assert resolutions["prose"].work is None
    assert outcomes["closed"].status == "metadata-only" and "papers/" in outcomes["closed"].reason
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
    ("rule", "words", "again", "limits"),
    [(*fault, IMPATIENT if fault[0]["kind"] in SLOW_KINDS else LIMITS) for fault in FAULTS],
    ids=[fault[0]["kind"] for fault in FAULTS],
)
def test_a_fault_costs_its_own_work_and_the_next_run_completes_it(
    web, mirror, tmp_path, works, rule, words, again
):
    """One work can be had in one place only; whatever that place does, the others come, and it
    comes the next time.
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
    assert time.monotonic() - started < 240
    outcome = first[works["only-place"].id]
    too_large = "larger than the limit" in str(
        outcome.tried
    )  # known for some days, then asked again
    assert outcome.status in ({"metadata-only"} if too_large else {"failed", "unsure"})
    assert outcome.transient == again
    told = " ".join([outcome.reason, *map(str, outcome.tried)])
    assert any(word in told for word in words), told
    assert {key for key in HELD if first[works[key].id].status == "fetched"} == HELD - {
        "only-place"
    }
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
    assert second[works["only-place"].id].status == "fetched"
    assert right(mirror, {key: second[works[key].id] for key in HELD})
    assert [p for p in leftovers(library) if "aside" not in p.parts] == []


@pytest.mark.parametrize("kind", ["pdf-as-octet", "pdf-as-html"])
def test_a_pdf_under_another_type_is_a_pdf(web, mirror, tmp_path, kind):
    mirror.faults([{"host": ".", "kind": kind}])
    _, outcomes = run(web, tmp_path / "lib", mirror.citations)
    assert fetched(outcomes) == HELD and right(mirror, outcomes)


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
    _, outcomes = run(web, tmp_path / "lib", mirror.citations)
    assert fetched(outcomes) == HELD and right(mirror, outcomes)
    hosts = Counter(row["host"] for row in mirror.requests()[before:])
    assert sum(hosts.values()) < 200


@pytest.mark.parametrize(
    "host", ["api.openalex", "api.crossref", "export.arxiv", "dblp", "unpaywall", "openreview"]
)
@pytest.mark.parametrize("kind", ["500", "dns", "html-as-pdf", "429"])
def test_a_service_that_is_down_costs_little(web, mirror, tmp_path, host, kind):
    mirror.faults([{"host": host, "kind": kind, "retry_after": 3600 if kind == "429" else None}])
    resolutions, _ = run(web, tmp_path / "lib", mirror.citations[:6])
    assert all(r.work is not None or r.status == "pending" for r in resolutions.values())
    named = [resolutions[key] for key in ("versioned", "german")]
    assert all(r.status in {"metadata-only", "failed"} for r in named)
    mirror.faults([])
    with WebClient("ann@lab.org", tmp_path / "other-state", FAST, limits=LIMITS) as later:
        resolutions, outcomes = run(later, tmp_path / "lib", mirror.citations[:6])
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
    _, outcomes = run(web, tmp_path / "lib", mirror.citations[:1])
    assert fetched(outcomes) == {"versioned"} and right(mirror, outcomes)
    ranges = [row for row in mirror.requests()[before:] if row.get("range")]
    assert [row["status"] for row in ranges] == [206]


def test_nothing_new_costs_next_to_nothing(web, mirror, tmp_path):
    resolutions, outcomes = run(web, tmp_path / "lib", mirror.citations)
    works = list({r.work.id: r.work for r in resolutions.values() if r.work}.values())
    known = {o.work: o.pdf for o in outcomes.values() if o.pdf}
    before = len(mirror.requests())
    again = list(resolve(mirror.citations, web, now=NOW, known=resolutions))
    assert [r.citation for r in again] == [c.key for c in mirror.citations] and len(
        mirror.requests()
    ) == before
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


def test_a_new_arxiv_version_is_noticed_and_fetched(web, mirror, tmp_path):
    resolutions, outcomes = run(web, tmp_path / "lib", mirror.citations[:1])
    work, old = resolutions["versioned"].work, outcomes["versioned"].pdf
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


@pytest.mark.parametrize("stand_in", stand_ins.ALL)
def test_manners_under_the_true_paces_and_enforced_rules(tmp_path, monkeypatch, stand_in):
    """With the services refusing whoever is impolite, nothing is refused."""
    if stand_in == "shared" and not stand_ins.has_shared():
        pytest.skip("the larger stand-in for the scholarly web is not here")
    with stand_ins.ALL[stand_in](tmp_path, enforce=True) as mirror:
        for name, value in mirror.env.items():
            monkeypatch.setenv(name, value)
        with WebClient("ann@lab.org", tmp_path / "state", limits=LIMITS) as client:
            _, outcomes = run(client, tmp_path / "lib", mirror.citations[:6])
        assert fetched(outcomes) == HELD and right(mirror, outcomes)
        assert mirror.impolite(tmp_path / "lib") == []
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


@pytest.mark.slow
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
    kills, attempts = 0, 8 if isinstance(mirror, stand_ins.Own) else 4
    for attempt in range(attempts):
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
        for delay in (chance.uniform(0.2, 0.9), chance.uniform(0.2, 0.9), 600):
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
        assert stored == {mirror.files[key] for key in HELD}
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
    assert kills >= attempts // 2
