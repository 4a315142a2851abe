"""A library behind a server (`litmap serve`), searched as if it were here."""

from __future__ import annotations

import gzip
import http.client
import io
import json
import logging
import threading
import zlib
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Self, TypeVar
from urllib.parse import urlsplit

import numpy as np

from litmap.catalogue.entries import Entry
from litmap.errors import LibraryAway, LibraryChanged, SettingsError
from litmap.library.library import facts_of
from litmap.models import Passage
from litmap.search import Facts, Found, Permission, Query, Question
from litmap.serving import wire
from litmap.serving.wire import MISSHAPEN
from litmap.word_counts import Asked, WordCounts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Ints = NDArray[np.int64]

T = TypeVar("T")

logger = logging.getLogger(__name__)

WAIT_TO_CONNECT = 3.0
WAIT_FOR_ANSWER = 30.0
"""Seconds."""
MAX_ANSWER = 256 << 20
"""Bytes of an answer, unpacked."""
MAX_LANGUAGES = 16
"""Languages of passages are remembered for so many thousand rows."""


class Server:
    """Asks one server. A connection is kept for each thread."""

    def __init__(self, address: str, token: str) -> None:
        parts = urlsplit(address)
        if not parts.hostname or parts.path.strip("/") or parts.query or parts.username:
            raise SettingsError(
                f"{address} is no address of a library: http://HOST:PORT", subject=address
            )
        if not token:
            raise SettingsError(
                f"{address} wants a token: put the one that `litmap serve` was started with into "
                "the environment as LITMAP_SERVER_TOKEN",
                subject=address,
            )
        self.address = address.rstrip("/")
        self._parts = parts
        self._headers = {
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
            "Accept-Encoding": "gzip",
        }
        self._kept = threading.local()

    def ask(self, path: str, question: Any = None) -> Any:
        """The JSON of an answer. Raises `LibraryAway` where there is none, `LibraryChanged` where
        the build that was asked for is gone.
        """
        body = None if question is None else json.dumps(question).encode()
        status, content = self._send(path, body)
        try:
            answer = json.loads(content)
            error = str(answer["error"]) if status != HTTPStatus.OK else ""
        except MISSHAPEN:
            raise self.away(f"answered with HTTP {status} and no JSON") from None
        if status == HTTPStatus.CONFLICT:
            raise LibraryChanged(f"{self.address} has a newer build", subject=self.address)
        if status != HTTPStatus.OK:
            raise self.away(f"said: {error[:300]}")
        return answer

    def away(self, why: str) -> LibraryAway:
        """The error that names the server."""
        return LibraryAway(f"{self.address} {why}", subject=self.address)

    def _send(self, path: str, body: bytes | None) -> tuple[int, bytes]:
        kept = getattr(self._kept, "connection", None)
        if kept is not None:
            try:
                return self._exchange(kept, path, body)
            except (OSError, http.client.HTTPException):
                self._forget()  # the server ended a connection that lay idle: once more
        try:
            self._kept.connection = self._connect()
            return self._exchange(self._kept.connection, path, body)
        except (OSError, http.client.HTTPException, EOFError, zlib.error) as error:
            self._forget()
            raise self.away(f"does not answer ({error or type(error).__name__})") from error

    def _connect(self) -> http.client.HTTPConnection:
        kind = (
            http.client.HTTPSConnection
            if self._parts.scheme == "https"
            else http.client.HTTPConnection
        )
        connection = kind(self._parts.hostname or "", self._parts.port, timeout=WAIT_TO_CONNECT)
        connection.connect()
        connection.sock.settimeout(WAIT_FOR_ANSWER)
        return connection

    def _exchange(
        self, connection: http.client.HTTPConnection, path: str, body: bytes | None
    ) -> tuple[int, bytes]:
        connection.request("GET" if body is None else "POST", path, body, self._headers)
        answer = connection.getresponse()
        content = answer.read(MAX_ANSWER + 1)
        if answer.getheader("Content-Encoding") == "gzip":
            with gzip.GzipFile(fileobj=io.BytesIO(content)) as unpacked:
                content = unpacked.read(MAX_ANSWER + 1)
        if len(content) > MAX_ANSWER:
            raise http.client.HTTPException("its answer is too long")
        return answer.status, content

    def _forget(self) -> None:
        connection = getattr(self._kept, "connection", None)
        self._kept.connection = None
        if connection is not None:
            connection.close()


class RemoteLibrary:
    """A library behind a server at the build that it had when it was opened."""

    def __init__(self, server: Server, told: Any) -> None:
        self.server = server
        self.name = server.address
        try:
            if told["version"] != wire.VERSION:
                raise server.away(f"speaks version {told['version']}, not {wire.VERSION}")
            self.build = str(told["build"])
            self.model = str(told["model"]), str(told["key"])
            self.dim = int(told["dim"])
            self._works = [wire.load_entry(own) for own in told["works"]]
        except MISSHAPEN as error:
            raise server.away("is no library, or of another litmap") from error

    @classmethod
    def open(cls, address: str, token: str) -> Self:
        """The library at an address. Raises `LibraryAway`, `SettingsError`."""
        server = Server(address, token)
        return cls(server, server.ask("/v1/library"))

    def works(self) -> list[Entry]:
        """Its works."""
        return self._works

    @cached_property
    def facts(self) -> Mapping[str, Facts]:
        """What filters ask of each work, by its id."""
        return {entry.work.id: facts_of(entry) for entry in self._works}

    def search_part(self, hidden: frozenset[str], *, with_notes: bool = False) -> RemotePart:
        """The library as one of several that are searched as one, without the `hidden` works; its
        notes are not served.
        """
        return RemotePart(self, hidden)

    def close(self) -> None:
        """Nothing is open between two questions."""


