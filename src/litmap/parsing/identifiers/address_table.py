"""Addresses whose parts spell an identifier, as a table: the shape of host and path, and the
identifier made of its groups. Tried in order; an address with a DOI in it needs no row.
"""

from __future__ import annotations

import re

Row = tuple[re.Pattern[str], str]

_GUID = r"([2-9a-hjkmnp-z]{5})(?:_v\d+)?(?:[/?.]|$)"
"""The five signs by which the Open Science Framework names a thing; it avoids 0, 1, i, l and o."""
_OSF_PREFIXES = {
    "10.31219": ("osf", ""),
    "10.31220": ("agrixiv", ""),
    "10.31221": ("arabixiv", "arabixiv.org"),
    "10.31222": ("metaarxiv|bitss", ""),
    "10.31223": ("eartharxiv", ""),
    "10.31224": ("engrxiv", ""),
    "10.31225": ("focusarchive", ""),
    "10.31226": ("frenxiv", "frenxiv.org"),
    "10.31227": ("inarxiv", ""),
    "10.31228": ("lawarxiv", "lawarxiv.info"),
    "10.31229": ("lissa", ""),
    "10.31230": ("marxiv", "marxiv.org"),
    "10.31231": ("mindrxiv", "mindrxiv.org"),
    "10.31232": ("nutrixiv", "nutrixiv.org"),
    "10.31233": ("paleorxiv", "paleorxiv.org"),
    "10.31234": ("psyarxiv", "psyarxiv.com"),
    "10.31235": ("socarxiv", "socarxiv.org"),
    "10.31236": ("sportrxiv", "sportrxiv.org"),
    "10.31237": ("thesiscommons", "thesiscommons.org"),
    "10.31730": ("africarxiv", ""),
    "10.32942": ("ecoevorxiv", ""),
    "10.33767": ("mediarxiv", "mediarxiv.org"),
    "10.34055": ("bodoarxiv", ""),
    "10.35542": ("edarxiv", "edarxiv.org"),
    "10.37044": ("biohackrxiv", "biohackrxiv.org"),
}
"""For each prefix of DOIs the Open Science Framework's provider, and the provider's own domain."""
_HAL = (
    r"(?:[\w-]+\.)*(?:hal\.science|archives-ouvertes\.fr|ccsd\.cnrs\.fr|hal[\w-]*(?:\.[\w-]+)*\.fr)"
)
_HEX32 = r"([0-9a-f]{32})"


def _row(shape: str, identifier: str) -> Row:
    """`shape` begins with the host, without 'www.'."""
    return re.compile(shape, re.I), identifier


def _osf_rows(prefix: str, provider: str, domain: str) -> list[Row]:
    doi = f"doi:{prefix}/osf.io/{{0}}"
    rows = [_row(rf"osf\.io/preprints/(?:{provider})/{_GUID}", doi)]
    return rows + ([_row(rf"{re.escape(domain)}/{_GUID}", doi)] if domain else [])


