"""A line plot as SVG text: axes without ticks, a few curves or dots. Just enough for the example
papers' figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

WIDTH, HEIGHT, LEFT, BOTTOM, EDGE = 240.0, 132.0, 20.0, 18.0, 6.0
INKS = ("#1b4f72", "#b9770e", "#2d6a4f", "#7d3c98")
DASHES = ("", "5 2.5", "1.5 2", "6 2 1.5 2")

Points = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Curve:
    """Points to join, or to mark with dots where `dots` is set. `ink` and `dash` index `INKS` and
    `DASHES`.
    """

    points: Points
    label: str = ""
    ink: int = 0
    dash: int = 0
    dots: float = 0.0


@dataclass(frozen=True)
class Plot:
    """Curves with axis labels; `x` and `y` are the ranges shown (found from the points where
    None).
    """

    curves: Sequence[Curve]
    x_label: str = ""
    y_label: str = ""
    x: tuple[float, float] | None = None
    y: tuple[float, float] | None = None
    verticals: Sequence[float] = field(default_factory=tuple)
    horizontals: Sequence[float] = field(default_factory=tuple)


def draw(plot: Plot) -> str:
    """The plot as an SVG document."""
    xs = plot.x or _range([p[0] for c in plot.curves for p in c.points])
    ys = plot.y or _range([p[1] for c in plot.curves for p in c.points])
    right, top = WIDTH - EDGE, EDGE

    def place(point: tuple[float, float]) -> tuple[float, float]:
        u = (point[0] - xs[0]) / (xs[1] - xs[0])
        v = (point[1] - ys[0]) / (ys[1] - ys[0])
        return LEFT + u * (right - LEFT), HEIGHT - BOTTOM - v * (HEIGHT - BOTTOM - top)

    rows = [
        _line((LEFT, HEIGHT - BOTTOM), (right, HEIGHT - BOTTOM)),
        _line((LEFT, HEIGHT - BOTTOM), (LEFT, top)),
    ]
    rows += [_line(place((v, ys[0])), place((v, ys[1])), "3 3") for v in plot.verticals]
    rows += [_line(place((xs[0], h)), place((xs[1], h)), "3 3") for h in plot.horizontals]
    for curve in plot.curves:
        rows += _curve(curve, [place(p) for p in curve.points], (top, HEIGHT - BOTTOM))
    rows += _legend([c for c in plot.curves if c.label], right)
    rows.append(_text((LEFT + right) / 2, HEIGHT - 5, plot.x_label, "middle"))
    middle = (top + HEIGHT - BOTTOM) / 2
    rows.append(
        f'<g transform="rotate(-90 12 '
        f'{middle:.1f})">{_text(12, middle, plot.y_label, "middle")}</g>'
    )
    size = f'width="{WIDTH:g}" height="{HEIGHT:g}" viewBox="0 0 {WIDTH:g} {HEIGHT:g}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>' + "".join(rows) + "</svg>"


def _range(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    pad = (high - low) * 0.06 or 1.0
    return low - pad, high + pad


def _line(a: tuple[float, float], b: tuple[float, float], dash: str = "") -> str:
    style = f' stroke-dasharray="{dash}"' if dash else ""
    ink = "#999" if dash else "#333"
    ends = f'x1="{a[0]:.2f}" y1="{a[1]:.2f}" x2="{b[0]:.2f}" y2="{b[1]:.2f}"'
    return f'<line {ends} stroke="{ink}" stroke-width="0.6"{style}/>'


def _curve(curve: Curve, points: Points, band: tuple[float, float]) -> list[str]:
    ink = INKS[curve.ink]
    inside = [(x, min(max(y, band[0]), band[1])) for x, y in points]
    if curve.dots:
        return [
            f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{curve.dots:g}" fill="{ink}"/>'
            for x, y in inside
        ]
    joined = " ".join(f"{x:.2f},{y:.2f}" for x, y in inside)
    dash = f' stroke-dasharray="{DASHES[curve.dash]}"' if curve.dash else ""
    return [f'<polyline points="{joined}" fill="none" stroke="{ink}" stroke-width="1.1"{dash}/>']


def _legend(curves: Sequence[Curve], right: float) -> list[str]:
    rows = []
    for i, curve in enumerate(curves):
        y = EDGE + 8 + 9 * i
        rows.append(_text(right - 20, y, curve.label, "end"))
        rows += _curve(curve, [(right - 16, y - 2.4), (right - 2, y - 2.4)], (0, HEIGHT))
    return rows


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    safe = text.replace("&", "&amp;").replace("<", "&lt;")
    face = 'font-family="Libertinus Serif" font-size="7.5"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {face} fill="#222" text-anchor="{anchor}">{safe}</text>'
