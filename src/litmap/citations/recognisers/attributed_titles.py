"""Titles beside the people who wrote them, without a year.

"Kuhn's Structure of Scientific Revolutions", 'Savage, The Foundations of Statistics', 'The Strategy of Conflict
(Schelling)'. A source confirms them by people and title, so that two raised words are enough here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from litmap.citations.recognisers.adjacency import names_before
from litmap.citations.recognisers.author_names import NameMention, name_mention
from litmap.citations.recognisers.name_lists import is_not_a_name, split_names
from litmap.citations.recognisers.patterns import NAME_START, NAMES, WORK_NOUN, YEAR, matches_at
from litmap.citations.recognisers.title_scoring import TitleCandidate, title_score
from litmap.parsing.venues import is_numbered_venue, is_unambiguous_journal

_INNER = r"(?:of|the|and|for|in|on|a|an|to|with|from|by|as|its|at|vs\.?|de|la|der|des|du|und|is|are|we|not|without|&|–|-)"
_RUN = re.compile(
    rf"(?<![\w.@/’'-])(?:[A-ZÀ-Þ][\w’'-]*|\d{{2,4}})(?:[:?]?\s(?:[A-ZÀ-Þ][\w’'-]*|\d{{1,4}}|{_INNER}(?=\s))){{1,18}}\??"
)
_RUN_START = re.compile(r"[A-ZÀ-Þ\d](?<![\w.@/’'-].)")
_LISTED = re.compile(r"(?:, [A-ZÀ-Þ][\w’'-]+){1,3},? (?:and|&) [A-ZÀ-Þ][\w’'-]+(?! [A-ZÀ-Þ])")
"""How 'Anarchy, State, and Utopia' goes on."""
_OWNED = re.compile(r"['’]s? (?=[A-ZÀ-Þ\d])")
_NEXT = re.compile(
    rf"\s(?:and|&|vs\.?)\s(?=(?:{NAMES})['’]s?\s[A-ZÀ-Þ]|[A-ZÀ-Þ][\w’'-]+ (?:and|&) [A-ZÀ-Þ][\w’'-]+(?:\W|$))"
)
"""What comes in between two works: '… and Schelling's …', '… and Daston and Galison'."""
_TAIL = re.compile(rf"(?<![ ,:–-])(?:\s{_INNER}(?!\w)|[ ,:–-])++$")
_CLOSED = re.compile(r"\s?(?:[.,;:()\[\]/”\"]|[–—-]\s|$|(?:and|or|is|was|for|vs|in|then|by|see)\s)")
_RUN_TOGETHER = re.compile(r"[A-Z](?<=[a-z]{4}.)[a-z]+ [A-Z][a-z]")
"""Titles run together, where no names can be told: '… Deep Belief NetworksYann LeCun'."""
_BEHIND = re.compile(
    rf"[”\"]?(?:\s\((?:by )?|,?\sby\s|,\s|\s[–—-]\s)(?P<names>{NAMES})(?=[);]|\.(?:\s|$)|,?\s*$|,\s\d)"
)
_NAMES_IN_BRACKETS = re.compile(rf" \((?:by )?(?:{NAMES})\)")
_BEHIND_NAMES = re.compile(
    r"(?P<title>[A-ZÀ-Þ](?<=, .)[\w’'-]*(?:[:,]? [\w’'–-]+){3,24}\??)(?=[.;()\[\]]|\s*$)"
)
_BEFORE_NAMES = re.compile(
    rf"(?:^|(?<=[.;?!\]]\s))(?P<title>[A-ZÀ-Þ][\w’'-]*(?:[:,]? [\w’'–-]+){{3,24}}\??) \((?:by )?(?P<names>{NAMES})\)"
)
_JOINT = re.compile(r"\s(?:and|&|/|//|\+|vs\.?)\s(?=[A-ZÀ-Þ])")
MAX_PAIR_LENGTH = 600
"""Characters that two titles have at most; each place where a longer text may be cut would be read in full."""
_DATED_RUN = re.compile(
    rf"(?<![\w.@/’'-])(?:(?P<name>[A-ZÀ-Þ][\w’'-]+(?<!The)(?<!\bA)(?<!\bAn)),?\s)?"
    rf"(?P<title>[A-ZÀ-Þ][\w’'-]*(?:[:?]?\s(?:[A-ZÀ-Þ][\w’'-]*|{_INNER}(?=\s))){{1,12}}) \((?P<year>(?:1[6-9]|20)\d\d)\)"
)
_YEAR_IN_BRACKETS = re.compile(r" \((?:1[6-9]|20)\d\d\)")
_NO_TITLE = re.compile(
    r"\b(?:[Tt]heorems?|[Ll]emma|[Pp]rize|[Ll]aws?|[Pp]rinciple|[Ee]quations?|[Pp]aradox|[Cc]onjectures?|[Aa]lgorithms?|"
    r"[Ss]yndrome|[Dd]isease|[Tt]alks?|[Ll]ectures?|[Cc]ourses?|[Bb]logs?|[Ss]lides|[Gg]roups?|[Ll]abs?|University|Institute|"
    r"College|Department|Press|Award|Medal|Conference|Workshop|School|Seminar|Nobel|\w+day|January|February|October)\b"
)
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_POSSESSIVE = re.compile(
    r"((?:[A-Z][\w-]+ (?:(?:and|&) )?){0,2}[A-Z][\w-]+)['’]s (?:(?:[a-z][\w-]* ){0,3}(?:paper|book|chapter|lecture|lectures|thesis|monograph|survey|review|essay|article|memo|report|note),? (?:on |called |titled |entitled |about )?)?"  # noqa: E501
    r"([A-Z][^().;“”\"\x00\[\]]{4,160}?)(?=\s*\((?:[^()]{0,40}?)(?:\d{4}|['’]\d\d|\d(?:st|nd|rd|th) ed)|[.;]\s|\s*$)"
)
_OF_A_PERSON = re.compile(
    r"\b(?:[Ll]aws?|[Tt]heorems?|[Pp]rinciples?|[Ll]emmas?|[Ee]quations?|[Mm]odels?|[Pp]aradox|[Cc]onjectures?|[Mm]ethods?|[Tt]ests?|[Rr]ules?|"
    r"[Ee]ffects?|[Ii]nequality|[Aa]lgorithms?|[Ss]yndrome|[Dd]isease|[Tt]alks?|[Ll]ectures?|[Cc]ourses?|[Bb]logs?|[Ss]lides|[Pp]roofs?|[Gg]roups?|[Ll]abs?)$"
)
_OWNED_RUN = re.compile(
    rf"(?<![\w-]){NAME_START}({NAMES})['’]s? ((?:[A-Z][\w’'-]+:?)(?: (?:[A-Z][\w’'-]+:?|of|the|and|for|in|on|a|an|to|with|from|by|&)){{1,9}}(?<=[\w’']{{4}}))(?= ?[(,.;\[]|\s[a-z]|$)"  # noqa: E501
)
"""'Efron and Hastie's Computer Age Statistical Inference (free pdf'."""
_TWO_AND = re.compile(r" and [A-Z][\w’'-]+ and [A-Z][\w’'-]+$")
_CITED_TITLE = re.compile(
    rf"(?<![\w-]){NAME_START}(?P<names>{NAMES}),\s(?P<title>[A-ZÀ-Þ](?:[^.;:()“”\"\x00]|:(?=\s)|\.(?=\w)){{14,160}}?)(?:,\s(?:in\s)?"
    rf"(?:[A-Z]{{3,10}}|(?:[A-Z][\w&]*\.?\s){{1,6}}(?:[A-Z]?\d[\d:,\s–-]{{0,20}})?)\s?\(?['’]?|,\s\d(?:st|nd|rd|th)\sed(?:ition|n)?\.?,?\s|\s\((?:in\s|[^()]{{0,60}},?\s)?)(?P<year>{YEAR})"
)
_PLAIN_WORD = re.compile(
    r"(?<![\w-])(?:(?!(?:and|und|van|von|der|den|del|for) )[a-z]{3,}|(?:of|in|on|a|an|to|is|as|at|by)(?= ))"
)
"""A word of a title that no list of names has."""
_TITLE_AND_YEAR = (
    rf"\((?:(?P<first>{YEAR}),\s)?(?:in )?"
    rf"(?P<title>[A-ZÀ-Þ][^()“”\"\x00;]{{7,150}}?)(?(first)(?=[),])|,\s(?:[^(),]{{0,40}}\s)?(?P<last>{YEAR}))\)?"
)
_TITLE_IN_BRACKET = re.compile(_TITLE_AND_YEAR)
_BRACKETED = re.compile(
    rf"(?<![\w-]){NAME_START}(?P<names>{NAMES})(?:['’]s? (?:\w+ )?{WORK_NOUN}|,? {WORK_NOUN})?[\]]{{0,2}}\s"
    rf"{_TITLE_AND_YEAR}"
)
_A_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_DATED_BRACKET = re.compile(rf"\([^()]{{8,220}}{YEAR}\)|\({YEAR},")


