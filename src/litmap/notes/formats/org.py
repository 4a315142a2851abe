"""Org-mode: outline, links, citations (`cite:key`, `[cite:@key]`), properties; code left out."""

from __future__ import annotations

import re
from dataclasses import replace

from litmap.models import Link
from litmap.notes.bibliographies.bibtex import bibtex_blocks
from litmap.notes.block_reader import BlockReader
from litmap.notes.builder import Builder
from litmap.notes.citekeys import cited_key, cited_keys
from litmap.notes.inline import Inline, join_lines, read_inline
from litmap.parsing.grammar import LIST_NUMBER
from litmap.parsing.name_fields import given_name_first

_HEADLINE = re.compile(r"(\*{1,12})\s+(.*?)\s*$")
_STATES = "TODO|DONE|NEXT|WAITING|READ|READING|CANCELLED|CANCELED|INPROGRESS|STARTED|HOLD"
_STATE_OR_COOKIE = re.compile(rf"(?:{_STATES})\s+|\[#[A-Z]\]\s*|\[\d*/\d*\]\s*|\[\d*%\]\s*")
"""'TODO', a priority '[#A]', or a count of what is done '[1/3]', '[33%]'."""
_LABEL = re.compile(
    r"(?<!\S)(?:label:[\w:.-]+|\[\[label:[^\[\]]{1,80}\]\]|\\label\{[^{}]{1,80}\})\s*"
    r"|\s*<<[^<>]{1,80}>>\s*$"
)
"""What org-ref and org itself write for links to a headline."""
_TAGS = re.compile(r"\s+:[\w@#%:]+:\s*$")
_ITEM = re.compile(rf"(\s*)(?:[-+]|\*(?!\S)|({LIST_NUMBER})[.)])\s+(?:\[[ xX-]\]\s+)?(.*)$")
_LINK = re.compile(
    r"\[\[([^\[\]]{1,2000})\](?:\[([^\[\]]{1,1000})\])?\]|<((?:https?|ftp):[^<>\s]{1,2000})>"
)
_CITE_TYPE = r"(?:[Cc]ite[a-z]{0,12}\*?|(?:auto|paren|text|foot|full|super|smart|no)cites?\*?)"
_ORG_REF = re.compile(rf"(?<![\w/:]){_CITE_TYPE}:((?:&?[\w:./+-]+[,;]?){{1,30}})")
_ORG_REF_LINK = re.compile(rf"\[\[{_CITE_TYPE}:([^\[\]]{{1,1000}})\](?:\[[^\[\]]{{0,1000}}\])?\]")
_CITE = re.compile(r"\[cite(?:/[a-z/-]{1,30})?:([^\[\]]{1,1000})\]")
_ORG_KEY = re.compile(r"@([-.:?!`'/*@+|(){}<>&_^$#%~\w]+)")
"""A key of org-cite (the manual, 'Citations')."""
_ORG_REF_KEY = re.compile(r"&([^\s;,&\[\]]+)")
_EMPHASIS = re.compile(r"(?<![\w*/=~+_])([*/=~+])(?=\S)([^\n]{1,400}?)(?<=\S)\1(?![\w*/=~+])")
_BOLD = re.compile(r"\s*\*(?=\S)([^*\n]{1,200})(?<=\S)\*(?![\w*])")
_FOOTNOTE = re.compile(r"\[fn:([\w-]{1,40})\]\s*(.*)$")
_PROPERTY = re.compile(r"\s*:([\w-]+):\s+(\S.*)$")
_BIBLIOGRAPHY_LINK = re.compile(r"\s*(?:bibliography|addbibresource):(\S+)")
_ADDRESS = re.compile(r"https?://\S+")
_SCHEME_OF_ID = re.compile(r"(?i)(?:doi|arxiv|pmid):")
_CELL_BORDER = re.compile(r"\|(?![^\[\]]{0,200}\]\])")
_TERM = re.compile(r"\s::(?=\s)")
_NO_TEXT = ("# ", "|-", "|+", "closed:", "scheduled:", "deadline:")
"""Comments, rules of tables and dates of tasks."""
_OUTLINE = re.compile(r"(?m)^\*+ ")
_HEADLINES = re.compile(r"(?m)^\*{1,4} \S")
_ORG_ONLY = re.compile(r"\[\[(?:https?:|file:|doi:)[^\]]+\]|^#\+\w+:|:PROPERTIES:", re.M)
_ITALIC = "/_"
_LEFT_OUT = ("#+begin_src", "#+begin_example", "#+begin_export", "#+begin_comment")

