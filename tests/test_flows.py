"""The flow with real Prefect: in this process, on a server with its schedule, and its settings on
the way.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import urllib.request

import pytest
from litmap.examples import NOTES

from litmap.errors import UsageError
from litmap.schedules.times import Times, read_times
from litmap.settings import load_settings
from tests.left_behind import has_ended
from tests.waiting import until

pytestmark = pytest.mark.usefixtures("at_examples")


@pytest.fixture(scope="module")
def prefect_home(new_prefect_home):
    return new_prefect_home()


def environment(prefect_home):
    return {
        **os.environ,
        "PREFECT_HOME": str(prefect_home),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    }


def refresh_command(library, *options):
    return [
        sys.executable,
        "-m",
        "litmap",
        "refresh",
        str(NOTES),
        "--library",
        str(library),
        *options,
    ]


@pytest.mark.slow
def test_the_flow_runs_in_process_and_does_the_same(example_library, prefect_home, tmp_path):
    """The library of the Prefect flow holds what the one without Prefect holds."""
    from litmap.library import Library

    library = tmp_path / "library"
    done = subprocess.run(
        refresh_command(library, "--json"),
        env=environment(prefect_home),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert set(report["seconds"]) >= {"read", "resolve", "fetch", "extract", "embed", "build"}
    with Library.open(library) as one, Library.open(example_library) as other:
        assert [e.work.id for e in one.works()] == [e.work.id for e in other.works()]
        assert one.status()["by_status"] == other.status()["by_status"]
        assert one.status()["passages"] == other.status()["passages"]


@contextlib.contextmanager
def group_ending(process):
    """The process, asked to stop as a user does it; then whatever of its group is left is killed
    too.
    """
    try:
        with process:
            try:
                yield process
            finally:
                process.send_signal(signal.SIGINT)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(60)
                process.kill()
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def ask(url, body):
    request = urllib.request.Request(
        url, json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
        request, timeout=120
    ) as answer:
        return json.load(answer)


def test_a_schedule_of_nothing_is_refused(tmp_path, capsys):
    from litmap.cli import main

    assert main(["schedule", "--every", "1d", "--library", str(tmp_path / "none")]) == 2
    assert "which notes?" in capsys.readouterr().err


def test_a_cron_expression_that_only_prefect_cannot_keep_is_refused():
    from litmap.flows.schedule import _prefect_schedule

    with pytest.raises(UsageError, match="Prefect cannot keep"):
        _prefect_schedule(Times(cron="0 6 LW * *", zone="UTC"))


@pytest.mark.parametrize("cron", ["0 6 29 2 *", "0 6 * * 1", "15 22 l * *", "0 9 * * sun"])
@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Kolkata", "UTC"])
def test_a_schedule_keeps_the_time_zone(cron, zone):
    from litmap.flows.schedule import _prefect_schedule

    schedule = _prefect_schedule(read_times(cron=cron, zone=zone))
    assert (schedule.cron, schedule.timezone) == (cron, zone)


def test_the_flow_gets_every_setting(tmp_path):
    from litmap.flows.refresh import flow_parameters

    settings = load_settings(
        {
            "library": tmp_path / "lib",
            "notes": ("a.md",),
            "ocr": False,
            "request_intervals": {"x": 1.0},
        }
    )
    parameters = json.loads(json.dumps(flow_parameters(settings)))
    again = load_settings(
        {**parameters["options"], "library": parameters["library"], "notes": parameters["notes"]}
    )
    assert again.library == settings.library
    assert not again.ocr
    assert again.request_intervals == {"x": 1.0}
    assert again.notes[0].endswith("/a.md")


def test_where_no_server_starts_the_refresh_goes_on_without(tmp_path, monkeypatch, capsys):
    from litmap.flows import server

    from litmap.cli import main

    monkeypatch.setattr(server, "_start", lambda *_: subprocess.Popen(["false"]))
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "prefect"))
    note = tmp_path / "note.md"
    note.write_text("# A\n\narXiv:1703.00000\n")
    library = tmp_path / "library"
    assert main(["refresh", str(note), "--offline", "--library", str(library)]) == 0
    assert "going on without it" in capsys.readouterr().err
    assert (library / "catalogue.sqlite").exists()


# ── processes that end with the one that started them ─────────────────────────────────────────────
PARENTS = {
    "a server": (
        "import subprocess, sys, time\n"
        "words = [sys.executable, '-m', 'litmap.flows.ends_with_parent', 'http.server', '0']\n"
        "silent = {'stdout': subprocess.DEVNULL, 'stderr': subprocess.DEVNULL}\n"
        "print(subprocess.Popen(words, stdin=subprocess.PIPE, **silent).pid, flush=True)\n"
        "time.sleep(600)\n"
    ),
    "a server that does not listen": (
        "import subprocess, sys, time\n"
        "words = [sys.executable, '-m', 'litmap.flows.ends_with_parent', 'deaf']\n"
        "print(subprocess.Popen(words, stdin=subprocess.PIPE).pid, flush=True)\n"
        "time.sleep(600)\n"
    ),
    "a run of a schedule": (
        "import multiprocessing, time\n"
        "import as_a_run\n"
        "if __name__ == '__main__':\n"
        "    run = multiprocessing.get_context('spawn').Process(target=as_a_run.main)\n"
        "    run.start()\n"
        "    print(run.pid, flush=True)\n"
        "    time.sleep(600)\n"
    ),
}
CHILDREN = {
    "deaf.py": "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\ntime.sleep(600)\n",
    "as_a_run.py": (
        "import time\nfrom litmap.flows.ends_with_parent import end_with_parent\n"
        "def main():\n    end_with_parent()\n    time.sleep(600)\n"
    ),
}


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize("kind", PARENTS)
def test_what_a_killed_process_has_started_ends_too(kind, tmp_path):
    for name, text in CHILDREN.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "parent.py").write_text(PARENTS[kind])
    own = {**os.environ, "PYTHONPATH": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, str(tmp_path / "parent.py")], env=own, stdout=subprocess.PIPE, text=True
    ) as parent:
        child = int(parent.stdout.readline())
        os.kill(child, 0)
        parent.kill()
    until(lambda: has_ended(child), kind)


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize("command", ["refresh", "schedule"])
def test_a_killed_command_leaves_no_server(command, example_library, prefect_home, tmp_path):
    library = tmp_path / "library"
    subprocess.run(["cp", "-r", str(example_library), str(library)], check=True)
    schedule = ["schedule", "--every", "1d", "--library", str(library)]
    words = refresh_command(library)[3:] if command == "refresh" else schedule
    with subprocess.Popen(
        [sys.executable, "-m", "litmap", *words],
        env=environment(prefect_home), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        server = until(lambda: server_of(process.pid), "the server")
        process.kill()
    until(lambda: has_ended(server), "the end of the server")


def server_of(process_id):
    """The server that a process has started, if it has."""
    listed = subprocess.run(
        ["ps", "-o", "pid=,args=", "--ppid", str(process_id)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    servers = [line for line in listed.stdout.splitlines() if "ends_with_parent" in line]
    return int(servers[0].split()[0]) if servers else None
