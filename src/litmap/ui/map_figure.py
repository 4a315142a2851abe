"""The map as a Plotly figure: a region and a name for each heading, one point a paper.

A figure is plain data here (Plotly itself is Streamlit's to import). Places, colours, shapes and regions are those of
`litmap.maps`, so that the map looks the same here and in a talk.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from litmap.ui import formatting

if TYPE_CHECKING:
    from litmap.maps.map_model import Dot, Picture, Point, Region, Style
    from litmap.models import HeadingPath, Topic

WIDTH, HEIGHT = 900, 560
SYMBOLS = {"circle": "circle", "square": "square", "triangle": "triangle-up", "diamond": "diamond"}
MAX_SVG_DOTS = 1500
"""Above so many papers points are small and drawn by WebGL."""
MAX_SPARSE_DOTS = 120
"""On a map of so few papers also a heading whose papers lie apart has its region."""
REGION_MARGIN = 0.032
"""How far a region reaches beyond its outermost papers, as a share of the map."""
CONFIG = {
    "displaylogo": False,
    "scrollZoom": True,
    "modeBarButtonsToRemove": [
        "toImage",
        "zoom2d",
        "pan2d",
        "zoomIn2d",
        "zoomOut2d",
        "select2d",
        "lasso2d",
    ],
}
"""Options of the chart: wheel and drag move about, one button leads back."""
Box = tuple[float, float, float, float]


def draw(
    picture: Picture,
    *,
    dark: bool = False,
    chosen: HeadingPath | None = None,
    citations: bool = False,
    lit: Sequence[str] = (),
    emergent: Sequence[Topic] = (),
) -> dict[str, Any]:
    """The figure. `chosen` is the heading brought out, `lit` works to ring, `emergent` topics to name."""
    frame = frame_of(picture.dots)
    fades = _fader(chosen)
    traces = _regions(picture, frame, fades)
    traces += _lines(picture, dark=dark) if citations else []
    traces += [_points(rows, picture, fades, dark=dark) for rows in _by_style(picture)]
    traces += _rings(lit, picture.dots, dark=dark)
    layout = {
        "height": HEIGHT,
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "showlegend": False,
        "hovermode": "closest",
        "dragmode": "pan",
        "xaxis": {"visible": False, "range": frame[:2]},
        "yaxis": {"visible": False, "range": frame[2:], "scaleanchor": "x"},
        "annotations": _labels(picture, emergent, frame, fades, dark=dark),
        "uirevision": "map",
        "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": "#9a9a92", "activecolor": "#6d6d66"},
        "plot_bgcolor": "rgba(0,0,0,0)",
        "paper_bgcolor": "rgba(0,0,0,0)",
    }
    return {"data": traces, "layout": layout}


def frame_of(dots: Sequence[Dot]) -> Box:
    """Left, right, bottom and top of the part to show: all dots with room for labels, in the picture's proportions."""
    xs, ys = [d.x for d in dots] or [0.0], [d.y for d in dots] or [0.0]
    wide, high = max(max(xs) - min(xs), 0.1) * 1.18, max(max(ys) - min(ys), 0.1) * 1.22
    scale = max(wide / WIDTH, high / HEIGHT)
    x, y = (max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2
    return (
        x - scale * WIDTH / 2,
        x + scale * WIDTH / 2,
        y - scale * HEIGHT / 2,
        y + scale * HEIGHT / 2,
    )


def _fader(chosen: HeadingPath | None) -> Callable[[HeadingPath | None], bool]:
    """Whether a heading steps back because another one is brought out."""
    if not chosen:
        return lambda heading: False
    return lambda heading: heading is None or heading[: len(chosen)] != chosen


# ── regions ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def _regions(
    picture: Picture, frame: Box, fades: Callable[[HeadingPath | None], bool]
) -> list[Any]:
    found = []
    few = len(picture.dots) <= MAX_SPARSE_DOTS
    for region in picture.regions:
        faint = fades(region.heading)
        for patch in region.patches or ((_held(picture, region),) if few and region.level else ()):
            outline = rounded(patch, REGION_MARGIN * (frame[3] - frame[2]))
            found.append(
                {
                    "type": "scatter",
                    "x": [p[0] for p in outline],
                    "y": [p[1] for p in outline],
                    "mode": "lines",
                    "fill": "toself",
                    "hoverinfo": "skip",
                    "fillcolor": _rgba(region.style.colour, 0.04 if faint else 0.14),
                    "line": {
                        "color": _rgba(region.style.colour, 0.12 if faint else 0.4),
                        "width": 1,
                    },
                }
            )
    return found


