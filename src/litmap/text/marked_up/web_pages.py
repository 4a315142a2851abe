"""HTML → an article: arXiv's (made by LaTeXML), publishers' pages, chapters of EPUBs."""

from __future__ import annotations

import re
from typing import Any

from litmap.errors import PdfError
from litmap.parsing.identifiers import identifier_from_url, normalise_id
from litmap.parsing.meta_tags import read_tags
from litmap.parsing.word_lists import load_pattern, load_words
from litmap.text.marked_up.article import Article, year_in
from litmap.text.marked_up.safe_parsing import local_name
from litmap.text.marked_up.walker import Walker
from litmap.text.own_ids import ARXIV_STAMP

_HOME = "litmap.text"
MIN_WORDS = 200
"""Words of running text below which a page is no article: a page about one, a robot check."""
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_HIDDEN_ROLES = load_words("html_hidden_roles", _HOME)
_NAVIGATION = re.compile(
    rf"(?:^|[\s_-])(?:ltx_page_\w+|{load_pattern('html_navigation_classes', _HOME)})(?:$|[\s_-])",
    re.I,
)
_ABSTRACT = re.compile(r"(?:^|[\s_-])(?:ltx_)?abstract(?:$|[\s_-])", re.I)
_ABSTRACT_HEADING = re.compile(r"\W*(?:abstract|summary)\W*", re.I)
_REFERENCES = re.compile(
    r"(?:^|[\s_-])(?:ltx_)?(?:references?|bibliography|biblist|ref-list|citation-?list)(?:$|[\s_-])",
    re.I,
)
_REFERENCES_HEADING = re.compile(
    r"\W*(?:\d+\.?\s+)?(?:references|bibliography|works cited|literature cited|literature)\W*", re.I
)
_REFERENCE_TARGET = re.compile(r"#.{0,40}?(?:bib|ref|cite|cr\d|b\d)", re.I)
_NAME_OF_SITE = re.compile(r"\s+[|–—-]\s+(?=[^|–—-]{1,60}$)")
_ARTICLES = (
    ".//article[contains(@class, 'ltx_document')]",
    ".//main//article",
    ".//article",
    ".//main",
    ".//*[@role='main']",
)
_EQUATION = re.compile(r"\bltx_(?:equation|equationgroup|eqn_table)\b")
_SPACED = re.compile(r"\bltx_(?:bibblock|tag_\w+)\b")
"""Elements of LaTeXML that a style sheet sets apart from what stands beside them."""
_BLOCKS_OF_ITEM = frozenset({"ul", "ol", "dl", "table", "figure"})
"""What stands below an item's text rather than in it."""
_MAX_ATTRIBUTE = 2000
_DATES = ("publication_date", "date", "year", "online_date", "date.issued")
"""Meta tags that tell when an article was published, the surest first."""


def read_page(root: Any, article: Article, content: bytes = b"") -> None:
    """Reads a page with an article. Raises `PdfError` where it holds no full text.

    `content` is the page as bytes, for its meta tags.
    """
    body = root.find(".//body")
    body = body if body is not None else root
    part = _main_part(body)
    _read_front(root, body, part, article, content)
    read_body(part, article)
    if article.words("body") < MIN_WORDS:
        raise PdfError("the page holds no full text of an article")


def read_body(part: Any, article: Article) -> None:
    """Reads the paragraphs of a page or a chapter."""
    _PageReader(article).container(part)


def _main_part(body: Any) -> Any:
    """The article where it is marked and holds most paragraphs of the page."""
    whole = _prose(body)
    for path in _ARTICLES:
        parts = body.xpath(path)
        if len(parts) == 1 and _prose(parts[0]) > 0.5 * whole:
            return parts[0]
    return body


def _prose(element: Any) -> int:
    return sum(len("".join(p.itertext())) for p in element.iter("p")) or 1


