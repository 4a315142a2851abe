"""Tables of papers: what columns ask, which sentence answers, which number is drawn out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from litmap.errors import UsageError
from litmap.models import PaperSentence
from litmap.parsing.sentence_roles import ROLES
from litmap.tables import KINDS, Near, ReadPaper, certainty_of, draw_number, parse_columns, presets
from litmap.tables.choice import SHORTLIST, judged_with, weights_of, weights_with_meaning
from litmap.tables.features import FEATURES, is_readable, sentence_features
from litmap.tables.phrases import (
    PHRASE_KINDS,
    _phrase_patterns,
    compile_phrases,
    count_phrases,
    plain,
    section_kind,
)
from litmap.tables.zones import ZONES, zone_scores
from litmap.vectors.model_lookup import DEFAULT, PACKAGE_SHA256


# ── columns ───────────────────────────────────────────────────────────────────────────────────────
def test_a_preset_stands_for_its_columns():
    assert [column.name for column in parse_columns("standard")] == list(presets()["standard"])
    assert [c.name for c in parse_columns("question, pico")][-1] == "n"


@pytest.mark.parametrize(
    ("text", "name", "words", "kind", "number"),
    [
        ("limits", "limits", "limits", "limits", False),
        ("Sample size", "Sample size", "Sample size", "n", True),
        ("which dataset?", "which dataset?", "which dataset?", "data", False),
        ("Grenzen", "Grenzen", "Grenzen", "limits", False),
        ("样本量", "样本量", "样本量", "n", True),
        ("which optimiser?", "which optimiser?", "which optimiser?", "", False),
        ("optimiser=which optimiser?", "optimiser", "which optimiser?", "", False),
        ("batch size:number", "batch size", "batch size", "", True),
        ("b = batch size : number", "b", "batch size", "", True),
        ("ratio: wide to deep", "ratio: wide to deep", "ratio: wide to deep", "", False),
    ],
)
def test_a_column_says_what_it_asks_for(text, name, words, kind, number):
    (column,) = parse_columns(text)
    assert (column.name, column.words, column.kind, column.number) == (name, words, kind, number)


def test_semicolons_part_columns_that_have_commas():
    assert [c.name for c in parse_columns("size, shape; data")] == ["size, shape", "data"]


@pytest.mark.parametrize("text", ["", " , ", "data, Data", ", ".join(f"c{n}" for n in range(21))])
def test_columns_that_are_none_are_refused(text):
    with pytest.raises(UsageError):
        parse_columns(text)


@given(st.text(max_size=60))
def test_any_text_is_columns_or_is_refused(text):
    try:
        columns = parse_columns(text)
    except UsageError:
        return
    assert all(column.name and column.words for column in columns)


# ── sentences ─────────────────────────────────────────────────────────────────────────────────────
PAPER = [
    ("abstract", "", "Dikes of clay have been built on the coast for three hundred years."),
    ("abstract", "", "In this paper we ask whether dikes of clay outlive dikes of sand."),
    ("abstract", "", "We propose a method that weighs a dike by the water that it holds back."),
    ("abstract", "", "Our results show that dikes of clay outlive dikes of sand by forty years."),
    ("body", "1 Introduction", "Every town of the coast has a dike, and every dike has a keeper."),
    ("body", "3 Data", "We use a dataset of 1,204 dikes that were collected in eleven towns."),
    (
        "body",
        "6 Conclusion",
        "It remains hard to say whether dikes of stone last: we leave it for future work.",
    ),
]


def paper(rows=PAPER, encode=None):
    sentences = [
        PaperSentence(text, number, ((number, 50.0, 60.0, 300.0, 72.0),), kind, section, number)
        for number, (kind, section, text) in enumerate(rows, 1)
    ]
    return ReadPaper(
        sentences, "Dikes of clay and dikes of sand", lambda text, language: True, encode
    )


@pytest.mark.parametrize(
    ("kind", "page"), [("question", 2), ("method", 3), ("data", 6), ("result", 4), ("limits", 7)]
)
def test_each_column_gets_the_sentence_that_answers_it(kind, page):
    read = paper()
    chosen = read.choose(kind)
    assert chosen is not None
    assert read.sentences[chosen.row].page == page
    assert chosen.certainty >= 0.5


TRIAL = [
    ("abstract", "", "High blood pressure is common on the coast, and bread has much salt."),
    ("abstract", "", "We enrolled 128 adults aged 40 to 60 years with high blood pressure."),
    (
        "abstract",
        "",
        "Half of them received bread without salt, which was administered for a year.",
    ),
    ("abstract", "", "The control group had ordinary bread; both were compared with usual care."),
    ("abstract", "", "The primary outcome was the systolic pressure, measured at twelve months."),
    ("abstract", "", "Pressure fell by 8 mmHg more where the bread had no salt."),
]


@pytest.mark.parametrize(
    ("kind", "row"), [("population", 1), ("intervention", 2), ("comparison", 3), ("outcome", 4)]
)
def test_a_trial_tells_its_population_and_what_was_compared(kind, row):
    chosen = paper(TRIAL).choose(kind)
    assert chosen is not None
    assert chosen.row == row


def test_a_trial_tells_how_many_took_part():
    (column,) = parse_columns("n")
    chosen = paper(TRIAL).choose("n", lambda text: draw_number(text, column) is not None)
    assert chosen is not None
    number = draw_number(TRIAL[chosen.row][2], column)
    assert number is not None
    assert (number.value, number.unit) == (128, "adults")


@pytest.mark.parametrize("kind", ["data", "limits", "population", "n"])
def test_what_no_sentence_says_is_not_said(kind):
    assert paper(PAPER[:4]).choose(kind) is None


def test_a_paper_without_prose_says_nothing():
    rows = [("caption", "", "Figure 1. Dikes."), ("body", "", "x = 3"), ("body", "", "and so on")]
    assert all(paper(rows).choose(kind) is None for kind in KINDS)
    assert all(paper([]).choose(kind) is None for kind in KINDS)


def test_only_sentences_that_may_answer_are_looked_at():
    chosen = paper().choose("result", lambda text: "1,204" in text)
    assert chosen is None or chosen.row == 5


@pytest.mark.parametrize(
    ("rows", "kind"),
    [
        (
            [("abstract", "", "Die Ergebnisse zeigen, dass Deiche aus Lehm länger halten.")],
            "result",
        ),
        (
            [("body", "", "Cette étude a pour objectif de peser les digues de la côte normande.")],
            "question",
        ),
        ([("abstract", "", "本文提出了一种新的方法,用来称量沿海各地的堤坝和水闸。")], "method"),
    ],
)
def test_other_languages_are_read_by_their_own_phrases(rows, kind):
    filler = {"result": "Am Meer wohnen seit langer Zeit die Leute, die von den Schiffen leben.",
              "question": "Il y a sur la côte beaucoup de maisons que les gens ont bâties.",
              "method": "沿海的城市里有很多房子,人们在那里住了很久很久。"}[kind]  # fmt: skip
    read = paper([("body", "", filler), *rows, ("body", "", filler)])
    chosen = read.choose(kind)
    assert chosen is not None
    assert chosen.row == 1


@given(st.lists(st.tuples(st.sampled_from(["body", "abstract"]), st.text(max_size=30), st.text())))
def test_any_text_has_features(rows):
    sentences = [PaperSentence(text, 1, (), kind, section, 0) for kind, section, text in rows]
    assert sentence_features(sentences, "A title", lambda text, language: True).shape == (
        len(rows),
        len(FEATURES),
    )
    for sentence in sentences:
        is_readable(sentence)


@pytest.mark.parametrize(
    ("text", "readable"),
    [
        ("In this work we show that bees remember the colours of doors.", True),
        ("In this work we show the following of bees and doors:", False),
        ("In this work, on bees and the colours of doors, we show,", False),
        ("whose colours bees remember for three days at the least.", False),
        ("12 | 13 | 0.4 | 0.5 | 17 | 18", False),
    ],
)
def test_a_cell_holds_a_whole_sentence(text, readable):
    assert is_readable(PaperSentence(text, 1, (), "body", "", 0)) is readable


class Pointing:
    """Embeds one text as the direction in which a column's answers lie, others as nothing."""

    def __init__(self, kind, text=""):
        self.direction = weights_with_meaning()[kind].direction
        self.text = text
        self.embedded = []

    def __call__(self, texts):
        self.embedded += texts
        return np.array(
            [self.direction if text == self.text else 0 * self.direction for text in texts]
        )


