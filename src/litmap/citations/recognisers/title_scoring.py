"""Bare titles: stretches of a note that look like a paper's title and nothing else, for the sources to confirm."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from litmap.citations.recognisers.patterns import WORD, YEAR, matches_at, whole_year

_SMALL = frozenset(
    "a an and as at but by can do for from how if in into is its it nor not of off on onto or over per so than that the their "  # noqa: SIM905
    "to under up upon via vs versus we what when where which while why with without does are through between among against "
    "toward towards using during after before about around".split()
)
_OPEN_ENDS = _SMALL - {"not", "do", "can", "are", "is", "up", "why", "how"}
_NO_TITLE = frozenset(
    "I I'm I'd I'll my me you your he she his her we'll let's todo TODO see read cf etc maybe probably actually basically "  # noqa: SIM905
    "apparently interesting nice cool great ask check compare remember idea thank thanks please don't doesn't isn't lol hmm "
    "ok okay yes tomorrow yesterday meeting email".split()
)
_NO_TITLE_AT_ALL = re.compile(
    r"[eicpfm](?<!\w.)(?:(?<=e)\.g|(?<=i)\.e|(?<=c)hapter \d+|(?<=p)(?:p?\. ?\d|apers? by)|(?<=f)ig\. ?\d|"
    r"(?<=m)y notes)\b"
)
_PROSE = frozenset(
    "this these they them there was were has have had will would should could very just also then here now say says said "  # noqa: SIM905
    "explain explains argue argues show shows showed shown prove proves proved give gives gave get gets got find finds found "
    "make makes made seem seems think want need needs use used uses try tried called which who it it's".split()
)
_NO_WORK = re.compile(
    r"\b(?:tutorial|lectures?|lecture notes|video|talk|slides|blog(?:\s?post)?|course|summer school|workshop|homepage|website|"
    r"github|tweet|podcast|playlist|click here|sign (?:in|up)|log ?in|subscribe|newsletter|read more|learn more|table of contents|"  # noqa: E501
    r"all rights reserved|privacy policy|annotated version|seminar|homework|syllabus|deadline|agenda|minutes)\b",
    re.I,
)
_NO_WORK_STARTS = frozenset(
    "tutorial lecture lectures video talk slides blog blogpost course summer workshop homepage website github tweet podcast "  # noqa: SIM905
    "playlist click sign log login subscribe newsletter read learn table all privacy annotated seminar homework "
    "syllabus deadline agenda minutes".split()
)
_RUN_OF_LETTERS = re.compile(r"\w+")
_PREFIX = re.compile(
    r"^(?:[-*+•‣▪>→–]+>?\s*|\(\*?\)\s*|\[[ xX?]{1,2}\]\s*|\[[A-Za-z][\w .&-]{1,20}[\s'’]{0,2}(?:19|20)?\d\d\]:?\s*|(?:(?:to\s?)?read(?:ing)?|todo|paper|papers?|article|preprint|ref|source|see|see also|also|"  # noqa: E501
    r"cf\.?|new|review|survey|book|thesis|ex\.|e\.g\.,?|classic|abstract only|skim(?:med)?|done|key paper|original(?: paper)?)\s*:\s+|"  # noqa: E501
    r"(?:see also comments on|see comments on|comments on|see also|see|read|cf\.)\s+(?=[A-Z]))+",
    re.I,
)
_AUTHORS_TAIL = re.compile(r"[\s,.]*[(\[]\s*([^()\[\]]{2,160}?)\s*[)\]]\s*(?=$|[.,;:]|\s)")
_GLUE = re.compile(
    r"[A-Z](?:(?<=[a-z\d?!)\"”].)(?=[a-z]+\s)(?<!Mc.)(?<!Mac.)(?<!De.)|(?<=[A-Z]{2}.)(?=[a-z]{3,}\s)|(?<=[a-z\d]A)(?=\s[A-Z][a-z])|(?<=[a-z]{3}.)(?=[A-Z]{2,}[a-z]*[:\s]))"
)
"""The capital where a title begins that is glued to the one before."""
_TAIL = re.compile(
    r"[\s,.;](?:(?<=\s)\s*(?:(?:–|—|--?)\s+|\((?:see|cf)\b|//\s+)|(?<=,)\s+(?:see|cf|from|in which|which|by)\b|(?<=\.)\s+(?=[A-Z(a-z])|"  # noqa: E501
    r"(?<=;)\s+|(?<=\s)->\s|(?<=\u2003)\|\u2003)"
)
_QUOTED = re.compile(r"[“\"«„]([^“”\"«»„]{12,250})[”\"»“]")
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_LABELLED = re.compile(
    r"[^\W\d_][\w'’-]*(?: [a-z][\w'’-]*){0,2}: (?!(?:a|an|the|on|from|towards?|how|why|what|is|an|in|for|with|using|some|new|two) )[a-z]"  # noqa: E501
)
_CLAUSE = re.compile(
    r"(?P<lead>:\s|→\s|->\s|[.;?!]\s|^|(?=\b(?:[Rr]ead|i\.e\.|e\.g\.,?) [A-Z][a-z]*(?: [a-z]+){2}))(?P<see>(?:[Ss]ee (?:also )?|[Rr](?:er)?ead |i\.e\. |e\.g\.,? |[Cc]ite ))?(?:([A-Z][\w'’-]+(?: (?:and|&) [A-Z][\w'’-]+)?),\s)?([A-Z](?:[^.:;→()“”\"\x00\[\]\n]|\.(?=\w)){14,200}?)(?=[.;(,\s]|$)(?=$|\.\s|\.$|;\s|\s*\(|\s(?:→|->)\s|,\s(?:fig|see|esp|which|but|where)\b|\s(?:explains?|argues?|shows?|proves?|introduces?)\s)"  # noqa: E501
)
_CLAUSE_START = re.compile(
    r"[:→.;?!Rrie-](?:(?<=[:→.;?!])\s|(?<=-)>\s|(?<!\w.)(?:(?<=[Rr])ead|(?<=i)\.e\.|(?<=e)\.g\.,?) [A-Z])"
)
_LEADING_SIGNS = (":", ",", "→", "->", " by ")
_LEADING_WORD = re.compile(
    r"[SsRrCcie](?<!\w.)(?:(?<=[Ss])ee|(?<=[Rr])ead|(?<=[Cc])ite|(?<=[ie])\.[eg]\.) "
)
_DATED_BEHIND = re.compile(rf"\s*\([^()]{{0,30}}?({YEAR})\)")
_VENUE_TAIL = re.compile(
    r",\s+(?:([A-Z][\w'’-]+),\s+)?((?:[A-Z][\w&.'’-]*)(?: (?:of|the|and|in|for|on|&|[A-Z][\w.'’-]*)){0,8}(?: \d{4})?)$"
)
_DASH = re.compile(r"\s(?:[–—]|--?)\s")
_REMARK = re.compile(
    r"[\s.?](?:(?<=\s)(?:(?:[–—]|--?)\s(?=[a-z](?!.{1,60}?\s?[–—-]\s))|<-+\s)|(?<=[.?])\s(?=[a-z])|(?<=\.)\s(?=(?:[A-Z][\w’'-]+(?:,| and| &)?\s?){1,4}\.(?:\s|$)))"  # noqa: E501
)
"""Where a remark or the authors follow a title: ' – same thing', '. Lampson. slogans'."""
_LABEL_BEFORE = re.compile(r"[A-Z][a-z]+(?: [a-z]+)?: (?=[A-Z])")
TAGGED = re.compile(r"(?:\(\*?\)\s*)?\[[A-Za-z][\w .&-]{1,20}?[\s'’]{0,2}((?:19|20)?\d\d)\]")
"""Venue and year before a title, as lists for courses and exams have them."""
TAG_LINE = re.compile(
    r"(?:\(\*?\)\s*)?(?:[A-Z][\w+-]{1,20}\s)?\[[A-Za-z][\w .&-]{1,20}?[\s'’]{0,2}(?:19|20)?\d\d\]"
)
"""A line that begins with such a tag, or with one word and a tag."""
_BY_LIST = re.compile(rf"({WORD}(?:, {WORD})*,? (?:and |& ){WORD}|{WORD}(?:, {WORD})+): (?=[A-Z])")
"""'Rosenblum, Ousterhout: The design and …'."""
_HEADED = re.compile(
    r"(?P<title>(?:[A-Z]|[a-z]{1,3}[A-Z])[\w'’/-]*:?(?: (?:[A-Z][\w'’/-]*:?|of|the|and|for|in|on|a|an|to|with|via|by|from|as|&|–)){2,18}(?<! the)(?<! a)(?<! of)(?<! in)(?<! and)"  # noqa: E501
    r"(?<! with)(?<! for)(?<! on)(?<! to)(?<! by)(?<! as)(?<! from)(?<! an))"
    r",? (?:is|are|was|were|has|shows?|showed|gives?|proves?|explains?|says?|argues?|samples|the|lineage|instead|with|fig\.?|see|again|but|so|not|\d{3,})\s(?!(?:the|a|an) [A-Z])(?=[a-z\d]|(?<=\d\s)[A-Z])"  # noqa: E501
)
"""A title with every word raised at the head of a line that goes on in lower case: 'Normalizing Flows for … is the review'."""
_BY = re.compile(r"\s+by ((?:(?:[A-Z]\.\s?)*[A-Z][\w'’-]+(?:,? and |, | & | )?){1,6})$")
_RUN = re.compile(
    r"[A-Z](?<![\w.@/].)[\w'’-]*:?(?:[ \n](?:[A-Z][\w'’/-]*|[A-Z]+\d*|\d+|a|an|and|as|at|by|do|for|from|in|into|is|its|of|on|or|the|to|under|vs\.?|via|with|without|not|than|that|through|using|are|be|can|we|you|how|why|what|when|between|toward|towards|over|–|-|&|\+)(?:[:,?!](?=[ \n])|['’]s)?){3,25}"  # noqa: E501
)


_OPENS = re.compile(r"[.;?!]\s$|^$")
_CLOSES = re.compile(r"[.;](?:\s|$)|\s*$")
"""What stands around a title that is a sentence of its own."""
_PART = re.compile(r"\b[Pp]arts? [IVX]{1,4}\b")
_INVERTED_NAME = re.compile(r"[A-ZÀ-Þ][\w'’-]+,? (?:[A-Z]\.[ -]?){1,3}(?:,|&|and\b|$)")
_ENDS_IN_AND = re.compile(r"(?:&|\band)\s*$")
_SYMBOLS = re.compile(r"[{}<>=\\#(.](?:(?<=[^(.])|(?<=\w\()\w|(?<=\d\.)\d)")
_COLON = re.compile(r"\w: \w")
_MANY_COMMAS = re.compile(r"[,;].*[,;].*[,;]")
_QUOTE_OR_DATE = re.compile(
    r"[\"“”12](?:(?<=\D)|(?<!\w.)(?:(?<=1)[89]|(?<=2)0)\d\d[a-z]?\b\s?[.,;)])"
)
_LEDGER = re.compile(
    r"[\d(e](?:(?<=\d):\d|(?<=\()\d+\)|(?<!\w.)(?:(?<=\d)\d{0,3}[–-]\d|(?<=e)t al\b))"
)
_NEW_SENTENCE = re.compile(r"[?!.]\s+[a-z]")


@dataclass(frozen=True, slots=True)
class TitleCandidate:
    """A stretch that may be a title, with names and year that stand beside it. `score` is in [0, 1]."""

    text: str
    start: int
    end: int
    score: float
    beside: str = ""


@lru_cache(maxsize=4096)
def title_score(text: str) -> float:
    """How much a text looks like the title of a work, in [0, 1]; 0.5 is worth a search."""
    text = text.strip().strip("“”\"'*_ ").rstrip(".,;")
    if not 12 <= len(text) <= 260 or _is_list_of_names(text):
        return 0.0
    text = _PART.sub("Part 1", text) if "art" in text else text
    words = _WORD.findall(text)
    count = len(words)
    if not 3 <= count <= 32:
        return 0.0
    if "http" in text or "@" in text or "|" in text or text.endswith((":", "...", "…")):
        return 0.0
    content = [word for word in words[1:] if word.lower() not in _SMALL]
    raised = sum(1 for word in content if word[0].isupper())
    share = raised / len(content) if content else 0.0
    score = 0.30 + 0.05 * min(count, 8) - 0.01 * max(0, count - 16)
    score += 0.30 if share >= 0.7 and len(content) >= 2 else 0.0
    score += 0.08 if ": " in text and _COLON.search(text) else 0.0
    plain = [word.replace("’", "'") for word in words] if "’" in text else words
    if not _NO_TITLE.isdisjoint(plain):
        score -= 0.30 * sum(1 for word in plain[:-1] if word in _NO_TITLE) + 0.30 * (
            plain[-1] in _NO_TITLE - {"I"}
        )
    if not _PROSE.isdisjoint(plain):
        score -= (0.10 if share >= 0.7 else 0.22) * sum(1 for word in plain if word in _PROSE)
    score -= 0.30 * len(_NO_TITLE_AT_ALL.findall(text))
    if score < 0.35 or _SYMBOLS.search(text):
        return 0.0  # what follows only takes away
    score -= 0.15 if _MANY_COMMAS.search(text) else 0.0
    score -= 0.12 if text[0].islower() else 0.0
    score -= 0.35 if words[-1].lower() in _OPEN_ENDS else 0.0
    score -= 0.3 if _QUOTE_OR_DATE.search(text) else 0.0
    score -= 0.3 if _LEDGER.search(text) else 0.0
    score -= 0.25 if ": " in text and _LABELLED.match(text) else 0.0
    score -= 0.25 if _NEW_SENTENCE.search(text) else 0.0
    score -= 0.2 if text.endswith("!") else 0.0
    return 0.0 if score >= 0.35 and _is_no_work(text) else max(0.0, min(1.0, score))


def _is_no_work(text: str) -> bool:
    """True where a word tells of a talk, a page, a course; few titles have a word that such a phrase begins with."""
    return not _NO_WORK_STARTS.isdisjoint(_RUN_OF_LETTERS.findall(text.lower())) and bool(
        _NO_WORK.search(text)
    )


def _is_list_of_names(text: str) -> bool:
    """True for what holds a name with initials before a comma or 'and', or ends in 'and'."""
    return bool("." in text and _INVERTED_NAME.search(text)) or bool(
        text.rstrip().endswith(("&", "and")) and _ENDS_IN_AND.search(text)
    )


def strip_prefix(text: str) -> int:
    """How many characters before the title are a marker, 'read:', 'see also' and the like."""
    match = _PREFIX.match(text)
    return match.end() if match else 0


def whole_titles(text: str, *, floor: float) -> list[TitleCandidate]:
    """Titles in a stretch (a line, item or cell) that is a title, several glued together, or one with a comment."""
    lead = strip_prefix(text)
    tag = TAGGED.search(text, 0, lead) if lead else None
    floor = min(floor, 0.4) if tag else floor  # '[SOSP'83] Hints for …' is surely a work
    owner = _BY_LIST.match(text, lead) if ": " in text else None
    if owner and title_score(text[owner.end() :]) >= 0.5:
        inner = whole_titles(text[owner.end() :], floor=floor)
        return [
            replace(
                o,
                start=o.start + owner.end(),
                end=o.end + owner.end(),
                beside=o.beside or f"by {owner.group(1)}",
            )
            for o in inner
        ]
    if _is_glued(text):
        pieces = _glued(text)
        return [piece for piece in pieces if piece.score >= 0.42]
    end = len(text.rstrip())
    best: TitleCandidate | None = None
    headed = _HEADED.match(text, lead)
    if headed and title_score(headed["title"]) >= max(0.6, floor):
        end_of_head = headed.end("title")
        return [TitleCandidate(headed["title"], lead, end_of_head, title_score(headed["title"]))]
    for remark in itertools.islice(_REMARK.finditer(text, lead), 4):
        if _DASH.search(text, lead, remark.start()):
            break  # 'deep - but not shallow - networks'
        if title_score(text[lead : remark.start()]) >= (0.5 if floor <= 0.5 else max(0.6, floor)):
            end = remark.start()
            break
    for stop in [
        end,
        *(match.start() for match in itertools.islice(_TAIL.finditer(text, lead, end), 4)),
    ]:
        head = text[lead:stop]
        beside = _AUTHORS_TAIL.search(head) if "(" in head or "[" in head else None
        by = None if beside or " by " not in head else _BY.search(head.rstrip(" .,;"))
        by = by if by and len(head[: by.start()].split()) >= 4 else None
        cut = beside.start() if beside and beside.start() > 8 else by.start() if by else len(head)
        title = head[:cut].rstrip(" .,;")
        score = title_score(title)
        if beside and _names_or_year(beside.group(1)):
            score += 0.1
        if stop != end:
            score -= 0.08 if stop == end or cut < len(head) else 0.12
        if score >= floor and (best is None or len(title) > best.end - best.start):
            best = TitleCandidate(
                title,
                lead,
                lead + len(title),
                min(score, 1.0),
                beside.group(1) if beside else by.group(1) if by else "",
            )
    if best and tag and not best.beside:
        best = replace(best, beside=whole_year(tag.group(1)))
    return [best] if best else []


def _names_or_year(text: str) -> bool:
    return bool(re.search(r"\b(?:19|20)\d\d\b|['’]\d\d\b|\bet al\b|&|\band\b", text)) or bool(
        re.match(r"[A-Z][\w'’-]+(?:,\s[A-Z][\w'’-]+)+$", text)
    )


def _is_glued(text: str) -> bool:
    cuts = [match.start() for match in _GLUE.finditer(text)]
    if len(cuts) == 1:
        return all(title_score(part) >= 0.6 for part in (text[: cuts[0]], text[cuts[0] :]))
    return len(cuts) >= 2 and len(text) / (len(cuts) + 1) < 160


def _glued(text: str) -> list[TitleCandidate]:
    cuts = [0, *(match.start() for match in _GLUE.finditer(text)), len(text)]
    pieces: list[TitleCandidate] = []
    for start, end in itertools.pairwise(cuts):
        inner = start
        for part in re.split(r"((?<=\?),\s+|\s{2,})", text[start:end]):
            body = part.strip(" ,")
            if body:
                clean = re.sub(r"\s(?:video|pdf|slides|talk|paper|link)\s*$", "", body)
                begin = text.index(body, inner)
                label = _LABEL_BEFORE.match(clean) if not pieces else None
                if label and title_score(clean[label.end() :]) >= 0.6:
                    begin, clean = begin + label.end(), clean[label.end() :]
                pieces.append(TitleCandidate(clean, begin, begin + len(clean), title_score(clean)))
            inner += len(part)
        # two titles joined by a blank after a label ('… images video Learning in …')
        label = re.search(r"\s(?:video|pdf|slides|talk|link)\s(?=[A-Z])", text[start:end])
        if label:
            for a, b in ((start, start + label.start()), (start + label.end(), end)):
                clean = text[a:b].strip(" ,")
                pieces.append(TitleCandidate(clean, a, b, title_score(clean)))
    return pieces


def quoted_titles(text: str) -> list[TitleCandidate]:
    """Quoted stretches that may be titles: those of a score under .55 only where names and year stand beside them."""
    found = []
    for match in _QUOTED.finditer(text):
        score = title_score(match.group(1)) + 0.1
        said = match.group(1)[0].islower() and not text[: match.start()].islower()
        if score >= (0.7 if said else 0.4) and not match.group(1).rstrip().endswith("."):
            found.append(
                TitleCandidate(
                    match.group(1).strip(" ,."), match.start(1), match.end(1), min(1.0, score)
                )
            )
    return found


def running_titles(text: str) -> list[TitleCandidate]:
    """Runs of capitalised words in prose that look like titles."""
    found = []
    for match in _RUN.finditer(text):
        run = match.group().rstrip(" ,:–-&")
        by = _BY.search(run) if " by " in run else None
        by = by if by and len(run[: by.start()].split()) >= 4 else None
        run = run[: by.start()] if by else run
        words = run.split()
        while words and words[-1].lower().strip(",") in _SMALL:
            words.pop()
        run = run[: len(run)] if not words else run[: run.rfind(words[-1]) + len(words[-1])]
        content = [word for word in _WORD.findall(run) if word.lower() not in _SMALL]
        small = [
            word for word in _WORD.findall(run)[1:] if word.lower() in _SMALL and word.islower()
        ]
        whole = (
            len(content) >= 3
            and len(run) >= 24
            and bool(_CLOSES.match(text, match.start() + len(run)))
        )
        whole = whole and bool(_OPENS.search(text, max(0, match.start() - 3), match.start()))
        if (
            (whole or len(content) >= 4)
            and (whole or small or ":" in run or len(content) >= 6)
            and title_score(run) >= 0.6
            and run.count(",") <= 1
        ):
            found.append(
                TitleCandidate(
                    run, match.start(), match.start() + len(run), 0.6, by.group(1) if by else ""
                )
            )
    return found


def _clauses(text: str) -> Iterator[re.Match[str]]:
    """The clauses of a text that begin with a capital, at its start or behind a sign."""
    first = _CLAUSE.match(text)
    if first:
        yield first
    yield from matches_at(_CLAUSE_START, _CLAUSE, text, first.end() if first else 0)


def clause_titles(text: str) -> list[TitleCandidate]:
    """Titles that fill a clause of prose: after a colon, before a venue, or after a single name ('Kleinberg, An …')."""
    found: list[TitleCandidate] = []
    if not any(map(text.__contains__, _LEADING_SIGNS)) and not _LEADING_WORD.search(text):
        return found
    for match in _clauses(text):
        title, beside = match.group(4).rstrip(" ,"), match.group(3) or ""
        venue = _VENUE_TAIL.search(title) if "," in title else None
        if venue:
            title, beside = title[: venue.start()], beside or venue.group(1) or ""
        by = _BY.search(title) if "by" in title else None
        if by:
            title, beside = title[: by.start()], by.group(1)
        dated = _DATED_BEHIND.match(text, match.end())
        led = match.group("lead")[:1] in {":", "→", "-"} or bool(match.group("see"))
        told = bool(beside or venue or by or (led and dated))
        if not (led or told):
            continue
        led_by_colon = (match.group("lead")[:1] == ":" or bool(match.group("see"))) and len(
            title
        ) < 90
        enough = title_score(title) >= (0.5 if told or led_by_colon else 0.6)
        enough = enough and len(_WORD.findall(title)) >= (4 if told or led_by_colon else 5)
        if enough:
            beside = beside or (dated.group(1) if dated else "")
            found.append(
                TitleCandidate(title, match.start(4), match.start(4) + len(title), 0.55, beside)
            )
    return found
