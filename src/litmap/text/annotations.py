"""What a reader marked in a PDF: highlights, lines under and through words, notes on the page.

The words under a mark are the page's own words inside its quadrilaterals, in the page's order, with
hyphens at line ends judged as in running text. Annotations are hostile input: their texts are
cleaned and cut, their number is bounded.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from litmap.models import Mark
from litmap.parsing.colours import rgb
from litmap.parsing.terms import squash
from litmap.text.codec import as_count, as_number, as_text
from litmap.text.hyphens import Vocabulary, join
from litmap.text.pymupdf_open import open_pdf, text_flags

READER = "1"
"""Version of the reading of marks; raised with every change of its output."""
MAX_MARKS = 2000
"""Marks that are taken of a file, the first ones."""
MAX_VISITED = 20_000
"""Annotations of any kind that are looked at."""
MAX_RECTS = 300
"""Rectangles (lines) of one mark."""
MAX_TEXT = 5000
"""Characters of the text under a mark, and of a comment."""
MAX_NAME = 200
"""Characters of an author's name."""
MARKED = {"Highlight": "highlight", "Underline": "underline", "Squiggly": "squiggly",
          "StrikeOut": "strikeout"}  # fmt: skip
"""Types of annotations that lie on words, with the kind of mark."""
NOTES = frozenset({"Text", "FreeText"})
"""Types of annotations that are a comment alone."""
FREE_TEXT = 2
"""PyMuPDF's number of the type FreeText."""
HIDDEN = 2 | 32
"""Flags of an annotation that no reader sees: hidden, not to be viewed."""
_DATE = re.compile(r"D?:?(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:(Z)|([+-])(\d\d)'?(\d\d)?)?")

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a page with its box; words of one `line` share its number."""

    text: str
    box: Box
    line: int = 0


def read_marks(path: Path, sha256: str) -> list[Mark]:
    """The marks of a PDF, page by page; of other files none. Raises `PdfError`."""
    with path.open("rb") as file:
        if b"%PDF-" not in file.read(1024):
            return []
    with open_pdf(path) as pdf:
        reader = _Reader(pdf, sha256)
        marks = [mark for number in range(pdf.page_count) for mark in reader.marks_of(number)]
    return marks[:MAX_MARKS]


class _Reader:
    """Reads the marks of one opened PDF and counts what it looked at."""

    def __init__(self, pdf: Any, sha256: str) -> None:
        self.pdf, self.sha256 = pdf, sha256
        self._visited = self._found = 0
        self._vocabulary: Vocabulary | None = None

    def marks_of(self, index: int) -> list[Mark]:
        """The marks of a page (0-based), in the order in which they stand on it."""
        if self._visited >= MAX_VISITED or self._found >= MAX_MARKS:
            return []
        page = self.pdf[index]
        found, comments = self._visit(page)
        words = _words(page) if any(a.type[1] in MARKED for a in found.values()) else []
        marks = [self._mark(page, one, words, comments[xref]) for xref, one in found.items()]
        marks = [mark for mark in marks if mark.text or mark.comment]
        self._found += len(marks)
        return sorted(marks, key=_place)

    def _visit(self, page: Any) -> tuple[dict[int, Any], dict[int, str]]:
        """The annotations of a page that are marks, and their comments with replies, by xref."""
        found: dict[int, Any] = {}
        replies: list[tuple[int, Any]] = []
        annotation = page.first_annot
        while annotation is not None and self._visited < MAX_VISITED and len(found) < MAX_MARKS:
            self._visited += 1
            if _is_mark(annotation):
                if annotation.irt_xref:
                    replies.append((annotation.irt_xref, annotation))
                else:
                    found[annotation.xref] = annotation
            annotation = annotation.next
        comments = {xref: [_comment(one)] for xref, one in found.items()}
        for answered, reply in replies:
            if answered in comments and not _is_state(self.pdf, reply.xref):
                comments[answered].append(_comment(reply))
        joined = {x: clean_text("\n".join(filter(None, texts))) for x, texts in comments.items()}
        return found, joined

    def _mark(self, page: Any, annotation: Any, words: Sequence[Word], comment: str) -> Mark:
        name, info = annotation.type[1], annotation.info
        boxes = _boxes(annotation) if name in MARKED else [_box(annotation.rect)]
        under = words_under(words, boxes) if name in MARKED else []
        text = clean_text(join_words(under, self._words_of_document())) if under else ""
        return Mark(
            kind=MARKED.get(name, "note"),
            page=page.number + 1,
            text=text,
            comment="" if repeats(comment, text) else comment,
            colour=colour_of(annotation.colors.get("stroke") or ()),
            author=" ".join(clean_text(info.get("title", "")).split())[:MAX_NAME],
            time=read_date(info.get("modDate") or info.get("creationDate") or ""),
            rects=tuple((page.number + 1, *box) for box in join_boxes(boxes)),
            file=self.sha256,
        )

    def _words_of_document(self) -> Vocabulary:
        if self._vocabulary is None:
            texts = (page.get_text("text", flags=text_flags()) for page in self.pdf)
            self._vocabulary = Vocabulary(line for text in texts for line in text.splitlines())
        return self._vocabulary


def _words(page: Any) -> list[Word]:
    numbers: dict[tuple[int, int], int] = {}
    return [
        Word(text, (x0, y0, x1, y1), numbers.setdefault((block, line), len(numbers)))
        for x0, y0, x1, y1, text, block, line, _ in page.get_text("words", flags=text_flags())
    ]


def _boxes(annotation: Any) -> list[Box]:
    """The quadrilaterals of an annotation as upright boxes."""
    corners = [(float(x), float(y)) for x, y in annotation.vertices or ()]
    boxes = []
    for first in range(0, min(len(corners) - 3, 4 * MAX_RECTS), 4):
        xs, ys = zip(*corners[first : first + 4], strict=True)
        boxes.append((min(xs), min(ys), max(xs), max(ys)))
    return boxes or [_box(annotation.rect)]


def _box(rect: Any) -> Box:
    return float(rect.x0), float(rect.y0), float(rect.x1), float(rect.y1)


def join_boxes(boxes: Iterable[Box]) -> list[Box]:
    """The boxes with those joined that follow each other on a line, as where a program writes one
    for each word.
    """
    joined: list[Box] = []
    for box in boxes:
        if joined and _is_next_on_line(joined[-1], box):
            x0, y0, x1, y1 = joined.pop()
            joined.append((x0, min(y0, box[1]), max(x1, box[2]), max(y1, box[3])))
        else:
            joined.append(box)
    return joined


def _is_next_on_line(last: Box, box: Box) -> bool:
    height = min(last[3] - last[1], box[3] - box[1])
    shared = min(last[3], box[3]) - max(last[1], box[1])
    return shared >= 0.7 * height and last[0] <= box[0] <= last[2] + height


def _place(mark: Mark) -> tuple[float, float]:
    _, x0, y0, _, _ = mark.rects[0]
    return y0, x0


def _is_mark(annotation: Any) -> bool:
    """Whether an annotation is one of those that are read, and can be seen."""
    name = annotation.type[1]
    return (name in MARKED or name in NOTES) and not annotation.flags & HIDDEN


def _comment(annotation: Any) -> str:
    return str(annotation.info.get("content") or "")


def _is_state(pdf: Any, xref: int) -> bool:
    """Whether a reply only says 'accepted' or 'marked', a state that programs set."""
    return bool(pdf.xref_get_key(xref, "StateModel")[0] != "null")


def words_under(words: Iterable[Word], boxes: Sequence[Box]) -> list[Word]:
    """The words that lie under some box: with half of their height inside one, and half of their
    width inside all of them together. In the order in which they came, whatever that of the boxes.
    """
    return [word for word in words if _covered(word.box, boxes) >= 0.5]


def _covered(word: Box, boxes: Sequence[Box]) -> float:
    """The share of a word's width under the boxes that cover half of its height."""
    x0, y0, x1, y1 = word
    if x1 <= x0 or y1 <= y0:
        return 0.0
    stretches = sorted(
        (max(x0, left), min(x1, right))
        for left, top, right, bottom in boxes
        if min(y1, bottom) - max(y0, top) >= 0.5 * (y1 - y0) and left < x1 and right > x0
    )
    covered, reached = 0.0, x0
    for begin, end in stretches:
        covered += max(0.0, end - max(begin, reached))
        reached = max(reached, end)
    return covered / (x1 - x0)


