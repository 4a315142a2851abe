"""Rows → blocks: paragraphs, headings, captions, footnotes, maths, references, the title and the abstract."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from litmap.models import Page, Span, TextBlock
from litmap.text.hyphens import Vocabulary, join
from litmap.text.order import Row, read_order
from litmap.text.raw import RawPage

_NUMBERED = re.compile(
    r"^(?:appendix\s+)?(?:\d{1,2}(?:\.\d{1,2}){0,3}|[A-Z](?:\.\d{1,2}){1,3}|[A-Z]|[IVX]{1,5})[.:)]?\s+(?=\S)", re.I
)
_KNOWN = re.compile(
    r"^(?:abstract|summary|introduction|background|preliminaries|related works?|methods?|materials and methods|results|"
    r"experiments|experimental (?:results|setup|details)|evaluation|discussions?|conclusions?|concluding remarks|"
    r"acknowledge?ments?|references(?: and notes)?|bibliography|literature cited|works cited|appendix|appendices|"
    r"supplementary materials?|supplement|contents|table of contents|notation|keywords)\.?:?$",
    re.I,
)
_REFERENCES = re.compile(
    r"^(?:references(?: and notes)?|bibliography|literature cited|works cited|literatur)\.?:?$", re.I
)
_ABSTRACT = re.compile(r"^(?:abstract|summary)\s*[.:—–-]?\s*", re.I)
_CAPTION = re.compile(
    r"^(?:fig(?:ure|\.)?|table|tab\.|algorithm|listing|scheme|box|plate)\s*(?:[A-Z]?\d+|[IVX]+)(?:\.\d+)*\s*(?:[.:|(—–]|$|\s(?=[A-Z]))",
    re.I,
)
_ENTRY = re.compile(r"^(?:\[[^\]]{1,30}\]|\(?\d{1,3}[.)])\s*\S")
_NOTE_MARK = re.compile(r"^(?:[∗*†‡§¶]|\d{1,2}(?=\s?[A-Z“\"(h]))")


@dataclass(slots=True)
class Draft:
    """A block being put together."""

    kind: str
    page: int
    rows: list[Row] = field(default_factory=list)
    section: str = ""
    continues: bool = False

    @property
    def text(self) -> str:
        """The rows' text joined by spaces, hyphens as printed."""
        return " ".join(row.text for row in self.rows)


@dataclass(slots=True)
class Style:
    """What running text looks like in this document: font size and distance of baselines in points."""

    size: float
    leading: float
    first: int


def build_pages(raw: Sequence[RawPage]) -> tuple[tuple[Page, ...], str]:
    """The pages' blocks and the title found on the first page ('' where none)."""
    ordered = [read_order(page.lines) for page in raw]
    style = _style(ordered)
    vocabulary = Vocabulary(row.text for page in ordered for row in page)
    drafts = [d for page, rows in zip(raw, ordered, strict=True) for d in _drafts(rows, page, style)]
    title = _mark_front(drafts, style)
    _mark_sections(drafts)
    drafts = _split_references(drafts, style)
    blocks: dict[int, list[TextBlock]] = {page.number: [] for page in raw}
    for draft in drafts:
        block = _block(draft, vocabulary)
        if block.text:
            blocks[draft.page].append(block)
    pages = tuple(Page(p.number, p.width, p.height, tuple(blocks[p.number])) for p in raw)
    return pages, title


def _style(ordered: Sequence[Sequence[Row]]) -> Style:
    sizes: Counter[float] = Counter()
    for rows in ordered:
        for row in rows:
            for line in row.lines:
                sizes[line.size] += len(line.text)
    size = sizes.most_common(1)[0][0] if sizes else 10.0
    gaps: Counter[float] = Counter()
    for rows in ordered:
        for a, b in zip(rows, rows[1:], strict=False):
            if abs(a.size - size) < 0.6 and abs(b.size - size) < 0.6 and 0.8 * size < b.base - a.base < 3 * size:
                gaps[round((b.base - a.base) * 2) / 2] += 1
    return Style(size, gaps.most_common(1)[0][0] if gaps else 1.2 * size, 1)


def _drafts(rows: Sequence[Row], page: RawPage, style: Style) -> list[Draft]:
    """The page's rows cut into blocks."""
    drafts: list[Draft] = []
    for row in rows:
        kind = _row_kind(row, page, style)
        last = drafts[-1] if drafts else None
        if last is None or _starts(last, row, kind, style):
            drafts.append(Draft(kind, page.number, [row]))
        else:
            last.rows.append(row)
    return drafts


def _row_kind(row: Row, page: RawPage, style: Style) -> str:
    text = row.text
    letters = sum(len(line.text) for line in row.lines) or 1
    maths = sum(line.math * len(line.text) for line in row.lines) / letters
    bold = sum(line.bold * len(line.text) for line in row.lines) / letters
    if _CAPTION.match(text) and len(text) > 6:
        return "caption"
    if maths > 0.4 and not _wordy(text):
        return "math"
    heading = len(text) < 120 and (bold > 0.6 or row.size > style.size + 0.9 or _KNOWN.match(text) or _capitals(text))
    if (
        heading
        and row.size > style.size - 0.6
        and (_KNOWN.match(text) or _NUMBERED.match(text) or row.size > style.size + 0.9 or bold > 0.9)
    ):
        return "heading"
    if row.size < style.size - 0.6 and row.y0 > 0.6 * page.height and _NOTE_MARK.match(text):
        return "footnote"
    return "body"