# ── front matter ─────────────────────────────────────────────────────────────────────────────────
def _read_front(root: Any, body: Any, part: Any, article: Article, content: bytes) -> None:
    """Title, people and ids: by meta tags, by LaTeXML's classes, by the first heading."""
    tags = read_tags(content)
    article.title = _first(tags, "title") or _printed_title(root, part, article)
    article.authors += [value for name, value in tags if name in {"author", "creator"}]
    if not article.authors:
        reader = _PageReader(article)
        names = part.xpath(".//*[contains(@class, 'ltx_personname')]")
        article.authors += [reader.flat(name) for name in names]
    article.ids += _own_ids(root, body, tags)
    article.year = next(filter(None, (year_in(_first(tags, name)) for name in _DATES)), None)
    article.venue = _first(tags, "journal_title")


def _first(tags: list[tuple[str, str]], name: str) -> str:
    return next((value for tag, value in tags if tag == name), "")


def _printed_title(root: Any, part: Any, article: Article) -> str:
    reader = _PageReader(article)
    for path in (".//*[contains(@class, 'ltx_title_document')]", ".//h1"):
        found = part.xpath(path)
        if found and (title := reader.flat(found[0])):
            return title
    return _NAME_OF_SITE.split(" ".join((root.findtext(".//title") or "").split()))[0]


def _own_ids(root: Any, body: Any, tags: list[tuple[str, str]]) -> list[str]:
    """The page's own identifiers: its tags, arXiv's mark, its own address."""
    ids = [f"doi:{value}" for name, value in tags if name == "doi"]
    ids += [f"doi:{v}" for n, v in tags if n == "identifier" and v.startswith("10.")]
    ids += [f"arxiv:{value}" for name, value in tags if name == "arxiv_id"]
    for mark in body.xpath(".//*[@id='watermark-tr']"):
        ids += [f"arxiv:{m[1]}" for m in ARXIV_STAMP.finditer("".join(mark.itertext()))]
    own = root.xpath(".//link[@rel='canonical']/@href | .//meta[@property='og:url']/@content")
    ids += filter(None, (identifier_from_url(str(url)[:_MAX_ATTRIBUTE]) for url in own[:2]))
    return [normalise_id(i) for i in dict.fromkeys(ids)]


# ── paragraphs ───────────────────────────────────────────────────────────────────────────────────
def _marks(element: Any) -> str:
    """Class and id of an element; one longer than any says nothing."""
    marks = f"{element.get('class') or ''} {element.get('id') or ''}"
    return marks if len(marks) <= _MAX_ATTRIBUTE else ""


def _is_hidden(element: Any) -> bool:
    return (
        element.get("hidden") is not None
        or element.get("role") in _HIDDEN_ROLES
        or "display:none" in (element.get("style") or "").replace(" ", "")
    )


