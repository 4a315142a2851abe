"""Worker processes for PDFs: a crash, a hang or hunger for memory costs one file and no other."""

from __future__ import annotations

import atexit
import json
import logging
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from litmap.errors import PdfError
from litmap.models import Document
from litmap.text.codec import from_plain
from litmap.text.preview import Preview
from litmap.text.worker import DONE, FAILED, HEADER, OUT_OF_MEMORY

logger = logging.getLogger(__name__)

MAX_SECONDS = 300.0
"""Seconds a file may take, OCR included (about two a page); what is not read by then is named."""
MAX_MEMORY = 3 << 30
"""Bytes of address space of a worker; the program itself takes about a third of a GiB of it."""
MAX_REPLY = 512 << 20
"""Bytes of the longest reply that is taken from a child."""
MAX_FILES = 200
"""Files after which a worker is replaced, so that leaks in PDF libraries do not add up."""


class Worker:
    """One child process, started when first needed and after each failure.

    Not to be used by two threads at once.
    """

    def __init__(self, memory_bytes: int = MAX_MEMORY) -> None:
        self.memory_bytes = memory_bytes
        self._process: subprocess.Popen[bytes] | None = None
        self._files = 0

    def ask(self, request: dict[str, Any], timeout_s: float, subject: str) -> bytes:
        """The reply's bytes. Raises `PdfError` where the file cannot be read within the limits."""
        process = self._running_process()
        late = threading.Event()

        def stop() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(timeout_s, stop)
        timer.daemon = True
        timer.start()
        try:
            kind, body = self._exchange(process, request)
        except (OSError, EOFError) as error:
            with suppress(subprocess.TimeoutExpired):
                process.wait(2)  # so that the cause is its own and not our killing it
            self.close()
            cause = self._cause(process, late.is_set(), timeout_s)
            logger.warning("a reader of PDFs was lost on %s: %s", subject, cause)
            raise PdfError(cause, subject=subject, transient=True) from error
        finally:
            timer.cancel()
        self._files += 1
        if kind == DONE:
            if self._files >= MAX_FILES:
                self.close()
            return body
        self.close()
        message = str(json.loads(body)["message"])
        if message == OUT_OF_MEMORY:
            raise PdfError(self._out_of_memory(), subject=subject, transient=True)
        raise PdfError(message, subject=subject)

    def close(self) -> None:
        """Ends the child."""
        process, self._process, self._files = self._process, None, 0
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    continue
        process.wait()

    def kill(self) -> None:
        """Kills the child from another thread, which `ask` tells as a failure."""
        process = self._process
        if process is not None:
            process.kill()

    def _command(self) -> list[str]:
        # -P: modules that lie in the working directory are not the child's.
        run = "from litmap.text.worker import main; main()"
        return [sys.executable, "-P", "-c", run, str(self.memory_bytes)]

    def _running_process(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.close()
            home = str(Path(__file__).resolve().parents[2])
            paths = [home, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
            self._process = subprocess.Popen(
                self._command(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), "OMP_THREAD_LIMIT": "1"},
            )
        return self._process

    @staticmethod
    def _exchange(process: subprocess.Popen[bytes], request: dict[str, Any]) -> tuple[bytes, bytes]:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(request).encode() + b"\n")
        process.stdin.flush()
        header = process.stdout.read(HEADER.size)
        if len(header) < HEADER.size:
            raise EOFError
        kind, length = HEADER.unpack(header)
        if kind not in (DONE, FAILED) or length > MAX_REPLY:
            process.kill()
            raise EOFError
        body = process.stdout.read(length)
        if len(body) < length:
            raise EOFError
        return kind, body

    def _cause(self, process: subprocess.Popen[bytes], late: bool, timeout_s: float) -> str:
        if late:
            return f"reading took longer than {timeout_s:g} s and was stopped"
        code = process.returncode
        if code == -9:
            return (
                "the system stopped the reader, most likely for want of memory "
                f"(limit {self.memory_bytes >> 20} MiB)"
            )
        if code is not None and code < 0:
            return f"the PDF crashed the reader (signal {-code})"
        return f"the reader ended unexpectedly (exit code {code})"

    def _out_of_memory(self) -> str:
        return f"reading needs more than {self.memory_bytes >> 20} MiB of memory"


def extract_many(
    items: Sequence[tuple[str, Path]],
    *,
    workers: int = 0,
    timeout_s: float = MAX_SECONDS,
    memory_bytes: int = MAX_MEMORY,
    ocr: bool = True,
) -> Iterator[tuple[str, Document | PdfError]]:
    """(sha256, document or error) of each (sha256, path) as they are finished, read by `workers`
    processes (0: a core each), the largest first, so that no core waits for another's last.
    `timeout_s` and `memory_bytes` hold for each file.
    """
    requests = [
        (sha, {"do": "extract", "path": str(path), "sha256": sha, "ocr": ocr, "seconds": timeout_s})
        for sha, path in sorted(items, key=lambda item: -_bytes(item[1]))
    ]
    begin = time.monotonic()
    pages = failed = 0
    for sha, reply in _run_many(requests, workers, timeout_s, memory_bytes):
        document = reply if isinstance(reply, PdfError) else _document(sha, reply)
        if isinstance(document, PdfError):
            failed += 1
            logger.info("%s: not read: %s", sha, document.message)
        else:
            pages += len(document.pages)
            logger.debug("%s: %d pages, quality %s", sha, len(document.pages), document.quality)
        yield sha, document
    if requests:
        logger.info(
            "read %d PDFs of %d pages in %.1f s, %d failed",
            len(requests) - failed, pages, time.monotonic() - begin, failed,
        )  # fmt: skip


