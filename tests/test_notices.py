"""A retraction is told wherever its work is shown."""

import csv
import io
import json

import pytest

from litmap.catalogue.entries import Entry
from litmap.cli.read_commands import print_results
from litmap.exports.backlinks import to_notes
from litmap.exports.bibtex import to_bibtex
from litmap.exports.csl import to_csl
from litmap.exports.ris import to_ris
from litmap.exports.table import to_csv
from litmap.library.results import SearchHit, SearchResults
from litmap.library.summary_view import SummaryView
from litmap.models import Chunk, Mention, Sentence, Summary, Work

NOTICE = "Retraction on 2010-02-06, see doi:10.9999/notice"
WORK = Work("doi:10.9999/x", "Salt and sleep", ("Ada Berg",), 2009, notices=(NOTICE,))
CITED = [(WORK, [Mention("n.md", 3, "Berg", ("Sleep",))])]


@pytest.mark.parametrize(
    ("exported", "expected"),
    [(to_bibtex, "note = {Retraction on 2010-02-06"), (to_ris, f"N1  - {NOTICE}"),
     (to_csl, f'"note": "{NOTICE}"')],
)  # fmt: skip
def test_reference_managers_are_told(exported, expected):
    assert expected in exported(CITED)
    plain = [(Work("doi:10.9999/y", "Salt"), [])]
    assert "note" not in exported(plain)
    assert "N1" not in exported(plain)


def test_tables_and_vaults_are_told():
    (row,) = csv.DictReader(io.StringIO(to_csv(CITED)))
    assert row["notices"] == NOTICE
    pages = to_notes(CITED)
    assert any("**Notice: Retraction on 2010" in text for text in pages.values())


def test_search_results_and_summaries_are_told(capsys):
    entry = Entry(WORK, "fetched", "")
    chunk = Chunk("0" * 64, 0, "Sleep is short.", page=2)
    hit = SearchHit(1, 1.0, 0, chunk, "Sleep is short.", "", entry=entry, page=2)
    assert hit.as_json()["work"]["notices"] == [NOTICE]
    print_results(SearchResults((hit,)))
    assert f"! {NOTICE}" in " ".join(capsys.readouterr().out.split())
    summary = Summary(WORK.id, "Salt", (Sentence("It is.", WORK.id, 2),))
    view = SummaryView.load(summary, {WORK.id: entry})
    assert json.loads(json.dumps(view.as_json()))["sentences"][0]["notices"] == [NOTICE]
