import numpy as np
import pytest

from litmap.models import Document, Page, Sentence, Span, Summary, TextBlock, Topic, Work
from litmap.summaries import summarise_paper, summarise_topics
from litmap.summaries.choice import has_cue
from litmap.summaries.comparing import are_opposed
from litmap.summaries.headings import find_themes
from litmap.summaries.papers import choose_sentences, part_of
from litmap.summaries.sentences import Candidate, find_candidates, is_clean, section_kind
from litmap.summaries.standing_alone import points_back


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


ABSTRACT = (
    "We study how bees find the hive with landmarks and what they remember of them over days. "
)
ABSTRACT += "Bees that were moved by night found the hive as fast as those that were moved by day."
BODY = (
    "The goal of this study is to tell whether bees remember landmarks near the hive. It is old. "
    "We propose a maze of eight doors near the hive to measure what bees remember of colours. "
    "Our results show that bees of one hive remember colours for three days and scents for nine. "
    "A limitation of our study is that the bees of only one hive were watched in a single summer. "
    "In Section 3 we show that bees of other hives behave alike in the maze of doors."
)


def paper(abstract=ABSTRACT, body=BODY):
    front = [block(abstract, "abstract", "Abstract")] if abstract else []
    return Document(
        "1" * 64,
        (
            Page(1, 612, 792, tuple(front)),
            Page(2, 612, 792, (block(body, section="2 The maze"),)),
        ),
    )


def parts_of(summary):
    return {p.part: [s.text for s in summary.sentences if s.part == p.part] for p in summary.parts}


def test_a_paper_is_its_abstract_then_what_the_body_adds():
    found = summarise_paper(paper(), WORK)
    parts = parts_of(found)
    assert list(parts) == ["abstract", "question", "approach", "findings", "limits"]
    assert " ".join(parts["abstract"]) == ABSTRACT
    assert parts["question"] == [BODY.split(" It is old", maxsplit=1)[0]]
    assert [len(parts[p]) for p in ("approach", "findings", "limits")] == [1, 1, 1]
    assert not any("Section 3" in s.text for s in found.sentences)
    assert [s.page for s in found.sentences] == [1, 1, 2, 2, 2, 2]
    assert all(s.work == WORK.id and s.rects for s in found.sentences)


def test_an_abstract_ends_before_its_keywords():
    found = summarise_paper(paper(f"{ABSTRACT} Keywords: bees, hives, landmarks."), WORK)
    assert " ".join(parts_of(found)["abstract"]) == ABSTRACT


def test_what_no_sentence_says_is_a_part_without_sentences():
    body = "We propose a maze of eight doors to measure what bees remember of colours."
    with_abstract = parts_of(summarise_paper(paper(body=body), WORK))
    assert with_abstract["limits"] == []
    assert "findings" not in with_abstract  # its abstract has them in its own words
    without = parts_of(summarise_paper(paper(abstract="", body=body), WORK))
    assert without["question"] == without["findings"] == without["limits"] == []


def test_the_abstract_of_the_record_stands_in_for_one_that_the_file_lacks():
    work = Work("doi:10.1/bees", "How bees find the hive", abstract=ABSTRACT)
    found = summarise_paper(paper(abstract=""), work)
    own = [s for s in found.sentences if s.part == "abstract"]
    assert " ".join(s.text for s in own) == ABSTRACT
    assert {(s.page, s.rects, s.place) for s in own} == {(0, (), "abstract")}
    without = summarise_paper(paper(abstract=""), WORK)
    assert "abstract" not in parts_of(without)
    assert without.sentences


def test_a_sentence_that_the_abstract_has_is_not_said_twice():
    again = (
        "We study how bees find the hive with landmarks and what they remember of them for days."
    )
    found = summarise_paper(paper(body=f"{again} {BODY}"), WORK)
    assert again not in [s.text for s in found.sentences]


def test_a_paper_in_another_language_has_its_parts():
    body = (
        "In dieser Arbeit untersuchen wir, ob Bienen sich Farben in der Nähe des Stocks merken. "
        "Wir entwickeln einen Irrgarten mit acht Türen, der das Gedächtnis der Bienen misst. "
        "Die Ergebnisse zeigen, dass Bienen sich Farben drei Tage lang merken können. "
        "Eine Einschränkung der Studie ist, dass nur ein einziger Stock beobachtet wurde."
    )
    parts = parts_of(summarise_paper(paper(abstract="", body=body), WORK))
    assert [len(parts[p]) for p in ("question", "approach", "findings", "limits")] == [1, 1, 1, 1]


