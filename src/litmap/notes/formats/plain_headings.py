"""Headings of plain text, by how lines stand: underlined, in capitals, numbered, alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from litmap.notes.builder import names_no_subject
from litmap.parsing.grammar import LIST_NUMBER, YEAR_SINCE_1800
from litmap.parsing.heading_subjects import names_order
from litmap.parsing.word_lists import load_pattern

_HOME = "litmap.notes"
_UNDERLINE = re.compile(r"\s*([=\-~*^\"#_+`.])\1{2,}\s*$")
_WIKI_HEADING = re.compile(r"(={1,6})\s*([^=\n]{1,150}?)\s*\1\s*$")
_EDIT = re.compile(
    r"\s*(\S.{0,120}?)"
    rf"\s*\[\s?(?:{load_pattern('edit_marks', _HOME)})[^\[\]]{{0,40}}\]\s*$",
    re.I,
)
_CONTENTS = re.compile(
    r"\s*(?:Contents|Inhaltsverzeichnis|Sommaire|Contenido|Índice|Indice)\s*+(?:\[\w+\]\s*)?$"
)
_CONTENT = re.compile(r"\s*(\d{1,2}(?:\.\d{1,2}){0,4})\.?\s+(\S.{0,120})$")
_NUMBERED = re.compile(
    r"(?:§\s*)?(\d{1,2}(?:\.\d{1,2}){0,3}(?=[.)]?\s)|[IVX]{1,5}(?=[.)])|[A-H](?=[.)]))[.)]?"
    r"\s{1,6}([^\W\d_].{1,90})$"
)
_EAST_ASIAN_NUMBERS = tuple(
    re.compile(rf"{number}\s?(\S.{{0,40}})$")
    for number in (
        r"(?:第[一二三四五六七八九十\d]{1,3}[章編编部篇周週回讲講课課]|제\s?\d{1,2}\s?[장부편주회강])",
        r"(?:第[一二三四五六七八九十\d]{1,3}[节節項项]|제\s?\d{1,2}\s?절)",
        r"[一二三四五六七八九十]{1,3}[、．.]",
        r"[（(][一二三四五六七八九十]{1,3}[)）]",
        r"\d{1,2}[．、]",
    )
)
"""'第一章 …', '第二節 …', '一、…', '（一）…', '1．…', the outermost first."""
_OPENING_SIGN = re.compile(r"\s{0,3}([■□◆◇●○▲△▼▽►▶▷★☆◎※❖➤»›])\s*(\S.{0,60})$")
"""'■ Reading', a sign that a reader's program or his own hand sets before a heading."""
_SIGNS_AROUND = re.compile(
    r"\s{0,3}([*~+#:·•—–>-]{2,}|~|\*(?!\s))\s*([^\W_](?:(?!\1).){0,80}?)\s*\1$"
)
"""'*** Reading ***', '--- Reading ---'."""
_IN_BRACKETS = re.compile(
    r"\s{0,3}(?:(【)([^【】]{1,40})】|(〔)([^〔〕]{1,40})〕|(［)([^［］]{1,40})］|(≪)([^≪≫]{1,40})≫|"
    r"(<<|>>)\s?([^<>]{1,60}?)\s?(?:<<|>>)|(\[)([^\W\d_][^\[\]@]{2,50})\])$"
)
"""'【Reading】', '[Reading]'."""
_DATE_IN_BRACKETS = re.compile(r"^[（(][^()（）]{0,20}\d[月일日][^()（）]{0,20}[)）]\s*")
_EAST_ASIAN_END = re.compile(r"[。；;，,：:？?！!]$")
ITEM = re.compile(
    rf"(\s*)(?:[-*+•‣▪●◦–—#](?=\s)|\(?({LIST_NUMBER})[.)](?=\s+\S)"
    rf"|\[({LIST_NUMBER})\](?=\s+\S))\s*"
)
RULE = re.compile(r"\s*(?:[-=_*~#+.]\s?){4,}\s*$")
_LABEL = re.compile(r"(?:[^\W\d_]|\d)[^.!?;:]{2,60}:\s*$")
_YEAR_OR_ADDRESS = re.compile(rf"\b{YEAR_SINCE_1800}\b|https?:")
_ADDRESS_OR_DATE = re.compile(rf"https?:|\b{YEAR_SINCE_1800}")
_FOUR_LETTERS = re.compile(r"[^\W\d_]{4}")
_SECTION_NAME = re.compile(
    rf"^(?:(?:{load_pattern('section_names_before', _HOME)}) )?"
    rf"(?:{load_pattern('section_names', _HOME)})$",
    re.I,
)
_NOT_HEADING = re.compile(
    r"https?:|[\[\]{}<>@|\"“”]|\d{4}|^[–>*#-]|[.,;:!?)]$"
    rf"|\b(?:{load_pattern('not_in_headings', _HOME)})\b",
    re.I,
)
_GLUED = re.compile(r"[a-z][A-Z]")
_PREPOSITIONS = {"with", "to", "by", "from"}
_JOINING = {"of", "in", "and", "for", "into", "on", "vs", "versus", "&", "as", "between"}
"""Words that join the parts of a phrase; `_PREPOSITIONS` do so too, but stand in titles as well."""
_TITLE_STARTS = {"on", "in", "how", "why", "deep"}
"""First words of titles of papers rather than of headings."""

