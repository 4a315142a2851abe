"""What the façade answers: results, topics and summaries joined with the works they are about, and
as JSON.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from litmap.catalogue.entries import Entry
from litmap.models import Chunk, HeadingPath, Hit, Mention
from litmap.parsing.places import page_place, paragraph_place
from litmap.parsing.title_similarity import normalise_title

if TYPE_CHECKING:
    from litmap.search import Results

NOTE_PREFIX = "note:"


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One result. `entry` is its work (None for a note's passage, whose file and line are `note`
    and `line`).

    `quotation` is the matching sentence, `why` says what made it match; `also` are the paper's
    further passages; `mentions` what the reader's own notes say of the paper; `page` and `marks`
    where the matching sentence stands. `library` is the folder of a library beside the reader's own
    that it is from.
    """

    rank: int
    score: float
    row: int
    chunk: Chunk
    quotation: str
    why: str
    entry: Entry | None = None
    note: str = ""
    line: int = 0
    similarity: float = math.nan
    words: tuple[str, ...] = ()
    sentence: tuple[int, int] = (0, 0)
    also: tuple[Hit, ...] = ()
    cited: tuple[str, ...] = ()
    page: int = 0
    marks: tuple[tuple[float, float, float, float], ...] = ()
    library: str = ""

    @property
    def headings(self) -> tuple[HeadingPath, ...]:
        """Where in the notes: the paper's headings, or the note passage's own."""
        if self.entry:
            return tuple(h for h in self.entry.headings if h)
        return (tuple(self.chunk.section.split(" › ")),) if self.chunk.section else ()

    @property
    def kind(self) -> str:
        """The passage's kind; 'title' where no more than the work's title is known."""
        is_title = (
            self.entry is not None
            and self.chunk.kind == "abstract"
            and normalise_title(self.chunk.text) == normalise_title(self.entry.work.title)
        )
        return "title" if is_title else self.chunk.kind

    @property
    def has_page(self) -> bool:
        """Whether it stands on a page of a PDF."""
        return self.page > 0 and not self.chunk.has_paragraphs

    @property
    def place(self) -> str:
        """Where the matching sentence stands: 'p. 7', '§ Methods, ¶ 12', 'line 3' of a note."""
        return f"line {self.line}" if self.line else place_of(self.chunk, self.page)

    @property
    def mentions(self) -> tuple[Mention, ...]:
        """What the notes say of the paper."""
        return self.entry.mentions if self.entry else ()

    @property
    def rects(self) -> list[tuple[float, float, float, float]]:
        """The passage's rectangles on its (first) page, in PDF points."""
        return [
            (x0, y0, x1, y1) for page, x0, y0, x1, y1 in self.chunk.rects if page == self.chunk.page
        ]

    def as_json(self) -> dict[str, Any]:
        """The form of `litmap search --json`; places of texts without pages are paragraphs."""
        pdf = self.entry.pdf if self.entry else None
        has_pages = not self.chunk.has_paragraphs
        return {
            "rank": self.rank,
            "score": self.score,
            "kind": self.kind,
            "work": self._work_as_json(),
            "place": self.place,
            "page": self.page if has_pages else 0,
            "paragraph": None if has_pages else self.page,
            "text": self.chunk.text,
            "rects": [list(r) for page, *r in self.chunk.rects if has_pages and page == self.page],
            "spans": [list(r) for r in self.chunk.rects if has_pages],
            "section": self.chunk.section,
            "quotation": self.quotation,
            "why": self.why,
            "similarity": None if math.isnan(self.similarity) else self.similarity,
            "words": list(self.words),
            "headings": [list(h) for h in self.headings],
            "pdf": pdf.path if pdf else None,
            "note": self.note or None,
            "line": self.line or None,
            "cited": list(self.cited),
            "row": self.row,
            "mentions": [
                {"note": m.note, "line": m.line, "context": m.context} for m in self.mentions
            ],
            **({"library": self.library} if self.library else {}),
            "also": [
                {
                    "page": h.chunk.page if not h.chunk.has_paragraphs else 0,
                    "place": place_of(h.chunk),
                    "text": h.chunk.text,
                    "score": h.score,
                }
                for h in self.also
            ],
        }

    def _work_as_json(self) -> dict[str, Any]:
        """The paper, or the note that the passage is from."""
        if self.entry is None:
            name = f"{NOTE_PREFIX}{self.note}"
            return {"id": name, "title": self.note, "authors": [], "year": None, "notices": []}
        work = self.entry.work
        return {
            "id": work.id,
            "title": work.title,
            "authors": list(work.authors),
            "year": work.year,
            "notices": list(work.notices),
        }


