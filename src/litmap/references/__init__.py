"""The papers' own reference lists: who cites whom, what is cited and missing, and where a paper
cites an entry.

`read_references` reads the lists of one document; `link` matches them to the works of the library;
`find_uncited_works` ranks what several papers cite and the notes do not; `citing_passages` gives
the sentences that cite an entry, `citing_sentences` what a paper says of each; `citation_marks` all
places that cite.
"""

from litmap.references.citation_marks import CitationMark, citation_marks
from litmap.references.citing_passages import (
    CitingSentence,
    citing_passages,
    citing_sentences,
)
from litmap.references.extraction import read_references
from litmap.references.linking import CitedWork, WorkIndex, link
from litmap.references.uncited_works import (
    CitedAt,
    MissingWork,
    count_headings,
    find_uncited_works,
    uncited_by_heading,
)

VERSION = "4"
"""Raised with every change of what `read_references` returns, so that kept lists are read again."""

__all__ = [
    "VERSION",
    "CitationMark",
    "CitedAt",
    "CitedWork",
    "CitingSentence",
    "MissingWork",
    "WorkIndex",
    "citation_marks",
    "citing_passages",
    "citing_sentences",
    "count_headings",
    "find_uncited_works",
    "link",
    "read_references",
    "uncited_by_heading",
]
