"""The language model that the settings name, and the user's consent to send it anything.

Off where `llm_url` is empty. A model on this machine needs no consent; for any other address it is
kept for that address in the user's own configuration folder, never in a `litmap.toml`, which may
have come with somebody's notes.
"""

from __future__ import annotations

import logging
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from litmap.atomic_files import replace_file
from litmap.errors import LitmapError, UsageError
from litmap.settings import LLM_CONSENT_NAME, Settings, llm_key
from litmap.web.chat import ChatClient, Endpoint, chat_limits, endpoint

if TYPE_CHECKING:
    from collections.abc import Sequence

logger = logging.getLogger(__name__)

WHAT_IS_SENT = (
    "questions, and the titles and numbered sentences of papers that may answer them; with "
    "summaries or labels in the settings also those of every paper, below your headings"
)
_HEAD = "# Language models that litmap may send sentences of papers to, one address a line.\n"


def is_configured(settings: Settings) -> bool:
    """Whether a language model is named at all."""
    return bool(settings.llm_url.strip())


def model_endpoint(settings: Settings) -> Endpoint:
    """Where the model answers. Raises `UsageError` where none is named, or its name is not."""
    if not is_configured(settings):
        raise UsageError(
            "no language model is named: [llm] url and model in litmap.toml", subject="llm_url"
        )
    if not settings.llm_model.strip():
        raise UsageError("[llm] url is set, but no model: [llm] model", subject="llm_model")
    return endpoint(settings.llm_url)


def is_reachable(settings: Settings) -> bool:
    """Whether `offline` lets the model be asked, as it does one on this machine. Raises as
    `model_endpoint`.
    """
    return not settings.offline or model_endpoint(settings).is_local


def open_model(settings: Settings) -> ChatClient:
    """A client of the configured model. Raises `UsageError` where none is named, where `offline`
    forbids it, or where its address needs a consent that is not given; `Unsafe` for an address that
    is refused.
    """
    where = model_endpoint(settings)
    if not is_reachable(settings):
        raise UsageError(
            f"offline: {where.origin} is not on this machine and is not asked", subject=where.origin
        )
    if not has_consent(where):
        raise UsageError(
            f"{where.origin} is not on this machine and would be sent {WHAT_IS_SENT}. "
            "Nothing was sent. If that is all right, say so once with `litmap ask --consent` "
            f"(or {LLM_CONSENT_NAME}={where.origin} in the environment)",
            subject=where.origin,
        )
    return ChatClient(
        where, settings.llm_model.strip(), key=llm_key(), limits=chat_limits(settings.llm_seconds)
    )


# ── consent ───────────────────────────────────────────────────────────────────────────────────────
def consent_file() -> Path:
    """Where consents are kept: $XDG_CONFIG_HOME or ~/.config, litmap/language-models.txt."""
    base = os.environ.get("XDG_CONFIG_HOME")
    folder = Path(base) if base else Path.home() / ".config"
    return folder / "litmap" / "language-models.txt"


def has_consent(where: Endpoint) -> bool:
    """Whether sentences may be sent there: to this machine always."""
    return where.is_local or where.origin in {*_kept(), *_from_environment()}


def give_consent(where: Endpoint) -> Path:
    """Keep the user's consent for this address; the file it is kept in. Raises OSError."""
    _keep([*_kept(), where.origin])
    return consent_file()


def withdraw_consent(where: Endpoint) -> None:
    """Forget the consent for this address. Raises OSError."""
    if where.origin in (kept := _kept()):
        _keep([origin for origin in kept if origin != where.origin])


def _kept() -> list[str]:
    try:
        lines = consent_file().read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeError):
        return []
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def _keep(origins: Sequence[str]) -> None:
    path = consent_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    text = _HEAD + "".join(f"{origin}\n" for origin in dict.fromkeys(origins))
    replace_file(path, text.encode())


def _from_environment() -> set[str]:
    """The addresses that the environment consents to; what is no address is told."""
    found = set()
    for url in re.split(r"[\s,]+", os.environ.get(LLM_CONSENT_NAME, "").strip()):
        try:
            found |= {endpoint(url).origin} if url else set()
        except LitmapError as error:
            logger.warning("%s: %s", LLM_CONSENT_NAME, error.message)
    return found