def named_titles(text: str) -> list[tuple[TitleCandidate, NameMention]]:
    """Titles in raised words right behind or before names, with these names; at least two raised words of a title."""
    found: list[tuple[TitleCandidate, NameMention]] = []
    if _RUN_TOGETHER.search(text):
        return found
    position = 0
    while run := next(matches_at(_RUN_START, _RUN, text, position), None):
        start, stop = run.span()
        owned = _OWNED.search(text, start, stop)
        if owned and ": " in text[start : owned.start()]:  # "Dynamo: Amazon's Highly Available …"
            position = stop
            continue
        start = owned.end() if owned else start
        following = _NEXT.search(text, start, stop)
        stop = following.start() if following else stop
        listed = _LISTED.match(text, stop)
        stop = listed.end() if listed and not following else stop
        title = _TAIL.sub("", text[start:stop])
        stop = start + len(title)
        position = max(stop, run.start() + 1)
        named = (
            _beside(text, start, stop, owned=bool(owned))
            if _may_be_title(title, owned=bool(owned))
            else None
        )
        if named is not None:
            found.append((TitleCandidate(title, start, stop, 0.6), named))
            position = max(stop, named.end)
            text = "\0" * position + text[position:]
    return found


def dated_titles(text: str) -> list[TitleCandidate]:
    """Titles in raised words before a year in brackets: 'Secord Victorian Sensation (2000)', 'The Minimalist Program (1995)'."""
    found = []
    for match in _DATED_RUN.finditer(text) if _YEAR_IN_BRACKETS.search(text) else ():
        words = match["title"].split()
        raised = [word for word in words if word[0].isupper() and len(word) > 2]
        owner = match["name"] or ""
        if (" and " in match["title"] or "&" in match["title"]) and re.fullmatch(
            NAMES, match["title"]
        ):
            continue
        if (owner and is_not_a_name(owner)) or (
            owner == "" and words[0] not in {"The", "A", "An", "On"}
        ):
            continue
        if (
            len(raised) >= 2
            and not _NO_TITLE.search(match["title"])
            and not is_unambiguous_journal(match["title"])
        ):
            beside = f"{owner} {match['year']}".strip()
            found.append(TitleCandidate(match["title"], *match.span("title"), 0.6, beside))
    return found


