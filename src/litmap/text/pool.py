"""Worker processes for PDFs: a crash, a hang or hunger for memory costs one file, with its reason,
and no other.
"""

from __future__ import annotations

import atexit
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from litmap.errors import PdfError
from litmap.models import Document, Mark
from litmap.operating_system import own_environment
from litmap.parsing.markup import one_line
from litmap.text.annotations import MAX_MARKS, mark_from_plain
from litmap.text.codec import MALFORMED, as_count, as_text, as_texts, from_plain
from litmap.text.ocr import AUTO
from litmap.text.preview import Preview
from litmap.text.worker import DONE, FAILED, HEADER

TIMEOUT = 300.0
"""Seconds a file may take, OCR included (about two seconds a page); what is not read by then is
named.
"""
MEMORY = 3 << 30
"""Bytes of address space of a worker; the program itself takes about a third of a GiB of it."""
LONGEST = 512 << 20
"""Bytes of the longest reply that is taken from a child."""
MAX_MESSAGE_CHARS = 500
"""Of what a child says of a failure."""
FILES_EACH = 200
"""Files after which a worker is replaced, so that leaks in PDF libraries do not add up."""


class Worker:
    """One child process, started when first needed and after each failure.

    Not to be used by two threads at once.
    """

    def __init__(self, memory_bytes: int = MEMORY) -> None:
        self.memory_bytes = memory_bytes
        self._process: subprocess.Popen[bytes] | None = None
        self._done = 0

    def ask(self, request: dict[str, Any], timeout_s: float, subject: str) -> bytes:
        """The reply's bytes. Raises `PdfError` where the file cannot be read within the limits."""
        process = self._started()
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
            raise PdfError(
                self._cause(process, late.is_set(), timeout_s), subject=subject, transient=True
            ) from error
        finally:
            timer.cancel()
        self._done += 1
        if kind == DONE:
            if self._done >= FILES_EACH:
                self.close()
            return body
        self.close()
        message = _failure(body)
        hungry = message == "memory"
        raise PdfError(self._hungry() if hungry else message, subject=subject, transient=hungry)

    def close(self) -> None:
        """Ends the child."""
        process, self._process, self._done = self._process, None, 0
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

    def _command(self) -> list[str]:
        # -P: modules that lie in the working directory are not the child's.
        run = "from litmap.text.worker import main; main()"
        return [sys.executable, "-P", "-c", run, str(self.memory_bytes)]

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._process = subprocess.Popen(  # noqa: S603 - this interpreter
                self._command(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=own_environment(OMP_THREAD_LIMIT="1"),
            )
        return self._process

    @staticmethod
    def _exchange(process: subprocess.Popen[bytes], request: dict[str, Any]) -> tuple[bytes, bytes]:
        assert process.stdin is not None  # noqa: S101 - tells the type checker
        assert process.stdout is not None  # noqa: S101 - tells the type checker
        process.stdin.write(json.dumps(request).encode() + b"\n")
        process.stdin.flush()
        header = process.stdout.read(HEADER.size)
        if len(header) < HEADER.size:
            raise EOFError
        kind, length = HEADER.unpack(header)
        if kind not in (DONE, FAILED) or length > LONGEST:
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
            limit = f"{self.memory_bytes >> 20} MiB"
            return f"the system stopped the reader, most likely for want of memory (limit {limit})"
        if code is not None and code < 0:
            return f"the PDF crashed the reader (signal {-code})"
        return f"the reader ended unexpectedly (exit code {code})"

    def _hungry(self) -> str:
        return f"reading needs more than {self.memory_bytes >> 20} MiB of memory"


def extract_many(
    items: Sequence[tuple[str, Path]],
    *,
    workers: int = 0,
    timeout_s: float = TIMEOUT,
    memory_bytes: int = MEMORY,
    ocr: bool = True,
    ocr_languages: Sequence[str] = (AUTO,),
) -> Iterator[tuple[str, Document | PdfError]]:
    """(sha256, document or error) of each (sha256, path) as they are finished, read by `workers`
    processes (0: a core each), the largest first, so that no core waits for another's last.
    `timeout_s` and `memory_bytes` hold for each file, `ocr` and `ocr_languages` as in `extract`.
    """
    requests = [
        (sha, _extraction(path, sha, timeout_s, ocr, ocr_languages))
        for sha, path in largest_first(items)
    ]
    for sha, reply in _run_many(requests, workers, timeout_s, memory_bytes):
        yield sha, reply if isinstance(reply, PdfError) else _document(sha, reply)


def _extraction(
    path: Path, sha: str, timeout_s: float, ocr: bool, ocr_languages: Sequence[str]
) -> dict[str, Any]:
    """What a child is asked to read a file."""
    return {
        "do": "extract",
        "ocr": ocr,
        "ocr_languages": list(ocr_languages),
        "seconds": timeout_s,
        "path": str(path),
        "sha256": sha,
    }


_idle_readers: list[Worker] = []
"""Child processes of `extract_in_worker` that nobody uses now."""


def extract_in_worker(
    path: Path,
    sha256: str,
    *,
    timeout_s: float = TIMEOUT,
    memory_bytes: int = MEMORY,
    ocr: bool = True,
    ocr_languages: Sequence[str] = (AUTO,),
) -> Document:
    """As `extract_many` for one file, by a child process that is kept warm, another for each thread
    that asks at once. Raises `PdfError`.
    """
    try:
        reader = _idle_readers.pop()  # one call, so that no two threads have the same
    except IndexError:
        reader = Worker(memory_bytes)
        atexit.register(reader.close)
    if reader.memory_bytes != memory_bytes:
        reader.close()
        reader.memory_bytes = memory_bytes
    try:
        request = _extraction(path, sha256, timeout_s, ocr, ocr_languages)
        document = _document(sha256, reader.ask(request, timeout_s, sha256))
    finally:
        _idle_readers.append(reader)
    if isinstance(document, PdfError):
        raise document
    return document


def stop_idle_readers() -> None:
    """Let go of the child processes of `extract_in_worker`; later calls start others."""
    while _idle_readers:
        _idle_readers.pop().close()


def largest_first(items: Iterable[tuple[str, Path]]) -> list[tuple[str, Path]]:
    """(sha256, path) of files in an order in which no core waits for another's last."""
    return sorted(items, key=lambda item: -_bytes(item[1]))


def _bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # the worker says what is wrong
        return 0


def _failure(body: bytes) -> str:
    """What a child says of its failure: one line, whatever it sends."""
    try:
        message = as_text(json.loads(body)["message"])
    except MALFORMED:
        message = ""
    return one_line(message)[:MAX_MESSAGE_CHARS] or "the reader does not say why it failed"


def _document(sha: str, reply: bytes) -> Document | PdfError:
    try:
        document = from_plain(json.loads(reply.decode("utf-8", "surrogatepass")))
    except MALFORMED as error:
        return PdfError(f"the reader sent what is no text ({type(error).__name__})", subject=sha)
    if document.sha256 != sha:
        return PdfError("the reader sent the text of another file", subject=sha)
    return document


def preview_many(
    items: Sequence[tuple[str, Path]],
    *,
    pages: int = 2,
    workers: int = 1,
    timeout_s: float = 30.0,
    memory_bytes: int = MEMORY,
) -> Iterator[tuple[str, Preview | PdfError]]:
    """(key, preview or error) of each (key, path), read by worker processes."""
    requests = [
        (key, {"do": "read_preview", "path": str(path), "pages": pages, "seconds": timeout_s})
        for key, path in items
    ]
    for key, reply in _run_many(requests, workers, timeout_s, memory_bytes):
        yield key, reply if isinstance(reply, PdfError) else _preview_or_error(key, reply)


def read_marks_many(
    items: Sequence[tuple[str, Path]],
    *,
    workers: int = 1,
    timeout_s: float = 60.0,
    memory_bytes: int = MEMORY,
) -> Iterator[tuple[str, tuple[Mark, ...] | PdfError]]:
    """(sha256, marks or error) of each (sha256, path), read by worker processes."""
    requests = [
        (sha, {"do": "read_marks", "path": str(path), "sha256": sha, "seconds": timeout_s})
        for sha, path in items
    ]
    for sha, reply in _run_many(requests, workers, timeout_s, memory_bytes):
        yield sha, reply if isinstance(reply, PdfError) else _marks(sha, reply)


def _marks(sha: str, reply: bytes) -> tuple[Mark, ...] | PdfError:
    try:
        plain = json.loads(reply)
        return tuple(mark_from_plain(one, sha) for one in plain[:MAX_MARKS])
    except MALFORMED as error:
        return PdfError(f"the reader sent what are no marks ({type(error).__name__})", subject=sha)


def same_text_in_worker(first: Path, second: Path, *, timeout_s: float = 60.0) -> bool:
    """Whether two PDFs differ in their marks alone, asked of the process of `preview_in_worker`;
    False where either cannot be read.
    """
    request = {
        "do": "have_same_text",
        "path": str(first),
        "other": str(second),
        "seconds": timeout_s,
    }
    with _looker_lock:
        try:
            return _looker.ask(request, timeout_s, str(second)) == b"true"
        except PdfError:
            return False


def _preview_or_error(key: str, reply: bytes) -> Preview | PdfError:
    try:
        return _to_preview(key, reply)
    except PdfError as error:
        return error


def _run_many(
    requests: Sequence[tuple[str, dict[str, Any]]],
    workers: int,
    timeout_s: float,
    memory_bytes: int,
) -> Iterator[tuple[str, bytes | PdfError]]:
    """Replies as they come; what is no `PdfError` is raised here."""
    count = max(1, min(workers or os.cpu_count() or 1, len(requests)))
    crew = _Crew(requests, [Worker(memory_bytes) for _ in range(count)], timeout_s)
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
    """Workers that share requests; a thread each waits for its child. At most two replies a worker
    lie unread.
    """

    def __init__(
        self,
        requests: Sequence[tuple[str, dict[str, Any]]],
        workers: Sequence[Worker],
        timeout_s: float,
    ) -> None:
        self.replies: queue.Queue[tuple[str, bytes | PdfError | BaseException]] = queue.Queue(
            maxsize=2 * len(workers)
        )
        self._todo = iter(requests)
        self._lock, self._stopped = threading.Lock(), threading.Event()
        self._timeout_s = timeout_s
        self._workers = workers
        self._threads = [
            threading.Thread(target=self._serve, args=(worker,), daemon=True) for worker in workers
        ]

    def start(self) -> None:
        """Begin to read."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End all children, whatever they are at."""
        self._stopped.set()
        for worker in self._workers:
            process = worker._process
            if process is not None:
                process.kill()
        for thread in self._threads:
            thread.join(timeout=5)

    def _serve(self, worker: Worker) -> None:
        """Has one worker read one file after the other, as long as there are any."""
        while not self._stopped.is_set():
            with self._lock:
                key, request = next(self._todo, ("", None))
            if request is None:
                break
            try:
                self._put(key, worker.ask(request, self._timeout_s, key))
            except BaseException as error:  # noqa: BLE001 - handed to the caller's thread
                self._put(key, error)
        worker.close()

    def _put(self, key: str, reply: bytes | BaseException) -> None:
        """Hands a reply over, unless nobody waits for it any more."""
        while not self._stopped.is_set():
            try:
                self.replies.put((key, reply), timeout=0.5)
            except queue.Full:
                continue
            return


_looker = Worker()
_looker_lock = threading.Lock()
atexit.register(_looker.close)


def preview_in_worker(path: Path, pages: int = 2, *, timeout_s: float = 30.0) -> Preview:
    """As `read_preview`, in one child process that is kept warm; calls of several threads wait for
    each other.

    Raises `PdfError`.
    """
    request = {"do": "read_preview", "path": str(path), "pages": pages, "seconds": timeout_s}
    with _looker_lock:
        return _to_preview(str(path), _looker.ask(request, timeout_s, str(path)))


def stop_preview_worker() -> None:
    """Let go of the child process of `preview_in_worker` (a hundred megabytes); a later call starts
    another.
    """
    with _looker_lock:
        _looker.close()


def _to_preview(subject: str, reply: bytes) -> Preview:
    """The preview that a child sent. Raises `PdfError` where it is none."""
    try:
        plain = json.loads(reply)
        return Preview(
            title=as_text(plain["title"]),
            text=as_text(plain["text"]),
            ids=as_texts(plain["ids"]),
            metadata_title=as_text(plain["metadata_title"]),
            pages=as_count(plain["pages"]),
            kind=as_text(plain["kind"]),
            authors=as_texts(plain["authors"]),
        )
    except MALFORMED as error:
        message = f"the reader sent what is no preview ({type(error).__name__})"
        raise PdfError(message, subject=subject) from error


DRAW_SECONDS = 20.0
"""Seconds a page may take to draw, the start of the process included."""
DRAWERS = 2
"""Processes that draw pages, each started when first needed, so that a slow page holds up no
other.
"""
GIVEN_UP_SECONDS = 120.0
"""How long a page that took too long is not tried again: a page of the app is drawn many times."""

_drawers: queue.LifoQueue[Worker] = queue.LifoQueue()  # the warm one first
for _ in range(DRAWERS):
    _worker = Worker()
    _drawers.put(_worker)
    atexit.register(_worker.close)
_given_up: dict[tuple[str, int], float] = {}


def render(
    path: Path,
    page: int,
    rects: Sequence[tuple[float, float, float, float]] = (),
    zoom: float = 2.0,
    *,
    clip: tuple[float, float, float, float] | None = None,
    tints: Sequence[tuple[tuple[float, float, float, float], str]] = (),
    timeout_s: float = DRAW_SECONDS,
) -> bytes:
    """A PNG of the page (1-based), or of the part inside `clip`, with the rectangles marked, `zoom`
    pixels a point; the rectangles of `tints` in their colours ('#rrggbb').

    Drawn by one of two child processes that are kept warm; calls of several threads wait for each
    other, at most `timeout_s`. A page that took longer is given up for two minutes. Raises
    `PdfError`.
    """
    key = (str(path), page)
    if time.monotonic() - _given_up.get(key, -GIVEN_UP_SECONDS) < GIVEN_UP_SECONDS:
        raise PdfError("this page takes too long to draw", subject=str(path), transient=True)
    request = {
        "do": "render",
        "path": str(path),
        "page": page,
        "rects": [list(map(float, rect)) for rect in rects],
        "zoom": zoom,
        "tints": [[list(map(float, rect)), colour] for rect, colour in tints],
        "clip": None if clip is None else list(map(float, clip)),
        "seconds": timeout_s,
    }
    try:
        drawer = _drawers.get(timeout=timeout_s)
    except queue.Empty:
        raise PdfError(
            "other pages are being drawn; try again in a moment", subject=str(path), transient=True
        ) from None
    started = time.monotonic()
    try:
        return drawer.ask(request, timeout_s, str(path))
    except PdfError:
        if time.monotonic() - started >= timeout_s:
            _given_up[key] = time.monotonic()
        raise
    finally:
        _drawers.put(drawer)
