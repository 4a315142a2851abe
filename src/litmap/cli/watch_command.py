"""`litmap watch`: an edited note is in the library seconds later."""

from __future__ import annotations

import argparse
import time
from typing import Any

from litmap.cli.options import clean, command, settings_of
from litmap.operating_system import interrupt_on_terminate


def add_watch(commands: Any) -> None:
    """Register the command."""
    parser = command(
        commands,
        "watch",
        watch,
        "keep the library up with your notes while you edit them",
        "litmap watch ~/notes --library ~/papers",
        reads=False,
    )
    parser.add_argument(
        "notes",
        nargs="*",
        metavar="NOTES",
        help="files or folders of notes; those of the last refresh if left out",
    )
    parser.add_argument(
        "--offline", action="store_true", default=None, help="ask nothing of the network"
    )


def watch(args: argparse.Namespace) -> int:
    """`litmap watch`."""
    from litmap.pipeline.watching import NoteWatch

    settings = settings_of(args, notes=args.notes or None, offline=args.offline)
    try:
        interrupt_on_terminate()
        NoteWatch(settings, _say).run()
    except KeyboardInterrupt:
        _say("stopped; the library is as it was after the last whole build")
    return 0


def _say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {clean(text)}", flush=True)
