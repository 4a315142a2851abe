"""Texts to tokens and to batches that waste little on padding."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from litmap.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from litmap.vectors.model_spec import Prompts

    Ids = NDArray[np.int32]


def read_tokenizer(folder: Path) -> Any:
    """The fast tokenizer in a model's folder. Raises ModelError."""
    from tokenizers import Tokenizer

    try:
        return Tokenizer.from_file(str(folder / "tokenizer.json"))
    except Exception as error:
        raise ModelError(
            f"the tokenizer in {folder} cannot be read: {error}", subject=str(folder)
        ) from error


class Tokens:
    """A model's own tokenizer, of the library tokenizers; texts are cut at `window` tokens."""

    def __init__(self, load: Callable[[], Any], window: int) -> None:
        self._load, self._window = load, window
        self._whole = load()
        self._whole.no_padding()
        self._whole.no_truncation()

    @cached_property
    def _cut(self) -> Any:
        """A second one that cuts at the window; reading it takes 40 ms, and few texts are that
        long.
        """
        tokenizer = self._load()
        tokenizer.no_padding()
        tokenizer.enable_truncation(self._window)
        return tokenizer

    def length_of(self, prompts: Prompts) -> int:
        """Tokens that the longer of the prompts takes of the window."""
        texts = (prompts.query, prompts.passage)
        return max((len(self.offsets(text)) for text in texts if text), default=0)

    def count(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text with the special ones, however long it is."""
        return [len(e.ids) for e in self._whole.encode_batch_fast(list(texts))]

    def offsets(self, text: str) -> list[tuple[int, int]]:
        """Start and end in `text` of each token, special tokens left out."""
        offsets: list[tuple[int, int]] = self._whole.encode(text, add_special_tokens=False).offsets
        return offsets

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """Token ids of each text, cut to the window."""
        ids = [e.ids for e in self._whole.encode_batch_fast(list(texts))]
        for i, own in enumerate(ids):
            if len(own) > self._window:
                ids[i] = self._cut.encode(texts[i]).ids
        return ids


def batches(lengths: Sequence[int], budget: int) -> list[list[int]]:
    """Positions of the texts grouped so that each group, padded to its longest, has at most
    `budget` tokens.

    The longest come first: memory shows at once, and what remains is never more than what an
    estimate expects.
    """
    groups: list[list[int]] = []
    longest = 0
    for position in sorted(range(len(lengths)), key=lambda i: -lengths[i]):
        if not groups or (len(groups[-1]) + 1) * longest > budget:
            groups.append([])
            longest = max(1, lengths[position])
        groups[-1].append(position)
    return groups


def pad(ids: Sequence[Sequence[int]], pad_id: int = 0) -> tuple[Ids, Ids]:
    """Token ids and mask as int32 (texts, longest); padding is masked, and its id matters to models
    that count their positions by it.
    """
    import numpy as np

    width = max(map(len, ids))
    tokens = np.full((len(ids), width), pad_id, dtype=np.int32)
    mask = np.zeros((len(ids), width), dtype=np.int32)
    for row, own in enumerate(ids):
        tokens[row, : len(own)] = own
        mask[row, : len(own)] = 1
    return tokens, mask
