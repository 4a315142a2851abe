"""The map as SVG, for a talk or a paper, and as PNG drawn from it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from typing import Any

from litmap.maps.map_model import NO_COLOUR, Label, Picture, Point, Region, Style, place_labels

LIGHT = {"ground": "#ffffff", "ink": "#1c1c1c", "faint": "#6b6b6b", "halo": "#ffffff"}
DARK = {"ground": "#14171c", "ink": "#eceff4", "faint": "#9aa3ad", "halo": "#14171c"}
MARGIN = 46.0
MAX_DISTANCE_WITHOUT_LEADER = 26.0  # a label closer than this to its region needs no line
FONT = "Helvetica, Arial, 'Noto Sans', 'Noto Sans CJK SC', sans-serif"


class Frame:
    """Places of the map in a picture of some width and height; y grows upwards on the map,
    downwards here.
    """

    def __init__(self, picture: Picture, width: float, height: float) -> None:
        xs = [d.x for d in picture.dots] or [0.0]
        ys = [d.y for d in picture.dots] or [0.0]
        self.low, self.top = min(xs), max(ys)
        across, along = max(max(xs) - min(xs), 1e-6), max(max(ys) - min(ys), 1e-6)
        self.head = 30.0 if picture.title else 0.0
        self.scale = min((width - 2 * MARGIN) / across, (height - 2 * MARGIN - self.head) / along)
        self.dx = (width - across * self.scale) / 2
        self.dy = self.head + (height - self.head - along * self.scale) / 2

    def __call__(self, x: float, y: float) -> Point:
        """The place in the picture."""
        return (x - self.low) * self.scale + self.dx, (self.top - y) * self.scale + self.dy


def to_svg(
    picture: Picture,
    *,
    width: int = 1400,
    height: int = 1000,
    dark: bool = False,
    links: bool = False,
) -> str:
    """An SVG document: regions, dots with their titles as tooltips, labels; `links` draws the
    citations too.
    """
    look = DARK if dark else LIGHT
    at = Frame(picture, width, height)
    texts = _texts(picture, at, width, height, look)
    parts = [
        *_shapes(picture, at, width, height, look, links=links),
        *(_written(text) for text in texts),
    ]
    return "\n".join([*parts, "</svg>", ""])


def to_png(
    picture: Picture,
    *,
    width: int = 1400,
    height: int = 1000,
    dark: bool = False,
    scale: float = 2.0,
) -> bytes:
    """A PNG of the same picture, `scale` pixels a unit."""
    import pymupdf as untyped

    pymupdf: Any = untyped
    look = DARK if dark else LIGHT
    at = Frame(picture, width, height)
    svg = "\n".join([*_shapes(picture, at, width, height, look, links=False), "</svg>"])
    with pymupdf.open(stream=svg.encode(), filetype="svg") as drawn, pymupdf.open() as document:
        page = document.new_page(width=width, height=height)
        with pymupdf.open("pdf", drawn.convert_to_pdf()) as shapes:
            page.show_pdf_page(page.rect, shapes, 0)
        for text in _texts(picture, at, width, height, look):
            _print(pymupdf, page, text)
        return bytes(
            page.get_pixmap(matrix=pymupdf.Matrix(scale, scale), alpha=False).tobytes("png")
        )


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text at the left of its base line, with the ground's colour around it; `leader`
    points at its place.
    """

    text: str
    left: float
    base: float
    wide: float
    size: float
    colour: str
    halo: str
    leader: tuple[Point, Point] | None = None
    faint: str = ""
    middle: bool = True


def _print(pymupdf: Any, page: Any, text: Text) -> None:
    """The text with PyMuPDF's own sans-serif, for its reader of SVG knows but one font with
    serifs.
    """
    shown = "".join(c if c.isprintable() else " " for c in text.text)
    font = pymupdf.Font("hebo")
    if not all(font.has_glyph(ord(c)) for c in shown):
        font = pymupdf.Font("cjk")
    wide = font.text_length(shown, text.size)
    left = text.left + (text.wide - wide) / 2 if text.middle else text.left
    if text.leader:
        page.draw_line(*text.leader, color=_rgb(text.faint), width=0.7)
    around = [(1.4 * math.cos(k * math.pi / 4), 1.4 * math.sin(k * math.pi / 4)) for k in range(8)]
    for colour, steps in ((text.halo, around), (text.colour, [(0.0, 0.0)])):
        writer = pymupdf.TextWriter(page.rect)
        for dx, dy in steps:
            writer.append((left + dx, text.base + dy), shown, font=font, fontsize=text.size)
        writer.write_text(page, color=_rgb(colour))


