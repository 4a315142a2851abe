"""Papers moved in the notes by the reader's word: their lines alone, or none with the reason."""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
from collections import Counter
from multiprocessing import get_context

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litmap.catalogue import Catalogue
from litmap.catalogue.entries import Entry, entries
from litmap.citations import find_citations
from litmap.cli import main
from litmap.errors import LibraryError
from litmap.library import Library
from litmap.library.moved_notes import MISREAD, moved_notes, wanted_places
from litmap.models import Resolution, Work
from litmap.notes import parse_note
from litmap.notes.decoding import decode
from litmap.paths import LibraryPaths
from litmap.pipeline import kept_places, note_moves
from litmap.settings import load_settings
from litmap.topics.moved_lines import IN_TEXT, INDENTED, NO_LINES, NO_PLACE, NOT_WHOLE, SHARED

ONE, TWO = "https://arxiv.org/abs/2001.00001", "https://arxiv.org/abs/2001.00002"
W1, W2 = "arxiv:2001.00001", "arxiv:2001.00002"
BEES = ("Bees",)
NOW = "2026-11-28T10:00:00Z"


def read(notes):
    """The notes as they are read, and the works that they cite."""
    found = {
        path: parse_note(decode(data)[0], path, ".md", hashlib.sha256(data).hexdigest())[0]
        for path, data in notes.items()
    }
    cited = [
        Entry(Work(c.key, c.key, ids=c.reference.ids), "pending", "", mentions=c.mentions)
        for c in find_citations(list(found.values()))
    ]
    return found, {work.ids[0]: entry for entry in cited if (work := entry.work).ids}


def move(notes, *works, to=BEES, left=None):
    found, cited = read(notes)
    wanted = wanted_places([cited[work] for work in works], to, left)
    return moved_notes(notes, found, cited.values(), wanted, to)


def one_note(text, *works, **options):
    """What becomes of one note."""
    told = move({"n.md": text.encode()}, *works or (W1,), **options)
    return told.new.get("n.md", b"").decode(), [place.why for place in told.left]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # behind the last entry, in its list; what is indented below it goes along
        (f"# Ants\n\n- a {ONE}\n  - why\n\n    more\n- b\n\n# Bees\n\n- c {TWO}\n\nend\n",
         f"# Ants\n\n- b\n\n# Bees\n\n- c {TWO}\n- a {ONE}\n  - why\n\n    more\n\nend\n"),
        # below a heading without entries
        (f"# Ants\n\n- a {ONE}\n\n# Bees\n\n# Wasps\n", f"# Ants\n\n\n# Bees\n\n- a {ONE}\n\n# Wasps\n"),
        (f"# Ants\n\n- a {ONE}\n\nBees\n====\n", f"# Ants\n\n\nBees\n====\n\n- a {ONE}\n"),
        # a line that stands alone does not run on with others
        (f"# Bees\n- c {TWO}\n\n# Ants\n\na {ONE}\n", f"# Bees\n- c {TWO}\n\na {ONE}\n\n# Ants\n\n"),
        # the second line of an item is of the item
        (f"# Ants\n\n- a\n  {ONE}\n\n# Bees\n", f"# Ants\n\n\n# Bees\n\n- a\n  {ONE}\n"),
        # no last line end
        (f"# Ants\n\n- a {ONE}\n\n# Bees\n\n- c {TWO}", f"# Ants\n\n\n# Bees\n\n- c {TWO}\n- a {ONE}"),
    ],
)  # fmt: skip
def test_the_line_of_a_work_goes_below_the_heading(before, after) -> None:
    assert one_note(before) == (after, [])


@pytest.mark.parametrize(
    ("note", "why"),
    [
        (f"# Ants\n\nAs {ONE} says,\nso it is.\n\n# Bees\n", IN_TEXT),
        (f"# Ants\n\n| a | {ONE} |\n|---|---|\n\n# Bees\n", IN_TEXT),
        (f"---\nsource: x\n---\n\n## {ONE}\n\n# Bees\n", IN_TEXT),
        (f"# Ants\n\n- {ONE} and {TWO}\n\n# Bees\n", SHARED),
        (f"# Ants\n\n- {ONE}\n  - {TWO}\n\n# Bees\n", SHARED),
        (f"# Ants\n\n- both\n  - {ONE}\n\n# Bees\n\n- {TWO}\n", INDENTED),
        (f"# Ants\n\n- {ONE}\n", NO_PLACE),
        (f"# Ants\n\n- text\x0c- {ONE}\n\n# Bees\n", NOT_WHOLE),
    ],
)
def test_a_line_stays_where_moving_it_is_not_safe_and_why_is_said(note, why) -> None:
    assert one_note(note) == ("", [why])


