"""JATS XML (jats.nlm.nih.gov; PubMed Central, Europe PMC, publishers) → an article."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from litmap.errors import PdfError
from litmap.parsing.identifiers import normalise_id
from litmap.parsing.word_lists import load_words
from litmap.text.marked_up.article import Article, year_in
from litmap.text.marked_up.safe_parsing import local_name
from litmap.text.marked_up.walker import Walker

ROOTS = frozenset({"article", "pmc-articleset", "book", "book-part-wrapper"})
"""Elements that a file of JATS or BITS begins with."""
_ID_KINDS = {"doi": "doi", "pmid": "pmid", "pmc": "pmcid", "pmcid": "pmcid", "arxiv": "arxiv"}
_OTHER_PEOPLE = frozenset({"editor", "reviewer", "translator", "assignee", "transed"})
_CITATIONS = frozenset({"element-citation", "mixed-citation", "nlm-citation", "citation"})


def read_jats(root: Any, article: Article) -> None:
    """Reads the first article of a tree. Raises `PdfError` where it has no body."""
    own = next((e for e in root.iter() if local_name(e) in {"article", "book-part", "book"}), root)
    if _child(own, "body") is None:
        raise PdfError("the file has an abstract at most, and no text")
    reader = _JatsReader(article)
    reader.front(own)
    for name in ("body", "floats-group", "back"):
        part = _child(own, name)
        if part is not None:
            article.section = ""
            reader.container(part)


def _child(element: Any, *names: str) -> Any:
    """The first child of one of the names, searched level by level: 'front' › 'article-meta'."""
    for name in names:
        element = next((c for c in element if local_name(c) == name), None)
        if element is None:
            return None
    return element


class _JatsReader(Walker):
    blocks = load_words("jats_blocks", "litmap.text")
    dropped = load_words("jats_dropped", "litmap.text")

    def is_citation(self, element: Any) -> bool:
        return local_name(element) == "xref" and element.get("ref-type") == "bibr"

    # ── front matter ─────────────────────────────────────────────────────────────────────────────
    def front(self, own: Any) -> None:
        """Read title, people, ids and abstract."""
        meta = _child(own, "front", "article-meta")
        meta = meta if meta is not None else _child(own, "book-part-meta")
        if meta is None:
            return
        self.article.title = self._title(meta)
        self.article.authors += self._people(meta)
        self.article.ids += [i for i in map(self._own_id, meta) if i]
        self.article.year = _year(meta)
        self.article.venue = self._journal(own)
        for abstract in _abstracts(meta):
            self._abstract(abstract)

    def _title(self, meta: Any) -> str:
        group = _child(meta, "title-group")
        if group is None:
            return ""
        parts = [self.flat(c) for c in group if local_name(c) in {"article-title", "subtitle"}]
        return ": ".join(filter(None, (part.rstrip(":") for part in parts)))

    def _journal(self, own: Any) -> str:
        """The journal's title; it stands in a group of its own from JATS 1.0 on."""
        journal = _child(own, "front", "journal-meta")
        if journal is None:
            return ""
        titles = (e for e in journal.iter() if local_name(e) == "journal-title")
        return next(filter(None, map(self.flat, titles)), "")

    def _people(self, meta: Any) -> list[str]:
        contribs = (e for e in meta.iter() if local_name(e) == "contrib")
        own = (c for c in contribs if c.get("contrib-type") not in _OTHER_PEOPLE)
        return [name for name in dict.fromkeys(map(self._person, own)) if name]

    def _person(self, element: Any) -> str:
        """'Given Family' of an author, or a group's name."""
        for inside in element.iter():
            name = local_name(inside)
            if name in {"name", "string-name"}:
                return self._name(inside, "given-names", "surname")
            if name == "collab":
                return self.text(inside)
        return ""

    def _name(self, element: Any, *names: str) -> str:
        """A person's name, its parts in this order; as printed where no family name is marked."""
        if _child(element, "surname") is None:
            return self.flat(element)
        parts = (_child(element, name) for name in names)
        return " ".join(self.flat(part) for part in parts if part is not None)

    def _own_id(self, element: Any) -> str:
        kind = _ID_KINDS.get((element.get("pub-id-type") or "").lower())
        value = self.flat(element) if local_name(element) == "article-id" and kind else ""
        if not value or not kind:
            return ""
        value = f"PMC{value}" if kind == "pmcid" and value.isdigit() else value
        return normalise_id(f"{kind}:{value}")

    def _abstract(self, element: Any) -> None:
        self.article.section = ""
        self.article.heading("Abstract")
        for part in element:
            if local_name(part) == "sec":
                title = _child(part, "title")
                before = self.flat(title).rstrip(".:") + ":" if title is not None else ""
                for paragraph in (p for p in part if local_name(p) != "title"):
                    self.paragraph(paragraph, "abstract", before)
                    before = ""
            elif local_name(part) not in {"title", "label", ""}:
                self.paragraph(part, "abstract")

    # ── body and back matter ─────────────────────────────────────────────────────────────────────
    def block(self, element: Any) -> None:
        name = local_name(element)
        if self.is_dropped(element):
            return
        reader = _READERS.get(name)
        if reader is not None:
            reader(self, element)
        else:
            self.container(element)

    def section(self, element: Any) -> None:
        """A section, after which the section around it goes on."""
        outer = self.article.section
        title, label = _child(element, "title"), _child(element, "label")
        named = [self.flat(part) for part in (label, title) if part is not None]
        self.article.heading(" ".join(named) or _NAMES.get(local_name(element), ""))
        self._without(element, title, label)
        self.article.section = outer

    def _without(self, element: Any, *parts: Any) -> None:
        """Read the children of an element but some."""
        for child in element:
            if not any(child is part for part in parts):
                self.block(child) if self.is_block(child) else self.paragraph(child)

    def caption(self, element: Any) -> None:
        """A figure or table: its label and caption as one, then its rows."""
        label, caption = _child(element, "label"), _child(element, "caption")
        title = self.flat(label).rstrip(".") + "." if label is not None else ""
        told = [self.flat(part) for part in caption] if caption is not None else []
        self.article.add("caption", " ".join(filter(None, [title, *told])))
        for inside in element.iter():
            name = local_name(inside)
            if name == "table":
                self.table(inside)
            elif name == "table-wrap-foot":
                self.article.add("footnote", self.flat(inside))

    def figures(self, element: Any) -> None:
        """A group of figures: its own caption, and each figure."""
        for child in element:
            if local_name(child) == "caption":
                self.article.add("caption", self.flat(child))
            elif self.is_block(child):
                self.block(child)

    def item(self, element: Any) -> None:
        """An item of a list, with its label or a dot before it."""
        label = _child(element, "label")
        before = self.flat(label) if label is not None else "•"
        for child in element:
            if local_name(child) == "p":
                self.paragraph(child, before=before)
                before = ""
            elif self.is_block(child) and child is not label:
                self.block(child)

    def definition(self, element: Any) -> None:
        """A term with its definition."""
        told = [self.flat(part) for part in element]
        self.article.add("body", ": ".join(filter(None, told)))

    def footnote(self, element: Any) -> None:
        """A footnote."""
        self.article.add("footnote", self.flat(element))

    def title(self, element: Any) -> None:
        """A title that stands outside the sections."""
        self.article.heading(self.flat(element))

    # ── references ───────────────────────────────────────────────────────────────────────────────
    def reference_list(self, element: Any) -> None:
        """A reference list."""
        outer = self.article.section
        title = _child(element, "title")
        self.article.heading((self.flat(title) if title is not None else "") or "References")
        for child in element:
            if self.is_block(child) and child is not title:
                self.block(child)
        self.article.section = outer

    def reference(self, element: Any) -> None:
        """An entry: its label in brackets, and each work that it names."""
        label = next((e for e in element.iter() if local_name(e) == "label"), None)
        number = self.flat(label).strip("[]() .") if label is not None else ""
        before = f"[{number}] " if number else ""
        cited = [e for e in element.iter() if local_name(e) in _CITATIONS]
        if _child(element, "citation-alternatives") is not None:
            cited = cited[:1]
        for citation in cited:
            self.article.add("reference", before + self._citation(citation))
            before = ""

    def _citation(self, element: Any) -> str:
        """A reference as printed, or put together from its fields where nothing is printed between
        them.
        """
        between = [element.text or "", *(child.tail or "" for child in element)]
        has_fields = any(local_name(child) for child in element)
        if has_fields and not any(c.isalnum() or c in ".,;:" for c in "".join(between)):
            return self._from_fields(element)
        label = _child(element, "label")
        own = self.flat(label) if label is not None else ""
        return self.flat(element).removeprefix(own).strip()

    def _from_fields(self, element: Any) -> str:
        """'Smith J, Doe A (2010). A title. A Journal, 12(3), 45–67. doi:…'."""
        fields: dict[str, str] = {}
        for child in element:
            name = child.get("pub-id-type") or local_name(child)
            fields.setdefault(name.lower(), self.flat(child))
        people = ", ".join(self._cited_people(element))
        year = fields.get("year") or fields.get("date") or ""
        title = _first(fields, "article-title", "chapter-title", "part-title", "data-title")
        parts = [
            f"{people} ({year})." if year else _sentence(people),
            _sentence(title),
            _sentence(_venue(fields)),
            f"doi:{fields['doi']}" if "doi" in fields else _first(fields, "ext-link", "uri"),
            f"PMID: {fields['pmid']}" if "pmid" in fields else "",
        ]
        return " ".join(filter(None, parts)).strip()

    def _cited_people(self, element: Any) -> list[str]:
        """The people of a reference, 'Smith J'; its editors only where it has no other."""
        groups = [c for c in element if local_name(c) == "person-group"]
        authors = [
            g for g in groups if g.get("person-group-type") in {None, "author", "allauthors"}
        ]
        people = []
        for group in authors or groups or [element]:
            for child in group:
                name = local_name(child)
                if name in {"name", "string-name"}:
                    people.append(self._name(child, "surname", "given-names"))
                elif name in {"collab", "anonymous"}:
                    people.append(self.flat(child))
                elif name == "etal":
                    people.append("et al.")
        return [person for person in people if person]


