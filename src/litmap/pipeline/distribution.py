"""The leader's side of workers: papers sent out to be read, texts to be embedded, and the results
taken in.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from litmap import text
from litmap.errors import PdfError
from litmap.models import Document
from litmap.pipeline.batches import ExtractionBatch
from litmap.pipeline.task_files import TaskFiles
from litmap.pipeline.task_runners import TaskRunner, WorkerCounts, run_tasks
from litmap.pipeline.worker_tasks import EmbedTask, EncoderChoice, PaperRead, ReadTask, SentPaper
from litmap.protocols import Encoder, QueryEncoder
from litmap.settings import Settings

if TYPE_CHECKING:
    from litmap.models import Vectors

logger = logging.getLogger(__name__)

LIBRARY = "library"
"""The setting `workers_files` of those whose workers see the library's folder under its path."""
TEXTS_A_TASK = 512
"""Passages that are embedded by one task, at most: half a minute of a core."""
FEWEST_SENT = 64
"""Texts from which it pays to send them away."""
TASKS_A_SLOT = 4
"""Tasks of few texts for each slot: the shortest texts, which come last, even out the end."""
TASKS_AT_ONCE = 8
"""Tasks for each slot between two waits for all of them: what waits for the last is an eighth."""


@dataclass
class Workers:
    """Those who do a run's tasks, and what each did."""

    runner: TaskRunner
    settings: Settings
    told: Callable[[str], None] = lambda text: None
    counts: WorkerCounts = field(default_factory=WorkerCounts)

    def read(self, batch: ExtractionBatch) -> Iterator[tuple[str, Document | PdfError]]:
        """(sha256, its text or why there is none) of the papers of a batch as they are read, the
        largest first. Raises `WorkerError`.
        """
        tasks = self._read_tasks(batch)
        for _, done in run_tasks(self.runner, tasks, self.counts, self.told):
            yield from map(_outcome, done.papers)

    def embed(self, encoder: EncoderChoice, texts: Sequence[str], dim: int) -> Vectors:
        """float32 (len(texts), dim) of texts, the longest first. Raises `WorkerError`."""
        import numpy as np

        order = sorted(range(len(texts)), key=lambda row: -len(texts[row]))
        size = self._texts_a_task(len(order))
        parts = [order[i : i + size] for i in range(0, len(order), size)]
        rows_of = {EmbedTask(tuple(texts[row] for row in part), encoder): part for part in parts}
        found = np.zeros((len(texts), dim), np.float32)
        for task, done in run_tasks(self.runner, rows_of, self.counts, self.told):
            found[rows_of[task]] = done.vectors
        return found

    def _texts_a_task(self, count: int) -> int:
        """How many of so many texts a task takes, so that each slot gets several."""
        each = -(-count // (TASKS_A_SLOT * max(1, self.runner.slots())))
        return max(FEWEST_SENT, min(TEXTS_A_TASK, each))

    def papers_at_once(self) -> int:
        """Papers to read before their texts are embedded."""
        return self._tasks_at_once() * max(1, self.settings.workers_papers)

    def texts_at_once(self) -> int:
        """Texts to embed before their vectors are kept."""
        return self._tasks_at_once() * TEXTS_A_TASK

    def _tasks_at_once(self) -> int:
        return TASKS_AT_ONCE * max(1, self.runner.slots())

    def _read_tasks(self, batch: ExtractionBatch) -> Iterator[ReadTask]:
        files = self.settings.workers_files
        store = TaskFiles(files) if files and files != LIBRARY else None
        ordered = text.largest_first(batch.files)
        size = max(1, self.settings.workers_papers)
        for first in range(0, len(ordered), size):
            sent = [self._sent(*file, store) for file in ordered[first : first + size]]
            yield ReadTask(
                tuple(sent),
                text.EXTRACTOR,
                batch.seconds,
                batch.memory_bytes,
                batch.ocr,
                tuple(batch.ocr_languages),
                files if store else "",
            )

    def _sent(self, sha256: str, path: Path, store: TaskFiles | None) -> SentPaper:
        """A paper as it travels; one that cannot be read here arrives empty, and says so."""
        if self.settings.workers_files == LIBRARY:
            return SentPaper(sha256, path.suffix, path=str(path.absolute()))
        if store is None:
            return SentPaper(sha256, path.suffix, content=_content(path))
        paper = SentPaper(sha256, path.suffix)
        if not store.holds(paper.name):
            store.keep(paper.name, _content(path))
        return paper


class WorkersEncoder:
    """An `Encoder` whose many texts are embedded by workers; a few, and questions, are here."""

    def __init__(self, here: Encoder, workers: Workers) -> None:
        self.name, self.key, self.dim, self.window = here.name, here.key, here.dim, here.window
        self._here = here
        self._workers = workers

    def encode(self, texts: Sequence[str]) -> Vectors:
        """float32 (len(texts), dim), rows L2-normalised. Raises `WorkerError`."""
        if len(texts) < FEWEST_SENT:
            return self._here.encode(texts)
        return self._workers.embed(
            encoder_choice(self._here, self._workers.settings), texts, self.dim
        )

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """The same of questions."""
        here = self._here
        return here.encode_queries(texts) if isinstance(here, QueryEncoder) else here.encode(texts)

    def count(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text."""
        return self._here.count(texts)

    def offsets(self, text: str) -> list[tuple[int, int]]:
        """Start and end in `text` of each token."""
        return self._here.offsets(text)


def encoder_choice(here: Encoder, settings: Settings) -> EncoderChoice:
    """What a worker is to load so that its vectors are those of this encoder."""
    return EncoderChoice(
        settings.model,
        here.key,
        settings.backend,
        settings.workers_threads,
        settings.query_prompt,
        settings.passage_prompt,
        settings.offline,
    )


def _outcome(paper: PaperRead) -> tuple[str, Document | PdfError]:
    if paper.failure:
        failed = PdfError(paper.failure, subject=paper.sha256, transient=paper.is_transient)
        return paper.sha256, failed
    try:
        document = text.loads(paper.content)
    except PdfError as error:
        return paper.sha256, PdfError(error.message, subject=paper.sha256, transient=True)
    if document.sha256 != paper.sha256:
        return paper.sha256, PdfError(
            "the worker sent the text of another file", subject=paper.sha256, transient=True
        )
    return paper.sha256, document


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        logger.warning("%s cannot be read: %s", path, error)
        return b""
