"""Is a PDF the paper it should be? The title and the people on its first pages tell, and its ids.

The verdict is that of the first check that is sure; the checks stand in order in `CHECKS`. An
identifier counts as long as the first page does not contradict it: replies, errata, templates and
lists of papers print those of other works.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from itertools import chain
from typing import Protocol

from litmap.models import Work
from litmap.parsing.person_names import split_name
from litmap.parsing.retractions import split_mark
from litmap.parsing.title_similarity import names_other_work, normalise_title, title_similarity
from litmap.parsing.venues import is_journal_name
from litmap.parsing.word_lists import load_words
from litmap.pdfs.printed_titles import Spot, find_spots, names_notice, squash

logger = logging.getLogger(__name__)

_COMMON = load_words("common_words", "litmap.pdfs")
_SCRIPTS = re.compile(r"[\u0370-\u1cff\u2e80-\ud7ff]")
"""Letters of scripts other than Latin; a Latin text layer full of odd letters is none of them."""
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
    @property
    def ending(self) -> str: ...  # noqa: D102 - said in litmap.text.Preview
    @property
    def authors(self) -> tuple[str, ...]: ...  # noqa: D102 - said in litmap.text.Preview
    @property
    def year(self) -> int | None: ...  # noqa: D102 - said in litmap.text.Preview
    @property
    def venue(self) -> str: ...  # noqa: D102 - said in litmap.text.Preview


class Verdict(Enum):
    """The paper, another paper, one that names the paper's identifier and shows another title, or
    text that nobody could read.
    """

    RIGHT = "right"
    WRONG = "wrong"
    UNSURE = "unsure"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Evidence:
    """A file's first pages beside the work it was fetched for.

    `trusted`: it comes from the work's own place (by its id, or the reader's link), so that a file
    which names the same people and most of the title's words is another version under another
    title. `name`: the title in the file's name, which counts where the pages show no other.
    """

    preview: Preview
    work: Work
    trusted: bool = False
    name: str = ""

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
    def spots(self) -> tuple[tuple[Spot, ...], ...]:
        """Where each of the titles that is printed is."""
        places = (tuple(find_spots(title, self.preview.text)) for title in self.titles)
        return tuple(spots for spots in places if spots)

    @property
    def is_title_printed(self) -> bool:
        """Whether a title stands in the text, letter by letter."""
        return bool(self.spots)

    @cached_property
    def shown(self) -> tuple[str, ...]:
        """The titles the file gives itself: printed large, among its properties, in its name."""
        shown = [t for t in (self.preview.title, self.preview.metadata_title) if t]
        return (*shown, self.name) if self.name and not self.shows_another_title else tuple(shown)

    @cached_property
    def is_titled(self) -> bool:
        """Whether a title that the file gives itself is the work's."""
        return any(is_like(guess, title) for guess in self.shown for title in self.titles)

    @cached_property
    def shows_another_title(self) -> bool:
        """Whether a title in plain words is printed large that is none of the work's."""
        guess, _ = split_mark(self.preview.title)
        if len(normalise_title(guess).split()) < 3 or is_journal_name(guess):
            return False
        return is_comparable(guess, self.work.title) and not any(
            is_part_of(guess, title) for title in self.titles
        )

    @cached_property
    def is_headed(self) -> bool:
        """Whether a title stands where a paper's own stands."""
        return self.is_titled or any(spot.is_head for spot in chain(*self.spots))

    @cached_property
    def shares_title(self) -> bool:
        """Whether a title, or most of its words, stand near the beginning."""
        top = _words(self.preview.title) | _words(self.preview.text[:_HEAD])
        return (
            self.is_title_printed
            or self.is_titled
            or any(_shares_words(_long_words(title), top) for title in self.titles)
        )

    @cached_property
    def own_ids(self) -> frozenset[str]:
        """The file's ids that are the work's."""
        printed = {i for i in self.preview.ids if i.startswith(("arxiv:", "doi:"))}
        return frozenset(printed & set(self.work.ids))


def is_like(guess: str, title: str) -> bool:
    """Whether two titles are one work's, where the people agree."""
    return title_similarity(guess, title) >= SAFE_SIMILARITY


