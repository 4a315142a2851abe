"""Identifiers for the works of the reading list, from the services that know them, remembered in the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from litmap.models import Citation, Problem
from litmap.pipeline.acquisition import age_days, open_client
from litmap.settings import Settings, api_keys

if TYPE_CHECKING:
    from litmap.catalogue import Catalogue
    from litmap.pipeline.report import Progress
    from litmap.references import MissingWork

Identify = Callable[[Sequence["MissingWork"]], Mapping[str, tuple[str, ...]]]

MAX_IDENTIFIED, MAX_LOOKUPS = 100, 30
"""Works at the head of the list that identifiers are wanted for, and how many are asked about in one refresh."""
SOURCES = ("Crossref", "OpenAlex")
"""They answer fast and know most works; the build waits for them."""
FACT, FAILED = "reading", "failed"


def identifier(
    catalogue: Catalogue, settings: Settings, now: str, progress: Progress, problems: list[Problem]
) -> Identify:
    """What gives identifiers for works of the reading list ({key: ids}): see `identify`. Failures go to `problems`."""
    return lambda missing: identify(catalogue, settings, missing, now, progress, problems)


def identify(
    catalogue: Catalogue, settings: Settings, missing: Sequence[MissingWork], now: str, progress: Progress,
    problems: list[Problem],
) -> dict[str, tuple[str, ...]]:  # fmt: skip
    """The identifiers that are known of these works, by key; those at the head are looked up, a few with each build.

    A work that no source knows is asked about again after `retry_days`; one that could not be asked, once those behind
    it had their turn. Offline, or where the network fails, what is remembered is all there is.
    """
    remembered: dict[str, list[str]] = catalogue.fact(FACT, {})
    if not settings.offline:
        due = [
            m
            for m in missing[:MAX_IDENTIFIED]
            if _is_due(remembered.get(m.key), settings.retry_days)
        ]
        wanted = sorted(due, key=lambda m: m.key in remembered)[:MAX_LOOKUPS]
        found: dict[str, tuple[str, ...]] = {}
        try:
            found.update(
                _ask(wanted, settings, now, progress)
            )  # what came before a failure is kept
        except Exception as error:  # noqa: BLE001 - a build is not to fail for want of an address
            problems.append(Problem("reading list", f"its works could not be looked up: {error}"))
        if wanted:
            remembered |= {m.key: [FAILED] for m in wanted if m.key not in found}
            remembered |= {key: [now, *ids] for key, ids in found.items()}
            with catalogue.write():
                catalogue.put_fact(FACT, remembered)
    return {
        m.key: tuple(remembered[m.key][1:]) for m in missing if len(remembered.get(m.key, ())) > 1
    }


def _is_due(known: list[str] | None, retry_days: float) -> bool:
    return (
        known is None or known == [FAILED] or (len(known) == 1 and age_days(known[0]) >= retry_days)
    )


def _ask(
    wanted: Sequence[MissingWork], settings: Settings, now: str, progress: Progress
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """A work's identifiers as the sources say, none where none knows it; one that could not be asked is left out."""
    from litmap import works

    if not wanted:
        return
    citations = [
        Citation(m.key, "reference", replace(m.reference, page=0, number=""), (), sure=True)
        for m in wanted
        if m.reference.title or m.reference.ids
    ]
    with open_client(settings, "resolve", progress) as client:
        answers = works.resolve(
            citations, client, now=now, contact=settings.contact, keys=api_keys(), sources=SOURCES
        )
        for done, found in enumerate(answers, 1):
            if found.status not in {"failed", "pending"}:
                sure = found.work is not None and found.status != "unsure"
                yield found.citation, found.work.ids if sure and found.work is not None else ()
            progress("resolve", done, len(citations), "works that your papers cite")


__all__ = ["Identify", "identifier", "identify"]
