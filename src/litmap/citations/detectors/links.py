"""Links of a note, and identifiers and addresses written out in its text."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from dataclasses import replace

from litmap.citations.block_scan import CLAIMED, BlockScan, context_of
from litmap.citations.detectors.citekeys import KEY_NAME, detect_key
from litmap.citations.detectors.titles import are_surely_people, detect_candidate, is_author_year
from litmap.citations.model import Detection, PlainLink, Sighting, line_at
from litmap.citations.note_scan import MAX_MENTION, NoteScan, number_sighting
from litmap.citations.recognisers.adjacency import names_before
from litmap.citations.recognisers.author_names import NameMention, find_names, find_names_only
from litmap.citations.recognisers.link_classifier import classify_link, may_link_to_work
from litmap.citations.recognisers.patterns import BLANKS
from litmap.citations.recognisers.reference_entries import segments_of
from litmap.citations.recognisers.reference_shape import MIN_UNSPACED_TITLE, reference_score
from litmap.citations.recognisers.reference_signs import is_unspaced
from litmap.citations.recognisers.title_scoring import TitleCandidate, title_score
from litmap.citations.recognisers.whole_titles import whole_titles
from litmap.citations.ties import reference_ties
from litmap.models import Link, Mention, NoteBlock, Reference
from litmap.parsing.grammar import CITED_YEAR, NAMES, UNSPACED, UPPER
from litmap.parsing.identifiers import find_identifiers, find_urls
from litmap.parsing.reference_strings.parser import parse_reference

_WIKI_WORK = re.compile(
    r"^([^\W\d_][^\d]{1,80}?)[ ,(]{1,2}((?:1[89]|20)\d\d)[a-z]?\)?\s*(?:[-–—:.,]\s*)(.{8,250})$"
)
"""A page of notes named after a work: [[Doe and Roe 1999 - The theory of things]]."""
_WIKI_KEY = re.compile(r"[A-Za-z-]{3,30}_?(?:1[89]|20)\d\d[a-z]?\w{0,20}")
_PEOPLE = re.compile(rf"{NAMES}(?:,? \(?{CITED_YEAR}\)?)?")
"""A page of one's own notes named after its author: [[Church 1936]], [[Marr]]; read on as text."""
_AND = re.compile(r",\s*|\s+(?:and|&)\s+|\s+et al\.?")
_LAST_CLAUSE = re.compile(r"(?:[.;!?]\s+|^\s*)([^.;!?]+(?:[.?!][^.;!?]+)?)$")
_CITES = re.compile(r"\[\d|@")
_JOINT_BEFORE_PEOPLE = re.compile(r"(?:\s*[,(:–—-]|\s+by)\s*$")
_TITLE_BEGINS = re.compile(r"[\w“\"'‘(\[]")
_GOES_ON_TO_IDENTIFIER = re.compile(
    r"[\s,.:;()\[\]–—-]*(?:(?!(?:and|und|et|also|see|cf|vs)\b)[^\W\d_]{1,12}[.:]*[\s,()]*|"
    r"[\w./]*\d[\w./–-]*[\s,.:;()]*){0,5}",
    re.I,
)
"""Words that lead from a reference to its identifier: ' DOI: ', ', e044, 2022. Disponible en: '."""
_QUOTED_NAME = re.compile(r"[“„\"«「『《]\s?([^“”„\"«»「」『』《》]{4,160}?)[,.]?\s?[”“\"»」』》]")
_NAME = re.compile(
    r"[-*•\s]*([^\[\]|@]{4,160}?)[.,]?\s(?:\[[^\[\]@|\d]{4,40}\]|\(?v(?:ersion\s?)?\d)"
)
"""'Lake levels 1990–2010 [data set]', 'Lake levels, v2'."""
_MAY_NAME = re.compile(rf"[{UPPER}\d][^\s]*\s\S|[{UNSPACED}]{{3}}")
"""Two words, the first with a capital or figure."""
MAX_NAMED_LINE = 200
"""Characters of a line that names one work, before its identifier."""
MIN_NAME_SCORE = 0.5
_DEPOSITS = ("doi:10.5281/zenodo", "doi:10.6084/m9.figshare")
"""Identifiers of what may be data or code."""
MAX_LABEL = 400
"""Characters of a link's text above which it is not read."""
MAX_REMARK = 60
"""Characters that may stand between a title and its address."""


