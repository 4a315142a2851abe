"""Titles that quotation marks or italics set off in running text, with what stands beside them.

'the piece by Lena Hart, "Bridges at night" (Road Notes, 2019)', '„Das Wehr“, Wasserblatt 9 (2010)',
'李可欣的《方言地图》（语言学报，2022）'. Marks alone tell no title: people quote
sentences too. What tells it is its company, on either side and in any order: people, a date, a
journal or publisher, pages, an identifier, the kind of work. Each adds to a score (`WEIGHTS`).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from litmap.citations.recognisers.name_lists import split_people
from litmap.citations.recognisers.reference_shape import PENDING
from litmap.citations.recognisers.reference_signs import UNSPACED_NAME, is_unspaced
from litmap.models import NoteBlock
from litmap.parsing.grammar import CASELESS, ET_AL, NAMES, UNSPACED, UPPER, YEAR
from litmap.parsing.lexicon import PARTICLES
from litmap.parsing.venues import is_journal_name, is_numbered_venue
from litmap.parsing.word_lists import load_pattern, load_words

MAX_LEFT, MAX_RIGHT = 160, 260
"""Characters before and behind a title that are read with it."""
MAX_PARTS = 9
"""Parts of what stands behind a title, as far as they are read."""
MAX_NAME_WORDS = 14
MAX_VENUE_WORDS, MAX_VENUE_SIGNS = 9, 24
"""Size of a venue, and of one in a script without blanks."""
MAX_SMALL_IN_VENUE = 2
"""Words in lower case of a venue that are no small words: 'Cahiers de traductologie'."""
MIN_CAPITALS = 2
"""Capitals of a word that is a venue rather than a name: 'NeurIPS 2020'."""
MAX_KIND_WORDS = 5
"""Words of a part that says what kind of work it is."""
NAMED, LOOSELY_NAMED, DATED, PRINTED, PLACED, IDENTIFIED, LINKED, CALLED = (
    "names", "loose names", "date", "venue", "place", "identifier", "link", "kind",
)  # fmt: skip
WEIGHTS = {
    NAMED: 1.0,
    LOOSELY_NAMED: 0.6,
    DATED: 1.0,
    PRINTED: 0.9,
    PLACED: 0.4,
    IDENTIFIED: 1.9,
    LINKED: 0.7,
    CALLED: 0.6,
}
"""What each kind of company adds to a title's score."""
SURE = 1.9
"""Score of what is surely a work."""

