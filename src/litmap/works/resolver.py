"""Citations to works: identifiers first, many in one request; then titles; then what is still missing of each work."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from litmap.errors import NotFound, WebError
from litmap.host_pool import PerHostPool
from litmap.models import Citation, Resolution, Work
from litmap.parsing.title_similarity import normalise_title
from litmap.protocols import Client
from litmap.works import query_plan
from litmap.works.note_context import CitedInNote, settle
from litmap.works.queries import Ask, Options
from litmap.works.record import Record
from litmap.works.sources import arxiv
from litmap.works.task import open_case

Progress = Callable[[int, int, str], None]
"""Told (done, total, what is asked)."""


def resolve(
    citations: Sequence[Citation],
    client: Client,
    *,
    now: str,
    known: Mapping[str, Resolution] | None = None,
    settled: Mapping[str, str] | None = None,
    contact: str = "",
    keys: Mapping[str, str] | None = None,
    sources: Collection[str] | None = None,
    progress: Progress | None = None,
) -> Iterator[Resolution]:
    """One `Resolution` a citation, as they are finished; hosts are asked in parallel, each in its pace.

    `known` holds resolutions that still count (by citation key): they come back as they are. `settled` holds ids that
    the user chose (by citation key). `contact` is the e-mail that Unpaywall wants, `keys` API keys by service
    ('openalex', 's2'); `sources` names the only ones to ask ('Crossref', …), all if None. What cannot be looked up now
    comes back 'failed' or 'pending'; nothing is raised for it.
    """
    known, settled = known or {}, settled or {}
    cases = []
    found: list[Resolution] = []
    for citation in citations:
        if citation.key in known:
            found.append(known[citation.key])
            yield found[-1]
        else:
            cases.append(open_case(citation, settled.get(citation.key, "")))
    total, done = len(cases), 0
    run = _Run(client, progress)
    options = Options(contact=contact, keys=dict(keys or {}))
    for step in query_plan.STEPS:
        rest = []
        for case in cases:
            if query_plan.is_complete(case):
                done += 1
                found.append(case.resolution(now))
                yield found[-1]
            else:
                rest.append(case)
        cases = rest
        asks = step(cases, options)
        run.ask([a for a in asks if sources is None or a.source in sources], done, total)
    last = [case.resolution(now) for case in cases]
    sure = [r.work for r in [*found, *last] if r.work is not None and r.status == "metadata-only"]
    cited = {ident: work for work in sure for ident in work.ids}
    last = [_cited_elsewhere(r, cited, case.want.year) for case, r in zip(cases, last, strict=True)]
    by_key = {citation.key: citation for citation in citations}
    here = CitedInNote((by_key[r.citation], r) for r in [*found, *last] if r.citation in by_key)
    for case, resolution in zip(cases, last, strict=True):
        yield settle(resolution, case.citation, here)


def _cited_elsewhere(
    resolution: Resolution, cited: Mapping[str, Work], year: int | None
) -> Resolution:
    """Of several works that may be meant, the one that the notes cite at another place too.

    Not one of another year where there is a candidate of the very year: then two works of these people are cited.
    """
    if (
        resolution.status != "unsure"
        or not resolution.candidates
        or resolution.work in resolution.candidates
    ):
        return resolution  # in the last case the note contradicts itself
    works = {
        w.id: w
        for c in resolution.candidates
        for i in (c.id, *c.ids)
        if (w := cited.get(i)) is not None
    }
    if len(works) > 1:
        works = {ident: work for ident, work in works.items() if work.year == year}
    if len(works) != 1:
        return resolution
    work = next(iter(works.values()))
    if work.year != year and any(c.year == year for c in resolution.candidates):
        return resolution
    reason = "fits the people and year, and is cited elsewhere in the notes"
    return Resolution(resolution.citation, work, "metadata-only", reason)


def newest_versions(works: Iterable[Work], client: Client) -> dict[str, int]:
    """The newest arXiv version by work id, for works with an arXiv id; those arXiv does not answer for are left out."""
    by_id = {work.identifier("arxiv"): work.id for work in works if work.identifier("arxiv")}
    listed = [ident for ident in by_id if ident]
    found: dict[str, int] = {}
    for start in range(0, len(listed), arxiv.IDS_AT_ONCE):
        part = listed[start : start + arxiv.IDS_AT_ONCE]
        try:
            records = arxiv.parse(client.get(arxiv.request_for(part)).body)
        except WebError:
            continue
        for record in records:
            work = by_id.get(record.ids[0].removeprefix("arxiv:"))
            if work and record.arxiv_version:
                found[work] = record.arxiv_version
    return found


def told_by_file(citation: Citation, title: str, ids: Sequence[str]) -> Citation | None:
    """The citation with what the fetched file says of itself, to be resolved again; None where that adds nothing.

    Some notes give only the address of a PDF; its title or the stamp on its first page then tells which work it is.
    """
    reference = citation.reference
    known = bool(reference.title) and citation.kind != "pdf"
    title = title if len(normalise_title(title).split()) >= 2 else ""
    if known or not (title or ids):
        return None
    return replace(
        citation,
        reference=replace(reference, title=title or reference.title, ids=(*reference.ids, *ids)),
    )


@dataclass
class _Run:
    """Sends asks through lanes and hands the records to their cases."""

    client: Client
    progress: Progress | None

    def ask(self, asks: Sequence[Ask], done: int, total: int) -> None:
        """Send all; an ask that is refused as malformed is split, one that comes back oddly empty is sent again."""
        with PerHostPool[Ask, list[Record]]() as lanes:
            once: dict[str, Ask] = {}
            for item in asks:
                same = once.get(item.request.url)
                once[item.request.url] = (
                    replace(same, cases=(*same.cases, *item.cases)) if same else item
                )
            for item in once.values():
                self._submit(lanes, item)
            for item, records, error in lanes.results():
                if self.progress is not None:
                    self.progress(done, total, item.source)
                for case in item.cases:
                    case.asked.setdefault(item.source, "")
                if error is not None:
                    self._failed(lanes, item, error)
                else:
                    self._answered(lanes, item, records or [])

    def _submit(self, lanes: PerHostPool[Ask, list[Record]], item: Ask) -> None:
        lane = urlsplit(item.request.url).hostname or item.source
        lanes.submit(lane, item, lambda: item.read(self.client.get(item.request)))

    def _answered(
        self, lanes: PerHostPool[Ask, list[Record]], item: Ask, records: list[Record]
    ) -> None:
        if item.again is not None and not records:  # the arXiv API is known for empty answers
            self._submit(lanes, item.again)
            return
        for case in item.cases:
            item.give(case, records)

    def _failed(
        self, lanes: PerHostPool[Ask, list[Record]], item: Ask, error: BaseException
    ) -> None:
        if not isinstance(error, WebError):
            raise error
        if isinstance(error, NotFound):
            return
        if error.status in {400, 413, 414, 422} and item.split is not None:
            for part in item.split():
                self._submit(lanes, part)
            return
        for case in item.cases:
            case.fail(item.source, error)
