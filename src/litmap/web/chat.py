"""Asks a language model that answers as OpenAI's do (`POST …/chat/completions`): Ollama, llama.cpp,
vLLM, LM Studio or a service. Whatever comes back is text within bounds, or an error.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, Self

from litmap import __version__
from litmap.errors import Blocked, NotFound, SlowDown, TooLarge, Unsafe, WebError
from litmap.web.client import retry_after
from litmap.web.safety import Address, Allowed, check_url, is_on_this_machine, literal
from litmap.web.server_events import data_of, lines_of
from litmap.web.transport import Answer, Limits, Slow, Transport

logger = logging.getLogger(__name__)

MAX_BYTES = 4_000_000
"""Bytes of one answer, on its way."""
MAX_TEXT = 40_000
"""Characters of one answer."""
MAX_TOKENS = 1_500
"""Tokens that are asked for."""
MAX_WAIT = 30.0
"""Seconds of a server's wish to be left alone that are waited once."""
IDLE_SECONDS = 60.0
"""Seconds between two pieces of an answer."""
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_OPTIONS = ("temperature", "max_tokens")
_DONE = "[DONE]"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a language model answers. `origin` is scheme, host and port; `is_local` where it is
    this machine itself.
    """

    address: Address
    origin: str
    is_local: bool


def endpoint(url: str) -> Endpoint:
    """The endpoint below a base address such as "http://127.0.0.1:11434/v1".

    Raises `Unsafe` for an address that is none, that is a link-local one (where clouds keep their
    credentials), or that would send texts over the internet unencrypted.
    """
    everywhere = _Everywhere()
    base = check_url(url.strip().rstrip("/"), everywhere)
    address = check_url(f"{base.url.rstrip('/')}/chat/completions", everywhere)
    origin = address.url.removesuffix(address.target)
    ip = literal(address.host)
    if ip is not None and (ip.is_link_local or ip.is_unspecified or ip.is_multicast):
        raise Unsafe(f"refused: {address.host} is no address of a language model", subject=url)
    is_local = is_on_this_machine(address.host)
    if address.scheme == "http" and not is_local and not _is_internal(address):
        raise Unsafe(
            f"{origin} would send sentences unencrypted over the internet: use https", subject=url
        )
    return Endpoint(address, origin, is_local)


class _Everywhere(Allowed):
    """Allows an address that the user names in the settings, wherever it is."""

    def name(self, host: str, port: int) -> bool:
        return True


def _is_internal(address: Address) -> bool:
    """Whether an address is one of the user's own network by its name or number."""
    try:
        check_url(address.url, Allowed())
    except Unsafe:
        return True
    return False