def join_words(words: Sequence[Word], vocabulary: Vocabulary) -> str:
    """The words as running text, those broken at line ends joined."""
    lines: list[list[str]] = []
    number: int | None = None
    for word in words:
        if word.line != number:
            lines.append([])
            number = word.line
        lines[-1].append(word.text)
    parts = [" ".join(line) for line in lines]
    text: list[str] = []
    for place, part in enumerate(parts):
        if place + 1 < len(parts):
            text += join(part, parts[place + 1], vocabulary)
        else:
            text.append(part)
    return "".join(text)


def clean_text(text: str) -> str:
    """A text without control signs, signs that turn the direction of what follows, and blank lines;
    cut to `MAX_TEXT` characters.
    """
    text = text[: 4 * MAX_TEXT].encode("utf-8", "replace").decode("utf-8")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(c if c == "\n" or unicodedata.category(c)[0] != "C" else " " for c in text)
    lines = (" ".join(line.split()) for line in kept.split("\n"))
    return "\n".join(filter(None, lines))[:MAX_TEXT]


def repeats(comment: str, text: str) -> bool:
    """Whether a comment is only the marked text again, which some programs write there."""
    return bool(text) and squash(comment) == squash(text)


def colour_of(parts: Sequence[float]) -> str:
    """'#rrggbb' of a colour as PDFs write it (grey, RGB or CMYK, each from 0 to 1); '' where it has
    none.
    """
    try:
        values = [min(1.0, max(0.0, float(part))) for part in parts]
    except (TypeError, ValueError):
        return ""
    if len(values) == 1:
        values *= 3
    elif len(values) == 4:
        key = 1 - values[3]
        values = [(1 - part) * key for part in values[:3]]
    if len(values) != 3 or any(math.isnan(value) for value in values):
        return ""
    return "#" + "".join(f"{round(255 * value):02x}" for value in values)


