"""Schedules that the system keeps: what systemd, launchd and cron are told, by programs that play
them, and by systemd's own reading of it where it is installed.
"""

import json
import os
import plistlib
import re
import shlex
import shutil
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from litmap.cli import main
from litmap.errors import UsageError
from litmap.schedules import crontab, installing, launchd, systemd
from litmap.schedules.cron_fields import read_fields
from litmap.schedules.jobs import Job, passed_environment, times_of
from litmap.schedules.names import schedule_name
from litmap.schedules.times import Times, read_times

WEEKLY = ["--cron", "0 6 * * 1", "--timezone", "Europe/Berlin"]
ODD = "Ünï 100% $HOME \"quoted\" 'single' \\back"
PROGRAM = """#!{python}
import json, pathlib, sys
home = pathlib.Path({home!r})
with (home / "calls").open("a") as calls:
    calls.write(json.dumps([{name!r}, *sys.argv[1:]]) + "\\n")
broken = (home / "broken").read_text().split()
if {name!r} in broken or any(word in broken for word in sys.argv[1:]):
    print("lame")
    sys.exit("broken on purpose")
tab = home / "tab"
if {name!r} == "crontab" and sys.argv[1:] == ["-l"]:
    sys.exit("no crontab for you") if not tab.exists() else print(tab.read_text(), end="")
if {name!r} == "crontab" and sys.argv[1:] == ["-"]:
    tab.write_text(sys.stdin.read())
"""


class Machine:
    """A home folder and the programs of a system that keep schedules, played."""

    def __init__(self, home, monkeypatch):
        self.home, self.programs = home, home / "bin"
        self.programs.mkdir(parents=True)
        (home / "broken").write_text("")
        for name in ("HOME", "XDG_CONFIG_HOME"):
            monkeypatch.setenv(name, str(home if name == "HOME" else home / "config"))
        monkeypatch.setenv("PATH", str(self.programs))
        monkeypatch.setenv("LITMAP_STATE", str(home / "state"))
        monkeypatch.setenv("TZ", "Europe/Berlin")
        self.units = home / "config" / "systemd" / "user"
        self.agents = home / "Library" / "LaunchAgents"
        self.tab = home / "tab"

    def has(self, *names):
        for name in names:
            path = self.programs / name
            path.write_text(PROGRAM.format(python=sys.executable, home=str(self.home), name=name))
            path.chmod(path.stat().st_mode | stat.S_IXUSR)

    @property
    def calls(self):
        lines = (self.home / "calls").read_text().splitlines()
        return [" ".join(json.loads(line)) for line in lines]


@pytest.fixture
def machine(tmp_path, monkeypatch):
    return Machine(tmp_path / "home", monkeypatch)


@pytest.fixture
def library(tmp_path):
    """A folder that passes for a library whose notes are known."""
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "catalogue.sqlite").touch()
    return folder


def litmap(*words, library):
    return main(["schedule", *words, "--library", str(library)])


def words(capsys, stream="out"):
    """What was printed, in one line."""
    return " ".join(getattr(capsys.readouterr(), stream).split())


def status(library, capsys):
    capsys.readouterr()
    assert litmap("--status", library=library) == 0
    return words(capsys)


# ── systemd ───────────────────────────────────────────────────────────────────────────────────────
def test_systemd_is_told_of_a_service_and_its_timer(machine, library, capsys):
    machine.has("systemctl", "loginctl", "crontab")
    assert litmap(*WEEKLY, "--install", library=library) == 0
    unit = f"litmap-{schedule_name(library)}"
    assert {p.name for p in machine.units.iterdir()} == {f"{unit}.service", f"{unit}.timer"}
    assert machine.calls[1:] == [
        "systemctl --user daemon-reload",
        f"systemctl --user enable {unit}.timer",
        f"systemctl --user restart {unit}.timer",
        "loginctl enable-linger",
        "crontab -l",
    ]
    timer = (machine.units / f"{unit}.timer").read_text()
    assert "OnCalendar=Mon *-*-* 06:00:00 Europe/Berlin\nPersistent=true" in timer
    lines = (machine.units / f"{unit}.service").read_text().splitlines()
    command = next(line for line in lines if line.startswith("ExecStart="))
    assert shlex.split(command.removeprefix("ExecStart="))[:5] == [
        sys.executable, "-m", "litmap", "schedule", "--due",
    ]  # fmt: skip
    told = capsys.readouterr().out
    assert "systemd refreshes" in told
    assert "lingering is on" in told
    assert "Next refresh: " in told


