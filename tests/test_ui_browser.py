"""Every page of the app in headless Chromium, served as `litmap app` serves it, on the example
library.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator

import pytest

from tests.app_browser import (
    By,
    element,
    enter,
    images,
    needs_chromium,
    open_page,
    press,
    serve,
    settle,
    type_into,
    until,
    webdriver,
    words,
)

Keys = pytest.importorskip("selenium.webdriver.common.keys").Keys

pytestmark = needs_chromium
QUERY = "why do flat minima generalise?"


@pytest.fixture(scope="module")
def app(example_library, state, tmp_path_factory) -> Iterator[str]:
    with serve(example_library, state, tmp_path_factory.mktemp("app")) as address:
        yield address


@pytest.fixture
def visit(app, browser) -> Callable[..., str]:
    """Opens a page of the app and waits until it is drawn; gives its text."""
    opened: set[str] = set()

    def go(page: str = "", address: str = app, **params: str) -> str:
        if address not in opened:
            enter(browser, address)
            opened.add(address)
        return open_page(browser, address, page, **params)

    return go


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


def test_a_search_and_each_choice_are_steps_that_back_restores(visit, browser) -> None:
    visit()
    titles = [browser.title]
    type_into(browser, "input[aria-label=Search]", QUERY, Keys.ENTER)
    until(browser, lambda: browser.find_elements(By.CSS_SELECTOR, "[class*=st-key-hit-]"))
    settle(browser)
    press(browser, "Papers")
    until(browser, lambda: "by=paper" in browser.current_url)
    settle(browser)
    others = browser.find_elements(By.CSS_SELECTOR, "[class*=st-key-show-] button")
    browser.execute_script("arguments[0].click()", others[-1])
    until(browser, lambda: "hit=" in browser.current_url)
    settle(browser)
    chosen = browser.current_url
    titles.append(browser.title)
    assert titles == ["Search – litmap", f"{QUERY} – litmap"]

    def query() -> str:
        return element(browser, "input[aria-label=Search]").get_attribute("value")

    browser.execute_script(
        "document.querySelector('[class*=st-key-hit-] [data-testid=stPageLink-NavLink]').click()"
    )
    until(browser, lambda: "/paper?" in browser.current_url)
    settle(browser)
    browser.back()
    until(browser, lambda: browser.current_url == chosen and query() == QUERY)
    settle(browser)

    def is_chosen() -> bool:
        shown = browser.find_elements(By.CSS_SELECTOR, "[class*=st-key-show-] button")
        return bool(shown) and "visibility" in shown[-1].text

    until(browser, is_chosen)  # the chosen hit still
    browser.back()
    until(browser, lambda: "hit=" not in browser.current_url)
    settle(browser)
    browser.back()
    until(browser, lambda: "by=" not in browser.current_url and query() == QUERY)
    settle(browser)
    browser.back()
    until(browser, lambda: query() == "" and "What do your papers say?" in words(browser))
    settle(browser)
    browser.forward()
    until(browser, lambda: query() == QUERY)
    settle(browser)


def test_filters_stand_in_the_address(visit, browser) -> None:
    text = visit(q="minima", years="2017..2018", by="paper", heading="no such heading")
    assert "2017 to 2018" in text
    assert element(browser, "[class*=st-key-hit-]")
    assert "heading" not in browser.current_url, "what the library has not is no filter"


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

    def is_one_twice() -> bool:
        shown = titles()
        return len(shown) > len(set(shown))

    until(browser, is_one_twice)  # passages: a paper more than once
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


MAP = """[...document.querySelectorAll('[data-testid^=stBidiComponent]')].map(
  e => (e.shadowRoot || e).querySelector('.litmap-map')).map(e => e && e.litmap)[0]"""
"""The map's script in the page, once it runs."""


def test_the_topics_page_has_a_map_and_the_outline(visit, browser) -> None:
    text = visit("topics")
    for heading in (
        "Double descent",
        "Loss surfaces",
        "Information bottleneck",
        "Approximation and depth",
    ):
        assert heading in text
    count = f"const map = {MAP}; return map && map.view.drawn && map.model.dots.length"
    until(browser, lambda: (browser.execute_script(count) or 0) >= 24)
    assert "Papers without a heading" in text
    assert "Sudden Understanding" in text