MIN_HEADINGS = 2
"""With fewer of one kind, headings of the next kind are looked for; a single one may be chance."""
MAX_TITLE_WORDS = 12
MIN_WORDS_OF_TITLE = 5
"""A lone line of that many words may be the title of a paper rather than a heading."""
MAX_COLUMN_ONE_CHARS, MAX_COLUMN_ONE_WORDS = 109, 15
MAX_UNDERLINED_CHARS = 150
MAX_SHORT_CHARS, MAX_SHORT_WORDS = 60, 7
"""Size of a heading that opens a paragraph or ends with a colon."""
MIN_SHARE_SET_IN = 0.6
"""Of the lines of a text browser's dump that sets its text in."""
MIN_SHARE_OF_SINGLES = 0.5
"""Of the lines of a page of single lines, where titles and links stand alone as headings do."""


@dataclass(slots=True)
class PlainHeadings:
    """Level and text of the headings by line index, and the lines that only decorate them."""

    at: dict[int, tuple[int, str]] = field(default_factory=dict)
    skip: set[int] = field(default_factory=set)
    inferred: set[int] = field(default_factory=set)
    """Headings that may be titles of papers: told by standing alone, and of five words or more."""

    def names_subject(self) -> bool:
        """True where one of them is more than 'References' or 'Links'."""
        return any(not names_no_subject(text) for _, text in self.at.values())

    def name_order_alone(self) -> bool:
        """True where all of them are dates and the like: 'Week of 6 January'."""
        return len(self.at) > 1 and all(names_order(text) for _, text in self.at.values())

    def names_subject_below_title(self) -> bool:
        """The same, the first of them left aside."""
        return any(not names_no_subject(text) for _, text in list(self.at.values())[1:])


def find_headings(lines: list[str], links: dict[str, str]) -> PlainHeadings:
    """The headings; `links` are those of a text browser's dump, {} for other texts."""
    headings = PlainHeadings()
    _underlined(lines, headings)
    _wiki(lines, headings)
    _edited(lines, headings)
    _decorated(lines, headings)
    if links:
        _column_one(lines, headings)
    if len(headings.at) < MIN_HEADINGS or headings.name_order_alone():
        _capitals(lines, headings)
    if len(headings.at) < MIN_HEADINGS:
        _east_asian_numbered(lines, headings)
    if len(headings.at) < MIN_HEADINGS:
        _numbered(lines, headings)
        _raise_title(lines, headings)
    if not headings.names_subject():
        _lone_lines(lines, headings)
    elif not links:
        _title_above(lines, headings)
        _lone_reference_headings(lines, headings)
    if not headings.names_subject_below_title():
        _labels(lines, headings)
        _leading_lines(lines, headings)
    return headings


