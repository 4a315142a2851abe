"""The litmap command. Commands that only read import no Prefect, and torch only where the model
needs it.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from litmap import __version__, logs
from litmap.errors import LitmapError, UsageError
from litmap.operating_system import end_at_once

DONE, FAILED, USAGE, PARTLY = 0, 1, 2, 3
STOPPED = 130
"""As a shell has it for Ctrl-C."""

NEXT_STEP = """litmap reads your notes, fetches the papers they cite and makes them searchable.

Start here:
  litmap demo                      see it at work on the example library (no network needed)
  litmap refresh ~/notes           build the library ./index from your own notes
  litmap search "flat minima"      then search it
  litmap app                       or look at it in the browser

litmap --help lists every command, litmap COMMAND --help explains one.
"""


class Parser(argparse.ArgumentParser):
    """argparse with litmap's exit code for wrong usage and its way to say so."""

    def error(self, message: str) -> Any:
        """Wrong usage: say what, and where help is."""
        self.exit(USAGE, f"litmap: {message}\nTry `{self.prog} --help`.\n")


class _Version(argparse.Action):
    """`--version`: what a bug report has to say."""

    def __init__(self, option_strings: Sequence[str], dest: str, help: str) -> None:  # noqa: A002 - argparse's name
        super().__init__(option_strings, dest, nargs=0, default=argparse.SUPPRESS, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        """Print it and end."""
        print(version_text())
        parser.exit()


def version_text() -> str:
    """Litmap's version with its default model, index format and Python."""
    import platform

    from litmap.builds.reader import FORMAT
    from litmap.settings import DEFAULT_MODEL

    return (
        f"litmap {__version__} (model {DEFAULT_MODEL}, index format {FORMAT}, "
        f"Python {platform.python_version()})"
    )


def build_parser() -> Parser:
    """All commands with their options and examples."""
    from litmap.cli import (
        links_command,
        notices_command,
        read_commands,
        serve_command,
        watch_command,
        write_commands,
    )
    from litmap.cli.options import add_log_options

    parser = Parser(
        prog="litmap",
        description="From your notes to a searchable, mapped library of the papers they cite.",
    )
    parser.add_argument(
        "--version", action=_Version, help="show version, model, index format and Python"
    )
    add_log_options(parser, default=0)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser)
    write_commands.add_commands(commands)
    read_commands.add_commands(commands)
    notices_command.add_notices(commands)
    links_command.add_links(commands)
    watch_command.add_watch(commands)
    serve_command.add_serve(commands)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code: 0 done, 1 failed, 2 wrong usage, 3 done with
    failures (--strict).
    """
    parser = build_parser()
    args = parser.parse_args(arguments)
    run: Callable[[argparse.Namespace], int] | None = getattr(args, "run", None)
    if run is None:
        print(NEXT_STEP, end="")
        return DONE
    if isinstance(
        sys.stdout, io.TextIOWrapper
    ):  # names of files may hold what no terminal can show
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        logs.configure(args.verbose, args.log)
        return _finished(run(args))
    except LitmapError as error:
        print(f"litmap: {error.message}", file=sys.stderr)
        return USAGE if isinstance(error, UsageError) else FAILED
    except KeyboardInterrupt:
        print(
            "\nlitmap: stopped; the library is as it was after the last whole build.",
            file=sys.stderr,
        )
        return STOPPED
    except BrokenPipeError:
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except OSError as error:  # a full disk, a folder that cannot be written
        print(f"litmap: {error.filename or 'system'}: {error.strerror or error}", file=sys.stderr)
        return FAILED


def run() -> NoReturn:
    """The command as a process of its own: ends it with the exit code of `main`.

    One that was stopped has let go of the library by then and ends at once. Prefect's threads would
    go on telling its server, which has ended, of that for half a minute; and the interpreter takes
    seconds to give back what a refresh holds, piece by piece.
    """
    code = main()
    if code == STOPPED:
        end_at_once(code)
    sys.exit(code)


def _finished(code: int) -> int:
    """The exit code, once all is written: a reader that went away shows only then."""
    sys.stdout.flush()
    return code
