"""The reader's own word about news: read, or new to him again."""

from __future__ import annotations

from collections.abc import Iterable

from litmap.pipeline.open_catalogue import open_to_write
from litmap.settings import Settings


def mark_read(settings: Settings, events: Iterable[int], *, is_read: bool = True) -> None:
    """Keep that the reader has seen these events (ids), or take it back. Raises `NoLibrary`, and
    `Busy` while a refresh runs.
    """
    with open_to_write(settings) as catalogue, catalogue.write():
        catalogue.mark_read(events, is_read=is_read)
