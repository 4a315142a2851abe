"""What reads a library: its catalogue and builds, damaged; and what people and programs ask it.

The library is the examples', made once by the real pipeline over loopback. Its model is a formula,
so that no input waits for a real one.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from harness import Fault
from promises import check_json

from litmap.errors import LitmapError, SearchError
from litmap.settings import Settings, load_settings

MADE = "FUZZ_LIBRARY"
"""Variable of the environment with the folder of an example library that was made already."""


class FormulaModel:
    """An encoder whose vectors are hashes, under the key of the model the library was made with."""

    name = "formula"
    window = 256

    def __init__(self, key: str, dim: int) -> None:
        self.key, self.dim = key, dim

    def encode(self, texts: Any) -> Any:
        """A direction for each text."""
        seeds = [
            int.from_bytes(hashlib.sha256(t.encode("utf-8", "replace")).digest()[:8], "little")
            for t in texts
        ]
        made = [np.random.default_rng(seed).standard_normal(self.dim) for seed in seeds]
        array = np.array(made, np.float32).reshape(len(texts), self.dim)
        return array / np.maximum(np.linalg.norm(array, axis=1, keepdims=True), 1e-9)

    def count(self, texts: Any) -> list[int]:
        """Words and the two special tokens."""
        return [len(text.split()) + 2 for text in texts]

    def offsets(self, text: str) -> list[tuple[int, int]]:
        """Every character."""
        return [(i, i + 1) for i in range(len(text))]


def make_library(root: Path) -> None:
    """The examples' library, without Prefect."""
    from litmap.examples import NOTES, server

    from litmap.pipeline import refresh

    state = root.parent / "state"
    with server.serve() as environment, mock.patch.dict(os.environ, environment):
        refresh(load_settings({"library": root, "notes": (str(NOTES),), "state": state}))


@cache
def library_root() -> Path:
    """The folder of the examples' library; nothing is written to it."""
    if MADE in os.environ:
        return Path(os.environ[MADE])
    root = Path(tempfile.mkdtemp(prefix="litmap-fuzz-")) / "library"
    make_library(root)
    os.environ[MADE] = str(root)
    return root


def settings_of(root: Path) -> Settings:
    """Settings of a library that asks nobody."""
    return load_settings(
        {"library": root, "state": root.parent / "state", "offline": True}, environment={}
    )


@contextmanager
def opened(root: Path) -> Iterator[Any]:
    """The library with a model that is a formula."""
    from litmap.library import Library

    with Library.open(settings=settings_of(root)) as library:
        if library.build_id:
            facts = library._need_build().facts
            library.__dict__["encoder"] = FormulaModel(str(facts.get("model_key", "")), 384)
        yield library


@cache
def _held_open() -> ExitStack:
    return ExitStack()


@cache
def shared_library() -> Any:
    """One open library for all questions."""
    return _held_open().enter_context(opened(library_root()))


# ── damage ────────────────────────────────────────────────────────────────────────────────────────
def _damaged(content: bytes, damage: list[Any]) -> bytes:
    """The bytes with these changes: ["cut", share], ["set", share, byte], ["zero", share, bytes],
    ["add", bytes], anything else changes nothing."""
    changed = bytearray(content)
    for change in damage:
        try:
            kind, place = change[0], int(float(change[1]) % 1.0 * len(changed))
            if kind == "cut":
                del changed[place:]
            elif kind == "set" and changed:
                changed[place] = int(change[2]) % 256
            elif kind == "zero":
                end = min(len(changed), place + int(change[2]) % 5000)
                changed[place:end] = bytes(end - place)
            elif kind == "add":
                changed += bytes(int(change[2]) % 5000)
        except (TypeError, ValueError, KeyError, IndexError, OverflowError):
            continue
    return bytes(changed)


def _leave_out(folder: str, names: list[str]) -> list[str]:
    """What a search does not read, at the top of the library."""
    unread = ("pdfs", "texts", "vectors", "partial", "aside", "logs")
    return [name for name in names if Path(folder) == library_root() and name in unread]


