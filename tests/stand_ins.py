"""The two stand-ins for the scholarly web under one interface: the project's own
(`tests/scholarly_web`), and the larger one in $LITMAP_SHARED or beside the checkout, where it is
there. In both the same kinds of citation lead to works.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from litmap.models import Citation, Mention, Reference
from tests import scholarly_web
from tests.scholarly_web import papers, work
from tests.waiting import ending

SHARED = Path(os.environ.get("LITMAP_SHARED") or Path(__file__).resolve().parents[2] / "shared")
MIRROR = SHARED / "mirror"
SAMPLE = MIRROR / "sample"


def has_shared() -> bool:
    return MIRROR.is_dir()


@dataclass
class StandIn:
    """A running one. `env` makes a client see it as the web; `citations` are nine: an arXiv paper
    of three versions ('versioned'), one by its title ('titled'), by a link ('linked'), one whose
    file lies in one place only ('only-place'), a mere name ('named'), a German one ('german'), one
    for subscribers ('closed'), one that does not exist ('nowhere'), a line of prose ('prose').
    `files` are the SHA-256 of those that can be had, `ids` what they must be found as.
    """

    env: Mapping[str, str]
    citations: Sequence[Citation]
    files: Mapping[str, str]
    ids: Mapping[str, object]

    def faults(self, rules: Sequence[Mapping[str, object]]) -> None:
        """Rules from now on: `kind`, `host`, `path`, `times`, `per`, and the kind's options."""
        raise NotImplementedError

    def requests(self) -> list[dict[str, object]]:
        """What was asked so far, CONNECTs left out."""
        raise NotImplementedError

    def impolite(self, folder: Path) -> list[str]:
        """What in the log was against a rule, and what should not be in the client's folder."""
        raise NotImplementedError


def cite(key, title="", *, ids=(), urls=(), authors=(), year=None, kind="reference", sure=True):
    mention = Mention("note.md", 3, title or key, ("Topic",), title or key, kind)
    reference = Reference("", title, authors, year, "", tuple(ids), tuple(urls))
    return Citation(key, kind, reference, (mention,), sure)


NOWHERE = (
    cite("nowhere", "A Paper That No Service Has Ever Seen", authors=("Nemo",), year=2011),
    cite("prose", "this is merely a line of prose", sure=False, kind="title"),
)


# ── the project's own ────────────────────────────────────────────────────────────────────────────
OWN = {
    "versioned": "orchard",
    "titled": "moonlit",
    "linked": "ferries",
    "only-place": "gravel",
    "named": "lantern",
    "german": "rivers",
}
OWN_CITATIONS = (
    cite("versioned", ids=["arxiv:1706.99001"]),
    cite("titled", work("moonlit").title, authors=("Halvorsen", "Adeyemi"), year=2019),
    cite("linked", urls=["https://jmlr.org/papers/v1/castellane01a.html"], kind="link"),
    cite("only-place", ids=["pmlr:v235/ostrowe24a"]),
    cite("named", work("lantern").title, sure=False, kind="title"),
    cite("german", ids=["doi:10.1007/s99999-016-0002-3"]),
    cite("closed", ids=["doi:10.1109/tit.2015.9900001"]),
    *NOWHERE,
)


class Own(StandIn):
    web: scholarly_web.ScholarlyWeb

    def faults(self, rules):
        self.web.spent = 0  # another day at OpenAlex
        known = {"kind", "host", "path", "times", "skip", "probability", "seed"}
        self.web.faults = [
            scholarly_web.Fault(
                **{k: v for k, v in rule.items() if k in known},
                per_url=rule.get("per") == "url",
                options={k: v for k, v in rule.items() if k not in known | {"per"}},
            )
            for rule in rules
        ]

    def requests(self):
        return [
            {
                **{"host": e.host, "path": e.path, "status": e.status, "type": e.type},
                **{"bytes": e.bytes, "complete": e.complete, "range": e.headers.get("range")},
                **{"insecure": e.insecure, "ssrf": e.host == "127.0.0.1"},
                **{"fault": e.fault or e.challenge},
            }
            for e in self.web.log.entries()
        ]

    def impolite(self, folder):
        return self.web.broken_rules()


