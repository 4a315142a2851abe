"""Reference strings in the usual styles: their fields, whether a text is one, and lists of them cut
into entries.
"""

from litmap.parsing.reference_strings.access_notes import has_access_date
from litmap.parsing.reference_strings.parser import parse_reference
from litmap.parsing.reference_strings.splitting import looks_like_reference, split_entries

__all__ = [
    "has_access_date",
    "looks_like_reference",
    "parse_reference",
    "split_entries",
]
