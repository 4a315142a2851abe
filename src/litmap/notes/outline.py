"""Which headings of a note name topics, judged when all of it is read; the path above each block.

A heading is a topic where it names a subject. One that only puts notes in an order ('2021', 'Week
3') or lists references opens none, and one that is a work itself (`work_headings`) stands under the
heading above. Items of nested lists are headings where they name a subject and hold works.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import Enum

from litmap.models import Heading, HeadingPath, NoteBlock
from litmap.notes.labelled_topics import find_labelled_topics
from litmap.notes.list_outline import find_list_topics, is_citing
from litmap.notes.work_headings import (
    MAX_REMARK,
    WorkHeading,
    is_part_of_paper_notes,
    names_authors,
    read_work_heading,
    without_lines,
)
from litmap.parsing.heading_subjects import has_subject, letters_of, names_order

MAX_PROSE_CHARS = 4000
"""Characters of prose kept below one heading."""
MIN_ALIKE = 2
"""Headings that look alike, from which on doubtful ones are works."""
INFERRED_LEVEL, RUN_IN_LEVEL = 7, 8
"""From this level on headings are lines in bold, not marked as headings; words that a paragraph
opens with.
"""
MIN_LONE_LETTERS = 4
"""Headings of one letter each, from which on they are an alphabet; of 'A–C', two are enough."""
MAX_BELOW = 12
"""Blocks below a heading that may tell its work's fields."""
ROLE = ("role", "heading")
"""Field of a block that was a heading and is a work."""


class Role(Enum):
    """What a heading is."""

    TOPIC = "topic"
    NO_SUBJECT = "no subject"
    WORK = "work"
    TEXT = "text"
    """A line in bold that is no heading after all."""


@dataclass(slots=True, eq=False)
class OutlineHeading:
    """A heading as it stands in a note; `place` is the index of its block."""

    level: int
    text: str
    line: int
    place: int
    root: HeadingPath
    parent: OutlineHeading | None
    role: Role
    inferred: bool = False
    work: WorkHeading | None = None
    prose: list[str] = field(default_factory=list)

    @property
    def path(self) -> HeadingPath:
        """The topics that hold what stands below, outermost first."""
        above = self.parent.path_below if self.parent else self.root
        return (*above, self.text) if self.role is Role.TOPIC else above

    @property
    def path_below(self) -> HeadingPath:
        """The topics that hold the headings below."""
        return self.path

    def above(self) -> Iterator[OutlineHeading]:
        """The headings that hold this one, innermost first."""
        heading = self.parent
        while heading:
            yield heading
            heading = heading.parent

    def add_prose(self, text: str) -> None:
        """Keeps the beginning of what stands directly below."""
        if sum(map(len, self.prose)) < MAX_PROSE_CHARS:
            self.prose.append(text[:MAX_PROSE_CHARS])


