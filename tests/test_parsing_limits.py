"""The limits of parsing/, as numbers: one less, just so many, one more."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from litmap.parsing import meta_tags
from litmap.parsing.identifiers import identifier_from_url
from litmap.parsing.identifiers.urls import unwrap_url
from litmap.parsing.languages import document_language, is_english, language_of
from litmap.parsing.markup import plain_text
from litmap.parsing.person_names import split_name
from litmap.parsing.reference_strings import parser
from litmap.parsing.reference_strings.author_lists import read_authors
from litmap.parsing.reference_strings.normalise import clean
from litmap.parsing.reference_strings.token_features import RuleReading, token_features, tokenise
from litmap.parsing.sentences import sentence_ends
from litmap.parsing.terms import term_keys


def names(count: int) -> str:
    """So many authors: 'Aa, J., Ab, J., …'."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    families = [f"X{a}{b}y" for a in letters for b in letters][:count]
    return ", ".join(f"{family}, J." for family in families) + " (1999). The title."


def tags(count: int) -> bytes:
    return b"".join(b'<meta name="citation_author" content="A">' for _ in range(count))


def files(count: int) -> bytes:
    return b"".join(
        b'<meta name="citation_pdf_url" content="https://a.org/%d.pdf">' % n for n in range(count)
    )


def redirect(count: int) -> str:
    """An address of so many fields, the last of which is another address."""
    return "https://www.google.com/url?" + "a=1&" * (count - 1) + "q=https%3A%2F%2Fb.org%2Fx"


def emphasised(text: str, *runs: str) -> list[bool]:
    rows = token_features(text, tokenise(text), runs, RuleReading(0, False, (0, 0), (0, 0)))
    return ["emph" in row for row in rows]


def shape(word: str) -> str:
    rows = token_features(word, tokenise(word), (), RuleReading(0, False, (0, 0), (0, 0)))
    return next(feature for feature in rows[0] if feature.startswith("s="))


WITHIN: list[tuple[str, int, Callable[[int], object]]] = [
    ("authors of a list", 400, lambda n: len(read_authors(names(n)).names) == n),
    (
        "tokens of a reference",
        400,
        lambda n: bool(parser.features_of(parser.read_by_rules("ab " * (n - 1) + "ab"))[0]),
    ),
    ("emphasised runs", 4, lambda n: emphasised("a b c d e", *"abcde"[:n])[n - 1]),
    ("initials run together", 3, lambda n: shape("A" * n) == "s=AA"),
    ("words of a name", 8, lambda n: not split_name(" ".join(["Aa"] * n)).literal),
    ("tags of a page", 3000, lambda n: len(meta_tags.read_tags(tags(n))) == n),
    ("files that a page names", 5, lambda n: len(meta_tags.pdf_urls(files(n), "https://a.org/")) == n),
    ("characters of an address", 4000, lambda n: identifier_from_url("https://doi.org/10.1000/" + "a" * (n - 24))),
    ("fields of a redirect", 100, lambda n: unwrap_url(redirect(n)) == "https://b.org/x"),
    ("letters of a word that count", 64, lambda n: len(set(term_keys(" ".join("x" * k for k in (n - 1, n))))) == 2),
    ("escapes of a text", 3, lambda n: plain_text("&" + "amp;" * (n - 1) + "lt; x") == "< x"),
    ("closing signs of a sentence", 4, lambda n: sentence_ends("It is so." + ")" * n + " And on.") == [10 + n, 17 + n]),
    ("characters that tell English", 600, lambda n: not is_english("x" * (n - 6) + " nicht")),
    ("characters of a passage", 300, lambda n: document_language([" " * (n - 1) + "я"]) != "en"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "limit", "holds"), WITHIN, ids=[what for what, *_ in WITHIN])
def test_a_limit_is_reached_and_not_passed(what, limit, holds):
    assert holds(limit - 1)
    assert holds(limit)
    assert not holds(limit + 1)


FROM: list[tuple[str, int, Callable[[int], object]]] = [
    (
        "characters between single marks",
        9,
        lambda n: "“" in clean("Doe, J. '" + "x" * n + "', Nature").text,
    ),
    ("letters of a language's text", 20, lambda n: language_of("die Katze und der H" + "u" * (n - 15)) == "de"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "limit", "holds"), FROM, ids=[what for what, *_ in FROM])
def test_a_limit_is_where_something_begins(what, limit, holds):
    assert not holds(limit - 1)
    assert holds(limit)
    assert holds(limit + 1)


@pytest.mark.parametrize(("count", "is_russian"), [(8, True), (15, True), (16, False), (17, False)])
def test_every_piece_of_a_short_document_is_looked_at_and_each_second_of_sixteen(count, is_russian):
    """Only the second piece has words, which eight pieces of sixteen leave out."""
    pieces = ["."] * count
    pieces[1] = "Дома города были построены после войны"
    assert (document_language(pieces) == "ru") is is_russian
