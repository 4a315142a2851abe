"""Refreshes while the scholarly web goes wrong at random: `python -m
benchmarks.reliability.random_faults`.

    python -m benchmarks.reliability.random_faults [--seeds 50] [--first 0] [--shared 0]
        [--minutes 120] [--json]

A small library is made over the stand-in for the scholarly web (`tests/scholarly_web`), whose
answers are spoiled by faults and challenges drawn at random: statuses, redirects, broken and slow
transfers, wrong files, pages for browsers, in a share of the answers of some hosts, for a while or
for the whole run. Each run must end in time, without an error of the program, and leave nothing
half-written: what is stored is whole, the build passes every checksum, and no internal address was
asked. A second run follows at once without faults, and where something is still missing a third,
as if the days had passed after which litmap asks again. At its end the library must equal one that
was never disturbed: works with status and file, passages, topics, links and summaries. Where all
faults of a seed were passing ones (the same answer may be had the next time), the second run must
get there. `--shared` draws some seeds over the larger stand-in in $LITMAP_SHARED too, where that
is. The model is a formula and the client's limits are short; else it is the program as it runs.
Exit code 1 where anything was not so.
"""

from __future__ import annotations

import argparse
import faulthandler
import hashlib
import json
import os
import random
import sqlite3
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks.reliability.end_state import differences
from litmap.builds import verify_build
from litmap.library import Library
from litmap.paths import LibraryPaths
from litmap.pipeline import refresh
from litmap.pipeline.collaborators import Collaborators
from litmap.settings import Settings, load_settings
from litmap.web import Limits, WebClient
from tests import stand_ins
from tests.scholarly_web.certificates import FLAWS
from tests.scholarly_web.server import GROUPS
from tests.search_parts import FormulaEncoder

NOTES = """# Reading

## Networks

- arXiv:1706.99001
- Halvorsen, I. and Adeyemi, Q. Moonlit Gradients: Normalisation by the Hour of Descent. 2019.
- [Ferries and Filters](https://jmlr.org/papers/v1/castellane01a.html)
- <https://proceedings.mlr.press/v235/ostrowe24a.html>
- Keldwyn, S. and Tamburlane, R. Lantern Attention for Very Long Evenings. 2023.

## Fields and streets

- https://doi.org/10.3390/w99010001
- <https://doi.org/10.1007/s99999-016-0002-3>
- Loomis, H. and Quiroga, B. Toll Roads and the Price of Eggs. 2020. doi:10.3386/w99901
- Penhallow, L. A Census of Ship's Bells. 2023. https://doi.org/10.5281/zenodo.99900001
- Rossmoor, P. and Bankston, O. Majority Votes over Whispering Channels. 2015.
"""
SHARED_NOTES = """# Reading

## Networks

- arXiv:1706.90762
- Ota, M. and Lindgren, Q. Tidal Normalization for Very Deep Networks. 2019.
- [Rivers of Rules](https://jmlr.org/papers/v19/18-188.html)
- <https://proceedings.mlr.press/v235/haddad24a.html>

## Others

- https://doi.org/10.1007/s00001-016-0001-1
- https://doi.org/10.1109/tit.2015.2400001
"""
SHORT = Limits(
    connect=2, idle=0.4, total=2.0, download_total=2.0, slowest=4000, grace=0.3, attempts=3,
    backoff=0.02, patience=0.6, file=3_000_000, page=1_000_000,
)  # fmt: skip
"""The client's while faults are about, so that a seed takes seconds; without faults its own."""
CALM = Limits(attempts=2, backoff=0.1)
ROUNDING = 1e-6
MAX_SECONDS = 120.0
"""A run that takes longer hangs."""
PASSING = (
    "500", "503", "429", "429-date", "reset", "truncate", "wrong-length", "drip", "stall",
    "stall-body", "zero", "dns", "refuse",
)  # fmt: skip
"""Faults after which the same address may give the right answer the next time."""
LASTING = (
    "403", "404", "redirect-loop", "redirect-chain", "ssrf-loopback", "ssrf-metadata", "ssrf-file",
    "ssrf-meta", "html-as-pdf", "login", "endless", "gzip-bomb", "corrupt-pdf", "encrypted-pdf", "wrong-paper", "bad-tls",
    "anubis", "anubis-500", "cloudflare", "cloudflare-200", "cloudflare-1015", "fastly", "pmc-pow",
    "incapsula", "openreview",
)  # fmt: skip
"""Answers that litmap believes for some days."""
OWN_ONLY = frozenset({"403", "404", "incapsula"})
"""Kinds that the larger stand-in does not have, or has under another name."""
HOSTS = (
    ".", "arxiv", "openalex", "crossref", "doi\\.org", "jmlr|mlr\\.press|githubusercontent",
    "dblp|semanticscholar|unpaywall", "springer|example\\.org|mdpi|zenodo|nber",
)  # fmt: skip


