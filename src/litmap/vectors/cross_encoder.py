"""A cross-encoder for the search's second stage: it reads question and passage together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from litmap.errors import ModelError
from litmap.operating_system import usable_cores
from litmap.vectors.model_lookup import find_folder
from litmap.vectors.model_spec import read_json, window_of

PUBLISHER = "cross-encoder"
"""Whose cross-encoder a name without a publisher is."""
BATCH_TEXTS = 16


class CrossEncoderReranker:
    """Any cross-encoder that sentence-transformers can load and that gives one score for a pair."""

    def __init__(self, name: str, folder: Path, threads: int) -> None:
        try:
            from sentence_transformers import CrossEncoder
        except ImportError as error:
            message = "a second stage needs the package sentence-transformers"
            raise ModelError(message, subject=name) from error
        try:
            self._model: Any = CrossEncoder(str(folder), local_files_only=True)
            config = read_json(folder / "config.json", default={})
            self._model.max_seq_length = window_of(folder, config)
            self._threads = threads
            scores = self.score("a question", ["a passage"])
        except Exception as error:
            raise ModelError(
                f"the cross-encoder {name!r} cannot be loaded ({type(error).__name__}: {error}). "
                "Name another one in `reranker`, or leave it out.",
                subject=name,
            ) from error
        if len(scores) != 1 or not math.isfinite(scores[0]):
            raise ModelError(f"the cross-encoder {name!r} gives no number for a pair", subject=name)

    def score(self, query: str, texts: Sequence[str]) -> list[float]:
        """The model's scores."""
        import torch

        before = torch.get_num_threads()
        torch.set_num_threads(self._threads)
        try:
            pairs = [(query, text) for text in texts]
            scores = self._model.predict(pairs, batch_size=BATCH_TEXTS, show_progress_bar=False)
        finally:
            torch.set_num_threads(before)
        return [float(score) for score in scores]


def load_reranker(
    name: str, *, models_dir: Path, threads: int | None = None, offline: bool = False
) -> CrossEncoderReranker:
    """The cross-encoder called `name`, looked for as `load_encoder` looks for a model: a folder,
    the local hub cache, unless `offline` the hub. Raises ModelError naming the ways out.
    """
    try:
        folder = find_folder(name, models_dir, publisher=PUBLISHER, offline=offline)
    except ModelError as error:
        message = (
            f"the cross-encoder {name!r} of the setting `reranker` cannot be loaded: "
            f"{error.message.split('. To fix this')[0]}. Name the folder of one, go online once so "
            "that it can be fetched, or leave `reranker` out."
        )
        raise ModelError(message, subject=name) from error
    return CrossEncoderReranker(name, folder, threads or usable_cores())
