"""The parts of names: tokens, initials, family names and suffixes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from litmap.parsing.lexicon import (
    CONJUNCTIONS,
    NOT_NAMES,
    PARTICLES,
    SUFFIXES,
)
from litmap.parsing.word_lists import load_words

_TOKEN = re.compile(
    r"’[ts](?=\s[^\W\d_])|[^\W\d_]+(?:[’\-‐][^\W\d_]+)*’?(?=\W|\d|_|$)|\d+[a-z]?|\S"
)
_ELIDED = re.compile(r"(?:d|l|t)’\w")
_ORDINAL = re.compile(r"\s(?:2nd|3rd|4th)\b")
_SHORT_GIVEN = load_words("short_given_names")


class Token(NamedTuple):
    """A word, number or sign and its place in the text."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Name:
    """A name as 'Given Family', its form, how sure it is, and the token after it."""

    text: str
    form: str
    score: float
    after: int
    initials: bool


@dataclass(frozen=True, slots=True)
class Authors:
    """The list: names, where it ends in the text, how sure it is, and how its names are set off (''
    for one name).
    """

    names: tuple[str, ...]
    end: int
    score: float
    form: str = ""
    more: bool = False
    conjunction: bool = False


NO_AUTHORS = Authors((), 0, 0.0)


def tokenise(text: str) -> list[Token]:
    """Words (with inner hyphens and apostrophes), numbers and single signs."""
    return [Token(m[0], *m.span()) for m in _TOKEN.finditer(text)]


def is_upper(word: str) -> bool:
    """Whether a word begins with a capital, or with a letter of a script without capitals."""
    return word[0].isupper() or (not word[0].islower() and word[0].isalpha())


def is_cyrillic(word: str) -> bool:
    """Whether a word begins in a Cyrillic letter: initials stand before or behind the family name
    there, never behind a given name.
    """
    return "Ѐ" <= word[:1] <= "ӿ"


def _without_signs(word: str) -> str:
    return word.replace("-", "").replace("’", "")


def _is_short_given(word: str) -> bool:
    """A given name cut to an initial, 'Yu', 'Wm' or 'J-P'."""
    if not word[:1].isupper():
        return False
    if "-" in word:
        return all(len(part) <= 2 for part in word.split("-"))
    plain = _without_signs(word)
    return len(plain) == 1 or plain in _SHORT_GIVEN


def _is_elided(word: str) -> bool:
    """'d’Alembert', 'o’Neil'."""
    return (len(word) > 3 and word[1] == "’" and word[2].isupper()) or bool(_ELIDED.match(word))


def _is_name_like(word: str) -> bool:
    return word.istitle() and word.lower() not in NOT_NAMES


