"""Identifiers for the works of the reading list, from the services that know them, remembered in
the catalogue.

A stage of its own before the build: the build takes what the catalogue holds.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from litmap.catalogue import Catalogue, Lookup
from litmap.models import Citation, Problem
from litmap.pipeline.context import RunContext, age_days, nearly
from litmap.settings import api_keys

if TYPE_CHECKING:
    from litmap.references import MissingWork

logger = logging.getLogger(__name__)

MAX_IDENTIFIED, MAX_LOOKUPS = 100, 30
"""Works at the head of the list that identifiers are wanted for, and how many are asked about in
one refresh."""
SOURCES = ("Crossref", "OpenAlex")
"""They answer fast and know most works; the build waits for them."""


def known_identifiers(catalogue: Catalogue) -> dict[str, tuple[str, ...]]:
    """The identifiers that sources gave for works which the papers cite, by key."""
    return {key: lookup.ids for key, lookup in catalogue.lookups().items() if lookup.ids}


def identify(catalogue: Catalogue, context: RunContext, uncited: Sequence[MissingWork]) -> None:
    """Ask about the works at the head of the reading list, a few in one refresh, and keep what is
    answered.

    A work that no source knows is asked about again after `retry_days`; one that could not be
    asked, once those behind it had their turn. A failure of the network goes to the report's
    problems.
    """
    known = catalogue.lookups()
    wanted = _choose(uncited, known, context.settings.retry_days)
    logger.info("reading list: %d of %d works are looked up", len(wanted), len(uncited))
    if not wanted:
        return
    answered: dict[str, Lookup] = {}
    try:
        for lookup in _ask(wanted, context):
            answered[lookup.key] = lookup  # what came before a failure is kept
    except Exception as error:  # noqa: BLE001 - a refresh is not to fail for want of an address
        logger.warning("reading list: %s", error)
        why = f"its works could not be looked up: {error}"
        context.report.problems.append(Problem("reading list", why))
    unanswered = [Lookup(m.key, (), "") for m in wanted if m.key not in answered]
    with catalogue.write():
        catalogue.put_lookups([*unanswered, *answered.values()])


def _choose(
    uncited: Sequence[MissingWork], known: Mapping[str, Lookup], retry_days: float
) -> list[MissingWork]:
    """The works to ask about now: at the head of the list, those never asked about first."""
    due = [m for m in uncited[:MAX_IDENTIFIED] if _is_due(known.get(m.key), retry_days)]
    return sorted(due, key=lambda m: m.key in known)[:MAX_LOOKUPS]


def _is_due(lookup: Lookup | None, retry_days: float) -> bool:
    if lookup is None or not lookup.was_asked:
        return True
    return not lookup.ids and age_days(lookup.time) >= nearly(retry_days)


def _ask(wanted: Sequence[MissingWork], context: RunContext) -> Iterator[Lookup]:
    """What the sources say, as they answer; a work that could not be asked about is left out."""
    citations = [
        Citation(m.key, "reference", replace(m.reference, page=0, number=""), (), sure=True)
        for m in wanted
        if m.reference.title or m.reference.ids
    ]
    with context.open_client("resolve") as client:
        resolutions = context.collaborators.resolve(
            citations,
            client,
            now=context.now,
            contact=context.settings.contact,
            keys=api_keys(),
            sources=SOURCES,
        )
        for done, resolution in enumerate(resolutions, 1):
            if resolution.status not in {"failed", "pending"}:
                work = resolution.work if resolution.status != "unsure" else None
                logger.debug("%s: %s", resolution.citation, work.ids if work else "not known")
                yield Lookup(resolution.citation, work.ids if work else (), context.now)
            context.progress("resolve", done, len(citations), "works that your papers cite")
