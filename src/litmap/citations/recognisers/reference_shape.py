"""Whether a text has the shape of a reference.

Authors first, then a title, and a year, venue or identifier.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from litmap.citations.recognisers.author_names import NameMention, find_names
from litmap.citations.recognisers.link_classifier import classify_link
from litmap.citations.recognisers.name_lists import is_common_noun
from litmap.citations.recognisers.reference_signs import (
    is_unspaced,
    opens_with_unspaced_names,
    unspaced_reference_score,
)
from litmap.models import Link, Reference
from litmap.parsing.grammar import CITED_YEAR, ET_AL, NAMES, UNSPACED, UPPER, YEAR
from litmap.parsing.reference_strings.access_notes import has_access_date
from litmap.parsing.reference_strings.splitting import looks_like_reference
from litmap.parsing.title_similarity import normalise_title
from litmap.parsing.word_lists import load_pattern, load_words

MAX_AUTHOR_WORDS = 6
MAX_UNTITLED_LENGTH = 160
"""Characters of a reference that names journal and page, but no title."""
MAX_LINKED_LENGTH = 250
"""Characters of one reference with links to several identifiers.

A longer text is about several works.
"""
MIN_UNSPACED_TITLE = 4
"""Signs of a title in a script without blanks between words."""
MIN_PROSE_SENTENCES, MIN_SENTENCE_WORDS = 3, 5
MAX_SENTENCES = 6
"""Ends of sentences in a reference: behind authors, title, venue, and what is abbreviated."""
MAX_AUTHOR_OFFSET = 60
"""Characters before the first author's surname: a number, initials, particles."""

