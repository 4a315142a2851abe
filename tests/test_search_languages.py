"""Search in the languages of a library's documents."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.quality import languages
from litmap.keywords import Entry, KeywordIndex, make_entries, update
from litmap.keywords.segments import language_code, language_number
from litmap.models import Chunk, Passage
from litmap.parsing.languages import document_language, language_of, passage_language
from litmap.parsing.terms import holds_phrase, index_term, index_terms, near_terms, plain_text
from litmap.search import Facts
from litmap.search.candidates import MULTILINGUAL_PROBE, is_multilingual, match_trust
from litmap.search.highlighting import Marker
from tests.search_parts import make_searcher, passage

TEXTS = {
    "de": "Die Häuser der Stadt wurden nach dem Krieg wieder aufgebaut, weil die Bevölkerung wuchs.",
    "fr": "Les étudiants ont répondu aux questions sur la qualité de leur enseignement en économie.",
    "es": "Los niños de las escuelas rurales no tienen el mismo acceso a la educación que los demás.",
    "it": "Gli studenti della scuola hanno risposto alle domande sulla qualità della loro istruzione.",
    "pt": "Os estudantes da escola responderam às perguntas sobre a qualidade do ensino que recebem.",
    "nl": "De leerlingen van de school hebben de vragen over de kwaliteit van het onderwijs gelezen.",
    "ru": "Экономическое развитие регионов зависит от того, как распределяются доходы бюджета.",
    "zh": "深度学习模型在图像识别任务中取得了显著的成果。",
    "ja": "深層学習は画像認識の分野で大きな成果を上げている。",
    "pl": "Uczniowie szkoły odpowiedzieli na pytania o jakość nauczania, które się w niej odbywa.",
    "sv": "Eleverna i skolan har svarat på frågorna om hur de upplever kvaliteten på undervisningen.",
    "tr": "Öğrenciler okuldaki eğitimin kalitesi ile ilgili olarak sorulan bütün soruları yanıtladı.",
    "en": "The pupils of the school have answered the questions about the quality of teaching.",
}


@pytest.mark.parametrize(("language", "text"), TEXTS.items())
def test_the_language_of_a_text(language: str, text: str) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize(
    "text", ["", "42", "Zhang 2019 SGD", "Deep residual learning", "Müller", "ResNet, BERT, GPT-2"]
)
def test_what_says_nothing_of_its_language_is_read_as_english(text: str) -> None:
    assert language_of(text) == "en"


def test_a_document_has_one_language_but_for_its_english_passages() -> None:
    assert document_language([TEXTS["en"], *[TEXTS["de"]] * 5]) == "de"
    assert document_language([]) == "en"
    assert passage_language(TEXTS["en"], "de") == "en"
    assert passage_language(TEXTS["fr"], "de") == "de"
    assert passage_language(TEXTS["de"], "en") == "en"


@pytest.mark.parametrize("code", ["de", "ext", "zh"])
def test_languages_are_numbers_on_disk(code: str) -> None:
    assert language_code(language_number(code)) == code
    assert language_code(0) == "en"


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("de", "Müller", "Mueller"),
        ("de", "Zählung", "Zählungen"),
        ("de", "Größe", "GROESSE"),
        ("fr", "économique", "economiques"),
        ("fr", "été", "ETE"),
        ("es", "investigación", "investigaciones"),
        ("es", "economía", "economias"),
        ("it", "città", "citta"),
        ("pt", "educação", "educacao"),
        ("ru", "чёрный", "черного"),
        ("ru", "экономический", "экономического"),
        ("tr", "KAPI", "kapı"),
        ("tr", "İstanbul", "istanbul"),
        ("sv", "flickor", "flickorna"),
        ("en", "Poincaré", "poincare"),
        ("zh", "networks", "network"),
        ("ru", "networks", "network"),
    ],
)
def test_spellings_and_forms_of_one_word(language: str, one: str, other: str) -> None:
    assert index_term(one, language) == index_term(other, language)


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("de", "Bär", "Bar"),
        ("de", "schwül", "schwul"),
        ("es", "año", "ano"),
        ("tr", "kapı", "kapi"),
        ("sv", "här", "har"),
        ("ru", "мой", "мои"),
    ],
)
def test_letters_of_a_language_are_none_of_another(language: str, one: str, other: str) -> None:
    assert index_term(one, language) != index_term(other, language) or not index_term(one, language)


@pytest.mark.parametrize(
    ("language", "word", "near"),
    [
        ("de", "Müller", "Muller"),
        ("de", "Muller", "Müller"),
        ("de", "Haus", "Häuser"),
        ("es", "espana", "España"),
        ("tr", "kapi", "kapı"),
        ("sv", "Malmo", "Malmö"),
        ("en", "Müller", "Mueller"),
    ],
)
def test_other_marks_make_a_word_that_is_near(language: str, word: str, near: str) -> None:
    assert index_term(near, language) in near_terms(word, language)


def test_english_words_without_marks_have_no_near_ones() -> None:
    assert near_terms("queue") == near_terms("naïve") == near_terms("2024", "de") == []


def entries(texts: dict[str, tuple[str, str]]) -> list[Entry]:
    return [
        Entry(row, work, text, "body", language)
        for row, (work, (language, text)) in enumerate(texts.items())
    ]


MIXED = {
    "war": ("en", "The cold war changed how cells of resistance die in cities, and taxes rose."),
    "tax": ("en", "The effect of a tax on income is small; Muller and Mueller measured it."),
    "steuer": ("de", "Die Wirkung der Steuern auf das Einkommen war gering, wie Müller zeigt."),
    "bar": ("de", "Der Bär war in der Höhle, die Bar war leer."),
    "impot": ("fr", "Les effets économiques des impôts sur le revenu étaient faibles."),
    "rus": ("ru", "Влияние налогов на доходы населения было небольшим."),
    "zho": ("zh", "税收对居民收入的影响很小。"),
}


@pytest.fixture
def mixed(tmp_path: Path) -> KeywordIndex:
    update(tmp_path, entries(MIXED))
    return KeywordIndex.open(tmp_path)


@pytest.mark.parametrize(
    ("query", "work"),
    [
        ("die Wirkung der Steuer", "steuer"),
        ("Mueller Steuer", "steuer"),
        ("effet économique de l'impôt", "impot"),
        ("effet economique", "impot"),
        ("налог на доход", "rus"),
        ("居民收入", "zho"),
        ("cold war", "war"),
        ("effects of taxes on incomes", "tax"),
    ],
)
def test_a_query_finds_documents_of_its_language(
    mixed: KeywordIndex, query: str, work: str
) -> None:
    best = mixed.search(query, 1).rows
    assert [mixed.work_ids[mixed.works[row]] for row in best] == [work]


def test_the_languages_of_an_index(mixed: KeywordIndex) -> None:
    assert mixed.languages == ("en", "de", "fr", "ru")
    assert mixed.languages_of([0, 3, 6]) == ["en", "de", "en"]  # Chinese has no rules of its own


def test_the_stop_words_of_a_query_are_those_of_its_language(mixed: KeywordIndex) -> None:
    assert [w.name for w in mixed.words_of("die Wirkung der Steuer")] == ["wirkung", "steuer"]
    assert [w.name for w in mixed.words_of("cells die in war")] == ["cell", "die", "war"]


def test_a_name_is_found_however_its_umlaut_is_written(mixed: KeywordIndex) -> None:
    assert sorted(mixed.search("Müller", 9).rows.tolist()) == [1, 2]
    exact = mixed.scores("Bär")
    other = mixed.scores("Bar")
    assert exact[3] > 0
    assert other[3] > 0


def test_a_word_counts_only_in_documents_of_the_language_that_makes_its_term(
    tmp_path: Path,
) -> None:
    update(
        tmp_path, [Entry(0, "a", "pap smear", "body", "en"), Entry(1, "b", "Papier", "body", "de")]
    )
    index = KeywordIndex.open(tmp_path)
    assert index_term("paper", "de") == "pap"
    assert index.search("paper", 9).rows.tolist() == []


def test_removed_documents_take_their_language_with_them(tmp_path: Path) -> None:
    update(tmp_path, entries(MIXED))
    update(tmp_path, [], removed=[2, 3, 4, 5, 6])
    index = KeywordIndex.open(tmp_path)
    assert index.languages == ("en",)
    update(tmp_path / "small", entries(MIXED)[:2])
    small = KeywordIndex.open(tmp_path / "small")
    assert (
        index.scores("effects of a tax")[:2].tolist() == small.scores("effects of a tax").tolist()
    )


def test_entries_have_the_language_of_their_document() -> None:
    chunks = [
        Passage(0, "w", Chunk("a", 0, TEXTS["en"])),
        Passage(1, "w", Chunk("a", 1, TEXTS["de"])),
        Passage(2, "w", Chunk("a", 2, TEXTS["de"] + TEXTS["de"])),
        Passage(3, "w", Chunk("a", 3, "[1] Smith, J. Deep nets. 2015.", "references")),
        Passage(4, "v", Chunk("b", 0, TEXTS["ru"])),
    ]
    assert [e.language for e in make_entries(chunks, {})] == ["en", "de", "de", "de", "ru"]


@pytest.mark.parametrize(
    ("text", "phrase", "holds"),
    [
        ("我们研究深度学习的方法", "深度学习", True),
        ("我们研究深度 学习的方法", "深度学习", True),
        ("学习的深度与度学", "深度学习", False),
        ("a deep network", "deep net", False),
        ("用ResNet模型", "ResNet", True),
        ("Ёлка стоит в лесу", "елка стоит", True),
        ("depth of 深度学习", "depth of 深度", True),
    ],
)
def test_phrases_in_scripts_with_and_without_spaces(text: str, phrase: str, holds: bool) -> None:
    assert holds_phrase(plain_text(text), plain_text(phrase)) is holds


LIBRARY = [
    ("de", "Die Häuser der Stadt wurden aufgebaut. Die Bevölkerung wuchs nach dem Krieg sehr."),
    ("de", "Der Aufbau der Häuser dauerte lange. Nach dem Krieg wuchs die Stadt."),
    ("fr", "Les étudiants ont étudié les effets économiques de la crise sur le marché du travail."),
    ("fr", "Le marché du travail est étudié dans les pays où la crise est économique."),
    ("ru", "Ёмкость рынка труда зависит от экономического развития регионов и от спроса."),
    ("ru", "Развитие регионов зависит от рынка, как показано в этой работе."),
    ("zh", "我们提出了一种深度学习模型用于图像识别。"),
    ("zh", "图像识别的深度取决于学习的模型。"),
]


@pytest.mark.parametrize(
    ("query", "rows", "words"),
    [
        ('"Häuser der Stadt"', [0], {"Häuser", "Stadt"}),
        ("Haus -Bevölkerung", [1], {"Häuser"}),
        ('"effets economiques"', [2], {"effets", "économiques"}),
        ("marché -étudiant", [3], {"marché"}),
        ('"емкость рынка"', [4], {"Ёмкость", "рынка"}),
        ("регион -спрос", [5], {"регионов"}),
        ('"深度学习"', [6], {"深度", "度学", "学习"}),
        ('图像识别 -"深度学习"', [7], {"图像", "像识", "识别"}),
    ],
)
def test_phrases_exclusions_and_marks_in_every_language(
    tmp_path: Path, query: str, rows: list[int], words: set[str]
) -> None:
    passages = [passage(n, f"w{n}", text) for n, (_, text) in enumerate(LIBRARY)]
    facts = {f"w{n}": Facts(f"w{n}") for n in range(len(LIBRARY))}
    hits = make_searcher(tmp_path, passages, facts).search(query).hits
    own = [hit for hit in hits if hit.words]
    assert [hit.row for hit in own] == rows
    assert set(own[0].words) == words


def test_marks_follow_the_language_of_a_text(mixed: KeywordIndex) -> None:
    words = mixed.words_of("Steuern Müller")
    marker = Marker({word.name: 1.0 for word in words}, words=words)
    german, english = MIXED["steuer"][1], MIXED["tax"][1]
    assert [german[a:b] for a, b, _ in marker.places(german, "de")] == ["Steuern", "Müller"]
    assert [english[a:b] for a, b, _ in marker.places(english, "en")] == ["Muller", "Mueller"]


def test_a_library_in_english_reads_its_queries_as_ever(tmp_path: Path) -> None:
    update(tmp_path, entries({k: v for k, v in MIXED.items() if v[0] == "en"}))
    index = KeywordIndex.open(tmp_path)
    assert index.languages == ("en",)
    query = "die effects of taxes"
    assert [w.name for w in index.words_of(query)] == index_terms(query)
    assert all(word.is_one_term for word in index.words_of(query))


class Pieces:
    """An encoder's count of pieces."""

    def __init__(self, pieces: int) -> None:
        self.pieces = pieces

    def count(self, texts: list[str]) -> list[int]:
        assert texts == [MULTILINGUAL_PROBE]
        return [self.pieces]


