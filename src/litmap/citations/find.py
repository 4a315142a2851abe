"""One note's citations, before they are grouped: links, identifiers, entries, citekeys, numbers, names and titles."""

from __future__ import annotations

import re
from dataclasses import replace

from litmap.citations.blocks import BlockText, context_of, split_long
from litmap.citations.entries import (
    Entry,
    Segment,
    field,
    list_entries,
    record_reference,
    segments_of,
)
from litmap.citations.hosts import judge_link, may_hold_a_work
from litmap.citations.lists import listed_blocks, title_floor
from litmap.citations.model import NoteState, PlainLink, Sighting, line_at
from litmap.citations.names import NameMention, find_names, find_names_only, surname_key
from litmap.citations.titles import (
    cited_titles,
    clause_titles,
    possessive_titles,
    quoted_titles,
    running_titles,
    title_score,
    whole_titles,
)
from litmap.identifiers import find_identifiers, find_urls, normalise_title, url_key
from litmap.models import Link, Mention, Note, NoteBlock, Reference

_CITEKEY = re.compile(r"(?<![\w@./])-?@(?:\{([^{}\s]{2,120})\}|([^\W_](?:[\w]|[:.#$%&+?<>~/-](?=\w)){1,120}))")
_NUMBERS = re.compile(
    r"\[(\d{1,4}(?:\s?[,;–-]\s?\d{1,4}){0,30})\]|\[(\d{1,4}),? (?:pp?\.|Thm|Theorem|Sec|Section|Fig|Ch)[^\]]{0,40}\]"
)
_LABEL = re.compile(r"\[([A-Za-z][\w+:.-]{1,60})\]_?")
_KEY_NAME = re.compile(
    r"([^\W\d_]{2,30}?)(?:[A-Z][A-Za-z]*|[_:-]\w*?)?[_:-]?((?:1[89]|20)\d\d)([a-z]?)(?:[_:-]?([A-Za-z]\w*))?$"
)
_WIKI_WORK = re.compile(r"^([^\W\d_][^\d]{1,80}?)[ ,(]{1,2}((?:1[89]|20)\d\d)[a-z]?\)?\s*(?:[-–—:.,]\s*)(.{8,250})$")
_LONE_NAME = re.compile(r"(?:ex\.?|e\.g\.?|see|cf\.?|also)?\s*([^\W\d_][^\W\d_'’-]{2,20})\s+\(?((?:19|20)\d\d)\)?\s*$")
_PAREN_NUMBERS = re.compile(r"(?<=[\w.,;:)\"”’%])\s?\((\d{1,3}(?:\s?[,–-]\s?\d{1,3}){0,20})\)")
_REFS = re.compile(
    r"\b[Rr]efs?\.?\s(\d{1,3}(?:\s?[,–-]\s?\d{1,3}){0,20})(?![\d.]\d)|(?<=\bal\.)\s?\((\d{1,3}(?:\s?[,–-]\s?\d{1,3}){0,9})\)"
)
"""Numbers of references in any style of note: 'refs 4,5', 'Lee et al.(2)'."""
_SUPERSCRIPTS = re.compile(r"(?<=[\w.,;:)\"”’%])[⁰¹²³⁴⁵⁶⁷⁸⁹]+(?:[,˒⁻–-][⁰¹²³⁴⁵⁶⁷⁸⁹]+)*|\^(\d{1,3}(?:[,–-]\d{1,3})*)\^")
_FROM_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻˒", "0123456789-,")
_ENDS = re.compile(r"[a-z)\]][.?!] (?=[A-Z])")
_TITLE_KINDS = {"paragraph", "item", "cell", "heading"}


