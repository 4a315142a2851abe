"""Works to PDFs: locations tried in order, hosts in parallel, files checked before kept."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from litmap.errors import (
    Blocked,
    Exhausted,
    NotFound,
    PdfError,
    SlowDown,
    TooLarge,
    Unsafe,
    WebError,
)
from litmap.host_pool import PerHostPool
from litmap.models import Download, Fetch, Location, PdfFile, PlaceLookup, Request, Status, Work
from litmap.parsing.identifiers import host_of
from litmap.parsing.meta_tags import pdf_urls, pdf_urls_in_header, read_tags
from litmap.pdfs.locations import (
    LookupLocation,
    PdfLocation,
    find_locations,
    full_texts,
    place_key,
    plan_locations,
    text_places,
)
from litmap.pdfs.store import Store, drop
from litmap.pdfs.verify import Preview, Verdict, verify
from litmap.protocols import Downloader

logger = logging.getLogger(__name__)

ReadPreview = Callable[[Path], Preview]
"""Looks into a file; raises `PdfError` where it cannot be read."""
MAX_TRIED = 12
"""Addresses tried for a work, after which pages lead no further."""
MAX_NAMED = 2
"""Files that one page names that are tried."""
MAX_TEXT_BYTES = 60 << 20
"""Bytes of a text without pages."""
_TEXT_TYPES = {".xml": "application/xml", ".html": "text/html"}
PUT_RIGHT = "If it is right, move it to papers/; if not, put the right one there"
"""What a reason advises of a file that may be another paper."""
DROP_IT = "put it into the library's folder papers/, or run `litmap add FILE`"
NO_COPY = f"no open copy was found; if you have the PDF, {DROP_IT}"
REFUSED = f"its site lets no program fetch it: download the PDF in a browser, then {DROP_IT}"
NOT_NOW = "not fetched, as no site gave what it should have; the next refresh tries again"
"""Reasons for readers; which addresses said what stands in `Fetch.tried` and in the log."""
FindLookups = Callable[[Work], Iterable[PlaceLookup]]
"""Names the services to ask for copies of a work beyond those that are known."""


Answer = Download | list[Location | PlaceLookup]
"""Of an address, or of a question where copies lie."""


@dataclass
class _Job:
    """One work on its way to a PDF.

    `retry`: something failed that should have worked, worth another try in the next run; `doubt`
    says which file was put aside; `refused`: a site refused programs, or asked for a login; `dead`
    are addresses where nothing is any more.
    """

    work: Work
    locations: deque[PdfLocation | LookupLocation]
    known: PdfFile | None = None
    tried: list[tuple[str, str]] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    retry: bool = False
    doubt: str = ""
    refused: bool = False
    dead: set[str] = field(default_factory=set)

    def skip_needless(self) -> None:
        """Drop questions about addresses that are not dead."""
        while self.locations:
            first = self.locations[0]
            replaced = first.lookup.replaces if isinstance(first, LookupLocation) else ""
            if not replaced or replaced in self.dead:
                return
            self.locations.popleft()

    def give_up(self, url: str, reason: str) -> None:
        """Note what came of an address."""
        logger.info("%s: nothing from %s: %s", self.work.id, host_of(url), reason)
        self.tried.append((url, reason))

    def fetched(self, reason: str, pdf: PdfFile) -> Fetch:
        """The outcome where the paper is there."""
        logger.info("%s: %s", self.work.id, reason)
        return Fetch(self.work.id, "fetched", reason, pdf, tuple(self.tried))


def fetch(
    works: Sequence[Work],
    client: Downloader,
    *,
    store: Store,
    now: str,
    known: Mapping[str, PdfFile] | None = None,
    read_preview: ReadPreview | None = None,
    find_lookups: FindLookups | None = None,
) -> Iterator[Fetch]:
    """One `Fetch` a work, as they end; hosts in parallel, each in its pace.

    `known` holds the newest PDF by work id: its address is asked only whether it has changed, and
    arXiv only where the work has a newer version than the file. `read_preview` looks into a file
    (`litmap.text.preview`); without it only the form of a file is checked. `find_lookups` names the
    services that are asked where the known places fail. Failures are outcomes,
    with `transient` where another run may do better; `LibraryError` is raised where the disk cannot
    be written.
    """
    known = known or {}
    arrived = {outcome.work: (outcome, note) for outcome, note in store.arrived()}
    jobs = []
    for work in works:
        before = known.get(work.id)
        settled = _take_arrived(arrived, work.id, before) or _unchanged(work, before)
        if settled is not None:
            yield settled
        else:
            jobs.append(_Job(work, deque(_locations(work, before, find_lookups)), before))
    for _, note in arrived.values():  # the catalogue has had them since
        note.unlink(missing_ok=True)
    logger.info("%d works to fetch, %d settled before", len(jobs), len(works) - len(jobs))
    yield from _Run(client, store, now, read_preview).fetch(jobs)


def _take_arrived(
    arrived: dict[str, tuple[Fetch, Path]], work: str, before: PdfFile | None
) -> Fetch | None:
    """What an earlier run fetched and the catalogue lacks; the note of what it has is removed."""
    outcome, note = arrived.pop(work, (None, None))
    if outcome is None or note is None:
        return None
    if outcome.pdf is not None and (before is None or before.sha256 != outcome.pdf.sha256):
        return outcome
    note.unlink(missing_ok=True)
    return None


def _unchanged(work: Work, before: PdfFile | None) -> Fetch | None:
    """The outcome where nothing need be asked: an arXiv version never changes, a user's own file
    has no address.
    """
    if before is None or not before.has_pages:  # a PDF may be had by now
        return None
    if before.version and before.version >= (work.arxiv_version or 0):
        return Fetch(work.id, "fetched", f"version {before.version} is the newest on arXiv", before)
    return None if before.url else Fetch(work.id, "fetched", "put into the library by hand", before)


def _locations(
    work: Work, before: PdfFile | None, find_lookups: FindLookups | None
) -> Sequence[PdfLocation | LookupLocation]:
    if before is None or not before.has_pages:
        places = plan_locations(work, find_lookups(work) if find_lookups else ())
        by_hand = before is not None and not before.url
        return places if by_hand else [*places, *full_texts(work)]
    if before.version:
        return [location for location in find_locations(work) if location.version]
    return [PdfLocation(before.url, "its address", trusted=True)]


@dataclass(frozen=True, slots=True)
class _Finding:
    """What a look into a file says: the verdict, its pages, and what it says of itself."""

    verdict: Verdict = Verdict.RIGHT
    pages: int = 0
    title: str = ""
    ids: tuple[str, ...] = ()
    ending: str = ".pdf"


class _Run:
    def __init__(
        self, client: Downloader, store: Store, now: str, read_preview: ReadPreview | None
    ) -> None:
        self.client = client
        self.store = store
        self.now = now
        self.read_preview = read_preview

    def fetch(self, jobs: Sequence[_Job]) -> Iterator[Fetch]:
        with PerHostPool[_Job, Answer]() as pool:
            for job in jobs:
                job.skip_needless()
                if job.locations:
                    self._submit(pool, job)
                else:
                    yield _without_location(job)
            for job, download, error in pool.results():
                outcome = self._outcome(job, download, error)
                job.skip_needless()
                if outcome is not None:
                    yield outcome
                elif job.locations:
                    self._submit(pool, job)
                else:
                    yield _given_up(job)

    def _submit(self, pool: PerHostPool[_Job, Answer], job: _Job) -> None:
        location = job.locations[0]
        host = host_of(location.url)
        logger.debug("%s: ask %s (%s)", job.work.id, host, location.source)
        if isinstance(location, LookupLocation):
            pool.submit(host, job, partial(self._look_up, location.lookup))
        else:
            ask = self._read_text if location.text else self._download
            pool.submit(host, job, partial(ask, job, location))

    def _look_up(self, lookup: PlaceLookup) -> list[Location | PlaceLookup]:
        return list(lookup.read(self.client.get(lookup.request)))

    def _download(self, job: _Job, location: PdfLocation) -> Download:
        part = self.store.part(job.work, location.url)
        same = job.known if job.known is not None and job.known.url == location.url else None
        etag, modified = (same.etag, same.last_modified) if same else ("", "")
        return self.client.download(location.url, part, etag=etag, last_modified=modified)

    def _read_text(self, job: _Job, location: PdfLocation) -> Download:
        """A text without pages, which is small enough for one answer."""
        accept = _TEXT_TYPES[location.text]
        answer = self.client.get(Request(location.url, accept=accept, limit=MAX_TEXT_BYTES))
        return self.store.write_part(job.work, answer, location.url)

    def _outcome(
        self, job: _Job, answer: Answer | None, error: BaseException | None
    ) -> Fetch | None:
        """The end of the job, or None where its next location is to be tried."""
        location = job.locations.popleft()
        job.seen.add(place_key(location.url))
        if error is not None:
            _note_error(job, location, error)
        elif isinstance(answer, Download) and isinstance(location, PdfLocation):
            return self._of_download(job, location, answer)
        elif isinstance(answer, list):
            _take_places(job, location, answer)
        return None

    def _of_download(self, job: _Job, location: PdfLocation, download: Download) -> Fetch | None:
        if download.not_modified and job.known is not None:
            return job.fetched("unchanged", replace(job.known, fetched_at=self.now))
        if download.path is None:
            _read_page(job, location, download)
            return None
        return self._check_file(job, location, download)

    def _check_file(self, job: _Job, location: PdfLocation, download: Download) -> Fetch | None:
        """Look into a file and keep it, put it aside, or drop it."""
        assert download.path is not None  # noqa: S101 - tells the type checker
        if job.known is not None and download.sha256 == job.known.sha256:
            drop(download.path)
            fresh = replace(
                job.known,
                fetched_at=self.now,
                etag=download.etag,
                last_modified=download.last_modified,
            )
            return job.fetched("unchanged", fresh)
        try:
            finding = self._look_into(download.path, job.work, location)
        except PdfError as error:
            drop(download.path)
            job.give_up(location.url, f"the file cannot be read: {error.message}")
            job.retry |= not location.text
            return None
        if _is_doubtful(finding, location):
            self._put_aside(job, location, download, finding)
            return None
        return self._keep(job, location, download, finding)

    def _look_into(self, path: Path, work: Work, location: PdfLocation) -> _Finding:
        """Raises `PdfError` where the file cannot be read."""
        if self.read_preview is None:
            return _Finding(ending=location.text or ".pdf")
        preview = self.read_preview(path)
        verdict = verify(preview, work, trusted=location.trusted)
        title = preview.title or preview.metadata_title
        return _Finding(verdict, preview.pages, title, preview.ids, preview.ending)

    def _put_aside(
        self, job: _Job, location: PdfLocation, download: Download, finding: _Finding
    ) -> None:
        aside, title = self.store.put_aside(download, finding.ending), finding.title
        what = f"seems to be “{title[:120]}”" if title else "does not show the title"
        host = host_of(location.url)
        job.doubt = f"the file from {host} {what}; it is kept as aside/{aside.name}"
        job.give_up(location.url, f"another paper? {what}")
        job.retry |= location.trusted

    def _keep(
        self, job: _Job, location: PdfLocation, download: Download, finding: _Finding
    ) -> Fetch:
        reason = f"from {location.source}"
        if location.text:
            reason += ", as text without pages: no PDF could be had"
        if finding.verdict == Verdict.UNREADABLE:
            reason += " (its text cannot be read, so its title is not confirmed)"
        pdf = PdfFile(
            download.sha256,
            f"{download.sha256}{finding.ending}",
            download.size,
            finding.pages,
            location.url,
            location.version,
            self.now,
            download.etag,
            download.last_modified,
        )
        outcome = replace(job.fetched(reason, pdf), title=finding.title, ids=finding.ids)
        if location.text:  # a PDF that should have been there is asked for again
            outcome = replace(outcome, transient=job.retry)
        return self.store.keep(download, outcome)


def _is_doubtful(finding: _Finding, location: PdfLocation) -> bool:
    """Whether a file may be another paper, or is unreadable and not from the work's own place."""
    return finding.verdict in {Verdict.WRONG, Verdict.UNSURE} or (
        finding.verdict == Verdict.UNREADABLE and not location.trusted
    )


