"""Notes that cost more than they may: each costs itself and says so, none the process."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from litmap.notes import parse_note, read_notes
from litmap.notes.frontmatter import read_front_matter

N = 20_000
DEEP = {
    "yaml-flow.md": "---\na: " + "[" * 30_000 + "\n---\ntext\n",
    "yaml-closed.md": "---\na: " + "[" * N + "]" * N + "\n---\ntext\n",
    "yaml-map.md": "---\na: " + "{a: " * N + "\n---\ntext\n",
    "yaml-dash.md": "---\na:\n" + "- " * 90_000 + "x\n---\ntext\n",
    "yaml-question.md": "---\n" + "? " * 90_000 + "x\n---\ntext\n",
    "yaml.qmd": "---\na: " + "[" * 30_000 + "\n---\ntext\n",
    "yaml-unclosed.md": "---\na: " + "[" * 30_000 + "\n",
    "toml.md": "+++\na = " + "[" * N + "\n+++\ntext\n",
    "toml-key.md": "+++\na" + ".a" * 90_000 + " = 1\n+++\ntext\n",
    "toml-table.md": "+++\n[a" + ".a" * 90_000 + "]\n+++\ntext\n",
    "csl.json": '[{"title":"x","a":' + "[" * N + "]" * N + "}]",
    "open.json": "[" * N,
    "zotero.json": '{"items":' + '{"a":' * N + "1" + "}" * N + "}",
    "cells.ipynb": '{"cells":[{"source":' + "[" * N + "]" * N + "}]}",
    "front-matter.ipynb": '{"cells":[{"cell_type":"markdown","source":["---\\n","a: '
    + "[" * 30_000
    + '\\n","---\\n"]}]}',
    "records.xml": "<xml><records>" + "<record>" * N + "</record>" * N + "</records></xml>",
    "zotero.rdf": "<rdf:RDF>" + "<a>" * N + "</a>" * N + "</rdf:RDF>",
    "page.html": "<html><body>" + "<div>" * N + "text",
    "table.html": "<html><body>" + "<table><tr><td>" * N + "text",
    "list.html": "<html><body>" + "<ul><li>" * N + "text",
    "groups.tex": "\\documentclass{article}\\begin{document}" + "{" * N + "x" + "}" * N,
    "lists.tex": "\\documentclass{article}\\begin{document}" + "\\begin{itemize}\\item " * N,
    "feet.tex": "\\documentclass{article}\\begin{document}" + "\\footnote{" * N,
    "braces.bib": "@article{a, title={" + "{" * N + "x" + "}" * N + "}}",
    "open.bib": "@article{a, title={" + "{" * N,
    "drawers.org": ":DRAWER:\n" * N + "x\n" + ":END:\n" * N,
    "blocks.org": "#+begin_quote\n" * N + "x\n",
    "templates.wiki": "{{a|" * N + "}}" * N,
    "links.wiki": "[[" * N + "x" + "]]" * N,
    "notes.wiki": "<ref>" * N + "x" + "</ref>" * N,
    "quotes.md": ">" * N + " x\n",
    "brackets.md": "[" * N + "x" + "]" * N + "(a)",
    "divisions.md": "<div>" * N + "\n\nx",
    "brackets.txt": "(" * N + "x" + ")" * N,
    "brackets.rst": "Title\n=====\n\n" + "[" * N + "x" + "]" * N,
}
"""Notes that nest some 20,000 levels and more, by the names of their files."""


def test_notes_of_every_format_that_nest_too_deep_cost_only_themselves(tmp_path: Path) -> None:
    for name, text in DEEP.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "z.md").write_text("# Good\n\ndoi:10.1000/182\n")
    program = (
        "import sys, time\n"
        "from litmap.citations import find_citations\n"
        "from litmap.notes import read_notes\n"
        "slow = []\n"
        "for path in sys.argv[1:]:\n"
        "    begun = time.process_time()\n"
        "    notes, problems = read_notes([path])\n"
        "    find_citations(notes)\n"
        "    spent = time.process_time() - begun\n"
        "    for problem in problems: print(problem.subject, '|', problem.reason)\n"
        "    if spent > 5: print('SLOW', path, spent)\n"
    )
    files = [str(tmp_path / name) for name in [*DEEP, "z.md"]]
    done = subprocess.run(
        [sys.executable, "-c", program, *files], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    said = {line.partition(" | ")[0]: line.partition(" | ")[2] for line in done.stdout.splitlines()}
    assert not [line for line in done.stdout.splitlines() if line.startswith("SLOW")]
    silent = [name for name in DEEP if " deep" not in said.get(str(tmp_path / name), "")]
    assert not silent, said
    assert str(tmp_path / "z.md") not in said


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: A\nauthors:\n  - {name: [a, [b, {c: d}]]}\n---\n",
        "+++\ntitle = 'A'\n[a.b.c]\nd = [[1], [2, [3]]]\n+++\n",
        "---\ntitle: 'A'\nabstract: see [1], [2 and {3\n---\n",
    ],
)
def test_front_matter_of_ordinary_depth_is_read(text: str) -> None:
    front = read_front_matter(text.splitlines())
    assert front.title == "A" and not front.broken


@pytest.mark.parametrize("number", ["0x" + "f" * 9_000, "9" * 9_000, "1:" * 9_000 + "1"])
def test_a_number_without_end_costs_the_front_matter_not_the_note(number: str) -> None:
    note, broken = parse_note(f"---\ndoi: {number}\n---\n\nThe text.\n", "a.md")
    assert [block.text for block in note.blocks if block.kind != "entry"][-1:] == ["The text."]
    assert not broken or "front matter" in broken


def test_long_notes_with_brackets_left_open_are_not_called_deep(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_text("see [one and (two\n\n" * 2_000 + "- [ ] a [b](c)\n" * 2_000)
    notes, problems = read_notes([file])
    assert len(notes) == 1 and not problems


@pytest.mark.parametrize("inside", ["![a](b)", "[a](b)", "![a]", "\\[", "![a](b) [c]"])
def test_brackets_left_open_around_links_take_linear_time(inside: str) -> None:
    start = time.process_time()
    parse_note("[" + inside * 30 + " no end", "n.md", ".md")
    assert time.process_time() - start < 8
