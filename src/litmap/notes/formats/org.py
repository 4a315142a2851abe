"""Org-mode: outline, links, citations (`cite:`, org-ref, `[cite:@key]`), properties, source blocks left out."""

from __future__ import annotations

import re

from litmap.models import Link
from litmap.notes.bibliographies.text_formats import bibtex_blocks
from litmap.notes.builder import Builder
from litmap.notes.inline import Inline, read_inline

_HEADLINE = re.compile(r"(\*{1,12})\s+(.*?)\s*$")
_KEYWORDS = re.compile(
    r"(?:TODO|DONE|NEXT|WAITING|READ|READING|CANCELLED|CANCELED|INPROGRESS|STARTED|HOLD)\s+|\[#[A-Z]\]\s*|\[\d*/\d*\]\s*|\[\d*%\]\s*"
)
_TAGS = re.compile(r"\s+:[\w@#%:]+:\s*$")
_ITEM = re.compile(r"(\s*)(?:[-+]|\*(?!\S)|(\d{1,4})[.)])\s+(?:\[[ xX-]\]\s+)?(.*)$")
_LINK = re.compile(
    r"\[\[([^\[\]]{1,2000})\](?:\[([^\[\]]{1,1000})\])?\]|<((?:https?|ftp):[^<>\s]{1,2000})>"
)
_ORG_REF = re.compile(
    r"(?<![\w/:])(?:cite[a-z]{0,12}\*?|autocite|parencite|textcite|footcite):((?:&?[\w:./-]+,?){1,30})"
)
_CITE = re.compile(r"\[cite(?:/[a-z/]{1,12})?:([^\[\]]{1,1000})\]")
_EMPHASIS = re.compile(r"(?<![\w*/=~+_])([*/=~+])(?=\S)([^\n]{1,400}?)(?<=\S)\1(?![\w*/=~+])")
_FOOTNOTE = re.compile(r"\[fn:([\w-]{1,40})\]\s*(.*)$")
_PROPERTY = re.compile(r"\s*:([\w-]+):\s+(\S.*)$")
_ID_PROPERTIES = {
    "doi",
    "arxiv",
    "eprint",
    "url",
    "custom_id",
    "citekey",
    "key",
    "author",
    "authors",
    "title",
    "year",
    "journal",
    "roam_refs",
    "roam_key",
    "btype",
    "booktitle",
    "pmid",
}


def org_inline(raw: str, line: int) -> Inline:
    """The text of an org stretch: links with places, citations as '@key', emphasis removed."""
    raw = (
        _CITE.sub(lambda m: "[" + m.group(1).replace(";", "; ") + "]", raw)
        if "[cite" in raw
        else raw
    )
    if "cite" in raw:
        raw = _ORG_REF.sub(
            lambda m: (
                "[" + "; ".join("@" + key.lstrip("&") for key in m.group(1).split(",") if key) + "]"
            ),
            raw,
        )
    out, parts, size, position = Inline(), [], 0, 0
    for match in _LINK.finditer(raw):
        before = raw[position : match.start()]
        parts.append(before)
        size += len(before)
        target, label = match.group(1) or match.group(3), match.group(2)
        shown = " ".join((label or target).split("\n"))
        out.links.append(
            Link(
                shown.strip(),
                _target(target),
                line + raw.count("\n", 0, match.start()),
                size,
                size + len(shown),
            )
        )
        parts.append(shown + "\n" * match.group().count("\n"))
        size += len(parts[-1])
        position = match.end()
    parts.append(raw[position:])
    text = "".join(parts)
    if _EMPHASIS.search(text):
        text, out.links, out.emphasis = _without_emphasis(text, out.links)
    out.starts = [0] + [found.end() for found in re.finditer("\n", text)]
    out.text = text.replace("\n", " ")
    return out


def _without_emphasis(text: str, links: list[Link]) -> tuple[str, list[Link], list[str]]:
    """Drops markers of emphasis outside links and addresses, moving the links' places; and gives what is in italics."""
    drop: list[int] = []
    italics: list[str] = []
    blocked = [(link.start, link.end) for link in links] + [
        m.span() for m in re.finditer(r"https?://\S+", text)
    ]
    for match in _EMPHASIS.finditer(text):
        if not any(
            a < match.end() and match.start() < b
            for a, b in blocked
            if match.group(1) == "/" or a <= match.start() < b
        ):
            drop += [match.start(), match.end() - 1]
            italics += [match.group(2)] if match.group(1) in "/_" else []
    if not drop:
        return text, links, italics
    kept = "".join(text[a + 1 : b] for a, b in zip([-1, *drop], [*drop, len(text)], strict=True))
    moved = [
        Link(
            k.text,
            k.target,
            k.line,
            k.start - sum(d < k.start for d in drop),
            k.end - sum(d < k.end for d in drop),
        )
        for k in links
    ]
    return kept, moved, italics


def _target(target: str) -> str:
    if re.match(r"(?i)(?:doi|arxiv|pmid):", target):
        return target
    if target.startswith(("file:", "attachment:")):
        return target.split(":", 1)[1].split("::", maxsplit=1)[0]
    if target.startswith(("cite:", "@")):
        return "[[@" + target.removeprefix("cite:").lstrip("@&") + "]]"
    return (
        target
        if "://" in target or target.startswith(("www.", ".", "/", "~")) or target.endswith(".pdf")
        else f"[[{target}]]"
    )


def read_org(text: str, builder: Builder) -> tuple[str, ...]:
    """Reads org text into the builder; gives the bibliographies it names."""
    return _Org(text, builder).read()


