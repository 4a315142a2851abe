"""News as an Atom feed (RFC 4287): an entry for what a run told of a work or heading. Ids stay the
same, so that a reader that has seen an entry does not show it again.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from itertools import groupby

from litmap.digests.digest import heading_text, make_item
from litmap.digests.html_page import item_html
from litmap.digests.plain import shorten
from litmap.digests.wording import is_warning
from litmap.export_marks import MARK
from litmap.models import Event

MAX_ENTRIES = 300
"""Entries of the feed, the newest."""
MAX_TITLE = 200
_ATOM = "http://www.w3.org/2005/Atom"


def to_atom(events: Sequence[Event], library: str, name: str, now: str) -> str:
    """The feed of a library: `library` is its own id, `name` what readers call it; `now` (UTC ISO
    8601) counts where nothing happened yet.
    """
    feed = ET.Element("feed", xmlns=_ATOM)
    newest = max((event.time for event in events), default=now)
    _add(feed, "id", f"urn:litmap:{library}")
    _add(feed, "title", f"litmap: {name}")
    _add(feed, "updated", newest)
    _add(feed, "generator", MARK)
    _add(ET.SubElement(feed, "author"), "name", "litmap")
    for group in _groups(events)[-MAX_ENTRIES:][::-1]:
        feed.append(_entry(group, library))
    ET.indent(feed)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(feed, "unicode") + "\n"


def _groups(events: Sequence[Event]) -> list[list[Event]]:
    """What a run told of each subject, by the first of its events."""
    ordered = sorted(events, key=lambda e: (e.time, e.subject, e.id))
    groups = [list(own) for _, own in groupby(ordered, key=lambda e: (e.time, e.subject))]
    return sorted(groups, key=lambda group: group[0].id)


def _entry(events: Sequence[Event], library: str) -> ET.Element:
    first = events[0]
    path = first.headings[0] if first.headings else ()
    is_warned = any(map(is_warning, events))
    item = make_item(events, () if is_warned else path)
    entry = ET.Element("entry")
    labels = ", ".join(dict.fromkeys(line.label for line in item.lines))
    _add(entry, "id", f"urn:litmap:{library}:{first.id}")
    _add(entry, "title", shorten(f"{labels}: {item.title or heading_text(path)}", MAX_TITLE))
    _add(entry, "updated", first.time)
    ET.SubElement(entry, "category", term=heading_text(path))
    if item.url:
        ET.SubElement(entry, "link", rel="alternate", href=item.url)
    under = "" if is_warned else f"<p>{_under(path)}</p>\n"
    _add(entry, "content", f"{under}{item_html(item)}", type="html")
    return entry


def _under(path: Sequence[str]) -> str:
    from litmap.digests.html_page import escape

    return f"Under {escape(heading_text(path))}"


def _add(parent: ET.Element, tag: str, text: str, **attributes: str) -> None:
    ET.SubElement(parent, tag, attributes).text = text