_MARKED = re.compile(
    r"(?<![\w.,!?…])[“„\"”]\s?([^“”„\"\x00\n]{2,250}?)\s?[”“\"]|"
    r"(?<!\w)«\s?([^«»\x00\n]{2,250}?)\s?»|"
    r"(?<!\w)‘((?:[^‘’\x00\n]|’(?=\w)){8,250})’(?!\w)|"
    r"(?<=[,:(]\s)'([^\W\d_a-zß-ÿ](?:[^'\x00\n]|'(?=\w)){8,250})'(?=[\s,.;)])|"
    r"『((?:[^『』\x00\n]|『[^『』\n]{1,30}』){2,120})』|「((?:[^「」\x00\n]|「[^「」\n]{1,30}」){2,120})」|"
    r"《((?:[^《》\x00\n]|《[^《》\n]{1,30}》){2,120})》"
)
_MARK = re.compile("[“„\"”«‘'『「《]")
"""What each of them begins with."""
_YEAR = re.compile(rf"(?<![\d.:–-]){YEAR}(?!\d|[.:]\d)|(?<=\d[./-]){YEAR}(?!\d)")
_LETTER = rf"[^\W{UNSPACED}]"
_KIND = re.compile(rf"(?<!{_LETTER})(?:{load_pattern('kinds_of_works')})(?!{_LETTER})", re.I)
_IDENTIFIER = re.compile(
    r"(?<!\w)(?:doi\b|10\.\d{4}|arxiv\b|SSRN \d|PMID\b|ISBN\b|hdl\b|urn:)", re.I
)
_ADDRESS = re.compile(r"https?:|www\.|(?:[\w-]+\.)+[a-z]{2,4}(?:/\S*)?$", re.I)
_PLACE = re.compile(
    rf"(?:(?:{load_pattern('marks_of_places')}|№|#)\.?\s?)*[A-Za-z]?\d[\d\s.,:;()–—/-]{{0,24}}"
    r"[^\W\d_]?\.?(?:\s?(?:pp?|с|s|ff)\.?)?",
    re.I,
)
_UNSPACED_PLACE = re.compile(
    r"(?:[第제]?\s?\d+(?:[–—~～-]\d+)?\s?[巻卷号期輯辑集頁页面章回版节節권호집쪽면]+|[\d():.–-]+)+"
)
_PLACE_BEHIND = re.compile(
    rf"[,.]?\s(?:(?:{load_pattern('marks_of_places')}|№)\.?\s)?\d[\d\s.,:;()/–—-]*$|"
    r"\s?\d+[巻卷号期]?$",
    re.I,
)
_IN_WORDS = "in|en|dans|em|w|в"
_IN = re.compile(
    rf"(?:{_IN_WORDS}|v|u|na|im|nel|nella|sur|revista|revue|rivista)\b:?\s+|[載载于]\s?", re.I
)
_BY = re.compile(
    r"(?:by|par|von|por|di|av|af|door|przez|de|do|da|van)\s+(?=\S)|(?:作者|著者|저자)\s?[:：]\s?",
    re.I,
)
_JOINT = re.compile(
    r"\s*(?:[,.;:，、。：]{1,2}|//|\||[–—-]{1,3}(?=\s))?\s*[(（\[［]?\s*"
    rf"(?:(?:{_IN_WORDS})\s?:\s*)?"
    r"(?:[载載于]?[『《]|(?:(?:in|en|su)\s)?«(?=[^«»]{2,80}»,?\s\d))?",
    re.I,
)
_CUT = re.compile(
    r"[,，、;；()（）\[\]\n\x00。]|(?<!\b[^\W\d_])(?<!\b[^\W\d_]{2})(?<!\b[Uu]ni[vw])\.(?=\s|$)|:\s(?=[^\d\s])|"
    r"\s[–—-]{1,3}\s|\s//\s|[«»„“《『「》』]|\s\"(?=\w)"
)
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_NAME_TOKEN = re.compile(
    rf"(?:d['’]|al-|[a-z]{{1,3}}(?=[A-Z]))?[{UPPER}](?:[^\W\d]|['’.‐/-])*(?:\([^()]*\))?[,;:.]?"
)
_CONNECTIVES = (
    frozenset(["and", "und", "et", "y", "e", "i", "и", "och", "og", "en", "&", "/", "al.", "al"])
    | PARTICLES
)
_OWNERS = re.compile(r"['’]s?$")
_BRACKET_AT_END = re.compile(r"[(\[][^()\[\]]{2,30}[)\]][,:.]?$")
_DATED_TOKEN = re.compile(rf"[(\[]?(?P<year>{YEAR})[a-z]?[)\]]?[,:.]?")
_LEADING_IN = re.compile(rf"\s(?:{_IN_WORDS})$")
_UNSPACED_LETTER = re.compile(f"[{UNSPACED}]")
_UNSPACED_PEOPLE = re.compile(
    rf"(?:^|(?<=[^\w])|(?<=[见見看读讀及与]))(?P<names>{UNSPACED_NAME}"
    rf"(?:\s?[、・·,，和与；;&]\s?{UNSPACED_NAME}){{0,7}})"
    r"(?:等|ほか|编|編|著|主编)?(?:的|の|의)?\s?[：:,，]?"
    rf"(?:\s?[(（]\s?(?P<year>{YEAR})年?\s?[)）]\s?[：:]?)?\s?$"
)
_CASELESS_PEOPLE = re.compile(
    rf"(?:^|(?<=[.:;()–—*•-]\s)|(?<=[.:;(]))(?P<names>[{CASELESS}]+(?: [{CASELESS}]+){{0,3}}"
    rf"(?:, [{CASELESS}]+(?: [{CASELESS}]+)?)?)(?P<year> \({YEAR}\))?\s?[,.:]\s*$"
)
"""'سليم الحارثي، ', 'शर्मा, विमलेश. ': names before a title in a script without capitals."""
_UNIVERSITY = re.compile(r"univ(?:\.|ersi\w+)?\s|uniw(?:\.|ersytet)?\s", re.I)
_EDITOR_MARK = re.compile(rf"(?:{load_pattern('editor_marks')})\.?", re.I)
_CASELESS = re.compile(f"[{CASELESS}]")
_OTHER_SIGNS = {ord("،"): ",", ord("؛"): ";", ord("؟"): "?", ord("।"): "."}
"""Commas and stops of such scripts, and what stands for them elsewhere."""
_NO_PEOPLE = re.compile(
    rf"(?:新聞|新闻|日报|日報|晚报|周刊|신문|杂志|雑誌|{load_pattern('kinds_of_works')})的?$"
)
"""What is no name before a title in such a script: a newspaper, a kind of work."""
_BETWEEN_UNSPACED = re.compile(r"\s?[、・·,，和与；;&]\s?")
_NAMES = re.compile(NAMES)
_CLOSING = frozenset(")）]］")
_CLOSING_MARKS = frozenset("»》』")
_ET_AL = re.compile(ET_AL)
_VOLUME = re.compile(r"[\s,.]*(?:vol\.?\s?)?\d{1,4}\s?[,:(]", re.I)
_IN_BEHIND = re.compile(rf"[,.;”\"»]\s(?:{_IN_WORDS}):?\s$", re.I)
_TOKEN = re.compile(r"[(\[]\d\S*|[^\s(\[]+")
_OPENING = frozenset("([")
_BREAK = re.compile(r"[.;:!?。；：]\s|\n|\x00")
_DASHES = frozenset("–—-→")
_SIGNS = frozenset(",:，：、)）")
_AROUND = ' ?!.:”"’»“*_'
_UNSPACED_DATE = re.compile(rf"{YEAR}年(?:\d+月)?(?:\d+日)?(?:第?\d+期|朝刊|夕刊|发布|發布|发表)?")
_ENDS_AS_CLAUSE = re.compile(r"(?:です|ます|した|である|だ|る|い|は|を|了|的|吗|是.*|다|는|을|를)$")
_DATING = frozenset({DATED, PLACED, IDENTIFIED, LINKED})
_SAYS = re.compile(rf"(?:\b(?:{load_pattern('verbs_before_quotations')})[,:]?|と|は)\s*$", re.I)
_DATE_WORDS = load_words("heading_order_words") | load_words("words_in_dates")
_PROSE_WORDS = load_words("prose_words")
_BEFORE_PEOPLE = frozenset(
    phrase.rstrip(".")
    for phrase in load_words("words_before_references") | load_words("reference_signals")
    if " " not in phrase
)
_SMALL = load_words("title_small_words") | load_words("journal_small_words") | PARTICLES


