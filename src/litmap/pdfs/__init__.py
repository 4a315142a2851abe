"""Works to PDFs: fetched from open locations, checked to be the paper, stored once by content."""

from litmap.pdfs.drop_folder import Adopted, adopt, find_doubt, name_given
from litmap.pdfs.fetch import DROP_IT, PUT_RIGHT, fetch
from litmap.pdfs.locations import find_locations
from litmap.pdfs.store import Store

__all__ = [
    "DROP_IT",
    "PUT_RIGHT",
    "Adopted",
    "Store",
    "adopt",
    "fetch",
    "find_doubt",
    "find_locations",
    "name_given",
]
