"""Date, title and venue in what follows the authors of a reference string."""

from __future__ import annotations

import re

from litmap.refstrings.clean import BREAK
from litmap.refstrings.lexicon import ABBREVIATIONS, JOURNAL_WORD, MONTH, PLACE, PUBLISHER, VENUE_START

YEAR = r"(?:1[4-9]\d\d|20\d\d)"
_AFTER_AUTHORS = re.compile(
    rf"\s*[.,:;]?\s*[(\[]?(?:c\.|ca\.|circa)?\s?(?P<year>{YEAR})(?P<suffix>[a-z])?(?:[–/-]\d{{2,4}})?\b"
    rf"(?:,? ?{MONTH}[^)\]]{{0,14}}|,? ?\d{{1,2}} {MONTH})?(?:\s?\[\d{{4}}\]|\s?\(\d{{4}}\)|/\d{{4}})?[)\]]?(?P<stop>[.,:;]{{0,2}})(?=\s|$|“|{BREAK})"
)
_NO_DATE = re.compile(
    r"\s*[.,:;]?\s*[(\[]?(?:n\.\s?d\.|no date|s\.\s?d\.|in press|in prep(?:aration|\.)?|forthcoming|to appear|submitted|undated|o\.\s?J\.)(?:-?[a-z])?[)\]]?[.,:;]?(?=\s|$|“)",
    re.I,
)
_DATE_FIRST = re.compile(
    rf"(?:(?P<year>{YEAR})(?P<suffix>[a-z])?(?:[-/.](?:0?\d|1[0-2])(?:[-/.]\d{{1,2}})?)?(?:,? {MONTH}(?:,? \d{{1,2}}(?:st|nd|rd|th)?\b)?)?|"
    rf"(?:\d{{1,2}} )?{MONTH}(?: \d{{1,2}}(?:st|nd|rd|th)?)?,? (?P<year2>{YEAR}))\s?[,.:;—–-]\s?(?=\S)"
)
_TAIL_YEARS = (
    re.compile(rf"\((?:[^()\d]{{0,40}}|[^()]{{0,60}}[ ,;])(?P<year>{YEAR})(?P<suffix>[a-z])?\)"),
    re.compile(rf"(?<![\d–-])\b(?P<year>{YEAR})(?P<suffix>[a-z])?(?=\s?[;:]\s?\d)"),
    re.compile(rf"\b{MONTH}(?: \d{{1,2}})?,? (?P<year>{YEAR})(?P<suffix>[a-z])?\b"),
    re.compile(rf"(?<=[,.] )(?P<year>{YEAR})(?P<suffix>[a-z])?(?=[.,;)\]]|$|\s?{BREAK}|\s\()"),
    re.compile(rf"(?<![\d–:/.-])\b(?P<year>{YEAR})(?P<suffix>[a-z])?\b(?![–-]\d|\.\d)"),
    re.compile(rf"(?<!\d)(?P<year>{YEAR})(?!\d)"),
)


def date_after_authors(text: str, at: int) -> tuple[int, str, int] | None:
    """(year or 0, suffix, end) of a date that stands right behind the authors; None where there is none."""
    if match := _AFTER_AUTHORS.match(text, at):
        # 'Smith, J. 2001: A Space Odyssey' is fine; '2015, 137, 1' is a volume, not a title
        if match["stop"] == "," and re.match(r"\s*\d", text[match.end() :]):
            return None
        return int(match["year"]), match["suffix"] or "", match.end()
    if match := _NO_DATE.match(text, at):
        return 0, "", match.end()
    return None


def date_first(text: str) -> tuple[int, str, int] | None:
    """(year, suffix, end) of a date that opens the string."""
    if match := _DATE_FIRST.match(text):
        return int(match["year"] or match["year2"]), match["suffix"] or "", match.end()
    return None


def year_in(text: str) -> tuple[int | None, str]:
    """The year of publication in the part behind the title, by how years are usually set."""
    for pattern in _TAIL_YEARS:
        found = list(pattern.finditer(text))
        if found:
            match = found[-1]
            return int(match["year"]), match.groupdict().get("suffix") or ""
    return None, ""


# ── venues ───────────────────────────────────────────────────────────────────────────────────────────────────────────
_SMALL = frozenset(
    "of the and & for in on de der des du la le les für und et di al do da dos del et und y e van van der – - a der zur".split()
)
_NUMBERISH = re.compile(r"[(\[]?[A-Z]?\d|vol(?:ume|s)?\.?$|bd\.?$|ser(?:ies|\.)?$|no\.$", re.I)


