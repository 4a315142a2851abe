"""What to ask for which citations: the steps from identifiers to titles, each a list of queries for
all tasks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from urllib.parse import quote, urlsplit

from litmap.parsing.identifiers import identifier_from_url
from litmap.parsing.person_names import family_name
from litmap.parsing.title_similarity import normalise_title
from litmap.works.copies_plan import COPY_STEPS
from litmap.works.informal_matching import WORK_WORD, title_parts
from litmap.works.queries import (
    Deliver,
    SourceOptions,
    SourceQuery,
    TasksByValue,
    add_by_people,
    add_confirmed,
    add_matching,
    add_supplements,
    arxiv_ids,
    arxiv_titles,
    arxiv_titles_of,
    ask,
    europe_pmc_ids,
    in_batches,
    openalex_ids,
    openalex_titles,
    openalex_titles_of,
    repository_titles,
    tasks_by_value,
    tasks_of,
)
from litmap.works.sources import (
    arxiv,
    crossref,
    dblp,
    landing,
    openalex,
    openreview,
    semantic_scholar,
)
from litmap.works.task import ResolutionTask

Tasks = Sequence[ResolutionTask]

_PAGES = {
    "pmlr": "https://proceedings.mlr.press/{}.html",
    "acl": "https://aclanthology.org/{}/",
    "hal": "https://hal.science/{}",
    "econstor": "https://www.econstor.eu/handle/10419/{}",
    "ads": "https://ui.adsabs.harvard.edu/abs/{}/abstract",
    "iacr": "https://eprint.iacr.org/{}",
    "ieee": "https://ieeexplore.ieee.org/document/{}/",
}
_PROCEEDINGS = {
    "iclr": "https://proceedings.iclr.cc/paper_files/paper/{year}/hash/{code}-Abstract-Conference.html",
    "mlsys": (
        "https://proceedings.mlsys.org/paper_files/paper/{year}/hash/{code}-Abstract-mlsys{year}.html"
    ),
}
"""The page of a paper by year and code."""

MIN_LISTED = 4
"""So many DOIs are asked for in one list: lists are allowed more seldom than single works."""
MAX_IDS_ASKED = 3
"""Ids of one citation that are asked about one by one."""
MAX_LINKS_ASKED = 2
MAX_PARTS_ASKED = 3
MAX_FAMILIES = 4
"""Family names that stand in a search."""


def is_complete(task: ResolutionTask) -> bool:
    """Nothing more need be asked: arXiv itself has told of this work, with its version, and in this
    run.
    """
    return (
        not task.is_resumed
        and any(r.source == arxiv.NAME for r in task.by_id)
        and not task.is_contradicted()
    )


# ── one at a time ────────────────────────────────────────────────────────────────────────────────
def _page(url: str, task: ResolutionTask) -> SourceQuery:
    request = landing.request_for(url)
    return SourceQuery(
        landing.NAME, request, (task,), lambda r: landing.parse(r.body, r.url), add_confirmed
    )


def _crossref_dois(wanted: TasksByValue, deliver: Deliver = add_matching) -> list[SourceQuery]:
    """Look-ups of DOIs, many in one list; those that no list can take one by one."""
    dois = [ident for ident in wanted if ident.startswith("doi:") and crossref.registers(ident[4:])]
    listed = [ident for ident in dois if crossref.can_list(ident[4:])]

    def query(idents: list[str]) -> SourceQuery:
        request = crossref.request_for_dois([ident[4:] for ident in idents])
        return ask(crossref, request, tasks_of(idents, wanted), deliver)

    if len(listed) < MIN_LISTED:
        listed = []
    singles = [ident for ident in dois if ident not in listed]
    return in_batches(listed, crossref.DOIS_AT_ONCE, query) + [
        ask(crossref, crossref.request_for(ident[4:]), wanted[ident], deliver) for ident in singles
    ]


def _page_of(ident: str, task: ResolutionTask) -> str:
    """The address of the page of an id; the note's own link where it is one, '' where none is
    known.
    """
    kind, _, value = ident.partition(":")
    if kind in _PAGES:
        return _PAGES[kind].format(quote(value, safe="/.-_"))
    if kind in _PROCEEDINGS:
        year, _, code = value.partition("/")
        return _PROCEEDINGS[kind].format(year=quote(year), code=quote(code))
    if kind == "jmlr":
        volume, _, paper = value.partition("/")
        return f"https://jmlr.org/papers/{quote(volume)}/{quote(paper)}.html"
    links = [url for url in task.wanted.urls if identifier_from_url(url) == ident]
    own = next((url for url in links if not _is_file(url)), "")
    return own if own or kind != "neurips" else _neurips_page(value, links)


def _neurips_page(value: str, links: Sequence[str]) -> str:
    """The page of a paper at NeurIPS; the old site's …/5656-title.pdf has its page at
    …/5656-title.
    """
    year, _, code = value.partition("/")
    if "/" not in value and links:
        return links[0].removesuffix(".pdf")
    if not code:
        return ""
    suffix = "-Conference" if year.isdigit() and int(year) >= 2022 else ""
    base = "https://proceedings.neurips.cc/paper_files/paper"
    return f"{base}/{quote(year)}/hash/{quote(code)}-Abstract{suffix}.html"


def _is_file(url: str) -> bool:
    return urlsplit(url).path.lower().endswith((".pdf", ".ps", ".gz", ".zip", ".djvu"))


def _by_kind(task: ResolutionTask, ident: str, options: SourceOptions) -> list[SourceQuery]:
    """Queries for an id that no batch can take."""
    kind, _, value = ident.partition(":")
    if kind == "openreview":
        return [ask(openreview, openreview.request_for(value, openreview.HOSTS[0]), (task,))]
    if kind == "s2":
        paper = value.replace("corpusid:", "CorpusId:")
        request = semantic_scholar.request_for(paper, options.keys)
        return [ask(semantic_scholar, request, (task,), add_confirmed)]
    if kind == "pii":
        return [ask(crossref, crossref.request_for_pii(value), (task,), add_confirmed)]
    if kind == "jstor":
        return [ask(crossref, crossref.request_for(f"10.2307/{value}"), (task,), add_confirmed)]
    url = _page_of(ident, task)
    return [_page(url, task)] if url else []


# ── the steps ────────────────────────────────────────────────────────────────────────────────────
def by_identifier(tasks: Tasks, options: SourceOptions) -> list[SourceQuery]:
    """Every id a note gives, at the source that knows it best."""
    others = [task for task in tasks if not _ids_of_kind(task, "arxiv")]
    queries = arxiv_ids(tasks_by_value(tasks, lambda task: _ids_of_kind(task, "arxiv")))
    queries += openalex_ids(
        tasks_by_value(others, lambda task: filter(openalex.can_ask, task.ids)), options
    )
    queries += _crossref_dois(tasks_by_value(others, lambda task: _ids_of_kind(task, "doi")))
    queries += europe_pmc_ids(tasks_by_value(others, lambda task: _ids_of_kind(task, "pmcid")))
    for task in others:
        single = [i for i in task.ids if not openalex.can_ask(i) and not i.startswith("doi:")]
        for ident in single[:MAX_IDS_ASKED]:
            queries += _by_kind(task, ident, options)
    return queries


def _ids_of_kind(task: ResolutionTask, kind: str) -> list[str]:
    return [ident for ident in task.ids if ident.startswith(kind + ":")]


def by_second_source(tasks: Tasks, options: SourceOptions) -> list[SourceQuery]:
    """Ids that the first source did not know or answer for, and links that name no id."""
    missing = [task for task in tasks if not task.by_id]
    queries = openalex_ids(
        tasks_by_value(missing, lambda task: _ids_of_kind(task, "arxiv")), options
    )
    queries += europe_pmc_ids(tasks_by_value(missing, lambda task: _ids_of_kind(task, "pmid")))
    for task in missing:
        for ident in task.ids[:MAX_IDS_ASKED]:
            queries += _elsewhere(ident, task)
        if not task.ids:
            links = task.wanted.urls[:MAX_LINKS_ASKED]
            queries += [_page(url, task) for url in links if _may_be_page(url)]
    return queries


def _elsewhere(ident: str, task: ResolutionTask) -> list[SourceQuery]:
    """The second source of an id: another host, or the work's page."""
    kind, _, value = ident.partition(":")
    if kind == "openreview":
        return [ask(openreview, openreview.request_for(value, openreview.HOSTS[1]), (task,))]
    if kind == "doi":
        return [_page(f"https://doi.org/{quote(value, safe='/():;.-_')}", task)]
    return []


