"""`litmap table`: papers × questions, each cell a sentence of the paper with its page."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from litmap.cli.options import command, library_of, positive, print_json, wrap
from litmap.cli.writing_progress import writer_of
from litmap.errors import UsageError

if TYPE_CHECKING:
    from litmap.library import Library
    from litmap.library.table import Cell, Table

PRINTED = ("text", "csv", "markdown", "latex", "json")
"""Formats that are printed; a spreadsheet is only written to a file."""
NOT_SAID = "not said"


def add_table(commands: Any) -> None:
    """Register the command."""
    parser = command(
        commands,
        "table",
        table,
        "put papers and questions into a table, each cell a sentence of the paper with its page",
        'litmap table "Flat minima" --columns "question, limits, batch size:number" --out t.xlsx',
    )
    parser.add_argument(
        "subject",
        metavar="HEADING|QUERY",
        help="a heading of your notes, or words to search papers by",
    )
    parser.add_argument(
        "--columns",
        default="standard",
        help="presets (standard, pico) and columns, parted by commas; 'NAME=WORDS' names a column, "
        "':number' behind it draws the number out (default standard: question, method, data, "
        "result, limits)",
    )
    parser.add_argument(
        "--limit",
        type=positive,
        default=20,
        metavar="N",
        help="papers at most where a query chooses them (default 20)",
    )
    parser.add_argument(
        "--choose",
        action="store_true",
        help="have the settings' language model choose among the nearest sentences for columns in "
        "words of your own",
    )
    parser.add_argument("--format", choices=PRINTED, help="how the table is printed (default text)")
    parser.add_argument(
        "--out",
        metavar="FILE",
        type=Path,
        help="write a .csv, .xlsx, .md, .tex or .json file instead",
    )
    parser.add_argument(
        "--force", action="store_true", help="replace FILE even where litmap did not write it"
    )


def table(args: argparse.Namespace) -> int:
    """`litmap table`."""
    from litmap.library.table_formats import FORMATS, format_of

    form = "json" if args.json else args.format
    if args.out and form:
        raise UsageError("--out takes the format from the file's ending: leave the other one out")
    named = format_of(args.out) if args.out else ""
    with library_of(args) as library:
        made = _made(args, library)
        if args.out:
            library.written_files.write_file(args.out, FORMATS[named](made), force=args.force)
            print(f"wrote {len(made.rows)} papers to {args.out}")
        elif form == "json":
            print_json(made.as_json())
        elif form in FORMATS:
            sys.stdout.write(FORMATS[form](made).decode())
        else:
            _print_text(made)
    return 0


def _made(args: argparse.Namespace, library: Library) -> Table:
    if not args.choose:
        return library.table(args.subject, args.columns, limit=args.limit)
    with writer_of(library, "without --choose none is asked") as (writer, _):
        return library.table(args.subject, args.columns, limit=args.limit, writer=writer)


def _print_text(made: Table) -> None:
    for row in made.rows:
        print(wrap(row.entry.work.title))
        for notice in row.entry.work.notices:
            print(wrap(notice, "    "))
        if row.why:
            print(wrap(f"({row.why})", "    "))
            continue
        for column, cell in zip(made.columns, row.cells, strict=True):
            print(wrap(f"{column.name}: {_said(cell)}", "    "))
        print()
    count = len(made.rows)
    said = f"{count} paper{'' if count == 1 else 's'}."
    print(wrap(said if made.rows else "No paper is close to this."))


def _said(cell: Cell | None) -> str:
    if cell is None:
        return NOT_SAID
    drawn = f"{cell.number.text}: " if cell.number else ""
    return f"{drawn}“{cell.sentence.text}” ({cell.place})"
