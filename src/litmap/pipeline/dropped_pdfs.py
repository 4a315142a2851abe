"""The drop folder: PDFs that the user puts into `papers/` become those of the works cited, or works
of their own.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from litmap.catalogue import Catalogue, FileStamp
from litmap.catalogue.entries import Entry, entries
from litmap.models import Fetch, Problem, Work
from litmap.parsing.title_similarity import normalise_title
from litmap.paths import LibraryPaths
from litmap.pipeline.context import RunContext
from litmap.pipeline.marked_copies import keeps_marks, take_marked_copies

if TYPE_CHECKING:
    from litmap.pdfs import Adopted, Store

logger = logging.getLogger(__name__)

FOLDER = "papers"
"""The drop folder, as `tried` and reasons name it."""
PAPER_ENDINGS = frozenset({".pdf", ".xml", ".nxml", ".html", ".htm", ".xhtml", ".epub"})
"""Endings of files in the drop folder that are looked at."""


def open_store(paths: LibraryPaths) -> Store:
    """Where PDFs are kept by content."""
    from litmap import pdfs

    return pdfs.Store(paths.root, paths.pdf, paths.partial, paths.aside)


def is_lost(paths: LibraryPaths, entry: Entry) -> bool:
    """Whether the library's file of a work is gone or cut short."""
    if entry.pdf is None:
        return False
    try:
        return paths.file(entry.pdf).stat().st_size != entry.pdf.bytes
    except OSError:
        return True


@dataclass(frozen=True)
class _Filed:
    """What is known before the folder is looked at: `works` are those that its files were filed as.

    `cited` are works that notes cite; `lost` and `with_pdf` ids of works whose file is gone or is
    here; `taken_out` those that the user said are none; `recheck` those whose files are to be
    looked at again.
    """

    works: Mapping[FileStamp, str]
    cited: Mapping[str, Work]
    lost: Collection[str]
    with_pdf: Collection[str]
    taken_out: Collection[str]
    recheck: Collection[str]

    @classmethod
    def load(cls, catalogue: Catalogue, paths: LibraryPaths) -> _Filed:
        """From the catalogue, with today's ids of works."""
        aliases = catalogue.aliases()
        works = {
            name_in_folder(stamp, paths.papers): aliases.get(work, work)
            for stamp, work in catalogue.drop_folder().items()
        }
        known = entries(catalogue)
        cited = {e.work.id: e.work for e in known if e.citations}
        lost = {e.work.id for e in known if is_lost(paths, e)}
        uncited = set(works.values()) - cited.keys()
        recheck = _cited_under_another_id(catalogue, uncited, cited.values()) | lost
        return cls(
            works,
            cited,
            lost,
            with_pdf={e.work.id for e in known if e.pdfs} - lost,
            taken_out=set(works.values()) - {"", *(e.work.id for e in known)},
            recheck=recheck | {""} if lost else recheck,
        )

    def is_due(self, stamp: FileStamp) -> bool:
        """Whether a file is new, its copy is lost, or its work may be cited by now."""
        return stamp not in self.works or self.works[stamp] in self.recheck

    def is_other_work(self, former: str, work: str) -> bool:
        """Whether a file was filed as another work until now, and that is not this one uncited."""
        return bool(former) and former != work and (former in self.cited or work not in self.cited)

    def stays_out(self, stamp: FileStamp, adopted: Adopted) -> bool:
        """Whether the user took the file's work out and it is not what is cited now."""
        return adopted.new_work is not None and self.works.get(stamp) in self.taken_out


def file_dropped(catalogue: Catalogue, context: RunContext, arrived: Callable[[str], None]) -> None:
    """Match the PDFs of the drop folder to the works cited; what matches none becomes a work of its
    own.

    `arrived` is told the sha256 of each PDF that is to be read. A file is looked at once, and again
    where the library's copy is lost or its work may be cited by now.
    """
    from litmap import text

    stamps = stamp_pdfs(context.paths.papers)
    if not stamps and not catalogue.drop_folder():
        return
    before = _Filed.load(catalogue, context.paths)
    filed = {stamp: before.works[stamp] for stamp in stamps.values() if stamp in before.works}
    store = open_store(context.paths)
    marked = take_marked_copies(catalogue, context, store, stamps, before.works)
    filed |= {stamp: before.works[former] for stamp, former in marked.items()}
    names = {stamp.path for stamp in stamps.values()}
    for stamp in before.works.keys() - filed.keys() - set(marked.values()):
        logger.info("%s left the drop folder: it is %s no more", stamp.path, before.works[stamp])
        _undo(catalogue, stamp, before.works[stamp], filed, names)
    due = [path for path, stamp in stamps.items() if stamp not in marked and before.is_due(stamp)]
    logger.info("drop folder: %d PDFs, %d to look at", len(stamps), len(due))
    try:
        for adopted in context.collaborators.file_pdfs(
            due,
            list(before.cited.values()),
            store=store,
            now=context.now,
            read_preview=text.preview_in_worker,
        ):
            if isinstance(adopted, Problem):  # it stays there, and is told until it is mended
                context.report.problems.append(adopted)
                continue
            stamp = stamps[adopted.file]
            if before.stays_out(stamp, adopted):
                logger.debug("%s stays out of the library by the user's word", adopted.file)
                continue
            former = filed.pop(stamp, "")
            if before.is_other_work(former, adopted.fetch.work):
                _undo(catalogue, stamp, former, filed, ())
            _keep(catalogue, adopted, former, before.cited, context.now)
            filed[stamp] = adopted.fetch.work
            _tell_doubt(catalogue, context, adopted)
            if adopted.fetch.pdf is not None and former not in before.with_pdf:
                arrived(adopted.fetch.pdf.sha256)
    finally:
        if filed != before.works:
            with catalogue.write():
                catalogue.put_drop_folder(filed)


