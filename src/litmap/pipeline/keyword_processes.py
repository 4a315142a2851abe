"""New segments of the keyword index made side by side, each by a program of its own, so that it
does not matter how a system starts processes; small changes are not worth one.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from litmap import builds, keywords
from litmap.builds import Changes, PassageFile, SourceRows
from litmap.operating_system import end_at_once, own_environment, usable_cores

logger = logging.getLogger(__name__)

MAX_PROCESSES = 4
"""At once, unless the settings ask for fewer: each takes a gigabyte."""
SHARE = keywords.FRESH_PASSAGES
"""Passages of a segment."""


def write_segments(
    folder: Path,
    changes: Changes,
    titles: Mapping[str, str],
    *,
    first_name: str,
    processes: int = 0,
) -> list[str]:
    """Write the added passages as segments into the index folder, the same as `keywords.update`
    would; their names, from `first_name` on. None where that is not worth a second process.

    `processes` is how many work side by side, 0 for one a core.
    """
    count = min(processes or usable_cores(), MAX_PROCESSES)
    if count < 2 or len(changes.added) < 2 * SHARE:
        return []
    folder.mkdir(parents=True, exist_ok=True)
    requests = _requests(folder, changes, titles, int(first_name))
    running: list[subprocess.Popen[bytes]] = []
    logger.info("keyword index: %d segments, %d at once", len(requests), count)
    with ThreadPoolExecutor(count) as pool:
        try:
            list(pool.map(lambda request: _write_elsewhere(request, running), requests))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in running:
                process.kill()
            raise
    return [request["name"] for request in requests]


def _requests(
    folder: Path, changes: Changes, titles: Mapping[str, str], first_number: int
) -> list[dict[str, Any]]:
    """What each process is told: the sources that its passages are of, with how many of theirs
    come before, and the titles of their works.
    """
    blocks = [block for block in changes.blocks if block.count]
    ends = np.cumsum([block.count for block in blocks])
    requests = []
    for number, begin in enumerate(range(0, int(ends[-1]), SHARE)):
        first, last = np.searchsorted(ends, [begin, begin + SHARE - 1], side="right").tolist()
        own = blocks[first : last + 1]
        requests.append(
            {
                "folder": str(folder),
                "name": f"{first_number + number:06d}",
                "build": str(changes.folder),
                "files": [astuple(file) for file in changes.files],
                "sources": [astuple(block) for block in own],
                "titles": {b.work: titles[b.work] for b in own if b.work in titles},
                "skip": begin - int(ends[first]) + blocks[first].count,
            }
        )
    return requests


def _write_elsewhere(request: dict[str, Any], running: list[subprocess.Popen[bytes]]) -> None:
    """Let a process write a segment; where it fails, this one does, and so raises what is wrong."""
    # -P: modules that lie in the working directory are not the child's.
    run = "from litmap.pipeline.keyword_processes import main; main()"
    process = subprocess.Popen(  # noqa: S603 - this interpreter
        [sys.executable, "-P", "-c", run],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=own_environment(),
    )
    running.append(process)
    with process:
        assert process.stdin is not None  # noqa: S101 - tells the type checker
        try:
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.flush()
        except OSError:  # it has ended, which its exit code tells
            logger.debug("keyword index: a process took no request")
        code = process.wait()
    running.remove(process)
    if code:
        logger.warning("keyword index: a process ended with code %d; its work is done here", code)
        write_segment(request)


def write_segment(request: Mapping[str, Any]) -> None:
    """Write the segment that a request asks for."""
    files = [PassageFile(*file) for file in request["files"]]
    sources = [SourceRows(*source) for source in request["sources"]]
    passages = builds.read_passages(Path(request["build"]), files, sources)
    entries = keywords.make_entries(passages, request["titles"])
    own = islice(entries, request["skip"], request["skip"] + SHARE)
    keywords.write_segment(Path(request["folder"]), request["name"], own)


def main() -> None:
    """Write the segment asked for on stdin; ends at once where whoever asks is gone."""
    request = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    write_segment(request)
    end_at_once(0)


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    end_at_once(1)
