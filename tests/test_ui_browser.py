"""Every page of the app in headless Chromium, served as `litmap app` serves it, on the example
library.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.waiting import PATIENCE_S, ending, free_port
from tests.waiting import until as wait_until

webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
By = pytest.importorskip("selenium.webdriver.common.by").By
Keys = pytest.importorskip("selenium.webdriver.common.keys").Keys
selenium = pytest.importorskip("selenium.common.exceptions")

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER), reason="needs Debian's chromium and chromium-driver"
)
FLAGS = (
    *(
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
    ),
    *("--disable-sync", "--no-first-run", "--disable-dev-shm-usage", "--window-size=1360,1000"),
)
TOKEN = "a-token-of-the-tests"
PRESSED = "[data-testid=stMain] :is(button, a, label, [role=tab])"
QUERY = "why do flat minima generalise?"


@contextlib.contextmanager
def serve(library: Path, state: Path, tmp: Path) -> Iterator[str]:
    """The address of `litmap app` on a free port, once it answers."""
    from litmap.cli.write_commands import app_command
    from litmap.settings import load_settings

    port = free_port()
    command, environment = app_command(load_settings({"library": library}), port, TOKEN)
    environment |= {"LITMAP_STATE": str(state), "HOME": str(tmp)}
    address = f"http://127.0.0.1:{port}"

    def answers() -> bool:
        try:
            urllib.request.urlopen(f"{address}/", timeout=60).close()
        except urllib.error.HTTPError:  # refused, as no token was given
            return True
        return False

    with ending(
        subprocess.Popen(
            command, env=environment, cwd=tmp, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
    ):
        wait_until(answers, "the app")
        yield address


@pytest.fixture(scope="module")
def app(example_library, state, tmp_path_factory) -> Iterator[str]:
    with serve(example_library, state, tmp_path_factory.mktemp("app")) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service

    with tempfile.TemporaryDirectory() as profile:
        options = Options()
        options.binary_location = CHROMIUM
        for flag in (*FLAGS, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"performance": "ALL"})
        driver = webdriver.Chrome(options=options, service=Service(DRIVER))
        driver.set_page_load_timeout(PATIENCE_S)
        driver.set_script_timeout(PATIENCE_S)
        yield driver
        driver.quit()


@pytest.fixture
def visit(app, browser) -> Callable[..., str]:
    """Opens a page of the app and waits until it is drawn; gives its text."""
    opened: set[str] = set()

    def go(page: str = "", address: str = app, **params: str) -> str:
        if address not in opened:  # as a user does: once with the token, then a cookie
            browser.get(f"{address}/?token={TOKEN}")
            assert "token" not in browser.current_url
            opened.add(address)
        browser.get(f"{address}/{page}{'?' + urlencode(params) if params else ''}")
        return settle(browser)

    return go


DRAWN = """
const app = document.querySelector(
  '[data-testid=stApp][data-test-connection-state=CONNECTED][data-test-script-state=notRunning]');
return app !== null && app.querySelector('[data-testid=stMain] [data-testid=stElementContainer]')
  !== null && app.querySelector('[data-stale=true]') === null;
