"""The polite, safe client: every request in its host's budget, every hop checked, every wait
told.
"""

from __future__ import annotations

import contextlib
import email.utils
import logging
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC
from importlib import metadata
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar
from urllib.parse import urlsplit

from litmap import __version__
from litmap.errors import Blocked, Exhausted, NotFound, SlowDown, Unsafe, WebError
from litmap.models import Download, Request, Response
from litmap.web import downloads
from litmap.web.budget import Budget, OnWait, group_of, jitter, utc_text
from litmap.web.challenges import MAX_LOOKED_AT, challenge_in, is_html
from litmap.web.safety import Address, Allowed, check_url
from litmap.web.transport import Answer, Limits, Slow, Transport

logger = logging.getLogger(__name__)

_CHALLENGING = {202, 401, 403, 405, 429, 500, 502, 503, 520}
"""Statuses under which robot checks are sent; others are told by the page alone."""
_CONTACT = re.compile(r"[^\s<>(),;:\"@]{1,64}@[^\s<>(),;:\"@]{1,200}")
_REDIRECTS = {301, 302, 303, 307, 308}
_SHARED_HEADERS = {
    "accept",
    "accept-language",
    "range",
    "if-range",
    "if-none-match",
    "if-modified-since",
}
_DEAD_AFTER = 4
_SECURE = re.compile(
    r"http://(?:[\w-]+\.)?(?:arxiv\.org|doi\.org|mlr\.press|openreview\.net|nips\.cc|neurips\.cc|"
    r"crossref\.org|openalex\.org|"
    r"springer\.com|ieee\.org|acm\.org|nature\.com|aclanthology\.org|ncbi\.nlm\.nih\.gov)(?=[/?]|"
    r"$)",
    re.I,
)
T = TypeVar("T")


