import importlib
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import litmap
from litmap.parsing.terms import STOP_WORDS
from litmap.parsing.word_lists import _share_beginnings, load_pattern, load_words

ROOT = Path(litmap.__file__).parent
PROMPTS = ROOT / "writing" / "data"  # what a language model is asked; no lists
LISTS = sorted(path for path in ROOT.rglob("data/*.txt") if path.parent != PROMPTS)


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package `listed` with a list of venues."""
    data = tmp_path / "listed" / "data"
    data.mkdir(parents=True)
    (tmp_path / "listed" / "__init__.py").touch()
    (data / "venues.txt").write_text(
        "# Venues.\n# Written by hand.\n\nICML\nC. R. Acad. Sci.\n\nICML (Proc.)\n  Café  \n",
        encoding="utf-8",
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()
    return "listed"


def test_entries_are_lines_and_comments_are_none(package):
    assert load_words("venues", package) == {"ICML", "C. R. Acad. Sci.", "ICML (Proc.)", "Café"}


def test_a_pattern_takes_the_longest_entry_first_and_signs_literally(package):
    pattern = re.compile(f"(?:{load_pattern('venues', package)})")
    assert pattern.findall("ICML, ICML (Proc.), C. R. Acad. Sci., CxR") == [
        "ICML",
        "ICML (Proc.)",
        "C. R. Acad. Sci.",
    ]


@given(
    st.lists(st.text("abİ. ", min_size=1, max_size=4), min_size=1, unique=True), st.text("abİ. ")
)
def test_shared_beginnings_match_as_the_entries_one_by_one_the_longest_first(entries, text):
    one_by_one = "|".join(map(re.escape, sorted(entries, key=len, reverse=True)))
    shared = re.compile(_share_beginnings(sorted(entries)) + r"\b")
    assert shared.findall(text) == re.findall(rf"(?:{one_by_one})\b", text)


def test_a_list_that_does_not_exist_is_an_error():
    with pytest.raises(FileNotFoundError):
        load_words("no_such_list")


def test_stop_words_are_a_list():
    assert {"the", "of", "s"} <= STOP_WORDS
    assert "network" not in STOP_WORDS


@pytest.mark.parametrize("path", LISTS, ids=[str(path.relative_to(ROOT)) for path in LISTS])
def test_each_list_says_what_it_is_and_has_no_entry_twice(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("# ")
    entries = [line for line in lines if line and not line.startswith("#")]
    assert entries == list(dict.fromkeys(entries))
    assert [line for line in entries if line != line.strip()] == []
