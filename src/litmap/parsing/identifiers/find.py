"""Finding identifiers and URLs in running text, with their places."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from litmap.parsing.identifiers.ids import NEW_ARXIV, OLD_ARXIV, clean_doi, doi_id, valid_arxiv
from litmap.parsing.identifiers.urls import identifier_from_url
from litmap.parsing.markup import unescape


@dataclass(frozen=True, slots=True)
class Found:
    """An identifier and where it stands: text[start:end] is what was written."""

    id: str
    start: int
    end: int


_URL = re.compile(
    r"(?<![\w@/.-])(?:https?:/{1,2}|ftp://|www\.(?=[\w-]+\.)|"
    r"(?=(?:dx\.|www\.)?(?:doi\.org|arxiv\.org|openreview\.net|biorxiv\.org|medrxiv\.org|"
    r"aclanthology\.org|"
    r"proceedings\.mlr\.press|papers\.nips\.cc|proceedings\.neurips\.cc|jmlr\.org|ssrn\.com|"
    r"papers\.ssrn\.com|"
    r"pubmed\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov|semanticscholar\.org|jstor\.org|nber\.org)/))"
    r"[^\s<>\"“”„«»{}|\\^`\u3001\u3002\u3008-\u3011\uff01\uff08\uff09\uff0c\uff1b]{3,3000}",
    re.I,
)
_HOST_ENDS = (".org/", ".net/", ".com/", ".gov/", ".cc/", ".press/")
"""How the hosts end that are known without a scheme."""
_GLUED = re.compile(r"(?<=[\w)/.,;(\[])https?://", re.I)
_SICI = re.compile(
    r"(?<![\w.])(?:https?://(?:dx\.|www\.)?doi\.org/|doi\s?:\s{0,2})?"
    r"(10\.\d{4,9}/[^\s<>&]{1,100}(?:<|&lt;)[^\s<>&]{1,60}(?:>|&gt;)"
    r"\d\.\d\.[A-Z]{2};[\dX](?:-[\w#*?]{1,2})?)",
    re.I,
)
"""A DOI made of a serial item and contribution identifier, which has '<', '>' and ';' in it."""
_DOI = re.compile(
    r"(?<![\w.])10\.\d{4,9}(?:\.\d+)*/[^\s<>\"“”«»{}|\\^—…\u3000-\u30ff\u4e00-\u9fff\uac00-\ud7af\uff00-\uffef]{1,300}"
)
_DOI_LABEL = re.compile(r"(?:doi\s?[:=]?\s{0,2})$", re.I)
_DOI_ENCODED = re.compile(r"(?<![\w.])10\.\d{4,9}%2F[^\s<>\"]{1,300}", re.I)
_ARXIV_LABEL = re.compile(
    rf"(?:arxiv(?:\.org)?(?:\s+preprint)?|e-?print)\s?[:.\s/_-]{{0,3}}\s?(?:arxiv\s?[:.]?\s?)?\[?"
    rf"(?:(?:abs|pdf)/)?({NEW_ARXIV}|{OLD_ARXIV})(v\d{{1,3}})?(?![\d.]\d)",
    re.I,
)
_ARXIV_OLD = re.compile(rf"(?<![\w/.-])({OLD_ARXIV})(v\d{{1,3}})?(?![\d/])")
_ARXIV_BARE = re.compile(rf"(?<![\w./$€£-])({NEW_ARXIV})(v\d{{1,3}})?(?![\w%]|[./-]\d)")
_ARXIV_CLASS = re.compile(r"\s{0,2}\[(?:[a-z-]{2,8})(?:\.[A-Za-z-]{2,7})?\]")
_CITED = re.compile(
    r"(?:(?:[A-Z][\w'’-]+|\bet al\.?),?|\b(?:with|in|see|by|from|cf\.?|also|of|paper|preprint|"
    r"eprint|"
    r"and|or|read|cite|as|resp\.)|[,;])\s$"
)
"""What stands before a number that is cited rather than measured: a name, or a word that leads to a
source.
"""
_AUTHORED = re.compile(
    r"(?:(?:(?<![.!?:] )(?<!^)|(?<=[A-Z]\. ))[A-Z][\w'’-]{2,},?|\bet al\.?,?|\b(?:see|cf\.?|also|"
    r"paper|preprint|eprint|resp\.)|\d{4}\.\d{4}(?:,| and| &))\s$"
)
"""The same for four figures behind the point, which measurements have too."""
_UNIT = re.compile(
    r"\s?(?:[kMGTµnm]?(?:eV|Hz|Pa|W|V|A|m|s|g|K|J|N|T)|cm|%|°|percent|per|units?|±|\+/?-|×|x "
    r"\d)(?!\w)"
)
_PUBMED = re.compile(
    r"(?<![\w/])(PMID|PubMed(?:\s+(?:ID|PMID))?|PMCID)\s?[:#]?\s{0,2}(PMC)?(\d{4,9})(?!\d)", re.I
)
_ARXIV_HINT = re.compile(r"[\d/](?:(?<=\d)\d{3}\.\d{4}|(?<=/)\d{7})")
_ARXIV_NAME = re.compile("arxiv", re.I)
_NEW_LENGTH = 10
"""Characters of an arXiv id since 2015: four figures, a point, five figures."""
_OPENS_FIELD = re.compile(r"[:(,\[]\s?$")
_CLOSES_FIELD = re.compile(r"\s*(?:[),;\]]|$)")
_DIGIT = re.compile(r"\d")
_BIBCODE = re.compile(
    r"[12](?<![\w/.&].)(?:(?<=1)[89]|(?<=2)0)\d\d[A-Za-z][A-Za-z&.]{4}(?:"
    r"(?=[\w.]{10}(?![\w&]))[\d.]{4}[\w.][\d.]{4}[A-Z]|[\d.]{3}\d[\w.][\w.]{3}\w[A-Z](?![\w&]))"
)
"""A bibcode of the Astrophysics Data System: '1998AJ....116.1009R'."""
_SENTENCE_SIGNS = ".,;:!?'\"*_’”…—–"
_BRACKETS = {")": "(", "]": "["}
_PMC = re.compile(r"(?<![\w/])PMC(\d{5,9})(?!\d)")


def trim_url(url: str) -> str:
    """A URL cut from running text, without punctuation and closing brackets that belong to the
    sentence.
    """
    while url and _is_of_sentence(url):
        url = url[:-1]
    return url


def _is_of_sentence(url: str) -> bool:
    """Whether the last sign belongs to the sentence, as a bracket does that is not opened in the
    URL.
    """
    last = url[-1]
    if last in _SENTENCE_SIGNS:
        return not (last == "_" and "wiki" in url)
    if last in _BRACKETS:
        return url.count(last) > url.count(_BRACKETS[last])
    return last in ">`|(["


def _may_hold_url(text: str) -> bool:
    """A quick look: a scheme, 'www.' or the end of a known host."""
    if ":/" in text:
        return True
    lower = text.lower()
    return "www." in lower or ("/" in text and any(end in lower for end in _HOST_ENDS))


def find_urls(text: str) -> list[Found]:
    """URLs as written in running text, with places; `id` holds the URL, sentence punctuation
    trimmed.
    """
    found: list[Found] = []
    if not _may_hold_url(text):
        return found
    position = 0
    while match := _URL.search(text, position):
        raw = match.group()
        glued = _GLUED.search(raw[8:])
        if glued and not re.search(
            r"(?:archive|web\.|proxy|url=|redirect|[?&=]|jina|12ft|/http$)",
            raw[: glued.start() + 8],
            re.I,
        ):
            raw = raw[: glued.start() + 8]
        raw = raw.partition(")[")[0]  # '(address)[address]', a link with its brackets mistaken
        url = trim_url(raw)
        if len(url) > 6 and ("." in url or "://" in url):
            found.append(Found(url, match.start(), match.start() + len(url)))
        position = match.start() + max(len(raw), 1)
    return found


class _Spans:
    """Found identifiers that do not overlap; the first to claim a place keeps it."""

    def __init__(self) -> None:
        self.found: list[Found] = []
        self.taken = bytearray()

    def claim(self, text: str, start: int, end: int, identifier: str | None) -> None:
        if not self.taken:
            self.taken = bytearray(len(text))
        if any(self.taken[start:end]):
            return
        self.taken[start:end] = b"\1" * (end - start)
        if identifier:
            self.found.append(Found(identifier, start, end))


def find_identifiers(text: str) -> list[Found]:
    """Identifiers in running text, in order: in URLs, labelled (`arXiv:…`, `doi:…`, `PMID …`) or
    bare.

    A bare new-style arXiv number counts only where arXiv is named nearby, a class such as `[cs.LG]`
    follows, or it is all the text. Time is linear in the length of the text.
    """
    return list(_identifiers_of(text)) if "/" in text or _DIGIT.search(text) else []


@lru_cache(maxsize=256)
def _identifiers_of(text: str) -> tuple[Found, ...]:
    """The identifiers, remembered: a text is asked about more than once."""
    spans = _Spans()
    for match in _SICI.finditer(text) if "10." in text and ("<" in text or "&lt;" in text) else ():
        spans.claim(text, *match.span(), doi_id(unescape(match.group(1))))
    for url in find_urls(text):
        spans.claim(text, url.start, url.end, identifier_from_url(url.id))
    _find_dois(text, spans)
    _find_arxiv(text, spans)
    _find_pubmed(text, spans)
    for match in _BIBCODE.finditer(text):
        spans.claim(text, *match.span(), f"ads:{match.group()}")
    for match in _PMC.finditer(text) if "PMC" in text else ():
        spans.claim(text, *match.span(), f"pmcid:PMC{match.group(1)}")
    return tuple(sorted(spans.found, key=lambda found: found.start))


def _find_pubmed(text: str, spans: _Spans) -> None:
    """'PMID: 12345678', 'PMCID PMC123456'."""
    if not ("PM" in text or "ubmed" in text.lower() or "pm" in text):
        return
    for match in _PUBMED.finditer(text):
        central = match.group(2) or match.group(1).upper() == "PMCID"
        kind = "pmcid:PMC" if central else "pmid:"
        spans.claim(text, *match.span(), f"{kind}{match.group(3)}")


def _find_dois(text: str, spans: _Spans) -> None:
    if "10." not in text:
        return
    for pattern in (_DOI, _DOI_ENCODED):
        place = 0
        while match := pattern.search(text, place):
            raw = clean_doi(match.group())
            decoded = unquote(raw) if "%" in raw else raw
            start = match.start()
            place = start + max(len(raw), 1)  # another may follow behind a comma
            label = _DOI_LABEL.search(text[max(0, start - 8) : start])
            begin = start - len(label.group()) if label else start
            if any(spans.taken[begin:start]):
                begin = start
            spans.claim(text, begin, start + len(raw), doi_id(clean_doi(decoded)))


def _find_arxiv(text: str, spans: _Spans) -> None:
    """Labelled ids, old ids, and bare numbers that stand where an id is meant."""
    if not _ARXIV_HINT.search(text):
        return
    lower = text.lower()
    for match in _ARXIV_LABEL.finditer(text) if "arxiv" in lower or "print" in lower else ():
        spans.claim(text, *match.span(), valid_arxiv(match.group(1)))
    for match in _ARXIV_OLD.finditer(text) if "/" in text else ():
        spans.claim(text, *match.span(), valid_arxiv(match.group(1)))
    for match in _ARXIV_BARE.finditer(text):
        if any(meant(text, match) for meant in _BARE_IS_MEANT):
            spans.claim(text, *match.span(), valid_arxiv(match.group(1)))


def _is_named(text: str, match: re.Match[str]) -> bool:
    """ArXiv is named nearby, or a version stands behind the number: '1810.12065v2'."""
    near = _ARXIV_NAME.search(text, max(0, match.start() - 40), match.start())
    return bool(near or match.group(2))


def _is_alone(text: str, match: re.Match[str]) -> bool:
    """The number is all the text: '- 1611.03530'."""
    start, end = match.span()
    return not text[:start].strip(" \t[(*-•") and not text[end:].strip(" \t])*.,;")


def _is_enclosed(text: str, match: re.Match[str]) -> bool:
    """Ten signs in brackets or behind a colon: '(1611.03530)'."""
    start, end = match.span()
    return (
        len(match.group(1)) == _NEW_LENGTH
        and bool(_OPENS_FIELD.search(text[max(0, start - 2) : start]))
        and bool(_CLOSES_FIELD.match(text[end : end + 3]))
    )


def _is_cited(text: str, match: re.Match[str]) -> bool:
    """A name or a word that leads to a source stands before: 'Zhang et al., 1611.03530'."""
    before = text[max(0, match.start() - 60) : match.start()]
    if not _CITED.search(before):
        return False
    if len(match.group(1)) == _NEW_LENGTH:
        return True
    return bool(_AUTHORED.search(before)) and not _UNIT.match(text, match.end())


def _has_class(text: str, match: re.Match[str]) -> bool:
    """ArXiv's class follows: '1611.03530 [cs.LG]'."""
    return bool(_ARXIV_CLASS.match(text, match.end()))


_BARE_IS_MEANT = (_is_named, _is_enclosed, _is_alone, _is_cited, _has_class)
"""What makes a bare number an arXiv id rather than a figure."""
