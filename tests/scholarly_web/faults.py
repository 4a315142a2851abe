"""What can go wrong with an answer, as rules: the first that fits a request and is not used up
spoils its answer.

Whether a rule with a probability applies depends only on its seed, the address and how often that
was asked, so a run can be had again.
"""

from __future__ import annotations

import email.utils
import functools
import gzip
import hashlib
import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from . import challenges, papers
from .answers import HTML, Answer, Delivery, Question, html, moved


@dataclass
class Fault:
    """A rule: what kind of fault (`KINDS`), where and how often.

    `host` and `path` are patterns, searched (`path` in path and query). `times` requests are
    spoiled (all where None) after `skip` that are not; with `per_url` each address has its own
    count. `options` are the kind's own, named in its function.
    """

    kind: str
    host: str = ""
    path: str = ""
    times: int | None = None
    skip: int = 0
    per_url: bool = False
    probability: float = 1.0
    seed: int = 0
    options: dict[str, object] = field(default_factory=dict)
    _asked: Counter[str] = field(default_factory=Counter, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def fits(self, host: str, target: str) -> bool:
        """Whether the rule is about such a request."""
        return bool(re.search(self.host, host) and re.search(self.path, target))

    def applies(self, url: str) -> bool:
        """Whether this request is spoiled; it counts."""
        name = url if self.per_url else ""
        with self._lock:
            number = self._asked[name]
            draw = self._asked[f"draw {url}"]
            self._asked[f"draw {url}"] += 1
            if self.probability < 1.0 and _chance(self.seed, url, draw) >= self.probability:
                return False
            self._asked[name] += 1
        return number >= self.skip and (self.times is None or number < self.skip + self.times)

    @property
    def is_about_connections(self) -> bool:
        return self.kind in CONNECTION_KINDS

    @property
    def is_about_files(self) -> bool:
        return self.kind in FILE_KINDS

    @property
    def is_about_bodies(self) -> bool:
        return self.kind in BODY_KINDS


def _chance(seed: int, url: str, number: int) -> float:
    mark = hashlib.sha256(f"{seed} {url} {number}".encode()).digest()
    return int.from_bytes(mark[:6], "big") / 2**48


def spoil(fault: Fault, answer: Answer, question: Question, base: str) -> Answer:
    """The answer with the fault. `base` is the server's own address on loopback."""
    if fault.kind in challenges.PAGES:
        return challenges.page_of(fault.kind)
    return KINDS[fault.kind](fault, answer, question, base)


def _seconds(fault: Fault, name: str, default: float) -> float:
    value = fault.options.get(name)
    return default if value is None else float(str(value))


def _status(fault: Fault, *_: object) -> Answer:
    """`retry_after`: seconds, none where absent."""
    answer = html("Temporarily unavailable", status=int(fault.kind))
    wait = fault.options.get("retry_after")
    return answer if wait is None else answer.with_headers(Retry_After=str(wait))


def _too_many(fault: Fault, *_: object) -> Answer:
    """`retry_after`: seconds (2)."""
    wait = _seconds(fault, "retry_after", 2)
    return html("Too many requests", status=429).with_headers(Retry_After=f"{wait:g}")


def _too_many_by_date(fault: Fault, *_: object) -> Answer:
    until = time.time() + _seconds(fault, "retry_after", 2)
    stamp = email.utils.formatdate(until, usegmt=True)
    return html("Too many requests", status=429).with_headers(Retry_After=stamp)


def _cut(answer: Answer, fault: Fault) -> int:
    """`after`: bytes that still come (half of the body)."""
    return min(int(_seconds(fault, "after", len(answer.body) // 2)), max(len(answer.body) - 1, 0))


def _reset(fault: Fault, answer: Answer, *_: object) -> Answer:
    return replace(answer, delivery=Delivery(cut=_cut(answer, fault), reset=True))


def _truncate(fault: Fault, answer: Answer, *_: object) -> Answer:
    return replace(answer, delivery=Delivery(cut=_cut(answer, fault)))


def _wrong_length(fault: Fault, answer: Answer, *_: object) -> Answer:
    """`delta`: added to the announced length (minus a tenth of it)."""
    size = len(answer.body)
    delta = int(_seconds(fault, "delta", -max(1, size // 10)))
    return replace(answer, delivery=Delivery(length=max(0, size + delta)))


def _drip(fault: Fault, answer: Answer, *_: object) -> Answer:
    """`size` bytes (64) every `every` seconds (0.25)."""
    size, pause = int(_seconds(fault, "size", 64)), _seconds(fault, "every", 0.25)
    return replace(answer, delivery=Delivery(block=size, pause=pause))


def _stall(fault: Fault, answer: Answer, *_: object) -> Answer:
    return replace(answer, delivery=Delivery(silent=True, hold=True))


def _stall_body(fault: Fault, answer: Answer, *_: object) -> Answer:
    return replace(answer, delivery=Delivery(cut=_cut(answer, fault), hold=True))


def _html_as_pdf(*_: object) -> Answer:
    return replace(html("Sign in", "<form>Sign in to go on</form>"), type="application/pdf")


def _login(*_: object) -> Answer:
    return html("Sign in", "<form action='/login'>Sign in to go on</form>")


def _as_octets(fault: Fault, answer: Answer, *_: object) -> Answer:
    return replace(answer, type="application/octet-stream")


def _as_html(fault: Fault, answer: Answer, *_: object) -> Answer:
    return replace(answer, type=HTML)


def _corrupt(fault: Fault, answer: Answer, *_: object) -> Answer:
    """As long as before, with the head and the end of a PDF and nothing to be read."""
    body = b"%PDF-1.7\n" + b"\x00damaged\xff" * (len(answer.body) // 9 + 1)
    return replace(answer, body=body[: len(answer.body) - 6] + b"\n%%EOF")


def _encrypted(fault: Fault, answer: Answer, *_: object) -> Answer:
    return replace(answer, body=papers.encrypted())


def _wrong_paper(fault: Fault, answer: Answer, *_: object) -> Answer:
    return replace(answer, body=papers.unrelated())


def _zero(fault: Fault, answer: Answer, *_: object) -> Answer:
    return replace(answer, body=b"")


def _loop(fault: Fault, answer: Answer, question: Question, base: str) -> Answer:
    return moved(question.url)


def _chain(fault: Fault, answer: Answer, question: Question, base: str) -> Answer:
    step = question.number("hop", 0) + 1
    return moved(f"{question.scheme}://{question.host}{question.target.split('?')[0]}?hop={step}")


def _to(target: str) -> Callable[..., Answer]:
    """A redirect to an internal address; {base} is the server's own."""
    return lambda fault, answer, question, base: moved(target.format(base=base))


def _page_to_loopback(fault: Fault, answer: Answer, question: Question, base: str) -> Answer:
    return html("A paper", tags=[("citation_pdf_url", f"{base}/internal.pdf")])


def _endless(fault: Fault, answer: Answer, *_: object) -> Answer:
    """`max_bytes` (20 million) without an announced length."""
    size = int(_seconds(fault, "max_bytes", 20_000_000))
    return replace(answer, delivery=Delivery(endless=size))


def _gzip_bomb(fault: Fault, answer: Answer, *_: object) -> Answer:
    """`size` zeros (16 MiB) after the answer's first bytes, a thousandth of it on the wire."""
    head = answer.body[:9] if answer.is_pdf else b""
    body = _compressed_zeros(head, int(_seconds(fault, "size", 1 << 24)))
    return replace(answer, body=body).with_headers(Content_Encoding="gzip")


@functools.cache
def _compressed_zeros(head: bytes, size: int) -> bytes:
    return gzip.compress(head + bytes(size), compresslevel=6)


KINDS: dict[str, Callable[..., Answer]] = {
    "429": _too_many,
    "429-date": _too_many_by_date,
    "403": _status,
    "404": _status,
    "500": _status,
    "503": _status,
    "reset": _reset,
    "truncate": _truncate,
    "wrong-length": _wrong_length,
    "drip": _drip,
    "stall": _stall,
    "stall-body": _stall_body,
    "html-as-pdf": _html_as_pdf,
    "login": _login,
    "pdf-as-octet": _as_octets,
    "pdf-as-html": _as_html,
    "corrupt-pdf": _corrupt,
    "encrypted-pdf": _encrypted,
    "wrong-paper": _wrong_paper,
    "zero": _zero,
    "empty-200": _zero,
    "redirect-loop": _loop,
    "redirect-chain": _chain,
    "ssrf-loopback": _to("{base}/internal.pdf"),
    "ssrf-metadata": _to("http://169.254.169.254/latest/meta-data/"),
    "ssrf-file": _to("file:///etc/hostname"),
    "ssrf-meta": _page_to_loopback,
    "endless": _endless,
    "gzip-bomb": _gzip_bomb,
}
"""What an answer becomes. The pages of `challenges.PAGES` are kinds too, and those below."""
CONNECTION_KINDS = frozenset({"dns", "refuse", "bad-tls"})
"""At CONNECT, so that `path` is not looked at: 502, a closed connection, a certificate with a flaw
(`variant`: unknown-ca, expired, wrong-host).
"""
EMPTY_KINDS = frozenset({"empty-results"})
"""A search that finds nothing, with 200, as arXiv's API now and then."""
FILE_KINDS = frozenset(
    {"pdf-as-octet", "pdf-as-html", "corrupt-pdf", "encrypted-pdf", "wrong-paper"}
)
"""Spent on PDFs only."""
BODY_KINDS = frozenset({"reset", "truncate", "wrong-length", "drip", "stall-body", "zero"})
"""Spent on answers with a body only."""