DATE_FIRST = rf"[(\[]?{YEAR}[a-z]?[)\]]?[.,:]?\s"
"""'(2014a) ', '2014. ': a date before the authors."""
_OPENING = re.compile(
    rf"(?:{DATE_FIRST})?[\W\d]{{0,12}}(?:{YEAR}[ ,.]|[—–―_-]{{2}}|(?:d['’]|"
    rf"(?:[Vv]an|[Vv]on|[Dd]e|[Dd]er?|[Dd]i|"
    rf"[Ll]e|[Ee]l|al) )?[{UPPER}][\w'’./-]*(?:,|:)? (?:[{UPPER}\d(/&“„«\"[]|and |et |und |"
    rf"y |e |и |та |i |van |von |de |der |den |di |da |dos |du |le |la |el |al |ten |ter |bin )|"
    rf"[{UPPER}][^.,()\d\n]{{3,90}}(?<! al)\. \({YEAR}[a-z]?\)\. ?[{UPPER}“«])"
)
NAME_WORD = rf"[{UPPER}][\w'’-]+"
_FAMILY = rf"(?:(?:van|von|de|del|der|den|di|da|la|le) ){{0,2}}{NAME_WORD}(?: {NAME_WORD})?"
_INITIALS = rf"(?:[{UPPER}]\.[ -]?){{1,3}}"
WITH_INITIALS = (
    rf"{_FAMILY},? {_INITIALS}(?:[(,;&:]|(?:and|und|et|y|e|i|og|och|ve|oraz)\s|"
    rf"(?<=\s)[{UPPER}«“\"\d]|\s?\()|"
    rf"{_FAMILY} [A-Z]{{1,3}}(?:,|\.| &| and\b| \(|{ET_AL})"
)
"""'Doe, J. (', 'Doe J.,', 'Доу И. О. Мост': names that open a reference and no sentence."""
IN_FULL = (
    rf"{_FAMILY}, [{UPPER}][\w.'’-]+(?: [{UPPER}]\.)?(?:[.:;] |, (?:and |& |\(?\d{{4}}))|"
    rf"[{UPPER}]{{3,}}, [{UPPER}][^\W\d_]+ (?:a|and|e|et|i|og|och|und|ve|y) [{UPPER}]"
)
"""'Doe, Jane. 1999', 'Doe, Jane: ', 'DOE, Jane a Ivo ROE. '."""
LABEL_BEFORE_NAMES = re.compile(
    rf"(?:[^\W\d_][\w'’-]*[ /]){{0,4}}[^\W\d_][\w'’-]*\s?[:：]\s(?=(?:{WITH_INITIALS}|{IN_FULL}))"
)
"""'Contra: ', 'Praca doktorska: ' before names: no reference begins with one, whatever it says."""
LABEL = re.compile(rf"[A-Za-z][\w /-]{{1,25}}: (?=[{UPPER}])")
LEAD_WITH_NOUN = re.compile(
    rf"(?:[^\W\d_]+ ){{0,6}}(?:{load_pattern('nouns_before_references')})\s?: "
    rf"(?-i:(?=[{UPPER}]))",
    re.I,
)
"""'Там же полезна статья: ', 'Dazu der Aufsatz: ', 'Livre : '."""
PENDING = re.compile(rf"(?<!\w)(?:{load_pattern('pending_words')})(?!\w)", re.I)
_FOUR_FIGURES = re.compile(r"\d\d\d\d")
_DATING = ("arxiv", "doi", "http:", "https:", "ssrn", *sorted(load_words("pending_words")))
"""What a reference without a year has instead, in lower case."""
REPEATED_AUTHORS = re.compile(r"\s*(?:[—–―_-]\s?){2,}[.,]")
"""'——. Another title. 2001.': a dash for the authors of the entry before."""
_SENTENCE_END = re.compile(rf"[^\W\d_]{{3,}}[.?!] (?=[{UPPER}])")
_ANY_SENTENCE_END = re.compile(rf"(?<=[^\W\d_]{{3}})[.?!]\s(?=[{UPPER}])|(?<=\d)\.\s(?=[{UPPER}])")
_ANY_WORD = re.compile(r"[^\W\d_]+")
_FIGURES_OF_REFERENCE = re.compile(rf"\d[–-]\d|\d\s?\(\d|\({YEAR}\)|\d:\s?\d")
_PRINTED = re.compile(
    rf"\d[–-]\d|\d\s?\(\d|\({YEAR}|\d:\s?\d|https?:|\bdoi\b|10\.\d{{4}}|"
    rf": [{UPPER}][^:]{{2,40}}, {YEAR}|"
    rf"[{UPPER}] ?\.\s?\d|\b[pc]\.\s?\d|[.,]\s{YEAR}\.?\s*$",
    re.I,
)
"""Pages, volume, year in brackets, publisher, address: where a work is printed."""
_LEADS_TO = re.compile(r"\b(?:is|in|by|see|from|also)\s(?:[A-Z]\.\s?)+[A-Z][a-z]+,")
"""A title that leads to another work: '… is M. Davis, Hilbert's …'."""
_GLUED = re.compile(rf"{CITED_YEAR}\)?\s?[,;/]\s{NAMES}[\s,(]{{1,2}}{CITED_YEAR}")
"""One mention behind the other: 'Tilman 1982; Chesson 2000'."""
_WORDS_BEFORE_YEARS = load_words("words_before_years")
_YEAR = re.compile(YEAR)
_FIGURES = re.compile(r"\d+")
_PENDING = re.compile(
    r"\((?:in press|in prep|forthcoming|to appear|submitted|under review|accepted|preprint)"
)
_WORD_ALONE = re.compile(r"[^\W\d_a-zß-ÿ][^\W\d_]{2,}")
"""A title of one word, with letters only."""
_VERB_FIRST = re.compile(r"(?:is|was|are|were|has|had|which|who|and|but|worth)\b")
_CITED_NUMBER = re.compile(r"\[\d{1,3}(?:\s?[,–-]\s?\d{1,3}){0,9}\](?!\()")
_IN_PROSE = re.compile(r"\d{0,4}[a-z]?[)\],;]")
_SIGNAL_INSIDE = re.compile(rf"[.;] (?:{load_pattern('reference_signals')}) ", re.I)
"""'… 44. Siehe auch die Diskussion'."""
_TITLE_START = re.compile(rf"[\"“„«‚'‘¿¡(\[]*[{UPPER}\d{UNSPACED}]")


