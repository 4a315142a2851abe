"""Finding works: by words, and by the query languages that the services share.

`field:value`, `field:"a phrase"`, `field:[a TO b]`, AND, OR, NOT, brackets: as Lucene, Solr, Europe
PMC and arXiv read them, as far as a client needs it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence

from .works import ScholarlyWork

Matches = Callable[[ScholarlyWork, str], bool]
_TOKEN = re.compile(r'[()]|(?:[\w.]+:)?(?:"[^"]*"|\[[^\]]*\]|[^\s()]+)')


def words(text: str) -> list[str]:
    """Lower-case words and numbers, without accents."""
    plain = unicodedata.normalize("NFKD", text.lower())
    return re.findall(r"[^\W_]+", "".join(c for c in plain if not unicodedata.combining(c)))


def has_words(work: ScholarlyWork, text: str) -> bool:
    """Whether all of the words stand in the title."""
    wanted = set(words(text))
    return bool(wanted) and wanted <= set(words(work.title))


def is_by(work: ScholarlyWork, name: str) -> bool:
    """Whether the words of a name stand in the name of one author."""
    wanted = set(words(name))
    return any(wanted and wanted <= set(words(author)) for author in work.authors)


def nearest(works: Iterable[ScholarlyWork], text: str, share: float) -> list[ScholarlyWork]:
    """Works with at least this share of the words in title, names or year, the best first."""
    wanted = set(words(text))
    scored = []
    for work in works:
        has = set(words(f"{work.title} {' '.join(work.authors)} {work.year} {work.venue}"))
        shared = len(wanted & has)
        if shared and shared >= share * len(wanted):
            scored.append((-shared, len(has), work.key, work))
    return [row[-1] for row in sorted(scored)]


def same(value: Callable[[ScholarlyWork], str | Sequence[str]]) -> Matches:
    """A field whose value, or one of whose values, must be the same but for case."""

    def matches(work: ScholarlyWork, wanted: str) -> bool:
        found = value(work)
        listed = [found] if isinstance(found, str) else found
        return any(v and v.lower() == wanted.lower() for v in listed)

    return matches


def within(value: Callable[[ScholarlyWork], str]) -> Matches:
    """A field of words: all must be there."""

    def matches(work: ScholarlyWork, wanted: str) -> bool:
        needed = set(words(wanted))
        return bool(needed) and needed <= set(words(value(work)))

    return matches


def of_years(work: ScholarlyWork, wanted: str) -> bool:
    """A year, or '[from TO until]' of which the first four digits count; '*' is no bound."""
    low, _, high = wanted.strip("[]").partition(" TO ")
    bounds = [re.match(r"\d{4}", part) for part in (low, high or low)]
    first, last = (int(hit[0]) if hit else None for hit in bounds)
    return (first is None or work.year >= first) and (last is None or work.year <= last)


def select(
    works: Iterable[ScholarlyWork], query: str, fields: Mapping[str, Matches]
) -> list[ScholarlyWork]:
    """The works that a query describes; `fields` by lower-case name, '' for words without one. A
    field that is not named there matches nothing.
    """
    wanted = _Query(_TOKEN.findall(query), fields)
    test = wanted.either()
    return [work for work in works if test(work)]


Test = Callable[[ScholarlyWork], bool]


class _Query:
    """A query that is read from left to right."""

    def __init__(self, tokens: list[str], fields: Mapping[str, Matches]) -> None:
        self.tokens, self.fields = tokens, fields

    def next_is(self, *names: str) -> bool:
        return bool(self.tokens) and self.tokens[0] in names

    def either(self) -> Test:
        tests = [self.all()]
        while self.next_is("OR"):
            self.tokens.pop(0)
            tests.append(self.all())
        return lambda work: any(test(work) for test in tests)

    def all(self) -> Test:
        tests = []
        while self.tokens and not self.next_is("OR", ")"):
            if self.next_is("AND"):
                self.tokens.pop(0)
                continue
            tests.append(self.one())
        return lambda work: bool(tests) and all(test(work) for test in tests)

    def one(self) -> Test:
        if self.next_is("NOT", "ANDNOT"):
            self.tokens.pop(0)
            test = self.one()
            return lambda work: not test(work)
        token = self.tokens.pop(0) if self.tokens else ""
        if token != "(":
            return self.clause(token)
        inner = self.either()
        if self.next_is(")"):
            self.tokens.pop(0)
        return inner

    def clause(self, token: str) -> Test:
        name, colon, value = token.partition(":")
        if not colon or token.startswith('"'):
            name, value = "", token
        if name.lower() not in self.fields and value.startswith("//"):
            name, value = "", token  # an address
        if not value and self.next_is("("):  # field:(a b)
            return self.one()
        matches = self.fields.get(name.lower(), _nothing)
        return lambda work: matches(work, value.strip('"'))


def _nothing(work: ScholarlyWork, wanted: str) -> bool:
    return False
