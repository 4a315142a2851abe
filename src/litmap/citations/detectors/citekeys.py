"""Citekeys and labels: [@doe1999], @doe1999, [Doe99]."""

from __future__ import annotations

import re

from litmap.citations.block_scan import BlockText
from litmap.citations.model import Sighting
from litmap.citations.note_scan import Reading
from litmap.models import NoteBlock, Reference

_CITEKEY = re.compile(
    r"(?<![\w@./])-?@(?:\{([^{}\s]{2,120})\}|([^\W_](?:[\w]|[:.#$%&+?<>~/-](?=\w)){1,120}))"
)
_LABEL = re.compile(r"\[([A-Za-z][\w+:.-]{1,60})\]_?")
KEY_NAME = re.compile(
    r"([^\W\d_]{2,30}?)(?:[A-Z][A-Za-z]*|[_:-]\w*?)?[_:-]?((?:1[89]|20)\d\d)([a-z]?)(?:[_:-]?([A-Za-z]\w*))?$"
)


def take_citekeys(reading: Reading, block: NoteBlock, text: BlockText) -> None:
    """Adds the citekeys and labels of a block."""
    if "@" in text.text:
        for match in _CITEKEY.finditer(text.text):
            take_key(
                reading,
                block,
                match.start(),
                match.end(),
                (match.group(1) or match.group(2)).rstrip(".:"),
                text,
            )
    if reading.state.labels and "[" in text.text:
        for match in _LABEL.finditer(text.text):
            tie = reading.state.labels.get(match.group(1))
            if (
                tie
                and text.free(*match.span())
                and not block.text.lstrip().startswith(match.group())
            ):
                mention = reading.mention(block, match.start(), match.end(), "citekey")
                text.mask(
                    match.start(),
                    match.end(),
                    reading.add(Sighting(mention, Reference(), False, {tie})),
                )


def take_key(
    reading: Reading, block: NoteBlock, start: int, end: int, key: str, text: BlockText
) -> None:
    """Adds one citekey: tied to its entry, or without one kept for the name and year it is made of."""
    tie = reading.keys.get(key) or reading.state.labels.get(key)
    if tie is None and key.lower() != key:
        tie = next(
            (value for name, value in reading.keys.items() if name.lower() == key.lower()), None
        )
    if tie == "":  # an entry that is no work
        text.mask(start, end, None)
        return
    mention = reading.mention(block, start, end, "citekey")
    if tie:
        text.mask(start, end, reading.add(Sighting(mention, Reference(), True, {tie})))
        return
    match = KEY_NAME.match(key)
    if match:
        words = re.findall(
            r"[A-Z]?[a-z]+", key[match.end(1) : match.start(2)] + " " + (match.group(4) or "")
        )
        reference = Reference(
            key,
            " ".join(words) if len(words) > 3 else "",
            (match.group(1).capitalize(),),
            int(match.group(2)),
        )
        ties = {f"citekey:{key}"}
        text.mask(start, end, reading.add(Sighting(mention, reference, False, ties)))
