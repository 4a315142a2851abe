"""What a refresh tells of: each change once, failures that come and go at most once a week."""

from __future__ import annotations

import contextlib
import json
import random
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litmap.catalogue import Catalogue
from litmap.catalogue.entries import Entry
from litmap.models import (
    Candidate,
    EventKind,
    Mention,
    Notice,
    NoticeKind,
    PdfFile,
    Sentence,
    Topic,
    Work,
)
from litmap.parsing.title_similarity import normalise_title
from litmap.paths import LibraryPaths
from litmap.pdfs import PUT_RIGHT
from litmap.pipeline.events import _Built, _former, _without_told, choose_sentences, tell
from litmap.pipeline.heading_changes import (
    Cause,
    HeadingState,
    Suggestion,
    compare_headings,
    has_thinned,
)
from litmap.pipeline.work_changes import baseline, compare_works

START = datetime.fromisoformat("2026-11-02T06:00:00Z")
HEADING = ("Sleep", "Salt")
WORK = Work(
    "doi:10.1/olm",
    "Salt and sleep",
    ("Ada Olm", "Bo Elm"),
    2021,
    abstract="We slept. Salt helped.",
    ids=("doi:10.1/olm", "arxiv:2101.99001"),
    arxiv_version=1,
)
PDF = PdfFile("a" * 64, "pdfs/a", 10, pages=9, version=1)
CITED = Entry(
    WORK, "metadata-only", "no free PDF", mentions=(Mention("n.md", 1, "", HEADING),), citations=("c1",)
)  # fmt: skip
FETCHED = replace(CITED, status="fetched", reason="here", pdfs=(PDF,))
FAILED = replace(CITED, status="failed", reason="no answer")


def day(number):
    return (START + timedelta(days=number)).strftime("%Y-%m-%dT%H:%M:%SZ")


def told_of(*runs, start=(), step=1, sentences=(), aliases=None):
    """The events of runs, each of which finds these entries, `step` days apart."""
    states, events = json.loads(json.dumps(baseline(start))), []
    for number, found in enumerate(runs):
        news = compare_works(
            states,
            found,
            day(number * step),
            headings=lambda entry: entry.headings,
            sentences=lambda work: sentences,
            aliases=aliases,
        )
        states = json.loads(json.dumps(news.states))
        events += news.events
    return events


def kinds(events):
    return [event.kind.value for event in events]


# ── works ─────────────────────────────────────────────────────────────────────────────────────────
def test_a_work_that_comes_is_told_once_under_its_heading_with_what_its_paper_says():
    said = [{"text": "Salt helped.", "place": "p. 3", "page": 3}]
    (event,) = told_of([FETCHED], [FETCHED], sentences=said)
    assert (event.kind, event.subject, event.headings) == (EventKind.CAME, WORK.id, (HEADING,))
    assert event.details["sentences"] == said
    assert (event.details["authors"], event.details["year"]) == ("Olm and Elm", 2021)
    assert event.time == day(0)


def test_what_is_there_at_the_first_refresh_is_no_news():
    all_of_it = [FETCHED, replace(FAILED, work=replace(WORK, id="x"))]
    assert told_of(all_of_it, all_of_it, start=all_of_it) == []


def test_a_work_that_nobody_looked_up_yet_is_told_when_somebody_has():
    pending = replace(CITED, status="pending", reason="not looked up yet")
    assert kinds(told_of([pending], [pending], [FETCHED])) == ["came"]
    assert kinds(told_of([pending], [FETCHED], start=[pending])) == ["text"]


def test_a_text_that_comes_later_is_told():
    assert kinds(told_of([CITED], [FETCHED], [FETCHED])) == ["came", "text"]


def test_a_newer_version_is_told_with_what_differs():
    work = replace(
        WORK, title="Salt, sleep and rest", abstract="We slept. Salt did not help.", arxiv_version=2
    )
    newer = replace(FETCHED, work=work, pdfs=(replace(PDF, sha256="b" * 64, pages=12, version=2),))
    (event,) = told_of([FETCHED], [newer], [newer], start=[FETCHED])
    assert event.kind == EventKind.VERSION
    assert event.details["title_before"] == "Salt and sleep"
    assert event.details["abstract_quoted"] == "Salt did not help."
    assert (event.details["abstract_new"], event.details["abstract_sentences"]) == (1, 2)
    assert (event.details["pages_before"], event.details["pages"]) == (9, 12)
    assert (event.details["before"], event.details["version"]) == (1, 2)


