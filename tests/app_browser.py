"""The app in headless Chromium, served as `litmap app` serves it: opening pages, waiting until they
are drawn, typing, pressing.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.served import serving_app
from tests.waiting import PATIENCE_S
from tests.waiting import until as wait_until

webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
By = pytest.importorskip("selenium.webdriver.common.by").By
selenium = pytest.importorskip("selenium.common.exceptions")

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
needs_chromium = pytest.mark.skipif(
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
REFUSED = "ERR_CONNECTION_REFUSED"
PRESSED = "[data-testid=stMain] :is(button, a, label, [role=tab])"


@contextlib.contextmanager
def serve(library: Path, state: Path, tmp: Path) -> Iterator[str]:
    """The address of `litmap app` on a free port, once it answers."""
    with serving_app(library, state, tmp, TOKEN) as port:
        yield f"http://127.0.0.1:{port}"


@contextlib.contextmanager
def running_browser() -> Iterator[object]:
    """Chromium without a window."""
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
        try:
            yield driver
        finally:
            driver.quit()


def open_page(browser, address: str, page: str = "", **params: str) -> str:
    """Opens a page of the app and waits until it is drawn; gives its text."""
    visit(browser, f"{address}/{page}{'?' + urlencode(params) if params else ''}")
    return settle(browser)


def enter(browser, address: str) -> None:
    """Opens the app as a user does: once with the token, then with a cookie."""
    visit(browser, f"{address}/?token={TOKEN}")
    assert "token" not in browser.current_url


def visit(browser, url: str) -> None:
    """Goes to an address, again where the connection is refused: that was seen once, right after
    the app had answered another client.
    """

    def visited() -> bool:
        try:
            browser.get(url)
        except selenium.WebDriverException as error:
            if REFUSED in str(error):
                return False
            raise
        return True

    wait_until(visited, f"a connection to {url}")


DRAWN = """
const app = document.querySelector(
  '[data-testid=stApp][data-test-connection-state=CONNECTED][data-test-script-state=notRunning]');
return app !== null && app.querySelector('[data-testid=stMain] [data-testid=stElementContainer]')
  !== null && app.querySelector('[data-stale=true]') === null;
"""
"""Whether Streamlit's script has run and all that it wrote is drawn. Before the first run the script
counts as not running too, but nothing is there.
"""


QUIET_S = 0.5
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
