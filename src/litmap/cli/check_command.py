"""`litmap check`: what notes and drafts say of papers, beside what these say."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from litmap.cli.options import clean, command, library_of, print_json, wrap
from litmap.cli.progress import Bars
from litmap.errors import UsageError
from litmap.models import FindingKind, pair_name
from litmap.parsing.places import sentence_place, with_mark

if TYPE_CHECKING:
    from litmap.library import Library
    from litmap.library.checking import CheckResults
    from litmap.models import Finding

TROUBLED = 4
"""Exit code with --strict where something should be looked at."""
_SAID = {
    FindingKind.EXACT: "quoted exactly",
    FindingKind.CHANGED: "quoted with changes",
    FindingKind.NOT_QUOTED: "quotation not found",
    FindingKind.STRONG: "evidence",
    FindingKind.WEAK: "weak evidence",
    FindingKind.NOTHING: "nothing close",
    FindingKind.NUMBER: "number differs",
    FindingKind.NAME: "name differs",
    FindingKind.MISSING: "paper is missing",
    FindingKind.UNSURE: "work is unsure",
    FindingKind.RETRACTED: "RETRACTED",
    FindingKind.CONCERN: "EXPRESSION OF CONCERN",
    FindingKind.CORRECTED: "corrected",
    FindingKind.ABSTRACT: "abstract only",
    FindingKind.ELSEWHERE: "said elsewhere",
}


def add_check(commands: Any) -> None:
    """Register the command."""
    parser = command(
        commands,
        "check",
        check,
        "check what your notes or a draft say of papers against their pages",
        "litmap check draft.md --only troubles",
    )
    parser.add_argument(
        "paths",
        nargs="*",
        metavar="NOTE|DRAFT",
        help="files to check (default: the library's notes)",
    )
    parser.add_argument(
        "--format",
        choices=("text", "json", "sarif", "markdown"),
        default="text",
        help="how findings are printed (default text)",
    )
    parser.add_argument(
        "--only",
        choices=("troubles", "looked", *(kind.value for kind in FindingKind)),
        action="append",
        help="print these findings alone ('troubles': what should be looked at; 'looked': what "
        "you looked at); may be repeated",
    )
    parser.add_argument(
        "--fine",
        metavar="ID",
        nargs="+",
        action="extend",
        help="keep that you looked at these, by the ids printed, and that they are fine, until the "
        "sentence or the paper changes",
    )
    parser.add_argument(
        "--not-fine", metavar="ID", nargs="+", action="extend", help="take that back"
    )
    parser.add_argument(
        "--strict",
        action="store_true",
        help=f"exit with {TROUBLED} where a finding should be looked at",
    )


def check(args: argparse.Namespace) -> int:
    """`litmap check`."""
    from litmap.library.check_formats import to_markdown, to_sarif

    if args.fine or args.not_fine:
        return _keep_word(args)
    with library_of(args) as library, Bars(silent=args.format != "text" or args.json) as bars:
        results = library.check(args.paths, bars)
        shown = results.only(lambda finding: _is_wanted(finding, args.only or ()))
        form = "json" if args.json else args.format
        if form == "json":
            print_json(shown.as_json())
        elif form == "sarif":
            print_json(to_sarif(shown, library.by_id))
        elif form == "markdown":
            print(to_markdown(shown, library.by_id), end="")
        else:
            _print_text(shown, library)
    return TROUBLED if args.strict and results.troubles else 0


def _is_wanted(finding: Finding, only: Sequence[str]) -> bool:
    """Whether a finding is printed."""
    return (
        not only
        or finding.kind in only
        or ("troubles" in only and finding.is_trouble)
        or ("looked" in only and finding.looked)
    )


def _keep_word(args: argparse.Namespace) -> int:
    """Keep, or take back, that the reader looked at some claims."""
    from litmap.pipeline.looked_claims import forget_looked, keep_looked

    with library_of(args) as library:
        settings = library.settings
        claims = library.claims(args.paths) if args.fine else []
        said = {pair_name(w, claim.text): (w, claim.text) for claim in claims for w in claim.works}
        kept = {pair_name(*pair): pair for pair in library.looked()}
    fine, not_fine = _named(args.fine or (), said), _named(args.not_fine or (), kept)
    keep_looked(settings, fine)
    forget_looked(settings, not_fine)
    if args.json:
        print_json({"fine": args.fine or [], "not_fine": args.not_fine or []})
        return 0
    for word, pairs in (("looked at", fine), ("not looked at any more", not_fine)):
        for work, claim in pairs:
            print(wrap(f"{word}: {claim} ({work})"))
    return 0


def _named(names: Sequence[str], pairs: Mapping[str, tuple[str, str]]) -> list[tuple[str, str]]:
    """The works and sentences of these names. Raises `UsageError` for a name of none."""
    unknown = next((name for name in names if name not in pairs), None)
    if unknown is not None:
        raise UsageError(
            f"no claim here has the id {unknown!r}: `litmap check` prints ids; name the draft too "
            "where it is one of a draft",
            subject=unknown,
        )
    return [pairs[name] for name in names]


def _print_text(results: CheckResults, library: Library) -> None:
    before = ""
    for finding in results.findings:
        place = f"{finding.claim.note}:{finding.claim.line}"
        heading = f"{place}  {finding.claim.text}"
        if heading != before:
            print(("\n" if before else "") + wrap(heading))
            before = heading
        _print_finding(finding, library)
    kinds = Counter(finding.kind for finding in results.findings)
    said = ", ".join(f"{_SAID[kind]} {kinds[kind]}" for kind in FindingKind if kinds[kind])
    print(("\n" if before else "") + wrap(f"{results.claims} claims. {said or 'Nothing to say.'}"))


def _print_finding(finding: Finding, library: Library) -> None:
    work = library.by_id[finding.work].work
    looked = ", looked at" if finding.looked else ""
    name = f" ({finding.name})" if finding.kind.is_trouble else ""
    print(wrap(f"{_SAID[finding.kind]}{looked}: {work.title}. {finding.why}{name}", "    "))
    for sentence in finding.evidence[:2]:
        where = with_mark(sentence_place(sentence), sentence.marked)
        print(wrap(f"{clean(where)}: “{sentence.text}”", "      "))
    for sentence, _ in finding.elsewhere:
        other = library.by_id[sentence.work].work
        print(wrap(f"{other.title}, {sentence_place(sentence)}: “{sentence.text}”", "      "))
