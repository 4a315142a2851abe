"""`litmap catalogue`: where the catalogue is, and how it comes into PostgreSQL and back."""

from __future__ import annotations

import argparse
import dataclasses
from typing import Any

from litmap.cli.options import command, print_json, settings_of, table, wrap
from litmap.errors import UsageError


def add_catalogue(commands: Any) -> None:
    """Register the command."""
    parser = command(
        commands,
        "catalogue",
        catalogue,
        "show where the catalogue is, or move it to PostgreSQL and back",
        "litmap catalogue --move-to postgresql://litmap@db.lab/papers",
    )
    parser.add_argument(
        "--move-to",
        metavar="ADDRESS",
        help="a PostgreSQL database, or 'file' for the library's folder",
    )
    parser.add_argument(
        "--schema",
        default="",
        help="with --move-to: the schema there (default: called after the library's folder)",
    )


def catalogue(args: argparse.Namespace) -> int:
    """`litmap catalogue`."""
    if args.schema and not args.move_to:
        raise UsageError("--schema goes with --move-to")
    return _move(args) if args.move_to else _show(args)


def _show(args: argparse.Namespace) -> int:
    from litmap.pipeline.moved_catalogue import describe_catalogue

    told = describe_catalogue(settings_of(args))
    if args.json:
        print_json(told)
        return 0
    print(f"{told['database']}: {told['catalogue']}")
    if told["writer"]:
        print(wrap(f"Being written by {told['writer']}."))
    print(table([row for row in told["rows"].items() if row[1]], ("table", "rows")))
    return 0


def _move(args: argparse.Namespace) -> int:
    from litmap.pipeline.moved_catalogue import FILE, move_catalogue

    settings = settings_of(args)
    moved = move_catalogue(settings, args.move_to, args.schema)
    if args.json:
        print_json(dataclasses.asdict(moved))
        return 0
    print(wrap(f"The catalogue is {moved.place} now: {moved.rows:,} rows, each compared."))
    print(wrap(f"It was {moved.former}, which stays until you delete it."))
    if args.move_to == FILE and settings.catalogue_address:
        print(wrap("Take catalogue_address out of your settings before the next refresh."))
    return 0
