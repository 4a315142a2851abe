"""Serving a library to searches of other machines.

An ASGI application that answers for the passages of one library and changes nothing: what a query's
filters let through, how often words are held, which passages come near a question, and these
passages. Every request carries the token. Nothing of the notes is served but the headings that
works stand under.
"""

from __future__ import annotations

import hmac
import json
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from litmap.errors import LitmapError
from litmap.library import Library
from litmap.library.results import NOTE_PREFIX
from litmap.paths import LibraryPaths
from litmap.search import LocalPart, Permission, Query, Question, parse_query
from litmap.serving import wire
from litmap.serving.wire import MISSHAPEN
from litmap.settings import Settings

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

logger = logging.getLogger(__name__)

MAX_BODY = 8 << 20
"""Bytes of a request."""
KEPT_VIEWS = 4
"""Views, each without other works, that are kept open."""
FIRST_WORDS = "methods and results"
"""What a build is asked for as soon as it is open."""
KEPT_PERMISSIONS = 8
"""What filters let through is kept between the questions of one search."""


class ServedBuild:
    """One build, open. Threads share it."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.id = str(library.build_id)
        self.dim = library.dim
        self._guard = threading.Lock()
        self._view = lru_cache(KEPT_VIEWS)(self._make_view)

    def view(self, hidden: frozenset[str]) -> ServedView:
        """The build without these works."""
        with self._guard:  # so that several who ask at first have one made
            return self._view(hidden)

    def _make_view(self, hidden: frozenset[str]) -> ServedView:
        return ServedView(self.library.search_part(hidden, with_notes=False), self.dim)

    @cached_property
    def catalogue(self) -> bytes:
        """What the library is and which works it has."""
        model, key = self.library.model
        works = [wire.dump_entry(entry) for entry in self.library.works()]
        told = {"version": wire.VERSION, "build": self.id, "model": model, "key": key}
        return _json({**told, "dim": self.dim, "works": works})


class ServedView:
    """A build without works that are searched elsewhere; each method answers one kind of request
    with plain values.
    """

    def __init__(self, part: LocalPart, dim: int) -> None:
        self._part = part
        self._dim = dim
        self._permission = lru_cache(KEPT_PERMISSIONS)(self._permit)

    def warm(self) -> None:
        """Have all ready that is made at the first question."""
        asked = self._part.keywords.ask(FIRST_WORDS)
        vector = np.eye(1, self._dim, dtype=np.float32)[0]
        question = Question(FIRST_WORDS, vector, asked, self._part.count(asked))
        self._part.find(self._part.permit(parse_query(FIRST_WORDS)), question)

    def _permit(self, query: Query, works: tuple[str, ...] | None) -> Permission:
        return self._part.permit(query, works)

    def _permitted(self, asked: Any) -> Permission:
        works = asked.get("works")
        return self._permission(
            wire.load_query(asked["query"]), None if works is None else wire.load_texts(works)
        )

    def overview(self, _: Any) -> Any:
        """How its rows and works are numbered."""
        return {
            "rows": self._part.rows,
            "works": [_public(name) for name in self._part.work_ids],
            "languages": dict(self._part.passages_by_language),
            "embedded": self._part.embedded,
        }

    def sample(self, asked: Any) -> Any:
        """Vectors and works of passages by their places."""
        vectors, works = self._part.sample(wire.load_rows(asked["places"]))
        return {"vectors": wire.dump_array(vectors), "works": wire.dump_array(works)}

    def held(self, asked: Any) -> Any:
        """How many passages of each language hold the first words of a text."""
        text, languages = str(asked["text"]), wire.load_texts(asked["languages"])
        return [dict(own) for own in self._part.held_by_language(text, languages)]

    def permit(self, asked: Any) -> Any:
        """How many passages filters let through."""
        permission = self._permitted(asked)
        return {"count": permission.count, "message": permission.message}

    def count(self, asked: Any) -> Any:
        """How many passages and works hold words."""
        return wire.dump_counts(self._part.count(wire.load_asked(asked["asked"])))

    def find(self, asked: Any) -> Any:
        """The passages that come near a question."""
        question = wire.load_question(asked["question"], self._dim)
        return wire.dump_found(self._part.find(self._permitted(asked), question))

    def first(self, asked: Any) -> Any:
        """The first permitted passage of each work."""
        limit = max(0, min(int(asked["limit"]), wire.MAX_ROWS))
        rows, works = self._part.first_passages(self._permitted(asked), limit)
        return {"rows": wire.dump_array(rows), "works": wire.dump_array(works)}

    def vectors(self, asked: Any) -> Any:
        """The vectors of rows."""
        return wire.dump_array(self._part.vectors(wire.load_rows(asked["rows"])))

    def passages(self, asked: Any) -> Any:
        """The passages of rows, with their languages."""
        rows = wire.load_rows(asked["rows"])
        return {
            "passages": wire.dump_passages(self._part.passages(rows)),
            "languages": self._part.languages_of(rows),
        }


def _public(work: str) -> str:
    """The id of a work; nothing of a note, whose path it would be."""
    return "" if work.startswith(NOTE_PREFIX) else work


ANSWERS: dict[str, Callable[[ServedView, Any], Any]] = {
    name: getattr(ServedView, name)
    for name in (
        "overview", "sample", "held", "permit", "count", "find", "first", "vectors", "passages",
    )
}  # fmt: skip


class Served:
    """The library at its newest build, and at the one before for searches that are under way."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._guard = threading.Lock()
        self._open: list[ServedBuild] = []

    def current(self) -> ServedBuild:
        """The newest build. Raises what `Library.open` raises."""
        with self._guard:
            named = LibraryPaths(self._settings.library).current.read_text("utf-8").strip()
            if not self._open or self._open[0].id != named:
                self._open.insert(0, ServedBuild(Library.open(settings=self._settings)))
                threading.Thread(target=_warm, args=(self._open[0],), daemon=True).start()
                for old in self._open[2:]:
                    old.library.close()
                del self._open[2:]
            return self._open[0]

    def build(self, name: str) -> ServedBuild | None:
        """The build of this name, where it is open."""
        self.current()
        return next((build for build in self._open if build.id == name), None)

    def close(self) -> None:
        """Let go of all files."""
        for build in self._open:
            build.library.close()
        self._open.clear()


