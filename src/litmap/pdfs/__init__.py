"""Works to PDFs: fetched from open places, checked to be the right paper, stored once by content."""

from litmap.pdfs.dropping import Adopted, adopt
from litmap.pdfs.fetching import fetch
from litmap.pdfs.places import find_places
from litmap.pdfs.store import Store

__all__ = ["Adopted", "Store", "adopt", "fetch", "find_places"]
