"""Whether a heading names a subject, or only says 'here are papers': an inbox, a list, a date."""

from __future__ import annotations

import re
import unicodedata

from litmap.parsing.word_lists import load_words

NO_SUBJECT = load_words("heading_words_without_subject")
"""A heading made of these alone is a place to put papers, not a topic ('Zu lesen', '2021
inbox').
"""
INBOX = load_words("heading_inbox_words")
"""Of those, the ones that say 'not filed yet' rather than 'references' or a date."""
UNSPACED = tuple(
    sorted(load_words("heading_unspaced_without_subject"), key=lambda word: (-len(word), word))
)
"""The same for scripts that put no spaces between words, the longest first: phrases that may follow
one another."""
_ORDER = load_words("heading_order_words")
_ORDER_WITH_NUMBER = load_words("heading_order_words_with_number")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_NUMBERISH = re.compile(r"\d+(?:st|nd|rd|th)?|[ivx]{1,4}|kw\d+|w\d+|q[1-4]")
_NUMBER_OR_LETTER = re.compile(r"\d+(?:st|nd|rd|th|er|ère|ème|º|ª|s)?|[ivx]{1,4}|(?:kw|w|q)\d+")
_UNSPACED_DATE = re.compile(
    r"第?[\d一二三四五六七八九十〇零]+(?:年度?|月|日|周|週|回|章|节|節|课|課|学期|주차?|년|월|일|장)"
    r"|(?<=\()[一二三四五六日月火水木金土월화수목금토일](?=\))|(?:星期|周|週)[一二三四五六日天]|[月火水木金土日]曜日?|[월화수목금토일]요일|[上下]旬|제(?=\d)"
)
_LETTERS = re.compile(r"[^\W\d_](?:\s?(?:[–—-]|to|bis|/|\.\.\.?|…)\s?[^\W\d_])?", re.I)


def words_of(heading: str) -> list[str]:
    """The heading's words, folded, without numbering, marks and emoji."""
    text = unicodedata.normalize("NFKC", heading).casefold().replace("_", " ")
    return _WORD.findall(text[:500])


def has_subject(heading: str) -> bool:
    """Does the heading name a subject? 'Inbox', 'To read', 'References', '2021-03' and the like do
    not.
    """
    words = [w for w in words_of(heading) if not _NUMBERISH.fullmatch(w)]
    if not words or names_order(heading):
        return False
    if not _unspaced_subject("".join(words)):
        return False
    return any(word not in NO_SUBJECT for word in words)


def _unspaced_subject(text: str) -> str:
    """The text without the phrases that name no subject in scripts without blanks."""
    if not text.isascii():
        for phrase in UNSPACED:
            text = text.replace(phrase, "")
    return text


def is_inbox(heading: str) -> bool:
    """Does the heading say 'not filed yet' (and not merely 'references' or a date)?"""
    return not has_subject(heading) and any(word in INBOX for word in words_of(heading))


def names_order(heading: str) -> bool:
    """Does the heading only put notes in an order: '2021', 'June', 'Week 3', '第3周'?"""
    words = words_of(_UNSPACED_DATE.sub(" 1 ", unicodedata.normalize("NFKC", heading)))
    told = [word for word in words if not _NUMBER_OR_LETTER.fullmatch(word)]
    if len(words) == 1 and told:
        return told[0] in _ORDER and told[0] not in _ORDER_WITH_NUMBER and len(told[0]) > 2
    return bool(words) and all(word in _ORDER for word in told)


def letters_of(heading: str) -> str:
    """The first letter of 'A–C', folded; '' for other headings. 'C–N' is a bond where no heading
    beside it begins with 'A'.
    """
    bare = heading.strip(" *_#()[]:.")
    return bare[0].casefold() if _LETTERS.fullmatch(bare) else ""
