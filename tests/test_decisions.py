"""What the user said of works: seen, changed by the ids of before, taken back; nothing vanishes."""

import json

import pytest

from litmap.catalogue import Catalogue
from litmap.catalogue.entries import entries, unconfirmed
from litmap.cli import main
from litmap.errors import UsageError
from litmap.models import Citation, Mention, Reference, Resolution, Work
from litmap.paths import LibraryPaths
from litmap.pipeline.overrides import correct, decisions, settle, undo
from litmap.pipeline.resolution import unresolved
from litmap.settings import load_settings
from litmap.works.task import open_task

NOW = "2026-11-28T10:00:00Z"
LOOSE = Work("title:0", "Flat minima")
WRONG = Work("doi:10.9999/wrong", "Long short-term memory", ids=("doi:10.9999/wrong",))
RIGHT = Work("doi:10.9999/right", "Flat minima", ids=("doi:10.9999/right",))
LINE = "Uniform harbours may be unable to explain tides in deep water"


def cite(key, title=""):
    mention = Mention("n.md", 3, title or key, ("A",), "", "title")
    return Citation(key, "title", Reference(title=title), (mention,), sure=False, searched=False)


@pytest.fixture
def settings(tmp_path):
    library = tmp_path / "library"
    library.mkdir()
    with Catalogue.create(LibraryPaths(library).catalogue) as catalogue:
        catalogue.put_notes([], [cite("k"), cite("l", LINE)])
        catalogue.put_resolution(Resolution("k", LOOSE, "unsure", "two", (WRONG, RIGHT)), NOW)
        catalogue.put_resolution(Resolution("l", None, "not-found", "nobody was asked"), NOW)
    return load_settings({"library": library, "state": tmp_path / "state"}, environment={})


def opened(settings):
    return Catalogue.open(LibraryPaths(settings.library).catalogue)


def shown(settings):
    with opened(settings) as catalogue:
        return [entry.work.id for entry in entries(catalogue)]


def test_a_wrong_choice_is_put_right_by_the_id_of_before(settings):
    settle(settings, LOOSE.id, WRONG.id)
    assert shown(settings) == [WRONG.id]
    settle(settings, LOOSE.id, RIGHT.id)
    with opened(settings) as catalogue:
        assert catalogue.decisions() == {"k": RIGHT.id}
        assert "k" in {c.key for c in unresolved(catalogue, settings)}


def test_a_work_that_was_said_to_be_none_can_come_back(settings):
    settle(settings, LOOSE.id, "none")
    assert shown(settings) == []
    settle(settings, LOOSE.id, RIGHT.id)
    with opened(settings) as catalogue:
        assert "k" in {c.key for c in unresolved(catalogue, settings)}


def test_a_work_that_was_said_to_be_none_is_not_asked_about_again(settings):
    settle(settings, LOOSE.id, "none")
    old = load_settings({"library": settings.library, "retry_days": 0}, environment={})
    with opened(settings) as catalogue:
        assert "k" not in {c.key for c in unresolved(catalogue, old)}


def test_decisions_are_listed_with_their_date_and_taken_back(settings):
    settle(settings, LOOSE.id, WRONG.id)
    correct(settings, WRONG.id, ["year=1997"])
    listed = decisions(settings)
    assert [(d["work"], d["field"], d["choice"]) for d in listed] == [
        (LOOSE.id, "", WRONG.id),
        (WRONG.id, "year", "1997"),
    ]
    assert all(d["time"].startswith("20") for d in listed)
    undo(settings, LOOSE.id)
    undo(settings, WRONG.id)
    assert decisions(settings) == []
    with opened(settings) as catalogue:
        assert catalogue.aliases() == {}