def test_works_of_one_line_go_together() -> None:
    new, left = one_note(f"# Ants\n\n- {ONE} and {TWO}\n\n# Bees\n", W1, W2)
    assert (new, left) == (f"# Ants\n\n\n# Bees\n\n- {ONE} and {TWO}\n", [])


def test_one_heading_is_left_and_the_others_stay() -> None:
    note = f"# Ants\n\n- {ONE}\n\n# Wasps\n\n- {ONE} too\n\n# Bees\n"
    new, _ = one_note(note, left=("Wasps",))
    assert new == f"# Ants\n\n- {ONE}\n\n# Wasps\n\n\n# Bees\n\n- {ONE} too\n"


def test_a_heading_of_its_own_note_comes_before_that_of_another() -> None:
    notes = {"a.md": b"# Bees\n", "n.md": f"# Ants\n\n- {ONE}\n\n# Bees\n".encode()}
    assert set(move(notes, W1).new) == {"n.md"}
    notes["n.md"] = f"# Ants\n\n- {ONE}\n".encode()
    assert move(notes, W1).new == {"n.md": b"# Ants\n\n", "a.md": f"# Bees\n\n- {ONE}\n".encode()}


def test_of_headings_with_one_name_the_one_that_is_meant_counts() -> None:
    note = f"# Ants\n\n## Legs\n\n- {ONE}\n\n## Wings\n\n# Bees\n\n## Wings\n"
    new, _ = one_note(note, to=("Bees", "Wings"))
    assert new.endswith(f"# Bees\n\n## Wings\n\n- {ONE}\n")


def test_notes_that_are_no_lines_stay() -> None:
    utf16 = f"# Ants\n\n- {ONE}\n\n# Bees\n".encode("utf-16")
    told = move({"n.md": utf16}, W1)
    assert (told.new, [place.why for place in told.left]) == ({}, [NO_LINES])


def test_a_number_that_another_note_would_read_as_another_work_stays() -> None:
    note = f"# Ants\n\n- as in [1]\n\n# References\n\n[1] Ann Author. On ants. 2020. {ONE}\n"
    other = f"# Bees\n\n- as in [1]\n\n# References\n\n[1] Bo Writer. On bees. 2021. {TWO}\n"
    told = move({"n.md": note.encode(), "o.md": other.encode()}, W1, left=("Ants",))
    assert {place.why for place in told.left} == {MISREAD}
    assert told.new == {}


# ── whatever the notes hold ───────────────────────────────────────────────────────────────────────
LINES = st.sampled_from(
    ["", "text", "- item", "  - inner", f"- {ONE}", f"{ONE}", f"  {ONE}", f"- {TWO}", f"- {ONE} {TWO}",
     "# Ants", "# Bees", "## Bees", "====", "* star", "1. one", "```", "> quote", "| a | b |"]
)  # fmt: skip
ENDS = st.sampled_from(["\n", "\n", "\n", "\r\n", "\r", ""])


@given(st.lists(st.tuples(LINES, ENDS), max_size=12), st.lists(st.tuples(LINES, ENDS), max_size=6))
def test_whatever_the_notes_hold_no_line_is_lost_and_works_are_read_as_before(one, two) -> None:
    notes = {
        path: "".join(word + end for word, end in lines).encode()
        for path, lines in (("a.md", one), ("b.md", two))
    }
    found, cited = read(notes)
    if W1 not in cited:
        return
    told = moved_notes(notes, found, cited.values(), wanted_places([cited[W1]], BEES, None), BEES)
    after = {**notes, **told.new}
    assert lines_of(after) == lines_of(notes)
    now = read(after)[1]
    assert {w: len(e.mentions) for w, e in now.items()} == {
        w: len(e.mentions) for w, e in cited.items()
    }
    others = {w: Counter(m.heading for m in e.mentions) for w, e in cited.items() if w != W1}
    assert {w: Counter(m.heading for m in e.mentions) for w, e in now.items() if w != W1} == others
    below = sum(m.heading == BEES for m in cited[W1].mentions)
    assert sum(m.heading == BEES for m in now[W1].mentions) == below + len(told.moved)


def lines_of(notes):
    text = "\n".join(decode(data)[0] for data in notes.values())
    return Counter(filter(None, re.split(r"[\r\n\x0b\x0c]", text)))


# ── in a library ──────────────────────────────────────────────────────────────────────────────────
TEXT = f"# Ants\n\n- a {ONE}\n- b\n\n# Bees\n\n- c {TWO}\n"
MOVED = f"# Ants\n\n- b\n\n# Bees\n\n- c {TWO}\n- a {ONE}\n"


@pytest.fixture
def note(tmp_path):
    path = tmp_path / "n.md"
    path.write_bytes(TEXT.encode())
    return path


@pytest.fixture
def settings(note, tmp_path):
    settings = load_settings(
        {"library": tmp_path / "library", "state": tmp_path / "state"}, environment={}
    )
    learn(settings, note)
    return settings


