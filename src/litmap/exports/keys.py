"""Names, citation keys and kinds of works, as the formats need them."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import count

from litmap.models import BibRecord, Mention, Work
from litmap.parsing.markup import one_line
from litmap.parsing.person_names import is_degree, split_name
from litmap.parsing.title_similarity import normalise_title
from litmap.parsing.word_lists import load_pattern, load_words

LibraryWork = (
    tuple[Work, Sequence[Mention]]
    | tuple[Work, Sequence[Mention], Sequence[BibRecord]]
    | tuple[Work, Sequence[Mention], Sequence[BibRecord], Sequence[str]]
)
"""A work with the places where the notes cite it, the user's own records of it and his tags."""

_HOME = "litmap.exports"
_CONFERENCE = re.compile(rf"\b(?:{load_pattern('conferences', _HOME)})\b", re.I)
_PREPRINT = re.compile(rf"^(?:{load_pattern('preprint_servers', _HOME)})\b", re.I)
_THESIS = re.compile(
    r"\b(?:ph\.?d|master|doctoral|diploma)\b.{0,12}\b(?:thesis|dissertation)|\bthesis\b", re.I
)
_REPORT = re.compile(r"\btech(?:nical)?\.? rep|working paper", re.I)
_BOOK = re.compile(r"\b(?:press|springer|wiley|publishers?|verlag|books)\b", re.I)
_WEB_ADDRESS = re.compile(r"https?://[^\s]+$", re.I)
_ADDRESSES = (
    ("doi", "https://doi.org/{}"),
    ("arxiv", "https://arxiv.org/abs/{}"),
    ("openreview", "https://openreview.net/forum?id={}"),
)
"""Kind of an identifier → the address it stands for, the best first."""
_CITED_KEY = re.compile(r"-?@(?:\{([^\s,{}%#\"\\~]+)\}|([^\s,{}%#\"\\~]+))")
_NOT_ASCII_WORD = re.compile(r"[^a-z0-9]")
_TRANSCRIBED = str.maketrans({"ß": "ss", "ø": "o", "ł": "l"})
"""Letters that Unicode does not decompose."""
MAX_FAMILY_CHARS, MAX_WORD_CHARS, MAX_ID_CHARS = 30, 20, 40
"""Characters of a citation key from the family name, the title and, without both, the id."""


def ascii_word(text: str) -> str:
    """Lower-case ASCII letters and digits of a text."""
    plain = unicodedata.normalize("NFKD", text.translate(_TRANSCRIBED))
    return _NOT_ASCII_WORD.sub("", plain.encode("ascii", "ignore").decode().lower())


def citation_keys(works: Sequence[Work], own: Sequence[Sequence[str]] = ()) -> list[str]:
    """A key for each work: the user's own (the first of `own`, where there is one), else
    'family2017firstword'.

    Works that would share one get 'a', 'b', … in the order of ids; keys differ by more than
    capitals, which BibTeX ignores.
    """
    first = [next(iter(keys), "") for keys in own] or [""] * len(works)
    bases = [key or _base_key(work) for key, work in zip(first, works, strict=True)]
    generated = Counter(base for base, key in zip(bases, first, strict=True) if not key)
    candidates = {base: _candidates(base, shared=generated[base] > 1) for base in bases}
    keys = [""] * len(works)
    taken: set[str] = set()
    for i in sorted(range(len(works)), key=lambda i: (not first[i], bases[i], works[i].id)):
        keys[i] = next(key for key in candidates[bases[i]] if key.casefold() not in taken)
        taken.add(keys[i].casefold())
    return keys


def mentioned_key(mention: Mention) -> str:
    """The key in a place that cites by one, '@doe1999', '' elsewhere."""
    match = _CITED_KEY.fullmatch(mention.text) if mention.kind == "citekey" else None
    return (match[1] or match[2]) if match else ""


def _candidates(base: str, *, shared: bool) -> Iterator[str]:
    """The keys that works of a base may have, in order; the base itself where one work has it."""
    if not shared:
        yield base
    for number in count():
        yield base + _letters(number)


def _base_key(work: Work) -> str:
    authors = authors_of(work)
    family = ascii_word(split_name(authors[0]).family) if authors else ""
    stop_words = load_words("key_stop_words", _HOME)
    words = (word for word in normalise_title(work.title).split() if word not in stop_words)
    first = ascii_word(next(words, ""))
    key = f"{family[:MAX_FAMILY_CHARS]}{work.year or ''}{first[:MAX_WORD_CHARS]}"
    return key or ascii_word(work.id)[:MAX_ID_CHARS] or "work"


def authors_of(work: Work) -> list[str]:
    """The authors that have a name: no 'PhD' that a list of authors was cut into."""
    return [author for author in work.authors if not is_degree(author)]


def _letters(number: int) -> str:
    """0 → 'a', 25 → 'z', 26 → 'aa'."""
    text = ""
    number += 1
    while number:
        number, letter = divmod(number - 1, 26)
        text = chr(ord("a") + letter) + text
    return text


def kind_of(work: Work) -> str:
    """The kind of a work by its venue and identifiers.

    'article', 'conference', 'preprint', 'thesis', 'report', 'book' or 'other'.
    """
    kinds = (kind for kind, is_kind in _KINDS if is_kind(work))
    return next(kinds, "article" if work.venue else "other")


def is_thesis(work: Work) -> bool:
    """'PhD thesis, MIT'."""
    return bool(_THESIS.search(work.venue))


def is_preprint(work: Work) -> bool:
    """'arXiv preprint', or nothing but an arXiv number."""
    if work.venue:
        return bool(_PREPRINT.match(work.venue))
    return bool(work.identifier("arxiv")) and not work.identifier("doi")


def is_report(work: Work) -> bool:
    """'Tech. Rep. 12'."""
    return bool(_REPORT.search(work.venue))


def is_conference_paper(work: Work) -> bool:
    """'Proceedings of ICML', or a paper of PMLR."""
    return bool(_CONFERENCE.search(work.venue) or work.identifier("pmlr"))


def is_book(work: Work) -> bool:
    """'MIT Press'."""
    return bool(_BOOK.search(work.venue))


_KINDS: tuple[tuple[str, Callable[[Work], bool]], ...] = (
    ("thesis", is_thesis),
    ("preprint", is_preprint),
    ("report", is_report),
    ("conference", is_conference_paper),
    ("book", is_book),
)
"""Asked from top to bottom; the first that fits is the kind."""


def web_address(work: Work) -> str:
    """The best address of a work: its DOI's, arXiv's, or the first http address known.

    '' where there is none.
    """
    for kind, address in _ADDRESSES:
        if identifier := work.identifier(kind):
            return address.format(identifier)
    addresses = (*work.urls, *(location.url for location in work.locations))
    return next((one_line(url) for url in addresses if _WEB_ADDRESS.match(url)), "")


def headings_of(mentions: Sequence[Mention]) -> list[tuple[str, ...]]:
    """The heading paths of the mentions, each once, in order."""
    return list(dict.fromkeys(mention.heading for mention in mentions if mention.heading))
