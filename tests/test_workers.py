"""Papers read and passages embedded by workers: given again where one dies, done here where none can,
and the same library comes of it.
"""

import contextlib
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from litmap import text
from litmap.builds import open_build
from litmap.cli.options import workers_line
from litmap.errors import PdfError, WorkerError
from litmap.library import Library
from litmap.paths import LibraryPaths
from litmap.pipeline import task_runners as runners
from litmap.pipeline.batches import ExtractionBatch
from litmap.pipeline.distribution import Workers, WorkersEncoder
from litmap.pipeline.task_files import TaskFiles
from litmap.pipeline.worker_tasks import (
    FOLDERS,
    Done,
    EmbedTask,
    EncoderChoice,
    PaperRead,
    ReadTask,
    SentPaper,
    _remove_abandoned_folders,
    perform,
)
from litmap.settings import Settings
from tests.test_flows import environment
from tests.waiting import free_port

CHOICE = EncoderChoice("m", "k", "auto", 1, "", "", True)


def task(number):
    return EmbedTask((f"text {number}",), CHOICE)


class Here:
    """Does each task in a thread of this process, as `do` says."""

    def __init__(self, do, slots=2):
        self.do, self.count = do, slots
        self.under_way = self.most = 0
        self.guard = threading.Lock()

    def slots(self):
        return self.count

    def submit(self, work):
        future = Future()

        def run():
            with self.guard:
                self.under_way += 1
                self.most = max(self.most, self.under_way)
            try:
                found = self.do(work)
            except Exception as error:  # noqa: BLE001 - the task's own
                found = error
            with self.guard:
                self.under_way -= 1
            if isinstance(found, Exception):
                future.set_exception(found)
            else:
                future.set_result(found)

        threading.Thread(target=run, daemon=True).start()
        return future


def done(work):
    return Done("w", 0.1, vectors=np.zeros((len(work.texts), 2), np.float32))


@pytest.mark.parametrize(
    ("count", "slots", "size"), [(890, 2, 112), (890, 0, 223), (40, 2, 64), (10**6, 2, 512)]
)
def test_each_slot_gets_several_tasks_of_texts(count, slots, size):
    workers = Workers(Here(None, slots=slots), Settings())
    assert workers._texts_a_task(count) == size


# ── giving tasks ──────────────────────────────────────────────────────────────────────────────────
def test_every_task_comes_back_once_and_no_more_are_under_way_than_wanted():
    asked = []

    def tasks():
        for number in range(40):
            asked.append(number)
            yield task(number)

    def slowly(work):
        time.sleep(0.01)
        return done(work)

    runner, counts = Here(slowly), runners.WorkerCounts()
    coming = runners.run_tasks(runner, tasks(), counts)
    first = next(coming)
    assert len(asked) <= runners.at_once(2) + 1, "a task is made only when a worker is to have it"
    assert Counter(w for w, _ in [first, *coming]) == Counter(map(task, range(40)))
    assert runner.most <= runners.at_once(2)
    assert counts.as_json() == {"repeated": 0, "by_worker": {"w": {"tasks": 40, "seconds": 4.0}}}


def test_a_task_whose_worker_died_is_given_to_another():
    tries = Counter()

    def do(work):
        tries[work] += 1
        if tries[work] < 3:
            raise ConnectionResetError("the worker is gone")
        return done(work)

    counts = runners.WorkerCounts()
    assert len(list(runners.run_tasks(Here(do), map(task, range(5)), counts))) == 5
    assert counts.repeated == 10


def test_what_no_worker_can_do_is_done_here(monkeypatch):
    monkeypatch.setattr(runners, "perform", lambda work: replace(done(work), worker="here"))

    def do(work):
        raise ConnectionResetError("gone")

    counts = runners.WorkerCounts()
    assert [d.worker for _, d in runners.run_tasks(Here(do), [task(1)], counts)] == ["here"]
    refusing = Here(lambda work: Done("w", 0.0, refusal="another version"))
    assert [d.worker for _, d in runners.run_tasks(refusing, [task(1)], counts)] == ["here"]


def test_what_cannot_be_done_here_either_is_an_error(monkeypatch):
    monkeypatch.setattr(runners, "perform", lambda work: Done("here", 0.0, refusal="no model"))
    refusing = Here(lambda work: Done("w", 0.0, refusal="no model"))
    with pytest.raises(WorkerError, match="no model"):
        list(runners.run_tasks(refusing, [task(1)], runners.WorkerCounts()))


