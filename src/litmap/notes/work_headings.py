"""Headings that are works: a reference, a linked title, a citekey, a title with its people below.

Such a heading is no topic: the work stands under the heading above it, and what stands below is
what the reader says of it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from litmap.models import Link, NoteBlock, Reference
from litmap.parsing.grammar import AND, ET_AL, NAME, NAMES, SHORT, UNSPACED, YEAR
from litmap.parsing.heading_subjects import has_subject, words_of
from litmap.parsing.identifiers import find_identifiers, identifier_from_url
from litmap.parsing.lexicon import JOURNAL_ACRONYM, JOURNAL_WORD, NOT_NAMES, ORGANISATION
from litmap.parsing.person_names import surname_key
from litmap.parsing.reference_strings.parser import parse_reference
from litmap.parsing.reference_strings.splitting import looks_like_reference
from litmap.parsing.references_in_text.labeller import LabelledText
from litmap.parsing.sentences import STOP_BEHIND_WORD
from litmap.parsing.title_similarity import normalise_title, title_similarity
from litmap.parsing.venues import MEETING, is_journal_name
from litmap.parsing.word_lists import load_pattern, load_words

MIN_SCORE = 0.4
"""Least `looks_like_reference` of a heading that is a reference."""
MIN_TITLE_WORDS = 3
"""Words of a title that brackets or a dash part from its people or its meeting."""
MIN_WORDS_OF_SURE_TITLE = 4
"""Of fewer words is a title that may be a topic: more is asked of the line below."""
MIN_LEARNT_CHANCE = 0.6
"""How probable the learnt judgement must think the title of a heading that names people first."""
MAX_HEADING = 600
"""Characters of a heading that is a work."""
MAX_TITLE_COMMAS = 4
"""Commas behind which the people of a heading may begin."""
MAX_BYLINE = 240
"""Characters of a line of authors, with venue and year perhaps."""
MAX_WORDS_BEHIND_VENUE = 4
"""Runs of four letters behind the venue of a byline: its pages, its publisher."""
SIGNS_OF_WORD = 3
"""Signs of a Chinese, Japanese or Korean text that are a word, on average."""
MAX_SMALL_VENUE = 4
"""Words of a venue in small letters, 'Sistemi urbani', below a heading that is surely a title."""
MAX_BESIDE = 6
"""Lines behind that of the authors that are looked at for further works, as a list has them."""
MAX_FIELD_LINES = 30
"""Lines below a heading that are searched for fields."""
MIN_LINKED_SHARE = 0.6
"""Of a heading's characters that a link covers which is the work's."""
MIN_RAISED_SHARE = 0.6
"""Of the longer words of a venue that begin with a capital."""
MAX_REMARK = 600
"""Characters kept of what the reader says of a work."""

_LABELS = dict(line.rsplit(" = ", 1) for line in load_words("work_field_labels", "litmap.notes"))
_PARTS_OF_PAPER_NOTES = load_words("sections_of_paper_notes", "litmap.notes")
_BESIDE_ADDRESSES = load_words("words_beside_addresses", "litmap.notes")
_FIELD = re.compile(r"\W{0,6}([^\W\d_][^:：|]{0,28}?)\W{0,4}(?:::?|：)\W{0,4}\s*(\S.*)$")
_CELL_BORDER = re.compile("\u2003\\|\u2003")
_UNSPACED = re.compile(f"[{UNSPACED}]")
_YEAR = re.compile(rf"(?<!\d){YEAR}(?!\d)")
_CITEKEY = re.compile(r"\W{0,4}@\{?[\w][\w:./+-]{1,80}\}?\W{0,4}(?:$|\s*[-–—:|]\s+\S.*$)")
_CITED_KEY = re.compile(r"\[[^\[\]]*@\w")
_NAMED_PAGE = re.compile(rf"\[\[@?[^\[\]|]{{0,80}}{YEAR}[^\[\]]{{0,250}}\]\]")
_NAMES_AND_YEAR = re.compile(rf"(?P<names>{NAMES}),?\s*[(\[]?(?P<year>{YEAR})[a-z]?[)\]]?[.:,]?$")
_NAMES_YEAR_TITLE = re.compile(
    rf"(?P<names>{NAMES}),?\s*[(\[]?(?P<year>{YEAR})[a-z]?[)\]]?\s*(?:[:.,]|[–—-](?=\s))?\s+"
    r"(?P<title>[^.\d\[\]()@]{6,250})[.?!]?$"
)
"""'Doe & Roe (2011) Title', with nothing behind the title."""
_TITLE_AND_PEOPLE = re.compile(
    r"(?P<title>[^\n]{3,300}?[^\s.,:;(–—-])[.,]?\s*"
    rf"(?:[(\[]|\s[-–—|]{{1,2}}\s|[.,:]\s|\s(?:by|von|par|por|di|de)\s)"
    rf"(?P<names>{NAMES})[,.:]?\s*[(\[]?(?:in\s)?(?P<venue>[^()\[\]\d]{{0,40}}?)[,.]?\s*"
    rf"(?P<year>{YEAR})[a-z]?[)\]]{{0,2}}(?:,\s(?P<venue2>[^\W\d_a-z][^()\[\]\d,:;]{{2,60}}))?\.?$"
)
"""'Bats at dawn – Ellis et al., 2019, Night Journal'."""
_TITLE_AND_MEETING = re.compile(
    rf"(?P<title>[^\n]{{8,300}}?)[.,]?\s*[(\[](?P<venue>[^()\[\]\d]{{2,60}}?)[,.’']?\s*"
    rf"(?P<year>{YEAR})[)\]]\.?$"
    rf"|[(\[](?P<venue2>[^()\[\]\d]{{2,60}}?)[,.’']?\s*(?P<year2>{YEAR})[)\]]:?\s*"
    r"(?P<title2>\S.{8,300})$"
)
_PARTED = re.compile(
    r"(?:[\"“«„](?P<quoted>[^\"“”«»]{4,300})[\"”»“][,.]?\s*[–—|,-]?\s*"
    rf"|(?P<title>.{{8,300}}?)(?:\s[–—|]\s|{STOP_BEHIND_WORD.pattern}))"
    r"(?P<people>[^\"“”«»]{4,200})"
)
_PEOPLE_FIRST = re.compile(
    rf"(?:[(\[]?(?P<first>{YEAR})[)\]]?\s?[–—:.-]\s+(?=.*\s[–—|-]\s))?"
    rf"(?P<people>[^–—|\d()]{{3,120}}?)\s[–—|-]\s(?P<title>[^–—|()\d]{{8,250}}?)"
    rf"(?(first)|,?\s[(\[]?(?P<last>{YEAR})[)\]]?)"
)
"""'Doe & Roe — Title (2017)', '2017 – Doe & Roe – Title'."""
_PEOPLE_IN_BRACKETS = re.compile(
    rf"[(\[](?P<people>[^()\[\]]{{3,120}}?\s{YEAR})[a-z]?[)\]][:.,]?\s+(?P<title>[^()\[\]]{{8,250}})"
)
"""'(Doe & Roe, 2017) Title'."""
_DATED_TITLE = re.compile(
    rf"(?P<title>[^\n]{{8,300}}?)[.,]?\s*[(\[](?P<year>{YEAR})[)\]]\.?$"
    rf"|[(\[]?(?P<year2>{YEAR})[)\]]?\s?[-–—:.]?\s+(?P<title2>[^\W\d_].{{8,300}})$"
)
_PEOPLE_BEFORE = re.compile(rf"(?:{NAMES}),?\s?[,:–—-]\s?\S")
"""A quick look for people who stand before something else."""
_DASH_OF_NAMES = re.compile(r"\s?[–—]\s?")
_LEADING_NUMBER = re.compile(r"^\W{0,3}(?:\d{1,3}|[IVX]{1,4})[.):]\s+")
_LEADING_LABEL = re.compile(
    r"^(?:paper|article|reading|artikel|articolo|artículo|artigo)\s*#?\d{0,3}\s*[:–—-]\s+", re.I
)
"""'Paper 3: Title (Doe & Roe, 2017)'."""
_BY = re.compile(
    rf"\W{{0,4}}(?:{load_pattern('words_before_authors', 'litmap.notes')})\s*:?\s+", re.I
)
_PERSON = rf"(?:{NAME}(?!\s[A-Z]{{1,3}}[,;.](?:\s|$))|{SHORT})"
_PEOPLE = re.compile(rf"(?P<names>{_PERSON}(?:{AND}{_PERSON}){{0,30}}(?:{ET_AL})?)")
_JOINED = re.compile(rf"{ET_AL}|&|\b(?:and|und|et|y|e)\b|\b[A-Z]\.")
"""What only a list of people has, beside commas: 'Hart & Vogel'; 'Paris, May' is none."""
_AND = re.compile(AND)
_ET_AL = re.compile(ET_AL)
_MEETING = re.compile(rf"\b(?:{MEETING})\b")
_LONG_WORD = re.compile(r"[^\W\d_]{4}")
_CLOSING_YEAR = re.compile(rf"[.,]\s[^.,]+,\s{YEAR}\.?$")
_COMMA = re.compile(r",\s+")
_BAR = re.compile(r"\s[|•·]\s")
_DASH = re.compile(r"\s[–—|·-]\s")
"""Between people and venue."""
_VOLUME = re.compile(r"\s\d{1,3}(?!\d)")
_LAST_OF_PEOPLE = re.compile(rf"\s(?:{load_pattern('name_conjunctions')})\s(?=[^\W\d_a-zà-ÿ])")
_VENUE_LINE = re.compile(
    r"(?P<in>in:?\s+)?(?P<venue>(?-i:[A-ZÀ-ÞА-Я])[^\d,;:()]{2,90}?)[*_]{0,2}"
    r"(?P<volume>,?\s(?:(?:vol|bd|t|no|nr)\.?\s)?\d{1,3}(?:\s?\(\d{1,3}\)|[/.:]\d{1,3})?)?"
    rf"(?:,\s?|\s?\(|\s)(?P<year>{YEAR})\)?"
    r"(?P<pages>[,:]\s?(?:(?:pp?|s|pág|págs|с|str|blz)\.?\s?)?\d{1,5}(?:\s?[–-]\s?\d{1,5})?)?\.?",
    re.I,
)
"""'Kommunale Praxis 7, 2022, S. 14–31', 'in: Quaderni del clima, 2018'; a comma may part people."""
_WORD = re.compile(r"[^\W\d_]{2,}")
_SCHOLARLY_FILE = re.compile(r"\.pdf(?:$|[?#])", re.I)
_VENUE_SIGNS = " .,;:()[]–—-*_“”\"'|•·/"

Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class WorkHeading:
    """A heading that is a work.

    `fields` are those of a record; () leaves its words and links to be read as they stand. `lines`
    are the lines directly below that belong to it. `doubtful` where only headings beside it that
    look alike can tell.
    """

    fields: Fields = ()
    lines: int = 0
    doubtful: bool = False


def read_work_heading(
    text: str, links: Sequence[Link], below: Sequence[NoteBlock]
) -> WorkHeading | None:
    """What work a heading with these links is; `below` are the blocks directly under it."""
    text = _LEADING_LABEL.sub("", _LEADING_NUMBER.sub("", " ".join(text.split())))
    if not 2 < len(text) <= MAX_HEADING or text.endswith(":"):
        return None
    lines = list(_lines_of(below))
    told = _read_fields(text, links, lines) or _read_marked(text, links)
    told = told or _read_reference(text) or _read_parted(text) or _read_titled(text)
    told = told or _read_listed(text)
    is_list = bool(below) and below[0].kind not in {"paragraph", "heading"}
    told = told or _read_byline(text, links, lines, is_list=is_list)
    told = told or _read_address(text, lines) or _read_repeated(text, lines)
    return told or _read_doubtful(text) or _read_people_and_title(text)


# ── fields below ─────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class _Line:
    """A source line of the blocks below a heading, and the links in it."""

    text: str
    links: tuple[Link, ...]
    is_alone: bool
    """Whether its block has no other lines."""
    ends_in_italics: bool = False


def _lines_of(blocks: Iterable[NoteBlock]) -> Iterator[_Line]:
    """The source lines of blocks, up to `MAX_FIELD_LINES`."""
    count = 0
    for block in blocks:
        edges = [*block.line_starts, len(block.text)]
        for start, end in itertools.pairwise(edges):
            if count == MAX_FIELD_LINES:
                return
            count += 1
            inside = tuple(link for link in block.links if start <= link.start < end)
            text = block.text[start:end].strip()
            italic = any(n == "emphasis" and _ends_with(text, v) for n, v in block.fields)
            yield _Line(text, inside, len(block.line_starts) == 1, italic)


def read_field(line: str) -> tuple[str, str] | None:
    """'**Authors:** Doe, J.' as ('author', 'Doe, J.'), and so the row of a table with these two
    cells; None for what is no field of a work.
    """
    match = _FIELD.match(_CELL_BORDER.sub(": ", line) if _is_row_of_two(line) else line)
    if match is None:
        return None
    label = " ".join(match.group(1).lower().split()).strip("*_ ")
    name = _LABELS.get(label) or _LABELS.get(f"{label})")  # 'Author(s)'
    value = match.group(2).strip(" *_")
    return (name, value) if name and value and value.lower() not in _LABELS else None


def _is_row_of_two(line: str) -> bool:
    return len(_CELL_BORDER.findall(line)) == 1


def _fields_of(line: str) -> list[tuple[str, str]]:
    """The field of a line, or several with bars between: 'Authors: T. Doe | Year: 2017'."""
    parts = [read_field(part) for part in _BAR.split(line)]
    found = [field for field in parts if field]
    return found if len(found) == len(parts) else list(filter(None, [read_field(line)]))


def _read_fields(text: str, links: Sequence[Link], lines: Sequence[_Line]) -> WorkHeading | None:
    """A title with lines 'Authors: …', 'Year: …', 'DOI: …' below."""
    told: list[tuple[str, str]] = []
    last = 0
    for number, line in enumerate(lines, 1):
        fields_of_line = _fields_of(line.text)
        if not fields_of_line and number > last + 3:
            break
        for name, value in fields_of_line:
            told += _values(name, value, line)
            last = number
    names = {name for name, _ in told}
    if not is_told_by_fields(names) or _cite_elsewhere(lines[last:]):
        return None
    heading = dict(_heading_fields(text, links))
    fields = [(n, v) for n, v in heading.items() if n not in names]
    return WorkHeading((*fields, *told), last)


def is_told_by_fields(names: set[str]) -> bool:
    """True for two fields that only a work has: an author and a year, a venue and a DOI."""
    told = names & {"author", "year", "venue", "title", "url", "doi", "arxiv", "pmid"}
    return len(told) > 1 and not told <= {"title", "url", "year"}


def _cite_elsewhere(lines: Sequence[_Line]) -> bool:
    """True where what stands below are works themselves, as under a topic."""
    return any(
        find_identifiers(line.text) or any(map(_is_work_link, line.links)) or _cites(line.text)
        for line in lines[:MAX_BESIDE]
    )


def _cites(line: str) -> bool:
    """True for a line that begins as a reference or byline does."""
    return bool(_YEAR.search(line)) and (
        read_byline(line, of_short_title=True) is not None
        or is_reference(parse_reference(line), line)
    )


def _values(name: str, value: str, line: _Line) -> Iterator[tuple[str, str]]:
    """The values of a field: each author, a bare year, the address of a link."""
    if name == "author":
        yield from (("author", author) for author in split_people(value))
    elif name == "year":
        yield from (("year", match.group()) for match in _YEAR.finditer(value))
    elif name == "venue" and len(value) > MAX_BYLINE:
        return
    elif name in {"url", "doi", "arxiv", "pmid"}:
        if line.links:
            yield from (("url", link.target) for link in line.links)
        elif " " not in value:
            yield name, value
    else:
        yield name, value


def split_people(text: str) -> list[str]:
    """The names of a field of authors: 'Doe, J.; Roe, R.', 'J. Doe and R. Roe', '田中 太郎、…'."""
    text = text.strip(" ;")
    for sign in (";", "、", "；"):
        if sign in text:
            return [_spoken(name) for name in text.split(sign) if name.strip()]
    names = [name.strip() for name in _AND.split(_ET_AL.sub("", text)) if name.strip()]
    if all(" " not in name and "." not in name for name in names):
        return names
    read = parse_reference(
        f"{text.rstrip('.')}. 2000. A title of some words. Journal of Titles 1, 1-2."
    )
    if read.authors and read.year == 2000:
        return list(read.authors)
    return names


def _spoken(name: str) -> str:
    """'Doe, J.' as 'J. Doe'."""
    family, comma, given = " ".join(name.split()).partition(", ")
    return f"{given} {family}" if comma else family


def _heading_fields(text: str, links: Sequence[Link]) -> Fields:
    """The fields that a heading tells itself: those of a reference, or its words as the title."""
    addresses = tuple(("url", link.target) for link in links if "://" in link.target)
    told = _read_reference(text) or _read_titled(text) or _read_doubtful(text)
    if told and told.fields:
        return (*told.fields, *addresses)
    return (("title", text.strip(" *_.")), *addresses)


# ── links, identifiers, keys ─────────────────────────────────────────────────────────────────────
def _read_marked(text: str, links: Sequence[Link]) -> WorkHeading | None:
    """'@doe1999', '[Title](https://doi.org/…)', 'Title (2203.04567)', '[[Doe 1999 - Title]]'."""
    if _CITEKEY.match(text) or any(map(_is_work_link, links)) or _names_page(text, links):
        return WorkHeading()
    if find_identifiers(text) or any(
        find_identifiers(part) for part in re.findall(r"[(\[]([^()\[\]]{4,60})[)\]]", text)
    ):
        return WorkHeading()
    return None


def _is_work_link(link: Link) -> bool:
    """True for a link to what an identifier names, or to a PDF."""
    return identifier_from_url(link.target) is not None or bool(_SCHOLARLY_FILE.search(link.target))


def _names_page(text: str, links: Sequence[Link]) -> bool:
    """True for a link to a note that is named after a work, or by its key."""
    return any(
        link.target.startswith("[[@") or bool(_NAMED_PAGE.fullmatch(link.target))
        for link in links
        if len(link.text) >= MIN_LINKED_SHARE * len(text)
    )


# ── references ───────────────────────────────────────────────────────────────────────────────────
def _read_reference(text: str) -> WorkHeading | None:
    """'Doe, J., & Roe, R. (2013). Title. Journal, 9(3), 41–58.', 'Doe & Roe (2011) Title'."""
    if not _YEAR.search(text) and '"' not in text and "“" not in text:
        return None
    if match := _NAMES_YEAR_TITLE.fullmatch(text):
        names, title = match["names"], _clean(match["title"])
        if is_people(names) and len(title.split()) > 1 and not title[0].islower():
            people = tuple(split_people(names))
            return WorkHeading(_record(Reference(text, title, people, int(match["year"]))))
    reference = parse_reference(text)
    if not is_reference(reference, text):
        return None
    return WorkHeading(_record(reference))


def is_reference(reference: Reference, text: str) -> bool:
    """True where a heading reads as authors, a title, and what dates it."""
    if not reference.authors or not reference.title or looks_like_reference(text) < MIN_SCORE:
        return False
    if not (reference.year or reference.venue) or any(map(is_no_person, reference.authors)):
        return False
    if reference.title[0].islower() or _CITED_KEY.search(text):
        return False  # a clause about works
    if len(reference.title.split()) < 2 and not reference.venue:
        return False
    return opens_with(reference.authors[0], text)


def is_no_person(author: str) -> bool:
    """True for what the parser took for a name and is a clause, or a word no name has."""
    words = author.split()
    return len(words) > 6 or (len(words) == 1 and words[0].lower() in NOT_NAMES)


def opens_with(author: str, text: str) -> bool:
    """True where a text begins with an author's name."""
    surname = surname_key(author).split()
    return bool(surname) and 0 <= normalise_title(text[:120]).find(surname[-1]) <= 40


