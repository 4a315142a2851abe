"""The drop folder: PDFs that the user puts there find their works, or become works of their own."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from litmap.errors import LibraryError, PdfError
from litmap.models import Fact, Fetch, Problem, Work
from litmap.parsing.identifiers import normalise_id
from litmap.parsing.title_similarity import normalise_title
from litmap.pdfs.fetch import ReadPreview
from litmap.pdfs.printed_titles import squash
from litmap.pdfs.store import Store
from litmap.pdfs.verify import Preview, Verdict, is_like, is_readable, verify

logger = logging.getLogger(__name__)

_ARXIV_IN_NAME = re.compile(r"(?<!\d)\d{4}\.\d{4,5}(?!\d)")
_DOI_IN_NAME = re.compile(r"10\.\d{4,9}[_%@][^\s]{2,100}")
_WORK_IN_NAME = re.compile(r"work-([0-9a-f]{16})(?![0-9a-f])")
"""How a file is named that the reader gave to a work: `scan work-0123456789abcdef.pdf`."""
_NAME_PARTS = re.compile(r"\s[-–]\s")
MIN_GUESS = 8
"""Letters and digits of a title that is compared with those of the works."""
MIN_PRINTED = 20
"""Letters and digits of a title that is looked for in the text."""
_TOP = 3000
"""Characters of the text in which the title stands."""


@dataclass(frozen=True, slots=True)
class Adopted:
    """A file of the drop folder with its work; `new_work` where it is none of the works given.

    `doubtful` are works that the file may be: it names their identifier and shows another title.
    """

    file: Path
    fetch: Fetch
    new_work: Work | None = None
    doubtful: tuple[Work, ...] = ()


def adopt(
    files: Sequence[Path],
    works: Sequence[Work],
    *,
    store: Store,
    now: str,
    read_preview: ReadPreview,
) -> Iterator[Adopted | Problem]:
    """Each file with its work: by the identifier in its name, else by what its first pages show;
    copied, not moved.

    A file that fits several works, or cannot be read, is a `Problem` and stays where it is.
    """
    by_id = {i: work for work in works for i in (work.id, *work.ids)}
    for file in files:
        try:
            preview = read_preview(file)
            matches, doubtful = find_works(preview, file, works, by_id)
            if len(matches) > 1:
                logger.warning("%s fits %d works, left where it is", file.name, len(matches))
                yield _ambiguous(file, matches)
                continue
            work = matches[0] if matches else _new_work(preview, file, by_id, now)
            pdf = store.copy_in(file, pages=preview.pages, now=now, ending=preview.ending)
        except (PdfError, LibraryError) as error:
            logger.warning("%s: %s", file.name, error.message)
            yield Problem(str(file), error.message)
            continue
        logger.info("%s is %s%s", file.name, work.id, "" if matches else " (new)")
        outcome = Fetch(work.id, "fetched", f"put into the library as {file.name}", pdf)
        if matches:
            yield Adopted(file, outcome)
        else:
            yield Adopted(file, outcome, work, tuple(doubtful))


def _ambiguous(file: Path, matches: Sequence[Work]) -> Problem:
    names = "; ".join(f"{work.title} ({work.id})" for work in matches[:3])
    return Problem(
        str(file), f"fits several works: {names}. Name the file after one's DOI or arXiv id"
    )


def find_works(
    preview: Preview, file: Path, works: Sequence[Work], by_id: dict[str, Work]
) -> tuple[list[Work], list[Work]]:
    """The works that a file is, and those that it may be.

    The work or the identifier in its name is the user's word. One printed in it, and its title,
    name the works that its first pages are compared with; of several that fit, the one whose
    identifier it prints counts.
    """
    in_name = works_given(file, by_id) or [by_id[i] for i in ids_in_name(file) if i in by_id]
    if in_name:
        return in_name[:1], []
    named = [by_id[i] for i in preview.ids if i in by_id]
    titled = _works_titled(preview, file, works)
    judged = _judge(preview, file, [*named, *titled])
    right = (
        judged[Verdict.RIGHT]
        or _judge(preview, file, _works_printed(preview, works))[Verdict.RIGHT]
    )
    if not is_readable(preview.text):
        right = right or judged[Verdict.UNREADABLE]
    return [work for work in right if work in named][:1] or right, judged[Verdict.UNSURE]


def _judge(preview: Preview, file: Path, works: Sequence[Work]) -> dict[Verdict, list[Work]]:
    """Works by what the file's first pages say of them."""
    name = title_in_name(file)
    judged: dict[Verdict, list[Work]] = {verdict: [] for verdict in Verdict}
    for work in {work.id: work for work in works}.values():
        judged[verify(preview, work, name=name)].append(work)
    return judged


