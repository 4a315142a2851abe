"""What of the notes leaves the machine: what names a work, and never the reader's sentences."""

import json
from urllib.parse import unquote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litmap import citations, notes, works
from litmap.citations.disclosure import (
    has_subtitle,
    is_quoted,
    is_reading_list,
    is_remark,
    is_sentence,
)
from litmap.citations.recognisers.title_scoring import is_in_title_case
from litmap.cli import main
from litmap.errors import NotFound, SettingsError
from litmap.settings import load_settings

PROSE = {
    "en": "# Ward\n\n- The man in room four sleeps badly since the third dose of the drug\n"
    "- Her sister wants to be called before anything is changed\n"
    "- Ask Peter whether the grant can pay for the second camera\n",
    "de": "# Station\n\n- Der Patient aus Zimmer neun verträgt die dritte Dosis nicht\n"
    "- Die Mutter der Schülerin hat Angst vor der nächsten Sitzung\n",
    "fr": "# Service\n\n- La patiente de la chambre douze réagit mal au nouveau médicament\n"
    "- Nous avons décidé de reporter la deuxième expérience du groupe témoin\n",
    "es": "# Consulta\n\n- El paciente de la cama siete no tolera la segunda dosis del tratamiento\n"
    "- La directora todavía no ha firmado el permiso de la escuela\n",
    "it": "# Reparto\n\n- Il paziente della stanza sei dorme male dopo la terza dose del farmaco\n",
    "pt": "# Enfermaria\n\n- A paciente do quarto doze reage mal ao novo remédio da noite\n",
    "ru": "# Отделение\n\n- Пациент из палаты семь плохо переносит вторую дозу препарата\n",
    "tr": "# Servis\n\n- Dört numaralı odadaki hasta ikinci dozdan sonra kötü uyuyor\n",
    "zh": "# 会议\n\n今天和导师讨论了第四章的写法,他认为样本太少,学校的名字不要写进论文。\n",
    "ja": "# 面談\n\n- 三号室の患者は二回目の投与のあとよく眠れていないと言っていた\n",
    "ko": "# 상담\n\n- 칠 호실 환자는 두 번째 약을 먹은 뒤로 잠을 잘 자지 못한다고 했다\n",
}


class Recorder:
    """A web in which nothing is known; it keeps what it was asked."""

    def __init__(self):
        self.asked = []

    def get(self, request):
        self.asked.append(request.url)
        raise NotFound("not here")


def sent_of(text, tmp_path, **options):
    """All that looking up the works of a note sends, decoded."""
    file = tmp_path / "note.md"
    file.write_text(text, encoding="utf-8")
    read, _ = notes.read_notes([file])
    web = Recorder()
    cited = citations.find_citations(read)
    list(works.resolve(cited, web, now="2026-11-28T10:00:00Z", **options))
    return "\n".join(map(unquote_plus, web.asked))


@pytest.mark.parametrize("language", PROSE)
def test_sentences_of_no_language_are_sent(language, tmp_path):
    assert sent_of(PROSE[language], tmp_path) == ""


def test_sentences_beside_references_are_not_sent(tmp_path):
    text = (
        "# Loop\n\n- Whitlock, D. (2015). Noise maps of small towns. *Street Studies*, 4(2), 9-21.\n"
        "- The girl from group two reacts badly to the third session of her game\n"
        "- We must not tell the reviewers about the failed pilot\n"
    )
    sent = sent_of(text, tmp_path)
    assert "Noise maps of small towns" in sent
    assert "girl" not in sent
    assert "reviewers" not in sent


def test_the_words_beside_a_name_stay_on_the_machine(tmp_path):
    text = "The secret of patient K. is explained by Halvern and Ostrick (2014) and their clock.\n"
    sent = sent_of(text, tmp_path)
    assert "halvern" in sent.lower()
    for word in ("secret", "patient", "clock"):
        assert word not in sent


@pytest.mark.parametrize(
    "text",
    [
        "## Papers to read\n* The Structure and Upkeep of Village Ponds\n",
        "## Leseliste\n\n- Akten und Erinnerung im geteilten Land\n",
        "## À lire\n\n- Les ponts de bois et la mémoire des rivières\n",
        "## Noch zu lesen\n\n- Brücken und Mauthäuser der frühen Neuzeit\n",
        "# x\n\nas in “The slow upkeep of village ponds”, which is long\n",
        "# List\n\n- [Salt maps](https://doi.org/10.9999/salt)\n- The slow upkeep of village ponds\n",
        "# List\n\n- [Salt maps](https://doi.org/10.9999/salt)\n- the slow upkeep of village ponds\n",
    ],
)
def test_titles_that_stand_where_titles_stand_are_looked_up(text, tmp_path):
    assert sent_of(text, tmp_path)


