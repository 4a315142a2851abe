"""Saved web pages: prose, lists and headings; navigation, scripts, tooltips and furniture left out."""

from __future__ import annotations

import re
from typing import Any

from litmap.models import Link
from litmap.notes.builder import Builder
from litmap.notes.inline import Inline

_DROPPED = {
    "script", "style", "noscript", "nav", "header", "footer", "aside", "form", "button", "svg", "iframe", "select", "template",
    "object", "canvas", "audio", "video", "dialog", "menu", "math", "textarea", "input", "head",
}  # fmt: skip
_BLOCKS = {
    "p", "div", "section", "article", "main", "ul", "ol", "dl", "table", "tbody", "thead", "tr", "blockquote", "figure",
    "figcaption", "body", "center", "details", "summary", "address", "fieldset", "hgroup", "pre", "hr", "html", "dd", "dt", "li",
    "td", "th", "h1", "h2", "h3", "h4", "h5", "h6", "caption", "tfoot",
}  # fmt: skip
_FURNITURE = re.compile(
    r"(?:^|[\s_-])(?:nav(?:bar|box|igation)?|menu|sidebar|footer|breadcrumbs?|toc|mw-editsection|tooltip|popup|share|social|cookie|"
    r"comments?-form|navbox|catlinks|mw-jump-link|printfooter|advert|banner|noprint|metadata|hatnote|mw-cite-backlink|"
    r"subscribe|related-posts|pagination|skip-link|tippy|referencetooltip|vector-header|mw-footer|citation-popup|hidden|sr-only|screen-reader-text)(?:$|[\s_-])",
    re.I,
)
_MAX_DEPTH = 200