def _may_be_page(url: str) -> bool:
    return url.startswith(("http://", "https://")) and not _is_file(url)


def by_address(tasks: Tasks, options: SourceOptions) -> list[SourceQuery]:
    """OpenReview forums that the service itself did not give: Semantic Scholar knows many by their
    address.
    """
    queries = []
    for task in tasks:
        forum = next(iter(_ids_of_kind(task, "openreview")), "")
        if forum and not task.by_id and not task.title:
            address = f"URL:https://openreview.net/forum?id={forum.partition(':')[2]}"
            request = semantic_scholar.request_for(address, options.keys)
            queries.append(ask(semantic_scholar, request, (task,), add_confirmed))
    return queries


def by_title_at_once(tasks: Tasks, options: SourceOptions) -> list[SourceQuery]:
    """Titles, many in one request: at arXiv for every work not known to be there, at OpenAlex for
    those not found.
    """
    borrow_titles(tasks)
    queries = arxiv_titles([task for task in tasks if task.title and not task.has("arxiv")])
    missing = [task for task in tasks if task.title and _lacks_openalex(task)]
    return queries + openalex_titles(missing, options)


def _lacks_openalex(task: ResolutionTask) -> bool:
    """Whether OpenAlex is to be asked for a title: nothing is known of the work, or OpenAlex did
    not answer when the others found it, and no id can be asked about for less.
    """
    if not task.records():
        return True
    has_id = any(task.has(kind) for kind in ("arxiv", "doi", "pmid"))
    return task.is_resumed and task.may_ask(openalex.NAME) and not has_id


