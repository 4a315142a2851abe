"""Characters as a reader would type them: ligatures, TeX's loose accents, private and mathematical
code points.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

_MAP = {
    "\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl", "\ufb05": "st", "\ufb06": "st",
    "\u00a0": " ", "\u00ad": "-", "\u2010": "-", "\u2011": "-", "\u200b": "", "\u200c": "", "\u200d": "",
    "\u2060": "", "\ufeff": "", "\u2028": " ", "\u2029": " ", "\u202f": " ", "\u2009": " ",
    "\u2002": " ", "\u2003": " ", "\u2004": " ", "\u2005": " ", "\u2006": " ", "\u2007": " ", "\u2008": " ",
    "\u200a": " ", "\u3000": " ", "\u200e": "", "\u200f": "", "\u202a": "", "\u202b": "", "\u202c": "", "\u202d": "",
    "\u202e": "", "\u2066": "", "\u2067": "", "\u2068": "", "\u2069": "", "\u01c0": "|",
    # TeX's OT1 ligatures, where a Type 3 font gives its codes away as control characters
    "\x0b": "ff", "\x0c": "fi", "\x0d": "fl", "\x0e": "ffi", "\x0f": "ffl", "\x10": "ı", "\x11": "ȷ", "\x19": "ß",
    "\x1a": "æ", "\x7f": "¨",
    # codes that are letters in OT1 and ligatures in the Cork encoding: settled by the document
    "\x1b": "␛", "\x1c": "␜", "\x1d": "␝", "\x1e": "␞", "\x1f": "␟",
}  # fmt: skip
_MAP |= {chr(c): " " if c in (9, 10) else "" for c in range(32) if chr(c) not in _MAP}
_MAP |= {chr(c): "" for c in range(0x80, 0xA0)}
_SYMBOL = " !∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼"  # 0x20 to 0x7E
_MAP |= {chr(0xF020 + i): c for i, c in enumerate(_SYMBOL)}
_SYMBOL_HIGH = {
    0xA1: "ϒ", 0xA2: "′", 0xA3: "≤", 0xA4: "⁄", 0xA5: "∞", 0xAB: "↔", 0xAC: "←", 0xAD: "↑", 0xAE: "→", 0xAF: "↓",
    0xB0: "°", 0xB1: "±", 0xB2: "″", 0xB3: "≥", 0xB4: "×", 0xB5: "∝", 0xB6: "∂", 0xB7: "•", 0xB8: "÷", 0xB9: "≠",
    0xBA: "≡", 0xBB: "≈", 0xBC: "…", 0xC0: "ℵ", 0xC4: "⊗", 0xC5: "⊕", 0xC6: "∅", 0xC7: "∩", 0xC8: "∪", 0xC9: "⊃",
    0xCA: "⊇", 0xCC: "⊂", 0xCD: "⊆", 0xCE: "∈", 0xCF: "∉", 0xD0: "∠", 0xD1: "∇", 0xD5: "∏", 0xD6: "√", 0xD7: "⋅",
    0xD8: "¬", 0xD9: "∧", 0xDA: "∨", 0xDB: "⇔", 0xDC: "⇐", 0xDE: "⇒", 0xE1: "⟨", 0xE5: "∑", 0xF1: "⟩", 0xF2: "∫",
}  # fmt: skip
_MAP |= {chr(0xF000 + code): c for code, c in _SYMBOL_HIGH.items()}
# Adobe's private codes (Adobe Glyph List, corporate use): small capitals, oldstyle digits, signs
_MAP |= {chr(0xF700 + code): chr(code) for code in (*range(0x30, 0x3A), *range(0x61, 0x7B))}
_MAP |= {chr(0xF700 + code): chr(code) for code in (*range(0xE0, 0xF7), *range(0xF8, 0x100))}
_MAP |= {
    "\uf721": "!", "\uf724": "$", "\uf726": "&", "\uf73f": "?", "\uf7a1": "¡", "\uf7a2": "¢", "\uf7bf": "¿",
    "\uf6be": "ȷ", "\uf6c1": "Ş", "\uf6c2": "ş", "\uf6d9": "©", "\uf6da": "®", "\uf6db": "™", "\uf6dc": "1",
    "\uf6de": "—", "\uf6f9": "ł", "\uf6fa": "œ", "\uf6fd": "š", "\uf6ff": "ž", "\uf8e8": "®", "\uf8e9": "©",
    "\uf8ea": "™",
}  # fmt: skip
_TABLE = str.maketrans(_MAP)

_UNSETTLED = str.maketrans({"␛": "œ", "␜": "ø", "␝": "Æ", "␞": "Œ", "␟": "Ø", "\ufffd": ""})

_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")
_ALPHANUMERICS = re.compile(
    "[\U0001d400-\U0001d7ff\u2102-\u2115\u2119-\u211d\u2124\u2128\u212c-\u2134]"
)
_ACCENTS = {
    "`": "\u0300", "´": "\u0301", "ˆ": "\u0302", "˜": "\u0303", "¯": "\u0304", "˘": "\u0306", "˙": "\u0307",
    "¨": "\u0308", "˚": "\u030a", "˝": "\u030b", "ˇ": "\u030c", "¸": "\u0327", "˛": "\u0328",
}  # fmt: skip
BEARERS = {
    "´": "aeiouyncszl", "ˆ": "aeiou", "˜": "aon", "˘": "agu", "˙": "zceg", "¨": "aeiouy", "˚": "au", "˝": "ou",
    "ˇ": "cszrentd",
}  # fmt: skip
"""Accents that may stand apart, with the letters that bear them in many languages."""
_APART = "|".join(f"(?<![{letters}{letters.upper()}]){a}" for a, letters in BEARERS.items())
_ACCENT_BEFORE = re.compile(
    f"({_APART}) ?([A-Za-zıȷ])(?=[^\\W\\d_]|[\\s.,;:)\\]-]|$)|(?<=[A-Za-z])(`)([a-zı])"
)
_ACCENT_BETWEEN = re.compile(
    f"([A-Za-z])([{''.join(BEARERS)}])(?:( ?)([A-Za-zıȷ])(?=[^\\W\\d_]|[\\s.,;:)\\]-]|$))?"
)
_NAMELESS = re.compile("(?<![a-z])\ufffd|\ufffd(?![a-z])")
_PRIVATE_LIGATURES = {
    "\uf001": "fi", "\uf002": "fl",
    "\uf00b": "ff", "\uf00c": "fi", "\uf00d": "fl", "\uf00e": "ffi", "\uf00f": "ffl",
}  # fmt: skip
"""Adobe's and Apple's private codes, and those of OT1 in a TrueType font of signs; icons have the
same codes, but stand outside words."""
_PRIVATE_LIGATURE = re.compile("(?<=[A-Za-z])[\uf001\uf002\uf00b-\uf00f]|[\uf001\uf002](?=[a-z])")
_CEDILLA = re.compile("([¸˛]) ?([cCsStTgGkKlLnNrReEaA])|(?:([cCsStT]) ?(¸)|([eEaA]) ?(˛))(?=\\w)")
_LOOSE = re.compile(
    "[\ue000-\uf8ff\U000f0000-\U0010ffff\U0001d400-\U0001d7ff\u2102-\u2134´ˆ˜˘˙¨˚˝ˇ`¸˛\ufffd]"
)
"""A sign that one of the patterns above may change."""
_ACCENT = re.compile(f"[{''.join(BEARERS)}]")
KEPT = 4
"""Characters on each side of an accent that tell two places apart."""
_SPACES = re.compile(r"\s+")


def clean(text: str) -> str:
    """The text with one space between words, ligatures spelt out, loose accents joined, private
    glyphs mapped or gone.

    What a line cannot tell is left to `ligatures.mend_words`: to which of two letters an accent
    belongs, what a character without a name is within a word, and control codes that are letters or
    ligatures.

    Letters of the mathematical alphabets become plain ones, so that words and variables can be
    searched.
    """
    if _is_clean(text):
        return text.strip()
    if text[:2] in ("\x0f ", "\x0f\xa0"):
        text = (
            "•" + text[1:]
        )  # the bullet of TeX's symbol font; elsewhere this code is its ligature ffl
    text = text.translate(_TABLE)
    if not text.isascii():
        if _LOOSE.search(text):
            text = _join_loose(text)
        if not unicodedata.is_normalized("NFC", text):
            text = unicodedata.normalize("NFC", text)
    return _SPACES.sub(" ", text).strip()


def _is_clean(text: str) -> bool:
    """True for most lines: printable ASCII with single spaces, and no accent apart."""
    return text.isascii() and text.isprintable() and "`" not in text and "  " not in text


def _join_loose(text: str) -> str:
    """The text without private glyphs, letters of mathematical alphabets plain, accents joined."""
    text = _PRIVATE_LIGATURE.sub(lambda m: _PRIVATE_LIGATURES[m[0]], text)
    text = _PRIVATE.sub("", text)
    text = _NAMELESS.sub("", text)
    text = _ALPHANUMERICS.sub(lambda m: unicodedata.normalize("NFKC", m.group()), text)
    text = _ACCENT_BEFORE.sub(_join_accent, text)
    return _CEDILLA.sub(_join_cedilla, text)


def _join_accent(match: re.Match[str]) -> str:
    accent, letter = (match[1], match[2]) if match[1] else (match[3], match[4])
    return _put_on(letter, accent) or match[0]


def _join_cedilla(match: re.Match[str]) -> str:
    letter, accent = (
        (match[2], match[1]) if match[1] else (match[3] or match[5], match[4] or match[6])
    )
    return _put_on(letter, accent) or match[0]


def _put_on(letter: str, accent: str) -> str:
    """The letter with its accent, '' where there is none."""
    letter = {"ı": "i", "ȷ": "j"}.get(letter, letter)
    joined = unicodedata.normalize("NFC", letter + _ACCENTS[accent])
    return joined if len(joined) == 1 else ""


def settle(text: str) -> str:
    """The text with OT1's letters for what `clean` left and no word settled; characters without a
    name gone.
    """
    return text if text.isascii() else text.translate(_UNSETTLED)


def has_accent_between(text: str) -> bool:
    """Whether an accent stands behind a letter."""
    return any(
        part[-1:].isascii() and part[-1:].isalpha()
        for accent in BEARERS
        for part in text.split(accent)[:-1]
    )


def join_between(text: str, *, behind: bool) -> str:
    """The text with accents behind a letter joined to it, or else to the letter after them."""

    def join(match: re.Match[str]) -> str:
        before, accent, space, after = match.groups(default="")
        if behind and before.lower() in BEARERS[accent]:
            return (_put_on(before, accent) or before + accent) + space + after
        joined = _put_on(after, accent) if after else ""
        return before + joined if joined else match[0]

    return _ACCENT_BETWEEN.sub(join, text) if _ACCENT.search(text) else text


def words_with_accent_behind(text: str) -> set[str]:
    """The different places at which an accent can only belong to the letter before it: the letter
    after it bears none in many languages ('Schro¨dinger').
    """
    return {
        before[-KEPT:] + after[:KEPT]
        for accent, bearers in BEARERS.items()
        for before, after in pairwise(text.split(accent))
        if before[-1:].lower() in set(bearers)
        and after[:2].isalpha()
        and after[0].lower() not in bearers + "ıȷ"
    }
