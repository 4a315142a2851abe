"""The map's script in a browser, in the exported page: names, choosing, selecting, keys, years."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from litmap.maps import Dot, draw, to_html
from tests.waiting import PATIENCE_S, until

webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
Actions = pytest.importorskip("selenium.webdriver").ActionChains
Keys = pytest.importorskip("selenium.webdriver.common.keys").Keys

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER), reason="needs Debian's chromium and chromium-driver"
)
FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1200,850")
HOSTILE = "<img src=x onerror=alert(1)> & \u202ehostile"
PAPERS, HEADINGS = 240, 30


def make_map() -> str:
    """A page of papers under many headings that lie over one another, as in a real library."""
    chance = np.random.default_rng(3)
    paths = [(f"Note {i % 5}", f"A heading with the number {i}") for i in range(HEADINGS)]
    centres = chance.normal(size=(HEADINGS, 2)) * 0.45
    dots = []
    for i in range(PAPERS):
        heading = int(chance.integers(HEADINGS))
        x, y = centres[heading] + chance.normal(size=2) * 0.1
        year = 1990 + i % 30
        dots.append(
            Dot(
                f"w{i}",
                HOSTILE if i == 7 else f"Paper number {i}",
                float(x),
                float(y),
                paths[heading] if i % 12 else None,
                f"Author {i}, {year}",
                f"https://a.org/{i}",
                suggested=i % 5 == 0,
                short=f"Author{i} {year}",
                year=year,
                status=("full text", "no open PDF")[i % 2],
                note=f"{paths[heading][0]}.md",
                chance=0.62 if i % 5 == 0 else None,
                cluster="" if i % 12 else "emergent words",
                is_new=i % 80 == 5,
            )
        )
    links = [("w1", "w2"), ("w1", "w3"), ("w4", "w1"), ("w9", "w8")]
    return to_html(draw(dots, links, title="A made map"))


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    with tempfile.TemporaryDirectory() as folder:
        options = webdriver.ChromeOptions()
        options.binary_location = CHROMIUM
        for flag in (*FLAGS, f"--user-data-dir={folder}/profile"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
        driver.set_script_timeout(PATIENCE_S)
        page = Path(folder) / "map.html"
        page.write_text(make_map(), encoding="utf-8")
        driver.get(page.as_uri())
        try:
            yield driver
        finally:
            driver.quit()


@pytest.fixture
def run(browser) -> Iterator[Callable[..., object]]:
    """Runs a script with `map` (the panel), `view` and `model`, on the page as it was opened."""
    browser.refresh()
    get = "const map = document.getElementById('map').litmap, {view, model} = map;"

    def go(script: str, *arguments: object) -> object:
        return browser.execute_script(get + script, *arguments)

    until(lambda: go("return view.drawn > 0"), "the map")
    yield go
    severe = [line for line in browser.get_log("browser") if line["level"] == "SEVERE"]
    assert severe == []


def place(browser, i: int) -> tuple[int, int]:
    """Where a paper stands in the window."""
    script = (
        "const {view} = document.getElementById('map').litmap, box = "
        "view.canvas.getBoundingClientRect(), [x, y] = view.placeOf(arguments[0]);"
        "return [Math.round(x + box.left), Math.round(y + box.top)]"
    )
    return tuple(browser.execute_script(script, i))


def click(browser, at: tuple[int, int]) -> None:
    pointer = Actions(browser, duration=0)
    pointer.w3c_actions.pointer_action.move_to_location(*at)
    pointer.click().perform()


def drag(browser, *path: tuple[int, int]) -> None:
    pointer = Actions(browser, duration=10)
    pointer.w3c_actions.pointer_action.move_to_location(*path[0])
    pointer.click_and_hold()
    for at in path[1:]:
        pointer.w3c_actions.pointer_action.move_to_location(*at)
    pointer.release().perform()


def text(browser, selector: str) -> str:
    return browser.find_element("css selector", selector).text


OVERLAPS = """
view.paint();
const names = view.sheet.names;
const touch = (a, b) => a.l < b.r && b.l < a.r && a.t < b.b && b.t < a.b;
const over = names.flatMap((a, i) => names.slice(0, i).filter(b => touch(a.box, b.box)));
return [names.length, over.length, names.map(n => n.kind)];
"""


def test_no_name_lies_over_another_at_any_zoom(run) -> None:
    kinds: dict[int, set[str]] = {}
    for step in range(12):
        count, over, shown = run(OVERLAPS)
        assert count > 0
        assert over == 0
        kinds[step] = set(shown)
        run("const [x, y] = view.placeOf(20); view.zoomAt(x, y, 1.35)")
    assert "theme" in kinds[0]
    assert "paper" not in kinds[0]
    assert "theme" not in kinds[11]
    assert "paper" in kinds[11]


def test_names_do_not_overlap_with_a_paper_chosen_and_papers_found(run) -> None:
    run("map.choose(1)")
    assert run(OVERLAPS)[1] == 0
    run("model.lightHits(new Set([...Array(40).keys()])); view.zoomBy(1.7)")
    count, over, _ = run(OVERLAPS)
    assert count > 5
    assert over == 0


COVERED = """
view.paint();
const far = (v, low, high) => Math.max(low - v, 0, v - high);
return view.sheet.names.flatMap(n => model.lit().filter(i => {
  const x = model.dots[i].x * view.view.k, y = -model.dots[i].y * view.view.k;
  return i !== n.row && Math.hypot(far(x, n.box.l, n.box.r), far(y, n.box.t, n.box.b)) < view.radius();
}).map(i => [n.text, i]));
"""


@pytest.mark.parametrize("width", [390, 800, 1200])
def test_no_name_lies_over_the_dot_of_another_paper(run, browser, width) -> None:
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 850, "deviceScaleFactor": 1, "mobile": False},
    )
    try:
        until(lambda: run(f"return Math.abs(map.root.clientWidth - {width}) < 20"), "the width")
        run("view.resize(); view.fit()")
        named = 0
        for _ in range(12):
            assert run(COVERED) == []
            named += run("return view.sheet.names.length")
            run("const [x, y] = view.placeOf(20); view.zoomAt(x, y, 1.35)")
        assert named > 12
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_select_says_what_to_do_and_how_to_end_it(run, browser) -> None:
    hint = browser.find_element("css selector", ".hint")
    select = browser.find_element("xpath", "//button[text()='Select']")
    assert not hint.is_displayed()
    for end in (
        lambda: hint.find_element("tag name", "button").click(),
        lambda: select.send_keys(Keys.ESCAPE),
        select.click,
    ):
        select.click()
        assert "Draw a line around papers" in hint.text
        assert run("return view.lassoing")
        end()
        assert not hint.is_displayed()
        assert not run("return view.lassoing")


def test_every_heading_is_named_at_some_zoom(run) -> None:
    missing = run(
        "const left = new Set(model.data.regions); for (const g of model.data.regions) {"
        "view.fit(); for (let z = 0; z < 14 && left.has(g); z++) {"
        "view.paint(); view.sheet.names.forEach(n => left.delete(n.region));"
        "view.zoomBy(1.4); const {k} = view.view;"
        "view.view.x = view.size.w / 2 - g.at[0] * k; view.view.y = view.size.h / 2 + g.at[1] * k"
        "}} return [...left].map(g => g.label)"
    )
    assert missing == []


def test_a_click_shows_the_paper_beside_the_map(run, browser) -> None:
    click(browser, place(browser, 1))
    assert run("return view.chosen") in range(PAPERS)
    run("map.choose(1)")
    about = text(browser, ".about")
    assert "Paper number 1" in about
    assert "Author 1, 1991" in about
    assert "You filed it under" in about
    assert "It cites (2 here)" in about
    assert "Cited by (1 here)" in about
    link = browser.find_element("css selector", ".about a")
    assert link.get_attribute("href") == "https://a.org/1"
    run("map.choose(5)")
    assert "62 % sure" in text(browser, ".about")
    assert "new since the last refresh" in text(browser, ".about")


def test_a_hostile_title_is_text_everywhere(run, browser) -> None:
    run(
        "map.choose(7); map.select([7]); map.toggleTable(); view.hoverOn(7, {offsetX: 9, offsetY: 9})"
    )
    assert browser.find_elements("css selector", "#map img") == []
    for selector in (".about h2", ".selection li", ".tip strong"):
        assert "<img src=x" in text(browser, selector)


def test_a_line_around_papers_selects_them(run, browser) -> None:
    browser.find_element("xpath", "//button[text()='Select']").click()
    x, y = place(browser, 3)
    drag(browser, (x - 60, y - 60), (x + 60, y - 60), (x + 60, y + 60), (x - 60, y + 60))
    rows = run("return [...view.selected]")
    assert 3 in rows
    inside = run(
        "const [x, y] = view.placeOf(3); return model.lit().filter(i => {"
        "const [a, b] = view.placeOf(i); return Math.abs(a - x) < 58 && Math.abs(b - y) < 58})"
    )
    assert set(inside) <= set(rows)
    assert f"{len(rows)} paper" in text(browser, ".selection h3")
    assert browser.find_elements("xpath", "//button[text()='Copy as list']")


def test_keys_move_zoom_and_walk_through_the_papers(run, browser) -> None:
    run("view.canvas.focus()")

    def press(*keys: str) -> None:
        Actions(browser, duration=0).send_keys(*keys).perform()

    before = run("return {...view.view}")
    press(Keys.ARROW_LEFT)
    assert run("return view.view.x") == before["x"] + 60
    press("+")
    assert run("return view.view.k") > before["k"]
    press("0")
    assert run("return view.view.k") == before["k"]
    press(Keys.TAB, Keys.TAB, Keys.TAB)
    assert run("return view.chosen") == 2
    Actions(browser, duration=0).key_down(Keys.SHIFT).send_keys(Keys.TAB).key_up(
        Keys.SHIFT
    ).perform()
    assert run("return view.chosen") == 1
    assert "Paper number 1." in run("return map.said.textContent")
    opened = run("window.told = []; window.open = (...a) => told.push(a); return 0")
    press(Keys.ENTER)
    assert opened == 0
    assert run("return told")[0][0] == "https://a.org/1"
    press(Keys.ESCAPE, Keys.TAB)  # the map does not keep the keyboard
    assert run("return document.activeElement !== view.canvas")


def test_years_and_groups_leave_the_others_out(run, browser) -> None:
    slider = "map.root.querySelectorAll('.years input')[{}]"
    set_to = slider + ".value = {}; " + slider + ".dispatchEvent(new Event('input'))"
    run(set_to.format(0, 2000, 0))
    run(set_to.format(1, 2004, 1))
    assert text(browser, ".years output") == "2000–2004"
    assert run("return model.lit().map(i => model.dots[i].y4).every(y => y >= 2000 && y <= 2004)")
    assert run("return model.lit().length") == PAPERS / 30 * 5
    for mode in ("theme", "year", "status", "note", "heading"):
        run(
            "const s = map.root.querySelector('.colours'); s.value = arguments[0];"
            "s.dispatchEvent(new Event('change'))",
            mode,
        )
        first = browser.find_element("css selector", ".key button")
        first.click()
        lit = run("return model.lit().map(i => model.groupOf[i])")
        assert len(set(lit)) <= 1


def test_the_table_lists_what_the_map_shows_and_selects(run, browser) -> None:
    browser.find_element("css selector", "input.new").click()
    browser.find_element("xpath", "//button[text()='Table']").click()
    rows = browser.find_elements("css selector", ".table tbody tr")
    assert len(rows) == len(run("return model.data.new")) == 3
    rows[0].find_element("css selector", "input").click()
    assert run("return [...view.selected]") == [5]
    assert "1 paper selected" in text(browser, ".selection")


def test_a_page_is_found_by_its_words_and_dark_is_dark(run, browser) -> None:
    browser.find_element("css selector", "input.find").send_keys("number 177")
    assert run("return model.hits.size") == 1
    browser.find_element("css selector", "input.dark").click()
    assert run("return view.css('--ground')") == "#14171c"
