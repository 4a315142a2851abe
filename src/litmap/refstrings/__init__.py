"""Reference strings in the usual styles: their fields, whether a text is one, and lists of them cut into entries."""

from litmap.refstrings.entries import looks_like_reference, split_entries
from litmap.refstrings.parse import parse_reference
from litmap.refstrings.venues import is_journal_name, venue_likeness

__all__ = ["is_journal_name", "looks_like_reference", "parse_reference", "split_entries", "venue_likeness"]
