"""doi.org: the redirect to a work's page."""

from __future__ import annotations

from ..answers import Answer, Question, missing, moved
from . import shelf

HOSTS = ("doi.org", "dx.doi.org", "www.doi.org")


def answer(web, question: Question) -> Answer:
    doi = question.path.strip("/").lower()
    work = shelf.by_doi(web, doi)
    if work is None and doi.startswith("10.48550/arxiv."):
        found = shelf.by_arxiv(web, doi.removeprefix("10.48550/arxiv."))
        return moved(f"https://arxiv.org/abs/{found.arxiv}") if found else missing("DOI")
    return moved(work.landing_page) if work else missing("DOI")
