"""The schedule on the page of refreshes, with a crontab that a program plays."""

import pytest

from litmap.library import Library
from litmap.ui import configuration, schedules, state
from tests.test_schedule_install import Machine

testing = pytest.importorskip("streamlit.testing.v1")


@pytest.fixture
def machine(tmp_path, monkeypatch):
    machine = Machine(tmp_path / "home", monkeypatch)
    machine.has("crontab")
    return machine


@pytest.fixture
def page(example_library, monkeypatch, machine):
    """The section drawn for the example library, for one who may change it."""
    monkeypatch.setenv("LITMAP_LIBRARY", str(example_library))
    monkeypatch.setattr(state, "may_change", lambda: True)

    def script():
        from pathlib import Path

        from litmap.library import Library
        from litmap.ui import schedules, state

        with Library.open(state.settings().library) as library:
            schedules.section(Path(state.settings().library), library.runs())

    return testing.AppTest.from_function(script, default_timeout=240).run()


def press(page, label):
    return next(button for button in page.button if label in button.label).click().run()


def words(page):
    shown = [*page.success, *page.error, *page.caption, *page.info]
    return " ".join([page.expander[0].label, *(element.value for element in shown)])


def test_a_schedule_is_kept_changed_and_taken_back(page, machine):
    assert "No schedule is installed" in words(page)
    page.selectbox[0].select("Every day at 6").run()
    press(page, "Keep this schedule")
    assert "0 6 * * * " in machine.tab.read_text()
    assert "Next refresh" in words(page)
    assert "last one done" in words(page)
    page.selectbox[0].select("Every six hours").run()
    press(page, "Change the schedule")
    assert "--every 6h" in machine.tab.read_text()
    assert "0 6 * * * " not in machine.tab.read_text()
    press(page, "Take it back")
    assert "no longer refreshes" in words(page)
    assert machine.tab.read_text() == ""


def test_a_schedule_reads_the_settings_file_that_the_app_was_started_with(
    page, machine, tmp_path, monkeypatch
):
    file = tmp_path / "mine.toml"
    file.write_text("retry_days = 3\n")
    monkeypatch.setenv(configuration.FILE_VARIABLE, str(file))
    press(page, "Keep this schedule")
    assert f"--config {file}" in machine.tab.read_text()


@pytest.mark.parametrize(
    ("when", "told"),
    [("0 6 31 2 *", "never comes"), ("soon", "no time span"), ("0 6 * * * x", "no cron")],
)
def test_what_cannot_be_kept_is_said(page, machine, when, told):
    page.selectbox[0].select(schedules.OTHER).run()
    page.text_input[0].input(when).run()
    press(page, "Keep this schedule")
    assert told in words(page).replace("\\", "")
    assert not machine.tab.exists()


def test_a_schedule_that_is_not_kept_is_no_next_refresh(page, machine):
    press(page, "Keep this schedule")
    machine.tab.write_text(machine.tab.read_text().replace("7-59/15 ", "#7-59/15 "))
    page.run()
    assert "is not known to be kept" in page.expander[0].label
    assert "were made comments" in page.warning[0].value


def test_who_has_no_token_sees_it_and_changes_nothing(page, machine, monkeypatch):
    press(page, "Keep this schedule")
    monkeypatch.setattr(state, "may_change", lambda: False)
    page.run()
    assert "Next refresh" in words(page)
    assert "open the address with the token" in words(page)
    assert not page.button


def test_a_library_of_no_refresh_has_its_next_one_at_once(example_library):
    from litmap.schedules.times import Times

    with Library.open(example_library) as library:
        assert "last one done" in schedules._label(Times(every="6h"), library.runs())
    assert schedules._label(Times(every="6h"), []) == "Next refresh as soon as it is asked for"
