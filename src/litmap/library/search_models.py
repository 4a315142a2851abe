"""The models that a search needs: the one that embeds the query, and the optional second stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from litmap.errors import ModelError
from litmap.settings import Settings

if TYPE_CHECKING:
    from litmap import search
    from litmap.protocols import Encoder


def load_encoder(
    settings: Settings, model: str, key: str = "", passage_prompt: str = ""
) -> Encoder:
    """The embedding model that an index was made with, `key` as it had. Raises `ModelError` where
    it is not on this machine.
    """
    from litmap import vectors

    same = model == settings.model  # the settings may name the next build's model already
    encoder = vectors.load_encoder(
        model,
        models_dir=settings.state / "models",
        backend=settings.backend if same else "auto",
        threads=settings.threads or None,
        prompts=vectors.Prompts(settings.query_prompt if same else "", passage_prompt),
        offline=settings.offline,
    )
    if key not in ("", encoder.key):
        message = (
            f"the index was made with another {model} than is here: `litmap refresh` makes it anew"
        )
        raise ModelError(message, subject=model)
    return encoder


def load_reranker(settings: Settings) -> search.Reranker | None:
    """The second stage of the search, where the settings name one. Raises `ModelError`."""
    from litmap import vectors

    if not settings.reranker:
        return None
    return vectors.load_reranker(
        settings.reranker,
        models_dir=settings.state / "models",
        threads=settings.threads or None,
        offline=settings.offline,
    )