"""
"""Whether Streamlit's script has run and all that it wrote is drawn. Before the first run the script
counts as not running too, but nothing is there.
"""


QUIET_S = 0.3
"""Seconds in which nothing changes on a page that is drawn: a run of the script may ask for the next,
and between the two nothing runs either.
"""


def settle(browser) -> str:
    """Waits until the page is drawn and stays so; gives its text."""
    text, since = "", 0.0

    def is_quiet() -> bool:
        nonlocal text, since
        now = words(browser) if browser.execute_script(DRAWN) else ""
        if not now or now != text:
            text, since = now, time.monotonic()
        return bool(text) and time.monotonic() - since > QUIET_S

    until(browser, is_quiet)
    assert "Traceback" not in text
    assert "Something went wrong" not in text
    return text


def words(browser) -> str:
    return browser.find_element(By.TAG_NAME, "body").text


def element(browser, selector: str):
    """The first element that this selector names; one that is drawn later is waited for."""
    return until(browser, lambda: browser.find_element(By.CSS_SELECTOR, selector))


def type_into(browser, selector: str, *keys: str) -> None:
    """Types into a field, which may be drawn anew meanwhile."""

    def typed() -> bool:
        browser.find_element(By.CSS_SELECTOR, selector).send_keys(*keys)
        return True

    until(browser, typed)


def until(browser, found: Callable[[], object]) -> object:
    def now() -> object:
        try:
            return found()
        except (
            selenium.StaleElementReferenceException,
            selenium.NoSuchElementException,
        ):  # being drawn anew
            return None

    return wait_until(now, lambda: words(browser)[:2000])


def images(browser) -> list[int]:
    """Natural widths of the pictures on the page."""
    script = (
        "return [...document.querySelectorAll('[data-testid=stImage] img')].map(i => i.complete "
        "&& i.naturalWidth)"
    )
    return browser.execute_script(script)


def press(browser, label: str) -> None:
    def pressed() -> bool:
        for button in browser.find_elements(By.CSS_SELECTOR, PRESSED):
            if label in button.text:
                browser.execute_script(
                    "arguments[0].scrollIntoView({block: 'center'}); arguments[0].click()", button
                )
                return True
        return False

    until(browser, pressed)


# ── pages ─────────────────────────────────────────────────────────────────────────────────────────
def test_the_first_page_asks(visit) -> None:
    text = visit()
    assert "What do your papers say?" in text
    assert "24 papers here in full text" in text


def test_a_typed_query_shows_passages_and_the_page(visit, browser) -> None:
    visit()
    type_into(browser, "input[aria-label=Search]", QUERY, Keys.ENTER)
    until(browser, lambda: "How Flat Is Flat?" in words(browser))
    text = settle(browser)
    assert "What your notes say" in text
    assert "learning-theory.md, line" in text
    assert until(browser, lambda: [w for w in images(browser) if w > 400]), (
        "the page is shown as a picture"
    )
    assert "q=" in browser.current_url, "a search can be bookmarked"


def test_another_result_shows_its_page(visit, browser) -> None:
    visit(q=QUERY)
    before = element(browser, "[data-testid=stImage] img").get_attribute("src")
    others = browser.find_elements(By.CSS_SELECTOR, "[class*=st-key-show-] button")
    browser.execute_script("arguments[0].click()", others[-1])
    until(
        browser,
        lambda: (
            browser.find_element(By.CSS_SELECTOR, "[data-testid=stImage] img").get_attribute("src")
            != before
        ),
    )
    settle(browser)


def test_results_by_paper_and_by_heading(visit, browser) -> None:
    visit(q=QUERY)

    def titles() -> list[str]:
        found = browser.find_elements(By.CSS_SELECTOR, "[class*=st-key-hit-] a strong")
        return [e.text for e in found]

    assert len(titles()) > len(set(titles())), "passages: a paper more than once"
    press(browser, "Papers")
    until(browser, lambda: len(titles()) == len(set(titles())) > 1)  # each paper once
    text = visit(q='heading:"Double descent" test error')
    assert "Two Valleys and a Ridge" in text
    assert "How Flat Is Flat?" not in text


def test_a_question_is_answered_with_sentences_that_open_their_pages(visit, browser) -> None:
    visit(q="What is double descent?")
    press(browser, "Answer")
    until(browser, lambda: browser.find_elements(By.CSS_SELECTOR, "[class*=st-key-said-]"))
    settle(browser)
    assert until(browser, lambda: [w for w in images(browser) if w > 400]), "the page is shown"
    before = element(browser, "[data-testid=stImage] img").get_attribute("src")
    sources = browser.find_elements(By.CSS_SELECTOR, "[class*=st-key-source-] button")
    browser.execute_script("arguments[0].click()", sources[-1])

    def is_another() -> bool:
        picture = browser.find_element(By.CSS_SELECTOR, "[data-testid=stImage] img")
        return picture.get_attribute("src") != before

    until(browser, is_another)
    settle(browser)


def test_a_question_that_no_paper_answers_leads_to_the_nearest_passages(visit, browser) -> None:
    visit(q="which enzyme cleaves the amyloid precursor protein?")
    press(browser, "Answer")
    until(browser, lambda: "Nothing in your papers is close enough" in words(browser))
    settle(browser)
    press(browser, "Show the nearest passages")
    until(browser, lambda: browser.find_elements(By.CSS_SELECTOR, "[class*=st-key-hit-]"))


def test_where_is_this_from(visit, browser) -> None:
    visit(
        q="The peak sits where a square random matrx is nearly singular: the model has exactly one way to fit"
    )
    press(browser, "Where is this from?")
    until(browser, lambda: "Two Valleys and a Ridge" in words(browser))


def test_a_phrase_that_no_passage_holds_is_said(visit) -> None:
    assert "No passage holds" in visit(q='"lentil soup with coriander"')


def test_the_topics_page_has_a_map_and_the_outline(visit, browser) -> None:
    text = visit("topics")
    for heading in (
        "Double descent",
        "Loss surfaces",
        "Information bottleneck",
        "Approximation and depth",
    ):
        assert heading in text
    points = ".js-plotly-plot .scatterlayer path.point"
    until(browser, lambda: len(browser.find_elements(By.CSS_SELECTOR, points)) >= 24)
    assert "Papers without a heading" in text
    assert "Sudden Understanding" in text


def test_a_heading_shows_its_papers_and_what_they_say(visit, browser) -> None:
    visit("topics")
    press(browser, "Loss surfaces")
    until(browser, lambda: "What its papers say" in words(browser))
    text = settle(browser)
    assert "Mostly Saddles" in text
    assert "heading=" in browser.current_url
    button = element(browser, "[class*=st-key-cited-] button")
    browser.execute_script("arguments[0].click()", button)
    assert until(browser, lambda: [w for w in images(browser) if w > 400]), (
        "a sentence leads to its page"
    )


def test_the_table_of_papers_filters(visit, browser) -> None:
    text = visit("papers")
    assert "works" in text
    type_into(browser, "input[aria-label=Filter]", "double descent", Keys.ENTER)
    until(browser, lambda: "3 works" in words(browser))


def test_a_paper_has_its_page(visit, browser) -> None:
    text = visit("paper", work="arxiv:1703.00000")
    for part in (
        "Summary",
        "Abstract",
        "Where your notes cite it",
        "Filed under",
        "Nearest papers",
        "Cited by",
    ):
        assert part in text
    assert until(browser, lambda: [w for w in images(browser) if w > 400])


def test_a_missing_paper_says_why_and_what_to_do(visit) -> None:
    text = visit("paper", work="doi:10.5555/litmap.qst.2020.21")
    assert "403" in text
    assert "Put it into" in text
    text = visit("paper", work="doi:10.5555/litmap.jpm.2018.9")
    assert "ambiguous" in text
    assert "no work" in visit("paper", work="<script>alert(1)</script>").lower()


def test_the_reading_list_and_the_coverage(visit, browser) -> None:
    text = visit("reading")
    assert "Ten Questions About Layered Learning" in text
    assert "of your papers" in text
    who = element(browser, "[data-testid=stExpander]")
    browser.execute_script("arguments[0].querySelector('summary').click()", who)
    until(browser, lambda: browser.find_elements(By.CSS_SELECTOR, "[data-testid=stExpander] a"))
    settle(browser)
    press(browser, "Coverage of your headings")
    until(browser, lambda: browser.find_elements(By.CSS_SELECTOR, "[data-testid=stDataFrame]"))


def test_a_cell_of_a_table_opens_its_page(visit, browser) -> None:
    text = visit("table", **{"table-query": "flat minima", "table-preset": "Standard"})
    assert "not said" in text
    assert "question" in text
    cells = browser.find_elements(By.CSS_SELECTOR, "[class*='st-key-cited-table-'] button")
    assert cells
    assert not images(browser)
    press(browser, cells[0].text)
    until(browser, lambda: images(browser) and all(images(browser)))
    settle(browser)
    press(browser, "Close the page")
    until(browser, lambda: not images(browser))


def test_columns_of_ones_own_stand_in_the_address(visit, browser) -> None:
    asked = {
        "table-query": "minima",
        "table-preset": "Your own",
        "table-columns": "=x, batch size",
    }
    text = visit("table", **asked)
    assert "batch size" in text
    assert "CSV" in text
    assert "twice" in visit("table", **{**asked, "table-columns": "data, data"})


def test_claims_stand_beside_the_page_of_their_paper(visit, browser) -> None:
    visit("check")
    until(browser, lambda: "To look at" in words(browser))
    press(browser, "All ")
    until(browser, lambda: "The paper speaks of this" in words(browser))
    text = settle(browser)
    assert "learning-theory.md" in text
    assert until(browser, lambda: [w for w in images(browser) if w > 400])
    before = element(browser, "[data-testid=stImage] img").get_attribute("src")
    others = browser.find_elements(By.CSS_SELECTOR, "[class*=st-key-show-] button")
    browser.execute_script("arguments[0].click()", others[-1])
    until(
        browser,
        lambda: (
            browser.find_element(By.CSS_SELECTOR, "[data-testid=stImage] img").get_attribute("src")
            != before
        ),
    )
    settle(browser)


def test_a_pasted_draft_is_checked_and_what_is_fine_steps_back(
    visit, browser, example_library, state, tmp_path
) -> None:
    root = tmp_path / "library"
    shutil.copytree(example_library, root)
    with serve(root, state, tmp_path) as address:
        visit("check", address)
        press(browser, "A draft")
        said = "says “sheep were sold on the markets of Upper Hessia in winter”."
        type_into(browser, "textarea", f"https://arxiv.org/abs/1703.00000 {said}")
        press(browser, "Check the draft")
        until(browser, lambda: "stands nowhere in the text" in words(browser))
        settle(browser)
        element(browser, "[data-testid=stCheckbox] label").click()
        until(browser, lambda: "Nothing to look at" in words(browser))
        press(browser, "Looked at 1")
        until(browser, lambda: browser.find_elements(By.CSS_SELECTOR, "[class*=st-key-looked-]"))
        settle(browser)
        element(browser, "[data-testid=stCheckbox] label").click()
        until(browser, lambda: "Looked at 0" in words(browser))


def test_the_refreshes_page_tells_of_the_run(visit) -> None:
    text = visit("refreshes")
    assert "done" in text
    assert "28 works" in text
    assert "Start a refresh" in text


def test_nothing_is_asked_of_the_network(visit, browser, app) -> None:
    """All that the pages load comes from the app itself: no font, no script, no statistics from
    elsewhere.
    """
    browser.get("about:blank")  # the page of another test's app, which has ended, asks for it again
    browser.get_log("performance")  # what other tests loaded is taken away
    for page in ("", "topics", "papers", "check", "table", "reading", "refreshes"):
        visit(page)
    visit(q=QUERY)
    visit("paper", work="arxiv:1703.00000")
    asked = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    urls = [
        m["params"]["request"]["url"] for m in asked if m["method"] == "Network.requestWillBeSent"
    ]
    assert len(urls) > 20
    assert {
        u.split("?")[0] for u in urls if u.startswith(("http", "ws")) and not u.startswith(app)
    } == set()


def test_no_text_of_a_note_becomes_markup(visit, browser) -> None:
    """Text that Streamlit draws has no element that its escaped source did not ask for."""
    visit("paper", work="arxiv:1703.00000")
    drawn = "[data-testid=stMarkdownContainer] :is(script, img, iframe, form)"
    assert browser.find_elements(By.CSS_SELECTOR, drawn) == []


# ── states ────────────────────────────────────────────────────────────────────────────────────────
def test_the_states_of_a_library(visit, browser, example_library, state, tmp_path) -> None:
    """None yet, being built for the first time, damaged: each says what to do."""
    from litmap import lock

    root = tmp_path / "library"
    with serve(root, state, tmp_path) as address:
        assert "No library here yet" in visit("", address)
        with lock.writer(root / "refresh.lock", "2026-01-01T00:00:00Z"):
            for page in ("", "refreshes"):
                assert "being built" in visit(page, address)
        shutil.rmtree(root)
        shutil.copytree(example_library, root)
        (root / "builds" / (root / "CURRENT").read_text().strip() / "manifest.json").write_text(
            "{}"
        )
        for page in ("", "topics"):
            assert "litmap doctor" in visit(page, address)


@pytest.mark.slow
def test_a_refresh_started_from_the_app_ends_and_shows(
    visit, browser, at_examples, state, tmp_path
) -> None:
    """The form starts a real refresh, in a process of its own; the examples' server stands for the
    web.
    """
    notes = tmp_path / "note.md"
    notes.write_text(
        "# Topic\n\n- [Two Valleys and a Ridge](https://arxiv.org/abs/1904.00000)\n",
        encoding="utf-8",
    )
    root = tmp_path / "library"
    with serve(root, state, tmp_path) as address:
        visit("refreshes", address)
        type_into(browser, "textarea", str(notes), Keys.TAB)
        press(browser, "Start a refresh")
        until(browser, (root / "catalogue.sqlite").exists)
        until(browser, lambda: "1 work" in visit("refreshes", address))
