"""Venues: whether a text is one, whether two names are of one. The one home of these questions."""

from __future__ import annotations

import re
from functools import lru_cache

from litmap.parsing.grammar import BREAK
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
    r"(?![(\[]?\d+(?:st|nd|rd|th)\b)[(\[]?[A-Z]?\d|[IVXL]{2,8}[:.,(]|vol(?:ume|s)?\.?$|bd\.?$|ser(?:ies|\.)?$|no\.$",
    re.I,
)


_WORD = re.compile(r"\S+")
_LETTER = re.compile(r"[A-Z],?")
_LOWER_JOURNAL = re.compile(r"(?:d|l)’[A-Z]|e[A-Z]|npj$|i[A-Z]|m[A-Z]")


def journal_run(text: str) -> tuple[list[str], int]:
    """The capitalised words before the first number at the start of a text, and where that number stands.

    ([], 0) where other words come in between, as they do in a title.
    """
    words: list[str] = []
    for match in _WORD.finditer(text[:200]):
        word = match[0]
        if words and _NUMBERISH.match(word):
            return words, match.start()
        bare = word.strip("(),.;:[]’")
        if (
            words
            and words[-1][-1:] in ",;"
            and not word.startswith(("Ser", "(", "Part"))
            and not _LETTER.fullmatch(word)
        ):
            return [], 0
        if not bare or not (
            bare[0].isupper() or bare in _SMALL or word in _SMALL or _LOWER_JOURNAL.match(bare)
        ):
            return [], 0
        words.append(word)
        if len(words) > 12:
            break
    return [], 0


_ACRONYM = re.compile(
    r"[A-Z][A-Za-z+&]*[A-Z]{1,}[A-Za-z’+&/-]*(?:\s?[’’]\d\d|[- ]\d{2,4})?(?=\s*[.,;:(\d]|\s*$)"
)
_NUMBERED = re.compile(
    r"[^\W\d_a-z][\w’-]*(?: [\w’&-]+){0,6},? (?:vol\.? ?)?\d{1,4}\s?(?:\(\d[\d–/-]*\)|[:,] ?[A-Z]?\d)"
)
_PRESS = re.compile(r"(?:[\w.’&-]+ ){1,4}(?:press|publishers|publishing)\b", re.I)
_LEDGER = re.compile(r"\d+|pp?\.|vol|no\.|\(", re.I)
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
    if not head:
        return -1.2
    if head[0] == BREAK:
        return 1.0
    if VENUE_START.match(head):
        return 3.2
    words = head.split()
    score = 0.0
    if _PRESS.match(head):
        return 2.4
    if head[0].islower() and not _LOWER_VENUE.match(head):
        return -2.0
    if _LEDGER.match(head):
        return 1.5
    if journal_run(head)[0]:
        score = 2.5
    elif _ACRONYM.match(head) or _NUMBERED.match(head):
        score = 2.3
    if _ABBREVIATED.match(head):
        score = max(score, 2.2)
    if PLACE.match(head) and PUBLISHER.search(head):
        score = max(score, 2.4)
    elif PUBLISHER.search(_first_clause(head)):
        score = max(score, 2.6 if CITY.search(head[:80]) else 1.6)
    elif (place := PLACE.match(head)) and (
        re.search(r"\d{4}", head) or len(head[place.end() :].split()) <= 4
    ):
        score = max(score, 1.4)
    if (city := CITY.match(head)) and head[city.end() : city.end() + 1] in (
        ",",
        ":",
        ";",
        ")",
        "/",
    ):
        score = max(score, 2.2)
    if ORGANISATION.search(" ".join(words[:5])) and len(head) < 120:
        score = max(score, 1.3)
    if JOURNAL_WORD.search(" ".join(words[:7])):
        score += 0.8
    return score


_SHORTENED = re.compile(
    rf"{JOURNAL_ABBREVIATION.pattern}|[A-Z][a-z]+(?:ol|sci|chem|phys|mech|genet|psych|biophys)|"
    rf"{load_pattern('journal_word_parts')}"
)
_ABBREVIATION = re.compile(r"[^\W\d_]{1,8}\.")