def test_where_lingering_is_refused_it_says_what_that_means(machine, library, capsys):
    machine.has("systemctl", "loginctl")
    (machine.home / "broken").write_text("loginctl")
    assert litmap("--every", "6h", "--install", library=library) == 0
    assert "only while you are logged in" in capsys.readouterr().out


def test_another_schedule_takes_the_place_of_the_first(machine, library, capsys):
    machine.has("systemctl")
    for words in (WEEKLY, ["--every", "6h"]):
        assert litmap(*words, "--install", library=library) == 0
    capsys.readouterr()
    assert litmap("--status", library=library) == 0
    assert "every 6h" in capsys.readouterr().out
    assert len(list(machine.units.iterdir())) == 2


def test_a_unit_that_somebody_edited_is_left_alone(machine, library, capsys):
    machine.has("systemctl")
    litmap(*WEEKLY, "--install", library=library)
    service = next(machine.units.glob("*.service"))
    service.write_text(service.read_text() + "Environment=MINE=1\n")
    edited = service.read_bytes()
    assert litmap("--every", "6h", "--install", library=library) == 2
    assert litmap("--uninstall", library=library) == 2
    assert "not as litmap wrote it" in capsys.readouterr().err
    assert service.read_bytes() == edited
    assert litmap("--uninstall", "--force", library=library) == 0
    assert not service.exists()


def test_uninstalling_stops_the_timer_and_removes_both_units(machine, library, capsys):
    machine.has("systemctl")
    litmap(*WEEKLY, "--install", library=library)
    assert litmap("--uninstall", library=library) == 0
    assert any("disable --now litmap-" in call for call in machine.calls)
    assert not list(machine.units.iterdir())
    assert litmap("--uninstall", library=library) == 0
    assert "No schedule is installed" in capsys.readouterr().out


CRONS = {
    "0 6 * * 1": ["Mon *-*-* 06:00:00 UTC"],
    "*/30 8-10 * * *": ["*-*-* 08,09,10:00,30:00 UTC"],
    "15 22 1,15 * *": ["*-*-01,15 22:15:00 UTC"],
    "0 9 * jan,7 sun": ["Sun *-01,07-* 09:00:00 UTC"],
    "0 9 1 * 7": ["*-*-01 09:00:00 UTC", "Sun *-*-* 09:00:00 UTC"],
    "0 9 */2 * 1": [f"Mon *-*-{','.join(f'{d:02}' for d in range(1, 32, 2))} 09:00:00 UTC"],
    "0 9 l * *": ["*-*-* 09:00:00 UTC"],
    "0 9 * * fri#2": ["*-*-* 09:00:00 UTC"],
    "* * * * *": ["*-*-* *:*:00 UTC"],
}


@pytest.mark.parametrize("cron", CRONS)
def test_systemd_calls_the_times_by_its_own_words(cron):
    times = read_times(cron=cron, zone="UTC")
    assert systemd.calendar_lines(times) == CRONS[cron]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
@pytest.mark.parametrize("cron", [*CRONS, "30 2 29 2 *", "5 0 * 8 *"])
def test_systemd_starts_it_when_cron_would(cron):
    """Its own next times, from now on, hold each time of the expression."""
    times = read_times(cron=cron, zone="Europe/Berlin")
    lines = systemd.calendar_lines(times)
    done = subprocess.run(
        ["systemd-analyze", "calendar", "--iterations=40", *lines],
        capture_output=True, text=True, check=True, env={**os.environ, "TZ": "UTC", "LC_ALL": "C"},
    )  # fmt: skip
    shown = set(re.findall(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", done.stdout))
    coming = times.next_after(datetime.now(UTC) + timedelta(minutes=2))
    assert f"{coming.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" in shown


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_finds_no_fault_and_reads_the_same_words(tmp_path):
    odd = tmp_path / ODD
    job = Job(
        "odd", odd, Times(every="6h"), ("--config", str(odd / "x.toml")), {"LITMAP_NOTES": ODD}
    )
    service = tmp_path / "litmap-odd.service"
    service.write_text(systemd.service_text(job))
    (tmp_path / "litmap-odd.timer").write_text(systemd.timer_text(job))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--user", str(service), str(tmp_path / "litmap-odd.timer")],
        capture_output=True, text=True, check=False,
        env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)},
    )  # fmt: skip
    mine = [line for line in done.stderr.splitlines() if "litmap-odd" in line]
    assert not mine, mine


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_would_find_a_fault(tmp_path):
    job = Job("odd", tmp_path, Times(every="6h"))
    service = tmp_path / "litmap-odd.service"
    service.write_text(systemd.service_text(job).replace('"-m"', '"-m'))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--user", str(service)],
        capture_output=True, text=True, check=False,
        env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)},
    )  # fmt: skip
    assert "litmap-odd" in done.stderr


