"""URLs of scholarly sites turned into identifiers. Pure: nothing is fetched."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from litmap.parsing.identifiers.address_table import identifier_by_table
from litmap.parsing.identifiers.ids import clean_doi, doi_id, normalise_id, valid_arxiv
from litmap.parsing.word_lists import load_words

Rule = tuple[re.Pattern[str], re.Pattern[str], Callable[[re.Match[str]], str | None]]

_TRACKING = re.compile(
    r"^(?:utm_\w+|fbclid|gclid|context|ref|source|via|sci_hub|casa_token|download|needaccess)$",
    re.I,
)
_ARCHIVE = re.compile(
    r"^https?://(?:(?:web|wayback)\.archive\.org/(?:web/)?|archive\.(?:org/web/|today/|is/|ph/|"
    r"md/)|"
    r"(?:www\.)?webarchive\.org\.uk/wayback/[a-z]+/|(?:r\.jina\.ai|12ft\.io|outline\.com|"
    r"via\.hypothes\.is)/)"
    r"[^/:?#]{0,30}/?(?=https?:|www\.)",
    re.I,
)
_REDIRECT_KEYS = ("url", "q", "u", "target", "dest", "redirect", "to", "uri", "adurl")
_REDIRECT_HOST = re.compile(
    r"(?:^|\.)(?:google\.[a-z.]{2,6}|facebook\.com|safelinks\.protection\.outlook\.com|"
    r"scholar\.google\.[a-z.]{2,6}|"
    r"urldefense\.(?:com|proofpoint\.com)|ezproxy\.[\w.-]+|proxy\.[\w.-]+|link\.zhihu\.com|"
    r"t\.umblr\.com|"
    r"(?:ideas|econpapers)\.repec\.org|"
    r"reddit\.com|duckduckgo\.com|steamcommunity\.com|vk\.com|slack-redir\.net|"
    r"translate\.google\.[a-z.]{2,6})$",
    re.I,
)
_LABELLED = re.compile(r"(?:arxiv|doi|pmid|pmcid):", re.I)
_SESSION = re.compile(r";(?:jsessionid|sessionid|phpsessid|sid)=[^/?#]*", re.I)
_SLASHES = re.compile(r"/{2,}")
_PATH_END = re.compile(r"(?:/index\.(?:html?|php))?/?$")
_DOI_IN_URL = re.compile(r"10\.\d{4,9}(?:\.\d+)*/[^\s?#]{1,300}")
_DOI_IN_URL_PATH = re.compile(r"10\.\d{4,9}(?:\.\d+)*/\S{1,300}")
"""In the path of an address at doi.org, in which '?' and '#' were percent-encoded."""
_DOI_IN_QUERY = re.compile(r"(?<=doi=)10\.\d{4,9}/[^&#\s]{1,300}")
_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/?#;&]{1,200}", re.I)
"""What a server adds to an address to know its reader again: ';jsessionid=9B21F.f02t01'."""
_DOI_PARAMETER = re.compile(r"[?&](?:doid?|id|doi)=[^&]*$")
_DOI_HOST = re.compile(r"(?:^|\.)doi\.org$")
_PUBLISHER_TAILS = (
    (re.compile("springer|biomedcentral"), re.compile(r"^(10\.(?:1007|1057|1186)/[^/]+)/.*")),
    (re.compile(r"^academic\.oup\.com$"), re.compile(r"^(10\.1093/[^/]+/[^/]+)/\d{4,9}$")),
    (re.compile(r"iop\.org"), re.compile(r"^(10\.1088/[^/]+(?:/[^/]+){1,3}?)/(?:pdf|meta|ampdf)$")),
)
"""What single publishers' sites put behind a DOI; the first group is the DOI alone."""
_MAX_URL = 4000
_MAX_FIELDS = 100
_DOI_TAIL = re.compile(
    r"(?:/(?:abstract|full|fulltext|full-text|pdf|epdf|pdfdirect|html|meta|summary|references|"
    r"citedby|figures|"
    r"suppl_file.*|tables|metrics|related|authors|citations|full\.html|fulltext\.(?:html|pdf)|"
    r"download|v\d+/(?:review|decision).*)"
    r"|\.(?:full|short|abstract|long)(?:\.pdf|\.html)?|\.(?:pdf|epdf|html?|xml|full-text))+/?$",
    re.I,
)

_VIEW = re.compile(r"/(?:abstract|full|fulltext|pdf|epdf|pdfdirect|html)/?$", re.I)
"""What readers hang on to an address at doi.org as well, to see the paper: '…/10.1/x/pdf'."""


