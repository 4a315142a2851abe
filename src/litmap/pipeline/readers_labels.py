"""The reader's own labels of works: to read, reading, read; important; tags."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from litmap.catalogue import Labels, ReadingState, utc_now
from litmap.pipeline.open_catalogue import open_to_write
from litmap.settings import Settings

MAX_TAG = 60
"""Characters of a tag that are kept."""
MAX_TAGS = 50
"""Tags of one work that are kept."""


def set_state(settings: Settings, works: Sequence[str], state: ReadingState) -> None:
    """Keep how far the reader is with these works (ids). Raises `NoLibrary`, and `Busy` while a
    refresh runs.
    """
    _change(settings, works, lambda labels: replace(labels, state=state))


def set_important(settings: Settings, works: Sequence[str], *, is_important: bool) -> None:
    """Keep whether these works are important. Raises as `set_state`."""
    _change(settings, works, lambda labels: replace(labels, is_important=is_important))


def set_tags(settings: Settings, works: Sequence[str], tags: Iterable[str]) -> None:
    """Replace the tags of these works. Raises as `set_state`."""
    kept = clean_tags(tags)
    _change(settings, works, lambda labels: replace(labels, tags=kept))


def add_tags(settings: Settings, works: Sequence[str], tags: Iterable[str]) -> None:
    """Add tags to these works. Raises as `set_state`."""
    more = tuple(tags)
    _change(settings, works, lambda labels: replace(labels, tags=clean_tags([*labels.tags, *more])))


def clean_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Each tag once, without `#`, commas and line ends: '#deep  learning' is 'deep learning'."""
    words = (
        " ".join("".join(c if c.isprintable() and c not in ",;" else " " for c in tag).split())
        for tag in tags
    )
    cleaned = (word.lstrip("# ")[:MAX_TAG].strip() for word in words)
    return tuple(sorted(dict.fromkeys(filter(None, cleaned))))[:MAX_TAGS]


def _change(settings: Settings, works: Sequence[str], change: Callable[[Labels], Labels]) -> None:
    with open_to_write(settings) as catalogue:
        aliases, labels, now = catalogue.aliases(), catalogue.labels(), utc_now()
        with catalogue.write():
            for name in works:
                work = aliases.get(name, name)
                new = change(labels.get(work, Labels()))
                catalogue.put_reading_state(
                    work, new.state, is_important=new.is_important, time=now
                )
                catalogue.put_tags(work, new.tags, now)
