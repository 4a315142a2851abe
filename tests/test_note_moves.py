"""Suggestions carried out in the notes: no byte lost or doubled, all notes or none, and a way
back.
"""

import dataclasses
import errno
import hashlib
import json
import os
import re
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from litmap.cli.read_commands import _apply, _undo
from litmap.errors import Busy, LibraryError
from litmap.library import Library
from litmap.lock import writer
from litmap.models import Filing, Mention, Note
from litmap.notes.decoding import decode
from litmap.paths import LibraryPaths
from litmap.pipeline import note_moves
from litmap.topics import move_lines, patch

MOVE, NOTICES, REFERENCES, LINKS = note_moves.Change


@dataclasses.dataclass
class Entry:
    mentions: tuple[Mention, ...]


FILINGS = [Filing("w1", (("Bees",),), ("Bees",), 0.9), Filing("w2", (("Inbox",),), ("Bees",), 0.9)]


def place(data, mark):
    """The line of a mark as the reader of notes counts it."""
    lines = decode(data)[0].split("\n")
    return next(i for i, line in enumerate(lines, 1) if mark in line)


def suggest(notes):
    """The moves for notes in which 'ONE' stands under Bees and 'TWO' in the inbox."""
    cited = {}
    for work, mark, heading in (("w1", "ONE", "Bees"), ("w2", "TWO", "Inbox")):
        mentions = [
            Mention(path, place(data, mark), mark, (heading,))
            for path, data in notes.items()
            if mark.encode() in data.replace(b"\0", b"")
        ]
        cited[work] = Entry(tuple(mentions))
    return move_lines(notes, cited, FILINGS)


def contents(notes):
    """Every line of the notes without its end, counted."""
    return Counter(
        line for data in notes.values() for line in re.split(r"\r\n|[\r\n\x0b\x0c]", decode(data)[0])
        if line
    )  # fmt: skip


TOPICS = b"# Bees\n\n- ONE\n\n# More\n\nend\n"
INBOX = b"# Inbox\n\n- TWO\n- three\n"


@pytest.mark.parametrize(
    ("inbox", "topics", "new_inbox", "new_topics"),
    [
        (INBOX, TOPICS, b"# Inbox\n\n- three\n", b"# Bees\n\n- ONE\n- TWO\n\n# More\n\nend\n"),
        # line ends: of Windows, of old Macs, of both kinds
        (INBOX, b"# Bees\r\n\r\n- ONE\r\n", b"# Inbox\n\n- three\n", b"# Bees\r\n\r\n- ONE\r\n- TWO\r\n"),
        (b"# Inbox\r\n\r\n- TWO\r\n", TOPICS, b"# Inbox\r\n\r\n", b"# Bees\n\n- ONE\n- TWO\n\n# More\n\nend\n"),
        (INBOX, b"# Bees\r\r- ONE\r", b"# Inbox\n\n- three\n", b"# Bees\r\r- ONE\r- TWO\r"),
        (INBOX, b"# Bees\r\n\n- ONE\r\n", b"# Inbox\n\n- three\n", b"# Bees\r\n\n- ONE\r\n- TWO\r\n"),
        # no last line end, in either note
        (INBOX, b"# Bees\n\n- ONE", b"# Inbox\n\n- three\n", b"# Bees\n\n- ONE\n- TWO"),
        (b"# Inbox\n\n- TWO", b"# Bees\n\n- ONE", b"# Inbox\n\n", b"# Bees\n\n- ONE\n- TWO"),
        # bytes that are not UTF-8, in either note
        (INBOX, b"# Bees\n\n- ONE caf\xe9\n", b"# Inbox\n\n- three\n", b"# Bees\n\n- ONE caf\xe9\n- TWO\n"),
        (b"# Inbox\n\n- TWO caf\xe9\n", "# Bees\n\n- ONE é\n".encode(), b"# Inbox\n\n",
         "# Bees\n\n- ONE é\n- TWO café\n".encode()),
        ("# Inbox\n\n- TWO café\n".encode(), b"# Bees\n\n- ONE \xe9\n", b"# Inbox\n\n",
         b"# Bees\n\n- ONE \xe9\n- TWO caf\xe9\n"),
        (b"# Inbox\n\n- TWO caf\xe9\n", b"# Bees\n\n- ONE \xe9\n", b"# Inbox\n\n", b"# Bees\n\n- ONE \xe9\n- TWO caf\xe9\n"),
        # separators that Python's splitlines takes for line ends and the reader does not
        ("# Inbox\n\u2028\n- TWO a\u2028b\x85c\n".encode(), TOPICS, "# Inbox\n\u2028\n".encode(),
         "# Bees\n\n- ONE\n- TWO a\u2028b\x85c\n\n# More\n\nend\n".encode()),
        (INBOX, "# Bees\n\na\u2028b\x85c\x1cd\n\n- ONE\n".encode(), b"# Inbox\n\n- three\n",
         "# Bees\n\na\u2028b\x85c\x1cd\n\n- ONE\n- TWO\n".encode()),
        # a form feed, which the reader does take for a line end
        (b"a\x0cb\n# Inbox\n\n- TWO\n", TOPICS, b"a\x0cb\n# Inbox\n\n", b"# Bees\n\n- ONE\n- TWO\n\n# More\n\nend\n"),
        # a byte order mark stays at the start
        (b"\xef\xbb\xbf- TWO\n", b"\xef\xbb\xbf# Bees\n\n- ONE\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf# Bees\n\n- ONE\n- TWO\n"),
        # lines that belong to the item go with it
        (b"# Inbox\n\n- TWO\n  why\r\n\tmore\n", TOPICS, b"# Inbox\n\n",
         b"# Bees\n\n- ONE\n- TWO\n  why\n\tmore\n\n# More\n\nend\n"),
    ],
)  # fmt: skip
def test_a_line_moves_and_no_other_byte_changes(inbox, topics, new_inbox, new_topics):
    assert suggest({"in box.md": inbox, "topics.md": topics}) == {
        "in box.md": new_inbox,
        "topics.md": new_topics,
    }


