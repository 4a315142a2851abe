"""The papers' own reference lists: who cites whom, what is cited and missing, and where a paper cites an entry.

`read_references` reads the lists of one document; `link` matches them to the works of the library; `missing` ranks
what several papers cite and the notes do not; `citing_passages` gives the sentences that cite an entry.
"""

from litmap.references.linking import CitedWork, WorkIndex, link
from litmap.references.lists import read_references
from litmap.references.missing import CitedAt, MissingWork, missing, missing_by_heading
from litmap.references.passages import citing_passages

VERSION = "2"
"""Raised with every change of what `read_references` returns, so that kept lists are read again."""

__all__ = [
    "VERSION",
    "CitedAt",
    "CitedWork",
    "MissingWork",
    "WorkIndex",
    "citing_passages",
    "link",
    "missing",
    "missing_by_heading",
    "read_references",
]