def test_papers_within_a_line_on_the_map_can_be_taken_along(visit, browser) -> None:
    visit("topics")
    count = f"const map = {MAP}; return map && map.view.drawn && map.model.dots.length"
    until(browser, lambda: (browser.execute_script(count) or 0) >= 24)
    script = (
        f"const {{view}} = {MAP};"
        "view.canvas.scrollIntoView({block: 'center'});"
        "const now = view.canvas.getBoundingClientRect();"
        "return [now.left, now.top, now.width, now.height].map(Math.round)"
    )
    left, top, wide, high = browser.execute_script(script)
    corners = [(4, 4), (wide - 4, 4), (wide - 4, high - 4), (4, high - 4)]
    pointer = webdriver.ActionChains(browser, duration=10)
    pointer.key_down(Keys.SHIFT)
    pointer.w3c_actions.pointer_action.move_to_location(left + 4, top + 4)
    pointer.click_and_hold()
    for x, y in corners[1:]:
        pointer.w3c_actions.pointer_action.move_to_location(left + x, top + y)
    pointer.release().key_up(Keys.SHIFT).perform()
    until(browser, lambda: "papers chosen" in words(browser))
    until(browser, lambda: "BibTeX" in words(browser))  # drawn one after the other
    browser.execute_script(f"{MAP}.open(0)")
    until(browser, lambda: "/paper?work=" in browser.current_url)


def test_a_heading_shows_its_papers_and_what_they_say(visit, browser) -> None:
    visit("topics")
    press(browser, "Loss surfaces ·")
    until(browser, lambda: "What its papers say" in words(browser))
    text = settle(browser)
    assert "Mostly Saddles" in text
    until(browser, lambda: "heading=" in browser.current_url)
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


def test_filters_of_the_table_outlast_a_paper_and_a_reload(visit, browser) -> None:
    visit("papers")
    press(browser, "ambiguous")
    chip = "[class*=st-key-filter-off-0] button"
    until(browser, lambda: "ambiguous" in element(browser, chip).text)
    address = until(browser, lambda: "status=unsure" in browser.current_url and browser.current_url)
    browser.refresh()
    settle(browser)
    assert "ambiguous" in element(browser, chip).text
    press(browser, "To settle")
    until(browser, lambda: "/settle" in browser.current_url)
    settle(browser)
    browser.back()
    until(browser, lambda: browser.current_url == address)
    assert "ambiguous" in element(browser, chip).text
    element(browser, chip).click()
    until(browser, lambda: "status=" not in browser.current_url)
    until(browser, lambda: not browser.find_elements(By.CSS_SELECTOR, chip))


def test_a_ticked_row_offers_files_citations_and_a_table(visit, browser) -> None:
    visit("papers")
    grid = element(browser, "canvas[data-testid=data-grid-canvas]")
    size = grid.rect
    pointer = webdriver.ActionChains(browser)
    pointer.move_to_element_with_offset(grid, 15 - size["width"] / 2, 52 - size["height"] / 2)
    pointer.click().perform()
    until(browser, lambda: "1 paper chosen" in words(browser))
    press(browser, "As a table")
    until(browser, lambda: "1 chosen paper" in words(browser))
    assert "/table" in browser.current_url


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
    drawn = "return document.querySelector('.lr-leaf img')?.naturalWidth > 400"
    assert until(browser, lambda: browser.execute_script(drawn))


def test_a_missing_paper_says_why_and_what_to_do(visit) -> None:
    text = visit("paper", work="doi:10.5555/litmap.qst.2020.21")
    assert "lets no program fetch it" in text
    assert "then add it below" in text
    assert "Have the PDF? Add it here" in text
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


def test_news_lead_to_the_page_of_their_paper_and_are_read_at_once(
    visit, browser, example_library, state, tmp_path
) -> None:
    from litmap.catalogue import Catalogue
    from litmap.models import Event, EventKind

    root = tmp_path / "library"
    shutil.copytree(example_library, root)
    said = {"sentences": [{"text": "They <i>slept</i>.", "place": "p. 2", "page": 2, "rects": []}]}
    path = (("Sleep",),)
    with Catalogue.create(root / "catalogue.sqlite") as catalogue, catalogue.write():
        catalogue.put_events(
            [
                Event(
                    EventKind.CAME, "arxiv:1703.00000", "Flat", path, "2026-11-09T12:00:00Z", said
                ),
                Event(EventKind.THIN, "Sleep", "Sleep", path, "2026-11-09T12:00:00Z", {"works": 2}),
            ]
        )
    with serve(root, state, tmp_path) as address:
        text = visit("news", address)
        assert "Week of 9 November 2026" in text
        assert "They <i>slept</i>." in text
        press(browser, "p. 2")
        page = "return document.querySelector('.lr-page')?.value"
        until(browser, lambda: browser.execute_script(page) == "2")
        visit("news", address)
        press(browser, "Mark all 2 as read")
        until(browser, lambda: "You have read all of it" in words(browser))
        press(browser, "All 2")
        until(browser, lambda: "They <i>slept</i>." in words(browser))
        settle(browser)
    with Catalogue.open(root / "catalogue.sqlite") as catalogue:
        assert all(event.is_read for event in catalogue.events())


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
    for page in ("", "topics", "papers", "check", "table", "news", "reading", "refreshes"):
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
        text = visit("refreshes", address)
        assert "28 works" in text, "what needs no index is shown"
        assert "Build the index anew" in text


