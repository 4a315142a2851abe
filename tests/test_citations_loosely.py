"""Works named in passing: without a year, in lower case, in press, by a system's name, beside their
title, by a short note.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from litmap.citations import find_citations
from litmap.citations.recognisers.attributed_titles import named_titles
from litmap.citations.recognisers.joined_titles import joined_titles
from litmap.citations.recognisers.short_notes import CitedEntry, resolve_short_note
from litmap.citations.ties import Tie
from litmap.models import Citation, Reference
from litmap.notes import read_notes
from litmap.parsing.person_names import surname_key


def cited(tmp_path: Path, text: str, name: str = "note.md") -> list[Citation]:
    (tmp_path / name).write_text(text, "utf-8")
    notes, problems = read_notes([tmp_path / name])
    assert not problems
    return find_citations(notes)


def people(citations: Sequence[Citation]) -> set[tuple[str, int | None]]:
    """First surname and year of each citation with people."""
    return {
        (surname_key(c.reference.authors[0]), c.reference.year)
        for c in citations
        if c.reference.authors
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- drift at the molecular level: Kimura, Nature", ("kimura", None)),
        ("- drift at the molecular level (Kimura in Nature)", ("kimura", None)),
        ("- gates that forget, as in hochreiter 97", ("hochreiter", 1997)),
        ("- see kingma & ba 2015 for the steps", ("kingma", 2015)),
        (
            "- parameters from Planck Collaboration 2018; sea level in IPCC 2014",
            ("collaboration", 2018),
        ),
        ("- sea level in IPCC 2014; again ENCODE 2012", ("ipcc", 2014)),
        ("- Doe & Roe (in press) have more of it", ("doe", None)),
        ("- Levin & Pacala (forthcoming)", ("levin", None)),
        ("- supernovae: 1998 Perlmutter et al.", ("perlmutter", 1998)),
        ("- halos by Press & Schechter 1974, excursions later", ("press", 1974)),
        ("- consistent hashing = Karger et al., STOC 97", ("karger", 1997)),
        (
            "- Synthetic control on the Basque Country, Abadie, Diamond and Hainmueller (2010)",
            ("abadie", 2010),
        ),
        ("- tolerance is in Paine's keystone paper", ("paine", None)),
        ("- van der Waerden (1931) and de la Peña 1999", ("waerden", 1931)),
    ],
)
def test_people_are_found_in_looser_ways(
    tmp_path: Path, text: str, expected: tuple[str, int | None]
) -> None:
    assert expected in people(cited(tmp_path, f"# Heading\n\n{text}\n"))


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("- Savage, The Foundations of Statistics", {"The Foundations of Statistics"}),
        ("- Nozick's Anarchy, State, and Utopia.", {"Anarchy, State, and Utopia"}),
        (
            "- Fisher's The Genetical Theory of Natural Selection / Haldane's The Causes of "
            "Evolution",
            {"The Genetical Theory of Natural Selection", "The Causes of Evolution"},
        ),
        (
            "- Axelrod's The Evolution of Cooperation and Schelling's Micromotives and "
            "Macrobehavior",
            {"The Evolution of Cooperation", "Micromotives and Macrobehavior"},
        ),
        ("- The Strategy of Conflict (Schelling)", {"The Strategy of Conflict"}),
        (
            "- Ensemble forecasting of species distributions (Araújo & New) says average",
            {"Ensemble forecasting of species distributions"},
        ),
        ("- from the start: Romanes Victorian Sensation (2000)", {"Victorian Sensation"}),
        (
            "- Wasserstein GAN and Improved Training of Wasserstein GANs",
            {"Wasserstein GAN", "Improved Training of Wasserstein GANs"},
        ),
        (
            "- [SOSP'83] Hints for Computer System Design. Lampson. slogans",
            {"Hints for Computer System Design"},
        ),
        ("- [EuroSys'07] Dryad, [OSDI'08] DryadLINQ (RIP)", {"Dryad", "DryadLINQ"}),
    ],
)
def test_titles_beside_people_tags_and_each_other(
    tmp_path: Path, text: str, titles: set[str]
) -> None:
    found = {c.reference.title for c in cited(tmp_path, f"# Heading\n\n{text}\n")}
    assert titles <= found, found


@pytest.mark.parametrize(
    "text",
    [
        "Since 1998 the group meets on Tuesdays; page 12 of the minutes, in summer 2003 and after "
        "2010.",
        "Lotka–Volterra equations and the Navier–Stokes equations are taught in the second year.",
        "The Royal Society met in London, and the University of Oxford in Oxford.",
        "We drove through New York and Boston, then home in June 2014.",
    ],
)
def test_what_only_looks_like_people_with_a_year_is_no_work(tmp_path: Path, text: str) -> None:
    assert [
        c for c in cited(tmp_path, f"# Heading\n\n{text}\n") if c.sure or c.kind == "author-year"
    ] == []


def test_a_list_of_mentions_is_no_reference(tmp_path: Path) -> None:
    found = people(
        cited(tmp_path, "# Niches\n\n- Tilman 1982, 1994; Chesson 2000; Adler et al. 2007\n")
    )
    assert found == {("tilman", 1982), ("tilman", 1994), ("chesson", 2000), ("adler", 2007)}


def test_a_paper_with_a_link_to_its_code_stays_a_paper(tmp_path: Path) -> None:
    entry = (
        'Doe, J., Roe, R. "A merge tree for logs." Acta Informatica 33.4 (1996): 351-385; code '
        "https://github.com/x/y"
    )
    found = cited(tmp_path, f"# Storage\n\n- {entry}\n")
    assert [c.reference.title for c in found] == ["A merge tree for logs"]


def test_an_entry_ends_where_the_next_work_begins(tmp_path: Path) -> None:
    text = (
        '- Turing 1936 "On computable numbers, with an application"; Church 1936 (An unsolvable '
        "problem of number theory)"
    )
    found = cited(tmp_path, f"# Logic\n\n{text}\n")
    assert {("turing", 1936), ("church", 1936)} <= people(found)


def test_the_model_of_the_only_work_is_a_mention_of_it(tmp_path: Path) -> None:
    text = (
        "# A\n\nTilman (1982) has resources.\n\n# B\n\nIn Tilman's model there are two. Tilman "
        "shows why.\n"
    )
    found = [c for c in cited(tmp_path, text) if c.reference.authors]
    assert len(found) == 1 and {m.line for m in found[0].mentions} == {3, 7}


def test_two_works_of_one_author_leave_the_model_untied(tmp_path: Path) -> None:
    text = (
        "# A\n\nTilman (1982) has resources, Tilman (1994) space.\n\n# B\n\nIn Tilman's model "
        "there are two.\n"
    )
    found = [c for c in cited(tmp_path, text) if c.reference.year]
    assert all({m.line for m in c.mentions} == {3} for c in found)


def test_a_system_is_a_mention_of_the_title_it_heads(tmp_path: Path) -> None:
    text = (
        "# Storage\n\n- Dynamo: Amazon's Highly Available Key-value Store\n\n# Overlay\n\n- see "
        "also Dynamo (above)\n"
    )
    work = next(c for c in cited(tmp_path, text) if c.reference.title.startswith("Dynamo"))
    assert [(m.line, m.heading[-1]) for m in work.mentions] == [(3, "Storage"), (7, "Overlay")]


def test_a_word_of_the_note_is_no_system(tmp_path: Path) -> None:
    text = (
        "# A\n\n- Attention: a short history of its psychology\n\n# B\n\nPay attention. Attention "
        "is scarce.\n"
    )
    work = next(c for c in cited(tmp_path, text) if c.reference.title.startswith("Attention"))
    assert {m.line for m in work.mentions} == {3}


def test_short_notes_lead_to_the_work_they_mean(tmp_path: Path) -> None:
    text = """HISTORY