@dataclass(frozen=True, slots=True)
class MarkedTitle:
    """A title with its company: where both stand, its people and where it is printed as written,
    its year and its score.
    """

    title: str
    title_start: int
    start: int
    end: int
    people: tuple[str, ...]
    people_text: str
    year: int | None
    printed: str
    score: float
    is_quoted: bool
    is_behind_people: bool

    @property
    def sure(self) -> bool:
        """True where its company is enough."""
        return self.score >= SURE


@dataclass(slots=True)
class _Company:
    """What stands on one side of a title, up to `edge`."""

    edge: int
    kinds: set[str] = field(default_factory=set)
    people: list[str] = field(default_factory=list)
    people_text: str = ""
    year: int | None = None
    printed_from: int = 0
    """Where what dates and places the work begins; 0 where nothing does."""


def marked_titles(block: NoteBlock, start: int, end: int) -> Iterator[MarkedTitle]:
    """The titles in quotation marks and italics of a stretch that have company, in their order."""
    text, free_from = block.text.translate(_OTHER_SIGNS), start
    emphasised = tuple(_emphasised(block))
    for outer, inner in _stretches(text, emphasised, start, end):
        if outer[0] < free_from or not _may_be_title(text, inner):
            continue
        found = _read(text, outer, inner, (free_from, end), emphasised)
        if found is not None:
            written = block.text[found.title_start :][: len(found.title)]
            yield replace(found, title=written.strip())
            free_from = found.end