# ── How lines stand ──────────────────────────────────────────────────────────────────────────────
def is_blank(lines: list[str], number: int) -> bool:
    """True for an empty line, and beyond the first and the last."""
    return not 0 <= number < len(lines) or not lines[number].strip()


def stands_alone(lines: list[str], number: int) -> bool:
    """True for a line with blank lines above and below."""
    return is_blank(lines, number - 1) and is_blank(lines, number + 1)


def begins_paragraph(lines: list[str], number: int) -> bool:
    """True for a line below a blank line or a rule."""
    return is_blank(lines, number - 1) or bool(RULE.match(lines[number - 1]))


def _is_underline(lines: list[str], number: int) -> bool:
    return number >= 0 and bool(_UNDERLINE.match(lines[number]))


def _first_filled(lines: list[str]) -> int | None:
    return next((number for number, line in enumerate(lines) if line.strip()), None)


# ── Headings that are marked ─────────────────────────────────────────────────────────────────────
def _underlined(lines: list[str], headings: PlainHeadings) -> None:
    """Lines with a line of signs below.

    The level is that of the sign, in the order in which signs are used.
    """
    styles: list[str] = []
    for number in range(1, len(lines)):
        match = _UNDERLINE.match(lines[number])
        if not match or number - 1 in headings.skip or not is_underlined(lines, number - 1):
            continue
        style = match.group(1)
        if _is_underline(lines, number - 2):
            headings.skip.add(number - 2)
            style += "over"
        if style not in styles:
            styles.append(style)
        headings.at[number - 1] = (styles.index(style) + 2, lines[number - 1].strip())
        headings.skip.add(number)


def is_underlined(lines: list[str], number: int) -> bool:
    """True for a single line that the line of signs below may underline: it is about as long."""
    text, width = lines[number].strip(), len(lines[number + 1].strip())
    return (
        0 < len(text) <= MAX_UNDERLINED_CHARS
        and not _is_underline(lines, number)
        and is_length_of_underline(text, width)
        and (is_blank(lines, number - 1) or _is_underline(lines, number - 1))
    )


def is_length_of_underline(text: str, width: int) -> bool:
    """False for three dots below a sentence, and for a rule across the page below a short line."""
    is_too_short = width < min(len(text) * 0.6, 20)
    is_across_page = width > len(text) + 25 and width > 60
    return not is_too_short and (not is_across_page or text.isupper())


def _wiki(lines: list[str], headings: PlainHeadings) -> None:
    """'== Heading =='."""
    for number, line in enumerate(lines):
        if line.startswith("=") and line.endswith("=") and (match := _WIKI_HEADING.match(line)):
            headings.at[number] = (len(match.group(1)), match.group(2).strip("' "))


def _decorated(lines: list[str], headings: PlainHeadings) -> None:
    """'■ Reading', '*** Reading ***', '【Reading】': lines that signs set off, where two are alike.

    The level is that of the sign, in the order in which signs are used.
    """
    found: dict[str, dict[int, str]] = {}
    for number, line in enumerate(lines):
        decorated = decorated_heading(line)
        if decorated and begins_paragraph(lines, number):
            sign, text = decorated
            found.setdefault(sign, {})[number] = text
    level = max((level for level, _ in headings.at.values()), default=1)
    for sign, places in found.items():
        with_text = sum(_has_other_text_below(lines, number, sign) for number in places)
        if len(places) >= MIN_HEADINGS and with_text >= 0.6 * len(places):
            level += 1
            for number, text in places.items():
                headings.at.setdefault(number, (level, text))


