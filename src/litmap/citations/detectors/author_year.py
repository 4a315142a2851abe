"""Author-year mentions of a block, tied to what stands beside them or kept to be tied when all is read."""

from __future__ import annotations

import re
from dataclasses import replace

from litmap.citations.block_scan import BlockText
from litmap.citations.model import Sighting
from litmap.citations.note_scan import BareNames, Reading, work_ties
from litmap.citations.recognisers.adjacency import names_and_title_before, names_before, title_after
from litmap.citations.recognisers.author_names import (
    NameMention,
    find_names,
    find_names_only,
)
from litmap.citations.recognisers.informal_names import (
    find_informal_names,
    find_possessives,
    find_reporting_verbs,
)
from litmap.citations.recognisers.journal_locators import find_locators
from litmap.models import NoteBlock, Reference
from litmap.parsing.person_names import surname_key

_LONE_NAME = re.compile(
    r"(?:ex\.?|e\.g\.?|see|cf\.?|also)?\s*([^\W\d_][^\W\d_'’-]{2,20})\s+\(?((?:19|20)\d\d)\)?\s*$"
)


def take_places(reading: Reading, block: NoteBlock, text: BlockText) -> None:
    """Adds works named by journal, volume and page, with the names before them; one place is one work."""
    for place in find_locators(text.text):
        if not text.free(place.start, place.end):
            continue
        named = names_before(text.text, place.start)
        title = title_after(text.text, place.end)
        end = title[1] if title else place.end
        if not named and (before := names_and_title_before(text.text, place.start)):
            named, title = before[0], before[1:]
        if not (named or place.page or title):
            continue
        start = named.start if named else place.start
        names = named.names if named else ()
        year = place.year or (named.year if named else None)
        reference = Reference(block.text[start : place.end], "", names, year, place.journal)
        ties = (
            {f"place:{place.key}"}
            if place.key
            else {f"place:{reading.note.path}:{block.line}:{start}"}
        )
        near = text.beside(start, place.end)
        if near is not None and not near.reference.venue and _may_be_by(near.reference, names):
            ties |= near.ties
        if title:
            reference = replace(reference, title=" ".join(block.text[title[0] : title[1]].split()))
            ties |= work_ties(reference, title_known=True)
        mention = reading.mention(block, start, place.end, "reference")
        sighting = Sighting(mention, reference, bool(names and year), ties, title_known=bool(title))
        text.mask(start, end, reading.add(sighting))


def take_names(reading: Reading, block: NoteBlock, text: BlockText) -> None:
    """Adds the author-year mentions of a block."""
    for found in find_names(text.text):
        mention = reading.mention(block, found.start, found.end, "author-year")
        near = text.beside(found.start, found.end, same_sentence=True) or text.behind_journal(
            found.end
        )
        reference = Reference(
            mention.context, "", found.names, found.year, found.venue, year_suffix=found.suffix
        )
        title = (
            title_after(text.text, found.end)
            if found.strong or found.suffix or not found.venue
            else None
        )
        if title:
            reference = replace(reference, title=" ".join(block.text[title[0] : title[1]].split()))
        ties = {f"names:{reading.note.path}:{len(reading.names)}"}
        sighting = Sighting(mention, reference, False, ties, title_known=bool(title))
        if near is not None and _may_be_by(near.reference, found.names):
            sighting.ties = set(near.ties)
            if not near.reference.authors and not near.reference.title:
                near.reference = replace(
                    near.reference, authors=found.names, year=found.year, venue=found.venue
                )
            reading.add(sighting)
        else:
            reading.names.append((block, found, sighting))
        if found.strong and text.free(found.start, found.end):
            text.mask(found.start, title[1] if title and text.free(*title) else found.end, sighting)
    lone = (
        _LONE_NAME.match(block.text)
        if block.kind in {"item", "cell"} and not _names_in(reading, block)
        else None
    )
    if lone:
        found = NameMention(
            lone.start(1),
            lone.end(),
            (surname_key(lone.group(1)),),
            False,
            int(lone.group(2)),
            names=(lone.group(1),),
        )
        mention = reading.mention(block, found.start, found.end, "author-year")
        reference = Reference(mention.context, "", found.names, found.year)
        reading.names.append(
            (
                block,
                found,
                Sighting(
                    mention, reference, False, {f"names:{reading.note.path}:{len(reading.names)}"}
                ),
            )
        )
    for found in find_informal_names(text.text):
        if text.free(found.start, found.end):
            _add_loose(reading, block, text, found)
    for found in find_names_only(text.text):
        if text.free(found.start, found.end):
            mention = reading.mention(block, found.start, found.end, "author-year")
            near = text.beside(found.start, found.end, same_sentence=True)
            alone = near is not None and bool(near.reference.ids) and not near.reference.authors
            reading.bare_names.append(
                BareNames(block, found, mention, beside=near if alone else None)
            )


def take_bare_names(reading: Reading, block: NoteBlock, text: BlockText) -> None:
    """Adds works called their author's; bare names that turned out to be in a title are not asked about."""
    for bare in reading.bare_names:
        if bare.block is block and not text.free(bare.names.start, bare.names.end):
            bare.asked = False
    for found, work in find_possessives(text.text):
        if text.free(found.start, found.end):
            _add_loose(reading, block, text, found, known_only=not work)
    for found in find_reporting_verbs(text.text):
        if text.free(found.start, found.end):
            _add_loose(reading, block, text, found, known_only=True)


def _add_loose(
    reading: Reading,
    block: NoteBlock,
    text: BlockText,
    found: NameMention,
    *,
    known_only: bool = False,
) -> None:
    mention = reading.mention(block, found.start, found.end, "name")
    reference = Reference(mention.context, "", found.names, found.year, found.venue)
    sighting = Sighting(
        mention, reference, False, {f"names:{reading.note.path}:{len(reading.loose)}:{found.start}"}
    )
    reading.loose.append((block, found, sighting, known_only))
    text.mask(found.start, found.end, sighting)


def _names_in(reading: Reading, block: NoteBlock) -> bool:
    """True where names have been found in this block."""
    return bool(reading.names) and reading.names[-1][0] is block


def _may_be_by(reference: Reference, names: tuple[str, ...]) -> bool:
    """False where a reference is known to be by others than the names."""
    known = {surname_key(name) for name in reference.authors}
    return not known or not names or bool(known & {surname_key(name) for name in names})
