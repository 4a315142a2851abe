"""Results that are kept: each comes back as it was made, or is made anew."""

from __future__ import annotations

import sqlite3
from collections import Counter
from dataclasses import dataclass

import numpy as np
import pytest

from litmap.builds import KeptResults, key_of
from litmap.models import Document
from litmap.paths import LibraryPaths
from litmap.pipeline.kept_vectors import KeptVectors
from litmap.pipeline.text_cache import TextCache
from tests.kept_parts import CountingEncoder


# ── the store ─────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def path(tmp_path):
    return tmp_path / "results.sqlite"


class Maker:
    """Counts how often it is asked."""

    def __init__(self, value):
        self.value, self.calls = value, 0

    def __call__(self):
        self.calls += 1
        return self.value


def take(path, make, kind="kind 1", inputs=("a", "b")):
    with KeptResults(path) as kept:
        return kept.plain(kind, inputs, make)


@pytest.mark.parametrize("value", [None, [], {"é \ud800": [1, 0.1, True, None]}, "text"])
def test_a_result_is_made_once_and_comes_back_as_it_was(path, value):
    make = Maker(value)
    assert [take(path, make), take(path, make)] == [value, value]
    assert make.calls == 1


def test_an_array_comes_back_to_the_last_bit(path):
    array = np.random.default_rng(0).standard_normal((5, 3))
    make = Maker(array)
    for _ in range(2):
        with KeptResults(path) as kept:
            found = kept.array("kind 1", ["a"], make)
        assert found.dtype == array.dtype
        assert np.array_equal(found, array)
    assert make.calls == 1


@pytest.mark.parametrize(
    ("kind", "inputs"), [("kind 2", ("a", "b")), ("kind 1", ("ab", "")), ("kind 1", ("a", "b", ""))]
)
def test_another_kind_or_input_has_another_result(path, kind, inputs):
    take(path, Maker("one"))
    assert take(path, Maker("two"), kind, inputs) == "two"


def test_a_result_of_other_versions_of_what_calculates_is_not_taken(path, monkeypatch):
    take(path, Maker("one"))
    monkeypatch.setattr("litmap.builds.kept_results._calculated_by", lambda: "numpy 9")
    assert take(path, Maker("two")) == "two"


@pytest.mark.parametrize(
    "content", [b"", b"no database", b"SQLite format 3\0" + b"\xff" * 5000], ids=repr
)
def test_a_foreign_file_is_thrown_away(path, content):
    path.write_bytes(content)
    assert take(path, Maker("made")) == "made"
    never = Maker("never")
    assert take(path, never) == "made"
    assert not never.calls


@pytest.mark.parametrize("version", [0, 1, 7])
def test_a_database_of_another_shape_is_thrown_away(path, version):
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE results (other)")
        connection.execute(f"PRAGMA user_version = {version}")
    connection.close()
    assert take(path, Maker("made")) == "made"
    never = Maker("never")
    assert take(path, never) == "made"
    assert not never.calls


def damage(path, change):
    with sqlite3.connect(path) as connection:
        connection.execute(f"UPDATE results SET value = {change}")
    connection.close()


@pytest.mark.parametrize("change", ["value || x'00'", "x''", "'text'", "7", "zeroblob(40)"])
def test_a_damaged_row_is_made_anew(path, change):
    take(path, Maker("one"))
    damage(path, change)
    make = Maker("two")
    assert [take(path, make), take(path, make)] == ["two", "two"]
    assert make.calls == 1


def test_a_row_under_anothers_key_is_not_taken(path):
    take(path, Maker("one"))
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE results SET key = ?", (key_of("kind 2", "a"),))
    connection.close()
    assert take(path, Maker("two"), "kind 2", ["a"]) == "two"


def test_without_a_place_to_keep_it_a_result_is_made(tmp_path):
    path = tmp_path / "results.sqlite"
    path.mkdir()
    assert take(path, Maker("made")) == "made"


def test_what_was_not_used_is_pruned(path):
    for kind in ("old", "new"):
        take(path, Maker(kind), kind)
    with KeptResults(path) as kept:
        kept.plain("new", ("a", "b"), Maker("never"))
        kept.prune()
    old, new = Maker("again"), Maker("never")
    assert take(path, old, "old") == "again"
    assert take(path, new, "new") == "new"
    assert (old.calls, new.calls) == (1, 0)


def test_what_was_made_is_kept_where_the_rest_fails(path):
    def fail():
        with KeptResults(path) as kept:
            kept.plain("kind 1", ("a", "b"), Maker("one"))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert take(path, Maker("two")) == "one"


# ── vectors ───────────────────────────────────────────────────────────────────────────────────────
def test_a_text_is_embedded_once_and_its_vector_is_the_same(path):
    encoder = CountingEncoder()
    for texts in (["a car", "a boat", "a car"], ["a boat", "a mast"], []):
        with KeptResults(path) as kept:
            found = KeptVectors(encoder, kept).encode(texts)
        assert found.dtype == np.float32
        assert np.array_equal(found, CountingEncoder().encode(texts))
    assert encoder.embedded == Counter({"a car": 1, "a boat": 1, "a mast": 1})


def test_another_model_has_other_vectors(path):
    for key in ("one", "two"):
        encoder = CountingEncoder()
        encoder.key = key
        with KeptResults(path) as kept:
            KeptVectors(encoder, kept).encode(["a car"])
        assert encoder.embedded == Counter(["a car"])


# ── texts ─────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Title:
    """Stands for a record."""

    title: str


def test_what_was_made_of_a_text_goes_with_it(tmp_path):
    cache = TextCache(LibraryPaths(tmp_path))
    before, after = (Document("ab" * 32, (), "good", title) for title in ("before", "after"))

    def read(document):
        cache.save(document)
        found = cache.derived(Title, "title-1", document.sha256, lambda d: [Title(d.title)])
        return [record.title for record in found]

    assert [read(before), read(after)] == [["before"], ["after"]]