# ── links of the markup ──────────────────────────────────────────────────────────────────────────
def detect_links(note_scan: NoteScan, block_scan: BlockScan) -> Iterator[Detection]:
    """What the links of a block point to: a work, perhaps one, an entry of the note, or neither."""
    for link in block_scan.block.links:
        if not block_scan.is_unclaimed(link.start, link.end) and link.start >= 0:
            continue
        if link.target.startswith("[^"):
            yield from _footnote_mark(note_scan, block_scan, link)
        elif link.target.startswith("#") and note_scan.tie_of_label(link.target[1:]):
            yield from _entry_mark(note_scan, block_scan, link)
        elif link.target.startswith("[["):
            yield from _wikilink(note_scan, block_scan, link)
        else:
            yield _web_link(note_scan, block_scan, link)


def _footnote_mark(note_scan: NoteScan, block_scan: BlockScan, link: Link) -> Iterator[Detection]:
    tie = note_scan.tie_of_label(link.target[2:-1])
    if tie:
        mention = note_scan.mention(block_scan.block, link.start, link.end, "citekey", link.target)
        yield Detection(number_sighting(replace(mention, line=link.line), tie))


def _entry_mark(note_scan: NoteScan, block_scan: BlockScan, link: Link) -> Iterator[Detection]:
    """A link to an entry of the note's own list, as citeproc writes citations."""
    tie = note_scan.tie_of_label(link.target[1:])
    if tie:
        shown = link.text or link.target
        mention = note_scan.mention(block_scan.block, link.start, link.end, "citekey", shown)
        yield Detection(number_sighting(mention, tie), claim=(link.start, link.end))


def _web_link(note_scan: NoteScan, block_scan: BlockScan, link: Link) -> Detection:
    """A link to an address or a file: of a work with what its text says, or a plain one."""
    block, claim = block_scan.block, (link.start, link.end)
    verdict, identifier = classify_link(link.target, link.text)
    if verdict == "plain" and not may_link_to_work(link.target, link.text, title_score(link.text)):
        return Detection(link=note_scan.plain_link(block, link), claim=claim)
    label, title_known = _read_label(link.text)
    if identifier and not title_known and is_unspaced(link.text) and not label.authors:
        label, title_known = Reference(link.text, link.text), len(link.text) >= MIN_UNSPACED_TITLE
    is_address = "://" in link.target or verdict == "pdf"
    reference = Reference(
        link.text,
        label.title,
        label.authors,
        label.year,
        ids=(identifier,) if identifier else (),
        urls=(link.target,) if is_address else (),
    )
    mention = Mention(
        note_scan.path,
        link.line,
        " ".join(link.text.split())[:MAX_MENTION] or link.target,
        block.heading,
        context_of(block, max(link.start, 0), max(link.end, 0)),
        "pdf" if verdict == "pdf" and not identifier else "link",
    )
    sure = bool(identifier) and not str(identifier).startswith(_DEPOSITS)
    ties = reference_ties(reference, title_known=title_known)
    return Detection(Sighting(mention, reference, sure, ties, title_known=title_known), claim)


def _read_label(label: str) -> tuple[Reference, bool]:
    """What a link's text says of the work, and whether it is a title: a nickname says nothing."""
    label = " ".join(label.split())
    if "://" in label or len(label) > MAX_LABEL:
        return Reference(), False
    people = _people_of(label)
    if people:
        return Reference(label, "", people.names, people.year), False
    if len(label) > 30 and reference_score(label) >= 0.6:
        parsed = parse_reference(label)
        if parsed.title:
            return Reference(label, parsed.title, parsed.authors, parsed.year), True
    titles = whole_titles(label, floor=0.5)
    if titles and len(titles[0].text) > 0.6 * len(label):
        return Reference(label, titles[0].text), True
    return Reference(label), False


def _people_of(label: str) -> NameMention | None:
    """The names, with or without a year, that fill a link's text."""
    dated = find_names(label)
    if dated:
        fills = dated[0].end - dated[0].start >= 0.7 * len(label.strip("() "))
        return dated[0] if fills else None
    undated = (
        names for names in find_names_only(label) if names.end - names.start > 0.8 * len(label)
    )
    return next(undated, None)


