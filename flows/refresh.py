"""The refresh as a Prefect flow: the order of the stages stands here, each stage a task on a batch.

With a Prefect server (`PREFECT_API_URL`, or one started by `litmap schedule`) runs, stages and failures show in its
UI; without one the flow runs in this process beside a temporary server of Prefect's own.
"""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import Any

os.environ.setdefault(
    "PREFECT_LOGGING_LEVEL", "CRITICAL"
)  # the command prints what went wrong itself
os.environ.setdefault(
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "120"
)  # a busy laptop needs more than 20
if any(os.environ.get(name) for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")):
    for name in (
        "NO_PROXY",
        "no_proxy",
    ):  # Prefect's server is on loopback; a proxy cannot reach it
        hosts = [h for h in os.environ.get(name, "").split(",") if h]
        os.environ[name] = ",".join(dict.fromkeys([*hosts, "127.0.0.1", "localhost"]))

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE

from litmap.models import Citation
from litmap.pipeline import RefreshRun
from litmap.pipeline.report import Progress, current_progress, quiet, showing
from litmap.settings import Settings, load_settings

_once = task(cache_policy=NO_CACHE, persist_result=False)


@_once
def read_notes(run: RefreshRun) -> None:
    """Notes → citations."""
    run.read_notes()


@_once
def resolve(run: RefreshRun, citations: list[Citation]) -> None:
    """Citations → works."""
    run.resolve(citations)


@_once
def fetch(run: RefreshRun) -> None:
    """Works → PDFs; runs beside the reading and embedding of what has arrived."""
    run.fetch()


@_once
def extract(run: RefreshRun, batch: list[str]) -> None:
    """PDFs → text."""
    run.extract(batch)


@_once
def embed(run: RefreshRun, batch: list[str]) -> None:
    """Text → passages and their vectors."""
    run.embed(batch)


@_once
def build(run: RefreshRun) -> None:
    """Passages, vectors, topics, map and summaries → the build that readers open."""
    run.build()


@flow(
    name="refresh",
    flow_run_name="refresh {library}",
    persist_result=False,
    validate_parameters=False,
)
def refresh(
    library: str | None = None,
    notes: list[str] | None = None,
    options: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Bring a library up to date with its notes; the run's report. Parameters override the settings."""
    settings = load_settings({**(options or {}), "library": library, "notes": notes or None})
    with RefreshRun(settings, current_progress()) as run:
        read_notes(run)
        resolve(run, run.unresolved())
        for batch in run.papers(lambda: fetch.submit(run)):
            extract(run, batch)
            embed(run, batch)
        build(run)
    create_markdown_artifact(
        run.report.as_markdown(), key="litmap-refresh", description="What this refresh did"
    )
    return run.report.as_json()


def flow_parameters(settings: Settings) -> dict[str, Any]:
    """The flow's parameters for these settings, with absolute paths: a scheduled run starts anywhere."""
    options = dataclasses.asdict(
        settings
    )  # all: an option's default, too, overrides a file the flow would find
    options.pop("notes")
    options["state"] = str(settings.state.resolve())
    options["library"] = str(settings.library.resolve())
    notes = [n if n == "-" else str(Path(n).resolve()) for n in settings.notes]
    return {"library": options.pop("library"), "notes": notes or None, "options": options}


def run(settings: Settings, progress: Progress = quiet) -> dict[str, Any]:
    """Run the flow in this process with these settings; the run's report."""
    with showing(progress):
        report: dict[str, Any] = refresh(**flow_parameters(settings))
    return report
