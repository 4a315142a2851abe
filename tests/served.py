"""A library that is served by a process of its own, for tests."""

import os
import subprocess
import sys
from contextlib import contextmanager

TOKEN = "a token of the tests, long enough"


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
