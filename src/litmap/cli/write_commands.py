"""The commands that change a library: refresh, add, resolve, schedule, demo; and app, which serves
it.
"""

from __future__ import annotations

import argparse
import filecmp
import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import nullcontext, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any

from litmap.cli.options import (
    clean,
    command,
    path_text,
    print_json,
    settings_of,
    table,
    workers_line,
    wrap,
    written_line,
)
from litmap.cli.progress import Bars
from litmap.cli.schedule_command import add_schedule
from litmap.errors import UsageError
from litmap.operating_system import interrupt_on_terminate
from litmap.written_files import WrittenFiles

if TYPE_CHECKING:
    from litmap.catalogue.entries import Entry
    from litmap.models import Work
    from litmap.pipeline.given_pdfs import GivenPdf
    from litmap.settings import Settings

LOOPBACK = "127.0.0.1"


def add_commands(commands: Any) -> None:
    """Register the commands."""
    for add in _ADDERS:
        add(commands)


def _add_refresh(commands: Any) -> None:
    parser = command(
        commands,
        "refresh",
        refresh,
        "bring the library up to date with your notes",
        "litmap refresh ~/notes --library ~/papers",
    )
    parser.add_argument(
        "notes",
        nargs="*",
        metavar="NOTES",
        help="files or folders of notes, '-' for standard input; "
        "those of the last refresh if left out",
    )
    parser.add_argument(
        "--offline", action="store_true", default=None, help="ask nothing of the network"
    )
    parser.add_argument("--strict", action="store_true", help="exit with 3 where some works failed")
    parser.add_argument(
        "--no-prefect", action="store_true", help="run the same stages without Prefect"
    )
    parser.add_argument("--model", help="a sentence-transformers model: name or folder")
    parser.add_argument("--backend", help="auto, torch, torch-bf16, onnx or cuda")


def refresh(args: argparse.Namespace) -> int:
    """`litmap refresh`."""
    options = {
        "notes": args.notes or None,
        "offline": args.offline,
        "model": args.model,
        "backend": args.backend,
    }
    settings = settings_of(args, **options)
    report = run_refresh(settings, prefect=not args.no_prefect, silent=args.json)
    if args.json:
        print_json(report)
    else:
        print_report(report, settings)
    return 3 if args.strict and report["counts"].get("failed") else 0


def run_refresh(
    settings: Settings, *, prefect: bool = True, silent: bool = False
) -> dict[str, Any]:
    """One refresh with progress on the terminal; the run's report. Where it is `silent`, what other
    programs print does not stand on standard output either.
    """
    from litmap import pipeline

    interrupt_on_terminate()
    elsewhere = redirect_stdout(sys.stderr) if silent else nullcontext()
    with elsewhere, Bars(silent=silent) as bars:
        pipeline.check(settings)
        if not prefect:
            return pipeline.refresh(settings, bars)
        from litmap.flows import refresh as flows
        from litmap.flows.server import NoServerError

        try:
            report: dict[str, Any] = flows.run(settings, bars)
        except NoServerError:
            print("litmap: Prefect's server did not start; going on without it.", file=sys.stderr)
            return pipeline.refresh(settings, bars)
        return report