def draw(seed: int, *, is_shared: bool = False) -> list[dict[str, Any]]:
    """The rules of a seed: kinds, hosts, how often. A third of the seeds has passing kinds only."""
    rng = random.Random(seed)
    kinds = PASSING if seed % 3 == 0 else PASSING + LASTING
    rules = []
    for number in range(rng.randint(1, 6)):
        kind = rng.choice([k for k in kinds if not (is_shared and k in OWN_ONLY)])
        rule: dict[str, Any] = {"kind": kind, "host": rng.choice(HOSTS), "seed": seed * 10 + number}
        rule["probability"] = rng.choice((0.1, 0.3, 0.6, 1.0))
        if rng.random() < 0.4:
            rule |= {"times": rng.randint(1, 4), "per": rng.choice(("rule", "url"))}
        if kind in {"429", "429-date", "503"} and rng.random() < 0.7:
            rule["retry_after"] = rng.choice((1, 1, 30, 3_600))
        if kind == "bad-tls":
            rule["variant"] = rng.choice(FLAWS)
        if kind == "endless":
            rule["max_bytes"] = 8_000_000
        if kind == "gzip-bomb":
            rule["size"] = 1 << 24
        rules.append(rule)
    return rules


class Formula(FormulaEncoder):
    """With passages of the usual length."""

    window = 256


@dataclass
class Outcome:
    """What came of a seed. `wrong` is empty where all was well; `runs` were needed until the
    library was as if undisturbed.
    """

    seed: int
    faults: list[str]
    wrong: list[str] = field(default_factory=list)
    seconds: float = 0.0
    runs: int = 1
    spoiled: int = 0


class Trial:
    """Notes, a web, and the library that nothing has disturbed."""

    def __init__(self, web: stand_ins.StandIn, root: Path, notes: str) -> None:
        self.web, self.root = web, root
        root.mkdir(parents=True, exist_ok=True)
        self.notes = root / "notes.md"
        self.notes.write_text(notes, encoding="utf-8")
        web.faults([])
        whole = root / "undisturbed"
        run(settings_of(self, whole, 0), CALM, web)
        self.whole = content(whole)
        self.files = sum(bool(work[3]) for work in self.whole["works"].values())

    def seed(self, seed: int, rules: Sequence[Mapping[str, Any]]) -> Outcome:
        """A run with faults, and as many without as it takes."""
        outcome = Outcome(seed, [f"{rule['kind']} at {rule['host']}" for rule in rules])
        started = time.monotonic()
        with tempfile.TemporaryDirectory(dir=self.root) as folder:
            library = Path(folder) / "library"
            before = len(self.web.requests())
            self.web.faults(rules)
            try:
                outcome.wrong += attempt(settings_of(self, library, 0), SHORT, self.web)
            finally:
                self.web.faults([])
            outcome.wrong += self.safety(self.web.requests()[before:], outcome)
            outcome.wrong += half_written(library)
            self._mend(library, outcome, is_passing=all(r["kind"] in PASSING for r in rules))
        outcome.seconds = time.monotonic() - started
        return outcome

    def _mend(self, library: Path, outcome: Outcome, *, is_passing: bool) -> None:
        """Runs without faults until the library equals the undisturbed one; two at most."""
        lost: list[str] = []
        for number, days in ((1, None), (2, 0.0)):
            outcome.runs = number + 1
            outcome.wrong += attempt(settings_of(self, library, number, days), CALM, self.web)
            outcome.wrong += half_written(library)
            lost = missing(self.whole, content(library)) if not outcome.wrong else []
            if not lost:
                return
            if is_passing:
                break
        outcome.wrong += [f"after run {outcome.runs}: {what}" for what in lost]

    def safety(self, requests: Sequence[Mapping[str, Any]], outcome: Outcome) -> list[str]:
        """Requests that nobody should have sent."""
        outcome.spoiled = sum(bool(row.get("fault")) for row in requests)
        kinds = {
            "ssrf": "an internal address was asked",
            "insecure": "went on over a bad certificate",
        }
        return [said for kind, said in kinds.items() if any(row.get(kind) for row in requests)]


