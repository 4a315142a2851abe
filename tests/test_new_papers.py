"""New papers under the reader's headings: asked for once a day, filed, told once, taken or refused."""

from __future__ import annotations

import json
import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from litmap.catalogue import Catalogue, WatchedListing
from litmap.catalogue.migrations import MIGRATIONS
from litmap.catalogue.records import dump
from litmap.citations import find_citations
from litmap.cli import main
from litmap.errors import LibraryError, UsageError
from litmap.library import Library
from litmap.models import Candidate, CandidateState, EventKind, Work
from litmap.notes import read_notes
from litmap.parsing.sentences import beginning
from litmap.paths import LibraryPaths
from litmap.pipeline import Collaborators, RefreshRun, new_papers
from litmap.pipeline.candidate_choices import refuse, take
from litmap.pipeline.inbox_note import append_references
from litmap.pipeline.new_papers import Found, choose_shown, each_once, says_cited
from litmap.settings import load_settings
from litmap.works.listings import NewPaper
from litmap.works.record import Record
from tests.scholarly_web import Answer, as_json

MONDAY, TUESDAY = "2026-11-30T06:00:00Z", "2026-12-01T06:00:00Z"
FEED = "https://journal.example.org/feed.xml"
NUMBER = "https://openalex.org/W9"
PAPERS = {
    "margin": ("Spectral Norms, Margins and the Capacity of Deep Layered Networks",
               "We bound the generalisation error of a layered network by the product of the spectral norms of its layers divided by the margin, "
               "in place of the number of parameters."),
    "descent": ("A Second Peak: Double Descent of Random Features Beyond Interpolation",
                "The test error of random feature regression peaks at the interpolation threshold and falls again; we find where the peak sits."),
    "moss": ("Nocturnal Growth of Bog Mosses in Northern Wetlands", "We weighed mosses at night over three summers and found slow growth in peat."),
    "own": ("Mostly Saddles: Critical Points of High Dimensional Losses", "High critical points are saddles."),
}  # fmt: skip


def feed(*names):
    items = "".join(
        f"<item><title>{title}</title><description>{text}</description><link>https://journal.example.org/{name}</link>"
        f"<guid>doi:10.9999/{name}</guid><pubDate>Fri, 27 Nov 2026 04:00:00 GMT</pubDate></item>"
        for name in names
        for title, text in [PAPERS[name]]
    )
    return Answer(
        body=f"<rss><channel><title>Tidal Letters</title>{items}</channel></rss>".encode(),
        type="application/rss+xml",
    )


class OpenAlexLists(dict):
    """Pages of the stand-in: all lists of OpenAlex by a function of their address, and others."""

    def __init__(self, answer, others=()):
        super().__init__(others)
        self.answer = answer

    def __contains__(self, url):
        return url.startswith("https://api.openalex.org/works?") or super().__contains__(url)

    def __getitem__(self, url):
        return super().__getitem__(url) if super().__contains__(url) else self.answer(url)


@pytest.fixture
def library(example_library, tmp_path, scholarly_web):
    """A copy of the example library that watches one feed."""
    shutil.copytree(example_library, tmp_path / "library")
    inbox = tmp_path / "notes" / "inbox.md"
    return load_settings(
        {"library": tmp_path / "library", "watch_feeds": (FEED,), "watch_inbox": str(inbox)}
    )


def look(settings, now=MONDAY):
    """One look through the listings; the run's problems."""
    with RefreshRun(settings, collaborators=Collaborators(clock=lambda: now)) as run:
        run.watch()
    return run.report.problems


def candidates(settings, **options):
    with Library.open(settings=settings) as opened:
        return {c.id: c for c in opened.candidates(**options)}


def events(settings):
    with Catalogue.open(LibraryPaths(settings.library).catalogue) as catalogue:
        return [e for e in catalogue.events() if e.kind == EventKind.CANDIDATE]


def test_what_fits_a_heading_is_told_once_and_what_fits_none_is_not(library, scholarly_web):
    scholarly_web.pages[FEED] = feed("margin", "descent", "moss", "own")
    assert look(library) == []
    found = candidates(library)
    assert found.keys() == {"doi:10.9999/margin", "doi:10.9999/descent"}
    assert found["doi:10.9999/margin"].heading[-1] == "Generalisation"
    assert found["doi:10.9999/descent"].heading[-1] == "Double descent"
    assert "of yours: " in found["doi:10.9999/margin"].why
    told = events(library)
    assert {e.subject for e in told} == found.keys()
    assert told[0].details["url"].startswith("https://journal.example.org/")
    look(library, TUESDAY)
    assert events(library) == told
    assert len(scholarly_web.log.entries("journal.example.org", "/feed.xml")) == 2