class NoteReader:
    """Finds the sightings of one note. Names without an entry of their own are kept for `names`, to be tied later."""

    def __init__(self, note: Note, keys: dict[str, str]) -> None:
        self.note = note
        self.blocks = [piece for block in note.blocks for piece in split_long(block)]
        self.state = NoteState(note.path)
        self.keys = keys
        self.names: list[tuple[NoteBlock, NameMention, Sighting]] = []
        self.bare_names: list[tuple[NoteBlock, NameMention, Mention]] = []
        self.title_floor = title_floor(self.blocks, note.format)
        self.previous: tuple[str, ...] = ()
        self.style: re.Pattern[str] | None = None

    def read(self) -> NoteState:
        """Reads all blocks: entries first, since what they define may be cited above them."""
        entries: dict[int, list[Entry]] = {}
        listed = listed_blocks(self.blocks)
        for index, block in enumerate(self.blocks):
            if block.kind == "entry":
                self._record(block)
            elif block.kind != "heading" and len(block.text) < 200_000:
                found = self._entries(block, index in listed)
                if found:
                    entries[index] = found
        for index, block in enumerate(self.blocks):
            if block.kind != "entry":
                self._block(block, entries.get(index, []), index in listed)
        return self.state

    def mention(self, block: NoteBlock, start: int, end: int, kind: str, text: str = "") -> Mention:
        """A mention of this stretch."""
        shown = text or block.text[start:end].strip()
        return Mention(
            self.note.path, line_at(block, start), shown[:500], block.heading, context_of(block, start, end), kind
        )

    def add(self, sighting: Sighting) -> Sighting:
        """Keeps a sighting."""
        self.state.sightings.append(sighting)
        return sighting

    # ── entries ──────────────────────────────────────────────────────────────────────────────────────────────────────
    def _record(self, block: NoteBlock) -> None:
        reference, sure = record_reference(block)
        key = field(block, "key")
        if not sure and not reference.ids:
            if reference.urls:
                self.state.links.append(
                    PlainLink(self.note.path, block.line, reference.title, reference.urls[0], block.heading)
                )
            if key:
                self.state.labels[key] = ""
            return
        mention = Mention(
            self.note.path, block.line, reference.title or block.text[:300], block.heading, block.text, "reference"
        )
        ties = work_ties(reference, title_known=True)
        if key:
            ties.add(f"key:{self.note.path}:{key}")
            self.state.labels[key] = f"key:{self.note.path}:{key}"
        self.add(Sighting(mention, reference, sure, ties, title_known=True, listed=True, silent=self.note.lookup))

    def _entries(self, block: NoteBlock, listed: bool) -> list[Entry]:
        found = list(list_entries(block, self.previous, in_list=listed))
        for entry in found:
            if entry.reference.authors:
                self.previous = entry.reference.authors
            number = entry.reference.number
            if number and (listed or block.text.lstrip().startswith("[")):
                self.state.entries += 1
                tie = f"number:{self.note.path}:{number}"
                if entry.text != "blog":
                    self.state.numbers.setdefault(number, tie)
            label = field(block, "label") or field(block, "footnote") or (number if not number.isdigit() else "")
            if label and entry.text != "blog":
                self.state.labels.setdefault(label, f"label:{self.note.path}:{label}")
        return found

    def _entry(self, block: NoteBlock, entry: Entry, text: BlockText, listed: bool) -> None:
        reference = entry.reference
        if entry.text == "blog":
            for url in reference.urls[:1]:
                self.state.links.append(
                    PlainLink(self.note.path, line_at(block, entry.start), reference.title, url, block.heading)
                )
            text.mask(entry.start, entry.end, None)
            return
        at = block.text.find(reference.title, entry.start) if reference.title else -1
        start = at if at >= 0 else entry.start
        mention = self.mention(
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
            and reference.number in self.state.numbers
            and (listed or block.text.lstrip().startswith("["))
        ):
            ties.add(f"number:{self.note.path}:{reference.number}")
        label = field(block, "label") or field(block, "footnote")
        label = label or (reference.number if not reference.number.isdigit() else "")
        if label:
            ties.add(f"label:{self.note.path}:{label}")
        sighting = self.add(Sighting(mention, reference, entry.sure, ties, title_known=True, listed=listed))
        for link in block.links:
            if entry.start <= link.start < entry.end and judge_link(link.target, link.text)[0] == "plain":
                self._plain(block, link)
        text.mask(entry.start, entry.end, sighting)

    # ── running text ─────────────────────────────────────────────────────────────────────────────────────────────────
    def _block(self, block: NoteBlock, entries: list[Entry], listed: bool) -> None:
        text = BlockText(block)
        for entry in entries:
            self._entry(block, entry, text, listed)
        for link in block.links:
            if text.free(link.start, link.end) or link.start < 0:
                self._link(block, link, text)
        self._addresses(block, text)
        self._citekeys(block, text)
        if self.state.numbers and not (listed and entries):
            self._numbers(block, text)
        if block.kind != "heading" or field(block, "inferred"):
            for title in (
                [
                    *cited_titles(text.text),
                    *(found for found in possessive_titles(text.text) if found.beside[-4:].isdigit()),
                ]
                if block.kind in _TITLE_KINDS
                else ()
            ):
                if text.free(title.start, title.end):
                    self._candidate(block, title.start, title.end, title.text, text, beside=title.beside)
            self._names(block, text)
            self._titles(block, text)

    def _plain(self, block: NoteBlock, link: Link) -> None:
        self.state.links.append(PlainLink(self.note.path, link.line, link.text, link.target, block.heading))

    def _link(self, block: NoteBlock, link: Link, text: BlockText) -> None:
        if link.target.startswith("[^"):
            tie = self.state.labels.get(link.target[2:-1])
            if tie:
                mention = self.mention(block, link.start, link.end, "citekey", link.target)
                self.add(Sighting(replace(mention, line=link.line), Reference(), False, {tie}))
            return
        if link.target.startswith("[["):
            self._wikilink(block, link, text)
            return
        verdict, found = judge_link(link.target, link.text)
        if verdict == "plain" and not may_hold_a_work(link.target, link.text, title_score(link.text)):
            self._plain(block, link)
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
            self.note.path, link.line, " ".join(link.text.split())[:500] or link.target, block.heading,
            context_of(block, max(link.start, 0), max(link.end, 0)), "link" if found or verdict != "pdf" else "pdf",
        )  # fmt: skip
        sure = bool(found) and not (found or "").startswith(("doi:10.5281/zenodo", "doi:10.6084/m9.figshare"))
        sighting = self.add(
            Sighting(mention, reference, sure, work_ties(reference, title_known=known), title_known=known)
        )
        text.mask(link.start, link.end, sighting)

    def _wikilink(self, block: NoteBlock, link: Link, text: BlockText) -> None:
        target = link.target[2:-2].strip()
        if target.startswith("@"):
            self._key(block, link.start, link.end, target[1:].split("#")[0].strip(), text)
            return
        match = _WIKI_WORK.match(target)
        if match:
            title, names = match.group(3).strip(), match.group(1).strip(" ,(-")
            authors = tuple(part for part in re.split(r",\s*|\s+(?:and|&)\s+|\s+et al\.?", names) if part.strip())
            reference = Reference(target, title, authors, int(match.group(2)))
            mention = self.mention(block, link.start, link.end, "title", target)
            sighting = self.add(
                Sighting(mention, reference, False, work_ties(reference, title_known=True), title_known=True)
            )
            text.mask(link.start, link.end, sighting)
        elif title_score(target) >= 0.62 and len(target.split()) >= 5:
            self._candidate(block, link.start, link.end, target, text)
        else:
            text.mask(link.start, link.end, None)

    def _addresses(self, block: NoteBlock, text: BlockText) -> None:
        """Identifiers and addresses written out in the text."""
        for found in find_identifiers(text.text):
            if not text.free(found.start, found.end):
                continue
            written = block.text[found.start : found.end]
            urls = (written,) if "://" in written else ()
            title = self._title_before(block, text, found.start)
            reference = Reference(context_of(block, found.start, found.end), title, ids=(found.id,), urls=urls)
            mention = self.mention(block, found.start, found.end, "link" if urls else "identifier")
            near = text.beside(found.start, found.end, 3)
            ties = work_ties(reference, title_known=bool(title))
            if near and not near.reference.ids and near.title_known:
                ties |= near.ties
            text.mask(
                found.start, found.end, self.add(Sighting(mention, reference, True, ties, title_known=bool(title)))
            )
        for url in find_urls(text.text):
            if not text.free(url.start, url.end):
                continue
            verdict, _ = judge_link(url.id)
            if verdict == "plain":
                self.state.links.append(PlainLink(self.note.path, line_at(block, url.start), "", url.id, block.heading))
                text.mask(url.start, url.end, None)
                continue
            title = self._title_before(block, text, url.start)
            reference = Reference(context_of(block, url.start, url.end), title, urls=(url.id,))
            mention = self.mention(block, url.start, url.end, "pdf" if verdict == "pdf" else "link")
            ties = work_ties(reference, title_known=bool(title))
            near = text.beside(url.start, url.end, 3)
            if near and near.title_known and not near.reference.urls:
                ties |= near.ties
            text.mask(url.start, url.end, self.add(Sighting(mention, reference, False, ties, title_known=bool(title))))

    def _title_before(self, block: NoteBlock, text: BlockText, start: int) -> str:
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
        stretch = re.sub(r"[\s(<\[:,.–—-]+$", "", before)
        if not 10 < len(stretch) < 260:
            return ""
        clause = re.search(r"(?:[.;!?]\s+|^\s*)([^.;!?]+(?:[.?!][^.;!?]+)?)$", stretch)
        lead = clause.start(1) if clause and "[" not in clause.group(1) else 0
        found = [] if re.search(r"\[\d|@", stretch[lead:]) else whole_titles(stretch[lead:], floor=0.5)
        if found and any(
            (len(named.names) > 1 or named.et_al) and named.start < found[0].end for named in find_names(stretch[lead:])
        ):
            return ""  # '… is Doe and Roe (1968). …'
        if not found or len(stretch) - lead - (found[0].end - found[0].start) > 60 or _has_names(found[0].text):
            return ""
        offset = start - len(before) + lead
        title = found[0]
        if text.free(offset + title.start, offset + title.end):
            text.mask(offset + title.start, offset + title.end, None)
        return title.text

    def _citekeys(self, block: NoteBlock, text: BlockText) -> None:
        if "@" in text.text:
            for match in _CITEKEY.finditer(text.text):
                self._key(block, match.start(), match.end(), (match.group(1) or match.group(2)).rstrip(".:"), text)
        if self.state.labels and "[" in text.text:
            for match in _LABEL.finditer(text.text):
                tie = self.state.labels.get(match.group(1))
                if tie and text.free(*match.span()) and not block.text.lstrip().startswith(match.group()):
                    mention = self.mention(block, match.start(), match.end(), "citekey")
                    text.mask(match.start(), match.end(), self.add(Sighting(mention, Reference(), False, {tie})))

    def _key(self, block: NoteBlock, start: int, end: int, key: str, text: BlockText) -> None:
        tie = self.keys.get(key) or self.state.labels.get(key)
        if tie is None and key.lower() != key:
            tie = next((value for name, value in self.keys.items() if name.lower() == key.lower()), None)
        if tie == "":  # an entry that is no work
            text.mask(start, end, None)
            return
        mention = self.mention(block, start, end, "citekey")
        if tie:
            text.mask(start, end, self.add(Sighting(mention, Reference(), True, {tie})))
            return
        match = _KEY_NAME.match(key)
        if match:
            words = re.findall(r"[A-Z]?[a-z]+", key[match.end(1) : match.start(2)] + " " + (match.group(4) or ""))
            reference = Reference(
                key, " ".join(words) if len(words) > 3 else "", (match.group(1).capitalize(),), int(match.group(2))
            )
            ties = {f"citekey:{key}"}
            text.mask(start, end, self.add(Sighting(mention, reference, False, ties)))

    def _number_style(self) -> re.Pattern[str]:
        """How the note's text cites its numbered list: '[3]', '(3)' or a superscript."""
        wanted = set(self.state.numbers)
        best, style = 0, _NUMBERS
        for pattern in (_NUMBERS, _PAREN_NUMBERS, _SUPERSCRIPTS):
            seen: set[str] = set()
            for block in self.blocks:
                if ("list", "references") not in block.fields:
                    for match in pattern.finditer(block.text[:20_000]):
                        seen |= set(_numbers_in(match)) & wanted
            if len(seen) > 2 * best and (pattern is _NUMBERS or len(seen) >= 0.4 * len(wanted)):
                best, style = len(seen), pattern
        return style

    def _numbers(self, block: NoteBlock, text: BlockText) -> None:
        if self.style is None:
            self.style = self._number_style()
        for match in self.style.finditer(text.text):
            numbers = _numbers_in(match)
            ties = [self.state.numbers[number] for number in numbers if number in self.state.numbers]
            if not ties or not text.free(*match.span()):
                continue
            for tie in ties:
                mention = self.mention(block, match.start(), match.end(), "number")
                sighting = self.add(Sighting(mention, Reference(), False, {tie}))
            text.mask(match.start(), match.end(), sighting)
        for match in _REFS.finditer(text.text):
            for number in _expand(match.group(1) or match.group(2)):
                if number in self.state.numbers:
                    mention = self.mention(block, match.start(), match.end(), "number")
                    self.add(Sighting(mention, Reference(), False, {self.state.numbers[number]}))

    # ── names and titles ─────────────────────────────────────────────────────────────────────────────────────────────
    def _names(self, block: NoteBlock, text: BlockText) -> None:
        for found in find_names(text.text):
            mention = self.mention(block, found.start, found.end, "author-year")
            near = text.beside(found.start, found.end) or text.behind_journal(found.end)
            reference = Reference(mention.context, "", found.names, found.year, found.venue, year_suffix=found.suffix)
            sighting = Sighting(mention, reference, False, {f"names:{self.note.path}:{len(self.names)}"})
            if near is not None and _may_be_by(near.reference, found):
                sighting.ties = set(near.ties)
                if not near.reference.authors and not near.reference.title:
                    near.reference = replace(near.reference, authors=found.names, year=found.year, venue=found.venue)
                self.add(sighting)
            else:
                self.names.append((block, found, sighting))
            if found.strong and text.free(found.start, found.end):
                text.mask(found.start, found.end, sighting)
        lone = _LONE_NAME.match(block.text) if block.kind in {"item", "cell"} and not self.names_in(block) else None
        if lone:
            found = NameMention(
                lone.start(1),
                lone.end(),
                (surname_key(lone.group(1)),),
                False,
                int(lone.group(2)),
                names=(lone.group(1),),
            )
            mention = self.mention(block, found.start, found.end, "author-year")
            reference = Reference(mention.context, "", found.names, found.year)
            self.names.append(
                (block, found, Sighting(mention, reference, False, {f"names:{self.note.path}:{len(self.names)}"}))
            )
        for found in find_names_only(text.text):
            if text.free(found.start, found.end):
                self.bare_names.append((block, found, self.mention(block, found.start, found.end, "author-year")))

    def names_in(self, block: NoteBlock) -> bool:
        """True where names have been found in this block."""
        return bool(self.names) and self.names[-1][0] is block

    def _titles(self, block: NoteBlock, text: BlockText) -> None:
        if block.kind not in _TITLE_KINDS or len(block.text) > 20_000:
            return
        listed = bool(field(block, "list"))
        if block.kind == "heading" and not field(block, "inferred"):
            return
        before = text.text
        clauses = clause_titles(before)
        for found in [*possessive_titles(text.text), *(found for found in clauses if found.beside)]:
            if text.free(found.start, found.end) and not _has_names(found.text):
                self._candidate(block, found.start, found.end, found.text, text, beside=found.beside)
        prose = block.kind == "paragraph" and self.title_floor > 0.5 and len(_ENDS.findall(block.text[:600])) >= 2
        for part in segments_of(block) if not prose else ():
            for cell in _cells(block, part):
                self._titles_in(block, cell, text, listed)
        for found in quoted_titles(text.text):
            if text.free(found.start, found.end):
                self._candidate(block, found.start, found.end, found.text, text, kind="quoted")
        if len(text.text) < 8000:
            clauses = clauses if text.text is before else clause_titles(text.text)
            for found in [*running_titles(text.text), *clauses]:
                if text.free(found.start, found.end) and not _has_names(found.text):
                    self._candidate(block, found.start, found.end, found.text, text, beside=found.beside)

    def _titles_in(self, block: NoteBlock, part: Segment, text: BlockText, listed: bool) -> None:
        stretch = text.text[part.start : part.end]
        if "\x00" in stretch[:15] or len(stretch) > (
            600 if block.kind == "paragraph" and self.title_floor > 0.5 else 2500
        ):
            return
        stretch = stretch.split("\x00")[0] if "\x00" in stretch else stretch
        clean = re.sub(r"[\s,([:–—-]+$", "", stretch)
        floor = self.title_floor - (0.05 if block.kind == "item" or listed else 0.0)
        for found in whole_titles(clean, floor=floor):
            start, end = part.start + found.start, part.start + found.end
            if text.free(start, end) and not _has_names(found.text):
                self._candidate(block, start, end, found.text, text, beside=found.beside, reach=part.start + len(clean))

    def _candidate(
        self,
        block: NoteBlock,
        start: int,
        end: int,
        title: str,
        text: BlockText,
        beside: str = "",
        reach: int = 0,
        kind: str = "",
    ) -> None:
        authors: tuple[str, ...] = ()
        year = None
        if beside:
            named = find_names(f"({beside})") or find_names_only(beside)
            authors = named[0].names if named else ()
            years = re.findall(r"\b(?:1[6-9]|20)\d\d\b", beside)
            year = int(years[-1]) if years else None
        near = text.beside(start, max(end, reach), 4)
        behind = text.behind_journal(max(end, reach))
        if near is not None and near.reference.authors and near.mention.kind == "author-year":
            if title_score(title) < 0.62 and kind != "quoted":
                return  # a remark with a citation behind it
            authors, year = authors or near.reference.authors, year or near.reference.year
        reference = Reference(block.text[:400], " ".join(title.split()), authors, year)
        ties = work_ties(reference, title_known=True)
        if near is not None and not near.title_known:
            ties |= near.ties
        if behind is not None and not behind.title_known:
            ties |= behind.ties
        mention = self.mention(block, start, end, "title", title)
        sure = bool(authors and year and title_score(title) >= 0.62)
        last = max(end, block.text.find(")", end) + 1) if beside else end
        text.mask(start, last, self.add(Sighting(mention, reference, sure, ties, title_known=True)))


