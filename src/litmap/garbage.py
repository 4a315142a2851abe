"""Work that makes many small objects and no cycles, spared Python's search for cycles."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_collection() -> Iterator[None]:
    """Without garbage collection, which would go through all that was made so far again and again:
    a tenth of the time of a page or a note.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def set_aside() -> None:
    """Collect garbage, and leave what is alive now out of every later search for cycles, until this
    is called again. For a server after it has loaded what it keeps.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