def journal_run(text: str) -> tuple[list[str], int]:
    """The capitalised words before the first number at the start of a text, and where that number stands.

    ([], 0) where other words come in between, as they do in a title.
    """
    words: list[str] = []
    for match in re.finditer(r"\S+", text[:200]):
        word = match[0]
        if words and _NUMBERISH.match(word):
            return words, match.start()
        bare = word.strip("(),.;:[]’")
        if (
            words
            and words[-1][-1:] in ",;"
            and not word.startswith(("Ser", "(", "Part"))
            and not re.fullmatch(r"[A-Z],?", word)
        ):
            return [], 0
        if not bare or not (
            bare[0].isupper()
            or bare in _SMALL
            or word in _SMALL
            or re.match(r"(?:d|l)’[A-Z]|e[A-Z]|npj$|i[A-Z]|m[A-Z]", bare)
        ):
            return [], 0
        words.append(word)
        if len(words) > 12:
            break
    return [], 0


_ACRONYM = re.compile(r"[A-Z][A-Za-z+&]*[A-Z]{1,}[A-Za-z’+&/-]*(?:\s?[’’]\d\d|[- ]\d{2,4})?(?=\s*[.,;:(\d]|\s*$)")
_LEDGER = re.compile(r"\d+|pp?\.|vol|no\.|\(", re.I)
_ABBREVIATED = re.compile(r"[^\W\d_]{1,12}\.,? ?[^\W\d_]{1,12}\.")


def venue_likeness(text: str) -> float:
    """How much the start of a text looks like where something was published; about -2 to 4."""
    head = text[:160].lstrip(" .,;:(").replace("“", "").replace("”", "")
    if not head or head[0] == BREAK:
        return 1.0
    if VENUE_START.match(head):
        return 3.2
    words = head.split()
    score = 0.0
    if head[0].islower() and not re.match(r"e[A-Z]|npj|pp?\.|vol|i[A-Z]|m[A-Z]|phys", head):
        return -2.0
    if _LEDGER.match(head):
        return 1.5
    if journal_run(head)[0]:
        score = 2.5
    elif _ACRONYM.match(head):
        score = 2.3
    if _ABBREVIATED.match(head):
        score = max(score, 2.2)
    if PLACE.match(head) and PUBLISHER.search(head):
        score = max(score, 2.4)
    elif PUBLISHER.search(" ".join(words[:6])):
        score = max(score, 1.6)
    elif PLACE.match(head) and re.search(r"\d{4}", head):
        score = max(score, 1.2)
    if JOURNAL_WORD.search(" ".join(words[:7])):
        score += 0.8
    return score


# ── titles ───────────────────────────────────────────────────────────────────────────────────────────────────────────
_QUOTED = re.compile(r"“([^“”]*(?:“[^“”]*”[^“”]*)*)”")
_STOPS = re.compile(
    rf"[.?!](?=[\s”)]|$|{BREAK})|,(?=\s)|;(?=\s)|\s\((?=\S)|\s?\[(?=[A-Z]{{1,2}}\])|{BREAK}|\s[–—]\s|\s//\s"
)
_TRAILING = re.compile(
    r"\s*(?:\[[A-Z]{1,2}(?:/OL)?\]|[(\[](?:\d+(?:st|nd|rd|th|\.)?,? ?(?:rev\. )?(?:ed(?:ition|n)?|Aufl(?:age)?)\.?|Vol(?:ume|\.)\s?\w+|pp?\. [\d–-]+)[)\]])\s*$"
)


def quoted_title(text: str, at: int) -> tuple[str, int] | None:
    """A title in quotation marks that begins at `at` (signs in between do not count) and its end."""
    match = _QUOTED.search(text, at)
    if not match or len(match[1]) < 3:
        return None
    between = text[at : match.start()]
    if len(between.strip(" .,:;-–—|")) > 0:
        return None
    inner = match[1].strip(" ,.;")
    follows = text[match.end() : match.end() + 40].lstrip()
    # a title that only begins with a quotation: “Neural” Computation of Decisions
    if (
        match[1][-1] not in ".,?!;"
        and follows[:1] not in ("", ".", ",", ";", ":", "(", "[", BREAK)
        and venue_likeness(follows) < 2
    ):
        return None
    return inner, match.end()


def title_end(text: str, at: int, *, commas: bool) -> int:
    """Where the title that begins at `at` ends; `commas` where the style sets its fields off by commas.

    Every place where it may end is weighed: the sign there, what follows (a venue?), and how long it would be. A
    window of bounded size is looked at for each, so time is linear.
    """
    best, best_score, passed = len(text), 0.4, 0
    for match in _STOPS.finditer(text, at):
        sign = match[0].strip() or match[0]
        end = match.start() + (1 if sign in "?!" else 0)
        title = text[at:end].strip()
        if len(title) < 2:
            continue
        score = _stop_score(sign, text, match, title, commas=commas)
        if score is None:
            continue
        score -= min(0.5 * passed, 3.0)
        if sign in ".?!" or (commas and sign == ","):
            passed += 1
        if score > best_score:
            best, best_score = end, score
        if sign == BREAK or passed > 12 or end - at > 600:
            break
    return best


