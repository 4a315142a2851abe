"""EconStor (DSpace): a handle's page and its file."""

from __future__ import annotations

import re

from ..answers import Answer, Question, missing, moved
from . import shelf

HOSTS = ("www.econstor.eu", "econstor.eu", "hdl.handle.net")


def answer(web, question: Question) -> Answer:
    if question.host != "www.econstor.eu":
        path = f"/handle{question.path}" if question.host == "hdl.handle.net" else question.target
        return moved(f"https://www.econstor.eu{path}")
    hit = re.fullmatch(r"/(handle|bitstream)/(10419/\d+)(/.*)?", question.path)
    work = shelf.by_id(web, "econstor", hit[2]) if hit else None
    if hit is None or work is None:
        return missing()
    name = f"/1/{work.key}.pdf"
    if hit[1] == "bitstream":
        return shelf.file(work) if hit[3] == name else missing("file")
    return shelf.page(work, f"https://www.econstor.eu/bitstream/{hit[2]}{name}")
