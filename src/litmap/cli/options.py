"""What the commands share: options, settings, tables, JSON."""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from litmap.parsing.person_names import short_authors
from litmap.settings import Settings, load_settings

if TYPE_CHECKING:
    from litmap.library import Library

Command = Callable[[argparse.Namespace], int]


def command(
    commands: Any, name: str, run: Command, summary: str, example: str, *, reads: bool = True
) -> argparse.ArgumentParser:
    """A subcommand with `--library`, `--config` and, where it prints data, `--json`."""
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=summary,
        description=summary[0].upper() + summary[1:] + ".",
        epilog="Example:\n" + textwrap.indent(example, "  "),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--library", metavar="DIR", help="folder of the library (default: index)")
    parser.add_argument(
        "--config", metavar="FILE", type=Path, help="settings file (default: litmap.toml, if there)"
    )
    add_log_options(parser, default=argparse.SUPPRESS)
    if reads:
        parser.add_argument("--json", action="store_true", help="print data as JSON")
    parser.set_defaults(run=run)
    return parser


def add_log_options(parser: argparse.ArgumentParser, default: Any) -> None:
    """`-v`, `-vv` and `--log`; they may stand before or after the command."""
    parser.add_argument(
        "-v", "--verbose", action="count", default=default, help="say what is done (-vv: and why)"
    )
    parser.add_argument(
        "--log",
        metavar="FILE",
        type=Path,
        default=None if default == 0 else default,
        help="write a full log to FILE",
    )


def settings_of(args: argparse.Namespace, **options: Any) -> Settings:
    """Settings from the file, the environment and this command's options."""
    return load_settings({"library": args.library, **options}, file=args.config)


def library_of(args: argparse.Namespace) -> Library:
    """The library of this command, opened for reading."""
    from litmap.library import Library

    return Library.open(settings=settings_of(args))


def positive(text: str) -> int:
    """An option's whole number from 1."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number from 1")
    return number


def print_json(value: Any) -> None:
    """Print a value as JSON on standard output."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=1)
    print()


def width() -> int:
    """Columns of the terminal, at most 120."""
    return min(120, shutil.get_terminal_size((100, 24)).columns)


def wrap(text: str, indent: str = "", rest: str | None = None) -> str:
    """Text wrapped to the terminal, one line in a pipe or a file; lines behind the first begin with
    `rest` where given.
    """
    rest = indent if rest is None else rest
    columns = width() if sys.stdout.isatty() else sys.maxsize
    return textwrap.fill(clean(text), columns, initial_indent=indent, subsequent_indent=rest)


def clean(text: str) -> str:
    """Text without control characters, so that a paper cannot move the reader's cursor."""
    return "".join(c if c.isprintable() else " " for c in text)


def table(rows: Iterable[Sequence[Any]], header: Sequence[str], stretch: int = -1) -> str:
    """Columns as wide as their cells; the `stretch` column is cut so that a row fits the
    terminal.
    """
    cells = [[clean(str(c)) for c in row] for row in rows]
    widths = [max(len(r[i]) for r in [list(header), *cells]) for i in range(len(header))]
    room = (
        width()
        - 2 * (len(header) - 1)
        - sum(w for i, w in enumerate(widths) if i != stretch % len(header))
    )
    widths[stretch] = max(12, min(widths[stretch], room))
    lines = []
    for row in [list(header), ["─" * w for w in widths], *cells]:
        shown = [c if len(c) <= w else c[: w - 1] + "…" for c, w in zip(row, widths, strict=True)]
        lines.append("  ".join(c.ljust(w) for c, w in zip(shown, widths, strict=True)).rstrip())
    return "\n".join(lines)


def reference(title: str, authors: Sequence[str], year: int | None) -> str:
    """A work in one line."""
    who = short_authors(authors)
    return f"{title} ({', '.join(str(p) for p in (who, year) if p)})" if who or year else title


def path_text(path: Sequence[str]) -> str:
    """A heading path as text."""
    return " › ".join(path) if path else "(no heading)"


SLOW = 2.0
"""A worker is called slow whose tasks take so many times as long as those of the middle one."""


def workers_line(workers: Mapping[str, Any]) -> str:
    """What workers did, of the counts of a report: how many tasks, again where one died, and who is
    slow.
    """
    each = {
        name: told["seconds"] / told["tasks"]
        for name, told in workers["by_worker"].items()
        if told["tasks"]
    }
    tasks = sum(told["tasks"] for told in workers["by_worker"].values())
    said = [f"{tasks} tasks of {len(each)} workers"]
    if workers["repeated"]:
        said.append(f"{workers['repeated']} given again because a worker died")
    middle = statistics.median(each.values()) if each else 0.0
    said += [
        f"{name} is slow ({seconds:.1f} s a task, others {middle:.1f} s)"
        for name, seconds in each.items()
        if len(each) > 2 and seconds > SLOW * middle
    ]
    return "Workers: " + "; ".join(said) + "."


def written_line(written: Mapping[str, Any]) -> str:
    """How many texts a language model has written, of the counts of a report or the status."""
    parts = [
        f"{written[name]} of {written[f'of_{name}']} {name}"
        for name in ("summaries", "labels")
        if written[f"of_{name}"]
    ]
    return f"written by {clean(str(written['by']))}: {', '.join(parts) or 'nothing to write'}"


def print_notices(notices: Sequence[str], indent: str) -> None:
    """What the sources warn of: a retraction, a withdrawal."""
    for notice in notices:
        print(wrap(f"! {clean(notice)}", indent))
