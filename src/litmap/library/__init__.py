"""The read-only façade: a library opened for search, topics, summaries and maps."""

from litmap.catalogue.entries import Entry
from litmap.library.joined import JoinedLibraries
from litmap.library.library import Library
from litmap.library.results import SearchHit, SearchResults

__all__ = ["Entry", "JoinedLibraries", "Library", "SearchHit", "SearchResults"]
