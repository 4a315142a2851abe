"""The fields of a reference whose tokens are labelled."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from litmap.parsing.grammar import BREAK, YEAR_SINCE_1400
from litmap.parsing.reference_strings import labeller
from litmap.parsing.reference_strings.name_tokens import Token
from litmap.parsing.reference_strings.token_features import is_east_asian

_SIGNS = re.compile(r"[\s,.;:/&()\[\]“”«»‘’'\"–—·・、*^_-]*")
_YEAR = re.compile(rf"({YEAR_SINCE_1400})([a-z])?(?![a-z])")
_MORE_EAST_ASIAN = re.compile(r"(?<=..)(?:等人?|ほか|他|외|编|編)$")
"""'and others' glued to a name: '斯雪明等'."""
NAMES = frozenset((labeller.FAMILY, labeller.GIVEN))
_QUOTED = re.compile(r"[“「『《«]\s?([^“”「」『』《》«»]{3,200}?)\s?[”」』》»]")
NOWHERE = (0, 0)
MAX_GAP = 4
"""Characters between two runs of one field that belong to it."""


@dataclass(frozen=True, slots=True)
class LabelledFields:
    """What the labels say; `title_start`, `authors_start` and `authors_end` are places in the
    cleaned text.
    """

    title: str = ""
    title_start: int = 0
    year: int | None = None
    year_suffix: str = ""
    authors: tuple[str, ...] = ()
    authors_start: int = 0
    authors_end: int = 0
    venue: str = ""


def read_fields(text: str, tokens: Sequence[Token], labels: Sequence[str]) -> LabelledFields:
    """The fields of a text whose tokens have these labels."""
    title, venue = _title_and_venue(text, tokens, labels)
    year = _year(text, tokens, labels)
    labels = _without_names_behind(title[1], tokens, labels)
    names = [token for token, label in zip(tokens, labels, strict=True) if _in_name(token, label)]
    return LabelledFields(
        text[slice(*title)],
        title[0],
        int(year[1]) if year else None,
        (year[2] or "") if year else "",
        tuple(_names(text, tokens, labels)),
        min((token.start for token in names), default=0),
        max((token.end for token in names), default=0),
        _without_bracket(text[slice(*venue)]),
    )


def _without_names_behind(
    end: int, tokens: Sequence[Token], labels: Sequence[str]
) -> Sequence[str]:
    """The labels without names behind the title's `end` where there are names before it: an
    institute there is no author.
    """
    places = [token.start for token, label in zip(tokens, labels, strict=True) if label in NAMES]
    if not end or not places or places[0] > end:
        return labels
    return [
        labeller.OTHER if label in NAMES and token.start > end else label
        for token, label in zip(tokens, labels, strict=True)
    ]


def _without_bracket(venue: str) -> str:
    """Without a bracket that was opened before it: '(Reading, MA: Addison-Wesley)'."""
    return venue.rstrip(")") if venue.count(")") > venue.count("(") else venue


def _title_and_venue(
    text: str, tokens: Sequence[Token], labels: Sequence[str]
) -> tuple[tuple[int, int], tuple[int, int]]:
    """Where title and venue stand; (0, 0) for what is missing."""
    title = _span(text, tokens, labels, labeller.TITLE)
    venue = _span(text, tokens, labels, labeller.VENUE)
    imprint = _span(text, tokens, labels, labeller.IMPRINT)
    if venue == NOWHERE and labeller.EDITORS in labels:
        begin = labels.index(labeller.EDITORS)
        venue = _span(text, tokens[begin:], labels[begin:], labeller.TITLE)
        venue = venue if venue != title else NOWHERE
    return title, (imprint if venue == NOWHERE else venue)


def with_missing_title(
    text: str, tokens: Sequence[Token], labels: Sequence[str], fields: LabelledFields
) -> LabelledFields:
    """The fields with what is quoted, or was taken for the venue, as the title where none was seen:
    a publisher stands behind it, no volume and no pages as behind a journal.
    """
    if fields.title or labeller.LEDGER in labels:
        return fields
    quoted = _QUOTED.search(text)
    imprint = text[slice(*_span(text, tokens, labels, labeller.IMPRINT))]
    is_book = imprint not in ("", fields.venue)
    title = quoted[1] if quoted else fields.venue if is_book else ""
    if not title:
        return fields
    begin = max(0, text.find(title))
    return replace(
        fields, title=title, title_start=begin, venue=imprint if imprint != title else ""
    )


def _year(text: str, tokens: Sequence[Token], labels: Sequence[str]) -> re.Match[str] | None:
    """The first year that does not stand right behind a word of the title: 'Schulalltag um 1900,
    Leipzig 2008'; else the first.
    """
    found = None
    before = ""
    for token, label in zip(tokens, labels, strict=True):
        match = _YEAR.match(text, token.start) if label == labeller.YEAR else None
        if match and before != labeller.TITLE:
            return match
        found = found or match
        before = label
    return found


def _in_name(token: Token, label: str) -> bool:
    return label in NAMES and token.text != BREAK


def _span(text: str, tokens: Sequence[Token], labels: Sequence[str], label: str) -> tuple[int, int]:
    """The first run of a label and what goes on with it behind a sign; (0, 0) where there is
    none.
    """
    begin, end = 0, 0
    for token, given in zip(tokens, labels, strict=True):
        if given != label or token.text == BREAK:
            continue
        if not end:
            begin = token.start
        elif token.start - end >= MAX_GAP or not _SIGNS.fullmatch(text, end, token.start):
            break
        end = token.end
    return begin, end


@dataclass(slots=True)
class _Name:
    """The name that is being read: the tokens of its parts, their order ('FG'), and whether a comma
    stands inside it.
    """

    family: list[Token] = field(default_factory=list)
    given: list[Token] = field(default_factory=list)
    order: str = ""
    inverted: bool = False

    def take(self, token: Token, label: str) -> None:
        """Adds a token of the name."""
        (self.family if label == labeller.FAMILY else self.given).append(token)
        if not self.order.endswith(label):
            self.order += label

    def is_whole(self, label: str) -> bool:
        """Whether a token of this label belongs to the next name: 'Curie, M. | Bose'."""
        return len(self.order) == 2 and not self.order.endswith(label) and self.inverted

    def written(self, text: str) -> str:
        """'Given Family'; a Chinese, Japanese or Korean name in one piece stays so."""
        if len(self.order) > 2:  # 'Vera E. Price', its first name taken for a family name
            return _between(text, sorted([*self.family, *self.given], key=lambda t: t.start))
        family, given = _between(text, self.family), _between(text, self.given)
        if is_east_asian(family):
            family = _MORE_EAST_ASIAN.sub("", family)
        return f"{given} {family}".strip(" ,;")


def _between(text: str, tokens: Sequence[Token]) -> str:
    return text[tokens[0].start : tokens[-1].end] if tokens else ""


def _names(text: str, tokens: Sequence[Token], labels: Sequence[str]) -> Iterator[str]:
    """The authors, 'Given Family'."""
    name = _Name()
    for token, label in zip(tokens, labels, strict=True):
        if label == labeller.INNER and token.text != BREAK:
            name.inverted |= token.text == ","
            continue
        in_name = _in_name(token, label)
        if (not in_name or name.is_whole(label)) and name.order:
            yield name.written(text)
            name = _Name()
        if in_name:
            name.take(token, label)
    if name.order:
        yield name.written(text)