class WebClient:
    """Implements `models.Client`. Safe between threads; use as a context manager.

    `contact` is the e-mail address in the User-Agent ('' for none), `state` the folder of the
    budgets that all processes of this user share, `paces` seconds by host or service ('default' for
    the rest), `allow` internal hosts or addresses that may be asked, `keys` what is sent to a host
    as its bearer's key, and to no other. Proxies and certificates come
    from the environment (HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE).
    """

    def __init__(
        self,
        contact: str,
        state: Path,
        paces: Mapping[str, float] | None = None,
        allow: Sequence[str] = (),
        *,
        limits: Limits | None = None,
        on_wait: OnWait | None = None,
        keys: Mapping[str, str] | None = None,
    ) -> None:
        self.contact = contact.strip() if _CONTACT.fullmatch(contact.strip()) else ""
        who = f"mailto:{self.contact}" if self.contact else "one reader's own library"
        self.agent = f"litmap/{__version__} ({'; '.join([*project_page(), who])})"
        self._limits = limits or Limits()
        self._allowed = Allowed(allow)
        self._budget = Budget(
            state, paces, contact=self.contact, patience=self._limits.patience, on_wait=on_wait
        )
        self._transport = Transport(self._allowed, self._limits, self.agent)
        self._keys = dict(keys or {})
        self._lock = threading.Lock()
        self._failures: dict[str, int] = {}
        self._silent: dict[str, float] = {}
        self._heard: set[str] = set()
        self._last_heard = 0.0
        self.challenged: dict[str, str] = {}
        """Hosts that asked for a browser in this run, and what to tell the user of it."""
        self.exhausted: dict[str, str] = {}
        """Hosts that give nothing more today, likewise."""

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
        """End waits in other threads (they raise `WebError`) and close connections.

        Hosts that gave no answer at all, while others did, are remembered and left alone for a
        while.
        """
        if not self._budget.closed.is_set():
            self._note_silent_hosts()
        self._budget.close()
        self._transport.close()

    # ── the two ways to ask ──
    def get(self, request: Request) -> Response:
        """The answer to the request, redirects followed. Raises `errors.WebError` and its kinds.

        Answers of 200 and 206 come back; 304 too, without a body. 404 and 410 raise `NotFound`,
        401, 402, 403 and 451 `Blocked`, 429 `SlowDown` or `Exhausted` after the waits that patience
        allows, other statuses `WebError`. A robot check, or a page for people where data was asked
        for, raises `Challenged`, and so does every request to that host for a day.
        """
        headers = {"Accept": request.accept, **request.headers}

        def once() -> Response:
            if request.credits:
                first = check_url(_secured(request.url), self._allowed)
                self._budget.check_credits(first.host, first.target, request.credits)
            with self._follow(
                request.url, headers, total=self._limits.total, limit=request.limit
            ) as (url, answer):
                body = b"".join(answer.blocks) if answer.status != 304 else b""
                self._raise_for_page(url, answer, body, request.accept)
                return Response(url, answer.status, answer.headers, body)

        return self._trying(request.url, once)

    def download(
        self,
        url: str,
        partial: Path,
        *,
        etag: str = "",
        last_modified: str = "",
        limit: int | None = None,
    ) -> Download:
        """Stream a file to `partial`, resuming what an earlier try left there (Range, If-Range),
        and hash it.

        With `etag` or `last_modified` the request is conditional: `not_modified` is True where the
        file is unchanged. A body that is HTML is no file: it comes back in `body` (at most
        `Limits.page` bytes), with `path` None. Raises as `get`. What was transferred stays in
        `partial` after a transient failure, else it is removed.
        """
        limit = limit or self._limits.file

        def once() -> Download:
            headers = downloads.conditions(url, partial, etag, last_modified)
            total = self._limits.download_total
            try:
                with self._follow(url, headers, total=total, limit=limit) as (final, answer):
                    file = downloads.store(url, final, answer, partial, page=self._limits.page)
                    self._raise_for_page(final, answer, file.body, "*/*")
                    return file
            except downloads.RangeRefused as refused:
                if "Range" in headers and downloads.whole_size(refused) == partial.stat().st_size:
                    return downloads.finish(
                        url, refused.subject, Answer(200, {}, iter(())), partial
                    )
                downloads.forget(partial)
                raise
            except WebError as error:
                if not error.transient:
                    downloads.forget(partial)
                raise

        return self._trying(url, once)

    # ── one request with its redirects ──
    @contextlib.contextmanager
    def _follow(
        self, url: str, headers: Mapping[str, str], *, total: float, limit: int
    ) -> Iterator[tuple[str, Answer]]:
        """The final answer to a chain of at most `Limits.redirects` hops, each checked, each in its
        host's budget.
        """
        address = check_url(_secured(url), self._allowed)
        seen: set[str] = set()
        for _ in range(self._limits.redirects + 1):
            if address.url in seen:
                raise WebError(
                    f"{address.host}: redirects in a circle", subject=url, transient=False
                )
            seen.add(address.url)
            onward = ""
            with self._exchange(address, headers, total, limit) as answer:
                if answer.status in _REDIRECTS and answer.headers.get("location"):
                    onward = answer.headers["location"]
                else:
                    self._raise_for(address, answer)
                    yield address.url, answer
                    return
            following = check_url(_secured(onward), self._allowed, base=address.url)
            if (
                following.host != address.host
            ):  # keys and tokens stay with the host they were meant for
                headers = {k: v for k, v in headers.items() if k.lower() in _SHARED_HEADERS}
            address = following
        raise WebError(
            f"{address.host}: more than {self._limits.redirects} redirects",
            subject=url,
            transient=False,
        )

    @contextlib.contextmanager
    def _exchange(
        self, address: Address, headers: Mapping[str, str], total: float, limit: int
    ) -> Iterator[Answer]:
        self._check_alive(address.host)
        with self._budget.turn(address.host, address.target):
            group = group_of(address.host, address.target)
            once = self._budget.pace(group).connections == 1
            try:
                with self._transport.send(
                    address,
                    self._with_key(address.host, headers),
                    total=total,
                    limit=limit,
                    once=once,
                ) as answer:
                    self._budget.answered(address.host, address.target, answer.headers)
                    self._note_answer(address.host, answer.status)
                    yield answer
            except WebError as error:
                if not error.status:
                    error.subject = error.subject or address.url
                raise

    def _with_key(self, host: str, headers: Mapping[str, str]) -> Mapping[str, str]:
        key = self._keys.get(host)
        return {**headers, "Authorization": f"Bearer {key}"} if key else headers

    def _raise_for(self, address: Address, answer: Answer) -> None:
        """Raise what a status means; return for 2xx and 304."""
        status, host = answer.status, address.host
        if 200 <= status < 300 or status == 304:
            return
        if status in _CHALLENGING:
            self._raise_for_page(address.url, answer, _head_of(answer), "*/*")
        wait = retry_after(answer.headers.get("retry-after", ""), answer.headers.get("date", ""))
        if status in {429, 503} and (wait is not None or status == 429):
            if wait is not None:
                self._budget.rest(host, wait, address.target)
            raise SlowDown(
                f"{host} asks to slow down",
                subject=address.url,
                status=status,
                retry_after=wait or 0.0,
            )
        if status in {404, 410}:
            raise NotFound(f"{host}: not there ({status})", subject=address.url, status=status)
        if status in {401, 402, 403, 407, 451}:
            raise Blocked(
                f"{host} does not give it without a subscription, login or browser ({status})",
                subject=address.url,
                status=status,
            )
        if status == 416:
            raise downloads.RangeRefused(
                f"{host}: range refused",
                subject=address.url,
                status=status,
                size=answer.headers.get("content-range", ""),
            )
        text = f"{host} answered {status}"
        raise WebError(
            text,
            subject=address.url,
            status=status,
            transient=status >= 500 or status in {408, 425},
        )

    def _raise_for_page(self, url: str, answer: Answer, body: bytes, wanted: str) -> None:
        """Raise `Challenged` for a robot check, and for a page for people where data was wanted."""
        mark = challenge_in(answer.headers, body)
        if not mark and is_data(wanted) and is_html(answer.headers, body):
            mark = "a page instead of data"
        if not mark:
            return
        host = _host(url)
        challenged = self._budget.note_challenge(host, mark)
        challenged.subject, challenged.status = url, answer.status
        logger.warning("%s", challenged.message)
        with self._lock:
            self.challenged[host] = challenged.message
        raise challenged

    # ── trying again ──
    def _trying(self, url: str, once: Callable[[], T]) -> T:
        host = check_url(url, self._allowed).host
        try:
            return self._with_retries(host, once)
        except Exhausted as error:
            with self._lock:
                spent = _host(error.subject) or error.subject or host
                self.exhausted.setdefault(spent, error.message)
            raise

    def _with_retries(self, host: str, once: Callable[[], T]) -> T:
        for attempt in range(1, self._limits.attempts + 1):
            try:
                return once()
            except SlowDown as error:
                self._rest_after(error, _host(error.subject) or host, attempt)
            except WebError as error:
                if not error.transient or isinstance(error, Exhausted | Unsafe):
                    raise
                self._wait_after(error, host, attempt)
        raise AssertionError

    def _rest_after(self, error: SlowDown, host: str, attempt: int) -> None:
        """Nobody asks a host for a while that asked to slow down. Raises where this was the last
        try, or it asks for more than the patience.
        """
        target = _target(error.subject)
        factor = max(4.0, 8 * self._budget.pace(group_of(host, target)).seconds)
        wait = error.retry_after or self._backoff(attempt, factor)
        self._budget.rest(host, wait, target)
        if attempt == self._limits.attempts or wait > self._limits.patience:
            raise self._tired(host, error, wait) from error

    def _wait_after(self, error: WebError, host: str, attempt: int) -> None:
        """Wait before the next try. Raises the error where there is none."""
        failed = _host(error.subject) or host
        if not error.status:
            self._count_failure(failed)
        is_last = attempt == self._limits.attempts or (attempt >= 2 and isinstance(error, Slow))
        if is_last or self._is_dead(failed):
            self._note_silence(failed, error)
            raise error
        self._budget.sleep(host, self._backoff(attempt, 1.0), f"trying again: {error.message}")

    def _backoff(self, attempt: int, factor: float) -> float:
        """Exponential, with jitter; `factor` is larger where the host itself asked for rest."""
        return float(self._limits.backoff * factor * 2 ** (attempt - 1) * jitter(0.8, 1.4))

    def _tired(self, host: str, error: SlowDown, wait: float) -> WebError:
        until = utc_text(time.time() + wait)
        if wait > self._limits.patience:
            return Exhausted(
                f"{host} gives nothing more before {until}", subject=error.subject, until=until
            )
        return SlowDown(
            f"{host} still asks to slow down after {self._limits.attempts} tries",
            subject=error.subject,
            status=error.status,
            retry_after=wait,
        )

    # ── hosts that do not answer at all ──
    def _note_answer(self, host: str, status: int) -> None:
        with self._lock:
            self._failures.pop(host, None)
            if status < 500:
                self._heard.add(host)
                self._last_heard = time.time()

    def _note_silence(self, host: str, error: WebError) -> None:
        """A host failed for the last time of a request."""
        if (not error.status or error.status >= 500) and not self._budget.closed.is_set():
            with self._lock:
                self._silent[host] = time.time()

    def _note_silent_hosts(self) -> None:
        """Hosts that never answered, and after whose failure another did: it was not this machine's
        connection. Where none was asked after them, the next client may know.
        """
        suspects = self._budget.suspects()
        for host in suspects.keys() & self._heard:
            self._budget.clear_suspect(host)
        with self._lock:
            failed = {**suspects, **self._silent}
            silent = {host: at for host, at in failed.items() if host not in self._heard}
        for host, at in silent.items():
            is_sure = at < self._last_heard
            if is_sure or host in self._silent:
                self._budget.note_silence(host, is_sure=is_sure)

    def _count_failure(self, host: str) -> None:
        with self._lock:
            self._failures[host] = self._failures.get(host, 0) + 1

    def _is_dead(self, host: str) -> bool:
        with self._lock:
            return self._failures.get(host, 0) >= _DEAD_AFTER * self._limits.attempts

    def _check_alive(self, host: str) -> None:
        """After many failures in a row a host is asked only now and then, once each time."""
        with self._lock:
            count = self._failures.get(host, 0)
            if count >= _DEAD_AFTER * self._limits.attempts:
                self._failures[host] = count + 1
                if count % 8:
                    raise WebError(
                        f"{host} has not answered for a while; left alone for now",
                        subject=f"https://{host}/",
                    )