def _record(reference: Reference) -> Fields:
    """The fields of a record with what a reference tells."""
    fields = [
        ("title", reference.title.strip(" –—-")),
        *(("author", name) for name in reference.authors),
    ]
    fields += [("year", str(reference.year or "")), ("venue", reference.venue)]
    fields += [("id", identifier) for identifier in reference.ids]
    fields += [("url", url) for url in reference.urls]
    return tuple((name, value) for name, value in fields if value)


def _read_titled(text: str) -> WorkHeading | None:
    """'Title (Doe & Roe, 2019)', 'Title – Doe 2019', 'Title (NeurIPS 2017)', 'Doe (1999)'."""
    if not _YEAR.search(text):
        return None
    told = _read_names_and_year(text) or _read_title_and_people(text)
    return told or _read_title_at_meeting(text)


def _read_names_and_year(text: str) -> WorkHeading | None:
    """'Doe (1999)', 'Doe & Roe 1999', with no title."""
    match = _NAMES_AND_YEAR.fullmatch(text)
    if match is None or not is_people(match["names"]):
        return None
    return WorkHeading(doubtful=not _JOINED.search(match["names"]))


def _read_title_and_people(text: str) -> WorkHeading | None:
    """'Title (Doe & Roe, 2019)', 'Title – Doe 2019, Journal'."""
    match = _TITLE_AND_PEOPLE.fullmatch(text)
    if match is None:
        return None
    title, names = match["title"], match["names"]
    is_joined, in_brackets = bool(_JOINED.search(names)), text[-1] in ")]"
    is_titled = len(title.split()) >= MIN_TITLE_WORDS or (
        is_joined and in_brackets and may_be_title(title)
    )
    if not is_titled or not is_people(names) or may_name_venue(names):
        return None
    venue = (match["venue"] or match["venue2"] or "").strip(_VENUE_SIGNS)
    pairs = [("title", _clean(title)), ("year", match["year"]), ("venue", venue)]
    pairs += [("author", name) for name in split_people(names)]
    is_told = is_joined or bool(match["venue2"]) or text.rstrip(".")[-1] in ")]"
    return WorkHeading(tuple(pair for pair in pairs if pair[1]), doubtful=not is_told)


