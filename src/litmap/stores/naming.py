"""What a library is called in a store that holds several, and which addresses are refused."""

from __future__ import annotations

import json
import re
import secrets
from pathlib import Path

from litmap.atomic_files import replace_file
from litmap.errors import SettingsError
from litmap.paths import LibraryPaths
from litmap.postgres_login import secrets_in

_NAME = re.compile(r"litmap_[a-z0-9_]{1,50}")


def library_name(library: Path) -> str:
    """The name that the library in this folder has in stores, such as `litmap_papers_1a2b3c4d`; ''
    where it has none yet. One that was copied or moved has none: the name is the other's.
    """
    try:
        kept = json.loads(LibraryPaths(library).store_name.read_text("utf-8"))
        name, folder = kept["name"], kept["folder"]
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    is_own = folder == str(library.resolve()) and isinstance(name, str)
    return name if is_own and _NAME.fullmatch(name) else ""


def name_library(library: Path) -> str:
    """The library's name in stores, given now where it has none: letters, digits, underscores. No
    other library has it, be its folder called alike.
    """
    if name := library_name(library):
        return name
    folder = library.resolve()
    word = re.sub(r"[^a-z0-9]+", "_", folder.name.lower()).strip("_")[:30]
    name = "_".join(filter(None, ("litmap", word, secrets.token_hex(4))))
    kept = {"name": name, "folder": str(folder)}
    replace_file(LibraryPaths(library).store_name, json.dumps(kept).encode())
    return name


def refuse_password(address: str) -> None:
    """Raises `SettingsError`, which does not repeat it, where an address holds a password: it
    would stand in files.
    """
    name = "store_address"
    try:
        secrets_there = secrets_in(address)
    except ValueError as error:
        raise SettingsError(f"{name} is no address: {error}", subject=name) from error
    if secrets_there:
        raise SettingsError(
            f"{name} holds a password, which others may read there: PostgreSQL's goes into "
            "PGPASSWORD or ~/.pgpass, the keys of a cloud into its own variables (AWS_…)",
            subject=name,
        )
