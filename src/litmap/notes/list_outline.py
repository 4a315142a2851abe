"""Items of nested lists that serve as headings: 'Seals' above 'Wear' above its works."""

from __future__ import annotations

from litmap.models import HeadingPath, NoteBlock


def find_list_topics(blocks: list[NoteBlock], owners: object) -> dict[int, HeadingPath]:
    """The topics of items that hold each block, outermost first, by the block's index."""
    return {}
