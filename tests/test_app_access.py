"""Who may speak to the app: a real server, asked over raw sockets and websockets."""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from litmap.cli import main
from litmap.cli.write_commands import app_command
from litmap.errors import UsageError
from litmap.settings import load_settings
from litmap.ui import access
from tests.served import serving_app
from tests.waiting import ending, free_port, until

APP = Path(__file__).parent.parent / "app.py"
TOKEN = "a-token-of-the-tests"
PATHS = (
    "/",
    "/papers",
    "/paper?work=arxiv%3A1703.00000",
    "/_stcore/health",
    "/_stcore/host-config",
    "/_stcore/metrics",
    "/media/0123456789abcdef.png",
    "/static/js/index.js",
    "/_stcore/upload_file/a/b",
)


def ask(
    port: int, path: str = "/", method: str = "GET", **headers: str
) -> tuple[int, dict[str, str], str]:
    """Status, headers and body of one request; `host_` and the like name headers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    try:
        connection.putrequest(method, path, skip_host=True)
        named = {name.strip("_").replace("_", "-"): value for name, value in headers.items()}
        for name, value in {"host": f"127.0.0.1:{port}", **named}.items():
            if value:
                connection.putheader(name, value)
        connection.endheaders()
        reply = connection.getresponse()
        body = reply.read().decode("utf-8", "replace")
        return reply.status, {k.lower(): v for k, v in reply.getheaders()}, body
    finally:
        connection.close()


@contextmanager
def serving(folder: Path, *hosts: str, reading_needs_token: bool = True) -> Iterator[int]:
    with serving_app(
        folder / "library",
        folder / "state",
        folder,
        TOKEN,
        hosts,
        reading_needs_token=reading_needs_token,
    ) as port:
        yield port


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("app")


@pytest.fixture(scope="module")
def app(folder) -> Iterator[int]:
    with serving(folder) as port:
        yield port


@contextmanager
def serving_by_streamlit(folder: Path, library: Path) -> Iterator[tuple[int, str]]:
    """Serves app.py as somebody with a clone does; the port, and the address that it printed."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(APP), "--server.port", str(port)]
    environment = {
        **os.environ,
        "HOME": str(folder),
        "LITMAP_STATE": str(folder / "state"),
        "LITMAP_LIBRARY": str(library),
    }
    told = folder / "log"
    with (
        told.open("wb") as log,
        ending(
            subprocess.Popen(command, env=environment, cwd=APP.parent, stdout=log, stderr=log)
        ) as process,
    ):

        def address() -> str | None:
            found = re.search(
                rf"http://127\.0\.0\.1:{port}(/\?token=[\w-]{{43}})", told.read_text()
            )
            return found[1] if found and ask(port) else None

        until(lambda: process.poll() is not None or address(), told.read_text)
        assert process.poll() is None, told.read_text()
        yield port, address()


def cookie(port: int) -> str:
    return f"litmap-{port}={TOKEN}"


def stream(
    port: int,
    host: str = "",
    origin: str | None = None,
    with_cookie: bool = True,
    cookie_held: str = "",
) -> str:
    """Opens the app's websocket; 'open', or the status that refused it."""
    sent = {"Cookie": cookie_held or cookie(port)} if with_cookie else {}
    raw = socket.create_connection(("127.0.0.1", port), timeout=120)
    try:
        with connect(
            f"ws://{host or f'127.0.0.1:{port}'}/_stcore/stream",
            sock=raw,
            origin=origin,
            additional_headers=sent,
            subprotocols=["streamlit"],
            compression=None,
        ):
            return "open"
    except InvalidStatus as error:
        return str(error.response.status_code)
    finally:
        raw.close()


# ── names and origins ────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "[::1]", "LOCALHOST"])
def test_loopback_with_the_own_port_is_answered(app, name) -> None:
    host = f"{name}:{app}"
    assert ask(app, host=host, cookie=cookie(app))[0] == 200
    assert stream(app, host, f"http://{host}") == "open"


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:{port}",
        "127.0.0.1",
        "127.0.0.1:1",
        "localhost.evil.example:{port}",
        "127.0.0.1.:{port}",
        "evil@127.0.0.1:{port}",
        "127.0.0.2:{port}",
        "[::ffff:127.0.0.1]:{port}",
        "2130706433:{port}",
        "",
    ],
)
def test_a_foreign_host_is_refused(app, host) -> None:
    """A page that rebinds its name to 127.0.0.1 sends that name, whatever else it holds."""
    written = host.format(port=app)
    assert ask(app, host=written, cookie=cookie(app))[0] in (400, 403)
    assert ask(app, f"/?token={TOKEN}", host=written)[0] in (400, 403)


def test_a_rebound_websocket_is_refused(app) -> None:
    assert stream(app, f"evil.example:{app}", f"http://evil.example:{app}") == "403"


