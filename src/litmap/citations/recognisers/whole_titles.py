"""Titles that fill a line, an item or a cell.

Alone, several glued together, or one with a comment.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from litmap.citations.recognisers.patterns import whole_year
from litmap.citations.recognisers.title_scoring import TitleCandidate, split_byline, title_score
from litmap.parsing.grammar import WORD, YEAR_SINCE_1900
from litmap.parsing.languages import is_english
from litmap.parsing.word_lists import load_pattern

MIN_TAGGED_SCORE = 0.4
"""Enough behind a venue and year: "[SOSP'83] Hints for …" is surely a work."""
MIN_GLUED_SCORE = 0.42
MIN_CLEAR_SCORE = 0.6
MAX_REMARKS = MAX_CUTS = 4
"""Places of a stretch where a title may end, as far as they are tried."""
MAX_GLUED_LENGTH = 160
"""Characters of one of several titles that are glued together, on average."""

TAGGED = re.compile(r"(?:\(\*?\)\s*)?\[[A-Za-z][\w .&-]{1,20}?[\s'’]{0,2}((?:19|20)?\d\d)\]")
"""Venue and year before a title, as lists for courses and exams have them."""
TAG_LINE = re.compile(
    r"(?:\(\*?\)\s*)?(?:[A-Z][\w+-]{1,20}\s)?\[[A-Za-z][\w .&-]{1,20}?[\s'’]{0,2}(?:19|20)?\d\d\]"
)
"""A line that begins with such a tag, or with one word and a tag."""
_PREFIX = re.compile(
    r"^(?:[-*+•‣▪>→–]+>?\s*|\(\*?\)\s*|\[[ xX?]{1,2}\]\s*|"
    r"\[[A-Za-z][\w .&-]{1,20}[\s'’]{0,2}(?:19|20)?\d\d\]:?\s*|"
    rf"(?:(?:to\s?)?read(?:ing)?|e\.g\.,?|{load_pattern('title_labels')})\s*:\s+|"
    r"(?:see also comments on|see comments on|comments on|see also|see|read|cf\.)\s+(?=[A-Z]))+",
    re.I,
)
_AUTHOR_LIST = re.compile(
    rf"({WORD}(?:, {WORD})*,? (?:and |& ){WORD}|{WORD}(?:, {WORD})+): (?=[A-Z])"
)
"""'Rosenblum, Ousterhout: The design and …'."""
_HEADLINE = re.compile(
    r"(?P<title>(?:[A-Z]|[a-z]{1,3}[A-Z])[\w'’/-]*:?"
    r"(?: (?:[A-Z][\w'’/-]*:?|of|the|and|for|in|on|a|an|to|with|via|by|from|as|&|–)){2,18}"
    r"(?<! the)(?<! a)(?<! of)(?<! in)(?<! and)"
    r"(?<! with)(?<! for)(?<! on)(?<! to)(?<! by)(?<! as)(?<! from)(?<! an))"
    r",? (?:is|are|was|were|has|shows?|showed|gives?|proves?|explains?|says?|argues?|samples|the|"
    r"lineage|instead|with|fig\.?|see|again|but|so|not|\d{3,})"
    r"\s(?!(?:the|a|an) [A-Z])(?=[a-z\d]|(?<=\d\s)[A-Z])"
)
"""A title in title case at the head of a sentence: 'Normalizing Flows for … is the review'."""
_REMARK = re.compile(
    r"[\s.?](?:(?<=\s)(?:(?:[–—]|--?)\s(?=[a-z](?!.{1,60}?\s?[–—-]\s))|<-+\s)|(?<=[.?])\s(?=[a-z])|"
    r"(?<=\.)\s(?=[A-Z][\w’'-]+(?:(?:,\s?|\sand\s|\s&\s|\s)[A-Z][\w’'-]+){0,3}\.(?:\s|$)))"
)
"""Where a remark or the authors follow a title: ' – same thing', '. Lampson. slogans'."""
_SIGN_INSIDE = re.compile(r"[–—(/,;|<.?-](?:(?<=[^.?])|(?=\s))")
"""What every remark and every end within a stretch has."""
_DASH = re.compile(r"\s(?:[–—]|--?)\s")
_TAIL = re.compile(
    r"[\s,.;](?:(?<=\s)\s*(?:(?:–|—|--?)\s+|\((?:see|cf)\b|//\s+)|"
    r"(?<=,)\s+(?:see|cf|from|in which|which|by)\b|(?<=\.)\s+(?=[A-Z(a-z])|"
    r"(?<=;)\s+|(?<=\s)->\s|(?<=\u2003)\|\u2003)"
)
"""Where a title may end within a stretch."""
_BRACKETED_TAIL = re.compile(r"[\s,.]*[(\[]\s*([^()\[\]]{2,160}?)\s*[)\]]\s*(?=$|[.,;:]|\s)")
_NAMES_OR_YEAR = re.compile(rf"\b{YEAR_SINCE_1900}\b|['’]\d\d\b|\bet al\b|&|\band\b")
_SURNAMES = re.compile(r"[A-Z][\w'’-]+(?:,\s[A-Z][\w'’-]+)+$")
_GLUE = re.compile(
    r"[A-Z](?:(?<=[a-z\d?!)\"”].)(?=[a-z]+\s)(?<!Mc.)(?<!Mac.)(?<!De.)|"
    r"(?<=[A-Z]{2}.)(?=[a-z]{3,}\s)|"
    r"(?<=[a-z\d]A)(?=\s[A-Z][a-z])|(?<=[a-z]{3}.)(?=[A-Z]{2,}[a-z]*[:\s]))"
)
"""The capital where a title begins that is glued to the one before."""
_GLUED_SEPARATOR = re.compile(r"((?<=\?),\s+|\s{2,})")
_MATERIAL_AT_END = re.compile(r"\s(?:video|pdf|slides|talk|paper|link)\s*$")
_MATERIAL_BETWEEN = re.compile(r"\s(?:video|pdf|slides|talk|link)\s(?=[A-Z])")
"""Two titles joined by a blank behind a label: '… images video Learning in …'."""
_LABEL = re.compile(r"[A-Z][a-z]+(?: [a-z]+)?: (?=[A-Z])")


def strip_prefix(text: str) -> int:
    """How many characters before the title are a marker, 'read:', 'see also' and the like."""
    match = _PREFIX.match(text)
    return match.end() if match else 0


def whole_titles(text: str, *, floor: float) -> list[TitleCandidate]:
    """Titles that fill a stretch (a line, item or cell), with a score of at least `floor`."""
    lead = strip_prefix(text)
    tag = TAGGED.search(text, 0, lead) if lead else None
    floor = min(floor, MIN_TAGGED_SCORE) if tag else floor
    behind = _behind_author_list(text, lead, floor)
    if behind is not None:
        return behind
    if _is_glued(text):
        return [title for title in _split_glued(text) if title.score >= MIN_GLUED_SCORE]
    headline = _headline(text, lead, floor)
    if headline:
        return [headline]
    title = _longest(_cut_titles(text, lead, floor), floor)
    return [_with_year_of(tag, title)] if title else []


def _with_year_of(tag: re.Match[str] | None, title: TitleCandidate) -> TitleCandidate:
    """The title with the year of its tag, if nothing else stands beside it."""
    if tag is None or title.beside:
        return title
    return title._replace(beside=whole_year(tag.group(1)))


def _behind_author_list(text: str, lead: int, floor: float) -> list[TitleCandidate] | None:
    """The titles behind a list of authors and a colon; None where there is no such list."""
    authors = _AUTHOR_LIST.match(text, lead) if ": " in text else None
    if (
        authors is None
        or _are_gerunds(authors.group(1))
        or title_score(text[authors.end() :]) < 0.5
    ):
        return None
    shift = authors.end()
    return [
        title._replace(
            start=title.start + shift,
            end=title.end + shift,
            beside=title.beside or f"by {authors.group(1)}",
        )
        for title in whole_titles(text[shift:], floor=floor)
    ]


def _are_gerunds(names: str) -> bool:
    """'Sharing and Hoarding', which begins a title and is no list of authors."""
    words = [word for word in names.replace(",", " ").split() if word not in {"and", "&"}]
    return all(word.endswith("ing") for word in words)


def _headline(text: str, lead: int, floor: float) -> TitleCandidate | None:
    """A title in title case that a sentence begins with."""
    head = _HEADLINE.match(text, lead)
    if head is None or not is_english(text):
        return None
    score = title_score(head["title"])
    if score < max(MIN_CLEAR_SCORE, floor):
        return None
    return TitleCandidate(head["title"], lead, head.end("title"), score)


def _remark_start(text: str, lead: int, floor: float) -> int:
    """Where a remark behind the title begins; else the text's end without its blanks."""
    enough = 0.5 if floor <= 0.5 else max(MIN_CLEAR_SCORE, floor)
    for remark in itertools.islice(_REMARK.finditer(text, lead), MAX_REMARKS):
        if _DASH.search(text, lead, remark.start()):
            break  # 'deep - but not shallow - networks'
        if title_score(text[lead : remark.start()]) >= enough:
            return remark.start()
    return len(text.rstrip())


