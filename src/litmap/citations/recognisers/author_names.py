"""Author-year mentions in prose: 'Dinh et al. (2017)', '(Lin and Tegmark 2016b, 2016a; Mehta and Schwab 2014)'."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from litmap.citations.recognisers.patterns import (
    AND,
    ET_AL,
    LOWER_NAME,
    NAME,
    NAME_START,
    NAMES,
    UPPER,
    VENUE,
    WORD,
    WORK_NOUN,
    YEAR,
    YEARS,
    whole_year,
)
from litmap.parsing.person_names import surname_key
from litmap.parsing.venues import is_journal_name

_MENTION = re.compile(
    rf"(?<![^\W_]){NAME_START}(?P<names>{NAMES})(?:['’]s?)?(?:"
    rf"(?<=[a-z])(?:\s[a-z-]+){{1,3}}\s\((?P<topic>{YEAR})\)"
    rf"|\s*[(\[]\s*(?:(?P<venue1>{VENUE}),?\s)?(?P<paren>{YEARS})(?=\s*[)\],;:])"
    rf"|,?\s+(?P<bare>{YEARS})(?![\w-])"
    rf"|,?\s+\(?(?P<short>['’]?\d\d)(?=\)|[,;:.](?:\s|$)|\s[(–—-]|\s*$|\s+(?:and|on|is|for|in|as)\b|, )"
    rf"|(?:,|(?<=\bal\.))\s+(?P<venue3>(?:[A-Z][A-Za-z.&]*\s?){{1,6}}),?\s*(?:[\d:,.()\s–-]|[A-Z](?=\d)){{2,30}}?\(?(?P<journalyear>(?:1[89]|20)\d\d)\)?(?!\w)"
    rf"|,?\s+\(?(?P<venue2>{VENUE}),?\s*['’]?(?P<venueyear>(?:1[5-9]|20)\d\d|(?<=['’])\d\d)(?!\w)"
    rf")"
)
_LOWER_MENTION = re.compile(
    rf"(?<![\w@])(?P<names>{LOWER_NAME}(?:(?:,\s+|\s+(?:and|&)\s+){LOWER_NAME}){{0,3}}\s*{ET_AL})[\s,]*\(?(?P<bare>{YEAR})(?!\w)",
    re.I,
)
_POSSESSIVE_WORK = re.compile(
    rf"(?<![^\W_])(?P<names>{WORD}(?: (?:and|&) {WORD})?)['’]s? (?:"
    rf"(?:[a-z-]{{2,14}} ){{0,2}}{WORK_NOUN},? (?:of |from |in )?\(?(?P<after>{YEAR})(?=[),;.:]|\s|$)"
    rf"|\(?(?P<before>{YEAR})\)?,? (?:[a-z-]{{2,14}} ){{0,2}}{WORK_NOUN}\b)"
)
"""'Dahl's book (1971)', 'Gödel's 1931 paper'."""
_DATED_WORK = re.compile(
    rf"\b(?:the|that|this|their|classic|original) (?P<year>{YEAR}) (?P<names>{WORD}(?:(?:, | and | & |[-–]){WORD}){{0,3}}) {WORK_NOUN}\b"  # noqa: E501
)
"""'the 1958 Anderson paper'."""
_YEAR_BETWEEN = re.compile(r" (?:1[5-9]|20)\d\d[a-z]? [^\W\d_]")
_WORK_NAMED = re.compile(rf"{WORK_NOUN}\b")
_OWNER = re.compile(r"(?<=[a-z])['’]s$")
_OWNED = re.compile(rf"{WORD}['’]s? [A-Z]|[{UPPER}][^\W\d_]+['’]s [A-Z]")
_NAMES_ONLY = re.compile(
    rf"(?<![\w@]){NAME_START}(?P<names>{NAME}(?:{AND}{NAME}){{1,9}}|{NAME}{ET_AL})"
)
_YEAR_GROUPS = ("paren", "bare", "venueyear", "journalyear", "short", "topic")
_DATED = re.compile(r"\d(?:(?<=['’].)\d|(?<=[a-z] .)\d(?!\d)|(?:(?<=1)[5-9]|(?<=2)0)\d\d)")
"""Four figures of a year, or two behind an apostrophe or a word."""
_SEVERAL = re.compile(
    rf"[{UPPER}](?:(?<=, .)|(?<= and .)|(?<= & .)|(?<= und .)|(?<= et .)|(?<= y .))"
)
_MORE_AND_YEAR = re.compile(
    r"[lLsS.](?:(?<=[aA][lL])|(?<=[lLaA]\.)|(?<=(?i:thers|agues|rkers|thors|ators)))[\s,]*\(?(?:1[5-9]|20)\d\d"
)
"""What every 'et al.' or 'and others' has at its end before a year."""
_NOT_NAMES = frozenset(
    "january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept "  # noqa: SIM905
    "oct nov dec monday tuesday wednesday thursday friday saturday sunday spring summer autumn fall winter in on at by the a an "
    "see also and but for from since until before after around about during table figure fig section chapter part theorem lemma "
    "equation eq vol volume no number note notes version however moreover following according cf eg ie compare e.g i.e based "
    "while although like as recent recently workshop conference proceedings copyright updated last retrieved accessed published "
    "edition press university journal review science nature windows python revision draft olympics cup world war covid "
    "this that these those it we they he she i my our your using both either early late mid circa ca page pages class grade "
    "neurips nips icml iclr colt aistats cvpr iccv eccv acl emnlp naacl aaai ijcai kdd uai focs stoc soda jmlr arxiv preprint "
    "paper papers read reading todo done week day lecture talk slides course report blog post model models data set via with "
    "original new old first second third another others work works study studies what when where why how which who is are was "
    "ex example results result between beyond under over within without then thus hence here there now still even only just "
    "springer elsevier wiley routledge "
    "cup oup".split()
)
_LEADS = frozenset(
    "compare contrast see unlike contra contrary thanks following reread skim check cite citing classic classical read reads "  # noqa: SIM905
    "recall consider against despite besides except hence thus so yet or nor per eg skip start finish review quote quoting "
    "cites todo question key main nice great good seminal famous early later later again maybe perhaps unlike whereas".split()
)


_ALSO_NAMES = frozenset(
    {"Cell", "Brain", "Gut", "Ann", "Bull", "Ibis", "Mind", "Pain", "Condor", "Rev", "Carbon"}
)
AMBIGUOUS_SURNAMES = frozenset(
    [
        "Press",
        "Page",
        "Post",
        "Day",
        "Work",
        "May",
        "March",
        "Read",
        "New",
        "Week",
        "Note",
        "Fall",
        "Spring",
        "Summer",
        "Winter",
        "Card",
        "Case",
        "Law",
        "Best",
        "Price",
        "Table",
        "Model",
    ]
)
"""Words that are names too where '&' joins them to another: 'Press & Schechter'."""
_ET_AL_AT_END = re.compile(rf"{ET_AL}\s*$", re.I)
_JOINER = re.compile(rf"(?:{AND})")
_EACH_YEAR = re.compile(rf"{YEAR}|(?<![\w])[a-z](?!\w)|(?<=['’])\d\d|^\d\d$")
_RUNS_IN = re.compile(r"\b(?:on|in|for|the|with|to|from|at|and) $")
_FOUR_FIGURES = re.compile(r"\d{4}")
_TECHNIQUE = re.compile(r"[A-Z][a-z]+-[a-z]{2,5}")
"""'Drop-seq' before 'Macosko EZ'."""
_TRAILING_INITIALS = re.compile(r"(?<=[a-z]) [A-Z]{1,2}$")
_WORD_ENDINGS = re.compile(
    r"(?:[a-z]tion|[a-z]sion|[a-z]ity|[a-z]ics|ology|[a-z]ism|[a-z]ness|ysis|learning|theory|networks?|models?|systems?|methods?)s?$"
)


@dataclass(frozen=True, slots=True)
class NameMention:
    """Names with a year as they stand in a text; `surnames` are normalised, `year` is None for names alone."""

    start: int
    end: int
    surnames: tuple[str, ...]
    et_al: bool
    year: int | None
    suffix: str = ""
    venue: str = ""
    strong: bool = True
    names: tuple[str, ...] = ()


def split_names(text: str) -> tuple[list[str], bool]:
    """The single names of a list, and whether it goes on ('et al.', '…')."""
    et_al = _ET_AL_AT_END.search(text)
    body = text[: et_al.start()] if et_al else text
    names = [_OWNER.sub("", part.strip()) for part in _JOINER.split(body) if part.strip()]
    joined = "&" in body
    while (
        names
        and (is_not_a_name(names[0]) and is_not_a_name(_without_lead(names[0])))
        and not (joined and names[0] in AMBIGUOUS_SURNAMES)
    ):
        names = names[1:]
    if len(names) > 1 and _TECHNIQUE.fullmatch(names[0]) and _TRAILING_INITIALS.search(names[1]):
        names = names[1:]
    if len(names) > 1 and names[0].isupper() and len(names[0]) <= 4 and not names[1].isupper():
        names = names[1:]  # 'ML, Wager and Athey'
    if names:
        names[0] = _without_lead(names[0])
    return names, bool(et_al) or "…" in text or "..." in text


def _without_lead(name: str) -> str:
    """'Thouless' out of 'Compare Thouless': a sentence's first word is no given name."""
    first, _, rest = name.partition(" ")
    if rest and len(first) >= 3 and first.isupper() and not rest.isupper():
        return rest  # 'RAR McGaugh'
    if rest and (first.lower() in _LEADS or first.lower() in _NOT_NAMES):
        return _without_lead(rest)
    return name