def _read_title_at_meeting(text: str) -> WorkHeading | None:
    """'Title (NeurIPS 2017)', '[NeurIPS 2017] Title'."""
    match = _TITLE_AND_MEETING.fullmatch(text)
    if match is None:
        return None
    title = match["title"] or match["title2"]
    venue, year = match["venue"] or match["venue2"], match["year"] or match["year2"]
    if len(title.split()) < MIN_TITLE_WORDS or not may_name_venue(venue):
        return None
    return WorkHeading((("title", _clean(title)), ("venue", venue), ("year", year)))


def _read_parted(text: str) -> WorkHeading | None:
    """'“The colour of water” – Gould, R., 2007': a title parted from its people by marks."""
    for title, people in _parts_of(text):
        byline = read_byline(people, of_short_title=True) if _YEAR.search(people) else None
        if byline and (text[0] in '"“«„' or len(title.split()) >= MIN_TITLE_WORDS):
            return WorkHeading(_record(replace(byline, title=_clean(title))))
    return None


def _read_listed(text: str) -> WorkHeading | None:
    """'Lichens on the wall, Rowe & Sato, Wall Letters': title, people and venue with commas."""
    for comma in itertools.islice(_COMMA.finditer(text), MAX_TITLE_COMMAS):
        title, people = text[: comma.start()], text[comma.end() :]
        if len(title.split()) < MIN_TITLE_WORDS or not _JOINED.search(people):
            continue
        byline = read_byline(people, of_short_title=False)
        if byline and may_name_venue(byline.venue) and may_be_title(title):
            return WorkHeading(_record(replace(byline, title=_clean(title))))
    return None


