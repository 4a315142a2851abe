"""What each row is: heading, caption, maths, table or figure label, footnote, or running text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from litmap.text.reading_order import CAPTION, Row
from litmap.text.style import WORD, Style, is_prose

NUMBERED = re.compile(
    r"^(?:(?:section|appendix|chapter|part|supplement)\s+)?"
    r"(?:\d{1,2}(?:\.\d{1,2}){0,3}|[A-Z](?:\.\d{1,2}){1,3}|[A-Z](?=[.:)])|[IVX]{1,5}(?=[.:)\s])|[A-Z](?=\s))"
    r"[.:)]?\s+(?=[A-Z“\"(\d])"
)
KNOWN = re.compile(
    r"^(?:abstract|summary|(?:\w+ )?introduction|background|preliminaries|(?:the )?(?:proposed )?methods?|"
    r"materials and methods|"
    r"(?:related|previous|prior|future) works?|(?:main |experimental |numerical )?results|"
    r"results and discussion|experiments|"
    r"experimental (?:setup|details|evaluation)|evaluation|discussions?|conclusions?(?: and \w+(?: \w+)?)?|"
    r"discussion and conclusions?|concluding remarks|summary and \w+|(?:author )?contributions|"
    r"our (?:results|contributions)|"
    r"acknowledge?ments?|references(?: and notes)?|bibliography|literature cited|works cited|cited literature|"
    r"appendi(?:x|ces)(?: [A-Z]\b.{0,60})?|supplementa(?:ry|l) (?:materials?|information)|supplement|outline|"
    r"(?:table of )?contents|notations?|keywords|motivation|proofs?|omitted proofs|additional .{3,40})\s*[.:]?$",
    re.I,
)
_LABEL = re.compile(
    r"^(?:theorem|lemma|proof|corollary|proposition|definition|remark|example|assumption|claim|conjecture|fact|note|"
    r"observation|condition|property|hypothesis|step|case|problem|question|exercise|input|output|require|ensure)\b",
    re.I,
)
NOTE_MARK = re.compile(r"^(?:[∗*†‡§¶♦⋆]|\d{1,2}(?=\s?[^\W\d_“\"(]))")
_ANY_MARK = re.compile(r"^(?:[∗*†‡§¶♦⋆]|\d{1,2}[.)]?\s?(?=[^\W\d_“\"(h]))")
_CONTENTS = re.compile(r"[^\W\d_]{3,}.*\s\d{1,3}$")
_LEADERS = re.compile(r"(?:\s?\.){5,}|(?:\. ){4,}")
_SIGNS = re.compile(r"[=≤≥<>≈≡∈⊂⊆∑∏∫∂∇∞→⇒±×·⋅∘⊗⊕∪∩√∥|+−^]")
_LONG_WORD = re.compile(r"[^\W\d_]{3,}")
_EQUATION_NUMBER = re.compile(r"\((?:[A-Z]\.?)?\d{1,3}(?:\.\d{1,3}){0,2}[a-z]?\)$")


def row_kinds(rows: Sequence[Row], height: float, style: Style, *, front: bool) -> list[str]:
    """A kind for each row of a page in reading order. `front`: the page is the first, names and titles stand on it."""
    kinds: list[str] = []
    for i in range(len(rows)):
        kinds.append(_kind(rows, i, style, kinds))
    _mark_notes(rows, kinds, height, style)
    _mark_labels(rows, kinds, style)
    _mark_last_rows(rows, kinds, style)
    _mark_limits(rows, kinds, style)
    if front:
        _clear_front(rows, kinds)
    return kinds


def _kind(rows: Sequence[Row], i: int, style: Style, before: Sequence[str]) -> str:
    row = rows[i]
    above = rows[i - 1] if i and rows[i - 1].column is row.column else None
    gap = row.base - above.base if above is not None else 1e9
    lead = style.lead(row)
    if _LEADERS.search(row.text) or (row.gaps == 1 and _CONTENTS.search(row.text)):
        return "table"
    if _is_caption(row, above, gap, lead, style):
        return "caption"
    if _is_heading(rows, i, gap, lead, style) or _is_second_line(row, above, gap, lead, before):
        return "heading"
    inline = (
        above is not None
        and before[-1] == "body"
        and gap < 1.35 * lead
        and row.x0 < row.column.x0 + 1.2 * row.size
        and (is_prose(above) or above.x1 > row.column.x1 - row.size)
    )
    if _is_math(row) and not inline:
        return "math"
    return "body"


def _is_caption(row: Row, above: Row | None, gap: float, lead: float, style: Style) -> bool:
    match = CAPTION.match(row.text)
    if match is None:
        return False
    parted = gap > 1.25 * lead or above is None or abs(above.size - row.size) > 0.4
    if match["mark"] and match["mark"] != "(":
        return (
            parted
            or row.bold > 0.05
            or row.size < style.size - 0.4
            or above is None
            or not is_prose(above)
        )
    if match["end"] is not None:
        return parted and (row.bold > 0.5 or row.size < style.size - 0.4)
    distinct = row.bold > 0.1 or row.size < style.size - 0.4
    return gap > 1.25 * lead and distinct and row.text[match.end() : match.end() + 1].isupper()


def _is_heading(rows: Sequence[Row], i: int, gap: float, lead: float, style: Style) -> bool:
    row = rows[i]
    text = row.text
    known = KNOWN.match(text) or KNOWN.match(NUMBERED.sub("", text, count=1))
    if (
        len(text) > 140
        or row.top < (0.5 if known else 0.88) * style.size
        or row.gaps > 1
        or row.math > 0.4
    ):
        return False
    caps = text.isupper()
    larger = row.size > 1.07 * style.size
    if not (
        known or caps or larger or row.bold > 0.7 or row.italic > 0.85
    ) or not _LONG_WORD.search(text):
        return False
    letters = sum(map(str.isalpha, text))
    if letters < 4:
        return False
    strong = row.bold > 0.7 or larger or caps or row.italic > 0.85
    parted = gap > 1.15 * lead
    short = row.x1 - row.x0 < 0.85 * (row.column.x1 - row.column.x0) or larger
    if known:
        return (strong or gap > 1.3 * lead) and short
    numbered = NUMBERED.match(text)
    if numbered and len(text) - numbered.end() >= 3 and not text.endswith((",", ";")):
        return (
            strong
            and (parted or larger or row.bold > 0.7)
            and (row.bold > 0.7 or not _is_math(row))
        )
    if (
        not parted
        or _LABEL.match(text)
        or text.endswith((",", ";", ":"))
        or not (text[0].isupper() or text[0].isdigit())
    ):
        return False
    if len(WORD.findall(text)) > 14 or not WORD.search(text) or "@" in text or _is_math(row):
        return False
    below = rows[i + 1] if i + 1 < len(rows) and rows[i + 1].column is row.column else None
    alone = (
        below is None
        or abs(below.size - row.size) > 0.4
        or below.bold < 0.5
        or below.base - row.base > 1.2 * lead
    )
    if row.bold > 0.85 or row.size > 1.12 * style.size:
        return alone or _is_two_line(rows, i)
    return caps and short and alone and gap > 1.4 * lead and row.font in style.fonts and letters > 7


def _is_second_line(
    row: Row, above: Row | None, gap: float, lead: float, before: Sequence[str]
) -> bool:
    """Whether a row goes on with the heading above it, in the same print."""
    if (
        above is None
        or before[-1] != "heading"
        or before[-2:] == ["heading", "heading"]
        or KNOWN.match(above.text)
    ):
        return False
    alike = abs(row.size - above.size) < 0.3 and row.bold > 0.7 and above.bold > 0.7
    return alike and gap < 1.45 * lead and not NUMBERED.match(row.text) and len(row.text) < 100


def _is_two_line(rows: Sequence[Row], i: int) -> bool:
    """Whether a strong row is followed by one more like it and then by other text: a heading of two lines."""
    row, after = rows[i], rows[i + 2 : i + 4]
    return (
        not all(abs(other.size - row.size) < 0.4 and other.bold > 0.5 for other in after)
        or not after
    )


def _is_math(row: Row) -> bool:
    if row.words > 5:
        return False
    words = sum(1 for word in WORD.findall(row.text) if len(word) > 3)
    fills = row.x0 < row.column.x0 + row.size and row.x1 > row.column.x1 - row.size
    if fills and row.gaps == 0 and len(WORD.findall(row.text)) >= 3:
        return False
    if row.math > 0.25:
        return words <= 2 or (words <= 4 and row.math > 0.5)
    tokens = row.text.split()
    if words > 2 or not tokens:
        return False
    if _EQUATION_NUMBER.search(row.text) and row.gaps:
        return True
    single = sum(1 for token in tokens if len(token) == 1)
    signs = len(_SIGNS.findall(row.text))
    return signs >= 1 and (signs + single) >= 0.45 * len(tokens)


def _mark_notes(rows: Sequence[Row], kinds: list[str], height: float, style: Style) -> None:
    """Footnotes: the small rows at the foot of a column, below text of the usual size."""
    end = len(rows)
    while end:
        column = rows[end - 1].column
        start = end - 1
        while start and rows[start - 1].column is column:
            start -= 1
        at = end
        while at > start and _is_small_print(rows[at - 1], kinds[at - 1], style):
            at -= 1
        begin = _note_start(rows, kinds, at, start, end, height, style)
        for i in range(begin, end):
            kinds[i] = "footnote"
        end = start


def _is_small_print(row: Row, kind: str, style: Style) -> bool:
    return kind not in ("caption", "heading") and row.size < style.size - 0.55


def _note_start(
    rows: Sequence[Row],
    kinds: Sequence[str],
    at: int,
    start: int,
    end: int,
    height: float,
    style: Style,
) -> int:
    """The first row of the foot's notes among rows[at:end] of small print, `end` where there is none."""
    if at in (start, end) or rows[at].y0 < 0.4 * height or kinds[at - 1] == "heading":
        return end
    caption = kinds[at - 1] == "caption"
    for i in range(at, end):
        if kinds[i] == "math" or not _LONG_WORD.search(rows[i].text):
            continue
        gap = rows[i].base - rows[i - 1].base
        wide = gap > 1.25 * style.lead(rows[i])
        if (_ANY_MARK.match(rows[i].text) and (not caption or wide)) or (wide and not caption):
            return i
    return end