def joined_titles(text: str) -> list[TitleCandidate]:
    """Both titles of a line that is two of them: 'Wasserstein GAN and Improved Training of Wasserstein GANs'."""
    if len(text) > MAX_PAIR_LENGTH or _RUN_TOGETHER.search(text):
        return []
    for joint in _JOINT.finditer(text):
        one, two = text[: joint.start()].strip(" .,;"), text[joint.end() :].strip(" .,;")
        strong = joint.group().strip() in {"/", "+", "//", "vs.", "vs"}
        alike = {
            word[:6].lower().rstrip("s")
            for word in one.split()
            if word[0].isupper() and len(word) > 2
        } & {word[:6].lower().rstrip("s") for word in two.split()}
        if (
            not strong
            and not alike
            and two.split()[0] not in {"The", "A", "An", "On", "Why", "How"}
        ):
            continue  # 'Neural Networks and Deep Learning' is one
        if all(
            _is_whole_title(part, least=2 if strong or part is one else 3) for part in (one, two)
        ):
            first, second = text.find(one), text.find(two, joint.end())
            return [
                TitleCandidate(one, first, first + len(one), 0.55),
                TitleCandidate(two, second, second + len(two), 0.55),
            ]
    return []


def _is_whole_title(text: str, *, least: int) -> bool:
    words = re.findall(r"[^\W\d_][\w’'-]*", text)
    content = [word for word in words if len(word) > 3]
    raised = sum(1 for word in content if word[0].isupper())
    return (
        len(words) >= least
        and len(text) >= 10
        and text[:1].isupper()
        and raised >= 0.8 * len(content) > 0
        and text.count(",") < 2
        and not _NO_TITLE.search(text)
        and words[-1].lower() not in {"of", "the", "in", "for", "and", "to", "with", "on", "a"}
    )


