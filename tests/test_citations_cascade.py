"""The cascade of detectors: what each finds alone, what it is handed, and what it leaves alone."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from litmap.citations import find_links_and_citations
from litmap.citations.block_scan import CLAIMED, MAX_BLOCK, BlockScan, context_of, split_long
from litmap.citations.detectors import author_year, citekeys, links, numeric, titles
from litmap.citations.detectors.reference_entries import detect_entries, index_entries
from litmap.citations.detectors.title_heads import detect_title_heads
from litmap.citations.grouping.author_linking import is_slip
from litmap.citations.model import Detection, Sighting
from litmap.citations.note_scan import NOT_A_WORK, NoteScan
from litmap.citations.recognisers.citation_numbers import (
    BRACKETED,
    IN_PARENTHESES,
    SUPERSCRIPT,
    number_styles,
    spelled_numbers,
)
from litmap.citations.scanner import (
    DETECTORS,
    MARKED_DETECTORS,
    OF_FIGURES,
    WORDED_DETECTORS,
    Detector,
    detectors_for,
    scan_note,
)
from litmap.citations.ties import Tie, reference_ties
from litmap.models import Link, Mention, Note, NoteBlock, Reference
from litmap.notes import parse_note


def read(text: str, name: str = "note.md") -> Note:
    note, _ = parse_note(text, name, "." + name.rsplit(".", 1)[-1])
    return note


def scans(text: str, name: str = "note.md") -> tuple[NoteScan, list[BlockScan]]:
    """A note before its detectors have run."""
    note = read(text, name)
    entries = index_entries(note, note.blocks)
    note_scan = NoteScan(note, note.blocks, entries, {}, 0.62)
    return note_scan, [
        BlockScan(block, entries.entries.get(place, ()), in_reference_list=place in entries.listed)
        for place, block in enumerate(note.blocks)
    ]


def alone(detector: Detector, text: str, name: str = "note.md") -> list[Detection]:
    """What a detector gives when no other has run before it."""
    note_scan, block_scans = scans(text, name)
    detections = []
    for block_scan in block_scans:
        for found in detector(note_scan, block_scan):
            detections.append(found)
            if found.claim:
                block_scan.claim(*found.claim, found.sighting)
    return detections


def mention_of(detection: Detection) -> str:
    """How the place of a detection is written."""
    if detection.sighting:
        return detection.sighting.mention.text
    if detection.waiting:
        return detection.waiting.mention.text
    unlinked = detection.unlinked
    assert unlinked is not None
    return (unlinked.mention if hasattr(unlinked, "mention") else unlinked.sighting.mention).text


ENTRY = "Lim, A. and Kim, B. (1999). The theory of things. Nature 4, 12-15."
LIST = f"## References\n\n[1] {ENTRY}\n\n[2] Roe, A. (2001). Of other things. Science 5, 1-9.\n"


# ── each detector alone ──────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("detector", "text", "expected"),
    [
        (detect_entries, f"- {ENTRY}", ["The theory of things"]),
        (links.detect_links, "See [the paper](https://arxiv.org/abs/1706.03762).", ["the paper"]),
        (links.detect_identifiers, "See arXiv:1706.03762 for it.", ["arXiv:1706.03762"]),
        (links.detect_urls, "See http://a.org/b.pdf for it.", ["http://a.org/b.pdf"]),
        (citekeys.detect_citekeys, "So says [@doe1999].", ["@doe1999"]),
        (numeric.detect_numbers, f"So says [1].\n\n{LIST}", ["[1]"]),
        (numeric.detect_spelled_numbers, f"So say refs 1,2.\n\n{LIST}", ["refs 1,2"] * 2),
        (
            titles.detect_emphasised_titles,
            "Read *The Theory of Good Things* today.",
            ["The Theory of Good Things"],
        ),
        (
            titles.detect_dated_titles,
            "Doe & Roe, The power of linear optics, STOC 2011, for it.",
            ["The power of linear optics"],
        ),
        (
            author_year.detect_journal_places,
            "Phys. Rev. Lett. 61, 2015 (1988)",
            ["Phys. Rev. Lett. 61, 2015 (1988)"],
        ),
        (author_year.detect_author_year, "Doe and Roe (1999) say.", ["Doe and Roe (1999"]),
        (author_year.detect_lone_names, "- see doe 1999", ["doe 1999"]),
        (
            author_year.detect_informal_names,
            "Gates that forget, as in hochreiter 97",
            ["hochreiter 97"],
        ),
        (author_year.find_undated_names, "Doe and Roe say.", ["Doe and Roe"]),
        (
            titles.detect_attributed_titles,
            "The Strategy of Conflict (Schelling)",
            ["The Strategy of Conflict"],
        ),
        (
            titles.detect_owned_titles,
            "See: Kleinberg, An Impossibility Theorem for Clustering.",
            ["An Impossibility Theorem for Clustering"],
        ),
        (
            titles.detect_whole_titles,
            "- Wasserstein Generative Adversarial Networks",
            ["Wasserstein Generative Adversarial Networks"],
        ),
        (
            titles.detect_quoted_titles,
            "Read “The Theory of Good Things” today.",
            ["The Theory of Good Things"],
        ),
        (
            titles.detect_clause_titles,
            "We read: Mechanics of Deep Linear Networks.",
            ["Mechanics of Deep Linear Networks"],
        ),
        (
            author_year.detect_possessive_works,
            "Tolerance is in Paine's keystone paper.",
            ["Paine's keystone paper"],
        ),
    ],
)
def test_a_detector_finds_its_kind_alone(
    detector: Detector, text: str, expected: list[str]
) -> None:
    assert [mention_of(found) for found in alone(detector, text)] == expected


def test_labels_are_cited_where_an_entry_has_them() -> None:
    text = f"So says [Lim99].\n\n## References\n\n[Lim99] {ENTRY}\n"
    assert [mention_of(found) for found in alone(citekeys.detect_labels, text)] == ["[Lim99]"]
    assert alone(citekeys.detect_labels, "So says [Lim99].") == []


def test_undated_names_wait_until_titles_are_known() -> None:
    note_scan, [block_scan] = scans("As Doe and Roe say.")
    [found] = author_year.find_undated_names(note_scan, block_scan)
    assert found.waiting is not None
    block_scan.undated.append(found.waiting)
    block_scan.claim(0, len(block_scan.text), None)
    [given] = author_year.detect_undated_names(note_scan, block_scan)
    assert given.unlinked is not None and not given.unlinked.searchable


def test_heads_of_titles_are_read_when_a_note_is_known() -> None:
    note_scan = scan_note(
        read("- Dynamo: Amazon's Highly Available Key-value Store\n\nSee Dynamo (above).\n"), {}
    )
    assert [sighting.mention.line for sighting in detect_title_heads(note_scan)] == []
    assert [s.mention.text for s in note_scan.sightings][-1] == "Dynamo"


def test_every_detector_says_what_it_finds() -> None:
    assert DETECTORS == MARKED_DETECTORS + WORDED_DETECTORS
    assert len(set(DETECTORS)) == len(DETECTORS)
    for detector in DETECTORS:
        assert re.match(r"(?:detect|find)_\w+$", detector.__name__)
        assert detector.__doc__


# ── the order of the cascade ─────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("first", "then", "text"),
    [
        (detect_entries, author_year.detect_author_year, f"- {ENTRY}"),
        (
            links.detect_links,
            author_year.detect_author_year,
            "See [Doe and Roe (1999)](https://doi.org/10.1000/1).",
        ),
        (
            links.detect_identifiers,
            links.detect_urls,
            "See https://arxiv.org/abs/1706.03762 for it.",
        ),
        (
            links.detect_urls,
            citekeys.detect_citekeys,
            "See http://a.org/x?u=@doe1999/b.pdf for it.",
        ),
        (
            titles.detect_dated_titles,
            author_year.detect_author_year,
            "Doe & Roe, The power of linear optics, STOC 2011, for it.",
        ),
        (
            author_year.detect_journal_places,
            author_year.detect_author_year,
            "Haldane, Phys. Rev. Lett. 61, 2015 (1988).",
        ),
        (
            author_year.detect_author_year,
            author_year.find_undated_names,
            "As Doe and Roe (1999) say.",
        ),
        (
            titles.detect_whole_titles,
            titles.detect_clause_titles,
            "- Statistical Mechanics of Deep Linear Neural Networks",
        ),
    ],
)
def test_what_an_earlier_detector_claims_a_later_one_does_not_read(
    first: Detector, then: Detector, text: str
) -> None:
    assert DETECTORS.index(first) < DETECTORS.index(then)
    note_scan, block_scans = scans(text)
    for block_scan in block_scans:
        for found in first(note_scan, block_scan):
            if found.claim:
                block_scan.claim(*found.claim, found.sighting)
        assert list(then(note_scan, block_scan)) == []


def test_a_heading_is_read_for_what_is_marked_only() -> None:
    text = "# After Doe and Roe (1999) came more [@lee2001]\n\nText.\n"
    assert [s.mention.kind for s in scan_note(read(text), {}).sightings] == ["citekey"]
    assert scan_note(read(text), {}).author_year == []


PIECES = [
    *(". ", ", ", "(", ")", ": ", "- ", "\n\n", "# ", "et al. "),
    *("Doe and Roe (1999) ", "hochreiter 97 ", "Kuhn argues ", "Nature 4, 12 (1999) "),
    *("[1] ", "[@doe1999] ", "arXiv:1706.03762 ", "http://a.org/b.pdf ", "[a](http://b.org) "),
    *("The Theory of Good Things ", "“The Theory of Good Things” "),
    *(f"- {ENTRY}\n", "\n[1] A. Roe, Nature 4, 1 (1999).\n"),
]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_a_detector_changes_nothing_but_by_what_it_gives(text: str) -> None:
    note_scan, block_scans = scans(text)
    for block_scan in block_scans:
        for detector in DETECTORS:
            list(detector(note_scan, block_scan))
        assert block_scan.claims == []
        assert block_scan.undated == []
        assert block_scan.unclaimed_text == block_scan.text == block_scan.block.text
    assert note_scan.sightings == note_scan.entries.sightings
    assert note_scan.links == note_scan.entries.links
    assert note_scan.author_year == note_scan.undated == note_scan.informal == []


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_what_a_detector_claims_lies_in_its_block_and_nobody_claims_it_twice(text: str) -> None:
    note_scan, block_scans = scans(text)
    for block_scan in block_scans:
        for detector in DETECTORS:
            for found in detector(note_scan, block_scan):
                if found.claim:
                    start, end = found.claim
                    assert 0 <= start <= end <= len(block_scan.text)
                    block_scan.claim(start, end, found.sighting)


@pytest.mark.parametrize("sign", ["7", "⁷"])
def test_a_block_with_a_figure_is_read_by_every_detector(sign: str) -> None:
    assert detectors_for(BlockScan(block(f"A word{sign}."))) == DETECTORS
    assert detectors_for(BlockScan(block(f"A word{sign}.", "heading"))) == MARKED_DETECTORS


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_a_block_without_figures_is_spared_only_what_finds_nothing_in_it(text: str) -> None:
    note_scan, block_scans = scans(re.sub(r"\d", "x", text))
    for block_scan in block_scans:
        spared = [d for d in DETECTORS if d not in detectors_for(block_scan)]
        assert OF_FIGURES.issubset(spared)
        for detector in OF_FIGURES:
            assert list(detector(note_scan, block_scan)) == []


# ── what detectors are handed ────────────────────────────────────────────────────────────────────
def block(text: str, kind: str = "paragraph") -> NoteBlock:
    return NoteBlock(kind, text, 1)


def sighting(kind: str = "link", *, ids: Sequence[str] = (), title: str = "") -> Sighting:
    return Sighting(
        Mention("note.md", 1, "x", kind=kind), Reference(title=title, ids=tuple(ids)), sure=True
    )


def test_a_claim_masks_its_stretch_and_leaves_the_text() -> None:
    block_scan = BlockScan(block("one two three"))
    block_scan.claim(4, 7, None)
    assert block_scan.unclaimed_text == f"one {CLAIMED * 3} three"
    assert block_scan.text == "one two three"
    assert not block_scan.is_unclaimed(0, 5)
    assert block_scan.is_unclaimed(0, 4) and block_scan.is_unclaimed(7, 13)
    block_scan.claim(9, 9, None)
    assert len(block_scan.claims) == 1


@pytest.mark.parametrize(
    ("between", "same_sentence", "found"),
    [
        (" (", False, True),
        (". ", False, True),
        (". ", True, False),
        (" also at ", False, True),
        (" see also: ", False, True),
        (" and ", False, False),
        (" .,;:. ", False, False),
        (" " * 8, False, False),
    ],
)
def test_neighbours_stand_with_punctuation_between(
    between: str, same_sentence: bool, found: bool
) -> None:
    text = f"abc{between}xyz"
    block_scan = BlockScan(block(text))
    claimed = sighting()
    block_scan.claim(0, 3, claimed)
    block_scan.claim(0, 1, None)
    start = len(text) - 3
    adjacent = block_scan.adjacent_sighting(start, len(text), same_sentence=same_sentence)
    assert adjacent is (claimed if found else None)
    behind = BlockScan(block(text))
    behind.claim(start, len(text), claimed)
    expected = claimed if found or same_sentence else None
    assert behind.adjacent_sighting(0, 3, same_sentence=same_sentence) is expected


@pytest.mark.parametrize(("between", "found"), [(": ", True), (" (", True), (", ", False)])
def test_a_number_belongs_to_what_stands_before_it(between: str, found: bool) -> None:
    text = f"[3]{between}Doe 1999"
    block_scan = BlockScan(block(text))
    number = sighting("number")
    block_scan.claim(0, 3, number)
    start = 3 + len(between)
    assert block_scan.adjacent_sighting(start, len(text)) is (number if found else None)


@pytest.mark.parametrize(
    ("between", "ids", "title", "found"),
    [
        (", Ann. Phys. 303, 2 (2003) [", ["arxiv:quant-ph/9707021"], "", True),
        (", PRL [", ["arxiv:quant-ph/9707021"], "", True),
        (" which is a longer story [", ["arxiv:quant-ph/9707021"], "", False),
        (", PRL [", [], "", False),
        (", PRL [", ["arxiv:quant-ph/9707021"], "Of things", False),
    ],
)
def test_an_identifier_may_stand_behind_a_journal(
    between: str, ids: list[str], title: str, found: bool
) -> None:
    text = f"Doe{between}quant-ph/9707021]"
    block_scan = BlockScan(block(text))
    identifier = sighting("identifier", ids=ids, title=title)
    start = 3 + len(between)
    block_scan.claim(start, start + 16, identifier)
    assert block_scan.identifier_after_journal(3) is (identifier if found else None)


def test_a_completed_sighting_stands_in_its_claims_and_in_its_note() -> None:
    citations = find_links_and_citations([read("See arXiv:1706.03762 (Doe and Roe 2017).\n")])
    [work] = citations.citations
    assert work.reference.authors == ("Doe", "Roe")
    assert work.reference.year == 2017
    assert len(work.mentions) == 2


def test_the_context_is_the_sentence_and_abbreviations_end_none() -> None:
    text = "First one. " * 30 + "As Doe et al. Show it. " + "Last one. " * 30
    at = text.index("Doe")
    assert context_of(block(text), at, at + 3) == "As Doe et al. Show it."
    assert context_of(block("Short. And whole."), 0, 5) == "Short. And whole."


def test_pieces_of_a_long_block_are_its_text_cut_at_blanks_outside_links() -> None:
    text = "word " * 9_000
    middle = MAX_BLOCK - 2
    link = Link("x", "http://a.org", 1, middle, middle + 40)
    pieces = split_long(NoteBlock("paragraph", text, 1, links=(link,)))
    assert "".join(piece.text for piece in pieces) == text
    assert len(pieces) == 3
    assert [len(piece.links) for piece in pieces] == [1, 0, 0]
    assert pieces[0].text.endswith(text[middle : middle + 40])
    assert pieces[1].text.endswith(" ")


# ── ties ─────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("tie", "written"),
    [
        (Tie.identifier("doi:10.1000/1"), "id:doi:10.1000/1"),
        (Tie.title("theory of things"), "title:theory of things"),
        (Tie.journal_page("prl:61:2015"), "place:prl:61:2015"),
        (Tie.journal_volume("a.md", 3, 7), "place:a.md:3:7"),
        (Tie.number("a.md", "1"), "number:a.md:1"),
        (Tie.label("a.md", "Doe99"), "label:a.md:Doe99"),
        (Tie.record("a.bib", "doe1999"), "key:a.bib:doe1999"),
        (Tie.citekey("doe1999"), "citekey:doe1999"),
        (Tie.names("a.md", "0"), "names:a.md:0"),
        (Tie.search(["doe", "roe"], "1999"), "search:doe+roe:1999"),
    ],
)
def test_a_tie_is_written_by_its_kind_and_value(tie: Tie, written: str) -> None:
    assert str(tie) == written
    assert tie == Tie(tie.kind, tie.value) and tie != Tie(tie.kind, tie.value + "x")


def test_addresses_of_one_page_are_one_tie() -> None:
    assert Tie.url("http://a.org/b") == Tie.url("https://www.a.org/b/")


@pytest.mark.parametrize(
    ("title", "authors", "ties"),
    [
        ("Of things", (), False),
        ("Of things", ("Doe",), True),
        ("GAN", ("Doe",), False),
        ("One two three", (), True),
        ("Micromotives extended", (), True),
    ],
)
def test_a_short_title_ties_only_with_authors(
    title: str, authors: tuple[str, ...], ties: bool
) -> None:
    reference = Reference(title=title, authors=authors)
    assert bool(reference_ties(reference, title_known=True)) is ties
    assert reference_ties(reference, title_known=False) == frozenset()


def test_a_key_of_an_entry_that_is_not_a_work_is_not_a_citation() -> None:
    note_scan = scan_note(read("As @Doe1999 says, and @roe2001.\n"), {"Doe1999": NOT_A_WORK})
    assert [s.mention.text for s in note_scan.sightings] == ["@roe2001"]


def test_a_key_in_another_case_is_that_of_a_file() -> None:
    tie = Tie.record("a.bib", "doe1999")
    note_scan = scan_note(read("As @Doe1999 says.\n"), {"doe1999": tie})
    assert [s.ties for s in note_scan.sightings] == [frozenset({tie})]


# ── numbers of entries ───────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("text", "styles"),
    [
        ("So [1], [2] and [3].", (BRACKETED,)),
        ("So it is (1), that too (2) and (3).", (IN_PARENTHESES,)),
        ("So it is¹, that too² and more³.", (SUPERSCRIPT,)),
        ("So [1], [2] and [3], too (4), or (5), or (6).", (BRACKETED, IN_PARENTHESES)),
        ("So it is (1) and [2].", (BRACKETED,)),
        ("Nothing.", (BRACKETED,)),
    ],
)
def test_a_note_cites_its_numbers_in_one_style_or_two(
    text: str, styles: tuple[re.Pattern[str], ...]
) -> None:
    assert number_styles([block(text)], {"1", "2", "3", "4", "5", "6"}) == styles


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("see refs 4,5", [["4", "5"]]),
        ("ref. 4-6 and Ref 9", [["4", "5", "6"], ["9"]]),
        ("Lee et al.(2) say", [["2"]]),
        ("refs 1-90", [["1", "90"]]),
        ("prefs 4", []),
    ],
)
def test_references_are_called_by_number_in_words(text: str, numbers: list[list[str]]) -> None:
    assert [found for _, _, found in spelled_numbers(text)] == numbers


@pytest.mark.parametrize(
    ("a", "b", "slip"),
    [
        ("kingma", "kingna", True),
        ("kingma", "kigma", True),
        ("kingma", "kingmaa", True),
        ("kingma", "kignma", True),
        ("kingma", "kingxx", False),
        ("kingma", "kima", False),
        ("kingma", "lingma", False),
        ("king", "kinx", False),
        ("kingma", "kmgnia", False),
        ("", "kingma", False),
    ],
)
def test_a_slip_of_the_pen_is_one_letter(a: str, b: str, slip: bool) -> None:
    assert is_slip(a, b) is slip
