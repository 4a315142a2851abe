"""Author-year mentions in prose.

'Dinh et al. (2017)', '(Lin and Tegmark 2016b, 2016a; Mehta and Schwab 2014)'.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from litmap.citations.recognisers.name_lists import (
    AMBIGUOUS_SURNAMES,
    JOINER,
    is_acronym,
    is_not_a_name,
    split_names,
    split_people,
)
from litmap.citations.recognisers.patterns import VENUE, WORK_NOUN, whole_year
from litmap.parsing.grammar import (
    AND,
    CITED_YEAR,
    CITED_YEARS,
    ET_AL,
    LOWER_NAME,
    NAME,
    NAME_START,
    NAMES,
    UPPER,
    WORD,
    YEAR,
)
from litmap.parsing.person_names import surname_key
from litmap.parsing.venues import is_journal_name

MAX_NAMES_LENGTH = 250
"""Characters before a year in which its names are looked for."""
MAX_YEAR_LENGTH = 60
"""Characters behind a year's beginning in which its mention ends."""
MAX_BRACKET_LENGTH = 300
"""Characters on each side in which a bracket around a mention is looked for."""

_MENTION = re.compile(
    rf"(?<![^\W_]){NAME_START}(?P<names>{NAMES})(?:['’]s?)?(?:"
    rf"(?<=[a-z])(?:\s[a-z-]+){{1,3}}\s\((?P<topic>{CITED_YEAR})\)"
    rf"|\s*[(\[]\s*(?:(?P<venue1>{VENUE}),?\s)?(?P<paren>{CITED_YEARS})(?=\s*[)\],;:])"
    rf"|,?\s+(?P<bare>{CITED_YEARS})(?![\w-])"
    rf"|,?\s+\(?(?P<short>['’]?\d\d)(?=\)|[,;:.](?:\s|$)|\s[(–—-]|\s*$|\s+(?:and|on|is|for|in|"
    rf"as)\b|, )"
    rf"|(?:,|(?<=\bal\.))\s+(?P<venue3>(?:[A-Z][A-Za-z.&]*\s?){{1,6}}),?\s*(?:[\d:,.()\s–-]|"
    rf"[A-Z](?=\d)){{2,30}}?\(?(?P<journalyear>(?:1[89]|20)\d\d)\)?(?!\w)"
    rf"|,?\s+\(?(?P<venue2>{VENUE}),?\s*['’]?(?P<venueyear>{YEAR}|(?<=['’])\d\d)(?!\w)"
    rf")"
)
_LOWER_MENTION = re.compile(
    rf"(?<![\w@])(?P<names>{LOWER_NAME}(?:(?:,\s+|\s+(?:and|"
    rf"&)\s+){LOWER_NAME}){{0,3}}\s*{ET_AL})[\s,]*\(?(?P<bare>{CITED_YEAR})(?!\w)",
    re.I,
)
_POSSESSIVE_WORK = re.compile(
    rf"(?<![^\W_])(?P<names>{WORD}(?: (?:and|&) {WORD})?)['’]s? (?:"
    rf"(?:[a-z-]{{2,14}} ){{0,2}}{WORK_NOUN},? (?:of |from |in "
    rf")?\(?(?P<after>{CITED_YEAR})(?=[),;.:]|\s|$)"
    rf"|\(?(?P<before>{CITED_YEAR})\)?,? (?:[a-z-]{{2,14}} ){{0,2}}{WORK_NOUN}\b)"
)
"""'Dahl's book (1971)', 'Gödel's 1931 paper'."""
_DATED_WORK = re.compile(
    rf"\b(?:the|that|this|their|classic|original) (?P<year>{CITED_YEAR}) (?P<names>{WORD}(?:(?:, |"
    rf" and | & |[-–]){WORD}){{0,3}}) {WORK_NOUN}\b"
)
"""'the 1958 Anderson paper'."""
_YEAR_BETWEEN = re.compile(rf" {YEAR}[a-z]? [^\W\d_]")
_WORK_NAMED = re.compile(rf"{WORK_NOUN}\b")
_OWNED = re.compile(rf"{WORD}['’]s? [A-Z]|[{UPPER}][^\W\d_]+['’]s [A-Z]")
_OWNER_END = re.compile(r"['’]s? ")
_NAMES_ONLY = re.compile(
    rf"(?<![\w@]){NAME_START}(?P<names>{NAME}(?:{AND}{NAME}){{1,9}}|{NAME}{ET_AL})"
)
_YEAR_GROUPS = ("paren", "bare", "venueyear", "journalyear", "short", "topic")
_DATED = re.compile(r"\d(?:(?<=['’].)\d|(?<=[a-z] .)\d(?!\d)|(?:(?<=1)[5-9]|(?<=2)0)\d\d)")
"""Four figures of a year, or two behind an apostrophe or a word."""
_SEVERAL = re.compile(
    rf"[{UPPER}](?:(?<=, .)|(?<= and .)|(?<= & .)|(?<= und .)|(?<= et .)|(?<= y .))"
)
_ET_AL_AND_YEAR = re.compile(
    rf"[lLsS.](?:(?<=[aA][lL])|(?<=[lLaA]\.)|(?<=(?i:thers|agues|rkers|thors|"
    rf"ators)))[\s,]*\(?{YEAR}"
)
"""What every 'et al.' or 'and others' has at its end before a year."""
_EACH_YEAR = re.compile(rf"{CITED_YEAR}|(?<![\w])[a-z](?!\w)|(?<=['’])\d\d|^\d\d$")
_PREPOSITION = re.compile(r"\b(?:on|in|for|the|with|to|from|at|and) $")
_SECOND_YEAR = re.compile(r"/\d\d(?:\d\d)?")
"""'1934/1959' is the year of the original and of its translation."""
_FOUR_FIGURES = re.compile(r"\d{4}")


