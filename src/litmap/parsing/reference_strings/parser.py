"""A reference string to its fields."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from litmap.models import Reference
from litmap.parsing.grammar import BREAK
from litmap.parsing.grammar import YEAR_SINCE_1400 as YEAR
from litmap.parsing.reference_strings.author_lists import read_authors, read_organisation
from litmap.parsing.reference_strings.dates import date_after_authors, date_first, year_in
from litmap.parsing.reference_strings.name_tokens import Authors
from litmap.parsing.reference_strings.normalise import Cleaned, clean
from litmap.parsing.reference_strings.titles import quoted_title, tidy_title, title_end
from litmap.parsing.reference_strings.venues import is_journal_only, venue_of
from litmap.parsing.venues import venue_score

_LABEL = re.compile(
    r"\s*(?:[-*+•‣▪·]\s+)?(?:\[\s?(?P<square>\d{1,4}[a-z]?|[^\W\d_][^\[\]]{1,60}?\d{2,4}[a-z]?|"
    r"[A-Z][\w+&]{1,12})\s?\]"
    r"(?!\():?\s*|\((?P<round>\d{1,3})\)\s+|(?P<plain>\d{1,3})[.)]\s+(?=\D)|"
    r"(?P<bare>\d{1,3})\s+(?=[^\W\d_][\w.’-]*[ ,.]))?"
)
_LEAD = re.compile(rf"[\s.,:;—–{BREAK}]*")
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


@lru_cache(maxsize=1024)
def _parse(raw: str, previous_authors: tuple[str, ...], title_hint: str) -> tuple[Reference, bool]:
    """The fields, and whether a sign stands for the authors before; remembered, as a text is asked
    about repeatedly.
    """
    number, begin = _read_label(raw)
    cleaned = clean(raw[begin:])
    body = cleaned.text
    head = _head(body, previous_authors)
    hint = title_hint.strip() or _hint(cleaned, head.at)
    title, after = _title(body, head, hint)
    year, suffix = _year(body, head, after)
    if "’" not in raw and "‘" not in raw:
        title = title.replace("’", "'")
    reference = Reference(
        raw=raw,
        title=title,
        authors=head.authors.names,
        year=year,
        year_suffix=suffix,
        venue=venue_of(body[after:]),
        ids=tuple(cleaned.ids),
        urls=tuple(cleaned.urls),
        number=number,
    )
    return reference, head.same


def _read_label(raw: str) -> tuple[str, int]:
    """The label of an entry ('12' of '[12]') and where the entry begins behind it."""
    label = _LABEL.match(raw)
    if not label:
        return "", 0
    return next(filter(None, label.group("square", "round", "plain", "bare")), ""), label.end()


def _year(body: str, head: _Head, after: int) -> tuple[int | None, str]:
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
        return year_in(tail if head.dated else body[: head.at])
    return year, suffix


def _head(body: str, previous: Sequence[str]) -> _Head:
    """Authors and a date beside them."""
    opening = date_first(body)
    head = _authors_at(body, opening[2] if opening else 0, previous)
    if opening:
        head.year, head.suffix, head.dated = opening[0], opening[1], True
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


def _title(body: str, head: _Head, hint: str) -> tuple[str, int]:
    """The title and where it ends."""
    if hint and (begin := body.find(hint, head.at)) >= 0:
        return tidy_title(hint), begin + len(hint)
    quoted = quoted_title(body, head.at)
    if quoted:
        return tidy_title(quoted[0]), quoted[1]
    lead = _LEAD.match(body[head.at :])
    at = head.at + (lead.end() if lead else 0)
    follows = body[at:]
    if not follows.strip(" ."):
        return "", len(body)
    named = bool(head.authors.names)
    if named and is_journal_only(follows):
        return "", at
    commas = _is_set_off_by_commas(body, head, lead[0] if lead else "") or (
        head.dated and _comma_style(follows)
    )
    end = title_end(body, at, commas=commas, spaces=_is_set_off_by_spaces(body, head))
    title = tidy_title(body[at:end])
    if not named and venue_score(title) >= 3:
        return "", at
    return title, end


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
