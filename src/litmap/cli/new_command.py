"""`litmap new`: new papers under the reader's headings, and what he says of them."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from litmap.cli.options import command, library_of, path_text, print_json, settings_of, wrap
from litmap.parsing.person_names import short_authors
from litmap.parsing.sentences import beginning

if TYPE_CHECKING:
    from litmap.models import Candidate

DAYS = 7
"""Days of which it is said how many papers were looked through."""
MAX_SENTENCES = 2
"""Sentences of an abstract that are shown."""


def add_new(commands: Any) -> None:
    """Register the command."""
    parser = command(
        commands,
        "new",
        new,
        "list new papers from the listings you watch, below your own headings",
        "litmap new --take arxiv:2611.01234",
    )
    parser.add_argument(
        "--all", action="store_true", help="also those that you took or did not want"
    )
    parser.add_argument(
        "--take",
        metavar="ID",
        nargs="+",
        action="extend",
        help="write these into the inbox note that the settings name (inbox below [watch])",
    )
    parser.add_argument(
        "--refuse",
        metavar="ID",
        nargs="+",
        action="extend",
        help="not these: they are listed no more, and what is like them stands lower",
    )


def new(args: argparse.Namespace) -> int:
    """`litmap new`."""
    if args.take or args.refuse:
        return _keep_word(args)
    with library_of(args) as library:
        found = library.candidates(all_states=args.all)
        if args.json:
            print_json([candidate_json(c) for c in found])
        else:
            since = datetime.now(UTC) - timedelta(days=DAYS)
            looked, shown = library.looked_through(since.strftime("%Y-%m-%dT%H:%M:%SZ"))
            _print(found, is_watching=library.is_watching)
            if looked:
                print(wrap(f"Shown: {shown} of {looked} papers looked through in {DAYS} days."))
            if found:
                print("Next: litmap new --take ID… | litmap new --refuse ID…")
    return 0


def _keep_word(args: argparse.Namespace) -> int:
    from litmap.pipeline.candidate_choices import refuse, take

    settings = settings_of(args)
    taken = take(settings, args.take) if args.take else []
    refused = refuse(settings, args.refuse) if args.refuse else []
    if args.json:
        print_json([candidate_json(c) for c in (*taken, *refused)])
        return 0
    for candidate in taken:
        print(wrap(f"Written to {settings.watch_inbox}: {candidate.work.title}"))
    for candidate in refused:
        print(wrap(f"Taken off the list; what is like it stands lower: {candidate.work.title}"))
    return 0


def candidate_json(candidate: Candidate) -> dict[str, Any]:
    """The form of `litmap new --json`."""
    work = candidate.work
    return {
        "id": candidate.id,
        "title": work.title,
        "authors": list(work.authors),
        "year": work.year,
        "venue": work.venue,
        "abstract": work.abstract,
        "ids": list(work.ids),
        "url": candidate.url,
        "heading": list(candidate.heading),
        "score": candidate.score,
        "why": candidate.why,
        "listing": candidate.listing,
        "published": candidate.published,
        "state": str(candidate.state),
        "shown": candidate.shown,
        "is_sure": candidate.is_sure,
        "notices": list(work.notices),
    }


def _print(found: Sequence[Candidate], *, is_watching: bool) -> None:
    if not found:
        hint = "" if is_watching else ": name listings below [watch] in litmap.toml"
        print(wrap(f"Nothing new{hint}."))
        return
    for heading in dict.fromkeys(c.heading for c in found):
        print(wrap(path_text(heading)))
        for candidate in (c for c in found if c.heading == heading):
            _print_one(candidate)
        print()


def _print_one(candidate: Candidate) -> None:
    work = candidate.work
    said = {"taken": " (taken)", "refused": " (not this)"}.get(candidate.state, "")
    who = ", ".join(filter(None, (short_authors(work.authors), candidate.published or work.venue)))
    print(wrap(f"{work.title}{said}", "  ", "    "))
    notices = (f"! {n}" for n in work.notices)
    begin = beginning(work.abstract, MAX_SENTENCES)
    for line in (who, *notices, candidate.why, begin, candidate.url):
        if line:
            print(wrap(line, "      "))
    print(wrap(candidate.id, "      "))