def _has_other_text_below(lines: list[str], number: int, sign: str) -> bool:
    """True where one of the next lines is filled, and the first of them opens with no such sign."""
    below = next((line.strip() for line in lines[number + 1 : number + 4] if line.strip()), "")
    return below != "" and not below.startswith(sign)


def decorated_heading(line: str) -> tuple[str, str] | None:
    """The sign and the words of '■ Reading', '*** Reading ***', '【Reading】' or '[Reading]'; None
    for other lines, '● Doe (2016)' among them.
    """
    if (match := _OPENING_SIGN.match(line)) is None:
        match = _SIGNS_AROUND.match(line) or _IN_BRACKETS.match(line)
    if match is None:
        return None
    sign, text = (part for part in match.groups() if part is not None)
    is_sentence = _YEAR_OR_ADDRESS.search(text) or _EAST_ASIAN_END.search(text) or text[-1] == "."
    return None if is_sentence or len(text.split()) > MAX_TITLE_WORDS else (sign, text.strip())


def _edited(lines: list[str], headings: PlainHeadings) -> None:
    """Headings of a wiki page pasted as text, told by their '[edit]'.

    Its table of contents gives their levels.
    """
    matches = ((number, _EDIT.match(line)) for number, line in enumerate(lines))
    marked = [(number, match[1].strip()) for number, match in matches if match]
    if len(marked) < MIN_HEADINGS:
        return
    levels = _levels_of_contents(lines, marked[0][0], headings.skip)
    first = _first_filled(lines) or 0
    title = lines[first]
    if first not in headings.skip and len(title.split()) <= MAX_TITLE_WORDS and "http" not in title:
        headings.at[first] = (1, title.strip())
    for number, text in marked:
        headings.at[number] = (levels.get(text.lower(), 2), text)


def _levels_of_contents(lines: list[str], end: int, skip: set[int]) -> dict[str, int]:
    """The levels of headings in a table of contents above the line `end`.

    Its lines are added to `skip`.
    """
    begin = next((n for n, line in enumerate(lines[:end]) if _CONTENTS.match(line)), end)
    levels: dict[str, int] = {}
    for number in range(begin, end):
        entry = _CONTENT.match(lines[number])
        if entry:
            levels[entry[2].strip().lower()] = entry[1].count(".") + 2
        if entry or number == begin:
            skip.add(number)
    return levels


def _column_one(lines: list[str], headings: PlainHeadings) -> None:
    """In a dump whose text is set in, a short line in the first column is a heading."""
    filled = [line for line in lines if line.strip()]
    if sum(line.startswith("  ") for line in filled) < MIN_SHARE_SET_IN * len(filled):
        return
    for number, line in enumerate(lines):
        if (
            number not in headings.at
            and is_column_one_heading(line)
            and stands_alone(lines, number)
        ):
            first = not any(level == 2 for level, _ in headings.at.values())
            headings.at[number] = (2 if first else 3, line.strip())


def is_column_one_heading(line: str) -> bool:
    """True for a short line that begins in the first column and ends as no sentence does."""
    return (
        bool(line)
        and not line[0].isspace()
        and not line.startswith(("[", "(", "*"))
        and line[-1] not in ".,;"
        and len(line) <= MAX_COLUMN_ONE_CHARS
        and len(line.split()) <= MAX_COLUMN_ONE_WORDS
    )


def _capitals(lines: list[str], headings: PlainHeadings) -> None:
    """'IN CAPITALS'."""
    level = 2
    if headings.name_order_alone():
        level = max((level for level, _ in headings.at.values()), default=1) + 1
    for number, line in enumerate(lines):
        if is_in_capitals(line) and begins_paragraph(lines, number):
            headings.at.setdefault(number, (level, line.strip().strip("*-= :")))


def _raise_title(lines: list[str], headings: PlainHeadings) -> None:
    """A first line in capitals is the page's title where the other headings are numbered."""
    first = _first_filled(lines)
    if first in headings.at and len(headings.at) > MIN_HEADINGS and is_in_capitals(lines[first]):
        headings.at[first] = (1, headings.at[first][1])