class _Walker:
    def __init__(self, builder: Builder) -> None:
        self.builder = builder
        self.parts: list[str] = []
        self.size = 0
        self.links: list[Link] = []
        self.emphasis: list[str] = []
        self.line = 0
        self.lines: list[tuple[int, int]] = []
        self.kind = "paragraph"
        self.fields: tuple[tuple[str, str], ...] = ()
        self.title = ""

    def text(self, text: str | None, line: int) -> None:
        """Adds running text, blanks run together."""
        if not text:
            return
        lead = len(text) - len(text.lstrip())
        line += text[:lead].count("\n")
        pieces = " ".join(text.split())
        if not pieces:
            if self.parts and not self.parts[-1].endswith(" "):
                self.parts.append(" ")
                self.size += 1
            return
        if not self.line:
            self.line = line
        if lead and self.parts and not self.parts[-1].endswith(" "):
            self.parts.append(" ")
            self.size += 1
        for index, source in enumerate(text.strip().split("\n")):
            words = " ".join(source.split())
            if not words:
                continue
            if index:
                self.parts.append(" ")
                self.size += 1
            self.lines.append((line + index, self.size))
            self.parts.append(words)
            self.size += len(words)
        if text[-1].isspace():
            self.parts.append(" ")
            self.size += 1

    def flush(self) -> None:
        """Ends the block that is being read."""
        text = "".join(self.parts)
        if text.strip() or self.links:
            inline = Inline(text, self.links, self.starts(), self.emphasis)
            self.builder.add(self.kind, inline, self.line or 1, *self.fields)
        self.clear()

    def starts(self) -> list[int]:
        """Offsets at which source lines begin, as `NoteBlock.line_starts` wants them."""
        starts = [0]
        for line, offset in self.lines:
            while len(starts) <= line - self.line and len(starts) < 5000:
                starts.append(offset)
        return starts

    def clear(self) -> None:
        """Forgets the block."""
        self.parts, self.size, self.links, self.line, self.lines, self.emphasis = (
            [],
            0,
            [],
            0,
            [],
            [],
        )

    def walk(self, node: Any, depth: int = 0) -> None:
        """Walks an element; what is nested deeper than any page needs is taken as plain text."""
        name = node.tag.lower() if isinstance(node.tag, str) else ""
        if not name or name in _DROPPED or self._furniture(node, name):
            return
        line = min(node.sourceline or 1, 10_000_000)
        if depth > _MAX_DEPTH:
            self.text("".join(node.itertext())[:100_000], line)
            return
        if name in {"h1", "h2", "h3", "h4", "h5", "h6"}:
            self.heading(node, int(name[1]), line, depth)
        elif name == "a" and node.get("href"):
            self.anchor(node, line, depth)
        elif name == "br":
            self.parts.append(" ")
            self.size += 1
        elif name in _BLOCKS:
            self.block(node, name, line, depth)
        else:
            begin = len(self.parts)
            self.inside(node, line, depth)
            if name in {"i", "em", "cite"}:
                self.emphasis.append("".join(self.parts[begin:])[:200])

    def _furniture(self, node: Any, name: str) -> bool:
        if name in {"body", "html", "article", "main"}:
            return False
        if (
            node.get("aria-hidden") == "true"
            or node.get("hidden") is not None
            or "display:none" in (node.get("style") or "").replace(" ", "")
        ):
            return True
        if node.get("role") in {"navigation", "banner", "contentinfo", "search", "tooltip", "menu"}:
            return True
        classes = f"{node.get('class') or ''} {node.get('id') or ''}"
        return (
            bool(classes.strip())
            and len(classes) < 2000
            and bool(_FURNITURE.search(classes))
            and "reference" not in classes.lower().replace("referencetooltip", "")
        )

    def inside(self, node: Any, line: int, depth: int) -> None:
        """Walks what is inside an element."""
        self.text(node.text, line)
        last = line + (node.text or "").count("\n")
        for child in node:
            self.walk(child, depth + 1)
            if isinstance(child.tag, str):
                last = (
                    (child.sourceline or last) + "".join(child.itertext()).count("\n")
                    if child.tail
                    else last
                )
            self.text(child.tail, last)

    def heading(self, node: Any, level: int, line: int, depth: int) -> None:
        """Takes a heading, its edit links left out."""
        self.flush()
        self.kind = "heading"
        self.inside(node, line, depth)
        text, links = "".join(self.parts), self.links
        text = re.sub(r"\s*(?:\[\s?edit\s?\]|¶|#)\s*$", "", text)
        starts = self.starts()
        self.clear()
        self.kind = "paragraph"
        if text.strip():
            self.builder.heading(level, Inline(text, links, starts), line)

    def anchor(self, node: Any, line: int, depth: int) -> None:
        """Takes a link; a footnote's marker stays as text."""
        begin = self.size
        self.line = self.line or line
        self.inside(node, line, depth)
        text = "".join(self.parts)[begin:] if self.size > begin else ""
        target = str(node.get("href")).strip()
        if (
            target
            and not target.startswith(("#", "javascript:", "mailto:"))
            and not re.match(r"\s*[↑^]", text)
        ):
            self.links.append(Link(" ".join(text.split()), target, line, begin, self.size))

    def block(self, node: Any, name: str, line: int, depth: int) -> None:
        """Takes an element that is a block of its own."""
        self.flush()
        outer = (self.kind, self.fields)
        if name in {"li", "dt", "dd"}:
            self.kind, self.fields = "item", self._number(node)
        elif name == "tr":
            self.row(node, line, depth)
            return
        elif name in {"p", "blockquote"} and outer[0] != "item":
            self.kind, self.fields = "paragraph", ()
        self.inside(node, line, depth)
        self.flush()
        self.kind, self.fields = outer

    def _number(self, node: Any) -> tuple[tuple[str, str], ...]:
        parent = node.getparent()
        label = node.get("id") or ""
        in_references = bool(
            re.search(r"cite_note|^fn|footnote|^ref|bib|endnote", label, re.I)
        ) or "references" in ((parent.get("class") if parent is not None else "") or "")
        fields: list[tuple[str, str]] = []
        if parent is not None and parent.tag == "ol":
            index = sum(1 for sibling in node.itersiblings("li", preceding=True)) + 1
            fields.append(
                (
                    "number",
                    str(int(parent.get("start") or 1) + index - 1)
                    if (parent.get("start") or "1").isdigit()
                    else str(index),
                )
            )
        if in_references:
            fields.append(("list", "references"))
        return tuple(fields)

    def row(self, node: Any, line: int, depth: int) -> None:
        """Takes a row of a table as one block."""
        self.kind = "cell"
        for index, cell in enumerate(child for child in node if isinstance(child.tag, str)):
            if index and self.size:
                self.parts.append("\u2003|\u2003")
                self.size += 3
            self.text(cell.text, cell.sourceline or line)
            for child in cell:
                self.walk_flat(child, depth + 1)
        self.flush()
        self.kind = "paragraph"

    def walk_flat(self, node: Any, depth: int) -> None:
        """Walks inside a table's cell, where blocks do not end the row."""
        name = node.tag.lower() if isinstance(node.tag, str) else ""
        if name in _BLOCKS and name not in {"table"} and depth < _MAX_DEPTH:
            self.text(node.text, node.sourceline or 1)
            for child in node:
                self.walk_flat(child, depth + 1)
            self.parts.append(" ")
            self.size += 1
        elif name == "table":
            self.text(" ".join("".join(node.itertext()).split())[:5000], node.sourceline or 1)
        elif name:
            self.walk(node, depth + 1)
        self.text(node.tail, node.sourceline or 1)


def read_html(text: str, builder: Builder) -> tuple[str, ...]:
    """Reads an HTML page into the builder. Raises ValueError where there is no element at all."""
    import lxml.etree
    import lxml.html

    parser = lxml.html.HTMLParser(
        encoding="utf-8", huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        tree = lxml.html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (lxml.etree.ParserError, lxml.etree.XMLSyntaxError) as error:
        raise ValueError("no HTML in it") from error
    title = tree.findtext(".//title") or ""
    title = re.split(r"\s+[|–—-]\s+(?=[^|–—-]{1,40}$)", " ".join(title.split()))[0]
    body = tree.find("body")
    walker = _Walker(builder)
    if title:
        builder.title = title
        if not tree.findall(".//h1") and not tree.findall(".//h2"):
            builder.set_root(title)
    content = _main_part(body if body is not None else tree)
    walker.walk(content)
    walker.flush()
    return ()


def _main_part(body: Any) -> Any:
    """The page's article where it is marked and holds most of the text."""
    whole = len("".join(body.itertext())) or 1
    for path in (
        ".//*[@id='mw-content-text']/../..",
        ".//main",
        ".//article",
        ".//*[@id='content']",
        ".//*[@role='main']",
    ):
        found = body.findall(path) if not path.endswith("..") else body.xpath(path)
        if len(found) == 1 and len("".join(found[0].itertext())) > 0.5 * whole:
            return found[0]
    return body
