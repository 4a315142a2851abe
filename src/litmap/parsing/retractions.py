"""Marks of retracted works in titles: the one home of this question.

Services print 'RETRACTED: ' and the like with the title of the work itself. A notice about a work
('Retraction note to: …') is a work of its own and keeps its title.
"""

from __future__ import annotations

import re
from functools import lru_cache

from litmap.parsing.word_lists import load_pattern, load_words

_MARK = load_pattern("retraction_marks").replace(r"\ ", r"\s")
_DOUBTFUL = load_pattern("notice_marks").replace(r"\ ", r"\s")
_OPEN, _CLOSE = r"[\[(【<*_“\"]{1,3}\s?", r"\s?[\])】>*_”\"]{1,3}"
_PART = r"(?:\s?[:|.：]\s?|\s?[-–—]{1,2}\s|\s?--\s?)"
_BEFORE = re.compile(
    rf"(?:{_OPEN}({_MARK}|{_DOUBTFUL}){_CLOSE}{_PART}?|({_MARK}){_PART})\s*(?=\S)", re.I
)
_DOUBTFUL_BEFORE = re.compile(rf"({_DOUBTFUL}){_PART}\s*(?=\S)", re.I)
_CAPITALS_BEFORE = re.compile(rf"({_MARK}|{_DOUBTFUL})\s?[:\s]\s?(?=\S)", re.I)
_BEHIND = re.compile(
    rf"(?<=\S)(?:\s?{_OPEN}({_MARK}|{_DOUBTFUL})(?:[.:;,]?\s[^()\[\]]{{0,200}})?{_CLOSE}"
    rf"|{_PART}({_MARK}))\.?$",
    re.I,
)
_ANY = re.compile(rf"{_MARK}|{_DOUBTFUL}", re.I)
_IS_MARK = re.compile(rf"(?:{_MARK}|{_DOUBTFUL})[\s:.]*", re.I)
_CAPITALS_ARE_ENOUGH = load_words("retraction_marks") | {"removed"}
"""Marks that need no colon in capitals; in small letters 'Removed: …' may be a title."""


@lru_cache(maxsize=16384)
def split_mark(title: str, *, is_work: bool = False) -> tuple[str, str]:
    """The bare title and the mark that stood before or behind it ('' for none).

    'RETRACTED: Salt and sleep' → ('Salt and sleep', 'RETRACTED'). `is_work`: the record is known to
    be the work and no notice about it, so that 'Expression of concern: …' is a mark too.
    """
    if _IS_MARK.fullmatch(title) or not _ANY.search(title):
        return title, ""
    bare, mark = _split_before(title, is_work=is_work)
    bare, behind = _split_behind(bare)
    return _unquoted(bare) if mark else bare, mark or behind


def _split_before(title: str, *, is_work: bool) -> tuple[str, str]:
    match = _BEFORE.match(title) or (_DOUBTFUL_BEFORE.match(title) if is_work else None)
    match = match or _in_capitals(title)
    return (title[match.end() :].strip(), _word(match)) if match else (title, "")


def _split_behind(title: str) -> tuple[str, str]:
    match = _BEHIND.search(title)
    return (title[: match.start()].rstrip(" ."), _word(match)) if match else (title, "")


def _unquoted(title: str) -> str:
    """The title without the quotation marks that some put around it behind a mark."""
    quoted = re.fullmatch(r"[\"“‘']([^\"“”‘’]+)[\"”’']\.?", title)
    return quoted.group(1) if quoted else title


def _in_capitals(title: str) -> re.Match[str] | None:
    """A mark set off by its capitals alone, before a title that is not in capitals."""
    match = _CAPITALS_BEFORE.match(title)
    if match is None or not match.group(1).isupper() or title[match.end() :].isupper():
        return None
    return match if match.group(1).lower() in _CAPITALS_ARE_ENOUGH else None


def _word(match: re.Match[str]) -> str:
    return next(group for group in match.groups() if group)
