"""Looser ways to name a work by its people: in lower case, as a collaboration, 'in press', with a journal and no year.

None of them is sure: each is tied to a work of the notes or looked up, and dropped where no source knows it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from litmap.citations.recognisers.adjacency import names_before
from litmap.citations.recognisers.author_names import NameMention, name_mention
from litmap.citations.recognisers.name_lists import AMBIGUOUS_SURNAMES, is_not_a_name, split_names
from litmap.citations.recognisers.patterns import ET_AL, UPPER, WORD, YEAR, matches_at, whole_year
from litmap.parsing.venues import MEETING, is_journal_name, is_unambiguous_journal

_LOW = r"[a-zà-ÿ][a-zà-ÿ'’-]{2,20}"
_LOWER = re.compile(
    rf"(?<![\w@./’'-])(?P<names>{_LOW}(?:(?:, {_LOW}){{0,3}},?\s?(?:(?:and|\+)\s?{_LOW}|&\s?[a-zà-ÿ'’-]{{2,20}}))?)"
    rf"(?:, |\s)\(?(?P<year>{YEAR}|['’]?\d\d)(?=[)\],;.:]|\s|$)(?!\.\d|\s?[%°]|\s(?:years|days|hours|pages?|pp|min)\b)"
)
_LOWER_CUE = re.compile(
    r"(?:^|[(,;:>–—-]\s?|\b(?:as in|see|cf\.?|per|from|and|like|read|by|also|vs\.?|e\.g\.,?)\s)$"
)
_LOWER_DATED = re.compile(
    r" (?=[\d(’'])(?:(?<=[a-zà-ÿ] )|(?<=[a-zà-ÿ], ))\(?['’]?(?:1[89]\d\d|20[0-4]\d|\d\d)(?!\d)"
)
_NO_LOWER = frozenset(
    "the and for from since until till before after around about circa during between year years month week day spring summer "  # noqa: SIM905
    "autumn winter january february march april may june july august september october november december early mid late page "
    "pages chapter chap section sec table figure line part step age top room lecture problem exercise theorem lemma equation "
    "volume number version release edition conference workshop meeting election class grade fig figs vol ver see than over "
    "under only just nearly almost some all these those with within roughly exactly least most updated modified last created "
    "published printed revised dated written accessed retrieved copyright approx data dataset model survey report reports "
    "paper papers book review reviews article thesis preprint talk slides notes course version both that this into onto".split()
)
_BODIES = (
    "Collaboration", "Consortium", "Investigators", "Group", "Team", "Network", "Committee", "Commission", "Project",
    "Initiative",
)  # fmt: skip
_COLLABORATION = re.compile(
    rf"(?<![\w-])(?P<names>(?:[A-Z][\w&-]*\s){{1,5}}(?:{'|'.join(_BODIES)}))(?: et al\.?)?,?\s"
    rf"[(\[]?(?P<year>{YEAR})(?![\w-])"
)
_BODY_START = re.compile(r"[A-Z](?<![\w@./’'-].)[A-Z][A-Z]")
_BODY = re.compile(
    r"(?<![\w@./’'-])(?P<names>[A-Z]{3,8})(?: [A-Z]{1,3}\d?)?,?\s[(\[]?(?P<year>(?:19|20)\d\d)(?=[)\],;.:]|\s|$)"
)
_PENDING = re.compile(
    r",?\s?[\s(\[](?:in press|in prep(?:aration|\.)?|forthcoming|to appear|submitted|under review|in review|in revision|accepted|"
    r"unpublished|n\.d\.|preprint)(?=[)\],;.:]|\s[–—-]|\s*$)"
)
_PENDING_SIGNS = (
    "in press", "in prep", "forthcoming", "to appear", "submitted", "review", "revision", "accepted", "unpublished",
    "n.d.", "preprint",
)  # fmt: skip
_YEAR_START = re.compile(r"[12](?<![^\s(\[].)\d\d\d")
_YEAR_FIRST = re.compile(
    rf"(?:^|(?<=[\s(\[]))(?P<year>{YEAR})\)?[:,]?\s(?P<names>{WORD}(?:{ET_AL}|,? (?:and|&) {WORD}))"
)
_VENUE_START = re.compile(r"[A-Zt](?<![\w.@/-].)(?:(?<=[A-Z])|he\s)")
_VENUE = re.compile(
    r"(?<![\w.@/-])(?:the\s)?(?P<venue>[A-Z][A-Za-z&]*\.?(?:\s(?:of|the|and|&|for|in|on|[A-Z][A-Za-z&]*\.?)){0,6})"
    r"(?=[)\],;:]|\.?\s[–—-]|\.?\s*$|\.\s|\s(?:paper|article|review|piece|letter)\b)"
)
_MEETING_YEAR = re.compile(
    rf"\b(?P<venue>{MEETING})[ '’]{{0,2}}(?P<year>(?:19|20)\d\d|\d\d)(?![\w-])"
)
_MEETING_START = re.compile(r"[A-Z](?<!\w.)[A-Za-z]+[ '’]{0,2}\d\d")
_NAME_IN_JOURNAL = re.compile(
    r"(?P<names>[A-Z][\w’'-]+(?: (?:and|&) [A-Z][\w’'-]+)?) in (?:the )?(?P<venue>[A-Z].*)$"
)
_NOUN = re.compile(
    r"(?<=[\s-])(?:(?P<paper>papers?|articles?|reviews?|books?|monographs?|thesis|surveys?|essays?|preprint|classics?|chapters?|"
    r"textbooks?)|(?P<idea>models?|theorem|theory|argument|result|experiments?|proof|study|account|view|analysis|data|point))\b"
)
_OWNER = re.compile(
    rf"(?P<names>{WORD}(?:(?:,? (?:and|&) |[–/]){WORD})?)(?:{ET_AL})?['’]s? (?:[A-Za-z][\w-]* ){{0,3}}$"
)
_THE_OWNER = re.compile(
    rf"\b(?:[Tt]he|[Tt]hat|[Tt]heir|[Ii]n) (?:(?!of|in|on|to|and)[a-z-]{{2,14}} )?(?P<names>{WORD}(?:(?:,? (?:and|&) |[–/]){WORD}){{0,2}}(?:{ET_AL})?) (?:[a-z-]+ )?$"  # noqa: E501
)
_MAY_OWN = re.compile(
    rf"['’TtIi](?:(?<=['’])s? |(?<=[Tt])h(?:e|at|eir) (?:[a-z-]{{2,14}} )?[a-z]{{0,3}}[{UPPER}]|"
    rf"(?<=[Ii])n (?:[a-z-]{{2,14}} )?[a-z]{{0,3}}[{UPPER}])"
)
_TELLING = (
    r"(?:argues?|argued|shows?|showed|claims?|claimed|proves?|proved|says|said|finds|found|thinks|holds|defines|introduces|"
    r"introduced|describes|suggests|concludes|calls|gives|derives|uses|denies|treats|discusses)"
)
_VERB = re.compile(rf" {_TELLING}\b")
_TELLS = re.compile(rf"(?<![\w.-])(?P<names>{WORD}) {_TELLING}\b")


def find_informal_names(text: str) -> list[NameMention]:
    """Mentions of works by their people that are not sure to be one; those without a year have None. May overlap."""
    found = chain(
        _in_lower_case(text), _bodies(text), _pending(text), _year_first(text), _with_venue(text)
    )
    return sorted(found, key=lambda mention: (mention.start, -mention.end))


def _people(text: str) -> list[str]:
    names, _ = split_names(text)
    return [name for name in names if not is_not_a_name(name)]


def _in_lower_case(text: str) -> Iterator[NameMention]:
    """'as in hochreiter 97', 'kingma & ba 2015'."""
    for match in _LOWER.finditer(text) if _LOWER_DATED.search(text) else ():
        names = [name for name in re.split(r",?\s?(?:\band\b|&|\+)\s?|, ", match["names"]) if name]
        if any(name in _NO_LOWER for name in names):
            names = names[-1:] if names[-1] not in _NO_LOWER else []
        start = match.start() + match["names"].rfind(names[0]) if names else 0
        if names and (len(names) > 1 or _LOWER_CUE.search(text[max(0, start - 8) : start])):
            year = whole_year(match["year"].lstrip("'’"))
            yield name_mention(start, match.end(), names, False, year, "", strong=False)


def _bodies(text: str) -> Iterator[NameMention]:
    """'Planck Collaboration 2018', 'IPCC 2014'."""
    for match in _COLLABORATION.finditer(text) if any(map(text.__contains__, _BODIES)) else ():
        yield name_mention(
            match.start(),
            match.end(),
            [match["names"].replace(" ", "\xa0")],
            False,
            match["year"],
            "",
            strong=False,
        )
    for match in matches_at(_BODY_START, _BODY, text):
        if not is_journal_name(match["names"]):
            yield name_mention(
                match.start(), match.end(), [match["names"]], False, match["year"], "", strong=False
            )


def _pending(text: str) -> Iterator[NameMention]:
    """'Doe & Roe (in press)'."""
    for match in _PENDING.finditer(text) if any(map(text.__contains__, _PENDING_SIGNS)) else ():
        named = names_before(text, match.start())
        if named and named.year is None:
            yield name_mention(
                named.start, match.end(), list(named.names), named.et_al, "", "", strong=False
            )


def _year_first(text: str) -> Iterator[NameMention]:
    """'1998 Perlmutter et al.'."""
    for match in matches_at(_YEAR_START, _YEAR_FIRST, text):
        names, et_al = split_names(match["names"])
        if names and not any(map(is_not_a_name, names)):
            yield name_mention(
                match.start(), match.end(), names, et_al, match["year"], "", strong=False
            )


def _with_venue(text: str) -> Iterator[NameMention]:
    """'Kimura, Nature', 'Kimura (Nature)', 'May's Nature paper'."""
    for match in matches_at(_MEETING_START, _MEETING_YEAR, text):
        named = names_before(text, match.start())
        if named and named.year is None:
            names, year = list(named.names), whole_year(match["year"])
            yield name_mention(
                named.start, match.end(), names, named.et_al, year, match["venue"], strong=False
            )
    for match in matches_at(_VENUE_START, _VENUE, text):
        begin = match.start()
        if " in " in match["venue"] and (within := _NAME_IN_JOURNAL.match(match["venue"])):
            people, venue = _people(within["names"]), within["venue"].rstrip(".")
            if (
                people
                and is_unambiguous_journal(venue)
                and not is_unambiguous_journal(match["venue"])
            ):
                yield name_mention(
                    match.start("venue"), match.end(), people, False, "", venue, strong=False
                )
                continue
        if (
            begin < 3
            or text[begin - 1] not in " ("
            or text[begin - 2] not in ",s.)" + "abcdefghijklmnopqrstuvwxyz"
        ):
            continue
        venue = match["venue"].rstrip(".")
        named = names_before(text, begin) if is_unambiguous_journal(venue) else None
        if named:
            year = str(named.year or "")
            yield name_mention(
                named.start, match.end(), list(named.names), named.et_al, year, venue, strong=False
            )