_IDENTIFYING = {"doi", "arxiv", "eprint", "pmid"}
_DATING = {"year", "journal", "booktitle"}
_OF_A_RECORD = {"author", "authors", "year", "journal", "booktitle", "publisher"}
_CITEKEYS = {"roam_refs", "roam_key"}
_RECORD_FIELDS = {
    "custom_id": "key",
    "citekey": "key",
    "eprint": "arxiv",
    "journal": "venue",
    "booktitle": "venue",
    "doi": "doi",
    "arxiv": "arxiv",
    "url": "url",
    "key": "key",
    "title": "title",
    "year": "year",
    "pmid": "pmid",
}
"""Property of a headline → field of the record; `author` and `authors` hold several names."""

Properties = list[tuple[str, str]]


def is_org(text: str) -> bool:
    """True for text with two headlines and a link, keyword or drawer that only org has."""
    head = text[:20_000]
    return len(_HEADLINES.findall(head)) >= 2 and bool(_ORG_ONLY.search(head))


def read_org(text: str, builder: Builder) -> None:
    """Reads org text into the builder."""
    _OrgReader(text, builder).read()


def org_inline(raw: str, line: int) -> Inline:
    """The text of an org stretch: links with places, citations as '@key', emphasis removed."""
    text, links = _read_links(_with_pandoc_citations(raw), line)
    out = Inline(text, links)
    if _EMPHASIS.search(text):
        out.text, out.links, out.emphasis = _without_emphasis(text, links)
    out.text, out.starts = join_lines(out.text)
    if lead := _BOLD.match(raw):
        out.lead = lead.group(1)
    return out


def _with_pandoc_citations(raw: str) -> str:
    """'[cite:@k1;@k2]' (org-cite), 'cite:k1,k2' and '[[cite:see &k1 p. 3;&k2]]' (org-ref) as
    '[@k1; @k2]'.
    """
    if "cite" not in raw:
        return raw
    return _ORG_REF.sub(_org_ref, _CITE.sub(_org_cite, _ORG_REF_LINK.sub(_org_ref, raw)))


def _org_cite(match: re.Match[str]) -> str:
    cited = _ORG_KEY.sub(lambda key: f" {cited_key(key.group(1))}", match.group(1))
    return f"[{' '.join(cited.replace(';', '; ').split())}]"


def _org_ref(match: re.Match[str]) -> str:
    """The keys between commas, or behind '&' in words, as the third org-ref has them."""
    written = match.group(1).rstrip(".:")
    if " " in written.strip():
        return cited_keys(_ORG_REF_KEY.findall(written) or written.split(","))
    return cited_keys(key.lstrip("&") for key in written.replace(";", ",").split(","))


def _read_links(raw: str, line: int) -> tuple[str, list[Link]]:
    """The text with links shown by their words (line breaks kept), and the links."""
    parts: list[str] = []
    links: list[Link] = []
    size = position = 0
    for match in _LINK.finditer(raw):
        before = raw[position : match.start()]
        size += len(before)
        target, label = match.group(1) or match.group(3), match.group(2)
        shown = " ".join((label or target).split("\n"))
        first = line + raw.count("\n", 0, match.start())
        links.append(Link(shown.strip(), _target(target), first, size, size + len(shown)))
        parts += [before, shown + "\n" * match.group().count("\n")]
        size += len(parts[-1])
        position = match.end()
    return "".join(parts) + raw[position:], links


