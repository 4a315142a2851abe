"""What the recognisers of citations say of small texts, and the cascade of small notes, to the last
field; see `answers`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from litmap.citations import find_links_and_citations
from litmap.citations.block_scan import BlockScan, context_of
from litmap.citations.disclosure import decide_searches
from litmap.citations.grouping import author_linking, clustering
from litmap.citations.recognisers import (
    adjacency,
    adjacent_titles,
    attributed_titles,
    author_names,
    bib_records,
    citation_numbers,
    dated_titles,
    entry_reader,
    informal_names,
    inner_references,
    joined_titles,
    journal_locators,
    link_classifier,
    linked_titles,
    marked_entries,
    marked_titles,
    name_lists,
    patterns,
    prose_titles,
    reference_boundaries,
    reference_entries,
    reference_lists,
    reference_shape,
    reference_signs,
    short_notes,
    standards,
    table_rows,
    title_scoring,
    venue_tagged_titles,
    whole_titles,
)
from litmap.citations.scanner import scan_note
from litmap.citations.ties import Tie, reference_ties
from litmap.models import Link, Note, NoteBlock, Reference
from litmap.notes import parse_note
from tests import answers


def _note(text: str, name: str = "note.md") -> Note:
    note, _ = parse_note(text, name, "." + name.rsplit(".", 1)[-1])
    return note


def _scan(text: str, name: str = "note.md") -> dict[str, Any]:
    """What the detectors give, before any of it is linked or grouped."""
    scan = scan_note(_note(text, name), {})
    return {
        "sightings": scan.sightings,
        "links": scan.links,
        "author and year": [[m.names, m.sighting] for m in scan.author_year],
        "undated": [[m.names, m.mention, m.adjacent, m.searchable] for m in scan.undated],
        "informal": [[m.names, m.sighting, m.known_only] for m in scan.informal],
    }


def _citations(*texts: str) -> Any:
    """The citations and plain links of notes a.md, b.md, …"""
    notes = [_note(text, f"{'abcdef'[n]}.md") for n, text in enumerate(texts)]
    return find_links_and_citations(notes)


def _block(text: str, kind: str = "paragraph", **fields: str) -> NoteBlock:
    return NoteBlock(kind, text, 1, fields=tuple(fields.items()))


def _entry(text: str, floor: float, before: list[str]) -> Any:
    return entry_reader.read_entry(_block(text), 0, len(text), before, floor=floor)


def _entries(text: str, kind: str, in_list: bool, before: list[str]) -> Any:
    breaks = [at for at, char in enumerate(text, 1) if char == "\n"]
    block = NoteBlock(
        kind, text, 1, line_starts=(0, *breaks), fields=(("breaks", " ".join(map(str, breaks))),)
    )
    return [
        reference_entries.segments_of(block),
        list(reference_entries.find_reference_entries(block, before, in_list=in_list)),
    ]


def _record(fields: list[list[str]]) -> Any:
    block = NoteBlock("entry", "raw", 1, fields=tuple((k, v) for k, v in fields))
    return bib_records.record_reference(block)


def _lists(texts: list[str], kind: str) -> Any:
    blocks = [_block(text, kind) for text in texts]
    return [
        reference_lists.reference_list_blocks(blocks),
        [reference_lists.is_short_note(block) for block in blocks],
        [reference_lists.title_floor(blocks, fmt) for fmt in ("text", "mediawiki", "markdown")],
    ]


def _styles(texts: list[str], numbers: list[str]) -> list[str]:
    blocks = [_block(text) for text in texts]
    known = ("BRACKETED", "IN_PARENTHESES", "SUPERSCRIPT")
    styles = citation_numbers.number_styles(blocks, set(numbers))
    return [name for style in styles for name in known if getattr(citation_numbers, name) is style]


def _shape(text: str) -> dict[str, Any]:
    reference = entry_reader.parse_reference(text)
    return {
        "may": reference_shape.may_be_reference(text),
        "has": reference_shape.has_reference_shape(reference, text, ()),
        "odd author": reference_shape.has_odd_author(reference),
        "elsewhere": reference_shape.leads_elsewhere(reference),
        "untitled": reference_shape.is_untitled_reference(reference, text),
        "complete": reference_shape.is_complete(reference),
        "sentences": reference_shape.is_run_of_sentences(text),
        "one work": bool(reference.title) and reference_shape.is_title_of_one_work(reference.title),
        "opens": bool(reference.authors) and reference_shape.opens_with_author(reference, text),
        "about works": reference_shape.is_about_works(text),
        "score": reference_shape.reference_score(text),
    }


def _links_to_several(text_length: int, targets: list[str]) -> bool:
    links = [Link("x", target, 1) for target in targets]
    return reference_shape.links_to_several_works(links, "x" * text_length)


def _boundaries(text: str) -> list[int]:
    return [reference_boundaries.before_next(text), reference_boundaries.reference_end(text)]


def _short_note(text: str) -> Any:
    entries = [
        short_notes.CitedEntry(
            Reference(title="The Social History of Truth", authors=("Steven Shapin",)),
            Tie.number("n", "1"),
        ),
        short_notes.CitedEntry(
            Reference(title="The Scientific Revolution", authors=("Steven Shapin",)),
            Tie.number("n", "2"),
        ),
        short_notes.CitedEntry(
            Reference(title="Leviathan and the Air-Pump", authors=("A. Doe", "B. Roe")),
            Tie.number("n", "3"),
        ),
    ]
    return [
        short_notes.resolve_short_note(text, entries),
        short_notes.resolve_short_note(text, []),
    ]


def _context(kind: str, length: int, sentences: int, at: int) -> list[int]:
    """Where the context of a place begins and how long it is, in a text of equal sentences."""
    text = " ".join(f"S{n:03} " + "x" * length + "." for n in range(sentences))
    context = context_of(NoteBlock(kind, text, 1), at, at + 3)
    return [text.index(context), len(context)]


def _tables(*rows: str) -> Any:
    """The works of tables; a row without borders is a paragraph."""
    found = table_rows.read_tables(
        [_block(row, "cell" if "|" in row else "paragraph") for row in rows]
    )
    return [found.works, found.heads]


def _with_marks(find: Callable[..., Any]) -> Callable[..., Any]:
    """What is found in all of a paragraph with these stretches in italics."""

    def ask(text: str, italics: list[str]) -> list[Any]:
        fields = tuple(("emphasis", part) for part in italics)
        return list(find(NoteBlock("paragraph", text, 1, fields=fields), 0, len(text)))

    return ask


def _linked_title(text: str, links: list[list[str]]) -> Any:
    found = tuple(
        Link(label, target, 1, start=text.index(label), end=text.index(label) + len(label))
        for label, target in links
    )
    block = NoteBlock("item", text, 1, links=found)
    return linked_titles.read_linked_title(block, 0, len(text))


def _sent(*texts: str) -> Any:
    """Which citations of notes are looked up."""
    notes = [_note(text, f"{'abcdef'[n]}.md") for n, text in enumerate(texts)]
    found = find_links_and_citations(notes).citations
    return [[one.key, one.searched] for one in decide_searches(found, notes)]


def _adjacent(text: str) -> Any:
    """The sighting of '<...>' that stands beside '{...}', and whether within one sentence."""
    from litmap.citations.model import Sighting
    from litmap.models import Mention

    start, end = text.index("{"), text.index("}") + 1
    scan = BlockScan(NoteBlock("paragraph", text, 1))
    kind = "number" if "<#" in text else "link"
    mention = Mention("n", 1, "m", kind=kind)
    reference = Reference(ids=("doi:10.1/x",))
    scan.claim(text.index("<"), text.index(">") + 1, Sighting(mention, reference, sure=True))
    return [
        scan.adjacent_sighting(start, end) is not None,
        scan.adjacent_sighting(start, end, 1) is not None,
        scan.adjacent_sighting(start, end, same_sentence=True) is not None,
        scan.identifier_after_journal(end) is not None,
    ]


QUESTIONS: dict[str, Callable[..., Any]] = {
    # ── names ──
    "names with a year": author_names.find_names,
    "names without a year": author_names.find_names_only,
    "informal names": informal_names.find_informal_names,
    "possessives": informal_names.find_possessives,
    "reporting verbs": informal_names.find_reporting_verbs,
    "split names": lambda text: [name_lists.split_names(text), name_lists.split_people(text)],
    "is not a name": lambda text: [
        name_lists.is_not_a_name(text),
        name_lists.has_initial_first(text),
        name_lists.is_common_noun(text),
        name_lists.is_acronym(text),
        name_lists.without_sentence_opening(text),
    ],
    "names before": lambda text: adjacency.names_before(text, text.index("|")),
    "names after": lambda text: [
        adjacency.names_after(text, text.index("|") + 1),
        adjacency.year_after(text, text.index("|") + 1),
    ],
    "slip of the pen": author_linking.is_slip,
    # ── titles ──
    "title score": title_scoring.title_score,
    "byline": lambda text, least: title_scoring.split_byline(text, min_words=least),
    "whole titles": lambda text, floor: whole_titles.whole_titles(text, floor=floor),
    "quoted titles": prose_titles.quoted_titles,
    "running titles": prose_titles.running_titles,
    "clause titles": prose_titles.clause_titles,
    "named titles": attributed_titles.named_titles,
    "sentence titles": attributed_titles.sentence_titles,
    "possessive titles": attributed_titles.possessive_titles,
    "dated titles": dated_titles.dated_titles,
    "cited titles": dated_titles.cited_titles,
    "bracketed titles": dated_titles.bracketed_titles,
    "joined titles": joined_titles.joined_titles,
    "tagged titles": venue_tagged_titles.tagged_titles,
    "title behind names": lambda text: adjacent_titles.title_after(text, text.index("|") + 1),
    "names and title before": lambda text: adjacent_titles.names_and_title_before(
        text, text.index("|")
    ),
    "misspelt titles": clustering._slips_only,
    # ── references ──
    "shape of a reference": _shape,
    "links to several works": _links_to_several,
    "boundaries": _boundaries,
    "entry": _entry,
    "entries of a block": _entries,
    "record": _record,
    "lists of references": _lists,
    "short note": _short_note,
    "journal locators": lambda text: [
        [place, place.key] for place in journal_locators.find_locators(text)
    ],
    "initials of a journal": journal_locators.initials,
    "works of tables": _tables,
    "names of a cell": lambda text, inverted: table_rows.split_author_cell(text, inverted=inverted),
    "marked titles": _with_marks(marked_titles.marked_titles),
    "marked entries": _with_marks(marked_entries.marked_entries),
    "scripts without blanks": lambda text: [
        reference_signs.is_unspaced(text),
        reference_signs.opens_with_unspaced_names(text),
        reference_signs.unspaced_reference_score(text),
    ],
    "standards": lambda text: standards.find_standards(_block(text)),
    "linked title": _linked_title,
    "references inside": lambda text: [
        inner_references.inner_references(_block(text), 0, len(text)),
        inner_references.behind_label(_block(text), None, 0, len(text)),
    ],
    "labels before references": inner_references.is_label,
    "what is sent": _sent,
    # ── links, numbers, places ──
    "link": link_classifier.classify_link,
    "link worded as a title": link_classifier.may_link_to_work,
    "spelled numbers": lambda text: list(citation_numbers.spelled_numbers(text)),
    "bracketed numbers": lambda text: [
        citation_numbers.numbers_in(match) for match in citation_numbers.BRACKETED.finditer(text)
    ],
    "superscript numbers": lambda text: [
        citation_numbers.numbers_in(match) for match in citation_numbers.SUPERSCRIPT.finditer(text)
    ],
    "styles of numbers": _styles,
    "whole year": lambda figures: [patterns.whole_year(figures), patterns.whole_year(figures, 50)],
    "ties of a title": lambda title, authors: reference_ties(
        Reference(title=title, authors=tuple(authors)), title_known=True
    ),
    "context": _context,
    "adjacent sighting": _adjacent,
    # ── notes ──
    "scan of a note": _scan,
    "citations of notes": _citations,
}


@pytest.mark.parametrize("question", answers.load("citations"))
def test_the_whole_answer_to_a_question_about_a_text(question: str) -> None:
    answers.check("citations", QUESTIONS, question)


def test_every_question_is_asked() -> None:
    assert answers.load("citations").keys() == QUESTIONS.keys()
