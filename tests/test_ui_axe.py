"""Every page of the app, and the exported map, before axe-core in light and in dark: a page that
somebody listens to, or reads with weak eyes, is a page of its own kind of test.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from litmap.catalogue import Catalogue
from litmap.library import Library
from litmap.models import Candidate, Event, EventKind, Work
from tests.app_browser import (
    By,
    enter,
    needs_chromium,
    open_page,
    press,
    serve,
    settle,
    until,
    words,
)

AXE = pytest.importorskip("axe_core_python.base", reason="axe-core-python is missing").AXE_SCRIPT

pytestmark = needs_chromium
NOW = "2026-11-09T12:00:00Z"
QUERY = "why do flat minima generalise?"
OF_STREAMLIT = {
    "presentation-role-conflict": "stFileUploaderDropzone",  # its own script gives both, each run
}
"""What cannot be mended from here: a rule of axe, and the element of Streamlit's that breaks it."""
PAGES: tuple[tuple[str, dict[str, str], str], ...] = (
    ("", {}, ""),
    ("", {"q": QUERY}, ""),
    ("", {"q": QUERY, "by": "paper"}, ""),
    ("", {"q": "What is double descent?", "by": "answer"}, ""),
    ("", {"q": "which enzyme cleaves the amyloid precursor?", "by": "answer"}, ""),
    ("topics", {}, ""),
    ("topics", {"heading": "Double descent"}, ""),
    ("papers", {}, ""),
    ("paper", {"work": "arxiv:1703.00000"}, ""),
    ("paper", {"work": "doi:10.5555/litmap.jpm.2018.9"}, ""),
    ("paper", {"work": "doi:10.5555/litmap.qst.2020.21"}, ""),
    ("settle", {}, ""),
    ("settings", {}, ""),
    ("check", {}, "All "),
    ("table", {"table-query": "flat minima", "table-preset": "Standard"}, ""),
    ("news", {}, ""),
    ("new", {}, ""),
    ("reading", {}, ""),
    ("reading", {}, "Coverage of your headings"),
    ("refreshes", {}, ""),
)
"""Pages with their parameters, and what is pressed on them."""


@pytest.fixture(scope="module")
def library(example_library, tmp_path_factory) -> Path:
    """A copy of the example library with news and a new paper."""
    root = Path(shutil.copytree(example_library, tmp_path_factory.mktemp("axe") / "library"))
    with Library.open(root) as opened:
        entry = next(e for e in opened.works() if e.pdf and e.headings)
    said = {"sentences": [{"text": "Salt helped.", "place": "p. 2", "page": 2, "rects": []}]}
    found = Work("arxiv:2611.01234", "Salt and sleep", ("Ada Olm",), 2026, "arXiv", "We slept.")
    new = Candidate(
        found, "2026-11-27", "arXiv cs.LG", entry.headings[0], 0.5, "like Berg 2009", NOW, shown=NOW
    )
    came = Event(EventKind.CAME, entry.work.id, entry.work.title, entry.headings, NOW, said)
    gone = {"notice": "retracted"}
    notice = Event(EventKind.NOTICE, "doi:10.1/gone", "Gone", entry.headings[:1], NOW, gone)
    with Catalogue.create(root / "catalogue.sqlite") as catalogue, catalogue.write():
        catalogue.put_candidates([new])
        catalogue.put_events([came, notice])
    return root


def ground(browser) -> str:
    return browser.execute_script(
        "return getComputedStyle(document.querySelector('[data-testid=stApp], .litmap-map'))"
        ".backgroundColor"
    )


def colour_scheme(browser, scheme: str) -> None:
    """What the reader's system asks for: 'light' or 'dark'."""
    wanted = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", wanted)


def is_dark(browser) -> bool:
    red, green, blue = (float(n) for n in ground(browser).split("(")[1].rstrip(")").split(",")[:3])
    return red + green + blue < 3 * 128


def findings(browser, rules: Sequence[str] = ()) -> list[str]:
    """What axe finds on the page that is open by these rules, or by all; a line for each element."""
    browser.execute_script(f"if (!window.axe) {{ {AXE} }}")
    options = {"resultTypes": ["violations"], **({"runOnly": list(rules)} if rules else {})}
    found = browser.execute_async_script(
        "axe.run(document, arguments[0]).then(arguments[1])", options
    )
    return [
        f"{rule['impact']} {rule['id']}: {node['html'][:160]}"
        for rule in found["violations"]
        for node in rule["nodes"]
        if OF_STREAMLIT.get(rule["id"], "no element") not in node["html"]
    ]


def in_both(browser, name: str, drawn: Callable[[], object]) -> list[str]:
    """The findings of a page in light, and of its colours in dark."""
    found = []
    for scheme, rules in (("light", ()), ("dark", ("color-contrast",))):
        colour_scheme(browser, scheme)
        until(browser, lambda wanted=scheme == "dark": is_dark(browser) == wanted)
        drawn()
        found += [f"{name}, {scheme}: {line}" for line in findings(browser, rules)]
    return found


@pytest.mark.slow
def test_axe_finds_nothing_on_any_page(browser, library, state, tmp_path) -> None:
    """No finding of any weight: also each page has one h1, and no level of headings is left out."""
    found = []
    with serve(library, state, tmp_path) as address:
        enter(browser, address)
        for page, parameters, pressed in PAGES:
            colour_scheme(browser, "light")
            open_page(browser, address, page, **parameters)
            if page == "check":
                until(browser, lambda: "To look at" in words(browser))
            if pressed:
                press(browser, pressed)
            if page == "topics":
                map_drawn(browser)
            found += in_both(browser, f"{page} {parameters}", lambda: settle(browser))
    assert found == []


def map_drawn(browser) -> None:
    script = (
        "return [...document.querySelectorAll('[data-testid^=stBidiComponent]')].some("
        "e => (e.shadowRoot || e).querySelector('.litmap-map')?.litmap?.view.drawn)"
    )
    until(browser, lambda: browser.execute_script(script))


@pytest.mark.slow
def test_axe_finds_nothing_on_an_exported_map(browser, library, tmp_path) -> None:
    page = tmp_path / "map.html"
    with Library.open(library) as opened:
        opened.write_map(page)
    colour_scheme(browser, "light")
    browser.get(page.as_uri())
    until(browser, lambda: browser.find_elements(By.CSS_SELECTOR, ".litmap-map canvas"))
    assert in_both(browser, "map", lambda: None) == []