class NameParts:
    """Reads parts of names from the tokens of one text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokenise(text)
        self._words = [token.text for token in self.tokens]

    def word(self, i: int) -> str:
        """The text of token i, '' behind the last."""
        return self._words[i] if i < len(self._words) else ""

    def spaced(self, i: int) -> bool:
        """Whether a space stands before token i."""
        return i < len(self.tokens) and i > 0 and self.tokens[i].start > self.tokens[i - 1].end

    # ── parts of names ──
    def dotted_initial(self, i: int) -> int:
        """The token after one initial with its full stop and hyphen: 'J.', 'Yu.', 'J.-'; i where
        there is none.
        """
        if not _is_short_given(self.word(i)) or self.word(i + 1) != "." or self.spaced(i + 1):
            return i
        i += 2
        if self.word(i) in ("-", "–") and self.word(i + 1)[:1].isalpha() and not self.spaced(i):
            i += 1
        return i

    def bare_initials(self, i: int) -> int:
        """The token after one to three initials without full stops: 'J', 'JA', 'JAB'; i where there
        are none.
        """
        word = _without_signs(self.word(i))
        return i + 1 if word[:1].isupper() and len(word) <= 3 and word.isupper() else i

    def initials(self, i: int) -> int:
        """The token after 'J. A.', 'J.-P.', 'J', 'JA', 'J A'; i where there are none."""
        start = i
        while (after := self.dotted_initial(i)) > i and i - start < 12:
            i = after
        if i == start:
            return self._run_of_bare_initials(i)
        return i + 1 if self._is_undotted_last_initial(i) else i

    def _is_undotted_last_initial(self, i: int) -> bool:
        """'Smith, J.A' and 'Smith, J. A; Doe'; but 'J. A Smith' is rare."""
        word, after = self.word(i), self.word(i + 1)
        if len(word) != 1 or not word.isupper():
            return False
        return after == ";" or (not self.spaced(i) and after in (",", "&", ""))

    def _run_of_bare_initials(self, start: int) -> int:
        i = start
        for _ in range(3):
            after = self.bare_initials(i)
            if after == i or len(self.word(i)) > 3:
                break
            i = after
        if start < i and self.word(i)[:1].islower() and self.word(i) not in CONJUNCTIONS:
            return start
        return i + 1 if start < i and self._is_stop_on_list(i) else i

    def _is_stop_on_list(self, i: int) -> bool:
        """The full stop behind initials that the list goes on after: 'Macosko EZ., Basu A.', 'Zheng
        GX. et al.'.
        """
        after = self.word(i + 1)
        goes_on = after in (",", ";", "&", "et") or after in CONJUNCTIONS
        return self.word(i) == "." and not self.spaced(i) and goes_on

    def is_name_word(self, i: int) -> bool:
        """Whether the word at i may be part of a name."""
        word = self.word(i)
        if len(word) < 2 or not word[0].isalpha():
            return False
        if word.lower() in NOT_NAMES and not self._stands_as_name(i):
            return False
        return is_upper(word) or _is_elided(word)

    def _stands_as_name(self, i: int) -> bool:
        """Whether a common word at i stands where only a name can."""
        return (
            self._is_short_name(i)
            or self._with_initials(i)
            or self._behind_initials(i)
            or self._behind_full_name(i)
        )

    def _behind_initials(self, i: int) -> bool:
        """The 'Field' and 'Reed' of 'T. Field and A. Reed. Mills …'; 'J. Physics, 12' is none."""
        if i < 2 or self.word(i - 1) != "." or len(self.word(i - 2)) != 1:
            return False
        joined = self.word(i - 3) in CONJUNCTIONS
        if joined:
            return self.word(i + 1) in (".", ",", "(")
        return i == 2 and self.word(0) != "J" and self.word(i + 1) in CONJUNCTIONS

    def _behind_full_name(self, i: int) -> bool:
        """The 'Price' of 'Mary Roe, Vera E. Price, and …'."""
        if i < 4 or self.word(i - 1) != "." or len(self.word(i - 2)) != 1:
            return False
        given, before = self.word(i - 3), self.word(i - 4)
        listed = before in (",", ";") or before in CONJUNCTIONS
        ends = self.word(i + 1) in (",", ";", "&", "(") or self.word(i + 1) in CONJUNCTIONS
        return listed and ends and self.word(i - 2).isupper() and _is_name_like(given)

    def _is_short_name(self, i: int) -> bool:
        """Whether a short word such as 'Or' or 'Do' stands where only a name can: ', Or Sharir,',
        'Kim Do,'.
        """
        word, after = self.word(i), self.word(i + 1)
        if len(word) > 2 or not word.istitle() or i == 0:
            return False
        before = self.word(i - 1)
        if before in (",", ";") or before in CONJUNCTIONS:
            return self._is_short_given_on_list(i)
        return _is_name_like(before) and (after in (",", ".") or after in CONJUNCTIONS)

    def _is_short_given_on_list(self, i: int) -> bool:
        """', Or Sharir,' or 'and Do, Kim'."""
        after, third = self.word(i + 1), self.word(i + 2)
        if self.word(i - 1) in CONJUNCTIONS and after == "," and third.istitle():
            return True
        ends = third in (",", ".", ";") or third in CONJUNCTIONS
        return ends and len(after) > 2 and _is_name_like(after)

    def _with_initials(self, i: int) -> bool:
        """Whether a common word on a list of names has initials and a comma or year behind it: ',
        Price MV (2004)'.
        """
        word, after = self.word(i), self.word(i + 1)
        ends = self.word(i + 2) in {",", ";", "("}
        return (
            i > 1
            and word.istitle()
            and self.word(i - 1) in {",", ";"}
            and len(after) <= 3
            and after.isupper()
            and ends
        )

    def particle(self, i: int) -> bool:
        """Whether the word at i is a particle of a family name ('van', 'de la')."""
        word = self.word(i)
        if (
            word.lower().rstrip("’") + ("’" if word.endswith("’") else "") in PARTICLES
            or word.lower() in PARTICLES
        ):
            return word.islower() or self.is_name_word(i + 1)
        return False

    def family(self, i: int) -> tuple[int, int]:
        """The token after a family name at i and its number of name words; (i, 0) where there is
        none.
        """
        start, words = i, 0
        while self.particle(i) and i - start < 4:
            i += 1
        while i < len(self.tokens) and words < 4:
            if self.is_plain_name_word(i):
                words += 1
            elif not words or not (self._is_inner_particle(i) or self._is_spanish_and(i)):
                break
            i += 1
        return (i, words) if words else (start, 0)

    def is_plain_name_word(self, i: int) -> bool:
        """A word of a name that is no 'Jr' or 'III'."""
        return self.is_name_word(i) and self.word(i) not in SUFFIXES

    def _is_inner_particle(self, i: int) -> bool:
        """The 'de la' of 'García de la Torre'."""
        return self.word(i) in PARTICLES - CONJUNCTIONS and (
            self.is_name_word(i + 1) or self.particle(i + 1)
        )

    def _is_spanish_and(self, i: int) -> bool:
        """The 'y' of 'Ramón y Cajal, S.'."""
        return (
            self.word(i) in ("y", "i", "e") and self.is_name_word(i + 1) and self.word(i + 2) == ","
        )

    def suffix(self, i: int) -> int:
        """The token after ', Jr.', ' 3rd' and the like."""
        if ordinal := _ORDINAL.match(self.text, self.tokens[i - 1].end if i else 0):
            return self._token_from(i, ordinal.end())
        j = i + 1 if self.word(i) == "," else i
        word, after = self.word(j), self.word(j + 1)
        if word not in SUFFIXES:
            return i
        if word in ("II", "III", "IV") or after in (".", ","):
            return j + 2 if after == "." else j + 1
        return j + 1 if word in ("Jr", "Sr") else i

    def _token_from(self, i: int, at: int) -> int:
        """The first token from i on that begins at `at` or later."""
        while i < len(self.tokens) and self.tokens[i].start < at:
            i += 1
        return i

    def span(self, i: int, j: int) -> str:
        """The text of the tokens from i to before j."""
        if j <= i:
            return ""
        return self.text[self.tokens[i].start : self.tokens[j - 1].end]
