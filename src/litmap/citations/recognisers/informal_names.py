"""Looser ways to name a work by its people: in lower case, as a collaboration, 'in press', with a
journal and no year.

None of them is sure: each is tied to a work of the notes or looked up, and dropped where no source
knows it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from string import ascii_lowercase

from litmap.citations.recognisers.adjacency import names_before
from litmap.citations.recognisers.author_names import NameMention, name_mention
from litmap.citations.recognisers.name_lists import (
    AMBIGUOUS_SURNAMES,
    is_not_a_name,
    split_names,
    split_people,
)
from litmap.citations.recognisers.patterns import matches_at, whole_year
from litmap.parsing.grammar import CITED_YEAR, ET_AL, UPPER, WORD, YEAR_SINCE_1900
from litmap.parsing.venues import MEETING, is_journal_name, is_unambiguous_journal
from litmap.parsing.word_lists import load_pattern, load_words

MAX_OWNER_LENGTH = 80
"""Characters before a noun in which its owner is looked for."""

_LOW = r"[a-zà-ÿ][a-zà-ÿ'’-]{2,20}"
_LOWER = re.compile(
    rf"(?<![\w@./’'-])(?P<names>{_LOW}(?:(?:, {_LOW}){{0,3}},?\s?(?:(?:and|\+)\s?{_LOW}|"
    rf"&\s?[a-zà-ÿ'’-]{{2,20}}))?)"
    rf"(?:, |\s)\(?(?P<year>{CITED_YEAR}|['’]?\d\d)(?=[)\],;.:]|\s|$)(?!\.\d|\s?[%°]|\s(?:years|"
    rf"days|hours|pages?|pp|min)\b)"
)
_LOWER_CUE = re.compile(
    r"(?:^|[(,;:>–—-]\s?|\b(?:as in|see|cf\.?|per|from|and|like|read|by|also|vs\.?|e\.g\.,?)\s)$"
)
_LOWER_DATED = re.compile(
    r" (?=[\d(’'])(?:(?<=[a-zà-ÿ] )|(?<=[a-zà-ÿ], ))\(?['’]?(?:1[89]\d\d|20[0-4]\d|\d\d)(?!\d)"
)
_WORDS_BEFORE_NUMBERS = load_words("words_before_numbers")
_BODIES = tuple(sorted(load_words("collaborative_bodies")))
_COLLABORATION = re.compile(
    rf"(?<![\w-])(?P<names>(?:[A-Z][\w&-]*\s){{1,5}}(?:{'|'.join(_BODIES)}))(?: et al\.?)?,?\s"
    rf"[(\[]?(?P<year>{CITED_YEAR})(?![\w-])"
)
_BODY_START = re.compile(r"[A-Z](?<![\w@./’'-].)[A-Z][A-Z]")
_BODY = re.compile(
    rf"(?<![\w@./’'-])(?P<names>[A-Z]{{3,8}})(?: "
    rf"[A-Z]{{1,3}}\d?)?,?\s[(\[]?(?P<year>{YEAR_SINCE_1900})(?=[)\],;.:]|\s|$)"
)
_TWO_FIGURES = re.compile(r"\d\d")
_PENDING = re.compile(
    r",?\s?[\s(\[](?:in press|in prep(?:aration|\.)?|forthcoming|to appear|submitted|under review|"
    r"in review|in revision|accepted|"
    r"unpublished|n\.d\.|preprint)(?=[)\],;.:]|\s[–—-]|\s*$)"
)
_PENDING_SIGNS = (
    "in press", "in prep", "forthcoming", "to appear", "submitted", "review", "revision",
    "accepted", "unpublished",
    "n.d.", "preprint",
)  # fmt: skip
_BETWEEN_LOWER_NAMES = re.compile(r",?\s?(?:\band\b|&|\+)\s?|, ")
_ENDS_OF_NAMES = ",s.)" + ascii_lowercase
_YEAR_START = re.compile(r"[12](?<![^\s(\[].)\d\d\d")
_YEAR_FIRST = re.compile(
    rf"(?:^|(?<=[\s(\[]))(?P<year>{CITED_YEAR})\)?[:,]?\s(?P<names>{WORD}(?:{ET_AL}|,? (?:and|&) "
    rf"{WORD}))"
)
_VENUE = re.compile(
    r"[A-Z](?<![\w.@/-].)(?:[A-Za-z&]*+\.?(?:\s(?:of|the|and|&|for|in|on|"
    r"[A-Z][A-Za-z&]*+\.?)){0,6})"
    r"(?=[)\],;:]|\.?\s[–—-]|\.?\s*$|\.\s|\s(?:paper|article|review|piece|letter)\b)"
)
_ARTICLE = re.compile(r"(?<![\w.@/-])the\s")
_MEETING_YEAR = re.compile(
    rf"\b(?P<venue>{MEETING})[ '’]{{0,2}}(?P<year>{YEAR_SINCE_1900}|\d\d)(?![\w-])"
)
_MEETING_START = re.compile(r"[A-Z](?<!\w.)[A-Za-z]+[ '’]{0,2}\d\d")
_NAME_IN_JOURNAL = re.compile(
    r"(?P<names>[A-Z][\w’'-]+(?: (?:and|&) [A-Z][\w’'-]+)?) in (?:the )?(?P<venue>[A-Z].*)$"
)
_NOUN = re.compile(
    rf"(?<=[\s-])(?:(?P<publication>{load_pattern('publication_nouns')})|"
    rf"(?P<idea>{load_pattern('idea_nouns')}))\b"
)
_OWNER = re.compile(
    rf"(?P<names>{WORD}(?:(?:,? (?:and|&) |[–/]){WORD})?)(?:{ET_AL})?['’]s? (?:[A-Za-z][\w-]* "
    rf"){{0,3}}$"
)
_THE_OWNER = re.compile(
    rf"\b(?:[Tt]he|[Tt]hat|[Tt]heir|[Ii]n) (?:(?!of|in|on|to|and)[a-z-]{{2,14}} "
    rf")?(?P<names>{WORD}(?:(?:,? (?:and|&) |[–/]){WORD}){{0,2}}(?:{ET_AL})?) (?:[a-z-]+ )?$"
)
_MAY_OWN = re.compile(
    rf"['’TtIi](?:(?<=['’])s? |(?<=[Tt])h(?:e|at|eir) (?:[a-z-]{{2,14}} )?[a-z]{{0,3}}[{UPPER}]|"
    rf"(?<=[Ii])n (?:[a-z-]{{2,14}} )?[a-z]{{0,3}}[{UPPER}])"
)
_RAISED_INSIDE = re.compile(
    rf"[{UPPER}](?:(?<=[a-z-] .)|(?<=[a-z-] [a-z].)|(?<=[a-z-] [a-z]{{2}}.)|"
    rf"(?<=[a-z-] [a-z]{{3}}.))"
)
_REPORTING_VERB = rf"(?:{load_pattern('reporting_verbs')})"
_VERB_BEHIND = re.compile(rf" {_REPORTING_VERB}\b")
_RAISED_AND_REPORTING = re.compile(rf"[{UPPER}][^\W\d_]*+(?:['’‐-][^\W\d_]++)* {_REPORTING_VERB}\b")
_REPORTED = re.compile(rf"(?<![\w.-])(?P<names>{WORD}) {_REPORTING_VERB}\b")


def find_informal_names(text: str) -> list[NameMention]:
    """Mentions of works by their people that are not sure to be one.

    Those without a year have None. May overlap.
    """
    mentions = [*_pending(text), *_in_journals(text)]
    if _TWO_FIGURES.search(text):
        dated = (finder(text) for finder in _DATED_FINDERS)
        mentions = [*chain.from_iterable(dated), *mentions]
    return sorted(mentions, key=lambda mention: (mention.start, -mention.end))


def _mention(
    start: int, end: int, names: list[str], year: str = "", venue: str = "", *, et_al: bool = False
) -> NameMention:
    return name_mention(start, end, names, et_al, year, venue, strong=False)


def _in_lower_case(text: str) -> Iterator[NameMention]:
    """'as in hochreiter 97', 'kingma & ba 2015'."""
    for match in _LOWER.finditer(text) if _LOWER_DATED.search(text) else ():
        names = _lower_case_names(match["names"])
        if not names:
            continue
        start = match.start() + match["names"].rfind(names[0])
        if len(names) > 1 or _LOWER_CUE.search(text[max(0, start - 8) : start]):
            yield _mention(start, match.end(), names, whole_year(match["year"].lstrip("'’")))


def _lower_case_names(text: str) -> list[str]:
    """The names of a list in lower case; only the last where another word is among them."""
    names = [name for name in _BETWEEN_LOWER_NAMES.split(text) if name]
    if _WORDS_BEFORE_NUMBERS.isdisjoint(names):
        return names
    return [name for name in names[-1:] if name not in _WORDS_BEFORE_NUMBERS]


def _collaborations(text: str) -> Iterator[NameMention]:
    """'Planck Collaboration 2018'."""
    for match in _COLLABORATION.finditer(text) if any(map(text.__contains__, _BODIES)) else ():
        name = match["names"].replace(" ", "\xa0")
        yield _mention(*match.span(), [name], match["year"])


def _acronyms_of_bodies(text: str) -> Iterator[NameMention]:
    """'IPCC 2014'."""
    for match in matches_at(_BODY_START, _BODY, text):
        if not is_journal_name(match["names"]):
            yield _mention(*match.span(), [match["names"]], match["year"])


def _pending(text: str) -> Iterator[NameMention]:
    """'Doe & Roe (in press)'."""
    for match in _PENDING.finditer(text) if any(map(text.__contains__, _PENDING_SIGNS)) else ():
        people = names_before(text, match.start())
        if people and people.year is None:
            yield _mention(people.start, match.end(), list(people.names), et_al=people.et_al)


def _year_first(text: str) -> Iterator[NameMention]:
    """'1998 Perlmutter et al.'."""
    for match in matches_at(_YEAR_START, _YEAR_FIRST, text):
        names, et_al = split_names(match["names"])
        if names and not any(map(is_not_a_name, names)):
            yield _mention(*match.span(), names, match["year"], et_al=et_al)


def _at_meetings(text: str) -> Iterator[NameMention]:
    """'Karger et al., STOC 97'."""
    for match in matches_at(_MEETING_START, _MEETING_YEAR, text):
        people = names_before(text, match.start())
        if people and people.year is None:
            names, year, venue = list(people.names), whole_year(match["year"]), match["venue"]
            yield _mention(people.start, match.end(), names, year, venue, et_al=people.et_al)


_DATED_FINDERS = (
    _in_lower_case,
    _collaborations,
    _acronyms_of_bodies,
    _year_first,
    _at_meetings,
)
"""All that finds mentions with a year, which has two figures at least."""


def _in_journals(text: str) -> Iterator[NameMention]:
    """'Kimura, Nature', 'Kimura in Nature'."""
    for venue in _VENUE.finditer(text):
        mention = _name_inside_venue(venue.group(), venue.start()) or _name_before_venue(venue)
        if mention:
            yield mention


def _name_inside_venue(words: str, start: int) -> NameMention | None:
    """'Kimura in Nature', all of it in the words of a venue."""
    inside = _NAME_IN_JOURNAL.match(words) if " in " in words else None
    if inside is None or is_unambiguous_journal(words):
        return None
    names, _ = split_people(inside["names"])
    venue = inside["venue"].rstrip(".")
    if not names or not is_unambiguous_journal(venue):
        return None
    return _mention(start, start + len(words), names, venue=venue)


def _name_before_venue(match: re.Match[str]) -> NameMention | None:
    """'Kimura, Nature', "May's Nature paper", 'Doe, the Lancet'."""
    text, venue = match.string, match.group().rstrip(".")
    start = match.start()
    if start >= len("the ") and _ARTICLE.match(text, start - len("the ")):
        start -= len("the ")
    if not _may_follow_name(text, start) or not is_unambiguous_journal(venue):
        return None
    people = names_before(text, start)
    if people is None:
        return None
    names, year = list(people.names), str(people.year or "")
    return _mention(people.start, match.end(), names, year, venue, et_al=people.et_al)


def _may_follow_name(text: str, start: int) -> bool:
    """True behind a blank or bracket, and what a name or a year ends in."""
    return start >= 3 and text[start - 1] in " (" and text[start - 2] in _ENDS_OF_NAMES


def find_possessives(text: str) -> list[tuple[NameMention, bool]]:
    """Works called their author's: "Paine's keystone paper", 'the Vaswani paper' (and True),
    "Tilman's model" (False).
    """
    if not (_may_hold_owner(text) and _MAY_OWN.search(text)):
        return []
    possessives = []
    for noun in _NOUN.finditer(text):
        owner = _owner_before(text, noun.start())
        names, et_al = _owner_names(owner) if owner else ([], False)
        if owner and names:
            mention = _mention(owner.start("names"), noun.end(), names, et_al=et_al)
            possessives.append((mention, bool(noun["publication"])))
    return possessives


def _may_hold_owner(text: str) -> bool:
    """A quick look for what every owner has: an apostrophe, or a capital inside a sentence."""
    return "'" in text or "’" in text or _RAISED_INSIDE.search(text) is not None


def _owner_before(text: str, end: int) -> re.Match[str] | None:
    """What names an owner before a noun: "Paine's keystone ", 'the Vaswani '."""
    begin = max(0, end - MAX_OWNER_LENGTH)
    return _OWNER.search(text, begin, end) or _THE_OWNER.search(text, begin, end)


def _owner_names(owner: re.Match[str]) -> tuple[list[str], bool]:
    """The names of an owner, if they are all names, and whether there are more ('et al.')."""
    names, et_al = split_names(owner["names"])
    if not names and owner.re is _OWNER and owner["names"] in AMBIGUOUS_SURNAMES:
        return [owner["names"]], et_al  # "May's result"
    if names and names[0] not in AMBIGUOUS_SURNAMES and any(map(is_not_a_name, names)):
        return [], et_al
    return names, et_al


def tells_something(text: str, end: int) -> bool:
    """Whether a reporting verb stands behind names that end there: 'Doe and Roe show'."""
    return _VERB_BEHIND.match(text, end) is not None


def find_reporting_verbs(text: str) -> list[NameMention]:
    """Single names of whom something is told: 'Kuhn argues'."""
    if not _RAISED_AND_REPORTING.search(text):
        return []
    return [
        _mention(match.start(), match.end("names"), [match["names"]])
        for match in _REPORTED.finditer(text)
        if not is_not_a_name(match["names"])
    ]
