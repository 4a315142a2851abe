"""LaTeX in a title, name or sentence turned into plain text."""

from __future__ import annotations

import re
import unicodedata

_COMBINING = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306",
    ".": "\u0307", '"': "\u0308",
    "r": "\u030a", "H": "\u030b", "v": "\u030c", "d": "\u0323", "c": "\u0327", "k": "\u0328",
    "b": "\u0331",
}  # fmt: skip
_ACCENT = re.compile(
    r"\\([`'^~=.\"]|[uvHckdbr](?=[\s{\\]))\s*(?:\{\s*(\\?[A-Za-z])\s*\}|(\\[ij](?![a-zA-Z])|"
    r"[A-Za-z]))"
)
_LETTER = re.compile(
    r"\\(ss|ae|AE|oe|OE|aa|AA|o|O|l|L|i|j|dh|DH|th|TH|dj|DJ)(?![a-zA-Z])\s?(?:\{\})?"
)
_LETTERS = {
    "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å", "o": "ø", "O": "Ø",
    "l": "ł", "L": "Ł",
    "i": "i", "j": "j", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ", "dj": "đ", "DJ": "Đ",
}  # fmt: skip
_SYMBOL = {
    "textendash": "–", "textemdash": "—", "textquoteright": "’", "textquoteleft": "‘",
    "ldots": "…", "dots": "…",
    "textasciitilde": "~", "textbackslash": "\\", "textunderscore": "_", "LaTeX": "LaTeX",
    "TeX": "TeX", "S": "§",
}  # fmt: skip
_GREEK_LETTERS = (
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda",
    "mu", "nu", "xi", "omicron", "pi", "rho", "varsigma", "sigma", "tau", "upsilon", "phi", "chi",
    "psi", "omega",
)  # fmt: skip
_GREEK = {name: chr(code) for code, name in enumerate(_GREEK_LETTERS, ord("α"))}
_COMMAND = re.compile(r"\\([A-Za-z]{1,40})\*?(?:\[[^\[\]]{0,200}\])?[ \t]?")


def _accent(match: re.Match[str]) -> str:
    letter = (match.group(2) or match.group(3)).lstrip("\\")
    return unicodedata.normalize("NFC", letter + _COMBINING[match.group(1)])


def _command(match: re.Match[str]) -> str:
    name = match.group(1)
    return _SYMBOL.get(name) or _GREEK.get(name) or ""


def plain_latex(text: str) -> str:
    """The text with LaTeX's accents, letters, dashes and quotes as Unicode, commands dropped."""
    if "\\" in text:
        text = _ACCENT.sub(_accent, text)
        text = _LETTER.sub(lambda match: _LETTERS[match.group(1)], text)
        text = re.sub(
            r"\\([&%$#_{}])", lambda m: m.group(1) if m.group(1) not in "{}" else "", text
        )
        text = re.sub(r"\\[,;:! ]|\\\\(?:\[[^\[\]]{0,20}\])?", " ", text)
        text = _COMMAND.sub(_command, text)
    if "{" in text or "}" in text:
        text = text.replace("{", "").replace("}", "")
    text = (
        text.replace("``", "“")
        .replace("''", "”")
        .replace("---", "—")
        .replace("--", "–")
        .replace("~", " ")
    )
    return text.replace("$", "").strip()
