"""What each page does for who listens to it or works by keyboard: it tells what was found, and the
browser's part, `companion.js`, keeps the focus and brings the place on the page again after a step
back.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

HERE = Path(__file__).parent
_SAID = "companion-said"
"""Where the session keeps what the page that is being drawn says."""
_component = st.components.v2.component(
    "litmap_companion",
    html="<div hidden></div>",
    js=(HERE / "companion.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def say(text: str) -> None:
    """Have screen readers say this once the page is drawn, in place of its title."""
    st.session_state[_SAID] = text


def draw(title: str) -> None:
    """The companion of a page that is drawn, with what it says; its title where it says nothing."""
    with st.container(key="companion"):
        _component(key="companion-of-page", data={"said": st.session_state.pop(_SAID, title)})
