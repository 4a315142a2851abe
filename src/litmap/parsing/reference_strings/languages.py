"""Whether a reference string is in English, which the rules were made for, or in another
language.
"""

from __future__ import annotations

import re

from litmap.parsing.grammar import EAST_ASIAN_LETTERS
from litmap.parsing.word_lists import load_words

_OTHER_SCRIPT = re.compile(rf"[Ѐ-ӿ]{{2}}|[{EAST_ASIAN_LETTERS}]")
_WORD = re.compile(r"[^\W\d_]+|[ªº]")
_ACCENTED = re.compile(r"[äöüßàâáãåçéèêëîïíôõóòùûúñìœæ]")
_LATIN = re.compile(r"\bet al\b|\bet alii\b")
"""What English references have from Latin."""
_ENGLISH = load_words("reference_words_english")
_FOREIGN = load_words("reference_words_foreign")


def is_foreign(text: str) -> bool:
    """Whether a cleaned reference is Cyrillic, Chinese, Japanese or Korean, or has more small words
    of German, French, Spanish, Italian or Portuguese than of English.
    """
    if not text.isascii() and _OTHER_SCRIPT.search(text):
        return True
    words = _WORD.findall(_LATIN.sub("", text))
    foreign = sum(word in _FOREIGN for word in words)
    accented = sum(_ACCENTED.search(word) is not None for word in words)
    foreign += accented if foreign else accented // 2  # one may be a name or a place
    return foreign > sum(word.lower() in _ENGLISH for word in words)