@pytest.mark.parametrize("choice", [WRONG.id, "none", "doi:10.9999/third"])
def test_a_choice_that_is_taken_back_leaves_the_candidates_as_they_were(settings, choice):
    with opened(settings) as catalogue:
        (before,) = entries(catalogue)
    settle(settings, LOOSE.id, choice)
    undo(settings, LOOSE.id)
    with opened(settings) as catalogue:
        (after,) = entries(catalogue)
    assert (after.work, after.candidates, after.status) == (
        before.work,
        before.candidates,
        "unsure",
    )
    settle(settings, LOOSE.id, RIGHT.id)
    assert shown(settings) == [RIGHT.id]


def test_what_is_known_of_no_candidate_is_asked_about_again(settings):
    settle(settings, "l", "search")
    undo(settings, "l")
    with opened(settings) as catalogue:
        assert catalogue.resolution("l") is None


@pytest.mark.parametrize("about", ["work", "year", "authors", "doi"])
def test_one_word_of_several_is_taken_back_alone(settings, capsys, about):
    settle(settings, LOOSE.id, RIGHT.id)
    correct(settings, RIGHT.id, ["year=1997", "authors=Sepp Hochreiter", "doi=10.9999/other"])
    before = {d["field"] or "work" for d in decisions(settings)}
    name = "k" if about == "work" else RIGHT.id
    options = ["--library", str(settings.library)]
    assert main(["decisions", "--undo", name, "--only", about, *options]) == 0
    assert "Taken back" in capsys.readouterr().out
    assert {d["field"] or "work" for d in decisions(settings)} == before - {about}


def test_a_word_that_was_not_said_is_not_taken_back(settings, capsys):
    correct(settings, LOOSE.id, ["year=1997"])
    with pytest.raises(UsageError, match=r"nothing of the venue .*but of: year"):
        undo(settings, LOOSE.id, "venue")
    options = ["--library", str(settings.library)]
    assert main(["decisions", "--only", "year", *options]) == 2
    assert main(["decisions", "--undo", LOOSE.id, "--only", "colour", *options]) == 2
    assert "choose from work, title" in capsys.readouterr().err
    assert len(decisions(settings)) == 1


def test_taking_back_what_was_never_said_is_a_clear_error(settings):
    with pytest.raises(UsageError, match="litmap decisions"):
        undo(settings, "title:7")


def test_what_is_not_confirmed_is_listed_and_can_be_looked_up(settings, capsys):
    with opened(settings) as catalogue:
        assert [(e.work.id, e.work.title) for e in unconfirmed(catalogue)] == [("l", LINE)]
    options = ["--library", str(settings.library)]
    assert main(["works", "--missing", "--json", *options]) == 0
    listed = {row["id"]: row for row in json.loads(capsys.readouterr().out)}
    assert listed["l"]["status"] == "not-found"
    assert main(["works", "--missing", *options]) == 0
    told = capsys.readouterr().out
    assert LINE in " ".join(told.split())
    assert "litmap resolve KEY search" in " ".join(told.split())
    assert main(["resolve", "l", "search", *options]) == 0
    with opened(settings) as catalogue:
        assert catalogue.decisions() == {"l": "search"}
        assert [c.key for c in unresolved(catalogue, settings)] == ["l"]


def test_what_the_user_wants_looked_up_is_searched_for_whatever_it_looks_like():
    citation = cite("l", LINE)
    assert not open_task(citation).may_search()
    task = open_task(citation, "search")
    assert task.may_search()
    assert task.may_look_up
    assert task.ids == ()


def test_what_is_not_confirmed_can_be_said_to_be_none(settings):
    settle(settings, "l", "none")
    with opened(settings) as catalogue:
        assert unconfirmed(catalogue) == []


def test_the_command_lists_and_takes_back(settings, capsys):
    options = ["--library", str(settings.library)]
    settle(settings, LOOSE.id, "none")
    assert main(["decisions", *options]) == 0
    assert LOOSE.id in capsys.readouterr().out
    assert main(["decisions", "--undo", LOOSE.id, "--json", *options]) == 0
    (undone,) = json.loads(capsys.readouterr().out)
    assert (undone["work"], undone["choice"]) == (LOOSE.id, "none")
