"""Arrays read from files: what is whole comes back, whatever is wrong is an OSError or ValueError."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from litmap.array_files import load_array


@pytest.mark.parametrize("mapped", [False, True])
@pytest.mark.parametrize(
    "array",
    [np.arange(5), np.zeros((0, 4), np.float32), np.eye(3, dtype=np.float32), np.uint8([7])],
)
def test_a_whole_array_comes_back(tmp_path: Path, array: np.ndarray, mapped: bool) -> None:
    np.save(tmp_path / "a.npy", array)
    read = load_array(tmp_path / "a.npy", mapped=mapped, dimensions=array.ndim)
    assert type(read) is np.ndarray
    assert read.dtype == array.dtype
    assert np.array_equal(read, array)


@pytest.mark.parametrize(
    ("array", "kinds", "dimensions"),
    [
        (np.zeros(2, np.complex64), "iuf", 0),
        (np.array(["a"]), "iuf", 0),
        (np.zeros(2, np.float32), "iu", 0),
        (np.zeros((2, 2), np.int32), "iu", 1),
    ],
)
def test_numbers_of_another_kind_are_refused(
    tmp_path: Path, array: np.ndarray, kinds: str, dimensions: int
) -> None:
    np.save(tmp_path / "a.npy", array)
    with pytest.raises(ValueError, match="holds"):
        load_array(tmp_path / "a.npy", kinds=kinds, dimensions=dimensions)


def test_a_shape_beyond_the_file_takes_no_memory(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.arange(5))
    data = (tmp_path / "a.npy").read_bytes()
    (tmp_path / "a.npy").write_bytes(data.replace(b"(5,), }      ", b"(5000000000,), }"[:13]))
    with pytest.raises(ValueError, match=r"a\.npy"):
        load_array(tmp_path / "a.npy")


def test_archives_and_missing_files_are_told_apart(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", np.arange(5))
    with pytest.raises(ValueError, match="no array"):
        load_array(tmp_path / "a.npz")
    with pytest.raises(OSError, match="gone"):
        load_array(tmp_path / "gone.npy")


@settings(max_examples=60)
@given(cut=st.integers(0, 150), at=st.integers(0, 150), byte=st.integers(0, 255))
def test_any_damage_is_told_or_does_not_matter(
    tmp_path_factory: pytest.TempPathFactory, cut: int, at: int, byte: int
) -> None:
    path = tmp_path_factory.mktemp("a") / "a.npy"
    np.save(path, np.arange(5))
    data = bytearray(path.read_bytes())
    data[at] = byte
    path.write_bytes(data[: len(data) - cut])
    try:
        load_array(path)
    except (OSError, ValueError) as error:
        assert str(error)
