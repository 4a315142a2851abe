"""The learnt reader of reference strings: a field for each token.

A linear-chain conditional random field (Lafferty, McCallum & Pereira 2001), the way of GROBID and
AnyStyle. `benchmarks/reference_parser` makes its training set (references of invented works in the
styles of ten languages) and its weights.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any

FAMILY, GIVEN, INNER, BETWEEN = "F", "G", "C", "X"
"""Parts of a list of authors: family and given names, the comma inside a name, what stands between
two names or closes the list.
"""
YEAR, TITLE, VENUE, EDITORS, IMPRINT, LEDGER = "Y", "T", "V", "E", "P", "L"
"""Year, title, journal or book, its editors, place and publisher, volume and pages."""
ADDRESS, OTHER = "D", "O"
"""The address and day of access; all else."""
WEIGHTS = "reference_labels.crfsuite"
_lock = threading.Lock()


@cache
def _weights() -> bytes:
    """The weights; kept, for the tagger reads them where they lie."""
    home = resources.files("litmap.parsing.reference_strings")
    return home.joinpath("data", WEIGHTS).read_bytes()


@cache
def _tagger() -> Any:
    """The labeller with its weights, read once."""
    import pycrfsuite  # late: reading starts light

    tagger = pycrfsuite.Tagger()
    tagger.open_inmemory(_weights())
    return tagger


def label_tokens(features: Sequence[Sequence[str]]) -> tuple[list[str], float]:
    """The likeliest label of each token, and the probability of all of them together."""
    with _lock:
        tagger = _tagger()
        tagger.set(features)
        labels = tagger.tag()
        return labels, tagger.probability(labels)