@contextmanager
def own(folder: Path, *, enforce: bool = False):
    files = {key: hashlib.sha256(papers.pdf(work(name))).hexdigest() for key, name in OWN.items()}
    ids = {
        "versioned": "arxiv:1706.99001",
        "titled": {"arxiv:1905.99002", "doi:10.5555/scholarly.2019.2"},
        "linked": "arxiv:cs/0112990",
    }
    with scholarly_web.serve() as web:
        web.enforce = enforce
        running = Own(web.environment, OWN_CITATIONS, files, ids)
        running.web = web
        yield running


# ── the larger one ───────────────────────────────────────────────────────────────────────────────
SHARED_CITATIONS = (
    cite("versioned", ids=["arxiv:1706.90762"]),
    cite(
        "titled",
        "Tidal Normalization for Very Deep Networks",
        authors=("Ota", "Lindgren"),
        year=2019,
    ),
    cite("linked", urls=["https://jmlr.org/papers/v19/18-188.html"], kind="link"),
    cite("only-place", ids=["pmlr:v235/haddad24a"]),
    cite("named", "Kelp Forests for Long Sequences", sure=False, kind="title"),
    cite("german", ids=["doi:10.1007/s00001-016-0001-1"]),
    cite("closed", ids=["doi:10.1109/tit.2015.2400001"]),
    *NOWHERE,
)
SHARED_KEYS = {
    "versioned": "lattice2017",
    "titled": "tides2019",
    "linked": "rivers2001",
    "only-place": "reefs2024",
    "named": "kelp2023",
    "german": "gezeiten2016",
}


class Shared(StandIn):
    port: int
    log: Path

    def faults(self, rules):
        url = f"http://127.0.0.1:{self.port}/__mirror__/faults"
        request = urllib.request.Request(url, json.dumps(rules).encode(), method="PUT")
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=120) as answer:
            assert answer.status == 200

    def requests(self):
        lines = self.log.read_text(encoding="utf-8").splitlines()
        rows = [json.loads(line) for line in lines if line.strip()]
        return [row for row in rows if row["method"] != "CONNECT"]

    def impolite(self, folder):
        command = [sys.executable, str(MIRROR / "report.py"), str(self.log), "--json"]
        command += ["--scan", str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        report = json.loads(done.stdout)
        kept = {**report["checks"], "arXiv's pace": report["arxiv"]["all"]["kept"]}
        return [name for name, is_kept in kept.items() if not is_kept]


@contextmanager
def shared(folder: Path, *, enforce: bool = False):
    log = Path(folder) / "requests.jsonl"
    command = [sys.executable, str(MIRROR / "serve.py"), "--log", str(log), "--latency", "0.005"]
    command += ["--ca-file", str(Path(folder) / "ca.pem")]
    command += ["--enforce", "all"] if enforce else []
    for manifest in (SAMPLE / "manifest.json", SAMPLE / "works.json"):
        command += ["--manifest", str(manifest)]
    rows = {row["key"]: row for row in json.loads((SAMPLE / "manifest.json").read_text("utf-8"))}
    files = {
        key: hashlib.sha256((SAMPLE / "files" / rows[name]["file"]).read_bytes()).hexdigest()
        for key, name in SHARED_KEYS.items()
    }
    ids = {
        "versioned": "arxiv:1706.90762",
        "titled": {"arxiv:1905.91946", "doi:10.21105/mirror.91946"},
        "linked": "arxiv:cs/0112017",
    }
    with ending(subprocess.Popen(command, stdout=subprocess.PIPE, text=True)) as server:
        info = json.loads(server.stdout.readline())
        running = Shared(info["env"], SHARED_CITATIONS, files, ids)
        running.port, running.log = info["port"], log
        yield running


ALL = {"own": own, "shared": shared}
"""By name."""
