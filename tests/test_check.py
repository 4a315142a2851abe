"""`litmap check` on the example library: real papers, the real model."""

from __future__ import annotations

import json

import pytest

from litmap.cli import main
from litmap.cli.check_command import TROUBLED
from litmap.library import Library
from litmap.library.checking import best_sentence
from litmap.models import Chunk, FindingKind, Hit
from litmap.paper_sentences import paper_sentences


@pytest.fixture(scope="module")
def paper(example_library):
    """A work of the example library with some of its sentences."""
    with Library.open(example_library) as library:
        entry = next(e for e in library.works() if e.pdf and e.work.authors and e.work.year)
        sentences = paper_sentences(library.document(entry.pdf))
        long = [s for s in sentences if s.kind == "body" and 8 <= len(s.text.split()) <= 25]
        return entry, long


@pytest.fixture
def check(example_library, at_examples, capsys):
    """Runs the command; its exit code and what it printed."""

    def run(*arguments):
        code = main(["check", *map(str, arguments), "--library", str(example_library)])
        return code, capsys.readouterr().out

    return run


def draft(folder, *lines, name="draft.md"):
    path = folder / name
    path.write_text("# Draft\n\n" + "\n\n".join(lines) + "\n", encoding="utf-8")
    return path


def named(entry):
    identifier = next(i for i in entry.work.ids if i.startswith(("arxiv:", "doi:")))
    return f"[{entry.work.title}](https://{identifier.replace('arxiv:', 'arxiv.org/abs/').replace('doi:', 'doi.org/')})"


def test_the_notes_of_the_library_are_checked(check):
    code, out = check("--format", "json")
    found = json.loads(out)
    assert code == 0
    assert found
    assert {row["finding"] for row in found} <= set(FindingKind)
    for row in found:
        assert 0 <= row["strength"] <= 1
        assert row["why"]
        assert all(sentence["place"] for sentence in row["evidence"])


def test_a_quotation_of_a_draft_is_compared_word_for_word(check, tmp_path, paper):
    entry, sentences = paper
    words = sentences[0].text.rstrip(".").split()
    quoted = " ".join(words)
    changed = " ".join([*words[:3], "harbours", *words[4:]])
    path = draft(
        tmp_path,
        f"They say “{quoted}” in {named(entry)}.",
        f"They also say “{changed}” in {named(entry)}.",
    )
    _, out = check(path, "--format", "json")
    exact, other = (row for row in json.loads(out) if row["finding"].startswith("quoted"))
    assert (exact["finding"], other["finding"]) == ("quoted-exactly", "quoted-with-changes")
    assert exact["work"] == entry.work.id
    assert exact["evidence"][0]["page"] == sentences[0].page
    assert exact["evidence"][0]["rects"]
    assert words[3].strip(",;:()").casefold() in other["why"].casefold()


def test_what_a_paper_says_is_found_and_what_it_does_not_say_is_not(check, tmp_path, paper):
    entry, sentences = paper
    said = max(sentences, key=lambda s: len(s.text.split())).text
    path = draft(
        tmp_path,
        f"{named(entry)} tells that {said[0].lower()}{said[1:]}",
        f"{named(entry)} tells how sheep were sold on the markets of Upper Hessia in winter.",
    )
    _, out = check(path, "--format", "json")
    true, false = json.loads(out)
    assert true["finding"] == "evidence-strong"
    assert true["evidence"][0]["text"] == said
    assert false["finding"] in ("nothing-close", "said-elsewhere", "evidence-weak")
    assert false["strength"] < true["strength"]


def test_a_latex_draft_is_checked(check, tmp_path, paper):
    entry, sentences = paper
    path = tmp_path / "draft.tex"
    address = named(entry).partition("](")[2].rstrip(")")
    path.write_text(
        "\\section{Draft}\nThey say ``" + sentences[0].text.rstrip(".") + "'' in "
        f"\\href{{{address}}}{{their paper}}.\n",
        encoding="utf-8",
    )
    _, out = check(path, "--format", "json")
    assert "quoted-exactly" in {row["finding"] for row in json.loads(out)}


@pytest.mark.parametrize("form", ["text", "markdown", "sarif"])
def test_findings_are_printed_in_every_form(check, tmp_path, paper, form):
    entry, sentences = paper
    quoted = sentences[0].text.rstrip(".")
    path = draft(tmp_path, f"They say “{quoted} with harbours” in {named(entry)}.")
    code, out = check(path, "--format", form, "--only", "troubles", "--strict")
    assert code == TROUBLED
    if form == "sarif":
        (run,) = json.loads(out)["runs"]
        (result,) = run["results"]
        assert result["ruleId"] == "quoted-with-changes"
        assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == 3
    else:
        assert "with changes" in out
        assert "harbours" in out


def test_nothing_to_look_at_is_no_trouble(check, tmp_path, paper):
    entry, sentences = paper
    path = draft(tmp_path, f"They say “{sentences[0].text.rstrip('.')}” in {named(entry)}.")
    code, _ = check(path, "--only", "troubles", "--strict")
    assert code == 0


def test_a_draft_that_is_not_there_is_wrong_usage(check, tmp_path, capsys):
    code, _ = check(tmp_path / "none.md")
    assert code == 2


def test_what_a_paper_without_pages_says_has_its_paragraph():
    chunk = Chunk("text:ab", 0, "Salt is blue. Dikes hold.", section="Results", page=12)
    said = best_sentence(Hit(0, "doi:10.1/olm", 1.0, chunk, sentence=(14, 25), page=12))
    assert said.text == "Dikes hold."
    assert said.place == "§ Results, ¶ 12"