def is_in_capitals(line: str) -> bool:
    """True for a short line in capitals, mostly letters: no 'A.1', no 'GPT-2 / BERT (340M)'."""
    text = line.strip()
    return (
        3 < len(text) < 80
        and text.isupper()
        and not line.startswith("   ")
        and len(text.split()) <= 10
        and sum(char.isupper() for char in text) >= 0.6 * len(text.replace(" ", ""))
        and bool(_FOUR_LETTERS.search(text))
    )


def _numbered(lines: list[str], headings: PlainHeadings) -> None:
    """Lines such as '2.1 Methods' that stand alone.

    A run of numbered lines is a list and not meant.
    """
    candidates: dict[int, tuple[int, str]] = {}
    for number, line in enumerate(lines):
        match = _NUMBERED.match(line)
        if match and begins_paragraph(lines, number) and is_numbered_heading(line):
            candidates[number] = (match.group(1).count(".") + 2, match.group(2).strip())
    with_text = sum(_has_text_below(lines, number) for number in candidates)
    if len(candidates) >= MIN_HEADINGS and with_text >= 0.6 * len(candidates):
        for number, heading in candidates.items():
            headings.at.setdefault(number, heading)


def _east_asian_numbered(lines: list[str], headings: PlainHeadings) -> None:
    """'一、涡激振动' with '（一）机理' below, '第2章 方法': lines of this kind that stand alone."""
    found: dict[int, tuple[int, str]] = {}
    for number, line in enumerate(lines):
        heading = None if line.isascii() else east_asian_heading(line)
        if heading and begins_paragraph(lines, number):
            found[number] = heading
    if len(found) >= MIN_HEADINGS:
        for number, heading in found.items():
            headings.at.setdefault(number, heading)


def east_asian_heading(line: str) -> tuple[int, str] | None:
    """Level and text of '（一）机理'; None for other lines, '1．调谐 (2016)。' among them."""
    line = line.strip()
    if _EAST_ASIAN_END.search(line) or _YEAR_OR_ADDRESS.search(line):
        return None
    for level, pattern in enumerate(_EAST_ASIAN_NUMBERS, 2):
        if match := pattern.match(line):
            text = match.group(1)
            return level, _DATE_IN_BRACKETS.sub("", text) or text
    return None


def is_numbered_heading(line: str) -> bool:
    """False for '1. A sentence.' and '3 Smith 2001', which begin with a number too."""
    return (
        line.rstrip()[-1] not in ".,;:"
        and len(line.split()) <= 11
        and not _YEAR_OR_ADDRESS.search(line)
    )


def _has_text_below(lines: list[str], number: int) -> bool:
    """True where one of the next three lines is more than another number."""
    return any(
        line.strip() and not _NUMBERED.match(line) for line in lines[number + 1 : number + 4]
    )


# ── Headings of texts without marked ones ────────────────────────────────────────────────────────
def _lone_lines(lines: list[str], headings: PlainHeadings) -> None:
    """The page's title (level 1) and the lines that look like names of sections (level 2).

    A section's name stands alone between blank lines, is a short phrase in sentence case without
    verb, article or full stop, and is followed by text. Titles of papers are mostly longer or
    capitalised throughout.
    """
    filled = [number for number, line in enumerate(lines) if line.strip()]
    if not filled:
        return
    first, *others = filled
    if is_blank(lines, first + 1) and _is_page_title(lines[first].strip()):
        headings.at.setdefault(first, (1, lines[first].strip()))
    singles = [number for number in others if stands_alone(lines, number)]
    tests = _section_tests(len(singles), len(filled))
    for number in singles:
        if any(test(lines, number) for test in tests):
            text = lines[number].strip()
            if number not in headings.at and len(text.split()) >= MIN_WORDS_OF_TITLE:
                headings.inferred.add(number)
            headings.at[number] = (2, text)


