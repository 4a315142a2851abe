"""Makes the pictures of `docs/images` anew: `python -m tests.pictures LIBRARY`, for which
`make demo SERVE=0` builds the example library in `.demo`.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from litmap.library import Library
from tests.app_browser import enter, images, open_page, running_browser, serve, until

IMAGES = Path(__file__).parent.parent / "docs" / "images"
SIZE = {"width": 1360, "height": 800, "deviceScaleFactor": 1, "mobile": False}
SHOWN = "Two Valleys and a Ridge"
"""The title of the paper whose page is shown."""


def main(root: Path) -> None:
    """Write the pictures of a search, the map and a paper."""
    with Library.open(root) as library:
        shown = next(e.work.id for e in library.works() if SHOWN in e.work.title)
    pages = {
        "search": ("", {"q": "why do flat minima generalise"}),
        "map": ("topics", {}),
        "paper": ("paper", {"work": shown}),
    }
    with (
        tempfile.TemporaryDirectory() as folder,
        serve(root, Path(folder), Path(folder)) as address,
        running_browser() as browser,
    ):
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", SIZE)
        enter(browser, address)
        for name, (page, params) in pages.items():
            open_page(browser, address, page, **params)
            until(browser, lambda: all(images(browser)))
            browser.save_screenshot(str(IMAGES / f"{name}.png"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