def _const(kind: str) -> Callable[[re.Match[str]], str | None]:
    def make(match: re.Match[str]) -> str | None:
        return normalise_id(f"{kind}:{match.group(1)}")

    return make


def _doi_prefix(prefix: str) -> Callable[[re.Match[str]], str | None]:
    def make(match: re.Match[str]) -> str | None:
        return doi_id(prefix + match.group(1))

    return make


def _arxiv(match: re.Match[str]) -> str | None:
    return valid_arxiv(match.group(1))


_OPENRXIV_SINCE = "2025.12.01"
"""From this day on bioRxiv's and medRxiv's DOIs begin with 10.64898, before with 10.1101."""


def _openrxiv(match: re.Match[str]) -> str | None:
    """The DOI where the address does not say its prefix: '…/early/2026/03/04/2026.03.01.708123'."""
    number = match.group(1)
    is_new = "." in number and number >= _OPENRXIV_SINCE
    return doi_id(f"10.{64898 if is_new else 1101}/{number}")


def _pmlr(match: re.Match[str]) -> str | None:
    return f"pmlr:v{match.group(1)}/{match.group(2)}"


def _jmlr(match: re.Match[str]) -> str | None:
    return f"jmlr:v{match.group(1)}/{match.group(2)}"


def _semantic_scholar_pdf(match: re.Match[str]) -> str | None:
    return f"s2:{match.group(1).lower()}{match.group(2).lower()}"


def _ads(match: re.Match[str]) -> str | None:
    return normalise_id("ads:" + match.group(1).rstrip("."))


def _nips_hash(match: re.Match[str]) -> str | None:
    return f"neurips:{match.group(1)}/{match.group(2).lower()}"


_EUCLID_JOURNALS = frozenset(
    {
        "aos",
        "aop",
        "aoap",
        "aoas",
        "aoms",
        "ss",
        "ba",
        "bj",
        "bjps",
        "ecp",
        "ejp",
        "ejs",
        "imsc",
        "aihp",
    }
)
"""Journals of the Institute of Mathematical Statistics at Project Euclid, whose DOIs begin with
10.1214.
"""


def _euclid(match: re.Match[str]) -> str | None:
    journal, number = match.groups()
    return doi_id(f"10.1214/{journal}/{number}") if journal in _EUCLID_JOURNALS else None


_MDPI_JOURNALS = dict(entry.split() for entry in load_words("mdpi_journals"))
"""The name in DOIs of each of MDPI's journals, by ISSN."""


def _mdpi(match: re.Match[str]) -> str | None:
    """'/2073-4409/9/1/123' is 10.3390/cells9010123: two figures of the issue, four of the article
    at least. None for journals that are not listed.
    """
    issn, volume, issue, article = match.groups()
    journal = _MDPI_JOURNALS.get(issn.lower(), "")
    doi = f"10.3390/{journal}{volume}{int(issue):02}{int(article):04}"
    return doi_id(doi) if journal else None


def _rule(host: str, path: str, make: Callable[[re.Match[str]], str | None]) -> Rule:
    return re.compile(rf"(?:^|\.)(?:{host})$", re.I), re.compile(path, re.I), make


