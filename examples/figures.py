"""The figures of the example papers, each computed from the formula its paper states (or a
schematic, as it says).
"""

from __future__ import annotations

import math
from collections.abc import Callable

from .plots import Curve, Plot, Points, draw


def svg(name: str) -> str:
    """The SVG text of the figure called `name`; KeyError where there is none."""
    return draw(FIGURES[name]())


def grid(low: float, high: float, count: int = 160) -> list[float]:
    """Equally spaced values, both ends included."""
    return [low + (high - low) * i / (count - 1) for i in range(count)]


def graph(function: Callable[[float], float], low: float, high: float, count: int = 160) -> Points:
    """Points of a function's graph."""
    return [(x, function(x)) for x in grid(low, high, count)]


def normal(x: float, mean: float, width: float) -> float:
    """Density of a normal distribution."""
    return math.exp(-(((x - mean) / width) ** 2) / 2) / (width * math.sqrt(2 * math.pi))


def step(x: float, middle: float, width: float) -> float:
    """A logistic step from 0 to 1."""
    return 1 / (1 + math.exp(-(x - middle) / width))


def risk(ratio: float, signal: float, noise: float) -> float:
    """Risk of least squares of minimum norm on isotropic data in the proportional limit
    (hazelgrave2020ridgeless).
    """
    if ratio < 1:
        return noise * ratio / (1 - ratio)
    return signal * (1 - 1 / ratio) + noise / (ratio - 1) if ratio > 1 else math.inf


def _memorise() -> Plot:
    kinds = (("true labels", 1.0), ("half random", 0.55), ("random labels", 0.35))
    curves = [
        Curve([(t, 1 - math.exp(-r * t)) for t in grid(0, 12)], n, i, i)
        for i, (n, r) in enumerate(kinds)
    ]
    return Plot(curves, "time", "fitted", y=(0, 1.6))


def _margins() -> Plot:
    return Plot(
        [
            Curve(graph(lambda x: normal(x, 1.0, 0.35), -0.5, 2.4), "true labels"),
            Curve(graph(lambda x: normal(x, 0.28, 0.12), -0.5, 2.4), "random labels", 1, 1),
        ],
        "normalised margin",
        "density",
    )


def _posterior() -> Plot:
    curves = [
        Curve([(s, 1 - math.exp(-c * s * s)) for s in grid(0, 2)], n, i, i)
        for i, (n, c) in enumerate((("sharp", 2.5), ("flat", 0.25)))
    ]
    return Plot(curves, "size of the noise", "error", y=(0, 1.3), horizontals=(0.2,))


def _risk_curve(signal: float, noise: float) -> Points:
    return [(x, min(risk(x, signal, noise), 3.0)) for x in grid(0.05, 4, 400) if abs(x - 1) > 0.004]


def _double_descent() -> Plot:
    return Plot(
        [Curve(_risk_curve(1, 0.25))], "parameters / examples", "risk", y=(0, 3), verticals=(1,)
    )


def _ridgeless() -> Plot:
    curves = [
        Curve(_risk_curve(s, 0.2), f"signal/noise {s / 0.2:g}", i, i)
        for i, s in enumerate((0.2, 0.6, 1.2))
    ]
    return Plot(curves, "d / n", "risk", y=(0, 3), verticals=(1,))


def _spectrum() -> Plot:
    head = [(math.log10(i), math.log10(4.0 / i if i < 5 else 0.05)) for i in range(1, 200, 3)]
    power = [(math.log10(i), math.log10(4.0 * i**-1.5)) for i in range(1, 200, 3)]
    return Plot(
        [Curve(head, "head and tail", 0, 0, 1.6), Curve(power, "power law", 1, 0, 1.0)],
        "log index",
        "log eigenvalue",
    )


def _semicircle() -> Plot:
    def half(x: float, shift: float) -> float:
        return math.sqrt(max(1 - (x - shift) ** 2, 0)) * 2 / math.pi

    kinds = (("high", 0.0), ("middle", 0.6), ("low", 1.15))
    curves = [
        Curve([(x, half(x, s)) for x in grid(-1.2, 2.4, 300)], n, i, i)
        for i, (n, s) in enumerate(kinds)
    ]
    return Plot(curves, "eigenvalue", "density", y=(0, 0.95), verticals=(0,))


