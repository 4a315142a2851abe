"""What to ask for which citations: the steps from identifiers to titles, each a list of requests for all cases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from urllib.parse import quote, urlsplit

from litmap.parsing.identifiers import identifier_from_url
from litmap.parsing.person_names import family_name
from litmap.parsing.title_similarity import normalise_title
from litmap.works.informal_matching import WORK_WORD, context_of, title_parts, words_of
from litmap.works.queries import (
    Ask,
    Options,
    arxiv_ids,
    arxiv_titles,
    arxiv_titles_of,
    batches,
    openalex_ids,
    openalex_titles,
    openalex_titles_of,
    take,
    take_more,
    take_named,
    take_people,
)
from litmap.works.record import Record
from litmap.works.sources import (
    arxiv,
    crossref,
    dblp,
    landing,
    openalex,
    openreview,
    semantic_scholar,
    unpaywall,
)
from litmap.works.task import Case

DATACITE = ("10.48550/", "10.5281/", "10.6084/", "10.4230/", "10.13140/", "10.17605/", "10.31219/")
"""Prefixes of DOIs that live at DataCite, which Crossref does not know."""
_PAGES = {
    "pmlr": "https://proceedings.mlr.press/{}.html",
    "acl": "https://aclanthology.org/{}/",
    "pmid": "https://pubmed.ncbi.nlm.nih.gov/{}/",
    "pmcid": "https://pmc.ncbi.nlm.nih.gov/articles/{}/",
    "hal": "https://hal.science/{}",
    "ads": "https://ui.adsabs.harvard.edu/abs/{}/abstract",
    "iacr": "https://eprint.iacr.org/{}",
    "ieee": "https://ieeexplore.ieee.org/document/{}/",
}


def is_complete(case: Case) -> bool:
    """Nothing more need be asked: arXiv itself has told of this work, with its version."""
    return any(r.source == arxiv.NAME for r in case.named) and not case.contradicted()


# ── one at a time ────────────────────────────────────────────────────────────────────────────────────────────────────
def _crossref_dois(
    wanted: dict[str, list[Case]], give: Callable[[Case, Sequence[Record]], None] = take
) -> list[Ask]:
    return [
        Ask(
            crossref.NAME,
            crossref.request_for(doi[4:]),
            tuple(cases),
            lambda r: crossref.parse(r.body),
            give,
        )
        for doi, cases in wanted.items()
        if doi.startswith("doi:") and not doi[4:].startswith(DATACITE)
    ]


def _page(url: str, cases: Sequence[Case]) -> Ask:
    request = landing.request_for(url)
    return Ask(
        landing.NAME, request, tuple(cases), lambda r: landing.parse(r.body, r.url), take_named
    )


def _page_of(ident: str, case: Case) -> str:
    """The address of the page of an id; the note's own link where it is one."""
    kind, _, value = ident.partition(":")
    own = next(
        (u for u in case.want.urls if identifier_from_url(u) == ident and not _is_file(u)), ""
    )
    if kind in _PAGES:
        return _PAGES[kind].format(quote(value, safe="/.-_"))
    if kind == "jmlr":
        volume, _, paper = value.partition("/")
        return f"https://jmlr.org/papers/{quote(volume)}/{quote(paper)}.html"
    if kind == "neurips" and not own:
        old = next(
            (u for u in case.want.urls if identifier_from_url(u) == ident and "/" not in value), ""
        )
        if old:  # …/paper/5656-title.pdf has its page at …/paper/5656-title
            return old.removesuffix(".pdf")
        year, _, code = value.partition("/")
        suffix = "-Conference" if year.isdigit() and int(year) >= 2022 else ""
        base = "https://proceedings.neurips.cc/paper_files/paper"
        return f"{base}/{quote(year)}/hash/{quote(code)}-Abstract{suffix}.html" if code else ""
    return own


def _is_file(url: str) -> bool:
    return urlsplit(url).path.lower().endswith((".pdf", ".ps", ".gz", ".zip", ".djvu"))


def _by_kind(case: Case, ident: str, options: Options) -> list[Ask]:
    """Requests for an id that no batch can take."""
    kind, _, value = ident.partition(":")
    if kind == "openreview":
        return [_openreview(value, case, openreview.HOSTS[0])]
    if kind == "s2":
        paper = value.replace("corpusid:", "CorpusId:")
        request = semantic_scholar.request_for(paper, options.keys)
        return [
            Ask(
                semantic_scholar.NAME,
                request,
                (case,),
                lambda r: semantic_scholar.parse(r.body),
                take_named,
            )
        ]
    if kind == "pii":
        return [
            Ask(
                crossref.NAME,
                crossref.request_for_pii(value),
                (case,),
                lambda r: crossref.parse(r.body),
                take_named,
            )
        ]
    if kind == "jstor":
        doi = f"10.2307/{value}"
        return [
            Ask(
                crossref.NAME,
                crossref.request_for(doi),
                (case,),
                lambda r: crossref.parse(r.body),
                take_named,
            )
        ]
    url = _page_of(ident, case)
    return [_page(url, (case,))] if url else []


