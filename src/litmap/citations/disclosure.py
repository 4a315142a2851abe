"""What of a note may be sent to the services that know works, and what stays on the machine.

A citation is looked up where it names a work: an identifier or address, a reference, people with a
year, a title in a title's place. A bare line is a title only where it is written as one (in title
case, in quotation marks) or stands in a list of works; a sentence never is. What is not looked up
is still a citation, which the library's own data may confirm.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from litmap.citations.recognisers.reference_lists import is_reading_list
from litmap.citations.recognisers.title_scoring import is_in_title_case
from litmap.models import Citation, HeadingPath, Mention, Note
from litmap.parsing.grammar import UNSPACED, YEAR_SINCE_1900
from litmap.parsing.languages import is_english
from litmap.parsing.venues import MEETING
from litmap.parsing.word_lists import load_words

Section = tuple[str, HeadingPath]
"""A note's path and a heading in it."""

MIN_WORDS_BEFORE_SUBTITLE = 3
MIN_SHARE_OF_LINE = 0.7
"""Share of a line's characters from which on its title is all of it, but for a mark or a tag."""
MIN_SHARE_OF_WORKS = 0.5
"""Share of a section's items that are works, from which on it is a list of works."""
_UNSPACED = re.compile(f"[{UNSPACED}]")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_TWO_SENTENCES = re.compile(r"(?<!\.\w)[.!?。！？]\s+[^\W\d_a-z]|[。！？].")
"""An end and a beginning; not behind 'v.s.' or 'U.S.'."""
_BEFORE_A_MEETING = re.compile(rf"\w,? (?:{MEETING})\b|\w, [A-Z]{{3,9}} {YEAR_SINCE_1900}\b")
_SENTENCE_WORDS = load_words("sentence_words")
_SENTENCE_PARTS = tuple(filter(_UNSPACED.search, _SENTENCE_WORDS))
_PROSE_WORDS = load_words("prose_words")
_REMARK_WORDS = load_words("remark_words")
_FIRST_PERSON = re.compile(r"\bI\b|^i\b|[,;] i\b")
_OPENING_QUOTES = '"“”„«»‹›「『《〈'


def decide_searches(citations: Sequence[Citation], notes: Iterable[Note]) -> list[Citation]:
    """The citations, each with `searched` as its mentions and their places allow."""
    shares = _shares_of_works(citations, notes)
    return [c if names_a_work(c, shares) else replace(c, searched=False) for c in citations]


def names_a_work(citation: Citation, shares: Mapping[Section, float] | None = None) -> bool:
    """Whether a citation names a work, so that it may be looked up; `shares` says of a section
    which part of its lines are works.
    """
    shares = shares or {}
    reference = citation.reference
    if citation.sure or reference.ids or reference.urls:
        return True
    if citation.kind == "name":
        return has_named_people(reference.authors, citation.mentions)
    if citation.kind != "title":
        return True
    title = reference.title
    if has_people_and_year(citation) and not is_sentence(title):
        return True
    return any(_stands_as_title(title, mention, shares) for mention in citation.mentions)


def has_people_and_year(citation: Citation) -> bool:
    """'Computational learning theory (Goldman 1999)': more than a line of words."""
    return bool(citation.reference.authors and citation.reference.year)


def has_named_people(authors: Sequence[str], mentions: Iterable[Mention]) -> bool:
    """'Lin and Tegmark', 'Wiatowski et al', 'Schmidhuber, IJCNN 1991': no mere word with a capital,
    'Rostock 2016', and no two of them in a language of capitals, 'aus Essen und Chemnitz'.
    """
    mentions = tuple(mentions)
    if len(authors) > 1 and any(is_english(m.context) for m in mentions):
        return True
    return any(" al" in m.text or _BEFORE_A_MEETING.search(m.text) for m in mentions)


