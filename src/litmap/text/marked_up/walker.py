"""The walk through a tree of markup that all formats share: running text, and blocks in it."""

from __future__ import annotations

import re
from typing import Any

from litmap.parsing.markup import one_line
from litmap.parsing.table_cells import CELL_MARK
from litmap.text.marked_up.article import Article
from litmap.text.marked_up.mathml import formula_text, tex_text
from litmap.text.marked_up.safe_parsing import local_name, text_of_entity

MAX_TABLE_CHARS = 20_000
"""Characters of a table that are kept."""
ROW_END = " ‖ "
"""Between two rows of a table."""
_EXPONENT = re.compile(r"[-−–+]?\d{1,4}|[-−–+]?[a-z]")
_BREAKS = frozenset({"br", "break", "hr"})
_CELLS = frozenset({"td", "th", "entry"})
_ROWS = frozenset({"tr", "row"})


class Walker:
    """Reads elements into an article. Subclasses say which elements are blocks and how each is
    read.

    `blocks` are elements that end running text, `dropped` those that are no part of it.
    """

    blocks: frozenset[str] = frozenset()
    dropped: frozenset[str] = frozenset()

    def __init__(self, article: Article) -> None:
        self.article = article

    # ── what subclasses say ──────────────────────────────────────────────────────────────────────
    def block(self, element: Any) -> None:
        """Read an element that is a block."""
        self.container(element)

    def is_block(self, element: Any) -> bool:
        """Whether an element ends the running text around it."""
        return local_name(element) in self.blocks

    def is_dropped(self, element: Any) -> bool:
        """Whether an element is no part of the text."""
        return local_name(element) in self.dropped

    def is_citation(self, element: Any) -> bool:
        """Whether an element points to the reference list."""
        return False

    # ── blocks ───────────────────────────────────────────────────────────────────────────────────
    def container(self, element: Any, kind: str = "body") -> None:
        """Read what is inside an element: blocks, and the running text between them as
        paragraphs.
        """
        parts = [element.text or ""]
        for child in element:
            if self.is_block(child):
                self.article.add(kind, one_line("".join(parts)))
                parts = []
                self.block(child)
            else:
                self._inline(child, parts, [])
            parts.append(child.tail or "")
        self.article.add(kind, one_line("".join(parts)))

    def paragraph(self, element: Any, kind: str = "body", before: str = "") -> None:
        """Read an element as one paragraph; the blocks inside it follow it."""
        later: list[Any] = []
        text = self.text(element, later)
        self.article.add(kind, f"{before} {text}" if before and text else text)
        for block in later:
            self.block(block)

    def table(self, element: Any) -> None:
        """Read a table: its cells parted by ' | ', its rows by `ROW_END`; it is one line, as every
        paragraph is.
        """
        rows = []
        for row in element.iter():
            if local_name(row) in _ROWS:
                cells = [self.flat(cell) for cell in row if local_name(cell) in _CELLS]
                rows.append(CELL_MARK.join(cells))
        text = ROW_END.join(row for row in rows if row.strip(CELL_MARK))
        self.article.add("table", text[:MAX_TABLE_CHARS])

    # ── running text ─────────────────────────────────────────────────────────────────────────────
    def text(self, element: Any, later: list[Any] | None = None) -> str:
        """The running text of an element in one line; the blocks inside it are put into `later`."""
        parts = [element.text or ""]
        self._children(element, parts, [] if later is None else later)
        return one_line("".join(parts))

    def flat(self, element: Any) -> str:
        """All text of an element in one line, the blocks inside it too."""
        later: list[Any] = []
        text = self.text(element, later)
        inside = [text, *(self.flat(block) for block in later if not self.is_dropped(block))]
        return " ".join(filter(None, inside))

    def _children(self, element: Any, parts: list[str], later: list[Any]) -> None:
        for child in element:
            if self.is_block(child):
                later.append(child)
                parts.append(" ")
            else:
                self._inline(child, parts, later)
            parts.append(child.tail or "")

    def _inline(self, element: Any, parts: list[str], later: list[Any]) -> None:
        """Add what an element inside running text prints."""
        name = local_name(element)
        if not name:
            parts.append(text_of_entity(element))
        elif self.is_dropped(element):
            return
        elif name in _BREAKS:
            parts.append(" ")
        elif name == "math":
            parts.append(_math(element))
        elif name == "tex-math":
            parts.append(tex_text("".join(element.itertext())))
        elif name in {"alternatives", "inline-formula", "disp-formula"}:
            parts.append(self._formula(element, spaced=name == "disp-formula"))
        elif name == "sup":
            self._superscript(element, parts, later)
        else:
            parts.append(element.text or "")
            self._children(element, parts, later)

    def _formula(self, element: Any, *, spaced: bool) -> str:
        """The best of the forms in which a formula is given: MathML, TeX, other text."""
        by_name: dict[str, Any] = {}
        for inside in element.iter():
            by_name.setdefault(local_name(inside), inside)
        if "math" in by_name:
            text = formula_text(by_name["math"])
        elif "tex-math" in by_name:
            text = tex_text("".join(by_name["tex-math"].itertext()))
        else:
            text = self.text(element)
        label = by_name.get("label") if "math" in by_name or "tex-math" in by_name else None
        number = f" {self.flat(label)}" if label is not None else ""
        return f" {text}{number} " if spaced else text

    def _superscript(self, element: Any, parts: list[str], later: list[Any]) -> None:
        """Numbers of references in brackets, so that they are not read as part of the word; powers
        of numbers behind '^'; else as printed.
        """
        inside = [element.text or ""]
        self._children(element, inside, later)
        text = "".join(inside)
        if any(self.is_citation(child) for child in element.iter()):
            parts.append(text if text.strip().startswith(("[", "(")) else f" [{text.strip()}]")
            return
        before = "".join(parts[-2:])
        power = before[-1:].isdigit() and _EXPONENT.fullmatch(text.strip())
        parts.append(f"^{text.strip()}" if power else text)


def _math(element: Any) -> str:
    """A formula of MathML; where it holds nothing readable, the TeX that it was made from."""
    return formula_text(element) or tex_text(element.get("alttext") or "")