@dataclass(frozen=True, slots=True)
class SearchResults:
    """Results for a query, best first: papers' passages in `hits`, the reader's own in `notes`.

    `close` is False where nothing in the library is close to the query; `message` says so, or what
    was understood otherwise.
    """

    hits: tuple[SearchHit, ...]
    notes: tuple[SearchHit, ...] = ()
    close: bool = True
    message: str = ""

    def as_json(self) -> list[dict[str, Any]]:
        """Papers' passages, then the notes' own."""
        return [hit.as_json() for hit in (*self.hits, *self.notes)]


def place_of(chunk: Chunk, number: int = 0) -> str:
    """Where a passage stands, or its page or paragraph `number`."""
    if chunk.kind == "mark" and not chunk.page:
        return chunk.section  # of an earlier version
    if chunk.has_paragraphs:
        return paragraph_place(number or chunk.page, chunk.section)
    return page_place(number or chunk.page)


def show_hit(
    hit: Hit, rank: int, entries: Mapping[str, Entry], also: Sequence[Hit] = ()
) -> SearchHit:
    """A hit of the search joined with its work."""
    chunk = hit.chunk
    start, end = hit.sentence
    quotation = chunk.text[start:end].strip() or chunk.text[:300].strip()
    why = []
    if hit.words:
        why.append("matched: " + ", ".join(hit.words))
    if not math.isnan(hit.similarity):
        why.append(f"similarity {hit.similarity:.2f}")
    note, line = _place(chunk)
    return SearchHit(
        rank=rank,
        score=round(float(hit.score), 6),
        row=hit.row,
        chunk=chunk,
        quotation=" ".join(quotation.split()),
        why=" · ".join(why),
        entry=entries.get(hit.work),
        note=note,
        line=line,
        similarity=hit.similarity,
        words=hit.words,
        sentence=hit.sentence,
        also=tuple(also),
        page=hit.page or chunk.page,
        marks=tuple((x0, y0, x1, y1) for page, x0, y0, x1, y1 in hit.rects if page == hit.page),
    )


def _place(chunk: Chunk) -> tuple[str, int]:
    """File and line of a note's passage (its source is 'note:<path>', its ordinal the line)."""
    if chunk.kind != "note":
        return "", 0
    return chunk.source.removeprefix(NOTE_PREFIX), chunk.ordinal


def show_results(
    results: Results, by: str, entries: Mapping[str, Entry], limit: int | None, most_notes: int
) -> SearchResults:
    """The search's results as an answer: passages or papers, and up to `most_notes` of the reader's
    own notes.

    The notes stand beside the `limit` results; where nothing is close, all together are no more
    than `limit`.
    """
    papers = [h for h in results.hits if h.chunk.kind != "note"]
    own = [h for h in results.hits if h.chunk.kind == "note"]
    if results.query.kinds == ("note",):
        papers, room = [], limit
    elif by == "paper":
        hits = _show_papers(results, entries, limit)
        room = _room_for_notes(results, len(hits), limit, most_notes)
        return _join(results, hits, own[:room], entries)
    else:
        room = _room_for_notes(results, len(papers[:limit]), limit, most_notes)
    hits = [show_hit(h, rank, entries) for rank, h in enumerate(papers[:limit], 1)]
    return _join(results, hits, own[:room], entries)


def _show_papers(
    results: Results, entries: Mapping[str, Entry], limit: int | None
) -> list[SearchHit]:
    """One result a paper: its best passage, with the further ones."""
    groups = [w for w in results.works if w.work in entries and w.hits][:limit]
    return [show_hit(w.hits[0], rank, entries, w.hits[1:]) for rank, w in enumerate(groups, 1)]


def _room_for_notes(results: Results, shown: int, limit: int | None, most_notes: int) -> int:
    """How many of the reader's own notes stand beside so many results."""
    if limit is None or results.close:
        return most_notes
    return min(most_notes, limit - shown)


def _join(
    results: Results, hits: Sequence[SearchHit], own: Sequence[Hit], entries: Mapping[str, Entry]
) -> SearchResults:
    notes = [show_hit(h, rank, entries) for rank, h in enumerate(own, len(hits) + 1)]
    return SearchResults(tuple(hits), tuple(notes), results.close, results.message)
