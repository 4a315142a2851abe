"""The commands that only read a library: search, works, topics, summary, digest, map, status,
doctor, export, read, mcp.
"""

from __future__ import annotations

import argparse
import dataclasses
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from litmap.cli.ask_command import add_ask
from litmap.cli.catalogue_command import add_catalogue
from litmap.cli.check_command import add_check
from litmap.cli.digest_command import add_digest
from litmap.cli.moving import add_moving, move_works
from litmap.cli.new_command import add_new
from litmap.cli.options import (
    clean,
    command,
    library_of,
    path_text,
    positive,
    print_json,
    print_notices,
    reference,
    settings_of,
    table,
    workers_line,
    wrap,
    written_line,
)
from litmap.cli.summary_command import add_summary
from litmap.cli.table_command import add_table
from litmap.cli.themes_command import add_themes
from litmap.cli.topics_text import print_coverage, print_topics
from litmap.errors import UsageError
from litmap.parsing.percentages import chance_words
from litmap.parsing.person_names import short_authors
from litmap.settings import is_web_address

if TYPE_CHECKING:
    from litmap.catalogue.entries import Entry
    from litmap.library import JoinedLibraries, Library, SearchResults
    from litmap.library.results import SearchHit
    from litmap.models import Citation


def add_commands(commands: Any) -> None:
    """Register the commands."""
    for add in _ADDERS:
        add(commands)


def _add_force(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--force", action="store_true", help="replace files that litmap did not write"
    )


def _add_search(commands: Any) -> None:
    parser = command(
        commands,
        "search",
        search,
        "find passages by meaning and words",
        "litmap search 'flat minima year:2016..2018 heading:\"Loss surfaces\"'",
    )
    parser.add_argument("query", nargs="*", help='words, "phrases", filters such as year:2015')
    parser.add_argument(
        "-k", "--limit", type=positive, default=10, help="how many results (default 10)"
    )
    parser.add_argument(
        "--by",
        choices=("passage", "paper"),
        default="passage",
        help="one result a passage, or a paper",
    )
    parser.add_argument(
        "--where", action="store_true", help="the query is a quotation: find where it is from"
    )
    parser.add_argument(
        "--like",
        action="store_true",
        help="the query is a work's id or title: find what is like it",
    )
    parser.add_argument(
        "--also",
        action="append",
        default=[],
        metavar="LIBRARY",
        help="search this library (a folder, or the address of one that `litmap serve` serves) as "
        "one with yours; may be given again",
    )
    named = parser.add_mutually_exclusive_group()
    named.add_argument("--save", metavar="NAME", help="keep this search under a name")
    named.add_argument(
        "--saved", metavar="NAME", help="make the search that is kept under this name"
    )


def search(args: argparse.Namespace) -> int:
    """`litmap search`."""
    query = _query_of(args)
    with _searched(args) as libraries:
        own = libraries.own
        if args.like and own is not None:
            results = own.more_like(query, limit=args.limit)
        elif args.where:
            results = libraries.locate(query, limit=args.limit)
        else:
            results = libraries.search(query, limit=args.limit, by=args.by)
        if args.json:
            searched = {"close": results.close, "build": own.build_id if own else None}
            print_json([{**record, **searched} for record in results.as_json()])
            if results.message:
                print(wrap(results.message), file=sys.stderr)
        else:
            print_results(results)
    return 0


def _searched(args: argparse.Namespace) -> JoinedLibraries:
    """The library of this command, and those beside it. Raises `UsageError`."""
    from litmap.library import JoinedLibraries

    beside = list(args.also)
    served = str(args.library or "")
    if is_web_address(served):
        args.library = None
        beside.insert(0, served)
    settings = settings_of(args)
    if is_web_address(served):
        settings = dataclasses.replace(settings, search_own=False, search_also=())
    if args.like and (args.also or not settings.search_own):
        raise UsageError("--like knows your own library alone; leave --also out")
    return JoinedLibraries.open(settings, [*settings.search_also, *beside])


def _query_of(args: argparse.Namespace) -> str:
    """What is asked: the words given, or those of the search that was saved, which says how it is
    answered too; a search that is to be saved is. Raises `UsageError`.
    """
    from litmap.pipeline import kept_searches

    query = " ".join(args.query)
    if args.saved is not None:
        kept = kept_searches.saved_as(settings_of(args), args.saved)
        args.where = args.where or kept.mode == "quotation"
        args.by = "paper" if kept.mode == "paper" else args.by
        words = kept.fields.get("q", "") if args.where else kept.query
        return " ".join(filter(None, (words, query)))
    if not args.query:
        raise UsageError("what is to be searched for? Give words, or --saved NAME")
    if args.save is not None:
        if args.like:
            raise UsageError("--save keeps a search by words, not --like")
        mode = "quotation" if args.where else "paper" if args.by == "paper" else ""
        kept_searches.save(settings_of(args), args.save, {"q": query, "by": mode})
    return query