def _emphasised(block: NoteBlock) -> Iterator[tuple[int, int]]:
    """Where the stretches in italics stand."""
    position = 0
    for name, value in block.fields:
        if name == "emphasis" and (at := block.text.find(value, position)) >= 0:
            position = at + len(value)
            yield at, position


def _stretches(
    text: str, emphasised: tuple[tuple[int, int], ...], start: int, end: int
) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """What is marked, with and without its marks, in the order of the text."""
    quoted = []
    if _MARK.search(text, start, end):
        found = _MARKED.finditer(text, start, end)
        quoted = [(match.span(), match.span(match.lastindex or 0)) for match in found]
    italic = [(span, span) for span in emphasised if start <= span[0] and span[1] <= end]
    return sorted([*quoted, *italic])


def _may_be_title(text: str, inner: tuple[int, int]) -> bool:
    """True for what begins as a title does and is no journal: two letters, the first a capital."""
    title = text[inner[0] : inner[1]].strip()
    first = title.lstrip("¿¡«“‘'([… ")[:1]
    has_capital = first.isupper() or first.isdigit() or _CASELESS.match(first)
    if not (has_capital or is_unspaced(title)):
        return False
    if len(_WORD.findall(title)) == 0 or "://" in title or title.endswith((":", "…", "...")):
        return False
    return not (is_journal_name(title) or is_numbered_venue(title))


def _read(
    text: str,
    outer: tuple[int, int],
    inner: tuple[int, int],
    bounds: tuple[int, int],
    emphasised: tuple[tuple[int, int], ...],
) -> MarkedTitle | None:
    """The title with its company; None where there is none, or it is a journal or a quotation."""
    before = text[max(bounds[0], outer[0] - MAX_LEFT) : outer[0]]
    if outer == inner and (_IN.fullmatch(_last_word(before)) or _VOLUME.match(text, outer[1])):
        return None  # 'in *Essays for Doe*', '*Lake Letters*, 43(1)'
    if _IN_BEHIND.search(before) or _is_said_by(text, inner, outer):
        return None
    in_script = is_unspaced(text[inner[0] : inner[1]])
    left = _left_of(before, outer[0], in_script=in_script)
    right = _right_of(text, outer[1], min(bounds[1], outer[1] + MAX_RIGHT), left, emphasised)
    title = text[inner[0] : inner[1]].strip(" ,;").rstrip(".")
    if right.people and NAMED not in left.kinds:
        left = _Company(outer[0], left.kinds & {CALLED, DATED, PRINTED}, year=left.year)
    people = left if left.people else right
    kinds = left.kinds | right.kinds
    score = sum(WEIGHTS[kind] for kind in kinds)
    score -= _doubt(title, before, left, right) if outer != inner else 0.0
    if score < WEIGHTS[PRINTED] or (not right.kinds and before.rstrip().endswith(".")):
        return None
    return MarkedTitle(
        title,
        inner[0],
        left.edge,
        max(right.edge, outer[1]),
        tuple(people.people),
        people.people_text,
        left.year or right.year,
        text[right.printed_from : right.edge].strip(_AROUND) if PRINTED in right.kinds else "",
        score,
        outer != inner,
        bool(left.people),
    )


