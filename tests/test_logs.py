"""What is logged, where it goes, and what a bug report holds."""

import json
import logging
import zipfile

import pytest

from litmap import logs
from litmap.cli import main
from litmap.logs import KEPT_LOGS, kept_log, kept_logs

NOTE = (
    "# Heading\n\nThe patient from room twelve reacts badly.\n\n- Ada Lovelace. On engines. 1843.\n"
)


@pytest.fixture(autouse=True)
def unconfigured():
    yield
    logs.configure(0)
    for handler in list(logs.ROOT.handlers):
        logs.ROOT.removeHandler(handler)
    logs.ROOT.setLevel(logging.NOTSET)
    logs.ROOT.propagate = True


@pytest.fixture
def notes(tmp_path):
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.md").write_text(NOTE)
    return tmp_path / "notes"


@pytest.mark.parametrize(("verbosity", "shown"), [(0, "w"), (1, "iw"), (2, "diw"), (5, "diw")])
def test_the_terminal_shows_more_with_each_step_of_verbosity(verbosity, shown, capsys):
    logs.configure(verbosity)
    logger = logging.getLogger("litmap.some.part")
    logger.debug("d")
    logger.info("i")
    logger.warning("w")
    lines = capsys.readouterr().err.splitlines()
    assert "".join(line[-1] for line in lines) == shown
    assert lines[-1] == "litmap: w"


def test_a_log_file_holds_everything_whatever_the_terminal_shows(tmp_path, capsys):
    logs.configure(0, tmp_path / "log.txt")
    logging.getLogger("litmap.web").debug("asked %s", "api.example.org")
    assert "litmap.web: asked api.example.org" in (tmp_path / "log.txt").read_text()
    assert capsys.readouterr().err == ""


def test_the_last_ten_logs_are_kept(tmp_path):
    for hour in range(KEPT_LOGS + 3):
        with kept_log(tmp_path, f"2026-01-01T{hour:02}:00:00Z"):
            logging.getLogger("litmap").info("hour %d", hour)
    kept = kept_logs(tmp_path)
    assert len(kept) == KEPT_LOGS
    assert "hour 12" in kept[0].read_text()


def test_a_log_that_cannot_be_written_costs_nothing_but_itself(tmp_path):
    (tmp_path / "logs").write_text("a file, no folder")
    with kept_log(tmp_path / "logs", "2026-01-01T00:00:00Z"):
        pass


def test_a_refresh_keeps_its_log_without_the_text_of_notes(notes, tmp_path):
    library = tmp_path / "library"
    assert (
        main(["refresh", str(notes), "--library", str(library), "--offline", "--no-prefect"]) == 0
    )
    (log,) = kept_logs(library / "logs")
    text = log.read_text()
    assert "room twelve" not in text


def test_a_bug_report_holds_what_is_needed_and_nothing_private(notes, tmp_path, monkeypatch):
    library, out = tmp_path / "library", tmp_path / "report.zip"
    monkeypatch.setenv("LITMAP_CONTACT", "ada@example.org")
    monkeypatch.setenv("OPENALEX_API_KEY", "secret-key")
    main(["refresh", str(notes), "--library", str(library), "--offline", "--no-prefect"])
    main(["doctor", "--library", str(library), "--report", str(out)])
    with zipfile.ZipFile(out) as bundle:
        parts = {name: bundle.read(name).decode() for name in bundle.namelist()}
    everything = "\n".join(parts.values())
    for private in ("room twelve", "ada@example.org", "secret-key"):
        assert private not in everything
    assert json.loads(parts["versions.json"])["packages"]["litmap"]
    assert json.loads(parts["refreshes.json"])[0]["counts"]["notes"] == 1
    assert any(name.startswith("logs/refresh-") for name in parts)


def test_a_bug_report_replaces_no_file(tmp_path, capsys):
    (tmp_path / "mine.zip").write_text("mine")
    arguments = ["doctor", "--library", str(tmp_path), "--report", str(tmp_path / "mine.zip")]
    assert main(arguments) == 2
    assert (tmp_path / "mine.zip").read_text() == "mine"
    assert "name another file" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["-v", "read"], ["read", "-v"]])
def test_the_option_may_stand_before_or_after_the_command(arguments, notes, capsys):
    assert main([*arguments, str(notes / "a.md")]) == 0


def test_the_version_tells_what_a_bug_report_needs(capsys):
    with pytest.raises(SystemExit):
        main(["--version"])
    out = capsys.readouterr().out
    for word in ("litmap", "model", "index format", "Python"):
        assert word in out
