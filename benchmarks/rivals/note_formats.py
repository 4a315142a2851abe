"""Libraries that read notes, in the place of litmap's own readers: `python -m
benchmarks.rivals.note_formats`.

Each library is given an adapter to litmap's blocks and takes the reader's place; the gold notes of
that format are then scored as always (works found, headings, mentions). Beside it: lines of code
that would go and come, processor time over the same notes, and what is raised by notes broken on
purpose (`--fuzz 300`). Libraries that are not installed are left out: markdown-it-py
mdit-py-plugins mistune docutils orgparse pylatexenc TexSoup nbformat.
"""

# ruff: noqa: D102 - the adapters' methods take a piece of text each
from __future__ import annotations

import argparse
import ast
import inspect
import io
import json
import random
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.places import SHARED
from litmap.citations import find_citations
from litmap.errors import NoteError
from litmap.models import Link, NoteBlock
from litmap.notes import read_notes
from litmap.notes.bibliographies.bibtex import bibtex_blocks
from litmap.notes.builder import Builder
from litmap.notes.formats import BY_SUFFIX
from litmap.notes.formats import latex as own_latex
from litmap.notes.formats import markdown as own_markdown
from litmap.notes.formats import notebook as own_notebook
from litmap.notes.formats import org as own_org
from litmap.notes.formats import rst as own_rst
from litmap.notes.frontmatter import read_front_matter
from litmap.notes.inline import Inline, read_inline
from litmap.notes.reader import parse_note
from tests.notes_cases import score as scoring

CASES = Path(scoring.__file__).parent
OWN_NOTEBOOK = own_notebook.read_notebook


class Text:
    """Collects an Inline: text, links, where source lines begin."""

    def __init__(self, line: int) -> None:
        self.out, self.line, self.size, self.parts = Inline(), line, 0, []

    def put(self, text: str) -> None:
        self.parts.append(text)
        self.size += len(text)

    def newline(self) -> None:
        self.put(" ")
        self.line += 1
        self.out.starts.append(self.size)

    def lines(self, text: str) -> None:
        for index, piece in enumerate(text.split("\n")):
            if index:
                self.newline()
            self.put(piece)

    def link(self, begin: int, target: str, line: int | None = None) -> None:
        shown = "".join(self.parts)[begin:]
        self.out.links.append(Link(shown.strip(), target, line or self.line, begin, self.size))

    def done(self) -> Inline:
        self.out.text = "".join(self.parts)
        return self.out


# ── Markdown ─────────────────────────────────────────────────────────────────────────────────────
def _markdown_it() -> Any:
    from markdown_it import MarkdownIt
    from mdit_py_plugins.footnote import footnote_plugin

    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).use(footnote_plugin)


def markdown_it_blocks(text: str, builder: Builder) -> None:
    """markdown-it-py for blocks and inline markup; wikilinks and bare addresses by litmap's own."""
    _read_markdown_it(text, builder, _inline_of_tokens)


def markdown_it_own_inline(text: str, builder: Builder) -> None:
    """markdown-it-py for blocks, litmap's own inline markup."""
    return _read_markdown_it(
        text, builder, lambda token, line, env: read_inline(token.content, line, env)
    )


def _read_markdown_it(text: str, builder: Builder, inline: Callable[..., Inline]) -> None:
    lines = text.split("\n")
    front = read_front_matter(lines)
    if front.title:
        builder.title = front.title
        if not re.search(r"(?m)^#", text):
            builder.set_root(front.title)
    own_markdown._add_front_matter(front, builder)
    builder.uses += front.bibliographies
    lines[: front.end] = [""] * front.end
    body = own_markdown._blank_out(own_markdown._HTML_COMMENT, "\n".join(lines))
    body = own_markdown._blank_out(own_markdown._SHORTCODE, body)
    env: dict[str, Any] = {}
    tokens = _markdown_it().parse(body, env)
    known = {name.lower(): ref["href"] for name, ref in env.get("references", {}).items()}
    kind, level, number, in_cell = "paragraph", 0, 0, False
    fields: tuple[tuple[str, str], ...] = ()
    cells: list[str] = []
    for token in tokens:
        if token.map:
            number = token.map[0] + 1
        if token.type == "heading_open":
            kind, level = "heading", int(token.tag[1])
        elif token.type == "list_item_open":
            mark = (("number", token.info),) if token.info.isdigit() else ()
            kind, fields = "item", (("indent", str(token.level)), *mark)
        elif token.type == "footnote_open":
            kind, fields = "definition", (("footnote", str(token.meta.get("label"))),)
        elif token.type in {"list_item_close", "footnote_close", "heading_close"}:
            kind, fields = "paragraph", ()
        elif token.type == "fence" and token.info.strip() in {"bib", "bibtex", "biblatex"}:
            builder.blocks += bibtex_blocks(token.content, number)
        elif token.type == "tr_open":
            cells = []
        elif token.type == "tr_close":
            builder.add("cell", read_inline("\u2003|\u2003".join(cells), number, known), number)
        elif token.tag in {"td", "th"}:
            in_cell = token.nesting == 1
        elif token.type == "inline" and in_cell:
            cells.append(token.content)
        elif token.type == "inline":
            if kind == "item" and (task := own_markdown._TASK.match(token.content)):
                fields = (*fields, ("task", "1"))
                token.content = token.content[task.end() :]
                token.children[0].content = token.children[0].content[task.end() :]
            found = inline(token, number, known)
            if kind == "heading":
                builder.heading(level, found, number)
            else:
                builder.add(kind, found, number, *fields)
                kind, fields = ("paragraph", ()) if kind == "item" else (kind, fields)