def print_search(library: Library, query: str, limit: int) -> None:
    """A search with its passages, for people."""
    print(f'\nlitmap search "{query}"')
    print_results(library.search(query, limit=limit))


def print_results(answer: SearchResults) -> None:
    """Results for people: work, page, why, the sentence that matched, and the reader's own
    words.
    """
    if answer.message:
        print(wrap(answer.message))
    for hit in (*answer.hits, *answer.notes):
        work = hit.entry.work if hit.entry else None
        head = reference(work.title, work.authors, work.year) if work else f"your note {hit.note}"
        print(f"\n{hit.rank:2}. {clean(head)}{_where(hit)}")
        print_notices(work.notices if work else (), "    ")
        print(wrap(hit.quotation, "    "))
        print(f"    {hit.why}")
        whose = f"in {hit.library} " if hit.library else "in your notes " if work else ""
        for heading in hit.headings[:2]:
            print(f"    {clean(whose)}under {clean(path_text(heading))}")


def _where(hit: SearchHit) -> str:
    """', page 7': where a result stands, or that it is no more than a title."""
    if hit.kind == "title":
        return ", title only"
    place = f"page {hit.page}" if hit.has_page else hit.place
    return f", {place}" if place else ""


def _add_works(commands: Any) -> None:
    parser = command(
        commands,
        "works",
        works,
        "list the cited works with status and reason",
        "litmap works --missing",
    )
    parser.add_argument(
        "--missing",
        action="store_true",
        help="only works without a PDF: why, links to try, where to drop the file",
    )


def works(args: argparse.Namespace) -> int:
    """`litmap works`."""
    with library_of(args) as library:
        found = library.works(missing=args.missing)
        unconfirmed = library.unconfirmed() if args.missing else []
        if args.json:
            print_json([e.as_json() for e in [*found, *unconfirmed]])
            return 0
        if args.missing:
            for entry in found:
                _print_missing(entry)
            print(
                f"\n{len(found)} works. Drop a PDF into {library.paths.papers} and run `litmap "
                f"refresh`."
            )
            _print_unconfirmed(unconfirmed)
            return 0
        rows = [
            (
                e.status,
                e.work.year or "",
                short_authors(e.work.authors),
                "! " * bool(e.work.notices) + e.work.title,
                e.work.id,
            )
            for e in found
        ]
        print(table(rows, ("status", "year", "authors", "title", "id"), stretch=3))
        print(f"\n{len(found)} works")
        for entry in found:
            for notice in entry.work.notices:
                print(wrap(f"! {clean(entry.work.title)}: {clean(notice)}"))
    return 0


def _print_unconfirmed(unconfirmed: Sequence[Entry]) -> None:
    """What may be a work: no source knows it, or nobody was asked."""
    if not unconfirmed:
        return
    print("\nMay be works, but no source confirmed them. Correct your note, or say what they are:")
    print("  litmap resolve KEY ID      a DOI, an arXiv id or a link")
    print("  litmap resolve KEY search  look up what nobody was asked about")
    print("  litmap resolve KEY none    it is no scholarly work")
    for entry in unconfirmed:
        place = entry.mentions[0]
        print(f"\n{clean(place.note)}, line {place.line}")
        print(wrap(clean(entry.work.title), "  "))
        print(wrap(entry.reason, "  "))
        print(f"  KEY {shlex.quote(clean(entry.work.id))}")


def _print_missing(entry: Entry) -> None:
    """A work without PDF: why, and what to try."""
    work = entry.work
    print(
        f"\n{clean(reference(work.title, work.authors, work.year))}\n  {work.id} · {entry.status}"
    )
    print_notices(work.notices, "  ")
    print(wrap(entry.reason, "  "))
    for url in list(dict.fromkeys([*work.urls, *(place.url for place in work.locations)]))[:4]:
        print(f"  try {clean(url)}")
    for other in entry.candidates:
        print(f"  is it {other.id}: {clean(reference(other.title, other.authors, other.year))}?")


