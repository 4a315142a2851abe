"""Twenty notes in ten languages and ten layouts, invented and keyed by people who had not seen the
code; each was read once before anybody looked at what it missed.

On sight: of 203 works 177 with their exact title and 12 with a few words too many; 179 of 188 sure
ones were works, 156 of 175 headings right. `CLOSE` counts titles that hold the right one and little
else.
"""

import json
from functools import cache
from pathlib import Path

from litmap.citations import find_citations
from litmap.notes import read_notes
from litmap.parsing.person_names import surname_key
from litmap.parsing.title_similarity import normalise_title, title_similarity

NOTES = Path(__file__).parent / "blind_notes"
KEYS = json.loads((NOTES / "keys.json").read_text("utf-8"))
CLOSE = 0.9


@cache
def found_works():
    """For each note its works, each with the citation that means it or None; and all citations."""
    found = {}
    for name, works in KEYS.items():
        citations = find_citations(read_notes([NOTES / name])[0])
        found[name] = [(work, meant_by(work, citations)) for work in works], citations
    return found


def meant_by(work, citations):
    title = normalise_title(work["title"])
    for citation in citations:
        if normalise_title(citation.reference.title) == title:
            return citation
    for citation in citations:
        if title_similarity(citation.reference.title, work["title"]) >= CLOSE:
            return citation
    return None


def test_works_of_unseen_notes_are_found():
    pairs = [pair for pairs, _ in found_works().values() for pair in pairs]
    hits = [(work, citation) for work, citation in pairs if citation]
    assert len(hits) >= 0.90 * len(pairs)
    years = sum(work.get("year", c.reference.year) == c.reference.year for work, c in hits)
    assert years >= 0.96 * len(hits)


def test_what_is_surely_found_in_unseen_notes_are_works():
    sure = right = 0
    for pairs, citations in found_works().values():
        meant = {id(citation) for _, citation in pairs}
        sure += sum(citation.sure for citation in citations)
        right += sum(citation.sure and id(citation) in meant for citation in citations)
    assert right >= 0.90 * sure


def test_works_of_unseen_notes_stand_under_their_headings():
    filed = total = 0
    for pairs, _ in found_works().values():
        for work, citation in pairs:
            if citation and "innermost" in work:
                total += 1
                names = {m.heading[-1] for m in citation.mentions if m.heading}
                filed += any(is_heading(name, work["innermost"]) for name in names)
    assert filed >= 0.90 * total


def is_heading(found, wanted):
    """Whether two headings are one; the number before it may be left out."""
    return normalise_title(wanted).endswith(normalise_title(found))


# ── twelve more, by another hand ─────────────────────────────────────────────────────────────────
SECOND = NOTES / "second"
"""On sight: F1 .783, .921 of the sure ones right, .820 of the headings."""


@cache
def found_in_second_notes():
    found = []
    for name, works in json.loads((SECOND / "keys.json").read_text("utf-8")).items():
        citations = find_citations(read_notes([SECOND / name])[0])
        found += [(work, meant_by(work, citations)) for work in works]
    return found


def test_works_of_the_second_notes_are_found():
    pairs = found_in_second_notes()
    assert sum(citation is not None for _, citation in pairs) >= 0.87 * len(pairs)
    assert sum(citation is not None and citation.sure for _, citation in pairs) >= 0.83 * len(pairs)


def test_works_of_the_second_notes_stand_under_their_headings():
    filed = total = 0
    for work, citation in found_in_second_notes():
        if citation and "innermost" in work:
            total += 1
            wanted = [work["innermost"], *work.get("also", [])]
            names = {m.heading[-1] for m in citation.mentions if m.heading}
            filed += any(is_heading(name, heading) for name in names for heading in wanted)
    assert filed >= 0.98 * total


# ── twenty-four more, by a third hand ────────────────────────────────────────────────────────────
THIRD = NOTES / "third"
"""On sight: .765 of 311 works found, .640 of the citations were works, .917 of the sure ones; with the
learnt judgement, trained without them, .830, .791 and .925. They are in its training set now.
"""


@cache
def found_in_third_notes():
    """The works with the citation that means each, and all citations."""
    found, citations = [], []
    for name, works in json.loads((THIRD / "keys.json").read_text("utf-8")).items():
        here = find_citations(read_notes([THIRD / name])[0])
        found += [(work, meant_by_title_or_people(work, here)) for work in works]
        citations += here
    return found, citations


def meant_by_title_or_people(work, citations):
    """The citation of a work; of one without a title that of its first author and year."""
    if work["title"]:
        return meant_by(work, citations)
    people = (surname_key((work["authors"] or [""])[0]), work["year"])
    for citation in citations:
        authors = citation.reference.authors
        if authors and (surname_key(authors[0]), citation.reference.year) == people:
            return citation
    return None


def test_works_of_the_third_notes_are_found():
    pairs, _ = found_in_third_notes()
    assert sum(citation is not None for _, citation in pairs) >= 0.82 * len(pairs)
    sure = [citation for work, citation in pairs if work["sure"]]
    assert sum(citation is not None and citation.sure for citation in sure) >= 0.81 * len(sure)


def test_what_is_found_in_the_third_notes_are_works():
    pairs, citations = found_in_third_notes()
    meant = {id(citation) for _, citation in pairs}
    assert sum(id(citation) in meant for citation in citations) >= 0.78 * len(citations)
    sure = [citation for citation in citations if citation.sure]
    assert sum(id(citation) in meant for citation in sure) >= 0.92 * len(sure)