def _bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # the worker says what is wrong
        return 0


def _document(sha: str, reply: bytes) -> Document | PdfError:
    try:
        return from_plain(json.loads(reply.decode("utf-8", "surrogatepass")))
    except (ValueError, KeyError, TypeError) as error:
        return PdfError(f"the reader sent what is no text ({type(error).__name__})", subject=sha)


def preview_many(
    items: Sequence[tuple[str, Path]],
    *,
    pages: int = 2,
    workers: int = 1,
    timeout_s: float = 30.0,
    memory_bytes: int = MAX_MEMORY,
) -> Iterator[tuple[str, Preview | PdfError]]:
    """(key, preview or error) of each (key, path), read by worker processes."""
    requests = [
        (key, {"do": "read_preview", "path": str(path), "pages": pages, "seconds": timeout_s})
        for key, path in items
    ]
    for key, reply in _run_many(requests, workers, timeout_s, memory_bytes):
        if isinstance(reply, PdfError):
            yield key, reply
        else:
            yield key, _to_preview(reply)


Request = tuple[str, dict[str, Any]]
"""What is asked, with the key under which the reply comes back."""
Reply = bytes | BaseException


def _run_many(
    requests: Sequence[Request], workers: int, timeout_s: float, memory_bytes: int
) -> Iterator[tuple[str, bytes | PdfError]]:
    """Replies as they come; a fault of the program is raised."""
    crew = _Crew(requests, workers, timeout_s, memory_bytes)
    try:
        crew.start()
        for _ in range(len(requests)):
            key, reply = crew.replies.get()
            if isinstance(reply, BaseException) and not isinstance(reply, PdfError):
                raise reply
            yield key, reply
    finally:
        crew.stop()


class _Crew:
    """Several workers that share the requests.

    A thread a worker waits for its child; at most two replies a worker lie unread in `replies`.
    """

    def __init__(
        self, requests: Sequence[Request], workers: int, timeout_s: float, memory_bytes: int
    ) -> None:
        count = max(1, min(workers or os.cpu_count() or 1, len(requests)))
        self.replies: queue.Queue[tuple[str, Reply]] = queue.Queue(maxsize=2 * count)
        self._requests = iter(requests)
        self._requests_lock = threading.Lock()
        self._stopped = threading.Event()
        self._timeout_s = timeout_s
        self._workers = [Worker(memory_bytes) for _ in range(count)]
        self._threads = [
            threading.Thread(target=self._serve, args=(worker,), daemon=True)
            for worker in self._workers
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Ends the children, whatever they are doing."""
        self._stopped.set()
        for worker in self._workers:
            worker.kill()
        for thread in self._threads:
            thread.join(timeout=5)

    def _serve(self, worker: Worker) -> None:
        while not self._stopped.is_set():
            with self._requests_lock:
                key, request = next(self._requests, ("", None))
            if request is None:
                break
            self._put(key, self._ask(worker, key, request))
        worker.close()

    def _ask(self, worker: Worker, key: str, request: dict[str, Any]) -> Reply:
        try:
            return worker.ask(request, self._timeout_s, key)
        except BaseException as error:  # noqa: BLE001 - handed to the caller's thread
            return error

    def _put(self, key: str, reply: Reply) -> None:
        """Waits for room among the replies, unless the crew is stopped."""
        while not self._stopped.is_set():
            try:
                self.replies.put((key, reply), timeout=0.5)
            except queue.Full:
                continue
            return


_previewer = Worker()
_previewer_lock = threading.Lock()
atexit.register(_previewer.close)


def preview_in_worker(path: Path, pages: int = 2, *, timeout_s: float = 30.0) -> Preview:
    """As `read_preview`, in one child process that is kept warm; calls of several threads wait for
    each other.

    Raises `PdfError`.
    """
    request = {"do": "read_preview", "path": str(path), "pages": pages, "seconds": timeout_s}
    with _previewer_lock:
        return _to_preview(_previewer.ask(request, timeout_s, str(path)))


def stop_preview_worker() -> None:
    """Let go of the child process of `preview_in_worker` (a hundred megabytes); a later call starts
    another.
    """
    with _previewer_lock:
        _previewer.close()


def _to_preview(reply: bytes) -> Preview:
    plain = json.loads(reply)
    return Preview(**{**plain, "ids": tuple(plain["ids"])})


_renderer = Worker()
_renderer_lock = threading.Lock()
atexit.register(_renderer.close)


def render(
    path: Path,
    page: int,
    rects: Sequence[tuple[float, float, float, float]] = (),
    zoom: float = 2.0,
    *,
    timeout_s: float = 30.0,
) -> bytes:
    """A PNG of the page (1-based) with the rectangles marked, `zoom` pixels a point.

    Drawn by one child process that is kept warm; calls of several threads wait for each other.
    Raises `PdfError`.
    """
    request = {
        "do": "render",
        "path": str(path),
        "page": page,
        "rects": [list(map(float, rect)) for rect in rects],
        "zoom": zoom,
        "seconds": timeout_s,
    }
    with _renderer_lock:
        return _renderer.ask(request, timeout_s, str(path))
