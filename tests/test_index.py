from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from litmap import segment_merging
from litmap.errors import DamagedBuild, LitmapError
from litmap.index import VectorIndex, reader, segment, update_index, writer

NONE = np.empty(0, dtype=np.int64)


def points(n: int, dim: int = 24, seed: int = 0) -> np.ndarray:
    """Unit vectors in clusters."""
    rng = np.random.default_rng(seed)
    centres = rng.standard_normal((max(1, n // 40), dim))
    vectors = centres[rng.integers(0, len(centres), n)] + 0.7 * rng.standard_normal((n, dim))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def built(folder: Path, vectors: np.ndarray, first: int = 0, step: int = 1000) -> VectorIndex:
    folder.mkdir(parents=True)
    rows = np.arange(first, first + len(vectors))
    blocks = ((rows[i : i + step], vectors[i : i + step]) for i in range(0, len(rows), step))
    update_index(None, folder, added=blocks, removed=NONE, dim=vectors.shape[1])
    return VectorIndex.open(folder)


def mask_of(rows: np.ndarray) -> np.ndarray:
    """A mask that ends with the last of these rows."""
    mask = np.zeros(int(rows.max(initial=-1)) + 1, bool)
    mask[rows] = True
    return mask


def nearest(vectors: np.ndarray, query: np.ndarray, k: int) -> list[int]:
    return np.argsort(-(vectors @ query), kind="stable")[:k].tolist()


def test_search_is_exact_and_gives_cosines(tmp_path: Path) -> None:
    vectors = points(500)
    index = built(tmp_path / "a", vectors, first=100)
    scores, rows = index.search(vectors[:3], 5)
    for i in range(3):
        assert rows[i].tolist() == [100 + p for p in nearest(vectors, vectors[i], 5)]
    assert scores == pytest.approx(np.sort(vectors[:3] @ vectors.T, axis=1)[:, :-6:-1], abs=2e-3)
    assert scores.dtype == np.float32
    assert rows.dtype == np.int64
    assert index.rows.tolist() == list(range(100, 600))
    assert index.vectors(np.array([599, 100])) == pytest.approx(vectors[[499, 0]], abs=1e-3)
    assert not index.vectors(np.array([99])).any()  # a row without a vector is near to nothing


def test_the_filter_is_inside_the_search(tmp_path: Path) -> None:
    vectors = points(9000)
    index = built(tmp_path / "a", vectors)
    query = vectors[0]
    for allowed in (np.arange(8000, 8007), np.arange(1, 9000, 2), np.arange(3000, 9000), NONE):
        scores, rows = index.search(query[None], 10, mask_of(allowed))
        expected = allowed[np.argsort(-(vectors[allowed] @ query), kind="stable")[:10]].tolist()
        assert rows[0][rows[0] >= 0].tolist() == expected
        assert np.isneginf(scores[0][len(expected) :]).all()
    beyond = np.array([5, 70_000])  # a row that is not here is no error: it has no passage
    assert index.search(query[None], 3, mask_of(beyond))[1][0].tolist() == [5, -1, -1]


def test_an_empty_index_and_wrong_shapes(tmp_path: Path) -> None:
    index = built(tmp_path / "a", points(0))
    scores, rows = index.search(points(2), 3)
    assert rows.tolist() == [[-1] * 3] * 2
    assert np.isneginf(scores).all()
    assert len(index) == 0
    with pytest.raises(ValueError, match="dimensions"):
        index.search(points(1, dim=8), 3)
    other = built(tmp_path / "b", points(5))
    with pytest.raises(ValueError, match="shape"):
        other.search(points(1)[0], 3)


def test_vectors_that_are_none_are_refused(tmp_path: Path) -> None:
    bad = points(3)
    bad[1, 1] = np.nan
    with pytest.raises(ValueError, match="shape"):
        built(tmp_path / "a", bad)
    (tmp_path / "b").mkdir()
    with pytest.raises(ValueError, match="ascend"):
        update_index(
            None, tmp_path / "b", added=[(np.array([2, 1]), points(2))], removed=NONE, dim=24
        )


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 60), st.integers(0, 40), st.integers(0, 2**30)),
        min_size=1,
        max_size=7,
    ),
    st.sampled_from([10, 50, 10_000]),
    st.sampled_from([0, 20]),
)
def test_any_sequence_of_changes_equals_the_index_from_scratch(
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[tuple[int, int, int]],
    full: int,
    signed: int,
) -> None:
    root = tmp_path_factory.mktemp("sequence")
    living: dict[int, np.ndarray] = {}
    old, next_row = None, 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(segment_merging, "MAX_SEGMENT_ROWS", full)
        patch.setattr(segment_merging, "QUICK_ROWS", full)
        patch.setattr(writer, "MIN_SIGNED_ROWS", signed)
        patch.setattr(writer, "BLOCK_ROWS", 7)
        for number, (more, fewer, seed) in enumerate(steps):
            rng = np.random.default_rng(seed)
            gone = np.sort(rng.permutation(np.array(sorted(living), dtype=np.int64))[:fewer])
            new = {next_row + i: v for i, v in enumerate(points(more, seed=seed))}
            next_row += more
            folder = root / str(number)
            folder.mkdir()
            rows = np.array(list(new), dtype=np.int64)
            added = [(rows, np.array(list(new.values())))] if new else []
            update_index(old, folder, added=added, removed=gone, dim=24)
            living = {r: v for r, v in living.items() if r not in set(gone.tolist())} | new
            old = folder
    assert old is not None
    grown = VectorIndex.open(old)
    (root / "scratch").mkdir()
    rows = np.array(sorted(living), dtype=np.int64)
    values = np.array([living[r] for r in rows.tolist()], dtype=np.float32).reshape(-1, 24)
    update_index(None, root / "scratch", added=[(rows, values)], removed=NONE, dim=24)
    scratch = VectorIndex.open(root / "scratch")
    assert grown.rows.tolist() == scratch.rows.tolist() == rows.tolist()
    for allowed in (None, mask_of(rows[::3])):
        one = grown.search(points(5, seed=9), 7, allowed)
        two = scratch.search(points(5, seed=9), 7, allowed)
        assert np.array_equal(one[0], two[0])
        assert np.array_equal(one[1], two[1])
    if len(rows):
        assert np.array_equal(grown.vectors(rows[::2]), scratch.vectors(rows[::2]))


