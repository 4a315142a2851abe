"""The map as a Plotly figure: a region and a name for each heading, one point a paper.

A figure is plain data here (Plotly itself is Streamlit's to import). Places, colours, shapes and
regions are those of `litmap.maps`, so that the map looks the same here and in a talk.
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
MAX_LABELS = 60
"""Names that are tried to be placed."""
NO_COLOUR = "#8A8A8A"
"""Of what stands under no heading."""
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
"""Left, right, bottom, top of the frame; left, bottom, right, top of what stands in it."""


def draw(
    picture: Picture,
    *,
    dark: bool = False,
    chosen: HeadingPath | None = None,
    citations: bool = False,
    lit: Sequence[str] = (),
    emergent: Sequence[Topic] = (),
) -> dict[str, Any]:
    """The figure. `chosen` is the heading brought out, `lit` works to ring, `emergent` topics to
    name.
    """
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
    """Left, right, bottom and top of the part to show: all dots with room for labels, in the
    picture's proportions.
    """
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


# ── regions ───────────────────────────────────────────────────────────────────────────────────────
def _regions(
    picture: Picture, frame: Box, fades: Callable[[HeadingPath | None], bool]
) -> list[Any]:
    """A filled outline for each patch of a heading."""
    reach = REGION_MARGIN * (frame[3] - frame[2])
    return [
        _region_trace(region.style.colour, rounded(patch, reach), faint=fades(region.heading))
        for region in picture.regions
        for patch in _patches(picture, region)
    ]


def _patches(picture: Picture, region: Region) -> Sequence[Sequence[Point]]:
    """A region's patches; on a map of few papers one of all its own where they lie apart."""
    is_sparse = len(picture.dots) <= MAX_SPARSE_DOTS
    if region.patches or not (is_sparse and region.level):
        return region.patches
    return (_filed_places(picture, region),)


def _region_trace(colour: str, outline: Sequence[Point], *, faint: bool) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": [x for x, _ in outline],
        "y": [y for _, y in outline],
        "mode": "lines",
        "fill": "toself",
        "hoverinfo": "skip",
        "fillcolor": _rgba(colour, 0.04 if faint else 0.14),
        "line": {"color": _rgba(colour, 0.12 if faint else 0.4), "width": 1},
    }


def _filed_places(picture: Picture, region: Region) -> tuple[Point, ...]:
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


# ── points ────────────────────────────────────────────────────────────────────────────────────────
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
    """The points of one heading's papers; small and drawn by WebGL on a map of many."""
    dots = [picture.dots[i] for i in rows]
    heading = dots[0].heading
    style = picture.styles.get(heading) if heading else None
    name = _plain(formatting.path(heading[-2:])) if heading else "fits no heading"
    kind, size = ("scattergl", 6) if len(picture.dots) > MAX_SVG_DOTS else ("scatter", 11)
    strength = 0.22 if fades(heading) else 0.95
    marker = _marker(style, [d.suggested for d in dots], dark=dark)
    return {
        "type": kind,
        "x": [d.x for d in dots],
        "y": [d.y for d in dots],
        "mode": "markers",
        "name": name,
        "customdata": [d.work for d in dots],
        "text": [_hover_text(d) for d in dots],
        "hovertemplate": "%{text}<br><i>" + name + "</i><extra></extra>",
        "marker": {**marker, "size": size, "opacity": strength},
        "selected": {"marker": {"opacity": 1.0}},
        "unselected": {"marker": {"opacity": strength}},
    }


def _hover_text(dot: Dot) -> str:
    return f"<b>{_plain(formatting.shorten(dot.title, 80))}</b><br>{_plain(dot.detail)}"


def _marker(style: Style | None, suggested: Sequence[bool], *, dark: bool) -> dict[str, Any]:
    """Full where the reader filed the paper, hollow where only its text did, grey for nowhere."""
    rim = "rgba(20,24,27,0.8)" if dark else "rgba(255,255,255,0.9)"
    if style is None:
        colour, shape = NO_COLOUR, "circle"
        hollow = [True] * len(suggested)
    else:
        colour, shape = style.colour, SYMBOLS.get(style.shape, "circle")
        hollow = list(suggested)
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
    ringed = [d for d in dots if d.work in set(lit)]
    ring = {
        "symbol": "circle-open",
        "size": 21,
        "color": "#ffd75e" if dark else "#b3122b",
        "line": {"width": 2.4},
    }
    places = {"x": [d.x for d in ringed], "y": [d.y for d in ringed]}
    return (
        [dict(type="scatter", **places, mode="markers", hoverinfo="skip", marker=ring, name="lit")]
        if ringed
        else []
    )


