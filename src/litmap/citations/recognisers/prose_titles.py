"""Titles inside running text: in quotes, as a run of raised words, or filling a clause."""

from __future__ import annotations

import re
from collections.abc import Iterator

from litmap.citations.recognisers.patterns import matches_at
from litmap.citations.recognisers.title_scoring import (
    SMALL_WORDS,
    WORD,
    TitleCandidate,
    split_byline,
    title_score,
)
from litmap.citations.recognisers.words_in_titles import LIST_OF_WORDS
from litmap.parsing.grammar import CITED_YEAR

MIN_RUN_SCORE = 0.6
RUN_SCORE, CLAUSE_SCORE = 0.6, 0.55
"""What a candidate of each kind is given: that it was found says more than how it looks."""
MAX_LED_LENGTH = 90
"""Characters of a clause that a colon or 'see' alone makes likely a title."""

_QUOTED = re.compile(r"[“\"«„]([^“”\"«»„]{12,250})[”\"»“]")
_RUN = re.compile(
    r"[A-Z](?<![\w.@/].)[\w'’-]*+:?(?:[ \n](?:[A-Z][\w'’/-]*+|[A-Z]+\d*|\d+|a|an|and|as|at|by|do|"
    r"for|from|in|into|is|its|of|on|or|the|to|under|vs\.?|via|with|without|not|than|that|through|using|"
    r"are|be|can|we|you|how|why|what|when|between|toward|towards|over|–|-|&|\+)"
    r"(?:[:,?!](?=[ \n])|['’]s)?){3,25}"
)
_OPENS = re.compile(r"[.;?!]\s$|^$")
_CLOSES = re.compile(r"[.;](?:\s|$)|\s*$")
"""What stands around a title that is a sentence of its own."""
_CLAUSE = re.compile(
    r"(?P<lead>:\s|→\s|->\s|[.;?!]\s|^|(?=\b(?:[Rr]ead|i\.e\.|e\.g\.,?) [A-Z][a-z]*(?: [a-z]+){2}))"
    r"(?P<see>(?:[Ss]ee (?:also )?|[Rr](?:er)?ead |i\.e\. |e\.g\.,? |[Cc]ite ))?"
    r"(?:(?P<names>[A-Z][\w'’-]+(?: (?:and|&) [A-Z][\w'’-]+)?),\s)?"
    r"(?P<title>[A-Z](?:[^.:;→()“”\"\x00\[\]\n]|\.(?=\w)){14,200}?)(?=[.;(,\s]|$)"
    r"(?=$|\.\s|\.$|;\s|\s*\(|\s(?:→|->)\s|,\s(?:fig|see|esp|which|but|where)\b|"
    r"\s(?:explains?|argues?|shows?|proves?|introduces?)\s)"
)
_CLAUSE_START = re.compile(
    r"[:→.;?!Rrie-](?:(?<=[:→.;?!])\s|(?<=-)>\s|(?<!\w.)(?:(?<=[Rr])ead|(?<=i)\.e\.|"
    r"(?<=e)\.g\.,?) [A-Z])"
)
_LEADING_SIGNS = (":", ",", "→", "->")
_BY_PEOPLE = re.compile(r"by [A-Z](?<=\sby .)")
"""Where 'by' may make a clause a title: most often it stands before a word in lower case."""
_LEADING_ENDS = ("ee ", "ead ", "ite ", ".e. ", ".g. ")
_LEADING_WORD = re.compile(
    r"[SsRrCcie](?<!\w.)(?:(?<=[Ss])ee|(?<=[Rr])ead|(?<=[Cc])ite|(?<=[ie])\.[eg]\.) "
)
_DATED_BEHIND = re.compile(rf"\s*\([^()]{{0,30}}?({CITED_YEAR})\)")
_VENUE_BEHIND = re.compile(
    r",\s+(?:([A-Z][\w'’-]+),\s+)?"
    r"((?:[A-Z][\w&.'’-]*)(?: (?:of|the|and|in|for|on|&|[A-Z][\w.'’-]*)){0,8}(?: \d{4})?)$"
)


def quoted_titles(text: str) -> list[TitleCandidate]:
    """Quoted stretches that may be titles.

    Those of a score under .55 are titles only where names and year stand beside them.
    """
    titles = []
    for match in _QUOTED.finditer(text):
        quoted = match.group(1)
        score = title_score(quoted) + 0.1
        floor = 0.7 if _is_quoted_phrase(text, match) else 0.4
        if score >= floor and not quoted.rstrip().endswith("."):
            title = quoted.strip(" ,.")
            titles.append(TitleCandidate(title, *match.span(1), min(1.0, score)))
    return titles


def _is_quoted_phrase(text: str, match: re.Match[str]) -> bool:
    """True for words of others in lower case, unless the note itself is in lower case."""
    return match.group(1)[0].islower() and not text[: match.start()].islower()


