"""What a map shows, before it is drawn: dots, regions, labels that do not overlap, colours that
stay.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from litmap.models import HeadingPath

Floats = NDArray[np.float64]
Point = tuple[float, float]
Box = tuple[float, float, float, float]
"""Left, top, width, height in a picture."""

# Okabe and Ito's colours and Tol's muted ones that are told apart with every common colour
# blindness and stand out
# from white and from near-black alike; shapes tell the rest apart.
COLOURS = (
    *(
        "#0072B2",
        "#E69F00",
        "#009E73",
        "#CC79A7",
        "#D55E00",
        "#56B4E9",
        "#AA4466",
        "#999933",
        "#44AA99",
        "#7F6FD0",
    ),
)
NO_COLOUR = "#8A8A8A"
SHAPES = ("circle", "square", "triangle", "diamond")
PATCH_REACH = 0.16
"""Dots of a heading closer than this, on a map from -1 to 1, are one patch of its region."""
MIN_PATCH_DOTS = 3
"""Dots a patch needs to be drawn."""


@dataclass(frozen=True, slots=True)
class Style:
    """How a heading's dots look. `colour` is '#rrggbb', `shape` one of 'circle', 'square',
    'triangle', 'diamond'.
    """

    colour: str
    shape: str


@dataclass(frozen=True, slots=True)
class Dot:
    """A paper on the map. `heading` is where it stands (None for nowhere), `detail` a line on it
    (authors, year).

    `suggested`: only its text says so, with this `chance` (0 to 1); `cluster` is the label of its
    emergent topic. `short` is its name in few letters ('Keskar 2016'), `status` and `note` what
    a reader sees of its status and of the note that cites it first; `is_new`: the last refresh
    brought it.
    """

    work: str
    title: str
    x: float
    y: float
    heading: HeadingPath | None = None
    detail: str = ""
    url: str = ""
    suggested: bool = False
    short: str = ""
    year: int | None = None
    status: str = ""
    note: str = ""
    chance: float | None = None
    cluster: str = ""
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class Region:
    """The ground of a heading: `patches` are polygons around its dots. `level` is 0 for a theme
    (or an outermost heading) that has headings below it, 1 for one that holds papers, 2 for an
    emergent topic, which has no heading: its path is its label. `at` is where its label is best
    placed.
    """

    heading: HeadingPath
    label: str
    level: int
    count: int
    style: Style
    at: Point
    patches: tuple[tuple[Point, ...], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A whole map. `links` are (row of the citing dot, row of the cited one)."""

    title: str
    dots: tuple[Dot, ...]
    regions: tuple[Region, ...]
    styles: Mapping[HeadingPath, Style]
    links: tuple[tuple[int, int], ...] = ()
    themes: Mapping[HeadingPath, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Label:
    """A label with its box (left, top, width, height) and the place it speaks of, in the picture's
    units.
    """

    region: Region
    text: str
    size: float
    box: Box
    anchor: Point


def draw(
    dots: Sequence[Dot],
    links: Sequence[tuple[str, str]] = (),
    *,
    title: str = "",
    previous: Mapping[HeadingPath, Style] | None = None,
    themes: Mapping[HeadingPath, str] | None = None,
) -> Picture:
    """The picture of these dots, in their order. `links` are (citing, cited) work ids; `previous`
    are styles to keep; `themes` name what headings belong together, by default their outermost
    heading.
    """
    dots = tuple(d for d in dots if np.isfinite((d.x, d.y)).all())
    row = {dot.work: i for i, dot in enumerate(dots)}
    pairs = sorted({(row[a], row[b]) for a, b in links if a in row and b in row and a != b})
    headings = list(dict.fromkeys(dot.heading for dot in dots if dot.heading))
    styles = choose_styles(headings, previous)
    grouped = {path: (themes or {}).get(path) or path[0] for path in styles}
    regions = tuple(find_regions(dots, styles, grouped))
    return Picture(title, dots, regions, styles, tuple(pairs), grouped)


def choose_styles(
    headings: Sequence[HeadingPath], previous: Mapping[HeadingPath, Style] | None = None
) -> dict[HeadingPath, Style]:
    """A style for each heading; `previous` ones are kept.

    A heading's first choice comes from its own name, so that without `previous` too most keep their
    colour when others come and go. Ten headings have ten colours; after that shapes tell them
    apart; after forty, styles repeat.
    """
    kept = {path: style for path, style in (previous or {}).items() if path in set(headings)}
    taken = {(style.colour, style.shape) for style in kept.values()}
    styles = dict(kept)
    for path in sorted((h for h in headings if h not in kept), key=_digest):
        slots = _style_order(path)
        slot = next((s for s in slots if s not in taken), slots[0])
        taken.add(slot)
        styles[path] = Style(*slot)
    return {path: styles[path] for path in headings}


def _style_order(path: HeadingPath) -> list[tuple[str, str]]:
    """All (colour, shape), those that a heading of this name takes first in front."""
    first = int.from_bytes(_digest(path)[:4], "big") % len(COLOURS)
    colours = [*COLOURS[first:], *COLOURS[:first]]
    return [(colour, shape) for shape in SHAPES for colour in colours]


def _digest(path: HeadingPath) -> bytes:
    return hashlib.sha256("\x1f".join(path).encode("utf-8", "replace")).digest()


def find_regions(
    dots: Sequence[Dot], styles: Mapping[HeadingPath, Style], themes: Mapping[HeadingPath, str]
) -> list[Region]:
    """Regions of the themes of two or more headings, of the headings that hold dots, and of the
    emergent topics.
    """
    members: dict[HeadingPath, list[int]] = {}
    clusters: dict[str, list[int]] = {}
    for i, dot in enumerate(dots):
        if dot.heading:
            members.setdefault(dot.heading, []).append(i)
        elif dot.cluster:
            clusters.setdefault(dot.cluster, []).append(i)
    places = np.array([(d.x, d.y) for d in dots], dtype=np.float64).reshape(-1, 2)
    grey = Style(NO_COLOUR, SHAPES[0])
    regions = []
    for theme, rows in _rows_of_themes(members, themes).items():
        patches = find_patches(places[rows], reach=2 * PATCH_REACH)
        regions.append(_region((theme,), 0, rows, grey, places, patches))
    for path, rows in members.items():
        regions.append(_region(path, 1, rows, styles[path], places, find_patches(places[rows])))
    for label, rows in clusters.items():
        regions.append(_region((label,), 2, rows, grey, places, find_patches(places[rows])))
    return regions


def _rows_of_themes(
    members: Mapping[HeadingPath, Sequence[int]], themes: Mapping[HeadingPath, str]
) -> dict[str, list[int]]:
    """The themes above two or more headings that hold dots, with those dots in order."""
    below: dict[str, list[HeadingPath]] = {}
    for path in members:
        below.setdefault(themes[path], []).append(path)
    outer = {
        theme: sorted(row for inner in headings for row in members[inner])
        for theme, headings in below.items()
        if len(headings) > 1
    }
    return dict(sorted(outer.items(), key=lambda item: item[1][0]))


def _region(
    path: HeadingPath,
    level: int,
    rows: list[int],
    style: Style,
    places: Floats,
    patches: list[NDArray[np.int64]],
) -> Region:
    own = places[rows]
    largest = own[patches[0]] if patches else own
    middle = np.median(largest, axis=0)
    polygons = tuple(
        _hull(own[patch]) for patch in patches if level == 1 and len(patch) >= MIN_PATCH_DOTS
    )
    return Region(
        path, path[-1], level, len(rows), style, (float(middle[0]), float(middle[1])), polygons
    )


def find_patches(places: Floats, reach: float = PATCH_REACH) -> list[NDArray[np.int64]]:
    """Rows that hang together (single linkage within `reach`), the largest first."""
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial import cKDTree

    if not len(places):
        return []
    near = cKDTree(places).sparse_distance_matrix(cKDTree(places), reach, output_type="coo_matrix")
    group = connected_components(near, directed=False)[1]
    patches = [np.flatnonzero(group == g).astype(np.int64) for g in range(int(group.max()) + 1)]
    return sorted(patches, key=lambda rows: (-len(rows), int(rows[0])))


def _hull(places: Floats) -> tuple[Point, ...]:
    """The convex hull, counter-clockwise (Andrew's monotone chain); two points or fewer as they
    are.
    """
    points = sorted({(round(float(x), 5), round(float(y), 5)) for x, y in places})
    if len(points) < 3:
        return tuple(points)

    def chain(ordered: Sequence[Point]) -> list[Point]:
        out: list[Point] = []
        for p in ordered:
            while len(out) > 1 and _turn(out[-2], out[-1], p) <= 0:
                out.pop()
            out.append(p)
        return out[:-1]

    return tuple(chain(points) + chain(points[::-1]))


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def text_width(text: str, size: float) -> float:
    """About how wide a text is in a common sans-serif: a wide letter is one em, others a little
    over half.
    """
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return size * (wide + 0.56 * (len(text) - wide))


def shorten(text: str, most: int = 42) -> str:
    """A label's text: one line, without control characters, cut at a word."""
    clean = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if len(clean) <= most:
        return clean
    head = clean[: most - 1]
    return (head[: head.rfind(" ")] if " " in head[most // 2 :] else head) + "…"


def place_labels(
    regions: Sequence[Region],
    width: float,
    height: float,
    places: Mapping[int, Point],
    dots: Sequence[Point] = (),
) -> list[Label]:
    """Labels in a picture of this size, none over another; those of larger headings have the first
    choice.

    `places` gives each region's anchor by its number, `dots` what labels should leave free: of the
    places near its anchor a label takes the one that covers the fewest dots for the way. A label
    that finds no room is left out.
    """
    labels: list[Label] = []
    covered = np.array(dots, dtype=np.float64).reshape(-1, 2)
    order = sorted(range(len(regions)), key=lambda i: (regions[i].level, -regions[i].count, i))
    for number in order:
        region = regions[number]
        size = 17.0 if region.level == 0 else 12.0 + min(2.0, region.count / 12)
        text = shorten(region.label.upper() if region.level == 0 else region.label)
        wide, high = text_width(text, size) + 6, size * 1.3
        x, y = places[number]
        beside = np.abs(covered[:, 0] - x) < wide + 200
        near = covered[beside & (np.abs(covered[:, 1] - y) < 200)]
        taken = [label.box for label in labels]
        box = _best_box((x, y), (wide, high), size, (width, height), near, taken)
        if box is not None:
            labels.append(Label(region, text, size, box, (x, y)))
    return labels


def _best_box(
    anchor: Point,
    extent: tuple[float, float],
    size: float,
    picture: tuple[float, float],
    dots: Floats,
    taken: Sequence[Box],
) -> Box | None:
    """The box of this extent (width, height) near the anchor that covers the fewest dots for the
    way.

    `size` is that of the letters, `picture` the width and height there are. None where no place is
    free of the boxes `taken`.
    """
    wide, high = extent
    best: tuple[float, Box] | None = None
    for dx, dy, way in _spiral(size):
        if best is not None and way >= best[0]:
            break
        left = min(max(anchor[0] + dx - wide / 2, 2.0), picture[0] - wide - 2)
        top = min(max(anchor[1] + dy - high / 2, 2.0), picture[1] - high - 2)
        box = (left, top, wide, high)
        if left < 2.0 or any(_overlap(box, other) for other in taken):
            continue
        cost = way + _count_covered(dots, box)
        if best is None or cost < best[0]:
            best = cost, box
    return None if best is None else best[1]


def _count_covered(dots: Floats, box: Box) -> float:
    """How many of the dots (n, 2) the box covers, with a small margin."""
    left, top, wide, high = box
    beside = np.abs(dots[:, 0] - left - wide / 2) < wide / 2 + 3
    return float((beside & (np.abs(dots[:, 1] - top - high / 2) < high / 2 + 3)).sum())


def _spiral(size: float) -> list[tuple[float, float, float]]:
    """Steps away from a label's first place, and what each costs: one dot covered is worth three
    lines of way.
    """
    steps = [(0.0, 0.0, 0.0)]
    for ring in range(1, 11):
        for k in range(4 * ring):
            angle = 2 * np.pi * (k / (4 * ring)) + np.pi / 2
            x, y = float(np.cos(angle)) * ring, float(np.sin(angle)) * ring
            steps.append((x * size * 1.6, y * size * 0.8, 0.25 * ring))
    return steps


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[0] + b[2] and b[0] < a[0] + a[2] and a[1] < b[1] + b[3] and b[1] < a[1] + a[3]