Everybody quotes it.[1] The pump[2] and the problem,[3] and again the book [4].

NOTES

1. Steven Shapin, The Scientific Revolution (Chicago: University of Chicago Press, 1996), 1.
2. Steven Shapin and Simon Schaffer, Leviathan and the Air-Pump (Princeton: Princeton University Press, 1985).
3. Ibid., 332.
4. Shapin, Scientific Revolution, 3-4.
5. Herbert Butterfield, The Origins of Modern Science, 1300-1800 (London: Bell, 1949), vii.
6. Stillman Drake, Galileo at Work: His Scientific Biography (Chicago: University of Chicago Press, 1978), 20.
7. Peter Galison, How Experiments End (Chicago: University of Chicago Press, 1987).
"""
    works = {c.reference.title: c for c in cited(tmp_path, text, "note.txt")}
    pump = next(c for title, c in works.items() if title.startswith("Leviathan"))
    book = works["The Scientific Revolution"]
    assert sorted(m.text for m in pump.mentions if m.line == 3) == ["[2]", "[3]"]
    assert sorted(m.text for m in book.mentions if m.line == 3) == ["[1]", "[4]"]


@pytest.mark.parametrize(
    ("piece", "times", "end"),
    [(", 12", 40, " see also!"), (" 12", 50, " !"), (" chap 3", 20, " !"), (", pp. 3", 20, " !")],
)
def test_long_lists_of_pages_do_not_hold_up_a_short_note(piece: str, times: int, end: str) -> None:
    before = [
        CitedEntry(
            Reference("", "The Scientific Revolution", ("Steven Shapin",), 1996),
            Tie.number("note.md", "1"),
        )
    ]
    note = "Shapin, Scientific Revolution" + piece * times
    begin = time.process_time()
    assert resolve_short_note(note, before) == before[0].tie
    assert resolve_short_note(note + end, before) is None
    assert time.process_time() - begin < 1


def test_a_rule_of_dashes_inside_a_word_does_not_hold_up_a_title() -> None:
    begin = time.process_time()
    assert named_titles("Macro" + "-" * 5_000 + " Conference Series on Public Policy 1") == []
    assert time.process_time() - begin < 1


@pytest.mark.parametrize(
    "text", ["Kuhn and " * 12_000, "Contents" + " " * 60_000 + "x\nA [edit]\nB [edit]\n"]
)
def test_long_lines_take_no_longer_than_their_length_allows(tmp_path: Path, text: str) -> None:
    begin = time.process_time()
    assert joined_titles(text) == []
    cited(tmp_path, text, "note.txt")
    assert time.process_time() - begin < 20


def test_headings_of_a_pasted_wiki_page_are_those_to_edit(tmp_path: Path) -> None:
    text = """Prime numbers
From somebody's notebook

Contents [hide]
1 How many
1.1 Elementary proofs
2 Gaps

How many [edit]

Newman's short proof of the prime number theorem

Elementary proofs [edit]

An elementary proof of the prime-number theorem

Gaps [edit]

Large gaps between consecutive prime numbers
"""
    found = {c.reference.title: c.mentions[0].heading for c in cited(tmp_path, text, "wiki.txt")}
    assert found["An elementary proof of the prime-number theorem"] == (
        "Prime numbers",
        "How many",
        "Elementary proofs",
    )
    assert found["Large gaps between consecutive prime numbers"] == ("Prime numbers", "Gaps")


def test_lines_behind_displayed_maths_keep_their_numbers(tmp_path: Path) -> None:
    text = (
        "\\section{Mind}\nIt begins with Place (1956)\n\\begin{equation}\nx = "
        "y\n\\end{equation}\nand with Smart (1959).\n"
    )
    found = {c.reference.year: c.mentions[0].line for c in cited(tmp_path, text, "note.tex")}
    assert found == {1956: 2, 1959: 6}