def _mark_labels(rows: Sequence[Row], kinds: list[str], style: Style) -> None:
    """Rows of tables and labels in figures become 'table'."""
    scrap = [
        kinds[i] in ("body", "math", "heading") and _is_scrap(row, kinds[i], style)
        for i, row in enumerate(rows)
    ]
    for i, row in enumerate(rows):
        if scrap[i]:
            near = [
                j
                for j in (i - 2, i - 1, i + 1, i + 2)
                if 0 <= j < len(rows) and rows[j].column is row.column
            ]
            if (
                row.gaps >= 2
                or row.column.floating
                or any(scrap[j] or kinds[j] in ("caption", "table") for j in near)
            ):
                kinds[i] = "table"
        elif row.column.floating and kinds[i] == "body" and i and kinds[i - 1] == "table":
            kinds[i] = "table"
    for i, kind in enumerate(kinds):
        if kind == "caption":
            _mark_beside(rows, kinds, i, -1)
            after = i + 1
            while (
                after < len(rows)
                and rows[after].column is rows[i].column
                and _same_block(rows, after, style)
            ):
                after += 1
            _mark_beside(rows, kinds, after, +1)


def _mark_last_rows(rows: Sequence[Row], kinds: list[str], style: Style) -> None:
    """Short small rows right below a table's row belong to it (cells that span all columns)."""
    for i, row in enumerate(rows[1:], 1):
        above = rows[i - 1]
        if kinds[i] != "body" or kinds[i - 1] != "table" or above.column is not row.column:
            continue
        small = row.size < style.size - 0.4 and not is_prose(row) and len(row.text) < 60
        if small and row.base - above.base < 1.6 * style.lead(row):
            kinds[i] = "table"


