"""The venue of a reference string: its name, and journals that stand there without a title."""

from __future__ import annotations

import re

from litmap.parsing.grammar import BREAK, MONTH, YEAR_SINCE_1400, YEAR_SINCE_1600
from litmap.parsing.lexicon import JOURNAL_WORD
from litmap.parsing.venues import journal_run
from litmap.parsing.word_lists import load_words

_SMALL = load_words("venue_small_words")
_STRICT = re.compile(
    r"(?:in )?[^,.:“]{3,90}(?:\([^()]{1,20}\))?,? (?:vol\.? ?)?[A-Z]?\d{1,5}(?:\(\d+\))?, "
    r"[A-Z]?\d[\d–L-]* "
    rf"\({YEAR_SINCE_1600}\)"
)
_NAMED = re.compile(
    r"(?:arxiv\b|biorxiv\b|in (?:proc|advances|(?-i:[A-Z]{3})|international|conference|the \d)|"
    r"tech\. rep|"
    r"ph\.?d\.? thesis|"
    r"private communication|personal communication|unpublished|in preparation|to be published|to "
    r"appear|"
    r"\(?\d{4}\)?\.?$)",
    re.I,
)
_ONLY_NAMED = re.compile(rf"([^,.:“]{{3,110}}) (?:\d{{1,4}} )?\({YEAR_SINCE_1600}\)\.?\s*$")
_LEADING_IN = re.compile(r"^in ")
_VOLUME_FIRST = re.compile(r"(?:vol\.? ?)?[(\[]?[A-Z]?\d[\w()–-]*(?!\w)\s?[,:;(\d]", re.I)
_LONG_WORD = re.compile(r"[^\W\d_]{3,}")
_TWO_NUMBERS = re.compile(r"\d[^\d]+\d")


def is_journal_only(text: str) -> bool:
    """Whether behind the authors come journal, volume and page without a title, as physics and
    chemistry write.
    """
    if _STRICT.match(text) or _NAMED.match(text) or _is_journal_and_year(text):
        return True
    words, at = journal_run(_LEADING_IN.sub("", text))
    return 0 < len(words) <= 9 and _is_ledger(text[at:]) and _is_only_journal(words)


def _is_journal_and_year(text: str) -> bool:
    """'Annals of Physics 12 (1998).' and nothing else, in capitals."""
    only = _ONLY_NAMED.match(text)
    if not only or not JOURNAL_WORD.search(only[1]):
        return False
    words = [word for word in only[1].split() if word not in _SMALL]
    capitals = [word for word in words if word[0].isupper()]
    return len(capitals) >= 0.8 * len(words)


def _is_ledger(text: str) -> bool:
    """Volume, pages and year with few words: '12, 345 (1998)'."""
    return (
        bool(_VOLUME_FIRST.match(text))
        and len(_LONG_WORD.findall(text)) <= 6
        and bool(_TWO_NUMBERS.search(text))
    )


def _is_abbreviated(word: str) -> bool:
    return word.rstrip(",").endswith(".")


def _is_only_journal(words: list[str]) -> bool:
    """Whether a run of capitalised words is one journal: 'Phys. Rev. Lett.', 'Nature'.

    Else it is a title of capitalised words and a journal: 'Flat Minima. Neural Computation'.
    """
    first = next((i for i, word in enumerate(words) if _is_abbreviated(word)), None)
    if first is None:
        return bool(JOURNAL_WORD.match(words[0])) or len(words) <= 2
    whole = [w for w in words[: first + 1] if len(w.strip(".,")) >= 4 and w not in _SMALL]
    if len(whole) < 2 or any(JOURNAL_WORD.match(w) for w in whole[:-1]):
        return True
    return len(whole) == 2 and (first + 1 == len(words) or _is_abbreviated(words[first + 1]))


_VENUE_END = re.compile(
    rf",?\s*(?:\b(?:vol(?:ume|s)?\b|no\.|pp?\.|pages?\b|issue\b|art(?:icle|\.)\b|ser\.|chap\b|"
    rf"[A-Z]?\d{{1,4}}\s?[(:,;]|\d{{1,4}} [\de]|{MONTH}[ ,.]+\d|{YEAR_SINCE_1400}\b)|\(|{BREAK}|"
    rf":\s?\d|[,;]\s?\d|[,.]\s(?:eds?\b|"
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
