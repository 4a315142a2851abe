"""Where a reference at the start of a text ends and what its reader says of it begins."""

from __future__ import annotations

import re

from litmap.citations.recognisers.name_lists import is_names_alone
from litmap.parsing.grammar import CITED_YEAR, NAMES, YEAR
from litmap.parsing.reference_strings.parser import parse_reference

_STOPS = re.compile(
    rf"(?:{YEAR}[a-z]?\)?|\d[–—-]{{1,2}}[A-Z]?\d+|10\.\d{{4,}}/[^\s<>]{{2,80}}|https?://\S+|"
    rf"arXiv:\S+|"
    r"\[[a-z-]+/\d{7}\]|\d{4}\.\d{5}|"
    r"\d\s?[,:]\s?[A-Z]?\d+\)?)(?:[.;,]|\s[–—-]{1,2}|\s->|\s(?=[(\[–—]))?(?=\s+(\S)|\s*$)"
)
"""Where a reference may end: behind a year, pages or an identifier."""
_GOES_ON = re.compile(
    r"[\s,.;:()\[\]–—-]{0,4}(?:(?:[Pp]p?\.|[Vv]ol\.|[Nn]o\.|ch\.|[ТС]\.|№)?\s?[A-Z]?\d[\d\s,:;()–-]*|doi\b|DOI\b|"
    r"https?:|arxiv|PMID|PMC|\[|\(?(?:Springer|Wiley|"
    r"Cambridge|"
    r"Oxford|Elsevier|Princeton|[A-Z]\w* (?:University )?Press|ed\.|eds\b|"
    r"[Aa]vailable|[Rr]etrieved|URL|ISBN|in press|reprint))",
)


MIN_LENGTH, MIN_FIRST_LENGTH = 30, 20
"""Characters of a reference before its end, and of the first of several works."""
MIN_WORDS, MIN_REMARK_WORDS = 6, 3
_YEAR = re.compile(YEAR)
_WORDS = re.compile(r"[^\W\d_]{2,}")
_YEARS_AND_IDS = re.compile(rf"{YEAR}(?!\.\d)|\d{{4}}\.\d{{4,5}}|10\.\d{{4}}")
_CLOSED_SEMICOLON = re.compile(r"(?<=[\d)\]])\s?;\s(?=[^\W\d_])")
_NEXT_WORK = re.compile(
    rf";\s(?=\W{{0,3}}(?:{NAMES}),?\W{{1,3}}{CITED_YEAR})|\s(?:\.\.\.|…)\s(?=[a-z]{{2}})|"
    rf"\s(?=vs\.?\s)"
)
"""Where another work begins: '…; Church 1936', '… vs. Woodin'."""


def before_next(text: str) -> int:
    """Where the first of several works in a text ends, if it has its year or number by then.

    Else the text's end.
    """
    following = _NEXT_WORK.search(text, MIN_FIRST_LENGTH)
    if following and len(_YEARS_AND_IDS.findall(text[: following.start()])) == 1:
        return following.start()
    stops = _CLOSED_SEMICOLON.finditer(text, MIN_FIRST_LENGTH) if "; " in text else ()
    for stop in stops:
        head, tail = text[: stop.start()], text[stop.end() :]
        if is_names_alone(head) or not (_YEAR.search(head) and _YEAR.search(tail)):
            continue
        if len(_WORDS.findall(tail)) >= MIN_WORDS:
            return stop.start()
    return len(text)


def reference_end(text: str) -> int:
    """Where a reference at the start of a text ends, if a remark of three words or more follows.

    Else the text's end.
    """
    for stop in _STOPS.finditer(text, MIN_LENGTH):
        if not is_closed(stop) or not has_remark_behind(text, stop.end()):
            continue
        head = text[: stop.end()]
        if may_end_here(head) and is_parsed_as_reference(head, stop.start()):
            return stop.end()
    return len(text)


def has_remark_behind(text: str, end: int) -> bool:
    """True where three words follow that are no pages, publisher or address of the reference."""
    if _GOES_ON.match(text, end):
        return False
    return len(text[end:].lstrip(" .,;)").split()) >= MIN_REMARK_WORDS


def is_closed(stop: re.Match[str]) -> bool:
    """True for an identifier, and for what a sign behind it or a bracket after it closes."""
    end = stop.group()
    if end.startswith(("10.", "http", "arXiv")) or end.endswith((".", ";", "—", "–", " -", "->")):
        return True
    return stop.group(1) in {"(", "–", "—", "["}


def may_end_here(head: str) -> bool:
    """True for six words with a year, and no bracket or quotation left open."""
    if is_names_alone(head):
        return False  # editors and a year: the title is behind
    if not _YEAR.search(head) or len(_WORDS.findall(head)) < MIN_WORDS:
        return False
    return head.count("(") == head.count(")") and head.count('"') % 2 == 0


def is_parsed_as_reference(head: str, stop: int) -> bool:
    """True where authors and title are read, and the title does not reach to where the text
    ends.
    """
    parsed = parse_reference(head)
    if not parsed.authors or not parsed.title:
        return False
    return bool(parsed.venue or parsed.ids) or len(parsed.title) < len(head) - stop
