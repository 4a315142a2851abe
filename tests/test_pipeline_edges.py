"""Edges of the pipeline and the command: hostile names, notes out of reach, caches gone, media that
cannot be written.

Offline and without a model wherever the model is not what is looked at.
"""

import io
import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from litmap.examples import PAPERS

from litmap import keywords, lock, text
from litmap.builds import open_build
from litmap.catalogue import Catalogue
from litmap.catalogue.entries import entries
from litmap.cli import main
from litmap.cli.write_commands import app_command
from litmap.errors import LibraryError, NoLibrary, PdfError, UsageError
from litmap.index import VectorIndex
from litmap.library import Library
from litmap.models import Fetch, PdfFile, Resolution, Work
from litmap.paths import LibraryPaths
from litmap.pipeline import RefreshRun, add_dropped, passages, rebuild
from litmap.pipeline.build import built_with
from litmap.pipeline.collaborators import Collaborators
from litmap.pipeline.dropped_pdfs import stamp_pdfs
from litmap.pipeline.overrides import correct, settle
from litmap.pipeline.pending_pdfs import MAX_TRIES, unread
from litmap.settings import DEFAULT_MODEL, load_settings

NOTE = "# Attention\n\nWhat I think of it: see arXiv:1706.03762 for the whole story.\n"


@pytest.fixture
def settings(tmp_path, state):
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "a.md").write_text(NOTE)
    return load_settings(
        {"library": tmp_path / "library", "notes": (str(notes),), "state": state, "offline": True}
    )


def test_a_note_whose_name_is_no_utf8_is_read(settings, tmp_path):
    (tmp_path / "notes" / os.fsdecode(b"b\xff.md")).write_text(
        "# B\n\nsee arXiv:1611.03530 for more of this\n"
    )
    with RefreshRun(settings) as run:
        run.read_notes()
        assert len(run.catalogue.notes()) == 2
        run.catalogue.put_note_roots(["\udcff"])
        assert run.catalogue.note_roots() == ["\udcff"]


def test_entries_see_one_state_while_a_work_is_renamed(settings):
    with RefreshRun(settings) as run:
        run.read_notes()
        citation = run.catalogue.citations()[0].key
        old, new = Work("arxiv:1706.03762", "Attention"), Work("doi:10.1/attention", "Attention")
        with run.catalogue.write():
            run.catalogue.put_resolution(Resolution(citation, old, "metadata-only", ""), run.now)
        works = run.catalogue.works

        def renamed_meanwhile():
            found = works()
            with Catalogue.create(run.paths.catalogue) as other, other.write():
                other.rename_work(old.id, new, run.now)
            return found

        run.catalogue.works = renamed_meanwhile
        assert [e.work.id for e in entries(run.catalogue)] == [old.id]
        del run.catalogue.works
        assert [e.work.id for e in entries(run.catalogue)] == [new.id]


def test_a_dropped_file_that_goes_while_it_is_filed_costs_nothing(settings):
    file = LibraryPaths(settings.library).papers / "gone.pdf"
    gone = Collaborators(file_pdfs=lambda *_, **__: file.unlink() or iter(()))
    with RefreshRun(settings, collaborators=gone) as run:
        run.read_notes()
        file.write_bytes(b"%PDF-1.4")
        assert list(run.pdf_batches()) == []


def test_the_model_is_loaded_while_several_papers_arrive(settings):
    prepared = []
    collaborators = Collaborators(prepare=prepared.append)
    papers = sorted(PAPERS.glob("*.pdf"))
    with RefreshRun(settings, collaborators=collaborators) as run:
        run.read_notes()
        shutil.copy(papers[0], run.paths.papers / "one.pdf")
        list(run.pdf_batches())
    assert prepared == []  # one paper is embedded by what is at hand
    with RefreshRun(settings, collaborators=collaborators) as run:
        run.read_notes()
        for n, paper in enumerate(papers[1:5]):
            shutil.copy(paper, run.paths.papers / f"{n}.pdf")
        list(run.pdf_batches())
    assert prepared == [run.encoder]