def _is_said_by(text: str, inner: tuple[int, int], outer: tuple[int, int]) -> bool:
    """True for a whole sentence with a dash behind: '“Nothing is lost.” — Doe, 1999'."""
    closed = text[inner[0] : inner[1]].rstrip().endswith((".", "!", "。"))
    return closed and text[outer[1] : outer[1] + 2].strip()[:1] in _DASHES


def _last_word(text: str) -> str:
    words = text.split()
    return f"{words[-1]} " if words else ""


def _doubt(title: str, before: str, left: _Company, right: _Company) -> float:
    """What speaks against a title in quotation marks: few words, a full stop inside, words that
    lead to a quotation, nothing but a year or a page beside its people.
    """
    doubt = 0.0
    words = len(_WORD.findall(title))
    if words < 3 and not is_unspaced(title) and not right.kinds & {PRINTED, IDENTIFIED, LINKED}:
        doubt += 0.3
    if title.endswith(("!", "。")) or re.search(r"[.!]\s\w", title):
        doubt += 0.3
    if _SAYS.search(before):
        doubt += 1.0
    if NAMED in left.kinds and left.year and right.kinds == {PLACED}:
        doubt += 0.5  # 'Doe (2003): "the words of Doe" (p. 40)'
    if right.kinds == {NAMED, DATED, PLACED}:
        doubt += 1.0  # '"the words of Doe" (Doe, 2003, p. 40)'
    return doubt


# ── what stands before a title ───────────────────────────────────────────────────────────────────
def _left_of(before: str, at: int, *, in_script: bool) -> _Company:
    """The people before a title, with a year behind them; else a dated venue, or a kind of work."""
    company = _Company(at)
    bare = before.rstrip(' (（[“„«"')
    bare_of_marks = before.rstrip(' (（“"«')
    match = _UNSPACED_PEOPLE.search(bare_of_marks)
    if match and _are_unspaced_people(match["names"], before, in_script=in_script):
        company.edge = at - len(before) + match.start("names")
        names = match["names"].rstrip("的의")
        company.people = _BETWEEN_UNSPACED.split(names)
        company.people_text = names
        company.year = int(match["year"]) if match["year"] else None
        company.kinds = {NAMED}
    elif caseless := _CASELESS_PEOPLE.search(bare_of_marks):
        company.edge = at - len(before) + caseless.start("names")
        company.people = [" ".join(reversed(caseless["names"].split(", ")))]
        company.people_text = caseless["names"]
        company.year = int(year.group()) if (year := _YEAR.search(caseless.group())) else None
        company.kinds = {NAMED}
    else:
        _read_people(company, bare, at - len(before), opened=before.endswith("("))
    if company.year:
        company.kinds.add(DATED)
    if not company.people:
        _read_venue_before(company, before, at - len(before))
    head = before[: max(0, company.edge - (at - len(before)))]
    if _KIND.search(head[-40:]):
        company.kinds.add(CALLED)
    return company


def _are_unspaced_people(names: str, before: str, *, in_script: bool) -> bool:
    """True for people before a title in their script, or before a comma or colon; no newspaper."""
    if _NO_PEOPLE.search(names) or not _UNSPACED_LETTER.search(names):
        return False
    return in_script or before.rstrip()[-1:] in _SIGNS


