"""The first pages: title, abstracts, and what is no text of the paper: names, addresses, covers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from litmap.parsing.word_lists import load_pattern, load_words
from litmap.text.blocks import DraftBlock
from litmap.text.headings import is_known_heading, is_numbered_heading
from litmap.text.page_layout import PageLayout, Row
from litmap.text.style import Style, is_prose
from litmap.text.title_wording import has_address, names_share, wide_share
from litmap.text.titles import Candidate, is_cover


def _spaced(name: str) -> str:
    """The name with or without spaces between its letters: 'A B S T R A C T'."""
    return r"\s?".join(map(re.escape, name)) if " " not in name else re.escape(name)


_NAMES = "|".join(
    _spaced(name)
    for name in sorted(load_words("abstract_headings", "litmap.text"), key=len, reverse=True)
)
_ABSTRACT = re.compile(
    rf"^[\[【(（<《]?\s*(?:{_NAMES})\s*(?:[\]】)）>》]\s*[:：]?|$|[.:：—–-]|(?-i:(?=[A-Z“„«])))\s*",
    re.I,
)
_AFTER_ABSTRACT = re.compile(
    rf"^[\[【(（<]?(?:{load_pattern('keyword_headings', 'litmap.text')}|"
    r"ccs concepts|categories and subject|general terms|1998 acm|"
    r"ams |msc|"
    r"(?:\d{4} )?mathematics subject|e-?mail|received|pacs|jel\b|contents)",
    re.I,
)
MAX_ABSTRACTS = 4
MAX_ABSTRACT = 3500
"""Characters after which no further block is taken into the abstract."""
MIN_ABSTRACT = 300
"""Characters of a paragraph between names and first heading that is an abstract."""
MIN_TEXT = 600
"""Characters of running text of a page that is no cover."""
MAX_CONTACT = 400
"""Characters of a note that gives someone's address."""
MIN_LONE_ABSTRACT = 400
"""The same on a first page without a heading."""


# ── title ────────────────────────────────────────────────────────────────────────────────────────
def mark_title(page: PageLayout, title: Candidate) -> None:
    """Makes the rows that print the title 'title', in place."""
    for index in range(title.first, title.last + 1):
        page.classes[index] = "title"


# ── abstract ─────────────────────────────────────────────────────────────────────────────────────
def mark_abstract(blocks: list[DraftBlock], style: Style, page: int = 0) -> None:
    """Makes the abstracts' blocks 'abstract': those after their headings, or the prose between
    names and introduction. `page` is the title's, 0 where there is none. Of abstracts in two
    languages that follow each other the one in the paper's comes first.
    """
    if not blocks:
        return
    page = page or blocks[0].page
    first = next(i for i, block in enumerate(blocks) if block.page >= page)
    front = [block for block in blocks[first:] if block.page <= page + 1]
    starts = _find_openings(front)
    for start, end in pairwise([*starts, len(front)]):
        _mark_after_heading(front[start:end])
    if not starts:
        _mark_unheaded_abstract([block for block in front if block.page == page], style)
    elif len(starts) == 2:
        _order_abstracts(blocks, first + starts[0], first + starts[1])


def _find_openings(front: Sequence[DraftBlock]) -> list[int]:
    """Where abstracts begin: the first, and further ones above the first section."""
    starts: list[int] = []
    for i, block in enumerate(front):
        if _opens_abstract(block):
            starts.append(i)
        elif starts and block.kind == "heading" and _opens_section(block.text):
            break
    return starts[:MAX_ABSTRACTS]


def _opens_section(text: str) -> bool:
    if _AFTER_ABSTRACT.match(text):
        return False
    return is_known_heading(text) or is_numbered_heading(text)


def _order_abstracts(blocks: list[DraftBlock], one: int, two: int) -> None:
    """Puts the second of two abstracts on a page first where its words are those of the paper."""
    end = two
    while end < len(blocks) and (end == two or blocks[end].kind == "abstract"):
        end += 1
    if {block.page for block in blocks[one:end]} != {blocks[one].page}:
        return
    text = _words(block for block in blocks[end:] if block.kind == "body")
    first, second = _words(blocks[one:two]), _words(blocks[two:end])
    if _share_of(second, text) > 1.3 * _share_of(first, text):
        blocks[one:end] = [*blocks[two:end], *blocks[one:two]]


def _words(blocks: Iterable[DraftBlock]) -> frozenset[str]:
    return frozenset(
        word for block in blocks for word in re.findall(r"[^\W\d_]+", block.text.lower())
    )


def _share_of(words: frozenset[str], others: frozenset[str]) -> float:
    return len(words & others) / max(1, len(words))


def _opens_abstract(block: DraftBlock) -> bool:
    return block.kind in ("heading", "body") and _ABSTRACT.match(block.text) is not None


def _mark_unheaded_abstract(blocks: Sequence[DraftBlock], style: Style) -> None:
    """On a first page: the long paragraphs above its first heading, or the one that is set
    narrower.
    """
    heading = next((i for i, block in enumerate(blocks) if block.kind == "heading"), None)
    if heading is None:
        _mark_lone_abstract(blocks, style)
        return
    for block in blocks[:heading]:
        if _is_long_prose(block, MIN_ABSTRACT) and not _AFTER_ABSTRACT.match(block.text):
            block.kind = "abstract"


