"""The map as the data that its script draws: the same for the exported page and for the app."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from litmap.maps.map_model import COLOURS, NO_COLOUR, SHAPES, Dot, Picture, Region, shorten
from litmap.models import HeadingPath

HERE = Path(__file__).parent
DIGITS = 4
"""Decimals of a place: a map is about two units wide."""
NAMELESS = "—"
"""A theme whose heading has no text."""


def script() -> str:
    """The script that draws a map; its typedefs say what the data look like."""
    return HERE.joinpath("map.js").read_text("utf-8")


def style_sheet() -> str:
    """The style sheet of everything around the map."""
    return HERE.joinpath("map.css").read_text("utf-8")


def to_data(picture: Picture) -> dict[str, Any]:
    """What the script reads, ready for JSON. All texts are plain text."""
    theme_of = {path: picture.themes[path] or NAMELESS for path in picture.styles}
    themes = _rows(theme_of.values())
    headings = {path: i for i, path in enumerate(picture.styles)}
    rows = Rows(
        headings,
        _rows(d.status for d in picture.dots),
        _rows(d.note for d in picture.dots),
        _rows(d.cluster for d in picture.dots),
    )
    return {
        "title": picture.title or "Map of papers",
        "headings": [
            {
                "path": list(path),
                "colour": style.colour,
                "shape": style.shape,
                "theme": themes[theme_of[path]],
            }
            for path, style in picture.styles.items()
        ],
        "themes": list(themes),
        "statuses": list(rows.statuses),
        "notes": list(rows.notes),
        "clusters": list(rows.clusters),
        "none": NO_COLOUR,
        "colours": list(COLOURS),
        "shapes": list(SHAPES),
        "dots": [_dot_data(dot, rows) for dot in picture.dots],
        "regions": [_region_data(region, headings) for region in picture.regions],
        "links": [list(pair) for pair in picture.links],
        "new": [i for i, dot in enumerate(picture.dots) if dot.is_new],
    }


@dataclass(frozen=True, slots=True)
class Rows:
    """The row of each heading, status, note and emergent topic in its list."""

    headings: Mapping[HeadingPath, int]
    statuses: Mapping[str, int]
    notes: Mapping[str, int]
    clusters: Mapping[str, int]


def _rows(labels: Iterable[str]) -> dict[str, int]:
    """Each label once, with its row, in the order in which they come; '' is none."""
    return {label: i for i, label in enumerate(dict.fromkeys(filter(None, labels)))}


def _dot_data(dot: Dot, rows: Rows) -> dict[str, Any]:
    """A dot as the script reads it; what it does not have is left out, and only web addresses
    become links.
    """
    optional = {
        "s": int(dot.suggested) or None,
        "p": None if dot.chance is None else round(100 * dot.chance),
        "c": None if dot.heading else rows.clusters.get(dot.cluster),
        "y4": dot.year,
        "st": rows.statuses.get(dot.status),
        "no": rows.notes.get(dot.note),
        "new": int(dot.is_new) or None,
    }
    return {
        "id": dot.work,
        "t": dot.title,
        "b": dot.detail,
        "n": shorten(dot.short, 34),
        "u": dot.url if dot.url.startswith(("http://", "https://")) else "",
        "x": round(dot.x, DIGITS),
        "y": round(dot.y, DIGITS),
        "h": rows.headings.get(dot.heading, -1) if dot.heading else -1,
        **{key: value for key, value in optional.items() if value is not None},
    }


def _region_data(region: Region, headings: Mapping[HeadingPath, int]) -> dict[str, Any]:
    """A region as the script reads it."""
    is_theme = region.level == 0
    return {
        "label": shorten(region.label.upper() if is_theme else region.label),
        "level": region.level,
        "count": region.count,
        "colour": region.style.colour,
        "h": headings.get(region.heading, -1) if region.level == 1 else -1,
        "at": [round(v, DIGITS) for v in region.at],
        "patches": [
            [[round(x, DIGITS), round(y, DIGITS)] for x, y in patch] for patch in region.patches
        ],
    }
