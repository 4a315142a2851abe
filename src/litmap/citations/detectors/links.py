"""Links of a note, and identifiers and addresses written out in its text."""

from __future__ import annotations

import re
from dataclasses import replace

from litmap.citations.block_scan import BlockText, context_of
from litmap.citations.detectors.citekeys import KEY_NAME, take_key
from litmap.citations.detectors.titles import has_names, take_candidate
from litmap.citations.model import PlainLink, Sighting, line_at
from litmap.citations.note_scan import Reading, work_ties
from litmap.citations.recognisers.adjacency import names_before
from litmap.citations.recognisers.author_names import find_names, find_names_only
from litmap.citations.recognisers.link_classifier import classify_link, may_link_to_work
from litmap.citations.recognisers.patterns import BLANKS, NAMES, YEAR
from litmap.citations.recognisers.reference_entries import reference_score, segments_of
from litmap.citations.recognisers.title_scoring import TitleCandidate, title_score
from litmap.citations.recognisers.whole_titles import whole_titles
from litmap.models import Link, Mention, NoteBlock, Reference
from litmap.parsing.identifiers import find_identifiers, find_urls
from litmap.parsing.reference_strings import parse_reference

_WIKI_WORK = re.compile(
    r"^([^\W\d_][^\d]{1,80}?)[ ,(]{1,2}((?:1[89]|20)\d\d)[a-z]?\)?\s*(?:[-–—:.,]\s*)(.{8,250})$"
)


_PEOPLE = re.compile(rf"{NAMES}(?:,? \(?{YEAR}\)?)?")
"""A page of one's own notes that is named after its author: [[Church 1936]], [[Marr]]; read on as text."""


def take_link(reading: Reading, block: NoteBlock, link: Link, text: BlockText) -> None:
    """Adds what a link of the note points to: a work, perhaps one, an entry by its footnote or key, or a plain link."""
    if link.target.startswith("[^"):
        tie = reading.state.labels.get(link.target[2:-1])
        if tie:
            mention = reading.mention(block, link.start, link.end, "citekey", link.target)
            reading.add(Sighting(replace(mention, line=link.line), Reference(), False, {tie}))
        return
    if link.target.startswith("[["):
        _wikilink(reading, block, link, text)
        return
    verdict, found = classify_link(link.target, link.text)
    if verdict == "plain" and not may_link_to_work(link.target, link.text, title_score(link.text)):
        reading.plain(block, link)
        text.mask(link.start, link.end, None)
        return
    reference, known = _read_label(link.text)
    url = link.target if "://" in link.target or verdict == "pdf" else ""
    reference = Reference(
        link.text,
        reference.title,
        reference.authors,
        reference.year,
        "",
        (found,) if found else (),
        (url,) if url else (),
    )
    mention = Mention(
        reading.note.path, link.line, " ".join(link.text.split())[:500] or link.target, block.heading,
        context_of(block, max(link.start, 0), max(link.end, 0)), "link" if found or verdict != "pdf" else "pdf",
    )  # fmt: skip
    sure = bool(found) and not (found or "").startswith(
        ("doi:10.5281/zenodo", "doi:10.6084/m9.figshare")
    )
    sighting = reading.add(
        Sighting(
            mention, reference, sure, work_ties(reference, title_known=known), title_known=known
        )
    )
    text.mask(link.start, link.end, sighting)


def _wikilink(reading: Reading, block: NoteBlock, link: Link, text: BlockText) -> None:
    target = link.target[2:-2].strip()
    if target.startswith("@"):
        take_key(reading, block, link.start, link.end, target[1:].split("#")[0].strip(), text)
        return
    if re.fullmatch(r"[A-Za-z-]{3,30}_?(?:1[89]|20)\d\d[a-z]?\w{0,20}", target) and KEY_NAME.match(
        target
    ):
        take_key(reading, block, link.start, link.end, target, text)
        return
    match = _WIKI_WORK.match(target)
    if match:
        title, names = match.group(3).strip(), match.group(1).strip(" ,(-")
        authors = tuple(
            part for part in re.split(r",\s*|\s+(?:and|&)\s+|\s+et al\.?", names) if part.strip()
        )
        reference = Reference(target, title, authors, int(match.group(2)))
        mention = reading.mention(block, link.start, link.end, "title", target)
        sighting = reading.add(
            Sighting(
                mention, reference, False, work_ties(reference, title_known=True), title_known=True
            )
        )
        text.mask(link.start, link.end, sighting)
    elif title_score(target) >= 0.62 and len(target.split()) >= 5:
        take_candidate(reading, block, TitleCandidate(target, link.start, link.end, 0.6), text)
    elif not _PEOPLE.fullmatch(target):
        text.mask(link.start, link.end, None)