def print_report(report: dict[str, Any], settings: Settings) -> None:
    """What a refresh did, for people."""
    counts, seconds = report["counts"], report["seconds"]
    notes, mentions = counts.get("notes", 0), counts.get("mentions", 0)
    cited = counts.get("cited", counts.get("works", 0))
    print(f"\n{cited} works cited in {notes} notes, {mentions} mentions")
    rows = [(status, number) for status, number in counts.get("by_status", {}).items()]
    print(table(rows, ("status", "works")))
    if "model_before" in counts:
        print(
            wrap(
                f"The model is another one (before: {counts['model_before']}), so all was "
                f"embedded anew."
            )
        )
    for what, titles in report["changes"].items():
        if titles:
            shown = "; ".join(titles[:3]) + (
                f"; and {len(titles) - 3} more" if len(titles) > 3 else ""
            )
            print(wrap(f"{what}: {len(titles)}: {shown}"))
    stages = ", ".join(f"{name} {value:.1f} s" for name, value in seconds.items())
    print(
        wrap(
            f"{counts.get('passages', 0)} passages; {stages}; {counts.get('memory_megabytes', 0)} "
            f"MB at most"
        )
    )
    told = counts.get("news", 0), counts.get("new_papers", 0), counts.get("looked_through", 0)
    if news := tell_news(*told):
        print(wrap(news))
    if "written" in counts:
        print(wrap(written_line(counts["written"])))
    if "workers" in counts:
        print(wrap(workers_line(counts["workers"])))
    for problem in report["problems"][:20]:
        print(wrap(f"! {problem['subject']}: {problem['reason']}"))
    print(
        f"\nNext: litmap search … | litmap works --missing | litmap app   (library: "
        f"{settings.library})"
    )


def tell_news(count: int | None, new_papers: int = 0, looked: int = 0) -> str:
    """How much a refresh has to tell, and how many new papers of those looked through; None after
    the first, from which on it is told.
    """
    if count is None:
        return "This is where your news begin: from now on `litmap digest` tells what changes."
    found = f"{new_papers} new paper{'' if new_papers == 1 else 's'} to look at"
    found += f" (of {looked} looked through)"
    parts = [*([str(count)] if count else []), *([found] if new_papers else [])]
    return f"News: {' and '.join(parts)}, told by `litmap digest`." if parts else ""


def _add_add(commands: Any) -> None:
    parser = command(
        commands,
        "add",
        add_pdfs,
        "put PDFs (or JATS, HTML, EPUB) into the library's drop folder and file them",
        "litmap add ~/Downloads/paper.pdf",
    )
    parser.add_argument("pdfs", nargs="+", type=Path, metavar="PDF", help="files to copy there")
    parser.add_argument(
        "--as",
        dest="work",
        metavar="WORK",
        help="file one PDF as this work of your notes (its id), where its text is that work's",
    )
    parser.add_argument(
        "--sure", action="store_true", help="with --as: also where its text seems another's"
    )


def add_pdfs(args: argparse.Namespace) -> int:
    """`litmap add`."""
    from litmap import lock
    from litmap.catalogue import Catalogue, utc_now
    from litmap.paths import LibraryPaths
    from litmap.pipeline import add_dropped
    from litmap.pipeline.dropped_pdfs import filed_files

    settings = settings_of(args)
    paths = LibraryPaths(settings.library)
    endings = {path: _check_paper(path) for path in args.pdfs}
    names = {path: path.stem for path in args.pdfs}
    if args.work or args.sure:
        given = _given(args, settings)
        if given.doubt and not args.sure:
            return _tell_doubt(given.doubt, args)
        names = {args.pdfs[0]: given.name}
    with lock.writer(paths.lock, utc_now()):  # one that is busy is told before anything is copied
        paths.papers.mkdir(parents=True, exist_ok=True)
        copies = [_copy_in(path, paths.papers / f"{names[path]}{endings[path]}") for path in names]
    added = {str(path) for path in copies}
    with Bars(silent=args.json) as bars:
        report = add_dropped(settings, bars)
    with Catalogue.open(paths.catalogue) as catalogue:
        filed = filed_files(catalogue, paths)
    files = {path.name: filed[path] for path in copies if path in filed}
    if args.json:
        named = {str(path): copy.name for path, copy in zip(args.pdfs, copies, strict=True)}
        filed_as = [_file_json(name, entry) for name, entry in files.items()]
        print_json(report | {"copies": named, "files": filed_as})
    else:
        print_report(report, settings)
        for name, entry in files.items():
            print(wrap(tell_file(name, entry)))
    return int(any(problem["subject"] in added for problem in report["problems"]))


