"""The map as one HTML file that needs nothing else: pan, zoom, search, citations on demand, light and dark."""

from __future__ import annotations

import json
from html import escape

from litmap.maps.html_template import PAGE
from litmap.maps.map_model import NO_COLOUR, Picture, shorten


def to_html(picture: Picture) -> str:
    """A self-contained page. Texts of papers stand in it as data only: they are shown as text, never as markup."""
    headings = list(picture.styles)
    number = {path: i for i, path in enumerate(headings)}
    data = {
        "title": picture.title or "Map of papers",
        "headings": [
            {"path": list(path), "colour": style.colour, "shape": style.shape}
            for path, style in picture.styles.items()
        ],
        "none": NO_COLOUR,
        "dots": [
            {
                "id": d.work,
                "t": d.title,
                "d": d.detail,
                "u": d.url if d.url.startswith(("http://", "https://")) else "",
                "x": round(d.x, 4),
                "y": round(d.y, 4),
                "h": number.get(d.heading, -1) if d.heading else -1,
                "s": int(d.suggested),
            }
            for d in picture.dots
        ],
        "regions": [
            {
                "label": shorten(r.label.upper() if r.level == 0 else r.label),
                "level": r.level,
                "count": r.count,
                "colour": r.style.colour,
                "h": number.get(r.heading, -1) if r.level == 1 else -1,
                "at": [round(v, 4) for v in r.at],
                "patches": [[[round(x, 4), round(y, 4)] for x, y in patch] for patch in r.patches],
            }
            for r in picture.regions
        ],
        "links": [list(pair) for pair in picture.links],
    }
    text = json.dumps(data, ensure_ascii=True, separators=(",", ":"))
    safe = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return PAGE.replace("@@TITLE@@", escape(str(data["title"]))).replace("@@DATA@@", safe)
