"""The main job on the examples: notes in, a searchable, filed, summarised library out. Real HTTP,
PDFs and model.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from litmap.examples import NOTES

from litmap.errors import Busy, DamagedBuild, ModelError, NoLibrary, SearchError, UsageError
from litmap.library import Library
from litmap.paths import LibraryPaths
from litmap.pipeline import RefreshRun, rebuild, refresh
from litmap.settings import load_settings
from tests.waiting import ending, until

pytestmark = pytest.mark.usefixtures("at_examples")


def open_library(folder):
    return Library.open(settings=load_settings({"library": folder}))


@pytest.fixture(scope="module")
def library(example_library, state):
    with Library.open(
        settings=load_settings({"library": example_library, "state": state})
    ) as opened:
        yield opened


def test_every_work_is_fetched_or_has_its_reason(library):
    works = library.works()
    fetched = [e for e in works if e.status == "fetched"]
    assert len(works) >= 24
    assert len(fetched) >= 20
    for entry in works:
        assert entry.reason
        assert entry.mentions
        if entry.status == "fetched":
            assert library.pdf_path(entry.pdf).is_file()
    assert {e.status for e in works} >= {"fetched", "metadata-only", "unsure"}


def test_search_lands_on_the_page(library):
    answer = library.search("why do flat minima generalise?", limit=5)
    assert answer.close
    best = answer.hits[0]
    assert "Flat" in best.entry.work.title
    assert best.chunk.page >= 1
    assert best.rects
    assert best.quotation in " ".join(best.chunk.text.split())
    assert library.page_image(best.entry.pdf, best.chunk.page, best.rects).startswith(b"\x89PNG")


@pytest.mark.slow
def test_a_cross_encoder_orders_the_results_anew(example_library, state, tmp_path):
    """Any that sentence-transformers can load from a folder; this one knows nothing."""
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    words = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "flat", "minima", "sharp", "network")
    (tmp_path / "vocab.txt").write_text("\n".join(words))
    shape = BertConfig(
        vocab_size=len(words), hidden_size=16, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=16, num_labels=1,
    )  # fmt: skip
    BertTokenizerFast(vocab_file=str(tmp_path / "vocab.txt")).save_pretrained(tmp_path)
    BertForSequenceClassification(shape).save_pretrained(tmp_path)
    settings = load_settings(
        {"library": example_library, "state": state, "reranker": str(tmp_path)}
    )
    with Library.open(settings=settings) as reranked:
        scores = [hit.score for hit in reranked.search("flat minima", limit=5).hits]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score < 1 for score in scores), "those of the cross-encoder, through a sigmoid"
    wrong = load_settings({"library": example_library, "state": state, "reranker": "/nowhere"})
    with Library.open(settings=wrong) as other, pytest.raises(ModelError, match="cannot be loaded"):
        other.search("flat minima")


def test_the_readers_notes_are_results_too(library):
    notes = library.search("minima in:notes").notes
    assert notes
    assert all(hit.note and hit.line for hit in notes)


def test_a_quotation_is_found_with_its_typos(library):
    passage = library.search("flat minima", limit=1).hits[0]
    words = passage.quotation.split()
    words[2] = words[2][::-1]
    found = library.locate(" ".join(words)).hits[0]
    assert (found.entry.work.id, found.chunk.page) == (passage.entry.work.id, passage.chunk.page)


def test_more_like_a_work_leaves_it_out(library):
    entry = library.works()[0]
    assert entry.work.id not in {h.entry.work.id for h in library.more_like(entry.work.id).hits}
    for name in ("#99999999", "#" + "9" * 30, "#" + "9" * 5_000):
        with pytest.raises(SearchError, match="no longer in the library"):
            library.more_like(name)


def test_topics_are_the_notes_headings(library):
    view = library.topics().as_json()
    headings = {tuple(t["heading"]) for t in view["topics"] if t["heading"]}
    assert any(h[-1] == "Loss surfaces" for h in headings)
    works = {w["id"]: w for w in view["works"]}
    assert set(works) == {e.work.id for e in library.works()}
    assert all(isinstance(w["x"], float) and isinstance(w["y"], float) for w in works.values())
    inbox = [
        w for w in works.values() if w["noted"] and all("box" in h[-1].lower() for h in w["noted"])
    ]
    assert inbox
    assert all(0 <= w["confidence"] <= 1 for w in works.values())


def test_summaries_name_their_pages(library):
    for subject in ("Loss surfaces", library.search("flat minima", limit=1).hits[0].entry.work.id):
        summary = library.summary(subject).as_json()
        assert summary["sentences"]
        assert all(
            s["page"] >= 1 and s["rects"] and s["work"] in library.by_id
            for s in summary["sentences"]
        )


def test_the_papers_own_references_give_a_reading_list(library):
    pairs = library.citations_between()
    assert pairs
    for work in {one for pair in pairs for one in pair}:
        citing, cited = library.citations_of(work)
        assert list(citing) == [a for a, b in pairs if b == work]
        assert list(cited) == [b for a, b in pairs if a == work]
    assert library.citations_of("title:none") == ((), ())
    assert library.reading_list()[0]["count"] >= 2


def test_a_map_is_written(library, tmp_path):
    for suffix, start in ((".html", b"<!"), (".svg", b"<svg"), (".png", b"\x89PNG")):
        out = tmp_path / f"map{suffix}"
        library.write_map(out)
        assert out.read_bytes().lstrip().startswith(start)


def test_errors_say_what_to_do(library, tmp_path):
    with pytest.raises(SearchError, match="litmap works"):
        library.work("no such work at all")
    with pytest.raises(NoLibrary, match="litmap refresh"):
        open_library(tmp_path)
    with (
        pytest.raises(UsageError, match="which notes"),
        RefreshRun(load_settings({"library": tmp_path / "new"})) as run,
    ):
        run.read_notes()


def test_a_second_refresh_does_only_what_is_missing(example_library, tmp_path):
    copy = tmp_path / "library"
    subprocess.run(["cp", "-r", str(example_library), str(copy)], check=True)
    report = refresh(load_settings({"library": copy, "notes": (str(NOTES),)}))
    assert report["counts"]["new_passages"] == 0
    assert report["changes"] == {}
    with open_library(copy) as opened:
        assert opened.build_id == report["counts"]["build"]


def test_a_removed_citation_takes_its_passages_along(example_library, tmp_path):
    copy, notes = tmp_path / "library", tmp_path / "notes"
    subprocess.run(["cp", "-r", str(example_library), str(copy)], check=True)
    notes.mkdir()
    source = next(p for p in sorted(NOTES.rglob("*.md")))
    (notes / source.name).write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    report = refresh(load_settings({"library": copy, "notes": (str(notes),), "offline": True}))
    gone = report["changes"]["gone"]
    assert gone  # by their titles
    assert [work for work in gone if work.startswith(("arxiv:", "doi:", "title:"))] == []
    with open_library(copy) as opened:
        kept = {e.work.id for e in opened.works()}
        for hit in opened.search("the", limit=50).hits:
            assert hit.entry.work.id in kept


def test_one_writer_at_a_time(tmp_path):
    settings = load_settings({"library": tmp_path / "library"})
    with RefreshRun(settings):
        code = (
            "from litmap.pipeline import RefreshRun; from litmap.settings import load_settings\n"
            f"with RefreshRun(load_settings({{'library': {str(settings.library)!r}}})): pass"
        )
        other = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=False
        )
        assert "another refresh" in other.stderr
        assert str(os.getpid()) in other.stderr
    with pytest.raises(Busy), RefreshRun(settings), RefreshRun(settings):
        pass


def test_a_damaged_build_is_named_and_built_anew(example_library, tmp_path):
    copy = tmp_path / "library"
    subprocess.run(["cp", "-r", str(example_library), str(copy)], check=True)
    paths = LibraryPaths(copy)
    folder = paths.builds / paths.current.read_text(encoding="utf-8").strip()
    victim = max(folder.rglob("*.sqlite"), key=lambda p: p.stat().st_size)
    victim.write_bytes(victim.read_bytes()[:1000])
    with pytest.raises(DamagedBuild, match=victim.name):
        open_library(copy)
    rebuild(load_settings({"library": copy, "notes": (str(NOTES),)}))
    with open_library(copy) as opened:
        assert opened.search("flat minima", limit=1).hits


@pytest.mark.slow
def test_readers_see_whole_builds_while_a_refresh_publishes(example_library, tmp_path):
    copy = tmp_path / "library"
    subprocess.run(["cp", "-r", str(example_library), str(copy)], check=True)
    errors: list[BaseException] = []
    stop = threading.Event()

    def read():
        while not stop.is_set():
            try:
                with open_library(copy) as opened:
                    assert opened.search("flat minima", limit=2).hits
            except BaseException as error:  # noqa: BLE001 - told by the assertion below
                errors.append(error)
                return

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for _ in range(2):
        rebuild(load_settings({"library": copy, "notes": (str(NOTES),)}))
    stop.set()
    for reader in readers:
        reader.join()
    assert not errors


MOMENTS = {
    "the works are looked up": "catalogue.sqlite",
    "PDFs are fetched": "pdfs/**/*.pdf",
    "texts are embedded": "vectors/**/*",
    "a build is written": "builds/*",
}
"""What is there then."""


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_refresh_loses_nothing(tmp_path, moment):
    library, notes = tmp_path / "library", tmp_path / "notes"
    shutil.copytree(NOTES, notes, ignore=shutil.ignore_patterns("learning*", "representations*"))
    command = [
        sys.executable,
        "-m",
        "litmap",
        "refresh",
        str(notes),
        "--library",
        str(library),
        "--no-prefect",
    ]
    with ending(
        subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    ) as process:
        until(lambda: any(library.glob(MOMENTS[moment])), moment)
        process.send_signal(signal.SIGKILL)
    done = subprocess.run([*command, "--json"], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["counts"]["by_status"]["fetched"] == 4
    with open_library(library) as opened:
        assert opened.search("depth by folding", limit=1).hits
        assert not list(opened.paths.partial.glob("*.part"))


@pytest.mark.slow
def test_the_readmes_lines_do_what_they_say(tmp_path):
    readme = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    code = readme.split("```python\n")[1].split("```")[0]
    (tmp_path / "notes").mkdir()
    shutil.copy(NOTES / "learning-theory.md", tmp_path / "notes")
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 3
