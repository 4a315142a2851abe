"""Files streamed to disk: resumed where the server allows it, checked for completeness, hashed."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

from litmap.errors import LibraryError, WebError
from litmap.models import Download
from litmap.web.transport import Answer

_HEADER_VALUE = re.compile(r"[\x20-\x7e\xa0-\xff]*")
"""What a header may hold; the note of a part that something else wrote may hold anything."""
_HEAD = 1024
_TAIL = 16_384


class RangeRefused(WebError):
    """416: the part asked for does not exist; `size` is the Content-Range header, which may tell
    the whole size.
    """

    def __init__(
        self, message: str, *, subject: str = "", status: int = 416, size: str = ""
    ) -> None:
        super().__init__(message, subject=subject, status=status)
        self.size = size


def conditions(url: str, partial: Path, etag: str, last_modified: str) -> dict[str, str]:
    """Request headers for a file: a range where a part lies here already, a condition where the
    whole is known.
    """
    headers = {"Accept": "application/pdf,text/html;q=0.5,*/*;q=0.3", "Accept-Encoding": "identity"}
    begun = _begun(url, partial)
    if begun:
        return {**headers, "Range": f"bytes={partial.stat().st_size}-", "If-Range": begun}
    forget(partial)
    if etag:
        headers["If-None-Match"] = etag
    elif last_modified:
        headers["If-Modified-Since"] = last_modified
    return headers


def forget(partial: Path) -> None:
    """Remove a part and the note beside it."""
    partial.unlink(missing_ok=True)
    _note(partial).unlink(missing_ok=True)


def store(url: str, final: str, answer: Answer, partial: Path, *, page: int) -> Download:
    """Write the answer's body to `partial`. Raises `WebError` for a body that is cut short or
    empty.
    """
    if answer.status == 304:
        return Download(final, 304, answer.headers, not_modified=True)
    start = 0
    if answer.status == 206:
        start = _range_start(answer.headers.get("content-range", ""))
        if not partial.exists() or start != partial.stat().st_size:
            forget(partial)
            raise WebError("the server sent another part than was asked for", subject=url)
    head, blocks = (b"", answer.blocks) if start else _peek(answer.blocks)
    if not start:
        forget(partial)
        if not head:
            raise WebError("the answer is empty", subject=url)
        if b"%PDF-" not in head:
            return Download(final, answer.status, answer.headers, body=_page(head, blocks, page))
    _write_note(url, answer, partial)
    _write(blocks, partial, append=start > 0)
    return finish(url, final, answer, partial)


def finish(url: str, final: str, answer: Answer, partial: Path) -> Download:
    """The whole file at `partial`: checked to have an end, hashed. Raises `WebError` where it has
    none.

    The note beside it stays until the file is taken away, so that a kill before that costs no
    second transfer.
    """
    size, digest = _measure(partial)
    with partial.open("rb") as file:
        file.seek(max(0, size - _TAIL))
        tail = file.read()
    if b"%%EOF" not in tail:
        forget(partial)
        raise WebError("the file is cut short: it has no end-of-file mark", subject=url)
    found = _known(partial) | {
        k: v for k, v in answer.headers.items() if k in {"etag", "last-modified"}
    }
    etag, modified = found.get("etag", ""), found.get("last-modified", "")
    return Download(final, answer.status, answer.headers, partial, size, digest, etag, modified)


def whole_size(refused: RangeRefused) -> int:
    """The file's whole size as a refused range tells it, or -1."""
    match = re.fullmatch(r"bytes \*/(\d{1,15})", refused.size.strip())
    return int(match.group(1)) if match else -1


def _begun(url: str, partial: Path) -> str:
    """The validator under which a part of this very file lies here, or ''."""
    note = _known(partial)
    if note.get("url") != url or not partial.is_file() or not partial.stat().st_size:
        return ""
    etag = note.get("etag", "")
    return etag if etag and not etag.startswith("W/") else note.get("last-modified", "")


def _known(partial: Path) -> dict[str, str]:
    """The note beside a part: its url, etag and last-modified."""
    try:
        note = json.loads(_note(partial).read_text(encoding="utf-8"))
        values = {k: str(note[k]) for k in ("url", "etag", "last-modified") if k in note}
    except (OSError, ValueError, TypeError, RecursionError):
        return {}
    return {k: value for k, value in values.items() if _HEADER_VALUE.fullmatch(value)}


def _write_note(url: str, answer: Answer, partial: Path) -> None:
    if answer.status != 200:
        return
    if not answer.headers.get("content-encoding"):
        kept = {k: answer.headers[k] for k in ("etag", "last-modified") if k in answer.headers}
        try:
            _note(partial).write_text(json.dumps({"url": url, **kept}), encoding="utf-8")
        except OSError as error:
            raise LibraryError(
                f"cannot write {partial.parent}: {error.strerror}", subject=str(partial)
            ) from error


def _write(blocks: Iterator[bytes], partial: Path, *, append: bool) -> None:
    """Disk trouble is the library's, not the web's: it must not be tried again elsewhere."""
    try:
        file = partial.open("ab" if append else "wb")
    except OSError as error:
        raise LibraryError(
            f"cannot write {partial.parent}: {error.strerror}", subject=str(partial)
        ) from error
    with file:
        for block in blocks:
            try:
                file.write(block)
            except OSError as error:
                raise LibraryError(
                    f"cannot write {partial.parent}: {error.strerror}", subject=str(partial)
                ) from error
        try:
            file.flush()
            os.fsync(file.fileno())
        except OSError as error:
            raise LibraryError(
                f"cannot write {partial.parent}: {error.strerror}", subject=str(partial)
            ) from error


def _note(partial: Path) -> Path:
    return partial.with_name(partial.name + ".json")


def _range_start(value: str) -> int:
    match = re.match(r"bytes (\d{1,15})-", value.strip())
    return int(match.group(1)) if match else -1


def _peek(blocks: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """The first block of at least `_HEAD` bytes (or all), and the whole stream again."""
    held: list[bytes] = []
    while sum(map(len, held)) < _HEAD:
        block = next(blocks, None)
        if block is None:
            break
        held.append(block)
    return b"".join(held)[:_HEAD], itertools.chain(held, blocks)


def _page(head: bytes, blocks: Iterator[bytes], limit: int) -> bytes:
    if b"<" not in head:
        return head
    body = b""
    for block in blocks:
        body += block
        if len(body) > limit:
            break
    return body[:limit]


def _measure(path: Path) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
            size += len(block)
    return size, digest.hexdigest()
