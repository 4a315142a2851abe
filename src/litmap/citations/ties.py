"""Ties: what sightings of one work share; those with an equal tie are grouped into a citation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from litmap.models import Reference
from litmap.parsing.identifiers import url_key
from litmap.parsing.title_similarity import normalise_title

TieKind = Literal[
    "id", "url", "title", "place", "number", "label", "key", "citekey", "names", "search"
]
MAX_URL = 2000
"""Characters of an address above which it is data rather than a place."""


class Tie(NamedTuple):
    """One thing that sightings of a work have in common.

    All kinds but 'title' are sure: a title joins two sightings unless their identifiers or years
    tell them apart. `str(tie)` is 'kind:value', the key of a citation that has neither identifier
    nor title.
    """

    kind: TieKind
    value: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"

    @classmethod
    def identifier(cls, identifier: str) -> Tie:
        """The same identifier: 'doi:10.1038/323533a0'."""
        return cls("id", identifier)

    @classmethod
    def url(cls, url: str) -> Tie:
        """The same address, however it is written."""
        return cls("url", url_key(url))

    @classmethod
    def title(cls, normalised: str) -> Tie:
        """The same title in normal form."""
        return cls("title", normalised)

    @classmethod
    def journal_page(cls, key: str) -> Tie:
        """The same page of a journal's volume: 'prl:61:2015'."""
        return cls("place", key)

    @classmethod
    def journal_volume(cls, note: str, line: int, offset: int) -> Tie:
        """A journal's volume without a page: it tells a work only where it stands."""
        return cls("place", f"{note}:{line}:{offset}")

    @classmethod
    def number(cls, note: str, number: str) -> Tie:
        """The entry of this number in a note's reference list."""
        return cls("number", f"{note}:{number}")

    @classmethod
    def label(cls, note: str, label: str) -> Tie:
        """The entry of this label or footnote in a note: '[Doe99]', '[^1]'."""
        return cls("label", f"{note}:{label}")

    @classmethod
    def record(cls, file: str, key: str) -> Tie:
        """The record of this citekey in a reference file."""
        return cls("key", f"{file}:{key}")

    @classmethod
    def citekey(cls, key: str) -> Tie:
        """A citekey that no reference file explains; it is the same in all notes."""
        return cls("citekey", key)

    @classmethod
    def names(cls, note: str, place: str) -> Tie:
        """One place where names stand; it joins what is written beside them."""
        return cls("names", f"{note}:{place}")

    @classmethod
    def search(cls, surnames: Sequence[str], within: str) -> Tie:
        """The same people and year (or venue), to be looked up; without either, within one note."""
        return cls("search", f"{'+'.join(surnames)}:{within}")


def reference_ties(reference: Reference, *, title_known: bool) -> frozenset[Tie]:
    """The ties of what a reference says: identifiers, addresses, its title if it tells a work."""
    ties = {Tie.identifier(identifier) for identifier in reference.ids}
    ties |= {Tie.url(url) for url in reference.urls if len(url) < MAX_URL}
    title = normalise_title(reference.title) if title_known else ""
    if _tells_a_work(title, authored=bool(reference.authors)):
        ties.add(Tie.title(title))
    return frozenset(ties)


def _tells_a_work(title: str, *, authored: bool) -> bool:
    """True for a title of three words or 14 characters; with known authors four are enough."""
    if authored and len(title) >= 4:
        return True
    return len(title) >= 14 or len(title.split()) >= 3
