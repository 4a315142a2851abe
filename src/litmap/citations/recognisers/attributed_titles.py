"""Titles beside the people who wrote them, without a year.

"Kuhn's Structure of Scientific Revolutions", 'Savage, The Foundations of Statistics', 'The Strategy
of Conflict (Schelling)'. A source confirms them by people and title, so that two raised words are
enough here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from litmap.citations.recognisers.adjacency import names_before
from litmap.citations.recognisers.author_names import NameMention, name_mention
from litmap.citations.recognisers.name_lists import is_not_a_name, split_names, split_people
from litmap.citations.recognisers.title_scoring import TitleCandidate, title_score
from litmap.citations.recognisers.words_in_titles import (
    EPONYM,
    INNER_WORD,
    LIST_OF_WORDS,
    NO_TITLE,
    TITLE_WORD,
    raised_words,
)
from litmap.parsing.grammar import NAME_START, NAMES, YEAR_SINCE_1600
from litmap.parsing.venues import is_numbered_venue, is_unambiguous_journal
from litmap.parsing.word_lists import load_pattern

CANDIDATE_SCORE = 0.6
"""What a title is given that stands beside its people."""
MAX_POSSESSIVE_WORDS = 20

_RUN = re.compile(
    rf"[A-ZÀ-Þ\d](?<![\w.@/’'-].)(?:(?<=\d)\d{{1,3}}|(?<=[A-ZÀ-Þ])[\w’'-]*+)"
    rf"(?:[:?]?\s(?:[A-ZÀ-Þ][\w’'-]*+|\d{{1,4}}|{INNER_WORD}(?=\s))){{1,18}}\??"
)
_RAISED_BEHIND_WORD = re.compile(r"[A-ZÀ-Þ](?:(?<=[^.!;]\s.)|(?<=vs\.\s.))")
"""A raised word that is not the first of its sentence, as every title of raised words has one."""
_WORD = re.compile(r"[^\W_][\w’'-]*")
_PEOPLE = re.compile(NAMES)
_LISTED = re.compile(r"(?:, [A-ZÀ-Þ][\w’'-]+){1,3},? (?:and|&) [A-ZÀ-Þ][\w’'-]+(?! [A-ZÀ-Þ])")
"""How 'Anarchy, State, and Utopia' goes on."""
_SMALL_WORD_BEFORE = re.compile(
    r"(?:^|\s)(?:to|a|an|the|no|not|as|is|are|for|than|into|from|"
    r"or|oder|ou|zum|zur|im|am|ein|eine|un|une|les|los)\s$"
)
"""What stands before a word that is no name: 'To Swim or Not to Swim, That …'."""
_OWNED = re.compile(r"['’]s? (?=[A-ZÀ-Þ\d])")
_NEXT = re.compile(
    rf"\s(?:and|&|vs\.?)\s(?=(?:{NAMES})['’]s?\s[A-ZÀ-Þ]|"
    r"[A-ZÀ-Þ][\w’'-]+ (?:and|&) [A-ZÀ-Þ][\w’'-]+(?:\W|$))"
)
"""What comes in between two works: '… and Schelling's …', '… and Daston and Galison'."""
_TAIL = re.compile(rf"(?<![ ,:–-])(?:\s{INNER_WORD}(?!\w)|[ ,:–-])++$")
_CLOSED = re.compile(r"\s?(?:[.,;:()\[\]/”\"]|[–—-]\s|$|(?:and|or|is|was|for|vs|in|then|by|see)\s)")
RUN_TOGETHER = re.compile(r"[A-Z](?<=[a-z]{4}.)[a-z]+ [A-Z][a-z]")
"""Titles run together, where no names can be told: '… Deep Belief NetworksYann LeCun'."""
_BEHIND = re.compile(
    rf"[”\"]?(?:\s\((?:by )?|,?\sby\s|,\s|\s[–—-]\s)(?P<names>{NAMES})"
    r"(?=[);]|\.(?:\s|$)|,?\s*$|,\s\d)"
)
_NAMES_IN_BRACKETS = re.compile(rf" \((?:by )?(?:{NAMES})\)")
_BEHIND_NAMES = re.compile(
    r"(?P<title>[A-ZÀ-Þ](?<=, .)[\w’'-]*(?:[:,]? [\w’'–-]+){3,24}\??)"
    rf"(?=[.;()\[\]]|\s*$| \((?:[\w-]+ ){{0,2}}(?:{load_pattern('kinds_of_works')})\))",
)
"""'Doe & Roe, Some consequences of it.', 'Doe, Some consequences of it (position paper)'."""
_BEFORE_NAMES = re.compile(
    r"(?:^|(?<=[.;?!\]]\s))"
    r"(?P<title>[A-ZÀ-Þ][\w’'-]*(?:[:,]? [\w’'–-]+){3,24}\??) "
    rf"\((?:by )?(?P<names>{NAMES})\)"
)
_POSSESSIVE = re.compile(
    r"((?:[A-Z][\w-]+ (?:(?:and|&) )?){0,2}[A-Z][\w-]+)['’]s (?:(?:[a-z][\w-]* ){0,3}"
    r"(?:paper|book|chapter|lecture|lectures|thesis|monograph|survey|review|essay|article|memo|"
    r"report|note),? (?:on |called |titled |entitled |about )?)?"
    r"([A-Z][^().;“”\"\x00\[\]]{4,160}?)"
    r"(?=\s*\((?:[^()]{0,40}?)(?:\d{4}|['’]\d\d|\d(?:st|nd|rd|th) ed)|[.;]\s|\s*$)"
)
_OWNED_RUN = re.compile(
    rf"(?<![\w-]){NAME_START}({NAMES})['’]s? "
    r"((?:[A-Z][\w’'-]+:?)(?: (?:[A-Z][\w’'-]+:?|of|the|and|for|in|on|a|an|to|with|from|by|&)){1,9}"
    r"(?<=[\w’']{4}))(?= ?[(,.;\[]|\s[a-z]|$)"
)
"""'Efron and Hastie's Computer Age Statistical Inference (free pdf'."""
_TWO_AND = re.compile(r" and [A-Z][\w’'-]+ and [A-Z][\w’'-]+$")
_YEAR_BEHIND = re.compile(rf"\s*\([^()]{{0,40}}?({YEAR_SINCE_1600})")
_EDITION_BEHIND = re.compile(r"\s*\([^()]{0,20}ed")


