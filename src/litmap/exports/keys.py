"""Names, citation keys and kinds of works, as the formats need them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from litmap.models import Mention, Work
from litmap.parsing.person_names import split_name
from litmap.parsing.title_similarity import normalise_title

WorkMentions = tuple[Work, Sequence[Mention]]

_CONFERENCE = re.compile(
    r"\b(?:proc(?:eedings|\.)?|conference|workshop|symposium|meeting|advances in neural|NeurIPS|NIPS|ICML|ICLR|COLT|"
    r"AISTATS|AAAI|IJCAI|CVPR|ICCV|ECCV|ACL|EMNLP|NAACL|KDD|STOC|FOCS|SODA|UAI|ICASSP|SIGMOD|VLDB|PMLR)\b",
    re.I,
)
_PREPRINT = re.compile(r"^(?:arxiv|biorxiv|medrxiv|corr|ssrn|preprint|openreview)\b", re.I)
_STOP = frozenset(
    {
        "a",
        "an",
        "the",
        "on",
        "of",
        "in",
        "for",
        "to",
        "and",
        "is",
        "are",
        "how",
        "what",
        "why",
        "der",
        "die",
        "das",
    }
    | {"le", "la", "les", "un", "une", "el", "los"}
)


def one_line(text: str) -> str:
    """The text without control characters and line breaks."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def ascii_word(text: str) -> str:
    """Lower-case ASCII letters and digits of a text."""
    plain = unicodedata.normalize(
        "NFKD", text.replace("ß", "ss").replace("ø", "o").replace("ł", "l")
    )
    return re.sub(r"[^a-z0-9]", "", plain.encode("ascii", "ignore").decode().lower())


def citation_keys(works: Sequence[Work]) -> list[str]:
    """A key for each work, 'family2017firstword'; works that would share one get 'a', 'b', … in the order of ids."""
    bases = [_base_key(work) for work in works]
    order = sorted(range(len(works)), key=lambda i: (bases[i], works[i].id))
    keys = [""] * len(works)
    taken: set[str] = set()
    for i in order:
        key, number = bases[i], 0
        while key in taken or (number == 0 and bases.count(bases[i]) > 1):
            key = bases[i] + _letters(number)
            number += 1
        taken.add(key)
        keys[i] = key
    return keys


def _base_key(work: Work) -> str:
    family = ascii_word(split_name(work.authors[0]).family) if work.authors else ""
    words = [word for word in normalise_title(work.title).split() if word not in _STOP]
    first = ascii_word(words[0]) if words else ""
    key = f"{family[:30]}{work.year or ''}{first[:20]}"
    return key or ascii_word(work.id)[:40] or "work"


def _letters(number: int) -> str:
    text = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(97 + rest) + text
    return text


def kind_of(work: Work) -> str:
    """'article', 'conference', 'preprint', 'thesis', 'report', 'book' or 'other', from the venue and identifiers."""
    venue = work.venue
    if re.search(
        r"\b(?:ph\.?d|master|doctoral|diploma)\b.{0,12}\b(?:thesis|dissertation)|\bthesis\b",
        venue,
        re.I,
    ):
        return "thesis"
    if _PREPRINT.match(venue) or (
        not venue and work.identifier("arxiv") and not work.identifier("doi")
    ):
        return "preprint"
    if re.search(r"\btech(?:nical)?\.? rep|working paper", venue, re.I):
        return "report"
    if _CONFERENCE.search(venue) or work.identifier("pmlr"):
        return "conference"
    if re.search(r"\b(?:press|springer|wiley|publishers?|verlag|books)\b", venue, re.I):
        return "book"
    return "article" if venue else "other"


def web_address(work: Work) -> str:
    """The best address of a work: its DOI's, arXiv's, or the first http address known; '' where there is none."""
    if doi := work.identifier("doi"):
        return f"https://doi.org/{doi}"
    if arxiv := work.identifier("arxiv"):
        return f"https://arxiv.org/abs/{arxiv}"
    if openreview := work.identifier("openreview"):
        return f"https://openreview.net/forum?id={openreview}"
    addresses = (*work.urls, *(location.url for location in work.locations))
    return next(
        (one_line(url) for url in addresses if re.match(r"https?://[^\s]+$", url, re.I)), ""
    )


def headings_of(mentions: Sequence[Mention]) -> list[tuple[str, ...]]:
    """The heading paths of the mentions, each once, in order."""
    return list(dict.fromkeys(mention.heading for mention in mentions if mention.heading))