def _first(fields: dict[str, str], *names: str) -> str:
    return next((fields[name] for name in names if fields.get(name)), "")


def _sentence(text: str) -> str:
    return text if not text or text.endswith((".", "?", "!")) else f"{text}."


def _venue(fields: dict[str, str]) -> str:
    """'A Journal, 12(3), 45–67' or 'A Book. A Publisher'."""
    source = fields.get("source") or fields.get("conf-name") or ""
    volume, issue = fields.get("volume", ""), fields.get("issue", "")
    where = f"{volume}({issue})" if volume and issue else volume or issue
    pages = fields.get("elocation-id", "")
    if first := fields.get("fpage"):
        last = fields.get("lpage")
        pages = f"{first}–{last}" if last and last != first else first
    venue = ", ".join(filter(None, (source, where, pages)))
    publisher = ", ".join(filter(None, (fields.get("publisher-name"), fields.get("publisher-loc"))))
    return ". ".join(filter(None, (venue, publisher)))


def _year(meta: Any) -> int | None:
    """The first year in which an article was published in print or on the web; not that in which it
    came into an archive.
    """
    dates = [e for e in meta if local_name(e) == "pub-date" and not _is_archived(e)]
    years = (_child(date, "year") for date in dates)
    found = (year_in(year.text or "") for year in years if year is not None)
    return min(filter(None, found), default=None)


