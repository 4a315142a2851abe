"""Papers moved to another heading by the reader's word: kept, taken back, built by."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from litmap.catalogue import Catalogue
from litmap.catalogue.entries import Entry, entries
from litmap.cli import main
from litmap.cli.topics_text import print_topics
from litmap.errors import UsageError
from litmap.library.topics_view import TopicsView
from litmap.models import Citation, Heading, Mention, Note, Reference, Resolution, Work
from litmap.paths import LibraryPaths
from litmap.pipeline import kept_places
from litmap.pipeline.overrides import decisions, settle, undo
from litmap.settings import load_settings

NOW = "2026-11-28T10:00:00Z"
BEES, WASPS, ANTS = ("Insects", "Bees"), ("Insects", "Wasps"), ("Insects", "Ants")
FLAT = Work("title:0", "Flat minima")
RIGHT = Work("doi:10.9999/right", "Flat minima", ids=("doi:10.9999/right",))


def note(*paths):
    headings = [Heading(path, line) for line, path in enumerate([("Insects",), *paths], 1)]
    return Note("n.md", "markdown", "n", "0", tuple(headings))


NOTE = note(BEES, WASPS, ANTS)


def put(library, notes, *cited):
    """A catalogue in which the notes cite one work under these headings."""
    mentions = tuple(Mention("n.md", line, "Flat", path) for line, path in enumerate(cited, 1))
    citation = Citation("k", "title", Reference(title="Flat"), mentions)
    with Catalogue.create(LibraryPaths(library).catalogue) as catalogue, catalogue.write():
        catalogue.put_notes(notes, [citation])
        if "k" not in catalogue.resolutions():
            catalogue.put_resolution(Resolution("k", FLAT, "unsure", "one", (RIGHT,)), NOW)


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    library = tmp_path_factory.mktemp("library")
    return load_settings({"library": library, "state": library / "state"}, environment={})


@pytest.fixture
def one(settings) -> Entry:
    """The library anew, with a work under Bees and Wasps."""
    LibraryPaths(settings.library).catalogue.unlink(missing_ok=True)
    put(settings.library, [NOTE], BEES, WASPS)
    return entry(settings)


def entry(settings) -> Entry:
    with Catalogue.open(LibraryPaths(settings.library).catalogue) as catalogue:
        (found,) = entries(catalogue)
    return found


def test_a_moved_work_stands_there_alone_and_goes_back(settings, one) -> None:
    assert one.headings == (BEES, WASPS)
    kept_places.move(settings, [FLAT.id], ANTS)
    assert entry(settings).headings == (ANTS,)
    assert entry(settings).noted == (BEES, WASPS)
    kept_places.take_back(settings, [FLAT.id])
    assert entry(settings).headings == (BEES, WASPS)


def test_a_work_may_leave_one_heading_and_stay_under_the_others(settings, one) -> None:
    kept_places.move(settings, [FLAT.id], ANTS, BEES)
    assert entry(settings).headings == (ANTS, WASPS)
    kept_places.move(settings, [FLAT.id], WASPS, ANTS)
    assert entry(settings).headings == (WASPS,)
    with pytest.raises(UsageError, match="does not stand under 'Insects › Bees'"):
        kept_places.move(settings, [FLAT.id], ANTS, BEES)


def test_where_the_notes_have_it_no_word_is_needed(settings, one) -> None:
    kept_places.move(settings, [FLAT.id], ANTS, BEES)
    kept_places.move(settings, [FLAT.id], BEES, ANTS)
    assert (entry(settings).headings, entry(settings).placed) == ((BEES, WASPS), ())
    assert decisions(settings) == []


@pytest.mark.parametrize(
    ("works", "to", "why"),
    [
        ([FLAT.id, "title:none"], ANTS, "no work 'title:none'"),
        ([FLAT.id], ("Insects", "Birds"), "no heading 'Insects › Birds'"),
        ([FLAT.id], ("Insects",), "no heading 'Insects'"),
    ],
)
def test_what_is_not_there_is_said_and_nothing_is_kept(settings, one, works, to, why) -> None:
    with pytest.raises(UsageError, match=why):
        kept_places.move(settings, works, to)
    with pytest.raises(UsageError, match="you have not moved"):
        kept_places.take_back(settings, [FLAT.id])
    assert entry(settings) == one


def test_a_word_waits_for_a_heading_that_is_gone(settings, one) -> None:
    kept_places.move(settings, [FLAT.id], ANTS)
    put(settings.library, [note(BEES, WASPS)], BEES)
    gone = entry(settings)
    assert (gone.headings, gone.placed, gone.waiting) == ((BEES,), (), (ANTS,))
    assert decisions(settings)[0]["choice"] == "Insects › Ants"
    put(settings.library, [NOTE], BEES)
    assert entry(settings).headings == (ANTS,)


def test_a_word_follows_a_work_to_another_id_and_is_listed_and_undone(settings, one) -> None:
    kept_places.move(settings, [FLAT.id], ANTS)
    settle(settings, FLAT.id, RIGHT.id)
    assert entry(settings).work.id == RIGHT.id
    assert entry(settings).headings == (ANTS,)
    kept_places.move(settings, [FLAT.id], WASPS)  # by the id it had
    assert entry(settings).headings == (WASPS,)
    (said,) = [d for d in decisions(settings) if d["field"] == "heading"]
    assert (said["work"], said["choice"]) == (RIGHT.id, "Insects › Wasps")
    undo(settings, RIGHT.id)
    assert entry(settings).headings == (BEES, WASPS)


ACTS = st.lists(
    st.tuples(
        st.sampled_from([BEES, WASPS, ANTS, None]), st.sampled_from([BEES, WASPS, ANTS, None])
    ),
    max_size=6,
)


@given(ACTS)
@examples(max_examples=30)
def test_after_any_moves_and_take_backs_the_last_word_holds(settings, acts) -> None:
    LibraryPaths(settings.library).catalogue.unlink(missing_ok=True)
    put(settings.library, [NOTE], BEES, WASPS)
    stands = [BEES, WASPS]
    for to, left in acts:
        if to is None:
            is_kept = bool(entry(settings).placed)
            if is_kept:
                kept_places.take_back(settings, [FLAT.id])
            stands = [BEES, WASPS]
        elif left is None or left in stands:
            kept_places.move(settings, [FLAT.id], to, left)
            moved = [to if path == left else path for path in stands] if left else [to]
            stands = list(dict.fromkeys(moved))
        assert set(entry(settings).headings) == set(stands)
        put(settings.library, [NOTE], BEES, WASPS)  # a refresh reads the notes again
        assert set(entry(settings).headings) == set(stands)


def _die_in_the_middle(settings) -> None:
    def killed(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    Catalogue.put_places = killed
    kept_places.move(settings, [FLAT.id], WASPS)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_process_killed_in_the_middle_leaves_the_former_word(settings, one) -> None:
    kept_places.move(settings, [FLAT.id], ANTS)
    process = multiprocessing.get_context("fork").Process(
        target=_die_in_the_middle, args=(settings,)
    )
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert entry(settings).headings == (ANTS,)
    kept_places.move(settings, [FLAT.id], WASPS)
    assert entry(settings).headings == (WASPS,)


# ── by command ────────────────────────────────────────────────────────────────────────────────────
def litmap(settings, capsys, *args):
    code = main([*args, "--library", str(settings.library)])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_works_are_moved_and_taken_back_by_command(settings, one, capsys) -> None:
    where = ("topics", "--move", "flat minima", "--to", "Ants")
    code, told, _ = litmap(settings, capsys, *where, "--from", "Bees", "--json")
    assert (code, json.loads(told)) == (0, {"works": [FLAT.id], "heading": list(ANTS)})
    _, told, _ = litmap(settings, capsys, "works", "--json")
    (work,) = json.loads(told)
    assert work["headings"] == [list(ANTS), list(WASPS)] == work["kept_headings"]
    _, told, _ = litmap(settings, capsys, *where)
    assert "Flat minima → Insects › Ants" in told
    _, told, _ = litmap(settings, capsys, "decisions")
    assert "heading = Insects › Ants" in told
    assert litmap(settings, capsys, "topics", "--take-back", FLAT.id)[0] == 0
    assert entry(settings) == one


@pytest.mark.parametrize(
    "args",
    [
        ("--move", FLAT.id),
        ("--to", "Ants"),
        ("--take-back", FLAT.id, "--to", "Ants"),
        ("--move", FLAT.id, "--to", "Birds"),
    ],
)
def test_what_is_said_in_part_is_refused(settings, one, capsys, args) -> None:
    code, _, told = litmap(settings, capsys, "topics", *args)
    assert (code, entry(settings)) == (2, one), told


def test_topics_say_which_word_waits_for_a_heading(capsys) -> None:
    work = Entry(FLAT, "pending", "", waiting=(ANTS,))
    print_topics(TopicsView((), (), (), {}, {FLAT.id: work}))
    assert (
        "no longer have; your word waits:\n  Flat minima → Insects › Ants"
        in capsys.readouterr().out
    )
