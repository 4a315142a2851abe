"""How much a stretch of text looks like the title of a work: a sum of weighted features."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from litmap.parsing.word_lists import load_pattern, load_words

MIN_LENGTH, MAX_LENGTH = 12, 260
"""Characters of a title."""
MIN_WORDS, MAX_WORDS = 3, 32
MIN_SCORE = 0.35
"""Below it nothing is a title; features that only take away are not asked about."""
MIN_RAISED_SHARE = 0.7
"""Share of raised words among those that say something, from which on a title is written in title
case.
"""

SMALL_WORDS = load_words("title_small_words")
_OPEN_ENDS = SMALL_WORDS - {"not", "do", "can", "are", "is", "up", "why", "how"}
_REMARK_WORDS = load_words("remark_words")
_PROSE_WORDS = load_words("prose_words")
_NON_SCHOLARLY = re.compile(rf"\b(?:{load_pattern('non_scholarly_phrases')})\b", re.I)
_NON_SCHOLARLY_STARTS = frozenset(
    phrase.split()[0] for phrase in load_words("non_scholarly_phrases")
)
"""Few titles have one of these words, so that the phrases are rarely looked for."""

WORD = re.compile(r"[^\W\d_][\w'’-]*")
_RUN_OF_LETTERS = re.compile(r"\w+")
_PLACE_IN_A_WORK = re.compile(
    r"[eicpfm](?<!\w.)(?:(?<=e)\.g|(?<=i)\.e|(?<=c)hapter \d+|(?<=p)(?:p?\. ?\d|apers? by)|"
    r"(?<=f)ig\. ?\d|(?<=m)y notes)\b"
)
_PART = re.compile(r"\b[Pp]arts? [IVX]{1,4}\b")
_INVERTED_NAME = re.compile(r"[A-ZÀ-Þ][\w'’-]+,? (?:[A-Z]\.[ -]?){1,3}(?:,|&|and\b|$)")
_ENDS_IN_AND = re.compile(r"(?:&|\band)\s*$")
_SYMBOLS = re.compile(r"[{}<>=\\#(.](?:(?<=[^(.])|(?<=\w\()\w|(?<=\d\.)\d)")
_COLON = re.compile(r"\w: \w")
_THREE_COMMAS = re.compile(r"[,;].*[,;].*[,;]")
_QUOTE_OR_DATE = re.compile(
    r"[\"“”12](?:(?<=\D)|(?<!\w.)(?:(?<=1)[89]|(?<=2)0)\d\d[a-z]?\b\s?[.,;)])"
)
_VOLUME_OR_PAGES = re.compile(
    r"[\d(e](?:(?<=\d):\d|(?<=\()\d+\)|(?<!\w.)(?:(?<=\d)\d{0,3}[–-]\d|(?<=e)t al\b))"
)
_NEW_SENTENCE = re.compile(r"[?!.]\s+[a-z]")
_LABEL = re.compile(
    r"[^\W\d_][\w'’-]*(?: [a-z][\w'’-]*){0,2}: "
    rf"(?!(?:{load_pattern('words_opening_subtitles')})[ '’])[a-z]"
)
_BYLINE = re.compile(r"\s+by ((?:(?:[A-Z]\.\s?)*[A-Z][\w'’-]+(?:,? and |, | & | )?){1,6})$")


class TitleCandidate(NamedTuple):
    """A stretch that may be a title, with names and year that stand beside it.

    `start` and `end` are offsets in the text it was found in; `score` is in [0, 1].
    """

    text: str
    start: int
    end: int
    score: float
    beside: str = ""


class _Title(NamedTuple):
    """A text that may be a title, and its words with a straight apostrophe.

    `content` counts the words behind the first that say something; `is_raised` where so many of
    them have a capital as in title case.
    """

    text: str
    words: list[str]
    content: int
    is_raised: bool


class Feature(NamedTuple):
    """What adds `weight` to the score, once or as often as `amount` says."""

    weight: float
    amount: Callable[[_Title], float]
    reason: str


def _rewarded_words(title: _Title) -> int:
    return min(len(title.words), 8)


def _words_too_many(title: _Title) -> int:
    return max(0, len(title.words) - 16)


def _is_in_title_case(title: _Title) -> bool:
    return title.content >= 2 and title.is_raised


def _has_subtitle(title: _Title) -> bool:
    return ": " in title.text and _COLON.search(title.text) is not None


def _remark_words(title: _Title) -> int:
    if _REMARK_WORDS.isdisjoint(title.words):
        return 0
    numbered = title.words[-1] == "I"  # '… Part I'
    return sum(1 for word in title.words if word in _REMARK_WORDS) - numbered


def _prose_words(title: _Title) -> int:
    if _PROSE_WORDS.isdisjoint(title.words):
        return 0
    return sum(1 for word in title.words if word in _PROSE_WORDS)


def _raised_prose_words(title: _Title) -> int:
    return _prose_words(title) if title.is_raised else 0


def _plain_prose_words(title: _Title) -> int:
    return 0 if title.is_raised else _prose_words(title)


def _places_in_a_work(title: _Title) -> int:
    text = title.text
    if "." in text or " by" in text or "chapter" in text or "my notes" in text:
        return len(_PLACE_IN_A_WORK.findall(text))
    return 0


def _has_three_commas(title: _Title) -> bool:
    text = title.text
    return ("," in text or ";" in text) and _THREE_COMMAS.search(text) is not None


def _begins_small(title: _Title) -> bool:
    return title.text[0].islower()


def _ends_open(title: _Title) -> bool:
    return title.words[-1].lower() in _OPEN_ENDS


def _has_quote_or_date(title: _Title) -> bool:
    return _QUOTE_OR_DATE.search(title.text) is not None


def _has_volume_or_pages(title: _Title) -> bool:
    return _VOLUME_OR_PAGES.search(title.text) is not None


def _begins_with_label(title: _Title) -> bool:
    return ": " in title.text and _LABEL.match(title.text) is not None


def _has_new_sentence(title: _Title) -> bool:
    return _NEW_SENTENCE.search(title.text) is not None


def _is_exclamation(title: _Title) -> bool:
    return title.text.endswith("!")


BASE_SCORE = 0.30
FEATURES = (
    Feature(0.05, _rewarded_words, "each of the first eight words: few titles are short"),
    Feature(-0.01, _words_too_many, "each word from the seventeenth on: sentences are longer"),
    Feature(0.30, _is_in_title_case, "'Understanding Deep Learning Requires Rethinking'"),
    Feature(0.08, _has_subtitle, "'Dynamo: amazon's key-value store'"),
    Feature(-0.30, _remark_words, "each word of a remark: 'ask him', 'maybe', 'todo'"),
    Feature(-0.10, _raised_prose_words, "'What Can We Say About This', perhaps"),
    Feature(-0.22, _plain_prose_words, "'they show that it also works'"),
    Feature(-0.30, _places_in_a_work, "'chapter 3', 'p. 12', 'fig. 4', 'my notes'"),
)
"""What tells a title from other text; the strongest first, as far as the sum allows."""
PENALTIES = (
    Feature(-0.15, _has_three_commas, "a list: 'apples, pears, plums, figs'"),
    Feature(-0.12, _begins_small, "'deep networks again'"),
    Feature(-0.35, _ends_open, "cut off: 'On the origin of'"),
    Feature(-0.30, _has_quote_or_date, "'… as he calls it “emergence”', 'in 1999.'"),
    Feature(-0.30, _has_volume_or_pages, "'Ann. Math. 12:34', '(3)', 'et al'"),
    Feature(-0.25, _begins_with_label, "'open question: where do they come from'"),
    Feature(-0.25, _has_new_sentence, "'A first thing. and a second'"),
    Feature(-0.20, _is_exclamation, "'Read this one first!'"),
)
"""What only takes away from a score that is high enough."""


def _add(features: tuple[Feature, ...], title: _Title, score: float) -> float:
    """`score` with what the features add, in their order."""
    for weight, amount, _ in features:
        score += weight * amount(title)
    return score


@lru_cache(maxsize=4096)
def title_score(text: str) -> float:
    """How much a text looks like the title of a work, in [0, 1]; 0.5 is worth a search."""
    title = _read_title(text)
    if title is None:
        return 0.0
    score = _add(FEATURES, title, BASE_SCORE)
    if score < MIN_SCORE or _SYMBOLS.search(title.text):
        return 0.0
    score = _add(PENALTIES, title, score)
    if score >= MIN_SCORE and is_non_scholarly(title.text):
        return 0.0
    return max(0.0, min(1.0, score))


def is_in_title_case(text: str) -> bool:
    """'Deep Residual Learning for Image Recognition'; of one word nothing can be told."""
    words = [word for word in WORD.findall(text)[1:] if word.lower() not in SMALL_WORDS]
    return len(words) >= 2 and _raised_share(words) >= MIN_RAISED_SHARE


def _read_title(text: str) -> _Title | None:
    """The text without quotes, stars and its full stop, and its words.

    None for what is no title at all.
    """
    text = text.strip().strip("“”\"'*_ ").rstrip(".,;")
    if not MIN_LENGTH <= len(text) <= MAX_LENGTH or is_list_of_names(text):
        return None
    text = _PART.sub("Part 1", text) if "art" in text else text
    words = WORD.findall(text)
    if not MIN_WORDS <= len(words) <= MAX_WORDS or is_address_or_unfinished(text):
        return None
    content = [word for word in words[1:] if word.lower() not in SMALL_WORDS]
    words = _with_straight_apostrophes(words) if "’" in text else words
    return _Title(text, words, len(content), _raised_share(content) >= MIN_RAISED_SHARE)


def _with_straight_apostrophes(words: list[str]) -> list[str]:
    return [word.replace("’", "'") for word in words]


def _raised_share(words: list[str]) -> float:
    raised = [word for word in words if word[0].isupper()]
    return len(raised) / len(words) if words else 0.0


def is_address_or_unfinished(text: str) -> bool:
    """True for what holds an address or a table's bar, or goes on behind its end."""
    if "http" in text or "@" in text or "|" in text:
        return True
    return text.endswith((":", "...", "…"))


def is_non_scholarly(text: str) -> bool:
    """True where a word tells of a talk, a page, a course: 'Lecture notes on graphs'."""
    if _NON_SCHOLARLY_STARTS.isdisjoint(_RUN_OF_LETTERS.findall(text.lower())):
        return False
    return _NON_SCHOLARLY.search(text) is not None


def is_list_of_names(text: str) -> bool:
    """True for what holds a name with initials before a comma or 'and', or ends in 'and'."""
    if "." in text and _INVERTED_NAME.search(text):
        return True
    return text.rstrip().endswith(("&", "and")) and _ENDS_IN_AND.search(text) is not None


def split_byline(title: str, *, min_words: int = 0) -> tuple[str, str]:
    """A title and its authors behind 'by' ('' for none): 'The Strategy of Conflict by Schelling'.

    A title of fewer words than `min_words` is left whole.
    """
    byline = _BYLINE.search(title) if "by " in title else None
    if byline is None or len(title[: byline.start()].split()) < min_words:
        return title, ""
    return title[: byline.start()], byline.group(1)
