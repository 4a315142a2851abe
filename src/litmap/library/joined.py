"""Several libraries searched as one: your own, and those of others beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import numpy as np

from litmap import search
from litmap.catalogue.entries import Entry
from litmap.errors import UsageError
from litmap.library.library import NOTES_SHOWN, Library
from litmap.library.results import SearchHit, SearchResults, show_results
from litmap.search import JoinedSearcher
from litmap.settings import Settings

if TYPE_CHECKING:
    from litmap.search import Results


class JoinedLibraries:
    """Libraries searched as if all their papers stood in one, scores included; use as a context
    manager.

    A paper that several have is that of the first which has its text. Notes are searched in the
    first library alone: those of the others are their readers'.
    """

    def __init__(self, libraries: Sequence[Library]) -> None:
        self.libraries = tuple(libraries)
        self._see_that_models_are_one()

    @classmethod
    def open(cls, settings: Settings, beside: Sequence[Path | str]) -> Self:
        """The settings' own library, and those in these folders. Raises what `Library.open` raises,
        `UsageError` where their models differ.
        """
        with ExitStack() as stack:
            opened = [stack.enter_context(Library.open(settings=settings))]
            for folder in beside:
                other = replace(settings, library=Path(folder).expanduser())
                opened.append(stack.enter_context(Library.open(settings=other)))
            joined = cls(opened)
            stack.pop_all()
        return joined

    def close(self) -> None:
        """Let go of all files."""
        for library in self.libraries:
            library.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def search(self, query: str, *, limit: int = 10, by: str = "passage") -> SearchResults:
        """As `Library.search`, over all libraries; a hit of another one has its folder as
        `library`, and the row that it has there. Raises `SearchError`.
        """
        if len(self.libraries) == 1:
            return self.libraries[0].search(query, limit=limit, by=by)
        results = self._searcher.search(search.parse_query(query), limit=limit + NOTES_SHOWN)
        return self._answer(results, by, limit)

    def locate(self, quotation: str, *, limit: int = 5) -> SearchResults:
        """As `Library.locate`, over all libraries."""
        if len(self.libraries) == 1:
            return self.libraries[0].locate(quotation, limit=limit)
        return self._answer(self._searcher.locate(quotation, limit=limit))

    def _see_that_models_are_one(self) -> None:
        for library in self.libraries[1:]:
            (own, own_key), (other, key) = self.libraries[0].model, library.model
            if key != own_key:
                raise UsageError(
                    f"{library.paths.root} was made with the model {other}, yours with {own}: "
                    "libraries of one model can be searched as one",
                    subject=str(library.paths.root),
                )

    @cached_property
    def _shown(self) -> tuple[Mapping[str, Entry], ...]:
        """The works of each library that are searched, by id."""
        return shown_works([library.works() for library in self.libraries])

    @cached_property
    def _entries(self) -> Mapping[str, Entry]:
        return {name: entry for works in reversed(self._shown) for name, entry in works.items()}

    @cached_property
    def _searcher(self) -> JoinedSearcher:
        own = self.libraries[0]
        parts = [
            library.search_part(self._is_searched(number))
            for number, library in enumerate(self.libraries)
        ]
        facts = {
            name: part.facts[name]
            for part, works in zip(parts, self._shown, strict=True)
            for name in works
        }
        return JoinedSearcher(own.encoder, parts, facts, reranker=own.reranker())

    def _is_searched(self, number: int) -> Callable[[str], bool]:
        """Whether passages of a work (or of a note) of a library are searched."""
        works = self._shown[number]
        if number == 0:
            own = self.libraries[0].by_id
            return lambda name: name in works or name not in own
        return lambda name: name in works

    def _answer(
        self, results: Results, by: str = "passage", limit: int | None = None
    ) -> SearchResults:
        shown = show_results(results, by, self._entries, limit, NOTES_SHOWN)
        return replace(
            shown,
            hits=tuple(map(self._with_library, shown.hits)),
            notes=tuple(map(self._with_library, shown.notes)),
        )

    def _with_library(self, hit: SearchHit) -> SearchHit:
        number = int(np.searchsorted(self._searcher.first_rows, hit.row, side="right")) - 1
        if number == 0:
            return hit
        folder = str(self.libraries[number].paths.root)
        return replace(hit, row=hit.row - int(self._searcher.first_rows[number]), library=folder)


def shown_works(libraries: Sequence[Sequence[Entry]]) -> tuple[Mapping[str, Entry], ...]:
    """Of the works of each library those that are searched there, by id: a work that several have
    is that of the first which has a text of it, else of the first.
    """
    owner: dict[str, tuple[int, str]] = {}
    for has_text in (True, False):
        for number, works in enumerate(libraries):
            for entry in works:
                names = {entry.work.id, *entry.work.ids}
                if bool(entry.pdf) == has_text and names.isdisjoint(owner):
                    owner |= dict.fromkeys(names, (number, entry.work.id))
    return tuple(
        {e.work.id: e for e in works if owner[e.work.id] == (number, e.work.id)}
        for number, works in enumerate(libraries)
    )
