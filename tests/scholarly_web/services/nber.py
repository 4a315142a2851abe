"""NBER's working papers: the page and the file."""

from __future__ import annotations

import re

from ..answers import Answer, Question, missing, moved
from . import shelf

HOSTS = ("www.nber.org", "nber.org")


def answer(web, question: Question) -> Answer:
    if question.host == "nber.org":
        return moved(f"https://www.nber.org{question.target}", 301)
    page = re.fullmatch(r"/papers/(w\d+)/?", question.path)
    file = re.fullmatch(
        r"/(?:system/files/working_papers|papers)/(w\d+)(?:/\1)?\.pdf", question.path
    )
    hit = page or file
    work = shelf.by_id(web, "nber", hit[1]) if hit else None
    if hit is None or work is None:
        return missing()
    if file:
        return shelf.file(work)
    address = f"https://www.nber.org/system/files/working_papers/{hit[1]}/{hit[1]}.pdf"
    return shelf.page(work, address, ("citation_technical_report_institution", "NBER"))