def _inline_of_tokens(token: Any, line: int, known: dict[str, str]) -> Inline:
    out, opened, italic = Text(line), [], []
    for child in token.children or []:
        if child.type == "text":
            plain = read_inline(child.content, out.line, plain=True)
            for link in plain.links:
                moved = (out.size + link.start, out.size + link.end)
                out.out.links.append(Link(link.text, link.target, out.line, *moved))
            out.put(plain.text)
        elif child.type in {"softbreak", "hardbreak"}:
            out.newline()
        elif child.type == "code_inline":
            out.put(child.content)
        elif child.type == "link_open":
            opened.append((out.size, str(child.attrs["href"]), out.line))
        elif child.type == "link_close":
            begin, target, at = opened.pop()
            out.link(begin, target, at)
        elif child.type == "footnote_ref":
            out.link(out.size, f"[^{child.meta.get('label')}]")
        elif child.type == "em_open":
            italic.append(out.size)
        elif child.type == "em_close":
            out.out.emphasis.append("".join(out.parts)[italic.pop() :])
    return out.done()


# ── reStructuredText ─────────────────────────────────────────────────────────────────────────────
def docutils_rst(text: str, builder: Builder) -> tuple[str, ...]:
    """Docutils' document tree; roles for citing are registered, other unknown ones become text."""
    from docutils import nodes
    from docutils.core import publish_doctree

    _register_roles()
    quiet = {
        "report_level": 5, "halt_level": 6, "file_insertion_enabled": False, "raw_enabled": False,
        "_disable_config": True, "doctitle_xform": False, "sectsubtitle_xform": False,
    }  # fmt: skip
    tree = publish_doctree(text, settings_overrides=quiet)
    builder.uses += [
        name
        for node in tree.findall(nodes.comment)
        for name in re.findall(r"\S+\.bib", node.astext())
    ]
    source = text.split("\n")
    for node in tree.findall():
        depth = sum(isinstance(up, nodes.section) for up in _above(node))
        if isinstance(node, nodes.title) and isinstance(node.parent, nodes.section):
            builder.heading(depth, *_tree_inline(node, source))
        elif isinstance(node, (nodes.paragraph, nodes.attribution, nodes.term)):
            above = list(_above(node))
            if any(isinstance(up, (nodes.system_message, nodes.topic)) for up in above):
                continue
            label = next(
                (up for up in above if isinstance(up, (nodes.footnote, nodes.citation))), None
            )
            if label is not None:
                key = label[0].astext() if isinstance(label[0], nodes.label) else ""
                inline, line = _tree_inline(node, source)
                name = "number" if key.isdigit() else "label"
                inline.text = f"[{key}] {inline.text}"
                shift = len(key) + 3
                inline.starts = [0, *(start + shift for start in inline.starts[1:])]
                moved = [
                    Link(k.text, k.target, k.line, k.start + shift, k.end + shift)
                    for k in inline.links
                ]
                inline.links = moved
                builder.add("definition", inline, line, (name, key), ("list", "references"))
                continue
            in_list = isinstance(node.parent, nodes.list_item)
            kind = (
                "cell"
                if isinstance(node.parent, nodes.entry)
                else "item"
                if in_list
                else "paragraph"
            )
            fields: tuple[tuple[str, str], ...] = ()
            if in_list and isinstance(node.parent.parent, nodes.enumerated_list):
                first = int(node.parent.parent.get("start", 1))
                fields = (("number", str(first + node.parent.parent.index(node.parent))),)
            builder.add(kind, *_tree_inline(node, source), *fields)


