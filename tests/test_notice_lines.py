"""What became of a work as a line in the notes: where it stands, what it says, and that nothing else
changes.
"""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litmap.catalogue import Catalogue
from litmap.catalogue.entries import Entry
from litmap.citations import find_citations
from litmap.cli import main
from litmap.cli.notices_command import _print
from litmap.library.noticed_notes import MISREAD, NO_PLACE, with_notices
from litmap.models import Mention, Notice, NoticeKind, Work
from litmap.notes import parse_note
from litmap.parsing.notices import read_notice
from litmap.paths import LibraryPaths
from litmap.pipeline import RefreshRun
from litmap.settings import load_settings
from litmap.topics import NoticeLine, add_notices, line_of

SAID = "(Retracted on 2017-06-05.)"


def added(note, line=1, text=SAID, name="n.md"):
    data = note if isinstance(note, bytes) else note.encode()
    new = add_notices({name: data}, [NoticeLine(Mention(name, line, "Berg"), text)])
    return new.get(name, data).decode("utf-8", "replace")


@pytest.mark.parametrize(
    ("note", "line", "expected"),
    [
        ("- Berg 2009\n- Olm\n", 1, f"- Berg 2009\n  {SAID}\n- Olm\n"),
        ("- Berg 2009,\n  *Salt*\n\nMore.\n", 1, f"- Berg 2009,\n  *Salt*\n  {SAID}\n\nMore.\n"),
        ("Berg 2009 says\nmuch.\n", 2, f"Berg 2009 says\nmuch.\n{SAID}\n"),
        ("1. Berg 2009", 1, f"1. Berg 2009\n   {SAID}"),
        ("- Berg\r\n- Olm\r\n", 1, f"- Berg\r\n  {SAID}\r\n- Olm\r\n"),
        ("  - Berg\n    deep\n- Olm\n", 2, f"  - Berg\n    deep\n    {SAID}\n- Olm\n"),
    ],
)
def test_the_line_goes_on_with_what_cites_the_work(note, line, expected):
    assert added(note, line) == expected
    assert added(expected, line) == expected  # said once


@pytest.mark.parametrize(
    ("note", "line"),
    [
        ("# Berg 2009\n\nSalt.\n", 1),
        ("Berg 2009\n=========\n", 1),
        ("| Berg | 2009 |\n", 1),
        ("```\nBerg 2009\n```\n", 2),
        ("---\npaper: Berg 2009\n---\nSalt.\n", 2),
        ("> Berg 2009\n", 1),
        ("Say:\n\n    cite Berg\n", 3),
        ("Berg\n", 7),
        ("\n", 1),
    ],
)
def test_where_it_would_mean_something_else_nothing_is_put(note, line):
    assert added(note, line) == note


def test_notes_in_utf_16_stay_as_they_are():
    data = "Berg 2009\n".encode("utf-16")
    assert add_notices({"n.md": data}, [NoticeLine(Mention("n.md", 1, "Berg"), SAID)]) == {}


@pytest.mark.parametrize(
    ("notice", "expected"),
    [
        (read_notice("Retraction on 2017-06-05, see doi:10.9/n"), SAID),
        (read_notice("retracted, says OpenAlex"), "(Retracted.)"),
        (read_notice("Expression of concern, see doi:10.9999/n"), "(Expression of concern.)"),
        (read_notice("Erratum on 2020-01-02"), "(Corrected on 2020-01-02.)"),
        (read_notice("something else"), ""),
        (Notice(NoticeKind.PUBLISHED, "x", doi="10.1000/j"), "(Published as doi:10.1000/j.)"),
        (Notice(NoticeKind.VERSION, "x", "2026-11-02", version=3), "(Version 3 is on arXiv, 2026-11-02.)"),
    ],
)  # fmt: skip
def test_a_note_says_what_happened_and_when_and_names_no_other_work(notice, expected):
    assert line_of(notice) == expected


@given(
    st.lists(st.sampled_from(["- a", "b", "", "# c", "```", "---", "  d", "* e", "é\x0c"]), max_size=12),
    st.lists(st.integers(-2, 15), max_size=4),
    st.sampled_from(["\n", "\r\n"]),
)  # fmt: skip
def test_all_else_stays_byte_for_byte(lines, places, end):
    data = end.join(lines).encode()
    wanted = [NoticeLine(Mention("n.md", place, "x"), SAID) for place in places]
    new = add_notices({"n.md": data}, wanted).get("n.md", data)
    kept = [line for line in re.split(rb"\r?\n", new) if line.strip() != SAID.encode()]
    assert kept == re.split(rb"\r?\n", data)


