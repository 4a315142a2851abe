"""Whether a sentence that a language model wrote is borne out by the sentences it names.

Nothing here knows what is true: a sentence passes where each of its quotations, numbers and names
stands in what it names, where no negation, opposite, certainty or comparison is turned round as far
as words show it, and where its words and meaning are near. Whatever is in doubt does not pass. How
many wrong sentences pass and how many right ones do not: `benchmarks/quality/written_sentences.py`.
The words of direction are English; in other languages the other checks hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property

from litmap.claims.quantities import agrees, names
from litmap.claims.quotations import QuotableText, locate
from litmap.models import PaperSentence
from litmap.parsing.grammar import YEAR
from litmap.parsing.quantities import Quantity, quantities
from litmap.parsing.terms import WORD, fold_case, index_term
from litmap.parsing.word_lists import load_lines, load_words

_HOME = "litmap.claims"
MIN_COSINE = 0.45
"""Cosine with what it names below which a sentence says something else."""
MIN_COVERED = 0.6
"""Share of its words that have to stand in what it names."""
MIN_NEARNESS = 1.4
"""Least sum of both."""
MAX_NEW_IN_A_ROW = 2
"""Words one after another that may be new."""
MAX_NEW_LETTERS = 3
"""Letters in which forms of one word differ at their ends: 'consistent', 'consistency'."""
REACH = 3
"""Words of content behind a negation that it may be about."""
LABEL_WORDS = range(2, 6)
"""How many words a label has."""
MIN_NAMED = 0.5
"""Share of the papers that a label has to have a word of."""
_LABEL = re.compile(r"\w[\w\s'’/&,+–-]*")
_QUOTED = re.compile(
    r"“([^“”]+)”|„([^„“”]+)[“”]|«([^«»]+)»|(?<!\w)\"([^\"]+)\"(?!\w)|‘‘([^‘’]+)’’|``([^`']+)''|"
    r"(?<!\w)[‘']([^‘’']{3,}(?:[’'](?=\w)[^‘’']*)*)[’'](?!\w)|「([^「」]+)」"
)
_ADDRESS = re.compile(
    r"(?:https?|ftp|file|data|javascript):\S+|www\.\S+|\b[\w.-]+@[\w-]+\.\w+|"
    r"\b(?:[a-z0-9-]+\.)+(?:com|org|net|io|edu|gov|info|biz|example|dev|ai|co)\b(?:/\S*)?",
    re.I,
)
_YEAR = re.compile(rf"\b{YEAR}\b")
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_CLAUSE = re.compile(
    r"[;:,()–—]|\b(?:but|whereas|while|although|though|however|because|unless|yet|and|which|when)\b",
    re.I,
)
_CONTRAST = re.compile(r"[;]|,?\s*\b(?:but|whereas|while|although|though|however|yet)\b", re.I)
_COMPARED = re.compile(
    r"\bthan\b|\bas (?:many|much|\w+) as\b|\bversus\b|\bvs\b\.?|\bcompared (?:to|with)\b|"
    r"\bagainst\b|\btimes the \w+ of\b",
    re.I,
)
_NEGATED_FORM = re.compile(r"(?<=n)['’]t\b", re.I)
_UNITS = re.compile(
    r"(?:%|[°€$£]|(?:[nµμmckMG]?(?:m|g|s|Hz|W|V|J|L|l|eV|Pa|mol|M|K))(?:/\w+)?|°\s?C|"
    r"(?:second|minute|hour|day|week|month|year|decade)s?|points?)$"
)


class Doubt(StrEnum):
    """Why a sentence does not pass."""

    QUOTATION = "a quotation that does not stand there word for word"
    NUMBER = "a number or unit that does not stand there"
    NAME = "a name that does not stand there"
    ADDRESS = "an address that does not stand there"
    NEGATION = "a negation that is there or not"
    OPPOSITE = "the opposite of what stands there"
    CERTAINTY = "more certain or more general than what stands there"
    ORDER = "what is compared is turned round"
    WORD = "a word in the place of another one"
    MEANING = "not near enough to what stands there"


@dataclass(frozen=True, slots=True)
class _Token:
    """A word: as written, folded, and its stem ('' for a stop word)."""

    text: str
    folded: str
    stem: str


_NO_TOKEN = _Token("", "", "")


class _Reading:
    """A text's words and clauses, read once."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def tokens(self) -> list[_Token]:
        plain = _NEGATED_FORM.sub(" not", self.text)
        plain = re.sub(r"\bcan\s?not\b|\bcan not\b", "can not", plain, flags=re.I)
        words = (match[0] for match in WORD.finditer(plain))
        return [_Token(word, fold_case(word), index_term(word)) for word in words]

    @cached_property
    def folded(self) -> frozenset[str]:
        return frozenset(token.folded for token in self.tokens)

    @cached_property
    def stems(self) -> frozenset[str]:
        return frozenset(token.stem for token in self.tokens) - {""}

    @cached_property
    def clauses(self) -> list[_Reading]:
        return _cut(self.text, _CLAUSE)

    @cached_property
    def contrasted(self) -> list[_Reading]:
        return _cut(self.text, _CONTRAST)


