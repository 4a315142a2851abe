"""The services' rules for those who ask, as data, and what a log of requests says about them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .log import Entry


@dataclass(frozen=True)
class Rule:
    """At most `most` requests within `seconds`; `applies` says to which requests."""

    name: str
    most: int
    seconds: float
    applies: Callable[[Entry], bool]
    is_advice: bool = False


def at(host: str, path: str = "", but: str = r"(?!)") -> Callable[[Entry], bool]:
    """Requests to hosts and paths (patterns, searched), but not to some paths."""
    return lambda entry: bool(
        re.search(host, entry.host)
        and re.search(path, entry.path)
        and not re.search(but, entry.path)
    )


def _crossref(*, lists: bool, polite: bool) -> Callable[[Entry], bool]:
    path = r"^(?:/v1)?/works/?\?" if lists else r"^(?:/v1)?/works/[^?]"
    asked = at(r"^api\.crossref\.org$", path)
    return lambda entry: asked(entry) and has_contact(entry) is polite


def has_contact(entry: Entry) -> bool:
    """Whether Crossref would put the request into its polite pool."""
    return "mailto:" in entry.headers.get("user-agent", "") or "mailto=" in entry.path


RULES = (
    Rule("arXiv: one request every three seconds", 1, 3.0, at(r"(^|\.)arxiv\.org$")),
    Rule("Crossref: one list a second", 1, 1.0, _crossref(lists=True, polite=False)),
    Rule("Crossref: three lists a second with a contact", 3, 1.0, _crossref(lists=True, polite=True)),
    Rule("Crossref: five DOIs a second", 5, 1.0, _crossref(lists=False, polite=False)),
    Rule("Crossref: ten DOIs a second with a contact", 10, 1.0, _crossref(lists=False, polite=True)),
    Rule("OpenAlex: a hundred requests a second", 100, 1.0, at(r"^api\.openalex\.org$")),
    Rule("Semantic Scholar: one request a second", 1, 1.0, at(r"^api\.semanticscholar\.org$")),
    Rule("DBLP: one request a second", 1, 1.0, at(r"^dblp\.(org|uni-trier\.de)$"), is_advice=True),
    Rule("NCBI: three requests a second", 3, 1.0, at(r"\.ncbi\.nlm\.nih\.gov$")),
    Rule("Europe PMC: ten requests a second", 10, 1.0, at(r"^www\.ebi\.ac\.uk$"), is_advice=True),
    Rule("bioRxiv: one request a second", 1, 1.0, at(r"(^|\.)(bio|med)rxiv\.org$"), is_advice=True),
    Rule("Zenodo: sixty requests a minute", 60, 60.0, at(r"^zenodo\.org$")),
    Rule("DataCite: 500 requests in five minutes", 500, 300.0, at(r"^api\.datacite\.org$")),
)  # fmt: skip
"""arXiv: its API's terms of use; Crossref: its access rules of 1 December 2025; OpenAlex,
Semantic Scholar, NCBI, Zenodo, DataCite: their documentation; DBLP, Europe PMC, bioRxiv: advice.
"""

TOLERANCE = 0.04
"""Share of a span that a clock, or the way to the server, may take off it."""


def broken_rule(entries: Sequence[Entry], new: Entry) -> str:
    """The rule that the newest request breaks, seen from those before it; '' for none."""
    for rule in RULES:
        if rule.applies(new):
            start = new.time - rule.seconds * (1 - TOLERANCE)
            recent = [e for e in entries if e is not new and e.time > start and rule.applies(e)]
            if len(recent) >= rule.most and not _is_hop(new, recent):
                return rule.name
    return ""


def _is_hop(entry: Entry, recent: Sequence[Entry]) -> bool:
    """Whether the request only follows a redirect of the one before."""
    return 300 <= recent[-1].status < 400


def broken_rules(entries: Sequence[Entry]) -> list[str]:
    """Everything impolite in a log, one sentence each with the request that shows it."""
    found = []
    ordered = sorted(entries, key=lambda e: e.time)
    for number, entry in enumerate(ordered):
        name = broken_rule(ordered[:number], entry)
        if name:
            found.append(f"{name}: {entry}")
    return [*found, *asked_again_after_challenge(ordered), *asked_while_resting(ordered)]


def asked_again_after_challenge(entries: Sequence[Entry]) -> list[str]:
    """Requests to a host after it gave a challenge. One under way at that moment is forgiven."""
    since: dict[str, float] = {}
    found = []
    for entry in entries:
        if entry.host in since and entry.time > since[entry.host] + UNDER_WAY:
            found.append(f"asked again after its challenge: {entry}")
        elif entry.challenge:
            since.setdefault(entry.host, entry.time)
    return found


UNDER_WAY = 0.25
"""Seconds after a refusal in which a request may have been under way already."""


def asked_while_resting(entries: Sequence[Entry]) -> list[str]:
    """Requests to a host that had asked for rest (429 or 503 with Retry-After) until later. An
    OpenAlex day that is spent is the longest of them; its free look-ups may go on.
    """
    until: dict[str, float] = {}
    asked: dict[str, float] = {}
    found = []
    for entry in entries:
        rests = until.get(entry.host, 0.0)
        is_free = entry.host == "api.openalex.org" and "/works/" in entry.path
        if entry.time < rests - 0.05 and entry.time > asked[entry.host] + UNDER_WAY and not is_free:
            found.append(f"asked before the time that Retry-After names: {entry}")
        if entry.status in {429, 503} and entry.retry_after:
            until[entry.host] = max(rests, entry.time + entry.retry_after)
            asked[entry.host] = entry.time
    return found
