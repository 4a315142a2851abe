"""Files whose address follows from a DOI, as a table: publishers and archives that let everyone
read and whose addresses are made of the DOI's parts.
"""

from __future__ import annotations

import re
from collections.abc import Callable

Row = tuple[re.Pattern[str], str, Callable[[re.Match[str]], str]]

_PLOS = {
    "pbio": "plosbiology",
    "pcbi": "ploscompbiol",
    "pclm": "climate",
    "pdig": "digitalhealth",
    "pgen": "plosgenetics",
    "pgph": "globalpublichealth",
    "pmed": "plosmedicine",
    "pntd": "plosntds",
    "pone": "plosone",
    "ppat": "plospathogens",
    "pstr": "sustainabilitytransformation",
    "pwat": "water",
}
"""The name in the address of each journal of the Public Library of Science."""


def _row(shape: str, keeper: str, address: str) -> Row:
    """`address` has the groups of `shape` as {0}, {1}, … and the whole DOI as {doi}."""

    def make(match: re.Match[str]) -> str:
        return address.format(*match.groups(), doi=match.group())

    return re.compile(shape), keeper, make


def _plos(match: re.Match[str]) -> str:
    journal = _PLOS.get(match.group(1), "")
    base = f"https://journals.plos.org/{journal}/article/file"
    return f"{base}?id={match.group()}&type=printable" if journal else ""


def _acl(match: re.Match[str]) -> str:
    """'p19-1001' in capitals, '2020.acl-main.1' as it is."""
    paper = match.group(1)
    return f"https://aclanthology.org/{paper.upper() if paper[0].isalpha() else paper}.pdf"


_NBER = "https://www.nber.org/system/files/working_papers/{0}/{0}.pdf"
# 10.17605 are projects and registrations, which have no one file
TABLE: tuple[Row, ...] = (
    _row(r"10\.3386/([wth]\d{2,6})", "NBER", _NBER),
    (re.compile(r"10\.1371/journal\.([a-z]{4})\.\d{7}"), "PLOS", _plos),
    (re.compile(r"10\.18653/v1/([a-z\d][\w.-]+)"), "the ACL Anthology", _acl),
    _row(r"10\.7717/peerj\.(\d+)", "PeerJ", "https://peerj.com/articles/{0}.pdf"),
    _row(r"10\.7717/peerj-cs\.(\d+)", "PeerJ", "https://peerj.com/articles/cs-{0}.pdf"),
    _row(
        r"10\.3389/\w+\.\d{4}\.\d+", "Frontiers", "https://www.frontiersin.org/articles/{doi}/pdf"
    ),
    _row(
        r"10\.5194/([a-z]+)-(\d+)-(\d+)-(\d{4})",
        "Copernicus",
        "https://{0}.copernicus.org/articles/{1}/{2}/{3}/{0}-{1}-{2}-{3}.pdf",
    ),
    _row(r"10\.21105/(joss\.\d{5})", "JOSS", "https://joss.theoj.org/papers/{doi}.pdf"),
    _row(r"10\.(?!17605)\d{5}/osf\.io/([a-z\d]{5})", "OSF", "https://osf.io/{0}/download"),
)


def file_of_doi(doi: str) -> tuple[str, str]:
    """Who keeps the file of a DOI, and its address; ('', '') where none follows from the DOI."""
    for shape, keeper, address in TABLE:
        match = shape.fullmatch(doi)
        if match and (url := address(match)):
            return keeper, url
    return "", ""