# ── labels ────────────────────────────────────────────────────────────────────────────────────────
def _labels(
    picture: Picture,
    emergent: Sequence[Topic],
    frame: Box,
    fades: Callable[[HeadingPath | None], bool],
    *,
    dark: bool,
) -> list[dict[str, Any]]:
    """Names of regions and emergent topics, none over another, each a little above its papers."""
    taken = _dot_boxes(picture.dots, 0.011 * (frame[3] - frame[2]))
    labels = []
    for label, heading, colour, dots in _names(picture, emergent):
        text = formatting.shorten(label, 36)
        at = _label_place(text, dots, frame, taken) if dots else None
        if at is not None:
            tag = "b" if heading else "i"
            font = {"size": 12.5, "color": _ink(colour, dark=dark)}
            labels.append(
                {
                    "x": at[0],
                    "y": at[1],
                    "text": f"<{tag}>{_plain(text)}</{tag}>",
                    "showarrow": False,
                    "opacity": 0.3 if fades(heading) else 1.0,
                    "font": font,
                }
            )
    return labels


def _dot_boxes(dots: Sequence[Dot], radius: float) -> list[Box]:
    """What the dots cover, left, bottom, right, top; nothing where there are too many to spare."""
    if len(dots) > MAX_SVG_DOTS:
        return []
    return [(d.x - radius, d.y - radius, d.x + radius, d.y + radius) for d in dots]


def _names(
    picture: Picture, emergent: Sequence[Topic]
) -> list[tuple[str, HeadingPath | None, str, list[Dot]]]:
    """(name, heading, colour, dots) of what has a label, those of most papers first, at most 60."""
    names: list[tuple[str, HeadingPath | None, str, list[Dot]]] = [
        (region.label, region.heading, region.style.colour, _told(picture, region.heading))
        for region in picture.regions
        if region.level
    ]
    place = {d.work: d for d in picture.dots}
    names += [
        (topic.label, None, NO_COLOUR, [place[w] for w in topic.works if w in place])
        for topic in emergent
    ]
    return sorted(names, key=lambda name: -len(name[3]))[:MAX_LABELS]


def _told(picture: Picture, heading: HeadingPath) -> list[Dot]:
    """The dots a heading's label stands by: those the reader filed there, else all of its
    colour.
    """
    dots = [d for d in picture.dots if d.heading == heading]
    return [d for d in dots if not d.suggested] or dots


def _label_place(text: str, dots: Sequence[Dot], frame: Box, taken: list[Box]) -> Point | None:
    """The middle of a label of these dots; its box is added to those `taken`.

    It stands above them, below them, or a little further off; None where there is no room.
    """
    unit = (frame[3] - frame[2]) / HEIGHT
    wide, high = (7.2 * len(text) + 8) * unit, 17 * unit
    middle = sorted(d.x for d in dots)[len(dots) // 2]
    x = min(max(middle, frame[0] + wide / 2), frame[1] - wide / 2)
    top, bottom = max(d.y for d in dots), min(d.y for d in dots)
    away = REGION_MARGIN * (frame[3] - frame[2]) + high * 0.8
    for steps in (1, 1.5, 2.2):
        for y in (top + steps * away, bottom - steps * away):
            box = (x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)
            is_inside = frame[2] < box[1] and box[3] < frame[3]
            if is_inside and not any(_overlap(box, other) for other in taken):
                taken.append(box)
                return x, y
    return None


def _overlap(one: Box, two: Box) -> bool:
    """Whether two boxes (left, bottom, right, top) touch."""
    beside = one[2] < two[0] or two[2] < one[0]
    return not (beside or one[3] < two[1] or two[3] < one[1])


def _plain(text: str) -> str:
    """Text without what Plotly takes for markup or its templates."""
    kept = "".join(c if c.isprintable() else " " for c in text)
    return kept.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("%{", "% {")


def _rgba(colour: str, alpha: float) -> str:
    r, g, b = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({r},{g},{b},{alpha})"


def _ink(colour: str, *, dark: bool) -> str:
    """The colour darkened for white ground, lightened for black, so that small letters can be
    read.
    """
    parts = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    mixed = [round(c + (255 - c) * 0.42) if dark else round(c * 0.68) for c in parts]
    return "#" + "".join(f"{c:02x}" for c in mixed)


__all__ = ["draw", "frame_of", "rounded"]
