"""How litmap logs in to PostgreSQL, whatever it keeps there: passwords stand in no address, and no
server is told one in the clear.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    import psycopg

REQUIRE_AUTH = "require_auth"
"""The parameter of an address that says whom to tell a password."""
_SECRETS = frozenset({"password", "sslpassword", "oauth_client_secret"})
_NO_PLAIN_PASSWORD = "!password,!md5"  # noqa: S105 - names of methods
"""A library's folder may name any server: none is told the password itself, unless PGREQUIREAUTH
says so.
"""
SECONDS_TO_CONNECT = 10
"""Most seconds that a server may take to answer at first."""


def secrets_in(address: str) -> frozenset[str]:
    """Names of what an address holds that must not stand in files: passwords, and `REQUIRE_AUTH`.
    Raises ValueError for what is no address.
    """
    parts = urlsplit(address)
    given = {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    password = {"password"} if parts.password else set()
    return frozenset(given & (_SECRETS | {REQUIRE_AUTH}) | password)


def log_in(address: str, more: Mapping[str, str]) -> psycopg.Connection[Any]:
    """A connection with `more` parameters where the address does not give them, each statement a
    transaction of its own. Raises `psycopg.Error`.
    """
    import psycopg

    ours = {"connect_timeout": str(SECONDS_TO_CONNECT), **more}
    if "PGREQUIREAUTH" not in os.environ and psycopg.pq.version() >= 160_000:
        ours[REQUIRE_AUTH] = _NO_PLAIN_PASSWORD
    given = psycopg.conninfo.conninfo_to_dict(address)
    parameters: dict[str, Any] = ours | given
    return psycopg.connect(**parameters, autocommit=True)
