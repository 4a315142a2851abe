import numpy as np
import pytest

from litmap.models import Document, Page, Sentence, Span, Summary, TextBlock, Topic, Work
from litmap.summaries import summarise_paper, summarise_topics
from litmap.summaries.choice import has_cue
from litmap.summaries.sentences import (
    Candidate,
    find_candidates,
    is_clean,
    points_back,
    section_kind,
    stands_alone,
)


def block(text, kind="body", section="", continues=False, y=100.0):
    cut = len(text) // 2
    return TextBlock(
        kind,
        text,
        (Span(0, cut, (50, y, 300, y + 10)), Span(cut, len(text), (50, y + 12, 300, y + 22))),
        section,
        continues,
    )


INTRO = (
    "Bees find their way back to the hive over many kilometres. In this paper we show that bees "
    "remember landmarks "
    "near the hive and use them to correct their path. Fig. 2 of Smith et al. gives an earlier "
    "map of the area."
)
DOCUMENT = Document(
    "0" * 64,
    (
        Page(1, 612, 792, (
            block("How bees find the hive", "title"),
            block("We study how bees find the hive with landmarks and what they remember of them over days.", "abstract", "Abstract"),
            block(INTRO, section="1 Introduction"),
            block("Figure 1: The bees of the experiment are shown with the hive and landmarks around them.", "caption", "1 Introduction"),
            block("x = y + z where the hive of bees is", section="1 Introduction"),
        )),
        Page(2, 612, 792, (
            block("The weather was warm on the days of the experiment and the wind came from the south", section="2 Methods"),
            block("as usual. Correspondence to: bee@hive.example and the University of Nowhere in the USA.", section="2 Methods", continues=True),
            block("We conclude that bees use landmarks near the hive, and that this memory of landmarks lasts for days.", section="3 Conclusion"),
            block("[1] Smith, J. The bees of the hive and the landmarks they use to find it. 1999.", "reference", "References"),
        )),
    ),
)  # fmt: skip
WORK = Work("doi:10.1/bees", "How bees find the hive")


def test_summary_is_of_whole_sentences_with_their_lines():
    found = summarise_paper(DOCUMENT, WORK, sentences=3)
    texts = [s.text for s in found.sentences]
    assert any("we show that bees remember landmarks" in t for t in texts)
    assert any(t.startswith("We conclude") for t in texts)
    assert all(s.work == WORK.id and s.page in {1, 2} and s.rects for s in found.sentences)
    assert all(rect[0] == s.page for s in found.sentences for rect in s.rects[:1])
    assert not any(w in t for t in texts for w in ("Figure 1", "[1]", "@", "x = y"))
    assert [s.page for s in found.sentences] == sorted(s.page for s in found.sentences)


def test_a_section_can_be_left_out():
    found = summarise_paper(DOCUMENT, WORK, sentences=9, leave_out="abstract")
    assert found.sentences
    assert not any(s.text.startswith("We study how bees") for s in found.sentences)


def test_a_paragraph_goes_on_over_a_page_break():
    found = next(c for c in find_candidates(DOCUMENT) if c.text.startswith("The weather"))
    assert found.text.endswith("as usual.")
    assert len(found.rects) == 3


def test_nothing_to_say():
    assert summarise_paper(Document("0" * 64, ()), WORK).sentences == ()
    only_maths = Document(
        "0" * 64,
        (Page(1, 612, 792, (block("x = y", "math"), block("a b c d e f g h i.", "body"))),),
    )
    assert summarise_paper(only_maths, WORK).sentences == ()


def test_hostile_text_is_judged_in_linear_time():
    assert not is_clean("(" * 20000 + "A b c d e f g h i.")


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("We show that networks of moderate width learn quickly on clean data.", True),
        ("we show that networks of moderate width learn quickly on clean data", False),
        ("Write to us at someone@example.org about the networks of moderate width here.", False),
        ("Let x = y + z and a = b + c and d = e + f be given for all of them.", False),
        ("Theorem 1. Networks of moderate width learn quickly on clean data always.", False),
        ("Networks of moderate width (see the long appendix learn quickly on clean data.", False),
    ],
)
def test_clean_sentences(text, clean):
    assert is_clean(text) is clean


def test_pointing_and_sections():
    assert points_back("However, it fails.")
    assert not points_back("This paper shows it.")
    assert section_kind("5. Conclusions and future work") == "conclusion"
    assert section_kind("A. Proof of Theorem 1") == "aside"
    assert section_kind("3 Method") == "body"


class Axes:
    """Each text's vector is the axis of its first word."""

    name, dim, window = "axes", 8, 256

    def encode(self, texts):
        words = {"bees": 0, "lava": 1, "all": 2}
        out = np.full((len(texts), 8), 0.05, np.float32)
        for i, text in enumerate(texts):
            out[i, words[text.split()[0].lower()]] = 1.0
            out[i, 3 + sum(map(ord, text)) % 5] += 0.3
        return out / np.linalg.norm(out, axis=1, keepdims=True)