def test_an_abstract_that_comes_before_its_version_is_still_said_to_differ():
    work = replace(WORK, abstract="We slept. Salt did not help.", arxiv_version=2)
    ahead = replace(FETCHED, work=work)
    newer = replace(ahead, pdfs=(replace(PDF, version=2),))
    (event,) = told_of([ahead], [newer], start=[FETCHED])
    assert event.details["abstract_quoted"] == "Salt did not help."


def test_a_title_in_capitals_or_a_file_without_version_is_no_newer_version():
    louder = replace(FETCHED, work=replace(WORK, title="SALT AND SLEEP"))
    dropped = replace(FETCHED, pdfs=(replace(PDF, version=None),))
    assert told_of([louder], [dropped], [FETCHED], start=[FETCHED]) == []


def test_a_preprint_that_appeared_in_a_journal_is_told_once():
    preprint = replace(FETCHED, work=replace(WORK, venue="arXiv preprint"))
    published = replace(FETCHED, work=replace(WORK, venue="Journal of Salt", year=2022))
    (event,) = told_of([published], [preprint], [published], start=[preprint])
    assert (event.kind, event.details["venue"]) == (EventKind.PUBLISHED, "Journal of Salt")


def test_a_preprint_that_nobody_had_looked_up_did_not_appear():
    pending = replace(CITED, status="pending", work=replace(WORK, venue="arXiv preprint"))
    published = replace(CITED, work=replace(WORK, venue="Journal of Salt"))
    assert told_of([published], start=[pending]) == []


def warned(*notices):
    return replace(FETCHED, notices=notices)


RETRACTED = Notice(NoticeKind.RETRACTED, "retracted")
FULLY = Notice(NoticeKind.RETRACTED, "retracted on 2026-05-01", "2026-05-01", "10.1/r")
CORRECTED = Notice(NoticeKind.CORRECTED, "corrected on 2026-06-01", "2026-06-01", "10.1/c")
AGAIN = replace(CORRECTED, text="corrected on 2026-07-01", doi="10.1/d")


def test_each_notice_is_told_once_whatever_the_sources_say_in_between():
    runs = [
        warned(FULLY),
        FETCHED,
        warned(FULLY),
        warned(FULLY, CORRECTED),
        warned(CORRECTED, AGAIN),
    ]
    events = told_of(*([run] for run in runs), start=[FETCHED])
    assert [e.details["notice"] for e in events] == [FULLY.text, CORRECTED.text, AGAIN.text]
    assert kinds(told_of([warned(RETRACTED)])) == ["came", "notice"]


def test_a_work_that_no_note_cites_any_longer_is_told_once_with_where_it_stood():
    events = told_of([FETCHED], [], [], [FETCHED], [FETCHED], start=[FETCHED])
    (event,) = events
    assert (event.kind, event.subject, event.title) == (EventKind.LEFT, WORK.id, WORK.title)
    assert (event.headings, event.details["notes"]) == ((HEADING,), ["n.md"])
    again = told_of([FETCHED], [], [FETCHED], [], start=[FETCHED])
    assert kinds(again) == ["left", "left"]


def test_a_work_under_another_id_or_one_never_found_did_not_leave():
    renamed = replace(FETCHED, work=replace(WORK, id="arxiv:2101.99001"))
    assert told_of([renamed], start=[FETCHED]) == []
    other = replace(FETCHED, work=Work("doi:10.1/new", "A name of its own"), citations=("c2",))
    assert told_of([other], start=[FETCHED, other], aliases={WORK.id: "doi:10.1/new"}) == []
    unknown = replace(CITED, status="not-found")
    assert told_of([], start=[unknown]) == []


def test_what_left_before_it_was_kept_where_works_stand_is_no_news():
    states = json.loads(json.dumps(baseline([FETCHED])))
    del states[WORK.id]["headings"]
    news = compare_works(
        states, [], day(0), headings=lambda entry: entry.headings, sentences=lambda work: ()
    )
    assert news.events == ()