@lru_cache(maxsize=8192)
def is_not_a_name(name: str) -> bool:
    """True for a capitalised word that is not a person's name."""
    if name[1:2] == "." and re.match(r"[A-ZÀ-Þ]\.", name) and len(name.split()) > 1:
        return False  # initials make any word a name: 'D. N. Page'
    if is_journal_name(name) and name not in _ALSO_NAMES:
        return True
    words = name.lower().strip(".").split()
    if not words or words[-1].strip(".,") in _NOT_NAMES or (len(words) == 1 and len(words[0]) < 2):
        return True
    last = _TRAILING_INITIALS.sub("", name).rsplit(maxsplit=1)[-1]
    return (last.isupper() and len(last) > 2) or bool(_WORD_ENDINGS.search(words[-1]))


def find_names(text: str) -> list[NameMention]:
    """Author-year mentions in order, without overlap. One match with several years gives one mention a year."""
    return list(_find_names(text)) if _DATED.search(text) else []


@lru_cache(maxsize=1024)
def _find_names(text: str) -> tuple[NameMention, ...]:
    """The mentions, remembered: a text is asked about more than once."""
    found: list[NameMention] = []
    taken_until = 0
    for match in _of_works(text):
        names, _ = split_names(match.group("names"))
        if names and not _overlaps(found, *match.span()):
            year = next(
                value for name, value in match.groupdict().items() if name != "names" and value
            )
            found.append(
                name_mention(match.start("names"), match.end(), names, False, year, "", strong=True)
            )
    works = list(found)
    for match in (
        found
        for begin, end in _dated_stretches(text)
        for found in _MENTION.finditer(text, begin, end)
    ):
        mentions = _from_match(match, text)
        if mentions and mentions[0].start >= taken_until and not _overlaps(works, *match.span()):
            found += mentions
            taken_until = mentions[-1].end
    more = (" al" in text or " and " in text) and _MORE_AND_YEAR.search(text)
    for match in _LOWER_MENTION.finditer(text) if more else ():
        if not _overlaps(found, *match.span()):
            names, et_al = split_names(match.group("names"))
            if names and et_al:
                found.append(
                    name_mention(
                        match.start(),
                        match.end(),
                        names,
                        True,
                        match.group("bare"),
                        "",
                        strong=True,
                    )
                )
    return tuple(sorted(found, key=lambda m: (m.start, m.end)))