def _held(picture: Picture, region: Region) -> tuple[Point, ...]:
    """Where the papers are that the reader filed under a heading."""
    return tuple(
        (d.x, d.y) for d in picture.dots if d.heading == region.heading and not d.suggested
    )


def rounded(polygon: Sequence[Point], reach: float) -> list[Point]:
    """The outline of all points within `reach` of a convex polygon, closed."""
    rim = sorted(
        (x + reach * math.cos(a), y + reach * math.sin(a))
        for x, y in polygon
        for a in (2 * math.pi * i / 24 for i in range(24))
    )

    def half(run: Sequence[Point]) -> list[Point]:
        out: list[Point] = []
        for p in run:
            while len(out) > 1 and _turn(out[-2], out[-1], p) <= 0:
                out.pop()
            out.append(p)
        return out[:-1]

    outline = half(rim) + half(rim[::-1])
    return [*outline, *outline[:1]]


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


# ── points ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def _by_style(picture: Picture) -> list[list[int]]:
    """Rows of the dots, heading by heading."""
    rows: dict[HeadingPath | None, list[int]] = {}
    for i, dot in enumerate(picture.dots):
        rows.setdefault(dot.heading, []).append(i)
    return list(rows.values())


def _points(
    rows: Sequence[int],
    picture: Picture,
    fades: Callable[[HeadingPath | None], bool],
    *,
    dark: bool,
) -> Any:
    dots = [picture.dots[i] for i in rows]
    heading = dots[0].heading
    style = picture.styles.get(heading) if heading else None
    many = len(picture.dots) > MAX_SVG_DOTS
    name = _plain(formatting.path(heading[-2:])) if heading else "fits no heading"
    strength, size = 0.22 if fades(heading) else 0.95, 6 if many else 11
    return {
        "type": "scattergl" if many else "scatter",
        "x": [d.x for d in dots],
        "y": [d.y for d in dots],
        "mode": "markers",
        "name": name,
        "customdata": [d.work for d in dots],
        "text": [
            f"<b>{_plain(formatting.shorten(d.title, 80))}</b><br>{_plain(d.detail)}" for d in dots
        ],
        "hovertemplate": "%{text}<br><i>" + name + "</i><extra></extra>",
        "marker": {
            **_marker(style, [d.suggested for d in dots], dark=dark),
            "size": size,
            "opacity": strength,
        },
        "selected": {"marker": {"opacity": 1.0}},
        "unselected": {"marker": {"opacity": strength}},
    }


def _marker(style: Style | None, suggested: Sequence[bool], *, dark: bool) -> dict[str, Any]:
    """Full where the reader filed the paper, hollow where only its text did, grey where it fits nowhere."""
    colour = style.colour if style else "#8A8A8A"
    shape = SYMBOLS.get(style.shape, "circle") if style else "circle"
    rim = "rgba(20,24,27,0.8)" if dark else "rgba(255,255,255,0.9)"
    hollow = [s or style is None for s in suggested]
    return {
        "color": [_rgba(colour, 0.18) if h else colour for h in hollow],
        "symbol": shape,
        "line": {
            "width": [1.8 if h else 1 for h in hollow],
            "color": [colour if h else rim for h in hollow],
        },
    }


def _lines(picture: Picture, *, dark: bool) -> list[Any]:
    ends = [(picture.dots[a], picture.dots[b]) for a, b in picture.links]
    xs: list[float | None] = [v for a, b in ends for v in (a.x, b.x, None)]
    ys: list[float | None] = [v for a, b in ends for v in (a.y, b.y, None)]
    ink = "rgba(225,225,215,0.25)" if dark else "rgba(60,70,75,0.22)"
    return (
        [
            {
                "type": "scatter",
                "x": xs,
                "y": ys,
                "mode": "lines",
                "hoverinfo": "skip",
                "line": {"width": 0.9, "color": ink},
            }
        ]
        if ends
        else []
    )