@pytest.mark.parametrize("kind", ["question", "method", "data", "result", "limits"])
def test_what_a_sentence_means_counts_beside_its_words(kind):
    meant = PAPER[4][2]
    without = paper(PAPER, Pointing(kind)).choose(kind)
    assert without is None or paper().sentences[without.row].text != meant
    chosen = paper(PAPER, Pointing(kind, meant)).choose(kind)
    assert chosen is not None
    assert paper().sentences[chosen.row].text == meant


def test_few_sentences_are_embedded_and_told_beforehand():
    towns = [(*PAPER[4][:2], f"Town {n} has a dike and a keeper.") for n in range(99)]
    for kind in weights_with_meaning():
        encode = Pointing("data")
        read = paper([*PAPER, *towns], encode)
        told = read.texts_to_embed(kind)
        assert not encode.embedded
        read.choose(kind)
        assert encode.embedded == told
        assert 0 < len(told) <= SHORTLIST


def test_of_other_languages_and_columns_nothing_is_embedded():
    encode = Pointing("data")
    paper(PAPER, encode).choose("population")
    assert paper(PAPER, encode).texts_to_embed("population") == []
    german = "Wir haben die Deiche an der Küste gemessen, und sie sind nicht sehr hoch."
    paper([("body", "Methoden", german)] * 4, encode).choose("method")
    assert not encode.embedded


