"""The paper's title: all runs of rows on the first pages that may be it, scored by a linear model.

What counts (place, print, distances, what stands above and below, words, agreement with the file's
properties, running heads and the text itself) is measured by `measure`; the weights stand in
`data/title_weights.txt` and are learnt by `benchmarks/quality/titles.py`.
"""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate, pairwise

from litmap.parsing.grammar import YEAR_SINCE_1900
from litmap.parsing.word_lists import load_words
from litmap.text.headings import KNOWN
from litmap.text.page_layout import PageLayout, Row
from litmap.text.section_numbers import NUMBERED
from litmap.text.style import WORD, Style, is_prose
from litmap.text.title_wording import (
    banner_share,
    count_names,
    has_address,
    has_web_address,
    is_article_label,
    is_spaced_out,
    long_words,
    names_share,
    wide_share,
)

logger = logging.getLogger(__name__)

PAGES = 4
"""Pages that are looked through: covers, imprints and prefaces stand before some papers."""
MAX_TEXT_BEFORE = 3500
"""Characters of running text behind which no title is looked for on a further page."""
MAX_HEADS = 40
MAX_TITLE_ROWS = 7
MAX_ROWS = 45
"""Rows of a page that are looked at; more where its largest print stands behind further ones."""
MAX_CITED = 500
"""Characters behind 'To cite this article' in which the paper's own reference stands."""
MIN_SHARED = 3
"""Words of the file's title that may be compared one by one."""
MIN_LETTERS = 4
MAX_COVER_ROWS = 80
_COVER_PHRASES = load_words("cover_page_phrases", "litmap.text")
_CITE = re.compile("|".join(map(re.escape, load_words("cite_phrases", "litmap.text"))))
VOCABULARY_PAGES = 12
"""Pages whose running text says which words the paper writes."""
_ABSTRACT = re.compile(
    r"^(?:abstract|summary|zusammenfassung|résumé|resumen|resumo|riassunto|samenvatting|sammanfattning"
    r"|streszczenie|abstrakt|özet|öz|аннотация|анотація|摘\s*要|要\s*旨|초록|الملخص|چکیده)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Rows [first, last] of a page that may be the title."""

    page: PageLayout
    first: int
    last: int

    @property
    def rows(self) -> list[Row]:
        """The rows, from top to bottom."""
        return self.page.rows[self.first : self.last + 1]

    @property
    def size(self) -> float:
        """Print of the first row, one point at least: a damaged file may set text in no size."""
        return max(self.page.rows[self.first].size, 1.0)

    @property
    def text(self) -> str:
        """The rows' text, hyphens at their ends taken as printed."""
        return " ".join(row.text for row in self.rows)


@dataclass(slots=True)
class Evidence:
    """What the document says elsewhere: its style, the words it writes in small letters and in any,
    the file's own title, its running heads and the references to the paper itself (squashed), and
    the first pages as squashed text.
    """

    style: Style
    small_words: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    metadata_title: str = ""
    metadata_words: frozenset[str] = frozenset()
    running_heads: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    cited: tuple[tuple[int, str], ...] = ()
    """References to the paper itself, each with the place of its page among the first."""
    largest: dict[int, float] = field(default_factory=dict)
    running: dict[int, list[int]] = field(default_factory=dict)
    """For each page's number the characters of running text above each of its rows, and in all."""
    has_cover: bool = False


def squash(text: str) -> str:
    """Letters and digits only, in small letters: for comparing titles."""
    return re.sub(r"[\W_]+", "", text.lower())


def find_title(
    layouts: Sequence[PageLayout],
    style: Style,
    metadata_title: str = "",
    running_heads: Sequence[str] = (),
) -> Candidate | None:
    """The rows of the first pages that print the title; None where nothing may be it."""
    pages = front_pages(layouts, style)
    evidence = gather_evidence(layouts, pages, style, metadata_title, running_heads)
    best, best_score = None, -math.inf
    for candidate in find_candidates(pages, style):
        score = score_title(measure(candidate, pages, evidence))
        if score > best_score:
            best, best_score = candidate, score
    if best is not None:
        logger.debug("title on page %d, score %.1f", best.page.number, best_score)
    return best


def front_pages(layouts: Sequence[PageLayout], style: Style) -> list[PageLayout]:
    """The first pages with text, up to where much of the paper's own text has been read."""
    pages: list[PageLayout] = []
    read = 0
    for page in layouts:
        if len(pages) == PAGES or read > MAX_TEXT_BEFORE:
            break
        if page.rows:
            pages.append(page)
            read += sum(len(row.text) for row in page.rows if _is_running(row, style))
    return pages


def gather_evidence(
    layouts: Sequence[PageLayout],
    pages: Sequence[PageLayout],
    style: Style,
    metadata_title: str,
    running_heads: Sequence[str],
) -> Evidence:
    """What titles are compared with."""
    small_words, words = _vocabulary(layouts[:VOCABULARY_PAGES])
    return Evidence(
        style,
        small_words,
        words,
        squash(metadata_title),
        frozenset(long_words(metadata_title)),
        tuple(head for head in map(squash, running_heads[:MAX_HEADS]) if len(head) >= 8),
        tuple(squash(" ".join(row.text for row in page.rows)) for page in pages),
        tuple(_own_references(pages)),
        {page.number: _largest(page, style) for page in pages},
        {page.number: _running_above(page, style) for page in pages},
        len(pages) > 1 and is_cover(pages[0]),
    )


def _own_references(pages: Sequence[PageLayout]) -> Iterator[tuple[int, str]]:
    """What stands behind 'To cite this article' and the like."""
    for place, page in enumerate(pages):
        text = " ".join(row.text for row in page.rows)
        lower = text.lower()
        for match in _CITE.finditer(lower):
            yield place, squash(lower[match.end() : match.end() + MAX_CITED])


def _vocabulary(pages: Sequence[PageLayout]) -> tuple[frozenset[str], frozenset[str]]:
    """The words that the rows of some pages write in small letters, and the longer ones in any."""
    wide: list[str] = []
    others: list[str] = []
    for page in pages:
        for row in page.rows:
            if wide_share(row.text) > 0.5:
                if row.words >= 4 or len(row.text) > 15:
                    wide.append(row.text)
            elif row.words >= 4:
                others.append(row.text)
    words = {word.lower() for word in set(WORD.findall("\n".join(others))) if len(word) >= 4}
    words.update(*map(long_words, wide))
    written = set(" ".join(others + wide).split())
    return frozenset(filter(str.islower, written)), frozenset(words)


def _running_above(page: PageLayout, style: Style) -> list[int]:
    lengths = (len(row.text) if _is_running(row, style) else 0 for row in page.rows)
    return list(accumulate(lengths, initial=0))


def _largest(page: PageLayout, style: Style) -> float:
    """The largest print of the page's upper rows that is set in words."""
    sizes = [row.size for row in upper_rows(page) if _is_set_in_words(row)]
    return max(sizes, default=style.size)


def upper_rows(page: PageLayout) -> list[Row]:
    """The first rows of a page, up to where its largest print ends: a narrow column of notes may be
    read before it.
    """
    sizes = [row.size if _is_set_in_words(row) else 0.0 for row in page.rows]
    largest = sizes.index(max(sizes)) if sizes else 0
    return page.rows[: max(MAX_ROWS, largest + MAX_TITLE_ROWS + 1)]


def _is_set_in_words(row: Row) -> bool:
    return _is_worded(row) and not is_spaced_out(row.text)


def is_cover(page: PageLayout) -> bool:
    """Whether a page says in two ways that a repository or publisher put it before a paper."""
    text = " ".join(row.text for row in page.rows[:MAX_COVER_ROWS]).lower()
    return sum(phrase in text for phrase in _COVER_PHRASES) >= 2


# ── candidates ───────────────────────────────────────────────────────────────────────────────────
def find_candidates(pages: Sequence[PageLayout], style: Style) -> Iterator[Candidate]:
    """All runs of one to seven rows that stand together and are no running text."""
    for page in pages:
        rows = upper_rows(page)
        prose = _paragraph_rows(rows, style)
        for first, row in enumerate(rows):
            if prose[first] or not _is_worded(row):
                continue
            last = first
            yield Candidate(page, first, last)
            while (
                last + 1 < min(len(rows), first + MAX_TITLE_ROWS)
                and not prose[last + 1]
                and _may_go_on(rows[last], rows[last + 1])
            ):
                last += 1
                yield Candidate(page, first, last)


def _is_worded(row: Row) -> bool:
    return sum(map(str.isalpha, row.text)) >= MIN_LETTERS


def _may_go_on(row: Row, below: Row) -> bool:
    """Whether the row below may belong to the same title: near, and of about the same size."""
    size = max(row.size, below.size)
    gap = below.baseline - row.baseline
    return 0 < gap < 2.6 * size and abs(below.size - row.size) < 0.35 * size


def _paragraph_rows(rows: Sequence[Row], style: Style) -> list[bool]:
    """For each row whether it is one of three or more rows of running text, all in one print."""
    like = [_is_running(row, style) for row in rows]
    marked = [False] * len(rows)
    begin = 0
    for i in range(len(rows) + 1):
        if i < len(rows) and like[i] and (i == begin or _is_same_print(rows[i - 1], rows[i])):
            continue
        if i - begin >= 3:
            marked[begin:i] = [True] * (i - begin)
        begin = i if i < len(rows) and like[i] else i + 1
    return marked


def _is_running(row: Row, style: Style) -> bool:
    """Whether a row is a line of running text, in its size and no bold print of its own."""
    wide = wide_share(row.text) > 0.5 and len(row.text) >= 15
    own_print = row.bold > 0.8 and row.font not in style.fonts
    return (is_prose(row) or wide) and row.size < 1.12 * style.size and not own_print


def _is_same_print(row: Row, below: Row) -> bool:
    return (
        abs(row.size - below.size) < 0.3
        and abs(row.bold - below.bold) < 0.5
        and 0 < below.baseline - row.baseline < 2.4 * row.size
    )


# ── measures ─────────────────────────────────────────────────────────────────────────────────────
def measure(
    candidate: Candidate, pages: Sequence[PageLayout], evidence: Evidence
) -> dict[str, float]:
    """What counts for and against a candidate, each about within [-1, 1]."""
    return {
        **_measure_print(candidate, evidence),
        **_measure_place(candidate, pages, evidence),
        **_measure_run(candidate, evidence.style),
        **_measure_words(candidate, evidence),
        **_measure_neighbours(candidate, evidence),
        **_measure_agreement(candidate, pages, evidence),
    }


def _measure_print(candidate: Candidate, evidence: Evidence) -> dict[str, float]:
    rows = candidate.rows
    size = candidate.size
    return {
        "larger_than_text": _clip(math.log(size / max(evidence.style.size, 1.0)), -0.3, 0.8),
        "below_largest": _clip(
            math.log(size / max(evidence.largest[candidate.page.number], 1.0)), -0.8, 0.0
        ),
        "is_largest": float(size >= 0.97 * evidence.largest[candidate.page.number]),
        "bold": sum(row.bold for row in rows) / len(rows),
        "italic": sum(row.italic for row in rows) / len(rows),
        "capitals": float(candidate.text.isupper()),
        "smaller_than_text": float(size < 0.93 * evidence.style.size),
    }


def _measure_place(
    candidate: Candidate, pages: Sequence[PageLayout], evidence: Evidence
) -> dict[str, float]:
    page, index = candidate.page, pages.index(candidate.page)
    middle = (candidate.rows[0].y0 + candidate.rows[-1].y1) / 2 / max(page.height, 1.0)
    running = evidence.running[page.number][candidate.first]
    top = candidate.rows[0].baseline - 0.5 * candidate.size
    above = sum(row.baseline < top for row in page.rows)
    earlier = sum(evidence.running[other.number][-1] for other in pages[:index])
    return {
        "page": index / 3,
        "after_cover": float(index > 0 and evidence.has_cover),
        "low": max(0.0, middle - 0.35) * 2,
        "text_above": _clip(running / 600, 0.0, 1.0),
        "text_before": _clip(earlier / 3000, 0.0, 1.0),
        "rows_above": _clip(above / 10, 0.0, 1.0),
    }


def _measure_run(candidate: Candidate, style: Style) -> dict[str, float]:
    """Whether the run is whole and of one piece: its distances (by those of the text, which a
    manuscript sets wide), and the rows that go on.
    """
    rows = candidate.rows
    page = candidate.page.rows
    size = candidate.size
    gaps = [(b.baseline - a.baseline) / size for a, b in pairwise(rows)]
    above = page[candidate.first - 1] if candidate.first else None
    below = page[candidate.last + 1] if candidate.last + 1 < len(page) else None
    inner = max(gaps, default=1.2)
    gap_above = (rows[0].baseline - above.baseline) / size if above else 3.0
    gap_below = (below.baseline - rows[-1].baseline) / size if below else 3.0
    changes = [_print_change(a, b) for a, b in pairwise(rows)]
    spacing = _clip(style.leading / max(style.size, 1.0), 1.2, 2.4)
    wide = max(inner, spacing) if spacing > 1.5 else 0.0
    return {
        "rows": (len(rows) - 1) / 3,
        "wide_gap": _clip(inner - max(1.35, spacing), 0.0, 1.2),
        "uneven_gaps": _clip(max(gaps) - min(gaps), 0.0, 1.0) if gaps else 0.0,
        "print_change": max(changes, default=0.0),
        "goes_on_above": _goes_on(above, rows[0], gap_above, inner),
        "goes_on_below": _goes_on(rows[-1], below, gap_below, inner),
        "goes_on_above_wide": _goes_on(above, rows[0], gap_above, wide) if wide else 0.0,
        "goes_on_below_wide": _goes_on(rows[-1], below, gap_below, wide) if wide else 0.0,
        "set_off_above": _clip((gap_above - inner) / 2, -0.5, 1.0) if gap_above > 0 else 1.0,
        "set_off_below": _clip((gap_below - inner) / 2, -0.5, 1.0) if gap_below > 0 else 1.0,
    }


def _print_change(row: Row, below: Row) -> float:
    """How much the print changes from a row to the next: size, weight, slant, capitals."""
    return (
        _clip(abs(row.size - below.size) / max(row.size, 1.0) * 6, 0.0, 1.0)
        + 0.7 * float(abs(row.bold - below.bold) > 0.5)
        + 0.7 * float(abs(row.italic - below.italic) > 0.6)
        + 0.7 * float(row.text.isupper() != below.text.isupper())
    )


def _goes_on(row: Row | None, below: Row | None, gap: float, inner: float) -> float:
    """How much a row is printed as one piece with the row below it, which the run leaves out."""
    if row is None or below is None or not 0 < gap < 1.15 * max(inner, 1.25) + 0.1:
        return 0.0
    return max(0.0, 1.0 - _print_change(row, below))


def _measure_words(candidate: Candidate, evidence: Evidence) -> dict[str, float]:
    text = candidate.text
    rows = candidate.rows
    words = text.split()
    count = len(words) if wide_share(text) < 0.5 else sum(map(str.isalpha, text)) / 2
    long = long_words(text)
    known = sum(word in evidence.words for word in long) / len(long) if long else 0.0
    small = sum(word in evidence.small_words for word in long) / len(long) if long else 0.0
    letters = sum(map(str.isalpha, text))
    return {
        "one_word": float(count < 1.6),
        "few_words": float(count < 3.1),
        "words": _clip(math.log(max(count, 1.0)) / 3, 0.0, 1.0),
        "too_long": _clip((count - 22) / 15, 0.0, 1.5),
        "names": names_share(text),
        "list_of_names": float(names_share(text) > 0.7 and count_names(text) > 1),
        "banner": banner_share(text),
        "banner_row": max(banner_share(row.text) for row in rows),
        "label": float(is_article_label(text)),
        "label_row": float(len(rows) > 1 and any(is_article_label(row.text) for row in rows)),
        "address": float(has_address(text)),
        "web": float(has_web_address(text)),
        "digits": _clip(sum(map(str.isdigit, text)) / max(letters, 1) * 3, 0.0, 1.0),
        "ends_open": float(_ends_open(text)),
        "ends_colon": float(text.endswith(":")),
        "ends_full_stop": float(text.endswith((".", "。"))),
        "opens_small": float(text[0].islower()),
        "known_words": known,
        "small_words": small,
        "spaced_out": float(is_spaced_out(text)),
        "section": float(bool(KNOWN.match(text) or _ABSTRACT.match(text))),
        "numbered": float(NUMBERED.match(text) is not None),
        "sentence": float(text.endswith((".", "。")) and count > 8),
        "maths": _clip(max(row.math for row in rows), 0.0, 1.0),
        "gaps": _clip(max(row.gaps for row in rows) / 2, 0.0, 1.0),
        "colon_at_row_end": float(
            len(rows) > 1 and any(row.text.endswith(":") for row in rows[:-1])
        ),
        "wide": float(wide_share(text) > 0.5),
    }


def _ends_open(text: str) -> bool:
    """Whether a text ends in a comma, a dash or a short word in small letters: 'The role of'."""
    last = text.rsplit(maxsplit=1)[-1]
    return text.endswith((",", "-", "–", "—", "&", "/")) or (last.islower() and len(last) <= 3)


def _measure_neighbours(candidate: Candidate, evidence: Evidence) -> dict[str, float]:
    page = candidate.page.rows
    above = page[candidate.first - 1].text if candidate.first else ""
    below = page[candidate.last + 1].text if candidate.last + 1 < len(page) else ""
    later = [row.text for row in page[candidate.last + 1 : candidate.last + 6]]
    return {
        "names_above": names_share(above) if above else 0.0,
        "names_below": names_share(below) if below else 0.0,
        "names_soon": max(map(names_share, later), default=0.0),
        "title_above": _title_above(candidate),
        "label_above": float(bool(above) and is_article_label(above)),
        "banner_above": banner_share(above) if above else 0.0,
        "address_below": float(any(map(has_address, later))),
        "abstract_below": float(any(_ABSTRACT.match(text) for text in later)),
        "banner_below": banner_share(below) if below else 0.0,
        "last_on_page": float(not later),
    }


def _title_above(candidate: Candidate) -> float:
    """Whether the row above is in no smaller print and is neither names, label nor banner: the
    title may have begun there.
    """
    if not candidate.first:
        return 0.0
    row, above = candidate.rows[0], candidate.page.rows[candidate.first - 1]
    near = 0 < row.baseline - above.baseline < 4.5 * above.size
    if not near or above.size < 0.98 * row.size or not _is_worded(above):
        return 0.0
    if is_article_label(above.text) or is_spaced_out(above.text) or has_web_address(above.text):
        return 0.0
    return max(0.0, 1.0 - names_share(above.text) - 2.5 * banner_share(above.text))


def _measure_agreement(
    candidate: Candidate, pages: Sequence[PageLayout], evidence: Evidence
) -> dict[str, float]:
    text = squash(candidate.text.rstrip("-"))
    own = pages.index(candidate.page)
    metadata = evidence.metadata_title
    long = len(text) >= 12
    heads = evidence.running_heads if long else ()
    return {
        "metadata_words": _shared_words(candidate.text, evidence.metadata_words),
        "cited": float(long and _is_cited(text, own, evidence)),
        "volume_head": float(any(is_volume_head(text, head) for head in heads)),
        "is_metadata": float(bool(metadata) and text == metadata),
        "in_metadata": float(long and text != metadata and text in metadata),
        "holds_metadata": float(len(metadata) >= 12 and text != metadata and metadata in text),
        "is_running_head": float(text in heads),
        "opens_running_head": float(
            any(head != text and text.startswith(head.rstrip("0123456789")) for head in heads)
        ),
        "in_running_head": float(any(text != head and text in head for head in heads)),
        "printed_again": float(
            long and any(text in page for i, page in enumerate(evidence.pages) if i != own)
        ),
        "again_on_page": float(long and evidence.pages[own].count(text) > 1),
    }


def _shared_words(text: str, others: frozenset[str]) -> float:
    """How far the words of a text are those of another: twice the shared ones by all of both."""
    if len(others) < MIN_SHARED:
        return 0.0
    words = frozenset(long_words(text))
    return 2 * len(words & others) / (len(words) + len(others))


def _is_cited(text: str, own: int, evidence: Evidence) -> bool:
    """Whether a reference to the paper itself has a text, and the text stands outside of it too."""
    return any(
        text in reference and (place != own or evidence.pages[own].count(text) > 1)
        for place, reference in evidence.cited
    )


def is_volume_head(text: str, head: str) -> bool:
    """Whether a running head has a text and a year: 'River Studies 2018:12', a journal."""
    rest = head.removeprefix(text)
    return rest != head and re.search(YEAR_SINCE_1900, rest) is not None


def _clip(value: float, low: float, high: float) -> float:
    return max(low, min(high, value))


# ── the score ────────────────────────────────────────────────────────────────────────────────────
def score_title(measures: Mapping[str, float]) -> float:
    """The measures' weighted sum; the highest of a document is its title."""
    weights = title_weights()
    return sum(weights[name] * value for name, value in measures.items())


@cache
def title_weights() -> dict[str, float]:
    """The weight of each measure."""
    pairs = (line.split() for line in load_words("title_weights", "litmap.text"))
    return {name: float(value) for name, value in pairs}
