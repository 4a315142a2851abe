"""Invented works in ten languages: what the styles render."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

HERE = Path(__file__).parent
LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "ru", "zh", "ja", "ko")
SLOT = re.compile(r"\{(\w+)\}")
"""A place in an entry of a word list where an entry of another list stands."""
QUOTES = {
    "en": (("“", "”"), ('"', '"'), ("‘", "’"), ('"', ',"'), ("“", ",”")),
    "de": (("„", "“"), ("»", "«"), ('"', '"')),
    "fr": (("« ", " »"), ("«", "»"), ("“", "”")),
    "es": (("«", "»"), ("“", "”"), ('"', '"')),
    "it": (("«", "»"), ("“", "”"), ("‘", "’")),
    "pt": (("“", "”"), ('"', '"'), ("«", "»")),
    "ru": (("«", "»"), ("«", "»")),
}
"""Quotation marks around titles."""


def read_words(language: str) -> dict[str, list[str]]:
    """The word lists of a language, by name."""
    lists: dict[str, list[str]] = {}
    for line in (HERE / "words" / f"{language}.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            name, _, entries = line.partition(":")
            lists[name] = [e for e in (entry.strip(" ") for entry in entries.split(" | ")) if e]
    return lists


WORDS = {language: read_words(language) for language in LANGUAGES}


@dataclass
class Work:
    """An invented work: what a style renders."""

    language: str
    kind: str
    authors: list[tuple[str, str]]
    editors: list[tuple[str, str]]
    title: str
    subtitle: str
    year: int
    journal: str
    book: str
    volume: int
    issue: int
    first: int
    last: int
    place: str
    publisher: str
    random: Random = field(repr=False)

    def word(self, name: str) -> str:
        """An entry of one of the language's lists."""
        return fill(self.random, self.language, name)


def fill(random: Random, language: str, name: str) -> str:
    """An entry of a list with its slots filled."""
    words = WORDS[language]
    text = random.choice(words[name])
    for _ in range(3):
        if "{" not in text:
            break
        text = SLOT.sub(lambda match: random.choice(words[match[1]]), text)
    return text


def make_work(random: Random, language: str) -> Work:
    """A work with all that any style may ask for."""
    words = WORDS[language]
    number = random.choice((1, 1, 1, 1, 2, 2, 2, 3, 3, 4, 6))
    person = lambda: (random.choice(words["family"]), random.choice(words["given"]))  # noqa: E731
    title = fill(random, language, "pattern")
    if language in ("en", "de", "fr", "es", "it", "pt") and random.random() < 0.55:
        title = title[0] + title[1:].lower() if language == "en" else title
    title = title[:1].upper() + title[1:]
    title = vary_title(random, language, title)
    first = random.randint(1, 900)
    return Work(
        language=language,
        kind=random.choices(
            ("article", "book", "chapter", "thesis", "web", "edited"), (42, 25, 15, 4, 7, 7)
        )[0],
        authors=[person() for _ in range(number)],
        editors=[person() for _ in range(random.choice((1, 1, 2, 3)))],
        title=title,
        subtitle=subtitle_of(random, language),
        year=random.choice((random.randint(1985, 2025), random.randint(1900, 2025))),
        journal=fill(random, language, "journal"),
        book=fill(random, language, "book"),
        volume=random.randint(1, 320),
        issue=random.randint(1, 12),
        first=first,
        last=first + random.randint(1, 40),
        place=place_of(random, language),
        publisher=fill(random, language, "publisher"),
        random=random,
    )


def subtitle_of(random: Random, language: str) -> str:
    """A subtitle, mostly none."""
    if random.random() >= (0.5 if language == "de" else 0.38):
        return ""
    text = fill(random, language, random.choice(("subtitle", "subtitle", "subtitle", "pattern")))
    return text[:1].upper() + text[1:]


def place_of(random: Random, language: str) -> str:
    """A place, or two of them."""
    place, other = random.choice(WORDS[language]["place"]), random.choice(WORDS[language]["place"])
    if language in ("zh", "ja", "ko", "ru"):
        return place
    more = (
        f"{place}/{other}",
        f"{place} u.a.",
        f"{place}; {other}",
        f"{place} & {other}",
        f"{place}, {other}",
    )
    return random.choice(more) if random.random() < 0.1 else place


def _acronym(random: Random, title: str) -> str:
    name = "".join(random.choice("ABCDEGLMNRSTXaeiou") for _ in range(random.randint(3, 6)))
    return f"{name[0].upper()}{name[1:]}: {title}"


def _bracket(random: Random, title: str, word: str) -> str:
    return f"{title} ({random.choice((word, 'II', '1850-1914', 'Part 2', '1914–1945'))})"


def _years(random: Random, title: str) -> str:
    return f"{title}, {random.randint(1700, 1990)}–{random.randint(1991, 2020)}"


def _version(random: Random, title: str) -> str:
    return f"{title} {random.randint(2, 99)}.{random.randint(0, 9)}"


def _quotation(language: str, title: str, word: str) -> str:
    opening, close = QUOTES.get(language, (("“", "”"),))[0]
    if len(title) <= MIN_QUOTING:
        return _capitalised(word)
    return f"{opening.strip()}{word}{close.strip(', ')}: {title}"


def _capitalised(word: str) -> str:
    return word[:1].upper() + word[1:]


MIN_QUOTING = 20
"""Characters of a title that a quotation may stand before."""
VARIATIONS: tuple[tuple[float, Callable[[Random, str, str, str], str]], ...] = (
    (0.03, lambda random, language, title, word: _acronym(random, title)),
    (0.06, lambda random, language, title, word: _bracket(random, title, word)),
    (0.09, lambda random, language, title, word: _quotation(language, title, word)),
    (0.11, lambda random, language, title, word: _capitalised(word)),
    (0.13, lambda random, language, title, word: _years(random, title)),
    (0.15, lambda random, language, title, word: f"{title}: {word}"),
    (0.16, lambda random, language, title, word: _version(random, title)),
    (0.17, lambda random, language, title, word: f"{title} — {word}"),
    (0.18, lambda random, language, title, word: f"{random.choice('αβγKLH')}-{title}"),
    (0.21, lambda random, language, title, word: title.upper()),
)
"""What real titles have besides words, each with the sum of shares up to it."""


def vary_title(random: Random, language: str, title: str) -> str:
    """A title with an acronym, a bracket, a quotation, years; mostly as it is."""
    roll = random.random()
    word = random.choice(WORDS[language]["noun"])
    for share, vary in VARIATIONS:
        if roll < share:
            return vary(random, language, title, word)
    return title
