"""A command that is stopped ends at once, lets go of the library, and leaves nothing running."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from litmap import lock
from litmap.cli import STOPPED
from litmap.library import Library
from litmap.paths import LibraryPaths
from tests.waiting import PATIENCE_S, ending, living_in_group, until

POSIX = pytest.mark.skipif(os.name != "posix", reason="needs signals")
SOON_S = 15
"""On a machine that is busy; by itself a command that is stopped takes one second or two."""

HELD_UP = """
import atexit, sys, threading, time
from litmap import cli

def stopped(*_):
    raise KeyboardInterrupt

atexit.register(time.sleep, 600)
threading.Thread(target=time.sleep, args=(600,)).start()
cli.logs.configure = stopped
sys.argv = ["litmap", "status"]
cli.run()
"""
FILING_FOR_LONG = """
import sys, time
from litmap import cli
from litmap.pipeline import analysis

def file_works(*_):
    print("filing", flush=True)
    time.sleep(600)

analysis._file_works = file_works
cli.run()
"""


def test_what_still_waits_does_not_hold_up_a_command_that_was_stopped() -> None:
    done = subprocess.run(
        [sys.executable, "-c", HELD_UP],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == STOPPED
    assert "stopped" in done.stderr


@POSIX
def test_a_refresh_that_is_stopped_as_it_files_ends_soon_and_the_next_one_goes_on(
    tmp_path, state
) -> None:
    note, library, printed = (tmp_path / name for name in ("note.md", "library", "printed"))
    note.write_text("# Waves\n\n- [A paper](https://arxiv.org/abs/1904.00000)\n", encoding="utf-8")
    command = ["refresh", str(note), "--offline", "--library", str(library)]
    environment = {**os.environ, "LITMAP_STATE": str(state)}
    with (
        printed.open("wb") as file,
        ending(
            subprocess.Popen(
                [sys.executable, "-c", FILING_FOR_LONG, *command],
                stdout=file,
                stderr=file,
                env=environment,
                start_new_session=True,
            )
        ) as process,
    ):
        until(lambda: "filing" in printed.read_text().splitlines(), printed.read_text)
        process.send_signal(signal.SIGTERM)
        assert process.wait(SOON_S) == STOPPED
        until(lambda: not living_in_group(process.pid), "the end of what it started")
    assert not lock.is_held(LibraryPaths(library).lock)
    with Library.open(library, without_build=True) as opened:
        assert [run.state for run in opened.runs()] == ["interrupted"]
    again = [sys.executable, "-m", "litmap", *command, "--no-prefect"]
    subprocess.run(again, env=environment, check=True, capture_output=True)
    with Library.open(library) as opened:
        assert len(opened.works()) == 1
