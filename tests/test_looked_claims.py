"""'I looked, it is fine': kept for a sentence and a paper until either changes, and taken back."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import pytest

from litmap.catalogue import Catalogue, LookedClaim
from litmap.catalogue.entries import Entry
from litmap.cli import main
from litmap.cli.check_command import TROUBLED
from litmap.library import Library
from litmap.lock import writer
from litmap.models import PdfFile, Work, pair_name
from litmap.paths import LibraryPaths
from litmap.pipeline.looked_claims import forget_looked, keep_looked
from litmap.settings import load_settings

NOW = "2026-11-29T10:00:00Z"
WORK = Work("doi:10.1/olm", "Salt and sleep", ids=("doi:10.1/olm",))
PDF = PdfFile("a" * 64, "pdfs/a", 10)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Entry(WORK, "fetched", "", (PDF,)), Entry(WORK, "fetched", "", (replace(PDF, sha256="b" * 64),))),
        (Entry(WORK, "pending", ""), Entry(WORK, "fetched", "", (PDF,))),
        (Entry(WORK, "pending", ""), Entry(replace(WORK, abstract="We slept."), "pending", "")),
        (Entry(WORK, "fetched", "", (PDF,)), Entry(replace(WORK, notices=("retracted",)), "fetched", "", (PDF,))),
    ],
    ids=["another file", "the first file", "an abstract", "a retraction"],
)  # fmt: skip
def test_another_text_of_a_paper_is_another_paper_to_look_at(before, after):
    assert before.checked_text != after.checked_text


def test_a_better_title_or_another_mention_is_the_same_paper_to_look_at():
    before = Entry(WORK, "fetched", "", (PDF,))
    after = Entry(
        replace(WORK, title="Salt and Sleep", year=1999), "fetched", "found again", (PDF,)
    )
    assert before.checked_text == after.checked_text


def test_what_was_looked_at_is_kept_forgotten_and_goes_with_a_renamed_work(tmp_path):
    with Catalogue.create(tmp_path / "catalogue.sqlite") as catalogue:
        catalogue.put_work(WORK, "note", NOW)
        kept = LookedClaim(WORK.id, "They slept.", "a", NOW)
        catalogue.put_looked([kept, LookedClaim(WORK.id, "They woke.", "a", NOW)])
        catalogue.forget_looked([(WORK.id, "They woke."), (WORK.id, "They never were.")])
        assert catalogue.looked() == [kept]
        catalogue.rename_work(WORK.id, Work("doi:10.1/new", "Salt"), NOW)
        assert catalogue.looked() == [replace(kept, work="doi:10.1/new")]


# ── a library ─────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def library(example_library, at_examples, tmp_path):
    """A copy of the example library."""
    root = tmp_path / "library"
    shutil.copytree(example_library, root)
    return root


@pytest.fixture
def draft(library, tmp_path):
    """A draft with one sentence that should be looked at."""
    with Library.open(library) as opened:
        work = next(e.work for e in opened.works() if e.pdf and e.work.identifier("arxiv"))
    cited = f"[{work.title}](https://arxiv.org/abs/{work.identifier('arxiv')})"
    said = f"{cited} says “sheep were sold on the markets of Upper Hessia in winter”."
    path = tmp_path / "draft.md"
    path.write_text(f"# Draft\n\n{said}\n", encoding="utf-8")
    return path


@pytest.fixture
def check(library, capsys):
    """Runs the command; its exit code and what it printed."""

    def run(*arguments):
        code = main(["check", *map(str, arguments), "--library", str(library)])
        return code, capsys.readouterr().out

    return run


def test_what_is_fine_is_said_to_be_looked_at_and_counted_no_more(check, draft):
    code, out = check(draft, "--json", "--strict", "--only", "troubles")
    (found,) = {row["id"] for row in json.loads(out)}
    assert code == TROUBLED
    assert not any(row["looked"] for row in json.loads(out))
    assert f"({found})" in check(draft)[1], "its id is printed"
    assert check(draft, "--fine", found)[0] == 0
    code, out = check(draft, "--json", "--strict")
    assert code == 0
    assert {row["looked"] for row in json.loads(out) if row["id"] == found} == {True}
    assert json.loads(check(draft, "--json", "--only", "troubles")[1]) == []
    assert {row["id"] for row in json.loads(check(draft, "--json", "--only", "looked")[1])} == {
        found
    }
    assert "looked at" in check(draft)[1]
    assert "looked at" in check(draft, "--format", "markdown")[1]
    sarif = json.loads(check(draft, "--format", "sarif")[1])
    assert all(result["suppressions"] for result in sarif["runs"][0]["results"])
    assert check("--not-fine", found)[0] == 0, "which needs no draft"
    assert check(draft, "--strict")[0] == TROUBLED


def test_another_sentence_is_to_be_looked_at_again(check, draft):
    (found,) = {row["id"] for row in json.loads(check(draft, "--json", "--only", "troubles")[1])}
    check(draft, "--fine", found)
    text = draft.read_text(encoding="utf-8")
    draft.write_text(text.replace("in winter", "in spring"), encoding="utf-8")
    assert check(draft, "--strict")[0] == TROUBLED
    draft.write_text("# Moved\n\nSome words first.\n\n" + text, encoding="utf-8")
    assert check(draft, "--strict")[0] == 0, "the same sentence in another place is the same"


def test_another_file_of_the_paper_is_to_be_looked_at_again(library):
    settings = load_settings({"library": library})
    with Library.open(library) as opened:
        entry = next(e for e in opened.works() if e.pdf)
        keep_looked(settings, [(entry.work.id, "They slept."), ("doi:10.1/nowhere", "They slept.")])
        assert opened.looked() == {(entry.work.id, "They slept.")}, "an open library sees it"
    paths = LibraryPaths(library)
    with Catalogue.create(paths.catalogue) as catalogue, catalogue.write():
        catalogue.put_pdf(
            entry.work.id, replace(entry.pdf, sha256="f" * 64), "2030-01-01T00:00:00Z"
        )
    with Library.open(library) as opened:
        assert opened.looked() == frozenset()
    forget_looked(settings, [(entry.work.id, "They slept.")])
    with Catalogue.open(paths.catalogue) as catalogue:
        assert catalogue.looked() == []


@pytest.mark.parametrize("option", ["--fine", "--not-fine"])
def test_an_id_of_nothing_is_wrong_usage(check, option):
    assert check(option, pair_name("doi:10.1/olm", "Nobody says so."))[0] == 2


def test_nothing_is_kept_while_a_refresh_writes(check, draft, library):
    (found,) = {row["id"] for row in json.loads(check(draft, "--json", "--only", "troubles")[1])}
    with writer(LibraryPaths(library).lock, NOW):
        assert check(draft, "--fine", found)[0] != 0
    assert check(draft, "--strict")[0] == TROUBLED
