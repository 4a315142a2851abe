"""The reader's word about where works stand, kept in the catalogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from litmap import topics
from litmap.catalogue import Catalogue, KeptPlace, utc_now
from litmap.catalogue.entries import Entry, entries
from litmap.errors import UsageError
from litmap.models import HeadingPath
from litmap.paths import LibraryPaths
from litmap.pipeline import note_moves
from litmap.pipeline.open_catalogue import open_to_write
from litmap.settings import Settings


def move(
    settings: Settings, works: Sequence[str], to: HeadingPath, left: HeadingPath | None = None
) -> tuple[str, ...]:
    """Keep that these works (ids) stand under the heading `to`: instead of `left` alone, else
    instead of all headings they stand under; the works as they are called now.

    Where the notes have a work there and nowhere else, no word is needed, and none is kept. Raises
    `UsageError` for a work or heading that there is not, `NoLibrary`, and `Busy` while a refresh
    runs; nothing is kept then.
    """
    with open_to_write(settings) as catalogue:
        known = entries(catalogue)
        found = _named(known, works, catalogue.aliases())
        if to not in _places(known, catalogue):
            raise UsageError(f"no heading {' › '.join(to)!r} in the notes under which papers stand")
        now = utc_now()
        said = [KeptPlace(e.work.id, _moved(e, to, left), now) for e in found]
        is_noted = {
            e.work.id: set(e.noted) == set(p.headings) for e, p in zip(found, said, strict=True)
        }
        with catalogue.write():
            catalogue.forget_places(one.work for one in said)
            catalogue.put_places(one for one in said if not is_noted[one.work])
    return tuple(one.work for one in said)


def take_back(settings: Settings, works: Sequence[str]) -> tuple[str, ...]:
    """Take the word about these works (ids) back, so that they stand where the notes have them; the
    works as they are called now. Raises as `move`, also where nothing was said of one of them.
    """
    with open_to_write(settings) as catalogue:
        aliases, kept = catalogue.aliases(), catalogue.kept_places()
        own = tuple(dict.fromkeys(aliases.get(work, work) for work in works))
        for work in own:
            if work not in kept:
                raise UsageError(f"you have not moved {work}", subject=work)
        with catalogue.write():
            catalogue.forget_places(own)
    return own


def move_in_notes(
    settings: Settings,
    works: Sequence[str],
    to: HeadingPath,
    old: Mapping[str, bytes],
    new: Mapping[str, bytes],
) -> Path:
    """Replace notes by those in which these works stand below `to` (`Library.moved_notes`), and
    take back an earlier word about them; the folder of the backup.

    A process killed at any moment leaves the works under `to`, or where they were. Raises as
    `note_moves.move`; nothing is changed then.
    """
    paths = LibraryPaths(settings.library)
    with Catalogue.open(paths.catalogue) as catalogue:
        kept = catalogue.kept_places()
        former = [kept[work] for work in works if work in kept]
    if former:  # until the notes say so too
        _put(settings, [KeptPlace(one.work, (to,), utc_now()) for one in former])
    try:
        backup = note_moves.move(paths, note_moves.Change.TOPICS, old, new)
    except BaseException:
        if former:
            _put(settings, former)
        raise
    if former:
        take_back(settings, [one.work for one in former])
    return backup


def _put(settings: Settings, places: Sequence[KeptPlace]) -> None:
    with open_to_write(settings) as catalogue, catalogue.write():
        catalogue.put_places(places)


def _named(known: Sequence[Entry], works: Sequence[str], aliases: Mapping[str, str]) -> list[Entry]:
    """These works, each once. Raises `UsageError` for one that is not there."""
    by_id = {entry.work.id: entry for entry in known}
    own = dict.fromkeys(aliases.get(work, work) for work in works)
    for work in own:
        if work not in by_id:
            raise UsageError(f"no work {work!r} in the library: `litmap works` shows their ids")
    return [by_id[work] for work in own]


def _places(known: Sequence[Entry], catalogue: Catalogue) -> tuple[HeadingPath, ...]:
    headings = {note.path: note.headings for note in catalogue.notes()}
    return topics.find_places(headings, (entry.headings for entry in known))


def _moved(entry: Entry, to: HeadingPath, left: HeadingPath | None) -> tuple[HeadingPath, ...]:
    """The headings of a work once it is moved. Raises `UsageError` where it is not under `left`."""
    if left is None:
        return (to,)
    if left not in entry.headings:
        name = " › ".join(left)
        raise UsageError(
            f"{entry.work.title!r} does not stand under {name!r}", subject=entry.work.id
        )
    return tuple(dict.fromkeys(to if path == left else path for path in entry.headings))
