"""The map as SVG, for a talk or a paper, and as PNG drawn from it."""

from __future__ import annotations

from html import escape

from litmap.maps.picture import NO_COLOUR, Label, Picture, Point, Region, Style, place_labels

LIGHT = {"ground": "#ffffff", "ink": "#1c1c1c", "faint": "#6b6b6b", "halo": "#ffffff"}
DARK = {"ground": "#14171c", "ink": "#eceff4", "faint": "#9aa3ad", "halo": "#14171c"}
MARGIN = 46.0
FONT = "Helvetica, Arial, 'Noto Sans', 'Noto Sans CJK SC', sans-serif"


class Frame:
    """Places of the map in a picture of some width and height; y grows upwards on the map, downwards here."""

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


def to_svg(picture: Picture, *, width: int = 1400, height: int = 1000, dark: bool = False, links: bool = False) -> str:
    """An SVG document: regions, dots with their titles as tooltips, labels; `links` draws the citations too."""
    look = DARK if dark else LIGHT
    at = Frame(picture, width, height)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        f' font-family="{FONT}" role="img">',
        f"<title>{_text(picture.title or 'Map of papers')}</title>",
        f'<rect width="{width}" height="{height}" fill="{look["ground"]}"/>',
    ]
    parts += [_ground(region, at) for region in picture.regions if region.level == 1]
    if links:
        parts += [_link(at(*_xy(picture, a)), at(*_xy(picture, b)), look["faint"]) for a, b in picture.links]
    radius = 5.0 if len(picture.dots) <= 600 else 5.0 * (600 / len(picture.dots)) ** 0.4
    for dot in picture.dots:
        style = (
            picture.styles.get(dot.heading, Style(NO_COLOUR, "circle")) if dot.heading else Style(NO_COLOUR, "circle")
        )
        parts.append(
            _dot(at(dot.x, dot.y), style, radius, f"{dot.title} — {dot.detail}" if dot.detail else dot.title, look)
        )
    anchors = {i: at(*region.at) for i, region in enumerate(picture.regions)}
    parts += [_label(label, look) for label in place_labels(picture.regions, width, height, anchors)]
    if picture.title:
        parts.append(
            f'<text x="16" y="30" font-size="20" font-weight="bold" fill="{look["ink"]}">{_text(picture.title)}</text>'
        )
    return "\n".join([*parts, "</svg>", ""])


def to_png(picture: Picture, *, width: int = 1400, height: int = 1000, dark: bool = False, scale: float = 2.0) -> bytes:
    """A PNG of the same picture, `scale` pixels a unit."""
    from typing import Any

    import pymupdf as untyped

    pymupdf: Any = untyped
    svg = to_svg(picture, width=width, height=height, dark=dark)
    with pymupdf.open(stream=svg.encode(), filetype="svg") as document:
        page = document[0]
        zoom = scale * width / page.rect.width
        return bytes(page.get_pixmap(matrix=pymupdf.Matrix(zoom, zoom), alpha=False).tobytes("png"))


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
            f' stroke="{region.style.colour}" stroke-opacity="0.10" stroke-width="22" stroke-linejoin="round"/>'
        )
    return "".join(out)


def _link(a: Point, b: Point, colour: str) -> str:
    return (
        f'<line x1="{a[0]:.1f}" y1="{a[1]:.1f}" x2="{b[0]:.1f}" y2="{b[1]:.1f}" stroke="{colour}" stroke-opacity="0.25"'
        ' stroke-width="0.7"/>'
    )


def _dot(at: Point, style: Style, r: float, title: str, look: dict[str, str]) -> str:
    x, y = at
    paint = f'fill="{style.colour}" stroke="{look["halo"]}" stroke-width="0.8"'
    if style.shape == "square":
        shape = (
            f'<rect x="{x - r * 0.9:.1f}" y="{y - r * 0.9:.1f}" width="{r * 1.8:.1f}" height="{r * 1.8:.1f}" {paint}>'
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
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}" {paint}><title>{_text(title)}</title></circle>'


def _label(label: Label, look: dict[str, str]) -> str:
    left, top, wide, high = label.box
    x, y = left + wide / 2, top + high * 0.76
    outer = label.region.level == 0
    colour = look["faint"] if outer else look["ink"]
    weight = "bold" if outer else "600"
    common = f'x="{x:.1f}" y="{y:.1f}" font-size="{label.size:.1f}" text-anchor="middle" font-weight="{weight}"'
    edge = f'fill="none" stroke="{look["halo"]}" stroke-width="3.5" stroke-linejoin="round"'
    halo = f"<text {common} {edge}>{_text(label.text)}</text>"
    leader = ""
    ax, ay = label.anchor
    if abs(ax - x) > wide / 2 or abs(ay - (top + high / 2)) > 2.5 * high:
        ends = f'x1="{ax:.1f}" y1="{ay:.1f}" x2="{x:.1f}" y2="{top + high / 2:.1f}"'
        leader = f'<line {ends} stroke="{look["faint"]}" stroke-width="0.7"/>'
    return f'{leader}{halo}<text {common} fill="{colour}">{_text(label.text)}</text>'