def _mark_limits(rows: Sequence[Row], kinds: list[str], style: Style) -> None:
    """The limits of a sum or halves of a fraction, on rows of their own next to a formula, belong to it."""
    for i, row in enumerate(rows):
        if (
            kinds[i] not in ("body", "table")
            or len(row.text) > 16
            or re.search(r"[^\W\d_]{4,}", row.text)
        ):
            continue
        for j in (i - 1, i + 1):
            if not 0 <= j < len(rows) or rows[j].column is not row.column or kinds[j] != "math":
                continue
            if abs(rows[j].base - row.base) < 1.3 * style.leading:
                kinds[i] = "math"


def _mark_beside(rows: Sequence[Row], kinds: list[str], caption: int, step: int) -> None:
    """From a caption on, rows that are labels or lie between labels become 'table', up to the first prose."""
    i = caption - 1 if step < 0 else caption
    pending: list[int] = []
    while 0 <= i < len(rows) and rows[i].column is rows[min(caption, len(rows) - 1)].column:
        if kinds[i] in ("table",):
            for j in pending:
                kinds[j] = "table"
            pending = []
        elif (
            kinds[i] in ("body", "math")
            and not is_prose(rows[i])
            and len(rows[i].text) < 60
            and len(pending) < 2
        ):
            pending.append(i)
        else:
            break
        i += step


def _same_block(rows: Sequence[Row], i: int, style: Style) -> bool:
    gap = rows[i].base - rows[i - 1].base
    return gap < 1.35 * style.lead(rows[i]) and abs(rows[i].size - rows[i - 1].size) < 0.5


def _is_scrap(row: Row, kind: str, style: Style) -> bool:
    """A label: several pieces on a line, strange fonts, hardly a word, and no sentence."""
    if is_prose(row):
        return False
    tokens = row.text.split()
    words = [word for word in WORD.findall(row.text) if len(word) > 2]
    foreign = row.font not in style.fonts and (
        abs(row.size - style.size) > 0.4 or len(row.text) < 25
    )
    if kind == "heading":
        return (
            foreign
            and row.bold < 0.5
            and not NUMBERED.match(row.text)
            and not KNOWN.match(row.text)
        )
    if kind == "math":
        return foreign and row.math < 0.2 and not _SIGNS.search(row.text)
    if row.gaps >= 2 and len(row.text) < 40 * row.gaps and (foreign or row.math < 0.15):
        return True
    numbers = sum(
        1 for token in tokens if token[:1].isdigit() or (token[:1] in "-−.±(%" and len(token) > 1)
    )
    if numbers >= 2 and numbers >= 0.6 * len(tokens):
        return True
    if foreign:
        return len(words) <= 6
    return row.gaps >= 1 and len(words) <= 3


def _clear_front(rows: Sequence[Row], kinds: list[str]) -> None:
    """Above the abstract or introduction of a first page stand title and names: large or bold print is no heading."""
    for i, row in enumerate(rows):
        if kinds[i] == "heading":
            if KNOWN.match(row.text) or (
                NUMBERED.match(row.text) and re.search(r"introduction|background|1", row.text, re.I)
            ):
                return
            kinds[i] = "body"
        elif kinds[i] == "table" and row.gaps < 3:
            kinds[i] = "body"
