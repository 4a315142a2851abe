"""Lines of a paragraph that name another work than the reference on the line before, by a label and
its address.

"Olshausen and Field, Emergence of simple-cell receptive field properties, Nature 1996." and, below
it, 'The lottery ticket: https://arxiv.org/abs/1803.03635' are two works. 'Free PDF: https://…' is
an address of the first.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from litmap.citations.recognisers.entry_reader import read_entry
from litmap.citations.recognisers.inner_references import is_sure_and_titled
from litmap.models import NoteBlock, Reference
from litmap.parsing.grammar import CITED_YEAR
from litmap.parsing.title_similarity import normalise_title
from litmap.parsing.word_lists import load_words

_LABELLED = re.compile(
    r"(?P<label>[^\W_][^.,;:\[\]()<>\"“/]{2,80}?)[\s:,–—-]{1,3}"
    r"<?(?:https?://|arxiv:\s?\d|doi:\s?10\.)[^\s<>]+>?[.,;]?\s*\Z",
    re.I,
)
_ENDS_WITH_YEAR = re.compile(rf"\b{CITED_YEAR}\)?[.;]?\s*\Z")
_FLOOR = 0.4
"""The least score of the reference on the line before."""
_MAX_LENGTH = 1600
"""Characters of such a reference, which may go over several lines."""
_PLAIN = load_words("title_labels") | load_words("publication_nouns") | load_words("stop_words")
_OF_ONE_WORK = load_words("words_before_own_addresses")


def lines_of_other_works(block: NoteBlock) -> Iterator[int]:
    """Where lines begin that a label and an address fill, below a whole reference; and the line
    behind each of them.
    """
    lines = list(itertools.pairwise((*block.line_starts, len(block.text))))
    begin = 0
    for place, (start, end) in enumerate(lines):
        found = _LABELLED.match(block.text, start, end) if place else None
        if found is None or not _is_another_work(block, begin, start, found["label"]):
            continue
        yield start
        begin = end
        if end < len(block.text):
            yield end


def _is_another_work(block: NoteBlock, start: int, end: int, label: str) -> bool:
    """Whether a label is that of another work than the reference before it: a whole one with which
    it shares no word.
    """
    own = set(normalise_title(label).split()) - _PLAIN
    if not own or own & _OF_ONE_WORK:
        return False
    if start >= end:
        return True  # below another label with its address
    if end - start > _MAX_LENGTH:
        return False
    entry = read_entry(block, start, end, (), floor=_FLOOR)
    if entry is None or not is_sure_and_titled(entry):
        return False
    known = entry.reference
    is_whole = bool(known.year) and (known.venue or _ENDS_WITH_YEAR.search(block.text, start, end))
    return bool(is_whole) and own.isdisjoint(_words_of(known))


def _words_of(reference: Reference) -> set[str]:
    return set(normalise_title(" ".join((reference.title, *reference.authors))).split())