def _of_works(text: str) -> list[re.Match[str]]:
    """Mentions that name the kind of work: "Dahl's book (1971)", 'the 1958 Anderson paper'."""
    if not _WORK_NAMED.search(text):
        return []
    owned = _POSSESSIVE_WORK.finditer(text) if "'" in text or "’" in text else ()
    dated = _DATED_WORK.finditer(text) if _YEAR_BETWEEN.search(text) else ()
    return [*owned, *dated]


def _dated_stretches(text: str) -> list[tuple[int, int]]:
    """The parts of a text that reach from 250 characters before a year to a little behind it: only they are searched."""
    stretches: list[tuple[int, int]] = []
    for year in _DATED.finditer(text):
        figures = year.end() - year.start()
        sign = 0 if figures == 4 else 2 if text[year.start() - 1] == " " else 1
        begin, end = max(0, year.start() - sign - 250), min(len(text), year.end() + 60)
        if stretches and begin <= stretches[-1][1]:
            stretches[-1] = (stretches[-1][0], end)
        else:
            stretches.append((begin, end))
    return stretches


def _overlaps(found: list[NameMention], start: int, end: int) -> bool:
    return any(other.start < end and start < other.end for other in found)


def _from_match(match: re.Match[str], text: str) -> list[NameMention]:
    names, et_al = split_names(match.group("names"))
    joined = "&" in match.group("names")
    if not names or any(is_not_a_name(name) for name in names[1:]):
        names = [
            name
            for name in names
            if not is_not_a_name(name) or (joined and name in AMBIGUOUS_SURNAMES)
        ]
        if not names:
            return []
    if _OWNED.match(names[0]) and len(names) == 1:
        names = [re.split(r"['’]s? ", names[0])[0]]  # 'Dahl's Polyarchy (1971)'
    if len(names) > 1 + (not et_al) and _RUNS_IN.search(
        text[max(0, match.start() - 8) : match.start()]
    ):
        listed = _JOINER.match(match.group("names"), len(names[0]))
        if (
            listed
            and listed.group().startswith(",")
            and ("-" in names[0] or len(names[0].split()) > 1)
            and "." not in names[0]
        ):
            names = names[1:]  # 'on the Basque Country, Abadie, Diamond and …'
    start = match.start("names") + max(match.group("names").find(names[0]), 0)
    groups = match.groupdict()
    years = next((groups[name] for name in _YEAR_GROUPS if groups[name]), "")
    years = (
        re.sub(r"/\d\d(?:\d\d)?", "", years) if "/" in years else years
    )  # '1934/1959' is the year of the original and of its translation
    venue = (
        match.group("venue1") or match.group("venue2") or (match.group("venue3") or "").strip(" ,.")
    )
    enclosed = bool(match.group("paren")) or _in_brackets(text, match.start(), match.end())
    several = len(names) > 1 or et_al
    if match.group("venue3"):
        enclosed = True
    bracketed = match.group("venue1") and not et_al and not _is_list(match)
    journal = bracketed and len(names) == 1 and " " not in names[0] and is_journal_name(venue)
    if venue and ((not several and not enclosed) or (bracketed and not journal)):
        return []  # 'Title Words (COLT 2017)', but not 'deQuilettes (Science 2015)'
    if all(name.isupper() and len(name) > 2 for name in names):
        return []
    short = match.group("short")
    if match.group("topic") and not (several or "-" in names[0]):
        return []  # 'Diamond-Mirrlees production efficiency (1971)', but not 'The last paper (1971)'
    if short and not short.startswith(("'", "’")) and not (several or "-" in names[0]):
        return []  # 'Table 12'
    if short and (names[-1].isupper() or is_journal_name(names[-1].rsplit(maxsplit=1)[-1])):
        return []  # 'RMP 83'
    strong = several or enclosed or bool(short)
    out = []
    base = ""
    for year in _EACH_YEAR.findall(years):
        base = _whole_year(year, base)
        out.append(name_mention(start, match.end(), names, et_al, base, venue, strong=strong))
    return out


