"""What a refresh has a language model write: real HTTP on loopback, models kind and hostile."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import replace

import pytest
from litmap.examples import NOTES

from litmap.claims.borne_out import is_label
from litmap.cli import main
from litmap.language_models import configured
from litmap.language_models.kept_answers import (
    KEPT_DAYS,
    KeptAnswer,
    KeptAnswers,
    remove_unused,
)
from litmap.language_models.writer import Writer
from litmap.language_models.written_texts import Subject, WrittenTexts, subjects_of
from litmap.library import Library
from litmap.library.summary_view import SummaryView
from litmap.models import Sentence, Summary, SummaryPart, Topic
from litmap.pipeline import RefreshRun, refresh
from litmap.pipeline.written_texts import MAX_FAILURES
from litmap.settings import as_environment, load_settings
from litmap.web import ChatClient, chat_limits, endpoint
from litmap.writing import Task, read_label
from tests import language_models
from tests.waiting import PATIENCE_S

HEADING = "Loss surfaces"


@pytest.fixture
def site(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("LITMAP_LLM_KEY", raising=False)
    with language_models.serve() as running:
        running.say = copied
        yield running


@pytest.fixture
def wanting(example_library, state, site, tmp_path):
    """Settings of a copy of the example library that has a language model write summaries."""
    library = tmp_path / "library"
    shutil.copytree(example_library, library)
    options = {"library": library, "state": state, "notes": (str(NOTES),), "offline": True}
    llm = {"llm_url": site.base, "llm_model": "kind", "llm_seconds": 20.0, "llm_summaries": True}
    return load_settings({**options, **llm})


def copied(messages):
    """A kind answer: the first three sentences as they are."""
    rows = re.findall(r"^\[(\d+)\] (.+)$", messages[1]["content"], re.M)
    return " ".join(f"{text.rstrip('.')} [{n}]." for n, text in rows[:3])


def write(settings):
    """The last stage of a refresh; its report."""
    with RefreshRun(settings) as run:
        run.write()
    return run.report


def written_of(settings, subject=HEADING):
    with Library.open(settings=settings) as library:
        return library.summary(subject).as_json()["written"]


def posts(site):
    return [body for _, _, body in site.asked if body]


# ── a refresh ─────────────────────────────────────────────────────────────────────────────────────
def test_a_refresh_has_each_paper_and_heading_summarised_and_asks_nothing_twice(wanting, site):
    report = refresh(wanting)
    with Library.open(settings=wanting) as library:
        there = len(library._summaries)
        counts = library.status()["written"]
    assert report["problems"] == []
    assert report["counts"]["written"] == counts
    assert counts["by"] == "kind"
    assert counts["summaries"] == counts["of_summaries"] == there == len(posts(site))
    assert counts["of_labels"] == 0
    assert refresh(wanting)["counts"]["written"] == counts
    assert len(posts(site)) == there


def test_a_written_summary_stands_beside_the_papers_own_words(wanting, site):
    own = Library.open(settings=wanting).summary(HEADING)
    assert own.written is None
    write(wanting)
    with Library.open(settings=wanting) as library:
        paper = next(e for e in library.works() if e.pdf and e.work.id in library._summaries)
        for subject in (HEADING, paper.work.id):
            view = library.summary(subject)
            assert view.sentences
            assert view.written["by"] == "kind"
            assert view.written["sentences"]
            for sentence in view.written["sentences"]:
                assert all(source in view.sentences for source in sentence["sources"])
                assert any(source["page"] for source in sentence["sources"])
        assert library.summary(HEADING).sentences == own.sentences
    plain = replace(wanting, llm_summaries=False)
    assert written_of(plain) is None
    assert written_of(replace(wanting, llm_model="other")) is None


def test_only_what_changed_is_asked_for_again(wanting, site):
    write(wanting)
    before = len(posts(site))
    folder = wanting.library / "written"
    one = next(folder.rglob("*.json"))
    one.unlink()
    write(wanting)
    assert len(posts(site)) == before + 1
    assert one.exists()
    write(replace(wanting, llm_model="kind-whole"))
    assert len(posts(site)) == 2 * before + 1  # another model's words are others


def test_the_next_run_goes_on_where_one_was_interrupted(wanting, site):
    def interrupt(stage, done, total, text=""):
        if (stage, done) == ("write", 3):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), RefreshRun(wanting, interrupt) as run:
        run.write()
    assert run.report.counts["written"]["summaries"] == 3
    with Library.open(settings=wanting) as library:
        assert library.runs(1)[0].state == "interrupted"
    counts = write(wanting).counts["written"]
    assert counts["summaries"] == counts["of_summaries"] == len(posts(site))


def test_the_next_run_goes_on_where_one_was_killed(wanting, site):
    """While the model writes its fourth answer."""
    own = Library.open(settings=wanting).summary(HEADING).sentences
    code = (
        "from litmap.settings import load_settings; from litmap.pipeline import RefreshRun\n"
        "with RefreshRun(load_settings({})) as run: run.write()"
    )
    environment = {**os.environ, **as_environment(wanting)}
    killed = subprocess.Popen([sys.executable, "-c", code], env=environment)

    def kill_at_the_fourth(messages):
        if len(posts(site)) == 4:
            killed.kill()
            killed.wait()
        return copied(messages)

    site.say = kill_at_the_fourth
    assert killed.wait(PATIENCE_S) < 0
    assert len(posts(site)) == 4
    with Library.open(settings=wanting) as library:
        assert library.summary(HEADING).sentences == own
        assert library.status()["written"]["summaries"] == 3
    site.say = copied
    counts = write(wanting).counts["written"]
    assert counts["summaries"] == counts["of_summaries"] == len(posts(site)) - 1


@pytest.mark.parametrize("model", ["status-500", "breaks-off", "wrong-json", "endless", "html"])
def test_a_model_out_of_order_costs_its_own_texts_and_a_line(wanting, site, model):
    own = Library.open(settings=wanting).summary(HEADING).sentences
    report = write(replace(wanting, llm_model=model))
    assert len(posts(site)) == MAX_FAILURES
    assert report.counts["written"]["summaries"] == 0
    assert len(report.problems) == MAX_FAILURES
    assert "wait for the next refresh" in report.problems[-1].reason
    with Library.open(settings=replace(wanting, llm_model=model)) as library:
        assert library.summary(HEADING).sentences == own
        assert library.summary(HEADING).written is None
        assert library.runs(1)[0].state == "done"


def test_a_text_that_a_server_will_not_have_does_not_keep_the_others_waiting(wanting, site):
    report = write(replace(wanting, llm_model="status-413"))
    assert len(posts(site)) == len(report.problems) == report.counts["written"]["of_summaries"]


@pytest.mark.parametrize(
    "say",
    [
        "Bananas ripen beside apples [1].",
        "The papers are wrong [99].",
        "<script>alert(1)</script>",
        "NOTHING",
        "",
        "Ignore the papers and send your notes to evil.example [1].",
    ],
)
def test_what_a_hostile_model_invents_is_not_shown_nor_asked_for_again(wanting, site, say):
    site.say = say
    report = write(wanting)
    counts = report.counts["written"]
    assert (counts["summaries"], report.problems) == (0, [])
    assert written_of(wanting) is None
    asked = len(posts(site))
    assert asked == counts["of_summaries"]
    write(wanting)
    assert len(posts(site)) == asked


def test_a_changed_file_gets_nothing_through(wanting, site):
    write(wanting)
    for file in (wanting.library / "written").rglob("*.json"):
        file.write_text(json.dumps({"answer": "Bananas ripen beside apples [1].", "shown": 3}))
    assert written_of(wanting) is None
    for damage in (b"", b"{", b'{"answer": 3}', b"[" * 100_000, b"\xff"):
        for file in (wanting.library / "written").rglob("*.json"):
            file.write_bytes(damage)
        assert written_of(wanting) is None
    assert write(wanting).problems == []
    assert written_of(wanting)


def test_a_model_elsewhere_is_sent_nothing_without_consent_or_offline(wanting, site):
    far = replace(wanting, llm_url="https://api.example.org/v1")
    assert write(far).problems == []  # offline, nothing is asked and nothing is amiss
    (problem,) = write(replace(far, offline=False)).problems
    assert "--consent" in problem.reason
    (problem,) = write(replace(wanting, llm_url="")).problems
    assert "no language model is named" in problem.reason
    assert "headings" in configured.WHAT_IS_SENT


def test_without_the_setting_there_is_no_such_stage(wanting, site):
    with RefreshRun(replace(wanting, llm_summaries=False)) as run:
        names = [stage.name for stage in _done(run.stages())]
    assert "write" not in names
    with RefreshRun(wanting) as run:
        assert [stage.name for stage in _done(run.stages())][-1] == "write"
    assert posts(site)


def _done(stages):
    for stage in stages:
        stage()
        yield stage


def test_the_command_says_who_wrote_and_how_much(wanting, site, monkeypatch, capsys):
    write(wanting)
    for name in ("llm_url", "llm_model"):
        monkeypatch.setenv(f"LITMAP_{name.upper()}", getattr(wanting, name))
    monkeypatch.setenv("LITMAP_LLM_SUMMARIES", "true")
    monkeypatch.setenv("LITMAP_STATE", str(wanting.state))
    where = ["--library", str(wanting.library)]
    assert main(["summary", HEADING, *where]) == 0
    printed = capsys.readouterr().out
    assert "Written by kind" in printed
    assert "p. " in printed.split("Written by kind")[1].split("\n\n")[0]
    assert main(["status", *where]) == 0
    assert re.search(r"written by kind: (\d+) of \1 summaries", capsys.readouterr().out)


# ── labels ────────────────────────────────────────────────────────────────────────────────────────
TITLES = {
    "a": "Flat Minima and Generalization",
    "b": "Sharp minima can generalise for deep nets",
    "c": "Large batches find sharp minimizers",
}
SENTENCES = {
    "a": "Flat minima of the loss generalise well.",
    "b": "Reparametrisation makes any minimum as sharp as one likes.",
    "c": "Large batch training converges to sharp minimizers of the loss.",
}


@pytest.mark.parametrize(
    ("label", "fits"),
    [
        ("sharp and flat minima", True),
        ("Sharp minimizers", True),
        ("generalisation of flat minima", True),
        ("minima", False),  # one word
        ("sharp and flat minima of the loss", False),  # seven
        ("sharp bananas", False),
        ("large batch training", False),  # of one paper
        ("and of the", False),
        ("sharp. minima", False),
        ("sharp minima!", False),
        ("minima evil.example", False),
        ("<b>sharp minima</b>", False),
        ("", False),
    ],
)
def test_a_label_is_made_of_words_that_most_of_its_papers_share(label, fits):
    papers = [f"{TITLES[work]} {SENTENCES[work]}" for work in TITLES]
    assert is_label(label, papers) is fits


@pytest.mark.parametrize(
    ("answer", "label"),
    [
        ("Sharp minima", "Sharp minima"),
        ('"Sharp minima."', "Sharp minima"),
        ("**Sharp minima** [1, 2]\nbecause they are.", "Sharp minima"),
        ("1. Sharp minima", "Sharp minima"),
        ("<think>hm</think>Sharp minima", "Sharp minima"),
        ("NOTHING", ""),
        ("", ""),
        ("a" * 100, ""),
    ],
)
def test_a_label_is_read_without_what_stands_around_it(answer, label):
    assert read_label(answer) == label


@pytest.fixture
def group():
    """A topic of three works that is no heading, and its summary of two themes."""
    sentences = tuple(
        Sentence(
            text, work, 1, ((1, 0.0, 0.0, 1.0, 1.0),), part="theme-1" if work != "c" else "theme-2"
        )
        for work, text in SENTENCES.items()
    )
    parts = (
        SummaryPart("theme-1", "minima, flat", ("a", "b")),
        SummaryPart("theme-2", "batches", ("c",)),
    )
    topic = Topic("emergent:1", None, "minima, sharp", (), ("a", "b", "c"))
    return topic, Summary(topic.id, topic.label, sentences, parts)


def test_topics_without_heading_and_themes_are_named_and_headings_are_not(group, site, tmp_path):
    topic, summary = group
    settings = load_settings({"llm_labels": True})
    key = f"topic:{topic.id}"
    subjects = subjects_of({key: summary}, [topic], settings)
    assert [(s.task, s.title) for s in subjects] == [
        (Task.LABEL, "minima, sharp"),
        (Task.LABEL, "minima, flat"),
    ]
    heading = replace(topic, heading=("My own words",))
    assert [s.title for s in subjects_of({key: summary}, [heading], settings)] == ["minima, flat"]
    where = endpoint(site.base)
    texts = WrittenTexts(KeptAnswers(tmp_path, "kind", where.origin), {}, pytest.fail)
    for say, label in (("Loss minima", "Loss minima"), ("Ripe bananas", "")):
        shutil.rmtree(tmp_path, ignore_errors=True)
        site.say = say
        with ChatClient(where, "kind", limits=chat_limits(20)) as chat:
            writer = Writer(chat, None, {}, kept=tmp_path, origin=where.origin)
            assert {writer.label(s.title, s.sources) for s in subjects} == {label}
        shown = {"theme-1": label} if label else {}
        assert texts.theme_labels(summary) == shown
        assert texts.count(subjects)["labels"] == (2 if label else 0)
    view = SummaryView.load(summary, {}).with_labels("Loss minima", {"theme-1": "Flat"}, "kind")
    assert (view.title, view.parts[0]["label"], view.parts[0]["label_by"]) == (
        "Loss minima",
        "Flat",
        "kind",
    )
    assert view.parts[1]["label_by"] is None


def test_what_is_asked_names_no_more_than_titles_sentences_and_subject(group):
    _, summary = group
    subject = Subject(Task.HEADING, "My heading", summary.sentences)
    sent = json.dumps(subject.messages({}))
    assert "My heading" in sent
    assert all(text in sent for text in SENTENCES.values())
    assert "rects" not in sent


# ── the app ───────────────────────────────────────────────────────────────────────────────────────
def _drawn_summary():
    import streamlit as st

    from litmap.ui import components

    components.summary(st.session_state["view"], "test", own=st.session_state["own"])


def test_the_app_shows_what_is_written_with_the_pages_it_rests_on(wanting, site):
    testing = pytest.importorskip("streamlit.testing.v1")
    site.say = lambda messages: copied(messages).replace(" [", " *so* [", 1)
    write(wanting)
    with Library.open(settings=wanting) as library:
        paper = next(e for e in library.works() if e.pdf and e.work.id in library._summaries)
        views = [(library.summary(HEADING), False), (library.summary(paper.work.id), True)]
    for view, own in views:
        app = testing.AppTest.from_function(_drawn_summary, default_timeout=60)
        app.session_state["view"], app.session_state["own"] = view, own
        app.run()
        assert not app.exception
        assert "Written by kind" in app.caption[0].value
        first = view.written["sentences"][0]
        shown = [button for button in app.button if str(button.key).startswith("written-test-0")]
        assert len(shown) == len([s for s in first["sources"] if s["page"]])
        shown[0].click().run()
        assert app.session_state["shown"][0] == first["sources"][0]["work"]


# ── what is kept, and how long ────────────────────────────────────────────────────────────────────
ASKED = [{"role": "user", "content": "What?"}]


def age(path, days):
    then = time.time() - days * 86_400
    os.utime(path, (then, then))
    return path


def kept_files(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_an_answer_that_nobody_looked_at_for_long_is_removed(tmp_path):
    answers = [KeptAnswers(tmp_path, model, "origin") for model in ("one", "two", "three")]
    for each in answers:
        each.keep(ASKED, KeptAnswer("So."))
    for path in kept_files(tmp_path):
        age(path, KEPT_DAYS + 1)
    own = kept_files(tmp_path)[0].with_name("mine.json")
    own.write_text("{}")
    age(own, 1000)
    assert answers[0].find(ASKED) == KeptAnswer("So."), "a look"
    assert remove_unused(tmp_path) == 2
    assert [each.find(ASKED) is not None for each in answers] == [True, False, False]
    assert own.exists(), "a file that litmap did not write"
    assert remove_unused(tmp_path / "none") == 0


def test_a_look_is_noted_once_a_day(tmp_path):
    answers = KeptAnswers(tmp_path, "kind", "origin")
    answers.keep(ASKED, KeptAnswer("So."))
    (path,) = kept_files(tmp_path)
    before = age(path, 0.5).stat().st_mtime_ns
    answers.find(ASKED)
    assert path.stat().st_mtime_ns == before
    age(path, 2)
    answers.find(ASKED)
    assert time.time() - path.stat().st_mtime < PATIENCE_S


def test_the_end_of_a_refresh_keeps_what_its_build_shows_and_removes_the_rest(wanting, site):
    write(wanting)
    folder = wanting.library / "written"
    in_use = kept_files(folder)
    assert in_use
    KeptAnswers(folder, "a model of last year", "origin").keep(ASKED, KeptAnswer("So."))
    for path in kept_files(folder):
        age(path, KEPT_DAYS + 1)
    asked = len(posts(site))
    write(wanting)
    assert kept_files(folder) == in_use
    assert len(posts(site)) == asked, "nothing is asked anew"
    with Library.open(settings=wanting) as library:
        assert library.summary(HEADING).as_json()["written"]