def sentence_titles(text: str) -> list[tuple[TitleCandidate, NameMention]]:
    """Titles in sentence case between names and a full stop, or from a full stop to names in brackets."""
    found: list[tuple[TitleCandidate, NameMention]] = []
    for match in _BEHIND_NAMES.finditer(text):
        named = (
            names_before(text, match.start("title")) if _is_sentence_title(match["title"]) else None
        )
        if named and named.year is None:
            found.append(
                (TitleCandidate(match["title"].rstrip(), *match.span("title"), 0.6), named)
            )
    for match in _BEFORE_NAMES.finditer(text) if _NAMES_IN_BRACKETS.search(text) else ():
        names, et_al = split_names(match["names"])
        names = [
            name
            for name in names
            if not is_not_a_name(name) or ("&" in match["names"] and len(name) > 2)
        ]
        if names and _is_sentence_title(match["title"]):
            names = (
                names if et_al or len(names) > 1 else []
            )  # one name may be a system's: the source will tell
            named = name_mention(
                match.start("names"), match.end("names"), names, et_al, "", "", strong=True
            )
            found.append((TitleCandidate(match["title"], *match.span("title"), 0.6), named))
    return found


def _is_sentence_title(title: str) -> bool:
    words = title.split()
    return (
        len(words) >= 4
        and sum(word[0].islower() for word in words) >= 2
        and title_score(title) >= 0.5
    )


def _beside(text: str, start: int, stop: int, *, owned: bool) -> NameMention | None:
    """The names without a year that stand right before or behind the stretch."""
    if (
        owned
        or text[max(0, start - 2) : start] in {", ", ": "}
        or text[start - 1 : start] in tuple('"“')
    ):
        named = names_before(text, start) if owned or _CLOSED.match(text, stop) else None
        if (
            named
            and named.year is None
            and (owned or text[start - 2 : start] != ": " or len(named.names) > 1)
        ):
            return named
    behind = _BEHIND.match(text, stop)
    names, et_al = split_names(behind["names"]) if behind else ([], False)
    names = [name for name in names if not is_not_a_name(name)]
    if behind and names:
        names = (
            names if et_al or len(names) > 1 or "." in names[0] else []
        )  # one may be no person: the source will tell
        return name_mention(behind.start("names"), behind.end(), names, et_al, "", "", strong=True)
    return None