class ChatClient:
    """One language model at one endpoint; implements `protocols.LanguageModel`.

    `key` is sent to the endpoint as its bearer's key and nowhere else: no redirect is followed.
    Loopback is asked directly, others through the environment's proxy. Use as a context manager,
    in one thread. Raises `Unsafe` for a key that no header can hold.
    """

    def __init__(
        self, where: Endpoint, model: str, *, key: str = "", limits: Limits | None = None
    ) -> None:
        if not re.fullmatch(r"[!-~]*", key):
            raise Unsafe("LITMAP_LLM_KEY holds a blank or a letter that no key has", subject="key")
        self.name = model
        self._where = where
        self._key = key
        self._limits = limits or chat_limits()
        address = where.address
        own = (f"{address.host}:{address.port}",)
        allowed = Allowed(own if where.is_local or _is_internal(address) else ())
        agent = f"litmap/{__version__}"
        self._transport = Transport(allowed, self._limits, agent, direct=where.is_local)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._transport.close()

    def models(self) -> list[str]:
        """What the endpoint says it has. Raises as `write`."""
        chat = self._where.address
        address = replace(
            chat,
            url=chat.url.replace("/chat/completions", "/models"),
            target=chat.target.replace("/chat/completions", "/models"),
        )
        with self._exchange(address, {"Accept": "application/json"}) as answer:
            try:
                record = json.loads(b"".join(answer.blocks))
            except (ValueError, RecursionError):
                record = {}
        rows = record.get("data") if isinstance(record, dict) else []
        names = [row.get("id") for row in rows or [] if isinstance(row, dict)]
        return [_shown(name, self._key) for name in names if isinstance(name, str)][:200]

    def write(
        self, messages: Sequence[Mapping[str, str]], on_text: Callable[[str], None] | None = None
    ) -> str:
        """The model's answer to messages of `role` and `content`; `on_text` is told the pieces as
        they come, and may raise to stop. Raises `WebError` and its kinds, which say what to do.
        """
        options: dict[str, Any] = {"temperature": 0, "max_tokens": MAX_TOKENS}
        logger.info("asking %s at %s", self.name, self._where.origin)
        for attempt in (1, 2):
            try:
                return self._ask(messages, options, on_text or _ignore)
            except _OptionRefused as refused:
                if attempt == 2:
                    raise
                options = {k: v for k, v in options.items() if k not in refused.names}
            except SlowDown as error:
                if attempt == 2 or not 0 < error.retry_after <= MAX_WAIT:
                    raise
                self._transport.rest(error.retry_after)
        raise AssertionError

    def _ask(
        self,
        messages: Sequence[Mapping[str, str]],
        options: Mapping[str, Any],
        on_text: Callable[[str], None],
    ) -> str:
        body = {"model": self.name, "messages": list(messages), "stream": True, **options}
        headers = {
            "Content-Type": "application/json",
            "Accept": "text/event-stream, application/json",
        }
        post = json.dumps(body).encode()
        with self._exchange(self._where.address, headers, post) as answer:
            return self._read(answer.blocks, on_text)

    @contextlib.contextmanager
    def _exchange(
        self, address: Address, headers: Mapping[str, str], post: bytes | None = None
    ) -> Iterator[Answer]:
        """One answer of status 200, read while the context is open."""
        own = {"Accept-Encoding": "identity", **headers}
        if self._key:
            own["Authorization"] = f"Bearer {self._key}"
        total = self._limits.total
        with (
            self._advised(),
            self._transport.send(
                address, own, total=total, limit=MAX_BYTES, once=True, post=post
            ) as answer,
        ):
            self._raise_for(answer)
            yield answer

    @contextlib.contextmanager
    def _advised(self) -> Iterator[None]:
        """Failures of the connection with what to do next."""
        try:
            yield
        except Slow as error:
            raise Slow(
                f"{error.message}: a smaller model, or more llm_seconds in the settings",
                subject=self._where.origin,
            ) from error
        except WebError as error:
            if type(error) is WebError and not error.status and "reached" in error.message:
                advice = "is the server running there, and is [llm] url its address?"
                raise WebError(f"{error.message}: {advice}", subject=self._where.origin) from error
            raise

    def _raise_for(self, answer: Answer) -> None:
        """Raise what a status means; return for 200."""
        status, origin = answer.status, self._where.origin
        if status == 200:
            return
        if 300 <= status < 400:
            onward = _shown(answer.headers.get("location", ""), self._key)
            raise Unsafe(
                f"{origin} sends on to {onward or 'nowhere'}, which is not followed: "
                "name the address itself in [llm] url",
                subject=origin,
            )
        said = _complaint(answer, self._key)
        if status in {401, 402, 403, 407}:
            raise Blocked(
                f"{origin} refuses ({status}){said}: is LITMAP_LLM_KEY its key?",
                subject=origin,
                status=status,
            )
        if status in {404, 405, 410}:
            raise NotFound(
                f"{origin} has no chat/completions for {self.name!r} there ({status}){said}: "
                "[llm] url ends in /v1 mostly; does the server have this model?",
                subject=origin,
                status=status,
            )
        if status in {429, 503}:
            wait = retry_after(
                answer.headers.get("retry-after", ""), answer.headers.get("date", "")
            )
            raise SlowDown(
                f"{origin} asks to slow down ({status}){said}: try again later",
                subject=origin,
                status=status,
                retry_after=wait or 0.0,
            )
        refused = frozenset(name for name in _OPTIONS if name in said) if status == 400 else ()
        kind = _OptionRefused if refused else WebError
        error = kind(f"{origin} answered {status}{said}", subject=origin, status=status)
        error.transient = status >= 500
        if isinstance(error, _OptionRefused):
            error.names = frozenset(refused)
        raise error

    def _read(self, blocks: Iterator[bytes], on_text: Callable[[str], None]) -> str:
        """The text of an answer that is a stream of events, or one piece of JSON."""
        lines = lines_of(blocks)
        first = next((line for line in lines if line.strip(" \ufeff")), "")
        lines = itertools.chain([first.lstrip("\ufeff")], lines)
        if first.lstrip(" \ufeff").startswith("{"):
            return self._read_whole(lines, on_text)
        if not re.match(r"(?:data|event|id|retry)?:", first.lstrip("\ufeff")):
            raise WebError(
                f"{self._where.origin} does not answer as a language model does "
                f"(it begins {_shown(first, self._key)[:60]!r}): is [llm] url right?",
                subject=self._where.origin,
                transient=False,
            )
        return self._read_events(data_of(lines), on_text)

    def _read_whole(self, lines: Iterable[str], on_text: Callable[[str], None]) -> str:
        text, _ = self._content("\n".join(lines))
        if len(text) > MAX_TEXT:
            raise TooLarge(f"{self._where.origin} answers with more than {MAX_TEXT:,} characters")
        on_text(text)
        return text

    def _read_events(self, events: Iterable[str], on_text: Callable[[str], None]) -> str:
        pieces: list[str] = []
        size, is_whole = 0, False
        for event in events:
            if event.strip() == _DONE:
                is_whole = True
                break
            text, ends = self._content(event)
            is_whole |= ends
            size += len(text)
            if size > MAX_TEXT:
                raise TooLarge(
                    f"{self._where.origin} answers with more than {MAX_TEXT:,} characters",
                    subject=self._where.origin,
                )
            if text:
                pieces.append(text)
                on_text(_SURROGATES.sub("\ufffd", text))
        if not is_whole:
            raise WebError(
                f"{self._where.origin}: the answer broke off; nothing of it is shown",
                subject=self._where.origin,
            )
        return _paired("".join(pieces))

    def _content(self, data: str) -> tuple[str, bool]:
        """The text in an answer or in a piece of one, and whether it is the last piece."""
        try:
            record = json.loads(data)
        except (ValueError, RecursionError) as error:
            raise WebError(
                f"{self._where.origin} sends what is no JSON: {_shown(data, self._key)[:60]!r}",
                subject=self._where.origin,
            ) from error
        if isinstance(record, dict) and record.get("error"):
            said = _shown(_message_of(record), self._key)
            raise WebError(f"{self._where.origin}: {said}", subject=self._where.origin)
        choice = _first(record.get("choices")) if isinstance(record, dict) else {}
        part = choice.get("delta") or choice.get("message") or {}
        content = part.get("content") if isinstance(part, dict) else None
        return _text_of(content), bool(choice.get("finish_reason"))


