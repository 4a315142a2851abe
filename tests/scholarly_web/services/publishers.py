"""Publishers', repositories' and authors' pages and files, wherever the works say that they lie."""

from __future__ import annotations

from urllib.parse import quote

from ..answers import Answer, Question, missing, refused
from . import shelf


def answer(web, question: Question) -> Answer:
    url = question.url.replace("http://", "https://", 1)
    for work in web.works:
        if url in {f.replace("http://", "https://", 1) for f in map(_encoded, work.files)}:
            return shelf.file(work)
        if url in {_encoded(work.landing_page), *map(_encoded, work.pages)}:
            return shelf.page(work, work.landing_file if work.page_names_file else "")
        if url == work.landing_file:
            return refused()
    return missing()


def _encoded(url: str) -> str:
    """As a client sends it: letters outside ASCII in per cent signs."""
    return quote(url, safe=":/?&=%~()@!$'*+,;#[]")
