"""The user's own word about works: which candidate is meant, and corrected fields. It wins over
every source.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from litmap.catalogue import Catalogue, utc_now
from litmap.catalogue.entries import Entry, entries
from litmap.catalogue.stored import PLACE, Decision
from litmap.errors import UsageError
from litmap.models import Choice, Resolution, Work
from litmap.parsing.identifiers import find_identifiers, normalise_id
from litmap.paths import LibraryPaths
from litmap.pipeline.open_catalogue import open_to_write
from litmap.settings import Settings

FIELDS = ("title", "authors", "year", "venue", "doi")
MEANT = "work"
"""What the user's word is about where it says which work is meant: no field of it."""
SUBJECTS = (MEANT, *FIELDS, PLACE)
"""What the user's word about a work may be about."""


def settle(settings: Settings, work_id: str, choice: str) -> dict[str, Any]:
    """Keep that `work_id` is `choice`: a candidate's id, any identifier, 'none' for no scholarly
    work, or 'search' to look up what was not.

    `work_id` may be an id that the work went by before an earlier choice, or the key of what is not
    confirmed (`litmap works --missing`). Raises `NoLibrary`, and `UsageError` where there is no
    such work or no such choice.
    """
    with open_to_write(settings) as catalogue:
        subject = _subject(catalogue, work_id)
        chosen = _choice(subject, choice)
        if not subject.citations:
            _remove_dropped(catalogue, subject, chosen)
            return {"work": work_id, "choice": chosen, "citations": []}
        now, held = utc_now(), catalogue.works_with_user_data()
        with catalogue.write():
            for key in subject.citations:
                catalogue.decide(key, chosen, now, former=work_id)
                _apply(catalogue, key, chosen, subject, held, now)
        return {"work": work_id, "choice": chosen, "citations": list(subject.citations)}


def _apply(
    catalogue: Catalogue, key: str, chosen: str, entry: Entry, held: set[str], now: str
) -> None:
    """What a choice changes at once; the next refresh does the rest. The candidates stay with it,
    for a choice that is taken back.
    """
    kept = catalogue.resolution(key)
    others = kept.candidates if kept else ()
    candidate = next((c for c in entry.candidates if c.id == chosen), None)
    if chosen == Choice.NONE:
        said = Resolution(key, None, "not-found", "you said that it is no work", others)
        catalogue.put_resolution(said, now)
    elif candidate is not None:
        chose = Resolution(key, candidate, "metadata-only", "you chose it", others)
        catalogue.put_resolution(chose, now)
        if entry.work.id in held:  # a PDF dropped or a field corrected while the work was unsure
            catalogue.rename_work(entry.work.id, candidate, now)
    elif entry.status == "unsure" and chosen != Choice.SEARCH:
        # What hangs on it goes with it once the source has answered.
        asked = Resolution(key, entry.work, "pending", f"you said that it is {chosen}", others)
        catalogue.put_resolution(asked, now)
    else:
        catalogue.forget_resolution(key)


def decisions(settings: Settings) -> list[dict[str, str]]:
    """All that the user said of works, the oldest first: the id that it was said of, the choice or
    the corrected field, and when. Raises `NoLibrary`.
    """
    with Catalogue.open(LibraryPaths(settings.library).catalogue) as catalogue:
        return [_as_json(decision) for decision in catalogue.all_decisions()]


def undo(settings: Settings, work_id: str, about: str = "") -> list[dict[str, str]]:
    """Take back what the user said of a work, by the id that it was said of or the key of its
    citation: all of it, or what is `about` one of `SUBJECTS`; what was taken back.

    With a DOI that is taken back its PDF is looked for again. Raises `NoLibrary`, and `UsageError`
    where nothing was said.
    """
    with open_to_write(settings) as catalogue:
        said = [d for d in catalogue.all_decisions() if work_id in {d.former, d.subject}]
        if not said:
            raise UsageError(f"nothing was decided of {work_id!r}: `litmap decisions` lists it all")
        undone = [d for d in said if about in {"", subject_of(d.field)}]
        if not undone:
            others = ", ".join(dict.fromkeys(subject_of(d.field) for d in said))
            raise UsageError(f"you said nothing of the {about} of {work_id!r}, but of: {others}")
        with catalogue.write():
            for decision in undone:
                catalogue.undo_decision(decision)
                if decision.field == "doi":
                    catalogue.forget_failed_fetch(decision.subject)
        return [_as_json(decision) for decision in undone]