@dataclass(frozen=True, slots=True)
class NameMention:
    """Names with a year as they stand in a text.

    `surnames` are normalised, `year` is None for names alone.
    """

    start: int
    end: int
    surnames: tuple[str, ...]
    et_al: bool
    year: int | None
    suffix: str = ""
    venue: str = ""
    strong: bool = True
    names: tuple[str, ...] = ()


def name_mention(
    start: int, end: int, names: list[str], et_al: bool, year: str, venue: str, *, strong: bool
) -> NameMention:
    """A mention of these names; `year` as written, '' for none."""
    figures = _FOUR_FIGURES.match(year)
    return NameMention(
        start,
        end,
        tuple(surname_key(name) for name in names),
        et_al,
        int(figures.group()) if figures else None,
        year[4:] if figures else "",
        venue,
        strong,
        tuple(names),
    )


def find_names(text: str) -> list[NameMention]:
    """Author-year mentions in order, without overlap.

    One match with several years gives one mention a year.
    """
    return list(_find_names(text))


@lru_cache(maxsize=1024)
def _find_names(text: str) -> tuple[NameMention, ...]:
    """The mentions, remembered: a text is asked about more than once."""
    if not _DATED.search(text):
        return ()
    works = _named_works(text)
    dated = [*works, *_dated_mentions(text, works)]
    mentions = [*dated, *_lower_case_mentions(text, dated)]
    return tuple(sorted(mentions, key=lambda mention: (mention.start, mention.end)))


def _named_works(text: str) -> list[NameMention]:
    """Mentions that name the kind of work: "Dahl's book (1971)", 'the 1958 Anderson paper'."""
    mentions: list[NameMention] = []
    for match in _work_matches(text):
        names, _ = split_names(match["names"])
        if names and not _overlaps(mentions, *match.span()):
            start, end = match.start("names"), match.end()
            mentions.append(
                name_mention(start, end, names, False, _work_year(match), "", strong=True)
            )
    return mentions


def _work_matches(text: str) -> list[re.Match[str]]:
    has_owner = "'" in text or "’" in text
    has_year = _YEAR_BETWEEN.search(text) is not None
    if not (has_owner or has_year) or not _WORK_NAMED.search(text):
        return []
    possessive = _POSSESSIVE_WORK.finditer(text) if has_owner else ()
    dated = _DATED_WORK.finditer(text) if has_year else ()
    return [*possessive, *dated]


def _work_year(match: re.Match[str]) -> str:
    """The year of a work's kind, which stands before or behind it."""
    return next(year for group, year in match.groupdict().items() if group != "names" and year)


