"""Which sentences of the reader's notes and drafts claim something of the works that they cite."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from litmap.models import Claim, Mention
from litmap.parsing.grammar import MORE_AUTHORS, YEAR
from litmap.parsing.languages import language_of, stop_words_of
from litmap.parsing.sentences import NOTE_SENTENCES, split_sentences
from litmap.parsing.terms import has_unspaced
from litmap.parsing.title_similarity import quick_similarity
from litmap.parsing.word_lists import load_pattern, load_words

PACKAGE = "litmap.claims"
LISTING_KINDS = frozenset({"reference", "pdf"})
"""Kinds of mentions that list a work and say nothing of it."""
MIN_WORDS = 4
"""Words, stop words left out, that a claim has beside its citations."""
MIN_LETTERS_UNSPACED = 8
"""Letters that do where the script has no spaces between words."""

SAME_TITLE = 0.5
"""Similarity from which a mention of a title is taken for one of its work."""
_CLAUSE = re.compile(r"(?<=\S);\s+")
_QUESTION = re.compile(r"[?？؟]\s*[\"'”’)\]]*\s*$")
_BRACKETS = re.compile(
    rf"\([^()]*[^\W\d_]{{2}}[^()]*\b{YEAR}[a-z]?\b[^()]*\)|\[[@\d][^\]]*\]|\\\w*cite\w*\*?(?:\[[^\]]*\])*\{{[^}}]*\}}"
    r"|@[\w:.-]+|https?://\S+|\b(?:arXiv|doi):\s?\S+|\(\s*[,;&]*\s*\)|\[\s*\]"
)
"""What is left of citations: '(Olm 1999)', '[3–7]', '\\citep{olm}', '@olm', an address."""
_NAMED = re.compile(
    r"[^\W\d_a-zß-ÿ][\w’'-]+(?:,? (?:and|und|et|y|e|&) [^\W\d_a-zß-ÿ][\w’'-]+)?"
    rf"(?:{MORE_AUTHORS})?,?\s(?:\(\s*)?{YEAR}[a-z]?\)?"
)
"""'Olm and Teich (1999)', 'Olm et al., 1999'."""
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_POINTER = re.compile(rf"^\W*(?:{load_pattern('pointers', PACKAGE)})(?!\w)[\s:,]*", re.I)


@dataclass(frozen=True, slots=True)
class CitedWork:
    """A mention and the work that it means; `titles` are those under which notes may name it."""

    work: str
    mention: Mention
    titles: tuple[str, ...] = ()


def find_claims(cited: Iterable[CitedWork]) -> list[Claim]:
    """The claims around these mentions, by note in the order given and by line: one for each
    sentence, or each part of one between semicolons, that says something beside citing.

    A claim's `works` are all that it cites: one of a stack is enough to bear it out.
    """
    groups: dict[tuple[str, str], list[CitedWork]] = {}
    for one in cited:
        mention = one.mention
        if mention.kind not in LISTING_KINDS and mention.context.strip():
            groups.setdefault((mention.note, mention.context), []).append(one)
    found: dict[tuple[str, str], Claim] = {}
    for group in groups.values():
        for claim in _claims_of(group):
            found.setdefault((claim.note, claim.text), claim)
    places: dict[str, int] = {}
    for note, _ in found:
        places.setdefault(note, len(places))
    return sorted(found.values(), key=lambda claim: (places[claim.note], claim.line))


def _claims_of(group: Sequence[CitedWork]) -> Iterator[Claim]:
    """The claims of one sentence or bullet with all that is cited there."""
    context = group[0].mention.context
    texts = [context[start:end].strip() for start, end in _parts(context)]
    for number, text in enumerate(texts):
        own = [one for one in group if len(texts) == 1 or _names(one, text)]
        statement = statement_of(text, [t for one in own for t in _citing_texts(one)])
        if own and claims_something(text, statement):
            first = own[0].mention
            line = _line(number, texts, own[0], group)
            works = tuple(dict.fromkeys(one.work for one in own))
            yield Claim(first.note, line, text, statement, works, first.heading)


def _names(one: CitedWork, text: str) -> bool:
    return bool(one.mention.text) and one.mention.text in text


def _line(number: int, texts: Sequence[str], one: CitedWork, group: Sequence[CitedWork]) -> int:
    """The line of a part that cites a work: a work that several parts cite alike has a mention for
    each of them.
    """
    lines = sorted({o.mention.line for o in group if o.mention.text == one.mention.text})
    before = sum(_names(one, text) for text in texts[:number])
    return lines[min(before, len(lines) - 1)]


def _citing_texts(one: CitedWork) -> Iterator[str]:
    """The texts by which a sentence cites a work: titles of it, and the mention's own text unless
    that is a bare title which the work does not have, such as the sentence itself.
    """
    yield from one.titles
    text = one.mention.text
    is_bare_title = one.mention.kind == "title" and bool(one.titles)
    if not is_bare_title or any(quick_similarity(text, t) >= SAME_TITLE for t in one.titles):
        yield text


def _parts(context: str) -> Iterator[tuple[int, int]]:
    """The sentences of a context, cut at semicolons."""
    for start, end in split_sentences(context, NOTE_SENTENCES):
        begin = start
        for gap in _CLAUSE.finditer(context, start, end):
            if not _is_inside_brackets(context, begin, gap.start()):
                yield begin, gap.start()
                begin = gap.end()
        yield begin, end


def _is_inside_brackets(text: str, start: int, at: int) -> bool:
    """Whether a bracket is open: '(Olm 1999; Teich 2001)'."""
    return any(
        text.count(opening, start, at) > text.count(closing, start, at)
        for opening, closing in ("()", "[]")
    )


def statement_of(text: str, citations: Iterable[str] = ()) -> str:
    """What a sentence says beside its citations; `citations` are the texts by which it cites."""
    rest = text
    for citation in sorted(citations, key=len, reverse=True):
        if citation and len(citation) > 2:
            rest = re.sub(re.escape(citation), " ", rest, flags=re.I)
    rest = _NAMED.sub(" ", _BRACKETS.sub(" ", rest))
    rest = re.sub(r"\(\s*[,;:]*\s*\)|\[\s*[,;:]*\s*\]", " ", rest)
    rest = " ".join(rest.split()).strip(" ,;:–—-")
    while pointer := _POINTER.match(rest):  # 'see also: e.g.'
        rest = rest[pointer.end() :]
    return rest


def claims_something(text: str, statement: str) -> bool:
    """Whether a sentence says something that a paper can bear out: it is no question, no bare
    pointer and more than the reader's opinion.
    """
    if _QUESTION.search(text):
        return False
    if has_unspaced(statement):
        return sum(map(str.isalpha, statement)) >= MIN_LETTERS_UNSPACED
    words = [word.casefold() for word in _WORD.findall(statement)]
    stop_words = stop_words_of(language_of(statement))
    opinions = load_words("opinions", PACKAGE)
    said = [word for word in words if word not in stop_words and word not in opinions]
    return len(said) >= MIN_WORDS