def _add_topics(commands: Any) -> None:
    parser = command(
        commands,
        "topics",
        topics,
        "show how works are filed under your headings",
        "litmap topics --suggest",
    )
    parser.add_argument(
        "--suggest",
        action="store_true",
        help="suggestions: unfiled works, misfits, headings to merge or split",
    )
    parser.add_argument(
        "--apply",
        action="store_true",
        help="move the lines of your notes below the suggested headings; a backup is kept",
    )
    parser.add_argument(
        "--undo", action="store_true", help="put the notes of the last --apply back as they were"
    )
    parser.add_argument(
        "--patch",
        type=Path,
        metavar="FILE",
        help="write what --apply would do as a patch to look at",
    )
    _add_force(parser)
    add_moving(parser)
    parser.add_argument("--coverage", action="store_true", help="what each heading holds and lacks")
    parser.add_argument(
        "--reading-list",
        action="store_true",
        help="works that your papers cite and your notes do not",
    )


def topics(args: argparse.Namespace) -> int:
    """`litmap topics`."""
    with library_of(args) as library:
        if args.move or args.take_back or args.to or args.left:
            return move_works(library, args)
        for is_wanted, act in (
            (args.coverage, _coverage),
            (args.reading_list, _reading_list),
            (args.undo, _undo),
            (args.apply, _apply),
        ):
            if is_wanted:
                return act(library, args.json)
        if args.patch:
            return _write_patch(library, args.patch, args.json, force=args.force)
        view = library.topics()
        if args.json:
            print_json(view.as_json())
        elif args.suggest:
            _suggestions(library)
        else:
            print_topics(view)
    return 0


def _write_patch(library: Library, out: Path, as_json: bool, *, force: bool) -> int:
    """The suggestions as a patch; the notes themselves are left alone."""
    patch = library.suggestion_patch()
    library.written_files.write_file(out, patch, force=force)
    notes = sum(line.startswith(b"+++ ") for line in patch.split(b"\n"))
    if as_json:
        print_json({"patch": str(out), "notes": notes, "apply": "litmap topics --apply"})
    elif notes:
        print(f"Wrote {out}; look at it, then move the lines with `litmap topics --apply`.")
    else:
        print(f"Wrote {out}, empty: no line of the notes can be moved safely.")
    return 0


def _apply(library: Library, as_json: bool) -> int:
    """Move the lines in the notes."""
    from litmap.pipeline import note_moves

    old, new = library.suggested_moves()
    kind = note_moves.Change.TOPICS
    backup = note_moves.move(library.paths, kind, old, new) if new else None
    if as_json:
        print_json({"notes": sorted(new), "backup": str(backup) if backup else None})
    elif backup is None:
        print("Nothing to do: no line of the notes can be moved safely.")
    else:
        print(f"Changed {', '.join(map(clean, sorted(new)))}.")
        print(
            wrap(f"The notes as they were are in {backup}; `litmap topics --undo` puts them back.")
        )
        print("Run `litmap refresh` so that the library knows the new places.")
    return 0


def _undo(library: Library, as_json: bool) -> int:
    """Put the notes of the last move back."""
    from litmap.pipeline import note_moves

    notes = note_moves.undo(library.paths, note_moves.Change.TOPICS)
    if as_json:
        print_json({"notes": notes})
    else:
        print(f"Put back {', '.join(map(clean, notes)) or 'nothing: the notes are as they were'}.")
    return 0


SHOWN = 10


def _suggestions(library: Library) -> None:
    """What the outline may want, a few of each kind, the surest first."""
    from litmap.library.topics_view import FINDINGS

    view = library.topics()
    waiting = [filing for filing in view.unplaced() if filing.suggested]
    if waiting:
        print("\nPapers to file")
    for filing in waiting:
        title = clean(view.entries[filing.work].work.title)
        print(
            f"  {title}\n    → {clean(path_text(filing.suggested or ()))}  "
            f"({chance_words(filing.confidence)})"
        )
    for kind, what in FINDINGS.items():
        found = [f for f in view.findings if f.kind == kind]
        if found:
            print(f"\n{what}")
        for finding in found[:SHOWN]:
            print(wrap(clean(finding.evidence), "  "))
        if len(found) > SHOWN:
            print(f"  … and {len(found) - SHOWN} more (all with --json)")


def _coverage(library: Library, as_json: bool) -> int:
    coverage = library.coverage()
    if as_json:
        print_json(coverage)
        return 0
    print_coverage(coverage)
    return 0