def _given(args: argparse.Namespace, settings: Settings) -> GivenPdf:
    """The one PDF that is given to a work. Raises `UsageError`."""
    from litmap.pipeline.given_pdfs import look_at

    if not args.work or len(args.pdfs) != 1:
        raise UsageError("--as names the work of one PDF; --sure goes with it")
    return look_at(settings, args.work, args.pdfs[0])


def _tell_doubt(doubt: str, args: argparse.Namespace) -> int:
    """Say why a PDF was not added; the exit code."""
    name = args.pdfs[0].name
    if args.json:
        print_json({"doubt": doubt, "file": name})
    else:
        print(wrap(f"Not added: of {name} {doubt}. If it is that work all the same, add --sure."))
    return 1


def _file_json(name: str, entry: Entry) -> dict[str, Any]:
    return {
        "file": name,
        "work": entry.work.id,
        "title": entry.work.title,
        "cited": bool(entry.citations),
        "missing": missing_fields(entry.work),
    }


def missing_fields(work: Work) -> list[str]:
    """What is not known of a work, in the words of `resolve --set`."""
    return [name for name in ("title", "authors", "year") if not getattr(work, name)]


def tell_file(name: str, entry: Entry) -> str:
    """Where a file went, what is missing, and how to correct it."""
    work = entry.work
    where = "a work that your notes cite" if entry.citations else "a work of its own"
    told = f"{name}: {where}, “{work.title}” ({work.id})."
    if missing := missing_fields(work):
        values = " ".join(f"--set {field}=…" for field in missing)
        told += (
            f" Missing: {', '.join(missing)}; the next `litmap refresh` with the network looks it "
            f"up, or say `litmap resolve {work.id} {values}`."
        )
    return (
        f"{told} If that is wrong, name the file after its DOI (10.1000_xyz.pdf) or arXiv id, or "
        f"take papers/{name} away."
    )


def _check_paper(path: Path) -> str:
    """The ending that fits a file's content. Raises `UsageError` where it is no paper's."""
    from litmap.text import ending_of_file

    if not path.is_file():
        raise UsageError(f"no file {path}")
    if not (ending := ending_of_file(path)):
        raise UsageError(f"{path} is no PDF, nor JATS, HTML or EPUB")
    return ending


def _copy_in(path: Path, wanted: Path) -> Path:
    """A copy of the file in the drop folder, under the wanted name where that is free; one that is
    there already stays.
    """
    target, number = wanted, 1
    while os.path.lexists(target):
        if target.is_file() and filecmp.cmp(path, target, shallow=False):
            return target
        name = f"{wanted.stem}-{number}{wanted.suffix}"
        target, number = wanted.with_name(name), number + 1
    WrittenFiles.write_new(target, path.read_bytes())
    return target


def _add_resolve(commands: Any) -> None:
    parser = command(
        commands,
        "resolve",
        resolve,
        "settle which work an unsure citation means, or correct a work",
        "litmap resolve title:0123456789abcdef arxiv:1611.03530",
    )
    parser.add_argument("work", help="id of the work as `litmap works` shows it")
    parser.add_argument(
        "choice",
        nargs="?",
        help="id of the right candidate, 'none' if it is no scholarly work, 'search' to look up "
        "what was kept on this machine",
    )
    parser.add_argument(
        "--set",
        dest="values",
        action="append",
        default=[],
        metavar="FIELD=VALUE",
        help="correct title, authors (separated by ';'), year, venue or doi",
    )


def resolve(args: argparse.Namespace) -> int:
    """`litmap resolve`."""
    from litmap.pipeline.overrides import correct, settle

    settings = settings_of(args)
    if not args.choice and not args.values:
        raise UsageError("name the right candidate, or a value to correct with --set")
    done = settle(settings, args.work, args.choice) if args.choice else {}
    if args.values:
        done = correct(settings, args.work, args.values)
    if args.json:
        print_json(done)
    else:
        print("Kept. The next `litmap refresh` goes by it.")
    return 0


