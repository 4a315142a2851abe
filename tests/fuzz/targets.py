"""The readers that are fuzzed: a row each in `TARGETS`."""

from __future__ import annotations

import gzip
import hashlib
import importlib
import io
import json
import tempfile
import threading
import time
import warnings
import zipfile
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from harness import HERE, Fault, Target
from library_targets import (
    ask_question,
    open_address,
    open_page,
    read_damaged_build,
    read_damaged_catalogue,
    serve_messages,
)
from mutations import by_suffix, mutate_html, mutate_json, mutate_lines, mutate_xml
from promises import check_json, check_one_line, check_types, check_web_address

from litmap.catalogue.records import dump, load
from litmap.citations import find_citations
from litmap.errors import (
    LibraryError,
    NoteError,
    PdfError,
    SearchError,
    SettingsError,
    UsageError,
    WebError,
)
from litmap.models import Citation, Note, Reference

ROOT = HERE.parents[1]
MOST_PARAGRAPHS = 1_000_000
"""Where a block's line is the number of a paragraph."""
NOTES_CASES = HERE.parent / "notes_cases"
STRUCTURED = by_suffix(
    {
        ".json": mutate_json,
        ".ipynb": mutate_json,
        ".xml": mutate_xml,
        ".rdf": mutate_xml,
        ".opml": mutate_xml,
        ".enex": mutate_xml,
        ".mods": mutate_xml,
        ".html": mutate_html,
    }
)


# ── notes and reference files ─────────────────────────────────────────────────────────────────────
def read_note(name: str, data: bytes) -> None:
    """A note or reference file by its ending: its blocks, and the citations in it."""
    from litmap.notes import parse_note
    from litmap.notes.decoding import decode

    try:
        text, _ = decode(data)
    except ValueError as error:
        raise NoteError(str(error)) from error
    note, _ = parse_note(text, name, Path(name).suffix)
    check_note(note, text.count("\n") + 1)
    citations = find_citations([note])
    for citation in citations:
        check_citation(citation, text.count("\n") + 1)


def read_export(name: str, data: bytes) -> None:
    """A file of a note program, word processor or mailbox; 'x.docx.xml' is the text in an archive."""
    from litmap.notes.reader import is_packed, parse_file

    suffix = Path(name.removesuffix(".xml")).suffix
    if name.endswith(".xml"):
        data = _in_archive({".docx": "word/document.xml", ".odt": "content.xml"}[suffix], data)
    elif not is_packed(suffix):
        read_note(name, data)
        return
    note, _ = parse_file(data, name, suffix)
    check_note(note, MOST_PARAGRAPHS)
    for citation in find_citations([note]):
        check_citation(citation, MOST_PARAGRAPHS)


def _in_archive(name: str, data: bytes) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr(name, data)
    return archive.getvalue()


def check_note(note: Note, lines: int) -> None:
    """Types, and every line within the text."""
    check_types(note)
    for block in note.blocks:
        if not 1 <= block.line <= lines + 1:
            raise Fault(f"a block is outside its note: line {block.line} of {lines}")
        if list(block.line_starts) != sorted(block.line_starts):
            raise Fault(f"line starts are not in order: {block.line_starts}")
        if not all(-1 <= link.start <= link.end <= len(block.text) for link in block.links):
            raise Fault(f"a link is outside its block: {block}")


def check_citation(citation: Citation, lines: int) -> None:
    """Types, mentions within the note, and the same after it was stored."""
    check_types(citation)
    if not citation.mentions:
        raise Fault(f"a citation without a mention: {citation}")
    for mention in citation.mentions:
        if not 1 <= mention.line <= lines + 1:
            raise Fault(f"a mention is outside its note: line {mention.line} of {lines}")
    if load(Citation, dump(citation)) != citation:
        raise Fault(f"a citation is another once it was stored: {citation}")


