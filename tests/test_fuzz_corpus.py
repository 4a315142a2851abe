"""The fuzzer's own parts, and its corpus: every input that was found once is read as it should be."""

import random
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent / "fuzz"))
import library_targets
import targets
from harness import CORPUS, STUCK_SECONDS, Fault, Target, draw, file_name, judge, shrink
from mutations import mutate_html, mutate_json, mutate_lines, mutate_text, mutate_xml
from targets import TARGETS

WITH_LIBRARY = ("catalogue", "builds", "questions", "messages", "app")


def corpus_of(names):
    return [
        pytest.param(name, *case, id=f"{name}-{case[0]}")
        for name in names
        for case in TARGETS[name].own_corpus()
    ]


@pytest.mark.parametrize(
    ("name", "file", "data"), corpus_of(sorted(TARGETS.keys() - {*WITH_LIBRARY, "pdfs"}))
)
def test_the_corpus_is_read_as_it_should_be(name, file, data):
    verdict = judge(TARGETS[name], file, data)
    assert not verdict.kind, verdict.detail


@pytest.mark.parametrize(("name", "file", "data"), corpus_of(["pdfs"]))
def test_the_pdfs_of_the_corpus_cost_themselves_at_most(name, file, data):
    verdict = judge(TARGETS[name], file, data)
    targets._pdf_worker().close()
    assert not verdict.kind, verdict.detail


@pytest.mark.parametrize(("name", "file", "data"), corpus_of(WITH_LIBRARY))
def test_what_reads_a_library_reads_the_corpus(name, file, data, example_library, monkeypatch):
    monkeypatch.setattr(library_targets, "library_root", lambda: example_library)
    verdict = judge(TARGETS[name], file, data)
    assert not verdict.kind, verdict.detail


def test_every_target_has_a_corpus_of_some_kilobytes():
    for target in TARGETS.values():
        assert target.corpus(), target.name
        assert sum(len(data) for _, data in target.own_corpus()) < 100_000, target.name
    assert {f.name for f in CORPUS.iterdir()} <= TARGETS.keys()


def test_inputs_of_the_corpus_are_read_and_not_all_refused():
    for name in TARGETS.keys() - {*WITH_LIBRARY, "pdfs"}:
        target = TARGETS[name]
        verdicts = [judge(target, *case) for case in target.own_corpus()]
        assert not verdicts or not all(verdict.refused for verdict in verdicts), name


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_a_seed_draws_the_same_inputs_again(name):
    target = TARGETS[name]
    corpus = target.own_corpus() or target.corpus()
    drawn = [draw(target, corpus, 7, number) for number in range(40)]
    assert drawn == [draw(target, corpus, 7, number) for number in range(40)]
    assert len({data for _, data in drawn}) > 20


@pytest.mark.parametrize(
    "mutate", [mutate_text, mutate_json, mutate_xml, mutate_html, mutate_lines]
)
@pytest.mark.parametrize(
    "data", [b"", b"\x00\xff", b"{", b"null", b"<a/>", b"[[1],{}]", b"<", b"a\n\n"]
)
def test_any_bytes_can_be_broken_further(mutate, data):
    for seed in range(30):
        assert isinstance(mutate(random.Random(seed), data, [data]), bytes)


class Refused(Exception):
    pass


def _read(name, data):
    if b"refuse" in data:
        raise Refused("no" if b"why" in data else "")
    if b"fault" in data:
        raise Fault("a promise: broken")
    if b"crash" in data:
        raise KeyError(1)
    if b"slow" in data:
        begun = time.process_time()
        while time.process_time() - begun < 0.3:
            pass
    if b"hungry" in data:
        assert len(b"x" * 300_000_000)


TARGET = Target("x", _read, (Refused,), seconds=0.2, bytes_a_second=1e9)


@pytest.mark.parametrize(
    ("data", "kind", "refused"),
    [
        (b"", "", False),
        (b"refuse, and say why", "", True),
        (b"refuse", "Refused without a reason", True),
        (b"fault", "a promise", False),
        (b"crash", "KeyError in test_fuzz_corpus.py:_read", False),
        (b"slow", "slow", False),
    ],
)
def test_what_counts_as_a_fault(data, kind, refused):
    verdict = judge(TARGET, "a", data)
    assert (verdict.kind, verdict.refused) == (kind, refused)


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="memory is judged on Linux")
def test_memory_far_above_the_length_is_a_fault():
    assert judge(replace(TARGET, seconds=60), "a", b"hungry").kind == "hungry"


def test_an_input_that_never_ends_is_stopped(monkeypatch):
    monkeypatch.setattr("harness.STUCK_SECONDS", 0.2)
    assert STUCK_SECONDS > 30

    def spin(name, data):
        while True:
            try:
                sum(range(100))
            except ValueError:
                continue

    assert judge(Target("x", spin, ()), "a", b"").kind.startswith("Stuck in ")


def test_a_found_input_is_made_smaller():
    small = shrink(
        TARGET, "a", b"x" * 400 + b"crash" + b"y" * 400, "KeyError in test_fuzz_corpus.py:_read"
    )
    assert small == b"crash"
    assert file_name("page-a.html", small).startswith("page-a-")
