"""`litmap digest`: what happened in the library, by heading."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from litmap.cli.options import command, library_of, print_json, settings_of, wrap
from litmap.errors import UsageError

if TYPE_CHECKING:
    from litmap.digests import Digest
    from litmap.library import Library

DAYS = 7
"""Days of which a digest tells where no date is given."""


def add_digest(commands: Any) -> None:
    """`litmap digest`: its arguments."""
    parser = command(
        commands,
        "digest",
        digest,
        "tell what happened in the library, by heading",
        "litmap digest --since 2026-11-01",
    )
    parser.add_argument(
        "--since",
        metavar="DATE",
        help=f"tell what happened from this day on, such as 2026-11-01 (default: {DAYS} days ago)",
    )
    parser.add_argument(
        "--format",
        choices=("text", "markdown", "html", "atom", "json"),
        default="text",
        help="how it is printed (default: text)",
    )
    parser.add_argument(
        "--send",
        action="store_true",
        help="give the channels of the settings what they were not given yet, as a refresh does",
    )
    parser.add_argument(
        "--print",
        action="store_true",
        help="print it (the default without --send)",
    )


def digest(args: argparse.Namespace) -> int:
    """`litmap digest`."""
    since = _start_of(args.since) if args.since else ""
    if args.send:
        code = _send(args)
        if code or not args.print:
            return code
    shown = "json" if args.json else args.format
    with library_of(args) as library:
        since = since or _utc(datetime.now(UTC) - timedelta(days=DAYS))
        if shown == "json":
            from litmap.digests import as_json

            print_json(as_json(library.digest(since)))
        elif shown == "atom":
            print(library.feed(since), end="")
        else:
            print(_FORMATS[shown](library.digest(since), library), end="")
    return 0


def _send(args: argparse.Namespace) -> int:
    """Give the channels what waits for them; 1 where one could not be given it."""
    from litmap.pipeline.deliveries import channels, send_digest

    settings = settings_of(args)
    if not channels(settings):
        raise UsageError(
            "where to? Name a folder, feed, mail or notify = true below [digest] in litmap.toml"
        )
    done = send_digest(settings)
    if args.json and not args.print:
        print_json([asdict(delivery) for delivery in done])
    else:
        for delivery in done:
            given = f"{delivery.events} told" if delivery.events or not delivery.problem else ""
            print(wrap(f"{delivery.channel}: {'; '.join(filter(None, (given, delivery.problem)))}"))
        if not done:
            print("Nothing waits to be sent.")
    return int(any(delivery.problem for delivery in done))


def _as_text(news: Digest, library: Library) -> str:
    from litmap.digests import to_text

    if news.sections:
        return to_text(news)
    last = max((event.time for event in library.news()), default="")
    if not last:
        return "No news yet: what changes is told after each refresh but the first.\n"
    return f"No news; the last are of {last[:10]}: litmap digest --since {last[:10]}\n"


def _as_markdown(news: Digest, library: Library) -> str:
    from litmap.digests import to_markdown

    return to_markdown(news)


def _as_html(news: Digest, library: Library) -> str:
    from litmap.digests import to_html

    return to_html(news)


_FORMATS: Mapping[str, Callable[[Digest, Library], str]] = {
    "text": _as_text,
    "markdown": _as_markdown,
    "html": _as_html,
}


def _start_of(day: str) -> str:
    """The begin of a day (or a time) of this machine's time zone as UTC. Raises `UsageError`."""
    try:
        return _utc(datetime.fromisoformat(day).astimezone(UTC))
    except (ValueError, OverflowError) as error:
        raise UsageError(f"--since {day!r} is no day: write 2026-11-01", subject=day) from error


def _utc(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")