def _without_emphasis(text: str, links: list[Link]) -> tuple[str, list[Link], list[str]]:
    """The text without signs of emphasis, the links with their new places, and what is in italics.

    Signs inside links and addresses stay.
    """
    drop: list[int] = []
    italics: list[str] = []
    literal = [(link.start, link.end) for link in links]
    literal += [match.span() for match in _ADDRESS.finditer(text)]
    for match in _EMPHASIS.finditer(text):
        if not _touches_literal(match, literal):
            drop += [match.start(), match.end() - 1]
            italics += [match.group(2)] if match.group(1) in _ITALIC else []
    if not drop:
        return text, links, italics
    kept = "".join(text[a + 1 : b] for a, b in zip([-1, *drop], [*drop, len(text)], strict=True))
    return kept, [_moved(link, drop) for link in links], italics


def _touches_literal(match: re.Match[str], literal: list[tuple[int, int]]) -> bool:
    """True for a sign in a link or address, or a '/' before and one behind it."""
    start, end = match.span()
    if match.group(1) == "/":
        return any(a < end and start < b for a, b in literal)
    return any(a <= start < b for a, b in literal)


def _moved(link: Link, dropped: list[int]) -> Link:
    start = link.start - sum(place < link.start for place in dropped)
    return replace(link, start=start, end=link.end - sum(place < link.end for place in dropped))


def _target(target: str) -> str:
    if _SCHEME_OF_ID.match(target):
        return target
    if target.startswith(("file:", "attachment:")):
        return target.split(":", 1)[1].split("::", maxsplit=1)[0]
    if target.startswith(("cite:", "@")):
        return "[[@" + target.removeprefix("cite:").lstrip("@&") + "]]"
    return target if _is_address(target) else f"[[{target}]]"


def _is_address(target: str) -> bool:
    return "://" in target or target.startswith(("www.", ".", "/", "~")) or target.endswith(".pdf")