def _wordy(text: str) -> bool:
    return len(re.findall(r"[a-z]{4,}", text)) >= 3


def _capitals(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    return len(letters) > 4 and all(c.isupper() for c in letters)


def _starts(last: Draft, row: Row, kind: str, style: Style) -> bool:
    """Whether the row begins a new block after the last one."""
    before = last.rows[-1]
    gap = row.base - before.base
    new_column = row.column != before.column or gap < 0
    same_size = abs(row.size - before.size) < 0.8
    leading = style.leading * max(row.size, 1) / max(style.size, 1)
    if last.kind == "heading" and kind == "heading":
        return new_column or gap > 1.9 * leading or not same_size or bool(_NUMBERED.match(row.text))
    if last.kind in ("caption", "footnote") and kind == "body" and not new_column:
        return not same_size or gap > 1.45 * leading
    if kind != last.kind:
        return True
    if kind in ("caption", "footnote"):
        return True
    if kind == "math":
        return new_column or gap > 3.5 * leading
    if new_column or not same_size or gap > 1.45 * leading:
        return True
    left, right = row.column
    indented = row.x0 - before.x0 > 0.6 * row.size and row.x0 - left < 6 * row.size
    ended = before.x1 < right - 0.12 * (right - left)
    hanging = len(last.rows) > 1 and last.rows[0].x0 < before.x0 - 0.6 * row.size
    if hanging:
        return row.x0 < before.x0 - 0.6 * row.size
    return indented and (ended or before.text.rstrip()[-1:] in '.?!:”"') if len(last.rows) > 1 else indented and ended


def _mark_front(drafts: list[Draft], style: Style) -> str:
    """Finds title and abstract on the first page; returns the title."""
    front = [d for d in drafts if d.page == drafts[0].page] if drafts else []
    large = [d for d in front[:8] if d.rows[0].size > style.size + 0.9 and len(d.text) > 8]
    title = max(large, key=lambda d: d.rows[0].size, default=None)
    if title is not None:
        title.kind = "title"
    abstract = False
    for draft in front:
        if abstract and draft.kind == "heading":
            break
        if abstract and draft.kind == "body":
            draft.kind = "abstract"
        if _ABSTRACT.match(draft.text) and draft.kind in ("heading", "body"):
            abstract = True
            if draft.kind == "body":
                draft.kind = "abstract"
    return title.text if title is not None else ""


def _mark_sections(drafts: Iterable[Draft]) -> None:
    """Gives each block its section, marks references and paragraphs that go on over a break."""
    section, references = "", False
    last: Draft | None = None
    for draft in drafts:
        if draft.kind == "heading":
            section = draft.text
            references = bool(_REFERENCES.match(_NUMBERED.sub("", section)))
        draft.section = section
        if references and draft.kind in ("body", "math", "footnote"):
            draft.kind = "reference"
        if draft.kind in ("body", "abstract"):
            if last is not None and last.kind == draft.kind and last.section == section and _goes_on(last, draft):
                draft.continues = True
            last = draft
        elif draft.kind in ("heading", "title"):
            last = None


def _goes_on(last: Draft, draft: Draft) -> bool:
    a, b = last.rows[-1], draft.rows[0]
    broken = draft.page != last.page or a.column != b.column or b.base < a.base
    open_end = a.text.rstrip()[-1:] not in '.?!:”"'
    return open_end and (b.text[:1].islower() or (broken and a.text.endswith("-")) or broken)


def _split_references(drafts: Sequence[Draft], style: Style) -> list[Draft]:
    """One block an entry, by numbering or hanging indent."""
    found: list[Draft] = []
    for draft in drafts:
        if draft.kind != "reference":
            found.append(draft)
            continue
        left = min(row.x0 for row in draft.rows)
        numbered = sum(1 for row in draft.rows if _ENTRY.match(row.text)) * 6 >= len(draft.rows)
        hanging = sum(1 for row in draft.rows if row.x0 - left > 0.5 * style.size) * 5 >= 2 * len(draft.rows)
        current: Draft | None = None
        for row in draft.rows:
            starts = _ENTRY.match(row.text) if numbered else hanging and row.x0 - left < 0.5 * style.size
            if current is None or starts:
                current = Draft("reference", draft.page, [], draft.section)
                found.append(current)
            current.rows.append(row)
    return found


def _block(draft: Draft, vocabulary: Vocabulary) -> TextBlock:
    """The block with its rows joined and each row's place in the text."""
    text, spans = "", []
    for row in draft.rows:
        if text:
            if draft.kind == "math":
                text += "\n"
            else:
                text, between = join(text, row.text, vocabulary)
                if spans and spans[-1].end > len(text):
                    spans[-1] = Span(spans[-1].start, len(text), spans[-1].rect)
                text += between
        start = len(text)
        text += row.text
        spans.append(Span(start, len(text), (row.x0, row.y0, row.x1, row.y1)))
    return TextBlock(draft.kind, text, tuple(spans), draft.section, draft.continues)
