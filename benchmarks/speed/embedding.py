"""How fast texts become vectors, against sentence-transformers in float32, in one run on the same
texts.

    python -m benchmarks.speed.embedding [--texts 256] [--threads 2] [--json]

Texts are abstracts of the shared evaluation data (LITMAP_SHARED or ../shared), else made-up
sentences. Wall time is what a reader waits; time on the processor is steadier where other programs
run, so both ratios are given. Agreement is the cosine with sentence-transformers' float32 vectors.
'query, cold' is a new process that embeds one query.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.places import SHARED
from litmap.vectors import FastEncoder, find_model, load_encoder

ROUNDS = 3


def load_texts(n: int) -> tuple[list[str], str]:
    """So many texts, and what they are."""
    corpus = SHARED / "eval/retrieval/scitldr/corpus.jsonl"
    if corpus.exists():
        lines = corpus.read_text("utf-8").splitlines()[: 4 * n : 4]
        return [json.loads(line)["text"] for line in lines], "abstracts (scitldr)"
    rng = np.random.default_rng(0)
    stock = [
        "the",
        "a",
        "of",
        "network",
        "gradient",
        "loss",
        "layer",
        "width",
        "depth",
        "proof",
        "bound",
        "kernel",
    ]
    return [
        " ".join(rng.choice(stock, int(k))) for k in rng.normal(170, 50, n).clip(10, 240)
    ], "made-up sentences"


def timed(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """Result, wall seconds, processor seconds."""
    wall, processor = time.perf_counter(), time.process_time()
    result = work()
    return result, time.perf_counter() - wall, time.process_time() - processor


def methods(models_dir: Path, threads: int) -> dict[str, Callable[[list[str]], np.ndarray]]:
    """What is compared, the yardstick first."""
    import torch
    from sentence_transformers import SentenceTransformer

    folder = str(find_model("", models_dir).folder)
    plain = SentenceTransformer(folder, device="cpu")
    half = SentenceTransformer(folder, device="cpu", model_kwargs={"dtype": "bfloat16"})

    def reference(model: Any) -> Callable[[list[str]], np.ndarray]:
        def run(texts: list[str]) -> np.ndarray:
            torch.set_num_threads(threads)
            vectors = model.encode(texts, normalize_embeddings=True, convert_to_tensor=True)
            found = np.asarray(vectors.float().numpy())
            return found / np.linalg.norm(
                found, axis=1, keepdims=True
            )  # bfloat16 leaves them a little off

        return run

    found = {
        "sentence-transformers float32": reference(plain),
        "sentence-transformers bfloat16": reference(half),
    }
    for backend in ("torch", "onnx", "torch-bf16"):
        found[f"litmap {backend}"] = load_encoder(
            "", models_dir=models_dir, backend=backend, threads=threads
        ).encode
    return found


def compare(texts: list[str], models_dir: Path, threads: int) -> list[dict[str, Any]]:
    """One line a method: rates (best of the rounds), ratios to the first, agreement."""
    runs = methods(models_dir, threads)
    best: dict[str, tuple[float, float]] = {}
    vectors = {}
    for round_ in range(ROUNDS):
        for name, encode in runs.items():
            if not round_:
                encode(texts[:8])
            vectors[name], wall, processor = timed(lambda e=encode: e(texts))
            before = best.get(name, (np.inf, np.inf))
            best[name] = (min(before[0], wall), min(before[1], processor))
    first = next(iter(runs))
    lines = []
    for name, (wall, processor) in best.items():
        cosines = (vectors[name] * vectors[first]).sum(axis=1)
        lines.append(
            {
                "method": name,
                "texts_per_s": round(len(texts) / wall, 1),
                "wall_ratio": round(best[first][0] / wall, 2),
                "processor_ratio": round(best[first][1] / processor, 2),
                "cosine_least": round(float(cosines.min()), 5),
                "cosine_mean": round(float(cosines.mean()), 5),
            }
        )
    return lines


def arithmetic_share(texts: list[str], models_dir: Path, threads: int) -> float:
    """The part of `encode` that is the model itself: the rest is tokenising, sorting, padding."""
    encoder = load_encoder("", models_dir=models_dir, threads=threads)
    assert isinstance(encoder, FastEncoder)
    encoder.encode(texts)  # probe
    engine, inside = encoder._engine(10**9, encoder._tokens.ids(texts)), 0.0
    original = engine.run

    def run(batches: Any) -> Any:
        nonlocal inside
        start = time.perf_counter()
        result = list(original(batches))
        inside += time.perf_counter() - start
        return iter(result)

    engine.run = run  # type: ignore[method-assign]
    _, wall, _ = timed(lambda: encoder.encode(texts))
    return round(inside / wall, 3)


COLD = {
    "litmap": "from pathlib import Path; from litmap.vectors import load_encoder;"
    "load_encoder('', models_dir=Path({models!r})).encode(['what is a neural tangent kernel?'])",
    "sentence-transformers": "from sentence_transformers import SentenceTransformer;"
    "SentenceTransformer({folder!r}, device='cpu').encode(['what is a neural tangent kernel?'])",
}


def cold_query(models_dir: Path) -> dict[str, float]:
    """Seconds of a new process that embeds one query; the better of three."""
    folder = str(find_model("", models_dir).folder)
    found = {}
    for name, program in COLD.items():
        seconds = []
        for _ in range(3):
            code = program.format(models=str(models_dir), folder=folder)
            _, wall, _ = timed(
                lambda c=code: subprocess.run(
                    [sys.executable, "-c", c], check=True, capture_output=True
                )
            )
            seconds.append(wall)
        found[name] = round(min(seconds), 2)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=256)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    texts, what = load_texts(options.texts)
    with tempfile.TemporaryDirectory() as folder:
        models_dir = Path(folder)
        lines = compare(texts, models_dir, options.threads)
        share = arithmetic_share(texts, models_dir, options.threads)
        cold = cold_query(models_dir)
        choice = json.loads((models_dir / "speed.json").read_text())
    result = {
        "texts": f"{len(texts)} {what}", "threads": options.threads, "methods": lines,
        "arithmetic_share_of_encode": share, "query_cold_s": cold, "probe": next(iter(choice.values())),
    }  # fmt: skip
    if options.json:
        print(json.dumps(result, indent=1))
        return
    for line in lines:
        print("  ".join(f"{k} {v}" for k, v in line.items()))
    for key in ("arithmetic_share_of_encode", "query_cold_s", "probe"):
        print(key, result[key])


if __name__ == "__main__":
    main()
