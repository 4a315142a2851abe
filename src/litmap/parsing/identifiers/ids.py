"""The identifiers themselves: their normal form, and what is a valid one."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import unquote

from litmap.parsing.word_lists import load_pattern

_ARCHIVE = load_pattern("arxiv_archives")
NEW_ARXIV = r"\d{4}\.\d{4,5}"
OLD_ARXIV = rf"(?:{_ARCHIVE})(?:\.[A-Za-z-]{{2,10}})?/\d{{7}}"
_ARXIV_VALUE = re.compile(rf"({NEW_ARXIV}|{OLD_ARXIV})(?:v(\d{{1,3}}))?(?!\d)", re.I)
_FIRST_YEAR, _LAST_OLD_YEAR = 91, 7
"""arXiv began in 1991; ids with an archive were given until 2007."""
_DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/\S")
_DATACITE_ARXIV = re.compile(r"10\.48550/arxiv\.(.+)", re.I)
_ADS_ARXIV = re.compile(r"\d{4}arXiv(\d{4})\.?(\d{4,5})\w", re.I)
_ADS_OLD_ARXIV = re.compile(r"\d{4}([a-z]+(?:-?[a-z]+)?)\.+(\d{7})\w$")
_TRAILING = ".,;:!?'\"»”’‘“„‚…*_`|\\"
_ENTITIES = ("&gt", "&lt", "&amp", "%20")
_PAIRS = {")": "(", "]": "[", "}": "{", ">": "<"}
_GLUED = re.compile(
    r"\.?(?:PMC?ID|Epub|arXiv:|https?:|doi:|DOI:).*$|[,;]@?(?=10\.\d{4}).*$|[,;]@.*$|['’]s$|\)\[.*$"
    r"|;(?:jsessionid|sessionid|phpsessid|sid)=.*$",
    re.S | re.I,
)
"""What begins behind a DOI without a blank, the parameters of a session among it."""
_KIND_AND_VALUE = re.compile(r"([a-z][\w-]{1,15})\s*:\s*(\S.*)$", re.I | re.S)
_DOI_LABEL = re.compile(
    r"(?:(?:https?://)?(?:dx\.|www\.)?doi\.org/|info:doi/|urn:doi:|doi\s?[:=]?\s{0,5})+(?=10\.)",
    re.I,
)
_POSTED_VERSION = re.compile(
    r"(10\.(?:1101|64898)/(?:\d{4}\.\d\d\.\d\d\.)?\d{5,8})v\d{1,2}(?:\..*)?$"
    r"|(10\.\d{4,5}/osf\.io/[a-z\d]{5})_v\d{1,3}$"
)
"""The version behind the DOI of a preprint at bioRxiv, medRxiv or the Open Science Framework."""
_CASE_SENSITIVE = frozenset(
    {"openreview", "pmlr", "neurips", "jmlr", "ads", "dblp", "acl", "philpapers"}
)


def valid_arxiv(text: str) -> str | None:
    """`arxiv:…` without version for a new or old style id, or None where month or archive cannot
    be.
    """
    match = _ARXIV_VALUE.match(text.strip())
    if not match:
        return None
    value = match.group(1).lower()
    if "/" in value:
        archive, number = value.split("/")
        if not 1 <= int(number[2:4]) <= 12 or _LAST_OLD_YEAR < int(number[:2]) < _FIRST_YEAR:
            return None
        return f"arxiv:{archive.split('.')[0]}/{number}"
    year, month, digits = int(value[:2]), int(value[2:4]), len(value) - 5
    if not 1 <= month <= 12 or not 7 <= year <= 40 or digits != (5 if year >= 15 else 4):
        return None
    return f"arxiv:{value}"


def arxiv_version(text: str) -> int | None:
    """The version in an arXiv id or URL ('1810.12065v4' → 4), None where it names none."""
    match = _ARXIV_VALUE.search(text)
    return int(match.group(2)) if match and match.group(2) else None


def clean_doi(text: str) -> str:
    """A DOI cut from running text, without the punctuation, brackets and words that follow it."""
    doi = _GLUED.sub("", text)
    while doi:
        entity = next((entity for entity in _ENTITIES if doi.endswith(entity)), "")
        if _ends_with_punctuation(doi):
            doi = doi[:-1]
        elif entity:
            doi = doi[: -len(entity)]
        elif doi[-1] in "/-–—&=([":
            doi = doi[:-1]
        else:
            break
    return doi


def _ends_with_punctuation(doi: str) -> bool:
    """Whether the last sign belongs to the sentence; a bracket where its opening one is not in the
    DOI.
    """
    last = doi[-1]
    return last in _TRAILING or (last in _PAIRS and doi.count(last) > doi.count(_PAIRS[last]))


def doi_id(doi: str) -> str | None:
    """`doi:…` in lower case, without its label ('doi:', 'https://doi.org/'); None if no DOI.

    arXiv's DataCite DOIs become `arxiv:…`; versions that are no part of the DOI are dropped.
    """
    doi = doi.strip()
    label = _DOI_LABEL.match(doi)
    if label:
        doi = unquote(doi[label.end() :])
    if not _DOI.match(doi):
        return None
    arxiv = _DATACITE_ARXIV.match(doi)
    if arxiv:
        return valid_arxiv(arxiv.group(1))
    doi = doi.lower()
    posted = _POSTED_VERSION.match(doi)
    return "doi:" + ((posted.group(1) or posted.group(2)) if posted else doi)


def normalise_id(text: str) -> str:
    """The normal form of `kind:value` (or of a bare DOI or arXiv id): kind lower-case, no arXiv
    version.

    Values are lower-case where the scheme ignores case; PubMed Central ids are `pmcid:PMC…`. Text
    of no known form comes back stripped.
    """
    text = text.strip()
    match = _KIND_AND_VALUE.match(text)
    kind, value = (match.group(1).lower(), match.group(2).strip()) if match else ("", text)
    if not kind:
        kind = "doi" if value.startswith("10.") else "arxiv"
    normal = _NORMAL_FORMS.get(kind)
    if normal is not None:
        return normal(value) or text
    return f"{kind}:{value if kind in _CASE_SENSITIVE else value.lower()}"


def _normal_doi(value: str) -> str | None:
    return doi_id(unquote(value))


def _normal_arxiv(value: str) -> str | None:
    return valid_arxiv(value.removeprefix("arXiv:").removeprefix("arxiv:"))


def _normal_pmcid(value: str) -> str:
    return "pmcid:PMC" + re.sub(r"\D", "", value)


def _normal_pii(value: str) -> str:
    """'S0140-6736(20)30183-5' → 'S0140673620301835'."""
    return "pii:" + re.sub(r"[^0-9A-Z]", "", value.upper())


def _normal_bibcode(value: str) -> str:
    """A bibcode; arXiv's id where the bibcode is that of an e-print ('2019arXiv190101234D')."""
    modern, old = _ADS_ARXIV.match(value), _ADS_OLD_ARXIV.match(value)
    arxiv = valid_arxiv(f"{modern.group(1)}.{modern.group(2)}") if modern else None
    if old and not arxiv:
        arxiv = valid_arxiv(f"{old.group(1)}/{old.group(2)}")
    return arxiv or f"ads:{value}"


def _normal_acl(value: str) -> str:
    """'P19-1001' in capitals, '2020.acl-main.1' as it is."""
    return f"acl:{value.upper() if re.match(r'[a-z]', value) else value}"


_NORMAL_FORMS: dict[str, Callable[[str], str | None]] = {
    "http": lambda value: None,
    "https": lambda value: None,
    "doi": _normal_doi,
    "arxiv": _normal_arxiv,
    "pmcid": _normal_pmcid,
    "pmc": _normal_pmcid,
    "pii": _normal_pii,
    "ads": _normal_bibcode,
    "acl": _normal_acl,
    "philpapers": lambda value: f"philpapers:{value.upper()}",
    "openalex": lambda value: f"openalex:{value.upper()}",
}
"""The normal form of a value by its kind; None for what is no id of that kind, which stays as it
is.
"""
