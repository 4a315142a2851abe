"""Arrays in `.npy` files: whatever is wrong with one is an OSError or a ValueError."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray


_PARSING = threading.Lock()
"""Held while NumPy reads a header: CPython before 3.11.8 counts its parser's depth for all
threads together, and fails now and then where two parse at once (python/cpython issue 106905)."""


def load_array(
    path: Path, *, mapped: bool = False, kinds: str = "iuf", dimensions: int = 0
) -> NDArray[Any]:
    """The array of a file, `mapped` from it or copied into memory.

    `kinds` are the kinds of numbers that it may hold, as NumPy's `dtype.kind` names them (integers,
    unsigned ones, floats), `dimensions` how many it must have (0: any).

    It is mapped first in both cases, for that compares the shape with the file's size before any
    memory is taken. Raises OSError where the file cannot be opened, ValueError where it is damaged.
    """
    import numpy as np

    try:
        with _PARSING:
            array = np.load(path, mmap_mode="r", allow_pickle=False)
    except OSError:
        raise
    except Exception as error:  # NumPy evaluates the header as Python: any error may come of it
        raise ValueError(f"{path.name} is no whole array ({type(error).__name__})") from error
    if not isinstance(array, np.ndarray):  # an archive of arrays
        raise ValueError(f"{path.name} is no array")  # noqa: TRY004 - the file's fault, no caller's
    if array.dtype.kind not in kinds or dimensions not in (0, array.ndim):
        raise ValueError(f"{path.name} holds {array.ndim}-dimensional {array.dtype}")
    return np.asarray(array) if mapped else np.array(array)
