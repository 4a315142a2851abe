"""Lists of new papers, one file each: `request_for(…)` makes a request, `parse(bytes)` reads the
answer as a `ListingPage`. No I/O.
"""

from litmap.works.listings.page import ListingPage, NewPaper

__all__ = ["ListingPage", "NewPaper"]
