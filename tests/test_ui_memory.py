"""The app's server through a long day: what it holds after hundreds of searches and closed tabs."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from litmap.cli.write_commands import app_command
from litmap.settings import load_settings
from tests.app_tab import Tab
from tests.waiting import ending, free_port, until

TOKEN = "a-token-of-the-tests"
SUBJECTS = "flat minima sharpness margin width depth curvature weights noise batch".split()
KINDS = "why how training loss generalisation theorem experiment data bound network".split()
WARM_UP, SEARCHES, TABS = 150, 500, 50  # the warm-up is among the searches
MAX_GROWTH = 20_000_000
"""Bytes that they may add; twice as many searches and tabs added 9 million, half of that sessions
which Streamlit keeps for two minutes. With a connection to the passages for each thread it was 270
million, and a file left open for each search.
"""

PROC = Path("/proc")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not PROC.exists(), reason="needs the system's account of a process"),
]


def resident(process: int) -> int:
    """Bytes of a process that are in memory, those of mapped files included."""
    pages = (PROC / str(process) / "statm").read_text().split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def open_files(process: int, folder: Path) -> int:
    """Files below a folder that a process has open."""
    links = [f.readlink() for f in (PROC / str(process) / "fd").iterdir() if f.is_symlink()]
    return sum(link.is_relative_to(folder) for link in links)


def queries() -> Iterator[str]:
    """A thousand different queries, then again."""
    while True:
        yield from (f"{a} {b} {c}" for a in SUBJECTS for b in KINDS for c in reversed(SUBJECTS))


def search(tab: Tab, query: str) -> None:
    drawn = tab.write("Search", query)
    assert "More like this" in drawn.text, drawn.text
    tab.fetch_pictures()


def test_a_server_does_not_grow_by_searches_and_closed_tabs(example_library, state) -> None:
    port, asked = free_port(), queries()
    command, own = app_command(load_settings({"library": example_library}), port, TOKEN)
    environment = {**own, "LITMAP_STATE": str(state)}
    with (
        ending(subprocess.Popen(command, env=environment)) as server,
        until(lambda: Tab(port, TOKEN), "the app") as tab,
    ):
        tab.open("")
        for _ in range(WARM_UP):
            search(tab, next(asked))
        before = resident(server.pid), open_files(server.pid, example_library)
        for _ in range(SEARCHES - WARM_UP):
            search(tab, next(asked))
        for _ in range(TABS):
            with Tab(port, TOKEN) as closed:
                closed.open("", "q=flat+minima")
        after = resident(server.pid), open_files(server.pid, example_library)
    assert after[1] <= before[1] + 2, "files are left open"
    assert after[0] - before[0] < MAX_GROWTH