def _read_people(company: _Company, bare: str, offset: int, *, opened: bool) -> None:
    """Names right before a title, word by word from the last one; `opened` where a bracket stands
    between.
    """
    text = _LEADING_IN.sub("", bare)
    words = list(_TOKEN.finditer(text))
    last = len(words)
    while words and _stands_between(words[-1].group()):
        words.pop()
    year, dated = _date_between(words, text)
    first = _first_of_names(words[:dated], text)
    if first == dated:
        return
    start, end = words[first].start(), words[dated - 1].end()
    names = text[start:end]
    people, _ = split_people(_OWNERS.sub("", names.rstrip(",:;. ")))
    if not people or (first and dated == last and closes_sentence(names)):
        return
    start += max(0, names.find(people[0]))
    company.edge, company.people, company.year = offset + start, people, year
    company.people_text = _OWNERS.sub("", text[start:end])
    is_set_off = opened or dated < last or names.endswith((",", ":", ".")) or len(people) > 1
    is_set_off = is_set_off or "." in people[0] or _OWNERS.search(names) is not None
    company.kinds = {NAMED if is_set_off else LOOSELY_NAMED}
    if year is None and dated < len(words):
        company.kinds.add(DATED)  # '(à paraître)'


def _stands_between(word: str) -> bool:
    """True for a dash, or a kind of work: "Doe's paper"."""
    return word in _DASHES or _KIND.fullmatch(word.rstrip(",")) is not None


def _date_between(words: list[re.Match[str]], text: str) -> tuple[int | None, int]:
    """The year between names and a title, and how many words stand before it, or before what is
    there instead.
    """
    year = _DATED_TOKEN.fullmatch(words[-1].group()) if words else None
    if year:
        return int(year["year"]), len(words) - 1
    bracket = _BRACKET_AT_END.search(text)
    if bracket and PENDING.search(bracket.group()):
        return None, sum(word.start() < bracket.start() for word in words)
    return None, len(words)


def _first_of_names(words: list[re.Match[str]], text: str) -> int:
    """The first of the words at the end that make a list of names; their number for none."""
    first = end = len(words)
    while first and end - first < MAX_NAME_WORDS:
        if not _is_name_token(words[first - 1].group(), is_last=first == end):
            break
        first -= 1
        if text[words[first].start() - 1 : words[first].start()] in _OPENING:
            break
    while first < end and not _begins_names(words[first].group()):
        first += 1
    return first


def _begins_names(word: str) -> bool:
    """False for 'and', 'Vgl.', 'Zob.'."""
    return bool(_NAME_TOKEN.fullmatch(word)) and word.rstrip(":,.").lower() not in _BEFORE_PEOPLE


def closes_sentence(names: str) -> bool:
    """True for capitalised words with a full stop that no comma or initial makes a name: 'San
    Francisco.'.
    """
    return names.endswith(".") and "," not in names and "." not in names[:-1]


def _is_name_token(word: str, *, is_last: bool) -> bool:
    """True for a word that may stand in a list of names; a colon or full stop only ends it."""
    if word in _CONNECTIVES:
        return not is_last or word.startswith("al")
    if not _NAME_TOKEN.fullmatch(word):
        return False
    if is_last:
        return True
    return not (word.endswith(":") or (word.endswith(".") and len(word.rstrip(".")) > 3))


def _read_venue_before(company: _Company, before: str, offset: int) -> None:
    """A newspaper with its day before a title: 'El Correo, 3/9/2000, "…"', 'Correo „…“'."""
    line = before[max((sign.end() for sign in _BREAK.finditer(before)), default=0) :]
    stripped = line.rstrip(' ,:：，(（“"«„')
    if not stripped or len(stripped.split()) > MAX_VENUE_WORDS:
        return
    parts = [part for part in re.split(r"[,，(（]\s?", stripped) if part.strip(" )）")]
    kinds: set[str] = set()
    for part in parts:
        told = _kinds_of(part.strip(" )）"), company)
        if not told:
            return
        kinds |= told
    named = is_journal_name(stripped) or _NO_PEOPLE.search(stripped) is not None
    if PRINTED in kinds and (DATED in kinds or named):
        company.kinds |= kinds
        company.edge = offset + len(before) - len(line)
    else:
        company.year = None


# ── what stands behind a title ───────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class _Part:
    """A stretch between two signs: `edge` is its end, behind the bracket that closes with it."""

    text: str
    begin: int
    edge: int
    sign: str
    is_apart: bool
    """True behind a full stop, a semicolon or a closed bracket."""


