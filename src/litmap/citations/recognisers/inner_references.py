"""References inside a text: behind a label, in brackets, behind a sentence, several in a row.

'Gegenposition: Ried, Jutta: …', 'Подробно: Бурков О. Л. …', '… (Prost, H.: …, im Druck)'. One may
begin where names stand behind a sign or a word such as 'see'; it ends before the next one, or
where it is dated or paged; what is read from there tells whether it is one.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from litmap.citations.recognisers.entry_reader import ReferenceEntry, read_entry
from litmap.citations.recognisers.reference_shape import (
    IN_FULL,
    LABEL,
    PENDING,
    WITH_INITIALS,
)
from litmap.models import NoteBlock
from litmap.parsing.grammar import UPPER, YEAR
from litmap.parsing.reference_strings.parser import SURNAMES_ALONE
from litmap.parsing.title_similarity import normalise_title
from litmap.parsing.word_lists import load_pattern

INSIDE_FLOOR, LABELLED_FLOOR, PENDING_FLOOR = 0.7, 0.5, 0.2
"""Least scores of a stretch of running text, of what follows a label, of a work in press."""
MAX_PROSE_LENGTH, MAX_LENGTH = 8000, 700
"""Characters of a text that is searched, and of a reference in it."""
MIN_TAIL = 20
"""Characters behind a reference's opening before it may end."""
MAX_LABEL, MAX_LABEL_WORDS = 60, 6
"""Characters and words of a label before a reference."""
MAX_ENDS, MAX_STARTS = 3, 40
"""Places where a reference may end, and where one may begin, as far as they are tried."""

_OPENING = re.compile(f"{WITH_INITIALS}|{IN_FULL}")
_STARTS = re.compile(
    rf"(?:(?:^|<ref[^<>]{{0,60}}>|(?<![{UPPER}])[.:;(–—→]\s{{0,2}}|[。；：（→见見]\s?|"
    rf"(?<!\w)(?:also|in|is|by|and|(?i:{load_pattern('reference_signals')})"
    rf"(?: [^\W\d_{UPPER}]{{2,9}})?) )"
    rf"(?=(?P<names>{WITH_INITIALS}|{IN_FULL}))|(?<=[a-z]{{3}}),\s(?=(?P<listed>{WITH_INITIALS})))"
)
"""'Doe, J.', 'Doe, Jane. 1999', 'Doe, Jane: ', 'Doe J,', 'Doe J & Roe R.', 'Доу И. О. Мост'."""
_SURNAMES_ALONE = re.compile(
    rf"(?:(?<=[;.:(] )|(?<=[^\W\d_{UPPER}] )|(?<=[A-Z]{{2}} ))(?={SURNAMES_ALONE.pattern})"
)
"""'Dazu Stumm, Der Garant als Hersteller, JZ 2012, 341': surnames, a title, where and when."""
_PLACE_OF_SURNAMES = re.compile(r"\d\d\d\d,\s(?:S\.\s?)?\d|\d [A-Z][^\d,;]{1,60} \d[\d, –-]* \(")
"""What stands in any text in which `_SURNAMES_ALONE` finds something."""
_MAY_OPEN = re.compile(rf"[{UPPER}](?:[.,(:]| &| \(| and )|[{UPPER}][\w.-]*(?: [{UPPER}]\.)?[.,:] ")
_ENDS = re.compile(
    rf"(?:\d[-–—]+[A-Za-z]?\d+|{YEAR}\)?|10\.\d{{4,}}/[^\s<>]{{2,80}}?|[;,:(]\s?[\d()]+|[Pp]ress|"
    rf"[Ss]pringer|[Ww]iley)[.;]?(?=\s+[\"“(\[{UPPER}]|\s*$|</ref>)"
    r"|(?:1[89]|20)\d\d;\d+(?:\(\d+\))?:\w+(?:[-–]\w+)?[.;]?"
)

_FURTHER = re.compile(
    r"(?:[\s.,;]*(?:(?:doi|arxiv|PMID|PMCID|ISBN|URL|URN)\s?:?\s?[\w:./()-]+|https?://\S+|"
    rf"(?:{load_pattern('marks_of_places')}|№)\.?\s?\d[\d–—-]*))+",
    re.I,
)
"""Pages, identifiers and addresses behind the end of a reference."""
_IN_PRESS = re.compile(rf"{PENDING.pattern}[)\]]?\.?", re.I)


