"""What a reference says of the web page it was read on: where it stands, and the day of access.

The day on which somebody looked at a page is no year of publication, and 'Disponible sur' no part
of a title, so both are taken out before the fields are read.
"""

from __future__ import annotations

import re

from litmap.parsing.grammar import BREAK
from litmap.parsing.word_lists import load_pattern, load_words

_NUMBER = r"(?:\d{1,4}|[IVX]{1,4}(?=[ .]))"
_WORD = r"(?:[^\W\d_]{1,14}\.?)"
_DATE = (
    rf"(?:{_WORD}[\s,]{{1,2}}(?=\d)){_NUMBER}(?:st|nd|rd|th)?(?:[\s,]{{1,2}}\d{{4}})?|"
    rf"{_NUMBER}(?:st|nd|rd|th|er|º|ª)?"
    rf"(?:[\s,./–年月日년월일-]{{1,3}}(?:{_WORD}[\s,./-]{{1,3}}){{0,3}}{_NUMBER}(?![:h]?\d)){{1,2}}"
    r"[年月日년월일]?"
    r"(?:\s?(?:г\.|года|Uhr\b))?"
)
"""'4 de mayo de 2020', 'June 5, 2021', '12.03.2018', '2020年5月1日', with no clock's figures."""
_CLOCK = r"(?:[\s,]{1,2}(?:um |às |à |a las |at )?\d{1,2}[:.h]\d{2}(?::\d{2})?(?: Uhr| h\b)?)?"
_LINK_WORD = r"(?:[\s:,]{0,3}(?:on|am|le|el|em|il|de|den|vom|the|dia|día|в)\b)?"
_SEEN_ON = re.compile(
    rf"[(\[（【<]?\s?(?<![^\W_])(?:{load_pattern('access_date_words')}){_LINK_WORD}[\s:：,]{{0,3}}"
    rf"(?:{_DATE}){_CLOCK}\s?[)\]）】>]?",
    re.I,
)
_BEFORE_WORD = re.compile(
    rf"[(\[（【]?\s?\d{{4}}\s?[年년/.-]\s?\d{{1,2}}\s?[月월/.-]\s?\d{{1,2}}\s?[日일]?\s?に?\s?"
    rf"(?:{load_pattern('access_date_words_behind')})\s?[)\]）】]?",
    re.I,
)
_CITED_DAY = re.compile(r"(?<=[\w)）\]])\s?[\[【]\d{4}[-/.]\d{1,2}[-/.]\d{1,2}[\]】]")
"""'(2018-03-02)[2020-05-06]': the day of access by the Chinese standard."""
_WHERE = re.compile(
    rf"[(\[（<]?\s?(?<![^\W_])(?:{load_pattern('availability_words')})\s?[:：]?\s?(?=[<(\[]?{BREAK})",
    re.I,
)
_ONLINE = re.compile(rf"\s?\[(?:{load_pattern('online_marks')})\][.,;:]?", re.I)
_FROM = re.compile(rf"(?<={BREAK})[\s,]{{0,2}}(?:from|de|da|von)\s?[:：]?\s?(?={BREAK})", re.I)
_EMPTY_BRACKETS = re.compile(rf"[<(\[（]\s?{BREAK}[\s.,;:]*[>)\]）]")
MAX_LENGTH = 4000
"""Characters of a string that are looked at; no reference is longer, hostile text may be."""
_SEEN_WORDS = load_words("access_date_words")
_SHORTEST_SEEN_WORDS = tuple(
    word
    for word in sorted(_SEEN_WORDS)
    if not any(other in word for other in _SEEN_WORDS if other != word)
)
"""Those that hold no other, so that one of them stands in every text that has a word."""


def without_access_notes(text: str) -> str:
    """The text of a cleaned reference with a `BREAK` for the day of access, for 'available at'
    before an address, and for '[online]'; time grows linearly with its length.
    """
    if _may_have_access_date(text):
        text = _SEEN_ON.sub(BREAK, text)
    if not text.isascii():
        text = _BEFORE_WORD.sub(BREAK, text)
    if "[" in text or "【" in text:
        text = _CITED_DAY.sub(BREAK, _ONLINE.sub(BREAK, text))
    if BREAK in text:
        text = _EMPTY_BRACKETS.sub(BREAK, _FROM.sub("", _WHERE.sub(BREAK, text)))
    return text


def has_access_date(text: str) -> bool:
    """Whether a text says when a page was looked at: 'consulté le 2 mars 2014'."""
    text = text[:MAX_LENGTH]
    if _may_have_access_date(text) and _SEEN_ON.search(text):
        return True
    return not text.isascii() and _BEFORE_WORD.search(text) is not None


def _may_have_access_date(text: str) -> bool:
    """A quick look for the words that stand before the day of access."""
    return any(map(text.lower().__contains__, _SHORTEST_SEEN_WORDS))