LineTest = Callable[[list[str], int], bool]


def _section_tests(singles: int, filled: int) -> list[LineTest]:
    """What tells a name of a section, with so many single lines among so many filled ones."""
    tests: list[LineTest] = [is_section_without_subject]
    if singles >= MIN_SHARE_OF_SINGLES * filled - 1:
        tests += [is_section_among_titles, opens_section]
    if singles < MIN_SHARE_OF_SINGLES * filled:
        tests.append(is_section_among_paragraphs)
    return tests


def is_section_without_subject(lines: list[str], number: int) -> bool:
    """'References'."""
    return names_no_subject(lines[number].strip())


def is_section_among_titles(lines: list[str], number: int) -> bool:
    """A name as sections have, on a page where titles and links stand alone too."""
    return is_section_name(lines[number].strip())


def is_section_among_paragraphs(lines: list[str], number: int) -> bool:
    """A short phrase that is not set in, in a text of paragraphs, where few lines stand alone."""
    return is_short_phrase(lines[number].strip()) and not lines[number].startswith("  ")


def _is_page_title(text: str) -> bool:
    return len(text.split()) <= MAX_TITLE_WORDS and text[-1] not in ".,;:" and "http" not in text


def is_section_name(text: str) -> bool:
    """True for a name that sections have, told from titles and links that stand alone too.

    'Further reading'; 'Robustness, privacy and fairness'; 'Theory of deep learning'.
    """
    if _SECTION_NAME.match(text):
        return True
    words = text.split()
    if not _may_be_heading(text) or not any(map(_is_plain_lower, words[1:])):
        return False
    return "," in text or is_joined_phrase(words)


def is_short_phrase(text: str) -> bool:
    """True for a name that sections have, or a few words that are no sentence: 'Kernel methods'."""
    return bool(_SECTION_NAME.match(text)) or (_may_be_heading(text) and len(text) <= 60)


def _may_be_heading(text: str) -> bool:
    return 1 <= len(text.split()) <= 8 and text[0].isupper() and not _NOT_HEADING.search(text)


def _is_plain_lower(word: str) -> bool:
    return word[0].islower() and word not in _JOINING | _PREPOSITIONS


def is_joined_phrase(words: list[str]) -> bool:
    """True for 'Theory of neural networks', in sentence case and no longer than five words."""
    return (
        any(word in _JOINING for word in words[1:-1])
        and len(words) <= 5
        and sum(word[0].isupper() for word in words[1:]) <= 1
        and words[0].lower() not in _TITLE_STARTS
    )


def opens_section(lines: list[str], number: int) -> bool:
    """True for a few words in sentence case above a longer line, on a page of single lines."""
    text = lines[number].strip()
    words = text.split()
    if not _is_short_sentence_case(text, words):
        return False
    if _repeats_line_above(lines, number, words):
        return False  # 'Vanishing gradients problem', 'Exploding gradients problem': like things
    below = next((line.strip() for line in lines[number + 1 : number + 4] if line.strip()), "")
    return len(below) > 1.15 * len(text) and len(below.split()) >= 3


def _is_short_sentence_case(text: str, words: list[str]) -> bool:
    """One to three words in sentence case: 'Deep RL', no 'Deep Learning'."""
    return (
        1 <= len(words) <= 3
        and len(text) >= 4
        and text[0].isupper()
        and "," not in text
        and not _NOT_HEADING.search(text)
        and not _GLUED.search(text)
        and not any(word[0].isupper() and not _is_acronym(word) for word in words[1:])
    )


def _is_acronym(word: str) -> bool:
    return word.rstrip("s").isupper()


def _repeats_line_above(lines: list[str], number: int, words: list[str]) -> bool:
    """True where the line above is as short and has a word in common."""
    above = next(
        (line for line in reversed(lines[max(0, number - 3) : number]) if line.strip()), ""
    )
    before = above.lower().split()
    return len(before) <= 3 and not set(before).isdisjoint(word.lower() for word in words)


