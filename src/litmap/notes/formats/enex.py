"""Evernote's export (.enex): each note a heading, its text in Evernote's kind of HTML."""

from __future__ import annotations

import re

from litmap.notes.builder import Builder
from litmap.notes.formats.html import read_html_block
from litmap.notes.formats.packed_xml import child, local, parse_xml
from litmap.notes.inline import Inline

_DATA = re.compile(r"<data\b[^>]{0,200}>[^<]*</data>")
"""An attached file in base64."""


def read_enex(text: str, builder: Builder) -> None:
    """Reads an export into the builder. Raises ValueError for what is none."""
    text = _DATA.sub(lambda match: "\n" * match.group().count("\n"), text)
    root = parse_xml(text.encode("utf-8", "replace"))
    if local(root) != "en-export":
        raise ValueError("not Evernote's export: there are no notes in it")
    for note in root:
        if local(note) != "note":
            continue
        line = note.sourceline or 1
        title = child(note, "title")
        builder.heading(1, Inline("".join(title.itertext()) if title is not None else ""), line)
        source = child(note, "note-attributes", "source-url")
        if source is not None and (source.text or "").startswith("http"):
            builder.add("paragraph", Inline(str(source.text).strip()), source.sourceline or line)
        content = child(note, "content")
        if content is not None:
            words = "".join(content.itertext())
            lead = len(words) - len(words.lstrip())
            begin = (content.sourceline or line) + words[:lead].count("\n")
            read_html_block(words.lstrip(), builder, begin, level=1)