def _above(node: Any) -> Iterator[Any]:
    while node.parent is not None:
        node = node.parent
        yield node


def _tree_inline(node: Any, source: list[str]) -> tuple[Inline, int]:
    from docutils import nodes

    line = next((up.line for up in [node, *_above(node)] if up.line), 1)
    if isinstance(node, nodes.title):  # docutils gives the underline's
        words = node.astext().split()
        start = words[0] if words else ""
        line = next((n for n in range(line, max(0, line - 4), -1) if start in source[n - 1]), line)
    out = Text(line)

    def walk(part: Any) -> None:
        if isinstance(part, nodes.Text):
            out.lines(str(part))
        elif isinstance(part, (nodes.footnote_reference, nodes.citation_reference)):
            out.put(f"[{part.astext()}]")
        elif isinstance(part, nodes.reference):
            begin, at = out.size, out.line
            for child in part.children:
                walk(child)
            out.link(begin, part.get("refuri", ""), at)
        elif not isinstance(part, (nodes.target, nodes.image)):
            if isinstance(part, (nodes.emphasis, nodes.title_reference)):
                out.out.emphasis.append(part.astext())
            for child in part.children:
                walk(child)

    for child in node.children:
        walk(child)
    return out.done(), line


def _register_roles() -> None:
    from docutils import nodes
    from docutils.parsers.rst import roles

    def cite(name: str, raw: str, text: str, *_: Any, **__: Any) -> tuple[list[Any], list[Any]]:
        return [nodes.Text("[" + "; ".join("@" + key.strip() for key in text.split(",")) + "]")], []

    def known(name: str, raw: str, text: str, *_: Any, **__: Any) -> tuple[list[Any], list[Any]]:
        return [nodes.reference(raw, text, refuri=f"{name}:{text}")], []

    for name in ("cite", "citep", "citet", "cite:p", "cite:t", "footcite"):
        roles.register_local_role(name, cite)
    for name in ("doi", "arxiv", "pmid"):
        roles.register_local_role(name, known)
    for name in ("ref", "doc", "term", "math"):
        roles.register_local_role(name, lambda n, raw, text, *_, **__: ([nodes.Text(text)], []))


# ── org ──────────────────────────────────────────────────────────────────────────────────────────
def orgparse_outline(text: str, builder: Builder) -> tuple[str, ...]:
    """Orgparse for headlines, keywords, tags and properties; what stands below them by litmap's own
    reader.

    orgparse gives a body as one string: it reads no lists, tables, footnotes, citations or
    emphasis.
    """
    from orgparse import loads

    reader = own_org._Org(text, builder)
    for node in loads(text):
        if node.is_root():
            body, first = "\n".join(node._lines), 1
        else:
            heading = own_org.org_inline(node.get_heading(format="raw"), node.linenumber)
            builder.heading(node.level, heading, node.linenumber)
            body, first = node.get_body(format="raw"), 0
            own_org._add_properties(
                builder, [(k.lower(), str(v)) for k, v in node.properties.items()], node.linenumber
            )
        # a body does not say on which line it begins: drawers and planning lines are taken off
        skipped = len(node._lines) - len(body.split("\n")) if not first else 0
        for number, line in enumerate(
            body.split("\n"), node.linenumber - 1 + skipped if not first else 0
        ):
            lowered = line.strip().lower()
            if reader.skip_until:
                reader.skip(number, lowered)
            elif not reader.structure(number, line, lowered):
                reader.content(number, line, lowered)
        reader.flush()