def settings_of(
    trial: Trial, library: Path, run_number: int, days: float | None = None
) -> Settings:
    """The settings of a run; what hosts were asked to be left alone is forgotten between runs (as
    after a day), and with `days` works are due for another look after so many.
    """
    state = library.parent / f"state-{library.name}-{run_number}"
    more = {} if days is None else {"recheck_days": days, "retry_days": days}
    return load_settings(
        {
            "library": library,
            "notes": (str(trial.notes),),
            "state": state,
            "readers": 1,
            "contact": "reader@example.org",
            "request_intervals": dict.fromkeys(GROUPS, 0.0),
            **more,
        }
    )


def run(settings: Settings, limits: Limits, web: stand_ins.StandIn) -> None:
    """A refresh in this process, for which a stand-in is the web, with a model that is a
    formula.
    """
    collaborators = Collaborators(
        open_client=_client_with(limits),
        load_encoder=lambda _: Formula(),
        prepare=lambda _: None,
    )
    with patch.dict(os.environ, web.env):
        refresh(settings, collaborators=collaborators)


def _client_with(limits: Limits) -> Callable[..., AbstractContextManager[WebClient]]:
    @contextmanager
    def open_client(settings: Settings, stage: str, progress: object) -> Iterator[WebClient]:
        paces = settings.request_intervals
        with WebClient(settings.contact, settings.state, paces, limits=limits) as client:
            yield client

    return open_client


def attempt(settings: Settings, limits: Limits, web: stand_ins.StandIn) -> list[str]:
    """A run, and what was wrong with its end: an error, or that it took too long."""
    started = time.monotonic()
    faulthandler.dump_traceback_later(5 * MAX_SECONDS, exit=True)
    try:
        run(settings, limits, web)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
        last = traceback.extract_tb(error.__traceback__)[-1]
        return [f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}: {error}"]
    finally:
        faulthandler.cancel_dump_traceback_later()
    seconds = time.monotonic() - started
    return [f"it took {seconds:.0f} s"] if seconds > MAX_SECONDS else []


def half_written(library: Path) -> list[str]:
    """What of a library is not whole."""
    paths = LibraryPaths(library)
    wrong = [
        f"{path.name} is not what its name says"
        for path in paths.pdfs.rglob("*.pdf")
        if hashlib.sha256(path.read_bytes()).hexdigest() != path.stem
    ]
    wrong += [f"left behind: {path.name}" for path in paths.builds.glob(".new-*")]
    wrong += [f"left behind: {path.name}" for path in library.rglob("*.tmp")]
    with sqlite3.connect(paths.catalogue) as db:
        (sound,) = db.execute("PRAGMA integrity_check").fetchone()
    wrong += [] if sound == "ok" else [f"the catalogue: {sound}"]
    try:
        with Library.open(settings=load_settings({"library": library})) as opened:
            assert opened._build is not None
            verify_build(opened._build.folder)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
        wrong.append(f"the build: {type(error).__name__}: {error}")
    return wrong