def test_a_deleted_text_is_made_again(settings):
    paper = sorted(PAPERS.glob("*.pdf"))[0]
    with RefreshRun(settings) as run:
        run.read_notes()
        shutil.copy(paper, run.paths.papers / "one.pdf")
        batches = list(run.pdf_batches())
        for batch in batches:
            run.extract(batch)
        assert unread(run.catalogue, run.paths, run.settings) == []
        run.paths.text(batches[0][0]).unlink()
        assert unread(run.catalogue, run.paths, run.settings) == batches[0]


def drop_one(settings):
    (settings.library / "papers").mkdir(parents=True)
    shutil.copy(sorted(PAPERS.glob("*.pdf"))[0], settings.library / "papers" / "one.pdf")


def test_a_damaged_text_is_noticed_and_read_again(settings):
    drop_one(settings)
    with RefreshRun(settings) as run:
        run.read_notes()
        (batch,) = run.pdf_batches()
        run.extract(batch)
        for damaged in (b"no gzip at all", run.paths.text(batch[0]).read_bytes()[:300]):
            run.paths.text(batch[0]).write_bytes(damaged)
            passages._cuts.clear()
            run.embed(batch)
            run.build(fresh=True)
            assert text.loads(run.paths.text(batch[0]).read_bytes()).pages
    with Library.open(settings=settings) as library:
        assert library.search("network", limit=1).hits


@pytest.mark.parametrize(("transient", "tries"), [(True, MAX_TRIES), (False, 1)])
def test_a_reading_that_failed_for_a_passing_reason_is_tried_again(settings, transient, tries):
    drop_one(settings)
    error = PdfError("the reader was out of luck", transient=transient)
    unlucky = Collaborators(extract_texts=lambda batch: iter([(batch.files[0][0], error)]))
    for number in range(MAX_TRIES + 2):
        with RefreshRun(settings, collaborators=unlucky) as run:
            run.read_notes()
            batches = list(run.pdf_batches())
            assert bool(batches) == (number < tries)
            for batch in batches:
                run.extract(batch)
    richer = replace(settings, pdf_seconds=settings.pdf_seconds + 1)
    for number in range(2):
        with RefreshRun(richer) as run:
            run.read_notes()
            batches = list(run.pdf_batches())
            assert bool(batches) == (transient and number == 0)
            for batch in batches:
                run.extract(batch)


def test_where_nothing_can_be_written_it_says_so(tmp_path, capsys):
    file = tmp_path / "file"
    file.write_text("")
    with (
        pytest.raises(LibraryError, match="no library can be written"),
        lock.writer(file / "refresh.lock", "now"),
    ):
        pass
    assert main(["refresh", str(file), "--library", str(file), "--offline", "--no-prefect"]) == 1
    assert "no library can be written" in capsys.readouterr().err