def _may_be_by(reference: Reference, names: NameMention) -> bool:
    """False where a reference is known to be by others than the names."""
    known = {surname_key(name) for name in reference.authors}
    return not known or bool(known & set(names.surnames))


def _has_names(title: str) -> bool:
    """True where a stretch is a mention of names and year rather than a title."""
    return any(named.strong or named.end - named.start > 0.5 * len(title) for named in find_names(title))


def _cells(block: NoteBlock, part: Segment) -> list[Segment]:
    if block.kind != "cell":
        return [part]
    cells, start = [], part.start
    for match in re.finditer("\u2003\\|\u2003", block.text[part.start : part.end]):
        cells.append(Segment(start, part.start + match.start()))
        start = part.start + match.end()
    return [cell for cell in [*cells, Segment(start, part.end)] if cell.end > cell.start]


def _numbers_in(match: re.Match[str]) -> list[str]:
    text = next((group for group in match.groups() if group), "") or match.group().translate(_FROM_SUPERSCRIPT)
    return _expand(text)


def _expand(text: str) -> list[str]:
    numbers: list[str] = []
    for part in re.split(r"[,;]", text):
        ends = [piece.strip() for piece in re.split(r"[–-]", part) if piece.strip().isdigit()]
        if len(ends) == 2 and 0 < int(ends[1]) - int(ends[0]) < 40:
            numbers += [str(number) for number in range(int(ends[0]), int(ends[1]) + 1)]
        else:
            numbers += ends
    return numbers