def _right_of(
    text: str, at: int, end: int, left: _Company, emphasised: tuple[tuple[int, int], ...]
) -> _Company:
    """What stands behind a title, part by part, as far as each tells something of the work. A venue
    counts when a date, a place or an identifier follows it.
    """
    company, venue_before = _Company(at), False
    for part in itertools.islice(_parts(text, at, end), MAX_PARTS):
        in_italics = any(begin <= part.begin < stop for begin, stop in emphasised)
        told = _kinds_of_part(part, company, left, in_italics=in_italics)
        if not told or (part.is_apart and not _may_go_on(told, company.kinds | left.kinds)):
            break
        if not (told <= {NAMED, LOOSELY_NAMED} or company.printed_from):
            company.printed_from = part.begin
        waiting = told == {PRINTED} and not (in_italics or company.kinds & _DATING)
        if not waiting:
            company.kinds |= told | ({PRINTED} if venue_before else set())
            company.edge = part.edge
        venue_before = waiting
    return company


def _may_go_on(told: set[str], known: set[str]) -> bool:
    """True for what may stand behind a full stop or a bracket: pages, an address; a venue or a date
    where none is known.
    """
    if told <= {NAMED, PLACED, IDENTIFIED, LINKED}:
        return True
    return DATED not in known and bool(told & {PRINTED, DATED})


def _parts(text: str, at: int, end: int) -> Iterator[_Part]:
    """The stretches behind a title between commas, full stops, brackets and dashes, as far as the
    bracket reaches in which the title stands.
    """
    opened, closed = 0, False
    while at < end:
        joint = _JOINT.match(text, at, end)
        begin, sign = (joint.end(), joint.group()) if joint else (at, "")
        opened += sum(map(sign.count, "(（[［"))
        cut = _CUT.search(text, begin, end)
        stop = cut.start() if cut else end
        border = cut.group() if cut else ""
        edge = stop + (1 if border in _CLOSING or border in _CLOSING_MARKS else 0)
        part = text[begin:stop].strip(_AROUND)
        if "。" in sign or (edge <= at and not part):
            return
        if part:
            yield _Part(part, begin, edge, sign, closed or "." in sign or ";" in sign)
        if border in _CLOSING:
            opened, closed = opened - 1, True
        if opened < 0:
            return
        at = edge


def _kinds_of_part(part: _Part, company: _Company, left: _Company, *, in_italics: bool) -> set[str]:
    """What a part behind a title tells; people only where none are known yet."""
    if in_italics or _EDITOR_MARK.fullmatch(part.text):
        return {PRINTED}
    led_in = _IN.match(part.text)
    if led_in and "." in part.text and _NAMES.fullmatch(part.text, led_in.end()):
        return {PRINTED}  # 'in J. Vasseur (dir.), *Contrebandes*'
    if ":" in part.sign and "." in part.text and _NAMES.fullmatch(part.text):
        return set()  # '« Sel & papiers » : A. Mézière, « Compter »': those of the next title
    led = _BY.match(part.text)
    is_first = not (company.printed_from or part.is_apart)
    if (
        NAMED not in left.kinds
        and ":" not in part.sign
        and (is_first or (led and not company.people))
    ):
        names = part.text[led.end() :] if led else part.text
        if kind := _kind_of_names(names, part.sign, led=led is not None, company=company):
            return {kind}
    return _kinds_of(part.text, company)