def _parts_of(text: str) -> Iterator[tuple[str, str]]:
    """The title, and the people with the year, of a heading that marks part into these."""
    if match := _PARTED.fullmatch(text):
        yield match["quoted"] or match["title"], match["people"]
    if match := _PEOPLE_IN_BRACKETS.fullmatch(text):
        yield match["title"], match["people"]
    if match := _PEOPLE_FIRST.fullmatch(text):
        yield match["title"], f"{match['people']}, {match['first'] or match['last']}"


def may_be_title(text: str) -> bool:
    """False for what only parts a note: 'Results', 'To read'."""
    return has_subject(text) and not is_part_of_paper_notes(text)


def _clean(title: str) -> str:
    return title.strip(' *_"“”.,')


def is_people(names: str) -> bool:
    """True for a list of names of which the first may be a person's."""
    first = _AND.split(_ET_AL.sub("", names))[0].split()
    return bool(first) and not any(word.lower() in NOT_NAMES for word in first)


def may_name_venue(text: str) -> bool:
    """True for a meeting, a journal or its letters: 'NeurIPS', 'Cognition', 'Proc. R. Soc.'."""
    return bool(
        _MEETING.search(text)
        or is_journal_name(text)
        or JOURNAL_ACRONYM.fullmatch(text)
        or JOURNAL_WORD.search(text)
    )


