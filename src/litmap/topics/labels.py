"""Words that name a group of works: class-based TF-IDF (Grootendorst 2022) times contrast to the
other groups.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from litmap.parsing.word_lists import load_words


def keywords(
    words: Any,
    terms: NDArray[np.str_],
    groups: Sequence[Sequence[int]],
    most: int = 8,
    allowed: NDArray[np.bool_] | None = None,
) -> list[tuple[str, ...]]:
    """The best words of each group of rows of `words` (n, terms), best first, no two saying the
    same.

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
    weight = weight * np.array([_names_something(str(term)) for term in terms])
    if allowed is not None:
        weight = weight * allowed
    return [
        _distinct(
            [str(terms[j]) for j in np.argsort(-row, kind="stable")[: 6 * most] if row[j] > 0], most
        )
        for row in weight
    ]


def _names_something(term: str) -> bool:
    """Whether it has a word that can name a subject: not 'closer', 'recently proposed'."""
    return not load_words("plain_title_words").issuperset(term.split())


def _distinct(ranked: Sequence[str], most: int) -> tuple[str, ...]:
    """The best terms, no two of which share a word; a pair of words takes the place of one of
    them.
    """
    kept: list[str] = []
    for term in ranked:
        rival = next((i for i, other in enumerate(kept) if _stems(term) & _stems(other)), None)
        if rival is None:
            kept.append(term)
        elif _says_more(term, kept[rival]):
            kept[rival] = term
            kept = [k for i, k in enumerate(kept) if i == rival or not _stems(k) <= _stems(term)]
        if len(kept) == most:
            break
    return tuple(kept)


def _says_more(term: str, other: str) -> bool:
    """Whether a term has all words of another one and more: 'batch normalization', 'batch'."""
    return len(term.split()) > len(other.split()) and _stems(term) >= _stems(other)


def _stems(term: str) -> set[str]:
    return {_stem(word) for word in term.split()}


def _stem(word: str) -> str:
    """The word without its plural ending, if more than three letters are left."""
    for end in ("ies", "es", "s"):
        if word.endswith(end) and len(word) > len(end) + 3:
            return word[: -len(end)]
    return word