def _is_list(match: re.Match[str]) -> bool:
    """True for a list of surnames, each one word, joined by '&' or of three or more: no run of a title's words."""
    parts = [part.strip() for part in _JOINER.split(match.group("names")) if part.strip()]
    listed = len(parts) > 2 or (len(parts) == 2 and "&" in match.group("names"))
    return listed and all(len(part.split()) == 1 and not is_not_a_name(part) for part in parts)


def _whole_year(year: str, before: str) -> str:
    """'b' after '2016a' is '2016b', and '17' is '2017'."""
    if len(year) == 1 and before:
        return before[:4] + year
    return whole_year(year, turn=50)


def name_mention(
    start: int, end: int, names: list[str], et_al: bool, year: str, venue: str, *, strong: bool
) -> NameMention:
    """A mention of these names; `year` as written, '' for none."""
    number = _FOUR_FIGURES.match(year)
    return NameMention(
        start, end, tuple(surname_key(name) for name in names), et_al, int(number.group()) if number else None,
        year[4:] if number else "", venue, strong, tuple(names),
    )  # fmt: skip


def _in_brackets(text: str, start: int, end: int) -> bool:
    """True where the text between the nearest brackets holds the span."""
    before = text[max(0, start - 300) : start]
    opened = max(before.rfind("("), before.rfind("["))
    closed = max(before.rfind(")"), before.rfind("]"))
    after = text[end : end + 300]
    return opened > closed and (")" in after or "]" in after)


def find_names_only(text: str) -> list[NameMention]:
    """Two or more names, or one with 'et al.', that stand without a year."""
    found: list[NameMention] = []
    if not (_SEVERAL.search(text) or "et al" in text or "et. al" in text):
        return found
    for match in _NAMES_ONLY.finditer(text):
        names, et_al = split_names(match.group("names"))
        names = [name for name in names if not is_not_a_name(name)]
        if len(names) > 1 or (et_al and names):
            found.append(
                NameMention(
                    match.start(),
                    match.end(),
                    tuple(map(surname_key, names)),
                    et_al,
                    None,
                    names=tuple(names),
                )
            )
    return found