def test_a_notice_says_where_the_notes_cite_the_work_each_line_once():
    mentions = tuple(Mention("n.md", line, "", HEADING) for line in (3, 8, 3))
    (event,) = told_of([replace(warned(FULLY), mentions=mentions)], start=[FETCHED])
    assert event.details["places"] == [{"note": "n.md", "line": line} for line in (3, 8)]


def test_a_work_that_was_shown_as_a_new_paper_does_not_come_again_but_its_text_does():
    shown = Candidate(WORK, "", "arXiv cs.LG", HEADING, 0.9, "", day(0), shown=day(0))
    told = {
        entry.status: kinds(_without_told(told_of([entry]), [shown], [entry]))
        for entry in (CITED, FETCHED, FAILED)
    }
    assert told == {"metadata-only": [], "fetched": ["text"], "failed": ["came"]}
    waiting = replace(shown, shown="")
    assert kinds(_without_told(told_of([CITED]), [waiting], [CITED])) == ["came"]


@pytest.mark.parametrize("order", [(RETRACTED, FULLY), (FULLY, RETRACTED)])
def test_a_notice_that_another_source_tells_more_fully_is_the_same(order):
    assert len(told_of(*([warned(notice)] for notice in order), start=[FETCHED])) == 1


def test_a_newer_version_that_is_out_is_told_once_though_its_file_is_not_here():
    notice = Notice(NoticeKind.VERSION, "version 2 on arXiv", version=2)
    ahead = warned(notice)
    here = replace(ahead, pdfs=(replace(PDF, version=2),))
    (event,) = told_of([ahead], [ahead], [here], start=[FETCHED])
    assert (event.kind, event.details["version"]) == (EventKind.VERSION, 2)
    assert (event.details["here"], event.details["same"]) == (1, ["title", "abstract"])
    renamed = replace(ahead, work=replace(WORK, title="Rest and salt"))
    (event,) = told_of([renamed], [renamed], start=[FETCHED])
    assert (event.details["title_before"], event.details["same"]) == (WORK.title, [])


def test_a_newer_version_that_differs_in_nothing_that_is_compared_is_told_as_such():
    newer = replace(FETCHED, pdfs=(replace(PDF, version=2),))
    (event,) = told_of([newer], start=[FETCHED])
    assert event.details["same"] == ["title", "abstract", "number of pages"]
    assert event.details["here"] == 0


def test_a_journal_version_that_a_source_tells_of_is_told_once():
    notice = Notice(NoticeKind.PUBLISHED, "published in J. Salt", doi="10.1/p")
    preprint = replace(FETCHED, work=replace(WORK, venue="arXiv preprint"))
    published = replace(preprint, notices=(notice,))
    (event,) = told_of([published], [preprint], [published], start=[preprint])
    assert (event.kind, event.details["text"]) == (EventKind.PUBLISHED, notice.text)


def test_a_failure_is_told_with_its_reason_and_what_it_needs():
    (event,) = told_of([FAILED], start=[CITED])
    assert (event.kind, event.details["reason"]) == (EventKind.FAILED, "no answer")
    assert event.details["needs"] == "the next refresh tries again"
    unsure = replace(CITED, status="unsure", reason="two fit")
    assert WORK.id in told_of([unsure], start=[CITED])[0].details["needs"]


def test_a_work_that_comes_and_fails_is_told_once_and_its_failure_not_again():
    (event,) = told_of([FAILED], [FAILED])
    assert (event.kind, event.details["status"]) == (EventKind.CAME, "failed")
    assert kinds(told_of([FAILED], [CITED], [FAILED])) == ["came"]


def test_what_a_reason_advises_is_not_advised_anew():
    doubt = replace(CITED, status="unsure", reason=f"another title. {PUT_RIGHT}")
    assert told_of([doubt], start=[CITED])[0].details["needs"] == ""


def test_failures_and_texts_that_come_and_go_are_told_at_most_once_a_week():
    runs = [[FAILED] if n % 2 else [FETCHED] for n in range(1, 15)]
    events = told_of(*runs, start=[FETCHED])
    assert kinds(events) == ["failed", "text", "failed", "text"]
    days = [(datetime.fromisoformat(e.time) - START).days for e in events]
    assert days == [0, 1, 8, 9]


