"""References that the learnt judgement finds in a block (`litmap.parsing.references_in_text`).

It is asked where the rules leave something that may be a reference, and where their reading of one
is odd: it sees references in the reader's own sentences, several in a paragraph, and where one
ends. The fields of what it finds are then read by the parser of references.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from litmap.citations.recognisers.entry_reader import (
    ReferenceEntry,
    is_surely_a_work,
    names_several_works,
    read_source,
)
from litmap.citations.recognisers.name_lists import split_names
from litmap.models import NoteBlock, Reference
from litmap.parsing.grammar import UNSPACED, UPPER, YEAR_SINCE_1600
from litmap.parsing.identifiers import identifier_from_url
from litmap.parsing.reference_strings.parser import parse_reference
from litmap.parsing.references_in_text.features import Span
from litmap.parsing.references_in_text.labeller import FoundReference, LabelledText
from litmap.parsing.word_lists import load_pattern

MIN_CHANCE = 0.85
"""How probable the labeller must think a title, for a reference that no rule sees."""
MIN_CHANCE_AGAINST_RULES, MAX_CHANCE_OF_RULES = 0.9, 0.2
"""How probable its title must be, and the rules' title at most, for it to be believed instead."""
MIN_LINKED_WORDS = 3
"""Words of a link to a work that may be its title."""
MAX_SAYING = 40
"""Characters before a quotation in which a verb of saying stands."""
MIN_LENGTH, MAX_LENGTH = 12, 6000
"""Characters of a block that is labelled."""
MAX_SHORT = 250
"""Characters of a block where a year is enough to look."""
MAX_FRONT = 60
"""Characters in which a year with a full stop behind it opens a reference."""
_SIGNS = " .,;:–—-"
_QUOTED = re.compile(r"[“«„「『《〈\"]\s?[^\s”»“』」》〉\"]+\s?[^”»“』」》〉\"]{6,}")
_OTHER_MARKS = re.compile(r"\s//\s|\[[JMDCNPRSZ](?:/OL)?\]")
"""GOST's and GB/T's marks between the fields."""
_SAYS_BEFORE_QUOTE = re.compile(
    rf"(?:\b(?:{load_pattern('verbs_before_quotations')}|{load_pattern('reporting_verbs')})"
    rf"[,:]?|と|は)\s*[\"“«„「『]\s?$",
    re.I,
)
_YEAR = re.compile(rf"(?<!\d){YEAR_SINCE_1600}(?!\d)")
_YEAR_OF_ITS_OWN = re.compile(
    r"[12aA](?:(?<=1)[6-9]\d\d(?!\d)(?<![\d/]....)|(?<=2)0\d\d(?!\d)(?<![\d/]....)|"
    r"(?<=[aA])[rR][xX]iv|(?<=1)0\.\d{4}(?<![\w/].......))"
    r"(?:(?<=v)|(?<=\.....)|(?<![\w.] ....)(?<![\w.] \(....)|(?!\))(?![a-z]?\))|"
    rf"\)?[,:]? (?=[{UPPER}“«„]))"
)
"""A year that is not the end of a mention such as 'Doe (1999)', or an identifier."""
_YEAR_AND_STOP = re.compile(rf"\d{{4}}[a-z]?[)）]?\.(?:\s(?=[{UPPER}])|\s?(?=[{UNSPACED}]))")
_INITIALS = re.compile(
    rf"(?<!\w)[{UPPER}]\.,?(?:[ -]?[{UPPER}]\.,?)?(?=[\s,:;(&])|\w, [A-Z]{{1,2}}(?=[,;:.])"
)
_ODD_TITLE = re.compile(
    rf"\w- \w|\d\(|, \d|\bIn:|^[{UPPER}]\. | [{UPPER}]\.$|\(\w+ \d|[(\[][^)\]]*$|^[^\W{UPPER}\d_]"
)
"""A broken word, pages, an initial, an open bracket: what titles seldom have."""


# ── whether to look ──────────────────────────────────────────────────────────────────────────────
def may_hold_references(block: NoteBlock, entries: Sequence[ReferenceEntry]) -> bool:
    """A quick look before a block is labelled.

    True where what no rule claims has a mark of a title or of people, or where a rule's reading is
    odd.
    """
    text = block.text
    if not MIN_LENGTH <= len(text) <= MAX_LENGTH:
        return False
    if any(map(_is_odd, entries)):
        return True
    for entry in entries:
        text = text[: entry.start] + " " * (entry.end - entry.start) + text[entry.end :]
    if (
        _QUOTED.search(text)
        or _OTHER_MARKS.search(text)
        or _YEAR_AND_STOP.search(text, 0, MAX_FRONT)
    ):
        return True
    if not _YEAR_OF_ITS_OWN.search(text):
        return False
    return len(text) < MAX_SHORT or _INITIALS.search(text) is not None or _is_marked(block, text)


def _is_odd(entry: ReferenceEntry) -> bool:
    """Whether a rule's reading of a reference may be wrong, or hold another reference."""
    title = entry.reference.title
    if not title or not entry.reference.authors or _ODD_TITLE.search(title):
        return True
    behind = entry.reference.raw.partition(title)[2]
    return len(set(_YEAR.findall(behind))) > 1 or _QUOTED.search(behind) is not None


def _is_marked(block: NoteBlock, text: str) -> bool:
    """Whether two words or more are set in italics in `text`, which is what no rule claims."""
    return any(
        name == "emphasis" and " " in value and value in text for name, value in block.fields
    )


def label_block(block: NoteBlock) -> LabelledText:
    """A block as the labeller sees it."""
    linked = sorted((link.start, link.end) for link in block.links if 0 <= link.start < link.end)
    return LabelledText(block.text, block.kind, emphasised_spans(block), linked)


