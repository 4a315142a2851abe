"""The command as a person and a script meet it: help, JSON, exit codes, speed of start."""

import json
import shutil
import subprocess
import sys

import pytest
from litmap.examples import NOTES

from litmap.cli import build_parser, main

COMMANDS = [
    "refresh",
    "search",
    "works",
    "themes",
    "topics",
    "summary",
    "check",
    "ask",
    "table",
    "digest",
    "new",
    "notices",
    "links",
    "status",
    "doctor",
    "add",
    "app",
    "schedule",
    "watch",
    "demo",
    "map",
    "export",
    "read",
    "resolve",
    "decisions",
    "mcp",
    "serve",
    "catalogue",
]
pytestmark = pytest.mark.usefixtures("at_examples")


def run(*arguments, code=0):
    done = subprocess.run(
        [sys.executable, "-m", "litmap", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done


def read_json(*arguments):
    return json.loads(run(*arguments, "--json").stdout)


def test_alone_it_tells_the_next_step(capsys):
    assert main([]) == 0
    out = capsys.readouterr().out
    assert "litmap demo" in out
    assert "litmap refresh" in out


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_help_with_an_example(name, capsys):
    with pytest.raises(SystemExit) as exit_:
        main([name, "--help"])
    assert exit_.value.code == 0
    assert f"litmap {name}" in capsys.readouterr().out.split("Example:")[1]


def test_the_readme_names_every_command():
    from pathlib import Path

    readme = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    commands = next(a for a in build_parser()._actions if a.dest == "command").choices
    assert set(commands) == set(COMMANDS)
    for name in commands:
        assert f"litmap {name}" in readme, name


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["nonsense"], 2),
        (["search"], 2),
        (["refresh", "--library"], 2),
        (["works", "--config", "/no/such/file.toml"], 2),
        (["resolve", "x"], 2),
        (["refresh", "/no/such/notes", "--offline"], 2),
    ],
)
def test_wrong_usage_exits_with_2(arguments, code, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    try:
        got = main(arguments)
    except SystemExit as exit_:
        got = exit_.code
    assert got == code
    assert "litmap:" in capsys.readouterr().err


def test_no_library_exits_with_1_and_says_what_to_do(tmp_path):
    assert "litmap refresh" in run("search", "x", "--library", tmp_path, code=1).stderr


def test_search_json_keeps_its_form(example_library):
    hits = read_json("search", "flat minima", "-k", 3, "--library", example_library)
    papers = [h for h in hits if h["kind"] != "note"]
    assert [h["rank"] for h in hits] == list(range(1, len(hits) + 1))
    assert len(papers) == 3
    for hit in papers:
        assert set(hit) >= {"rank", "score", "work", "page", "text", "rects", "headings", "pdf"}
        assert set(hit["work"]) == {"id", "title", "authors", "year", "notices"}
        assert hit["page"] >= 1
        assert all(len(r) == 4 for r in hit["rects"])
        assert (example_library / hit["pdf"]).is_file()


def test_search_json_says_what_was_searched_and_whether_it_is_close(example_library):
    build = (example_library / "CURRENT").read_text().strip()
    near = read_json("search", "sharp and flat minima", "--library", example_library)
    far = read_json("search", "recipe for sourdough bread", "--library", example_library)
    assert {(hit["close"], hit["build"]) for hit in near} == {(True, build)}
    assert {(hit["close"], hit["build"]) for hit in far} == {(False, build)}


def test_an_index_of_another_model_is_not_searched(example_library, tmp_path):
    copy = tmp_path / "library"
    subprocess.run(["cp", "-r", str(example_library), str(copy)], check=True)
    manifest = next((copy / "builds").glob("*/manifest.json"))
    content = json.loads(manifest.read_text())
    content["facts"]["model_key"] = "another-0123"
    del content["sha256"]  # of the manifest as it was
    manifest.write_text(json.dumps(content))
    assert "another" in run("search", "flat minima", "--library", copy, code=1).stderr


def test_works_json_keeps_its_form(example_library):
    works = read_json("works", "--library", example_library)
    fields = {
        "id",
        "title",
        "authors",
        "year",
        "arxiv",
        "doi",
        "openreview",
        "urls",
        "status",
        "reason",
        "pdf",
        "mentions",
    }
    for work in works:
        assert set(work) >= fields
        assert work["status"] in {
            "fetched",
            "metadata-only",
            "not-found",
            "unsure",
            "failed",
            "pending",
        }
        assert work["reason"]
        for mention in work["mentions"]:
            assert set(mention) >= {"note", "line", "text", "heading"}
            assert mention["line"] >= 1
    missing = read_json("works", "--missing", "--library", example_library)
    confirmed = [w for w in missing if w["id"] in {work["id"] for work in works}]
    assert {w["id"] for w in confirmed} == {w["id"] for w in works if not w["pdf"]}
    assert all(w["status"] == "not-found" for w in missing if w not in confirmed)


def test_topics_and_summary_json_keep_their_form(example_library):
    topics = read_json("topics", "--library", example_library)
    assert all(set(t) >= {"id", "heading", "label", "keywords", "works"} for t in topics["topics"])
    fields = {
        "id",
        "title",
        "arxiv",
        "doi",
        "urls",
        "noted",
        "suggested",
        "confidence",
        "alternatives",
        "x",
        "y",
    }
    assert all(set(w) >= fields for w in topics["works"])
    found = read_json("topics", "--suggest", "--library", example_library)["findings"]
    assert all(
        set(f) == {"kind", "heading", "evidence", "works", "proposal", "score"} for f in found
    )
    assert found
    summary = read_json("summary", "Loss", "surfaces", "--library", example_library)
    assert set(summary) >= {"title", "sentences"}
    assert all(set(s) >= {"text", "work", "page", "rects"} for s in summary["sentences"])


def test_the_patch_fits_the_notes(example_library, tmp_path):
    found = read_json(
        "topics", "--patch", str(tmp_path / "notes.patch"), "--library", example_library
    )
    text = (tmp_path / "notes.patch").read_text(encoding="utf-8")
    assert found["notes"] == text.count("\n+++ ") + text.startswith("+++ ")
    if shutil.which("patch") and found["notes"]:
        done = subprocess.run(
            ["patch", "--dry-run", "-d", "/", "-p1"],
            input=text, text=True, capture_output=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    "arguments",
    [("works",), ("works", "--missing"), ("topics",), ("topics", "--suggest"), ("topics", "--coverage"),
     ("topics", "--reading-list"), ("status",), ("doctor",), ("search", "flat minima"),
     ("search", "--by", "paper", "flat"), ("search", "--where", "flat minima are said to generalise"),
     ("summary", "Loss surfaces")],
)  # fmt: skip
def test_what_it_prints_for_people(arguments, example_library):
    assert run(*arguments, "--library", example_library).stdout.strip()


@pytest.mark.parametrize(
    "query",
    ["", "   ", '"', "?!...", "x" * 100_000, "year:soon", "heading:nowhere", "界 面", "a\0b"],
)
def test_odd_queries_get_a_clear_answer(query, example_library, capsys):
    code = main(["search", "--library", str(example_library), query])
    said = capsys.readouterr()
    assert code in {0, 1}
    assert (said.out + said.err).strip()


def test_read_shows_the_parse_without_a_library():
    parsed = read_json("read", NOTES)
    assert parsed["notes"]
    assert parsed["citations"]
    assert parsed["problems"] == []


def test_export_writes_each_form(example_library, tmp_path):
    for name in ("works.bib", "works.ris", "works.json", "works.csv", "notes"):
        run("export", tmp_path / name, "--library", example_library)
        assert (tmp_path / name).exists()


def test_strict_tells_of_failed_works(tmp_path):
    note = tmp_path / "note.md"
    note.write_text("# Noise\n\narXiv:1711.00000\n")  # its PDF does not come
    command = ("refresh", note, "--library", tmp_path / "library", "--no-prefect", "--json")
    assert json.loads(run(*command, "--strict", code=3).stdout)["counts"]["failed"] == 1


def test_settle_and_correct(example_library, tmp_path):
    copy = tmp_path / "library"
    subprocess.run(["cp", "-r", str(example_library), str(copy)], check=True)
    work = next(w for w in read_json("works", "--library", copy) if w["pdf"])
    run("resolve", work["id"], "--set", "year=1999", "--library", copy)
    again = next(w for w in read_json("works", "--library", copy) if w["id"] == work["id"])
    assert again["year"] == 1999
    run("resolve", work["id"], "none", "--library", copy)
    assert work["id"] not in {w["id"] for w in read_json("works", "--library", copy)}
    run("resolve", "no-such-work", "none", "--library", copy, code=2)


def test_add_files_a_pdf(tmp_path):
    from litmap.examples import PAPERS

    library = tmp_path / "library"
    paper = sorted(PAPERS.glob("*.pdf"))[0]
    report = read_json("add", paper, "--library", library)
    assert report["counts"]["works"] == 1
    hit = read_json("search", "the", "--library", library)[0]
    assert hit["pdf"]
