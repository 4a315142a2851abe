"""Settings: each with its value, where that comes from and what it means; those that one changes
can be changed here, into the settings file, and a check tells what is missing.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from litmap.errors import LitmapError
from litmap.settings import (
    CHOICES,
    KEY_NAMES,
    LLM_KEY_NAME,
    PREFIX,
    SMTP_PASSWORD_NAME,
    Settings,
    Source,
    meanings,
)
from litmap.settings_file import plan_change, values_in, without_passwords
from litmap.ui import configuration, file_changes, formatting, links, state

if TYPE_CHECKING:
    from litmap.pipeline.examination import Check

GROUPS: Mapping[str, Mapping[str, str]] = {
    "Your notes": {"notes": "Notes", "lookups": "What is asked about them"},
    "The services": {
        "contact": "Your e-mail address",
        "offline": "Offline",
        "recheck_days": "Ask again about works that were found, days",
        "retry_days": "Try again what was not found, days",
    },
    "New papers": {
        "watch_arxiv": "Categories of arXiv",
        "watch_biorxiv": "Categories of bioRxiv",
        "watch_medrxiv": "Categories of medRxiv",
        "watch_authors": "People",
        "watch_feeds": "Feeds of journals",
        "watch_citing": "New works that cite your papers",
        "watch_per_week": "Most under a heading in a week",
        "watch_inbox": "The note that takes them",
    },
    "News": {
        "digest_folder": "Folder for pages",
        "digest_feed": "File of a feed",
        "digest_mail": "Mailed to",
        "digest_sender": "Mailed from",
        "digest_smtp": "Mail server",
        "digest_notify": "A line on the desktop",
    },
    "Language model": {
        "llm_url": "Address",
        "llm_model": "Model",
        "llm_summaries": "Writes summaries",
        "llm_labels": "Names topics",
    },
    "Search and scans": {
        "model": "Embedding model",
        "reranker": "Model that reads the best passages again",
        "search_history": "Last searches that are offered",
        "ocr": "Read scans",
    },
}
"""What can be changed here, under plain names."""
REMARKS = {
    "News": "The mail server's password stands in the environment alone, as LITMAP_SMTP_PASSWORD.",
    "Language model": "A key stands in the environment alone, as LITMAP_LLM_KEY. An address that "
    "is not on this machine is asked only after `litmap ask --consent`.",
    "Search and scans": "Another embedding model embeds all passages anew with the next refresh.",
}
SECRETS = (*KEY_NAMES.values(), LLM_KEY_NAME, SMTP_PASSWORD_NAME)
_CHECKED = "settings-checked"
_LISTS = ("tuple[str, ...]", "Addresses")
_KINDS = {field.name: str(field.type) for field in fields(Settings)}
_DEFAULTS = Settings()


def page() -> None:
    """Draw the page."""
    st.title("Settings", anchor=False)
    if not state.may_change():
        st.info(state.how_to_change("see and change the settings"), icon=":material/lock:")
        return
    file = configuration.file_in_use()
    there = "" if file.exists() else " (not there yet)"
    st.caption(
        f"The settings file is {formatting.escape(str(file))}{there}. The environment counts more "
        "than it, the command line most."
    )
    changed, check, every = st.tabs(["Change", "Check", "All settings"])
    with changed:
        _change(file)
    with check:
        _check()
    with every:
        _list_all()


# ── change ────────────────────────────────────────────────────────────────────────────────────────
def _change(file: Path) -> None:
    """Fields by group, then what would be written, and the button that writes it."""
    try:
        written, origins = values_in(file), configuration.current_sources()
    except LitmapError as error:
        st.warning(formatting.advice(formatting.sentence(error.message)), icon=":material/error:")
        return
    told = st.session_state.pop("settings-told", "")
    if told:
        st.success(formatting.escape(told), icon=":material/check:")
    now = state.settings()
    wanted: dict[str, Any] = {}
    for number, (group, names) in enumerate(GROUPS.items()):
        with st.expander(group, expanded=number == 0, key=f"settings-group-{number}"):
            for name, label in names.items():
                is_written = origins[name] is Source.FILE and name in written
                before = _as_given(name, written[name] if is_written else getattr(now, name))
                given = _field(name, label, before, origins[name])
                if given != before and not origins[name].overrides_file:
                    wanted[name] = _to_write(name, given)
            if group in REMARKS:
                st.caption(formatting.advice(REMARKS[group]))
    _offer_to_write(file, wanted)
    with st.container(horizontal=True, gap="medium"):
        links.link("refreshes", "When the library is refreshed", ":material/schedule:")
        links.link("start", "Choose notes among your folders", ":material/folder_open:")


def _offer_to_write(file: Path, wanted: Mapping[str, Any]) -> None:
    """What would be written, and a button that does; without changes nothing."""
    if not wanted:
        return
    try:
        change = plan_change(file, wanted)
    except LitmapError as error:
        st.error(formatting.advice(formatting.sentence(error.message)), icon=":material/error:")
        return
    with st.container(border=True, key="settings-change"):
        file_changes.show(change)
        with st.container(horizontal=True, gap="small"):
            pressed = st.button("Write this", type="primary", icon=":material/save:")
            st.button("Leave it as it was", icon=":material/undo:", on_click=_forget)
    if pressed and file_changes.keep(change):
        st.session_state["settings-told"] = f"Written to {file}."
        st.rerun()


def _forget() -> None:
    """Take new fields, which hold what the file says."""
    st.session_state["settings-round"] = st.session_state.get("settings-round", 0) + 1


def _field(name: str, label: str, before: Any, origin: Source) -> Any:
    """One setting's field; what is in it now, in the form that `_as_given` has."""
    fixed = origin.overrides_file  # and cannot be changed here
    turn = (configuration.file_state(), st.session_state.get("settings-round", 0))
    common: dict[str, Any] = {
        "key": f"set-{name}-{turn}",
        "help": formatting.escape(meanings()[name]),
        "disabled": fixed,
    }
    kind = _KINDS[name]
    if fixed:
        label = f"{label} ({_origin(name, origin)})"
    if name in CHOICES:
        choices = [str(choice) for choice in CHOICES[name]]
        return st.selectbox(label, choices, choices.index(before), **common)
    if kind == "bool":
        return st.checkbox(label, before, **common)
    if kind == "int":
        return st.number_input(label, 0, None, before, step=1, **common)
    if kind == "float":
        return st.number_input(label, 0.0, None, before, step=1.0, **common)
    if kind in _LISTS:
        text = st.text_area(f"{label}, one a line", "\n".join(before), height=100, **common)
        return [line.strip() for line in text.splitlines() if line.strip()]
    return st.text_input(label, without_passwords(before) if fixed else before, **common).strip()


