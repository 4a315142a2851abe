"""Titles beside a mention: behind names and year, and between names and a journal."""

from __future__ import annotations

import re

from litmap.citations.recognisers.adjacency import first_name_start
from litmap.citations.recognisers.author_names import NameMention, name_mention
from litmap.citations.recognisers.name_lists import split_people
from litmap.citations.recognisers.title_scoring import title_score
from litmap.parsing.grammar import NAME_START, NAMES
from litmap.parsing.venues import is_numbered_venue
from litmap.parsing.word_lists import load_pattern, load_words

MAX_LENGTH = 280
"""Characters of names and title before a journal."""
MIN_WORDS, MIN_WORDS_WITHOUT_SMALL = 3, 6
MAX_COMMAS = 2

_VERB = rf"(?:{load_pattern('verbs_behind_titles')})"
_OPENING = r"[)\]]{0,2}\s?(?:[,:.;]|[–—-]{1,2}|→|->|\((?:(?:in|on) )?)?\s{0,2}[“\"‘]?"
_TITLE = r"[A-ZÀ-Þ](?:[^.;()\[\]“”\"\x00?!]|\.(?=\w)|[?!](?=\s[a-z])){14,220}?[\w$’')][?!]?"
_VENUE = r",\s(?:in\s|ed\.|[A-Z][\w&.]*(?:\s[A-Z&][\w&.]*){0,5}[,.]?\s(?:\d|\())"
_TITLE_AFTER = re.compile(
    rf"{_OPENING}(?P<title>{_TITLE})[,.]?[”\"’']?(?=[\s.;,()\[\]\x00hd]|$)"
    rf"(?=(?<=[?!])\s|\.(?:\s|$)|[;()\[\]\x00]|{_VENUE}|"
    rf"\s[—–]\s|\s--?\s|\s{{0,2}}(?:https?:|doi\b|$)|\s{_VERB}\s)"
)
_SENTENCE_OPENINGS = load_words("sentence_openings")
_SMALL_WORD = re.compile(
    r"\s(?:of|the|and|in|for|a|an|to|on|with|by|from|at|as|is|are|how|what|why)\s"
)

_TITLED_BEFORE = re.compile(
    rf"(?<![^\W_]){NAME_START}(?P<names>{NAMES})[,:]\s[“\"]?"
    r"(?P<title>[A-ZÀ-Þ][^.;()“”\"\x00]{12,200}?[?]?)[”\"]?[,.]?\s(?:in\s)?$"
)


def title_after(text: str, end: int) -> tuple[int, int] | None:
    """Where the title stands that follows names and a year.

    'Levins R. 1969. Some … consequences. Bull. …'.
    """
    match = _TITLE_AFTER.match(text, end)
    return match.span("title") if match and is_title_after_names(match["title"]) else None


def is_title_after_names(title: str) -> bool:
    """True for what looks like a title and is no sentence, catchwords or venue."""
    words = title.split()
    if len(words) < MIN_WORDS or words[0] in _SENTENCE_OPENINGS or is_catchwords(title):
        return False
    return title_score(title) >= 0.45 and not is_numbered_venue(title)


def is_catchwords(title: str) -> bool:
    """True for a list of words: 'Island biogeography, area', 'Heat, light, sound, smell'."""
    if title.count(",") > MAX_COMMAS:
        return True
    return len(title.split()) < MIN_WORDS_WITHOUT_SMALL and not _SMALL_WORD.search(title)


def names_and_title_before(text: str, end: int) -> tuple[NameMention, int, int] | None:
    """Names and title (its start and end) that stand before a journal.

    'Doe & Roe, The title of it? Cognition 95:201'.
    """
    begin = max(0, end - MAX_LENGTH, text.rfind("\x00", 0, end) + 1)
    for match in _TITLED_BEFORE.finditer(text[begin:end]):
        names, _ = split_people(match["names"])
        if names and is_title_before_journal(match["title"]):
            start = begin + first_name_start(match, names)
            people = name_mention(start, end, names, False, "", "", strong=True)
            return people, begin + match.start("title"), begin + match.end("title")
    return None


def is_title_before_journal(title: str) -> bool:
    """True for what looks like a title, has a small word, and is no venue itself."""
    if title_score(title) < 0.5 or not _SMALL_WORD.search(title):
        return False
    return not is_numbered_venue(title)