def _wikilink(note_scan: NoteScan, block_scan: BlockScan, link: Link) -> Iterator[Detection]:
    """A link to another note, which may be named after a work, by its key, year or title.

    Logseq names the page of a work that came from Zotero '@' and its title.
    """
    target, claim = link.target[2:-2].strip(), (link.start, link.end)
    key = _key_of(target)
    if target.startswith("@") and " " in target:
        reference = Reference(target, target[1:].strip())
        ties = reference_ties(reference, title_known=True)
        if ties:
            mention = note_scan.mention(block_scan.block, *claim, "title", target)
            yield Detection(Sighting(mention, reference, False, ties, title_known=True), claim)
    elif key is not None:
        yield from detect_key(note_scan, block_scan, *claim, key)
    elif match := _WIKI_WORK.match(target):
        people = match.group(1).strip(" ,(-")
        authors = tuple(part for part in _AND.split(people) if part.strip())
        reference = Reference(target, match.group(3).strip(), authors, int(match.group(2)))
        mention = note_scan.mention(block_scan.block, *claim, "title", target)
        ties = reference_ties(reference, title_known=True)
        yield Detection(Sighting(mention, reference, False, ties, title_known=True), claim)
    elif title_score(target) >= 0.62 and len(target.split()) >= 5:
        title = TitleCandidate(target, *claim, 0.6)
        yield from detect_candidate(note_scan, block_scan, title)
    elif not _PEOPLE.fullmatch(target):
        yield Detection(claim=claim)


def _key_of(target: str) -> str | None:
    """The citekey that a note is named by: '@doe1999#page-3', 'doe1999deep'; else None."""
    if target.startswith("@"):
        return target[1:].split("#", maxsplit=1)[0].strip()
    return target if _WIKI_KEY.fullmatch(target) and KEY_NAME.match(target) else None


# ── identifiers and addresses in the text ────────────────────────────────────────────────────────
def detect_identifiers(note_scan: NoteScan, block_scan: BlockScan) -> Iterator[Detection]:
    """Identifiers written out in the text, each with the title before it."""
    for identifier in find_identifiers(block_scan.unclaimed_text):
        start, end = identifier.start, identifier.end
        if block_scan.is_unclaimed(start, end):
            written = block_scan.text[start:end]
            urls = (written,) if "://" in written else ()
            reference = Reference(ids=(identifier.id,), urls=urls)
            kind = "link" if urls else "identifier"
            yield from _address(note_scan, block_scan, (start, end), reference, kind)


def detect_urls(note_scan: NoteScan, block_scan: BlockScan) -> Iterator[Detection]:
    """Addresses written out in the text, each with the title before it."""
    block = block_scan.block
    for url in find_urls(block_scan.unclaimed_text):
        start, end = url.start, url.end
        if not block_scan.is_unclaimed(start, end):
            continue
        verdict, _ = classify_link(url.id)
        if verdict == "plain":
            link = PlainLink(note_scan.path, line_at(block, start), "", url.id, block.heading)
            yield Detection(link=link, claim=(start, end))
        else:
            kind = "pdf" if verdict == "pdf" else "link"
            reference = Reference(urls=(url.id,))
            yield from _address(note_scan, block_scan, (start, end), reference, kind)


def _address(
    note_scan: NoteScan,
    block_scan: BlockScan,
    span: tuple[int, int],
    reference: Reference,
    kind: str,
) -> Iterator[Detection]:
    """A work by its identifier or address, with the title before it or that of its neighbour."""
    block, sure = block_scan.block, bool(reference.ids)
    title = yield from _claim_title_before(block_scan, span)
    reference = Reference(context_of(block, *span), title, ids=reference.ids, urls=reference.urls)
    ties = reference_ties(reference, title_known=bool(title))
    adjacent = block_scan.adjacent_sighting(*span, 3)
    if adjacent is None and not title and reference.ids:
        adjacent = _work_before(block_scan, span[0])
    if adjacent and adjacent.title_known:
        has_one_already = adjacent.reference.ids if reference.ids else adjacent.reference.urls
        ties |= adjacent.ties if not has_one_already else frozenset()
    mention = note_scan.mention(block, *span, kind)
    yield Detection(Sighting(mention, reference, sure, ties, title_known=bool(title)), span)


def _work_before(block_scan: BlockScan, start: int) -> Sighting | None:
    """The work whose reference goes on up to an identifier: '… v. 9, 2022. DOI: 10.1000/182'."""
    claims = [claim for claim in block_scan.claims if claim.end <= start and claim.sighting]
    last = max(claims, key=lambda claim: claim.end, default=None)
    if last is None or last.sighting is None or not last.sighting.title_known:
        return None
    between = block_scan.unclaimed_text[last.end : start]
    goes_on = _GOES_ON_TO_IDENTIFIER.fullmatch(between) is not None
    return last.sighting if goes_on and _line_begin(block_scan.block, start) <= last.end else None