class _OrgReader(BlockReader):
    """Reads lines; drawers and code are passed over as they stand."""

    def __init__(self, text: str, builder: Builder) -> None:
        super().__init__(builder, text.split("\n"))
        self.flat = not _OUTLINE.search(text)
        self.skip_until, self.source = "", 0
        self.properties: Properties | None = None
        self.headline = ""

    def inline(self, raw: str, number: int) -> Inline:
        """The text of a stretch."""
        return org_inline(raw, number + 1)

    def read(self) -> None:
        """Reads all lines."""
        for number, line in enumerate(self.lines):
            lowered = line.strip().lower()
            if self.skip_until:
                self.skip(number, lowered)
            elif self.properties is not None:
                self.property(number, line, self.properties)
            elif not self.structure(number, line, lowered):
                self.content(number, line, lowered)
        self.flush()

    def skip(self, number: int, lowered: str) -> None:
        """Passes over code; a source block in BibTeX is read at its end."""
        if lowered.startswith(self.skip_until):
            if self.source:
                code = "\n".join(self.lines[self.source : number])
                self.builder.blocks.extend(bibtex_blocks(code, self.source))
            self.skip_until, self.source = "", 0

    def property(self, number: int, line: str, properties: Properties) -> None:
        """Collects a drawer's properties, and adds them where it ends."""
        if line.strip().lower() == ":end:":
            _add_properties(self.builder, properties, number, self.headline)
            self.properties = None
        elif match := _PROPERTY.match(line):
            properties.append((match.group(1).lower(), match.group(2)))

    def structure(self, number: int, line: str, lowered: str) -> bool:
        """Takes headlines, drawers, keywords and blank lines."""
        if lowered == ":properties:":
            self.flush()
            self.properties = []
        elif lowered == ":logbook:":
            self.skip_until = ":end:"
        elif match := _HEADLINE.match(line):
            title = _LABEL.sub("", _TAGS.sub("", _STATE_OR_COOKIE.sub("", match.group(2))))
            self.headline = self.inline(title, number).text
            self.heading(len(match.group(1)), title, number)
        elif lowered.startswith("#+"):
            self.flush()
            self.keyword(number, line, lowered)
        elif not lowered or lowered == "#" or lowered.startswith(_NO_TEXT):
            self.flush()
        else:
            return False
        return True

    def keyword(self, number: int, line: str, lowered: str) -> None:
        """Takes '#+TITLE:' and the like."""
        name, _, value = line.strip()[2:].partition(":")
        value = value.strip()
        if name.lower() == "title" and value:
            self.builder.title = value
            if self.flat:
                self.builder.set_root(value)
        elif name.lower() in {"bibliography", "cite_bibliography"}:
            self.builder.uses.append(value.split(" ")[0].strip('"'))
        elif lowered.startswith(_LEFT_OUT):
            self.skip_until = "#+end_" + lowered[8:].split(maxsplit=1)[0]
            self.source = number + 1 if "bib" in lowered else 0

    def content(self, number: int, line: str, lowered: str) -> None:
        """Takes a table row, footnote, item or line of text."""
        if lowered.startswith("|"):
            self.row(number, line)
        elif match := _FOOTNOTE.match(line):
            self.hold(number, match.group(2), "definition", ("footnote", match.group(1)))
        elif match := _BIBLIOGRAPHY_LINK.match(line):
            self.flush()
            self.builder.uses += match.group(1).split(",")
        elif match := _ITEM.match(line):
            numbered = (("number", match.group(2)),) if match.group(2) else ()
            text = match.group(3)
            found = _TERM.search(text)
            term = (("term", text[: found.start()].strip(" *_")),) if found else ()
            indent = ("indent", str(len(match.group(1))))
            self.hold(number, _TERM.sub(":", text), "item", indent, *numbered, *term)
        elif self._ends_list(line):
            self.hold(number, line.strip(), "paragraph")
        else:
            self.hold_text(number, line.strip())

    def row(self, number: int, line: str) -> None:
        """Takes a row of a table."""
        self.flush()
        cells = (cell.strip() for cell in _CELL_BORDER.split(line.strip().strip("|")))
        self.builder.add("cell", self.inline("\u2003|\u2003".join(cells), number), number + 1)

    def _ends_list(self, line: str) -> bool:
        """True where an inner item is held and the line is set no further in than its mark."""
        indent = next((value for name, value in self.fields if name == "indent"), "")
        return (
            self.kind == "item"
            and indent not in {"", "0"}
            and len(line) - len(line.lstrip()) <= int(indent)
        )


def _add_properties(builder: Builder, properties: Properties, number: int, headline: str) -> None:
    """Adds the keys by which a headline's note is cited, and the record in its properties.

    org-bibtex keeps a work's title as the headline.
    """
    for name, value in properties:
        if name in _CITEKEYS:
            builder.add("definition", org_inline(value, number), number)
    names = {name for name, _ in properties}
    told_below_title = bool(headline) and {"author", "authors"} & names and names & _DATING
    if names & _IDENTIFYING or {"title", "author"} <= names or told_below_title:
        title = next((value for name, value in properties if name == "title"), "")
        if not title and headline and names & _OF_A_RECORD:
            title = headline
            properties = [*properties, ("title", headline)]
        builder.add("entry", read_inline(title, number), number, *_record(properties))


def _record(properties: Properties) -> Properties:
    fields = [(_RECORD_FIELDS[name], value) for name, value in properties if name in _RECORD_FIELDS]
    names = (value for name, value in properties if name in {"author", "authors"})
    return fields + [
        ("author", given_name_first(name)) for value in names for name in value.split(" and ")
    ]