def _barrier() -> Plot:
    def loss(t: float, bend: float) -> float:
        return 0.05 + 16 * (1 - bend) * (t * (1 - t)) ** 2

    return Plot(
        [
            Curve(graph(lambda t: loss(t, 0), 0, 1), "straight"),
            Curve(graph(lambda t: loss(t, 0.97), 0, 1), "bent", 1, 1),
        ],
        "position on the path",
        "loss",
        y=(0, 1.5),
    )


def _rescale() -> Plot:
    curves = []
    for i, value in enumerate((0.5, 1.0, 1.5)):
        points = [(u, value / u) for u in grid(0.35, 3.2)]
        curves.append(
            Curve(points, f"uv = {value:g}", 0 if value == 1 else 1, 0 if value == 1 else i + 1)
        )
    return Plot(curves, "u", "v", x=(0, 3.4), y=(0, 4))


def _margin_growth() -> Plot:
    return Plot(
        [
            Curve([(x, 1 / (1 + 10**x)) for x in grid(0, 5)], "loss"),
            Curve(
                [(x, 0.6 / (1 + x * math.log(10))) for x in grid(0, 5)], "gap to the margin", 1, 1
            ),
        ],
        "log10 of steps",
        "",
        y=(0, 0.9),
    )


def _growth() -> Plot:
    curves = []
    for depth, dash in ((1, 2), (2, 1), (3, 0)):
        for ink, strength in enumerate((1.0, 0.7, 0.4)):
            s, points = 0.02, []
            for n in range(1200):
                points.append((n * 0.02, s))
                s += 0.02 * 0.5 * depth * s ** (2 - 2 / depth) * (strength - s)
            label = {0: "depth 3", 1: "2", 2: "1"}[dash] if ink == 0 else ""
            curves.append(Curve(points[::8], label, ink, dash))
    return Plot(curves, "time", "singular value", y=(0, 1.5))


def _edge() -> Plot:
    curves = []
    for ink, step_size in enumerate((0.5, 0.9)):
        edge, x, s, points = 2 / step_size, 0.02, 0.5, []
        for n in range(400):
            points.append((float(n), s))
            x = max(min(abs(1 - step_size * s), 1.15) * abs(x), 0.02)
            s += 0.02 - 0.02 * x * x
        curves.append(Curve(points, f"step {step_size}", ink, ink))
        curves.append(Curve([(0.0, edge), (400.0, edge)], "", 2, 2))
    return Plot(curves, "steps", "sharpness", y=(0, 6))


def _plane() -> Plot:
    rise = [(8 + 2 * math.sin(t * 1.57), 0.1 + 0.8 * t) for t in grid(0, 1, 40)]
    drift = [(10 - 6 * t, 0.9 + 0.06 * t) for t in grid(0, 1, 40)]
    bound = graph(lambda x: 1 - math.exp(-x / 1.6), 0, 12)
    return Plot(
        [Curve([*rise, *drift], "a layer"), Curve(bound, "bound", 1, 1)],
        "I(X;T)",
        "I(T;Y)",
        y=(0, 1.35),
    )


def _binned(activation: Callable[[float], float], low: float, high: float) -> Points:
    points = []
    sample = [-3 + 6 * (i + 0.5) / 2000 for i in range(2000)]
    weights = [normal(z, 0, 1) for z in sample]
    for w in grid(0.2, 10, 60):
        cells: dict[int, float] = {}
        for z, p in zip(sample, weights, strict=True):
            cell = int((activation(w * z) - low) / (high - low) * 30)
            cells[cell] = cells.get(cell, 0) + p
        total = sum(cells.values())
        points.append((w, -sum(p / total * math.log2(p / total) for p in cells.values() if p > 0)))
    return points


def _binning() -> Plot:
    return Plot(
        [
            Curve(_binned(math.tanh, -1, 1.0001), "saturating"),
            Curve(_binned(lambda z: max(z, 0.0), 0, 30.001), "rectifier", 1, 1),
        ],
        "weight",
        "bits",
        y=(0, 6.5),
    )


def _tickets() -> Plot:
    kinds = (("ticket", 1.9), ("new weights", 1.15), ("random mask", 0.95))
    curves = [
        Curve([(x, 0.5 + 0.45 * step(-x, -m, 0.16)) for x in grid(0, 2.4)], n, i, i)
        for i, (n, m) in enumerate(kinds)
    ]
    return Plot(curves, "log10 of 1 / weights kept", "accuracy", y=(0.45, 1.15))