def test_the_weights_are_of_the_features():
    assert set(weights_of()) == set(KINDS)
    learnt = weights_with_meaning()
    assert set(learnt) < set(KINDS)
    for weights in (*weights_of().values(), *learnt.values()):
        assert len(weights.features) == len(FEATURES)
    assert {len(weights.direction) for weights in learnt.values()} == {384}
    assert len(set(FEATURES)) == len(FEATURES)
    assert f"role:{ROLES[0]}" in FEATURES


def test_the_vectors_understood_are_those_of_the_default_model():
    assert judged_with() == f"{DEFAULT.split('/')[1]}-{PACKAGE_SHA256[:12]}"


def test_phrases_have_gaps_and_endings():
    pattern = compile_phrases(["leave … for", "restrict*", "不"])
    for text in (
        "we leave it for later",
        "we leave this hard case for later",
        "restricted",
        "这不是",
    ):
        assert pattern.search(text), text
    for text in ("we leave it all to you and him for good", "unrestricted", "leave. for"):
        assert not pattern.search(text), text


def test_phrases_are_counted_by_kind_and_language():
    counts = dict(
        zip(PHRASE_KINDS, count_phrases(plain("Limited, and still open"), "en"), strict=True)
    )
    assert counts["bound"] == 1
    assert counts["open"] == 1
    assert count_phrases("not", "sv") == count_phrases("not", "en")


def test_every_language_has_phrases_of_every_kind():
    assert all(set(kinds) == set(PHRASE_KINDS) for kinds in _phrase_patterns().values())
    assert {"en", "de", "fr", "es", "it", "pt", "ru", "zh", "ja", "ko"} == set(_phrase_patterns())


def test_a_section_is_known_by_its_own_title_first():
    assert section_kind("4 Experiments › Related work") == "related"
    assert section_kind("4 Experiments › Settings") == "experiment"
    assert section_kind("Dikes") == ""


def test_zones_tell_an_objective_from_a_result():
    asked = zone_scores("The aim of this study is to investigate the age of dikes.")
    found = zone_scores("Results show that the proposed dike outperforms all others by 12%.")
    assert max(zip(asked, ZONES, strict=True))[1] == "objective"
    assert max(zip(found, ZONES, strict=True))[1] == "result"


# ── numbers ───────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("text", "column", "value", "unit"),
    [
        (
            "We train on 60,000 training images of digits in 10 classes.",
            "n",
            60_000,
            "training images",
        ),
        ("A total of 128 patients were enrolled in 2014.", "n", 128, "patients"),
        (
            "We use SGD with a learning rate of 3e-4 and batch size 128.",
            "batch size:number",
            128,
            "",
        ),
        (
            "We use SGD with a learning rate of 3e-4 and batch size 128.",
            "learning rate:number",
            3e-4,
            "",
        ),
        ("Accuracy improves by 3.5% (see Table 2 and [12]).", "accuracy:number", 3.5, "%"),
        ("The dose was 40 mg/day for 2 weeks.", "dose:number", 40, "mg/day"),
        ("It has 12 layers and 1.2 million parameters.", "parameters:number", 1.2e6, "parameters"),
        ("The learning rate equals 10−5 for all the networks.", "learning rate:number", 1e-5, ""),
    ],
)
def test_the_number_that_is_asked_for_is_drawn_out(text, column, value, unit):
    number = draw_number(text, parse_columns(column)[0])
    assert number is not None
    assert number.value == pytest.approx(value)
    assert number.unit == unit


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("The dose was high.", "dose:number"),
        ("The dose was raised in 1999.", "dose:number"),
        ("The dose is shown in Figure 3.", "dose:number"),
        ("The dose was high [12].", "dose:number"),
        ("The towns have 40 keepers.", "dose:number"),
    ],
)
def test_what_is_no_number_for_a_column_is_not_drawn(text, column):
    assert draw_number(text, parse_columns(column)[0]) is None


@given(st.text(max_size=80), st.sampled_from(["n", "dose:number", "result:number"]))
def test_a_number_is_drawn_out_of_any_text_as_printed(text, column):
    number = draw_number(text, parse_columns(column)[0])
    if number is not None:
        assert number.unit in text
        assert number.text.split(" ")[0][:1] in text


@given(st.integers(0, 10**7), st.sampled_from(["patients", "training images", "%", "mg"]))
def test_a_number_beside_its_column_comes_back(value, unit):
    glue = "" if unit == "%" else " "
    if 1500 <= value < 2100:
        return
    number = draw_number(f"The dose was {value:,}{glue}{unit}.", parse_columns("dose:number")[0])
    assert number is not None
    assert (number.value, number.unit) == (value, unit)


# ── words of one's own ────────────────────────────────────────────────────────────────────────────
def test_a_nearer_sentence_is_surer():
    far, near = Near(0.1, 0.0, 0.1), Near(0.6, 1.0, 0.9)
    assert certainty_of(far) < 0.5 < certainty_of(near)
