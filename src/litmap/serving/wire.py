"""What a search and a server say to each other, as JSON; arrays are base64 of numbers, the lowest
byte first.

Whatever comes is checked: reading raises one of `MISSHAPEN` for anything of another shape.
"""

from __future__ import annotations

import base64
import dataclasses
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from litmap.catalogue.entries import Entry
from litmap.catalogue.records import build_record
from litmap.models import Chunk, Passage
from litmap.parsing.terms import Form, QueryWord
from litmap.search import Found, Query, Question
from litmap.word_counts import Asked, Bm25, Sums, WordCounts

VERSION = 2
MAX_SUM = 1 << 64
"""More than any scores add up to."""
FLOATS, INTS = "<f4", "<i8"
MAX_ROWS = 100_000
"""Rows that may be asked for at once."""
MAX_WORDS = 20_000
"""Words and pairs that may be asked for at once."""
MISSHAPEN = (
    ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError,
)  # fmt: skip
"""What reading raises for anything of another shape."""


# ── arrays ────────────────────────────────────────────────────────────────────────────────────────
def dump_array(array: NDArray[Any]) -> dict[str, Any]:
    """An array of floats or whole numbers."""
    kind = FLOATS if array.dtype.kind == "f" else INTS
    data = np.ascontiguousarray(array, dtype=kind)
    coded = base64.b64encode(data.tobytes()).decode()
    return {"type": kind, "shape": list(data.shape), "data": coded}


def load_array(value: Any, kind: str, dimensions: int = 1) -> NDArray[Any]:
    """An array of this kind, of finite numbers or -inf."""
    shape = [int(size) for size in value["shape"]]
    if value["type"] != kind or len(shape) != dimensions or min(shape, default=0) < 0:
        raise ValueError(f"no {dimensions}-dimensional array of {kind}")
    array = np.frombuffer(base64.b64decode(value["data"], validate=True), dtype=kind)
    if array.size != math.prod(shape) or (kind == FLOATS and not (array < np.inf).all()):
        raise ValueError("the numbers of an array do not fit its shape")
    return array.reshape(shape)


def load_rows(value: Any) -> NDArray[np.int64]:
    """Numbers of rows, none below 0."""
    rows = load_array(value, INTS)
    if rows.size > MAX_ROWS or (rows < 0).any():
        raise ValueError("no such rows")
    return rows


def load_vectors(value: Any, count: int) -> NDArray[np.float32]:
    """So many vectors."""
    vectors = load_array(value, FLOATS, 2)
    if len(vectors) != count or not np.isfinite(vectors).all():
        raise ValueError(f"not {count} vectors")
    return vectors


def load_texts(value: Any) -> tuple[str, ...]:
    """A list of texts."""
    return build_record(tuple[str, ...], value)


# ── questions ─────────────────────────────────────────────────────────────────────────────────────
def dump_query(query: Query) -> dict[str, Any]:
    """A query with its filters."""
    return dataclasses.asdict(query)


def load_query(value: Any) -> Query:
    """The inverse of `dump_query`."""
    return build_record(Query, value)


def dump_asked(asked: Asked) -> dict[str, Any]:
    """Words and pairs that are looked up."""
    return {
        "keys": [key if isinstance(key, int) else _dump_word(key) for key in asked.keys],
        "weights": list(asked.weights),
        "bm25": [[own.k1, own.b, own.rarity] for own in asked.bm25],
    }


def _dump_word(word: QueryWord) -> list[Any]:
    forms = [
        [form.term, form.weight, None if form.languages is None else sorted(form.languages)]
        for form in word.forms
    ]
    return [word.name, forms]


def load_asked(value: Any) -> Asked:
    """The inverse of `dump_asked`."""
    keys = tuple(key if isinstance(key, int) else _load_word(key) for key in value["keys"])
    weights = build_record(tuple[float, ...], value["weights"])
    bm25 = tuple(Bm25(*build_record(tuple[float, float, float], own)) for own in value["bm25"])
    if not len(keys) == len(weights) == len(bm25) <= MAX_WORDS:
        raise ValueError("words and their weights do not fit each other")
    if not all(own.k1 >= 0 and 0 <= own.b <= 1 for own in bm25):
        raise ValueError("no such parameters of BM25")
    return Asked(keys, weights, bm25)


def _load_word(value: Any) -> QueryWord:
    name, forms = build_record(
        tuple[str, tuple[tuple[str, float, tuple[str, ...] | None], ...]], value
    )
    return QueryWord(
        name,
        tuple(
            Form(term, weight, None if languages is None else frozenset(languages))
            for term, weight, languages in forms
        ),
    )


