"""`litmap ask` on the example library: real papers, the real model."""

from __future__ import annotations

import json

import pytest

from litmap.catalogue.entries import Entry
from litmap.cli import main
from litmap.cli.ask_command import print_answer
from litmap.library import Library
from litmap.library.asking import AnswerView
from litmap.models import Answer, AnswerPart, Sentence, Work
from litmap.paper_sentences import paper_sentences

ANSWERED = "Why do sharp minima generalise worse than flat minima?"
FOREIGN = "Which enzyme cleaves the amyloid precursor protein in neurons?"


@pytest.fixture
def ask(example_library, at_examples, capsys):
    """Runs the command; its exit code and what it printed."""

    def run(*arguments):
        code = main(["ask", *arguments, "--library", str(example_library)])
        return code, capsys.readouterr()

    return run


def test_an_answer_is_the_papers_own_sentences_with_their_places(ask, example_library):
    code, out = ask(ANSWERED, "--json")
    answer = json.loads(out.out)
    assert code == 0
    assert answer["refused"] is None
    assert answer["dropped"] == 0
    assert answer["answer"]
    with Library.open(example_library) as library:
        for part in answer["answer"]:
            assert part["text"] == part["sources"][0]["text"]
            works = [source["work"] for source in part["sources"]]
            assert len(works) == len(set(works))
            for source in part["sources"]:
                entry = library.by_id[source["work"]]
                if entry.pdf is None:
                    assert source["text"] in entry.work.abstract
                    continue
                told = {s.text: s for s in paper_sentences(library.document(entry.pdf), QUOTED)}
                sentence = told[source["text"]]
                assert source["page"] == (0 if sentence.place else sentence.page)
                assert source["rects"] or sentence.place


QUOTED = ("body", "abstract", "caption", "footnote")


def test_what_no_paper_is_about_is_refused_with_what_to_do(ask):
    code, out = ask(FOREIGN, "--json")
    answer = json.loads(out.out)
    assert code == 0
    assert answer["answer"] == []
    assert "Ask in other words" in answer["refused"]


def test_people_read_sentences_papers_and_pages(ask):
    _, out = ask(*ANSWERED.split(), "-n", "2")
    assert " 1. " in out.out
    assert " 3. " not in out.out
    assert ", p. " in out.out
    _, out = ask(FOREIGN)
    assert "Nothing in your papers" in out.out


def test_one_heading_can_be_asked(ask, example_library):
    _, out = ask(ANSWERED, "--in", "Loss surfaces", "--json")
    with Library.open(example_library) as library:
        for part in json.loads(out.out)["answer"]:
            for source in part["sources"]:
                paths = library.by_id[source["work"]].headings
                assert any("Loss surfaces" in path for path in paths)
    _, out = ask(ANSWERED, "--in", "No such heading", "--json")
    assert "No such heading" in json.loads(out.out)["refused"]


def test_marks_in_a_question_break_nothing(ask):
    for question in (
        'Are "flat" minima - and only those - better?',
        "minima: sharp? flat?! (or not)",
    ):
        code, out = ask(question, "--json")
        assert code == 0
        assert json.loads(out.out)["refused"] is None or not json.loads(out.out)["answer"]


def test_what_asks_nothing_says_how_to_ask(ask):
    code, out = ask("?")
    assert code == 1
    assert "Ask something" in out.err
    code, out = ask("Who is cited? in:references")
    assert code == 1
    assert "in:body" in out.err


def test_a_retracted_paper_is_marked(capsys):
    work = Work("doi:10.1/a", "On Dikes", ("Ada Marwick",), 1999, notices=("Retraction 2001",))
    sentence = Sentence("Dikes hold.", work.id, 4, ((4, 1.0, 2.0, 3.0, 4.0),))
    other = Sentence("Dikes break.", work.id, 0, (), "abstract")
    parts = (AnswerPart("Dikes hold.", (sentence, other)),)
    view = AnswerView(Answer("Do they?", parts), (), {work.id: Entry(work, "fetched", "")})
    print_answer(view)
    printed = capsys.readouterr().out
    assert printed.count("! Retraction 2001") == 2
    assert "p. 4" in printed
    assert "also: “Dikes break.”" in printed
    first, second = view.as_json()["answer"][0]["sources"]
    assert first["notices"] == ["Retraction 2001"]
    assert first["rects"] == [[1.0, 2.0, 3.0, 4.0]]
    assert (second["page"], second["place"]) == (0, "abstract")


def test_nothing_is_quoted_from_a_reference_list(ask, example_library):
    """A title that only reference lists have is asked for."""
    with Library.open(example_library) as library:
        listed = [one["title"] for one in library.reading_list() if one["title"]]
        listed = listed[:3]
        assert listed
        for title in listed:
            view = library.ask(title)
            for part in view.answer.parts:
                assert all(title not in sentence.text for sentence in part.sources)