def _rgb(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue


def _shapes(
    picture: Picture, at: Frame, width: int, height: int, look: dict[str, str], *, links: bool
) -> list[str]:
    """The document up to its labels: ground, regions, citations, dots."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}"'
        f' font-family="{FONT}" role="img">',
        f"<title>{_text(picture.title or 'Map of papers')}</title>",
        f'<rect width="{width}" height="{height}" fill="{look["ground"]}"/>',
    ]
    parts += [_ground(region, at) for region in picture.regions if region.level == 1]
    if links:
        parts += [
            _link(at(*_xy(picture, a)), at(*_xy(picture, b)), look["faint"])
            for a, b in picture.links
        ]
    radius = 5.0 if len(picture.dots) <= 600 else 5.0 * (600 / len(picture.dots)) ** 0.4
    none = Style(NO_COLOUR, "circle")
    for dot in picture.dots:
        style = picture.styles.get(dot.heading, none) if dot.heading else none
        title = f"{dot.title} — {dot.detail}" if dot.detail else dot.title
        parts.append(_dot(at(dot.x, dot.y), style, radius, title, look, hollow=dot.suggested))
    return parts


def _texts(
    picture: Picture, at: Frame, width: int, height: int, look: dict[str, str]
) -> list[Text]:
    """The labels and the title."""
    anchors = {i: at(*region.at) for i, region in enumerate(picture.regions)}
    places = [at(dot.x, dot.y) for dot in picture.dots]
    out = []
    for label in place_labels(picture.regions, width, height, anchors, places):
        left, top, wide, high = label.box
        colour = look["faint"] if label.region.level == 0 else look["ink"]
        leader = _leader(label, at)
        out.append(
            Text(
                label.text,
                left,
                top + high * 0.76,
                wide,
                label.size,
                colour,
                look["halo"],
                leader,
                look["faint"],
            )
        )
    if picture.title:
        out.append(Text(picture.title, 16, 30, 0, 20, look["ink"], look["ground"], middle=False))
    return out


def _leader(label: Label, at: Frame) -> tuple[Point, Point] | None:
    """A line from a label to the nearest corner of its region, where it does not stand beside
    it.
    """
    if label.region.level == 0:
        return None
    left, top, wide, high = label.box
    corners = [at(*p) for patch in label.region.patches for p in patch] or [label.anchor]

    def foot(p: Point) -> Point:
        return min(max(p[0], left), left + wide), min(max(p[1], top), top + high)

    def far(p: Point) -> float:
        return math.dist(p, foot(p))

    near = min(corners, key=far)
    return (near, foot(near)) if far(near) > MAX_DISTANCE_WITHOUT_LEADER else None


def _xy(picture: Picture, row: int) -> Point:
    return picture.dots[row].x, picture.dots[row].y


def _text(text: str) -> str:
    """Escaped, without the characters XML does not allow."""
    return escape("".join(c if c.isprintable() else " " for c in text))


def _ground(region: Region, at: Frame) -> str:
    """The region's patches with round, wide borders."""
    out = []
    for patch in region.patches:
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in (at(*p) for p in patch))
        out.append(
            f'<polygon points="{points}" fill="{region.style.colour}" fill-opacity="0.10"'
            f' stroke="{region.style.colour}" stroke-opacity="0.10" stroke-width="22" '
            f'stroke-linejoin="round"/>'
        )
    return "".join(out)


def _link(a: Point, b: Point, colour: str) -> str:
    return (
        f'<line x1="{a[0]:.1f}" y1="{a[1]:.1f}" x2="{b[0]:.1f}" y2="{b[1]:.1f}" stroke="{colour}" '
        f'stroke-opacity="0.25"'
        ' stroke-width="0.7"/>'
    )


def _dot(
    at: Point, style: Style, r: float, title: str, look: dict[str, str], *, hollow: bool
) -> str:
    x, y = at
    paint = f'fill="{style.colour}" stroke="{look["halo"]}" stroke-width="0.8"'
    if hollow:  # not the reader's own filing
        paint, r = f'fill="{look["ground"]}" stroke="{style.colour}" stroke-width="1.6"', r - 0.6
    if style.shape == "square":
        shape = (
            f'<rect x="{x - r * 0.9:.1f}" y="{y - r * 0.9:.1f}" width="{r * 1.8:.1f}" '
            f'height="{r * 1.8:.1f}" {paint}>'
        )
        return f"{shape}<title>{_text(title)}</title></rect>"
    if style.shape in {"triangle", "diamond"}:
        corners = (
            [(x, y - r * 1.2), (x + r * 1.1, y + r * 0.9), (x - r * 1.1, y + r * 0.9)]
            if style.shape == "triangle"
            else [(x, y - r * 1.25), (x + r * 1.25, y), (x, y + r * 1.25), (x - r * 1.25, y)]
        )
        points = " ".join(f"{a:.1f},{b:.1f}" for a, b in corners)
        return f'<polygon points="{points}" {paint}><title>{_text(title)}</title></polygon>'
    place = f'cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}"'
    return f"<circle {place} {paint}><title>{_text(title)}</title></circle>"


def _written(text: Text) -> str:
    """The text as SVG."""
    x = text.left + text.wide / 2
    anchor = ' text-anchor="middle"' if text.middle else ""
    common = (
        f'x="{x:.1f}" y="{text.base:.1f}" font-size="{text.size:.1f}"{anchor} font-weight="600"'
    )
    edge = f'fill="none" stroke="{text.halo}" stroke-width="3.5" stroke-linejoin="round"'
    line = ""
    if text.leader:
        (x1, y1), (x2, y2) = text.leader
        ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
        line = f'<line {ends} stroke="{text.faint}" stroke-width="0.7"/>'
    words = _text(text.text)
    halo = f"<text {common} {edge}>{words}</text>"
    return f'{line}{halo}<text {common} fill="{text.colour}">{words}</text>'