TABLE: tuple[Row, ...] = (
    # preprints
    *(row for prefix, names in _OSF_PREFIXES.items() for row in _osf_rows(prefix, *names)),
    _row(rf"osf\.io/preprints/{_GUID}", "doi:10.31219/osf.io/{0}"),
    _row(r"researchsquare\.com/article/(rs-\d{3,9}/v\d+)", "doi:10.21203/rs.3.{0}"),
    _row(r"preprints\.org/manuscript/(\d{6}\.\d{4})/(v\d+)", "doi:10.20944/preprints{0}.{1}"),
    _row(
        r"scielo\.org/.{0,60}/scielopreprints/.{0,40}/view/(\d+)", "doi:10.1590/scielopreprints.{0}"
    ),
    # proceedings on the platform of NeurIPS
    _row(
        rf"proceedings\.iclr\.cc/paper_files/paper/(\d{{4}})/(?:hash|file)/{_HEX32}", "iclr:{0}/{1}"
    ),
    _row(
        rf"proceedings\.mlsys\.org/paper(?:_files/paper)?/(\d{{4}})/(?:hash|file)/{_HEX32}",
        "mlsys:{0}/{1}",
    ),
    # repositories
    _row(rf"{_HAL}/(?:[\w-]+/)?([a-z][a-z\d]{{1,14}}[-_]\d{{5,9}})(?:v\d|[/?.]|$)", "hal:{0}"),
    _row(r"econstor\.eu/(?:dspace/)?(?:handle|bitstream)/10419/(\d{3,8})", "econstor:{0}"),
    _row(r"hdl\.handle\.net/10419/(\d{3,8})", "econstor:{0}"),
    _row(r"zenodo\.org/records?/(\d{3,10})", "doi:10.5281/zenodo.{0}"),
    _row(
        r"figshare\.com/articles/(?:[\w%-]+/){1,3}?(\d{5,10})(?:[/?]|$)",
        "doi:10.6084/m9.figshare.{0}",
    ),
    _row(r"data\.mendeley\.com/datasets/(\w{10})/(\d+)", "doi:10.17632/{0}.{1}"),
    # economics
    _row(r"(?:\w+\.)?nber\.org/(?:system/files/working_)?papers/([wth]\d{2,6})", "doi:10.3386/{0}"),
    _row(r"ideas\.repec\.org/p/nbr/nberwo/(\d{3,6})\.html", "doi:10.3386/w{0}"),
    _row(r"ideas\.repec\.org/p/nbr/nberte/(\d{4})\.html", "doi:10.3386/t{0}"),
    _row(r"econpapers\.repec\.org/paper/nbrnberwo/(\d{3,6})\.htm", "doi:10.3386/w{0}"),
    _row(r"(?:econpapers|ideas)\.repec\.org/RePEc:nbr:nberwo:(\d{3,6})", "doi:10.3386/w{0}"),
    # publishers
    _row(
        r"pubs\.rsc\.org/\w\w/content/article\w+/(?:\d{4}/\w\w/|\w\w/\d{4}/)?([a-z]\d\w{6,8})",
        "doi:10.1039/{0}",
    ),
    _row(r"jci\.org/articles/view/(\d{1,6})(?:[/?]|$)", "doi:10.1172/jci{0}"),
    _row(r"bmj\.com/content/(?:bmj/)?\d{1,4}/(bmj\.[a-z]\d{2,6})", "doi:10.1136/{0}"),
    _row(
        r"(\w{2,6})\.copernicus\.org/articles/(\d+)/(\d+)/(\d{4})(?:/|$)",
        "doi:10.5194/{0}-{1}-{2}-{3}",
    ),
    _row(
        r"persee\.fr/doc/(\w{2,8})_\d{4}-\d{3}[\dx]_(\d{4})_\w{3}_[\d-]+_\d+_(\d+)",
        "doi:10.3406/{0}.{1}.{2}",
    ),
    _row(r"scipost\.org/(?:submissions/)?(SciPost[A-Za-z]+\.[\d.]*\d)", "doi:10.21468/{0}"),
    _row(r"quantum-journal\.org/papers/(q-\d{4}-\d\d-\d\d-\d+)", "doi:10.22331/{0}"),
    _row(r"\w+\.copernicus\.org/preprints/(?:\d{4}/)?([a-z]{2,10}-\d{4}-\d+)", "doi:10.5194/{0}"),
    _row(r"elifesciences\.org/reviewed-preprints/(\d{5,6})", "doi:10.7554/elife.{0}"),
    _row(r"[^/]+/(?:.{0,200}[/=])?(?:PII)?([SB]\d{4}-\d{3}[\dX]\(\d\d\)\d{5}-[\dX])", "pii:{0}"),
    _row(r"muse\.jhu\.edu/(?:pub/\d+/)?(?:monograph/)?book/(\d+)", "doi:10.1353/book.{0}"),
)


def identifier_by_table(host: str, path: str) -> str | None:
    """`kind:value` of the first row that fits an address (host without 'www.', path with query),
    not yet in its normal form; None where none fits.
    """
    address = host + path
    for shape, identifier in TABLE:
        match = shape.match(address)
        if match:
            return identifier.format(*(group.lower() for group in match.groups()))
    return None
