"""Keyword index: BM25 over passages and over whole works, from one set of postings.

A folder holds immutable segments of postings (arrays, memory-mapped) and for each a small map from
its own document numbers to the build's rows. Adding passages writes a new segment; removing or
renumbering them rewrites only the maps; statistics (how many passages, how long, how many hold a
word) always count the living passages, so an index reached by many small updates scores exactly
like one built from scratch. Files are written aside and renamed, never changed in place: a copy of
the folder may be made of hard links.

BM25: Robertson and Zaragoza, 'The Probabilistic Relevance Framework: BM25 and Beyond' (2009), with
the idf of Lucene. A work's score counts a word's occurrences in all its passages against the length
of them all. Two neighbouring words of a query are looked up as a pair too, after Metzler and Croft,
'A Markov random field model for term dependencies' (2005), by the same formula.
"""

from litmap.keywords.reader import KeywordIndex
from litmap.keywords.scoring import Ranking
from litmap.keywords.segments import (
    FORMAT,
    KINDS,
    Entry,
    free_name,
    is_current,
    make_entries,
    read_state,
)
from litmap.keywords.writer import FRESH_PASSAGES, update, write_segment

__all__ = [
    "FORMAT",
    "FRESH_PASSAGES",
    "KINDS",
    "Entry",
    "KeywordIndex",
    "Ranking",
    "free_name",
    "is_current",
    "make_entries",
    "read_state",
    "update",
    "write_segment",
]
