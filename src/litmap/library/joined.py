"""Several libraries searched as one: your own, and those of others beside it, here or behind
servers.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

import numpy as np

from litmap import search
from litmap.catalogue.entries import Entry
from litmap.errors import LibraryAway, LibraryChanged, UsageError
from litmap.library.library import NOTES_SHOWN, Library
from litmap.library.results import SearchHit, SearchResults, show_results
from litmap.library.search_models import load_encoder, load_reranker
from litmap.search import JoinedSearcher
from litmap.settings import Settings, is_web_address, server_token

if TYPE_CHECKING:
    from litmap.protocols import Encoder
    from litmap.search import Results

logger = logging.getLogger(__name__)

MAX_ROUNDS = 6
"""How often a search begins anew because a library has gone or changed meanwhile."""


class SearchedLibrary(Protocol):
    """A library that is searched beside others, here (`Library`) or behind a server."""

    @property
    def name(self) -> str:
        """Its folder or address."""
        ...

    @property
    def model(self) -> tuple[str, str]:
        """The embedding model, by name and key."""
        ...

    @property
    def facts(self) -> Mapping[str, search.Facts]:
        """What filters ask of each work, by its id."""
        ...

    def works(self) -> Sequence[Entry]:
        """Its works."""
        ...

    def search_part(self, hidden: frozenset[str], *, with_notes: bool) -> search.SearchPart:
        """What is searched of it, without the `hidden` works."""
        ...

    def close(self) -> None:
        """Let go of all files."""
        ...


class OneOfMany:
    """A library that may be away for a while: opened when it is first needed."""

    def __init__(self, name: str, open_it: Callable[[], SearchedLibrary]) -> None:
        self.name = name
        self._open = open_it
        self._opened: SearchedLibrary | None = None

    def get(self) -> SearchedLibrary:
        """The library. Raises `LibraryAway`, and what `Library.open` raises."""
        if self._opened is None:
            self._opened = self._open()
        return self._opened

    def forget(self) -> None:
        """Have it opened anew."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None


class JoinedLibraries:
    """Libraries searched as if all their papers stood in one, scores included; use as a context
    manager.

    A paper that several have is that of the first which has its text. Notes are searched in the
    reader's own library alone: those of the others are their readers'. Where a server does not
    answer, the others do, with a word on what is missing.
    """

    def __init__(self, settings: Settings, libraries: Sequence[OneOfMany], own: str) -> None:
        self._settings = settings
        self._libraries = tuple(libraries)
        self._own = own
        self._joint: _Joint | None = None

    @classmethod
    def open(cls, settings: Settings, beside: Sequence[Path | str] = ()) -> Self:
        """The settings' own library (where they do not leave it out), and those at these folders
        and addresses. Raises what `Library.open` raises, `UsageError` where their models differ.
        """
        with ExitStack() as stack:
            libraries = []
            for place in [*([settings.library] if settings.search_own else []), *beside]:
                one = _library_at(str(place), settings)
                stack.callback(one.forget)
                libraries.append(one)
            if not libraries:
                raise UsageError("no library is to be searched: name one with --also")
            own = libraries[0].name if settings.search_own else ""
            joined = cls(settings, libraries, own)
            joined._joined_now()
            stack.pop_all()
        return joined

    @property
    def own(self) -> Library | None:
        """The reader's own library, where it is searched."""
        library = self._libraries[0].get() if self._own else None
        return library if isinstance(library, Library) else None

    def close(self) -> None:
        """Let go of all files."""
        for library in self._libraries:
            library.forget()

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
        """As `Library.search`, over all libraries; a hit of another one has its folder or address
        as `library`, and the row that it has there. Raises `SearchError`; `LibraryAway` where none
        answers.
        """
        if len(self._libraries) == 1 and self.own is not None:
            return self.own.search(query, limit=limit, by=by)
        return self._answered(lambda joint: joint.search(query, limit, by))

    def locate(self, quotation: str, *, limit: int = 5) -> SearchResults:
        """As `Library.locate`, over all libraries."""
        if len(self._libraries) == 1 and self.own is not None:
            return self.own.locate(quotation, limit=limit)
        return self._answered(lambda joint: joint.locate(quotation, limit))

    def _answered(self, ask: Callable[[_Joint], SearchResults]) -> SearchResults:
        """What those libraries say that answer, and which do not."""
        away: dict[str, str] = {}
        for _ in range(MAX_ROUNDS):
            joint = self._joined_now(away)
            try:
                found = ask(joint)
            except (LibraryAway, LibraryChanged) as error:
                logger.info("%s", error.message)
                self._forget(error.subject)
                if isinstance(error, LibraryAway):
                    away[error.subject] = error.message
                continue
            return replace(found, message=" ".join(filter(None, (found.message, _missing(away)))))
        raise LibraryAway("the libraries change faster than they can be searched")

    def _forget(self, name: str) -> None:
        self._joint = None
        for library in self._libraries:
            if library.name == name:
                library.forget()

    def _joined_now(self, away: dict[str, str] | None = None) -> _Joint:
        """Those libraries that answer as one; others are noted in `away`. Raises `LibraryAway`
        where none is left.
        """
        away = {} if away is None else away
        opened: list[SearchedLibrary] = []
        for library in self._libraries:
            if library.name in away:
                continue
            try:
                opened.append(library.get())
            except LibraryAway as error:
                away[library.name] = error.message
        if not opened:
            raise LibraryAway(f"no library can be searched: {'; '.join(away.values())}")
        if self._joint is None or list(self._joint.libraries) != opened:
            self._joint = _Joint(self._settings, opened, self._own)
        return self._joint


