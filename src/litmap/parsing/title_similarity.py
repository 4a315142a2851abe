"""Whether two titles are one work's: the one home of this question.

`normalise_title` gives the form in which titles are compared. `title_similarity` is a number that
knows how titles of different works resemble each other; `match_titles`, for matches that must be
sure, says how they differ.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher
from enum import IntEnum
from functools import lru_cache

from litmap.parsing.markup import strip_tags, unescape
from litmap.parsing.retractions import split_mark
from litmap.parsing.word_lists import load_words

_GREEK = (  # noqa: SIM905
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho "
    "sigma sigma tau upsilon "
    "phi chi psi omega"
).split()
_GREEK_NAMES = {chr(0x3B1 + i): name for i, name in enumerate(_GREEK)} | {
    "ϵ": "epsilon",
    "ϕ": "phi",
    "ϑ": "theta",
}
_LETTERS = str.maketrans(
    {"ß": "ss", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "ð": "d", "þ": "th"}
)
_LATEX_SCRIPT = re.compile(
    r"\$[_^]\{?([\w+-]{1,8})\}?\$|(?<=[A-Za-z)\]])[_^]\{?(\d{1,3}[+-]?)\}?(?![\w\\])"
    r"|(?<=[A-Za-z)\]])[_^]\{(\d{1,3})\}"
)
"""Lowered and raised signs: 'CO$_2$', '$^{18}$F', 'CO_2'."""
_LATEX_ACCENT = re.compile(r"\\(?:[`'^\"~=.]|[uvHckdb](?=[\s{]))\s*\{?\s*(\\?[a-zA-Z])\}?")
_LATEX_LETTER = re.compile(r"\\(ss|ae|oe|o|l|aa|i|j|AE|OE|O|L|AA)(?![a-zA-Z])\s?(?:\{\})?")
_LATEX_COMMAND = re.compile(r"\\([a-zA-Z]{1,30})\*?\s?")
_APOSTROPHES = re.compile(r"['\u2018\u2019\u201b\u02bc\u02b9\u2032`´]")
_NOT_WORD = re.compile(r"[\W_]+")
_MARKUP_COMMANDS = load_words("latex_markup_commands")
_OTHER_WORK = load_words("other_work_words")
"""Words whose presence in only one of two titles means two works ('Revisiting X', 'X: a
survey').
"""
_ROMAN = {
    "i": "1",
    "ii": "2",
    "iii": "3",
    "iv": "4",
    "v": "5",
    "vi": "6",
    "vii": "7",
    "viii": "8",
    "ix": "9",
}


def _script(match: re.Match[str]) -> str:
    return next(group for group in match.groups() if group)


def _latex_letter(match: re.Match[str]) -> str:
    name = match.group(1)
    return {"aa": "a", "AA": "A"}.get(name, name)


def _latex_command(match: re.Match[str]) -> str:
    name = match.group(1)
    return "" if name in _MARKUP_COMMANDS else f" {name} "


@lru_cache(maxsize=16384)
def normalise_title(title: str) -> str:
    """Lower-case words with single spaces: accents, LaTeX, HTML, punctuation and case removed;
    Greek spelt out.

    Letters of other scripts stay. At most the first 2,000 characters count.
    """
    text = title[:2000]
    if "&" in text:
        text = unescape(text)
    if "<" in text:
        text = strip_tags(text)
    if "_" in text or "^" in text:
        text = _LATEX_SCRIPT.sub(_script, text)
    if "\\" in text:
        text = _LATEX_ACCENT.sub(r"\1", text)
        text = _LATEX_LETTER.sub(_latex_letter, text)
        text = _LATEX_COMMAND.sub(_latex_command, text)
    if "{" in text or "}" in text:
        text = text.replace("{", "").replace("}", "")
    if text.isascii():
        return _NOT_WORD.sub(" ", _APOSTROPHES.sub("", text).lower()).strip()
    text = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text)).lower().translate(_LETTERS)
    out = []
    for char in text:
        if char in _GREEK_NAMES:
            out.append(_GREEK_NAMES[char])
        elif not unicodedata.combining(char):
            out.append(char)
    return _NOT_WORD.sub(" ", "".join(out)).strip()


def _numbers(words: list[str]) -> set[str]:
    found = {word for word in words if any(char.isdigit() for char in word)}
    return found | {_ROMAN[word] for word in words[1:] if word in _ROMAN and word not in {"i", "v"}}


def _shorter_is_whole(short: str, long: str) -> bool:
    """True where the longer title is the shorter one with a subtitle after a colon, dash, full stop
    or bracket.
    """
    head = re.split(r"[:?!.;(\u2013\u2014]|\s-\s|--", long[:2000], maxsplit=1)[0]
    return len(short.split()) >= 3 and normalise_title(head) == short


def title_similarity(a: str, b: str) -> float:
    """How likely two titles name one work, in [0, 1]: 1.0 equal but for form, 0.9 a subtitle left
    out, 0 no words.

    Titles that differ in a number, or in a word such as 'survey' or 'revisiting', never reach 0.85:
    those are other works however close the strings are. 0.9 and above is a safe match where author
    or year agree.
    """
    one, two = normalise_title(a), normalise_title(b)
    if not one or not two:
        return 0.0
    if one == two:
        return 1.0
    tight_one, tight_two = one.replace(" ", ""), two.replace(" ", "")
    if tight_one == tight_two:
        return 0.99
    words_one, words_two = one.split(), two.split()
    odd = set(words_one) ^ set(words_two)
    cap = 0.84 if odd & _OTHER_WORK or _numbers(words_one) != _numbers(words_two) else 0.98
    (short, _), (_, long_raw) = sorted(((one, a), (two, b)), key=lambda pair: len(pair[0]))
    if _shorter_is_whole(short, long_raw):
        return min(cap, 0.9)
    if len(tight_one) + len(tight_two) > 1200:
        return min(cap, _share_of_words(set(words_one), set(words_two)))
    return min(cap, _share_of_letters(tight_one, tight_two))


def _share_of_words(one: set[str], two: set[str]) -> float:
    """Dice's coefficient."""
    return 2 * len(one & two) / (len(one) + len(two))


def _share_of_letters(one: str, two: str) -> float:
    """The share of letters that stand in both in one order; where it is low, its upper bound."""
    matcher = SequenceMatcher(None, one, two, autojunk=False)
    bound = matcher.quick_ratio()
    return bound if bound < 0.6 else matcher.ratio()


_PLAIN_WORD = re.compile(r"[a-z0-9]+")
_SPECIAL = re.compile(r"[&<\\{}_]")


def plain_words(text: str) -> str:
    """`normalise_title`, with a short way for the many titles and names that are plain ASCII."""
    if text.isascii() and not _SPECIAL.search(text):
        return " ".join(_PLAIN_WORD.findall(text[:2000].lower().replace("'", "")))
    return normalise_title(text)


def squash_title(title: str) -> str:
    """The title's letters and digits without a leading article: a hyphen lost at a line end makes
    no difference.
    """
    words = plain_words(title)
    for article in ("the ", "a ", "an "):
        words = words.removeprefix(article)
    return words.replace(" ", "")


def quick_similarity(one: str, two: str) -> float:
    """`title_similarity`, but 0 at once for titles that share less than a third of their words and
    begin unlike.
    """
    a, b = plain_words(one), plain_words(two)
    first, second = set(a.split()), set(b.split())
    if 3 * len(first & second) < min(len(first), len(second)) and a[:6] != b[:6]:
        return 0.0
    return title_similarity(one, two)


# ── sure matches ─────────────────────────────────────────────────────────────────────────────────
_STOP = load_words("title_stop_words")
_BREAK = re.compile(r"[:?!.;–—(]|\s-\s|--")
_OTHER_WORK_STRICT = load_words("other_work_words_strict")
_STRICT_ROMAN = frozenset({"ii", "iii", "iv", "vi", "vii", "viii", "ix", "xi", "xii"})
_COMPANION = load_words("companion_words")
_YEAR = re.compile(r"1[0-9]\d\d|20\d\d")
_EQUAL = 0.985
_NEAR = 0.85
_SAME_WORD = 0.8


class TitleMatch(IntEnum):
    """How two titles stand to each other."""

    NONE = 0
    SHORTENED = 1
    """One leaves out the other's subtitle or end."""
    NEAR = 2
    """The same words but for typing mistakes, endings and small words."""
    EQUAL = 3
    """Equal but for case, accents, punctuation and markup."""


def match_titles(one: str, two: str) -> TitleMatch:
    """How two titles stand to each other; 'survey' or 'revisiting' in only one of them makes them
    differ. The mark of a retracted work ('RETRACTED: ') makes no difference.
    """
    one, two = split_mark(one)[0], split_mark(two)[0]
    similarity = title_similarity(one, two)
    if similarity >= _EQUAL:
        return TitleMatch.EQUAL
    a, b = normalise_title(one), normalise_title(two)
    if not a or not b:
        return TitleMatch.NONE
    if names_other_work(a.split(), b.split()):
        return TitleMatch.SHORTENED if _lacks_dated_subtitle(one, two) else TitleMatch.NONE
    if _is_shortened(one, a, two, b):
        return TitleMatch.SHORTENED
    if similarity >= _NEAR and len(a.split()) >= 2 and not odd_words(a.split(), b.split()):
        return TitleMatch.NEAR
    return TitleMatch.NONE


def is_distinctive(title: str) -> bool:
    """Whether a title alone tells a work: four words, or three long ones."""
    words = normalise_title(title).split()
    return (
        len(words) >= 4
        or (len(words) == 3 and sum(map(len, words)) >= 18)
        or (not title.isascii() and len(title) > 7)
    )


def is_about_another(title: Sequence[str], context: Sequence[str]) -> bool:
    """Whether a title (its words) has one such as 'comments' or 'reply' that the context does not
    have.
    """
    if "extended abstract" in " ".join(title) and "abstract" not in context:
        return True
    return any(word in _COMPANION and word not in context for word in title)


def names_other_work(one: Sequence[str], two: Sequence[str]) -> bool:
    """Whether a number, or a word such as 'survey', stands in only one of two titles, given as
    words.
    """
    return any(_tells_apart(word) for word in odd_words(one, two))


def _tells_apart(word: str) -> bool:
    return word in _OTHER_WORK_STRICT or _has_digit(word) or word in _STRICT_ROMAN


def _has_digit(word: str) -> bool:
    return any(char.isdigit() for char in word)


def _lacks_dated_subtitle(one: str, two: str) -> bool:
    """One is the other's whole title but for a subtitle that names years: 'From Frege to Gödel: …,
    1879–1931'.
    """
    short, long = sorted((one, two), key=len)
    head, colon, subtitle = long.partition(":")
    if not colon or normalise_title(head) != normalise_title(short) or _is_too_short(short):
        return False
    words = normalise_title(subtitle).split()
    figures = [word for word in words if _has_digit(word)]
    return all(map(_YEAR.fullmatch, figures)) and not (
        set(words) & (_OTHER_WORK_STRICT | _STRICT_ROMAN)
    )


def _is_too_short(title: str) -> bool:
    """Too few words to be recognised as another title's beginning."""
    return len(title.split()) < 2 or len(title) < 10


def _is_shortened(one: str, a: str, two: str, b: str) -> bool:
    """Whether one title is the other's head or its first words; `a` and `b` are their normal
    forms.
    """
    (short, _), (long, raw) = sorted(((a, one), (b, two)), key=lambda pair: len(pair[0]))
    if _is_too_short(short):
        return False
    head = normalise_title(_BREAK.split(raw[:2000], maxsplit=1)[0])
    if head == short:
        return True
    return len(short.split()) >= 4 and long.startswith(short + " ")


def odd_words(one: Sequence[str], two: Sequence[str]) -> list[str]:
    """Words of either title without a counterpart in the other; small words and typing mistakes are
    forgiven.
    """
    left, right = _without(one, two), _without(two, one)
    if "".join(left) == "".join(right):
        return []
    for word in list(left):
        twin = next((other for other in right if _is_same_word(word, other)), None)
        if twin is not None:
            left.remove(word)
            right.remove(twin)
    return [word for word in left + right if word not in _STOP]


def _without(words: Sequence[str], others: Sequence[str]) -> list[str]:
    left = list(others)
    kept = []
    for word in words:
        if word in left:
            left.remove(word)
        else:
            kept.append(word)
    return kept


def _is_same_word(one: str, two: str) -> bool:
    """One word with a typing mistake or another ending; never two numbers or short words."""
    if _has_digit(one + two) or min(len(one), len(two)) < 4:
        return False
    return SequenceMatcher(None, one, two, autojunk=False).ratio() >= _SAME_WORD