def running_titles(text: str) -> list[TitleCandidate]:
    """Runs of capitalised words in prose that look like titles."""
    titles = []
    for match in _RUN.finditer(text):
        run, people = _trimmed_run(match.group())
        if is_running_title(text, match.start(), run):
            end = match.start() + len(run)
            titles.append(TitleCandidate(run, match.start(), end, RUN_SCORE, people))
    return titles


def _trimmed_run(run: str) -> tuple[str, str]:
    """A run of words without the small ones at its end, and the authors behind 'by'."""
    run, people = run.rstrip(" ,:–-&"), ""
    if " by " in run:
        run, people = split_byline(run, min_words=4)
    words = run.split()
    while words and words[-1].lower().strip(",") in SMALL_WORDS:
        words.pop()
    if words:
        run = run[: run.rfind(words[-1]) + len(words[-1])]
    return run, people


def is_running_title(text: str, start: int, run: str) -> bool:
    """True for a run of raised words that is more than a name of something.

    Long, or a sentence alone.
    """
    words = WORD.findall(run)
    content = sum(1 for word in words if word.lower() not in SMALL_WORDS)
    is_long = content >= 4 and (content >= 6 or ":" in run or _has_small_word(words))
    if not is_long and (content < 3 or not _is_sentence(text, start, run)):
        return False
    return run.count(",") <= 1 and title_score(run) >= MIN_RUN_SCORE


def _is_sentence(text: str, start: int, run: str) -> bool:
    """True where a run of at least 24 characters stands alone between full stops."""
    if len(run) < 24 or not _CLOSES.match(text, start + len(run)):
        return False
    return _OPENS.search(text, max(0, start - 3), start) is not None


def _has_small_word(words: list[str]) -> bool:
    return any(word in SMALL_WORDS for word in words[1:])


def clause_titles(text: str) -> list[TitleCandidate]:
    """Titles that fill a clause.

    After a colon, before a venue, or after one name ('Kleinberg, An …').
    """
    if not may_hold_clause_title(text):
        return []
    return [title for clause in _clauses(text) if (title := _clause_title(text, clause))]


def may_hold_clause_title(text: str) -> bool:
    """A quick look for what leads to a title: a sign, 'by Doe', 'see'."""
    if any(map(text.__contains__, _LEADING_SIGNS)):
        return True
    if " by " in text and (_BY_PEOPLE.search(text) or "reread " in text or "Reread " in text):
        return True
    return any(map(text.__contains__, _LEADING_ENDS)) and _LEADING_WORD.search(text) is not None


def _clauses(text: str) -> Iterator[re.Match[str]]:
    """The clauses of a text that begin with a capital, at its start or behind a sign."""
    first = _CLAUSE.match(text)
    if first:
        yield first
    yield from matches_at(_CLAUSE_START, _CLAUSE, text, first.end() if first else 0)


def _clause_title(text: str, clause: re.Match[str]) -> TitleCandidate | None:
    """The title of a clause, where something around it tells that it is one."""
    if clause["names"] and LIST_OF_WORDS.match(text, clause.start("title")):
        return None  # 'Ropes, Chains, and the Making of Harbours'
    title, people, in_venue = _split_attribution(clause)
    dated = _DATED_BEHIND.match(text, clause.end())
    year = dated.group(1) if dated else ""
    attributed = bool(people) or in_venue
    led = _is_led(clause, ":→-")
    if not (attributed or led):
        return None
    clear = attributed or bool(year) or _is_led_briefly(clause, title)
    if not _is_clause_title(title, clear=clear):
        return None
    start = clause.start("title")
    return TitleCandidate(title, start, start + len(title), CLAUSE_SCORE, people or year)


def _split_attribution(clause: re.Match[str]) -> tuple[str, str, bool]:
    """The title of a clause, its people behind 'by', before it or before its venue, and whether it
    has a venue.
    """
    title, people, in_venue = _split_venue(clause["title"].rstrip(" ,"))
    title, authors = split_byline(title)
    return title, authors or clause["names"] or people, in_venue


def _is_led(clause: re.Match[str], signs: str) -> bool:
    """True for a clause behind 'see' and the like, or behind one of the signs."""
    return bool(clause["see"]) or (clause["lead"] != "" and clause["lead"][0] in signs)


def _split_venue(title: str) -> tuple[str, str, bool]:
    """A title, the name between it and the venue behind it, and whether there is a venue."""
    venue = _VENUE_BEHIND.search(title) if "," in title else None
    if venue is None:
        return title, "", False
    return title[: venue.start()], venue.group(1) or "", True


def _is_led_briefly(clause: re.Match[str], title: str) -> bool:
    """True behind a colon or 'see', where the title is short."""
    return len(title) < MAX_LED_LENGTH and _is_led(clause, ":")


def _is_clause_title(title: str, *, clear: bool) -> bool:
    """True for what looks like a title; more is asked where nothing around it makes it clear."""
    min_score, min_words = (0.5, 4) if clear else (0.6, 5)
    return title_score(title) >= min_score and len(WORD.findall(title)) >= min_words
