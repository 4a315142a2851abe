"""Titles behind their venue and year: "[SOSP'83] Hints for Computer System Design. Lampson", "[OSDI'04] MapReduce".

Whoever tags a line so has a work in mind, so that one word, a system's name, is enough; year and source confirm it.
"""

from __future__ import annotations

import re

from litmap.citations.recognisers.patterns import NAMES, whole_year
from litmap.citations.recognisers.title_scoring import TitleCandidate
from litmap.citations.recognisers.whole_titles import TAGGED, strip_prefix, whole_titles

_STOP = re.compile(
    rf"\s+(?:[–—]|--?|<-+|->|//|\(|\[|https?:|w/)|;\s|\.(?:\s|$)|!\s(?=[a-z])|\x00|\s/\s|,\s(?=(?:{NAMES})(?:[.,;(]|\s*$))|,\s?$"
)
_INLINE = re.compile(r"(?P<name>[A-Z][\w+-]{1,20})\s\[(?=[A-Za-z])(?=[^\[\]]{2,22}['’ ]\d\d)")
_NO_WORK = re.compile(r"\b(?:talk|slides|video|blog|lecture|demo|poster|keynote|tutorial)\b", re.I)


def tagged_titles(text: str) -> list[TitleCandidate]:
    """The titles behind the tags of a text that begins with one, each with its tag's year beside it; else []."""
    lead = strip_prefix(text)
    first = TAGGED.search(text, 0, lead) if lead else None
    if first is None:
        inline = _INLINE.match(text, lead)
        tag = TAGGED.match(text, inline.end("name") + 1) if inline else None
        return [_named_before(text, inline, tag)] if inline and tag else []
    tags = [first, *TAGGED.finditer(text, lead)]
    starts = [lead, *(tag.end() + 1 for tag in tags[1:])]
    ends = [tag.start() for tag in tags[1:]] + [len(text)]
    found = (_between(text, a, b, tag[1]) for a, b, tag in zip(starts, ends, tags, strict=True))
    return [candidate for candidate in found if candidate]


def _named_before(text: str, inline: re.Match[str], tag: re.Match[str]) -> TitleCandidate:
    """A system before its tag, with what a colon adds: "Eraser [SOSP'97]: a dynamic data race detector"."""
    name, end = inline["name"], inline.end("name")
    rest = (
        _between(text, tag.end() + 2, len(text), tag[1])
        if text.startswith(": ", tag.end())
        else None
    )
    if rest is not None:
        name, end = f"{name}: {rest.text}", rest.end
    return TitleCandidate(name, inline.start("name"), end, 0.5, whole_year(tag[1]))


def _between(text: str, start: int, end: int, figures: str) -> TitleCandidate | None:
    stop = _STOP.search(text, start + 1, end)
    title = text[start : stop.start() if stop else end].rstrip(" .,;:")
    if (
        not title
        or len(title.split()) > 25
        or not (title[0].isalnum() or title[0] in '“"')
        or _NO_WORK.search(title)
    ):
        return None
    head = whole_titles(title, floor=0.6)
    if head and head[0].start == 0:  # a remark follows without a sign
        title = head[0].text
    return TitleCandidate(title, start, start + len(title), 0.5, whole_year(figures))
