"""No connection leaves this machine but those of a refresh.

Every Python process that a command starts tells its connections and look-ups of names by the
interpreter's own audit events, and the test fails for one that is not loopback. Where strace is,
the app and a schedule are run under it too: it sees what libraries that are not Python ask.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from litmap.cli.write_commands import app_command
from litmap.library import Library
from litmap.settings import load_settings
from tests.waiting import PATIENCE_S, ending, free_port, until

RUN = [sys.executable, "-c", "import sys; from litmap.cli import main; sys.exit(main())"]
TOKEN = "a-token-of-the-tests"
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
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


@pytest.mark.parametrize(
    "how", [["--no-prefect"], pytest.param([], marks=pytest.mark.slow)], ids=["plain", "Prefect"]
)
def test_a_refresh_offline_asks_nobody(how, watched, tmp_path) -> None:
    environment, asked = watched
    note = tmp_path / "a.md"
    note.write_text("# A\n\nsee arXiv:1706.90762 and https://example.org/paper.pdf\n")
    words = ["refresh", str(note), "--offline", "--library", str(tmp_path / "library"), *how]
    subprocess.run([*RUN, *words], env=environment, check=True, capture_output=True, timeout=240)
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


def test_a_schedule_asks_nobody_as_it_starts(watched, example_library, new_prefect_home) -> None:
    environment, asked = watched
    environment["PREFECT_HOME"] = str(new_prefect_home())
    words = ["schedule", "--every", "1d", "--library", str(example_library)]
    with served(words, environment) as process:
        line = process.stdout.readline()
        address = re.search(r"Refreshing .*(http://127\.0\.0\.1:\d+)", line)[1]
        wanted = urllib.request.Request(
            f"{address}/api/flow_runs/filter", b"{}", {"Content-Type": "application/json"}
        )

        def planned() -> bool:
            with OPENER.open(wanted, timeout=120) as answer:
                return bool(json.load(answer))

        until(planned, "the first run of the schedule")
        assert process.poll() is None
    assert [line for line in asked() if is_outside(line)] == []


def test_an_assistant_s_questions_ask_nobody(watched, example_library) -> None:
    environment, asked = watched
    client = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}  # fmt: skip
    search = {"name": "search", "arguments": {"query": "flat minima"}}
    questions = [
        ("initialize", client),
        ("notifications/initialized", {}),
        ("tools/list", {}),
        ("tools/call", search),
    ]
    with served(["mcp", "--library", str(example_library)], environment) as process:
        for number, (method, parameters) in enumerate(questions):
            message = {"jsonrpc": "2.0", "method": method, "params": parameters}
            is_question = not method.startswith("notifications")
            print(
                json.dumps(message | ({"id": number} if is_question else {})),
                file=process.stdin,
                flush=True,
            )
            if is_question:
                answer = json.loads(process.stdout.readline())
                assert not answer["result"].get("isError"), answer
        assert process.poll() is None
    assert [line for line in asked() if is_outside(line)] == []


# ── under strace ──────────────────────────────────────────────────────────────────────────────────
STRACE = shutil.which("strace")
TRACE = [
    *(str(STRACE), "--follow-forks", "--seccomp-bpf", "--quiet=all", "--signal=none"),
    "--trace=connect,sendto,sendmsg,sendmmsg",
]
ADDRESS = re.compile(r'sin6?_port=htons\((\d+)\).*?(?:inet_addr\("|inet_pton\(AF_INET6, ")([^"]+)"')
NAMES_PORT = 53
"""A question for a name leaves the machine whichever program takes it."""


def traces() -> bool:
    """Whether there is a strace that may watch."""
    if not STRACE:
        return False
    tried = subprocess.run([*TRACE, "true"], check=False, capture_output=True)
    return tried.returncode == 0


needs_strace = pytest.mark.skipif(not traces(), reason="needs strace, and the right to use it")


def outside_in(trace: Path) -> list[str]:
    """Lines of a trace that tell of a connection or a datagram that leaves this machine, or that
    asks for a name.
    """
    return [
        line
        for line in trace.read_text("utf-8", "replace").splitlines()
        for port, address in ADDRESS.findall(line)
        if int(port) == NAMES_PORT or is_outside(f"connect {address}")
    ]


@contextlib.contextmanager
def traced(
    command: Sequence[str], environment: dict[str, str], trace: Path
) -> Iterator[subprocess.Popen[str]]:
    """The command under strace, which ends with the last process that the command started; asked to
    end as a terminal does it.
    """
    words = [*TRACE, f"--output={trace}", *command]
    pipes: Any = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
    with subprocess.Popen(words, env=environment, start_new_session=True, **pipes) as process:
        try:
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGINT)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(60)
                os.killpg(process.pid, signal.SIGKILL)


@needs_strace
@pytest.mark.parametrize(
    "asking",
    [
        "s = socket.socket(type=socket.SOCK_DGRAM); s.connect(('192.0.2.1', 9))",
        "s = socket.socket(type=socket.SOCK_DGRAM); s.sendto(b'x', ('192.0.2.1', 9))",
        "s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM); s.connect(('2001:db8::1', 9))",
        "s = socket.socket(type=socket.SOCK_DGRAM); s.connect(('127.0.0.53', 53))",
        "import os, subprocess, sys; subprocess.run([sys.executable, '-c', 'import socket; "
        'socket.socket(type=socket.SOCK_DGRAM).connect(("192.0.2.1", 9))\'])',
    ],
)
def test_the_trace_sees_what_leaves(asking, tmp_path) -> None:
    program = f"import contextlib, socket\nwith contextlib.suppress(OSError): {asking}"
    with traced([sys.executable, "-c", program], dict(os.environ), tmp_path / "t") as process:
        process.wait(PATIENCE_S)
    assert len(outside_in(tmp_path / "t")) == 1


PAGES = (
    ("", "q=why+do+flat+minima+generalise%3F", "What your notes say"),
    ("topics", "heading=Loss+surfaces", "What its papers say"),
    ("papers", "", "28 works"),
    ("paper", "work=arxiv:1703.00000", "Summary"),
    ("reading", "", "Ten Questions About Layered Learning"),
    ("refreshes", "", "Start a refresh"),
)
"""Of each page its name, a query and words that it shows."""


@needs_strace
def test_every_page_of_the_app_asks_nobody(watched, example_library, tmp_path) -> None:
    """The pages as a browser asks for them: the frame over HTTP, what is drawn in it by websocket."""
    environment, asked = watched
    port = free_port()
    command, own = app_command(load_settings({"library": example_library}), port, TOKEN)
    with traced(command, {**own, **environment}, tmp_path / "trace"):
        until(lambda: _stream(port, f"http://127.0.0.1:{port}"), "the app")
        for page, query, shown in PAGES:
            assert _text(port, f"/{page}?{query}")
            assert shown in _draw(port, page, query)
    assert outside_in(tmp_path / "trace") == []
    assert [line for line in asked() if is_outside(line)] == []


def _text(port: int, path: str) -> str:
    """What the app answers to a page's address."""
    wanted = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}", headers={"Cookie": f"litmap-{port}={TOKEN}"}
    )
    with OPENER.open(wanted, timeout=PATIENCE_S) as answer:
        return answer.read().decode()


