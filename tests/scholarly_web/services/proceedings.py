"""Proceedings that give their papers to everybody: PMLR, JMLR, NeurIPS, ICLR."""

from __future__ import annotations

import re

from ..answers import Answer, Question, missing, moved
from . import shelf

HOSTS = (
    "proceedings.mlr.press", "raw.githubusercontent.com", "jmlr.org", "www.jmlr.org",
    "papers.nips.cc", "papers.neurips.cc", "proceedings.neurips.cc", "proceedings.iclr.cc",
)  # fmt: skip
_ON_GITHUB = 235
"""The first volume of PMLR whose files lie on GitHub."""


def answer(web, question: Question) -> Answer:
    if question.host in {"proceedings.mlr.press", "raw.githubusercontent.com"}:
        return _pmlr(web, question)
    if question.host.endswith("jmlr.org"):
        return _jmlr(web, question)
    return _papers(web, question)


def _pmlr(web, question: Question) -> Answer:
    raw = re.fullmatch(r"/mlresearch/(v\d+)/main/assets/([\w-]+)/\2\.pdf", question.path)
    if question.host == "raw.githubusercontent.com":
        return shelf.file(shelf.by_id(web, "pmlr", f"{raw[1]}/{raw[2]}") if raw else None)
    hit = re.fullmatch(r"/(v\d+)/([\w-]+)(\.html|/\2\.pdf|\.pdf)?", question.path)
    work = shelf.by_id(web, "pmlr", f"{hit[1]}/{hit[2]}") if hit else None
    if hit is None or work is None:
        return missing()
    if int(hit[1][1:]) >= _ON_GITHUB:
        file = f"https://raw.githubusercontent.com/mlresearch/{hit[1]}/main/assets/{hit[2]}/{hit[2]}.pdf"
    else:
        file = f"https://proceedings.mlr.press/{hit[1]}/{hit[2]}/{hit[2]}.pdf"
    if question.path.endswith(".pdf"):
        return shelf.file(work) if file == question.url else missing("file")
    return shelf.page(work, file)


def _jmlr(web, question: Question) -> Answer:
    if question.host == "www.jmlr.org":
        return moved(f"https://jmlr.org{question.target}", 301)
    hit = re.fullmatch(r"/papers/v(?:olume)?(\d+)/([\w-]+?)(?:/\2)?(?:\.html|\.pdf)", question.path)
    work = shelf.by_id(web, "jmlr", f"v{hit[1]}/{hit[2]}") if hit else None
    if hit is None or work is None:
        return missing()
    if question.path.endswith(".pdf"):
        return shelf.file(work)
    return shelf.page(work, f"https://jmlr.org/papers/volume{hit[1]}/{hit[2]}/{hit[2]}.pdf")


def _papers(web, question: Question) -> Answer:
    """The shape that NeurIPS and ICLR share: …/YEAR/hash/HEX-Abstract….html, …/file/HEX-Paper…."""
    kind = "iclr" if question.host.endswith("iclr.cc") else "neurips"
    form = r"/paper(?:_files/paper)?/(\d{4})/(hash|file)/([0-9a-f]{32})-(?:Abstract|Paper)(-Conference)?\.(html|pdf)"
    hit = re.fullmatch(form, question.path)
    work = shelf.by_id(web, kind, f"{hit[1]}/{hit[3]}") if hit else None
    if hit is None or work is None or bool(hit[4]) is not (work.year >= 2022):
        return missing()
    if hit[2] == "file":
        return shelf.file(work)
    name = f"{hit[3]}-Paper{hit[4] or ''}.pdf"
    return shelf.page(work, f"https://{question.host}/paper_files/paper/{hit[1]}/file/{name}")