def test_two_hosts_are_refused(app) -> None:
    with socket.create_connection(("127.0.0.1", app), timeout=120) as raw:
        lines = ("GET / HTTP/1.1", f"Host: 127.0.0.1:{app}", "Host: evil.example")
        raw.sendall("\r\n".join((*lines, f"Cookie: {cookie(app)}", "", "")).encode())
        assert raw.recv(100).split()[1] in (b"400", b"403")


@pytest.mark.parametrize(
    "origin",
    ["http://127.0.0.1:1", "http://localhost:{port}", "https://evil.example", "null", "file://"],
)
def test_a_page_of_another_port_or_name_is_refused(app, origin) -> None:
    written = origin.format(port=app)
    assert ask(app, origin=written, cookie=cookie(app))[0] == 403
    assert stream(app, origin=written) == "403"


@pytest.mark.parametrize("site", ["same-site", "cross-site"])
def test_what_another_page_embeds_is_refused_but_a_link_is_followed(app, site) -> None:
    embedded = {"sec_fetch_site": site, "sec_fetch_mode": "no-cors", "sec_fetch_dest": "image"}
    assert ask(app, cookie=cookie(app), **embedded)[0] == 403
    frame = {"sec_fetch_site": site, "sec_fetch_mode": "navigate", "sec_fetch_dest": "iframe"}
    assert ask(app, cookie=cookie(app), **frame)[0] == 403
    link = {"sec_fetch_site": site, "sec_fetch_mode": "navigate", "sec_fetch_dest": "document"}
    assert ask(app, cookie=cookie(app), **link)[0] == 200


# ── the token ────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("held", ["", "litmap-{port}=wrong", "litmap-1={token}", "x={token}"])
def test_without_the_token_nothing_is_shown(app, path, held) -> None:
    status, headers, body = ask(app, path, cookie=held.format(port=app, token=TOKEN))
    assert status == 403
    assert "litmap app" in body
    assert headers["content-type"].startswith("text/html")
    assert "access-control-allow-origin" not in headers
    assert ask(app, path, "POST")[0] == 403


def test_without_the_token_no_websocket_opens(app) -> None:
    assert stream(app, origin=f"http://127.0.0.1:{app}", with_cookie=False) == "403"
    assert stream(app, with_cookie=False) == "403"


def test_the_token_becomes_a_cookie_and_leaves_the_address(app) -> None:
    status, headers, _ = ask(app, f"/papers?q=a%26b&token={TOKEN}&work=%C3%A9")
    assert status == 303
    assert headers["location"] == "/papers?q=a%26b&work=%C3%A9"
    kept = headers["set-cookie"]
    assert kept.startswith(f"{cookie(app)};")
    assert "HttpOnly" in kept
    assert "SameSite=Strict" in kept
    assert headers["referrer-policy"] == "no-referrer"
    status, headers, _ = ask(app, "/papers", cookie=f'a={{"b": 1}}; {cookie(app)}')
    assert status == 200
    assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("path", ["//evil.example/", "/\\evil.example", "/%0d%0aX: y", "/%2F/e"])
def test_the_redirect_stays_in_the_app(app, path) -> None:
    status, headers, _ = ask(app, f"{path.replace(' ', '')}?token={TOKEN}")
    assert status in (303, 400)
    assert re.match(r"/(?![/\\])", headers.get("location", "/"))
    assert "x" not in headers


@pytest.mark.parametrize("wrong", ["", "a", TOKEN[:-1], TOKEN + "a", "%00", "%ED%A0%80", "é" * 9])
def test_a_wrong_token_is_refused(app, wrong) -> None:
    assert ask(app, f"/?token={wrong.replace('é', '%C3%A9')}")[0] == 403


def test_the_token_is_in_no_log_and_no_command_line(app, folder) -> None:
    ask(app, f"/?token={TOKEN}")
    assert TOKEN not in (folder / "log").read_text()
    command, environment = app_command(load_settings({"library": folder}), 1, TOKEN)
    assert not any(TOKEN in word for word in command)
    assert TOKEN in environment.values()


def test_tokens_differ_and_are_long() -> None:
    assert len({access.new_token() for _ in range(50)}) == 50
    assert len(access.new_token()) >= 43


# ── what can be changed ──────────────────────────────────────────────────────────────────────────
def test_no_token_opens_reading_to_the_own_address_alone(tmp_path) -> None:
    with serving(tmp_path, reading_needs_token=False) as port:
        assert ask(port)[0] == 200
        assert stream(port, origin=f"http://127.0.0.1:{port}", with_cookie=False) == "open"
        assert ask(port, host=f"evil.example:{port}")[0] == 403
        assert stream(port, f"evil.example:{port}", with_cookie=False) == "403"
        assert ask(port, "/?token=wrong")[0] == 403
        assert ask(port, f"/?token={TOKEN}")[0] == 303, "which a refresh needs"


def test_a_name_can_be_added(tmp_path) -> None:
    with serving(tmp_path, "lab.example", "Proxy.example:8443") as port:
        for host in (f"lab.example:{port}", "lab.example", "proxy.example:8443"):
            assert ask(port, host=host, cookie=cookie(port))[0] == 200
            assert ask(port, host=host)[0] == 403
        assert ask(port, host="proxy.example", cookie=cookie(port))[0] == 403
        assert stream(port, "lab.example", "https://lab.example") == "open"