def read_damaged_build(name: str, data: bytes) -> None:
    """A build of which one file was changed, opened and asked everything.

    The input names the file by a number and lists the changes. Files of libraries so large that
    not all of them are compared with their checksums are stood for by `large`: a damaged one may
    then give a wrong answer, but no other error than the room's."""
    from litmap.builds import reader

    plan = _plan(data)
    root = library_root()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "library"
        shutil.copytree(root, copy, copy_function=os.link, ignore=_leave_out)
        build = copy / "builds" / (copy / "CURRENT").read_text().strip()
        files = [copy / "CURRENT", *sorted(f for f in build.rglob("*") if f.is_file())]
        file = files[_number(plan.get("file")) % len(files)]
        content = _damaged(file.read_bytes(), plan.get("damage") or [])
        file.unlink()  # a link to the one that stays as it is
        file.write_bytes(content)
        most = 0 if plan.get("large") is True else reader.MAX_CHECKED_AT_OPEN
        with mock.patch.object(reader, "MAX_CHECKED_AT_OPEN", most), opened(copy) as library:
            ask_everything(library)


def read_damaged_catalogue(name: str, data: bytes) -> None:
    """A catalogue whose file was changed, or whose rows hold something else, opened and read."""
    from litmap.catalogue import Catalogue

    plan = _plan(data)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "catalogue.sqlite"
        shutil.copyfile(library_root() / path.name, path)
        _change_rows(path, plan.get("rows") or [])
        path.write_bytes(_damaged(path.read_bytes(), plan.get("damage") or []))
        with Catalogue.open(path) as catalogue:
            read_catalogue(catalogue)
        with Catalogue.create(path) as catalogue, catalogue.write():
            catalogue.update_run(catalogue.start_run("2026-01-01T00:00:00Z"), {})


def _change_rows(path: Path, rows: list[Any]) -> None:
    """Rows changed as [table, column, row, value] says, where there are such."""
    import sqlite3

    with sqlite3.connect(path) as db:
        tables = [
            r[0]
            for r in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        ]
        for row in rows:
            try:
                table = tables[_number(row[0]) % len(tables)]
                columns = [c[1] for c in db.execute(f"PRAGMA table_info({table})")]
                column = columns[_number(row[1]) % len(columns)]
                value = row[3] if isinstance(row[3], str) else json.dumps(row[3])
                count = db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
                db.execute(
                    f"UPDATE {table} SET {column} = ? WHERE rowid IN "
                    f"(SELECT rowid FROM {table} LIMIT 1 OFFSET ?)",
                    (value, _number(row[2]) % max(count, 1)),
                )
            except (TypeError, KeyError, IndexError, ValueError, OverflowError, sqlite3.Error):
                continue
    db.close()


def _plan(data: bytes) -> dict[str, Any]:
    try:
        plan = json.loads(data)
    except (ValueError, RecursionError):
        plan = {}
    plan = plan if isinstance(plan, dict) else {}
    return {k: v for k, v in plan.items() if k not in ("damage", "rows") or isinstance(v, list)}


def _number(value: Any) -> int:
    return int(value) if isinstance(value, (int, bool)) else len(str(value))


def read_catalogue(catalogue: Any) -> None:
    """All that a catalogue tells."""
    from litmap.catalogue.entries import entries

    for read in (
        catalogue.notes, catalogue.citations, catalogue.note_roots, catalogue.resolutions, catalogue.works,
        catalogue.dropped, catalogue.decisions, catalogue.fetches, catalogue.pdfs, catalogue.drop_folder,
        catalogue.lookups, catalogue.runs, catalogue.aliases, catalogue.integrity,
    ):  # fmt: skip
        read()
    for entry in entries(catalogue):
        check_json(entry.as_json(), "an entry")


def ask_everything(library: Any) -> None:
    """What a library answers from its build and catalogue."""
    hits = library.search("flat minima generalise", limit=5).hits
    for hit in hits:
        check_json(hit.as_json(), "a hit")
    library.search('"saddle points" year:2015..2020', by="paper")
    library.more_like("#0")
    library.locate("wide valleys of the loss")
    check_json(library.topics().as_json(), "topics")
    check_json(library.coverage(), "coverage")
    check_json(library.reading_list(), "the reading list")
    library.citations_between()
    for entry in library.works()[:3]:
        try:
            check_json(library.summary(entry.work.id).as_json(), "a summary")
        except SearchError:
            continue
    library.picture()
    library.passage(0, around=2)
    check_json(library.status(), "the status")


