"""`litmap table` on the example library, and tables as files."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile

import numpy as np
import pytest

from litmap.catalogue.entries import Entry
from litmap.cli import main
from litmap.errors import UsageError
from litmap.export_marks import is_export
from litmap.library import Library
from litmap.library.table import Cell, Row, Table, _Embedded
from litmap.library.table_formats import FORMATS, format_of, to_csv, to_latex, to_markdown, to_xlsx
from litmap.models import Sentence, Work
from litmap.paper_sentences import paper_sentences
from litmap.tables import Number, parse_columns

HEADING = "Loss surfaces"
HOSTILE = '=HYPERLINK("http://x"), | \\input{/etc/passwd} & <b> [1] $ % #'


@pytest.fixture
def table(example_library, at_examples, capsys):
    """Runs the command; its exit code and what it printed."""

    def run(*arguments):
        code = main(["table", *arguments, "--library", str(example_library)])
        return code, capsys.readouterr()

    return run


def test_each_cell_is_a_sentence_of_its_paper_on_its_page(table, example_library):
    code, out = table(HEADING, "--columns", "standard, which optimiser?, n", "--json")
    made = json.loads(out.out)
    assert code == 0
    assert made["columns"][:2] == ["question", "method"]
    assert made["rows"]
    filled = 0
    with Library.open(example_library) as library:
        for row in made["rows"]:
            entry = library.by_id[row["work"]]
            assert len(row["cells"]) == len(made["columns"])
            if row["why"]:
                assert row["cells"] == [None] * len(made["columns"])
                continue
            for cell in filter(None, row["cells"]):
                filled += 1
                if entry.pdf is None:
                    assert cell["place"] == "abstract"
                    assert cell["page"] == 0
                    assert cell["text"] in " ".join(entry.work.abstract.split())
                    continue
                told = {s.text: s for s in paper_sentences(library.document(entry.pdf), QUOTED)}
                sentence = told[cell["text"]]
                assert cell["page"] == (0 if sentence.place else sentence.page)
                assert cell["rects"] or sentence.place
    assert filled


QUOTED = ("body", "abstract", "caption", "footnote")


def test_a_query_chooses_papers_where_no_heading_is_meant(table):
    code, out = table(
        "flat minima and generalisation", "--columns", "question", "--limit", "2", "--json"
    )
    assert code == 0
    assert 1 <= len(json.loads(out.out)["rows"]) <= 2


def test_as_text_what_is_not_said_is_said(table):
    _, out = table(HEADING, "--columns", "standard, which optimiser?, n, population")
    assert "population: not said" in out.out
    told = out.out.replace("\n        ", " ").replace("\n    ", " ")
    assert re.search(r"“.+” \((?:p\. \d+|abstract)\)", told)


@pytest.mark.parametrize("form", ["csv", "markdown", "latex"])
def test_a_table_is_printed_in_a_format(table, form):
    code, out = table(HEADING, "--columns", "question", "--format", form)
    assert code == 0
    assert is_export(out.out.encode())


def test_a_file_is_written_by_its_ending_and_no_foreign_one_replaced(table, tmp_path):
    out = tmp_path / "t.csv"
    assert table(HEADING, "--columns", "question", "--out", str(out))[0] == 0
    assert table(HEADING, "--columns", "limits", "--out", str(out))[0] == 0
    out.write_text("mine")
    code, said = table(HEADING, "--columns", "question", "--out", str(out))
    assert code == 2
    assert "not as litmap wrote it" in said.err
    assert out.read_text() == "mine"
    assert table(HEADING, "--columns", "question", "--out", str(out), "--force")[0] == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("--columns", " "),
        ("--out", "t.doc"),
        ("--out", "t.csv", "--format", "csv"),
        ("--limit", "0"),
    ],
)
def test_wrong_usage_is_told(table, arguments):
    try:
        code = table(HEADING, *arguments)[0]
    except SystemExit as exit_:
        code = exit_.code
    assert code == 2


# ── files ─────────────────────────────────────────────────────────────────────────────────────────
def made(text=HOSTILE):
    work = Work("doi:10.1/x", text, ("Ada Doe",), 2001, ids=("doi:10.1/x",))
    cell = Cell(Sentence(text, work.id, 3), 0.9, Number(12.5, "mg", "12.5 mg"))
    columns = parse_columns("dose:number, limits")
    rows = (
        Row(Entry(work, "fetched", ""), (cell, None)),
        Row(Entry(work, "failed", ""), (None, None), text),
    )
    return Table("doses", columns, rows)


def test_a_sheet_has_places_numbers_and_units_in_columns_of_their_own():
    head, first, second = csv.reader(io.StringIO(to_csv(made("Salt is sold.")).decode()))
    row = dict(zip(head, first, strict=True))
    assert row["dose"] == "Salt is sold."
    assert (row["dose: place"], row["dose: number"], row["dose: unit"]) == ("p. 3", "12.5", "mg")
    assert row["limits"] == ""
    assert dict(zip(head, second, strict=True))["why empty"] == "Salt is sold."


def test_no_cell_of_a_csv_is_a_formula():
    for row in csv.reader(io.StringIO(to_csv(made()).decode())):
        assert not any(cell.lstrip().startswith(("=", "+", "-", "@")) for cell in row)


def test_a_spreadsheet_has_text_as_text():
    with zipfile.ZipFile(io.BytesIO(to_xlsx(made()))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        assert "HYPERLINK" in book.read("xl/sharedStrings.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    assert "<v>12.5</v>" in sheet


def test_no_cell_of_markdown_is_markup():
    lines = to_markdown(made()).decode().splitlines()
    rows = [line for line in lines if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {4}
    assert not any(re.search(r"(?<!\\)[<\[]", row) for row in rows)


def test_no_cell_of_latex_is_a_command():
    text = to_latex(made()).decode()
    assert "\\input" not in text
    commands = set(re.findall(r"\\([a-z]+)", text))
    assert commands <= {
        "usepackage", "begin", "end", "linewidth", "hline", "endhead", "textbf",
        "textbackslash", "textbraceleft", "textbraceright", "textasciitilde",
    }  # fmt: skip
    assert all(
        len(re.findall(r"(?<!\\)&", row)) == 2 for row in text.splitlines() if row.startswith("{}")
    )


@pytest.mark.parametrize("form", sorted(set(FORMATS) - {"xlsx"}))
def test_a_written_table_is_known_for_an_export(form):
    assert is_export(FORMATS[form](made("Salt is sold.")))


def test_a_file_of_another_kind_is_refused(tmp_path):
    assert format_of(tmp_path / "t.XLSX") == "xlsx"
    with pytest.raises(UsageError):
        format_of(tmp_path / "t.doc")


def test_sentences_of_a_table_are_embedded_once_and_together():
    asked = []

    def encode(texts):
        asked.append(list(texts))
        return np.array([[float(len(text))] for text in texts])

    embedded = _Embedded(encode)
    assert embedded(["one", "three", "one"]).tolist() == [[3.0], [5.0], [3.0]]
    assert embedded(["three"]).tolist() == [[5.0]]
    embedded(["three", "fourth"])
    assert asked == [["one", "three"], ["fourth"]]