def dump_counts(counts: WordCounts) -> dict[str, Any]:
    """How often words are held."""
    return {
        "passages": counts.passages,
        "length": counts.length,
        "works": counts.works,
        "held": dump_array(counts.held),
        "held_works": dump_array(counts.held_works),
    }


def load_counts(value: Any, asked: int) -> WordCounts:
    """The inverse of `dump_counts`, for so many words and pairs."""
    held, held_works = load_array(value["held"], INTS), load_array(value["held_works"], INTS)
    counts = WordCounts(
        *build_record(tuple[int, int, int], (value["passages"], value["length"], value["works"])),
        held,
        held_works,
    )
    if not held.size == held_works.size == asked or min(counts.passages, counts.works) < 0:
        raise ValueError("counts do not fit what was asked for")
    return counts


def dump_question(question: Question) -> dict[str, Any]:
    """What passages are to come near."""
    return {
        "text": question.text,
        "vector": dump_array(question.vector),
        "asked": dump_asked(question.asked),
        "counts": dump_counts(question.counts),
        "by_meaning": question.by_meaning,
        "by_words": question.by_words,
    }


def load_question(value: Any, dim: int) -> Question:
    """The inverse of `dump_question`, with a vector of so many components."""
    asked = load_asked(value["asked"])
    by_meaning, by_words = build_record(tuple[int, int], (value["by_meaning"], value["by_words"]))
    vector = load_array(value["vector"], FLOATS)
    if vector.size != dim or not np.isfinite(vector).all():
        raise ValueError(f"the vector has not {dim} components")
    if not 0 <= max(by_meaning, by_words) <= MAX_ROWS or min(by_meaning, by_words) < 0:
        raise ValueError("no such number of passages")
    text = build_record(str, value["text"])
    counts = load_counts(value["counts"], len(asked.keys))
    return Question(text, vector, asked, counts, by_meaning, by_words)


# ── answers ───────────────────────────────────────────────────────────────────────────────────────
_OF_ROWS = {"rows": INTS, "works": INTS, "sizes": INTS,
            "cosines": FLOATS, "words": FLOATS, "whole": FLOATS}  # fmt: skip
_SUMS = ("row_sums", "work_sums")


def dump_found(found: Found) -> dict[str, Any]:
    """The candidates of a part."""
    arrays = {name: dump_array(getattr(found, name)) for name in _OF_ROWS}
    sums = {name: dataclasses.astuple(getattr(found, name)) for name in _SUMS}
    return {**arrays, **sums, "best_match": found.best_match}


def load_found(value: Any, rows: int, works: int) -> Found:
    """The inverse of `dump_found`, of a part with so many rows and works."""
    arrays = {name: load_array(value[name], kind) for name, kind in _OF_ROWS.items()}
    if len({array.size for array in arrays.values()}) > 1:
        raise ValueError("the arrays of candidates do not fit each other")
    for name, end in (("rows", rows), ("works", works)):
        if arrays[name].size and not 0 <= arrays[name].min() <= arrays[name].max() < end:
            raise ValueError(f"no such {name}")
    row_sums, work_sums = (_load_sums(value[name]) for name in _SUMS)
    best = build_record(float, value["best_match"])
    return Found(**arrays, best_match=best, row_sums=row_sums, work_sums=work_sums)


def _load_sums(value: Any) -> Sums:
    sums = build_record(tuple[int, int, int], value)
    if not all(0 <= own < MAX_SUM for own in sums):
        raise ValueError("no such sums of scores")
    return Sums(*sums)


def dump_passages(passages: Sequence[Passage]) -> list[dict[str, Any]]:
    """Passages, without their rows."""
    return [{"work": p.work, "chunk": dataclasses.asdict(p.chunk)} for p in passages]


def load_passages(value: Any, rows: Sequence[int]) -> list[Passage]:
    """The passages of these rows."""
    return [
        Passage(row, build_record(str, own["work"]), build_record(Chunk, own["chunk"]))
        for row, own in zip(rows, value, strict=True)
    ]


def dump_entry(entry: Entry) -> dict[str, Any]:
    """A work as it is shown to others: what it is and under which headings it stands, nothing of
    what the notes say.
    """
    shown = dataclasses.replace(entry.work, abstract="", locations=(), facts=(), other_titles=())
    return {
        "work": dataclasses.asdict(shown),
        "status": entry.status,
        "pdfs": [dataclasses.asdict(pdf) for pdf in entry.pdfs[:1]],
        "headings": [list(path) for path in entry.headings],
        "labels": dataclasses.asdict(entry.labels),
    }


def load_entry(value: Any) -> Entry:
    """The inverse of `dump_entry`."""
    return build_record(
        Entry,
        {
            "work": value["work"],
            "status": value["status"],
            "reason": "",
            "pdfs": value["pdfs"],
            "placed": value["headings"],
            "labels": value["labels"],
        },
    )
