import json
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from litmap.maps import Dot, Style, choose_styles, draw, project, to_html, to_png, to_svg
from litmap.maps.map_model import COLOURS, place_labels


def make_points(groups=5, each=20, dim=24, seed=0):
    draw_ = np.random.default_rng(seed)
    centres = draw_.normal(size=(groups, dim))
    rows = np.repeat(centres, each, axis=0) + 0.5 * draw_.normal(size=(groups * each, dim))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return (
        rows.astype(np.float32),
        [f"w{i}" for i in range(len(rows))],
        [f"h{i // each}" for i in range(len(rows))],
    )


def share_of_own(places, groups):
    """Mean share of a point's five nearest points that are of its group."""
    gap = ((places[:, None] - places[None]) ** 2).sum(axis=2)
    np.fill_diagonal(gap, np.inf)
    near = np.argsort(gap, axis=1)[:, :5]
    names = np.array(groups)
    return float((names[near] == names[:, None]).mean())


def test_alike_papers_are_near_and_the_same_each_time():
    vectors, ids, groups = make_points()
    first = project(vectors, ids, groups=groups)
    assert first.shape == (100, 2)
    assert first.dtype == np.float32
    assert share_of_own(first, groups) > 0.9
    assert share_of_own(project(vectors, ids), groups) > 0.8
    assert np.array_equal(first, project(vectors, ids, groups=groups))
    assert np.abs(first).max() < 1.5


def test_no_dot_lies_on_another():
    vectors, ids, groups = make_points()
    vectors[20:40] = vectors[20]  # twenty texts that are the same
    places = project(vectors, ids, groups=groups).astype(float)
    gap = np.linalg.norm(places[:, None] - places[None], axis=2)
    np.fill_diagonal(gap, np.inf)
    assert np.quantile(gap.min(axis=1), 0.05) > 0.04
    assert share_of_own(places, groups) > 0.9


def test_a_refresh_leaves_old_points_where_they_were():
    vectors, ids, groups = make_points()
    old = project(vectors[:95], ids[:95], groups=groups[:95])
    places = {i: (float(x), float(y)) for i, (x, y) in zip(ids, old, strict=False)}
    new = project(vectors, ids, groups=groups, previous=places)
    assert np.allclose(new[:95], old, atol=1e-6)
    centre = old[80:95].mean(axis=0)
    assert (
        np.linalg.norm(new[95:] - centre, axis=1).mean()
        < 0.5 * np.linalg.norm(old - centre, axis=1).mean()
    )


def test_a_library_that_doubled_is_laid_out_anew_on_the_old_picture():
    vectors, ids, groups = make_points()
    keep = list(range(0, 100, 2))
    old = project(vectors[keep], [ids[i] for i in keep], groups=[groups[i] for i in keep])
    new = project(
        vectors,
        ids,
        groups=groups,
        previous={ids[i]: (float(p[0]), float(p[1])) for i, p in zip(keep, old, strict=True)},
    )
    assert share_of_own(new, groups) > 0.8
    assert np.linalg.norm(new[keep] - old, axis=1).mean() < 0.5


@pytest.mark.parametrize("n", [0, 1, 2, 3, 5])
def test_few_points(n):
    vectors, ids, _ = make_points()
    assert np.isfinite(project(vectors[:n], ids[:n])).all()
    assert np.isfinite(project(np.zeros((n, 4), np.float32), ids[:n])).all()
    assert np.isfinite(project(vectors[:n], ids[:n], previous={"w0": (0.1, float("nan"))})).all()


def make_picture(title="Reading"):
    vectors, ids, groups = make_points()
    places = project(vectors, ids, groups=groups)
    paths = [("Outer", g) if g < "h3" else (g,) for g in groups]
    dots = [
        Dot(
            w,
            f"Paper {w} <script>alert(1)</script> & 数学",
            float(x),
            float(y),
            path,
            "A. Uthor, 2020",
            f"https://a.org/{w}",
        )
        for w, (x, y), path in zip(ids, places, paths, strict=True)
    ]
    dots.append(Dot("lost", "no place", float("nan"), 0.0))
    dots.append(Dot("none", "none", 0.0, 0.0, None, "", "javascript:alert(1)"))
    return draw(dots, [("w0", "w1"), ("w0", "nowhere"), ("w2", "w2")], title=title)


def test_picture_has_regions_and_known_links_only():
    picture = make_picture()
    assert picture.links == ((0, 1),)
    assert len(picture.dots) == 101
    assert {r.heading for r in picture.regions if r.level == 0} == {("Outer",)}
    assert {r.heading for r in picture.regions if r.level == 1} == set(picture.styles)
    assert all(len(r.patches) >= 1 for r in picture.regions if r.level == 1)