def notes_of_tests() -> Sequence[tuple[str, bytes]]:
    """The notes with keys, those whose keys are tested."""
    from litmap.notes.formats import BY_SUFFIX

    files = (
        f for f in sorted(NOTES_CASES.iterdir()) if f.suffix in BY_SUFFIX and f.suffix != ".json"
    )
    return [(file.name, file.read_bytes()) for file in files if file.is_file()]


# ── what services and sites send ──────────────────────────────────────────────────────────────────
ADDRESSES = (
    "https://pub.example.org/j1",
    "https://arxiv.org/abs/1706.90762",
    "http://[2001:db8::1]:80/a?b=c#d",
    "https://x.example/%00%ff/../a b",
    "",
)


def kind_in(name: str) -> str:
    """'page' of 'page-script.html': what an input of the corpus is for."""
    return name.partition(".")[0].partition("-")[0]


def read_answer(name: str, data: bytes) -> None:
    """A service's answer or a work's page, and what the records of it become."""
    from litmap.works import sources
    from litmap.works.sources import landing, pmc

    kind = kind_in(name)
    if kind == "page":
        for url in ADDRESSES:
            check_records(landing.parse(data, url))
        return
    if kind == "pmc_files":
        check_places(pmc.parse_files(data))
        return
    parsed = importlib.import_module(f"{sources.__name__}.{kind}").parse(data)
    (check_places if kind in ("wayback", "zenodo") else check_records)(parsed)


def check_places(places: Sequence[Any]) -> None:
    """Types, and addresses of the web."""
    for place in places:
        check_types(place)
        check_web_address(place.url, "a place")


def check_records(records: Sequence[Any]) -> None:
    """Types, texts of one line, ids with their kinds, addresses of the web; the work made of them
    is storable and the same after it."""
    from litmap.works.merging import combine, group_by_work
    from litmap.works.record import Record

    for record in records:
        check_types(record)
        for text in (
            record.title,
            record.venue,
            record.abstract,
            *record.authors,
            *record.other_titles,
        ):
            check_one_line(text, "a text")
        for ident in record.ids:
            check_one_line(ident, "an id")
            if not all(ident.partition(":")):
                raise Fault(f"an id without kind or value: {ident!r}")
        for url in (*record.urls, *(location.url for location in record.locations)):
            check_web_address(url, "an address")
        if not all(record.authors):
            raise Fault(f"an author without a name: {record.authors}")
        if load(Record, dump(record)) != record:
            raise Fault(f"a record is another once it was stored: {record}")
    for group in group_by_work(records):
        work = combine(group, Reference(title=group[0].title), "2026-01-01T00:00:00Z")
        check_types(work)
        check_json(json.loads(dump(work)), "a work")


def read_resolution(name: str, data: bytes) -> None:
    """A whole look-up in which every service sends this."""
    from litmap.models import Mention, Response
    from litmap.works import resolve

    class Client:
        def get(self, request: Any) -> Response:
            return Response(request.url, 200, {}, data)

    mention = Mention("n.md", 1, "x", (), "Lattice Gardens, Marwick 2018", "reference")
    wanted = [
        Citation(
            key, "reference", Reference(title, title, authors, 2018, "", ids, urls), (mention,)
        )
        for key, title, authors, ids, urls in (
            ("a", "Lattice Gardens", ("Ada Marwick",), (), ()),
            ("b", "", (), ("doi:10.1000/j.1",), ()),
            ("c", "", (), ("arxiv:1706.90762",), ()),
            ("d", "", (), (), ("https://pub.example.org/j1",)),
            ("e", "", (), ("openreview:abc", "s2:" + "f" * 40), ()),
        )
    ]
    found = list(resolve(wanted, Client(), now="2026-01-01T00:00:00Z"))
    if sorted(r.citation for r in found) != [c.key for c in wanted]:
        raise Fault(f"a citation was lost: {[r.citation for r in found]}")
    for resolution in found:
        check_types(resolution)
        dump(resolution)


