"""Comparing titles: one normal form, and a similarity that knows how titles of different works resemble each other."""

from __future__ import annotations

import html
import re
import unicodedata
from difflib import SequenceMatcher
from functools import lru_cache

_GREEK = (  # noqa: SIM905
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma sigma tau upsilon "
    "phi chi psi omega"
).split()
_GREEK_NAMES = {chr(0x3B1 + i): name for i, name in enumerate(_GREEK)} | {
    "ϵ": "epsilon",
    "ϕ": "phi",
    "ϑ": "theta",
}
_LETTERS = str.maketrans(
    {"ß": "ss", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "ð": "d", "þ": "th"}
)
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
_LATEX_ACCENT = re.compile(r"\\(?:[`'^\"~=.]|[uvHckdb](?=[\s{]))\s*\{?\s*(\\?[a-zA-Z])\}?")
_LATEX_LETTER = re.compile(r"\\(ss|ae|oe|o|l|aa|i|j|AE|OE|O|L|AA)(?![a-zA-Z])\s?(?:\{\})?")
_LATEX_COMMAND = re.compile(r"\\([a-zA-Z]{1,30})\*?\s?")
_APOSTROPHES = re.compile(r"['\u2018\u2019\u201b\u02bc\u02b9\u2032`´]")
_NOT_WORD = re.compile(r"[\W_]+")
_MARKUP_COMMANDS = frozenset(
    "emph textit textbf textsc texttt textrm textsf mathbb mathcal mathrm mathbf mathit text it bf em ensuremath "  # noqa: SIM905
    "left right textsuperscript textsubscript operatorname mbox url href rm tt sc sf".split()
)
_OTHER_WORK = frozenset(
    "revisiting revisited rethinking survey review tutorial comment comments reply response erratum corrigendum "  # noqa: SIM905
    "correction extended abstract supplement supplementary appendix retraction retracted introduction overview "
    "rejoinder discussion note notes".split()
)
"""Words whose presence in only one of two titles means two works ('Revisiting X', 'X: a survey')."""
_ROMAN = {
    "i": "1",
    "ii": "2",
    "iii": "3",
    "iv": "4",
    "v": "5",
    "vi": "6",
    "vii": "7",
    "viii": "8",
    "ix": "9",
}


def _latex_letter(match: re.Match[str]) -> str:
    name = match.group(1)
    return {"aa": "a", "AA": "A"}.get(name, name)


def _latex_command(match: re.Match[str]) -> str:
    name = match.group(1)
    return "" if name in _MARKUP_COMMANDS else f" {name} "


@lru_cache(maxsize=16384)
def normalise_title(title: str) -> str:
    """Lower-case words with single spaces: accents, LaTeX, HTML, punctuation and case removed; Greek spelt out.

    Letters of other scripts stay. At most the first 2,000 characters count.
    """
    text = title[:2000]
    if "&" in text:
        text = html.unescape(text)
    if "<" in text:
        text = _TAG.sub("", text)
    if "\\" in text:
        text = _LATEX_ACCENT.sub(r"\1", text)
        text = _LATEX_LETTER.sub(_latex_letter, text)
        text = _LATEX_COMMAND.sub(_latex_command, text)
    if "{" in text or "}" in text:
        text = text.replace("{", "").replace("}", "")
    if text.isascii():
        return _NOT_WORD.sub(" ", _APOSTROPHES.sub("", text).lower()).strip()
    text = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text)).lower().translate(_LETTERS)
    out = []
    for char in text:
        if char in _GREEK_NAMES:
            out.append(_GREEK_NAMES[char])
        elif not unicodedata.combining(char):
            out.append(char)
    return _NOT_WORD.sub(" ", "".join(out)).strip()


def _numbers(words: list[str]) -> set[str]:
    found = {word for word in words if any(char.isdigit() for char in word)}
    return found | {_ROMAN[word] for word in words[1:] if word in _ROMAN and word not in {"i", "v"}}


def _shorter_is_whole(short: str, long: str) -> bool:
    """True where the longer title is the shorter one with a subtitle after a colon, dash, full stop or bracket."""
    head = re.split(r"[:?!.;(\u2013\u2014]|\s-\s|--", long[:2000], maxsplit=1)[0]
    return len(short.split()) >= 3 and normalise_title(head) == short


def same_title(a: str, b: str) -> float:
    """How likely two titles name one work, in [0, 1]: 1.0 equal but for form, 0.9 a subtitle left out, 0 no words.

    Titles that differ in a number, or in a word such as 'survey' or 'revisiting', never reach 0.85: those are other
    works however close the strings are. 0.9 and above is a safe match where author or year agree.
    """
    one, two = normalise_title(a), normalise_title(b)
    if not one or not two:
        return 0.0
    if one == two:
        return 1.0
    tight_one, tight_two = one.replace(" ", ""), two.replace(" ", "")
    if tight_one == tight_two:
        return 0.99
    words_one, words_two = one.split(), two.split()
    odd = set(words_one) ^ set(words_two)
    cap = 0.84 if odd & _OTHER_WORK or _numbers(words_one) != _numbers(words_two) else 0.98
    (short, _), (_, long_raw) = sorted(((one, a), (two, b)), key=lambda pair: len(pair[0]))
    if _shorter_is_whole(short, long_raw):
        return min(cap, 0.9)
    if len(tight_one) + len(tight_two) > 1200:
        return min(
            cap,
            2 * len(set(words_one) & set(words_two)) / (len(set(words_one)) + len(set(words_two))),
        )
    matcher = SequenceMatcher(None, tight_one, tight_two, autojunk=False)
    if matcher.quick_ratio() < 0.6:
        return min(cap, matcher.quick_ratio())
    return min(cap, matcher.ratio())
