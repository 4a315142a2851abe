"""Works for other programs: BibTeX, RIS, CSL-JSON, CSV, and Markdown notes that link back.

Every exporter takes works with their mentions and returns text; `write` picks it by the file's
ending and replaces only what litmap wrote. What other people wrote (titles, names, contexts) is
escaped in each format.
"""

from litmap.exports.backlinks import find_pages, relative_address, to_notes
from litmap.exports.bibtex import to_bibtex
from litmap.exports.citations import to_citations
from litmap.exports.csl import to_csl
from litmap.exports.files import EXPORTERS, write
from litmap.exports.keys import citation_keys
from litmap.exports.ris import to_ris
from litmap.exports.table import to_csv
from litmap.exports.update import read_updatable, update_bibtex

__all__ = [
    "EXPORTERS",
    "citation_keys",
    "find_pages",
    "read_updatable",
    "relative_address",
    "to_bibtex",
    "to_citations",
    "to_csl",
    "to_csv",
    "to_notes",
    "to_ris",
    "update_bibtex",
    "write",
]