def _cut(text: str, border: re.Pattern[str]) -> list[_Reading]:
    """The parts of a text between borders, a number's comma being none."""
    parts = border.split(re.sub(r"(?<=\d),(?=\d)", "", text))
    readings = [_Reading(part) for part in parts if part.strip()]
    return [reading for reading in readings if reading.tokens]


@cache
def _negations() -> frozenset[str]:
    return load_words("negations", _HOME)


@cache
def _hedges() -> tuple[frozenset[str], ...]:
    return tuple(frozenset(line.split()) for line in load_lines("hedges", _HOME))


@cache
def _opposites() -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
    rows = (line.partition("|") for line in load_lines("opposites", _HOME))
    return tuple((frozenset(a.split()), frozenset(b.split())) for a, _, b in rows)


@cache
def _strong() -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
    rows = (line.partition("|") for line in load_lines("strong_words", _HOME))
    return tuple((frozenset(a.split()), frozenset(b.split())) for a, _, b in rows)


@cache
def _plain_words() -> frozenset[str]:
    return frozenset(" ".join(load_lines("plain_words", _HOME)).split())


@cache
def _number_words() -> dict[str, float]:
    rows = (line.split() for line in load_lines("number_words", _HOME))
    return {word: float(value) for word, value in rows}


def doubt_of(text: str, named: Sequence[str], cosine: float, context: str = "") -> Doubt | None:
    """Why a sentence may not be borne out by the sentences it names; None where it may be shown.

    `cosine` is that of their meanings; `context` what else is known of the sentences, such as
    title, authors and year of their papers.
    """
    if _as_said(text) in map(_as_said, named):
        return None
    written, source, around = _Reading(text), _Reading(" ".join(named)), _Reading(context)
    if _misquotes(text, named):
        return Doubt.QUOTATION
    for is_doubtful, doubt in (
        (_has_other_address, Doubt.ADDRESS),
        (_has_other_number, Doubt.NUMBER),
        (_has_other_name, Doubt.NAME),
        (_turns_denial, Doubt.NEGATION),
        (_says_opposite, Doubt.OPPOSITE),
        (_is_surer, Doubt.CERTAINTY),
        (_turns_order, Doubt.ORDER),
        (_exchanges_word, Doubt.WORD),
    ):
        if is_doubtful(written, source, around):
            return doubt
    return None if is_near(text, named, cosine, context) else Doubt.MEANING


def _as_said(text: str) -> str:
    """A sentence without the differences that are none: blanks, its full stop."""
    return " ".join(text.split()).rstrip(". ")


