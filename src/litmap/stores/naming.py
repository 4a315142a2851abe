"""What a library is called in a store that holds several, and which addresses are refused."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from litmap.errors import SettingsError

_SECRETS = frozenset({"password", "sslpassword", "oauth_client_secret", "require_auth"})
"""Parameters of an address that are secrets; and `require_auth`, which says whom to tell them."""


def library_name(library: Path) -> str:
    """A name for the library in this folder, the same as long as it stays there: letters, digits
    and underscores, such as `litmap_papers_1a2b3c4d`.
    """
    folder = library.resolve()
    word = re.sub(r"[^a-z0-9]+", "_", folder.name.lower()).strip("_")[:30]
    digest = hashlib.sha256(str(folder).encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return "_".join(filter(None, ("litmap", word, digest)))


def refuse_password(address: str) -> None:
    """Raises `SettingsError`, which does not repeat it, where an address holds a password: it
    would stand in files.
    """
    name = "store_address"
    try:
        parts = urlsplit(address)
        given = {parameter for parameter, _ in parse_qsl(parts.query, keep_blank_values=True)}
    except ValueError as error:
        raise SettingsError(f"{name} is no address: {error}", subject=name) from error
    if parts.password or not _SECRETS.isdisjoint(given):
        raise SettingsError(
            f"{name} holds a password, which others may read there: PostgreSQL's goes into "
            "PGPASSWORD or ~/.pgpass, the keys of a cloud into its own variables (AWS_…)",
            subject=name,
        )