def test_a_heading_keeps_its_colour():
    headings = [(f"h{i}",) for i in range(30)]
    first = choose_styles(headings)
    assert len(set(first.values())) == 30
    assert len({s.colour for s in choose_styles(headings[:10]).values()}) == 10
    more = choose_styles([("new",), *headings], first)
    assert all(more[h] == first[h] for h in headings)
    assert (
        choose_styles(headings[:2], {("h0",): Style("#000000", "square")})[("h0",)].colour
        == "#000000"
    )
    alone = choose_styles(headings[:8])
    grown = choose_styles(headings[:9])
    assert sum(alone[h] == grown[h] for h in headings[:8]) >= 6


def luminance(colour):
    rgb = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return float(
        np.dot(
            [0.2126, 0.7152, 0.0722],
            [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb],
        )
    )


def test_colours_stand_out_from_light_and_dark_ground():
    for colour in COLOURS:
        light = 1.05 / (luminance(colour) + 0.05)
        dark = (luminance(colour) + 0.05) / (luminance("#14171c") + 0.05)
        assert light > 1.9
        assert dark > 2.5


def test_svg_is_well_formed_and_labels_do_not_overlap():
    picture = make_picture("A <b> & title")
    for dark in (False, True):
        root = ET.fromstring(to_svg(picture, dark=dark, links=True))
        texts = "".join(root.itertext())
        assert "A <b> & title" in texts
        assert "alert(1)</script> & 数学" in texts
    labels = place_labels(
        picture.regions, 1400, 1000, dict.fromkeys(range(len(picture.regions)), (700.0, 500.0))
    )
    assert len(labels) == len(picture.regions)
    for i, a in enumerate(labels):
        for b in labels[:i]:
            assert (
                a.box[0] >= b.box[0] + b.box[2]
                or b.box[0] >= a.box[0] + a.box[2]
                or (a.box[1] >= b.box[1] + b.box[3] or b.box[1] >= a.box[1] + a.box[3])
            )


def test_a_label_stands_beside_the_dots_it_names():
    dots = [
        Dot(f"w{i}", "t", x, y, ("One",))
        for i, (x, y) in enumerate(np.random.default_rng(0).uniform(-1, 1, (60, 2)))
    ]
    picture = draw(dots)
    places = [(700 + 60 * d.x, 500 - 60 * d.y) for d in picture.dots]
    (label,) = place_labels(picture.regions, 1400, 1000, {0: (700.0, 500.0)}, places)
    left, top, wide, high = label.box
    assert sum(left <= x <= left + wide and top <= y <= top + high for x, y in places) <= 1
    assert abs(top - 500) < 150


def test_png_shows_the_colours():
    data = to_png(make_picture(), width=500, height=400, scale=1.0)
    assert data.startswith(b"\x89PNG")
    assert len(data) > 5000


def test_html_stands_alone_and_holds_texts_as_data():
    page = to_html(make_picture("A </script><script>alert(2)</script>"))
    assert "alert(1)</script>" not in page
    assert "alert(2)</script>" not in page
    assert not re.search(r"""(?:src|href)=["']?(?:https?:)?//""", page)
    assert "javascript:" not in page
    data = json.loads(
        re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.S)[1]
    )
    assert len(data["dots"]) == 101
    assert data["dots"][0]["t"].startswith("Paper w0 <script>")
    assert data["links"] == [[0, 1]]
    assert "innerHTML" not in page
    policy = re.search(r'content="(default-src [^"]*)"', page)[1]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-in")


def test_a_title_that_looks_like_a_place_of_the_page_stays_a_title():
    for title in ("@@DATA@@", "@@SCRIPT@@", "@@TITLE@@"):
        page = to_html(draw([Dot("w", title, 0.0, 0.0)], title=title))
        assert page.count("mountExportedMap();") == 1
        data = json.loads(
            re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.S)[1]
        )
        assert data["title"] == data["dots"][0]["t"] == title


def test_themes_bring_headings_together_and_emergent_topics_have_a_region():
    paths = [("A", "Information theory"), ("B", "Information bottleneck"), ("B", "Kernels")]
    dots = [Dot(f"w{i}", "t", i / 10, i / 7, paths[i % 3]) for i in range(9)]
    dots += [Dot(f"e{i}", "t", -i / 10, 1.0, None, cluster="graphs, walks") for i in range(3)]
    themes = dict.fromkeys(paths[:2], "Information") | {paths[2]: "Kernels"}
    regions = draw(dots, themes=themes).regions
    named = {(r.label, r.level, r.count) for r in regions}
    assert ("Information", 0, 6) in named
    assert ("graphs, walks", 2, 3) in named
    assert not [r for r in regions if r.level == 0 and r.label == "Kernels"]


def test_empty_map():
    picture = draw([])
    assert "<svg" in to_svg(picture)
    assert "<html" in to_html(picture)