# ── what has to stand there ───────────────────────────────────────────────────────────────────────
def _misquotes(text: str, named: Sequence[str]) -> bool:
    """Whether a quotation, however short, stands in none of the named sentences word for word."""
    quoted = [next(filter(None, match.groups())) for match in _QUOTED.finditer(text)]
    sources = [QuotableText([PaperSentence(one, 0, (), "body", "", 0)]) for one in named]
    return any(
        WORD.search(one) and not any(_stands_in(one, source) for source in sources)
        for one in quoted
    )


def _stands_in(quoted: str, source: QuotableText) -> bool:
    located = locate(quoted, source)
    return located is not None and located.is_exact


def _has_other_address(written: _Reading, source: _Reading, around: _Reading) -> bool:
    """Whether it has an address, of the web or of a person, that the sources have not."""
    return any(
        match[0].rstrip(".,;)") not in source.text for match in _ADDRESS.finditer(written.text)
    )


def _has_other_number(written: _Reading, source: _Reading, around: _Reading) -> bool:
    """Whether a number, in digits or words, or its unit does not stand in the sources.

    A number of the papers' titles and years counts as there, unless the sources name years of their
    own.
    """
    known = [*quantities(source.text), *_in_words(source)]
    if not _YEAR.search(source.text):
        known += quantities(around.text)
    if any(not _is_same(one, known, written) for one in quantities(written.text)):
        return True
    if any(not _is_same_word(one, known) for one in _in_words(written)):
        return True
    digits = {match[0] for match in _DIGITS.finditer(f"{source.text} {around.text}")}
    read = " ".join(quantity.text for quantity in quantities(written.text))
    rest = (match[0] for match in _DIGITS.finditer(written.text))
    return any(one not in digits and one not in read for one in rest)


def _is_same(one: Quantity, known: Sequence[Quantity], written: _Reading) -> bool:
    """Whether a number is among the known ones, with its unit where that is one of measurement; it
    may stand elsewhere in the sentence: '30-day mortality'.
    """
    units = {_unit(other.unit) for other in known if agrees(one, [other])}
    if _unit(one.unit):
        return _unit(one.unit) in units
    return "" in units or any(unit in written.stems for unit in units)


def _is_same_word(one: Quantity, known: Sequence[Quantity]) -> bool:
    """Whether a number in words is among the known ones; no rounding."""
    same = [other for other in known if abs(one.value - other.value) < 0.01]
    return any(not one.unit or one.unit == _unit(other.unit) for other in same)


def _unit(unit: str) -> str:
    """A unit of measurement, plurals as their singular; '' for another word."""
    unit = unit.strip()
    return unit.removesuffix("s") if _UNITS.match(unit) else ""


def _in_words(reading: _Reading) -> list[Quantity]:
    """The numbers that are written in words, each with the unit of measurement behind it."""
    found = []
    tokens = reading.tokens
    for place, token in enumerate(tokens):
        if (value := _number_words().get(token.folded)) is not None:
            behind = tokens[place + 1].folded if place + 1 < len(tokens) else ""
            found.append(Quantity(token.text, value, _unit(behind)))
    return found


def _has_other_name(written: _Reading, source: _Reading, around: _Reading) -> bool:
    """Whether a name, a word with a capital or a digit in it, stands neither in the sources nor
    beside them; the first word of a sentence may have its capital from there.
    """
    letters = _letters(f"{source.text} {around.text}")
    initials = "".join(token.folded[0] for token in source.tokens)
    marked = [
        name
        for name in names(written.text)
        if _letters(name) not in letters and not _is_acronym(name, initials)
    ]
    capital = (
        token
        for token in written.tokens[1:]
        if token.text[:1].isupper()
        and _letters(token.text) not in letters
        and not _is_acronym(token.text, initials)
    )
    return bool(marked) or any(capital)


def _is_acronym(name: str, initials: str) -> bool:
    """Whether a name is made of the first letters of words in a row: 'SGD'."""
    return len(name) > 2 and name.isupper() and name.casefold() in initials


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, fold_case(text)))


