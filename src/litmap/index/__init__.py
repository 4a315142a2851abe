"""Nearest passages by their vectors: FAISS, memory-mapped, exact while that is fast.

The index is a list of segments, named in `vectors.json`. A segment is a list of row ids and their
vectors as float16 (`IndexScalarQuantizer`, scanned exactly: 5 ms for 100 thousand rows of 384
dimensions on one core). Where more than `MAX_EXACT_ROWS` rows may be found, those are taken that
are near by the signs of the vectors' components, centred and turned at random (`IndexBinaryFlat`,
48 bytes a row of 384 dimensions): of the `HAMMING_CANDIDATES` nearest by Hamming distance the
`SHORTLIST` best by the query's own components against the signs (asymmetric distance: Gordo et al.,
'Asymmetric distances for binary embeddings', 2014) are fetched and ranked by their exact products.
The signs need no training. See benchmarks/RESULTS.md for recall and time.

A segment is never changed once written; the next build links its files and lists, for each, the
rows that are gone. `litmap.segment_merging` tells which are made into one.
"""

from __future__ import annotations

from litmap.index.reader import VectorIndex
from litmap.index.writer import update_index

__all__ = ["VectorIndex", "update_index"]
