"""What readers of line by line formats share: the block that is being read."""

from __future__ import annotations

from abc import ABC, abstractmethod

from litmap.notes.builder import Builder
from litmap.notes.inline import Inline


class BlockReader(ABC):
    """Reads lines; a block is held until a line shows that it has ended.

    Lines are counted from 0 here and from 1 in what the builder gets.
    """

    def __init__(self, builder: Builder, lines: list[str]) -> None:
        self.builder = builder
        self.lines = lines
        self.held: list[str] = []
        self.kind, self.first = "paragraph", 0
        self.fields: tuple[tuple[str, str], ...] = ()

    @abstractmethod
    def inline(self, raw: str, number: int) -> Inline:
        """The text of a stretch that begins on the line `number`, its markup read."""

    def hold(self, number: int, text: str, kind: str, *fields: tuple[str, str]) -> None:
        """Begins a block on this line."""
        self.flush()
        self.held, self.kind, self.first, self.fields = [text], kind, number, fields

    def hold_text(self, number: int, text: str) -> None:
        """Goes on with the block, or begins a paragraph."""
        if self.held:
            self.held.append(text)
        else:
            self.hold(number, text, "paragraph")

    def flush(self) -> None:
        """Adds the held block."""
        held, self.held = self.held, []
        if held:
            inline = self.inline("\n".join(held), self.first)
            self.builder.add(self.kind, inline, self.first + 1, *self.fields)
        self.kind, self.fields = "paragraph", ()

    def heading(self, level: int, text: str, number: int) -> None:
        """Ends the block and opens a heading."""
        self.flush()
        self.builder.heading(level, self.inline(text, number), number + 1)
