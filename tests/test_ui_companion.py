"""What the app does for who listens or works by keyboard: results told, focus and place kept."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.app_browser import (
    By,
    element,
    enter,
    needs_chromium,
    open_page,
    running_browser,
    serve,
    settle,
    type_into,
    until,
    webdriver,
)

Keys = pytest.importorskip("selenium.webdriver.common.keys").Keys

pytestmark = needs_chromium
QUERY = "why do flat minima generalise?"
TOLD = "return document.querySelector('.litmap-told')?.textContent"
PLACE = "return Math.round(document.querySelector('[data-testid=stMain]').scrollTop)"


@pytest.fixture(scope="module")
def browser(example_library, state, tmp_path_factory) -> Iterator[object]:
    """A browser that has entered the app."""
    folder = tmp_path_factory.mktemp("app")
    with serve(example_library, state, folder) as address, running_browser() as driver:
        enter(driver, address)
        driver.app_address = address
        yield driver


def in_focus(browser) -> str:
    return browser.execute_script(
        "const e = document.activeElement;"
        "return e.tagName + ' ' + (e.getAttribute('aria-label') || e.textContent).slice(0, 80)"
    )


@pytest.mark.slow
def test_what_is_found_is_told_and_back_brings_place_and_focus_again(browser) -> None:
    open_page(browser, browser.app_address)
    type_into(browser, "input[aria-label=Search]", QUERY, Keys.ENTER)
    until(browser, lambda: browser.find_elements(By.CSS_SELECTOR, "[class*=st-key-hit-]"))
    settle(browser)
    until(browser, lambda: "passages found" in (browser.execute_script(TOLD) or ""))
    assert in_focus(browser) == "INPUT Search", "Enter leaves the focus where it is"

    links = "[class*=st-key-hit-] [data-testid=stPageLink-NavLink]"
    script = (
        f"const a = [...document.querySelectorAll('{links}')].filter(a => !a.href.includes('like'))"
        ".at(-1); a.scrollIntoView({block: 'center'}); a.focus(); return a.textContent"
    )
    pressed = browser.execute_script(script)
    place = browser.execute_script(PLACE)
    assert place > 300
    webdriver.ActionChains(browser).send_keys(Keys.ENTER).perform()
    until(browser, lambda: "/paper?" in browser.current_url)
    settle(browser)
    until(browser, lambda: in_focus(browser).startswith("H1"))

    browser.back()
    until(browser, lambda: "q=" in browser.current_url)
    settle(browser)
    until(browser, lambda: abs(browser.execute_script(PLACE) - place) < 3)
    until(browser, lambda: in_focus(browser) == f"A {pressed[:80]}")


@pytest.mark.slow
def test_an_arrow_key_in_a_choice_keeps_the_focus(browser) -> None:
    open_page(browser, browser.app_address, "", q=QUERY)
    button = element(browser, ".st-key-mode button, [class*=st-key-mode] button")
    browser.execute_script("arguments[0].focus()", button)
    webdriver.ActionChains(browser).send_keys(Keys.ARROW_RIGHT, Keys.ENTER).perform()
    until(browser, lambda: "by=paper" in browser.current_url)
    settle(browser)
    assert not in_focus(browser).startswith("BODY")
