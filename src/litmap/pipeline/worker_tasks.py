"""What workers do, as values that may travel to other processes and machines, and the function that
does it.

A task names all that its result depends on and writes nothing into the library: done twice it gives
the same, and a worker that dies loses one task. A worker needs litmap of the leader's version and,
to embed, the model.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from litmap import text
from litmap.errors import LitmapError, PdfError, WorkerError
from litmap.operating_system import is_running
from litmap.pipeline.task_files import TaskFiles
from litmap.settings import default_state

if TYPE_CHECKING:
    from litmap.models import Vectors
    from litmap.protocols import Encoder


FOLDERS = "litmap-worker-"
"""What a worker's folder of the papers that it reads is called, before the process's number."""


@dataclass(frozen=True, slots=True)
class SentPaper:
    """A full text on its way to a worker: its bytes, or where the worker finds it, a path that both
    see or else the files of its task.
    """

    sha256: str
    ending: str
    path: str = ""
    content: bytes = field(default=b"", repr=False)

    @property
    def name(self) -> str:
        """What it is called among the files of its task."""
        return f"pdfs/{self.sha256[:2]}/{self.sha256}{self.ending}"


@dataclass(frozen=True, slots=True)
class ReadTask:
    """Papers to read, each within so many seconds and bytes of memory. `files` is an address at
    which leader and workers leave each other files, '' for none.
    """

    papers: tuple[SentPaper, ...]
    extractor: str
    seconds: float
    memory_bytes: int
    ocr: bool
    ocr_languages: tuple[str, ...]
    files: str = ""

    def __str__(self) -> str:
        return f"read {_counted(len(self.papers), 'paper')}"

    def text_name(self, sha256: str) -> str:
        """What a paper's text is called among the files; another extractor or other languages give
        another text.
        """
        how = "|".join((self.extractor, str(self.ocr), *self.ocr_languages))
        reading = hashlib.sha256(how.encode()).hexdigest()[:16]
        return f"texts/{reading}/{sha256[:2]}/{sha256}.json.gz"


@dataclass(frozen=True, slots=True)
class EncoderChoice:
    """The model that a worker loads; `key` is that of the leader's encoder."""

    model: str
    key: str
    backend: str
    threads: int
    query_prompt: str
    passage_prompt: str
    offline: bool


@dataclass(frozen=True, slots=True)
class EmbedTask:
    """Texts to embed."""

    texts: tuple[str, ...] = field(repr=False)
    encoder: EncoderChoice

    def __str__(self) -> str:
        return f"embed {_counted(len(self.texts), 'passage')}"


Task = ReadTask | EmbedTask


@dataclass(frozen=True, slots=True)
class PaperRead:
    """What became of one paper: its text as `text.dumps` writes it, or why there is none."""

    sha256: str
    content: bytes = field(default=b"", repr=False)
    failure: str = ""
    is_transient: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """What a worker made of a task: the papers read, or float32 (texts, dim); `refusal` says why it
    could not do such a task at all.
    """

    worker: str
    seconds: float
    papers: tuple[PaperRead, ...] = ()
    vectors: Vectors | None = None
    refusal: str = ""


def perform(task: Task) -> Done:
    """Do a task in this process, as a worker does. What is wrong with one paper costs that paper;
    what is wrong with this worker is its refusal.
    """
    started = time.monotonic()
    try:
        if isinstance(task, ReadTask):
            papers = tuple(_read(task))
            return Done(worker_name(), time.monotonic() - started, papers)
        vectors = _embed(task)
        return Done(worker_name(), time.monotonic() - started, vectors=vectors)
    except LitmapError as error:
        return Done(worker_name(), time.monotonic() - started, refusal=error.message)


def worker_name() -> str:
    """What reports call the process that does the work: its machine and number."""
    return f"{platform.node()}:{os.getpid()}"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


# ── reading ───────────────────────────────────────────────────────────────────────────────────────
def _read(task: ReadTask) -> Iterator[PaperRead]:
    if task.extractor != text.EXTRACTOR:
        raise WorkerError(
            f"its litmap reads PDFs as {text.EXTRACTOR}, the leader's as {task.extractor}: install "
            "one version everywhere"
        )
    files = TaskFiles(task.files) if task.files else None
    waiting = []
    for paper in task.papers:
        kept = files.read(task.text_name(paper.sha256)) if files else None
        if kept is not None and _is_text_of(kept, paper.sha256):
            yield PaperRead(paper.sha256, kept)
        else:
            waiting.append(paper)
    for read in _read_anew(task, waiting, files):
        if files and read.content:
            files.keep(task.text_name(read.sha256), read.content)
        yield read


def _is_text_of(content: bytes, sha256: str) -> bool:
    """Whether these bytes are the whole text of this paper; others may have written them."""
    try:
        return text.loads(content).sha256 == sha256
    except PdfError:
        return False


def _read_anew(
    task: ReadTask, papers: Sequence[SentPaper], files: TaskFiles | None
) -> Iterator[PaperRead]:
    _remove_abandoned_folders()
    with tempfile.TemporaryDirectory(prefix=f"{FOLDERS}{os.getpid()}-") as folder:
        for paper in papers:
            try:
                with _on_disk(paper, files, Path(folder)) as path:
                    document = text.extract_in_worker(
                        path,
                        paper.sha256,
                        timeout_s=task.seconds,
                        memory_bytes=task.memory_bytes,
                        ocr=task.ocr,
                        ocr_languages=task.ocr_languages,
                    )
                yield PaperRead(paper.sha256, text.dumps(document))
            except PdfError as error:
                yield PaperRead(paper.sha256, b"", error.message, error.transient)


@lru_cache(maxsize=1)
def _remove_abandoned_folders() -> None:
    """Remove what workers of this machine left that were killed; once in each process."""
    for folder in Path(tempfile.gettempdir()).glob(f"{FOLDERS}*"):
        process = folder.name.removeprefix(FOLDERS).split("-")[0]
        if process.isdigit() and not is_running(int(process)) and not folder.is_symlink():
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _on_disk(paper: SentPaper, files: TaskFiles | None, folder: Path) -> Iterator[Path]:
    """Where the paper's file lies on this machine. Raises `PdfError` where it did not arrive."""
    if paper.path:
        yield Path(paper.path)
        return
    content = paper.content or (files.read(paper.name) if files else None) or b""
    if hashlib.sha256(content).hexdigest() != paper.sha256:
        raise PdfError(
            "the file did not reach the worker whole", subject=paper.sha256, transient=True
        )
    path = folder / f"{paper.sha256}{paper.ending}"
    path.write_bytes(content)
    try:
        yield path
    finally:
        path.unlink()


# ── embedding ─────────────────────────────────────────────────────────────────────────────────────
def _embed(task: EmbedTask) -> Vectors:
    encoder = _encoder(task.encoder)
    if encoder.key != task.encoder.key:
        raise WorkerError(
            f"its model {task.encoder.model} is {encoder.key}, the leader's {task.encoder.key}: "
            "install one model everywhere"
        )
    return encoder.encode(task.texts)


@lru_cache(maxsize=1)
def _encoder(choice: EncoderChoice) -> Encoder:
    """The model of this process; it is kept from one task to the next."""
    from litmap import vectors

    return vectors.load_encoder(
        choice.model,
        models_dir=default_state() / "models",
        backend=choice.backend,
        threads=choice.threads or None,
        prompts=vectors.Prompts(choice.query_prompt, choice.passage_prompt),
        offline=choice.offline,
    )
