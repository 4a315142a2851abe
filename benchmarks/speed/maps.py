"""How soon an exported map of 20,000 made papers is drawn and how smoothly it moves, in Chromium
(that in the app: `benchmarks.speed.app_pages`): `python -m benchmarks.speed.maps [--json] [--papers N] [--library DIR]`.

`drawn` counts from the opening of the page to the end of the first drawing, `from data` from when the
script has its data at hand; `frame` is the time from one frame to the next while the map is moved,
all in milliseconds. Needs selenium, Debian's chromium and chromium-driver.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from litmap import maps

HEADINGS, THEMES = 120, 12
FRAMES = 120
FIND = """
const all = n => [...n.querySelectorAll('*')].flatMap(e => [e, ...(e.shadowRoot ? all(e.shadowRoot) : [])]);
const root = all(document).find(e => e.litmap), view = root && root.litmap.view;
"""
PAN = """
const done = arguments[arguments.length - 1], times = [];
let last = 0;
view.zoomBy(1.3);
requestAnimationFrame(function next(now) {
  if (last) times.push(now - last);
  last = now;
  const way = times.length % 80 < 40 ? 6 : -6;
  view.pan(way, way / 3);
  if (times.length < arguments_[0]) requestAnimationFrame(next);
  else done(times);
});
"""


def make_picture(papers: int) -> maps.Picture:
    """Papers around the middles of their headings, which lie over one another."""
    chance = np.random.default_rng(0)
    paths = [(f"Note {i % THEMES}", f"Made heading {i}") for i in range(HEADINGS)]
    middles = chance.normal(size=(HEADINGS, 2)) * 0.6
    own = chance.integers(HEADINGS, size=papers)
    places = middles[own] + chance.normal(size=(papers, 2)) * 0.08
    years = chance.integers(1960, 2026, size=papers)
    dots = [
        maps.Dot(
            f"w{i}",
            f"A made title of common length about the subject number {heading}, paper {i}",
            float(x),
            float(y),
            paths[heading],
            f"Author{i % 997} et al., {year}, Journal of Things",
            f"https://example.org/{i}",
            suggested=i % 7 == 0,
            short=f"Author{i % 997} {year}",
            year=int(year),
            status=("full text", "no open PDF", "not found")[i % 3],
            note=f"{paths[heading][0]}.md",
            is_new=i % 400 == 0,
        )
        for i, (heading, (x, y), year) in enumerate(zip(own, places, years, strict=True))
    ]
    ends = chance.integers(papers, size=(3 * papers, 2))
    return maps.draw(dots, [(f"w{a}", f"w{b}") for a, b in ends], title="Made papers")


def measure(browser: Any, address: str) -> dict[str, float]:
    """Opens a page with a map; the times of its first drawing and of its frames."""
    from selenium.webdriver.support.ui import WebDriverWait

    browser.get(address)
    drawn = FIND + "return view ? view.firstDrawn : 0"
    WebDriverWait(browser, 120, 0.05).until(lambda b: b.execute_script(drawn))
    first, begun = browser.execute_script(FIND + "return [view.firstDrawn, root.litmap.begun]")
    move = f"const arguments_ = [{FRAMES}];{FIND}{PAN}"
    frames = np.array(browser.execute_async_script(move))
    return {
        "drawn": round(first),
        "from data": round(first - begun),
        "frame, median": round(float(np.median(frames)), 1),
        "frame, 95 of 100": round(float(np.quantile(frames, 0.95)), 1),
    }


@contextlib.contextmanager
def running_browser() -> Iterator[Any]:
    """Chromium without a window and without a graphics card."""
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1360,900"):
        options.add_argument(flag)
    driver = webdriver.Chrome(
        options=options, service=webdriver.ChromeService("/usr/bin/chromedriver")
    )
    driver.set_script_timeout(120)
    try:
        yield driver
    finally:
        driver.quit()


def main() -> None:
    """Print one row a page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed.maps", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--papers", type=int, default=20_000)
    parser.add_argument("--library", type=Path, help="a library whose map is drawn, too")
    chosen = parser.parse_args()
    pictures = {"made, exported": make_picture(chosen.papers)}
    if chosen.library:
        from litmap.library import Library

        with Library.open(chosen.library) as library:
            pictures["library, exported"] = library.picture()
    rows = []
    with tempfile.TemporaryDirectory() as folder, running_browser() as browser:
        for name, picture in pictures.items():
            page = Path(folder) / "map.html"
            page.write_text(maps.to_html(picture), "utf-8")
            size = {"papers": len(picture.dots), "MB": round(page.stat().st_size / 1e6, 1)}
            rows.append({"map": name, **size, **measure(browser, page.as_uri())})
    for row in rows:
        row["load"] = round(os.getloadavg()[0], 1)
    print(json.dumps(rows, indent=1) if chosen.json else "\n".join(map(str, rows)))


if __name__ == "__main__":
    main()
