import errno
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from litmap import lock, operating_system
from litmap.errors import Busy, LibraryError
from tests.waiting import ending, until

NOW = "2026-01-01T00:00:00Z"
WITHOUT = """
import os, signal, sys
for name in ("fcntl", "resource", "termios", "pwd", "grp"):
    sys.modules[name] = None
for name in ("fork", "register_at_fork", "sched_getaffinity", "posix_fadvise", "O_CLOEXEC", "getuid"):
    if hasattr(os, name):
        delattr(os, name)
import importlib, pkgutil
import litmap
failed = []
for module in pkgutil.walk_packages(litmap.__path__, "litmap."):
    if module.name.split(".")[1] in {"ui", "mcp", "flows", "examples"} or module.name.endswith("__main__"):
        continue  # Streamlit, MCP and Prefect bring imports of their own
    try:
        importlib.import_module(module.name)
    except Exception as error:
        failed.append(f"{module.name}: {error!r}")
from litmap import operating_system as system
system.limit_memory(1 << 40)
system.limit_processor_time(1000)
system.call_after_fork(print)
system.trim_heap()
assert system.peak_memory() == 0 and system.usable_cores() >= 1
with open(sys.argv[1], "wb") as file:
    system.share_lock(file.fileno())
    assert not system.is_locked(file.fileno())
print("\\n".join(failed) or "all")
"""


def test_every_module_starts_where_unix_modules_are_absent(tmp_path):
    program = [sys.executable, "-c", WITHOUT, str(tmp_path / "file")]
    out = subprocess.run(program, check=False, capture_output=True, text=True)
    assert (out.stdout.strip(), out.returncode) == ("all", 0), out.stderr[-2000:]


HOLD = """
import sys
from pathlib import Path
from litmap import lock

with lock.writer(Path(sys.argv[1]), sys.argv[2]):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_writer_is_told_who_holds_the_lock_and_a_killed_holder_frees_it(tmp_path):
    path = tmp_path / "refresh.lock"
    command = [sys.executable, "-c", HOLD, str(path), NOW]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with ending(subprocess.Popen(command, **pipes)) as process:
        assert process.stdout.readline() == b"held\n"
        assert lock.is_held(path)
        assert lock.holder(path) == {"pid": process.pid, "started": NOW}
        with (
            pytest.raises(Busy, match=rf"process {process.pid} since {NOW}"),
            lock.writer(path, NOW),
        ):
            pass
        process.kill()
        process.wait()
    assert not lock.is_held(path)
    with lock.writer(path, NOW):
        assert lock.holder(path)["pid"] == os.getpid()


def test_one_process_cannot_hold_the_lock_twice(tmp_path):
    path = tmp_path / "refresh.lock"
    with lock.writer(path, NOW), pytest.raises(Busy), lock.writer(path, NOW):
        pass


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP])
def test_a_file_system_without_locks_is_said_plainly(tmp_path, monkeypatch, number):
    def refuse(descriptor):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(lock, "try_lock", refuse)
    with (
        pytest.raises(LibraryError, match="file system that has locks"),
        lock.writer(tmp_path / "refresh.lock", NOW),
    ):
        pass


def test_the_lock_file_of_another_program_names_no_holder(tmp_path):
    path = tmp_path / "refresh.lock"
    assert lock.holder(path) == {}
    path.write_text("\x00\x01 no JSON")
    assert lock.holder(path) == {}
    assert not lock.is_held(path)


def test_a_shared_lock_keeps_the_exclusive_one_away(tmp_path):
    if operating_system.fcntl is None:
        pytest.skip("no shared locks here")
    path = tmp_path / "manifest"
    path.touch()
    with path.open("rb") as reader, path.open("rb") as other, path.open("rb") as pruner:
        operating_system.share_lock(reader.fileno())
        operating_system.share_lock(other.fileno())
        assert not operating_system.try_lock(pruner.fileno())
        reader.close()
        other.close()
        assert operating_system.try_lock(pruner.fileno())


def test_limits_hold_in_a_child(tmp_path):
    if operating_system.resource is None:
        pytest.skip("no limits here")
    hungry = (
        "from litmap.operating_system import limit_memory; limit_memory(1 << 30)\n"
        "try:\n    bytearray(2 << 30)\nexcept MemoryError:\n    print('refused')"
    )
    out = subprocess.run([sys.executable, "-c", hungry], capture_output=True, text=True, check=True)
    assert out.stdout == "refused\n"
    endless = (
        "from litmap.operating_system import limit_processor_time; limit_processor_time(1)\n"
        "while True: pass"
    )
    out = subprocess.run([sys.executable, "-c", endless], check=False, timeout=240)
    assert out.returncode < 0


def test_budgets_do_not_wait_for_locks_that_do_not_exist(tmp_path, monkeypatch):
    from litmap.web import budget

    def refuse(descriptor):
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(budget, "try_lock", refuse)
    slots = budget.Budget.__new__(budget.Budget)
    slots._folder = Path(tmp_path)
    os.close(slots._lock_file("example.org", 1))


def test_a_file_system_that_hangs_gets_a_word_within_seconds(tmp_path, monkeypatch, caplog):
    def hang(_):
        return until(lambda: "has not answered" in caplog.text)

    monkeypatch.setattr(lock, "SECONDS_BEFORE_A_WORD", 0.05)
    monkeypatch.setattr(lock, "try_lock", hang)
    with lock.writer(tmp_path / "refresh.lock", "now"):
        pass
    assert "Ctrl-C" in caplog.text


def test_a_file_system_that_answers_gets_no_word(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(lock, "SECONDS_BEFORE_A_WORD", 3600)
    with lock.writer(tmp_path / "refresh.lock", "now"):
        until(lambda: not any(isinstance(t, threading.Timer) for t in threading.enumerate()))
    assert not caplog.text