def _take_places(
    job: _Job, location: PdfLocation | LookupLocation, told: Sequence[Location | PlaceLookup]
) -> None:
    """Try the files next that a service has named, then what else is to be asked; texts without
    pages last.
    """
    files = [
        PdfLocation(at.url, at.source or location.source, trusted=at.access == "open")
        for at in told
        if isinstance(at, Location) and at.kind == "pdf"
    ]
    lookups = [LookupLocation(at) for at in told if isinstance(at, PlaceLookup)]
    named: list[PdfLocation | LookupLocation] = [*files[:MAX_NAMED], *lookups]
    fresh = [at for at in named if place_key(at.url) not in job.seen]
    if not fresh:
        job.give_up(location.url, f"{location.source} names no further copy")
    elif len(job.tried) < MAX_TRIED:
        job.locations.extendleft(reversed(fresh))
    waiting = {place_key(at.url) for at in job.locations} | job.seen
    texts = text_places(at for at in told if isinstance(at, Location))
    job.locations += (at for at in texts if place_key(at.url) not in waiting)


def _is_gone(error: WebError) -> bool:
    """Whether an address has nothing any more: not there, or its host does not answer."""
    if isinstance(error, Blocked | SlowDown | Exhausted | TooLarge | Unsafe):
        return False
    return isinstance(error, NotFound) or not error.status or error.status >= 500