def test_a_topic_is_summarised_by_what_is_its_own():
    def paper(name, *texts):
        return Summary(name, name, tuple(Sentence(t, name, 1, ((1, 0, 0, 1, 1),)) for t in texts))

    papers = {
        "a": paper(
            "a", "Bees dance in the dark.", "All papers are long.", "Bees dance at noon too."
        ),
        "b": paper("b", "Bees sleep in winter.", "All papers are short."),
        "c": paper("c", "Lava flows down.", "All papers end."),
    }
    topics = [
        Topic("t1", ("Bees",), "Bees", works=("a", "b")),
        Topic("t2", ("Lava",), "Lava", works=("c", "gone")),
        Topic("t3", ("None",), "None"),
    ]
    found = dict(summarise_topics(topics, papers, Axes(), sentences=2))
    assert set(found) == {"t1", "t2"}
    assert found["t1"].sentences[0].text.startswith("Bees")
    assert found["t2"].sentences[0].text.startswith("Lava")
    assert len(found["t1"].sentences) == 2
    assert found["t1"].title == "Bees"


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        (
            "In this paper, we study the implicit bias of wide neural networks with two layers.",
            True,
        ),
        ("Flat minima need not generalise better than sharp ones.", True),
        (
            "In this section, we demonstrate the ideas and give an analysis of the rank-1 case.",
            False,
        ),
        (
            "In order to understand this, we must first understand when each of these regimes "
            "hold.",
            False,
        ),
        ("It is interesting to contrast our approach with tail averaging.", False),
        ("The proof is given in Section 3.", False),
    ],
)
def test_a_topic_is_told_in_sentences_that_stand_alone(text, alone):
    assert stands_alone(text) is alone


@pytest.mark.parametrize(
    ("language", "cue", "back", "plain"),
    [
        ("de", "In dieser Arbeit zeigen wir viel.", "Daher sank der Lohn.", "Der Lohn sank."),
        ("fr", "Dans cet article on voit tout.", "Cependant le prix monte.", "Le prix monte."),
        ("es", "En este trabajo se ve todo.", "Sin embargo el precio sube.", "El precio sube."),
        ("it", "In questo lavoro si vede.", "Tuttavia il prezzo sale.", "Il prezzo sale."),
        ("pt", "Neste trabalho se vê tudo.", "No entanto o preço sobe.", "O preço sobe."),
        ("nl", "In dit artikel staat alles.", "Daarom steeg de prijs.", "De prijs steeg."),
        ("ru", "В данной работе видно всё.", "Однако цена растёт.", "Цена растёт."),
        ("pl", "Celem pracy jest opis.", "Jednak cena rośnie.", "Cena rośnie."),
        ("zh", "本文提出了一种新方法。", "因此价格上升。", "价格上升。"),
        ("ja", "本稿では新しい手法を述べる。", "しかし価格は上がる。", "価格は上がる。"),
        ("ko", "본 논문에서는 방법을 다룬다.", "그러나 가격은 오른다.", "가격은 오른다."),
        ("en", "In this paper we show it all.", "However the price rises.", "The price rises."),
    ],
)
def test_cues_and_words_that_point_back_in_other_languages(language, cue, back, plain):
    def candidate(text):
        return Candidate(text, 1, (), "body", 0, 0.0, 0.0, clean=True, language=language)

    assert has_cue(candidate(cue))
    assert not has_cue(candidate(plain))
    assert points_back(back, language)
    assert not points_back(cue, language)
    assert not points_back(plain, language)


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("1 Einleitung", "introduction"),
        ("V. Schlussfolgerungen und Ausblick", "conclusion"),
        ("Forschungsstand", "related"),
        ("Résumé", "abstract"),
        ("Remerciements", "aside"),
        ("3. Estado del arte", "related"),
        ("Conclusiones", "conclusion"),
        ("Considerações finais", "conclusion"),
        ("ВВЕДЕНИЕ", "introduction"),
        ("Заключение", "conclusion"),
        ("第一章 绪论", "introduction"),
        ("5 结论与展望", "conclusion"),
        ("参考文献", "aside"),
        ("おわりに", "conclusion"),
        ("서론", "introduction"),
        ("Ergebnisse", "body"),
        ("实验", "body"),
    ],
)
def test_sections_are_known_by_their_names_in_other_languages(title, kind):
    assert section_kind(title) == kind


@pytest.mark.parametrize(
    ("text", "language", "clean"),
    [
        ("我们提出了一种用于图像识别的深度学习模型，并在公开数据集上验证了它。", "zh", True),
        ("价格上升。", "zh", False),
        ("Это показано на большом числе примеров из разных областей науки и техники.", "ru", True),
        (
            "¿Qué dicen de todo ello los datos que hemos reunido en estos años de trabajo?",
            "es",
            True,
        ),
    ],
)
def test_sentences_of_other_scripts_can_stand_in_a_summary(text, language, clean):
    assert is_clean(text, language) is clean
