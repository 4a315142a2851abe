"""Citations → works: which to ask the sources about now, and what their answers change in the
catalogue.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from litmap.catalogue import Catalogue, Decided
from litmap.catalogue.entries import provisional
from litmap.models import Choice, Citation, Resolution, Work
from litmap.pipeline.context import RunContext, age_days, nearly
from litmap.settings import Settings, api_keys

if TYPE_CHECKING:
    from litmap.works import KnownTitles
    from litmap.works.resume import EarlierAnswer

logger = logging.getLogger(__name__)

NO_ANSWER = frozenset({"failed", "pending"})
"""A source could not be asked, or was not asked yet."""


def unresolved(catalogue: Catalogue, settings: Settings) -> list[Citation]:
    """The citations to ask about now: new ones, those of which some source did not answer, and
    those whose answer has grown old.
    """
    known, decisions = catalogue.resolutions(), catalogue.decisions()
    return [
        c
        for c in catalogue.citations()
        if c.key not in known
        or (decisions.get(c.key) != Choice.NONE and _is_due(known[c.key], settings))
    ]


def _is_due(decided: Decided, settings: Settings) -> bool:
    return decided.status in NO_ANSWER or bool(decided.unanswered) or _is_old(decided, settings)


def _is_old(decided: Decided, settings: Settings) -> bool:
    is_known = decided.work and decided.status == "metadata-only"
    days = settings.recheck_days if is_known else settings.retry_days
    return age_days(decided.time) >= nearly(days)


def resolve(
    catalogue: Catalogue,
    context: RunContext,
    citations: Sequence[Citation],
    known_titles: KnownTitles | None = None,
) -> None:
    """Ask the sources about these citations; each answer is kept as it comes.

    Of a bare title that is among `known_titles` nobody is asked whether it is a work: it is that of
    the library, or is looked up as the reference that tells of it.
    """
    by_key = {c.key: c for c in citations}
    if known_titles:
        citations = _settle_known(catalogue, context.now, citations, known_titles)
    if context.settings.offline or not citations:
        return
    settings = context.settings
    earlier = _earlier_answers(catalogue, settings, citations)
    logger.info("resolve: %d citations, %d in part", len(citations), len(earlier))
    with context.open_client("resolve") as client:
        resolutions = context.collaborators.resolve(
            citations,
            client,
            now=context.now,
            chosen_ids=catalogue.decisions(),
            earlier=earlier,
            lookups=settings.lookups,
            contact=settings.contact,
            keys=api_keys(),
            progress=lambda done, total, text: context.progress("resolve", done, total, text),
        )
        user_data = catalogue.works_with_user_data()
        for done, resolution in enumerate(resolutions, 1):
            logger.debug("%s: %s, %s", resolution.citation, resolution.status, resolution.reason)
            before = earlier.get(resolution.citation)
            since = before.time if before else context.now  # the others' answers are as old as then
            _keep(catalogue, resolution, by_key[resolution.citation], user_data, since)
            if before is not None:
                _try_new_places(catalogue, before.work, resolution.work)
            title = resolution.work.title if resolution.work else ""
            context.progress("resolve", done, len(citations), title)


def _settle_known(
    catalogue: Catalogue, now: str, citations: Sequence[Citation], known: KnownTitles
) -> list[Citation]:
    """Keep the works of bare titles that the library has; the others come back, with what is told
    of them.
    """
    from litmap import works

    decisions, user_data = catalogue.decisions(), catalogue.works_with_user_data()
    left = []
    for citation in citations:
        is_open = works.may_be_known(citation) and citation.key not in decisions
        found = known.find(citation.reference) if is_open else None
        if found is None:
            left.append(citation)
            continue
        logger.info("%s: its title stands in %s", citation.key, found.told_by)
        if found.work is None:
            left.append(works.completed(citation, found))
        else:
            reason = "its title is that of a work of your library"
            resolution = Resolution(citation.key, found.work, "metadata-only", reason)
            _keep(catalogue, resolution, citation, user_data, now)
    return left


def _earlier_answers(
    catalogue: Catalogue, settings: Settings, citations: Sequence[Citation]
) -> dict[str, EarlierAnswer]:
    """What is known of citations of which some source did not answer, as long as it is not old.

    Where several works may be meant all sources are asked again: each counts for the choice.
    """
    from litmap.works.resume import EarlierAnswer

    known = catalogue.resolutions()
    partial = [
        decided
        for decided in (known[c.key] for c in citations if c.key in known)
        if decided.unanswered and decided.status != "unsure" and not _is_old(decided, settings)
    ]
    if not partial:
        return {}
    works, aliases = catalogue.works(), catalogue.aliases()
    earlier = {}
    for decided in partial:
        found = decided.work or "" if decided.status == "metadata-only" else ""
        work = works.get(aliases.get(found, found))
        earlier[decided.citation] = EarlierAnswer(work, decided.unanswered, decided.time)
    return earlier


def _keep(
    catalogue: Catalogue, resolution: Resolution, citation: Citation, user_data: set[str], now: str
) -> None:
    """Keep what a source says; what the user gave to the work under its former id goes with it."""
    former = _former_id(catalogue, citation)
    with catalogue.write():
        if _is_worse(catalogue, resolution):
            logger.debug("%s: what was known before is kept", resolution.citation)
            return
        catalogue.put_resolution(resolution, now)
        if former in user_data and resolution.work is not None:
            catalogue.rename_work(former, resolution.work, now)


def _try_new_places(catalogue: Catalogue, before: Work | None, work: Work | None) -> None:
    """Where a source names open copies that were not known of a work, its PDF is tried for
    again.
    """
    if before is None or work is None or not _open_places(work) - _open_places(before):
        return
    logger.debug("%s: open copies are known that were not tried", work.id)
    with catalogue.write():
        catalogue.forget_failed_fetch(work.id)


def _open_places(work: Work) -> set[str]:
    return {location.url for location in work.locations if location.access == "open"}


def _former_id(catalogue: Catalogue, citation: Citation) -> str:
    """The id under which a citation's work went before a source knew it; '' where one did.

    The user may have dropped its PDF or corrected it under that id.
    """
    before = catalogue.resolution(citation.key)
    if before is None:
        return provisional(citation.reference).id
    return before.work or "" if before.status != "metadata-only" else ""


def _is_worse(catalogue: Catalogue, resolution: Resolution) -> bool:
    """Whether a source failed today and more is known of it: that stays with its age, so it is
    asked again.
    """
    before = catalogue.resolution(resolution.citation)
    if before is None or resolution.status not in NO_ANSWER:
        return False
    return before.status not in NO_ANSWER or (resolution.work is None and before.work is not None)


def join_works(catalogue: Catalogue, now: str) -> None:
    """Citations and dropped files that turned out to be one work share it from now on."""
    from litmap import works

    current = _current_works(catalogue)
    with catalogue.write():
        for old, new in zip(current, works.merge(current), strict=True):
            if old.work is not None and new.work is not None and old.work != new.work:
                logger.debug("%s is %s", old.work.id, new.work.id)
                catalogue.rename_work(old.work.id, new.work, now)


def _current_works(catalogue: Catalogue) -> list[Resolution]:
    """The resolutions of today's citations, then a stand-in for each work from the drop folder that
    none cites.
    """
    known, aliases = catalogue.works(), catalogue.aliases()
    cited = {c.key for c in catalogue.citations()}
    current = [
        Resolution(d.citation, known.get(aliases.get(d.work, d.work)), d.status, d.reason)
        for d in catalogue.resolutions().values()
        if d.work is not None and d.citation in cited
    ]
    here = {r.work.id for r in current if r.work is not None}
    uncited = sorted(catalogue.dropped() - here)
    return current + [Resolution("", known.get(i), "fetched", "") for i in uncited]
