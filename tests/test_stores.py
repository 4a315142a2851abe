"""The stores beside the library's own files: LanceDB, and PostgreSQL with pgvector."""

from __future__ import annotations

import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from litmap import stores
from litmap.builds import open_build
from litmap.errors import DamagedBuild, LibraryError, SettingsError, UsageError
from litmap.library import Library
from litmap.models import Chunk, Passage
from litmap.paths import LibraryPaths
from litmap.pipeline import RefreshRun
from litmap.pipeline.collaborators import Collaborators
from litmap.pipeline.examination import _build
from litmap.settings import Settings, load_settings
from litmap.stores import Block, Change, StoredBuild
from tests.kept_parts import CountingEncoder

DIM = 24
NONE = np.empty(0, np.int64)


@pytest.fixture(params=["lancedb", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> stores.VectorStore:
    return made(request, request.param, tmp_path / "library")


def made(request: pytest.FixtureRequest, kind: str, library: Path) -> stores.VectorStore:
    if kind == "lancedb":
        pytest.importorskip("lancedb", reason="lancedb is not installed")
    library.mkdir(exist_ok=True)
    address = request.getfixturevalue("postgres_server") if kind == "postgres" else ""
    return stores.choose(kind, address, library)


def points(n: int, seed: int = 0) -> np.ndarray:
    vectors = np.random.default_rng(seed).standard_normal((n, DIM))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def block(first: int, vectors: np.ndarray, source: str = "s") -> Block:
    """Passages with these vectors, and behind them one of a reference list, without."""
    kinds = ["body"] * len(vectors) + ["references"]
    passages = [
        Passage(
            first + i, "w1", Chunk(source, i, f"text {first + i} \0é\ud800", kind, "Results", 3)
        )
        for i, kind in enumerate(kinds)
    ]
    return Block(passages, np.array([k == "body" for k in kinds]), vectors)


class Living:
    """A library's builds in a store beside those in files."""

    def __init__(self, store: stores.VectorStore, folder: Path) -> None:
        self.store, self.files = store, stores.choose("files", "", folder)
        self.folder, self.number, self.next_row = folder, 0, 0
        self.build: StoredBuild | None = None
        self.beside: StoredBuild | None = None
        self.alive: set[int] = set()

    def change(self, sizes: list[int], gone: int = 0, seed: int = 0) -> StoredBuild:
        """A build with blocks of these sizes more, and `gone` rows less."""
        self.number += 1
        folder = self.folder / f"{self.folder.name}-{self.number}"
        folder.mkdir(parents=True)
        blocks = []
        for i, size in enumerate(sizes):
            blocks.append(block(self.next_row, points(size, seed + i), f"s{self.number}-{i}"))
            self.next_row += size + 1
        rng = np.random.default_rng(seed)
        removed = np.sort(rng.permutation(np.array(sorted(self.alive), np.int64))[:gone])
        self.alive -= set(removed.tolist())
        self.alive |= {p.row for b in blocks for p in b.passages}
        new = StoredBuild(folder, {})
        place = self.store.write(self.build, new, Change(iter(blocks), removed, DIM))
        self.files.write(self.beside, new, Change(iter(blocks), removed, DIM))
        self.build, self.beside = StoredBuild(folder, place), new
        return self.build


def equal(one: stores.StoredVectors, two: stores.StoredVectors, rows: int, seed: int) -> None:
    """Both find the same rows with the same scores, whatever is allowed."""
    queries = points(2, seed)
    rng = np.random.default_rng(seed)
    masks = [None, rng.random(rows + 3) < 0.5, np.arange(rows) < rows // 2, np.zeros(0, bool)]
    for k in (1, 7, rows + 2):
        for allowed in masks:
            (scores, found), (expected, wanted) = (
                v.search(queries, k, allowed) for v in (one, two)
            )
            assert found.tolist() == wanted.tolist()
            assert scores == pytest.approx(expected, abs=1e-4)
            assert (scores.dtype, found.dtype) == (np.float32, np.int64)
    every = np.arange(-1, rows + 2)
    assert one.vectors(every) == pytest.approx(two.vectors(every), abs=1e-4)
    assert one.rows.tolist() == two.rows.tolist()


STEPS = st.lists(
    st.tuples(st.lists(st.integers(0, 12), max_size=3), st.integers(0, 9), st.integers(0, 2**30)),
    min_size=1,
    max_size=4,
)


@settings(
    max_examples=6,
    deadline=None,
    phases=[Phase.generate],  # each example costs a second; the seed repeats it
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS)
def test_any_builds_find_what_the_files_find(
    store: stores.VectorStore,
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[tuple[list[int], int, int]],
) -> None:
    living = Living(store, tmp_path_factory.mktemp("builds"))
    for sizes, gone, seed in steps:
        before = living.build and store.open(living.build), living.beside, living.next_row
        build = living.change(sizes, gone, seed)
        store.announce(build.place)
        assert living.beside is not None
        equal(store.open(build), living.files.open(living.beside), living.next_row, seed)
        if before[0] is not None and before[1] is not None:  # a reader of the build before
            equal(before[0], living.files.open(before[1]), before[2], seed)
            store.prune([build.place])


def test_a_writer_that_was_killed_leaves_the_build_before(
    store: stores.VectorStore, tmp_path: Path
) -> None:
    living = Living(store, tmp_path / "builds")
    first, beside, end = living.change([6, 4]), living.beside, living.next_row
    store.announce(first.place)
    assert beside is not None
    reader = store.open(first)

    def breaks() -> Iterator[Block]:
        yield block(end, points(3, 8))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.write(first, StoredBuild(tmp_path / "cut", {}), Change(breaks(), np.arange(3), DIM))
    complete = Change([block(end, points(5, 9))], np.arange(4), DIM)
    store.write(first, StoredBuild(tmp_path / "unpublished", {}), complete)  # killed before publish
    expected = living.files.open(beside)
    equal(reader, expected, end, 3)
    equal(store.open(first), expected, end, 3)
    again = living.change([2], gone=1, seed=4)  # the rows are given a second time
    assert living.beside is not None
    equal(store.open(again), living.files.open(living.beside), living.next_row, 5)


def test_a_build_from_scratch_leaves_the_one_before_to_its_readers(
    store: stores.VectorStore, tmp_path: Path
) -> None:
    old = Living(store, tmp_path / "old")
    build, beside, end = old.change([9]), old.beside, old.next_row
    store.announce(build.place)
    reader = store.open(build)
    new = Living(store, tmp_path / "new")
    anew = new.change([4], seed=7)
    store.announce(anew.place)
    assert beside is not None
    assert new.beside is not None
    equal(reader, old.files.open(beside), end, 1)
    equal(store.open(anew), new.files.open(new.beside), new.next_row, 1)
    store.prune([anew.place])
    if store.kind == "postgres":  # lance keeps what is not a second older
        with pytest.raises(DamagedBuild, match="doctor --fix"):
            store.open(build)
    equal(store.open(anew), new.files.open(new.beside), new.next_row, 2)
    store.prune([])
    with pytest.raises(DamagedBuild, match="doctor --fix"):
        store.write(anew, StoredBuild(tmp_path / "b", {}), Change([], NONE, DIM))


def test_searches_go_on_while_a_build_is_written(store: stores.VectorStore, tmp_path: Path) -> None:
    living = Living(store, tmp_path / "builds")
    build = living.change([8, 8])
    reader = store.open(build)
    queries = points(2, 3)
    before = reader.search(queries, 5)

    def searched() -> Iterator[Block]:
        for i in range(3):
            yield block(living.next_row + 10 * i, queries)  # nearer than all that is there
            found = reader.search(queries, 5)
            assert found[1].tolist() == before[1].tolist()

    gone = before[1][:, 0]
    new = StoredBuild(tmp_path / "new", {})
    place = store.write(build, new, Change(searched(), np.unique(gone), DIM))
    assert store.open(build).search(queries, 5)[1].tolist() == before[1].tolist()
    after = store.open(StoredBuild(new.folder, place)).search(queries, 9)[1]
    assert not np.isin(after, gone).any()
    assert after[:, 0].tolist() == [living.next_row, living.next_row + 1]


def test_beyond_a_size_an_index_finds_nearly_all(
    store: stores.VectorStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("lance", "postgres"):
        monkeypatch.setattr(f"litmap.stores.{module}.MAX_EXACT_ROWS", 300)
    monkeypatch.setattr("litmap.stores.lance.MAX_TERMS", 40)
    living = Living(store, tmp_path / "builds")
    living.change([1500])
    build = living.change([40], gone=100, seed=3)
    assert living.beside is not None
    found, expected = store.open(build), living.files.open(living.beside)
    queries = points(10, 5)
    rng = np.random.default_rng(1)
    masks = {
        "all": None,
        "half": rng.random(1600) < 0.5,
        "a third in runs": np.arange(1600) % 300 < 100,
        "few": np.arange(1600) % 160 == 0,
    }
    for name, allowed in masks.items():
        rows, wanted = (v.search(queries, 8, allowed)[1] for v in (found, expected))
        pairs = zip(rows.tolist(), wanted.tolist(), strict=True)
        recall = np.mean([len(set(a) & set(b)) / 8 for a, b in pairs])
        assert recall >= (1 if name == "few" else 0.75), name  # without clusters it is hardest
        assert name == "few" or (rows >= 0).all(), name
        if allowed is not None:
            assert allowed[rows[rows >= 0]].all(), name
    assert (
        found.search(queries, 8, exact=True)[1].tolist() == expected.search(queries, 8)[1].tolist()
    )


def test_an_older_pgvector_serves_too(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without vectors in half precision and searches that go on (0.6 and before)."""
    for version in ("HALFVEC", "ITERATIVE"):
        monkeypatch.setattr(f"litmap.stores.postgres.{version}", (99,))
    monkeypatch.setattr("litmap.stores.postgres.MAX_EXACT_ROWS", 300)
    store = made(request, "postgres", tmp_path / "library")
    living = Living(store, tmp_path / "builds")
    living.change([1400])
    build = living.change([200], gone=50)
    assert living.beside is not None
    found, expected = store.open(build), living.files.open(living.beside)
    queries, every = points(5, 3), np.arange(0, 1600, 7)
    assert found.vectors(every) == pytest.approx(expected.vectors(every), abs=1e-4)
    allowed = np.arange(1600) % 4 == 0
    rows = found.search(queries, 350, allowed)[1]  # more than are candidates and allowed
    assert rows.tolist() == expected.search(queries, 350, allowed)[1].tolist()


def test_other_programs_see_the_published_build_alone(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    store = made(request, "postgres", tmp_path / "library")
    import psycopg

    living = Living(store, tmp_path / "builds")
    first = living.change([3])
    store.announce(first.place)
    second = living.change([2], gone=1)
    address, schema = first.place["address"], first.place["schema"]
    query = f"SELECT row, work, source, kind, page, section, text, vector FROM {schema}.passages"
    with psycopg.connect(address) as connection:
        seen = connection.execute(f"{query} ORDER BY row").fetchall()
        assert [row[0] for row in seen] == [0, 1, 2, 3]
        assert seen[1][1:7] == ("w1", "s1-0", "body", 3, "Results", "text 1 é?")
        assert [row[7] is None for row in seen] == [False, False, False, True]
        connection.rollback()
        store.announce(second.place)
        assert len(connection.execute(query).fetchall()) == 6


def test_lance_tags_the_published_build(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    store = made(request, "lancedb", tmp_path / "library")
    import lancedb

    living = Living(store, tmp_path / "builds")
    first = living.change([3])
    store.announce(first.place)
    living.change([2])
    table = lancedb.connect(str(tmp_path / "library" / "lancedb")).open_table("passages")
    assert table.count_rows() == 7  # what is not yet published
    table.checkout("current")
    assert table.to_arrow()["text"].to_pylist()[1] == "text 1 é?"
    assert table.count_rows("vector IS NULL") == 1


def test_what_is_wrong_is_said(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="password"):
        stores.choose("postgres", "postgresql://me:secret@host/db", tmp_path)
    with pytest.raises(SettingsError, match="needs an address"):
        stores.choose("postgres", "", tmp_path)
    made(request, "postgres", tmp_path)
    away = stores.choose("postgres", "postgresql://localhost:1/db", tmp_path)
    with pytest.raises(LibraryError, match="does not answer") as caught:
        away.write(None, StoredBuild(tmp_path, {}), Change([], NONE, DIM))
    assert caught.value.transient
    with pytest.raises(DamagedBuild, match="names no store"):
        stores.place_of({"store": "lancedb"})


def test_a_copy_of_a_library_leaves_what_the_other_has(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    store = made(request, "postgres", tmp_path / "library")
    build = Living(store, tmp_path / "builds").change([3])
    shutil.copytree(tmp_path / "library", tmp_path / "copy")
    copy = made(request, "postgres", tmp_path / "copy")
    assert store.holds(build.place)
    assert not copy.holds(build.place)
    stores.prune([build.place], [], tmp_path / "copy")
    assert len(store.open(build).rows) == 3
    own = Living(copy, tmp_path / "others").change([2])
    assert copy.holds(own.place)
    assert not store.holds(own.place)


def test_a_missing_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for kind, package in (("lancedb", "lancedb"), ("postgres", "psycopg")):
        monkeypatch.setitem(sys.modules, package, None)
        with pytest.raises(UsageError, match=rf"pip install 'litmap\[{kind}\]'"):
            stores.choose(kind, "postgresql://host/db", tmp_path)


def test_a_server_that_was_started_again_is_asked_again(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    store = made(request, "postgres", tmp_path / "library")
    import psycopg

    living = Living(store, tmp_path / "builds")
    build = living.change([3])
    reader = store.open(build)
    expected = reader.search(points(1), 2)[1].tolist()
    with psycopg.connect(build.place["address"], autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name = 'litmap' AND pid <> pg_backend_pid()"
        )
    assert reader.search(points(1), 2)[1].tolist() == expected


NOTE = """# Training

Gradient descent finds flat minima of deep networks more often than sharp ones.

## Generalisation

Networks that fit random labels still generalise on real ones.

## Compression

Pruned networks train as well from their first weights.
"""


def test_a_library_searches_the_same_whatever_its_store(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = tmp_path / "note.md"
    note.write_text(NOTE, encoding="utf-8")
    own = load_settings(
        {
            "library": tmp_path / "library",
            "notes": (str(note),),
            "state": tmp_path / "state",
            "offline": True,
        }
    )
    encoder = CountingEncoder()
    monkeypatch.setattr(Library, "encoder", encoder)

    def results(settings: Settings, *, fresh: bool = False) -> list[object]:
        collaborators = Collaborators(load_encoder=lambda _: encoder, prepare=lambda _: None)
        with RefreshRun(settings, collaborators=collaborators) as run:
            run.read_notes()
            run.build(fresh=fresh)
        with Library.open(settings=settings) as library:
            found = [library.search(q, limit=9) for q in ("deep networks", "kind:note labels")]
            return [[(h.chunk.text, round(h.score, 3)) for h in (*r.hits, *r.notes)] for r in found]

    expected = results(own)
    assert expected[0]
    embedded = Counter(encoder.embedded)
    for kind in ("lancedb", "postgres"):
        address = made(request, kind, own.library).address  # type: ignore[attr-defined]
        settings = replace(own, store_vectors=kind, store_address=address)
        assert results(settings) == expected
        assert [c.ok for c in _build(LibraryPaths(own.library))] == [True, True]
    with open_build(LibraryPaths(own.library)) as build:
        stores.prune([build.facts["store"]], [], own.library)  # somebody drops the table
    assert [c.ok for c in _build(LibraryPaths(own.library))] == [True, False]
    assert results(settings, fresh=True) == expected
    note.write_text(NOTE.replace("random", "shuffled"), encoding="utf-8")
    assert results(settings) == results(own)
    passages = [text for text in encoder.embedded - embedded if "\n" in text]
    assert [text for text in passages if "shuffled" not in text] == []


def test_equal_vectors_come_by_row(store: stores.VectorStore, tmp_path: Path) -> None:
    living = Living(store, tmp_path / "builds")
    build = living.change([5, 5, 5])  # seeds 0, 1, 2
    again = living.change([5])
    rows = store.open(again).search(points(1), 3)[1][0].tolist()
    assert rows[:2] == [0, 18]
    assert store.open(build).search(points(1), 3)[1][0].tolist()[0] == 0
