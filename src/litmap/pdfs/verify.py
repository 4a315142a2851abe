"""Is a PDF the paper it should be? Its own ids and the title in its first pages tell.

The verdict is that of the first check that is sure; the checks stand in order in `CHECKS`.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Protocol

from litmap.models import Work
from litmap.parsing.person_names import split_name
from litmap.parsing.title_similarity import normalise_title, title_similarity
from litmap.parsing.word_lists import load_words

logger = logging.getLogger(__name__)

_COMMON = load_words("common_words", "litmap.pdfs")
_SCRIPTS = re.compile(r"[\u0370-\u1cff\u2e80-\ud7ff]")
"""Letters of scripts other than Latin; a Latin text layer full of odd letters is none of them."""
_LETTERS = str.maketrans(
    {"ß": "ss", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "ﬁ": "fi", "ﬂ": "fl"}
)
SAFE_SIMILARITY = 0.9
"""`title_similarity` from which two titles are one work's where the people agree."""
MIN_TITLE = 6
"""Letters and digits of a title that can be looked for."""
MIN_WORDS = 40
"""Words below which a text is not read."""
_HEAD = 6_000
"""Characters in which title and names stand."""


class Preview(Protocol):
    """What a look at a PDF's first pages gives (`litmap.text.Preview`)."""

    @property
    def title(self) -> str: ...  # noqa: D102 - said in litmap.text.Preview
    @property
    def text(self) -> str: ...  # noqa: D102 - said in litmap.text.Preview
    @property
    def ids(self) -> tuple[str, ...]: ...  # noqa: D102 - said in litmap.text.Preview
    @property
    def metadata_title(self) -> str: ...  # noqa: D102 - said in litmap.text.Preview
    @property
    def pages(self) -> int: ...  # noqa: D102 - said in litmap.text.Preview


class Verdict(Enum):
    """The paper, another paper, or text that nobody could read."""

    RIGHT = "right"
    WRONG = "wrong"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Evidence:
    """A file's first pages beside the work it was fetched for.

    `trusted`: it comes from the work's own place (by its id, or the reader's link), so that a file
    which names the same people and most of the title's words is another version under another
    title.
    """

    preview: Preview
    work: Work
    trusted: bool = False

    @cached_property
    def titles(self) -> tuple[str, ...]:
        """The work's titles that can be looked for; the reader's words for a link are none."""
        if self.trusted and not is_confirmed(self.work):
            return ()
        titles = (self.work.title, *self.work.other_titles)
        return tuple(t for t in titles if len(squash(t)) >= MIN_TITLE and "://" not in t)

    @cached_property
    def is_readable(self) -> bool:
        """Whether the first pages have text in some language."""
        return is_readable(self.preview.text)

    @cached_property
    def people(self) -> bool | None:
        """Whether an author is named in the text; None where no author is known."""
        return names_in(self.work.authors, self.preview.text)

    @cached_property
    def is_title_printed(self) -> bool:
        """Whether a title stands in the text, letter by letter."""
        text = squash(self.preview.text[:60_000])
        return any(squash(title) in text for title in self.titles)

    @cached_property
    def is_titled(self) -> bool:
        """Whether the file's title, printed large or among its properties, is the work's."""
        guesses = [t for t in (self.preview.title, self.preview.metadata_title) if t]
        return any(
            title_similarity(guess, title) >= SAFE_SIMILARITY
            for guess in guesses
            for title in self.titles
        )


def is_confirmed(work: Work) -> bool:
    """Whether a source knows the work: by an id, its authors, or a title that is not the note's
    words.
    """
    by_source = (f for f in work.facts if f.name == "title" and f.source != "the note")
    return bool(work.ids or work.authors) or any(by_source)


# ── the checks ───────────────────────────────────────────────────────────────────────────────────
def has_own_id(evidence: Evidence) -> bool:
    """The arXiv stamp or printed DOI is the work's."""
    own = {i for i in evidence.preview.ids if i.startswith(("arxiv:", "doi:"))}
    return bool(own & set(evidence.work.ids))


def is_unreadable_but_titled(evidence: Evidence) -> bool:
    """The text cannot be read, but the file's title is the work's."""
    return not evidence.is_readable and evidence.is_titled


def is_unreadable_with_other_title(evidence: Evidence) -> bool:
    """The text cannot be read, but a title in plain words can, and it is another."""
    title = evidence.preview.title
    return (
        not evidence.is_readable
        and bool(evidence.titles)
        and title.isascii()
        and len(normalise_title(title).split()) >= 3
        and is_readable(title, min_words=3)
    )


def is_unreadable(evidence: Evidence) -> bool:
    """The text cannot be read."""
    return not evidence.is_readable


def is_what_lies_there(evidence: Evidence) -> bool:
    """The work is known by its address only, so whatever lies there is it."""
    return not evidence.titles and evidence.trusted


def has_nothing_to_compare(evidence: Evidence) -> bool:
    """The work has no title that can be looked for."""
    return not evidence.titles


def is_printed_with_people(evidence: Evidence) -> bool:
    """The title is printed, and no author is known or one is named."""
    return evidence.is_title_printed and evidence.people is not False