def _draw(port: int, page: str, query: str) -> str:
    """All that the app draws on a page, as text."""
    client = pytest.importorskip("websockets.sync.client")
    from streamlit.proto.BackMsg_pb2 import BackMsg
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

    address = f"ws://127.0.0.1:{port}/_stcore/stream"
    cookie = {"Cookie": f"litmap-{port}={TOKEN}"}
    wanted = BackMsg()
    wanted.rerun_script.query_string = query
    wanted.rerun_script.page_name = page
    drawn = []
    with client.connect(
        address, origin=f"http://127.0.0.1:{port}", additional_headers=cookie, proxy=None,
        max_size=None,
    ) as stream:  # fmt: skip
        stream.send(wanted.SerializeToString())
        while True:
            told = ForwardMsg.FromString(stream.recv(timeout=PATIENCE_S))
            if told.WhichOneof("type") == "delta":
                drawn.append(str(told.delta))
            if told.WhichOneof("type") == "script_finished":
                return "\n".join(drawn)


@needs_strace
@pytest.mark.slow
def test_a_scheduled_run_asks_nobody_but_its_sources(
    watched, web, example_library, new_prefect_home, tmp_path
) -> None:
    """The sources of the run are on loopback here, so that nothing leaves at all."""
    environment, asked = watched
    environment["PREFECT_HOME"] = str(new_prefect_home())
    library = tmp_path / "library"
    shutil.copytree(example_library, library)
    words = ["schedule", "--every", "5s", "--library", str(library)]
    with (
        Library.open(library) as now,
        traced([*RUN, *words], {**environment, **web}, tmp_path / "trace"),
    ):
        before = len(now.runs())
        until(lambda: [r.state for r in now.runs()][: len(now.runs()) - before].count("done"))
    assert outside_in(tmp_path / "trace") == []
    assert [line for line in asked() if is_outside(line)] == []