class _PageReader(Walker):
    blocks = _HEADINGS | load_words("html_text_blocks", _HOME)
    dropped = load_words("html_no_text", _HOME)

    def __init__(self, article: Article) -> None:
        super().__init__(article)
        self.in_references = False

    def is_dropped(self, element: Any) -> bool:
        name = local_name(element)
        if name in self.dropped:
            return True
        if name in {"body", "html", "article", "main", "math"}:
            return False
        return _is_hidden(element) or bool(_NAVIGATION.search(_marks(element)))

    def is_block(self, element: Any) -> bool:
        name = local_name(element)
        if name == "span" and "ltx_note" in _marks(element).split():
            return True
        parent = element.getparent()
        if parent is not None and "ltx_para" in _marks(parent).split():
            return name in self.blocks and name != "p" and not _EQUATION.search(_marks(element))
        return name in self.blocks and not _is_equation(element)

    def _inline(self, element: Any, parts: list[str], later: list[Any]) -> None:
        if _is_equation(element) and not self.is_dropped(element):
            parts.append(f" {self.flat(element)} ")
            return
        spaced = local_name(element) in {"td", "th"} or bool(_SPACED.search(_marks(element)))
        parts += [" "] if spaced else []
        super()._inline(element, parts, later)
        parts += [" "] if spaced else []

    def is_citation(self, element: Any) -> bool:
        target = element.get("href") or ""
        return local_name(element) == "a" and bool(_REFERENCE_TARGET.match(target[:_MAX_ATTRIBUTE]))

    def block(self, element: Any) -> None:
        name, marks = local_name(element), _marks(element)
        if self.is_dropped(element) or self._is_front(name, marks):
            return
        if name in _HEADINGS:
            self._heading(element)
        elif "ltx_note" in marks.split():
            self.article.add("footnote", self._note(element))
        elif name in {"figure", "table"}:
            self._float(element, name)
        elif _ABSTRACT.search(marks) and name in {"div", "section"}:
            self._abstract(element)
        elif _REFERENCES.search(marks) and not self.in_references:
            self._references(element)
        elif name in {"li", "dt", "dd"}:
            self._item(element, name)
        elif name in {"figcaption", "caption"}:
            self.article.add("caption", self.flat(element))
        elif name in {"p", "pre"} or "ltx_para" in marks.split():
            self.paragraph(element, self._kind())
        else:
            self.container(element, self._kind())

    def _is_front(self, name: str, marks: str) -> bool:
        """Whether it is the title or the people, which stand in the article's front matter."""
        return "ltx_title_document" in marks or "ltx_authors" in marks.split() or name == "head"

    def _kind(self) -> str:
        return "reference" if self.in_references else "body"

    def _heading(self, element: Any) -> None:
        text = self.flat(element)
        if text == self.article.title:
            return
        self.in_references = bool(_REFERENCES_HEADING.fullmatch(text))
        self.article.heading(text)

    def _item(self, element: Any, name: str) -> None:
        """An item of a list with its number or a dot; lists and figures inside it follow."""
        if self.in_references:
            self.article.add("reference", self.flat(element))
            return
        tags = [e for e in element if "ltx_tag_item" in _marks(e).split()]
        before = self.flat(tags[0]) if tags else "•" if name == "li" else ""
        later: list[Any] = []
        told = [self.text(element, later).removeprefix(before).strip()]
        below = [block for block in later if local_name(block) in _BLOCKS_OF_ITEM]
        beside = [block for block in later if local_name(block) not in _BLOCKS_OF_ITEM]
        told += [self.text(block, below) for block in beside]
        text = " ".join(filter(None, told))
        self.article.add("body", f"{before} {text}".strip() if text else "")
        for block in below:
            self.block(block)

    def _note(self, element: Any) -> str:
        """A footnote of LaTeXML without the marks that stand around it."""
        inside = element.xpath(".//*[contains(@class, 'ltx_note_content')]")
        return self.flat(inside[0] if inside else element)

    def _float(self, element: Any, name: str) -> None:
        """A figure or table: caption first, then rows; a table that holds paragraphs is layout."""
        if name == "table" and any(
            local_name(e) in {"p", "table"} for e in element.iterdescendants()
        ):
            for cell in element.iter():
                if local_name(cell) in {"td", "th"}:
                    self.container(cell, self._kind())
            return
        for caption in element.iter():
            if local_name(caption) in {"figcaption", "caption"}:
                self.article.add("caption", self.flat(caption))
        for table in [element] if name == "table" else element.iter("table"):
            self.table(table)

    def _abstract(self, element: Any) -> None:
        if any(block.kind == "abstract" for block in self.article.blocks):
            return
        outer = self.article.section
        self.article.section = ""
        self.article.heading("Abstract")
        before = ""
        for inside in element.iter():
            name = local_name(inside)
            if name in _HEADINGS and not _ABSTRACT_HEADING.fullmatch(text := self.flat(inside)):
                before = f"{text.rstrip('.:')}:"
            elif name == "p":
                self.paragraph(inside, "abstract", before)
                before = ""
        self.article.section = outer

    def _references(self, element: Any) -> None:
        """A reference list; its entries are the items, else the paragraphs."""
        headings = [e for e in element.iter() if local_name(e) in _HEADINGS]
        self.article.heading(self.flat(headings[0]) if headings else "References")
        entries = [e for e in element.iter() if local_name(e) in {"li", "dd"}]
        for entry in entries or [e for e in element.iter() if local_name(e) == "p"]:
            self.article.add("reference", self.flat(entry))


def _is_equation(element: Any) -> bool:
    return local_name(element) == "table" and bool(_EQUATION.search(_marks(element)))