def _stop_score(sign: str, text: str, match: re.Match[str], title: str, *, commas: bool) -> float | None:
    follows = text[match.end() : match.end() + 200].lstrip(" ”)")
    venue = venue_likeness(follows)
    words = title.split()
    if sign == BREAK:
        return 3.5
    if sign == ".":
        last = words[-1].lstrip("(“")
        if last.lower().rstrip(".") in ABBREVIATIONS or re.fullmatch(r"(?:[A-Za-z]\.)+[A-Za-z]", last):
            return None if follows else 2.0
        if len(last) == 1 and last.isupper() and (venue < 1.5 or len(words) < 4):
            return None
        if follows[:1].islower() and venue < 1:
            return None
        short = 2.5 if last[0].isupper() and len(last) <= 7 and re.match(r"[A-Z]\w{0,8}\.|\(?\d", follows) else 0.0
        return (1.8 if commas else 2.6) + venue - short - (2.0 if len(words) < 2 and len(title) < 4 else 0.0)
    if sign in "?!":
        return 2.3 + venue if venue > 0.5 else 0.8
    if sign == ";":
        return venue - 0.5 if commas else venue - 1.5
    if sign == "(":
        inside = follows.split(")", 1)[0]
        if re.search(r"\b\d{4}\b", inside) or PUBLISHER.search(inside) or re.match(r"(?:\d+\w* )?ed\b", inside):
            return 2.2
        return None
    if sign == "[":
        return 4.0
    if sign == "//":
        return 4.5
    if sign in "–—":
        return venue - 1.5
    # a comma
    if len(words) < 2 and venue < 2.3:
        return None
    return venue + (1.4 if commas else -1.4) - (0.8 if len(words) < 3 else 0.0)


_MONTH_AT_END = re.compile(rf",\s{MONTH}(?:\s\d{{1,2}})?[.,]?\s?$")


def tidy_title(title: str) -> str:
    """The title without the signs and notes that styles set around it."""
    title = title.replace(BREAK, " ").strip()
    while match := _TRAILING.search(title):
        title = title[: match.start()]
    title = _MONTH_AT_END.sub("", title)
    title = title.strip(" ,;:.–—*_“" if title.count("“") != title.count("”") else " ,;:.–—*_")
    if title.startswith("“") and title.endswith("”") and title.count("“") == 1:
        title = title[1:-1].strip(" ,.")
    return re.sub(r"\s{2,}", " ", title)


def is_journal_only(text: str) -> bool:
    """Whether what follows the authors is a journal, volume and page without a title, as physics and chemistry write."""
    words, at = journal_run(re.sub(r"^in ", "", text))
    if not words or len(words) > 9:
        return False
    rest = text[at:]
    if not re.match(r"(?:vol\.? ?)?[(\[]?[A-Z]?\d", rest, re.I) or len(re.findall(r"[^\W\d_]{3,}", rest)) > 6:
        return False
    if not re.search(r"\d[^\d]+\d", rest):
        return False
    abbreviated = [i for i, word in enumerate(words) if word.rstrip(",").endswith(".")]
    if abbreviated:
        whole = [w for w in words[: abbreviated[0] + 1] if len(w.strip(".,")) >= 4 and w not in _SMALL]
        journal = any(JOURNAL_WORD.match(w) for w in whole[:-1])
        if (
            len(whole) >= 2
            and not journal
            and (
                len(whole) > 2
                or abbreviated[0] + 1 < len(words)
                and not words[abbreviated[0] + 1].rstrip(",").endswith(".")
            )
        ):
            return False  # a title of capitalised words and a journal: 'Flat Minima. Neural Computation'
        return True
    return bool(JOURNAL_WORD.match(words[0])) or len(words) <= 2


_VENUE_END = re.compile(
    rf",?\s*(?:\b(?:vol(?:ume|s)?\b|no\.|pp?\.|pages?\b|issue\b|art(?:icle|\.)\b|ser\.|chap\b|[A-Z]?\d{{1,4}}\s?[(:,;]|\d{{1,4}} [\de]|{MONTH}[ ,.]+\d|{YEAR}\b)|\(|{BREAK}|:\s?\d|[,;]\s?\d|[,.]\s(?:eds?\b|edited)|\.\s|,\s[A-Z]\. )"
)


def venue_of(text: str) -> str:
    """The name of the venue at the start of what follows the title."""
    text = text.strip(f" .,;:?!”{BREAK}")
    text = re.sub(r"^(?:[Ii]n|[Ii]n Proc|//|[Ii]n:)[:\s]\s*", "", text)
    if text.startswith("(") and ")" in text:
        text = text[1 : text.index(")")]
    abbreviated = re.match(r"(?:[^\W\d_]{1,14}\.[ ,]?){1,8}(?:[^\W\d_]{1,14}\b)?", text)
    start = abbreviated.end() if abbreviated else 0
    match = _VENUE_END.search(text, start)
    venue = text[: match.start()] if match else text
    venue = venue.strip(f" .,;:()[]{BREAK}“”") if not abbreviated else venue.strip(f" ,;:()[]{BREAK}“”")
    if not re.search(r"[^\W\d_]{2,}", venue) or re.fullmatch(rf"{MONTH}.{{0,10}}", venue):
        return ""
    return venue[:200]
