"""Names of files made from others' words: safe on every system, and unlike each other."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import litmap
from litmap.catalogue.entries import Entry
from litmap.exports.backlinks import _heading_files
from litmap.models import Mention, Work
from litmap.parsing.file_names import MAX_BYTES, is_device_name, safe_stem


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Geometry of the loss", "Geometry of the loss"),
        ("Größe, Ширина, 尺寸", "Größe, Ширина, 尺寸"),
        ("input/output: α < β?", "input output α β"),
        ("../../etc/passwd", "etc passwd"),
        (".hidden", "hidden"),
        ("ends in dots...", "ends in dots"),
        ("a\u202egpj\u200b.\n\x00b", "a gpj . b"),
        ("cafe\u0301", "café"),
        ("CON", "_CON"),
        ("aux.notes", "_aux.notes"),
        ("Lpt1", "_Lpt1"),
        ("COM²", "_COM²"),
        ("Console", "Console"),
        ("\ud800", "papers"),
        ("?*", "papers"),
        ("", "papers"),
        ("a long heading " * 20, "a long heading " * 7 + "a long heading"),
        ("of many words " * 20, "of many words " * 8 + "of many"),
        ("尺" * 200, "尺" * 40),
    ],
)
def test_a_name_keeps_the_words_but_for_what_some_system_refuses(words: str, name: str) -> None:
    assert safe_stem(words, "papers") == name


@given(st.text(max_size=300))
def test_no_words_lead_elsewhere_or_hide_the_file(words: str) -> None:
    name = safe_stem(words, "papers")
    assert Path(name).name == name
    assert not name.startswith(".")
    assert not name.endswith((".", " "))
    assert 0 < len(name.encode()) <= MAX_BYTES + 1
    assert name.isprintable()
    assert not is_device_name(name)


def entry(title: str, *headings: tuple[str, ...]) -> Entry:
    work = Work(f"title:{title}", title=title, authors=("Keskar, N.",), year=2016)
    mentions = tuple(Mention("n.md", 1, "x", h) for h in headings)
    return Entry(work, "fetched", "", mentions=mentions)


def test_papers_give_their_file_its_name() -> None:
    pytest.importorskip("streamlit")
    from litmap.ui.downloads import name_papers

    one, two = entry("A", ("Loss", "Flat")), entry("B", ("Loss", "Flat"), ("Other",))
    assert name_papers([one]) == "Keskar 2016"
    assert name_papers([one, two]) == "Flat, 2 papers"
    assert name_papers([one, two, entry("C")]) == "3 papers"


def test_every_download_of_the_app_gets_its_name_from_one_function() -> None:
    pages = Path(litmap.__file__).parent.joinpath("ui").glob("*.py")
    with_downloads = [p.name for p in pages if "download_button" in p.read_text(encoding="utf-8")]
    assert with_downloads == ["downloads.py"]


def test_a_page_of_a_heading_is_no_device_of_windows() -> None:
    assert list(_heading_files([("Con",), ("Con", "Aux")]).values()) == ["con-heading", "con-aux"]
