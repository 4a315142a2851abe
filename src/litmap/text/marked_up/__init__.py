"""Full text that is no PDF → `Document`: JATS XML, arXiv's HTML (LaTeXML), saved web pages of
articles, EPUB.

Such a text has paragraphs instead of pages: each `Page` is one paragraph (or caption, table,
footnote, entry of the reference list) with the headings before it, its number that of the
paragraph, counted through the whole text. A paragraph's one line has no rectangle.

The files are as hostile as PDFs: they are read in the same worker processes, no entity that they
declare is resolved, nothing is loaded, and sizes and depth are bounded (`safe_parsing`).
"""

from litmap.text.marked_up.reader import (
    ENDINGS,
    ending_of_file,
    kind_of_file,
    read_article,
    read_marked_up,
)
from litmap.text.marked_up.walker import ROW_END

__all__ = ["ENDINGS", "ROW_END", "ending_of_file", "kind_of_file", "read_article", "read_marked_up"]