def _may_be_title(title: str, *, owned: bool) -> bool:
    words = re.findall(r"[^\W_][\w’'-]*", title)
    raised = [word for word in words if word[0].isupper() and len(word) > 2]
    if (
        len(raised) < 2 - owned
        or len(title) < 9 - 2 * owned
        or _NO_TITLE.search(title)
        or is_numbered_venue(title)
        or is_unambiguous_journal(title)
    ):
        return False
    if len(words) < 2:
        return False
    people = "&" in title or (len(words) <= 3 and " and " in title)
    return owned or not (people and re.fullmatch(NAMES, title) and "The" not in words)


def possessive_titles(text: str) -> list[TitleCandidate]:
    """Titles after their author: "Bottou's lecture Stochastic Learning (2004)"."""
    found = []
    for match in _POSSESSIVE.finditer(text) if "’s " in text or "'s " in text else ():
        title = match.group(2).rstrip(" ,")
        tail = text[match.end() : match.end() + 40]
        year = re.match(r"\s*\([^()]{0,40}?((?:1[6-9]|20)\d\d)", tail)
        words = _WORD.findall(title)
        raised = sum(1 for word in words[1:] if word[0].isupper())
        edition = re.match(r"\s*\([^()]{0,20}ed", tail)
        named = (len(words) >= 2 and title_score(title) >= 0.6 and raised) or (
            words and (year or edition)
        )
        if named and len(words) <= 20 and not _OF_A_PERSON.search(title):
            beside = f"{match.group(1)} {year.group(1)}" if year else f"by {match.group(1)}"
            found.append(
                TitleCandidate(title, match.start(2), match.start(2) + len(title), 0.6, beside)
            )
    for match in _OWNED_RUN.finditer(text) if "’s " in text or "'s " in text else ():
        title = _TWO_AND.sub("", match.group(2))
        long = [word for word in _WORD.findall(title) if word[0].isupper() and len(word) >= 4]
        if (
            len(long) >= 2
            and not _OF_A_PERSON.search(title)
            and not any(o.start <= match.start(2) < o.end for o in found)
        ):
            found.append(
                TitleCandidate(
                    title, match.start(2), match.start(2) + len(title), 0.6, f"by {match.group(1)}"
                )
            )
    return found


def cited_titles(text: str) -> list[TitleCandidate]:
    """Titles between their authors' surnames and a dated venue: 'Doe & Roe, The title of it, STOC 2011, for …'."""
    found = []
    for match in _CITED_TITLE.finditer(text) if "," in text and _A_YEAR.search(text) else ():
        title = match.group("title")
        if (
            len(_WORD.findall(title)) >= 3
            and title_score(title) >= 0.5
            and _PLAIN_WORD.search(title)
        ):
            beside = f"{match.group('names')} {match.group('year')}"
            found.append(
                TitleCandidate(title, match.start("title"), match.end("title"), 0.6, beside)
            )
    return found


def _in_bracket(text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    """Names and titles in brackets; most brackets hold no title, which is seen without reading what stands before."""
    return (
        _BRACKETED.finditer(text, start, end)
        if _TITLE_IN_BRACKET.search(text, start, end)
        else iter(())
    )


def bracketed_titles(text: str) -> list[TitleCandidate]:
    """Titles in brackets behind their authors: 'Soare's book (Recursively Enumerable Sets and Degrees, Springer 1987)'."""
    found: list[TitleCandidate] = []
    near = (
        match
        for bracket in _DATED_BRACKET.finditer(text)
        for match in _in_bracket(
            text, max(0, bracket.start() - 90), min(len(text), bracket.end() + 180)
        )
    )
    for match in near:
        if found and match.start("title") < found[-1].end:
            continue
        title = match.group("title")
        people = ("," in title or "&" in title) and re.fullmatch(NAMES, title)
        if len(_WORD.findall(title)) >= 2 and len(title) >= 9 and not people:
            year = match.group("first") or match.group("last")
            found.append(
                TitleCandidate(title, *match.span("title"), 0.6, f"{match.group('names')} {year}")
            )
    return found
