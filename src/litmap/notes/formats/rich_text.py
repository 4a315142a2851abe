"""A paragraph of a word processor's file, put together from its runs."""

from __future__ import annotations

from litmap.models import Link
from litmap.notes.inline import Inline

MAX_ITALIC_CHARS = 400


class RichText:
    """Text with links and italics, whose line breaks are blanks."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.size = 0
        self.links: list[Link] = []
        self.italics: list[tuple[int, int]] = []

    def put(self, text: str, *, italic: bool = False) -> None:
        """Adds text as it stands."""
        text = text.replace("\n", " ").replace("\t", " ")
        if not text:
            return
        if italic:
            if self.italics and self.italics[-1][1] == self.size:
                self.italics[-1] = (self.italics[-1][0], self.size + len(text))
            else:
                self.italics.append((self.size, self.size + len(text)))
        self.parts.append(text)
        self.size += len(text)

    def link(self, begin: int, target: str, line: int) -> None:
        """Makes a link of what was put since `begin`."""
        if target:
            words = "".join(self.parts)[begin:] if self.size > begin else ""
            self.links.append(Link(" ".join(words.split()), target, line, begin, self.size))

    @property
    def is_empty(self) -> bool:
        """True where nothing is shown and nothing linked."""
        return not self.links and not "".join(self.parts).strip()

    def done(self) -> Inline:
        """The finished paragraph."""
        text = "".join(self.parts)
        emphasis = [
            text[start:end].strip() for start, end in self.italics if end - start < MAX_ITALIC_CHARS
        ]
        return Inline(text, self.links, [0], [words for words in emphasis if len(words) > 3])
