r"""LaTeX: sections, the \cite family, \bibitem lists, hyperlinks.

Comments, maths displays and code left out.
"""

from __future__ import annotations

import re

from litmap.models import Link
from litmap.notes.bibliographies.bibtex import bibtex_blocks
from litmap.notes.block_reader import BlockReader
from litmap.notes.builder import Builder
from litmap.notes.citekeys import cited_keys
from litmap.notes.inline import Inline
from litmap.parsing.latex_text import plain_latex
from litmap.parsing.word_lists import load_pattern

_LEVELS = {
    "part": 1,
    "chapter": 2,
    "section": 3,
    "subsection": 4,
    "subsubsection": 5,
    "paragraph": 6,
    "subparagraph": 7,
}
_COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)%.*")
_SECTION = re.compile(
    r"\\(part|chapter|section|subsection|subsubsection|paragraph|subparagraph)\*?"
    r"\s*(?:\[[^\[\]]{0,300}\]\s*)?\{"
)
_CITED_WITH = r"(?:(?:\[[^\[\]]{0,300}\]|<[^<>]{0,300}>)\s*){0,2}"
"""The words before and behind: '[see][p. 3]'; of apacite '<see>[p. 3]'."""
_IN_BRACES = re.compile(r"\{([^{}]*)\}")
_CITE = re.compile(
    r"\\(?:[a-zA-Z]{0,12}[cC]ite[a-zA-Z]{0,14}|bibentry)(?<!cites)(?<!citetexts)\*?"
    rf"\s*{_CITED_WITH}\{{(?P<keys>[^{{}}]{{1,100000}})\}}"
    r"|\\[a-zA-Z]{0,12}[cC]ite(?:s|texts)(?:\s*\([^()]{0,300}\)){0,2}"
    rf"(?P<several>(?:\s*{_CITED_WITH}\{{[^{{}}]{{1,2000}}\}}){{1,20}})"
)
_HREF = re.compile(
    r"\\href\s*(?:\[[^\[\]]{0,100}\])?\s*\{([^{}]{1,2000})\}"
    r"\s*\{((?:[^{}]|\{[^{}]{0,300}\}){0,1000})\}"
    r"|\\(?:url|nolinkurl|path)\s*\{([^{}]{1,2000})\}"
    r"|\\(doi|arxiv|eprint)\{([^{}]{1,300})\}"
)
_ITALIC = re.compile(r"\\(?:emph|textit|textsl)\s?\{([^{}]{4,200})\}")
_BOLD = re.compile(
    r"\s*(?:\\textbf\s?\{((?:[^{}]|\{[^{}]{0,80}\}){1,200})\}"
    r"|\{\\bf(?:series)?\s+([^{}]{1,200})\})"
)
_BIBITEM = re.compile(
    r"\\bibitem\s*(?:\[((?:[^\[\]{}]|\{[^{}]{0,200}\}){0,300})\])?\s*\{([^{}]{1,200})\}"
)
_ENVIRONMENT = re.compile(r"\\(begin|end)\{([\w*]{1,40})\}")
_TABLES = {"tabular", "tabular*", "tabularx", "tabulary", "longtable", "supertabular", "xltabular"}
_BEGIN_TABLE = re.compile(
    r"\\begin\{[a-z]+\*?\}(?:\[[^\[\]]{0,40}\])?(?:\{(?:[^{}]|\{[^{}]{0,80}\}){0,200}\}){1,2}"
)
_TABLE_RULE = re.compile(
    r"\\(?:hline|toprule|midrule|bottomrule|endhead|endfirsthead|endfoot|endlastfoot|rowcolor\{[^{}]*\}|"
    r"(?:cline|cmidrule|addlinespace)(?:\([^()]*\))?(?:[\[{][^{}\[\]]*[\]}])?)\b|"
    r"\\end\{[a-z]+\*?\}"
)
_ROW_END = re.compile(r"\\\\(?:\[[^\[\]]{0,20}\])?|\\tabularnewline\b")
_CELL_BORDER = re.compile(r"(?<!\\)&")
_LISTS = {"itemize", "enumerate", "description", "compactitem", "compactenum"}
_DROPPED = {
    "equation",
    "equation*",
    "align",
    "align*",
    "verbatim",
    "lstlisting",
    "minted",
    "tikzpicture",
    "displaymath",
    "gather",
    "gather*",
    "multline",
    "eqnarray",
    "filecontents*",
}
_BIB = re.compile(
    r"\\(?:bibliography|addbibresource|addglobalbib)\s*(?:\[[^\[\]]{0,100}\])?\s*\{([^{}]{1,500})\}"
)
_ITEM = re.compile(r"\\item\b\s*(?:\[([^\[\]]{0,300})\])?")
_FOOTNOTE = re.compile(r"\\foot(?:note|notetext)\s*(?:\[(\d{1,4})\]\s*)?\{")
_FOOTNOTE_MARK = re.compile(r"\\footnotemark\s*\[([\w-]{1,24})\]")
_COMMANDS_WITHOUT_TEXT = re.compile(
    rf"\\(?:{load_pattern('latex_commands_without_text', 'litmap.notes')})\b\*?"
    r"(?:\[[^\[\]]*\])?(?:\{[^{}]*\})?"
)
_TITLE = re.compile(r"\\title\s*(?:\[[^\[\]]*\])?\s*\{((?:[^{}]|\{[^{}]*\}){1,500})\}")
_LABEL = re.compile(r"\\label\{[^{}]*\}")
_ESCAPED_IN_ADDRESS = re.compile(r"\\([%#_&]|~\{\})")
_DOCUMENT = re.compile(r"\\documentclass|\\begin\{document\}|\\begin\{thebibliography\}")
_SECTION_OR_CITATION = re.compile(r"\\(?:section|subsection|cite[tp]?)\*?\{")
_BLANKS = (" ", "~", "\t")
_LEFT_OUT = "\x00"
"""Stands for a line of maths or commands inside a paragraph: it counts and says nothing."""
MAX_TITLE_LINES = 6
"""Lines over which the title of a section may run."""
MAX_FOOTNOTE = 5_000
"""Characters of a footnote."""
MAX_PREAMBLE_LINES = 60
"""Lines in which the title of a text without `\\begin{document}` is looked for."""