def _works_titled(preview: Preview, file: Path, works: Sequence[Work]) -> list[Work]:
    """The works whose title is the file's: as printed, among its properties, or in its name."""
    titles = (preview.title, preview.metadata_title, title_in_name(file))
    guesses = [title for title in titles if len(squash(title)) >= MIN_GUESS]
    return [work for work in works if _has_title(work, guesses)]


def _has_title(work: Work, guesses: Sequence[str]) -> bool:
    titles = (work.title, *work.other_titles)
    return any(is_like(guess, title) for guess in guesses for title in titles)


def _works_printed(preview: Preview, works: Sequence[Work]) -> list[Work]:
    """The works whose title stands in the text's beginning."""
    if not is_readable(preview.text):
        return []
    top = squash(preview.text[:_TOP])
    return [w for w in works if len(squash(w.title)) >= MIN_PRINTED and squash(w.title) in top]


def name_given(stem: str, work: Work) -> str:
    """The name (without ending) by which a file of the drop folder is this work's, whatever its
    text says.
    """
    return f"{_WORK_IN_NAME.sub('', stem).strip() or 'paper'} work-{_digest_of(work.id)}"


def works_given(file: Path, by_id: Mapping[str, Work]) -> list[Work]:
    """The work that a file's name was given for; none for other names."""
    given = _WORK_IN_NAME.search(file.stem)
    if given is None:
        return []
    return [work for i, work in by_id.items() if _digest_of(i) == given.group(1)][:1]


def _digest_of(identifier: str) -> str:
    return hashlib.sha256(identifier.encode()).hexdigest()[:16]


def find_doubt(preview: Preview, file: Path, work: Work) -> str:
    """Why a file may not be the work that a reader gives it to; '' where it is."""
    verdict = verify(preview, work, name=title_in_name(file))
    if verdict is Verdict.RIGHT:
        return ""
    if verdict is Verdict.UNREADABLE:
        return "its first pages have no text that could be read"
    title = preview.title or preview.metadata_title
    shown = f"its first page shows “{title[:120]}”" if title else "its first pages name another"
    return f"{shown}, not “{work.title[:120]}”"


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


def _new_work(preview: Preview, file: Path, by_id: Mapping[str, Work], now: str) -> Work:
    """A work of its own for a file that is none of the others."""
    title = preview.title or preview.metadata_title or title_in_name(file)
    ids = own_ids(preview, by_id)
    arxiv_first = sorted(ids, key=lambda i: not i.startswith("arxiv:"))
    identifier = arxiv_first[0] if arxiv_first else title_id(title)
    facts = (Fact("title", title, f"the file {file.name}", now),)
    return Work(
        identifier, title, preview.authors, preview.year, preview.venue, ids=ids, facts=facts
    )


def own_ids(preview: Preview, by_id: Mapping[str, Work]) -> tuple[str, ...]:
    """The ids that a file gives itself: of several DOIs none, and none of another work's."""
    ids = [i for i in preview.ids if i.startswith(("arxiv:", "doi:")) and i not in by_id]
    several = sum(i.startswith("doi:") for i in preview.ids) > 1
    return tuple(i for i in ids if not (several and i.startswith("doi:")))


def title_id(title: str) -> str:
    """An id for a work without one, the same in every run."""
    digest = hashlib.sha256(f"{normalise_title(title)}|".encode()).hexdigest()[:16]
    return f"title:{digest}"