def _openreview(ident: str, case: Case, host: str) -> Ask:
    return Ask(
        openreview.NAME,
        openreview.request_for(ident, host),
        (case,),
        lambda r: openreview.parse(r.body),
    )


# ── the steps ────────────────────────────────────────────────────────────────────────────────────────────────────────
def by_identifier(cases: Sequence[Case], options: Options) -> list[Ask]:
    """Every id a note gives, at the source that knows it best."""
    asks = arxiv_ids(batches(cases, lambda c: [i for i in c.ids if i.startswith("arxiv:")]))
    others = [c for c in cases if not any(i.startswith("arxiv:") for i in c.ids)]
    listed = batches(others, lambda c: [i for i in c.ids if openalex.can_ask(i)])
    asks += openalex_ids(listed, options)
    asks += _crossref_dois(batches(others, lambda c: [i for i in c.ids if i.startswith("doi:")]))
    for case in others:
        rest = [i for i in case.ids if not openalex.can_ask(i) and not i.startswith("doi:")]
        asks += [ask for ident in rest[:3] for ask in _by_kind(case, ident, options)]
    return asks


def by_second_source(cases: Sequence[Case], options: Options) -> list[Ask]:
    """Ids that the first source did not know or answer for, and links that name no id."""
    asks: list[Ask] = []
    missing = [c for c in cases if not c.named]
    asks += openalex_ids(
        batches(missing, lambda c: [i for i in c.ids if i.startswith("arxiv:")]), options
    )
    for case in missing:
        for ident in case.ids[:3]:
            kind, _, value = ident.partition(":")
            if kind == "openreview":
                asks.append(_openreview(value, case, openreview.HOSTS[1]))
            elif kind in {"pmid", "pmcid"}:
                asks.append(_page(_page_of(ident, case), (case,)))
            elif kind == "doi":
                asks.append(_page(f"https://doi.org/{quote(value, safe='/():;.-_')}", (case,)))
        if not case.ids:
            asks += [_page(url, (case,)) for url in case.want.urls[:2] if _worth_a_look(url)]
    return asks


def _worth_a_look(url: str) -> bool:
    return url.startswith(("http://", "https://")) and not _is_file(url)


def by_address(cases: Sequence[Case], options: Options) -> list[Ask]:
    """OpenReview forums that the service itself did not give: Semantic Scholar knows many by their address."""
    asks = []
    for case in cases:
        forum = next((i for i in case.ids if i.startswith("openreview:")), "")
        if forum and not case.named and not case.title:
            address = f"URL:https://openreview.net/forum?id={forum.partition(':')[2]}"
            request = semantic_scholar.request_for(address, options.keys)
            asks.append(
                Ask(
                    semantic_scholar.NAME,
                    request,
                    (case,),
                    lambda r: semantic_scholar.parse(r.body),
                    take_named,
                )
            )
    return asks


def by_title_at_once(cases: Sequence[Case], options: Options) -> list[Ask]:
    """Titles, many in one request: at arXiv for every work not known to be there, at OpenAlex for those not found."""
    borrow_titles(cases)
    asks = arxiv_titles([c for c in cases if c.title and not c.has("arxiv")])
    return asks + openalex_titles([c for c in cases if c.title and not c.found()], options)


def borrow_titles(cases: Sequence[Case]) -> None:
    """Where the note gives only an id, its record gives title and authors for searching further."""
    for case in cases:
        records = case.found()
        if records and not case.settled and (not case.title or case.named):
            lead, want = records[0], case.want
            people, year = lead.authors or want.authors, want.year or lead.year
            case.want = replace(want, title=lead.title, authors=people, year=year)


def by_title(cases: Sequence[Case], options: Options) -> list[Ask]:
    """Titles still not found, one by one: Crossref forgives mistakes, DBLP knows computer science."""
    asks = []
    for case in cases:
        if case.found() or not case.title:
            continue
        author = family_name(case.want.authors[0]) if case.want.authors else ""
        request = crossref.request_for_reference(case.title, author, case.want.year)
        asks.append(Ask(crossref.NAME, request, (case,), lambda r: crossref.parse(r.body)))
    return asks


def by_part_of_title(cases: Sequence[Case], options: Options) -> list[Ask]:
    """Titles with a mistake, or inside a longer line: phrases of them, many in one request."""
    missing = [c for c in cases if not c.found() and c.title]
    for case in missing:
        case.parts = title_parts(case.title)
    wanted: dict[str, list[Case]] = {}
    for case in missing:
        for part in case.parts or [case.title]:
            for piece in _halves(part) if part == case.title or len(case.parts) == 1 else [part]:
                wanted.setdefault(piece, []).append(case)
    asks = arxiv_titles_of(wanted)
    parts = batches(missing, lambda c: [p for p in c.parts or _halves(c.title) if p != c.title][:3])
    return asks + openalex_titles_of(parts, options)