def is_part_of(guess: str, title: str) -> bool:
    """Whether what is printed large is a title, a part of it, or it with more around it that does
    not name another work ('Research article', a subtitle).
    """
    if is_like(guess, title):
        return True
    one, two = normalise_title(guess).split(), normalise_title(title).split()
    if names_other_work(one, two):
        return False
    tight_one, tight_two = squash(guess), squash(title)
    return tight_one in tight_two or tight_two in tight_one or _overlap(one, two) >= 0.75


def _overlap(one: Sequence[str], two: Sequence[str]) -> float:
    longer = max(len(set(one)), len(set(two)), 1)
    return len(set(one) & set(two)) / longer


def is_comparable(one: str, two: str) -> bool:
    """Whether two texts are written in scripts of one kind, so that words can be shared."""
    return is_other_script(one.split()) == is_other_script(two.split())


def is_title_certain(work: Work) -> bool:
    """Whether a work's title is known by a source or stands beside its authors in a reference; the
    reader's words for a link are none.
    """
    return bool(work.authors) or any(
        fact.name == "title" and fact.source != "the note" for fact in work.facts
    )


def is_confirmed(work: Work) -> bool:
    """Whether a source knows the work: by an id, its authors, or a title that is not the note's
    words.
    """
    by_source = (f for f in work.facts if f.name == "title" and f.source != "the note")
    return bool(work.ids or work.authors) or any(by_source)


# ── the checks ───────────────────────────────────────────────────────────────────────────────────
def is_notice_about_it(evidence: Evidence) -> bool:
    """An erratum, a retraction notice, a reply, a supplement: the file's title says so, or what
    stands beside the work's where that is printed first.
    """
    if any(names_notice(title) for title in evidence.titles):
        return False
    says_so = bool(evidence.titles) and names_notice(evidence.preview.title)
    return says_so or any(spots[0].is_of_notice for spots in evidence.spots)


def is_contradicted(evidence: Evidence) -> bool:
    """Another title is shown, nothing of the work's stands near it, and nobody is named."""
    return (
        bool(evidence.titles)
        and evidence.shows_another_title
        and evidence.is_readable
        and evidence.people is False
        and not evidence.shares_title
        and is_comparable(evidence.work.title, evidence.preview.text[:_HEAD])
    )


def has_stamp(evidence: Evidence) -> bool:
    """The arXiv stamp in the margin is the work's."""
    return any(i.startswith("arxiv:") for i in evidence.own_ids)


def is_listed(evidence: Evidence) -> bool:
    """The title stands in a table of contents, or inside lines of others below another title."""
    if evidence.is_headed or not evidence.spots:
        return False
    in_contents = all(spot.is_in_contents for spot in chain(*evidence.spots))
    return in_contents or evidence.shows_another_title


def has_id_and_everybody(evidence: Evidence) -> bool:
    """The printed DOI is the work's, all people are named, and the place is trusted: a version
    under another title.
    """
    return (
        bool(evidence.own_ids)
        and evidence.trusted
        and names_everybody(evidence.work, evidence.preview.text)
    )


def has_id_beside_another_title(evidence: Evidence) -> bool:
    """The printed DOI is the work's, but another title stands where the paper's own does."""
    return (
        bool(evidence.own_ids)
        and evidence.is_readable
        and is_title_certain(evidence.work)
        and not evidence.is_headed
        and evidence.shows_another_title
    )


def has_own_id(evidence: Evidence) -> bool:
    """The printed DOI is the work's."""
    return bool(evidence.own_ids)


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
    (is_notice_about_it, Verdict.WRONG),
    (is_contradicted, Verdict.WRONG),
    (has_stamp, Verdict.RIGHT),
    (is_listed, Verdict.WRONG),
    (has_id_and_everybody, Verdict.RIGHT),
    (has_id_beside_another_title, Verdict.UNSURE),
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


def verify(preview: Preview, work: Work, *, trusted: bool = False, name: str = "") -> Verdict:
    """Compare a file's first pages with the work it may be, by `CHECKS`.

    `trusted` and `name`: as in `Evidence`.
    """
    evidence = Evidence(preview, work, trusted, name)
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