def test_so_many_words_of_sentences_that_stand_alone():
    found = find_candidates(paper())
    chosen = choose_sentences(found, "How bees find the hive", 20)
    assert 20 <= sum(len(c.words) for c in chosen) <= 40
    assert [c.order for c in chosen] == sorted(c.order for c in chosen)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("Our goal is to tell wine from water by weight alone.", "question"),
        ("We propose a scale that weighs both at once.", "approach"),
        ("Our data set has the weights of forty cups of wine.", "approach"),
        ("We show that water is heavier than wine.", "findings"),
        ("Future work may weigh beer as well.", "limits"),
        ("Experiments show, others found, that wine is red.", ""),
        ("Wine is red.", ""),
    ],
)
def test_a_part_takes_what_the_paper_says_of_itself(text, part):
    assert part_of(Candidate(text, 1, (), "body", 0, 0.0, 0.0, clean=True)) == part


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


def summary_of(name, *texts):
    sentences = tuple(Sentence(t, name, 1, ((1, 0, 0, 1, 1),), part="findings") for t in texts)
    return Summary(name, f"Paper {name}", sentences)


PAPERS = {
    "a": summary_of(
        "a",
        "Bees dance in the dark to tell others where the best flowers are.",
        "All papers are long and have many words that say little to readers.",
    ),
    "b": summary_of("b", "Bees sleep in winter and wake when the first flowers are open."),
    "c": summary_of("c", "Lava flows down to the sea and turns the water there into steam."),
}


def test_a_topic_is_summarised_by_what_is_its_own():
    topics = [
        Topic("t1", ("Bees",), "Bees", works=("a", "b")),
        Topic("t2", ("Lava",), "Lava", works=("c", "gone")),
        Topic("t3", ("None",), "All"),
    ]
    found = dict(summarise_topics(topics, PAPERS, Axes()))
    assert set(found) == {"t1", "t2"}
    assert found["t1"].title == "Bees"
    assert found["t1"].sentences[0].text.startswith("Bees")
    assert found["t1"].parts[0].works == ("a", "b")
    assert [s.text for s in found["t2"].sentences] == [PAPERS["c"].sentences[0].text]


def test_a_topic_is_told_in_sentences_that_stand_alone():
    papers = {"a": summary_of("a", "All of them, however, are shown in the table of this section.")}
    assert dict(summarise_topics([Topic("t", ("A",), "All", works=("a",))], papers, Axes())) == {}


def test_papers_are_parted_into_themes():
    sentences = [Sentence(f"S{i}.", f"w{i}", 1) for i in range(6)]
    points = np.zeros((6, 3))
    points[:4, 0], points[4:, 1] = 1.0, 1.0
    assert find_themes(sentences, points) == [["w0", "w1", "w2", "w3"], ["w4", "w5"]]
    assert find_themes(sentences[:3], points[:3]) == [["w0", "w1", "w2"]]


@pytest.mark.parametrize(
    ("one", "two", "opposed"),
    [
        ("Sharp minima generalise worse.", "Sharp minima generalise better.", True),
        ("Wide networks converge.", "Wide networks do not converge.", True),
        ("Wide networks converge.", "Networks that are wide converge.", False),
        ("Der Preis steigt.", "Der Preis steigt nicht, er bleibt wie er ist.", True),
    ],
)
def test_a_word_turns_what_a_sentence_says(one, two, opposed):
    assert are_opposed(one, two) is opposed
    assert are_opposed(two, one) is opposed


def test_two_papers_that_say_alike_or_otherwise_stand_side_by_side():
    papers = {
        "a": summary_of("a", "Bees that dance at night find more flowers than bees that sleep."),
        "b": summary_of("b", "Bees that dance at night find less flowers than bees that sleep."),
    }
    topic = Topic("t", ("Bees",), "Bees", works=("a", "b"))
    parts = dict(summarise_topics([topic], papers, Same()))["t"].parts
    assert [p.part for p in parts][-1] == "difference-1"
    assert parts[-1].works == ("a", "b")


class Same(Axes):
    """All texts mean nearly the same."""

    def encode(self, texts):
        out = np.full((len(texts), 8), 1.0, np.float32)
        for i, text in enumerate(texts):
            out[i, sum(map(ord, text)) % 8] += 1.5
        return out / np.linalg.norm(out, axis=1, keepdims=True)


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
