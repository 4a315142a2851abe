"""Fetching from many hosts at once: 20 hosts of 20 papers each at 100 ms latency, against what the
budgets allow.

    python -m benchmarks.speed.throughput [--hosts 20] [--papers 20] [--latency 0.1] [--json]

Everything runs on loopback (127.0.0.2 and up, one address a host) through the real client and
`pdfs.fetch`. What the budgets allow for one host is the greater of its pace and its connections:
(papers - 1) starts a pace apart and the last answer, or papers times the latency over its
connections. The run may take at most 1.3 times that.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from pathlib import Path

from litmap import pdfs
from litmap.models import Location, Work
from litmap.paths import LibraryPaths
from litmap.web import WebClient
from litmap.web.budget import Budget

NOW = "2026-11-20T00:00:00Z"


def serve(addresses: list[str], latency: float, ready: Connection) -> None:
    """One process for all hosts, so that the client has its own interpreter."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            time.sleep(latency)
            body = b"%PDF-1.5\n" + self.path.encode() + b"x" * 100_000 + b"\n%%EOF\n"
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Type", "application/pdf")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

    import threading

    servers = [Server((address, 0), Handler) for address in addresses]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    ready.send([server.server_address[1] for server in servers])
    ready.recv()


@contextmanager
def hosts(count: int, latency: float) -> Iterator[list[str]]:
    addresses = [f"127.0.0.{number + 2}" for number in range(count)]
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=serve, args=(addresses, latency, there)
    )
    process.start()
    try:
        yield [
            f"http://{address}:{port}" for address, port in zip(addresses, here.recv(), strict=True)
        ]
    finally:
        here.send("done")
        process.join(10)


def measure(
    bases: list[str], papers: int, latency: float, paces: dict[str, float] | None
) -> dict[str, float]:
    works = [
        Work(
            f"doi:10.1000/{host}.{paper}",
            f"Paper {paper} of host {host}",
            ids=(f"doi:10.1000/{host}.{paper}",),
            locations=(Location(f"{base}/{host}-{paper}.pdf", "pdf", "OpenAlex", "open"),),
        )
        for paper in range(papers)
        for host, base in enumerate(bases)
    ]
    with tempfile.TemporaryDirectory() as folder:
        paths = LibraryPaths(Path(folder) / "lib")
        store = pdfs.Store(paths.root, paths.pdf, paths.partial, paths.aside)
        state = Path(folder) / "state"
        pace = Budget(state, paces).pace("127.0.0.2")
        with WebClient("", state, paces, ["127.0.0.0/8"]) as client:
            started = time.perf_counter()
            outcomes = list(pdfs.fetch(works, client, store=store, now=NOW))
            spent = time.perf_counter() - started
    allowed = max((papers - 1) * pace.seconds + latency, papers * latency / pace.connections)
    fetched = sum(outcome.status == "fetched" for outcome in outcomes)
    return {
        "pace": pace.seconds, "connections": pace.connections, "works": len(works), "fetched": fetched,
        "allowed_s": round(allowed, 2), "spent_s": round(spent, 2), "ratio": round(spent / allowed, 2),
    }  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--hosts", type=int, default=20)
    parser.add_argument("--papers", type=int, default=20)
    parser.add_argument("--latency", type=float, default=0.1)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    for name in (
        "http_proxy",
        "https_proxy",
        "all_proxy",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
    ):
        os.environ.pop(name, None)
    rows = []
    with hosts(args.hosts, args.latency) as bases:
        for label, paces in (
            ("default pace", None),
            ("half the pace", {"default": 0.1}),
            ("no pace", {"default": 0.0}),
        ):
            rows.append({"case": label, **measure(bases, args.papers, args.latency, paces)})
    if args.json:
        print(
            json.dumps(
                {"hosts": args.hosts, "papers": args.papers, "latency": args.latency, "rows": rows},
                indent=1,
            )
        )
    else:
        print(f"{args.hosts} hosts x {args.papers} papers, {args.latency * 1000:.0f} ms latency")
        for row in rows:
            print(
                f"{row['case']:14} {row['fetched']}/{row['works']} fetched  allowed "
                f"{row['allowed_s']:6.2f} s  "
                f"spent {row['spent_s']:6.2f} s  ratio {row['ratio']:.2f}"
            )
    return int(any(row["fetched"] != row["works"] for row in rows) or float(rows[0]["ratio"]) > 1.3)


if __name__ == "__main__":
    raise SystemExit(main())