@dataclass(slots=True)
class Outline:
    """A note's blocks below their headings; `owners` has the heading of each block by its index,
    `leads` the bold words that a block opens with.
    """

    blocks: list[NoteBlock]
    headings: list[OutlineHeading]
    owners: dict[int, OutlineHeading | None]
    leads: dict[int, str]

    def settle(self) -> tuple[list[NoteBlock], list[Heading]]:
        """The blocks below their topics, and the headings that are topics."""
        self._take_back_bold_lines()
        self._take_back_lone_run_in_headings()
        self._find_works()
        self._drop_headings_inside_works()
        self._drop_letters()
        self._drop_lone_lists()
        self._keep_all_there_is()
        return self._place_blocks()

    # What a heading is
    def _take_back_bold_lines(self) -> None:
        """A line in bold that holds no works is text in bold."""
        for number, heading in enumerate(self.headings):
            if heading.level < INFERRED_LEVEL or heading.role is Role.WORK:
                continue
            below = self._below(number)
            if read_work_heading(heading.text, (), below):
                continue
            if not any(block.kind == "item" or is_citing(block) for block in below):
                heading.role = Role.TEXT

    def _take_back_lone_run_in_headings(self) -> None:
        """One paragraph that opens in bold or capitals is no outline: 'NOTE. …'."""
        topics = [heading for heading in self.headings if heading.role is Role.TOPIC]
        run_in = [heading for heading in topics if heading.level == RUN_IN_LEVEL]
        in_capitals = sum(heading.text.isupper() for heading in topics)
        for heading in run_in:
            alike = max(len(run_in), in_capitals if heading.text.isupper() else 0)
            if alike < MIN_ALIKE:
                heading.role = Role.TEXT

    def _find_works(self) -> None:
        """Marks the headings that are works; doubtful ones where several look alike."""
        doubtful: dict[OutlineHeading | None, list[OutlineHeading]] = defaultdict(list)
        sure: dict[OutlineHeading | None, int] = defaultdict(int)
        for number, heading in enumerate(self.headings):
            if heading.role is not Role.TOPIC or heading.level == RUN_IN_LEVEL:
                continue
            block = self.blocks[heading.place]
            work = read_work_heading(block.text, block.links, self._below(number))
            if work is None or (work.fields and self._holds_headings_of_works(number, work)):
                continue
            heading.work = work
            if work.doubtful:
                doubtful[heading.parent].append(heading)
            else:
                heading.role = Role.WORK
                sure[heading.parent] += 1
        for parent, alike in doubtful.items():
            if len(alike) + sure[parent] >= MIN_ALIKE:
                for heading in alike:
                    heading.role = Role.WORK

    def _below(self, number: int) -> list[NoteBlock]:
        """The blocks between a heading and the next one.

        A heading right behind it that tells the authors is one of them: '### by Jane Doe'.
        """
        first, *behind = self.headings[number : number + 3]
        if behind and behind[0].place == first.place + 1 and behind[0].level > first.level:
            behind = behind[1:] if names_authors(behind[0].text) else behind
        end = behind[0].place if behind else len(self.blocks)
        return self.blocks[first.place + 1 : min(end, first.place + 1 + MAX_BELOW)]

    def _holds_headings_of_works(self, number: int, work: WorkHeading) -> bool:
        """True for a doubtful work that holds other headings: an event, perhaps."""
        following = self.headings[number + 1 : number + 2]
        return work.doubtful and any(h.parent is self.headings[number] for h in following)

    def _drop_headings_inside_works(self) -> None:
        """'Summary' below a work is no topic; below a page that is one work, others are."""
        for heading in self.headings:
            work = next((above for above in heading.above() if above.role is Role.WORK), None)
            if work is None or heading.role is not Role.TOPIC:
                continue
            is_page = work is self.headings[0] and all(
                work in other.above() for other in self.headings[1:]
            )
            is_part = is_part_of_paper_notes(heading.text)
            if not is_page or is_part or not has_subject(heading.text):
                heading.role = Role.NO_SUBJECT

    def _drop_letters(self) -> None:
        """'A–C' and 'D–F' are no topics, nor are 'A' and 'B'."""
        lettered: dict[OutlineHeading | None, list[OutlineHeading]] = defaultdict(list)
        for heading in self.headings:
            if heading.role is Role.TOPIC and letters_of(heading.text):
                lettered[heading.parent].append(heading)
        for headings in lettered.values():
            firsts = [letters_of(heading.text) for heading in headings]
            least = 2 if len(headings[0].text.strip()) > 1 else MIN_LONE_LETTERS
            if len(firsts) >= least and firsts[0] in {"a", "а"} and firsts == sorted(set(firsts)):
                for heading in headings:
                    heading.role = Role.NO_SUBJECT

    def _drop_lone_lists(self) -> None:
        """'2021' is no topic; nor is 'To read' where the subject above it has no other parts."""
        parts: dict[OutlineHeading | None, int] = defaultdict(int)
        for heading in self.headings:
            if heading.role is Role.TOPIC and has_subject(heading.text):
                parts[heading.parent] += 1
        for heading in self.headings:
            if heading.role is not Role.TOPIC or has_subject(heading.text):
                continue
            is_below_subject = any(
                above.role is Role.TOPIC and has_subject(above.text) for above in heading.above()
            )
            if names_order(heading.text) or (is_below_subject and not parts[heading.parent]):
                heading.role = Role.NO_SUBJECT

    def _keep_all_there_is(self) -> None:
        """An annotated bibliography that is all of a page stays its heading."""
        lists = [h for h in self.headings if h.role is Role.NO_SUBJECT]
        others = [h for h in self.headings if h.role is not Role.NO_SUBJECT]
        if len(lists) != 1 or len(others) != 1 or names_order(lists[0].text):
            return
        above = list(lists[0].above())
        is_alone = all(heading in above for heading in others)
        stands_below = all(
            self.owners.get(number) is lists[0]
            for number, block in enumerate(self.blocks)
            if block.kind != "heading"
        )
        if is_alone and stands_below:
            lists[0].role = Role.TOPIC

    # What stands where
    def _place_blocks(self) -> tuple[list[NoteBlock], list[Heading]]:
        taken = self._lines_of_works(h for h in self.headings if h.role is Role.WORK)
        for heading in self.headings:
            if heading.place in taken:
                heading.role = Role.NO_SUBJECT
        paths = {id(heading): heading.path for heading in self.headings}
        topics = self._topics_of_blocks()
        texts = {h.place for h in self.headings if h.role is Role.TEXT}
        works = {h.place: h for h in self.headings if h.role is Role.WORK and h.work}
        blocks: list[NoteBlock] = []
        for number, block in enumerate(self.blocks):
            if number in works:
                blocks.append(self._work_block(works[number], paths))
                continue
            lines = taken.get(number, 0)
            kept = _as_text(block) if number in texts else without_lines(block, lines)
            if kept is None:
                continue
            owner = self.owners.get(number)
            above = paths[id(owner)] if owner else block.heading
            above = (*above, *topics.get(number, ()))
            blocks.append(kept if kept.heading == above else replace(kept, heading=above))
            if owner and block.kind == "paragraph" and not _is_listed(block):
                self._keep_prose(owner, block.text)
        return blocks, self._headings(paths, topics)

    def _topics_of_blocks(self) -> dict[int, HeadingPath]:
        """The topics of items that hold a block and of what stands beside it, outermost first."""
        topics = find_list_topics(self.blocks, self.owners, self.leads)
        for place, topic in find_labelled_topics(self.blocks).items():
            above = topics.get(place, ())
            if above[-1:] != topic:
                topics[place] = (*above, *topic)
        return topics

    def _keep_prose(self, owner: OutlineHeading, text: str) -> None:
        """Keeps prose for the topic that it stands directly below."""
        heading: OutlineHeading | None = owner
        while heading and heading.role in {Role.NO_SUBJECT, Role.TEXT}:
            heading = heading.parent
        if heading and heading.role is Role.TOPIC:
            heading.add_prose(text)

    def _headings(
        self, paths: dict[int, HeadingPath], topics: dict[int, HeadingPath]
    ) -> list[Heading]:
        """The topics in their order: headings with their prose, and items of lists."""
        found = [
            (h.place, Heading(paths[id(h)], h.line, " ".join(h.prose)[:MAX_PROSE_CHARS]))
            for h in self.headings
            if h.role is Role.TOPIC
        ]
        seen = {heading.path for _, heading in found}
        for number, inner in topics.items():
            owner = self.owners.get(number)
            above = paths[id(owner)] if owner else self.blocks[number].heading
            for size in range(1, len(inner) + 1):
                path = (*above, *inner[:size])
                if path not in seen:
                    seen.add(path)
                    found.append((number, Heading(path, self.blocks[number].line)))
        found.sort(key=lambda pair: pair[0])
        return [heading for _, heading in found]

    def _lines_of_works(self, works: Iterable[OutlineHeading]) -> dict[int, int]:
        """How many of its first lines each block below a work gives to the work."""
        taken: dict[int, int] = {}
        for heading in works:
            left = heading.work.lines if heading.work else 0
            number = heading.place + 1
            while left > 0 and number < len(self.blocks):
                size = len(self.blocks[number].line_starts)
                taken[number] = min(left, size)
                left -= size
                number += 1
        return taken

    def _work_block(self, heading: OutlineHeading, paths: dict[int, HeadingPath]) -> NoteBlock:
        """The block of a heading that is a work, with the beginning of what is said of it."""
        block, above = self.blocks[heading.place], paths[id(heading)]
        remark = self._remark_on(heading)
        fields: tuple[tuple[str, str], ...] = (ROLE, ("remark", remark)) if remark else (ROLE,)
        if not heading.work or not heading.work.fields:
            return replace(block, kind="item", heading=above, fields=(*block.fields, *fields))
        return replace(
            block, kind="entry", heading=above, fields=(*heading.work.fields, *fields), links=()
        )

    def _remark_on(self, heading: OutlineHeading) -> str:
        """The beginning of the prose below a work."""
        lines = heading.work.lines if heading.work else 0
        words: list[str] = []
        for block in self.blocks[heading.place + 1 : heading.place + 1 + MAX_BELOW]:
            if block.kind == "heading":
                break
            kept = without_lines(block, lines) if lines else block
            lines = max(0, lines - len(block.line_starts))
            words += [kept.text] if kept else []
        return " ".join(words)[:MAX_REMARK]


def _as_text(block: NoteBlock) -> NoteBlock | None:
    """A heading that is text in bold after all; None where the paragraph behind has its words."""
    if ("run-in", "1") in block.fields:
        return None
    return replace(block, kind="paragraph", fields=_without_inferred(block))


def _without_inferred(block: NoteBlock) -> tuple[tuple[str, str], ...]:
    return tuple(pair for pair in block.fields if pair[0] != "inferred")


def _is_listed(block: NoteBlock) -> bool:
    return any(name == "list" for name, _ in block.fields)