def answers() -> Sequence[tuple[str, bytes]]:
    """The corpora of all services' answers."""
    return [
        *TARGETS["answers"].own_corpus(),
        *TARGETS["feeds"].own_corpus(),
        *TARGETS["pages"].own_corpus(),
    ]


@cache
def _certificates() -> Any:
    """What a client trusts, read once; none is met here."""
    from litmap.web import transport

    return transport._tls()


def read_exchange(name: str, data: bytes) -> None:
    """The bytes of an HTTP answer, asked for as data, as a file, and as the rest of a file."""
    import httpcore2

    from litmap.models import Request
    from litmap.web import WebClient, transport
    from litmap.web.transport import Limits

    certificates = _certificates()  # they take longer to read than all else
    url = "http://pub.example.org/a.pdf"
    limits = Limits(idle=5, total=5, redirects=3, attempts=1, backoff=0.0, patience=0.0)
    refusals = []
    for state in ("data", "file", "rest"):
        with (
            tempfile.TemporaryDirectory() as folder,
            patch.object(transport, "_tls", lambda: certificates),
            WebClient("", Path(folder), {"default": 0.0}, limits=limits) as client,
        ):
            backend = httpcore2.MockBackend([data])
            pool = httpcore2.ConnectionPool(network_backend=backend)
            client._transport._pool = lambda _, pool=pool: pool  # type: ignore[method-assign]
            partial = Path(folder) / "a.part"
            if state == "rest":
                partial.write_bytes(b"%PDF-1.4 begun")
                note = {"url": url, "etag": '"abc"'}
                partial.with_name("a.part.json").write_text(json.dumps(note))
            try:
                if state == "data":
                    client.get(Request(url, accept="application/json", limit=1_000_000))
                else:
                    check_download(client.download(url, partial, limit=1_000_000))
            except WebError as error:
                refusals.append(error)
    if len(refusals) == 3:
        raise refusals[0]


def check_download(got: Any) -> None:
    """A file is as long as it is said to be, begins as a PDF and ends as one."""
    if got.path is None:
        return
    content = got.path.read_bytes()
    if len(content) != got.size or hashlib.sha256(content).hexdigest() != got.sha256:
        raise Fault("a file is another than it is said to be")
    if b"%PDF-" not in content or b"%%EOF" not in content:
        raise Fault("a file that is no whole PDF was taken")


def read_meta_tags(name: str, data: bytes) -> None:
    """The meta tags and links of a page, and a `Link` header."""
    from litmap.parsing import meta_tags

    for key, content in meta_tags.read_tags(data):
        check_one_line(content, "a tag's content")
        if not key:
            raise Fault("a tag without a name")
    check_one_line(meta_tags.social_title(data), "a title for social media")
    for url in ADDRESSES:
        named = meta_tags.pdf_urls(data, url)
        named += meta_tags.pdf_urls_in_header(data.decode("latin-1"), url)
        if not all(isinstance(address, str) and address for address in named):
            raise Fault(f"an address that is none: {named}")


# ── articles without pages ────────────────────────────────────────────────────────────────────────
def read_article(name: str, data: bytes) -> None:
    """JATS, a web page or an EPUB: which of them it is, and its text. A book of the corpus is a
    JSON of its files.
    """
    from litmap.text import marked_up

    kind = kind_in(name)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "article"
        if name.endswith(".json"):
            _write_book(file, data)
        else:
            file.write_bytes(data)
        marked_up.ending_of_file(file)
        article = marked_up.read_article(file, kind)
        check_types(article)
        check_document(marked_up.read_marked_up(file, kind, "ab" * 32))
        check_document(article.document("ab" * 32))


