"""The title in what follows the authors and the date of a reference string."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from litmap.parsing.grammar import BREAK, MONTH, YEAR, YEAR_SINCE_1400
from litmap.parsing.lexicon import (
    ABBREVIATIONS,
    JOURNAL_ABBREVIATION,
    JOURNAL_WORD,
    PUBLISHER,
    STANDARD_NUMBER,
)
from litmap.parsing.venues import journal_run, venue_score
from litmap.parsing.word_lists import load_pattern

_QUOTED = re.compile(r"“([^“”]*(?:“[^“”]*”[^“”]*)*)”")
_STOPS = re.compile(
    rf"[.?!](?=[\s”)]|$|{BREAK})|,(?=\s)|;(?=\s)|\s?[(\[](?=\S)|[)\]]|{BREAK}|\s[–—]\s|\s//\s|"
    rf"\s(?=[^\W\d_a-z][\w’]*\.(?:\s|,))"
)
_EDITION = (
    r"(?:(?:\d+(?:st|nd|rd|th|\.|e|a|ª|ème)?|first|second|third|fourth|fifth|sixth|revised|new|"
    r"rev\.|zweite|dritte|"
    r"2nde),? "
    r"(?:rev(?:ised|\.) )?(?:ed(?:ition|n|ición|ição|izione|s)?|éd(?:ition)?|Aufl(?:age)?|"
    r"uppl(?:aga)?|utg(?:ave)?|wyd|изд)\b\.?|"
    r"\d+\.? ?(?:vyd|wyd|изд|uppl|utg|bs|bsk|baskı|druk|painos|kiad|izd)\b\.?)"
)
_VOLUME = (
    r"(?:(?:vols?|volumes?|bd|band|tome|t)\.? (?:\d+|[IVX]+)\b|\d+ (?:vols?|Bde|Bände|tomes)\b\.?)"
)
_AFTER_TITLE = re.compile(rf"(?:{_EDITION}|{_VOLUME})", re.I)
_TRAILING = re.compile(
    rf"[\s,.;:]*(?:(?<=\s)\[[^\[\]]*[^\W\d_]{{4}}[^\[\]]*\]?|\[[A-Z]{{1,2}}(?:/OL)?\]|"
    rf"[(\[](?:{_EDITION}|{_VOLUME}|pp?\. [\d–-]+|{YEAR}[a-z]?|"
    rf"[^()\[\]]{{2,60}}\b(?:trans|translators?|eds?|trad|übers|hrsg)\.?)[)\]]|[,.;] "
    rf"(?:{_EDITION}|{_VOLUME})|"
    rf"\s{_VOLUME})[\s.]*$",
    re.I,
)
_MONTH_AT_END = re.compile(rf",\s{MONTH}(?:\s\d{{1,2}})?[.,]?\s?$")
_IMPRINT_IN_BRACKETS = re.compile(
    rf"[^()\[\]]*[^\W\d_]{{3}}[^()\[\]]*{YEAR_SINCE_1400}[a-z]?$|n\.d\.$"
)
_NOTE_IN_BRACKETS = re.compile(
    r"(?:[^()\[\]]{0,60}\b(?:thesis|dissertation|preprint|manuscript|report|working paper|"
    r"conference|presentation|"
    r"paper|"
    r"translation|trans|translated|in [A-Z]\w+|data ?set|software|computer|video|poster|"
    r"abstract)\b)",
    re.I,
)
_YEAR_ALONE = re.compile(rf"(?:{MONTH} )?{YEAR}[a-z]?\s*(?:[.,;]|$|{BREAK})")
_DATE_AT_END = re.compile(rf"(?<!\bc)(?<!\bca)[,.]\s(?:{MONTH} )?{YEAR}[a-z]?[.,]?\s*$")
_A_YEAR = r"(?:1\d|20)\d\d"
_SPAN_OF_YEARS = re.compile(
    rf"[(\[]?(?:(?P<word>{load_pattern('words_before_spans_of_years')})\s)?(?P<first>{_A_YEAR})"
    r"(?:\s?(?:[–—-]|/|\s(?:to|bis|à|a|al|do|до|and)\s)\s?(?P<last>\d\d(?:\d\d)?))?[)\]]?(?![\w–-])",
    re.I,
)
_SPAN_CUT = re.compile(rf"{_A_YEAR}\s?[^\W\d_]*[–—-]?\s?$")
_WORD_BEFORE_YEARS = re.compile(r"(?:^|[\s(,])ca?$")
_PLACE_IN_JOURNAL = re.compile(
    r"\d{1,4} [A-Z][^\d,;()]{1,60}? \d{1,5}(?:[,–-] ?\d+)* \([^()\d]{0,30}(?:1[89]|20)\d\d\)|"
    r"[A-Z][\w'’&-]*(?:\.(?: [\w'’&-]+\.){0,7}|(?: [\w'’&-]+){0,7}), (?:[Vv]ol\. ?)?\d{1,4}"
    r"(?:\(\d+\))?, (?:pp?\. ?)?\w?\d+[–-]\w?\d"
)
"""'88 Lake L. Rev. 401 (2016)', 'Lake Haz., 13, 1001–1020': a journal with its numbers."""
_FIELD_FOLLOWS = re.compile(rf"\s?[.,;:?](?=\s?\S)|\s?{BREAK}|\s\((?=[^\W\d])")
_DOTTED = re.compile(r"(?:[A-Za-z]\.)+[A-Za-z]")
_NUMERAL = re.compile(r"[IVX]{1,4}")
_NUMERAL_FOLLOWS = re.compile(r"[IVX]{1,4}[.:] ")
_YEAR_LETTER = re.compile(rf"{YEAR}[a-z]?")
_SERIES = re.compile(r"\s\(=\s.*$")
"""'(= Studien zur Stadt, Bd. 4)': the series that German lists have behind a title."""
_BLANKS = re.compile(r"\s{2,}")
_MEDIUM = re.compile(r"[A-Z]{1,2}(?:/OL)?")
"""'[J]', '[M]', '[EB/OL]': the kind of publication, as Chinese lists have it."""
_EDITORS = re.compile(r"eds?\b")
_CLOSED_FIELD = re.compile(r"\)(?:[.,;]|$)")
MAX_TITLE = 600
"""Characters; no title is longer."""
_WINDOW = 200
"""Characters behind a sign that tell whether a title ends there."""
_MAX_PASSED = 14
"""Full stops after which no further end is looked for."""
_MIN_END_SCORE = 0.4


def quoted_title(text: str, at: int) -> tuple[str, int] | None:
    """A title in quotation marks that begins at `at` (signs in between do not count) and its
    end.
    """
    match = _QUOTED.search(text, at)
    if not match or len(match[1]) < 3:
        return None
    if text[at : match.start()].strip(" .,:;-–—|(["):
        return None
    follows = text[match.end() : match.end() + 40].lstrip()
    # a title that only begins with a quotation: “Neural” Computation of Decisions
    closed = match[1][-1] in ".,?!;" or follows[:1] in ("", ".", ",", ";", ":", "(", "[", BREAK)
    if not closed and venue_score(follows) < 2:
        return None
    return match[1].strip(" ,.;"), match.end()


def title_end(text: str, at: int, *, commas: bool, spaces: bool = False) -> tuple[int, float]:
    """Where the title that begins at `at` ends, and how well it ends there.

    `commas`: the style sets its fields off by commas; `spaces`: by nothing but a space (physics
    journals of IOP). Every place where it may end is weighed: the sign there, what follows (a
    venue?), how long the title would be, and how many better places came before. A window of
    bounded size is looked at for each, so time is linear.
    """
    best, best_score, passed, last_stop = len(text), _MIN_END_SCORE, 0, at
    for match in _outside_brackets(text, at, spaces=spaces):
        sign = match[0].strip()
        if match.start() - at > MAX_TITLE and best < len(text):
            break
        end = match.start() + (1 if sign in ("?", "!") else 0)
        title = text[at:end].strip()
        if len(title) < 2:
            continue
        piece, last_stop = text[last_stop:end], end if sign in (".", ",", ";") else last_stop
        score = _end_score(
            sign, text[match.end() : match.end() + _WINDOW], title, piece, commas=commas
        )
        if score is None:
            continue
        if sign == "," and best_score >= 2.9 and _AFTER_TITLE.match(text, match.end() + 1):
            score = 2.5  # 'Title, Publisher, second edition'
        score -= min(0.5 * passed, 3.0)
        passed += sign in (".", "?", "!") or (commas and sign == ",")
        if score > best_score:
            best, best_score = end, score
        if sign == BREAK or passed > _MAX_PASSED:
            break
    return _without_date(text, at, best), best_score


def span_of_years(text: str, at: int = 0) -> int:
    """Where the years end that a title speaks of at its end, with a field behind; -1 for none.

    '1540–1620. Past Households', '1914-18', 'c. 1500–1750', 'since 1945'; a year alone is a date.
    """
    match = _SPAN_OF_YEARS.match(text, at)
    if match is None or not (match["word"] or match["last"]):
        return -1
    first, last = match["first"], match["last"]
    if last and int(first[: -len(last)] + last) <= int(first):
        return -1
    return match.end() if _FIELD_FOLLOWS.match(text, match.end()) else -1


def with_years_behind(text: str, end: int) -> int:
    """The end of a title that ends at `end`, or that of the years it speaks of behind a comma, or
    at its end: '1350 bis | 1500'.
    """
    if text[end : end + 2] == ", ":
        return max(end, span_of_years(text, end + 2))
    cut = _SPAN_CUT.search(text, max(0, end - 12), end)
    return max(end, span_of_years(text, cut.start())) if cut else end


def _outside_brackets(text: str, at: int, *, spaces: bool) -> Iterator[re.Match[str]]:
    """The signs behind `at` where a title may end; inside brackets only a `BREAK` is one."""
    depth = 0
    for match in _STOPS.finditer(text, at):
        sign = match[0].strip()
        inside = depth > 0
        if sign in ("(", "["):
            depth += 1
        elif sign in (")", "]"):
            depth = max(0, depth - 1)
            continue
        if (sign or spaces) and (not inside or sign == BREAK):
            yield match


def _without_date(text: str, at: int, end: int) -> int:
    """The end of a title before the date that stands at its end: 'Title, March 1998'."""
    dated = _DATE_AT_END.search(text, max(at, end - 24), end)
    return dated.start() if dated and dated.start() > at + 2 else end


def _end_score(sign: str, after: str, title: str, piece: str, *, commas: bool) -> float | None:
    """How well a title ends at this sign; None where it cannot."""
    follows = after.lstrip(" ”)–—")
    if sign == BREAK:
        return 3.5
    if sign in ("(", "["):
        return _bracket_score(sign, follows)
    if sign in (".", ",", ";") and _AFTER_TITLE.match(follows):
        return (4.0 if commas else 3.0) if sign == "," else 5.0
    if sign == "," and span_of_years(follows) > 0:
        return None
    if sign == "," and _YEAR_ALONE.match(follows):
        return 3.0
    if sign == "," and _PLACE_IN_JOURNAL.match(follows):
        return 6.5
    venue = venue_score(follows)
    if sign == "," and after.lstrip().startswith("“"):
        return 3.6  # a quoted venue behind a title without quotation marks
    if sign == ".":
        return _stop_score(follows, title, piece, venue, commas=commas)
    if sign == ",":
        return _comma_score(title, venue, commas=commas)
    return _rare_sign_score(sign, follows, venue, commas=commas)


def _rare_sign_score(sign: str, follows: str, venue: float, *, commas: bool) -> float | None:
    """How well a title ends at a question mark, semicolon, dash, '//' or a mere space."""
    if sign in ("?", "!"):
        return 2.3 + venue if venue > 0.5 else 0.8
    if sign == ";":
        return venue + 1.4 if venue >= 2 or commas else venue - 1.5
    if sign == "//":
        return 4.5
    if sign in ("–", "—"):
        return venue + 0.5 if venue >= 2 else None
    return 4.6 if _is_abbreviated_journal(follows) else None


def _comma_score(title: str, venue: float, *, commas: bool) -> float | None:
    """How well a title ends at a comma: a short one only before a venue."""
    words = len(title.split())
    if words < 2 and venue < 2.3:
        return None
    return venue + (1.4 if commas else -1.4) - (0.8 if words < 3 and venue < 1.5 else 0.0)


def _is_abbreviated_journal(text: str) -> bool:
    words, _ = journal_run(text)
    return bool(words) and (
        any(word.endswith(".") for word in words) or bool(JOURNAL_WORD.match(words[0]))
    )


def _bracket_score(sign: str, follows: str) -> float | None:
    """How well a title ends before a bracket: '(Publisher, Place, 1990)', '[J]', '[PhD thesis]',
    '(2nd ed.)'.
    """
    inside = follows.split(")" if sign == "(" else "]", 1)[0]
    if (sign == "[" and _MEDIUM.fullmatch(inside)) or _is_edition(inside):
        return 4.0
    if sign == "(" and _YEAR_LETTER.fullmatch(inside):
        return 2.8 if _CLOSED_FIELD.match(follows[len(inside) :]) else None
    if _NOTE_IN_BRACKETS.match(inside):
        return 3.9 if sign == "[" else 2.0
    return _imprint_score(inside) if sign == "(" else None


def _is_edition(inside: str) -> bool:
    """'2nd ed.', 'vol. 3', 'Eds. Doe and Roe'."""
    return bool(_AFTER_TITLE.match(inside) or _EDITORS.match(inside))


def _imprint_score(inside: str) -> float | None:
    """'Wiley, New York, 1990' in round brackets."""
    if _IMPRINT_IN_BRACKETS.match(inside):
        return 4.0
    return 2.2 if PUBLISHER.search(inside) else None


def _stop_score(
    follows: str, title: str, piece: str, venue: float, *, commas: bool
) -> float | None:
    """How well a title ends at a full stop, which may as well belong to an abbreviation."""
    words = title.split()
    if _WORD_BEFORE_YEARS.search(words[-1]) and follows[:1].isdigit():
        return None
    if _is_abbreviation(words[-1].lstrip("(“")):
        return None if follows else 2.0
    part = piece.strip(" .,;").split()
    if _goes_on(words, follows, venue) or (len(words) > 1 and _is_year(part)):
        return None
    score = (1.8 if commas else 2.6) + venue
    if follows:
        score -= _abbreviated_journal_penalty(words, part)
    return score - (2.0 if len(words) < 2 and len(title) < 4 else 0.0)


def _abbreviated_journal_penalty(words: Sequence[str], part: Sequence[str]) -> float:
    """How much the stop looks like one inside 'Phys. Rev. Lett.'; `part` is what stands since the
    last stop.
    """
    if _SPAN_OF_YEARS.fullmatch(" ".join(part)):
        return 0.0
    penalty = 2.5 if len(words) > len(part) and _is_capitalised_pair(part) else 0.0
    if len(words) > 2 and JOURNAL_ABBREVIATION.fullmatch(words[-1].lstrip("(“")):
        penalty += 1.5
    return penalty


def _is_abbreviation(word: str) -> bool:
    """'vol', 'U.S.A'."""
    return word.lower().rstrip(".") in ABBREVIATIONS or bool(_DOTTED.fullmatch(word))


def _goes_on(words: Sequence[str], follows: str, venue: float) -> bool:
    """The stop is an initial's or a part's number, or lower case follows, and no venue."""
    last = words[-1].lstrip("(“")
    if last.isdigit() and len(last) < 3 and follows[:1].islower():
        return True  # an ordinal: 'v 18. století'
    if len(last) == 1 and last.isupper() and (venue < 1.5 or len(words) < 4):
        return True
    return (follows[:1].islower() and venue < 1) or _is_numeral(last, follows, venue)


def _is_year(words: Sequence[str]) -> bool:
    return len(words) == 1 and bool(_YEAR_LETTER.fullmatch(words[0]))


def _is_numeral(last: str, follows: str, venue: float) -> bool:
    """The stop of a part's number: 'I. Rates of convergence. II. Model selection'."""
    return bool(_NUMERAL_FOLLOWS.match(follows)) or (venue < 1.5 and bool(_NUMERAL.fullmatch(last)))


