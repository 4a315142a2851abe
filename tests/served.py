"""A library that is served by a process of its own, for tests: to searches, and as the app."""

import http.client
import os
import subprocess
import sys
from contextlib import closing, contextmanager
from http import HTTPStatus

from tests.waiting import ending, free_port, until

TOKEN = "a token of the tests, long enough"


@contextmanager
def serving_app(library, state, folder, token, hosts=(), *, reading_needs_token=True):
    """`litmap app` as a process of its own: its port, once it answers. What it prints is in the
    file `log` of the folder.
    """
    from litmap.cli.write_commands import app_command
    from litmap.settings import load_settings

    port, log = free_port(), folder / "log"
    command, environment = app_command(
        load_settings({"library": library}),
        port,
        token,
        hosts,
        reading_needs_token=reading_needs_token,
    )
    environment |= {"HOME": str(folder), "LITMAP_STATE": str(state)}
    first = HTTPStatus.FORBIDDEN if reading_needs_token else HTTPStatus.OK

    def answers():
        assert process.poll() is None, "the app ended as it started: " + log.read_text()
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=120)) as connection:
            connection.request("GET", "/")
            return connection.getresponse().status == first

    with (
        log.open("wb") as told,
        ending(
            subprocess.Popen(command, env=environment, cwd=folder, stdout=told, stderr=told)
        ) as process,
    ):
        until(answers, log.read_text)
        yield port
        assert process.poll() is None, "the app ended meanwhile: " + log.read_text()


@contextmanager
def serving(library, state):
    """`litmap serve` as a process of its own: the process and its address."""
    environment = {**os.environ, "LITMAP_SERVER_TOKEN": TOKEN, "LITMAP_STATE": str(state)}
    command = [sys.executable, "-m", "litmap", "serve", "--library", str(library), "--port", "0"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline()
        assert " works are served at http://127.0.0.1:" in line
        yield process, line.split(" at ")[1].split()[0]
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