def _cut_titles(text: str, lead: int, floor: float) -> Iterator[TitleCandidate]:
    """What the title may be if it ends at the stretch's end or at one of the places before it."""
    if not _SIGN_INSIDE.search(text, lead):
        yield _cut_title(text[lead:].rstrip(), lead, is_cut=False)
        return
    end = _remark_start(text, lead, floor)
    yield _cut_title(text[lead:end], lead, is_cut=False)
    for tail in itertools.islice(_TAIL.finditer(text, lead, end), MAX_CUTS):
        yield _cut_title(text[lead : tail.start()], lead, is_cut=True)


def _cut_title(head: str, start: int, *, is_cut: bool) -> TitleCandidate:
    """The title of a stretch without the people behind it; less likely one where more follows."""
    attributed, people, bonus = _split_people(head)
    title = attributed.rstrip(" .,;")
    score = title_score(title) + bonus
    if is_cut:
        score -= 0.08 if people and len(attributed) < len(head) else 0.12
    return TitleCandidate(title, start, start + len(title), score, people)


def _split_people(head: str) -> tuple[str, str, float]:
    """A title, the people behind it in brackets or after 'by', and what they add to its score."""
    bracket = _BRACKETED_TAIL.search(head) if "(" in head or "[" in head else None
    if bracket:
        title = head[: bracket.start()] if bracket.start() > 8 else head
        return title, bracket.group(1), 0.1 if holds_names_or_year(bracket.group(1)) else 0.0
    if " by " in head:
        return *split_byline(head.rstrip(" .,;"), min_words=4), 0.0
    return head, "", 0.0


