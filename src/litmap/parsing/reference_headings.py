"""The heading of a paper's reference list, in the languages papers are written in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache

from litmap.parsing.word_lists import load_words

MAX_HEADING = 90
"""Characters of a heading that names a list."""
_NUMBER = re.compile(
    r"(?:(?:§|section|chapter|part|kapitel|chapitre|capítulo|глава)\s*)?"
    r"(?:\d{1,2}(?:\.\d{1,2})*|[ivx]{1,5}|[a-z]|[а-я]|[一二三四五六七八九十]{1,3})"
    r"(?:\s*[.:)\]、．・]\s*|\s+[-–—]\s+|\s+)"
)
"""'7. ', 'IV) ', 'A – ', '五、', in lower case."""
_SPACED = re.compile(r"(?:[^\W\d_][ \u00a0]){3,}[^\W\d_]")
_MARKS = " .:;*·•-–—_=#<>\u2002\u2003[]【】〔〕「」〈〉《》()|。：│║■□◆●"
_WORD = re.compile(r"[^\W\d_]+")
_PART = re.compile(r"[&/+,;]|[^\s&/+,;]+")


@lru_cache(maxsize=4096)
def names_reference_list(text: str) -> bool:
    """Whether a heading names the list of references: 'References', '7. Literature cited',
    'Quellen- und Literaturverzeichnis', 'Bibliographie / Bibliography', '参考文献:'.
    """
    names, sources = _list_names(text)
    return names > 0 and sources >= 0


@lru_cache(maxsize=4096)
def may_name_reference_list(text: str) -> bool:
    """Whether a heading names sources, notes or works, of which some are lists of references:
    'Sources', 'Quellen', 'Further reading'.
    """
    names, sources = _list_names(text)
    return names + sources > 0


@lru_cache(maxsize=4096)
def names_notes(text: str) -> bool:
    """Whether a heading is that of a paper's notes: 'Notes', 'Anmerkungen'."""
    if not 2 <= len(text) <= MAX_HEADING:
        return False
    folded = _fold(text)
    known = _wordings("note_headings")
    return folded in known or _NUMBER.sub("", folded, count=1).strip(_MARKS) in known


def _list_names(text: str) -> tuple[int, int]:
    """How many names of reference lists and of sources a heading is made of; 0, -1 where it says
    something else.
    """
    if not 2 <= len(text) <= MAX_HEADING or not _has_word_of_names(text):
        return 0, -1
    folded = _fold(text)
    for wording in (folded, _NUMBER.sub("", folded, count=1).strip(_MARKS)):
        found = _count_names(wording)
        if found != (0, -1):
            return found
    return 0, -1


def _has_word_of_names(text: str) -> bool:
    """Whether a word of the text is the longest of one of a list's names, or its letters stand
    apart: the rest of all lines is told from headings by this alone.
    """
    words = _WORD.findall(_plain(text))
    apart = len(words) > 3 and all(len(word) == 1 for word in words)
    return apart or not _longest_words().isdisjoint(words)


def _fold(text: str) -> str:
    """Lower case, one form of each letter, letters set apart ('L I T E R A T U R') joined, marks at
    both ends dropped.
    """
    text = _plain(text).strip(_MARKS)
    if _SPACED.fullmatch(text):
        text = text.replace(" ", "")
    return " ".join(text.split()).strip(_MARKS)


def _plain(text: str) -> str:
    """Lower case without accents, which capitals often lack: 'BIBLIOGRAFIA', 'REFERENCES'."""
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in parts if not unicodedata.combining(c))


def _count_names(wording: str) -> tuple[int, int]:
    names, sources = _wordings("reference_headings"), _wordings("reference_heading_sources")
    if wording in names:
        return 1, 0
    if wording in sources:
        return 0, 1
    count = [0, 0]
    for part in _parts(wording):
        if part in names:
            count[0] += 1
        elif part in sources:
            count[1] += 1
        else:
            return 0, -1
    return (count[0], count[1]) if sum(count) else (0, -1)


def _parts(wording: str) -> list[str]:
    """The names that a heading joins, without qualifiers: 'zitierte literatur und quellen' →
    'literatur', 'quellen'; the first half of 'quellen- und literaturverzeichnis' as it stands.
    """
    joiners = _wordings("reference_heading_joiners")
    parts: list[list[str]] = [[]]
    for word in _PART.findall(wording):
        if word in joiners:
            parts.append([])
        else:
            parts[-1].append(word.strip(_MARKS))
    return [name for part in parts if part and (name := _without_qualifiers(part))]


def _without_qualifiers(words: Sequence[str]) -> str:
    qualifiers = _wordings("reference_heading_qualifiers")
    kept = list(words)
    known = _wordings("reference_headings") | _wordings("reference_heading_sources")
    while len(kept) > 1 and " ".join(kept) not in known:
        if kept[0] in qualifiers:
            kept.pop(0)
        elif kept[-1] in qualifiers:
            kept.pop()
        else:
            break
    return " ".join(kept)


@cache
def _longest_words() -> frozenset[str]:
    names = _wordings("reference_headings") | _wordings("reference_heading_sources")
    return frozenset(max(words, key=len) for name in names if (words := _WORD.findall(name)))


@cache
def _wordings(name: str) -> frozenset[str]:
    """The entries of a list, folded as headings are."""
    return frozenset(map(_plain, load_words(name)))
