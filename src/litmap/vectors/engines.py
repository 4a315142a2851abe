"""What multiplies the matrices: ONNX Runtime or torch. An engine takes token ids and gives unit
vectors.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from litmap.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from litmap.models import Vectors
    from litmap.vectors.model_spec import Spec

    Ids = NDArray[np.int32]


class Engine(Protocol):
    """Runs batches; `budget` is how many tokens (padding included) a batch may have."""

    budget: int

    def run(self, batches: Sequence[tuple[Ids, Ids]]) -> Iterator[Vectors]:
        """Unit vectors, float32 (texts, dim), for each (ids, mask), in order; both int32 (texts,
        tokens).
        """
        ...


class OnnxEngine:
    """ONNX Runtime on the CPU: as many batches at once as there are threads, each on one core.

    A text's vector is the same bit for bit in every batch.
    """

    budget = 2048

    def __init__(self, path: Path, pooling: str, threads: int) -> None:
        import onnxruntime as ort

        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self.session = ort.InferenceSession(
                str(path), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:
            raise ModelError(
                f"the exported model {path} cannot be loaded: {error}", subject=str(path)
            ) from error
        self.pooling, self.threads = pooling, threads

    def run(self, batches: Sequence[tuple[Ids, Ids]]) -> Iterator[Vectors]:
        """See `Engine`."""
        if self.threads == 1 or len(batches) == 1:
            yield from map(self._one, batches)
            return
        with ThreadPoolExecutor(self.threads) as pool:
            yield from pool.map(self._one, batches)

    def _one(self, batch: tuple[Ids, Ids]) -> Vectors:
        hidden = self.session.run(["hidden"], {"ids": batch[0], "mask": batch[1]})[0]
        return pool(hidden, batch[1].sum(1).tolist(), self.pooling)


def pool(hidden: NDArray[np.float32], lengths: Sequence[int], pooling: str) -> Vectors:
    """The mean over each text's own tokens ('mean') or its first token ('cls'), of unit length.

    `hidden` is float32 (texts, tokens, dim). Padding takes no part, so that sums are added in one
    order whatever a text is padded to.
    """
    import numpy as np

    texts = zip(hidden, lengths, strict=True)
    sums = [text[0] if pooling == "cls" else text[:length].sum(0) for text, length in texts]
    units: list[Vectors] = [row / np.sqrt(np.square(row).sum()) for row in sums]
    return np.stack(units)


class TorchEngine:
    """torch on CPU or GPU, in float32, bfloat16 or float16; pooling and normalisation in
    float32.
    """

    def __init__(self, spec: Spec, dtype: str, device: str, threads: int) -> None:
        import torch
        from transformers import AutoModel

        self.torch, self.spec, self.device, self.threads = torch, spec, device, threads
        self.budget = 4096 if device == "cpu" else 131_072
        try:  # attention as transformers thinks best: not every model has the fused one
            model = AutoModel.from_pretrained(  # nosec B615
                spec.folder, dtype=getattr(torch, dtype), local_files_only=True
            )
            self.model: Any = model.to(device).eval()
        except Exception as error:
            raise ModelError(
                f"the model {spec.name} cannot be loaded: {error}", subject=spec.name
            ) from error

    def run(self, batches: Sequence[tuple[Ids, Ids]]) -> Iterator[Vectors]:
        """See `Engine`. A GPU out of memory takes the batch in halves."""
        before = self.torch.get_num_threads()
        self.torch.set_num_threads(self.threads)
        try:
            for ids, mask in batches:
                yield self._halving(ids, mask)
        finally:
            self.torch.set_num_threads(before)

    def _halving(self, ids: Ids, mask: Ids) -> Vectors:
        import numpy as np

        try:
            return self._one(ids, mask)
        except self.torch.OutOfMemoryError:
            if len(ids) == 1:
                raise
        half = len(ids) // 2
        return np.concatenate(
            [self._halving(ids[:half], mask[:half]), self._halving(ids[half:], mask[half:])]
        )

    def _one(self, ids: Ids, mask: Ids) -> Vectors:
        torch = self.torch
        with torch.inference_mode():
            tokens = torch.from_numpy(ids).to(self.device, torch.int64)
            kept = torch.from_numpy(mask).to(self.device, torch.int64)
            full = bool(mask.all())
            hidden = self.model(
                input_ids=tokens, attention_mask=None if full else kept
            ).last_hidden_state
            pooled = (
                hidden[:, 0].float()
                if self.spec.pooling == "cls"
                else (hidden.float() * kept.unsqueeze(-1)).sum(1)
            )
            result: Vectors = torch.nn.functional.normalize(pooled, dim=1).cpu().numpy()
            return result
