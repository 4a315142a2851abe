"""No connection leaves this machine but those of a refresh.

Every Python process that a command starts tells its connections and look-ups of names by the
interpreter's own audit events, and the test fails for one that is not loopback.
"""

from __future__ import annotations

import http.client
import ipaddress
import json
import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Callable

import pytest

from litmap.cli.write_commands import app_command
from litmap.settings import load_settings
from tests.waiting import ending, free_port, until

RUN = [sys.executable, "-c", "import sys; from litmap.cli import main; sys.exit(main())"]
TOKEN = "a-token-of-the-tests"
WATCH = """
import os, sys

def tell(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = arguments[1]
        if not isinstance(address, tuple):
            return
        asked = address[0]
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        asked = arguments[0]
    else:
        return
    with open(os.environ["WATCHED"], "a") as log:
        log.write(f"{event} {asked}\\n")

sys.addaudithook(tell)
"""


@pytest.fixture
def watched(tmp_path, state) -> tuple[dict[str, str], Callable[[], list[str]]]:
    """An environment whose Python processes tell whom they ask, and what they told."""
    (tmp_path / "hook").mkdir()
    (tmp_path / "hook" / "sitecustomize.py").write_text(WATCH)
    log = tmp_path / "asked"
    log.touch()
    paths = [str(tmp_path / "hook"), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(paths),
        "WATCHED": str(log),
        "HOME": str(tmp_path),
        "PREFECT_HOME": str(tmp_path / "prefect"),
        "LITMAP_STATE": str(state),
    }
    return environment, lambda: log.read_text().splitlines()


def is_outside(line: str) -> bool:
    name = line.split(" ", 1)[1]
    try:
        return not (
            ipaddress.ip_address(name).is_loopback or ipaddress.ip_address(name).is_unspecified
        )
    except ValueError:
        return name not in ("localhost", "None", "b'localhost'")


def test_the_watch_sees_what_leaves(watched) -> None:
    environment, asked = watched
    program = (
        "import socket; s = socket.socket(type=socket.SOCK_DGRAM); s.connect(('192.0.2.1', 9))"
    )
    subprocess.run([sys.executable, "-c", program], env=environment, check=False)
    assert [line for line in asked() if is_outside(line)] == ["socket.connect 192.0.2.1"]


@pytest.mark.parametrize(
    "words",
    [["search", "flat minima"], ["works"], ["status"], ["topics"], ["doctor"]],
    ids=lambda words: words[0],
)
def test_reading_asks_nobody(words, watched, example_library) -> None:
    environment, asked = watched
    command = [*RUN, *words, "--library", str(example_library)]
    subprocess.run(command, env=environment, check=False, capture_output=True, timeout=240)
    assert [line for line in asked() if is_outside(line)] == []


def test_the_app_asks_nobody_also_where_it_refuses(watched, example_library) -> None:
    environment, asked = watched
    port = free_port()
    command, own = app_command(load_settings({"library": example_library}), port, TOKEN)
    with ending(subprocess.Popen(command, env={**own, **environment}, stderr=subprocess.DEVNULL)):
        until(lambda: _stream(port, f"http://127.0.0.1:{port}"))
        for origin in ("http://evil.example", f"http://localhost:{port}", "null"):
            _stream(port, origin)
    assert [line for line in asked() if is_outside(line)] == []


def _stream(port: int, origin: str) -> int:
    """The status of the app's answer to a websocket's opening."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    headers = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
        "Sec-WebSocket-Version": "13",
        "Origin": origin,
        "Cookie": f"litmap-{port}={TOKEN}",
    }
    try:
        connection.request("GET", "/_stcore/stream", headers=headers)
        return connection.getresponse().status
    finally:
        connection.close()


def served(words, environment):
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    return ending(subprocess.Popen([*RUN, *words], env=environment, **pipes))


def test_a_schedule_asks_nobody_as_it_starts(watched, example_library) -> None:
    environment, asked = watched
    words = ["schedule", "--every", "1d", "--library", str(example_library)]
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with served(words, environment) as process:
        line = process.stdout.readline()
        address = re.search(r"Refreshing .*(http://127\.0\.0\.1:\d+)", line)[1]
        wanted = urllib.request.Request(
            f"{address}/api/flow_runs/filter", b"{}", {"Content-Type": "application/json"}
        )

        def planned() -> bool:
            with opener.open(wanted, timeout=120) as answer:
                return bool(json.load(answer))

        until(planned, "the first run of the schedule")
        assert process.poll() is None
    assert [line for line in asked() if is_outside(line)] == []


def test_the_mcp_server_asks_nobody_as_it_starts(watched, example_library) -> None:
    environment, asked = watched
    client = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}  # fmt: skip
    with served(["mcp", "--library", str(example_library)], environment) as process:
        for number, (method, parameters) in enumerate(
            [("initialize", client), ("notifications/initialized", {}), ("tools/list", {})]
        ):
            message = {"jsonrpc": "2.0", "method": method, "params": parameters}
            is_question = not method.startswith("notifications")
            print(
                json.dumps(message | ({"id": number} if is_question else {})),
                file=process.stdin,
                flush=True,
            )
            if is_question:
                assert "result" in json.loads(process.stdout.readline())
        assert process.poll() is None
    assert [line for line in asked() if is_outside(line)] == []
