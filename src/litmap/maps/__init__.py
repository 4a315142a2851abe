"""Maps: one point a paper, headings as regions, as data for the app and as SVG, HTML and PNG for a talk."""

from litmap.maps.layout import layout

__all__ = ["layout"]