def _read_doubtful(text: str) -> WorkHeading | None:
    """'Thin lenses in thick air (1988)': a work where headings beside it look alike."""
    match = _DATED_TITLE.fullmatch(text)
    if match is None:
        return None
    title, year = match["title"] or match["title2"], match["year"] or match["year2"]
    if len(title.split()) < MIN_TITLE_WORDS or _YEAR.search(title):
        return None
    return WorkHeading((("title", _clean(title)), ("year", year)), doubtful=True)


def _read_people_and_title(text: str) -> WorkHeading | None:
    """'Hart & Vogel, Queue discipline in small routers' as the learnt judgement sees it; a work
    where headings beside it look alike, for a topic may name people too.
    """
    if not _PEOPLE_BEFORE.match(text):
        return None
    found = LabelledText(text, "heading").references()
    if len(found) != 1 or found[0].chance < MIN_LEARNT_CHANCE:
        return None
    (people, title), end = (found[0].people, found[0].title), found[0].end
    words = text[slice(*title)].split()
    if not 0 == people[0] < people[1] <= title[0] or len(words) < MIN_WORDS_OF_SURE_TITLE:
        return None
    if end < len(text.rstrip(" .")):
        return None
    names = _DASH_OF_NAMES.sub(", ", text[slice(*people)])  # 'Croot–Łaba–Sisask' are three
    authors = tuple(("author", name) for name in split_people(names))
    return WorkHeading((("title", _clean(text[slice(*title)])), *authors), doubtful=True)


