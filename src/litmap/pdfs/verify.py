"""Is a PDF the paper it should be? Its own ids and the title in its first pages tell."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from enum import Enum
from typing import Protocol

from litmap.models import Work
from litmap.parsing.person_names import split_name
from litmap.parsing.title_similarity import normalise_title, title_similarity

_COMMON = frozenset(
    "the of and in to is for we that with on as by this are an be from at der die und le la les de et des".split()  # noqa: SIM905
)
_SCRIPTS = re.compile(r"[\u0370-\u1cff\u2e80-\ud7ff]")
"""Letters of scripts other than Latin; a Latin text layer full of odd letters is none of them."""
_LETTERS = str.maketrans(
    {"ß": "ss", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "ﬁ": "fi", "ﬂ": "fl"}
)


class Preview(Protocol):
    """What a look at a PDF's first pages gives (`litmap.text.Preview`)."""

    @property
    def title(self) -> str: ...  # noqa: D102
    @property
    def text(self) -> str: ...  # noqa: D102
    @property
    def ids(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def metadata_title(self) -> str: ...  # noqa: D102
    @property
    def pages(self) -> int: ...  # noqa: D102


class Finding(Enum):
    """The paper, another paper, or text that nobody could read."""

    RIGHT = "right"
    WRONG = "wrong"
    UNREADABLE = "unreadable"


def verify(seen: Preview, work: Work, *, sure: bool = False) -> Finding:
    """Compare a file's first pages with the work it was fetched for.

    `sure`: the place is the work's own (by its id, or the reader's link), so that a file which tells the same people
    and most of the title's words is an earlier or later version under another title.
    """
    titles = [t for t in (work.title, *work.other_titles) if len(squash(t)) >= 6 and "://" not in t]
    if not (work.ids or work.authors) and not any(
        f.name == "title" and f.source != "the note" for f in work.facts
    ):
        titles = (
            titles if not sure else []
        )  # the reader's words for the link, not a title that a source confirmed
    own = {i for i in seen.ids if i.startswith(("arxiv:", "doi:"))}
    if own & set(work.ids):
        return Finding.RIGHT
    if not is_readable(seen.text):
        guessed = [t for t in (seen.title, seen.metadata_title) if t]
        if _titled(guessed, titles):
            return Finding.RIGHT
        plain = seen.title.isascii() and len(normalise_title(seen.title).split()) >= 3
        return (
            Finding.WRONG
            if plain and titles and is_readable(seen.title, least=3)
            else Finding.UNREADABLE
        )
    if not titles:  # known by its address only, so whatever lies there is it
        return Finding.RIGHT if sure else Finding.UNREADABLE
    text = squash(seen.text[:60_000])
    people = names_in(work.authors, seen.text)
    if any(squash(title) in text for title in titles):
        if people is not False or _titled([seen.title, seen.metadata_title], titles):
            return Finding.RIGHT
        return Finding.WRONG
    if _titled([seen.title, seen.metadata_title], titles) and people is not False:
        return Finding.RIGHT
    if people and any(_spread(title, seen.text) for title in titles):
        return Finding.RIGHT
    return Finding.RIGHT if sure and _retitled(seen, work, titles) else Finding.WRONG


def _retitled(seen: Preview, work: Work, titles: Sequence[str]) -> bool:
    """All of the people (two or more) and most words of a title: the work under another title."""
    names = {squash(split_name(name).family) for name in work.authors[:12]}
    top = squash(seen.text[:6000])
    if len(names) < 2 or not all(len(name) >= 3 and name in top for name in names):
        return False
    there = set(normalise_title(seen.title).split()) | set(
        normalise_title(seen.text[:1500]).split()
    )
    wanted = [{w for w in normalise_title(title).split() if len(w) > 3} for title in titles]
    return any(len(words) >= 3 and len(words & there) >= 0.6 * len(words) for words in wanted)


def _titled(guessed: Sequence[str], titles: Sequence[str]) -> bool:
    return any(
        title_similarity(guess, title) >= 0.9 for guess in guessed if guess for title in titles
    )


def _spread(title: str, text: str) -> bool:
    """Nearly all words of the title stand close together near the beginning, though not letter by letter."""
    wanted = {w for w in normalise_title(title).split() if len(w) > 3}
    if len(wanted) < 3:
        return False
    words = [w for line in text[:6000].splitlines() for w in normalise_title(line).split()]
    span = 3 * len(normalise_title(title).split()) + 6
    best = max(
        (len(wanted & set(words[i : i + span])) for i in range(0, max(1, len(words)), 3)), default=0
    )
    return best >= 0.85 * len(wanted)


def names_in(authors: Sequence[str], text: str) -> bool | None:
    """Whether an author's family name stands in the text; None where no author is known."""
    names = [squash(split_name(name).family) for name in authors[:30]]
    names = [name for name in names if len(name) >= 2]
    if not names:
        return None
    tight = squash(text[:20_000])
    return any(name in tight for name in names)


def squash(text: str) -> str:
    """Letters and digits only, lower-case, without accents; so line breaks, hyphens and spacing do not matter."""
    text = unicodedata.normalize("NFKD", text.lower().translate(_LETTERS))
    return "".join(c for c in text if c.isalnum())


def is_readable(text: str, least: int = 40) -> bool:
    """False for next to no text (under `least` words), and for a text layer without a language's common words."""
    words = [word.strip(".,;:()[]\"'“”") for word in text[:20_000].lower().split()]
    words = [word for word in words if any(c.isalpha() for c in word)]
    if sum(bool(_SCRIPTS.search(word)) for word in words) > 0.5 * len(words):
        return len(text) >= least
    if len(words) < least:
        return False
    common = [word for word in words if word in _COMMON]
    return len(common) >= 0.06 * len(words) and len(set(common)) >= min(3, least // 10)
