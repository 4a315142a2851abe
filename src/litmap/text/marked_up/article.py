"""What the readers of all formats put together: an article's paragraphs with their headings."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from litmap.errors import PdfError
from litmap.models import Document, Page, Span, TextBlock
from litmap.parsing.grammar import YEAR

MAX_CHARS = 20_000_000
"""Characters of a whole text; a thick book has three million."""
NO_RECT = (0.0, 0.0, 0.0, 0.0)
"""The rectangle of a line that stands on no page."""
_YEAR = re.compile(rf"(?<!\d){YEAR}(?!\d)")
_UNCOUNTED = frozenset({"heading", "title"})


def year_in(date: str) -> int | None:
    """The year of a date: '2019-05-06', '6 May 2019'."""
    match = _YEAR.search(date)
    return int(match[0]) if match else None


@dataclass(slots=True)
class Article:
    """An article as it is read: what its front matter says, and its blocks in order.

    `section` is the innermost heading that what is added next stands under.
    """

    title: str = ""
    authors: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    year: int | None = None
    venue: str = ""
    blocks: list[TextBlock] = field(default_factory=list)
    section: str = ""
    size: int = 0

    def add(self, kind: str, text: str) -> None:
        """Add a paragraph or another block under the present heading. Raises `PdfError` where the
        text is longer than any book.
        """
        text = text.strip()
        if not text:
            return
        self.size += len(text)
        if self.size > MAX_CHARS:
            raise PdfError("its text is longer than that of any book")
        self.blocks.append(TextBlock(kind, text, (Span(0, len(text), NO_RECT),), self.section))

    def heading(self, text: str) -> None:
        """Begin a section."""
        text = " ".join(text.split())
        if text:
            self.section = text
            self.add("heading", text)

    def words(self, *kinds: str) -> int:
        """Words of the blocks of some kinds."""
        return sum(len(block.text.split()) for block in self.blocks if block.kind in kinds)

    def document(self, sha256: str) -> Document:
        """The article as a document of paragraphs."""
        return Document(
            sha256,
            _pages(self._titled()),
            title=self.title,
            ids=tuple(dict.fromkeys(self.ids)),
            kind="text",
        )

    def _titled(self) -> list[TextBlock]:
        if not self.title:
            return self.blocks
        return [TextBlock("title", self.title, (Span(0, len(self.title), NO_RECT),)), *self.blocks]


def _pages(blocks: list[TextBlock]) -> tuple[Page, ...]:
    """Each paragraph with the headings before it; headings behind the last stand with it."""
    pages: list[list[TextBlock]] = []
    waiting: list[TextBlock] = []
    for block in blocks:
        waiting.append(block)
        if block.kind not in _UNCOUNTED:
            pages.append(waiting)
            waiting = []
    if waiting and pages:
        pages[-1] += waiting
    elif waiting:
        pages.append(waiting)
    return tuple(Page(number, 0.0, 0.0, tuple(own)) for number, own in enumerate(pages, 1))