def _add_decisions(commands: Any) -> None:
    parser = command(
        commands,
        "decisions",
        decisions,
        "list what you settled or corrected, and take it back",
        "litmap decisions --undo title:0123456789abcdef --only year",
    )
    parser.add_argument(
        "--undo", metavar="WORK", help="take back all that you said of this work, as listed"
    )
    parser.add_argument(
        "--only",
        metavar="WHAT",
        help="with --undo: take back this alone: title, authors, year, venue, doi, heading (where "
        "you moved it), or work (which one is meant)",
    )


def decisions(args: argparse.Namespace) -> int:
    """`litmap decisions`."""
    from litmap.pipeline import overrides

    settings = settings_of(args)
    if args.only and not args.undo:
        raise UsageError("--only goes with --undo WORK")
    if args.only and args.only not in overrides.SUBJECTS:
        raise UsageError(f"--only {args.only}: choose from {', '.join(overrides.SUBJECTS)}")
    if args.undo:
        listed = overrides.undo(settings, args.undo, args.only or "")
    else:
        listed = overrides.decisions(settings)
    if args.json:
        print_json(listed)
        return 0
    if not listed:
        print("You have settled and corrected nothing in this library.")
        return 0
    rows = [
        (row["time"][:10], row["work"], f"{row['field']} = " * bool(row["field"]) + row["choice"])
        for row in listed
    ]
    print(table(rows, ("when", "work", "what you said"), stretch=2))
    if args.undo:
        print("Taken back. The next `litmap refresh` asks the sources again.")
    return 0


def _add_app(commands: Any) -> None:
    parser = command(
        commands, "app", app, "serve the app on this machine", "litmap app --port 8501", reads=False
    )
    parser.add_argument("--port", type=int, default=8501, help="port of the app (default 8501)")
    parser.add_argument(
        "--host",
        dest="hosts",
        action="append",
        default=[],
        metavar="NAME",
        help="answer to this name too (NAME or NAME:PORT); an IP address is also listened on",
    )
    parser.add_argument(
        "--no-token",
        action="store_true",
        help="show the library to every user of this machine; starting a refresh needs the token",
    )


def app(args: argparse.Namespace) -> int:
    """`litmap app`."""
    return serve_app(
        settings_of(args),
        args.port,
        args.hosts,
        reading_needs_token=not args.no_token,
        file=args.config,
    )


MEMORY = {
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_MMAP_THRESHOLD_": str(128 << 10),
    "MALLOC_TRIM_THRESHOLD_": str(128 << 10),
}
"""How glibc keeps what a long-lived server frees. Each run of a page is a thread of its own and
makes pictures of some 300 kB; by default their room stays in many arenas, full of holes.
"""


def app_command(
    settings: Settings,
    port: int,
    token: str,
    hosts: Sequence[str] = (),
    *,
    reading_needs_token: bool = True,
    file: Path | None = None,
) -> tuple[list[str], dict[str, str]]:
    """The command that serves the app, and its environment, which holds the token; the settings
    were read from `file` where one was named.

    `hosts` are names the app answers to besides those of loopback; one that is an IP address is
    listened on instead of 127.0.0.1. Raises `UsageError` for several of them, or for one that would
    be open to all.
    """
    from litmap.ui import configuration
    from litmap.ui.server import TOKEN_VARIABLE

    # -P: a folder of the working directory that is called as a package is not that package.
    arguments = ["-P", "-m", "litmap.ui.server", f"--port={port}", f"--address={_address(hosts)}"]
    arguments += [f"--host={host}" for host in hosts]
    if not reading_needs_token:
        if _address(hosts) != LOOPBACK:
            raise UsageError("--no-token would show the library to the whole network")
        arguments.append("--open")
    own = configuration.environment_for(settings, file)
    environment = {**MEMORY, **os.environ, **own, TOKEN_VARIABLE: token}
    environment["STREAMLIT_BROWSER_GATHER_USAGE_STATS"] = "false"
    return [sys.executable, *arguments], environment


