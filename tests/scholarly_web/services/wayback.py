"""The Wayback Machine: is there a copy, and the copy as it was (`id_`).

https://archive.org/help/wayback_api.php. The hosts of dead pages do not exist.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from ..answers import Answer, Question, as_json, missing, moved
from ..works import ScholarlyWork
from . import shelf

HOSTS = ("archive.org", "web.archive.org")


def answer(web, question: Question) -> Answer:
    if question.path == "/wayback/available":
        return _available(web, question.query.get("url", ""))
    hit = re.fullmatch(r"/web/(\d*)(id_)?/(.+)", unquote(question.target))
    work = _kept(web, hit[3]) if hit else None
    if hit is None or work is None:
        return missing("capture")
    if hit[1] != work.dead[1]:
        return moved(f"https://web.archive.org/web/{work.dead[1]}{hit[2] or ''}/{work.dead[0]}")
    return shelf.file(work)


def _bare(url: str) -> str:
    return re.sub(r"^https?://(?:www\.)?", "", url.strip()).rstrip("/").lower()


def _kept(web, url: str) -> ScholarlyWork | None:
    return next((w for w in web.works if w.dead and _bare(w.dead[0]) == _bare(url)), None)


def _available(web, url: str) -> Answer:
    work = _kept(web, url)
    if work is None:
        return as_json({"url": url, "archived_snapshots": {}})
    stamp = work.dead[1]
    closest = {
        "status": "200",
        "available": True,
        "url": f"http://web.archive.org/web/{stamp}/{work.dead[0]}",
        "timestamp": stamp,
    }
    return as_json({"url": url, "archived_snapshots": {"closest": closest}})
