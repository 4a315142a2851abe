"""The Prefect server that a flow talks to: the configured one, or one that is started for it."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

from litmap.flows.ends_with_parent import GRACE

from litmap.errors import LitmapError
from litmap.operating_system import own_group

START_SECONDS = 300
"""A server's first start migrates its database; slow disks and busy machines take minutes."""
UI_ASKS = "PREFECT_SERVER_UI_API_URL"
"""The variable with the address that the server's pages ask; without it they ask port 4200."""


class NoServerError(LitmapError):
    """Prefect's server did not start."""


@contextlib.contextmanager
def running_server(*options: str) -> Iterator[str]:
    """The address of a Prefect server, which flows find meanwhile: the configured one, or one that
    is started here with these options of `prefect server start` and ends with this process, however
    that ends. Raises `NoServerError`.
    """
    from prefect.settings import PREFECT_API_URL, get_current_settings, temporary_settings

    configured = get_current_settings().api.url
    if configured:
        yield str(configured).removesuffix("/api")
        return
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    with _ending(_start(port, *options)) as process:
        _wait(f"{address}/api", process)
        os.environ["PREFECT_API_URL"] = f"{address}/api"  # for the processes of runs
        try:
            with temporary_settings({PREFECT_API_URL: f"{address}/api"}):
                yield address
        finally:
            os.environ.pop("PREFECT_API_URL", None)


def _start(port: int, *options: str) -> subprocess.Popen[bytes]:
    """The server. Ctrl-C does not reach it: what it serves has something to say at its end."""
    command = [
        *(sys.executable, "-m", "litmap.flows.ends_with_parent", "prefect", "server", "start"),
        *("--host", "127.0.0.1", "--port", str(port), *options),
    ]
    silent: Any = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, **own_group()}
    own = {**os.environ, UI_ASKS: f"http://127.0.0.1:{port}/api"}
    return subprocess.Popen(command, stdin=subprocess.PIPE, env=own, **silent)  # noqa: S603 - this Python


@contextlib.contextmanager
def _ending(process: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """The process, told to end at the end and waited for."""
    try:
        yield process
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(GRACE)
        process.kill()
        process.wait()
        if process.stdin is not None:
            process.stdin.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            raise NoServerError(
                "Prefect's server ended as it started: run `prefect server start` to see why"
            )
        with (
            contextlib.suppress(OSError, urllib.error.URLError),
            opener.open(f"{url}/health", timeout=2) as answer,
        ):
            if answer.status == 200:
                return
        time.sleep(0.3)
    raise NoServerError(f"Prefect's server did not answer within {START_SECONDS} seconds")
