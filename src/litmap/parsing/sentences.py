"""Where a sentence ends: the one home of this question.

A full stop ends a sentence, an abbreviation, an initial or a number; texts of different kinds need
different strictness. Callers choose it by a profile: `NOTE_SENTENCES` for what people jot down,
`CITING_SENTENCES` for the prose around a citation in a paper, `SUMMARY_SENTENCES` for sentences
that have to stand alone, `SHOWN_SENTENCES` for what a search shows of a passage in any script.
Passages are cut by `sentence_ends`, the strictest: an end too many would tear a sentence apart.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from litmap.parsing.word_lists import load_pattern, load_words

_FIRST_LETTER, _NEXT_LETTER = re.compile(r"\b[a-zà-ÿ]\.$"), re.compile(r"\s*[A-ZÀ-Þ]\.")
"""Two halves of an abbreviation such as 'z. B.'."""
_LOOK_BACK = 24
"""Characters before an end that are looked at; longer than any abbreviation."""


@dataclass(frozen=True, slots=True)
class SentenceRules:
    """What counts as the end of a sentence in one kind of text."""

    border: re.Pattern[str]
    """From the mark (or behind it) to where the next sentence may begin."""
    abbreviation: re.Pattern[str]
    """Sought at the end of what stands before: then the full stop ends no sentence."""
    closing: str = ""
    """Signs that may stand between an abbreviation's full stop and the blank: 'et al.) We'
    goes on.
    """
    min_length: int = 0
    """Characters below which a 'sentence' is taken for an abbreviation and joined to the next."""


def _abbreviations(name: str) -> re.Pattern[str]:
    """An abbreviation of the list, or a single capital, with its full stop at the end of a text."""
    return re.compile(rf"\b(?:{load_pattern(name)}|[A-Z])\.$")


NOTE_SENTENCES = SentenceRules(
    re.compile(r"(?<=[.!?])[”\")\]]?\s+(?=[A-ZÀ-ÝА-ЯЁ(\[“\"@])"),
    _abbreviations("abbreviations_notes"),
    closing='”")]',
)
CITING_SENTENCES = SentenceRules(
    re.compile(r"[.?!]['”\")\]»]{0,2}\s+(?=[A-ZÀ-ÖØ-ÞА-ЯЁ¿¡«„“\"(\[‘•])|[。！？][”’」』）]*"),
    _abbreviations("abbreviations_citing"),
    closing="'”\")]",
)
SUMMARY_SENTENCES = SentenceRules(
    re.compile(
        r"[.!?]+[\"'”’)\]»“]*(?=\s+[\"'“‘(\[¿¡«„]?[^\W\d_a-zß-öø-ÿа-џ]|\s+\d|\s*$)"
        r"|[。！？]+[”’」』）]*"
    ),
    _abbreviations("abbreviations_summaries"),
    closing="\"'”’)]",
)
SHOWN_SENTENCES = SentenceRules(
    re.compile(  # begins with one set of characters, which is looked for fast
        r"[.!?。！？؟۔।\n]"
        r"(?:(?<=\n)\n+|(?<!\n)[\"')\]”’]*(?:\s+(?=[\"'(\[“‘¿¡«„]?[^\Wa-zß-öø-ÿа-џ])|(?<=[。！？])|$))"
    ),
    _abbreviations("abbreviations_search"),
    min_length=30,
)
STOP_BEHIND_WORD = re.compile(r"(?<=[^\W\d_]{3})[.?!] ")
"""A mark behind three letters: the end of a sentence in reference strings, full of
abbreviations.
"""


def sentence_borders(
    text: str, rules: SentenceRules, begin: int = 0, end: int | None = None
) -> Iterator[tuple[int, int]]:
    """Spans between two sentences of `text[begin:end]`: where one ends and where the next begins.

    Whether the span has the mark and the blanks in it is up to the rules' `border`.
    """
    last = len(text.rstrip())
    start = begin
    for match in rules.border.finditer(text, begin, len(text) if end is None else end):
        if match.end() < last and (
            _is_short(text, start, match, rules) or _is_abbreviation(text, match, rules)
        ):
            continue
        yield match.span()
        start = match.end()


def _is_short(text: str, start: int, match: re.Match[str], rules: SentenceRules) -> bool:
    return len(text[start : match.end()].rstrip()) < rules.min_length


def _is_abbreviation(text: str, match: re.Match[str], rules: SentenceRules) -> bool:
    head = text[max(0, match.start() - _LOOK_BACK) : match.end()].rstrip()
    if rules.abbreviation.search(head.rstrip(rules.closing)) is not None:
        return True
    return bool(_FIRST_LETTER.search(head) and _NEXT_LETTER.match(text, match.end()))


def split_sentences(text: str, rules: SentenceRules) -> Iterator[tuple[int, int]]:
    """Offsets of the sentences of `text` in order; blanks belong to them as the rules' border has
    it.
    """
    start = 0
    for _, end in sentence_borders(text, rules):
        if text[start:end].strip():
            yield start, end
        start = end
    if text[start:].strip():
        yield start, len(text)


def beginning(text: str, most_sentences: int, most_letters: int = 320) -> str:
    """The first sentences of a text, on one line: as many of them as are short enough together; a
    first one that is too long is cut.
    """
    text = " ".join(text.split())
    ends = [end for _, end in split_sentences(text, SHOWN_SENTENCES)][:most_sentences]
    fitting = [end for end in ends if end <= most_letters] or ends[:1]
    return textwrap.shorten(text[: fitting[-1]] if fitting else "", most_letters, placeholder=" …")


def sentence_around(
    text: str, at: int, rules: SentenceRules, *, before: int = 800, after: int = 700
) -> tuple[int, int]:
    """Start and end of the sentence around an offset, at most so many characters before and
    after.
    """
    start = max(0, at - before)
    for _, border in sentence_borders(text, rules, start, at):
        start = border
    roof = min(len(text), at + after)
    _, end = next(sentence_borders(text, rules, at, roof), (roof, roof))
    return start, end


# ── passages ─────────────────────────────────────────────────────────────────────────────────────
_MARK = re.compile(r"[.!?…。！？؟۔।]")
_CLOSING = "\"'”’»)}]"
_MAX_CLOSING = 4
_WIDE_MARKS = "。！？"
_WORD_START = re.compile(r"[\s(\[{\"“‘/~—–-]")
_MAX_ABBREVIATION = 12
_PASSAGE_ABBREVIATIONS = load_words("abbreviations_passages")


def sentence_ends(text: str) -> list[int]:
    """Offsets just behind each sentence and its white space, ascending; the last is len(text).

    Paragraph ends (line feeds) always end a sentence. Linear in the text's length.
    """
    ends: list[int] = []
    begin = 0
    for paragraph in re.finditer(r"\n+|\Z", text):
        ends.extend(_ends_in_paragraph(text, begin, paragraph.start()))
        if paragraph.end() > (ends[-1] if ends else 0):
            ends.append(paragraph.end())
        begin = paragraph.end()
    return ends or [len(text)]


def _ends_in_paragraph(text: str, begin: int, end: int) -> Iterator[int]:
    for mark in _MARK.finditer(text, begin, end):
        stop = _skip_closing(text, mark.end(), end)
        after = _skip_blanks(text, stop, end)
        if after >= end:
            continue
        if mark[0] in _WIDE_MARKS or (
            after > stop and _closes_sentence(text, begin, mark.start(), after)
        ):
            yield after


def _skip_closing(text: str, at: int, end: int) -> int:
    limit = min(end, at + _MAX_CLOSING)
    while at < limit and text[at] in _CLOSING:
        at += 1
    return at


def _skip_blanks(text: str, at: int, end: int) -> int:
    while at < end and text[at].isspace():
        at += 1
    return at


def _closes_sentence(text: str, begin: int, mark: int, after: int) -> bool:
    """Whether the mark at `mark` closes a sentence, when the next word begins at `after`."""
    following = text[after]
    if following.islower() or following in ",;:)]":
        return False
    if text[mark] != ".":
        return True
    word = _WORD_START.split(text[max(begin, mark - _MAX_ABBREVIATION) : mark])[-1]
    bare = word.lower().rstrip(".")
    if bare in _PASSAGE_ABBREVIATIONS:
        # 'et al. We show': after 'al' a new sentence is as likely as not; a capital followed by
        # lower case decides
        return bare == "al" and following.isupper() and text[after + 1 : after + 2].islower()
    return not (len(word) == 1 and word.isupper())
