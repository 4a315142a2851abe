"""Numbers of sections as papers print them: '2.1', 'IV.', 'Kapitel 3', '第一章', '一、'."""

from __future__ import annotations

import re

from litmap.parsing.grammar import EAST_ASIAN_LETTERS
from litmap.parsing.word_lists import load_pattern

_LABEL = load_pattern("section_labels", "litmap.text")
_ORDINAL = load_pattern("section_ordinals", "litmap.text")


def _capitals() -> str:
    """Capitals of the Latin, Greek, Cyrillic, Armenian alphabets beyond A to Z, for a class."""
    return "".join(c for c in map(chr, range(0xC0, 0x590)) if c.isupper())


_UNCASED = f"\u0590-\u1fff{EAST_ASIAN_LETTERS}"
"""Letters of scripts without capitals: Hebrew to Khmer, kana, Chinese, Korean."""
OPENING = rf"[A-Z{_capitals()}{_UNCASED}“\"„«‚‘'「『《(\d¿¡]"
"""What a title begins with: a capital, a letter of a script without capitals, a quote, a digit."""
_WIDE_NUMBER = "[\\d〇一二三四五六七八九十百]{1,4}"
NUMBERED = re.compile(
    rf"^(?:(?i:{_LABEL})\s+)?(?:§+\s*)?"
    rf"(?:\d{{1,2}}(?:\.\d{{1,2}}){{0,3}}|[A-Z](?:\.\d{{1,2}}){{1,3}}|[A-Z](?=[.:)])|"
    rf"(?:[IVX]{{1,5}}|[\u2160-\u216b])(?=[.:)\s])|[A-Z](?=\s))"
    rf"[.:)]?\s+(?={OPENING})"
    rf"|^\d{{1,2}}(?:[.．]\d{{1,2}}){{0,3}}[.．、)）]?\s*(?=[{EAST_ASIAN_LETTERS}])"
    rf"|^第?\s*{_WIDE_NUMBER}\s*[章节節回部編编篇款]\s*[：:、.]?\s*(?=\S)"
    rf"|^제\s*\d{{1,2}}\s*[장절부]\s*[.:]?\s*(?=\S)"
    rf"|^[(（]?[一二三四五六七八九十]{{1,3}}[)）、．.]\s*(?=[{EAST_ASIAN_LETTERS}])"
    rf"|^(?:[IVX]{{1,5}}|[\u2160-\u216b])[.．、]\s*(?=[{EAST_ASIAN_LETTERS}])"
)
"""'2.1 Setting', 'B.3 Proofs', 'IV. RESULTS', '§ 3 Grundlagen', '2.1 背景', '（一）方法'."""
LABELLED = re.compile(
    rf"^(?:(?i:{_LABEL})\s+(?:\d{{1,2}}|[IVX]{{1,5}}|[A-Z]|(?i:{_ORDINAL}))"
    rf"|(?i:{_ORDINAL})\s+(?i:{_LABEL}))\s*(?:$|[.:–—-])"
)
"""A part by its number in words or with nothing behind it: 'Erstes Kapitel', 'Chapitre II'."""