# ── LaTeX ────────────────────────────────────────────────────────────────────────────────────────
def pylatexenc_latex(text: str, builder: Builder) -> tuple[str, ...]:
    """Pylatexenc's nodes (tolerant) and its text of each; sections, citations, links, lists from
    the nodes.
    """
    from pylatexenc.latexwalker import LatexWalker, get_default_latex_context_db
    from pylatexenc.macrospec import MacroSpec

    db = get_default_latex_context_db()
    cites = (
        "cite citep citet citealp citealt citeauthor citeyear parencite textcite autocite "
        "footcite fullcite"
    )
    macros = [MacroSpec(name, "*[[{") for name in cites.split()]
    macros += [MacroSpec(n, a) for n, a in [("href", "{{"), ("url", "{"), ("doi", "{"), ("arxiv", "{"),
               ("bibitem", "[{"), ("bibliography", "{"), ("addbibresource", "[{"), ("paragraph", "*[{"),
               ("label", "{"), ("title", "[{"), ("item", "[")]]  # fmt: skip
    db.add_context_category("notes", macros=macros, prepend=True)
    begin = text.find("\\begin{document}")
    walker = LatexWalker(text, latex_context=db, tolerant_parsing=True)
    nodes, _, _ = walker.get_latex_nodes()
    reader = _TexNodes(text, builder, begin)
    reader.walk(nodes)
    reader.flush()


class _TexNodes:
    LEVELS = own_latex._LEVELS
    SKIPPED = own_latex._DROPPED

    def __init__(self, text: str, builder: Builder, begin: int) -> None:
        from pylatexenc.latex2text import LatexNodes2Text

        self.source, self.builder, self.begin = text, builder, begin
        self.totext = LatexNodes2Text(math_mode="text", strict_latex_spaces=False)
        self.breaks = [m.start() for m in re.finditer("\n", text)]
        self.text: Text | None = None
        self.kind, self.fields, self.first, self.number = "paragraph", (), 1, 0

    def line(self, pos: int) -> int:
        from bisect import bisect_left

        return bisect_left(self.breaks, pos) + 1

    def flush(self, kind: str = "paragraph", *fields: tuple[str, str]) -> None:
        if self.text is not None:
            self.builder.add(self.kind, self.text.done(), self.first, *self.fields)
        self.text, self.kind, self.fields = None, kind, fields

    def put(self, text: str, pos: int) -> Text:
        if self.text is None:
            self.first = self.line(pos + len(text) - len(text.lstrip()))
            self.text, text = Text(self.first), text.lstrip()
        self.text.lines(text)
        return self.text

    def plain(self, node: Any) -> str:
        return self.totext.nodelist_to_text([node]) if node is not None else ""

    def walk(self, nodes: list[Any]) -> None:
        for node in nodes:
            kind = type(node).__name__
            if kind == "LatexEnvironmentNode":
                self.environment(node)
            elif node.pos < self.begin and not (
                kind == "LatexMacroNode" and node.macroname == "title"
            ):
                if kind == "LatexMacroNode" and node.macroname in {
                    "bibliography",
                    "addbibresource",
                }:
                    self.macro(node)
            elif kind == "LatexCharsNode":
                for index, piece in enumerate(re.split(r"(\n[ \t]*\n\s*)", node.chars)):
                    if index % 2:
                        if self.kind != "item" or not self.fields:
                            self.flush()
                    elif piece.strip():
                        place = self.source.find(piece, node.pos)
                        self.put(piece, max(place, node.pos))
                    elif piece and self.text is not None:
                        self.text.lines(piece)
            elif kind == "LatexMacroNode":
                self.macro(node)
            elif kind == "LatexGroupNode":
                self.walk(node.nodelist)
            elif kind in {"LatexMathNode", "LatexSpecialsNode"}:
                shown = self.plain(node)
                if node.latex_verbatim().startswith("\n"):
                    self.flush()
                else:
                    self.put(shown, node.pos)

    def environment(self, node: Any) -> None:
        if node.environmentname in self.SKIPPED:
            return
        if node.environmentname == "document":
            self.begin = node.pos
        if node.environmentname == "thebibliography":
            self.flush()
            self.builder.heading(3, Inline("References"), self.line(node.pos))
        self.walk(node.nodelist)
        if node.environmentname not in {"document"}:
            self.flush()

    def macro(self, node: Any) -> None:
        name = node.macroname
        arguments = [a for a in (node.nodeargd.argnlist if node.nodeargd else []) if a is not None]
        last = arguments[-1].latex_verbatim().strip("{}") if arguments else ""
        if name in self.LEVELS:
            self.flush()
            title = Inline(" ".join(self.plain(arguments[-1]).split()) if arguments else "")
            self.builder.heading(self.LEVELS[name], title, self.line(node.pos))
        elif "cite" in name:
            keys = [key.strip() for key in last.split(",") if key.strip()]
            self.put("[" + "; ".join("@" + key for key in keys) + "]", node.pos)
        elif name in {"href", "url", "doi", "arxiv"}:
            target = arguments[0].latex_verbatim().strip("{}") if arguments else ""
            target = re.sub(r"\\([%#_&])", r"\1", target)
            begin = self.text.size if self.text else 0
            shown = " ".join(self.plain(arguments[1]).split()) if name == "href" else target
            out = self.put(shown, node.pos)
            out.link(begin, target if name in {"href", "url"} else f"{name}:{target}")
        elif name == "bibitem":
            self.number += 1
            self.flush("item", ("label", last), ("number", str(self.number)))
        elif name == "item":
            self.flush("item")
            if arguments:
                self.put(self.plain(arguments[0]) + " ", node.pos)
        elif name in {"bibliography", "addbibresource"}:
            self.builder.uses += [part.strip() for part in last.split(",")]
        elif name == "title" and arguments:
            self.builder.title = " ".join(self.plain(arguments[-1]).split())
        elif name in {"emph", "textit", "textbf", "textsc"} and arguments:
            if name != "textbf":
                self.put("", node.pos).out.emphasis.append(self.plain(arguments[-1]))
            self.walk([arguments[-1]])
        elif name not in {"label", "newblock", "documentclass", "usepackage"}:
            self.put(self.plain(node), node.pos)