def _write_book(file: Path, data: bytes) -> None:
    """The files that a JSON names, packed."""
    try:
        files = json.loads(data)
    except (ValueError, RecursionError):
        files = None
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as book, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # names that stand twice
        for path, content in files.items() if isinstance(files, dict) else ():
            text = content if isinstance(content, str) else json.dumps(content)
            book.writestr(
                path.encode("utf-8", "replace").decode()[:200] or "x",
                text.encode("utf-8", "replace"),
            )


# ── PDFs ──────────────────────────────────────────────────────────────────────────────────────────
PDF_SECONDS = 20.0
"""What a PDF of some kilobytes may take, the limit of the worker."""


@cache
def _pdf_worker() -> Any:
    from litmap.text.pool import Worker

    return Worker(memory_bytes=2 << 30)


def read_pdf(name: str, data: bytes) -> None:
    """A PDF: its text, a preview and a drawn page, by the worker process.

    A PDF that crashes MuPDF costs the process alone and counts as refused; an error of Python's in
    the process is a fault, and so is one that takes too long."""
    from litmap.text.pool import _document, _to_preview

    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(data)
        file.flush()
        path = {"path": file.name, "seconds": PDF_SECONDS}
        requests = (
            {"do": "extract", "sha256": "ab" * 32, "ocr": False},
            {"do": "read_preview", "pages": 2},
            {"do": "render", "page": 1, "rects": [[72, 72, 300, 90]], "zoom": 0.5},
        )
        document, preview, picture = [_asked(path | request) for request in requests]
    if document is not None:
        check_types(_expect(_document("ab" * 32, document)))
    if preview is not None:
        check_types(_to_preview("a.pdf", preview))
    if document is preview is picture is None:
        raise PdfError("refused by all three")


def _asked(request: dict[str, Any]) -> bytes | None:
    """The reply; None where the PDF is refused. The process is kept, for it takes a second to
    start."""
    from litmap.text.pool import Worker
    from litmap.text.worker import DONE

    worker = _pdf_worker()
    late = threading.Timer(PDF_SECONDS, worker._started().kill)
    late.start()
    begun = time.monotonic()
    try:
        kind, body = Worker._exchange(worker._started(), request)
    except (OSError, EOFError) as error:
        worker.close()
        if time.monotonic() - begun >= PDF_SECONDS:
            raise Fault(f"{request['do']} takes too long") from error
        return None
    finally:
        late.cancel()
    if kind == DONE:
        return body
    message = json.loads(body)["message"]
    if message == "memory":
        worker.close()
    if "the text could not be read (" in message:
        raise Fault(f"{request['do']} {message.replace(':', ',')}")
    return None


def _expect(reply: Any) -> Any:
    if isinstance(reply, Exception):
        raise Fault(f"the worker's own reply is refused: {reply}")
    return reply


def read_reply(name: str, data: bytes) -> None:
    """What a PDF that took the worker over may send: a frame, a document, a preview."""
    from litmap.text.pool import Worker, _document, _to_preview

    if name.startswith("frame"):
        worker = Worker()
        worker._process = SimpleNamespace(  # type: ignore[assignment]
            stdin=io.BytesIO(),
            stdout=io.BytesIO(data),
            poll=lambda: None,
            kill=lambda: None,
            wait=lambda *_: None,
            returncode=None,
        )
        worker.ask({"do": "extract"}, 10, "a.pdf")
    elif name.startswith("document"):
        reply = _document("ab" * 32, data)
        if isinstance(reply, PdfError):
            raise reply
        check_document(reply)
    else:
        check_types(_to_preview("a.pdf", data))


def check_document(document: Any) -> None:
    """Types; it can be kept, and is the same then."""
    from litmap import text

    check_types(document)
    if text.loads(text.dumps(document)) != text.loads(text.dumps(text.loads(text.dumps(document)))):
        raise Fault(f"a document is another once it was kept: {document!r:.300}")