def test_notes_are_changed_on_request_alone_and_put_back(tmp_path, capsys, monkeypatch):
    for name, value in {"STATE": "state", "LIBRARY": "library", "OFFLINE": "1"}.items():
        monkeypatch.setenv(f"LITMAP_{name}", value if value == "1" else str(tmp_path / value))
    note = tmp_path / "n.md"
    before = "# Sleep\n\n- Berg, Salt and sleep, 2009, doi:10.1000/x\n"
    note.write_text(before, encoding="utf-8")
    with RefreshRun(load_settings({"notes": (str(note),)})) as run:
        run.read_notes()
    paths = LibraryPaths(tmp_path / "library")
    with Catalogue.create(paths.catalogue) as catalogue, catalogue.write():
        told = [read_notice("Retraction on 2017-06-05, see doi:10.1000/n")]
        catalogue.put_work(Work("doi:10.1000/x", "Salt and sleep"), "note", "2026-11-29T10:00:00Z")
        catalogue.put_notices(
            "doi:10.1000/x", "Crossref", "doi:10.1000/x", told, "2026-11-29T10:00:00Z"
        )
    assert main(["notices", "--patch"]) == 0
    assert f"+  {SAID}" in capsys.readouterr().out
    assert note.read_text(encoding="utf-8") == before
    assert main(["notices", "--apply", "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert made["backup"]
    assert made["left"] == []
    assert note.read_text(encoding="utf-8") == f"{before}  {SAID}\n"
    assert main(["notices", "--undo"]) == 0
    assert note.read_text(encoding="utf-8") == before


# ── beside other works ───────────────────────────────────────────────────────────────────────────
RETRACTED = read_notice("Retraction on 2026-11-18")
LIN = Work("arxiv:1608.99001", "Why cheap lamps light so well", ("Henry Lin", "Max Olm"), 2017)
ROLNICK = Work("arxiv:1705.99002", "The power of deeper lamps", ("David Rolnick",), 2018)


def read(note):
    return find_citations([parse_note(note, "n.md")[0]])


def noticed(note, *told, works=(LIN, ROLNICK)):
    """A note with lines about works, each with its notice, after litmap read what it cites."""
    mentions = {c.key: tuple(c.mentions) for c in read(note)}
    entries = {w.id: Entry(w, "", "", mentions=mentions.get(w.id, ())) for w in works}
    unknown = [
        Entry(Work(key, key), "", "", mentions=m)
        for key, m in mentions.items()
        if key not in entries
    ]
    listed = [(entries[work.id], notice) for work, notice in told]
    done = with_notices({"n.md": note.encode()}, listed, [*entries.values(), *unknown])
    return done.new.get("n.md", note.encode()).decode(), done.left


def with_lines(note, *told, works=(LIN, ROLNICK)):
    """The note alone."""
    return noticed(note, *told, works=works)[0]


def keys(note):
    return {citation.key for citation in read(note)}


TWO = (
    "# Depth\n\nSee {} on lamps. This theorem is extended in\n"
    "[Rolnick & Tegmark (2017)](https://arxiv.org/abs/1705.99002) to all.\n"
)


@pytest.mark.parametrize(
    ("cited", "name"),
    [
        ("[Lin et al.](https://arxiv.org/abs/1608.99001)", "Lin et al."),
        ("[Lin et al. (2016)](https://arxiv.org/abs/1608.99001)", "Lin et al. 2016"),
        ("[here](https://arxiv.org/abs/1608.99001)", "Why cheap lamps light so well"),
        ("arXiv:1608.99001", "Why cheap lamps light so well"),
        ("[cheap lamps light](https://arxiv.org/abs/1608.99001)", "cheap lamps light"),
    ],
)
def test_beside_other_works_the_line_names_its_own_as_the_note_does(cited, name):
    note = TWO.format(cited)
    new = with_lines(note, (LIN, RETRACTED))
    assert new == f"{note}({name}: retracted on 2026-11-18.)\n"
    assert keys(new) == keys(note)
    assert with_lines(new, (LIN, RETRACTED)) == new  # also after it was read


def test_each_of_two_works_gets_a_line_of_its_own():
    note = TWO.format("[Lin et al.](https://arxiv.org/abs/1608.99001)")
    withdrawn = read_notice("withdrawn from arXiv: by the author")
    new = with_lines(note, (LIN, RETRACTED), (ROLNICK, withdrawn))
    assert new.endswith(
        "(Lin et al.: retracted on 2026-11-18.)\n(Rolnick & Tegmark 2017: withdrawn.)\n"
    )
    assert keys(new) == keys(note)
    assert with_lines(new, (LIN, RETRACTED), (ROLNICK, withdrawn)) == new


def test_a_name_that_two_works_have_is_given_to_neither():
    note = (
        "# Depth\n\nLamps of this kind are, as we know from "
        "[Lin et al.](https://arxiv.org/abs/1608.99001), cheap to make.\nThe later proof by "
        "[Lin et al.](https://arxiv.org/abs/1705.99002) holds for deep ones as well.\n"
    )
    assert keys(note) == {LIN.id, ROLNICK.id}
    new = with_lines(note, (LIN, RETRACTED))
    assert new == f"{note}(Why cheap lamps light so well: retracted on 2026-11-18.)\n"


def test_a_work_that_no_source_knows_counts_as_another():
    note = "[Lin et al.](https://arxiv.org/abs/1608.99001) differ from Berg (2009).\n"
    assert "(Lin et al.: retracted" in with_lines(note, (LIN, RETRACTED))


def test_a_paragraph_may_cite_what_was_not_found_so_the_line_has_a_name():
    note = "[Lin et al.](https://arxiv.org/abs/1608.99001) say so.\nThe other paper does not.\n"
    new = with_lines(note, (LIN, RETRACTED))
    assert new == f"{note}(Lin et al.: retracted on 2026-11-18.)\n"


def test_a_line_without_a_name_is_made_up_for_when_another_work_comes_beside_it():
    note = TWO.format("[Lin et al.](https://arxiv.org/abs/1608.99001)")
    note += "(Retracted on 2026-11-18.)\n"
    assert with_lines(note, (LIN, RETRACTED)) == f"{note}(Lin et al.: retracted on 2026-11-18.)\n"


def test_a_work_alone_in_its_item_needs_no_name():
    note = "- [Lin et al.](https://arxiv.org/abs/1608.99001)\n- arXiv:1705.99002\n"
    new = with_lines(note, (LIN, RETRACTED))
    assert new.splitlines()[1] == "  (Retracted on 2026-11-18.)"


@pytest.mark.parametrize(
    "title", ["Reply to doi:10.9999/evil", "https://arxiv.org/abs/1901.99009", ""]
)
def test_a_title_that_would_be_read_as_another_work_is_not_written(title):
    note = TWO.format("[here](https://arxiv.org/abs/1608.99001)")
    lin = Work(LIN.id, title, LIN.authors)
    assert with_lines(note, (lin, RETRACTED), works=(lin, ROLNICK)) == note


def test_one_place_that_would_read_wrong_holds_no_other_back():
    """The title of one names another work, and its own words tell nothing."""
    evil = Work(LIN.id, "Reply to doi:10.9999/evil", LIN.authors)
    note = (
        "# Depth\n\nSee [here](https://arxiv.org/abs/1608.99001) on lamps.\n\n"
        "See [Rolnick & Tegmark (2017)](https://arxiv.org/abs/1705.99002) on depth.\n"
    )
    new, left = noticed(note, (evil, RETRACTED), (ROLNICK, RETRACTED), works=(evil, ROLNICK))
    assert new == f"{note}(Rolnick & Tegmark 2017: retracted on 2026-11-18.)\n"
    assert keys(new) == keys(note)
    (place,) = left
    assert (place.mention.line, place.work, place.why) == (3, LIN.id, MISREAD)
    again, still = noticed(new, (evil, RETRACTED), (ROLNICK, RETRACTED), works=(evil, ROLNICK))
    assert (again, still) == (new, left)


def test_a_place_where_no_line_can_stand_is_named():
    note = "# On [Lin et al.](https://arxiv.org/abs/1608.99001)\n\nNothing else.\n"
    new, left = noticed(note, (LIN, RETRACTED))
    assert new == note
    assert [(place.mention.line, place.why) for place in left] == [(1, NO_PLACE)]
    new, left = noticed(f"{note}\n- arXiv:1608.99001\n", (LIN, RETRACTED))
    assert new.endswith("(Retracted on 2026-11-18.)\n")
    assert not left, "the note says it below"


# ── the command ──────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("places", "more"), [(5, ""), (8, ", and 3 more")])
def test_places_beyond_five_are_counted(places, more, capsys):
    mentions = tuple(Mention("n.md", i, "x") for i in range(1, places + 1))
    _print(Entry(LIN, "", "", mentions=mentions), RETRACTED)
    assert f"n.md:4, n.md:5{more}\n" in capsys.readouterr().out


def test_a_withdrawal_without_date_and_address_says_so(capsys):
    notice = Notice(NoticeKind.WITHDRAWN, "withdrawn from arXiv", source="arXiv")
    _print(Entry(LIN, "", ""), notice)
    assert "(arXiv gives no date and no address)" in capsys.readouterr().out


def test_where_there_is_nothing_to_do_the_command_says_why(tmp_path, capsys, monkeypatch):
    for name, value in {"STATE": "state", "LIBRARY": "library", "OFFLINE": "1"}.items():
        monkeypatch.setenv(f"LITMAP_{name}", value if value == "1" else str(tmp_path / value))
    paths = LibraryPaths(tmp_path / "library")
    Catalogue.create(paths.catalogue).close()
    never = "The services were never asked: litmap notices --check"
    assert main(["notices"]) == 0
    assert never in capsys.readouterr().out
    assert main(["notices", "--apply"]) == 0
    assert f"Nothing to do: no notice is known. {never}" in capsys.readouterr().out
    assert main(["notices", "--check"]) == 0
    assert "No service was asked: litmap is offline" in capsys.readouterr().out
    assert main(["notices", "--undo"]) != 0
    assert "nothing to undo" in capsys.readouterr().err
    with Catalogue.create(paths.catalogue) as catalogue, catalogue.write():
        catalogue.put_notice_checks("arXiv", ["arxiv:1608.99001"], "2026-11-29T10:00:00Z")
    assert main(["notices"]) == 0
    assert "Nothing was told of the papers" in capsys.readouterr().out
    assert main(["notices", "--apply"]) == 0
    assert capsys.readouterr().out == "Nothing to do: no notice is known.\n"
