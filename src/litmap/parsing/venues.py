"""Venues: whether a text is one, whether two names are of one. The one home of these questions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from litmap.parsing.grammar import BREAK, FOUR_FIGURES
from litmap.parsing.lexicon import (
    CITY,
    JOURNAL_ABBREVIATION,
    JOURNAL_ACRONYM,
    JOURNAL_TITLE,
    JOURNAL_WORD,
    ORGANISATION,
    PLACE,
    PUBLISHER,
    VENUE_START,
)
from litmap.parsing.sentences import STOP_BEHIND_WORD
from litmap.parsing.title_similarity import normalise_title
from litmap.parsing.word_lists import load_pattern, load_words

_SMALL = load_words("venue_small_words")
_NUMBERISH = re.compile(
    r"(?![(\[]?\d+(?:st|nd|rd|th)\b)[(\[]?[A-Z]?\d|[IVXL]{2,8}[:.,(]|vol(?:ume|s)?\.?$|bd\.?$|"
    r"ser(?:ies|\.)?$|no\.$",
    re.I,
)


_WORD = re.compile(r"\S+")
_LETTER = re.compile(r"[A-Z],?")
_LOWER_JOURNAL = re.compile(r"(?:d|l)’[A-Z]|e[A-Z]|npj$|i[A-Z]|m[A-Z]")


def journal_run(text: str) -> tuple[list[str], int]:
    """The capitalised words before the first number at the start of a text, and where that number
    stands.

    ([], 0) where other words come in between, as they do in a title.
    """
    words: list[str] = []
    for match in _WORD.finditer(text[:200]):
        word = match[0]
        if words and _NUMBERISH.match(word):
            return words, match.start()
        if words and _begins_new_field(words[-1], word):
            return [], 0
        if not _may_be_in_journal(word):
            return [], 0
        words.append(word)
        if len(words) > 12:
            break
    return [], 0


def _begins_new_field(before: str, word: str) -> bool:
    """A comma ends the name of a journal but before its section: 'Phys. Lett., Ser. B', 'J. Phys.,
    A'.
    """
    return (
        before[-1:] in ",;"
        and not word.startswith(("Ser", "(", "Part"))
        and not _LETTER.fullmatch(word)
    )


def _may_be_in_journal(word: str) -> bool:
    """Capitalised, or small as 'of', 'für' and the first letter of 'eLife' are."""
    bare = word.strip("(),.;:[]’")
    if not bare:
        return False
    return bare[0].isupper() or bare in _SMALL or word in _SMALL or bool(_LOWER_JOURNAL.match(bare))


_ACRONYM = re.compile(
    r"[A-Z][A-Za-z+&]*[A-Z]{1,}[A-Za-z’+&/-]*(?:\s?[’’]\d\d|[- ]\d{2,4})?(?=\s*[.,;:(\d]|\s*$)"
)
_NUMBERED = re.compile(
    r"[^\W\d_a-z][\w’-]*(?: [\w’&-]+){0,6},? (?:vol\.? ?)?\d{1,4}\s?(?:\(\d[\d–/-]*\)|[:,] "
    r"?[A-Z]?\d)"
)
_PRESS = re.compile(r"(?:[\w.’&-]+ ){1,4}(?:press|publishers|publishing)\b", re.I)
_LEDGER = re.compile(r"\d+|pp?\.|vol|no\.|\(", re.I)
_FOUR_FIGURES = re.compile(FOUR_FIGURES)
_ABBREVIATED = re.compile(r"[^\W\d_]{1,12}\.,? ?[^\W\d_]{1,12}\.")


_LOWER_VENUE = re.compile(r"e[A-Z]|npj|pp?\.|vol|i[A-Z]|m[A-Z]|phys")
_CLAUSE_END = re.compile(r"[,:(]")


def _first_clause(text: str) -> str:
    """The first words, seven at most, as far as the first stop, comma, colon or bracket."""
    sentence = STOP_BEHIND_WORD.split(text, maxsplit=1)[0]
    return " ".join(_CLAUSE_END.split(sentence, maxsplit=1)[0].split()[:7])


def venue_score(text: str) -> float:
    """How much the start of a text looks like where something was published; about -2 to 4."""
    head = text[:160].lstrip(" .,;:(").replace("“", "").replace("”", "")
    decided = _opening_score(head)
    if decided is not None:
        return decided
    words = head.split()
    score = max(_name_score(head), _imprint_score(head))
    if _begins_with_city(head):
        score = max(score, 2.2)
    if ORGANISATION.search(" ".join(words[:5])) and len(head) < 120:
        score = max(score, 1.3)
    return score + (0.8 if JOURNAL_WORD.search(" ".join(words[:7])) else 0.0)


def _opening_score(head: str) -> float | None:
    """The score where the first word decides; None where it does not."""
    if not head:
        return -1.2
    if head[0] == BREAK:
        return 1.0
    if VENUE_START.match(head):
        return 3.2
    if _PRESS.match(head):
        return 2.4
    if head[0].islower() and not _LOWER_VENUE.match(head):
        return -2.0
    return 1.5 if _LEDGER.match(head) else None


def _name_score(head: str) -> float:
    """How much the start looks like a journal or meeting with its number: 'J. Ecol. 12', 'ICML
    2016'.
    """
    if journal_run(head)[0]:
        return 2.5
    if _ACRONYM.match(head) or _NUMBERED.match(head):
        return 2.3
    return 2.2 if _ABBREVIATED.match(head) else 0.0


def _imprint_score(head: str) -> float:
    """How much the start looks like publisher and place: 'New York: Wiley', 'Springer, Berlin'."""
    place = PLACE.match(head)
    if place and PUBLISHER.search(head):
        return 2.4
    if PUBLISHER.search(_first_clause(head)):
        return 2.6 if CITY.search(head[:80]) else 1.6
    if place and (_FOUR_FIGURES.search(head) or len(head[place.end() :].split()) <= 4):
        return 1.4
    return 0.0


def _begins_with_city(head: str) -> bool:
    city = CITY.match(head)
    return city is not None and head[city.end() : city.end() + 1] in {",", ":", ";", ")", "/"}


_SHORTENED = re.compile(
    rf"{JOURNAL_ABBREVIATION.pattern}|[A-Z][a-z]+(?:ol|sci|chem|phys|mech|genet|psych|biophys)|"
    rf"{load_pattern('journal_word_parts')}"
)
_ABBREVIATION = re.compile(r"[^\W\d_]{1,8}\.")
_INITIALS_AND_NAME = re.compile(r"[A-Z]\. ?[A-Z]\. ?[A-Z][a-z]+(?!\w*\.)")
_TWO_INITIALS = re.compile(r"[A-IK-Y]\. ?[A-Z]\. ?")


@lru_cache(maxsize=4096)
def is_journal_name(text: str) -> bool:
    """Whether a name that stands before a volume and page is a journal's: its acronym, title or
    abbreviation.
    """
    words = [word.strip(",") for word in text.split()]
    telling = [word for word in words if word not in _SMALL]
    if not telling or len(words) > 9:
        return False
    if len(telling) == 1:
        return _is_one_word_journal(telling[0].rstrip("."))
    known = sum(map(_is_journal_word, telling))
    if _begins_with_initials(text) or ("," in text and known < len(telling)):
        return False
    if known >= 0.6 * len(telling):
        return True
    return "." not in text and bool(JOURNAL_WORD.search(text)) and _is_capitalised(telling)


def _is_one_word_journal(word: str) -> bool:
    """'PRL', 'Nature', 'Econometrica'."""
    return bool(
        JOURNAL_ACRONYM.fullmatch(word)
        or JOURNAL_TITLE.fullmatch(word)
        or (len(word) > 4 and JOURNAL_WORD.fullmatch(word))
    )


def _is_journal_word(word: str) -> bool:
    """A word that names of journals are made of, or any abbreviation."""
    return bool(
        _ABBREVIATION.fullmatch(word)
        or JOURNAL_WORD.fullmatch(word.rstrip("."))
        or JOURNAL_TITLE.fullmatch(word)
        or _SHORTENED.fullmatch(word)
        or JOURNAL_ACRONYM.fullmatch(word)
    )


def _begins_with_initials(text: str) -> bool:
    """Two initials are a person's ('D. N. Page'), but not where the first may be a Journal or
    Zeitschrift.
    """
    return bool(_INITIALS_AND_NAME.match(text) or _TWO_INITIALS.match(text))


def _is_capitalised(words: Sequence[str]) -> bool:
    return all(word[0].isupper() for word in words)


MEETING = load_pattern("meetings")
"""Conferences that are named by their letters: 'ICML', 'NeurIPS'."""
_MEETING = re.compile(MEETING)
_SERIES = re.compile(
    r"\b(?:Monographs?|Series|Proceedings|Lecture Notes|GTM|LNCS|Press|Springer|Wiley|Edition)\b"
)
_JOURNAL_BEGINS = re.compile(
    r"(?:J|Journal|Annals|Ann|Annual|Proceedings|Proc|Review|Rev|Reviews|Trans|Transactions|Am|"
    r"Phys|"
    r"Nat|Nature|Trends|Bull|Bulletin)\b"
)
_JOURNAL_ENDS = re.compile(
    r"\b(?:Review|Letters|Lett|Journal|Quarterly|Magazine|Rev|Nat|Sci|Soc|Bulletin|Reviews|"
    r"Communications|Biology|Methods)$"
)


def is_numbered_venue(text: str) -> bool:
    """Whether a text is a journal or series with its number, which may look like a title: 'GTM
    52'.
    """
    return bool(re.search(r"\d", text)) and (venue_score(text) >= 2 or bool(_SERIES.search(text)))


def is_unambiguous_journal(name: str) -> bool:
    """Whether a name needs no volume to be taken for a venue: 'Nature', 'Am. Nat.', 'QJE',
    'ICML'.
    """
    if " " not in name:
        return is_journal_name(name) or bool(_MEETING.fullmatch(name))
    return is_journal_name(name) and (
        "." in name or bool(_JOURNAL_BEGINS.match(name) or _JOURNAL_ENDS.search(name))
    )


# ── two names ────────────────────────────────────────────────────────────────────────────────────
_UNTOLD_STRICT = frozenset({"the", "of", "and", "in", "for", "on", "de"})
_UNTOLD = frozenset({"the", "of", "and", "in", "for", "on"})


def same_venue(one: str, two: str) -> bool:
    """Whether two names are of one venue: 'PRL', 'Phys. Rev. Lett.' and 'Physical Review Letters'.

    False where either is empty. Each word must be cut from the other's, or one name be the other's
    letters.
    """
    short, full = (_name_words(name, _UNTOLD_STRICT) for name in sorted((one, two), key=len))
    if not short or not full:
        return False
    if len(short) == 1 and len(full) > 1:
        initials = "".join(word[0] for word in full)
        return len(short[0]) > 1 and initials.startswith(short[0])
    return len(short) == len(full) and all(map(_is_cut_from, short, full))


def _name_words(name: str, left_out: frozenset[str]) -> list[str]:
    return [word for word in normalise_title(name).split() if word not in left_out]


def _is_cut_from(one: str, two: str) -> bool:
    return two.startswith(one) or one.startswith(two)


def venues_compatible(one: str, two: str) -> bool:
    """Whether nothing speaks against two names being of one venue; True where either is empty or
    arXiv.

    As far as both go, words must begin with the same three letters or be cut from each other.
    """
    a, b = _name_words(one, _UNTOLD), _name_words(two, _UNTOLD)
    if not a or not b or "arxiv" in a + b:
        return True
    return all(x.startswith(y[:3]) or y.startswith(x[:3]) for x, y in zip(a, b, strict=False))
