"""`litmap schedule`: serve a schedule, install one with the system, look it up, take it back, and
what an installed one starts.
"""

from __future__ import annotations

import argparse
import os
import shlex
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from litmap.cli.options import clean, command, settings_of, wrap
from litmap.errors import Busy, UsageError
from litmap.operating_system import interrupt_on_terminate
from litmap.settings import KEY_NAMES, LLM_KEY_NAME
from litmap.written_files import WrittenFiles

if TYPE_CHECKING:
    from litmap.schedules.times import Times
    from litmap.settings import Settings

MANAGERS = ("systemd", "launchd", "cron")


def add_schedule(commands: Any) -> None:
    """Register the command."""
    parser = command(
        commands,
        "schedule",
        schedule,
        "refresh the library on a schedule",
        'litmap schedule --cron "0 6 * * 1" --install',
        reads=False,
    )
    when = parser.add_mutually_exclusive_group()
    when.add_argument("--cron", help="minute hour day month weekday, in your time zone")
    when.add_argument("--every", metavar="TIME", help="such as 30m, 6h, 1d")
    parser.add_argument(
        "--timezone", metavar="NAME", help="that of --cron, such as Europe/Berlin (default: yours)"
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--install",
        action="store_true",
        help="have the system keep the schedule, also after this terminal and a restart",
    )
    what.add_argument(
        "--uninstall", action="store_true", help="take the library's installed schedule back"
    )
    what.add_argument(
        "--status", action="store_true", help="show the installed schedule, next and last refresh"
    )
    what.add_argument(
        "--due",
        action="store_true",
        help="refresh once, now, if the schedule has come since the last refresh, and end",
    )
    parser.add_argument(
        "--with",
        dest="manager",
        choices=MANAGERS,
        help="what --install tells (default: the first that is there)",
    )
    parser.add_argument(
        "--force", action="store_true", help="replace or remove files that were edited since"
    )


def schedule(args: argparse.Namespace) -> int:
    """`litmap schedule`."""
    settings = settings_of(args)
    if args.status:
        return _status(args, settings)
    if args.uninstall:
        return _uninstall(args, settings)
    from litmap.pipeline import check
    from litmap.schedules.times import read_times

    if args.cron is None and args.every is None:
        raise UsageError('when? name --cron "0 6 * * 1" or --every 6h')
    times = read_times(cron=args.cron, every=args.every, zone=args.timezone)
    if args.due:
        return _refresh_if_due(settings, times)
    check(settings, now=False)
    if args.install:
        return _install(args, settings, times)
    from litmap.flows import schedule as flows

    interrupt_on_terminate()  # so that a server started for it ends with it
    flows.serve(settings, times)
    return 0


def _refresh_if_due(settings: Settings, times: Times) -> int:
    """Refresh where it is due; says nothing where it is not, as the system asks often."""
    from litmap.cli.write_commands import print_report, run_refresh
    from litmap.pipeline.scheduling import read_attempts
    from litmap.schedules.due import is_due

    if not is_due(times, read_attempts(settings.library), datetime.now(UTC)):
        return 0
    try:
        print_report(run_refresh(settings), settings)
    except Busy as busy:
        print(wrap(f"Not started: {busy.message}"))
    return 0


def _install(args: argparse.Namespace, settings: Settings, times: Times) -> int:
    from litmap.pipeline.scheduling import job_of
    from litmap.schedules.installing import install

    job = job_of(settings, times, args.config)
    files = WrittenFiles(settings.state)
    title, told = install(job, files, title=args.manager, force=args.force)
    print(wrap(f"{title} refreshes {settings.library} {times} from now on."))
    for line in told:
        print(wrap(line))
    for name in (*KEY_NAMES.values(), LLM_KEY_NAME):
        if os.environ.get(name):
            print(wrap(f"{name} is a secret and was not written: scheduled refreshes lack it."))
    _print_next(settings, times)
    print(f"{_command(args, '--status')} shows it, {_command(args, '--uninstall')} takes it back.")
    return 0


def _uninstall(args: argparse.Namespace, settings: Settings) -> int:
    from litmap.schedules.installing import uninstall
    from litmap.schedules.names import schedule_name

    files = WrittenFiles(settings.state)
    untold = uninstall(schedule_name(settings.library), files, force=args.force)
    if not untold:
        _print_none(args, settings)
        return 0
    print(wrap(f"{' and '.join(untold)} no longer refreshes {settings.library}."))
    for title, why in untold.items():
        if why:
            print(wrap(f"What litmap wrote is removed, but {title} was not told: {why}."))
    return 0


def _status(args: argparse.Namespace, settings: Settings) -> int:
    from litmap.schedules.installing import find, trouble
    from litmap.schedules.names import schedule_name

    name = schedule_name(settings.library)
    found = find(name)
    if not found:
        _print_none(args, settings)
    for manager, times in found:
        why = trouble(manager, name)
        if why:
            told = f"{manager.title} was told to refresh {settings.library} {times}, but {why}."
            print(wrap(f"{told} Install it again:"))
            print(f"  {_command(args, *times.options, '--install')}")
        else:
            print(wrap(f"{manager.title} refreshes {settings.library} {times}."))
            _print_next(settings, times)
    return 0


def _print_none(args: argparse.Namespace, settings: Settings) -> None:
    hint = "" if args.library else "; name it with --library DIR"
    print(wrap(f"No schedule is installed for the library in {settings.library}{hint}."))


def _command(args: argparse.Namespace, *options: str) -> str:
    """`litmap schedule` for the library of this command, to copy."""
    named = ("--library", args.library), ("--config", args.config)
    given = [word for option, value in named if value for word in (option, str(value))]
    return clean(shlex.join(["litmap", "schedule", *options, *given]))


def _print_next(settings: Settings, times: Times) -> None:
    """When the next refresh comes, and what became of the last."""
    from litmap.pipeline.scheduling import read_attempts
    from litmap.schedules.due import next_time

    attempts, now = read_attempts(settings.library), datetime.now(UTC)
    coming = next_time(times, attempts, now)
    when = (
        "as soon as the system asks"
        if coming <= now
        else f"{coming.astimezone():%a %Y-%m-%d %H:%M}"
    )
    print(f"Next refresh: {when}.")
    if attempts:
        last = attempts[0]
        print(f"Last refresh: {last.started.astimezone():%a %Y-%m-%d %H:%M}, {last.state}.")
