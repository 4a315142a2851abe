"""`litmap links`: links from the notes to the exported pages of the works they cite."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from litmap.cli.options import clean, command, library_of, print_json, wrap
from litmap.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from litmap.library import Library
    from litmap.library.linked_notes import LinkedNotes


def add_links(commands: Any) -> None:
    """Register the command."""
    parser = command(
        commands,
        "links",
        links,
        "put links to the pages of `litmap export FOLDER` into your notes",
        "litmap links ~/papers-export --patch",
    )
    parser.add_argument(
        "pages",
        nargs="?",
        type=Path,
        metavar="FOLDER",
        help="the folder that `litmap export` wrote the pages into",
    )
    parser.add_argument(
        "--inline",
        action="store_true",
        help="a link behind each reference, in place of a list of works at the end of each note",
    )
    parser.add_argument(
        "--remove", action="store_true", help="take litmap's links out of your notes (no FOLDER)"
    )
    change = parser.add_mutually_exclusive_group(required=True)
    change.add_argument("--patch", action="store_true", help="show what --apply would change")
    change.add_argument("--apply", action="store_true", help="change your notes; a backup is kept")
    change.add_argument(
        "--undo", action="store_true", help="put the notes of the last --apply back as they were"
    )


def links(args: argparse.Namespace) -> int:
    """`litmap links`."""
    if not args.undo and bool(args.pages) == args.remove:
        raise UsageError("name the folder of the pages, or --remove to take the links away")
    with library_of(args) as library:
        if args.undo:
            return _undo(library, as_json=args.json)
        linked = library.linked_notes(args.pages, inline=args.inline)
        return _change(library, linked, apply=args.apply, as_json=args.json)


def _change(library: Library, linked: LinkedNotes, *, apply: bool, as_json: bool) -> int:
    """Show, or make, the change of the notes."""
    from litmap import topics
    from litmap.pipeline import note_moves

    old, new = linked.old, linked.new
    patch = topics.patch(old, new).decode("utf-8", "replace")
    kind = note_moves.Change.LINKS
    backup = note_moves.move(library.paths, kind, old, new) if apply and new else None
    if as_json:
        left = [
            {"note": place.note, "line": place.line, "work": place.work, "why": place.why}
            for place in linked.left
        ]
        made = {"notes": sorted(new), "patch": patch, "backup": str(backup) if backup else None}
        print_json({**made, "left": left})
        return 0
    if not new:
        print("Nothing to change in your notes.")
    elif backup is None:
        print("\n".join(map(clean, patch.splitlines())))
    else:
        print(wrap(f"Changed {', '.join(map(clean, sorted(new)))}."))
        print(wrap(f"The notes as they were are in {backup}; `litmap links --undo` restores."))
    for place in linked.left:
        where = clean(place.note) + (f":{place.line}" if place.line else "")
        print(wrap(f"{where} gets no link: {place.why}.", "", "  "))
    return 0


def _undo(library: Library, *, as_json: bool) -> int:
    """Put the notes of the last change back."""
    from litmap.pipeline import note_moves

    notes = note_moves.undo(library.paths, note_moves.Change.LINKS)
    if as_json:
        print_json({"notes": notes})
    else:
        told = ", ".join(map(clean, notes)) or "nothing: the notes are as they were"
        print(wrap(f"Put back {told}."))
    return 0
