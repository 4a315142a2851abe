"""What a visitor does in the app and finds kept, in headless Chromium."""

from __future__ import annotations

import shutil
from pathlib import Path
from urllib.parse import quote_plus

import pytest

from litmap.catalogue import Labels, ReadingState
from litmap.library import Library
from litmap.models import HeadingPath
from tests.app_browser import (
    element,
    enter,
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
from tests.own_notes import library_with_notes

Keys = pytest.importorskip("selenium.webdriver.common.keys").Keys

pytestmark = needs_chromium
LABELS = Labels(ReadingState.TO_READ, is_important=True, tags=("minima",))


@pytest.mark.slow
def test_what_a_reader_says_of_a_paper_is_kept_and_shown(
    browser, example_library, state, tmp_path
) -> None:
    """From the table by a press on a title: labels, and another heading by word."""
    library = library_with_notes(example_library, tmp_path)
    with Library.open(library) as opened:
        entry = opened.works()[0]
        to = next(p for p in opened.places if opened.moved_notes([entry.work.id], p).new)
    with serve(library, state, tmp_path) as address:
        enter(browser, address)
        open_page(browser, address, "papers")
        press_cell(browser, 80, 52)
        until(browser, lambda: f"work={quote_plus(entry.work.id)}" in browser.current_url)
        settle(browser)
        label(browser)
        until(browser, lambda: entry_of(library).labels == LABELS)

        choose_heading(browser, to)
        press(browser, "Keep as my word")
        until(browser, lambda: "By your word" in words(browser))
        assert entry_of(library).headings == (to,)
        press(browser, "Take back the move")
        until(browser, lambda: "stands where your notes have it" in words(browser))
        assert entry_of(library).headings == entry.headings


@pytest.mark.slow
def test_a_search_is_kept_and_a_setting_changed(browser, example_library, state, tmp_path) -> None:
    root, file = tmp_path / "library", tmp_path / "litmap.toml"
    shutil.copytree(example_library, root)
    file.write_text("# mine\n")
    with serve(root, state, tmp_path) as address:
        enter(browser, address)
        open_page(browser, address, "", q="why do flat minima generalise?", by="paper")
        press(browser, "bookmark_add")
        type_into(browser, "input[aria-label=Name]", "Flat ones", Keys.ENTER)
        until(browser, lambda: "Flat ones" in open_page(browser, address))
        press(browser, "Flat ones")
        until(browser, lambda: "by=paper" in browser.current_url)
        until(browser, lambda: "How Flat Is Flat?" in words(browser))
        open_page(browser, address, "settings")
        type_into(browser, "textarea", "~/notes", Keys.TAB)
        press(browser, "Write this")
        until(browser, lambda: file.read_text() == '# mine\nnotes = ["~/notes"]\n')


@pytest.mark.slow
def test_a_theme_is_renamed(browser, example_library, state, tmp_path) -> None:
    """What is chosen in a form draws the page anew, which stays the page of its theme."""
    root = tmp_path / "library"
    shutil.copytree(example_library, root)
    with Library.open(root) as opened:
        theme = opened.topics().themes[0]
    with serve(root, state, tmp_path) as address:
        enter(browser, address)
        open_page(browser, address, "topics")
        script = (
            f"const a = document.querySelector('a[href*=\"{quote_plus(theme.id)}\"]'); a.click()"
        )
        browser.execute_script(script)
        until(browser, lambda: "theme=" in browser.current_url)
        settle(browser)
        press(browser, "Change")
        type_into(browser, "input[aria-label=Name]", " and more", Keys.ENTER)
        settle(browser)
        press_in_popover(browser, "Rename")
        until(browser, lambda: f"{theme.label} and more" in labels_of(root))
        settle(browser)


def test_a_heading_is_brought_into_a_theme(browser, example_library, state, tmp_path) -> None:
    root = tmp_path / "library"
    shutil.copytree(example_library, root)
    with Library.open(root) as opened:
        view = opened.topics()
    theme = view.themes[0]
    name = next(t.heading[-1] for t in view.topics if t.id in view.themes[1].topics)
    with serve(root, state, tmp_path) as address:
        enter(browser, address)
        open_page(browser, address, "topics", theme=theme.id)
        press(browser, "Change")
        field = "input[aria-label^='Bring in a heading']"
        type_into(browser, field, name)
        settle(browser)
        type_into(browser, field, Keys.ENTER)
        settle(browser)
        press_in_popover(browser, "Bring in")
        until(browser, lambda: f"{len(theme.topics) + 1} headings" in words(browser))
        settle(browser)
        with Library.open(root) as opened:
            themes = opened.topics().themes
        held = next(one for one in themes if one.id == theme.id)
        assert len(held.topics) == len(theme.topics) + 1
        assert held.kept


def press_in_popover(browser, label: str) -> None:
    script = (
        "const all = document.querySelectorAll('[data-testid=stPopoverBody] button');"
        "const one = [...all].find(b => b.innerText.includes(arguments[0]) && !b.disabled);"
        "one?.click(); return Boolean(one)"
    )
    until(browser, lambda: browser.execute_script(script, label))


def labels_of(library: Path) -> list[str]:
    with Library.open(library) as opened:
        return [theme.label for theme in opened.topics().themes]


def entry_of(library: Path):
    with Library.open(library) as opened:
        return opened.works()[0]


def label(browser) -> None:
    """Sets each of the reader's labels as a visitor does."""
    press(browser, "To read")
    settle(browser)
    tick(browser, "[class*=st-key-label-important]")
    settle(browser)
    type_into(browser, "input[aria-label^=Tags]", "minima", Keys.ENTER)
    settle(browser)


def choose_heading(browser, path: HeadingPath) -> None:
    """Opens 'Move to another heading …' and chooses one by its name."""
    settle(browser)
    script = "const s = arguments[0]; if (!s.parentElement.open) s.click()"
    browser.execute_script(script, element(browser, "[class*=st-key-moving-paper] summary"))
    settle(browser)
    type_into(browser, "input[aria-label^=Heading]", path[-1])
    settle(browser)
    type_into(browser, "input[aria-label^=Heading]", Keys.ENTER)
    until(browser, lambda: "This would change in your notes" in words(browser))


def tick(browser, selector: str) -> None:
    """Ticks a box, or turns a switch."""
    box = element(browser, f"{selector} input[type=checkbox]")
    browser.execute_script("arguments[0].click()", box)


def press_cell(browser, x: int, y: int) -> None:
    """Presses the table of papers, which is a picture, at a place. Once it is in sight: measured
    before it is scrolled there, a press lands in the row above.
    """
    left, top = browser.execute_script(
        "arguments[0].scrollIntoView({block: 'nearest'});"
        "const now = arguments[0].getBoundingClientRect();"
        "return [now.left, now.top].map(Math.round)",
        element(browser, "canvas[data-testid=data-grid-canvas]"),
    )
    pointer = webdriver.ActionChains(browser)
    pointer.w3c_actions.pointer_action.move_to_location(left + x, top + y)
    pointer.click().perform()