class _Run(NamedTuple):
    """A run of raised words that may be a title; `owned` where "'s" stands before it."""

    title: str
    start: int
    owned: bool

    @property
    def end(self) -> int:
        """Where the title ends."""
        return self.start + len(self.title)


def named_titles(text: str) -> list[tuple[TitleCandidate, NameMention]]:
    """Titles in raised words right behind or before names, with these names.

    At least two raised words of a title.
    """
    titles: list[tuple[TitleCandidate, NameMention]] = []
    if not _RAISED_BEHIND_WORD.search(text) or RUN_TOGETHER.search(text):
        return titles
    position = 0
    while match := _RUN.search(text, position):
        run = _read_run(text, match)
        position = max(run.end, match.start() + 1)
        people = _people_beside(text, run)
        if people is not None and may_be_title(run.title, owned=run.owned):
            titles.append((TitleCandidate(run.title, run.start, run.end, CANDIDATE_SCORE), people))
            position = max(run.end, people.end)
            text = "\0" * position + text[position:]
    return titles


def _read_run(text: str, match: re.Match[str]) -> _Run:
    """The title in a run: behind its owner, before another work, without small words at its end."""
    start, end = match.span()
    owner = _OWNED.search(text, start, end)
    if owner and ": " in text[start : owner.start()]:
        return _Run("", end, owned=False)  # "Dynamo: Amazon's Highly Available …"
    start = owner.end() if owner else start
    following = _NEXT.search(text, start, end)
    listed = None if following else _LISTED.match(text, end)
    if following:
        end = following.start()
    elif listed:
        end = listed.end()
    return _Run(_TAIL.sub("", text[start:end]), start, owned=owner is not None)


def may_be_title(title: str, *, owned: bool) -> bool:
    """True for two raised words that are no venue, people, law or institution.

    One is enough behind an owner.
    """
    words = _WORD.findall(title)
    min_raised, min_length = (1, 7) if owned else (2, 9)
    if len(words) < 2 or len(title) < min_length or len(raised_words(words)) < min_raised:
        return False
    if is_named_thing(title):
        return False
    return owned or not is_people(title, words)


def is_named_thing(title: str) -> bool:
    """True for a law, an institution, a prize, a journal or a series.

    'Zipf Law', 'Nobel Prize', 'Am. Nat.'.
    """
    if NO_TITLE.search(title):
        return True
    return is_numbered_venue(title) or is_unambiguous_journal(title)


def is_people(title: str, words: list[str]) -> bool:
    """True for names joined by '&' or 'and' that fill the whole: 'Daston and Galison'."""
    joined = "&" in title or (len(words) <= 3 and " and " in title)
    return joined and "The" not in words and _PEOPLE.fullmatch(title) is not None


def _people_beside(text: str, run: _Run) -> NameMention | None:
    """The names without a year that stand right before or behind a run."""
    return _people_before(text, run) or _people_behind(text, run.end)


def _people_before(text: str, run: _Run) -> NameMention | None:
    before = text[max(0, run.start - 2) : run.start]
    if not run.owned:
        separated = before in {", ", ": "} or before.endswith(('"', "“"))
        if not separated or not _CLOSED.match(text, run.end):
            return None
    people = names_before(text, run.start)
    if people is None or people.year is not None or is_word_of_title(text, people, run.start):
        return None
    if before == ": " and not run.owned and len(people.names) == 1:
        return None  # a label: 'Dynamo: Highly Available …'
    return people