@pytest.mark.slow
def test_a_refresh_started_from_the_app_ends_and_shows(
    visit, browser, at_examples, state, tmp_path
) -> None:
    """The folder of the notes is chosen, kept in the settings, and read by a real refresh, in a
    process of its own; the examples' server stands for the web.
    """
    notes = tmp_path / "my notes"
    notes.mkdir()
    (notes / "note.md").write_text(
        "# Topic\n\n- [Two Valleys and a Ridge](https://arxiv.org/abs/1904.00000)\n",
        encoding="utf-8",
    )
    root = tmp_path / "library"
    with serve(root, state, tmp_path) as address:
        assert "1 note" in visit("", address)
        press(browser, "my notes")
        until(browser, lambda: "One up" in words(browser))
        press(browser, "Use this folder")
        until(browser, lambda: "1 note with 1 heading (markdown 1)" in words(browser))
        press(browser, "Start the first refresh")
        until(browser, (tmp_path / "litmap.toml").exists)
        assert (tmp_path / "litmap.toml").read_text() == 'notes = ["~/my notes"]\n'
        until(browser, (root / "catalogue.sqlite").exists)
        until(browser, lambda: "1 work" in visit("refreshes", address))


# ── the keyboard's frame, narrow pages, paper ─────────────────────────────────────────────────────
FRAMES = """
const done = arguments[arguments.length - 1];
const rest = () => new Promise((go) => setTimeout(go, 300));
const frame = (node) => {
  const {outlineStyle, outlineWidth, boxShadow, borderTopColor} = getComputedStyle(node);
  return {outline: outlineStyle !== 'none' && outlineWidth !== '0px', shadow: boxShadow, border: borderTopColor};
};
(async () => {
  const seen = {};
  const fields = '[data-testid=stMain] :is(button, summary, input, textarea, a):not([tabindex="-1"], :disabled)';
  for (const field of document.querySelectorAll(fields)) {
    const kind = `${field.tagName} ${field.type} ${field.getAttribute('role')}`;
    if (kind in seen || !field.checkVisibility()) continue;
    const around = [field, field.parentElement, field.parentElement.parentElement];
    document.activeElement.blur();
    await rest();
    const before = around.map(frame);
    field.focus({focusVisible: true});
    await rest();
    const after = around.map(frame);
    seen[kind] = after.reduce((count, now, at) => count + Number(now.outline && !before[at].outline)
      + Number(now.shadow !== before[at].shadow) + Number(at > 0 && now.border !== before[at].border), 0);
  }
  done(seen);
})();
"""
"""How many frames each kind of field has around it when the keyboard is at it."""


@pytest.mark.parametrize("page", ["settings", "papers"])
def test_what_the_keyboard_is_at_has_one_frame(visit, browser, page) -> None:
    visit(page)
    frames = browser.execute_async_script(FRAMES)
    assert len(frames) > 1
    assert frames == dict.fromkeys(frames, 1)


@pytest.fixture
def narrow(browser) -> Iterator[None]:
    """A window as a page of 1360 pixels has it at twice its size."""
    size = {"width": 680, "height": 450, "deviceScaleFactor": 2, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    yield
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize(
    ("page", "query"),
    [("", {}), ("", {"q": QUERY}), ("topics", {}), ("topics", {"heading": "Loss surfaces"}),
     ("papers", {}), ("refreshes", {})],
)  # fmt: skip
def test_at_twice_the_size_columns_stand_below_each_other_and_nothing_is_cut(
    visit, browser, page, query
) -> None:
    visit(page, **query)
    script = (
        "const main = document.querySelector('[data-testid=stMain]');"
        "const narrow = [...main.querySelectorAll('[data-testid=stColumn]')].filter(c => "
        "c.offsetParent && c.getBoundingClientRect().width < 300);"
        "return [main.scrollWidth - main.clientWidth, narrow.length]"
    )
    assert browser.execute_script(script) == [0, 0]
