"""Lists of names as citations write them: their single names, and words that are no names."""

from __future__ import annotations

import re
from functools import lru_cache

from litmap.parsing.grammar import AND, ET_AL, YEAR
from litmap.parsing.lexicon import PARTICLES
from litmap.parsing.venues import is_journal_name
from litmap.parsing.word_lists import load_words

AMBIGUOUS_SURNAMES = load_words("ambiguous_surnames")
"""Words that are names too where '&' joins them to another: 'Press & Schechter'."""
_JOURNALS_ALSO_SURNAMES = load_words("journals_also_surnames")
_WORDS_BEFORE_YEARS = load_words("words_before_years")
_WORDS_BEFORE_NAMES = load_words("words_before_names") | _WORDS_BEFORE_YEARS

JOINER = re.compile(rf"(?:{AND})")
_ET_AL_AT_END = re.compile(rf"{ET_AL}\s*$", re.I)
_POSSESSIVE_ENDING = re.compile(r"(?<=[a-z])['’]s$")
_TECHNIQUE = re.compile(r"[A-Z][a-z]+-[a-z]{2,5}")
_INITIAL_FIRST = re.compile(r"[A-ZÀ-Þ]\.")
_TRAILING_INITIALS = re.compile(r"(?<=[a-z]) [A-Z]{1,2}$")
_ENDINGS_OF_NOUNS = re.compile(
    r"(?:[a-z]tion|[a-z]sion|[a-z]ity|[a-z]ics|ology|[a-z]ism|[a-z]ness|ysis|learning|theory|"
    r"networks?|models?|"
    r"systems?|methods?)s?$"
)
MAX_NAME_WORDS = 30
_NAME_WORD = re.compile(r"[^\W\d_]+")
_BETWEEN_NAMES = (
    frozenset(
        ["and", "und", "et", "y", "e", "i", "и", "ed", "eds", "hg", "hrsg", "dir", "coord", "org"]
    )
    | PARTICLES
)
"""What in lower case stands in a list of names."""
_YEAR_AT_END = re.compile(rf"[(\[]?{YEAR}[a-z]?[)\]]?[.,:]?\s*$")
_ENDINGS_OF_ADVERBS = re.compile(
    r"(?:[a-z]{4}ally|iefly|ingly|edly|ously|ively|fully|[ai]bly|ently|antly)$"
)
"""'informally', 'briefly'; no family name ends so, as 'Kelly' and 'McNally' do otherwise."""


def split_names(text: str) -> tuple[list[str], bool]:
    """The single names of a list, and whether it goes on ('et al.', '…')."""
    et_al = _ET_AL_AT_END.search(text)
    body = text[: et_al.start()] if et_al else text
    joined = "&" in body
    names = _parts(body)
    while names and not _may_be_first_name(names[0], joined=joined):
        names = names[1:]
    for begins_with_other in (begins_with_technique, begins_with_acronym):
        if begins_with_other(names):
            names = names[1:]
    if names:
        names[0] = without_sentence_opening(names[0])
    return names, et_al is not None or _is_cut(text)


def _is_cut(text: str) -> bool:
    """True where dots stand for further names."""
    return "…" in text or "..." in text


def _parts(text: str) -> list[str]:
    """What stands between the commas and 'and's of a list, without "'s"."""
    parts = (part.strip() for part in JOINER.split(text))
    return [_POSSESSIVE_ENDING.sub("", part) for part in parts if part]


def split_people(text: str) -> tuple[list[str], bool]:
    """The names of a list without words that are none, and whether it goes on."""
    names, et_al = split_names(text)
    return [name for name in names if not is_not_a_name(name)], et_al


def _may_be_first_name(name: str, *, joined: bool) -> bool:
    """False for a word before the names of a list; `joined` where '&' joins some of them."""
    if joined and name in AMBIGUOUS_SURNAMES:
        return True
    return not (is_not_a_name(name) and is_not_a_name(without_sentence_opening(name)))


def begins_with_technique(names: list[str]) -> bool:
    """True where a technique stands before the first author: 'Drop-seq, Macosko EZ'."""
    if len(names) < 2 or not _TECHNIQUE.fullmatch(names[0]):
        return False
    return _TRAILING_INITIALS.search(names[1]) is not None


def begins_with_acronym(names: list[str]) -> bool:
    """True where an acronym stands before the first author: 'ML, Wager and Athey'."""
    if len(names) < 2:
        return False
    return names[0].isupper() and len(names[0]) <= 4 and not names[1].isupper()


def without_sentence_opening(name: str) -> str:
    """'Thouless' out of 'Compare Thouless': a sentence's first word is no given name."""
    first, _, others = name.partition(" ")
    if not others:
        return name
    if len(first) >= 3 and first.isupper() and not others.isupper():
        return others  # 'RAR McGaugh'
    if first.lower() in _WORDS_BEFORE_NAMES:
        return without_sentence_opening(others)
    return name


@lru_cache(maxsize=8192)
def is_not_a_name(name: str) -> bool:
    """True for a capitalised word that is not a person's name."""
    if has_initial_first(name):
        return False
    if is_journal_name(name) and name not in _JOURNALS_ALSO_SURNAMES:
        return True
    words = name.lower().strip(".").split()
    if sum(map(len, words)) < 2:
        return True  # a single letter
    return is_common_noun(words[-1]) or is_acronym(_TRAILING_INITIALS.sub("", name).split()[-1])


def has_initial_first(name: str) -> bool:
    """True for what begins with an initial, which makes any word a name: 'D. N. Page'."""
    return _INITIAL_FIRST.match(name) is not None and len(name.split()) > 1


def is_common_noun(word: str) -> bool:
    """True for a word in lower case that is listed as no name, or ends as nouns do.

    'generalization'.
    """
    if word.strip(".,") in _WORDS_BEFORE_YEARS or _ENDINGS_OF_ADVERBS.search(word):
        return True
    return _ENDINGS_OF_NOUNS.search(word) is not None


def is_acronym(word: str) -> bool:
    """True for three capitals or more: 'SVM'."""
    return word.isupper() and len(word) > 2


def is_names_alone(text: str) -> bool:
    """True for names, the signs between them and a year: 'Ekman, Al und Ib Korda (Hg.). 2009.'."""
    text = _YEAR_AT_END.sub("", text)
    words = _NAME_WORD.findall(text)
    if not 0 < len(words) <= MAX_NAME_WORDS or any(map(str.isdigit, text)):
        return False
    return all(word[0].isupper() or word in _BETWEEN_NAMES for word in words)
