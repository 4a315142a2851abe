"""What a paper says of itself: the identifiers printed on its first page and the title among its
properties.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from litmap.text.raw import RawPage

ARXIV_STAMP = re.compile(r"arXiv:\s?(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?", re.I)
_DOI = re.compile(r"\b(?:doi:?\s*|doi\.org/)(10\.\d{4,9}/[^\s\"<>]{1,120})", re.I)
_ADDRESS = re.compile(r"(?:https?://)?(?:dx\.|www\.)?$")
_FILE_NAME = re.compile(
    r"\.(?:dvi|tex|pdf|docx?|ps|eps|indd|qxd|pages)\b|^untitled|^microsoft word|^\W*$", re.I
)


def find_ids(pages: Sequence[RawPage]) -> tuple[str, ...]:
    """The paper's identifiers: the arXiv stamp beside its first page and a DOI printed on it, but
    not in a sentence.
    """
    if not pages:
        return ()
    first = pages[0]
    stamps = [f"arxiv:{m[1].lower()}" for text in first.aside for m in ARXIV_STAMP.finditer(text)]
    texts = [*first.aside, *(line.text for line in first.lines)]
    dois = [
        f"doi:{m[1].rstrip('.,;)]').lower()}"
        for text in texts
        for m in _DOI.finditer(text)
        if not is_in_sentence(text[: m.start()])
    ]
    return tuple(dict.fromkeys([*stamps, *dois]))


def is_in_sentence(before: str) -> bool:
    """Whether a DOI goes on a sentence ('As was shown in doi:…', 'a reply to the paper with DOI …')
    which cites it: three words at least before it, the last in small letters. A journal's name, a
    number or a colon is no such word.
    """
    words = _ADDRESS.sub("", before).split()
    return len(words) >= 3 and words[-1].isalpha() and words[-1].islower()


def read_metadata_title(pdf: Any) -> str:
    """The title among the PDF's own properties, '' where none or where it is a file's name."""
    title = " ".join(str((pdf.metadata or {}).get("title") or "").split())
    return "" if is_file_name(title) else title


def is_file_name(title: str) -> bool:
    """Whether a title is a file's name or a program's: 'paper.dvi', 'Microsoft Word - final',
    'untitled'.
    """
    return _FILE_NAME.search(title) is not None