def _address(hosts: Sequence[str]) -> str:
    """The address to listen on: the one among the names that is an IP address, else loopback."""
    from litmap.ui.access import is_address

    addresses = [host.strip("[]") for host in hosts if is_address(host.strip("[]"))]
    if len(addresses) > 1:
        raise UsageError("--host takes one IP address; the others must be names")
    return addresses[0] if addresses else LOOPBACK


def serve_app(
    settings: Settings,
    port: int,
    hosts: Sequence[str] = (),
    *,
    reading_needs_token: bool = True,
    file: Path | None = None,
) -> int:
    """Serve the app until it is stopped."""
    from litmap.ui.access import new_token

    token = new_token()
    arguments, environment = app_command(
        settings, port, token, hosts, reading_needs_token=reading_needs_token, file=file
    )
    address = _address(hosts)
    _see_that_port_is_free(address, port)
    shown = f"http://{f'[{address}]' if ':' in address else address}:{port}/"
    with_token = f"{shown}?token={token}"
    if reading_needs_token:
        print(f"litmap is at {with_token} (Ctrl-C ends it)", flush=True)
    else:
        print(f"litmap is at {shown} for every user of this machine (Ctrl-C ends it).", flush=True)
        print(f"For you alone, to change something or start a refresh: {with_token}", flush=True)
    interrupt_on_terminate()
    process = subprocess.Popen(arguments, env=environment)  # noqa: S603 - this interpreter
    try:
        return process.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()


def _see_that_port_is_free(address: str, port: int) -> None:
    """Raises `UsageError` before an address is printed that another program answers at."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family) as tried:
            if os.name == "posix":  # elsewhere it would let two programs have one port
                tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind((address, port))
    except OSError as error:
        reason = error.strerror or error
        raise UsageError(
            f"cannot listen on port {port}: {reason}. Another app may run there; --port takes "
            "another one",
            subject=str(port),
        ) from error


def _add_demo(commands: Any) -> None:
    parser = command(
        commands,
        "demo",
        demo,
        "build the example library, search it, serve the app",
        "litmap demo --no-serve",
        reads=False,
    )
    parser.add_argument("--no-serve", action="store_true", help="end after the search")
    parser.add_argument("--port", type=int, default=8501, help="port of the app (default 8501)")


def demo(args: argparse.Namespace) -> int:
    """`litmap demo`: the example library over loopback, the real way."""
    from litmap.cli.read_commands import print_search
    from litmap.examples import server
    from litmap.library import Library

    library = Path(args.library or ".demo")
    notes = str(server.NOTES)
    with server.serve() as environment:  # to the end: a refresh started from the app asks it too
        os.environ.update(environment)
        settings = settings_of(args, library=str(library), notes=(notes,))
        print(
            "The example notes cite papers that do not exist; a server on this machine plays the "
            "web for them."
        )
        print(f"Building {library} …", flush=True)
        print_report(run_refresh(settings), settings)
        with Library.open(settings=settings) as opened:
            print("\nNot fetched, and why:")
            for entry in opened.works(missing=True):
                print(wrap(f"{entry.work.title}: {entry.reason}", "  "))
            print("\nFiled under:")
            for topic in opened.topics().topics:
                if topic.works:
                    print(
                        f"  {len(topic.works):3} "
                        f"{clean(path_text(topic.heading or (topic.label,)))}"
                    )
            print_search(opened, "why do flat minima generalise?", limit=3)
        if args.no_serve:
            return 0
        return serve_app(settings, args.port, file=args.config)


_ADDERS = (
    _add_refresh,
    _add_add,
    _add_resolve,
    _add_decisions,
    add_schedule,
    _add_app,
    _add_demo,
)
"""In the order of the help."""

__all__ = ["add_commands", "app_command", "run_refresh"]