def borrow_titles(tasks: Tasks) -> None:
    """Where the note gives only an id, its record gives title and authors for searching further."""
    for task in tasks:
        records = task.records()
        if records and not task.chosen_by_user and (not task.title or task.by_id):
            lead, wanted = records[0], task.wanted
            people, year = lead.authors or wanted.authors, wanted.year or lead.year
            task.wanted = replace(wanted, title=lead.title, authors=people, year=year)


def by_title(tasks: Tasks, options: SourceOptions) -> list[SourceQuery]:
    """Titles still not found, one by one: Crossref forgives mistakes, DBLP knows computer
    science.
    """
    queries = []
    for task in tasks:
        if task.records() or not task.title:
            continue
        author = family_name(task.wanted.authors[0]) if task.wanted.authors else ""
        request = crossref.request_for_reference(task.title, author, task.wanted.year)
        queries.append(ask(crossref, request, (task,)))
    return queries


def by_part_of_title(tasks: Tasks, options: SourceOptions) -> list[SourceQuery]:
    """Titles with a mistake, or inside a longer line: phrases of them, many in one request."""
    missing = [task for task in tasks if not task.records() and task.title]
    for task in missing:
        task.title_parts = title_parts(task.title)
    queries = arxiv_titles_of(tasks_by_value(missing, _phrases))
    return queries + openalex_titles_of(tasks_by_value(missing, _parts_to_ask), options)


def _phrases(task: ResolutionTask) -> list[str]:
    """The parts of the title; halves of a part that is the only one, or all of the title."""
    phrases = []
    for part in task.title_parts or [task.title]:
        whole = part == task.title or len(task.title_parts) == 1
        phrases += _halves(part) if whole else [part]
    return phrases


def _parts_to_ask(task: ResolutionTask) -> list[str]:
    parts = task.title_parts or _halves(task.title)
    return [part for part in parts if part != task.title][:MAX_PARTS_ASKED]