def take_addresses(reading: Reading, block: NoteBlock, text: BlockText) -> None:
    """Identifiers and addresses written out in the text."""
    for found in find_identifiers(text.text):
        if not text.free(found.start, found.end):
            continue
        written = block.text[found.start : found.end]
        urls = (written,) if "://" in written else ()
        title = _title_before(reading, block, text, found.start)
        reference = Reference(
            context_of(block, found.start, found.end), title, ids=(found.id,), urls=urls
        )
        mention = reading.mention(block, found.start, found.end, "link" if urls else "identifier")
        near = text.beside(found.start, found.end, 3)
        ties = work_ties(reference, title_known=bool(title))
        if near and not near.reference.ids and near.title_known:
            ties |= near.ties
        text.mask(
            found.start,
            found.end,
            reading.add(Sighting(mention, reference, True, ties, title_known=bool(title))),
        )
    for url in find_urls(text.text):
        if not text.free(url.start, url.end):
            continue
        verdict, _ = classify_link(url.id)
        if verdict == "plain":
            reading.state.links.append(
                PlainLink(reading.note.path, line_at(block, url.start), "", url.id, block.heading)
            )
            text.mask(url.start, url.end, None)
            continue
        title = _title_before(reading, block, text, url.start)
        reference = Reference(context_of(block, url.start, url.end), title, urls=(url.id,))
        mention = reading.mention(block, url.start, url.end, "pdf" if verdict == "pdf" else "link")
        ties = work_ties(reference, title_known=bool(title))
        near = text.beside(url.start, url.end, 3)
        if near and near.title_known and not near.reference.urls:
            ties |= near.ties
        text.mask(
            url.start,
            url.end,
            reading.add(Sighting(mention, reference, False, ties, title_known=bool(title))),
        )


def _title_before(reading: Reading, block: NoteBlock, text: BlockText, start: int) -> str:
    """A title that fills the stretch before an address ('Title (Authors) https://…')."""
    parts = [part for part in segments_of(block) if part.start <= start]
    first = (
        parts[-1].start
        if parts and block.text[parts[-1].start : start].strip(" (<[")
        else parts[-2].start
        if len(parts) > 1
        else parts[0].start
        if parts
        else 0
    )
    before = text.text[first:start]
    before = before[before.rfind("\x00") + 1 :]
    stretch = before.rstrip(BLANKS + "(<[:,.–—-")
    opened = stretch.rfind("(")
    if opened > stretch.rfind(")"):  # 'Title (Doe 1999, doi:…' has its title before the bracket
        stretch = stretch[:opened].rstrip(" ,.:")
    people = names_before(stretch, len(stretch))
    if people and (len(people.names) > 1 or people.et_al or "." in people.names[0]):
        stretch = re.sub(r"(?:\s*[,(:–—-]|\s+by)\s*$", "", stretch[: people.start].rstrip())
    if not 10 < len(stretch) < 260:
        return ""
    clause = re.search(r"(?:[.;!?]\s+|^\s*)([^.;!?]+(?:[.?!][^.;!?]+)?)$", stretch)
    lead = clause.start(1) if clause and "[" not in clause.group(1) else 0
    found = [] if re.search(r"\[\d|@", stretch[lead:]) else whole_titles(stretch[lead:], floor=0.5)
    if found and any(
        (len(named.names) > 1 or named.et_al) and named.start < found[0].end
        for named in find_names(stretch[lead:])
    ):
        return ""  # '… is Doe and Roe (1968). …'
    if (
        not found
        or len(stretch) - lead - (found[0].end - found[0].start) > 60
        or has_names(found[0].text)
    ):
        return ""
    offset = start - len(before) + lead
    title = found[0]
    if not re.match(r"[\w“\"'‘(\[]", title.text) or title.text.split()[-1] in {
        "is",
        "are",
        "was",
        "by",
    }:
        return ""
    if text.free(offset + title.start, offset + title.end):
        text.mask(offset + title.start, offset + title.end, None)
    return title.text


def _read_label(label: str) -> tuple[Reference, bool]:
    """What a link's text says of the work: authors and year, or its title, or (a nickname) nothing."""
    label = " ".join(label.split())
    if "://" in label or len(label) > 400:
        return Reference(), False
    named = find_names(label) or [
        m for m in find_names_only(label) if m.end - m.start > 0.8 * len(label)
    ]
    if named and named[0].end - named[0].start >= 0.7 * len(label.strip("() ")):
        return Reference(label, "", named[0].names, named[0].year), False
    if (
        len(label) > 30
        and reference_score(label) >= 0.6
        and (parsed := parse_reference(label)).title
    ):
        return Reference(label, parsed.title, parsed.authors, parsed.year), True
    found = whole_titles(label, floor=0.5)
    if found and len(found[0].text) > 0.6 * len(label):
        return Reference(label, found[0].text), True
    return Reference(label), False
