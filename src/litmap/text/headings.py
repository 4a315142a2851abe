"""Headings of sections: known words, numbered titles, rows set off by print and white space."""

from __future__ import annotations

import re
from collections.abc import Sequence

from litmap.parsing.grammar import EAST_ASIAN_LETTERS, NAMES
from litmap.parsing.word_lists import load_pattern, load_words
from litmap.text.formulas import is_formula
from litmap.text.page_layout import PageLayout, Row
from litmap.text.row_context import RowContext
from litmap.text.section_numbers import LABELLED, NUMBERED, OPENING
from litmap.text.style import WORD, Style

KNOWN = re.compile(
    r"^(?:abstract|summary|(?:\w+ )?introduction|background|preliminaries|"
    r"(?:the )?(?:proposed )?methods?|materials and methods|"
    r"(?:related|previous|prior|future) works?|(?:main |experimental |numerical )?results|"
    r"results and discussion|experiments|"
    r"experimental (?:setup|details|evaluation)|evaluation|discussions?|"
    r"conclusions?(?: and \w+(?: \w+)?)?|"
    r"discussion and conclusions?|concluding remarks|summary and \w+|(?:author )?contributions|"
    r"our (?:results|contributions)|"
    r"acknowledge?ments?|references(?: and notes)?|bibliography|literature cited|works cited|"
    r"cited literature|"
    r"appendi(?:x|ces)(?: [A-Z]\b.{0,60})?|supplementa(?:ry|l) (?:materials?|information)|"
    r"supplement|"
    r"outline|"
    r"(?:table of )?contents|notations?|keywords|motivation|proofs?|omitted proofs|"
    r"additional .{3,40})\s*[.:]?$",
    re.I,
)
"""Words that are headings of papers."""
_SECTION_NAMES = load_words("section_names", "litmap.text")
_NAME_EDGES = " .:;,—–-【】〔〕[]()<>《》"
_OPENING = re.compile(OPENING)
_WIDE = re.compile(f"[{EAST_ASIAN_LETTERS}]")
_SENTENCE_END = ("。", "．", "！", "？")
MAX_WIDE = 32
"""Chinese, Japanese or Korean letters of a heading's row."""
_STATEMENT = re.compile(rf"^(?:{load_pattern('statement_labels', 'litmap.text')})\b", re.I)
_LONG_WORD = re.compile(r"[^\W\d_]{3,}")
_FIRST_SECTION = re.compile(r"introduction|background|1", re.I)
MAX_HEADING = 140
MAX_SECOND_LINE = 100
MAX_WORDS = 14
PARAGRAPH_ROWS = 4
"""Rows in one column that are surely running text."""
FILLED = 0.7
"""Share of its column that a row of running text fills, were it ragged or indented."""
TITLE_SIZE = 1.3
"""Print so many times larger than the text's is a title's."""
_NAMES = re.compile(NAMES)


def is_heading(context: RowContext) -> bool:
    """Whether a row is a heading; known words need less emphasis than numbered titles, these than
    others.
    """
    row, style = context.row, context.style
    emphasised = is_emphasised(row, style)
    if not emphasised and not context.is_set_off(1.3):
        return False  # most rows, before their words are looked at
    if is_known_heading(row.text):
        return _can_be_heading(row, 0.5 * style.size) and _is_short_or_large(row, style)
    if not emphasised or not _can_be_heading(row, 0.88 * style.size):
        return False
    if is_numbered_heading(row.text):
        return _is_set_as_numbered(context)
    return (
        context.is_set_off(1.15)
        and can_open_heading(row.text)
        and is_heading_wording(row.text)
        and not is_formula(row)
        and _is_set_as_heading(context)
    )


def is_known_heading(text: str) -> bool:
    """Whether a row says what headings of papers say, with a number or without: '5.

    Related Work'.
    """
    if KNOWN.match(text) or _is_listed_name(text) or LABELLED.match(text):
        return True
    number = NUMBERED.match(text)
    return number is not None and is_section_name(text[number.end() :])


def is_section_name(text: str) -> bool:
    """Whether a text is the name of a section in any language: 'Fazit', 'Выводы', '结论'."""
    return _is_listed_name(text) or KNOWN.match(text) is not None


def _is_listed_name(text: str) -> bool:
    words = text.lower().strip(_NAME_EDGES).split()
    return " ".join(words) in _SECTION_NAMES or "".join(words) in _SECTION_NAMES


def is_numbered_heading(text: str) -> bool:
    """Whether a row begins with a section's number and has a title after it: '3.2 Training'."""
    numbered = NUMBERED.match(text)
    return (
        numbered is not None
        and count_letters(text[numbered.end() :]) >= 3
        and not text.endswith((",", ";", *_SENTENCE_END))
    )


def can_open_heading(text: str) -> bool:
    """Whether a row begins like a heading, and is neither a theorem's label nor a sentence cut
    short.
    """
    return (
        _OPENING.match(text) is not None
        and not text.endswith((",", ";", ":", *_SENTENCE_END))
        and not _STATEMENT.match(text)
    )


def is_heading_wording(text: str) -> bool:
    """Whether a row has words, not too many, and no mail address."""
    wide = len(_WIDE.findall(text))
    return "@" not in text and 1 <= len(WORD.findall(text)) <= MAX_WORDS and wide <= MAX_WIDE


