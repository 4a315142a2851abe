"""Works to PDFs: places tried in order, hosts in parallel, every file checked before it is kept."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from litmap.errors import Blocked, NotFound, PdfError, Unsafe, WebError
from litmap.host_pool import PerHostPool
from litmap.models import Download, Fetch, PdfFile, Work
from litmap.parsing.identifiers import url_key
from litmap.parsing.meta_tags import pdf_urls, read_tags
from litmap.pdfs.locations import Place, find_places
from litmap.pdfs.store import Store, drop
from litmap.pdfs.verify import Finding, Preview, verify
from litmap.protocols import Downloader

LookInside = Callable[[Path], Preview]


@dataclass
class _Job:
    """One work on its way to a PDF."""

    work: Work
    places: deque[Place]
    known: PdfFile | None = None
    tried: list[tuple[str, str]] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    again: bool = False
    """Something failed that should have worked: worth another try in the next run."""
    doubtful: str = ""

    @property
    def place(self) -> Place:
        """The place tried now."""
        return self.places[0]


def fetch(
    works: Sequence[Work],
    client: Downloader,
    *,
    store: Store,
    now: str,
    known: Mapping[str, PdfFile] | None = None,
    read_preview: LookInside | None = None,
) -> Iterator[Fetch]:
    """One `Fetch` a work, as they end; hosts in parallel, each in its pace.

    `known` holds the newest PDF by work id: its address is asked only whether it has changed, and arXiv only where the
    work has a newer version than the file. `read_preview` looks into a file (`litmap.text.preview`); without it only the form of
    a file is checked. Failures are outcomes, with `transient` where another run may do better; `LibraryError` is
    raised where the disk cannot be written.
    """
    known = known or {}
    run = _Run(client, store, now, read_preview)
    arrived = {outcome.work: (outcome, note) for outcome, note in store.arrived()}
    jobs = []
    for work in works:
        before = known.get(work.id)
        late = arrived.pop(work.id, None)
        if (
            late is not None
            and late[0].pdf is not None
            and (before is None or before.sha256 != late[0].pdf.sha256)
        ):
            yield late[0]
            continue
        if late is not None:
            late[1].unlink(missing_ok=True)
        settled = _unchanged(work, before)
        if settled is not None:
            yield settled
            continue
        jobs.append(_Job(work, deque(_places(work, before)), before))
    for _, note in arrived.values():  # the catalogue has had them since
        note.unlink(missing_ok=True)
    yield from run.fetch(jobs)


def _unchanged(work: Work, before: PdfFile | None) -> Fetch | None:
    """The outcome where nothing need be asked: an arXiv version never changes, a user's own file has no address."""
    if before is None:
        return None
    if before.version and before.version >= (work.arxiv_version or 0):
        return Fetch(work.id, "fetched", f"version {before.version} is the newest on arXiv", before)
    return None if before.url else Fetch(work.id, "fetched", "put into the library by hand", before)


def _places(work: Work, before: PdfFile | None) -> list[Place]:
    if before is None:
        return find_places(work)
    if before.version:
        return [place for place in find_places(work) if place.version]
    return [Place(before.url, "its address", sure=True)]


