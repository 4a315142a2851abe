"""Pages of bot protection: what a host sends instead of an answer to a client that is no browser.

Their marks are in `data/challenge_marks.txt`, those that guarded sites' own pages carry too in
`data/challenge_scripts.txt`. Nothing is solved or worked around: such a host is left alone for a
day.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from litmap.parsing.word_lists import load_words

MAX_LOOKED_AT = 65_536
"""Bytes of a body in which a mark is looked for."""
_MARKING_HEADERS = {
    "cf-mitigated": ("Cloudflare", "challenge"),
    "x-amzn-waf-action": ("AWS WAF", ""),
}
"""Headers that tell of a robot check: (protection, value; '' for any)."""
_CITATION_TAG = re.compile(rb"<meta[^>]{0,200}[\"'](?:citation_|dc\.|prism\.)", re.I)
_HIDDEN = re.compile(r"<(?:script|style|svg)\b")
_HIDDEN_END = re.compile(r"</(?:script|style|svg)\b")
_TAG = re.compile(r"<[^<>]{0,5000}>")
MAX_LETTERS = 1000
"""Letters that a robot check's page shows at most."""
_HTML = re.compile(
    rb"\s*(?:\xef\xbb\xbf)?\s*(?:<!--.{0,500}?-->\s*)*<(?:!doctype\s+html|html|head|body)\b",
    re.I | re.S,
)


def challenge_in(headers: Mapping[str, str], body: bytes) -> str:
    """The name of the bot protection that an answer comes from; '' for an answer of the host.

    `headers` have lower-case names; `body` is the answer or its beginning. A page with citation
    tags is the host's own, whatever scripts it loads.
    """
    for name, (protection, value) in _MARKING_HEADERS.items():
        if value in headers.get(name, "\n").lower() and name in headers:
            return protection
    head = body[:MAX_LOOKED_AT]
    if head.startswith(b"%PDF-") or _CITATION_TAG.search(head):
        return ""
    text = head.decode("utf-8", "replace").lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    mark = _first_mark("challenge_marks", text)
    return mark or (_first_mark("challenge_scripts", text) if says_little(text) else "")


def _first_mark(name: str, text: str) -> str:
    """The protection of the first mark of a list that stands in the text, '' for none."""
    return next((protection for protection, mark in _marks(name) if mark in text), "")


@cache
def _marks(name: str) -> list[tuple[str, str]]:
    """The marks of a list, each behind its protection."""
    rows = sorted(row.partition(": ") for row in load_words(name, "litmap.web"))
    return [(protection, mark) for protection, _, mark in rows]


def says_little(page: str) -> bool:
    """Whether a page has hardly a word beside its scripts, as that of a robot check."""
    seen, *parts = _HIDDEN.split(page)
    for part in parts:
        end = _HIDDEN_END.search(part)
        seen += part[end.start() :] if end else ""
    return len(" ".join(_TAG.sub(" ", seen).split())) <= MAX_LETTERS


def is_html(headers: Mapping[str, str], body: bytes) -> bool:
    """Whether an answer is a page for people: by its first tag, or by its media type."""
    if _HTML.match(body[:4096]):
        return True
    return "html" in headers.get("content-type", "").lower() and b"<" in body[:1024]