def learn(settings, path) -> None:
    """What a refresh learns of the note."""
    data = path.read_bytes()
    found = parse_note(data.decode(), str(path), ".md", hashlib.sha256(data).hexdigest())[0]
    catalogue_path = LibraryPaths(settings.library).catalogue
    with Catalogue.create(catalogue_path) as catalogue, catalogue.write():
        citations = find_citations([found])
        catalogue.put_notes([found], citations)
        for one in citations:
            work = Work(one.reference.ids[0], one.key, ids=one.reference.ids)
            catalogue.put_resolution(Resolution(one.key, work, "metadata-only", ""), NOW)


def headings(settings):
    with Catalogue.open(LibraryPaths(settings.library).catalogue) as catalogue:
        return {e.work.id: e.headings for e in entries(catalogue)}


def litmap(settings, capsys, *args):
    code = main(["topics", *args, "--library", str(settings.library)])
    told = capsys.readouterr()
    return code, told.out


def test_a_patch_is_shown_then_applied_and_undone(settings, note, tmp_path, capsys) -> None:
    out = tmp_path / "moves.patch"
    where = ("--move", W1, "--to", "bees")
    code, told = litmap(settings, capsys, *where, "--patch", str(out), "--json")
    assert (code, json.loads(told)["moved"]) == (0, [{"work": W1, "note": str(note), "line": 3}])
    assert f"\n-- a {ONE}\n".encode() in out.read_bytes()
    assert note.read_text() == TEXT
    code, told = litmap(settings, capsys, *where, "--apply")
    assert (code, note.read_text()) == (0, MOVED)
    assert "litmap topics --undo" in " ".join(told.split())
    learn(settings, note)
    assert headings(settings) == {W1: (BEES,), W2: (BEES,)}
    assert litmap(settings, capsys, "--undo")[0] == 0
    assert note.read_text() == TEXT


def test_where_no_line_can_be_moved_that_is_said_and_nothing_changes(
    settings, note, capsys
) -> None:
    note.write_text(TEXT.replace(f"- a {ONE}", f"see {ONE}\nfor more"))
    learn(settings, note)
    code, told = litmap(settings, capsys, "--move", W1, "--to", "Bees", "--apply")
    assert code == 1
    assert "line 3 stays: it stands in running text" in " ".join(told.split())
    assert not LibraryPaths(settings.library).backups.exists()


def test_a_note_that_changed_meanwhile_is_refused(settings, note) -> None:
    with Library.open(settings=settings) as library:
        told = library.moved_notes([W1], BEES)
        note.write_text(TEXT + "more\n")
        with pytest.raises(LibraryError, match="was edited since the last refresh"):
            library.moved_notes([W1], BEES)
    kept_places.move(settings, [W1, W2], ("Ants",))
    with pytest.raises(LibraryError, match="just changed by another program"):
        kept_places.move_in_notes(settings, [W1], BEES, told.old, told.new)
    assert note.read_text() == TEXT + "more\n"
    assert headings(settings)[W2] == (("Ants",),)


def test_a_change_of_the_note_takes_an_earlier_word_back(settings, note) -> None:
    note.write_text(TEXT + "\n# Wasps\n")
    learn(settings, note)
    kept_places.move(settings, [W1], ("Wasps",))
    with Library.open(settings=settings) as library:
        told = library.moved_notes([W1], BEES)
    kept_places.move_in_notes(settings, [W1], BEES, told.old, told.new)
    learn(settings, note)
    assert headings(settings)[W1] == (BEES,)
    with Catalogue.open(LibraryPaths(settings.library).catalogue) as catalogue:
        assert catalogue.kept_places() == {}


def _die_in_the_middle(settings, told, module, name) -> None:
    def killed(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(module, name, killed)
    kept_places.move_in_notes(settings, [W1], BEES, told.old, told.new)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize(
    ("module", "name"),
    [
        (note_moves, "_write_backup"),
        (note_moves, "_check_unchanged"),
        (note_moves, "sync_folder"),
        (kept_places, "take_back"),
    ],
)
def test_a_kill_in_the_middle_leaves_the_work_where_it_was_or_is_to_be(
    settings, note, module, name
) -> None:
    note.write_text(TEXT + "\n# Wasps\n")
    learn(settings, note)
    kept_places.move(settings, [W1], ("Wasps",))
    with Library.open(settings=settings) as library:
        told = library.moved_notes([W1], BEES)
    process = get_context("fork").Process(
        target=_die_in_the_middle, args=(settings, told, module, name)
    )
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert note.read_bytes() in {told.old[str(note)], told.new[str(note)]}
    learn(settings, note)
    assert headings(settings)[W1] in {(BEES,), (("Wasps",),)}
