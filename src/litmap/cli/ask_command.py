"""`litmap ask`: what the papers say to a question, in their own sentences."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from litmap.cli.options import clean, command, library_of, positive, print_json, reference, wrap
from litmap.parsing.places import sentence_place

if TYPE_CHECKING:
    from litmap.library.asking import AnswerView
    from litmap.models import Sentence


def add_ask(commands: Any) -> None:
    """Register the command."""
    parser = command(
        commands,
        "ask",
        ask,
        "answer a question with the papers' own sentences",
        'litmap ask "Why do networks that fit noise still generalise?" --in "Generalization"',
    )
    parser.add_argument(
        "question", nargs="+", help="a question; filters such as year:2016.. or author:arora too"
    )
    parser.add_argument(
        "-n", "--limit", type=positive, default=5, help="how many things are said (default 5)"
    )
    parser.add_argument(
        "--in",
        dest="heading",
        metavar="HEADING",
        default="",
        help="only papers under this heading of the notes",
    )


def ask(args: argparse.Namespace) -> int:
    """`litmap ask`."""
    with library_of(args) as library:
        view = library.ask(" ".join(args.question), limit=args.limit, heading=args.heading)
        if args.json:
            print_json(view.as_json())
        else:
            print_answer(view)
    return 0


def print_answer(view: AnswerView) -> None:
    """An answer for people: each thing said with its paper and page, and who else says it."""
    if view.answer.refused:
        print(wrap(view.answer.refused))
    for number, part in enumerate(view.answer.parts, 1):
        print(("\n" if number > 1 else "") + wrap(part.text, f"{number:2}. ", "    "))
        for place, sentence in enumerate(part.sources):
            if sentence.text != part.text or place:
                print(wrap(f"“{sentence.text}”", "    also: ", "          "))
            _print_source(sentence, view)
    for hit in view.notes:
        print("\n" + wrap(f"your notes say ({clean(hit.note)}, {hit.place}): {hit.quotation}"))


def _print_source(sentence: Sentence, view: AnswerView) -> None:
    """The paper and page of a sentence, and what the sources warn of."""
    work = view.entries[sentence.work].work
    where = sentence_place(sentence)
    named = clean(reference(work.title, work.authors, work.year))
    print(wrap(f"{named}{f', {where}' if where else ', abstract'}", "      "))
    for notice in work.notices:
        print(wrap(f"! {clean(notice)}", "      "))
