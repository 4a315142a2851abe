"""Server-sent events, as language models stream their answers (WHATWG HTML, section 9.2.6), within
bounds.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator

from litmap.errors import TooLarge

MAX_LINE = 256 * 1024
"""Characters of one line, and of the data of one event."""


def lines_of(blocks: Iterable[bytes]) -> Iterator[str]:
    """The lines of a stream without their ends (CR, LF or both); bytes that are no UTF-8 become
    U+FFFD. Raises `TooLarge` for a line above `MAX_LINE` characters, before it is kept.
    """
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    held = _Line()
    was_cr = False
    for block in blocks:
        text = decoder.decode(block)
        if was_cr and text:
            text = text.removeprefix("\n")
        was_cr = text.endswith("\r") if text else was_cr
        *whole, rest = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        for line in whole:
            held.add(line)
            yield held.take()
        held.add(rest)
    held.add(decoder.decode(b"", final=True))
    if held.size:
        yield held.take()


class _Line:
    """The pieces of a line that has not ended yet."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self.size = 0

    def add(self, text: str) -> None:
        """One more piece. Raises `TooLarge`."""
        self.size += len(text)
        if self.size > MAX_LINE:
            raise TooLarge(f"a line of more than {MAX_LINE:,} characters")
        self._pieces.append(text)

    def take(self) -> str:
        """The line; the next one begins."""
        line = "".join(self._pieces)
        self._pieces.clear()
        self.size = 0
        return line


def data_of(lines: Iterable[str]) -> Iterator[str]:
    """The data of each event. The last one counts without its empty line too, which some servers
    leave out; comments, names and ids of events are passed over.
    """
    held: list[str] = []
    size = 0
    for line in lines:
        name, _, value = line.partition(":")
        if not line and held:
            yield "\n".join(held)
            held, size = [], 0
        elif name == "data":
            held.append(value.removeprefix(" "))
            size += len(value) + 1
            if size > MAX_LINE:
                raise TooLarge(f"an event of more than {MAX_LINE:,} characters")
    if held:
        yield "\n".join(held)
