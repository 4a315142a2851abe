"""Notes with keys as examples: only the titles of their works are known, the rest of each reference
is what the labeller thinks likeliest around them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from litmap.citations.recognisers.reference_entries import find_reference_entries
from litmap.models import NoteBlock
from litmap.notes import read_notes
from litmap.parsing.reference_strings.name_tokens import Token
from litmap.parsing.references_in_text.features import MAX_TOKENS, tokenise
from litmap.parsing.references_in_text.labeller import MIN_TOKENS
from litmap.parsing.title_similarity import normalise_title

_ENDS = frozenset("?!？！")
TESTS = Path(__file__).parents[2] / "tests"


class KeyedNote(NamedTuple):
    """A note, the titles of its works, and their first authors with the year.

    `is_complete`: works that are cited without their title have a key too.
    """

    path: Path
    titles: tuple[str, ...]
    people: tuple[tuple[str, str], ...]
    is_complete: bool


class KeyedBlock(NamedTuple):
    """A block, its tokens, and the labels that each token may have by the key: 'T', 'A', 'Y' for a
    title, people, a year, '' for anything but a title, 'O' for outside.
    """

    block: NoteBlock
    tokens: list[Token]
    known: list[str]


def keyed_notes(folders: Sequence[Path] = ()) -> list[KeyedNote]:
    """The notes with keys among the tests, and in `folders` (with a `keys.json`)."""
    notes = []
    for key in sorted((TESTS / "notes_cases").glob("*.json")):
        case = json.loads(key.read_text("utf-8"))
        notes.append(_keyed(key.parent / case["note"], case["works"], is_complete=True))
    blind = TESTS / "blind_notes"
    for folder in (blind, blind / "second", blind / "third", *folders):
        keys = json.loads((folder / "keys.json").read_text("utf-8"))
        is_complete = any(not work.get("title") for works in keys.values() for work in works)
        notes += [
            _keyed(folder / name, works, is_complete=is_complete) for name, works in keys.items()
        ]
    return notes


def _keyed(path: Path, works: Sequence[dict[str, Any]], *, is_complete: bool) -> KeyedNote:
    people = {
        (normalise_title(work["authors"][0]).split()[-1], str(work["year"]))
        for work in works
        if work.get("authors") and work.get("year") and normalise_title(work["authors"][0])
    }
    titles = tuple(work["title"] for work in works if work.get("title"))
    return KeyedNote(path, titles, tuple(sorted(people)), is_complete)


def keyed_blocks(note: KeyedNote) -> Iterator[KeyedBlock]:
    """The blocks of a note with the places of its titles; without those where the rules surely see
    a title that no key has.
    """
    wanted = [normalise_title(title).split() for title in note.titles]
    wanted.sort(key=len, reverse=True)
    for read in read_notes([note.path])[0]:
        for block in read.blocks:
            tokens = tokenise(block.text)
            if block.kind == "entry" or not MIN_TOKENS <= len(tokens) <= MAX_TOKENS:
                continue
            places = _places(tokens, wanted)
            if places or not _holds_other_work(block):
                yield KeyedBlock(block, tokens, _known(note, tokens, places))


def _holds_other_work(block: NoteBlock) -> bool:
    """Whether the rules surely see a work with a title."""
    entries = find_reference_entries(block, (), in_list=False)
    return any(entry.sure and entry.reference.title for entry in entries)


def _places(tokens: Sequence[Token], wanted: Sequence[Sequence[str]]) -> list[tuple[int, int]]:
    words: list[str] = []
    owner: list[int] = []
    for place, token in enumerate(tokens):
        for word in normalise_title(token.text).split():
            words.append(word)
            owner.append(place)
    taken: list[tuple[int, int]] = []
    at: dict[str, list[int]] = {}
    for i, word in enumerate(words):
        at.setdefault(word, []).append(i)
    for title in wanted:
        for i in at.get(title[0], ()) if title else ():
            if words[i : i + len(title)] == title and (len(title) > 1 or len(title[0]) > 4):
                behind = owner[i + len(title) - 1] + 1
                behind += tokens[behind : behind + 1] != [] and tokens[behind].text in _ENDS
                span = owner[i], behind
                if all(span[1] <= start or end <= span[0] for start, end in taken):
                    taken.append(span)
    return sorted(taken)


MAX_GAP = 12
"""Tokens between the first author and the year of a work that is cited by them."""


def _known(
    note: KeyedNote, tokens: Sequence[Token], titles: Sequence[tuple[int, int]]
) -> list[str]:
    """What the key says of each token."""
    known = [""] * len(tokens)
    for start, end in titles:
        known[start:end] = ["T"] * (end - start)
    words = [normalise_title(token.text) for token in tokens]
    for place, word in enumerate(words):
        for family, year in note.people:
            if word != family or known[place]:
                continue
            near = words[place + 1 : place + MAX_GAP]
            if year in near and "T" not in known[place : place + MAX_GAP]:
                known[place] = "A"
                known[place + 1 + near.index(year)] = "Y"
    if note.is_complete and not any(known):
        return ["O"] * len(tokens)
    return known