@pytest.mark.parametrize(
    ("inbox", "topics"),
    [
        (INBOX.decode().encode("utf-16"), TOPICS),  # not split as bytes
        (INBOX, TOPICS.decode().encode("utf-16-le")),
        ("# Inbox\n\n- TWO 李\n".encode(), b"# Bees\n\n- ONE \xe9\n"),  # a character it cannot hold
        (b"---\nrefs:\n- TWO\n---\n# Inbox\n", TOPICS),  # front matter is no list of the note's
        (b"# Inbox\n\ntext\x0c- TWO\n", TOPICS),  # in the middle of a line
        (b"# Inbox\n\n- TWO\x0ctext\n", TOPICS),
        (b"# Inbox\n\n- TWO\rtext\n\nmore\n", TOPICS),
    ],
)
def test_a_line_stays_where_moving_it_is_not_safe(inbox, topics):
    assert suggest({"inbox.md": inbox, "topics.md": topics}) == {}


def test_a_line_that_is_in_its_place_changes_nothing():
    assert suggest({"n.md": b"# Bees\n\n- ONE\n- TWO\n"}) == {}


ENDS = st.sampled_from(["\n", "\r\n", "\r", "\x0c", ""])
WORDS = st.text(st.sampled_from("ab é\u2028\x85€李#-\t"), max_size=8)


@given(
    *[st.lists(st.tuples(WORDS, ENDS), max_size=4)] * 4,
    *[st.sampled_from(["utf-8", "cp1252", "utf-8-sig"])] * 2,
    st.sampled_from(["\n", "\r\n", ""]),
)
@settings(max_examples=150, deadline=None)
def test_whatever_the_notes_hold_every_line_is_there_once(a, b, c, d, one, two, last):
    def note(before, item, after, encoding):
        text = "".join(word + end for word, end in before) + "\n" + item
        text += "".join(word + end for word, end in after)
        return text.encode(encoding, "replace")

    notes = {
        "inbox.md": note(a, f"# Inbox\n\n- TWO é{last}", b, one),
        "topics.md": note(c, "# Bees\n\n- ONE\n", d, two),
    }
    new = suggest(notes)
    assert contents({**notes, **new}) == contents(notes)
    if new:
        assert b"TWO" not in new["inbox.md"]


# ── in the files ──────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def notes(tmp_path):
    """Two notes, the new bytes for each, and the folder of a library."""
    folder = tmp_path / "my notes"
    folder.mkdir()
    old = {str(folder / "inbox.md"): INBOX, str(folder / "topics.md"): TOPICS}
    for path, data in old.items():
        Path(path).write_bytes(data)
    return SimpleNamespace(
        old=old, new=suggest(old), folder=folder, paths=LibraryPaths(tmp_path / "library")
    )