# ── settings and state ────────────────────────────────────────────────────────────────────────────
def read_settings(name: str, data: bytes) -> None:
    """`litmap.toml`: settings of the right types that a process started elsewhere reads as the
    same."""
    from litmap.settings import as_environment, load_settings

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "litmap.toml"
        file.write_bytes(data)
        settings = load_settings(environment={}, file=file)
        check_types(settings)
        environment = as_environment(settings)
        if any("\0" in value for value in environment.values()):
            raise Fault("a setting that no system takes: a zero byte")
        again = load_settings(environment=environment)
    for field in ("model", "offline", "readers", "pdf_seconds", "recheck_days"):
        if getattr(again, field) != getattr(settings, field):
            raise Fault(f"{field} is another in the environment: {getattr(settings, field)!r}")


def read_state(name: str, data: bytes) -> None:
    """A file that litmap wrote and something else damaged."""
    kind = kind_in(name)
    with tempfile.TemporaryDirectory() as folder:
        STATE_FILES[kind](Path(folder), data)


def _written_record(folder: Path, data: bytes) -> None:
    """What was written where: whatever it says, another's file is never replaced."""
    from litmap.written_files import WrittenFiles

    out = folder / "out"
    out.mkdir()
    (out / "index.md").write_bytes(b"mine")
    written = WrittenFiles(folder / "state")
    record = written._record(out.resolve())
    record.parent.mkdir(parents=True)
    record.write_bytes(data)
    try:
        written.write(out, {"index.md": b"litmap's", "a.md": b"litmap's"})
    finally:
        if (out / "index.md").read_bytes() != b"mine":
            raise Fault("another's file was replaced")


def _lock_file(folder: Path, data: bytes) -> None:
    from litmap import lock

    path = folder / "lock"
    path.write_bytes(data)
    lock.holder(path)
    if lock.is_held(path):
        raise Fault("a lock is held by nobody")
    with lock.writer(path, "2026-01-01T00:00:00Z"):
        pass


def _partial_note(folder: Path, data: bytes) -> None:
    from litmap.web import downloads

    partial = folder / "a.part"
    partial.write_bytes(b"%PDF-1.4 begun")
    downloads._note(partial).write_bytes(data)
    headers = downloads.conditions("https://pub.example.org/a.pdf", partial, "", "")
    for value in headers.values():
        if not all(" " <= char <= "~" or "\xa0" <= char <= "\xff" for char in value):
            raise Fault(f"a header that none may be: {value!r}")


def _arrival(folder: Path, data: bytes) -> None:
    from litmap.paths import LibraryPaths
    from litmap.pdfs.store import Store

    paths = LibraryPaths(folder)
    store = Store(folder, paths.pdf, folder / "partial", folder / "aside")
    store.partial.mkdir(parents=True, exist_ok=True)
    note = store.partial / "a.done"
    note.write_bytes(data)
    note.with_suffix(".part").write_bytes(b"%PDF-1.4\n%%EOF\n")
    for fetch, _ in store.arrived():
        check_types(fetch)
        dump(fetch)


def _packed(data: bytes) -> bytes:
    return data if data[:2] == b"\x1f\x8b" else gzip.compress(data)


def _kept_text(folder: Path, data: bytes) -> None:
    from litmap import text

    check_document(text.loads(_packed(data)))


def _derived(folder: Path, data: bytes) -> None:
    """What was computed of a text: made again where it is damaged."""
    from litmap.models import Document, Page, Summary, TextBlock
    from litmap.paths import LibraryPaths
    from litmap.pipeline.text_cache import TextCache

    cached = TextCache(LibraryPaths(folder))
    cached.save(Document("ab" * 32, (Page(1, 600, 800, (TextBlock("body", "Some text."),)),)))
    path = cached.paths.text("ab" * 32).with_name(f"{'ab' * 32}.summary.json.gz")
    path.write_bytes(_packed(data))
    for record in cached.derived(Summary, "summary", "ab" * 32, lambda _: ()):
        check_types(record)


