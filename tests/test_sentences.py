"""Where sentences end, profile by profile."""

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litmap.parsing.sentences import (
    CITING_SENTENCES,
    NOTE_SENTENCES,
    SHOWN_SENTENCES,
    SUMMARY_SENTENCES,
    sentence_around,
    sentence_borders,
    sentence_ends,
    split_sentences,
)

PROFILES = {
    "notes": NOTE_SENTENCES,
    "citing": CITING_SENTENCES,
    "summaries": SUMMARY_SENTENCES,
    "shown": SHOWN_SENTENCES,
}


def cut(text, rules):
    return [text[a:b].strip() for a, b in split_sentences(text, rules)]


@pytest.mark.parametrize(
    "text",
    [
        "Wir zeigen z. B. die Wirkung der Steuern auf Löhne. | Über die Jahre hinweg sank sie sehr.",
        "Voir p.ex. les travaux de M. Dupont à ce sujet. | Élargir le marché n'y a rien changé.",
        "¿Qué dicen de ello los datos de la tabla núm. 3? | ¡No hay nada en ellos de lo buscado!",
        "Это видно на рис. 3 и в табл. 2 этой работы. | Вывод подтверждается другими данными.",
        "Zie bijv. de tabel op blz. 12 van dit onderzoek. | Één ding is er dus heel duidelijk uit.",
        "Pokazano to np. na rys. 4 w tej samej pracy. | Łatwo to sprawdzić na innych danych też.",
    ],
)
@pytest.mark.parametrize("rules", [SUMMARY_SENTENCES, SHOWN_SENTENCES], ids=["summaries", "shown"])
def test_sentences_of_other_languages(text, rules):
    assert cut(text.replace(" |", ""), rules) == text.split(" | ")


@pytest.mark.parametrize("rules", PROFILES.values(), ids=PROFILES)
@pytest.mark.parametrize(
    "text",
    [
        "This shows it, e.g. Smith and others did. | Another sentence of the text follows.",
        "As J. Smith and Fig. 3 of their paper show. | We agree with all of it, at length!",
        "It was shown by Doe et al. We repeat it in this text here.",
        "One has no end",
        "It is 0.5 or 1.5 of the total here. | Is it really so, one asks with care? | Yes.",
    ],
)
def test_all_profiles_agree_on_plain_prose(rules, text):
    parts = [part.strip() for part in text.split("|")]
    assert cut(" ".join(parts), rules) == parts


@pytest.mark.parametrize(
    ("text", "splitting"),
    [
        # a bracket closes behind the abbreviation
        ("It was shown long ago (see Doe et al.) We repeat it here for the record.", {"shown"}),
        # no blank is needed behind a wide mark
        (
            "深い学習は層を重ねたモデルを用いる手法の総称であり広く使われる。二つ目の文。",
            {"citing", "shown", "summaries"},
        ),
        # a figure may begin a sentence
        (
            "Many of them have been seen by now. 12 of them were looked at more closely.",
            {"shown", "summaries"},
        ),
        # a paragraph ends
        ("The first line has no full stop at its end\n\nAnd this goes on below it", {"shown"}),
        # a word of thirty characters is what a search shows at least
        ("So it is. And this is the second sentence.", {"notes", "citing", "summaries"}),
        # a citekey begins a sentence of a note
        ("That is what was claimed before. @doe2019 shows it.", {"notes"}),
    ],
)
def test_profiles_differ_in_strictness(text, splitting):
    assert {name for name, rules in PROFILES.items() if len(cut(text, rules)) > 1} == splitting


@pytest.mark.parametrize("mark", ["؟", "۔", "।", "。", "！", "？"])
def test_marks_of_other_scripts_end_sentences_of_passages(mark):
    first = f"ما الذي جمع أهل القرية كل ربيع عند النهر{mark} "
    text = f"{first}كانوا يتشاورون."
    assert sentence_ends(text) == [len(first), len(text)]
    assert len(cut(text, SHOWN_SENTENCES)) == 2


def test_an_abbreviation_at_the_very_end_closes_the_last_sentence():
    assert cut("It was shown by Doe et al. ", SUMMARY_SENTENCES) == ["It was shown by Doe et al."]


def test_borders_lie_between_two_sentences():
    text = "It holds (says Doe.) Then it does not."
    assert [text[a:b] for a, b in sentence_borders(text, NOTE_SENTENCES)] == [") "]
    assert list(sentence_borders(text, NOTE_SENTENCES, 0, 10)) == []


def test_the_sentence_around_a_place_is_bounded():
    text = "One thing is so. Another was shown [3], as J. Doe says. A third follows."
    start, end = sentence_around(text, text.index("[3]"), CITING_SENTENCES)
    assert text[start:end] == "Another was shown [3], as J. Doe says. "
    assert sentence_around("a " * 2000, 2000, CITING_SENTENCES) == (1200, 2700)
    assert sentence_around("a " * 2000, 2000, CITING_SENTENCES, before=9, after=1) == (1991, 2001)


@pytest.mark.parametrize("rules", PROFILES.values(), ids=PROFILES)
@given(text=st.text(alphabet="aB.?!)” \n。4@", max_size=60))
def test_sentences_lie_in_order_and_lose_nothing_but_blanks(rules, text):
    spans = list(split_sentences(text, rules))
    assert all(a < b for a, b in spans)
    assert all(one[1] <= two[0] for one, two in pairwise(spans))
    assert "".join("".join(text[a:b].split()) for a, b in spans) == "".join(text.split())


@pytest.mark.parametrize("rules", PROFILES.values(), ids=PROFILES)
@pytest.mark.parametrize("piece", ["a. ", "A. ", "... ", ".”) ", "et al. ", " ", "\n", "。"])
def test_time_is_linear(rules, piece):
    begin = time.process_time()
    list(split_sentences((piece * 50_000)[:50_000], rules))
    sentence_ends((piece * 50_000)[:50_000])
    assert time.process_time() - begin < 2