def _simplex() -> Plot:
    curves = []
    corners = [(math.cos(a), math.sin(a)) for a in (1.57, 3.665, 5.76)]
    for ink, spread in ((1, 0.55), (2, 0.25), (0, 0.05)):
        points = []
        for cx, cy in corners:
            for i in range(14):
                angle, radius = 2.4 * i, spread * math.sqrt((i + 0.5) / 14)
                points.append((cx + radius * math.cos(angle), cy + radius * math.sin(angle)))
        curves.append(Curve(points, "", ink, 0, 1.3))
    return Plot(curves, "", "", x=(-3, 3), y=(-1.6, 1.7))


def _kernel_modes() -> Plot:
    curves = [
        Curve([(t, math.exp(-t * 4.0**-k)) for t in grid(0, 24)], f"1/{4**k}", k, k)
        for k in range(4)
    ]
    return Plot(curves, "time", "residual", y=(0, 1.45))


def _lazy() -> Plot:
    points = [(x, math.log10(math.sqrt(1 + 4 / 10 ** (2 * x)))) for x in grid(-2, 2)]
    return Plot([Curve(points)], "log10 of the output scale", "log10 of growth")


def _ridges() -> Plot:
    curves = [Curve(graph(lambda x: math.sin(2 * math.pi * x), 0, 1), "sine", 1, 2)]
    for i, kinks in enumerate((2, 5, 20)):
        points = [(x, math.sin(2 * math.pi * x)) for x in grid(0, 1, kinks + 2)]
        curves.append(Curve(points, f"{kinks} kinks", (0, 2, 3)[i], (0, 1, 3)[i]))
    return Plot(curves, "x", "", y=(-1.1, 1.9))


def _tent() -> Plot:
    curves = []
    for i, layers in enumerate((1, 2, 4)):
        points = []
        for x in grid(0, 1, 161):
            y = x
            for _ in range(layers):
                y = 2 * y if y <= 0.5 else 2 - 2 * y
            points.append((x, y))
        curves.append(Curve(points, f"{layers} layers", i, (1, 2, 0)[i]))
    return Plot(curves, "x", "", y=(0, 1.5))


def _spectral() -> Plot:
    curves = [
        Curve([(t, math.exp(-t / k**2)) for t in grid(0, 60)], f"frequency {k}", i, i)
        for i, k in enumerate((1, 2, 4, 8))
    ]
    return Plot(curves, "time", "residual", y=(0, 1.45))


def _grok() -> Plot:
    return Plot(
        [
            Curve(graph(lambda x: step(x, 2, 0.15), 0, 6), "training"),
            Curve(graph(lambda x: 0.01 + 0.99 * step(x, 4.4, 0.08), 0, 6), "test", 1, 1),
        ],
        "log10 of steps",
        "accuracy",
        y=(0, 1.35),
    )


def _attention() -> Plot:
    curves = [
        Curve([(b, 1 / (1 + 15 * math.exp(-b * g))) for b in grid(0, 12)], f"gap {g:g}", i, i)
        for i, g in enumerate((2.0, 1.0, 0.5))
    ]
    return Plot(curves, "inverse temperature", "weight", y=(0, 1.4))


def _incontext() -> Plot:
    curves = []
    for i, spread in enumerate((1.5, 4.0, 16.0)):
        eigenvalues = [spread ** (j / 7) / spread for j in range(8)]
        points = [
            (float(n), sum((1 - 0.8 * e) ** (2 * n) for e in eigenvalues) / 8) for n in range(1, 17)
        ]
        curves.append(Curve(points, f"spread {spread:g}", i, i))
    return Plot(curves, "steps", "error", y=(0, 1.1))


FIGURES: dict[str, Callable[[], Plot]] = {
    "memorise": _memorise,
    "margins": _margins,
    "posterior": _posterior,
    "double-descent": _double_descent,
    "ridgeless": _ridgeless,
    "spectrum": _spectrum,
    "semicircle": _semicircle,
    "barrier": _barrier,
    "rescale": _rescale,
    "margin-growth": _margin_growth,
    "growth": _growth,
    "edge": _edge,
    "plane": _plane,
    "binning": _binning,
    "tickets": _tickets,
    "simplex": _simplex,
    "kernel-modes": _kernel_modes,
    "lazy": _lazy,
    "ridges": _ridges,
    "tent": _tent,
    "spectral": _spectral,
    "grok": _grok,
    "attention": _attention,
    "incontext": _incontext,
}
