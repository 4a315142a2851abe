"""What pages of the app load over HTTP beside Streamlit's own: papers' pages and texts, the map."""

from __future__ import annotations

import importlib
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

READING, MAP = "reading", "map"
"""What their addresses begin with."""
ANSWERED_BY = {
    f"/{READING}/{{sha256}}/{{page:int}}.png": ("reading_routes", "page_png"),
    f"/{READING}/{{sha256}}/text.json": ("reading_routes", "text_json"),
    f"/{READING}/{{sha256}}/cited.json": ("reading_routes", "cited_json"),
    f"/{MAP}/{{digest}}.json": ("map_view", "map_json"),
}
"""Address → module and function that answer there."""


def make_routes() -> list[Route]:
    """The routes, for the application that serves the app."""
    from starlette.routing import Route

    return [Route(path, partial(_answer, *by)) for path, by in ANSWERED_BY.items()]


def _answer(module: str, function: str, request: Request) -> Response:
    """Have a request answered by a module that is imported at the first one: with no server running
    yet, Streamlit prints a warning for each function there whose results it keeps.
    """
    answered: Response = getattr(importlib.import_module(f"litmap.ui.{module}"), function)(request)
    return answered