def _stands_as_title(title: str, mention: Mention, shares: Mapping[Section, float]) -> bool:
    if is_sentence(title):
        return is_listed_title(title, mention)
    if is_quoted(title, mention.context) or is_written_as_title(title, mention):
        return True
    if is_remark(title, mention.context):
        return False
    if is_lower_case_part(title, mention):
        return False
    share = shares.get((mention.note, mention.heading), 0.0)
    if is_reading_list(mention.heading) or share >= MIN_SHARE_OF_WORKS:
        return True
    return share > 0 and has_subtitle(title)


def is_written_as_title(title: str, mention: Mention) -> bool:
    """Whether a title has the capitals of titles; in a line of another language than English they
    are those of all nouns: 'Der Kongress Leipzig 2012 war voll'.
    """
    if not is_in_title_case(title):
        return False
    return is_english(title) or not _is_part(title, mention)


def is_listed_title(title: str, mention: Mention) -> bool:
    """Whether a line with the words of a sentence is a title all the same: 'Do We Need Deep Ponds?
    Yes and No', in title case and all of a line below 'Papers to read'.
    """
    is_whole = len(title) >= MIN_SHARE_OF_LINE * len(mention.context)
    return is_whole and is_in_title_case(title) and is_reading_list(mention.heading)


def is_lower_case_part(title: str, mention: Mention) -> bool:
    """Whether a part of a longer line begins with a small letter, 'large study of reading speed'
    behind a comma, in a note that does not write its headings so.
    """
    return (
        _is_part(title, mention) and title[:1].islower() and not " ".join(mention.heading).islower()
    )


def _is_part(title: str, mention: Mention) -> bool:
    return len(title) < MIN_SHARE_OF_LINE * len(mention.context)


def has_subtitle(text: str) -> bool:
    """'Rethinking old ideas of drift: a review'; '2d: plot it on a grid' begins with a label."""
    before, colon, behind = text.partition(": ")
    return bool(colon and behind) and len(before.split()) >= MIN_WORDS_BEFORE_SUBTITLE


def is_quoted(title: str, context: str) -> bool:
    """Whether a title stands in quotation marks: 'see “Words in deep water”'."""
    at = context.find(title)
    return at > 0 and context[at - 1] in _OPENING_QUOTES


def is_sentence(text: str) -> bool:
    """'The woman in bed nine sleeps badly since her second dose': of persons, of the writer's own
    time and plans, or more than one sentence.
    """
    if _TWO_SENTENCES.search(text):
        return True
    folded = text.lower().replace("’", "'")
    if _UNSPACED.search(text):
        return any(part in folded for part in _SENTENCE_PARTS)
    words = set(_WORD.findall(folded))
    if "i" in words and not _FIRST_PERSON.search(text):
        words.remove("i")  # 'come nascono i nuovi alvei', 'grad i selo'
    return not _SENTENCE_WORDS.isdisjoint(words)


def is_remark(title: str, context: str) -> bool:
    """Whether a part of a longer line opens as the writer's own clauses do, or has the words of a
    remark: 'it states that wide nets have small subnets' behind a colon.
    """
    words = _WORD.findall(title.lower().replace("’", "'"))
    if not words or len(title) >= MIN_SHARE_OF_LINE * len(context):
        return False
    return words[0] in _PROSE_WORDS or not _REMARK_WORDS.isdisjoint(words)


def _shares_of_works(citations: Iterable[Citation], notes: Iterable[Note]) -> dict[Section, float]:
    """Which part of a section's lines are works, to judge by the sure ones and those in title case;
    sections without works are left out.
    """
    works: dict[Section, set[int]] = defaultdict(set)
    for citation in citations:
        if citation.sure or is_in_title_case(citation.reference.title):
            for mention in citation.mentions:
                works[mention.note, mention.heading].add(mention.line)
    sizes: Counter[Section] = Counter(
        (note.path, block.heading)
        for note in notes
        for block in note.blocks
        if block.kind != "heading"
    )
    return {section: len(lines) / max(1, sizes[section]) for section, lines in works.items()}
