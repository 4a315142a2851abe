"""The identifiers themselves: their normal form, and what is a valid one."""

from __future__ import annotations

import re
from urllib.parse import unquote

ARXIV_ARCHIVES = (  # noqa: SIM905
    "acc-phys adap-org alg-geom ao-sci astro-ph atom-ph bayes-an chao-dyn chem-ph cmp-lg comp-gas cond-mat cs dg-ga "
    "funct-an gr-qc hep-ex hep-lat hep-ph hep-th math math-ph mtrl-th nlin nucl-ex nucl-th patt-sol physics plasm-ph "
    "q-alg q-bio quant-ph solv-int supr-con"
).split()
_ARCHIVE = "|".join(ARXIV_ARCHIVES)
NEW_ARXIV = r"\d{4}\.\d{4,5}"
OLD_ARXIV = rf"(?:{_ARCHIVE})(?:\.[A-Za-z-]{{2,10}})?/\d{{7}}"
_ARXIV_VALUE = re.compile(rf"({NEW_ARXIV}|{OLD_ARXIV})(?:v(\d{{1,3}}))?(?!\d)", re.I)
_DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/\S")
_DATACITE_ARXIV = re.compile(r"10\.48550/arxiv\.(.+)", re.I)
_ADS_ARXIV = re.compile(r"\d{4}arXiv(\d{4})\.?(\d{4,5})\w", re.I)
_ADS_OLD_ARXIV = re.compile(r"\d{4}([a-z]+(?:-?[a-z]+)?)\.+(\d{7})\w$")
_TRAILING = ".,;:!?'\"»”’…*_`|\\"
_PAIRS = {")": "(", "]": "[", "}": "{", ">": "<"}
_GLUED = re.compile(r"\.?(?:PMC?ID|Epub|arXiv:|https?:|doi:|DOI:).*$|[,;](?=10\.\d{4}).*$", re.S)
_CASE_SENSITIVE = frozenset(
    {"openreview", "pmlr", "neurips", "jmlr", "ads", "dblp", "acl", "philpapers"}
)


def valid_arxiv(text: str) -> str | None:
    """`arxiv:…` without version for a new or old style id, or None where month or archive cannot be."""
    match = _ARXIV_VALUE.match(text.strip())
    if not match:
        return None
    value = match.group(1).lower()
    if "/" in value:
        archive, number = value.split("/")
        if not 1 <= int(number[2:4]) <= 12 or not (91 <= int(number[:2]) or int(number[:2]) <= 7):  # noqa: SIM300
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
        last = doi[-1]
        if last in _TRAILING or (last in _PAIRS and doi.count(last) > doi.count(_PAIRS[last])):
            doi = doi[:-1]
        elif last in "/-–—&=" or doi.endswith(("&gt", "&lt", "&amp", "%20")):
            doi = (
                doi[: -4 if doi.endswith("&amp") else -3]
                if doi.endswith(("&gt", "&lt", "&amp", "%20"))
                else doi[:-1]
            )
        else:
            break
    return doi


def doi_id(doi: str) -> str | None:
    """`doi:…` in lower case; arXiv's DataCite DOIs become `arxiv:…`, bioRxiv versions are dropped. None if no DOI."""
    doi = doi.strip()
    if not _DOI.match(doi):
        return None
    arxiv = _DATACITE_ARXIV.match(doi)
    if arxiv:
        return valid_arxiv(arxiv.group(1))
    doi = doi.lower()
    if doi.startswith("10.1101/"):
        doi = re.sub(r"(\d)v\d{1,2}(?:\..*)?$", r"\1", doi)
    return "doi:" + doi


def normalise_id(text: str) -> str:
    """The normal form of `kind:value` (or of a bare DOI or arXiv id): kind lower-case, no arXiv version.

    Values are lower-case where the scheme ignores case; PubMed Central ids are `pmcid:PMC…`. Text of no known form
    comes back stripped.
    """
    text = text.strip()
    match = re.match(r"([a-z][\w-]{1,15})\s*:\s*(\S.*)$", text, re.I | re.S)
    kind, value = (match.group(1).lower(), match.group(2).strip()) if match else ("", text)
    if kind in {"http", "https"}:
        return text
    if kind == "doi" or (not kind and value.startswith("10.")):
        value = re.sub(r"(?i)^(?:doi:\s*|https?://(?:dx\.)?doi\.org/)", "", value)
        return doi_id(unquote(value)) or text
    if kind == "arxiv" or not kind:
        return valid_arxiv(value.removeprefix("arXiv:").removeprefix("arxiv:")) or text
    if kind in {"pmcid", "pmc"}:
        return "pmcid:PMC" + re.sub(r"\D", "", value)
    if kind == "ads":
        modern, old = _ADS_ARXIV.match(value), _ADS_OLD_ARXIV.match(value)
        found = valid_arxiv(f"{modern.group(1)}.{modern.group(2)}") if modern else None
        if old and not found:
            found = valid_arxiv(f"{old.group(1)}/{old.group(2)}")
        return found or f"ads:{value}"
    if kind in {"philpapers", "openalex", "acl"}:
        return f"{kind}:{value.upper() if kind != 'acl' or re.match(r'[a-z]', value) else value}"
    return f"{kind}:{value if kind in _CASE_SENSITIVE else value.lower()}"