def find_possessives(text: str) -> list[tuple[NameMention, bool]]:
    """Works called their author's: "Paine's keystone paper", 'the Vaswani paper' (and True), "Tilman's model" (False)."""
    found: list[tuple[NameMention, bool]] = []
    if not _MAY_OWN.search(text):
        return found
    for noun in _NOUN.finditer(text):
        begin = max(0, noun.start() - 80)
        owner = _OWNER.search(text, begin, noun.start()) or _THE_OWNER.search(
            text, begin, noun.start()
        )
        names, et_al = split_names(owner["names"]) if owner else ([], False)
        if owner and not names and owner["names"] in AMBIGUOUS_SURNAMES and owner.re is _OWNER:
            names = [owner["names"]]  # "May's result"
        if (
            owner
            and names
            and (names[0] in AMBIGUOUS_SURNAMES or not any(map(is_not_a_name, names)))
        ):
            mention = name_mention(
                owner.start("names"), noun.end(), names, et_al, "", "", strong=False
            )
            found.append((mention, bool(noun["paper"])))
    return found


def find_reporting_verbs(text: str) -> list[NameMention]:
    """Single names of whom something is told: 'Kuhn argues'."""
    return [
        name_mention(
            match.start(), match.end("names"), [match["names"]], False, "", "", strong=False
        )
        for match in (_TELLS.finditer(text) if _VERB.search(text) else ())
        if not is_not_a_name(match["names"])
    ]