def is_latex(text: str) -> bool:
    """True for a document, or text with three sections or citations."""
    head = text[:20_000]
    return bool(_DOCUMENT.search(head)) or len(_SECTION_OR_CITATION.findall(head)) >= 3


def read_latex(text: str, builder: Builder) -> None:
    """Reads LaTeX into the builder."""
    lines = [_COMMENT.sub(r"\1", line) if "%" in line else line for line in text.split("\n")]
    names = (match.group(1).split(",") for match in _BIB.finditer("\n".join(lines)))
    builder.uses += [name.strip() for group in names for name in group if name.strip()]
    _LatexReader(builder, lines).read()


def latex_inline(raw: str, line: int) -> Inline:
    """The text of a stretch of LaTeX: citations as '[@key]', links with their places."""
    return _LatexInline(line).read(raw.lstrip("\n"))


class _LatexInline:
    """Puts the text of a stretch together."""

    def __init__(self, line: int) -> None:
        self.line = line
        self.parts: list[str] = []
        self.size = 0
        self.out = Inline()

    def read(self, raw: str) -> Inline:
        """Reads the stretch, citations and links one after the other."""
        patterns = (_CITE, _HREF, _FOOTNOTE_MARK)
        matches = [match for pattern in patterns for match in pattern.finditer(raw)]
        position = 0
        for match in sorted(matches, key=lambda match: match.start()):
            if match.start() < position:
                continue  # inside the one before
            self.put_lines(raw[position : match.start()])
            shown, target = _READ_MATCH[match.re](match)
            if target:
                first = self.line + raw.count("\n", 0, match.start())
                link = Link(shown, target, first, self.size, self.size + len(shown))
                self.out.links.append(link)
            self.put(shown)
            self.out.starts += [self.size] * match.group().count("\n")
            position = match.end()
        self.put_lines(raw[position:])
        self.out.text = "".join(self.parts)
        if lead := _BOLD.match(raw):
            self.out.lead = plain_latex(lead.group(1) or lead.group(2))
        self.out.emphasis = [plain_latex(match.group(1)) for match in _ITALIC.finditer(raw)]
        return self.out

    def put(self, text: str) -> None:
        """Adds text."""
        self.parts.append(text)
        self.size += len(text)

    def put_lines(self, raw: str) -> None:
        """Adds what stands between citations and links; a line break becomes a blank."""
        for index, piece in enumerate(raw.split("\n")):
            if index and piece == _LEFT_OUT:
                self.out.starts.append(self.size)
                continue
            if index:
                self.put(" ")
                self.out.starts.append(self.size)
            self.put(_plain_keeping_ends(piece))


def _plain_keeping_ends(piece: str) -> str:
    """The plain text with one blank at either end where the source has some."""
    core = plain_latex(piece)
    before = " " if core and piece.startswith(_BLANKS) else ""
    after = " " if piece.strip() and piece.endswith(_BLANKS) else ""
    return before + core + after


