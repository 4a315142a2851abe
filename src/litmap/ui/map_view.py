"""The map in the app: the script of `litmap.maps` as a component that tells what is chosen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from litmap import maps
from litmap.errors import LitmapError
from litmap.ui import formatting, routes, state

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from litmap.library import Library
    from litmap.models import HeadingPath, Theme

NAME = "litmap_map"
ROOT = '<div class="litmap-map" data-app></div>'


@dataclass(frozen=True, slots=True)
class Choice:
    """What the reader chose on the map, as works' ids: a paper clicked, papers with a line around
    them, one to open ('' for none).
    """

    chosen: str = ""
    selected: tuple[str, ...] = ()
    opened: str = ""


@cache
def script() -> str:
    """The map's script and what mounts it in the app."""
    return maps.script() + Path(__file__).with_name("map_component.js").read_text("utf-8")


def draw(
    library: Library, *, heading: HeadingPath | None = None, lit: Sequence[str] | None = None
) -> Choice:
    """Draw the map of the library. `heading` is brought out with those below it, `lit` are works to
    ring (None: nothing was searched for).
    """
    drawn = of_library(library)
    own = (
        [i for i, path in enumerate(drawn.headings) if path[: len(heading)] == heading]
        if heading
        else None
    )
    data = {
        "map": f"{routes.MAP}/{drawn.digest}.json",
        "dark": st.context.theme.type == "dark",
        "lit": None if lit is None else list(lit),
        "headings": own,
    }
    component = st.components.v2.component(NAME, html=ROOT, css=maps.style_sheet(), js=script())
    result: Any = component(
        key="map",
        data=data,
        default={"chosen": None, "selected": []},
        on_chosen_change=_ignore,
        on_selected_change=_ignore,
        on_opened_change=_ignore,
    )
    return read_choice(dict(result), library.by_id)


def _ignore() -> None:
    """Streamlit tells of what has a callback alone; the page is drawn anew in any case."""


def read_choice(told: Mapping[str, Any], known: Collection[str]) -> Choice:
    """What the browser told, works that the library knows alone."""

    def works(value: object) -> tuple[str, ...]:
        return (
            tuple(w for w in value if isinstance(w, str) and w in known)
            if isinstance(value, list)
            else ()
        )

    chosen, opened = (works([told.get(name)]) for name in ("chosen", "opened"))
    return Choice(next(iter(chosen), ""), works(told.get("selected")), next(iter(opened), ""))


@dataclass(frozen=True, slots=True)
class MadeMap:
    """The map's data as the browser loads them: JSON, the SHA-256 that names them, and the heading
    of each number there.
    """

    text: bytes
    digest: str
    headings: tuple[HeadingPath, ...]


def of_library(library: Library) -> MadeMap:
    """The map of the library's build with the themes as the reader has them now."""
    themes = library.topics().themes
    return made(str(library.paths.root), library.build_id, themes, library)


@st.cache_resource(show_spinner=False, max_entries=2)
def made(root: str, build: str, themes: tuple[Theme, ...], _library: Library) -> MadeMap:
    """The map, made once for a build and the themes."""
    picture = _library.picture()
    data = json.dumps(maps.to_data(picture), ensure_ascii=False, separators=(",", ":"))
    text = data.encode("utf-8", "replace")
    return MadeMap(text, hashlib.sha256(text).hexdigest(), tuple(picture.styles))


# ── over HTTP ─────────────────────────────────────────────────────────────────────────────────────
def map_json(request: Request) -> Response:
    """The map's data; what is named by its content the browser may keep."""
    from starlette.responses import Response

    try:
        drawn = of_library(state.library())
    except LitmapError as error:
        return Response(formatting.advice(error.message), status_code=404, media_type="text/plain")
    is_named = drawn.digest == request.path_params["digest"]
    kept = "private, max-age=86400, immutable" if is_named else "no-store"
    return Response(drawn.text, media_type="application/json", headers={"Cache-Control": kept})
