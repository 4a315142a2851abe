"""The tokens of a note's block and what the labeller of references is told of each.

A word is known by name where it belongs to a closed list, else by its form alone: script, capitals,
length. What tells a reference stands around the words: years, brackets, quotation marks, italics,
links, names with initials. So the labeller carries over to works, fields and languages that it has
not seen.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from litmap.parsing.reference_strings.name_tokens import Token
from litmap.parsing.reference_strings.token_features import (
    FOLDED_LISTS,
    LISTS,
    SHORT_CAPITALS,
    is_east_asian,
)
from litmap.parsing.word_lists import load_words

MAX_TOKENS = 400
"""Tokens of a stretch that is labelled at once."""
Span = tuple[int, int]
_TOKEN = re.compile(
    r"https?://[^\s)\]>，。]+|(?<![\w.])10\.\d{4,9}/[^\s)\]>，。]+|"
    r"[^\W\d_]+(?:[’'\-‐][^\W\d_]+)*|\d+|\S"
)
_CYRILLIC = re.compile(r"[а-яё]")
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_WORDS = (
    load_words("reference_words")
    | load_words("english_words")
    | load_words("words_of_other_languages")
    | load_words("remark_words")
    | load_words("prose_words")
    | load_words("words_before_references")
)
_OPENING = {
    "“": "”", "«": "»", "„": "“", "『": "』", "「": "」", "《": "》", "〈": "〉",
    "(": ")", "[": "]", "（": "）", "【": "】", '"': '"',
}  # fmt: skip
_CLOSES = frozenset(_OPENING.values())
_QUOTES = frozenset('“«„『「《〈"')
_CLAUSE_ENDS = frozenset('.;:?!()[]"“”«»„『』「」《》〈〉。；：？！（）|–—,，、→')
_SENTENCE_ENDS = frozenset(".?!。？！;；")


def tokenise(text: str) -> list[Token]:
    """Addresses, words, runs of East Asian letters, numbers and single signs."""
    return [Token(match[0], *match.span()) for match in _TOKEN.finditer(text)]


def _bucket(number: int) -> int:
    """0, 1, 2, 3, then rougher."""
    if number < 4:
        return number
    if number < 7:
        return 4
    if number < 12:
        return 5
    return 6 if number < 24 else 7


def _shape(word: str) -> str:
    """'year', 'd2', '漢3', 'Aa', 'AAAA' or the sign itself."""
    if word.isdigit():
        return "year" if _YEAR.fullmatch(word) else f"d{min(len(word), 5)}"
    if not word[0].isalpha():
        return word[0]
    return f"漢{_bucket(len(word))}" if is_east_asian(word) else _capitals(word)


def _capitals(word: str) -> str:
    """How a word in letters that have capitals uses them."""
    if len(word) == 1:
        return "A" if word.isupper() else "a"
    if word.isupper():
        return "AA" if len(word) <= SHORT_CAPITALS else "AAAA"
    if word[0].isupper():
        return "Aa" if word[1:].islower() else "AaA"
    return "aa" if word.islower() else "aA"


def _of_word(word: str) -> list[str]:
    """What a word is by itself; its shape comes first."""
    if len(word) > 7 and (word.startswith("http") or word.startswith("10.")):
        return ["url"]
    features = [_shape(word)]
    if not word[0].isalpha():
        return features
    lowered = word.lower()
    if lowered in _WORDS:
        features.append(f"w{lowered}")
    elif len(word) > 9:
        features.append("long")
    if _CYRILLIC.match(lowered):
        features.append("cyr")
    if word[0].isupper():
        features += [name for name, pattern in LISTS if pattern.match(word)]
    return features + [name for name, words in FOLDED_LISTS if lowered in words]


@lru_cache(maxsize=16384)
def _word_features(word: str) -> tuple[tuple[str, ...], ...]:
    """The features of a word for itself, for its neighbours on both sides, and its shape."""
    plain = _of_word(word)
    return (
        tuple(f"0{feature}" for feature in plain),
        tuple(f"-1{feature}" for feature in plain),
        tuple(f"+1{feature}" for feature in plain),
        tuple(f"-2{feature}" for feature in plain[:2]),
        tuple(f"+2{feature}" for feature in plain[:2]),
        (f"-3{plain[0]}",),
        (f"+3{plain[0]}",),
        (plain[0],),
    )


def token_features(
    text: str,
    tokens: Sequence[Token],
    kind: str,
    emphasised: Sequence[Span],
    linked: Sequence[Span],
) -> list[list[str]]:
    """The features of each token; time grows linearly with their number."""
    words = [_word_features(token.text) for token in tokens]
    count = len(tokens)
    years = [word[7][0] == "year" for word in words]
    whole = _whole(text, tokens, kind, emphasised, linked, sum(years))
    states = _states(tokens)
    clauses = _clauses(tokens)
    ahead = _distances(list(reversed(years)))
    ahead.reverse()
    behind = _distances(years)
    in_emphasis = _inside(tokens, emphasised, "em")
    in_link = _inside(tokens, linked, "li")
    rows = []
    for i in range(count):
        word = words[i]
        row = [
            f"p{_bucket(i)}", f"r{_bucket(count - 1 - i)}", f"ya{ahead[i]}", f"yb{behind[i]}",
            *word[0], *whole, *states[i], *clauses[i], *in_emphasis[i], *in_link[i],
        ]  # fmt: skip
        here = word[7][0]
        if i:
            before = words[i - 1]
            row += before[1]
            row.append(f"{before[7][0]}<{here}")
        else:
            row.append("-1<>")
        if i + 1 < count:
            after = words[i + 1]
            row += after[2]
            row.append(f"{here}>{after[7][0]}")
        else:
            row.append("+1<>")
        if i > 1:
            row += words[i - 2][3]
        if i + 2 < count:
            row += words[i + 2][4]
        if i > 2:
            row += words[i - 3][5]
        if i + 3 < count:
            row += words[i + 3][6]
        rows.append(row)
    return rows


def _whole(
    text: str,
    tokens: Sequence[Token],
    kind: str,
    emphasised: Sequence[Span],
    linked: Sequence[Span],
    years: int,
) -> list[str]:
    """What the block is and has somewhere."""
    features = [f"k{kind}", f"n{_bucket(len(tokens) // 6)}", f"ny{min(years, 3)}"]
    if emphasised:
        features.append("gem")
    if linked:
        features.append("gli")
    if any(sign in text for sign in '“«„『「《〈"'):
        features.append("gq")
    return features


def _states(tokens: Sequence[Token]) -> list[list[str]]:
    """For each token: the open bracket or quotation, and how far it reaches."""
    partner = _partners(tokens)
    states: list[list[str]] = []
    opened: list[int] = []
    for i in range(len(tokens)):
        while opened and i > partner[opened[-1]]:
            opened.pop()
        state = []
        if opened:
            start = opened[-1]
            sign = tokens[start].text
            state = [f"q{sign}", f"ql{_bucket((partner[start] - start) // 2)}"]
            if len(opened) > 1:
                state.append(f"qq{tokens[opened[-2]].text}")
        if i in partner:
            opened.append(i)
            state.append(f"ob{_bucket((partner[i] - i) // 2)}")
        states.append(state)
    return states


def _partners(tokens: Sequence[Token]) -> dict[int, int]:
    """Where each bracket and quotation mark that is opened closes."""
    partner: dict[int, int] = {}
    opened: list[tuple[str, int]] = []
    for i, token in enumerate(tokens):
        word = token.text
        if word in _CLOSES and (place := _opened_by(opened, word)) >= 0:
            partner[opened[place][1]] = i
            del opened[place:]
        elif word in _OPENING and not (opened and opened[-1][0] == word):
            opened.append((_OPENING[word], i))
    return partner


def _opened_by(opened: Sequence[tuple[str, int]], close: str) -> int:
    """The place of the innermost sign that a closing sign closes; -1 for none."""
    places = range(len(opened) - 1, -1, -1)
    return next((place for place in places if opened[place][0] == close), -1)


def _clauses(tokens: Sequence[Token]) -> list[list[str]]:
    """For each token: length and capitals of its clause, and what ended the clause before."""
    features: list[list[str]] = [[]] * len(tokens)
    start, sign, since = 0, "^", 0
    for i in range(len(tokens) + 1):
        if i < len(tokens) and tokens[i].text not in _CLAUSE_ENDS:
            continue
        words = [token.text for token in tokens[start:i] if token.text[0].isalpha()]
        raised = sum(word[0].isupper() for word in words)
        share = int(4 * raised / len(words)) if words else 9
        clause = [f"cl{_bucket(len(words))}", f"cs{share}|{min(len(words), 6)}", f"cb{sign}"]
        for place in range(start, i):
            features[place] = [*clause, f"ci{min(place - start, 4)}", f"si{_bucket(since)}"]
        if i < len(tokens):
            sign = tokens[i].text
            features[i] = [f"cd{_bucket(len(words))}", f"si{_bucket(since)}"]
            since = 0 if sign in _SENTENCE_ENDS else since + len(words)
            start = i + 1
    return features


def _distances(marks: Sequence[bool]) -> list[str]:
    """How far behind each token a marked one stands; 'x' where none does."""
    distances, last = [], -1
    for i, marked in enumerate(marks):
        if marked:
            last = i
        distances.append("x" if last < 0 else str(_bucket((i - last + 1) // 2)))
    return distances


def _inside(tokens: Sequence[Token], spans: Sequence[Span], name: str) -> list[list[str]]:
    """Whether each token begins a span, stands in it, or right behind it."""
    inside: list[list[str]] = [[] for _ in tokens]
    place = 0
    for start, end in spans:
        first = True
        while place < len(tokens) and tokens[place].start < end:
            if tokens[place].start >= start:
                inside[place] = [name, f"{name}["] if first else [name]
                first = False
            place += 1
        if place < len(tokens) and not first:
            inside[place] = [f"{name}]"]
    return inside
