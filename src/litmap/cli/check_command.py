"""`litmap check`: what notes and drafts say of papers, beside what these say."""

from __future__ import annotations

import argparse
from collections import Counter
from typing import TYPE_CHECKING, Any

from litmap.cli.options import clean, command, library_of, print_json, wrap
from litmap.models import FindingKind
from litmap.parsing.places import sentence_place

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
        choices=("troubles", *(kind.value for kind in FindingKind)),
        action="append",
        help="print these findings alone ('troubles': what should be looked at); may be repeated",
    )
    parser.add_argument(
        "--strict",
        action="store_true",
        help=f"exit with {TROUBLED} where a finding should be looked at",
    )


def check(args: argparse.Namespace) -> int:
    """`litmap check`."""
    from litmap.library.check_formats import to_markdown, to_sarif

    with library_of(args) as library:
        results = library.check(args.paths)
        shown = results.only(_wanted(args.only))
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


def _wanted(only: list[str] | None) -> frozenset[FindingKind]:
    """The kinds of findings that are printed."""
    return frozenset(
        kind
        for kind in FindingKind
        if not only or kind in only or ("troubles" in only and kind.is_trouble)
    )


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
    print(wrap(f"{_SAID[finding.kind]}: {work.title}. {finding.why}", "    "))
    for sentence in finding.evidence[:2]:
        print(wrap(f"{clean(sentence_place(sentence))}: “{sentence.text}”", "      "))
    for sentence, _ in finding.elsewhere:
        other = library.by_id[sentence.work].work
        print(wrap(f"{other.title}, {sentence_place(sentence)}: “{sentence.text}”", "      "))
