"""Topics that stand beside works rather than above them: a column of a table, a term of a list.

In a table with a column 'Topic' each row is filed under its cell; what is set in below the term
'Inventories', or stands behind it and '::', under that term.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from litmap.models import HeadingPath, NoteBlock
from litmap.notes.list_outline import is_citing
from litmap.notes.work_headings import is_part_of_paper_notes
from litmap.parsing.heading_subjects import has_subject
from litmap.parsing.table_columns import CELL_BORDER, topic_column

MIN_TERMS = 2
"""Terms that hold works, from which on they are topics."""
MAX_SHARE_OF_TOPICS = 0.7
"""Of the rows of a table: where nearly each has a topic of its own these are keywords."""
MAX_TOPIC_WORDS, MAX_TOPIC_CHARS = 8, 80
MAX_TERM_WORDS = 6


def find_labelled_topics(blocks: Sequence[NoteBlock]) -> dict[int, HeadingPath]:
    """The topic of each block that has one beside it, by the block's index."""
    topics: dict[int, HeadingPath] = {}
    if any(block.fields and _field(block, "term") for block in blocks):
        topics |= _terms(blocks)
    tables = _tables(blocks) if any(block.kind == "cell" for block in blocks) else ()
    records = _records(blocks) if any(block.kind == "entry" for block in blocks) else {}
    for cells in (*tables, records):
        if are_topics(list(cells.values())):
            topics |= {place: (cell,) for place, cell in cells.items() if is_topic(cell)}
    return topics


def _terms(blocks: Sequence[NoteBlock]) -> Iterator[tuple[int, HeadingPath]]:
    """The blocks behind the terms of lists of definitions."""
    terms = {place: _field(block, "term") for place, block in enumerate(blocks)}
    found = {place: term for place, term in terms.items() if is_term(term)}
    citing = {term for place, term in found.items() if is_citing(blocks[place])}
    if len(citing) < MIN_TERMS:
        return
    texts = [blocks[place].text.removeprefix(term) for place, term in found.items()]
    if 2 * sum(map(is_gloss, texts)) <= len(texts):
        for place, term in found.items():
            yield place, (term,)


def is_gloss(text: str) -> bool:
    """True for a definition that goes on with its term, as a comment: 'winning tickets, [@doe]'."""
    return text.lstrip(" :–—-*_[(")[:1].islower()


def is_term(label: str) -> bool:
    """True for a definition that comments on its term: 'winning tickets, [@doe]'."""
    if not is_topic(label) or len(label.split()) > MAX_TERM_WORDS or "," in label:
        return False
    if label[0].islower() or any(map(str.isdigit, label)):
        return False
    return not is_part_of_paper_notes(label)


def is_topic(cell: str) -> bool:
    """True for a short phrase that names a subject."""
    is_short = 0 < len(cell.split()) <= MAX_TOPIC_WORDS and len(cell) <= MAX_TOPIC_CHARS
    return is_short and has_subject(cell)


def are_topics(cells: Sequence[str]) -> bool:
    """True where rows share their topics: 'Wages', 'Wages', 'Prices'."""
    filled = [cell for cell in cells if is_topic(cell)]
    return len(filled) > 1 and len(set(filled)) <= MAX_SHARE_OF_TOPICS * len(filled)


def _tables(blocks: Sequence[NoteBlock]) -> Iterator[Mapping[int, str]]:
    """The cell of topics of each row, by the row's index, for each table that has such a column; an
    empty cell stands for the one above.
    """
    rows: dict[int, str] = {}
    column = width = -1
    for place, block in enumerate(blocks):
        cells = CELL_BORDER.split(block.text) if block.kind == "cell" else []
        head = topic_column(cells)
        if head >= 0 or len(cells) < 2 or len(cells) > width:
            yield rows
            rows, column, width = {}, head, len(cells) if head >= 0 else -1
        elif column >= 0:
            above = next(reversed(rows.values()), "")
            rows[place] = (cells[column] if column < len(cells) else "").strip(" *_") or above
    yield rows


def _records(blocks: Sequence[NoteBlock]) -> Mapping[int, str]:
    """The topic that a record has beside it, by the record's index."""
    return {place: topic for place, block in enumerate(blocks) if (topic := _field(block, "topic"))}


def _field(block: NoteBlock, name: str) -> str:
    return next((value for key, value in block.fields if key == name), "")
