"""The nouns of litmap: frozen records that the stages take and return. Imports nothing of litmap.

Conventions: ids are strings with their kind (`arxiv:1611.03530`, `doi:10.1038/323533a0`),
lower-case where the scheme ignores case and without arXiv version; pages and lines are 1-based;
times are UTC ISO 8601; rectangles are in PDF points with the origin at the top left; vectors are
float32 of shape (n, dim) with L2-normalised rows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

HeadingPath = tuple[str, ...]
"""Heading texts from the outermost to the innermost."""

Status = Literal["fetched", "metadata-only", "not-found", "unsure", "failed", "pending"]
"""fetched: the PDF is here; metadata-only: known, no open PDF; not-found: no source knows it;
unsure: several candidates, or a file that may be another paper; failed: an error that the next run
tries again; pending: not tried.
"""


class Lookups(StrEnum):
    """What of the notes may be sent to the services that know works (setting `lookups`)."""

    ALL = "all"
    """All that names a work."""
    REFERENCES = "references"
    """References, identifiers and addresses; no bare titles and names."""
    IDENTIFIERS = "identifiers"
    """Identifiers and addresses."""
    NONE = "none"


class Choice(StrEnum):
    """What the user may say of a citation instead of an identifier."""

    NONE = "none"
    """It is no scholarly work."""
    SEARCH = "search"
    """It is to be looked up, whatever it looks like."""


# ── notes ─────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a note: its path, 1-based line, and the prose below it (citations and lists left
    out).
    """

    path: HeadingPath
    line: int
    prose: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a note; `target` as written (URL, path, wikilink). Columns are 0-based offsets in
    the block's text.
    """

    text: str
    target: str
    line: int
    start: int = -1
    end: int = -1


@dataclass(frozen=True, slots=True)
class BibRecord:
    """A record of a reference file as it came, for exports to give back.

    `format` is the name of the format as `Note.format` says it ('bibtex', 'ris', 'csl', 'csv',
    'refxml'). `key` and `type` are as written, '' where the record has none; BibTeX's types in
    lower case. `fields` holds every field in the order of the file, a pair for each value:

    - bibtex: lower-case name, and value with its inner braces and commands, names of `@string`
      resolved; a field that stands twice has two pairs, what `crossref` inherits has none.
    - ris (and nbib): tag and value, 'TY' among them, continued lines joined.
    - csl: name, and JSON text of the value (`'"A title"'`, `'[{"family": "Doe"}]'`).
    - csv: the column's heading as written, and the cell.
    - refxml: path of the element below the record ('titles/title'), and its text.

    `file` is the note's path, `line` where the record begins.
    """

    format: str
    key: str = ""
    type: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class NoteBlock:
    """A paragraph, list item, table cell, heading or entry of a note, markup removed.

    `kind` is one of 'paragraph', 'item', 'cell', 'heading', 'entry' (a reference file's record),
    'definition'. `line_starts` holds, for each source line the block spans, the offset in `text`
    where that line begins; so the line of an offset is `line + bisect_right(line_starts, offset) -
    1`.
    """

    kind: str
    text: str
    line: int
    heading: HeadingPath = ()
    links: tuple[Link, ...] = ()
    line_starts: tuple[int, ...] = (0,)
    fields: tuple[tuple[str, str], ...] = ()
    record: BibRecord | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """One note as read: format-independent blocks with their headings. `path` is as the user sees
    it.

    `uses` are paths of reference files whose entries its citekeys name. `lookup` is True for a
    reference file that was read for that only: an entry of it counts where a note cites it.
    """

    path: str
    format: str
    title: str
    sha256: str
    headings: tuple[Heading, ...] = ()
    blocks: tuple[NoteBlock, ...] = ()
    uses: tuple[str, ...] = ()
    lookup: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that went wrong with one subject (a note, a work, a file) and cost only that
    subject.
    """

    subject: str
    reason: str


# ── citations and works ───────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Mention:
    """One place of a note where a work is cited. `context` is the sentence or bullet around it.

    `kind` is one of 'link', 'identifier', 'reference' (an entry of a reference list),
    'author-year', 'number', 'citekey', 'title', 'pdf', 'name' (people named in a way that may cite
    or not).
    """

    note: str
    line: int
    text: str
    heading: HeadingPath = ()
    context: str = ""
    kind: str = "link"


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference split into its fields; what is not known is empty or None. `raw` is the string it
    came from.
    """

    raw: str = ""
    title: str = ""
    authors: tuple[str, ...] = ()
    year: int | None = None
    venue: str = ""
    ids: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    page: int = 0
    number: str = ""
    year_suffix: str = ""


@dataclass(frozen=True, slots=True)
class Citation:
    """One work as the notes cite it: what they say of it and every place they say it.

    `sure` is False for bare titles, plain links and author-year mentions that only a source can
    confirm to be a scholarly work; they are dropped (bare titles, links, names) or kept as a search
    (author-year) when none does. `kind` is the strongest of the mentions' kinds. `key` is stable
    for the same citation across reads. `searched` is False for what may be a title but stands where
    the reader's own sentences stand: it is not sent to any service. `records` are the
    records of reference files that name the work, those of files read for their keys among them.
    """

    key: str
    kind: str
    reference: Reference
    mentions: tuple[Mention, ...]
    sure: bool = True
    searched: bool = True
    records: tuple[BibRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class Location:
    """Where a work may be had. `kind`: 'pdf', 'landing', 'jats' and 'html' (full text that is no
    PDF) or 'keyed' (a PDF for holders of a key). `access`: 'open', 'closed' or 'unknown'.
    """

    url: str
    kind: str = "pdf"
    source: str = ""
    access: str = "unknown"
    version: str = ""

    @property
    def is_open_pdf(self) -> bool:
        """Whether a PDF that is free to read lies here."""
        return self.kind == "pdf" and self.access == "open"


class NoticeKind(StrEnum):
    """What a notice tells of a work, the gravest first."""

    RETRACTED = "retracted"
    WITHDRAWN = "withdrawn"
    CONCERN = "concern"
    CORRECTED = "corrected"
    VERSION = "newer-version"
    PUBLISHED = "published-version"
    OTHER = "other"

    @property
    def is_warning(self) -> bool:
        """Whether a reader must be warned of the work: not of a newer or the published version."""
        return self not in {NoticeKind.VERSION, NoticeKind.PUBLISHED}


@dataclass(frozen=True, slots=True)
class Notice:
    """What a service tells of a work after it appeared. `text` says it in one line; `date` is its
    day (ISO 8601), `doi` and `url` are those of the notice or of the other version, `version` the
    newest one on arXiv; '' and None where not told.
    """

    kind: NoticeKind
    text: str
    date: str = ""
    doi: str = ""
    url: str = ""
    source: str = ""
    version: int | None = None


def gravest_first(notices: Iterable[Notice]) -> list[Notice]:
    """The notices by kind; of one kind the latest first."""
    order = list(NoticeKind)
    latest = sorted(notices, key=lambda notice: notice.date, reverse=True)
    return sorted(latest, key=lambda notice: order.index(notice.kind))


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact about a work, with the source that said so and when."""

    name: str
    value: str
    source: str
    time: str


@dataclass(frozen=True, slots=True)
class Work:
    """A published thing, verified against a source or known only from the notes."""

    id: str
    title: str
    authors: tuple[str, ...] = ()
    year: int | None = None
    venue: str = ""
    abstract: str = ""
    ids: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    locations: tuple[Location, ...] = ()
    other_titles: tuple[str, ...] = ()
    arxiv_version: int | None = None
    notices: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()

    def identifier(self, kind: str) -> str | None:
        """The value of the first id of this kind ('arxiv', 'doi', 'openreview', …), without its
        prefix.
        """
        return next((i.split(":", 1)[1] for i in self.ids if i.startswith(kind + ":")), None)


@dataclass(frozen=True, slots=True)
class Resolution:
    """What the sources say of one citation. `work` is None where it was dropped as no scholarly
    work.

    `status` is 'metadata-only' (resolved; the PDF is not tried yet), 'not-found', 'unsure' (see
    `candidates`), 'failed' or 'pending'. `unanswered` names the sources that were to be asked and
    did not answer.
    """

    citation: str
    work: Work | None
    status: Status
    reason: str
    candidates: tuple[Work, ...] = ()
    unanswered: tuple[str, ...] = ()


# ── papers ────────────────────────────────────────────────────────────────────────────────────────
TEXT_ENDINGS = (".xml", ".html", ".epub")
"""Endings of stored files that are texts without pages: JATS, HTML, EPUB."""
TEXT_PREFIX = "text:"
"""Begins the source of a passage from such a text."""
MARKS_PREFIX = "marks:"
"""Begins the source of passages that the reader marked in a work's PDFs."""


@dataclass(frozen=True, slots=True)
class PdfFile:
    """A file of a paper stored by content: a PDF, or a text without pages, whose `pages` are its
    paragraphs. `path` is relative to the library; `version` an arXiv version where known.
    """

    sha256: str
    path: str
    bytes: int
    pages: int = 0
    url: str = ""
    version: int | None = None
    fetched_at: str = ""
    etag: str = ""
    last_modified: str = ""

    @property
    def ending(self) -> str:
        """How the stored file's name ends."""
        return next((e for e in TEXT_ENDINGS if self.path.endswith(e)), ".pdf")

    @property
    def has_pages(self) -> bool:
        """Whether it is a PDF."""
        return self.ending == ".pdf"


@dataclass(frozen=True, slots=True)
class Fetch:
    """The outcome of trying to get one work's PDF. `tried` lists (url, what happened).

    `title` and `ids` are what the fetched file says of itself ('' and () where it was not looked
    into).
    """

    work: str
    status: Status
    reason: str
    pdf: PdfFile | None = None
    tried: tuple[tuple[str, str], ...] = ()
    transient: bool = False
    title: str = ""
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """One line of a block: its offsets in the block's text and its rectangle (x0, y0, x1, y1)."""

    start: int
    end: int
    rect: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class TextBlock:
    """A paragraph-like block of a page, hyphens joined, in reading order.

    `kind` is one of 'body', 'title', 'abstract', 'heading', 'caption', 'footnote', 'math', 'table',
    'reference', 'front' (names, addresses and dates around the title, cover pages: no passages),
    'figure' (what is written inside a figure: no passage). `continues` is True where the block
    goes on from the block before it (a column or page break inside a paragraph). A caption's last
    span may have no characters: its rectangle is what is drawn.
    """

    kind: str
    text: str
    spans: tuple[Span, ...] = ()
    section: str = ""
    continues: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """The readable text of one page. `number` is 1-based; sizes in PDF points.

    Of a text without pages it is one paragraph, with its number and no size.
    """

    number: int
    width: float
    height: float
    blocks: tuple[TextBlock, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """The text of one file. `quality`: 'text', 'ocr', 'scan' (no text and no OCR) or 'gibberish'.

    `kind` is 'pdf', or 'text' for JATS, HTML and EPUB, whose `pages` are their paragraphs.
    """

    sha256: str
    pages: tuple[Page, ...]
    quality: str = "text"
    title: str = ""
    ids: tuple[str, ...] = ()
    reason: str = ""
    kind: str = "pdf"


@dataclass(frozen=True, slots=True)
class Mark:
    """What a reader marked in a PDF. `kind` is 'highlight', 'underline', 'squiggly', 'strikeout' or
    'note' (a comment alone).

    `text` are the words under it, `colour` is '#rrggbb' or '', `time` when it was last changed (''
    where the file does not say). `page` and `rects`, (page, x0, y0, x1, y1) one a line, are those
    of the PDF with SHA-256 `file`; `section` is where it stands there. `moved` tells that it was
    made in an earlier version and found again in this one, which does not show it by itself;
    `earlier` that the work's newest PDF does not have the marked text: the place is then that of
    the earlier version.
    """

    kind: str
    page: int
    text: str = ""
    comment: str = ""
    colour: str = ""
    author: str = ""
    time: str = ""
    rects: tuple[tuple[int, float, float, float, float], ...] = ()
    file: str = ""
    section: str = ""
    moved: bool = False
    earlier: bool = False


@dataclass(frozen=True, slots=True)
class PaperSentence:
    """A sentence of a paper's text. `page` is where it begins, `rects` are (page, x0, y0, x1, y1),
    one a line. `kind` and `section` are those of its block; `paragraph` counts paragraphs
    from 0. Of a text without pages `page` is the paragraph and `place` says where it is.
    """

    text: str
    page: int
    rects: tuple[tuple[int, float, float, float, float], ...]
    kind: str
    section: str
    paragraph: int
    place: str = ""


# ── passages ──────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage. `source` is the PDF's sha256, `text:<sha256>` of a text without pages,
    `abstract:<work id>`, `note:<path>` or `marks:<work id>`; `ordinal` counts in it from 0.

    `kind` is 'body', 'references', 'abstract', 'note', 'figure' (a caption), 'table' (a caption
    with rows, cells parted by ' | ') or 'mark' (what the reader marked in a PDF, and the comment
    below it; `ordinal` is the mark's place among the work's). `page` is the first page (0 where
    there is none), of a text without pages the first paragraph. `rects` are (page, x0, y0, x1, y1),
    one a line; of a figure or table on pages one around all of it.
    """

    source: str
    ordinal: int
    text: str
    kind: str = "body"
    section: str = ""
    page: int = 0
    rects: tuple[tuple[int, float, float, float, float], ...] = ()

    @property
    def has_paragraphs(self) -> bool:
        """Whether its places are paragraphs instead of pages."""
        return self.source.startswith(TEXT_PREFIX)


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk as stored in a build: its row (the same in passage store, vectors and keyword index)
    and its work.

    `work` is the id of the work whose PDF or abstract it is, or '' for a passage of a note that
    belongs to none.
    """

    row: int
    work: str
    chunk: Chunk


@dataclass(frozen=True, slots=True)
class Hit:
    """A search result. `similarity` is the cosine with the query (nan where no vector took part).

    `sentence` are the offsets in the chunk's text of the sentence that answers best, `page` and
    `rects` where that sentence stands (page 0 where there is none), `words` the words of the query
    as the passage writes them.
    """

    row: int
    work: str
    score: float
    chunk: Chunk
    similarity: float = float("nan")
    words: tuple[str, ...] = ()
    sentence: tuple[int, int] = (0, 0)
    page: int = 0
    rects: tuple[tuple[int, float, float, float, float], ...] = ()


# ── claims ────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of a note that says something of the works it cites. `text` is as written,
    `statement` what it says beside its citations; one of `works` is enough to bear it out.
    """

    note: str
    line: int
    text: str
    statement: str
    works: tuple[str, ...]
    heading: HeadingPath = ()


class FindingKind(StrEnum):
    """What a finding says, in the order in which kinds are counted and listed."""

    EXACT = "quoted-exactly"
    CHANGED = "quoted-with-changes"
    NOT_QUOTED = "quotation-not-found"
    STRONG = "evidence-strong"
    WEAK = "evidence-weak"
    NOTHING = "nothing-close"
    NUMBER = "number-differs"
    NAME = "name-differs"
    MISSING = "paper-missing"
    UNSURE = "work-unsure"
    RETRACTED = "paper-retracted"
    CONCERN = "paper-concern"
    CORRECTED = "paper-corrected"
    ABSTRACT = "abstract-only"
    ELSEWHERE = "said-elsewhere"

    @property
    def is_trouble(self) -> bool:
        """Whether a reader should look at it."""
        return self in _TROUBLES


_TROUBLES = frozenset(
    {
        FindingKind.CHANGED,
        FindingKind.NOT_QUOTED,
        FindingKind.NOTHING,
        FindingKind.NUMBER,
        FindingKind.NAME,
        FindingKind.RETRACTED,
        FindingKind.CONCERN,
        FindingKind.ELSEWHERE,
    }
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a paper shows for or against a claim: evidence, never a verdict.

    `strength` 0 to 1 how near the evidence is, calibrated on citing
    sentences; `why` one sentence; `evidence` the paper's own sentences, best first; `elsewhere` the
    other works that say it, each with a sentence and its strength. `looked` tells that the reader
    said he looked at it.
    """

    claim: Claim
    work: str
    kind: FindingKind
    strength: float
    why: str
    evidence: tuple[Sentence, ...] = ()
    elsewhere: tuple[tuple[Sentence, float], ...] = ()
    looked: bool = False

    @property
    def is_trouble(self) -> bool:
        """Whether a reader should look at it, and did not say that he has."""
        return self.kind.is_trouble and not self.looked

    @property
    def pair(self) -> tuple[str, str]:
        """What the reader's word 'I looked, it is fine' is said of: the work and the sentence."""
        return self.work, self.claim.text

    @property
    def name(self) -> str:
        """Eight letters and digits that name the pair on a command line."""
        return pair_name(*self.pair)


def pair_name(work: str, claim: str) -> str:
    """The name of a work and a sentence that says something of it: the same as long as both are."""
    return hashlib.sha256(f"{work}\n{claim}".encode("utf-8", "replace")).hexdigest()[:8]


# ── topics, maps, summaries ───────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Topic:
    """A heading of the notes with its works, or (heading None) a cluster of works that fit no
    heading.
    """

    id: str
    heading: HeadingPath | None
    label: str
    keywords: tuple[str, ...] = ()
    works: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    parent: HeadingPath | None = None


@dataclass(frozen=True, slots=True)
class Theme:
    """Headings of any notes that are about one subject. `topics` are the ids of their topics, in
    the order of the notes; `kept` tells whether the reader has had a word about it.
    """

    id: str
    label: str
    topics: tuple[str, ...]
    kept: bool = False


@dataclass(frozen=True, slots=True)
class KeptTheme:
    """A theme about which the reader has had a word, with its headings as they were then; no
    heading is in two of them.
    """

    id: str
    label: str
    headings: tuple[HeadingPath, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A heading for a work with the calibrated probability that a reader would file it there."""

    heading: HeadingPath
    confidence: float


@dataclass(frozen=True, slots=True)
class Filing:
    """Where a work stands: under `noted` by the reader's own word, and by content under
    `suggested`.

    `suggested` is None where it fits no heading; `cluster` is then the id of the emergent topic.
    `confidence` is that of the suggestion, or of fitting none. `misfit` says why text and heading
    disagree ('' where they agree).
    """

    work: str
    noted: tuple[HeadingPath, ...]
    suggested: HeadingPath | None
    confidence: float
    alternatives: tuple[Suggestion, ...] = ()
    cluster: str | None = None
    misfit: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence taken from a paper, with its evidence. `rects` as in `Chunk`.

    Of a text without pages `page` is the paragraph and `place` says where it is, '§ Methods, ¶ 12';
    of an abstract that only the work's record has `page` is 0 and `place` 'abstract'. `part` is the
    key of the summary's part that it belongs to. `marked`: the reader marked it in the PDF.
    """

    text: str
    work: str
    page: int
    rects: tuple[tuple[int, float, float, float, float], ...] = ()
    place: str = ""
    part: str = ""
    marked: bool = False


@dataclass(frozen=True, slots=True)
class SummaryPart:
    """A part of a summary, in the order in which it is read; one without sentences says that the
    papers do not say it.

    Of a paper `part` is 'abstract', 'question', 'approach', 'findings' or 'limits'; of a heading
    'theme-1', …, 'agreement-1', …, 'difference-1', …, whose `works` it speaks of. `label` tells a
    theme by its words; '' for the parts whose name says it.
    """

    part: str
    label: str = ""
    works: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """A summary of a paper or a heading, each sentence with its paper and page, in the order of the
    parts.
    """

    subject: str
    title: str
    sentences: tuple[Sentence, ...]
    parts: tuple[SummaryPart, ...] = ()


# ── answers ───────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class AnswerPart:
    """One thing that an answer says, and the papers' sentences on which it rests, best first.

    In an answer of quotations `text` is the first of them, and the others are of other papers.
    """

    text: str
    sources: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What papers say to a question, the best first.

    `refused` says why there is no answer and what to do ('' where there is one); `dropped` counts
    what a language model said and the papers do not bear out.
    """

    question: str
    parts: tuple[AnswerPart, ...] = ()
    refused: str = ""
    dropped: int = 0


# ── what is told ──────────────────────────────────────────────────────────────────────────────────
class EventKind(StrEnum):
    """What happened in the library since it was last told of."""

    CAME = "came"
    """A work came in; `details` may hold "status"."""
    TEXT = "text"
    """The full text of a work came that was here without one."""
    VERSION = "version"
    """A newer version took the place of an older one."""
    PUBLISHED = "published"
    """What was a preprint has appeared in a journal or proceedings."""
    NOTICE = "notice"
    """A retraction, correction or expression of concern."""
    FAILED = "failed"
    """A work failed that had not; `details` hold "reason"."""
    LEFT = "left"
    """A work that no note cites any longer left the library."""
    THIN = "thin"
    """The papers of a heading cover less of it than they did."""
    SUGGESTED = "suggested"
    """Works that the papers of a heading cite and the notes do not."""
    CANDIDATE = "candidate"
    """A new paper from the listings that are watched."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that readers are told once. `subject` is the id of the work or candidate, or the
    heading's; `headings` are the paths that it is told under; `details` hold what else is said,
    plain JSON; `id` is given by the catalogue and grows with time.
    """

    kind: EventKind
    subject: str
    title: str
    headings: tuple[HeadingPath, ...]
    time: str
    details: Mapping[str, Any] = field(default_factory=dict)
    id: int = 0
    is_read: bool = False


class CandidateState(StrEnum):
    """What became of a candidate."""

    NEW = "new"
    """Filed under a heading; shown where it was among the best of its week."""
    TAKEN = "taken"
    """The reader had it written into the inbox note."""
    REFUSED = "refused"
    """The reader said 'not this'."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A new paper from a listing that is watched. `work.id` names it; `published` is the day it
    appeared (ISO 8601, '' where unknown), `listing` where it came from ('arXiv cs.LG'), `heading`
    where it was filed and `score` how well it fits there, 0 to 1; `why` says it in words. `time` is
    when it was first seen, `shown` when the reader was told ('' while others of its week were
    better). One that is not `is_sure` fits no heading well and is kept because it cites the
    reader's works, or is by somebody who is watched.
    """

    work: Work
    published: str
    listing: str
    heading: HeadingPath
    score: float
    why: str
    time: str
    state: CandidateState = CandidateState.NEW
    shown: str = ""
    is_sure: bool = True

    @property
    def id(self) -> str:
        """The work's id."""
        return self.work.id

    @property
    def url(self) -> str:
        """A page of the work on the web; '' where none is known."""
        doi = self.work.identifier("doi")
        return next(iter(self.work.urls), f"https://doi.org/{doi}" if doi else "")


# ── the network ───────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Request:
    """A GET to be sent by a `Client`. `accept` is the media type wanted; `limit` the most bytes of
    body to take; `credits` what it costs of a day's allowance at its service.
    """

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    accept: str = "*/*"
    limit: int = 20_000_000
    credits: int = 0


@dataclass(frozen=True, slots=True)
class Response:
    """An answer: the final URL, status, lower-case header names, and the decoded body (b'' for a
    streamed file).
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class PlaceLookup:
    """A question to a service where the copies of one work lie, asked when the known places failed.

    `read` gives the places of an answer, and further questions that it raises (`errors.WebError`
    where it is none). `is_own`: the service
    keeps the work under an id of its own, so that it is asked before any page. `replaces` is the
    address that must have proved dead before this is asked, '' for none.
    """

    source: str
    request: Request
    read: Callable[[Response], Sequence[Location | PlaceLookup]]
    is_own: bool = False
    replaces: str = ""


@dataclass(frozen=True, slots=True)
class Download:
    """What came for a file's address. `path` is where the file lies, None where no file came.

    `not_modified`: the file known before is still the newest. `body` is the start of an answer that
    is no PDF, most often a page; `url` where redirects ended.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    path: Path | None = None
    size: int = 0
    sha256: str = ""
    etag: str = ""
    last_modified: str = ""
    not_modified: bool = False
    body: bytes = b""