# ── notebooks ────────────────────────────────────────────────────────────────────────────────────
def nbformat_notebook(text: str, builder: Builder) -> tuple[str, ...]:
    """Nbformat as a gate before litmap's own: it gives the same cells, without the lines where they
    stand.
    """
    import nbformat

    try:
        nbformat.reads(text, as_version=4)
    except Exception as error:
        raise ValueError(f"not a valid notebook ({error})") from error
    OWN_NOTEBOOK(text, builder)


# ── measuring ────────────────────────────────────────────────────────────────────────────────────
RIVALS: dict[str, tuple[str, Any, dict[str, Callable[..., Any]]]] = {
    "markdown": (".md", own_markdown,
                 {"markdown-it-py": markdown_it_blocks, "markdown-it-py, own inline": markdown_it_own_inline}),
    "rst": (".rst", own_rst, {"docutils": docutils_rst}),
    "org": (".org", own_org, {"orgparse, own bodies": orgparse_outline}),
    "latex": (".tex", own_latex, {"pylatexenc": pylatexenc_latex}),
    "notebook": (".ipynb", own_notebook, {"nbformat": nbformat_notebook}),
}  # fmt: skip

PARTS = {
    "markdown_it_blocks": (_markdown_it, _read_markdown_it, _inline_of_tokens, Text),
    "markdown_it_own_inline": (_markdown_it, _read_markdown_it),
    "docutils_rst": (_above, _tree_inline, _register_roles, Text),
    "pylatexenc_latex": (_TexNodes, Text),
}
"""What each adapter is made of beside its function, for its count of lines."""


@contextmanager
def in_place(suffix: str, reader: Callable[..., None] | None) -> Iterator[None]:
    """The library's adapter in the place of litmap's reader."""
    own = BY_SUFFIX[suffix]
    try:
        if reader is not None:
            BY_SUFFIX[suffix] = replace(own, read=reader)
        yield
    finally:
        BY_SUFFIX[suffix] = own