def test_a_run_waits_for_its_first_worker_and_not_for_ever(monkeypatch):
    runner, said = Here(done, slots=0), []

    def told(text):
        said.append(text)
        runner.count = 2

    found = list(runners.run_tasks(runner, [task(1)], runners.WorkerCounts(), told))
    assert len(found) == 1
    assert said == ["waiting for a first worker"]
    monkeypatch.setattr(runners, "NO_WORKER_SECONDS", 0.0)
    with pytest.raises(WorkerError, match="no worker has come"):
        list(runners.run_tasks(Here(done, slots=0), [task(1)], runners.WorkerCounts()))


# ── files between leader and workers ──────────────────────────────────────────────────────────────
@given(st.text(max_size=30))
def test_no_name_leads_out_of_the_folder(name):
    files = TaskFiles("/nowhere/at/all")
    if ".." in name or name.startswith(("/", ".")) or "\0" in name or "//" in name:
        with pytest.raises(WorkerError):
            files.keep(name, b"")


def test_a_folder_keeps_what_lies_there(tmp_path):
    files = TaskFiles(str(tmp_path))
    assert files.read("pdfs/ab/ab.pdf") is None
    assert not files.holds("pdfs/ab/ab.pdf")
    files.keep("pdfs/ab/ab.pdf", b"first")
    files.keep("pdfs/ab/ab.pdf", b"second")
    assert files.read("pdfs/ab/ab.pdf") == b"first"
    assert files.holds("pdfs/ab/ab.pdf")
    assert sorted(p.name for p in tmp_path.rglob("*") if p.is_file()) == ["ab.pdf"]


def test_an_address_that_nobody_knows_is_told(tmp_path):
    with pytest.raises(WorkerError, match="nosuch://"):
        TaskFiles("nosuch://bucket").read("a")
    (tmp_path / "file").write_text("x")
    with pytest.raises(WorkerError, match="file"):
        TaskFiles(str(tmp_path / "file")).keep("a/b", b"")


@contextmanager
def object_store():
    """The address of a bucket on loopback, and the variables by which it is reached."""
    moto = pytest.importorskip("moto.server", exc_type=ImportError, reason="moto is not installed")
    pytest.importorskip("s3fs", reason="s3fs is not installed")
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    variables = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "tests",
        "AWS_SECRET_ACCESS_KEY": "tests",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    try:
        yield variables
    finally:
        server.stop()


@pytest.fixture
def bucket(monkeypatch):
    with object_store() as variables:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        import s3fs

        s3fs.S3FileSystem.clear_instance_cache()
        s3fs.S3FileSystem().mkdir("litmap")
        yield "s3://litmap/lab"


@pytest.mark.slow
def test_an_object_store_keeps_what_lies_there(bucket):
    files = TaskFiles(bucket)
    assert files.read("texts/ab/ab.json.gz") is None
    files.keep("texts/ab/ab.json.gz", b"first")
    files.keep("texts/ab/ab.json.gz", b"second")
    files._holds = lambda name: False  # as if both had looked before the other wrote
    files.keep("texts/ab/ab.json.gz", b"third")
    assert files.read("texts/ab/ab.json.gz") == b"first"


# ── what a worker does ────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def paper(example_library):
    path = next(LibraryPaths(example_library).pdfs.rglob("*.pdf"))
    yield SentPaper(path.stem, ".pdf", content=path.read_bytes()), path
    text.stop_idle_readers()


def reading(*papers, **more):
    limits = {"seconds": 120, "memory_bytes": 2 << 30, "ocr": False, "ocr_languages": ("auto",)}
    return ReadTask(papers, **{"extractor": text.EXTRACTOR, **limits, **more})


def test_a_worker_reads_what_this_process_reads(paper, tmp_path):
    sent, path = paper
    own = text.dumps(text.extract(path, sent.sha256, ocr=False))
    by_path = replace(sent, content=b"", path=str(path))
    for one in (sent, by_path):
        (read,) = perform(reading(one)).papers
        assert (read.sha256, read.content, read.failure) == (sent.sha256, own, "")


