"""Any other sentence-transformers model, run by that library itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from litmap.errors import ModelError, SettingsError

if TYPE_CHECKING:
    from litmap.models import Vectors
    from litmap.vectors.model_lookup import Spec


class GeneralEncoder:
    """An `Encoder` around `SentenceTransformer`; code that a model brings along is never run."""

    def __init__(self, spec: Spec, backend: str, threads: int) -> None:
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            message = (
                f"{spec.name} needs the package sentence-transformers, which is not installed."
            )
            raise ModelError(message, subject=spec.name) from error
        if backend == "onnx":
            raise SettingsError(
                f"{spec.name} has no ONNX form here; set `backend` to 'auto'.", subject=backend
            )
        device = {"auto": None, "cuda": "cuda"}.get(backend, "cpu")
        options: dict[str, Any] = (
            {"model_kwargs": {"dtype": "bfloat16"}} if backend == "torch-bf16" else {}
        )
        try:
            self._model = SentenceTransformer(
                str(spec.folder), device=device, local_files_only=True, **options
            )
            self.window = int(self._model.max_seq_length or spec.window)
            self.dim = int(self._model.get_embedding_dimension() or spec.dim)
            self._tokenizer: Any = self._model.tokenizer
        except Exception as error:
            raise ModelError(
                f"the model {spec.name} cannot be loaded: {error}", subject=spec.name
            ) from error
        self.name, self.key, self._threads = spec.name, spec.key, threads

    def encode(
        self, texts: Sequence[str], progress: Callable[[int, int], None] | None = None
    ) -> Vectors:
        """float32 (len(texts), dim), rows L2-normalised."""
        import numpy as np

        result = np.zeros((len(texts), self.dim), dtype=np.float32)
        slab = 512
        for begin in range(0, len(texts), slab):
            block = list(texts[begin : begin + slab])
            encoded = self._model.encode(
                block, normalize_embeddings=True, show_progress_bar=False, convert_to_tensor=True
            )
            result[begin : begin + len(block)] = encoded.float().cpu().numpy()
            if progress:
                progress(begin + len(block), len(texts))
        return result

    def count(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, special tokens included."""
        if not texts:
            return []
        return [
            len(i)
            for i in self._tokenizer(list(texts), truncation=False, verbose=False)["input_ids"]
        ]

    def offsets(self, text: str) -> list[tuple[int, int]]:
        """Start and end in `text` of each token, special tokens left out."""
        options = {
            "truncation": False,
            "add_special_tokens": False,
            "return_offsets_mapping": True,
            "verbose": False,
        }
        return [(int(a), int(b)) for a, b in self._tokenizer(text, **options)["offset_mapping"]]
