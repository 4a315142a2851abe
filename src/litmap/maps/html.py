"""The map as one HTML file that needs nothing else: pan, zoom, search, citations on demand, light
and dark.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from typing import Any

from litmap.maps.html_template import PAGE
from litmap.maps.map_model import NO_COLOUR, Dot, Picture, Region, shorten
from litmap.models import HeadingPath


def to_html(picture: Picture) -> str:
    """A self-contained page. Texts of papers stand in it as data only, never as markup."""
    number = {path: i for i, path in enumerate(picture.styles)}
    title = picture.title or "Map of papers"
    data = {
        "title": title,
        "headings": [
            {"path": list(path), "colour": style.colour, "shape": style.shape}
            for path, style in picture.styles.items()
        ],
        "none": NO_COLOUR,
        "dots": [_dot_data(dot, number) for dot in picture.dots],
        "regions": [_region_data(region, number) for region in picture.regions],
        "links": [list(pair) for pair in picture.links],
    }
    text = json.dumps(data, ensure_ascii=True, separators=(",", ":"))
    safe = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return PAGE.replace("@@TITLE@@", escape(title)).replace("@@DATA@@", safe)


def _dot_data(dot: Dot, number: Mapping[HeadingPath, int]) -> dict[str, Any]:
    """A dot as the page's script reads it; only web addresses become links."""
    return {
        "id": dot.work,
        "t": dot.title,
        "d": dot.detail,
        "u": dot.url if dot.url.startswith(("http://", "https://")) else "",
        "x": round(dot.x, 4),
        "y": round(dot.y, 4),
        "h": number.get(dot.heading, -1) if dot.heading else -1,
        "s": int(dot.suggested),
    }


def _region_data(region: Region, number: Mapping[HeadingPath, int]) -> dict[str, Any]:
    """A region as the page's script reads it."""
    is_outer = region.level == 0
    return {
        "label": shorten(region.label.upper() if is_outer else region.label),
        "level": region.level,
        "count": region.count,
        "colour": region.style.colour,
        "h": number.get(region.heading, -1) if region.level == 1 else -1,
        "at": [round(v, 4) for v in region.at],
        "patches": [[[round(x, 4), round(y, 4)] for x, y in patch] for patch in region.patches],
    }
