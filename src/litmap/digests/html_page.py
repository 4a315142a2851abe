"""A digest as HTML that needs nothing from elsewhere: for mails and feeds, and as a page."""

from __future__ import annotations

import html
from collections.abc import Iterator

from litmap.digests.digest import Digest, Item, Line
from litmap.digests.plain import headline
from litmap.digests.wording import Quote
from litmap.export_marks import HTML_MARK
from litmap.parsing.markup import split_commands

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:44em;margin:2em auto;padding:0 1em;"
    "color:#1c2326;background:#fff}h1{font-size:1.3em}h2{font-size:1.1em;margin:1.6em 0 .4em;"
    "border-bottom:1px solid #ccc}p{margin:.3em 0}blockquote{margin:.3em 0 .3em 1em;color:#444}"
    "a{color:#0b5a7a}@media (prefers-color-scheme:dark){body{color:#e4e8ea;background:#15191c}"
    "blockquote{color:#b8c0c4}a{color:#7cc4e4}h2{border-color:#444}}"
)


def escape(text: str) -> str:
    """Text as HTML shows it, apart from what stands beside it, whichever way it is written."""
    return f"<bdi>{html.escape(text)}</bdi>" if text else ""


def advice(text: str) -> str:
    """As `escape`, the commands of litmap's in it as code."""
    shown = (
        f"<code>{html.escape(part)}</code>" if is_code else html.escape(part)
        for part, is_code in split_commands(text)
    )
    return f"<bdi>{''.join(shown)}</bdi>" if text else ""


def to_html(digest: Digest) -> str:
    """The whole page."""
    body = "\n".join(_body(digest))
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">{HTML_MARK}'
        '<meta name="viewport" content="width=device-width">'
        f"<title>litmap: {html.escape(digest.name)}</title><style>{_STYLE}</style></head>\n"
        f"<body>\n{body}\n</body></html>\n"
    )


def _body(digest: Digest) -> Iterator[str]:
    yield f"<h1>{html.escape(digest.name)}</h1>"
    yield f"<p>{escape(headline(digest)) or 'Nothing happened.'}</p>"
    for section in digest.sections:
        yield f"<h2>{escape(section.name)}</h2>"
        for item in section.items:
            yield item_html(item)


def item_html(item: Item) -> str:
    """One item without its surroundings."""
    return "\n".join(_item(item))


def _item(item: Item) -> Iterator[str]:
    if item.title:
        title = f"<strong>{escape(item.title)}</strong>"
        if item.url:
            title = f'<a href="{html.escape(item.url)}">{title}</a>'
        yield f"<p>{title}{f' ({escape(item.by)})' if item.by else ''}</p>"
    for line in item.lines:
        yield f"<p><b>{html.escape(line.begin)}</b> {advice(line.text)}{_link(line)}</p>"
        yield from map(_quote, line.quotes)
    if item.also:
        yield f"<p>{item.under} {'; '.join(map(escape, item.also))}</p>"


def _link(line: Line) -> str:
    if not line.url:
        return ""
    return f' <a href="{html.escape(line.url)}">{escape(line.link_text)}</a>'


def _quote(quote: Quote) -> str:
    place = f" ({escape(quote.place)})" if quote.place else ""
    return f"<blockquote>“{escape(quote.text)}”{place}</blockquote>"
