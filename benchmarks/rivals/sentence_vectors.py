"""sentence-transformers' own backends beside litmap's engines: `python -m
benchmarks.rivals.sentence_vectors`.

The same abstracts, rounds interleaved, two threads: float32, bfloat16 with several batch sizes
(short batches pad less), bfloat16 with a batch a core in threads, and its ONNX backend (needs
optimum-onnx). Reported: texts a second by the clock and by the processor (best round of each), both
as a ratio to litmap's choice, and the least cosine with float32.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.places import SHARED
from litmap.vectors import find_model, load_encoder

Encode = Callable[[list[str]], np.ndarray]
FIRST = "litmap torch-bf16"


def methods(models_dir: Path, threads: int) -> dict[str, Encode]:
    import torch
    from sentence_transformers import SentenceTransformer

    folder = str(find_model("", models_dir).folder)
    plain = SentenceTransformer(folder, device="cpu")
    half = SentenceTransformer(folder, device="cpu", model_kwargs={"dtype": "bfloat16"})

    def unit(found: Any) -> np.ndarray:
        rows = np.asarray(
            found.float().numpy() if hasattr(found, "float") else found, dtype=np.float32
        )
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    def whole(model: Any, batch: int) -> Encode:
        def run(texts: list[str]) -> np.ndarray:
            torch.set_num_threads(threads)
            return unit(model.encode(texts, batch_size=batch, convert_to_tensor=True))

        return run

    def in_threads(model: Any, batch: int) -> Encode:
        def run(texts: list[str]) -> np.ndarray:
            torch.set_num_threads(1)
            order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
            groups = [order[i : i + batch] for i in range(0, len(order), batch)]

            def one(group: list[int]) -> Any:
                return model.encode(
                    [texts[i] for i in group], batch_size=batch, convert_to_tensor=True
                ).float()

            with ThreadPoolExecutor(threads) as pool:
                parts = list(pool.map(one, groups))
            rows = np.empty((len(texts), parts[0].shape[1]), dtype=np.float32)
            for group, part in zip(groups, parts, strict=True):
                rows[group] = part.numpy()
            return unit(rows)

        return run

    found: dict[str, Encode] = {
        FIRST: load_encoder(
            "", models_dir=models_dir, backend="torch-bf16", threads=threads
        ).encode,
        "litmap onnx (float32)": load_encoder(
            "", models_dir=models_dir, backend="onnx", threads=threads
        ).encode,
        "sentence-transformers float32, 32 a batch": whole(plain, 32),
        "sentence-transformers bfloat16, 32 a batch": whole(half, 32),
        "sentence-transformers bfloat16, 8 a batch": whole(half, 8),
        "sentence-transformers bfloat16, 4 a batch, a batch a core": in_threads(half, 4),
    }
    try:
        onnx = SentenceTransformer(
            folder, backend="onnx", device="cpu", model_kwargs={"export": True}
        )
        found["sentence-transformers ONNX float32, 32 a batch"] = whole(onnx, 32)
        found["sentence-transformers ONNX float32, 4 a batch"] = whole(onnx, 4)
    except Exception as error:  # noqa: BLE001 - without optimum-onnx, or with one that does not fit
        print(f"ONNX backend left out: {str(error).strip().splitlines()[0][:150]}", file=sys.stderr)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--texts", type=int, default=32)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    corpus = SHARED / "eval/retrieval/scitldr/corpus.jsonl"
    lines = corpus.read_text("utf-8").splitlines()[: 4 * args.texts : 4]
    texts = [json.loads(line)["text"] for line in lines]
    with tempfile.TemporaryDirectory() as folder:
        runs = methods(Path(folder), args.threads)
        best = dict.fromkeys(runs, (np.inf, np.inf))
        rows = {}
        for turn in range(args.rounds + 1):
            for name, encode in runs.items():
                wall, processor = time.perf_counter(), time.process_time()
                rows[name] = encode(texts[: 8 if not turn else None])
                spent = (time.perf_counter() - wall, time.process_time() - processor)
                if turn:
                    best[name] = (min(best[name][0], spent[0]), min(best[name][1], spent[1]))
    exact = rows["sentence-transformers float32, 32 a batch"]
    for name, (wall, processor) in best.items():
        cosine = float((rows[name] * exact).sum(axis=1).min())
        line = {
            "method": name, "texts a second": round(len(texts) / wall, 1),
            "texts a processor second": round(len(texts) / processor, 1),
            "slower by the clock": round(wall / best[FIRST][0], 2),
            "slower by the processor": round(processor / best[FIRST][1], 2), "least cosine": round(cosine, 5),
        }  # fmt: skip
        print(json.dumps(line))


if __name__ == "__main__":
    main()