@pytest.mark.parametrize(("pieces", "many"), [(16, True), (50, False), (12, True), (24, False)])
def test_a_model_that_cuts_words_of_many_languages_into_few_pieces_is_multilingual(
    pieces: int, many: bool
) -> None:
    assert is_multilingual(Pieces(pieces)) is many  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("query", "low", "high"),
    [
        ("die Wirkung der Steuern auf das Einkommen", 1, 1),
        ("Wirkung der Arznei auf Blutdruck, Puls, Schlaf, Laune und Gewicht", 0.01, 0.4),
        ("médicament contre l'hypertension et le sommeil, revenu", 0.01, 0.9),
        ("Wetterbericht", 0, 0),
    ],
)
def test_words_count_by_how_much_of_a_question_a_passage_holds(
    mixed: KeywordIndex, query: str, low: float, high: float
) -> None:
    asked = mixed.ask(query)
    counts = mixed.look_up(asked).counts
    assert low <= match_trust(float(mixed.scores(query).max()), asked, counts) <= high


def test_the_hard_questions_are_twelve_a_language_half_of_them_in_another() -> None:
    questions = languages.read_questions()
    assert [sum(q["language"] == code for q in questions) for code in languages.LANGUAGES] == [
        12
    ] * 5
    assert sum(q["language"] != q["asked_in"] for q in questions) == 30
    assert all(language_of(q["question"]) == q["asked_in"] for q in questions)


def test_an_answer_has_a_line_on_a_page_that_answers() -> None:
    question = {"paper": "w", "pages": [3, 4]}
    assert languages.is_answer(question, passage(0, "w", "text", page=4))
    assert not languages.is_answer(question, passage(0, "w", "text", page=5))
    assert not languages.is_answer(question, passage(0, "v", "text", page=4))


def test_without_the_papers_no_question_is_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert languages.main([str(tmp_path)]) == 0
    said = capsys.readouterr()
    assert "skipped, papers are not here: 11258" in said.err
    assert said.out == ""
