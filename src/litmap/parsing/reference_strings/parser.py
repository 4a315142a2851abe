"""A reference string to its fields."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from litmap.models import Reference
from litmap.parsing.grammar import BREAK, UPPER
from litmap.parsing.grammar import YEAR_SINCE_1400 as YEAR
from litmap.parsing.reference_strings.author_lists import read_authors, read_organisation
from litmap.parsing.reference_strings.comma_styles import CommaReference, read_comma_reference
from litmap.parsing.reference_strings.dates import date_after_authors, date_first, year_in
from litmap.parsing.reference_strings.labelled_fields import (
    LabelledFields,
    read_fields,
    with_missing_title,
)
from litmap.parsing.reference_strings.labeller import label_tokens
from litmap.parsing.reference_strings.languages import is_foreign
from litmap.parsing.reference_strings.name_tokens import Authors, Token
from litmap.parsing.reference_strings.normalise import Cleaned, clean
from litmap.parsing.reference_strings.responsibility import read_responsibility
from litmap.parsing.reference_strings.titles import (
    quoted_title,
    tidy_title,
    title_end,
    with_years_behind,
)
from litmap.parsing.reference_strings.token_features import (
    MAX_TOKENS,
    RuleReading,
    is_east_asian,
    token_features,
    tokenise,
)
from litmap.parsing.reference_strings.venues import is_journal_only, venue_of
from litmap.parsing.venues import venue_score
from litmap.parsing.word_lists import load_pattern

_LABEL = re.compile(
    r"\s*(?:[-*+•‣▪·]\s+)?(?:\[\s?(?P<square>\d{1,4}[a-z]?|[^\W\d_][^\[\]]{1,60}?\d{2,4}[a-z]?|"
    r"[A-Z][\w+&]{1,12})\s?\]"
    r"(?!\():?\s*|\((?P<round>\d{1,3})\)\s+|(?P<plain>\d{1,3})[.)]\s+(?=\D)|"
    r"(?P<bare>\d{1,3})\s+(?=[^\W\d_][\w.’-]*[ ,.]))?"
)
_SIGNAL = re.compile(
    rf"(?:{load_pattern('reference_signals')})\s?:?\s+(?-i:(?=[^\W\d_a-zà-ÿ]|[“\"«„『「《\[]))",
    re.I,
)
"""'Vgl. Ida Roth': what points to a reference is no part of it; 'See, J.' is a name."""
_SPOKEN_BEFORE_QUOTE = re.compile(
    r"((?!The |In |On )[^\W\d_a-zß-ÿ][\w’-]+"
    r"(?: (?:[^\W\d_a-zß-ÿ]\.|[^\W\d_a-zß-ÿ][\w’-]+)){1,3}), (?=“)"
)
"""'Tom Field, “Mills …”': a name of words that are none elsewhere."""
_SURNAME = rf"[{UPPER}][^\W\d_]{{2,}}(?:-[{UPPER}]\w+)?"
SURNAMES_ALONE = re.compile(
    rf"({_SURNAME}(?:\s?[/&]\s?{_SURNAME}){{0,3}}), (?=[{UPPER}][^\W\d_]* [^,&]{{5,120}}, "
    rf"(?:[^,;]{{1,40}}? {YEAR},\s(?:S\.\s?)?\d|"
    rf"\d{{1,4}} [A-Z][^\d,;]{{1,60}} \d[\d, –-]* \([^()\d]*{YEAR}))"
)
"""'Stumm, Der Lotse als Garant, JZ 2012, 341', 'Hirsch, Robots, 88 Lake L. Rev. 401 (2016)'."""
_AND_IN_OTHER_LANGUAGES = re.compile(
    rf"^((?:[{UPPER}][\w'’-]+,? (?:[{UPPER}]\.[ -]?){{1,3}}, )*"
    rf"(?:[{UPPER}][\w'’-]+,? (?:[{UPPER}]\.[ -]?){{1,3}}|[{UPPER}]{{2,}}, [{UPPER}][^\W\d_]+)),? ?"
    rf"\b(?:a|ve|oraz|és|ir) (?=[{UPPER}])"
)
"""'NOVÁK, Jan a Eva MALÁ', 'Kaya, N. ve Demir, D.': 'and' between names alone."""
_LEAD = re.compile(rf"[\s.,:;—–{BREAK}]*")
_BARE_YEAR = re.compile(YEAR)
_FIRST_STOP = re.compile(r"[^\W\d_]{3,}[.?!]\s")
_YEAR_BEHIND_TITLE = re.compile(rf"[(\[]({YEAR})[a-z]?[)\]]\s*$")
_SAME = re.compile(
    r"\s*(?:[—–-]\s?[—–-]\s?[—–-]|[—–―_]{1,8}|-{2,8}|_{2,20}|(?:Idem|Id)\.?(?=[,.])|"
    r"[—–-]\s?[—–-](?:\s?[—–-])?)\s*[.,:]?\s*(?=\S)"
)
_SENTENCE_SIGN = re.compile(r"[.?!:;“”]\s")
_FIELD_END = re.compile(r"[.,](?=\s)|:(?=\s)")
_SURE_AUTHORS = 4
"""A list of people that scores more than this is no organisation."""
_SURE_TITLE = 3.2
"""How well a title must end for the rules to know (`title_end`). On lists of social scientists the
labeller is right and they are wrong in 10 of 40 below it, the other way round in 3.
"""
_QUOTED = 9.0
"""How well a title ends that is quoted, linked, or left out by its style."""
_CLEAR_VENUE = 2.0
_EAST_ASIAN_NAME = r"[㐀-鿿가-힣ァ-ヿ]{1,4}[ 　]?[㐀-鿿ぁ-ヿ가-힣]{0,4}"
_CHAPTER = re.compile(
    rf"[\s.．。]*(?P<title>[^“『《「」』》.．。]{{2,120}}?)[.．。]?,?\s?(?:In:?\s)?"
    rf"{_EAST_ASIAN_NAME}(?:\s?[,、·・]\s?{_EAST_ASIAN_NAME}){{0,5}}\s?"
    r"[(（]?(?:편저?|엮음|編著?|编著?|主编|監修)[)）]?[,，.．]?\s?[『《「](?P<book>[^』》」]{2,120})"
)
"""A chapter with the editors and their book: '어촌의 장터. 한상우 (편), 『바다와 사람』'."""
_POINT = re.compile(r"\s?[·・]\s?")
_STOP_INSIDE = re.compile(r"(?<=[^\W\d_]{2})[.?!]”?\s(?=[^\W\d_a-zß-ÿ])|[。．]\s?")
_COMMA_INSIDE = re.compile(r",\s(?=[^\W\d_a-zß-ÿ])")
"""Where a title may end before a journal: at a full stop, else a comma."""
_VOLUME_BEHIND = re.compile(
    rf"[\s.,;]{{1,3}}(?:{YEAR}[a-z]?\s?[;,.:]\s?)?"
    r"(?:(?:[Vv]ol|Bd|Jg|[Tt]|[Nn]r|[Nn]o)\.?\s?|№\s?)?"
    r"\d{1,4}\s?(?:\(\d[\d–/-]{0,8}\)|[,:;]\s?(?:[A-Za-zС]{1,2}\.\s?)?e?\d)"
)
"""Volume with its issue or pages: ', 3(1), 1–9', '. 2018;12(3)', ' 14, 88–97'."""
_MAX_VENUE_WORDS = 8
_PAGES_FOLLOW = re.compile(r"\s?[:(]\s?\d")
_NO_FIELD = re.compile(
    r"\b(?:[Ee]ds?|H(?:rs)?g|[Dd]ir|[Cc]oords?|[Oo]rgs?|Hgg)\.?\)|//|\[[A-Z](?:/OL)?\]|\b[Ii]n: |"
    rf"{BREAK} [Ee]d(?:s|itors?)?\.?$"
)
"""What stands between the fields of a reference, and never in a title or a venue."""
_ORDINAL_CUT = re.compile(rf"\d\.\s[^\W\d_{UPPER}][^.?!,]{{2,80}}(?=[.?!,]\s)")
"""'v 18. století'."""
MAX_AUTHORS_START = 3
"""Characters before the authors of a reference: a quotation mark, a bracket."""
_OLD = 1800
"""A year before it is a page where another one is not: 'NJW 2019, 1788'."""
_MIN_SURE, _MIN_SURE_MISREAD = 0.6, 0.3
"""Least probability of labels that count against the rules in English, and where these are surely
wrong.
"""
_NO_TITLE_LINK = re.compile(
    r"^(?:pdf|link|url|doi|arxiv|html|code|video|slides|paper|github|here|web|ps|bib|source|abs|"
    r"news|blog|talk|"
    r"project|data)s?$|^https?://|^arxiv:",
    re.I,
)


@dataclass(slots=True)
class _Head:
    """Authors and date at the start of a reference, and where they end."""

    authors: Authors
    at: int
    year: int | None = None
    suffix: str = ""
    dated: bool = False
    same: bool = False
    date_first: bool = False


def parse_reference(
    text: str, *, previous_authors: Sequence[str] = (), title_hint: str = ""
) -> Reference:
    """The fields of one reference string in any of the usual styles; a field that cannot be read is
    empty.

    `previous_authors` are those of the entry before, for '———.'; `title_hint` is a part of the text
    known to be the title (a link's text). Authors are 'Given Family'. At most 4,000 characters are
    looked at, in linear time.
    """
    raw = text.strip()
    found, same = _parse(raw, (), title_hint)
    if same and previous_authors:
        found, _ = _parse(raw, tuple(previous_authors), title_hint)
    return found if found.raw == text else replace(found, raw=text)


@dataclass(frozen=True, slots=True)
class RuleBased:
    """A string as the rules read it: cleaned, with authors, date and title.

    `begin` is where the entry begins behind its label, `after` where the title ends in the cleaned
    text, `score` how well it ends there (`title_end`). `by_commas` are the fields of
    a style whose commas alone part them.
    """

    number: str
    begin: int
    cleaned: Cleaned
    head: _Head
    hint: str
    title: str
    after: int
    score: float
    by_commas: CommaReference | None = None

    @property
    def body(self) -> str:
        """The cleaned text."""
        return self.cleaned.text


def read_by_rules(
    raw: str, previous_authors: Sequence[str] = (), title_hint: str = ""
) -> RuleBased:
    """The reading of the rules."""
    number, begin = _read_label(raw)
    cleaned = clean(raw[begin:])
    cleaned.text = _AND_IN_OTHER_LANGUAGES.sub(r"\1 & ", cleaned.text)
    if commas := read_comma_reference(cleaned.text):
        return _read_by_commas(number, begin, cleaned, commas)
    head = _head(cleaned.text, previous_authors)
    if title_hint and 0 < (begin := cleaned.text.find(title_hint.strip())) < head.at:
        head = _head(cleaned.text[:begin], previous_authors)
    if not head.authors.names and (spoken := _SPOKEN_BEFORE_QUOTE.match(cleaned.text)):
        head = _Head(Authors((spoken[1],), spoken.end(), 3.0, "spoken"), spoken.end())
    if not head.authors.names and (alone := SURNAMES_ALONE.match(cleaned.text)):
        names = tuple(re.split(r"\s?[/&]\s?", alone[1]))
        head = _Head(Authors(names, alone.end(), 3.0, "direct"), alone.end())
    hint = title_hint.strip() or _hint(cleaned, head.at) or _chapter_title(cleaned.text, head)
    title, after, score = _title(cleaned.text, head, hint)
    return RuleBased(number, begin, cleaned, head, hint, title, after, score)


def _read_by_commas(number: str, begin: int, cleaned: Cleaned, commas: CommaReference) -> RuleBased:
    """The reading of a reference whose style tells its parts."""
    authors = Authors(commas.authors, commas.title_start, _SURE_AUTHORS + 1.0, "direct")
    head = _Head(authors, commas.title_start, commas.year, dated=True)
    end = commas.title_end
    return RuleBased(number, begin, cleaned, head, commas.title, commas.title, end, _QUOTED, commas)


def features_of(rules: RuleBased) -> tuple[list[Token], list[list[str]]]:
    """The tokens of a string and their features; none where it is too long for a reference."""
    body, head, title = rules.body, rules.head, rules.title
    tokens = tokenise(body)
    if len(tokens) > MAX_TOKENS:
        return [], []
    venue = venue_of(body[rules.after :])
    reading = RuleReading(
        head.at if head.authors.names else 0,
        head.authors.score > _SURE_AUTHORS,
        _place(body, title, max(0, head.at - 1)),
        _place(body, venue, rules.after),
    )
    return tokens, token_features(body, tokens, rules.cleaned.emphasised, reading)


def _place(text: str, part: str, start: int) -> tuple[int, int]:
    """Where a part stands in a text; (0, 0) where it does not."""
    at = text.find(part, start) if part else -1
    return (at, at + len(part)) if at >= 0 else (0, 0)


@lru_cache(maxsize=1024)
def _parse(raw: str, previous_authors: tuple[str, ...], title_hint: str) -> tuple[Reference, bool]:
    """The fields, and whether a sign stands for the authors before; remembered, as a text is asked
    about repeatedly.
    """
    rules = read_by_rules(raw, previous_authors, title_hint)
    cleaned, head, after = rules.cleaned, rules.head, rules.after
    year, suffix = _year(cleaned.text, head, rules.title, after)
    number = rules.number
    if year is None and _BARE_YEAR.fullmatch(number):
        year, number = int(number), ""  # '[2008] Doe, J. Title.'
    fields = LabelledFields(
        rules.title,
        year=year,
        year_suffix=suffix,
        authors=head.authors.names,
        venue=venue_of(cleaned.text[after:]),
    )
    fields = _with_responsibility(rules, _with_venue_of(fields, _learnt(rules, fields)))
    fields = _with_venue_before_volume(cleaned.text, head.at, fields)
    fields = _with_book(cleaned.text, head, fields)
    if rules.by_commas:
        fields = replace(fields, venue=rules.by_commas.venue)
    title = fields.title
    if "’" not in raw and "‘" not in raw:
        title = title.replace("’", "'")
    reference = Reference(
        raw=raw,
        title=title,
        authors=tuple(name.split(BREAK)[0].strip() for name in fields.authors),
        year=fields.year,
        year_suffix=fields.year_suffix,
        venue=fields.venue,
        ids=tuple(cleaned.ids),
        urls=tuple(cleaned.urls),
        number=number,
    )
    return reference, head.same


def _with_venue_of(by_rules: LabelledFields, learnt: LabelledFields | None) -> LabelledFields:
    """The learnt fields, else those of the rules; the rules' venue where none was learnt for the
    same title: 'Enten auf dem Dach. Moorblatt, 5(1), 1–8.'
    """
    if learnt is None:
        return by_rules
    if learnt.venue or learnt.title != by_rules.title:
        return learnt
    return replace(learnt, venue=by_rules.venue)


def _with_responsibility(rules: RuleBased, fields: LabelledFields) -> LabelledFields:
    """The fields with title and authors as a stroke sets them apart, behind the first author."""
    head = rules.head
    if " / " not in rules.body or not head.authors.names:
        return fields
    stated = read_responsibility(rules.body, head.at)
    if stated is None:
        return fields
    title, authors = stated
    first = head.authors.names[0].split()[-1]
    if not any(name.endswith(first) for name in authors):
        return fields
    return replace(fields, title=tidy_title(title), authors=authors)


def _chapter_title(body: str, head: _Head) -> str:
    """The title of a chapter in Chinese, Japanese or Korean, without quotation marks."""
    chapter = _chapter(body, head)
    return chapter["title"].strip() if chapter else ""


def _chapter(body: str, head: _Head) -> re.Match[str] | None:
    return _CHAPTER.match(body, head.at) if head.dated and not body.isascii() else None


def _with_book(body: str, head: _Head, fields: LabelledFields) -> LabelledFields:
    """The fields of such a chapter with its book, and the names that points join apart."""
    chapter = _chapter(body, head)
    if chapter is None or fields.title != chapter["title"].strip():
        return fields
    authors = tuple(name for names in fields.authors for name in _POINT.split(names))
    return replace(fields, venue=chapter["book"], authors=authors)


def _with_venue_before_volume(body: str, at: int, fields: LabelledFields) -> LabelledFields:
    """The fields with the journal that was taken into the title: a volume and its pages stand
    behind a journal, never behind a title. 'Deiche im Wandel. Windschau, 3(1), 1–9.'
    """
    title = fields.title
    begin = body.find(title, max(0, at - 1)) if title else -1
    if begin < 0 or fields.venue or not _VOLUME_BEHIND.match(body, begin + len(title)):
        return fields
    stops = list(_STOP_INSIDE.finditer(title)) or list(_COMMA_INSIDE.finditer(title))
    name = title[stops[-1].end() :] if stops else ""
    if not name or len(name.split()) > _MAX_VENUE_WORDS:
        return fields
    return replace(fields, title=tidy_title(title[: stops[-1].start() + 1]), venue=name)


def _learnt(rules: RuleBased, by_rules: LabelledFields) -> LabelledFields | None:
    """The fields as the labeller reads them, where it is better than the rules: in other languages
    than English, and where the rules take a mark of another field into the title or do not know
    where it ends; else None.
    """
    head = rules.head
    if rules.hint or head.same or head.date_first:
        return None
    if is_foreign(rules.body[head.at :]):
        fields, _ = _labelled(rules)
    else:
        fields = _labelled_where_unsure(rules, by_rules)
    return None if fields is None else _joined(rules, by_rules, fields)


def _labelled_where_unsure(rules: RuleBased, by_rules: LabelledFields) -> LabelledFields | None:
    """The labeller's fields of a reference in English, where it is sure and the rules took another
    field into the title, or do not know its end and it differs in that alone.
    """
    head = rules.head
    misread = _NO_FIELD.search(f"{by_rules.title}{BREAK} {by_rules.venue}") is not None
    unsure = misread or rules.score <= _SURE_TITLE or (by_rules.year is None and not head.dated)
    if not unsure or not head.authors.names:
        return None
    fields, sure = _labelled(rules)
    if fields is None or sure < (_MIN_SURE_MISREAD if misread else _MIN_SURE):
        return None
    return fields if misread or _ends_elsewhere(rules, fields) else None


def _joined(rules: RuleBased, by_rules: LabelledFields, fields: LabelledFields) -> LabelledFields:
    """The labeller's fields with what the rules know better: a date beside the authors, names on
    which both agree, what belongs to the title behind it.
    """
    head = rules.head
    year, suffix = fields.year, fields.year_suffix
    is_page = year is not None and by_rules.year is not None and year < _OLD < by_rules.year
    if year is None or head.dated or is_page:
        year, suffix = by_rules.year, by_rules.year_suffix
    authors = head.authors.names if _agree_on_authors(head, fields) else fields.authors
    title = tidy_title(_whole_title(rules.body, fields))
    return replace(fields, title=title, authors=authors, year=year, year_suffix=suffix)


def _whole_title(body: str, fields: LabelledFields) -> str:
    """The labeller's title with the years behind it, or the ordinal that it was cut in."""
    start, end = fields.title_start, fields.title_start + len(fields.title)
    if not body.startswith(fields.title, start):
        return fields.title
    if goes_on := _ORDINAL_CUT.match(body, end - 1):
        return body[start : goes_on.end()]
    return body[start : with_years_behind(body, end)]


def _ends_elsewhere(rules: RuleBased, fields: LabelledFields) -> bool:
    """Whether the labeller agrees with the rules on all but the title's end."""
    begin = rules.body.find(rules.title, max(0, rules.head.at - 1))
    dated = rules.head.dated or fields.year is not None
    return dated and bool(fields.title) and begin == fields.title_start


def _with_whole_emphasis(fields: LabelledFields, emphasised: Sequence[str]) -> LabelledFields:
    """The fields with a title that was set in italics or bold as one run not cut."""
    run = next((run for run in emphasised if fields.title and fields.title in run), "")
    return replace(fields, title=run) if run else fields


def _runs_into_venue(body: str, title: str, fields: LabelledFields) -> bool:
    """Whether the labeller's title is that of the rules and a venue or its volume behind it."""
    if not title or not fields.title.startswith(title):
        return False
    end = body.find(fields.title, fields.title_start) + len(fields.title)
    if fields.title[-1].isdigit() and _PAGES_FOLLOW.match(body, end):
        return True
    return venue_score(fields.title[len(title) :].lstrip(" .,")) >= _CLEAR_VENUE


def _labelled(rules: RuleBased) -> tuple[LabelledFields | None, float]:
    """The fields as the labels make them, and how sure they are; None where they make none."""
    tokens, features = features_of(rules)
    labels, sure = label_tokens(features) if tokens else ([], 0.0)
    fields = read_fields(rules.body, tokens, labels)
    if _loses_title(rules, fields):
        return None, 0.0
    fields = with_missing_title(rules.body, tokens, labels, fields)
    fields = _with_whole_emphasis(fields, rules.cleaned.emphasised)
    if not _is_reference(fields) or _runs_into_venue(rules.body, rules.title, fields):
        return None, 0.0
    return fields, sure


def _loses_title(rules: RuleBased, fields: LabelledFields) -> bool:
    """Whether the labeller has no title where the rules surely have one."""
    return not fields.title and bool(rules.title) and rules.score > _SURE_TITLE


def _is_reference(fields: LabelledFields) -> bool:
    """Whether the labels make a reference: authors at its start, and a title or a venue."""
    if not fields.authors or fields.authors_start > MAX_AUTHORS_START:
        return False
    if fields.authors[0].islower():
        return False  # 'as it starts: Frege, Gottlob. 1892.'
    return bool(fields.title or fields.venue)


def _agree_on_authors(head: _Head, fields: LabelledFields) -> bool:
    """Whether the rules' authors are those of the labeller, so that their names can be taken, which
    know suffixes and groups; names in Chinese, Japanese or Korean are the labeller's.
    """
    if not head.authors.names or is_east_asian("".join(head.authors.names)):
        return False
    title_follows = not fields.title or head.at <= fields.title_start + 2
    return title_follows and fields.authors_end <= head.at


def _read_label(raw: str) -> tuple[str, int]:
    """The label of an entry ('12' of '[12]'), and where the entry begins behind it and behind what
    points to it ('Vgl.').
    """
    label = _LABEL.match(raw)
    number, begin = "", 0
    if label:
        number = next(filter(None, label.group("square", "round", "plain", "bare")), "")
        begin = label.end()
    signal = _SIGNAL.match(raw, begin)
    return number, signal.end() if signal else begin


def _year(body: str, head: _Head, title: str, after: int) -> tuple[int | None, str]:
    """Year and suffix: beside the authors, else behind the title or in brackets at its end, else
    before it.
    """
    tail = body[after:]
    year, suffix = head.year, head.suffix
    if year is None and not head.dated:
        year, suffix = year_in(tail)
    if year is None and (bracketed := _YEAR_BEHIND_TITLE.search(body, max(0, after - 8), after)):
        year = int(bracketed[1])
    if year is None:
        begin = body.rfind(title, head.at, after) if title else head.at
        return year_in(tail if head.dated else body[: max(head.at, begin)])
    return year, suffix


def _head(body: str, previous: Sequence[str]) -> _Head:
    """Authors and a date beside them."""
    opening = date_first(body)
    head = _authors_at(body, opening[2] if opening else 0, previous)
    if opening:
        head.year, head.suffix, head.dated = opening[0], opening[1], True
        head.date_first = True
        return head
    authors = head.authors
    named = bool(authors.names) or authors.form == "same"
    date = date_after_authors(body, head.at) if named else None
    if date is not None:
        head.year, head.suffix, head.at, head.dated = date[0] or None, date[1], date[2], True
        return head
    if authors.score <= _SURE_AUTHORS:
        organised = _organisation(body)
        if organised is not None and (not authors.names or organised.authors.score > 1.5):
            organised.same = head.same
            return organised
    return head


def _authors_at(body: str, start: int, previous: Sequence[str]) -> _Head:
    """The author list at `start`, or the authors before where a sign stands for them."""
    sign = _SAME.match(body, start)
    if sign and sign[0].strip(" .,:"):
        return _Head(Authors(tuple(previous), 0, 3.0, "same"), sign.end(), same=True)
    authors = read_authors(body[start:])
    return _Head(authors, start + authors.end)


_PREFIX_DATE = re.compile(
    rf"[(\[](?:{YEAR}[a-z]?|n\.d\.|in press)(?:[,–/-][^()\[\]]{{0,20}})?[)\]]|(?<=[.,] "
    rf"){YEAR}[a-z]?(?=[.,:])"
)


_BODY_OF_PEOPLE = re.compile(
    r"([A-Z][^.:;“”\"]{8,150}\b(?:Network|Group|Investigators|Collaboration|Consortium|"
    r"Collaborators|Trialists|Committee|Team|"
    r"Commission|Panel|Initiative))\.\s(?=[A-Z])"
)
"""A group with commas in its name: 'National Heart, Lung, and Blood Institute … Network. Early
…'.
"""


def _organisation(body: str) -> _Head | None:
    """An organisation as the author: what stands before an early date, or before the first full
    stop.
    """
    dated = _organisation_before_date(body)
    if dated is not None:
        return dated
    if group := _BODY_OF_PEOPLE.match(body):
        return _Head(Authors((group[1],), group.end(1), 2.5, "organisation"), group.end(1))
    stop = _FIELD_END.search(body[:120])
    if stop:
        authors = read_organisation(body, stop.start())
        if authors.score >= 2.0 and len(body[stop.end() :].split()) >= 4 and stop[0] != ":":
            return _Head(authors, stop.end())
    return None


def _organisation_before_date(body: str) -> _Head | None:
    """'World Health Organization (2019).', with nothing that ends a field before the date."""
    match = _PREFIX_DATE.search(body, 2, 160)
    if not match or _SENTENCE_SIGN.search(body[: match.start()].rstrip(". ")):
        return None
    authors = read_organisation(body, match.start())
    date = date_after_authors(body, match.start())
    if not authors.names or date is None or not body[date[2] :].strip(" ."):
        return None
    return _Head(authors, date[2], date[0] or None, date[1], dated=True)


def _hint(cleaned: Cleaned, at: int) -> str:
    """The text of a link or an emphasised run that stands where the title should."""
    for text in cleaned.links:
        if not _NO_TITLE_LINK.match(text) and len(text) > 5 and text in cleaned.text[at:]:
            return text
    for text in cleaned.emphasised:
        if (
            cleaned.text[at : at + len(text) + 4].lstrip(" .,:“").startswith(text)
            and len(text.split()) > 1
        ):
            return text
    return ""


def _title(body: str, head: _Head, hint: str) -> tuple[str, int, float]:
    """The title, where it ends, and how well."""
    if hint and (begin := body.find(hint, head.at)) >= 0:
        return tidy_title(hint), begin + len(hint), _QUOTED
    quoted = quoted_title(body, head.at)
    if quoted:
        return tidy_title(quoted[0]), quoted[1], _QUOTED
    lead = _LEAD.match(body[head.at :])
    at = head.at + (lead.end() if lead else 0)
    follows = body[at:]
    if not follows.strip(" ."):
        return "", len(body), 0.0
    named = bool(head.authors.names)
    if named and is_journal_only(follows):
        return "", at, _QUOTED
    commas = _is_set_off_by_commas(body, head, lead[0] if lead else "") or (
        head.dated and _comma_style(follows)
    )
    end, score = title_end(body, at, commas=commas, spaces=_is_set_off_by_spaces(body, head))
    title = tidy_title(body[at:end])
    if not named and venue_score(title) >= 3:
        return "", at, 0.0
    return title, end, score if title else 0.0


def _is_set_off_by_commas(body: str, head: _Head, lead: str) -> bool:
    """Whether a comma stands between the authors and the title."""
    if not head.authors.names:
        return False
    opens = lead.strip(f" {BREAK}").startswith(",") and not head.dated
    return opens or body[head.at - 1 : head.at] == ","


def _is_set_off_by_spaces(body: str, head: _Head) -> bool:
    """'Curie M 1898 Rayons émis …': a bare year between 'Curie M' and the title, as journals of IOP
    have it.
    """
    return head.dated and head.authors.form == "together" and body[head.at - 1 : head.at].isdigit()


def _comma_style(rest: str) -> bool:
    """Whether a text has no full stop between title and venue."""
    stop = _FIRST_STOP.search(rest)
    return stop is None or (
        re.search(r",\s", rest[: stop.start()]) is not None and len(rest[: stop.start()]) > 250
    )