@pytest.mark.parametrize(
    ("lookups", "title", "reference", "identifier"),
    [("all", True, True, True), ("references", False, True, True),
     ("identifiers", False, False, True), ("none", False, False, False)],
)  # fmt: skip
def test_what_is_sent_follows_the_setting(lookups, title, reference, identifier, tmp_path):
    text = (
        "# To read\n\n- The Structure and Upkeep of Village Ponds\n\n# Cited\n\n"
        "- Whitlock, D. (2015). Noise maps of small towns. *Street Studies*, 4(2), 9-21.\n\n"
        "# Seen\n\n- https://doi.org/10.9999/salt.7\n"
    )
    sent = sent_of(text, tmp_path, lookups=lookups)
    assert ("Village Ponds" in sent) is title
    assert ("Noise maps" in sent) is reference
    assert ("10.9999/salt.7" in sent) is identifier


def test_an_unknown_level_is_a_clear_error():
    with pytest.raises(SettingsError, match="none of all, references, identifiers, none"):
        load_settings({"lookups": "some"}, environment={})


def test_the_list_of_searches_is_what_a_refresh_begins_with(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = PROSE["en"] + "\n# To read\n\n- The Structure and Upkeep of Village Ponds\n"
    sent = sent_of(text, tmp_path)
    assert main(["read", "note.md", "--searches", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert {unquote_plus(row["url"]) for row in listed} == set(sent.splitlines())
    assert {row["why"] for row in listed} == {"a title"}
    assert main(["read", "note.md", "--searches"]) == 0
    shown = capsys.readouterr().out
    assert "Village Ponds" in shown
    assert "not sent:" in shown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We should call the school", True),
        ("Der Antrag wurde abgelehnt", True),
        ("Words in deep water. It is about rivers", True),
        ("我们今天讨论样本", True),
        ("Deep neural networks are easily fooled", False),
        ("Why does deep learning work?", False),
        ("Akten und Erinnerung", False),
    ],
)
def test_sentences_are_told_by_persons_time_and_plans(text, expected):
    assert is_sentence(text) is expected


def test_places_of_titles_are_known():
    assert is_in_title_case("The Structure and Upkeep of Village Ponds")
    assert not is_in_title_case("The structure and upkeep of village ponds")
    assert is_quoted("Salt maps", "see “Salt maps”")
    assert not is_quoted("Salt maps", "see Salt maps")
    assert is_reading_list(("Plan", "参考文献与笔记"))
    assert not is_reading_list(("Ward", "Tuesday"))
    assert has_subtitle("Rethinking old ideas: a review")
    assert not has_subtitle("2d: plot it on a grid")


@given(st.text(alphabet="abcdefgh ", min_size=20, max_size=80))
def test_a_line_in_small_letters_outside_a_list_of_works_is_never_sent(tmp_path_factory, line):
    folder = tmp_path_factory.mktemp("n")
    assert sent_of(f"# Day\n\n- {line}\n- {line}x\n", folder) == ""


@pytest.mark.parametrize(
    ("part", "line", "is_own"),
    [
        ("It states that wide nets hold small ones", "behind the colon of a longer line: It states that wide nets hold small ones", True),
        ("Compare the atlas entry", "Compare the atlas entry, then see how the rivers of the plain were named", True),
        ("This harbour does not exist", "Maps of no use: old charts of the coast; This harbour does not exist", True),
        ("Tides made simple", "[OCEAN'01] Tides made simple; don't read the longer one first", False),
        ("A few useful things about locks", "the rules of the locks [26], the API paper; A few useful things about locks", False),
        ("Compare the atlas entry", "Compare the atlas entry", False),  # all of the line
    ],
)  # fmt: skip
def test_part_of_a_line_may_be_a_remark(part, line, is_own):
    assert is_remark(part, line) == is_own


@pytest.mark.parametrize(
    ("heading", "line", "is_sent"),
    [
        ("Papers to read", "Do We Need Deep Ponds? Yes and No", True),
        ("Papers to read", "Don't Count Your Carp: Stock Models for Deep Ponds", True),
        ("Reading list", "Mapping Finite Ponds: Can We Trust Old Maps of Carp?", True),
        ("Papers to read", "we must not tell the reviewers about the Failed Pilot", False),
        ("Papers to read", "Ask Anna about her second session", False),
        ("Monday", "Do We Need Deep Ponds? Yes and No", False),
    ],
)
def test_a_title_in_title_case_may_have_the_words_of_a_sentence_below_a_list_of_papers(
    heading, line, is_sent, tmp_path
):
    assert bool(sent_of(f"# {heading}\n\n- {line}\n", tmp_path)) == is_sent


@pytest.mark.parametrize(
    ("text", "is_prose"),
    [
        ("Learning curves of carp: measured data v.s. Teacher reports", False),
        ("Ponds in the U.S. Census of 1890", False),
        ("A pond is a pond. The lake is none", True),
        ("Carp e.g. Sanke grow fast. Nobody knows", True),
    ],
)
def test_an_abbreviation_of_letters_ends_no_sentence(text, is_prose):
    assert is_sentence(text) == is_prose