_HEX40 = r"([0-9a-f]{40})"
_ARXIV_PATH = r"([a-z-]+(?:\.[a-z]{2})?/\d{7}|\d{4}\.\d{4,5})"
_RULES: tuple[Rule, ...] = (
    _rule(
        r"arxiv\.org|xxx\.lanl\.gov|arxiv\.labs\.\w+",
        rf"^/(?:\w+/)??(?:abs|pdf|html|ps|format|e-print|src|list)/{_ARXIV_PATH}",
        _arxiv,
    ),
    _rule(
        r"ar5iv\.org|ar5iv\.labs\.arxiv\.org", rf"^/(?:abs|html|pdf|papers)?/?{_ARXIV_PATH}", _arxiv
    ),
    _rule(
        r"arxiv-vanity\.com|alphaxiv\.org|scirate\.com|huggingface\.co|semanticscholar\.org|"
        r"catalyzex\.com|paperswithcode\.com|"
        r"emergentmind\.com|scholar\.archive\.org|arxiv-sanity-lite\.com|arxiv-sanity\.com|"
        r"talk2arxiv\.org|dblp\.org",
        rf"(?:papers?|abs|pdf|arxiv|overview|html)[/:]{_ARXIV_PATH}",
        _arxiv,
    ),
    _rule(
        r"(?:open|)review\.net",
        r"^/(?:forum|pdf|attachment|references/pdf|revisions)\?(?:[^#]*&)?id=([\w-]{5,40})",
        _const("openreview"),
    ),
    _rule(r"proceedings\.mlr\.press", r"^/v(\d+)/([\w-]+?)(?:\.html?|\.pdf|/|$)", _pmlr),
    _rule(
        r"jmlr\.org|jmlr\.csail\.mit\.edu",
        r"^/proceedings/papers/v(\d+)/([\w-]+?)(?:\.html?|\.pdf|/|$)",
        _pmlr,
    ),
    _rule(
        r"jmlr\.org|jmlr\.csail\.mit\.edu",
        r"^/(?:papers/)(?:v|volume)(\d+)/([\w-]+?)(?:\.html?|\.pdf|/|$)",
        _jmlr,
    ),
    _rule(
        r"papers\.nips\.cc|(?:papers|proceedings)\.neurips\.cc",
        r"^/paper(?:_files/paper)?/(\d{4})/(?:hash|file)/([0-9a-f]{32})",
        _nips_hash,
    ),
    _rule(
        r"papers\.nips\.cc|(?:papers|proceedings)\.neurips\.cc|books\.nips\.cc",
        r"^/paper/(\d{1,5})-",
        _const("neurips"),
    ),
    _rule(
        r"aclanthology\.org|aclweb\.org|aclanthology\.info",
        r"(?:^|/)([A-Z]\d{2}-\d{4})(?:[./v]|$)",
        _const("acl"),
    ),
    _rule(
        r"aclanthology\.org|aclweb\.org", r"(?:^|/)(\d{4}\.[\w-]+\.\d+)(?:[./v]|$)", _const("acl")
    ),
    _rule(r"pubmed\.ncbi\.nlm\.nih\.gov", r"^/(\d{1,8})(?:/|\?|$)", _const("pmid")),
    _rule(r"ncbi\.nlm\.nih\.gov", r"^/(?:m/)?pubmed/(\d{1,8})(?:/|\?|$)", _const("pmid")),
    _rule(
        r"ncbi\.nlm\.nih\.gov|pmc\.ncbi\.nlm\.nih\.gov|europepmc\.org",
        r"/articles?/(?:PMC/)?(PMC\d{4,9})",
        _const("pmcid"),
    ),
    _rule(r"europepmc\.org", r"^/(?:abstract|article)/MED/(\d{1,8})", _const("pmid")),
    _rule(
        r"(?:bio|med)rxiv\.org",
        r"^/content/(10\.(?:1101|64898)/(?:\d{4}\.\d{2}\.\d{2}\.)?\d{5,8})",
        lambda m: doi_id(m.group(1)),
    ),
    _rule(
        r"(?:bio|med)rxiv\.org",
        r"^/(?:content/(?:(?:bio|med)rxiv/)?early/\d{4}/\d{2}/\d{2}|cgi/content/\w+)/"
        r"((?:\d{4}\.\d{2}\.\d{2}\.)?\d{5,8})",
        _openrxiv,
    ),
    _rule(
        r"api\.semanticscholar\.org",
        r"^/(?:graph/v1/paper/)?corpusid:(\d+)",
        lambda m: f"s2:corpusid:{m.group(1)}",
    ),
    _rule(
        r"semanticscholar\.org",
        rf"^/(?:paper|reader|v1/paper|graph/v1/paper)/(?:[^/]+/)?{_HEX40}",
        _const("s2"),
    ),
    _rule(r"pdfs\.semanticscholar\.org", r"^/([0-9a-f]{4})/([0-9a-f]{36})", _semantic_scholar_pdf),
    _rule(
        r"adsabs\.harvard\.edu",
        r"^/(?:abs|full|pdf|link_gateway|cgi-bin/nph-bib_query\?bibcode=)/?((?:18|19|"
        r"20)\d\d[^/?#\s]{14,15})",
        _ads,
    ),
    _rule(r"inspirehep\.net", r"^/(?:record|literature)/(\d+)", _const("inspire")),
    _rule(
        r"ssrn\.com",
        r"(?:abstract(?:_?id)?[=/]|papers\.cfm\?abstract_id=)(\d{3,9})",
        _doi_prefix("10.2139/ssrn."),
    ),
    _rule(r"ssrn\.com", r"SSRN_ID(\d{3,9})_", _doi_prefix("10.2139/ssrn.")),
    _rule(
        r"citeseerx\.ist\.psu\.edu|citeseer\.ist\.psu\.edu|citeseerx\.psu\.edu",
        r"[?&]doi=(10\.1\.1\.[\d.]+\d|[0-9a-f]{40})",
        _const("citeseerx"),
    ),
    _rule(r"citeseerx\.ist\.psu\.edu", rf"^/(?:pid|doc_view/pid)/{_HEX40}", _const("citeseerx")),
    _rule(
        r"ieeexplore\.ieee\.org",
        r"^/(?:abstract/)?(?:document|ielx?\d/[\w/]*?)/(\d{4,9})(?:/|\.pdf|\?|$)",
        _const("ieee"),
    ),
    _rule(r"ieeexplore\.ieee\.org", r"[?&]ar(?:n)?umber=0*(\d{4,9})", _const("ieee")),
    _rule(
        r"dl\.acm\.org|portal\.acm\.org|doi\.acm\.org",
        r"[?&]id=(?:\d+\.)?(\d{4,9})(?:&|\.|$)",
        _const("acm"),
    ),
    _rule(
        r"nature\.com",
        r"^/articles/((?:s\d{5}-\d{3}-\d{3,6}-[\da-z]+|[a-z]+\d[\w.-]*|\d[\da-z]+))(?:\.pdf|/|\?|"
        r"$)",
        _doi_prefix("10.1038/"),
    ),
    _rule(
        r"nature\.com",
        r"/journal/v[\w]+/n[\w]+/(?:full|abs|pdf|"
        r"extref)/([a-z]*[\w.]*?\d[\w]*?)(?:_\w+)?\.(?:html|pdf)",
        _doi_prefix("10.1038/"),
    ),
    _rule(
        r"sciencedirect\.com|linkinghub\.elsevier\.com|cell\.com|thelancet\.com",
        r"[/=](?:PII)?([SB]\d{3,4}-?\d{3}[\dX]\(?\d{2}\)?\d{5}-?[\dX])",
        _const("pii"),
    ),
    _rule(r"mdpi\.com", r"^/(\d{4}-\d{3}[\dX])/(\d{1,3})/(\d{1,2})/(\d{1,5})(?:[/?]|$)", _mdpi),
    _rule(r"jstor\.org", r"^/(?:stable|pss)/(?:pdf/|info/)?(\d{4,10})", _const("jstor")),
    _rule(
        r"elifesciences\.org",
        r"^/(?:articles|content/\d+)/e?(\d{5,6})",
        _doi_prefix("10.7554/elife."),
    ),
    _rule(
        r"peerj\.com",
        r"^/(articles|preprints)/(?:(cs)-)?(\d+)",
        lambda m: (
            doi_id(f"10.7717/peerj{'-cs' if m.group(2) else ''}.{m.group(3)}")
            if m.group(1) == "articles"
            else doi_id(f"10.7287/peerj.preprints.{m.group(3)}")
        ),
    ),
    _rule(r"projecteuclid\.org", r"^/(?:euclid\.)(\w+)/(\d{6,12})", _euclid),
    _rule(
        r"ijcai\.org", r"^/proceedings/(20(?:1[7-9]|2\d)/\d{1,4})", _doi_prefix("10.24963/ijcai.")
    ),
    _rule(r"eprint\.iacr\.org", r"^/((?:19|20)\d\d/\d{1,5})", _const("iacr")),
    _rule(r"openalex\.org", r"/(?:works/)?(W\d{4,12})", _const("openalex")),
    _rule(
        r"dblp\.(?:org|uni-trier\.de|dagstuhl\.de)",
        r"^/rec/(?:html/|bibtex/)?((?:conf|journals|books|phd|series)/[\w/-]+)",
        _const("dblp"),
    ),
    _rule(
        r"philpapers\.org|philarchive\.org",
        r"^/(?:rec|archive)/([A-Z]{3}[A-Z0-9-]{2,12})",
        _const("philpapers"),
    ),
    _rule(
        r"plos\w*\.org",
        r"[?&](?:id|uri)=(?:info(?::|%3A)doi(?:/|%2F))?(10\.1371/[\w.]+)",
        lambda m: doi_id(m.group(1)),
    ),
    _rule(
        r"link\.aps\.org",
        r"^/(?:abstract|pdf|doi/10\.1103)/?((?:PR[A-Z]*|RMP)/v\d+/[ep]\d+)",
        lambda m: None,
    ),
)