def _leading_lines(lines: list[str], headings: PlainHeadings) -> None:
    """Short lines that open a paragraph or a list, in a text that has no other headings."""
    _add_several(
        lines,
        headings,
        (
            number
            for number in range(len(lines) - 1)
            if number not in headings.at and leads_paragraph(lines, number)
        ),
    )


def leads_paragraph(lines: list[str], number: int) -> bool:
    """True for a short line that is no sentence, directly above an item or a much longer line."""
    line, below = lines[number], lines[number + 1]
    return (
        is_leading_phrase(line)
        and begins_paragraph(lines, number)
        and bool(below.strip())
        and (bool(ITEM.match(below)) or len(below) > max(60, 1.4 * len(line)))
    )


def is_leading_phrase(line: str) -> bool:
    """True for a short line in the first column without full stop, year or address."""
    return (
        0 < len(line) <= MAX_SHORT_CHARS
        and (line[0].isupper() or line[0].isdigit())
        and line[-1] not in ".,;)"
        and len(line.split()) <= MAX_SHORT_WORDS
        and not ITEM.match(line)
        and not _ADDRESS_OR_DATE.search(line)
    )


def _labels(lines: list[str], headings: PlainHeadings) -> None:
    """'Vision:' alone on its line, in a text that has no other headings."""
    _add_several(
        lines,
        headings,
        (
            number
            for number, line in enumerate(lines)
            if is_label(line) and begins_paragraph(lines, number)
        ),
    )


def is_label(line: str) -> bool:
    """True for a few words with a colon behind."""
    return (
        len(line) < 70
        and bool(_LABEL.match(line))
        and not ITEM.match(line)
        and len(line.split()) <= MAX_SHORT_WORDS
    )


def _add_several(lines: list[str], headings: PlainHeadings, numbers: Iterator[int]) -> None:
    """Adds lines as headings of one level, if there are several."""
    places = list(numbers)
    if len(places) >= MIN_HEADINGS:
        for number in places:
            headings.at.setdefault(number, (3, lines[number].strip().rstrip(": ")))


# ── Beside other headings ────────────────────────────────────────────────────────────────────────
def _title_above(lines: list[str], headings: PlainHeadings) -> None:
    """A first line that stands alone above everything is the page's title."""
    first = _first_filled(lines)
    if first is None or first in headings.at or first in headings.skip or first > min(headings.at):
        return
    below = (
        first + 2
        if lines[first + 1 : first + 2] and _is_in_brackets(lines[first + 1])
        else first + 1
    )
    if _is_blank_or_rule(lines, below) and is_title(lines[first].strip()):
        headings.at[first] = (1, lines[first].strip())


def _is_in_brackets(line: str) -> bool:
    """True for a line below a title that says what the page is: '(resumed after leave)'."""
    return line.strip().startswith("(") and line.strip().endswith(")")


def _is_blank_or_rule(lines: list[str], number: int) -> bool:
    """True for a blank line or a rule."""
    return is_blank(lines, number) or bool(RULE.match(lines[number].strip()))


def is_title(text: str) -> bool:
    """True for a short line that is no sentence, item or address."""
    return (
        len(text.split()) <= 14
        and text[-1] not in ".,;"
        and "http" not in text
        and not ITEM.match(text)
    )


def _lone_reference_headings(lines: list[str], headings: PlainHeadings) -> None:
    """'References' alone on its line ends the section above, whatever other headings look like."""
    levels = [level for level, _ in headings.at.values() if level > 1]
    level = min(levels, default=2)
    for number, line in enumerate(lines):
        if (
            (3 if line.isascii() else 1) < len(line) < 40
            and number not in headings.at
            and names_no_subject(line)
            and begins_paragraph(lines, number)
            and not line.startswith(("[", " "))
        ):
            headings.at[number] = (level, line.strip())
