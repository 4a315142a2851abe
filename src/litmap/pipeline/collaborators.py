"""What a refresh works with: the stages, the web client, the model, the clock; each may be replaced
by another.

The defaults are the program's own; those with heavy libraries are imported when first called.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from litmap.catalogue import utc_now
from litmap.errors import PdfError
from litmap.models import (
    Citation,
    Document,
    Fetch,
    Lookups,
    Mark,
    Note,
    PdfFile,
    Problem,
    Resolution,
    Summary,
    Topic,
    Work,
)
from litmap.pipeline.batches import ExtractionBatch
from litmap.pipeline.report import Progress
from litmap.protocols import Client, Downloader, Encoder, Summariser
from litmap.settings import Settings, api_keys

if TYPE_CHECKING:
    from litmap.pdfs import Adopted, Store
    from litmap.pdfs.fetch import FindLookups, ReadPreview
    from litmap.pipeline.task_runners import TaskRunner
    from litmap.web import WebClient
    from litmap.works.resume import EarlierAnswer

Texts = Iterator[tuple[str, Document | PdfError]]
"""(sha256, its text or why there is none) as they are read."""


def _read_notes(
    paths: Sequence[str | Path], stdin: bytes | None
) -> tuple[list[Note], list[Problem]]:
    from litmap import notes

    return notes.read_notes(paths, stdin)


def _find_citations(notes: Sequence[Note]) -> list[Citation]:
    from litmap import citations

    return citations.find_citations(notes)


class Resolver(Protocol):
    """See `works.resolve`."""

    def __call__(
        self,
        citations: Sequence[Citation],
        client: Client,
        *,
        now: str,
        chosen_ids: Mapping[str, str] | None = None,
        earlier: Mapping[str, EarlierAnswer] | None = None,
        lookups: str = Lookups.ALL,
        contact: str = "",
        keys: Mapping[str, str] | None = None,
        sources: Collection[str] | None = None,
        progress: Callable[[int, int, str], None] | None = None,
    ) -> Iterator[Resolution]:
        """One `Resolution` a citation, as they are finished."""
        ...


class PdfFetcher(Protocol):
    """See `pdfs.fetch`."""

    def __call__(
        self,
        works: Sequence[Work],
        client: Downloader,
        *,
        store: Store,
        now: str,
        known: Mapping[str, PdfFile] | None = None,
        read_preview: ReadPreview | None = None,
        find_lookups: FindLookups | None = None,
    ) -> Iterator[Fetch]:
        """One `Fetch` a work, as they are finished."""
        ...


class PdfFiler(Protocol):
    """See `pdfs.adopt`."""

    def __call__(
        self,
        files: Sequence[Path],
        works: Sequence[Work],
        *,
        store: Store,
        now: str,
        read_preview: ReadPreview,
    ) -> Iterator[Adopted | Problem]:
        """Each file with its work."""
        ...


def _resolve() -> Resolver:
    from litmap import works

    return works.resolve


def _fetch_pdfs() -> PdfFetcher:
    from litmap import pdfs

    return pdfs.fetch


def _file_pdfs() -> PdfFiler:
    from litmap import pdfs

    return pdfs.adopt


def _extract_texts(batch: ExtractionBatch) -> Texts:
    from litmap import text

    return text.extract_many(
        batch.files,
        workers=batch.readers,
        timeout_s=batch.seconds,
        memory_bytes=batch.memory_bytes,
        ocr=batch.ocr,
        ocr_languages=batch.ocr_languages,
    )


def _load_encoder(settings: Settings) -> Encoder:
    from litmap import vectors

    return vectors.load_encoder(
        settings.model,
        models_dir=settings.state / "models",
        backend=settings.backend,
        threads=settings.threads or None,
        prompts=vectors.Prompts(settings.query_prompt, settings.passage_prompt),
        offline=settings.offline,
    )


def open_workers(settings: Settings) -> AbstractContextManager[TaskRunner | None]:
    """Processes of this machine; a cluster is known to the flow alone (`flows/workers.py`), and a
    run without it does its work here.
    """
    if settings.workers_runner != "processes":
        return nullcontext()
    from litmap.pipeline.task_runners import open_processes

    return open_processes(settings)


def _prepare(encoder: Encoder) -> None:
    from litmap import topics, vectors

    vectors.prepare(encoder)
    topics.load_libraries()


@contextmanager
def _open_client(settings: Settings, stage: str, progress: Progress) -> Iterator[WebClient]:
    from litmap.web import Limits, WebClient

    def on_wait(host: str, seconds: float, why: str) -> None:
        progress(stage, -1, 0, f"waiting {seconds:.0f} s for {host}: {why}")

    with WebClient(
        settings.contact,
        settings.state,
        settings.request_intervals,
        settings.allowed_hosts,
        limits=Limits(file=settings.pdf_megabytes * 1_000_000),
        on_wait=on_wait,
        keys=_keys_by_host(),
    ) as client:
        yield client


def _keys_by_host() -> dict[str, str]:
    """The keys of hosts whose files are for their holders."""
    key = api_keys().get("openalex")
    return {"content.openalex.org": key} if key else {}


class ExtractiveSummaries:
    """The default `Summariser`: the papers' own sentences, chosen by words."""

    @property
    def version(self) -> str:
        """That of the summaries' stage."""
        from litmap import summaries

        return summaries.VERSION

    def summarise_paper(
        self, document: Document, work: Work, encoder: Encoder, marks: Sequence[Mark]
    ) -> Summary:
        """See `summaries.summarise_paper`."""
        from litmap import summaries

        return summaries.summarise_paper(document, work, marks)

    def summarise_topics(
        self, topics: Sequence[Topic], papers: Mapping[str, Summary], encoder: Encoder
    ) -> Iterator[tuple[str, Summary]]:
        """See `summaries.summarise_topics`."""
        from litmap import summaries

        return summaries.summarise_topics(topics, papers, encoder)


@dataclass(frozen=True)
class Collaborators:
    """The parts of a `RefreshRun` that tests and users may replace; the signatures are those of the
    stages.

    `prepare` is called in a thread, ahead of the first use of the model and the libraries of the
    build.
    """

    clock: Callable[[], str] = utc_now
    read_notes: Callable[[Sequence[str | Path], bytes | None], tuple[list[Note], list[Problem]]] = (
        _read_notes
    )
    find_citations: Callable[[Sequence[Note]], list[Citation]] = _find_citations
    resolve: Resolver = field(default_factory=_resolve)
    open_client: Callable[[Settings, str, Progress], AbstractContextManager[WebClient]] = (
        _open_client
    )
    fetch_pdfs: PdfFetcher = field(default_factory=_fetch_pdfs)
    file_pdfs: PdfFiler = field(default_factory=_file_pdfs)
    extract_texts: Callable[[ExtractionBatch], Texts] = _extract_texts
    load_encoder: Callable[[Settings], Encoder] = _load_encoder
    prepare: Callable[[Encoder], None] = _prepare
    open_workers: Callable[[Settings], AbstractContextManager[TaskRunner | None]] = open_workers
    summariser: Summariser = field(default_factory=ExtractiveSummaries)
