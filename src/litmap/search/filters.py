"""Filters of a query as a mask over rows, made before anything is ranked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from litmap.parsing.terms import fold_case, holds_phrase, index_terms, is_one_word, plain_text
from litmap.search.protocols import PassageRows, WordRows
from litmap.search.query import Facts, Query, matching_works

if TYPE_CHECKING:
    from litmap.search.protocols import Floats, Ints, Mask

MAX_VERIFIED = 5000
"""Passages, best by BM25 first, that are read to see whether they hold a phrase."""
VERIFY_BATCH = 500


def allowed_rows(
    query: Query, keywords: WordRows, passages: PassageRows, facts: Mapping[str, Facts]
) -> tuple[Mask, str]:
    """The rows that all filters, phrases and exclusions let through, and why there are none (''
    where there are).
    """
    works = matching_works(query, facts.values())
    if works is not None and query.notes:
        works |= _notes_named(query.notes, keywords.work_ids)
    if works is not None and not works:
        message = f"No work in the library matches {describe(query)}."
        return np.zeros(keywords.works.size, bool), message
    mask = keywords.rows_of(works=works, kinds=query.kinds)
    if not mask.any():
        where = f" that match {describe(query)}" if works is not None else ""
        kinds = " or ".join(query.kinds)
        return mask, f"There is no text of kind {kinds} in the works{where}."
    if query.languages:
        mask = mask & keywords.rows_in(query.languages)
        if not mask.any():
            known = ", ".join(keywords.languages)
            return mask, f"No passage is in {' or '.join(query.languages)}; there is {known}."
    for phrase in query.phrases:
        mask = _with_phrase(phrase, mask, keywords, passages)
        if not mask.any():
            return mask, (
                f"No passage holds “{phrase}”. "
                "Without the quotation marks its words are searched for."
            )
    for text in query.without:
        mask = _without_text(text, mask, keywords, passages)
    return mask, "" if mask.any() else "Every passage holds a word that the query leaves out."


def _with_phrase(phrase: str, mask: Mask, keywords: WordRows, passages: PassageRows) -> Mask:
    """Those of the rows that hold the phrase; all where it has no word that is indexed."""
    if not _has_words(phrase, keywords):
        return mask
    return _rows_to_mask(_rows_with_text(phrase, mask, keywords, passages), mask.size)


def _without_text(text: str, mask: Mask, keywords: WordRows, passages: PassageRows) -> Mask:
    """Those of the rows that do not hold the text."""
    rows = _rows_with_text(text, mask, keywords, passages)
    return mask & ~_rows_to_mask(rows, mask.size)


def _has_words(text: str, keywords: WordRows) -> bool:
    """Whether it has a word that is indexed in any of the library's languages."""
    return any(index_terms(text, language) for language in keywords.languages)


def describe(query: Query) -> str:
    """The query's filters in its own syntax."""
    parts = [f"author:{name}" for name in query.authors]
    parts += [f'heading:"{name}"' for name in query.headings]
    parts += [f"note:{name}" for name in query.notes]
    parts += [f"venue:{name}" for name in query.venues]
    parts += [f"tag:{name}" for name in query.tags]
    parts += ["is:important"] * query.only_important
    parts += [f"is:{state.replace(' ', '')}" for state in query.states]
    parts += [f"status:{status}" for status in query.statuses]
    if query.years:
        first, last = query.years
        years = f"{first}" if first == last else f"{first or ''}..{last or ''}"
        parts.append(f"year:{years}")
    return " ".join(parts)


def _notes_named(names: Sequence[str], work_ids: Iterable[str]) -> set[str]:
    """The notes themselves: passages of a note stand under `note:<path>`."""
    wanted = [fold_case(name) for name in names]
    paths = [w for w in work_ids if w.startswith("note:")]
    return {path for path in paths if all(name in fold_case(path[5:]) for name in wanted)}


def _rows_to_mask(rows: Ints, size: int) -> Mask:
    mask = np.zeros(size, bool)
    mask[rows] = True
    return mask


def _rows_with_text(text: str, mask: Mask, keywords: WordRows, passages: PassageRows) -> Ints:
    """Rows that hold the text word for word; for a single word the index knows, for several the
    text is read.
    """
    rows = keywords.rows_containing_all(text, mask)
    wanted = plain_text(text)
    if is_one_word(text) or not rows.size:
        return rows
    if rows.size > MAX_VERIFIED:
        scores: Floats = keywords.scores(text)[rows]
        rows = rows[np.argsort(-scores, kind="stable")[:MAX_VERIFIED]]
    return np.fromiter(_verify_rows(rows, wanted, passages), dtype=np.int64)


def _verify_rows(rows: Ints, wanted: str, passages: PassageRows) -> Iterator[int]:
    for begin in range(0, rows.size, VERIFY_BATCH):
        for passage in passages.passages(rows[begin : begin + VERIFY_BATCH]):
            if holds_phrase(plain_text(passage.chunk.text), wanted):
                yield passage.row