def inner_references(block: NoteBlock, start: int, end: int) -> list[ReferenceEntry]:
    """References that stand in running text, without overlap.

    '… starts it all: Frege, Gottlob. 1892. “Über …” 25–50. The reply …'.
    """
    text = block.text
    if end - start > MAX_PROSE_LENGTH or not _MAY_OPEN.search(text, start, end):
        return []
    places = {match.end() for match in _STARTS.finditer(text, start, end)}
    places.update(line for line in block.line_starts[1:] if _OPENING.match(text, line, end))
    if _PLACE_OF_SURNAMES.search(text, start, end):
        places.update(match.end() for match in _SURNAMES_ALONE.finditer(text, start, end))
    starts = sorted(places)[:MAX_STARTS]
    found: list[ReferenceEntry] = []
    for number, begin in enumerate(starts):
        if found and begin < found[-1].end:
            continue
        limits = (*starts[number + 1 : number + 3], end)
        entry = next(_readings(block, begin, limits), None)
        if entry is not None:
            found.append(entry)
    return found


def _readings(block: NoteBlock, begin: int, limits: Sequence[int]) -> Iterator[ReferenceEntry]:
    """What is surely a work from `begin` to where it may end, the likeliest end first."""
    for stop in dict.fromkeys(_ends(block.text, begin, limits)):
        floor = PENDING_FLOOR if PENDING.search(block.text, begin, stop) else INSIDE_FLOOR
        entry = read_entry(block, begin, stop, (), floor=floor)
        if entry and is_sure_and_titled(entry):
            yield entry


def _ends(text: str, begin: int, limits: Sequence[int]) -> Iterator[int]:
    """Where one may end: with its bracket, behind a place, before the next."""
    last = min(limits[-1], begin + MAX_LENGTH)
    if text[begin - 1 : begin] in {"(", "（"} and (close := _closing(text, begin, last)):
        yield close
        return
    nearest = min(last, limits[0])
    if pending := _IN_PRESS.search(text, begin, nearest):
        yield pending.end()
    if (semicolon := text.find("; ", begin + MIN_TAIL, nearest)) > 0:
        yield semicolon
    stops = _ENDS.finditer(text, begin + MIN_TAIL, last)
    for stop in itertools.islice(stops, MAX_ENDS):
        if further := _FURTHER.match(text, stop.end(), last):
            yield further.end()
        yield stop.end()
    for limit in limits:
        if limit - begin <= MAX_LENGTH:
            yield limit


def _closing(text: str, begin: int, end: int) -> int:
    """Where the bracket closes in which a text stands; 0 where it does not."""
    depth = 1
    for place in range(begin, end):
        depth += (text[place] in "(（") - (text[place] in ")）")
        if depth == 0:
            return place
    return 0


def behind_label(
    block: NoteBlock, whole: ReferenceEntry | None, start: int, end: int
) -> list[ReferenceEntry]:
    """The references behind a label, where the whole is none or takes the label's end for people:
    'Gegenposition: Ried, Jutta: Wege'; [] where there are none.
    """
    text = block.text
    for match in _STARTS.finditer(text, start + 1, min(end, start + MAX_LABEL)):
        begin = match.end()
        if text[:begin].rstrip()[-1:] not in {":", "："} or not is_label(text[start:begin]):
            continue
        entry = read_entry(block, begin, end, (), floor=LABELLED_FLOOR)
        if entry is None or not is_sure_and_titled(entry):
            continue
        several = inner_references(block, start, end)
        if len(several) > 1 and several[0].start == begin:
            return several
        if whole is None or _is_cut_from(entry, whole):
            return [entry]
    label = LABEL.match(text, start, end)
    if whole is None and label:
        entry = read_entry(block, label.end(), end, (), floor=INSIDE_FLOOR)
        if entry and is_sure_and_titled(entry) and (entry.reference.venue or entry.reference.ids):
            return [entry]
    return []


def is_label(text: str) -> bool:
    """True for a few words with a colon that are no names: 'Il metodo fiorentino: '."""
    words = text.rstrip(" :：").split()
    return 0 < len(words) <= MAX_LABEL_WORDS and "," not in text


def _is_cut_from(entry: ReferenceEntry, whole: ReferenceEntry) -> bool:
    """True where the title is the end of the other's."""
    title, other = (normalise_title(one.reference.title) for one in (entry, whole))
    return title != other and other.endswith(title)


def is_sure_and_titled(entry: ReferenceEntry) -> bool:
    """True for an entry that is surely a work, by a title of two words with its brackets."""
    title = entry.reference.title
    if title.count("(") != title.count(")"):
        return False
    return entry.sure and len(entry.reference.title.split()) >= 2
