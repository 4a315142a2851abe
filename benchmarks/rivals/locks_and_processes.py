"""File locks and process pools beside litmap's own: `python -m
benchmarks.rivals.locks_and_processes`.

Locks (filelock, portalocker): microseconds to take and give back, what a second process is told,
whether a killed holder's lock is free, what happens on a file system without locks. Pools
(concurrent.futures, loky, pebble): 24 tasks of which one kills its process, one never ends and one
wants too much memory; right is a pool that does the other 21 and names those three. Libraries that
are not installed are left out.
"""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

from litmap import lock as own_lock
from litmap.text import pool as own_pool
from litmap.text import worker as own_worker

NOW = "2026-01-01T00:00:00Z"
LIMIT_S = 4.0
MEMORY = 1 << 30
GOOD = 21


# ── locks ────────────────────────────────────────────────────────────────────────────────────────
def litmap_lock(path: Path) -> Any:
    return own_lock.writer(path, NOW)


def filelock_lock(path: Path) -> Any:
    from filelock import FileLock

    return FileLock(path, blocking=False)


def portalocker_lock(path: Path) -> Any:
    import portalocker

    return portalocker.Lock(path, "a", timeout=0, fail_when_locked=True)


LOCKS: dict[str, Callable[[Path], Any]] = {
    "litmap": litmap_lock, "filelock": filelock_lock, "portalocker": portalocker_lock,
}  # fmt: skip
HOLD = (
    "import sys, time; from benchmarks.rivals import locks_and_processes as m; from pathlib "
    "import Path\nwith m.LOCKS[{name!r}](Path({path!r})): print('held', flush=True); "
    "time.sleep(60)"
)


def measure_lock(name: str, folder: Path) -> dict[str, Any]:
    path = folder / f"{name}.lock"
    row: dict[str, Any] = {"lock": name}
    take = LOCKS[name]
    with take(path):
        pass
    start = time.process_time()
    for _ in range(300):
        with take(path):
            pass
    row["take and give back, µs"] = round((time.process_time() - start) / 300 * 1e6)
    code = HOLD.format(name=name, path=str(path))
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        start = time.perf_counter()
        row["second process"] = outcome(take, path)
        row["told after ms"] = round(1000 * (time.perf_counter() - start))
        row["names the holder"] = str(holder.pid) in row["second process"]
        holder.kill()
    row["after kill -9"] = outcome(take, path)
    for number in (
        (errno.ENOLCK, errno.ENOSYS) if name != "portalocker" else ()
    ):  # it keeps its own flock
        error = OSError(number, os.strerror(number))
        with (
            mock.patch("fcntl.flock", side_effect=error),
            mock.patch("fcntl.lockf", side_effect=error),
        ):
            fresh = path.with_name(f"{number}-{path.name}")
            row[errno.errorcode[number]] = outcome(take, fresh)
    return row


def outcome(take: Callable[[Path], Any], path: Path) -> str:
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            with take(path):
                return "held" + (f" ({said[0].message})" if said else "")
        except Exception as error:  # noqa: BLE001 - the measured thing
            return f"{type(error).__name__}: {error}"[:150]


# ── pools ────────────────────────────────────────────────────────────────────────────────────────
def task(number: int) -> int:
    """Good work, or one of the three bad ones."""
    if number == 5:
        os.kill(os.getpid(), signal.SIGSEGV)
    if number == 9:
        time.sleep(3600)
    if number == 13:
        return len(bytearray(4 * MEMORY))
    time.sleep(0.02)
    return number


def limit_memory() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (2 * MEMORY, 2 * MEMORY))


class OwnWorker(own_pool.Worker):
    """litmap's worker with `task` for its work."""

    def _command(self) -> list[str]:
        return [sys.executable, __file__, "--child", str(self.memory_bytes)]


def child() -> None:
    """The worker's side."""
    own_worker._run = lambda request: json.dumps(task(request["number"])).encode()  # type: ignore[assignment]
    sys.argv = [sys.argv[0], sys.argv[2]]
    own_worker.main()


def by_litmap(count: int) -> dict[int, str]:
    requests = [(str(n), {"do": "task", "number": n, "seconds": LIMIT_S}) for n in range(count)]
    with mock.patch.object(own_pool, "Worker", OwnWorker):
        replies = own_pool._run_many(requests, 2, LIMIT_S, 2 * MEMORY)
        return {
            int(key): "done" if isinstance(reply, bytes) else str(reply) for key, reply in replies
        }


def by_pebble(count: int) -> dict[int, str]:
    from pebble import ProcessPool

    spawn = multiprocessing.get_context("spawn")
    found = {}
    with ProcessPool(2, initializer=limit_memory, context=spawn) as pool:
        futures = {n: pool.schedule(task, [n], timeout=LIMIT_S) for n in range(count)}
        for number, future in futures.items():
            found[number] = told(future.result)
    return found


def by_futures(count: int) -> dict[int, str]:
    from concurrent.futures import ProcessPoolExecutor

    spawn = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(2, mp_context=spawn, initializer=limit_memory)
    futures = {n: pool.submit(task, n) for n in range(count)}
    found = {n: told(lambda f=future: f.result(timeout=LIMIT_S)) for n, future in futures.items()}
    for process in multiprocessing.active_children():
        process.kill()
    pool.shutdown(wait=False, cancel_futures=True)
    return found


def by_loky(count: int) -> dict[int, str]:
    from loky import ProcessPoolExecutor

    pool = ProcessPoolExecutor(2, initializer=limit_memory)
    futures = {n: pool.submit(task, n) for n in range(count)}
    found = {n: told(lambda f=future: f.result(timeout=LIMIT_S)) for n, future in futures.items()}
    pool.shutdown(kill_workers=True)
    return found


def told(result: Callable[[], Any]) -> str:
    try:
        result()
    except BaseException as error:  # noqa: BLE001 - the measured thing
        return f"{type(error).__name__}: {error}".strip().split("\n")[0][:110]
    return "done"


def measure_pool(name: str, run: Callable[[int], dict[int, str]]) -> dict[str, Any]:
    start = time.perf_counter()
    found = run(GOOD + 3)
    bad = {"killed": found[5], "endless": found[9], "hungry": found[13]}
    good = sum(value == "done" for value in found.values())
    return {
        "pool": name,
        f"good done of {GOOD}": good,
        **bad,
        "seconds": round(time.perf_counter() - start, 1),
    }


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name in LOCKS:
            try:
                print(json.dumps(measure_lock(name, Path(folder)), ensure_ascii=False))
            except ImportError as error:
                print(f"{name} left out: {error}")
    sys.stdout.flush()
    pools = {
        "litmap": by_litmap,
        "pebble": by_pebble,
        "concurrent.futures": by_futures,
        "loky": by_loky,
    }
    for name, run in pools.items():
        try:
            print(json.dumps(measure_pool(name, run), ensure_ascii=False), flush=True)
        except ImportError as error:
            print(f"{name} left out: {error}")


if __name__ == "__main__":
    if "--child" in sys.argv:
        child()
    else:
        main()
