"""What a link points to, judged by its address and its words alone: a work, perhaps one, or no work at all."""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import unquote, urlsplit

from litmap.parsing.identifiers import identifier_from_url, unwrap_url

Verdict = Literal["work", "pdf", "perhaps", "plain"]

_NO_WORK = re.compile(
    r"(?:^|\.)(?:github\.com|gist\.github\.com|gitlab\.com|bitbucket\.org|sourceforge\.net|codeberg\.org|youtube\.com|youtu\.be|"
    r"vimeo\.com|bilibili\.com|twitch\.tv|ted\.com|videolectures\.net|slideslive\.com|slideshare\.net|speakerdeck\.com|"
    r"wikipedia\.org|wikimedia\.org|wikidata\.org|wikibooks\.org|wiktionary\.org|wikiversity\.org|fandom\.com|britannica\.com|"
    r"plato\.stanford\.edu|iep\.utm\.edu|scholarpedia\.org|mathworld\.wolfram\.com|ncatlab\.org|encyclopediaofmath\.org|"
    r"medium\.com|towardsdatascience\.com|substack\.com|wordpress\.com|blogspot\.[a-z.]+|blogger\.com|tumblr\.com|ghost\.io|"
    r"twitter\.com|x\.com|t\.co|linkedin\.com|facebook\.com|instagram\.com|reddit\.com|mastodon\.[a-z]+|bsky\.app|"
    r"plus\.google\.com|quora\.com|stackoverflow\.com|stackexchange\.com|mathoverflow\.net|news\.ycombinator\.com|"
    r"lesswrong\.com|discord\.(?:com|gg)|slack\.com|zoom\.us|nytimes\.com|theguardian\.com|bbc\.(?:com|co\.uk)|"
    r"washingtonpost\.com|economist\.com|wired\.com|quantamagazine\.org|newscientist\.com|theatlantic\.com|vox\.com|"
    r"technologyreview\.com|forbes\.com|bloomberg\.com|reuters\.com|cnn\.com|npr\.org|phys\.org|sciencedaily\.com|"
    r"eurekalert\.org|arstechnica\.com|theconversation\.com|newyorker\.com|scientificamerican\.com|ft\.com|wsj\.com|"
    r"kaggle\.com|colab\.research\.google\.com|pypi\.org|readthedocs\.(?:io|org)|npmjs\.com|cran\.r-project\.org|"
    r"bioconductor\.org|docker\.com|anaconda\.org|tensorflow\.org|pytorch\.org|scikit-learn\.org|numpy\.org|scipy\.org|"
    r"python\.org|julialang\.org|r-project\.org|mathworks\.com|wolfram\.com|overleaf\.com|coursera\.org|edx\.org|udacity\.com|"
    r"udemy\.com|khanacademy\.org|ocw\.mit\.edu|fast\.ai|amazon\.[a-z.]+|goodreads\.com|barnesandnoble\.com|"
    r"books\.google\.[a-z.]+|docs\.google\.com|drive\.google\.com|scholar\.google\.[a-z.]+|google\.[a-z.]+|"
    r"developers\.google\.com|dropbox\.com|notion\.so|evernote\.com|zotero\.org|mendeley\.com|orcid\.org|publons\.com|"
    r"meetup\.com|eventbrite\.com|spotify\.com|soundcloud\.com|podcasts\.apple\.com|apple\.com|patreon\.com|imdb\.com|"
    r"feedly\.com|pinterest\.[a-z.]+|flickr\.com|imgur\.com|mailchi\.mp|typeform\.com|gingkoapp\.com|netlify\.app|"
    r"herokuapp\.com|shinyapps\.io|streamlit\.app|observablehq\.com|distill\.pub/about)$",
    re.I,
)
_SCHOLARLY = re.compile(
    r"(?:^|\.)(?:openaccess\.thecvf\.com|thecvf\.com|sciencemag\.org|science\.org|academic\.oup\.com|oxfordjournals\.org|"
    r"hdl\.handle\.net|escholarship\.org|researchgate\.net|academia\.edu|philsci-archive\.pitt\.edu|ojs\.aaai\.org|aaai\.org|"
    r"isca-speech\.org|usenix\.org|vldb\.org|mdpi\.com|hindawi\.com|royalsocietypublishing\.org|numdam\.org|dml\.cz|eudml\.org|annals\.math\.princeton\.edu|zbmath\.org|ems\.press|msp\.org|"
    r"projecteuclid\.org|econpapers\.repec\.org|ideas\.repec\.org|iza\.org|cepr\.org|scielo\.[a-z.]+|degruyter\.com|"
    r"muse\.jhu\.edu|sagepub\.com|wiley\.com|springer\.com|springeropen\.com|biomedcentral\.com|karger\.com|plos\.org|"
    r"pnas\.org|aps\.org|aip\.org|acs\.org|rsc\.org|iucr\.org|agu\.org|ametsoc\.org|copernicus\.org|oecd-ilibrary\.org|"
    r"psycnet\.apa\.org|eric\.ed\.gov|aeaweb\.org|journals\.uchicago\.edu|direct\.mit\.edu|mitpressjournals\.org|"
    r"annualreviews\.org|tandfonline\.com|cambridge\.org|jstor\.org|sciencedirect\.com|elsevier\.com|cell\.com|nature\.com|"
    r"thelancet\.com|nejm\.org|bmj\.com|jamanetwork\.com|ieee\.org|computer\.org|acm\.org|siam\.org|ams\.org|emerald\.com|"
    r"osf\.io|preprints\.org|chemrxiv\.org|researchsquare\.com|ssrn\.com|nber\.org|cogprints\.org|eprints\.org|"
    r"semanticscholar\.org|citeseerx\.ist\.psu\.edu|paperswithcode\.com|distill\.pub|iopscience\.iop\.org|inspirehep\.net|"
    r"philpapers\.org|philarchive\.org|jmlr\.org|openreview\.net|arxiv\.org|aclweb\.org|aclanthology\.org|nips\.cc|"
    r"neurips\.cc|mlr\.press|drops\.dagstuhl\.de|ecologyandsociety\.org|frontiersin\.org|elifesciences\.org|peerj\.com|"
    r"f1000research\.com|wellcomeopenresearch\.org|zenodo\.org|figshare\.com|theses\.fr|diva-portal\.org|hal\.science)$",
    re.I,
)
_REPOSITORY = re.compile(
    r"(?:^|[.])(?:eprints?|e-?prints|dspace|repositor(?:y|io)|publications?|pubs|scholar(?:works|ship|bank|commons)?|"
    r"digitalcommons|deepblue|escholarship|edoc|elib|theses|thesis|digital|research-repository|library)\.",
    re.I,
)
_FILE = re.compile(
    r"\.(?:pdfs?|ps|ps\.gz|djvu)$|/pdf(?:/|$)|[?&](?:type|format)=pdf\b|\.pdf[?#]", re.I
)
_OTHER_FILE = re.compile(
    r"\.(?:png|jpe?g|gif|svg|mp4|mov|avi|mp3|zip|gz|tar|py|ipynb|r|m|csv|xlsx?|pptx?|key|exe|dmg|json|xml|rss)$",
    re.I,
)
_NO_WORK_WORDS = re.compile(
    r"^(?:(?:the|a|an|my|his|her|their|its|see|watch|nice|good|great|official|this|related|slides? and|full)\s+){0,3}"
    r"(?:(?:\w+\s+){0,3}(?:video|talks?|slides?|lectures?|code|repo(?:sitory)?|source code|implementation|blog(?:\s?posts?)?|posts?|demos?|"  # noqa: E501
    r"tweets?|threads?|podcast|website|web ?page|home ?page|docs|documentation|poster|interview|news|syllabus|course|homework|"
    r"tutorials?|playlist|recording|press release|wiki(?:pedia)?|github|youtube|data ?set|data|playground|notebook))"
    r"(?:\s+(?:here|page|by .{1,40}|of .{1,60}|on .{1,60}))?\s*$",
    re.I,
)
_SLIDES_PATH = re.compile(
    r"slides|lecture[-_]?\d|/teaching/|/courses?/|syllabus|poster|homework|/talks?/|tutorial|handout|/cv(?:\.|/|_)|resume",
    re.I,
)


