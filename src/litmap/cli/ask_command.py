"""`litmap ask`: what the papers say to a question, in their own sentences."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from litmap.cli.options import (
    clean,
    command,
    library_of,
    positive,
    print_json,
    reference,
    settings_of,
    wrap,
)
from litmap.cli.writing_progress import writer_of
from litmap.errors import UsageError
from litmap.parsing.places import sentence_place, with_mark
from litmap.settings import LLM_CONSENT_NAME

if TYPE_CHECKING:
    from litmap.library import Library
    from litmap.library.asking import AnswerView
    from litmap.models import Sentence
    from litmap.settings import Settings


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
        "question", nargs="*", help="a question; filters such as year:2016.. or author:arora too"
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
    parser.add_argument(
        "--no-model",
        action="store_true",
        help="quote only, although the settings name a language model",
    )
    parser.add_argument(
        "--consent",
        action="store_true",
        help="let questions and sentences be sent to the settings' language model from now on",
    )
    parser.add_argument(
        "--withdraw-consent",
        action="store_true",
        help="send that language model nothing any more",
    )


def ask(args: argparse.Namespace) -> int:
    """`litmap ask`."""
    if args.withdraw_consent:
        _withdraw(settings_of(args))
        return 0
    if args.consent:
        _consent(settings_of(args))
    elif not args.question:
        raise UsageError("ask what? Write the question behind `litmap ask`", subject="question")
    if args.question:
        with library_of(args) as library:
            view = _answered(args, library)
            if args.json:
                print_json(view.as_json())
            else:
                print_answer(view)
    return 0


def _consent(settings: Settings) -> None:
    """Keep the user's consent to the settings' language model, and say to what."""
    from litmap.language_models import configured

    where = configured.model_endpoint(settings)
    if where.is_local:
        print(f"{where.origin} is this machine: no consent is needed.", file=sys.stderr)
        return
    file = configured.give_consent(where)
    sent = f"From now on {where.origin} is sent {configured.WHAT_IS_SENT}."
    withdraw = "`litmap ask --withdraw-consent` withdraws that"
    print(f"{sent} It stands in {file}; {withdraw}.", file=sys.stderr)


def _withdraw(settings: Settings) -> None:
    """Withdraw the user's consent to the settings' language model, and say what still holds."""
    from litmap.language_models import configured

    where = configured.model_endpoint(settings)
    configured.withdraw_consent(where)
    if where.is_local:
        print(f"{where.origin} is this machine and needs no consent.", file=sys.stderr)
    elif configured.has_consent(where):
        print(f"{LLM_CONSENT_NAME} in the environment still names {where.origin}.", file=sys.stderr)
    else:
        print(f"{where.origin} is sent nothing any more.", file=sys.stderr)


def _answered(args: argparse.Namespace, library: Library) -> AnswerView:
    """The answer, written by a language model where the settings name one."""
    from litmap.language_models.configured import is_configured

    question = " ".join(args.question)
    if args.no_model or not is_configured(library.settings):
        return library.ask(question, limit=args.limit, heading=args.heading)
    without = "`litmap ask --no-model` answers without it"
    with writer_of(library, without) as (writer, on_text):
        return library.ask(
            question, limit=args.limit, heading=args.heading, writer=writer, on_text=on_text
        )


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
    if view.answer.dropped and view.answer.parts:
        print(
            "\n" + wrap(f"{view.answer.dropped} more of the model's sentences are not borne out.")
        )
    for hit in view.notes:
        print("\n" + wrap(f"your notes say ({clean(hit.note)}, {hit.place}): {hit.quotation}"))


def _print_source(sentence: Sentence, view: AnswerView) -> None:
    """The paper and page of a sentence, and what the sources warn of."""
    work = view.entries[sentence.work].work
    where = with_mark(sentence_place(sentence) or "abstract", sentence.marked)
    named = clean(reference(work.title, work.authors, work.year))
    print(wrap(f"{named}, {where}", "      "))
    for notice in work.notices:
        print(wrap(f"! {clean(notice)}", "      "))
