"""How a place in a paper is said: 'p. 7', or '§ Methods, ¶ 12' in a text without pages."""

from __future__ import annotations

from litmap.models import Sentence

YOU_MARKED = "you marked this"
"""Stands beside a sentence that the reader marked in the PDF."""
MAX_SECTION = 60
"""Characters of a section's name in a place."""


def page_place(page: int) -> str:
    """'p. 7'; '' for no page."""
    return f"p. {page}" if page else ""


def sentence_place(sentence: Sentence) -> str:
    """Where a paper's sentence stands."""
    return sentence.place or page_place(sentence.page)


def paragraph_place(paragraph: int, section: str = "") -> str:
    """'§ Methods, ¶ 12': the section and the paragraph, counted through the whole text; '' for no
    paragraph.
    """
    if not paragraph:
        return ""
    name = " ".join(section.split())
    if len(name) > MAX_SECTION:
        name = name[:MAX_SECTION].rsplit(" ", 1)[0] + " …"
    return f"§ {name}, ¶ {paragraph}" if name else f"¶ {paragraph}"


def with_mark(place: str, is_marked: bool) -> str:
    """'p. 3, you marked this' for what the reader marked, else the place alone."""
    return ", ".join(filter(None, (place, YOU_MARKED))) if is_marked else place
