"""Maps: one point a paper, headings as regions, as data for the app and as SVG, HTML and PNG for a
talk.
"""

from litmap.maps.data import script, style_sheet, to_data
from litmap.maps.html import to_html
from litmap.maps.map_model import Dot, Picture, Region, Style, choose_styles, draw
from litmap.maps.projection import project
from litmap.maps.svg import to_png, to_svg

__all__ = [
    "Dot",
    "Picture",
    "Region",
    "Style",
    "choose_styles",
    "draw",
    "project",
    "script",
    "style_sheet",
    "to_data",
    "to_html",
    "to_png",
    "to_svg",
]