def _dated_mentions(text: str, works: list[NameMention]) -> Iterator[NameMention]:
    """Mentions of names and year that do not overlap with each other or the works."""
    free_from = 0
    for begin, end in _dated_stretches(text):
        for match in _MENTION.finditer(text, begin, end):
            mentions = _read_mentions(match, text)
            if not mentions or mentions[0].start < free_from:
                continue
            if not _overlaps(works, *match.span()):
                yield from mentions
                free_from = mentions[-1].end


def _lower_case_mentions(text: str, others: list[NameMention]) -> Iterator[NameMention]:
    """'dinh et al. 2017'."""
    if not (" al" in text or " and " in text):
        return
    if all(_overlaps(others, *end.span()) for end in _ET_AL_AND_YEAR.finditer(text)):
        return
    for match in _LOWER_MENTION.finditer(text):
        if _overlaps(others, *match.span()):
            continue
        names, et_al = split_names(match["names"])
        if names and et_al:
            yield name_mention(*match.span(), names, True, match["bare"], "", strong=True)


def _dated_stretches(text: str) -> list[tuple[int, int]]:
    """The parts of a text around its years, joined where they touch: only they are searched."""
    stretches: list[tuple[int, int]] = []
    for year in _DATED.finditer(text):
        written = year.start() - _sign_length(text, year)
        begin = max(0, written - MAX_NAMES_LENGTH)
        end = min(len(text), year.end() + MAX_YEAR_LENGTH)
        if stretches and begin <= stretches[-1][1]:
            stretches[-1] = (stretches[-1][0], end)
        else:
            stretches.append((begin, end))
    return stretches


def _sign_length(text: str, year: re.Match[str]) -> int:
    """Characters before two figures that make them a year.

    An apostrophe, or a word's end and a blank.
    """
    if year.end() - year.start() == 4:
        return 0
    return 2 if text[year.start() - 1] == " " else 1


def _overlaps(mentions: list[NameMention], start: int, end: int) -> bool:
    return any(other.start < end and start < other.end for other in mentions)


@dataclass(frozen=True, slots=True)
class _DatedNames:
    """What stands before a year, read.

    `venue` is '' for none, `enclosed` where brackets are around.
    """

    match: re.Match[str]
    names: list[str]
    et_al: bool
    venue: str
    enclosed: bool

    @property
    def several(self) -> bool:
        """True for more than one author."""
        return self.et_al or len(self.names) > 1


def _read_mentions(match: re.Match[str], text: str) -> list[NameMention]:
    """One mention for each year of a match.

    None where what stands before the year are no authors.
    """
    dated = _read_dated_names(match, text)
    if dated is None or any(is_other(dated) for is_other in _OTHER_THINGS):
        return []
    start = match.start("names") + max(match["names"].find(dated.names[0]), 0)
    strong = dated.several or dated.enclosed or bool(match["short"])
    return [
        name_mention(start, match.end(), dated.names, dated.et_al, year, dated.venue, strong=strong)
        for year in _years_of(match)
    ]


def _read_dated_names(match: re.Match[str], text: str) -> _DatedNames | None:
    names, et_al = split_names(match["names"])
    names = _only_names(names, joined="&" in match["names"])
    if not names:
        return None
    if len(names) == 1:
        names = [_owner_of(names[0])]
    elif _begins_with_end_of_sentence(match, names, text, et_al=et_al):
        names = names[1:]
    venue = match["venue1"] or match["venue2"] or (match["venue3"] or "").strip(" ,.")
    enclosed = bool(match["paren"] or match["venue3"]) or _in_brackets(text, *match.span())
    return _DatedNames(match, names, et_al, venue, enclosed)


def _only_names(names: list[str], *, joined: bool) -> list[str]:
    """The names without other words; a word that '&' joins to a name is one.

    'Press & Schechter'.
    """
    if names and not any(is_not_a_name(name) for name in names[1:]):
        return names
    ambiguous = AMBIGUOUS_SURNAMES if joined else frozenset()
    return [name for name in names if name in ambiguous or not is_not_a_name(name)]


def _owner_of(name: str) -> str:
    """'Dahl' out of "Dahl's Polyarchy"."""
    return _OWNER_END.split(name)[0] if _OWNED.match(name) else name


