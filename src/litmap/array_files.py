"""Arrays in `.npy` files: whatever is wrong with one is an OSError or a ValueError."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from numpy.typing import DTypeLike, NDArray


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


class ArrayWriter:
    """Writes the `.npy` file of a one-dimensional array piece by piece; `length` so far."""

    def __init__(self, file: BinaryIO, dtype: DTypeLike) -> None:
        import numpy as np

        self._file, self._dtype = file, np.dtype(dtype)
        self.length = 0
        self._write_header()

    def append(self, piece: NDArray[Any]) -> None:
        """Write the next numbers."""
        import numpy as np

        self._file.write(np.ascontiguousarray(piece, self._dtype).data)
        self.length += len(piece)

    def finish(self) -> None:
        """Write how long the array has become."""
        self._file.seek(0)
        self._write_header()

    def _write_header(self) -> None:
        """A header, which is as long for an array of any length: NumPy leaves room for it."""
        import numpy as np

        header = {
            "descr": np.lib.format.dtype_to_descr(self._dtype),
            "fortran_order": False,
            "shape": (self.length,),
        }
        np.lib.format.write_array_header_1_0(self._file, header)