def _warm(build: ServedBuild) -> None:
    """The first questions to millions of passages would take seconds."""
    with suppress(Exception):  # whoever asks is told what is wrong
        build.view(frozenset()).warm()


def make_app(settings: Settings, token: str) -> Starlette:
    """The application that serves the library of these settings to whoever has the token."""
    from contextlib import asynccontextmanager

    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.middleware.gzip import GZipMiddleware
    from starlette.routing import Route

    served = Served(settings)

    @asynccontextmanager
    async def life(_: Starlette) -> Any:
        with suppress(LitmapError, OSError):
            served.current()
        yield
        served.close()

    async def catalogue(request: Request) -> Response:
        return await _answered(request, token, lambda _: (200, served.current().catalogue))

    async def part(request: Request) -> Response:
        name = request.path_params["name"]
        return await _answered(request, token, lambda body: _answer_part(served, name, body))

    routes = [
        Route("/v1/library", catalogue, methods=["GET"]),
        Route("/v1/part/{name}", part, methods=["POST"]),
    ]
    packed = Middleware(GZipMiddleware, minimum_size=10_000, compresslevel=1)
    return Starlette(routes=routes, middleware=[packed], lifespan=life)


def _answer_part(served: Served, name: str, body: bytes) -> tuple[int, bytes]:
    """Status and body of an answer about a part."""
    answer = ANSWERS.get(name)
    if answer is None:
        return 404, _error("no such question")
    try:
        asked = json.loads(body)
        build = served.build(str(asked["build"]))
        hidden = frozenset(wire.load_texts(asked["hidden"]))
        if build is None:
            return 409, _error("the library has a newer build")
        return 200, _json(answer(build.view(hidden), asked))
    except MISSHAPEN as error:
        logger.info("refused a misshapen question (%s): %s", name, error)
        return 400, _error(f"the question has not the shape that {name} has")


async def _answered(
    request: Request, token: str, answer: Callable[[bytes], tuple[int, bytes]]
) -> Response:
    """The answer to a request that has the token and is not too large."""
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import Response

    given = request.headers.get("authorization", "")
    if not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
        logger.info("refused a request without the token")
        return Response(_error("the token is missing or wrong"), 401, media_type=JSON)
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_BODY:
            return Response(_error("the question is too long"), 413, media_type=JSON)
    try:
        status, content = await run_in_threadpool(answer, body)
    except LitmapError as error:
        logger.warning("%s", error.message)
        status, content = 503, _error(error.message)
    except OSError as error:
        logger.warning("the library cannot be read: %s", error)
        status, content = 503, _error("the library cannot be read now")
    return Response(content, status, media_type=JSON)


JSON = "application/json"


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _error(message: str) -> bytes:
    return _json({"error": message})