def _halves(title: str) -> list[str]:
    words = normalise_title(title).split()
    if len(words) < 6:
        return [title]
    return [" ".join(words[: len(words) // 2]), " ".join(words[len(words) // 2 :])]


def by_people(tasks: Tasks, options: SourceOptions) -> list[SourceQuery]:
    """Works of which the notes tell the people and the year: their papers of that year, held
    against the context.

    Journal, volume and page are asked about as they stand, without a year too, and so are people
    whose work is talked of without a year.
    """
    queries = []
    for task in tasks:
        if task.records() or not _is_worth_asking_people(task):
            continue
        families = _names_to_ask(task)
        if _gives_place_without_title(task):
            queries.append(_people_at_crossref(task, families, _place_words(task, families)))
        if task.wanted.year:
            queries += _people_of_year(task, families, task.wanted.year)
            queries.append(_people_at_crossref(task, families, " ".join(families)))
    return queries


def _names_to_ask(task: ResolutionTask) -> list[str]:
    return [name for name in map(family_name, task.wanted.authors[:MAX_FAMILIES]) if name]


def _is_worth_asking_people(task: ResolutionTask) -> bool:
    """People with a year or a venue, or people without, of whom a work is spoken."""
    wanted = task.wanted
    if not wanted.authors:
        return False
    if wanted.year or wanted.venue:
        return True
    return task.citation.kind == "name" and not task.title and _calls_a_work(task)


def _gives_place_without_title(task: ResolutionTask) -> bool:
    return bool(task.wanted.venue or not task.wanted.year) and not task.title


def _place_words(task: ResolutionTask, families: Sequence[str]) -> str:
    """The reference as it stands where it names a venue; else the people."""
    wanted = task.wanted
    return wanted.raw or wanted.venue if wanted.venue else " ".join(families)


def _people_at_crossref(task: ResolutionTask, families: Sequence[str], words: str) -> SourceQuery:
    request = crossref.request_for_people(" ".join(families), words, task.wanted.year)
    return ask(crossref, request, (task,), add_by_people)


def _people_of_year(task: ResolutionTask, families: list[str], year: int) -> list[SourceQuery]:
    """Works of a year at arXiv and DBLP; of one person with the year.

    The words beside the names would narrow the search, but are the reader's own: they are held
    against the answers here.
    """
    request = arxiv.request_for_people(families, year)
    named = families if len(families) > 1 else [*families, str(year)]
    return [
        ask(arxiv, request, (task,), add_by_people),
        ask(dblp, dblp.request_for(" ".join(named)), (task,), add_by_people),
    ]


def _calls_a_work(task: ResolutionTask) -> bool:
    """Two people or more, or one whose paper or book is spoken of: worth a question without a
    year.
    """
    texts = " ".join(mention.text for mention in task.citation.mentions)
    return len(task.wanted.authors) > 1 or " al" in texts or bool(WORK_WORD.search(texts))


def by_people_elsewhere(tasks: Tasks, options: SourceOptions) -> list[SourceQuery]:
    """The last try for people: OpenAlex, which knows books and what has no DOI. One name needs a
    year.
    """
    queries = []
    for task in tasks:
        families = [name for name in _names_to_ask(task) if len(name) > 1]
        if task.records() or not families or not (task.wanted.year or len(families) > 1):
            continue
        request = openalex.request_for_people(families, task.wanted.year, options.keys)
        queries.append(ask(openalex, request, (task,), add_by_people))
    return queries


def by_title_elsewhere(tasks: Tasks, options: SourceOptions) -> list[SourceQuery]:
    """The last tries for a title."""
    missing = [t for t in tasks if t.title and t.citation.sure and not t.records()]
    queries = repository_titles(tasks_by_value(missing, lambda task: [task.title]), options)
    for task in tasks:
        if task.records() or not task.title:
            continue
        queries.append(ask(dblp, dblp.request_for(task.title), (task,)))
        if task.citation.sure and options.keys.get("s2"):
            request = semantic_scholar.request_for_title(task.title, options.keys)
            queries.append(ask(semantic_scholar, request, (task,)))
    return queries


def completing(tasks: Tasks, options: SourceOptions) -> list[SourceQuery]:
    """What is missing of works that were found: arXiv's version, places of open copies, notices of
    retraction.
    """
    resolved = [task for task in tasks if task.records()]
    others = [task for task in resolved if task.is_resumed or not task.has("arxiv")]

    def at_arxiv(task: ResolutionTask) -> list[str]:
        return _ids_unknown_to(task, "arxiv:", arxiv.NAME)

    def at_openalex(task: ResolutionTask) -> list[str]:
        return _ids_unknown_to(task, "" if task.is_resumed else "doi:", openalex.NAME)

    def at_crossref(task: ResolutionTask) -> list[str]:
        return _ids_unknown_to(task, "doi:", crossref.NAME)

    queries = arxiv_ids(tasks_by_value(resolved, at_arxiv), add_supplements)
    queries += openalex_ids(tasks_by_value(others, at_openalex), options, add_supplements)
    queries += _crossref_dois(tasks_by_value(others, at_crossref), add_supplements)
    return queries


def _ids_unknown_to(task: ResolutionTask, kind: str, source: str) -> list[str]:
    """Two ids of a kind for which a source has not answered yet."""
    records = task.records()
    if any(record.source == source for record in records):
        return []
    ids = [*task.ids, *(ident for record in records for ident in record.ids)]
    return list(dict.fromkeys(ident for ident in ids if ident.startswith(kind)))[:2]


STEPS: tuple[Callable[[Tasks, SourceOptions], list[SourceQuery]], ...] = (
    by_identifier,
    by_second_source,
    by_address,
    by_title_at_once,
    by_title,
    by_part_of_title,
    by_title_elsewhere,
    by_people,
    by_people_elsewhere,
    completing,
    *COPY_STEPS,
)
"""The order in which the sources are asked; each step sees what those before it found."""
SEARCHES = (
    by_title_at_once,
    by_title,
    by_part_of_title,
    by_title_elsewhere,
    by_people,
    by_people_elsewhere,
)
"""The steps that send words of a title or names, not only identifiers and addresses."""


def queries_of(
    step: Callable[[Tasks, SourceOptions], list[SourceQuery]], tasks: Tasks, options: SourceOptions
) -> list[SourceQuery]:
    """The queries of a step for those tasks of which the step may send what they say."""
    if step in SEARCHES:
        return step([task for task in tasks if task.may_search()], options)
    return step([task for task in tasks if task.may_look_up], options)