def _as_given(name: str, value: Any) -> Any:
    """A setting's value, as a file spells it or as it is in effect, as its field holds it."""
    kind = _KINDS[name]
    if kind in _LISTS and isinstance(value, str):
        return value.split() if kind == "Addresses" else value.split(os.pathsep)
    if kind in _LISTS:
        return [str(one) for one in value]
    if kind == "bool":
        return str(value).strip().lower() in ("true", "1", "yes", "on")
    if kind in ("int", "float"):
        return (int if kind == "int" else float)(value)
    return str(value)


def _to_write(name: str, given: Any) -> Any:
    """What the file gets: None, which takes the setting out, for the default."""
    if given == _as_given(name, getattr(_DEFAULTS, name)):
        return None
    return int(given) if isinstance(given, float) and given.is_integer() else given


def _origin(name: str, origin: Source) -> str:
    """'default', 'file', 'LITMAP_CONTACT', 'command line'."""
    return f"{PREFIX}{name.upper()}" if origin is Source.ENVIRONMENT else str(origin)


# ── all of them ───────────────────────────────────────────────────────────────────────────────────
def _list_all() -> None:
    """Every setting in effect: its value, where that comes from, what it means; of secrets only
    whether they are set.
    """
    now, origins, told = state.settings(), configuration.current_sources(), meanings()
    rows = [
        {
            "Setting": name,
            "Value": shown_value(getattr(now, name)),
            "From": _origin(name, origin),
            "Meaning": told[name],
        }
        for name, origin in origins.items()
    ]
    rows += [
        {
            "Setting": name,
            "Value": "set" if os.environ.get(name) else "not set",
            "From": "environment",
            "Meaning": "A secret: it is never shown and never written.",
        }
        for name in SECRETS
    ]
    st.dataframe(
        rows,
        hide_index=True,
        height=640,
        row_height=64,
        column_config={
            "Setting": st.column_config.TextColumn(width="small"),
            "Value": st.column_config.TextColumn(width="medium"),
            "From": st.column_config.TextColumn(width="small"),
            "Meaning": st.column_config.TextColumn(width="large"),
        },
    )


def shown_value(value: Any) -> str:
    """A value as text, passwords in addresses hidden; nothing as '–'."""
    if isinstance(value, Mapping):
        text = ", ".join(f"{name} = {one}" for name, one in value.items())
    elif isinstance(value, tuple):
        text = ", ".join(map(str, value))
    elif isinstance(value, bool):
        text = "yes" if value else "no"
    else:
        text = str(value)
    return without_passwords(text) or "–"


# ── the check ─────────────────────────────────────────────────────────────────────────────────────
def _check() -> None:
    """What `litmap doctor` looks at, with what to do next."""
    from litmap.pipeline.examination import ask_services, examine

    st.caption("Is everything here that litmap needs, and is the library whole?")
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        pressed = st.button("Check", type="primary", icon=":material/stethoscope:")
        live = st.checkbox(
            "Ask the services too",
            key="settings-live",
            help="Sends one request to each scholarly service, as `litmap doctor --live` does.",
        )
    if pressed:
        with st.spinner("Looking …", show_time=True):
            chosen = state.settings()
            found = examine(chosen)
            st.session_state[_CHECKED] = [*found, *(ask_services(chosen) if live else [])]
    checks: Sequence[Check] = st.session_state.get(_CHECKED, ())
    if checks:
        _show_checks(checks)


def _show_checks(checks: Sequence[Check]) -> None:
    wrong = [check for check in checks if not check.ok]
    grave = [check for check in wrong if not check.optional]
    if not grave:
        st.success("Everything that litmap needs is here.", icon=":material/check:")
    with st.container(border=True, gap="small", key="settings-checks"):
        for check in [*grave, *(c for c in wrong if c.optional), *(c for c in checks if c.ok)]:
            _show_check(check)
    if any(check.name == "build" for check in grave):
        state.offer_to_mend()


def _show_check(check: Check) -> None:
    name = check.name[:1].upper() + check.name[1:]
    icon, colour = (
        (":material/check:", "green")
        if check.ok
        else (":material/info:", "orange")
        if check.optional
        else (":material/error:", "red")
    )
    st.markdown(f":{colour}[{icon}] **{formatting.escape(name)}** {formatting.advice(check.text)}")
    if check.advice and not check.ok:
        st.caption(formatting.advice(formatting.sentence(check.advice)))
