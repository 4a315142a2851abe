"""Titles behind their venue and year: "[SOSP'83] Hints for Computer System Design. Lampson",
"[OSDI'04] MapReduce".

Whoever tags a line so has a work in mind, so that one word, a system's name, is enough; year and
source confirm it.
"""

from __future__ import annotations

import re

from litmap.citations.recognisers.patterns import whole_year
from litmap.citations.recognisers.title_scoring import TitleCandidate
from litmap.citations.recognisers.whole_titles import TAGGED, strip_prefix, whole_titles
from litmap.parsing.grammar import NAMES

CANDIDATE_SCORE = 0.5
MAX_WORDS = 25

_STOP = re.compile(
    rf"\s+(?:[–—]|--?|<-+|->|//|\(|\[|https?:|w/)|;\s|\.(?:\s|$)|!\s(?=[a-z])|\x00|"
    rf"\s/\s|,\s(?=(?:{NAMES})(?:[.,;(]|\s*$))|,\s?$"
)
_SYSTEM = re.compile(r"(?P<name>[A-Z][\w+-]{1,20})\s\[(?=[A-Za-z])(?=[^\[\]]{2,22}['’ ]\d\d)")
_NON_SCHOLARLY = re.compile(
    r"\b(?:talk|slides|video|blog|lecture|demo|poster|keynote|tutorial)\b", re.I
)


def tagged_titles(text: str) -> list[TitleCandidate]:
    """The titles behind the tags of a text that begins with one, each with its tag's year beside
    it; else [].
    """
    lead = strip_prefix(text)
    first = TAGGED.search(text, 0, lead) if lead else None
    if first is None:
        system = _system_before_tag(text, lead)
        return [system] if system else []
    tags = [first, *TAGGED.finditer(text, lead)]
    starts = [lead, *(tag.end() + 1 for tag in tags[1:])]
    ends = [*(tag.start() for tag in tags[1:]), len(text)]
    titles = (_between(text, a, b, tag[1]) for a, b, tag in zip(starts, ends, tags, strict=True))
    return [title for title in titles if title]


def _system_before_tag(text: str, lead: int) -> TitleCandidate | None:
    """A system before its tag, with what a colon adds.

    "Eraser [SOSP'97]: a dynamic data race detector".
    """
    system = _SYSTEM.match(text, lead)
    tag = TAGGED.match(text, system.end("name") + 1) if system else None
    if system is None or tag is None:
        return None
    name, end = system["name"], system.end("name")
    if text.startswith(": ", tag.end()):
        subtitle = _between(text, tag.end() + 2, len(text), tag[1])
        if subtitle is not None:
            name, end = f"{name}: {subtitle.text}", subtitle.end
    return TitleCandidate(name, system.start("name"), end, CANDIDATE_SCORE, whole_year(tag[1]))


def _between(text: str, start: int, end: int, figures: str) -> TitleCandidate | None:
    """The title between two tags, without a remark behind it; `figures` are those of its year."""
    stop = _STOP.search(text, start + 1, end)
    title = text[start : stop.start() if stop else end].rstrip(" .,;:")
    if not may_be_tagged(title):
        return None
    head = whole_titles(title, floor=0.6)
    if head and head[0].start == 0:  # a remark follows without a sign
        title = head[0].text
    return TitleCandidate(title, start, start + len(title), CANDIDATE_SCORE, whole_year(figures))


def may_be_tagged(title: str) -> bool:
    """True for up to 25 words that begin with a letter, a figure or a quote and are no talk or
    blog.
    """
    if not title or len(title.split()) > MAX_WORDS or _NON_SCHOLARLY.search(title):
        return False
    return title[0].isalnum() or title[0] in '“"'
