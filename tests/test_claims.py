"""What notes say of papers, checked against the papers' own words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from litmap.claims import (
    CheckedPaper,
    CitedWork,
    Cohort,
    Evidence,
    PaperText,
    Statement,
    claims_something,
    find_claims,
    judge,
    nearness,
    rank_evidence,
    shortlist,
    statement_of,
    strength,
)
from litmap.claims.quantities import differing_names, differing_numbers
from litmap.claims.quotations import QuotableText, is_in_title_case, locate, quotations
from litmap.models import Claim, Document, Mention, Page, PaperSentence, Span, TextBlock
from litmap.paper_sentences import paper_sentences
from litmap.parsing.quantities import quantities

PRINTED = [
    "We show that 25 % of the harbours were closed in 1999.",
    "State-of-the-art dikes are built of clay, and they hold for three hundred years.",
    "Their keepers are paid by the province, which the towns have never liked.",
    "Salt was sold in eleven towns of the coast and in none of the islands.",
]


def sentences(texts: list[str]) -> list[PaperSentence]:
    return [
        PaperSentence(text, page, ((page, 50.0, 60.0, 300.0, 72.0),), "body", "Results", page)
        for page, text in enumerate(texts, 1)
    ]


TEXT = QuotableText(sentences(PRINTED))


# ── statements ───────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("text", "statement"),
    [
        ("Olm et al. (1999) show that dikes hold longer.", "show that dikes hold longer."),
        ("Dikes hold longer than anyone thought [@olm1999; @teich2001].", "Dikes hold longer than anyone thought ."),
        (r"Dikes hold longer than thought \citep[p.~3]{olm99}.", "Dikes hold longer than thought ."),
        ("Deiche halten länger als gedacht (Olm 1999, S. 3).", "Deiche halten länger als gedacht ."),
        ("See also: Olm and Teich (1999)", ""),
        ("Vgl. Olm (1999)", ""),
    ],
)  # fmt: skip
def test_a_statement_is_what_a_sentence_says_beside_its_citations(
    text: str, statement: str
) -> None:
    assert statement_of(text) == statement


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        ("Dikes of clay hold for three hundred years (Olm 1999).", True),
        ("Deiche aus Lehm halten dreihundert Jahre (Olm 1999).", True),
        ("Les digues d'argile tiennent trois cents ans (Olm 1999).", True),
        ("粘土で造られた堤防は三百年もつ (Olm 1999)", True),
        ("Do dikes of clay hold for three hundred years (Olm 1999)?", False),
        ("See also Olm (1999).", False),
        ("A very nice and interesting paper, must read: Olm (1999).", False),
        ("Ein sehr schöner, wichtiger Text: Olm (1999).", False),
        ("Read Olm (1999) again.", False),
    ],
)
def test_a_claim_is_more_than_a_pointer_a_question_or_an_opinion(text: str, claims: bool) -> None:
    assert claims_something(text, statement_of(text)) is claims


def mention(context: str, text: str, kind: str = "author-year", line: int = 3) -> Mention:
    return Mention("notes.md", line, text, ("Dikes",), context, kind)


def test_a_stack_is_one_claim_and_parts_between_semicolons_are_two() -> None:
    stack = "Dikes of clay hold for three hundred years (Olm 1999; Teich 2001)."
    (claim,) = find_claims(
        [CitedWork("a", mention(stack, "Olm 1999")), CitedWork("b", mention(stack, "Teich 2001"))]
    )
    assert claim.works == ("a", "b")
    parts = "Olm (1999) builds dikes of clay in all the provinces; Teich (2001) sells salt in eleven coastal towns."
    one, two = find_claims(
        [
            CitedWork("a", mention(parts, "Olm (1999)")),
            CitedWork("b", mention(parts, "Teich (2001)")),
        ]
    )
    assert (one.works, two.works) == (("a",), ("b",))
    assert one.statement == "builds dikes of clay in all the provinces"


def test_a_sentence_taken_for_a_bare_title_says_something_all_the_same() -> None:
    said = "Small dikes of clay in all eleven provinces [@olm]."
    title = ("The dikes of the eastern coast",)
    (claim,) = find_claims(
        [
            CitedWork("a", mention(said, "@olm", "citekey"), title),
            CitedWork(
                "a", mention(said, "Small dikes of clay in all eleven provinces", "title"), title
            ),
        ]
    )
    assert claim.statement == "Small dikes of clay in all eleven provinces ."


def test_each_sentence_of_a_paragraph_that_cites_a_work_alike_is_a_claim_on_its_line() -> None:
    said = "Dikes of clay hold for centuries [@olm]. Salt was sold in eleven coastal towns [@olm]."
    one, two = find_claims(
        [CitedWork("a", mention(said, "@olm", "citekey", line)) for line in (3, 5)]
    )
    assert (one.line, two.line) == (3, 5)
    assert two.statement == "Salt was sold in eleven coastal towns ."


def test_claims_come_in_the_order_of_their_lines() -> None:
    parts = ["Salt was sold in eleven towns [@a].", "Dikes of clay hold for centuries [@b]."]
    found = find_claims(
        [
            CitedWork("b", mention(parts[1], "@b", "citekey", 9)),
            CitedWork("a", mention(parts[0], "@a", "citekey", 4)),
        ]
    )
    assert [claim.line for claim in found] == [4, 9]


def test_an_entry_of_a_reading_list_claims_nothing() -> None:
    entry = "Olm, O. 1999. Dikes of clay and how they hold for three hundred years. Emden."
    assert not find_claims([CitedWork("a", mention(entry, entry, "reference"))])


# ── quotations ───────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "quoted",
    [
        "25 % of the harbours were closed",
        "state of the art dikes are built of clay",
        "dikes are built … hold for three hundred years",
        "[the] keepers are paid by the province",
        "har-\nbours were closed in 1999",
        "never liked. Salt was sold in eleven towns",
        "Their keepers are paid by the province, which",
        "[T]heir keepers are paid by the province",
        "Their keeper[s] are pa[ying] by the province, which the towns",
        "25 per cent of the harbours were closed",
        "25 percent of the harbours were closed",
        "they hold […] three hundred years",
        "Salt was sold ... of the coast [sic] and in none of the islands",
    ],
)
def test_a_quotation_stands_word_for_word(quoted: str) -> None:
    located = locate(quoted, TEXT)
    assert located is not None
    assert located.is_exact


@pytest.mark.parametrize(
    ("quoted", "changes"),
    [
        ("26 % of the harbours were closed", (("26", "25"),)),
        ("25 % of the harbors were closed", (("harbors", "harbours"),)),
        ("dikes are made of clay, and they hold", (("made", "built"),)),
        ("they hold for three thousand years", (("thousand", "hundred"),)),
        ("dikes are built of clay and hold for three hundred years", (("", "they"),)),
        ("the keepers are gladly paid by the province", (("gladly", ""),)),
        ("Salt was sold in twelve towns of the coast", (("twelve", "eleven"),)),
    ],
)
def test_a_changed_word_of_a_quotation_is_shown(
    quoted: str, changes: tuple[tuple[str, str], ...]
) -> None:
    located = locate(quoted, TEXT)
    assert located is not None
    assert set(changes) <= set(located.changes)


def test_what_is_not_in_the_paper_is_not_located() -> None:
    assert locate("the sea is blue and very salty today", TEXT) is None


@given(st.data())
def test_any_run_of_a_papers_words_is_an_exact_quotation(data: st.DataObject) -> None:
    words = " ".join(PRINTED).split()
    first = data.draw(st.integers(0, len(words) - 4))
    last = data.draw(st.integers(first + 4, len(words)))
    located = locate(" ".join(words[first:last]), TEXT)
    assert located is not None
    assert located.is_exact


@given(st.text(), st.text())
def test_any_text_is_looked_for(quoted: str, printed: str) -> None:
    locate(quoted, QuotableText(sentences([printed])))
    quotations(quoted)
    quantities(quoted)


@pytest.mark.parametrize(
    "text",
    [
        "He says “the keepers are paid by the province” and leaves.",
        "Er sagt „the keepers are paid by the province“.",
        "Il dit « the keepers are paid by the province ».",
        'He says "the keepers are paid by the province".',
        "He says ``the keepers are paid by the province''.",
        "Han säger ”the keepers are paid by the province”.",
        "Mówi „the keepers are paid by the province” wprost.",
        "Sie sagt ‹the keepers are paid by the province›.",
        "He says ‘the keepers are paid by the province’, as one does.",
        "He says 'the keepers are paid by the province' and leaves.",
        "He says “the keepers are paid by the province“.",
    ],
)
def test_quotations_are_found_between_the_marks_of_languages(text: str) -> None:
    assert quotations(text) == ["the keepers are paid by the province"]


def test_an_apostrophe_opens_and_closes_no_quotation() -> None:
    assert (
        quotations("Olm’s dikes hold, as the towns’ keepers and the province’s clerks say.") == []
    )
    assert (
        quotations("Olm's dikes hold, as the towns' keepers and the province's clerks say.") == []
    )
    assert quotations("He says ‘the keepers don’t like the province’ and leaves.") == [
        "the keepers don’t like the province"
    ]


def test_no_caption_stands_between_two_sentences_of_the_running_text() -> None:
    printed = sentences([PRINTED[1], "Figure 3. A dike in winter.", PRINTED[2]])
    printed[1] = replace(printed[1], kind="caption")
    located = locate("hold for three hundred years. Their keepers are paid", QuotableText(printed))
    assert located is not None
    assert located.is_exact
    assert (located.first, located.last) == (0, 2)


def test_a_sentence_that_goes_on_behind_a_caption_is_one() -> None:
    def block(text: str, kind: str = "body", *, continues: bool = False) -> TextBlock:
        span = Span(0, len(text), (50.0, 60.0, 300.0, 72.0))
        return TextBlock(kind, text, (span,), continues=continues)

    first = Page(
        1, 600, 800, (block("Dikes of clay hold for"), block("Figure 3: a dike.", "caption"))
    )
    second = Page(2, 600, 800, (block("three hundred years.", continues=True),))
    found = paper_sentences(Document("", (first, second)), {"body", "caption"})
    assert [s.text for s in found] == [
        "Dikes of clay hold for three hundred years.",
        "Figure 3: a dike.",
    ]
    assert {rect[0] for rect in found[0].rects} == {1, 2}


def test_what_stands_between_two_quotations_is_none() -> None:
    text = 'The preprint says "deep" where the paper of the next year says "rich" and means it.'
    assert quotations(text) == []


def test_a_term_in_quotation_marks_is_no_quotation() -> None:
    assert quotations("So-called “flat minima” are said to “generalise better”.") == []


# ── numbers and names ────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("77% of 1,281,167 images", [77.0, 1281167.0]),
        ("3,5 Millionen Tonnen", [3.5e6]),
        ("300M images, 12 layers", [3e8, 12.0]),
        ("p = 0.05 in 40 of 43 cases", [0.05, 40.0, 43.0]),
        ("a learning rate of 3e-4, then 5 × 10−5", [3e-4, 5e-5]),
        ("1.281.167 Bilder und 1'281'167 Leute", [1281167.0, 1281167.0]),
        ("10–15 % or 10-15 %", [10.0, 15.0, 10.0, 15.0]),
        ("at −5 °C with COVID-19", [-5.0]),
        ("3.500,25 Euro", [3500.25]),
    ],
)
def test_numbers_are_read_as_written(text: str, values: list[float]) -> None:
    assert [quantity.value for quantity in quantities(text)] == values


def test_a_number_that_differs_is_found_and_a_rounded_one_is_none() -> None:
    near = ["Our kernel reaches 77.4% accuracy on CIFAR-10."]
    assert differing_numbers("gets 77% on CIFAR-10", near, near[0]) == []
    assert differing_numbers("gets 78% on CIFAR-10", near, near[0]) == [("78%", "77.4%")]


@pytest.mark.parametrize(
    ("claimed", "printed"),
    [
        ("The study has 20 patients.", "Our study has twenty patients and 30 patients of others."),
        ("The study has 25 patients.", "Our study has twenty-five patients, not 30 patients."),
        ("Die Studie hat 3.500 Patienten.", "The study has 3,500 patients, not 30 Patienten."),
        ("They reach 7,5 per cent.", "They reach 7.5% here and 30% there."),
        ("They reach 8 percent.", "They reach 7.6% here and 30% there."),
        ("Trained on 1.3 million images.", "Trained on 1,281,167 images, tested on 50 images."),
        ("Sie erreichen 12 Prozentpunkte.", "They gain 12.2 percentage points, others 3 percent."),
    ],
)
def test_the_same_number_written_otherwise_does_not_differ(claimed: str, printed: str) -> None:
    assert differing_numbers(claimed, [printed], printed) == []


@pytest.mark.parametrize(
    ("claimed", "printed", "differ"),
    [
        ("They reach 9 per cent.", "They reach 7.5% here.", ("9 per cent", "7.5%")),
        ("Trained on 1.5 million images.", "Trained on 1,281,167 images.", ("1.5 million images", "1,281,167 images")),
        ("Die Studie hat 3.600 patients.", "The study has 3,500 patients.", ("3.600 patients", "3,500 patients")),
        ("It melts at -5 °C in May.", "It melts at 5 °C.", ("-5 °C", "5 °C")),
    ],
)  # fmt: skip
def test_another_number_differs(claimed: str, printed: str, differ: tuple[str, str]) -> None:
    assert differing_numbers(claimed, [printed], printed) == [differ]


def test_a_word_such_as_of_behind_a_number_is_no_unit() -> None:
    near = "There were 30 of the towns with dikes."
    assert differing_numbers("He saw 40 of the harbours.", [near], near) == []


def test_a_name_with_other_digits_differs() -> None:
    near = ["Our kernel reaches 77.4% accuracy on CIFAR-10."]
    assert differing_names("77% on CIFAR-100", near, near[0]) == [("CIFAR-100", "CIFAR-10")]
    assert differing_names("77% on CIFAR10", near, near[0]) == []


# ── evidence ─────────────────────────────────────────────────────────────────────────────────────
def paper() -> CheckedPaper:
    text = PaperText(sentences(PRINTED), np.eye(4), np.arange(4))
    return CheckedPaper("doi:10.1/olm", text)


def claim(text: str) -> Claim:
    return Claim("notes.md", 3, text, statement_of(text), ("doi:10.1/olm",))


def test_the_nearest_sentence_comes_first_and_none_stand_side_by_side() -> None:
    text = paper().text
    statement = Statement("dikes of clay hold for three hundred years", np.eye(4)[1])
    short = shortlist(statement, text, lambda _: 1.0)
    rows = rank_evidence(statement, text, short, np.eye(4)[short.rows])
    assert rows[0] == 1
    assert all(abs(a - b) >= 2 for a in rows for b in rows if a != b)


def test_a_paper_is_near_that_is_nearer_than_the_others() -> None:
    cohort = Cohort(np.linspace(0.0, 0.3, 50), np.array([1.0, 2.0, 1.5, 9.0, 1.2, 0.8]))
    near = nearness(np.array([0.7, 0.6, 0.65]), 9.0, cohort)
    far = nearness(np.array([0.1, 0.12, 0.15]), 1.0, cohort)
    assert strength(near) > 0.95
    assert strength(far) < 0.1


def test_words_by_which_a_sentence_cites_are_no_quotation() -> None:
    cited = "“Of dikes and how they hold in winter storms” https://olm.example tells of towns and of clay."
    said = Claim("notes.md", 3, cited, "tells of towns and of clay.", ("doi:10.1/olm",))
    found = judge(said, paper(), Evidence((1,), 0.9), lambda: [])
    assert [finding.kind for finding in found] == ["evidence-strong"]


def test_a_claim_in_another_language_than_its_paper_is_not_called_unsaid() -> None:
    said = claim("Die Deiche der Provinz werden von den Städten nicht geliebt, aber bezahlt.")
    (found,) = judge(said, paper(), Evidence((2,), 0.02), lambda: pytest.fail("no one is asked"))
    assert found.kind == "evidence-weak"
    assert "another language (en)" in found.why


@pytest.mark.parametrize(
    ("quoted", "is_title"),
    [
        ("Phase Transitions and Optimality of Message-Passing in Linear Models", True),
        ("The Dikes of the River: Keepers, Clerks and Their Wages", True),
        ("the keepers are paid by the Province of Zeeland", False),
        ("Die Wärter der Deiche werden von der Provinz bezahlt", False),
        ("BERT and GPT do not share Weights across layers", False),
        ("On the Dikes", False),
    ],
)
def test_a_title_has_capitals_at_nearly_all_its_longer_words(quoted: str, is_title: bool) -> None:
    assert is_in_title_case(quoted) is is_title


def test_a_title_in_quotation_marks_is_no_quotation() -> None:
    titled = CheckedPaper("doi:10.1/olm", paper().text, ("How the dikes of clay hold",))
    found = judge(
        claim("Dikes hold for centuries (Olm, “How the Dikes of Clay Hold”, 1999)."),
        titled,
        Evidence((1,), 0.9),
        lambda: [],
    )
    assert [finding.kind for finding in found] == ["evidence-strong"]


def kinds(text: str, rows: tuple[int, ...] = (1, 3), near: float = 0.9) -> list[str]:
    return [f.kind for f in judge(claim(text), paper(), Evidence(rows, near), lambda: [])]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Olm says “dikes are built of clay, and they hold” (1999).", ["quoted-exactly"]),
        ("Olm says “dikes are made of clay, and they hold” (1999).", ["quoted-with-changes"]),
        (
            "Olm says “the sea is blue and very salty today” (1999).",
            ["quotation-not-found", "evidence-strong"],
        ),
        ("Dikes of clay hold for centuries (Olm 1999).", ["evidence-strong"]),
    ],
)
def test_what_is_found_is_said(text: str, found: list[str]) -> None:
    assert kinds(text) == found


def test_strength_says_how_near() -> None:
    text = "Dikes of clay hold for centuries (Olm 1999)."
    assert kinds(text, near=0.5) == ["evidence-weak"]
    assert kinds(text, near=0.01) == ["nothing-close"]


def test_a_differing_number_is_said_with_its_sentence() -> None:
    (number, _) = judge(
        claim("Olm (1999) finds 35 % of the harbours closed."),
        paper(),
        Evidence((0,), 0.9),
        lambda: [],
    )
    assert number.kind == "number-differs"
    assert "35 %" in number.why
    assert "25 %" in number.why
    assert number.evidence[0].page == 1


def test_another_paper_says_it() -> None:
    from litmap.models import Sentence

    other = Sentence("Salt is blue.", "doi:10.1/teich", 7)
    (finding,) = judge(
        claim("Salt is blue in all the towns of the north (Olm 1999)."),
        paper(),
        Evidence((3,), 0.02),
        lambda: [(other, 0.97)],
    )
    assert finding.kind == "said-elsewhere"
    assert finding.elsewhere == ((other, 0.97),)