def _backup(folder: Path, data: bytes) -> None:
    from litmap.paths import LibraryPaths
    from litmap.pipeline import note_moves

    paths = LibraryPaths(folder / "library")
    backup = paths.backups / "0001-x"
    backup.mkdir(parents=True)
    note = folder / "note.md"
    note.write_bytes(b"mine")
    manifest = data.replace(b"NOTE", str(note).encode())
    (backup / note_moves.MANIFEST).write_bytes(manifest)
    (backup / "0.md").write_bytes(b"before")
    try:
        note_moves.undo(paths, note_moves.Change.TOPICS)
    finally:
        if note.read_bytes() not in (b"mine", b"before"):
            raise Fault("a note was changed")


def _budget(folder: Path, data: bytes) -> None:
    """The budgets' database holds nothing that time does not bring back."""
    from litmap.web.budget import Budget

    (folder / "budgets.sqlite").write_bytes(data)
    budget = Budget(folder, {"default": 0.0}, patience=0.0)
    try:
        with budget.turn("pub.example.org"):
            pass
        budget.rest("pub.example.org", 1.0)
    finally:
        budget.close()


def _vectors(folder: Path, data: bytes) -> None:
    from litmap.vectors.cache import VectorCache

    cached = VectorCache(folder, "model")
    path = cached.path("a")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    array = cached.get("a")
    if array is not None and array.ndim != 2:
        raise Fault("vectors are no table")


def _ignore_rules(folder: Path, data: bytes) -> None:
    from litmap.notes import read_notes

    (folder / ".litmapignore").write_bytes(data)
    (folder / "a.md").write_bytes(b"# A\n\ndoi:10.1000/182\n")
    (folder / "b").mkdir()
    (folder / "b" / "b.md").write_bytes(b"# B\n\ndoi:10.1000/183\n")
    _, problems = read_notes([folder])
    for problem in problems:
        check_types(problem)


STATE_FILES: dict[str, Callable[[Path, bytes], None]] = {
    "written": _written_record,
    "lock": _lock_file,
    "partial": _partial_note,
    "arrival": _arrival,
    "text": _kept_text,
    "derived": _derived,
    "backup": _backup,
    "budgets": _budget,
    "vectors": _vectors,
    "ignore": _ignore_rules,
}

TARGETS: dict[str, Target] = {
    target.name: target
    for target in (
        Target("notes", read_note, (NoteError,), STRUCTURED, notes_of_tests),
        Target("exports", read_export, (NoteError,), STRUCTURED),
        Target("records", read_note, (NoteError,), STRUCTURED),
        Target("answers", read_answer, (WebError,), STRUCTURED),
        Target("feeds", read_answer, (WebError,), STRUCTURED),
        Target("pages", read_answer, (WebError,), STRUCTURED),
        Target("meta_tags", read_meta_tags, (), STRUCTURED),
        Target("articles", read_article, (PdfError,), STRUCTURED),
        Target("exchanges", read_exchange, (WebError,), seconds=4),
        Target("resolving", read_resolution, (), STRUCTURED, answers, seconds=4),
        Target("pdfs", read_pdf, (PdfError,)),
        Target("replies", read_reply, (PdfError,), STRUCTURED),
        Target("settings", read_settings, (SettingsError,)),
        Target("catalogue", read_damaged_catalogue, (LibraryError,), STRUCTURED, megabytes=256),
        Target(
            "builds", read_damaged_build, (LibraryError, SearchError), STRUCTURED, megabytes=256
        ),
        Target("questions", ask_question, (SearchError,), megabytes=256, seconds=4),
        Target(
            "messages", serve_messages, (), mutator=lambda _: mutate_lines, megabytes=256, seconds=4
        ),
        Target("addresses", open_address, ()),
        Target("app", open_page, (), STRUCTURED, megabytes=512, seconds=20),
        Target("state", read_state, (LibraryError, UsageError, PdfError), STRUCTURED),
    )
}
