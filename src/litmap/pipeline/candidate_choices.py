"""The reader's word about new papers: 'into my inbox note', and 'not this'."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from litmap.catalogue import Catalogue
from litmap.errors import UsageError
from litmap.models import Candidate, CandidateState, Work
from litmap.parsing.identifiers import identifier_from_url, normalise_id
from litmap.pipeline.inbox_note import append_references
from litmap.pipeline.open_catalogue import open_to_write
from litmap.settings import Settings


def take(settings: Settings, ids: Sequence[str]) -> list[Candidate]:
    """Write these candidates into the inbox note of the settings; the candidates.

    The note is written first: after a kill in between, the next call finds the line there. Raises
    `UsageError` where the settings name no note or there is no such candidate, `LibraryError` where
    the note cannot be written (nothing is changed then), `NoLibrary`, and `Busy` while a refresh
    runs.
    """
    note = _inbox(settings)
    with open_to_write(settings) as catalogue:
        chosen = _find(catalogue, ids)
        append_references(note, [c.work for c in chosen])
        return _keep(catalogue, chosen, CandidateState.TAKEN)


def take_cited(settings: Settings, work: Work) -> int:
    """Write a work that a paper cites into the inbox note of the settings; 0 where the note names
    it already.

    Raises `UsageError` where the settings name no note, `LibraryError` where it cannot be written.
    """
    return append_references(_inbox(settings), [work])


def _inbox(settings: Settings) -> Path:
    if not settings.watch_inbox:
        raise UsageError(
            'no inbox note is named: put `inbox = "notes/inbox.md"` below [watch] into litmap.toml',
            subject="watch_inbox",
        )
    return Path(settings.watch_inbox).expanduser()


def refuse(settings: Settings, ids: Sequence[str]) -> list[Candidate]:
    """Keep that the reader does not want these; what is like them stands lower from now on.

    Raises `UsageError` where there is no such candidate, `NoLibrary`, and `Busy` while a refresh
    runs.
    """
    with open_to_write(settings) as catalogue:
        return _keep(catalogue, _find(catalogue, ids), CandidateState.REFUSED)


def _find(catalogue: Catalogue, ids: Sequence[str]) -> list[Candidate]:
    """The candidates by any of their identifiers, however the reader writes it: '2612.80002',
    'arXiv:2612.80002v1', '10.1000/1', the address of its page. Raises `UsageError` for one that
    there is not.
    """
    candidates = catalogue.candidates()
    known = {ident: c for c in candidates for ident in c.work.ids} | {c.id: c for c in candidates}
    chosen: dict[str, Candidate] = {}
    for given in ids:
        names = (given, normalise_id(given), identifier_from_url(given.strip()) or "")
        candidate = next((known[name] for name in names if name in known), None)
        if candidate is None:
            raise UsageError(f"no new paper {given}: `litmap new` lists them", subject=given)
        chosen[candidate.id] = candidate
    return list(chosen.values())


def _keep(
    catalogue: Catalogue, chosen: Sequence[Candidate], state: CandidateState
) -> list[Candidate]:
    """Keep their state; the events that told of them are read."""
    kept = [replace(candidate, state=state) for candidate in chosen]
    ids = {candidate.id for candidate in kept}
    read = [e.id for e in catalogue.events() if e.kind == "candidate" and e.subject in ids]
    with catalogue.write():
        catalogue.put_candidates(kept)
        catalogue.mark_read(read)
    return kept