@pytest.mark.parametrize(
    ("hosts", "address"),
    [
        ((), "127.0.0.1"),
        (("lab.example",), "127.0.0.1"),
        (("lab.example", "192.0.2.1"), "192.0.2.1"),
        (("[2001:db8::1]",), "2001:db8::1"),
    ],
)
def test_only_an_address_is_listened_on(hosts, address, tmp_path) -> None:
    command, _ = app_command(load_settings({"library": tmp_path}), 1, TOKEN, hosts)
    assert f"--address={address}" in command


def test_an_address_of_the_network_needs_the_token(tmp_path) -> None:
    chosen = load_settings({"library": tmp_path})
    with pytest.raises(UsageError, match="whole network"):
        app_command(chosen, 1, TOKEN, ("192.0.2.1",), reading_needs_token=False)
    with pytest.raises(UsageError, match="one IP address"):
        app_command(chosen, 1, TOKEN, ("192.0.2.1", "192.0.2.2"))


def test_a_port_in_use_is_told(app, tmp_path) -> None:
    command, environment = app_command(load_settings({"library": tmp_path}), app, TOKEN)
    ended = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=240, check=False
    )
    assert ended.returncode == 1
    assert f"cannot listen on port {app}" in ended.stderr


def test_no_address_is_printed_where_the_port_is_taken(app, tmp_path, capsys) -> None:
    assert main(["app", "--port", str(app), "--library", str(tmp_path)]) == 2
    printed = capsys.readouterr()
    assert "litmap is at" not in printed.out
    assert "--port takes another one" in printed.err


def test_a_folder_that_is_called_litmap_is_not_the_program(app, tmp_path) -> None:
    (tmp_path / "litmap").mkdir()
    command, environment = app_command(load_settings({"library": tmp_path}), app, TOKEN)
    ended = subprocess.run(
        command,
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert "cannot listen on port" in ended.stderr


@contextmanager
def command_serving(folder: Path, *options: str) -> Iterator[tuple[int, Path]]:
    """The port of `litmap app` once it answers, and the file with all that it printed."""
    port, printed = free_port(), folder / "printed"
    run = "import sys; from litmap.cli import main; sys.exit(main())"
    place = ["--library", str(folder / "library"), "--port", str(port)]
    with (
        printed.open("wb") as file,
        ending(
            subprocess.Popen(
                [sys.executable, "-c", run, "app", *place, *options],
                stdout=file,
                stderr=file,
                env={**os.environ, "HOME": str(folder)},
            )
        ),
    ):
        until(lambda: ask(port), printed.read_text)
        yield port, printed


def test_the_command_prints_an_address_that_opens_with_one_click_and_nothing_else(tmp_path) -> None:
    with command_serving(tmp_path) as (port, printed):
        line = printed.read_text()
        found = re.search(rf"http://127\.0\.0\.1:{port}(/\?token=[\w-]{{43}})", line)
        assert found, line
        status, headers, _ = ask(port, found[1])
        assert status == 303
        held = headers["set-cookie"].split(";")[0]
        assert ask(port, headers["location"], cookie=held)[0] == 200
        for path in ("/map/0.json", "/reading/0/1.png", "/reading/0/text.json"):
            assert ask(port, path, cookie=held)[0] == 404
        assert stream(port, cookie_held=held) == "open"
        assert printed.read_text() == line == f"litmap is at {found[0]} (Ctrl-C ends it)\n"


def test_without_a_token_the_address_that_is_printed_first_has_none(tmp_path) -> None:
    with command_serving(tmp_path, "--no-token") as (port, printed):
        first, second = printed.read_text().splitlines()
        assert f"litmap is at http://127.0.0.1:{port}/ for every user" in first
        assert "token" not in first
        assert ask(port)[0] == 200
        token = re.search(r"change something.* http://[\d.:]+(/\?token=[\w-]{43})$", second)
        assert token, second
        assert ask(port, token[1])[0] == 303


def test_the_script_run_by_streamlit_asks_the_same(tmp_path) -> None:
    with serving_by_streamlit(tmp_path, tmp_path / "library") as (port, address):
        for path in PATHS:
            assert ask(port, path)[0] == 403, path
        assert ask(port, cookie=cookie(port))[0] == 403, "a token of another start"
        assert stream(port, with_cookie=False) == "403"
        status, headers, _ = ask(port, address)
        assert status == 303
        held = headers["set-cookie"].split(";")[0]
        assert ask(port, headers["location"], cookie=held)[0] == 200
        assert stream(port, cookie_held=held) == "open"
        assert stream(port, f"evil.example:{port}", cookie_held=held) == "403"
        assert stream(port, origin="http://127.0.0.1:1", cookie_held=held) == "403"
        assert ask(port, address, host=f"evil.example:{port}")[0] in (400, 403)
        assert ask(port, address, origin="https://evil.example")[0] == 403
