"""The app's settings: each with its source, changed in the user's file by a shown diff, checked."""

from __future__ import annotations

import os

import pytest

from litmap.settings import Settings, meanings
from litmap.ui import configuration, settings_page, state

testing = pytest.importorskip("streamlit.testing.v1")

WRITTEN = '# mine\nretry_days = 3  # often\n\n[watch]\n# physics\narxiv = ["physics.flu-dyn"]\n'


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder with a settings file, for one who may change things."""
    for name in [name for name in os.environ if name.startswith("LITMAP_")]:
        monkeypatch.delenv(name)
    (tmp_path / "litmap.toml").write_text(WRITTEN)
    monkeypatch.setenv("LITMAP_LIBRARY", str(tmp_path / "library"))
    monkeypatch.setenv("LITMAP_STATE", str(tmp_path / "state"))
    monkeypatch.setenv(configuration.OPTIONS_VARIABLE, "library")
    monkeypatch.setenv("OPENALEX_API_KEY", "a-key-of-mine")
    monkeypatch.setenv("LITMAP_DIGEST_SMTP", "smtps://me:hush@mail.x.org")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(state, "may_change", lambda: True)
    return tmp_path


def draw():
    def script():
        from litmap.ui import links, settings_page

        links.link = lambda *_, **__: None
        settings_page.page()

    page = testing.AppTest.from_function(script, default_timeout=240).run()
    assert not page.exception
    return page


@pytest.fixture
def page(place, monkeypatch):
    from litmap.ui import links

    monkeypatch.setattr(links, "link", links.link)  # so that it is put back
    return draw()


def field(page, kind, label):
    return next(one for one in page.get(kind) if one.label.startswith(label))


def press(page, label):
    page = next(b for b in page.button if label in b.label).click().run()
    assert not page.exception
    return page


def words(page):
    kinds = ("markdown", "caption", "title", "info", "success", "warning", "error", "code")
    shown = [str(e.value) for kind in kinds for e in getattr(page, kind)]
    return "\n".join(shown).replace("\\", "").replace("\u2060", "")


def test_a_change_is_shown_and_written_with_the_comments_kept(page, place):
    assert not any("Write this" in button.label for button in page.button)
    field(page, "text_area", "Categories of arXiv").input("physics.flu-dyn\ncs.LG\n").run()
    field(page, "text_input", "Your e-mail").input("me@x.org").run()
    assert '+contact = "me@x.org"' in words(page)
    assert (place / "litmap.toml").read_text() == WRITTEN
    press(page, "Write this")
    text = (place / "litmap.toml").read_text()
    assert "Written to" in words(page)
    assert not any("Write this" in button.label for button in page.button)
    for kept in ("# mine", "# often", "# physics", "retry_days = 3"):
        assert kept in text
    assert state.settings().watch_arxiv == ("physics.flu-dyn", "cs.LG")
    assert state.settings().contact == "me@x.org"


def test_a_default_is_taken_out_of_the_file_and_a_change_can_be_left(page, place):
    field(page, "number_input", "Try again").set_value(9.0).run()
    assert "+retry_days = 9 " in words(page)
    press(page, "Leave it as it was")
    assert field(page, "number_input", "Try again").value == 3
    field(page, "number_input", "Try again").set_value(7.0).run()
    press(page, "Write this")
    assert "retry_days" not in (place / "litmap.toml").read_text()
    assert state.settings().retry_days == Settings().retry_days


def test_what_the_environment_says_cannot_be_changed_here(page):
    server = field(page, "text_input", "Mail server (LITMAP_DIGEST_SMTP)")
    assert server.disabled
    assert "hush" not in server.value


def test_a_file_changed_elsewhere_meanwhile_is_not_written_over(page, place):
    field(page, "text_input", "Your e-mail").input("me@x.org").run()
    (place / "litmap.toml").write_text(WRITTEN + "# and this\n")
    next(b for b in page.button if "Write this" in b.label).click().run()
    assert "# and this" in (place / "litmap.toml").read_text()


def test_a_file_that_cannot_be_read_is_said(place):
    (place / "litmap.toml").write_text("notes = [")

    def script():
        from litmap.ui import frame, settings_page

        frame.guarded(settings_page.page)()

    page = testing.AppTest.from_function(script, default_timeout=240).run()
    assert not page.exception
    assert "not valid TOML" in words(page)


def test_every_setting_is_listed_with_its_source_and_no_secret_is_shown(page):
    table = page.dataframe[0].value.set_index("Setting")
    assert set(meanings()) < set(table.index)
    assert table.loc["retry_days", "From"] == "file"
    assert table.loc["library", "From"] == "command line"
    assert table.loc["digest_smtp", "From"] == "LITMAP_DIGEST_SMTP"
    assert table.loc["model", "From"] == "default"
    assert table.loc["OPENALEX_API_KEY", "Value"] == "set"
    shown = table.to_string() + words(page)
    assert "a-key-of-mine" not in shown
    assert "hush" not in shown


def test_the_check_says_what_doctor_says_and_what_to_do(page, monkeypatch):
    press(page, "Check")
    assert "**Python**" in words(page)
    assert "none in" in words(page), "there is no library yet"
    monkeypatch.setenv("LITMAP_MODEL", "/no/such/model")
    press(page, "Check")
    assert "no/such/model" in words(page)


def test_who_has_no_token_sees_no_settings(place, monkeypatch):
    monkeypatch.setattr(state, "may_change", lambda: False)
    page = draw()
    assert "token" in words(page)
    assert not page.text_input
    assert not page.dataframe


def test_each_setting_offered_is_one():
    offered = [name for names in settings_page.GROUPS.values() for name in names]
    assert len(offered) == len(set(offered))
    assert set(offered) <= set(meanings())
    assert set(settings_page.REMARKS) <= set(settings_page.GROUPS)
