"""Searches kept under names and the last ones: in the library's folder, for the reader alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litmap.catalogue import Catalogue
from litmap.cli import main
from litmap.errors import LibraryError, NoLibrary, UsageError
from litmap.paths import LibraryPaths
from litmap.pipeline import kept_searches
from litmap.pipeline.kept_searches import query_of
from litmap.search import parse_query
from litmap.settings import load_settings

FLAT = {"q": "flat minima", "by": "paper", "years": "2015..2018"}


@pytest.fixture
def settings(tmp_path):
    library = tmp_path / "library"
    with Catalogue.create(LibraryPaths(library).catalogue):
        pass
    return load_settings({"library": library, "state": tmp_path / "state"}, environment={})


def names(settings):
    return [search.name for search in kept_searches.saved(settings)]


def test_a_search_is_kept_renamed_and_removed(settings) -> None:
    kept_searches.save(settings, "  flat \n ones ", {**FLAT, "hit": "3"})
    kept_searches.save(settings, "Another", {"is": "to read"})
    assert names(settings) == ["Another", "flat ones"]
    found = kept_searches.saved_as(settings, "flat ones")
    assert found.fields == FLAT
    assert found.mode == "paper"
    assert found.query == "flat minima year:2015..2018"
    kept_searches.rename(settings, "flat ones", "minima")
    assert names(settings) == ["Another", "minima"]
    kept_searches.remove(settings, "Another")
    assert names(settings) == ["minima"]


def test_no_search_takes_the_name_of_another(settings) -> None:
    kept_searches.save(settings, "one", FLAT)
    kept_searches.save(settings, "two", {"q": "rain"})
    kept_searches.save(settings, "one", FLAT)
    with pytest.raises(UsageError, match="another search"):
        kept_searches.save(settings, "one", {"q": "rain"})
    with pytest.raises(UsageError, match="another search"):
        kept_searches.rename(settings, "two", "one")
    assert kept_searches.saved_as(settings, "one").fields == FLAT
    assert names(settings) == ["one", "two"]


@pytest.mark.parametrize("name", ["", " \n\x00 ", "a" * 81])
def test_what_is_no_name_is_refused(settings, name) -> None:
    with pytest.raises(UsageError):
        kept_searches.save(settings, name, FLAT)


def test_a_search_for_nothing_is_not_kept(settings) -> None:
    with pytest.raises(UsageError, match="empty"):
        kept_searches.save(settings, "nothing", {"by": "paper", "q": " "})


def test_the_last_searches_stand_once_each_the_newest_first(settings) -> None:
    settings = replace(settings, search_history=3)
    for words in ("a", "b", "a", "c", "d"):
        kept_searches.remember(settings, {"q": words})
    assert [search.fields["q"] for search in kept_searches.last(settings)] == ["d", "c", "a"]
    kept_searches.save(settings, "kept", FLAT)
    kept_searches.forget_last(settings)
    assert kept_searches.last(settings) == []
    assert names(settings) == ["kept"]


def test_nothing_is_remembered_where_one_does_not_want_it(settings) -> None:
    off = replace(settings, search_history=0)
    kept_searches.remember(off, FLAT)
    kept_searches.remember(settings, {"q": "x" * 5000})
    kept_searches.remember(settings, {"tag": "x"})
    assert not LibraryPaths(settings.library).searches.exists()
    kept_searches.remember(settings, FLAT)
    assert kept_searches.last(off) == []


def test_without_a_library_nothing_is_made(tmp_path) -> None:
    settings = load_settings({"library": tmp_path / "none"}, environment={})
    kept_searches.remember(settings, FLAT)
    assert kept_searches.saved(settings) == kept_searches.last(settings) == []
    with pytest.raises(NoLibrary):
        kept_searches.save(settings, "one", FLAT)
    assert not (tmp_path / "none").exists()


def test_a_damaged_file_is_said_and_fails_no_search(settings) -> None:
    path = LibraryPaths(settings.library).searches
    path.write_bytes(b"no database" * 500)
    with pytest.raises(LibraryError, match=r"searches\.sqlite"):
        kept_searches.saved(settings)
    kept_searches.remember(settings, FLAT)
    assert path.read_bytes() == b"no database" * 500


def test_they_are_kept_while_a_refresh_runs(settings) -> None:
    from litmap import lock

    with lock.writer(LibraryPaths(settings.library).lock, "2026-01-01T00:00:00Z"):
        kept_searches.save(settings, "one", FLAT)
    assert names(settings) == ["one"]


@given(st.text(min_size=1), st.text(), st.sampled_from(["", "to read", "important"]))
def test_what_filters_say_is_said_in_the_querys_own_language(tag, venue, label) -> None:
    query = parse_query(
        query_of({"q": "rain", "tag": f"x{tag}", "venue": f"x{venue}", "is": label})
    )
    assert query.text == "rain"
    assert len(query.tags) == len(query.venues) == 1
    assert query.only_important == (label == "important")


def test_the_command_line_keeps_and_makes_them(
    example_library, tmp_path, monkeypatch, capsys
) -> None:
    import shutil

    root = tmp_path / "library"
    shutil.copytree(example_library, root)
    monkeypatch.setenv("LITMAP_LIBRARY", str(root))
    asked = ["why do flat minima generalise?", "-k", "2"]
    assert main(["search", *asked, "--by", "paper", "--save", "flat"]) == 0
    first = capsys.readouterr().out
    assert main(["search", "--saved", "flat", "-k", "2"]) == 0
    assert capsys.readouterr().out == first
    assert main(["search", "--saved", "flat", "year:1066"]) == 0
    assert "year:1066" in capsys.readouterr().out
    assert main(["search", "--saved", "round"]) == 2
    assert "'flat'" in capsys.readouterr().err
    assert main(["search"]) == 2
    assert "--saved" in capsys.readouterr().err