class _Org:
    """Reads lines; a block is held until a line shows that it has ended."""

    def __init__(self, text: str, builder: Builder) -> None:
        self.lines = text.split("\n")
        self.flat = not re.search(r"(?m)^\*+ ", text)
        self.builder = builder
        self.uses: list[str] = []
        self.held: list[str] = []
        self.kind, self.first = "paragraph", 0
        self.fields: tuple[tuple[str, str], ...] = ()
        self.skip_until, self.source = "", 0
        self.properties: list[tuple[str, str]] | None = None

    def read(self) -> tuple[str, ...]:
        """Reads all lines."""
        for number, line in enumerate(self.lines):
            lowered = line.strip().lower()
            if self.skip_until:
                self.skip(number, lowered)
            elif self.properties is not None:
                self.property(number, line, lowered)
            elif not self.structure(number, line, lowered):
                self.content(number, line, lowered)
        self.flush()
        return tuple(self.uses)

    def flush(self) -> None:
        """Adds the held block."""
        if self.held:
            inline = org_inline("\n".join(self.held), self.first + 1)
            self.builder.add(self.kind, inline, self.first + 1, *self.fields)
        self.held, self.kind, self.fields = [], "paragraph", ()

    def hold(self, number: int, text: str, kind: str, *fields: tuple[str, str]) -> None:
        """Begins a block."""
        self.flush()
        self.held, self.kind, self.first, self.fields = [text], kind, number, fields

    def skip(self, number: int, lowered: str) -> None:
        """Passes over code; a source block in BibTeX is read at its end."""
        if lowered.startswith(self.skip_until):
            if self.source:
                self.builder.blocks.extend(
                    bibtex_blocks("\n".join(self.lines[self.source : number]), self.source)
                )
            self.skip_until, self.source = "", 0

    def property(self, number: int, line: str, lowered: str) -> None:
        """Collects a drawer's properties."""
        if lowered == ":end:":
            _properties(self.builder, self.properties or [], number)
            self.properties = None
        elif self.properties is not None and (match := _PROPERTY.match(line)):
            self.properties.append((match.group(1).lower(), match.group(2)))

    def structure(self, number: int, line: str, lowered: str) -> bool:
        """Takes headlines, drawers, keywords and blank lines."""
        if lowered == ":properties:":
            self.flush()
            self.properties = []
        elif lowered == ":logbook:":
            self.skip_until = ":end:"
        elif match := _HEADLINE.match(line):
            self.flush()
            title = _TAGS.sub("", _KEYWORDS.sub("", match.group(2)))
            self.builder.heading(len(match.group(1)), org_inline(title, number + 1), number + 1)
        elif lowered.startswith("#+"):
            self.flush()
            self.keyword(number, line, lowered)
        elif not lowered or lowered == "#" or lowered.startswith(("# ", "|-", "|+")):
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
            self.uses.append(value.split(" ")[0].strip('"'))
        elif lowered.startswith(
            ("#+begin_src", "#+begin_example", "#+begin_export", "#+begin_comment")
        ):
            self.skip_until = "#+end_" + lowered[8:].split()[0]  # noqa: PLC0207
            self.source = number + 1 if "bib" in lowered else 0

    def content(self, number: int, line: str, lowered: str) -> None:
        """Takes a table row, footnote, item or line of text."""
        if lowered.startswith("|"):
            self.flush()
            cells = re.split(r"\|(?![^\[\]]{0,200}\]\])", line.strip().strip("|"))
            row = "\u2003|\u2003".join(cell.strip() for cell in cells)
            self.builder.add("cell", org_inline(row, number + 1), number + 1)
        elif match := _FOOTNOTE.match(line):
            self.hold(number, match.group(2), "definition", ("footnote", match.group(1)))
        elif match := re.match(r"\s*(?:bibliography|addbibresource):(\S+)", line):
            self.flush()
            self.uses += match.group(1).split(",")
        elif match := _ITEM.match(line):
            numbered = (("number", match.group(2)),) if match.group(2) else ()
            text = re.sub(r"\s::(?=\s)", ":", match.group(3))
            self.hold(number, text, "item", ("indent", str(len(match.group(1)))), *numbered)
        elif self.held and not self._dedented(line):
            self.held.append(line.strip())
        else:
            self.hold(number, line.strip(), "paragraph")

    def _dedented(self, line: str) -> bool:
        """True where an item is held and the line is set no further in than its mark: the list has ended."""
        indent = next((value for name, value in self.fields if name == "indent"), "")
        return (
            self.kind == "item"
            and indent not in {"", "0"}
            and len(line) - len(line.lstrip()) <= int(indent)
        )


def _properties(builder: Builder, properties: list[tuple[str, str]], number: int) -> None:
    known = [(name, value) for name, value in properties if name in _ID_PROPERTIES]
    for name, value in known:
        if name in {"roam_refs", "roam_key"}:
            builder.add(
                "definition",
                org_inline(value.replace("cite:", "@").replace("@@", "@"), number),
                number,
            )
    names = {name for name, _ in known}
    if names & {"doi", "arxiv", "eprint", "pmid"} or {"title", "author"} <= names:
        pairs = [
            ("key", v)
            if n in {"custom_id", "citekey"}
            else ("arxiv", v)
            if n == "eprint"
            else ("venue", v)
            if n in {"journal", "booktitle"}
            else (n, v)
            for n, v in known
            if n not in {"author", "authors", "roam_refs", "roam_key", "btype"}
        ]
        pairs += [
            ("author", name.strip())
            for n, v in known
            if n in {"author", "authors"}
            for name in v.split(" and ")
        ]
        builder.add(
            "entry",
            read_inline(next((v for n, v in known if n == "title"), ""), number),
            number,
            *pairs,
        )