def _citation(match: re.Match[str]) -> tuple[str, str]:
    r"""'\citep[p. 3]{k1,k2}' as '[@k1; @k2]', which is no link."""
    several = _IN_BRACES.findall(match.group("several") or "")
    return cited_keys(",".join(several or [match.group("keys")]).split(",")), ""


def _link(match: re.Match[str]) -> tuple[str, str]:
    r"""The words and the target of '\href{…}{…}', '\url{…}', '\doi{…}'."""
    href, label, url, kind, value = match.groups()
    if kind:
        return value, f"{'doi' if kind == 'doi' else 'arxiv'}:{value}"
    target = _ESCAPED_IN_ADDRESS.sub(lambda escaped: escaped.group(1)[0], href or url)
    return (target if label is None else " ".join(plain_latex(label).split())), target


def _footnote_mark(match: re.Match[str]) -> tuple[str, str]:
    r"""'\footnotemark[3]' has no words and points to its footnote."""
    return "", f"[^{match.group(1)}]"


_READ_MATCH = {_CITE: _citation, _HREF: _link, _FOOTNOTE_MARK: _footnote_mark}
"""Gives the words and the target of what each pattern matches."""


class _LatexReader(BlockReader):
    """Reads lines; a line without text counts in the block that it stands in."""

    def __init__(self, builder: Builder, lines: list[str]) -> None:
        super().__init__(builder, lines)
        self.number = 0
        """Of the entry of a reference list that was read last."""
        self.dropped = ""
        """The environment that is being left out, '' outside of one."""
        self.table = ""
        """The environment of the table that is being read, '' outside of one."""
        self.closes_table = False
        self.row: list[str] = []
        self.row_line = 0
        self.depth = 0
        """Lists that are open."""
        self.footnotes = 0
        """Read so far; those without a number of their own are labelled by it."""

    def inline(self, raw: str, number: int) -> Inline:
        """The text of a stretch."""
        return latex_inline(raw, number + 1)

    def flush(self) -> None:
        """Adds the held block, lines without text at its end left out."""
        while self.held and self.held[-1] == _LEFT_OUT:
            self.held.pop()
        if not any(part.strip(f" \t{_LEFT_OUT}") for part in self.held):
            self.held = []
        notes = self.take_footnotes_out()
        super().flush()
        for number, label, text in notes:
            self.hold(number, text, "definition", ("footnote", label))
            super().flush()

    def take_footnotes_out(self) -> list[tuple[int, str, str]]:
        r"""Puts a mark for each footnote of the held block.

        Gives their lines, labels and texts; what a footnote cites is no part of the sentence
        before it.
        """
        held = "\n".join(self.held)
        notes: list[tuple[int, str, str]] = []
        parts: list[str] = []
        position = 0
        while match := _FOOTNOTE.search(held, position):
            end = match.end() + _closing(held[match.end() : match.end() + MAX_FOOTNOTE])
            self.footnotes += 1
            label = match.group(1) or f"footnote-{self.footnotes}"
            text = held[match.end() : end]
            number = self.first + held.count("\n", 0, match.end())
            notes.append((number, label, text))
            mark = "" if "text" in match.group(0) else f"\\footnotemark[{label}]"
            parts += [held[position : match.start()], mark, "\n" * match.group().count("\n")]
            parts.append("\n" * text.count("\n"))
            position = end + 1
        if notes:
            self.held = "".join([*parts, held[position:]]).split("\n")
        return notes

    def read(self) -> None:
        """Reads all lines; a preamble is passed over but for the title."""
        documents = (n for n, line in enumerate(self.lines) if "\\begin{document}" in line)
        number = next(documents, -1) + 1
        self.title("\n".join(self.lines[: number or MAX_PREAMBLE_LINES]))
        while number < len(self.lines):
            self.environments(number)
            number = self.line(number)
        self.flush()

    def title(self, preamble: str) -> None:
        r"""Takes '\title{…}'; it is the heading of a text without sections."""
        match = _TITLE.search(preamble)
        if match:
            self.builder.title = " ".join(plain_latex(match.group(1)).split())
            if not any(map(_SECTION.search, self.lines)):
                self.builder.set_root(self.builder.title)

    def environments(self, number: int) -> None:
        """Opens and closes the environments that begin or end on a line."""
        for match in _ENVIRONMENT.finditer(self.lines[number]):
            name = match.group(2)
            if match.group(1) == "begin":
                self.begin_environment(number, name)
            elif name == self.dropped:
                self.dropped = ""
            elif name == self.table:
                self.closes_table = True
            elif name in _LISTS:
                self.flush()
                self.depth = max(0, self.depth - 1)

    def begin_environment(self, number: int, name: str) -> None:
        """Drops an environment without prose, or opens a list of references."""
        if name in _LISTS:
            self.depth += 1
        if not self.dropped and name in _DROPPED:
            self.dropped = name
            if name.startswith("filecontents"):
                self.filecontents(number)
        elif name in _TABLES:
            self.flush()
            self.table = name
            self.row = []
        elif name == "thebibliography":
            self.flush()
            self.builder.heading(3, Inline("References"), number + 1)

    def filecontents(self, number: int) -> None:
        """Reads the .bib file inside the environment that begins on this line."""
        code = "\n".join(self.lines[number + 1 :]).split("\\end{filecontents")[0]
        self.builder.blocks.extend(bibtex_blocks(code, number + 1))

    def line(self, number: int) -> int:
        """Takes one line; gives the number of the line to go on with."""
        line = self.lines[number]
        if self.dropped:
            self.leave_out()
        elif self.table:
            self.table_line(number, line)
        elif not line.strip():
            self.flush()
        elif match := _SECTION.search(line):
            return self.section(number, match)
        elif match := _BIBITEM.search(line):
            self.number += 1
            fields = ("label", match.group(2)), ("number", str(self.number))
            self.hold(number, line[match.end() :], "item", *fields)
        elif match := _ITEM.search(line):
            self.item(number, match.group(1) or "", line[match.end() :])
        else:
            self.text(number, _COMMANDS_WITHOUT_TEXT.sub(" ", _ENVIRONMENT.sub("", line)))
        return number + 1

    def item(self, number: int, label: str, text: str) -> None:
        r"""Begins an item; its '\item[label]' is a term, set off by a colon."""
        fields = [("indent", str(self.depth - 1))] if self.depth > 1 else []
        if label:
            term = plain_latex(label).strip(" .:")
            is_word = any(map(str.isalpha, term))
            fields += [("term", term)] if is_word else []
            colon = ":" if is_word and text.strip() and label[-1] not in ".:?!)" else ""
            text = f"\\textbf{{{label}}}{colon} {text}"
        self.hold(number, text.strip(), "item", *fields)

    def table_line(self, number: int, line: str) -> None:
        """Takes a line of a table: each row is a block, whose cells a sign parts."""
        if not self.row:
            self.row_line = number
        *rows, rest = _ROW_END.split(_TABLE_RULE.sub(" ", _BEGIN_TABLE.sub(" ", line)))
        for row in rows:
            self.table_row("\n".join([*self.row, row]))
            self.row, self.row_line = [], number
        self.row += [rest] if self.row or rest.strip() else []
        if self.closes_table:
            self.table_row("\n".join(self.row))
            self.table, self.row, self.closes_table = "", [], False

    def table_row(self, row: str) -> None:
        """Adds a row; one without borders of cells is a caption or a heading within the table."""
        if row.strip():
            cells = "\u2003|\u2003".join(cell.strip() for cell in _CELL_BORDER.split(row))
            self.hold(self.row_line, cells, "cell")
            self.flush()

    def text(self, number: int, text: str) -> None:
        """Takes a line of text; one that is empty but for commands is left out."""
        if text.strip():
            self.hold_text(number, text)
        else:
            self.leave_out()

    def leave_out(self) -> None:
        """Counts a line inside a block without its text."""
        if self.held:
            self.held.append(_LEFT_OUT)

    def section(self, number: int, match: re.Match[str]) -> int:
        """Opens a section whose title may run over lines.

        Gives the number of the line to go on with.
        """
        self.flush()
        text = "\n".join(self.lines[number : number + MAX_TITLE_LINES])[match.end() :]
        end = _closing(text)
        title = latex_inline(text[:end].replace("\n", " "), number + 1)
        title.starts = [0]
        self.builder.heading(_LEVELS[match.group(1)], title, number + 1)
        last = number + text[:end].count("\n")
        after = text[end + 1 :].split("\n")[0]
        after = _LABEL.sub("", after)
        if after.strip():
            self.hold(last, after, "paragraph")
        return last + 1


def _closing(text: str) -> int:
    """Where the brace that was open before the text closes; the text's end where it never does."""
    depth = 1
    for place, char in enumerate(text):
        depth += (char == "{") - (char == "}")
        if depth == 0:
            return place
    return max(len(text) - 1, 0)