def content(library: Path) -> dict[str, Any]:
    """What a library holds, without what differs from run to run."""
    with Library.open(settings=load_settings({"library": library})) as opened:
        build = opened._build
        assert build is not None
        passages = [
            [p.work, p.chunk.source, p.chunk.ordinal, p.chunk.text] for p in build.all_passages()
        ]
        works = {
            e.work.id: [
                e.work.title, sorted(e.work.authors), e.work.year, e.pdf.sha256 if e.pdf else "",
                e.status, len(e.mentions),
            ]
            for e in opened.works()
        }  # fmt: skip
        ids = {e.work.id: sorted(e.work.ids) for e in opened.works()}
        abstracts = {e.work.id: e.work.abstract for e in opened.works()}
        tables = {name: build.read_json(name) for name in ("topics", "links", "summaries")}
        known = {"works": works, "ids": ids, "abstracts": abstracts}
        return {**known, "passages": sorted(passages), **tables}


def missing(whole: dict[str, Any], content: dict[str, Any]) -> list[str]:
    """Where a content differs from that of the undisturbed library. What more is known of a work,
    by a source that was asked only because another did not answer, is no difference: further ids,
    and an abstract where there was none, whose words topics are then named and placed by too.
    """
    ids = [
        f"{work} lacks {ident}"
        for work, wanted in whole["ids"].items()
        for ident in wanted
        if ident not in content["ids"].get(work, ())
    ]
    further = {
        work: abstract
        for work, abstract in content["abstracts"].items()
        if abstract and whole["abstracts"].get(work) == ""
    }
    aside = {"ids": None, **({"topics": None} if further else {})}
    alike = [{**held, **aside} for held in (whole, content)]
    alike[0]["abstracts"] = {**whole["abstracts"], **further}
    return ids + differences(*alike, rounding=ROUNDING)


@contextmanager
def trial_over(name: str, root: Path) -> Iterator[Trial]:
    """A trial over a stand-in that runs while the context is open."""
    folder = root / name
    folder.mkdir()
    with stand_ins.ALL[name](folder) as web:
        yield Trial(web, folder / "trial", NOTES if name == "own" else SHARED_NOTES)


def main() -> int:
    """All seeds; 1 where anything was wrong."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=50)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--shared", type=int, default=0, help="seeds over the larger stand-in")
    parser.add_argument("--minutes", type=float, default=120, help="draw no seed after so many")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    end = time.monotonic() + 60 * options.minutes
    counts = {"own": options.seeds, "shared": options.shared if stand_ins.has_shared() else 0}
    figures = []
    with tempfile.TemporaryDirectory() as folder:
        for name, count in counts.items():
            if count:
                with trial_over(name, Path(folder)) as trial:
                    seeds = range(options.first, options.first + count)
                    told = [_told(trial, name, s) for s in seeds if time.monotonic() < end]
                    figures.append(_figures(name, trial, told))
    print(json.dumps(figures, indent=1) if options.json else "\n".join(map(str, figures)))
    return int(any(row["failures"] for row in figures))


def _told(trial: Trial, name: str, seed: int) -> Outcome:
    outcome = trial.seed(seed, draw(seed, is_shared=name == "shared"))
    faults = ", ".join(outcome.faults)
    said = "; ".join(outcome.wrong) or f"well after {outcome.runs} runs"
    print(f"seed {seed} ({outcome.seconds:.1f} s; {faults}): {said}", file=sys.stderr, flush=True)
    return outcome


def _figures(name: str, trial: Trial, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    runs = Counter(outcome.runs for outcome in outcomes if not outcome.wrong)
    seconds = sorted(outcome.seconds for outcome in outcomes)
    return {
        "stand-in": name,
        "seeds": len(outcomes),
        "works": len(trial.whole["works"]),
        "with a PDF": trial.files,
        "spoiled answers": sum(outcome.spoiled for outcome in outcomes),
        "kinds of fault": len({f.partition(" at ")[0] for o in outcomes for f in o.faults}),
        "as undisturbed after the next run": runs[2],
        "after the days have passed": runs[3],
        "wrong": sum(bool(outcome.wrong) for outcome in outcomes),
        "seconds a seed": round(seconds[len(seconds) // 2], 1),
        "longest": round(seconds[-1], 1),
        "failures": [f"seed {o.seed}: {what}" for o in outcomes for what in o.wrong],
    }


if __name__ == "__main__":
    sys.exit(main())