@lru_cache(maxsize=1024)
def unwrap_url(url: str) -> str:
    """The address inside a web archive's, search engine's or mail filter's link; others come back
    unchanged.
    """
    url = url.strip()
    for _ in range(4):
        inner = _unwrap_once(url)
        if inner == url:
            return url
        url = inner
    return url


def _unwrap_once(url: str) -> str:
    archive = _ARCHIVE.match(url)
    if archive:
        inner = url[archive.end() :]
        return inner if inner.startswith("http") else "http://" + inner
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return url
    if not (host and _REDIRECT_HOST.search(host)):
        return url
    return _redirect_target(parts.query) or url


def _redirect_target(query: str) -> str:
    """The address that a redirect's query names, '' where it names none."""
    if not query or query.count("&") >= _MAX_FIELDS:
        return ""
    values = dict(parse_qsl(query, max_num_fields=_MAX_FIELDS))
    targets = (values.get(key, "").partition(";h=repec")[0] for key in _REDIRECT_KEYS)
    return next((url for url in targets if url.startswith(("http://", "https://"))), "")


@lru_cache(maxsize=256)
def _rules_of(host: str) -> tuple[Rule, ...]:
    return tuple(rule for rule in _RULES if rule[0].search(host))


@lru_cache(maxsize=8192)
def identifier_from_url(url: str) -> str | None:
    """The identifier that a scholarly URL names (`arxiv:…`, `doi:…`, `openreview:…`, …), or None.

    Kinds: arxiv doi openreview pmlr neurips jmlr acl pmid pmcid s2 ads inspire hal citeseerx ieee
    acm pii jstor iacr openalex dblp philpapers iclr mlsys econstor. Wrapped links (web archives,
    redirects) are unwrapped; DOIs are found in any site's path.
    """
    if len(url) > _MAX_URL:
        return None
    url = unwrap_url(url)
    if _LABELLED.match(url):
        return normalise_id(url)
    try:
        parts = urlsplit(_with_scheme(url))
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return None
    if not host or "." not in host:
        return None
    path = _SESSION.sub("", unquote(_SLASHES.sub("/", parts.path)))
    path += f"?{unquote(parts.query)}" if parts.query else ""
    by_rule = _at_doi_org(host, parts.path) or _by_rule(host, path) or _by_table(host, path)
    if by_rule:
        return by_rule
    # pages that load by script have their address behind '#!' or '#/'
    fragment = f"#{unquote(parts.fragment)}" if parts.fragment.startswith(("!", "/")) else ""
    return _doi_in_path(host, path + fragment)


