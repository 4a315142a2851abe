"""What stands in the library now: each cited (or dropped-in) work with its mentions, status, reason
and PDF.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any

from litmap.catalogue import Catalogue, Decided, Fetched, Labels
from litmap.catalogue.damage import damaged
from litmap.catalogue.stored import UNLABELLED
from litmap.models import (
    BibRecord,
    Choice,
    Citation,
    HeadingPath,
    Mention,
    Notice,
    NoticeKind,
    PdfFile,
    Reference,
    Work,
    gravest_first,
)
from litmap.parsing.notices import read_notice
from litmap.parsing.title_similarity import normalise_title


@dataclass(frozen=True, slots=True)
class Entry:
    """One work of the library. `pdfs` are its files, PDFs before texts without pages, the newest
    first; `tried` lists (url, what happened); `records` are those of the user's reference files;
    `notices` what the sources told since it was found, the gravest first; `labels` are the
    reader's own. `placed` are the headings under which he has it by his own word, `waiting` those
    of them that no note has any more.
    """

    work: Work
    status: str
    reason: str
    pdfs: tuple[PdfFile, ...] = ()
    mentions: tuple[Mention, ...] = ()
    citations: tuple[str, ...] = ()
    candidates: tuple[Work, ...] = ()
    tried: tuple[tuple[str, str], ...] = ()
    dropped: bool = False
    records: tuple[BibRecord, ...] = ()
    notices: tuple[Notice, ...] = ()
    labels: Labels = UNLABELLED
    placed: tuple[HeadingPath, ...] = ()
    waiting: tuple[HeadingPath, ...] = ()

    @property
    def pdf(self) -> PdfFile | None:
        """The newest PDF, else the newest text without pages."""
        return self.pdfs[0] if self.pdfs else None

    @property
    def checked_text(self) -> str:
        """What a check of claims has of the work: the file's SHA-256, else the abstract's, '' for
        neither; and that of what the sources warn of, such as a retraction.
        """
        text = self.pdf.sha256 if self.pdf else _digest(self.work.abstract)
        return " ".join(filter(None, (text, _digest("\n".join(sorted(self.work.notices))))))

    @property
    def headings(self) -> tuple[HeadingPath, ...]:
        """Where the work stands: by the reader's word, else where the notes cite it."""
        return self.placed or self.noted

    @property
    def noted(self) -> tuple[HeadingPath, ...]:
        """The heading paths the work is cited under, each once, in the order of the notes."""
        return tuple(dict.fromkeys(m.heading for m in self.mentions))

    def as_json(self) -> dict[str, Any]:
        """The form of `litmap works --json`."""
        work, pdf = self.work, self.pdf
        return {
            "id": work.id,
            "title": work.title,
            "authors": list(work.authors),
            "year": work.year,
            "venue": work.venue,
            "arxiv": work.identifier("arxiv"),
            "doi": work.identifier("doi"),
            "openreview": work.identifier("openreview"),
            "ids": list(work.ids),
            "urls": list(work.urls),
            "status": self.status,
            "reason": self.reason,
            "pdf": _some(pdf, "sha256", "path", "pages", "version") if pdf else None,
            "reading": str(self.labels.state),
            "important": self.labels.is_important,
            "tags": list(self.labels.tags),
            "headings": [list(path) for path in self.headings],
            "kept_headings": [list(path) for path in (*self.placed, *self.waiting)],
            "abstract": work.abstract,
            "notices": list(work.notices),
            "notice_details": [notice_as_json(notice) for notice in self.notices],
            "tried": [{"url": url, "outcome": outcome} for url, outcome in self.tried],
            "candidates": [_some(c, "id", "title", "authors", "year") for c in self.candidates],
            "mentions": [
                _some(m, "note", "line", "text", "heading", "context", "kind")
                for m in self.mentions
            ],
        }


def notice_as_json(notice: Notice) -> dict[str, Any]:
    """The form of `litmap notices --json`, without its work."""
    return _some(notice, "kind", "text", "date", "doi", "url", "source")


def _some(record: Any, *names: str) -> dict[str, Any]:
    """Some fields of a record, tuples as lists."""
    values = {name: getattr(record, name) for name in names}
    return {
        name: list(value) if isinstance(value, tuple) else value for name, value in values.items()
    }


