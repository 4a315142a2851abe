"""The child process that reads PDFs: requests as JSON lines on stdin, replies as kind, length and
bytes on stdout.

`main` runs in it, the memory limit in bytes as its argument.

Nothing is unpickled on either side: a PDF that takes the child over can at most send wrong text.
MuPDF's own messages go nowhere, so that they cannot mix with the replies.
"""

from __future__ import annotations

import json
import os
import re
import struct
import sys
import time
from pathlib import Path
from typing import Any, BinaryIO

from litmap.errors import PdfError
from litmap.operating_system import limit_memory, limit_processor_time
from litmap.text.codec import to_plain

DONE, FAILED = b"D", b"E"
HEADER = struct.Struct(">cQ")


def main() -> None:
    """Answers requests until stdin ends."""
    limit_memory(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
    replies = os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    from litmap.text.pymupdf_open import load_pymupdf

    load_pymupdf()
    for request in sys.stdin.buffer:
        if not answer(json.loads(request), replies):
            break


def answer(request: dict[str, Any], replies: BinaryIO) -> bool:
    """Sends one reply; False where the process should end because its memory is spent."""
    # ends a child that spins on after its parent has been killed
    seconds = float(request.get("seconds") or 0)
    limit_processor_time(seconds * 1.5 + 10 if seconds > 0 else 0)
    good = True
    try:
        kind, body = DONE, _run(request)
    except PdfError as error:
        good = not re.search(r"[mc]alloc|memory", error.message)
        kind, body = FAILED, _failure("memory" if not good else error.message)
    except MemoryError:
        good = False
        kind, body = FAILED, _failure("memory")
    except Exception as error:  # noqa: BLE001 - costs this file only; the parent is told
        kind, body = (
            FAILED,
            _failure(f"the text could not be read ({type(error).__name__}: {str(error)[:200]})"),
        )
    replies.write(HEADER.pack(kind, len(body)) + body)
    replies.flush()
    return good


def _run(request: dict[str, Any]) -> bytes:
    path = Path(request["path"])
    if request["do"] == "extract":
        from litmap.text.document import extract
        from litmap.text.ocr import AUTO

        seconds = float(request.get("seconds") or 0)
        deadline = time.monotonic() + 0.8 * seconds if seconds else None
        document = extract(
            path,
            request["sha256"],
            ocr=request["ocr"],
            ocr_languages=request.get("ocr_languages") or (AUTO,),
            deadline=deadline,
        )
        return json.dumps(to_plain(document), ensure_ascii=False).encode("utf-8", "surrogatepass")
    if request["do"] == "read_preview":
        from dataclasses import asdict

        from litmap.text.preview import read_preview

        return json.dumps(asdict(read_preview(path, request["pages"]))).encode()
    if request["do"] == "read_marks":
        from litmap.text.annotations import mark_to_plain, read_marks

        marks = read_marks(path, request["sha256"])
        return json.dumps([mark_to_plain(mark) for mark in marks]).encode()
    if request["do"] == "have_same_text":
        from litmap.text.annotations import have_same_text

        return json.dumps(have_same_text(path, Path(request["other"]))).encode()
    from litmap.text.page_image import draw_page

    rects, clip = [tuple(rect) for rect in request["rects"]], request.get("clip")
    tints = [(tuple(rect), colour) for rect, colour in request.get("tints", ())]
    clip = tuple(clip) if clip else None
    return draw_page(path, request["page"], rects, request["zoom"], clip, tints)


def _failure(message: str) -> bytes:
    return json.dumps({"message": message}).encode("utf-8", "replace")