def _with_scheme(url: str) -> str:
    return url if "://" in url else "http://" + url.lstrip("/")


def _at_doi_org(host: str, path: str) -> str | None:
    """The DOI that is the path of an address at doi.org, '?' and '#' in it where it was encoded."""
    named = _DOI_IN_URL_PATH.search(unquote(path)) if _DOI_HOST.search(host) else None
    return doi_id(clean_doi(_VIEW.sub("", named.group()))) if named else None


def _by_rule(host: str, path: str) -> str | None:
    """The identifier that the first fitting rule of the host gives."""
    for _, shape, make in _rules_of(host):
        match = shape.search(path)
        identifier = make(match) if match else None
        if identifier:
            return identifier
    return None


def _by_table(host: str, path: str) -> str | None:
    """The identifier that a row of the table gives; a DOI in the address is surer."""
    identifier = None if _DOI_IN_URL.search(path) else identifier_by_table(host, path)
    return normalise_id(identifier) if identifier else None


def _doi_in_path(host: str, path: str) -> str | None:
    """The DOI in the path or query of any site's address, without what publishers hang on to it."""
    path = _SESSION.sub("", path)
    match = _DOI_IN_URL.search(path) or _DOI_IN_QUERY.search(path)
    if not match:
        return None
    doi = match.group()
    if _DOI_PARAMETER.search(path[: match.start()]):
        doi = doi.split("&")[0]
    if not _DOI_HOST.search(host):
        doi = _DOI_TAIL.sub("", doi)
    for publisher, own_tail in _PUBLISHER_TAILS:
        if publisher.search(host):
            doi = own_tail.sub(r"\1", doi)
    return doi_id(clean_doi(doi))


def host_of(url: str) -> str:
    """The host of an address in lower case, '' for what is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def url_key(url: str) -> str:
    """A form in which two spellings of one address are equal: no scheme, www, fragment, tracking,
    or final slash.
    """
    url = unwrap_url(url)
    try:
        parts = urlsplit(_with_scheme(url))
        host = (parts.hostname or "").removeprefix("www.")
        port = f":{parts.port}" if parts.port and parts.port not in (80, 443) else ""
    except ValueError:
        return _with_scheme(url).strip().lower()
    path = _PATH_END.sub("", _SLASHES.sub("/", unquote(parts.path)))
    pairs = (
        parse_qsl(parts.query, keep_blank_values=True)
        if parts.query.count("&") < 200
        else [("", parts.query)]
    )
    query = urlencode(sorted((k, v) for k, v in pairs if not _TRACKING.match(k)))
    return (host + port + path + (f"?{query}" if query else "")).strip()
