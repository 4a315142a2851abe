"""`litmap export --update refs.bib` writes what it adds, and no other byte of the file changes."""

from __future__ import annotations

import shutil
from pathlib import Path

import bibtexparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from litmap.errors import UsageError
from litmap.exports import read_updatable, update_bibtex
from litmap.models import BibRecord, Work

HERE = Path("refs.bib")
KITES = Work("doi:10.5555/k.1", "Kites over the long dam", ("D. Rowe",), 2011, "Wind Letters",
             ids=("doi:10.5555/k.1",))  # fmt: skip
LIBRARY = [(KITES, [], [BibRecord("bibtex", "k", "article", (("title", "x"),), "refs.bib")])]
OWN = "author={D}, title={K}, journal={W}, year=2011, url={u}"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"@article{{k,\n  {OWN}\n}}\n", f"@article{{k,\n  {OWN},\n  doi = {{10.5555/k.1}}\n}}\n"),
        (f"@article{{k,\r\n\t{OWN},\r\n}}\r\n",
         f"@article{{k,\r\n\t{OWN},\r\n\tdoi = {{10.5555/k.1}},\r\n}}\r\n"),
        (f"% mine\n@string{{j = \"J\"}}\n@Article( k , {OWN} )junk\n@comment{{@book{{k, }}}}\n",
         f"% mine\n@string{{j = \"J\"}}\n@Article( k , {OWN}, doi = {{10.5555/k.1}} )junk\n"
         "@comment{@book{k, }}\n"),
    ],
)  # fmt: skip
def test_a_field_is_added_behind_the_last_one(before: str, after: str) -> None:
    new, count = update_bibtex(before.encode(), LIBRARY, HERE)
    assert (new.decode(), count) == (after, 1)


def test_a_second_update_finds_nothing_to_add() -> None:
    once, _ = update_bibtex(f"@article{{k, {OWN}}}".encode(), LIBRARY, HERE)
    assert update_bibtex(once, LIBRARY, HERE) == (once, 0)


@pytest.mark.parametrize(
    "fields",
    [
        "title={Kites over the {Long} Dam}",
        "title={x}, url={https://doi.org/10.5555/K.1}",
        "title={x}, note={doi:10.5555/k.1}",
    ],
)
def test_an_entry_of_another_file_is_known_by_title_and_identifier(fields: str) -> None:
    new, _ = update_bibtex(f"@article{{other, {fields}, year=2011}}".encode(), LIBRARY, HERE)
    assert bibtexparser.parse_string(new.decode()).entries[0]["journal"] == "Wind Letters"


def test_other_entries_and_their_encoding_stay() -> None:
    text = "@book{a, title={Straße}}\n@article{k, " + OWN + "}\n@book{broken, title={\n"
    for encoding in ("utf-8", "latin-1"):
        new, count = update_bibtex(text.encode(encoding), LIBRARY, HERE)
        assert count == 1
        assert new.replace(b", doi = {10.5555/k.1}", b"") == text.encode(encoding)


@pytest.mark.parametrize(
    ("encoding", "head"),
    [
        ("utf-16", ""),
        ("utf-16-le", ""),
        ("utf-16-be", "\ufeff"),
        ("utf-32", ""),
        ("utf-8-sig", ""),
        ("cp1252", "% Encoding: Cp1252\n"),
        ("latin-1", "% Encoding: ISO8859_1\n"),
        ("mac-roman", "% Straße\r"),
        ("koi8-r", "% -*- coding: koi8-r -*-\n% Мосты\n"),
    ],
)
def test_a_file_keeps_its_encoding_and_its_mark(encoding: str, head: str) -> None:
    text = head + "@book{a, title={Plain}}\r\n@article{k, " + OWN + "}\r\n"
    data, added = text.encode(encoding), ", doi = {10.5555/k.1}"
    new, count = update_bibtex(data, LIBRARY, HERE)
    assert count == 1
    bare = "utf-32-le" if encoding == "utf-32" else encoding.removesuffix("-sig")
    bare = "utf-16-le" if bare == "utf-16" else bare
    assert new.replace(added.encode(bare), b"") == data


@pytest.mark.parametrize(
    ("head", "count"), [("% Encoding: Cp1252\n% Straße\n", 1), ("% Straße\n", 0)]
)
def test_letters_are_added_where_the_encoding_is_known(head: str, count: int) -> None:
    work = Work("doi:10.5555/k.2", "Drachen über der Straße", ("D. Rowe",), 2011, "Wälder")
    records = [BibRecord("bibtex", "k", "article", (("title", "x"),), "refs.bib")]
    fields = "author={D}, title={Drachen}, year=2011, url={u}, doi={10.5555/k.2}"
    data = (head + "@article{k, " + fields + "}").encode("cp1252")
    new, changed = update_bibtex(data, [(work, [], records)], HERE)
    assert changed == count
    assert new.startswith(data[:-1])
    assert ("Wälder".encode("cp1252") in new) == bool(count)


def test_bytes_that_are_no_text_of_the_named_encoding_stay() -> None:
    data = b"% Encoding: UTF-8\n% \xff\x85\xa0\n@article{k, " + OWN.encode() + b"}"
    new, _ = update_bibtex(data, LIBRARY, HERE)
    assert new.replace(b", doi = {10.5555/k.1}", b"") == data


@pytest.mark.parametrize(
    "data", [b"", b"# Notes\n", b"TY  - JOUR\nER  - \n", b'[{"id": "k"}]', b"\0\xff"]
)
def test_what_is_no_bibtex_is_refused(data: bytes) -> None:
    with pytest.raises(UsageError, match="no BibTeX"):
        update_bibtex(data, LIBRARY, HERE)


def test_a_file_that_is_not_there_or_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "refs.ris").write_text("TY  - JOUR\n")
    for name in ("refs.ris", "refs.bib", "."):
        with pytest.raises(UsageError, match="--update"):
            read_updatable(tmp_path / name)


PIECES = st.sampled_from(
    ["@article{k,", "@book{x,", "title", "=", "{", "}", '"', ",", "\n", "\r\n", " ", "(", ")", "@",
     "doi = {10.5555/k.1}", "é", "#", "\\{", "%", "year = 2011", "@string{", "k"]
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECES, max_size=30).map("".join))
def test_whatever_the_file_holds_no_byte_of_it_is_lost(text: str) -> None:
    data = ("@book{first, title={X}}\n" + text).encode()
    new, _ = update_bibtex(data, LIBRARY, HERE)
    rest = iter(new)
    assert all(byte in rest for byte in data), "the old bytes, in order, with others between"


def test_the_command_keeps_a_backup_that_can_be_put_back(example_library, tmp_path, capsys) -> None:
    from litmap.cli import main
    from litmap.library import Library

    library, file = tmp_path / "library", tmp_path / "refs.bib"
    shutil.copytree(example_library, library)
    with Library.open(library) as opened:
        work = next(entry.work for entry in opened.works() if entry.work.identifier("doi"))
    before = f"% mine\n@article{{own:1, title = {{{work.title}}}}}\n"
    file.write_text(before)
    assert main(["export", "--update", str(file), "--library", str(library)]) == 0
    assert "Added to 1 entry" in capsys.readouterr().out
    assert work.identifier("doi") in file.read_text()
    assert main(["export", str(file), "--library", str(library)]) == 2, "it is the user's still"
    assert main(["export", "--update", str(file), "--undo", "--library", str(library)]) == 0
    assert file.read_text() == before