# ── what may be turned round ──────────────────────────────────────────────────────────────────────
def _turns_denial(written: _Reading, source: _Reading, around: _Reading) -> bool:
    """Whether it denies what the sources do not deny, or says what they deny."""
    theirs = list(_marked_words(source, _negations()))
    ours = list(_marked_words(written, _negations()))
    if any(not any(_deny_alike(words, others) for others in theirs) for words in ours):
        return True
    heads = (words[0] for words in theirs if words)
    return any(_is_said_plainly(stem, written, source, _negations()) for stem in heads)


def _deny_alike(ours: Sequence[str], theirs: Sequence[str]) -> bool:
    """Whether two negations are of one thing: the first word of one is near behind the other."""
    return bool(ours and theirs) and (ours[0] in theirs[:REACH] or theirs[0] in ours[:REACH])


def _is_said_plainly(stem: str, written: _Reading, source: _Reading, marks: frozenset[str]) -> bool:
    """Whether a word stands unmarked ('not', 'may') more often than in the sources."""
    ours, theirs = (
        [token.stem for token in reading.tokens].count(stem)
        - sum(stem in words for words in _marked_words(reading, marks))
        for reading in (written, source)
    )
    return ours > max(0, theirs)


def _marked_words(reading: _Reading, marks: frozenset[str]) -> Iterator[list[str]]:
    """For each mark, such as 'not', the stems of content behind it in its clause, up to the next
    mark; those before it, the nearest first, where none is behind: '16% do not'.
    """
    for clause in reading.clauses:
        places = [p for p, token in enumerate(clause.tokens) if token.folded in marks]
        for place, following in zip(places, [*places[1:], None], strict=False):
            behind = [token.stem for token in clause.tokens[place + 1 : following] if token.stem]
            before = [token.stem for token in reversed(clause.tokens[:place]) if token.stem]
            yield behind or before


def _says_opposite(written: _Reading, source: _Reading, around: _Reading) -> bool:
    """Whether it goes the other way than the sources: 'increases' where they say 'decreases'."""
    for row in _opposites():
        for side, other in (row, row[::-1]):
            ours = [p for p, token in enumerate(written.tokens) if token.folded in side]
            if not ours or not source.folded & other:
                continue
            if not source.folded & side:
                return True
            if any(_is_about_opposite(written, place, source, side, other) for place in ours):
                return True
    return False


def _is_about_opposite(
    written: _Reading, place: int, source: _Reading, side: frozenset[str], other: frozenset[str]
) -> bool:
    """Whether the words beside a word of direction stand in the sources nearest to one of the other
    direction.
    """
    about = _beside(written.tokens, place)
    nearest = [_nearest_of(stem, source.tokens, side | other) for stem in about]
    found = [word for word in nearest if word]
    return bool(found) and all(word in other for word in found)


def _beside(tokens: Sequence[_Token], place: int) -> list[str]:
    """The stems of the nearest words of content before and behind a place."""
    before = next((token.stem for token in reversed(tokens[:place]) if token.stem), "")
    behind = next((token.stem for token in tokens[place + 1 :] if token.stem), "")
    return [stem for stem in (before, behind) if stem]


def _nearest_of(stem: str, tokens: Sequence[_Token], words: frozenset[str]) -> str:
    """Which of the words stands nearest to a stem; '' where it or they are not there."""
    stems = [place for place, token in enumerate(tokens) if token.stem == stem]
    places = [place for place, token in enumerate(tokens) if token.folded in words]
    pairs = ((abs(a - b), tokens[b].folded) for a in stems for b in places if a != b)
    return min(pairs, default=(0, ""))[1]


def _is_surer(written: _Reading, source: _Reading, around: _Reading) -> bool:
    """Whether it says 'all', 'always' or 'causes' where the sources do not, or leaves out their
    'may'.
    """
    said = source.folded
    if not written.folded & _negations():
        said -= _denied_words(source)
    if any(written.folded & strong and not said & (strong | more) for strong, more in _strong()):
        return True
    return any(
        not written.folded & hedges and _leaves_out(hedges, written, source) for hedges in _hedges()
    )