def _reading_list(library: Library, as_json: bool) -> int:
    found = library.reading_list()
    if as_json:
        print_json(found)
        return 0
    rows = [
        (
            m["count"],
            m["year"] or "",
            short_authors(m["authors"][:1]),
            m["title"],
        )
        for m in found[:50]
    ]
    print(table(rows, ("cited by", "year", "first author", "title"), stretch=3))
    return 0


def _add_map(commands: Any) -> None:
    parser = command(
        commands,
        "map",
        draw,
        "write the map as one HTML file, SVG or PNG",
        "litmap map map.html",
        reads=False,
    )
    parser.add_argument("out", type=Path, metavar="OUT", help=".html, .svg or .png")
    _add_force(parser)


def draw(args: argparse.Namespace) -> int:
    """`litmap map`."""
    with library_of(args) as library:
        library.write_map(args.out, force=args.force)
    print(f"Wrote {args.out}")
    return 0


def _add_status(commands: Any) -> None:
    command(
        commands,
        "status",
        status,
        "show what the library holds and its last refreshes",
        "litmap status",
    )


def status(args: argparse.Namespace) -> int:
    """`litmap status`."""
    with library_of(args) as library:
        value = library.status()
        if args.json:
            print_json(value)
            return 0
        print(
            f"Library {library.paths.root}{' (a refresh is running)' if value['running'] else ''}"
        )
        if not library.has_catalogue_file:
            print(f"Catalogue {value['catalogue']}")
        model = value["model"] or "none yet"
        print(
            f"{value['notes']} notes, {value['works']} works, {value['passages']} passages, model "
            f"{model}"
        )
        print(table(list(value["by_status"].items()), ("status", "works")))
        if value["written"]:
            print(wrap(written_line(value["written"])))
        for run in value["runs"][:5]:
            print(f"{run['started']}  {run['state']}")
            if workers := run.get("counts", {}).get("workers"):
                print(wrap(workers_line(workers), indent="  "))
    return 0


def _add_doctor(commands: Any) -> None:
    parser = command(
        commands,
        "doctor",
        doctor,
        "check the library, the model and the machine",
        "litmap doctor --fix",
    )
    parser.add_argument(
        "--fix",
        action="store_true",
        help="build anew what is damaged, from the catalogue and caches",
    )
    parser.add_argument(
        "--live",
        action="store_true",
        help="ask each scholarly service once and say what came back",
    )
    parser.add_argument(
        "--report",
        type=Path,
        metavar="ZIP",
        help="write versions, settings, checks and logs for a bug report; no text of notes",
    )


def doctor(args: argparse.Namespace) -> int:
    """`litmap doctor`."""
    from litmap.pipeline.examination import ask_services, examine

    settings = settings_of(args)
    checks = examine(settings, fix=args.fix)
    if args.live:
        checks += ask_services(settings)
    if args.json:
        print_json([c.as_json() for c in checks])
    else:
        for check in checks:
            print(f"{check.mark} {check.name}: {check.text}")
            if check.advice and not check.ok:
                print(wrap(check.advice, "      "))
    if args.report:
        from litmap.cli.bug_report import write_report

        print(f"Wrote {write_report(settings, checks, args.report)}", file=sys.stderr)
    return int(not all(c.ok or c.optional for c in checks))


def _add_export(commands: Any) -> None:
    parser = command(
        commands,
        "export",
        export,
        "write works as BibTeX, RIS, CSL-JSON or CSV, or notes with back-links",
        "litmap export library.bib",
        reads=False,
    )
    parser.add_argument(
        "out",
        type=Path,
        metavar="OUT",
        help=".bib, .ris, .json, .csv, or a folder for notes with back-links",
    )
    parser.add_argument(
        "--update",
        action="store_true",
        help="add to the entries of your own .bib what the library knows and they lack, and change "
        "nothing else in it",
    )
    parser.add_argument(
        "--undo",
        action="store_true",
        help="with --update: put the .bib back as it was before the last --update",
    )
    parser.add_argument("--theme", metavar="NAME", default="", help="only the works of this theme")
    parser.add_argument(
        "--absolute-links",
        action="store_true",
        help="pages link to notes by whole paths, also where both lie on one tree",
    )
    _add_force(parser)


def export(args: argparse.Namespace) -> int:
    """`litmap export`."""
    with library_of(args) as library:
        if args.undo and not args.update:
            raise UsageError("--undo puts back what --update changed: name both")
        if args.undo:
            return _undo_update(library, args.out)
        if args.update:
            return _update(library, args.out)
        absolute = args.absolute_links
        print(library.export(args.out, theme=args.theme, force=args.force, absolute=absolute))
    return 0


