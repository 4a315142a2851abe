"""Which works of the library a draft cites, without asking anybody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from litmap import citations, notes
from litmap.catalogue.entries import Entry
from litmap.claims import CitedWork
from litmap.errors import UsageError
from litmap.models import Citation
from litmap.parsing.person_names import family_name
from litmap.parsing.title_similarity import normalise_title


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
    """The library's works by what a citation may name them by."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._by_id: dict[str, Entry] = {}
        self._by_title: dict[str, Entry] = {}
        self._by_key: dict[str, Entry] = {}
        self._by_author: dict[tuple[str, int], list[Entry]] = {}
        for entry in entries:
            work = entry.work
            self._by_id.update(dict.fromkeys((work.id, *work.ids), entry))
            for title in (work.title, *work.other_titles):
                self._by_title.setdefault(normalise_title(title), entry)
            for record in entry.records:
                self._by_key.setdefault(record.key, entry)
            if work.authors and work.year:
                author = (family_name(work.authors[0]).casefold(), work.year)
                self._by_author.setdefault(author, []).append(entry)

    def find(self, citation: Citation) -> Entry | None:
        """The work a citation means: by identifier, key, title, or the only one with its first
        author and year; None where none does.
        """
        return next((entry for entry in self._candidates(citation) if entry is not None), None)

    def _candidates(self, citation: Citation) -> Iterator[Entry | None]:
        reference = citation.reference
        yield from (self._by_id.get(identifier) for identifier in reference.ids)
        for mention in citation.mentions:
            if mention.kind == "citekey":
                yield self._by_key.get(mention.text.lstrip("@"))
        yield from (self._by_key.get(record.key) for record in citation.records)
        if reference.title:
            yield self._by_title.get(normalise_title(reference.title))
        if reference.authors and reference.year:
            author = (family_name(reference.authors[0]).casefold(), reference.year)
            named = self._by_author.get(author, [])
            yield named[0] if len(named) == 1 else None
