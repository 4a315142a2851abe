"""Nearest passages by their vectors: FAISS, memory-mapped, exact while that is fast.

A part of the index is a list of row ids and their vectors as float16 (`IndexScalarQuantizer`,
scanned exactly: 5 ms for 100 thousand rows of 384 dimensions on one core). A part with more than
`MAX_EXACT_ROWS` rows also holds the signs of the vectors' components, centred and turned at random
(`IndexBinaryFlat`, 48 bytes a row of 384 dimensions): of the `HAMMING_CANDIDATES` nearest by
Hamming distance the `SHORTLIST` best by the query's own components against the signs (asymmetric
distance: Gordo et al., 'Asymmetric distances for binary embeddings', 2014) are fetched and ranked
by their exact products. The signs need no training, so what is found does not depend on the order
in which papers came. See benchmarks/RESULTS.md for recall and time.

As in the passage store there is a large part, `base`, shared between builds by hard link, and a
small one, `delta`, written anew with each; rows of the base that are gone are listed in `dead.npy`.
"""

from __future__ import annotations

from litmap.index.reader import VectorIndex
from litmap.index.writer import update_index

__all__ = ["VectorIndex", "update_index"]
