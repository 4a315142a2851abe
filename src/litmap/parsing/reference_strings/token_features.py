"""The tokens of a reference string and what the labeller is told of each.

A word is known by name where it belongs to a closed list (`data/reference_words.txt`), else by its
form: script, capitals, ending, and the lists of journals, publishers and cities it stands on. So
the labeller need not have seen the words of a title. What the rules read (`RuleReading`) is told
too: it learns where they are to be trusted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from litmap.parsing.grammar import EAST_ASIAN_LETTERS
from litmap.parsing.lexicon import (
    CITY,
    CONJUNCTIONS,
    JOURNAL_WORD,
    NOT_NAMES,
    ORGANISATION,
    PARTICLES,
    PUBLISHER,
)
from litmap.parsing.reference_strings.name_tokens import Token
from litmap.parsing.word_lists import load_words

MAX_TOKENS = 400
"""Tokens of a reference; what has more is none."""
MAX_EMPHASISED = 4
"""Emphasised runs that are looked at."""
SHORT_CAPITALS = 3
"""Letters of initials that are run together."""
_TOKEN = re.compile(r"[^\W\d_]+(?:[’'\-‐][^\W\d_]+)*|\d+|\S")
_EAST_ASIAN = re.compile(f"[{EAST_ASIAN_LETTERS}]")
_HANGUL = re.compile(r"[\uac00-\ud7af]")
_KANA = re.compile(r"[\u3040-\u30ff]")
_CYRILLIC = re.compile(r"[а-яё]")
_YEAR = re.compile(r"(?:1[4-9]|20)\d\d")
_MEDIUM = re.compile(r"\[[A-Z](?:/OL)?\]")
_WORDS = load_words("reference_words")
_ENDINGS = load_words("venue_endings_cjk")
_CLOSES = {
    "“": "”", "«": "»", "‘": "’", "„": "“", "『": "』", "「": "」", "《": "》", "〈": "〉",
    "(": ")", "[": "]", "<": ">",
}  # fmt: skip
_QUOTES = frozenset("“«「『《〈")
_STOPS = frozenset(".:,;/–—?!。，、．：")
_COMMAS = frozenset(",，、")
_WIDE_STOPS = frozenset("。，．：、")
_NEIGHBOURS = (-3, -2, -1, 1, 2, 3)


class RuleReading(NamedTuple):
    """What the rules read, as offsets: where the authors end and how sure that is, title, venue."""

    authors_end: int
    sure_authors: bool
    title: tuple[int, int]
    venue: tuple[int, int]


def tokenise(text: str) -> list[Token]:
    """Words, runs of Chinese, Japanese or Korean letters, numbers and single signs."""
    return [Token(match[0], *match.span()) for match in _TOKEN.finditer(text)]


def is_east_asian(text: str) -> bool:
    """Whether a text begins in Chinese, Japanese or Korean letters."""
    return _EAST_ASIAN.match(text) is not None


def _shape(word: str) -> str:
    """'Aa', 'AAAA', 'd4', '漢3' or the sign itself."""
    if word.isdigit():
        return f"d{min(len(word), 5)}"
    if not word[0].isalpha():
        return word[0]
    if is_east_asian(word):
        kind = "한" if _HANGUL.match(word) else "か" if _KANA.search(word) else "漢"
        length = len(word)
        return f"{kind}{length if length < 5 else 5 if length < 8 else 8}"
    return _capitals(word)


def _capitals(word: str) -> str:
    """How a word in letters that have capitals uses them."""
    if len(word) == 1:
        return "A" if word.isupper() else "a"
    if word.isupper():
        return "AA" if len(word) <= SHORT_CAPITALS else "AAAA"
    if word[0].isupper():
        return "Aa" if word[1:].islower() else "AaA"
    return "aa"


LISTS = (("jw", JOURNAL_WORD), ("pub", PUBLISHER), ("city", CITY), ("org", ORGANISATION))
FOLDED_LISTS = (("part", PARTICLES), ("conj", CONJUNCTIONS), ("notname", NOT_NAMES))


@lru_cache(maxsize=8192)
def _word_features(word: str) -> tuple[str, ...]:
    """What a word is by itself; its shape comes first."""
    features = [f"s={_shape(word)}"]
    lowered = word.lower()
    if lowered in _WORDS:
        features.append(f"w={lowered}")
    if word[0].isalpha():
        features += _east_asian_features(word) if is_east_asian(word) else _letters(word, lowered)
    elif word.isdigit() and _YEAR.fullmatch(word):
        features.append("year")
    return tuple(features)


def _east_asian_features(word: str) -> list[str]:
    features = ["c=k" if _HANGUL.match(word) else "c=h"]
    ending = next((word[-k:] for k in (3, 2, 1) if word[-k:] in _ENDINGS), "")
    return [*features, f"x={ending}"] if ending else features


def _letters(word: str, lowered: str) -> list[str]:
    """Script, ending and lists of a word in letters that have capitals."""
    features = ["cyr" if _CYRILLIC.match(lowered) else "lat"]
    if len(word) > 3:
        features += [f"e={lowered[-2:]}", f"e3={lowered[-3:]}"]
    features += [name for name, pattern in LISTS if pattern.match(word)]
    return features + [name for name, words in FOLDED_LISTS if lowered in words]


def token_features(
    text: str, tokens: Sequence[Token], emphasised: Sequence[str], rules: RuleReading
) -> list[list[str]]:
    """The features of each token; time grows linearly with their number."""
    words = [token.text for token in tokens]
    by_word = [_word_features(word) for word in words]
    whole = _whole_features(text)
    first_year = next((i for i, w in enumerate(words) if w.isdigit() and _YEAR.fullmatch(w)), -1)
    first_quote = next((i for i, word in enumerate(words) if word in _QUOTES), -1)
    emphasis = _emphasis(text, tokens, emphasised)
    places = _places(tokens)
    marks = _rule_marks(tokens, rules)
    count = len(tokens)
    rows = []
    for i in range(count):
        row = ["b", _position(i), f"r={min(count - 1 - i, 8)}", *by_word[i], *places[i], *whole]
        row += [_beside(i, first_year, "y"), _beside(i, first_quote, "qt"), *marks[i]]
        if emphasis[i]:
            row.append("emph")
        if i and tokens[i].start > tokens[i - 1].end:
            row.append("sp")
        row += _neighbours(by_word, i)
        rows.append(row)
    return rows


def _whole_features(text: str) -> list[str]:
    """What the string has somewhere: '//', '[J]', Cyrillic, corner brackets."""
    features = ["g=//"] if " // " in text or "]//" in text else []
    if _MEDIUM.search(text):
        features.append("g=[J]")
    if _CYRILLIC.search(text):
        features.append("g=cyr")
    return [*features, "g=『"] if "『" in text else features


def _position(i: int) -> str:
    return f"p={i if i < 12 else 12 + min((i - 12) // 6, 6)}"


def _beside(i: int, place: int, name: str) -> str:
    """Whether a token stands before, at or behind the first year or quotation mark."""
    if place < 0 or i < place:
        return f"{name}-" if place >= 0 else f"{name}0"
    return f"{name}={'0' if i == place else '+'}"


def _emphasis(text: str, tokens: Sequence[Token], emphasised: Sequence[str]) -> list[bool]:
    """Whether each token was set in italics or bold."""
    places = ((text.find(run), len(run)) for run in emphasised[:MAX_EMPHASISED])
    spans = [(at, at + length) for at, length in places if at >= 0]
    return [any(start <= token.start < end for start, end in spans) for token in tokens]


def _places(tokens: Sequence[Token]) -> list[tuple[str, ...]]:
    """For each token: the open bracket or quotation, and how many fields may have ended before."""
    places: list[tuple[str, ...]] = []
    opened, stops, since, colon = "", 0, 0, False
    for i, token in enumerate(tokens):
        depth = f"q={opened[-1:]}{'!' if len(opened) > 1 else ''}"
        place = (depth, f"stops={min(stops, 5)}", f"since={min(since, 9)}")
        places.append((*place, "colon") if colon else place)
        word = token.text
        if word in _CLOSES:
            opened += word
        elif opened and word == _CLOSES[opened[-1]]:
            opened = opened[:-1]
        since += 1
        if word in _STOPS and _ends_field(tokens, i):
            stops += word not in _COMMAS and i > 0 and len(tokens[i - 1].text) > 1
            since = 0
        colon = colon or word in (":", "：")
    return places


def _ends_field(tokens: Sequence[Token], i: int) -> bool:
    """Whether a blank, the end, or nothing but the width of the sign follows."""
    if tokens[i].text in _WIDE_STOPS or i + 1 == len(tokens):
        return True
    return tokens[i + 1].start > tokens[i].end


def _rule_marks(tokens: Sequence[Token], rules: RuleReading) -> list[list[str]]:
    """What the rules took each token for."""
    authors = "RA+" if rules.sure_authors else "RA"
    marks = []
    for token in tokens:
        mark = [authors] if token.start < rules.authors_end else []
        mark += _title_mark(token, rules.title)
        if rules.venue[0] <= token.start < rules.venue[1]:
            mark.append("RV")
        marks.append(mark)
    for i in range(1, len(marks)):
        if "RT" in marks[i] and "RT" not in marks[i - 1]:
            marks[i].append("RT[")
        elif "RT" in marks[i - 1] and "RT" not in marks[i]:
            marks[i].append("RT]")
    return marks


def _title_mark(token: Token, title: tuple[int, int]) -> list[str]:
    """Whether a token stands before, in or behind the rules' title."""
    begin, end = title
    if begin == end:
        return []
    if token.start < begin:
        return ["RT-"]
    return ["RT" if token.start < end else "RT+"]


def _neighbours(by_word: Sequence[tuple[str, ...]], i: int) -> list[str]:
    """What stands up to three tokens before and behind."""
    features = []
    for step in _NEIGHBOURS:
        j = i + step
        if 0 <= j < len(by_word):
            near = by_word[j] if -3 < step < 3 else by_word[j][:2]
            features += [f"{step}{feature}" for feature in near]
        else:
            features.append(f"{step}<>")
    here = by_word[i][0]
    before = by_word[i - 1][0] if i else "<"
    behind = by_word[i + 1][0] if i + 1 < len(by_word) else ">"
    return [*features, f"{before}|{here}|{behind}", f"{here}>{behind}", f"{before}<{here}"]