def _is_capitalised_pair(words: Sequence[str]) -> bool:
    """One or two words in capitals or figures."""
    return 0 < len(words) <= 2 and all(w[0].isupper() or w[0].isdigit() for w in words)


_EDITION_AT_END = re.compile(
    r",\s\(?(?:\d+(?:st|nd|rd|th)|[Ss]econd|[Tt]hird|[Rr]ev\.?)\sed(?:ition|"
    r"n)?\b\.?(?:\s\d{4})?\)?$"
)


_PATENT_AT_END = re.compile(
    r"\s?[:：,，.]\s?(?:[^\W\d_]{2,8}[:：]\s?)?"
    r"(?:CN|ZL|US|EP|WO|JP|KR|DE|FR|GB|RU|TW|AU|CA)\s?(?:ZL)?\d{6,}[\dA-Z.]*$"
)
"""The number of a patent, which stands behind its title: '一种浇花装置: CN201610012345.6'."""


_DEGREE_AT_END = re.compile(
    r"\s?:\s(?:ph\.?\s?d|m\.?\s?sc|дисс?|автореф|diss|thesis|thèse|tesis|tese|tesi)\b[^:]{0,40}$",
    re.I,
)
"""'Freezing of soils: Ph.D', 'Из истории глаголов: дис. канд. филол. наук'."""
_STANDARD_AT_END = re.compile(rf"\s?[:：,，]\s?{STANDARD_NUMBER}$")
"""The number of a standard behind its title: '技术导则: WB/T 9921—2019'."""


def tidy_title(title: str) -> str:
    """The title without the signs and notes that styles set around it."""
    title = _SERIES.sub("", title.replace(BREAK, " ").strip())
    while match := _TRAILING.search(title):
        title = title[: match.start()]
    title = _PATENT_AT_END.sub("", _EDITION_AT_END.sub("", _MONTH_AT_END.sub("", title)))
    title = _DEGREE_AT_END.sub("", title)
    if title.count("”") > title.count("“"):
        title = title.partition("”")[0]
    if title[-1:].isdigit():
        title = _STANDARD_AT_END.sub("", title)
    title = title.strip(" ,;:.–—*_“" if title.count("“") != title.count("”") else " ,;:.–—*_")
    if title.startswith("“") and title.endswith("”") and title.count("“") == 1:
        title = title[1:-1].strip(" ,.")
    return _BLANKS.sub(" ", title)
