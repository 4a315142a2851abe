"""What PostgreSQL says went wrong, and what to do about it."""

from __future__ import annotations

import re

SECONDS_TO_WAIT = 60
"""For another that writes, as with SQLite."""
_ADVICE = (
    (
        r"authentication method requirement",
        "litmap tells no server the password itself: have it ask for SCRAM, or set PGREQUIREAUTH "
        "where you trust it",
    ),
    (
        r"password|pg_hba|authentication",
        "Put the password into ~/.pgpass (host:port:database:user:password, readable by you alone) "
        "or into PGPASSWORD, and see that the server lets you in (pg_hba.conf)",
    ),
    (
        r"role .* does not exist",
        "Make the role on the server: `createuser litmap --pwprompt`",
    ),
    (
        r"database .* does not exist",
        "Make the database on the server: `createdb --owner litmap --encoding UTF8 NAME`",
    ),
    (r"too many|remaining connection slots", "The server has no connection left: try again"),
)
_ELSE = "See that the server runs, that its name and port are right and that the network is up"


def advice(said: str) -> str:
    """What to do about what libpq or the server said of a connection."""
    return next((hint for pattern, hint in _ADVICE if re.search(pattern, said)), _ELSE)


def one_line(error: Exception) -> str:
    """What an error says, without its line ends and the full stop."""
    return " ".join(str(error).split()).removesuffix(".")


STATES = {
    "42501": "the role may not do that ({why}): have the database's owner give it the right",
    "53100": "the server's disk is full ({why}): nothing was lost, the last index goes on serving",
    "55P03": f"another has been writing it for {SECONDS_TO_WAIT} seconds ({{why}}): try again",
    "25006": "it cannot be written through this connection or server ({why})",
    "42P01": "a table is gone ({why}): put the database's last backup back. Notes and PDFs are not "
    "lost",
    "42703": "a column is gone ({why}): put the database's last backup back. Notes and PDFs are "
    "not lost",
}
"""What PostgreSQL's states mean for a catalogue, by their codes."""
MAY_PASS = {"53100", "55P03"}
"""Those where trying again may help."""