class _OptionRefused(WebError):
    """The server does not know an option that others want."""

    names: frozenset[str] = frozenset()


def chat_limits(seconds: float = 300.0) -> Limits:
    """Limits of an answer that may take some seconds: a model thinks before its first word."""
    return replace(
        Limits(),
        first=seconds,
        idle=min(seconds, IDLE_SECONDS),
        total=seconds,
        slowest=0.0,
    )


def _ignore(text: str) -> None:
    """Tell nobody."""


def _first(choices: Any) -> dict[str, Any]:
    """The first of the choices; {} for none."""
    choice = choices[0] if isinstance(choices, list) and choices else {}
    return choice if isinstance(choice, dict) else {}


def _text_of(content: Any) -> str:
    """A message's text: a string, or the strings of its parts."""
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, dict)]
        return "".join(text for text in parts if isinstance(text, str))
    return content if isinstance(content, str) else ""


def _paired(text: str) -> str:
    """Text whose pairs of surrogates, which may come in two pieces, are characters."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _complaint(answer: Answer, key: str) -> str:
    """What the body of a refusal says, in brackets; '' for nothing readable."""
    body = b""
    with contextlib.suppress(WebError):
        for block in answer.blocks:
            body += block
            if len(body) > 4_000:
                break
    try:
        said = _message_of(json.loads(body))
    except (ValueError, RecursionError):
        return ""
    return f" ({_shown(said, key)})" if said else ""


def _message_of(record: Any) -> str:
    """The words of an error as services send them: {"error": {"message": …}} or {"error": …}."""
    error = record.get("error", record) if isinstance(record, dict) else record
    said = error.get("message") or error.get("detail") if isinstance(error, dict) else error
    return said if isinstance(said, str) else ""


def _shown(text: str, key: str) -> str:
    """A server's words for an error: one line, short, and never with the key."""
    plain = _SURROGATES.sub("", text.replace(key, "…") if key else text)
    return " ".join("".join(c if c.isprintable() else " " for c in plain).split())[:200]
