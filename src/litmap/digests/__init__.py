"""Digests: what happened in a library, by heading, as Markdown, HTML, plain text, Atom feed, mail,
JSON and one line. Pure: events in, texts out; what others wrote (titles, names, reasons, headings)
is escaped in each format.
"""

from litmap.digests.atom import to_atom
from litmap.digests.digest import Digest, Item, Line, Section, as_json, heading_order, make_digest
from litmap.digests.html_page import to_html
from litmap.digests.mail import MailAddress, to_mail
from litmap.digests.markdown import to_markdown
from litmap.digests.plain import headline, to_text
from litmap.digests.wording import KIND_LABELS

__all__ = [
    "KIND_LABELS",
    "Digest",
    "Item",
    "Line",
    "MailAddress",
    "Section",
    "as_json",
    "heading_order",
    "headline",
    "make_digest",
    "to_atom",
    "to_html",
    "to_mail",
    "to_markdown",
    "to_text",
]
