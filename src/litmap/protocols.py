"""What users and tests may replace, as protocols: any object with these methods will do.

Imports nothing of litmap but the records.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from litmap.models import Document, Download, Mark, Request, Response, Summary, Topic, Work

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
        """Stream a PDF to `partial`, resuming what lies there; conditional with `etag` or
        `last_modified`.
        """
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


@runtime_checkable
class QueryEncoder(Protocol):
    """An `Encoder` whose model wants other words before a question than before a passage. An
    encoder without this method embeds both alike.
    """

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """float32 (len(texts), dim), rows L2-normalised, of questions that passages are to
        answer.
        """
        ...


class LanguageModel(Protocol):
    """Writes text (`litmap.web.ChatClient`); what it writes is checked before anybody sees it."""

    name: str

    def write(
        self, messages: Sequence[Mapping[str, str]], on_text: Callable[[str], None] | None = None
    ) -> str:
        """The answer to messages of `role` ('system', 'user') and `content`; `on_text` is told its
        pieces as they come. Raises `errors.WebError` and its kinds.
        """
        ...


class Summariser(Protocol):
    """Makes the summaries of a build; the default is extractive (`litmap.summaries`). What a
    language model writes from them stands beside them (`language_models.written_texts`).

    What a summariser must give: sentences, each with its work, its page and the rectangles of the
    lines that show it (of a text without pages the paragraph and its place), each to be understood
    alone and filed under one of the summary's parts, whose keys are those of `SummaryPart`; a part
    without sentences says that the papers do not say it. An abstract is given as it stands. Nothing
    that no page shows. `version` changes when the same paper would get another summary, so that
    kept ones are made again.
    """

    @property
    def version(self) -> str:
        """Names what makes the summaries."""
        ...

    def summarise_paper(
        self, document: Document, work: Work, encoder: Encoder, marks: Sequence[Mark]
    ) -> Summary:
        """The summary of one paper: parts 'abstract', 'question', 'approach', 'findings', 'limits';
        without sentences where nothing can be said. `marks` are those of the reader that weigh in
        it (`litmap.paper_sentences.weighing`).
        """
        ...

    def summarise_topics(
        self, topics: Sequence[Topic], papers: Mapping[str, Summary], encoder: Encoder
    ) -> Iterable[tuple[str, Summary]]:
        """(topic id, summary) of each topic of which something can be said: parts 'theme-1' …, then
        'agreement-1' …, 'difference-1' …; `papers` are the papers' summaries by work id.
        """
        ...