def test_a_listing_is_asked_once_a_day(library, scholarly_web):
    scholarly_web.pages[FEED] = feed("moss")
    look(library)
    look(library, MONDAY.replace("06", "23"))
    assert len(scholarly_web.log.entries("journal.example.org", "/feed.xml")) == 1


@pytest.mark.parametrize(
    "answer",
    [
        Answer(404),
        Answer(body=b"{}", type="application/rss+xml"),
    ],
    ids=["gone", "broken"],
)
def test_a_listing_that_fails_costs_itself_and_is_asked_again(library, scholarly_web, answer):
    settings = replace(library, watch_feeds=(FEED, "https://other.example.org/feed"))
    scholarly_web.pages[FEED] = answer
    scholarly_web.pages["https://other.example.org/feed"] = feed("margin")
    assert FEED in [p.subject for p in look(settings)]
    assert candidates(settings).keys() == {"doi:10.9999/margin"}
    scholarly_web.pages[FEED] = feed("descent")
    assert look(settings) == []
    assert candidates(settings).keys() == {"doi:10.9999/margin", "doi:10.9999/descent"}


def test_nothing_is_asked_before_there_is_a_library(library, scholarly_web, tmp_path):
    assert look(replace(library, library=tmp_path / "empty")) == []
    assert not scholarly_web.log.entries()


def test_a_feed_inside_the_network_is_not_asked(library, scholarly_web):
    problems = look(replace(library, watch_feeds=("http://127.0.0.1:9/feed",)))
    assert "internal" in problems[0].reason


def test_the_works_that_cite_the_readers_are_asked_for_by_their_numbers(library, scholarly_web):
    settings = replace(library, watch_feeds=(), watch_citing=True)
    title, text = PAPERS["margin"]
    number = "https://openalex.org/W77"

    def answer(url):
        if "filter=doi:" in url:
            doi = "https://doi.org/10.48550/arXiv.1611.00000"
            return as_json(
                {
                    "results": [
                        {
                            "id": number,
                            "ids": {"openalex": number},
                            "doi": doi,
                            "title": "When Counting Parameters Stops Counting",
                        }
                    ]
                }
            )
        words = {word: [i] for i, word in enumerate(text.split())}
        return as_json({"results": [{"id": "https://openalex.org/W9", "ids": {"openalex": "https://openalex.org/W9"}, "title": title,
                                     "publication_date": "2026-11-20", "referenced_works": [number], "abstract_inverted_index": words}]})  # fmt: skip

    scholarly_web.pages = OpenAlexLists(answer)
    assert look(settings) == []
    (found,) = candidates(settings).values()
    assert "cites Larkmoor and Ottersby 2016" in found.why
    asked = [e.path for e in scholarly_web.log.entries("api.openalex.org")]
    assert any("cites:W77" in path for path in asked)
    look(settings, TUESDAY)
    again = [e.path for e in scholarly_web.log.entries("api.openalex.org")][len(asked) :]
    assert not any("filter=doi:" in path for path in again), "numbers are remembered"


def test_nothing_is_kept_where_the_run_is_killed_before_all_is_filed(
    library, scholarly_web, monkeypatch
):
    scholarly_web.pages[FEED] = feed("margin")

    def killed(self, listing):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Catalogue, "put_listing", killed)
        with pytest.raises(KeyboardInterrupt):
            look(library)
    assert events(library) == []
    assert candidates(library) == {}
    look(library)
    assert len(events(library)) == 1


def test_of_what_is_dropped_the_identifier_is_kept_alone_and_for_some_weeks(library, scholarly_web):
    scholarly_web.pages[FEED] = feed("margin", "moss")
    look(library)
    paths = LibraryPaths(library.library)
    with Catalogue.open(paths.catalogue) as catalogue:
        assert [c.id for c in catalogue.candidates()] == ["doi:10.9999/margin"]
        assert catalogue.dropped_candidates() == {"doi:10.9999/moss"}
    stored = b"".join(p.read_bytes() for p in paths.root.glob("catalogue.sqlite*"))
    assert PAPERS["margin"][1].encode() in stored
    assert PAPERS["moss"][1].encode() not in stored
    scholarly_web.pages[FEED] = feed()
    look(library, "2027-03-15T06:00:00Z")
    with Catalogue.open(paths.catalogue) as catalogue:
        assert catalogue.dropped_candidates() == set()


