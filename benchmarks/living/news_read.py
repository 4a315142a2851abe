"""What a reader was told, read from what litmap left: pages of a folder, a feed, mails."""

from __future__ import annotations

import email
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from email.policy import default
from pathlib import Path
from typing import NamedTuple

import lxml.html

from litmap.digests.digest import WARNED

_ATOM = "{http://www.w3.org/2005/Atom}"


class Line(NamedTuple):
    """One event as it reads: the heading, how it is called, the paper ('' for a heading's)."""

    heading: str
    label: str
    title: str


def read_page(path: Path) -> list[Line]:
    """The events of a Markdown page."""
    heading = title = ""
    found: list[Line] = []
    for row in path.read_text("utf-8").splitlines():
        text = re.sub(r"\\(?=[\W_])", "", row)
        if text.startswith("## "):
            heading, title = text[3:], ""
        elif (line := re.match(r"(?:  )?- \*\*([^*]+?)\.?\*\*", text)) is not None:
            found.append(Line(heading, line[1], title if text.startswith("  ") else ""))
        elif (named := re.match(r"- \[?\*\*(.+?)\*\*", text)) is not None:
            title = named[1]
        elif (under := re.match(r"  - Under ([^;]+)", text)) is not None:
            found = [_placed(one, title, under[1]) for one in found]
    return found


def _placed(line: Line, title: str, heading: str) -> Line:
    """A line of a paper that stands above all headings, below its own."""
    is_of_it = line.heading == WARNED and line.title == title
    return line._replace(heading=heading) if is_of_it else line


def read_feed(path: Path) -> dict[str, list[Line]]:
    """The events of each entry of a feed, by its id."""
    if not path.exists():
        return {}
    entries = ET.parse(path).getroot().iter(f"{_ATOM}entry")
    return {e.findtext(f"{_ATOM}id", ""): list(_entry(e)) for e in entries}


def _entry(entry: ET.Element) -> Iterator[Line]:
    category = entry.find(f"{_ATOM}category")
    heading = "" if category is None else category.get("term", "")
    yield from _lines(
        lxml.html.fromstring(f"<div>{entry.findtext(f'{_ATOM}content')}</div>"), heading
    )


def read_mail(raw: bytes) -> tuple[str, list[Line]]:
    """A mail's Message-ID and events."""
    mail = email.message_from_bytes(raw, policy=default)
    body = mail.get_body(("html",))
    page = lxml.html.document_fromstring(body.get_content() if body else "<p></p>")
    return str(mail["Message-ID"]), list(_lines(page, ""))


def _lines(page: lxml.html.HtmlElement, heading: str) -> Iterator[Line]:
    """The events below an element: headings, titles in strong letters, then lines with labels."""
    title = ""
    found: list[Line] = []
    for element in page.iter("h2", "p"):
        text = element.text_content().strip()
        strong = element.find(".//strong")
        if element.tag == "h2":
            heading, title = text, ""
        elif strong is not None:
            title = strong.text_content()
        elif (label := element.find("b")) is not None:
            found.append(Line(heading, label.text_content().rstrip("."), title))
        elif title and (under := re.match(r"Under ([^;]+)", text)) is not None:
            found = [_placed(one, title, under[1]) for one in found]
    yield from found