def state(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def names(notes):
    return {Path(path).name: data for path, data in notes.items()}


def test_notes_are_changed_and_put_back(notes):
    Path(next(iter(notes.old))).chmod(0o640)
    backup = note_moves.move(notes.paths, MOVE, notes.old, notes.new)
    assert state(notes.folder) == names(notes.new)
    assert Path(next(iter(notes.old))).stat().st_mode & 0o777 == 0o640
    assert {p.read_bytes() for p in backup.iterdir()} >= set(notes.old.values())
    assert sorted(note_moves.undo(notes.paths, MOVE)) == sorted(notes.old)
    assert state(notes.folder) == names(notes.old)
    with pytest.raises(LibraryError, match="nothing to undo"):
        note_moves.undo(notes.paths, MOVE)


def test_the_last_of_several_moves_is_put_back_first(notes):
    path = next(iter(notes.old))
    note_moves.move(notes.paths, MOVE, {path: INBOX}, {path: b"2"})
    note_moves.move(notes.paths, MOVE, {path: b"2"}, {path: b"3"})
    note_moves.undo(notes.paths, MOVE)
    assert Path(path).read_bytes() == b"2"
    note_moves.undo(notes.paths, MOVE)
    assert Path(path).read_bytes() == INBOX


def test_each_kind_of_change_is_put_back_by_itself(notes):
    inbox, topics = notes.old
    note_moves.move(notes.paths, MOVE, {inbox: INBOX}, {inbox: b"moved"})
    note_moves.move(notes.paths, NOTICES, {topics: TOPICS}, {topics: b"told"})
    assert note_moves.undo(notes.paths, MOVE) == [inbox]
    assert state(notes.folder) == {"inbox.md": INBOX, "topics.md": b"told"}
    with pytest.raises(LibraryError, match="nothing to undo: `litmap topics --apply`"):
        note_moves.undo(notes.paths, MOVE)
    assert note_moves.undo(notes.paths, NOTICES) == [topics]
    assert state(notes.folder) == names(notes.old)


@pytest.mark.parametrize(("first", "then"), [(MOVE, NOTICES), (NOTICES, MOVE)])
def test_what_another_kind_changed_since_is_to_be_put_back_first(notes, first, then):
    path = next(iter(notes.old))
    note_moves.move(notes.paths, first, {path: INBOX}, {path: b"2"})
    note_moves.move(notes.paths, then, {path: b"2"}, {path: b"3"})
    with pytest.raises(LibraryError, match=f"run `litmap {then} --undo` first"):
        note_moves.undo(notes.paths, first)
    assert Path(path).read_bytes() == b"3"
    note_moves.undo(notes.paths, then)
    note_moves.undo(notes.paths, first)
    assert Path(path).read_bytes() == INBOX


def test_of_several_reference_files_the_named_one_is_put_back(notes):
    inbox, topics = notes.old
    note_moves.move(notes.paths, REFERENCES, {inbox: INBOX}, {inbox: b"2"})
    note_moves.move(notes.paths, REFERENCES, {topics: TOPICS}, {topics: b"2"})
    assert note_moves.undo(notes.paths, REFERENCES, inbox) == [inbox]
    assert state(notes.folder) == {"inbox.md": INBOX, "topics.md": b"2"}


def test_a_backup_of_a_version_that_noted_no_kind_is_a_move_between_topics(notes):
    backup = note_moves.move(notes.paths, NOTICES, notes.old, notes.new)
    manifest = json.loads((backup / note_moves.MANIFEST).read_bytes())
    del manifest["kind"]
    (backup / note_moves.MANIFEST).write_text(json.dumps(manifest), "utf-8")
    with pytest.raises(LibraryError, match="nothing to undo"):
        note_moves.undo(notes.paths, NOTICES)
    note_moves.undo(notes.paths, MOVE)
    assert state(notes.folder) == names(notes.old)


def test_a_note_edited_since_is_not_put_back_and_then_none_is(notes):
    note_moves.move(notes.paths, MOVE, notes.old, notes.new)
    (notes.folder / "topics.md").write_bytes(b"mine")
    before = state(notes.folder)
    with pytest.raises(LibraryError, match="was changed since"):
        note_moves.undo(notes.paths, MOVE)
    assert state(notes.folder) == before


def edit(notes):
    (notes.folder / "topics.md").write_bytes(b"edited")


def protect(notes):
    (notes.folder / "topics.md").chmod(0o444)


def link(notes):
    os.link(notes.folder / "topics.md", notes.folder.parent / "other.md")


def remove(notes):
    (notes.folder / "topics.md").unlink()


def block_backups(notes):
    notes.paths.root.mkdir()
    notes.paths.backups.write_bytes(b"")


@pytest.mark.parametrize("disturb", [edit, protect, link, remove, block_backups])
def test_where_one_note_cannot_be_changed_none_is(notes, disturb):
    disturb(notes)
    before = state(notes.folder)
    with pytest.raises(LibraryError):
        note_moves.move(notes.paths, MOVE, notes.old, notes.new)
    assert state(notes.folder) == before


@pytest.mark.parametrize("call", ["replace", "fsync", "link"])
@pytest.mark.parametrize("failing", range(8))
def test_a_failure_at_any_step_leaves_all_notes_as_they_were(notes, monkeypatch, call, failing):
    owner = Path if call == "replace" else os
    real, calls = getattr(owner, call), []

    def fail(*arguments):
        calls.append(arguments)
        if len(calls) == failing + 1:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(*arguments)

    monkeypatch.setattr(owner, call, fail)
    try:
        note_moves.move(notes.paths, MOVE, notes.old, notes.new)
    except LibraryError:
        done = False
    else:
        done = True
    monkeypatch.undo()
    assert state(notes.folder) == names(notes.new if done else notes.old)


def test_an_interrupt_between_two_notes_puts_the_first_back(notes, monkeypatch):
    real, seen = note_moves._check_unchanged, []

    def interrupt(change):
        seen.append(change)
        if len(seen) == 2:
            raise KeyboardInterrupt
        real(change)

    monkeypatch.setattr(note_moves, "_check_unchanged", interrupt)
    with pytest.raises(KeyboardInterrupt):
        note_moves.move(notes.paths, MOVE, notes.old, notes.new)
    assert state(notes.folder) == names(notes.old)


def die_after_the_state_is_set():
    real = note_moves._set_state

    def die(backup, state):
        real(backup, state)
        os._exit(9)

    note_moves._set_state = die


def die_before_the_manifest():
    note_moves._store = lambda *_: os._exit(9)


def do_in_a_child(prepare, act):
    """Do it in a process that `prepare` lets end on the way; nothing of it runs on."""
    if not hasattr(os, "fork"):
        pytest.skip("no fork")
    child = os.fork()
    if not child:
        prepare()
        act()
        os._exit(0)
    assert os.waitpid(child, 0)[1]


def test_what_a_killed_undo_left_beside_the_notes_is_removed_by_the_next(notes):
    note_moves.move(notes.paths, MOVE, notes.old, notes.new)
    do_in_a_child(die_after_the_state_is_set, lambda: note_moves.undo(notes.paths, MOVE))
    assert len(state(notes.folder)) > len(notes.old)
    with pytest.raises(LibraryError, match="nothing to undo"):
        note_moves.undo(notes.paths, MOVE)
    assert state(notes.folder) == names(notes.old)


def test_what_a_killed_move_left_beside_the_notes_is_removed_by_the_next(notes):
    do_in_a_child(
        die_after_the_state_is_set, lambda: note_moves.move(notes.paths, MOVE, notes.old, notes.new)
    )
    assert len(state(notes.folder)) > len(notes.old)
    path = next(iter(notes.old))
    note_moves.move(notes.paths, MOVE, {path: notes.new[path]}, {path: b"3"})
    assert state(notes.folder) == names({**notes.new, path: b"3"})


def test_a_backup_that_a_kill_cut_off_is_no_backup_and_goes_with_the_next_move(notes):
    do_in_a_child(
        die_before_the_manifest, lambda: note_moves.move(notes.paths, MOVE, notes.old, notes.new)
    )
    assert state(notes.folder) == names(notes.old)
    backup = note_moves.move(notes.paths, MOVE, notes.old, notes.new)
    assert list(notes.paths.backups.iterdir()) == [backup]


def test_after_a_kill_in_the_middle_undo_puts_all_back(notes):
    """The process ends between two renames: nothing of it runs on."""
    if not hasattr(os, "fork"):
        pytest.skip("no fork")
    child = os.fork()
    if not child:
        real, seen = note_moves._check_unchanged, []

        def die(change):
            seen.append(change)
            if len(seen) == 2:
                os._exit(9)
            real(change)

        note_moves._check_unchanged = die
        note_moves.move(notes.paths, MOVE, notes.old, notes.new)
        os._exit(0)
    os.waitpid(child, 0)
    assert state(notes.folder) != names(notes.old)
    with pytest.raises(LibraryError, match="--undo"):
        note_moves.move(notes.paths, MOVE, notes.old, notes.new)
    note_moves.undo(notes.paths, MOVE)
    assert state(notes.folder) == names(notes.old)


def test_a_symbolic_link_stays_one(notes):
    real = notes.folder.parent / "elsewhere.md"
    note = notes.folder / "topics.md"
    note.rename(real)
    note.symlink_to(real)
    note_moves.move(notes.paths, MOVE, notes.old, notes.new)
    assert note.is_symlink()
    assert real.read_bytes() == notes.new[str(note)]


def test_a_refresh_that_runs_keeps_notes_from_being_moved(notes):
    with writer(notes.paths.lock, "now"), pytest.raises(Busy):
        note_moves.move(notes.paths, MOVE, notes.old, notes.new)
    assert state(notes.folder) == names(notes.old)


def test_a_damaged_manifest_or_copy_is_a_clear_error(notes):
    backup = note_moves.move(notes.paths, MOVE, notes.old, notes.new)
    manifest = json.loads((backup / note_moves.MANIFEST).read_bytes())
    (backup / manifest["notes"][0]["copy"]).write_bytes(b"damaged")
    with pytest.raises(LibraryError, match="damaged"):
        note_moves.undo(notes.paths, MOVE)
    for text in (b"", b"[]", b'{"state": "else", "notes": []}'):
        (backup / note_moves.MANIFEST).write_bytes(text)
        with pytest.raises(LibraryError):
            note_moves.undo(notes.paths, MOVE)
    assert state(notes.folder) == names(notes.new)


@pytest.mark.parametrize("name", ["a\0b.md", "\ud800.md", 7, None])
def test_a_manifest_that_names_no_file_is_a_clear_error(notes, name):
    backup = note_moves.move(notes.paths, MOVE, notes.old, notes.new)
    manifest = json.loads((backup / note_moves.MANIFEST).read_bytes())
    manifest["notes"][0]["path"] = name
    (backup / note_moves.MANIFEST).write_text(json.dumps(manifest), "utf-8")
    with pytest.raises(LibraryError, match="is not one of litmap's"):
        note_moves.undo(notes.paths, MOVE)


# ── from the library ──────────────────────────────────────────────────────────────────────────────
def library(notes, edited=False):
    """What a library with these notes knows, as the command asks it."""
    read = [
        Note(path, "markdown", "", hashlib.sha256(data).hexdigest())
        for path, data in notes.old.items()
    ]
    cited = {
        work: Entry((Mention(path, place(notes.old[path], mark), mark, (heading,)),))
        for path, work, mark, heading in zip(
            notes.old, ("w2", "w1"), ("TWO", "ONE"), ("Inbox", "Bees"), strict=True
        )
    }
    known = SimpleNamespace(
        notes=read, by_id=cited, topics=lambda: SimpleNamespace(filings=FILINGS), paths=notes.paths
    )
    known.suggested_moves = lambda: Library.suggested_moves(known)
    return known


def test_the_command_moves_says_where_the_backup_is_and_undoes(notes, capsys):
    known = library(notes)
    assert _apply(known, as_json=False) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "topics --undo" in said
    assert state(notes.folder) == names(notes.new)
    assert _undo(known, as_json=False) == 0
    assert state(notes.folder) == names(notes.old)


def test_a_note_edited_since_the_refresh_is_not_moved_in(notes):
    (notes.folder / "inbox.md").write_bytes(b"a new first line\n" + INBOX)
    before = state(notes.folder)
    with pytest.raises(LibraryError, match="litmap refresh"):
        _apply(library(notes), as_json=True)
    assert state(notes.folder) == before


def test_the_patch_shows_what_would_move(notes):
    shown = patch(notes.old, notes.new).decode()
    assert shown.count("\n+- TWO") == shown.count("\n-- TWO") == 1
    assert "my notes/inbox.md\t\n" in shown