def is_printed_and_titled(evidence: Evidence) -> bool:
    """The title is printed and the file's own, though nobody is named."""
    return evidence.is_title_printed and evidence.is_titled


def is_only_mentioned(evidence: Evidence) -> bool:
    """The title is printed in the text of others: a reply, a reference."""
    return evidence.is_title_printed


def is_titled_with_people(evidence: Evidence) -> bool:
    """The file's title is nearly the work's, and no author is known or one is named."""
    return evidence.is_titled and evidence.people is not False


def has_spread_title(evidence: Evidence) -> bool:
    """An author is named and the title's words stand together, though not letter by letter."""
    return evidence.people is True and any(
        stands_together(title, evidence.preview.text) for title in evidence.titles
    )


def is_retitled(evidence: Evidence) -> bool:
    """All people (two or more) and most words of a title, at a trusted place: a version."""
    if not evidence.trusted or not names_everybody(evidence.work, evidence.preview.text):
        return False
    printed = _words(evidence.preview.title) | _words(evidence.preview.text[:1500])
    return any(_shares_words(_long_words(title), printed) for title in evidence.titles)


CHECKS: tuple[tuple[Callable[[Evidence], bool], Verdict], ...] = (
    (has_own_id, Verdict.RIGHT),
    (is_unreadable_but_titled, Verdict.RIGHT),
    (is_unreadable_with_other_title, Verdict.WRONG),
    (is_unreadable, Verdict.UNREADABLE),
    (is_what_lies_there, Verdict.RIGHT),
    (has_nothing_to_compare, Verdict.UNREADABLE),
    (is_printed_with_people, Verdict.RIGHT),
    (is_printed_and_titled, Verdict.RIGHT),
    (is_only_mentioned, Verdict.WRONG),
    (is_titled_with_people, Verdict.RIGHT),
    (has_spread_title, Verdict.RIGHT),
    (is_retitled, Verdict.RIGHT),
)
"""In the order of asking: the first that holds decides; where none does the file is another paper.
"""


def verify(preview: Preview, work: Work, *, trusted: bool = False) -> Verdict:
    """Compare a file's first pages with the work it was fetched for, by `CHECKS`.

    `trusted`: as in `Evidence`.
    """
    evidence = Evidence(preview, work, trusted)
    for holds, verdict in CHECKS:
        if holds(evidence):
            logger.debug("%s: %s by %s", work.id, verdict.value, holds.__name__)
            return verdict
    logger.debug("%s: wrong, no check holds", work.id)
    return Verdict.WRONG


# ── names and words ──────────────────────────────────────────────────────────────────────────────
def names_in(authors: Sequence[str], text: str) -> bool | None:
    """Whether an author's family name stands in the text; None where no author is known."""
    names = [squash(split_name(name).family) for name in authors[:30]]
    names = [name for name in names if len(name) >= 2]
    if not names:
        return None
    squashed = squash(text[:20_000])
    return any(name in squashed for name in names)


def names_everybody(work: Work, text: str) -> bool:
    """Whether the beginning of a text names all of the work's authors, two at least (twelve are
    looked for).
    """
    names = {squash(split_name(name).family) for name in work.authors[:12]}
    top = squash(text[:_HEAD])
    return len(names) >= 2 and all(len(name) >= 3 and name in top for name in names)


def stands_together(title: str, text: str) -> bool:
    """Whether nearly all words of the title stand close together near the beginning of a text."""
    wanted = _long_words(title)
    if len(wanted) < 3:
        return False
    words = [w for line in text[:_HEAD].splitlines() for w in normalise_title(line).split()]
    span = 3 * len(normalise_title(title).split()) + 6
    windows = (set(words[i : i + span]) for i in range(0, max(1, len(words)), 3))
    return max(len(wanted & window) for window in windows) >= 0.85 * len(wanted)


def _words(text: str) -> set[str]:
    return set(normalise_title(text).split())


def _long_words(title: str) -> set[str]:
    return {w for w in normalise_title(title).split() if len(w) > 3}


def _shares_words(wanted: set[str], printed: set[str]) -> bool:
    """Three words at least, and three of five are printed."""
    return len(wanted) >= 3 and len(wanted & printed) >= 0.6 * len(wanted)


def squash(text: str) -> str:
    """Letters and digits only, lower-case, without accents: line breaks do not matter."""
    text = unicodedata.normalize("NFKD", text.lower().translate(_LETTERS))
    return "".join(c for c in text if c.isalnum())


def is_readable(text: str, min_words: int = MIN_WORDS) -> bool:
    """Whether a text has `min_words` words, some of them common ones of a language.

    Texts in other scripts than the Latin one are readable from as many characters on.
    """
    words = [word.strip(".,;:()[]\"'“”") for word in text[:20_000].lower().split()]
    words = [word for word in words if any(c.isalpha() for c in word)]
    if is_other_script(words):
        return len(text) >= min_words
    common = [word for word in words if word in _COMMON]
    return (
        len(words) >= min_words
        and len(common) >= 0.06 * len(words)
        and len(set(common)) >= min(3, min_words // 10)
    )


def is_other_script(words: Sequence[str]) -> bool:
    """Whether most words have letters that are not Latin."""
    return sum(_SCRIPTS.search(word) is not None for word in words) > 0.5 * len(words)