def _note_error(job: _Job, location: PdfLocation | LookupLocation, error: BaseException) -> None:
    """Note a failure of the web; raises what is a fault of the program."""
    if not isinstance(error, WebError):
        raise error
    job.give_up(location.url, error.message)
    job.refused |= isinstance(error, Blocked)
    if _is_gone(error):
        job.dead.add(location.url)
    if isinstance(location, LookupLocation) and not location.trusted:
        return  # the work's places are known without it
    if isinstance(error, NotFound | Blocked | TooLarge):  # the next run would hear the same
        return
    job.retry |= error.transient or location.trusted or isinstance(error, Unsafe)


def _read_page(job: _Job, location: PdfLocation, download: Download) -> None:
    """A page instead of a file: go on to the file it names, if any."""
    job.seen |= {place_key(location.url), place_key(download.url)}
    told = pdf_urls_in_header(download.headers.get("link", ""), download.url)
    told += pdf_urls(download.body, download.url)
    named = [url for url in dict.fromkeys(told) if place_key(url) not in job.seen]
    job.locations = deque(p for p in job.locations if place_key(p.url) not in job.seen)
    if named and len(job.tried) < MAX_TRIED:
        job.give_up(location.url, "a page that names a PDF")
        files = [PdfLocation(u, "the work's page", trusted=location.trusted) for u in named]
        job.locations.extendleft(reversed(files[:MAX_NAMED]))
        return
    is_page = b"<" in download.body[:2000]
    job.dead.add(location.url)  # most often where a file was that the site no longer has
    job.give_up(location.url, "a page, no PDF" if is_page else "something that is no PDF")
    # A work's page that names no file is an honest answer.
    job.retry |= location.trusted and not read_tags(download.body)


def _without_location(job: _Job) -> Fetch:
    if job.known is not None:
        return Fetch(job.work.id, "fetched", "kept as it is", job.known)
    logger.info("%s: no source names a location", job.work.id)
    return Fetch(job.work.id, "metadata-only", NO_COPY)


def _given_up(job: _Job) -> Fetch:
    """What to say where no location gave the paper."""
    pdf: PdfFile | None = None
    status: Status
    if job.known is not None:
        status, reason, pdf = "fetched", "kept; no newer file was had", job.known
    elif job.doubt:
        status = "unsure"
        reason = f"{job.doubt}. {PUT_RIGHT}"
    elif job.retry:
        status, reason = "failed", NOT_NOW
    else:
        status, reason = "metadata-only", REFUSED if job.refused else NO_COPY
    logger.info("%s: %s after %d addresses", job.work.id, status, len(job.tried))
    return Fetch(job.work.id, status, reason, pdf, tuple(job.tried), job.retry)
