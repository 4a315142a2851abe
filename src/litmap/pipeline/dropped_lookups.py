"""PDFs put in by hand that no note cites are looked up: by the identifier the file gives itself,
then by its title as printed. What a source says counts where the file's first page agrees.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from litmap.catalogue import Catalogue, Lookup
from litmap.catalogue.entries import Entry, entries
from litmap.errors import PdfError
from litmap.models import Citation, Lookups, Reference, Resolution, Work
from litmap.parsing.title_similarity import normalise_title
from litmap.pipeline.context import RunContext, age_days, nearly
from litmap.pipeline.resolution import NO_ANSWER
from litmap.settings import api_keys

if TYPE_CHECKING:
    from litmap.pdfs.verify import Preview
    from litmap.web import WebClient

logger = logging.getLogger(__name__)

MIN_TITLE_WORDS = 3
"""Words of a printed title that is looked up; a shorter one names too many works."""


@dataclass(frozen=True)
class _File:
    """A work known from its file alone, with the file's first pages."""

    work: Work
    key: str
    preview: Preview

    def citation(self, reference: Reference) -> Citation:
        """What is sent of it: it names a work and stands in no note."""
        return Citation(self.key, "reference", reference, ())

    @property
    def by_ids(self) -> Citation | None:
        """By the identifiers that the file gives itself."""
        return self.citation(Reference(ids=self.work.ids)) if self.work.ids else None

    @property
    def by_title(self) -> Citation | None:
        """By the title printed large on the first page; a file's name is none."""
        title = self.preview.title
        is_telling = len(normalise_title(title).split()) >= MIN_TITLE_WORDS
        return self.citation(Reference(title=title)) if is_telling else None


def look_up_dropped(catalogue: Catalogue, context: RunContext) -> None:
    """Ask the sources about the works that are known from their files alone, each once; again after
    `retry_days` where none knew it, and in the next run where they did not answer.
    """
    files = list(_files(catalogue, context)) if context.settings.lookups != Lookups.NONE else []
    logger.info("drop folder: %d works are looked up", len(files))
    if not files:
        return
    with context.open_client("resolve") as client:
        left = _ask(catalogue, context, client, files, by_title=False)
        if (
            context.settings.lookups == Lookups.ALL
        ):  # a title alone is no identifier and no reference
            left = _ask(catalogue, context, client, left, by_title=True)
    with catalogue.write():
        catalogue.put_lookups([Lookup(file.key, (), context.now) for file in left])


def _files(catalogue: Catalogue, context: RunContext) -> Iterator[_File]:
    from litmap import text

    lookups = catalogue.lookups()
    for entry in entries(catalogue):
        if entry.pdf is None or not is_known_by_file_only(entry):
            continue
        key = f"file:{entry.pdf.sha256}"
        if not _is_due(lookups.get(key), context.settings.retry_days):
            continue
        try:
            preview = text.preview_in_worker(context.paths.file(entry.pdf))
        except PdfError as error:
            logger.info("%s: not looked up: %s", entry.work.id, error.message)
            continue
        yield _File(entry.work, key, preview)


def is_known_by_file_only(entry: Entry) -> bool:
    """Whether a work came in as a PDF, no note cites it and no source was found to know it."""
    told = {fact.source for fact in entry.work.facts}
    return (
        entry.dropped
        and not entry.citations
        and bool(told)
        and all(source.startswith("the file ") for source in told)
    )


def _is_due(lookup: Lookup | None, retry_days: float) -> bool:
    if lookup is None or not lookup.was_asked or lookup.ids:
        return True  # what was known once and is not now has come back with its file
    return age_days(lookup.time) >= nearly(retry_days)


def _ask(
    catalogue: Catalogue,
    context: RunContext,
    client: WebClient,
    files: Sequence[_File],
    *,
    by_title: bool,
) -> list[_File]:
    """Ask about files and keep what agrees with them; those that are still not known."""
    asked = {
        citation.key: (citation, file)
        for file in files
        if (citation := file.by_title if by_title else file.by_ids) is not None
    }
    left = {file.key: file for file in files}
    resolutions = context.collaborators.resolve(
        [citation for citation, _ in asked.values()],
        client,
        now=context.now,
        lookups=context.settings.lookups,
        contact=context.settings.contact,
        keys=api_keys(),
    )
    for resolution in resolutions:
        file = asked[resolution.citation][1]
        work = confirmed_by(file.preview, resolution)
        if work is not None:
            del left[file.key]
            _keep(catalogue, file, work, context.now)
        elif resolution.status in NO_ANSWER:
            del left[file.key]  # asked again by the next run
        elif not by_title and resolution.status == "metadata-only":
            left[file.key] = _without_ids(catalogue, file, context.now)
    return list(left.values())


def confirmed_by(preview: Preview, resolution: Resolution) -> Work | None:
    """The one work that the sources say and the file's first page shows; None for none or
    several.
    """
    from litmap.pdfs.verify import Verdict, verify

    named = (resolution.work,) if resolution.status == "metadata-only" else resolution.candidates
    right = [w for w in named if w is not None and verify(preview, w) == Verdict.RIGHT]
    return right[0] if len(right) == 1 else None


def _keep(catalogue: Catalogue, file: _File, work: Work, now: str) -> None:
    logger.info("%s is %s", file.work.id, work.id)
    with catalogue.write():
        catalogue.rename_work(file.work.id, work, now)
        catalogue.put_lookups([Lookup(file.key, work.ids, now)])


def _without_ids(catalogue: Catalogue, file: _File, now: str) -> _File:
    """The identifier on the first page is another paper's: the work goes on under its title."""
    from litmap.pdfs.drop_folder import title_id

    work = replace(file.work, id=title_id(file.work.title), ids=())
    logger.info("%s is another paper's: the file's work is %s", file.work.id, work.id)
    with catalogue.write():
        catalogue.rename_work(file.work.id, work, now)
    return replace(file, work=work)
