"""What the words of a row on the first pages are: people, a banner, a label, an address."""

from __future__ import annotations

import re
from functools import lru_cache

from litmap.parsing.grammar import EAST_ASIAN_LETTERS
from litmap.parsing.word_lists import load_words
from litmap.text.style import WORD

_HOME = "litmap.text"
_BANNER = load_words("banner_words", _HOME)
_LABELS = load_words("article_labels", _HOME)
_PARTICLES = load_words("name_particles")
_ADDRESS_WORDS = load_words("address_words", _HOME)
_ADDRESS_BEGINNINGS = tuple(word for word in _ADDRESS_WORDS if word.isalpha())
_ADDRESS_PARTS = tuple(word for word in _ADDRESS_WORDS if not word.isalpha())
_WEB = re.compile(r"https?:|www\.|doi\.org|\bdoi:|\b\S+\.(?:com|org|edu|info|net)\b|@", re.I)
_BETWEEN_NAMES = re.compile(
    r"[,;/&、，؛،·|•]|\s[–—-]\s|"
    r"\b(?:and|AND|und|UND|et|ET|y|e|en|och|og|i|a|és|ve|dan|и|та|و)\b(?!\.)"
)
_BEFORE_NAMES = re.compile(
    r"^(?:by|von|par|por|di|door|av|af|от|edited by|hrsg\.?|autor(?:en|es)?:?|authors?:?|"
    r"auteurs?:?)\s+",
    re.I,
)
_MARKS = re.compile(r"[\d*†‡§¶∗⁎#\u00b9\u00b2\u00b3\u2070-\u2079]+|\([^()]{0,60}\)")
_NAME_WORD = re.compile(r"[^\W\d_]+(?:['’‐-][^\W\d_]+)*\.?|[^\W\d_]\.(?:-?[^\W\d_]\.)*")
_WIDE = re.compile(f"[{EAST_ASIAN_LETTERS}]")
_WIDE_NAME = re.compile(f"[{EAST_ASIAN_LETTERS}]{{1,4}}")
_NUMBER = re.compile(
    r"^(?:n[or°º]\.?\s*)?(?:\d{1,4}|[ivxlc]{1,6}|[一二三四五六七八九十]{1,3})\b[.:]?$", re.I
)
_WIDE_PART = re.compile(r"^第\s*[\d一二三四五六七八九十百]{1,4}\s*[章节節回部編编卷期]$")
_EDGES = " .:;,–—-|•·*[]()<>【】〔〕《》「」"
MAX_NAME_WORDS = 5
"""Words of one person's name."""


@lru_cache(maxsize=2048)
def wide_share(text: str) -> float:
    """Share of the letters that are Chinese, Japanese or Korean."""
    if text.isascii():
        return 0.0
    letters = sum(map(str.isalpha, text))
    return len(_WIDE.findall(text)) / letters if letters else 0.0


@lru_cache(maxsize=1024)
def names_share(text: str) -> float:
    """Share of a row's pieces between commas and 'and' that are built like a person's name."""
    text = _MARKS.sub(" ", _BEFORE_NAMES.sub("", text.strip()))
    if wide_share(text) > 0.5:
        return _wide_names_share(text)
    pieces = [piece.strip() for piece in _BETWEEN_NAMES.split(text)]
    pieces = [piece for piece in pieces if piece]
    if not pieces:
        return 0.0
    return sum(map(is_built_as_name, pieces)) / len(pieces)


def count_names(text: str) -> int:
    """Pieces of a row between commas and 'and'; words where they stand in wide letters."""
    text = _MARKS.sub(" ", _BEFORE_NAMES.sub("", text.strip()))
    if wide_share(text) > 0.5:
        return len(text.split())
    return sum(1 for piece in _BETWEEN_NAMES.split(text) if piece.strip())


def _wide_names_share(text: str) -> float:
    """The same where words have no spaces: pieces of one to four letters, two of them a name."""
    pieces = [piece for piece in re.split(r"[\s,，、;；·・]+", text) if piece]
    if len(pieces) == 1 and len(pieces[0]) > 4:
        return 0.0
    return sum(map(_is_wide_name, pieces)) / max(1, len(pieces))


def _is_wide_name(text: str) -> bool:
    return _WIDE_NAME.fullmatch(text) is not None


def is_built_as_name(text: str) -> bool:
    """Whether a text is two to five words with capitals or initials, particles among them: 'J. van
    Dyck', 'Ana Lía'.
    """
    words = text.split()
    if not 2 <= len(words) <= MAX_NAME_WORDS:
        return False
    if not all(_NAME_WORD.fullmatch(word) for word in words):
        return False
    main = [word for word in words if word.lower() not in _PARTICLES]
    return len(main) >= 2 and all(word[0].isupper() for word in main)


@lru_cache(maxsize=1024)
def banner_share(text: str) -> float:
    """Share of the words that name journals, series, publishers and numbers of issues."""
    words = re.findall(r"[^\W_]+", text.lower())
    if not words:
        return 0.0
    telling = [word for word in words if word in _BANNER or word.isdigit()]
    return len(telling) / len(words)


@lru_cache(maxsize=2048)
def is_article_label(text: str) -> bool:
    """Whether a text says only what kind of text follows: 'Case Report', 'Kapitel 8', '第三章'."""
    plain = " ".join(text.lower().strip(_EDGES).split())
    if plain in _LABELS or _WIDE_PART.match(plain):
        return True
    words = plain.split()
    if len(words) > 1 and _NUMBER.match(words[-1].strip(_EDGES)):
        return " ".join(words[:-1]).strip(_EDGES) in _LABELS
    if len(words) > 1 and _NUMBER.match(words[0]):
        return " ".join(words[1:]) in _LABELS
    parts = [part.strip(_EDGES) for part in re.split(r"[/|•·–—]", plain)]
    return len(parts) > 1 and all(part in _LABELS for part in parts)


@lru_cache(maxsize=2048)
def has_address(text: str) -> bool:
    """Whether a text names an institution, a street or a mail address."""
    lower = text.lower()
    if any(part in lower for part in _ADDRESS_PARTS):
        return True
    words = re.findall(r"\w+", lower)
    if any(word.startswith(_ADDRESS_BEGINNINGS) for word in words):
        return True
    return wide_share(text) > 0 and any(
        word in lower for word in _ADDRESS_BEGINNINGS if _WIDE.match(word)
    )


@lru_cache(maxsize=2048)
def has_web_address(text: str) -> bool:
    """Whether a text has a web or mail address."""
    return _WEB.search(text) is not None


@lru_cache(maxsize=2048)
def is_spaced_out(text: str) -> bool:
    """Whether the letters of a row stand apart: 'C O A S T A L', 'C OA ST AL RE SEARC H'."""
    words = re.findall(r"[^\W\d_]+", text)
    short = sum(len(word) <= 2 for word in words)
    return len(words) >= 4 and short * 2 > len(words) and wide_share(text) == 0


def long_words(text: str) -> list[str]:
    """The words of four letters or more (pairs of letters where words have no spaces), in small
    letters.
    """
    if wide_share(text) > 0.5:
        letters = "".join(_WIDE.findall(text))
        return [letters[i : i + 2] for i in range(len(letters) - 1)]
    return [word.lower() for word in WORD.findall(text) if len(word) >= 4]