def test_a_home_folder_in_the_settings_file_is_found(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    file = tmp_path / "x" / "litmap.toml"
    file.parent.mkdir()
    file.write_text('notes = ["~/notes", "beside", "~nobody-here/notes"]\n')
    expected = (f"{tmp_path}/notes", f"{file.parent}/beside", f"{file.parent}/~nobody-here/notes")
    assert load_settings(file=file).notes == expected


def test_an_option_with_the_default_value_reaches_the_flow(tmp_path, monkeypatch):
    from litmap.flows.refresh import flow_parameters

    monkeypatch.chdir(tmp_path)
    (tmp_path / "litmap.toml").write_text('model = "other"\noffline = true\n')
    chosen = load_settings({"model": DEFAULT_MODEL, "offline": False})
    parameters = flow_parameters(chosen)
    again = load_settings({**parameters["options"], "library": parameters["library"]})
    assert (again.model, again.offline) == (DEFAULT_MODEL, False)


def test_notes_out_of_reach_stay_in_the_library(settings):
    with RefreshRun(settings) as run:
        run.read_notes()
        run.build()
    shutil.rmtree(settings.notes[0])
    for again in (add_dropped, rebuild):
        counts = again(settings)["counts"]
        assert (counts["works"], counts["passages"]) == (1, 2)
    with Library.open(settings=settings) as library:
        assert [t.heading for t in library.topics().topics] == [("Attention",)]
        assert library.search("the whole story").notes


def _read(settings):
    with RefreshRun(settings) as run:
        run.read_notes()
        return (
            {Path(n.path).name for n in run.catalogue.notes()},
            {m.note.rsplit("/", 1)[-1] for c in run.catalogue.citations() for m in c.mentions},
            {Path(p.subject).name: p.reason for p in run.report.problems},
        )


def _unlistable(folder, monkeypatch):
    real = os.scandir
    hidden = str(folder)

    def scandir(path="."):
        if os.fspath(path) == hidden:
            raise PermissionError(13, "Permission denied", hidden)
        return real(path)

    monkeypatch.setattr("os.scandir", scandir)


def _unreadable(folder, monkeypatch):
    real = Path.read_bytes

    def read_bytes(self):
        if self.parent == folder:
            raise OSError(5, "Input/output error", str(self))
        return real(self)

    monkeypatch.setattr(Path, "read_bytes", read_bytes)


def _loop(folder, _):
    folder.rename(folder.with_name("elsewhere.away"))
    folder.symlink_to("sub")
    shutil.rmtree(folder.with_name("elsewhere.away"))


def _dangling(folder, _):
    shutil.rmtree(folder)
    folder.symlink_to("/not/mounted/today")


def _garbled(folder, _):
    for file in folder.iterdir():
        file.write_bytes(b"\x00" * 500)


def _fifo(folder, _):
    for file in list(folder.iterdir()):
        file.unlink()
        os.mkfifo(file)


@pytest.mark.parametrize("harm", [_unlistable, _unreadable, _loop, _dangling, _garbled, _fifo])
def test_notes_out_of_reach_stay_with_their_citations(settings, tmp_path, monkeypatch, harm):
    sub = tmp_path / "notes" / "sub"
    sub.mkdir()
    for number, name in enumerate(("b.md", "c.md")):
        (sub / name).write_text(f"# B\n\nsee arXiv:1611.0353{number} for more of this\n")
    assert _read(settings)[0] == {"a.md", "b.md", "c.md"}
    (tmp_path / "notes" / "a.md").write_text(NOTE.replace("1706.03762", "1406.2661"))
    with monkeypatch.context() as patch:
        harm(sub, patch)
        for _ in range(2):  # also by the refresh after the next
            notes, cited, problems = _read(settings)
            assert notes == cited == {"a.md", "b.md", "c.md"}
            assert any("as last read" in reason for reason in problems.values()), problems
    if sub.is_symlink():
        sub.unlink()
    shutil.rmtree(sub, ignore_errors=True)
    assert _read(settings) == ({"a.md"}, {"a.md"}, {})  # really gone


def test_passages_of_notes_out_of_reach_stay_searchable(settings, tmp_path, monkeypatch):
    sub = tmp_path / "notes" / "sub"
    sub.mkdir()
    (sub / "b.md").write_text("# B\n\nThe walrus sleeps on the ice of the northern bay all day.\n")
    with RefreshRun(settings) as run:
        run.read_notes()
        run.build()
    _unlistable(sub, monkeypatch)
    (tmp_path / "notes" / "a.md").write_text(NOTE + "\nMore words about attention stand here.\n")
    with RefreshRun(settings) as run:
        run.read_notes()
        run.build()
    with open_build(LibraryPaths(settings.library)) as build:
        assert any("walrus" in passage.chunk.text for passage in build.all_passages())


def test_notes_from_standard_input_are_not_replaced_by_older_ones(settings, monkeypatch):
    with RefreshRun(settings) as run:
        run.read_notes()
    monkeypatch.setattr(
        "sys.stdin", io.TextIOWrapper(io.BytesIO(b"# Piped\n\nsee arXiv:1611.03530 for more\n"))
    )
    with RefreshRun(replace(settings, notes=("-",))) as run:
        run.read_notes()
    with (
        RefreshRun(replace(settings, notes=())) as run,
        pytest.raises(UsageError, match="which notes"),
    ):
        run.read_notes()


def test_a_pdf_dropped_before_the_work_is_known_goes_with_it(settings):
    known = Work("doi:10.1/known", "Attention", ids=("doi:10.1/known", "arxiv:1706.03762"))
    with RefreshRun(settings) as run:
        run.read_notes()
        pdf = PdfFile("0" * 64, "pdfs/x.pdf", 1, 1, "", None, run.now, "", "")
        with run.catalogue.write():
            run.catalogue.put_fetch(
                Fetch("arxiv:1706.03762", "fetched", "put into the library", pdf), run.now
            )
    answer = [Resolution(c.key, known, "metadata-only", "found") for c in run_citations(settings)]
    with RefreshRun(replace(settings, offline=False), collaborators=answering(answer)) as run:
        run.resolve(run.unresolved())
        (entry,) = entries(run.catalogue)
    assert (entry.work.id, entry.status, entry.pdf) == (known.id, "fetched", pdf)


def answering(resolutions):
    """Sources that give these resolutions, whatever they are asked."""
    return Collaborators(resolve=lambda *_, **__: iter(resolutions))


def run_citations(settings):
    with Catalogue.open(LibraryPaths(settings.library).catalogue) as catalogue:
        return catalogue.citations()


def test_a_pdf_dropped_for_an_unsure_work_goes_with_the_choice(settings):
    with RefreshRun(settings) as run:
        run.read_notes()
        (citation,) = run.catalogue.citations()
        unsure, meant = Work("title:0", "Attention"), Work("arxiv:1706.03762", "Attention")
        with run.catalogue.write():
            found = Resolution(citation.key, unsure, "unsure", "two fit", (meant,))
            run.catalogue.put_resolution(found, run.now)
            run.catalogue.correct(unsure.id, "year", 1997, run.now)
    settle(settings, unsure.id, meant.id)
    with Catalogue.open(run.paths.catalogue) as catalogue:
        (entry,) = entries(catalogue)
    assert (entry.work.id, entry.work.year) == (meant.id, 1997)
    correct(settings, unsure.id, ["year=1998"])


def test_resolve_makes_no_library(tmp_path):
    nowhere = load_settings({"library": tmp_path / "nowhere"})
    with pytest.raises(NoLibrary):
        settle(nowhere, "a", "none")
    with pytest.raises(NoLibrary):
        correct(nowhere, "a", ["year=1997"])
    assert not nowhere.library.exists()


def test_a_pdf_lost_from_the_library_is_taken_from_the_drop_folder_again(settings):
    with RefreshRun(settings) as run:
        run.read_notes()
        shutil.copy(sorted(PAPERS.glob("*.pdf"))[0], run.paths.papers / "one.pdf")
        ((sha,),) = run.pdf_batches()
        run.paths.pdf(sha).unlink()
    with RefreshRun(settings) as run:
        run.read_notes()
        list(run.pdf_batches())
        assert run.paths.pdf(sha).is_file()


def test_add_refuses_what_is_no_pdf_and_copies_nothing_twice(settings, tmp_path):
    text, paper = tmp_path / "a.pdf", sorted(PAPERS.glob("*.pdf"))[0]
    text.write_text("no PDF")
    library = ("--library", str(settings.library), "--json")
    assert main(["add", str(text), *library]) == 2
    assert not settings.library.exists()
    renamed = shutil.copy(paper, tmp_path / "download")
    for path in (paper, paper, renamed):
        assert main(["add", str(path), *library]) == 0
    assert sorted(p.name for p in LibraryPaths(settings.library).papers.iterdir()) == sorted(
        ["download.pdf", paper.name]
    )


def test_add_to_a_busy_library_copies_nothing(settings, monkeypatch, capsys):
    paper = sorted(PAPERS.glob("*.pdf"))[0]
    with RefreshRun(settings) as run:
        assert main(["add", str(paper), "--library", str(settings.library)]) == 1
        assert list(run.paths.papers.iterdir()) == []
    assert "is running" in capsys.readouterr().err


def test_a_limit_below_one_is_wrong_usage(settings):
    with pytest.raises(SystemExit) as ended:
        main(["search", "x", "-k", "0"])
    assert ended.value.code == 2


class OtherModel:
    """Stands for an encoder with vectors of another length."""

    name, key, dim, max_tokens = "other", "other-key", 8, 128

    def __init__(self, real):
        self.real = real

    def __getattr__(self, name):
        return getattr(self.real, name)

    def encode(self, texts, **_):
        vectors = np.ones((len(texts), self.dim), np.float32)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_another_model_embeds_anew_and_says_so(settings):
    with RefreshRun(settings) as run:
        run.read_notes()
        run.build()
        real = run.encoder
    other = Collaborators(load_encoder=lambda _: OtherModel(real))
    with RefreshRun(replace(settings, model="other"), collaborators=other) as run:
        run.read_notes()
        run.build()
    assert run.report.counts["model_before"] == DEFAULT_MODEL
    assert run.report.counts["new_passages"] == run.report.counts["passages"] == 2
    assert built_with(run.paths) == "other"
    with open_build(run.paths) as build:
        rows = np.concatenate(
            [np.arange(s.first, s.first + s.count, dtype=np.int64) for s in build.sources]
        )
        assert VectorIndex.open(build.folder).vectors(rows).shape == (2, 8)


def test_threads_that_ask_for_the_model_at_once_get_the_same(settings):
    def load(_):
        time.sleep(0.05)
        return object()

    run = RefreshRun(settings, collaborators=Collaborators(load_encoder=load))
    with ThreadPoolExecutor(4) as pool:
        loaded = list(pool.map(lambda _: run.encoder, range(4)))
    assert len({id(encoder) for encoder in loaded}) == 1


def test_the_app_gets_the_settings_of_its_command(tmp_path):
    file = tmp_path / "litmap.toml"
    file.write_text(
        'library = "lib"\nnotes = ["n"]\nmodel = "other"\nocr = false\nrequest_intervals = '
        '{"x.org" = 1.5}\n'
    )
    chosen = load_settings(file=file)
    _, environment = app_command(chosen, 8501, "secret")
    ours = {name: text for name, text in environment.items() if name.startswith("LITMAP_")}
    assert load_settings(environment=ours) == chosen


def test_reading_no_note_at_all_fails(tmp_path, capsys):
    assert main(["read", str(tmp_path / "nowhere.md")]) == 1
    assert "no such file" in capsys.readouterr().out


def test_a_missing_root_of_the_last_refresh_drops_no_works(settings, tmp_path):
    more = tmp_path / "more"
    more.mkdir()
    (more / "b.md").write_text(NOTE.replace("1706.03762", "1810.04805"))
    with RefreshRun(replace(settings, notes=(*settings.notes, str(more)))) as run:
        run.read_notes()
    shutil.rmtree(more)
    with (
        pytest.raises(UsageError, match="no notes at"),
        RefreshRun(replace(settings, notes=())) as run,
    ):
        run.read_notes()
    with Catalogue.open(LibraryPaths(settings.library).catalogue) as catalogue:
        assert len(entries(catalogue)) == 2


def file_dropped(settings):
    """One run that files the drop folder; the entries after it."""
    with RefreshRun(settings) as run:
        run.read_notes()
        batches = list(run.pdf_batches())
        return entries(run.catalogue), batches


def dropped_paper(settings):
    """A paper of the examples in the drop folder, and its work once filed."""
    paths = LibraryPaths(settings.library)
    paths.papers.mkdir(parents=True)
    shutil.copy(sorted(PAPERS.glob("*.pdf"))[0], paths.papers / "one.pdf")
    return next(e for e in file_dropped(settings)[0] if e.dropped)


def test_a_dropped_work_that_is_cited_later_is_one_work(settings, tmp_path):
    before = dropped_paper(settings)
    note = tmp_path / "notes" / "b.md"
    note.write_text(f"# New\n\n- [{before.work.title}](https://doi.org/10.5555/another-id)\n")
    file_dropped(settings)
    with RefreshRun(settings) as run:
        cited = next(
            c for c in run.catalogue.citations() if "doi:10.5555/another-id" in c.reference.ids
        )
        work = Work("doi:10.5555/another-id", before.work.title, ids=("doi:10.5555/another-id",))
        with run.catalogue.write():
            run.catalogue.put_resolution(Resolution(cited.key, work, "metadata-only", ""), run.now)
    (one,) = [e for e in file_dropped(settings)[0] if e.work.title == before.work.title]
    assert (one.work.id, one.status, one.dropped, one.pdf.sha256) == (
        work.id,
        "fetched",
        True,
        before.pdf.sha256,
    )
    note.unlink()
    assert [e.work.id for e in file_dropped(settings)[0] if e.dropped] == [work.id], (
        "its file is still in the folder"
    )


@pytest.mark.parametrize("written_as", ["name", "whole path of another place", "whole path"])
def test_a_work_taken_out_stays_out_of_a_library_that_moved(settings, tmp_path, written_as):
    work = dropped_paper(settings).work
    settle(settings, work.id, "none")
    paths = LibraryPaths(settings.library)
    places = {
        "name": "one.pdf",
        "whole path": str(paths.papers / "one.pdf"),
        "whole path of another place": f"/once/{paths.papers.name}/one.pdf",
    }
    with Catalogue.create(paths.catalogue) as catalogue, catalogue.write():
        ((stamp, filed),) = catalogue.drop_folder().items()
        assert stamp.path == "one.pdf"
        catalogue.put_drop_folder({replace(stamp, path=places[written_as]): filed})
    moved = replace(settings, library=settings.library.rename(tmp_path / "moved"))
    found, batches = file_dropped(moved)
    assert (work.id in {e.work.id for e in found}, batches) == (False, [])


def test_a_dropped_work_can_be_taken_out(settings):
    work = dropped_paper(settings).work
    with pytest.raises(UsageError, match="say 'none'"):
        settle(settings, work.id, "arxiv:1706.03762")
    settle(settings, work.id, "none")
    found, batches = file_dropped(settings)
    assert (work.id in {e.work.id for e in found}, batches) == (False, [])


def test_a_pdf_dropped_for_an_unsure_work_goes_with_an_id_that_was_no_candidate(settings):
    with RefreshRun(settings) as run:
        run.read_notes()
        (citation,) = run.catalogue.citations()
        unsure = Work("title:0", "Attention")
        with run.catalogue.write():
            run.catalogue.put_resolution(
                Resolution(citation.key, unsure, "unsure", "two fit"), run.now
            )
            run.catalogue.correct(unsure.id, "year", 1997, run.now)
    settle(settings, unsure.id, "doi:10.5555/meant")
    meant = Resolution(
        citation.key, Work("doi:10.5555/meant", "Attention"), "metadata-only", "found"
    )
    with RefreshRun(replace(settings, offline=False), collaborators=answering([meant])) as run:
        run.resolve(run.unresolved())
        (entry,) = entries(run.catalogue)
    assert (entry.work.id, entry.work.year) == ("doi:10.5555/meant", 1997)


def test_a_source_that_fails_today_is_asked_again_tomorrow(settings):
    with RefreshRun(settings) as run:
        run.read_notes()
        (citation,) = run.catalogue.citations()
        known = Resolution(
            citation.key, Work("arxiv:1706.03762", "Attention"), "metadata-only", "found"
        )
        with run.catalogue.write():
            run.catalogue.put_resolution(known, "2020-01-01T00:00:00Z")
    failed = Resolution(citation.key, None, "failed", "the service is down")
    with RefreshRun(replace(settings, offline=False), collaborators=answering([failed])) as run:
        run.resolve(run.unresolved())
        assert [c.key for c in run.unresolved()] == [citation.key]
        assert run.catalogue.resolution(citation.key).status == "metadata-only"


def test_fetching_that_breaks_costs_only_what_had_not_arrived(settings):
    def broken(*_, **__):
        raise RuntimeError("a bug")

    drop_one(settings)
    buggy = Collaborators(file_pdfs=broken)
    with (
        pytest.raises(RuntimeError, match="a bug"),
        RefreshRun(settings, collaborators=buggy) as run,
    ):
        run.read_notes()
        assert list(run.pdf_batches()) == []
        run.build()
    with Library.open(settings=settings) as library:
        assert library.search("the whole story").notes
        assert library.runs()[0].state == "failed"


def test_a_folder_that_cannot_be_written_is_read_with_its_log(settings, monkeypatch):
    with RefreshRun(settings) as run:
        run.read_notes()
        monkeypatch.setattr(os, "access", lambda *_: False)
        with Catalogue.open(run.paths.catalogue) as catalogue:
            assert len(catalogue.citations()) == 1, "what is still in the write-ahead log counts"
    with Catalogue.open(run.paths.catalogue) as catalogue:
        assert len(catalogue.citations()) == 1


def test_a_dropped_work_that_is_cited_before_any_source_knows_it(settings, tmp_path):
    before = dropped_paper(settings)
    note = tmp_path / "notes" / "b.md"
    note.write_text(f"# New\n\n- [{before.work.title}](https://doi.org/10.5555/another-id)\n")
    for _ in range(2):
        found, _ = file_dropped(settings)
        (one,) = [e for e in found if e.pdf is not None]
        assert (one.work.id, one.status) == ("doi:10.5555/another-id", "fetched")


def test_a_work_taken_out_comes_back_when_it_is_dropped_again_or_cited(settings, tmp_path):
    work = dropped_paper(settings).work
    file = LibraryPaths(settings.library).papers / "one.pdf"
    settle(settings, work.id, "none")
    os.utime(file, (1, 1))
    assert [e.work.id for e in file_dropped(settings)[0] if e.dropped] == [work.id]
    settle(settings, work.id, "none")
    assert file_dropped(settings)[1] == []
    (tmp_path / "notes" / "b.md").write_text(
        f"# New\n\n- [{work.title}](https://doi.org/10.5555/another-id)\n"
    )
    found, batches = file_dropped(settings)
    assert [e.status for e in found if e.work.id == "doi:10.5555/another-id"] == ["fetched"]
    assert len(batches) == 1


def test_files_that_left_the_drop_folder_are_forgotten(settings):
    dropped_paper(settings)
    file = LibraryPaths(settings.library).papers / "one.pdf"
    aside = file.rename(settings.library / "aside.pdf")
    file_dropped(settings)
    with Catalogue.open(LibraryPaths(settings.library).catalogue) as catalogue:
        assert catalogue.drop_folder() == {}
    aside.rename(file)
    file_dropped(settings)
    with RefreshRun(settings) as run:
        with run.catalogue.write():  # as the first litmap kept it
            run.catalogue.put_drop_folder(dict.fromkeys(stamp_pdfs(file.parent).values(), ""))
        (entry,) = [e for e in entries(run.catalogue) if e.pdf]
        run.paths.pdf(entry.pdf.sha256).unlink()
    file_dropped(settings)
    assert run.paths.pdf(entry.pdf.sha256).is_file()


def test_a_keyword_index_of_an_older_litmap_is_made_anew_and_nothing_else(settings, tmp_path):
    dropped_paper(settings)
    add_dropped(settings)
    with open_build(LibraryPaths(settings.library)) as build:
        before, rows = build.read_json("map"), set(build.rows.tolist())
        state = build.path("keywords") / "keywords.json"
    state.write_text(state.read_text().replace(f'"format": {keywords.FORMAT}', '"format": 1'))
    (tmp_path / "notes" / "b.md").write_text(
        "# Flatness\n\nWhat I call quokka flatness in these notes of mine.\n"
    )
    add_dropped(settings)
    with open_build(LibraryPaths(settings.library)) as build:
        assert rows < set(build.rows.tolist())
        assert before.items() <= build.read_json("map").items()
        index = keywords.KeywordIndex.open(build.path("keywords"))
        assert keywords.is_current(build.path("keywords"))
        assert index.passages == len(build.rows)
        assert set(index.search("quokka", 9).rows.tolist()) == set(build.rows.tolist()) - rows
