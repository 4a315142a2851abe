"""Which works of the library a draft cites, without asking anybody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from litmap import citations, notes, references
from litmap.catalogue.entries import Entry
from litmap.claims import CitedWork
from litmap.errors import UsageError
from litmap.models import BibRecord, Citation, Reference
from litmap.parsing.person_names import family_keys
from litmap.parsing.title_similarity import squash_title


def cited_works(drafts: Sequence[Path | str], entries: Sequence[Entry]) -> list[CitedWork]:
    """The mentions of the library's works in some files. Raises `UsageError` where none of them can
    be read.
    """
    read, problems = notes.read_notes(drafts)
    if not read:
        reason = problems[0].reason if problems else "there is no note there"
        subject = problems[0].subject if problems else str(drafts[0])
        raise UsageError(f"{subject}: {reason}", subject=subject)
    known = KnownWorks(entries)
    return [
        CitedWork(entry.work.id, mention, (entry.work.title, citation.reference.title))
        for citation in citations.find_citations(read)
        if (entry := known.find(citation)) is not None
        for mention in citation.mentions
    ]


class KnownWorks:
    """The library's works by what a citation may name them by.

    What a draft says most of a work decides: where it gives a title or an identifier, author and
    year alone name nothing, and neither does a key that the library's own files give to another
    title. What several works have names none of them.
    """

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = {entry.work.id: entry for entry in entries}
        self._index = references.WorkIndex([entry.work for entry in entries])
        self._by_citation = {key: entry.work.id for entry in entries for key in entry.citations}
        self._by_key: dict[str, dict[str, BibRecord]] = {}
        self._by_people: dict[tuple[str, int], list[str]] = {}
        for entry in entries:
            work = entry.work
            for record in entry.records:
                self._by_key.setdefault(record.key, {})[work.id] = record
            families = family_keys(work.authors)
            if families and work.year:
                self._by_people.setdefault((families[0], work.year), []).append(work.id)

    def find(self, citation: Citation) -> Entry | None:
        """The work a citation means: the one that the library has for it already, by identifier or
        title, by key, or, where it has nothing else, as the only one with its authors and year;
        None where none does.
        """
        reference = citation.reference
        work = self._by_citation.get(citation.key) or self._index.find(reference)
        work = work or self._find_by_key(citation)
        if work is None and not (reference.title or reference.ids):
            work = self._find_by_people(reference)
        return None if work is None else self._entries[work]

    def _find_by_key(self, citation: Citation) -> str | None:
        for key in _keys(citation):
            fitting = self._by_key.get(key, {})
            if len(fitting) == 1:
                ((work, record),) = fitting.items()
                if not _tells_apart(citation.reference, record, self._entries[work]):
                    return work
        return None

    def _find_by_people(self, reference: Reference) -> str | None:
        """The only work of a first author and year, if it has the other authors named too."""
        people = family_keys(reference.authors)
        if not people or not reference.year:
            return None
        fitting = [
            work
            for work in self._by_people.get((people[0], reference.year), ())
            if set(people) <= set(family_keys(self._entries[work].work.authors))
        ]
        return fitting[0] if len(fitting) == 1 else None


def _keys(citation: Citation) -> Iterator[str]:
    """The keys of reference files by which a citation names its work."""
    for mention in citation.mentions:
        if mention.kind == "citekey":
            yield mention.text.lstrip("@")
    for record in citation.records:
        yield record.key


def _tells_apart(reference: Reference, record: BibRecord, entry: Entry) -> bool:
    """Whether a draft's own reference file gives a key to another work than the library's files
    do: its title is neither in their record nor one of the work's.
    """
    told = (*(value for _, value in record.fields), entry.work.title, *entry.work.other_titles)
    return bool(reference.title) and squash_title(reference.title) not in map(squash_title, told)
