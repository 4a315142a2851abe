"""What the library shows: how many results, how sure, and what it says of works."""

import math

import pytest

from litmap.catalogue.entries import Entry
from litmap.cli.read_commands import print_results
from litmap.library.results import SearchResults, show_results
from litmap.library.summary_view import SummaryView
from litmap.library.topics_view import TopicsView
from litmap.models import Chunk, Hit, Sentence, Summary, Work
from litmap.search.query import parse_query
from litmap.search.results import Results
from litmap.topics.calibration import resolution

ENTRIES = {f"w{i}": Entry(Work(f"w{i}", f"Work {i}"), "fetched", "") for i in range(40)}


def hit(number, kind="body"):
    source = f"note:n{number}.md" if kind == "note" else f"s{number}"
    work = "" if kind == "note" else f"w{number}"
    return Hit(number, work, 1.0 - number / 100, Chunk(source, number, f"text {number}", kind))


def answer(*, close, papers=5, notes=4, query="q", limit=2):
    hits = (*(hit(n) for n in range(papers)), *(hit(50 + n, "note") for n in range(notes)))
    return show_results(
        Results(parse_query(query), hits, close=close), "passage", ENTRIES, limit, 3
    )


def test_where_nothing_is_close_no_more_is_shown_than_was_asked_for():
    far = answer(close=False)
    assert (len(far.hits), len(far.notes)) == (2, 0)
    few = answer(close=False, papers=1)
    assert (len(few.hits), len(few.notes)) == (1, 1)


def test_the_readers_notes_stand_beside_what_is_close():
    near = answer(close=True)
    assert (len(near.hits), len(near.notes)) == (2, 3)
    assert [h.rank for h in (*near.hits, *near.notes)] == [1, 2, 3, 4, 5]


def test_a_search_of_the_notes_gives_as_many_as_were_asked_for():
    for close in (True, False):
        assert len(answer(close=close, papers=0, notes=9, query="q in:notes", limit=5).notes) == 5


def view(confidences, noted=0):
    """Filings with these confidences, each with an alternative of the rest."""
    filings = [
        {
            "work": f"w{i}",
            "noted": [["A"]] if i < noted else [],
            "suggested": ["B"],
            "confidence": c,
            "alternatives": [{"heading": ["C"], "confidence": 1 - c}],
        }
        for i, c in enumerate(confidences)
    ]
    return TopicsView.load({"filings": filings}, {}, ENTRIES)


@pytest.mark.parametrize("noted", [0, 28, 40])
def test_no_filing_is_shown_as_certain(noted):
    shown = view([1.0, 0.0, 0.999, 0.5] + [0.9] * 36, noted)
    for filing in shown.filings:
        for chance in (filing.confidence, filing.alternatives[0].confidence):
            assert f"{chance:.0%}" not in {"0%", "100%"}
    assert shown.filings[3].confidence == 0.5
    assert all(0 < w["confidence"] < 1 for w in shown.as_json()["works"])


def test_the_fewer_works_were_filed_the_less_is_certain():
    small, large = view([1.0], 1).filings[0], view([1.0] * 40, 40).filings[0]
    assert small.confidence < large.confidence < 1
    assert math.isclose(small.confidence, 1 - resolution(1))


def test_bounded_or_not_the_surest_come_first():
    shown = view([0.99, 1.0, 0.3, 0.995])
    assert [f.work for f in shown.unplaced()] == ["w1", "w3", "w0", "w2"]


@pytest.mark.parametrize(
    ("authors", "year", "cited"),
    [
        (("Nitish Keskar", "Jorge Nocedal", "Ping Tang"), 2016, "Keskar et al. 2016"),
        (("Nitish Keskar", "Jorge Nocedal"), 2016, "Keskar and Nocedal 2016"),
        (("Nitish Keskar",), 2016, "Keskar 2016"),
        (("Nitish Keskar",), None, "Keskar"),
        ((), 2016, "w"),
    ],
)
def test_a_sentence_names_its_paper(authors, year, cited):
    entries = {"w": Entry(Work("w", "A title", authors, year), "fetched", "")}
    rects = ((1, 0.0, 0.0, 9.0, 9.0), (2, 1.0, 1.0, 8.0, 8.0))
    summary = Summary(
        "w", "A title", (Sentence("It is.", "w", 2, rects), Sentence("So?", "gone", 1))
    )
    first, second = SummaryView.load(summary, entries).sentences
    assert (first["cite"], first["title"]) == (cited, "A title")
    assert first["rects"] == [[1.0, 1.0, 8.0, 8.0]]
    assert (second["cite"], second["title"]) == ("gone", "gone")


BARE = Entry(Work("title:0", "Tides of *deep* water"), "not-found", "")
TOLD = Entry(Work("doi:10.1/a", "Harbours", abstract="Tides of deep water rise."), "pending", "")


def first_hit(entry, text, kind="abstract"):
    chunk = Chunk(f"abstract:{entry.work.id}", 0, text, kind)
    found = Results(parse_query("tides"), (Hit(0, entry.work.id, 1.0, chunk),))
    return show_results(found, "passage", {entry.work.id: entry}, 5, 3).hits[0]


@pytest.mark.parametrize(
    ("entry", "text", "kind", "shown"),
    [
        (BARE, "Tides of *deep* water", "abstract", "title"),
        (BARE, "Tides of deep  water.", "abstract", "title"),
        (TOLD, "Tides of deep water rise.", "abstract", "abstract"),
        (BARE, "Tides of *deep* water", "body", "body"),
    ],
)
def test_a_hit_that_is_no_more_than_a_title_says_so(entry, text, kind, shown, capsys):
    hit = first_hit(entry, text, kind)
    assert (hit.kind, hit.as_json()["kind"]) == (shown, shown)
    print_results(SearchResults((hit,)))
    assert (", title only" in capsys.readouterr().out) == (shown == "title")