def test_what_others_were_better_than_for_two_weeks_leaves_its_identifier(library, scholarly_web):
    scholarly_web.pages[FEED] = feed("margin")
    look(replace(library, watch_per_week=0))
    look(library, "2026-12-15T06:00:00Z")
    with Catalogue.open(LibraryPaths(library.library).catalogue) as catalogue:
        assert catalogue.candidates() == []
        assert catalogue.dropped_candidates() == {"doi:10.9999/margin"}
        assert catalogue.dropped_candidates(with_reason=True) == {"doi:10.9999/margin"}
    assert events(library) == []


def test_a_run_that_is_killed_while_it_files_is_gone_on_with(library, scholarly_web, monkeypatch):
    monkeypatch.setattr(new_papers, "AT_ONCE", 1)
    scholarly_web.pages[FEED] = feed("margin", "moss", "descent")
    filed = []
    file = new_papers._file

    def killed_at_the_third(fresh, *others):
        filed.extend(one.paper.record.ids[0] for one in fresh)
        if len(filed) == 3:
            raise KeyboardInterrupt
        return file(fresh, *others)

    monkeypatch.setattr(new_papers, "_file", killed_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        look(library)
    assert candidates(library) == {}
    assert look(library) == []
    assert filed == ["doi:10.9999/margin", "doi:10.9999/moss", *["doi:10.9999/descent"] * 2]
    assert candidates(library).keys() == {"doi:10.9999/margin", "doi:10.9999/descent"}
    assert len(events(library)) == 2


def test_a_revised_paper_of_arxiv_is_not_new(library, scholarly_web):
    record = (
        '<record><metadata><arXiv xmlns="http://arxiv.org/OAI/arXiv/"><id>{}</id><created>{}</created>'
        "<authors/><title>{}</title><abstract>{}</abstract></arXiv></metadata></record>"
    )
    title, text = PAPERS["margin"]
    old = record.format("2610.00001", "2026-10-20", PAPERS["descent"][0], PAPERS["descent"][1])
    new = record.format("2611.00002", "2026-11-25", title, text)
    url = "https://oaipmh.arxiv.org/oai?verb=ListRecords&"
    first = f"{url}metadataPrefix=arXiv&set=cs:cs:LG&from=2026-11-23".replace(
        ":cs:LG", "%3Acs%3ALG"
    )
    body = '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords>{}</ListRecords></OAI-PMH>'
    token = "<resumptionToken>page 2</resumptionToken>"
    scholarly_web.pages[first] = Answer(body=body.format(old + token).encode(), type="text/xml")
    scholarly_web.pages[f"{url}resumptionToken=page%202"] = Answer(
        body=body.format(new).encode(), type="text/xml"
    )
    settings = replace(library, watch_feeds=(), watch_arxiv=("cs.LG",))
    assert look(settings) == []
    assert candidates(settings).keys() == {"arxiv:2611.00002"}
    with Catalogue.open(LibraryPaths(settings.library).catalogue) as catalogue:
        assert catalogue.listings()["arXiv cs.LG"].until == MONDAY[:10]


def feed_and_citing(title, text):
    """Pages on which a feed brings a paper, and OpenAlex one of this title that cites a work of the
    reader's.
    """
    own = "https://openalex.org/W77"
    words = {word: [i] for i, word in enumerate(text.split())}

    def answer(url):
        asked = {"id": own, "ids": {"openalex": own}, "title": "When Counting Parameters Stops Counting",
                 "doi": "https://doi.org/10.48550/arXiv.1611.00000"}  # fmt: skip
        paper = {"id": NUMBER, "ids": {"openalex": NUMBER}, "title": title, "publication_date": "2026-11-20",
                 "referenced_works": [own], "abstract_inverted_index": words}  # fmt: skip
        return as_json({"results": [asked if "filter=doi:" in url else paper]})

    return OpenAlexLists(answer, {FEED: feed("margin")})


def listed(listing, title, ids, cites=()):
    return Found(NewPaper(Record(listing, title, ids=ids), cites=cites), listing)


@pytest.mark.parametrize("is_arxiv_first", [True, False])
@pytest.mark.parametrize(
    ("title", "ids"),
    [
        ("Salt and Sleep", ("openalex:W9",)),
        ("Another Title", ("openalex:W9", "arxiv:2611.01234")),
    ],
    ids=["title", "identifier"],
)
def test_a_paper_of_two_listings_cites_what_either_knows(title, ids, is_arxiv_first):
    arxiv = listed("arXiv cs.LG", "Salt and Sleep.", ("arxiv:2611.01234",))
    citing = listed("works that cite yours", title, ids, ("openalex:W1", "openalex:W2"))
    other = listed("arXiv cs.LG", "Of Other Things", ("arxiv:2611.00007",), ("openalex:W3",))
    both = [arxiv, citing] if is_arxiv_first else [citing, arxiv]
    found, last = each_once([both[0], other, both[1], listed("by Ada Olm", "", ())])
    assert found.listing == both[0].listing
    assert found.paper.cites == ("openalex:W1", "openalex:W2")
    assert last == other


def test_a_paper_of_two_listings_is_told_once_with_what_it_cites(library, scholarly_web):
    scholarly_web.pages = feed_and_citing(*PAPERS["margin"])
    assert look(replace(library, watch_citing=True)) == []
    (found,) = candidates(library).values()
    assert "of yours: " in found.why
    assert "; cites Larkmoor and Ottersby 2016" in found.why


@pytest.mark.parametrize("is_dropped_before", [False, True])
def test_what_fits_no_heading_but_cites_the_reader_is_shown_as_unsure(
    library, scholarly_web, capsys, is_dropped_before
):
    if is_dropped_before:
        scholarly_web.pages[FEED] = feed("moss")
        look(library)
        assert candidates(library) == {}
    scholarly_web.pages = feed_and_citing(*PAPERS["moss"])
    scholarly_web.pages[FEED] = feed("moss")
    for now in (TUESDAY, "2026-12-02T06:00:00Z"):
        look(replace(library, watch_citing=True), now)
    (found,) = candidates(library).values()
    assert not found.is_sure
    assert found.why == "fits no heading of yours well; cites Larkmoor and Ottersby 2016"
    assert len(events(library)) == 1
    assert main(["new", "--library", str(library.library)]) == 0
    # Of a dropped paper its identifier alone is known: one that comes under another counts again.
    said = f"Shown: 1 of {2 if is_dropped_before else 1} papers"
    assert f"{said} looked through in 7 days" in capsys.readouterr().out


def test_what_is_by_somebody_watched_is_shown_and_says_so(library, scholarly_web):
    title, text = PAPERS["moss"]
    item = (
        f"<item><title>{title}</title><description>{text}</description><guid>doi:10.9999/moss</guid>"
        '<dc:creator xmlns:dc="http://purl.org/dc/elements/1.1/">Odile Wrenfold</dc:creator></item>'
    )
    body = f"<rss><channel><title>Tidal Letters</title>{item}</channel></rss>"
    scholarly_web.pages[FEED] = Answer(body=body.encode(), type="application/rss+xml")
    look(replace(library, watch_authors=("Odile Wrenfold", "Hans Ulm")))
    (found,) = candidates(library).values()
    assert found.why == "by Odile Wrenfold, whom you watch; fits no heading of yours well"
    assert not found.is_sure


def test_a_name_alone_tells_who_wrote_a_paper_only_where_it_is_the_whole_name():
    def written_by(*authors):
        return Found(NewPaper(Record("arXiv", "Salt", authors=authors)), "arXiv cs.LG")

    people = ["Odile Wrenfold"]
    assert new_papers._with_person(written_by("Olm", "Odile Wrenfold"), people).person
    assert not new_papers._with_person(written_by("Otto Wrenfold", "O. Wrenfold"), people).person
    of_listing = replace(written_by("O. Wrenfold"), person="Odile Wrenfold")
    first = written_by("Olm")
    (both,) = each_once([first, of_listing])
    assert both.person == "Odile Wrenfold"


def test_what_is_unsure_comes_behind_what_fits():
    def one(name, score, *, is_sure):
        work = Work(name, name)
        return Candidate(work, "", "", ("A",), score, "", MONDAY, is_sure=is_sure)

    found = [one("x", 0.9, is_sure=False), one("y", 0.2, is_sure=True), one("z", 0.1, is_sure=True)]
    assert [c.id for c in choose_shown(found, 2, MONDAY)] == ["y", "z"]


def test_what_is_heard_a_day_later_of_what_a_paper_cites_is_said_then(library, scholarly_web):
    scholarly_web.pages[FEED] = feed("margin")
    look(library)
    (first,) = candidates(library).values()
    told = events(library)
    scholarly_web.pages = feed_and_citing(*PAPERS["margin"])
    for _ in range(2):  # once is enough
        look(replace(library, watch_citing=True), TUESDAY)
        (found,) = candidates(library).values()
        assert found.why == f"{first.why}; cites Larkmoor and Ottersby 2016"
        assert replace(found, why=first.why) == first
    assert events(library) == told


def test_works_said_to_be_cited_take_the_place_of_those_said_before():
    own = {name: Work(name, "A Title", (f"Ada {name}",), 2016) for name in ("Olm", "Berg")}
    like = "like this one of yours: Tveit 2015"
    assert says_cited(like, ["Olm"], own) == f"{like}; cites Olm 2016"
    assert says_cited(f"{like}; cites Olm 2016", ["Olm", "Berg"], own) == (
        f"{like}; cites Olm 2016, Berg 2016"
    )
    assert says_cited("cites Olm 2016", ["Berg"], own) == "cites Berg 2016"
    assert says_cited(f"{like}; cites Olm 2016", [], own) == f"{like}; cites Olm 2016"


# ── how they are told ────────────────────────────────────────────────────────────────────────────
def test_how_the_abstract_begins_is_told(library, scholarly_web, capsys):
    scholarly_web.pages[FEED] = feed("margin")
    look(library)
    assert main(["new", "--library", str(library.library)]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert PAPERS["margin"][1] in told


@pytest.mark.parametrize(
    ("abstract", "shown"),
    [
        ("", ""),
        ("  One sentence that has\n no end", "One sentence that has no end"),
        (
            "The first sentence says what we did. The second one says what it gave. A third.",
            "The first sentence says what we did. The second one says what it gave.",
        ),
        (f"The first sentence says what we did. {'And so on ' * 40}.", "The first sentence says what we did."),
    ],
    ids=["none", "no end", "two", "a long second"],
)  # fmt: skip
def test_of_an_abstract_two_sentences_are_told_if_short(abstract, shown):
    assert beginning(abstract, 2) == shown


def test_a_sentence_without_end_is_cut():
    assert len(beginning("And so on " * 100, 2)) <= 320


# ── the reader's word ────────────────────────────────────────────────────────────────────────────
def test_a_taken_paper_stands_in_the_inbox_note_and_is_listed_no_more(
    library, scholarly_web, capsys
):
    scholarly_web.pages[FEED] = feed("margin", "descent")
    look(library)
    told = ["new", "--library", str(library.library)]
    assert main([*told, "--json"]) == 0
    assert {row["id"] for row in json.loads(capsys.readouterr().out)} == {
        "doi:10.9999/margin",
        "doi:10.9999/descent",
    }
    take(library, ["doi:10.9999/margin"])
    refuse(library, ["doi:10.9999/descent"])
    assert candidates(library) == {}
    states = {c.id: c.state for c in candidates(library, all_states=True).values()}
    assert states == {
        "doi:10.9999/margin": CandidateState.TAKEN,
        "doi:10.9999/descent": CandidateState.REFUSED,
    }
    assert all(e.is_read for e in events(library))
    note = Path(library.watch_inbox).read_text(encoding="utf-8")
    assert "https://doi.org/10.9999/margin" in note
    assert main(told) == 0
    assert "Nothing new" in capsys.readouterr().out


@pytest.mark.parametrize(
    "name",
    [
        "2612.80002",
        "arXiv:2612.80002v1",
        "https://arxiv.org/abs/2612.80002",
        "10.9999/Tide.1",
        "doi:10.9999/tide.1",
        "https://doi.org/10.9999/tide.1",
    ],
)
def test_a_paper_is_refused_by_any_of_its_identifiers(tmp_path, name):
    paths = LibraryPaths(tmp_path)
    paths.root.mkdir(exist_ok=True)
    ids = ("arxiv:2612.80002", "doi:10.9999/tide.1")
    with Catalogue.create(paths.catalogue) as catalogue:
        catalogue.put_candidates(
            [replace(candidate("", 0.5), work=Work(ids[0], "Salt", ids=ids)), candidate("b", 0.4)]
        )
    (refused,) = refuse(load_settings({"library": tmp_path}), [name, ids[0]])
    assert refused.id == ids[0]
    assert refused.state == CandidateState.REFUSED


def test_a_paper_that_is_not_there_cannot_be_taken(library):
    with pytest.raises(UsageError, match="litmap new"):
        take(library, ["doi:10.9999/nothing"])
    with pytest.raises(UsageError, match="inbox"):
        take(replace(library, watch_inbox=""), ["doi:10.9999/nothing"])


def test_what_is_like_a_refused_paper_stands_lower(library, scholarly_web):
    scholarly_web.pages[FEED] = feed("margin")
    look(library)
    PAPERS["again"] = (
        "Spectral Norms, Margins and Capacity of Layered Networks, Revisited",
        PAPERS["margin"][1],
    )
    twin = replace(library, library=library.library.with_name("twin"))
    shutil.copytree(library.library, twin.library)
    refuse(library, ["doi:10.9999/margin"])
    scholarly_web.pages[FEED] = feed("again")
    for settings in (library, twin):
        look(settings, TUESDAY)
    low, usual = (candidates(s)["doi:10.9999/again"].score for s in (library, twin))
    assert low < usual


# ── which are shown ──────────────────────────────────────────────────────────────────────────────
def candidate(name, score, time=MONDAY, heading=("Sleep",), shown=""):
    return Candidate(Work(name, name), "", "feed", heading, score, "", time, shown=shown)


def test_the_best_of_a_heading_are_shown_as_far_as_its_week_has_room():
    found = [
        candidate("a", 0.2),
        candidate("b", 0.9),
        candidate("c", 0.5),
        candidate("d", 0.1, heading=("Salt",)),
    ]
    assert {c.id for c in choose_shown(found, 2, MONDAY)} == {"b", "c", "d"}
    before = [
        candidate("e", 0.9, shown="2026-11-27T06:00:00Z"),
        candidate("f", 0.9, shown="2026-11-20T06:00:00Z"),
    ]
    assert {c.id for c in choose_shown([*found, *before], 2, MONDAY)} == {"b", "d"}


def test_what_waited_too_long_or_was_refused_is_not_shown():
    old = candidate("a", 0.9, time="2026-11-01T06:00:00Z")
    refused = replace(candidate("b", 0.9), state=CandidateState.REFUSED)
    assert choose_shown([old, refused], 5, MONDAY) == []


def test_candidates_and_listings_come_back_as_they_were(tmp_path):
    with Catalogue.create(tmp_path / "catalogue.sqlite") as catalogue:
        kept = [
            candidate("a", 0.5, shown=MONDAY),
            candidate("b", 0.4),
        ]
        catalogue.put_candidates(kept)
        catalogue.put_listing(WatchedListing("arXiv cs.LG", "2026-11-30", MONDAY))
        assert catalogue.candidates() == kept
        assert catalogue.listings()["arXiv cs.LG"].until == "2026-11-30"
        catalogue.drop_candidates(["a", "c"], MONDAY)
        assert catalogue.candidates() == kept[1:]
        assert catalogue.dropped_candidates() == {"a", "c"}
        catalogue.forget_dropped_candidates(MONDAY)
        assert catalogue.dropped_candidates() == {"a", "c"}
        catalogue.forget_dropped_candidates(TUESDAY)
        assert catalogue.dropped_candidates() == set()


def test_of_candidates_that_an_older_litmap_dropped_the_identifiers_stay(tmp_path):
    path = tmp_path / "catalogue.sqlite"
    db = sqlite3.connect(path, isolation_level=None)
    for migration in MIGRATIONS[:8]:
        db.executescript(migration.script)
        migration.move(db)
    kept = candidate("a", 0.5)
    for name, state in (("a", "new"), ("b", "none")):
        row = (name, dump(replace(kept, work=Work(name, name))), state, MONDAY, "")
        db.execute("INSERT INTO candidates VALUES (?, ?, ?, ?, ?)", row)
    db.execute("PRAGMA user_version = 8")
    db.close()
    with Catalogue.create(path) as catalogue:
        assert catalogue.candidates() == [kept]
        assert catalogue.dropped_candidates() == {"b"}


# ── the inbox note ───────────────────────────────────────────────────────────────────────────────
WORK = Work(
    "arxiv:2611.01234",
    "Salt *and* [sleep]\n",
    ("Ada Olm", "Bo Berg"),
    2026,
    "arXiv",
    ids=("arxiv:2611.01234",),
)
LINE = "- Ada Olm, Bo Berg. “Salt \\*and\\* \\[sleep\\]”. arXiv. 2026. https://arxiv.org/abs/2611.01234"


@pytest.mark.parametrize(
    ("before", "after"),
    [(None, f"# Inbox\n\n{LINE}\n"), ("", f"# Inbox\n\n{LINE}\n"), ("# To read\n- one", f"# To read\n- one\n{LINE}\n"),
     ("# To read\r\n- one\r\n", f"# To read\r\n- one\r\n{LINE}\r\n"), ("\ufeffä\n\n", f"\ufeffä\n\n{LINE}\n")],
    ids=["none", "empty", "no line end", "Windows", "mark"],
)  # fmt: skip
def test_a_reference_is_written_behind_what_stands_there(tmp_path, before, after):
    note = tmp_path / "notes" / "inbox.md"
    if before is not None:
        note.parent.mkdir()
        note.write_bytes(before.encode())
    assert append_references(note, [WORK]) == 1
    assert note.read_bytes().decode() == after
    assert append_references(note, [WORK]) == 0, "once is enough"
    assert note.read_bytes().decode() == after


def test_the_notes_rights_and_a_link_to_it_stay(tmp_path):
    note, link = tmp_path / "real.md", tmp_path / "inbox.md"
    note.write_text("# Inbox\n")
    note.chmod(0o640)
    link.symlink_to(note)
    append_references(link, [WORK])
    assert link.is_symlink()
    assert note.stat().st_mode & 0o777 == 0o640
    assert LINE in note.read_text()


@pytest.mark.parametrize("ids", [("arxiv:2611.01234",), ("doi:10.9999/tide.1",), ()])
@pytest.mark.parametrize(
    ("authors", "people"),
    [
        (("Okafor, Mira", "Tveit, Jan"), ["Mira Okafor", "Jan Tveit"]),
        (("Mira Okafor", "Jan Tveit"), ["Mira Okafor", "Jan Tveit"]),
        (("van der Berg, Anna Maria",), ["Anna Maria van der Berg"]),
    ],
    ids=["family first", "given first", "particle"],
)
def test_the_line_of_the_inbox_is_read_back_as_the_same_work(tmp_path, ids, authors, people):
    title = "Salt in Deep Peat: A Slow Account of Two Winters"
    work = Work("w", title, authors, 2026, "Tidal Letters", ids=ids)
    note = tmp_path / "inbox.md"
    append_references(note, [work])
    assert f"- {', '.join(people)}. “{title}”" in note.read_text()
    (citation,) = find_citations(read_notes([note])[0])
    read = citation.reference
    assert (read.title, list(read.authors), read.year, tuple(read.ids)) == (
        title,
        people,
        2026,
        ids,
    )


def test_markup_in_a_title_is_text_in_the_note(tmp_path):
    work = replace(WORK, title="<script>alert(1)</script> ![x](y) [[z]]\n# h", ids=(), urls=())
    append_references(tmp_path / "inbox.md", [work])
    (line,) = (tmp_path / "inbox.md").read_text().splitlines()[2:]
    assert "\\<script>" in line
    assert "!\\[x\\](y) \\[\\[z\\]\\] \\# h" in line


@pytest.mark.parametrize("what", ["utf-16", "hard link", "folder", "protected"])
def test_a_note_that_cannot_be_written_safely_stays_as_it_was(tmp_path, what):
    note = tmp_path / "inbox.md"
    if what == "folder":
        note.mkdir()
    else:
        note.write_bytes("# Ünbox\n".encode("utf-16" if what == "utf-16" else "utf-8"))
    if what == "hard link":
        (tmp_path / "other.md").hardlink_to(note)
    if what == "protected":
        note.chmod(0o444)
    before = note.read_bytes() if note.is_file() else None
    with pytest.raises(LibraryError, match="nothing was written"):
        append_references(note, [WORK])
    assert (note.read_bytes() if note.is_file() else None) == before
    assert {p.name for p in tmp_path.iterdir()} <= {"inbox.md", "other.md"}