def test_a_failure_that_lasts_is_told_though_another_was_a_day_before():
    runs = [[FAILED], [FETCHED], *[[FAILED]] * 9]
    assert kinds(told_of(*runs, start=[FETCHED])) == ["failed", "text", "failed"]


def test_a_work_under_another_id_is_the_same_work():
    unsure = replace(CITED, status="unsure", work=Work("title:0123", "Salt and sleep"))
    renamed = replace(FETCHED, work=replace(WORK, id="doi:10.1/new", title="Salz"), citations=())
    assert kinds(told_of([unsure], [FETCHED])) == ["came", "text"]
    aliases = {WORK.id: "doi:10.1/new"}
    assert told_of([renamed], [renamed], start=[FETCHED], aliases=aliases) == []


def test_a_work_that_left_the_notes_for_a_week_is_told_as_left_and_not_as_come_when_it_is_back():
    assert kinds(told_of([], [FETCHED], start=[FETCHED])) == ["left"]


_STATES = st.sampled_from([CITED, FETCHED, FAILED, replace(CITED, status="pending"), None])


@given(st.lists(_STATES, max_size=30), st.integers(1, 5))
def test_nothing_is_told_twice_whatever_happens(runs, step):
    runs = [[found] if found else [] for found in runs]
    events = told_of(*runs, step=step)
    assert kinds(events).count("came") <= 1
    for kind in ("failed", "text"):
        times = [datetime.fromisoformat(e.time) for e in events if e.kind == kind]
        assert all(b - a >= timedelta(days=7) for a, b in pairwise(times))


# ── thirty weeks ──────────────────────────────────────────────────────────────────────────────────
class Killed(BaseException):
    """Stands for the end of a process: whatever was being written is lost."""


def weeks_of_works(chance):
    """What happens to thirty works in thirty weeks: the entries of each week, and (week, kind, work)
    of all that has to be told.
    """
    weeks = [[] for _ in range(31)]
    truth = []
    for number in range(30):
        work = replace(WORK, id=f"doi:10.1/{number}", title=f"Title {number} of a work", ids=())
        heading = ("Sleep", f"Part {number % 4}")
        entry = replace(
            CITED,
            work=replace(work, venue="arXiv preprint"),
            citations=(f"c{number}",),
            mentions=(Mention("n.md", number, "", heading),),
        )
        starts = chance.choice([0, *range(1, 20)])
        planned = {starts: "came"} if starts else {}
        kinds_left = ["text", "version", "published", "notice"]
        for week in sorted(chance.sample(range(starts + 1, 31), 4)):
            planned[week] = kinds_left.pop(0)
        for week in range(starts, 31):
            entry = after(entry, planned.get(week))
            truth += [(week, planned[week], entry.work.id, heading)] if week in planned else []
            weeks[week].append(entry)
    return weeks, truth


def after(entry, kind):
    """The entry once this has happened to it."""
    if kind == "text":
        return replace(entry, status="fetched", pdfs=(PDF,))
    if kind == "version":
        return replace(entry, pdfs=(replace(PDF, version=2), PDF))
    if kind == "published":
        return replace(entry, work=replace(entry.work, venue="Journal of Salt"))
    return replace(entry, notices=(FULLY,)) if kind == "notice" else entry


@pytest.mark.parametrize("seed", range(3))
def test_thirty_weeks_are_told_once_in_their_week_and_heading_whatever_is_killed(
    tmp_path, monkeypatch, seed
):
    chance = random.Random(seed)
    weeks, truth = weeks_of_works(chance)
    paths = LibraryPaths(tmp_path)
    with Catalogue.create(paths.catalogue) as catalogue:
        for week, found in enumerate(weeks):
            monkeypatch.setattr("litmap.pipeline.events.entries", lambda _, found=found: found)
            while chance.random() < 0.5:  # killed before, or after it was written
                is_after = chance.random() < 0.3
                with monkeypatch.context() as killing, contextlib.suppress(Killed):
                    killing.setattr(catalogue, "put_told", dying(catalogue, chance.randrange(4)))
                    tell(catalogue, paths, day(7 * week))
                if is_after:
                    tell(catalogue, paths, day(7 * week))
            tell(catalogue, paths, day(7 * week))
        told = [
            (
                (datetime.fromisoformat(e.time) - START).days // 7,
                e.kind.value,
                e.subject,
                e.headings[0],
            )
            for e in catalogue.events()
        ]
    assert sorted(told) == sorted(truth)


