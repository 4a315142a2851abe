"""One note's citations, before they are grouped: entries first, then links, keys, numbers, names and titles."""

from __future__ import annotations

from litmap.citations.block_scan import BlockText
from litmap.citations.detectors.author_year import take_bare_names, take_names, take_places
from litmap.citations.detectors.citekeys import take_citekeys
from litmap.citations.detectors.links import take_addresses, take_link
from litmap.citations.detectors.numeric import take_numbers
from litmap.citations.detectors.title_heads import take_heads
from litmap.citations.detectors.titles import take_dated_titles, take_emphasised, take_titles
from litmap.citations.model import PlainLink, Sighting, line_at
from litmap.citations.note_scan import Reading, work_ties
from litmap.citations.recognisers.bib_records import field, record_reference
from litmap.citations.recognisers.journal_locators import find_locators
from litmap.citations.recognisers.link_classifier import classify_link
from litmap.citations.recognisers.reference_entries import ReferenceEntry, find_reference_entries
from litmap.citations.recognisers.reference_lists import reference_list_blocks
from litmap.citations.recognisers.short_notes import CitedEntry, resolve_short_note
from litmap.models import Mention, Note, NoteBlock, Reference


def read_citations(note: Note, keys: dict[str, str]) -> Reading:
    """Everything seen in one note; `keys` are ties of citekeys. Entries come first: they may be cited above them."""
    reading = Reading(note, keys)
    entries: dict[int, list[ReferenceEntry]] = {}
    listed = reference_list_blocks(reading.blocks)
    pointing: set[int] = set()
    for index, block in enumerate(reading.blocks):
        if block.kind == "entry":
            _take_record(reading, block)
        elif block.kind != "heading" and len(block.text) < 200_000:
            found = _find_entries(reading, block, index in listed)
            if found:
                entries[index] = found
            elif _take_short_note(
                reading, block, field(block, "number") or field(block, "footnote")
            ):
                pointing.add(index)
    for index, block in enumerate(reading.blocks):
        if block.kind != "entry" and index not in pointing:
            _take_block(reading, block, entries.get(index, []), index in listed)
    take_heads(reading)
    return reading


def _take_block(
    reading: Reading, block: NoteBlock, entries: list[ReferenceEntry], listed: bool
) -> None:
    text = BlockText(block)
    for entry in entries:
        _take_entry(reading, block, entry, text, listed)
    for link in block.links:
        if text.free(link.start, link.end) or link.start < 0:
            take_link(reading, block, link, text)
    take_addresses(reading, block, text)
    take_citekeys(reading, block, text)
    if reading.state.numbers and not (listed and entries):
        take_numbers(reading, block, text)
    if block.kind != "heading" or field(block, "inferred"):
        take_emphasised(reading, block, text)
        take_dated_titles(reading, block, text)
        take_places(reading, block, text)
        take_names(reading, block, text)
        take_titles(reading, block, text)
        take_bare_names(reading, block, text)


def _take_short_note(reading: Reading, block: NoteBlock, number: str) -> bool:
    """Ties the number of a note such as 'Ibid., 332' to the entry it means, and counts it as a mention; True if it is one."""
    tie = resolve_short_note(block.text, reading.named) if number else ""
    if not tie:
        return False
    reading.state.numbers.setdefault(number, tie)
    reading.state.labels.setdefault(number, tie)
    mention = reading.mention(block, 0, len(block.text), "number")
    reading.add(Sighting(mention, Reference(), False, {tie}, listed=True))
    return True


def _take_record(reading: Reading, block: NoteBlock) -> None:
    reference, sure = record_reference(block)
    key = field(block, "key")
    if not sure and not reference.ids:
        if reference.urls:
            reading.state.links.append(
                PlainLink(
                    reading.note.path, block.line, reference.title, reference.urls[0], block.heading
                )
            )
        if key:
            reading.state.labels[key] = ""
        return
    mention = Mention(
        reading.note.path,
        block.line,
        reference.title or block.text[:300],
        block.heading,
        block.text,
        "reference",
    )
    ties = work_ties(reference, title_known=True)
    if key:
        ties.add(f"key:{reading.note.path}:{key}")
        reading.state.labels[key] = f"key:{reading.note.path}:{key}"
    reading.add(
        Sighting(
            mention,
            reference,
            sure,
            ties,
            title_known=True,
            listed=True,
            silent=reading.note.lookup,
        )
    )


def _find_entries(reading: Reading, block: NoteBlock, listed: bool) -> list[ReferenceEntry]:
    found = list(find_reference_entries(block, reading.previous, in_list=listed))
    for entry in found:
        if entry.reference.authors:
            reading.previous = entry.reference.authors
        number = entry.reference.number
        if number and (listed or block.text.lstrip().startswith("[")):
            reading.state.entries += 1
            tie = f"number:{reading.note.path}:{number}"
            if entry.text != "blog":
                reading.state.numbers.setdefault(number, tie)
        label = (
            field(block, "label")
            or field(block, "footnote")
            or (number if not number.isdigit() else "")
        )
        if label and entry.text != "blog":
            reading.state.labels.setdefault(label, f"label:{reading.note.path}:{label}")
        numbered = number and (listed or block.text.lstrip().startswith("["))
        tie = (
            f"label:{reading.note.path}:{label}"
            if label
            else f"number:{reading.note.path}:{number}"
            if numbered
            else ""
        )
        if tie and entry.text != "blog":
            reading.named.append(CitedEntry(entry.reference, tie))
    return found


def _take_entry(
    reading: Reading, block: NoteBlock, entry: ReferenceEntry, text: BlockText, listed: bool
) -> None:
    reference = entry.reference
    if entry.text == "blog":
        for url in reference.urls[:1]:
            reading.state.links.append(
                PlainLink(
                    reading.note.path,
                    line_at(block, entry.start),
                    reference.title,
                    url,
                    block.heading,
                )
            )
        text.mask(entry.start, entry.end, None)
        return
    at = block.text.find(reference.title, entry.start) if reference.title else -1
    start = at if at >= 0 else entry.start
    mention = reading.mention(
        block,
        start,
        start + len(reference.title) if at >= 0 else entry.end,
        "reference",
        reference.title or reference.raw[:300],
    )
    mention = Mention(
        mention.note,
        line_at(block, entry.start) if listed else mention.line,
        mention.text,
        mention.heading,
        mention.context,
        "reference",
    )
    ties = work_ties(reference, title_known=True)
    if (
        reference.number
        and reference.number in reading.state.numbers
        and (listed or block.text.lstrip().startswith("["))
    ):
        ties.add(f"number:{reading.note.path}:{reference.number}")
    label = field(block, "label") or field(block, "footnote")
    label = label or (reference.number if not reference.number.isdigit() else "")
    if label:
        ties.add(f"label:{reading.note.path}:{label}")
    places = find_locators(reference.raw)
    if len(places) == 1 and places[0].key:
        ties.add(f"place:{places[0].key}")
    sighting = reading.add(
        Sighting(mention, reference, entry.sure, ties, title_known=True, listed=listed)
    )
    for link in block.links:
        if (
            entry.start <= link.start < entry.end
            and classify_link(link.target, link.text)[0] == "plain"
        ):
            reading.plain(block, link)
    text.mask(entry.start, entry.end, sighting)