def _denied_words(source: _Reading) -> frozenset[str]:
    """Words of causes and proofs in clauses that deny them: 'a causal effect cannot be shown'."""
    denied = (clause.folded for clause in source.clauses if clause.folded & _negations())
    return frozenset().union(*denied) & load_words("deniable_words", _HOME)


def _leaves_out(hedges: frozenset[str], written: _Reading, source: _Reading) -> bool:
    """Whether what the sources say with a hedge is said without one."""
    heads = (words[0] for words in _marked_words(source, hedges) if words)
    return any(_is_said_plainly(stem, written, source, hedges) for stem in heads)


def _turns_order(written: _Reading, source: _Reading, around: _Reading) -> bool:
    """Whether what is compared has changed places, or two contrasts have changed their ends."""
    return (
        _turns_comparison(written, source)
        or _crosses_contrasts(written, source)
        or any(_moves(word, written, source) for word in _moving_words(written))
    )


def _moving_words(reading: _Reading) -> Iterator[int]:
    """The places of numbers and of words of direction, which belong to what stands behind them."""
    words = frozenset().union(*(side for row in _opposites() for side in row)) | set(
        _number_words()
    )
    for place, token in enumerate(reading.tokens):
        if token.folded in words or token.text.isdigit():
            yield place


def _moves(place: int, written: _Reading, source: _Reading) -> bool:
    """Whether a word belongs to another one than in the sources: 'a smaller teacher' where they
    have 'a smaller student' of a teacher; a number may belong to the word before it: 'layer 5'.
    """
    word = written.tokens[place].folded
    ours = _belongs_to(place, written.tokens)
    places = [p for p, token in enumerate(source.tokens) if token.folded == word]
    known = [one for p in places if (one := _belongs_to(p, source.tokens))]
    if ours not in source.stems or ours in known or not known:
        return False
    label = written.tokens[place - 1].stem if place else ""
    return not (label and any(p and source.tokens[p - 1].stem == label for p in places))


def _belongs_to(place: int, tokens: Sequence[_Token]) -> str:
    """The stem of the word of content right behind a place, or behind a number's 'of' or 'in'; ''
    where none is.
    """
    behind = [*tokens[place + 1 : place + 3], _NO_TOKEN, _NO_TOKEN]
    is_number = tokens[place].text.isdigit() or tokens[place].folded in _number_words()
    if is_number and behind[0].folded in {"of", "in"}:
        return behind[1].stem
    return behind[0].stem


def _turns_comparison(written: _Reading, source: _Reading) -> bool:
    """'B is better than A' where the sources say 'A is better than B'."""
    ours, theirs = _compared(written.text), _compared(source.text)
    if ours is None or theirs is None:
        return ours is not None and not _COMPARED.search(source.text)
    told_apart = theirs[0].stems ^ theirs[1].stems
    first = next((token.stem for token in ours[1].tokens if token.stem in told_apart), "")
    return first in theirs[0].stems


def _compared(text: str) -> tuple[_Reading, _Reading] | None:
    """What stands before and behind the first comparison's 'than'; None where there is none."""
    pivot = _COMPARED.search(text)
    if pivot is None:
        return None
    behind = re.split(r"[;()]", text[pivot.end() :])[0]
    return _Reading(text[: pivot.start()]), _Reading(behind)


def _crosses_contrasts(written: _Reading, source: _Reading) -> bool:
    """Whether two parts that the sources contrast have each words of the other one."""
    parts = source.contrasted
    if len(parts) < 2 or len(written.contrasted) < 2:
        return False
    own = [
        part.stems - frozenset().union(*(p.stems for p in parts if p is not part)) for part in parts
    ]
    mixed = sum(
        sum(bool(clause.stems & words) for words in own) > 1 for clause in written.contrasted
    )
    return mixed > 1