def _is_long_prose(block: DraftBlock, min_length: int) -> bool:
    return block.kind == "body" and len(block.text) > min_length and "@" not in block.text


def _mark_lone_abstract(blocks: Sequence[DraftBlock], style: Style) -> None:
    """On a page without headings: the first long paragraph, where it is set narrower or smaller."""
    first = next((block for block in blocks if _is_long_prose(block, MIN_LONE_ABSTRACT)), None)
    if first is not None and all(_is_narrow(row, style) for row in first.rows[1:-1]):
        first.kind = "abstract"


def _is_narrow(row: Row, style: Style) -> bool:
    """Set smaller or narrower than the text: how an abstract without a heading stands out."""
    margin = 0.8 * style.size
    inset = row.x0 > row.column.x0 + margin and row.x1 < row.column.x1 - margin
    return inset or style.is_small(row)


def _mark_after_heading(blocks: Sequence[DraftBlock]) -> None:
    """Marks the blocks after the abstract's heading, which is blocks[0] or stands in it, in one
    size of print.
    """
    length, size = 0, 0.0
    opening = blocks[0]
    if opening.kind == "body" and len(opening.text) <= 30:
        opening.kind = "heading"
    elif opening.kind == "body":
        opening.kind, length, size = "abstract", len(opening.text), opening.rows[-1].size
    for block in blocks[1:]:
        if _ends_abstract(block) or length > MAX_ABSTRACT:
            break
        if block.kind != "body":
            continue
        if size and (abs(block.rows[0].size - size) > 0.45 or len(block.text) < 40):
            break
        block.kind, size = "abstract", block.rows[0].size
        length += len(block.text)


def _ends_abstract(block: DraftBlock) -> bool:
    return block.kind == "heading" or _AFTER_ABSTRACT.match(block.text) is not None


# ── names, addresses, covers ─────────────────────────────────────────────────────────────────────
def find_covers(layouts: Sequence[PageLayout], title: Candidate | None) -> frozenset[int]:
    """The numbers of the pages put before the paper: they say so, or stand before its title and
    have hardly any running text.
    """
    if title is None:
        return frozenset()
    before = [page for page in layouts if page.rows and page.number <= title.page.number]
    return frozenset(
        page.number
        for page in before
        if is_cover(page) or (page is not title.page and _has_little_text(page))
    )


def _has_little_text(page: PageLayout) -> bool:
    return sum(len(row.text) for row in page.rows if is_prose(row)) < MIN_TEXT


def mark_front(blocks: Sequence[DraftBlock], page: int, covers: frozenset[int]) -> None:
    """Makes 'front' what on cover pages, and around the title on page `page` (and the page behind a
    cover), is no text: banners, names, addresses, dates.
    """
    for block in blocks:
        if block.page in covers and block.kind != "title":
            block.kind = "front"
    opening = next((b.page for b in blocks if b.page >= page and b.page not in covers), page)
    first = [block for block in blocks if block.page == opening]
    begun = False
    for block in first:
        begun = begun or block.kind in ("abstract", "heading") or _is_text(block)
        if block.kind not in _MAY_BE_FRONT:
            continue
        if _is_note_on_people(block) if begun else not _is_text(block):
            block.kind = "front"


_MAY_BE_FRONT = frozenset({"body", "footnote", "table", "math"})


def _is_text(block: DraftBlock) -> bool:
    """Whether a block is running text: a sentence of 60 letters or a long paragraph, no list of
    names and addresses.
    """
    text = block.text
    if len(text) > MAX_CONTACT:
        return names_share(text) < 0.5 and len(_MAIL.findall(text)) < 3
    wide = wide_share(text) > 0.5
    prose = wide or sum(map(is_prose, block.rows)) * 2 > len(block.rows)
    long = len(text) > (40 if wide else 160) or text.endswith(_ENDS)
    return prose and long and len(text) > (30 if wide else 60) and not _is_contact(block)


def _is_note_on_people(block: DraftBlock) -> bool:
    """Whether a block below the first text says where an author is: by mail, or as a footnote that
    begins with an institution.
    """
    if len(block.text) > MAX_CONTACT:
        return False
    return _gives_mail(block) or (block.kind == "footnote" and has_address(block.text[:30]))


def _gives_mail(block: DraftBlock) -> bool:
    """Whether a short block below the first text has a mail address: 'Corresponding author: …'."""
    return len(block.text) <= MAX_CONTACT and _MAIL.search(block.text) is not None


def _is_contact(block: DraftBlock) -> bool:
    """Whether a short block has a mail address, or an institution and no full stop."""
    text = block.text
    return _gives_mail(block) or (has_address(text) and not text.endswith(_ENDS))


_MAIL = re.compile(r"\S@\S+\.\w|\}@|\be-?mail:", re.I)
_ENDS = (".", "。", "?", "!")
