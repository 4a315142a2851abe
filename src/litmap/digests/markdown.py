"""A digest as a Markdown page, for a folder of notes; it says that it is none itself."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote as percent_encoded

from litmap.digests.digest import Digest, Item, Line
from litmap.digests.plain import headline
from litmap.export_marks import MARK
from litmap.parsing.markup import escape_markdown as escape
from litmap.parsing.markup import markdown_advice


def to_markdown(digest: Digest, name: str = "") -> str:
    """The page; `name` tells the digest from others. Ends with a line feed."""
    named = [f"digest: {name}"] if name else []
    lines = ["---", MARK, *named, "---", "", f"# {digest.name}", ""]
    lines += [escape(headline(digest) or "Nothing happened."), ""]
    for section in digest.sections:
        lines += [f"## {escape(section.name)}", ""]
        for item in section.items:
            lines += _item(item)
        lines.append("")
    return "\n".join(lines).rstrip("\n") + "\n"


def _item(item: Item) -> Iterator[str]:
    begin, indent = "- ", ""
    if item.title:
        yield f"- {_title(item)}" + (f" ({escape(item.by)})" if item.by else "")
        begin, indent = "  - ", "    "
    for line in item.lines:
        said = f"{begin}**{escape(line.begin)}** {markdown_advice(line.text)}".rstrip()
        yield f"{said}{_link(line)}"
        for quote in line.quotes:
            place = f" ({escape(quote.place)})" if quote.place else ""
            yield f"{indent or '  '}- “{escape(quote.text)}”{place}"
    if item.also:
        yield f"{begin}{item.under} {'; '.join(map(escape, item.also))}"


def _title(item: Item) -> str:
    title = escape(item.title)
    return f"[**{title}**](<{address(item.url)}>)" if item.url else f"**{title}**"


def _link(line: Line) -> str:
    return f" [{escape(line.link_text)}](<{address(line.url)}>)" if line.url else ""


def address(url: str) -> str:
    """An address that ends no link before its end."""
    return percent_encoded(url, safe="/:?&=%+,;@#!$'()*~._-")