def _update(library: Library, path: Path) -> int:
    """Write what litmap adds into the user's own BibTeX file."""
    from litmap.pipeline import note_moves

    old, new, count = library.updated_bibliography(path)
    kind, before, after = note_moves.Change.REFERENCES, {str(path): old}, {str(path): new}
    backup = note_moves.move(library.paths, kind, before, after) if count else None
    if backup is None:
        print(f"Nothing to add: the library knows no more of the entries in {clean(str(path))}.")
    else:
        print(f"Added to {count} {'entry' if count == 1 else 'entries'} of {clean(str(path))}.")
        again = f"litmap export --update {shlex.quote(clean(str(path)))} --undo"
        print(wrap(f"The file as it was is in {backup}; `{again}` puts it back."))
    return 0


def _undo_update(library: Library, path: Path) -> int:
    """Put the user's own BibTeX file back as it was before the last `--update`."""
    from litmap.pipeline import note_moves

    files = note_moves.undo(library.paths, note_moves.Change.REFERENCES, str(path))
    print(f"Put back {', '.join(map(clean, files)) or 'nothing: the file is as it was'}.")
    return 0


def _add_read(commands: Any) -> None:
    parser = command(
        commands,
        "read",
        read,
        "show what litmap reads in notes, without network or library",
        "litmap read notes.md --json",
    )
    parser.add_argument(
        "notes", nargs="+", metavar="NOTE", help="files or folders; '-' for standard input"
    )
    parser.add_argument(
        "--searches",
        action="store_true",
        help="list what a refresh would send to which service, and what it would not",
    )


def read(args: argparse.Namespace) -> int:
    """`litmap read`."""
    from litmap import citations, notes

    stdin = sys.stdin.buffer.read() if "-" in args.notes else None
    found, problems = notes.read_notes([n if n == "-" else Path(n) for n in args.notes], stdin)
    cited = citations.find_citations(found)
    if args.searches:
        _print_searches(cited, settings_of(args).lookups, as_json=args.json)
        return int(not found)
    if args.json:
        from litmap.cli.note_json import parse_as_json

        print_json(parse_as_json(found, cited, citations.plain_links(found), problems))
        return int(not found)
    for note in found:
        print(
            f"{note.path} ({note.format}): {len(note.headings)} headings, {len(note.blocks)} blocks"
        )
    rows = [
        (c.kind, "" if c.sure else "?", m.line, path_text(m.heading), m.text)
        for c in cited
        for m in c.mentions[:1]
    ]
    print(table(rows, ("kind", "", "line", "heading", "text"), stretch=4))
    for problem in problems:
        print(wrap(f"! {problem.subject}: {problem.reason}"))
    return int(not found)


def _print_searches(cited: Sequence[Citation], lookups: str, *, as_json: bool) -> None:
    """Print the requests that looking these citations up may begin with, and what is not sent."""
    from litmap.works import planned_searches

    searches = planned_searches(cited, lookups)
    if as_json:
        print_json([dataclasses.asdict(search) for search in searches])
        return
    rows = [(search.source, search.why, search.sent) for search in searches]
    print(table(rows, ("to", "because the notes give", "what is sent"), stretch=2))
    asked = {key for search in searches for key in search.citations}
    kept = [c for c in cited if c.key not in asked]
    print(f"\n{len(searches)} requests at most; not sent: {len(kept)}")
    for citation in kept:
        mention = citation.mentions[0]
        print(wrap(f"  {mention.note}:{mention.line}  {mention.text}"))


def _add_mcp(commands: Any) -> None:
    command(
        commands,
        "mcp",
        mcp,
        "serve the library to assistants over MCP (standard input and output)",
        "litmap mcp --library ~/papers",
        reads=False,
    )


def mcp(args: argparse.Namespace) -> int:
    """`litmap mcp`."""
    from litmap import mcp as server

    with library_of(args) as library:
        server.serve(library)
    return 0


_ADDERS = (
    _add_search,
    add_ask,
    _add_works,
    _add_topics,
    add_themes,
    add_summary,
    add_check,
    add_table,
    add_digest,
    add_new,
    _add_map,
    _add_status,
    add_catalogue,
    _add_doctor,
    _add_export,
    _add_read,
    _add_mcp,
)
"""In the order of the help."""