def test_a_new_paper_leaves_the_large_files_alone(tmp_path: Path) -> None:
    vectors = points(500, dim=16)
    built(tmp_path / "a", vectors)
    (tmp_path / "b").mkdir()
    row = np.array([len(vectors)])
    update_index(
        tmp_path / "a", tmp_path / "b", added=[(row, vectors[:1])], removed=np.array([3]), dim=16
    )
    large = "vectors/000001.f16"
    assert (tmp_path / "a" / large).samefile(tmp_path / "b" / large)
    index = VectorIndex.open(tmp_path / "b")
    assert index.search(vectors[:1], 2)[1][0].tolist() == [0, len(vectors)]
    assert 3 not in index.search(vectors[3:4], 5)[1][0]
    assert VectorIndex.open(tmp_path / "a").search(vectors[3:4], 1)[1][0].tolist() == [
        3
    ]  # the old one still serves


@pytest.mark.parametrize("full", [1_000_000, 2000])
def test_beyond_the_limit_a_shortlist_by_signs_finds_nearly_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, full: int
) -> None:
    monkeypatch.setattr(reader, "MIN_PARALLEL_ROWS", 1)
    monkeypatch.setattr(reader, "usable_cores", lambda: 2)
    monkeypatch.setattr(writer, "MIN_SIGNED_ROWS", 1000)
    monkeypatch.setattr(segment_merging, "MAX_SEGMENT_ROWS", full)
    monkeypatch.setattr(reader, "MAX_EXACT_ROWS", 2000)
    monkeypatch.setattr(reader, "MAX_GATHERED_ROWS", 100)
    monkeypatch.setattr(reader, "HAMMING_CANDIDATES", 1500)
    monkeypatch.setattr(reader, "SHORTLIST", 300)
    vectors = points(6000, dim=100)  # not a multiple of eight
    index = built(tmp_path / "a", vectors)
    assert (tmp_path / "a/vectors/000001.signs").exists()
    queries = points(60, dim=100, seed=1) * 0.2 + vectors[::100]
    queries /= np.linalg.norm(queries, axis=1, keepdims=True)
    for allowed in (None, mask_of(np.arange(0, 6000, 2))):
        exact = index.search(queries, 10, allowed, exact=True)[1]
        found = index.search(queries, 10, allowed)[1]
        recall = np.mean(
            [len(set(a) & set(b)) / 10 for a, b in zip(exact.tolist(), found.tolist(), strict=True)]
        )
        assert recall >= 0.98
        if allowed is not None:
            assert allowed[found].all()


