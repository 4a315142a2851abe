"""What a reader marked, as text of a passage: the marked words, and the comment below them."""

from __future__ import annotations

from litmap.models import Mark


def text_of_mark(mark: Mark) -> str:
    """The words under a mark and its comment, a line each."""
    return "\n".join(filter(None, (mark.text, mark.comment)))


def section_of_mark(mark: Mark) -> str:
    """The section that a mark stands in; of an earlier version that the newest PDF lacks, where."""
    if mark.earlier:
        return f"in an earlier version, p. {mark.page}"
    return mark.section
