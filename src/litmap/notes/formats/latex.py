r"""LaTeX: sections, the \cite family, \bibitem lists, hyperlinks; comments, maths displays and code left out."""

from __future__ import annotations

import re

from litmap.models import Link
from litmap.notes.bibliographies.text_formats import bibtex_blocks
from litmap.notes.builder import Builder
from litmap.notes.formats.latex_text import plain_latex
from litmap.notes.inline import Inline

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
    r"\\(part|chapter|section|subsection|subsubsection|paragraph|subparagraph)\*?\s*(?:\[[^\[\]]{0,300}\]\s*)?\{"
)
_CITE = re.compile(
    r"\\(?:[a-zA-Z]{0,12}cite[a-zA-Z]{0,14}|citeauthor|citeyear|fullcite|footfullcite)\*?\s*((?:\[[^\[\]]{0,300}\]\s*){0,2})\{([^{}]{1,2000})\}"
)
_HREF = re.compile(
    r"\\href\s*(?:\[[^\[\]]{0,100}\])?\s*\{([^{}]{1,2000})\}\s*\{((?:[^{}]|\{[^{}]{0,300}\}){0,1000})\}|\\(?:url|nolinkurl|path)\s*\{([^{}]{1,2000})\}|\\(doi|arxiv|eprint)\{([^{}]{1,300})\}"
)
_ITALIC = re.compile(r"\\(?:emph|textit|textsl)\s?\{([^{}]{4,200})\}")
_BIBITEM = re.compile(
    r"\\bibitem\s*(?:\[((?:[^\[\]{}]|\{[^{}]{0,200}\}){0,300})\])?\s*\{([^{}]{1,200})\}"
)
_ENVIRONMENT = re.compile(r"\\(begin|end)\{([\w*]{1,40})\}")
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


_LEFT_OUT = "\x00"
"""Stands for a line of maths or commands inside a paragraph: it counts and says nothing."""


def latex_inline(raw: str, line: int) -> Inline:
    """The text of a stretch of LaTeX: citations as '[@key]', links with their places."""
    out, parts, size, position = Inline(), [], 0, 0
    lead = len(raw) - len(raw.lstrip("\n"))
    raw = raw[lead:]
    events = sorted([*_CITE.finditer(raw), *_HREF.finditer(raw)], key=lambda m: m.start())
    starts = [0]
    for match in [*events, None]:
        until = match.start() if match else len(raw)
        if until < position:
            continue
        for index, piece in enumerate(raw[position:until].split("\n")):
            if index and piece == _LEFT_OUT:
                starts.append(size)
                continue
            if index:
                parts.append(" ")
                size += 1
                starts.append(size)
            text = _plain_keeping_ends(piece)
            parts.append(text)
            size += len(text)
        if match is None:
            break
        shown, target = _event(match)
        if target:
            out.links.append(
                Link(
                    shown, target, line + raw.count("\n", 0, match.start()), size, size + len(shown)
                )
            )
        parts.append(shown)
        size += len(shown)
        starts += [size] * match.group().count("\n")
        position = match.end()
    out.text, out.starts = "".join(parts), starts
    out.emphasis = (
        [plain_latex(match.group(1)) for match in _ITALIC.finditer(raw)] if "\\" in raw else []
    )
    return out


def _plain_keeping_ends(piece: str) -> str:
    core = plain_latex(piece)
    return (
        (" " if piece[:1] in " ~\t" and core else "")
        + core
        + (" " if piece[-1:] in " ~\t" and piece.strip() else "")
    )


def _event(match: re.Match[str]) -> tuple[str, str]:
    if match.re is _CITE:
        keys = [key.strip() for key in match.group(2).split(",") if key.strip()]
        return "[" + "; ".join("@" + key for key in keys) + "]", ""
    href, label, url, kind, value = match.groups()
    if kind:
        return value, f"{'doi' if kind == 'doi' else 'arxiv'}:{value}"
    target = (
        (href or url)
        .replace("\\%", "%")
        .replace("\\#", "#")
        .replace("\\_", "_")
        .replace("\\&", "&")
        .replace("\\~{}", "~")
    )
    return (" ".join(plain_latex(label).split()) if label is not None else target), target


def read_latex(text: str, builder: Builder) -> tuple[str, ...]:
    """Reads LaTeX into the builder; gives the bibliographies it names."""
    lines = [_COMMENT.sub(r"\1", line) if "%" in line else line for line in text.split("\n")]
    uses = tuple(
        name.strip()
        for match in _BIB.finditer("\n".join(lines))
        for name in match.group(1).split(",")
        if name.strip()
    )
    return _Latex(lines, builder).read() or uses