def subject_of(field: str) -> str:
    """What the user's word is about, one of `SUBJECTS`, by the `field` of `decisions`."""
    return field or MEANT


def _as_json(decision: Decision) -> dict[str, str]:
    return {
        "work": decision.former or decision.subject,
        "field": decision.field,
        "choice": decision.choice,
        "time": decision.time,
        "citation": "" if decision.field else decision.subject,
    }


def _remove_dropped(catalogue: Catalogue, entry: Entry, chosen: str) -> None:
    """Only 'none' can be said of a work that no note cites; its file may stay in the drop
    folder.
    """
    if chosen != Choice.NONE:
        raise UsageError(
            f"{entry.work.id} came from the drop folder and no note cites it: correct it with "
            "--set, or say 'none' to take it out of the library"
        )
    with catalogue.write():
        catalogue.remove_dropped(entry.work.id)


def correct(settings: Settings, work_id: str, values: Sequence[str]) -> dict[str, Any]:
    """Keep corrected fields ('year=2017') of a work; with another DOI its PDF is looked for again.
    Raises `NoLibrary`, `UsageError` for an unknown field or a value that is none.
    """
    changes: dict[str, Any] = {}
    for value in values:
        field, _, text = value.partition("=")
        if field not in FIELDS or not text.strip():
            raise UsageError(
                f"--set {value!r}: write FIELD=VALUE with a field of {', '.join(FIELDS)}"
            )
        changes[field] = _value(field, text.strip())
    with open_to_write(settings) as catalogue:
        entry = _entry(catalogue, work_id)
        with catalogue.write():
            for field, value in changes.items():
                catalogue.correct(entry.work.id, field, value, utc_now())
            if "doi" in changes:
                catalogue.forget_failed_fetch(entry.work.id)
    return {"work": work_id, **changes}


def _value(field: str, text: str) -> Any:
    if field == "year":
        if not re.fullmatch(r"\d{4}", text):
            raise UsageError(f"{text!r} is no year")
        return int(text)
    if field == "doi":
        return _doi(text)
    if field == "authors":
        return [part.strip() for part in text.split(";") if part.strip()]
    return text


def _doi(text: str) -> str:
    """The one DOI that a text names. Raises `UsageError`."""
    dois = [found.id for found in find_identifiers(text) if found.id.startswith("doi:")]
    if len(dois) != 1:
        raise UsageError(f"{text!r} is no DOI")
    return normalise_id(dois[0])


def _entry(catalogue: Catalogue, work_id: str) -> Entry:
    known = catalogue.aliases().get(work_id, work_id)
    for entry in entries(catalogue):
        if known == entry.work.id or known in entry.work.ids:
            return entry
    raise UsageError(f"no work {work_id!r} in the library: `litmap works` shows their ids")


def _subject(catalogue: Catalogue, work_id: str) -> Entry:
    """What an id names: a work of the library, one that an earlier choice renamed or hid, or what
    is not confirmed. Raises `UsageError`.
    """
    said_of = {d.subject for d in catalogue.all_decisions() if d.former == work_id}
    cited = tuple(c.key for c in catalogue.citations() if c.key in {*said_of, work_id})
    if not cited:
        return _entry(catalogue, work_id)
    shown = next((e for e in entries(catalogue) if set(cited) & set(e.citations)), None)
    if shown is None:
        return Entry(Work(work_id, work_id), "not-found", "", citations=cited)
    return replace(shown, citations=cited)


def _choice(entry: Entry, choice: str) -> str:
    if choice in set(Choice) or any(choice == c.id for c in entry.candidates):
        return choice
    for candidate in entry.candidates:
        if choice in candidate.ids:
            return candidate.id
    found = find_identifiers(choice)
    if not found:
        names = ", ".join(c.id for c in entry.candidates) or "there are none here"
        raise UsageError(
            f"{choice!r} is neither a candidate ({names}), nor an identifier, nor 'none', "
            "nor 'search'"
        )
    return normalise_id(found[0].id)