# ── an address below ─────────────────────────────────────────────────────────────────────────────
def _read_address(text: str, lines: Sequence[_Line]) -> WorkHeading | None:
    """A title with nothing but one work's address or identifier on the line below."""
    if not lines or len(text.split()) < MIN_WORDS_OF_SURE_TITLE or _cite_elsewhere(lines[1:]):
        return None
    first = lines[0]
    addresses = [link.target for link in first.links if _is_work_link(link)]
    found = find_identifiers(first.text)
    rest = first.text
    for part in (
        *(link.text for link in first.links if _repeats(link, text)),
        *(first.text[one.start : one.end] for one in found),
    ):
        rest = rest.replace(part, "")
    ids = {one.id for one in found} | {identifier_from_url(url) or url for url in addresses}
    words = {word.lower() for word in _WORD.findall(rest)}
    if len(ids) != 1 or not words <= _BESIDE_ADDRESSES:
        return None
    fields = [("title", text.strip(" *_.")), *(("url", url) for url in addresses)]
    return WorkHeading((*fields, *(("id", one.id) for one in found)), 1)


def _repeats(link: Link, title: str) -> bool:
    """True where a link's words are its address or the title above; others name another work."""
    return "/" in link.text or title_similarity(link.text, title) > 0.9


def _read_repeated(text: str, lines: Sequence[_Line]) -> WorkHeading | None:
    """A title with the reference that has this title below."""
    for line in lines[:2]:
        if (
            _YEAR.search(line.text)
            and may_hold_title(line.text, text)
            and title_similarity(parse_reference(line.text).title, text) > 0.9
        ):
            return WorkHeading()
    return None


def may_hold_title(line: str, title: str) -> bool:
    """A quick look: False where the longest word of a title, or every two neighbours among its
    words, are missing in a line.
    """
    longest = max(_WORD.findall(title), key=len, default="").lower()
    if longest not in line.lower():
        return False
    pairs = [" ".join(pair) for pair in itertools.pairwise(normalise_title(title).split())]
    return not pairs or any(map(normalise_title(line).__contains__, pairs))


# ── a line of authors below ──────────────────────────────────────────────────────────────────────
def _read_byline(
    text: str, links: Sequence[Link], lines: Sequence[_Line], *, is_list: bool
) -> WorkHeading | None:
    """A title with a line 'T. Alvarez, S. Greve. Office Systems Quarterly, 2009.' below."""
    if not lines or is_list:
        return None
    is_short = _words_of_title(text) < MIN_WORDS_OF_SURE_TITLE and not lines[0].ends_in_italics
    byline, count = _byline_over_lines(lines, is_short=is_short)
    count += sum(1 for _ in itertools.takewhile(_is_link_to_it, lines[count:])) if byline else 0
    if byline is None or _cite_elsewhere(lines[count:]):
        return None
    if _words_of_title(text) < MIN_TITLE_WORDS and _may_hold_title(byline):
        return None
    if is_short and not (lines[0].is_alone and " " in byline.authors[0]):
        return None  # 'Goodfellow 2014' below 'GANs'
    heading = [(name, value) for name, value in _heading_fields(text, links) if name != "author"]
    told = {name for name, _ in heading}
    fields = [pair for pair in _record(byline) if pair[0] not in told]
    fields += [("url", link.target) for line in lines[:count] for link in line.links]
    return WorkHeading((*heading, *fields), count)


