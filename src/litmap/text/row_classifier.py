"""What each row is: heading, caption, maths, table or figure label, footnote, or running text.

First each row is judged by itself and the rows above it, by the classifiers from top to bottom;
then the passes look at the page as a whole and correct them.
"""

from __future__ import annotations

from collections.abc import Callable

from litmap.text.captions import is_caption
from litmap.text.floats import part_floats
from litmap.text.footnotes import mark_footnotes
from litmap.text.formulas import is_display_formula, mark_limits
from litmap.text.headings import clear_front_matter, is_heading, is_second_line
from litmap.text.page_layout import PageLayout
from litmap.text.row_context import RowContext, row_context
from litmap.text.style import Style
from litmap.text.table_rows import is_contents_entry, mark_spanning_cells, mark_table_rows

ROW_CLASSIFIERS: tuple[tuple[str, Callable[[RowContext], bool]], ...] = (
    ("table", is_contents_entry),
    ("caption", is_caption),
    ("heading", is_heading),
    ("heading", is_second_line),
    ("math", is_display_formula),
)
"""Class and detector, in the order of asking: the first that says yes decides; else the row is
'body'.
"""

PAGE_PASSES: tuple[Callable[[PageLayout, Style], None], ...] = (
    mark_footnotes,
    mark_table_rows,
    mark_spanning_cells,
    mark_limits,
    clear_front_matter,
    part_floats,
)
"""What is seen on the whole page only, in order; each changes the page's classes in place."""


def classify_rows(page: PageLayout, style: Style) -> None:
    """Gives each row of the page its class, in place."""
    page.classes = []
    for index in range(len(page.rows)):
        page.classes.append(_classify(row_context(page.rows, index, page.classes, style)))
    for correct in PAGE_PASSES:
        correct(page, style)


def _classify(context: RowContext) -> str:
    for row_class, detect in ROW_CLASSIFIERS:
        if detect(context):
            return row_class
    return "body"
