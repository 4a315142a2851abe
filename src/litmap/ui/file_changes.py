"""A change of the settings file as it is shown and, with the reader's yes, written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from litmap.errors import LitmapError
from litmap.settings_file import write_change
from litmap.ui import formatting, state
from litmap.written_files import WrittenFiles

if TYPE_CHECKING:
    from litmap.settings_file import FileChange


def show(change: FileChange) -> None:
    """What a change writes, and where."""
    where = formatting.escape(str(change.path))
    if change.is_none:
        st.caption(f"{where} says so already.")
        return
    is_new = change.before is None
    st.caption(f"{'A new file' if is_new else 'This changes in'} {where}:")
    st.code(change.diff, language=None)


def keep(change: FileChange) -> bool:
    """Write a change that was shown; says why where it cannot be written."""
    try:
        write_change(change, WrittenFiles(state.settings().state))
    except LitmapError as error:
        st.error(formatting.advice(formatting.sentence(error.message)), icon=":material/error:")
        return False
    return True
