"""A BERT encoder in torch without padding: the texts of a batch stand behind each other in one
matrix.

Only attention looks at one text at a time. In bfloat16 on one core this needs about a tenth less
time than the same model in `transformers`, and torch alone is imported, which takes seconds less.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from litmap.operating_system import trim_heap
from litmap.vectors.model_spec import without_prefix

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from litmap.models import Vectors
    from litmap.vectors.model_spec import Spec

    Ids = NDArray[np.int32]

ROW_MULTIPLE = 64
"""The rows of a matrix are filled up to a multiple of this: oneDNN makes and keeps a program of
megabytes for each size it meets, and a library has as many sizes as batches.
"""
MAX_ROWS = 256
"""Rows multiplied at once. With more oneDNN adds up the products of a row in another order, on
processors with tiles for bfloat16 (AMX) at least: a text's vector would hang on its batch.
"""
MAX_PROGRAMS = 64
"""How many of these programs are kept."""
TRIM_AFTER_BATCHES = 8
"""Batches after which memory is given back to the system: a hundred megabytes lie scattered about
by then.
"""


class PackedBert:
    """An `Engine` on the CPU: as many batches at once as there are threads, each on one core."""

    budget = 2048

    def __init__(self, spec: Spec, dtype: str, threads: int) -> None:
        os.environ.setdefault(
            "ONEDNN_PRIMITIVE_CACHE_CAPACITY", str(MAX_PROGRAMS)
        )  # read at the first multiplication
        import torch
        from safetensors.torch import load_file

        self.torch, self.spec, self.threads = torch, spec, threads
        self.heads = int(spec.config["num_attention_heads"])
        self.eps = float(spec.config.get("layer_norm_eps", 1e-12))
        kind = getattr(torch, dtype)
        loaded = load_file(str(spec.folder / "model.safetensors"))
        self.weights = {
            without_prefix(k): v.to(kind) for k, v in loaded.items() if v.is_floating_point()
        }
        for layer in range(int(spec.config["num_hidden_layers"])):
            own = [f"encoder.layer.{layer}.attention.self.{n}" for n in ("query", "key", "value")]
            for part in ("weight", "bias"):
                self.weights[f"qkv.{layer}.{part}"] = torch.cat(
                    [self.weights.pop(f"{n}.{part}") for n in own]
                )

    def run(self, batches: Sequence[tuple[Ids, Ids]]) -> Iterator[Vectors]:
        """See `Engine`."""
        before = self.torch.get_num_threads()
        self.torch.set_num_threads(1)
        try:
            with ThreadPoolExecutor(self.threads) as pool:
                yield from pool.map(self._one, batches)
        finally:
            self.torch.set_num_threads(before)
            if len(batches) > TRIM_AFTER_BATCHES:
                trim_heap()

    def _one(self, batch: tuple[Ids, Ids]) -> Vectors:
        torch = self.torch
        with torch.inference_mode():
            ids, kept = torch.from_numpy(batch[0]).long(), torch.from_numpy(batch[1]).bool()
            lengths = kept.sum(1).tolist()
            first = self.spec.first_position
            positions = torch.cat([torch.arange(first, first + n) for n in lengths])
            spare = -len(positions) % ROW_MULTIPLE
            pad = torch.nn.functional.pad
            hidden = self._embed(pad(ids[kept], (0, spare)), pad(positions, (0, spare)))
            for layer in range(int(self.spec.config["num_hidden_layers"])):
                hidden = self._layer(hidden, layer, lengths)
            texts = hidden[: len(positions)].float().split(lengths)
            pooled = torch.stack([t[0] if self.spec.pooling == "cls" else t.mean(0) for t in texts])
            result: Vectors = torch.nn.functional.normalize(pooled, dim=1).numpy()
            return result

    def _embed(self, ids: Any, positions: Any) -> Any:
        own = {
            n: self.weights[f"embeddings.{n}_embeddings.weight"]
            for n in ("word", "position", "token_type")
        }
        return self._norm(
            own["word"][ids] + own["position"][positions] + own["token_type"][0], "embeddings"
        )

    def _layer(self, hidden: Any, layer: int, lengths: list[int]) -> Any:
        prefix = f"encoder.layer.{layer}"
        context = self._attend(self._linear(hidden, f"qkv.{layer}"), lengths)
        mixed = self._linear(context, f"{prefix}.attention.output.dense")
        hidden = self._norm(mixed + hidden, f"{prefix}.attention.output")
        wide = self.torch.nn.functional.gelu(self._linear(hidden, f"{prefix}.intermediate.dense"))
        return self._norm(self._linear(wide, f"{prefix}.output.dense") + hidden, f"{prefix}.output")

    def _attend(self, mixed: Any, lengths: list[int]) -> Any:
        """Each text's tokens look at each other: (tokens, 3 · dim) → (tokens, dim)."""
        torch = self.torch
        dim = mixed.shape[1] // 3
        size = dim // self.heads
        result = torch.zeros(
            len(mixed), dim, dtype=mixed.dtype
        )  # rows that fill up hold no stray infinities
        begin = 0
        attend = torch.nn.functional.scaled_dot_product_attention
        for length in lengths:
            own = mixed[begin : begin + length].view(1, length, 3, self.heads, size)
            query, key, value = own.permute(2, 0, 3, 1, 4)
            seen = attend(query, key, value)[0]
            result[begin : begin + length] = seen.transpose(0, 1).reshape(length, dim)
            begin += length
        return result

    def _linear(self, value: Any, name: str) -> Any:
        weight, bias = self.weights[f"{name}.weight"], self.weights[f"{name}.bias"]
        linear = self.torch.nn.functional.linear
        return self.torch.cat([linear(rows, weight, bias) for rows in value.split(MAX_ROWS)])

    def _norm(self, value: Any, name: str) -> Any:
        weight, bias = (self.weights[f"{name}.LayerNorm.{part}"] for part in ("weight", "bias"))
        return self.torch.nn.functional.layer_norm(value, weight.shape, weight, bias, self.eps)
