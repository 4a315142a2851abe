"""References that no rule sees: the learnt judgement and its training set
(`benchmarks/reference_finder`).
"""

from random import Random

import pytest

from benchmarks.reference_finder.passages import make_passage
from benchmarks.reference_finder.train import LABELS, example_of
from litmap.citations import find_citations
from litmap.notes import read_notes
from litmap.parsing.references_in_text.features import MAX_TOKENS, token_features, tokenise
from litmap.parsing.references_in_text.labeller import LabelledText


def citations_of(tmp_path, text):
    path = tmp_path / "note.md"
    path.write_text(text, encoding="utf-8")
    return find_citations(read_notes([path])[0])


# ── the training set ─────────────────────────────────────────────────────────────────────────────
def test_the_same_seed_gives_the_same_passages():
    one, two = Random(3), Random(3)
    assert [make_passage(one) for _ in range(60)] == [make_passage(two) for _ in range(60)]


def test_a_passage_has_a_label_for_each_character_and_each_reference_begins_once():
    random = Random(5)
    for _ in range(300):
        passage = make_passage(random)
        assert len(passage.text) == len(passage.labels)
        features, labels = example_of(passage)
        assert len(features) == len(labels)
        assert set(labels) <= set(LABELS)
        if len(tokenise(passage.text)) <= MAX_TOKENS:
            assert sum(label.startswith("B") for label in labels) == len(passage.starts)


def test_what_is_set_in_italics_or_linked_stays_on_its_words_when_others_are_cut():
    random = Random(9)
    for _ in range(400):
        passage = make_passage(random)
        spans = [*passage.emphasised, *passage.linked]
        assert all(0 <= start < end <= len(passage.text) for start, end in spans)


# ── the labeller ─────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("text", "titles"),
    [
        (
            "For the tides read Marsh, O. and Lund, K., “Slow harbours of the north”, Port Letters "
            "4 (2011), and nothing else.",
            ["Slow harbours of the north"],
        ),
        (
            "Gut ist Brandt, Ida: „Die Ordnung der Schleusen“, in: Wasserhefte 12 (1998), S. 3–19. "
            "Kapitel 2 noch einmal lesen.",
            ["Die Ordnung der Schleusen"],
        ),
        (
            "Voir aussi « Les quais perdus » (Roux et Petit, Annales du port, 2004), pas encore lu.",
            ["Les quais perdus"],
        ),
        ("とくに大野誠「運河と町」『都市史研究』12巻3号、2009年は面白い。", ["運河と町"]),
        ("Ask Ida for the keys to room 12 and print the poster by Friday.", []),
    ],
)
def test_titles_in_the_readers_own_sentences(text, titles):
    found = LabelledText(text).references()
    assert [text[slice(*one.title)] for one in found if one.title[1]] == titles


def test_a_text_too_long_to_label_holds_nothing_and_nothing_is_known_of_it():
    text = LabelledText("word " * (MAX_TOKENS + 1))
    assert not text.is_labelled
    assert text.references() == []
    assert text.title_chance(0, 50) == 0.0


@pytest.mark.parametrize(
    "text", ["", " ", "(((((", '"" "" ""', "「" * 50, ")]»" * 30, "1999 " * 90]
)
def test_any_text_can_be_labelled(text):
    for one in LabelledText(text, "item", [(0, 2)], [(1, 3)]).references():
        assert 0 <= one.start < one.end <= len(text)


def test_every_token_has_features_whatever_is_marked():
    tokens = tokenise("Doe, J. (1999). *Salt* “roads” [x](https://a.example/b), 10.5555/ab.1, 漢字")
    rows = token_features("", tokens, "cell", [(0, 3), (2, 60)], [(5, 9)])
    assert len(rows) == len(tokens)
    assert all(rows)


# ── in notes ─────────────────────────────────────────────────────────────────────────────────────
def test_a_reference_inside_a_sentence_is_surely_a_work(tmp_path):
    text = (
        "# Harbours\n\nThe keeper says no. The best account is still that of Ada Holm, “Tides and "
        "clerks”, Port Letters, 1987, although only on salt.\n"
    )
    work = next(c for c in citations_of(tmp_path, text) if c.reference.title == "Tides and clerks")
    assert work.sure
    assert work.reference.year == 1987


@pytest.mark.parametrize(
    ("line", "people", "year"),
    [
        ("山本（2008）も引用されているが未入手。", "山本", 2008),
        ("大滝ほか（2015）は学会要旨のみ。", "大滝", 2015),
        ("Разумов Д. В. (1867) — надо найти", "Д. В. Разумов", 1867),
    ],
)
def test_people_and_year_that_no_pattern_tells_are_a_mention(tmp_path, line, people, year):
    found = [
        (c.reference.authors, c.reference.year) for c in citations_of(tmp_path, f"# A\n\n{line}\n")
    ]
    assert ((people,), year) in found


@pytest.mark.parametrize(
    "line",
    [
        "demander à Mme Le Goff si le fonds du port est communicable",
        "comprar fibra: seu Osvaldo ficou de mandar vinte quilos",
        "шрифт для невм: поставить новую программу",
        "Termin mit der Hafenbehörde, Fotos von Tor 3 nachreichen",
    ],
)
def test_a_task_of_the_reader_is_looked_up_nowhere(tmp_path, line):
    assert citations_of(tmp_path, f"# Notes\n\n- {line}\n") == []


WORK = "[When counting parameters stops counting](https://arxiv.org/abs/1611.00000)"


@pytest.mark.parametrize(
    "line",
    [
        f"They say “networks of that size memorise labels without any trouble” in {WORK}.",
        f"{WORK} says “networks of that size memorise labels without any trouble”.",
    ],
)
def test_words_quoted_beside_a_linked_title_leave_it_the_title(tmp_path, line):
    found = citations_of(tmp_path, f"# Size\n\n{line}\n")
    work = next(c for c in found if "arxiv:1611.00000" in c.reference.ids)
    assert work.reference.title == "When counting parameters stops counting"
    assert [mention.kind for mention in work.mentions] == ["link"]


def test_words_quoted_behind_a_verb_of_saying_are_no_title_of_whom_they_are(tmp_path):
    line = "Doe (1999) writes “networks of that size memorise labels without any trouble”."
    titles = {c.reference.title for c in citations_of(tmp_path, f"# Size\n\n{line}\n") if c.sure}
    assert not any("networks" in title for title in titles)


def test_a_reference_ends_before_the_link_of_another_work(tmp_path):
    text = (
        "# Harbours\n\nQueues [18]; silt, where the PDF is called\n"
        '"Phase changes, optimal dredging and the optimality of passing ships in\n'
        'generalised harbours" https://proceedings.mlr.press/v75/holm18a/holm18a.pdf\n'
        "Gaps by reduction, 200 pages:\n"
        "    https://proceedings.mlr.press/v125/brook20a/brook20a.pdf\n"
        "    and the open problem on planted quays [19].\n"
    )
    found = [i for c in citations_of(tmp_path, text) for i in c.reference.ids]
    assert found == ["pmlr:v75/holm18a", "pmlr:v125/brook20a"]