def emphasised_spans(block: NoteBlock) -> list[Span]:
    """The stretches of a block that are set in italics or bold."""
    spans, position = [], 0
    for name, value in block.fields:
        start = block.text.find(value, position) if name == "emphasis" and value else -1
        if start >= 0:
            position = start + len(value)
            spans.append((start, position))
    return spans


# ── beside the rules ─────────────────────────────────────────────────────────────────────────────
def with_learnt(
    block: NoteBlock, text: LabelledText, entries: Sequence[ReferenceEntry]
) -> list[ReferenceEntry]:
    """The entries of the rules and those that only the labeller sees beside them; of two titles of
    one reference the learnt one where it is far likelier. An entry ends where the next one begins.
    """
    kept = list(entries)
    for found in text.references():
        if found.chance < MIN_CHANCE or _quotes(block.text, found) or _holds_linked(block, found):
            continue
        rivals = [one for one in kept if one.start < found.end and found.start < one.end]
        if not rivals:
            kept += _of_its_own(block, found)
        elif len(rivals) == 1:
            place = kept.index(rivals[0])
            kept[place : place + 1] = _settled(block, text, rivals[0], found)
    return kept


def _quotes(text: str, found: FoundReference) -> bool:
    """Whether what seems a title are words that are quoted: 'They say “…” in Doe (1999)'."""
    before = text[max(0, found.title[0] - MAX_SAYING) : found.title[0]]
    return found.title[1] > 0 and _SAYS_BEFORE_QUOTE.search(before) is not None


def _holds_linked(block: NoteBlock, found: FoundReference) -> bool:
    """Whether a link to a work has words enough for a title: the link tells the work, and what
    stands beside it is what the reader says of it.
    """
    return any(
        found.start <= link.start < found.end
        and len(link.text.split()) >= MIN_LINKED_WORDS
        and identifier_from_url(link.target) is not None
        for link in block.links
    )


def _of_its_own(block: NoteBlock, found: FoundReference) -> list[ReferenceEntry]:
    """The entry of a reference that no rule sees; none for a title with nothing beside it."""
    entry = _read(block, found) if found.title[1] else None
    if entry is None:
        return []
    reference = entry.reference
    told = reference.authors or reference.year or reference.ids or reference.venue
    return [entry] if told else []


def _settled(
    block: NoteBlock, text: LabelledText, rival: ReferenceEntry, found: FoundReference
) -> list[ReferenceEntry]:
    """What stands where a rule and the labeller see a reference on some of the same words."""
    title = rival.reference.title
    start = block.text.find(title, rival.start) if title else -1
    if start < 0:
        return [rival]
    end = start + len(title)
    if end <= found.start:
        if rival.claims:
            return [rival]
        return [replace(rival, end=found.start), *_of_its_own(block, found)]
    if (
        not found.title[1]
        or found.chance < MIN_CHANCE_AGAINST_RULES
        or text.title_chance(start, end) >= MAX_CHANCE_OF_RULES
    ):
        return [rival]
    entry = _read(block, found)
    if entry is None:
        return [rival]
    reference = replace(entry.reference, number=rival.reference.number)
    return [replace(entry, reference=reference)]


# ── fields ───────────────────────────────────────────────────────────────────────────────────────
def _read(block: NoteBlock, found: FoundReference) -> ReferenceEntry | None:
    """The entry of a reference whose place and title are known; None for several works."""
    end = _end_of_one_work(block, found)
    if not end:
        return None
    source = read_source(block, found.start, end)
    title = _tidy(block.text[slice(*found.title)])
    parsed = parse_reference(source.text)
    if _is_better_end(parsed.title, title):
        title = parsed.title
    elif parsed.title != title:
        parsed = parse_reference(source.text, title_hint=title)
    year = _YEAR.search(block.text, found.year[0], min(found.year[1], end))
    reference = Reference(
        raw=source.text,
        title=title,
        authors=_authors(block, found, parsed),
        year=int(year.group()) if year else parsed.year,
        venue="" if parsed.venue in title else parsed.venue,
        ids=tuple(dict.fromkeys([*source.ids, *parsed.ids])),
        urls=tuple(dict.fromkeys([*source.urls, *parsed.urls])),
        number=parsed.number,
        year_suffix=parsed.year_suffix,
    )
    sure = is_surely_a_work(reference, located=False)
    return ReferenceEntry(reference, found.start, end, sure)


def _end_of_one_work(block: NoteBlock, found: FoundReference) -> int:
    """Where a reference ends: as it was found, or behind the last link before one that names
    another work; 0 where it names several works all the same.
    """
    behind = (link.end for link in block.links if found.title[1] <= link.start < found.end)
    ends = (found.end, *sorted(behind, reverse=True))
    return next(
        (end for end in ends if not names_several_works(read_source(block, found.start, end).ids)),
        0,
    )


def _authors(block: NoteBlock, found: FoundReference, parsed: Reference) -> tuple[str, ...]:
    """The people: as the parser reads them before a title, else as they stand."""
    start, end = found.people
    if not end:
        return ()
    if parsed.authors and start < found.title[0]:
        return tuple(name for names in parsed.authors for name in names.split("、"))
    return tuple(split_names(block.text[start:end].strip(_SIGNS))[0])


def _is_better_end(title: str, learnt: str) -> bool:
    """Whether the parser of references ends a title better: before its venue, or behind its
    subtitle.
    """
    if title == learnt or not title:
        return False
    return learnt.startswith(title) or (
        title.startswith(learnt) and title[len(learnt) :].lstrip().startswith(":")
    )


def _tidy(title: str) -> str:
    """A title without the signs around it and with single blanks."""
    return " ".join(title.strip(_SIGNS + "\"“”«»„'").split())
