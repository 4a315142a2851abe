"""Any other sentence-transformers model, run by that library itself."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from litmap.errors import ModelError, SettingsError
from litmap.vectors.model_spec import DEFAULT_WINDOW, MAX_WINDOW
from litmap.vectors.tokens import Tokens

if TYPE_CHECKING:
    from litmap.models import Vectors
    from litmap.vectors.model_spec import Spec

SLAB_TEXTS = 512
"""Texts embedded between two reports of progress."""


class GeneralEncoder:
    """An `Encoder` around `SentenceTransformer`; code that a model brings along is never run."""

    def __init__(self, spec: Spec, backend: str, threads: int) -> None:
        self._model = _load(spec, backend)
        self._spec, self._threads = spec, threads
        self.name, self.key = spec.name, spec.key
        window = self._model.max_seq_length
        known = window if window and math.isfinite(window) else DEFAULT_WINDOW  # static: no end
        self._tokens = _tokens(self._model, spec, min(int(known), MAX_WINDOW))
        self.window = min(int(known), MAX_WINDOW) - self._tokens.length_of(spec.prompts)
        try:  # what it can do is seen by doing it, before anything is asked of the network
            self.dim = int(
                self._encode(self._model.encode_document, ["."], spec.prompts.passage).shape[1]
            )
        except Exception as error:
            raise ModelError(
                f"the model {spec.name} gives no vector for a text: {error}", subject=spec.name
            ) from error

    def encode(
        self, texts: Sequence[str], progress: Callable[[int, int], None] | None = None
    ) -> Vectors:
        """float32 (len(texts), dim), rows L2-normalised."""
        import numpy as np

        result = np.zeros((len(texts), self.dim), dtype=np.float32)
        for begin in range(0, len(texts), SLAB_TEXTS):
            block = list(texts[begin : begin + SLAB_TEXTS])
            result[begin : begin + len(block)] = self._encode(
                self._model.encode_document, block, self._spec.prompts.passage
            )
            if progress:
                progress(begin + len(block), len(texts))
        return result

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """The same of questions that passages are to answer."""
        return self._encode(self._model.encode_query, list(texts), self._spec.prompts.query)

    def _encode(self, encode: Callable[..., Any], texts: list[str], prompt: str) -> Vectors:
        """By `encode_document` or `encode_query`: some models have a part of their own for each."""
        import torch

        before = torch.get_num_threads()
        torch.set_num_threads(self._threads)
        try:
            encoded = encode(
                texts,
                prompt=prompt,
                normalize_embeddings=True,
                show_progress_bar=False,
                convert_to_tensor=True,
            )
        finally:
            torch.set_num_threads(before)
        vectors: Vectors = encoded.float().cpu().numpy()
        return vectors

    def count(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, special tokens included."""
        return self._tokens.count(texts)

    def offsets(self, text: str) -> list[tuple[int, int]]:
        """Start and end in `text` of each token, special tokens left out."""
        return self._tokens.offsets(text)


def _load(spec: Spec, backend: str) -> Any:
    """The model, run on the device that `backend` names. Raises ModelError, SettingsError."""
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        message = f"{spec.name} needs the package sentence-transformers, which is not installed."
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
        return SentenceTransformer(
            str(spec.folder), device=device, local_files_only=True, **options
        )
    except Exception as error:
        why = (
            "it brings program code of its own, which litmap does not run"
            if "auto_map" in spec.config
            else str(error)
        )
        raise ModelError(
            f"the model {spec.name} cannot be loaded: {why}", subject=spec.name
        ) from error


def _tokens(model: Any, spec: Spec, window: int) -> Tokens:
    """The model's tokenizer, apart from the one the model itself uses. Raises ModelError."""
    from tokenizers import Tokenizer

    tokenizer = getattr(model, "tokenizer", None)
    fast = getattr(tokenizer, "backend_tokenizer", tokenizer)
    if not isinstance(fast, Tokenizer):
        raise ModelError(
            f"the model {spec.name} has no fast tokenizer (tokenizer.json), which passages are cut "
            "by.",
            subject=spec.name,
        )
    return Tokens(lambda: Tokenizer.from_str(fast.to_str()), window)
