"""The address of a page and the title of its tab: what is chosen on a page is written into the
address as a step of the browser's history; what a step back, a link or a bookmark brings is chosen
again.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from litmap.ui import formatting

MAX_NAME = 60
"""Characters of a name in a tab's title."""
LATE_S = 0.5
"""Seconds in which a browser may still send the address from before the last step."""


@dataclass(frozen=True)
class _Step:
    """What a page wrote last, what stood there before, and when that was."""

    now: Mapping[str, str]
    before: Mapping[str, str]
    at: float

    def holds(self, parameters: Mapping[str, str]) -> bool:
        """Whether the page knows these: it wrote them, or the browser had no time to hear of it."""
        is_late = parameters == self.before and time.monotonic() - self.at < LATE_S
        return parameters == self.now or is_late


def name_tab(*names: str) -> None:
    """Name the browser's tab: 'flat minima – litmap'."""
    shown = [formatting.shorten(name, MAX_NAME) for name in names if name.strip()]
    st.set_page_config(page_title=" – ".join([*shown, "litmap"]))


def arrived(page: str, widget: str) -> dict[str, str] | None:
    """The address's parameters where the browser brought them: by a link, a bookmark, a step back
    or forward; None where the page wrote them itself and its widgets stand as they were.

    `widget` is the key of one of the page's widgets, which is gone where another page was shown.
    """
    given = st.query_params.to_dict()
    step: _Step | None = st.session_state.get(_key(page))
    is_known = widget in st.session_state and step is not None and step.holds(given)
    return None if is_known else given


def keep(page: str, parameters: Mapping[str, str]) -> None:
    """Write these into the address; where they are others than there, that is a step."""
    wanted = {name: value for name, value in parameters.items() if value}
    given = st.query_params.to_dict()
    step: _Step | None = st.session_state.get(_key(page))
    if step is None or step.now != wanted:
        st.session_state[_key(page)] = _Step(wanted, given, time.monotonic())
    if wanted or given:  # also where they are the same: a link from a page to itself writes nothing
        st.query_params.from_dict(wanted)


def _key(page: str) -> str:
    return f"address-{page}"
