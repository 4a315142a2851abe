"""Requests for many citations at once, and what is done with their answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from litmap.models import Request, Response
from litmap.works.record import Record
from litmap.works.sources import arxiv, openalex
from litmap.works.task import Case


@dataclass(frozen=True, slots=True)
class Options:
    """What the user lends: a contact and keys."""

    contact: str = ""
    keys: dict[str, str] = field(default_factory=dict)


def take(case: Case, records: Sequence[Record]) -> None:
    """Records found by an id or a title; the case keeps what is about it."""
    case.take(records)


def take_people(case: Case, records: Sequence[Record]) -> None:
    """Records found by people and year."""
    case.take_people(records)


def take_more(case: Case, records: Sequence[Record]) -> None:
    """Records that add to a work already found."""
    case.more.extend(records)


def take_named(case: Case, records: Sequence[Record]) -> None:
    """Records of the very page or id that the note gives, even where they do not repeat the id."""
    case.named.extend(records)


@dataclass(frozen=True, slots=True)
class Ask:
    """A request, the cases it is for, how its answer is read and given to a case; `split` and `again` for trouble."""

    source: str
    request: Request
    cases: tuple[Case, ...]
    read: Callable[[Response], list[Record]]
    give: Callable[[Case, Sequence[Record]], None] = take
    split: Callable[[], list[Ask]] | None = None
    again: Ask | None = None


# ── many in one request ──────────────────────────────────────────────────────────────────────────────────────────────
def batches(
    cases: Iterable[Case], values: Callable[[Case], Iterable[str]]
) -> dict[str, list[Case]]:
    """The cases by each of the values they want."""
    found: dict[str, list[Case]] = {}
    for case in cases:
        for value in values(case):
            found.setdefault(value, []).append(case)
    return found


def arxiv_ids(
    wanted: dict[str, list[Case]], give: Callable[[Case, Sequence[Record]], None] = take
) -> list[Ask]:
    """Look-ups of arXiv ids; an empty answer is asked for once more, a refused list is halved."""

    def make(ids: list[str], *, second: bool = False) -> Ask:
        cases = tuple({id(c): c for i in ids for c in wanted[i]}.values())

        def halves() -> list[Ask]:
            return [make(ids[: len(ids) // 2]), make(ids[len(ids) // 2 :])]

        return Ask(
            arxiv.NAME,
            arxiv.request_for([i.removeprefix("arxiv:") for i in ids]),
            cases,
            lambda response: arxiv.parse(response.body),
            give,
            split=halves if len(ids) > 1 else None,
            again=None if second else make(ids, second=True),
        )

    return [make(part) for part in _parts(list(wanted), arxiv.IDS_AT_ONCE)]


def arxiv_titles(cases: Sequence[Case]) -> list[Ask]:
    """A search at arXiv for the titles of these cases."""
    return arxiv_titles_of(batches(cases, lambda case: [case.title]))


def arxiv_titles_of(wanted: dict[str, list[Case]]) -> list[Ask]:
    """A search at arXiv for phrases of titles."""

    def make(titles: list[str]) -> Ask:
        mine = tuple({id(c): c for t in titles for c in wanted[t]}.values())

        def halves() -> list[Ask]:
            return [make(titles[: len(titles) // 2]), make(titles[len(titles) // 2 :])]

        return Ask(
            arxiv.NAME,
            arxiv.request_for_titles(titles),
            mine,
            lambda response: arxiv.parse(response.body),
            split=halves if len(titles) > 1 else None,
        )

    return [
        make(part) for part in _parts([t for t in wanted if arxiv.phrase(t)], arxiv.TITLES_AT_ONCE)
    ]


def openalex_ids(
    wanted: dict[str, list[Case]],
    options: Options,
    give: Callable[[Case, Sequence[Record]], None] = take,
) -> list[Ask]:
    """Look-ups at OpenAlex by DOI, PubMed id or its own id; arXiv ids count as DOIs."""

    def make(kind: str, ids: list[str]) -> Ask:
        def halves() -> list[Ask]:
            return [make(kind, ids[: len(ids) // 2]), make(kind, ids[len(ids) // 2 :])]

        return Ask(
            openalex.NAME,
            openalex.request_for(kind, [_openalex_value(i) for i in ids], options.keys),
            tuple({id(c): c for i in ids for c in wanted[i]}.values()),
            lambda response: openalex.parse(response.body),
            give,
            split=halves if len(ids) > 1 else None,
        )

    asks = []
    for kind in ("doi", "pmid", "pmcid", "openalex"):
        mine = [
            i for i in wanted if openalex.can_ask(_as_doi(i)) and _as_doi(i).startswith(kind + ":")
        ]
        asks += [make(kind, part) for part in _parts(mine, openalex.AT_ONCE)]
    return asks


def _as_doi(ident: str) -> str:
    """As OpenAlex names it: to it, arXiv ids are DOIs."""
    return f"doi:10.48550/arxiv.{ident[6:]}" if ident.startswith("arxiv:") else ident


def _openalex_value(ident: str) -> str:
    return _as_doi(ident).split(":", 1)[1]


def openalex_titles(cases: Sequence[Case], options: Options) -> list[Ask]:
    """A search at OpenAlex for the titles of these cases."""
    return openalex_titles_of(batches(cases, lambda case: [case.title]), options)


def openalex_titles_of(wanted: dict[str, list[Case]], options: Options) -> list[Ask]:
    """A search at OpenAlex for works with all words of any of these titles."""

    def make(titles: list[str]) -> Ask:
        def halves() -> list[Ask]:
            return [make(titles[: len(titles) // 2]), make(titles[len(titles) // 2 :])]

        return Ask(
            openalex.NAME,
            openalex.request_for_titles(titles, options.keys),
            tuple({id(c): c for t in titles for c in wanted[t]}.values()),
            lambda response: openalex.parse(response.body),
            split=halves if len(titles) > 1 else None,
        )

    return [make(part) for part in _parts(list(wanted), openalex.TITLES_AT_ONCE)]


def _parts(values: list[str], size: int) -> list[list[str]]:
    return [values[start : start + size] for start in range(0, len(values), size)]
