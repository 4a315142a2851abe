"""Words that name a group of works: class-based TF-IDF (Grootendorst 2022) times contrast to the other groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


def keywords(
    words: Any,
    terms: NDArray[np.str_],
    groups: Sequence[Sequence[int]],
    most: int = 8,
    allowed: NDArray[np.bool_] | None = None,
) -> list[tuple[str, ...]]:
    """The best words of each group of rows of `words` (n, terms), best first, no two saying the same.

    Only `allowed` (terms,) ones, if given.
    """
    from scipy import sparse

    if not groups:
        return []
    n = words.shape[0]
    member = sparse.csr_matrix(
        (
            np.concatenate([np.full(len(g), 1.0 / max(1, len(g))) for g in groups]),
            (
                np.repeat(np.arange(len(groups)), [len(g) for g in groups]),
                np.concatenate([list(g) for g in groups]).astype(int),
            ),
        ),
        shape=(len(groups), n),
    )
    mass = np.asarray((member @ words).todense())
    overall = np.asarray(words.mean(axis=0)).ravel() + 1e-9
    weight = mass * np.log1p(mass / overall)
    if allowed is not None:
        weight = weight * allowed
    return [
        _distinct(
            [str(terms[j]) for j in np.argsort(-row, kind="stable")[: 6 * most] if row[j] > 0], most
        )
        for row in weight
    ]


def _distinct(ranked: Sequence[str], most: int) -> tuple[str, ...]:
    kept: list[str] = []
    for term in ranked:
        parts = {_stem(p) for p in term.split()}
        same = next((i for i, k in enumerate(kept) if parts & {_stem(p) for p in k.split()}), None)
        if same is None:
            kept.append(term)
        elif len(term.split()) > len(kept[same].split()) and parts >= {
            _stem(p) for p in kept[same].split()
        }:
            kept[same] = term
            kept = [
                k
                for i, k in enumerate(kept)
                if i == same or not {_stem(p) for p in k.split()} <= parts
            ]
        if len(kept) == most:
            break
    return tuple(kept)


def _stem(word: str) -> str:
    for end in ("ies", "es", "s"):
        if word.endswith(end) and len(word) > len(end) + 3:
            return word[: -len(end)]
    return word
