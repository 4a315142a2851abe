"""What every reader shares: headings kept as a stack, blocks collected in order, one `Note` at the end."""

from __future__ import annotations

import re

from litmap.models import Heading, HeadingPath, Link, Note, NoteBlock
from litmap.notes.inline import Inline

_TRANSPARENT = re.compile(
    r"^(?:[\divxIVX]{1,4}[.)]?\s*)?(?:(?:the |my |our |all |main |key |selected |cited |full |general |additional |other |"
    r"annotated |list of |complete |primary |notes and |recommended |partial )*"
    r"(?:references?(?: list)?(?: and (?:notes|links|further reading|bibliography))?|bibliograph(?:y|ies)|works cited|"
    r"literature(?: cited)?|citations?|(?:external |useful |related |web )?links?|further reading|footnotes?|endnotes?|notes|"
    r"sources?(?: cited)?|literatur(?:verzeichnis|hinweise|angaben)?|quellen(?:verzeichnis)?|r[ée]f[ée]rences(?: bibliographiques)?|"  # noqa: E501
    r"bibliographie|referencias(?: bibliogr[áa]ficas)?|bibliograf[ií]a|refer[êe]ncias|bibliografia|riferimenti|"
    r"参考文献|文献|литература|список литературы|pubs|papers cited|reference section|visible links|hidden links|refs?))"
    r"(?:\s+(?:cited|mentioned|here|below))?[\s:.]*$",
    re.I,
)
_LIST_OF_REFERENCES = re.compile(
    r"refer|bibliogr|works cited|literatu|citation|foot|endnote|source|quellen|riferimenti|参考文献|文献|refs?\b|papers cited|pubs",  # noqa: E501
    re.I,
)
PROSE_LIMIT = 4000
"""Most characters of prose kept below one heading."""


def is_transparent(text: str) -> bool:
    """True for 'References', 'Links' and the like, which are no topics: what stands below belongs to the topic around."""
    return len(text) < 60 and bool(_TRANSPARENT.match(text.strip().strip("*_#:[]() ")))


def lists_references(text: str) -> bool:
    """True where a transparent heading announces a list of references rather than links."""
    return bool(_LIST_OF_REFERENCES.search(text))


class Builder:
    """Collects a note. Headings nest by level; a transparent one (`is_transparent`) opens no topic."""

    def __init__(self, title: str = "") -> None:
        self.title = title
        self.root: tuple[str, ...] = ()
        self.blocks: list[NoteBlock] = []
        self._headings: list[tuple[HeadingPath, int, list[str]]] = []
        self._stack: list[tuple[int, str, bool]] = []

    @property
    def path(self) -> HeadingPath:
        """The topics that hold what is read next, outermost first."""
        return self.root + tuple(text for _, text, transparent in self._stack if not transparent)

    @property
    def reference_list(self) -> str:
        """The heading of the reference list that is being read, '' outside of one."""
        last = self._stack[-1] if self._stack else None
        return last[1] if last and last[2] else ""

    def heading(self, level: int, inline: Inline, line: int, *fields: tuple[str, str]) -> None:
        """Opens a heading; its own links are kept on a block of kind 'heading' that stands below itself."""
        text = " ".join(inline.text.split()).strip()
        if not text:
            return
        while self._stack and self._stack[-1][0] >= level:
            self._stack.pop()
        transparent = is_transparent(text)
        self._stack.append((level, text, transparent))
        if not transparent:
            self._headings.append((self.path, line, []))
            if not self.title:
                self.title = text
        self.add("heading", inline, line, *fields)

    def add(self, kind: str, inline: Inline, line: int, *fields: tuple[str, str]) -> None:
        """Adds a block under the current heading. Blank text without links is dropped."""
        text = inline.text.rstrip()
        lead = len(text) - len(text.lstrip())
        if not text and not inline.links and not fields:
            return
        links = tuple(_shift(link, lead, len(text)) for link in inline.links)
        starts = (0, *(max(0, start - lead) for start in inline.starts[1:]))
        if self.reference_list:
            fields = (
                *fields,
                ("list", "references" if lists_references(self.reference_list) else "links"),
            )
        if inline.emphasis:
            fields = (
                *fields,
                *(("emphasis", " ".join(words.split())) for words in inline.emphasis[:200]),
            )
        self.blocks.append(NoteBlock(kind, text[lead:], line, self.path, links, starts, fields))
        if kind == "paragraph" and not self.reference_list and self._headings:
            prose = self._headings[-1][2]
            if self._headings[-1][0] == self.path and sum(map(len, prose)) < PROSE_LIMIT:
                prose.append(text[lead : lead + PROSE_LIMIT])

    def adopt(self, headings: list[Heading]) -> None:
        """Takes headings that another reader found."""
        self._headings += [(heading.path, heading.line, [heading.prose]) for heading in headings]

    def set_root(self, title: str) -> None:
        """Makes the title the outermost heading of everything that is read from here on."""
        self.title = self.title or title
        self.root = (title,)

    def note(
        self, path: str, fmt: str, sha256: str, fallback: str, uses: tuple[str, ...] = ()
    ) -> Note:
        """The finished note; `fallback` is the title of a note that names none."""
        headings = tuple(
            Heading(p, line, " ".join(prose)[:PROSE_LIMIT]) for p, line, prose in self._headings
        )
        return Note(path, fmt, self.title or fallback, sha256, headings, tuple(self.blocks), uses)


def _shift(link: Link, lead: int, size: int) -> Link:
    return Link(
        link.text,
        link.target,
        link.line,
        max(0, link.start - lead),
        max(0, min(link.end - lead, size)),
    )
