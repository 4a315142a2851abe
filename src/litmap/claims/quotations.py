"""Whether a quotation stands in a paper word for word, and what differs where it does not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import accumulate

from litmap.models import PaperSentence
from litmap.paper_sentences import PROSE
from litmap.parsing.terms import fold_case, has_unspaced

QUOTATION = re.compile(
    r"“([^“”]{8,600})[”“]|„([^„“”]{8,600})[“”]|”(?=\S)([^“”]{8,600}?)(?<=\S)”(?!\w)|"
    r"«\s?([^«»]{8,600}?)\s?»|»([^«»]{8,600})«|‹\s?([^‹›]{8,600}?)\s?›|"
    r"(?<![^\s(\[—–-])\"(?=\S)([^\"]{8,600})\"(?!\w)|``([^`']{8,600})''|"
    r"「([^「」]{4,600})」|『([^『』]{4,600})』|＂([^＂]{4,600})＂|‘‘([^‘’]{8,600})’’|"
    r"(?<![^\s(\[—–-])‘(?=\S)((?:[^‘’“”]|’(?=\w)){8,600})’(?!\w)|"
    r"(?<![^\s(\[—–-])'(?=\S)((?:[^'\"]|(?<=\w)'(?=\w)){8,600})'(?!\w)"
)
"""What stands in quotation marks: of English, German, French, Polish, Swedish and Finnish, Swiss,
British, Chinese and Japanese texts, and as typed.
"""
MIN_WORDS = 4
"""Words of what is compared as a quotation; fewer are a term set in quotation marks."""
MIN_AGREEMENT = 0.6
"""Share of words in order below which a passage is another one."""
MIN_LONG = 4
"""Letters of a word that has a capital in a title."""
TITLE_CASE = 0.8
"""Share of such words with a capital."""
_LETTERS = re.compile(r"[^\W\d_]+")
_OMISSION = re.compile(
    r"\s*(?:\[\s*(?:…|\.\s?\.\s?\.)\s*\]|\(\s*(?:…|\.\.\.)\s*\)|…|\.\s?\.\s?\.)\s*"
)
_INSERTION = re.compile(r"\[[^\]]{0,60}\]")
_OTHER_CAPITAL = re.compile(r"[\[(]([^\W\d_])[\])](?=[^\W\d_])")
"""'[T]he' for 'the'."""
_OTHER_ENDING = re.compile(r"[^\W\d_]+\[[^\W\d_]{1,8}\]")
"""'walk[ed]' for 'walks'."""
_PERCENT = re.compile(r"(?<=\d)\s?per\s?cents?\b", re.I)
_WORD = re.compile(r"[^\W_]+(?:[.,](?=\d)[^\W_]+)*|[%$€£°]")
_BROKEN = re.compile(r"(?<=[^\W\d_])[-­‐]\s+(?=[^\W\d_])")


@dataclass(frozen=True, slots=True)
class Located:
    """Where a quotation stands: the rows of the paper's sentences, and how it differs.

    `changes` are (quoted, printed) pairs of words, either '' where words were added or left out;
    none where it stands word for word.
    """

    first: int
    last: int
    changes: tuple[tuple[str, str], ...]

    @property
    def is_exact(self) -> bool:
        """Whether it stands in the paper word for word."""
        return not self.changes


class QuotableText:
    """A paper's words in order, each with the row of its sentence: first the running text, so that
    no caption or footnote stands between two of its sentences.
    """

    def __init__(self, sentences: Sequence[PaperSentence]) -> None:
        order = sorted(range(len(sentences)), key=lambda row: sentences[row].kind not in PROSE)
        texts = [(row, _words(sentences[row].text)) for row in order]
        self.words = [word for _, words in texts for word in words]
        self.folded = [fold_case(word) for word in self.words]
        self.rows = [row for row, words in texts for _ in words]
        self.joined = "".join(self.folded)
        offsets = accumulate(map(len, self.folded), initial=0)
        self.word_at = {offset: place for place, offset in enumerate(offsets)}
        self.places: dict[str, list[int]] = {}
        for place, word in enumerate(self.folded):
            self.places.setdefault(word, []).append(place)


def is_in_title_case(quoted: str) -> bool:
    """Whether nearly all longer words have a capital, as an English title in quotation marks."""
    words = [word for word in _LETTERS.findall(quoted) if len(word) >= MIN_LONG]
    capitals = sum(word[0].isupper() for word in words)
    return len(words) >= 3 and capitals >= TITLE_CASE * len(words)


def quotations(text: str) -> list[str]:
    """The quotations of a sentence that are long enough to be looked for."""
    found = (next(filter(None, match.groups())) for match in QUOTATION.finditer(text))
    return [quoted.strip() for quoted in found if _is_long_enough(quoted)]


def _is_long_enough(quoted: str) -> bool:
    words = len(_words(quoted))
    return len(quoted) >= 2 * MIN_WORDS if has_unspaced(quoted) else words >= MIN_WORDS


def locate(quoted: str, text: QuotableText) -> Located | None:
    """Where a quotation stands in a paper, None where nothing agrees with it.

    Letters' case, punctuation, hyphens at line ends and what is marked as left out ('…') or put in
    ('[…]') are no changes; any word and any number is.
    """
    located = [_locate_part(part, text) for part in _parts(quoted)]
    if not located or any(one is None for one in located):
        return None
    found = [one for one in located if one is not None]
    changes = tuple(change for one in found for change in one.changes)
    return Located(found[0].first, found[-1].last, changes)


def _parts(quoted: str) -> list[str]:
    """A quotation cut where something is left out or put in, or a word is given another ending."""
    quoted = _OTHER_ENDING.sub(" [] ", _OTHER_CAPITAL.sub(r"\1", quoted))
    parts = [p for piece in _OMISSION.split(quoted) for p in _INSERTION.split(piece)]
    return [part for part in parts if _words(part)]


def _words(text: str) -> list[str]:
    return _WORD.findall(_PERCENT.sub("%", _BROKEN.sub("", text)))


def _locate_part(part: str, text: QuotableText) -> Located | None:
    words = [fold_case(word) for word in _words(part)]
    exact = _find_letters("".join(words), text)
    if exact is not None:
        return exact
    return _find_near(words, text)


def _find_letters(letters: str, text: QuotableText) -> Located | None:
    """A part whose letters stand in the text in one run, from the beginning of a word to the end of
    one, however the words are hyphenated.
    """
    at = text.joined.find(letters)
    while at >= 0:
        first, behind = text.word_at.get(at), text.word_at.get(at + len(letters))
        if first is not None and behind is not None:
            return Located(text.rows[first], text.rows[behind - 1], ())
        at = text.joined.find(letters, at + 1)
    return None


def _find_near(words: Sequence[str], text: QuotableText) -> Located | None:
    """The run of the text that agrees with most of the words in order, with what differs."""
    begin = _best_begin(words, text)
    if begin is None:
        return None
    first = max(0, begin - len(words) // 4 - 2)
    last = min(len(text.folded), begin + len(words) + len(words) // 4 + 2)
    matcher = SequenceMatcher(None, words, text.folded[first:last], autojunk=False)
    blocks = [block for block in matcher.get_matching_blocks() if block.size]
    if sum(block.size for block in blocks) < MIN_AGREEMENT * len(words):
        return None
    changes = _changes(words, text, first, blocks)
    ends = first + blocks[-1].b + blocks[-1].size - 1
    return Located(text.rows[first + blocks[0].b], text.rows[ends], tuple(changes))


def _best_begin(words: Sequence[str], text: QuotableText) -> int | None:
    """The place at which the words would begin that most of the rare ones agree on."""
    votes: dict[int, float] = {}
    for offset, word in enumerate(words):
        places = text.places.get(word, ())
        for place in places:
            for begin in (place - offset - 1, place - offset, place - offset + 1):
                votes[begin] = votes.get(begin, 0.0) + 1 / len(places)
    if not votes:
        return None
    return max(0, max(votes, key=lambda begin: (votes[begin], -begin)))


def _changes(
    words: Sequence[str], text: QuotableText, first: int, blocks: Sequence[object]
) -> list[tuple[str, str]]:
    """(quoted, printed) where the two runs differ, between the words they share."""
    found: list[tuple[str, str]] = []
    at, place = 0, None
    for block in blocks:
        a, b, size = block.a, block.b, block.size  # type: ignore[attr-defined]
        quoted = " ".join(words[at:a])
        printed = " ".join(text.words[first + place : first + b]) if place is not None else ""
        if place is None and quoted:
            printed = " ".join(text.words[max(first, first + b - a) : first + b])
        if fold_case(quoted) != fold_case(printed):
            found.append((quoted, printed))
        at, place = a + size, b + size
    if at < len(words) and place is not None:
        rest = words[at:]
        printed = " ".join(text.words[first + place : first + place + len(rest)])
        found.append((" ".join(rest), printed))
    return found
