"""`litmap topics --move`: papers to another heading, by the reader's word or in the notes."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from litmap.cli.options import clean, path_text, print_json, wrap
from litmap.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from litmap.library import Library
    from litmap.library.moved_notes import MovedNotes
    from litmap.models import HeadingPath


def add_moving(parser: argparse.ArgumentParser) -> None:
    """The options of `litmap topics` that move papers."""
    parser.add_argument(
        "--move",
        nargs="+",
        default=[],
        metavar="WORK",
        help="works to move to the heading --to: your word is kept; with --apply their lines are "
        "moved in your notes, with --patch that is written as a patch",
    )
    parser.add_argument("--to", metavar="HEADING", help="the heading that --move moves works to")
    parser.add_argument(
        "--from",
        dest="left",
        metavar="HEADING",
        help="the one heading that --move moves works from; all of them if left out",
    )
    parser.add_argument(
        "--take-back",
        nargs="+",
        default=[],
        metavar="WORK",
        help="works that are to stand where your notes have them again",
    )


def move_works(library: Library, args: argparse.Namespace) -> int:
    """Carry out what these options say."""
    if args.take_back and (args.move or args.to or args.left):
        raise UsageError("--take-back goes without --move, --to and --from")
    if args.take_back:
        return _take_back(library, args.take_back, as_json=args.json)
    if not args.move or not args.to:
        raise UsageError("say which works go where: --move WORK --to HEADING")
    to = library.place(args.to)
    left = library.place(args.left) if args.left else None
    works = [library.work(name).work.id for name in args.move]
    if args.apply or args.patch:
        notes = library.moved_notes(works, to, left)
        return (
            _write_patch(library, notes, args)
            if args.patch
            else _apply(library, notes, works, to, as_json=args.json)
        )
    return _keep(library, works, to, left, as_json=args.json)


def _write_patch(library: Library, notes: MovedNotes, args: argparse.Namespace) -> int:
    """What would change in the notes; they are left alone."""
    library.written_files.write_file(args.patch, notes.patch(), force=args.force)
    if args.json:
        print_json({"patch": str(args.patch), **_as_json(notes)})
    else:
        _print_left(notes)
        lines = f"{len(notes.moved)} {'line' if len(notes.moved) == 1 else 'lines'}"
        print(
            wrap(
                f"Wrote {args.patch}, with {lines} to move; --apply in place of --patch moves them."
            )
        )
    return 0 if notes.new else 1


def _apply(
    library: Library, notes: MovedNotes, works: Sequence[str], to: HeadingPath, *, as_json: bool
) -> int:
    """Move the lines in the notes."""
    from litmap.pipeline.kept_places import move_in_notes

    backup = move_in_notes(library.settings, works, to, notes.old, notes.new) if notes.new else None
    if as_json:
        print_json({**_as_json(notes), "backup": str(backup) if backup else None})
    else:
        _print_left(notes)
        print(wrap(_told(notes, backup)))
    return 0 if backup else 1


def _told(notes: MovedNotes, backup: Path | None) -> str:
    if backup is None:
        return (
            "No line can be moved safely. Without --apply your word is kept, and your notes stay."
        )
    return (
        f"Changed {', '.join(map(clean, sorted(notes.new)))}. The notes as they were are in "
        f"{backup}; `litmap topics --undo` puts them back. Run `litmap refresh` so "
        "that the library knows."
    )


def _as_json(notes: MovedNotes) -> dict[str, Any]:
    left = [
        {"work": p.work, "note": p.mention.note, "line": p.mention.line, "why": p.why}
        for p in notes.left
    ]
    moved = [{"work": work, "note": m.note, "line": m.line} for work, m in notes.moved]
    return {"notes": sorted(notes.new), "moved": moved, "left": left}


def _print_left(notes: MovedNotes) -> None:
    for place in notes.left:
        where = f"{clean(place.mention.note)}, line {place.mention.line}"
        print(wrap(f"{where} stays: {place.why}.", "", "  "))


def _keep(
    library: Library,
    works: Sequence[str],
    to: HeadingPath,
    left: HeadingPath | None,
    *,
    as_json: bool,
) -> int:
    """Keep the reader's word; the notes are left alone."""
    from litmap.pipeline import kept_places

    moved = kept_places.move(library.settings, works, to, left)
    if as_json:
        print_json({"works": list(moved), "heading": list(to)})
        return 0
    for title in _titles(library, moved):
        print(wrap(f"{title} → {clean(path_text(to))}"))
    print(
        wrap(
            "Kept; your notes stay as they are. Lists and searches have it now, the next `litmap "
            "refresh` files and draws by it."
        )
    )
    return 0


def _take_back(library: Library, names: Sequence[str], *, as_json: bool) -> int:
    from litmap.pipeline import kept_places

    works = [library.work(name).work.id for name in names]
    taken = kept_places.take_back(library.settings, works)
    if as_json:
        print_json({"works": list(taken)})
    else:
        for title in _titles(library, taken):
            print(wrap(f"{title} stands where your notes have it."))
    return 0


def _titles(library: Library, works: Sequence[str]) -> list[str]:
    return [clean(library.by_id[work].work.title or work) for work in works]