def _kind_of_names(names: str, sign: str, *, led: bool, company: _Company) -> str:
    """`NAMED` for people behind 'by', in a bracket or with initials, `LOOSELY_NAMED` for what may
    be some; '' for anything else. The people, and a year behind them, are added to the company.
    """
    year = _YEAR.search(names)
    bare = names[: year.start()].rstrip(" ,(") if year else names
    match = _NAMES.fullmatch(bare)
    unspaced = led and re.fullmatch(UNSPACED_NAME, bare)
    people = [bare] if unspaced else split_people(bare)[0] if match else []
    if not people or is_journal_name(bare) or _is_only_acronyms(people):
        return ""
    sure = led or len(people) > 1 or "." in bare or _ET_AL.search(bare) is not None
    alone = " " not in bare
    is_dated_name = year is not None and alone and sum(map(str.isupper, bare)) < MIN_CAPITALS
    in_bracket = sign.rstrip().endswith(("(", "（", "[")) or bool(company.people) or "—" in sign
    if not (sure or is_dated_name or (in_bracket and alone)):
        return ""
    company.people += people
    company.people_text = f"{company.people_text}, {bare}".strip(", ")
    if year:
        company.year = int(year.group())
        company.kinds.add(DATED)
    return NAMED


def _is_only_acronyms(people: list[str]) -> bool:
    return all(name.isupper() and len(name) > 2 for name in people)


def _is_short(part: str) -> bool:
    return len(part.split()) <= MAX_KIND_WORDS


_TELLING: tuple[tuple[str, Callable[[str], object]], ...] = (
    (IDENTIFIED, _IDENTIFIER.search),
    (LINKED, _ADDRESS.match),
    (DATED, lambda part: _is_short(part) and PENDING.search(part)),
    (PLACED, lambda part: _PLACE.fullmatch(part) or _UNSPACED_PLACE.fullmatch(part)),
    (CALLED, lambda part: _is_short(part) and _KIND.search(part)),
)
"""What a part tells that is no date in figures and no venue."""


def _kinds_of(part: str, company: _Company) -> set[str]:
    """What a part tells that holds no people: a date, a venue, pages, an identifier, a kind of
    work; none for a part that is prose.
    """
    year = _YEAR.search(part)
    if not _IDENTIFIER.search(part) and year and _is_dated(part, year):
        company.year = company.year or int(year.group())
        rest = _rest_of_date(part, year)
        return {DATED, PRINTED} if _may_be_venue(rest) else {DATED}
    kind = next((kind for kind, tells in _TELLING if tells(part)), "")
    if kind:
        return {kind}
    led = _IN.match(part)
    venue = part[led.end() :] if led else part
    behind = _PLACE_BEHIND.search(venue)
    if _may_be_venue(venue[: behind.start()] if behind else venue):
        return {PRINTED, PLACED} if behind else {PRINTED}
    return set()


def _is_dated(part: str, year: re.Match[str]) -> bool:
    """True for a year with what may stand beside it: months, a venue, a kind of work."""
    rest = _rest_of_date(part, year)
    if not rest or _KIND.search(rest):
        return len(rest.split()) <= MAX_KIND_WORDS
    return _may_be_venue(rest)


def _rest_of_date(part: str, year: re.Match[str]) -> str:
    """The words of a dated part that belong to no date."""
    words = f"{part[: year.start()]} {part[year.end() :]}"
    words = _IN.sub("", words.strip(), count=1) if _IN.match(words.strip()) else words
    kept = (
        word
        for word in words.split()
        if sum(map(str.isalpha, word)) > 1 and word.strip(".,").casefold() not in _DATE_WORDS
    )
    return "" if _UNSPACED_DATE.fullmatch(part) else " ".join(kept)


def _may_be_venue(text: str) -> bool:
    """True for what is written as a journal's, a publisher's or a newspaper's name is."""
    if is_unspaced(text):
        return len(text) <= MAX_VENUE_SIGNS and not _ENDS_AS_CLAUSE.search(text)
    words = _WORD.findall(text)
    if _CASELESS.match(text) or _UNIVERSITY.match(text):
        return 0 < len(words) <= MAX_VENUE_WORDS
    if not 0 < len(words) <= MAX_VENUE_WORDS or not text[:1].isupper():
        return False
    small = [word for word in words[1:] if word[0].islower() and word not in _SMALL]
    return len(small) <= MAX_SMALL_IN_VENUE and _PROSE_WORDS.isdisjoint(words)
