"""What the library knows by title before anybody is asked: its works, other notes' references,
reference files beside the notes, the reference lists of its papers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from litmap.catalogue import Catalogue
from litmap.catalogue.entries import entries
from litmap.models import Citation, Reference
from litmap.pipeline.context import RunContext
from litmap.pipeline.pending_pdfs import text_version

if TYPE_CHECKING:
    from litmap.works import KnownTitle, KnownTitles


def unconfirmed_titles(catalogue: Catalogue) -> list[Citation]:
    """Bare titles of the notes that no source confirmed, or that nobody was asked about; not those
    of which the user decided.
    """
    from litmap import works

    known, decisions = catalogue.resolutions(), catalogue.decisions()
    return [
        c
        for c in catalogue.citations()
        if works.may_be_known(c)
        and c.key not in decisions
        and (c.key not in known or known[c.key].work is None)
    ]


def gather_titles(
    catalogue: Catalogue, context: RunContext, records: Sequence[Reference]
) -> KnownTitles:
    """All titles that the library knows; `records` are those of reference files beside the notes.
    Raises `PdfError` where a kept text is damaged.
    """
    from litmap import works

    return works.KnownTitles(_titles(catalogue, context, records))


def _titles(
    catalogue: Catalogue, context: RunContext, records: Sequence[Reference]
) -> Iterator[KnownTitle]:
    from litmap.works import KnownTitle

    yield from _own_works(catalogue)
    for citation in catalogue.citations():
        if citation.sure:
            yield KnownTitle(citation.reference, citation.mentions[0].note)
    for record in records:
        yield KnownTitle(record, "a reference file beside the notes")
    for told_by, reference in _listed(catalogue, context):
        yield KnownTitle(reference, told_by)


def _own_works(catalogue: Catalogue) -> Iterator[KnownTitle]:
    """The works that a source knows, or that came in as files; not those that only bare titles
    cite.
    """
    from litmap import works

    bare = {c.key for c in catalogue.citations() if works.may_be_known(c)}
    known = {d.citation for d in catalogue.resolutions().values() if d.status == "metadata-only"}
    for entry in entries(catalogue):
        if entry.dropped or any(key in known - bare for key in entry.citations):
            yield works.title_of(entry.work, "your library")


def _listed(catalogue: Catalogue, context: RunContext) -> Iterator[tuple[str, Reference]]:
    """What the papers of the library cite, with where it stands."""
    from litmap.pipeline.analysis import reference_lists
    from litmap.pipeline.inputs import readable_pdfs
    from litmap.pipeline.text_cache import TextCache

    works = entries(catalogue)
    readable = readable_pdfs(works, catalogue.texts(text_version()))
    titles = {entry.work.id: entry.work.title for entry in works}
    for work, listed in reference_lists(TextCache(context.paths), readable).items():
        for reference in listed:
            yield f"the reference list of “{titles[work]}”", reference