@lru_cache(maxsize=4096)
def reference_score(text: str) -> float:
    """How likely a text is one reference and nothing else, in [0, 1]; remembered, for a text is
    asked about more than once.
    """
    return unspaced_reference_score(text) if is_unspaced(text) else looks_like_reference(text)


def may_be_reference(text: str) -> bool:
    """A quick look that spares prose the parsing.

    A reference opens with a name or year, and has a year or a link.
    """
    if not is_dated(text):
        return False
    label = None
    if ": " in text:
        label = LEAD_WITH_NOUN.match(text) or LABEL.match(text) or LABEL_BEFORE_NAMES.match(text)
    if _OPENING.match(text) or (label and _OPENING.match(text, label.end())):
        return True
    return is_unspaced(text) and opens_with_unspaced_names(text)


@lru_cache(maxsize=1024)
def is_dated(text: str) -> bool:
    """True with a year, or what stands for one: 'in press', an identifier, an address; remembered,
    for a text is asked about more than once.
    """
    if _FOUR_FIGURES.search(text):
        return True
    return any(map(text.lower().__contains__, _DATING))


def has_reference_shape(reference: Reference, text: str, links: Sequence[Link]) -> bool:
    """True where a parsed reference and the text and links it was read from are one reference and
    no prose.
    """
    if any(is_other(reference, text) for is_other in _OTHER_TEXTS):
        return False
    if not reference.title:
        return is_untitled_reference(reference, text)
    if not is_complete(reference):
        return False
    if REPEATED_AUTHORS.match(text):
        return True
    if is_run_of_sentences(text) or links_to_several_works(links, text):
        return False
    return is_title_of_one_work(reference.title) and opens_with_author(reference, text)


def is_prose(text: str) -> bool:
    """True for three sentences and more in any language of letters: 'Die Werkstatt lag am Kai und
    hatte elf Gesellen. …'. A reference has two at most, and none but one without pages or the like.
    """
    sentences = _ANY_SENTENCE_END.split(text)
    least = MIN_PROSE_SENTENCES if _PRINTED.search(text) else MIN_PROSE_SENTENCES - 1
    return sum(map(_is_of_prose, sentences)) >= least


def _is_of_prose(sentence: str) -> bool:
    """True for five words, half of them small, that hold no pages and no year in brackets."""
    words = _ANY_WORD.findall(sentence)
    if len(words) < MIN_SENTENCE_WORDS or _FIGURES_OF_REFERENCE.search(sentence):
        return False
    small = [word for word in words if word[0].islower()]
    return len(small) >= 0.5 * len(words)


def has_odd_author(reference: Reference) -> bool:
    """True where an author holds a bracket or many words, as no name does, or is a word that
    stands before years: 'En 1832, …'.
    """
    if any("(" in name or len(name.split()) > MAX_AUTHOR_WORDS for name in reference.authors):
        return True
    alone = reference.authors[0] if len(reference.authors) == 1 else ""
    return bool(alone) and " " not in alone and is_common_noun(alone.lower())


def leads_elsewhere(reference: Reference) -> bool:
    """True where the title leads to another work, or the venue is a clause: 'is worth reading'."""
    if _LEADS_TO.search(reference.title):
        return True
    return _VERB_FIRST.match(reference.venue) is not None


def dates_a_task(reference: Reference, text: str) -> bool:
    """True where the title leads to the year: 'Next Steps: Write Chapter Two by 2020'."""
    last = reference.title.rpartition(" ")[2]
    return last in _WORDS_BEFORE_YEARS and f"{last} {reference.year}" in text