class _Latex:
    def __init__(self, lines: list[str], builder: Builder) -> None:
        self.lines, self.builder = lines, builder
        self.held: list[str] = []
        self.first = 0
        self.kind = "paragraph"
        self.fields: tuple[tuple[str, str], ...] = ()
        self.number = 0

    def flush(self) -> None:
        """Adds the held block."""
        while self.held and self.held[-1] == _LEFT_OUT:
            self.held.pop()
        if any(part.strip(f" \t{_LEFT_OUT}") for part in self.held):
            self.builder.add(
                self.kind,
                latex_inline("\n".join(self.held), self.first + 1),
                self.first + 1,
                *self.fields,
            )
        self.held = []

    def begin(
        self, number: int, text: str, kind: str = "paragraph", *fields: tuple[str, str]
    ) -> None:
        """Begins a block."""
        self.flush()
        self.held, self.first, self.kind, self.fields = (
            [text] if text.strip() or kind == "item" else [],
            number,
            kind,
            fields,
        )

    def read(self) -> tuple[str, ...]:
        """Reads all lines; a preamble is passed over but for the title."""
        start = next((n for n, line in enumerate(self.lines) if "\\begin{document}" in line), -1)
        head = "\n".join(self.lines[: start + 1 if start >= 0 else 60])
        title = re.search(r"\\title\s*(?:\[[^\[\]]*\])?\s*\{((?:[^{}]|\{[^{}]*\}){1,500})\}", head)
        if title:
            self.builder.title = " ".join(plain_latex(title.group(1)).split())
            if not any(_SECTION.search(line) for line in self.lines):
                self.builder.set_root(self.builder.title)
        dropped = ""
        skipping = 0
        for number in range(start + 1, len(self.lines)):
            if number < skipping:
                continue
            line = self.lines[number]
            for match in _ENVIRONMENT.finditer(line):
                if dropped and match.group(1) == "end" and match.group(2) == dropped:
                    dropped = ""
                elif not dropped and match.group(1) == "begin" and match.group(2) in _DROPPED:
                    dropped = match.group(2)
                    if dropped.startswith("filecontents"):
                        self.builder.blocks.extend(
                            bibtex_blocks(
                                "\n".join(self.lines[number + 1 :]).split("\\end{filecontents")[0],
                                number + 1,
                            )
                        )
                elif match.group(2) == "thebibliography" and match.group(1) == "begin":
                    self.flush()
                    self.builder.heading(3, Inline("References"), number + 1)
            if not dropped:
                skipping = self.line(number, line)
            elif self.held:
                self.held.append(_LEFT_OUT)
        self.flush()
        return ()

    def line(self, number: int, line: str) -> int:
        """Takes one line; gives the number of the line to go on with."""
        if not line.strip():
            if self.kind != "bibitem":
                self.begin(number, "")
            return 0
        if match := _SECTION.search(line):
            return self.section(number, match)
        if match := _BIBITEM.search(line):
            self.number += 1
            self.begin(
                number,
                line[match.end() :],
                "item",
                ("label", match.group(2)),
                ("number", str(self.number)),
            )
            return 0
        if match := _ITEM.search(line):
            self.begin(number, f"{match.group(1) or ''} {line[match.end() :]}".strip(), "item")
            return 0
        cleaned = _ENVIRONMENT.sub("", line)
        cleaned = re.sub(
            r"\\(?:label|ref|input|include|vspace|hspace|bibliographystyle|bibliography|addbibresource|printbibliography|maketitle|tableofcontents|newpage|centering|includegraphics|documentclass|usepackage|newblock)\b\*?(?:\[[^\[\]]*\])?(?:\{[^{}]*\})?",
            " ",
            cleaned,
        )
        if not cleaned.strip():
            if self.held:
                self.held.append(_LEFT_OUT)
            return 0
        if self.held:
            self.held.append(cleaned)
        else:
            self.begin(number, cleaned)
        return 0

    def section(self, number: int, match: re.Match[str]) -> int:
        """Opens a section whose title may run over lines."""
        self.flush()
        text = "\n".join(self.lines[number : number + 6])[match.end() :]
        end = _closing(text)
        title = latex_inline(text[:end].replace("\n", " "), number + 1)
        title.starts = [0]
        self.builder.heading(_LEVELS[match.group(1)], title, number + 1)
        taken = text[:end].count("\n")
        rest = text[end + 1 :].split("\n")[0]
        rest = re.sub(r"\\label\{[^{}]*\}", "", rest)
        self.begin(number + taken, rest)
        return number + taken + 1


def _closing(text: str) -> int:
    """Where the brace that was open before the text closes; the text's end where it never does."""
    depth = 1
    for place, char in enumerate(text):
        depth += (char == "{") - (char == "}")
        if depth == 0:
            return place
    return max(len(text) - 1, 0)
