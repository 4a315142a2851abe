"""Headings that may be one, answered in the app."""

from __future__ import annotations

import shutil

import pytest

from litmap.library import Library


@pytest.fixture
def library(example_library, tmp_path):
    """A copy of the example library."""
    root = tmp_path / "library"
    shutil.copytree(example_library, root)
    return root


@pytest.fixture
def pair(library):
    """Two headings of one theme of the library."""
    with Library.open(library) as opened:
        view = opened.topics()
    theme = next(theme for theme in view.themes if len(theme.topics) > 1)
    headings = {topic.id: topic.heading for topic in view.topics}
    return [headings[topic] for topic in theme.topics[:2]]


@pytest.fixture
def page(draw_page, library):
    """Draws the pair, and one whose second heading is gone."""

    def script(one, two) -> None:
        from dataclasses import replace

        from litmap.topics.records import Finding
        from litmap.ui import heading_pairs, state

        opened = state.library()
        pair = Finding("near-duplicate", tuple(one), "'A *b*' and 'B'.", (), tuple(two))
        gone = Finding("near-duplicate", tuple(one), "'A' and 'C'.", (), ("gone",))
        view = replace(opened._topics, findings=(pair, gone))
        kept = view.with_kept(opened._catalogue.kept_themes())
        heading_pairs.draw(opened, kept, kept.findings)

    return lambda one, two: draw_page(library, script, list(one), list(two))


def homes(library, pair) -> list[str]:
    """The themes of the two headings."""
    with Library.open(library) as opened:
        view = opened.topics()
    ids = {topic.heading: topic.id for topic in view.topics}
    return [view.theme_of[ids[path]] for path in pair]


def keys(app) -> list[str]:
    assert not app.exception
    return [str(b.key) for b in app.button]


def test_what_a_press_does_is_said_before_and_what_it_did_after(page, pair, library) -> None:
    app = page(*pair)
    assert "Your notes stay as they are" in app.caption[0].value
    assert keys(app) == ["pair-join-0", "pair-part-0"], "a heading that is gone has no answer"
    assert app.markdown[0].value == "\\'A \\*b\\*\\' and \\'B\\'\\."
    app = app.button(key="pair-part-0").click().run()
    assert "are kept apart" in app.toast[0].value
    assert keys(app) == []
    one, two = homes(library, pair)
    assert one != two


def test_headings_are_brought_together(page, pair, library) -> None:
    app = page(*pair).button(key="pair-part-0").click().run()
    assert len(set(homes(library, pair))) == 2
    with Library.open(library) as opened:
        other = next(t.heading for t in opened.topics().topics if t.heading not in pair)
    app = page(pair[0], other).button(key="pair-join-0").click().run()
    assert "are one theme" in app.toast[0].value
    assert keys(app) == []
    assert len(set(homes(library, (pair[0], other)))) == 1


def test_a_visitor_without_the_token_answers_nothing(page, pair, library, monkeypatch) -> None:
    before = homes(library, pair)
    monkeypatch.setattr("litmap.ui.state.may_change", lambda: False)
    app = page(*pair)
    assert all(b.disabled for b in app.button)
    assert any("token" in c.value for c in app.caption)
    assert homes(library, pair) == before