def dying(catalogue, calls):
    """`put_told` that ends the process at its nth call."""
    left = iter(range(calls))

    def put(part, states):
        if next(left, None) is None:
            raise Killed
        Catalogue.put_told(catalogue, part, states)

    return put


# ── headings ──────────────────────────────────────────────────────────────────────────────────────
OTHER = ("Sleep", "Rest")


@pytest.mark.parametrize(
    ("before", "after", "thinned"),
    [
        ((5, 5), (2, 2), True),
        ((6, 4), (6, 2), True),
        ((2, 2), (1, 1), False),  # it was thin
        ((6, 2), (6, 1), False),
        ((0, 0), (1, 1), False),  # a new heading
        ((3, 3), (4, 1), True),
        ((5, 5), (4, 4), False),
    ],
)
def test_a_heading_is_thin_where_hardly_any_paper_or_text_is_left(before, after, thinned):
    assert has_thinned(HeadingState(*before), HeadingState(*after)) is thinned


def headings_told(*runs, former=()):
    """The events of runs, each with the works and texts of headings, what they lack, and the papers
    that came.
    """
    states, known, events = {}, {}, []
    for number, (held, uncited, *came) in enumerate(runs):
        cause = Cause(came, former, {"a": "Olm, 2021"})
        news = compare_headings(states, known, held, uncited, day(number), cause)
        states, known = json.loads(json.dumps([news.states, news.suggested]))
        events += news.events
    return events


def test_a_thin_heading_is_told_once_and_again_after_a_week_at_the_earliest():
    full, thin = ({HEADING: (5, 5)}, []), ({HEADING: (2, 2)}, [])
    (event,) = headings_told(full, thin, thin, full, thin)
    assert (event.kind, event.headings, event.details["works"]) == (EventKind.THIN, (HEADING,), 2)
    assert len(headings_told(full, thin, *[full] * 7, thin)) == 2


BOTH = {HEADING: (5, 5), OTHER: (5, 5)}
ON_REST = Suggestion(
    "On Rest", ("doi:10.1/rest",), ("Ada Ulm",), 2019, {HEADING: ("a", "b"), OTHER: ("a", "b", "c")}
)


def test_a_suggestion_is_told_once_under_the_heading_that_cites_it_most():
    rarely = Suggestion("Rarely", citing={HEADING: ("a",)})
    (event,) = headings_told((BOTH, []), *[(BOTH, [ON_REST, rarely], "a")] * 2)
    assert event.headings == (OTHER,)
    (told,) = event.details["suggestions"]
    assert told == {
        "title": "On Rest", "authors": "Ulm", "year": 2019, "citing": 3, "cited_by": ["Olm, 2021", "b", "c"],
    }  # fmt: skip


def test_what_only_moves_up_the_list_is_no_news():
    assert headings_told((BOTH, []), (BOTH, [ON_REST])) == []
    assert headings_told((BOTH, []), (BOTH, [ON_REST], "another paper")) == []


@pytest.mark.parametrize("name", ["doi:10.1/rest", "on rest"])
def test_what_was_ever_in_the_notes_is_not_suggested(name):
    assert headings_told((BOTH, []), (BOTH, [ON_REST], "a"), former={name}) == []


def test_a_heading_that_is_new_brings_its_suggestions_and_a_renamed_one_none():
    before = ({HEADING: (5, 5)}, [])
    assert kinds(headings_told(before, (BOTH, [ON_REST]))) == ["suggested"]
    assert headings_told(before, ({OTHER: (5, 5)}, [ON_REST])) == []


# ── a paper's two sentences ───────────────────────────────────────────────────────────────────────
def test_what_a_paper_found_and_did_is_told_of_it_in_its_order():
    parts = ("abstract", "abstract", "question", "approach", "findings", "findings")
    said = [Sentence(f"S{n}.", "w", 1, part=part) for n, part in enumerate(parts)]
    assert [s.text for s in choose_sentences(said)] == ["S3.", "S4."]
    assert [s.text for s in choose_sentences(said[:2])] == ["S0.", "S1."]
    assert choose_sentences([]) == []