def _read_label(label: str) -> tuple[Reference, bool]:
    """What a link's text says of the work: authors and year, or its title, or (a nickname) nothing."""
    label = " ".join(label.split())
    if "://" in label or len(label) > 400:
        return Reference(), False
    named = find_names(label) or [m for m in find_names_only(label) if m.end - m.start > 0.8 * len(label)]
    if named and named[0].end - named[0].start >= 0.7 * len(label.strip("() ")):
        return Reference(label, "", named[0].names, named[0].year), False
    found = whole_titles(label, floor=0.5)
    if found and len(found[0].text) > 0.6 * len(label):
        return Reference(label, found[0].text), True
    return Reference(label), False


def work_ties(reference: Reference, *, title_known: bool) -> set[str]:
    """Keys that two mentions of one work share: identifiers, addresses, and the title in normal form."""
    ties = {f"id:{identifier}" for identifier in reference.ids}
    ties |= {f"url:{url_key(url)}" for url in reference.urls if len(url) < 2000}
    if title_known and reference.title:
        title = normalise_title(reference.title)
        if len(title.split()) >= 3 or len(title) >= 14 or (reference.authors and len(title) >= 4):
            ties.add(f"title:{title}")
    return ties


__all__ = ["NoteReader", "context_of", "surname_key", "work_ties"]