# ── launchd ───────────────────────────────────────────────────────────────────────────────────────
def test_launchd_is_told_by_an_agent(machine, library, monkeypatch, capsys):
    machine.has("launchctl")
    monkeypatch.setattr(sys, "platform", "darwin")
    assert litmap(*WEEKLY, "--install", library=library) == 0
    (path,) = machine.agents.iterdir()
    agent = plistlib.loads(path.read_bytes())
    assert agent["StartCalendarInterval"] == [{"Minute": 0, "Hour": 6, "Weekday": 1}]
    assert agent["RunAtLoad"], "what was missed is looked for at once"
    assert agent["ProgramArguments"][0] == sys.executable
    assert machine.calls[-2:] == [f"launchctl load -w {path}", f"launchctl list {path.stem}"]
    assert litmap("--status", library=library) == 0
    assert "launchd refreshes" in capsys.readouterr().out
    assert litmap("--uninstall", library=library) == 0
    assert not list(machine.agents.iterdir())


@pytest.mark.parametrize(
    ("times", "starts"),
    [
        (Times(every="6h"), {"StartInterval": 900}),
        (Times(every="20m"), {"StartInterval": 300}),
        (Times(cron="0 6 * * *", zone="Asia/Tokyo"), {"StartInterval": 900}),
        (Times(cron="* * * * *", zone="Europe/Berlin"), {"StartInterval": 900}),
        (
            Times(cron="5 6 1 * 0", zone="Europe/Berlin"),
            {
                "StartCalendarInterval": [
                    {"Minute": 5, "Hour": 6, "Day": 1},
                    {"Minute": 5, "Hour": 6, "Weekday": 0},
                ]
            },
        ),
    ],
)
def test_launchd_asks_often_where_it_cannot_name_the_times(machine, times, starts):
    assert launchd.starts(times) == starts


# ── cron ──────────────────────────────────────────────────────────────────────────────────────────
def test_cron_is_told_by_lines_of_its_own(machine, library, capsys):
    machine.has("crontab")
    machine.tab.write_text("# mine\n1 2 * * * mine --at 100\\%\n")
    assert litmap(*WEEKLY, "--install", library=library) == 0
    mine, own = machine.tab.read_text().split("# litmap ", 1)
    assert mine == "# mine\n1 2 * * * mine --at 100\\%\n"
    assert re.search(
        rf"^0 6 \* \* 1 .*{re.escape(sys.executable)} -m litmap schedule --due", own, re.M
    )
    assert re.search(r"^7-59/15 \* \* \* \* ", own, re.M), "cron makes up for nothing by itself"
    litmap("--every", "2h", "--install", library=library)
    assert machine.tab.read_text().count("begin") == 1
    capsys.readouterr()
    litmap("--status", library=library)
    assert "every 2h" in capsys.readouterr().out
    assert litmap("--uninstall", library=library) == 0
    assert machine.tab.read_text() == mine


@pytest.mark.parametrize("cron", ["0 6 l * *", "0 6 * * 5L", "0 6 * * fri#2"])
def test_what_cron_cannot_read_is_asked_for(machine, tmp_path, cron):
    job = Job("x", tmp_path, Times(cron=cron, zone="Europe/Berlin"))
    assert [line.startswith(crontab.ASK) for line in crontab.lines(job)] == [True]


def test_names_of_days_and_months_are_cron_s_own(machine, tmp_path):
    job = Job("x", tmp_path, Times(cron="0 6 * jul mon", zone="Europe/Berlin"))
    assert crontab.lines(job)[0].startswith("0 6 * jul mon ")