def read_date(text: str) -> str:
    """A PDF's date, "D:20240131120000+01'00'", as UTC ISO 8601; '' where it is none."""
    found = _DATE.match(text.strip())
    if found is None:
        return ""
    year, month, day, *clock = found.groups()[:6]
    zone = timedelta(hours=int(found[9] or 0), minutes=int(found[10] or 0))
    with suppress(ValueError, OverflowError):
        hour, minute, second = (int(part or 0) for part in clock)
        offset = timezone(-zone if found[8] == "-" else zone)
        local = datetime(
            int(year), int(month or 1), int(day or 1), hour, minute, second, tzinfo=offset
        )
        return local.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return ""


# ── the same text with other marks ────────────────────────────────────────────────────────────────
def have_same_text(first: Path, second: Path) -> bool:
    """Whether two PDFs differ in annotations alone: pages of the same sizes with the same text, and
    where a page has none with the same content. Raises `PdfError`.
    """
    with open_pdf(first) as one, open_pdf(second) as other:
        if one.page_count != other.page_count:
            return False
        return all(
            _content(one, index) == _content(other, index) for index in range(one.page_count)
        )


def without_typed_notes(pdf: Any, page: Any) -> Any:
    """The page without annotations where a reader typed onto it (FreeText), which to PyMuPDF is
    text of the page. Changed in memory only.
    """
    if not any(kind == FREE_TEXT for _, kind, _ in page.annot_xrefs()):
        return page
    pdf.xref_set_key(page.xref, "Annots", "null")
    return pdf.reload_page(page)


def _content(pdf: Any, index: int) -> tuple[Any, ...]:
    """What a page shows without its annotations."""
    page = without_typed_notes(pdf, pdf[index])
    size = tuple(round(value) for value in (*page.rect, page.rotation))
    text = page.get_text("text", flags=text_flags()).strip()
    if text:
        return size, text
    images = tuple(sorted(pdf.xref_stream_raw(image[0]) or b"" for image in page.get_images()))
    return size, page.read_contents(), images


# ── as plain values ───────────────────────────────────────────────────────────────────────────────
def mark_to_plain(mark: Mark) -> list[Any]:
    """A mark as lists and texts."""
    texts = (mark.kind, mark.text, mark.comment, mark.colour, mark.author, mark.time)
    return [mark.page, *texts, [list(rect) for rect in mark.rects]]


def mark_from_plain(plain: Sequence[Any], sha256: str) -> Mark:
    """The mark of `mark_to_plain`. Raises one of `MALFORMED` for values of any other shape: a
    process that a PDF took over may send anything.
    """
    page, kind, text, comment, colour, author, time, rects = plain
    if kind not in {*MARKED.values(), "note"} or len(rects) > MAX_RECTS:
        raise ValueError("no mark")
    mark = Mark(kind, as_count(page), clean_text(as_text(text)), clean_text(as_text(comment)))
    return replace(
        mark,
        colour=as_text(colour) if rgb(as_text(colour)) else "",
        author=clean_text(as_text(author))[:MAX_NAME],
        time=clean_text(as_text(time))[:MAX_NAME],
        rects=tuple(
            (as_count(p), as_number(a), as_number(b), as_number(c), as_number(d))
            for p, a, b, c, d in rects
        ),
        file=sha256,
    )
