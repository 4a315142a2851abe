"""References in scripts of East Asia: how they open, and how much a text looks like one.

Their names have two to four signs and no initials, and titles are not parted into words, so that
what tells a reference elsewhere is not there; years, quotation marks and places in a journal are.
"""

from __future__ import annotations

import math
import re
from typing import NamedTuple

from litmap.parsing.grammar import UNSPACED, YEAR_SINCE_1800
from litmap.parsing.word_lists import load_pattern, load_words

MIN_LENGTH, MAX_LENGTH = 10, 600
"""Characters of a reference."""
MAX_SENTENCE_WORDS = 2
"""Words of sentences that count against a reference."""

_HAN_NAME = r"[㐀-鿿]{1,3}[ \u3000]?[㐀-鿿ぁ-ヿ]{1,4}"
_KANA_NAME = r"[ァ-ヿ]{2,10}(?:[・ ][ァ-ヿ]{1,10})?"
_KOREAN_NAME = r"[가-힣]{2,4}"
_LATIN_NAME = r"[A-Z][\w'’-]+,? [A-Z][\w.-]*(?: [A-Z][\w.-]*){0,3}"
_LETTER = "[㐀-鿿가-힣ァ-ヿ]"
_ENDINGS = load_pattern("organisation_endings_cjk")
_BODY = rf"{_LETTER}{{2,16}}?(?:{_ENDINGS})(?!{_LETTER})"
"""'国土交通省', '한국개발연구원': a ministry or an institute as the author."""
UNSPACED_NAME = rf"(?:{_BODY}|{_HAN_NAME}|{_KOREAN_NAME}|{_KANA_NAME}|{_LATIN_NAME})"
"""One name in such a script, or a foreign one between them."""
_BETWEEN = r"\s*(?:[,，、・·;；/＆&]|和|与|및|과 |와 )\s*"
_OPENING = re.compile(
    rf"[\W\d]{{0,8}}{UNSPACED_NAME}(?:{_BETWEEN}{UNSPACED_NAME}){{0,11}}"
    r"(?:[,，、]?\s?(?:等|ほか|他|외)\.?)?"
    r"\s?(?:编|主编|著|编著|译|編|編著|訳|監修|편|저|역|엮음|지음)?"
    rf"\s?(?:[.．。:：]|[(（\[［]?\s?{YEAR_SINCE_1800}|[,，、]?\s?[「『《〈“‘\"]|"
    rf"[,，、]\s?[㐀-鿿ぁ-ヿ가-힣][^,，、。]{{2,40}}[,，、][^,，、。]{{2,30}}[,，、]\s?{YEAR_SINCE_1800})"
)
"""Names and what follows them: a full stop, a year, a title in quotation marks."""
_TYPE_MARK = re.compile(r"[\[［](?:[JMCDNPRSZAGK]|EB|DB|CP)(?:/[A-Z]{2})?[\]］]")
"""What kind of work it is, in the standard of China: '[J]' for an article."""
_UNSPACED = re.compile(f"[{UNSPACED}]")
_YEAR = re.compile(rf"(?<!\d){YEAR_SINCE_1800}(?!\d)")
_YEAR_OF_WORK = re.compile(
    rf"[(（\[［]\s?{YEAR_SINCE_1800}[a-z]?\s?[年년]?\s?[)）\]］]|"
    rf"[,，、.．:： 」』》]\s?{YEAR_SINCE_1800}(?:[年년]|[a-z]?\s?[,，.．。:：;；(（]|$)"
)
_IN_A_JOURNAL = re.compile(
    r"\d\s?[(（]\s?\d+\s?[)）]|\d[–—~～-]\d|第?\d+\s?[巻卷号期輯辑集]|"
    r"제?\d+\s?[권호집]|\d+(?:[-–~]\d+)?\s?(?:頁|页|쪽|面)|\bpp?\.\s?\d"
)
_QUOTED_TITLE = re.compile(r"[「『《〈“][^「」『』《》〈〉“”]{3,120}[」』》〉”]")
_PUBLISHER = re.compile(
    r"出版社|出版会|书店|書店|書房|印书馆|大学|大學|学院|出版|출판|대학교|학회|書院|新書|文庫"
)
_IMPRINT = re.compile(r"[.．。,，]\s?[㐀-鿿가-힣]{2,6}\s?[:：]\s?[㐀-鿿가-힣]{2,16}")
"""Place and publisher: '. 서울: 창비'."""
_BODY_FIRST = re.compile(rf"[\W\d]{{0,8}}{_BODY}[.．]?\s?[(（「『《,，\[［]")
_SENTENCE_END = re.compile(r"[。！？](?=[^\s\d」』）)])")
_ENDS_AS_PROSE = re.compile(
    r"(?:です|ます|ました|でした|である|だった|ない|する|した|합니다|했다|한다|있다|이다|였다|了|的|吗|吧)[。.!！?？]?\s*$"
)
_SENTENCE_PARTS = tuple(
    part for part in load_words("sentence_words") if re.search(f"[{UNSPACED}]", part)
)


class Sign(NamedTuple):
    """What adds `weight` to the logit of a text that is a reference."""

    weight: float
    pattern: re.Pattern[str]
    at_most: int


SIGNS = (
    Sign(1.6, _YEAR_OF_WORK, 1),
    Sign(2.6, _TYPE_MARK, 1),
    Sign(0.9, _IN_A_JOURNAL, 2),
    Sign(0.9, _QUOTED_TITLE, 2),
    Sign(0.7, _PUBLISHER, 1),
    Sign(0.7, _IMPRINT, 1),
    Sign(0.7, _BODY_FIRST, 1),
    Sign(-1.5, _SENTENCE_END, 2),
    Sign(-2.0, _ENDS_AS_PROSE, 1),
)
BASE, OPENING_WEIGHT, SENTENCE_WORD_WEIGHT = -3.4, 2.0, -0.7


def is_unspaced(text: str) -> bool:
    """True where a quarter of the letters or more are of a script without blanks between words."""
    sample = text[:300]
    unspaced = 0 if sample.isascii() else len(_UNSPACED.findall(sample))
    return unspaced > 0 and unspaced >= 0.25 * sum(map(str.isalpha, sample))


def opens_with_unspaced_names(text: str) -> bool:
    """'林海涛,苏敏,等.老…', '北原誠 (2010)…', '佐藤花子・鈴木一郎「…', '박서연 (2019). …'."""
    return _OPENING.match(text) is not None


def unspaced_reference_score(text: str) -> float:
    """How likely a text in such a script is one reference and nothing else, in [0, 1]."""
    if not MIN_LENGTH <= len(text) <= MAX_LENGTH or not _YEAR.search(text):
        return 0.0
    logit = BASE + (OPENING_WEIGHT if opens_with_unspaced_names(text) else 0.0)
    for weight, pattern, at_most in SIGNS:
        logit += weight * min(at_most, len(pattern.findall(text)))
    words = sum(part in text for part in _SENTENCE_PARTS)
    logit += SENTENCE_WORD_WEIGHT * min(MAX_SENTENCE_WORDS, words)
    return 1.0 / (1.0 + math.exp(-logit))
