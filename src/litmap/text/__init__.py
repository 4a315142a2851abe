"""PDF → `Document`: readable text in reading order, with structure and rectangles.

`extract` reads one PDF in the calling process; `extract_many`, `preview_many` and `render` do it in
worker processes with limits on time and memory, because a PDF is hostile input and PyMuPDF is not
thread-safe. `dumps` and `loads` keep a document as gzipped JSON; texts of another `EXTRACTOR` are
refused, so that callers extract them again.

Full text that is no PDF (JATS, HTML, EPUB) is read the same way by `marked_up`; its pages are its
paragraphs.

The way of a page stands in `document.build_pages`: raw lines → boilerplate stripped → reading order
→ classes of rows → blocks → structure (title, abstract, references) → text with hyphens joined.
"""

from litmap.text.anchoring import anchor, in_order
from litmap.text.annotations import READER as MARK_READER
from litmap.text.codec import EXTRACTOR, MALFORMED, dumps, loads
from litmap.text.document import extract
from litmap.text.marked_up import ending_of_file
from litmap.text.ocr import (
    can_read_now,
    find_tessdata,
    installed_languages,
    missing_languages,
    what_to_install,
)
from litmap.text.pool import (
    extract_in_worker,
    extract_many,
    largest_first,
    preview_in_worker,
    preview_many,
    read_marks_many,
    render,
    same_text_in_worker,
    stop_idle_readers,
    stop_preview_worker,
)
from litmap.text.preview import Preview, read_preview

__all__ = [
    "EXTRACTOR",
    "MALFORMED",
    "MARK_READER",
    "Preview",
    "anchor",
    "can_read_now",
    "dumps",
    "ending_of_file",
    "extract",
    "extract_in_worker",
    "extract_many",
    "find_tessdata",
    "in_order",
    "installed_languages",
    "largest_first",
    "loads",
    "missing_languages",
    "preview_in_worker",
    "preview_many",
    "read_marks_many",
    "read_preview",
    "render",
    "same_text_in_worker",
    "stop_idle_readers",
    "stop_preview_worker",
    "what_to_install",
]
