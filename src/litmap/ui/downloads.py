"""Files that the app offers, each named after what is in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal

import streamlit as st

from litmap.parsing.file_names import safe_stem
from litmap.ui import formatting

if TYPE_CHECKING:
    from litmap.library import Entry


MEDIA_TYPES = {
    ".bib": "application/x-bibtex",
    ".ris": "application/x-research-info-systems",
    ".json": "application/vnd.citationstyles.csl+json",
    ".csv": "text/csv",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def button(
    label: str,
    make: Callable[[], str | bytes],
    *,
    words: str,
    ending: str,
    key: str,
    type: Literal["secondary", "tertiary"] = "secondary",  # noqa: A002 - Streamlit's name
    disabled: bool = False,
) -> None:
    """A button that downloads what `make` gives, made when it is pressed, as a file named after
    `words` with this ending, one of `MEDIA_TYPES`.
    """
    st.download_button(
        label,
        make,
        file_name=safe_stem(words, "papers") + ending,
        mime=MEDIA_TYPES[ending],
        icon=":material/download:",
        key=key,
        type=type,
        on_click="ignore",
        disabled=disabled,
    )


def name_papers(papers: Sequence[Entry]) -> str:
    """What a file of papers is called: one paper as it is cited, those that share a heading after
    it, others by their number.
    """
    if len(papers) == 1:
        return formatting.cite(papers[0].work)
    count = formatting.count(len(papers), "paper")
    shared = set.intersection(*(set(formatting.deepest(p.headings)) for p in papers))
    return f"{min(shared)[-1]}, {count}" if shared else count