def _is_archived(date: Any) -> bool:
    """Whether a date is that of a release in PubMed Central, or of a manuscript there."""
    kinds = f"{date.get('pub-type') or ''} {date.get('date-type') or ''}"
    return any(kind in kinds for kind in ("pmc", "nihms", "retract", "correct"))


def _abstracts(meta: Any) -> list[Any]:
    """The abstracts proper; where each has a type ('graphical', 'plain-language'), the first."""
    found = [e for e in meta if local_name(e) == "abstract"]
    return [e for e in found if not e.get("abstract-type")] or found[:1]


_NAMES = {"ack": "Acknowledgments", "app": "Appendix", "glossary": "Glossary"}
"""Headings of parts that come without one."""
_READERS: dict[str, Callable[[_JatsReader, Any], None]] = {
    "p": _JatsReader.paragraph,
    "disp-quote": _JatsReader.container,
    "preformat": _JatsReader.paragraph,
    "code": _JatsReader.paragraph,
    "verse-group": _JatsReader.definition,
    "sec": _JatsReader.section,
    "app": _JatsReader.section,
    "ack": _JatsReader.section,
    "notes": _JatsReader.section,
    "glossary": _JatsReader.section,
    "boxed-text": _JatsReader.section,
    "book-part": _JatsReader.section,
    "statement": _JatsReader.section,
    "fig": _JatsReader.caption,
    "table-wrap": _JatsReader.caption,
    "supplementary-material": _JatsReader.caption,
    "fig-group": _JatsReader.figures,
    "table-wrap-group": _JatsReader.figures,
    "table": _JatsReader.table,
    "list-item": _JatsReader.item,
    "def-item": _JatsReader.definition,
    "fn": _JatsReader.footnote,
    "title": _JatsReader.title,
    "ref-list": _JatsReader.reference_list,
    "ref": _JatsReader.reference,
}
"""How a block is read."""
