"""The reader of one paper in headless Chromium: words are selected and copied, found, and what they
cite is looked up.
"""

from __future__ import annotations

from itertools import pairwise
from urllib.parse import urlencode

import pytest

pages = pytest.importorskip("tests.test_ui_browser", reason="selenium is not installed")
from selenium.webdriver.common.action_chains import ActionChains  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402

pytestmark = pages.pytestmark
app, visit = pages.app, pages.visit
PAPER = "arxiv:1703.00000"
FIND = ".lr input[type=search]"


@pytest.fixture
def read(visit, browser):
    """Opens the paper and waits until its words and what it cites are there."""

    def go(**params: str) -> None:
        visit("paper?" + urlencode({"work": PAPER, **params}))
        script = "return document.querySelector('.lr')?.dataset.ready === 'true'"
        pages.until(browser, lambda: browser.execute_script(script))

    return go


def said(browser) -> str:
    return browser.find_element(By.CSS_SELECTOR, ".lr-said").text


def test_words_are_selected_and_copied_in_the_order_of_reading(read, browser) -> None:
    read()
    lines = pages.until(browser, lambda: browser.find_elements(By.CSS_SELECTOR, ".lr-line")[:3])
    wanted = " ".join(line.get_attribute("textContent").strip() for line in lines[:1])
    chain = ActionChains(browser)
    width, height = lines[0].size["width"], lines[0].size["height"]
    chain.move_to_element_with_offset(lines[0], -width // 2 + 1, 0).click_and_hold()
    chain.move_to_element_with_offset(lines[0], width // 2 - 1, height // 4).release().perform()
    ActionChains(browser).key_down(Keys.CONTROL).send_keys("c").key_up(Keys.CONTROL).perform()
    box = pages.element(browser, FIND)
    box.click()
    ActionChains(browser).key_down(Keys.CONTROL).send_keys("v").key_up(Keys.CONTROL).perform()
    copied = box.get_attribute("value")
    assert copied.strip()
    assert copied.strip()[:-1] in wanted, "the last letter may be cut in half"


def test_find_goes_from_hit_to_hit_by_the_keyboard(read, browser) -> None:
    read()
    pages.element(browser, ".lr-pages").send_keys("/")
    browser.switch_to.active_element.send_keys("of the")
    first = pages.until(browser, lambda: said(browser))
    assert first.startswith("1 of ")
    browser.switch_to.active_element.send_keys(Keys.ENTER)
    assert said(browser).startswith("2 of ")
    marked = "return CSS.highlights.get('litmap-now')?.size"
    assert pages.until(browser, lambda: browser.execute_script(marked))
    browser.switch_to.active_element.send_keys(Keys.SHIFT, Keys.ENTER)
    assert said(browser) == first
    browser.switch_to.active_element.send_keys(Keys.ESCAPE)
    assert not said(browser)


def test_a_page_stands_in_the_address(read, browser) -> None:
    read(page="2")
    page = "return document.querySelector('.lr-page').value"
    assert browser.execute_script(page) == "2"
    pages.element(browser, ".lr-pages").send_keys(Keys.ARROW_LEFT)
    pages.until(browser, lambda: browser.execute_script(page) == "1")
    assert "page=" not in browser.current_url


def test_a_citation_shows_its_work_and_leads_to_the_reference_and_back(read, browser) -> None:
    read()
    cite = pages.element(browser, ".lr-cite")
    browser.execute_script("arguments[0].click()", cite)
    panel = pages.element(browser, ".lr-panel")
    pages.until(browser, lambda: "in your library" in panel.text.lower())
    scrolled = "return document.querySelector('.lr-pages').scrollTop"
    before = browser.execute_script(scrolled)
    panel.find_element(By.CSS_SELECTOR, "button[aria-label^='Show it']").click()
    pages.until(browser, lambda: browser.execute_script(scrolled) != before)
    back = pages.element(browser, "button[aria-label='Back to where you were']")
    assert back.is_displayed()
    back.click()
    pages.until(browser, lambda: browser.execute_script(scrolled) == before)


def test_a_cited_work_of_the_library_opens(read, browser) -> None:
    read()
    linked = ".lr-entry a[href^='paper?work=']"
    for cite in browser.find_elements(By.CSS_SELECTOR, ".lr-cite"):
        browser.execute_script("arguments[0].click()", cite)
        if found := browser.find_elements(By.CSS_SELECTOR, linked):
            break
    else:
        pytest.skip("the first pages cite no work of the library")
    before = browser.current_url
    found[0].click()
    pages.until(browser, lambda: browser.current_url != before)
    assert "work=" in browser.current_url


@pytest.mark.parametrize(("width", "rows"), [(1360, 1), (1024, 1), (900, 2), (390, 2)])
def test_the_readers_bar_keeps_to_one_row_or_wraps_by_its_groups(
    read, browser, width, rows
) -> None:
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        read()
        script = (
            "document.querySelector('.lr-more button').hidden = false;"  # 'Back'
            "return [...document.querySelectorAll('.lr-bar > div')].map(group => "
            "[...group.children].map(part => Math.round(part.getBoundingClientRect().bottom)))"
        )
        groups = browser.execute_script(script)
        for bottoms in groups:
            assert max(bottoms) - min(bottoms) < 20, "a group stays in one row"
        ends = sorted(max(bottoms) for bottoms in groups)
        assert 1 + sum(below - above > 20 for above, below in pairwise(ends)) == rows
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
