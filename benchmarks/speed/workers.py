"""Reading and embedding by workers of this machine: `python -m benchmarks.speed.workers [--json]
[--papers 48] [--rounds 1]`.

The first so many papers of ../shared/papers are read and their passages embedded, by this process
with one reader and one thread and with two of each, by one and two processes, and by one and two
workers of a Dask and of a Ray cluster that run already, through Prefect with its server. All start
warm: each has read one paper and embedded some texts before. `efficiency` is half of one worker's
seconds over those of two; `overhead` what one worker takes beyond this process alone. The fewest
seconds of all rounds count; each round runs all ways in turn.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

from litmap.flows import workers as clusters
from litmap.flows.server import running_server
from prefect import flow

from benchmarks.figures import keep
from benchmarks.places import SHARED
from litmap import chunks, text
from litmap.models import Document
from litmap.pipeline.batches import ExtractionBatch
from litmap.pipeline.distribution import Workers, WorkersEncoder
from litmap.pipeline.task_runners import ProcessRunner
from litmap.settings import Settings, load_settings
from litmap.vectors import load_encoder

WARM = 8
"""Papers that are read before the clock runs, so that each worker has had one."""


def batch_of(count: int, readers: int, skip: int = 0) -> ExtractionBatch:
    """Some of the papers, to be read without OCR."""
    rows = json.loads((SHARED / "papers" / "manifest.json").read_text("utf-8"))
    files = [(row["sha256"], SHARED / "papers" / row["file"]) for row in rows]
    return ExtractionBatch(tuple(files[skip : skip + count]), readers, 120, 2 << 30, ocr=False)


def texts_of(documents: list[Document], encoder: Any) -> list[str]:
    """What is embedded of these papers."""
    cut = [chunk for document in documents for chunk in chunks.cut(document, encoder)]
    return [chunks.embedding_text(c, "") for c in cut if chunks.is_embedded(c)]


def timed(read: Callable[[ExtractionBatch], Any], encoder: Any, batch: ExtractionBatch) -> Any:
    """Seconds of reading and of embedding; cutting into passages is the leader's and not counted."""
    started = time.perf_counter()
    read_all = dict(read(batch))
    seconds = time.perf_counter() - started
    documents = [read_all[sha] for sha, _ in batch.files]
    texts = texts_of([d for d in documents if isinstance(d, Document)], encoder)
    started = time.perf_counter()
    encoder.encode(texts)
    return {"read": seconds, "embed": time.perf_counter() - started, "passages": len(texts)}


def here(settings: Settings, count: int, cores: int) -> dict[str, float]:
    """By no worker: so many readers and threads of the measuring process."""
    encoder = load_encoder(
        settings.model, models_dir=settings.state / "models", backend="onnx", threads=cores
    )

    def read(batch: ExtractionBatch) -> Any:
        return text.extract_many(batch.files, workers=cores, ocr=False)

    timed(read, encoder, batch_of(WARM, cores, count))
    return timed(read, encoder, batch_of(count, cores))


def by(workers: Workers, settings: Settings, count: int) -> dict[str, float]:
    """Workers that are there."""
    own = load_encoder(settings.model, models_dir=settings.state / "models", backend="onnx")
    encoder = WorkersEncoder(own, workers)
    one_each = replace(workers, settings=replace(settings, workers_papers=1))
    timed(one_each.read, WorkersEncoder(own, one_each), batch_of(WARM, 1, count))
    return timed(workers.read, encoder, batch_of(count, 1))


def by_processes(settings: Settings, count: int, number: int) -> dict[str, float]:
    """Processes of this machine."""
    runner = ProcessRunner(number)
    try:
        return by(Workers(runner, settings), settings, count)
    finally:
        runner.close()


@contextlib.contextmanager
def dask_cluster(number: int) -> Iterator[str]:
    """The address of a Dask cluster of this machine."""
    import distributed

    with distributed.LocalCluster(
        n_workers=number, threads_per_worker=1, dashboard_address=None
    ) as cluster:
        yield cluster.scheduler_address


@contextlib.contextmanager
def ray_cluster(number: int) -> Iterator[str]:
    """A Ray cluster of this machine, which this process belongs to."""
    import ray

    ray.init(num_cpus=number, include_dashboard=False, log_to_driver=False, namespace="prefect")
    try:
        yield ""
    finally:
        ray.shutdown()


CLUSTERS: dict[str, Callable[[int], AbstractContextManager[str]]] = {
    "dask": dask_cluster,
    "ray": ray_cluster,
}


def by_cluster(settings: Settings, count: int, name: str, number: int) -> dict[str, float]:
    """Workers of a cluster, by Prefect's task runner."""
    with CLUSTERS[name](number) as address:
        chosen = replace(settings, workers_runner=name, workers_address=address)

        @flow(name="workers", persist_result=False)
        def measure() -> dict[str, float]:
            with clusters.collaborators().open_workers(chosen) as runner:
                assert runner is not None
                return by(Workers(runner, chosen), chosen, count)

        return measure()


def main() -> int:
    """Print the figures, and with --json keep them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--papers", type=int, default=48)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    if not (SHARED / "papers" / "manifest.json").exists():
        print("the papers are not here: set LITMAP_SHARED", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings({"library": Path(folder), "backend": "onnx", "workers_papers": 4})
        ways: dict[str, Callable[[], dict[str, float]]] = {
            "this process, 1 core": lambda: here(settings, args.papers, 1),
            "this process, 2 cores": lambda: here(settings, args.papers, 2),
            "1 process": lambda: by_processes(settings, args.papers, 1),
            "2 processes": lambda: by_processes(settings, args.papers, 2),
        }
        for name in CLUSTERS:
            ways[f"1 {name} worker"] = lambda n=name: by_cluster(settings, args.papers, n, 1)
            ways[f"2 {name} workers"] = lambda n=name: by_cluster(settings, args.papers, n, 2)
        best: dict[str, dict[str, float]] = {}
        with running_server("--no-ui", "--no-scheduler", "--no-late-runs"):
            for _ in range(args.rounds):
                for name, way in ways.items():
                    found = way()
                    total = found["read"] + found["embed"]
                    print(f"{name}: {total:.1f} s", file=sys.stderr)
                    if name not in best or total < best[name]["read"] + best[name]["embed"]:
                        best[name] = found
    rows = [
        {"way": name, **{k: round(v, 2) for k, v in found.items()}} for name, found in best.items()
    ]
    print(json.dumps(rows, indent=1))
    if args.json:
        keep("speed.workers", "python -m benchmarks.speed.workers --json", rows)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
