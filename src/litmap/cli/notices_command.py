"""`litmap notices`: what became of the library's works since they appeared."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from litmap.cli.options import clean, command, library_of, print_json, reference, settings_of, wrap
from litmap.cli.progress import Bars
from litmap.models import NoticeKind

if TYPE_CHECKING:
    from litmap.catalogue.entries import Entry
    from litmap.library import Library
    from litmap.library.noticed_notes import LeftPlace
    from litmap.models import Notice

SAID = {
    NoticeKind.RETRACTED: "RETRACTED",
    NoticeKind.WITHDRAWN: "WITHDRAWN",
    NoticeKind.CONCERN: "EXPRESSION OF CONCERN",
    NoticeKind.CORRECTED: "corrected",
    NoticeKind.VERSION: "newer version",
    NoticeKind.PUBLISHED: "published version",
    NoticeKind.OTHER: "notice",
}

NEVER = "The services were never asked: litmap notices --check"
NOBODY = (
    "No service was asked: litmap is offline, nothing may be sent (lookups), or no paper has an "
    "identifier that a service knows."
)
PLACES = 5
"""So many places that cite a paper are listed."""


def add_notices(commands: Any) -> None:
    """Register the command."""
    parser = command(
        commands,
        "notices",
        notices,
        "list retractions, corrections, newer and published versions of your papers",
        "litmap notices --check",
    )
    parser.add_argument(
        "--check", action="store_true", help="ask the services about all papers now"
    )
    parser.add_argument(
        "--only",
        nargs="+",
        choices=[str(kind) for kind in NoticeKind],
        metavar="KIND",
        help="list these kinds alone: " + ", ".join(NoticeKind),
    )

    _add_changes(parser)


def _add_changes(parser: argparse.ArgumentParser) -> None:
    change = parser.add_mutually_exclusive_group()
    change.add_argument(
        "--patch", action="store_true", help="show the lines that --apply would put into your notes"
    )
    change.add_argument(
        "--apply",
        action="store_true",
        help="say it in your notes, where they cite the papers; a backup is kept",
    )
    change.add_argument(
        "--undo", action="store_true", help="put the notes of the last --apply back as they were"
    )


def notices(args: argparse.Namespace) -> int:
    """`litmap notices`."""
    problems = _ask(args) if args.check else []
    with library_of(args) as library:
        if args.undo:
            return _undo(library, as_json=args.json)
        if args.patch or args.apply:
            return _change(library, apply=args.apply, as_json=args.json)
        is_asked = library.asked_for_notices()
        told = [pair for pair in library.notices() if not args.only or pair[1].kind in args.only]
    if args.json:
        print_json([notice_row(entry, notice) for entry, notice in told])
        return 0
    for entry, notice in told:
        _print(entry, notice)
    if not is_asked:
        print(wrap(NOBODY if args.check else NEVER))
    elif not told:
        print("Nothing was told of the papers of this library.")
    for problem in problems:
        print(wrap(f"! {problem['subject']}: {problem['reason']}"))
    return 0


def _change(library: Library, *, apply: bool, as_json: bool) -> int:
    """Show, or make, the change of the notes."""
    from litmap import topics
    from litmap.pipeline import note_moves

    noticed = library.noticed_notes()
    old, new = noticed.old, noticed.new
    patch = topics.patch(old, new).decode("utf-8", "replace")
    kind = note_moves.Change.NOTICES
    backup = note_moves.move(library.paths, kind, old, new) if apply and new else None
    is_told, is_asked = bool(library.notices()), library.asked_for_notices()
    if as_json:
        made = {"notes": sorted(new), "patch": patch, "backup": str(backup) if backup else None}
        print_json({**made, "left": [_left_row(place) for place in noticed.left]})
        return 0
    if not is_told:
        print(wrap(f"Nothing to do: no notice is known.{'' if is_asked else f' {NEVER}'}"))
    elif not new:
        print("Nothing to do: your notes say it, or no line can be put there safely.")
    elif backup is None:
        print("\n".join(map(clean, patch.splitlines())))
    else:
        print(wrap(f"Changed {', '.join(sorted(new))}."))
        print(wrap(f"The notes as they were are in {backup}; `litmap notices --undo` restores."))
        print("Run `litmap refresh` so that the library knows the new lines.")
    if noticed.left:
        print("\nNo line was put where")
    for place in noticed.left:
        print(wrap(f"{place.mention.note}:{place.mention.line} cites a paper: {place.why}", "  "))
        print(wrap(clean(place.text), "    "))
    return 0


def _left_row(place: LeftPlace) -> dict[str, Any]:
    mention = place.mention
    return {
        "note": mention.note,
        "line": mention.line,
        "work": place.work,
        "text": place.text,
        "why": place.why,
    }


def _undo(library: Library, *, as_json: bool) -> int:
    """Put the notes of the last change back."""
    from litmap.pipeline import note_moves

    notes = note_moves.undo(library.paths, note_moves.Change.NOTICES)
    if as_json:
        print_json({"notes": notes})
    else:
        print(wrap(f"Put back {', '.join(notes) or 'nothing: the notes are as they were'}."))
    return 0


def _ask(args: argparse.Namespace) -> list[dict[str, str]]:
    from litmap.pipeline.notices import check_notices

    with Bars(silent=args.json) as bars:
        problems: list[dict[str, str]] = check_notices(settings_of(args), bars)["problems"]
    return problems


def notice_row(entry: Entry, notice: Notice) -> dict[str, Any]:
    """One notice with its work and where the notes cite it."""
    from litmap.catalogue.entries import notice_as_json

    work = entry.work
    return {
        "work": work.id,
        "title": work.title,
        **notice_as_json(notice),
        "mentions": [{"note": m.note, "line": m.line} for m in entry.mentions],
    }


def _print(entry: Entry, notice: Notice) -> None:
    work = entry.work
    print(wrap(f"{SAID[notice.kind]}: {reference(work.title, work.authors, work.year)}"))
    print(wrap(clean(notice.text), "    "))
    if notice.url:
        print(f"    {clean(notice.url)}")
    elif missing := _missing(notice):
        print(wrap(missing, "    "))
    places = list(dict.fromkeys(f"{m.note}:{m.line}" for m in entry.mentions))
    if more := places[PLACES:]:
        places = [*places[:PLACES], f"and {len(more)} more"]
    if places:
        print(wrap(f"cited in {', '.join(places)}", "    "))


def _missing(notice: Notice) -> str:
    """What the source of a warning without an address left out."""
    what = "no address" if notice.date else "no date and no address"
    who = clean(notice.source) or "its source"
    return f"({who} gives {what})" if notice.kind.is_warning else ""
