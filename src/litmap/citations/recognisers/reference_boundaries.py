"""Where a reference at the start of a text ends and what its reader says of it begins."""

from __future__ import annotations

import re

from litmap.citations.recognisers.patterns import CITED_YEAR, NAMES
from litmap.parsing.grammar import YEAR
from litmap.parsing.reference_strings import parse_reference

_STOPS = re.compile(
    rf"(?:{YEAR}[a-z]?\)?|\d[–—-]{{1,2}}[A-Z]?\d+|10\.\d{{4,}}/[^\s<>]{{2,80}}|https?://\S+|arXiv:\S+|\[[a-z-]+/\d{{7}}\]|\d{{4}}\.\d{{5}}|"
    r"\d\s?[,:]\s?[A-Z]?\d+\)?)(?:[.;,]|\s[–—-]{1,2}|\s->|\s(?=[(\[–—]))?(?=\s+(\S)|\s*$)"
)
"""Where a reference may end: behind a year, pages or an identifier."""
_GOES_ON = re.compile(
    r"[\s,.;:()\[\]–—-]{0,4}(?:(?:pp?\.|vol\.|no\.|ch\.)?\s?[A-Z]?\d[\d\s,:;()–-]*|doi\b|https?:|arxiv|PMID|PMC|\[|\(?(?:Springer|Wiley|Cambridge|"
    r"Oxford|Elsevier|Princeton|[A-Z]\w* (?:University )?Press|ed\.|eds\b|[Aa]vailable|[Rr]etrieved|URL|ISBN|in press|reprint))",
)


_NEXT_WORK = re.compile(
    rf";\s(?=\W{{0,3}}(?:{NAMES}),?\W{{1,3}}{CITED_YEAR})|\s(?:\.\.\.|…)\s(?=[a-z]{{2}})|\s(?=vs\.?\s)"
)
"""Where another work begins: '…; Church 1936', '… vs. Woodin'."""


def before_next(text: str) -> int:
    """Where the first of several works in a text ends, if it has its year or number by then; else the text's end."""
    found = _NEXT_WORK.search(text, 20)
    if (
        found
        and len(
            re.findall(rf"{YEAR}(?!\.\d)|\d{{4}}\.\d{{4,5}}|10\.\d{{4}}", text[: found.start()])
        )
        == 1
    ):
        return found.start()
    return len(text)


def reference_end(text: str) -> int:
    """Where a reference at the start of a text ends, if a remark of three words or more follows; else the text's end."""
    for stop in _STOPS.finditer(text, 30):
        rest = text[stop.end() :].lstrip(" .,;)")
        if _GOES_ON.match(text, stop.end()) or len(rest.split()) < 3:
            continue
        head = text[: stop.end()]
        dated = re.search(rf"{YEAR}", head)
        titled = len(re.findall(r"[^\W\d_]{2,}", head)) >= 6
        closed = (
            stop.group()[-1] in ".;—–"
            or stop.group(1) in tuple("(–—[")
            or stop.group().endswith((" -", "->"))
        )
        closed = closed or stop.group().startswith(("10.", "http", "arXiv"))
        if (
            dated
            and titled
            and closed
            and head.count("(") == head.count(")")
            and head.count('"') % 2 == 0
        ):
            parsed = parse_reference(head)
            if (
                parsed.authors
                and parsed.title
                and (parsed.venue or parsed.ids or len(parsed.title) < len(head) - stop.start())
            ):
                return stop.end()
    return len(text)