def _halves(title: str) -> list[str]:
    words = normalise_title(title).split()
    if len(words) < 6:
        return [title]
    return [" ".join(words[: len(words) // 2]), " ".join(words[len(words) // 2 :])]


def by_people(cases: Sequence[Case], options: Options) -> list[Ask]:
    """Works of which the notes tell the people and the year: their papers of that year, held against the context.

    Journal, volume and page are asked about as they stand, without a year too, and so are people whose work is talked
    of without a year.
    """
    asks = []
    for case in cases:
        want = case.want
        loose = case.citation.kind == "name" and not case.title and _calls_a_work(case)
        if case.found() or not want.authors or not (want.year or want.venue or loose):
            continue
        families = [f for f in map(family_name, want.authors[:4]) if f]
        words = words_of(context_of(case.citation))[:12]
        if (want.venue or not want.year) and not case.title:
            text = want.raw or want.venue if want.venue else " ".join([*families, *words[:8]])
            request = crossref.request_for_people(" ".join(families), text, want.year)
            asks.append(
                Ask(crossref.NAME, request, (case,), lambda r: crossref.parse(r.body), take_people)
            )
        if not want.year:
            continue
        request = arxiv.request_for_people(families, want.year, words if len(families) == 1 else [])
        asks.append(Ask(arxiv.NAME, request, (case,), lambda r: arxiv.parse(r.body), take_people))
        named = families if len(families) > 1 else [*families, str(want.year)]
        asks.append(
            Ask(
                dblp.NAME,
                dblp.request_for(" ".join(named)),
                (case,),
                lambda r: dblp.parse(r.body),
                take_people,
            )
        )
        text = " ".join([*families, *words[:8]])
        request = crossref.request_for_people(" ".join(families), text, want.year)
        asks.append(
            Ask(crossref.NAME, request, (case,), lambda r: crossref.parse(r.body), take_people)
        )
    return asks


def _calls_a_work(case: Case) -> bool:
    """Two people or more, or one whose paper or book is spoken of: worth a question without a year."""
    texts = " ".join(mention.text for mention in case.citation.mentions)
    return len(case.want.authors) > 1 or " al" in texts or bool(WORK_WORD.search(texts))


def by_people_elsewhere(cases: Sequence[Case], options: Options) -> list[Ask]:
    """The last try for people: OpenAlex, which knows books and what has no DOI. One name needs a year."""
    asks = []
    for case in cases:
        families = [f for f in map(family_name, case.want.authors[:4]) if len(f) > 1]
        if case.found() or not families or not (case.want.year or len(families) > 1):
            continue
        request = openalex.request_for_people(families, case.want.year, options.keys)
        asks.append(
            Ask(openalex.NAME, request, (case,), lambda r: openalex.parse(r.body), take_people)
        )
    return asks


def by_title_elsewhere(cases: Sequence[Case], options: Options) -> list[Ask]:
    """The last tries for a title."""
    asks = []
    for case in cases:
        if case.found() or not case.title:
            continue
        asks.append(
            Ask(dblp.NAME, dblp.request_for(case.title), (case,), lambda r: dblp.parse(r.body))
        )
        if case.citation.sure and options.keys.get("s2"):
            request = semantic_scholar.request_for_title(case.title, options.keys)
            asks.append(
                Ask(
                    semantic_scholar.NAME,
                    request,
                    (case,),
                    lambda r: semantic_scholar.parse(r.body),
                )
            )
    return asks


def completing(cases: Sequence[Case], options: Options) -> list[Ask]:
    """What is missing of works that were found: arXiv's version, places of open copies, notices of retraction."""
    found = [c for c in cases if c.found()]

    def known(case: Case, kind: str, source: str) -> list[str]:
        records = case.found()
        if any(r.source == source for r in records):
            return []
        ids = [*case.ids, *(i for r in records for i in r.ids)]
        return list(dict.fromkeys(i for i in ids if i.startswith(kind)))[:2]

    asks = arxiv_ids(batches(found, lambda c: known(c, "arxiv:", arxiv.NAME)), take_more)
    plain = [c for c in found if not c.has("arxiv")]
    asks += openalex_ids(
        batches(plain, lambda c: known(c, "doi:", openalex.NAME)), options, take_more
    )
    asks += _crossref_dois(batches(plain, lambda c: known(c, "doi:", crossref.NAME)), take_more)
    return asks


def open_copies(cases: Sequence[Case], options: Options) -> list[Ask]:
    """Unpaywall, for works with a DOI of which no open copy is known."""
    asks = []
    for case in cases:
        records = [*case.found(), *case.more]
        dois = [
            i[4:]
            for r in records
            for i in r.ids
            if i.startswith("doi:") and not i[4:].startswith(DATACITE)
        ]
        opened = any(s.kind == "pdf" and s.access == "open" for r in records for s in r.locations)
        if options.contact and dois and not opened:
            request = unpaywall.request_for(dois[0], options.contact)
            asks.append(
                Ask(unpaywall.NAME, request, (case,), lambda r: unpaywall.parse(r.body), take_more)
            )
    return asks


STEPS: tuple[Callable[[Sequence[Case], Options], list[Ask]], ...] = (
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
    open_copies,
)