def test_what_a_killed_worker_left_is_removed_by_the_next(paper, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    left = tmp_path / f"{FOLDERS}{gone.pid}-x"
    others = [tmp_path / f"{FOLDERS}{os.getpid()}-x", tmp_path / f"{FOLDERS}notes"]
    for folder in (left, *others):
        folder.mkdir()
        (folder / "paper.pdf").write_text("x")
    _remove_abandoned_folders.cache_clear()
    assert perform(reading(paper[0])).papers[0].content
    assert sorted(tmp_path.iterdir()) == sorted(others)


def test_what_is_wrong_with_a_paper_costs_that_paper(paper):
    sent, _ = paper
    junk = b"%PDF-1.4 nothing"
    broken = SentPaper(hashlib.sha256(junk).hexdigest(), ".pdf", content=junk)
    lost = replace(sent, content=sent.content[:1000])
    first, second, third = perform(reading(broken, lost, sent)).papers
    assert first.failure
    assert not first.is_transient
    assert "did not reach the worker whole" in second.failure
    assert second.is_transient
    assert third.content


def test_a_worker_of_another_version_refuses(paper):
    refused = perform(reading(paper[0], extractor="another"))
    assert "install one version everywhere" in refused.refusal
    assert not refused.papers


def test_a_text_that_lies_in_the_store_is_not_read_again(paper, tmp_path, monkeypatch):
    sent, _ = paper
    files = TaskFiles(str(tmp_path))
    files.keep(sent.name, sent.content)
    work = reading(replace(sent, content=b""), files=str(tmp_path))
    (first,) = perform(work).papers
    assert first.content
    monkeypatch.setattr(text, "extract_in_worker", lambda *_, **__: pytest.fail("read again"))
    assert perform(work).papers == (first,)


def test_a_text_of_the_store_that_is_damaged_or_anothers_is_read_again(paper, tmp_path):
    sent, _ = paper
    work = reading(sent, files=str(tmp_path))
    TaskFiles(str(tmp_path)).keep(work.text_name(sent.sha256), b"no text at all")
    (read,) = perform(work).papers
    assert text.loads(read.content).sha256 == sent.sha256


# ── the leader ────────────────────────────────────────────────────────────────────────────────────
class Counting:
    """An encoder that says what it is asked."""

    name, key, dim, window = "counting", "k", 2, 100

    def __init__(self):
        self.asked = []

    def encode(self, texts):
        self.asked += texts
        return np.array([[len(t), hash(t) % 97] for t in texts], np.float32).reshape(-1, 2)


def test_vectors_come_back_in_the_order_of_their_texts():
    encoder = Counting()

    def do(work):
        return Done("w", 0.1, vectors=encoder.encode(work.texts))

    workers = Workers(Here(do), Settings())
    texts = [f"{'word ' * (n % 7)}{n}" for n in range(1500)]
    vectors = WorkersEncoder(encoder, workers).encode(texts)
    assert np.array_equal(vectors, encoder.encode(texts))
    assert sum(workers.counts.tasks.values()) == 8
    few = Counting()
    assert WorkersEncoder(few, workers).encode(["one"]).shape == (1, 2)
    assert few.asked == ["one"], "a few are embedded here"


def test_a_workers_answer_is_not_believed(paper):
    sent, path = paper
    other = text.dumps(replace(text.extract(path, sent.sha256, ocr=False), sha256="0" * 64))
    batch = ExtractionBatch(((sent.sha256, path),), 1, 120, 2 << 30, ocr=False)
    for content, said in ((other, "another file"), (b"junk", "")):

        def do(work, content=content):
            return Done("w", 0.1, (PaperRead(sent.sha256, content),))

        ((_, outcome),) = Workers(Here(do), Settings()).read(batch)
        assert isinstance(outcome, PdfError)
        assert outcome.transient
        assert said in outcome.message


# ── the whole, with real workers that die ─────────────────────────────────────────────────────────
def processes():
    """(number, its parent's, its command) of each process of this machine."""
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            yield int(folder.name), parent, (folder / "cmdline").read_text().replace("\0", " ")


def below(root):
    """The processes that one has started, and theirs."""
    found = {root}
    listed = list(processes())
    while more := {n for n, parent, _ in listed if parent in found and n not in found}:
        found |= more
    return [one for one in listed if one[0] in found]


def kill_those_who_read(root, count, killed, stopped):
    """Kill so many workers below a process with -9 while they read a paper, some time apart."""
    while len(killed) < count and not stopped.wait(0.02):
        reading = [parent for _, parent, words in below(root) if "litmap.text.worker" in words]
        if reading and reading[0] not in killed:
            killed.append(reading[0])
            with contextlib.suppress(ProcessLookupError):
                os.kill(reading[0], signal.SIGKILL)
            stopped.wait(0.5)


def refreshed_by(example_library, state, folder, settings, *, root=None, prefect_home=None):
    """What a refresh reports that makes texts and vectors anew in a copy of the example's library
    by workers, two of which are killed while they read.
    """
    from litmap.examples import NOTES

    shutil.copytree(example_library, folder / "library")
    paths = LibraryPaths(folder / "library")
    for made in (paths.texts, paths.vectors, paths.builds):
        shutil.rmtree(made)
    paths.results.unlink()
    paths.current.unlink()
    file = folder / "litmap.toml"
    file.write_text(f'library = "library"\nreaders = 2\n[workers]\npapers = 1\n{settings}\n')
    command = [sys.executable, "-m", "litmap", "refresh", str(NOTES), "--offline", "--json"]
    command += [] if prefect_home else ["--no-prefect"]
    own = {"LITMAP_STATE": str(state), "XDG_CACHE_HOME": str(state)}
    killed, stopped = [], threading.Event()
    with subprocess.Popen(
        [*command, "--config", str(file)],
        env={**(environment(prefect_home) if prefect_home else os.environ), **own},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        killing = threading.Thread(
            target=kill_those_who_read, args=(root or process.pid, 2, killed, stopped)
        )
        killing.start()
        out, errors = process.communicate(timeout=400)
        stopped.set()
        killing.join()
    assert process.returncode == 0, errors[-3000:]
    report = json.loads(out)
    assert killed  # the second may come too late: reading takes but two seconds
    assert report["problems"] == []
    assert sum(w["tasks"] for w in report["counts"]["workers"]["by_worker"].values()) >= 24
    assert_same_library(example_library, folder / "library")
    return report


def assert_same_library(first, second):
    """Two libraries hold the same, vectors up to roundings."""
    with Library.open(first) as one, Library.open(second) as two:
        assert [w.work.id for w in one.works()] == [w.work.id for w in two.works()]
        queries = ("flat minima", "sharpness and generalisation", "information bottleneck")
        for query in queries:
            found = [[h.chunk for h in lib.search(query, limit=20).hits] for lib in (one, two)]
            assert found[0] == found[1]
    with open_build(LibraryPaths(first)) as a, open_build(LibraryPaths(second)) as b:
        assert a.passages(a.rows) == b.passages(b.rows)


@pytest.mark.slow
def test_processes_make_the_same_library_though_some_are_killed(example_library, state, tmp_path):
    report = refreshed_by(example_library, state, tmp_path, 'runner = "processes"')
    assert report["counts"]["workers"]["repeated"] > 0


@contextmanager
def running(*command, **variables):
    """A program in the background, with all that it starts ended behind it."""
    process = subprocess.Popen(
        command,
        env={**os.environ, **variables},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        started = [number for number, _, _ in below(process.pid)]
        for number in started:
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        process.wait()


def needs(engine):
    """Skips where an extra is not installed; Ray itself changes this process when it is loaded."""
    if find_spec(f"prefect_{engine}") is None:
        pytest.skip(f"the extra {engine!r} is not installed")


@pytest.mark.slow
def test_a_dask_cluster_makes_the_same_library_though_workers_are_killed(
    example_library, state, tmp_path, new_prefect_home
):
    needs("dask")
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    dask = (sys.executable, "-m", "distributed.cli.dask_scheduler")
    worker = (sys.executable, "-m", "distributed.cli.dask_worker", address)
    own = {"XDG_CACHE_HOME": str(state)}
    with (
        running(*dask, "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"),
        running(*worker, "--nworkers", "3", "--nthreads", "1", "--no-dashboard", **own) as workers,
    ):
        settings = f'runner = "dask"\naddress = "{address}"'
        report = refreshed_by(
            example_library,
            state,
            tmp_path,
            settings,
            root=workers.pid,
            prefect_home=new_prefect_home(),
        )
    assert len(report["counts"]["workers"]["by_worker"]) >= 2


@pytest.mark.slow
def test_a_ray_cluster_makes_the_same_library_though_workers_are_killed(
    example_library, state, tmp_path, new_prefect_home
):
    needs("ray")
    refreshed_by(
        example_library, state, tmp_path, 'runner = "ray"', prefect_home=new_prefect_home()
    )


def test_what_workers_did_is_told_in_a_line():
    counts = {
        "repeated": 2,
        "by_worker": {
            "a:1": {"tasks": 10, "seconds": 10.0},
            "b:2": {"tasks": 9, "seconds": 10.0},
            "c:3": {"tasks": 2, "seconds": 9.0},
        },
    }
    assert workers_line(counts) == (
        "Workers: 21 tasks of 3 workers; 2 given again because a worker died; "
        "c:3 is slow (4.5 s a task, others 1.1 s)."
    )
