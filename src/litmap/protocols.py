"""What users and tests may replace, as protocols: any object with these methods will do.

Imports nothing of litmap but the records.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from litmap.models import Document, Download, Request, Response, Summary

if TYPE_CHECKING:
    from pathlib import Path

    from litmap.models import Vectors


class Client(Protocol):
    """A polite, safe HTTP client (`litmap.web.WebClient`); tests give a recorded one."""

    def get(self, request: Request) -> Response:
        """The answer to the request, redirects followed. Raises `errors.WebError` and its kinds."""
        ...


class Downloader(Client, Protocol):
    """A client that also streams files to disk (`litmap.web.WebClient`)."""

    def download(
        self,
        url: str,
        partial: Path,
        *,
        etag: str = "",
        last_modified: str = "",
        limit: int | None = None,
    ) -> Download:
        """Stream a PDF to `partial`, resuming what lies there; conditional with `etag` or `last_modified`."""
        ...


class Encoder(Protocol):
    """Turns texts into unit vectors. `window` is the most tokens a text may have without being cut.

    `key` names the vectors: encoders of one key give the same ones, up to roundings.
    """

    name: str
    key: str
    dim: int
    window: int

    def encode(self, texts: Sequence[str]) -> Vectors:
        """float32 (len(texts), dim), rows L2-normalised; (0, dim) for no text."""
        ...

    def count(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, special tokens included."""
        ...

    def offsets(self, text: str) -> list[tuple[int, int]]:
        """Start and end in `text` of each token, special tokens left out."""
        ...


class Summariser(Protocol):
    """Makes summaries; the default is extractive, a language model may take its place."""

    def summarise(
        self, subject: str, title: str, documents: Mapping[str, Document], **options: Any
    ) -> Summary:
        """A summary whose every sentence names its work and page."""
        ...