def holds_names_or_year(text: str) -> bool:
    """True for what may stand in brackets behind a title: 'Doe 1999', 'Doe & Roe', 'Doe, Roe'."""
    return bool(_NAMES_OR_YEAR.search(text) or _SURNAMES.match(text))


def _longest(titles: Iterator[TitleCandidate], floor: float) -> TitleCandidate | None:
    """The longest title with a score of at least `floor`; of two as long the first."""
    likely = [title for title in titles if title.score >= floor]
    longest = max(likely, key=lambda title: len(title.text), default=None)
    if longest is None or longest.score <= 1.0:
        return longest
    return longest._replace(score=1.0)


def _is_glued(text: str) -> bool:
    """True where titles run into each other without a blank: '… Belief NetsLearning to …'."""
    cuts = [match.start() for match in _GLUE.finditer(text)]
    if len(cuts) == 1:
        parts = text[: cuts[0]], text[cuts[0] :]
        return all(title_score(part) >= MIN_CLEAR_SCORE for part in parts)
    return len(cuts) >= 2 and len(text) / (len(cuts) + 1) < MAX_GLUED_LENGTH


def _split_glued(text: str) -> list[TitleCandidate]:
    """The titles that are glued together, each with a label of its material ('video') taken off."""
    cuts = [0, *(match.start() for match in _GLUE.finditer(text)), len(text)]
    titles: list[TitleCandidate] = []
    for start, end in itertools.pairwise(cuts):
        for part, begin in _separated(text, start, end):
            title = _MATERIAL_AT_END.sub("", part)
            label = _label_length(title) if not titles else 0
            titles.append(_scored(title[label:], begin + label))
        between = _MATERIAL_BETWEEN.search(text, start, end)
        if between:
            titles.append(_scored_stretch(text, start, between.start()))
            titles.append(_scored_stretch(text, between.end(), end))
    return titles


def _separated(text: str, start: int, end: int) -> Iterator[tuple[str, int]]:
    """The parts of a stretch between wide blanks or behind a question, with where they begin."""
    position = start
    for part in _GLUED_SEPARATOR.split(text[start:end]):
        body = part.strip(" ,")
        if body:
            yield body, text.index(body, position)
        position += len(part)


def _label_length(title: str) -> int:
    """Characters of a label before a title: 'Related work: Deep Learning of …'; 0 for none."""
    label = _LABEL.match(title)
    return label.end() if label and title_score(title[label.end() :]) >= MIN_CLEAR_SCORE else 0


def _scored(title: str, start: int) -> TitleCandidate:
    return TitleCandidate(title, start, start + len(title), title_score(title))


def _scored_stretch(text: str, start: int, end: int) -> TitleCandidate:
    title = text[start:end].strip(" ,")
    return TitleCandidate(title, start, end, title_score(title))
