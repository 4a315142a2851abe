"""`litmap schedule` with a real server and its pages in a real browser: what it shows, what a kill
leaves, how it ends.
"""

import os
import re
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from functools import partial
from types import SimpleNamespace

import pytest

from litmap.catalogue import Catalogue, utc_now
from litmap.library import Library
from litmap.paths import LibraryPaths
from tests.test_flows import ask, environment, group_ending
from tests.waiting import living_in_group, until

pytestmark = pytest.mark.usefixtures("at_examples")


@pytest.fixture(scope="module")
def prefect_home(new_prefect_home):
    return new_prefect_home()


@pytest.fixture
def library(example_library, tmp_path):
    folder = tmp_path / "library"
    subprocess.run(["cp", "-r", str(example_library), str(folder)], check=True)
    return folder


def start(library, prefect_home, every, errors=subprocess.DEVNULL):
    command = [sys.executable, "-m", "litmap", "schedule", "--every", every]
    return subprocess.Popen(
        [*command, "--library", str(library)],
        env=environment(prefect_home),
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=errors,
        text=True,
    )


@pytest.mark.slow
def test_a_schedule_fires_twice_and_its_pages_show_a_run_its_stages_and_its_artifact(
    library, prefect_home
):
    completed = {"flow_runs": {"state": {"name": {"any_": ["Completed"]}}}}
    with (
        group_ending(start(library, prefect_home, "8s")) as process,
        Library.open(library) as now,
    ):
        before = len(now.runs())
        url = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())[0]

        def done():
            return [run for run in now.runs()[: len(now.runs()) - before] if run.state == "done"]

        until(lambda: len(done()) >= 2, now.runs, seconds=600)
        run = until(lambda: ask(f"{url}/api/flow_runs/filter", completed))[0]
        of_run = {"flow_runs": {"id": {"any_": [run["id"]]}}}
        tasks = ask(f"{url}/api/task_runs/filter", of_run)
        assert {re.sub(r"-.*", "", t["name"]) for t in tasks} >= {
            "read_notes",
            "resolve",
            "fetch",
            "build",
        }
        filed = {"artifacts": {"flow_run_id": {"any_": [run["id"]]}}}
        artifact = ask(f"{url}/api/artifacts/filter", filed)[0]
        assert "works" in str(artifact["data"])
        look_at_pages(url, run, artifact)


def look_at_pages(url, run, artifact):
    """Skips where there is no browser."""
    pages = pytest.importorskip("tests.app_browser", reason="selenium is not installed")
    if not (pages.CHROMIUM and pages.DRIVER):
        pytest.skip("needs Debian's chromium and chromium-driver")
    with pages.running_browser() as browser:

        def read(address, *words):
            """Open a page and wait until it says all these words."""
            browser.get(address)
            pages.until(browser, lambda: all(word in pages.words(browser) for word in words))

        read(f"{url}/runs", "Flow runs", run["name"], "Completed")
        page = f"{url}/v2/runs/flow-run/{run['id']}"
        read(f"{page}?tab=TaskRuns", run["name"], "read_notes", "resolve", "build")
        read(f"{page}?tab=Artifacts", "litmap-refresh")
        read(f"{url}/v2/artifacts/artifact/{artifact['id']}", "works", "What this refresh did")


@pytest.mark.slow
def test_sigterm_ends_it_and_its_run_without_a_traceback(library, prefect_home, tmp_path):
    with (tmp_path / "errors").open("w+") as errors:
        with group_ending(start(library, prefect_home, "2s", errors)) as process:
            process.stdout.readline()
            with Catalogue.open(LibraryPaths(library).catalogue) as catalogue:
                until(lambda: catalogue.runs(1)[0].state == "running", "a refresh", 600)
            process.send_signal(signal.SIGTERM)
            assert process.wait(120) == 0
            assert process.stdout.read() == "litmap: the schedule has ended.\n"
            assert living_in_group(os.getpgid(0))
            left = partial(living_in_group, process.pid)  # it was a session of its own
            until(lambda: not left(), left, 20)
        errors.seek(0)
        assert "Traceback" not in errors.read()


@pytest.mark.slow
def test_what_a_killed_schedule_left_does_not_run(tmp_path, prefect_home, monkeypatch):
    from litmap.flows.leftovers import clear_leftovers
    from litmap.flows.refresh import refresh
    from litmap.flows.server import running_server
    from prefect import get_client
    from prefect.states import Running, Scheduled

    monkeypatch.setenv("PREFECT_HOME", str(prefect_home))
    now = datetime.now(UTC)
    with (
        running_server("--no-ui", "--no-scheduler", "--no-late-runs"),
        get_client(sync_client=True) as client,
    ):
        clear_leftovers("refresh/of-nothing", tmp_path)
        flow = client.create_flow_from_name(refresh.name)
        number = client.create_deployment(flow_id=flow, name="left-behind")

        def run(state):
            return client.create_flow_run_from_deployment(number, state=state).id

        past = [run(Scheduled(scheduled_time=now - timedelta(hours=h))) for h in range(1, 6)]
        future = run(Scheduled(scheduled_time=now + timedelta(hours=1)))
        killed = run(Scheduled(scheduled_time=now - timedelta(hours=7)))
        client.set_flow_run_state(killed, Running(), force=True)
        clear_leftovers("refresh/left-behind", tmp_path)
        states = {r.id: r.state_name for r in client.read_flow_runs() if r.deployment_id == number}
        assert states == {future: "Scheduled", killed: "Crashed"}
        assert not set(past) & set(states)


# ── what a run of a schedule does not do again ────────────────────────────────────────────────────
@pytest.fixture
def scheduled(monkeypatch):
    """Runs the flow as a schedule does, due at a time."""
    from litmap.flows import refresh as flows

    def run(library, due, tries=1):
        flow_run = SimpleNamespace(scheduled_start_time=due, run_count=tries)
        deployment = SimpleNamespace(id="of a schedule")
        monkeypatch.setattr(
            flows, "runtime", SimpleNamespace(deployment=deployment, flow_run=flow_run)
        )
        return flows.refresh.fn(str(library))

    return run


def test_a_run_that_another_has_made_up_for_is_skipped(example_library, scheduled):
    state = scheduled(example_library, datetime.now(UTC) - timedelta(days=7))
    assert state.name == "Skipped"
    assert "was refreshed since" in state.message


def test_a_run_beside_another_is_skipped(example_library, scheduled):
    from litmap import lock

    with lock.writer(LibraryPaths(example_library).lock, utc_now()):
        state = scheduled(example_library, datetime.now(UTC) + timedelta(days=1))
    assert state.name == "Skipped"
    assert "another refresh" in state.message


def test_a_second_try_is_not_made_up_for_by_the_first(example_library, scheduled, monkeypatch):
    from litmap.flows import refresh as flows

    monkeypatch.setattr(flows, "_refreshed", lambda _: {"counts": {}})
    due = datetime.now(UTC) - timedelta(days=7)
    assert scheduled(example_library, due, tries=2) == {"counts": {}}