def is_word_of_title(text: str, people: NameMention, end: int) -> bool:
    """True where what may be the one name before a title is a word of it: 'Fast, Cheap, and Out of
    Order', 'To Swim or Not to Swim, That Is the Choice'.
    """
    if len(people.names) > 1 or people.et_al:
        return False
    if _SMALL_WORD_BEFORE.search(text, max(0, people.start - 6), people.start):
        return True
    return LIST_OF_WORDS.match(text, end) is not None


def _people_behind(text: str, end: int) -> NameMention | None:
    match = _BEHIND.match(text, end)
    names, et_al = split_people(match["names"]) if match else ([], False)
    if not match or not names:
        return None
    if len(names) == 1 and not et_al and "." not in names[0]:
        names = []  # it may be no person: the source will tell
    start = match.start("names")
    return name_mention(start, match.end(), names, et_al, "", "", strong=True)


def sentence_titles(text: str) -> list[tuple[TitleCandidate, NameMention]]:
    """Titles in sentence case between names and a full stop, or from a full stop to names in
    brackets.
    """
    return [*_titles_behind_names(text), *_titles_before_names(text)]


def _titles_behind_names(text: str) -> Iterator[tuple[TitleCandidate, NameMention]]:
    """'Doe & Roe, Some consequences of it.'."""
    for match in _BEHIND_NAMES.finditer(text) if ", " in text else ():
        if not is_sentence_title(match["title"]):
            continue
        start = match.start("title")
        people = names_before(text, start)
        if people and people.year is None and not is_word_of_title(text, people, start):
            title = match["title"].rstrip()
            yield TitleCandidate(title, *match.span("title"), CANDIDATE_SCORE), people


def _titles_before_names(text: str) -> Iterator[tuple[TitleCandidate, NameMention]]:
    """'Some consequences of it (Doe & Roe)'."""
    for match in _BEFORE_NAMES.finditer(text) if _NAMES_IN_BRACKETS.search(text) else ():
        names, et_al = _bracketed_people(match["names"])
        if not names or not is_sentence_title(match["title"]):
            continue
        if len(names) == 1 and not et_al:
            names = []  # it may be a system's name: the source will tell
        people = name_mention(*match.span("names"), names, et_al, "", "", strong=True)
        title = TitleCandidate(match["title"], *match.span("title"), CANDIDATE_SCORE)
        yield title, people


def _bracketed_people(text: str) -> tuple[list[str], bool]:
    """The names of a list; any word of three letters is one where '&' joins them."""
    if "&" not in text:
        return split_people(text)
    names, et_al = split_names(text)
    return [name for name in names if len(name) > 2 or not is_not_a_name(name)], et_al


def is_sentence_title(title: str) -> bool:
    """True for four words or more, two of them in lower case, that look like a title."""
    words = title.split()
    if len(words) < 4 or sum(word[0].islower() for word in words) < 2:
        return False
    return title_score(title) >= 0.5


def possessive_titles(text: str) -> list[TitleCandidate]:
    """Titles after their author: "Bottou's lecture Stochastic Learning (2004)"."""
    if "’s " not in text and "'s " not in text:
        return []
    titles = list(_titles_behind_owner(text))
    for match in _OWNED_RUN.finditer(text):
        start = match.start(2)
        title = _TWO_AND.sub("", match.group(2))
        is_known = any(other.start <= start < other.end for other in titles)
        if is_owned_title(title) and not is_known:
            titles.append(_owned_title(title, start, f"by {match.group(1)}"))
    return titles


def _owned_title(title: str, start: int, beside: str) -> TitleCandidate:
    return TitleCandidate(title, start, start + len(title), CANDIDATE_SCORE, beside)


def _titles_behind_owner(text: str) -> Iterator[TitleCandidate]:
    """Titles from their owner to a year in brackets, a full stop or the text's end."""
    for match in _POSSESSIVE.finditer(text):
        title, owner = match.group(2).rstrip(" ,"), match.group(1)
        behind = text[match.end() : match.end() + 40]
        year = _YEAR_BEHIND.match(behind)
        printed = year is not None or _EDITION_BEHIND.match(behind) is not None
        if is_possessive_title(title, printed=printed):
            beside = f"{owner} {year.group(1)}" if year else f"by {owner}"
            yield _owned_title(title, match.start(2), beside)


def is_possessive_title(title: str, *, printed: bool) -> bool:
    """True for what looks like a title, or has a year or edition behind it, and is nothing called
    after its owner.
    """
    words = TITLE_WORD.findall(title)
    if not words or len(words) > MAX_POSSESSIVE_WORDS or EPONYM.search(title):
        return False
    if printed:
        return True
    return any(word[0].isupper() for word in words[1:]) and title_score(title) >= 0.6


def is_owned_title(title: str) -> bool:
    """True for two long raised words that are nothing called after their owner.

    'Computer Age Statistical Inference'.
    """
    long = [word for word in TITLE_WORD.findall(title) if word[0].isupper() and len(word) >= 4]
    return len(long) >= 2 and not EPONYM.search(title)
