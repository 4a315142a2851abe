"""What a link points to, judged by its address and its words alone.

A work, perhaps one, or no work at all.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal
from urllib.parse import SplitResult, unquote, urlsplit

from litmap.parsing.identifiers import identifier_from_url, unwrap_url
from litmap.parsing.word_lists import load_pattern, load_words

LinkKind = Literal["work", "pdf", "perhaps", "plain"]
"""What a link is.

'work' names a work; 'pdf' is a file and 'perhaps' a page that may hold one; 'plain' is no scholarly
work.
"""

MIN_TITLE_SCORE, MIN_TITLE_WORDS = 0.62, 4
"""From which on a link's words are a title, whatever its page is."""


def _host_pattern(name: str) -> re.Pattern[str]:
    """The hosts of a list and their subdomains; '*' is a label in letters, '**' one or more."""
    hosts = "|".join(map(re.escape, sorted(load_words(name))))
    hosts = hosts.replace(r"\*\*", "[a-z.]+").replace(r"\*", "[a-z]+")
    return re.compile(rf"(?:^|\.)(?:{hosts})$", re.I)


_NON_SCHOLARLY_HOST = _host_pattern("non_scholarly_hosts")
_SCHOLARLY_HOST = _host_pattern("scholarly_hosts")
_REPOSITORY = re.compile(
    r"(?:^|[.])(?:eprints?|e-?prints|dspace|repositor(?:y|io)|publications?|pubs|scholar(?:works|"
    r"ship|bank|commons)?|"
    r"digitalcommons|deepblue|escholarship|edoc|elib|theses|thesis|digital|research-repository|"
    r"library)\.",
    re.I,
)
_FILE = re.compile(
    r"\.(?:pdfs?|ps|ps\.gz|djvu)$|/pdf(?:/|$)|[?&](?:type|format)=pdf\b|\.pdf[?#]", re.I
)
_OTHER_FILE = re.compile(rf"\.(?:{load_pattern('other_file_types')})$", re.I)
_NON_SCHOLARLY_LABEL = re.compile(
    r"^(?:(?:the|a|an|my|his|her|their|its|see|watch|nice|good|great|official|this|related|"
    r"slides? and|full)\s+){0,3}"
    rf"(?:(?:\w+\s+){{0,3}}(?:blog\s?posts?|{load_pattern('non_scholarly_link_words')}))"
    r"(?:\s+(?:here|page|by .{1,40}|of .{1,60}|on .{1,60}))?\s*$",
    re.I,
)
_SLIDES_PATH = re.compile(
    r"slides|lecture[-_]?\d|/teaching/|/courses?/|syllabus|poster|homework|/talks?/|tutorial|"
    r"handout|"
    r"/cv(?:\.|/|_)|resume",
    re.I,
)
_LOCAL_FILE = re.compile(r"\.(?:pdf|djvu|ps)$", re.I)
_SITE_PAGE = re.compile(r"/(?:author|people|profile|search|user|toc|loi|about|news|login|action)\b")
"""A page of a scholarly site that holds no work."""
_NO_ADDRESS = ("#", "mailto:", "javascript:", "android-app:", "data:")
_BARE_ADDRESS = ("www.", "doi:", "arxiv:", "pmid:", "pmcid:", "10.")


@lru_cache(maxsize=1024)
def classify_link(target: str, text: str = "") -> tuple[LinkKind, str | None]:
    """What the address `target`, linked with the words `text`, is, and the identifier that it
    names; remembered, for a link is asked about more than once.
    """
    url = unwrap_url(target.strip())
    if not url or url.startswith(_NO_ADDRESS):
        return "plain", None
    if "://" not in url and not url.lower().startswith(_BARE_ADDRESS):
        return ("pdf" if is_local_paper(url) else "plain"), None
    identifier = identifier_from_url(url)
    if identifier:
        return "work", identifier
    try:
        parts = urlsplit(url if "://" in url else "http://" + url)
        return _classify_page(parts, text), None
    except ValueError:
        return "plain", None


def _classify_page(parts: SplitResult, text: str) -> LinkKind:
    """What an address is that names no work by its identifier."""
    host = _host_of(parts)
    if _NON_SCHOLARLY_HOST.search(host) or is_non_scholarly_label(text) or _is_other_file(parts):
        return "plain"
    path = unquote(parts.path) + (f"?{parts.query}" if parts.query else "")
    if _FILE.search(path):
        return "plain" if _SLIDES_PATH.search(path) else "pdf"
    if _SCHOLARLY_HOST.search(host) or is_repository(host, parts.path):
        return "perhaps" if is_work_page(parts.path) else "plain"
    return "plain"


def _host_of(parts: SplitResult) -> str:
    return (parts.hostname or "").removeprefix("www.")


def _is_other_file(parts: SplitResult) -> bool:
    """True for a file that holds no paper: 'figure.png'."""
    return _OTHER_FILE.search(parts.path) is not None


def is_non_scholarly_label(text: str) -> bool:
    """True for a link's words that tell of a talk, code or a page: 'nice video by her'."""
    return bool(text) and _NON_SCHOLARLY_LABEL.match(text.strip(" ()[]")) is not None


def is_repository(host: str, path: str) -> bool:
    """True for a page of a university's repository: 'eprints.a.example/12'; not for pages of
    code.
    """
    if len(path) <= 2 or host.endswith(".github.io"):
        return False
    return _REPOSITORY.search(host) is not None


def is_work_page(path: str) -> bool:
    """True for the path of a scholarly site's page that may be of one work, rather than of people
    or the site.
    """
    return len(path.strip("/")) > 3 and not _SITE_PAGE.match(path)


def is_local_paper(path: str) -> bool:
    """True for a file on this machine that may be a paper.

    'papers/doe1999.pdf#page=2', not 'slides.pdf'.
    """
    if not _LOCAL_FILE.search(path.split("#", maxsplit=1)[0]):
        return False
    return not _SLIDES_PATH.search(path.rsplit("/", 1)[-1])


def may_link_to_work(target: str, text: str, title_score: float) -> bool:
    """True for a page of unknown kind whose link is worded like a title, so that a search by title
    is worth while.
    """
    if title_score < MIN_TITLE_SCORE or len(text.split()) < MIN_TITLE_WORDS:
        return False
    if not target.startswith(("http://", "https://")) or is_non_scholarly_label(text):
        return False
    try:
        return not (_is_other_file(urlsplit(target)) or is_non_scholarly_host(target))
    except ValueError:
        return False


def is_non_scholarly_host(url: str) -> bool:
    """True for addresses of sites that hold no scholarly works (code, videos, news, blogs,
    encyclopaedias).
    """
    try:
        host = _host_of(urlsplit(unwrap_url(url)))
    except ValueError:
        return False
    return _NON_SCHOLARLY_HOST.search(host) is not None