# ── questions ─────────────────────────────────────────────────────────────────────────────────────
def ask_question(name: str, data: bytes) -> None:
    """A text in every place of the app, the command and the address where people may type one."""
    text = data.decode("utf-8", "replace")
    library = shared_library()
    refusals = [
        _refused(ask)
        for ask in (
            lambda: _search(library, text, "passage"),
            lambda: _search(library, text, "paper"),
            lambda: check_json(library.locate(text).as_json(), "a place"),
            lambda: check_json(library.more_like(*text.split("\n")).as_json(), "what is alike"),
            lambda: check_json(library.work(text).as_json(), "a work"),
            lambda: check_json(library.summary(text).as_json(), "a summary"),
        )
    ]
    if all(refusals):
        raise SearchError(refusals[0])


def _search(library: Any, query: str, by: str) -> None:
    answer = library.search(query, limit=4, by=by)
    check_json(answer.as_json(), "an answer")
    if len(answer.hits) > 4:
        raise Fault(f"{len(answer.hits)} hits for a limit of 4")
    for hit in answer.hits:
        start, end = hit.sentence
        if not 0 <= start <= end <= len(hit.chunk.text):
            raise Fault(f"a sentence is outside its passage: {hit.sentence}")


def _refused(ask: Callable[[], object]) -> str:
    """Why it is refused; '' where it is answered."""
    try:
        ask()
    except SearchError as error:
        return error.message or "refused without a reason"
    return ""


def open_address(name: str, data: bytes) -> None:
    """A request to the app as a browser, a page of another site or a program may send it: path and
    query on the first line, headers below. Nothing passes without the token, nothing fails, and
    no redirect leads elsewhere."""
    from litmap.ui.access import Access, Gate, allowed_hosts

    first, *rest = data.split(b"\n")
    path, _, query = first.partition(b"?")
    headers = [
        (k.strip().lower(), v.strip()) for k, _, v in (line.partition(b":") for line in rest) if k
    ]
    scope = {
        "type": "http",
        "method": "GET",
        "path": path.decode("utf-8", "replace"),
        "query_string": query,
        "headers": headers,
    }
    token = "right-token"
    access = Access(token, 8501, allowed_hosts(8501, ("lab.example", "::1")))
    passed: list[bool] = []
    sent: list[Any] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        passed.append(True)
        await send(
            {
                "type": "http.response.start",
                "status": 200,
                "headers": [(b"access-control-allow-origin", b"*")],
            }
        )

    async def receive() -> Any:
        return {"type": "http.request"}

    async def send(message: Any) -> None:
        sent.append(message)

    for kind in ("http", "websocket"):
        asyncio.run(Gate(application, access)(scope | {"type": kind}, receive, send))
    if passed and token.encode() not in data:
        raise Fault("a request without the token came through")
    for message in sent:
        for key, value in message.get("headers", ()):
            _check_header(key, value)


def _check_header(key: bytes, value: bytes) -> None:
    if b"\n" in value or b"\r" in value:
        raise Fault(f"a header with a line break: {key!r}")
    is_own = value.startswith(b"/") and value[1:2] not in (b"/", b"\\")
    if key == b"location" and not is_own:
        raise Fault(f"a redirect leads elsewhere: {value!r}")
    if key.startswith(b"access-control-"):
        raise Fault("other pages are invited")


def _draw(name: str) -> None:
    """The script of the app with one page; no other errors than litmap's are told in words."""
    import streamlit

    from litmap.errors import LitmapError
    from litmap.ui import navigation, paper, papers, reading_list, refreshes, search, state, topics

    streamlit.navigation(navigation.make_pages(lambda page: page), position="hidden")
    pages = (search.page, topics.page, papers.page, paper.page, reading_list.page, refreshes.page)
    try:
        next(page for page in pages if f"{page.__module__}.{page.__name__}".endswith(name))()
    except LitmapError as error:
        state.explain(error)


_SCRIPT_NAMES = {
    "search": "search.page",
    "topics": "topics.page",
    "papers": "papers.page",
    "paper": "paper.page",
    "reading": "reading_list.page",
    "refreshes": "refreshes.page",
}