def _keep(
    catalogue: Catalogue, adopted: Adopted, before: str, cited: Mapping[str, Work], now: str
) -> None:
    """Keep whose file it is; `before` is the work it was filed as until now, '' for none."""
    work = adopted.fetch.work
    logger.debug("%s is filed as %s", adopted.file, work)
    with catalogue.write():
        if adopted.new_work is not None:
            catalogue.put_work(adopted.new_work, "drop", now)
        catalogue.put_fetch(adopted.fetch, now)
        if adopted.new_work is None and before and before not in cited:
            catalogue.rename_work(before, cited[work], now)


def _undo(
    catalogue: Catalogue,
    stamp: FileStamp,
    work: str,
    filed: Mapping[FileStamp, str],
    names: Collection[str],
) -> None:
    """A file that is no longer there, or is another work's, takes with it what it did to its work;
    but one with marks stays an earlier version where another was put in its place.

    `filed` are the files that stay, each with its work, `names` those of the files that are there.
    """
    stays = keeps_marks(catalogue, work, stamp, names)
    same = [other for other, of in filed.items() if of == work]
    told = f"{FOLDER}/{stamp.path}"
    with catalogue.write():
        if not stays and not any(other.bytes == stamp.bytes for other in same):
            catalogue.unfile(work, stamp.bytes)
        if not same:
            catalogue.set_not_dropped(work)
        for doubted, fetched in catalogue.fetches().items():
            if any(place == told for place, _ in fetched.tried):
                catalogue.forget_failed_fetch(doubted)


def _tell_doubt(catalogue: Catalogue, context: RunContext, adopted: Adopted) -> None:
    """Of a file that names a work's identifier and shows another title: it is a work of its own,
    and `litmap works` and the report say what it may be.
    """
    if not adopted.doubtful or adopted.new_work is None:
        return
    known = catalogue.pdfs()
    for work in adopted.doubtful:
        reason = doubt_about(adopted.file.name, work, adopted.new_work.title)
        context.report.problems.append(Problem(str(adopted.file), reason))
        if work.id in known:
            continue
        tried = ((f"{FOLDER}/{adopted.file.relative_to(context.paths.papers).as_posix()}", reason),)
        with catalogue.write():
            catalogue.put_fetch(
                Fetch(work.id, "unsure", reason, tried=tried, transient=True), context.now
            )


def doubt_about(file: str, work: Work, title: str) -> str:
    """What to say, and how to correct it, of a file that may be a work's."""
    identifier = next((i for i in work.ids if i.startswith("doi:")), work.id)
    name = identifier.partition(":")[2].replace("/", "_")
    return (
        f"{file} names {identifier} (“{work.title[:80]}”), but its first page shows "
        f"“{title[:80]}”: it was filed as that. If it is the former, rename the file to {name}.pdf"
    )


def _cited_under_another_id(
    catalogue: Catalogue, filed: Iterable[str], cited: Iterable[Work]
) -> set[str]:
    """Of works that files were filed as and no note cites, those that may be cited under another
    id.
    """
    titles, ids, works = set(), set(), catalogue.works()
    for work in cited:
        titles |= {normalise_title(title) for title in (work.title, *work.other_titles)}
        ids |= set(work.ids)
    return {
        w
        for w in filed
        if w in works and (normalise_title(works[w].title) in titles or ids & {*works[w].ids})
    }


def filed_files(catalogue: Catalogue, paths: LibraryPaths) -> dict[Path, Entry]:
    """The drop folder's files with the work that each is; what is not filed is left out."""
    stamps, works = stamp_pdfs(paths.papers), catalogue.drop_folder()
    aliases, known = catalogue.aliases(), {e.work.id: e for e in entries(catalogue)}
    filed = {path: works[stamp] for path, stamp in stamps.items() if stamp in works}
    found = {path: known.get(aliases.get(work, work)) for path, work in filed.items()}
    return {path: entry for path, entry in found.items() if entry is not None}


def stamp_pdfs(folder: Path) -> dict[Path, FileStamp]:
    """The PDFs and other full texts in a folder, each with what changes when it changes; what is
    gone by now is left out.
    """
    stamps = {}
    for path in sorted(folder.rglob("*")):
        with suppress(OSError):
            if _is_paper(path.relative_to(folder)) and path.is_file():
                stat = path.stat()
                name = path.relative_to(folder).as_posix()
                stamps[path] = FileStamp(name, stat.st_size, stat.st_mtime_ns)
    return stamps


def _is_paper(path: Path) -> bool:
    """Whether a file may be a paper by its name; what browsers save beside a page is none."""
    beside_a_page = any(folder.name.endswith("_files") for folder in path.parents)
    return path.suffix.lower() in PAPER_ENDINGS and not beside_a_page


def name_in_folder(stamp: FileStamp, folder: Path) -> FileStamp:
    """The stamp with the file's name in the drop folder.

    The first versions kept the whole path, which names the folder's place of that day: of such a
    path the longest end that is a file of the folder counts.
    """
    parts = Path(stamp.path).parts
    ends = ("/".join(parts[i:]) for i in range(Path(stamp.path).is_absolute(), len(parts)))
    name = next((end for end in ends if os.path.lexists(folder / end)), stamp.path)
    return replace(stamp, path=name)
