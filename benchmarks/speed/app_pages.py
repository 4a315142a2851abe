"""How soon the app's server answers with each page, and when the map is drawn:
`python -m benchmarks.speed.app_pages [--json] [--papers N] [--library DIR] [--no-browser]`.

`litmap app` serves a made library of so many papers (0: none), and the one named (of which a copy
is to be named: the app may write to it). A tab without a browser asks for each page; `first` and `again` (the median of five)
count milliseconds from the request to the end of its run, `processor` those of the server's
processors for one of the five. Of the map `drawn` counts from the opening of its page in Chromium,
or from a click on the link to it, to the end of the first drawing, `from data` from when its script
had the data.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benchmarks.speed.made_library import make_library
from benchmarks.speed.maps import FIND, measure, running_browser
from litmap.cli.write_commands import app_command
from litmap.library import Library
from litmap.settings import load_settings
from litmap.ui import formatting
from tests.app_tab import Tab
from tests.waiting import ending, free_port, until

TOKEN = "a-token-of-the-benchmark"
AGAIN = 5
IDLE_S, IDLE_SHARE = 1.0, 0.05
"""A server that used less than this share of a processor for so long has loaded what it keeps."""


def pages_of(library: Path) -> dict[str, tuple[str, str]]:
    """The pages with what is asked of them: name → (page, parameters)."""
    with Library.open(library) as opened:
        view = opened.topics()
        heading = max((t for t in view.topics if t.heading), key=lambda topic: len(topic.works))
        theme = max(view.themes, key=lambda one: len(view.works_of(one)))
        entries = opened.works()
        entry = next((e for e in entries if e.pdf), entries[0])
        words = " ".join(entry.work.title.split()[:4])
    return {
        "search": ("", urlencode({"q": words})),
        "topics": ("topics", ""),
        "a heading": ("topics", urlencode({"heading": formatting.path(heading.heading or ())})),
        "a theme": ("topics", urlencode({"theme": theme.id})),
        "papers": ("papers", ""),
        "a paper": ("paper", urlencode({"work": entry.work.id})),
        "news": ("news", ""),
        "to settle": ("settle", ""),
        "reading list": ("reading", ""),
        "refreshes": ("refreshes", ""),
    }


def processor_ms(process: int) -> float:
    """What a process has used of the processors, in milliseconds."""
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return 1000 * (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def wait_until_idle(process: int) -> None:
    """Wait until the server has loaded what it loads beside the first page."""

    def is_idle() -> bool:
        before = processor_ms(process)
        time.sleep(IDLE_S)
        return processor_ms(process) - before < 1000 * IDLE_S * IDLE_SHARE

    until(is_idle, "an idle server")


@contextlib.contextmanager
def serving(library: Path) -> Iterator[tuple[int, int]]:
    """The app's port and process."""
    port = free_port()
    command, environment = app_command(
        load_settings({"library": library}), port, TOKEN, reading_needs_token=False
    )
    with ending(subprocess.Popen(command, env=environment)) as server:
        with until(lambda: Tab(port, TOKEN), "the app") as tab:
            tab.open("")
            wait_until_idle(server.pid)
        yield port, server.pid


def ask(tab: Tab, process: int, page: str, query: str) -> dict[str, Any]:
    """One page, as it is first and again."""
    first = tab.open(page, query)
    before = processor_ms(process)
    again = [tab.open(page, query).seconds for _ in range(AGAIN)]
    used = (processor_ms(process) - before) / AGAIN
    return {
        "first": round(1000 * first.seconds),
        "again": round(1000 * statistics.median(again)),
        "processor": round(used),
        "elements": len(first.elements),
        "kB": round(first.sent / 1000),
    }


def click_to_map(browser: Any, address: str) -> int:
    """Milliseconds from a click on 'Topics' on another page to the end of the map's drawing."""
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.ui import WebDriverWait

    browser.get(address)
    waiting = WebDriverWait(browser, 120, 0.02)
    waiting.until(lambda b: b.find_elements(By.CSS_SELECTOR, "a[href$='/topics']"))
    time.sleep(IDLE_S)
    clicked = browser.execute_script(
        "const now = performance.now(); document.querySelector(\"a[href$='/topics']\").click(); return now"
    )
    drawn = FIND + "return view ? view.firstDrawn : 0"
    return round(waiting.until(lambda b: b.execute_script(drawn)) - clicked)


def measure_app(library: Path, *, with_browser: bool) -> list[dict[str, Any]]:
    """A row a page, and one of the map."""
    pages, rows = pages_of(library), []
    with serving(library) as (port, process):
        with Tab(port, TOKEN) as tab:
            for name, (page, query) in pages.items():
                load = round(os.getloadavg()[0], 1)
                rows.append({"page": name, **ask(tab, process, page, query), "load": load})
        if with_browser:
            with running_browser() as browser:
                measure(browser, f"http://127.0.0.1:{port}/topics")  # its scripts are kept
                load = round(os.getloadavg()[0], 1)
                opened = measure(browser, f"http://127.0.0.1:{port}/topics")
                rows.append({"page": "map, page opened", **opened, "load": load})
                clicked = click_to_map(browser, f"http://127.0.0.1:{port}/refreshes")
                rows.append({"page": "map, link clicked", "drawn": clicked, "load": load})
    return rows


def main() -> None:
    """Print one row a page."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.speed.app_pages",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--papers", type=int, default=20_000)
    parser.add_argument("--library", type=Path, help="a library that is served besides")
    parser.add_argument("--no-browser", action="store_true", help="without the map's drawing")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        libraries = [chosen.library] if chosen.library else []
        if chosen.papers:
            libraries.append(Path(folder) / f"{chosen.papers}-made-papers")
            make_library(libraries[-1], chosen.papers)
        rows = [
            {"library": library.name, **row}
            for library in libraries
            for row in measure_app(library, with_browser=not chosen.no_browser)
        ]
    print(json.dumps(rows, indent=1) if chosen.json else "\n".join(map(str, rows)))


if __name__ == "__main__":
    main()
