"""The drop folder: PDFs that the user puts there find their works, or become works of their own."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from litmap.errors import LibraryError, PdfError
from litmap.models import Fact, Fetch, Problem, Work
from litmap.parsing.identifiers import normalise_id
from litmap.parsing.title_similarity import normalise_title, title_similarity
from litmap.pdfs.fetch import ReadPreview
from litmap.pdfs.store import Store
from litmap.pdfs.verify import SAFE_SIMILARITY, Preview, is_readable, names_in, squash

logger = logging.getLogger(__name__)

_ARXIV_IN_NAME = re.compile(r"(?<!\d)\d{4}\.\d{4,5}(?!\d)")
_DOI_IN_NAME = re.compile(r"10\.\d{4,9}[_%@][^\s]{2,100}")
_NAME_PARTS = re.compile(r"\s[-–]\s")
MIN_GUESS = 8
"""Letters and digits of a title that is compared with those of the works."""
MIN_PRINTED = 20
"""Letters and digits of a title that is looked for in the text."""
_TOP = 3000
"""Characters of the text in which the title stands."""


@dataclass(frozen=True, slots=True)
class Adopted:
    """A file of the drop folder with its work; `new_work` where it is none of the works given."""

    file: Path
    fetch: Fetch
    new_work: Work | None = None


def adopt(
    files: Sequence[Path],
    works: Sequence[Work],
    *,
    store: Store,
    now: str,
    read_preview: ReadPreview,
) -> Iterator[Adopted | Problem]:
    """Each file with its work: by the DOI or arXiv stamp in its first pages, else by its title;
    copied, not moved.

    A file that fits several works, or cannot be read, is a `Problem` and stays where it is.
    """
    by_id = {i: work for work in works for i in (work.id, *work.ids)}
    for file in files:
        try:
            preview = read_preview(file)
            matches = find_works(preview, file, works, by_id)
            if len(matches) > 1:
                logger.warning("%s fits %d works, left where it is", file.name, len(matches))
                yield _ambiguous(file, matches)
                continue
            work = matches[0] if matches else _new_work(preview, file, now)
            pdf = store.copy_in(file, pages=preview.pages, now=now)
        except (PdfError, LibraryError) as error:
            logger.warning("%s: %s", file.name, error.message)
            yield Problem(str(file), error.message)
            continue
        logger.info("%s is %s%s", file.name, work.id, "" if matches else " (new)")
        outcome = Fetch(work.id, "fetched", f"put into the library as {file.name}", pdf)
        yield Adopted(file, outcome, None if matches else work)


def _ambiguous(file: Path, matches: Sequence[Work]) -> Problem:
    names = "; ".join(f"{work.title} ({work.id})" for work in matches[:3])
    return Problem(
        str(file), f"fits several works: {names}. Name the file after one's DOI or arXiv id"
    )


def find_works(
    preview: Preview, file: Path, works: Sequence[Work], by_id: dict[str, Work]
) -> list[Work]:
    """The works that a file may be: the one whose id it names, else by title and people."""
    named = [i for i in (*preview.ids, *ids_in_name(file)) if i in by_id]
    if named:
        return [by_id[named[0]]]
    matches = _works_titled(preview, file, works) or _works_printed(preview, works)
    return [work for work in matches if _may_be_by(work, preview)]


def _works_titled(preview: Preview, file: Path, works: Sequence[Work]) -> list[Work]:
    """The works whose title is the file's: as printed, among its properties, or in its name."""
    titles = (preview.title, preview.metadata_title, title_in_name(file))
    guesses = [title for title in titles if len(squash(title)) >= MIN_GUESS]
    return [work for work in works if _has_title(work, guesses)]


def _has_title(work: Work, guesses: Sequence[str]) -> bool:
    return any(
        title_similarity(guess, title) >= SAFE_SIMILARITY
        for guess in guesses
        for title in (work.title, *work.other_titles)
    )


def _works_printed(preview: Preview, works: Sequence[Work]) -> list[Work]:
    """The works whose title stands in the text's beginning."""
    if not is_readable(preview.text):
        return []
    top = squash(preview.text[:_TOP])
    return [w for w in works if len(squash(w.title)) >= MIN_PRINTED and squash(w.title) in top]


def _may_be_by(work: Work, preview: Preview) -> bool:
    """Whether one of the authors is named, none is known, or nobody could read it."""
    return names_in(work.authors, preview.text) is not False or not is_readable(preview.text)


def ids_in_name(file: Path) -> list[str]:
    """Ids that a file's name holds: `1706.03762v5.pdf`, `10.1038_nature14539.pdf`."""
    ids = [normalise_id(number) for number in _ARXIV_IN_NAME.findall(file.stem)]
    doi = _DOI_IN_NAME.search(file.stem)
    if doi is not None:
        ids.append(normalise_id("doi:" + re.sub(r"[_%@]", "/", doi.group(), count=1)))
    return ids


def title_in_name(file: Path) -> str:
    """`Author - 2017 - The title.pdf`, as reference managers name files."""
    parts = [part.strip() for part in _NAME_PARTS.split(file.stem.replace("_", " "))]
    return max(parts, key=lambda part: len(normalise_title(part).split()))


def _new_work(preview: Preview, file: Path, now: str) -> Work:
    """A work of its own for a file that is none of the others."""
    title = preview.title or preview.metadata_title or title_in_name(file)
    ids = tuple(i for i in preview.ids if i.startswith(("arxiv:", "doi:")))
    arxiv_first = sorted(ids, key=lambda i: not i.startswith("arxiv:"))
    identifier = arxiv_first[0] if arxiv_first else f"title:{_title_hash(title)}"
    facts = (Fact("title", title, f"the file {file.name}", now),)
    return Work(identifier, title, ids=ids, facts=facts)


def _title_hash(title: str) -> str:
    """An id for a work without one, the same in every run."""
    return hashlib.sha256(f"{normalise_title(title)}|".encode()).hexdigest()[:16]