def is_untitled_reference(reference: Reference, text: str) -> bool:
    """True for authors, year and venue without a title: 'Tilman D 1982. Am. Nat.'."""
    if not (reference.authors and reference.year and reference.venue):
        return False
    if len(text) >= MAX_UNTITLED_LENGTH or reference_score(text) < 0.5:
        return False
    return not has_only_years(text) and _GLUED.search(text) is None


def has_only_years(text: str) -> bool:
    """True for two years and no other figures: 'Lyon 2014 bien, Marseille 2015 mieux'."""
    figures = set(_FIGURES.findall(text))
    return len(figures) > 1 and all(map(_YEAR.fullmatch, figures))


def is_complete(reference: Reference) -> bool:
    """True for authors, a title, and what tells where or when it was printed; both for a title of
    one word: 'Rossi, Ada. Specchi. Roma: Onda, 2005.'
    """
    if not reference.authors:
        return False
    if not is_more_than_a_word(reference.title):
        return (
            bool(reference.year and reference.venue)
            and _WORD_ALONE.fullmatch(reference.title) is not None
        )
    printed = any((reference.year, reference.venue, reference.ids))
    return printed or has_access_date(reference.raw) or is_pending(reference.raw)


def is_pending(text: str) -> bool:
    """True for what is not yet printed: '(im Druck)', 'в печати', 'submitted to …'."""
    return PENDING.search(text) is not None


def is_more_than_a_word(title: str) -> bool:
    """True for two words, or what may be two in a script without blanks."""
    if len(title.split()) > 1:
        return True
    return len(title) >= MIN_UNSPACED_TITLE and is_unspaced(title)


def links_to_several_works(links: Sequence[Link], text: str) -> bool:
    """True where links name two works: two of one kind, or any in a long text."""
    ids = {identifier for link in links if (identifier := classify_link(link.target)[1])}
    if len(ids) < 2:
        return False
    kinds = {identifier.split(":")[0] for identifier in ids}
    return len(text) > MAX_LINKED_LENGTH or len(kinds) < len(ids)


def is_run_of_sentences(text: str) -> bool:
    """True for more sentences than a reference has."""
    return len(_SENTENCE_END.findall(text)) > MAX_SENTENCES


def is_title_of_one_work(title: str) -> bool:
    """False for a title that begins small, or holds a citation.

    '… (in press)', '… of Doe and Roe (1999)'.
    """
    if not _TITLE_START.match(title) or _PENDING.search(title):
        return False
    if title.count(")") > title.count("(") or _SIGNAL_INSIDE.search(title):
        return False
    return not any(mention.strong for mention in find_names(title))


def opens_with_author(reference: Reference, text: str) -> bool:
    """True where the first author's surname stands at the text's beginning."""
    surname = normalise_title(reference.authors[0]).split()
    if not surname:
        return False
    return 0 <= normalise_title(text[:200]).find(surname[-1]) <= MAX_AUTHOR_OFFSET


def is_about_works(text: str) -> bool:
    """True for a sentence about works.

    It cites by number after its beginning, or names more than one work.
    """
    if _CITED_NUMBER.search(text, 12):
        return True
    mentions = [mention for mention in find_names(text) if mention.strong]
    works = {(m.surnames, m.year) for m in mentions if _is_mentioned_in_prose(m, text)}
    years_of_several = {mention.year for mention in mentions if len(mention.names) > 1}
    return len(works) > 1 or len(years_of_several) > 1


def _is_mentioned_in_prose(mention: NameMention, text: str) -> bool:
    """True for 'Doe et al. 2004' and 'Doe (2004),', which begin no reference."""
    return mention.et_al or _IN_PROSE.match(text, mention.end) is not None


_OTHER_TEXTS: tuple[Callable[[Reference, str], bool], ...] = (
    lambda reference, _: has_odd_author(reference),
    lambda reference, _: leads_elsewhere(reference),
    dates_a_task,
    lambda _, text: is_about_works(text),
    lambda _, text: is_prose(text),
)
"""What is no reference although it was read as one."""