def _claim_title_before(
    block_scan: BlockScan, span: tuple[int, int]
) -> Generator[Detection, None, str]:
    """Claims the title before an address, and returns it; '' where there is none."""
    title = _title_before(block_scan, span[0]) or _name_before(block_scan, span)
    if title is None:
        return ""
    if block_scan.is_unclaimed(title.start, title.end):
        yield Detection(claim=(title.start, title.end))
    return title.text


def _title_before(block_scan: BlockScan, start: int) -> TitleCandidate | None:
    """A title that fills the stretch before an address: 'Title (Authors) https://…'."""
    text = block_scan.unclaimed_text
    begin = _line_begin(block_scan.block, start)
    begin = max(begin, text.rfind(CLAIMED, begin, start) + 1)
    stretch = _without_authors(text[begin:start].rstrip(BLANKS + "(<[:,.–—-"))
    if not 10 < len(stretch) < 260:
        return None
    last = _LAST_CLAUSE.search(stretch)
    lead = last.start(1) if last and "[" not in last.group(1) else 0
    clause = stretch[lead:]
    titles = [] if _CITES.search(clause) else whole_titles(clause, floor=0.5)
    if not titles or not _fills(titles[0], clause):
        return None
    offset = begin + lead
    return titles[0]._replace(start=offset + titles[0].start, end=offset + titles[0].end)


def _name_before(block_scan: BlockScan, span: tuple[int, int]) -> TitleCandidate | None:
    """What a line names whose last words are an identifier, and that names nothing else: 'Lake
    levels 1990–2010 [data set]. (2012). https://doi.org/…', 'données : « Lacs », v2, doi:…'.
    """
    text = block_scan.unclaimed_text
    line = next((part for part in segments_of(block_scan.block) if part.end >= span[1]), None)
    if line is None or text[span[1] : line.end].strip(" .)]>") or CLAIMED in text[: span[0]]:
        return None
    stretch = text[line.start : span[0]]
    name = _quoted_alone(stretch) or _NAME.match(stretch)
    if name is None or len(stretch) > MAX_NAMED_LINE or is_author_year(name.group(1)):
        return None
    start, end = (line.start + place for place in name.span(1))
    title = text[start:end].rstrip(" .,:;")
    people = names_before(stretch, len(title))
    if not _MAY_NAME.match(title) or (people and are_surely_people(people)):
        return None
    return TitleCandidate(title, start, start + len(title), MIN_NAME_SCORE)


def _quoted_alone(text: str) -> re.Match[str] | None:
    """The only words in quotation marks of a text."""
    found = list(_QUOTED_NAME.finditer(text))
    return found[0] if len(found) == 1 else None


def _line_begin(block: NoteBlock, start: int) -> int:
    """Where the line of an address begins, or the line above where the address stands alone."""
    begins = [line.start for line in segments_of(block) if line.start <= start] or [0]
    alone = not block.text[begins[-1] : start].strip(" (<[")
    return begins[-2] if alone and len(begins) > 1 else begins[-1]


def _without_authors(stretch: str) -> str:
    """A stretch without an open bracket or names at its end: 'Title (Doe 1999, ', 'Title, Doe'."""
    opened = stretch.rfind("(")
    if opened > stretch.rfind(")"):
        stretch = stretch[:opened].rstrip(" ,.:")
    people = names_before(stretch, len(stretch))
    if people and are_surely_people(people):
        return _JOINT_BEFORE_PEOPLE.sub("", stretch[: people.start].rstrip())
    return stretch


def _fills(title: TitleCandidate, clause: str) -> bool:
    """True for a title that is all of a clause but a remark: not '… is Doe and Roe (1968). …'."""
    if _begins_behind_people(title, clause) or is_author_year(title.text):
        return False
    if len(clause) - (title.end - title.start) > MAX_REMARK:
        return False
    if title.text.split()[-1] in {"is", "are", "was", "by"}:
        return False
    return bool(_TITLE_BEGINS.match(title.text))


def _begins_behind_people(title: TitleCandidate, clause: str) -> bool:
    """True where several people with a year are named before a title ends."""
    return any(
        (len(names.names) > 1 or names.et_al) and names.start < title.end
        for names in find_names(clause)
    )