def _rings(lit: Sequence[str], dots: Sequence[Dot], *, dark: bool) -> list[Any]:
    found = [d for d in dots if d.work in set(lit)]
    ring = {
        "symbol": "circle-open",
        "size": 21,
        "color": "#ffd75e" if dark else "#b3122b",
        "line": {"width": 2.4},
    }
    places = {"x": [d.x for d in found], "y": [d.y for d in found]}
    return (
        [dict(type="scatter", **places, mode="markers", hoverinfo="skip", marker=ring, name="lit")]
        if found
        else []
    )


# ── labels ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def _labels(
    picture: Picture,
    emergent: Sequence[Topic],
    frame: Box,
    fades: Callable[[HeadingPath | None], bool],
    *,
    dark: bool,
) -> list[dict[str, Any]]:
    """Names of regions and emergent topics, none over another, each a little above its papers."""
    dot = 0.011 * (frame[3] - frame[2])
    boxes = (
        [(d.x - dot, d.y - dot, d.x + dot, d.y + dot) for d in picture.dots]
        if len(picture.dots) <= MAX_SVG_DOTS
        else []
    )
    names: list[tuple[str, HeadingPath | None, str, list[Dot]]] = [
        (r.label, r.heading, r.style.colour, _told(picture, r.heading))
        for r in picture.regions
        if r.level
    ]
    place = {d.work: d for d in picture.dots}
    names += [
        (t.label, None, "#8A8A8A", [place[w] for w in t.works if w in place]) for t in emergent
    ]
    found = []
    for label, heading, colour, dots in sorted(names, key=lambda n: -len(n[3]))[:60]:
        text = formatting.shorten(label, 36)
        at = _room(text, dots, frame, boxes) if dots else None
        if at is not None:
            ink = _ink(colour, dark=dark)
            shown = f"<b>{_plain(text)}</b>" if heading else f"<i>{_plain(text)}</i>"
            strength = 0.3 if fades(heading) else 1.0
            look = {"showarrow": False, "opacity": strength, "font": {"size": 12.5, "color": ink}}
            found.append({"x": at[0], "y": at[1], "text": shown, **look})
    return found


def _told(picture: Picture, heading: HeadingPath) -> list[Dot]:
    """The dots a heading's label stands by: those the reader filed there, else all of its colour."""
    dots = [d for d in picture.dots if d.heading == heading]
    return [d for d in dots if not d.suggested] or dots


def _room(text: str, dots: Sequence[Dot], frame: Box, boxes: list[Box]) -> Point | None:
    """Where a label of these dots has room: above them, below them, or a little further off; None for nowhere."""
    unit = (frame[3] - frame[2]) / HEIGHT
    wide, high = (7.2 * len(text) + 8) * unit, 17 * unit
    middle = sorted(d.x for d in dots)[len(dots) // 2]
    x = min(max(middle, frame[0] + wide / 2), frame[1] - wide / 2)
    top, bottom = max(d.y for d in dots), min(d.y for d in dots)
    away = REGION_MARGIN * (frame[3] - frame[2]) + high * 0.8
    for y in (
        top + away,
        bottom - away,
        top + 1.5 * away,
        bottom - 1.5 * away,
        top + 2.2 * away,
        bottom - 2.2 * away,
    ):
        box = (x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)
        clear = all(box[2] < b[0] or b[2] < box[0] or box[3] < b[1] or b[3] < box[1] for b in boxes)
        if clear and frame[2] < box[1] and box[3] < frame[3]:
            boxes.append(box)
            return x, y
    return None


def _plain(text: str) -> str:
    """Text without what Plotly takes for markup or its templates."""
    kept = "".join(c if c.isprintable() else " " for c in text)
    return kept.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("%{", "% {")


def _rgba(colour: str, alpha: float) -> str:
    r, g, b = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({r},{g},{b},{alpha})"


def _ink(colour: str, *, dark: bool) -> str:
    """The colour darkened for white ground, lightened for black, so that small letters can be read."""
    parts = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    mixed = [round(c + (255 - c) * 0.42) if dark else round(c * 0.68) for c in parts]
    return "#" + "".join(f"{c:02x}" for c in mixed)


__all__ = ["draw", "frame_of", "rounded"]