def _secured(url: str) -> str:
    """The https address where the site is known to send plain http there anyway: it saves a
    request.
    """
    return re.sub(r"^http://", "https://", url, count=1) if _SECURE.match(url) else url


def project_page() -> list[str]:
    """The project's page as the package names it, where it names one: a service finds there what
    asks it.
    """
    with contextlib.suppress(metadata.PackageNotFoundError):
        for row in metadata.metadata("litmap").get_all("Project-URL") or ():
            name, _, url = row.partition(", ")
            if name.lower() in {"homepage", "documentation", "source"}:
                return [f"+{url}"]
    return []


def is_data(accept: str) -> bool:
    """Whether a media type asked for is one that programs read, and no page."""
    return "html" not in accept and ("json" in accept or "xml" in accept)


def _head_of(answer: Answer) -> bytes:
    """The beginning of the body of a refusal; as much as came, where it breaks off."""
    head = b""
    with contextlib.suppress(WebError):
        for block in answer.blocks:
            head += block
            if len(head) >= MAX_LOOKED_AT:
                break
    return head


def _target(url: str) -> str:
    """Path and query of an address."""
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _host(url: str) -> str:
    """The host of an address, '' for what is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


MAX_RETRY_AFTER = 86_400.0
"""Seconds of a Retry-After header that are believed."""


def retry_after(value: str, answered: str = "") -> float | None:
    """Seconds, at most a day, that a Retry-After header asks for; None where it says nothing.

    A date is counted from the answer's own Date header (`answered`) where that can be read: this
    machine's clock may be wrong.
    """
    value = value.strip()
    if re.fullmatch(r"[0-9]{1,300}(?:\.[0-9]{1,20})?", value):
        return min(float(value), MAX_RETRY_AFTER)
    until = _timestamp(value)
    if until is None:
        return None
    since = _timestamp(answered)
    return min(max(0.0, until - (time.time() if since is None else since)), MAX_RETRY_AFTER)


def _timestamp(date: str) -> float | None:
    """Seconds since 1970 of an HTTP date, or None."""
    try:
        when = email.utils.parsedate_to_datetime(date.strip())
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
    except (TypeError, ValueError, OverflowError, IndexError):
        return None