def test_in_an_abstract_it_is_known_by_its_words():
    texts = (
        "Sleep is long.",
        "We propose a pinch of salt.",
        "Some wake.",
        "We show that salt helps.",
    )
    said = [Sentence(text, "w", 1, part="abstract") for text in texts]
    assert [s.text for s in choose_sentences(said)] == [texts[1], texts[3]]


# ── a library ─────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def paths(example_library, tmp_path):
    """A copy of the example library, of which nothing was told yet but the baseline."""
    root = tmp_path / "library"
    shutil.copytree(example_library, root)
    return LibraryPaths(root)


def remove_from_told(paths, count=1):
    """As if the works that come first had come since; their ids."""
    with Catalogue.create(paths.catalogue) as catalogue, catalogue.write():
        told = catalogue.told("works")
        gone = [work for work, state in told.items() if state["status"] == "fetched"][:count]
        catalogue.put_told("works", {w: s for w, s in told.items() if w not in gone})
    return gone


def test_the_first_refresh_tells_nothing_and_is_where_news_begin(paths):
    with Catalogue.create(paths.catalogue) as catalogue:
        assert catalogue.events() == []
        assert len(catalogue.told("works")) > 20
        assert catalogue.runs(1)[0].report["counts"]["news"] is None
        assert tell(catalogue, paths, day(0)) == 0


def test_what_came_is_told_with_sentences_and_pages_of_its_paper(paths):
    gone = remove_from_told(paths)
    with Catalogue.create(paths.catalogue) as catalogue:
        assert tell(catalogue, paths, day(0)) == 1
        (event,) = catalogue.events()
        assert [event.subject] == gone
        assert len(event.details["sentences"]) == 2
        assert all(s["text"] and s["page"] > 0 for s in event.details["sentences"])
        assert tell(catalogue, paths, day(1)) == 0


def test_every_work_that_was_ever_known_or_told_is_no_suggestion(paths):
    with Catalogue.create(paths.catalogue) as catalogue:
        told = {"x": {"title": "A work told of", "ids": ["doi:10.1/told"]}}
        names = _former(catalogue, told)
        assert {"a work told of", "doi:10.1/told"} <= names
        for work in catalogue.works().values():
            assert names.issuperset({*work.ids, normalise_title(work.title)})


def test_the_reading_list_tells_which_papers_of_a_heading_cite_a_work():
    row = {
        "title": "On rest", "ids": [], "authors": ["Ada Ulm"], "year": None,
        "cited_by": ["a", "b", "c"], "headings": [{"heading": list(HEADING), "count": 2}],
    }  # fmt: skip
    topic = Topic("t1", HEADING, "Salt", works=("a", "c", "d"))
    (work,) = _Built((topic,), reading=[row]).uncited()
    assert (work.heading, work.papers, work.year) == (HEADING, ("a", "c"), 0)


_KILLED = """
import os, signal, sys
from pathlib import Path
from litmap.catalogue import Catalogue
from litmap.paths import LibraryPaths
from litmap.pipeline.events import tell
step = int(sys.argv[2])
def dies(method, number):
    def call(*args, **kwargs):
        done = method(*args, **kwargs)
        if number == step:
            os.kill(os.getpid(), signal.SIGKILL)
        return done
    return call
paths = LibraryPaths(Path(sys.argv[1]))
catalogue = Catalogue.create(paths.catalogue)
catalogue.put_events = dies(catalogue.put_events, 0)
catalogue.put_told = dies(catalogue.put_told, 1)
if step == 2:
    sys.exit(0 if tell(catalogue, paths, "2026-11-02T06:00:00Z") == 2 else 1)
tell(catalogue, paths, "2026-11-02T06:00:00Z")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="processes are killed by a signal")
@pytest.mark.parametrize("step", [0, 1, 2])
def test_a_run_killed_before_it_has_told_is_told_by_the_next_and_never_after(paths, step):
    gone = remove_from_told(paths, 2)
    command = [sys.executable, "-c", _KILLED, str(paths.root), str(step)]
    done = subprocess.run(command, check=False, timeout=120)
    assert done.returncode == (0 if step == 2 else -signal.SIGKILL)
    with Catalogue.create(paths.catalogue) as catalogue:
        assert tell(catalogue, paths, day(1)) == (0 if step == 2 else 2)
        assert sorted(e.subject for e in catalogue.events()) == sorted(gone)