class RemotePart:
    """What a search asks of a library behind a server (`litmap.search.SearchPart`). Every method
    raises `LibraryAway` and `LibraryChanged`.
    """

    def __init__(self, library: RemoteLibrary, hidden: frozenset[str]) -> None:
        self._library = library
        self._hidden = sorted(hidden)
        self._languages: dict[int, str] = {}
        self.rows, self.work_ids, self.passages_by_language, self.embedded = self._ask(
            "overview", _load_overview
        )

    def _ask(self, name: str, load: Callable[[Any], T], **question: Any) -> T:
        """What `load` makes of an answer."""
        server = self._library.server
        told = {"build": self._library.build, "hidden": self._hidden, **question}
        answer = server.ask(f"/v1/part/{name}", told)
        try:
            return load(answer)
        except MISSHAPEN as error:
            logger.info("%s: a misshapen answer to %s: %s", server.address, name, error)
            raise server.away(f"answered {name} in a shape that it should not have") from error

    def sample(self, places: Ints) -> tuple[Floats, Ints]:
        """Vectors (n, dim) and works (n,) of passages by their places."""

        def load(answer: Any) -> tuple[Floats, Ints]:
            vectors = self._load_vectors(answer["vectors"], len(places))
            return vectors, wire.load_array(answer["works"], wire.INTS)

        return self._ask("sample", load, places=wire.dump_array(places))

    def _load_vectors(self, value: Any, count: int) -> Floats:
        vectors = wire.load_vectors(value, count)
        if vectors.shape[1] != self._library.dim:
            raise ValueError("vectors of another size")
        return vectors

    def held_by_language(
        self, text: str, languages: tuple[str, ...]
    ) -> Sequence[Mapping[str, int]]:
        """How many passages of each language hold the first words of a query."""
        return self._ask("held", _load_held, text=text, languages=list(languages))

    def permit(self, query: Query, works: Sequence[str] | None = None) -> Permission:
        """What a query's filters let through."""
        named = None if works is None else tuple(works)

        def load(answer: Any) -> Permission:
            return Permission(
                int(answer["count"]), str(answer["message"]), query=query, works=named
            )

        return self._ask("permit", load, query=wire.dump_query(query), works=named)

    def count(self, asked: Asked) -> WordCounts:
        """How many passages and works hold each word and pair."""
        size = len(asked.keys)
        return self._ask(
            "count", lambda answer: wire.load_counts(answer, size), asked=wire.dump_asked(asked)
        )

    def find(self, permission: Permission, question: Question) -> Found:
        """The permitted passages that come near a question."""
        return self._ask(
            "find",
            lambda answer: wire.load_found(answer, self.rows, len(self.work_ids)),
            question=wire.dump_question(question),
            **_dump_permission(permission),
        )

    def first_passages(self, permission: Permission, limit: int) -> tuple[Ints, Ints]:
        """The first permitted passage of each of so many works, the newest first."""

        def load(answer: Any) -> tuple[Ints, Ints]:
            rows, works = (wire.load_rows(answer[name]) for name in ("rows", "works"))
            if len(rows) != len(works) or (works >= len(self.work_ids)).any():
                raise ValueError("no such works")
            return rows, works

        return self._ask("first", load, limit=limit, **_dump_permission(permission))

    def vectors(self, rows: Ints) -> Floats:
        """The vectors of these rows."""
        return self._ask(
            "vectors",
            lambda answer: self._load_vectors(answer, len(rows)),
            rows=wire.dump_array(np.asarray(rows)),
        )

    def passages(self, rows: Ints) -> list[Passage]:
        """The passages of these rows, in their order."""
        wanted = np.asarray(rows).tolist()

        def load(answer: Any) -> list[Passage]:
            languages = wire.load_texts(answer["languages"])
            if len(self._languages) > 1000 * MAX_LANGUAGES:
                self._languages = {}
            self._languages |= zip(wanted, languages, strict=True)
            return wire.load_passages(answer["passages"], wanted)

        return self._ask("passages", load, rows=wire.dump_array(np.asarray(rows)))

    def languages_of(self, rows: Ints) -> list[str]:
        """The language by whose rules each of these rows is read."""
        wanted = np.asarray(rows).tolist()
        languages = self._languages
        if any(row not in languages for row in wanted):
            self.passages(rows)
            languages = self._languages
        return [languages[row] for row in wanted]


def _load_overview(told: Any) -> tuple[int, tuple[str, ...], dict[str, int], int]:
    languages = {str(code): int(count) for code, count in told["languages"].items()}
    return int(told["rows"]), wire.load_texts(told["works"]), languages, int(told["embedded"])


def _load_held(told: Any) -> list[dict[str, int]]:
    return [{str(code): int(count) for code, count in own.items()} for own in told]


def _dump_permission(permission: Permission) -> dict[str, Any]:
    assert permission.query is not None  # noqa: S101 - of its own `permit`
    return {"query": wire.dump_query(permission.query), "works": permission.works}
