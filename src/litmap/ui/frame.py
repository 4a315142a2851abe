"""The frame of every page: navigation, and the guard that turns errors into words."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from pathlib import Path

import streamlit as st

from litmap.errors import LitmapError
from litmap.ui import access, address, companion, navigation, state

HERE = Path(__file__).parent
LOG = logging.getLogger(__name__)


def draw() -> None:
    """Draw the page that the address names."""
    st.set_page_config(page_title="litmap", page_icon=str(HERE / "icon.svg"), layout="wide")
    st.html(HERE / "style.css")
    if access.current() is None:
        refuse()
        return
    page = st.navigation(navigation.make_pages(guarded), position="top")
    address.name_tab(page.title)
    page.run()
    companion.draw(page.title)


def refuse() -> None:
    """What a server without the check of `litmap.ui.access` shows: how to start one that has it."""
    st.title("litmap", anchor=False)
    st.write(
        "This app was started without the check that keeps other web pages and other users of "
        "this machine out, so it shows nothing of a library. Start it with:"
    )
    st.code("litmap app", language="sh")
    st.caption("Without a token, for everyone on this machine: `litmap app --no-token`.")


def guarded(page: Callable[[], None]) -> Callable[[], None]:
    """A page whose failures are told in words, never as a traceback."""

    @wraps(page)
    def drawn() -> None:
        try:
            state.tell_of_refresh()
            page()
        except LitmapError as error:
            state.explain(error)
        except Exception:
            LOG.exception("a page failed")
            st.error(
                "Something went wrong on this page; the details are in the terminal that serves "
                "the app. "
                "`litmap doctor` checks the library.",
                icon=":material/error:",
            )

    return drawn
