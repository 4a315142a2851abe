"""Copies of papers that differ in the reader's marks alone: they stay their works', and their text
is not read anew.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from litmap import text
from litmap.catalogue import Catalogue, FileStamp
from litmap.errors import LibraryError, PdfError
from litmap.models import Fetch, PdfFile
from litmap.paths import LibraryPaths
from litmap.pipeline.context import RunContext
from litmap.pipeline.pending_pdfs import describe_text, text_version
from litmap.pipeline.text_cache import TextCache

if TYPE_CHECKING:
    from litmap.pdfs import Store

logger = logging.getLogger(__name__)


def reuse_text(catalogue: Catalogue, paths: LibraryPaths, old: PdfFile, new: str) -> bool:
    """Keep the text of a work's file as that of another (sha256) which differs in its marks; False
    where there is none to keep.
    """
    known = catalogue.texts(text_version()).get(old.sha256)
    if known is None or known.quality == "failed":
        return False
    try:
        document = replace(TextCache(paths).load(old.sha256), sha256=new)
    except PdfError:
        return False
    TextCache(paths).save(document)
    with catalogue.write():
        catalogue.put_text(describe_text(new, document))
    logger.info("%s has the text of %s, other marks alone", new, old.sha256)
    return True


def reuse_texts(catalogue: Catalogue, paths: LibraryPaths, shas: Sequence[str]) -> list[str]:
    """Those of these PDFs (sha256) that are to be read: no marked copies of files of the same work
    whose text is here.
    """
    wanted, done = set(shas), set()
    for files in catalogue.pdfs().values():
        others = [pdf for pdf in files if pdf.sha256 not in wanted and pdf.has_pages]
        for new in (pdf for pdf in files if pdf.sha256 in wanted and pdf.has_pages):
            alike = [pdf for pdf in others if pdf.pages == new.pages]
            if any(_take_text(catalogue, paths, old, new) for old in alike):
                done.add(new.sha256)
    return [sha for sha in shas if sha not in done]


def _take_text(catalogue: Catalogue, paths: LibraryPaths, old: PdfFile, new: PdfFile) -> bool:
    """Keep the text of a file as that of another where they differ in marks alone."""
    is_copy = text.same_text_in_worker(paths.file(old), paths.file(new))
    return is_copy and reuse_text(catalogue, paths, old, new.sha256)


def take_marked_copies(
    catalogue: Catalogue,
    context: RunContext,
    store: Store,
    stamps: Mapping[Path, FileStamp],
    works: Mapping[FileStamp, str],
) -> dict[FileStamp, FileStamp]:
    """File what was marked in place in the drop folder under the work that it was, as its newer
    file; the former stamp of each by the new one.

    `works` are those that files were filed as. A file that changed in more than its marks is left
    to be looked at as any other.
    """
    gone = {stamp.path: stamp for stamp in works.keys() - set(stamps.values())}
    taken = {}
    for path, stamp in stamps.items():
        former = gone.get(stamp.path)
        if stamp in works or former is None or not works[former]:
            continue
        old = dropped_file(catalogue, works[former], former)
        if old is None or not text.same_text_in_worker(context.paths.file(old), path):
            continue
        try:
            new = store.copy_in(path, pages=old.pages, now=context.now)
            _put_in_place(catalogue, context, works[former], old, new, path.name)
        except LibraryError as error:
            logger.warning("%s: %s", path.name, error.message)
            continue
        taken[stamp] = former
    return taken


def _put_in_place(
    catalogue: Catalogue, context: RunContext, work: str, old: PdfFile, new: PdfFile, name: str
) -> None:
    """Keep the marked file `name` as its work's, in the place of the file that it was."""
    outcome = Fetch(work, "fetched", f"put into the library as {name}", new)
    with catalogue.write():
        if new.sha256 != old.sha256:
            catalogue.unfile(work, old.bytes)
        catalogue.put_fetch(outcome, context.now)
    reuse_text(catalogue, context.paths, old, new.sha256)
    logger.info("%s is still %s, with other marks", name, work)


def dropped_file(catalogue: Catalogue, work: str, stamp: FileStamp) -> PdfFile | None:
    """The library's copy of a work's file of the drop folder; None for other files and none."""
    files = catalogue.pdfs().get(work, [])
    found = (pdf for pdf in files if not pdf.url and pdf.bytes == stamp.bytes and pdf.has_pages)
    return next(found, None)


def keeps_marks(catalogue: Catalogue, work: str, stamp: FileStamp, names: Collection[str]) -> bool:
    """Whether a file that another was put in the place of has marks, so that it stays its work's as
    an earlier version. `names` are those of the files that are there now.
    """
    if stamp.path not in names:
        return False
    old = dropped_file(catalogue, work, stamp)
    return old is not None and old.sha256 in catalogue.marks()