def code_lines(thing: Any) -> int:
    """Lines of code that are neither blank nor comment nor docstring."""
    source = inspect.getsource(thing)
    tree = ast.parse(source)
    docs = {
        n
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
        for n in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    rows = enumerate(source.split("\n"), 1)
    return sum(bool(r.strip()) and not r.strip().startswith("#") and n not in docs for n, r in rows)


def gold(suffix: str) -> list[Path]:
    keys = [
        path
        for path in sorted(CASES.glob("*.json"))
        if '"works"' in path.read_text("utf-8")[:400_000]
    ]
    return [
        key for key in keys if json.loads(key.read_text("utf-8")).get("note", "").endswith(suffix)
    ]


def broken(texts: list[str], count: int, seed: int) -> Iterator[str]:
    """Notes cut, spliced and with characters put in, as an editor or a sync may leave them."""
    rng = random.Random(seed)
    for _ in range(count):
        text = rng.choice(texts)
        for _ in range(rng.randint(1, 8)):
            at = rng.randrange(len(text) + 1)
            kind = rng.randrange(4)
            if kind == 0:
                text = text[:at] + text[at + rng.randint(1, 60) :]
            elif kind == 1:
                text = (
                    text[:at]
                    + "".join(rng.choices("[]{}()*_`<>|\\#$%&@:.\n\t \u00e9\x00", k=4))
                    + text[at:]
                )
            elif kind == 2:
                other = rng.choice(texts)
                text = text[:at] + other[rng.randrange(len(other)) :][:200] + text[at:]
            else:
                text = text[: max(at, 40)]
        yield text


def _whole(keys: list[Path]) -> float:
    """Milliseconds of processor time for reading these notes and finding their citations."""
    paths = [CASES / json.loads(key.read_text("utf-8"))["note"] for key in keys]
    start = time.process_time()
    for path in paths:
        find_citations(read_notes([path])[0])
    return 1000 * (time.process_time() - start)


def shared_gold(folder: Path, notes: Path) -> str:
    """The last line of the evaluation's own scorer for a parse of its notes; '' without the
    data.
    """
    if not folder.is_dir():
        return ""
    read, _ = read_notes([notes])
    works = []
    for citation in find_citations(read):
        ids = dict(reversed([i.split(":", 1) for i in citation.reference.ids]))
        names = {name: ids.get(name) for name in ("arxiv", "doi", "openreview")}
        mentions = [
            {"note": m.note, "line": m.line, "heading": list(m.heading)} for m in citation.mentions
        ]
        told = {"title": citation.reference.title, "urls": list(citation.reference.urls)}
        works.append({"id": citation.key, **told, **names, "mentions": mentions})
    command = [sys.executable, str(SHARED / "eval/score_works.py"), "--gold", str(folder)]
    out = subprocess.run(
        command, input=json.dumps(works), capture_output=True, text=True, check=True
    )
    return " ".join(out.stdout.strip().split("\n")[-1].split())


def measure(suffix: str, reader: Any, fuzz: int) -> dict[str, Any]:
    keys = gold(suffix)
    texts = [
        (CASES / json.loads(key.read_text("utf-8"))["note"]).read_text("utf-8") for key in keys
    ]
    row: dict[str, Any] = {}
    with in_place(suffix, reader), redirect_stderr(io.StringIO()):
        total, failed = scoring.Score(), []
        for key in keys:
            try:
                total.add(scoring.score_case(key))
            except Exception as error:  # noqa: BLE001 - the measured thing
                failed.append(f"{key.stem}: {type(error).__name__}")
        row |= {
            "notes": len(keys),
            "F1": round(total.f1, 3),
            "heading": total.headings / max(1, total.right),
        }
        row |= {"mentions": total.mention_hits / max(1, total.mentions), "right": total.right}
        row |= {"extra": total.extra, "missed": total.missed, "failed": failed}
        blocks: list[NoteBlock] = []
        start = time.process_time()
        for _ in range(5):
            for text in texts:
                with suppress(Exception):
                    blocks += parse_note(text, f"n{suffix}", suffix)[0].blocks
        row["cpu_ms"] = 200 * (time.process_time() - start)
        row["with_finding_ms"] = min(_whole(keys) for _ in range(3))
        row["raised"], row["slow"] = 0, 0
        for text in broken(texts, fuzz, 7):
            start = time.process_time()
            try:
                parse_note(text, f"n{suffix}", suffix)
            except NoteError as error:
                row["raised"] += suffix != ".ipynb" or "not a" not in str(error)
            except Exception:  # noqa: BLE001 - the measured thing
                row["raised"] += 1
            row["slow"] += time.process_time() - start > 2
        if suffix == ".md":
            row["five notes"] = shared_gold(SHARED / "gold", SHARED / "notes")
            row["library notes"] = shared_gold(SHARED / "library/gold", SHARED / "library/notes")
    return row


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--fuzz", type=int, default=300)
    parser.add_argument("--only", default="")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    rows = []
    for fmt, (suffix, module, rivals) in RIVALS.items():
        if args.only and fmt != args.only:
            continue
        for label, reader in {"litmap": None, **rivals}.items():
            try:
                row = measure(suffix, reader, args.fuzz)
            except ImportError as error:
                row = {"left out": str(error)}
            lines = code_lines(module if reader is None else reader) + sum(
                code_lines(part) for part in PARTS.get(getattr(reader, "__name__", ""), ())
            )
            rows.append({"format": fmt, "reader": label, "lines": lines, **row})
            if not args.json:
                print(
                    "  ".join(
                        f"{k} {round(v, 3) if isinstance(v, float) else v}"
                        for k, v in rows[-1].items()
                    )
                )
    if args.json:
        print(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