class _Run:
    def __init__(
        self, client: Downloader, store: Store, now: str, read_preview: LookInside | None
    ) -> None:
        self.client = client
        self.store = store
        self.now = now
        self.read_preview = read_preview

    def fetch(self, jobs: Sequence[_Job]) -> Iterator[Fetch]:
        with PerHostPool[_Job, Download]() as lanes:
            for job in jobs:
                if job.places:
                    self._submit(lanes, job)
                else:
                    yield _nowhere(job)
            for job, got, error in lanes.results():
                outcome = self._outcome(job, got, error)
                if outcome is not None:
                    yield outcome
                elif job.places:
                    self._submit(lanes, job)
                else:
                    yield _given_up(job)

    def _submit(self, lanes: PerHostPool[_Job, Download], job: _Job) -> None:
        place = job.place
        part = self.store.part(job.work, place.url)
        same = job.known if job.known is not None and job.known.url == place.url else None
        etag, modified = (same.etag, same.last_modified) if same else ("", "")

        def call() -> Download:
            return self.client.download(place.url, part, etag=etag, last_modified=modified)

        lanes.submit(urlsplit(place.url).hostname or "", job, call)

    def _outcome(
        self, job: _Job, got: Download | None, error: BaseException | None
    ) -> Fetch | None:
        """The end of the job, or None where its next place is to be tried."""
        place = job.places.popleft()
        job.seen.add(url_key(place.url))
        if error is not None:
            if not isinstance(error, WebError):
                raise error
            job.tried.append((place.url, error.message))
            expected = isinstance(error, NotFound | Blocked)
            job.again |= (not expected and (error.transient or place.sure)) or isinstance(
                error, Unsafe
            )
            return None
        assert got is not None
        if got.not_modified and job.known is not None:
            return Fetch(
                job.work.id,
                "fetched",
                "unchanged",
                replace(job.known, fetched_at=self.now),
                tuple(job.tried),
            )
        if got.path is None:
            self._read_page(job, place, got)
            return None
        return self._check(job, place, got)

    def _read_page(self, job: _Job, place: Place, got: Download) -> None:
        """A page instead of a file: go on to the file it names, if any."""
        job.seen |= {url_key(place.url), url_key(got.url)}
        named = [url for url in pdf_urls(got.body, got.url) if url_key(url) not in job.seen]
        job.places = deque(p for p in job.places if url_key(p.url) not in job.seen)
        if named and len(job.tried) < 12:
            job.tried.append((place.url, "a page that names a PDF"))
            job.places.extendleft(
                reversed([Place(u, "the work's page", sure=place.sure) for u in named[:2]])
            )
            return
        what = "a page, no PDF" if b"<" in got.body[:2000] else "something that is no PDF"
        job.tried.append((place.url, what))
        job.again |= place.sure and not read_tags(
            got.body
        )  # a work's page that names no file is an honest answer

    def _check(self, job: _Job, place: Place, got: Download) -> Fetch | None:
        """Look into a file and keep it, put it aside, or drop it."""
        assert got.path is not None
        if job.known is not None and got.sha256 == job.known.sha256:
            drop(got.path)
            fresh = replace(
                job.known, fetched_at=self.now, etag=got.etag, last_modified=got.last_modified
            )
            return Fetch(job.work.id, "fetched", "unchanged", fresh, tuple(job.tried))
        pages, finding, title = 0, Finding.RIGHT, ""
        ids: tuple[str, ...] = ()
        if self.read_preview is not None:
            try:
                seen = self.read_preview(got.path)
            except PdfError as error:
                drop(got.path)
                job.tried.append((place.url, f"the file cannot be read: {error.message}"))
                job.again = True
                return None
            pages, finding, title = (
                seen.pages,
                verify(seen, job.work, sure=place.sure),
                seen.title or seen.metadata_title,
            )
            ids = seen.ids
        if finding == Finding.WRONG or (finding == Finding.UNREADABLE and not place.sure):
            aside = self.store.put_aside(got)
            what = f"seems to be “{title[:120]}”" if title else "does not show the title"
            job.doubtful = f"the file from {urlsplit(place.url).hostname} {what}; it is kept as aside/{aside.name}"
            job.tried.append((place.url, f"another paper? {what}"))
            job.again |= place.sure
            return None
        doubt = (
            " (its text cannot be read, so its title is not confirmed)"
            if finding == Finding.UNREADABLE
            else ""
        )
        facts = (pages, place.url, place.version, self.now, got.etag, got.last_modified)
        pdf = PdfFile(got.sha256, "", got.size, *facts)
        said = f"from {place.source}{doubt}"
        return self.store.keep(
            got, Fetch(job.work.id, "fetched", said, pdf, tuple(job.tried), title=title, ids=ids)
        )


def _nowhere(job: _Job) -> Fetch:
    if job.known is not None:
        return Fetch(job.work.id, "fetched", "kept as it is", job.known)
    reason = "no source names a place where a copy may be had; put the PDF into the folder papers/ if you have it"
    return Fetch(job.work.id, "metadata-only", reason)


def _given_up(job: _Job) -> Fetch:
    """What to say where no place gave the paper."""
    tried = tuple(job.tried)
    told = "; ".join(f"{urlsplit(url).hostname}: {_short(text, url)}" for url, text in tried[:4])
    if job.known is not None:
        return Fetch(
            job.work.id,
            "fetched",
            f"kept; no newer file ({told})",
            job.known,
            tried,
            transient=job.again,
        )
    if job.doubtful:
        reason = (
            f"{job.doubtful}. If it is right, move it to papers/; if not, put the right one there"
        )
        return Fetch(job.work.id, "unsure", reason, None, tried, transient=job.again)
    if job.again:
        return Fetch(
            job.work.id,
            "failed",
            f"not fetched ({told}); the next refresh tries again",
            None,
            tried,
            True,
        )
    reason = f"no open copy ({told}); put the PDF into the folder papers/ if you have it"
    return Fetch(job.work.id, "metadata-only", reason, None, tried)


def _short(text: str, url: str) -> str:
    """A message without the host's name at its beginning, which stands there already."""
    host = urlsplit(url).hostname or ""
    return text.removeprefix(host).lstrip(": ") or text