def test_what_masks_allow_is_kept_where_nobody_may_write_to_them(tmp_path: Path) -> None:
    vectors = points(500)
    index = built(tmp_path / "a", vectors)

    def first(mask: np.ndarray) -> int:
        return int(index.search(vectors[:1], 1, mask)[1][0, 0])

    mask = mask_of(np.arange(5, 500))
    assert first(mask) >= 5
    mask[:] = False
    mask[3] = True
    assert first(mask) == 3, "a mask that was written to is looked at again"
    masks = [mask_of(np.array([row])) for row in range(6)]
    for kept in masks:
        kept.flags.writeable = False
    assert [first(m) for m in (*masks, *masks)] == [*range(6), *range(6)]


def test_sums_with_signs_are_the_products_with_the_bits() -> None:
    rng = np.random.default_rng(7)
    bits = rng.integers(0, 2, (50, 24), dtype=np.uint8)
    turned = rng.standard_normal(24).astype(np.float32)
    sums = segment.asymmetric_dot(np.packbits(bits, axis=1, bitorder="little"), turned)
    assert sums == pytest.approx(bits @ turned, abs=1e-5)


def test_equal_vectors_come_by_row(tmp_path: Path) -> None:
    vectors = points(3001)
    vectors[1500:1504] = vectors[0]
    index = built(tmp_path / "a", vectors)
    few = np.arange(0, 3001, 500)
    assert index.search(vectors[:1], 5)[1][0].tolist() == [0, 1500, 1501, 1502, 1503]
    assert index.search(vectors[:1], 2, mask_of(few))[1][0].tolist() == [0, 1500]


def test_damage_is_named(tmp_path: Path) -> None:
    vectors = points(300)
    for name in ("000001.f16", "000001.rows.npy", "000001.dead.npy", "vectors.json"):
        folder = tmp_path / name
        built(tmp_path / "before" / name, vectors)
        folder.mkdir()
        gone = np.arange(7)
        update_index(tmp_path / "before" / name, folder, added=[], removed=gone, dim=24)
        file = folder / "vectors" / name
        file.write_bytes(file.read_bytes()[:20])
        with pytest.raises(DamagedBuild, match=name.replace(".", r"\.")) as caught:
            VectorIndex.open(folder)
        assert "doctor --fix" in str(caught.value)
        assert isinstance(caught.value, LitmapError)


def test_a_file_is_as_faiss_would_write_it(tmp_path: Path) -> None:
    faiss = pytest.importorskip("faiss")
    vectors = points(300)
    index = built(tmp_path / "a", vectors)
    whole = segment.empty_index(24)
    whole.add(vectors)
    faiss.write_index(whole, str(tmp_path / "whole"))
    written = tmp_path / "a/vectors/000001.f16"
    assert written.read_bytes() == (tmp_path / "whole").read_bytes()
    assert len(index) == 300


def test_an_index_of_two_parts_is_read_and_gone_on_from(tmp_path: Path) -> None:
    """Builds once held `base`, `delta` and the rows of the base that were gone."""
    vectors = points(200)
    built(tmp_path / "a", vectors[:150])
    built(tmp_path / "b", vectors[150:], first=150)
    home = tmp_path / "old/vectors"
    home.mkdir(parents=True)
    for name, part in (("base", "a"), ("delta", "b")):
        for end in ("f16", "rows.npy"):
            (tmp_path / part / f"vectors/000001.{end}").rename(home / f"{name}.{end}")
    np.save(home / "dim.npy", np.array([24]))
    np.save(home / "dead.npy", np.arange(5))
    old = VectorIndex.open(tmp_path / "old")
    assert old.rows.tolist() == list(range(5, 200))
    (tmp_path / "new").mkdir()
    update_index(tmp_path / "old", tmp_path / "new", added=[], removed=np.array([7]), dim=24)
    new = VectorIndex.open(tmp_path / "new")
    assert new.rows.tolist() == [5, 6, *range(8, 200)]
    assert np.array_equal(new.vectors(new.rows), old.vectors(new.rows))


def test_one_paper_leaves_a_large_index_alone_and_many_make_large_segments() -> None:
    sizes = {
        "1": segment_merging.Size(400_000, 100_000),
        "2": segment_merging.Size(400_000, 400_000),
    }
    assert segment_merging.merge_limit(1) == 200_000
    assert segment_merging.merge_limit(10**7) == 1_000_000
    assert segment_merging.choose_merge(sizes, 200_000) == ["1"]
    assert segment_merging.choose_merge(sizes, 1_000_000) == ["1", "2"]
    assert (
        segment_merging.choose_merge(sizes | {"1": segment_merging.Size(300_000, 300_000)}, 200_000)
        == []
    )