def open_page(name: str, data: bytes) -> None:
    """A page of the app under an address: a JSON of page and parameters."""
    plan = _plan(data)
    parameters = plan.get("parameters")
    root = library_root()
    page = _SCRIPT_NAMES.get(str(plan.get("page")), "search.page")
    with mock.patch.dict(
        os.environ, LITMAP_LIBRARY=str(root), LITMAP_STATE=str(root.parent / "state")
    ):
        from streamlit.testing import v1 as testing

        from litmap.ui import configuration, state

        with mock.patch.object(state, "_warm"):  # a thread and a process that outlive the page
            file = configuration.file_state()
            library = state._open(str(root.resolve()), state._stamp(root), file)
        library.__dict__["encoder"] = shared_library().encoder
        app = testing.AppTest.from_function(_draw, default_timeout=60, args=(page,))
        for key, value in (parameters if isinstance(parameters, dict) else {}).items():
            given = [str(v) for v in value] if isinstance(value, list) else str(value)
            app.query_params[str(key)] = given
        app.run()
    if app.exception:
        shown = app.exception[0]
        raise Fault(f"the page {page} fails, {shown.message} {shown.stack_trace}")


# ── assistants ────────────────────────────────────────────────────────────────────────────────────
@cache
def _server() -> Any:
    from litmap import mcp

    return mcp.make_server(shared_library())


FIRST = (
    '{"jsonrpc":"2.0","id":"first","method":"initialize","params":{"protocolVersion":"2025-06-18",'
    '"capabilities":{},"clientInfo":{"name":"c","version":"1"}}}\n'
    '{"jsonrpc":"2.0","method":"notifications/initialized"}\n'
)
LAST = '{"jsonrpc":"2.0","id":"last","method":"tools/list"}\n'


def serve_messages(name: str, data: bytes) -> None:
    """Messages of an assistant, a line each: the server answers the last, whatever came before;
    an error of a tool is litmap's own."""
    text = data.decode("utf-8", "replace").replace("\r", " ")
    told = asyncio.run(_serve(f"{FIRST}{text}\n{LAST}"))
    answers = [json.loads(line) for line in told.split("\n") if line]
    if "last" not in [answer.get("id") for answer in answers]:
        raise Fault("the server no longer answers")
    for answer in answers:
        result = answer.get("result")
        for part in (result or {}).get("content", []) if isinstance(result, dict) else []:
            words = part.get("text", "").split()
            if words[:3] == ["Error", "executing", "tool"] and not words[3].endswith(":"):
                _explain(text)


def _explain(text: str) -> None:
    """Raises what a tool ran into: the server hides it."""
    for line in text.splitlines():
        try:
            asked = json.loads(line)["params"]
            asyncio.run(_server().call_tool(asked["name"], asked["arguments"]))
        except (ValueError, KeyError, TypeError):
            continue
        except Exception as error:  # noqa: BLE001 - the SDK's, around what is looked for
            cause = error.__cause__
            if cause is not None and not isinstance(cause, (LitmapError, ValueError)):
                raise cause from None
            if type(error).__name__ == "UnexpectedToolError" and cause is not None:
                raise cause from None
    raise Fault("a tool fails")


class _Pipes:
    """Standard input that ends once the last message is answered, and standard output."""

    def __init__(self, text: str) -> None:
        self.lines, self.told = text.splitlines(keepends=True), ""
        self._answered = asyncio.Event()

    async def __aiter__(self) -> AsyncIterator[str]:
        for line in self.lines:
            yield line
        with suppress(TimeoutError):
            await asyncio.wait_for(self._answered.wait(), 30)

    async def write(self, line: str) -> None:
        self.told += line
        if '"id":"last"' in line:
            self._answered.set()

    async def flush(self) -> None:
        """All is there."""


async def _serve(text: str) -> str:
    from mcp.server.stdio import stdio_server

    pipes: Any = _Pipes(text)
    lowlevel = _server()._lowlevel_server
    async with stdio_server(pipes, pipes) as (read, write):
        await lowlevel.run(read, write, lowlevel.create_initialization_options())
    return str(pipes.told)
