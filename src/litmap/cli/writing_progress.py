"""A command's language model: opened, its progress shown, its failures told with what to do."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from litmap.cli.options import clean
from litmap.errors import WebError

if TYPE_CHECKING:
    from litmap.language_models.writer import Writer
    from litmap.library import Library


@contextmanager
def writer_of(library: Library, without: str) -> Iterator[tuple[Writer, Callable[[str], None]]]:
    """The language model of the library's settings, and whom to tell of what it writes; `without`
    says how to do without it. Raises as `Library.writer`.
    """
    with library.writer() as writer:
        progress = WritingProgress(library.settings.llm_model)
        try:
            yield writer, progress.add
        except WebError as error:
            error.message += f"; {without}"
            raise
        finally:
            progress.clear()


class WritingProgress:
    """Says on a terminal how much a language model has written; never what, for it is unchecked."""

    def __init__(self, model: str) -> None:
        self._model = clean(model)
        self._words = 0
        self._is_shown = sys.stderr.isatty()

    def add(self, text: str) -> None:
        """Count a piece."""
        self._words += text.count(" ")
        self._show(f"{self._model} writes: {self._words} words")

    def clear(self) -> None:
        """Take the line away."""
        self._show("")

    def _show(self, line: str) -> None:
        if self._is_shown:
            print(f"\r{line[:70]:<70}\r", end="", file=sys.stderr, flush=True)