def _begins_with_end_of_sentence(
    match: re.Match[str], names: list[str], text: str, *, et_al: bool
) -> bool:
    """True where the first name is what the sentence is about.

    'on the Basque Country, Abadie, Diamond and …'.
    """
    if len(names) < (2 if et_al else 3):
        return False
    if not _PREPOSITION.search(text[max(0, match.start() - 8) : match.start()]):
        return False
    joint = JOINER.match(match["names"], len(names[0]))
    if joint is None or not joint.group().startswith(","):
        return False
    return "." not in names[0] and ("-" in names[0] or len(names[0].split()) > 1)


def _years_of(match: re.Match[str]) -> Iterator[str]:
    """The years of a match, each whole: '2016a', '2016b' for '2016a, b'."""
    written = next((match[group] for group in _YEAR_GROUPS if match[group]), "")
    year = ""
    for part in _EACH_YEAR.findall(_SECOND_YEAR.sub("", written)):
        year = _whole_year(part, year)
        yield year


def _whole_year(year: str, before: str) -> str:
    """'b' after '2016a' is '2016b', and '17' is '2017'."""
    if len(year) == 1 and before:
        return before[:4] + year
    return whole_year(year, turn=50)


def is_titled_venue(dated: _DatedNames) -> bool:
    """True for 'Title Words (COLT 2017)', but not 'deQuilettes (Science 2015)'."""
    if not dated.venue:
        return False
    if dated.match["venue1"] and not dated.et_al and not _is_surname_list(dated.match):
        return not is_one_name_in_journal(dated)
    return not (dated.several or dated.enclosed)


def is_one_name_in_journal(dated: _DatedNames) -> bool:
    """True for 'deQuilettes (Science 2015)'."""
    return len(dated.names) == 1 and " " not in dated.names[0] and is_journal_name(dated.venue)


def _is_surname_list(match: re.Match[str]) -> bool:
    """True for surnames of one word each, joined by '&' or three or more.

    No run of a title's words.
    """
    parts = [part for part in map(str.strip, JOINER.split(match["names"])) if part]
    least = 2 if "&" in match["names"] else 3
    return len(parts) >= least and all(_is_surname(part) for part in parts)


def _is_surname(name: str) -> bool:
    return len(name.split()) == 1 and not is_not_a_name(name)


def is_only_acronyms(dated: _DatedNames) -> bool:
    """True for 'SVM 1995'."""
    return all(is_acronym(name) for name in dated.names)


def is_dated_topic(dated: _DatedNames) -> bool:
    """True for 'The last paper (1971)', but not 'Diamond-Mirrlees production efficiency (1971)'."""
    return bool(dated.match["topic"]) and _is_one_word(dated)


def is_numbered_thing(dated: _DatedNames) -> bool:
    """True for 'Table 12', but not for "Doe '12" or 'Doe & Roe 12'."""
    figures = dated.match["short"]
    if not figures or figures.startswith(("'", "’")):
        return False
    return _is_one_word(dated)


def is_journal_volume(dated: _DatedNames) -> bool:
    """True for 'RMP 83'."""
    if not dated.match["short"]:
        return False
    return dated.names[-1].isupper() or is_journal_name(dated.names[-1].rsplit(maxsplit=1)[-1])


def _is_one_word(dated: _DatedNames) -> bool:
    return not dated.several and "-" not in dated.names[0]


_OTHER_THINGS = (
    is_titled_venue,
    is_only_acronyms,
    is_dated_topic,
    is_numbered_thing,
    is_journal_volume,
)
"""What else may stand before a year."""


def _in_brackets(text: str, start: int, end: int) -> bool:
    """True where the text between the nearest brackets holds the span."""
    before = text[max(0, start - MAX_BRACKET_LENGTH) : start]
    opened = max(before.rfind("("), before.rfind("["))
    closed = max(before.rfind(")"), before.rfind("]"))
    after = text[end : end + MAX_BRACKET_LENGTH]
    return opened > closed and any(bracket in after for bracket in ")]")


def find_names_only(text: str) -> list[NameMention]:
    """Two or more names, or one with 'et al.', that stand without a year."""
    if not (_SEVERAL.search(text) or "et al" in text or "et. al" in text):
        return []
    mentions = []
    for match in _NAMES_ONLY.finditer(text):
        names, et_al = split_people(match["names"])
        if len(names) > 1 or (et_al and names):
            mentions.append(name_mention(*match.span(), names, et_al, "", "", strong=True))
    return mentions