@lru_cache(maxsize=4096)
def is_journal_name(text: str) -> bool:
    """Whether a name that stands before a volume and page is a journal's: its acronym, title or abbreviation."""
    words = [word.strip(",") for word in text.split()]
    telling = [word for word in words if word not in _SMALL]
    if not telling or len(words) > 9:
        return False
    if len(telling) == 1:
        word = telling[0].rstrip(".")
        return bool(
            JOURNAL_ACRONYM.fullmatch(word)
            or JOURNAL_TITLE.fullmatch(word)
            or (len(word) > 4 and JOURNAL_WORD.fullmatch(word))
        )
    known = [
        bool(
            _ABBREVIATION.fullmatch(word)
            or JOURNAL_WORD.fullmatch(word.rstrip("."))
            or JOURNAL_TITLE.fullmatch(word)
            or _SHORTENED.fullmatch(word)
            or JOURNAL_ACRONYM.fullmatch(word)
        )
        for word in telling
    ]
    if re.match(r"[A-Z]\. ?[A-Z]\. ?[A-Z][a-z]+(?!\w*\.)", text) or (
        "," in text and not all(known)
    ):
        return False  # somebody's initials
    if re.match(r"[A-IK-Y]\. ?[A-Z]\. ?", text):
        return False  # somebody's initials
    if sum(known) >= 0.6 * len(known):
        return True
    return (
        "." not in text
        and bool(JOURNAL_WORD.search(text))
        and all(word[0].isupper() for word in telling)
    )


MEETING = load_pattern("meetings")
"""Conferences that are named by their letters: 'ICML', 'NeurIPS'."""
_MEETING = re.compile(MEETING)
_SERIES = re.compile(
    r"\b(?:Monographs?|Series|Proceedings|Lecture Notes|GTM|LNCS|Press|Springer|Wiley|Edition)\b"
)
_JOURNAL_BEGINS = re.compile(
    r"(?:J|Journal|Annals|Ann|Annual|Proceedings|Proc|Review|Rev|Reviews|Trans|Transactions|Am|Phys|"
    r"Nat|Nature|Trends|Bull|Bulletin)\b"
)
_JOURNAL_ENDS = re.compile(
    r"\b(?:Review|Letters|Lett|Journal|Quarterly|Magazine|Rev|Nat|Sci|Soc|Bulletin|Reviews|"
    r"Communications|Biology|Methods)$"
)


def is_numbered_venue(text: str) -> bool:
    """Whether a text is a journal or series with its number, which may look like a title: 'GTM 52'."""
    return bool(re.search(r"\d", text)) and (venue_score(text) >= 2 or bool(_SERIES.search(text)))


def is_unambiguous_journal(name: str) -> bool:
    """Whether a name needs no volume to be taken for a venue: 'Nature', 'Am. Nat.', 'QJE', 'ICML'."""
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

    False where either is empty. Each word must be cut from the other's, or one name be the other's letters.
    """
    short, full = (
        [word for word in normalise_title(name).split() if word not in _UNTOLD_STRICT]
        for name in sorted((one, two), key=len)
    )
    if not short or not full:
        return False
    if len(short) == 1 and len(full) > 1:
        initials = "".join(word[0] for word in full)
        return len(short[0]) > 1 and initials.startswith(short[0])
    return len(short) == len(full) and all(
        b.startswith(a) or a.startswith(b) for a, b in zip(short, full, strict=True)
    )


def venues_compatible(one: str, two: str) -> bool:
    """Whether nothing speaks against two names being of one venue; True where either is empty or arXiv.

    As far as both go, words must begin with the same three letters or be cut from each other.
    """
    a = [word for word in normalise_title(one).split() if word not in _UNTOLD]
    b = [word for word in normalise_title(two).split() if word not in _UNTOLD]
    if not a or not b or "arxiv" in a + b:
        return True
    return all(x.startswith(y[:3]) or y.startswith(x[:3]) for x, y in zip(a, b, strict=False))
