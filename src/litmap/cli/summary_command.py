"""`litmap summary`: what a paper says, part by part, or what the papers of a heading say."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from litmap.cli.ask_command import print_answer
from litmap.cli.options import clean, command, library_of, print_json, print_notices, wrap
from litmap.cli.writing_progress import writer_of
from litmap.parsing.places import with_mark

if TYPE_CHECKING:
    from litmap.library import Library
    from litmap.library.summary_view import SummaryView


def add_summary(commands: Any) -> None:
    """`litmap summary`: its arguments."""
    parser = command(
        commands,
        "summary",
        summary,
        "summarise a paper or a heading, each sentence with its page",
        "litmap summary 'Loss surfaces'",
    )
    parser.add_argument(
        "subject", nargs="+", metavar="PAPER|HEADING", help="its id or title, or a heading"
    )
    parser.add_argument(
        "--write",
        action="store_true",
        help="have the settings' language model write it from these sentences, each checked",
    )


def summary(args: argparse.Namespace) -> int:
    """`litmap summary`."""
    subject = " ".join(args.subject)
    with library_of(args) as library:
        if args.write:
            with writer_of(library, "without --write it is the papers' own words") as (
                writer,
                tell,
            ):
                view = library.write_summary(subject, writer, tell)
            print_json(view.as_json()) if args.json else print_answer(view)
            return 0
        found = library.summary(subject)
        if args.json:
            print_json(found.as_json())
            return 0
        _print_summary(library, found)
    return 0


def _print_summary(library: Library, found: SummaryView) -> None:
    """A title, then each part under its name; a paper's own sentences with their place alone."""
    from litmap.library.summary_view import NOT_SAID

    is_paper = found.subject in library.by_id
    print(clean(found.title))
    notices = {n: None for sentence in found.sentences for n in sentence["notices"]}
    print_notices(list(notices), "  ")
    if found.new:
        titles = (library.by_id[work].work.title for work in found.new)
        print(wrap(f"New since the last refresh: {clean('; '.join(titles))}", "  "))
    if found.written:
        _print_written(found.written, is_paper=is_paper)
    for part, sentences in found.by_part():
        _print_part_name(part)
        for text, where in _paragraphs(sentences, is_paper=is_paper):
            print(wrap(f"{text} [{where}]", "  "))
        if is_paper and not sentences:
            print(wrap(NOT_SAID, "  "))


def _print_written(written: Mapping[str, Any], *, is_paper: bool) -> None:
    """What a language model wrote, each sentence with the places of those that bear it out."""
    print(f"\nWritten by {clean(written['by'])} from the sentences below, each sentence checked")
    for sentence in written["sentences"]:
        where = dict.fromkeys(_where(source, is_paper=is_paper) for source in sentence["sources"])
        print(wrap(f"{sentence['text']} [{'; '.join(where)}]", "  "))


def _where(sentence: Mapping[str, Any], *, is_paper: bool) -> str:
    place = with_mark(str(sentence["place"]), sentence["marked"])
    return place if is_paper else f"{sentence['cite']}, {place}"


def _print_part_name(part: Mapping[str, Any]) -> None:
    """'Findings', 'width, depth (6 papers, 2016–2021)'; nothing where a part has no name."""
    years = "–".join(str(y) for y in dict.fromkeys(part["years"]))
    count = f"{len(part['works'])} papers" if len(part["works"]) > 1 else ""
    beside = ", ".join(filter(None, (count, years))) if part["part"].startswith("theme") else ""
    by = f", named by {part['label_by']}" if part["label_by"] else ""
    name = part["label"] or ("All" if beside else "")
    if name:
        shown = clean(f"{name}{f' ({beside}{by})' if beside else ''}")
        print(f"\n{shown}")


def _paragraphs(
    sentences: Sequence[Mapping[str, Any]], *, is_paper: bool
) -> Iterator[tuple[str, str]]:
    """Texts with their places; the sentences of an abstract from one place in one piece."""

    def place(sentence: Mapping[str, Any]) -> tuple[str, str]:
        own = _where(sentence, is_paper=is_paper)
        return (own, "" if sentence["part"] == "abstract" else sentence["text"])

    for (where, _), own in groupby(sentences, key=place):
        yield " ".join(s["text"] for s in own), where