def count_letters(text: str) -> int:
    """Letters and signs of a text; one without spaces between words counts as two."""
    return len(text.strip()) + len(_WIDE.findall(text))


def is_emphasised(row: Row, style: Style) -> bool:
    """Whether a row stands out in print: bold, italic, capitals or a larger size."""
    return row.bold > 0.7 or _is_larger(row, style) or row.italic > 0.85 or row.text.isupper()


def _is_larger(row: Row, style: Style) -> bool:
    return row.size > 1.07 * style.size


def _is_short_or_large(row: Row, style: Style) -> bool:
    return row.width < 0.85 * row.column.width or _is_larger(row, style)


def _can_be_heading(row: Row, min_size: float) -> bool:
    return (
        len(row.text) <= MAX_HEADING
        and row.largest >= min_size
        and row.gaps <= 1
        and row.math <= 0.4
        and (_LONG_WORD.search(row.text) or _WIDE.search(row.text)) is not None
        and sum(map(str.isalpha, row.text)) + len(_WIDE.findall(row.text)) >= 4
    )


def _is_set_as_numbered(context: RowContext) -> bool:
    row = context.row
    if row.bold > 0.7:
        return True
    parted = context.is_set_off(1.15) or _is_larger(row, context.style)
    return parted and not is_formula(row)


def _is_set_as_heading(context: RowContext) -> bool:
    """Whether a row without number or known words is bold, large or capitals, and stands alone."""
    row, style = context.row, context.style
    if row.bold > 0.85 or row.size > 1.12 * style.size:
        return _stands_alone(context) or _is_first_of_two_lines(context)
    return (
        row.text.isupper()
        and _is_short_or_large(row, style)
        and _stands_alone(context)
        and context.is_set_off(1.4)
        and row.font in style.fonts
        and sum(map(str.isalpha, row.text)) > 7
    )


def _stands_alone(context: RowContext) -> bool:
    """Whether the row below is set in another way or further away."""
    row, below = context.row, context.below
    return (
        below is None
        or abs(below.size - row.size) > 0.4
        or below.bold < 0.5
        or below.baseline - row.baseline > 1.2 * context.spacing
    )


def _is_first_of_two_lines(context: RowContext) -> bool:
    """Whether a strong row is followed by one more like it and then by other text: a heading of two
    lines.
    """
    row = context.row
    after = context.rows[context.index + 2 : context.index + 4]
    return not after or not all(
        abs(other.size - row.size) < 0.4 and other.bold > 0.5 for other in after
    )


def is_second_line(context: RowContext) -> bool:
    """Whether a row goes on with the heading above it, in the same print."""
    row, above = context.row, context.above
    if above is None or not _can_go_on(context.before, above):
        return False
    alike = abs(row.size - above.size) < 0.3 and row.bold > 0.7 and above.bold > 0.7
    return (
        alike
        and context.gap < 1.45 * context.spacing
        and not NUMBERED.match(row.text)
        and len(row.text) < MAX_SECOND_LINE
    )


def _can_go_on(before: Sequence[str], above: Row) -> bool:
    """Whether the row above is the first line of a heading that no known word completes."""
    return (
        before[-1] == "heading"
        and list(before[-2:]) != ["heading", "heading"]
        and not KNOWN.match(above.text)
    )


def clear_front_matter(page: PageLayout, style: Style) -> None:
    """Above the abstract, the introduction or the first paragraph of a first page stand title and
    names: large or bold print is no heading.
    """
    if not page.front:
        return
    for i, row in enumerate(page.rows):
        if _opens_paragraph(page, i, style):
            return
        if page.classes[i] == "heading":
            if _opens_text(row.text) or _stands_over_paragraph(page, i, style):
                return
            page.classes[i] = "body"
        elif page.classes[i] == "table" and row.gaps < 3:
            page.classes[i] = "body"


def _opens_paragraph(page: PageLayout, index: int, style: Style) -> bool:
    """Whether running text begins here: rows in the text's own print, all but the last of which
    fill their column.
    """
    rows, first = page.rows[index : index + PARAGRAPH_ROWS], page.rows[index]
    return (
        len(rows) == PARAGRAPH_ROWS
        and all(kind == "body" for kind in page.classes[index : index + PARAGRAPH_ROWS])
        and all(
            row.column is first.column
            and row.bold < 0.5
            and abs(row.size - style.size) < 0.06 * style.size
            and row.width > FILLED * row.column.width
            for row in rows
        )
    )


def _stands_over_paragraph(page: PageLayout, index: int, style: Style) -> bool:
    """Whether a heading that names nobody stands right over running text: 'Reading rooms'."""
    row = page.rows[index]
    return (
        index + 1 < len(page.rows)
        and row.size < TITLE_SIZE * style.size
        and not _NAMES.fullmatch(row.text)
        and _opens_paragraph(page, index + 1, style)
    )


def _opens_text(text: str) -> bool:
    """Whether a heading is a known one or that of the first section."""
    return bool(KNOWN.match(text) or (NUMBERED.match(text) and _FIRST_SECTION.search(text)))