def _digest(text: str) -> str:
    """The SHA-256 of a text, '' for an empty one."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest() if text else ""


def entries(catalogue: Catalogue) -> list[Entry]:
    """Every work cited now or dropped in, in the order of the notes; what was judged no work is
    left out.
    """
    with catalogue.snapshot():  # a work renamed between two of these reads would be in neither
        return _entries(catalogue)


def _entries(catalogue: Catalogue) -> list[Entry]:
    resolutions, works, aliases = catalogue.resolutions(), catalogue.works(), catalogue.aliases()
    groups: dict[str, list[tuple[Citation, Decided | None]]] = {}
    known: dict[str, Work] = {}
    for citation in catalogue.citations():
        decided = resolutions.get(citation.key)
        if decided is None:
            if not citation.sure:
                continue
            work = provisional(citation.reference)
        elif decided.work is None:
            continue
        else:
            work_id = aliases.get(decided.work, decided.work)
            if work_id not in works:
                raise damaged(catalogue.place, f"the work {work_id} is not in it")
            work = works[work_id]
        known.setdefault(work.id, work)
        groups.setdefault(work.id, []).append((citation, decided))
    for work_id in sorted(catalogue.dropped() - groups.keys()):
        if work_id in works:
            known[work_id] = works[work_id]
            groups[work_id] = []
    fetches, pdfs, dropped = catalogue.fetches(), catalogue.pdfs(), catalogue.dropped()
    notices = catalogue.notices()
    found = [
        _entry(known[key], group, fetches.get(key), _pages_first(pdfs.get(key, ())), key in dropped)
        for key, group in groups.items()
    ]
    labels = catalogue.labels()
    found = [replace(e, labels=labels.get(e.work.id, e.labels)) for e in found]
    found = _with_places(found, catalogue)
    return [_with_notices(entry, notices.get(entry.work.id, ())) for entry in found]


def _with_places(found: list[Entry], catalogue: Catalogue) -> list[Entry]:
    """The entries where the reader has them; a heading that is gone from the notes waits."""
    kept = catalogue.kept_places()
    if not kept:
        return found
    known = {heading.path for note in catalogue.notes() for heading in note.headings}
    return [
        _with_place(e, kept[e.work.id].headings, known) if e.work.id in kept else e for e in found
    ]


def _with_place(entry: Entry, said: Sequence[HeadingPath], known: Set[HeadingPath]) -> Entry:
    placed = tuple(path for path in said if path in known)
    return replace(entry, placed=placed, waiting=tuple(path for path in said if path not in known))


def _with_notices(entry: Entry, told: Sequence[Notice]) -> Entry:
    """The entry with its notices: those told since, and those that came with the work's record.

    Warnings stand with the work itself too. A newer version counts where an older one is here.
    """
    told = [n for n in told if n.kind != NoticeKind.VERSION or _had_older(entry.pdfs, n)]
    warnings = [n.text for n in told if n.kind.is_warning]
    texts = tuple(dict.fromkeys([*entry.work.notices, *warnings]))
    of_record = [read_notice(text) for text in texts if text not in warnings]
    notices = tuple(gravest_first(_without_poorer([*told, *of_record])))
    return replace(entry, work=replace(entry.work, notices=texts), notices=notices)


def _without_poorer(notices: Sequence[Notice]) -> list[Notice]:
    """The notices without those that say no more than that there is one of a kind, where another
    of the kind says when and where it was told.
    """
    told_fully = {notice.kind for notice in notices if notice.doi}
    return [n for n in notices if n.doi or n.date or n.version or n.kind not in told_fully]


def _had_older(pdfs: Sequence[PdfFile], notice: Notice) -> bool:
    """Whether the library has, or had, an older version than that of the notice."""
    newest = notice.version or 0
    return any(pdf.version is not None and pdf.version < newest for pdf in pdfs)


def unconfirmed(catalogue: Catalogue) -> list[Entry]:
    """What the notes may cite and no source confirmed, or nobody was asked about, each under the
    key of its citation; not what the user said to be no work.
    """
    with catalogue.snapshot():
        resolutions, decisions = catalogue.resolutions(), catalogue.decisions()
        citations = catalogue.citations()
    found = []
    for citation in citations:
        decided = resolutions.get(citation.key)
        is_none = decisions.get(citation.key) == Choice.NONE
        if decided is None or decided.work is not None or is_none:
            continue
        work = replace(provisional(citation.reference), id=citation.key)
        entry = Entry(
            work,
            decided.status,
            decided.reason,
            mentions=citation.mentions,
            citations=(citation.key,),
            candidates=decided.candidates,
        )
        found.append(entry)
    return found


def _pages_first(pdfs: Sequence[PdfFile]) -> tuple[PdfFile, ...]:
    return tuple(sorted(pdfs, key=lambda pdf: not pdf.has_pages))


def provisional(reference: Reference) -> Work:
    """A work as the note alone describes it, before any source was asked."""
    title = reference.title or reference.raw or next(iter(reference.urls), "")
    digest = hashlib.sha256(normalise_title(title).encode()).hexdigest()[:16]
    return Work(
        id=reference.ids[0] if reference.ids else f"title:{digest}",
        title=title,
        authors=reference.authors,
        year=reference.year,
        venue=reference.venue,
        ids=reference.ids,
        urls=reference.urls,
    )


def _entry(
    work: Work,
    group: list[tuple[Citation, Decided | None]],
    fetched: Fetched | None,
    pdfs: tuple[PdfFile, ...],
    dropped: bool,
) -> Entry:
    status, reason = _status([d for _, d in group if d is not None], fetched, pdfs)
    candidates: tuple[Work, ...] = ()
    if status == "unsure":
        candidates = tuple({c.id: c for _, d in group if d for c in d.candidates}.values())
        titled = any(citation.reference.title for citation, _ in group)
        work = _likeliest(work, candidates, titled=titled)
    mentions = {m: None for c, _ in group for m in c.mentions}
    return Entry(
        work,
        status,
        reason,
        pdfs,
        mentions=tuple(sorted(mentions, key=lambda m: (m.note, m.line))),
        citations=tuple(c.key for c, _ in group),
        candidates=candidates,
        tried=fetched.tried if fetched else (),
        dropped=dropped,
        records=tuple(record for c, _ in group for record in c.records),
    )


def _likeliest(work: Work, candidates: Sequence[Work], *, titled: bool) -> Work:
    """The only candidate under the work's id, or the only one of the very year where the note has
    no title; it stays unsure. Of several that fit alike none lends its name.
    """
    if work.ids:
        return work
    if len(candidates) > 1:
        candidates = [] if titled else [c for c in candidates if work.year and c.year == work.year]
    return replace(candidates[0], id=work.id) if len(candidates) == 1 else work


def _status(
    decided: Sequence[Decided], fetched: Fetched | None, pdfs: Sequence[PdfFile]
) -> tuple[str, str]:
    """Status and reason: a PDF's presence first, then what the fetch told, then what the sources
    say.
    """
    if pdfs:
        told = fetched is not None and fetched.status == "fetched"
        return "fetched", fetched.reason if fetched and told else "the PDF is in the library"
    best = min(decided, key=lambda d: _ORDER.get(d.status, 9), default=None)
    if fetched is not None and not _is_beside_the_point(fetched, best):
        return fetched.status, fetched.reason
    if best is None:
        return "pending", "not looked up yet: run `litmap refresh` with the network"
    if best.status == "metadata-only":
        return "pending", "known, its PDF was not tried yet: run `litmap refresh` with the network"
    return best.status, best.reason


def _is_beside_the_point(fetched: Fetched, best: Decided | None) -> bool:
    """Whether a fetch tells only that there is no PDF of a work that the sources do not know for
    sure.
    """
    return fetched.status == "metadata-only" and best is not None and best.status in _NOT_KNOWN


_NOT_KNOWN = frozenset({"not-found", "unsure"})
"""What the sources say of a work matters more than that no PDF was found for it."""
_ORDER: Mapping[str, int] = {
    "metadata-only": 0,
    "unsure": 1,
    "not-found": 2,
    "failed": 3,
    "pending": 4,
}