def _words_of_title(text: str) -> int:
    """Words of a heading; in a script without blanks some three signs are one."""
    text = _clean(text)
    return max(len(text.split()), len(_UNSPACED.findall(text)) // SIGNS_OF_WORD)


def _is_link_to_it(line: _Line) -> bool:
    """'[pdf](https://…)' or '[PDF] [code]' alone on its line: links of the work above."""
    words = {word.lower() for word in _WORD.findall(line.text)}
    return bool(line.links) and len(line.links) <= MAX_BESIDE and words <= _BESIDE_ADDRESSES


def _byline_over_lines(lines: Sequence[_Line], *, is_short: bool) -> tuple[Reference | None, int]:
    """The byline of the first line, or of it with the venue and year on the next; the lines."""
    lines = [replace(lines[0], text=_without_link_labels(lines[0])), *lines[1:]]
    if len(lines) > 1 and not _YEAR.search(lines[0].text) and _YEAR.search(lines[1].text):
        people = read_byline(lines[0].text, of_short_title=False)
        joined = f"{lines[0].text.strip(' .,*_')}, {lines[1].text}"
        whole = read_byline(joined, of_short_title=is_short) if people else None
        if people and whole and whole.authors == people.authors:
            return whole, 2
        below = _read_venue_line(lines[1].text)
        authors = _whole_line_of_people(lines[0].text) if below else ()
        if below and authors and (len(authors) > 1 or _is_marked_venue(below)):
            return replace(below, raw=joined, authors=authors), 2
    return read_byline(lines[0].text, of_short_title=is_short), 1


def _without_link_labels(line: _Line) -> str:
    """'by T. Doe, 2015 · [pdf](https://…)' without 'pdf', which no byline holds."""
    text = line.text
    for link in line.links:
        if set(link.text.lower().split()) <= _BESIDE_ADDRESSES and text.endswith(link.text):
            text = text[: -len(link.text)].rstrip(" ·•|–—-")
    return text


def _whole_line_of_people(line: str) -> tuple[str, ...]:
    """The people of a line that holds nothing else and that no further one follows."""
    line = line.strip(" *_>")
    if line.endswith((",", ";", "&")) or len(line) > MAX_BYLINE or _YEAR.search(line):
        return ()
    by = _BY.match(line)
    line = _LAST_OF_PEOPLE.sub(" & ", line[by.end() :] if by else line)
    match = _PEOPLE.fullmatch(line)
    people = tuple(split_people(line)) if match else ()
    return people if people and " " in people[0] and is_people(people[0]) else ()


def _is_marked_venue(below: Reference) -> bool:
    """True where more than its capitals tells a venue: a number, 'in', a word of journals."""
    match = _VENUE_LINE.fullmatch(below.raw)
    marks = match and (match["in"] or match["volume"] or match["pages"])
    return bool(marks) or may_name_venue(below.venue)


def _read_venue_line(line: str) -> Reference | None:
    """Venue and year of a line below the people: 'Beiträge zur Moorkunde 3 (2015), S. 1–9'."""
    line = line.strip(" *_>")
    match = _VENUE_LINE.fullmatch(line) if len(line) <= MAX_BYLINE else None
    if match is None:
        return None
    venue = match["venue"].strip(_VENUE_SIGNS)
    read = Reference(line, "", (), int(match["year"]), venue)
    if _is_marked_venue(read) or is_end_of_byline(venue, "", dated=True):
        return read
    return None


def read_byline(line: str, *, of_short_title: bool) -> Reference | None:
    """The people, venue and year of a line that holds nothing else.

    More is asked below a heading of few words, which may be a topic: a year.
    """
    line = line.strip(" *_>")
    if not 4 < len(line) <= MAX_BYLINE or " // " in line:  # between a title and its venue
        return None
    after_by = _BY.match(line)
    body = (line[after_by.end() :] if after_by else line).lstrip("([")
    read = None if _DASH.search(body) else _read_people_first(body, small=not of_short_title)
    read = read or _read_direct_names(body, after_by=bool(after_by))
    if read is None or (of_short_title and not read.year) or _holds_title(line, read):
        return None
    return replace(read, raw=line)


def _may_hold_title(byline: Reference) -> bool:
    """True for a line with what may be a title in the place of the venue: below 'Roofs' the line
    'Romanova E. S. Roofs of the North. M., 2005.' is a work on roofs.
    """
    return bool(byline.venue) and not may_name_venue(byline.venue)


def names_authors(heading: str) -> bool:
    """'by Jane Doe and Richard Roe' as a heading of its own below the title; 'Doe et al. — NetConf
    2020', too.
    """
    if not _BY.match(heading) and not (_YEAR.search(heading) and _JOINED.search(heading)):
        return False
    return read_byline(heading, of_short_title=False) is not None


def _read_people_first(line: str, *, small: bool) -> Reference | None:
    """A line that the parser reads as authors and year, with a venue in the place of the title;
    `small` where this may be in small letters.
    """
    if not _YEAR.search(line):
        return None
    read = parse_reference(line)
    if not read.authors or not read.year or any(map(is_no_person, read.authors)):
        return None
    if not opens_with(read.authors[0], line) or may_be_acronym_of_venue(read.authors[0]):
        return None
    if any("&" in author or "," in author for author in read.authors):
        return None
    if read.title:
        year = _YEAR.search(line)
        title_first = year is None or line.find(read.title) < year.start()
        may_end = title_first and is_end_of_byline(read.title, "", dated=True)
        may_end = may_end or (small and _is_small_venue(read, line))
        may_end = may_end or (_ends_with(line, read.title) and may_name_venue(read.title))
        if read.venue or not may_end:
            return None
        read = replace(read, venue=read.title, title="")
    return Reference(line, "", read.authors, read.year, read.venue)


def _is_small_venue(read: Reference, line: str) -> bool:
    """True for 'T. Alberti, S. Greco. Sistemi urbani, 2009.' and 'Alberti & Greco (2009). Sistemi
    urbani': people, a few words, the year.
    """
    few = len(read.authors) > 1 and len(read.title.split()) <= MAX_SMALL_VENUE
    closed = _CLOSING_YEAR.search(line) is not None or _ends_with(line, read.title)
    return few and read.title[0].isupper() and closed


def _ends_with(line: str, title: str) -> bool:
    return line.rstrip(" .*_").endswith(title)


def _holds_title(line: str, read: Reference) -> bool:
    """True for a whole reference: a title stands beside the imprint, or words beside a venue."""
    if ": " in read.venue:
        return True
    behind = line[line.find(read.venue) + len(read.venue) :] if read.venue else ""
    return len(_LONG_WORD.findall(behind)) > MAX_WORDS_BEHIND_VENUE


def _read_direct_names(line: str, *, after_by: bool) -> Reference | None:
    """Names as they are spoken: 'Mireille Dax, Oskar Lindt (2017)', 'Dax & Lindt, PNAS'."""
    match = _PEOPLE.match(line)
    if match is None:
        return None
    people, end = _people_of(line, match)
    if not people or not is_people(people[0]) or may_be_acronym_of_venue(people[0]):
        return None
    rest = line[end:]
    if rest.startswith(":"):
        return None  # a label
    year = _YEAR.search(rest)
    venue = (rest[: year.start()] if year else rest).strip(_VENUE_SIGNS)
    behind = rest[year.end() :] if year else ""
    if not is_end_of_byline(venue, behind, dated=bool(year)):
        return None
    if not year and not venue and not after_by and not are_full_names(people):
        return None
    return Reference(line, "", people, int(year.group()) if year else None, venue)


def _people_of(line: str, match: re.Match[str]) -> tuple[tuple[str, ...], int]:
    """The names of a list, and where they end: before what is a venue or has a volume behind it."""
    names = _ET_AL.sub("", match["names"])
    people: list[str] = []
    end, position = match.start(), match.start()
    for sign in [*_AND.finditer(names), None]:
        stop = sign.start() if sign else len(names)
        name = names[position:stop]
        behind = line[stop : stop + 5]
        if people and (may_name_venue(name) or ORGANISATION.search(name) or _VOLUME.match(behind)):
            return tuple(people), end
        people.append(name)
        end, position = stop, sign.end() if sign else stop
    return tuple(people), match.end()


def are_full_names(people: Sequence[str]) -> bool:
    """True for several names, each of two to four words."""
    return len(people) > 1 and all(2 <= len(name.split()) <= 4 for name in people)


def is_end_of_byline(venue: str, behind: str, *, dated: bool) -> bool:
    """True for what may follow the names: nothing, a year, a venue and the year, pages."""
    if len(behind.strip(_VENUE_SIGNS)) > 60 or _LONG_WORD.search(behind):
        return False
    if not venue:
        return True
    if len(venue.split()) > 8 or not venue[0].isupper():
        return False
    return may_name_venue(venue) or (dated and is_raised(venue))


def may_be_acronym_of_venue(name: str) -> bool:
    """'NeurIPS', which may stand before a year as a name does."""
    return " " not in name and may_name_venue(name)


def is_raised(text: str) -> bool:
    """True where most longer words have a capital, as in the name of a journal or publisher."""
    long = [word for word in text.split() if len(word) > 4]
    return sum(not word[0].islower() for word in long) >= MIN_RAISED_SHARE * len(long)


def is_part_of_paper_notes(heading: str) -> bool:
    """'1. Summary', 'Strengths': what a reader writes of one work."""
    return " ".join(words_of(heading)).lstrip("0123456789 ") in _PARTS_OF_PAPER_NOTES


# ── what stands below ────────────────────────────────────────────────────────────────────────────
def without_lines(block: NoteBlock, count: int) -> NoteBlock | None:
    """A block without its first source lines; None where nothing is left."""
    starts = block.line_starts
    if count == 0:
        return block
    if count >= len(starts):
        return None
    cut = starts[count]
    links = tuple(
        replace(link, start=link.start - cut, end=link.end - cut)
        for link in block.links
        if link.start >= cut
    )
    text, line = block.text[cut:], block.line + count
    kept = tuple(start - cut for start in starts[count:])
    return replace(block, text=text, line=line, links=links, line_starts=kept)
