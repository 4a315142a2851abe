"""Which settings file and which options the app was started with, told to its process in the
environment, and where each value comes from.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path

from litmap.settings import FILE, PREFIX, Settings, Source, as_environment, load_settings, sources

FILE_VARIABLE = "_LITMAP_APP_SETTINGS_FILE"
OPTIONS_VARIABLE = "_LITMAP_APP_OPTIONS"
"""Names of the settings that the command line gave, parted by blanks: in the environment of the
app's process they stand beside those that were there before.
"""


def environment_for(settings: Settings, file: Path | None) -> dict[str, str]:
    """What the app's process must be told, so that it reads the same settings, and reads those of
    the file anew whenever they change: the file, and what `settings` say beyond it and this
    process's environment.
    """
    plain = load_settings(file=file)
    every = as_environment(settings)
    options = {
        name: every.get(f"{PREFIX}{name.upper()}", "")
        for name in (field.name for field in fields(Settings))
        if getattr(settings, name) != getattr(plain, name)
    }
    told = {f"{PREFIX}{name.upper()}": text for name, text in options.items()}
    named = {FILE_VARIABLE: str(file.absolute())} if file is not None else {}
    return {**told, **named, OPTIONS_VARIABLE: " ".join(options)}


def current() -> Settings:
    """The settings as they are now. Raises `SettingsError`."""
    return load_settings(file=named_file())


def current_sources() -> Mapping[str, Source]:
    """Where each setting's value comes from. Raises `SettingsError`."""
    given = os.environ.get(OPTIONS_VARIABLE, "").split()
    found = sources(file=named_file())
    options = {name: Source.OPTION for name in given if found.get(name) is Source.ENVIRONMENT}
    return {**found, **options}


def file_in_use() -> Path:
    """The settings file that is read, or would be if it were there."""
    return named_file() or Path(FILE).absolute()


def file_state() -> tuple[int, int]:
    """What changes when the settings file does."""
    try:
        status = file_in_use().stat()
    except OSError:
        return 0, 0
    return status.st_mtime_ns, status.st_size


def options_of_commands() -> list[str]:
    """The options by which a command of litmap reads the same settings file."""
    named = named_file()
    return ["--config", str(named)] if named is not None else []


def named_file() -> Path | None:
    """The file that `--config` named; None where it is the usual one."""
    named = os.environ.get(FILE_VARIABLE, "")
    return Path(named) if named else None
