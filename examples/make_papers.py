"""Typesets examples/papers/*.pdf from examples/texts/*.txt and papers.json: `python -m
examples.make_papers`.

Needs typst (a development dependency). The same sources give the same bytes. A text begins with
`layout: one|two number|author-year`; then `# ` starts a section, four spaces an equation, `!name |
caption` a figure, `[@key]` cites, and `$…$` is mathematics in a small common notation that
`mathematics` turns into typst's.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import HERE, MANIFEST, PAPERS, figures

WORDS = {"log", "exp", "sup", "cos", "sin", "min", "max"}
COMMANDS = {"sum", "product", "top", "gt", "norm", "quad"}
TEXT = {
    "risk",
    "relu",
    "softmax",
    "KL",
    "kl",
    "gap",
    "for",
    "on",
    "of",
    "a",
    "the",
    "with",
    "unless",
    "out",
    "bin",
}
TEXT |= {
    "eigenvalues",
    "semicircle",
    "radius",
    "linear",
    "pieces",
    "in",
    "bias",
    "circle",
    "round",
    "start",
    "end",
}
SPECIAL = "\\#$*_`<>@=-+/~"

PREAMBLE = """#set document(title: "{title}", author: "{people}", date: datetime(year: {year}, month: 1, day: 1))
#set page({paper}, margin: (x: {margin}, y: 2cm), columns: {columns}, numbering: "1",
  header: context if counter(page).get().first() > 1 [#set text(8pt, style: "italic"); {short} #h(1fr) {venue}])
#set columns(gutter: 0.7cm)
#set text(font: "{face}", size: {size}, lang: "en", region: "GB")
#set par(justify: true, first-line-indent: 1em, leading: 0.58em, spacing: 0.58em)
#set heading(numbering: "1")
#show heading: it => block(above: 1.1em, below: 0.6em, text(size: 1em, it))
#show figure.caption: set text(0.87em)
#place(top + center, scope: "parent", float: true, clearance: 1.2em)[
  #set par(first-line-indent: 0em)
  #text(1.6em, weight: "bold", hyphenate: false)[{title_}]
  #v(0.3em)
  {authors}
  #v(-0.2em)
  #text(0.85em)[{venue}, {year}{stamp}]
]
#block(inset: {inset})[#text(0.92em)[*Abstract.* {abstract}]]
"""


@dataclass(frozen=True)
class Sheet:
    """How a paper is set: 'one' or 'two' columns, 'number' or 'author-year', and the works it cites
    in order.
    """

    columns: str
    style: str
    cited: list[str]
    works: dict[str, dict[str, Any]]
    folder: Path


def main() -> None:
    """Typeset every paper of the manifest that has a file, or only those whose keys are given."""
    works = {w["key"]: w for w in json.loads(MANIFEST.read_text(encoding="utf-8"))}
    PAPERS.mkdir(exist_ok=True)
    wanted = sys.argv[1:] or [key for key, work in works.items() if work["file"]]
    for key in wanted:
        data = typeset(works[key], works)
        (PAPERS / works[key]["file"]).write_bytes(data)
        print(f"{works[key]['file']}: {len(data):,} bytes")


def typeset(work: dict[str, Any], works: dict[str, dict[str, Any]]) -> bytes:
    """The PDF of one work."""
    import typst

    lines = (HERE / "texts" / f"{work['key']}.txt").read_text(encoding="utf-8").splitlines()
    columns, style = lines[0].removeprefix("layout: ").split()
    cited = list(dict.fromkeys(re.findall(r"@(\w+)", "\n".join(lines))))
    if style == "author-year":
        cited.sort(key=lambda k: (_family(works[k]["authors"][0]), works[k]["year"]))
    with tempfile.TemporaryDirectory() as folder:
        sheet = Sheet(columns, style, cited, works, Path(folder))
        body = [_block(line, sheet) for line in lines[1:]]
        source = _preamble(work, columns) + "\n".join(body) + _references(sheet)
        (Path(folder) / "paper.typ").write_text(source, encoding="utf-8")
        return bytes(typst.compile(str(Path(folder) / "paper.typ"), ignore_system_fonts=True))


def _preamble(work: dict[str, Any], columns: str) -> str:
    two = columns == "two"
    stamp = f" · arXiv:{work['arxiv']}" if work.get("arxiv") else ""
    stamp += f" · doi:{escape(work['doi'])}" if work.get("doi") else ""
    short = work["title"].split(":")[0]
    return PREAMBLE.format(
        title=work["title"],
        title_=escape(work["title"]),
        people=", ".join(work["authors"]),
        authors=escape(", ".join(work["authors"])),
        venue=escape(work["venue"]),
        year=work["year"],
        stamp=stamp,
        short=escape(short),
        abstract=escape(work["abstract"]),
        columns=2 if two else 1,
        paper="width: 17.6cm, height: 25cm" if two else "width: 15.5cm, height: 23.5cm",
        margin="1.5cm" if two else "1.9cm",
        face="New Computer Modern" if two else "Libertinus Serif",
        size="10pt" if two else "10.5pt",
        inset="0pt" if two else "(x: 1.5em)",
    )


def _block(line: str, sheet: Sheet) -> str:
    if line.startswith("# "):
        return f"= {escape(line[2:])}\n"
    if line.startswith("    "):
        return f"$ {mathematics(line.strip())} $\n"
    if line.startswith("!"):
        name, caption = line[1:].split(" | ", 1)
        (sheet.folder / f"{name}.svg").write_text(figures.svg(name), encoding="utf-8")
        width = "100%" if sheet.columns == "two" else "66%"
        picture = f'image("{name}.svg", width: {width}, alt: "a plot")'
        return f"#figure({picture}, caption: [{_inline(caption, sheet)}], placement: auto)\n"
    return _inline(line, sheet) + "\n"


def _inline(text: str, sheet: Sheet) -> str:
    parts = re.split(r"(\$[^$]+\$|\[@\w+\])", text)
    pairs = zip(["", *parts], parts, strict=False)
    return "".join(_piece(before, part, sheet) for before, part in pairs)


def _piece(before: str, part: str, sheet: Sheet) -> str:
    if part.startswith("$") and part.endswith("$") and len(part) > 1:
        return f"${mathematics(part[1:-1]).replace('/', ' slash ')}$"
    if not part.startswith("[@"):
        return escape(part)
    key = part[2:-1]
    if sheet.style == "number":
        return f"\\[{sheet.cited.index(key) + 1}\\]"
    names = [_family(a) for a in sheet.works[key]["authors"]]
    who = (
        names[0]
        if len(names) == 1
        else f"{names[0]} and {names[1]}"
        if len(names) == 2
        else f"{names[0]} et al."
    )
    in_the_sentence = re.search(r"(?:\b(?:by|of|from|in|see|and|also|as)|;) $", before, re.I)
    year = sheet.works[key]["year"]
    return escape(f"{who} ({year})" if in_the_sentence else f"({who}, {year})")


def _references(sheet: Sheet) -> str:
    rows = [
        "\n#heading(numbering: none)[References]\n#set par(first-line-indent: 0em, "
        "hanging-indent: 1.4em)\n"
    ]
    rows.append("#set text(0.9em)\n")
    for number, key in enumerate(sheet.cited, 1):
        work = sheet.works[key]
        where = f" arXiv:{work['arxiv']}." if work.get("arxiv") else ""
        people = _people(work["authors"], initials_first=sheet.style == "number")
        if sheet.style == "number":
            entry = f"[{number}] {people}. {work['title']}. {work['venue']}, {work['year']}.{where}"
        else:
            entry = f"{people} ({work['year']}). {work['title']}. {work['venue']}.{where}"
        rows.append(f"{escape(entry)}\n")
    return "\n".join(rows)


def _people(authors: list[str], *, initials_first: bool) -> str:
    names = []
    for author in authors:
        given, family = author.rsplit(" ", 1)
        initials = " ".join(f"{g[0]}." for g in given.split())
        names.append(f"{initials} {family}" if initials_first else f"{family}, {initials}")
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


def _family(author: str) -> str:
    return author.rsplit(" ", 1)[1]


def escape(text: str) -> str:
    """Text with everything that is markup to typst escaped."""
    return re.sub(r"([\[\]" + re.escape(SPECIAL) + "])", r"\\\1", text)


def mathematics(text: str) -> str:
    """A formula in typst's notation: words quoted, other runs of letters taken as products."""
    text = re.sub(r"\|\|(.+?)\|\|", r"norm(\1)", text)
    text = (
        text.replace("Σ", "sum")
        .replace("Π", "product")
        .replace("·", " · ")
        .replace(",   ", ", quad")
    )
    text = (
        re.sub(r"\^T\b", "^top", text).replace("{", "(").replace("}", ")").replace("^(top)", "^top")
    )
    text = re.sub(r"(_\w)\(", r"\1 (", text)  # a subscript would swallow the argument
    text = re.sub(r"(?<=[\w)])²", "^2", text)
    text = text.replace("i>k", "i gt k").replace("_bin", '_"bin"').replace("s_min", 's_"min" ')

    def word(match: re.Match[str]) -> str:
        letters = match.group()
        if letters in WORDS | COMMANDS or len(letters) == 1:
            return letters
        return f' "{letters}" ' if letters in TEXT else " ".join(letters)

    return "".join(
        part if part.startswith('"') else re.sub(r"[^\W\d_]+", word, part)
        for part in re.split(r'("[a-z]+")', text)
    )


if __name__ == "__main__":
    main()
