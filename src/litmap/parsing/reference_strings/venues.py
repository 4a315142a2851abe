"""Venues: how much a text looks like one, journals without a title, and the venue's name."""

from __future__ import annotations

import re
from functools import lru_cache

from litmap.parsing.reference_strings.dates import YEAR
from litmap.parsing.reference_strings.lexicon import (
    CITY,
    JOURNAL_ABBREVIATION,
    JOURNAL_ACRONYM,
    JOURNAL_TITLE,
    JOURNAL_WORD,
    MONTH,
    ORGANISATION,
    PLACE,
    PUBLISHER,
    VENUE_START,
)
from litmap.parsing.reference_strings.normalise import BREAK

_SMALL = frozenset(
    {
        "of",
        "the",
        "and",
        "&",
        "for",
        "in",
        "on",
        "de",
        "der",
        "des",
        "du",
        "la",
        "le",
        "les",
        "für",
        "und",
        "et",
        "di",
    }
    | {"al", "do", "da", "dos", "del", "y", "e", "van", "–", "-", "a", "zur"}
)
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
_SENTENCE_END = re.compile(r"(?<=[^\W\d_]{3})[.?!] ")
_CLAUSE_END = re.compile(r"[,:(]")


def _first_clause(text: str) -> str:
    """The first words, seven at most, as far as the first stop, comma, colon or bracket."""
    sentence = _SENTENCE_END.split(text, maxsplit=1)[0]
    return " ".join(_CLAUSE_END.split(sentence, maxsplit=1)[0].split()[:7])


def venue_likeness(text: str) -> float:
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


_STRICT = re.compile(
    r"(?:in )?[^,.:“]{3,90}(?:\([^()]{1,20}\))?,? (?:vol\.? ?)?[A-Z]?\d{1,5}(?:\(\d+\))?, [A-Z]?\d[\d–L-]* "
    r"\((?:1[6-9]|20)\d\d\)"
)
_NAMED = re.compile(
    r"(?:arxiv\b|biorxiv\b|in (?:proc|advances|(?-i:[A-Z]{3})|international|conference|the \d)|tech\. rep|"
    r"ph\.?d\.? thesis|"
    r"private communication|personal communication|unpublished|in preparation|to be published|to appear|"
    r"\(?\d{4}\)?\.?$)",
    re.I,
)
_ONLY_NAMED = re.compile(r"([^,.:“]{3,110}) (?:\d{1,4} )?\((?:1[6-9]|20)\d\d\)\.?\s*$")


def is_journal_only(text: str) -> bool:
    """Whether behind the authors come journal, volume and page without a title, as physics and chemistry write."""
    if _STRICT.match(text) or _NAMED.match(text):
        return True
    if (only := _ONLY_NAMED.match(text)) and JOURNAL_WORD.search(only[1]):
        words = [word for word in only[1].split() if word not in _SMALL]
        if sum(word[0].isupper() for word in words) >= 0.8 * len(words):
            return True
    words, at = journal_run(re.sub(r"^in ", "", text))
    if not words or len(words) > 9:
        return False
    rest = text[at:]
    if (
        not re.match(r"(?:vol\.? ?)?[(\[]?[A-Z]?\d[\w()–-]*(?!\w)\s?[,:;(\d]", rest, re.I)
        or len(re.findall(r"[^\W\d_]{3,}", rest)) > 6
    ):
        return False
    if not re.search(r"\d[^\d]+\d", rest):
        return False
    abbreviated = [i for i, word in enumerate(words) if word.rstrip(",").endswith(".")]
    if not abbreviated:
        return bool(JOURNAL_WORD.match(words[0])) or len(words) <= 2
    first = abbreviated[0]
    whole = [w for w in words[: first + 1] if len(w.strip(".,")) >= 4 and w not in _SMALL]
    if len(whole) < 2 or any(JOURNAL_WORD.match(w) for w in whole[:-1]):
        return True
    # else a title of capitalised words and a journal: 'Flat Minima. Neural Computation'
    return len(whole) == 2 and (
        first + 1 == len(words) or words[first + 1].rstrip(",").endswith(".")
    )


_SHORTENED = re.compile(
    rf"{JOURNAL_ABBREVIATION.pattern}|[A-Z][a-z]+(?:ol|sci|chem|phys|mech|genet|psych|biophys)|Methods|Nucleic|Acids|Genes|Dev|Protoc|"
    r"Struct|Mech|Proteins|Bioinformatics|Neural|Comput|Learn|Syst|Anal|Quant|Plant|Trop|Mar|Freshw|Pop|Behav|Trends|Curr|Opin|Annu"
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


_VENUE_END = re.compile(
    rf",?\s*(?:\b(?:vol(?:ume|s)?\b|no\.|pp?\.|pages?\b|issue\b|art(?:icle|\.)\b|ser\.|chap\b|"
    rf"[A-Z]?\d{{1,4}}\s?[(:,;]|\d{{1,4}} [\de]|{MONTH}[ ,.]+\d|{YEAR}\b)|\(|{BREAK}|:\s?\d|[,;]\s?\d|[,.]\s(?:eds?\b|"
    rf"edited)|\.\s|,\s[A-Z]\. )"
)


_IN = re.compile(r"^(?:[Ii]n|[Ii]n Proc|//|[Ii]n:)[:\s]\s*")
_ABBREVIATIONS = re.compile(r"(?:[^\W\d_]{1,14}\.[ ,]?){1,8}(?:[^\W\d_]{1,14}\b)?")
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_A_MONTH = re.compile(rf"{MONTH}.{{0,10}}")


def venue_of(text: str) -> str:
    """The name of the venue at the start of what follows the title."""
    text = text.strip(f" .,;:?!”{BREAK}")
    text = _IN.sub("", text)
    if text.startswith("(") and ")" in text:
        text = text[1 : text.index(")")]
    abbreviated = _ABBREVIATIONS.match(text)
    start = abbreviated.end() if abbreviated else 0
    match = _VENUE_END.search(text, start)
    venue = text[: match.start()] if match else text
    venue = (
        venue.strip(f" .,;:()[]{BREAK}“”") if not abbreviated else venue.strip(f" ,;:()[]{BREAK}“”")
    )
    if not _LETTERS.search(venue) or _A_MONTH.fullmatch(venue):
        return ""
    return venue[:200]
