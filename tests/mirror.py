"""The loopback stand-in for the scholarly web, for tests: found through LITMAP_SHARED or beside the
checkout.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from contextlib import contextmanager
from pathlib import Path

SHARED = Path(os.environ.get("LITMAP_SHARED") or Path(__file__).resolve().parents[2] / "shared")
MIRROR = SHARED / "mirror"
SAMPLE = MIRROR / "sample"


class Mirror:
    """A running stand-in."""

    def __init__(self, info, log):
        self.info = info
        self.log = log

    def faults(self, rules):
        url = f"http://127.0.0.1:{self.info['port']}/__mirror__/faults"
        request = urllib.request.Request(url, json.dumps(rules).encode(), method="PUT")
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=10) as answer:
            assert answer.status == 200

    def requests(self):
        """What was asked so far, CONNECTs left out."""
        rows = [
            json.loads(line)
            for line in self.log.read_text(encoding="utf-8").splitlines()
            if line.strip()
        ]
        return [row for row in rows if row["method"] != "CONNECT"]

    def report(self, *extra):
        command = [sys.executable, str(MIRROR / "report.py"), str(self.log), "--json", *extra]
        return json.loads(
            subprocess.run(command, capture_output=True, text=True, check=True).stdout
        )


@contextmanager
def serve(folder, *options, manifests=(SAMPLE / "manifest.json", SAMPLE / "works.json")):
    log = Path(folder) / "requests.jsonl"
    command = [sys.executable, str(MIRROR / "serve.py"), "--log", str(log), "--latency", "0.005"]
    command += ["--ca-file", str(Path(folder) / "ca.pem"), *options]
    for manifest in manifests:
        command += ["--manifest", str(manifest)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield Mirror(json.loads(server.stdout.readline()), log)
    finally:
        server.terminate()
        server.wait(10)
        server.stdout.close()