def _exchanges_word(written: _Reading, source: _Reading, around: _Reading) -> bool:
    """Whether a new word stands where the sources have another one between the same words:
    'when calcium was removed' for 'when magnesium was removed'. Words of one direction ('fell',
    'declined') and of no subject ('took') are none.
    """
    ours, theirs = _framed(written), _framed(source)
    known = source.stems | around.stems
    gaps = [
        (token, frame)
        for token, frame in ours
        if token.folded not in _plain_words() and not _is_known(token.stem, known)
    ]
    return any(
        _is_frame(frame, other) and not (token.stem == one.stem or _go_together(token, one))
        for token, frame in gaps
        for one, other in theirs
    )


def _framed(reading: _Reading) -> list[tuple[_Token, tuple[str, str]]]:
    """Each word of content with the stems before and behind it, '' at the ends."""
    tokens = [token for token in reading.tokens if token.stem]
    stems = ["", *(token.stem for token in tokens), ""]
    return [(token, (stems[n], stems[n + 2])) for n, token in enumerate(tokens)]


def _is_frame(ours: tuple[str, str], theirs: tuple[str, str]) -> bool:
    """Whether two words stand between the same ones, the end of a sentence being any."""
    pairs = [(a, b) for a, b in zip(ours, theirs, strict=True) if a]
    return bool(pairs) and all(a == b for a, b in pairs)


def _go_together(one: _Token, other: _Token) -> bool:
    """Whether two words are of one direction."""
    return any(one.folded in side and other.folded in side for row in _opposites() for side in row)


# ── labels ────────────────────────────────────────────────────────────────────────────────────────
def is_label(text: str, papers: Sequence[str]) -> bool:
    """Whether a few words may name what papers share: words of theirs in any form, of which each of
    most papers has one that says something.
    """
    words = _Reading(text)
    known = [_Reading(paper).stems for paper in papers]
    everything = frozenset().union(*known)
    is_fit = (
        _LABEL.fullmatch(text) is not None
        and not _ADDRESS.search(text)
        and len(words.tokens) in LABEL_WORDS
        and all(_is_known(token.stem, everything) for token in words.tokens if token.stem)
    )
    named = sum(any(_is_known(stem, own) for stem in words.stems) for own in known)
    return is_fit and named >= MIN_NAMED * len(papers) and named > 0


# ── how near ──────────────────────────────────────────────────────────────────────────────────────
def is_near(text: str, named: Sequence[str], cosine: float, context: str = "") -> bool:
    """Whether words and meaning of a sentence are near to what it names."""
    covered, new_in_a_row = coverage(text, named, context)
    return (
        cosine >= MIN_COSINE
        and covered >= MIN_COVERED
        and cosine + covered >= MIN_NEARNESS
        and new_in_a_row <= MAX_NEW_IN_A_ROW
    )


def coverage(text: str, named: Sequence[str], context: str = "") -> tuple[float, int]:
    """The share of a sentence's words of content that stand in what it names, in any form, and the
    most new ones in a row.
    """
    known = _Reading(" ".join([*named, context])).stems
    marks = [_is_known(token.stem, known) for token in _Reading(text).tokens if token.stem]
    return (sum(marks) / len(marks) if marks else 0.0), _longest_run(marks)


def _is_known(stem: str, known: Iterable[str]) -> bool:
    return stem in known or any(_are_forms(stem, other) for other in known)


def _are_forms(one: str, other: str) -> bool:
    """Whether two stems are of one word: 'consist', 'consistenc'."""
    short, long = sorted((one, other), key=len)
    shared = next(
        (n for n, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short)
    )
    return shared >= 4 and len(long) - shared <= MAX_NEW_LETTERS


def _longest_run(marks: Iterable[bool]) -> int:
    """The most marks in a row that are False."""
    return max(map(len, "".join("+" if mark else "-" for mark in marks).split("+")), default=0)


def doubts(
    sentences: Iterable[tuple[str, Sequence[str], float, str]],
) -> Iterator[Doubt | None]:
    """`doubt_of` for each (text, named, cosine, context)."""
    return (doubt_of(*sentence) for sentence in sentences)