def test_a_crontab_that_cannot_be_read_is_not_written(machine, library, capsys):
    machine.has("crontab")
    machine.tab.write_text("mine\n")
    (machine.home / "broken").write_text("crontab")
    assert litmap(*WEEKLY, "--install", library=library) == 2
    assert "broken on purpose" in capsys.readouterr().err
    assert machine.tab.read_text() == "mine\n"


def test_a_shell_reads_odd_names_as_they_are(tmp_path):
    """What cron passes on, after it has turned '\\%' into '%', is the command to the letter."""
    job = Job("x", tmp_path / ODD, Times(every="6h"), (), {"LITMAP_NOTES": ODD})
    line = crontab.lines(job)[0].split(" ", 5)[5].replace("\\%", "%")
    shown = line.replace(
        shlex.join(job.command), shlex.join([sys.executable, "-c", SHOW, *job.command])
    )
    done = subprocess.run(["/bin/sh", "-c", shown], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [ODD, *job.command]


SHOW = "import json, os, sys; print(json.dumps([os.environ['LITMAP_NOTES'], *sys.argv[1:]]))"


# ── all of them ───────────────────────────────────────────────────────────────────────────────────
def test_a_manager_that_is_named_takes_over_from_another(machine, library, capsys):
    machine.has("systemctl", "crontab")
    litmap(*WEEKLY, "--install", library=library)
    assert litmap(*WEEKLY, "--install", "--with", "cron", library=library) == 0
    assert not list(machine.units.iterdir())
    capsys.readouterr()
    litmap("--status", library=library)
    assert capsys.readouterr().out.count("refreshes") == 1


@pytest.mark.parametrize("broken", ["is-enabled", "is-active"])
def test_a_timer_that_was_disabled_or_stopped_is_no_schedule(machine, library, capsys, broken):
    machine.has("systemctl")
    litmap(*WEEKLY, "--install", library=library)
    (machine.home / "broken").write_text(broken)
    shown = status(library, capsys)
    assert "but its timer is lame." in shown
    assert "Next refresh" not in shown
    again = f"litmap schedule {shlex.join(WEEKLY)} --install --library {shlex.quote(str(library))}"
    assert again in shown


def test_a_timer_that_was_removed_is_no_schedule_until_it_is_installed_again(
    machine, library, capsys
):
    machine.has("systemctl")
    litmap(*WEEKLY, "--install", library=library)
    next(machine.units.glob("*.timer")).unlink()
    assert "but its timer is missing. Install it again:" in status(library, capsys)
    litmap(*WEEKLY, "--install", library=library)
    assert "Next refresh: " in status(library, capsys)
    next(machine.units.glob("*.timer")).unlink()
    (machine.home / "broken").write_text("disable")
    assert litmap("--uninstall", library=library) == 0
    assert any("--user stop litmap-" in call for call in machine.calls)
    assert not list(machine.units.iterdir())


def test_a_system_that_cannot_be_asked_is_no_failure(machine, library, capsys):
    machine.has("systemctl")
    litmap(*WEEKLY, "--install", library=library)
    (machine.home / "broken").write_text("show-environment")
    assert "cannot be asked: `systemctl" in status(library, capsys)
    (machine.programs / "systemctl").unlink()
    assert "cannot be asked: the program systemctl is missing" in status(library, capsys)
    assert litmap("--uninstall", library=library) == 0
    assert "systemd was not told: the program systemctl is missing here" in words(capsys)
    assert not list(machine.units.iterdir())


def test_an_agent_that_is_not_loaded_is_no_schedule(machine, library, capsys):
    machine.has("launchctl")
    litmap(*WEEKLY, "--install", "--with", "launchd", library=library)
    (machine.home / "broken").write_text("list")
    assert "but its agent is not loaded" in status(library, capsys)


def test_lines_of_cron_that_were_made_comments_are_no_schedule(machine, library, capsys):
    machine.has("crontab")
    litmap(*WEEKLY, "--install", library=library)
    assert "Next refresh: " in status(library, capsys)
    machine.tab.write_text(
        re.sub(r"^(?=\S+ .*litmap schedule)", "#", machine.tab.read_text(), flags=re.M)
    )
    assert "were made comments" in status(library, capsys)


@pytest.mark.parametrize(
    ("manager", "program"),
    [("systemd", "systemctl"), ("launchd", "launchctl"), ("cron", "crontab")],
)
def test_a_manager_whose_program_is_missing_leaves_nothing(
    machine, library, capsys, manager, program
):
    assert litmap(*WEEKLY, "--install", "--with", manager, library=library) == 2
    told = words(capsys, "err")
    assert f"{manager} can keep no schedule: the program {program} is missing here" in told
    assert "Errno" not in told
    assert not (machine.units.exists() or machine.agents.exists())
    assert "No schedule is installed for the library in" in status(library, capsys)


def test_an_agent_of_another_system_does_not_stand_in_the_way(machine, library, capsys):
    """As a home folder has it that came from a Mac."""
    machine.has("launchctl", "systemctl")
    litmap(*WEEKLY, "--install", "--with", "launchd", library=library)
    (machine.programs / "launchctl").unlink()
    assert "launchd was told" in status(library, capsys)
    assert litmap(*WEEKLY, "--install", library=library) == 0
    assert "Taken back, but the program launchctl is missing here." in words(capsys)
    assert not list(machine.agents.iterdir())
    assert "systemd refreshes" in status(library, capsys)


@pytest.mark.parametrize(
    ("manager", "broken"),
    [
        ("systemd", "daemon-reload"),
        ("systemd", "enable"),
        ("systemd", "restart"),
        ("launchd", "load"),
        ("launchd", "list"),
    ],
)
def test_what_cannot_be_enabled_is_taken_back(machine, library, capsys, manager, broken):
    machine.has("systemctl", "launchctl")
    (machine.home / "broken").write_text(broken)
    assert litmap(*WEEKLY, "--install", "--with", manager, library=library) == 2
    folder = machine.units if manager == "systemd" else machine.agents
    assert not list(folder.iterdir())
    if broken == "restart":
        assert any("disable --now" in call for call in machine.calls)
    (machine.home / "broken").write_text("")
    assert litmap(*WEEKLY, "--install", "--with", manager, library=library) == 0
    before = {path: path.read_bytes() for path in folder.iterdir()}
    (machine.home / "broken").write_text(broken)
    assert litmap("--every", "6h", "--install", "--with", manager, library=library) == 2
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    (machine.home / "broken").write_text("")
    assert litmap("--uninstall", library=library) == 0, "they are litmap's own still"


LAUNCHCTL = """#!/bin/sh
case "$1" in
load) echo "Load failed: 5: Input/output error" >&2;;
list) exit 113;;
esac
"""


def test_an_agent_that_launchd_fails_to_load_with_success_is_taken_back(machine, library, capsys):
    """As launchctl does: it tells of the failure, and its exit code of none."""
    machine.programs.joinpath("launchctl").write_text(LAUNCHCTL)
    machine.programs.joinpath("launchctl").chmod(0o700)
    assert litmap(*WEEKLY, "--install", "--with", "launchd", library=library) == 2
    assert "failed: Load failed: 5: Input/output error" in words(capsys, "err")
    assert not list(machine.agents.iterdir())
    assert "No schedule is installed" in status(library, capsys)


def test_an_agent_that_somebody_edited_is_left_alone(machine, library, capsys):
    machine.has("launchctl")
    litmap(*WEEKLY, "--install", "--with", "launchd", library=library)
    (path,) = machine.agents.iterdir()
    path.write_bytes(path.read_bytes() + b"<!-- mine -->")
    edited, calls = path.read_bytes(), machine.calls
    assert litmap("--every", "6h", "--install", "--with", "launchd", library=library) == 2
    assert "not as litmap wrote it" in words(capsys, "err")
    assert (path.read_bytes(), machine.calls) == (edited, calls)


def test_an_edited_unit_is_the_user_s_still_after_a_failure(machine, library, capsys):
    machine.has("systemctl")
    litmap(*WEEKLY, "--install", library=library)
    service = next(machine.units.glob("*.service"))
    service.write_text(service.read_text() + "Environment=MINE=1\n")
    edited = service.read_bytes()
    (machine.home / "broken").write_text("enable")
    assert litmap("--every", "6h", "--install", "--force", library=library) == 2
    assert service.read_bytes() == edited
    (machine.home / "broken").write_text("")
    assert litmap("--uninstall", library=library) == 2


def test_commands_to_copy_name_the_library_that_was_named(
    machine, library, capsys, monkeypatch, tmp_path
):
    machine.has("systemctl")
    litmap(*WEEKLY, "--install", library=library)
    assert f"litmap schedule --status --library {library} shows it" in words(capsys)
    monkeypatch.chdir(tmp_path)
    assert main(["schedule", "--status"]) == 0
    told = words(capsys)
    assert "for the library in index; name it with --library DIR." in told


def test_where_nothing_keeps_schedules_it_says_so(machine, library, capsys):
    assert litmap(*WEEKLY, "--install", library=library) == 2
    assert "neither systemd" in capsys.readouterr().err


def test_a_schedule_without_a_time_is_refused(library, capsys):
    assert litmap("--install", library=library) == 2
    assert "when?" in capsys.readouterr().err


@pytest.mark.parametrize("manager", [systemd.service_text, crontab.lines, launchd.agent])
def test_a_line_cannot_be_smuggled_in(manager, tmp_path):
    for odd in ("a\nExecStart=/bin/evil", "a\r* * * * * evil"):
        with pytest.raises(UsageError, match="no schedule can hold"):
            manager(Job("x", tmp_path / odd, Times(every="6h")))


def test_no_secret_and_no_relative_path_is_passed_on(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes").mkdir()
    from litmap.settings import setting_variables

    environment = {
        "LITMAP_NOTES": f"notes{os.pathsep}-", "LITMAP_LLM_KEY": "secret", "LITMAP_OTHER": "x",
        "OPENALEX_API_KEY": "secret", "HTTPS_PROXY": "http://me:secret@proxy:1",
        "http_proxy": "http://proxy:1", "PREFECT_API_KEY": "secret",
    }  # fmt: skip
    passed = passed_environment(environment, setting_variables(environment))
    notes = f"{tmp_path / 'notes'}{os.pathsep}-"
    assert passed == {"LITMAP_NOTES": notes, "http_proxy": "http://proxy:1"}


@pytest.mark.parametrize("times", [Times(every="90m"), Times(cron="0 6 * * fri#2", zone="UTC")])
def test_what_was_installed_is_found_again(machine, tmp_path, times):
    machine.has("systemctl", "crontab", "launchctl")
    from litmap.written_files import WrittenFiles

    job, files = Job("papers", tmp_path / ODD, times), WrittenFiles(tmp_path / "state")
    for manager in installing.MANAGERS.values():
        assert manager.find("papers") is None
        manager.install(job, files, force=False)
        assert manager.find("papers") == times
        assert manager.find("others") is None
        assert manager.uninstall("papers", files, force=False) == ""
    assert times_of(["--library", "x"]) is None
    assert times_of(["--cron", "nonsense"]) is None


def test_the_fields_of_an_expression_are_sets():
    fields = read_fields("0-10/5 6 * 2,8 1-7")
    assert (fields.minutes, fields.hours, fields.months) == ({0, 5, 10}, {6}, {2, 8})
    assert fields.days == ((None, None),)


# ── what is started ───────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def refreshes(monkeypatch):
    """Refreshes that would be run."""
    from litmap.cli import write_commands

    ran = []
    monkeypatch.setattr(write_commands, "run_refresh", lambda settings: ran.append(settings) or {})
    monkeypatch.setattr(write_commands, "print_report", lambda *_: None)
    return ran


def test_one_is_run_where_it_is_due_and_not_where_it_is_not(example_library, refreshes, capsys):
    assert litmap("--due", "--every", "30d", library=example_library) == 0
    assert not refreshes
    assert capsys.readouterr().out == "", "cron would send it by mail, every quarter of an hour"
    assert litmap("--due", "--every", "1s", library=example_library) == 0
    assert len(refreshes) == 1


def test_one_that_is_due_beside_another_is_not_started_and_no_failure(
    example_library, capsys, monkeypatch
):
    from litmap import lock
    from litmap.catalogue import utc_now
    from litmap.paths import LibraryPaths

    with lock.writer(LibraryPaths(example_library).lock, utc_now()):
        assert litmap("--due", "--every", "1s", library=example_library) == 0
    assert "Not started: another refresh" in " ".join(capsys.readouterr().out.split())
