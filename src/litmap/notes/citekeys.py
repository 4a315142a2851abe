"""Citekeys written into the text of a block in pandoc's way, whatever a format has for them."""

from __future__ import annotations

import re
from collections.abc import Iterable

_SIMPLE = re.compile(r"[^\W_](?:\w|[:.#$%&+?<>~/-](?=\w))*")
"""What pandoc takes for a key without braces."""


def cited_keys(keys: Iterable[str]) -> str:
    """'[@doe1999; @{o'dell:2001}]' for the keys of one citation; '' where there is none."""
    cited = [cited_key(key.strip()) for key in keys if key.strip(" *")]
    return f"[{'; '.join(cited)}]" if cited else ""


def cited_key(key: str) -> str:
    """'@doe1999', and in braces a key with signs that would end it."""
    return f"@{key}" if _SIMPLE.fullmatch(key) else f"@{{{key}}}"