def _library_at(place: str, settings: Settings) -> OneOfMany:
    """The library in a folder or behind an address."""
    from litmap import serving

    if is_web_address(place):
        address = place.rstrip("/")
        return OneOfMany(address, lambda: serving.RemoteLibrary.open(address, server_token()))
    folder = Path(place).expanduser()
    own = replace(settings, library=folder)
    return OneOfMany(str(folder), lambda: Library.open(settings=own))


def _missing(away: Mapping[str, str]) -> str:
    """A word on libraries that did not answer."""
    if not away:
        return ""
    which = "this library" if len(away) == 1 else "these libraries"
    return f"Nothing of {which} is among the results: {'; '.join(away.values())}."


class _Joint:
    """Libraries that answer, as one."""

    def __init__(self, settings: Settings, libraries: Sequence[SearchedLibrary], own: str) -> None:
        self._settings = settings
        self.libraries = tuple(libraries)
        self._own = own
        self._see_that_models_are_one()

    def _see_that_models_are_one(self) -> None:
        (model, key), first = self.libraries[0].model, self.libraries[0].name
        for library in self.libraries[1:]:
            other, other_key = library.model
            if other_key != key:
                raise UsageError(
                    f"{library.name} was made with the model {other}, {first} with {model}: "
                    "libraries of one model can be searched as one",
                    subject=library.name,
                )

    def search(self, query: str, limit: int, by: str) -> SearchResults:
        """Passages or papers that answer a query."""
        results = self._searcher.search(search.parse_query(query), limit=limit + NOTES_SHOWN)
        return self._shown_as(results, by, limit)

    def locate(self, quotation: str, limit: int) -> SearchResults:
        """Where a quotation is from."""
        return self._shown_as(self._searcher.locate(quotation, limit=limit))

    @cached_property
    def _shown(self) -> tuple[Mapping[str, Entry], ...]:
        """The works of each library that are searched, by id."""
        return shown_works([library.works() for library in self.libraries])

    @cached_property
    def _entries(self) -> Mapping[str, Entry]:
        return {name: entry for works in reversed(self._shown) for name, entry in works.items()}

    @cached_property
    def _searcher(self) -> JoinedSearcher:
        parts: list[search.SearchPart] = []
        facts: dict[str, search.Facts] = {}
        for library, shown in zip(self.libraries, self._shown, strict=True):
            hidden = frozenset(entry.work.id for entry in library.works()) - shown.keys()
            parts.append(library.search_part(hidden, with_notes=library.name == self._own))
            facts |= {name: library.facts[name] for name in shown}
        return JoinedSearcher(self._encoder, parts, facts, reranker=load_reranker(self._settings))

    @property
    def _encoder(self) -> Encoder:
        """The model that all libraries were made with. Raises `ModelError`."""
        here = next((own for own in self.libraries if isinstance(own, Library)), None)
        if here is not None:
            return here.encoder
        model, key = self.libraries[0].model
        return load_encoder(self._settings, model, key)

    def _shown_as(
        self, results: Results, by: str = "passage", limit: int | None = None
    ) -> SearchResults:
        shown = show_results(results, by, self._entries, limit, NOTES_SHOWN)
        return replace(
            shown,
            hits=tuple(map(self._with_library, shown.hits)),
            notes=tuple(map(self._with_library, shown.notes)),
        )

    def _with_library(self, hit: SearchHit) -> SearchHit:
        firsts = self._searcher.first_rows
        number = int(np.searchsorted(firsts, hit.row, side="right")) - 1
        name = self.libraries[number].name
        row = hit.row - int(firsts[number])
        return replace(hit, row=row, library="" if name == self._own else name)


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