def classify_link(target: str, text: str = "") -> tuple[Verdict, str | None]:
    """What an address is, with its identifier where it names one.

    'work' names a work; 'pdf' is a file and 'perhaps' a page that may hold one; 'plain' is no scholarly work.
    """
    url = unwrap_url(target.strip())
    if not url or url.startswith(("#", "mailto:", "javascript:", "android-app:", "data:")):
        return "plain", None
    if "://" not in url and not url.lower().startswith(
        ("www.", "doi:", "arxiv:", "pmid:", "pmcid:", "10.")
    ):
        return _classify_path(url, text)
    identifier = identifier_from_url(url)
    if identifier:
        return "work", identifier
    try:
        parts = urlsplit(url if "://" in url else "http://" + url)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return "plain", None
    path = unquote(parts.path) + (f"?{parts.query}" if parts.query else "")
    wordless = bool(text) and bool(_NO_WORK_WORDS.match(text.strip(" ()[]")))
    if _NO_WORK.search(host) or wordless or _OTHER_FILE.search(parts.path):
        return "plain", None
    if _FILE.search(path):
        return ("plain", None) if _SLIDES_PATH.search(path) else ("pdf", None)
    if _SCHOLARLY.search(host) or (
        _REPOSITORY.search(host) and len(parts.path) > 2 and not host.endswith(".github.io")
    ):
        return (
            ("perhaps", None)
            if len(parts.path.strip("/")) > 3
            and not re.match(
                r"/(?:author|people|profile|search|user|toc|loi|about|news|login|action)\b",
                parts.path,
            )
            else ("plain", None)
        )
    return "plain", None


def _classify_path(path: str, text: str) -> tuple[Verdict, str | None]:
    """A link without scheme: a file on this machine."""
    if re.search(
        r"\.(?:pdf|djvu|ps)$", path.split("#", maxsplit=1)[0], re.I
    ) and not _SLIDES_PATH.search(path.rsplit("/", 1)[-1]):
        return "pdf", None
    return "plain", None


def may_link_to_work(target: str, text: str, title_likeness: float) -> bool:
    """True for a page of unknown kind whose link is worded like a title, so that a search by title is worth while."""
    if (
        title_likeness < 0.62
        or len(text.split()) < 4
        or not target.startswith(("http://", "https://"))
    ):
        return False
    try:
        path = urlsplit(target).path
    except ValueError:
        return False
    return (
        not is_non_scholarly_host(target)
        and not _NO_WORK_WORDS.match(text.strip(" ()[]"))
        and not _OTHER_FILE.search(path)
    )


def is_non_scholarly_host(url: str) -> bool:
    """True for addresses of sites that hold no scholarly works (code, videos, news, blogs, encyclopaedias)."""
    try:
        host = (urlsplit(unwrap_url(url)).hostname or "").removeprefix("www.")
    except ValueError:
        return False
    return bool(_NO_WORK.search(host))
